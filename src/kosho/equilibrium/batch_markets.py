"""Markets with constraints or product nests, for many counterfactuals at once.

At a state of the economy such a market buys what its demand says, with the wedges that meet the bounds; so the
family's equations stay exact, and wedges need no iteration of their own. Legend as in `complementarity`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.batch_bases import Bases
from kosho.equilibrium.batch_constraints import Frame, Given
from kosho.equilibrium.complementarity import TIGHT, EconomyState, WedgeBounds, earning, settle, wedges
from kosho.equilibrium.constraint_levels import (
    at_inside_rates,
    base_net,
    bounds_of,
    holder_of,
    levels,
    markets_of,
    rows_of,
    weights_of,
    without,
)
from kosho.equilibrium.constraints import Purchase, Quota, TariffQuota
from kosho.equilibrium.nests import Varieties, explicit
from kosho.world import World

__all__ = ["Bought", "Markets"]


TIGHT_ENOUGH = 1e-6
"""Residual of a bound where costs and prices are in single precision."""
STEPS = 30
"""Newton steps for wedges at each state; a member that needs more is better solved by itself."""


@dataclass(frozen=True, eq=False)
class Bought:
    """What the markets (m of them) do at a state; every array ends with the members."""

    where: tuple[Index, Index]  # sector and importer (m,)
    log_price: Array  # (m, b)
    sold: Array  # what producers receive (m, N, b)
    paid: Array  # rents, by importer (N, b)
    held: Array  # rents, by holder (N, b)
    wedges: Array  # log (c, b)
    missed: Array  # largest residual of a bound (b,)
    spent: Array  # what buyers pay for each variety (v, b)
    received: Array  # what its producers get of that (v, b)
    rents: Array  # each rent, as `Markets.payer` has them (k, b)


@dataclass(frozen=True, eq=False)
class FromBases:
    """Where members' own bases stand, told from the table that was given, as far as markets ask."""

    log_cost: Array  # of each variety's exporter (v, b)
    log_price: Array  # (m, b)
    log_level: Array  # that deflates each bound (c, b)

    def take(self, members: Index) -> FromBases:
        """Those of some members."""
        columns = (self.log_cost, self.log_price, self.log_level)
        return FromBases(*(np.take(one, members, axis=1) for one in columns))


