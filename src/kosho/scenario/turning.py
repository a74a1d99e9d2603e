"""Where what scenarios are worth turns its sign along the common scale of trade elasticities.

Each scenario is solved once a scale, all of them together, and once more near every turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.case import Case
from kosho.equilibrium import Counterfactual, Deficits, Failure, solve_batch
from kosho.impact.effects import Effects
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.provenance import Frozen
from kosho.scenario.draws import once_each
from kosho.scenario.interval import Number
from kosho.scenario.results import BASE
from kosho.scenario.simulate import posed
from kosho.unfinished import once
from kosho.world import World
from kosho.world.elasticity_scale import SCALES

__all__ = ["Along", "Curve", "Turning", "turning"]


Pair = tuple[str, str]
"""A scenario, and another or `base`."""
Point = tuple[float, float]
"""A scale and a gain."""
SHARP = 1e-3
"""Of the scale, to which a turn is found."""
MOST = 20
"""Looks at a turn; two or three will do."""


class Turning(Frozen):
    """What a scenario is worth to a party over another, along the common scale.

    >>> from kosho.scenario.turning import Turning
    >>> one = Turning(
    ...     party="USA", scenario="deal", against="no-deal", scales=(0.2, 1), gains=(-40, 300), turns=(0.4,)
    ... )
    >>> one.turns
    (0.4,)
    """

    party: str
    scenario: str
    against: str
    """A scenario, or `base`."""
    scales: tuple[Number, ...]
    """Those at which both have an equilibrium, rising."""
    gains: tuple[Number, ...]
    """Million USD a year at each scale."""
    turns: tuple[Number, ...]
    """Scales at which the sign turns, solved; empty where it stays between the ends."""


def turning(
    case: Case,
    pairs: Sequence[Pair],
    as_of: date | None,
    world: World,
    scales: Sequence[float] = SCALES,
    progress: Progress = silent,
) -> tuple[Turning, ...]:
    """Gains of a case's parties along the common scale, and where they turn, for pairs of scenarios.

    Args:
        case: The case.
        pairs: Each a scenario and another, or `base`.
        as_of: See `kosho.scenario.simulate`.
        world: What is solved; mostly a coarse one.
        scales: Of every theta, rising; each is solved exactly, and once more at every turn between them.
        progress: Called with what is being done.

    Raises:
        InputError: as `simulate`.

    >>> from kosho import Case
    >>> from kosho.scenario.turning import turning
    >>> from kosho.world import load
    >>> pairs, talks = [("deal", "no-deal")], load(regions="talks", sectors="talks")
    >>> japan, states = turning(Case.load("japan-us-2025"), pairs, None, talks, scales=[0.2, 1.0])
    >>> japan.turns, len(states.turns)
    ((), 1)
    """
    if not pairs:
        return ()
    progress(_("Along the scale of elasticities"))
    # What the whole world tells apart acts there.
    coarsely = case.allowing_idle()
    names = dict.fromkeys(name for pair in pairs for name in pair if name != BASE)
    laid = {name: posed(coarsely, name, as_of, world) for name in names}
    along = Along(laid, [party.economy for party in case.parties])
    return tuple(
        Turning(
            party=one.party,
            scenario=one.pair[0],
            against=one.pair[1],
            scales=one.scales,
            gains=one.gains,
            turns=one.turns,
        )
        for one in along.curves(pairs, scales, looks=1)
    )


@dataclass(slots=True)
class Curve:
    """What the first of a pair of scenarios is worth to a party over the second."""

    party: str
    pair: Pair
    scales: tuple[float, ...]
    """Those at which both have an equilibrium, rising."""
    gains: tuple[float, ...]
    turns: tuple[float, ...] = ()


@dataclass(slots=True)
class _Bracket:
    """Two scales between which a party's gain turns, the gains there, and where it is thought to turn."""

    curve: Curve
    column: int
    low: Point
    high: Point
    guess: float
    settled: bool = False

    def narrowed(self, gain: float) -> None:
        """Put the gain at the guess in place of the end with the same sign; the next guess is between them."""
        if (gain > 0) == (self.low[1] > 0):
            self.low = (self.guess, gain)
        else:
            self.high = (self.guess, gain)
        (x, y), (x2, y2) = self.low, self.high
        before = self.guess
        self.guess = float(np.exp(np.log(x) + y / (y - y2) * (np.log(x2) - np.log(x))))
        self.settled = abs(self.guess - before) < SHARP * before


