"""Rates of whole schedules at once: all lines, partners and days.

Lines that lie alike to every list of headings share a signature, partners that every measure in force treats
alike another. One stack is put together for each pair of signatures that occurs; what remains is a gather and,
for floors, a maximum against the ordinary duty.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kosho.arrays import Index, Mask
from kosho.errors import InputError, Problem
from kosho.law.edition_scope import in_edition
from kosho.law.headings import Place, Where, cover
from kosho.law.measure import Measure
from kosho.law.query import CODE_HINT, NO_FACTS, is_code
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.stacking import Stack, stack

__all__ = ["added_as_listed", "rates"]

Array = NDArray[np.float32]
Key = tuple[Where, str]
Item = TypeVar("Item", bound=Hashable)


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
        Fractions `[date, line, partner]` in single precision; a product that is prohibited has the rate it
        would pay. Four bytes a cell: 13,000 lines from 80 partners on 40 days are 166 MB.

    Raises:
        InputError: a code is none, or a measure in force is a specific duty, which needs unit values.

    >>> from datetime import date
    >>> from kosho.law import Register, rates
    >>> lines, days = [("8703.23.01", 0.025), ("0901.11.00", 0.0)], [date(2025, 3, 1), date(2025, 6, 1)]
    >>> found = rates(Register.load(), "USA", lines, ["JPN", "BRA"], days)
    >>> found.shape, found[:, 0, 0].round(3)
    ((2, 2, 2), array([0.025, 0.275], dtype=float32))
    """
    codes = [code.replace(".", "") for code, _ in lines]
    for code in codes:
        if not is_code(code):
            raise InputError(Problem(f"{code!r} is not an HS code", CODE_HINT))
    ordinary = np.array([duty for _, duty in lines], np.float32)
    result = np.empty((len(dates), len(codes), len(partners)), np.float32)
    scoped = [in_edition(register, importer, day) for day in dates]
    for one in dict.fromkeys(scoped):
        days = [k for k, other in enumerate(scoped) if other is one]
        if len(days) == len(dates):
            _as_listed(one, _Asked(importer, codes, ordinary, partners, dates, known), result)
        else:
            some = np.empty((len(days), len(codes), len(partners)), np.float32)
            asked = _Asked(importer, codes, ordinary, partners, [dates[k] for k in days], known)
            _as_listed(one, asked, some)
            result[days] = some
    return result


@dataclass(frozen=True)
class _Asked:
    """What rates are asked of."""

    importer: str
    codes: Sequence[str]
    ordinary: Array
    partners: Sequence[str]
    dates: Sequence[date]
    known: date | None


def added_as_listed(register: Register, importer: str, codes: Sequence[str], exporter: str, on: date) -> Array:
    """What measures add to the duty of each line, a fraction, by the lists of the register alone."""
    asked = _Asked(importer, codes, np.zeros(len(codes), np.float32), [exporter], [on], None)
    result = np.empty((1, len(codes), 1), np.float32)
    _as_listed(register, asked, result)
    return result[0, :, 0]


def _as_listed(register: Register, asked: _Asked, result: Array) -> None:
    """Rates `[date, line, partner]` by the lists of the register, whatever edition is in force."""
    groups, of_line = _signatures(register, asked.codes)
    covering = _Covering(register, groups)
    states: dict[tuple[str, ...], int] = {}
    stacks: dict[tuple[tuple[str, float], ...], Stack] = {}
    for k, day in enumerate(asked.dates):
        law = [measure for measure in register.in_force(day, asked.known) if measure.imposed_by(asked.importer)]
        state = tuple(measure.id for measure in law)
        if state in states:
            result[k] = result[states[state]]
            continue
        states[state] = k
        _fill(result[k], asked.ordinary, of_line, _state(register, law, asked.partners, covering, stacks))


@dataclass(frozen=True)
class _State:
    """The law on a day: stacks for each signature of lines and of partners."""

    row: Index
    """Kind of line of each signature of lines."""
    column: Index
    """Kind of partner of each partner."""
    stacks: list[list[Stack]]
    """By kind of line and kind of partner."""


def _fill(out: Array, ordinary: Array, of_line: Index, state: _State) -> None:
    """Rates `[line, partner]` of one day."""
    kind = state.row[of_line]
    flat = np.array([[_flat(one) for one in row] for row in state.stacks], np.float32)
    narrow = flat[kind]
    narrow += ordinary[:, None]
    floors = [[_floors(one) for one in row] for row in state.stacks]
    deepest = max((len(one) for row in floors for one in row), default=0)
    for depth in range(deepest):
        pairs = np.array(
            [[one[depth] if depth < len(one) else (0.0, 0.0) for one in row] for row in floors], np.float32
        )
        topped: Mask = np.any(pairs[:, :, 0] > 0, axis=1)
        hit = np.flatnonzero(topped[kind])
        weight, level = pairs[kind[hit], :, 0], pairs[kind[hit], :, 1]
        narrow[hit] += weight * np.maximum(level - ordinary[hit, None], np.float32(0.0))
    np.take(narrow, state.column, axis=1, out=out, mode="clip")  # other modes buffer


