"""From flows and base tariffs to a `World` that is an exact equilibrium.

Input use in a table is net of tariffs; spending in the model includes them. With one composite good for all
buyers, a country pays the same average duty 1 + t on a good whoever uses it, so

    gamma_nkj = G_nkj (1 + t_nk) / Y_nj,    t_nk = duties paid on k in n / flows of k into n,
    final spending_nk = (1 + t_nk) (flows_nk - sum_j G_nkj),

which is never negative, and deficits follow from the flows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from kosho.arrays import Array, Mask
from kosho.display import Shown
from kosho.world.table import World, WorldMeta, labelled

__all__ = ["Economy", "calibrate"]


INPUT_CEILING = 0.98
"""Most that inputs may take of output: a sector must add some value, or wages could not move its costs."""


@dataclass(frozen=True, eq=False)
class Economy(Shown):
    """Flows, free of tariffs, behind a world. N economies, S sectors."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    """`[importer, exporter, sector]`, net of tariff."""
    inputs: Array
    """`[country, input, sector]`, net of tariff."""


def calibrate(economy: Economy, tariff: Array, theta: xr.DataArray, meta: WorldMeta, unknown: Mask) -> World:
    """A world calibrated to flows and base tariffs.

    Args:
        economy: Flows and input use.
        tariff: `[importer, exporter, sector]`, fractions, zero on the diagonal.
        theta: `[sector]`.
        meta: What the table is; adjustments made here are added to it by name.
        unknown: `[importer, exporter, sector]`, where the rate is not known.
    """
    countries, sectors = economy.countries, economy.sectors
    gamma, notes = input_shares(economy, tariff)
    flow_dims = ("importer", "exporter", "sector")
    world = World.from_flows(
        labelled(economy.flows, flow_dims, countries, sectors),
        tariff=labelled(tariff, flow_dims, countries, sectors),
        io_share=labelled(gamma, ("country", "input", "sector"), countries, sectors),
        theta=theta,
        meta=replace(meta, adjustments=(*meta.adjustments, *notes)),
    )
    return replace(world, unknown_tariff=world.tariff.copy(data=unknown))


def input_shares(economy: Economy, tariff: Array) -> tuple[Array, list[str]]:
    """Tariff-inclusive input shares `[country, input, sector]`, and the sectors whose inputs were capped."""
    net = economy.flows.sum(axis=1)
    duties = (economy.flows * tariff).sum(axis=1)
    rate = np.divide(duties, net, out=np.zeros_like(net), where=net > 0)
    output = economy.flows.sum(axis=0)
    gross = economy.inputs * (1.0 + rate)[:, :, None]
    gamma = np.divide(gross, output[:, None, :], out=np.zeros_like(gross), where=output[:, None, :] > 0)
    total = gamma.sum(axis=1)
    notes = [
        f"inputs of {economy.countries[n]} {economy.sectors[j]} cost {total[n, j]:.3f} of its output "
        f"({output[n, j]:.3g}), capped at {INPUT_CEILING}"
        for n, j in np.argwhere(total > INPUT_CEILING)
    ]
    gamma *= np.where(total > INPUT_CEILING, INPUT_CEILING / np.maximum(total, INPUT_CEILING), 1.0)[:, None, :]
    return gamma, notes
