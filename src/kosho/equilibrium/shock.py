"""`Shock`: what changes, as a table of sub-flows, free of elasticities.

A measure rarely covers a whole sector. A *part* is a share of what an importer spends on an exporter's sector,
with its own base tariff, new tariff, change of real trade cost and rent; what no part covers stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import xarray as xr

from kosho.arguments import (
    CELL,
    MOST,
    NUMERIC,
    POSITIONS,
    note_column,
    note_names,
    note_rates,
    note_sort,
    refuse_sort,
)
from kosho.arrays import Array, Index
from kosho.bounds import DUTY
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, percent, plural
from kosho.equilibrium.columns import alike
from kosho.errors import InputError, Problems, suggest
from kosho.language import N_, _
from kosho.readonly import Fixed, fix, fixed
from kosho.world import World

__all__ = ["Part", "Rates", "Shock"]


Rates = xr.DataArray | Mapping[tuple[str, str, str], float]
"""`[importer, exporter, sector]` (a subset of labels will do, NaN leaves a cell alone), or a number for each
`(importer, exporter, sector)`."""

ROUNDING = 1e-9
COLUMNS = {
    "share": None,
    "cost": None,
    "base_tariff": None,
    "tariff": None,
    "rent": None,
    "importer": "countries",
    "exporter": "countries",
    "sector": "sectors",
    "holder": "countries",
}
"""Columns of a shock, with the labels that positions refer to; None for numbers."""
SHOWN = 6
"""Rows told by name where a shock shows itself."""


@as_declared
@dataclass(frozen=True, slots=True)
class Part(Shown):
    """A share of a cell and what happens to it; `Shock.parts` collects them.

    >>> from kosho.equilibrium import Part
    >>> Part("USA", "JPN", "C29", share=0.8, tariff=0.15, part="cars")
    Part(importer='USA', exporter='JPN', sector='C29', share=0.8, tariff=0.15, part='cars')
    """

    importer: str
    exporter: str
    sector: str
    share: float = 1.0
    """Of the importer's base spending on the cell, tariff included, at most one over all parts of the cell."""
    tariff: float | None = None
    """New ad valorem rate; None keeps the base rate. Below zero it is a subsidy to buyers, at home too."""
    base_tariff: float | None = None
    """Base rate of the part; None takes the cell's."""
    cost: float = 1.0
    """New over old real trade cost; infinite for a ban."""
    rent: float = 0.0
    """New rent, ad valorem on the producer price, paid by buyers to `holder`; there is none in the base. Below
    zero, and held by the exporter, it is what the maker bears of a duty."""
    holder: str | None = None
    part: str = ""
    """Name of the product group; empty for the whole cell."""


