"""Small worlds for tests: random but well formed, plain where a closed form is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from kosho.equilibrium import Part, Shock
from kosho.world import World, labelled

CELL = ("importer", "exporter", "sector")


def codes(count: int, prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{number:02d}" for number in range(count))


def build(
    flows: ArrayLike,
    *,
    tariff: ArrayLike = 0.0,
    io_share: ArrayLike = 0.0,
    theta: ArrayLike = 5.0,
    final_share: ArrayLike | None = None,
    countries: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> World:
    """A world from bare arrays; numbers are spread over their array, the diagonal of tariffs is cleared."""
    values = np.asarray(flows, float)
    count, _, size = values.shape
    names = tuple(countries or codes(count, "C")), tuple(sectors or codes(size, "S"))
    rates = np.array(np.broadcast_to(tariff, values.shape), float)
    rates[np.arange(count), np.arange(count), :] = 0.0
    inputs = np.broadcast_to(io_share, (count, size, size))
    return World.from_flows(
        labelled(values, CELL, *names),
        tariff=labelled(rates, CELL, *names),
        io_share=labelled(inputs, ("country", "input", "sector"), *names),
        theta=labelled(np.broadcast_to(theta, (size,)), ("sector",), *names),
        final_share=None if final_share is None else labelled(final_share, ("country", "sector"), *names),
    )


def random_world(
    seed: int,
    countries: int = 4,
    sectors: int = 3,
    *,
    tariffs: bool = True,
    balanced: bool = False,
    theta: tuple[float, float] = (1.5, 9.0),
    holes: float = 0.0,
) -> World:
    """An equilibrium with inputs, tariffs, deficits and unequal countries.

    Args:
        seed: Of the generator.
        countries: N.
        sectors: S.
        tariffs: Base tariffs of 0-40 %, otherwise none.
        balanced: Trade of every country balances; otherwise imports are up to 15 % off.
        theta: Range of elasticities.
        holes: Share of foreign cells without trade; every country still sells round the `ring`, or trade could
            not balance.
    """
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0.0, 1.0, countries)
    flows = (
        rng.lognormal(0.0, 1.0, (countries, countries, sectors)) * (size[:, None] * size[None, :])[:, :, None]
    )
    home = np.arange(countries)
    empty = rng.random(flows.shape) < holes
    empty[home, ring(countries), 0] = False
    flows[empty] = 0.0
    flows[home, home, :] = size[:, None] ** 2 * rng.lognormal(1.5, 0.5, (countries, sectors)) * countries
    rates = rng.uniform(0.0, 0.4, flows.shape) * tariffs
    rates[home, home, :] = 0.0
    flows = _balance(flows)
    if not balanced:
        flows *= rng.uniform(0.85, 1.15, countries)[:, None, None]
    inputs = rng.dirichlet(np.ones(sectors), (countries, sectors)).transpose(0, 2, 1)
    inputs = inputs * rng.uniform(0.1, 0.6, (countries, 1, sectors))
    inputs = _affordable(flows, rates, inputs)
    return build(flows, tariff=rates, io_share=inputs, theta=rng.uniform(*theta, sectors))


def ring(countries: int) -> np.ndarray:
    """For each importer an exporter, so that by way of others everybody sells to everybody."""
    return np.roll(np.arange(countries), -1)


def _balance(flows: np.ndarray) -> np.ndarray:
    """Scale importers' rows until imports equal exports."""
    for _ in range(2000):
        ratio = flows.sum(axis=(0, 2)) / flows.sum(axis=(1, 2))
        flows = flows * np.sqrt(ratio)[:, None, None]
        if np.abs(ratio - 1.0).max() < 1e-13:
            break
    return flows


def _affordable(flows: np.ndarray, rates: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Input shares reduced where intermediate use would leave too little for final demand."""
    spending = (flows * (1.0 + rates)).sum(axis=1)
    used = np.einsum("nkj,nj->nk", inputs, flows.sum(axis=0))
    return inputs * np.minimum(1.0, 0.7 * spending / used)[:, :, None]


def rates(world: World, seed: int, low: float = 0.0, high: float = 1.0, share: float = 1.0) -> xr.DataArray:
    """Random new tariffs on a share of foreign cells; NaN elsewhere."""
    rng = np.random.default_rng(seed)
    shape = world.flows.shape
    values = rng.uniform(low, high, shape)
    values[rng.random(shape) > share] = np.nan
    values[np.arange(shape[0]), np.arange(shape[0]), :] = np.nan
    return world.flows.copy(data=values)


def parts_with_rents(world: World, count: int) -> list[Shock]:
    """Products told apart in two sectors: with rents, costs, and a ban in every fourth."""
    a, b, c, *_ = world.countries
    return [
        Shock.parts(
            world,
            [
                Part(a, b, "S00", share=0.5, tariff=0.1 + 0.02 * k, rent=0.01 * (k % 3), holder=b, part="cars"),
                Part(a, b, "S00", share=0.2, cost=1.0 + 0.01 * k, part="parts"),
                Part(c, a, "S01", share=0.3, cost=np.inf if k % 4 == 0 else 1.1),
            ],
        )
        for k in range(count)
    ]
