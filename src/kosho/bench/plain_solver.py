"""The plain way to solve the model, kept to compare with.

It follows the authors' published programs: at given wages prices are iterated to their fixed point from one,
shares are formed, and expenditure is one dense linear system of all countries and sectors. Only the outer loop
is better than theirs: wages move under Anderson acceleration. `dense=False` replaces the linear system by its
fixed-point iteration, which is the stronger opponent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.world import World
from kosho.world.table import Arrays

DAMPING = 0.3
MEMORY = 8


@dataclass(frozen=True)
class Plain:
    """An equilibrium found the plain way."""

    wage: Array  # hats (N,)
    price: Array  # hats (N, S)
    welfare: Array  # change of real income (N,)
    rounds: int


def solve_plain(world: World, rates: Array, tol: float = 1e-8, *, dense: bool = True) -> Plain:
    """Effects of new tariffs `rates` `[importer, exporter, sector]`, deficits fixed."""
    a = world.arrays
    factor = (a.shares * ((1.0 + rates) / (1.0 + a.tariff)) ** -a.theta).transpose(2, 0, 1).copy()
    net = (1.0 / (1.0 + rates)).transpose(2, 0, 1).copy()
    wage = np.ones(len(a.beta))
    points: list[Array] = []
    steps: list[Array] = []
    for rounds in range(1, 500):
        price, share = _prices(factor, a, wage, 0.1 * tol)
        spend = _dense if dense else _loops
        output, income = spend(share, net, a, wage, 0.1 * tol)
        earned = (a.beta * output).sum(axis=1)
        step = np.log(earned / (wage * a.value_added))
        if np.abs(step).max() < tol:
            level = np.exp((a.alpha * np.log(price)).sum(axis=1))
            return Plain(wage, price, income / a.income / level - 1.0, rounds)
        points.append(np.log(wage))
        steps.append(DAMPING * step)
        wage = np.exp(_anderson(points[-MEMORY:], steps[-MEMORY:]))
        wage /= (wage * a.value_added).sum() / a.value_added.sum()
    raise RuntimeError("the plain solver did not converge")


def _prices(factor: Array, a: Arrays, wage: Array, tol: float) -> tuple[Array, Array]:
    inputs = a.gamma.transpose(0, 2, 1).copy()
    own = a.beta * np.log(wage)[:, None]
    log_price = np.zeros_like(a.beta)
    power = total = np.ones_like(a.beta.T)
    for _ in range(1000):
        log_cost = own + np.matmul(inputs, log_price[:, :, None])[:, :, 0]
        power = np.exp(-a.theta * log_cost).T.copy()
        total = np.matmul(factor, power[:, :, None])[:, :, 0]
        total[total <= 0] = 1.0
        new = -np.log(total).T / a.theta
        gap = np.abs(new - log_price).max()
        log_price = new
        if gap < tol:
            break
    return np.exp(log_price), factor * power[:, None, :] / total[:, :, None]


def _dense(share: Array, net: Array, a: Arrays, wage: Array, _tol: float) -> tuple[Array, Array]:
    count, sectors = a.beta.shape
    received = net * share
    kept = share.sum(axis=2) - received.sum(axis=2)
    system = -np.einsum("nkj,jmn->nkmj", a.gamma, received)
    every = np.arange(count)
    system[every, :, every, :] -= a.alpha[:, :, None] * kept.T[:, None, :]
    system = system.reshape(count * sectors, count * sectors)
    system[np.diag_indices(count * sectors)] += 1.0
    fixed = a.alpha * (wage * a.value_added + a.deficits)[:, None]
    spending = np.linalg.solve(system, fixed.ravel()).reshape(count, sectors)
    return _output_and_income(spending, received, kept, a, wage)


def _loops(share: Array, net: Array, a: Arrays, wage: Array, tol: float) -> tuple[Array, Array]:
    received = net * share
    kept = share.sum(axis=2) - received.sum(axis=2)
    spending = a.expenditure
    for _ in range(1000):
        output, income = _output_and_income(spending, received, kept, a, wage)
        new = np.matmul(a.gamma, output[:, :, None])[:, :, 0] + a.alpha * income[:, None]
        gap = (np.abs(new - spending).max(axis=1) / new.sum(axis=1)).max()
        spending = new
        if gap < tol:
            break
    return _output_and_income(spending, received, kept, a, wage)


def _output_and_income(
    spending: Array, received: Array, kept: Array, a: Arrays, wage: Array
) -> tuple[Array, Array]:
    output = np.matmul(received.transpose(0, 2, 1), spending.T[:, :, None])[:, :, 0].T
    return output, wage * a.value_added + (kept.T * spending).sum(axis=1) + a.deficits


def _anderson(points: list[Array], steps: list[Array]) -> Array:
    if len(points) == 1:
        return points[-1] + steps[-1]
    moves = np.diff(np.array(points), axis=0).T
    changes = np.diff(np.array(steps), axis=0).T
    weights = np.linalg.lstsq(changes, steps[-1], rcond=None)[0]
    return points[-1] + steps[-1] - (moves + changes) @ weights
