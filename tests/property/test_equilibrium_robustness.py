"""Hard shocks find their equilibrium: tariffs of 0-100 %, prohibitive ones, elasticities up to 65, holes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.worlds import random_world, rates

from kosho.equilibrium import Shock, solve
from kosho.replications import cp2015
from kosho.world import World, load


def check(world: World, shock: Shock, deficits: str) -> None:
    outcome = solve(world, shock, deficits)
    assert outcome.solver.residual <= 1e-8
    assert np.isfinite(outcome.welfare).all()
    assert (outcome.welfare > -1).all()


def closing(world: World, country: str) -> Shock:
    """Prohibitive tariffs of one country on everybody."""
    return Shock.tariffs(
        world,
        {(country, i, j): 1e4 for i in world.countries if i != country for j in world.sectors},
        insist=True,
    )


@pytest.mark.parametrize("deficits", ["fixed", "zero"])
@pytest.mark.parametrize("seed", range(12))
def test_tariffs_up_to_one_hundred_percent(seed: int, deficits: str) -> None:
    theta = ((1.5, 9.0), (1.0, 20.0), (2.0, 65.0))[seed % 3]
    world = random_world(seed, 5 + seed % 8, 3 + seed % 5, theta=theta, holes=0.2)
    check(world, Shock.tariffs(world, rates(world, seed, share=0.7), insist=True), deficits)


@pytest.mark.parametrize("seed", range(12))
def test_prohibitive_tariffs(seed: int) -> None:
    # Balanced trade: a fixed surplus can be more than a country can earn once nobody buys from it.
    theta = ((1.5, 9.0), (1.0, 20.0), (2.0, 65.0))[seed % 3]
    world = random_world(100 + seed, 5 + seed % 8, 3 + seed % 5, theta=theta, holes=0.2)
    check(world, Shock.tariffs(world, rates(world, seed, high=1e4, share=0.7), insist=True), "zero")


@pytest.mark.parametrize("seed", [2, 65, 80, 113])
def test_elasticities_of_65_behind_prohibitive_tariffs(seed: int) -> None:
    world = random_world(seed, 5 + seed % 8, 3 + seed % 5, theta=(2.0, 65.0), holes=0.2)
    check(world, Shock.tariffs(world, rates(world, seed, high=1e4, share=0.7), insist=True), "zero")


def cp2015_shocks(world: World) -> Iterator[Shock]:
    for seed, high in enumerate((0.5, 1.0, 1.0, 1e4, 1e4)):
        yield Shock.tariffs(world, rates(world, seed, high=high, share=(0.1, 0.4, 1.0)[seed % 3]), insist=True)
    yield closing(world, "Italy")


def test_hard_shocks_on_published_data(shared: Path) -> None:
    # Elasticities from 1.45 to 64.85, a quarter of the cells of traded sectors empty.
    world, _ = cp2015.read(shared / "reference" / "cp2015")
    for shock in cp2015_shocks(world):
        check(world, shock, "zero")


@pytest.mark.parametrize("deficits", ["fixed", "zero"])
def test_hard_shocks_on_the_default_table(deficits: str) -> None:
    world = load(regions="talks", sectors="talks")
    for seed, share in ((0, 0.1), (1, 0.4), (2, 1.0)):
        check(world, Shock.tariffs(world, rates(world, seed, share=share), insist=True), deficits)
    check(world, closing(world, "USA"), "zero")
