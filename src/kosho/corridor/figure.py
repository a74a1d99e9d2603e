"""One static SVG: how long consignments take, where the time goes, and what the answer depends on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from kosho.corridor.schema import STAGES
from kosho.corridor.sensitivity import Tornado
from kosho.corridor.times import ReleaseTimes
from kosho.language import _

__all__ = ["svg"]

INK, GREY, GRID, PALE = "#1b2430", "#5b6675", "#e3e6ea", "#b9c3d0"
BLUE, RUST = "#1d3f72", "#c2571a"
LINES = (
    (INK, ""),
    (RUST, ""),
    (BLUE, ""),
    ("#3f8f6b", ""),
    (RUST, "6 3"),
    (BLUE, "6 3"),
    ("#8a5fa8", "2 3"),
)
"""Colour and dashes of each line; told apart by colour-blind eyes together with the dashes."""
FILLS = ("#b9c3d0", "#7f93ad", "#1d3f72", "#e8c4a8", "#c2571a", "#7a3510", "#3f8f6b", "#5b6675", "#dfe4ea")
"""Of the stages."""

WIDTH, LEFT, RIGHT = 860, 300, 30
ROW = 26
STYLE = f'role="img" font-family="system-ui, sans-serif" font-size="13" fill="{INK}"'
SHOWN = 12
"""Parameters of the tornado."""
SEEN = 0.005
"""Days; a stage that takes less nowhere is left out of the legend."""


@dataclass
class _Canvas:
    """Parts drawn so far, and how far down."""

    parts: list[str]
    y: float

    def text(self, x: float, y: float, text: str, **style: object) -> None:
        """Words; `_` in names of attributes stands for `-`."""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{_attributes(style)}>{escape(text)}</text>')

    def shape(self, tag: str, title: str = "", **style: object) -> None:
        """A shape, with words that show when pointed at."""
        inner = f"<title>{escape(title)}</title>" if title else ""
        self.parts.append(f"<{tag}{_attributes(style)}>{inner}</{tag}>")

    def heading(self, title: str, note: str) -> None:
        """Of a panel."""
        self.text(20, self.y + 16, title, font_size=16, font_weight="bold")
        self.text(20, self.y + 36, note, fill=GREY)
        self.y += 50


def _attributes(style: Mapping[str, object]) -> str:
    def word(value: object) -> str:
        return f"{value:.1f}" if isinstance(value, float) else str(value)

    return "".join(f' {key.replace("_", "-")}="{word(value)}"' for key, value in style.items() if value != "")


@dataclass(frozen=True)
class _Scale:
    """Days to the right."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def __call__(self, days: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (days - self.low) / (self.high - self.low)


def _scale(low: float, high: float) -> _Scale:
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return _Scale(first * step, last * step, tuple(round(k * step, 9) for k in range(first, last + 1)))


def _axis(canvas: _Canvas, scale: _Scale, top: float, bottom: float, unit: str) -> None:
    for tick in scale.ticks:
        x = scale(tick)
        canvas.shape("line", x1=x, x2=x, y1=top, y2=bottom, stroke=GRID)
        canvas.text(x, bottom + 16, f"{tick:g}".replace("-", "\N{MINUS SIGN}"), text_anchor="middle", fill=GREY)
    canvas.text(WIDTH - RIGHT, bottom + 32, unit, text_anchor="end", fill=GREY)


def svg(title: str, cases: Mapping[str, ReleaseTimes], tornado: Tornado | None = None) -> str:
    """Draw it.

    Args:
        title: Of the whole.
        cases: Baseline first, by the titles of the scenarios.
        tornado: What the days saved depend on; None leaves the panel out.
    """
    canvas = _Canvas([], 56.0)
    _distribution(canvas, cases)
    _stages(canvas, cases)
    if tornado is not None:
        _tornado(canvas, tornado)
    height = math.ceil(canvas.y)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {STYLE}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="20" y="32" font-size="20" font-weight="bold">{escape(title)}</text>',
    ]
    return "\n".join([*head, *canvas.parts, "</svg>"]) + "\n"


