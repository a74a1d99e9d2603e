"""GDP by volume, and duties that makers bear, for the members of a batch at once.

Both look into cells (`effects.gdp_volume`, `part_flows`). Where no member touches a cell, products of matrices
do; what a shock touches is worked out cell by cell; markets with bounds or product nests tell of their own.
Legend as in the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.batch_markets import Bought
from kosho.equilibrium.batch_shocks import BatchStack, StackCells, cells_of_stack
from kosho.equilibrium.batch_system import Family, Look, picked
from kosho.equilibrium.effects import Volume
from kosho.world import World

__all__ = ["Borders"]


@dataclass(frozen=True, eq=False)
class _AtPoint:
    """The equations' values of the members that are read, b of them."""

    cost: Array  # c (S, N, b)
    power: Array  # c^-theta (S, N, b)
    unit: Array  # X over what its market absorbs (S, N, b)


@dataclass(frozen=True, eq=False)
class _SomeCells:
    """Some cells, each of one member; where each stands in arrays laid flat, which is quick to look up."""

    cell: Index  # j n i
    seller: Index  # j i b
    payer: Index  # n b
    tax: Array
    """Duties, and rents that the importer keeps."""
    arrived: Array
    """Goods, at base prices."""


@dataclass(frozen=True, eq=False)
class Borders:
    """What happens at the borders of members that are iterated together."""

    world: World
    """An equilibrium."""
    stack: BatchStack
    """The members' shocks, without what they do in markets with bounds or nests."""
    theta: Array
    """Elasticities of all of them `(S, b)`, or one column."""

    def read(self, family: Family, look: Look, members: Index, done: Mask) -> tuple[Volume, Array]:
        """Duties on what is imported, counted, and what makers of each country bear of duties; `(b, N)` each.

        Args:
            family: The equations of the members that are iterated.
            look: What they say.
            members: Which of the stack these are.
            done: Which of them are read.
        """
        some = np.flatnonzero(done)
        point = (picked(values, some) for values in (look.power, look.unit))
        at = _AtPoint(np.exp(picked(look.log_cost, some)), *point)
        arrived, taxed = self._arrived(family, at, some), (self._taxed @ at.cost).sum(axis=0)
        touched, melted, borne = self._touched(family, at, members[some])
        _add(arrived, touched, -melted * self._tariff.take(touched.cell))
        _add(taxed, touched, self._repriced(touched, at))
        if family.markets is not None and look.bought is not None:
            bounded = self._bounded(family, look.bought, at, some)
            _add(arrived, bounded, bounded.arrived * self._tariff.take(bounded.cell))
            _add(taxed, bounded, self._repriced(bounded, at))
        base = np.broadcast_to(self._taxed.sum(axis=(0, 2)), arrived.T.shape)
        new = (look.revenue + family.kept_rents(look))[:, some]
        return Volume(base, arrived.T, taxed.T, new.T), borne.T

    def _arrived(self, family: Family, at: _AtPoint, some: Index) -> Array:
        """Duties at base rates on imports at base prices `(N, b)`, as if all that is paid were for goods."""
        goods, own = at.power / at.cost, family.own
        found = ((self._tariff * family.net_factor) @ goods * at.unit).sum(axis=0)
        rate = self._tariff[own.sector, own.importer, own.exporter]
        paid = rate[:, None] * picked(own.net_factor, some) * goods[own.sector, own.exporter]
        np.add.at(found, own.importer, paid * at.unit[own.sector, own.importer])
        return found

    def _touched(self, family: Family, at: _AtPoint, members: Index) -> tuple[_SomeCells, Array, Array]:
        """Cells that the shocks touch; goods in them that do not arrive, at base prices; what makers bear."""
        cells, stack, base = self._cells, self.stack, family.base
        place = np.full(len(stack.length), -1)
        place[members] = np.arange(len(members))
        kept = np.flatnonzero(place[cells.member] >= 0)
        j, n, i = cells.sector[kept], cells.importer[kept], cells.exporter[kept]
        b = place[cells.member[kept]]
        shape = at.cost.shape
        cell = np.ravel_multi_index((j, n, i), base.share.shape)
        market, seller = (np.ravel_multi_index((j, k, b), shape) for k in (n, i))
        # Spending on the cell, over K / pi.
        seen = base.share.take(cell) * at.power.take(seller) * at.unit.take(market)
        rows = np.flatnonzero(place[stack.member] >= 0)
        slot = np.cumsum(place[cells.member] >= 0)[cells.row[rows]] - 1
        at_cost = seen[slot] * (cells.weight / cells.wedge)[rows]
        received = seen * cells.factor[kept] * cells.net[kept]
        tax, melted = seen * cells.factor[kept] - received, np.zeros(len(kept))
        borne = np.zeros(shape[1:])
        rent, cost = stack.rent[rows], stack.cost[rows]
        if rent.any():
            abroad = stack.holder[rows] != stack.importer[rows]
            tax -= np.bincount(slot, rent * at_cost * abroad, minlength=len(kept))
            mine = np.flatnonzero(stack.borne[rows])
            whose = stack.exporter[rows[mine]], place[stack.member[rows[mine]]]
            np.subtract.at(borne, whose, rent[mine] * at_cost[mine])
        if (cost != 1.0).any():
            melted = np.bincount(slot, at_cost * (1.0 - 1.0 / cost), minlength=len(kept)) / at.cost.take(seller)
        arrived = received / at.cost.take(seller) - melted
        payer = np.ravel_multi_index((n, b), shape[1:])
        return _SomeCells(cell, seller, payer, tax, arrived), melted, borne

    def _bounded(self, family: Family, bought: Bought, at: _AtPoint, some: Index) -> _SomeCells:
        """All cells of markets with bounds or nests."""
        assert family.markets is not None  # noqa: S101
        tax, goods = (picked(values, some) for values in family.markets.cells(bought))
        sector, importer = family.markets.where
        arrived = goods / at.cost[sector]
        m, i, b = (place.ravel() for place in np.indices(tax.shape))
        cell = np.ravel_multi_index((sector[m], importer[m], i), self._tariff.shape)
        seller = np.ravel_multi_index((sector[m], i, b), at.cost.shape)
        payer = np.ravel_multi_index((importer[m], b), at.cost.shape[1:])
        return _SomeCells(cell, seller, payer, tax.ravel(), arrived.ravel())

    def _repriced(self, cells: _SomeCells, at: _AtPoint) -> Array:
        """By how much more than at base rates the base's imports would pay `(c,)`."""
        tax, arrived = cells.tax, cells.arrived
        rate = np.divide(tax, arrived, out=np.zeros_like(tax), where=arrived > 0)
        cost = at.cost.take(cells.seller)
        return self._flows.take(cells.cell) * rate - self._taxed.take(cells.cell) * cost

    @cached_property
    def _cells(self) -> StackCells:
        """Worked out where a first member is read."""
        return cells_of_stack(self.world, self.stack, self.theta)

    @cached_property
    def _tariff(self) -> Array:
        """Of the base `(S, N, N)`, j n i."""
        return self.world.arrays.tariff.transpose(2, 0, 1).copy()

    @cached_property
    def _flows(self) -> Array:
        return self.world.arrays.flows.transpose(2, 0, 1).copy()

    @cached_property
    def _taxed(self) -> Array:
        """Duties in the base."""
        return self._tariff * self._flows


def _add(to: Array, cells: _SomeCells, amounts: Array) -> None:
    """Add amounts by cell to importers `(N, b)`, in place."""
    to += np.bincount(cells.payer, amounts, minlength=to.size).reshape(to.shape)
