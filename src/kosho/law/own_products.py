"""`products.yaml` of a case: product groups, shares of trade and ordinary duties beside those that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import model_validator

from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.law.product_file import (
    BaseDuty,
    Coverage,
    OwnRate,
    PreferenceUse,
    ProductFile,
    ProductGroup,
    RateSpread,
)
from kosho.law.product_groups import Products, products_of
from kosho.law.scope import Id
from kosho.provenance import Frozen, Source, Text
from kosho.yamlfile import Key, LineNumbers

__all__ = ["CaseProductFile", "MoreOfGroup", "with_own"]


class MoreOfGroup(Frozen):
    """What a case knows of a group that is there already: other importers' duties and shares of trade."""

    group: Id
    mfn: tuple[OwnRate, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> MoreOfGroup:
        if not (self.mfn or self.coverage):
            raise ValueError(_("says an ordinary duty (mfn) or a share of trade (coverage)"))
        return self


class CaseProductFile(Frozen):
    """`products.yaml` in the folder of a case."""

    title: Text
    sources: tuple[Source, ...] = ()
    groups: tuple[ProductGroup, ...] = ()
    """Groups of the case's own: headings, the ordinary duty on them, their share of the sector's trade."""
    more: tuple[MoreOfGroup, ...] = ()
    """Of groups that ship."""
    claims: tuple[PreferenceUse, ...] = ()
    """How much of a trade enters under a preference; before those that ship."""
    duties: tuple[BaseDuty, ...] = ()
    """Of the base year, where the table does not know them (`kosho world info` says where); what a table knows
    stands. The whole trade of a sector, so that a group of it can be cut only with its rest."""
    spreads: tuple[RateSpread, ...] = ()
    """How ordinary rates are spread over a sector's lines; in place of those that ship."""


def with_own(products: Products, written: tuple[CaseProductFile, LineNumbers], path: Path) -> Products:
    """The groups that there are, with those of a case's `products.yaml`.

    Args:
        products: Those that ship.
        written: What the file says, and where.
        path: Of the file, named in errors.

    Raises:
        InputError: what it adds contradicts itself or what is there: a group of
            the same id or with the same headings, shares of a trade above one, an unknown source or group.
    """
    own, lines = written
    found = [
        Problem(
            f"group {group.id!r} ships with Kosho: {products.places.get(group.id, '')}".rstrip(": "),
            _("add to it under more, or choose another id"),
            str(path),
            lines["groups", n, "id"],
            f"groups.{n}.id",
        )
        for n, group in enumerate(own.groups)
        if group.id in products.groups
    ]
    found += [
        Problem(
            _("unknown product group {group!r}", group=one.group),
            suggest(one.group, products.groups),
            str(path),
            lines["more", n, "group"],
            f"more.{n}.group",
        )
        for n, one in enumerate(own.more)
        if one.group not in products.groups
    ]
    found += _duty_mistakes(own, lines, path, {*products.sources, *(one.id for one in own.sources)})
    if found:
        raise InputError(found)
    groups = dict(products.groups)
    for one in own.more:
        groups[one.group] = _with_more(groups[one.group], one)
    whole = ProductFile(
        title=own.title,
        sources=(*products.sources.values(), *own.sources),
        groups=(*groups.values(), *own.groups),
        claims=(*own.claims, *products.claims),
        spreads=tuple(
            {**products.spreads, **{(one.importer, one.sector): one for one in own.spreads}}.values()
        ),
    )
    here = {group.id: f"{path}:{lines['groups', n]}" for n, group in enumerate(own.groups)}
    made = products_of(whole, _moved(lines, own, list(groups)), str(path), products.places | here)
    return replace(made, duties=own.duties)


def _duty_mistakes(own: CaseProductFile, lines: LineNumbers, path: Path, sources: set[str]) -> list[Problem]:
    """Duties of one trade given twice, and sources that are not there."""
    problems = Problems(str(path))
    seen: set[tuple[str, str, str]] = set()
    for n, one in enumerate(own.duties):
        if one.rate.source not in sources:
            hint = suggest(one.rate.source, sources) or _("list it under sources")
            problems.add(
                _("unknown source {source!r}", source=one.rate.source), hint, line=lines["duties", n, "rate"]
            )
        twice = sorted(exporter for _other, exporter, _other in one.cells().keys() & seen)
        if twice:
            told = _(
                "the duty of {importer} on {sector} from {names} is given twice",
                importer=one.importer,
                sector=one.sector,
                names=", ".join(twice),
            )
            problems.add(told, _("once"), line=lines["duties", n], key=f"duties.{n}")
        seen |= one.cells().keys()
    return problems.found


def _with_more(group: ProductGroup, more: MoreOfGroup) -> ProductGroup:
    """A group with what a case knows of it, in place of what was said of the same trade."""
    rates = {one.importer for one in more.mfn}
    ways = {(one.importer, one.exporters) for one in more.coverage}
    mfn = (*more.mfn, *(one for one in group.mfn if one.importer not in rates))
    others = (one for one in group.coverage if (one.importer, one.exporters) not in ways)
    return group.model_copy(update={"mfn": mfn, "coverage": (*more.coverage, *others)})


def _moved(lines: LineNumbers, own: CaseProductFile, shipped: list[str]) -> LineNumbers:
    """Lines of the file under the places that its entries have behind those that ship."""
    moved = LineNumbers()
    place: dict[Key, Key] = {("groups", n): ("groups", len(shipped) + n) for n in range(len(own.groups))}
    place |= {("more", n): ("groups", shipped.index(one.group)) for n, one in enumerate(own.more)}
    for key, line in lines.items():
        moved[place[key[:2]] + key[2:] if key[:2] in place else key] = line
    return moved