@dataclass(frozen=True, eq=False)
class Markets:
    """The markets of a frame in a world, with bounds for each member."""

    of: Varieties
    bounds: WedgeBounds
    world: World
    payer: Array  # (N, k) one where a country pays a rent; k first the bounds' (c, r), then the shock's own
    holder: Array  # (N, k) one where it earns it
    own: Index  # varieties that pay rents of the shock's own
    alpha: Array  # (N, S)
    net: Array  # (v,) net flow in the base
    slot: Index  # (v,) which of the charges given is its own, -1 for none
    fixed: Mask  # (v,) what is banned or under a tariff quota bears what the frame says
    away: FromBases | None = None  # where members have bases of their own

    @staticmethod
    def of_frame(frame: Frame, base: World) -> Markets:
        """The markets without any bound; `bounded` adds them.

        Raises:
            InputError: labels, parts or amounts do not fit the world.
        """
        every = (*frame.bounds, *frame.banned)
        of = explicit(frame.shock, base, markets_of(base, every), frame.nests)
        rows = rows_of(of, base, every)
        of = at_inside_rates(of, every, rows)
        of = without(of, np.asarray(rows[len(frame.bounds) :].any(axis=0), bool))
        bounds = bounds_of(of, base, frame.bounds, rows[: len(frame.bounds)])
        fixed = np.array([isinstance(one, TariffQuota) or one in frame.banned for one in every], bool)
        return Markets(
            of,
            bounds,
            base,
            *_rents(of, base, bounds),
            alpha=base.arrays.alpha,
            net=base_net(of, base),
            slot=_slots(of, frame),
            fixed=np.asarray(rows[fixed].any(axis=0), bool),
        )

    def bounded(self, given: Given, theta: Array | None = None, bases: Bases | None = None) -> Markets:
        """With the bounds, rates, costs and elasticities of each member; `theta` `(S, b)` or the base's."""
        bounds, of = self.bounds, self.of
        own_base, own_weight, before = self._in_bases(bases)
        required = levels(bounds.constraints, before, given.amounts)
        nobody = [0.0 if isinstance(one, Purchase) else np.inf for one in bounds.constraints]
        required = np.where(np.isnan(given.amounts), np.array(nobody)[:, None], required)
        own = replace(
            of.charges,
            cost=self._own(given.cost, of.charges.cost),
            tariff=self._own(given.tariff, of.charges.tariff),
        )
        within, between = self._elasticities(given, theta)
        return replace(
            self,
            of=replace(of, charges=own, theta=within, epsilon=between, own_base=own_base),
            bounds=replace(bounds, required=required, own_weight=own_weight),
            away=None if bases is None else self._away(bases),
        )

    def _in_bases(self, bases: Bases | None) -> tuple[Array | None, Array | None, Array]:
        """Of members' own bases: shares of varieties in their markets `(v, b)` and what bounds count of them
        `(c, v, b)`, none where all share one; and what each bound counts there `(c, b)`.
        """
        of, bounds = self.of, self.bounds
        if bases is None:
            return None, None, (bounds.weight @ self.net)[:, None]
        share = of.base[:, None] * bases.power[self._sector, of.exporter]
        share = share / bases.absorbed[self.where][of.market]
        net = bases.spending[self.where][of.market] * share / (1.0 + of.shock.base_tariff[of.row])[:, None]
        weight = weights_of(of, self.world, bounds.constraints, bounds.weight > 0, net)
        return share, weight, np.einsum("cvb,vb->cb", weight, net)

    def _away(self, bases: Bases) -> FromBases:
        cost = bases.log_cost[self._sector, self.of.exporter]
        return FromBases(cost, bases.log_price[self.where], self._levels(bases.log_price))

    def _elasticities(self, given: Given, theta: Array | None) -> tuple[Array, Array]:
        """Between origins `(p, b)` and between products `(m, b)`; not a number where products contradict."""
        of = self.of
        markets = len(of.sector)
        plain = of.sector_theta[:, None] if theta is None else theta[of.sector]
        if not len(given.theta):
            return plain, plain
        within = np.concatenate([np.broadcast_to(plain, (markets, given.theta.shape[1])), given.theta])
        between = within[:markets].copy()
        for m in np.unique(of.nest_market[markets:]):
            mine = given.epsilon[of.nest_market[markets:] == m]
            between[m] = np.where((mine == mine[0]).all(axis=0), mine[0], np.nan)
        return within, between

    def _own(self, given: Array, plain: Array) -> Array:
        """Charges `(v, b)` from those given `(k, b)`; the frame's `(v, 1)` where a member says nothing."""
        if not len(given):
            return plain
        found = given[self.slot]
        silent = ((self.slot < 0) | self.fixed)[:, None] | np.isnan(found)
        return np.where(silent, plain, found)

    @property
    def where(self) -> tuple[Index, Index]:
        """Sector and importer of each market."""
        return self.of.sector, self.of.importer

    def position(self, sector: int, importer: int) -> int:
        """Of a market among these; -1 where it is none of them."""
        here = np.flatnonzero((self.of.sector == sector) & (self.of.importer == importer))
        return int(here[0]) if len(here) else -1

    def take(self, members: Index) -> Markets:
        """The same markets for fewer members."""
        away = None if self.away is None else self.away.take(members)
        return replace(self, of=self.of.take(members), bounds=self.bounds.take(members), away=away)

    def at(self, log_cost: Array, log_price: Array, spending: Array, start: Array | None) -> Bought:
        """What is bought at unit costs and price indices `(S, N, b)` and expenditure `(m, b)`."""
        of, bounds, away = self.of, self.bounds, self.away
        cost, level = log_cost[self._sector, of.exporter].astype(np.float64), self._levels(log_price)
        if away is not None:
            cost, level = cost - away.log_cost, level - away.log_level
        money = spending.astype(np.float64)
        state = EconomyState(cost, np.log(money), level)
        tight = TIGHT if log_cost.dtype == np.float64 else TIGHT_ENOUGH
        met = settle(of, bounds, state, self._start(start, money), STEPS, tight)
        added = bounds.inside @ met.z
        spent = money[of.market] * met.demand.share
        received = spent / (of.charges.wedge * np.exp(added))
        found = wedges(of, bounds, met.z, earning(bounds, met))
        rents = (found.rents * received[bounds.rows]).reshape(-1, received.shape[1])
        rents = np.concatenate([rents, of.shock.rent[of.row[self.own]][:, None] * received[self.own]])
        sold = (self._by_cell @ received).reshape(len(of.sector), -1, received.shape[1])
        return Bought(
            self.where,
            met.demand.log_price if away is None else met.demand.log_price + away.log_price,
            sold,
            self.payer @ rents,
            self.holder @ rents,
            met.z,
            met.missed,
            spent,
            received,
            rents,
        )

    def kept(self, bought: Bought) -> Array:
        """Rents that importers keep themselves `(N, b)`."""
        return (self.payer * self._stays) @ bought.rents

    def cells(self, bought: Bought) -> tuple[Array, Array]:
        """By market and exporter `(m, N, b)`: duties and rents that importers keep; goods, at new unit cost."""
        abroad = bought.rents * ~self._stays[:, None]
        tax = bought.spent - bought.received
        np.subtract.at(
            tax, np.append(np.tile(self.bounds.rows, len(self.bounds.constraints)), self.own), abroad
        )
        goods = bought.received / self.of.charges.cost
        shape = (len(self.of.sector), -1, tax.shape[1])
        return (self._by_cell @ tax).reshape(shape), (self._by_cell @ goods).reshape(shape)

    @cached_property
    def _stays(self) -> Mask:
        """`(k,)`, where a rent is held by who pays it."""
        return np.asarray((self.payer * self.holder).any(axis=0), bool)

    def _start(self, start: Array | None, money: Array) -> Array:
        return np.zeros((len(self.bounds.constraints), money.shape[1])) if start is None else start

    def _levels(self, log_price: Array) -> Array:
        """Log price level that deflates each bound `(c, b)`."""
        found = np.zeros((len(self.bounds.deflator), log_price.shape[2]))
        for c in np.flatnonzero(self.bounds.deflator >= 0):
            n = self.bounds.deflator[c]
            found[c] = self.alpha[n] @ log_price[:, n]
        return found

    @cached_property
    def _sector(self) -> Index:
        return self.of.shock.sector[self.of.row]

    @cached_property
    def _by_cell(self) -> Array:
        """`(m N, v)`, one where a variety is of a market's cell."""
        count = len(self.alpha)
        cell = self.of.market * count + self.of.exporter
        return (np.arange(len(self.of.sector) * count)[:, None] == cell).astype(float)