@dataclass(frozen=True, eq=False)
class Shock(Fixed, Shown):
    """A table of parts of importer-exporter-sector cells, one row a part, all columns of length m.

    >>> from kosho.equilibrium import Part, Shock
    >>> from kosho.world import toy
    >>> Shock.parts(toy(), [Part("USA", "JPN", "C29", share=0.8, tariff=0.15, part="cars")])
    Shock: 1 part changed
      USA from JPN, C29 (cars)   tariff 2.5 % to 15 %, on 80 % of spending
    """

    countries: tuple[str, ...]
    """The labels that positions refer to; those of the world it is applied to."""
    sectors: tuple[str, ...]
    importer: Index
    exporter: Index
    sector: Index
    share: Array
    """Of base expenditure of the cell, tariff included; the parts of a cell sum to at most one."""
    cost: Array
    """New over old real trade cost; infinite where banned."""
    base_tariff: Array
    """Ad valorem, paid to the importer's treasury."""
    tariff: Array
    rent: Array
    """Ad valorem on the producer price; zero in the base."""
    holder: Index
    """Country that receives the rent, -1 where there is none."""
    part: tuple[str, ...]
    """Name of the product group, empty for the whole cell."""

    def __post_init__(self) -> None:
        _refuse_columns(self)
        _refuse_impossible(self)
        fix(self)

    def card(self) -> Card:
        """How much of what changes, the first rows by name."""
        rows = [(self.name(row), self._changes(row)) for row in range(min(len(self), SHOWN))]
        rest = [("…", f"{len(self) - SHOWN:,} more")] if len(self) > SHOWN else []
        return Card(f"Shock: {plural(len(self), 'part') if len(self) else 'nothing'} changed", [*rows, *rest])

    def _changes(self, row: int) -> str:
        """What a row changes, in words."""
        share, cost, base, new, rent = (
            float(column[row]) for column in (self.share, self.cost, self.base_tariff, self.tariff, self.rent)
        )
        words = [f"tariff {percent(base)} to {percent(new)}"] if new != base else []
        words += [f"cost × {number(cost)}"] if cost != 1 else []
        words += [f"rent {percent(rent)}"] if rent else []
        words += [f"on {percent(share)} of spending"] if share < 1 else []
        return ", ".join(words) or "as in the base"

    def __len__(self) -> int:
        return len(self.share)

    def take(self, rows: Index) -> Shock:
        """Some of the rows, each once."""
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return self.remade(**columns, part=tuple(self.part[row] for row in rows.tolist()))

    def remade(self, **columns: Array | Index | tuple[str, ...]) -> Shock:
        """With other columns, made from those of shocks that were checked: they are not checked again."""
        made = object.__new__(Shock)
        for name in ("countries", "sectors", *COLUMNS, "part"):
            column = columns.get(name)
            if isinstance(column, np.ndarray):
                column = fixed(column)
            object.__setattr__(made, name, getattr(self, name) if column is None else column)
        return made

    @classmethod
    def none(cls, world: World) -> Shock:
        """The shock that changes nothing.

        Raises:
            InputError: `world` is no world.

        >>> from kosho.equilibrium import Shock
        >>> from kosho.world import toy
        >>> Shock.none(toy())
        Shock: nothing changed
        """
        _refuse_others(world, {}, "world")
        return _table(world, np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.intp))

    @classmethod
    def tariffs(cls, world: World, new_rates: Rates, *, insist: bool = False) -> Shock:
        """Whole cells get new tariffs.

        Args:
            world: The world the shock is for.
            new_rates: Ad valorem fractions; cells not given, NaN or equal to the base keep their rate.
            insist: Take rates below zero (a subsidy to buyers; above -1) or above 3, which is 300 %.

        Raises:
            InputError: unknown labels, rates that cannot be or are out of bounds, a tariff on domestic sales.

        >>> from kosho.equilibrium import Shock
        >>> from kosho.world import toy
        >>> Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25, ("USA", "JPN", "A01"): 0.25})
        Shock: 2 parts changed
          USA from JPN, C29   tariff 2.5 % to 25 %
          USA from JPN, A01   tariff 3 % to 25 %
        """
        importer, exporter, sector, rate = _cells(world, new_rates, "new_rates")
        differs = rate != world.arrays.tariff[importer, exporter, sector]
        refuse_sort(insist, bool, "insist")
        if not insist:
            _refuse_implausible(
                rate, lambda k: f"new_rates[{_cell_name(world, (importer, exporter, sector), k)}]"
            )
        return _table(world, importer[differs], exporter[differs], sector[differs], tariff=rate[differs])

    @classmethod
    def costs(cls, world: World, factors: Rates) -> Shock:
        """Whole cells get other real trade costs (d-hat, new over old; infinite bans the trade).

        Raises:
            InputError: unknown labels, or factors that are not positive.

        >>> from kosho.equilibrium import Shock
        >>> from kosho.world import toy
        >>> Shock.costs(toy(), {("JPN", "USA", "C29"): 0.97})
        Shock: 1 part changed
          JPN from USA, C29   cost × 0.97
        """
        importer, exporter, sector, factor = _cells(world, factors, "factors")
        differs = factor != 1.0
        return _table(world, importer[differs], exporter[differs], sector[differs], cost=factor[differs])

    @classmethod
    def parts(cls, world: World, parts: Sequence[Part], *, insist: bool = False) -> Shock:
        """Parts of cells, each with its own change.

        Args:
            world: The world the shock is for.
            parts: What changes.
            insist: Take rates below zero (a subsidy to buyers) or above 3, which is 300 %.

        Raises:
            InputError: unknown labels, shares of a cell above one, rates that cannot be or are out of bounds;
                all of them are listed.

        >>> from kosho.equilibrium import Part, Shock
        >>> from kosho.world import toy
        >>> Shock.parts(toy(), [Part("JPN", "USA", "A01", share=1.2, tariff=0.0)])
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: JPN from USA, A01: share 1.2 is not between 0 and 1
        JPN from USA, A01: shares of the cell's parts sum to 1.2 (at most one)
        """
        _refuse_other_parts(world, parts)
        labels = [(p.importer, p.exporter, p.sector) for p in parts]
        importer, exporter, sector = _positions(world, labels)
        holders = _holders(world, parts)
        base = world.arrays.tariff[importer, exporter, sector]
        given = np.array([np.nan if p.base_tariff is None else p.base_tariff for p in parts], float)
        base = np.where(np.isnan(given), base, given)
        new = np.array([np.nan if p.tariff is None else p.tariff for p in parts], float)
        shock = cls(
            countries=world.countries,
            sectors=world.sectors,
            importer=importer,
            exporter=exporter,
            sector=sector,
            share=np.array([p.share for p in parts], float),
            cost=np.array([p.cost for p in parts], float),
            base_tariff=base,
            tariff=np.where(np.isnan(new), base, new),
            rent=np.array([p.rent for p in parts], float),
            holder=holders,
            part=tuple(p.part for p in parts),
        )
        uncovered(shock, world)
        refuse_sort(insist, bool, "insist")
        if not insist:
            for name, rates in (("tariff", new), ("base_tariff", given)):
                _refuse_implausible(rates, lambda k, name=name: f"parts[{k}].{name} ({shock.name(k)})")
        return shock

    def name(self, row: int) -> str:
        """A row in words, for messages."""
        words = (self.countries[self.importer[row]], self.countries[self.exporter[row]])
        label = f" ({self.part[row]})" if self.part[row] else ""
        return f"{words[0]} from {words[1]}, {self.sectors[self.sector[row]]}{label}"

    def places(self) -> list[tuple[int, int, int, str]]:
        """Of each row, the positions of importer, exporter and sector, and the name of the part."""
        columns = (self.importer.tolist(), self.exporter.tolist(), self.sector.tolist(), self.part)
        return list(zip(*columns, strict=True))

    def cells(self) -> tuple[Index, Index]:
        """Flat positions of the cells that have parts, and for each row its place among them."""
        return self._cells

    @cached_property
    def _cells(self) -> tuple[Index, Index]:
        count, sectors = len(self.countries), len(self.sectors)
        flat = (self.importer * count + self.exporter) * sectors + self.sector
        if len(flat) == 0 or (np.diff(flat) > 0).all():
            return flat, np.arange(len(flat))
        cells, row = np.unique(flat, return_inverse=True)
        return cells, row


