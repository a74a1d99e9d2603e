"""GSIM, the global simulation of one good: every exporter, every importer, prices that clear all markets.

Francois and Hall (2003), Global Simulation Analysis of Industry-Level Trade Policy, linear in proportional
changes p of world prices, one an exporter r. With shares of imports at domestic prices theta, shares of exports
at world prices phi, composite demand Em < 0, export supply Ex, substitution Es, and dT = T1 / T0 - 1 of the
power of the tariff T = 1 + t:

    Ex p[r] = sum_v phi[r,v] ( sum_s theta[s,v] (Em[v] + Es[v]) (p[s] + dT[s,v]) - Es[v] (p[r] + dT[r,v]) )

Behaviour adds p and dT; what is reported multiplies: the price paid is (1 + p) T1 / T0, trade after is
M (1 + q) (1 + p). Consumer surplus is the trapezoid D (-P + |Em| P² / 2), D imports at domestic prices, P the
mean change of the price paid: right for falls and rises. The workbook GSIM4x4, as commonly transcribed, has
D (Em P² sign(P) / 2 - P), which overstates a loss; it is kept beside, under that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from kosho.arrays import Array, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, plural
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.lines.smart_model import broadcast, finite, note_places, quotient

__all__ = ["GsimOutcome", "gsim"]

BLOCK = 128
"""Lines that are cleared at a time."""


@dataclass(frozen=True, eq=False)
class GsimOutcome(Shown):
    """Prices, trade and surpluses by line; in the unit of the trade given.

    >>> from kosho.lines import gsim
    >>> trade = [[0, 50], [40, 0]]
    >>> gsim(trade, [[0, .2], [.2, 0]], 0, demand=-1.25, supply=1.5, substitution=5)
    GSIM: 1 line, 2 exporters, 2 importers
      producer surplus   7.206
      consumer surplus   11.91
      revenue            -18
      welfare            1.111
    """

    trade: Array
    """`[line, exporter, importer]`, at world prices before."""
    before: Array
    """`[line, exporter, importer]`, powers of tariffs, 1 + t."""
    after: Array
    demand: Array
    """`[line, importer]`."""
    supply: Array
    """`[line, exporter]`."""
    world_price: Array
    """`[line, exporter]`, change, a fraction."""
    quantity: Array
    """`[line, exporter, importer]`, change, a fraction."""

    def card(self) -> Card:
        """Sums over all lines and countries."""
        lines, exporters, importers = self.trade.shape
        total = self.producer_surplus.sum() + self.consumer_surplus.sum() + self.revenue.sum()
        return Card(
            f"GSIM: {plural(lines, 'line')}, {plural(exporters, 'exporter')}, {plural(importers, 'importer')}",
            [
                ("producer surplus", number(self.producer_surplus.sum())),
                ("consumer surplus", number(self.consumer_surplus.sum())),
                ("revenue", number(self.revenue.sum())),
                ("welfare", number(total)),
            ],
        )

    @cached_property
    def trade_after(self) -> Array:
        """`[line, exporter, importer]`, at world prices after."""
        return self.trade * (1.0 + self.quantity) * (1.0 + self.world_price[:, :, None])

    @cached_property
    def outside(self) -> Mask:
        """`[line]`, where the linear answer takes more from a flow than there is: the change is too large."""
        return np.asarray(((self.trade > 0) & (self.quantity < -1.0)).any(axis=(1, 2)), bool)

    @cached_property
    def output(self) -> Array:
        """`[line, exporter]`, change of what is supplied, a fraction; where supply is infinitely elastic, that
        of demand.
        """
        sold = self.trade.sum(axis=2)
        wanted = quotient((self.trade * self.quantity).sum(axis=2), sold)
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(self.supply), wanted, self.supply * self.world_price)

    @cached_property
    def paid(self) -> Array:
        """`[line, exporter, importer]`, change of the price paid, a fraction."""
        return (1.0 + self.world_price[:, :, None]) * self.after / self.before - 1.0

    @cached_property
    def composite_price(self) -> Array:
        """`[line, importer]`, mean change of the prices paid, by imports at domestic prices."""
        return quotient((self.trade * self.before * self.paid).sum(axis=1), self._bought)

    @cached_property
    def consumer_surplus(self) -> Array:
        """`[line, importer]`, change: the trapezoid under linear demand."""
        price = self.composite_price
        return self._bought * (0.5 * np.abs(self.demand) * price**2 - price)

    @cached_property
    def consumer_surplus_as_in_gsim4x4(self) -> Array:
        """`[line, importer]`, as the workbook has it: its triangle has the wrong sign where prices rise."""
        price = self.composite_price
        return self._bought * (0.5 * self.demand * price**2 * np.sign(price) - price)

    @cached_property
    def _bought(self) -> Array:
        return (self.trade * self.before).sum(axis=1)

    @cached_property
    def producer_surplus(self) -> Array:
        """`[line, exporter]`, change."""
        price = self.world_price
        with np.errstate(invalid="ignore"):
            rise = np.where(np.isinf(self.supply), 0.0, self.supply * price)
        return self.trade.sum(axis=2) * price * (1.0 + 0.5 * rise)

    @cached_property
    def revenue(self) -> Array:
        """`[line, importer]`, change."""
        new = (self.trade_after * (self.after - 1.0)).sum(axis=1)
        return new - (self.trade * (self.before - 1.0)).sum(axis=1)

    @cached_property
    def welfare(self) -> Array:
        """`[line, country]`, producer and consumer surplus and revenue; exporters and importers are the same
        countries in the same order.
        """
        return self.producer_surplus + self.consumer_surplus + self.revenue


@as_declared
def gsim(
    trade: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    demand: ArrayLike,
    supply: ArrayLike,
    substitution: ArrayLike,
) -> GsimOutcome:
    """Clear the world markets of all lines at once.

    Args:
        trade: `[line, exporter, importer]`, or one line, value at world prices; trade with oneself is a market
            like any other.
        before: Ad valorem tariffs, fractions, that broadcast to `trade`.
        after: The same.
        demand: Composite demand elasticities that broadcast to `[line, importer]`, at most zero.
        supply: Export supply elasticities that broadcast to `[line, exporter]`, zero or more, or infinite.
        substitution: Elasticities of substitution that broadcast to `[line, importer]`, zero or more.

    Raises:
        InputError: arrays that do not fit, figures that are not finite or of the wrong sign; all of them; or a
            line whose prices nothing sets.

    >>> from kosho.lines import gsim
    >>> trade = [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]]
    >>> old = [[0, .21, .41, .22], [.37, 0, .31, .23], [.32, .36, 0, .18], [.57, .41, .25, .15]]
    >>> new = [[0, .21, 0, .22], [.37, 0, .31, .23], [0, .36, 0, .18], [.57, .41, .25, .15]]
    >>> gsim(trade, old, new, demand=-1.25, supply=1.5, substitution=5).world_price.round(4).tolist()
    [[0.0792, -0.0316, 0.048, -0.0184]]
    """
    problems = Problems()
    flows = np.asarray(trade, float)
    flows = flows[None] if flows.ndim == 2 else flows
    if flows.ndim != 3:
        problems.add(_("has shape {shape}", shape=flows.shape), "[line, exporter, importer]", key="trade")
        problems.raise_if_any()
    lines, exporters, importers = flows.shape
    old = 1.0 + broadcast(before, flows.shape, "before", problems)
    new = 1.0 + broadcast(after, flows.shape, "after", problems)
    em = broadcast(demand, (lines, importers), "demand", problems)
    ex = broadcast(supply, (lines, exporters), "supply", problems)
    es = broadcast(substitution, (lines, importers), "substitution", problems)
    problems.raise_if_any()
    for name, values, above, hint in (
        ("trade", flows, (0.0, True), _("values of zero or more")),
        ("before", old, (0.0, False), _("rates above -1; 0.025 is 2.5 %")),
        ("after", new, (0.0, False), _("rates above -1; 0.025 is 2.5 %")),
        ("demand", -em, (0.0, True), _("elasticities of zero or less")),
        ("supply", finite(ex), (0.0, True), _("elasticities of zero or more, or infinite")),
        ("substitution", es, (0.0, True), _("elasticities of zero or more")),
    ):
        note_places(problems, values, above, name, hint)
    problems.raise_if_any()
    price = np.empty((lines, exporters))
    quantity = np.empty(flows.shape)
    for first in range(0, lines, BLOCK):  # what is worked on at a time stays near the processor
        at = slice(first, first + BLOCK)
        price[at], quantity[at] = _clear(flows[at], old[at], new[at], (em[at], ex[at], es[at]), first)
    return GsimOutcome(flows, old, new, em, ex, price, quantity)


def _clear(
    flows: Array, old: Array, new: Array, elasticities: tuple[Array, Array, Array], first: int
) -> tuple[Array, Array]:
    """World prices, and quantities of every flow, proportional changes; `first` numbers the first line."""
    em, ex, es = elasticities
    power = new / old - 1.0
    bought, sold = flows * old, flows.sum(axis=2, keepdims=True)
    theta = quotient(bought, bought.sum(axis=1, keepdims=True))
    phi = quotient(flows, sold)
    pull = (em + es)[:, None, :]
    own = (phi * es[:, None, :]).sum(axis=2)
    mean = (theta * power).sum(axis=1, keepdims=True) * pull
    asked = (phi * (mean - es[:, None, :] * power)).sum(axis=2)
    matrix = -np.matmul(phi * pull, theta.transpose(0, 2, 1))
    still = (sold[:, :, 0] <= 0) | np.isinf(ex)  # nobody sells, or any quantity at the old price
    diagonal = np.arange(flows.shape[1])
    matrix[:, diagonal, diagonal] += own + np.where(still, 0.0, ex)
    matrix[still] = 0.0
    matrix[:, diagonal, diagonal] += still
    rigid = np.flatnonzero((~still & (ex == 0)).any(axis=1))  # else each exporter's own supply sets its price
    for line in rigid[np.linalg.matrix_rank(matrix[rigid]) < len(diagonal)][:1].tolist():
        told = _("many prices clear the market: too little of supply and demand reacts to them")
        hint = _("an elasticity of demand below zero, or of supply above it")
        raise InputError(Problem(told, hint, key=f"supply[{first + line}]"))
    price = np.linalg.solve(matrix, np.where(still, 0.0, asked)[..., None])[..., 0]
    paid = price[:, :, None] + power
    composite = (theta * paid).sum(axis=1, keepdims=True) * pull
    return price, np.where(flows > 0, composite - es[:, None, :] * paid, 0.0)
