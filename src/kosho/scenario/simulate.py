"""One scenario of a case solved: the world it is asked of, everything it changes, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import Any, Literal

import xarray as xr

from kosho.arrays import Array
from kosho.case import Case, Law
from kosho.declared import as_declared
from kosho.equilibrium import Closure, Outcome, solve
from kosho.equilibrium.closure import agreed
from kosho.equilibrium.solve import TOLERANCE, solve_near
from kosho.impact.effects import Effects, effects
from kosho.impact.measure_effects import UNSEEN
from kosho.impact.quota_volumes import counted
from kosho.impact.reach import idle, refuse_idle, unpriced
from kosho.language import _
from kosho.progress import Progress, estimated, silent
from kosho.scenario.commitments import ScenarioCommitments, commitments_of
from kosho.scenario.sensitivity import (
    CentralOutcome,
    Figures,
    buyer_subsidies,
    corners,
    effects_at,
    figures_or_reason,
    solved_corners,
    subsidies_at,
)
from kosho.world import PhysicalFlow, World, WorldChoice, low_elasticity, together

__all__ = [
    "Simulation",
    "posed",
    "scenario_effects",
    "simulate",
    "simulate_with_ranges",
    "with_quantities",
]


@dataclass(frozen=True, eq=False)
class Simulation:
    """A scenario solved in the middle of all ranges, and what it comes to at their ends."""

    outcome: Outcome
    commitments: ScenarioCommitments
    middle: CentralOutcome
    moved: tuple[tuple[str, Figures], ...]
    """What is kept at the ends of ranges that have an equilibrium, by measure."""
    assumptions: tuple[str, ...] = ()
    """What the table needed to speak of the law, in words."""
    flows_left_out: dict[str, str] = field(default_factory=dict)
    """Flows of the case that the table does not tell apart, with the reason, by id."""


@as_declared
def simulate(  # noqa: PLR0913 - one question, told whole
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    deficits: Literal["fixed", "zero"] = "fixed",
    elasticities: Literal["central", "low"] | xr.DataArray = "central",
    *,
    closure: Closure | None = None,
) -> Outcome:
    """What a scenario does against the base year of the world.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: Day of knowledge, and day in force where the scenario names none; None is the case's own day.
        world: A world at hand, or one by name as `--world` takes it (`talks`); None is `case.world` in full.
            `Outcome.base.meta.name` says which it was.
        deficits: Trade deficits kept as a share of world value added, or none.
        elasticities: `central`, `low` (see `kosho.world.low_elasticity`), or theta `[sector]`.
        closure: What adjusts besides prices, spending and trade; None is the plain one.

    Raises:
        InputError: unknown scenario, a day the register does not cover, or a world without the case's parties.
        IdleError: as `scenario_effects`.
        ConvergenceError: the solver did not meet its tolerance.

    >>> from kosho import Case
    >>> from kosho.scenario import simulate
    >>> case = Case.load("japan-us-2025")
    >>> deal, none = (simulate(case, scenario, world="talks") for scenario in ("deal", "no-deal"))
    >>> gain = deal.equivalent_variation - none.equivalent_variation
    >>> bool(gain.sel(country="JPN") > 0), bool(gain.sel(country="USA") > 0)
    (True, True)
    """
    case = case.as_known_on(as_of)
    chosen = _world(case, world)
    if not isinstance(elasticities, str):
        chosen = chosen.with_theta(elasticities)
    elif elasticities == "low":
        chosen = low_elasticity(chosen)
    base, found = scenario_effects(case, scenario, None, chosen)
    return solve(base, found.counterfactual, deficits, closure=closure)


@as_declared
def simulate_with_ranges(  # noqa: PLR0913 - one question, told whole
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    deficits: Literal["fixed", "zero"] = "fixed",
    progress: Progress = silent,
    *,
    closure: Closure | None = None,
) -> Simulation:
    """What a scenario does, and how far results move over the ranges of its measures.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: See `simulate`.
        world: See `simulate`; one at hand is taken with the elasticities that it has.
        deficits: See `simulate`.
        progress: Called with the ends that are being solved.
        closure: See `simulate`.

    Raises:
        InputError, IdleError, ConvergenceError: as `simulate`; an end without an equilibrium is listed, not
            raised.

    >>> from kosho import Case
    >>> from kosho.scenario import simulate_with_ranges
    >>> found = simulate_with_ranges(Case.load("japan-us-2025"), "deal", world="talks")
    >>> japan = found.commitments.ends.countries["JPN"].ev_musd
    >>> japan.low <= float(found.outcome.equivalent_variation.sel(country="JPN")) <= japan.high
    True
    """
    case = case.as_known_on(as_of)
    base, found = scenario_effects(case, scenario, None, world)
    flows = case.within(base).flows
    law = case.law(scenario)
    paid = buyer_subsidies(base, law)

    outcome = solve(base, found.counterfactual, deficits, closure=closure)
    held = agreed(closure, deficits)

    def solved(effects: Effects) -> Outcome:
        return solve_near(base, effects.counterfactual, held, TOLERANCE, outcome)

    moved: list[tuple[str, Mapping[str, Array] | str]] = []
    ends = list(corners(law, found))
    reached = estimated(progress, _("Solving at the ends of ranges"), len(ends))
    for done, corner in enumerate(ends):
        reached(done)
        at_end = partial(solved, effects_at(base, law, corner))
        moved.append((corner.of, figures_or_reason(at_end, flows, subsidies_at(paid, corner))))
    middle = CentralOutcome.of(outcome, flows, subsidies_at(paid))
    parties = [one.economy for one in case.parties]
    commitments = commitments_of(scenario, (law, found, parties), middle, moved)
    return Simulation(
        outcome=outcome,
        commitments=commitments,
        middle=middle,
        moved=tuple(solved_corners(moved)),
        assumptions=found.assumptions,
        flows_left_out=case.flows_left_out(base),
    )


@as_declared
def scenario_effects(
    case: Case, scenario: str, as_of: date | None = None, world: World | WorldChoice | str | None = None
) -> tuple[World, Effects]:
    """What `simulate` solves: the world with the quantities of the case, and everything a scenario changes.

    Neither depends on closure or elasticities, so that one question can be solved under many. See `simulate`.

    Raises:
        InputError: as `simulate`.
        IdleError: a measure of the scenario reaches nothing in this world, and that is not allowed by name
            (`Case.allowing_idle`, `allow_idle` of the scenario).

    >>> from kosho import Case
    >>> from kosho.scenario import scenario_effects
    >>> world, found = scenario_effects(Case.load("japan-us-2025"), "no-deal", world="talks")
    >>> len(found.shock) > 1000, [one.name for one in found.constraints]
    (True, ['us-232-autos-gbr'])
    """
    asked = _Asked(case.as_known_on(as_of), world, scenario)
    base, found = _posed(asked)
    return base, replace(found, idle=_idle(asked))


def posed(
    case: Case, scenario: str, as_of: date | None = None, world: World | WorldChoice | str | None = None
) -> tuple[World, Effects]:
    """As `scenario_effects`, where it does not matter whether a measure reaches anything.

    Raises:
        InputError: as `simulate`.

    >>> from kosho import Case
    >>> from kosho.scenario.simulate import posed
    >>> world, found = posed(Case.load("japan-us-2025"), "no-deal", world="talks")
    >>> len(world.countries), len(found.idle)
    (20, 0)
    """
    return _posed(_Asked(case.as_known_on(as_of), world, scenario))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A scenario of a case on a world; equal if made of the same objects.

    A brief asks again for turns along a scale, for first years, and for ends; nothing is laid twice.
    """

    case: Case
    world: World | WorldChoice | str | None
    scenario: str

    @cached_property
    def _made_of(self) -> tuple[Any, ...]:
        named = self.world if isinstance(self.world, str) else id(self.world)
        return (*(id(getattr(self.case, one.name)) for one in fields(self.case)), named, self.scenario)

    def __hash__(self) -> int:
        return hash(self._made_of)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._made_of == other._made_of


