"""`Game`: what is left of a negotiation once every package has a worth to every party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from kosho.arguments import NUMERIC, refuse_sort
from kosho.arrays import Array, Index, Mask
from kosho.bargain.frontier import beaten, frontier
from kosho.display import Card, Shown, columns, listing, number
from kosho.errors import Problems
from kosho.language import _
from kosho.readonly import Fixed, fix, fixed

__all__ = ["Game"]


@dataclass(frozen=True, eq=False)
class Game(Fixed, Shown):
    """Packages, what they are worth, and what follows if there is none. Make one with `Game.of`.

    Payoffs are in one unit throughout (million USD a year where Kosho priced them); more is better.

    >>> import numpy as np
    >>> from kosho.bargain import Game
    >>> worth = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])  # four packages, to two parties
    >>> game = Game.of(("JPN", "USA"), worth, disagreement=np.array([0.0, 0.0]))
    >>> game
    Game of JPN, USA: a zone of agreement
      packages         4, 4 of them allowed
      disagreement     JPN 0, USA 0
      status quo       JPN 0, USA 0
      better for all   2
      red lines        none
    >>> game.zone, game.frontier.tolist(), game.candidates.tolist()
    (True, [1, 2, 3], [1, 2])
    """

    parties: tuple[str, ...]
    payoffs: Array
    """`[package, party]`."""
    disagreement: Array
    """`[party]`, what each gets if the talks fail."""
    status_quo: Array
    """`[party]`, what each gets until there is a deal or the talks fail."""
    possible: Mask
    """`[package]`, False where linked issues exclude a package whatever the parties want."""
    red_lines: tuple[str, ...]
    crossed: Mask
    """`[package, red line]`."""
    resolution: float = 0.0
    """Gains up to this are noise: a party is better off only above it."""
    noise: float = 0.0
    """Payoffs of a party that differ by no more are one where packages are compared with one another."""

    def __post_init__(self) -> None:
        fix(self)

    def card(self) -> Card:
        """How many packages, what each party falls back on, and whether some deal is better for all."""
        zone = "a zone of agreement" if self.zone else "no zone of agreement"
        return Card(
            f"Game of {listing(self.parties)}: {zone}",
            [
                ("packages", f"{len(self):,}, {int(self.allowed.sum()):,} of them allowed"),
                ("disagreement", columns(self.parties, self.disagreement.tolist(), number)),
                ("status quo", columns(self.parties, self.status_quo.tolist(), number)),
                ("better for all", str(int((self.better & self.allowed).sum()))),
                ("red lines", listing(self.red_lines)),
            ],
        )

    @staticmethod
    def of(
        parties: Sequence[str],
        payoffs: Array,
        disagreement: Array,
        status_quo: Array | None = None,
        possible: Mask | None = None,
        red_lines: Mapping[str, Mask] | None = None,
    ) -> Game:
        """A game from plain arrays; the status quo is the disagreement unless given, nothing is crossed.

        Args:
            parties: Names.
            payoffs: `[package, party]`.
            disagreement: `[party]`.
            status_quo: `[party]`.
            possible: `[package]`; all of them by default.
            red_lines: By name, the packages that cross each, `[package]`.

        Raises:
            InputError: shapes do not fit, payoffs are not finite, or no package is left.

        >>> import numpy as np
        >>> from kosho.bargain import Game
        >>> Game.of(("JPN", "USA"), np.array([[1.0, 2.0, 3.0]]), disagreement=np.zeros(2))
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: payoffs have shape (1, 3) (wanted packages by 2 parties)
        """
        if red_lines is not None:
            refuse_sort(red_lines, Mapping, "red_lines")
        _refuse_sorts(parties, {"payoffs": payoffs, "disagreement": disagreement, "status_quo": status_quo})
        table = np.atleast_1d(np.asarray(payoffs, float))
        if table.ndim == 1:
            table = table.reshape(len(table), -1 if len(table) else 0)
        falls = np.asarray(disagreement, float)
        now = falls if status_quo is None else np.asarray(status_quo, float)
        free = np.ones(len(table), bool) if possible is None else np.asarray(possible, bool)
        crossed = [np.asarray(mask, bool) for mask in (red_lines or {}).values()]
        problems = Problems()
        if table.ndim != 2 or table.shape[1] != len(parties):
            problems.add(
                _("payoffs have shape {shape}", shape=table.shape),
                _("wanted packages by {number} parties", number=len(parties)),
            )
        for name, values in (("disagreement", falls), ("status quo", now)):
            if values.shape != (len(parties),):
                problems.add(
                    _("{name} has shape {shape}", name=name, shape=values.shape),
                    _("one number for each of {number} parties", number=len(parties)),
                )
        if any(mask.shape != (len(table),) for mask in (free, *crossed)):
            problems.add(_("masks do not fit the packages"), _("one value a package"))
        problems.raise_if_any()
        lines = np.stack(crossed, axis=1) if crossed else np.zeros((len(table), 0), bool)
        if not all(np.isfinite(values).all() for values in (table, falls, now)):
            problems.add(_("a payoff is not a finite number"))
        if not (free & ~lines.any(axis=1)).any():
            problems.add(_("no package is left"), _("a red line or a linkage rules out every one"))
        problems.raise_if_any()
        return Game(tuple(parties), table, falls, now, free, tuple(red_lines or ()), lines)

    def __len__(self) -> int:
        return len(self.payoffs)

    @cached_property
    def allowed(self) -> Mask:
        """`[package]`, possible and across no red line."""
        return fixed(self.possible & ~self.crossed.any(axis=1))

    @cached_property
    def gains(self) -> Array:
        """`[package, party]`, over the disagreement."""
        return fixed(self.payoffs - self.disagreement)

    @cached_property
    def near(self) -> Index:
        """Allowed packages that no other allowed one beats by more than noise; the frontier is among them.

        Of all others it is enough to know that they are beaten.
        """
        best = frontier(self.payoffs, self.allowed)
        if self.noise == 0:
            return fixed(best)
        rows = np.flatnonzero(self.allowed)
        return fixed(rows[~beaten(self.payoffs[rows], self.payoffs[best], self.noise)])

    @cached_property
    def compared(self) -> Array:
        """`[package, party]`, payoffs; those `near` the frontier that differ by noise alone made equal."""
        if self.noise == 0:
            return self.payoffs
        compared = self.payoffs.copy()
        compared[self.near] = _merged(self.payoffs[self.near], self.noise)
        return fixed(compared)

    @cached_property
    def rational(self) -> Mask:
        """`[package]`, allowed, and worse than the disagreement for nobody."""
        return fixed(self.allowed & (self.gains >= 0).all(axis=1))

    @cached_property
    def better(self) -> Mask:
        """`[package]`, possible, and better than the disagreement for everybody; red lines or not."""
        return fixed(self.possible & (self.gains > self.resolution).all(axis=1))

    @property
    def zone(self) -> bool:
        """Whether some allowed package leaves every party better off than the disagreement."""
        return bool((self.better & self.allowed).any())

    @cached_property
    def frontier(self) -> Index:
        """Allowed packages that no other allowed one dominates, individually rational or not; ties are kept."""
        return fixed(self.near[frontier(self.compared[self.near])])

    @cached_property
    def candidates(self) -> Index:
        """Individually rational packages on the frontier.

        They are the frontier of the individually rational ones: what dominates one of these is itself one.
        """
        return fixed(self.frontier[self.rational[self.frontier]])


def _refuse_sorts(parties: object, numbers: Mapping[str, object]) -> None:
    """Refuse parties that are no names, and payoffs that are no numbers."""
    problems = Problems()
    for name, values in numbers.items():
        if values is not None and np.asarray(values).dtype.kind not in NUMERIC:
            problems.add(_("is of {dtype}, not of real numbers", dtype=np.asarray(values).dtype), key=name)
    names = list(cast("Sequence[object]", parties)) if isinstance(parties, Sequence) else []
    if isinstance(parties, str) or not names or not all(isinstance(one, str) for one in names):
        problems.add(_("is no sequence of names"), _("such as ('JPN', 'USA')"), key="parties")
    elif len(set(names)) != len(names):
        problems.add(_("names a party twice"), key="parties")
    problems.raise_if_any()


def _merged(payoffs: Array, noise: float) -> Array:
    """Each column in steps: going up, values within `noise` of the first of a step have its value.

    A grid laid beforehand would part equals that lie on both sides of one of its lines.
    """
    merged = np.empty_like(payoffs)
    for column in range(payoffs.shape[1]):
        order = np.argsort(payoffs[:, column], kind="stable")
        values = payoffs[order, column]
        first = 0
        while first < len(values):
            last = int(np.searchsorted(values, values[first] + noise, side="right"))
            merged[order[first:last], column] = values[first]
            first = last
    return merged
