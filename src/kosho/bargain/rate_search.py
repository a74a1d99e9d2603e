"""The rates within ranges that make an aim as large as can be, and to how many digits they are known.

From a start, sequential quadratic programming (SLSQP: Kraft 1988) with exact solves and their derivatives. A
smallest gain is made large as a bound on all of them. Then exact solves on both sides of the rates found say
which digits are true; where one of them is better, as where a duty's slope jumps, that rate is sought by
golden section and parabolas (Brent 1973).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import fminbound, minimize, nnls

from kosho.arrays import Array
from kosho.bargain.rate_aims import Aim
from kosho.bargain.rate_cell import RateCell
from kosho.display import Shown

__all__ = ["FoundRates", "best_rates"]

FINEST, WHOLE = 0.001, 1.0
"""Percentage points, units of the last digit; the first by which a move makes an aim smaller is true."""
FIRST, COARSER = (0.01, WHOLE), 0.1
"""Steps that are tried first, and then where the first of them is not told apart; where it is, the finest."""
TOLD_APART = 5e-4
"""Million USD a year: what moves must lose at least to be told from noise (4e-5 within a batch)."""
EXACT = 1e-8
"""Of the programme, in shares of what is at stake."""
ROUNDS = 60
TIES = 1e-6
"""Weight of the mean of all gains beside the smallest: of equals the one that no other beats (Steuer & Choo
1983)."""
FLOOR = 1e-3
"""Share of what is at stake below which the logarithm of a gain goes on as a straight line."""
ACTIVE = 1e-4
"""Shares of what is at stake, or of a range: a bound as near as this is met."""
REPAIRS = 4


_Move = tuple[int, float, Array]


@dataclass(frozen=True, eq=False)
class FoundRates(Shown):
    """Rates at which an aim is largest, within the ranges of one package."""

    rates: Array
    """`[rate]`, percent, rounded to `steps`."""
    steps: Array
    """`[rate]`, percentage points, the unit of the last digit that is true; zero at an end of the range, not a
    number where a whole point more or less cannot be told apart."""
    gains: Array
    """`[party]`."""
    value: float
    """Of the aim, million USD a year."""
    slope: float
    """The largest slope of the aim that neither ends nor other gains close, million USD a year per point."""
    differences: bool
    """Whether slopes were differences of solves."""
    solved: int
    """Equilibria."""


def best_rates(cell: RateCell, aim: Aim, start: Array) -> FoundRates:
    """The rates of a package that make an aim largest, from a start.

    Args:
        cell: The package.
        aim: What to make large.
        start: `[rate]`, percent.

    Raises:
        ConvergenceError: there is no equilibrium at some rates.
    """
    before = len(cell.looks) + len(cell.worth)
    rates = _climbed(cell, aim, start)
    rates, steps = _settled(cell, aim, rates)
    if aim.form == "smallest" and np.isnan(steps).any():
        rates = _best_for_all(cell, aim, rates)
        steps = _steps(cell, aim, rates)
    rates, value, gains = _rounded(cell, aim, rates, steps)
    slope = _left_open(cell, aim, rates)
    last = cell.look(rates)
    solved = len(cell.looks) + len(cell.worth) - before
    return FoundRates(rates, steps, gains, value, slope, last.differences, solved)


@dataclass(frozen=True, eq=False)
class _Programme:
    """An aim as something smooth to make large within smooth bounds, in shares of ranges and of a stake."""

    cell: RateCell
    aim: Aim
    stake: float
    least: float | None = None
    """In shares of the stake, what no weighted gain may fall below while the mean of all is made large."""

    @property
    def _width(self) -> Array:
        ends = self.cell.ends
        return ends[:, 1] - ends[:, 0]

    @property
    def _raised(self) -> bool:
        """Whether the last variable is the smallest gain."""
        return self.aim.form == "smallest" and self.least is None

    def start(self, rates: Array) -> Array:
        """Variables at rates."""
        shares = (rates - self.cell.ends[:, 0]) / self._width
        gains = self._gains(shares)[0]
        return np.append(shares, (gains * self.aim.weights).min()) if self._raised else shares

    def rates(self, variables: Array) -> Array:
        """Percent."""
        shares = variables[: len(self._width)]
        return self.cell.ends[:, 0] + np.clip(shares, 0.0, 1.0) * self._width

    def _gains(self, variables: Array) -> tuple[Array, Array]:
        """Gains and their derivatives `[party, rate]`, in shares."""
        look = self.cell.look(self.rates(variables))
        return look.gains / self.stake, look.slopes * self._width / self.stake

    def value(self, variables: Array) -> tuple[float, Array]:
        """What is made large, and its derivatives."""
        gains, slopes = self._gains(variables)
        weights = self.aim.weights
        if self.least is not None:
            return float(gains.mean()), slopes.mean(axis=0)
        if self.aim.form == "sum":
            return float(weights @ gains), weights @ slopes
        if self.aim.form == "product":
            low = np.maximum(gains, FLOOR)
            logs = np.log(low) + (gains - low) / low
            return float(logs.mean()), (1.0 / low) @ slopes / len(gains)
        mean = weights * TIES / len(gains)
        return float(variables[-1] + mean @ gains), np.append(mean @ slopes, 1.0)

    def bounds(self, variables: Array) -> tuple[Array, Array]:
        """What must not be below zero, and its derivatives."""
        gains, slopes = self._gains(variables)
        weights = self.aim.weights
        if self.least is not None:
            return weights * gains - self.least, weights[:, None] * slopes
        if not self._raised:
            return gains, slopes
        rising = np.concatenate([weights[:, None] * slopes, -np.ones((len(gains), 1))], axis=1)
        return weights * gains - variables[-1], rising

    def left_open(self, variables: Array) -> Array:
        """`[rate]`, the slope per percentage point that no bound closes (Karush, Kuhn & Tucker)."""
        rising = self.value(variables)[1]
        levels, slopes = self.bounds(variables)
        shares = variables[: len(self._width)]
        walls = np.eye(len(variables))[: len(shares)]
        closed = np.concatenate(
            [slopes[levels < ACTIVE], walls[shares < ACTIVE], -walls[shares > 1.0 - ACTIVE]]
        )
        multipliers = nnls(closed.T, -rising)[0] if len(closed) else np.zeros(0)
        left = rising + multipliers @ closed
        if self.aim.form == "product":  # of a mean of logarithms
            gains = np.maximum(self._gains(variables)[0], FLOOR)
            left = left * np.exp(np.log(gains).mean())
        return np.asarray(left[: len(shares)] * self.stake / self._width)


def _programme(cell: RateCell, aim: Aim, rates: Array) -> _Programme:
    gains = cell.look(rates).gains
    return _Programme(cell, aim, max(float(np.abs(gains).max()), 1.0))


def _climbed(cell: RateCell, aim: Aim, start: Array) -> Array:
    return _solved(_programme(cell, aim, start), start)


def _best_for_all(cell: RateCell, aim: Aim, rates: Array) -> Array:
    """Of rates that leave the smallest gain what it is those with the largest mean gain.

    A rate that moves the gains of others alone is not told apart by the smallest; a deal at any of its values
    but the best would be one that another beats.
    """
    one = _programme(cell, aim, rates)
    least = float((cell.look(rates).gains * aim.weights).min()) / one.stake
    moved = _solved(replace(one, least=least), rates)
    gains = cell.gains([rates, moved])
    values, means = aim.values(gains), gains.mean(axis=1)
    return moved if values[1] > values[0] - TOLD_APART and means[1] > means[0] + TOLD_APART else rates


def _solved(one: _Programme, start: Array) -> Array:
    aim, first = one.aim, one.start(start)
    limits = [(0.0, 1.0)] * len(start) + [(None, None)] * (len(first) - len(start))
    bounds = {"type": "ineq", "fun": lambda x: one.bounds(x)[0], "jac": lambda x: one.bounds(x)[1]}
    found = minimize(
        lambda x: tuple(np.negative(part) for part in one.value(x)),
        first,
        jac=True,
        method="SLSQP",
        bounds=limits,
        constraints=[bounds] if aim.rational or aim.form == "smallest" else [],
        options={"ftol": EXACT, "maxiter": ROUNDS},
    )
    return one.rates(np.asarray(found.x))


def _settled(cell: RateCell, aim: Aim, rates: Array) -> tuple[Array, Array]:
    """Rates that no move by a step makes better, and the steps to which they are known."""
    for _repair in range(REPAIRS):
        moves = _moves(cell, rates, FIRST)
        lost = _lost(cell, aim, rates, moves)
        best = int(lost.argmin()) if len(moves) else 0
        if not len(moves) or lost[best] >= -TOLD_APART:
            break
        rates = _searched(cell, aim, moves[best])
    return rates, _steps(cell, aim, rates)


def _steps(cell: RateCell, aim: Aim, rates: Array) -> Array:
    return np.array([_step(cell, aim, rates, k) for k in range(len(rates))])


def _step(cell: RateCell, aim: Aim, rates: Array, k: int) -> float:
    """The unit of a rate's last true digit; zero at an end, not a number where there is none."""
    if (np.abs(rates[k] - cell.ends[k]) <= FINEST / 2).any():
        return 0.0

    def told_apart(step: float) -> bool:
        moves = [move for move in _moves(cell, rates, (step,)) if move[0] == k]
        return bool((_lost(cell, aim, rates, moves) >= TOLD_APART).all())

    if told_apart(FIRST[0]):
        return FINEST if told_apart(FINEST) else FIRST[0]
    return next((step for step in (COARSER, WHOLE) if told_apart(step)), np.nan)


