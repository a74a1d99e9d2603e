"""The export of the US International Trade Commission, CSV or JSON: indented lines that inherit their rates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kosho.errors import Problems
from kosho.law.schedules.lines import Line
from kosho.law.schedules.preferences import symbols
from kosho.law.schedules.reading import ScheduleDraft, SourceRow, csv_rows, json_rows, require

__all__ = ["COLUMNS", "read_hts", "special_duties"]

COLUMNS = {
    "number": ("HTS Number", "htsno"),
    "indent": ("Indent",),
    "description": ("Description",),
    "unit": ("Unit of Quantity", "units"),
    "general": ("General Rate of Duty", "general"),
    "special": ("Special Rate of Duty", "special"),
    "other": ("Column 2 Rate of Duty", "other"),
}
_GROUP = re.compile(r"\(([^()]*)\)")
_SYMBOL = re.compile(r"[A-Z]{1,2}[*+]?")
_TAG = re.compile(r"<[^<>]*>")


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


def read_hts(path: Path, draft: ScheduleDraft) -> None:
    """Add the 8- and 10-digit lines of an export to a draft; `ScheduleDraft` holds what could not be read."""
    problems = Problems(str(path))
    rows = json_rows(path, problems) if path.suffix.lower() == ".json" else csv_rows(path, problems)
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
        heading = _heading({column: row.cells.get(name, "") for column, name in names.items()}, row, problems)
        if heading is None:
            continue
        while above and above[-1].indent >= heading.indent:
            above.pop()
        if len(heading.code) >= 8:
            line = _line(heading, above, row, problems)
            if line is not None:
                draft.add(line, problems.file or "", row.line)
        above.append(heading)


def _heading(cells: dict[str, str], row: SourceRow, problems: Problems) -> _Heading | None:
    code = cells["number"].replace(".", "")
    if code and re.fullmatch(r"\d{4}(\d{2}){0,3}", code) is None:
        problems.add(f"{cells['number']!r} is not an HTS number", "4, 6, 8 or 10 digits", line=row.line)
        return None
    if not cells["indent"].isascii() or not cells["indent"].isdigit():
        problems.add(f"indent {cells['indent']!r} is not a number", line=row.line, key=cells["number"] or None)
        return None
    return _Heading(
        indent=int(cells["indent"]),
        code=code,
        description=re.sub(r"\s+", " ", _TAG.sub("", cells["description"])).strip(),
        unit=re.sub(r"[\[\]\"]", "", cells["unit"]),
        general=cells["general"],
        special=cells["special"],
        other=cells["other"],
    )


def _line(heading: _Heading, above: list[_Heading], row: SourceRow, problems: Problems) -> Line | None:
    bearer = heading
    if not heading.general:
        inside = (one for one in reversed(above) if one.general and heading.code.startswith(one.code))
        bearer = next(inside, heading)
    specials = special_duties(bearer.special, problems, row.line, heading.code)
    if specials is None:
        return None
    return Line(
        code=heading.code,
        description=" > ".join(one.description.rstrip(":") for one in [*above, heading] if one.description),
        unit=heading.unit or bearer.unit,
        general_text=bearer.general,
        statutory_text=bearer.other,
        special_texts=specials,
    )


def special_duties(text: str, problems: Problems, line: int, code: str) -> dict[str, str] | None:
    """Duties by preference from `Free (A+, AU, KR) 2% (JP)`; None, with the problem noted, if malformed.

    A symbol that is not known keeps its duty under `symbol XX`, text without symbols under `special`.
    """
    plain = re.sub(r"\s+", " ", _TAG.sub("", text)).strip()
    found: dict[str, str] = {}
    start = 0
    for group in _GROUP.finditer(plain):
        names = [name.strip() for name in group[1].split(",") if name.strip()]
        if not names or not all(_SYMBOL.fullmatch(name) for name in names):
            continue  # brackets that belong to the duty
        duty = plain[start : group.start()].strip(" ,;")
        start = group.end()
        if not duty:
            problems.add(f"special duty {plain!r}: symbols without a duty", line=line, key=code)
            return None
        for name in names:
            found.setdefault(symbols().get(name, f"symbol {name}"), duty)
    rest = plain[start:].strip(" ,;")
    if rest.count("(") != rest.count(")"):
        problems.add(f"special duty {plain!r}: brackets do not match", line=line, key=code)
        return None
    if rest and not re.fullmatch(r"(\d{1,2}/\s*)+", rest):
        found["special"] = rest
    return found
