"""Fewer packages to draw: one for each cell of a grid over the gains."""

from __future__ import annotations

import numpy as np

from kosho.arrays import Index, Mask
from kosho.bargain.game import Game

__all__ = ["thinned"]


def thinned(game: Game, packages: Mask, cells: int) -> Index:
    """One of some packages in every cell of a grid over the parties' gains, the first in order.

    Args:
        game: Payoffs.
        packages: `[package]`, those to choose from.
        cells: A side of the grid, over the range of gains of all possible packages.
    """
    reach = np.maximum(np.ptp(game.gains[game.possible], axis=0), 1.0)
    cell = np.floor(game.gains / reach * cells)
    rows = np.flatnonzero(packages)
    _, first = np.unique(cell[rows], axis=0, return_index=True)
    return rows[np.sort(first)]
