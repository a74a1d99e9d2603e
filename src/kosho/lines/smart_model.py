"""SMART, the partial equilibrium of an importer's line: creation, diversion, revenue, consumer surplus.

Laird and Yeats (1986), The UNCTAD Trade Policy Simulation Model, as WITS uses it. Values stand for quantities
at world prices of one. With x = (t1 - t0) / (1 + t0), demand elasticity eta < 0, supply elasticity e:

    price of the exporter   p = eta x / (e - eta)             (nothing where e is infinite)
    creation                TC = M eta x / (1 - eta / e)
    diversion               adds up to nothing over the partners of a line

Two forms of diversion are in use and differ by some percent. `bounded`: the imports of a partner, relative to
those of the partner whose price falls least, rise by the factor 1 + sigma |y|, y its change of price relative
to that partner's; with one preferred partner (m, others n): m n sigma |x| / (m + n + m sigma |x|). `linear`:
TD = sigma m (mean y - y), with one preferred partner m n sigma |x| / (m + n), a loser losing what it sells at
most. Welfare is the area under demand: sum over partners of -(change of the price paid) times the mean of
imports before and after, and revenue; it is negative where diversion outweighs creation, and never clipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kosho.arrays import Array
from kosho.display import Card, Shown, number, plural
from kosho.errors import Problem, Problems
from kosho.language import _

__all__ = ["Diversion", "SmartOutcome", "broadcast", "note_places", "quotient", "smart"]

Diversion = Literal["bounded", "linear"]
"""Form of trade diversion; see above."""
FORMS: tuple[Diversion, ...] = ("bounded", "linear")
BLOCK = 256
"""Lines that are priced at a time."""
SHOWN = 5
"""Lines told by number where some are wrong."""


@dataclass(frozen=True, eq=False)
class SmartOutcome(Shown):
    """What a change of tariffs does, by line and partner; in the unit of the imports given.

    >>> from kosho.lines import smart
    >>> smart([[100, 60, 40]], [[.1, .1, .1]], [[0, .1, .1]], demand=-1.5, substitution=1.5)
    SMART: 1 line, 3 partners
      form of diversion   bounded
      trade creation      13.64
      trade diverted      6.383
      revenue             -10.64
      consumer surplus    11
      welfare             0.3627
    """

    form: Diversion
    before: Array
    """`[line, partner]`, tariffs, fractions."""
    after: Array
    imports: Array
    """`[line, partner]`, at world prices before."""
    creation: Array
    """`[line, partner]`."""
    diversion: Array
    """`[line, partner]`, adds up to nothing by line."""
    supply_price: Array
    """`[line, partner]`, change of the exporter's price, a fraction."""

    def card(self) -> Card:
        """Sums over all lines and partners."""
        lines, partners = self.imports.shape
        return Card(
            f"SMART: {plural(lines, 'line')}, {plural(partners, 'partner')}",
            [
                ("form of diversion", self.form),
                ("trade creation", number(self.creation.sum())),
                ("trade diverted", number(np.abs(self.diversion).sum() / 2)),
                ("revenue", number(self.revenue.sum())),
                ("consumer surplus", number(self.consumer_surplus.sum())),
                ("welfare", number(self.welfare.sum())),
            ],
        )

    @cached_property
    def imports_after(self) -> Array:
        """`[line, partner]`, at world prices before: a quantity."""
        later = self.imports + self.creation
        later += self.diversion
        return later

    @cached_property
    def price_effect(self) -> Array:
        """`[line, partner]`, what the old imports cost more at the exporter's new price."""
        return self.imports * self.supply_price

    @cached_property
    def value_after(self) -> Array:
        """`[line, partner]`, at the exporter's new price."""
        return self.imports_after * (1.0 + self.supply_price) if self._moving_prices else self.imports_after

    @cached_property
    def _moving_prices(self) -> bool:
        return bool(self.supply_price.any())

    @cached_property
    def revenue_before(self) -> Array:
        """`[line, partner]`, duties."""
        return self.before * self.imports

    @cached_property
    def revenue_after(self) -> Array:
        """`[line, partner]`, duties, on the value after."""
        return self.after * self.value_after

    @cached_property
    def revenue(self) -> Array:
        """`[line, partner]`, change of revenue."""
        return self.revenue_after - self.revenue_before

    @cached_property
    def consumer_surplus(self) -> Array:
        """`[line, partner]`, the area to the left of linear demand between the prices paid before and after."""
        cheaper = self.before - self.after
        if self._moving_prices:
            cheaper -= self.supply_price * (1.0 + self.after)
        cheaper *= 0.5
        cheaper *= self.imports + self.imports_after
        return cheaper

    @property
    def welfare(self) -> Array:
        """`[line, partner]`, of the importer: consumer surplus and revenue."""
        return self.consumer_surplus + self.revenue

    @property
    def exporter_gain(self) -> Array:
        """`[line, partner]`, producer surplus: the new price on the mean of what is sold; nothing where supply
        is infinitely elastic, whatever is sold more.
        """
        return self.supply_price * 0.5 * (self.imports + self.imports_after)


