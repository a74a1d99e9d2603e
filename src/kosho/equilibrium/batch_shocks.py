"""The shocks of a batch in columns, and the cells that they touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.columns import joined, picked_rows
from kosho.equilibrium.shock import ROUNDING, Shock
from kosho.errors import InputError
from kosho.language import _
from kosho.world import World

__all__ = ["BatchStack", "StackCells", "cells_of_stack", "of_member"]


@dataclass(frozen=True, eq=False)
class BatchStack:
    """The rows of many shocks, one after the other."""

    length: Index  # rows of each shock (b,)
    importer: Index
    exporter: Index
    sector: Index
    holder: Index
    share: Array
    cost: Array
    base_tariff: Array
    tariff: Array
    rent: Array
    borne: Mask  # where the rent is what a maker bears of a duty

    @classmethod
    def of(cls, shocks: Sequence[Shock]) -> BatchStack:
        """From at least one shock; names of parts are left behind."""
        columns = {
            field.name: joined([getattr(shock, field.name) for shock in shocks]) for field in fields(cls)[1:-1]
        }
        length = np.array([len(shock) for shock in shocks])
        return cls(length, **columns, borne=np.zeros(int(length.sum()), bool))

    @classmethod
    def outside_of(cls, shocks: Sequence[Shock], markets: Mask | None) -> BatchStack:
        """As `of`, then `outside`. Shocks that come again, as with many elasticities, are laid out once, and
        their rows of one cell with the same rates are one.
        """
        each = {id(shock): shock for shock in shocks}
        again = 2 * len(each) <= len(shocks)
        found = cls.of(list(each.values()) if again else shocks)
        found = found if markets is None else found.outside(markets)
        if not again:
            return found
        place = {name: k for k, name in enumerate(each)}
        return found._merged()._taken(np.array([place[id(shock)] for shock in shocks]))

    def _merged(self) -> BatchStack:
        """The shares of rows that are alike in all else added up."""
        keys = [getattr(self, field.name) for field in fields(self)[1:] if field.name != "share"]
        keys = [self.member, self.importer, self.exporter, self.sector, *keys]
        order = np.lexsort(keys[::-1])
        differs = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
        starts = np.flatnonzero(np.append(True, differs)) if len(order) else order
        kept = order[starts]
        share = np.add.reduceat(self.share[order], starts) if len(order) else self.share
        length = np.bincount(self.member[kept], minlength=len(self.length))
        return replace(self._of_rows(kept, length), share=share)

    def _taken(self, members: Index) -> BatchStack:
        """Some shocks, as often as they are named."""
        ends = np.append(0, np.cumsum(self.length)).tolist()
        rows = np.concatenate([np.arange(ends[k], ends[k + 1]) for k in members.tolist()])
        return self._of_rows(rows, self.length[members])

    @property
    def member(self) -> Index:
        """Which shock a row belongs to."""
        return np.repeat(np.arange(len(self.length)), self.length)

    def outside(self, markets: Mask) -> BatchStack:
        """The same shocks but for what they do in some markets `[importer, sector]`."""
        # Flat, and by places: an array is read so in half of the time that a mask of pairs takes.
        kept = (~markets).ravel().take(self.importer * markets.shape[1] + self.sector).nonzero()[0]
        return self._of_rows(kept, np.bincount(self.member.take(kept), minlength=len(self.length)))

    def between(self, first: int, last: int) -> BatchStack:
        """Some shocks, `last` not included."""
        rows = slice(int(self.length[:first].sum()), int(self.length[:last].sum()))
        return self._of_rows(rows, self.length[first:last])

    def _of_rows(self, rows: Index | slice, length: Index) -> BatchStack:
        """Some rows, so many of each shock."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)[1:]}
        if isinstance(rows, slice):
            return BatchStack(length, **{name: column[rows] for name, column in columns.items()})
        return BatchStack(length, **{name: picked_rows(column, rows) for name, column in columns.items()})


