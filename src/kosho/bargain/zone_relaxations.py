"""What would open a zone of agreement on a priced table: money, red lines, a rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.game import Game
from kosho.bargain.nontariff import LawPosition
from kosho.bargain.package_duties import law_of_package
from kosho.bargain.payoffs import solve_payoffs
from kosho.bargain.pricing import PricedTable
from kosho.bargain.zone import Relaxation, Transfer, fewest_red_lines, smallest_transfer
from kosho.display import Card, Shown, listing, million, number
from kosho.impact.tariff_shock import shock
from kosho.language import N_, _
from kosho.unfinished import once

__all__ = [
    "RateChange",
    "ZoneRelaxations",
    "no_transfer",
    "relax_zone",
    "relaxing_packages",
    "smallest_rate_change",
]


TRIED = 5
"""Candidates whose rate is checked by solving."""
HUNDREDTH = 0.01
"""Percentage points to which the smallest change is sought."""
TERMS = {"floor": "in all", "tariff": "on top", "cut": "off the ordinary duty", "bind": "at most"}
"""How rates are expressed, by kind of measure."""
LIMITS = {"cut": (0.0, 100.0), "bind": (0.0, np.inf)}
"""Rates that a kind can have, percent; others are not limited here."""
SECANTS = 12
RESTATED = 1e-3
"""Percentage points to which one option is restated in the terms of another."""

TOGETHER_LOSE = N_(
    "in every package that the red lines allow, the parties together lose: money between them helps none"
)
TOGETHER_NOTHING = N_(
    "no package that the red lines allow gains the parties together: there is nothing to share"
)
NO_RED_LINE = N_("no package on the table leaves all better off, within the red lines or across them")
NO_RATE = N_("nowhere between two neighbouring options of an issue do all gain")
NO_RATES = N_("no issue has an option that sets one rate")


@dataclass(frozen=True, slots=True)
class RateChange(Shown):
    """Another rate on one issue of a package that leaves all better off."""

    package: int
    issue: str
    option: str
    """In whose terms the rates are expressed: on top, in all ..."""
    old: float
    new: float
    """Percent, like `old`."""
    restated: bool
    """Whether the package's own option is expressed otherwise: `old` then takes as much from base trade."""
    terms: str
    """Whether rates are `in all` or `on top` of others; empty where an option mixes them."""
    towards: str
    """The option that the rate moves towards."""
    crosses: tuple[str, ...]
    """Red lines that forbid that option; the rate itself is on none of them, and may be forbidden in spirit."""
    gains: tuple[float, ...]
    """With the new rate, solved."""


@dataclass(frozen=True)
class ZoneRelaxations(Shown):
    """Three ways to a zone of agreement; each may not exist."""

    transfer: Transfer | None
    red_lines: list[Relaxation]
    rate: RateChange | None
    why_not: dict[str, str]
    """Why a way does not exist, by `transfer`, `red_lines`, `rate`."""

    def card(self) -> Card:
        """Which way to a zone there is, and why the others are closed."""
        rows = list(self.why_not.items())
        if self.transfer:
            rows.append(("transfer", f"{million(self.transfer.amount)}, package {self.transfer.package}"))
        rows += [("red lines given up", listing(one.red_lines)) for one in self.red_lines]
        if self.rate:
            rows.append(("rate", f"{self.rate.issue}: {number(self.rate.old)} to {number(self.rate.new)} %"))
        return Card("ZoneRelaxations: what would open a zone of agreement", rows)


def relax_zone(priced: PricedTable) -> ZoneRelaxations:
    """What would open a zone where there is none."""
    transfer, red_lines = smallest_transfer(priced.game), fewest_red_lines(priced.game)
    rate = smallest_rate_change(priced)
    rated = any(
        _rate(priced, issue, choice) is not None
        for issue, count in enumerate(priced.table.grid.shape)
        for choice in range(count)
    )
    absent = {
        "transfer": None if transfer else no_transfer(priced.game),
        "red_lines": None if red_lines else _(NO_RED_LINE),
        "rate": None if rate else _(NO_RATE) if rated else _(NO_RATES),
    }
    return ZoneRelaxations(transfer, red_lines, rate, {way: why for way, why in absent.items() if why})


def relaxing_packages(game: Game) -> Index:
    """Packages that say which transfer and which red lines given up would open a zone, or why none would."""
    transfer, together = smallest_transfer(game), np.flatnonzero(game.allowed)
    best = together[[game.gains[together].sum(axis=1).argmax()]].tolist()
    best += [one.package for one in fewest_red_lines(game)]
    return np.array([*best, *([transfer.package] if transfer else [])], np.intp)


