from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.worlds import random_world

from kosho.errors import InputError
from kosho.world import draw_elasticities, load, low_elasticity
from kosho.world.elasticities import elasticities_of


def test_services_are_five_and_vehicles_as_estimated():
    theta = load().theta
    assert theta.sel(sector="G").item() == 5.0
    assert theta.sel(sector="C29").item() == pytest.approx(8.981)
    assert (theta > 0).all()


def test_the_low_set_scales_all_alike_into_the_published_range():
    world = load()
    low = low_elasticity(world)
    ratio = low.theta / world.theta
    np.testing.assert_allclose(ratio, ratio[0])
    trade = world.arrays.flows.sum(axis=(0, 1)) - np.einsum("nns->s", world.arrays.flows)
    goods = [place for place, code in enumerate(world.sectors) if code[0] in "ABC"]
    mean = np.average(low.theta.to_numpy()[goods], weights=trade[goods]) + 1.0
    assert 1.75 <= mean <= 2.25
    np.testing.assert_array_equal(low.flows, world.flows)


def test_draws_repeat_with_their_seed_and_are_centred():
    world = load(regions="talks", sectors="talks")
    draws = np.array([draw.to_numpy() for draw in draw_elasticities(world, 4000, seed=7)])
    assert (draws > 0).all()
    np.testing.assert_allclose(np.median(draws, axis=0), world.theta, rtol=0.05)
    assert world.theta_spread is not None
    np.testing.assert_allclose(np.log(draws).std(axis=0), world.theta_spread, rtol=0.06)
    between = np.corrcoef(np.log(draws).T)
    np.testing.assert_allclose(between[np.triu_indices(len(between), 1)].mean(), 0.5, atol=0.05)
    again = draw_elasticities(world, 2, seed=7)
    other = draw_elasticities(world, 2, seed=8)
    np.testing.assert_array_equal(again[1], draw_elasticities(world, 2, seed=7)[1])
    assert not np.array_equal(again[0], other[0])
    assert world.with_theta(again[0]).theta.sel(sector="C29").item() == again[0].sel(sector="C29").item()


def test_draws_need_a_spread_and_a_number():
    with pytest.raises(InputError, match="no spread"):
        draw_elasticities(random_world(1), 3, seed=1)
    with pytest.raises(InputError, match="a whole number, 1 or more"):
        draw_elasticities(load(), 0, seed=1)


def test_draws_stay_positive_however_wide():
    world = load()
    wide = replace(world, theta_spread=world.theta.copy(data=np.full(50, 20.0)))
    assert all((draw > 0).all() for draw in draw_elasticities(wide, 20, seed=2))


def test_a_sector_without_elasticity_is_named():
    with pytest.raises(InputError, match="no elasticity for sector 'C92'"):
        elasticities_of(["A01", "C92"], np.array([0, 1]), np.ones(2))
