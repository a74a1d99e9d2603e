"""Promises to buy of which a part would be bought anyway."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kosho.equilibrium import Counterfactual, Flow, Purchase, Quota, Shock, solve, solve_batch
from kosho.errors import InputError
from kosho.world import toy

CROPS = (Flow("JPN", "USA", "A01"),)
CARS = (Flow("USA", "JPN", "C29"),)
DEARER = {("JPN", "USA", "A01"): 0.1, ("USA", "JPN", "C29"): 0.15}
PROMISES = {
    "level": Purchase(name="crops", flows=CROPS, amount=24_000),
    "increment": Purchase(name="crops", flows=CROPS, amount=4_000, basis="increment", measured="value"),
    "share": Purchase(name="crops", flows=CROPS, amount=1.2, basis="share"),
}


def outcome(*constraints, shock=None):
    return solve(toy(), Counterfactual(shock or Shock.tariffs(toy(), DEARER), constraints))


@pytest.mark.parametrize("basis", PROMISES)
def test_none_on_top_is_no_purchase_and_all_on_top_the_whole(basis):
    promise, none = PROMISES[basis], outcome()
    nothing, whole = outcome(replace(promise, additional=0.0)), outcome(replace(promise, additional=1.0))
    # Bounds are met to 1e-7 of what is bought.
    np.testing.assert_allclose(nothing.welfare, none.welfare, rtol=0, atol=1e-7)
    (bound,) = nothing.constraints
    assert bound.required == pytest.approx(bound.free, rel=1e-6)
    assert bound.wedge < 1e-5
    (all_of_it,) = whole.constraints
    assert all_of_it.required == outcome(promise).constraints[0].required
    assert all_of_it.wedge > 0.01


@pytest.mark.parametrize("basis", PROMISES)
def test_what_is_bought_grows_evenly_with_the_share_on_top(basis):
    shares = [0.0, 0.25, 0.5, 0.75, 1.0]
    bounds = [outcome(replace(PROMISES[basis], additional=share)).constraints[0] for share in shares]
    reached, wedges = [one.reached for one in bounds], [one.wedge for one in bounds]
    assert wedges == sorted(wedges)
    even = np.interp(shares, [0, 1], [bounds[-1].free, bounds[-1].required])
    np.testing.assert_allclose(reached, even, rtol=1e-6)


def test_what_is_bought_anyway_is_found_with_all_else_in_place():
    fewer = Quota(name="fewer", flows=CARS, amount=0.5, basis="share", holder="exporter")
    nothing = outcome(fewer, replace(PROMISES["level"], additional=0.0))
    np.testing.assert_allclose(nothing.welfare, outcome(fewer).welfare, rtol=0, atol=1e-7)


def test_less_than_is_bought_anyway_binds_nobody():
    little = Purchase(name="crops", flows=CROPS, amount=1_000, additional=0.5)
    (bound,) = outcome(little).constraints
    assert not bound.binds
    assert bound.required == 1_000


def test_a_batch_gives_what_each_member_gives_alone():
    shock = Shock.tariffs(toy(), DEARER)
    shares = np.linspace(0, 1, 40)
    changes = [
        Counterfactual(shock, (replace(PROMISES["increment"], additional=float(share)),)) for share in shares
    ]
    many = solve_batch(toy(), changes)
    assert many.report.alone == ()
    alone = np.stack([solve(toy(), changes[k]).welfare.to_numpy() for k in (0, 9, 39)])
    np.testing.assert_allclose(many.welfare[[0, 9, 39]], alone, rtol=0, atol=1e-7)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_beyond_one_is_refused(share):
    with pytest.raises(InputError, match="a share from 0 to 1"):
        replace(PROMISES["level"], additional=share)
