"""Where the literature stands on the common scale of trade elasticities.

The common scale multiplies every theta of a world alike: one is the world's own, and most of what is uncertain
about gains and losses is where on it the truth lies. Estimates over all goods are put on it by the mean theta
of the goods that the world trades across borders, weighted by that trade.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.codes import sectors
from kosho.display import Shown
from kosho.world.datafiles import rows
from kosho.world.elasticities import LEAST_SCALE, MOST_SCALE
from kosho.world.table import World

__all__ = ["SCALES", "Estimate", "estimates", "mean_theta"]

SCALES = (LEAST_SCALE, 0.2, 0.275, 0.375, 0.5, 0.7, 1.0, MOST_SCALE)
"""Points of the common scale: from below what is found after ten years to well above the centre."""


@dataclass(frozen=True, slots=True)
class Estimate(Shown):
    """A published estimate as an interval of the common scale.

    >>> from kosho.world.elasticity_scale import Estimate
    >>> Estimate("mine", "My own panel", 0.5, 0.7, "own")
    Estimate(id='mine', title='My own panel', low=0.5, high=0.7, source='own')
    """

    id: str
    title: str
    low: float
    high: float
    source: str
    """Id in `kosho.world.sources`."""


def mean_theta(world: World) -> float:
    """Mean theta of goods traded between countries, weighted by that trade before duty; NaN where none are.

    Sectors that this installation does not know as services count as goods.

    >>> from kosho.world import toy
    >>> from kosho.world.elasticity_scale import mean_theta
    >>> round(mean_theta(toy()), 2)
    5.93
    """
    known = sectors()
    goods = np.array([code not in known or known[code].goods for code in world.sectors], bool)
    flows = world.arrays.flows
    home = np.arange(len(world.countries))
    trade = flows.sum(axis=(0, 1)) - flows[home, home].sum(axis=0)
    weight = np.where(goods, trade, 0.0)
    total = float(weight.sum())
    return float(weight @ world.arrays.theta) / total if total > 0 else float("nan")


def estimates(world: World) -> tuple[Estimate, ...]:
    """Published estimates on the common scale of a world, the weakest first.

    >>> from kosho.world import toy
    >>> from kosho.world.elasticity_scale import estimates
    >>> [(one.id, round(one.low, 2), round(one.high, 2)) for one in estimates(toy())]
    [('boehm-long', 0.13, 0.21), ('simonovska-waugh', 0.67, 0.67)]
    """
    mean = mean_theta(world)
    found = [
        Estimate(
            row["id"],
            row["title"],
            float(row["theta_low"]) / mean,
            float(row["theta_high"]) / mean,
            row["source"],
        )
        for row in rows("elasticity_estimates.csv")
    ]
    return tuple(sorted(found, key=lambda one: one.low))
