"""Which rates are one under each tie, and that estimates of packages do not hang on a unit."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from kosho.bargain import Grid
from kosho.bargain.instruments import Instruments, RateBounds
from kosho.bargain.screening import fitted_terms
from kosho.errors import InputError
from kosho.world import toy


@pytest.mark.parametrize(
    ("tied", "key"),
    [
        ("none", (0, 1, 2)),
        ("mfn", (0, 2)),
        ("partner", (0, 1)),
        ("uniform", (0,)),
    ],
)
def test_rates_are_one_where_the_tie_says_so(tied, key) -> None:
    world = toy()
    pairs = list(permutations(world.countries, 2))
    made = Instruments.of(world, pairs, list(world.sectors), tied, None)
    cells = list(zip(made.importer.tolist(), made.exporter.tolist(), made.sector.tolist(), strict=True))
    assert len(cells) > 6
    for (one, mine), (other, theirs) in product(zip(cells, made.rate.tolist(), strict=True), repeat=2):
        assert (mine == theirs) == ([one[k] for k in key] == [other[k] for k in key]), (one, other)


def test_terms_of_packages_do_not_hang_on_the_unit_of_a_column() -> None:
    grid = Grid.of({"cars": ("a", "b", "c"), "rice": ("a", "b"), "gas": ("a", "b", "c", "d")})
    rng = np.random.default_rng(3)
    worth = [rng.normal(size=(size, 2)) for size in grid.shape]
    values = np.sum([one[grid.choices[:, k]] for k, one in enumerate(worth)], axis=0)
    packages = np.arange(len(values))
    pairs = np.stack([grid.choices[:, 0] * grid.choices[:, 1], grid.choices[:, 1] * grid.choices[:, 2]], axis=1)
    terms = fitted_terms(grid, 0, 2, values, (packages, pairs.astype(float)))
    scaled = fitted_terms(grid, 0, 2, values * [1e-3, 1e3], (packages, pairs.astype(float)))
    np.testing.assert_allclose(terms, scaled, rtol=1e-6, atol=1e-6)
    assert np.abs(terms - pairs).mean() < np.abs(pairs - pairs.mean(axis=0)).mean()


@pytest.mark.parametrize(
    ("low", "high", "right"),
    [
        (0.0, 2.0, True),
        (-0.99, -0.98, True),
        (-1.0, 2.0, False),
        (0.5, 0.5, False),
        (0.5, 0.4, False),
        (0.0, float("inf"), False),
    ],
)
def test_bounds_of_rates_leave_a_price_and_room_between_them(low: float, high: float, right: bool) -> None:
    if right:
        assert (RateBounds(low, high).low, RateBounds(low, high).high) == (low, high)
    else:
        with pytest.raises(InputError, match="above -1, the first below the second"):
            RateBounds(low, high)
