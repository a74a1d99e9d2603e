"""A rate over time as steps: in the terminal, or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from kosho.cli.figure_file import write_figure
from kosho.language import _

__all__ = ["in_terminal", "save"]

Step = tuple[date, date, float | None, float | None]
"""First day, last day, least and most in percent: alike where it is one value, None where an end is not
known.
"""

COLUMNS, ROWS = 72, 8
EIGHTHS = " ▁▂▃▄▅▆▇█"

WIDTH, HEIGHT = 760, 300
STYLE = 'role="img" font-family="sans-serif" font-size="12"'
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 40, 36


def in_terminal(steps: Sequence[Step]) -> str:
    """The steps as columns of blocks, one column a share of the days."""
    first, last = steps[0][0].toordinal(), steps[-1][1].toordinal()
    top = _top(steps)
    heights = [_value(steps, first + column * (last - first) // (COLUMNS - 1)) for column in range(COLUMNS)]
    lines: list[str] = []
    for row in range(ROWS - 1, -1, -1):
        cells = [_cell(low, high, row * top / ROWS, top / ROWS) for low, high in heights]
        label = f"{top:g}" if row == ROWS - 1 else ""
        lines.append(f"{label:>6} │{''.join(cells)}".rstrip())
    lines.append(f"{0:>6} └{'─' * COLUMNS}")
    ends = f"{steps[0][0]}".ljust(COLUMNS - 10) + f"{steps[-1][1]}"
    return "\n".join([*lines, f"{'':>8}{ends}"])


def save(steps: Sequence[Step], title: str, path: Path) -> None:
    """Write the steps as SVG, or as a page that holds it.

    Raises:
        InputError: the file cannot be written.
    """
    write_figure(_svg(steps, title), title, path)


def _value(steps: Sequence[Step], day: int) -> tuple[float | None, float | None]:
    return next((low, high) for start, end, low, high in steps if start.toordinal() <= day <= end.toordinal())


def _cell(low: float | None, high: float | None, floor: float, height: float) -> str:
    """A block up to the least, shade between least and most, a question mark where an end is not known."""
    full = min(max((low or 0.0) - floor, 0.0) / height, 1.0)
    if low is not None and low == high:
        return EIGHTHS[round(8 * full)]
    if full == 1.0:
        return EIGHTHS[8]
    if high is None:
        return "?" if floor <= (low or 0.0) else " "
    return "░" if high > floor else " "


def _top(steps: Sequence[Step]) -> float:
    """A round number above all values; well above those that are only the least."""
    highest = max((end for _, _, low, high in steps for end in (low, high) if end is not None), default=0.0)
    least = max((low for _, _, low, high in steps if low is not None and high is None), default=0.0)
    needed = max(highest, 1.2 * least)
    return next((float(mark) for mark in (5, 10, 20, 30, 50, 75, 100, 150, 200, 300) if mark >= needed), needed)


def _svg(steps: Sequence[Step], title: str) -> str:
    first, after = steps[0][0].toordinal(), steps[-1][1].toordinal() + 1
    top = _top(steps)

    def across(day: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first) / (after - first)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    def label(low: float | None, high: float | None) -> str:
        if low is None and high is None:
            return _("not known")
        if high is None:
            return _("at least {low:g} %", low=low)
        return (
            f"{high:g} %"
            if low == high
            else _("at most {high:g} %", high=high)
            if low is None
            else _("{low:g} to {high:g} %", low=low, high=high)
        )

    runs: list[list[str]] = [[]]
    for start, end, low, high in steps:
        if low is None or low != high:
            runs.append([])
        else:
            runs[-1] += [f"{across(day):.1f},{up(low):.1f}" for day in (start.toordinal(), end.toordinal() + 1)]
    bands = [
        f'<rect x="{across(start.toordinal()):.1f}" y="{up(top if high is None else high):.1f}" '
        f'width="{across(end.toordinal() + 1) - across(start.toordinal()):.1f}" '
        f'height="{up(low or 0.0) - up(top if high is None else high):.1f}" '
        f'fill="#1f4e79" opacity="{0.08 if high is None else 0.25}"/>'
        for start, end, low, high in steps
        if low is None or low != high
    ]
    marks = [
        f'<rect x="{across(start.toordinal()):.1f}" y="{TOP}" height="{HEIGHT - TOP - BOTTOM}" '
        f'width="{across(end.toordinal() + 1) - across(start.toordinal()):.1f}" fill="transparent">'
        f"<title>{start} to {end}: {label(low, high)}</title></rect>"
        for start, end, low, high in steps
    ]
    lines = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(level):.1f}" y2="{up(level):.1f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{up(level) + 4:.1f}" text-anchor="end">{level:g} %</text>'
        for level in (0.0, top / 2, top)
    ]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {STYLE}>',
        f'<title>{escape(title)}</title><text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
        *lines,
        *bands,
        *(
            f'<polyline points="{" ".join(run)}" fill="none" stroke="#1f4e79" stroke-width="2"/>'
            for run in runs
            if run
        ),
        *marks,
        f'<text x="{LEFT}" y="{HEIGHT - 12}">{steps[0][0]}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{steps[-1][1]}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
