"""Figures of measures in the one unit that each is worked with, and within bounds.

A file may say percent or share, hours or days, million or billion: what is written is converted, what cannot be
is refused with what would be right. Flows are those of a year, so that "a year" may be said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from kosho.bounds import DAYS as LONGEST
from kosho.bounds import LARGEST
from kosho.language import _
from kosho.provenance import Cited

__all__ = [
    "Change",
    "Days",
    "MillionUSD",
    "Money",
    "PerDay",
    "Percent",
    "Price",
    "Share",
    "Things",
    "ceiling",
    "million_usd",
    "share",
    "things",
]

SHARES = {"share": 1.0, "percent": 0.01}
PERCENTS = {"percent": 1.0, "percent of value": 1.0, "share": 100.0}
DAYS = {"days": 1.0, "hours": 1.0 / 24.0}
PER_DAY = dict.fromkeys(("percent of value a day", "percent of value", "percent a day", "percent"), 1.0) | {
    "share": 100.0
}
MILLIONS = {"million USD": 1.0, "billion USD": 1e3}
SCALES = {"": 1.0, "thousand ": 1e3, "million ": 1e6, "billion ": 1e9, "trillion ": 1e12}

MOST_MONEY = LARGEST / 1e6
"""Million USD: more than the world makes in years."""
YEARLY = " a year"

_MONEY = re.compile(r"([A-Z]{3})( a .+)?")


def _scaled(cited: Cited, factor: float, unit: str) -> Cited:
    """The same figure in another unit."""
    if (factor, unit) == (1.0, cited.unit):
        return cited
    ends = {key: getattr(cited, key) for key in ("low", "value", "high")}
    # To twelve digits: 70 percent is 0.7, not 0.7000000000000001.
    moved = {key: None if end is None else float(f"{factor * end:.12g}") for key, end in ends.items()}
    return cited.model_copy(update={**moved, "unit": unit})


def _in(cited: Cited, units: Mapping[str, float]) -> Cited:
    unit = re.sub("^%", "percent", cited.unit.removesuffix(YEARLY)).replace(" the ", " ")
    if unit not in units:
        raise ValueError(_("in {names}, not in {unit!r}", names=_(" or ").join(units), unit=cited.unit))
    return _scaled(cited, units[unit], next(iter(units)))


def _least(cited: Cited) -> float:
    return cited.value if cited.low is None else cited.low


def ceiling(cited: Cited) -> float:
    """The highest of a figure's range."""
    return cited.value if cited.high is None else cited.high


def _within(cited: Cited, low: float = 0.0, high: float = math.inf) -> Cited:
    if not (low <= _least(cited) and ceiling(cited) <= high):
        bounds = (
            _("at least {low:g}", low=low)
            if high == math.inf
            else _("from {low:g} to {high:g}", low=low, high=high)
        )
        ends = dict.fromkeys(f"{end:g}" for end in (_least(cited), ceiling(cited)))
        raise ValueError(
            _("{bounds} {unit}, not {names}", bounds=bounds, unit=cited.unit, names=_(" to ").join(ends))
        )
    return cited


def _above_zero(cited: Cited) -> Cited:
    if not _least(cited) > 0:
        raise ValueError(_("above zero over all its range, not {least:g}", least=_least(cited)))
    return cited


def share(cited: Cited) -> Cited:
    """A fraction of something, zero or more, of `share` or `percent`."""
    return _within(_in(cited, SHARES))


def million_usd(cited: Cited) -> Cited:
    """Money in the world's unit, no more than there is."""
    return _within(_in(cited, MILLIONS), -MOST_MONEY, MOST_MONEY)


def things(cited: Cited) -> Cited:
    """A count of things that are named (`vehicles`, `thousand tonnes`), in ones.

    Raises:
        ValueError: the unit is one of money, time or shares.
    """
    scale, unit = _split(cited.unit.removesuffix(YEARLY))
    if not unit or unit in {**SHARES, **DAYS} or _MONEY.fullmatch(unit):
        raise ValueError(_("in things that are counted (vehicles, tonnes), not in {unit!r}", unit=cited.unit))
    return _scaled(cited, scale, unit)


def _money(cited: Cited) -> Cited:
    scale, unit = _split(cited.unit)
    if not _MONEY.fullmatch(unit):
        raise ValueError(_("in money (USD, million JPY, USD a model), not in {unit!r}", unit=cited.unit))
    return _within(_scaled(cited, scale, unit))


def _split(unit: str) -> tuple[float, str]:
    """A unit without its scale, and the scale."""
    scale = next((one for one in SCALES if one and unit.startswith(one)), "")
    return SCALES[scale], unit.removeprefix(scale)


Share = Annotated[Cited, AfterValidator(lambda cited: _within(_in(cited, SHARES), 0.0, 1.0))]
"""Of a whole: from 0 to 1."""

Change = Annotated[Cited, AfterValidator(lambda cited: _within(_in(cited, SHARES), -0.99))]
"""A fraction by which something changes."""

Percent = Annotated[Cited, AfterValidator(lambda cited: _within(_in(cited, PERCENTS)))]
"""Percent, zero or more; a share is converted."""

Days = Annotated[Cited, AfterValidator(lambda cited: _within(_in(cited, DAYS), 0.0, LONGEST.high))]
"""Days, from zero to ten years of them; hours are converted."""

PerDay = Annotated[Cited, AfterValidator(lambda cited: _within(_in(cited, PER_DAY)))]
"""Percent of the value a day."""

MillionUSD = Annotated[Cited, AfterValidator(million_usd)]
"""Million USD; billions are converted."""

Money = Annotated[Cited, AfterValidator(_money)]
"""In whole units of some currency, the first three letters of `unit`; thousands and millions are converted."""

Price = Annotated[Cited, AfterValidator(lambda cited: _above_zero(_money(cited)))]
"""Money, above zero over all its range."""

Things = Annotated[Cited, AfterValidator(lambda cited: _above_zero(things(cited)))]
"""A number of things, above zero over all its range."""
