"""Product groups: the parts of ICIO sectors that measures tell apart, and how much of the trade each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kosho.codes import blocs, expand_regions, sectors
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.identity import Same
from kosho.language import _, cached
from kosho.law.product_file import (
    BaseDuty,
    Coverage,
    OwnRate,
    PreferenceUse,
    ProductFile,
    ProductGroup,
    RateSpread,
    note_contradictions,
)
from kosho.law.scope import YES_BY_DEFAULT, HsScope, Preference, Scope, members
from kosho.provenance import Cited, Source

if TYPE_CHECKING:
    from kosho.yamlfile import LineNumbers

__all__ = ["Product", "Products", "in_scope", "products_of"]

Entry = TypeVar("Entry", OwnRate, Coverage)


@as_declared
@dataclass(frozen=True, slots=True)
class Product(Shown):
    """What measures see of a shipment: a sector, a group in it or none (the rest), a preference claimed.

    Raises:
        InputError: there is no such sector.

    >>> from kosho.law import Product
    >>> Product("C29", "vehicles-232", "usmca")
    Product(sector='C29', group='vehicles-232', preference='usmca')
    """

    sector: str
    group: str | None = None
    preference: Preference = "none"

    def __post_init__(self) -> None:
        if self.sector not in sectors():
            what = _("unknown sector {code!r}", code=self.sector)
            raise InputError(Problem(what, suggest(self.sector, sectors()), key="sector"))


@dataclass(frozen=True)
class Products(Shown):
    """All groups, with look-ups by trade direction.

    >>> from kosho.law import Products
    >>> products = Products.load()
    >>> [group.id for group in products.of_sector("C29")]
    ['vehicles-232', 'auto-parts', 'heavy-trucks', 'buses', 'electric-cars']
    >>> products.coverage("vehicles-232", "USA", "JPN").value
    0.78
    """

    groups: dict[str, ProductGroup]
    claims: tuple[PreferenceUse, ...]
    spreads: dict[tuple[str, str], RateSpread]
    sources: dict[str, Source]
    places: dict[str, str] = field(default_factory=dict)
    """File and line of each group."""
    duties: tuple[BaseDuty, ...] = ()
    """Of a case: duties of the base year that the table does not know."""

    def card(self) -> Card:
        """Which groups, in which sectors."""
        return Card(
            f"Products: {plural(len(self.groups), 'group')}",
            [
                ("groups", listing(self.groups)),
                ("sectors", listing(dict.fromkeys(group.sector for group in self.groups.values()), 12)),
                ("preferences used", plural(len(self.claims), "entry", "entries")),
                ("spreads of rates", listing(" ".join(key) for key in self.spreads)),
            ],
        )

    @staticmethod
    @as_declared
    def load(path: Path | None = None) -> Products:
        """Read product groups; the shipped ones by default.

        Raises:
            InputError: schema broken, or shares of a sector above one, or groups that overlap; all are listed.
        """
        return _shipped() if path is None else _read(path)

    def of(self, importer: str) -> Products:
        """What is known of one importer's trade, with the headings of all groups."""
        economies = members((importer,))

        def own(entry: OwnRate | Coverage | PreferenceUse | RateSpread) -> bool:
            return entry.importer in economies

        groups = {
            name: group.model_copy(
                update={"mfn": tuple(filter(own, group.mfn)), "coverage": tuple(filter(own, group.coverage))}
            )
            for name, group in self.groups.items()
        }
        claims = tuple(filter(own, self.claims))
        spreads = {key: spread for key, spread in self.spreads.items() if own(spread)}
        return replace(self, groups=groups, claims=claims, spreads=spreads)

    def without_trade(self, importers: Iterable[str]) -> frozenset[str]:
        """Groups for which no share of the imports of any of these economies is given."""
        return frozenset(self.groups).difference(*(self._with_trade.get(one, ()) for one in importers))

    @cached_property
    def _with_trade(self) -> dict[str, set[str]]:
        """By importer: groups for which a share of its imports is given."""
        found: dict[str, set[str]] = {}
        for name, group in self.groups.items():
            for entry in group.coverage:
                found.setdefault(entry.importer, set()).add(name)
        return found

    def of_sector(self, sector: str) -> list[ProductGroup]:
        """Groups within a sector, in file order."""
        return list(self._by_sector.get(sector, ()))

    @cached_property
    def _by_sector(self) -> dict[str, list[ProductGroup]]:
        found: dict[str, list[ProductGroup]] = {}
        for group in self.groups.values():
            found.setdefault(group.sector, []).append(group)
        return found

    def sectors_in(self, scope: Scope, inside: frozenset[str], outside: frozenset[str]) -> frozenset[str]:
        """Sectors of which a scope covers some product, whatever preference is claimed. See `in_scope`."""
        return _sectors_in(Same(self), Same(scope), inside, outside)

    def coverage(self, group: str, importer: str, exporter: str) -> Cited | None:
        """Share of the sector's trade in this direction; None where nothing is said."""
        general = None
        for entry in self.groups[group].coverage:
            if entry.importer != importer:
                continue
            if not entry.exporters:
                general = entry.share
            elif exporter in members(entry.exporters):
                return entry.share
        return general

    def mfn(self, group: str, importer: str) -> Cited | None:
        """Ordinary duty on a group, percent; None where nothing is said."""
        return next((own.rate for own in self.groups[group].mfn if own.importer == importer), None)

    def claimed(self, importer: str, exporter: str, product: Product) -> dict[Preference, float]:
        """Shares of a trade by preference claimed; they sum to one."""
        best: tuple[int, PreferenceUse] | None = None
        for claim in self.claims:
            if claim.importer != importer or exporter not in claim.exporters:
                continue
            if product.group is not None and product.group in claim.groups:
                rank = 3
            elif product.sector in claim.sectors:
                rank = 2
            elif not claim.groups and not claim.sectors:
                rank = 1
            else:
                continue
            if best is None or rank > best[0]:
                best = rank, claim
        if best is None:
            return {"none": 1.0}
        share = best[1].share.value
        return {best[1].preference: share, "none": 1.0 - share}

    def lines(self, importer: str, sector: str, mean: float) -> tuple[tuple[float, float], ...]:
        """Ordinary rates of a sector's lines as (rate, weight), scaled so that they average `mean`.

        Scaling keeps line rates in step with the base rate of the cell, which rests on trade and not on a
        count of lines.
        """
        spread = self.spreads.get((importer, sector))
        if spread is None or mean <= 0.0:
            return ((mean, 1.0),)
        average = sum(rate * weight for rate, weight in spread.lines)
        if average <= 0.0:
            return ((mean, 1.0),)
        return tuple((rate * mean / average, weight) for rate, weight in spread.lines)

    def within(self, scope: HsScope) -> set[str]:
        """Groups wholly under the headings of a scope."""
        return {
            group.id
            for group in self.groups.values()
            if all(scope.holds(prefix) for prefix in group.hs.prefixes)
        }

    def cut(self, scope: HsScope, importers: Collection[str]) -> list[str]:
        """Groups of some importers that are only partly under the headings of a scope."""
        whole = self.within(scope)
        return [
            group.id
            for group in self.groups.values()
            if group.id not in whole
            and not group.importers.isdisjoint(importers)
            and any(scope.touches(prefix) for prefix in group.hs.prefixes)
        ]


