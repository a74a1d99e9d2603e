"""The equations of Caliendo & Parro (2015) in changes, as one function of wages, prices and expenditure.

Other closures of factor markets (`factor_markets`) change what labour costs, how much of it there is and who
earns the rest of value added; nothing else.

Legend (N countries, S sectors; a hat, new over old, is left out): n importer, i exporter, j sector,
w wages, P price indices, c unit costs, X expenditure (new level), Y output (new level), pi shares,
K = pi kappa^-theta, f the part of a purchase that goes to its producer, g to the treasury, h to a holder of
rents, V base value added, D deficits, alpha final shares, beta value-added shares, gamma input shares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.factor_markets import LEAST, Incomes
from kosho.equilibrium.preconditioners import Factors

__all__ = ["SMALL_CELL", "Iterate", "Nearby", "Rents", "System", "Values", "evaluate"]


SMALL_CELL = 1e-6
"""Share of a country's expenditure below which a cell's residual is measured against that share."""


@dataclass(frozen=True, eq=False)
class Rents:
    """Rents as a sparse list: of what `importer` pays `exporter` in `sector`, the part h goes to `holder`."""

    importer: Index
    exporter: Index
    sector: Index
    holder: Index
    part: Array  # h
    count: int  # N

    def received(self, paid: Array) -> tuple[Array, Array]:
        """Rents paid by importers and received by holders, both `(N,)`, from payments in each listed cell."""
        amount = self.part * paid
        return self._by_country(self.importer, amount), self._by_country(self.holder, amount)

    def _by_country(self, country: Index, amount: Array) -> Array:
        return np.asarray(np.bincount(country, amount, minlength=self.count), np.float64)


@dataclass(frozen=True, eq=False)
class System:
    """The equations of one shock: all policy detail is in K, f, h and D."""

    base: Factors
    factor: Array  # K over its sum in each importer and sector (S, N, N)
    net_factor: Array  # f K (S, N, N), scaled as K
    offset: Array  # -ln(sum K) / theta (N, S): the change of the price index at unchanged costs
    deficits: Array  # D' (N,)
    rents: Rents | None = None

    def in_single(self) -> System:
        """The same equations with the large arrays in single precision, half the memory to read."""
        base = replace(self.base, gamma=_single(self.base.gamma))
        return replace(self, base=base, factor=_single(self.factor), net_factor=_single(self.net_factor))


@dataclass(frozen=True, eq=False)
class Iterate:
    """Where the equations are evaluated."""

    log_wage: Array  # (N,)
    log_price: Array  # (N, S)
    spending: Array  # X (N, S)
    premium: Array | None = None  # ln of a sector's labour cost over the country's wage, where it moves (N, S)


@dataclass(frozen=True, eq=False)
class Nearby:
    """An equilibrium that another is near to, as far as solving can begin from it."""

    point: Iterate
    log_cost: Array  # ln c (N, S)
    free: Nearby | None = None
    """The same without any bound."""

    def moved(self, start: Nearby | Values, end: Nearby | Values) -> Nearby:
        """Where it would be had it moved as another did: exact up to how changes work on each other."""
        here, there, point = start.point, end.point, self.point
        ratio = np.divide(
            there.spending, here.spending, out=np.ones_like(here.spending), where=here.spending > 0
        )
        premium = None
        if point.premium is not None and here.premium is not None and there.premium is not None:
            premium = point.premium + there.premium - here.premium
        free = None
        if self.free is not None and isinstance(start, Nearby) and isinstance(end, Nearby):
            both = start.free, end.free
            free = self.free if both[0] is None or both[1] is None else self.free.moved(both[0], both[1])
        return Nearby(
            Iterate(
                point.log_wage + there.log_wage - here.log_wage,
                point.log_price + there.log_price - here.log_price,
                point.spending * ratio,
                premium,
            ),
            self.log_cost + end.log_cost - start.log_cost,
            free,
        )


@dataclass(frozen=True, eq=False)
class Values:
    """What the equations say at a point."""

    system: System
    point: Iterate
    log_cost: Array  # ln c (N, S)
    power: Array  # E = c^-theta (S, N)
    absorbed: Array  # K E summed over exporters (S, N)
    output: Array  # Y (N, S), what producers receive
    imports: Array  # (N,) what importers pay to producers, at home too
    revenue: Array  # (N,) of tariffs
    rents: Array  # (N,) received
    rents_paid: Array  # (N,)
    incomes: Incomes  # of factors
    income: Array  # I (N,)
    price_gap: Array  # ln P implied less ln P (N, S)
    spending_gap: Array  # uses less X (N, S)
    wage_gap: Array  # ln(value added earned / w V) less the numeraire's (N,)
    premium_gap: Array | None  # premium implied less premium (N, S)

    @cached_property
    def share(self) -> Array:
        """New shares pi' `(S, N, N)`."""
        share = self.system.factor * self.power[:, None, :]
        share /= self.absorbed[:, :, None]
        return share

    def share_in(self, sector: Index | int, importer: Index | int, exporter: Index | int) -> Array:
        """`share` in some cells."""
        found = self.system.factor[sector, importer, exporter] * self.power[sector, exporter]
        return found / self.absorbed[sector, importer]

    @cached_property
    def net_share(self) -> Array:
        """What producers receive of a buyer's spending on a sector, f pi' `(S, N, N)`."""
        share = self.system.net_factor * self.power[:, None, :]
        share /= self.absorbed[:, :, None]
        return share

    @cached_property
    def net_flow(self) -> Array:
        """What producers receive, f pi' X' `(S, N, N)`."""
        return self.net_share * self.point.spending.T[:, :, None]

    def net_flow_in(self, sector: Index | int, importer: Index | int, exporter: Index | int) -> Array:
        """`net_flow` in some cells."""
        found = self.system.net_factor[sector, importer, exporter] * self.power[sector, exporter]
        return found / self.absorbed[sector, importer] * self.point.spending[importer, sector]

    @cached_property
    def gaps(self) -> dict[str, Array]:
        """How far each equation is missed, `(N,)` each.

        Prices are measured in logs; expenditure against the cell (or `SMALL_CELL` of the country's
        expenditure where the cell is smaller); labour market and trade balance against income; the numeraire
        against itself.
        """
        base, incomes = self.system.base, self.incomes
        bought = self.imports + self.rents_paid - incomes.deficits
        world = incomes.value_added.sum() / base.value_added.sum()
        gaps = {
            "price": np.abs(self.price_gap).max(axis=1),
            "expenditure": np.abs(self.relative_spending_gap).max(axis=1),
            "labour": (base.labour * self.output).sum(axis=1) / incomes.wage_bill - 1.0,
            "balance": (bought - self.output.sum(axis=1) - self.rents) / self.income,
            "numeraire": np.full_like(incomes.wage_bill, world - 1.0),
        }
        return gaps if self.premium_gap is None else gaps | {"sectors": np.abs(self.premium_gap).max(axis=1)}

    @cached_property
    def relative_spending_gap(self) -> Array:
        """Gap of expenditure against the cell, or `SMALL_CELL` of the country's where that is more `(N, S)`."""
        spending = self.point.spending
        return self.spending_gap / np.maximum(spending, SMALL_CELL * spending.sum(axis=1, keepdims=True))

    @cached_property
    def worst(self) -> Array:
        """The largest relative gap of each country `(N,)`."""
        return np.max(np.abs(list(self.gaps.values())), axis=0)

    @property
    def residual(self) -> float:
        """The largest relative gap."""
        return float(self.worst.max())


