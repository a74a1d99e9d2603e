"""A question in a line: what measures would do that are added to a state of the law, against that state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from kosho.case import Case, Law
from kosho.codes import expand_regions
from kosho.equilibrium import Closure, Outcome, Shock, solve
from kosho.errors import InputError, Problem
from kosho.impact.applicable import unknown_duties
from kosho.impact.base_law import base_end
from kosho.impact.effects import Effects, effects
from kosho.impact.reach import IdleError, idle, same_question
from kosho.language import _
from kosho.law.one_line import OneLine, blocs_alone, one_line
from kosho.law.overlap import touch
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.scenario.against import differences, figures_of
from kosho.scenario.own_labels import OwnLine, own_lines, with_duties
from kosho.scenario.plain_line import PlainLine, is_plain, plain_line
from kosho.scenario.results import BASE
from kosho.scenario.simulate import scenario_effects
from kosho.world import World, WorldChoice, low_elasticity
from kosho.world.loading import DEFAULT

__all__ = ["Added", "SellerChange", "Way", "add_to_base", "add_to_case", "add_to_law", "read_lines"]

OF_THE_BASE = "the base of the table"
ANY_DAY = date(2000, 1, 1)
"""Until the table is known that says on which day a line begins."""


@dataclass(frozen=True)
class Way:
    """How a question is solved."""

    deficits: Literal["fixed", "zero"] = "fixed"
    """See `kosho.scenario.simulate`."""
    elasticities: Literal["central", "low"] = "central"
    allow_idle: bool = False
    """Whether a line may change nothing."""
    closure: Closure | None = None
    """What adjusts besides prices, spending and trade; what it lacks is what ships (`Closure.sourced`)."""
    against: str | None = None
    """What the lines are compared with: None is the state that they are added to, `base` the base of the table,
    or a scenario of the case."""


AS_USUAL = Way()


@dataclass(frozen=True)
class SellerChange:
    """What an economy sells to the importer of the goods that a line names; million USD of the base year."""

    exporter: str
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class Added:
    """What additions do: two equilibria, without them and with them."""

    lines: tuple[OneLine, ...]
    on: date
    against: str
    """The state of the law they are compared with, in words."""
    without: Outcome
    with_them: Outcome
    idle: Mapping[str, str]
    """Lines that change nothing, with the reason; only where that was allowed."""
    left_out: Mapping[str, str]
    """Of the measures added, what has no effect in this world or not all of it, and why."""
    assumptions: tuple[str, ...]

    @property
    def countries(self) -> dict[str, dict[str, float | None]]:
        """By economy what `kosho simulate` tells of a scenario, here of the lines; see `figures_of`."""
        return differences(figures_of(self.with_them), figures_of(self.without))

    def sellers(self, line: OneLine) -> list[SellerChange]:
        """Who sells the sectors of a line to its importer, home too, the largest change first."""
        world = self.with_them.base
        if not line.measures:  # in the table's own labels
            return self._sold([world.position(line.importer)], [world.sector_position(c) for c in line.covers])
        cells = world.law_cells
        pairs = zip(cells.sectors, cells.sector.tolist(), strict=True)
        goods = sorted({j for code, j in pairs if code in line.covers})
        buyers = sorted({cells.place[code] for code in expand_regions([line.importer]) if code in cells.place})
        return self._sold(buyers, goods)

    def _sold(self, buyers: Sequence[int], goods: Sequence[int]) -> list[SellerChange]:
        world = self.with_them.base
        sold = [
            one.flows.to_numpy()[np.ix_(buyers, range(len(world.countries)), goods)].sum(axis=(0, 2))
            for one in (self.without, self.with_them)
        ]
        found = [
            SellerChange(code, float(sold[0][n]), float(sold[1][n])) for n, code in enumerate(world.countries)
        ]
        return sorted(found, key=lambda one: -abs(one.after - one.before))


def add_to_case(
    case: Case,
    scenario: str,
    texts: Sequence[str],
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    way: Way = AS_USUAL,
) -> Added:
    """What lines would do, added to a scenario of a case.

    Args:
        case: The case.
        scenario: Id of the scenario they are added to and compared with.
        texts: Lines as `kosho.law.one_line` reads them.
        as_of: See `kosho.scenario.simulate`.
        world: See `kosho.scenario.simulate`.
        way: How it is solved.

    Raises:
        InputError: a line is wrong, or as `simulate`.
        IdleError: a line changes nothing.
        ConvergenceError: as `simulate`.
    """
    law = case.law(scenario, as_of)
    lines = _read(texts, law)
    base, found = scenario_effects(case.allowing_idle(), scenario, as_of, world)
    law, moved = _begun(law, lines)
    if moved:  # the law of the scenario on the day on which the last line begins
        found = effects(base, law.register, law.on, law.known)
    table, other = _responding(base, way), way.against or scenario
    if other == BASE:
        return _asked(lines, law, (table, found), (OF_THE_BASE, None), way)
    without = found if other == scenario else scenario_effects(case.allowing_idle(), other, as_of, base)[1]
    return _asked(
        lines, law, (table, found), (_("scenario {other} of {name}", other=other, name=case.name), without), way
    )


def add_to_law(
    texts: Sequence[str],
    on: date,
    world: WorldChoice | None = None,
    way: Way = AS_USUAL,
) -> Added:
    """What lines would do, added to everything in force on a day as known on it.

    Raises:
        InputError, IdleError, ConvergenceError: as `add_to_case`; a day that the register does not cover.
    """
    register = Register.load()
    register.refuse_uncovered(on)
    law = Law(register, on, on)
    lines = _read(texts, law)
    law, _moved = _begun(law, lines)
    table = _responding(_table(lines, world), way)
    found = effects(table, register, law.on, law.known)
    told = _("the law in force on {on}, as known on that day", on=on)
    if law.on != on:
        told = _("the law in force on {on}, as known on {known}", on=law.on, known=on)
    against = (told, found)
    return _asked(lines, law, (table, found), (OF_THE_BASE, None) if way.against == BASE else against, way)


def add_to_base(
    texts: Sequence[str],
    world: WorldChoice | None = None,
    way: Way = AS_USUAL,
) -> Added:
    """What lines would do if nothing else changed: against the law at the end of the table's year.

    Args:
        texts: Lines as `kosho.law.one_line` reads them.
        world: The table; the one that ships if not given.
        way: How it is solved.

    Raises:
        InputError, IdleError, ConvergenceError: as `add_to_case`; a table without a year.

    >>> from kosho.scenario.additions import add_to_base
    >>> from kosho.world import WorldChoice
    >>> found = add_to_base(["EU27 JPN C29 25%"], WorldChoice.parse("talks"))
    >>> found.countries["JPN"]["ev_musd"] < 0 < found.sellers(found.lines[0])[0].before
    True
    """
    if world is not None and world.table != DEFAULT:
        whole = world.load().whole
        own = own_lines(texts, whole)
        if own:
            return _in_own_labels(own, _responding(whole, way), way)
    register = Register.load()
    lines = _read(texts, Law(register, ANY_DAY, ANY_DAY))
    table = _responding(_table(lines, world), way)
    if table.meta.year is None:
        raise InputError(Problem(_("the world has no base year"), _("say --as-of, or name a CASE")))
    close = date(table.meta.year, 12, 31)
    end = base_end(register, table) or close
    on = end + timedelta(days=1)
    buyers = {code for line in lines for code in expand_regions([line.importer])}
    imposed = tuple(
        one for one in register.measures if one.kind == "termination" or any(map(one.imposed_by, buyers))
    )
    register = replace(register, measures=imposed)
    law = Law(register, on, on)
    lines = _read(texts, law)
    late = [
        Problem(
            _(
                "{text!r} begins on {since}, and the base is the law of {year}",
                text=text,
                since=line.since,
                year=table.meta.year,
            ),
            _("leave the day away"),
            key=f"--add {n}",
        )
        for n, (text, line) in enumerate(zip(texts, lines, strict=True), 1)
        if line.since is not None
    ]
    if late:
        raise InputError(late)
    priced = any(one.kind != "termination" for one in imposed)
    found = effects(table, register, on, on) if priced else None
    if end == close:
        against = _(
            "the law at the end of {year}, the year of the table; nothing else changes", year=close.year
        )
    else:
        against = _(
            "the law of {day}, which stands for that of {year}, the year of the table; nothing else changes",
            day=end,
            year=close.year,
        )
    return _asked(lines, law, (table, found), (against, found), way)


def _in_own_labels(own: Sequence[OwnLine], world: World, way: Way) -> Added:
    """Duties in the table's own labels, against its base."""
    rates = with_duties(own, world)
    lines = tuple(
        OneLine(one.text, one.title, one.importer, one.partners, one.sectors, (), _("own labels"))
        for one in own
    )
    year = world.meta.year
    closure = way.closure and way.closure.sourced(world)
    return Added(
        lines=lines,
        on=date(year, 12, 31) if year else ANY_DAY,
        against=_("the base tariffs of the table; law is not asked, for its labels are no codes of law"),
        without=solve(world, Shock.none(world), way.deficits, closure=closure),
        with_them=solve(world, Shock.tariffs(world, rates), way.deficits, closure=closure),
        idle={},
        left_out={},
        assumptions=world.meta.assumptions,
    )


