"""The parts of an economy's imports, and what each bears: by sector, product group and preference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.codes import sectors
from kosho.errors import InputError
from kosho.language import _
from kosho.law.measure import CONCESSIONS, Measure
from kosho.law.product_groups import Product
from kosho.law.register import Register
from kosho.law.scope import Preference
from kosho.law.stacking import Stack, stack
from kosho.world.law_cells import LawCells

__all__ = ["Imports", "Laws", "asked_slots", "parts_of"]


HIGHEST_REST = 1.0
"""Ordinary rates of groups that leave the rest of a cell with a rate below zero or above this contradict the
cell's base rate; all parts of such a cell then keep the cell's rate."""


@dataclass(frozen=True)
class Laws:
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

    def without_concessions_of_base(self) -> Laws:
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

        return Laws(self.register, others(self.new), [(weight, others(law)) for weight, law in self.base])

    def of(self, imposer: str) -> Laws:
        """The part that one economy imposes."""

        def own(measures: list[Measure]) -> list[Measure]:
            return [measure for measure in measures if measure.imposed_by(imposer)]

        return Laws(self.register, own(self.new), [(weight, own(law)) for weight, law in self.base])

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


@dataclass(frozen=True, eq=False)
class Imports:
    """What the parts of one economy's imports follow from; equal if made of the same objects.

    Scenarios of a case differ in the law of one or two economies, and worlds of one detail not at all.
    """

    laws: Laws
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
        return isinstance(other, Imports) and self._made_of == other._made_of


@lru_cache(maxsize=128)
def parts_of(of: Imports) -> list[tuple[int, list[_Part]]]:
    """By ICIO sector of a sector of the table, the parts of everything one economy imports from others."""
    return [(k, of.cell(k).parts(slots)) for k, _j, slots in asked_slots(of)]


def asked_slots(of: Imports) -> Iterator[tuple[int, int, list[_Slot]]]:
    """ICIO sectors, each with its sector of the table and what a law changes of its imports."""
    touched = of.laws.touched(of.importer)
    past = replaced(of, laws=replaced(of.laws, new=[]), among=None)
    for k, code in enumerate(of.cells.sectors):
        j = int(of.cells.sector[k])
        if code in touched and (of.among is None or any(sector == j for sector, _ in of.among)):
            slots = _slots(past, k)
            yield k, j, [one for one in slots if of.among is None or (j, one.product.group or "") in of.among]


@lru_cache(maxsize=4096)
def _slots(of: Imports, k: int) -> list[_Slot]:
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

    laws: Laws
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