def uncovered(shock: Shock, world: World) -> tuple[Array, Array]:
    """What the parts leave of each cell of `shock.cells()`: its share of base spending, and that net of tariff.

    The rest keeps the base rate that makes the cell's revenue add up.

    Raises:
        InputError: the parts pay more to producers than the whole cell does; every such cell is named.
    """
    cells, row = shock.cells()
    rest = 1.0 - np.bincount(row, shock.share, minlength=len(cells))
    net = 1.0 / (1.0 + world.arrays.tariff.reshape(-1)[cells])
    rest_net = net - np.bincount(row, shock.share / (1.0 + shock.base_tariff), minlength=len(cells))
    rest = np.where(np.abs(rest) <= ROUNDING, 0.0, rest)
    rest_net = np.where(np.abs(rest_net) <= ROUNDING, 0.0, rest_net)
    wrong = (rest_net < 0) | ((rest == 0) != (rest_net == 0))
    if wrong.any():
        problems = Problems()
        for cell in np.flatnonzero(wrong)[:20]:
            first = int(np.flatnonzero(row == cell)[0])
            base = world.arrays.tariff.reshape(-1)[cells[cell]]
            problems.add(
                _(
                    "{name}: base tariffs of the parts do not fit the cell's, {base:.4g}",
                    name=shock.name(first),
                    base=base,
                ),
                _("the rest of the cell would need a rate that cannot be"),
            )
        problems.raise_if_any()
    return rest, rest_net


