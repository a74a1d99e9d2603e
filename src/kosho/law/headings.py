"""Whether a measure covers goods: headings against a code, and facts that no code shows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from kosho.language import _
from kosho.law.measure import PRICED, Measure
from kosho.law.product_groups import Products
from kosho.law.query import Facts
from kosho.law.scope import HsList, HsScope, Scope
from kosho.law.stacking import Removed

__all__ = [
    "Cover",
    "Headings",
    "Key",
    "Place",
    "Places",
    "Position",
    "Where",
    "cover",
    "covered_keys",
    "keys_of",
    "place",
]

Where = Literal["list", "group", "measure"]
"""Who owns headings: a list, a product group, or the `hs` of a measure's scope."""

Key = tuple[Where, str]
"""Headings of an owner."""


MANY = 64
"""From as many headings on, they are searched in order."""


class Place(IntEnum):
    """How a code lies to headings."""

    OUT = 0
    PART = 1
    """The code is wider than a heading, or holds an exception."""
    IN = 2


def place(code: str, prefixes: tuple[str, ...], without: tuple[str, ...] = ()) -> Place:
    """Where a code lies to headings with exceptions.

    >>> place("8703", ("870323",)).name, place("87032301", ("870323",)).name
    ('PART', 'IN')
    """
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


@dataclass(frozen=True, eq=False)
class Headings:
    """All headings that measures of a register name."""

    lists: dict[str, HsList]
    products: Products
    scopes: dict[str, HsScope]

    def of(self, key: Key) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Prefixes, and the exceptions among them."""
        where, name = key
        if where == "list":
            item = self.lists[name]
            return item.prefixes, item.without
        scope = self.products.groups[name].hs if where == "group" else self.scopes[name]
        return scope.prefixes, ()

    def exact(self, key: Key) -> bool:
        """Whether the legal list was read in full."""
        where, name = key
        if where == "list":
            return self.lists[name].exact
        return (self.products.groups[name].hs if where == "group" else self.scopes[name]).exact

    def in_doubt(self, key: Key, facts: Facts) -> bool:
        """Whether goods under the headings of a list may be on it or not, as far as the shipment tells."""
        if self.exact(key):
            return False
        attribute = self.attribute(key)
        return attribute is None or (attribute not in facts.answers and facts.answer(attribute) == "yes")

    def attribute(self, key: Key) -> str | None:
        """What tells whether a good under the headings is on the list, where the code does not."""
        where, name = key
        return self.lists[name].attribute if where == "list" else None

    def title(self, key: Key) -> str:
        """What they are called."""
        where, name = key
        if where == "list":
            return self.lists[name].title
        if where == "group":
            return self.products.groups[name].title
        return _("its headings of {edition}", edition=self.scopes[name].edition)


def keys_of(measure: Measure) -> Iterator[Key]:
    """Headings that a measure covers or leaves out."""
    scope = measure.scope
    if scope is not None:
        for name in scope.groups:
            yield "group", name
        for name in (*scope.lists, *scope.not_lists):
            yield "list", name
        if scope.hs is not None:
            yield "measure", measure.id


class Places(Protocol):
    """Which headings hold some goods, all of which lie alike to all of them (see `kosho.law.parts`)."""

    def holds(self, key: Key) -> bool:
        """Whether the headings of a list, a group or a measure hold them."""
        ...

    def without(self, absent: frozenset[Key]) -> Places:
        """The same goods, supposed not to be on some lists."""
        ...


@dataclass(frozen=True)
class Position:
    """Where the goods of one part lie, found heading by heading as it is asked."""

    code: str
    headings: Headings
    absent: frozenset[Key] = frozenset()
    """Lists that were not read in full, of which it is supposed that the goods are not on them."""
    found: dict[Key, bool] = field(default_factory=dict)

    def holds(self, key: Key) -> bool:
        """See `Places`."""
        if key in self.absent:
            return False
        if key not in self.found:
            prefixes, without = self.headings.of(key)
            self.found[key] = self.code.startswith(prefixes) and not (without and self.code.startswith(without))
        return self.found[key]

    def without(self, absent: frozenset[Key]) -> Position:
        """The same goods, supposed not to be on some lists."""
        return Position(self.code, self.headings, absent, self.found)


class Cover(NamedTuple):
    """A measure whose headings hold some goods, perhaps but for something the shipment told or a carve-out."""

    by: tuple[Key, ...] = ()
    """Headings that hold them; none where it is on all goods."""
    applies: bool = True
    removed: Removed | None = None
    """What took a duty off the product, where it would apply otherwise."""


def cover(measure: Measure, facts: Facts, places: Places, headings: Headings) -> Cover | None:
    """Whether a measure covers the goods of a part; None if not."""
    scope = measure.scope
    if scope is None:
        return None
    refused: str | None = None
    by: list[Key] = []
    for key in covered_keys(measure, scope):
        if not places.holds(key):
            continue
        attribute = headings.attribute(key)
        if attribute is not None and facts.answer(attribute) == "no":
            refused = attribute
        else:
            by.append(key)
    if not by and not scope.goods:
        if refused is None or refused not in facts.answers:
            return None
        rule = _("{title} covers only goods with {refused}=yes", title=measure.title, refused=refused)
        return Cover(applies=False, removed=_removed(measure, f"{refused}={facts.answer(refused)}", rule))
    for name in scope.not_lists:
        item = headings.lists[name]
        if (item.attribute is None or facts.answer(item.attribute) == "yes") and places.holds(("list", name)):
            rule = _("{title} leaves out {title_2}", title=measure.title, title_2=item.title)
            return Cover((("list", name),), applies=False, removed=_removed(measure, name, rule))
    refusal = next(_refusals(measure, scope, facts), None)
    if refusal is not None:
        return Cover(tuple(by), applies=False, removed=refusal.removed)
    return Cover(() if scope.goods else tuple(by))


def covered_keys(measure: Measure, scope: Scope) -> Iterator[Key]:
    """Headings that a measure of this scope covers."""
    for name in scope.groups:
        yield "group", name
    for name in scope.lists:
        yield "list", name
    if scope.hs is not None:
        yield "measure", measure.id


class _Refusal(NamedTuple):
    removed: Removed | None


def _refusals(measure: Measure, scope: Scope, facts: Facts) -> Iterator[_Refusal]:
    """Conditions of the scope that the shipment does not meet; of note only where it told something."""
    if scope.preference and facts.preference not in scope.preference:
        by = f"preference={facts.preference}"
        rule = _(
            "{title} covers only goods that claim {names}",
            title=measure.title,
            names=_(" or ").join(scope.preference),
        )
        if scope.preference == ("none",):
            rule = _(
                "{title} does not cover goods that claim {preference}",
                title=measure.title,
                preference=facts.preference,
            )
        yield _Refusal(_removed(measure, by, rule) if facts.preference != "none" else None)
    for name, wanted in scope.attributes.items():
        if facts.answer(name) != wanted:
            by, rule = (
                f"{name}={facts.answer(name)}",
                _(
                    "{title} covers only goods with {name}={wanted}",
                    title=measure.title,
                    name=name,
                    wanted=wanted,
                ),
            )
            yield _Refusal(_removed(measure, by, rule) if name in facts.answers else None)
    for name, (low, high) in scope.content.items():
        told = facts.content.get(name)
        if told is None or not low <= told < high:
            rule = _(
                "{title} covers only goods with {name} from {low:g} to below {high:g} percent",
                title=measure.title,
                name=name,
                low=low,
                high=high,
            )
            yield _Refusal(None if told is None else _removed(measure, f"{name}={told:g}", rule))


def _removed(measure: Measure, by: str, rule: str) -> Removed | None:
    return Removed(measure.id, by, rule) if measure.kind in PRICED else None
