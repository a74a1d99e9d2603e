"""Closures against the equations of the manual in another form: in levels, all at once, by a root finder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.optimize import root
from tests.worlds import random_world

from kosho.equilibrium import Closure, Shock, solve
from kosho.world import World

TAXES = {"C00": 0.3, "C01": 0.2, "C02": 0.4}
CASES = {
    "plain": Closure(),
    "supply": Closure(labour_supply=0.7, labour_tax=TAXES),
    "relief": Closure(labour_supply=0.5, labour_tax=TAXES, revenue="tax-relief"),
    "kept": Closure(labour_supply=0.3, labour_tax=TAXES, revenue="kept"),
    "capital": Closure(capital="accumulated", capital_share=0.33),
    "mobility": Closure(labour_mobility=1.7),
    "profits": Closure(profits=["S00"]),
    "absorbed": Closure(absorbed={"S00": 0.6}),
    "proportional": Closure(deficits="proportional"),
    "all": Closure(
        labour_supply=0.5,
        labour_tax=TAXES,
        revenue="tax-relief",
        capital="accumulated",
        capital_share=0.4,
        labour_mobility=1.5,
        profits=["S00"],
        absorbed={"S00": 0.8},
        deficits="proportional",
    ),
}


@dataclass
class Base:
    """Accounts of the base, and what a closure takes of them."""

    world: World
    closure: Closure

    def __post_init__(self) -> None:
        a, closure = self.world.arrays, self.closure
        self.output = a.flows.sum(0)
        paid = (1 + a.tariff) * a.flows
        self.spent = paid.sum(1)
        self.share = paid / self.spent[:, None, :]
        self.revenue = (a.tariff * a.flows).sum((1, 2))
        self.deficit = a.flows.sum((1, 2)) - a.flows.sum((0, 2))
        self.income = (a.beta * self.output).sum(1) + self.revenue + self.deficit
        self.margin = np.zeros_like(a.beta)
        for code in closure.profits:
            j = self.world.sectors.index(code)
            self.margin[:, j] = np.minimum(1 / (a.theta[j] + 1), 0.9 * a.beta[:, j])
        share = closure.capital_share if closure.capital == "accumulated" else 0.0
        assert isinstance(share, float)
        self.capital = share * (a.beta - self.margin)
        self.labour = a.beta - self.margin - self.capital
        self.earned = self.labour * self.output
        self.taxed = np.array([TAXES[code] if closure.labour_tax else 0.0 for code in self.world.countries])


def economy(base: Base, new: np.ndarray, x: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """What follows from log wages, prices, spending and wages by sector, and what is left of the equations."""
    world, closure, a = base.world, base.closure, base.world.arrays
    count, size = a.beta.shape
    parts = np.split(x, [count, count + count * size, count + 2 * count * size])
    log_wage, log_price, log_spent, log_paid = parts[0], *(part.reshape(count, size) for part in parts[1:])
    ratio, borne = (1 + new) / (1 + a.tariff), np.zeros_like(new)
    for code, share in closure.absorbed.items():
        borne[:, :, world.sectors.index(str(code))] = share
    mark = ratio**-borne
    final = np.exp((a.alpha * log_price).sum(1))
    inputs = np.einsum("nkj,nk->nj", a.gamma, log_price)
    rental = np.log(final)[:, None]
    log_cost = (base.labour * log_paid + base.capital * rental + inputs) / (1 - base.margin)
    pull = base.share * (np.exp(log_cost)[None] * ratio * mark) ** -a.theta
    bought = (base.spent * np.exp(log_spent))[:, None, :] * pull / pull.sum(1)[:, None, :]
    customs = bought / (1 + new)
    made = (customs / mark).sum(0)
    revenue, borne_by_makers = (new * customs).sum((1, 2)), (customs * (1 - 1 / mark)).sum((0, 2))
    wage, value = np.exp(log_wage), base.earned.sum(1)
    work, relief = np.ones(count), np.ones(count)
    for _ in range(400):
        if closure.revenue == "tax-relief":
            change = revenue / (wage * work * value) - base.revenue / value
            relief = (1 - base.taxed + change) / (1 - base.taxed)
        work = (relief * wage / final) ** closure.labour_supply
    deficit = base.deficit
    if closure.deficits == "proportional":
        size_now = made.sum(1)
        deficit = base.deficit / base.output.sum(1) * size_now
        deficit = deficit - deficit.sum() * size_now / size_now.sum()
    others = ((base.capital + base.margin) * made).sum(1)
    income = wage * work * value + others + revenue + borne_by_makers + deficit
    market = np.log((base.labour * made).sum(1) / (wage * work * value))
    market[-1] = (a.beta * made).sum() / (
        a.beta * base.output
    ).sum() - 1  # the numeraire, for one of the markets
    spending = a.alpha * income[:, None] + np.einsum("nkj,nj->nk", a.gamma, made)
    skill = np.log(base.labour * made / base.earned / (wage * work)[:, None]) / closure.labour_mobility
    left = (
        -np.log(pull.sum(1)) / a.theta - log_price,
        np.log(spending / base.spent) - log_spent,
        log_wage[:, None] + skill - log_paid,
    )
    told = {"final": final, "work": work, "income": income, "revenue": revenue}
    return told, np.concatenate([market, *(one.ravel() for one in left)])


@pytest.mark.parametrize("name", CASES)
def test_every_closure_solves_the_equations_of_the_manual(name: str) -> None:
    world, closure = random_world(1, 3, 2), CASES[name]
    new = world.arrays.tariff.copy()
    rates = {("C00", "C01", "S00"): 0.6, ("C00", "C01", "S01"): 0.5, ("C01", "C00", "S00"): 0.0}
    for (n, i, j), rate in rates.items():
        new[world.countries.index(n), world.countries.index(i), world.sectors.index(j)] = rate
    base = Base(world, closure)
    found = root(lambda x: economy(base, new, x)[1], np.zeros(3 + 3 * 6), tol=1e-13)
    told, left = economy(base, new, found.x)
    assert np.abs(left).max() < 1e-9

    outcome = solve(world, Shock.tariffs(world, rates), closure=closure)
    real, kappa = told["income"] / told["final"] / base.income - 1, closure.labour_supply
    worked = (1 - base.taxed) * base.earned.sum(1) / base.income
    leisure = kappa / (1 + kappa) * worked * (told["work"] ** (1 + 1 / kappa) - 1) if kappa else 0.0
    kept = (told["revenue"] / told["final"] - base.revenue) / base.income if closure.revenue == "kept" else 0.0
    for array, wanted in (
        (outcome.welfare, real - leisure - kept),
        (outcome.real_income, real),
        (outcome.employment, told["work"] - 1),
        (outcome.consumer_prices, told["final"] - 1),
    ):
        np.testing.assert_allclose(array, wanted, atol=2e-8)
    parts = outcome.decomposition
    np.testing.assert_allclose(sum(parts[one] for one in parts), outcome.welfare, atol=1e-12)
