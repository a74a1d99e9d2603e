"""Aggregation of worlds, on flows and never on shares; and other base tariffs for the same flows.

Flows, tariff revenue, spending on inputs and final spending are added up. Trade inside a region becomes
domestic; duties it bore vanish from spending, in proportion over its uses, so that an equilibrium stays one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from kosho.arrays import Array, Index
from kosho.errors import InputError, Problems, suggest
from kosho.world.calibrate import Economy, calibrate
from kosho.world.table import PhysicalFlow, World, labelled

__all__ = ["aggregate", "with_tariff"]

Groups = Mapping[str, Sequence[str]]

FLOW_DIMS = ("importer", "exporter", "sector")
WHOLE = 0.99
"""A quantity of a whole cell stands for an aggregated cell only if it covered this much of its value."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Codes of groups in order, and the group of every member."""

    codes: tuple[str, ...]
    place: Index
    """`[member]`, position of its group."""
    members: dict[str, tuple[str, ...]]

    def add(self, values: Array, axis: int) -> Array:
        """Sums of `values` over the members of each group along `axis`."""
        moved = np.moveaxis(values, axis, 0)
        total = np.zeros((len(self.codes), *moved.shape[1:]))
        np.add.at(total, self.place, moved)
        return np.moveaxis(total, 0, axis)


def aggregate(world: World, regions: Groups | None, sectors: Groups | None) -> World:
    """See `World.aggregate`."""
    problems = Problems()
    region = _grouping(regions, world.countries, "country", "regions", problems)
    sector = _grouping(sectors, world.sectors, "sector", "sectors", problems)
    problems.raise_if_any()
    a = world.arrays
    revenue = region.add(region.add(a.flows * a.tariff, 0), 1)
    home = np.arange(len(region.codes))
    inside = revenue[home, home, :].copy()
    revenue[home, home, :] = 0.0
    spending = region.add(a.expenditure, 0)
    kept = _ratio(spending - inside, spending, 1.0)
    inputs = region.add(a.gamma * a.output[:, None, :], 0) * kept[:, :, None]
    final = sector.add(region.add(a.alpha * a.income[:, None], 0) * kept, 1)
    flows = _add_cells(a.flows, region, sector)
    revenue = sector.add(revenue, 2)
    inputs = sector.add(sector.add(inputs, 1), 2)
    output = flows.sum(axis=0)
    gamma = _ratio(inputs, np.broadcast_to(output[:, None, :], inputs.shape), 0.0)
    countries, codes = region.codes, sector.codes
    new = World.from_flows(
        labelled(flows, FLOW_DIMS, countries, codes),
        tariff=labelled(_rates(world, revenue, flows, region, sector), FLOW_DIMS, countries, codes),
        io_share=labelled(gamma, ("country", "input", "sector"), countries, codes),
        theta=labelled(_theta(world, a.theta, sector), ("sector",), countries, codes),
        final_share=labelled(final / final.sum(axis=1, keepdims=True), ("country", "sector"), countries, codes),
        meta=world.meta,
    )
    units, notes = _units(world, region, sector, flows)
    if inside.sum() > 0:
        where = [countries[n] for n in np.flatnonzero(inside.sum(axis=1) > 0)]
        notes.append(f"duties of {inside.sum():.3g} on trade inside {', '.join(where)} left out")
    meta = replace(
        new.meta,
        adjustments=(*new.meta.adjustments, *notes),
        regions=_nested(region.members, world.meta.regions),
        sectors=_nested(sector.members, world.meta.sectors),
    )
    spread = world.theta_spread
    return replace(
        new,
        meta=meta,
        units=units,
        unknown_tariff=_unknown(world, new, region, sector),
        theta_spread=None if spread is None else new.theta.copy(data=_theta(world, spread.to_numpy(), sector)),
    )


def with_tariff(world: World, rates: xr.DataArray | Mapping[tuple[str, str, str], float]) -> World:
    """See `World.with_tariff`."""
    a = world.arrays
    tariff = a.tariff.copy()
    known = np.zeros(tariff.shape, dtype=bool)
    if isinstance(rates, xr.DataArray):
        wanted = labelled(np.full(tariff.shape, np.nan), FLOW_DIMS, world.countries, world.sectors)
        _refuse_strangers(rates, world)
        given = rates.transpose(*FLOW_DIMS).reindex_like(wanted).to_numpy()
        known = ~np.isnan(given)
        tariff[known] = given[known]
    else:
        for (importer, exporter, sector), rate in rates.items():
            place = world.position(importer), world.position(exporter), world.sector_position(sector)
            tariff[place], known[place] = rate, True
    unknown = np.zeros(tariff.shape, bool) if world.unknown_tariff is None else world.unknown_tariff.to_numpy()
    economy = Economy(world.countries, world.sectors, a.flows, net_inputs(world))
    new = calibrate(economy, tariff, world.theta, world.meta, unknown & ~known)
    return replace(
        new,
        units=world.units,
        theta_spread=world.theta_spread,
        unknown_tariff=None if world.unknown_tariff is None else new.unknown_tariff,
    )


def net_inputs(world: World) -> Array:
    """Use of inputs `[country, input, sector]` net of tariffs."""
    a = world.arrays
    net = a.flows.sum(axis=1)
    return a.gamma * a.output[:, None, :] * _ratio(net, a.expenditure, 1.0)[:, :, None]