def no_transfer(game: Game) -> str:
    """Why money between the parties opens no zone."""
    together = float(game.gains[game.allowed].sum(axis=1).max())
    return _(TOGETHER_LOSE) if together < -game.resolution else _(TOGETHER_NOTHING)


def smallest_rate_change(priced: PricedTable) -> RateChange | None:
    """The smallest change of one rate of an allowed package that leaves all better off, between two options.

    Options of an issue are ordered by what they take from base trade. Where two neighbours do not set their
    rates in the same terms, or one of them leaves the law as it is, it is expressed in the terms of the other,
    at the rate that takes as much. Gains between neighbours are taken as linear to find candidates, in the
    order of the change they need; where that finds none, the middle of each step is tried, for the package that
    gains most in all at its ends. Candidates are solved, and the smallest change to a hundredth of a percentage
    point that leaves all gaining is sought by bisection. Ways into an option that a red line forbids come last.

    Returns:
        None if no rate between two options was found to do it.
    """
    steps = [step for issue in range(len(priced.table.grid.issues)) for step in _steps(priced, issue)]
    priced, candidates, middles = _ranked(priced, steps)
    best: RateChange | None = None
    for step, one in candidates:
        if best is None or bool(one.crosses) == bool(best.crosses):
            best = _smallest(priced, step, one, best) or best
    found = (_smallest(priced, step, one, None) for step, one in middles)
    return best or next((one for one in found if one is not None), None)


def _ranked(
    priced: PricedTable, steps: Sequence[_Step]
) -> tuple[PricedTable, list[_Candidate], list[_Candidate]]:
    """The first candidates, and the middles of steps, once the packages at both of their ends are solved."""
    while True:
        candidates = [(step, one) for step in steps for one in _candidates(priced, step)]
        candidates = sorted(candidates, key=_order)[:TRIED]
        middles = [(step, one) for step in steps if (one := _middle(priced, step)) is not None]
        ends = [
            package
            for step, one in (*candidates, *middles)
            for package in (one.package, *_with(priced, np.array([one.package]), step.issue, step.end).tolist())
        ]
        exact = priced.with_exact(ends) if ends else priced
        if exact is priced:
            return priced, candidates, sorted(middles, key=_order)
        priced = exact


def _order(item: _Candidate) -> tuple[bool, float]:
    return bool(item[1].crosses), abs(item[1].new - item[1].old)


@dataclass(frozen=True, slots=True)
class _Step:
    """From one option of an issue towards a neighbour."""

    issue: int
    start: int
    end: int
    terms: int
    """The option in whose terms rates are expressed."""
    rates: tuple[float, float]
    """Of start and end, in these terms."""


_Candidate = tuple[_Step, RateChange]


def _steps(priced: PricedTable, issue: int) -> list[_Step]:
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
                ends = (_restated(priced, issue, one, terms, taken[one]) for one in (start, end))
                found.append(_Step(issue, start, end, terms, (next(ends), next(ends))))
    return found


def _rate(priced: PricedTable, issue: int, choice: int) -> float | None:
    """The one rate an option sets, if it sets one."""
    found = set(priced.table.option(issue, choice).at.values())
    return found.pop() if len(found) == 1 else None


def _taken(priced: PricedTable, issue: int, choice: int, rate: float | None = None) -> float:
    """Duties an option adds to those of the base year, on base trade; at another rate if given."""
    table = priced.table if rate is None else priced.table.with_rate(issue, choice, rate)
    return priced.shocks.added_duties(
        table, issue, _with(priced, np.array([priced.table.fallback]), issue, choice)[0]
    )


def _restated(priced: PricedTable, issue: int, choice: int, terms: int, taken: float) -> float:
    """The rate that in the terms of another option takes as much, by the secant rule."""
    own, start = _rate(priced, issue, choice), _rate(priced, issue, terms) or 0.0
    overlays = [set(priced.table.option(issue, one).overlays) for one in (choice, terms)]
    if own is not None and overlays[0] == overlays[1]:
        return own
    low, high = _limits(priced, issue, terms)
    old, new = start, start + 1.0 if start + 1.0 <= high else start - 1.0
    missing = _taken(priced, issue, terms, old) - taken
    for _other in range(SECANTS):
        left = _taken(priced, issue, terms, new) - taken
        if left == missing or abs(new - old) <= RESTATED:
            break  # equal: a floor below every ordinary duty takes nothing more
        further = new - left * (new - old) / (left - missing)
        old, new, missing = new, min(max(further, low), high), left
    return new


