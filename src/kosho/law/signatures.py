"""Parts of lines that lie alike to every list of headings: one signature each, found by prefixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from kosho.arrays import Index
from kosho.law.headings import Key, keys_of
from kosho.law.nomenclature import shipped_lines
from kosho.law.parts import below, parts
from kosho.law.possible_rates import headings_of
from kosho.law.register import Register

__all__ = ["Bits", "Signature", "signatures"]

Bits = int
"""Headings that hold a part, one bit each."""


@dataclass(frozen=True)
class Signature:
    """Headings that hold the goods of a part."""

    inside: Bits
    bits: Mapping[Key, int]
    left_out: int
    """Place of the bit of the first thing that the register does not hold."""

    def holds(self, key: Key) -> bool:
        """See `kosho.law.headings.Places`."""
        return bool(self.inside >> self.bits[key] & 1)

    def without(self, absent: frozenset[Key]) -> Signature:
        """See `kosho.law.headings.Places`."""
        off = sum(1 << self.bits[key] for key in absent)
        return Signature(self.inside & ~off, self.bits, self.left_out)

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


def signatures(
    register: Register, importer: str, codes: Sequence[str]
) -> tuple[list[Signature], Index, Index, Index]:
    """Distinct ways in which parts lie to headings; that of one part of each code; codes with more, and
    these.
    """
    bits, prefixes = _prefixes(register, importer)
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
    groups = [Signature(inside, bits, len(bits)) for inside in places]
    return groups, np.array(first, np.intp), np.array(owner, np.intp), np.array(other, np.intp)


@lru_cache(maxsize=8)
def _prefixes(register: Register, importer: str) -> tuple[Mapping[Key, int], _Prefixes]:
    """The bit of each headings that a measure of an importer names, and all prefixes with their bits."""
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
    return bits, prefixes
