"""Which packages must be solved before a table's frontier, zone and deals are what they were if all were."""

from __future__ import annotations

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.frontier import beaten, frontier
from kosho.bargain.game import Game
from kosho.bargain.linkage import best_linked, with_declared
from kosho.bargain.pricing import PricedTable

__all__ = ["confirmed", "with_linkage"]


def confirmed(priced: PricedTable, leading: int) -> PricedTable:
    """Once every package is solved that could be on the frontier, leave all better off or not, or lead.

    Args:
        priced: A table, some of whose packages are estimated.
        leading: How many packages come first by their smallest gain as a share of the best one possible.
    """
    while len(rows := _open(priced, leading)):
        priced = priced.with_exact(rows)
    return priced


def with_linkage(priced: PricedTable) -> PricedTable:
    """Once all is solved that says what linked things without a price would change."""
    table = priced.table

    def best(game: Game) -> Index:
        found = best_linked(table, game)
        return np.array([] if found is None else [found], np.intp)

    priced = priced.settled(best)
    while len(rows := _doubtful(priced)):
        priced = priced.with_exact(rows)
    return priced


def _doubtful(priced: PricedTable) -> Index:
    """Packages of which it is not known whether all gain with what is declared."""
    if priced.solved.all():
        return np.zeros(0, np.intp)
    found = np.zeros(len(priced.solved), bool)
    ends = (with_declared(priced.table, game).values() for game in (priced.fearful, priced.hopeful))
    for low, high in zip(*ends, strict=True):
        found |= _unsure(low.gains, high.gains, low.resolution) & low.allowed
    return np.flatnonzero(found & ~priced.solved)


def _open(priced: PricedTable, leading: int) -> Index:
    """Packages that were not solved, and of which more must be known than the estimate."""
    if priced.solved.all():
        return np.zeros(0, np.intp)
    low, high = priced.fearful, priced.hopeful
    asked = _near(low.payoffs, high.payoffs, priced.game.allowed, priced.game.noise)
    asked |= _unsure(low.gains, high.gains, 0.0) & low.allowed
    asked |= _unsure(low.gains, high.gains, low.resolution) & low.possible
    asked |= _may_lead(low.gains, high.gains, low.allowed, leading)
    asked[priced.table.fallback] = True
    return np.flatnonzero(asked & ~priced.solved)


def _near(low: Array, high: Array, allowed: Mask, noise: float) -> Mask:
    """`[package]`, whether it may be one that no other beats by more than noise."""
    found = np.zeros(len(low), bool)
    rows = np.flatnonzero(allowed)
    found[rows] = ~beaten(high[rows], low[frontier(low, allowed)], noise)
    return found


def _unsure(low: Array, high: Array, least: float) -> Mask:
    """`[package]`, whether all may have at least so much `[package, party]`, and one may not."""
    may, will = np.all(high >= least, axis=1), np.all(low > least, axis=1)
    return np.asarray(may & ~will, bool)


def _may_lead(low: Array, high: Array, allowed: Mask, count: int) -> Mask:
    """`[package]`, which may be among the first by their smallest gain over the best ones."""
    found = np.zeros(len(low), bool)
    rows = np.flatnonzero(allowed)
    best = [np.where(one > 0, one, 1.0) for one in (gains[rows].max(axis=0) for gains in (low, high))]
    # Over the larger best one a gain is a smaller share, a loss a larger; the smaller best does the opposite.
    shares = np.stack([gains[rows] / one for gains in (low, high) for one in best])
    least, most = shares.min(axis=0).min(axis=1), shares.max(axis=0).min(axis=1)
    bar = np.sort(least)[::-1][min(count, len(rows)) - 1]
    found[rows] = most >= bar
    return found
