"""The runs behind a brief: every scenario under every variant, and over draws of the elasticities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kosho.brief.model import (
    Comparison,
    Effect,
    Flow,
    FlowRange,
    Interval,
    Result,
    Scenario,
    SectorEffect,
    Spread,
    Variant,
)
from kosho.case import pose
from kosho.equilibrium import solve
from kosho.world import World, draw_elasticities, load, low_elasticity

if TYPE_CHECKING:
    from kosho.case import Case
    from kosho.case import Flow as NamedFlow
    from kosho.equilibrium import Outcome
    from kosho.world import PhysicalFlow

__all__ = ["DRAWS", "SEED", "VARIANTS", "Runs", "run"]

Array = NDArray[np.float64]
Tell = Callable[[str], None]

BASE = "base"
"""Stands for the base where scenarios are compared."""
DRAWS = 64
SEED = 2025
DRAW_TOLERANCE = 1e-7
"""A tenth of a million dollars for Japan; quantiles over draws are not that sharp."""
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
class Runs:
    """All that was computed."""

    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]
    flow_ranges: tuple[FlowRange, ...]


@dataclass(frozen=True, eq=False)
class _Draws:
    """What draws of the elasticities give, by scenario."""

    worth: Mapping[str, Array]
    """`[draw, party]`, equivalent variation in million USD."""
    value: Mapping[str, Array]
    """`[draw, flow]`, new over base value of the named flows, less one."""
    units: Mapping[str, Array]
    """`[draw, counted flow]`, the same of their quantities."""


def run(case: Case, scenarios: Sequence[Scenario], as_of: date, tell: Tell) -> Runs:
    """Every scenario under every variant on the full world, and under common draws on the `talks` world.

    Raises:
        ConvergenceError: a scenario has no equilibrium that could be found.
    """
    results: list[Result] = []
    worlds: dict[str, World] = {}
    for scenario in scenarios:
        tell(f"Solving “{scenario.title}”")
        base, found = pose(case, scenario.id, as_of)
        # A world kept keeps what was prepared.
        worlds = worlds or {"central": base, "low": low_elasticity(base)}
        for variant in VARIANTS:
            outcome = solve(
                worlds[variant.elasticities],
                found.shock,
                variant.deficits,
                constraints=found.constraints,
                nests=found.nests,
            )
            results.append(_result(case, outcome, scenario.id, variant.id))
    draws = _draws(case, scenarios, as_of, tell)
    return Runs(
        tuple(results), _comparisons(case, scenarios, results, draws), _flow_ranges(scenarios, results, draws)
    )


def pairs(scenarios: Sequence[Scenario]) -> list[tuple[str, str]]:
    """What is compared with what: all with the base and with today, deals with every way of no deal."""
    today = [one.id for one in scenarios if one.role == "status-quo"][:1]
    failing = [one.id for one in scenarios if one.role == "no-deal"]
    found: list[tuple[str, str]] = []
    for scenario in scenarios:
        against = [BASE, *today, *(failing if scenario.role == "deal" else [])]
        found += [(scenario.id, other) for other in against if other != scenario.id]
    return found


def _result(case: Case, outcome: Outcome, scenario: str, variant: str) -> Result:
    welfare, worth, wage = (
        values.to_numpy() for values in (outcome.welfare, outcome.equivalent_variation, outcome.real_wage)
    )
    return Result(
        scenario=scenario,
        variant=variant,
        countries={
            code: Effect(welfare=welfare[n], ev_musd=worth[n], real_wage=wage[n])
            for n, code in enumerate(outcome.base.countries)
        },
        sectors={party.economy: _sectors(outcome, party.economy) for party in case.parties},
        flows=tuple(_flow(outcome, flow) for flow in case.flows),
    )


def _sectors(outcome: Outcome, party: str) -> dict[str, SectorEffect]:
    n = outcome.base.position(party)
    base = outcome.base.arrays
    new = outcome.flows.to_numpy()
    before, after = (np.delete(flows[:, n, :], n, axis=0).sum(axis=0) for flows in (base.flows, new))
    cost = outcome.cost.to_numpy()[n]
    exports = _growth(after / cost, before)
    output = _growth(outcome.output.to_numpy()[n] / cost, base.output[n])
    return {
        code: SectorEffect(
            exports_base_musd=before[j],
            exports_musd=after[j],
            exports_volume=exports[j],
            output_base_musd=base.output[n, j],
            output_volume=output[j],
        )
        for j, code in enumerate(outcome.base.sectors)
    }


def _growth(new: Array, old: Array) -> list[float | None]:
    return [float(after / before - 1.0) if before > 0 else None for after, before in zip(new, old, strict=True)]


def _flow(outcome: Outcome, flow: NamedFlow) -> Flow:
    base, new = outcome.part_flow(flow.importer, flow.exporter, flow.sector, flow.part or "")
    counted = next((one for one in outcome.units if _place(one.flow) == _place(flow)), None)
    return Flow(
        exporter=flow.exporter,
        importer=flow.importer,
        sector=flow.sector,
        part=flow.part,
        title=flow.title,
        base_musd=base,
        new_musd=new,
        base_units=None if counted is None else counted.base,
        new_units=None if counted is None else counted.new,
        unit=None if counted is None else counted.flow.unit,
        units_source=None if counted is None else counted.flow.source,
    )


def _place(flow: NamedFlow | PhysicalFlow) -> tuple[str, str, str, str | None]:
    return flow.exporter, flow.importer, flow.sector, flow.part


def _draws(case: Case, scenarios: Sequence[Scenario], as_of: date, tell: Tell) -> _Draws:
    world = load(regions="talks", sectors="talks")
    posed = {one.id: pose(case, one.id, as_of, world) for one in scenarios}
    base = next(iter(posed.values()))[0]  # with the units of the case; the same in every scenario
    parties = [base.position(party.economy) for party in case.parties]
    worth: dict[str, list[Array]] = {name: [] for name in posed}
    value: dict[str, list[list[float]]] = {name: [] for name in posed}
    units: dict[str, list[list[float]]] = {name: [] for name in posed}
    for number, theta in enumerate(draw_elasticities(base, DRAWS, SEED), 1):
        tell(f"Elasticities, draw {number} of {DRAWS}")
        drawn = base.with_theta(theta)
        for name, (_, found) in posed.items():
            outcome = solve(
                drawn, found.shock, tol=DRAW_TOLERANCE, constraints=found.constraints, nests=found.nests
            )
            worth[name].append(outcome.equivalent_variation.to_numpy()[parties])
            flows = [_flow(outcome, flow) for flow in case.flows]
            value[name].append([_growth_of_value(flow) for flow in flows])
            units[name].append([_growth_of_units(flow) for flow in flows])
    worths, values, quantities = (
        {name: np.array(rows) for name, rows in found.items()} for found in (worth, value, units)
    )
    return _Draws(worths, values, quantities)


def _growth_of_value(flow: Flow) -> float:
    """Zero where nothing is traded in the base: the model then trades nothing afterwards."""
    return flow.new_musd / flow.base_musd - 1.0 if flow.base_musd > 0 else 0.0


def _growth_of_units(flow: Flow) -> float:
    """Not a number where the base knows no quantity."""
    return flow.new_units / flow.base_units - 1.0 if flow.new_units is not None and flow.base_units else np.nan


def _comparisons(
    case: Case, scenarios: Sequence[Scenario], results: Sequence[Result], draws: _Draws
) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    worth = {(one.scenario, one.variant): one.countries for one in results}
    for scenario, against in pairs(scenarios):
        for k, party in enumerate(one.economy for one in case.parties):
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
                    central=_interval(_of("central", by_variant), spread),
                    low=_interval(_of("low", by_variant)),
                )
            )
    return tuple(found)


def _flow_ranges(
    scenarios: Sequence[Scenario], results: Sequence[Result], draws: _Draws
) -> tuple[FlowRange, ...]:
    found: list[FlowRange] = []
    flows = {(one.scenario, one.variant): one.flows for one in results}
    for scenario in scenarios:
        for k, first in enumerate(results[0].flows):
            runs = {one.id: flows[scenario.id, one.id][k] for one in VARIANTS}
            value = {name: _growth_of_value(flow) for name, flow in runs.items()}
            units = {name: _growth_of_units(flow) for name, flow in runs.items()}
            counted = first.base_units is not None
            found.append(
                FlowRange(
                    scenario=scenario.id,
                    flow=k,
                    central=_interval(_of("central", value), _spread(draws.value[scenario.id][:, k])),
                    low=_interval(_of("low", value)),
                    central_units=_interval(_of("central", units), _spread(draws.units[scenario.id][:, k]))
                    if counted
                    else None,
                    low_units=_interval(_of("low", units)) if counted else None,
                )
            )
    return tuple(found)


def _of(elasticities: str, by_variant: Mapping[str, float]) -> list[float]:
    return [by_variant[one.id] for one in VARIANTS if one.elasticities == elasticities]


def _interval(values: Sequence[float], spread: Spread | None = None) -> Interval:
    ends = [*values, spread.p5, spread.p95] if spread else values
    return Interval(low=min(ends), high=max(ends))


def _spread(values: Array) -> Spread:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return Spread(p5=float(low), p50=float(middle), p95=float(high))
