"""The fast method: wages, prices and expenditure iterated together.

Each is preconditioned by what is local to a country. What prices and expenditure do at home to the labour
market is eliminated before the wage step, and they follow it; the whole is accelerated (Anderson).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.kernel import SMALL_CELL, Iterate, System, Values, evaluate
from kosho.equilibrium.preconditioners import Factors, Local

__all__ = ["Ended", "Pace", "iterate"]


MEMORY = 10
WAGE_CAP = 0.3
"""Largest step of a log wage in one iteration."""
PRICE_CAP = 1.0
LARGE = 100_000
"""Entries of K above which reading it bounds the speed, and single precision pays until the gap is `ROUGH`."""
ROUGH = 1e-5
SPENDING_FLOOR = 0.2
"""Expenditure falls at most to this share of its last value in one iteration."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How an iteration moves and when it ends."""

    tol: float
    limit: int
    damping: float = 0.0
    """Of wage steps; zero holds wages, and the labour market is not looked at."""


@dataclass(frozen=True, eq=False)
class Ended:
    """Where an iteration ended: the best point seen."""

    point: Iterate
    gaps: Array  # largest relative gap by country (N,)
    iterations: int
    converged: bool
    values: Values | None = None
    """What the equations say there, where they were asked last."""


def iterate(system: System, start: Iterate, local: Local, pace: Pace) -> Ended:
    """Anderson-accelerated iteration on wages, prices and expenditure together; ends at the best point seen."""
    base = system.base
    count, size = len(base.value_added), base.spending.size
    unit = np.where(base.spending > 0, base.spending, 1.0)
    blocks = [start.log_wage, start.log_price.ravel(), (start.spending / unit).ravel()]
    if start.premium is not None:
        blocks.append(start.premium.ravel())
    state = np.concatenate(blocks)
    accelerate = Anderson(state.size, MEMORY)
    step = np.empty_like(state)
    point, best, least = start, start, np.full(count, np.inf)
    equations, large = system, system.factor.size > LARGE
    for iteration in range(pace.limit):
        values = evaluate(equations, point)
        gaps = _gaps(values, point, wages=pace.damping > 0)
        worst = gaps.max()
        if large and iteration == 0 and worst > ROUGH:  # what begins near enough is never rough
            equations = system.in_single()
        elif equations is not system and not worst > ROUGH:
            equations = system
            continue
        if worst < least.max():
            best, least = point, gaps
        if worst <= pace.tol:
            return Ended(point, gaps, iteration, converged=True, values=values)
        if not np.isfinite(worst):
            return Ended(best, least, iteration, converged=False)
        price_gap, premium = values.price_gap, None
        if values.premium_gap is not None:
            premium = values.premium_gap / base.premium.answer
            price_gap = price_gap + base.premium.follow * premium
        wages, prices, spending = _step(base, local, values, price_gap, pace.damping)
        step[:count] = wages
        step[count : count + size] = np.clip(prices, -PRICE_CAP, PRICE_CAP).ravel()
        step[count + size : count + 2 * size] = (spending / unit).ravel()
        if premium is not None:
            step[count + 2 * size :] = premium.ravel()
        following = accelerate.next(state, step)
        spending = following[count + size : count + 2 * size]
        np.maximum(spending, SPENDING_FLOOR * state[count + size : count + 2 * size], out=spending)
        state = following
        point = Iterate(
            state[:count],
            state[count : count + size].reshape(base.spending.shape),
            spending.reshape(base.spending.shape) * unit,
            None if point.premium is None else state[count + 2 * size :].reshape(base.spending.shape),
        )
    return Ended(best, least, pace.limit, converged=False)


def _step(
    base: Factors, local: Local, values: Values, price_gap: Array, damping: float
) -> tuple[Array, Array, Array]:
    """Of log wages `(N,)`, log prices and expenditure `(N, S)`."""
    scale = values.point.spending.sum(axis=1, keepdims=True)
    prices = local.prices(price_gap)
    if damping == 0:
        return np.zeros_like(values.wage_gap), prices, local.spending(values.spending_gap / scale) * scale
    home = base.home
    spending = local.spending(values.spending_gap / scale, home.sold(prices, price_gap) / scale) * scale
    gap = home.labour(values.wage_gap, prices, spending)
    wages = np.clip(-damping * (base.wage @ gap), -WAGE_CAP, WAGE_CAP)
    return wages, prices + local.follow * wages[:, None], spending + home.answer * wages[:, None]


def _gaps(values: Values, point: Iterate, *, wages: bool) -> Array:
    """Largest relative gap of each country `(N,)`."""
    scale = np.maximum(point.spending, SMALL_CELL * point.spending.sum(axis=1, keepdims=True))
    gaps = np.maximum(np.abs(values.price_gap), np.abs(values.spending_gap) / scale).max(axis=1)
    if values.premium_gap is not None:
        gaps = np.maximum(gaps, np.abs(values.premium_gap).max(axis=1))
    return np.maximum(gaps, np.abs(values.wage_gap)) if wages else gaps
