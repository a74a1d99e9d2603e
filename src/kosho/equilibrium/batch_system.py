"""Many shocks to one world as one system of equations with a last axis b, a member each.

Most of K is the same for all members. Only the markets (a sector in an importer) where members differ get a K
of their own; the rest is shared and goes through matrix products. Legend as in the kernel; arrays are
(S, N, ...), j sector, n importer, i exporter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.batch_markets import Bought, Markets
from kosho.equilibrium.batch_shocks import BatchStack, StackCells, cells_of_stack
from kosho.equilibrium.factor_markets import LEAST, Incomes, Labour
from kosho.equilibrium.kernel import SMALL_CELL, System
from kosho.equilibrium.preconditioners import Factors
from kosho.errors import InputError
from kosho.language import _
from kosho.world import World

__all__ = ["Family", "Look", "picked"]


@dataclass(frozen=True, eq=False)
class Own:
    """Markets (r of them, ordered by sector) in which members differ."""

    sector: Index  # (r,)
    importer: Index
    factor: Array  # K, each market and member scaled to one (r, N, b)
    net_factor: Array  # f K (r, N, b)

    @cached_property
    def spans(self) -> list[tuple[int, slice]]:
        """The markets of each sector that has any. Sums by sector stay in the cache and copy nothing."""
        sectors, starts = np.unique(self.sector, return_index=True)
        ends = [*starts[1:].tolist(), len(self.sector)]
        return [
            (sector, slice(first, last))
            for sector, first, last in zip(sectors.tolist(), starts.tolist(), ends, strict=False)
        ]

    def sums(self, matrix: Array, power: Array) -> Array:
        """Each market's row of `matrix` times what its exporters offer, (r, b)."""
        found = np.empty((len(self.sector), matrix.shape[2]), matrix.dtype)
        for sector, span in self.spans:
            np.einsum("rib,ib->rb", matrix[span], power[sector], out=found[span])
        return found

    def sell(self, output: Array, unit: Array) -> None:
        """Add to output `(S, N, b)` what these markets buy, each at what its spending of one is `(S, N, b)`."""
        for sector, span in self.spans:
            output[sector] += np.einsum("rib,rb->ib", self.net_factor[span], unit[sector, self.importer[span]])

    def take(self, members: Index) -> Own:
        """The same markets for fewer members."""
        return replace(self, factor=picked(self.factor, members), net_factor=picked(self.net_factor, members))


@dataclass(frozen=True, eq=False)
class RentList:
    """Rents of all members: of what `importer` pays `exporter` in `sector`, h K goes to `holder`."""

    sector: Index
    importer: Index
    exporter: Index
    holder: Index
    member: Index
    factor: Array  # h K

    def amounts(self, power: Array, unit: Array) -> Array:
        """What is paid, by rent."""
        sold = power[self.sector, self.exporter, self.member] * unit[self.sector, self.importer, self.member]
        return self.factor * sold

    def take(self, members: Index) -> RentList:
        """The rents of some members, renumbered."""
        place = np.full(int(self.member.max(initial=-1)) + 1, -1)
        place[members[members < len(place)]] = np.flatnonzero(members < len(place))
        kept = place[self.member] >= 0
        return RentList(
            self.sector[kept],
            self.importer[kept],
            self.exporter[kept],
            self.holder[kept],
            place[self.member[kept]],
            self.factor[kept],
        )


@dataclass(frozen=True, eq=False)
class Look:
    """What the equations say at a point; every array ends with the members."""

    gaps: Array  # labour market, price index, expenditure over its scale (N + 2 SN, b)
    worst: Array  # largest relative gap of every equation written out, (b,)
    income: Array  # (N, b)
    revenue: Array  # of tariffs (N, b)
    labour: Labour | None  # supplied, where it moves
    output: Array  # (S, N, b)
    log_cost: Array  # (S, N, b)
    power: Array  # c^-theta (S, N, b)
    unit: Array  # expenditure over what its market absorbs (S, N, b)
    bought: Bought | None  # in markets with bounds or nests

    @property
    def wedges(self) -> Array | None:
        """Log wedges of bounds `(c, b)`."""
        return None if self.bought is None else self.bought.wedges


