"""What a batch counts as a gap: every equation by itself, the worst one told; and where it finds things."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.equilibrium.batch_loops import gaps
from kosho.equilibrium.batch_markets import Markets
from kosho.equilibrium.batch_plan import Chunk

SECTORS, COUNTRIES, MEMBERS = 2, 3, 4


def test_the_worst_equation_of_each_member_is_its_gap() -> None:
    rng = np.random.default_rng(3)
    shape = (SECTORS, COUNTRIES, MEMBERS)
    uses = rng.uniform(0.1, 0.4, (COUNTRIES, SECTORS, SECTORS))
    alpha, scale = rng.uniform(0.2, 0.8, (SECTORS, COUNTRIES)), rng.uniform(5.0, 9.0, (SECTORS, COUNTRIES))
    theta, offset = rng.uniform(2.0, 6.0, SECTORS), rng.normal(0.0, 0.1, (SECTORS, COUNTRIES))
    output, absorbed = rng.uniform(1.0, 5.0, shape), rng.uniform(0.5, 2.0, shape)
    income = rng.uniform(1.0, 9.0, (COUNTRIES, MEMBERS))
    # A state in which every equation holds: prices by their index, expenditure by its uses.
    price = np.log(absorbed) / -theta[:, None, None] + offset[:, :, None]
    spending = np.einsum("nsk,knb->snb", uses, output) + alpha[:, :, None] * income
    total = spending.sum(axis=0)

    def told(price: np.ndarray, spending: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = np.concatenate(
            [
                np.zeros((COUNTRIES, MEMBERS)),
                price.reshape(-1, MEMBERS),
                (spending / scale[:, :, None]).reshape(-1, MEMBERS),
            ]
        )
        out = np.full_like(state, np.nan)
        base = alpha, scale, -theta[:, None], offset
        worst = gaps(uses, (absorbed, output), (state, total, income), base, out)
        return worst, out[COUNTRIES:].reshape(2, *shape)

    worst, found = told(price, spending)
    np.testing.assert_allclose(worst, 0.0, atol=1e-12)
    np.testing.assert_allclose(found, 0.0, atol=1e-12)
    for place in np.ndindex(SECTORS, COUNTRIES):
        for of_prices in (True, False):
            off = np.zeros(shape)
            off[(*place, 1)] = 0.01
            other = (price + off, spending) if of_prices else (price, spending * (1.0 + off))
            worst, found = told(*other)
            wanted = 0.01 if of_prices else 0.01 / 1.01
            assert worst == pytest.approx([0.0, wanted, 0.0, 0.0], abs=1e-12)
            change = -off if of_prices else -off * spending / scale[:, :, None]
            np.testing.assert_allclose(found[0 if of_prices else 1], change, atol=1e-12)


def test_a_market_is_one_of_a_sector_and_an_importer() -> None:
    markets: Any = SimpleNamespace(of=SimpleNamespace(sector=np.array([0, 0, 1]), importer=np.array([0, 1, 1])))
    found = {(j, n): Markets.position(markets, j, n) for j in range(2) for n in range(2)}
    assert found == {(0, 0): 0, (0, 1): 1, (1, 0): -1, (1, 1): 2}


@pytest.mark.parametrize("together", [True, False])
def test_members_that_are_solved_alone_go_to_another_process_as_they_are(together: bool) -> None:
    plan = SimpleNamespace(value=SimpleNamespace(together=together))
    chunk: Any = SimpleNamespace(
        plan=plan, members=(0,), changes="as they are", packed="in columns", thetas=None, flows=()
    )
    assert Chunk.__reduce__(chunk)[1][2] == ("in columns" if together else "as they are")
