"""Markets with bounds or products told apart, in a family of shocks.

What a family's members have in common there is a `Frame`; they may differ in which bounds hold and in how
tight they are. At a state of the economy such a market buys what its demand says, with the wedges that meet the
bounds; so the family's equations stay exact, and wedges need no iteration of their own. Legend as in
`complementarity`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.bounded import Bounded
from kosho.equilibrium.bounding import (
    at_inside_rates,
    base_net,
    bounds_of,
    holder_of,
    levels,
    markets_of,
    rows_of,
    without,
)
from kosho.equilibrium.complementarity import Bounds, State, earning, settle, wedges
from kosho.equilibrium.constraints import Constraint, Purchase, Quota, TariffQuota
from kosho.equilibrium.nests import Nest, Varieties, explicit
from kosho.equilibrium.shock import Shock
from kosho.world import World

__all__ = ["Bought", "Frame", "Markets", "framed"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]

STEPS = 30
"""Newton steps for wedges at each state; a member that needs more is better solved by itself."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What the markets of some changes have in common."""

    inside: NDArray[np.bool_]
    """`[importer, sector]`, which markets these are."""
    shock: Shock
    """The rows of the changes' shocks there."""
    bounds: tuple[Constraint, ...]
    """Every bound that any of the changes has; their amounts do not matter."""
    banned: tuple[Constraint, ...]
    nests: tuple[Nest, ...]

    def amounts(self, changes: Sequence[Bounded]) -> Array:
        """`[bound, change]`, not a number where a change is without the bound."""
        found = np.full((len(self.bounds), len(changes)), np.nan)
        place = {one: c for c, one in enumerate(self.bounds)}
        for b, change in enumerate(changes):
            for one in change.constraints:
                if not _bans(one):
                    found[place[_nameless(one)], b] = one.amount
        return found


def framed(changes: Sequence[Bounded], world: World) -> list[tuple[Frame | None, list[int]]]:
    """Sort changes by the frames they share; those without bounds or products have none.

    A change whose bounds cannot be told apart by name is left out: solved by itself it says what is wrong.
    """
    inside = _touched(changes, world)
    groups: dict[Hashable, list[int]] = {}
    labels: dict[int, Hashable] = {}
    for member, change in enumerate(changes):
        if change.plain:
            groups.setdefault(None, []).append(member)
        elif len({one.name for one in change.constraints}) == len(change.constraints):
            groups.setdefault(_key(change, inside, labels), []).append(member)
    return [
        (None if key is None else _frame([changes[member] for member in members], inside), members)
        for key, members in groups.items()
    ]


def _frame(changes: Sequence[Bounded], inside: NDArray[np.bool_]) -> Frame:
    first = changes[0]
    rows = np.flatnonzero(inside[first.shock.importer, first.shock.sector])
    every = (one for change in changes for one in change.constraints if not _bans(one))
    bounds = tuple(dict.fromkeys(map(_nameless, every)))
    return Frame(inside, first.shock.take(rows), bounds, tuple(filter(_bans, first.constraints)), first.nests)


def _touched(changes: Sequence[Bounded], world: World) -> NDArray[np.bool_]:
    """`[importer, sector]`, the markets that any change bounds; unknown labels count for nothing."""
    nests = {id(nest): nest for change in changes for nest in change.nests}.values()
    pairs = {(nest.importer, nest.sector) for nest in nests}
    for constraints in {change.constraints for change in changes}:
        pairs |= {(flow.importer, flow.sector) for one in constraints for flow in one.flows}
    found = np.zeros((len(world.countries), len(world.sectors)), bool)
    for importer, sector in pairs:
        if importer in world.countries and sector in world.sectors:
            found[world.position(importer), world.sector_position(sector)] = True
    return found


def _bans(constraint: Constraint) -> bool:
    return isinstance(constraint, Quota) and constraint.basis != "increment" and constraint.amount <= 0


def _nameless(constraint: Constraint) -> Constraint:
    """A bound without its amount."""
    return replace(constraint, amount=0.0)


