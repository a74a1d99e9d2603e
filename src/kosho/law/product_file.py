"""A file of product groups: parts of ICIO sectors that measures tell apart, and how much trade they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from kosho.bounds import BASE_DUTY
from kosho.codes import sectors
from kosho.display import Card, listing, number
from kosho.errors import Problems
from kosho.language import _
from kosho.law.scope import (
    Actor,
    Economy,
    HsScope,
    Id,
    Partner,
    Preference,
    SectorCode,
    Some,
    members,
)
from kosho.provenance import Cited, Frozen, Source, Text

if TYPE_CHECKING:
    from kosho.yamlfile import LineNumbers

__all__ = [
    "BaseDuty",
    "Coverage",
    "OwnRate",
    "PreferenceUse",
    "ProductFile",
    "ProductGroup",
    "RateSpread",
    "note_contradictions",
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

        >>> from kosho.law.product_file import BaseDuty
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
    title: Text
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
    source: Text
    note: Text | None = None

    @model_validator(mode="after")
    def _weights(self) -> RateSpread:
        if abs(sum(weight for _other, weight in self.lines) - 1) > 1e-6:
            raise ValueError(_("weights must sum to one"))
        return self


class ProductFile(Frozen):
    """The file of product groups."""

    title: Text
    sources: tuple[Source, ...]
    groups: tuple[ProductGroup, ...]
    claims: tuple[PreferenceUse, ...] = ()
    spreads: tuple[RateSpread, ...] = ()


def note_contradictions(document: ProductFile, lines: LineNumbers, problems: Problems) -> None:
    """Note ids given twice, unknown sources, groups that overlap, shares above one."""
    _check_ids(document, lines, problems)
    _check_sources(document, lines, problems)
    _check_disjoint(document, lines, problems)
    _check_shares(document, lines, problems)


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
