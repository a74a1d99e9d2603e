"""What the files of a register say of one another: ids given once, and everything referred to exists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import NoneType

from pydantic import BaseModel

from kosho.codes import sectors
from kosho.errors import Problem, Problems, suggest
from kosho.language import _, pgettext
from kosho.law.measure import Measure
from kosho.law.measure_file import MeasureFile
from kosho.law.narrow_products import Niche, niches
from kosho.law.nontariff_terms import Amount
from kosho.law.product_groups import Products
from kosho.law.scope import HsList, Scope, members
from kosho.provenance import Cited, Source
from kosho.yamlfile import Key, LineNumbers

__all__ = ["References", "check_references", "cited_in", "cross_checks", "list_checks"]

PLAIN = frozenset({str, int, float, bool, tuple, date, NoneType})
"""What holds no figure with a source of its own."""


@dataclass(frozen=True, slots=True)
class References:
    """What measures may refer to."""

    sources: Collection[str]
    products: Products
    lists: Mapping[str, HsList]


def cross_checks(documents: list[tuple[Path, MeasureFile, LineNumbers]], groups: Products) -> list[Problem]:
    """Mistakes across files: ids given once; sources, groups, headings and other measures that exist."""
    found: list[Problem] = []
    measures = [measure for _other, document, _other in documents for measure in document.measures]
    names = {measure.id for measure in measures}
    excludable = names | {measure.authority for measure in measures}
    sources, clashes = _all_sources(documents)
    found += clashes
    lists = {name: item for _other, document, _other in documents for name, item in document.lists.items()}
    known = References(sources, groups, lists)
    first: dict[str, str] = {}
    first_list: dict[str, str] = {}
    for path, document, lines in documents:
        problems = Problems(str(path))
        found += list_checks(document.lists, lines, str(path), known)
        for name in document.lists:
            place = f"{path}:{lines['lists', name]}"
            if name in first_list:
                problems.add(
                    _(
                        "list {name!r} is given twice, first at {first_list}",
                        name=name,
                        first_list=first_list[name],
                    ),
                    line=lines["lists", name],
                )
            first_list.setdefault(name, place)
        for index, measure in enumerate(document.measures):
            here = ("measures", index)
            if measure.id in first:
                problems.add(
                    _(
                        "measure {id!r} is given twice, first at {first}",
                        id=measure.id,
                        first=first[measure.id],
                    ),
                    line=lines[here],
                )
            first.setdefault(measure.id, f"{path}:{lines[here]}")
            check_references(measure, here, lines, problems, known)
            for key, there in (("excludes", excludable), ("terminates", names)):
                for name in getattr(measure, key):
                    if name not in there:
                        what = _("measure or authority") if key == "excludes" else _("measure")
                        problems.add(
                            _("unknown {what} {name!r}", what=what, name=name),
                            suggest(name, there),
                            line=lines[*here, key],
                            key=key,
                        )
        found += problems.found
    return found


def _all_sources(documents: list[tuple[Path, MeasureFile, LineNumbers]]) -> tuple[set[str], list[Problem]]:
    known: dict[str, Source] = {}
    found: list[Problem] = []
    for path, document, lines in documents:
        for index, source in enumerate(document.sources):
            if known.setdefault(source.id, source) != source:
                message = _("source {id!r} is given twice, and not alike", id=source.id)
                found.append(Problem(message, _("keep one"), str(path), lines["sources", index], "sources"))
    return set(known), found


def list_checks(lists: Mapping[str, HsList], lines: LineNumbers, file: str, known: References) -> list[Problem]:
    """Mistakes of the lists of headings of a file: sources, groups and small products that do not exist."""
    problems = Problems(file)
    for name, item in lists.items():
        for key, what, given, there in (
            ("source", _("source"), item.source, known.sources),
            ("groups", _("product group"), item.groups, known.products.groups),
            ("niches", _("small product"), item.niches, niches() if item.niches else ()),
        ):
            for one in given:
                if one not in there:
                    line = lines["lists", name, key]
                    problems.add(
                        _("unknown {what} {what_2!r}", what=what, what_2=one),
                        suggest(one, there),
                        line=line,
                        key=key,
                    )
        for prefix in item.without:
            if not prefix.startswith(item.prefixes):
                line = lines["lists", name, "except"]
                problems.add(
                    _("{prefix} is under none of the prefixes", prefix=prefix), line=line, key="except"
                )
    return problems.found


def _note_unknown_lists(
    scope: Scope, here: Key, lines: LineNumbers, problems: Problems, lists: Collection[str]
) -> None:
    for key in ("lists", "not_lists"):
        for name in getattr(scope, key):
            if name not in lists:
                line = lines[*here, "scope", key]
                problems.add(_("unknown list {name!r}", name=name), suggest(name, lists), line=line, key=key)


def _note_wrong_niches(
    measure: Measure, here: Key, lines: LineNumbers, problems: Problems, known: References
) -> None:
    """Small products that do not exist, are another importer's, or lie outside the scope."""
    key, amount = ("terms", measure.terms) if isinstance(measure.terms, Amount) else ("quota", measure.quota)
    imposers = members((measure.imposer,))
    for name in amount.niches if isinstance(amount, Amount) else ():
        one = niches().get(name)
        if one is None:
            message, hint = _("unknown small product {name!r}", name=name), suggest(name, niches())
        elif one.importer not in imposers:
            own = [each.id for each in niches().values() if each.importer in imposers]
            message = _(
                "{name!r} is what {importer} imports, and {imposer} imposes this",
                name=name,
                importer=one.importer,
                imposer=measure.imposer,
            )
            hint = _(
                "{imposer} has {value}",
                imposer=measure.imposer,
                value=", ".join(own) or pgettext("figure", "none"),
            )
        elif measure.scope is not None and not _holds(measure.scope, one, known):
            message = _("{name!r} is in sector {sector}, outside the scope", name=name, sector=one.sector)
            hint = _("scope: {{sectors: [{sector}]}}", sector=one.sector)
        else:
            continue
        problems.add(message, hint, line=lines[*here, key, "niches"], key="niches")


