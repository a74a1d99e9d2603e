"""Results known in closed form, and a solver in levels against the one in changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from tests.levels import random_economy, solve_levels
from tests.worlds import CELL, build, random_world, rates

from kosho.equilibrium import Part, Shock, solve
from kosho.world import labelled

seeds = st.integers(0, 10_000)
quick = settings(max_examples=10, deadline=None)


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_levels_and_changes_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    economy = random_economy(seed)
    shape = economy.trade_cost.shape
    home = np.arange(shape[0])
    before, after = rng.uniform(0, 0.3, shape), rng.uniform(0, 0.6, shape)
    before[home, home, :] = after[home, home, :] = 0.0
    old, new = solve_levels(economy, before), solve_levels(economy, after)
    world = build(old.flows, tariff=before, io_share=economy.gamma, theta=economy.theta)
    np.testing.assert_allclose(world.final_share, economy.alpha, rtol=1e-9)
    outcome = solve(
        world, Shock.tariffs(world, labelled(after, CELL, world.countries, world.sectors)), tol=1e-11
    )
    np.testing.assert_allclose(outcome.wage, new.wage / old.wage, rtol=1e-8)
    np.testing.assert_allclose(outcome.price, new.price / old.price, rtol=1e-8)
    np.testing.assert_allclose(outcome.flows, new.flows, rtol=1e-7)
    np.testing.assert_allclose(
        1 + outcome.welfare.to_numpy(), new.real_income(economy) / old.real_income(economy), rtol=1e-8
    )


@quick
@given(seeds)
def test_real_wages_follow_home_shares(seed: int) -> None:
    # Arkolakis, Costinot & Rodriguez-Clare (2012), several sectors with inputs: ln of the real wage is
    # -sum over j, k of alpha_j L_jk ln(pi_kk hat) / theta_k with L the Leontief inverse of input shares.
    world = random_world(seed, countries=4, sectors=3)
    outcome = solve(world, Shock.tariffs(world, rates(world, seed, high=2.0)), tol=1e-11)
    a = world.arrays
    home = np.einsum("nnj->nj", outcome.shares.to_numpy()) / np.einsum("nnj->nj", a.shares)
    inverse = np.linalg.inv(np.eye(3) - a.gamma.transpose(0, 2, 1))
    predicted = -np.einsum("nj,njk,nk->n", a.alpha, inverse, np.log(home) / a.theta)
    np.testing.assert_allclose(np.log1p(outcome.real_wage), predicted, atol=1e-8)


@quick
@given(seeds)
def test_autarky_costs_the_gains_from_trade(seed: int) -> None:
    world = random_world(seed, countries=4, sectors=2, tariffs=False, balanced=True)
    alone = world.countries[1]
    closed = {
        (n, i, j): np.inf
        for n in world.countries
        for i in world.countries
        for j in world.sectors
        if n != i and alone in (n, i)
    }
    outcome = solve(world, Shock.costs(world, closed), tol=1e-10)
    a = world.arrays
    inverse = np.linalg.inv(np.eye(2) - a.gamma[1].T)
    loss = a.alpha[1] @ inverse @ (np.log(a.shares[1, 1]) / a.theta)
    np.testing.assert_allclose(np.log1p(float(outcome.welfare.sel(country=alone))), loss, atol=1e-8)
    foreign = outcome.flows.sel(importer=alone).drop_sel(exporter=alone)
    assert (foreign == 0.0).all()


@pytest.mark.parametrize(("count", "theta", "rate"), [(2, 4.0, 0.3), (5, 1.3, 1.0), (3, 30.0, 0.1)])
def test_symmetric_countries(count: int, theta: float, rate: float) -> None:
    home = 0.7
    flows = np.full((count, count, 1), (1 - home) / (count - 1))
    flows[np.arange(count), np.arange(count), 0] = home
    world = build(flows, theta=theta)
    new = {(n, i, "S00"): rate for n in world.countries for i in world.countries if n != i}
    outcome = solve(world, Shock.tariffs(world, new), tol=1e-12)
    abroad = (1 - home) * (1 + rate) ** -theta
    price = (home + abroad) ** (-1 / theta)
    income = 1 / (1 - abroad / (home + abroad) * rate / (1 + rate))
    np.testing.assert_allclose(outcome.wage, 1.0, rtol=1e-11)
    np.testing.assert_allclose(outcome.welfare, income / price - 1, rtol=1e-9)


@quick
@given(seeds, st.floats(0.05, 0.8))
def test_lerner_symmetry(seed: int, rate: float) -> None:
    # With balanced trade a uniform import tariff is a uniform export tax (a rent the exporter holds).
    world = random_world(seed, countries=3, sectors=2, tariffs=False)
    home, *others = world.countries
    tariff = [Part(home, i, j, tariff=rate) for i in others for j in world.sectors]
    tax = [Part(n, home, j, rent=rate, holder=home) for n in others for j in world.sectors]
    first, second = (solve(world, Shock.parts(world, parts), "zero", 1e-11) for parts in (tariff, tax))
    np.testing.assert_allclose(first.welfare, second.welfare, atol=1e-9)
    np.testing.assert_allclose(first.shares, second.shares, atol=1e-9)


@quick
@given(seeds)
def test_at_free_trade_small_tariffs_only_move_the_terms_of_trade(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2, tariffs=False)
    step = 1e-4
    up, down = (
        solve(world, Shock.tariffs(world, {("C00", "C01", "S00"): sign * step}, insist=True), "zero", 1e-13)
        for sign in (1, -1)
    )
    slope = (up.welfare - down.welfare) / (2 * step)
    terms = (up.terms_of_trade - down.terms_of_trade) / (2 * step)
    np.testing.assert_allclose(slope, terms, atol=1e-6)
    assert float(abs(slope).max()) > 1e-5
    np.testing.assert_allclose(up.volume_of_trade, 0.0, atol=1e-15)


@quick
@given(seeds)
def test_first_order_welfare_is_first_order(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2)
    base = world.tariff
    slopes = []
    for size in (1e-2, 5e-3):
        outcome = solve(world, Shock.tariffs(world, base * (1 - size)), tol=1e-12)
        slopes.append(outcome.welfare - outcome.welfare_first_order)
    # What is left shrinks with the square of the change.
    left, smaller = (float(abs(x).max()) for x in slopes)
    assert smaller < 0.3 * left


@pytest.mark.parametrize(("theta", "home"), [(3.0, 0.8), (6.0, 0.6), (2.0, 0.9)])
def test_optimal_tariff_of_one_of_two_countries(theta: float, home: float) -> None:
    # Alvarez & Lucas (2007): t* = 1 / (theta pi_ff), pi_ff the other country's share of its own goods at t*.
    world = build([[[home], [1 - home]], [[1 - home], [home]]], theta=theta)

    def loss(rate: float) -> float:
        outcome = solve(world, Shock.tariffs(world, {("C00", "C01", "S00"): rate}), "zero", 1e-12)
        return -float(outcome.welfare.sel(country="C00"))

    best = minimize_scalar(loss, bounds=(0.0, 2.0), method="bounded", options={"xatol": 1e-9}).x
    outcome = solve(world, Shock.tariffs(world, {("C00", "C01", "S00"): best}), "zero", 1e-12)
    own = float(outcome.shares.sel(importer="C01", exporter="C01", sector="S00"))
    assert best == pytest.approx(1 / (theta * own), rel=1e-5)