def _lost(cell: RateCell, aim: Aim, rates: Array, moves: Sequence[_Move]) -> Array:
    """`[move]`, by how much each makes the aim smaller."""
    values = aim.values(cell.gains([rates, *(one for _k, _step, one in moves)]))
    here, there = float(values[0]), values[1:]
    lost = np.full(there.shape, np.inf)
    return np.subtract(here, there, out=lost, where=np.isfinite(there))


def _moves(cell: RateCell, rates: Array, steps: Sequence[float]) -> list[_Move]:
    """A rate moved by a step, within its range; with its place and the step."""
    found: list[_Move] = []
    for k, (low, high) in enumerate(cell.ends.tolist()):
        for step, sign in product(steps, (-1.0, 1.0)):
            moved = rates.copy()
            moved[k] += sign * step
            if low <= moved[k] <= high:
                found.append((k, step, moved))
    return found


def _searched(cell: RateCell, aim: Aim, move: _Move) -> Array:
    """The best rates on the line that a better move is on."""
    k, step, rates = move
    low, high = cell.ends[k]

    def at(rate: float) -> Array:
        moved = rates.copy()
        moved[k] = rate
        return moved

    def lost(rate: float) -> float:
        value = float(aim.values(cell.gains([at(rate)]))[0])
        return -value if np.isfinite(value) else 1e12

    within = max(low, rates[k] - 2 * step), min(high, rates[k] + 2 * step)
    best = at(float(np.asarray(fminbound(lost, *within, xtol=FINEST / 4))))
    values = aim.values(cell.gains([best, rates]))
    return best if values[0] >= values[1] else rates


def _rounded(cell: RateCell, aim: Aim, rates: Array, steps: Array) -> tuple[Array, float, Array]:
    """The best of the rates with their true digits around those found, its value and gains."""
    near: list[list[float]] = []
    for rate, step, (low, high) in zip(rates.tolist(), steps.tolist(), cell.ends.tolist(), strict=True):
        if step == 0:
            near.append([low if rate - low < high - rate else high])
            continue
        unit = WHOLE if np.isnan(step) else step
        ends = {float(np.floor(rate / unit) * unit), float(np.ceil(rate / unit) * unit)}
        near.append(sorted({round(min(max(one, low), high), 4) for one in ends}))
    many = [np.array(one) for one in product(*near)]
    gains = cell.gains(many)
    values = aim.values(gains)
    best = int(values.argmax())
    if aim.form == "smallest":  # of those that it does not tell apart the best for all
        alike = values >= values[best] - TOLD_APART
        best = int(np.where(alike, gains.mean(axis=1), -np.inf).argmax())
    return many[best], float(values[best]), gains[best]


def _left_open(cell: RateCell, aim: Aim, rates: Array) -> float:
    one = _programme(cell, aim, rates)
    left = one.left_open(one.start(rates))
    return float(np.abs(left).max(initial=0.0))
