"""The runs behind a brief: every scenario under every variant, at the ends of its ranges, and over draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from kosho.arrays import Array
from kosho.display import Card, Shown, listing, plural
from kosho.errors import InputError, Problem
from kosho.parallel import Shared, cores, one_thread, start
from kosho.parallel import run as shared_out
from kosho.scenario.commitments import ScenarioCommitments, commitments_of
from kosho.scenario.interval import Interval
from kosho.scenario.jobs import (
    AtCorner,
    Drawn,
    InMiddle,
    JobInputs,
    OfDraw,
    OfVariant,
    answer,
    answered,
    growth_of_units,
    growth_of_value,
)
from kosho.scenario.results import Comparison, FlowRange, Quantiles, Result, ScenarioSummary, Variant
from kosho.scenario.sensitivity import Middle, corners, reachable, subsidies, sway
from kosho.scenario.simulate import pose
from kosho.world import WorldChoice, Worlds, draw_elasticities, low_elasticity

if TYPE_CHECKING:
    from kosho.case import Case

__all__ = ["DRAWS", "SEED", "VARIANTS", "Runs", "pairs", "run"]

Figures = Mapping[str, Array]
Moved = Sequence[tuple[str, Figures]]
Tell = Callable[[str], None]

BASE = "base"
"""Stands for the base where scenarios are compared."""
DRAWS = 64
SEED = 2025
MOST_PROCESSES = 4
NOTHING_LEFT = -1.0
"""Growth of a flow that ends."""
VARIANTS = (
    Variant(
        id="fixed-central",
        title="Deficits fixed, central elasticities",
        deficits="fixed",
        elasticities="central",
    ),
    Variant(
        id="zero-central", title="Deficits zero, central elasticities", deficits="zero", elasticities="central"
    ),
    Variant(id="fixed-low", title="Deficits fixed, low elasticities", deficits="fixed", elasticities="low"),
    Variant(id="zero-low", title="Deficits zero, low elasticities", deficits="zero", elasticities="low"),
)


@dataclass(frozen=True, eq=False)
class Runs(Shown):
    """All that was computed.

    >>> from kosho.scenario import Result, Runs
    >>> from kosho.scenario.results import CountryEffect
    >>> japan = CountryEffect(welfare=0.0009, ev_musd=4440, real_wage=0.0011)
    >>> one = Result(scenario="deal", variant="fixed-central", countries={"JPN": japan}, sectors={}, flows=())
    >>> Runs((one,), comparisons=(), flow_ranges=())
    Runs of 1 scenario
      scenarios         deal
      variants          fixed-central
      comparisons       0
      ranges of flows   0
    """

    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]
    flow_ranges: tuple[FlowRange, ...]
    bounds: tuple[ScenarioCommitments, ...] = ()
    assumptions: tuple[str, ...] = ()
    """What the table needed to speak of the law, in words."""

    def card(self) -> Card:
        """Which scenarios were run, under what."""
        return Card(
            f"Runs of {plural(len({one.scenario for one in self.results}), 'scenario')}",
            [
                ("scenarios", listing(dict.fromkeys(one.scenario for one in self.results), 12)),
                ("variants", listing(dict.fromkeys(one.variant for one in self.results))),
                ("comparisons", str(len(self.comparisons))),
                ("ranges of flows", str(len(self.flow_ranges))),
            ],
        )


@dataclass(frozen=True, eq=False)
class _Draws:
    """What draws of the elasticities give, by scenario."""

    worth: Mapping[str, Array]
    """`[draw, party]`, equivalent variation in million USD."""
    value: Mapping[str, Array]
    """`[draw, flow]`, new over base value of the named flows, less one."""
    units: Mapping[str, Array]
    """`[draw, flow]`, the same of their quantities; not a number where they are not counted."""


@dataclass(frozen=True, eq=False)
class _Ends:
    """Results in the middle of all ranges and at every corner, by scenario."""

    middle: Mapping[str, Figures]
    moved: Mapping[str, Moved]

    def apart(self, scenario: str, against: str) -> list[tuple[str, Array]]:
        """By how much corners move the worth `[country]` of a scenario over another's, by measure.

        A measure that is in both moves in both.
        """
        there = {} if against == BASE else self._changes(against, "worth")
        here = self._changes(scenario, "worth")
        found: list[tuple[str, Array]] = []
        for name in dict.fromkeys([*here, *there]):
            mine, other = here.get(name), there.get(name)
            if mine is not None and other is not None and len(mine) == len(other):
                found += [(name, one - two) for one, two in zip(mine, other, strict=True)]
            else:
                found += [(name, one) for one in mine or ()] + [(name, -two) for two in other or ()]
        return found

    def of_flow(self, scenario: str, what: str) -> list[tuple[str, Array]]:
        """By how much corners move `value` or `units` `[flow]` of the named flows, by measure."""
        return [(name, one) for name, some in self._changes(scenario, what).items() for one in some]

    def _changes(self, scenario: str, what: str) -> dict[str, list[Array]]:
        found: dict[str, list[Array]] = {}
        for name, figure in self.moved[scenario]:
            found.setdefault(name, []).append(figure[what] - self.middle[scenario][what])
        return found


def run(
    case: Case,
    scenarios: Sequence[ScenarioSummary],
    as_of: date,
    tell: Tell,
    world: WorldChoice | Worlds | None = None,
) -> Runs:
    """Every scenario under every variant and at its ends on the whole world, and draws on the coarse one.

    Args:
        case: The case.
        scenarios: Those to solve.
        as_of: Day of knowledge, and day in force where a scenario names none.
        tell: Called with what is being done.
        world: The table; `case.world` if not given.

    Raises:
        InputError: no scenario is asked for, or one that the case does not have; a world that does not tell the
            parties or flows of the case apart.
        ConvergenceError: a scenario has no equilibrium that could be found.

    >>> from kosho import Case
    >>> from kosho.scenario import run
    >>> from kosho.scenario.results import ScenarioSummary
    >>> case = Case.load("japan-us-2025")
    >>> wrong = ScenarioSummary(id="deel", title="", role="deal", description="", on=case.as_of, status="fact")
    >>> run(case, [wrong], case.as_of, lambda line: None)
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: case japan-us-2025 has no scenario 'deel' (did you mean deal?)
    """
    if not scenarios:
        raise InputError(Problem("no scenario is asked for", f"one of {', '.join(case.scenarios)}"))
    tell("Reading the law")
    start(min(cores(), MOST_PROCESSES))
    with one_thread():
        ground = _ground(case, scenarios, as_of, (world or case.world).load(case.apart))
        return _run(ground, scenarios, tell)


def _run(ground: JobInputs, scenarios: Sequence[ScenarioSummary], tell: Tell) -> Runs:
    names = list(ground.effects)
    main, *others = VARIANTS
    shared = Shared(ground)
    shared.pack()
    central = [InMiddle(shared, name, main) for name in names]
    variants = [OfVariant(shared, name, variant) for name in names for variant in others]
    at_ends = [
        AtCorner(shared, name, corner, main)
        for name in names
        for corner in corners(ground.laws[name], ground.effects[name])
    ]
    draws = [OfDraw(shared, theta) for theta in draw_elasticities(ground.talks, DRAWS, SEED)]
    tasks = [*central, *at_ends, *variants, *draws]
    answers: dict[Any, Any] = {}
    for task, found in shared_out(answered, tasks, min(cores(), MOST_PROCESSES)):
        answers[task] = answer(task) if found is None else found
        tell(f"Solving, {len(answers)} of {len(tasks)}")
    of_variant: dict[tuple[str, str], Result] = {
        (task.scenario, task.variant.id): answers[task] for task in variants
    }
    middles: dict[str, Middle] = {}
    for task in central:
        of_variant[task.scenario, main.id], middles[task.scenario] = answers[task]
    results = [of_variant[name, variant.id] for name in names for variant in VARIANTS]
    moved = {
        name: [(task.corner.of, answers[task]) for task in at_ends if task.scenario == name] for name in names
    }
    ends = _Ends(
        {name: middle.figures for name, middle in middles.items()},
        {name: reachable(moved[name]) for name in names},
    )
    drawn = _draws(names, [answers[task] for task in draws])
    bounds = [
        commitments_of(
            name,
            (ground.laws[name], ground.effects[name], ground.parties),
            middles[name],
            moved[name],
        )
        for name in names
    ]
    return Runs(
        tuple(results),
        _comparisons(ground, scenarios, results, drawn, ends),
        _flow_ranges(scenarios, results, drawn, ends),
        tuple(bounds),
        tuple(dict.fromkeys(text for found in ground.effects.values() for text in found.assumptions)),
    )


def _ground(case: Case, scenarios: Sequence[ScenarioSummary], as_of: date, worlds: Worlds) -> JobInputs:
    full = {one.id: pose(case, one.id, as_of, worlds.whole) for one in scenarios}
    talks = {one.id: pose(case, one.id, as_of, worlds.coarse) for one in scenarios}
    # The same units of the case in every scenario; and a world kept keeps what was prepared.
    base, small = (next(iter(posed.values()))[0] for posed in (full, talks))
    laws = {one.id: case.law(one.id, as_of) for one in scenarios}
    return JobInputs(
        worlds={"central": base, "low": low_elasticity(base)},
        laws=laws,
        effects={name: found for name, (_, found) in full.items()},
        talks=small,
        talks_effects={name: found for name, (_, found) in talks.items()},
        flows=case.within(worlds.whole).flows,
        parties=tuple(party.economy for party in case.parties),
        subsidies={name: subsidies(base, law) for name, law in laws.items()},
    )


def _draws(names: Sequence[str], drawn: Sequence[Drawn]) -> _Draws:
    worth, value, units = (
        {name: np.array([getattr(one, what)[name] for one in drawn]) for name in names}
        for what in ("worth", "value", "units")
    )
    return _Draws(worth, value, units)


def pairs(scenarios: Sequence[ScenarioSummary]) -> list[tuple[str, str]]:
    """What is compared with what: all with the base and with today, deals with every way of no deal."""
    today = [one.id for one in scenarios if one.role == "status-quo"][:1]
    failing = [one.id for one in scenarios if one.role == "no-deal"]
    found: list[tuple[str, str]] = []
    for scenario in scenarios:
        against = [BASE, *today, *(failing if scenario.role == "deal" else [])]
        found += [(scenario.id, other) for other in against if other != scenario.id]
    return found


def _comparisons(
    ground: JobInputs,
    scenarios: Sequence[ScenarioSummary],
    results: Sequence[Result],
    draws: _Draws,
    ends: _Ends,
) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    worth = {(one.scenario, one.variant): one.countries for one in results}
    count = len(ground.worlds["central"].countries)
    for scenario, against in pairs(scenarios):
        moved = _swayed(np.zeros(count), ends.apart(scenario, against))
        for k, party in enumerate(ground.parties):
            n = ground.worlds["central"].position(party)
            measures = Interval(low=moved[0][n], high=moved[1][n])
            by_variant = {
                one.id: worth[scenario, one.id][party].ev_musd
                - (0.0 if against == BASE else worth[against, one.id][party].ev_musd)
                for one in VARIANTS
            }
            drawn = draws.worth[scenario][:, k] - (0.0 if against == BASE else draws.worth[against][:, k])
            spread = _spread(drawn)
            found.append(
                Comparison(
                    party=party,
                    scenario=scenario,
                    against=against,
                    by_variant=by_variant,
                    draws=spread,
                    measures=measures,
                    central=_widened(_interval(_of("central", by_variant), spread), measures),
                    low=_widened(_interval(_of("low", by_variant)), measures),
                )
            )
    return tuple(found)


def _swayed(nothing: Array, moved: Sequence[tuple[str, Array]]) -> tuple[Array, Array]:
    """Sums of the largest falls and rises that measures cause."""
    each = sway(nothing, moved).values()
    return sum((fall for fall, _ in each), nothing), sum((rise for _, rise in each), nothing)


def _widened(one: Interval, by: Interval, least: float = -np.inf) -> Interval:
    return Interval(low=max(one.low + by.low, min(one.low, least)), high=one.high + by.high)


def _flow_ranges(
    scenarios: Sequence[ScenarioSummary], results: Sequence[Result], draws: _Draws, ends: _Ends
) -> tuple[FlowRange, ...]:
    found: list[FlowRange] = []
    flows = {(one.scenario, one.variant): one.flows for one in results}
    for scenario in scenarios:
        nothing = np.zeros(len(results[0].flows))
        by_value, by_units = (_swayed(nothing, ends.of_flow(scenario.id, what)) for what in ("value", "units"))
        for k, first in enumerate(results[0].flows):
            runs = {one.id: flows[scenario.id, one.id][k] for one in VARIANTS}
            value = {name: growth_of_value(flow) for name, flow in runs.items()}
            units = {name: growth_of_units(flow) for name, flow in runs.items()}
            counted = first.base_units
            moved = _relative(by_value, k, first.base_musd)
            central = _interval(_of("central", value), _spread(draws.value[scenario.id][:, k]))
            found.append(
                FlowRange(
                    scenario=scenario.id,
                    flow=k,
                    central=_widened(central, moved, NOTHING_LEFT),
                    low=_widened(_interval(_of("low", value)), moved, NOTHING_LEFT),
                    central_units=None
                    if counted is None
                    else _widened(
                        _interval(_of("central", units), _spread(draws.units[scenario.id][:, k])),
                        _relative(by_units, k, counted),
                        NOTHING_LEFT,
                    ),
                    low_units=None
                    if counted is None
                    else _widened(_interval(_of("low", units)), _relative(by_units, k, counted), NOTHING_LEFT),
                )
            )
    return tuple(found)


def _relative(moved: tuple[Array, Array], flow: int, base: float) -> Interval:
    """Falls and rises of a flow over its base; none where nothing is traded."""
    fall, rise = (float(one[flow]) / base if base > 0 else 0.0 for one in moved)
    return Interval(low=fall, high=rise)


def _of(elasticities: str, by_variant: Mapping[str, float]) -> list[float]:
    return [by_variant[one.id] for one in VARIANTS if one.elasticities == elasticities]


def _interval(values: Sequence[float], spread: Quantiles | None = None) -> Interval:
    ends = [*values, spread.p5, spread.p95] if spread else values
    return Interval(low=min(ends), high=max(ends))


def _spread(values: Array) -> Quantiles:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return Quantiles(p5=float(low), p50=float(middle), p95=float(high))
