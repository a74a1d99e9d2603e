"""The export of the US International Trade Commission: indented lines that inherit their rates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from kosho.errors import Problems
from kosho.language import _
from kosho.law.schedules.lines import Line, References
from kosho.law.schedules.preferences import symbols
from kosho.law.schedules.reading import (
    ScheduleDraft,
    SourceRow,
    cell,
    require,
    rows_of,
)

__all__ = ["COLUMNS", "Specials", "citations", "read_hts", "special_duties"]

COLUMNS = {
    "number": ("HTS Number", "htsno"),
    "indent": ("Indent",),
    "description": ("Description",),
    "unit": ("Unit of Quantity", "units"),
    "general": ("General Rate of Duty", "general"),
    "special": ("Special Rate of Duty", "special"),
    "other": ("Column 2 Rate of Duty", "other"),
}
MORE = {
    "footnotes": ("footnotes",),
    "quota": ("Quota Quantity", "quotaQuantity"),
    "additional": ("Additional Duties", "additionalDuties"),
    "additional2": ("addiitionalDuties",),  # as many exports spell it
}
"""Columns that not every export has."""
DEEPEST = 4
"""Digits of an indent."""
_GROUP = re.compile(r"\(([^()]*)\)")
_SYMBOL = re.compile(r"[A-Z]{1,2}[*+]?")
_LIMITED = re.compile(r"[A-Z]{1,2}\*")
"""Symbols of a programme that some of its countries cannot claim (`A*`)."""
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"\d{4}(\d{2}){0,3}")
_CITED = re.compile(
    r"(?<![\d.])(9[89]\d\d\.\d\d(?:\.\d\d)?)(?:\s*(?:-|–|through|to)\s*(9[89]\d\d\.\d\d(?:\.\d\d)?))?"
)
_ON_A_PART = re.compile(r"covers certain goods of this rate line", re.IGNORECASE)
_COLUMN_NAMES = {"general": "general", "special": "special", "other": "statutory", "desc": "description"}


class _Heading(NamedTuple):
    """A row on the way down to a line."""

    indent: int
    code: str
    path: str
    """Its description after those above it."""
    unit: str
    general: str
    special: str
    other: str
    additional: str
    quota: str
    cited: References


class _Columns(NamedTuple):
    """What the columns that are read are called in a file; empty where it has none."""

    number: str
    indent: str
    description: str
    unit: str
    general: str
    special: str
    other: str
    additional: str
    additional2: str
    quota: str
    footnotes: str


def read_hts(path: Path, draft: ScheduleDraft) -> None:
    """Add the 8- and 10-digit lines of an export to a draft; `ScheduleDraft` holds what could not be read."""
    problems = Problems(str(path))
    _read(rows_of(path, problems), problems, draft)
    draft.problems += problems.found


def _read(rows: Iterable[SourceRow], problems: Problems, draft: ScheduleDraft) -> None:
    above: list[_Heading] = []
    columns: _Columns | None = None
    for row in rows:
        if columns is None:
            names = require(row.cells, COLUMNS)
            missing = [spellings[0] for column, spellings in COLUMNS.items() if not names[column]]
            if missing:
                problems.add(_("no column {names}", names=", ".join(missing)), line=1)
                return
            columns = _Columns(**names, **require(row.cells, MORE))
        heading = _heading(columns, row, above, problems)
        if heading is None:
            continue
        if len(heading.code) >= 8:
            line = _line(heading, above, row.line, problems, draft)
            if line is not None:
                draft.add(line, problems.file or "", row.line)
        above.append(heading)


def _heading(columns: _Columns, row: SourceRow, above: list[_Heading], problems: Problems) -> _Heading | None:
    """What a row says; `above` is cut down to the rows it stands under."""
    cells = row.cells
    number, depth, description, unit, general, special, other, additional, spelt_so, quota = [
        value.strip() if type(value := cells.get(name)) is str else cell(value) for name in columns[:-1]
    ]
    code = number.replace(".", "")
    if code and _CODE.fullmatch(code) is None:
        problems.add(
            _("{number!r} is not an HTS number", number=number), _("4, 6, 8 or 10 digits"), line=row.line
        )
        return None
    if not depth.isascii() or not depth.isdigit() or len(depth) > DEEPEST:
        problems.add(_("indent {depth!r} is not a number", depth=depth[:20]), line=row.line, key=number or None)
        return None
    indent = int(depth)
    while above and above[-1].indent >= indent:
        above.pop()
    path = above[-1].path if above else ""
    if description:
        words = _plain(description).rstrip(":")
        path = f"{path} > {words}" if path and words else path or words
    notes = cells.get(columns.footnotes)
    return _Heading(
        indent, code, path, _unit(unit), general, special, other, additional or spelt_so, quota,
        _cited(notes) if notes and type(notes) is list else NOTHING_CITED,
    )  # fmt: skip


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def _unit(text: str) -> str:
    return re.sub(r"[\[\]\"]", "", text)


NOTHING_CITED: References = MappingProxyType({})


def _cited(notes: list[Any]) -> References:
    """`citations`, worked out once for the few notes that thousands of rows repeat."""
    try:
        key = tuple((note["value"], *note["columns"]) for note in notes)
        found = _SEEN.get(key)
        if found is None:
            found = _SEEN[key] = citations(notes)
    except (KeyError, TypeError):
        return citations(notes)
    return found


_SEEN: dict[tuple[tuple[str, ...], ...], References] = {}


def citations(footnotes: list[Any]) -> References:
    """Headings of chapters 98 and 99 that footnotes name, by column; `part` for those on some goods of a line.

    >>> from kosho.law.schedules.hts import citations
    >>> dict(citations([{"columns": ["general"], "value": "See 9903.88.15 and 9903.91.01. "}]))
    {'general': ('9903.88.15', '9903.91.01')}
    """
    found: dict[str, dict[str, None]] = {}
    for note in footnotes:
        if not isinstance(note, dict):
            continue
        told = cast("dict[str, Any]", note)
        value = str(told.get("value") or "")
        if "99" not in value and "98" not in value:
            continue
        headings = [f"{one}-{other}" if other else one for one, other in _CITED.findall(value)]
        for column in cast("list[Any]", told.get("columns") or ["general"]) if headings else ():
            name = _COLUMN_NAMES.get(str(column), str(column))
            if _ON_A_PART.search(value):
                name = "part" if name == "general" else "general"
            found.setdefault(name, {}).update(dict.fromkeys(headings))
    return _interned(tuple((name, tuple(headings)) for name, headings in found.items()))


@lru_cache(maxsize=4096)
def _interned(cited: tuple[tuple[str, tuple[str, ...]], ...]) -> References:
    return MappingProxyType(dict(cited)) if cited else NOTHING_CITED


def _line(
    heading: _Heading, above: list[_Heading], place: int, problems: Problems, draft: ScheduleDraft
) -> Line | None:
    bearer = heading
    if not heading.general:
        for one in reversed(above):
            if one.general and heading.code.startswith(one.code):
                bearer = one
                break
    specials = special_duties(bearer.special)
    if specials.wrong:
        problems.add(specials.wrong, line=place, key=heading.code)
        return None
    if specials.mended and bearer is heading:
        draft.tell_mended(specials.mended, heading.code, problems.file or "", place)
    return Line(
        code=heading.code,
        description=heading.path,
        unit=heading.unit or bearer.unit,
        general_text=bearer.general,
        statutory_text=bearer.other,
        special_texts=specials.duties,
        additional_text=heading.additional,
        quota_text=heading.quota,
        references=heading.cited if bearer is heading else _with_bearer(heading.cited, bearer.cited),
    )


def _with_bearer(own: References, bearer: References) -> References:
    """What a statistical row cites, with what its rate line does on the duties it gives to all."""
    if not own and not bearer:
        return NOTHING_CITED
    passed = [(name, headings) for name, headings in bearer.items() if name not in ("part", "description")]
    if not own:
        return _interned(tuple(passed))
    merged = {name: list(headings) for name, headings in passed}
    for name, headings in own.items():
        merged[name] = list(dict.fromkeys([*merged.get(name, []), *headings]))
    return _interned(tuple((name, tuple(headings)) for name, headings in merged.items()))


@dataclass(frozen=True, slots=True)
class Specials:
    """What a special column says."""

    duties: Mapping[str, str] = field(default_factory=dict)
    """By preference; `id [SYMBOL]` where symbols of one programme differ, or are for some countries. A
    symbol that is not known keeps its duty under `symbol XX`, text without symbols under `special`."""
    mended: str = ""
    """What was read though it is misprinted."""
    wrong: str = ""
    """Why it cannot be read."""


@lru_cache(maxsize=8192)
def special_duties(text: str) -> Specials:
    """Duties by preference from `Free (A+, AU, KR) 2% (JP)`.

    A comma that is missing or a point that is too much between symbols is mended, and told.

    >>> from kosho.law.schedules.hts import special_duties
    >>> dict(special_duties("Free (BH,E IL) 5.2¢/kg (P) See 9915.04.30 (P+)").duties)["cafta-dr [P+]"]
    'See 9915.04.30'
    """
    plain = " ".join(_TAG.sub("", text).split())
    found: list[tuple[str, str]] = []
    mended: list[str] = []
    start = 0
    for group in _GROUP.finditer(plain):
        names = [name for name in re.split(r"[\s,;.]+", group[1]) if name]
        if not names or not all(_SYMBOL.fullmatch(name) for name in names):
            continue  # brackets that belong to the duty
        if re.fullmatch(r"\s*[^\s,;.]+(\s*,\s*[^\s,;.]+)*\s*,?\s*", group[1]) is None:
            mended.append(f"({group[1]}) is read as ({', '.join(names)})")
        duty = plain[start : group.start()].strip(" ,;")
        start = group.end()
        if not duty:
            return Specials(wrong=f"special duty {plain!r}: symbols without a duty")
        found += [(name, duty) for name in names]
    rest = plain[start:].strip(" ,;")
    if rest.count("(") != rest.count(")"):
        return Specials(wrong=f"special duty {plain!r}: brackets do not match")
    duties = _by_programme(found)
    if rest and not re.fullmatch(r"(\d{1,2}/\s*)+", rest):
        duties["special"] = rest
    return Specials(MappingProxyType(duties), "; ".join(mended))


def _by_programme(found: list[tuple[str, str]]) -> dict[str, str]:
    """Duties by preference, those of its symbols apart where they differ."""
    of_symbol = dict(found)
    if len(of_symbol) < len(dict.fromkeys(found)):
        # one symbol with two duties: neither is known to hold
        of_symbol = {
            name: _(" or ").join(dict.fromkeys(d for n, d in found if n == name)) for name in of_symbol
        }
    known = symbols()
    duties: dict[str, str] = {}
    kinds: dict[str, set[str]] = {}
    open_: set[str] = set()
    for name, duty in of_symbol.items():
        programme = known.get(name, f"symbol {name}")
        kinds.setdefault(programme, set()).add(duty)
        if not _LIMITED.fullmatch(name):
            open_.add(programme)
    for name, duty in of_symbol.items():
        programme = known.get(name, f"symbol {name}")
        alike = len(kinds[programme]) == 1 and programme in open_
        duties[programme if alike else f"{programme} [{name}]"] = duty
    return duties
