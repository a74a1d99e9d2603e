"""What goods may pay: every part of what is under a code, every way in which the open points may stand.

A rate is one number where all parts pay the same. A list of headings that was not read in full may or may not
hold goods that are under its headings; a list that is missing may free them. Each such point is supposed both
ways, all combinations are stacked, and the lowest and the highest total are kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import product
from math import inf, isclose

from kosho.errors import InputError
from kosho.law.edition_scope import in_edition
from kosho.law.headings import Cover, Headings, Key, Place, Places, Position, cover, keys_of, place
from kosho.law.measure import Measure
from kosho.law.measure_file import Omission
from kosho.law.nomenclature import ends_at_line
from kosho.law.ordinary_duty import (
    OrdinaryDuty,
    RateBounds,
    about,
    bounds,
    exactly,
    ordinary_duty,
    schedule_lines,
)
from kosho.law.parts import Part, below, parts
from kosho.law.query import Facts, Query
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.schedules import Duty, Specific
from kosho.law.scope import Content
from kosho.law.stacking import Stack, stack

__all__ = [
    "SAME",
    "Goods",
    "PartRate",
    "Rates",
    "Way",
    "as_line",
    "headings_of",
    "longer",
    "one_rate",
    "open_lists",
    "pile",
    "total",
    "ways",
]

SAME = 1e-12
"""Largest difference of rates that are the same, in double precision."""
MOST_POINTS = 10
"""Open points that are supposed both ways; of more the bounds are those of no duty at all and of every one."""


def headings_of(register: Register) -> Headings:
    """All headings of a register."""
    return Headings(register.lists, register.products, register.headings)


def total(pile: Stack, duty: OrdinaryDuty, levels: Mapping[str, RateBounds] | None = None) -> RateBounds:
    """The ordinary duty and what is stacked on it, between bounds.

    Args:
        pile: What applies.
        duty: What goods pay without it.
        levels: Of measures whose level is not known (money per quantity without a unit value), its bounds.
    """
    added = pile.added
    flat = [_level(item.measure, item.level, levels) for item in added]
    weights = [item.weight for item in added]
    low = sum(weight * level.low for weight, level in zip(weights, flat, strict=True))
    high = sum(weight * level.high for weight, level in zip(weights, flat, strict=True))
    floors = pile.floors
    # What a concession leaves rises with the duty: its ends are those of the duty.
    paid = RateBounds(pile.leaves(duty.claimed.low), pile.leaves(duty.claimed.high))
    if paid == duty.general:
        own, others = floors, ()
    else:
        own = tuple(item for item in floors if item.measure.floor_base == "claimed")
        others = tuple(item for item in floors if item.measure.floor_base != "claimed")
    # Floors make of one duty a line with a kink at each: its ends and its kinks are all there is to try.
    ends = [paid.low, paid.high]
    ends += [item.level for item in own if paid.low < item.level < paid.high]
    tops = [end + sum(item.adds([(end, 1.0)]) for item in own) for end in ends]
    least = sum(item.adds([(duty.general.high, 1.0)]) for item in others)
    most = sum(item.adds([(duty.general.low, 1.0)]) for item in others)
    return RateBounds(low + min(tops) + least, high + max(tops) + most)


def _level(measure: Measure, level: float, levels: Mapping[str, RateBounds] | None) -> RateBounds:
    return (levels or {}).get(measure.id) or exactly(level)


@dataclass(frozen=True, slots=True)
class PartRate:
    """What one part of the goods pays."""

    part: Part
    duty: OrdinaryDuty
    covers: tuple[tuple[Measure, Cover], ...]
    """As the register has it: every list is taken as it stands."""
    pile: Stack
    rate: float | None
    """By `pile`; None where the duty, a level, or a list that is missing or was not read in full leaves
    it open."""
    bounds: RateBounds
    """Over all ways in which the open points may stand."""
    lowest: Stack
    highest: Stack
    open_lists: tuple[Key, ...]
    """Lists that were not read in full and that the part is taken to be on."""
    omissions: tuple[Omission, ...]
    """What the register does not hold and may touch it."""
    levels: Mapping[str, RateBounds]
    """Of duties that are money per quantity."""


def one_rate(rates: Sequence[float | None]) -> float | None:
    """The rate that all of some are, to rounding; None where they differ or one is not known.

    >>> one_rate([0.1, 0.1]), one_rate([0.1, 0.2]), one_rate([0.1, None])
    (0.1, None, None)
    """
    first = rates[0]
    if first is None or any(rate is None or not isclose(rate, first, abs_tol=1e-9) for rate in rates):
        return None
    return first


@dataclass(frozen=True, slots=True)
class Rates:
    """What all parts of the goods pay."""

    parts: tuple[PartRate, ...]

    @property
    def rate(self) -> float | None:
        """The rate, where all parts pay the same and it is known."""
        return one_rate([one.rate for one in self.parts])

    @property
    def low(self) -> float | None:
        """The least that any part may pay; None where nothing but zero bounds it."""
        lowest = min(one.bounds.low for one in self.parts)
        known = any(
            one.bounds.low == lowest and one.duty.claimed.low == one.duty.claimed.high for one in self.parts
        )
        return lowest if lowest > 0 or known else None

    @property
    def high(self) -> float | None:
        """The most that any part may pay; None where nothing bounds it."""
        highest = max(one.bounds.high for one in self.parts)
        return highest if highest < inf else None

    @property
    def if_free(self) -> tuple[float, float | None]:
        """The least and the most, were the ordinary duty nothing; None where nothing bounds it."""
        high = max(total(one.highest, _FREE, one.levels).high for one in self.parts)
        return min(total(one.lowest, _FREE, one.levels).low for one in self.parts), high if high < inf else None

    @property
    def same(self) -> tuple[float | None, float | None, float | None]:
        """Two answers with the same one are alike in numbers."""
        return self.rate, self.low, self.high


_FREE = OrdinaryDuty(exactly(0.0), exactly(0.0))


@dataclass(frozen=True)
class Goods:
    """What is under a code, of one origin on one day, before anything is told of it."""

    register: Register
    query: Query
    headings: Headings
    law: tuple[Measure, ...]
    """In force and aimed at the origin."""
    parts: tuple[Part, ...]

    @cached_property
    def reaching(self) -> tuple[Measure, ...]:
        """Measures whose headings hold some of the goods."""
        return tuple(
            measure
            for measure in self.law
            if measure.scope is not None
            and (measure.scope.goods or any(self.hold(key) for key in keys_of(measure)))
        )

    @staticmethod
    def of(register: Register, query: Query) -> Goods:
        """The goods of a question; lists are those of the edition of the schedule in force, where it is at
        hand.
        """
        register = in_edition(register, query.importer, query.on)
        headings = headings_of(register)
        law = tuple(
            measure
            for measure in register.in_force(query.on, query.known)
            if measure.imposed_by(query.importer) and measure.level_on(query.exporter) is not None
        )
        if (line := as_line(register, query.importer, query.code)) != query.code:
            query = replace(query, hs=line)
        inside, lines = schedule_lines(query)
        told_apart = set(below(query.code, _named(register, query.importer)))
        if not query.gives_duty:
            told_apart.update(inside)
        return Goods(register, query, headings, law, parts(query.code, told_apart, lines))

    @cached_property
    def omissions(self) -> tuple[Omission, ...]:
        """What the register leaves out and may touch some of them."""
        return tuple(_touching(self.register, self.query))

    @cached_property
    def _positions(self) -> dict[str, Position]:
        return {part.code: Position(part.code, self.headings) for part in self.parts}

    @cached_property
    def _keys(self) -> tuple[Key, ...]:
        """Headings that decide on something."""
        return tuple(dict.fromkeys(key for measure in self.reaching for key in keys_of(measure)))

    @cached_property
    def _duties(self) -> dict[tuple[str, str, bool], OrdinaryDuty]:
        return {}

    def _duty(self, query: Query, part: Part) -> OrdinaryDuty:
        key = "" if query.gives_duty else part.code, query.facts.preference, query.facts.in_quota
        if key not in self._duties:
            self._duties[key] = ordinary_duty(query, part.code)
        return self._duties[key]

    def hold(self, key: Key) -> bool:
        """Whether headings hold some of them."""
        return any(position.holds(key) for position in self._positions.values())

    @cached_property
    def quota_in_schedule(self) -> bool:
        """Whether the ordinary duty inside a quota is another one."""
        given = self.query.general
        if given is not None:
            return given.under(in_quota=True) != given.under(in_quota=False)
        inside = replace(self.query, facts=replace(self.query.facts, answers={"in_quota": "yes"}))
        outside = replace(self.query, facts=replace(self.query.facts, answers={"in_quota": "no"}))
        return any(self._duty(inside, part) != self._duty(outside, part) for part in self.parts)

    def rates(self, facts: Facts | None = None) -> Rates:
        """What they pay, given what the shipment tells.

        Raises:
            InputError: a unit value that does not fit a duty.
        """
        query = self.query if facts is None else replace(self.query, facts=facts)
        alike: dict[tuple[object, ...], PartRate] = {}
        found: list[PartRate] = []
        names = self._keys
        for part in self.parts:
            position, duty = self._positions[part.code], self._duty(query, part)
            missing = tuple(
                one
                for one in self.omissions
                if part.code.startswith(one.prefixes) and one.matters_under(query.facts.preference)
            )
            kind = tuple(position.holds(key) for key in names), duty, missing
            if kind not in alike:
                alike[kind] = _Alike(self, query, position, duty, missing).rate(part)
            found.append(replace(alike[kind], part=part))
        return Rates(tuple(found))


@lru_cache(maxsize=4)
def _named(register: Register, importer: str) -> list[str]:
    """Headings and exceptions that measures of an importer, or things left out of them, name; in order."""
    headings = headings_of(register)
    keys = {key for measure in register.measures if measure.imposed_by(importer) for key in keys_of(measure)}
    named = {prefix for key in keys for given in headings.of(key) for prefix in given}
    return sorted(named.union(*(one.prefixes for one in register.not_covered if one.of(importer))))


def as_line(register: Register, importer: str, code: str) -> str:
    """A code, or its line where nothing knows the statistical number: neither the tariff nor a list."""
    line = ends_at_line(importer, code)
    if line == code:
        return code
    named = _named(register, importer)
    at = bisect_left(named, code)
    return code if named[at : at + 1] == [code] else line


def _touching(register: Register, query: Query) -> Iterator[Omission]:
    for one in register.not_covered:
        if one.touches(query.importer, query.exporter, query.code, query.on):
            yield one


def longer(measure: Measure, code: str, headings: Headings) -> Iterator[str]:
    """Headings and exceptions of a measure that are under a code and longer."""
    for key in keys_of(measure):
        prefixes, without = headings.of(key)
        if place(code, prefixes, without) is Place.PART:
            yield from (one for one in (*prefixes, *without) if one.startswith(code))


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the open points may stand: the measures that then apply."""

    applied: frozenset[str]
    exclusive: bool = True
    """Whether one takes the place of another; False: all of them, as a bound."""


