"""Many shocks to one world as one system of equations with a last axis b, a member each.

Most of K is the same for all members. Only the cells (what an importer buys of a sector from an exporter) where
members differ get a K of their own; the rest is shared and goes through matrix products. Legend as in the
kernel; arrays are (S, N, ...), j sector, n importer, i exporter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.batch_common import Common
from kosho.equilibrium.batch_fold import ROWS
from kosho.equilibrium.batch_loops import Base as Buyer
from kosho.equilibrium.batch_loops import Cells, Loops, Seller
from kosho.equilibrium.batch_markets import Bought
from kosho.equilibrium.batch_markets import Markets as Bounded
from kosho.equilibrium.batch_shocks import BatchStack
from kosho.equilibrium.factor_markets import LEAST, Incomes, Labour
from kosho.equilibrium.kernel import System
from kosho.equilibrium.nests import picked_columns
from kosho.equilibrium.preconditioners import Factors
from kosho.errors import InputError
from kosho.language import _
from kosho.world import World

__all__ = ["Family", "Look", "picked"]


@dataclass(frozen=True, eq=False)
class Own:
    """Cells (c of them, ordered by sector, then importer) in which members differ."""

    sector: Index  # (c,)
    importer: Index
    exporter: Index
    factor: Array  # K (c, b)
    net_factor: Array  # f K (c, b)

    @property
    def where(self) -> tuple[Index, Index, Index]:
        """Where the cells stand in `(S, N, N)`."""
        return self.sector, self.importer, self.exporter

    def take(self, members: Index) -> Own:
        """The same cells for fewer members."""
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

    @property
    def market(self) -> tuple[Index, Index, Index]:
        """Where the market of each stands in arrays `(S, N, b)`."""
        return self.sector, self.importer, self.member

    def amounts(self, power: Array, unit: Array) -> Array:
        """What is paid, by rent; `unit` is expenditure over what its market absorbs, by rent too."""
        return self.factor * power[self.sector, self.exporter, self.member] * unit

    def take(self, members: Index) -> RentList:
        """The rents of some members, renumbered."""
        place = np.full(int(self.member.max(initial=-1)) + 1, -1)
        # Backwards: a member that fills up a width comes again, and its rents are those of the first.
        some = np.flatnonzero(members < len(place))[::-1]
        place[members[some]] = some
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

    worst: Array  # largest relative gap of every equation written out, (b,)
    income: Array  # (N, b)
    revenue: Array  # of tariffs (N, b)
    labour: Labour | None  # supplied, where it moves
    output: Array  # (S, N, b)
    log_cost: Array  # (S, N, b)
    power: Array  # c^-theta (S, N, b)
    absorbed: Array  # by each market (S, N, b)
    over_scale: Array  # expenditure (S, N, b)
    scale: Array  # (S, N)
    bought: Bought | None  # in markets with bounds or nests
    gaps: Any = None  # labour market, price index, expenditure over its scale (N + 2 SN, b), for the next step

    @property
    def wedges(self) -> Array | None:
        """Log wedges of bounds `(c, b)`."""
        return None if self.bought is None else self.bought.wedges

    @cached_property
    def unit(self) -> Array:
        """Expenditure over what its market absorbs `(S, N, b)`, for who reads of flows."""
        return self.over_scale * self.scale[:, :, None] / self.absorbed


@dataclass(frozen=True, eq=False)
class Family:
    """The equations of b shocks."""

    common: Common
    theta: Array  # elasticities of each member (S, b); one column where all share them
    factor: Array  # K where members agree, zero elsewhere (S, N, N)
    net_factor: Array
    own: Own
    offset: Array  # ln P at unchanged costs, but for members' own cells (S, N)
    rents: RentList | None
    markets: Bounded | None
    shared: Any  # K and f K as the loops multiply by them

    @property
    def base(self) -> Factors:
        """Of the world, under the closure."""
        return self.common.base

    @property
    def scale(self) -> Array:
        """Of expenditure (S, N)."""
        return self.common.scale

    @property
    def members(self) -> int:
        """How many there are."""
        return self.own.factor.shape[1]

    @classmethod
    def of(cls, common: Common, world: World, stack: BatchStack, theta: Array | None = None) -> Family:
        """Fold shocks to a world that is an equilibrium.

        Args:
            common: What members share, under a closure without labour costs that differ by sector.
            world: An equilibrium.
            stack: Shocks, without what they do in markets added later.
            theta: Elasticities of each member `(S, b)`; those of the base for all by default.

        Raises:
            InputError: a shock leaves a market without supplier, or its parts do not fit; `solve` names it.
        """
        return _folded(common, world, stack, common.base.theta[:, None] if theta is None else theta)

    @property
    def equations(self) -> Any:
        """Of a family, but for its markets with bounds or nests, as `batch_fused` reads it."""
        common = self.common
        return (
            common.inputs,
            common.uses,
            self.shared,
            self._own,
            self._seller,
            self._buyer,
            common.earners,
        )

    @property
    def _seller(self) -> Seller:
        return self.scale, self.common.labour, self.common.cost_labour, self._minus_theta

    @property
    def _buyer(self) -> Buyer:
        return self.common.alpha, self.scale, self._minus_theta, self.offset

    def found(self, found: Any) -> tuple[Array, Look]:
        """States and a look at them, from what `batch_fused.together` found, told whole."""
        _volumes, of_countries, worst, state, of_cells, wedges = found
        log_cost, power, absorbed, output = of_cells.reshape(4, *self.scale.shape, -1)
        log_price, over_scale = state[len(self.base.value_added) :].reshape(2, *self.scale.shape, -1)
        _wage, _level, income, revenue = of_countries.transpose(1, 2, 0, 3).reshape(4, -1, len(worst))
        look = Look(
            worst=worst,
            income=income,
            revenue=revenue,
            labour=None,
            output=output,
            log_cost=log_cost,
            power=power,
            absorbed=absorbed,
            over_scale=over_scale,
            scale=self.scale,
            bought=None if self.markets is None else self._bought(log_cost, log_price, over_scale, wedges),
        )
        return state, look

    def _bought(self, log_cost: Array, log_price: Array, over_scale: Array, wedges: Array | None) -> Bought:
        """What the markets with bounds or nests buy; wedges that meet the bounds are looked for from these."""
        assert self.markets is not None  # noqa: S101
        sector, importer = self.markets.where
        spending = over_scale[sector, importer] * self.scale[sector, importer][:, None]
        return self.markets.at(log_cost, log_price, spending, wedges)

    def beside(self, markets: Bounded) -> Family:
        """With what is bounded, or tells products apart."""
        factor, net_factor = self.factor.copy(), self.net_factor.copy()
        factor[markets.where] = net_factor[markets.where] = 0.0
        shared = self.common.loops.shares(factor, net_factor)
        return replace(self, factor=factor, net_factor=net_factor, markets=markets, shared=shared)

    @classmethod
    def alone(cls, system: System, scale: Array, loops: Loops) -> Family:
        """The equations of one shock for any number of points; rents are left aside."""
        nowhere = np.empty(0, np.intp)
        own = Own(nowhere, nowhere, nowhere, np.empty((0, 1)), np.empty((0, 1)))
        theta, offset, common = system.base.theta[:, None], system.offset.T, Common(system.base, scale, loops)
        shared = common.loops.shares(system.factor, system.net_factor)
        return cls(common, theta, system.factor, system.net_factor, own, offset, None, None, shared)

    def in_single(self) -> Family:
        """The same equations in single precision, half the memory to read."""
        own = replace(
            self.own,
            factor=self.own.factor.astype(np.float32),
            net_factor=self.own.net_factor.astype(np.float32),
        )
        arrays = {
            name: getattr(self, name).astype(np.float32) for name in ("theta", "factor", "net_factor", "offset")
        }
        shared = self.common.loops.shares(arrays["factor"], arrays["net_factor"])
        return replace(self, common=self.common.single, own=own, shared=shared, **arrays)

    def average(self) -> System:
        """The equations of the average member, rents paid to the treasury; bounds are left aside."""
        factor, net_factor = self.factor.copy(), self.net_factor.copy()
        where = self.own.where
        factor[where], net_factor[where] = self.own.factor.mean(axis=1), self.own.net_factor.mean(axis=1)
        return System(self.base, factor, net_factor, self.offset.T, self.base.deficits)

    def take(self, members: Index) -> Family:
        """The equations of some members."""
        rents = None if self.rents is None else self.rents.take(members)
        markets = None if self.markets is None else self.markets.take(members)
        theta = picked_columns(self.theta, members)
        return replace(self, theta=theta, own=self.own.take(members), rents=rents, markets=markets)

    def look(self, state: Array, wedges: Array | None = None, precision: type = np.float32) -> Look:
        """All equations at log wages, log prices and expenditure over its scale, `(N + 2 SN, b)`.

        The wedges that meet the bounds are looked for from `wedges`; gaps are told in `precision`.
        """
        common, base = self.common, self.base
        count = len(base.value_added)
        log_price, over_scale = state[count:].reshape(2, *self.scale.shape, state.shape[1])
        log_wage = state[:count]
        log_cost, power, absorbed, output, sums = common.loops.sell(
            common.inputs, self._own, self.shared, state, self._seller
        )
        imports, total, earned, made = sums
        paid, held = self._rents(power, absorbed, over_scale)
        bought = None
        if self.markets is not None:
            sector, importer = self.markets.where
            bought = self._bought(log_cost, log_price, over_scale, wedges)
            absorbed[bought.where] = np.exp(self._minus_theta[sector] * bought.log_price)
            for sold, j, n in zip(bought.sold, sector.tolist(), importer.tolist(), strict=True):
                imports[n] += sold.sum(axis=0)
                output[j] += sold
                earned += common.labour[j][:, None] * sold
                made += sold
            paid, held = paid + bought.paid, held + bought.held
        revenue = total - imports - paid
        incomes = self._incomes(log_wage, log_price, np.maximum(earned, LEAST), output, made, revenue)
        income = incomes.value_added + revenue + held + incomes.deficits
        numeraire = incomes.value_added.sum(axis=0) / base.value_added.sum()
        gaps = np.empty(state.shape, precision)
        gaps[:count] = np.log(incomes.earned / incomes.wage_bill) - np.log(numeraire)
        worst = common.loops.gaps(
            common.uses,
            (absorbed, output),
            (state, total, income.astype(output.dtype, copy=False)),
            self._buyer,
            gaps,
        )
        balance = (imports + paid - incomes.deficits - made - held) / income
        sides = np.concatenate([incomes.earned / incomes.wage_bill - 1.0, balance, numeraire[None] - 1.0])
        worst = np.maximum(worst, np.abs(sides).max(axis=0))
        if bought is not None:
            worst = np.maximum(worst, bought.missed)
        return Look(
            worst=worst,
            income=income,
            revenue=revenue,
            labour=incomes.labour,
            output=output,
            log_cost=log_cost,
            power=power,
            absorbed=absorbed,
            over_scale=over_scale,
            scale=self.scale,
            bought=bought,
            gaps=gaps,
        )

    def kept_rents(self, look: Look) -> Array:
        """Rents that importers keep themselves `(N, b)`."""
        found = np.zeros(look.revenue.shape)
        if self.rents is not None:
            r, amount = self.rents, self.rents.amounts(look.power, look.unit[self.rents.market])
            own = r.holder == r.importer
            np.add.at(found, (r.importer[own], r.member[own]), amount[own])
        if self.markets is not None and look.bought is not None:
            found += self.markets.kept(look.bought)
        return found

    def _incomes(
        self, log_wage: Array, log_price: Array, earned: Array, output: Array, made: Array, revenue: Array
    ) -> Incomes:
        """What factors earn, as `kernel.evaluate` has it."""
        base = self.base
        wage_bill = np.exp(log_wage) * base.labour_income[:, None]
        if base.markets is None:
            return Incomes(wage_bill, earned, wage_bill, base.deficits[:, None])
        markets, level = base.markets, (self.common.alpha[:, :, None] * log_price).sum(axis=0)
        labour = markets.labour(log_wage, level, revenue, wage_bill)
        value_added = wage_bill = labour.bill
        if markets.others is not None:
            value_added = wage_bill + (markets.others.T[:, :, None] * output).sum(axis=0)
        fixed = markets.deficit_share is None
        deficits = base.deficits[:, None] if fixed else markets.deficits(made)
        return Incomes(wage_bill, earned, value_added, deficits, labour)

    @cached_property
    def _own(self) -> Cells:
        own = self.own
        return own.sector, own.importer, own.exporter, own.factor, own.net_factor

    @cached_property
    def _minus_theta(self) -> Array:
        return -self.theta

    def _rents(self, power: Array, absorbed: Array, state: Array) -> tuple[Array, Array]:
        """Rents paid and received, (N, b)."""
        paid, held = (np.zeros(power.shape[1:], power.dtype) for _ in range(2))
        if self.rents is None:
            return paid, held
        r = self.rents
        unit = state[r.market] * self.scale[r.sector, r.importer] / absorbed[r.market]
        amount = r.amounts(power, unit)
        np.add.at(paid, (r.importer, r.member), amount)
        np.add.at(held, (r.holder, r.member), amount)
        return paid, held


def _folded(common: Common, world: World, stack: BatchStack, theta: Array) -> Family:
    base = common.base
    cells, cell = common.loops.touched(stack.sector, stack.importer, stack.exporter, base.share.shape)
    sector, importer, exporter = where = np.unravel_index(cells, base.share.shape)
    share = base.share[where]
    net = 1.0 / (1.0 + world.arrays.tariff[importer, exporter, sector])
    rows = tuple(getattr(stack, name) for name in ROWS)
    found = common.loops.fold(rows, stack.sector, stack.length, cell, net, theta)
    if not found.fits:
        raise InputError(_("base tariffs of the parts do not fit the cell's"))
    factor, net_factor = base.share.copy(), base.net_share.copy()
    alike = share * found.alike[0]
    factor[where], net_factor[where] = alike, alike * found.alike[1]
    own = share[found.differ][:, None] * found.factor
    mine = Own(sector[found.differ], importer[found.differ], exporter[found.differ], own, found.net * own)
    factor[mine.where] = net_factor[mine.where] = 0.0
    if (found.factor <= 0).any() or (found.alike[0] <= 0).any():  # else nothing is shut
        _refuse_empty(base, factor, (sector, importer), mine)
    rents = _rents(base, stack, found.weight)
    offset, shared = np.zeros(common.scale.shape), common.loops.shares(factor, net_factor)
    return Family(common, theta, factor, net_factor, mine, offset, rents, None, shared)


def _refuse_empty(base: Factors, shared: Array, touched: tuple[Index, Index], mine: Own) -> None:
    """Refuse markets that somebody buys from and nobody sells to.

    Raises:
        InputError: there is one.
    """
    held, bought = shared.sum(axis=2), base.spending.T > 0
    where = np.zeros(held.shape, bool)
    where[touched] = True
    where[mine.sector, mine.importer] = False
    empty = (where & bought & (held <= 0)).any()
    if len(mine.sector):
        market = mine.sector, mine.importer
        starts = np.flatnonzero(np.append(True, np.any([np.diff(one) != 0 for one in market], axis=0)))
        sector, importer = (one[starts] for one in market)
        total = held[sector, importer][:, None] + np.add.reduceat(mine.factor, starts)
        empty |= ((total <= 0) & bought[sector, importer][:, None]).any()
    if empty:
        raise InputError(_("a market is left without any supplier"))


def _rents(base: Factors, stack: BatchStack, weight: Array) -> RentList | None:
    paying = np.flatnonzero(stack.rent)
    paying = paying[weight[paying] > 0] if len(paying) else paying
    if not len(paying):
        return None
    importer, exporter, sector, member = (
        column[paying] for column in (stack.importer, stack.exporter, stack.sector, stack.member)
    )
    rent = stack.rent[paying]
    part = weight[paying] * rent / (1.0 + stack.tariff[paying] + rent)
    factor = part * base.share[sector, importer, exporter]
    return RentList(sector, importer, exporter, stack.holder[paying], member, factor)


def picked(array: Array, members: Index) -> Array:
    """Some members of an array whose last axis they are; unlike indexing this keeps the order in memory."""
    return np.take(array, members, axis=-1)