def smart(  # noqa: PLR0913 - the elasticities of the model
    imports: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    demand: ArrayLike,
    substitution: ArrayLike,
    supply: ArrayLike = np.inf,
    form: Diversion = "bounded",
) -> SmartOutcome:
    """Price a change of one importer's tariffs, all lines and partners at once.

    Args:
        imports: `[line, partner]`, value at world prices, any unit.
        before: `[line, partner]` or what broadcasts to it, ad valorem fractions.
        after: The same.
        demand: Import demand elasticities by line, at most zero.
        substitution: Elasticities of substitution between partners by line, at least zero.
        supply: Export supply elasticities, by line or by line and partner; infinite by default.
        form: Of diversion.

    Raises:
        InputError: arrays that do not fit, figures that are not finite or of the wrong sign; all of them.

    >>> from kosho.lines import smart
    >>> found = smart([[100, 60, 40]], [[.1] * 3], [[0, .1, .1]], demand=-1.5, substitution=1.5, form="linear")
    >>> found.creation.sum().round(4), found.diversion.round(4).tolist(), found.revenue_after.sum().round(4)
    (np.float64(13.6364), [[6.8182, -4.0909, -2.7273]], np.float64(9.3182))
    """
    trade = np.atleast_2d(np.asarray(imports, float))
    problems = Problems()
    old, new = (
        broadcast(rates, trade.shape, name, problems) for rates, name in ((before, "before"), (after, "after"))
    )
    eta, sigma, rise = (
        _by_line(one, trade.shape, name, problems)
        for one, name in ((demand, "demand"), (substitution, "substitution"), (supply, "supply"))
    )
    problems.raise_if_any()
    note_places(problems, trade, (0.0, True), "imports", _("values of zero or more"))
    for name, rates in (("before", old), ("after", new)):
        note_places(problems, rates, (-1.0, False), name, _("rates above -1; 0.025 is 2.5 %"))
    note_places(problems, -eta, (0.0, True), "demand", _("an elasticity of zero or less"))
    note_places(problems, sigma, (0.0, True), "substitution", _("an elasticity of zero or more"))
    note_places(
        problems, np.where(np.isposinf(rise), 1.0, rise), (0.0, False), "supply", "above zero, or infinite"
    )
    if form not in FORMS:
        problems.add(_("unknown form {form!r}", form=form), _("bounded or linear"), key="form")
    problems.raise_if_any()
    created, diverted = np.zeros(trade.shape), np.zeros(trade.shape)
    price = np.broadcast_to(np.float64(0.0), trade.shape) if np.isposinf(rise).all() else np.zeros(trade.shape)
    moves = np.flatnonzero((old != new).any(axis=1))  # where nothing changes, nothing happens
    way = _bounded if form == "bounded" else _linear
    for first in range(0, len(moves), BLOCK):  # what is worked on at a time stays near the processor
        at = moves[first : first + BLOCK]
        of_demand, of_choice, of_supply = (one if len(one) == 1 else one[at] for one in (eta, sigma, rise))
        some, before_, change = trade[at], old[at], new[at]
        change -= before_
        before_ += 1.0
        change /= before_
        moved = way(some, change, of_choice)
        wanted = change * some
        wanted *= of_demand / (1.0 - of_demand / of_supply)
        if change.max() > 0:  # trade stops where a rise would take more than there is
            np.maximum(wanted, -(some + moved), out=wanted)
        created[at], diverted[at] = wanted, moved
        if price.flags.writeable:
            with np.errstate(invalid="ignore"):
                price[at] = np.where(np.isposinf(of_supply), 0.0, of_demand / (of_supply - of_demand)) * change
    return SmartOutcome(form, old, new, trade, created, diverted, price)