def _table(
    world: World,
    importer: Index,
    exporter: Index,
    sector: Index,
    *,
    tariff: Array | None = None,
    cost: Array | None = None,
) -> Shock:
    rows = len(importer)
    base = world.arrays.tariff[importer, exporter, sector]
    return Shock(
        countries=world.countries,
        sectors=world.sectors,
        importer=importer,
        exporter=exporter,
        sector=sector,
        share=alike(1.0, rows),
        cost=alike(1.0, rows) if cost is None else cost,
        base_tariff=base,
        tariff=base if tariff is None else tariff,
        rent=alike(0.0, rows),
        holder=alike(-1, rows),
        part=("",) * rows,
    )


def _cell_name(world: World, places: tuple[Index, Index, Index], k: int) -> str:
    n, i, j = (column[k] for column in places)
    return f"{world.countries[n]}, {world.countries[i]}, {world.sectors[j]}"


def _refuse_implausible(rates: Array, name: Callable[[int], str]) -> None:
    """Refuse rates out of bounds, each by name; one that is at or below -1 cannot be at all, and is left."""
    problems = Problems()
    rows = np.flatnonzero(DUTY.outside(rates) & np.isfinite(rates) & (rates > -1))
    for k in rows[:MOST].tolist():
        told = f"{name(k)} = {DUTY.broken(float(rates[k]))}"
        problems.add(told, _("insist=True takes it, where it is meant"))
    if len(rows) > MOST:
        problems.add(_("{number} more like these", number=len(rows) - MOST))
    problems.raise_if_any()


def _refuse_others(world: object, values: object, argument: str) -> None:
    problems = Problems()
    note_sort(problems, world, World, "world")
    note_rates(problems, values, argument)
    problems.raise_if_any()


def _refuse_other_parts(world: object, parts: object) -> None:
    problems = Problems()
    note_sort(problems, world, World, "world")
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        problems.add(_("is a {name}, not a sequence of Part", name=type(parts).__name__), key="parts")
    problems.raise_if_any()
    for k, part in enumerate(cast("Sequence[object]", parts)):
        note_sort(problems, part, Part, f"parts[{k}]")
        if len(problems.found) >= MOST:
            break
    problems.raise_if_any()


def _cells(world: World, values: Rates, argument: str) -> tuple[Index, Index, Index, Array]:
    """Positions and values of the cells that are given."""
    _refuse_others(world, values, argument)
    if not isinstance(values, xr.DataArray):
        return (*_positions(world, list(values)), np.array(list(values.values()), float))
    problems = Problems()
    ordered = values.transpose(*CELL)
    places: list[Index] = []
    for dim in ordered.dims:
        known = world.sectors if dim == "sector" else world.countries
        labels = [str(code) for code in ordered.indexes[dim]]
        places.append(_look_up(known, labels, str(dim), problems))
    problems.raise_if_any()
    bare = np.asarray(ordered.to_numpy(), float)
    found = np.nonzero(~np.isnan(bare))
    return places[0][found[0]], places[1][found[1]], places[2][found[2]], bare[found]


def _positions(world: World, labels: Sequence[tuple[str, str, str]]) -> tuple[Index, Index, Index]:
    problems = Problems()
    columns = list(zip(*labels, strict=True)) if labels else [(), (), ()]
    importer = _look_up(world.countries, columns[0], N_("importer"), problems)
    exporter = _look_up(world.countries, columns[1], N_("exporter"), problems)
    sector = _look_up(world.sectors, columns[2], N_("sector"), problems)
    problems.raise_if_any()
    return importer, exporter, sector