def _slots(of: Varieties, frame: Frame) -> Index:
    s, row = of.shock, of.row
    flat = (s.importer[row] * len(s.countries) + s.exporter[row]) * len(s.sectors) + s.sector[row]
    place = np.searchsorted(frame.cells, flat)
    found = np.append(frame.cells, -1)[place] == flat
    whole = np.where(found, len(frame.shock) + place, -1)
    return np.where(of.origin >= 0, of.origin, whole)


def _rents(of: Varieties, base: World, bounds: WedgeBounds) -> tuple[Array, Array, Index]:
    """Who pays and who earns each rent, `(N, k)` both, and which varieties pay rents of the shock's own."""
    s, rows = of.shock, of.row[bounds.rows]
    own = np.flatnonzero(s.rent[of.row] != 0)
    payer = [int(s.importer[row]) for _ in bounds.constraints for row in rows] + s.importer[
        of.row[own]
    ].tolist()
    holder = [
        holder_of(base, one, s, int(row)) if isinstance(one, Quota | TariffQuota) else 0
        for one in bounds.constraints
        for row in rows
    ]
    holder += s.holder[of.row[own]].tolist()
    countries = np.arange(len(base.countries))[:, None]
    return (
        (countries == np.array(payer, int)).astype(float),
        (countries == np.array(holder, int)).astype(float),
        own,
    )