def evaluate(system: System, at: Iterate) -> Values:
    """All equations at one point: three passes over K, two over the input-output blocks, no powers over N²S."""
    base = system.base
    wage = np.exp(at.log_wage)
    labour_cost = at.log_wage[:, None] if at.premium is None else at.log_wage[:, None] + at.premium
    inputs = _times(base.gamma.transpose(0, 2, 1), at.log_price)
    if base.markets is not None:
        inputs = base.markets.cost_of_inputs(inputs, at.log_price)
    log_cost = base.cost_labour * labour_cost + inputs
    power = np.exp(-(base.theta * log_cost)).T.copy()
    absorbed = _times(system.factor, power)
    absorbed[absorbed <= 0] = 1.0  # cells nobody supplies or buys
    unit = at.spending.T / absorbed
    imports = (unit * _times(system.net_factor, power)).sum(axis=0)
    output = (power * _times(system.net_factor.transpose(0, 2, 1), unit)).T.copy()
    received = rents_paid = np.zeros_like(wage)
    if system.rents is not None:
        r = system.rents
        paid = system.factor[r.sector, r.importer, r.exporter] * power[r.sector, r.exporter]
        rents_paid, received = r.received(paid * unit[r.sector, r.importer])
    revenue = at.spending.sum(axis=1) - imports - rents_paid
    incomes = _incomes(system, at, wage, output, revenue)
    income = incomes.value_added + revenue + received + incomes.deficits
    uses = _times(base.gamma, output) + base.alpha * income[:, None]
    numeraire = np.log(incomes.value_added.sum() / base.value_added.sum())
    return Values(
        system=system,
        point=at,
        log_cost=log_cost,
        power=power,
        absorbed=absorbed,
        output=output,
        imports=imports,
        revenue=revenue,
        rents=received,
        rents_paid=rents_paid,
        incomes=incomes,
        income=income,
        price_gap=system.offset - np.log(absorbed).T / base.theta - at.log_price,
        spending_gap=uses - at.spending,
        wage_gap=np.log(incomes.earned / incomes.wage_bill) - numeraire,
        premium_gap=_premium_gap(base, at, output, incomes),
    )


def _incomes(system: System, at: Iterate, wage: Array, output: Array, revenue: Array) -> Incomes:
    """What factors earn, at least next to nothing."""
    base, markets = system.base, system.base.markets
    wage_bill = wage * base.labour_income
    earned = np.maximum((base.labour * output).sum(axis=1), LEAST)
    if markets is None:
        return Incomes(wage_bill, earned, wage_bill, system.deficits)
    level = np.einsum("nj,nj->n", base.alpha, at.log_price)
    labour = markets.labour(at.log_wage, level, revenue, wage_bill)
    value_added = wage_bill = labour.bill
    if markets.others is not None:
        value_added = wage_bill + np.einsum("nj,nj->n", markets.others, output)
    fixed = markets.deficit_share is None
    deficits = system.deficits if fixed else markets.deficits(output.sum(axis=1))
    return Incomes(wage_bill, earned, value_added, deficits, labour)


def _premium_gap(base: Factors, at: Iterate, output: Array, incomes: Incomes) -> Array | None:
    if at.premium is None or base.markets is None:
        return None
    labour = incomes.labour
    return base.markets.premium(base.labour * output, None if labour is None else labour.log) - at.premium


def _times(matrices: Array, vectors: Array) -> Array:
    """Each matrix of a stack times its vector, in the precision of the matrices."""
    return np.matmul(matrices, vectors[:, :, None].astype(matrices.dtype, copy=False))[:, :, 0]


def _single(array: Array) -> Any:
    return array.astype(np.float32)
