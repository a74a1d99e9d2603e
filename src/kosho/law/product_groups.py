"""Product groups: the parts of ICIO sectors that measures tell apart, and how much of the trade each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import model_validator

from kosho.bounds import BASE_DUTY
from kosho.codes import blocs, expand_regions, sectors
from kosho.display import Card, Shown, listing, number, plural
from kosho.errors import Problems
from kosho.language import _, cached
from kosho.law.scope import (
    YES_BY_DEFAULT,
    Actor,
    Economy,
    HsScope,
    Id,
    Partner,
    Preference,
    Scope,
    SectorCode,
    Some,
    members,
)
from kosho.provenance import Cited, Frozen, Source

if TYPE_CHECKING:
    from kosho.yamlfile import LineNumbers

__all__ = [
    "BaseDuty",
    "Coverage",
    "OwnRate",
    "PreferenceUse",
    "Product",
    "ProductFile",
    "ProductGroup",
    "Products",
    "RateSpread",
    "in_scope",
    "products_of",
]

SHARE_TOLERANCE = 1e-9


class Coverage(Frozen):
    """How much of a sector's imports a group makes up."""

    importer: Actor
    exporters: tuple[Partner, ...] = ()
    """Empty: all that no other entry of the group names."""
    share: Cited
    """Of the customs value of the sector's trade in this direction."""


class OwnRate(Frozen):
    """The ordinary (MFN) duty on a group."""

    importer: Actor
    rate: Cited
    """Percent."""


class BaseDuty(Frozen):
    """What was levied on a trade in the year of the table, where the table itself does not know it."""

    importer: Economy
    exporters: Some[Partner]
    """Economies, or blocs for their members."""
    sector: SectorCode
    rate: Cited
    """Percent of the customs value of the sector's trade, as collected: a mean over lines and preferences."""

    @model_validator(mode="after")
    def _possible(self) -> BaseDuty:
        for end in (self.rate.value, self.rate.low, self.rate.high):
            wrong = None if end is None else BASE_DUTY.broken(end / 100)
            if wrong is not None:
                raise ValueError(wrong)
        if self.rate.unit != "percent":
            raise ValueError(_("an ordinary duty is percent of the customs value (unit: percent)"))
        return self

    def cells(self) -> dict[tuple[str, str, str], float]:
        """The rate, a fraction, by importer, exporter and sector.

        >>> from kosho.law.product_groups import BaseDuty
        >>> rate = {"value": 6, "unit": "percent", "status": "assumption", "source": "own"}
        >>> BaseDuty(importer="THA", exporters=["JPN"], sector="C29", rate=rate).cells()
        {('THA', 'JPN', 'C29'): 0.06}
        """
        others = (code for code in members(self.exporters) if code != self.importer)
        return {(self.importer, code, self.sector): self.rate.value / 100 for code in others}


