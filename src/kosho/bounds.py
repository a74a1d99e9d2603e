"""What figures can plausibly be, the same at every door: files, options, arrays.

A tariff of 25 is 2,500 %; who writes it means 25 %. What lies outside these bounds is refused with what would
be right. Whoever means it can insist (`insist=True`, `--insist`, `insist:` with a reason in a file); what
cannot be at all is refused regardless, by the room that knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kosho.language import N_, _

if TYPE_CHECKING:
    from kosho.arrays import Array, Mask

__all__ = [
    "BASE_DUTY",
    "COST",
    "DAYS",
    "DISCOUNT",
    "DUTY",
    "FIRST_YEAR",
    "LARGEST",
    "LAST_YEAR",
    "PERCENT_DUTY",
    "THETA",
    "WEIGHT",
    "Bound",
    "like_a_fraction",
    "no_sign",
    "out_of_days",
    "out_of_years",
    "unit_of_rates",
]


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a figure lies unless somebody insists.

    >>> from kosho.bounds import DUTY
    >>> DUTY.broken(0.25), DUTY.broken(25.0)
    (None, '25 is 2,500 %, above 300 %: rates are fractions (0.25 for 25 %)')
    """

    low: float
    high: float
    words: str
    """How a figure outside is told, with `value`, `percent`, `low` and `high`."""
    below: str = ""
    """The same for one that is too low, where that means something else."""

    def broken(self, value: float) -> str | None:
        """What is wrong with a figure; None where it is inside, or no number."""
        if not (value < self.low or value > self.high):
            return None
        words = self.below if self.below and value < self.low else self.words
        return _(words).format(value=value, percent=100 * value, low=self.low, high=self.high)

    def outside(self, values: Array) -> Mask:
        """Which figures are outside; those that are no numbers are not."""
        return (values < self.low) | (values > self.high)


_FRACTION = N_("{value:g} is {percent:,.5g} %, above 300 %: rates are fractions (0.25 for 25 %)")
DUTY = Bound(0.0, 3.0, _FRACTION, N_("{value:g} is below zero: that pays buyers, a subsidy, no tariff"))
"""A new ad valorem rate, a fraction. In April 2025 China paid 1.45 on most goods."""
BASE_DUTY = Bound(0.0, 3.0, _FRACTION, N_("{value:g} is below zero: a base rate is a duty, zero or more"))
"""A rate of the base year on a sector's trade between two economies, a fraction."""
PERCENT_DUTY = Bound(
    0.0,
    1000.0,
    N_("{value:g} percent is above 1,000: no duty on goods is that high"),
    N_(
        "{value:g} percent is below zero: a tariff pays no buyers (a subsidy does), "
        "nor does it lower other duties"
    ),
)
"""A duty of a measure or an option, percent of customs value."""
THETA = Bound(0.01, 200.0, N_("{value:g} is outside {low:g} to {high:g}: no trade elasticity was found there"))
"""Estimates by sector go from 0.37 to 64.9 (Caliendo & Parro 2015); low sets scale them down."""
DISCOUNT = Bound(0.0, 100.0, N_("{value:g} is outside 0 to 100 percent a year"))
WEIGHT = Bound(0.0, 10.0, N_("{value:g} is outside 0 to 10: the excess over one at which a dollar is counted"))
COST = Bound(0.01, 100.0, N_("{value:g} is outside {low:g} to {high:g}: new over old trade cost"))
DAYS = Bound(0.0, 3650.0, N_("{value:g} days is more than ten years"))
LARGEST = 1e15
"""No figure that anything here counts is larger: world output is 2e14 USD a year, 3e16 yen."""
FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Years that somebody can mean."""

PERCENT_FROM, ONE_PLUS = 1.0, (1.0, 1.5)
NEARLY = 0.95


def like_a_fraction(percent: float) -> str | None:
    """What is wrong with a duty in percent that is as low as fractions are; None where it is not.

    Duties of less than one percent are in force (the fee of 0.3464 % on entries into the United States, 19 CFR
    24.23), yet 0.15 is nearly always 15 %, so who means them says so.

    >>> from kosho.bounds import like_a_fraction
    >>> like_a_fraction(15.0), like_a_fraction(0.15)
    (None, '0.15 is less than one percent: duties are percent here (15 for 15 %)')
    """
    if not 0 < percent < PERCENT_FROM:
        return None
    return _(
        "{value:g} is less than one percent: duties are percent here ({percent:g} for {percent:g} %)",
        value=percent,
        percent=100 * percent,
    )


def no_sign(text: str, number: Decimal) -> tuple[str, str] | None:
    """What is wrong with percent that is written without its sign and may be a fraction, and what to write.

    Where a sign can be written, it is how somebody insists: `0.15%` is what it says.

    >>> from decimal import Decimal
    >>> from kosho.bounds import no_sign
    >>> no_sign("0.15", Decimal("0.15"))
    ('0.15 may be a fraction, and percent is meant here', 'write 15, or 0.15% if so little is meant')
    """
    if not 0 < number < 1:
        return None
    return _("{text} may be a fraction, and percent is meant here", text=text), _(
        "write {percent:f}, or {number:f}% if so little is meant",
        percent=(100 * number).normalize(),
        number=number,
    )


def out_of_days(day: date) -> str | None:
    """What is wrong with a day that nobody can mean; None where somebody can."""
    return out_of_years(day.year)


def out_of_years(year: int) -> str | None:
    """The same of a year."""
    if FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return _("the year {year} is outside {first} to {last}", year=year, first=FIRST_YEAR, last=LAST_YEAR)


def unit_of_rates(rates: Array, trade: Array) -> str | None:
    """The other unit that rates seem to be in; None where they look like fractions.

    Args:
        rates: Ad valorem rates, any shape.
        trade: What bears each of them; trade within a country is zero.

    >>> import numpy as np
    >>> from kosho.bounds import unit_of_rates
    >>> trade = np.array([5.0, 1.0])
    >>> unit_of_rates(np.array([0.025, 0.15]), trade), unit_of_rates(np.array([1.025, 1.15]), trade)
    (None, 'they look like 1 + t: 100 % of them lie between 1 and 1.5')
    >>> unit_of_rates(np.array([2.5, 15.0]), trade)
    'they look like percent: their mean on trade is 458 %'
    """
    import numpy as np  # noqa: PLC0415 - schemas need bounds, and no arrays

    borne = (trade > 0) & np.isfinite(rates)
    if not borne.any():
        return None
    share = float(((rates[borne] >= ONE_PLUS[0]) & (rates[borne] <= ONE_PLUS[1])).mean())
    if share >= NEARLY:
        return _("they look like 1 + t: {share:.0f} % of them lie between 1 and 1.5", share=100 * share)
    mean = float(np.average(rates[borne], weights=trade[borne]))
    if mean >= PERCENT_FROM:
        return _("they look like percent: their mean on trade is {mean:,.0f} %", mean=100 * mean)
    return None
