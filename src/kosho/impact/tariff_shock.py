"""Measures into numbers: the shock that a dated state of the law is to the base year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.codes import sectors
from kosho.equilibrium import Shock
from kosho.errors import InputError, Problem
from kosho.impact.base_law import base_days
from kosho.language import _
from kosho.law.measure import CONCESSIONS, Measure
from kosho.law.overlay import Overlay
from kosho.law.product_groups import Product
from kosho.law.register import Register
from kosho.law.scope import Preference
from kosho.law.stacking import Stack, stack
from kosho.world import World
from kosho.world.law_cells import LawCells

__all__ = ["Trade", "Translation", "shock"]


HIGHEST_REST = 1.0
"""Ordinary rates of groups that leave the rest of a cell with a rate below zero or above this contradict the
cell's base rate; all parts of such a cell then keep the cell's rate."""


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
    laws: _Laws
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
        laws = _Laws(register, register.in_force(on, known), base).without_concessions_of_base()
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
            for k, j, slots in _asked_slots(asked):
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
class _Laws:
    """The law on the day, and that of the base year in spans with their share of the year."""

    register: Register
    new: list[Measure]
    base: list[tuple[float, list[Measure]]]

    @cached_property
    def made_of(self) -> tuple[Any, ...]:
        """Equal for laws of the same objects."""
        spans = (self.new, *(law for _, law in self.base))
        return (
            *(id(one) for one in (self.register.products, self.register.lists)),
            tuple(tuple(id(measure) for measure in law) for law in spans),
            tuple(weight for weight, _ in self.base),
        )

    def without_concessions_of_base(self) -> _Laws:
        """Without cuts and binds of the base year: base rates are what they left of the ordinary duty.

        Raises:
            InputError: one goes on in steps; how much the ordinary duty was before it is not known.
        """
        held = {
            measure.id: measure.reached
            for _other, law in self.base
            for measure in law
            if measure.kind in CONCESSIONS
        }
        if not held:
            return self
        found = [
            self.register.problem(
                measure,
                _("{title}: it began by the base year and goes on in steps", title=measure.title),
                _("write the steps that come after the base year as a measure of their own"),
            )
            for measure in self.new
            if measure.id in held and measure.reached != held[measure.id]
        ]
        if found:
            raise InputError(found)

        def others(law: list[Measure]) -> list[Measure]:
            return [measure for measure in law if measure.id not in held]

        return _Laws(self.register, others(self.new), [(weight, others(law)) for weight, law in self.base])

    def of(self, imposer: str) -> _Laws:
        """The part that one economy imposes."""

        def own(measures: list[Measure]) -> list[Measure]:
            return [measure for measure in measures if measure.imposed_by(imposer)]

        return _Laws(self.register, own(self.new), [(weight, own(law)) for weight, law in self.base])

    def measures(self) -> list[Measure]:
        """All measures that play a part."""
        return [*self.new, *(measure for _other, law in self.base for measure in law)]

    def touched(self, importer: str) -> set[str]:
        """Sectors of goods in which some measure of an economy acts, or some of its imports are told apart."""
        scopes = {m.id: m.scope for m in self.measures() if m.scope is not None}.values()
        named = {sector for scope in scopes for sector in scope.sectors}
        named |= {
            group.sector
            for group in self.register.products.groups.values()
            if any(entry.importer == importer for entry in group.coverage)
        }
        everything = any(scope.goods for scope in scopes)
        return {code for code, sector in sectors().items() if sector.goods and (everything or code in named)}


@dataclass(frozen=True)
class _Frame:
    """Where each economy and ICIO sector that law speaks of stands in the world at hand."""

    world: World
    cells: LawCells

    @staticmethod
    def of(world: World) -> _Frame:
        cells = world.law_cells
        if not np.isclose(cells.flows.sum(), world.arrays.flows.sum(), rtol=1e-6):
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


def _add_importer(table: _ShockRows, frame: _Frame, laws: _Laws, whom: tuple[str, Trade | None]) -> None:
    """Add the parts of everything one economy imports from others, or of some of it only."""
    importer, among = whom
    asked = _imports(frame, laws, importer, among)
    if asked is None:
        return
    cells, world = frame.cells, frame.world
    here = cells.place[importer]
    there = np.array([cells.place[code] for code in asked.partners])
    gross = world.arrays.flows[here] * (1.0 + world.arrays.tariff[here])
    for k, parts in _parts(asked):
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


def _imports(frame: _Frame, laws: _Laws, importer: str, among: Trade | None) -> _Imports | None:
    """What an economy imports from others, or some of it; None where no law is on it."""
    if not laws.measures() and not laws.touched(importer):
        return None
    place = frame.cells.place
    partners = tuple(
        code for code, n in place.items() if n != place[importer] and (among is None or n in among.countries)
    )
    return _Imports(laws, frame.cells, importer, partners, among and among.products)


@dataclass(frozen=True, eq=False)
class _Imports:
    """What the parts of one economy's imports follow from; equal if made of the same objects.

    Scenarios of a case differ in the law of one or two economies, and worlds of one detail not at all.
    """

    laws: _Laws
    cells: LawCells
    importer: str
    partners: tuple[str, ...]
    among: frozenset[tuple[int, str]] | None
    """Sectors of the world and product groups that are wanted; all if not given."""

    @cached_property
    def _made_of(self) -> tuple[Any, ...]:
        return (
            self.importer,
            self.partners,
            self.among,
            *(id(one) for one in (self.cells.flows, self.cells.tariff)),
            self.laws.made_of,
        )

    @cached_property
    def _aimed(self) -> dict[str, list[float | None]]:
        known = {measure.id: measure for measure in self.laws.measures()}
        return {name: [measure.rate_on(code) for code in self.partners] for name, measure in known.items()}

    @cached_property
    def _rows(self) -> Index:
        return np.array([self.cells.economies.index(code) for code in self.partners], np.intp)

    def cell(self, k: int) -> _Cell:
        """One ICIO sector of the imports, in one sector of the table."""
        n = self.cells.economies.index(self.importer)
        flow, rate = (values[n, self._rows, k] for values in (self.cells.flows, self.cells.tariff))
        sector, partners = self.cells.sectors[k], list(self.partners)
        return _Cell(self.laws, self.importer, sector, partners, self._aimed, flow, rate, self._known)

    @cached_property
    def _known(self) -> dict[tuple[int, ...], _Piles]:
        return {}

    def __hash__(self) -> int:
        return hash(self._made_of)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Imports) and self._made_of == other._made_of


@lru_cache(maxsize=128)
def _parts(of: _Imports) -> list[tuple[int, list[_Part]]]:
    """By ICIO sector of a sector of the table, the parts of everything one economy imports from others."""
    return [(k, of.cell(k).parts(slots)) for k, _j, slots in _asked_slots(of)]


def _asked_slots(of: _Imports) -> Iterator[tuple[int, int, list[_Slot]]]:
    """ICIO sectors, each with its sector of the table and what a law changes of its imports."""
    touched = of.laws.touched(of.importer)
    past = replaced(of, laws=replaced(of.laws, new=[]), among=None)
    for k, code in enumerate(of.cells.sectors):
        j = int(of.cells.sector[k])
        if code in touched and (of.among is None or any(sector == j for sector, _ in of.among)):
            slots = _slots(past, k)
            yield k, j, [one for one in slots if of.among is None or (j, one.product.group or "") in of.among]


@lru_cache(maxsize=4096)
def _slots(of: _Imports, k: int) -> list[_Slot]:
    """What a law changes of a sector's imports: the products and what they bore before."""
    return of.cell(k).slots()


