"""The law of a day, put together once for each kind of part and of partner that occur."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np

from kosho.arrays import Index, Mask
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.forms import Form
from kosho.law.headings import Key, cover, keys_of
from kosho.law.measure import Measure
from kosho.law.measure_file import Omission
from kosho.law.possible_rates import Way, headings_of, pile, ways
from kosho.law.query import Facts
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.signatures import Bits, Signature
from kosho.law.stacking import stack

__all__ = ["DayLaw", "DayLaws"]

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class DayLaw:
    """The law on a day: what is stacked for each kind of part and of partner."""

    row: Index
    """Kind of part of each signature of parts."""
    column: Index
    """Kind of partner of each partner."""
    ways: list[list[tuple[Form, ...]]]
    """By kind of part and of partner: as the register has it; then every other way in which the open points may
    stand."""
    raised: list[list[float]]
    """Up to what something that it does not hold may raise the ordinary duty, a fraction; below any where
    nothing does."""


class DayLaws:
    """Makes the state of each day, and keeps what days share."""

    def __init__(
        self,
        register: Register,
        importer: str,
        groups: Sequence[Signature],
        partners: Sequence[str],
        facts: Facts,
    ) -> None:
        self._register, self._importer, self._groups = register, importer, groups
        self._partners, self._facts = partners, facts
        self._headings = headings_of(register)
        self._covers: dict[str, Mask] = {}
        self._doubts: dict[str, Index | None] = {}
        self._open: dict[tuple[tuple[int, ...], Bits, tuple[int, ...]], tuple[Form, ...]] = {}
        self._forms: dict[tuple[int, ...], Form] = {}
        self._numbers: dict[tuple[str, float, float], int] = {}
        self._layers: dict[int, _Layer] = {}
        self._levels: dict[str, tuple[float | None, ...]] = {}

    def state(self, law: Sequence[Measure], missing: Sequence[int]) -> DayLaw:
        """The law of a day, with the places of what the register does not hold and may matter."""
        left_out = self._register.not_covered
        priced = [measure for measure in law if measure.kind not in RATELESS]
        levels = [self._of_partners(measure) for measure in priced]
        columns, column = _distinct(
            [
                (
                    tuple(one[n] for one in levels),
                    tuple(bit for bit in missing if left_out[bit].concerns(self._importer, partner)),
                )
                for n, partner in enumerate(self._partners)
            ]
        )
        reached = [measure.reached for measure in priced]
        aimed = [
            [
                None if level is None else self._layer(m, level, done)
                for m, level, done in zip(priced, own, reached, strict=True)
            ]
            for own, _other in columns
        ]
        masks = self._masks(priced)
        doubts = [self._doubt(measure) for measure in priced]
        rows, row = _distinct(self._kinds(masks, [one for one in doubts if one is not None], missing))
        places = [int(np.argmax(row == k)) for k in range(len(rows))]
        found: list[list[tuple[Form, ...]]] = []
        raised: list[list[float]] = []
        for place in places:
            covered = np.flatnonzero(masks[:, place]).tolist()
            at = [bit for bit in missing if self._groups[place].touched(bit)]
            meeting = [[left_out[bit] for bit in at if bit in concerned] for _other, concerned in columns]
            raised.append([max((omission.raised_to for omission in one), default=-inf) for one in meeting])
            open_ = [at for at, one in enumerate(doubts) if one is not None and one[place]]
            found.append(
                [
                    self._ways_of(one, covered, open_, place, left)
                    for one, left in zip(aimed, meeting, strict=True)
                ]
            )
        return DayLaw(row, column, found, raised)

    def _of_partners(self, measure: Measure) -> tuple[float | None, ...]:
        """The level of a measure for each partner."""
        if measure.id not in self._levels:
            self._levels[measure.id] = tuple(_level(measure, partner) for partner in self._partners)
        return self._levels[measure.id]

    def _layer(self, measure: Measure, level: float, reached: float) -> _Layer:
        number = self._numbers.setdefault((measure.id, level, reached), len(self._numbers))
        if number not in self._layers:
            self._layers[number] = _Layer(number, measure, level, self._bits(keys_of(measure)))
        return self._layers[number]

    def _masks(self, priced: Sequence[Measure]) -> Mask:
        """Which signatures each measure covers `[measure, signature]`."""
        masks = [self._mask(measure) for measure in priced]
        return np.array(masks, bool).reshape(len(priced), len(self._groups))

    def _kinds(
        self, masks: Mask, doubts: Sequence[Index], missing: Sequence[int]
    ) -> list[tuple[bytes, bytes, Bits]]:
        """Of each signature: measures that cover it, headings of those that a list in doubt may decide on, and
        what is not held and may touch it.
        """
        covered = np.ascontiguousarray(np.packbits(masks, axis=0).T)
        open_ = np.array(doubts, np.intp).reshape(len(doubts), len(self._groups)).T
        untold = sum(1 << bit for bit in missing)
        return [
            (row.tobytes(), doubted.tobytes(), group.inside >> group.left_out & untold)
            for row, doubted, group in zip(covered, np.ascontiguousarray(open_), self._groups, strict=True)
        ]

    def _doubt(self, measure: Measure) -> Index | None:
        """Of each signature which headings of a measure hold it, by number, where one that was not read in full
        does; 0 elsewhere, None where that is everywhere.
        """
        if measure.id not in self._doubts:
            open_ = [key for key in keys_of(measure) if self._headings.in_doubt(key, self._facts)]
            own, doubted = self._bits(keys_of(measure)), self._bits(open_)
            numbers: dict[Bits, int] = {0: 0}
            found = [
                numbers.setdefault(group.inside & own if group.inside & doubted else 0, len(numbers))
                for group in (self._groups if doubted else ())
            ]
            self._doubts[measure.id] = np.array(found, np.intp) if any(found) else None
        return self._doubts[measure.id]

    def _bits(self, keys: Iterable[Key]) -> Bits:
        """Of headings."""
        bits = self._groups[0].bits if self._groups else {}
        return sum(1 << bits[key] for key in set(keys)) if bits else 0

    def _mask(self, measure: Measure) -> Mask:
        """Which signatures a measure covers."""
        if measure.id not in self._covers:
            groups = self._groups
            own = self._bits(keys_of(measure))
            alike: dict[Bits, bool] = {}
            for one in groups:
                if one.inside & own not in alike:
                    found = cover(measure, self._facts, one, self._headings)
                    alike[one.inside & own] = found is not None and found.applies
            self._covers[measure.id] = np.array([alike[one.inside & own] for one in groups], bool)
        return self._covers[measure.id]

    def _ways_of(
        self,
        aimed: Sequence[_Layer | None],
        covered: Sequence[int],
        open_: Sequence[int],
        place: int,
        omissions: Sequence[Omission],
    ) -> tuple[Form, ...]:
        """What is stacked as the register has it, then in every other way.

        Args:
            aimed: What each measure is for a kind of partner.
            covered: Places of the measures that cover the goods, in order.
            open_: Places of those whose headings in doubt hold them.
            place: Of the signature of the goods.
            omissions: What is not held and may touch them.
        """
        plain = [layer for at in covered if (layer := aimed[at]) is not None]
        frees = [one for one in omissions if one.excludes]
        if not frees and not any(aimed[at] for at in open_):
            return (self._form(plain),)
        # Nothing else can become part of it.
        reaching = [layer for at in sorted({*covered, *open_}) if (layer := aimed[at]) is not None]
        group = self._groups[place]
        own = 0
        for one in reaching:
            own |= one.own
        key = tuple([one.number for one in reaching]), group.inside & own, tuple(map(id, frees))
        if key not in self._open:
            others: list[Form] = []
            for way in ways([one.measure for one in reaching], self._facts, group, self._headings, frees):
                stands = [one for one in reaching if one.measure.id in way.applied]
                others.append(self._form(stands) if way.exclusive else self._all_of(way, stands))
            self._open[key] = tuple(dict.fromkeys((self._form(plain), *others)))
        return self._open[key]

    def _all_of(self, way: Way, stands: Sequence[_Layer]) -> Form:
        pairs = [(one.measure, one.level) for one in stands]
        return Form.of(pile(way, pairs, self._register.order, {}))

    def _form(self, stands: Sequence[_Layer]) -> Form:
        key = tuple([one.number for one in stands])
        found = self._forms.get(key)
        if found is None:
            pairs = [(one.measure, one.level) for one in stands]
            untold = stack(pairs, self._register.order, lambda measure: measure.taxed_given({}))
            found = self._forms[key] = Form.of(untold)
        return found


class _Layer(NamedTuple):
    """A measure at the level that it has for a partner, and its number among all such."""

    number: int
    measure: Measure
    level: float
    own: Bits
    """All headings of the measure."""


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
