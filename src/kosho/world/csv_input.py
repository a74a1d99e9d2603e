"""Small CSV files of the user beside a table: rows with their lines, mistakes told all at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from pathlib import Path

from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.lined import no_csv
from kosho.numbers import plain
from kosho.tabular import cells_told, content_of, header_of, refuse_twice

__all__ = ["Row", "number", "rows_of"]

Row = tuple[int, Mapping[str, str]]
"""A line and what stands in it, by column."""


def rows_of(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Rows of a CSV file with a header, without other columns, empty lines and those that begin with #.

    Whatever `kosho.tabular` reads as CSV is one.

    Raises:
        InputError: the file cannot be read, lacks a column, or has none but the header.
    """
    try:
        text = content_of(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Problem(_("is not UTF-8 text"), file=str(path))) from None
    given = enumerate(io.StringIO(text, newline=""), 1)
    lines = [(n, line) for n, line in given if line.strip() and line[0] != "#"]
    reader = csv.reader(line for _other, line in lines)
    table: list[tuple[int, list[str]]] = []
    try:
        table += ((lines[0][0], one) for one in islice(reader, 1))
        while reader.line_num < len(lines):  # a cell in quotes may be of several lines
            table.append((lines[reader.line_num][0], next(reader)))
    except csv.Error as error:
        raise no_csv(error, str(path)) from None
    header = header_of(iter([table[0][1]] if table else []), str(path))
    missing = [name for name in columns if name not in header]
    if missing or len(table) < 2:
        told = _("has no column {names}", names=", ".join(missing)) if missing else _("has no rows")
        raise InputError(
            Problem(told, _("columns are {names}", names=", ".join([*columns, *optional])), str(path), 1)
        )
    refuse_twice(header, [*columns, *optional], str(path))
    wanted = [name for name in (*columns, *optional) if name in header]
    found: list[Row] = []
    problems = Problems(str(path))
    for line, cells in table[1:]:
        if len(cells) != len(header):
            problems.add(
                cells_told(len(cells)),
                _("{number} as in the header", number=len(header)),
                line=line,
            )
            continue
        found.append((line, {name: cells[header.index(name)].strip() for name in wanted}))
    problems.raise_if_any()
    return found


def number(text: str, what: str, line: int, problems: Problems, least: float = -float("inf")) -> float | None:
    """A finite number above `least`; a mistake is noted and None comes back."""
    try:
        value = plain(text)
    except ValueError:
        problems.add(_("{what} {text!r} is not a number", what=what, text=text), line=line, key=what)
        return None
    if not isfinite(value) or value <= least:
        problems.add(
            _(
                "{what} {text} is not {part}",
                what=what,
                text=text,
                part=_("above ") + format(least, "g") if isfinite(value) else _("finite"),
            ),
            line=line,
            key=what,
        )
        return None
    return value