class Along:
    """Scenarios on one world, solved at many scales of its elasticities together."""

    def __init__(
        self,
        posed: Mapping[str, tuple[World, Effects]],
        parties: Sequence[str],
        deficits: Deficits = "fixed",
        processes: int | None = None,
    ) -> None:
        self.world = next(iter(posed.values()))[0]
        self.failures: dict[float, Failure] = {}
        """Scales at which some scenario had no equilibrium, with the first reason."""
        laid = {name: effects for name, (_other, effects) in posed.items()}
        first, place = once_each(laid)
        self._alike = {name: first[k] for name, k in place.items()}
        self._changes = {name: laid[name].counterfactual for name in first}
        self._parties = tuple(parties)
        self._places = [self.world.position(code) for code in parties]
        self._deficits: Deficits = deficits
        self._processes = processes

    def curves(self, pairs: Sequence[Pair], scales: Sequence[float], looks: int = MOST) -> list[Curve]:
        """A curve a pair and party: gains at scales, and where they turn, looked at so often at most."""
        asked = [(name, scale) for scale in scales for name in self._alike]
        known = dict(zip(asked, self._worth(asked), strict=True))
        found: list[Curve] = []
        brackets: list[_Bracket] = []
        for pair in pairs:
            gains = np.stack([_over(known, pair, scale) for scale in scales])
            for column, party in enumerate(self._parties):
                solved = np.isfinite(gains[:, column])
                xs, ys = np.asarray(scales)[solved].tolist(), gains[solved, column].tolist()
                found.append(Curve(party, pair, tuple(xs), tuple(ys)))
                brackets += [_Bracket(found[-1], column, *ends) for ends in _signs(xs, ys)]
        self._narrow(brackets, looks)
        for one in brackets:
            one.curve.turns += (one.guess,)
        return found

    def _narrow(self, brackets: Sequence[_Bracket], looks: int) -> None:
        """Solve at every guess that still moves; after one look what is left is mostly below `SHARP`."""
        for _other in range(looks):
            open_ = [one for one in brackets if not one.settled]
            asked = [(name, one.guess) for one in open_ for name in one.curve.pair if name != BASE]
            if not asked:
                return
            found = dict(zip(asked, self._worth(asked), strict=True))
            for one in open_:
                gain = float(_over(found, one.curve.pair, one.guess)[one.column])
                one.settled = not np.isfinite(gain) or gain == 0.0
                if not one.settled:
                    one.narrowed(gain)

    def _worth(self, asked: Sequence[tuple[str, float]]) -> Array:
        """`[question, party]` for scenarios at scales; not a number where there is no equilibrium."""
        each = [(self._alike[name], scale) for name, scale in asked]
        questions = {one: k for k, one in enumerate(dict.fromkeys(each))}
        name = "along", self._deficits, *questions
        worth = once(name, lambda: self._solved([*questions]), lambda found: bool(np.isfinite(found).all()))
        return worth[[questions[one] for one in each]]

    def _solved(self, asked: Sequence[tuple[str, float]]) -> Array:
        thetas = {scale: self.world.theta * scale for _other, scale in asked}
        changes = [_scaled(self._changes[name], scale) for name, scale in asked]
        each = [thetas[scale] for _other, scale in asked]
        found = solve_batch(
            self.world, changes, self._deficits, thetas=each, processes=self._processes, volumes=False
        )
        worth = found.equivalent_variation.to_numpy()[:, self._places].astype(float)
        for failure in found.failures:
            worth[failure.member] = np.nan
            self.failures.setdefault(asked[failure.member][1], failure)
        return worth


def _scaled(counterfactual: Counterfactual, scale: float) -> Counterfactual:
    """The same change where products told apart answer as much more or less strongly as sectors do."""
    nests = tuple(replace(nest, theta=nest.theta * scale) for nest in counterfactual.nests)
    return replace(counterfactual, nests=nests)


def _signs(scales: Sequence[float], gains: Sequence[float]) -> Iterator[tuple[Point, Point, float]]:
    """Neighbouring points whose gains have opposite signs, and where a smooth curve through all turns."""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - heavy; who solves ends needs none
    from scipy.optimize import brentq  # noqa: PLC0415

    logs = np.log(scales)
    smooth = PchipInterpolator(logs, gains) if len(scales) > 1 else None
    for (x, y), (x2, y2) in pairwise(zip(scales, gains, strict=True)):
        if (y > 0) != (y2 > 0) and smooth is not None:
            turn: Any = brentq(lambda log: float(smooth(log)), np.log(x), np.log(x2))
            yield (x, y), (x2, y2), float(np.exp(turn))


def _over(found: Mapping[tuple[str, float], Array], pair: Pair, scale: float) -> Array:
    """`[party]`, of the first of a pair over the second at a scale."""
    here = found[pair[0], scale]
    return here if pair[1] == BASE else here - found[pair[1], scale]
