"""The export of the US International Trade Commission, CSV or JSON: indented lines that inherit their rates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from kosho.errors import Problems
from kosho.law.schedules.lines import Line, References
from kosho.law.schedules.preferences import symbols
from kosho.law.schedules.reading import (
    ScheduleDraft,
    SourceRow,
    bare_suffix,
    cell,
    csv_rows,
    json_rows,
    require,
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
_GROUP = re.compile(r"\(([^()]*)\)")
_SYMBOL = re.compile(r"[A-Z]{1,2}[*+]?")
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"\d{4}(\d{2}){0,3}")
_CITED = re.compile(
    r"(?<![\d.])(9[89]\d\d\.\d\d(?:\.\d\d)?)(?:\s*(?:-|–|through|to)\s*(9[89]\d\d\.\d\d(?:\.\d\d)?))?"
)
_ON_A_PART = re.compile(r"covers certain goods of this rate line", re.IGNORECASE)
_COLUMN_NAMES = {"general": "general", "special": "special", "other": "statutory", "desc": "description"}


@dataclass(frozen=True, slots=True)
class _Heading:
    """A row on the way down to a line."""

    indent: int
    code: str
    description: str
    unit: str
    general: str
    special: str
    other: str
    cited: References


def read_hts(path: Path, draft: ScheduleDraft) -> None:
    """Add the 8- and 10-digit lines of an export to a draft; `ScheduleDraft` holds what could not be read."""
    problems = Problems(str(path))
    rows = json_rows(path, problems) if bare_suffix(path) == ".json" else csv_rows(path, problems)
    _read(rows, problems, draft)
    draft.problems += problems.found


def _read(rows: Iterable[SourceRow], problems: Problems, draft: ScheduleDraft) -> None:
    above: list[_Heading] = []
    names: dict[str, str] = {}
    for row in rows:
        if not names:
            names = require(row.cells, COLUMNS)
            missing = [spellings[0] for column, spellings in COLUMNS.items() if not names[column]]
            if missing:
                problems.add(f"no column {', '.join(missing)}", line=1)
                return
            names |= require(row.cells, MORE)
        heading = _heading(names, row, problems)
        if heading is None:
            continue
        while above and above[-1].indent >= heading.indent:
            above.pop()
        if len(heading.code) >= 8:
            line = _line(heading, above, row, names, problems, draft)
            if line is not None:
                draft.add(line, problems.file or "", row.line)
        above.append(heading)


def _heading(names: dict[str, str], row: SourceRow, problems: Problems) -> _Heading | None:
    cells = row.cells
    number, indent = cell(cells.get(names["number"])), cell(cells.get(names["indent"]))
    code = number.replace(".", "")
    if code and _CODE.fullmatch(code) is None:
        problems.add(f"{number!r} is not an HTS number", "4, 6, 8 or 10 digits", line=row.line)
        return None
    if not indent.isascii() or not indent.isdigit():
        problems.add(f"indent {indent!r} is not a number", line=row.line, key=number or None)
        return None
    notes = cells.get(names["footnotes"]) if names["footnotes"] else None
    return _Heading(
        indent=int(indent),
        code=code,
        description=_plain(cell(cells.get(names["description"]))),
        unit=_unit(cell(cells.get(names["unit"]))),
        general=cell(cells.get(names["general"])),
        special=cell(cells.get(names["special"])),
        other=cell(cells.get(names["other"])),
        cited=citations(notes) if isinstance(notes, list) and notes else NOTHING_CITED,
    )


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def _unit(text: str) -> str:
    return re.sub(r"[\[\]\"]", "", text)


NOTHING_CITED: References = MappingProxyType({})


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
    heading: _Heading,
    above: list[_Heading],
    row: SourceRow,
    names: dict[str, str],
    problems: Problems,
    draft: ScheduleDraft,
) -> Line | None:
    bearer = heading
    if not heading.general:
        for one in reversed(above):
            if one.general and heading.code.startswith(one.code):
                bearer = one
                break
    specials = special_duties(bearer.special)
    if specials.wrong:
        problems.add(specials.wrong, line=row.line, key=heading.code)
        return None
    if specials.mended and bearer is heading:
        draft.tell_mended(specials.mended, heading.code, problems.file or "", row.line)
    more = {
        name: cell(row.cells.get(names[name])) if names[name] else "" for name in MORE if name != "footnotes"
    }
    titles = [one.description.rstrip(":") for one in above if one.description]
    return Line(
        code=heading.code,
        description=" > ".join([*titles, heading.description.rstrip(":")] if heading.description else titles),
        unit=heading.unit or bearer.unit,
        general_text=bearer.general,
        statutory_text=bearer.other,
        special_texts=specials.duties,
        additional_text=more["additional"] or more["additional2"],
        quota_text=more["quota"],
        references=heading.cited if bearer is heading else _with_bearer(heading.cited, bearer.cited),
    )


def _with_bearer(own: References, bearer: References) -> References:
    """What a statistical row cites, with what its rate line does on the duties it gives to all."""
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
    """By preference; `id [SYMBOL]` where symbols of one programme differ. A symbol that is not known keeps its
    duty under `symbol XX`, text without symbols under `special`."""
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
        of_symbol = {name: " or ".join(dict.fromkeys(d for n, d in found if n == name)) for name in of_symbol}
    known = symbols()
    duties: dict[str, str] = {}
    kinds: dict[str, set[str]] = {}
    for name, duty in of_symbol.items():
        kinds.setdefault(known.get(name, f"symbol {name}"), set()).add(duty)
    for name, duty in of_symbol.items():
        programme = known.get(name, f"symbol {name}")
        duties[programme if len(kinds[programme]) == 1 else f"{programme} [{name}]"] = duty
    return duties
