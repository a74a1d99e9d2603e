"""From lines to the whole economy: new rates on lines become parts of cells of a world, exactly.

A line is a part of the cell of its sector with a share of what the importer spends on it, its own base rate and
its own new rate; parts of a cell that nothing changes are its rest, which keeps the rate that makes the cell's
revenue add up. Where that rest would need a rate below zero, or every line moves, all powers of tariffs of the
cell are scaled by one factor, so that base revenue is the world's and every change of 1 + t is the line's; the
factor is told. Lines that move alike are one part: nothing is lost, since parts of a cell share one elasticity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.codes import blocs, countries, expand_regions
from kosho.declared import as_declared
from kosho.display import Card, Shown, percent, plural
from kosho.equilibrium import Shock
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.lines.line_table import LineTable, MissingJoin
from kosho.lines.sectors import sectors_of
from kosho.world import World

__all__ = ["REST", "LineShock", "PartOfTrade", "holding", "line_shock", "members", "parts_of_trade"]

REST = "ROW"
"""The partner that stands for all that a table of lines does not name."""
ROUNDING = 1e-12
PART = 0.5
"""Below this share of the world's trade in a sector, lines stand for much that they do not name."""


@dataclass(frozen=True, slots=True)
class PartOfTrade(Shown):
    """A sector's trade of which lines hold a part alone, though they stand for all of it.

    >>> from kosho.lines.line_packages import PartOfTrade
    >>> PartOfTrade("JPN", "C28", lines=300.0, world=21000.0).lines
    300.0
    """

    partner: str
    sector: str
    lines: float
    """Imports of the lines, million USD."""
    world: float
    """Imports of the sector in the world's table, million USD."""