class ProductGroup(Frozen):
    """Goods within one sector that some measure of an importer treats alike.

    Groups are a partition of what an importer buys: those of one importer are disjoint, whatever others tell
    apart.

    >>> from kosho.law import Products
    >>> group = Products.load().groups["vehicles-232"]
    >>> group.sector, group.hs.holds("87032301")
    ('C29', True)
    """

    id: Id
    title: str
    sector: SectorCode
    hs: HsScope
    mfn: tuple[OwnRate, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    def card(self) -> Card:
        """What goods, and how much of the trade they are."""
        shares = (f"{one.importer} {number(one.share.value)} {one.share.unit}" for one in self.coverage)
        return Card(
            f"ProductGroup {self.id!r}: {self.title}",
            [
                ("sector", self.sector),
                ("headings", f"{listing(self.hs.prefixes)} ({self.hs.edition})"),
                ("ordinary duty", listing(f"{one.importer} {number(one.rate.value)} %" for one in self.mfn)),
                ("share of imports", listing(shares)),
            ],
        )

    @property
    def importers(self) -> frozenset[str]:
        """Economies whose imports it tells apart: those it has an ordinary duty or a share of trade of."""
        return frozenset(entry.importer for entry in (*self.mfn, *self.coverage))


Entry = TypeVar("Entry", OwnRate, Coverage)


class PreferenceUse(Frozen):
    """How much of a trade enters under a preference that an HS code cannot show."""

    preference: Preference
    importer: Economy
    exporters: Some[Economy]
    groups: tuple[Id, ...] = ()
    sectors: tuple[SectorCode, ...] = ()
    """With neither groups nor sectors: everything no other entry names."""
    share: Cited


class RateSpread(Frozen):
    """How the ordinary rates of a sector's lines are spread, for floors, which apply line by line."""

    importer: Economy
    sector: SectorCode
    lines: Some[tuple[float, float]]
    """Pairs of rate in percent and weight."""
    source: str
    note: str | None = None

    @model_validator(mode="after")
    def _weights(self) -> RateSpread:
        if abs(sum(weight for _other, weight in self.lines) - 1) > 1e-6:
            raise ValueError(_("weights must sum to one"))
        return self


class ProductFile(Frozen):
    """The file of product groups."""

    title: str
    sources: tuple[Source, ...]
    groups: tuple[ProductGroup, ...]
    claims: tuple[PreferenceUse, ...] = ()
    spreads: tuple[RateSpread, ...] = ()


@dataclass(frozen=True, slots=True)
class Product(Shown):
    """What measures see of a shipment: a sector, a group in it or none (the rest), a preference claimed.

    >>> from kosho.law import Product
    >>> Product("C29", "vehicles-232", "usmca")
    Product(sector='C29', group='vehicles-232', preference='usmca')
    """

    sector: str
    group: str | None = None
    preference: Preference = "none"


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
        return [group for group in self.groups.values() if group.sector == sector]

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
    _check_ids(document, lines, problems)
    _check_sources(document, lines, problems)
    _check_disjoint(document, lines, problems)
    _check_shares(document, lines, problems)
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


def _check_ids(document: ProductFile, lines: LineNumbers, problems: Problems) -> None:
    seen: set[str] = set()
    for index, group in enumerate(document.groups):
        if group.id in seen:
            problems.add(_("group {id!r} is given twice", id=group.id), line=lines["groups", index], key="id")
        seen.add(group.id)
    for index, claim in enumerate(document.claims):
        for group in set(claim.groups) - seen:
            problems.add(
                _("unknown product group {group!r}", group=group), line=lines["claims", index, "groups"]
            )


def _cited(document: ProductFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for i, group in enumerate(document.groups):
        yield from ((("groups", i, "mfn", k), own.rate.source) for k, own in enumerate(group.mfn))
        yield from ((("groups", i, "coverage", k), item.share.source) for k, item in enumerate(group.coverage))
    yield from ((("claims", i), claim.share.source) for i, claim in enumerate(document.claims))
    yield from ((("spreads", i), spread.source) for i, spread in enumerate(document.spreads))


def _check_sources(document: ProductFile, lines: LineNumbers, problems: Problems) -> None:
    known = {source.id for source in document.sources}
    for path, source in _cited(document):
        if source not in known:
            problems.add(
                _("unknown source {source!r}", source=source), _("list it under sources"), line=lines[path]
            )


def _overlap(document: ProductFile) -> bool:
    """Whether some group has a heading that is, or is under, one of another."""
    owners = {(group.hs.edition, prefix): group.id for group in document.groups for prefix in group.hs.prefixes}
    return any(
        owners.get((group.hs.edition, prefix[:end]), group.id) != group.id
        for group in document.groups
        for prefix in group.hs.prefixes
        for end in range(2, len(prefix) + 1, 2)
    )


def _check_disjoint(document: ProductFile, lines: LineNumbers, problems: Problems) -> None:
    if not _overlap(document):
        return
    for index, group in enumerate(document.groups):
        for other in document.groups[:index]:
            shared = [prefix for prefix in group.hs.prefixes if other.hs.touches(prefix)]
            both = sorted(group.importers & other.importers)
            if shared and both and group.hs.edition == other.hs.edition:
                problems.add(
                    _(
                        "group {id!r} shares headings {names} with {id_2!r}",
                        id=group.id,
                        names=", ".join(shared),
                        id_2=other.id,
                    ),
                    _("groups of one importer ({names}) are disjoint", names=", ".join(both)),
                    line=lines["groups", index, "hs"],
                )


def _check_shares(document: ProductFile, lines: LineNumbers, problems: Problems) -> None:
    """Shares of a trade sum to at most one, for every direction that some entry names."""
    for sector in sectors():
        members = [(i, group) for i, group in enumerate(document.groups) if group.sector == sector]
        directions = {
            (entry.importer, exporter)
            for _other, group in members
            for entry in group.coverage
            for exporter in entry.exporters or ("",)
        }
        for importer, exporter in sorted(directions):
            shares = [(i, _share(group, importer, exporter)) for i, group in members]
            total = sum(share for _other, share in shares)
            if total > 1 + SHARE_TOLERANCE:
                last = max(i for i, share in shares if share > 0)
                way = _("{value} to {importer}", value=exporter or _("any exporter"), importer=importer)
                problems.add(
                    _("shares of {sector} from {way} sum to {total:.6g}", sector=sector, way=way, total=total),
                    _("at most one: groups are disjoint"),
                    line=lines["groups", last, "coverage"],
                )


def _share(group: ProductGroup, importer: str, exporter: str) -> float:
    entries = [entry for entry in group.coverage if entry.importer == importer]
    for entry in entries:
        if exporter in entry.exporters or (entry.exporters and exporter in members(entry.exporters)):
            return entry.share.value
    return next((entry.share.value for entry in entries if not entry.exporters), 0.0)


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
