"""A package whose rates move within their ranges: what it is worth at any of them, and how that changes.

Slopes are the equilibrium's own derivative (`kosho.equilibrium.gradient`) by every duty and trade cost, times
what a percentage point does to these. Where a bound binds, a quota or a promise to buy, or a product told apart
has a nest of its own, that derivative holds its wedge; then slopes are differences of solves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.bargain.package_shocks import PackageShocks
from kosho.bargain.payoffs import payoffs_of_outcomes, solve_payoffs
from kosho.bargain.pricing import PricedTable
from kosho.bargain.rate_options import DECIMALS, Spread
from kosho.bargain.table import Table
from kosho.equilibrium import Outcome, Payoff, Shock, gradient, solve
from kosho.unfinished import once

__all__ = ["Look", "RateCell"]

NEAR = 1e-3
"""Percentage points, for what a rate does to duties: a straight line but where floors meet ordinary duties."""
APART = 0.05
"""Percentage points either way, for differences of solves."""


@dataclass(frozen=True, eq=False)
class Look:
    """A package at some rates."""

    gains: Array
    """`[party]`, million USD a year over no deal."""
    slopes: Array
    """`[party, rate]`, million USD a year per percentage point."""
    differences: bool
    """Whether slopes are differences of solves."""


@dataclass(frozen=True, eq=False)
class RateCell:
    """Packages that differ in rates within ranges alone."""

    priced: PricedTable
    package: int
    """One of them."""
    looks: dict[tuple[float, ...], Look] = field(default_factory=dict[tuple[float, ...], Look])
    worth: dict[tuple[float, ...], Array] = field(default_factory=dict[tuple[float, ...], Array])
    laid: dict[tuple[float, ...], PackageShocks] = field(default_factory=dict[tuple[float, ...], PackageShocks])

    @property
    def spreads(self) -> list[Spread]:
        """The ranges that it has a rate of, m of them."""
        choices = self.priced.table.grid.choices[self.package]
        return [one for one in self.priced.table.spreads if choices[one.issue] in one.choices]

    @property
    def rates(self) -> Array:
        """`[m]`, percent, of `package`."""
        choices = self.priced.table.grid.choices[self.package]
        return np.array([one.rates[one.choices.index(choices[one.issue])] for one in self.spreads])

    @property
    def ends(self) -> Array:
        """`[m, 2]`, percent."""
        return np.array([(one.between.low, one.between.high) for one in self.spreads]).reshape(-1, 2)

    def look(self, rates: Array) -> Look:
        """Solve at some rates, with slopes."""
        at = np.clip(rates, *self.ends.T).round(DECIMALS + 2)
        key = tuple(at.tolist())
        if key not in self.looks:
            self.looks[key] = once(("look", *self._name, key), lambda: self._look(at))
        return self.looks[key]

    def gains(self, many: Sequence[Array]) -> Array:
        """`[rates, party]` at many rates, solved together."""
        keys = [tuple(one.round(DECIMALS + 2).tolist()) for one in many]
        new = [key for key in dict.fromkeys(keys) if key not in self.worth]
        if new:
            gains = once(("at rates", *self._name, tuple(new)), lambda: self._gains(new))
            self.worth.update(zip(new, gains, strict=True))
        return np.array([self.worth[key] for key in keys])

    def _gains(self, rates: Sequence[tuple[float, ...]]) -> Array:
        laid = [self._shocks(np.array(key)).tight.counterfactuals([self.package])[0] for key in rates]
        priced = self.priced
        found = solve_payoffs(priced.table, priced.world, laid, priced.deficits)
        return found.complete().payoffs(priced.weights) - priced.game.disagreement

    @property
    def _name(self) -> tuple[Any, ...]:
        return *self.priced.laid.name, self.package

    def _look(self, rates: Array) -> Look:
        priced = self.priced
        change = self._shocks(rates).counterfactuals([self.package])[0]
        outcome = solve(priced.world, change, priced.deficits)
        worth = payoffs_of_outcomes(priced.table, priced.world, [outcome]).payoffs(priced.weights)[0]
        gains = worth - priced.game.disagreement
        slopes = None
        if not change.nests and not any(one.binds for one in outcome.constraints):
            slopes = self._by_gradient(rates, change.shock, outcome)
        if slopes is None:
            return Look(gains, self._by_differences(rates), differences=True)
        return Look(gains, slopes, differences=False)

    def _by_gradient(self, rates: Array, shock: Shock, outcome: Outcome) -> Array | None:
        """`[party, rate]`; None where another rate makes other rows of the shock."""
        moved: list[tuple[Array, Array]] = []
        for k, high in enumerate(self.ends[:, 1].tolist()):
            step = NEAR if rates[k] + NEAR <= high else -NEAR
            other = rates.copy()
            other[k] += step
            near = self._shocks(other).counterfactuals([self.package])[0].shock
            if near.places() != shock.places():
                return None
            moved.append(((near.tariff - shock.tariff) / step, np.log(near.cost / shock.cost) / step))
        found = [gradient(outcome, payoff) for payoff in self._payoffs()]
        return np.array(
            [[one.part_tariff @ tariff + one.part_cost @ cost for tariff, cost in moved] for one in found]
        )

    def _payoffs(self) -> list[Payoff]:
        """Of the parties, at central weights."""
        priced = self.priced
        weights: list[dict[str, float]] = [{} for _party in priced.table.parties]
        held = zip(priced.weights.owner.tolist(), priced.weights.sectors, priced.weights.value, strict=True)
        for owner, sectors, value in held:
            for j in np.flatnonzero(sectors).tolist():
                code = priced.world.sectors[j]
                weights[owner][code] = weights[owner].get(code, 0.0) + float(value * sectors[j])
        return [Payoff(code, mine) for code, mine in zip(priced.table.parties, weights, strict=True)]

    def _by_differences(self, rates: Array) -> Array:
        sides = self._sides(rates)
        gains = self.gains([one for low, high, _apart in sides for one in (low, high)])
        apart = np.array([one[2] for one in sides])
        return ((gains[1::2] - gains[::2]) / apart[:, None]).T

    def _sides(self, rates: Array) -> list[tuple[Array, Array, float]]:
        """For each rate, all rates with it lower and higher, inside the range, and how far these are apart."""
        found: list[tuple[Array, Array, float]] = []
        for k, (low, high) in enumerate(self.ends.tolist()):
            less, more = rates.copy(), rates.copy()
            less[k], more[k] = max(rates[k] - APART, low), min(rates[k] + APART, high)
            found.append((less, more, float(more[k] - less[k])))
        return found

    def _shocks(self, rates: Array) -> PackageShocks:
        """The law at some rates, with what of it was translated."""
        key = tuple(rates.tolist())
        if key not in self.laid:
            self.laid[key] = self._laid(rates)
        return self.laid[key]

    def _laid(self, rates: Array) -> PackageShocks:
        table: Table = self.priced.table
        choices = table.grid.choices[self.package]
        for one, rate in zip(self.spreads, rates.tolist(), strict=True):
            table = table.with_rate(one.issue, int(choices[one.issue]), rate)
        return self.priced.shocks.relaid(table)
