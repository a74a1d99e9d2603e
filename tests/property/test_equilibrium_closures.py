"""Closures: neutral values, closed forms, and what must add up for every combination of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from tests.closures import EVERY, MIXED, NEUTRAL, change
from tests.worlds import build, random_world

from kosho.equilibrium import Closure, Outcome, Shock, solve
from kosho.world import World

SEEDS = (1, 2, 3)
CASES = [(name, seed) for name in EVERY for seed in SEEDS] + [(name, k) for k, name in enumerate(MIXED, 1)]
"""Every closure on several random worlds, and random combinations on one each."""
CLOSURES = {**EVERY, **MIXED}


def solved(name: str, seed: int) -> Outcome:
    world = random_world(seed, 4, 3)
    return solve(world, change(world, seed), tol=1e-12, closure=CLOSURES[name])


def symmetric(theta: float = 4.0, inputs: float = 0.0) -> tuple[World, Shock]:
    """Equal countries, one sector, and trade that costs a fifth more."""
    flows = np.full((3, 3, 1), 10.0)
    flows[np.arange(3), np.arange(3)] = 80.0
    world = build(flows, theta=theta, io_share=inputs)
    codes = world.countries
    return world, Shock.costs(world, {(n, i, "S00"): 1.2 for n in codes for i in codes if n != i})


@pytest.mark.parametrize("name", NEUTRAL)
def test_neutral_values_leave_everything_as_it_was(name: str) -> None:
    world = random_world(7, 4, 3)
    shock = change(world, 7)
    plain, neutral = (solve(world, shock, tol=1e-13, closure=one) for one in (None, NEUTRAL[name]))
    for array in ("welfare", "wage", "price", "output", "income", "real_gdp", "real_value_added"):
        mine, theirs = (getattr(one, array).to_numpy() for one in (neutral, plain))
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10, err_msg=array)


@pytest.mark.parametrize("name", EVERY)
def test_no_change_is_no_change(name: str) -> None:
    world = random_world(4, 4, 3)
    outcome = solve(world, Shock.none(world), tol=1e-12, closure=EVERY[name])
    for array in ("welfare", "real_income", "real_gdp", "employment", "capital", "consumer_prices"):
        assert np.abs(getattr(outcome, array)).max() < 1e-10, array
    assert np.abs(outcome.decomposition.to_dataarray()).max() < 1e-10


@pytest.mark.parametrize("kappa", [0.25, 0.5, 2.0])
def test_labour_supply_of_equal_countries_has_a_closed_form(kappa: float) -> None:
    world, shock = symmetric()
    static = 1.0 + solve(world, shock, tol=1e-14).welfare.to_numpy()
    moved = solve(world, shock, tol=1e-14, closure=Closure(labour_supply=kappa))
    np.testing.assert_allclose(1.0 + moved.real_income.to_numpy(), static ** (1.0 + kappa), rtol=1e-14)
    np.testing.assert_allclose(1.0 + moved.employment.to_numpy(), static**kappa, rtol=1e-14)
    # Consumption less disutility of work, W = static^(1 + kappa), over income: EV = (W - 1) / (1 + kappa).
    np.testing.assert_allclose(
        moved.welfare.to_numpy(), (static ** (1.0 + kappa) - 1.0) / (1.0 + kappa), rtol=1e-12
    )


@pytest.mark.parametrize("share", [0.2, 1.0 / 3.0, 0.6])
def test_capital_of_equal_countries_has_a_closed_form(share: float) -> None:
    world, shock = symmetric()
    static = 1.0 + solve(world, shock, tol=1e-14).welfare.to_numpy()
    grown = solve(world, shock, tol=1e-14, closure=Closure(capital="accumulated", capital_share=share))
    power = 1.0 / (1.0 - share)
    np.testing.assert_allclose(1.0 + grown.welfare.to_numpy(), static**power, rtol=1e-14)
    np.testing.assert_allclose(1.0 + grown.capital.to_numpy(), static**power, rtol=1e-13)


def test_profits_of_equal_countries_leave_the_gains_from_trade() -> None:
    world, shock = symmetric()
    plain, fixed = (solve(world, shock, tol=1e-14, closure=one) for one in (None, Closure(profits=["S00"])))
    np.testing.assert_allclose(fixed.welfare, plain.welfare, rtol=1e-12)
    sigma = float(world.theta[0]) + 1.0
    np.testing.assert_allclose(fixed.profits, fixed.output.sum("sector") / sigma, rtol=1e-12)


def test_economies_of_scale_are_employment_to_their_power() -> None:
    world, shock = symmetric()
    plain, scaled = (
        solve(world, shock, tol=1e-13, closure=Closure(labour_supply=0.5, scale=psi)) for psi in (0.0, 0.1)
    )
    # w/P falls by the static effect and by L^-psi: L = (s L^psi)^kappa.
    static = (1.0 + plain.employment.to_numpy()) ** 2.0
    expected = static ** (0.5 / (1.0 - 0.05))
    np.testing.assert_allclose(1.0 + scaled.employment.to_numpy(), expected, rtol=1e-11)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_markets_and_budgets_clear(name: str, seed: int) -> None:
    out, closure = solved(name, seed), CLOSURES[name]
    base = out.base
    world_value = float(base.arrays.value_added.sum())
    paid = out.shares * out.expenditure.rename(country="importer")
    # What is paid goes to the treasury, to makers, or to holders of rents.
    assert float(abs(paid.sum() - out.flows.sum() - out.tariff_revenue.sum() - out.rents.sum())) < 1e-9 * float(
        paid.sum()
    )
    # Makers' own receipts and what they bear make up their costs and profits.
    made = out.flows.sum(["importer", "sector"]).to_numpy() + out.absorbed_duty.to_numpy()
    np.testing.assert_allclose(made, out.output.sum("sector"), rtol=1e-11)
    # Uses are inputs and final demand.
    inputs = np.einsum("nkj,nj->nk", base.arrays.gamma, out.output.to_numpy())
    final = base.arrays.alpha * out.income.to_numpy()[:, None]
    np.testing.assert_allclose(out.expenditure.to_numpy(), inputs + final, rtol=1e-9)
    # Value added is labour income, capital income and profits; its world sum is the numeraire.
    value_added = (base.arrays.beta * out.output.to_numpy()).sum(axis=1)
    assert value_added.sum() == pytest.approx(world_value, rel=1e-10)
    others = value_added - out.labour_income.to_numpy() - out.profits.to_numpy()
    if closure.capital == "in-place":
        np.testing.assert_allclose(others, 0.0, atol=1e-9 * world_value)
    else:
        assert (others > 0).all()
    # Makers keep their share of receipts, at most 0.9 of value added.
    margin = np.zeros(len(base.sectors))
    for code in closure.profits:
        j = base.sector_position(code)
        margin[j] = (
            closure.profits[code] if isinstance(closure.profits, Mapping) else 1 / (base.arrays.theta[j] + 1)
        )
    kept = np.minimum(margin, 0.9 * base.arrays.beta) * out.output.to_numpy()
    np.testing.assert_allclose(out.profits, kept.sum(axis=1), atol=1e-12 * world_value)
    # Income is value added, revenue, rents less what makers bear, and deficits that add up to nothing.
    deficits = out.income - value_added - out.tariff_revenue - out.rents + out.absorbed_duty
    assert abs(float(deficits.sum())) < 1e-9 * world_value
    if closure.deficits == "fixed":
        np.testing.assert_allclose(deficits, base.arrays.deficits, atol=1e-9 * world_value)
    elif closure.deficits == "zero":
        np.testing.assert_allclose(deficits, 0.0, atol=1e-8 * world_value)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_labour_is_supplied_and_divided_as_the_closure_says(name: str, seed: int) -> None:
    out, closure = solved(name, seed), CLOSURES[name]
    base = out.base.arrays
    level = 1.0 + out.consumer_prices.to_numpy()
    employment = 1.0 + out.employment.to_numpy()
    if closure.labour_supply:
        kept = np.ones(len(level))
        income = out.labour_income.to_numpy()
        before = base.value_added
        if closure.revenue == "tax-relief":
            tax = closure.labour_tax
            assert tax is not None
            rate = np.array([tax if isinstance(tax, float) else tax.get(c, 0.0) for c in out.base.countries])
            shares = out.solution.values.system.base.labour
            before = (shares * base.output).sum(axis=1)
            gain = out.tariff_revenue.to_numpy() / income - base.revenue / before
            kept = (1.0 - rate + gain) / (1.0 - rate)
        supply = (kept * out.wage.to_numpy() / level) ** closure.labour_supply
        np.testing.assert_allclose(employment, supply, rtol=1e-10)
    else:
        np.testing.assert_allclose(employment, 1.0, rtol=1e-14)
    if np.isfinite(closure.labour_mobility):
        shares = out.solution.values.system.base.labour
        old, new = shares * base.output, shares * out.output.to_numpy()
        moved = (new / new.sum(axis=1, keepdims=True)) / (old / old.sum(axis=1, keepdims=True))
        wages = out.sector_wage.to_numpy() / out.wage.to_numpy()[:, None]
        np.testing.assert_allclose(wages**closure.labour_mobility, moved, rtol=1e-9)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_what_welfare_is_made_of_adds_up(name: str, seed: int) -> None:
    out = solved(name, seed)
    parts = out.decomposition
    np.testing.assert_allclose(parts.to_dataarray().sum("variable"), out.welfare, atol=1e-15)
    base = out.base.arrays
    gdp = base.value_added + base.revenue
    volume = parts["volume"] + parts["revenue"] + parts["profits"]
    np.testing.assert_allclose(volume, out.real_gdp * gdp / base.income, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_absorbed_duties_are_borne_by_the_maker(seed: int) -> None:
    world = random_world(seed, 4, 3)
    shock = Shock.tariffs(world, {("C00", "C01", "S00"): 0.5, ("C00", "C02", "S00"): 0.5})
    share = 0.6
    out = solve(world, shock, tol=1e-12, closure=Closure(absorbed={("C01", "S00"): share}))
    before = 1.0 + float(world.tariff.sel(importer="C00", exporter="C01", sector="S00"))
    markdown = (1.5 / before) ** -share
    cell = {"importer": "C00", "exporter": "C01", "sector": "S00"}
    paid = float(out.shares.sel(cell) * out.expenditure.sel(country="C00", sector="S00"))
    customs = float(out.flows.sel(cell))
    assert paid == pytest.approx(1.5 * customs, rel=1e-12)  # f + h to the maker, g to the treasury
    loss = float(out.absorbed_duty.sel(country="C01"))
    assert loss == pytest.approx(customs * (1.0 / markdown - 1.0), rel=1e-12)
    assert float(abs(out.absorbed_duty).sum()) == pytest.approx(loss)
    assert loss > 0
    assert out.shock is shock


def test_nothing_is_absorbed_of_a_duty_that_does_not_change() -> None:
    world = random_world(3, 4, 3)
    shock = Shock.costs(world, {("C00", "C01", "S00"): 1.3})
    plain, full = (solve(world, shock, closure=one) for one in (None, Closure(absorbed={"S00": 1.0})))
    assert (plain.welfare == full.welfare).all()


def test_the_use_of_revenue_hardly_matters_without_a_tax_and_does_with_one() -> None:
    world = random_world(2, 4, 3)
    shock = Shock.tariffs(world, {("C00", i, "S00"): 0.3 for i in ("C01", "C02", "C03")})

    def gain(tax: float, use: str) -> float:
        closure = Closure(labour_supply=0.5, labour_tax=tax, revenue=use)  # pyright: ignore[reportArgumentType]
        return float(solve(world, shock, closure=closure).welfare.sel(country="C00"))

    untaxed = gain(0.0, "tax-relief") - gain(0.0, "lump-sum")
    taxed = gain(0.4, "tax-relief") - gain(0.4, "lump-sum")
    assert abs(untaxed) < 0.2 * abs(taxed)


def test_revenue_that_is_kept_is_no_gain_of_households() -> None:
    world = random_world(2, 4, 3)
    shock = Shock.tariffs(world, {("C00", i, "S00"): 0.3 for i in ("C01", "C02", "C03")})
    paid, kept = (solve(world, shock, closure=one) for one in (None, Closure(revenue="kept")))
    level = 1.0 + paid.consumer_prices
    more = (paid.tariff_revenue / level - world.arrays.revenue) / world.arrays.income
    np.testing.assert_allclose(paid.welfare - kept.welfare, more, atol=1e-14)
    np.testing.assert_array_equal(paid.real_income, kept.real_income)
