"""What tariff quotas count, in a world: how much was imported in the base year, and the rates on both sides."""

from __future__ import annotations

import numpy as np

from kosho.codes import expand_regions
from kosho.equilibrium import Flow, Shock
from kosho.impact import product_nests as niches
from kosho.law.measure import Measure
from kosho.law.register import Register
from kosho.world import PhysicalFlow, World

__all__ = ["counted", "counts", "gap", "products_counted", "whole_rates"]

ALIKE = 1e-9


def counted(world: World, register: Register) -> World:
    """A world that counts small products and what the register's tariff quotas bound, as far as it is known.

    Args:
        world: One that tells their importers and exporters apart; others stay as they are.
        register: Measures with a `quota` whose `base` is what was imported in the base year of the world.
    """
    units = [flow for measure in register.measures for flow in _units(world, register, measure)]
    return _with(products_counted(world), units)


def products_counted(world: World) -> World:
    """A world that counts the small products whose quantities are known."""
    return _with(world, [flow for one in niches.niches().values() for flow in niches.counted(world, one)])


def _with(world: World, units: list[PhysicalFlow]) -> World:
    return world.with_units([flow for flow in dict.fromkeys(units) if flow not in world.units])


def _units(world: World, register: Register, measure: Measure) -> list[PhysicalFlow]:
    quota = measure.quota
    if quota is None or quota.base is None:
        return []
    groups = register.groups_of(measure.id)
    importers = [code for code in expand_regions([measure.imposer]) if code in world.countries]
    exporters = [code for code in world.countries if gap(measure, code) > 0]
    if not (len(groups) == len(importers) == len(exporters) == 1):
        return []
    (part,) = groups
    holding = world.law_cells.holding(register.products.groups[part].sector)
    sectors = [world.sectors[j] for j in holding if _alone(world, world.sectors[j])]
    if len(holding) != 1 or not sectors:
        return []
    base = quota.base
    return [PhysicalFlow(exporters[0], importers[0], sectors[0], base.value, quota.counted, part, base.source)]


def _alone(world: World, sector: str) -> bool:
    """Whether a sector of a world is one ICIO sector."""
    return len(world.meta.sectors.get(sector, (sector,))) == 1


def counts(world: World, flow: Flow, unit: str) -> bool:
    """Whether a world counts a flow in a unit; an empty one is money, which every world counts."""
    here = (flow.importer, flow.exporter, flow.sector, flow.part, unit)
    return not unit or any(
        (one.importer, one.exporter, one.sector, one.part or "", one.unit) == here for one in world.units
    )


def gap(measure: Measure, exporter: str) -> float:
    """By how much a tariff quota taxes goods of an origin more outside than inside, a fraction; 0 if at all."""
    inside = measure.level_on(exporter)
    outside = measure.level_on(exporter, in_quota=False)
    if inside is None or outside is None or exporter == measure.imposer:
        return 0.0
    return measure.taxed_share() * (outside - inside) / 100


def whole_rates(world: World, shock: Shock, measure: Measure, flow: Flow) -> tuple[float, float] | None:
    """All that imports inside and outside a tariff quota pay, as fractions; None if not all pay alike.

    The shock has the mean of both sides, which is taken out again.
    """
    n, i = world.position(flow.importer), world.position(flow.exporter)
    j = world.sector_position(flow.sector)
    rows = np.flatnonzero((shock.importer == n) & (shock.exporter == i) & (shock.sector == j))
    rates = {float(shock.tariff[row]) for row in rows if not flow.part or shock.part[row] == flow.part}
    members = world.meta.regions.get(flow.exporter, (flow.exporter,))
    mean = measure.rate_on(members[0])
    if mean is None or not rates or max(rates) - min(rates) > ALIKE:
        return None
    inside = (measure.level_on(members[0]) or 0.0) / 100
    within = next(iter(rates)) + measure.taxed_share() * (inside - mean)
    return within, within + gap(measure, members[0])
