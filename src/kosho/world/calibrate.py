"""From flows and base tariffs to input shares of an exact equilibrium; see `World.calibrated`.

Input use in a table is net of tariffs; spending in the model includes them. With one composite good for all
buyers, a country pays the same average duty 1 + t on a good whoever uses it, so

    gamma_nkj = G_nkj (1 + t_nk) / Y_nj,    t_nk = duties paid on k in n / flows of k into n,
    final spending_nk = (1 + t_nk) (flows_nk - sum_j G_nkj),

which is never negative, and deficits follow from the flows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.display import Shown
from kosho.world.notes import CAPPED

__all__ = ["INPUT_CEILING", "Economy", "input_shares", "ratio"]


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
        CAPPED.format(
            country=economy.countries[n],
            sector=economy.sectors[j],
            cost=f"{total[n, j]:.3f}",
            output=f"{output[n, j]:.3g}",
            most=INPUT_CEILING,
        )
        for n, j in np.argwhere(total > INPUT_CEILING)
    ]
    gamma *= np.where(total > INPUT_CEILING, INPUT_CEILING / np.maximum(total, INPUT_CEILING), 1.0)[:, None, :]
    return gamma, notes


def ratio(above: Array, below: Array, otherwise: Array | float) -> Array:
    """Quotients where `below` is positive, `otherwise` elsewhere."""
    out = np.array(np.broadcast_to(otherwise, above.shape), dtype=np.float64)
    return np.divide(above, below, out=out, where=below > 0)
