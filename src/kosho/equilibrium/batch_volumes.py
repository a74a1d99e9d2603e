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
from kosho.equilibrium.batch_loops import spans
from kosho.equilibrium.batch_markets import Bought
from kosho.equilibrium.batch_shocks import BatchStack, StackCells, cells_of_stack, of_member
from kosho.equilibrium.batch_system import Family, Look, picked
from kosho.equilibrium.effects import Volume
from kosho.equilibrium.nests import picked_columns
from kosho.world import World

__all__ = ["Borders"]


@dataclass(frozen=True, eq=False)
class _AtPoint:
    """The equations' values of the members that are read, b of them."""

    cost: Array  # c (S, N, b)
    power: Array  # c^-theta (S, N, b)
    unit: Array  # X over what its market absorbs (S, N, b)
    offset: Array  # (S, N, b)
    theta: Array  # (S, b), or one column


@dataclass(frozen=True, eq=False)
class _SomeCells:
    """Some cells, each of one member."""

    sector: Index
    importer: Index
    exporter: Index
    member: Index
    tax: Array
    """Duties, and rents that the importer keeps."""
    arrived: Array
    """Goods, at base prices."""

    @property
    def where(self) -> tuple[Index, Index, Index]:
        """Where they stand in arrays j n i."""
        return self.sector, self.importer, self.exporter


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
        point = (np.exp(look.log_cost), look.power, look.unit, family.offset)
        at = _AtPoint(*(picked(values, some) for values in point), theta=picked_columns(family.theta, some))
        arrived, taxed = self._arrived(family, at, some), (self._taxed @ at.cost).sum(axis=0)
        touched, melted, borne = self._touched(family, at, members[some])
        _add(arrived, touched, -melted * self._tariff[touched.where])
        _add(taxed, touched, self._repriced(touched, at))
        if family.markets is not None and look.bought is not None:
            bounded = self._bounded(family, look.bought, at, some)
            _add(arrived, bounded, bounded.arrived * self._tariff[bounded.where])
            _add(taxed, bounded, self._repriced(bounded, at))
        base = np.broadcast_to(self._taxed.sum(axis=(0, 2)), arrived.T.shape)
        new = (look.revenue + family.kept_rents(look))[:, some]
        return Volume(base, arrived.T, taxed.T, new.T), borne.T

    def _arrived(self, family: Family, at: _AtPoint, some: Index) -> Array:
        """Duties at base rates on imports at base prices `(N, b)`, as if all that is paid were for goods."""
        goods, own = at.power / at.cost, family.own
        found = ((self._tariff * family.net_factor) @ goods * at.unit).sum(axis=0)
        for sector, span in spans(own.sector):
            importer = own.importer[span]
            sums = np.einsum(
                "ri,rib,ib->rb",
                self._tariff[sector, importer],
                picked(own.net_factor[span], some),
                goods[sector],
            )
            found[importer] += sums * at.unit[sector, importer]
        return found

    def _touched(self, family: Family, at: _AtPoint, members: Index) -> tuple[_SomeCells, Array, Array]:
        """Cells that the shocks touch; goods in them that do not arrive, at base prices; what makers bear."""
        cells, stack, base = self._cells, self.stack, family.base
        place = np.full(len(stack.length), -1)
        place[members] = np.arange(len(members))
        kept = np.flatnonzero(place[cells.member] >= 0)
        j, n, i = cells.sector[kept], cells.importer[kept], cells.exporter[kept]
        b = place[cells.member[kept]]
        seen = base.share[j, n, i] * np.exp(at.offset[j, n, b] * of_member(at.theta, j, b))
        seen *= at.power[j, i, b] * at.unit[j, n, b]  # spending on the cell, over K / pi
        rows = np.flatnonzero(place[stack.member] >= 0)
        slot = np.cumsum(place[cells.member] >= 0)[cells.row[rows]] - 1
        at_cost = seen[slot] * (cells.weight / cells.wedge)[rows]
        abroad = stack.holder[rows] != stack.importer[rows]
        rents = np.bincount(slot, stack.rent[rows] * at_cost * abroad, minlength=len(kept))
        lost = at_cost * (1.0 - 1.0 / stack.cost[rows])
        melted = np.bincount(slot, lost, minlength=len(kept)) / at.cost[j, i, b]
        received = seen * cells.factor[kept] * cells.net[kept]
        tax = seen * cells.factor[kept] - received - rents
        borne = np.zeros(at.cost.shape[1:])
        mine = np.flatnonzero(stack.borne[rows])
        whose = stack.exporter[rows[mine]], place[stack.member[rows[mine]]]
        np.subtract.at(borne, whose, stack.rent[rows[mine]] * at_cost[mine])
        arrived = received / at.cost[j, i, b] - melted
        return _SomeCells(j, n, i, b, tax, arrived), melted, borne

    def _bounded(self, family: Family, bought: Bought, at: _AtPoint, some: Index) -> _SomeCells:
        """All cells of markets with bounds or nests."""
        assert family.markets is not None  # noqa: S101
        tax, goods = (picked(values, some) for values in family.markets.cells(bought))
        sector, importer = family.markets.where
        arrived = goods / at.cost[sector]
        m, i, b = (place.ravel() for place in np.indices(tax.shape))
        return _SomeCells(sector[m], importer[m], i, b, tax.ravel(), arrived.ravel())

    def _repriced(self, cells: _SomeCells, at: _AtPoint) -> Array:
        """By how much more than at base rates the base's imports would pay `(c,)`."""
        tax, arrived = cells.tax, cells.arrived
        rate = np.divide(tax, arrived, out=np.zeros_like(tax), where=arrived > 0)
        cost = at.cost[cells.sector, cells.exporter, cells.member]
        return self._flows[cells.where] * rate - self._taxed[cells.where] * cost

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
    np.add.at(to, (cells.importer, cells.member), amounts)
