"""Which deal fair-minded parties would strike: four answers of bargaining theory, on a finite set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.frontier import frontier
from kosho.bargain.game import Game
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.language import N_

__all__ = [
    "CONCEPTS",
    "SolutionConcept",
    "egalitarian",
    "kalai_smorodinsky",
    "nash",
    "solutions",
    "utilitarian",
]

TIE = 1e-9
"""Values that differ by less, relative to what is at stake, are one."""


def nash(game: Game) -> Index:
    """Packages with the largest product of gains (Nash 1950), among those where every party gains.

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> from kosho.bargain.solutions import nash
    >>> nash(game).tolist()
    [2]
    """
    rows = game.candidates[game.better[game.candidates]]
    return _best(game, rows, np.log(_gains(game)[rows]).sum(axis=1, keepdims=True), TIE)


def kalai_smorodinsky(game: Game) -> Index:
    """Packages whose gains, as shares of each party's ideal, are leximin (Kalai & Smorodinsky 1975).

    A party's ideal is its largest gain in any individually rational package. On a finite set no package may
    give equal shares: the smallest share is made as large as can be, then the next (Imai 1983).

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> from kosho.bargain.solutions import kalai_smorodinsky
    >>> kalai_smorodinsky(game).tolist()
    [2]
    """
    rows, ideal = game.candidates, _ideal(game)
    return _best(game, rows, np.sort(_gains(game)[rows] / ideal, axis=1), TIE)


def egalitarian(game: Game) -> Index:
    """Packages whose gains are leximin: the smallest as large as can be, then the next (Kalai 1977).

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> from kosho.bargain.solutions import egalitarian
    >>> egalitarian(game).tolist()
    [2]
    """
    rows = game.candidates
    return _best(game, rows, np.sort(_gains(game)[rows], axis=1), TIE * _ideal(game).max(initial=0.0))


def utilitarian(game: Game) -> Index:
    """Individually rational packages with the largest sum of gains.

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> from kosho.bargain.solutions import utilitarian
    >>> utilitarian(game).tolist()
    [1, 2]
    """
    rows = game.candidates
    total = _gains(game)[rows].sum(axis=1, keepdims=True)
    return _best(game, rows, total, TIE * _ideal(game).max(initial=0.0))


@dataclass(frozen=True)
class SolutionConcept(Shown):
    """A solution concept, and how it is told to readers.

    >>> from kosho.bargain import CONCEPTS, SolutionConcept
    >>> isinstance(CONCEPTS["nash"], SolutionConcept)
    True
    >>> CONCEPTS["nash"].title, CONCEPTS["nash"].meaning
    ('Nash', 'the largest product of gains')
    """

    pick: Callable[[Game], Index]
    """The packages it picks of a game, ties included."""
    title: str
    meaning: str
    """What it picks, in a plain line."""


CONCEPTS: dict[str, SolutionConcept] = {
    "nash": SolutionConcept(nash, N_("Nash"), N_("the largest product of gains")),
    "kalai_smorodinsky": SolutionConcept(
        kalai_smorodinsky, N_("Kalai–Smorodinsky"), N_("equal shares of the most each side could hope for")
    ),
    "egalitarian": SolutionConcept(egalitarian, N_("Egalitarian"), N_("the smallest gain as large as can be")),
    "utilitarian": SolutionConcept(utilitarian, N_("Utilitarian"), N_("the largest sum of gains")),
}
"""By the name they have in `--json`, in the order in which they are shown. A new one is one entry."""


@as_declared
def solutions(game: Game) -> dict[str, Index]:
    """Packages each concept picks, ties included; empty where no deal leaves all better off.

    >>> import numpy as np
    >>> from kosho.bargain import Game, solutions
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> {concept: packages.tolist() for concept, packages in solutions(game).items()}
    {'nash': [2], 'kalai_smorodinsky': [2], 'egalitarian': [2], 'utilitarian': [1, 2]}
    """
    return {name: concept.pick(game) for name, concept in CONCEPTS.items()} if game.zone else {}


def _gains(game: Game) -> Array:
    """`[package, party]`, over the disagreement, equal where they differ by noise alone."""
    return game.compared - game.disagreement


def _ideal(game: Game) -> Array:
    """`[party]`, the largest gain in an individually rational package; one where there is none to be had."""
    best = _gains(game)[game.candidates].max(axis=0, initial=0.0)
    return np.where(best > 0, best, 1.0)


def _best(game: Game, rows: Index, ranking: Array, slack: float) -> Index:
    """Rows with the lexicographically largest ranking, up to `slack`, less those that another dominates."""
    kept = np.arange(len(rows))
    for column in ranking.T:
        if len(kept):
            kept = kept[column[kept] >= column[kept].max() - slack]
    return rows[kept][frontier(game.compared[rows[kept]])]
