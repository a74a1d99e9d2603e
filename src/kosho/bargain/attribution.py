"""Attributes gains to issues (Shapley values), and finds the cheapest concession that makes a loser whole."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.game import Game
from kosho.bargain.packages import Grid
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import _

__all__ = ["Concession", "cheapest_concession", "cheapest_packages", "shapley"]


def shapley(worth: Array) -> Array:
    """Shapley values of k issues, exactly (Shapley 1953).

    Args:
        worth: `[2^k, party]`, payoff with a subset of the issues; bit i of the position says that i is in it.

    Returns:
        `[k, party]`; they sum to the last row of `worth` less the first.

    >>> import numpy as np
    >>> from kosho.bargain.attribution import shapley
    >>> shapley(np.array([[0.0], [2.0], [4.0], [8.0]])).tolist()  # nothing, cars, rice, both
    [[3.0], [5.0]]
    """
    subsets = np.arange(len(worth))
    count = len(worth).bit_length() - 1
    size = np.array([subset.bit_count() for subset in range(len(worth))])
    weight = np.array([factorial(s) * factorial(max(count - s - 1, 0)) for s in range(count + 1)], float)
    weight /= factorial(count)
    found = np.zeros((count, worth.shape[1]))
    for issue in range(count):
        without = subsets[(subsets >> issue) & 1 == 0]
        found[issue] = weight[size[without]] @ (worth[without | 1 << issue] - worth[without])
    return found


@dataclass(frozen=True, slots=True)
class Concession(Shown):
    """A change of a package that leaves a losing party no worse off than the disagreement."""

    package: int
    changed: tuple[str, ...]
    """Issues."""
    cost: tuple[float, ...]
    """What it takes from each party; below zero for who gets it."""


def cheapest_concession(game: Game, grid: Grid, package: int, party: str) -> Concession | None:
    """The change that makes `party` whole at the least cost to the others in all; of several, of fewest issues.

    It may change every issue. Costs that differ by the game's noise are one.

    Args:
        game: Payoffs over the packages of `grid`.
        grid: The table.
        package: The package to amend.
        party: Who must not lose against the disagreement.

    Returns:
        None if no allowed package does it.

    Raises:
        InputError: the party is not at the table.
    """
    if party not in game.parties:
        hint = suggest(party, game.parties)
        raise InputError(Problem(_("{party!r} is no party of the game", party=party), hint, key="party"))
    least = cheapest_packages(game, package, game.parties.index(party))
    if not len(least):
        return None
    differs = grid.choices[least] != grid.choices[package]
    best = int(differs.sum(axis=1).argmin())
    names = tuple(issue for issue, new in zip(grid.issues, differs[best], strict=True) if new)
    cost = game.payoffs[package] - game.payoffs[least[best]]
    return Concession(int(least[best]), names, tuple(cost.tolist()))


def cheapest_packages(game: Game, package: int, party: int) -> Index:
    """Allowed packages that make a party (by position) whole at the least cost to the others, up to noise."""
    whole = np.flatnonzero(game.allowed & (game.gains[:, party] >= -game.resolution))
    if not len(whole):
        return whole
    others = np.delete(game.payoffs[package] - game.payoffs[whole], party, axis=1).sum(axis=1)
    return whole[others <= others.min() + game.noise]
