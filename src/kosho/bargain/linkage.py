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
    best = best_linked(table, game)
    if best is None:
        return None
    counts = with_declared(table, game)
    return Linkage(
        {end: int((one.better & one.allowed).sum()) for end, one in counts.items()},
        best,
        dict(zip(game.parties, map(float, game.gains[best]), strict=True)),
        {
            party: Declared(*(sum(one[party][end] for one in _levels(table, game)) for end in ENDS))
            for party in game.parties
        },
    )


def best_linked(table: Table, game: Game) -> int | None:
    """Of the allowed packages that something without a price comes with, that of the largest priced gains."""
    had = np.zeros(len(game), bool)
    for one in table.file.unpriced:
        if one.linked:
            had |= table.has(one.linked)
    rows = np.flatnonzero(had & game.allowed)
    return int(rows[game.gains[rows].sum(axis=1).argmax()]) if len(rows) else None


def with_declared(table: Table, game: Game) -> dict[str, Game]:
    """The game with everything without a price counted where it is had, by end of the ranges."""
    found: dict[str, Game] = {}
    linked = [one for one in table.file.unpriced if one.linked]
    for end in ENDS:
        payoffs = game.payoffs.copy()
        for one, levels in zip(linked, _levels(table, game), strict=True):
            payoffs[table.has(one.linked)] += np.array([levels[party][end] for party in game.parties])
        found[end] = replace(game, payoffs=payoffs)
    return found


def _levels(table: Table, game: Game) -> list[dict[str, dict[str, float]]]:
    """Of each linked thing, by party and end, what it is declared to be worth; zero where nothing is."""
    nothing: dict[str, float] = dict.fromkeys(ENDS, 0.0)
    linked = [one for one in table.file.unpriced if one.linked]
    return [
        {party: Range.of(one.worth[party]).levels if party in one.worth else nothing for party in game.parties}
        for one in linked
    ]