def _read(texts: Sequence[str], law: Law) -> tuple[OneLine, ...]:
    return tuple(line for line, _plain in read_lines(texts, law))


def read_lines(
    texts: Sequence[str], law: Law, importer: str | None = None
) -> tuple[tuple[OneLine, PlainLine | None], ...]:
    """Measures from lines, in codes or in words; beside each what words were taken for.

    Args:
        texts: As `kosho.law.one_line` or `kosho.scenario.plain_line` read them.
        law: What they are laid on.
        importer: Who imposes what is said in words, where they do not say.

    Raises:
        InputError: a line is wrong; all mistakes of all lines are told.

    >>> from kosho import Case
    >>> from kosho.scenario.additions import read_lines
    >>> law = Case.load("japan-us-2025").law("status-quo")
    >>> ((line, said),) = read_lines(["US puts 30% on Korean cars from 1 August"], law)
    >>> line.title, str(line.since)
    ('United States on Korea, vehicles-232: 30 % in all', '2025-08-01')
    """
    problems: list[Problem] = []
    found: list[tuple[OneLine, PlainLine | None]] = []
    for position, text in enumerate(texts, 1):
        try:
            said = plain_line(text, law.register, law.known, importer, position) if is_plain(text) else None
            line = one_line(said.line if said else text, law.register, law.on, position)
        except InputError as error:
            problems += error.problems
            continue
        found.append((replace(line, heard=said.heard) if said else line, said))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _begun(law: Law, lines: Sequence[OneLine]) -> tuple[Law, bool]:
    """The law on the day on which the last of some lines has begun, and whether that is later than asked."""
    day = max([law.on, *(line.since for line in lines if line.since)])
    return replace(law, on=day), day != law.on


