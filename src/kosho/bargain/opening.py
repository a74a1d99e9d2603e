"""What would open a zone of agreement on a priced table: money, red lines, a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kosho.bargain.lay import law_of
from kosho.bargain.pricing import Priced, worth_of
from kosho.bargain.provisions import Position
from kosho.bargain.zone import Relaxation, Transfer, fewest_red_lines, smallest_transfer
from kosho.policy.translate import shock

__all__ = ["Opening", "RateChange", "openings", "smallest_rate_change"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]

TRIED = 5
"""Candidates whose rate is checked by solving."""
BISECTIONS = 5
SECANTS = 12
RESTATED = 1e-3
"""Percentage points to which one option is told in the terms of another."""

NO_TRANSFER = (
    "in every package that the red lines allow, the parties together lose: money between them helps none"
)
NO_RED_LINE = "no package on the table leaves all better off, within the red lines or across them"
NO_RATE = "nowhere between two neighbouring options of an issue do all gain"
NO_RATES = "no issue has an option that sets one rate"


@dataclass(frozen=True, slots=True)
class RateChange:
    """Another rate on one issue of a package that leaves all better off."""

    package: int
    issue: str
    option: str
    """In whose terms the rates are told: on top, in all ..."""
    old: float
    new: float
    """Percent, like `old`."""
    restated: bool
    """Whether the package's own option is told otherwise: `old` then takes as much from base trade."""
    gains: tuple[float, ...]
    """With the new rate, solved."""


@dataclass(frozen=True)
class Opening:
    """Three ways to a zone of agreement; each may not exist."""

    transfer: Transfer | None
    red_lines: list[Relaxation]
    rate: RateChange | None
    why_not: dict[str, str]
    """Why a way does not exist, by `transfer`, `red_lines`, `rate`."""


def openings(priced: Priced) -> Opening:
    """What would open a zone where there is none."""
    transfer, red_lines = smallest_transfer(priced.game), fewest_red_lines(priced.game)
    rate = smallest_rate_change(priced)
    rated = any(
        _rate(priced, issue, choice) is not None
        for issue, count in enumerate(priced.table.grid.shape)
        for choice in range(count)
    )
    absent = {
        "transfer": None if transfer else NO_TRANSFER,
        "red_lines": None if red_lines else NO_RED_LINE,
        "rate": None if rate else NO_RATE if rated else NO_RATES,
    }
    return Opening(transfer, red_lines, rate, {way: why for way, why in absent.items() if why})


def smallest_rate_change(priced: Priced) -> RateChange | None:
    """The smallest change of one rate of an allowed package that leaves all better off, between two options.

    Options of an issue are ordered by what they take from base trade. Where two neighbours do not set their
    rates in the same terms, or one of them leaves the law as it is, it is told in the terms of the other, at
    the rate that takes as much. Gains between neighbours are taken as linear to find candidates, in the order
    of the change they need; where that finds none, the middle of each step is tried, for the package that gains
    most in all at its ends. Candidates are solved, and moved by bisection towards the package as far as all
    still gain.

    Returns:
        None if no rate between two options was found to do it.
    """
    steps = [step for issue in range(len(priced.table.grid.issues)) for step in _steps(priced, issue)]
    candidates = [(step, one) for step in steps for one in _candidates(priced, step)]
    candidates.sort(key=lambda item: abs(item[1].new - item[1].old))
    middles = [(step, one) for step in steps if (one := _middle(priced, step)) is not None]
    middles.sort(key=lambda item: abs(item[1].new - item[1].old))
    for step, one in (*candidates[:TRIED], *middles):
        gains = _gains_at(priced, one.package, step, one.new)
        if (gains > priced.game.resolution).all():
            return _tightened(priced, step, one, gains)
    return None


@dataclass(frozen=True, slots=True)
class _Step:
    """From one option of an issue towards a neighbour."""

    issue: int
    start: int
    end: int
    terms: int
    """The option in whose terms rates are told."""
    rates: tuple[float, float]
    """Of start and end, in these terms."""


def _steps(priced: Priced, issue: int) -> list[_Step]:
    """Between neighbouring options of an issue, both ways, where one of them sets a rate."""
    rates = [_rate(priced, issue, choice) for choice in range(priced.table.grid.shape[issue])]
    if all(rate is None for rate in rates):
        return []
    taken = [_taken(priced, issue, choice) for choice in range(len(rates))]
    order = np.argsort(taken, kind="stable").tolist()
    found: list[_Step] = []
    for pair in pairwise(order):
        for start, end in (pair, pair[::-1]):
            terms = next((one for one in (end, start) if rates[one] is not None), None)
            if terms is not None:
                told = (_restated(priced, issue, one, terms, taken[one]) for one in (start, end))
                found.append(_Step(issue, start, end, terms, (next(told), next(told))))
    return found


