"""A rate over time as steps: in the terminal, or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from kosho.cli.figure_file import write_figure

__all__ = ["in_terminal", "save"]

Step = tuple[date, date, float]
"""First day, last day, value in percent."""

COLUMNS, ROWS = 72, 8
EIGHTHS = " ▁▂▃▄▅▆▇█"

WIDTH, HEIGHT = 760, 300
STYLE = 'role="img" font-family="sans-serif" font-size="12"'
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 40, 36


def in_terminal(steps: Sequence[Step]) -> str:
    """The steps as columns of blocks, one column a share of the days."""
    first, last = steps[0][0].toordinal(), steps[-1][1].toordinal()
    top = _top(steps)
    heights = [
        _value(steps, first + column * (last - first) // (COLUMNS - 1)) / top for column in range(COLUMNS)
    ]
    lines: list[str] = []
    for row in range(ROWS - 1, -1, -1):
        cells = [EIGHTHS[round(8 * min(max(height * ROWS - row, 0.0), 1.0))] for height in heights]
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


def _value(steps: Sequence[Step], day: int) -> float:
    return next(value for start, end, value in steps if start.toordinal() <= day <= end.toordinal())


def _top(steps: Sequence[Step]) -> float:
    """A round number above all values."""
    highest = max(value for _, _, value in steps)
    return next(
        (float(mark) for mark in (5, 10, 20, 30, 50, 75, 100, 150, 200, 300) if mark >= highest), highest
    )


def _svg(steps: Sequence[Step], title: str) -> str:
    first, after = steps[0][0].toordinal(), steps[-1][1].toordinal() + 1
    top = _top(steps)

    def across(day: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first) / (after - first)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    points = [
        f"{across(day):.1f},{up(value):.1f}"
        for start, end, value in steps
        for day in (start.toordinal(), end.toordinal() + 1)
    ]
    marks = [
        f'<rect x="{across(start.toordinal()):.1f}" y="{TOP}" height="{HEIGHT - TOP - BOTTOM}" '
        f'width="{across(end.toordinal() + 1) - across(start.toordinal()):.1f}" fill="transparent">'
        f"<title>{start} to {end}: {value:g} %</title></rect>"
        for start, end, value in steps
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
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#1f4e79" stroke-width="2"/>',
        *marks,
        f'<text x="{LEFT}" y="{HEIGHT - 12}">{steps[0][0]}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{steps[-1][1]}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
