"""Independent solves of a case's scenarios, run in parallel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium import Closure
from kosho.equilibrium.kernel import Nearby
from kosho.equilibrium.solve import solve_near
from kosho.errors import KoshoError
from kosho.impact.ranges import Range
from kosho.impact.vehicles import brand_sales
from kosho.scenario.results import (
    CountryEffect,
    FlowResult,
    MakerResult,
    SectorEffect,
    Variant,
    VariantResult,
)
from kosho.scenario.sensitivity import (
    CentralOutcome,
    Corner,
    counted,
    effects_at,
    figures_and_place,
    figures_or_reason,
    subsidies_at,
)

if TYPE_CHECKING:
    from kosho.case import Law
    from kosho.case_schema import NamedFlow
    from kosho.equilibrium import Outcome
    from kosho.impact.effects import Effects, LaidLaw
    from kosho.impact.subsidies import Subsidised
    from kosho.parallel import Shared
    from kosho.world import World

__all__ = [
    "CentralJob",
    "CornerJob",
    "CornerResult",
    "Job",
    "JobInputs",
    "JobResult",
    "VariantJob",
    "growth_of_units",
    "growth_of_value",
    "job_name",
    "run_job",
    "solve_variant",
    "try_job",
    "variant_result",
]


SHARPLY = 1e-8
"""Tolerance of results that are shown as they are."""
ROUGHLY = 1e-7
"""Tolerance of ends: a tenth of a million dollars for Japan; ranges are not that sharp."""


@dataclass(frozen=True, eq=False)
class JobInputs:
    """What every job needs."""

    worlds: Mapping[str, World]
    """In full, by elasticities."""
    laws: Mapping[str, Law]
    """By scenario."""
    effects: Mapping[str, Effects]
    """By scenario, in full."""
    talks: World
    talks_effects: Mapping[str, Effects]
    flows: tuple[NamedFlow, ...]
    parties: tuple[str, ...]
    subsidies: Mapping[str, tuple[Subsidised, ...]] = field(default_factory=dict)
    """Paid to buyers, by scenario, in full; scenarios without any may be missing."""
    laid: Mapping[str, LaidLaw] = field(default_factory=dict)
    """The laws as the central world has them, by scenario: what was worked out once need not be elsewhere."""


@dataclass(frozen=True, eq=False)
class VariantJob:
    """A scenario under a variant, in full."""

    inputs: Shared[JobInputs]
    scenario: str
    variant: Variant
    near: Nearby | None = None
    """To begin from."""
    leads: bool = False
    """Whether it is told where its equilibrium is, for the same variant of other scenarios."""


@dataclass(frozen=True, eq=False)
class CentralJob:
    """A scenario under the first variant, with all parameters of measures in the middle."""

    inputs: Shared[JobInputs]
    scenario: str
    variant: Variant
    near: Nearby | None = None
    """To begin from: the middle of another scenario."""


@dataclass(frozen=True, eq=False)
class CornerJob:
    """A scenario under the first variant, with the parameters of a measure at an end."""

    inputs: Shared[JobInputs]
    scenario: str
    corner: Corner
    variant: Variant
    near: Nearby | None = None
    """To begin from: the middle of all ranges, or where the corner of another scenario leads from there."""
    leads: bool = False
    """Whether it is told where its equilibrium is, for the same corner of other scenarios."""


Job = CentralJob | VariantJob | CornerJob


CornerResult = Mapping[str, Array] | str
"""`kosho.scenario.sensitivity.figures_or_reason`."""
JobResult = (
    tuple[VariantResult, CentralOutcome, Nearby]
    | VariantResult
    | tuple[VariantResult, Nearby]
    | CornerResult
    | tuple[CornerResult, Nearby | None]
)
"""Of the middle, another variant, one that leads, a corner, a corner that leads."""


def job_name(job: Job) -> tuple[str, ...]:
    """What a job is, in words that are the same in every run."""
    corner = (repr(job.corner),) if isinstance(job, CornerJob) else ()
    return (type(job).__name__, job.scenario, job.variant.id, *corner)


def try_job(job: Job) -> JobResult | None:
    """The result, or None where there is none: the caller runs the job again for the reason."""
    try:
        return run_job(job)
    except KoshoError:
        return None


def run_job(job: Job) -> JobResult:
    """Run a job.

    Raises:
        ConvergenceError: no equilibrium was found.
    """
    inputs = job.inputs.value
    if isinstance(job, CentralJob):
        outcome = solve_variant(inputs, inputs.effects[job.scenario], job.variant, near=job.near)
        shown = variant_result(inputs, outcome, job.scenario, job.variant.id)
        paid = subsidies_at(inputs.subsidies.get(job.scenario, ()))
        return shown, CentralOutcome.of(outcome, inputs.flows, paid), outcome.nearby
    if isinstance(job, CornerJob):
        law, base = inputs.laws[job.scenario], inputs.worlds["central"]
        found = effects_at(base, law, job.corner, inputs.laid.get(job.scenario))
        paid = subsidies_at(inputs.subsidies.get(job.scenario, ()), job.corner)
        told = figures_and_place if job.leads else figures_or_reason
        return told(partial(solve_variant, inputs, found, job.variant, ROUGHLY, job.near), inputs.flows, paid)
    outcome = solve_variant(inputs, inputs.effects[job.scenario], job.variant, near=job.near)
    shown = variant_result(inputs, outcome, job.scenario, job.variant.id)
    return (shown, outcome.nearby) if job.leads else shown


def solve_variant(
    inputs: JobInputs,
    effects: Effects,
    variant: Variant,
    tol: float = SHARPLY,
    near: Nearby | None = None,
) -> Outcome:
    """The equilibrium on the full world."""
    closure = Closure(deficits=variant.deficits)
    return solve_near(inputs.worlds[variant.elasticities], effects.counterfactual, closure, tol, near)


def variant_result(inputs: JobInputs, outcome: Outcome, scenario: str, variant: str) -> VariantResult:
    """The results of a scenario under a variant, from its equilibrium."""
    welfare, worth, wage = (
        values.to_numpy() for values in (outcome.welfare, outcome.equivalent_variation, outcome.real_wage)
    )
    return VariantResult(
        scenario=scenario,
        variant=variant,
        countries={
            code: CountryEffect(welfare=welfare[n], ev_musd=worth[n], real_wage=wage[n])
            for n, code in enumerate(outcome.base.countries)
        },
        sectors={party: _sectors(outcome, party) for party in inputs.parties},
        flows=tuple(_flow(outcome, flow) for flow in inputs.flows),
        makers=makers_of(outcome, inputs.parties),
    )


def makers_of(outcome: Outcome, parties: Iterable[str]) -> tuple[MakerResult, ...]:
    """What Japanese makers sell in the markets of parties where their brands are known."""
    found = (brand_sales(outcome, party) for party in parties)
    return tuple(
        MakerResult(
            home="JPN",
            market=one.market,
            year=one.year,
            base_musd=_middle(one.base),
            new_musd=_middle(one.new),
            low_musd=min(one.new.low - one.base.low, one.new.high - one.base.high),
            high_musd=max(one.new.low - one.base.low, one.new.high - one.base.high),
            base_share=_middle(one.base_share),
            new_share=_middle(one.new_share),
            made_at_home_base_musd=one.made_in_japan[0],
            made_at_home_musd=one.made_in_japan[1],
            sources=one.base.sources,
        )
        for one in found
        if one is not None
    )


def _middle(one: Range) -> float:
    return one.levels["value"]


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


def _flow(outcome: Outcome, flow: NamedFlow) -> FlowResult:
    base, new = outcome.part_flow(flow.importer, flow.exporter, flow.sector, flow.part or "")
    units = counted(outcome, flow)
    return FlowResult(
        exporter=flow.exporter,
        importer=flow.importer,
        sector=flow.sector,
        part=flow.part,
        title=flow.title,
        base_musd=base,
        new_musd=new,
        base_units=None if units is None else units.base,
        new_units=None if units is None else units.new,
        unit=None if units is None else units.flow.unit,
        units_source=None if units is None else units.flow.source,
    )


def growth_of_value(flow: FlowResult) -> float:
    """Zero where nothing is traded in the base: the model then trades nothing afterwards."""
    return flow.new_musd / flow.base_musd - 1.0 if flow.base_musd > 0 else 0.0


def growth_of_units(flow: FlowResult) -> float:
    """Not a number where the base knows no quantity."""
    return flow.new_units / flow.base_units - 1.0 if flow.new_units is not None and flow.base_units else np.nan
