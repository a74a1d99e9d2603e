"""What a stack of measures makes of ordinary duties, for whole columns of them: a sum, floors, concessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.arrays import Index, Mask
from kosho.law.stacking import Applied, Stack

__all__ = ["Array", "Form", "paid_under"]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Form:
    """What a stack makes of an ordinary duty: what concessions leave of it, a sum, and tops up to floors."""

    flat: float
    floors: tuple[tuple[float, float, bool], ...]
    """Weight and level of each, and whether it tops up what concessions leave."""
    cuts: tuple[tuple[float, float], ...] = ()
    """Of each concession the share of the duty that it leaves, and the bound that it moves the duty towards by
    the rest: nothing for a cut."""

    @staticmethod
    def of(one: Stack) -> Form:
        """That of a stack."""
        floors = ((item.weight, item.level, item.measure.floor_base == "claimed") for item in one.floors)
        flat = sum(item.weight * item.level for item in one.added)
        return Form(flat, tuple(floors), tuple(map(_cut, one.concessions)))


def _cut(one: Applied) -> tuple[float, float]:
    share = one.weight * one.measure.reached
    return (1.0 - share * one.level, 0.0) if one.measure.kind == "cut" else (1.0 - share, one.level)


def paid_under(forms: list[list[Form]], kinds: Index, ordinary: Array) -> Array:
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


def _paid(forms: list[list[Form]], kinds: Index, ordinary: Array) -> Array | None:
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