def _bounded(trade: Array, change: Array, sigma: Array) -> Array:
    weight = _relative(trade, change)
    weight *= -sigma
    weight += 1.0
    weight *= trade
    weight *= quotient(trade.sum(axis=1, keepdims=True), weight.sum(axis=1, keepdims=True))
    weight -= trade
    return weight


def _linear(trade: Array, change: Array, sigma: Array) -> Array:
    relative = _relative(trade, change)
    total = trade.sum(axis=1, keepdims=True)
    mean = quotient((trade * relative).sum(axis=1, keepdims=True), total)
    moved = np.maximum(sigma * trade * (mean - relative), -trade)
    gained, lost = np.maximum(moved, 0.0), np.minimum(moved, 0.0)
    given, taken = gained.sum(axis=1, keepdims=True), -lost.sum(axis=1, keepdims=True)
    # A loser cannot lose more than it sells, and what is won is what is lost.
    met = np.minimum(given, taken)
    return gained * quotient(met, given) + lost * quotient(met, taken)


def _relative(trade: Array, change: Array) -> Array:
    """Change of a partner's price relative to that of the partner of the line that is favoured least.

    What nobody sells has weight zero later; its figure only has to be one.
    """
    sold = trade > 0
    least = np.max(change, axis=1, keepdims=True, where=sold, initial=-1.0)
    least = np.where(least > -1.0, least, 0.0)
    relative = change - least
    relative /= 1.0 + least
    return relative


def quotient(top: Array, bottom: Array) -> Array:
    """Quotients where `bottom`, which broadcasts to `top`, is positive; zero elsewhere."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _by_line(given: ArrayLike, shape: tuple[int, ...], name: str, problems: Problems) -> Array:
    """One figure, one a line, or one a line and partner, as what broadcasts to lines and partners."""
    array = np.asarray(given, float)
    if array.ndim == 0:
        return array.reshape(1, 1)
    column = array[:, None] if array.ndim == 1 and array.shape[0] == shape[0] else np.atleast_2d(array)
    broadcast(column, shape, name, problems)
    return column


def broadcast(given: ArrayLike, shape: tuple[int, ...], name: str, problems: Problems) -> Array:
    """An argument in the shape of the trade; a mistake is noted where it does not fit."""
    array = np.asarray(given, float)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        problems.add(
            _("has the shape {shape}, which does not fit {wanted}", shape=array.shape, wanted=shape), key=name
        )
        return np.zeros(shape)


def note_places(problems: Problems, values: Array, above: tuple[float, bool], name: str, hint: str) -> None:
    """Note the first places, by line and partner from 0, that are not finite or not above a bound."""
    bound, itself = above
    if values.size == 0:
        return
    low = values.min()
    if (low >= bound if itself else low > bound) and np.isfinite(values.max()):
        return
    fine = np.isfinite(values) & (values >= bound if itself else values > bound)
    places = np.argwhere(~fine)
    for place in places[:SHOWN].tolist():
        problems.add(_("cannot be"), hint, key=f"{name}{place}")
    if len(places) > SHOWN:
        problems.found.append(Problem(_("{number} more like these", number=len(places) - SHOWN), key=name))
