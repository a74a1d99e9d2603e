"""Single figures: money, shares, duties and counts, to the digits that are true."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kosho.formatting.words import unit_name
from kosho.language import _, pgettext

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
NIL_MUSD = 50.0
"""An effect on a whole economy that rounds to 0.0 billion is too small for this model to call one."""
NIL_PART_MUSD = 0.5
"""An effect of a part, such as one issue of a deal or one product, is told to the million."""
LAWFUL = 6
"""Digits of duties."""
ROUNDS_UP = 0.9995
"""Of a power of ten with a name: what rounds to it is written with it."""
FINEST = 2
"""Decimals of ends at most, in billions and in percent."""
FINEST_OF_PARTS = 4
"""Decimals in billions of parts: two digits of a million."""


def unit_of_money(*, part: bool = False) -> tuple[float, int]:
    """Million USD of what money in tables is counted in, a billion in English; and decimals of it at most."""
    power = int(pgettext("power of ten of the unit of money in tables, 9 for a billion", "9"))
    return 10.0 ** (power - 6), (FINEST_OF_PARTS if part else FINEST) - (9 - power)


def least_told(*, part: bool) -> float:
    """Million USD below which money is about nothing."""
    return NIL_PART_MUSD if part else NIL_MUSD


def units_in_sentences() -> tuple[float, float]:
    """Million USD of the two units of money that a sentence uses, a billion and a million in English."""
    large, small = pgettext("powers of ten of money in a sentence: billion, million", "9 6").split()
    return 10.0 ** (int(large) - 6), 10.0 ** (int(small) - 6)


def finer_money() -> float:
    """How many of the smaller unit of money in a sentence make one of the unit of tables.

    >>> finer_money()
    1000.0
    """
    return unit_of_money()[0] / units_in_sentences()[1]


def told_finer(gains: Iterable[float]) -> bool:
    """Whether figures of million USD are told in the smaller unit: in that of tables none would be seen.

    >>> told_finer([31.6, -33.0]), told_finer([31.6, 2_900.0])
    (True, False)
    """
    return max(map(abs, gains), default=0.0) < NIL_MUSD


def of_money(musd: float) -> float:
    """Million USD as a number in the unit that heads of tables and axes name, a billion in English.

    >>> of_money(2_500.0)
    2.5
    """
    return musd / unit_of_money()[0]


def power_named(number: float, least: float = ROUNDS_UP) -> float:
    """The power of ten with a name that a count is told in, a million or a billion in English; else one."""
    powers = pgettext("powers of ten in which large numbers are told: billion, million", "9 6").split()
    return next((scale for scale in (10.0 ** int(one) for one in powers) if number >= least * scale), 1.0)


def with_name(number: str, scale: float) -> str:
    """A number of so many of a power of ten, with its name."""
    if scale == 1.0:
        return number
    small = pgettext("powers of ten in which large numbers are told: billion, million", "9 6").split()[-1]
    if scale == 10.0 ** int(small):
        return _("{number}\N{NO-BREAK SPACE}million", number=number)
    return _("{number}\N{NO-BREAK SPACE}billion", number=number)


def tick(value: float) -> str:
    """A round number on an axis."""
    return figure(value, 6)


def count_tick(value: float) -> str:
    """A round count on an axis."""
    scale = power_named(abs(value), 1.0)
    return with_name(tick(value / scale), scale)


def significant(value: float, digits: int, decimals: int) -> str:
    """`value` with at most `digits` significant digits and `decimals` decimals, a true minus and commas."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else _("not known")
    places = min(decimals, digits - 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, places)
    if rounded:  # 9.96 has become 10, which needs one decimal less
        places = min(places, digits - 1 - math.floor(math.log10(abs(rounded))))
    return _minus(f"{rounded:,.{max(places, 0)}f}" if rounded else "0")


def decimals(value: float | None, places: int, *, sign: bool = False) -> str:
    """`value` with as many decimals as are given, a true minus and commas; nothing has no sign.

    >>> decimals(-0.04, 1), decimals(1234.5, 0), decimals(None, 1), decimals(2.5, 2, sign=True)
    ('0.0', '1,234', 'not known', '+2.50')
    """
    if value is None or not math.isfinite(value):
        return _("not known")
    rounded = round(value, places) + 0.0
    return _minus(f"{rounded:+,.{places}f}" if sign and rounded else f"{rounded:,.{places}f}")


