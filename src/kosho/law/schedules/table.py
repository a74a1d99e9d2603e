"""A plain table of codes and duties in CSV: one row a line."""

from __future__ import annotations

import re
from pathlib import Path

from kosho.errors import Problems
from kosho.law.schedules.lines import Line
from kosho.law.schedules.reading import ScheduleDraft, csv_rows, require

__all__ = ["COLUMNS", "read_table"]

COLUMNS = {
    "code": ("code", "hs8", "hts8", "hs"),
    "duty": ("duty", "rate_raw", "general", "rate"),
    "description": ("description",),
    "unit": ("unit",),
}


def read_table(path: Path, draft: ScheduleDraft) -> None:
    """Add every row to a draft as a line."""
    problems = Problems(str(path))
    names: dict[str, str] = {}
    for row in csv_rows(path, problems):
        names = names or require(row.cells, COLUMNS)
        if not names["code"] or not names["duty"]:
            problems.add("no column code or duty", line=1)
            break
        code = row.cells[names["code"]].replace(".", "")
        if re.fullmatch(r"\d{8}(\d{2})?", code) is None:
            problems.add(f"{row.cells[names['code']]!r} is not a line", "8 or 10 digits", line=row.line)
            continue
        description, unit = (row.cells.get(names[column], "") for column in ("description", "unit"))
        draft.add(Line(code, description, unit, row.cells[names["duty"]]), str(path), row.line)
    draft.problems += problems.found
