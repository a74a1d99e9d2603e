"""What an equilibrium means for people: real income, what it is made of, volumes.

Values are bare arrays by country `(N,)`; `Outcome` names them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.factor_markets import Labour, spread
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.part_flows import at_cost
from kosho.equilibrium.preconditioners import Factors
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.system import Cells
from kosho.world import World

__all__ = [
    "GdpVolume",
    "Volume",
    "capital_growth",
    "capital_volume",
    "disutility",
    "disutility_slope",
    "fisher",
    "gdp_volume",
    "kept_back",
    "labour_volume",
    "profit_volume",
    "profits",
]


def disutility(base: Factors, labour: Labour) -> Array:
    """Change of what work costs workers, over base income, `(N, ...)`.

    Utility C - v L^(1 + 1/kappa), with labour chosen freely, values the base's work at kappa / (1 + kappa) of
    what workers keep for it; that grows with L^(1 + 1/kappa).
    """
    weight = _work(base)
    if weight is None:
        return np.zeros_like(labour.log)
    return spread(weight, labour.log) * np.expm1((1.0 + 1.0 / _supply(base)) * labour.log)


def disutility_slope(values: Values) -> Array:
    """Slope of `disutility` with ln of labour `(N,)`."""
    base, labour = values.system.base, values.incomes.labour
    weight = _work(base)
    if weight is None or labour is None:
        return np.zeros_like(values.income)
    power = 1.0 + 1.0 / _supply(base)
    return weight * power * np.exp(power * labour.log)


def _work(base: Factors) -> Array | None:
    """What the base's work costs workers, over base income `(N,)`; None where labour is given."""
    markets, kappa = base.markets, _supply(base)
    if markets is None or kappa == 0:
        return None
    income = base.value_added + markets.taken * base.labour_income + base.deficits
    return kappa / (1.0 + kappa) * markets.kept * base.labour_income / income


def _supply(base: Factors) -> float:
    return 0.0 if base.markets is None else base.markets.supply


def kept_back(world: World, revenue: Array, level: Array) -> Array:
    """Change of real tariff revenue `(N, ...)` over base income, at final prices `level` (hat)."""
    base, income = spread(world.arrays.revenue, revenue), spread(world.arrays.income, revenue)
    return (revenue / level - base) / income


@dataclass(frozen=True, eq=False)
class Volume:
    """Things counted, at base and new prices `(N,)` each: p0 q0, p0 q1, p1 q0, p1 q1."""

    base: Array
    new_at_base: Array
    base_at_new: Array
    new: Array

    def __add__(self, other: Volume) -> Volume:
        return Volume(
            self.base + other.base,
            self.new_at_base + other.new_at_base,
            self.base_at_new + other.base_at_new,
            self.new + other.new,
        )


@dataclass(frozen=True, eq=False)
class GdpVolume:
    """Change of the Fisher volume of GDP at market prices and its parts, which add up to it; fractions."""

    total: Array
    factors: Array  # labour and capital
    revenue: Array  # taxes on imports, deflated
    profits: Array


def gdp_volume(world: World, values: Values, shock: Shock, cells: Cells) -> GdpVolume:
    """GDP at market prices as incomes count it: factors, profits and taxes on imports, each at its own price.

    Contributions are those of Van IJzeren (1987), which add up exactly: with P the Fisher price index, of each
    thing (p0 + p1/P)(q1 - q0), over (p0 + p1/P) q0 of all of them.

    Args:
        world: The base.
        values: The equilibrium.
        shock: What it answers, rents of makers included.
        cells: Of the shock.
    """
    base, before = values.system.base, _base_output(values)
    point, output = values.point, values.output
    if point.premium is None:
        labour = labour_volume(base.labour_income, values.incomes.wage_bill, np.exp(point.log_wage))
    else:
        labour = _labour_by_sector(values, point.premium)
    factors = labour + capital_volume(base, before, output, point.log_price)
    of_makers = profit_volume(base, before, output, np.exp(values.log_cost))
    return fisher(factors, of_makers, _taxes(world, values, shock, cells))


def fisher(factors: Volume, profits: Volume, taxes: Volume) -> GdpVolume:
    """What is counted as one volume and its parts `(..., N)`; see `gdp_volume`."""
    whole = factors + profits + taxes
    price = np.sqrt(whole.base_at_new / whole.base * (whole.new / whole.new_at_base))
    weight = whole.base + whole.base_at_new / price

    def part(of: Volume) -> Array:
        return (of.new_at_base - of.base + (of.new - of.base_at_new) / price) / weight

    parts = [part(of) for of in (factors, taxes, profits)]
    return GdpVolume(np.sum(parts, axis=0), *parts)