@lru_cache(maxsize=2048)
def _sectors_in(
    products: Same[Products], scope: Same[Scope], inside: frozenset[str], outside: frozenset[str]
) -> frozenset[str]:
    """The same law is looked at in every scenario, at every end of a range."""
    claims = scope.value.preference or ("none",)
    return frozenset(
        sector
        for sector in sectors()
        if any(
            in_scope(scope.value, Product(sector, group, claim), inside, outside)
            for group in (None, *(one.id for one in products.value.of_sector(sector)))
            for claim in claims
        )
    )


@cached
def _shipped() -> Products:
    return _read(Path(__file__).with_name("products.yaml"))


def _read(path: Path) -> Products:
    from kosho.law.yaml_cache import read  # noqa: PLC0415 - not needed where there is a copy of what was read

    document, lines = read(path, ProductFile)
    places = {group.id: f"{path}:{lines['groups', i]}" for i, group in enumerate(document.groups)}
    return products_of(document, lines, str(path), places)


def products_of(document: ProductFile, lines: LineNumbers, file: str, places: dict[str, str]) -> Products:
    """Product groups of a document, once nothing contradicts in it.

    Args:
        document: As read, or put together from several files.
        lines: Where its entries stand.
        file: Named in errors.
        places: File and line of each group.

    Raises:
        InputError: ids given twice, unknown sources, groups that overlap, shares above one; all are listed.
    """
    document = document.model_copy(update={"groups": tuple(map(_by_economy, document.groups))})
    problems = Problems(file)
    note_contradictions(document, lines, problems)
    problems.raise_if_any()
    return Products(
        groups={group.id: group for group in document.groups},
        claims=document.claims,
        spreads={(spread.importer, spread.sector): spread for spread in document.spreads},
        sources={source.id: source for source in document.sources},
        places=places,
    )


def _by_economy(group: ProductGroup) -> ProductGroup:
    """The group with what is said of a bloc's imports said of each member's."""
    if not any(one.importer in blocs() for one in (*group.mfn, *group.coverage)):
        return group

    def each(entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(
            entry.model_copy(update={"importer": code})
            for entry in entries
            for code in expand_regions([entry.importer])
        )

    return group.model_copy(update={"mfn": each(group.mfn), "coverage": each(group.coverage)})


def in_scope(scope: Scope, product: Product, inside: frozenset[str], outside: frozenset[str]) -> bool:
    """Whether a scope covers a product of a sector table.

    Args:
        scope: What a measure covers.
        product: What is shipped.
        inside: Groups that the scope's headings and lists stand for.
        outside: Groups that the lists carved out stand for.
    """
    if scope.content:
        return False
    if scope.preference and product.preference not in scope.preference:
        return False
    if any((answer == "yes") != (name in YES_BY_DEFAULT) for name, answer in scope.attributes.items()):
        return False
    if product.group is not None:
        if product.group in outside:
            return False
        if product.group in inside:
            return True
    return (
        (scope.goods and sectors()[product.sector].goods)
        or product.sector in scope.sectors
        or (product.group is not None and product.group in scope.groups)
    )
