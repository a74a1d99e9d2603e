"""Whether a measure covers a tariff line: headings against a code, and facts that no code shows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from kosho.law.measure import PRICED, Measure
from kosho.law.product_groups import Products
from kosho.law.query import Facts
from kosho.law.scope import HsList, HsScope, Scope
from kosho.law.stacking import Removed

__all__ = ["CodePosition", "Cover", "Place", "Places", "Where", "cover", "place"]

Where = Literal["list", "group", "measure"]
"""Who owns headings: a list, a product group, or the `hs` of a measure's scope."""


MANY = 64
"""From as many headings on, they are searched in order."""


class Place(IntEnum):
    """How a code lies to headings."""

    OUT = 0
    PART = 1
    """The code is wider than a heading, or holds an exception."""
    IN = 2


def place(code: str, prefixes: tuple[str, ...], without: tuple[str, ...] = ()) -> Place:
    """Where a code lies to headings with exceptions."""
    if code.startswith(prefixes):
        if without and code.startswith(without):
            return Place.OUT
        return Place.PART if any(one.startswith(code) for one in without) else Place.IN
    return Place.PART if _reaches(code, prefixes) else Place.OUT


def _reaches(code: str, prefixes: tuple[str, ...]) -> bool:
    """Whether some prefix is under a code."""
    if len(prefixes) < MANY:
        return any(one.startswith(code) for one in prefixes)
    ordered = _ordered(prefixes)
    at = bisect_left(ordered, code)
    return at < len(ordered) and ordered[at].startswith(code)


@lru_cache(maxsize=256)
def _ordered(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(prefixes))


class Places(Protocol):
    """Where one code lies to all headings of a register."""

    def at(self, where: Where, name: str) -> Place:
        """Where it lies to the headings of a list, a group or a measure."""
        ...


@dataclass(frozen=True)
class CodePosition:
    """Where a code lies, found heading by heading as it is asked."""

    code: str
    lists: dict[str, HsList]
    products: Products
    scopes: dict[str, HsScope]
    found: dict[tuple[Where, str], Place] = field(default_factory=dict)

    def at(self, where: Where, name: str) -> Place:
        """See `Places`."""
        key = where, name
        if key not in self.found:
            if where == "list":
                item = self.lists[name]
                self.found[key] = place(self.code, item.prefixes, item.without)
            else:
                scope = self.products.groups[name].hs if where == "group" else self.scopes[name]
                self.found[key] = place(self.code, scope.prefixes)
        return self.found[key]


class Cover(NamedTuple):
    """A measure that covers a code, perhaps but for something the shipment told or a carve-out."""

    doubts: tuple[str, ...] = ()
    """Why it might not (or might)."""
    applies: bool = True
    removed: Removed | None = None
    """What took a duty off the product, where it would apply otherwise."""


@dataclass
class _Search:
    """How well the best heading so far holds the code."""

    best: Place = Place.OUT
    exact: bool = True
    by: str = ""
    refused: str | None = None
    """Attribute that keeps the product off a list that has its code."""

    def add(self, found: Place, by: str, *, exact: bool) -> None:
        if found > self.best or (found == self.best and exact and not self.exact):
            self.best, self.by, self.exact = found, by, exact


def cover(
    measure: Measure, facts: Facts, places: Places, lists: dict[str, HsList], products: Products
) -> Cover | None:
    """Whether a measure covers a code; None if not.

    A code wider than a heading is taken as covered by duties and bans and as not covered by exemptions and
    carve-outs, which gives the higher rate; the doubt is noted.
    """
    scope = measure.scope
    if scope is None:
        return None
    search = _search(measure, scope, facts, places, lists, products)
    if search.best is Place.OUT:
        if search.refused is None or not _told(facts, search.refused):
            return None
        rule = f"{measure.title} covers only goods with {search.refused}=yes"
        return Cover(
            applies=False, removed=_removed(measure, f"{search.refused}={facts.answer(search.refused)}", rule)
        )
    doubts = [] if search.exact else [f"{measure.title}: whether the code is on {search.by} is not certain"]
    partial = search.best is Place.PART
    if partial:
        doubts.append(f"{measure.title}: the code is only partly on {search.by}")
    for name, found in _carved(scope, facts, places, lists):
        title = lists[name].title
        if found is Place.IN:
            return Cover(applies=False, removed=_removed(measure, name, f"{measure.title} leaves out {title}"))
        partial = True
        doubts.append(f"{measure.title} leaves out {title}: the code is only partly on it")
    refusal = next(_refusals(measure, scope, facts), None)
    if refusal is not None:
        return Cover(applies=False, removed=refusal.removed)
    if partial:
        taken = "not covered" if measure.kind == "exemption" else "covered"
        doubts[-1] += f"; taken as {taken}, a longer code would tell"
    return Cover(tuple(doubts), applies=not (partial and measure.kind == "exemption"))


def _search(
    measure: Measure, scope: Scope, facts: Facts, places: Places, lists: dict[str, HsList], products: Products
) -> _Search:
    search = _Search()
    if scope.goods:
        search.add(Place.IN, "all goods", exact=True)
    for name in scope.groups:
        group = products.groups[name]
        search.add(places.at("group", name), group.title, exact=group.hs.exact)
    for name in scope.lists:
        item = lists[name]
        found = places.at("list", name)
        if found is not Place.OUT and item.attribute is not None and facts.answer(item.attribute) == "no":
            search.refused = item.attribute
            continue
        search.add(found, item.title, exact=item.exact)
    if scope.hs is not None:
        search.add(
            places.at("measure", measure.id), f"its headings of {scope.hs.edition}", exact=scope.hs.exact
        )
    return search


def _carved(
    scope: Scope, facts: Facts, places: Places, lists: dict[str, HsList]
) -> Iterator[tuple[str, Place]]:
    for name in scope.not_lists:
        attribute = lists[name].attribute
        if attribute is None or facts.answer(attribute) == "yes":
            found = places.at("list", name)
            if found is not Place.OUT:
                yield name, found


class _Refusal(NamedTuple):
    removed: Removed | None


def _refusals(measure: Measure, scope: Scope, facts: Facts) -> Iterator[_Refusal]:
    """Conditions of the scope that the shipment does not meet; of note only where it told something."""
    if scope.preference and facts.preference not in scope.preference:
        by = f"preference={facts.preference}"
        rule = f"{measure.title} covers only goods that claim {' or '.join(scope.preference)}"
        if scope.preference == ("none",):
            rule = f"{measure.title} does not cover goods that claim {facts.preference}"
        yield _Refusal(_removed(measure, by, rule) if facts.preference != "none" else None)
    for name, wanted in scope.attributes.items():
        if facts.answer(name) != wanted:
            by, rule = f"{name}={facts.answer(name)}", f"{measure.title} covers only goods with {name}={wanted}"
            yield _Refusal(_removed(measure, by, rule) if _told(facts, name) else None)
    for name, (low, high) in scope.content.items():
        told = facts.content.get(name)
        if told is None or not low <= told < high:
            rule = f"{measure.title} covers only goods with {name} from {low:g} to below {high:g} percent"
            yield _Refusal(None if told is None else _removed(measure, f"{name}={told:g}", rule))


def _told(facts: Facts, attribute: str) -> bool:
    return attribute in facts.answers


def _removed(measure: Measure, by: str, rule: str) -> Removed | None:
    return Removed(measure.id, by, rule) if measure.kind in PRICED else None