def _rate(priced: Priced, issue: int, choice: int) -> float | None:
    """The one rate an option sets, if it sets one."""
    found = set(priced.table.option(issue, choice).at.values())
    return found.pop() if len(found) == 1 else None


def _taken(priced: Priced, issue: int, choice: int, rate: float | None = None) -> float:
    """Duties an option adds to those of the base year, on base trade; at another rate if given."""
    table = priced.table if rate is None else priced.table.with_rate(issue, choice, rate)
    return priced.laid.taken(table, issue, _with(priced, np.array([priced.table.fallback]), issue, choice)[0])


def _restated(priced: Priced, issue: int, choice: int, terms: int, taken: float) -> float:
    """The rate that in the terms of another option takes as much, by the secant rule."""
    own, start = _rate(priced, issue, choice), _rate(priced, issue, terms) or 0.0
    overlays = [set(priced.table.option(issue, one).overlays) for one in (choice, terms)]
    if own is not None and overlays[0] == overlays[1]:
        return own
    old, new = start, start + 1.0
    missing = _taken(priced, issue, terms, old) - taken
    for _ in range(SECANTS):
        left = _taken(priced, issue, terms, new) - taken
        if left == missing or abs(new - old) <= RESTATED:
            break  # equal: a floor below every ordinary duty takes nothing more
        old, new, missing = new, new - left * (new - old) / (left - missing), left
    return new


def _tightened(priced: Priced, step: _Step, change: RateChange, gains: Array) -> RateChange:
    bad, good = change.old, change.new
    for _ in range(BISECTIONS):
        middle = (bad + good) / 2
        found = _gains_at(priced, change.package, step, middle)
        if (found > priced.game.resolution).all():
            good, gains = middle, found
        else:
            bad = middle
    return replace(change, new=good, gains=tuple(gains.tolist()))


def _candidates(priced: Priced, step: _Step) -> Iterator[RateChange]:
    """From allowed packages: the middle of where, on a straight line to the neighbour, all gain."""
    game, table = priced.game, priced.table
    rows = np.flatnonzero((table.grid.choices[:, step.issue] == step.start) & game.allowed)
    here, there = game.gains[rows], game.gains[_with(priced, rows, step.issue, step.end)]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = here / (here - there)
    rising, falling = there > here, there < here
    low = np.where(rising, np.maximum(root, 0.0), np.where(falling | (here > 0), 0.0, 1.0)).max(axis=1)
    high = np.where(falling, np.minimum(root, 1.0), 1.0).min(axis=1)
    for row in np.flatnonzero(low < high):
        yield _change(priced, step, int(rows[row]), float(low[row] + high[row]) / 2)


def _middle(priced: Priced, step: _Step) -> RateChange | None:
    """The middle of a step, from the allowed package that gains most in all at both ends."""
    game, table = priced.game, priced.table
    rows = np.flatnonzero((table.grid.choices[:, step.issue] == step.start) & game.allowed)
    if not len(rows):
        return None
    ends = game.gains[rows] + game.gains[_with(priced, rows, step.issue, step.end)]
    return _change(priced, step, int(rows[ends.sum(axis=1).argmax()]), 0.5)


def _change(priced: Priced, step: _Step, package: int, share: float) -> RateChange:
    """A share of the way along a step."""
    old, end = step.rates
    table = priced.table
    restated = step.start != step.terms and _rate(priced, step.issue, step.start) != old
    issue, option = table.grid.issues[step.issue], table.option(step.issue, step.terms).id
    return RateChange(package, issue, option, old, old + share * (end - old), restated, ())


def _with(priced: Priced, packages: Index, issue: int, choice: int) -> Index:
    """The packages with another option of one issue."""
    choices = priced.table.grid.choices[packages]
    choices[:, issue] = choice
    return np.asarray(np.ravel_multi_index(tuple(choices.T), priced.table.grid.shape), np.intp)


def _gains_at(priced: Priced, package: int, step: _Step, rate: float) -> Array:
    """Gains of a package with another rate on one issue."""
    laid, state = priced.laid, priced.ground.packages
    changed = priced.table.with_rate(step.issue, step.terms, rate)
    other = int(_with(priced, np.array([package]), step.issue, step.terms)[0])
    duties = shock(laid.world, law_of(changed, state.register, other), state.on, state.known)
    position = Position(laid.provisions.marked(duties), laid.active[other])
    posed = laid.provisions.posed(position, laid.central)
    payoffs = worth_of(changed, laid.world, [posed], priced.deficits).payoffs(priced.weights)[0]
    return payoffs - priced.game.disagreement