def count(number: int) -> str:
    """How many there are, all digits.

    >>> count(271872)
    '271,872'
    """
    return f"{number:,}"


def about_nil() -> str:
    """What stands for a figure that is too small to be told."""
    return pgettext("figure", "~0")


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def with_sign(text: str, value: float) -> str:
    """The text of a number with a plus where it is a gain."""
    return f"+{text}" if value > 0 and text != about_nil() else text


def figure(value: float, digits: int) -> str:
    """A figure as a source gives it: at most `digits` significant digits, never with an exponent."""
    rounded = float(f"{value:.{digits}g}")
    return _minus(f"{rounded:,.12f}".rstrip("0").rstrip("."))


def rate(percent: float) -> str:
    """A duty in percent as the law has it, whatever its digits up to six.

    >>> rate(2.5), rate(15.0), rate(100 / 3)
    ('2.5', '15', '33.3333')
    """
    return figure(percent, LAWFUL)


def billions(musd: float | None, *, sign: bool = False, part: bool = False) -> str:
    """Billion USD from million USD, for a column whose head says so: two significant digits.

    Args:
        musd: Million USD; None where it is not known.
        sign: With a plus before gains.
        part: Of a whole economy's gain or trade: told to the million, and `~0` below half of one, not below 50.

    >>> billions(2_912.3, sign=True), billions(42.0), billions(42.0, part=True), billions(None)
    ('+2.9', '~0', '0.042', 'not known')
    """
    if musd is None or not math.isfinite(musd):
        return _("not known")
    if abs(musd) < least_told(part=part):
        return about_nil()
    unit, places = unit_of_money(part=part)
    text = significant(musd / unit, 2, places)
    return with_sign(text, musd) if sign else text


def dollars(musd: float, *, sign: bool = False) -> str:
    """Money in a sentence: `2.9 billion` or `270 million` from million USD; `~0` below half a million."""
    if abs(musd) < NIL_PART_MUSD:
        return about_nil()
    large, small = units_in_sentences()
    if abs(musd) >= ROUNDS_UP * large:
        text = _("{number}\N{NO-BREAK SPACE}billion", number=significant(musd / large, 2, 1))
    else:
        text = pgettext("money", "{number}\N{NO-BREAK SPACE}million", number=significant(musd / small, 2, 0))
    return with_sign(text, musd) if sign else text


def amount(value: float | None, unit: str) -> str:
    """What is counted in a unit that its row says: `3.0 billion USD`, `300,000 tonnes`.

    >>> amount(2_980, "million USD").split(), amount(302_735, "tonnes"), amount(0, "tonnes")
    (['3.0', 'billion', 'USD'], '300,000 tonnes', 'none')
    """
    if value is None:
        return _("not known")
    if value == 0:
        return pgettext("figure", "none")
    if unit == "million USD":
        money = billions(value, part=True)
        return _("{number}\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD", number=money)
    return pgettext("amount", "{number} {unit}", number=quantity(value), unit=unit_name(unit))


def percent(fraction: float | None, *, sign: bool = False, decimals: int = 2) -> str:
    """Percent from a fraction: two significant digits, at most `decimals` decimals."""
    if fraction is None or not math.isfinite(fraction):
        return _("not known")
    if abs(fraction) * 100 < 0.5 * 10**-decimals:
        return about_nil()
    text = significant(fraction * 100, 2, decimals)
    return with_sign(text, fraction) if sign else text


def percent_of_draws(share: float) -> str:
    """A share of draws in percent, never all unless it is all, never none unless it is none.

    >>> [percent_of_draws(x) for x in (1.0, 0.9999, 0.58, 0.0001, 0.0)]
    ['100', '99.9', '58', '0.1', '0']
    """
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    whole = f"{100 * share:.0f}"
    return whole if 0 < int(whole) < 100 else f"{min(max(100 * share, 0.1), 99.9):.1f}"


def quantity(units: float | None, digits: int = 3) -> str:
    """A count in millions from 1 million on, to so many significant digits; to two below."""
    if units is None:
        return _("not known")
    kept = digits if abs(units) >= ROUNDS_UP * 1e6 else 2
    scale = power_named(abs(units))
    if scale > 1.0:
        return with_name(significant(units / scale, kept, 2), scale)
    return significant(units, kept, 0)
