"""Solving the equations: one fast method, and slower ones for when it fails.

The fast method iterates wages, prices and expenditure together, each preconditioned by what is local to a
country, under Anderson acceleration. What it returns has passed the equations in their original form.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.factors import Preconditioner
from kosho.equilibrium.kernel import SMALL_CELL, Levels, Point, System, Values, evaluate, levels
from kosho.errors import ConvergenceError

__all__ = ["Solution", "SolverReport", "find"]

Array = NDArray[np.float64]

MEMORY = 10
WAGE_CAP = 0.3
"""Largest step of a log wage in one iteration."""
PRICE_CAP = 1.0
SPENDING_FLOOR = 0.2
"""Expenditure falls at most to this share of its last value in one iteration."""
SAFETY = 0.5
"""Iteration stops at this share of the tolerance, so that the equations written out meet all of it."""


@dataclass(frozen=True, slots=True)
class SolverReport:
    """How an equilibrium was found."""

    iterations: int
    residual: float
    """Largest relative gap of any equation, written out in full."""
    seconds: float
    method: str


@dataclass(frozen=True, eq=False)
class Solution:
    """An equilibrium of `system`."""

    system: System
    point: Point
    levels: Levels
    report: SolverReport


@dataclass(frozen=True, slots=True)
class _Try:
    """Settings of one joint iteration."""

    name: str
    damping: float
    limit: int


@dataclass(frozen=True, eq=False)
class _End:
    """Where a joint iteration ended."""

    point: Point
    gaps: Array  # largest gap by country (N,)
    iterations: int
    converged: bool


_TRIES = (_Try("joint", 0.35, 120), _Try("joint, damped", 0.15, 250), _Try("joint, more damped", 0.08, 500))


def find(system: System, countries: tuple[str, ...], tol: float) -> Solution:
    """The equilibrium of `system`.

    Args:
        system: The equations.
        countries: Codes, for messages.
        tol: Largest relative gap allowed in any equation.

    Raises:
        ConvergenceError: no method reached `tol`.
    """
    started = time.perf_counter()
    iterations = 0
    best: _End | None = None
    for name, end in _ladder(system, tol):
        iterations += end.iterations
        if end.converged:
            full = levels(system, end.point)
            if full.residual <= tol:
                report = SolverReport(iterations, full.residual, time.perf_counter() - started, name)
                return Solution(system, end.point, full, report)
        if best is None or np.nan_to_num(end.gaps, nan=np.inf).max() < best.gaps.max():
            best = end
    assert best is not None  # noqa: S101 - the ladder has rungs
    worst = int(best.gaps.argmax())
    raise ConvergenceError(
        float(best.gaps[worst]),
        countries[worst],
        iterations,
        "a smaller shock or deficits='zero' may have an answer",
    )


def _ladder(system: System, tol: float) -> Iterator[tuple[str, _End]]:
    start = _start(system)
    for attempt in _TRIES:
        yield attempt.name, _joint(system, start, attempt, tol)


def _start(system: System) -> Point:
    base = system.base
    return Point(np.zeros_like(base.value_added), np.zeros_like(base.spending), base.spending)


def _joint(system: System, start: Point, attempt: _Try, tol: float) -> _End:
    base, pre = system.base, system.base.base_preconditioner
    count, size = len(base.value_added), base.spending.size
    unit = np.where(base.spending > 0, base.spending, 1.0)
    state = np.concatenate([start.log_wage, start.log_price.ravel(), (start.spending / unit).ravel()])
    accelerate = Anderson(state.size, MEMORY)
    step = np.empty_like(state)
    point, gaps = start, np.full(count, np.inf)
    for iteration in range(attempt.limit):
        values = evaluate(system, point)
        gaps = _gaps(values, point)
        worst = gaps.max()
        if worst <= SAFETY * tol or not np.isfinite(worst):
            return _End(point, gaps, iteration, bool(worst <= tol))
        _precondition(values, point, pre, unit, attempt.damping, step)
        following = accelerate.next(state, step)
        spending = following[count + size :]
        np.maximum(spending, SPENDING_FLOOR * state[count + size :], out=spending)
        state = following
        point = Point(
            state[:count],
            state[count : count + size].reshape(base.spending.shape),
            spending.reshape(base.spending.shape) * unit,
        )
    return _End(point, gaps, attempt.limit, converged=False)


def _precondition(
    values: Values, point: Point, pre: Preconditioner, unit: Array, damping: float, step: Array
) -> None:
    """Write the preconditioned gaps into `step`, in the order wages, prices, expenditure over its unit."""
    count, size = len(point.log_wage), point.log_price.size
    step[:count] = np.clip(-damping * (pre.wage @ values.wage_gap), -WAGE_CAP, WAGE_CAP)
    prices = np.matmul(pre.local, values.price_gap[:, :, None].astype(np.float32))[:, :, 0]
    step[count : count + size] = np.clip(prices, -PRICE_CAP, PRICE_CAP).ravel()
    scale = point.spending.sum(axis=1, keepdims=True)
    relative = (values.spending_gap / scale)[:, :, None].astype(np.float32)
    spending = np.matmul(pre.local.transpose(0, 2, 1), relative)[:, :, 0]
    step[count + size :] = (spending * (scale / unit)).ravel()


def _gaps(values: Values, point: Point) -> Array:
    """Largest relative gap of each country `(N,)`."""
    scale = np.maximum(point.spending, SMALL_CELL * point.spending.sum(axis=1, keepdims=True))
    gaps = np.maximum(np.abs(values.price_gap), np.abs(values.spending_gap) / scale).max(axis=1)
    return np.maximum(gaps, np.abs(values.wage_gap))
