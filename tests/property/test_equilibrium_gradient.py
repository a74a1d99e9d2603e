"""Gradients against finite differences, and against what theory says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import CELL, random_world, rates

from kosho.equilibrium import Outcome, Part, Shock, solve
from kosho.equilibrium.gradient import Gradient, Payoff, gradient
from kosho.errors import InputError
from kosho.world import World, labelled

TIGHT = 1e-12
STEP = 1e-5


def value(outcome: Outcome, objective: str | Payoff) -> float:
    if isinstance(objective, Payoff):
        return objective.of(outcome)
    return float(outcome.welfare.sel(country=objective))


def derivative(world: World, up: Shock, down: Shock, step: float, objective: str | Payoff) -> float:
    above, below = (value(solve(world, shock, "zero", TIGHT), objective) for shock in (up, down))
    return (above - below) / (2.0 * step)


def largest(found: Gradient) -> float:
    return float(max(abs(found.tariff).max(), abs(found.cost).max()))


@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 10_000), country=st.integers(0, 3))
def test_tariffs_and_costs_of_whole_cells(seed: int, country: int) -> None:
    world = random_world(seed, 4, 3, balanced=True)
    rng = np.random.default_rng(seed)
    new = world.tariff.to_numpy() + rng.uniform(0.0, 0.4, world.tariff.shape)
    new[range(4), range(4)] = 0.0
    factors = rng.uniform(0.8, 1.2, world.tariff.shape)
    objective = world.countries[country]

    def shock(rates: np.ndarray, costs: np.ndarray) -> Shock:
        made = Shock.tariffs(world, labelled(rates, CELL, world.countries, world.sectors))
        index = (made.importer, made.exporter, made.sector)
        return replace(made, cost=costs[index])

    found = gradient(solve(world, shock(new, factors), "zero", TIGHT), objective)
    for _ in range(4):
        n, i, j = rng.integers(4), rng.integers(4), rng.integers(3)
        if n == i:
            continue
        bump = np.zeros_like(new)
        bump[n, i, j] = STEP
        by_tariff = derivative(world, shock(new + bump, factors), shock(new - bump, factors), STEP, objective)
        grown = factors * np.exp(bump), factors * np.exp(-bump)
        by_cost = derivative(world, shock(new, grown[0]), shock(new, grown[1]), STEP, objective)
        assert float(found.tariff[n, i, j]) == pytest.approx(by_tariff, abs=2e-6 * largest(found))
        assert float(found.cost[n, i, j]) == pytest.approx(by_cost, abs=2e-6 * largest(found))


@pytest.mark.parametrize("seed", [1, 2])
def test_parts_with_rents_and_a_payoff_with_weights(seed: int) -> None:
    world = random_world(seed, 4, 3, balanced=True)
    a, b, c, d = world.countries
    base = float(world.tariff.sel(importer=a, exporter=b, sector="S00"))
    parts = [
        Part(a, b, "S00", share=0.4, tariff=base + 0.2, rent=0.1, holder=b, part="cars"),
        Part(a, b, "S00", share=0.3, tariff=base + 0.05, cost=1.1, part="parts"),
        Part(a, c, "S01", share=1.0, tariff=0.3, rent=0.05, holder=d),
        Part(d, a, "S02", share=0.5, tariff=0.1, base_tariff=0.05, cost=0.9),
    ]
    objective = Payoff(a, {"S00": 0.7, "S02": 0.2})

    def moved(row: int, tariff: float = 0.0, cost: float = 0.0) -> Shock:
        one = parts[row]
        changed = replace(one, tariff=(one.tariff or 0.0) + tariff, cost=one.cost * np.exp(cost))
        return Shock.parts(world, [*parts[:row], changed, *parts[row + 1 :]])

    try:
        outcome = solve(world, Shock.parts(world, parts), "zero", TIGHT)
    except InputError:  # the base tariff of the last part does not fit this world
        parts[3] = replace(parts[3], base_tariff=None)
        outcome = solve(world, Shock.parts(world, parts), "zero", TIGHT)
    found = gradient(outcome, objective)
    size = 2e-6 * largest(found)
    for row in range(4):
        by_tariff = derivative(world, moved(row, tariff=STEP), moved(row, tariff=-STEP), STEP, objective)
        by_cost = derivative(world, moved(row, cost=STEP), moved(row, cost=-STEP), STEP, objective)
        assert found.part_tariff[row] == pytest.approx(by_tariff, abs=size)
        assert found.part_cost[row] == pytest.approx(by_cost, abs=size)
    whole = float(found.cost.sel(importer=a, exporter=c, sector="S01"))
    assert whole == pytest.approx(found.part_cost[2], rel=1e-12)


def test_a_whole_cell_is_all_of_its_parts_and_the_rest() -> None:
    world = random_world(5, 3, 2, balanced=True)
    a, b, _ = world.countries
    base = float(world.tariff.sel(importer=a, exporter=b, sector="S01"))

    def shock(rise: float, cost: float) -> Shock:
        grown = np.exp(cost)
        parts = [
            Part(a, b, "S01", share=0.5, tariff=base + 0.2 + rise, cost=1.2 * grown, part="one"),
            Part(a, b, "S01", share=0.5, tariff=base + rise, cost=grown, part="rest"),
        ]
        return Shock.parts(world, parts)

    listed = gradient(solve(world, shock(0.0, 0.0), "zero", TIGHT), a)
    alone = Shock.parts(world, [Part(a, b, "S01", share=0.5, tariff=base + 0.2, cost=1.2, part="one")])
    implied = gradient(solve(world, alone, "zero", TIGHT), a)
    by_tariff = derivative(world, shock(STEP, 0.0), shock(-STEP, 0.0), STEP, a)
    by_cost = derivative(world, shock(0.0, STEP), shock(0.0, -STEP), STEP, a)
    for found in (listed, implied):
        cell = {"importer": a, "exporter": b, "sector": "S01"}
        assert float(found.tariff.sel(cell)) == pytest.approx(by_tariff, abs=2e-6 * largest(found))
        assert float(found.cost.sel(cell)) == pytest.approx(by_cost, abs=2e-6 * largest(found))


def test_fixed_deficits_too() -> None:
    world = random_world(11, 4, 3)
    shock = Shock.tariffs(world, rates(world, 3))
    found = gradient(solve(world, shock, "fixed", TIGHT), "C02")
    moved = []
    for sign in (1, -1):
        changed = shock.tariff.copy()
        changed[7] += sign * STEP
        moved.append(value(solve(world, replace(shock, tariff=changed), "fixed", TIGHT), "C02"))
    assert found.part_tariff[7] == pytest.approx((moved[0] - moved[1]) / (2 * STEP), abs=2e-6 * largest(found))


def test_at_free_trade_it_is_the_terms_of_trade_effect() -> None:
    """With no tariff anywhere only world prices matter: gains and losses of all countries add up to nothing."""
    world = random_world(4, 4, 3, tariffs=False, balanced=True)
    outcome = solve(world, Shock.none(world), "zero", TIGHT)
    income = world.arrays.income
    total = sum(income[k] * gradient(outcome, code).tariff for k, code in enumerate(world.countries))
    own = abs(income[0] * gradient(outcome, world.countries[0]).tariff).max()
    np.testing.assert_allclose(total, 0.0, atol=1e-5 * float(own))


def test_unknown_names_are_refused() -> None:
    world = random_world(4, 3, 2)
    outcome = solve(world, Shock.none(world))
    with pytest.raises(InputError, match=r"did you mean .*C00"):
        gradient(outcome, "C0O")
    with pytest.raises(InputError, match="S9"):
        gradient(outcome, Payoff("C00", {"S9": 1.0}))
