"""Figures of a brief: what they show, where the marks stand, and the same as Plotly JSON.

A figure is horizontal: a label, marks on a common axis, a value in words. The page draws it from
percentages of its width, so that it can be read without JavaScript, on paper and on a telephone; where
scripts run and there is room, Plotly takes its place.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from kosho import formatting
from kosho.brief.model import Brief
from kosho.codes import country_name, sector_name
from kosho.language import _, pgettext
from kosho.scenario.results import ScenarioSummary

__all__ = ["Axis", "Figure", "FigureRow", "Mark", "figures"]

BLUE, RUST = "#1d3f72", "#c2571a"
"""Told apart by colour-blind eyes; 4.5:1 on white."""
STYLES = {
    "bars": ((BLUE, "square"), (RUST, "square")),
    "dots": ((BLUE, "circle"), (BLUE, "circle-open"), (RUST, "diamond"), (RUST, "diamond-open")),
}
"""Colour and symbol of each series."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a row; `series` is its position in the figure's legend."""

    series: int
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A label, its marks, the interval behind them, and what the row says in words."""

    label: str
    marks: tuple[Mark, ...]
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from `low` to `high` with round ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where `value` stands, in percent of the width."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)


@dataclass(frozen=True)
class Figure:
    """What a figure shows."""

    id: str
    title: str
    note: str
    """How to read it."""
    unit: str
    kind: Literal["dots", "bars"]
    series: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    interval: str | None = None
    """What the line behind the marks is, in words."""
    tick: Callable[[float], str] = formatting.tick

    @property
    def styles(self) -> tuple[tuple[str, str], ...]:
        """Colour and symbol of each series."""
        return STYLES[self.kind]

    @cached_property
    def axis(self) -> Axis:
        """An axis that holds zero and every mark."""
        values = [0.0]
        for row in self.rows:
            values += [mark.value for mark in row.marks]
            values += [end for end in (row.low, row.high) if end is not None]
        return _axis(min(values), max(values))

    def plotly(self) -> dict[str, Any]:
        """The figure as Plotly JSON: `data` and `layout`."""
        labels = [_wrapped(row.label) for row in self.rows]
        traces = self._bars(labels) if self.kind == "bars" else self._dots(labels)
        per_row = 26 + (14 * len(self.series) if self.kind == "bars" else 14)
        layout = {
            "barmode": "group",
            "height": 110 + per_row * len(self.rows),
            "margin": {"l": 10, "r": 20, "t": 40, "b": 46},
            "font": {"family": "system-ui, sans-serif", "size": 13, "color": "#1b2430"},
            "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
            "xaxis": {
                "title": {"text": html.escape(self.unit), "font": {"size": 13}},
                "range": [self.axis.low, self.axis.high],
                "tickvals": list(self.axis.ticks),
                "ticktext": [self.tick(tick) for tick in self.axis.ticks],
                "zeroline": True,
                "zerolinecolor": "#5b6675",
                "gridcolor": "#e3e6ea",
            },
            "yaxis": {
                "autorange": "reversed",
                "automargin": True,
                "categoryorder": "array",
                "categoryarray": labels,
            },
            "hoverlabel": {"bgcolor": "#ffffff", "font": {"color": "#1b2430"}},
            "plot_bgcolor": "#ffffff",
            "paper_bgcolor": "#ffffff",
        }
        return {"data": traces, "layout": layout}

    def _marks(self, series: int, labels: Sequence[str]) -> dict[str, Any]:
        found = [
            (mark, label)
            for row, label in zip(self.rows, labels, strict=True)
            for mark in row.marks
            if mark.series == series
        ]
        name = html.escape(self.series[series])
        return {
            "name": name,
            "x": [mark.value for mark, _other in found],
            "y": [label for _other, label in found],
            "customdata": [mark.text for mark, _other in found],
            "hovertemplate": f"%{{y}}<br>{name}: <b>%{{customdata}}</b><extra></extra>",
        }

    def _bars(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {
                "type": "bar",
                "orientation": "h",
                "marker": {"color": self.styles[k][0]},
                **self._marks(k, labels),
            }
            for k in range(len(self.series))
        ]

    def _dots(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        traces: list[dict[str, Any]] = []
        ranged = [
            (label, row.low, row.high)
            for row, label in zip(self.rows, labels, strict=True)
            if row.low is not None and row.high is not None
        ]
        if ranged and self.interval:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": html.escape(self.interval),
                    "line": {"color": "#b9c3d0", "width": 8},
                    "x": [end for _other, low, high in ranged for end in (low, high, None)],
                    "y": [spot for label, *_other in ranged for spot in (label, label, None)],
                    "hoverinfo": "skip",
                }
            )
        for k in range(len(self.series)):
            colour, symbol = self.styles[k]
            marker = {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2, "color": colour}}
            traces.append({"type": "scatter", "mode": "markers", "marker": marker, **self._marks(k, labels)})
        return traces


def _in_words(unit: str | None) -> str:
    return pgettext("unit", unit) if unit else ""


def _wrapped(label: str) -> str:
    """A label in lines, for Plotly, which reads a little HTML; a number and its percent sign stay together."""
    lines = textwrap.wrap(label.replace(" %", f"{formatting.NBSP}%"), 34)
    return "<br>".join(map(html.escape, lines))


def _axis(low: float, high: float) -> Axis:
    if high - low < SMALLEST_RANGE:
        high = low + 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(k * step, 12) for k in range(first, last + 1))
    pad = 0.02 * (ticks[-1] - ticks[0])
    return Axis(ticks[0] - pad * (low < 0), ticks[-1] + pad, ticks)


def figures(brief: Brief) -> dict[str, Figure]:
    """The figures of the page by id, in order; none where nothing is computed."""
    if not brief.computed:
        return {}
    made: list[Figure] = [
        *(_welfare(brief, party) for party in brief.codes),
        *_flows(brief),
        *(_sectors(brief, party) for party in brief.codes),
        _bystanders(brief),
    ]
    return {figure.id: figure for figure in made}


def _welfare(brief: Brief, party: str) -> Figure:
    rows: list[FigureRow] = []
    for scenario in brief.scenarios:
        found = brief.numbers.comparison(party, scenario.id, "base")
        marks = tuple(
            Mark(k, formatting.of_money(value), _("{money} bn", money=formatting.billions(value, sign=True)))
            for k, variant in enumerate(brief.variants)
            for value in (found.by_variant[variant.id],)
        )
        text = formatting.span(found.whole.low, found.whole.high)
        rows.append(
            FigureRow(scenario.title, marks, text, *map(formatting.of_money, (found.draws.p5, found.draws.p95)))
        )
    return Figure(
        id=f"welfare-{party.lower()}",
        title=_finding(country_name(party), [(row.label, row.marks[0].value) for row in rows]),
        note=_(
            "What each scenario is worth a year against the {base_label}. Each mark is one way of "
            "closing the model.",
            base_label=brief.base_label,
        ),
        unit=_("billion USD a year"),
        kind="dots",
        series=tuple(variant.title for variant in brief.variants),
        rows=tuple(rows),
        interval=_("Middle 90 % of elasticity draws"),
    )


def _finding(what: str, worth: Sequence[tuple[str, float]]) -> str:
    """What is worth most and least, by label; `what` alone where there is nothing to tell apart."""
    if len(worth) < 2:
        return what
    best, least = max(worth, key=lambda one: one[1])[0], min(worth, key=lambda one: one[1])[0]
    return _("{what}: most under “{best}”, least under “{least}”", what=what, best=best, least=least)


def _flows(brief: Brief) -> list[Figure]:
    made: list[Figure] = []
    for position, flow in enumerate(brief.results[0].flows):
        base = flow.base_units
        if base is None:
            continue
        text = formatting.quantity(base)
        rows = [FigureRow(brief.base_label.capitalize(), (Mark(0, base, text),), text)]
        for scenario in brief.scenarios:
            marks: list[Mark] = []
            for k, variant in enumerate(brief.variants):
                units = brief.numbers.result(scenario.id, variant.id).flows[position].new_units or 0.0
                marks.append(Mark(k, units, formatting.quantity(units)))
            central = brief.numbers.flow_range(scenario.id, position).central_units
            if central is None:
                continue
            ends = [base * (1 + central.low), base * (1 + central.high)]
            text = formatting.quantity_range(
                min(*ends, *(m.value for m in marks)), max(*ends, *(m.value for m in marks))
            )
            rows.append(FigureRow(scenario.title, tuple(marks), text, *ends))
        made.append(
            Figure(
                id=f"flow-{position}",
                title=_finding(
                    _("{title}, {unit} a year", title=flow.title, unit=_in_words(flow.unit)),
                    [(row.label, row.marks[0].value) for row in rows[1:]],
                ),
                note=_("Long run. The base is a statistic, everything else an estimate."),
                unit=_("{unit} a year", unit=_in_words(flow.unit)),
                kind="dots",
                series=tuple(variant.title for variant in brief.variants),
                rows=tuple(rows),
                interval=_("Central elasticities: both closures and middle 90 % of draws"),
                tick=formatting.count_tick,
            )
        )
    return made


def compared_scenarios(brief: Brief, *, failing: int = 0) -> tuple[ScenarioSummary, ...]:
    """Two scenarios to set side by side: today, and a way of no deal (by its place in the list).

    A case that lacks both shows its first two.
    """
    ways = brief.numbers.by_role("no-deal")
    return (*brief.numbers.by_role("status-quo")[:1], *(ways[failing:][:1])) or brief.scenarios[:2]


SMALLEST_RANGE = 1e-6
"""Of billions or of things: nothing that a figure could show."""
SECTORS_SHOWN = 10
BYSTANDERS_SHOWN = 6


def _sectors(brief: Brief, party: str) -> Figure:
    scenarios = compared_scenarios(brief)
    variant = brief.variants[0].id
    by_scenario = [brief.numbers.result(scenario.id, variant).sectors[party] for scenario in scenarios]
    moved = sorted(
        by_scenario[0],
        key=lambda code: (
            -max(abs(found[code].exports_musd - found[code].exports_base_musd) for found in by_scenario)
        ),
    )[:SECTORS_SHOWN]
    rows: list[FigureRow] = []
    for code in moved:
        changes = [found[code].exports_musd - found[code].exports_base_musd for found in by_scenario]
        marks = tuple(
            Mark(k, formatting.of_money(x), _("{money} bn", money=formatting.billions(x, sign=True)))
            for k, x in enumerate(changes)
        )
        rows.append(
            FigureRow(sector_name(code), marks, " / ".join(formatting.billions(x, sign=True) for x in changes))
        )
    return Figure(
        id=f"sectors-{party.lower()}",
        title=_(
            "{country}: exports of {lower}{label} move most",
            country=country_name(party),
            lower=rows[0].label[:1].lower(),
            label=rows[0].label[1:],
        )
        if rows
        else _("{country}: exports by sector", country=country_name(party)),
        note=_(
            "The {number} sectors that move most: change of the value of all exports against the "
            "{base_label}; {lower}.",
            number=len(rows),
            base_label=brief.base_label,
            lower=brief.variants[0].title.lower(),
        ),
        unit=_("billion USD a year"),
        kind="bars",
        series=tuple(scenario.title for scenario in scenarios),
        rows=tuple(rows),
    )


def _bystanders(brief: Brief) -> Figure:
    scenarios = compared_scenarios(brief, failing=-1)  # the last way of no deal draws in the others
    variant = brief.variants[0].id
    by_scenario = [brief.numbers.result(scenario.id, variant).countries for scenario in scenarios]
    others = [code for code in by_scenario[0] if code not in brief.codes]
    ranked = sorted(others, key=lambda code: by_scenario[0][code].ev_musd)
    shown = ranked[:BYSTANDERS_SHOWN] + ranked[-BYSTANDERS_SHOWN:]
    rows: list[FigureRow] = []
    for code in dict.fromkeys(shown):
        values = [found[code].ev_musd for found in by_scenario]
        marks = tuple(
            Mark(k, formatting.of_money(x), _("{money} bn", money=formatting.billions(x, sign=True)))
            for k, x in enumerate(values)
        )
        rows.append(
            FigureRow(country_name(code), marks, " / ".join(formatting.billions(x, sign=True) for x in values))
        )
    return Figure(
        id="bystanders",
        title=_(
            "Of the others, {label} loses most and {label_2} gains most",
            label=rows[0].label,
            label_2=rows[-1].label,
        )
        if len(rows) > 1
        else _("Who else loses and gains"),
        note=_(
            "{bystanders_shown} of each. Against the {base_label}; {lower}.",
            bystanders_shown=BYSTANDERS_SHOWN,
            base_label=brief.base_label,
            lower=brief.variants[0].title.lower(),
        ),
        unit=_("billion USD a year"),
        kind="bars",
        series=tuple(scenario.title for scenario in scenarios),
        rows=tuple(rows),
    )