def ways(
    measures: Sequence[Measure], facts: Facts, places: Places, headings: Headings, frees: Sequence[Omission]
) -> list[Way]:
    """All ways in which the open points of some goods may stand, each once; as the register has it first.

    Args:
        measures: In force, aimed at the origin, and with a rate or an exemption.
        facts: What the shipment tells.
        places: Which headings hold the goods.
        headings: All headings.
        frees: Lists that the register does not hold and that may free the goods.
    """
    covers = [
        (measure, found.applies)
        for measure in measures
        if (found := cover(measure, facts, places, headings)) is not None
    ]
    points = open_lists((measure for measure, _ in covers), facts, places, headings)
    plain = Way(frozenset(measure.id for measure, applies in covers if applies))
    if not points and not frees:
        return [plain]
    if len(points) + len(frees) > MOST_POINTS:
        duties = frozenset(measure.id for measure, _ in covers if measure.kind != "exemption")
        return [plain, Way(frozenset()), Way(duties, exclusive=False)]
    keys = {measure.id: frozenset(keys_of(measure)) & frozenset(points) for measure, _ in covers}
    again: dict[tuple[str, frozenset[Key]], bool] = {}
    found_ways: dict[Way, None] = {plain: None}
    for flags in product((False, True), repeat=len(points) + len(frees)):
        absent = frozenset(key for key, off in zip(points, flags, strict=False) if off)
        freed = {
            name for one, on in zip(frees, flags[len(points) :], strict=True) if on for name in one.excludes
        }
        applied: set[str] = set()
        for measure, applies in covers:
            off = absent & keys[measure.id]
            if off and (measure.id, off) not in again:
                other = cover(measure, facts, places.without(off), headings)
                again[measure.id, off] = other is not None and other.applies
            if (again[measure.id, off] if off else applies) and not {measure.id, measure.authority} & freed:
                applied.add(measure.id)
        found_ways[Way(frozenset(applied))] = None
    return list(found_ways)


