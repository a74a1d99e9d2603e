"""An independent solver in levels: technology, labour and trade costs in; prices, flows and incomes out.

Deliberately plain (loops over countries and sectors, a damped wage iteration); no code of the product in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Economy:
    technology: np.ndarray  # T (N, S)
    labour: np.ndarray  # L (N,)
    trade_cost: np.ndarray  # d (N importer, N exporter, S)
    theta: np.ndarray  # (S,)
    beta: np.ndarray  # (N, S)
    gamma: np.ndarray  # (N, S input, S)
    alpha: np.ndarray  # (N, S)
    deficit: np.ndarray  # (N,), sums to zero, in units of world value added, which is one


@dataclass(frozen=True)
class Levels:
    wage: np.ndarray
    price: np.ndarray
    flows: np.ndarray  # net of tariff
    income: np.ndarray

    def real_income(self, economy: Economy) -> np.ndarray:
        return self.income / np.prod(self.price**economy.alpha, axis=1)


def random_economy(seed: int, countries: int = 3, sectors: int = 2) -> Economy:
    rng = np.random.default_rng(seed)
    beta = rng.uniform(0.4, 0.9, (countries, sectors))
    recipe = rng.dirichlet(np.ones(sectors), (countries, sectors)).transpose(0, 2, 1)
    cost = rng.uniform(1.2, 2.0, (countries, countries, sectors))
    cost[np.arange(countries), np.arange(countries), :] = 1.0
    deficit = rng.uniform(-0.02, 0.02, countries)
    return Economy(
        technology=rng.lognormal(0.0, 0.5, (countries, sectors)),
        labour=rng.lognormal(0.0, 0.5, countries),
        trade_cost=cost,
        theta=rng.uniform(2.0, 6.0, sectors),
        beta=beta,
        gamma=recipe * (1.0 - beta)[:, None, :],
        alpha=rng.dirichlet(np.ones(sectors), countries),
        deficit=deficit - deficit.mean(),
    )


def solve_levels(economy: Economy, tariff: np.ndarray) -> Levels:
    e, count = economy, len(economy.labour)
    sectors = len(e.theta)
    wage = np.ones(count) / e.labour.sum()
    price = np.ones((count, sectors)) * wage[:, None]
    for _ in range(20_000):
        for _ in range(400):
            cost = wage[:, None] ** e.beta
            for n in range(count):
                for j in range(sectors):
                    cost[n, j] *= np.prod(price[n] ** e.gamma[n, :, j])
            reach = e.technology * cost**-e.theta
            weight = reach[None, :, :] * (e.trade_cost * (1 + tariff)) ** -e.theta
            new = weight.sum(axis=1) ** (-1 / e.theta)
            gap = np.abs(np.log(new / price)).max()
            price = new
            if gap < 1e-15:
                break
        share = weight / weight.sum(axis=1, keepdims=True)
        spending = _spending(e, share, tariff, wage)
        flows = share * spending[:, None, :] / (1 + tariff)
        earned = (e.beta * flows.sum(axis=0)).sum(axis=1)
        excess = earned / (wage * e.labour)
        wage = wage * excess**0.3
        wage /= (wage * e.labour).sum()
        if np.abs(excess - 1).max() < 1e-13:
            break
    revenue = (flows * tariff).sum(axis=(1, 2))
    return Levels(wage, price, flows, wage * e.labour + revenue + e.deficit)


def _spending(e: Economy, share: np.ndarray, tariff: np.ndarray, wage: np.ndarray) -> np.ndarray:
    """The linear system of expenditure, solved dense: one unknown a country and sector."""
    count, sectors = e.alpha.shape
    system, fixed = np.eye(count * sectors), np.zeros(count * sectors)
    for n in range(count):
        for k in range(sectors):
            row = n * sectors + k
            fixed[row] = e.alpha[n, k] * (wage[n] * e.labour[n] + e.deficit[n])
            for m in range(count):
                for j in range(sectors):
                    sold = share[m, n, j] / (1 + tariff[m, n, j])
                    system[row, m * sectors + j] -= e.gamma[n, k, j] * sold
                    duty = tariff[n, m, j] / (1 + tariff[n, m, j]) * share[n, m, j]
                    system[row, n * sectors + j] -= e.alpha[n, k] * duty
    return np.linalg.solve(system, fixed).reshape(count, sectors)