def _grouping(
    groups: Groups | None, members: tuple[str, ...], what: str, key: str, problems: Problems
) -> Grouping:
    """A grouping of `members`; mistakes are noted in `problems`."""
    if groups is None:
        groups = {code: (code,) for code in members}
    place: dict[str, int] = {}
    for position, (code, wanted) in enumerate(groups.items()):
        if not wanted:
            problems.add(f"{code} has no members", key=key)
        for member in wanted:
            if member not in members:
                problems.add(f"unknown {what} {member!r} in {code}", suggest(member, members), key=key)
            elif member in place:
                problems.add(f"{member} is in two groups, {tuple(groups)[place[member]]} and {code}", key=key)
            else:
                place[member] = position
    left = [member for member in members if member not in place]
    if left:
        problems.add(f"{', '.join(left[:10])} {'is' if len(left) == 1 else 'are'} in no group", key=key)
        return Grouping((), np.zeros(0, dtype=np.intp), {})
    return Grouping(
        tuple(groups),
        np.array([place[member] for member in members], dtype=np.intp),
        {code: tuple(wanted) for code, wanted in groups.items()},
    )


def _add_cells(values: Array, region: Grouping, sector: Grouping) -> Array:
    return sector.add(region.add(region.add(values, 0), 1), 2)


def _rates(world: World, revenue: Array, flows: Array, region: Grouping, sector: Grouping) -> Array:
    """Average rates: revenue over net imports; the plain mean of members where nothing is imported."""
    tariff = world.arrays.tariff
    plain = _add_cells(tariff, region, sector) / _add_cells(np.ones(tariff.shape), region, sector)
    home = np.arange(len(region.codes))
    plain[home, home, :] = 0.0
    return _ratio(revenue, flows, plain)


def _theta(world: World, values: Array, sector: Grouping) -> Array:
    """Means of a `[sector]` figure weighted by trade between countries, by all sales where there is none."""
    flows = world.arrays.flows
    domestic = np.einsum("nns->s", flows)
    trade = flows.sum(axis=(0, 1)) - domestic
    traded = sector.add(trade, 0)[sector.place] > 0
    weight = np.where(traded, np.maximum(trade, 0.0), domestic)
    weight = np.where(sector.add(weight, 0)[sector.place] > 0, weight, 1.0)
    return sector.add(weight * values, 0) / sector.add(weight, 0)


def _unknown(world: World, new: World, region: Grouping, sector: Grouping) -> xr.DataArray | None:
    """A cell is unknown where most of its trade, or the one cell it is, bears an unknown rate."""
    if world.unknown_tariff is None:
        return None
    mask = world.unknown_tariff.to_numpy().astype(float)
    weight = world.arrays.flows + 1e-12  # cells without trade count among themselves
    share = _add_cells(mask * weight, region, sector) / _add_cells(weight, region, sector)
    unknown = share > 0.5
    home = np.arange(len(region.codes))
    unknown[home, home, :] = False
    return new.tariff.copy(data=unknown)


def _units(
    world: World, region: Grouping, sector: Grouping, flows: Array
) -> tuple[tuple[PhysicalFlow, ...], list[str]]:
    """Physical flows of the regions: those that fall together are added, those that no longer fit are named."""
    totals: dict[tuple[int, int, int, str, str | None], tuple[float, float, str]] = {}
    for flow in world.units:
        n, i = world.position(flow.importer), world.position(flow.exporter)
        s = world.sector_position(flow.sector)
        key = (region.place[n], region.place[i], sector.place[s], flow.unit, flow.part)
        quantity, value, source = totals.get(key, (0.0, 0.0, flow.source))
        totals[key] = (quantity + flow.quantity, value + world.arrays.flows[n, i, s], source)
    kept: list[PhysicalFlow] = []
    notes: list[str] = []
    for (n, i, s, unit, part), (quantity, value, source) in totals.items():
        importer, exporter, code = region.codes[n], region.codes[i], sector.codes[s]
        if n == i or (part is None and value < WHOLE * flows[n, i, s]):
            notes.append(
                f"quantity in {unit} of {exporter} to {importer} in {code} left out: part of the cell only"
            )
        else:
            kept.append(PhysicalFlow(exporter, importer, code, quantity, unit, part, source))
    return tuple(kept), notes


def _nested(
    outer: dict[str, tuple[str, ...]], inner: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Members of groups of groups."""
    return {
        code: tuple(leaf for m in members for leaf in inner.get(m, (m,))) for code, members in outer.items()
    }


def _refuse_strangers(rates: xr.DataArray, world: World) -> None:
    problems = Problems()
    if set(rates.dims) != set(FLOW_DIMS):
        raise InputError(f"rates have dimensions {rates.dims}, wanted {FLOW_DIMS}")
    for dim in FLOW_DIMS:
        known = world.sectors if dim == "sector" else world.countries
        for code in rates.indexes[dim]:
            if code not in known:
                problems.add(f"unknown {dim} {code!r}", suggest(str(code), known))
    problems.raise_if_any()


def _ratio(above: Array, below: Array, otherwise: Array | float) -> Array:
    out = np.array(np.broadcast_to(otherwise, above.shape), dtype=np.float64)
    return np.divide(above, below, out=out, where=below > 0)
