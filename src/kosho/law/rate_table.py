"""Rates of whole schedules at once: all lines, partners and days.

Lines that lie alike to every list of headings share a signature, partners that every measure in force treats
alike another. One stack is put together for each pair of signatures that occurs; what remains is a gather and,
for floors, a maximum against the ordinary duty. A line that lists tell apart further has several signatures:
it has a rate where they all pay the same, and bounds where they do not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kosho.arrays import Index, Mask
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.edition_scope import in_edition
from kosho.law.headings import Key, cover, keys_of
from kosho.law.measure import Measure, Omission
from kosho.law.nomenclature import shipped_lines
from kosho.law.parts import below, parts
from kosho.law.possible_rates import Way, as_line, freed_ways, headings_of, pile, ways
from kosho.law.query import CODE_HINT, NO_FACTS, NONE, is_code
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.stacking import Applied, Stack, stack

__all__ = ["RateTable", "added_as_listed", "rate_bounds", "rates"]

Array = NDArray[np.float32]
Item = TypeVar("Item", bound=Hashable)
Bits = int
"""Headings that hold a part, one bit each."""

ALIKE = 1e-6
"""Largest difference between rates that are the same, in single precision."""


@dataclass(frozen=True, eq=False)
class RateTable(Shown):
    """Rates of lines, partners and days, and their bounds; fractions `[date, line, partner]`.

    >>> from datetime import date
    >>> from kosho.law import Register, rate_bounds
    >>> found = rate_bounds(Register.load(), "USA", [("8703.23.01", 0.025)], ["JPN"], [date(2025, 6, 1)])
    >>> found.rate.shape, round(float(found.high[0, 0, 0]), 3)
    ((1, 1, 1), 0.275)
    """

    rate: Array
    """NaN where no total is known."""
    low: Array
    high: Array
    """Infinite where something that is not held may add to it."""

    def __iter__(self) -> Iterator[Array]:
        """Rates, least and most."""
        return iter((self.rate, self.low, self.high))


def rates(
    register: Register,
    importer: str,
    lines: Sequence[tuple[str, float]],
    partners: Sequence[str],
    dates: Sequence[date],
    known: date | None = None,
) -> Array:
    """Rates on all lines from all partners on all days, as `kosho.law.quote` gives them one by one.

    Shipments tell nothing beyond their code and claim no preference.

    Args:
        register: Dated measures and lists.
        importer: ISO 3166 alpha-3 code.
        lines: Codes of 4 to 10 digits with their ordinary duty as a fraction; NaN makes the rate NaN.
        partners: ISO 3166 alpha-3 codes.
        dates: Days in force.
        known: Day of knowledge of all of them; the latest by default.

    Returns:
        Fractions `[date, line, partner]` in single precision; NaN where goods under the code pay differently
        or a list is missing that may free or burden them (`rate_bounds` says between what). A product that is
        prohibited has the rate it would pay. Four bytes a cell: 13,000 lines from 80 partners on 40 days are
        166 MB.

    Raises:
        InputError: a code is none, or a measure in force is a specific duty, which needs unit values.

    >>> from datetime import date
    >>> from kosho.law import Register, rates
    >>> lines, days = [("8703.23.01", 0.025), ("0901.11.00", 0.0)], [date(2025, 3, 1), date(2025, 6, 1)]
    >>> found = rates(Register.load(), "USA", lines, ["JPN", "BRA"], days)
    >>> found.shape, found[:, 0, 0].round(3)
    ((2, 2, 2), array([0.025, 0.275], dtype=float32))
    """
    result = np.empty((len(dates), len(lines), len(partners)), np.float32)
    for scoped, places in _editions(register, importer, dates):
        table = _Table.of(scoped, importer, lines)
        for k, state in table.states(partners, [dates[place] for place in places], known):
            if isinstance(state, int):
                result[places[k]] = result[places[state]]
            else:
                narrow = table.narrow(state)
                np.take(narrow, state.column, axis=1, out=result[places[k]], mode="clip")  # others buffer
    return result


def rate_bounds(
    register: Register,
    importer: str,
    lines: Sequence[tuple[str, float]],
    partners: Sequence[str],
    dates: Sequence[date],
    known: date | None = None,
) -> RateTable:
    """The same rates with the least and the most that goods under each code may pay. See `rates`.

    >>> from datetime import date
    >>> from kosho.law import Register, rate_bounds
    >>> found = rate_bounds(Register.load(), "USA", [("7616.99", 0.0)], ["BRA"], [date(2026, 5, 1)])
    >>> [float(one[0, 0, 0]) for one in found]
    [nan, 0.25, 0.5]
    """
    shape = len(dates), len(lines), len(partners)
    result = RateTable(*(np.empty(shape, np.float32) for _other in range(3)))
    for scoped, places in _editions(register, importer, dates):
        table = _Table.of(scoped, importer, lines)
        days = [dates[place] for place in places]
        for k, state in table.states(partners, days, known, every_way=True):
            found = (
                (one[places[state]] for one in result)
                if isinstance(state, int)
                else (one[:, state.column] for one in table.bounds(state))
            )
            for whole, one in zip(result, found, strict=True):
                whole[places[k]] = one
    return result


def added_as_listed(register: Register, importer: str, codes: Sequence[str], exporter: str, on: date) -> Array:
    """The most that measures add to the duty of each line, a fraction, by the lists of the register as they
    stand.

    No edition of the schedule takes their place, and no list is doubted.
    """
    table = _Table.of(register, importer, [(code, 0.0) for code in codes])
    ((_other, state),) = table.states([exporter], [on], None)
    assert isinstance(state, _State)  # noqa: S101 - there is no earlier day
    return table.most(state)[:, 0]


def _editions(register: Register, importer: str, dates: Sequence[date]) -> Iterator[tuple[Register, list[int]]]:
    """The register with its lists as editions of the schedule have them, and the places of the days of each."""
    scoped = [in_edition(register, importer, day) for day in dates]
    for one in dict.fromkeys(scoped):
        yield one, [k for k, other in enumerate(scoped) if other is one]


@dataclass(frozen=True)
class _Form:
    """What a stack makes of an ordinary duty: what concessions leave of it, a sum, and tops up to floors."""

    flat: float
    floors: tuple[tuple[float, float, bool], ...]
    """Weight and level of each, and whether it tops up what concessions leave."""
    cuts: tuple[tuple[float, float], ...] = ()
    """Of each concession the share of the duty that it leaves, and the bound that it moves the duty towards by
    the rest: nothing for a cut."""

    @staticmethod
    def of(one: Stack) -> _Form:
        floors = ((item.weight, item.level, item.measure.floor_base == "claimed") for item in one.floors)
        flat = sum(item.weight * item.level for item in one.added)
        return _Form(flat, tuple(floors), tuple(map(_cut, one.concessions)))


def _cut(one: Applied) -> tuple[float, float]:
    share = one.weight * one.measure.reached
    return (1.0 - share * one.level, 0.0) if one.measure.kind == "cut" else (1.0 - share, one.level)


@dataclass(frozen=True)
class _State:
    """The law on a day: what is stacked for each kind of part and of partner."""

    row: Index
    """Kind of part of each signature of parts."""
    column: Index
    """Kind of partner of each partner."""
    ways: list[list[tuple[_Form, ...]]]
    """By kind of part and of partner: as the register has it; then, where asked or something that is not held
    may touch them, every other way in which the open points may stand."""
    freed: list[list[tuple[_Form, ...]]]
    """As the register has it, and freed by lists that it does not hold; one where there is none."""
    raised: list[list[bool]]
    """Whether it may add to the duty, by nobody knows how much."""


@dataclass(frozen=True)
class _Table:
    """Lines and the parts under them."""

    register: Register
    importer: str
    ordinary: Array
    """Of every line."""
    groups: list[_Signature]
    first: Index
    """Signature of one part of each line."""
    owner: Index
    """Lines that have more parts, once for each other part."""
    other: Index
    """Signatures of these."""

    @staticmethod
    def of(register: Register, importer: str, lines: Sequence[tuple[str, float]]) -> _Table:
        codes = [code.replace(".", "") for code, _other in lines]
        for code in codes:
            if not is_code(code):
                raise InputError(Problem(_("{code!r} is not an HS code", code=code), CODE_HINT))
        codes = [as_line(register, importer, code) for code in codes]
        ordinary = np.array([duty for _other, duty in lines], np.float32)
        return _Table(register, importer, ordinary, *_signatures(register, importer, codes))

    def states(
        self, partners: Sequence[str], dates: Sequence[date], known: date | None, *, every_way: bool = False
    ) -> Iterator[tuple[int, _State | int]]:
        """The law of each day, or the place of an earlier day with the same."""
        seen: dict[tuple[str | float, ...], int] = {}
        maker = _States(self, partners, every_way)
        for k, day in enumerate(dates):
            law = [m for m in self.register.in_force(day, known) if m.imposed_by(self.importer)]
            missing = [
                bit
                for bit, one in enumerate(self.register.not_covered)
                if one.decides
                and one.matters_under(NONE)
                and any(one.concerns(self.importer, partner, day) for partner in partners)
            ]
            reached = (part for measure in law for part in (measure.id, measure.reached))
            state = (*reached, *(_("not held {bit}", bit=bit) for bit in missing))
            if state in seen:
                yield k, seen[state]
            else:
                seen[state] = k
                yield k, maker.state(law, missing)

    def narrow(self, state: _State) -> Array:
        """Rates `[line, kind of partner]`; NaN where there is none."""
        kinds = state.row[self.first]
        found = self._settled(state, kinds, self.ordinary)
        others = state.row[self.other]
        apart = np.flatnonzero(others != kinds[self.owner])
        if apart.size:
            owner = self.owner[apart]
            second = self._settled(state, others[apart], self.ordinary[owner])
            where, column = np.nonzero(~(np.abs(second - found[owner]) <= ALIKE))
            found[owner[where], column] = np.nan
        return found

    def _settled(self, state: _State, kinds: Index, ordinary: Array) -> Array:
        """As the register has it, NaN where something that is not held decides."""
        found = _values([[one[0] for one in row] for row in state.ways], kinds, ordinary)
        for row, columns in enumerate(state.freed):
            for column, forms in enumerate(columns):
                if len(forms) == 1 and not state.raised[row][column]:
                    continue
                here = np.flatnonzero(kinds == row)
                each = [_values([[form]], np.zeros_like(here), ordinary[here])[:, 0] for form in forms]
                spread = np.max(each, axis=0) - np.min(each, axis=0)
                unsettled = here if state.raised[row][column] else here[~(spread <= ALIKE)]
                found[unsettled, column] = np.nan
        return found

    def most(self, state: _State) -> Array:
        """The highest of the parts of each line, as the register has it: `[line, kind of partner]`."""
        forms = [[one[0] for one in row] for row in state.ways]
        found = _values(forms, state.row[self.first], self.ordinary)
        np.maximum.at(found, self.owner, _values(forms, state.row[self.other], self.ordinary[self.owner]))
        return found

    def bounds(self, state: _State) -> tuple[Array, Array, Array]:
        """Rates, least and most `[line, kind of partner]`."""
        kinds, others = state.row[self.first], state.row[self.other]
        low, high = self._ends(state, kinds, self.ordinary)
        least, most = self._ends(state, others, self.ordinary[self.owner])
        np.minimum.at(low, self.owner, least)
        np.maximum.at(high, self.owner, most)
        return self.narrow(state), low, high

    def _ends(self, state: _State, kinds: Index, ordinary: Array) -> tuple[Array, Array]:
        deepest = max(len(one) for row in state.ways for one in row)
        low = high = None
        for depth in range(deepest):
            forms = [[one[min(depth, len(one) - 1)] for one in row] for row in state.ways]
            values = _values(forms, kinds, ordinary)
            low = values if low is None else np.minimum(low, values)
            high = values if high is None else np.maximum(high, values)
        assert low is not None  # noqa: S101 - there is always the way that the register has it
        assert high is not None  # noqa: S101
        raised = np.array(state.raised, bool)[kinds]
        return low, np.where(raised, np.float32(np.inf), high)


def _values(forms: list[list[_Form]], kinds: Index, ordinary: Array) -> Array:
    """What forms `[kind, column]` make of ordinary duties: `[line, column]`."""
    flat = np.array([[one.flat for one in row] for row in forms], np.float32)
    found = flat[kinds]
    paid = _paid(forms, kinds, ordinary)
    found += ordinary[:, None] if paid is None else paid
    deepest = max((len(one.floors) for row in forms for one in row), default=0)
    for depth in range(deepest):
        pairs = np.array(
            [
                [one.floors[depth] if depth < len(one.floors) else (0.0, 0.0, False) for one in row]
                for row in forms
            ],
            np.float32,
        )
        topped: Mask = np.any(pairs[:, :, 0] > 0, axis=1)
        hit = np.flatnonzero(topped[kinds])
        weight, level, on_paid = (pairs[kinds[hit], :, column] for column in range(3))
        topped_up = ordinary[hit, None]
        if paid is not None:
            topped_up = np.where(on_paid > 0, paid[hit], topped_up)
        found[hit] += weight * np.maximum(level - topped_up, np.float32(0.0))
    return found


def _paid(forms: list[list[_Form]], kinds: Index, ordinary: Array) -> Array | None:
    """What concessions leave of ordinary duties `[line, column]`; None where there is none."""
    deepest = max((len(one.cuts) for row in forms for one in row), default=0)
    if not deepest:
        return None
    paid = np.broadcast_to(ordinary[:, None], (len(kinds), len(forms[0]))).copy()
    for depth in range(deepest):
        pairs = np.array(
            [[one.cuts[depth] if depth < len(one.cuts) else (1.0, 0.0) for one in row] for row in forms],
            np.float32,
        )
        keeps, bound = pairs[kinds, :, 0], pairs[kinds, :, 1]
        with np.errstate(invalid="ignore"):  # nothing of an unbounded duty is nothing
            kept = np.where(keeps > 0, keeps * ordinary[:, None], np.float32(0.0))
        paid = np.minimum(paid, np.where(ordinary[:, None] > bound, kept + (1 - keeps) * bound, paid))
    return paid


class _States:
    """Makes the state of each day, and keeps what days share."""

    def __init__(self, table: _Table, partners: Sequence[str], every_way: bool) -> None:
        self._table, self._partners, self._every_way = table, partners, every_way
        self._headings = headings_of(table.register)
        self._covers: dict[str, Mask] = {}
        self._forms: dict[tuple[tuple[str, float, float], ...], _Form] = {}
        self._levels: dict[str, tuple[float | None, ...]] = {}

    def state(self, law: Sequence[Measure], missing: Sequence[int]) -> _State:
        """The law of a day, with the places of what the register does not hold and may matter."""
        table, left_out = self._table, self._table.register.not_covered
        priced = [measure for measure in law if measure.kind not in RATELESS]
        levels = [self._of_partners(measure) for measure in priced]
        columns, column = _distinct(
            [
                (
                    tuple(one[n] for one in levels),
                    tuple(bit for bit in missing if left_out[bit].concerns(table.importer, partner)),
                )
                for n, partner in enumerate(self._partners)
            ]
        )
        aimed = [
            {m.id: (m, level) for m, level in zip(priced, own, strict=True) if level is not None}
            for own, _other in columns
        ]
        rows, row = _distinct(self._kinds(priced, missing))
        places = [int(np.argmax(row == k)) for k in range(len(rows))]
        found: list[list[tuple[_Form, ...]]] = []
        freed: list[list[tuple[_Form, ...]]] = []
        raised: list[list[bool]] = []
        for place in places:
            covered = [measure.id for measure in priced if self._mask(measure)[place]]
            at = [bit for bit in missing if table.groups[place].touched(bit)]
            meeting = [[left_out[bit] for bit in at if bit in concerned] for _other, concerned in columns]
            raised.append([any(omission.raises for omission in one) for one in meeting])
            freed.append([self._freed(one, covered, left) for one, left in zip(aimed, meeting, strict=True)])
            found.append(
                [
                    self._ways([*one.values()], forms, table.groups[place], left)
                    for one, forms, left in zip(aimed, freed[-1], meeting, strict=True)
                ]
                if self._every_way
                else freed[-1]
            )
        return _State(row, column, found, freed, raised)

    def _of_partners(self, measure: Measure) -> tuple[float | None, ...]:
        """The level of a measure for each partner."""
        if measure.id not in self._levels:
            self._levels[measure.id] = tuple(_level(measure, partner) for partner in self._partners)
        return self._levels[measure.id]

    def _kinds(self, priced: Sequence[Measure], missing: Sequence[int]) -> list[tuple[bytes, Bits, Bits]]:
        """Of each signature: measures that cover it, what is not held and may touch it, and, where all ways are
        asked for, all headings that hold it.
        """
        groups = self._table.groups
        masks = np.array([self._mask(measure) for measure in priced], bool).reshape(len(priced), len(groups))
        covered = np.ascontiguousarray(np.packbits(masks, axis=0).T)
        untold = sum(1 << bit for bit in missing)
        deciding = self._deciding(priced) if self._every_way else []
        kinds: list[tuple[bytes, Bits, Bits]] = []
        for row, group in zip(covered, groups, strict=True):
            relevant = 0
            for doubted, own in deciding:
                if group.inside & doubted:
                    relevant |= own
            kinds.append((row.tobytes(), group.inside >> group.left_out & untold, group.inside & relevant))
        return kinds

    def _deciding(self, priced: Sequence[Measure]) -> list[tuple[Bits, Bits]]:
        """Of each measure its headings that were not read in full, and all its headings."""
        bits = self._table.groups[0].bits if self._table.groups else {}
        found: list[tuple[Bits, Bits]] = []
        for measure in priced:
            keys = set(keys_of(measure))
            doubted = sum(1 << bits[key] for key in keys if not self._headings.exact(key))
            if doubted:
                found.append((doubted, sum(1 << bits[key] for key in keys)))
        return found

    def _mask(self, measure: Measure) -> Mask:
        """Which signatures a measure covers."""
        if measure.id not in self._covers:
            covers = (cover(measure, NO_FACTS, one, self._headings) for one in self._table.groups)
            self._covers[measure.id] = np.array([one is not None and one.applies for one in covers], bool)
        return self._covers[measure.id]

    def _ways(
        self,
        aimed: Sequence[tuple[Measure, float]],
        freed: tuple[_Form, ...],
        group: _Signature,
        omissions: Sequence[Omission],
    ) -> tuple[_Form, ...]:
        order = self._table.register.order
        frees = [one for one in omissions if one.excludes]
        found = (
            _Form.of(pile(way, aimed, order, {}))
            for way in ways([m for m, _other in aimed], NO_FACTS, group, self._headings, frees)
        )
        return tuple(dict.fromkeys((freed[0], *found)))

    def _freed(
        self,
        aimed: Mapping[str, tuple[Measure, float]],
        covered: Sequence[str],
        omissions: Sequence[Omission],
    ) -> tuple[_Form, ...]:
        stands = [aimed[name] for name in covered if name in aimed]
        plain = self._form(stands)
        frees = [one for one in omissions if one.excludes]
        if not frees:
            return (plain,)
        applied = Way(frozenset(m.id for m, _other in stands))
        forms = (
            self._form([pair for pair in stands if pair[0].id in way.applied])
            for way in freed_ways(applied, [m for m, _other in stands], frees)
        )
        return tuple(dict.fromkeys((plain, *forms)))

    def _form(self, pairs: Sequence[tuple[Measure, float]]) -> _Form:
        key = tuple((measure.id, level, measure.reached) for measure, level in pairs)
        if key not in self._forms:
            untold = stack(pairs, self._table.register.order, lambda measure: measure.taxed_given({}))
            self._forms[key] = _Form.of(untold)
        return self._forms[key]


def _level(measure: Measure, partner: str) -> float | None:
    found = measure.level_on(partner, in_quota=False)
    if found is not None and measure.unit != "percent":
        raise InputError(
            Problem(
                _("{title} is a specific duty and needs unit values", title=measure.title),
                _("ask line by line"),
            )
        )
    return None if found is None else found / 100


def _distinct(items: Sequence[Item]) -> tuple[list[Item], Index]:
    """Distinct items in order, and the place of each item among them."""
    places = {item: place for place, item in enumerate(dict.fromkeys(items))}
    return list(places), np.array([places[item] for item in items], np.intp)


@dataclass(frozen=True)
class _Signature:
    """Headings that hold the goods of a part."""

    inside: Bits
    bits: dict[Key, int]
    left_out: int
    """Place of the bit of the first thing that the register does not hold."""

    def holds(self, key: Key) -> bool:
        """See `kosho.law.headings.Places`."""
        return bool(self.inside >> self.bits[key] & 1)

    def without(self, absent: frozenset[Key]) -> _Signature:
        """See `kosho.law.headings.Places`."""
        off = sum(1 << self.bits[key] for key in absent)
        return _Signature(self.inside & ~off, self.bits, self.left_out)

    def touched(self, omission: int) -> bool:
        """Whether what the register does not hold may touch them."""
        return bool(self.inside >> (self.left_out + omission) & 1)


class _Prefixes:
    """For each prefix the headings that it takes in, leaves out, or is wider than: a code is answered by as
    many look-ups as it has prefixes.
    """

    def __init__(self) -> None:
        self.holds: dict[str, Bits] = {}
        self.drops: dict[str, Bits] = {}
        self.wider: dict[str, Bits] = {}

    def add(self, bit: int, prefixes: Sequence[str], without: Sequence[str]) -> None:
        for kept, given in ((self.holds, prefixes), (self.drops, without)):
            for prefix in given:
                kept[prefix] = kept.get(prefix, 0) | 1 << bit
                for end in range(2, len(prefix)):
                    self.wider[prefix[:end]] = self.wider.get(prefix[:end], 0) | 1 << bit

    def inside(self, code: str) -> Bits:
        """Headings that hold all of a code, but for what longer ones say."""
        held = dropped = 0
        for end in range(2, len(code) + 1, 2):
            held |= self.holds.get(code[:end], 0)
            dropped |= self.drops.get(code[:end], 0)
        return held & ~dropped

    @cached_property
    def named(self) -> list[str]:
        """All prefixes, in order."""
        return sorted({*self.holds, *self.drops})

    def under(self, code: str) -> list[str]:
        """Those that are longer than a code."""
        return below(code, self.named)


def _signatures(
    register: Register, importer: str, codes: Sequence[str]
) -> tuple[list[_Signature], Index, Index, Index]:
    """Distinct ways in which parts lie to headings; that of one part of each code; codes with more, and
    these.
    """
    headings = headings_of(register)
    bits: dict[Key, int] = {}
    prefixes = _Prefixes()
    for measure in register.measures:
        if measure.imposed_by(importer):
            for key in keys_of(measure):
                if key not in bits:
                    bits[key] = len(bits)
                    prefixes.add(bits[key], *headings.of(key))
    for k, one in enumerate(register.not_covered):
        if one.decides and one.of(importer):
            prefixes.add(len(bits) + k, one.prefixes, ())
    places: dict[Bits, int] = {}
    first: list[int] = []
    owner: list[int] = []
    other: list[int] = []
    for k, code in enumerate(codes):
        if code in prefixes.wider:
            found = dict.fromkeys(
                prefixes.inside(part.code)
                for part in parts(code, prefixes.under(code), shipped_lines(importer, code))
            )
        else:
            found = (prefixes.inside(code),)
        mine = [places.setdefault(inside, len(places)) for inside in found]
        first.append(mine[0])
        owner += [k] * (len(mine) - 1)
        other += mine[1:]
    groups = [_Signature(inside, bits, len(bits)) for inside in places]
    return groups, np.array(first, np.intp), np.array(owner, np.intp), np.array(other, np.intp)
