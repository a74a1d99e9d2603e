"""What things that no model prices would change, at what they are declared to be worth.

They stay out of payoffs, frontier and deals. Linkage asks what follows if each were worth an end of its range:
it is had with the options it is `linked` to (Tollison & Willett 1979, on issues traded for one another).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kosho.bargain.game import Game
from kosho.bargain.table import Table
from kosho.display import Shown
from kosho.impact.ranges import Range

__all__ = ["Declared", "Linkage", "linkage"]

ENDS = ("low", "value", "high")


@dataclass(frozen=True, slots=True)
class Declared:
    """What everything unpriced and linked is declared to be worth to a party, million USD a year."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, eq=False)
class Linkage(Shown):
    """What linked things without a price would change, and how much they must be worth.

    >>> from kosho.bargain.linkage import Declared, Linkage
    >>> counts = {"low": 0, "value": 0, "high": 3}
    >>> one = Linkage(counts, 7, {"JPN": 40, "IDN": -25}, {"IDN": Declared(0, 10, 60)})
    >>> one.needed
    {'IDN': 25}
    """

    better_for_all: Mapping[str, int]
    """By end of the ranges (`low`, `value`, `high`), allowed packages that would leave all better off."""
    package: int
    """Of the allowed packages that come with it, the one whose priced gains are largest in all."""
    gains: Mapping[str, float]
    """Of that package over no deal, as priced."""
    declared: Mapping[str, Declared]
    """By party."""

    @property
    def needed(self) -> dict[str, float]:
        """What it must be worth, at least, to each party that loses by that package as priced."""
        return {party: -gain for party, gain in self.gains.items() if gain < 0}


def linkage(table: Table, game: Game) -> Linkage | None:
    """What is declared of things without a price; None where no option is linked to any, or none is allowed."""
    added = {end: np.zeros_like(game.payoffs) for end in ENDS}
    had = np.zeros(len(game), bool)
    total = {end: np.zeros(len(game.parties)) for end in ENDS}
    for one in (item for item in table.file.unpriced if item.linked):
        mine = table.has(one.linked)
        had |= mine
        levels = {party: Range.of(worth).levels for party, worth in one.worth.items()}
        for end in ENDS:
            level = np.array([levels[party][end] if party in levels else 0.0 for party in game.parties])
            added[end][mine] += level
            total[end] += level
    rows = np.flatnonzero(had & game.allowed)
    if not len(rows):
        return None
    best = int(rows[game.gains[rows].sum(axis=1).argmax()])
    counts = {end: replace(game, payoffs=game.payoffs + added[end]) for end in ENDS}
    return Linkage(
        {end: int((one.better & one.allowed).sum()) for end, one in counts.items()},
        best,
        dict(zip(game.parties, map(float, game.gains[best]), strict=True)),
        {party: Declared(*(float(total[end][n]) for end in ENDS)) for n, party in enumerate(game.parties)},
    )