def _holds(scope: Scope, one: Niche, known: References) -> bool:
    """Whether a scope holds some of a small product; unknown lists and groups, told elsewhere, hold any."""
    headings = [*(scope.hs.prefixes if scope.hs is not None else ())]
    for name in scope.lists:
        if name not in known.lists or one.id in known.lists[name].niches:
            return True
        headings += known.lists[name].prefixes
    for name in scope.groups:
        if name not in known.products.groups:
            return True
        headings += known.products.groups[name].hs.prefixes
    return (
        one.sector in scope.sectors
        or (scope.goods and sectors()[one.sector].goods)
        or any(mine.startswith(other) or other.startswith(mine) for mine in one.hs for other in headings)
    )


def cited_in(model: BaseModel) -> Iterator[str]:
    """Ids of the sources of all figures in a measure."""
    fields = type(model).model_fields
    for name, value in vars(model).items():  # by the ten thousand, so that most are passed by at a glance
        if type(value) in PLAIN or name not in fields:
            continue
        for one in value.values() if isinstance(value, dict) else [value]:
            if isinstance(one, Cited):
                yield one.source
            elif isinstance(one, BaseModel):
                yield from cited_in(one)


def check_references(
    measure: Measure, here: Key, lines: LineNumbers, problems: Problems, known: References
) -> None:
    """Note sources, product groups, lists and headings of the measure at `here` that do not exist."""
    for source in dict.fromkeys([*measure.source, *cited_in(measure)]):
        if source not in known.sources:
            hint = suggest(source, known.sources) or _("list it under sources")
            problems.add(
                _("unknown source {source!r}", source=source), hint, line=lines[*here, "source"], key="source"
            )
    if measure.scope is None:
        return
    _note_unknown_lists(measure.scope, here, lines, problems, known.lists)
    _note_wrong_niches(measure, here, lines, problems, known)
    for group in measure.scope.groups:
        if group not in known.products.groups:
            hint = suggest(group, known.products.groups)
            problems.add(
                _("unknown product group {group!r}", group=group), hint, line=lines[*here, "scope", "groups"]
            )
    if measure.scope.hs is not None:
        part = known.products.cut(measure.scope.hs, members((measure.imposer,)))
        place = lines[*here, "scope", "hs"]
        if part:
            problems.add(
                _("headings cut through product group {names}", names=", ".join(part)),
                _("split the group"),
                line=place,
            )