@dataclass(frozen=True, eq=False)
class Family:
    """The equations of b shocks."""

    base: Factors
    scale: Array  # of expenditure (S, N)
    factor: Array  # K where members agree, zero elsewhere (S, N, N)
    net_factor: Array
    own: Own
    offset: Array  # (S, N, b)
    rents: RentList | None
    markets: Markets | None
    cells: StackCells
    """Of the shocks it was made of, whichever of them are left."""

    @classmethod
    def of(
        cls, base: Factors, world: World, stack: BatchStack, scale: Array, markets: Markets | None = None
    ) -> Family:
        """Fold shocks to a world that is an equilibrium.

        Args:
            base: Factors of the world under a closure without labour costs that differ by sector.
            world: An equilibrium.
            stack: Shocks, without what they do in `markets`.
            scale: Of expenditure `(S, N)`.
            markets: What is bounded, or tells products apart.

        Raises:
            InputError: a shock leaves a market without supplier, or its parts do not fit; `solve` names it.
        """
        family = _folded(base, world, stack, scale)
        if markets is None:
            return family
        for factor in (family.factor, family.net_factor):
            factor[markets.where] = 0.0
        return replace(family, markets=markets)

    def in_single(self) -> Family:
        """The same equations in single precision, half the memory to read."""
        base = replace(
            self.base,
            **{
                name: getattr(self.base, name).astype(np.float32)
                for name in (
                    "theta",
                    "gamma",
                    "alpha",
                    "value_added",
                    "deficits",
                    "labour",
                    "labour_income",
                    "cost_labour",
                )
            },
            markets=None if self.base.markets is None else self.base.markets.in_single(),
        )
        own = replace(
            self.own,
            factor=self.own.factor.astype(np.float32),
            net_factor=self.own.net_factor.astype(np.float32),
        )
        arrays = {
            name: getattr(self, name).astype(np.float32) for name in ("scale", "factor", "net_factor", "offset")
        }
        return replace(self, base=base, own=own, **arrays)

    def average(self) -> System:
        """The equations of the average member, rents paid to the treasury; bounds are left aside."""
        factor, net_factor = self.factor.copy(), self.net_factor.copy()
        where = (self.own.sector, self.own.importer)
        factor[where], net_factor[where] = self.own.factor.mean(axis=2), self.own.net_factor.mean(axis=2)
        return System(self.base, factor, net_factor, self.offset.mean(axis=2).T, self.base.deficits)

    def take(self, members: Index) -> Family:
        """The equations of some members."""
        rents = None if self.rents is None else self.rents.take(members)
        markets = None if self.markets is None else self.markets.take(members)
        offset = picked(self.offset, members)
        return replace(self, own=self.own.take(members), offset=offset, rents=rents, markets=markets)

    def look(self, state: Array, wedges: Array | None = None) -> Look:
        """All equations at log wages, log prices and expenditure over its scale, `(N + 2 SN, b)`.

        The wedges that meet the bounds are looked for from `wedges`.
        """
        base, own = self.base, self.own
        count, members = len(base.value_added), state.shape[1]
        blocks = state[count:].reshape(2, *self.scale.shape, members)
        log_wage, log_price = state[:count], blocks[0]
        spending = blocks[1] * self.scale[:, :, None]
        log_cost = self._inputs(log_price)
        log_cost += self._cost_labour * log_wage
        power = np.exp(self._minus_theta * log_cost)
        absorbed, received = self.factor @ power, self.net_factor @ power
        absorbed[own.sector, own.importer] = own.sums(own.factor, power)
        received[own.sector, own.importer] = own.sums(own.net_factor, power)
        absorbed[absorbed <= 0] = 1.0  # cells nobody supplies or buys
        unit = spending / absorbed
        received *= unit
        bought = None if self.markets is None else self.markets.at(log_cost, log_price, spending, wedges)
        if bought is not None:
            absorbed[bought.where] = np.exp(self._minus_theta[bought.where[0], 0] * bought.log_price)
            received[bought.where] = bought.sold.sum(axis=1)
        imports = received.sum(axis=0)
        output = self.net_factor.transpose(0, 2, 1) @ unit
        own.sell(output, unit)
        output *= power
        paid, held = self._rents(power, unit)
        if bought is not None:
            np.add.at(output, bought.where[0], bought.sold)
            paid, held = paid + bought.paid, held + bought.held
        total = spending.sum(axis=0)
        revenue = total - imports - paid
        incomes = self._incomes(log_wage, log_price, output, revenue)
        income = incomes.value_added + total - imports - paid + held + incomes.deficits
        uses = _by_country(base.gamma, output)
        uses += self._alpha * income
        numeraire = incomes.value_added.sum(axis=0) / base.value_added.sum()
        uses -= spending
        gaps = np.empty_like(state)
        gaps[:count] = np.log(incomes.earned / incomes.wage_bill) - np.log(numeraire)
        inner = gaps[count:].reshape(2, *self.scale.shape, members)
        np.log(absorbed, out=inner[0])
        inner[0] /= self._minus_theta
        inner[0] += self.offset
        inner[0] -= log_price
        np.divide(uses, self.scale[:, :, None], out=inner[1])
        balance = (imports + paid - incomes.deficits - output.sum(axis=0) - held) / income
        relative = uses / np.maximum(spending, SMALL_CELL * total)
        sides = np.concatenate([incomes.earned / incomes.wage_bill - 1.0, balance, numeraire[None] - 1.0])
        worst = np.maximum.reduce(
            [np.abs(array).reshape(-1, members).max(axis=0) for array in (inner[0], relative, sides)]
        )
        if bought is not None:
            worst = np.maximum(worst, bought.missed)
        return Look(gaps, worst, income, revenue, incomes.labour, output, log_cost, power, unit, bought)

    def kept_rents(self, look: Look) -> Array:
        """Rents that importers keep themselves `(N, b)`."""
        found = np.zeros(look.revenue.shape)
        if self.rents is not None:
            r, amount = self.rents, self.rents.amounts(look.power, look.unit)
            own = r.holder == r.importer
            np.add.at(found, (r.importer[own], r.member[own]), amount[own])
        if self.markets is not None and look.bought is not None:
            found += self.markets.kept(look.bought)
        return found

    def _inputs(self, log_price: Array) -> Array:
        """How inputs and capital move ln unit cost `(S, N, b)`."""
        inputs, markets = _by_country(self.base.gamma.transpose(0, 2, 1), log_price), self.base.markets
        if markets is None:
            return inputs
        if markets.cost_scale is not None:
            inputs *= markets.cost_scale.T[:, :, None]
        if markets.basket is not None and markets.cost_capital is not None:
            capital = (markets.basket.T[:, :, None] * log_price).sum(axis=0)
            inputs += markets.cost_capital.T[:, :, None] * capital
        return inputs

    def _incomes(self, log_wage: Array, log_price: Array, output: Array, revenue: Array) -> Incomes:
        """What factors earn, as `kernel.evaluate` has it."""
        base = self.base
        wage_bill = np.exp(log_wage) * base.labour_income[:, None]
        earned = np.maximum((self._labour * output).sum(axis=0), LEAST)
        if base.markets is None:
            return Incomes(wage_bill, earned, wage_bill, base.deficits[:, None])
        markets, level = base.markets, (self._alpha * log_price).sum(axis=0)
        labour = markets.labour(log_wage, level, revenue, wage_bill)
        value_added = wage_bill = labour.bill
        if markets.others is not None:
            value_added = wage_bill + (markets.others.T[:, :, None] * output).sum(axis=0)
        fixed = markets.deficit_share is None
        deficits = base.deficits[:, None] if fixed else markets.deficits(output.sum(axis=0))
        return Incomes(wage_bill, earned, value_added, deficits, labour)

    @cached_property
    def _labour(self) -> Array:
        return self.base.labour.T[:, :, None].copy()

    @cached_property
    def _cost_labour(self) -> Array:
        return self.base.cost_labour.T[:, :, None].copy()

    @cached_property
    def _alpha(self) -> Array:
        return self.base.alpha.T[:, :, None].copy()

    @cached_property
    def _minus_theta(self) -> Array:
        return -self.base.theta[:, None, None]

    def _rents(self, power: Array, unit: Array) -> tuple[Array, Array]:
        """Rents paid and received, (N, b)."""
        shape = unit.shape[1:]
        if self.rents is None:
            return np.zeros(shape, unit.dtype), np.zeros(shape, unit.dtype)
        r, amount = self.rents, self.rents.amounts(power, unit)
        paid, held = np.zeros(shape, unit.dtype), np.zeros(shape, unit.dtype)
        np.add.at(paid, (r.importer, r.member), amount)
        np.add.at(held, (r.holder, r.member), amount)
        return paid, held


