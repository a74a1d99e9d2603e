"""Identities that hold in every world, after every shock."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import random_world, rates

from kosho.equilibrium import Outcome, Shock, solve

seeds = st.integers(0, 10_000)
closures = st.sampled_from(["fixed", "zero"])
quick = settings(max_examples=15, deadline=None)


def shocked(seed: int, deficits: str, tol: float = 1e-10) -> Outcome:
    world = random_world(seed, countries=3 + seed % 4, sectors=2 + seed % 3, holes=0.15)
    return solve(world, Shock.tariffs(world, rates(world, seed + 1, share=0.6)), deficits, tol)


@quick
@given(seeds, closures)
def test_a_zero_shock_changes_nothing_at_all(seed: int, deficits: str) -> None:
    world = random_world(seed)
    outcome = solve(world, Shock.none(world), deficits)
    assert (outcome.wage == 1.0).all()
    assert (outcome.price == 1.0).all()
    np.testing.assert_allclose(outcome.welfare, 0.0, atol=1e-12)
    np.testing.assert_allclose(outcome.flows, outcome.base.flows, rtol=1e-12)


@quick
@given(seeds, closures)
def test_markets_clear_and_budgets_hold(seed: int, deficits: str) -> None:
    outcome = shocked(seed, deficits)
    base, a = outcome.base, outcome.base.arrays
    flows = outcome.flows.to_numpy()
    new_rates = np.where(np.isnan(outcome_rates(outcome)), a.tariff, outcome_rates(outcome))
    wage = outcome.wage.to_numpy()
    np.testing.assert_allclose(outcome.shares.sum("exporter"), 1.0, rtol=1e-12)
    # Producers receive what buyers pay less duties, and pay it all out.
    np.testing.assert_allclose(flows.sum(axis=0), outcome.output, rtol=1e-12)
    np.testing.assert_allclose((flows * (1 + new_rates)).sum(axis=1), outcome.expenditure, rtol=1e-9)
    np.testing.assert_allclose(
        (flows * new_rates).sum(axis=(1, 2)), outcome.tariff_revenue, atol=1e-8 * a.income.max()
    )
    np.testing.assert_allclose(
        (a.beta * outcome.output.to_numpy()).sum(axis=1), wage * a.value_added, rtol=1e-8
    )
    uses = np.einsum("nkj,nj->nk", a.gamma, outcome.output) + a.alpha * outcome.income.to_numpy()[:, None]
    np.testing.assert_allclose(uses, outcome.expenditure, rtol=1e-8)
    # Walras: trade balances up to the deficit, which is a constant share of world value added.
    deficit = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
    np.testing.assert_allclose(deficit, a.deficits, atol=1e-8 * a.income.sum())
    np.testing.assert_allclose((wage * a.value_added).sum(), a.value_added.sum(), rtol=1e-9)
    if deficits == "zero":
        np.testing.assert_allclose(deficit / a.income, 0.0, atol=1e-8)
    assert base.imbalance < 1e-9


def outcome_rates(outcome: Outcome) -> np.ndarray:
    shock, rates = outcome.shock, np.full(outcome.base.flows.shape, np.nan)
    rates[shock.importer, shock.exporter, shock.sector] = shock.tariff
    return rates
