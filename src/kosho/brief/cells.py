"""Cells of tables: words, with the numbers they are sorted by and the sources they rest on.

The page and the terminal show the same tables; nothing else of a brief is needed for one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kosho.language import _

__all__ = ["WIDEST", "Cell", "CellTable", "QuotedWords", "within_seven"]

WIDEST = 7
"""Columns of a table, at most: more are not read."""


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """What was said, as a mark that leads to it."""

    mark: str
    anchor: str
    """Id on the page of the row that holds it."""
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, what it is sorted by, and its sources."""

    text: str
    sort: float | str | None = None
    sources: tuple[str, ...] = ()
    note: str = ""
    """A second, smaller line."""
    tone: str = ""
    """`gain`, `loss`, `unclear` or `nil`: always said in words as well."""
    word: str = ""
    """The tone in a word."""
    status: str = ""
    quotes: tuple[QuotedWords, ...] = ()
    anchor: str = ""
    """Id on the page."""


@dataclass(frozen=True, slots=True)
class CellTable:
    """A caption, columns and rows; `numeric` counts the columns at the right that hold numbers.

    On a narrow screen the cells of a row stand under one another, each with the head of its column.
    """

    id: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: int = 0
    note: str = ""
    groups: tuple[str, ...] = ()
    """Headings over equally many numeric columns each, after one over the rest."""

    @property
    def group_width(self) -> int:
        """Columns under each heading of `groups`."""
        return self.numeric // max(len(self.groups) - 1, 1)

    def heads(self, between: str) -> list[str]:
        """Heads of the columns, each after the heading over it: `Japan, against today`."""
        if not self.groups:
            return list(self.columns)
        first = len(self.columns) - self.numeric
        over = [name for name in self.groups[1:] for _other in range(self.group_width)]
        under = [between.join(pair) for pair in zip(over, self.columns[first:], strict=True)]
        return [*self.columns[:first], *under]


def within_seven(one: CellTable) -> list[CellTable]:
    """A table in parts of at most seven columns, whole groups together; each keeps the columns before them."""
    if len(one.columns) <= WIDEST:
        return [one]
    head = len(one.columns) - one.numeric
    width = one.group_width if one.groups else 1
    each = max(1, (WIDEST - head) // width) * width
    found: list[CellTable] = []
    for start in range(0, one.numeric, each):
        places = [*range(head), *range(head + start, head + min(start + each, one.numeric))]
        first = start // width
        found.append(
            replace(
                one,
                id=one.id if not start else f"{one.id}-{len(found) + 1}",
                caption=one.caption
                if not start
                else _("{caption}, continued {number}", caption=one.caption, number=len(found)),
                columns=tuple(one.columns[k] for k in places),
                rows=tuple(tuple(row[k] for k in places) for row in one.rows),
                numeric=len(places) - head,
                groups=(one.groups[0], *one.groups[1 + first : 1 + first + each // width])
                if one.groups
                else (),
                note=one.note if start + each >= one.numeric else "",
            )
        )
    return found