def _distribution(canvas: _Canvas, cases: Mapping[str, ReleaseTimes]) -> None:
    canvas.heading(
        _("How long until the permit"), _("Share of consignments released within so many days of arrival.")
    )
    high = max(float(np.quantile(times.days(), 0.98)) for times in cases.values())
    scale = _scale(0.0, high)
    top, bottom = canvas.y, canvas.y + 240
    _axis(canvas, scale, top, bottom, _("days from the ship's arrival"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * (bottom - top)
        canvas.shape("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke=GRID)
        canvas.text(LEFT - 8, y + 4, f"{share:.0%}".replace("%", " %"), text_anchor="end", fill=GREY)
    grid = np.linspace(0.0, scale.high, 241)
    for (name, times), (colour, dashes) in reversed(list(_styled(cases))):
        shares = np.searchsorted(np.sort(times.days()), grid, side="right") / times.consignments
        points = " ".join(
            f"{scale(x):.1f},{bottom - y * (bottom - top):.1f}" for x, y in zip(grid, shares, strict=True)
        )
        canvas.shape(
            "polyline", name, points=points, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dashes
        )
    y = top + 12
    for (name, _times), (colour, dashes) in _styled(cases):
        canvas.shape("line", x1=20, x2=44, y1=y, y2=y, stroke=colour, stroke_width=3, stroke_dasharray=dashes)
        for words in _wrapped(name, 27):
            canvas.text(50, y + 4, words)
            y += 14
        y += 8
    canvas.y = max(bottom, y) + 56


def _styled(cases: Mapping[str, ReleaseTimes]) -> Iterator[tuple[tuple[str, ReleaseTimes], tuple[str, str]]]:
    return ((case, LINES[k % len(LINES)]) for k, case in enumerate(cases.items()))


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _stages(canvas: _Canvas, cases: Mapping[str, ReleaseTimes]) -> None:
    canvas.heading(
        _("Where the time goes"),
        _("Mean days by what a consignment waits for; what is done meanwhile counts nothing."),
    )
    found = {name: times.stages for name, times in cases.items()}
    scale = _scale(0.0, max(sum(stage.days for stage in stages.values()) for stages in found.values()))
    seen = [stage for stage in STAGES if any(stages[stage].days >= SEEN for stages in found.values())]
    x, y = 20.0, canvas.y + 8
    for stage in seen:
        canvas.shape("rect", x=x, y=y - 10, width=12, height=12, fill=FILLS[STAGES.index(stage)])
        canvas.text(x + 17, y, stage)
        x += 30 + 7.2 * len(stage)
    top = canvas.y + 24
    bottom = top + (ROW + 8) * len(found)
    _axis(canvas, scale, top, bottom, _("days from the ship's arrival to the gate"))
    for row, (name, stages) in enumerate(found.items()):
        y = top + (ROW + 8) * row + 4
        lines = _wrapped(name, 40)
        for line, words in enumerate(lines):
            canvas.text(LEFT - 10, y + 17 - 7 * (len(lines) - 1) + 14 * line, words, text_anchor="end")
        start = 0.0
        for stage in STAGES:
            days = stages[stage].days
            canvas.shape(
                "rect",
                _("{stage}: {days:.2f} days", stage=stage, days=days),
                x=scale(start),
                y=y,
                width=scale(start + days) - scale(start),
                height=ROW,
                fill=FILLS[STAGES.index(stage)],
            )
            start += days
    canvas.y = bottom + 56


def _tornado(canvas: _Canvas, tornado: Tornado) -> None:
    canvas.heading(
        _("What the days saved by {scenario} depend on", scenario=tornado.scenario),
        _(
            "Low (blue) and high (rust) end of each range; {days_saved:.2f} days at the centre.",
            days_saved=tornado.days_saved,
        ),
    )
    swings = [swing for swing in tornado.swings if swing.width > 0][:SHOWN]
    values = [tornado.days_saved, 0.0]
    values += [e.days_saved for s in swings for e in (s.low, s.high) if e.days_saved is not None]
    scale = _scale(min(values), max(values))
    top = canvas.y
    bottom = top + ROW * max(len(swings), 1)
    _axis(canvas, scale, top, bottom, _("days saved"))
    centre = scale(tornado.days_saved)
    for row, swing in enumerate(swings):
        y = top + ROW * row + 4
        canvas.text(LEFT - 10, y + 13, swing.parameter, text_anchor="end")
        for end, colour in ((swing.low, BLUE), (swing.high, RUST)):
            if end.days_saved is not None:
                x = scale(end.days_saved)
                canvas.shape(
                    "rect",
                    _(
                        "{parameter} = {value}: {days_saved:.2f} days",
                        parameter=swing.parameter,
                        value=end.value,
                        days_saved=end.days_saved,
                    ),
                    x=min(x, centre),
                    y=y,
                    width=max(abs(x - centre), 0.5),
                    height=ROW - 8,
                    fill=colour,
                )
    canvas.shape("line", x1=centre, x2=centre, y1=top, y2=bottom, stroke=INK)
    canvas.y = bottom + 48
