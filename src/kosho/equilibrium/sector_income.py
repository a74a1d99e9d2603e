"""What a sector earns, and what that is worth to those who earn it; how it moves with the equilibrium.

Ossa (2014, American Economic Review 104(12), section I.B): the income of an industry is its value added (labour
and profits) and a share of tariff revenue and transfers in proportion to its labour. The incomes of all sectors
add up to the country's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.adjoint import Seeds
from kosho.equilibrium.factor_markets import LEAST
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.preconditioners import Factors
from kosho.world import World

__all__ = ["add_sector_incomes", "base_sector_incomes", "real_sector_incomes"]


def base_sector_incomes(world: World, factors: Factors, home: int) -> Array:
    """Incomes of a country's sectors in the base `(S,)`, in the world's money."""
    output = world.arrays.output[home]
    earned, labour = world.arrays.beta[home] * output, factors.labour[home] * output
    return _incomes(earned, labour, float(world.arrays.income[home]))


def real_sector_incomes(values: Values, base: World, home: int) -> Array:
    """New incomes of a country's sectors at base consumer prices `(S,)`."""
    return _nominal(values, base, home) / _level(values, base, home)


def add_sector_incomes(
    seeds: Seeds, values: Values, base: World, home: int, weights: Mapping[str, float]
) -> None:
    """Add the derivatives of weighted real sector incomes of a country to `seeds`, in place.

    With T the value added of all sectors, L what labour earns (l of each unit of output), m the mean of weights
    v by labour: G = sum v beta Y + m (I - T), so that dG/dI = m and dG/dY = beta (v - m) + l (v - m) (I - T) /
    L, all over the price level.
    """
    a = base.arrays
    weight = np.zeros(len(base.sectors))
    for code, amount in weights.items():
        weight[base.sector_position(code)] = amount
    labour = values.system.base.labour[home]
    paid = labour * values.output[home]
    total = max(float(paid.sum()), LEAST)
    mean = float(weight @ paid) / total
    rest = float(values.income[home]) - float(a.beta[home] @ values.output[home])
    level = _level(values, base, home)
    seeds.income[home] += mean / level
    seeds.output[:, home, 0] += (weight - mean) * (a.beta[home] + labour * (rest / total)) / level
    seeds.log_price[:, home, 0] -= a.alpha[home] * float(weight @ _nominal(values, base, home)) / level


def _nominal(values: Values, base: World, home: int) -> Array:
    output = values.output[home]
    labour = values.system.base.labour[home] * output
    return _incomes(base.arrays.beta[home] * output, labour, float(values.income[home]))


def _incomes(earned: Array, labour: Array, income: float) -> Array:
    """Value added, and a share of the rest of a country's income in proportion to labour."""
    return earned + labour / max(float(labour.sum()), LEAST) * (income - float(earned.sum()))


def _level(values: Values, base: World, home: int) -> float:
    return float(np.exp(base.arrays.alpha[home] @ values.point.log_price[home]))
