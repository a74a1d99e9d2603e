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

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from kosho.arrays import Array, Index
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, plural
from kosho.errors import Problem, Problems
from kosho.language import _

__all__ = [
    "Diversion",
    "SmartOutcome",
    "SmartTotals",
    "broadcast",
    "finite",
    "note_places",
    "quotient",
    "smart",
]

Diversion = Literal["bounded", "linear"]
"""Form of trade diversion; see above."""
FORMS: tuple[Diversion, ...] = ("bounded", "linear")
SHOWN = 5
"""Lines told by number where some are wrong."""


class SmartTotals(NamedTuple):
    """Sums over lines and partners, in the unit of the imports given.

    >>> from kosho.lines import smart
    >>> smart([[100, 60, 40]], [[.1] * 3], [[0, .1, .1]], demand=-1.5, substitution=1.5).totals.revenue.round(2)
    np.float64(-10.64)
    """

    creation: np.float64
    diversion: np.float64
    """Half of what is moved: what the winners gain."""
    revenue: np.float64
    consumer_surplus: np.float64
    welfare: np.float64


class _Cells(NamedTuple):
    """Line and partner pairs that trade in lines where something changes: the rest is as before.

    A line of a schedule is sold by some partners and touched by some packages, so that these are few. All
    arrays are of cells.
    """

    place: Index
    """Position in the flattened `[line, partner]`."""
    imports: Array
    before: Array
    after: Array
    creation: Array
    diversion: Array
    later: Array
    """Imports after, at world prices before."""
    price: Array | None
    """Change of the exporter's price; None where supply is infinitely elastic everywhere."""

    @property
    def revenue(self) -> Array:
        paid = self.after * self.later
        if self.price is not None:
            paid *= 1.0 + self.price
        paid -= self.before * self.imports
        return paid

    @property
    def consumer_surplus(self) -> Array:
        cheaper = self.before - self.after
        if self.price is not None:
            cheaper -= self.price * (1.0 + self.after)
        cheaper *= 0.5
        cheaper *= self.later + self.imports
        return cheaper


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
    _cells: _Cells = field(repr=False)

    def card(self) -> Card:
        """Sums over all lines and partners."""
        lines, partners = self.imports.shape
        found = self.totals
        return Card(
            f"SMART: {plural(lines, 'line')}, {plural(partners, 'partner')}",
            [
                ("form of diversion", self.form),
                ("trade creation", number(found.creation)),
                ("trade diverted", number(found.diversion)),
                ("revenue", number(found.revenue)),
                ("consumer surplus", number(found.consumer_surplus)),
                ("welfare", number(found.welfare)),
            ],
        )

    @cached_property
    def totals(self) -> SmartTotals:
        """Sums over all lines and partners, from the cells that move alone."""
        cells = self._cells
        revenue, surplus = cells.revenue.sum(), cells.consumer_surplus.sum()
        diverted = np.abs(cells.diversion).sum() / 2
        return SmartTotals(cells.creation.sum(), diverted, revenue, surplus, revenue + surplus)

    def _whole(self, cells: Array | float) -> Array:
        """Figures of cells at their places, zero elsewhere."""
        whole = np.zeros(self.imports.shape)
        whole.ravel()[self._cells.place] = cells
        return whole

    @cached_property
    def creation(self) -> Array:
        """`[line, partner]`."""
        return self._whole(self._cells.creation)

    @cached_property
    def diversion(self) -> Array:
        """`[line, partner]`, adds up to nothing by line."""
        return self._whole(self._cells.diversion)

    @cached_property
    def supply_price(self) -> Array:
        """`[line, partner]`, change of the exporter's price, a fraction; nothing where none is sold."""
        return self._whole(0.0 if self._cells.price is None else self._cells.price)

    @cached_property
    def imports_after(self) -> Array:
        """`[line, partner]`, at world prices before: a quantity."""
        return self.imports + self._whole(self._cells.creation + self._cells.diversion)

    @cached_property
    def price_effect(self) -> Array:
        """`[line, partner]`, what the old imports cost more at the exporter's new price."""
        return self.imports * self.supply_price

    @cached_property
    def value_after(self) -> Array:
        """`[line, partner]`, at the exporter's new price."""
        return self.imports_after * (1.0 + self.supply_price)

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
        return self._whole(self._cells.revenue)

    @cached_property
    def consumer_surplus(self) -> Array:
        """`[line, partner]`, the area to the left of linear demand between the prices paid before and after."""
        return self._whole(self._cells.consumer_surplus)

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


@as_declared
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
    changed = np.flatnonzero(np.not_equal(old, new))
    above, hint = (-1.0, False), _("rates above -1; 0.025 is 2.5 %")
    note_places(problems, old, above, "before", hint)
    if not _fine(np.take(new, changed), above):  # elsewhere it is what it was before
        note_places(problems, new, above, "after", hint)
    note_places(problems, -eta, (0.0, True), "demand", _("an elasticity of zero or less"))
    note_places(problems, sigma, (0.0, True), "substitution", _("an elasticity of zero or more"))
    note_places(problems, finite(rise), (0.0, False), "supply", _("above zero, or infinite"))
    if form not in FORMS:
        problems.add(_("unknown form {form!r}", form=form), _("bounded or linear"), key="form")
    problems.raise_if_any()
    return SmartOutcome(form, old, new, trade, _moved(trade, (old, new, changed), (eta, sigma, rise), form))


