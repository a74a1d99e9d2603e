"""Identities that hold in every world, after every shock."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import CELL, build, random_world, rates

from kosho.equilibrium import Outcome, Shock, rebase, solve
from kosho.world import World, labelled

seeds = st.integers(0, 10_000)
closures = st.sampled_from(["fixed", "zero"])
quick = settings(max_examples=15, deadline=None)


def shocked(seed: int, deficits: str, tol: float = 1e-10) -> Outcome:
    world = random_world(seed, countries=3 + seed % 4, sectors=2 + seed % 3, holes=0.15)
    return solve(world, Shock.tariffs(world, rates(world, seed + 1, share=0.6)), deficits, tol)


def new_rates(outcome: Outcome) -> np.ndarray:
    shock, values = outcome.shock, outcome.base.arrays.tariff.copy()
    values[shock.importer, shock.exporter, shock.sector] = shock.tariff
    return values


@quick
@given(seeds, closures)
def test_a_zero_shock_changes_nothing_at_all(seed: int, deficits: str) -> None:
    world = random_world(seed)
    outcome = solve(world, Shock.none(world), deficits)
    assert (outcome.wage == 1.0).all()
    assert (outcome.price == 1.0).all()
    np.testing.assert_allclose(outcome.welfare, 0.0, atol=1e-12)
    np.testing.assert_allclose(outcome.flows, outcome.base.flows, rtol=1e-12)
    np.testing.assert_allclose(outcome.real_value_added / outcome.base.arrays.output.sum(), 0.0, atol=1e-12)


@quick
@given(seeds, closures)
def test_markets_clear_and_budgets_hold(seed: int, deficits: str) -> None:
    outcome = shocked(seed, deficits)
    a, tariff = outcome.base.arrays, new_rates(outcome)
    flows, wage, income = outcome.flows.to_numpy(), outcome.wage.to_numpy(), outcome.income.to_numpy()
    np.testing.assert_allclose(outcome.shares.sum("exporter"), 1.0, rtol=1e-12)
    np.testing.assert_allclose(flows.sum(axis=0), outcome.output, rtol=1e-12)
    np.testing.assert_allclose((flows * (1 + tariff)).sum(axis=1), outcome.expenditure, rtol=1e-9)
    duties = (flows * tariff).sum(axis=(1, 2))
    np.testing.assert_allclose(duties / income, outcome.tariff_revenue.to_numpy() / income, atol=1e-10)
    np.testing.assert_allclose(
        (a.beta * outcome.output.to_numpy()).sum(axis=1), wage * a.value_added, rtol=1e-8
    )
    uses = np.einsum("nkj,nj->nk", a.gamma, outcome.output) + a.alpha * income[:, None]
    np.testing.assert_allclose(uses, outcome.expenditure, rtol=1e-8)
    np.testing.assert_allclose(income, wage * a.value_added + duties + a.deficits, rtol=1e-9)


@quick
@given(seeds, closures)
def test_trade_balances_up_to_deficits_that_are_shares_of_world_value_added(seed: int, deficits: str) -> None:
    outcome = shocked(seed, deficits)
    a, flows = outcome.base.arrays, outcome.flows.to_numpy()
    gap = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2)) - a.deficits
    np.testing.assert_allclose(gap / a.income, 0.0, atol=1e-8)
    np.testing.assert_allclose((outcome.wage.to_numpy() * a.value_added).sum(), a.value_added.sum(), rtol=1e-9)
    if deficits == "zero":
        np.testing.assert_allclose(a.deficits / a.income, 0.0, atol=1e-9)


@quick
@given(seeds)
def test_prices_are_those_of_costs_and_trade_costs(seed: int) -> None:
    outcome = shocked(seed, "fixed")
    a = outcome.base.arrays
    wage, price = outcome.wage.to_numpy(), outcome.price.to_numpy()
    cost = wage[:, None] ** a.beta * np.exp(np.einsum("nkj,nk->nj", a.gamma, np.log(price)))
    np.testing.assert_allclose(outcome.cost, cost, rtol=1e-12)
    kappa = (1 + new_rates(outcome)) / (1 + a.tariff)
    inside = (a.shares * (kappa * cost[None, :, :]) ** -a.theta).sum(axis=1)
    np.testing.assert_allclose(inside ** (-1 / a.theta), price, rtol=1e-8)
    wanted = a.shares * (kappa * cost[None, :, :] / price[:, None, :]) ** -a.theta
    np.testing.assert_allclose(outcome.shares, wanted, atol=1e-9)


@quick
@given(seeds, st.floats(1e-3, 1e3))
def test_the_unit_of_money_does_not_matter(seed: int, unit: float) -> None:
    world = random_world(seed)
    other = build(
        world.flows.to_numpy() * unit,
        tariff=world.tariff.to_numpy(),
        io_share=world.io_share.to_numpy(),
        theta=world.theta.to_numpy(),
    )
    change = rates(world, seed)
    first = solve(world, Shock.tariffs(world, change), tol=1e-11)
    second = solve(other, Shock.tariffs(other, change), tol=1e-11)
    np.testing.assert_allclose(first.welfare, second.welfare, atol=1e-10)
    np.testing.assert_allclose(first.wage, second.wage, rtol=1e-9)
    np.testing.assert_allclose(first.flows * unit, second.flows, rtol=1e-7)


@quick
@given(seeds, closures)
def test_the_order_of_countries_and_sectors_does_not_matter(seed: int, deficits: str) -> None:
    world = random_world(seed, countries=5, sectors=3)
    rng = np.random.default_rng(seed)
    countries = [world.countries[n] for n in rng.permutation(5)]
    sectors = [world.sectors[j] for j in rng.permutation(3)]
    cell = dict(zip(CELL, (countries, countries, sectors), strict=True))
    other = World.from_flows(
        world.flows.sel(cell),
        tariff=world.tariff.sel(cell),
        io_share=world.io_share.sel(country=countries, input=sectors, sector=sectors),
        theta=world.theta.sel(sector=sectors),
    )
    change = rates(world, seed)
    first = solve(world, Shock.tariffs(world, change), deficits, 1e-11)
    second = solve(other, Shock.tariffs(other, change), deficits, 1e-11)
    np.testing.assert_allclose(first.welfare.sel(country=countries), second.welfare, atol=1e-10)
    np.testing.assert_allclose(first.flows.sel(cell), second.flows, rtol=1e-6, atol=1e-12)


@quick
@given(seeds)
def test_splitting_a_sector_into_identical_halves_changes_nothing(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2, balanced=True)
    parts = np.array([[0.3, 0.7, 0.0], [0.0, 0.0, 1.0]])  # sector -> three sectors
    flows = world.flows.to_numpy() @ parts
    expand = parts > 0
    # The halves are separate sectors that move alike: same theta, same recipe, fixed spending shares.
    tariff = world.tariff.to_numpy() @ expand
    inputs = np.einsum("nkj,kK,jJ->nKJ", world.io_share.to_numpy(), parts, expand.astype(float))
    other = build(flows, tariff=tariff, io_share=inputs, theta=world.theta.to_numpy() @ expand)
    change = rates(world, seed)
    first = solve(world, Shock.tariffs(world, change), tol=1e-11)
    wide = labelled(change.to_numpy() @ expand, CELL, other.countries, other.sectors)
    second = solve(other, Shock.tariffs(other, wide), tol=1e-11)
    np.testing.assert_allclose(first.welfare, second.welfare, atol=1e-10)
    np.testing.assert_allclose(first.flows.to_numpy() @ parts, second.flows, rtol=1e-6)


@quick
@given(seeds)
def test_a_country_split_into_identical_halves_fares_as_before(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2, tariffs=False)
    halves = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    flows = np.einsum("nij,nN,iI->NIj", world.flows.to_numpy(), halves, halves)
    member = (halves > 0).astype(float)
    inputs = np.einsum("nkj,nN->Nkj", world.io_share.to_numpy(), member)
    other = build(flows, io_share=inputs, theta=world.theta.to_numpy())
    # Each foreign country taxes both halves alike; the halves tax others alike and one another never.
    change = np.nan_to_num(rates(world, seed).to_numpy())
    wide = np.einsum("nij,nN,iI->NIj", change, member, member)
    first = solve(
        world, Shock.tariffs(world, labelled(change, CELL, world.countries, world.sectors)), tol=1e-11
    )
    second = solve(other, Shock.tariffs(other, labelled(wide, CELL, other.countries, other.sectors)), tol=1e-11)
    np.testing.assert_allclose(first.welfare.to_numpy() @ member, second.welfare, atol=1e-9)


@quick
@given(seeds, closures)
def test_a_rebased_world_is_an_equilibrium_and_stays_one(seed: int, deficits: str) -> None:
    world = random_world(seed, holes=0.2)
    shares = world.final_share.to_numpy()[:, ::-1].copy()
    crooked = build(
        world.flows.to_numpy(),
        tariff=world.tariff.to_numpy(),
        io_share=world.io_share.to_numpy(),
        theta=world.theta.to_numpy(),
        final_share=shares,
    )
    base = rebase(crooked, deficits)
    assert base.imbalance < 1e-9
    assert rebase(base, deficits) is base
    assert rebase(crooked, deficits) is base
    np.testing.assert_array_equal(base.final_share, crooked.final_share)
    if deficits == "fixed":
        np.testing.assert_allclose(
            base.arrays.deficits, crooked.arrays.deficits, atol=1e-8 * base.arrays.income.max()
        )
