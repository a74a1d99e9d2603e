"""Numbers with as many digits as two machines agree on, and intervals of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from kosho.language import _
from kosho.provenance import Frozen

__all__ = ["Interval", "Number"]

DIGITS = 6
"""Significant digits kept: more than are true, and few enough that a run on another day or another number of
threads, which differs in the twelfth, gives the same brief."""


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


Number = Annotated[float, AfterValidator(_rounded)]


class Interval(Frozen):
    """From `low` to `high`."""

    low: Number
    high: Number

    def text(self, how: Callable[[float], str]) -> str:
        """Both ends in words.

        >>> Interval(low=-0.5, high=2.0).text(lambda x: f"{x:+.1f}")
        '-0.5 to +2.0'
        """
        return _("{how} to {how_2}", how=how(self.low), how_2=how(self.high))
