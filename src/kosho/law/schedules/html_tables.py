"""Rows of the tables of an HTML page, spans filled in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

__all__ = ["table_rows"]


def table_rows(page: str) -> list[tuple[int, list[str]]]:
    """Every row of every table: the line it starts on, and its cells, each repeated over what it spans."""
    tables = _Tables()
    tables.feed(page)
    tables.close()
    return tables.rows


WIDEST = 1000
"""Columns or rows that a cell may span."""


class _Tables(HTMLParser):
    """Cells of every table row, each repeated over the columns and rows it spans."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self._cells: list[str] | None = None
        self._below: dict[int, tuple[int, str]] = {}
        self._open: list[str] | None = None
        self._spans = (1, 1)
        self._line = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._cells = []
            self._line = self.getpos()[0]
        elif tag in ("td", "th") and self._cells is not None:
            self._end_cell()
            given = dict(attrs)
            self._spans = (_number(given.get("colspan")), _number(given.get("rowspan")))
            self._open = []
        elif tag == "br" and self._open is not None:
            self._open.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
            if tag == "table":
                self._below.clear()

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def _end_cell(self) -> None:
        if self._open is None or self._cells is None:
            return
        text = re.sub(r"[ \t\r\n\xa0]+", " ", "".join(self._open)).strip()
        self._open = None
        self._from_above()
        width, height = self._spans
        for _ in range(width):
            if height > 1:
                self._below[len(self._cells)] = (height - 1, text)
            self._cells.append(text)

    def _from_above(self) -> None:
        while self._cells is not None and len(self._cells) in self._below:
            left, text = self._below.pop(len(self._cells))
            if left > 1:
                self._below[len(self._cells)] = (left - 1, text)
            self._cells.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells is not None:
            self._from_above()
            self.rows.append((self._line, self._cells))
            self._cells = None


def _number(text: str | None) -> int:
    """A span; at most `WIDEST`, as browsers have it, for a few digits must not make cells without end."""
    if not text or not text.isascii() or not text.isdigit() or not text.strip("0"):
        return 1
    return WIDEST if len(text.lstrip("0")) > len(str(WIDEST)) else min(int(text), WIDEST)
