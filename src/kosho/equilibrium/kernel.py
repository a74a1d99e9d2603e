"""The equations of Caliendo & Parro (2015) in changes, as one function of wages, prices and expenditure.

Legend (N countries, S sectors; a hat, new over old, is left out): n importer, i exporter, j sector,
w wages, P price indices, c unit costs, X expenditure (new level), Y output (new level), pi shares,
K = pi kappa^-theta, f the part of a purchase that goes to its producer, g to the treasury, h to a holder of
rents, V base value added, D deficits, alpha final shares, beta value-added shares, gamma input shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.factors import Factors

__all__ = ["Levels", "Point", "Rents", "System", "Values", "evaluate", "levels"]

Array = NDArray[np.float64]

SMALL_CELL = 1e-6
"""Share of a country's expenditure below which a cell's residual is measured against that share."""


@dataclass(frozen=True, eq=False)
class Rents:
    """Rents as a sparse list: of what `importer` pays `exporter` in `sector`, the part h goes to `holder`."""

    importer: NDArray[np.intp]
    exporter: NDArray[np.intp]
    sector: NDArray[np.intp]
    holder: NDArray[np.intp]
    part: Array  # h
    count: int  # N

    def received(self, paid: Array) -> tuple[Array, Array]:
        """Rents paid by importers and received by holders, both `(N,)`, from payments in each listed cell."""
        amount = self.part * paid
        return self._by_country(self.importer, amount), self._by_country(self.holder, amount)

    def _by_country(self, country: NDArray[np.intp], amount: Array) -> Array:
        return np.asarray(np.bincount(country, amount, minlength=self.count), np.float64)


@dataclass(frozen=True, eq=False)
class System:
    """The equations of one shock: all policy detail is in K, f, h and D."""

    base: Factors
    factor: Array  # K over its sum in each importer and sector (S, N, N)
    offset: Array  # -ln(sum K) / theta (N, S): the change of the price index at unchanged costs
    net: Array  # f (S, N, N)
    net_factor: Array  # f K (S, N, N), scaled as K
    deficits: Array  # D' (N,)
    rents: Rents | None = None


@dataclass(frozen=True, eq=False)
class Point:
    """Where the equations are evaluated."""

    log_wage: Array  # (N,)
    log_price: Array  # (N, S)
    spending: Array  # X (N, S)


@dataclass(frozen=True, eq=False)
class Values:
    """What the equations say at a point; the three gaps are zero in equilibrium."""

    price_gap: Array  # ln P implied less ln P (N, S)
    spending_gap: Array  # uses less X (N, S)
    wage_gap: Array  # ln(value added earned / w V) less the numeraire's (N,)
    power: Array  # E = c^-theta (S, N)
    absorbed: Array  # K E summed over exporters (S, N)
    output: Array  # Y (N, S)
    income: Array  # I (N,)


def evaluate(system: System, at: Point) -> Values:
    """All equations at one point: three passes over K, two over the input-output blocks, no powers over N²S."""
    base = system.base
    wage = np.exp(at.log_wage)
    log_cost = base.beta * at.log_wage[:, None]
    log_cost += np.matmul(base.gamma.transpose(0, 2, 1), at.log_price[:, :, None])[:, :, 0]
    power = np.exp(-(base.theta * log_cost)).T.copy()
    column = power[:, :, None]
    absorbed = np.matmul(system.factor, column)[:, :, 0]
    absorbed = np.where(absorbed > 0, absorbed, 1.0)  # cells nobody supplies or buys
    unit = at.spending.T / absorbed
    net_unit = np.matmul(system.net_factor, column)[:, :, 0]
    output = (power * np.matmul(system.net_factor.transpose(0, 2, 1), unit[:, :, None])[:, :, 0]).T.copy()
    revenue = at.spending.sum(axis=1) - (unit * net_unit).sum(axis=0)
    if system.rents is not None:
        r = system.rents
        cell = (r.sector, r.importer, r.exporter)
        paid, received = r.received(system.factor[cell] * power[cell[0], cell[2]] * unit[cell[0], cell[1]])
        revenue += received - paid
    income = wage * base.value_added + revenue + system.deficits
    uses = np.matmul(base.gamma, output[:, :, None])[:, :, 0] + base.alpha * income[:, None]
    earned = np.maximum((base.beta * output).sum(axis=1), np.finfo(float).tiny)
    wage_bill = wage * base.value_added
    numeraire = np.log(wage_bill.sum() / base.value_added.sum())
    return Values(
        price_gap=system.offset - np.log(absorbed).T / base.theta - at.log_price,
        spending_gap=uses - at.spending,
        wage_gap=np.log(earned / wage_bill) - numeraire,
        power=power,
        absorbed=absorbed,
        output=output,
        income=income,
    )


@dataclass(frozen=True, eq=False)
class Levels:
    """The equilibrium written out, and how far it misses each of its equations."""

    share: Array  # pi' (S, N, N)
    net_flow: Array  # f pi' X' (S, N, N), what producers receive
    cost: Array  # c (N, S)
    output: Array  # Y' (N, S)
    revenue: Array  # (N,) tariff revenue
    rents: Array  # (N,) rents received
    rents_paid: Array  # (N,) by importers
    income: Array  # I' (N,)
    gaps: dict[str, Array]  # relative, each (N,)

    @property
    def worst(self) -> Array:
        """The largest relative gap of each country `(N,)`."""
        return np.max(np.abs(list(self.gaps.values())), axis=0)

    @property
    def residual(self) -> float:
        """The largest relative gap."""
        return float(self.worst.max())


def levels(system: System, at: Point) -> Levels:
    """Every equation in its original form at one point, with relative gaps by country.

    Prices are measured in logs; expenditure against the cell (or `SMALL_CELL` of the country's expenditure
    where the cell is smaller); labour market and trade balance against income; the numeraire against itself.
    """
    base = system.base
    wage = np.exp(at.log_wage)
    log_cost = base.beta * at.log_wage[:, None] + np.einsum("nkj,nk->nj", base.gamma, at.log_price)
    share = system.factor * np.exp(-base.theta * log_cost).T[:, None, :]
    total = share.sum(axis=2)
    total[total <= 0] = 1.0  # cells nobody supplies or buys
    share /= total[:, :, None]
    implied = system.offset - np.log(total).T / base.theta
    net_flow = system.net * share
    net_flow *= at.spending.T[:, :, None]
    output = net_flow.sum(axis=1).T
    imports = net_flow.sum(axis=(0, 2))
    received, rents_paid = np.zeros_like(wage), np.zeros_like(wage)
    if system.rents is not None:
        r = system.rents
        paid = share[r.sector, r.importer, r.exporter] * at.spending[r.importer, r.sector]
        rents_paid, received = r.received(paid)
    revenue = (share.sum(axis=2).T * at.spending).sum(axis=1) - imports - rents_paid
    income = wage * base.value_added + revenue + received + system.deficits
    uses = np.einsum("nkj,nj->nk", base.gamma, output) + base.alpha * income[:, None]
    scale = np.maximum(at.spending, SMALL_CELL * at.spending.sum(axis=1, keepdims=True))
    balance = imports + rents_paid - system.deficits - output.sum(axis=1) - received
    wage_bill = wage * base.value_added
    gaps = {
        "price": np.abs(implied - at.log_price).max(axis=1),
        "expenditure": np.abs((uses - at.spending) / scale).max(axis=1),
        "labour": (base.beta * output).sum(axis=1) / wage_bill - 1.0,
        "balance": balance / income,
        "numeraire": np.full_like(wage, wage_bill.sum() / base.value_added.sum() - 1.0),
    }
    return Levels(share, net_flow, np.exp(log_cost), output, revenue, received, rents_paid, income, gaps)
