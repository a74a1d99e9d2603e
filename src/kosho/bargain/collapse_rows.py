"""Merges rows of a shock that have the same effect at given elasticities; joins shocks and takes them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium import Shock
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.world import World

__all__ = ["MarkedShock", "collapse", "concatenate", "concatenate_marked"]


_COLUMNS = ("importer", "exporter", "sector", "share", "cost", "base_tariff", "tariff", "rent", "holder")


@dataclass(frozen=True, eq=False)
class MarkedShock:
    """A shock of duties with marks on its rows: where trade costs can change besides."""

    shock: Shock
    marks: Mask
    """`[row, mark]`."""
    separate: Mask
    """`[row]`, whether it must stay a row of its own."""

    def take(self, rows: Index) -> MarkedShock:
        """Some rows."""
        return MarkedShock(self.shock.take(rows), self.marks[rows], self.separate[rows])

    def collapsed(self, theta: Array) -> MarkedShock:
        """Rows of a cell with the same marks as one, at elasticities `[sector]`."""
        kept, groups = self._folds
        if groups is None:
            return kept
        cost, tariff = groups.levels(theta)
        return self._tight.at(np.append(kept.shock.cost, cost), np.append(kept.shock.tariff, tariff))

    def at(self, cost: Array, tariff: Array) -> MarkedShock:
        """The same rows with other costs and tariffs."""
        return MarkedShock(self.shock.remade(cost=cost, tariff=tariff), self.marks, self.separate)

    @cached_property
    def _tight(self) -> MarkedShock:
        """The rows that there are at any elasticities, which only their costs and tariffs follow from."""
        kept, groups = self._folds
        assert groups is not None  # noqa: S101
        tight = concatenate([kept.shock, groups.frame])
        marks = np.concatenate([kept.marks, groups.marks])
        return MarkedShock(tight, marks, np.arange(len(tight)) < len(kept.shock))

    @property
    def tight(self) -> tuple[MarkedShock, _Groups | None]:
        """The rows that there are at any elasticities, and those of them that follow from these."""
        _kept, groups = self._folds
        return self._tight if groups is not None else self._folds[0], groups

    @cached_property
    def _folds(self) -> tuple[MarkedShock, _Groups | None]:
        kept = self.take(np.flatnonzero(self.separate))
        others = np.flatnonzero(~self.separate)
        if not len(others):
            return kept, None
        return kept, _Groups.of(self.shock.take(others), self.marks[others])


@dataclass(frozen=True, eq=False)
class JoinedRows:
    """States of the law that share pieces, put together once and collapsed together at any elasticities."""

    states: tuple[MarkedShock, ...]
    """With costs and tariffs to be filled in."""
    places: tuple[Index, ...]
    """By state, where its rows stand among those of all pieces, each of which is there once."""
    cost: Array
    """Of the rows of all pieces."""
    tariff: Array
    groups: _Groups | None
    """Of the rows that follow from elasticities."""
    moved: Index
    """Where these stand."""

    @staticmethod
    def of(states: Sequence[Sequence[MarkedShock]]) -> JoinedRows:
        """From the pieces of each state, not collapsed."""
        pieces = {id(one): one for parts in states for one in parts}
        tight = {name: one.tight for name, one in pieces.items()}
        size = {name: len(one.shock) for name, (one, _groups) in tight.items()}
        begins = dict(zip(size, np.cumsum([0, *size.values()]).tolist(), strict=False))
        whole = [one.shock for one, _groups in tight.values()]
        moving = [
            (begins[k] + size[k] - len(one.share), one) for k, (_, one) in tight.items() if one is not None
        ]
        return JoinedRows(
            tuple(concatenate_marked([tight[id(one)][0] for one in parts]) for parts in states),
            tuple(
                np.concatenate([begins[id(one)] + np.arange(size[id(one)]) for one in parts])
                for parts in states
            ),
            np.concatenate([one.cost for one in whole]),
            np.concatenate([one.tariff for one in whole]),
            _Groups.joined([one for _first, one in moving]) if moving else None,
            np.concatenate(
                [np.zeros(0, np.intp), *(first + np.arange(len(one.share)) for first, one in moving)]
            ),
        )

    def at(self, theta: Array) -> list[MarkedShock]:
        """The states, at elasticities `[sector]`."""
        cost, tariff = self.cost.copy(), self.tariff.copy()
        if self.groups is not None:
            cost[self.moved], tariff[self.moved] = self.groups.levels(theta)
        return [one.at(cost[rows], tariff[rows]) for one, rows in zip(self.states, self.places, strict=True)]


def concatenate_marked(pieces: Sequence[MarkedShock]) -> MarkedShock:
    """Pieces as one."""
    marks, separate = (np.concatenate([getattr(one, name) for one in pieces]) for name in ("marks", "separate"))
    return MarkedShock(concatenate([one.shock for one in pieces]), marks, separate)


def collapse(shock: Shock, world: World) -> Shock:
    """The same shock with one row a cell: the cost and tariff that have the same effect at the world's theta.

    The row has the share s of its parts, the base rate that keeps their base revenue, and with the legend of
    `kosho.equilibrium.system` kappa^-theta = sum s_m kappa_m^-theta / s, 1 / (1 + t') the average of theirs.

    Raises:
        InputError: the shock has rents, which no tariff can stand for.
    """
    return _Groups.of(shock, np.zeros((len(shock), 0), bool)).shock(world.arrays.theta)


@dataclass(frozen=True, eq=False)
class _Groups:
    """Rows of a shock that become one, g of them, and what of them does not depend on elasticities."""

    rows: Shock
    group: Index
    """Of each row."""
    cell: tuple[Index, Index, Index]  # (g,) importer, exporter, sector
    marks: Mask  # (g, mark)
    share: Array  # (g,)
    base: Array  # (g,) base rate
    log_factor: Array
    """Of each row: ln of cost and of what tariffs change."""

    @staticmethod
    def of(shock: Shock, marks: Mask) -> _Groups:
        """Rows of the same cell and marks."""
        if (shock.rent > 0).any():
            raise InputError(Problem(_("a shock with rents cannot be collapsed"), _("use it as it is")))
        kinds, kind = np.unique(marks, axis=0, return_inverse=True)
        flat, place = shock.cells()
        keys, group = np.unique(place * len(kinds) + kind.reshape(-1), return_inverse=True)
        pair, sector = np.divmod(flat[keys // len(kinds)], len(shock.sectors))
        share, net = (
            np.bincount(group, values, minlength=len(keys)).astype(float)
            for values in (shock.share, shock.share / (1.0 + shock.base_tariff))
        )
        with np.errstate(divide="ignore"):
            log = np.log(shock.cost * ((1.0 + shock.tariff) / (1.0 + shock.base_tariff)))
        cell = (*np.divmod(pair, len(shock.countries)), sector)
        return _Groups(shock, group, cell, kinds[keys % len(kinds)], share, share / net - 1.0, log)

    @staticmethod
    def joined(some: Sequence[_Groups]) -> _Groups:
        """Several as one."""
        begins = np.cumsum([0, *(len(one.share) for one in some)]).tolist()
        importer, exporter, sector = (np.concatenate([one.cell[k] for one in some]) for k in range(3))
        return _Groups(
            concatenate([one.rows for one in some]),
            np.concatenate([one.group + first for one, first in zip(some, begins, strict=False)]),
            (importer, exporter, sector),
            np.concatenate([one.marks for one in some]),
            np.concatenate([one.share for one in some]),
            np.concatenate([one.base for one in some]),
            np.concatenate([one.log_factor for one in some]),
        )

    def shock(self, theta: Array) -> Shock:
        """One row for each, at elasticities `[sector]`."""
        cost, tariff = self.levels(theta)
        return self.frame.remade(cost=cost, tariff=tariff)

    def levels(self, theta: Array) -> tuple[Array, Array]:
        """Cost and tariff of each, at elasticities `[sector]`."""
        rows, size, sector = self.rows, len(self.share), self.cell[2]
        with np.errstate(under="ignore"):
            weight = rows.share * np.exp(-theta[rows.sector] * self.log_factor)
        factor = np.bincount(self.group, weight, minlength=size)
        received = np.bincount(self.group, weight / (1.0 + rows.tariff), minlength=size)
        tariff = np.divide(factor, received, out=1.0 + self.base, where=factor > 0) - 1.0
        with np.errstate(divide="ignore"):
            kappa = (factor / self.share) ** (-1.0 / theta[sector])
        return kappa * (1.0 + self.base) / (1.0 + tariff), tariff

    @cached_property
    def frame(self) -> Shock:
        """One row for each, with nothing changed."""
        size = len(self.share)
        importer, exporter, sector = self.cell
        return self.rows.remade(
            importer=importer,
            exporter=exporter,
            sector=sector,
            share=self.share,
            cost=np.ones(size),
            base_tariff=self.base,
            tariff=self.base,
            rent=np.zeros(size),
            holder=np.full(size, -1, np.intp),
            part=("",) * size,
        )


def concatenate(shocks: Sequence[Shock]) -> Shock:
    """Shocks to different rows as one."""
    columns = {name: np.concatenate([getattr(one, name) for one in shocks]) for name in _COLUMNS}
    return shocks[0].remade(**columns, part=tuple(chain.from_iterable(one.part for one in shocks)))
