"""A line in constant elasticities, exact for changes of any size: home goods and imports of many origins.

Demand is nested: quantity of the line Q = P^eta; home goods and imports substitute with `upper`, origins of
imports with `lower`; a producer of elasticity e supplies p^e. In changes (hats), with shares s of spending:

    q_i = (c_i / P_M)^-lower (P_M / P)^-upper P^eta,  c_i = p_i (1 + t1) / (1 + t0),  p_i^e = q_i
    P_M = (sum s_i c_i^(1-lower))^(1/(1-lower)),      P likewise of home goods and imports with `upper`

Two price indices a line are found by Newton's method, all lines at once. Without home goods and with
lower = upper this is the model of USITC working paper 2020-11-B. The elasticity theta of Kosho's worlds is
that of trade shares to cost, so lower = 1 + theta agrees with what `kosho simulate` holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, plural
from kosho.errors import ConvergenceError, Problems
from kosho.language import _
from kosho.lines.smart_model import broadcast, finite, note_places, quotient

__all__ = ["CesOutcome", "nested_ces"]

STEPS = 100
TOLERANCE = 1e-13
NEAR_ONE = 1e-9
"""Elasticities so near to one are one: spending shares are constant."""
NEAR = 0.5
"""Logarithms of terms of a price index that are added up by what they differ from one."""


@dataclass(frozen=True, eq=False)
class CesOutcome(Shown):
    """Prices and quantities by line, new over old, and surpluses in the unit of the spending given.

    >>> from kosho.lines import nested_ces
    >>> nested_ces([[25.0] * 4], 0, [[.2, .15, .1, 0]], demand=-1, lower=5, supply=[[10, 10, 10, 2]])
    CES: 1 line, 4 origins
      consumer surplus   -10.24
      producer surplus   0.3564
      revenue            8.874
    """

    spending: Array
    """`[line, origin]`, at prices paid before."""
    home: Array
    """`[line]`, spending on home goods before."""
    before: Array
    """`[line, origin]`, tariffs, fractions."""
    after: Array
    demand: Array
    """`[line]`."""
    supply: Array
    """`[line, origin]`."""
    home_supply: Array
    """`[line]`."""
    producer_price: Array
    """`[line, origin]`."""
    home_price: Array
    """`[line]`."""
    home_quantity: Array
    """`[line]`."""
    quantity: Array
    """`[line, origin]`."""
    import_price: Array
    """`[line]`, index."""
    price: Array
    """`[line]`, index of the line."""

    def card(self) -> Card:
        """Sums over lines."""
        lines, origins = self.spending.shape
        made = self.producer_surplus.sum() + self.home_surplus.sum()
        return Card(
            f"CES: {plural(lines, 'line')}, {plural(origins, 'origin')}",
            [
                ("consumer surplus", number(self.consumer_surplus.sum())),
                ("producer surplus", number(made)),
                ("revenue", number(self.revenue.sum())),
            ],
        )

    @cached_property
    def consumer_price(self) -> Array:
        """`[line, origin]`."""
        return self.producer_price * (1.0 + self.after) / (1.0 + self.before)

    @cached_property
    def value_after(self) -> Array:
        """`[line, origin]`, spending at prices paid after."""
        return self.spending * self.consumer_price * self.quantity

    @cached_property
    def revenue(self) -> Array:
        """`[line, origin]`, change."""
        old = self.spending * self.before / (1.0 + self.before)
        return self.value_after * self.after / (1.0 + self.after) - old

    @cached_property
    def consumer_surplus(self) -> Array:
        """`[line]`, change: the area to the left of the demand for the line."""
        total = self.spending.sum(axis=1) + self.home
        return -total * _area(np.log(self.price), 1.0 + self.demand)

    @cached_property
    def producer_surplus(self) -> Array:
        """`[line, origin]`, change; nothing where supply is infinitely elastic."""
        made = self.spending / (1.0 + self.before)
        return made * _gain(self.producer_price, self.supply)

    @cached_property
    def home_surplus(self) -> Array:
        """`[line]`, change of the surplus of home producers."""
        return self.home * _gain(self.home_price, self.home_supply)

    @cached_property
    def welfare(self) -> Array:
        """`[line]`, of the importer: consumers, home producers and revenue."""
        return self.consumer_surplus + self.home_surplus + self.revenue.sum(axis=1)


@as_declared
def nested_ces(  # noqa: PLR0913 - the elasticities of the model
    spending: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    lower: ArrayLike,
    demand: ArrayLike = -1.0,
    supply: ArrayLike = np.inf,
    home: ArrayLike = 0.0,
    upper: ArrayLike | None = None,
    home_supply: ArrayLike = np.inf,
) -> CesOutcome:
    """Price a change of tariffs in constant elasticities, all lines at once.

    Args:
        spending: `[line, origin]`, imports at prices paid, tariff included.
        before: `[line, origin]` or what broadcasts to it, ad valorem fractions.
        after: The same.
        lower: Elasticities of substitution between origins, by line.
        demand: Price elasticities of the demand for the line, by line, at most zero.
        supply: Of producers, by line and origin or what broadcasts to it.
        home: Spending on home goods, by line.
        upper: Elasticities of substitution between home goods and imports; `lower` where it is not given.
        home_supply: Of home producers, by line.

    Raises:
        InputError: arrays that do not fit, figures that are not finite or of the wrong sign; all of them.
        ConvergenceError: prices were not found.

    >>> from kosho.lines import nested_ces
    >>> found = nested_ces([[25.0] * 4], 0, [[.2, .15, .1, 0]], lower=5, supply=[[10, 10, 10, 2]])
    >>> found.producer_price.round(6).tolist(), found.price.round(6).tolist()
    ([[0.967091, 0.980908, 0.995551, 1.060269]], [1.107843])
    """
    problems = Problems()
    bought = np.atleast_2d(np.asarray(spending, float))
    lines = bought.shape[:1]
    old, new, made = (
        broadcast(one, bought.shape, name, problems)
        for one, name in ((before, "before"), (after, "after"), (supply, "supply"))
    )
    inner, eta, own, rise = (
        broadcast(one, lines, name, problems)
        for one, name in ((lower, "lower"), (demand, "demand"), (home, "home"), (home_supply, "home_supply"))
    )
    outer = inner if upper is None else broadcast(upper, lines, "upper", problems)
    problems.raise_if_any()
    for name, values, above, hint in (
        ("spending", bought, (0.0, True), _("values of zero or more")),
        ("home", own, (0.0, True), _("values of zero or more")),
        ("before", old, (-1.0, False), _("rates above -1; 0.025 is 2.5 %")),
        ("after", new, (-1.0, False), _("rates above -1; 0.025 is 2.5 %")),
        ("lower", inner, (0.0, False), _("an elasticity above zero")),
        ("upper", outer, (0.0, False), _("an elasticity above zero")),
        ("demand", -eta, (0.0, True), _("an elasticity of zero or less")),
        ("supply", finite(made), (0.0, True), _("elasticities of zero or more, or infinite")),
        ("home_supply", finite(rise), (0.0, True), _("elasticities of zero or more, or infinite")),
    ):
        note_places(problems, values, above, name, hint)
    problems.raise_if_any()
    market = _Market(bought, own, np.log1p(new) - np.log1p(old), inner, outer, eta, made, rise)
    inside, whole = market.solve()
    prices, home_price = market.prices(inside, whole)
    cost = prices + market.power
    quantity = -inner[:, None] * (cost - inside[:, None]) + (-outer * (inside - whole) + eta * whole)[:, None]
    home_quantity = -outer * (home_price - whole) + eta * whole
    return CesOutcome(
        bought, own, old, new, eta, made, rise,
        np.exp(prices), np.exp(home_price), np.exp(home_quantity), np.exp(quantity),
        np.exp(inside), np.exp(whole),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Market:
    """Everything in logarithms of changes."""

    bought: Array
    home: Array
    power: Array
    lower: Array
    upper: Array
    demand: Array
    supply: Array
    home_supply: Array

    def prices(self, inside: Array, whole: Array) -> tuple[Array, Array]:
        """Of producers `[line, origin]` and of home producers `[line]`, at the two indices."""
        lower, upper = self.lower[:, None], self.upper
        level = (self.lower - self.upper) * inside + (self.upper + self.demand) * whole
        made = (level[:, None] - lower * self.power) / (self.supply + lower)
        return made, (self.upper + self.demand) * whole / (self.home_supply + upper)

    def solve(self) -> tuple[Array, Array]:
        """The two indices, by Newton's method in two unknowns a line."""
        inside = np.zeros(len(self.bought))
        whole = np.zeros(len(self.bought))
        imported = self.bought.sum(axis=1)
        both = np.stack([self.home, imported], axis=1)
        shares = quotient(self.bought, imported[:, None])
        split = quotient(both, both.sum(axis=1, keepdims=True))
        some = imported > 0
        first, second = inside, whole
        for _step in range(STEPS):
            made, home = self.prices(inside, whole)
            index, weight = _index(shares, made + self.power, self.lower)
            outer, mix = _index(split, np.stack([home, inside], axis=1), self.upper)
            first, second = np.where(some, inside - index, inside), whole - outer
            if max(np.abs(first).max(initial=0.0), np.abs(second).max(initial=0.0)) <= TOLERANCE:
                return inside, whole
            slope = (weight / (self.supply + self.lower[:, None])).sum(axis=1)
            a = np.where(some, 1.0 - slope * (self.lower - self.upper), 1.0)
            b = np.where(some, -slope * (self.upper + self.demand), 0.0)
            c = -mix[:, 1]
            d = 1.0 - mix[:, 0] * (self.upper + self.demand) / (self.home_supply + self.upper)
            det = a * d - b * c
            inside = inside - (d * first - b * second) / det
            whole = whole - (a * second - c * first) / det
        worst = int(np.argmax(np.abs(first) + np.abs(second)))
        raise ConvergenceError(float(np.abs(first).max()), f"line {worst}", STEPS)


