"""The fast method: wages, prices and expenditure iterated together.

Each is preconditioned by what is local to a country, and the whole accelerated (Anderson).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.factors import Local
from kosho.equilibrium.kernel import SMALL_CELL, Point, System, Values, evaluate

__all__ = ["End", "Pace", "iterate"]

Array = NDArray[np.float64]

MEMORY = 10
WAGE_CAP = 0.3
"""Largest step of a log wage in one iteration."""
PRICE_CAP = 1.0
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
class End:
    """Where an iteration ended: the best point seen."""

    point: Point
    gaps: Array  # largest relative gap by country (N,)
    iterations: int
    converged: bool


def iterate(system: System, start: Point, local: Local, pace: Pace) -> End:
    """Anderson-accelerated iteration on wages, prices and expenditure together; ends at the best point seen."""
    base = system.base
    count, size = len(base.value_added), base.spending.size
    unit = np.where(base.spending > 0, base.spending, 1.0)
    state = np.concatenate([start.log_wage, start.log_price.ravel(), (start.spending / unit).ravel()])
    accelerate = Anderson(state.size, MEMORY)
    step = np.empty_like(state)
    point, best, least = start, start, np.full(count, np.inf)
    for iteration in range(pace.limit):
        values = evaluate(system, point)
        gaps = _gaps(values, point, wages=pace.damping > 0)
        worst = gaps.max()
        if worst < least.max():
            best, least = point, gaps
        if worst <= pace.tol:
            return End(point, gaps, iteration, converged=True)
        if not np.isfinite(worst):
            return End(best, least, iteration, converged=False)
        wages = -pace.damping * (base.wage @ values.wage_gap) if pace.damping > 0 else 0.0
        step[:count] = np.clip(wages, -WAGE_CAP, WAGE_CAP)
        step[count : count + size] = np.clip(local.prices(values.price_gap), -PRICE_CAP, PRICE_CAP).ravel()
        scale = point.spending.sum(axis=1, keepdims=True)
        step[count + size :] = (local.spending(values.spending_gap / scale) * (scale / unit)).ravel()
        following = accelerate.next(state, step)
        spending = following[count + size :]
        np.maximum(spending, SPENDING_FLOOR * state[count + size :], out=spending)
        state = following
        point = Point(
            state[:count],
            state[count : count + size].reshape(base.spending.shape),
            spending.reshape(base.spending.shape) * unit,
        )
    return End(best, least, pace.limit, converged=False)


def _gaps(values: Values, point: Point, *, wages: bool) -> Array:
    """Largest relative gap of each country `(N,)`."""
    scale = np.maximum(point.spending, SMALL_CELL * point.spending.sum(axis=1, keepdims=True))
    gaps = np.maximum(np.abs(values.price_gap), np.abs(values.spending_gap) / scale).max(axis=1)
    return np.maximum(gaps, np.abs(values.wage_gap)) if wages else gaps