@dataclass(frozen=True, eq=False)
class LineShock(Shown):
    """Lines as parts of a world's cells. Make one with `line_shock`.

    >>> import numpy as np
    >>> from kosho.lines import LineTable, line_shock
    >>> from kosho.world import toy
    >>> table = LineTable("USA", ("870323",), ("JPN",), np.array([[40.0]]), np.array([[0.025]]), ("line",), ())
    >>> line_shock(toy(), table, np.array([[0.15]]))
    Lines as 1 part of cells
      largest rescaling of a cell   0 %
      left out                      0 lines, 0 million
    """

    shock: Shock
    line: Index
    """`(m,)`, position of the line of each row; -1 where lines that move alike are one row."""
    cell: Index
    """`(m,)`, position of the cell of each row in `scaled`."""
    scaled: Array
    """`[cell]`, factor on powers of tariffs; 1 where the table of lines and the world agree."""
    left_out: tuple[MissingJoin, ...]
    """Lines that no sector of the world makes, or whose rates are not known, with their imports."""

    def card(self) -> Card:
        """How many parts, and how far the table's rates are from the world's."""
        far = self.scaled[np.argmax(np.abs(self.scaled - 1.0))] - 1.0 if len(self.scaled) else 0.0
        lost = sum(one.value for one in self.left_out)
        rows = [
            ("largest rescaling of a cell", percent(float(far))),
            ("left out", f"{plural(len(self.left_out), 'line')}, {lost:,.0f} million"),
        ]
        return Card(f"Lines as {plural(len(self.shock), 'part')} of cells", rows)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Lines of the table by cell of a world: one row a line and economy that sells it."""

    world: World
    table: LineTable
    line: Index
    partner: Index
    importer: Index
    exporter: Index
    sector: Index
    left_out: tuple[MissingJoin, ...]

    @staticmethod
    def of(world: World, table: LineTable) -> _Cells:
        names = sectors_of(table.codes, world)
        place = np.array([-1 if name is None else world.sector_position(name) for name in names], np.intp)
        fine = (place >= 0) & table.priced
        total = table.imports.sum(axis=1)
        unknown = {one.code: one.why for one in table.missing}
        why = _("no sector of this world makes it"), _("a rate is not known")
        left = tuple(
            MissingJoin(
                table.codes[k],
                why[0] if place[k] < 0 else unknown.get(table.codes[k], why[1]),
                float(total[k]),
            )
            for k in np.flatnonzero(~fine & (total > 0)).tolist()
        )
        rows: list[tuple[Index, int, int, int]] = []
        for buyer in members(world, table.importer):
            for column, sellers in _sellers(world, table).items():
                lines = np.flatnonzero(fine & (table.imports[:, column] > 0)).astype(np.intp)
                rows += [(lines, column, buyer, seller) for seller in sellers if seller != buyer]
        counts = [len(lines) for lines, *_ in rows]
        line = np.concatenate([lines for lines, *_ in rows]) if rows else np.empty(0, np.intp)
        column, buyer, seller = (
            np.repeat(np.array([row[k] for row in rows], np.intp), counts) for k in (1, 2, 3)
        )
        sold = world.arrays.flows[buyer, seller, place[line]] > 0
        line, column, buyer, seller = (each[sold] for each in (line, column, buyer, seller))
        return _Cells(world, table, line, column, buyer, seller, place[line], left)

    @cached_property
    def flat(self) -> Index:
        count, sectors = len(self.world.countries), len(self.world.sectors)
        return (self.importer * count + self.exporter) * sectors + self.sector

    @cached_property
    def base(self) -> Array:
        return self.table.paid[self.line, self.partner]

    @cached_property
    def share(self) -> Array:
        """Of the spending on the cell, tariff included."""
        spent = self.table.imports[self.line, self.partner] * (1.0 + self.base)
        _, row = np.unique(self.flat, return_inverse=True)
        return spent / np.bincount(row, spent)[row]


def members(world: World, code: str) -> list[int]:
    """Positions of the economies of a world that a code stands for: itself, members of a bloc, or the region it
    is in.

    Raises:
        InputError: the world has none of them.
    """
    found = holding(world, code)
    if not found:
        raise InputError(
            Problem(
                _("this world has no {code}", code=code),
                _("it has {countries}", countries=", ".join(world.countries[:20])),
            )
        )
    return found


def parts_of_trade(world: World, table: LineTable, partner: str) -> tuple[PartOfTrade, ...]:
    """Sectors in which lines hold less than half of what the importer buys from a partner by the world's table.

    `line_shock` reads a line's share among the lines of its sector as its share of the sector's trade; what the
    lines bring is then that of the whole sector. Trade in another currency than dollars is not compared.

    Args:
        world: The economy.
        table: Lines with trade.
        partner: One of the table's.

    >>> import numpy as np
    >>> from kosho.lines import LineTable
    >>> from kosho.lines.line_packages import parts_of_trade
    >>> from kosho.world import toy
    >>> one = np.array([[2.0]])
    >>> table = LineTable("USA", ("870323",), ("JPN",), one, np.array([[0.025]]), ("line",), ())
    >>> [(part.sector, part.lines) for part in parts_of_trade(toy(), table, "JPN")]
    [('C29', 2.0)]
    """
    if table.currency != "USD":
        return ()
    column = table.partner(partner)
    held: dict[str, float] = {}
    for name, value in zip(sectors_of(table.codes, world), table.imports[:, column].tolist(), strict=True):
        if name is not None and value > 0:
            held[name] = held.get(name, 0.0) + value
    buyers, sellers = members(world, table.importer), _sellers(world, table)[column]
    flows = world.arrays.flows
    sold = {name: float(flows[np.ix_(buyers, sellers, [world.sector_position(name)])].sum()) for name in held}
    return tuple(
        PartOfTrade(partner, name, held[name], sold[name])
        for name in sorted(held, key=lambda one: held[one] / max(sold[one], ROUNDING))
        if held[name] < PART * sold[name]
    )


def holding(world: World, code: str) -> list[int]:
    """Positions of the economies of a world that a code stands for; none where the world has none of them."""
    if code in world.countries:
        return [world.position(code)]
    holder = {leaf: name for name, inside in world.meta.regions.items() for leaf in inside}
    names = (holder.get(one, one) for one in (expand_regions([code]) if code in _known() else (code,)))
    return sorted({world.position(name) for name in names if name in world.countries})


@cache
def _known() -> frozenset[str]:
    return frozenset((*countries(), *blocs()))


def _sellers(world: World, table: LineTable) -> Mapping[int, list[int]]:
    """Economies of the world behind each partner of the table: members of a bloc, the rest behind `ROW`."""
    named = {
        place for code in (*table.partners, table.importer) if code != REST for place in holding(world, code)
    }
    rest = [place for place in range(len(world.countries)) if place not in named]
    return {
        column: rest if partner == REST else holding(world, partner)
        for column, partner in enumerate(table.partners)
    }


@as_declared
def line_shock(world: World, table: LineTable, after: Array, *, apart: bool = False) -> LineShock:
    """The counterfactual of new rates on lines.

    Args:
        world: The economy.
        table: Lines with base rates and trade; a partner that is a bloc stands for each of its members.
        after: `[line, partner]`, new rates, fractions; equal to the base or not a number: unchanged.
        apart: One row a line that pays a duty or changes, for a gradient; lines alike are one row otherwise.

    Raises:
        InputError: the world has no such importer, arrays that do not fit.

    >>> from kosho.lines import line_shock, line_table, shipped_trade
    >>> from kosho.world import load
    >>> table = line_table(shipped_trade("USA").of_year(), "USA", digits=6)
    >>> found = line_shock(load(regions="talks", sectors="talks"), table, table.without_duty("JPN"))
    >>> {found.shock.countries[k] for k in found.shock.exporter}
    {'JPN'}
    """
    if after.shape != table.imports.shape:
        raise InputError(
            Problem(
                _(
                    "new rates of the shape {shape}, lines {lines}",
                    shape=after.shape,
                    lines=table.imports.shape,
                ),
                key="after",
            )
        )
    cells = _Cells.of(world, table)
    base = cells.base
    new = after[cells.line, cells.partner]
    new = np.where(np.isnan(new), base, new)
    moves: Mask = np.asarray(np.abs(new - base) > ROUNDING, bool)
    paying: Mask = np.asarray(base > 0, bool)
    wanted: Mask = moves | paying if apart else moves
    touched: Mask = np.ones(len(base), bool) if apart else np.isin(cells.flat, cells.flat[moves])
    flat, row = np.unique(cells.flat[touched], return_inverse=True)
    factor, whole = _factors(cells, touched, row, wanted[touched], len(flat))
    use: Mask = wanted[touched] | whole[row] if apart else wanted[touched]
    power = factor[row][use]
    at = np.flatnonzero(touched)[use]
    old, fresh = (1.0 + base[at]) * power - 1.0, (1.0 + new[at]) * power - 1.0
    made = _Rows(
        cells.importer[at], cells.exporter[at], cells.sector[at], cells.share[at], old, fresh, row[use]
    )
    if apart:
        names = tuple(table.codes[k] for k in cells.line[at].tolist())
        return LineShock(made.shock(world, names), cells.line[at], made.cell, factor, cells.left_out)
    merged = made.merged()
    names = ("lines",) * len(merged.share)
    line = np.full(len(merged.share), -1, np.intp)
    return LineShock(merged.shock(world, names), line, merged.cell, factor, cells.left_out)


def _factors(cells: _Cells, touched: Mask, row: Index, wanted: Mask, count: int) -> tuple[Array, Mask]:
    """By cell: the factor on powers of tariffs, and whether all of its lines must be rows.

    One where the rest of the cell can keep a rate of zero or more beside the rows; else what makes the revenue
    of all lines together the cell's.
    """
    share, base = cells.share[touched], cells.base[touched]
    net = 1.0 / (1.0 + cells.world.arrays.tariff.reshape(-1)[np.unique(cells.flat[touched])])
    rest = np.bincount(row, np.where(wanted, 0.0, share), minlength=count)
    taken = np.bincount(row, np.where(wanted, share / (1.0 + base), 0.0), minlength=count)
    left = net - taken
    alone = (rest > ROUNDING) & (left > 0) & (left <= rest * (1.0 + ROUNDING))
    exact = (rest <= ROUNDING) & (np.abs(left) <= ROUNDING)
    lines = np.bincount(row, share / (1.0 + base), minlength=count)
    return np.where(alone | exact, 1.0, lines / net), np.asarray(~alone & ~exact & (rest > ROUNDING), bool)


@dataclass(frozen=True, eq=False)
class _Rows:
    importer: Index
    exporter: Index
    sector: Index
    share: Array
    base: Array
    new: Array
    cell: Index

    def merged(self) -> _Rows:
        """Rows of a cell with the same rates as one."""
        key = np.stack([self.cell.astype(float), self.base, self.new], axis=1)
        _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
        share: Array = np.bincount(group.reshape(-1), self.share, minlength=len(first)).astype(float)
        return _Rows(
            self.importer[first], self.exporter[first], self.sector[first],
            share, self.base[first], self.new[first], self.cell[first],
        )  # fmt: skip

    def shock(self, world: World, names: tuple[str, ...]) -> Shock:
        """As rows of a shock."""
        rows = len(self.share)
        return Shock(
            countries=world.countries,
            sectors=world.sectors,
            importer=self.importer,
            exporter=self.exporter,
            sector=self.sector,
            share=self.share,
            cost=np.ones(rows),
            base_tariff=self.base,
            tariff=self.new,
            rent=np.zeros(rows),
            holder=np.full(rows, -1, np.intp),
            part=names,
        )
