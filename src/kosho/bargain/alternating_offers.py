"""Talks against a deadline: who offers what, when, and what waiting costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kosho.arguments import note_count, refuse_boundless
from kosho.arrays import Array
from kosho.bargain.game import Game
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, number
from kosho.errors import InputError, Problem, Problems
from kosho.language import _

__all__ = ["WEEK", "DeadlineGame", "Offer", "alternating_offers"]


WEEK = 7 / 365.25
"""Of a year."""
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Offer(Shown):
    """What happens in a period if the talks get that far."""

    period: int
    proposer: str
    package: int | None
    """The package offered, which all accept; None if the proposer would rather wait, or nothing would pass."""
    worth: tuple[float, ...]
    """To each party, as the yearly payoff whose perpetuity from this period on is worth the same."""


@dataclass(frozen=True)
class DeadlineGame(Shown):
    """The subgame-perfect outcome of finite-horizon alternating offers.

    >>> import numpy as np
    >>> from kosho.bargain import Game, alternating_offers
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> alternating_offers(game, periods=4, discount=0.99)
    DeadlineGame: package 2, offered by JPN
      periods             4
      discount a period   0.99
      agreed in           period 0
      worth               2, 3
    """

    path: tuple[Offer, ...]
    """One offer a period up to the deadline: what would be offered if no deal had been made before."""
    discount: float
    """Factor a period."""

    def card(self) -> Card:
        """What is agreed and when, of how many periods."""
        agreed = self.agreed
        deal = (
            "nothing is agreed" if agreed is None else f"package {agreed.package}, offered by {agreed.proposer}"
        )
        rows = [("periods", str(len(self.path))), ("discount a period", number(self.discount))]
        rows += (
            []
            if agreed is None
            else [("agreed in", f"period {agreed.period}"), ("worth", listing(map(number, agreed.worth)))]
        )
        return Card(f"DeadlineGame: {deal}", rows)

    @property
    def agreed(self) -> Offer | None:
        """The first offer that is made and accepted; None if the deadline passes."""
        return next((offer for offer in self.path if offer.package is not None), None)


@as_declared
def alternating_offers(
    game: Game, periods: int, discount: float, order: Sequence[int] | None = None
) -> DeadlineGame:
    """Backward induction over offers on the frontier (Ståhl 1972; Rubinstein 1982, with a last period).

    Parties propose in turn; a deal needs all. Until there is a deal each receives the status quo, from then on
    the deal for ever; once `periods` offers have failed, the disagreement for ever. With W the value of play as
    a yearly payoff, u that of a package and u0, d status quo and disagreement:

        W_T = d;  waiting in t is worth (1 - delta) u0 + delta W_(t+1);  a deal in t is worth u.

    The proposer offers the package it likes best among those that no other party would rather wait than accept,
    or waits. Among equals it offers the one with the largest sum of payoffs, then the first. A party that is
    indifferent accepts.

    Args:
        game: Offers are its allowed packages on the frontier.
        periods: Offers before the deadline.
        discount: Factor a period, above 0 and at most 1.
        order: Positions of the parties in the order in which they propose; as listed by default.

    Raises:
        InputError: no period, a discount factor out of bounds, or a position of no party.

    >>> import numpy as np
    >>> from kosho.bargain import Game, alternating_offers
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> talks = alternating_offers(game, periods=4, discount=0.99)
    >>> talks.agreed.package, talks.agreed.proposer
    (2, 'JPN')
    """
    problems = Problems()
    note_count(problems, periods, "periods", least=1)
    turns = list(range(len(game.parties))) if order is None else list(order)
    wrong = [one for one in turns if isinstance(one, bool) or one not in range(len(game.parties))]
    if wrong or not turns:
        hint = _("positions of parties, below {number}", number=len(game.parties))
        problems.add(repr(wrong[0] if wrong else turns), hint, key="order")
    problems.raise_if_any()
    refuse_boundless(discount=discount)
    if not 0 < discount <= 1:
        raise InputError(Problem(f"{discount:g}", _("above 0, at most 1"), key="discount"))
    worth = game.disagreement
    path: list[Offer] = []
    for period in reversed(range(periods)):
        proposer = turns[period % len(turns)]
        waiting = (1 - discount) * game.status_quo + discount * worth
        package = _offer(game, proposer, waiting)
        worth = waiting if package is None else game.compared[package]
        told = worth if package is None else game.payoffs[package]
        path.append(Offer(period, game.parties[proposer], package, tuple(told.tolist())))
    return DeadlineGame(tuple(reversed(path)), discount)


def _offer(game: Game, proposer: int, waiting: Array) -> int | None:
    payoffs = game.compared[game.frontier]
    slack = TIE * np.abs(waiting)
    passing = np.flatnonzero((payoffs >= waiting - slack).all(axis=1))
    if not len(passing):
        return None
    own = payoffs[passing, proposer]
    best = passing[own >= own.max() - slack[proposer]]
    return int(game.frontier[best[payoffs[best].sum(axis=1).argmax()]])
