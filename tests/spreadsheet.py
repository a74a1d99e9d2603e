"""What a spreadsheet program would show: the formulas of a workbook evaluated, as far as Kosho writes them.

Knows INDEX, MATCH (exact), SUMPRODUCT, IFERROR, sums and differences; anything else fails.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<call>[A-Z]+)\(|(?P<ref>(?:'[^']+'!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+,()]))"""
)


class NotThereError(Exception):
    """What a program shows as #N/A or #VALUE!."""


class Sheets:
    """A workbook; `put` picks an option, `show` computes a cell."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path)
        self.stored = openpyxl.load_workbook(path, data_only=True)
        self._columns: dict[tuple[str, str], list[Any]] = {}

    def put(self, sheet: str, cell: str, value: str) -> None:
        self.book[sheet][cell] = value

    def show(self, sheet: str, cell: str) -> Any:
        value = self.book[sheet][cell].value
        return Formula(self, sheet, value[1:]).value() if isinstance(value, str) and value[:1] == "=" else value

    def area(self, sheet: str, area: str) -> list[Any]:
        """Cells of a column, computed where they are formulas; those of other sheets are read once."""
        key = sheet, area
        if key not in self._columns:
            cells = [one[0] for one in self.book[sheet][area.replace("$", "")]]
            found = [self.show(sheet, one.coordinate) for one in cells]
            if "$" not in area:
                return found
            self._columns[key] = found
        return self._columns[key]


class Formula:
    def __init__(self, sheets: Sheets, sheet: str, text: str) -> None:
        self.sheets, self.sheet = sheets, sheet
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = TOKEN.match(text, place)
            assert found is not None, text[place:]
            assert found.lastgroup is not None
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            place = found.end()

    def value(self) -> Any:
        found = self._sum()
        assert not self.tokens, self.tokens
        return found

    def _sum(self) -> Any:
        total = self._term()
        while self.tokens and self.tokens[0] in (("sign", "-"), ("sign", "+")):
            _, sign = self.tokens.pop(0)
            other = self._term()
            total = total + other if sign == "+" else total - other
        return total

    def _term(self) -> Any:
        kind, text = self.tokens.pop(0)
        match kind:
            case "text":
                return text[1:-1]
            case "number":
                return float(text)
            case "ref":
                sheet, _, place = text.rpartition("!")
                sheet = sheet.strip("'") or self.sheet
                if ":" in place:
                    return self.sheets.area(sheet, place)
                return self.sheets.show(sheet, place.replace("$", ""))
            case "call":
                return self._call(text)
            case _:
                raise AssertionError(text)

    def _call(self, name: str) -> Any:
        if name == "IFERROR":
            rest = list(self.tokens)
            try:
                found: Any = self._sum()
            except NotThereError:
                self.tokens = _after_argument(rest)
                found = None
            self._expect(",")
            other = self._sum()
            self._expect(")")
            return other if found is None else found
        arguments = [self._sum()]
        while self.tokens[0] == ("sign", ","):
            self.tokens.pop(0)
            arguments.append(self._sum())
        self._expect(")")
        return FUNCTIONS[name](*arguments)

    def _expect(self, sign: str) -> None:
        assert self.tokens.pop(0) == ("sign", sign)


def _after_argument(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    depth = 0
    for place, (kind, text) in enumerate(tokens):
        depth += (kind == "call") or text == "("
        depth -= text == ")"
        if depth == 0 and text == ",":
            return tokens[place:]
    raise AssertionError(tokens)


def _match(value: Any, area: list[Any], exact: float) -> float:
    assert exact == 0
    wanted = value.casefold() if isinstance(value, str) else value
    for place, one in enumerate(area, 1):
        if (one.casefold() if isinstance(one, str) else one) == wanted:
            return place
    raise NotThereError(value)


def _index(area: list[Any], place: Any) -> Any:
    if not isinstance(place, int | float) or not 1 <= place <= len(area):
        raise NotThereError(place)
    return area[int(place) - 1]


FUNCTIONS = {
    "MATCH": _match,
    "INDEX": _index,
    "SUMPRODUCT": lambda one, other: sum(a * b for a, b in zip(one, other, strict=True)),
}
