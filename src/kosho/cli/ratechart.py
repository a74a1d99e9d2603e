"""Rates by product and partner as dots on lines, for a comparison of deals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

from rich.cells import cell_len, chop_cells

from kosho.language import _
from kosho.law.deal_comparison import Comparison, RateCell, RateRow

__all__ = ["svg"]

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 860, 250, 40, 76, 30, 36
STYLE = 'role="img" font-family="sans-serif" font-size="12"'
STEP, LINE = 90, 18
"""Pixels of the legend from one partner to the next, and from one line of them to the next."""
ALONG = (WIDTH - LEFT - RIGHT) // STEP + 1
"""Partners on a line of the legend."""
TITLE = 110
"""Columns of the title on a line; a sign of Japanese takes two."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
"""Of Okabe and Ito, told apart by colour-blind readers; partners beyond them begin again with another mark."""
TICKS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


def svg(found: Comparison, title: str) -> str:
    """A row a product, a mark a partner; a line from the lowest to the highest where it is a range.

    A product on which a partner's rate is not known has an open mark at the left edge, and a line says so.
    """
    highest = max((cell.high for row in found.rates for cell in row.cells.values() if cell.high), default=0.1)
    top = next((tick for tick in TICKS if tick >= highest), highest)
    heads = _lines_of(title)
    below = LINE * (len(heads) - 1)
    start = TOP + below + LINE * ((len(found.partners) - 1) // ALONG)  # below the lines of the legend
    height = start + ROW * len(found.rates) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {STYLE}>',
        f"<title>{escape(title)}</title>"
        + "".join(
            f'<text x="12" y="{20 + LINE * line}" font-size="14">{escape(head)}</text>'
            for line, head in enumerate(heads)
        ),
        *_legend(found.partners, 44 + below),
        *_grid(top, start, height),
        *(
            mark
            for place, row in enumerate(found.rates)
            for mark in _row(row, found.partners, start + ROW * place + ROW / 2, top)
        ),
        *_of_unknown(found, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines_of(title: str) -> list[str]:
    """A title in lines that fit: between words, or anywhere where none are divided."""
    wide = cell_len(title) > len(title)
    return chop_cells(title, TITLE) if wide else wrap(title, TITLE)


def _across(rate: float, top: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * rate / top


def _legend(partners: Sequence[str], first: float) -> list[str]:
    found: list[str] = []
    for number, partner in enumerate(partners):
        line, place = divmod(number, ALONG)
        x, y = LEFT + STEP * place, first + LINE * line
        text = f'<text x="{x + 10:.1f}" y="{y + 4}">{escape(partner)}</text>'
        found.append(_mark(x, y, number, partner) + text)
    return found


def _of_unknown(found: Comparison, height: int) -> list[str]:
    """What an open mark is, where there is one: it stands beside zero, and is none."""
    if all(_is_known(cell) for row in found.rates for cell in row.cells.values()):
        return []
    words = _("open: not known, or only one end of it; the table says which")
    return [f'<text x="12" y="{height - 4}" font-size="11">{escape(words)}</text>']


def _is_known(cell: RateCell) -> bool:
    return cell.low is not None and cell.high is not None


def _grid(top: float, start: int, height: int) -> list[str]:
    return [
        f'<line x1="{_across(level, top):.1f}" x2="{_across(level, top):.1f}" y1="{start - 10}" '
        f'y2="{height - BOTTOM}" stroke="#ddd"/>'
        f'<text x="{_across(level, top):.1f}" y="{height - BOTTOM + 16}" text-anchor="middle">'
        f"{100 * level:g} %</text>"
        for level in (0.0, top / 4, top / 2, 3 * top / 4, top)
    ]


def _row(row: RateRow, partners: Sequence[str], middle: float, top: float) -> list[str]:
    parts = [
        f'<text x="{LEFT - 12}" y="{middle + 4:.1f}" text-anchor="end">{escape(row.product)}</text>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{middle:.1f}" y2="{middle:.1f}" stroke="#f0f0f0"/>',
    ]
    spread = (ROW - 8) / max(len(partners), 1)
    for number, partner in enumerate(partners):
        level = middle + spread * (number - (len(partners) - 1) / 2)
        parts.append(_of_partner(row.cells[partner], partner, (number, level), top))
    return parts


def _of_partner(cell: RateCell, partner: str, at: tuple[int, float], top: float) -> str:
    number, level = at
    told = f"{partner}: {cell.text}"
    colour = COLOURS[number % len(COLOURS)]
    if cell.low is None or cell.high is None:
        return (
            f'<circle cx="{LEFT - 5}" cy="{level:.1f}" r="3" fill="none" stroke="{colour}">'
            f"<title>{escape(told)}</title></circle>"
        )
    ends = _across(cell.low, top), _across(cell.high, top)
    if ends[0] == ends[1]:
        return _mark(ends[0], level, number, told)
    line = (
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{level:.1f}" y2="{level:.1f}" stroke="{colour}" '
        'stroke-width="2"/>'
    )
    return line + _mark(ends[0], level, number, told) + _mark(ends[1], level, number, told)


def _mark(x: float, y: float, number: int, told: str) -> str:
    colour = COLOURS[number % len(COLOURS)]
    title = f"<title>{escape(told)}</title>"
    if number < len(COLOURS):
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}">{title}</circle>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}">{title}</rect>'