def _holders(world: World, parts: Sequence[Part]) -> Index:
    problems = Problems()
    named = [p.holder for p in parts if p.holder is not None]
    found = iter(_look_up(world.countries, named, N_("holder"), problems))
    problems.raise_if_any()
    return np.array([-1 if p.holder is None else next(found) for p in parts], np.intp)


def _look_up(known: Sequence[str], labels: Sequence[str], what: str, problems: Problems) -> Index:
    place = {code: i for i, code in enumerate(known)}
    for code in dict.fromkeys(labels):
        if code not in place:
            problems.add(_("unknown {what} {code!r}", what=_(what), code=code), suggest(code, known))
    return np.array([place.get(code, -1) for code in labels], np.intp)


def _refuse_columns(shock: Shock) -> None:
    """Refuse columns that are no arrays of numbers of one length, and positions outside the labels."""
    problems = Problems()
    length = np.size(shock.share)
    for name, labels in COLUMNS.items():
        column = getattr(shock, name)
        if not note_column(problems, column, NUMERIC if labels is None else POSITIONS, length, name):
            continue
        if labels is not None and length:
            least, count = -1 if name == "holder" else 0, len(getattr(shock, labels))
            if column.min() < least or column.max() >= count:
                problems.add(
                    _(
                        "positions from {least} to {most}, of {count} {labels}",
                        least=column.min(),
                        most=column.max(),
                        count=count,
                        labels=labels,
                    ),
                    key=name,
                )
    note_names(problems, shock.part, length, "part")
    problems.raise_if_any()


def _refuse_impossible(shock: Shock) -> None:
    home = shock.importer == shock.exporter
    own = shock.holder == shock.exporter  # below zero, a rent is what a maker bears of a duty
    cells, place = shock.cells()
    total = np.bincount(place, shock.share, minlength=len(cells))
    with np.errstate(invalid="ignore"):
        rules = [
            (~((shock.share > 0) & (shock.share <= 1 + ROUNDING)), "share {share} is not between 0 and 1"),
            (~(shock.cost > 0), "cost factor {cost} is not positive"),
            (
                ~(np.isfinite(shock.base_tariff) & (shock.base_tariff > -1)),
                "base tariff {base_tariff} is not above -1",
            ),
            (~(np.isfinite(shock.tariff) & (shock.tariff > -1)), "tariff {tariff} is not above -1 (-100 %)"),
            (
                ~(np.isfinite(shock.rent) & ((shock.rent >= 0) | (own & (1 + shock.tariff + shock.rent > 0)))),
                "rent {rent} is not zero or more",
            ),
            ((shock.rent != 0) & (shock.holder < 0), "rent {rent} has no holder"),
            (
                home & ((shock.tariff > 0) | (shock.base_tariff != 0) | (shock.rent != 0)),
                "domestic sales bear no tariff or rent",  # a negative rate is a subsidy to buyers
            ),
        ]
    if not np.any([broken for broken, _ in rules]) and not (total > 1 + ROUNDING).any():
        return
    problems = Problems()
    columns = ("share", "cost", "base_tariff", "tariff", "rent")
    for broken, message in rules:
        rows = np.flatnonzero(broken)
        for row in rows[:10]:
            values = {column: f"{getattr(shock, column)[row]:g}" for column in columns}
            problems.add(f"{shock.name(int(row))}: {message.format(**values)}")
        if len(rows) > 10:
            problems.add(_("{number} more like these", number=len(rows) - 10))
    for cell in np.flatnonzero(total > 1 + ROUNDING)[:10]:
        first = int(np.flatnonzero(place == cell)[0])
        problems.add(
            _("{name}: shares of the cell's parts sum to {total:g}", name=shock.name(first), total=total[cell]),
            _("at most one"),
        )
    problems.raise_if_any()


def refuse_other_labels(shock: Shock, world: World) -> None:
    """Raise `InputError` unless `shock` was made for the labels of `world`."""
    if shock.countries != world.countries or shock.sectors != world.sectors:
        raise InputError(_("the shock was made for a world with other countries or sectors"))
