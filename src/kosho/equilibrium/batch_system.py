"""Many shocks to one world as one system of equations with a last axis b, a member each.

Most of K is the same for all members. Only the cells (what an importer buys of a sector from an exporter) where
members differ get a K of their own; the rest is shared and goes through matrix products. Legend as in the
kernel; arrays are (S, N, ...), j sector, n importer, i exporter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium import batch_loops
from kosho.equilibrium.batch_fold import ROWS
from kosho.equilibrium.batch_loops import Cells, Loops
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
    absorbed: Array  # by each market (S, N, b)
    over_scale: Array  # expenditure (S, N, b)
    scale: Array  # (S, N)
    bought: Bought | None  # in markets with bounds or nests

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

    base: Factors
    theta: Array  # elasticities of each member (S, b); one column where all share them
    scale: Array  # of expenditure (S, N)
    factor: Array  # K where members agree, zero elsewhere (S, N, N)
    net_factor: Array
    own: Own
    offset: Array  # ln P at unchanged costs, but for members' own cells (S, N)
    rents: RentList | None
    markets: Bounded | None
    loops: Loops = batch_loops

    @classmethod
    def of(
        cls,
        base: Factors,
        world: World,
        stack: BatchStack,
        scale: Array,
        theta: Array | None = None,
        loops: Loops = batch_loops,
    ) -> Family:
        """Fold shocks to a world that is an equilibrium.

        Args:
            base: Factors of the world under a closure without labour costs that differ by sector.
            world: An equilibrium.
            stack: Shocks, without what they do in markets added later.
            scale: Of expenditure `(S, N)`.
            theta: Elasticities of each member `(S, b)`; those of `base` for all by default.
            loops: The passes over large arrays. Machine code has them for members that share elasticities.

        Raises:
            InputError: a shock leaves a market without supplier, or its parts do not fit; `solve` names it.
        """
        if theta is None:
            return _folded(base, world, stack, scale, base.theta[:, None], loops)
        return _folded(base, world, stack, scale, theta, batch_loops)

    def beside(self, markets: Bounded) -> Family:
        """With what is bounded, or tells products apart."""
        factor, net_factor = self.factor.copy(), self.net_factor.copy()
        factor[markets.where] = net_factor[markets.where] = 0.0
        return replace(self, factor=factor, net_factor=net_factor, markets=markets)

    @classmethod
    def alone(cls, system: System, scale: Array) -> Family:
        """The equations of one shock for any number of points; rents are left aside."""
        nowhere = np.empty(0, np.intp)
        own = Own(nowhere, nowhere, nowhere, np.empty((0, 1)), np.empty((0, 1)))
        theta, offset = system.base.theta[:, None], system.offset.T
        return cls(system.base, theta, scale, system.factor, system.net_factor, own, offset, None, None)

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
            name: getattr(self, name).astype(np.float32)
            for name in ("theta", "scale", "factor", "net_factor", "offset")
        }
        return replace(self, base=base, own=own, **arrays)

    def average(self) -> System:
        """The equations of the average member, rents paid to the treasury; bounds are left aside."""
        factor, net_factor = self.factor.copy(), self.net_factor.copy()
        where = (self.own.sector, self.own.importer, self.own.exporter)
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
        base, loops = self.base, self.loops
        count, members = len(base.value_added), state.shape[1]
        blocks = state[count:].reshape(2, *self.scale.shape, members)
        log_wage, log_price = state[:count], blocks[0]
        log_cost = self._inputs(log_price)
        power = loops.cost(log_cost, self._cost_labour, log_wage, self._minus_theta)
        np.exp(power, out=power)
        absorbed, output, sums = loops.trade(
            self._own, (self.factor, self.net_factor), power, blocks[1], (self.scale, self._labour)
        )
        imports, total, earned, made = sums
        paid, held = self._rents(power, absorbed, blocks[1])
        bought = None
        if self.markets is not None:
            sector, importer = self.markets.where
            spending = blocks[1][sector, importer] * self.scale[sector, importer][:, None]
            bought = self.markets.at(log_cost, log_price, spending, wedges)
            absorbed[bought.where] = np.exp(self._minus_theta[sector] * bought.log_price)
            np.add.at(imports, importer, bought.sold.sum(axis=1))
            np.add.at(output, sector, bought.sold)
            paid, held = paid + bought.paid, held + bought.held
            earned, made = np.einsum("jn,jnb->nb", self._labour, output), output.sum(axis=0)
        revenue = total - imports - paid
        incomes = self._incomes(log_wage, log_price, np.maximum(earned, LEAST), output, made, revenue)
        income = incomes.value_added + revenue + held + incomes.deficits
        numeraire = incomes.value_added.sum(axis=0) / base.value_added.sum()
        gaps = np.empty(state.shape, precision)
        gaps[:count] = np.log(incomes.earned / incomes.wage_bill) - np.log(numeraire)
        uses = np.empty_like(output)
        _by_country(base.gamma, output, uses)
        worst = loops.gaps(
            uses,
            np.log(absorbed),
            (blocks[1], log_price, total, income.astype(output.dtype, copy=False)),
            (self._alpha, self.scale, self._minus_theta),
            self.offset,
            gaps[count:].reshape(2, *self.scale.shape, members),
        )
        balance = (imports + paid - incomes.deficits - made - held) / income
        sides = np.concatenate([incomes.earned / incomes.wage_bill - 1.0, balance, numeraire[None] - 1.0])
        worst = np.maximum(worst, np.abs(sides).max(axis=0))
        if bought is not None:
            worst = np.maximum(worst, bought.missed)
        return Look(
            gaps,
            worst,
            income,
            revenue,
            incomes.labour,
            output,
            log_cost,
            power,
            absorbed,
            blocks[1],
            self.scale,
            bought,
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

    def _inputs(self, log_price: Array) -> Array:
        """How inputs and capital move ln unit cost `(S, N, b)`."""
        inputs, markets = np.empty_like(log_price), self.base.markets
        _by_country(self.base.gamma.transpose(0, 2, 1), log_price, inputs)
        if markets is None:
            return inputs
        if markets.cost_scale is not None:
            inputs *= markets.cost_scale.T[:, :, None]
        if markets.basket is not None and markets.cost_capital is not None:
            capital = (markets.basket.T[:, :, None] * log_price).sum(axis=0)
            inputs += markets.cost_capital.T[:, :, None] * capital
        return inputs

    def _incomes(
        self, log_wage: Array, log_price: Array, earned: Array, output: Array, made: Array, revenue: Array
    ) -> Incomes:
        """What factors earn, as `kernel.evaluate` has it."""
        base = self.base
        wage_bill = np.exp(log_wage) * base.labour_income[:, None]
        if base.markets is None:
            return Incomes(wage_bill, earned, wage_bill, base.deficits[:, None])
        markets, level = base.markets, (self._alpha[:, :, None] * log_price).sum(axis=0)
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
    def _labour(self) -> Array:
        return self.base.labour.T.copy()

    @cached_property
    def _cost_labour(self) -> Array:
        return self.base.cost_labour.T.copy()

    @cached_property
    def _alpha(self) -> Array:
        return self.base.alpha.T.copy()

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


def _folded(base: Factors, world: World, stack: BatchStack, scale: Array, theta: Array, loops: Loops) -> Family:
    count = len(base.value_added)
    key = (stack.sector * count + stack.importer) * count + stack.exporter
    slot = np.full(base.share.size, -1)
    slot[key] = 0
    cells = np.flatnonzero(slot == 0)
    slot[cells] = np.arange(len(cells))
    sector, importer, exporter = where = np.unravel_index(cells, base.share.shape)
    share = base.share[where]
    net = 1.0 / (1.0 + world.arrays.tariff[importer, exporter, sector])
    rows = tuple(getattr(stack, name) for name in ROWS)
    own, own_net, weight, fits = loops.fold(rows, stack.sector, stack.length, slot[key], net, theta)
    if not fits:
        raise InputError(_("base tariffs of the parts do not fit the cell's"))
    own *= share[:, None]
    own_net *= own
    factor, net_factor = base.share.copy(), base.net_share.copy()
    factor[where] = net_factor[where] = 0.0
    _refuse_empty(base, factor, (sector, importer), own)
    differ = loops.differ(own) | loops.differ(own_net)
    alike = tuple(one[~differ] for one in where)
    factor[alike], net_factor[alike] = own[~differ, 0], own_net[~differ, 0]
    mine = Own(sector[differ], importer[differ], exporter[differ], own[differ], own_net[differ])
    rents = _rents(base, stack, weight)
    return Family(base, theta, scale, factor, net_factor, mine, np.zeros(scale.shape), rents, None, loops)


def _refuse_empty(base: Factors, others: Array, market: tuple[Index, Index], own: Array) -> None:
    """Refuse markets that somebody buys from and nobody sells to; cells are those of shocks, by market.

    Raises:
        InputError: there is one.
    """
    if not len(own):
        return
    starts = np.flatnonzero(np.append(True, np.any([np.diff(one) != 0 for one in market], axis=0)))
    sector, importer = (one[starts] for one in market)
    total = others[sector, importer].sum(axis=1)[:, None] + np.add.reduceat(own, starts)
    if ((total <= 0) & (base.spending[importer, sector] > 0)[:, None]).any():
        raise InputError(_("a market is left without any supplier"))


def _rents(base: Factors, stack: BatchStack, weight: Array) -> RentList | None:
    paying = np.flatnonzero((stack.rent != 0) & (weight > 0))
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


def _by_country(matrices: Array, columns: Array, out: Array) -> None:
    """Each country's matrix `(N, S, S)` times its columns of `(S, N, b)`, written to `out`, alike."""
    np.matmul(matrices, columns.transpose(1, 0, 2), out=out.transpose(1, 0, 2))
