"""Trade elasticities: central values, a low set, and draws. See docs/methods/world.md.

theta is defined by tariff-exclusive import values falling with elasticity -(theta + 1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from kosho.errors import InputError, Problem, suggest
from kosho.world.datafiles import rows
from kosho.world.table import World, labelled

__all__ = ["draw_elasticities", "elasticities", "elasticity_spread", "low_elasticity"]

SMALLEST = 0.05
"""Draws stay above this: at zero the model has no answer."""


def elasticities(sectors: Sequence[str]) -> xr.DataArray:
    """Central theta `[sector]` of ICIO sectors."""
    return _column("theta", sectors)


def elasticity_spread(sectors: Sequence[str]) -> xr.DataArray:
    """Standard deviation of ln(theta) `[sector]`."""
    return _column("log_sd", sectors)


def low_elasticity(world: World) -> World:
    """The same economy with low elasticities, every theta scaled down alike.

    The factor brings a theta of 5 to 0.825, a tariff-exclusive elasticity of -1.825: within the long-run range
    that Boehm, Levchenko & Pandalai-Nayar (2023) find, -1.75 to -2.25. Sectors keep their relative differences.

    >>> from kosho.world import load, low_elasticity
    >>> world = load()
    >>> cars = world.sector_position("C29")
    >>> float(world.theta[cars].round(1)), float(low_elasticity(world).theta[cars].round(1))
    (9.0, 1.5)
    """
    return world.with_theta(world.theta * low_factor())


def low_factor() -> float:
    """What the low set is of the central one."""
    table = rows("elasticities.csv")
    return sum(float(row["theta_low"]) for row in table) / sum(float(row["theta"]) for row in table)


def draw_elasticities(world: World, n: int, seed: int) -> list[xr.DataArray]:
    """`n` draws of theta `[sector]`, log-normal around the world's own values, always positive.

    Half of the variance is common to all sectors, half their own: estimates err together (method, aggregation)
    and apart (sampling).

    Raises:
        InputError: the world knows no spread, or `n` is not positive.

    >>> from kosho.world import draw_elasticities, toy
    >>> [draw.round(2).values.tolist() for draw in draw_elasticities(toy(), n=2, seed=1)]
    [[4.62, 5.71], [5.77, 9.16]]
    """
    if n < 1:
        raise InputError(Problem(f"cannot draw {n} times", "one or more"))
    if world.theta_spread is None:
        raise InputError(Problem("this world has no spread of elasticities", "give World.theta_spread"))
    spread = world.theta_spread.to_numpy()
    generator = np.random.default_rng(seed)
    common = generator.standard_normal((n, 1))
    own = generator.standard_normal((n, len(spread)))
    values = world.theta.to_numpy() * np.exp(spread * (common + own) / np.sqrt(2.0))
    return [world.theta.copy(data=np.maximum(draw, SMALLEST)) for draw in values]


def _column(name: str, sectors: Sequence[str]) -> xr.DataArray:
    values = {row["sector"]: float(row[name]) for row in rows("elasticities.csv")}
    unknown = [code for code in sectors if code not in values]
    if unknown:
        raise InputError(
            [Problem(f"no elasticity for sector {code!r}", suggest(code, values)) for code in unknown]
        )
    return labelled([values[code] for code in sectors], ("sector",), (), sectors)
