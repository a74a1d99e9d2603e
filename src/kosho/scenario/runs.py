"""Solves scenarios under every variant, at the ends of measures' ranges, and over draws of elasticities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.impact.effects import laid
from kosho.language import N_, _
from kosho.parallel import cores, one_thread, start
from kosho.progress import Progress, estimated, silent
from kosho.scenario.commitments import commitments_of
from kosho.scenario.draws import DRAWS, SEED, Draws, solve_draws
from kosho.scenario.interval import Interval
from kosho.scenario.jobs import (
    JobInputs,
    growth_of_units,
    growth_of_value,
)
from kosho.scenario.results import (
    BASE,
    Comparison,
    FlowRange,
    Quantiles,
    ScenarioResults,
    ScenarioSummary,
    Variant,
    VariantResult,
)
from kosho.scenario.sensitivity import (
    buyer_subsidies,
    changes,
    changes_apart,
    corners,
    largest_moves,
    solved_corners,
)
from kosho.scenario.simulate import posed, scenario_effects
from kosho.scenario.solving import MOST_PROCESSES, solve_scenarios
from kosho.unfinished import Unfinished
from kosho.world import WorldChoice, Worlds, low_elasticity

if TYPE_CHECKING:
    from kosho.case import Case, Scenario
    from kosho.case_schema import NamedFlow

__all__ = ["DRAWS", "SEED", "VARIANTS", "compared_pairs", "run", "summary"]

Figures = Mapping[str, Array]
Moved = Sequence[tuple[str, Figures]]

NOTHING_LEFT = -1.0
"""Growth of a flow that ends."""
VARIANTS = (
    Variant(
        id="fixed-central",
        title=N_("Deficits fixed, central elasticities"),
        deficits="fixed",
        elasticities="central",
    ),
    Variant(
        id="zero-central",
        title=N_("Deficits zero, central elasticities"),
        deficits="zero",
        elasticities="central",
    ),
    Variant(id="fixed-low", title=N_("Deficits fixed, low elasticities"), deficits="fixed", elasticities="low"),
    Variant(id="zero-low", title=N_("Deficits zero, low elasticities"), deficits="zero", elasticities="low"),
)


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
        return changes_apart(self._changes(scenario, "worth"), there)

    def of_flow(self, scenario: str, what: str) -> list[tuple[str, Array]]:
        """By how much corners move `value` or `units` `[flow]` of the named flows, by measure."""
        return [(name, one) for name, some in self._changes(scenario, what).items() for one in some]

    def _changes(self, scenario: str, what: str) -> dict[str, list[Array]]:
        return changes(self.middle[scenario], self.moved[scenario], what)


@as_declared
def run(
    case: Case,
    scenarios: Sequence[str] | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
    world: WorldChoice | Worlds | None = None,
    unfinished: Unfinished | None = None,
) -> ScenarioResults:
    """Solve scenarios of a case with their ranges.

    Every scenario is solved under every variant and at the ends of its measures' ranges on the whole world, and
    over draws of the trade elasticities on the coarse one.

    Args:
        case: The case.
        scenarios: Ids; None is every one that is no history.
        as_of: Day of knowledge, and day in force where a scenario names none; None is the case's own day.
        progress: Called with what is being done.
        world: The table; `case.world` if not given.
        unfinished: What was solved of the same work before it was broken off; what is solved is noted there.
            The caller answers for it that case, day, world and code are the same.

    Raises:
        InputError: no scenario is asked for, one that the case does not have, or a day that is not covered;
            a world that does not tell the parties of the case apart.
        IdleError: as `kosho.scenario.scenario_effects`, in the whole world.
        ConvergenceError: a scenario has no equilibrium that could be found.

    >>> from kosho import Case
    >>> from kosho.scenario import run
    >>> run(Case.load("japan-us-2025"), ["deel"])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: case japan-us-2025 has no scenario 'deel' (did you mean deal?)
    """
    case = case.as_known_on(as_of)
    on = case.as_of
    known = [name for name, one in case.scenarios.items() if one.role != "history"]
    names = known if scenarios is None else list(scenarios)
    if not names:
        raise InputError(
            Problem(_("no scenario is asked for"), _("one of {names}", names=", ".join(case.scenarios)))
        )
    summaries = tuple(summary(case, name, on) for name in names)
    progress(_("Reading the law"))
    start(min(cores(), MOST_PROCESSES))
    with one_thread():
        worlds = case.worlds(world)
        inputs = _inputs(case, summaries, on, worlds)
        found = _run(inputs, summaries, progress, unfinished)
        return replace(found, flows_left_out=case.flows_left_out(worlds.whole))


def summary(case: Case, scenario: str, as_of: date) -> ScenarioSummary:
    """A scenario in short, with the day whose measures apply.

    Raises:
        InputError: there is none, or the register does not cover the day.
    """
    one = case.scenario(scenario)
    return ScenarioSummary(
        id=one.id,
        title=one.title,
        role=one.role,
        description=one.description,
        on=case.law(scenario, as_of).on,
        background=None if one.background is None else one.background.title,
        status=one.status,
        sources=one.source,
        note=one.note,
    )


def _run(
    inputs: JobInputs,
    scenarios: tuple[ScenarioSummary, ...],
    progress: Progress,
    unfinished: Unfinished | None,
) -> ScenarioResults:
    names = list(inputs.effects)
    solved = solve_scenarios(inputs, VARIANTS, progress, unfinished)
    results = [
        _titled(solved.variants[name, variant.id], inputs.flows) for name in names for variant in VARIANTS
    ]
    moved = {
        name: [
            (corner.of, solved.ends[name, corner])
            for corner in corners(inputs.laws[name], inputs.effects[name])
        ]
        for name in names
    }
    ranges = _Ends(
        {name: solved.middles[name].figures for name in names},
        {name: solved_corners(moved[name]) for name in names},
    )
    drawn = _drawn(inputs, progress, unfinished)
    bounds = [
        commitments_of(
            name,
            (inputs.laws[name], inputs.effects[name], inputs.parties),
            solved.middles[name],
            moved[name],
        )
        for name in names
    ]
    return ScenarioResults(
        parties=inputs.parties,
        base_year=inputs.worlds["central"].meta.year,
        scenarios=scenarios,
        variants=tuple(one.model_copy(update={"title": _(one.title)}) for one in VARIANTS),
        results=tuple(results),
        comparisons=_comparisons(inputs, scenarios, results, drawn, ranges),
        flow_ranges=_flow_ranges(scenarios, results, drawn, ranges),
        all_commitments=tuple(bounds),
        flow_ids=tuple(flow.id for flow in inputs.flows),
        assumptions=tuple(dict.fromkeys(text for one in inputs.effects.values() for text in one.assumptions)),
    )


def _titled(result: VariantResult, flows: Sequence[NamedFlow]) -> VariantResult:
    """With the titles of flows in the language that is spoken: it may have been solved in another."""
    told = zip(result.flows, flows, strict=True)
    return result.model_copy(
        update={"flows": tuple(one.model_copy(update={"title": named.title}) for one, named in told)}
    )


def _drawn(inputs: JobInputs, progress: Progress, unfinished: Unfinished | None) -> Draws:
    """The scenarios over draws: known from work that was broken off, or found now."""
    before = {} if unfinished is None else unfinished.results
    if "draws" in before:
        return before["draws"]
    reached = estimated(progress, _("Draws"), DRAWS * len(inputs.talks_effects))
    found = solve_draws(
        inputs.talks,
        inputs.talks_effects,
        inputs.parties,
        inputs.flows,
        min(cores(), MOST_PROCESSES),
        reached=reached,
    )
    if unfinished is not None:
        unfinished.done("draws", found)
    return found


def _inputs(case: Case, scenarios: Sequence[ScenarioSummary], as_of: date, worlds: Worlds) -> JobInputs:
    full = {one.id: scenario_effects(case, one.id, as_of, worlds.whole) for one in scenarios}
    coarsely = case.allowing_idle()  # what the whole world tells apart acts there
    talks = {one.id: posed(coarsely, one.id, as_of, worlds.coarse) for one in scenarios}
    # The same units of the case in every scenario; and a world kept keeps what was prepared.
    base, small = (next(iter(some.values()))[0] for some in (full, talks))
    laws = {one.id: case.law(one.id, as_of) for one in scenarios}
    return JobInputs(
        worlds={"central": base, "low": low_elasticity(base)},
        laws=laws,
        effects={name: found for name, (_other, found) in full.items()},
        talks=small,
        talks_effects={name: found for name, (_other, found) in talks.items()},
        flows=case.within(worlds.whole).flows,
        parties=tuple(party.economy for party in case.parties),
        subsidies={name: buyer_subsidies(base, law) for name, law in laws.items()},
        laid={name: laid(base, law.register, law.on, law.known) for name, law in laws.items()},
    )


def compared_pairs(scenarios: Sequence[ScenarioSummary | Scenario]) -> list[tuple[str, str]]:
    """What is compared with what: all with the base and with today, deals with every way of no deal.

    >>> from kosho import Case
    >>> from kosho.scenario import compared_pairs
    >>> compared_pairs(list(Case.load("japan-us-2025").scenarios.values()))[:3]
    [('status-quo', 'base'), ('extension', 'base'), ('extension', 'status-quo')]
    """
    today = [one.id for one in scenarios if one.role == "status-quo"][:1]
    failing = [one.id for one in scenarios if one.role == "no-deal"]
    found: list[tuple[str, str]] = []
    for scenario in scenarios:
        against = [BASE, *today, *(failing if scenario.role == "deal" else [])]
        found += [(scenario.id, other) for other in against if other != scenario.id]
    return found


def _comparisons(
    inputs: JobInputs,
    scenarios: Sequence[ScenarioSummary],
    results: Sequence[VariantResult],
    draws: Draws,
    ends: _Ends,
) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    worth = {(one.scenario, one.variant): one.countries for one in results}
    count = len(inputs.worlds["central"].countries)
    for scenario, against in compared_pairs(scenarios):
        moved = _swayed(np.zeros(count), ends.apart(scenario, against))
        for k, party in enumerate(inputs.parties):
            n = inputs.worlds["central"].position(party)
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
    each = largest_moves(nothing, moved).values()
    return sum((fall for fall, _other in each), nothing), sum((rise for _other, rise in each), nothing)


def _widened(one: Interval, by: Interval, least: float = -np.inf) -> Interval:
    return Interval(low=max(one.low + by.low, min(one.low, least)), high=one.high + by.high)


def _flow_ranges(
    scenarios: Sequence[ScenarioSummary], results: Sequence[VariantResult], draws: Draws, ends: _Ends
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