@dataclass(frozen=True)
class _Slot:
    """A product over the partners it comes from, before the new law."""

    product: Product
    share: Array
    """Of customs value."""
    base: Array
    layers: Array
    """Of the base rate, above the ordinary duty."""


@dataclass(frozen=True)
class _Part:
    """A product over the partners it comes from."""

    product: Product
    spending: Array
    """Base value, tariff included."""
    base: Array
    tariff: Array


@dataclass(frozen=True, eq=False)
class _Piles:
    """The distinct stacks on a product over the partners it comes from."""

    stacks: list[Stack]
    which: Index
    """`[partner]`, the stack that its goods bear."""

    @cached_property
    def above_nothing(self) -> Array:
        """`[partner]`, what is added to goods that are otherwise free."""
        return np.array([pile.adds(((0.0, 1.0),)) for pile in self.stacks])[self.which]

    @cached_property
    def rests_on_ordinary(self) -> Mask:
        """`[partner]`, whether what is added depends on the ordinary rate."""
        return np.array([pile.rests_on_ordinary for pile in self.stacks], bool)[self.which]


@dataclass(frozen=True)
class _Cell:
    """One ICIO sector of one importer, over its partners."""

    laws: _Laws
    importer: str
    sector: str
    partners: list[str]
    aimed: dict[str, list[float | None]]
    """Rate of each measure of the importer for each partner."""
    flow: Array
    rate: Array
    known: dict[tuple[int, ...], _Piles]
    """Stacks by the measures that cover a product: most products of an importer are under the same."""

    def slots(self) -> list[_Slot]:
        """The groups of the sector, split by preference, and the rest, as they were in the base year."""
        register = self.laws.register
        groups = [Product(self.sector, group.id) for group in register.products.of_sector(self.sector)]
        claims = [
            (Product(product.sector, product.group, preference), weight)
            for product in [*groups, Product(self.sector)]
            for preference, weight in self._claims(product).items()
        ]
        shares = self._shares(claims)
        before = [self._base_layers(product) for product, _other in claims]
        bases = self._bases([product for product, _other in claims], shares, before)
        return [
            _Slot(product, share, base, old)
            for (product, _other), share, base, old in zip(claims, shares, bases, before, strict=True)
        ]

    def parts(self, slots: list[_Slot]) -> list[_Part]:
        """The same under the new law."""
        return [
            _Part(
                one.product,
                one.share * self.flow * (1 + one.base),
                one.base,
                one.base - one.layers + self._layers(one.product, one.base - one.layers, one.share),
            )
            for one in slots
        ]

    def _claims(self, product: Product) -> dict[Preference, Array]:
        """Shares of each partner's trade by preference claimed."""
        claimed = self.laws.register.products.claimed
        claims = [claimed(self.importer, partner, product) for partner in self.partners]
        names: dict[Preference, None] = {name: None for claim in claims for name in claim}
        return {name: np.array([claim.get(name, 0.0) for claim in claims]) for name in names}

    def _shares(self, slots: list[tuple[Product, Array]]) -> list[Array]:
        """Shares of customs value; they sum to one."""
        products = self.laws.register.products
        cover: dict[str | None, Array] = {}
        for group in dict.fromkeys(slot.group for slot, _other in slots if slot.group is not None):
            given = [products.coverage(group, self.importer, partner) for partner in self.partners]
            cover[group] = np.array([0.0 if item is None else item.value for item in given])
        cover[None] = np.maximum(1.0 - sum(cover.values(), np.zeros(len(self.partners))), 0.0)
        return [cover[slot.group] * weight for slot, weight in slots]

    def piles(self, slot: Product, law: list[Measure]) -> _Piles:
        """The stacks on the product."""
        covering = self.laws.register.covering(law, slot)
        key = tuple(map(id, covering))
        if key not in self.known:
            self.known[key] = self._piled(covering)
        return self.known[key]

    def _piled(self, covering: list[Measure]) -> _Piles:
        place: dict[tuple[float | None, ...], int] = {}
        piles: list[Stack] = []
        which = np.zeros(len(self.partners), dtype=np.intp)
        if not covering:
            return _Piles([Stack((), ())], which)
        for i, rates in enumerate(zip(*(self.aimed[measure.id] for measure in covering), strict=True)):
            if rates not in place:
                place[rates] = len(piles)
                pairs = [(m, rate) for m, rate in zip(covering, rates, strict=True) if rate is not None]
                piles.append(stack(pairs, self.laws.register.order))
            which[i] = place[rates]
        return _Piles(piles, which)

    def _base_layers(self, slot: Product) -> Array:
        """Layers of the base year above the ordinary duty."""
        layers = np.zeros(len(self.partners))
        for weight, law in self.laws.base:
            layers += weight * self.piles(slot, law).above_nothing
        return layers

    def _layers(self, slot: Product, ordinary: Array, share: Array) -> Array:
        """Layers on the day above the ordinary duty; floors line by line where the lines' spread is known."""
        products = self.laws.register.products
        piles = self.piles(slot, self.laws.new)
        layers = piles.above_nothing.copy()
        single = slot.group is not None and products.mfn(slot.group, self.importer) is not None
        for i in np.flatnonzero(piles.rests_on_ordinary & (share > 0) & (self.flow > 0)):
            mean = max(float(ordinary[i]), 0.0)
            lines = ((mean, 1.0),) if single else products.lines(self.importer, self.sector, mean)
            layers[i] = piles.stacks[piles.which[i]].adds(lines)
        return layers

    def _bases(self, slots: list[Product], shares: list[Array], before: list[Array]) -> list[Array]:
        """Base rates of the parts, such that the cell's base revenue adds up.

        A group whose ordinary rate is given has that rate and the layers of the base year; the rest has what is
        left. Where that contradicts the cell's rate (preferences, mostly), every part has the cell's rate.
        """
        own = [self._own_rate(slot, old) for slot, old in zip(slots, before, strict=True)]
        nothing = np.zeros(len(self.partners))
        given = [(share, rate) for share, rate in zip(shares, own, strict=True) if rate is not None]
        left = 1.0 - sum((share for share, _other in given), nothing)
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = (self.rate - sum((share * rate for share, rate in given), nothing)) / left
        agrees = (left > 1e-6) & (rest >= 0.0) & (rest <= HIGHEST_REST)
        return [np.where(agrees, rest if rate is None else rate, self.rate) for rate in own]

    def _own_rate(self, slot: Product, before: Array) -> Array | None:
        """Base rate of a group whose ordinary duty is given."""
        given = None if slot.group is None else self.laws.register.products.mfn(slot.group, self.importer)
        if given is None:
            return None
        return before + (0.0 if slot.preference != "none" else given.value / 100)
