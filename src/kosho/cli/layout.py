"""Text in columns of a given width: words stay whole, numbers on their lines, nothing is cut or padded.

A cell that is too long wraps in its own column; where that leaves too little room, it stands below its row, and
numbers that do not fit beside one another stand in a second part of the table. Full-width characters count two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from kosho.formatting import NBSP, typeset

__all__ = ["MOST_COLUMNS", "grid", "wrapped"]

MOST_COLUMNS = 7
"""Of a table: more cannot be read across."""
GAP = 2
LEAST = 16
"""Columns that running words need, if it can be had."""
INDENT = 4
TALL = 5
"""Lines of a row from which on it is asked whether its longest text had better stand below it."""
WORTH = 0.8
"""Of the lines, at most, for which text leaves its column."""

_WIDE = r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]"
_OPENING = "「『（［｛〈《【〔"
_CLOSING = "」』）］｝〉》】〕、。，．：；！？ー々・ぁぃぅぇぉっゃゅょァィゥェォッャュョ％"
_PIECES = re.compile(rf"[{_OPENING}]*(?:(?![{_OPENING}]){_WIDE}|(?:(?!{_WIDE}).)+)[{_CLOSING}]*|[{_OPENING}]+")


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """The lines of a text, broken at its spaces and between full-width characters alone.

    A no-break space keeps its words together, and is printed as a space.

    Args:
        text: One or more lines; those that fit are kept as they are.
        width: Columns; only a word that is longer goes beyond them.
        indent: Columns that lines after the first begin with.

    >>> wrapped("Ask for 10 % on cars and parts", 16)
    ['Ask for 10 % on', 'cars and parts']
    >>> wrapped("日米関税交渉の記録。", 8)
    ['日米関税', '交渉の記', '録。']
    """
    found: list[str] = []
    for line in typeset(text).split("\n"):
        if cell_len(line.rstrip(" ")) <= width:
            found.append(line.rstrip(" "))
            continue
        lead = " " * (len(line) - len(line.lstrip(" ")))
        made, room, after = [lead], width - len(lead), lead + " " * indent
        for piece, gap in _pieces(line):
            size = cell_len(piece)
            if made[-1].strip(" ") and size + len(gap) > room:
                made.append(after)
                room = width - len(after)
            space = gap if made[-1].strip(" ") else ""
            made[-1] += space + piece
            room -= size + len(space)
        found += made
    return [line.replace(NBSP, " ") for line in found]  # a terminal's text is copied and searched


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """What must stay together, each with the gap before it."""
    for word in line.split(" "):
        if word:
            for number, piece in enumerate(_PIECES.findall(word)):
                yield piece, "" if number else " "


def _longest(text: str) -> int:
    """Columns of the longest piece."""
    return max((cell_len(piece) for line in text.split("\n") for piece, _ in _pieces(line)), default=0)


def _span(text: str) -> int:
    """Columns of the longest line."""
    return max(map(cell_len, text.split("\n")))


def _before_range(text: str) -> str:
    """`x (lo to hi)` with the range on a line of its own."""
    return text.replace(" (", "\n(").replace("（", "\n（")


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    cells: tuple[str, ...]
    number: bool

    def across(self, measure: Callable[[str], int]) -> int:
        return max(map(measure, self.cells), default=0)

    @property
    def least(self) -> int:
        return max(_longest(self.head), self.across(_longest))

    @property
    def most(self) -> int:
        return max(_span(self.head), self.across(_span))

    @property
    def comfortable(self) -> int:
        return max(self.least, min(LEAST, self.most))


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, numeric: int = 0) -> list[str]:
    """The lines of a table: heads, a rule, rows.

    Args:
        columns: Heads, one a column.
        rows: A cell a column.
        width: Columns of the terminal; only a word that is longer goes beyond them.
        numeric: So many of the last columns are numbers, set flush right.

    >>> print(*grid(("Economy", "%"), [("Japan", "−0.58"), ("United States", "+1.2")], 30, 1), sep=chr(10))
    Economy            %
    ────────────────────
    Japan          −0.58
    United States   +1.2
    """
    words = len(columns) - numeric
    made = [
        _Column(head, tuple(row[position] for row in rows), position >= words)
        for position, head in enumerate(columns)
    ]
    lines: list[str] = []
    for part in _parts(made, width):
        lines += [""] * bool(lines) + _drawn(part, width)
    return lines


def _parts(columns: Sequence[_Column], width: int) -> list[list[_Column]]:
    """The table in as many parts as make its numbers fit, each with the first column."""
    texts = [one for one in columns if not one.number]
    numbers = [one for one in columns if one.number]
    first = texts[:1]
    parts: list[list[_Column]] = [[]]
    for one in numbers:
        lead = texts if len(parts) == 1 else first
        tried = [*parts[-1], one]
        room = width - sum(GAP + min(each.comfortable, each.most) for each in first)
        needed = sum(GAP + max(_longest(each.head), each.across(_narrow)) for each in tried) - GAP
        if parts[-1] and (len(lead) + len(tried) > MOST_COLUMNS or needed > room):
            parts.append([one])
        else:
            parts[-1] = tried
    return [[*(first if number else texts), *part] for number, part in enumerate(parts)]


def _narrow(text: str) -> int:
    return _span(_before_range(text))


def _drawn(columns: Sequence[_Column], width: int) -> list[str]:
    """One part: in columns alone, or with its longest text below each row where that reads better."""
    widths = _widths(columns, width)
    movable = [one for one in columns[1:] if not one.number]
    if widths is not None and len(columns) <= MOST_COLUMNS:
        lines, tallest = _lines(columns, widths, (), width)
        if tallest < TALL or not movable:
            return lines
        below = max(movable, key=lambda one: one.most)
        rest = [one for one in columns if one is not below]
        narrower = _widths(rest, width)
        if narrower is None:
            return lines
        other, _ = _lines(rest, narrower, (below,), width)
        return other if len(other) <= WORTH * len(lines) else lines
    below_all: list[_Column] = []
    rest = list(columns)
    while movable and (widths is None or len(rest) > MOST_COLUMNS):
        longest = max(movable, key=lambda one: one.least if widths is None else one.most)
        movable.remove(longest)
        rest.remove(longest)
        below_all.append(longest)
        widths = _widths(rest, width)
    widths = widths or [one.least for one in rest]
    ordered = tuple(one for one in columns if one in below_all)
    return _lines(rest, widths, ordered, width)[0]


def _widths(columns: Sequence[_Column], width: int) -> list[int] | None:
    """Columns of each column; None where words or numbers would break."""
    room = width - GAP * (len(columns) - 1)
    for measure, least in (
        (_span, lambda one: one.comfortable),
        (_narrow, lambda one: one.comfortable),
        (_span, lambda one: one.least),
        (_narrow, lambda one: one.least),
    ):
        needed = [max(_longest(one.head), one.across(measure)) if one.number else least(one) for one in columns]
        if sum(needed) <= room:
            return _spread(needed, [one.most for one in columns], room)
    return None


def _spread(needed: Sequence[int], wanted: Sequence[int], room: int) -> list[int]:
    """What is left goes to those that want more, evenly."""
    widths = list(needed)
    spare = room - sum(widths)
    while spare > 0:
        short = [position for position, one in enumerate(widths) if one < wanted[position]]
        if not short:
            break
        for position in sorted(short, key=lambda position: wanted[position] - widths[position])[:spare]:
            more = min(max(spare // len(short), 1), wanted[position] - widths[position])
            widths[position] += more
        spare = room - sum(widths)
    return widths


def _lines(
    columns: Sequence[_Column], widths: Sequence[int], below: Sequence[_Column], width: int
) -> tuple[list[str], int]:
    """Lines of the table, and how many its tallest row has in its columns."""
    heads = [wrapped(one.head, size) for one, size in zip(columns, widths, strict=True)]
    tallest_head = max(map(len, heads))
    heads = [[""] * (tallest_head - len(head)) + head for head in heads]
    found = _joined(columns, heads, widths)
    found.append("─" * min(width, sum(widths) + GAP * (len(widths) - 1)))
    tallest = 0
    for number in range(len(columns[0].cells)):
        cells = [_cell(one, number, size) for one, size in zip(columns, widths, strict=True)]
        tallest = max(tallest, *map(len, cells))
        found += [""] * bool(below and number) + _joined(columns, cells, widths)
        for one in below:
            if one.cells[number]:
                text = f"{one.head}: {one.cells[number]}" if one.head else one.cells[number]
                text = " ".join(text.split("\n")) if "\n" not in one.cells[number] else text
                lead = " " * INDENT
                found += [lead + line for line in wrapped(text, width - INDENT, 2)]
    return found, tallest


def _cell(column: _Column, number: int, size: int) -> list[str]:
    text = column.cells[number]
    if column.number and _span(text) > size:
        text = _before_range(text)
    return wrapped(text, size)


def _joined(columns: Sequence[_Column], cells: Sequence[list[str]], widths: Sequence[int]) -> list[str]:
    """Cells beside one another."""
    lines: list[str] = []
    for number in range(max(map(len, cells))):
        parts: list[str] = []
        for column, lines_of, size in zip(columns, cells, widths, strict=True):
            text = lines_of[number] if number < len(lines_of) else ""
            pad = " " * max(size - cell_len(text), 0)
            parts.append(pad + text if column.number else text + pad)
        lines.append((" " * GAP).join(parts).rstrip(" "))
    return lines
