"""What would open a zone of agreement on a priced table: money, red lines, a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kosho.bargain.lay import folded, translated
from kosho.bargain.pricing import Priced, worth_of
from kosho.bargain.table import Table
from kosho.bargain.zone import Relaxation, Transfer, fewest_red_lines, smallest_transfer

__all__ = ["Opening", "RateChange", "openings", "smallest_rate_change"]

Array = NDArray[np.float64]

TRIED = 5
"""Candidates whose rate is checked by solving."""
BISECTIONS = 5


@dataclass(frozen=True, slots=True)
class RateChange:
    """Another rate on one issue of a package that leaves all better off."""

    package: int
    issue: str
    old: float
    new: float
    """Percent, like `old`."""
    gains: tuple[float, ...]
    """With the new rate, solved."""


@dataclass(frozen=True)
class Opening:
    """Three ways to a zone of agreement; each may not exist."""

    transfer: Transfer | None
    red_lines: list[Relaxation]
    rate: RateChange | None


def openings(priced: Priced) -> Opening:
    """What would open a zone where there is none."""
    return Opening(smallest_transfer(priced.game), fewest_red_lines(priced.game), smallest_rate_change(priced))


def smallest_rate_change(priced: Priced) -> RateChange | None:
    """The smallest change of one rate of an allowed package that leaves all better off, between two options.

    Gains between two neighbouring options are taken as linear to find candidates, in the order of the change
    they need; each is then solved, and moved by bisection towards the package as far as all still gain.

    Returns:
        None if no rate between two options does it.
    """
    candidates = sorted(_candidates(priced), key=lambda one: abs(one.new - one.old))
    for one in candidates[:TRIED]:
        gains = _gains_at(priced, one.package, one.issue, one.new)
        if (gains > 0).all():
            return _tightened(priced, one, gains)
    return None


def _tightened(priced: Priced, change: RateChange, gains: Array) -> RateChange:
    bad, good = change.old, change.new
    for _ in range(BISECTIONS):
        middle = (bad + good) / 2
        found = _gains_at(priced, change.package, change.issue, middle)
        if (found > 0).all():
            good, gains = middle, found
        else:
            bad = middle
    return replace(change, new=good, gains=tuple(gains.tolist()))


def _candidates(priced: Priced) -> Iterator[RateChange]:
    """Places between two options where, on a straight line, everybody gains."""
    table = priced.table
    for k, issue in enumerate(table.grid.issues):
        rates = {choice: _rate(table, k, choice) for choice in range(table.grid.shape[k])}
        rated = sorted((rate, choice) for choice, rate in rates.items() if rate is not None)
        for (low, near), (high, far) in pairwise(rated):
            if set(table.option(k, near).overlays) != set(table.option(k, far).overlays):
                continue
            rows = np.flatnonzero(table.grid.choices[:, k] == near)
            pairs = table.grid.choices[rows]
            pairs[:, k] = far
            others = np.asarray(np.ravel_multi_index(tuple(pairs.T), table.grid.shape), np.intp)
            yield from _between(priced, issue, (rows, others), (low, high))
            yield from _between(priced, issue, (others, rows), (high, low))


def _between(
    priced: Priced, issue: str, ends: tuple[NDArray[np.intp], NDArray[np.intp]], rates: tuple[float, float]
) -> Iterator[RateChange]:
    """From an allowed package toward its neighbour: the middle of where, on a straight line, all gain."""
    game = priced.game
    here, there = game.gains[ends[0]], game.gains[ends[1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = here / (here - there)
    rising, falling = there > here, there < here
    low = np.where(rising, np.maximum(root, 0.0), np.where(falling | (here > 0), 0.0, 1.0)).max(axis=1)
    high = np.where(falling, np.minimum(root, 1.0), 1.0).min(axis=1)
    good = game.allowed[ends[0]] & game.possible[ends[0]] & (low < high)
    for row in np.flatnonzero(good):
        share = float((low[row] + high[row]) / 2)
        new = rates[0] + share * (rates[1] - rates[0])
        yield RateChange(int(ends[0][row]), issue, rates[0], new, ())


def _rate(table: Table, issue: int, choice: int) -> float | None:
    """The one rate an option sets, if it sets one."""
    found = set(table.option(issue, choice).at.values())
    return found.pop() if len(found) == 1 else None


def _gains_at(priced: Priced, package: int, issue: str, rate: float) -> Array:
    """Gains of a package with another rate on one issue."""
    table = priced.table
    k = table.grid.issues.index(issue)
    changed = table.with_rate(k, int(table.grid.choices[package, k]), rate)
    shock = folded(translated(priced.world, changed, priced.ground.packages, package), priced.world)
    payoffs = worth_of(table, priced.world, [shock], priced.deficits).payoffs(priced.weights)[0]
    return payoffs - priced.game.disagreement
