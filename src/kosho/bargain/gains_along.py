"""Gains of packages along the common scale of trade elasticities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.pricing import PricedTable, PricingParameters, price_at
from kosho.display import Shown
from kosho.world.elasticity_scale import SCALES, Estimate, estimates

__all__ = ["GainsAlong", "gains_along"]


@dataclass(frozen=True, eq=False)
class GainsAlong(Shown):
    """What packages are worth over the disagreement with every elasticity scaled alike."""

    scales: tuple[float, ...]
    """Of every theta; one is the world's own."""
    gains: dict[int, Array]
    """By package `[scale, party]`, million USD a year at the central weights; not a number where the package or
    the disagreement has no equilibrium."""
    estimates: tuple[Estimate, ...]
    """The literature on the same scale."""


def gains_along(priced: PricedTable, packages: Index) -> GainsAlong:
    """What packages are worth over the disagreement along the common scale, each point solved exactly."""
    settings = [PricingParameters.scaled(priced.world, scale) for scale in SCALES]
    worth = price_at(priced, packages, settings, priced.deficits).payoffs(priced.weights)
    each = worth.reshape(len(SCALES), len(packages) + 2, len(priced.table.parties))
    gains = np.asarray(each[:, :-2] - each[:, -2:-1], float)
    return GainsAlong(
        SCALES, {package: gains[:, k] for k, package in enumerate(packages.tolist())}, estimates(priced.world)
    )
