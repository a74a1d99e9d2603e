"""Trade elasticities: central values, a low set, and draws. See docs/methods/world.md.

theta is defined by tariff-exclusive import values falling with elasticity -(theta + 1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from kosho.arguments import note_count
from kosho.arrays import Array, Index
from kosho.declared import as_declared
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.world.datafiles import rows
from kosho.world.law_cells import LawCells
from kosho.world.table import World

__all__ = [
    "LEAST_SCALE",
    "MOST_SCALE",
    "draw_elasticities",
    "draw_over_range",
    "elasticities_of",
    "low_elasticity",
    "low_factor",
    "trade_weights",
]

SMALLEST = 0.05
"""Draws stay above this: at zero the model has no answer."""
LEAST_SCALE = 0.15
"""Of theta, down to where the common scale is followed: a little below the low set, 0.165 of the centre."""
MOST_SCALE = 1.4
"""Up to where it is followed: a standard deviation of what is common to the central estimates above them."""


def elasticities_of(codes: Sequence[str], place: Index, weights: Array) -> tuple[Array, Array]:
    """Central theta and standard deviation of ln(theta) `[sector]` of sectors made up of ICIO sectors.

    Args:
        codes: `[K]`, ICIO sectors.
        place: `[K]`, position of the sector that each is in.
        weights: `[K]`, shares inside sectors.
    """
    table = {row["sector"]: row for row in rows("elasticities.csv")}
    unknown = [code for code in codes if code not in table]
    if unknown:
        raise InputError(
            [
                Problem(_("no elasticity for sector {code!r}", code=code), suggest(code, table))
                for code in unknown
            ]
        )
    theta, spread = (np.array([float(table[code][name]) for code in codes]) for name in ("theta", "log_sd"))
    count = int(np.max(place)) + 1
    found, log_sd = np.zeros(count), np.zeros(count)
    np.add.at(found, place, weights * theta)
    np.add.at(log_sd, place, weights * spread)
    return found, log_sd


def trade_weights(cells: LawCells, sectors: int) -> Array:
    """Shares `[K]` of ICIO sectors in the trade between countries of the sectors they are in, of `sectors`.

    All sales count where nothing is traded, all alike where nothing is sold.
    """
    home = cells.country[:, None] == cells.country[None, :]
    trade = np.where(home[:, :, None], 0.0, cells.flows).sum(axis=(0, 1))
    found = np.ones(len(cells.sectors))
    for weight in (cells.flows.sum(axis=(0, 1)), trade):
        total = np.bincount(cells.sector, weight, sectors)[cells.sector]
        found = np.where(total > 0, weight, found)
    return found / np.bincount(cells.sector, found, sectors)[cells.sector]


@as_declared
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


@as_declared
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
    generator, spread = _drawing(world, n, seed)
    common = generator.standard_normal((n, 1))
    own = generator.standard_normal((n, len(spread)))
    values = world.theta.to_numpy() * np.exp(spread * (common + own) / np.sqrt(2.0))
    return [world.theta.copy(data=np.maximum(draw, SMALLEST)) for draw in values]


def draw_over_range(world: World, n: int, seed: int) -> list[tuple[float, xr.DataArray]]:
    """`n` draws over all that is published: a common scale, and theta `[sector]` at that scale.

    The common scale is drawn evenly in logarithms from `LEAST_SCALE` to `MOST_SCALE`: no source says that one
    part of it is likelier than another. Apart from it sectors are drawn as in `draw_elasticities`, by their own
    half of the variance.

    Raises:
        InputError: the world knows no spread, or `n` is not positive.

    >>> from kosho.world import toy
    >>> from kosho.world.elasticities import draw_over_range
    >>> found = draw_over_range(toy(), 2, seed=1)
    >>> [(round(scale, 2), theta.round(2).values.tolist()) for scale, theta in found]
    [(0.47, [2.02, 2.5]), (1.25, [6.07, 9.64])]
    """
    generator, spread = _drawing(world, n, seed)
    scales = np.exp(generator.uniform(np.log(LEAST_SCALE), np.log(MOST_SCALE), n))
    own = np.exp(spread * generator.standard_normal((n, len(spread))) / np.sqrt(2.0))
    values = world.theta.to_numpy() * scales[:, None] * own
    return [
        (float(scale), world.theta.copy(data=np.maximum(draw, SMALLEST)))
        for scale, draw in zip(scales, values, strict=True)
    ]


def _drawing(world: World, draws: int, seed: int) -> tuple[np.random.Generator, Array]:
    """What draws, and standard deviations of ln(theta) `[sector]`, once so many draws are known to fit."""
    problems = Problems()
    note_count(problems, draws, "n", 1)
    note_count(problems, seed, "seed")
    problems.raise_if_any()
    if world.theta_spread is None:
        raise InputError(Problem(_("this world has no spread of elasticities"), _("give World.theta_spread")))
    spread = world.theta_spread.to_numpy()
    refuse_beyond("draws", draws, 4_000 + 32 * len(spread), key="n")
    return np.random.default_rng(seed), spread