def _table(lines: Sequence[OneLine], world: WorldChoice | None) -> World:
    """The table, blocs that are named by themselves together."""
    named = [code for line in lines for code in line.named]
    return (world or WorldChoice()).load(blocs_alone(named)).whole


def _responding(world: World, way: Way) -> World:
    return low_elasticity(world) if way.elasticities == "low" else world


def _asked(
    lines: tuple[OneLine, ...],
    law: Law,
    posed: tuple[World, Effects | None],
    compared: tuple[str, Effects | None],
    way: Way,
) -> Added:
    """Lines added to a state of the law, and what they are compared with; None is the base itself."""
    (world, before), (against, without) = posed, compared
    closure = way.closure and way.closure.sourced(world)
    _refuse_absent(lines, world)
    together = Overlay()
    for line in lines:
        together = together + line.overlay
    register = law.register.with_overlay(together)
    _refuse_contradictions(lines, register)
    _refuse_unknown(lines, register, world)
    after = effects(world, register, law.on, law.known)
    nothing = _idle(lines, law, world, after, before)
    if nothing and not way.allow_idle:
        raise IdleError("--add", nothing, _("take it away or mend it; if it is meant so, say --allow-idle"))
    own = {one.id for line in lines for one in line.measures}
    return Added(
        lines=lines,
        on=law.on,
        against=against,
        without=solve(world, (without or Effects.nothing(world)).counterfactual, way.deficits, closure=closure),
        with_them=(outcome := solve(world, after.counterfactual, way.deficits, closure=closure)),
        idle=nothing,
        left_out={name: why for name, why in after.left_out.items() if name in own},
        assumptions=(*(heard for line in lines for heard in line.heard), *after.assumptions, *outcome.assumed),
    )