def labour_volume(before: Array, bill: Array, wage: Array) -> Volume:
    """Labour `(..., N)`, free to move between sectors: what it earned, what it earns, and its wage (hat)."""
    return Volume(before, bill / wage, before * wage, bill)


def _labour_by_sector(values: Values, premium: Array) -> Volume:
    """Labour where its wages differ by sector; `premium` `(N, S)` as `Iterate` has it."""
    base = values.system.base
    price = np.exp(values.point.log_wage)[:, None] * np.exp(premium)
    before, spent = (base.labour * output for output in (_base_output(values), values.output))
    return Volume(*(x.sum(axis=1) for x in (before, spent / price, before * price, spent)))


def profits(base: Factors, output: Array) -> Array:
    """What makers who are given in number keep of receipts `(..., N, S)`, by country `(..., N)`."""
    if base.markets is None or base.markets.profit is None:
        return np.zeros(output.shape[:-1])
    return (base.markets.profit * output).sum(axis=-1)


def capital_growth(base: Factors, before: Array, output: Array, log_price: Array) -> Array:
    """Change of capital by volume `(..., N)`: its income over what it is made of; zero where it is in place.

    Args:
        base: Factors of the base.
        before: Output in the base `(N, S)`.
        output: New output `(..., N, S)`.
        log_price: ln P `(..., N, S)`.
    """
    if base.markets is None or base.markets.basket is None:
        return np.zeros(output.shape[:-1])
    capital = capital_volume(base, before, output, log_price)
    return capital.new_at_base / capital.base - 1.0


def capital_volume(base: Factors, before: Array, output: Array, log_price: Array) -> Volume:
    """Capital `(..., N)`, at what it is made of; none where it is in place. Arguments as `capital_growth`."""
    if base.markets is None or base.markets.basket is None:
        return _nothing(output)
    share = np.zeros_like(before) if base.markets.others is None else base.markets.others
    if base.markets.profit is not None:
        share = share - base.markets.profit
    rent = np.exp((base.markets.basket * log_price).sum(axis=-1))
    old, new = ((share * x).sum(axis=-1) for x in (before, output))
    return Volume(old, new / rent, old * rent, new)


def _base_output(values: Values) -> Array:
    base = values.system.base
    return (base.net_share * base.spending.T[:, :, None]).sum(axis=1).T


def profit_volume(base: Factors, before: Array, output: Array, cost: Array) -> Volume:
    """What earns profits `(..., N)`, at what a unit costs.

    Args:
        base: Factors of the base.
        before: Output in the base `(N, S)`.
        output: New output `(..., N, S)`.
        cost: Unit cost (hat) `(..., N, S)`.
    """
    if base.markets is None or base.markets.profit is None:
        return _nothing(output)
    old, new = base.markets.profit * before, base.markets.profit * output
    return Volume(*(x.sum(axis=-1) for x in (old, new / cost, old * cost, new)))


def _nothing(output: Array) -> Volume:
    zero = np.zeros(output.shape[:-1])
    return Volume(zero, zero, zero, zero)


def _taxes(world: World, values: Values, shock: Shock, cells: Cells) -> Volume:
    """Duties on what is imported, and rents that importers keep themselves, cell by cell.

    What arrives is what producers receive, over unit cost and change of real trade cost.
    """
    a, price = world.arrays, np.exp(values.log_cost)[None]
    new, paid = (
        x.transpose(1, 2, 0) for x in (values.net_flow, values.share * values.point.spending.T[:, :, None])
    )
    tax = paid - new
    if values.system.rents is not None:
        r = values.system.rents
        place = (r.importer, r.exporter, r.sector)
        np.subtract.at(tax, place, np.where(r.holder == r.importer, 0.0, r.part) * paid[place])
    arrived = new / price
    if len(cells.factor):
        arrived = arrived - _melted(values, shock, cells, new.shape) / price
    rate = np.divide(tax, arrived, out=np.zeros_like(tax), where=arrived > 0)
    return Volume(*(x.sum(axis=(1, 2)) for x in (a.tariff * a.flows, a.tariff * arrived, rate * a.flows, tax)))


def _melted(values: Values, shock: Shock, cells: Cells, shape: tuple[int, ...]) -> Array:
    """What producers receive for goods that do not arrive, or arrive for nothing, as trade costs changed."""
    cell = cells.row
    found = np.zeros(shape)
    place = (cells.importer[cell], cells.exporter[cell], cells.sector[cell])
    np.add.at(found, place, at_cost(values, cells) * (1.0 - 1.0 / shock.cost))
    return found