def _moved(
    trade: Array,
    rates: tuple[Array, Array, Index],
    elasticities: tuple[Array, Array, Array],
    form: Diversion,
) -> _Cells:
    """What happens in the cells of lines in which the rate of a partner that sells changes."""
    before, after, changed = rates
    line = changed[np.take(trade, changed) > 0] // trade.shape[1]  # in order, once a partner
    lines = line[np.flatnonzero(np.diff(line, prepend=-1))]
    sold = np.take(trade, lines, axis=0) > 0
    count = np.add.reduce(sold, axis=1, dtype=np.intp)
    place = np.flatnonzero(sold)
    place += np.repeat((lines - np.arange(len(lines))) * trade.shape[1], count)
    eta, sigma, rise = (_of_cells(one, trade.shape, place, lines, count) for one in elasticities)
    imports, old, new = (np.take(one, place) for one in (trade, before, after))
    change = new - old
    change /= 1.0 + old
    way = _bounded if form == "bounded" else _linear
    diverted = way(imports, change, sigma, count)
    created = change * imports
    created *= eta / (1.0 - eta / rise)
    if change.max(initial=0.0) > 0:  # trade stops where a rise would take more than there is
        np.maximum(created, -(imports + diverted), out=created)
    endless = np.isposinf(rise)
    with np.errstate(invalid="ignore"):
        price = None if endless.all() else np.where(endless, 0.0, eta / (rise - eta)) * change
    later = imports + created
    later += diverted
    return _Cells(place, imports, old, new, created, diverted, later, price)


def _of_cells(figures: Array, shape: tuple[int, ...], place: Index, lines: Index, count: Index) -> Array:
    """Figures that broadcast to lines and partners, of the cells; one figure stays one."""
    if figures.size == 1:
        return figures.reshape(1)
    if figures.shape[1] == 1 and len(figures) == shape[0]:
        return np.repeat(figures[lines, 0], count)
    return np.take(np.broadcast_to(figures, shape), place)


def _bounded(imports: Array, change: Array, sigma: Array, count: Index) -> Array:
    weight = _relative(change, count)
    weight *= -sigma
    weight += 1.0
    weight *= imports
    weight *= np.repeat(quotient(_by_lines(imports, count), _by_lines(weight, count)), count)
    weight -= imports
    return weight


def _linear(imports: Array, change: Array, sigma: Array, count: Index) -> Array:
    relative = _relative(change, count)
    mean = quotient(_by_lines(imports * relative, count), _by_lines(imports, count))
    moved = np.maximum(sigma * imports * (np.repeat(mean, count) - relative), -imports)
    gained, lost = np.maximum(moved, 0.0), np.minimum(moved, 0.0)
    given, taken = _by_lines(gained, count), -_by_lines(lost, count)
    # A loser cannot lose more than it sells, and what is won is what is lost.
    met = np.minimum(given, taken)
    return gained * np.repeat(quotient(met, given), count) + lost * np.repeat(quotient(met, taken), count)


def _relative(change: Array, count: Index) -> Array:
    """Change of a partner's price relative to that of the partner of the line that is favoured least."""
    least = np.repeat(_by_lines(change, count, np.maximum), count)
    relative = change - least
    least += 1.0
    relative /= least
    return relative


def _by_lines(cells: Array, count: Index, fold: np.ufunc = np.add) -> Array:
    """`[line that moves]`, cells folded by line."""
    if not len(count):
        return np.zeros(0)
    return fold.reduceat(cells, np.cumsum(count) - count)


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


def finite(elasticities: Array) -> Array:
    """Elasticities that may be infinite, for `note_places`: one stands for infinite."""
    return np.where(np.isposinf(elasticities), 1.0, elasticities)


def _fine(values: Array, above: tuple[float, bool]) -> bool:
    """Whether all are finite and above a bound."""
    if values.size == 0:
        return True
    low, (bound, itself) = values.min(), above
    return bool((low >= bound if itself else low > bound) and np.isfinite(values.max()))


def note_places(problems: Problems, values: Array, above: tuple[float, bool], name: str, hint: str) -> None:
    """Note the first places, by line and partner from 0, that are not finite or not above a bound."""
    bound, itself = above
    if _fine(values, above):
        return
    fine = np.isfinite(values) & (values >= bound if itself else values > bound)
    places = np.argwhere(~fine)
    for place in places[:SHOWN].tolist():
        problems.add(_("cannot be"), hint, key=f"{name}{place}")
    if len(places) > SHOWN:
        problems.found.append(Problem(_("{number} more like these", number=len(places) - SHOWN), key=name))
