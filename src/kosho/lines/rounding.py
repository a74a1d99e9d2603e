"""How an agreement rounds the rates of a staging: which way, and to how many places, by kind of rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal, get_args

from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["Rounding", "RoundingMode"]

RoundingMode = Literal["nearest", "down", "nearest-half-down"]
"""`nearest`: a half goes up. `down`: what is beyond the last place is cut off. `nearest-half-down`: exactly one
half goes down (EU-Albania 2006)."""


@dataclass(frozen=True, slots=True)
class Rounding(Shown):
    """To `places` decimals of a percent, or of a unit of money.

    >>> from fractions import Fraction
    >>> from kosho.lines import Rounding
    >>> half = Fraction("13.15")
    >>> [str(Rounding(mode, 1).of(half)) for mode in ("down", "nearest", "nearest-half-down")]
    ['13.1', '13.2', '13.1']
    """

    mode: RoundingMode
    places: int

    def __post_init__(self) -> None:
        if self.mode not in get_args(RoundingMode):
            hint = _("one of {names}", names=", ".join(get_args(RoundingMode)))
            raise InputError(Problem(_("unknown mode {mode!r}", mode=self.mode), hint, key="mode"))
        if not 0 <= self.places <= 9:
            raise InputError(Problem(_("{places} places", places=self.places), _("0 to 9"), key="places"))

    def of(self, exact: Fraction) -> Decimal:
        """The exact rate, rounded; halves are halves, as fractions are not binary."""
        scaled = abs(exact) * 10**self.places
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        twice = 2 * rest - scaled.denominator
        up = (twice >= 0 if self.mode == "nearest" else twice > 0) and self.mode != "down"
        with localcontext() as context:
            context.prec = 60
            found = Decimal(whole + up).scaleb(-self.places)
        return -found if exact < 0 else found
