"""The lines that ship: those the cases use, each duty with its dates and its source."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import cast

from kosho.language import N_
from kosho.law.schedules.lines import GENERAL, STATUTORY, Credit, Line, LineBook, Schedule
from kosho.provenance import Status

__all__ = ["EDITION", "embedded", "importers", "spans"]

EDITION = N_("lines of the cases")
FIRST = "2017-01-01"
"""From when a duty stands that gives no first day, the Harmonized System of 2017: editions of 2018 and later
were read, and nobody looked at what stood in the years before."""
Columns = dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, str]]]:
    text = files("kosho.law.schedules").joinpath("data", "lines.csv").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(line for line in io.StringIO(text, newline="") if not line.startswith("#")):
        found[row["importer"]].append({**row, "from": row["from"] or FIRST})
    return dict(found)


def importers() -> tuple[str, ...]:
    """Economies with lines that ship."""
    return tuple(sorted(_rows()))


def spans(importer: str) -> set[tuple[date | None, date | None]]:
    """First and last days of the shipped duties of an importer; None where open."""
    return {(_day(row["from"]), _day(row["to"])) for row in _rows().get(importer, [])}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=256)
def embedded(importer: str, on: date) -> Schedule | None:
    """The shipped lines of an importer as they stand on a day; None where there are none."""
    by_code: dict[str, list[dict[str, str]]] = defaultdict(list)
    day = on.isoformat()
    for row in _rows().get(importer, []):
        if row["from"] <= day and (not row["to"] or day <= row["to"]):
            by_code[row["code"]].append(row)
    if not by_code:
        return None
    columns: dict[str, Columns] = {}
    for code in sorted(by_code, key=len):
        parent = next((columns[code[:end]] for end in range(len(code) - 1, 1, -1) if code[:end] in columns), {})
        columns[code] = {**parent, **{row["column"]: row for row in by_code[code]}}
    return Schedule(importer, EDITION, LineBook(_line(code, columns[code]) for code in by_code))


def _line(code: str, columns: Columns) -> Line:
    own = [row for row in columns.values() if row["code"] == code]
    duties = {name: row["duty"] for name, row in columns.items()}
    return Line(
        code=code,
        description=_first(own, "description") or _first(columns.values(), "description"),
        unit=_first(own, "unit") or _first(columns.values(), "unit"),
        general_text=duties.pop(GENERAL, ""),
        statutory_text=duties.pop(STATUTORY, ""),
        special_texts=duties,
        credits={
            name: Credit(row["source"], cast("Status", row["status"]), row["note"])
            for name, row in columns.items()
        },
    )


def _first(rows: Iterable[dict[str, str]], key: str) -> str:
    return next((row[key] for row in rows if row[key]), "")
