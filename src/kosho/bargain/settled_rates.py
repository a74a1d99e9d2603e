"""The rates of the deals of a table with ranges: sought, laid on the table, and solved like all others.

The table is priced at a few rates of every range, and between these estimated by splines, to see where each
deal lies. From there its rates are sought exactly (`rate_search`). They join the table, with those at which
each party has the most that it could hope for; all is priced again, and what theory picks then is a deal at
rates that were sought for it. Should another combination of options be picked, it is sought there as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.pricing import NOISE, PricedTable
from kosho.bargain.rate_aims import Aim, aims_of, ideals, opening
from kosho.bargain.rate_cell import RateCell
from kosho.bargain.rate_options import ANCHORS, DECIMALS, name_at
from kosho.bargain.rate_search import FoundRates, best_rates
from kosho.bargain.solutions import solutions
from kosho.bargain.table import Table
from kosho.display import Shown
from kosho.language import _
from kosho.progress import Progress

__all__ = ["SettledRate", "SettledRates", "first_of", "settle_rates"]

FINE = 17
"""Rates of a range that packages are estimated at."""
MOST_FINE = 1_000_000
"""Packages estimated so at most."""
STARTS = 2
"""Combinations of options that an aim is sought in."""
WORTH_A_START = 0.03
"""Share of the best estimate by which one may fall short and still be a start."""
ROUNDS = 4
MOVED = 1e-4
"""Share by which what a party could hope for may move without deals being sought anew."""

Reprice = Callable[[Table], "list[PricedTable]"]
"""A table under every background."""


@dataclass(frozen=True, slots=True)
class SettledRate(Shown):
    """A rate that was found."""

    issue: str
    option: str
    """The one with the range."""
    percent: float
    step: float | None
    """Unit of the last digit that is true, percentage points; zero at an end of the range, None where a whole
    point more or less cannot be told apart."""


@dataclass(frozen=True)
class SettledRates(Shown):
    """The rates that make a deal what it is, and how well they are known.

    >>> from kosho.bargain.settled_rates import SettledRate, SettledRates
    >>> SettledRates("alone", "nash", {}, (SettledRate("cars", "in-all", 6.89, 0.01),), 0.095, False, 17).rates
    (SettledRate(issue='cars', option='in-all', percent=6.89, step=0.01),)
    """

    background: str
    concept: str
    options: dict[str, str]
    """By issue."""
    rates: tuple[SettledRate, ...]
    slope: float
    """Of what the concept makes large, in money: the largest that neither the ends of ranges nor the other
    side's gain close, million USD a year per percentage point. Where a duty's own slope jumps, that above."""
    differences: bool
    """Whether slopes were differences of solves, not the equilibrium's derivative: where a bound binds, or
    products are told apart."""
    solved: int
    """Equilibria that the search took."""


def settle_rates(
    priced: Sequence[PricedTable], reprice: Reprice, progress: Progress
) -> tuple[list[PricedTable], tuple[SettledRates, ...]]:
    """A priced table with the rates of its deals laid on it, and how these were found.

    Args:
        priced: By background.
        reprice: Prices the same table at more rates.
        progress: Called with what is being done.

    Raises:
        ConvergenceError: a package has no equilibrium at rates that were tried.
    """
    held = list(priced)
    if not held[0].table.spreads:
        return held, ()
    searches = [_Search() for _one in held]
    for _round in range(ROUNDS):
        names: dict[str, set[str]] = {}
        for search, one in zip(searches, held, strict=True):
            progress(_("Rates within ranges: {title}", title=one.background.title))
            for found in search.round(one):
                for rate in found.rates:
                    names.setdefault(rate.issue, set()).add(name_at(rate.option, rate.percent))
        table = held[0].table.with_rates(names)
        if table is held[0].table:
            break
        held = reprice(table)
    found = [one for search, priced_one in zip(searches, held, strict=True) for one in search.deals(priced_one)]
    return held, tuple(found)


def first_of(table: Table, found: Sequence[SettledRates], background: str, concept: str, rows: Index) -> Index:
    """Packages that a concept picks, that whose rates were sought for it first.

    Where one beside it is picked, which is as good to within noise, it stands alone.
    """
    for one in found:
        if one.background == background and one.concept == concept:
            package = table.grid.find(one.options)
            others = rows[rows != package]
            return np.array([package, *(others if len(others) < len(rows) else ())], np.intp)
    return rows


@dataclass(eq=False)
class _Search:
    """What was sought under one background."""

    found: dict[str, tuple[Aim, float, SettledRates]] = field(
        default_factory=dict[str, tuple[Aim, float, SettledRates]]
    )
    """By aim, with its value."""
    ideal: Array | None = None
    """`[party]`, the most that each could hope for when deals were sought."""

    def round(self, priced: PricedTable) -> list[SettledRates]:
        """Seek rates: at first for all aims, then where theory picks another package than the one sought."""
        game = priced.game
        if not game.zone:
            aim = opening(len(game.parties))
            return [] if "opening" in self.found else self._seek("opening", aim, priced, _starts(priced, [aim]))
        if self.ideal is None:
            return self._all(priced)
        ideal = self._ideal(priced)
        moved = not np.allclose(ideal, self.ideal, rtol=MOVED)
        self.ideal = ideal
        aims, told = aims_of(ideal), list[SettledRates]()
        for name, rows in solutions(game).items():
            if not self._sought(priced, name, rows) or (moved and name == "kalai_smorodinsky"):
                told += self._seek(name, aims[name], priced, [[_start(priced, int(rows[0]))]])
        return told

    def deals(self, priced: PricedTable) -> Iterator[SettledRates]:
        """What was sought for the packages that theory picks."""
        for name, rows in solutions(priced.game).items():
            if self._sought(priced, name, rows):
                yield self.found[name][2]

    def _sought(self, priced: PricedTable, name: str, rows: Index) -> bool:
        """Whether rates were sought for a concept that are those it picks, or as good to within noise."""
        if name not in self.found:
            return False
        aim, value, found = self.found[name]
        if any(priced.table.grid.label(k) == found.options for k in rows.tolist()):
            return True
        return bool(value >= float(aim.values(priced.game.gains[rows]).max()) - NOISE)

    def _all(self, priced: PricedTable) -> list[SettledRates]:
        """First what each party could hope for, which Kalai and Smorodinsky measure gains by."""
        hopes = ideals(len(priced.game.parties))
        told: list[SettledRates] = []
        for k, (aim, starts) in enumerate(zip(hopes, _starts(priced, hopes), strict=True)):
            told += self._seek(f"ideal-{k}", aim, priced, [starts])
        self.ideal = self._ideal(priced)
        named = aims_of(self.ideal)
        for (name, aim), starts in zip(named.items(), _starts(priced, list(named.values())), strict=True):
            told += self._seek(name, aim, priced, [starts])
        return told

    def _ideal(self, priced: PricedTable) -> Array:
        """`[party]`, the most of a package and of what was sought; above zero, as there is a zone."""
        gains = priced.game.gains[priced.game.candidates].max(axis=0, initial=0.0)
        sought = [
            self.found[name][1] if (name := f"ideal-{k}") in self.found else 0.0 for k in range(len(gains))
        ]
        return np.maximum(gains, sought)

    def _seek(
        self, name: str, aim: Aim, priced: PricedTable, starts: Sequence[Sequence[_Start]]
    ) -> list[SettledRates]:
        """The best from some starts, kept; nothing where no package of them has a rate that moves."""
        best: tuple[float, SettledRates] | None = None
        for start in (one for some in starts for one in some):
            cell = RateCell(priced, start.package)
            if cell.spreads:
                found = best_rates(cell, aim, start.rates)
                if found.value > (-np.inf if best is None else best[0]):
                    best = found.value, _told(priced, name, cell, found)
        if best is None:
            return []
        self.found[name] = aim, *best
        return [best[1]]


@dataclass(frozen=True, eq=False)
class _Start:
    """Where to seek."""

    package: int
    """Of the table, at the nearest rates."""
    rates: Array
    """`[rate]` within ranges, percent."""


def _start(priced: PricedTable, package: int) -> _Start:
    return _Start(package, RateCell(priced, package).rates)


def _starts(priced: PricedTable, aims: Sequence[Aim]) -> list[list[_Start]]:
    """For each aim the rates at which it is largest by estimate, in the best combinations of other options."""
    table = priced.table
    count = FINE
    while count > ANCHORS and _size(table, count) > MOST_FINE:
        count = (count + 1) // 2
    names: dict[str, set[str]] = {}
    for one in table.spreads:
        rates = np.linspace(one.between.low, one.between.high, count).round(DECIMALS).tolist()
        names.setdefault(table.grid.issues[one.issue], set()).update(name_at(one.of, rate) for rate in rates)
    fine = table.with_rates(names)
    guess = priced.at_rates_of(fine)
    near, allowed = fine.nearest_in(table), np.flatnonzero(guess.game.allowed)
    groups = _combinations(fine)[allowed]
    found: list[list[_Start]] = []
    for aim in aims:
        values = aim.values(guess.game.gains[allowed])
        order = np.argsort(-values, kind="stable")
        _groups, first = np.unique(groups[order], return_index=True)
        best = order[np.sort(first)][:STARTS]
        best = best[values[best] > -np.inf]
        enough = [
            n for n in best.tolist() if values[n] >= values[best[0]] - WORTH_A_START * abs(values[best[0]])
        ]
        found.append([_Start(int(near[allowed[n]]), RateCell(guess, int(allowed[n])).rates) for n in enough])
    return found


def _size(table: Table, count: int) -> int:
    """Packages if every range had so many rates, or those it has if these are more."""
    sizes = list(table.grid.shape)
    for one in table.spreads:
        sizes[one.issue] += max(count - len(one.rates), 0)
    return math.prod(sizes)


def _combinations(table: Table) -> Index:
    """`[package]`, a number that packages share which differ in rates within ranges alone."""
    total = np.zeros(len(table.grid), np.intp)
    for k, size in enumerate(table.grid.shape):
        family = np.arange(size)
        for one in table.spreads:
            if one.issue == k:
                family[list(one.choices)] = one.choices[0]
        total = total * size + family[table.grid.choices[:, k]]
    return total


def _told(priced: PricedTable, concept: str, cell: RateCell, found: FoundRates) -> SettledRates:
    grid = priced.table.grid
    rates = tuple(
        SettledRate(
            grid.issues[spread.issue], spread.of, round(rate, DECIMALS), None if math.isnan(step) else step
        )
        for spread, rate, step in zip(cell.spreads, found.rates.tolist(), found.steps.tolist(), strict=True)
    )
    options = grid.label(cell.package) | {rate.issue: name_at(rate.option, rate.percent) for rate in rates}
    return SettledRates(
        priced.background.id, concept, options, rates, found.slope, found.differences, found.solved
    )