@dataclass(frozen=True, eq=False)
class StackCells:
    """What `system.cells_of` says of every shock, for all of them at once; cells (c of them) by member."""

    member: Index  # (c,)
    importer: Index
    exporter: Index
    sector: Index
    factor: Array  # K / pi
    net: Array  # f
    row: Index  # which cell a row of the stack belongs to (m,)
    weight: Array  # s kappa^-theta of each row (m,)
    wedge: Array  # 1 + t + r of each row (m,)


def cells_of_stack(world: World, stack: BatchStack, theta: Array) -> StackCells:
    """Fold the parts of every cell (formulas in `system.Cells`); `theta` `(S, b)`, or one column.

    Raises:
        InputError: the parts do not fit the base tariffs; `solve` names them.
    """
    count, sectors = len(world.countries), len(world.sectors)
    importer, exporter, sector, share = stack.importer, stack.exporter, stack.sector, stack.share
    member = stack.member
    flat = ((member * count + importer) * count + exporter) * sectors + sector
    net = world.arrays.tariff[importer, exporter, sector]
    columns = share, stack.cost, stack.base_tariff, stack.tariff, stack.rent
    found = fold_rows(flat, columns, 1.0 / (1.0 + net), of_member(theta, sector, member))
    if not found.fits:
        raise InputError(_("base tariffs of the parts do not fit the cell's"))
    row = np.empty(len(flat), np.intp)
    row[found.order] = np.repeat(np.arange(len(found.starts)), np.diff(found.starts, append=len(flat)))
    first = found.order[found.starts]
    return StackCells(
        member=member[first],
        importer=importer[first],
        exporter=exporter[first],
        sector=sector[first],
        factor=found.factor,
        net=found.net,
        row=row,
        weight=found.weight,
        wedge=found.wedge,
    )


@dataclass(frozen=True, eq=False)
class RowSums:
    """Rows of shocks added up by cell."""

    order: Index  # of the rows (m,), cell after cell
    starts: Index  # where in that order each cell begins (c,)
    weight: Array  # s kappa^-theta of each row (m,)
    wedge: Array  # 1 + t + r of each row (m,)
    factor: Array  # K / pi (c,)
    net: Array  # f (c,)
    fits: bool  # base tariffs of all parts those of their cells


def fold_rows(
    flat: Index, columns: tuple[Array, Array, Array, Array, Array], net: Array, theta: Array
) -> RowSums:
    """Add up the parts of every cell (formulas in `system.Cells`).

    Args:
        flat: A number for the cell of each row (m,).
        columns: Its share, trade cost, base tariff, tariff and rent.
        net: Base f of its cell (m,).
        theta: Of its sector (m,).
    """
    share, cost, base_tariff, tariff, rent = columns
    order = np.arange(len(flat)) if (np.diff(flat) >= 0).all() else np.argsort(flat, kind="stable")
    starts = np.flatnonzero(np.diff(flat[order], prepend=-1))

    def by_cell(values: Array) -> Array:
        return values[order] if len(starts) == len(flat) else np.add.reduceat(values[order], starts)

    wedge, before = 1.0 + tariff + rent, 1.0 + base_tariff
    with np.errstate(under="ignore"):
        weight = share * (cost * (wedge / before)) ** -theta
    rest, rest_net = 1.0 - by_cell(share), net[order[starts]] - by_cell(share / before)
    rest, rest_net = (np.where(np.abs(value) <= ROUNDING, 0.0, value) for value in (rest, rest_net))
    fits = not ((rest_net < 0) | ((rest == 0) != (rest_net == 0))).any()
    factor, received = rest + by_cell(weight), rest_net + by_cell(weight / wedge)
    received = np.divide(received, factor, out=np.ones_like(factor), where=factor > 0)
    return RowSums(order, starts, weight, wedge, factor, received, fits)


def of_member(theta: Array, sector: Index, member: Index) -> Array:
    """Elasticities of sectors in members, from `(S, b)` or one column."""
    return theta[sector, member if theta.shape[1] > 1 else 0]