def open_lists(
    measures: Iterable[Measure], facts: Facts, places: Places, headings: Headings
) -> tuple[Key, ...]:
    """Lists that were not read in full, whose headings hold the goods, and that decide on a measure.

    What the shipment tells of a list that asks for it settles it.
    """
    named = dict.fromkeys(
        key for measure in measures if measure.kind not in RATELESS for key in keys_of(measure)
    )
    return tuple(key for key in named if headings.in_doubt(key, facts) and places.holds(key))


def pile(
    way: Way,
    measures: Iterable[tuple[Measure, float]],
    order: Mapping[str, int],
    content: Mapping[Content, float],
) -> Stack:
    """What is stacked in one way.

    Args:
        way: Which measures apply.
        measures: All that may, with the rate each has for the origin, as a fraction.
        order: Place of each measure id, excluding ones first.
        content: Percent of the customs value, as far as told.
    """
    chosen = [(measure, level) for measure, level in measures if measure.id in way.applied]
    if not way.exclusive:
        chosen = [(measure.model_copy(update={"excludes": ()}), level) for measure, level in chosen]
    return stack(
        chosen,
        order,
        lambda measure: measure.taxed_given(content),
    )


@dataclass(frozen=True)
class _Alike:
    """Goods of one part, or of several that lie alike to everything."""

    goods: Goods
    query: Query
    position: Position
    duty: OrdinaryDuty
    omissions: tuple[Omission, ...]

    def rate(self, part: Part) -> PartRate:
        goods, query = self.goods, self.query
        rated = self._rated
        covers = tuple(
            (measure, found)
            for measure in goods.reaching
            if (found := cover(measure, query.facts, self.position, goods.headings)) is not None
        )
        frees = [one for one in self.omissions if one.excludes]
        raised = max((one.raised_to for one in self.omissions), default=-inf)
        possible = ways([measure for measure, _ in rated], query.facts, self.position, goods.headings, frees)
        piles = [pile(way, rated, goods.register.order, query.facts.content) for way in possible]
        totals = [total(one, self.duty, self._levels) for one in piles]
        lowest = min(range(len(piles)), key=lambda k: totals[k].low)
        highest = max(range(len(piles)), key=lambda k: totals[k].high)
        # What nobody knows the size of is no part of a duty that a concession takes off, however high it is.
        more = raised if raised == inf else max(0.0, raised - self.duty.claimed.high)
        around = RateBounds(totals[lowest].low, totals[highest].high + more)
        settled = raised == -inf and isclose(around.low, around.high, abs_tol=SAME)
        return PartRate(
            part,
            self.duty,
            covers,
            piles[0],
            totals[0].low if settled else None,
            around,
            piles[lowest],
            piles[highest],
            open_lists((measure for measure, _ in covers), query.facts, self.position, goods.headings),
            self.omissions,
            self._levels,
        )

    @cached_property
    def _rated(self) -> list[tuple[Measure, float]]:
        """Measures with a rate or an exemption and their level, as a fraction; zero where it is not known."""
        return [
            (
                measure,
                (measure.level_on(self.query.exporter, in_quota=self.query.facts.in_quota) or 0.0) / 100
                if measure.unit == "percent"
                else 0.0,
            )
            for measure in self.goods.reaching
            if measure.kind not in RATELESS
        ]

    @cached_property
    def _levels(self) -> dict[str, RateBounds]:
        """Levels of duties that are money per quantity.

        Raises:
            InputError: a unit value that does not fit.
        """
        found: dict[str, RateBounds] = {}
        for measure in self.goods.reaching:
            level = measure.level_on(self.query.exporter, in_quota=self.query.facts.in_quota)
            if measure.unit != "percent" and level is not None:
                currency, _, unit = measure.unit.partition("/")
                duty = Duty(sums=((Specific(Decimal(str(level)), currency, unit),),))
                try:
                    found[measure.id] = bounds(duty, self.query.unit_value)
                except InputError as error:
                    raise about(error, measure.title) from None
        return found
