"""The figure of the first page: what the deals bring each side, by how strongly trade answers.

A panel a party, on one scale, as SVG that needs no script: lines are told apart by dashes and by the words at
their ends, so that it reads in grey, at the width of a telephone, and aloud.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.first_page import turning_point
from kosho.brief.model import Brief, Outlook, Prospect, Role
from kosho.codes import country_name
from kosho.language import N_, _

__all__ = ["NAMES", "drawn", "gain_note", "gain_table", "gain_title", "panels", "spoken"]

WIDTH, HEIGHT = 360, 270
LEFT, RIGHT, TOP, BOTTOM = 46, 68, 28, 76
SAME = 0.99
"""Of the unit of tables: what an axis counts is that, or the smaller one."""
SHARED = 16
"""Height of a name at the end of a line."""
TICKS = (0.2, 0.5, 1.0)
"""Of the common scale."""
MOST_TICKS = 7
"""Of gains."""
NAMES: dict[Role, str] = {
    "ask": N_("ask"),
    "accept": N_("least"),
    "agreed": N_("agreed"),
    "possible": N_("possible"),
}
"""What a line is called at its end."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """From scales and money to places; its ends are in the unit of tables."""

    left: float
    right: float
    low: float
    high: float
    unit: float
    """Million USD in what the axis counts."""

    def x(self, scale: float) -> float:
        share = (math.log(scale) - math.log(self.left)) / (math.log(self.right) - math.log(self.left))
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)

    def y(self, musd: float) -> float:
        share = (musd / self.unit - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)


def drawn(brief: Brief) -> Outlook | None:
    """What the figure shows: deals to ask for and accept, or what was agreed and could have been."""
    return brief.outlook or brief.agreed


def gain_note(brief: Brief, found: Outlook) -> str:
    """What the lines are, where their names do not say it."""
    if found.prospect("possible") is None or brief.negotiation is None or brief.negotiation.as_of is None:
        return ""
    return _(
        "Possible: the first deal of the table as it stood on {day}.",
        day=formatting.day(brief.negotiation.as_of),
    )


def gain_title(found: Outlook) -> str:
    """What the figure finds."""
    agreed = found.prospects[0].role == "agreed"
    if not found.stops:
        return (
            _("By what was agreed every side gains at every published strength of trade")
            if agreed
            else _("Every side gains at every published strength of trade")
        )
    party, scale = max(found.stops.items(), key=lambda item: item[1])
    name = formatting.the_country(party, starts=True)
    if agreed:
        return _(
            "By what was agreed {name} gains only above {turning_point} of the central strength of trade",
            name=formatting.the_country(party),
            turning_point=turning_point(scale),
        )
    return _(
        "{name} gains only above {turning_point} of the central strength of trade",
        name=name,
        turning_point=turning_point(scale),
    )


def panels(brief: Brief) -> list[str]:
    """A panel for each party that has a part in the deals; none where no curve was solved."""
    found = drawn(brief)
    if found is None or not any(one.curve for one in found.prospects):
        return []
    frame = _frame(found)
    mine = {party: tuple(one for one in found.prospects if party in one.curve) for party in brief.codes}
    return [
        _panel(found.model_copy(update={"prospects": some}), party, frame)
        for party, some in mine.items()
        if some
    ]


def spoken(found: Outlook, party: str) -> str:
    """What a panel shows, in words."""
    told = _("; ").join(_told(one, party) for one in found.prospects if party in one.gains)
    return f"{formatting.the_country(party, starts=True)}: {told}"


def gain_table(brief: Brief) -> list[CellTable]:
    """The numbers behind the figure, a table a deal."""
    found = drawn(brief)
    return [] if found is None else [_table(found, one) for one in found.prospects if one.curve]


def _table(found: Outlook, one: Prospect) -> CellTable:
    rows = tuple(
        (
            Cell(turning_point(scale), scale),
            *(Cell(formatting.billions(one.curve[party][k], sign=True, part=True)) for party in one.curve),
        )
        for k, scale in enumerate(found.scales)
    )
    what = {
        "ask": _("What to ask for"),
        "accept": _("The least to accept"),
        "agreed": _("What was agreed"),
        "possible": _("What could have been agreed"),
    }[one.role]
    return CellTable(
        id=f"along-{one.role}",
        caption=_("{what}: gain over no deal, billion USD a year, year ten", what=what),
        columns=(_("Strength of trade, 1 is the centre"), *(country_name(party) for party in one.curve)),
        rows=rows,
        numeric=len(one.curve),
    )


def _frame(found: Outlook) -> _Frame:
    curves = [curve for one in found.prospects for curve in one.curve.values()]
    values = [x for curve in curves for x in curve if x is not None]
    large = 1.0 / formatting.of_money(1.0)
    small = formatting.told_finer(gain for one in found.prospects for gain in one.gains.values())
    unit = large / formatting.finer_money() if small else large
    low, high = min(0.0, *values) / unit, max(0.0, *values) / unit
    room = 0.06 * ((high - low) or 1.0)
    return _Frame(found.scales[0], found.scales[-1], low - room, high + room, unit)


def _panel(found: Outlook, party: str, frame: _Frame) -> str:
    label = html.escape(spoken(found, party))
    large = frame.unit * formatting.of_money(1.0) > SAME
    country = country_name(party)
    head = (
        _("{country}, bn USD a year", country=country)
        if large
        else _("{country}, million USD a year", country=country)
    )
    return "".join(
        [
            f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
            f'<text class="name" x="{LEFT}" y="16">{html.escape(head)}</text>',
            *_axes(frame),
            *_marks(found, frame),
            *(_line(found, one, party, frame) for one in found.prospects),
            *_ends(found, party, frame),
            *_turns(found, party, frame),
            "</svg>",
        ]
    )


def _told(one: Prospect, party: str) -> str:
    ends = one.range(party)
    centre = formatting.gain(one.gains[party], ends.low, ends.high, part=True)
    turns = _(", ").join(map(turning_point, one.turns.get(party, ())))
    told = _("{names} {centre} billion", names=_(NAMES[one.role]), centre=centre)
    return told + (_(", turning at {turns}", turns=turns) if turns else "")


def _axes(frame: _Frame) -> Iterator[str]:
    span = frame.high - frame.low
    steps = (first * 10.0**power for power in range(-5, 16) for first in (1, 2, 5))
    step = next(one for one in steps if span / one <= MOST_TICKS)
    for k in range(math.ceil(frame.low / step), math.floor(frame.high / step) + 1):
        y = frame.y(k * step * frame.unit)
        kind = "zero" if k == 0 else "grid"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{formatting.tick(round(k * step, 6))}</text>'
    for scale in TICKS:
        if frame.left <= scale <= frame.right:
            x = frame.x(scale)
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            label = _("1 centre") if scale == 1 else f"{scale:g}"
            yield f'<text x="{x}" y="{HEIGHT - BOTTOM + 17}" text-anchor="middle">{label}</text>'
    middle, name = (LEFT + WIDTH - RIGHT) / 2, html.escape(_("strength of trade, year ten"))
    yield f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{name}</text>'


def _marks(found: Outlook, frame: _Frame) -> Iterator[str]:
    """The literature, as ticks or bands under the axis."""
    foot = HEIGHT - BOTTOM + 30
    for one in found.estimates:
        low, high = (frame.x(min(max(x, frame.left), frame.right)) for x in (one.low, one.high))
        yield f'<rect class="mark" x="{low - 1}" width="{max(high - low, 2)}" y="{foot}" height="7"/>'
        name = html.escape(_short(one.title))
        yield f'<text class="study" x="{(low + high) / 2}" y="{foot + 19}" text-anchor="middle">{name}</text>'


def _short(title: str) -> str:
    """Authors of a study, in short."""
    first, *more = title.split(" & ", maxsplit=1)[0].split(", ")
    return _("{first} et al.", first=first) if more or len(title) > 20 else title


def _points(found: Outlook, one: Prospect, party: str, frame: _Frame) -> list[tuple[float, float]]:
    values = one.curve.get(party, ())
    pairs = zip(found.scales, values, strict=True) if values else ()
    return [(frame.x(scale), frame.y(x)) for scale, x in pairs if x is not None]


def _line(found: Outlook, one: Prospect, party: str, frame: _Frame) -> str:
    points = " ".join(f"{x},{y}" for x, y in _points(found, one, party, frame))
    return f'<polyline class="line {one.role}" points="{points}"/>'


def _ends(found: Outlook, party: str, frame: _Frame) -> Iterator[str]:
    """Names at the ends of the lines, none over another."""
    named = [(_points(found, one, party, frame), _(NAMES[one.role])) for one in found.prospects]
    placed = sorted((points[-1], name) for points, name in named if points)
    placed.sort(key=lambda item: item[0][1])
    for ((x, _other), name), y in zip(placed, _apart([y for (_other, y), _other in placed]), strict=True):
        yield f'<text class="end" x="{x + 6}" y="{y + 4:.1f}">{name}</text>'


def _apart(wanted: Sequence[float]) -> list[float]:
    """Heights moved apart, those at the foot first kept inside."""
    found: list[float] = []
    for y in wanted:
        found.append(max(y, found[-1] + SHARED) if found else y)
    return found


def _turns(found: Outlook, party: str, frame: _Frame) -> Iterable[str]:
    at = dict.fromkeys((one.role, scale) for one in found.prospects for scale in one.turns.get(party, ()))
    zero, told = frame.y(0.0), set[str]()
    for role, scale in at:
        yield f'<circle class="turn" cx="{frame.x(scale)}" cy="{zero}" r="5"/>'
        text = turning_point(scale)
        if text not in told:
            side = -9 if role in ("ask", "agreed") else 18
            yield f'<text class="turns" x="{frame.x(scale)}" y="{zero + side}" text-anchor="end">{text}</text>'
            told.add(text)