@lru_cache(maxsize=64)
def _posed(asked: _Asked) -> tuple[World, Effects]:
    law = asked.case.law(asked.scenario)
    base = _base(replace(asked, scenario=""))
    return base, effects(base, law.register, law.on, law.known)


@lru_cache(maxsize=8)
def _base(asked: _Asked) -> World:
    chosen = _world(asked.case, asked.world)
    return _counted(asked.case.within(chosen), chosen)


@lru_cache(maxsize=64)
def _idle(asked: _Asked) -> dict[str, str]:
    return idle_changes(asked.case, asked.scenario, _posed(asked)[0], asked.case.law(asked.scenario))


def idle_changes(case: Case, scenario: str, base: World, law: Law) -> dict[str, str]:
    """What a scenario changes and reaches nothing in a world, with the reason, by id of the measure.

    Raises:
        IdleError: there is some, and neither the case nor the scenario allows it.
    """
    asked = case.scenario(scenario)
    change = asked.overlay
    found = idle(base, case.register, change, law.on, law.known)
    if not (case.allow_idle or asked.allow_idle):
        count = len(change.add) + len(change.end) + len(change.replace)
        untold = {
            name for name, why in found.items() if why == _(UNSEEN)
        }  # by this table, which others tell apart
        refuse_idle(_("scenario {scenario}", scenario=scenario), found, unpriced(change) | untold, count)
    return found


def _world(case: Case, world: World | WorldChoice | str | None) -> World:
    if isinstance(world, World):
        return together(world, case.apart)
    return case.worlds(WorldChoice.parse(world) if isinstance(world, str) else world).whole


def with_quantities(case: Case, world: World) -> World:
    """A world with every quantity that the flows of a case name, in the sectors of that world.

    >>> from kosho import Case
    >>> from kosho.scenario.simulate import with_quantities
    >>> from kosho.world import load
    >>> world, case = load(regions="talks", sectors="talks"), Case.load("japan-us-2025")
    >>> [flow.unit for flow in with_quantities(case.within(world), world).units]
    ['vehicles']
    """
    units = [
        PhysicalFlow(
            flow.exporter,
            flow.importer,
            flow.sector,
            flow.quantity.value,
            flow.quantity.unit,
            flow.part,
            flow.quantity.source,
        )
        for flow in case.flows
        if flow.quantity is not None
    ]
    return world.with_units([flow for flow in units if flow not in world.units])


def _counted(case: Case, world: World) -> World:
    """A world with every quantity that the case, or a tariff quota in any of its scenarios, names."""
    world = with_quantities(case, world)
    for scenario in case.scenarios.values():
        world = counted(world, case.register.with_overlay(scenario.overlay))
    return world