def _smallest(
    priced: PricedTable, step: _Step, change: RateChange, best: RateChange | None
) -> RateChange | None:
    """The smallest change up to a candidate that leaves all gaining; None if it is not below the best."""
    sign = 1.0 if change.new > change.old else -1.0

    def at(count: int) -> tuple[float, Array]:
        rate = round(change.old + sign * count * HUNDREDTH, 2)
        return rate, _gains_at(priced, change.package, step, rate)

    good, bad = ceil(abs(change.new - change.old) / HUNDREDTH), 0
    if best is not None:
        good = min(good, ceil(abs(best.new - best.old) / HUNDREDTH) - 1)
    if good < 1:
        return None
    rate, gains = at(good)
    if not (gains > priced.game.resolution).all():
        return None
    while good - bad > 1:
        middle = (good + bad) // 2
        nearer, found = at(middle)
        if (found > priced.game.resolution).all():
            good, rate, gains = middle, nearer, found
        else:
            bad = middle
    return replace(change, new=rate, gains=tuple(gains.tolist()))


def _candidates(priced: PricedTable, step: _Step) -> Iterator[RateChange]:
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


def _middle(priced: PricedTable, step: _Step) -> RateChange | None:
    """The middle of a step, from the allowed package that gains most in all at both ends."""
    game, table = priced.game, priced.table
    rows = np.flatnonzero((table.grid.choices[:, step.issue] == step.start) & game.allowed)
    if not len(rows):
        return None
    ends = game.gains[rows] + game.gains[_with(priced, rows, step.issue, step.end)]
    return _change(priced, step, int(rows[ends.sum(axis=1).argmax()]), 0.5)


def _change(priced: PricedTable, step: _Step, package: int, share: float) -> RateChange:
    """A share of the way along a step."""
    old, end_rate = step.rates
    table = priced.table
    restated = step.start != step.terms and _rate(priced, step.issue, step.start) != old
    option = table.option(step.issue, step.terms)
    end = int(_with(priced, np.array([package]), step.issue, step.end)[0])
    new = priced.game.crossed[end] & ~priced.game.crossed[package]
    return RateChange(
        package,
        table.grid.issues[step.issue],
        option.id,
        old,
        old + share * (end_rate - old),
        restated,
        _terms(priced, step),
        table.option(step.issue, step.end).id,
        tuple(name for name, crossed in zip(priced.game.red_lines, new, strict=True) if crossed),
        (),
    )


def _terms(priced: PricedTable, step: _Step) -> str:
    """How the rates of a step are expressed."""
    kinds = _kinds(priced, step.issue, step.terms)
    return TERMS.get(kinds.pop(), "") if len(kinds) == 1 else ""


def _kinds(priced: PricedTable, issue: int, choice: int) -> set[str]:
    """Kinds of the measures that an option sets rates of."""
    at = priced.table.option(issue, choice).at
    return {one.kind for one in priced.table.overlay(issue, choice).add if one.id in at}


def _limits(priced: PricedTable, issue: int, choice: int) -> tuple[float, float]:
    """Rates that everything an option sets can have, percent."""
    limits = [LIMITS.get(kind, (-np.inf, np.inf)) for kind in _kinds(priced, issue, choice)]
    return max((low for low, _other in limits), default=-np.inf), min(
        (high for _other, high in limits), default=np.inf
    )


def _with(priced: PricedTable, packages: Index, issue: int, choice: int) -> Index:
    """The packages with another option of one issue."""
    choices = priced.table.grid.choices[packages]
    choices[:, issue] = choice
    return priced.table.grid.positions(choices)


def _gains_at(priced: PricedTable, package: int, step: _Step, rate: float) -> Array:
    """Gains of a package with another rate on one issue."""
    name = "relaxed", *priced.laid.name, package, step.issue, step.terms, rate
    return once(name, lambda: _solved_at(priced, package, step, rate)) - priced.game.disagreement


def _solved_at(priced: PricedTable, package: int, step: _Step, rate: float) -> Array:
    shocks, state = priced.shocks, priced.background.packages
    changed = priced.table.with_rate(step.issue, step.terms, rate)
    other = int(_with(priced, np.array([package]), step.issue, step.terms)[0])
    duties = shock(shocks.world, law_of_package(changed, state.register, other), state.on, state.known)
    position = LawPosition(shocks.nontariff.marked(duties), shocks.active[other])
    posed = shocks.nontariff.counterfactual(position, shocks.central)
    worth = solve_payoffs(changed, shocks.world, [posed], priced.deficits).complete(
        [f"package {other} at {rate:g} %"]
    )
    return worth.payoffs(priced.weights)[0]
