"""Where what scenarios are worth turns its sign along the common scale of trade elasticities.

As `kosho.scenario.elasticity_curve`, for many pairs at once: each scenario is solved once a scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from kosho.arrays import Array
from kosho.case import Case
from kosho.equilibrium import solve_batch
from kosho.parallel import cores
from kosho.progress import Progress, silent
from kosho.provenance import Frozen
from kosho.scenario.along_elasticities import BASE, scaled
from kosho.scenario.interval import Number
from kosho.scenario.simulate import scenario_effects
from kosho.world import World
from kosho.world.elasticity_scale import SCALES

__all__ = ["Turning", "turning"]


Pair = tuple[str, str]
"""A scenario, and another or `base`."""
Point = tuple[float, float]
"""A scale and a gain."""


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
        scales: Of every theta, rising; each is solved exactly, like every turn between them.
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
    names = list(dict.fromkeys(name for pair in pairs for name in pair if name != BASE))
    if not names:
        return ()
    progress("Along the scale of elasticities")
    posed = _Posed(case, names, as_of, world)
    parties = [party.economy for party in case.parties]
    known = posed.worth([(name, scale) for scale in scales for name in names])
    by_scale = {
        (name, scale): known[k] for k, (scale, name) in enumerate((s, n) for s in scales for n in names)
    }
    curves: list[tuple[str, Pair, list[float], list[float]]] = []
    brackets: list[_Bracket] = []
    for pair in pairs:
        gains = np.stack([_over(by_scale, pair, scale) for scale in scales])
        for column, party in enumerate(parties):
            solved = np.isfinite(gains[:, column])
            xs, ys = np.asarray(scales)[solved].tolist(), gains[solved, column].tolist()
            curves.append((party, pair, xs, ys))
            brackets += [_Bracket(len(curves) - 1, pair, column, *ends) for ends in _signs(xs, ys)]
    _narrow(posed, brackets)
    return tuple(
        Turning(
            party=party,
            scenario=pair[0],
            against=pair[1],
            scales=tuple(xs),
            gains=tuple(ys),
            turns=tuple(one.guess for one in brackets if one.curve == number),
        )
        for number, (party, pair, xs, ys) in enumerate(curves)
    )


@dataclass(slots=True)
class _Bracket:
    """Two scales between which a party's gain turns, the gains there, and where it is thought to turn."""

    curve: int
    pair: Pair
    column: int
    low: tuple[float, float]
    high: tuple[float, float]
    guess: float

    def narrowed(self, gain: float) -> None:
        """Put the gain at the guess in place of the end with the same sign; the next guess is between them."""
        if (gain > 0) == (self.low[1] > 0):
            self.low = (self.guess, gain)
        else:
            self.high = (self.guess, gain)
        (x, y), (x2, y2) = self.low, self.high
        self.guess = float(np.exp(np.log(x) + y / (y - y2) * (np.log(x2) - np.log(x))))


def _signs(scales: Sequence[float], gains: Sequence[float]) -> Iterator[tuple[Point, Point, float]]:
    """Neighbouring points whose gains have opposite signs, and where a smooth curve through all turns."""
    logs = np.log(scales)
    smooth = PchipInterpolator(logs, gains) if len(scales) > 1 else None
    for (x, y), (x2, y2) in pairwise(zip(scales, gains, strict=True)):
        if (y > 0) != (y2 > 0) and smooth is not None:
            turn: Any = brentq(lambda log: float(smooth(log)), np.log(x), np.log(x2))
            yield (x, y), (x2, y2), float(np.exp(turn))


def _narrow(posed: _Posed, brackets: Sequence[_Bracket]) -> None:
    """Solve at every guess; what is left after that is below a thousandth of the scale."""
    asked = [(name, one.guess) for one in brackets for name in one.pair if name != BASE]
    if not asked:
        return
    found = dict(zip(asked, posed.worth(asked), strict=True))
    for one in brackets:
        gain = float(_over(found, one.pair, one.guess)[one.column])
        if np.isfinite(gain) and gain != 0.0:
            one.narrowed(gain)


def _over(found: Mapping[tuple[str, float], Array], pair: Pair, scale: float) -> Array:
    """`[party]`, of the first of a pair over the second at a scale."""
    here = found[pair[0], scale]
    return here if pair[1] == BASE else here - found[pair[1], scale]


class _Posed:
    """Scenarios on one world, solved at many scales and elasticities together."""

    def __init__(self, case: Case, names: Sequence[str], as_of: date | None, world: World) -> None:
        coarsely = case.allowing_idle()  # what the whole world tells apart acts there
        posed = {name: scenario_effects(coarsely, name, as_of, world) for name in names}
        self.world = next(iter(posed.values()))[0]
        self._changes = {name: effects.counterfactual for name, (_, effects) in posed.items()}
        self._places = [self.world.position(party.economy) for party in case.parties]

    def worth(self, asked: Sequence[tuple[str, float]]) -> Array:
        """`[question, party]` for scenarios at scales; not a number where there is no equilibrium."""
        thetas = {scale: self.world.theta * scale for _, scale in asked}
        changes = [scaled(self._changes[name], scale) for name, scale in asked]
        each = [thetas[scale] for _, scale in asked]
        found = solve_batch(self.world, changes, thetas=each, processes=cores())
        worth = found.equivalent_variation.to_numpy()[:, self._places].astype(float)
        for failure in found.failures:
            worth[failure.member] = np.nan
        return worth