def _idle(
    lines: Sequence[OneLine], law: Law, world: World, after: Effects, before: Effects | None
) -> dict[str, str]:
    """Lines without which the economy is asked the same, with the reason."""
    found: dict[str, str] = {}
    for line in lines:
        others = [one for other in lines if other is not line for one in other.measures]
        if others:
            register = law.register.with_overlay(Overlay(add=tuple(others)))
            rest = effects(world, register, law.on, law.known)
        else:
            rest = before or Effects.nothing(world)
        if same_question(after, rest):
            one = Overlay(add=line.measures[:1])
            why = idle(world, law.register, one, law.on, law.known)
            found[line.text] = next(iter(why.values()), _("the goods bear this rate as it is"))
    return found


def _refuse_absent(lines: Sequence[OneLine], world: World) -> None:
    here = world.law_cells.place
    problems = [
        Problem(
            _("{text!r}: {code} is not in the table {name}", text=line.text, code=code, name=world.meta.name),
            key=f"--add {n}",
        )
        for n, line in enumerate(lines, 1)
        for code in line.named
        if not any(member in here for member in expand_regions([code]))
    ]
    if problems:
        raise InputError(problems)


def _refuse_contradictions(lines: Sequence[OneLine], register: Register) -> None:
    """Two lines of one kind on one good of one partner, and a ban beside anything, cannot both be meant."""
    problems: list[Problem] = []
    for n, second in enumerate(lines, 1):
        for m, first in enumerate(lines[: n - 1], 1):
            kinds = {first.kind, second.kind}
            if (kinds == {"tariff"} and first.text != second.text) or not (len(kinds) == 1 or "ban" in kinds):
                continue
            if touch(register, first.measures[0], second.measures[0]):
                message = _(
                    "{text!r} and {text_2!r} (--add {m}) are about the same goods",
                    text=second.text,
                    text_2=first.text,
                    m=m,
                )
                problems.append(Problem(message, _("say once what shall hold"), key=f"--add {n}"))
    if problems:
        raise InputError(problems)


def _refuse_unknown(lines: Sequence[OneLine], register: Register, world: World) -> None:
    """A duty in all takes the ordinary one to be known: nobody knows how far it rises or falls otherwise."""
    problems: list[Problem] = []
    for n, line in enumerate(lines, 1):
        lost = unknown_duties(world, register, line.measures[-1]) if line.in_all else ()
        if lost:
            message = _(
                "{text!r}: this world does not know the ordinary duty of {names}",
                text=line.text,
                names=", ".join(lost),
            )
            problems.append(Problem(message, _("say what is added on top: +RATE%"), key=f"--add {n}"))
    if problems:
        raise InputError(problems)