def _flat(pile: Stack) -> float:
    return sum(item.weight * item.level for item in pile.applied if item.measure.kind != "floor")


def _floors(pile: Stack) -> list[tuple[float, float]]:
    return [(item.weight, item.level) for item in pile.applied if item.measure.kind == "floor"]


def _state(
    register: Register,
    law: Sequence[Measure],
    partners: Sequence[str],
    covering: _Covering,
    stacks: dict[tuple[tuple[str, float], ...], Stack],
) -> _State:
    priced = [measure for measure in law if measure.kind not in RATELESS]
    columns, column = _distinct([tuple(_level(measure, partner) for measure in priced) for partner in partners])
    rows, row = _distinct(covering.masks(priced))
    table = [
        [
            _stack(
                register,
                [(m, level) for m, level in zip(priced, levels, strict=True) if m.id in covered],
                stacks,
            )
            for levels in columns
        ]
        for covered in rows
    ]
    return _State(row, column, table)


def _stack(
    register: Register,
    aimed: Sequence[tuple[Measure, float | None]],
    stacks: dict[tuple[tuple[str, float], ...], Stack],
) -> Stack:
    pairs = [(measure, level) for measure, level in aimed if level is not None]
    key = tuple((measure.id, level) for measure, level in pairs)
    if key not in stacks:
        stacks[key] = stack(pairs, register.order, _share)
    return stacks[key]


def _share(measure: Measure) -> float:
    return 1.0 if measure.value_share is None else measure.value_share.given({})


def _level(measure: Measure, partner: str) -> float | None:
    found = measure.level_on(partner, in_quota=False)
    if found is not None and measure.unit != "percent":
        raise InputError(
            Problem(f"{measure.title} is a specific duty and needs unit values", "ask line by line")
        )
    return None if found is None else found / 100


def _distinct(items: Sequence[Item]) -> tuple[list[Item], Index]:
    """Distinct items in order, and the place of each item among them."""
    places = {item: place for place, item in enumerate(dict.fromkeys(items))}
    return list(places), np.array([places[item] for item in items], np.intp)


@dataclass(frozen=True)
class _Signature:
    """Where the lines of one signature lie to all headings."""

    inside: int
    partly: int
    bits: dict[Key, int]

    def at(self, where: Where, name: str) -> Place:
        """See `kosho.law.headings.Places`."""
        bit = 1 << self.bits[where, name]
        return Place.IN if self.inside & bit else Place.PART if self.partly & bit else Place.OUT


class _Covering:
    """Which measures cover which signature, found once a measure."""

    def __init__(self, register: Register, groups: Sequence[_Signature]) -> None:
        self._register, self._groups = register, groups
        self._found: dict[str, Mask] = {}

    def masks(self, measures: Sequence[Measure]) -> list[frozenset[str]]:
        """Ids of the measures that cover each signature."""
        columns = [(measure.id, self._of(measure)) for measure in measures]
        return [frozenset(name for name, column in columns if column[k]) for k in range(len(self._groups))]

    def _of(self, measure: Measure) -> Mask:
        if measure.id not in self._found:
            register = self._register
            covers = (cover(measure, NO_FACTS, one, register.lists, register.products) for one in self._groups)
            self._found[measure.id] = np.array([one is not None and one.applies for one in covers], bool)
        return self._found[measure.id]


def _headings(register: Register) -> Iterator[tuple[Key, tuple[str, ...], tuple[str, ...]]]:
    for name, item in register.lists.items():
        yield ("list", name), item.prefixes, item.without
    for name, group in register.products.groups.items():
        yield ("group", name), group.hs.prefixes, ()
    for name, scope in register.headings.items():
        yield ("measure", name), scope.prefixes, ()


def _signatures(register: Register, codes: Sequence[str]) -> tuple[list[_Signature], Index]:
    """Distinct ways in which codes lie to all headings, and that of each code.

    Each list of headings is a bit; a dictionary from prefixes to bits answers for a code in as many look-ups as
    it has prefixes.
    """
    bits: dict[Key, int] = {}
    holds: dict[str, int] = {}
    reaches: dict[str, int] = {}
    drops: dict[str, int] = {}
    nicks: dict[str, int] = {}
    for bit, (key, prefixes, without) in enumerate(_headings(register)):
        bits[key] = bit
        for whole, wider, given in ((holds, reaches, prefixes), (drops, nicks, without)):
            for prefix in given:
                whole[prefix] = whole.get(prefix, 0) | 1 << bit
                for end in range(2, len(prefix)):
                    wider[prefix[:end]] = wider.get(prefix[:end], 0) | 1 << bit
    found: list[tuple[int, int]] = []
    for code in codes:
        held = dropped = 0
        for end in range(2, len(code) + 1, 2):
            held |= holds.get(code[:end], 0)
            dropped |= drops.get(code[:end], 0)
        nicked = nicks.get(code, 0)
        partly = (held & nicked | reaches.get(code, 0) & ~held) & ~(held & dropped)
        found.append((held & ~dropped & ~nicked, partly))
    distinct, places = _distinct(found)
    return [_Signature(inside, partly, bits) for inside, partly in distinct], places