def _key(change: Bounded, inside: NDArray[np.bool_], labels: dict[int, Hashable]) -> Hashable:
    """Equal for changes that share a frame. A nest is compared by what it holds; `labels` remembers that."""
    s = change.shock
    rows = np.flatnonzero(inside[s.importer, s.sector])
    columns = (s.importer, s.exporter, s.sector, s.share, s.cost, s.base_tariff, s.tariff, s.rent, s.holder)
    for nest in change.nests:
        if id(nest) not in labels:
            labels[id(nest)] = tuple(
                tuple(sorted(value.items())) if name == "shares" else value
                for name, value in vars(nest).items()
            )
    # Imports under a tariff quota pay other duties, and what is banned is not there, whatever the amounts.
    fixed = tuple(_nameless(one) for one in change.constraints if isinstance(one, TariffQuota) or _bans(one))
    return (
        tuple(column[rows].tobytes() for column in columns),
        tuple(s.part[row] for row in rows.tolist()),
        fixed,
        tuple(labels[id(nest)] for nest in change.nests),
    )


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


@dataclass(frozen=True, eq=False)
class Markets:
    """The markets of a frame in a world, with bounds for each member."""

    of: Varieties
    bounds: Bounds
    payer: Array  # (N, k) one where a country pays a rent; k first the bounds' (c, r), then the shock's own
    holder: Array  # (N, k) one where it earns it
    own: Index  # varieties that pay rents of the shock's own
    alpha: Array  # (N, S)
    net: Array  # (v,) net flow in the base

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
        rows = rows[: len(frame.bounds)]
        bounds = bounds_of(of, base, frame.bounds, rows)
        return Markets(of, bounds, *_rents(of, base, bounds), base.arrays.alpha, base_net(of, base))

    def bounded(self, amounts: Array) -> Markets:
        """With bounds by member, from amounts `(c, b)` as `Frame.amounts` tells them."""
        bounds = self.bounds
        required = levels(bounds.constraints, bounds.weight @ self.net, amounts)
        nobody = [0.0 if isinstance(one, Purchase) else np.inf for one in bounds.constraints]
        required = np.where(np.isnan(amounts), np.array(nobody)[:, None], required)
        return replace(self, bounds=replace(bounds, required=required))

    @property
    def where(self) -> tuple[Index, Index]:
        """Sector and importer of each market."""
        return self.of.sector, self.of.importer

    def take(self, members: Index) -> Markets:
        """The same markets for fewer members."""
        required = np.take(self.bounds.required, members, axis=-1)
        return replace(self, bounds=replace(self.bounds, required=required))

    def at(self, log_cost: Array, log_price: Array, spending: Array, start: Array | None) -> Bought:
        """What is bought at unit costs, price indices and expenditure, all `(S, N, b)`."""
        of, bounds = self.of, self.bounds
        cost = log_cost[self._sector, of.exporter].astype(np.float64)
        money = spending[self.where].astype(np.float64)
        state = State(cost, np.log(money), self._levels(log_price))
        met = settle(of, bounds, state, self._start(start, money), STEPS)
        added = bounds.inside @ met.z
        received = money[of.market] * met.demand.share / (of.wedge[:, None] * np.exp(added))
        found = wedges(of, bounds, met.z, earning(bounds, met))
        rents = (found.rents * received[bounds.rows]).reshape(-1, received.shape[1])
        rents = np.concatenate([rents, of.shock.rent[of.row[self.own]][:, None] * received[self.own]])
        sold = (self._by_cell @ received).reshape(len(of.sector), -1, received.shape[1])
        return Bought(
            self.where, met.demand.log_price, sold, self.payer @ rents, self.holder @ rents, met.z, met.missed
        )

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


def _rents(of: Varieties, base: World, bounds: Bounds) -> tuple[Array, Array, Index]:
    """Who pays and who earns each rent, `(N, k)` both, and which varieties pay rents of the shock's own."""
    s, rows = of.shock, of.row[bounds.rows]
    own = np.flatnonzero(s.rent[of.row] > 0)
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
