"""Checks a corridor before anything runs for what a schema cannot see: whether it can work at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

from kosho.codes import is_locode, sectors
from kosho.corridor.schema import ALWAYS, STAGES, Consignments, Corridor, Hours, StageName
from kosho.corridor.traffic import expected_visits
from kosho.errors import Problem, suggest
from kosho.language import _
from kosho.provenance import Cited
from kosho.yamlfile import LineNumbers

__all__ = ["impossible", "mistakes", "utilisation"]

ROUNDING = 1e-6
MOST_DAYS = 3_660
"""Of a window, warm-up and cool-down with it: ten years."""
MOST_CONSIGNMENTS = 5_000_000
"""That may be expected in a window; each is kept in memory, some hundred bytes."""


def mistakes(
    corridor: Corridor, ports: Mapping[str, str], file: str | None = None, lines: LineNumbers | None = None
) -> list[Problem]:
    """Everything that is wrong with a corridor, in the order of its file."""

    def mistake(message: str, *path: str | int, hint: str | None = None) -> Problem:
        key = ".".join(map(str, path))
        return Problem(message, hint, file, lines[path] if lines is not None else None, key)

    found = [
        *_ports(corridor, ports, mistake),
        *_calendar(corridor, mistake),
        *_types(corridor, mistake),
        *_stages(corridor, mistake),
        *_sources(corridor, mistake),
    ]
    # A queue can only be judged where everything else is in order.
    return found or list(_busy(corridor, mistake))


def impossible(corridor: Corridor) -> list[Problem]:
    """What other numbers can make wrong in a corridor that was right."""

    def mistake(message: str, *path: str | int, hint: str | None = None) -> Problem:
        return Problem(message, hint, key=".".join(map(str, path)))

    return [*_types(corridor, mistake), *_stages(corridor, mistake)] or list(_busy(corridor, mistake))


class _Mistake(Protocol):
    """A mistake at a path of the file."""

    def __call__(self, message: str, *path: str | int, hint: str | None = None) -> Problem: ...


def _ports(corridor: Corridor, ports: Mapping[str, str], mistake: _Mistake) -> Iterable[Problem]:
    for end in ("origin", "destination"):
        port = getattr(corridor, end)
        if not is_locode(port.code):
            yield mistake(
                _("unknown port {code!r}", code=port.code),
                end,
                "code",
                hint=suggest(port.code, ports) or _("a UN/LOCODE such as JPUKB"),
            )
        elif port.code not in ports and port.source is None:
            near = suggest(port.code, ports)
            hint = _("{near}, or", near=near[:-1]) if near else _("if it exists,")
            yield mistake(
                _("unknown port {code!r}", code=port.code),
                end,
                "code",
                hint=_("{hint} give a `source` for its code", hint=hint),
            )
    if corridor.origin.code == corridor.destination.code:
        yield mistake(_("is also the origin"), "destination", "code")


def _calendar(corridor: Corridor, mistake: _Mistake) -> Iterable[Problem]:
    if corridor.window.start.weekday() != 0:
        yield mistake(_("{start} is not a Monday", start=corridor.window.start), "window", "start")
    days = corridor.window.warm_up + corridor.window.days + corridor.window.cool_down
    expected = days / 7 * sum(kind.per_week.value for kind in corridor.types.values())
    if days > MOST_DAYS:
        hint = _("a few weeks are enough; more replications make it surer")
        yield mistake(
            _("{days:,} days in all, more than the {most_days:,} there may be", days=days, most_days=MOST_DAYS),
            "window",
            "days",
            hint=hint,
        )
    elif expected > MOST_CONSIGNMENTS:
        message = _(
            "about {expected:,.0f} consignments, more than the {most_consignments:,} there may be",
            expected=expected,
            most_consignments=MOST_CONSIGNMENTS,
        )
        fit = int(days * MOST_CONSIGNMENTS / expected)
        hint = _("{fit} days would fit", fit=fit) if fit else _("fewer a week")
        yield mistake(message, "window", "days", hint=hint)
    for name, hours in corridor.hours.items():
        day, at, staff = max(_staffed(hours), key=lambda one: one[2])
        if staff > 1 + ROUNDING:
            told = _(
                "{staff:.0%} of the servers work at {at} on {day}: shifts overlap", staff=staff, at=at, day=day
            )
            yield mistake(told, "hours", name, "shifts", hint=_("shares that add up to one at most"))
        for position, shift in enumerate(hours.shifts):
            if shift.span[0] >= shift.span[1]:
                where = ("hours", name, "shifts", position)
                yield mistake(
                    _("a shift closes after it opens"), *where, hint=_("split a night at 24:00 and 00:00")
                )


def _staffed(hours: Hours) -> Iterable[tuple[str, str, float]]:
    """Day, time and share of the servers that work when each shift opens."""
    for shift in hours.shifts:
        for day in dict.fromkeys(shift.days):
            there = sum(
                one.staff * one.days.count(day)
                for one in hours.shifts
                if one.span[0] <= shift.span[0] < one.span[1]
            )
            yield day, shift.opens, there


def _types(corridor: Corridor, mistake: _Mistake) -> Iterable[Problem]:
    if not corridor.types:
        yield mistake(_("names no type of consignment"), "types")
    for name, kind in corridor.types.items():
        total = sum(kind.mix.values())
        if abs(total - 1) > ROUNDING or min(kind.mix.values(), default=0) < 0:
            yield mistake(_("shares add up to {total:g}, not 1", total=total), "types", name, "mix")
        for sector in kind.mix:
            if sector not in sectors() or not sectors()[sector].goods:
                hint = suggest(sector, (code for code, one in sectors().items() if one.goods))
                yield mistake(
                    _("unknown sector of goods {sector!r}", sector=sector),
                    "types",
                    name,
                    "mix",
                    sector,
                    hint=hint,
                )
        channels = kind.channels
        total = channels.green.value + channels.documents.value + channels.inspection.value
        if abs(total - 1) > ROUNDING:
            yield mistake(_("shares add up to {total:g}, not 1", total=total), "types", name, "channels")
        if corridor.trusted.lodged_early.value < kind.lodged_early.value - ROUNDING:
            yield mistake(
                _("trusted traders lodge early less often than others of type {name}", name=name),
                "trusted",
                "lodged_early",
                hint=_("at least {value:g}", value=kind.lodged_early.value),
            )
    early, late = corridor.early.activation, corridor.stages.lodgement.time
    if early.mean.value > late.mean.value:
        yield mistake(_("takes longer than lodgement after arrival"), "early", "activation", "mean")


def _stages(corridor: Corridor, mistake: _Mistake) -> Iterable[Problem]:
    known = {ALWAYS, *corridor.hours}
    for name, stage in corridor.stages.items():
        if stage.hours not in known:
            hint = suggest(stage.hours, known)
            yield mistake(_("unknown hours {hours!r}", hours=stage.hours), "stages", name, "hours", hint=hint)
        if stage.repeat is not None and stage.repeat.value == 1:
            yield mistake(_("every visit would be repeated"), "stages", name, "repeat")


def _sources(corridor: Corridor, mistake: _Mistake) -> Iterable[Problem]:
    known = {source.id for source in corridor.sources}
    for path, source in _references(corridor, ()):
        if source not in known:
            yield mistake(
                _("unknown source {source!r}", source=source), *path, "source", hint=suggest(source, known)
            )


def _references(node: object, path: tuple[str | int, ...]) -> Iterable[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _references(value, (*path, str(key)))
    elif isinstance(node, tuple):
        for position, value in enumerate(node):
            yield from _references(value, (*path, position))
    elif isinstance(fields := getattr(type(node), "model_fields", None), Mapping):
        for key in fields:
            value = getattr(node, key)
            if key == "source" and isinstance(value, str) and path and path[0] not in ("origin", "destination"):
                yield path, value
            elif key != "sources":
                yield from _references(value, (*path, key))


def _busy(corridor: Corridor, mistake: _Mistake) -> Iterable[Problem]:
    for name, share in utilisation(corridor).items():
        if share >= 1:
            message = _(
                "{share:.0%} of capacity would be needed: the queue would grow without end", share=share
            )
            yield mistake(message, "stages", name, "servers", hint=_("more servers, longer hours or less work"))


def utilisation(corridor: Corridor) -> dict[StageName, float]:
    """Work over capacity in an ordinary week, of the stages with limited servers."""
    found: dict[StageName, float] = {}
    for name, stage in corridor.stages.items():
        if isinstance(stage.servers, Cited):
            work = _visitors(corridor, name) * expected_visits(stage) * stage.time.mean.value
            found[name] = work / _weekly(corridor, stage.hours, int(stage.servers.value))
    return found


def _weekly(corridor: Corridor, hours: str, servers: int) -> float:
    """Server-hours of a week without holidays."""
    if hours == ALWAYS:
        return 168.0 * servers
    return sum(
        math.ceil(shift.staff * servers - ROUNDING) * (shift.span[1] - shift.span[0]) * len(shift.days)
        for shift in corridor.hours[hours].shifts
    )


def _visitors(corridor: Corridor, name: StageName) -> float:
    """Ships or consignments a week that need a stage."""
    if name == STAGES[0]:
        return float(len(corridor.calls.slots))
    needed = getattr(corridor.stages, name).needed
    share = 1.0 if needed is None else needed.value
    return share * sum(kind.per_week.value * _asked(corridor, kind, name) for kind in corridor.types.values())


def _asked(corridor: Corridor, kind: Consignments, name: StageName) -> float:
    """Share of a type's consignments that are asked to a stage."""
    trusted = kind.trusted.value
    if name == "payment":
        return 1 - trusted * corridor.trusted.pays_later
    if name not in ("documents", "inspection"):
        return 1.0
    risk = 1 - trusted + trusted * corridor.trusted.examined.value
    if corridor.recognition is not None:
        risk *= 1 - corridor.recognition.exporters.value * (1 - corridor.recognition.examined.value)
    channels = kind.channels
    return risk * (channels.inspection.value + (channels.documents.value if name == "documents" else 0.0))
