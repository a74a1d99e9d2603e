"""What would open the zone of possible agreement (ZOPA), and what would close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kosho.arrays import Array
from kosho.bargain.game import Game
from kosho.display import Shown

__all__ = [
    "Relaxation",
    "Transfer",
    "bisection_points",
    "critical_value",
    "critical_weight",
    "critical_zone_weight",
    "fewest_red_lines",
    "smallest_transfer",
    "walk",
    "zone_weights",
]


@dataclass(frozen=True, slots=True)
class Transfer(Shown):
    """Money that makes a package individually rational."""

    package: int
    amount: float
    """Paid in all; with a cent more every party gains."""
    pays: tuple[float, ...]
    """Of each party; below zero for who receives."""


@dataclass(frozen=True, slots=True)
class Relaxation(Shown):
    """Red lines that stand between the parties and a deal."""

    red_lines: tuple[str, ...]
    package: int
    """A package that leaves all better off once they are given up: of several, that with the largest smallest
    gain."""


def smallest_transfer(game: Game) -> Transfer | None:
    """The allowed package that needs the least money from those who gain to those who lose.

    Those who gain pay in proportion to their gains. Among equals the package with the largest sum of gains.

    Returns:
        None if no allowed package gains more in all than it loses (by more than noise): then no money helps.

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> from kosho.bargain.zone import smallest_transfer
    >>> game = Game.of(("JPN", "USA"), np.array([[5.0, -2.0], [-1.0, 3.0]]), disagreement=np.zeros(2))
    >>> smallest_transfer(game)
    Transfer(package=1, amount=1, pays=(-1, 1))
    """
    rows = np.flatnonzero(game.allowed & (game.gains.sum(axis=1) > game.resolution))
    if not len(rows):
        return None
    gains = game.gains[rows]
    short = np.maximum(-gains, 0.0)
    need = short.sum(axis=1)
    best = int(np.lexsort((-gains.sum(axis=1), need))[0])
    gaining = np.maximum(gains[best], 0.0)
    pays = need[best] * gaining / gaining.sum() - short[best]
    return Transfer(int(rows[best]), float(need[best]), tuple(pays.tolist()))


def fewest_red_lines(game: Game) -> list[Relaxation]:
    """The smallest sets of red lines whose loss opens a zone, each with its best package.

    Returns:
        Empty if no possible package leaves all better off, whatever is given up.
    """
    rows = np.flatnonzero(game.better)
    if not len(rows):
        return []
    count = game.crossed[rows].sum(axis=1)
    rows = rows[count == count.min()]
    smallest = game.gains[rows].min(axis=1)
    best: dict[tuple[str, ...], int] = {}
    for row in rows[np.argsort(-smallest, kind="stable")]:
        names = tuple(name for name, broken in zip(game.red_lines, game.crossed[row], strict=True) if broken)
        best.setdefault(names, int(row))
    return [Relaxation(names, package) for names, package in best.items()]


def critical_weight(gains: Array, slope: Array, start: float = 0.0) -> float | None:
    """The smallest weight above `start` at which a package no longer leaves all better off.

    Args:
        gains: `[party]` at weight zero.
        slope: `[party]`, what one unit of the weight adds to each gain.
        start: The weight in use.

    Returns:
        None if no weight does; `start` if it is not better for all at `start` already.
    """
    now = gains + start * slope
    if (now <= 0).any():
        return start
    falling = slope < 0
    return float((start - now[falling] / slope[falling]).min()) if falling.any() else None


def critical_zone_weight(gains: Array, slope: Array, start: float = 0.0) -> float | None:
    """The smallest weight above `start` at which no package leaves all better off any more.

    Args:
        gains: `[package, party]` at weight zero.
        slope: `[package, party]`, what one unit of the weight adds.
        start: The weight in use.

    Returns:
        None if the zone never closes; `start` if there is none at `start`.
    """
    reached, _ = zone_weights(gains, slope, start)
    return None if np.isinf(reached) else reached


def zone_weights(gains: Array, slope: Array, start: float) -> tuple[float, list[int]]:
    """The weight at which the zone closes, infinite if it never does, and the packages that keep it open.

    Args:
        gains: See `critical_zone_weight`.
        slope: See `critical_zone_weight`.
        start: The weight in use.
    """
    # Each package is good for all on an open interval of weights.
    with np.errstate(divide="ignore", invalid="ignore"):
        root = -gains / slope
    low = np.where(slope > 0, root, np.where((slope == 0) & (gains <= 0), np.inf, -np.inf)).max(axis=1)
    high = np.where(slope < 0, root, np.inf).min(axis=1)
    reached, keeping = start, list[int]()
    while True:
        # Of the packages that are good where the others stop, the one that is so furthest.
        ends = np.where((low < high) & (low < reached), high, -np.inf)
        best = int(ends.argmax())
        if ends[best] <= reached:
            return reached, keeping
        reached = float(ends[best])
        keeping.append(best)


STEPS, BISECTIONS = 8, 7
"""Of a walk, and of the step of it in which the sign changes."""


def walk(start: float, end: float, steps: int = STEPS) -> list[float]:
    """Where `critical_value` looks before it bisects."""
    return np.geomspace(start, end, steps + 1).tolist()


def bisection_points(near: float, far: float, root: float, bisections: int = BISECTIONS) -> list[float]:
    """Where `critical_value` looks between two points of its walk if the sign changes at `root`."""
    found: list[float] = []
    for _other in range(bisections):
        middle = float(np.sqrt(near * far))
        found.append(middle)
        near, far = (middle, far) if (middle - root) * (near - far) > 0 else (near, middle)
    return found


def critical_value(
    smallest_gain: Callable[[float], float],
    start: float,
    end: float,
    *,
    steps: int = STEPS,
    bisections: int = BISECTIONS,
) -> float | None:
    """The first point on the way from `start` to `end` at which the smallest gain of any party is gone.

    The way is walked in equal ratios, the step where the sign changes is bisected. A gain that goes and comes
    back within one step is missed.

    Args:
        smallest_gain: Of a value, above zero; each call may be a solve.
        start: Where the walk begins.
        end: Where it ends; above zero, like `start`.
        steps: Of the walk.
        bisections: Of the step; each halves the logarithm of the interval.

    Returns:
        None if it survives to `end`; `start` if it is gone already.
    """
    if smallest_gain(start) <= 0:
        return start
    for near, far in pairwise(walk(start, end, steps)):
        if smallest_gain(far) > 0:
            continue
        good, bad = near, far
        for _ in range(bisections):
            middle = float(np.sqrt(good * bad))
            good, bad = (middle, bad) if smallest_gain(middle) > 0 else (good, middle)
        return float(np.sqrt(good * bad))
    return None