def _folded(base: Factors, world: World, stack: BatchStack, scale: Array) -> Family:
    members = len(stack.length)
    cells = cells_of_stack(world, stack)
    count = len(base.value_added)
    market = cells.sector * count + cells.importer
    touched = np.bincount(market, minlength=scale.size) > 0
    sector, importer = np.divmod(np.flatnonzero(touched), count)
    place = (np.cumsum(touched) - 1)[market]
    own, net = (
        np.repeat(a[sector, importer][:, :, None], members, axis=2) for a in (base.share, base.net_share)
    )
    where = (place, cells.exporter, cells.member)
    own[where] *= cells.factor
    net[where] = own[where] * cells.net
    total = own.sum(axis=1)
    if ((total <= 0) & (base.spending[importer, sector] > 0)[:, None]).any():
        raise InputError(_("a market is left without any supplier"))
    total[total <= 0] = 1.0
    own /= total[:, None, :]
    net /= total[:, None, :]
    offset = np.zeros((*scale.shape, members))
    offset[sector, importer] = -np.log(total) / base.theta[sector][:, None]
    factor, net_factor = base.share.copy(), base.net_share.copy()
    factor[sector, importer], net_factor[sector, importer] = own[:, :, 0], net[:, :, 0]
    differ = ((own != own[:, :, :1]) | (net != net[:, :, :1])).any(axis=(1, 2))
    sector, importer = sector[differ], importer[differ]
    factor[sector, importer] = net_factor[sector, importer] = 0.0
    return Family(
        base=base,
        scale=scale,
        factor=factor,
        net_factor=net_factor,
        own=Own(sector, importer, own[differ], net[differ]),
        offset=offset,
        rents=_rents(base, stack, cells, offset),
        markets=None,
        cells=cells,
    )


def _rents(base: Factors, stack: BatchStack, cells: StackCells, offset: Array) -> RentList | None:
    paying = np.flatnonzero((stack.rent != 0) & (cells.weight > 0))
    if not len(paying):
        return None
    importer, exporter, sector, member = (
        column[paying] for column in (stack.importer, stack.exporter, stack.sector, stack.member)
    )
    scaled = base.share[sector, importer, exporter] * np.exp(
        offset[sector, importer, member] * base.theta[sector]
    )
    factor = (cells.weight * stack.rent / cells.wedge)[paying]
    return RentList(sector, importer, exporter, stack.holder[paying], member, factor * scaled)


def picked(array: Array, members: Index) -> Array:
    """Some members of an array whose last axis they are; unlike indexing this keeps the order in memory."""
    return np.take(array, members, axis=-1)


def _by_country(matrices: Array, columns: Array) -> Array:
    """Each country's matrix `(N, S, S)` times its columns of `(S, N, b)`."""
    result = np.empty_like(columns)
    np.matmul(matrices, columns.transpose(1, 0, 2), out=result.transpose(1, 0, 2))
    return result
