"""The solver's step at home: few looks at the equations, and a gradient that goes the same way back."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.equilibrium import Closure, Shock, gradient, solve
from kosho.equilibrium.preconditioners import factors_of
from kosho.world import World, load


def car_tariff(regions: str | None = None) -> tuple[World, Shock]:
    world = load(regions=regions, sectors=regions) if regions else load()
    rates = {("USA", code, "C29"): 0.25 for code in world.countries if code != "USA"}
    return world, Shock.tariffs(world, rates)


@pytest.mark.parametrize(
    ("closure", "most"),
    [
        (Closure(), 11),
        (Closure(labour_supply=0.5), 12),
        (Closure(labour_supply=1.0), 12),
        (Closure(capital="accumulated"), 12),
        (Closure(labour_mobility=1.5), 25),
    ],
)
def test_a_tariff_takes_few_looks_at_the_equations(closure: Closure, most: int) -> None:
    world, change = car_tariff("talks")
    outcome = solve(world, change, closure=closure)
    assert outcome.solver.method == "joint"
    assert outcome.solver.iterations <= most
    assert gradient(outcome, "USA").iterations <= most


def test_the_whole_table_takes_hardly_more() -> None:
    world, change = car_tariff()
    outcome = solve(world, change)
    assert outcome.solver.iterations <= 14
    assert gradient(outcome, "USA").iterations <= 14


def test_steps_of_prices_and_expenditure_are_transposed_by_those_of_a_gradient() -> None:
    local = factors_of(load(regions="talks", sectors="talks")).local
    rng = np.random.default_rng(3)
    gap, sold, wanted = (rng.standard_normal(local.follow.shape) for _ in range(3))
    assert (wanted * local.prices(gap)).sum() == pytest.approx((local.costs(wanted) * gap).sum(), rel=1e-5)
    before, after = local.wanted(wanted)
    there = (wanted * local.spending(gap, sold)).sum()
    assert there == pytest.approx((after * gap).sum() + ((after - before) * sold).sum(), rel=1e-5)


def test_what_inputs_of_lost_sales_add_needs_no_look_at_inputs() -> None:
    factors = factors_of(load(regions="talks", sectors="talks"))
    local, home = factors.local, factors.home
    own = np.einsum("jnn->nj", factors.share)
    gap = np.random.default_rng(4).standard_normal(own.shape)
    prices = local.prices(gap)
    cost = np.einsum("nkj,nk->nj", factors.cost_gamma, prices)
    lost = -factors.theta * (factors.output - factors.sold_at_home) * cost
    extra = np.einsum("nkj,nj->nk", factors.gamma, lost)
    found, wanted = local.spending(np.zeros_like(gap), home.sold(prices, gap)), local.spending(extra)
    apart = np.abs(found - wanted).max(axis=1) / np.abs(wanted).max(axis=1)
    assert np.median(apart) < 1e-3
    assert apart.max() < 0.2  # markets that their own producers hardly serve are left out
