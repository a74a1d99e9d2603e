"""Measures into numbers: the shock that a dated state of the law is to the base year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.equilibrium import Shock
from kosho.errors import InputError, Problem
from kosho.impact.base_law import base_days
from kosho.impact.duty_parts import Imports, Laws, asked_slots, parts_of
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.world import World
from kosho.world.law_cells import LawCells

__all__ = ["Trade", "Translation", "shock"]


@dataclass(frozen=True)
class Trade:
    """A part of a world's trade, by positions: that of some countries with one another.

    >>> from kosho.impact.tariff_shock import Trade
    >>> Trade(frozenset({0, 1})).of(0), Trade(frozenset({0, 1}), importers=frozenset({1})).of(0)
    (True, False)
    """

    countries: frozenset[int]
    importers: frozenset[int] | None = None
    """Which of them import; all if not given."""
    products: frozenset[tuple[int, str]] | None = None
    """Sector and product group (or ""); all if not given."""

    def of(self, importer: int) -> bool:
        """Whether a country imports any of it."""
        return importer in (self.countries if self.importers is None else self.importers)


@as_declared
def shock(
    world: World,
    register: Register,
    on: date,
    known: date | None = None,
    replace: Overlay | None = None,
    among: Trade | None = None,
) -> Shock:
    """What the law in force on a day changes against the base year of a world.

    Each product group of an importer-exporter-sector cell is a part with its own rates, the rest of the sector
    another. The new rate of a part is its base rate, plus the layers in force on `on`, less those of the base
    year (the mean over its days, as base tariffs are those of a year's trade). Floors, cuts and binds are
    applied to the part's own ordinary rates, line by line; cuts and binds of the base year are in the base
    rates. Shares of customs value (the form in which coverage is given) become shares of tariff-inclusive
    expenditure. In a world of regions or of sectors of another classification the
    parts are those of their members, weighted as `World.law_cells` says.

    Args:
        world: A world whose countries are economies, or regions named in `world.meta.regions`.
        register: Dated measures and product groups.
        on: The day in force.
        known: The day of knowledge; None means the latest.
        replace: What a scenario changes on top of the dated state.
        among: The trade that is wanted; all if not given.

    Raises:
        InputError: the register does not cover the day, or the world has none of its imposers, or regions
            whose members are unknown.

    >>> from datetime import date
    >>> from kosho.impact import shock
    >>> from kosho.law import Register
    >>> from kosho.world import load
    >>> change = shock(load(regions="talks", sectors="talks"), Register.load(), on=date(2025, 6, 29))
    >>> len(change) > 1000, change.countries[:3]
    (True, ('JPN', 'USA', 'CHN'))
    """
    if replace is not None:
        register = register.with_overlay(replace)
    return Translation.of(world, register, on, known, among).shock()


@dataclass(frozen=True, eq=False)
class Translation:
    """The law of a day as a world has it, from which a shock follows; equal if made of the same objects.

    A brief asks for the same law at every end of a range, for every draw and every table; a table for the same
    measures at hundreds of rates (`with_rates`).

    >>> from datetime import date
    >>> from kosho.impact.tariff_shock import Translation
    >>> from kosho.law import Register
    >>> from kosho.world import load
    >>> law = Translation.of(load(regions="talks", sectors="talks"), Register.load(), date(2025, 6, 29))
    >>> cars = law.laws.register.measure("us-232-autos-25")
    >>> half = law.with_rates({cars.id: cars.model_copy(update={"value": 12.5})})
    >>> float(law.shock().tariff.max()) > 0.25, len(half.shock()) == len(law.shock())
    (True, True)
    """

    world: World
    laws: Laws
    importers: tuple[str, ...]
    among: Trade | None

    @staticmethod
    def of(
        world: World, register: Register, on: date, known: date | None = None, among: Trade | None = None
    ) -> Translation:
        """See `shock`."""
        register.refuse_uncovered(on)
        place = _Frame.of(world).cells.place
        imposers = [code for code in register.economies if code in place]
        if not imposers:
            names = ", ".join(register.imposers)
            raise InputError(
                Problem(_("no economy of this world imposes a measure of the register ({names})", names=names))
            )
        told_apart = {code for group in register.products.groups.values() for code in group.importers}
        imposers += sorted((told_apart & place.keys()) - set(imposers))  # parts are there whatever is in force
        base = [(weight, register.in_force(day)) for weight, day in base_days(register, world)]
        laws = Laws(register, register.in_force(on, known), base).without_concessions_of_base()
        wanted = tuple(importer for importer in imposers if among is None or among.of(place[importer]))
        return Translation(world, laws, wanted, among)

    def with_rates(self, others: Mapping[str, Measure]) -> Translation:
        """The same law with other rates.

        Args:
            others: Measures by id, as the day has them, that differ from those here in their rates alone; those
                that are not in force here are left out.
        """
        new = [others.get(measure.id, measure) for measure in self.laws.new]
        return replaced(self, laws=replaced(self.laws, new=new))

    def shock(self) -> Shock:
        """What it changes against the base year."""
        return _translated(self)

    def borne(self) -> dict[tuple[int, int, int, str], set[str]]:
        """By importer, exporter, sector and product group (or ""): measures whose rate matters there.

        What others take off a product altogether does not, whatever its rate.
        """
        found: dict[tuple[int, int, int, str], set[str]] = {}
        frame = _Frame.of(self.world)
        for importer in self.importers:
            asked = _imports(frame, self.laws.of(importer), importer, self.among)
            if asked is None:
                continue
            here, there = frame.cells.place[importer], [frame.cells.place[code] for code in asked.partners]
            for k, j, slots in asked_slots(asked):
                cell = asked.cell(k)
                for slot in slots:
                    piles = cell.piles(slot.product, asked.laws.new)
                    for place, pile in zip(there, piles.which.tolist(), strict=True):
                        names = {item.measure.id for item in piles.stacks[pile].applied}
                        found.setdefault((here, place, j, slot.product.group or ""), set()).update(names)
        return found

    @cached_property
    def _made_of(self) -> tuple[Any, ...]:
        return (
            *(id(one) for one in (self.world.flows, self.world.tariff, self.world.law_cells.flows)),
            self.importers,
            self.among,
            self.laws.made_of,
        )

    def __hash__(self) -> int:
        return hash(self._made_of)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Translation) and self._made_of == other._made_of


@lru_cache(maxsize=32)
def _translated(of: Translation) -> Shock:
    table = _ShockRows(of.world.countries, of.world.sectors)
    for importer in of.importers:
        table.join(_of_importer(Translation(of.world, of.laws.of(importer), (importer,), of.among)))
    return table.shock()


@lru_cache(maxsize=128)
def _of_importer(of: Translation) -> _ShockRows:
    """The rows of one importer: a change of law is mostly that of one."""
    table = _ShockRows(of.world.countries, of.world.sectors)
    _add_importer(table, _Frame.of(of.world), of.laws, (of.importers[0], of.among))
    return table


@dataclass(frozen=True)
class _Frame:
    """Where each economy and ICIO sector that law speaks of stands in the world at hand."""

    world: World
    cells: LawCells

    @staticmethod
    def of(world: World) -> _Frame:
        cells = world.law_cells
        if not np.isclose(cells.total, world.arrays.flows.sum(), rtol=1e-6):
            message = _(
                "the trade of the world is no longer that of {name}, which gives the weights",
                name=world.finest.meta.name,
            )
            raise InputError(Problem(message, _("aggregate after the change, or use the world in full")))
        return _Frame(world, cells)


@dataclass
class _ShockRows:
    """Rows of the shock while it is put together."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    columns: dict[str, list[Array]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})
    labels: list[str] = field(default_factory=list)

    def add(self, label: str, **columns: Array | float | int) -> None:
        length = max(np.size(column) for column in columns.values())
        for name in _COLUMNS:
            self.columns[name].append(np.broadcast_to(np.asarray(columns[name], float), (length,)))
        self.labels += [label] * length

    def join(self, other: _ShockRows) -> None:
        for name in _COLUMNS:
            self.columns[name] += other.columns[name]
        self.labels += other.labels

    def shock(self) -> Shock:
        flat = {
            name: np.concatenate(pieces) if pieces else np.zeros(0) for name, pieces in self.columns.items()
        }
        rows = len(self.labels)
        return Shock(
            countries=self.countries,
            sectors=self.sectors,
            importer=flat["importer"].astype(np.intp),
            exporter=flat["exporter"].astype(np.intp),
            sector=flat["sector"].astype(np.intp),
            share=flat["share"],
            cost=np.ones(rows),
            base_tariff=flat["base_tariff"],
            tariff=flat["tariff"],
            rent=np.zeros(rows),
            holder=np.full(rows, -1, dtype=np.intp),
            part=tuple(self.labels),
        )


_COLUMNS = ("importer", "exporter", "sector", "share", "base_tariff", "tariff")


def _add_importer(table: _ShockRows, frame: _Frame, laws: Laws, whom: tuple[str, Trade | None]) -> None:
    """Add the parts of everything one economy imports from others, or of some of it only."""
    importer, among = whom
    asked = _imports(frame, laws, importer, among)
    if asked is None:
        return
    cells, world = frame.cells, frame.world
    here = cells.place[importer]
    there = np.array([cells.place[code] for code in asked.partners])
    gross = world.arrays.flows[here] * (1.0 + world.arrays.tariff[here])
    for k, parts in parts_of(asked):
        j = cells.sector[k]
        for part in parts:
            keep = (part.spending > 0) & ((part.tariff != part.base) | (part.product.group is not None))
            if keep.any():
                table.add(
                    part.product.group or "",
                    importer=here,
                    exporter=there[keep],
                    sector=int(j),
                    share=part.spending[keep] / gross[there[keep], j],
                    base_tariff=part.base[keep],
                    tariff=part.tariff[keep],
                )


def _imports(frame: _Frame, laws: Laws, importer: str, among: Trade | None) -> Imports | None:
    """What an economy imports from others, or some of it; None where no law is on it."""
    if not laws.measures() and not laws.touched(importer):
        return None
    place = frame.cells.place
    partners = tuple(
        code for code, n in place.items() if n != place[importer] and (among is None or n in among.countries)
    )
    return Imports(laws, frame.cells, importer, partners, among and among.products)
