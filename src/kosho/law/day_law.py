"""The law of a day, put together once for each kind of part and of partner that occur."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np

from kosho.arrays import Index, Mask
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.forms import Form
from kosho.law.headings import cover, keys_of
from kosho.law.measure import Measure
from kosho.law.measure_file import Omission
from kosho.law.possible_rates import Way, freed_ways, headings_of, pile, ways
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
    """By kind of part and of partner: as the register has it; then, where asked or something that is not held
    may touch them, every other way in which the open points may stand."""
    freed: list[list[tuple[Form, ...]]]
    """As the register has it, and freed by lists that it does not hold; one where there is none."""
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
        *,
        every_way: bool,
    ) -> None:
        self._register, self._importer, self._groups = register, importer, groups
        self._partners, self._facts, self._every_way = partners, facts, every_way
        self._headings = headings_of(register)
        self._covers: dict[str, Mask] = {}
        self._forms: dict[tuple[int, ...], Form] = {}
        self._numbers: dict[tuple[str, float, float], int] = {}
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
        rows, row = _distinct(self._kinds(priced, masks, missing))
        places = [int(np.argmax(row == k)) for k in range(len(rows))]
        found: list[list[tuple[Form, ...]]] = []
        freed: list[list[tuple[Form, ...]]] = []
        raised: list[list[float]] = []
        for place in places:
            covered = np.flatnonzero(masks[:, place]).tolist()
            at = [bit for bit in missing if self._groups[place].touched(bit)]
            meeting = [[left_out[bit] for bit in at if bit in concerned] for _other, concerned in columns]
            raised.append([max((omission.raised_to for omission in one), default=-inf) for one in meeting])
            freed.append([self._freed(one, covered, left) for one, left in zip(aimed, meeting, strict=True)])
            found.append(
                [
                    self._ways([layer for layer in one if layer], forms, self._groups[place], left)
                    for one, forms, left in zip(aimed, freed[-1], meeting, strict=True)
                ]
                if self._every_way
                else freed[-1]
            )
        return DayLaw(row, column, found, freed, raised)

    def _of_partners(self, measure: Measure) -> tuple[float | None, ...]:
        """The level of a measure for each partner."""
        if measure.id not in self._levels:
            self._levels[measure.id] = tuple(_level(measure, partner) for partner in self._partners)
        return self._levels[measure.id]

    def _layer(self, measure: Measure, level: float, reached: float) -> _Layer:
        number = self._numbers.setdefault((measure.id, level, reached), len(self._numbers))
        return _Layer(number, measure, level)

    def _masks(self, priced: Sequence[Measure]) -> Mask:
        """Which signatures each measure covers `[measure, signature]`."""
        masks = [self._mask(measure) for measure in priced]
        return np.array(masks, bool).reshape(len(priced), len(self._groups))

    def _kinds(
        self, priced: Sequence[Measure], masks: Mask, missing: Sequence[int]
    ) -> list[tuple[bytes, Bits, Bits]]:
        """Of each signature: measures that cover it, what is not held and may touch it, and, where all ways are
        asked for, all headings that hold it.
        """
        groups = self._groups
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
        bits = self._groups[0].bits if self._groups else {}
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
            groups = self._groups
            own = sum(1 << groups[0].bits[key] for key in set(keys_of(measure))) if groups else 0
            alike: dict[Bits, bool] = {}
            for one in groups:
                if one.inside & own not in alike:
                    found = cover(measure, self._facts, one, self._headings)
                    alike[one.inside & own] = found is not None and found.applies
            self._covers[measure.id] = np.array([alike[one.inside & own] for one in groups], bool)
        return self._covers[measure.id]

    def _ways(
        self,
        aimed: Sequence[_Layer],
        freed: tuple[Form, ...],
        group: Signature,
        omissions: Sequence[Omission],
    ) -> tuple[Form, ...]:
        order = self._register.order
        frees = [one for one in omissions if one.excludes]
        found = (
            Form.of(pile(way, [(one.measure, one.level) for one in aimed], order, {}))
            for way in ways([one.measure for one in aimed], self._facts, group, self._headings, frees)
        )
        return tuple(dict.fromkeys((freed[0], *found)))

    def _freed(
        self, aimed: Sequence[_Layer | None], covered: Sequence[int], omissions: Sequence[Omission]
    ) -> tuple[Form, ...]:
        stands = [layer for place in covered if (layer := aimed[place]) is not None]
        plain = self._form(stands)
        frees = [one for one in omissions if one.excludes]
        if not frees:
            return (plain,)
        applied = Way(frozenset(one.measure.id for one in stands))
        forms = (
            self._form([one for one in stands if one.measure.id in way.applied])
            for way in freed_ways(applied, [one.measure for one in stands], frees)
        )
        return tuple(dict.fromkeys((plain, *forms)))

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
