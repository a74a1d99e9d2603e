"""Final demand by destination, estimated where a table does not give it.

Known are intermediate sales by origin and destination and each origin-sector's final sales in total. Buyers of
final goods are taken to source as buyers of intermediates do, with the odds of buying at home adjusted
sector by sector; origin-sector totals are kept exactly. See docs/methods/world.md.

Letters: n importer, i exporter, s sector; M intermediate sales, Z final sales of an origin, sigma sourcing
shares of final buyers, E final spending by destination, F final sales by origin and destination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kosho.arrays import Array
from kosho.world.datafiles import rows

__all__ = ["anchored_totals", "consistent_totals", "home_odds", "honour", "sourcing_shares", "split"]


SWEEPS = 3
"""Corrections of destination totals; more fit the origins better and published trade worse."""
STEPS = 60
TILT = 1.5
"""Published balances may scale a destination's final spending up or down by at most this factor."""
PULL = 0.8
"""How much of the gap to a published balance is closed where `TILT` allows."""


def home_odds(sectors: Sequence[str], members: Mapping[str, Sequence[str]] | None = None) -> Array:
    """Odds of buying at home in final over intermediate use, `[sector]`.

    Args:
        sectors: Labels.
        members: The ICIO sectors of each label that is none itself; their mean counts.
    """
    odds = {row["sector"]: float(row["odds"]) for row in rows("home_bias_odds.csv")}
    inside = members or {}
    values = [[odds[code] for code in inside.get(label, (label,))] for label in sectors]
    return np.array([sum(some) / len(some) for some in values])


def sourcing_shares(intermediate: Array, odds: Array) -> Array:
    """Shares of origins in the final spending of each destination.

    Args:
        intermediate: M `[importer, exporter, sector]`.
        odds: `[sector]`, odds of buying at home in final over intermediate use.

    Returns:
        sigma `[importer, exporter, sector]`; over exporters it sums to one. Where a destination buys no
        intermediates of a sector it is taken to buy at home.
    """
    weights = intermediate.copy()
    home = np.arange(len(weights))
    weights[home, home, :] *= odds
    total = weights.sum(axis=1)
    for n, s in np.argwhere(total <= 0):
        weights[n, n, s] = 1.0
    return weights / weights.sum(axis=1, keepdims=True)


def split(totals: Array, sales: Array, sourcing: Array) -> Array:
    """Final sales F `[importer, exporter, sector]` that add up to `sales` of every origin exactly.

    Args:
        totals: E `[importer, sector]`, final spending of destinations, right up to a scale for each origin.
        sales: Z `[exporter, sector]`.
        sourcing: sigma, see `sourcing_shares`.
    """
    final = sourcing * totals[:, None, :]
    delivered = final.sum(axis=0)
    for i, s in np.argwhere((delivered <= 0) & (sales > 0)):
        final[i, i, s] = 1.0  # nobody is known to buy it: it stays at home
    return final * _ratio(sales, final.sum(axis=0))


def consistent_totals(sales: Array, sourcing: Array, sweeps: int = SWEEPS) -> Array:
    """Destination totals at which sourcing shares come close to explaining every origin's sales.

    Starts where each country's final spending on a sector equals its own final sales, then multiplies it by how
    much more its suppliers sold than it explains (Richardson 1972; Lucy 1974). Stopping early keeps it near the
    start.
    """
    totals = sales.copy()
    for _ in range(sweeps):
        missing = _ratio(sales, (sourcing * totals[:, None, :]).sum(axis=0))
        totals = totals * (sourcing * missing).sum(axis=1)
    return totals


def anchored_totals(intermediate: Array, sales: Array, sourcing: Array, net_exports: Array) -> Array:
    """Destination totals tilted, country by country, most of the way towards published net exports.

    Args:
        intermediate: M `[importer, exporter, sector]`.
        sales: Z `[exporter, sector]`.
        sourcing: sigma, see `sourcing_shares`.
        net_exports: `[country]`, goods and services, same unit; NaN where unknown.
    """
    totals = consistent_totals(sales, sourcing)
    start = _deficits(intermediate + split(totals, sales, sourcing))
    published = np.where(np.isnan(net_exports), start, -net_exports)
    # Published balances of these economies do not add up to zero; the table's do.
    goal = start + PULL * (published - published.mean() - start)
    tilt = np.ones(len(totals))
    for _ in range(STEPS):
        final = split(totals * tilt[:, None], sales, sourcing)
        gap = goal - _deficits(intermediate + final)
        tilt = np.clip(tilt * np.exp(0.7 * gap / final.sum(axis=(1, 2))), 1.0 / TILT, TILT)
    return totals * tilt[:, None]


def honour(final: Array, sales: Array, cells: Sequence[tuple[int, int, int, float]]) -> Array:
    """Set final sales of single cells, the origin's other destinations giving or taking in proportion.

    Args:
        final: F `[importer, exporter, sector]`.
        sales: Z `[exporter, sector]`.
        cells: Importer, exporter, sector, and the final sales wanted, less than all of the origin's.
    """
    new = final.copy()
    for n, i, s, wanted in cells:
        rest = sales[i, s] - new[n, i, s]
        new[:, i, s] *= (sales[i, s] - wanted) / rest
        new[n, i, s] = wanted
    return new


def _deficits(flows: Array) -> Array:
    return flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
