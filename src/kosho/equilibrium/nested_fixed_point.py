"""Nested fixed point: prices and expenditure settle at given wages, then wages clear each country's trade.

The excess it drives to zero is ln(exports + deficit) - ln(imports + surplus), written so that both sides stay
positive. Unlike the labour market it still speaks clearly where trade has become tiny, as behind prohibitive
tariffs, and wages may have to move by factors before it clears.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.fixed_point import Ended, Pace, iterate
from kosho.equilibrium.kernel import Iterate, System, Values, evaluate
from kosho.equilibrium.preconditioners import WAGE_RIDGE, Local, local_block
from kosho.equilibrium.system import blend

__all__ = ["homotopy", "nested_fixed_point"]


ROUNDS = 80
INNER = 80
SHORTEST = 1e-3
"""Fraction of a step, of wages or of homotopy, below which a method gives up."""
STAGE_TOLERANCE = 1e-6
"""For the stages of a homotopy before the last."""
STEP_CAP = 1.0
"""Largest change of a log wage in a round."""
NO_TRADE = 50.0
"""Bound of the log excess where one side of a country's trade has vanished."""


@dataclass(frozen=True, eq=False)
class _Trial:
    """Prices and expenditure settled at some wages."""

    end: Ended
    values: Values
    local: Local
    excess: Array  # (N,)
    merit: float


def nested_fixed_point(system: System, start: Iterate, tol: float) -> Ended:
    """Newton-like rounds on wages, each shortened until excesses fall.

    The wages' Jacobian is that of trade flows at the shares reached, with incomes following wages.
    """
    trial = _settle(system, start, None, tol)
    iterations, length = trial.end.iterations, 1.0
    for _ in range(ROUNDS):
        residual = trial.values.residual
        if residual <= tol or not np.isfinite(residual) or length < SHORTEST:
            break
        try:
            step = length * _direction(system, trial)
        except np.linalg.LinAlgError:  # no direction clears trade here
            break
        following = _settle(system, _moved(system, trial.end.point, step), trial.local, tol)
        iterations += following.end.iterations
        if following.merit < trial.merit:
            trial, length = following, min(1.0, 2.0 * length)
        else:
            length *= 0.4
    gaps = trial.values.worst
    return Ended(trial.end.point, gaps, iterations, bool(gaps.max() <= tol))


def homotopy(system: System, start: Iterate, tol: float) -> Ended:
    """The shock is phased in, each stage solved by `nested_fixed_point` from the one before."""
    point, done, stride, iterations = start, 0.0, 0.1, 0
    gaps = evaluate(system, start).worst
    while stride > SHORTEST:
        stage = min(1.0, done + stride)
        last = stage >= 1.0
        staged = system if last else blend(system, stage)
        end = nested_fixed_point(staged, point, tol if last else STAGE_TOLERANCE)
        iterations += end.iterations
        if end.converged and last:
            return Ended(end.point, end.gaps, iterations, converged=True)
        if end.converged:
            point, done, stride = end.point, stage, 1.5 * stride
            gaps = evaluate(system, point).worst
        else:
            stride *= 0.4
    return Ended(point, gaps, iterations, converged=False)


def _moved(system: System, point: Iterate, step: Array) -> Iterate:
    """Wages after a step that keeps world value added; prices and expenditure follow their country's wage."""
    weight = system.base.value_added / system.base.value_added.sum()
    step = step - np.log((np.exp(point.log_wage + step) * weight).sum())
    rise = step[:, None]
    return replace(
        point,
        log_wage=point.log_wage + step,
        log_price=point.log_price + rise,
        spending=point.spending * np.exp(rise),
    )


def _settle(system: System, start: Iterate, local: Local | None, tol: float) -> _Trial:
    """Prices and expenditure at the wages of `start`, with the preconditioner of the shares reached."""
    local = local or _renewed(evaluate(system, start))
    end = iterate(system, start, local, Pace(0.02 * tol, INNER))
    values = evaluate(system, end.point)
    excess = _excess(values)
    merit = float(np.sqrt(np.mean(excess**2)))
    if not end.converged:
        # Wages cannot be judged before prices have settled.
        merit += NO_TRADE * float(end.gaps.max())
    return _Trial(end, values, _renewed(values), excess, merit)


def _renewed(values: Values) -> Local:
    return local_block(values.system.base, values.share, values.net_share)


def _trade(values: Values) -> Array:
    """Net flows between countries `(S, N, N)`, domestic sales left out."""
    trade = values.net_flow.copy()
    home = np.arange(trade.shape[1])
    trade[:, home, home] = 0.0
    return trade


def _sides(values: Values, trade: Array) -> tuple[Array, Array]:
    """Exports and rents received with a deficit, imports and rents paid with a surplus; each `(N,)`."""
    sold = trade.sum(axis=(0, 1)) + values.rents
    bought = trade.sum(axis=(0, 2)) + values.rents_paid
    deficits = values.incomes.deficits
    return sold + np.maximum(deficits, 0.0), bought + np.maximum(-deficits, 0.0)


def _excess(values: Values) -> Array:
    sold, bought = _sides(values, _trade(values))
    tiny = np.finfo(float).tiny
    gap = np.log(np.maximum(sold, tiny)) - np.log(np.maximum(bought, tiny))
    return np.clip(gap, -NO_TRADE, NO_TRADE)


def _direction(system: System, trial: _Trial) -> Array:
    """Wage step that would clear trade to first order, capped."""
    base, share, point = system.base, trial.values.share, trial.end.point
    count = len(base.value_added)
    trade = _trade(trial.values)
    sold, bought = _sides(trial.values, trade)
    reach = trial.local.reach.T
    spread = share * reach[:, None, :]
    exports = trade.reshape(-1, count).T @ spread.reshape(-1, count) + trade.sum(axis=0).T
    exports -= np.diag((trade.sum(axis=1) * reach).sum(axis=0))
    imports = np.einsum("jn,jnl->nl", trade.sum(axis=2), spread) - np.einsum("jni,ji->ni", trade, reach)
    imports += np.diag(trade.sum(axis=(0, 2)))
    tiny = np.finfo(float).tiny
    jacobian = exports / np.maximum(sold, tiny)[:, None] - imports / np.maximum(bought, tiny)[:, None]
    jacobian[np.diag_indices(count)] -= WAGE_RIDGE
    wage_bill = np.exp(point.log_wage) * base.value_added
    jacobian -= wage_bill / wage_bill.sum()
    step = np.linalg.solve(jacobian, -trial.excess)
    return step * min(1.0, STEP_CAP / float(np.abs(step).max()))
