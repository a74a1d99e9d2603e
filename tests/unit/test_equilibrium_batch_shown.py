"""How a batch shows itself: what failed is said, a batch of nothing is nothing, arrays carry their units."""

from __future__ import annotations

import warnings

import pytest

from kosho.equilibrium import BatchOutcome, Counterfactual, Flow, Purchase, Shock, solve, solve_batch
from kosho.world import World, toy


@pytest.fixture(scope="module")
def world() -> World:
    return toy()


@pytest.fixture(scope="module")
def impossible(world: World) -> Counterfactual:
    """More cars than there are."""
    more = Purchase(name="more", flows=(Flow("USA", "JPN", "C29"),), amount=1e7)
    return Counterfactual(Shock.none(world), (more,))


def shown(batch: BatchOutcome) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert batch._repr_html_()
        return repr(batch)


def test_members_without_an_equilibrium_are_named(world: World, impossible: Counterfactual) -> None:
    higher = Shock.tariffs(world, {("USA", "JPN", "C29"): 0.5})
    batch = solve_batch(world, [Shock.none(world), impossible, higher])
    text = shown(batch)
    assert "no equilibrium   1 of 3: number 1" in text
    assert "welfare of JPN   -3.48 % to 0 %" in text
    assert "nan" not in text
    alone = shown(solve_batch(world, [impossible, impossible]))
    assert "no equilibrium   2 of 2: number 0, 1" in alone
    assert "welfare" not in alone


def test_a_batch_of_nothing_shows_itself(world: World) -> None:
    assert shown(solve_batch(world, [])) == "BatchOutcome of 0 shocks"


def test_arrays_of_a_batch_have_the_units_of_an_outcome(world: World) -> None:
    batch, one = solve_batch(world, [Shock.none(world)]), solve(world, Shock.none(world))
    for name in ("welfare", "equivalent_variation", "real_value_added"):
        assert getattr(batch, name).attrs == getattr(one, name).attrs != {}
    assert batch.residual.attrs == {"units": "fraction"}