def _index(shares: Array, cost: Array, sigma: Array) -> tuple[Array, Array]:
    """Logarithm of a price index, and shares of spending at new prices."""
    power = 1.0 - sigma[:, None]
    flat = np.abs(power) < NEAR_ONE
    top = np.where(shares > 0, power * cost, -np.inf).max(axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    terms = shares * np.exp(np.where(shares > 0, power * cost - top, 0.0))
    total = terms.sum(axis=1, keepdims=True)
    safe = np.where(total > 0, total, 1.0)
    mean = (shares * cost).sum(axis=1)
    # Near one, the logarithm of almost one is divided by almost nothing: what differs from one is added up.
    exponent = np.where(shares > 0, power * cost, 0.0)
    near = np.abs(exponent).max(axis=1) < NEAR
    rise = (shares * np.expm1(np.where(near[:, None], exponent, 0.0))).sum(axis=1)
    logarithm = np.where(near, np.log1p(rise), (np.log(safe) + top)[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        index = np.where(flat[:, 0], mean, logarithm / power[:, 0])
    return index, np.where(flat, shares, terms / safe)


def _area(log_price: Array, power: Array) -> Array:
    """The integral of p^(power - 1) from 1 to the price."""
    flat = np.abs(power) < NEAR_ONE
    return np.where(flat, log_price, np.expm1(power * log_price) / np.where(flat, 1.0, power))


def _gain(price: Array, supply: Array) -> Array:
    """The integral of p^supply from 1 to the price; nothing at infinite elasticity, where prices stay."""
    finite = np.where(np.isinf(supply), 0.0, supply)
    return np.where(np.isinf(supply), 0.0, _area(np.log(price), 1.0 + finite))
