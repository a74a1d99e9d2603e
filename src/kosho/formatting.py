"""The one door by which numbers, ranges, money, shares, dates and names become text, on pages and in commands.

Effects of a trade model are good for two significant digits at best; each end of a range has two, rounded
outward, so that what is printed always contains what was computed, and no end changes its sign. A figure and
its range are `x (lo to hi)`: the central figure, then the lowest and the highest over what `range_note` says.
Money in tables is billion US dollars, said in the head of the column; what is not known is `not known`, never
nothing.

>>> from kosho import formatting
>>> formatting.gain(-4_010, -5_700, -3_410)
'−4.0 (−5.7 to −3.4)'
>>> formatting.change(-0.0019, -0.00196, -0.00172)
'−0.19 (−0.20 to −0.17)'
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from kosho.codes import country_name

__all__ = [
    "ABOUT_NIL",
    "MINUS",
    "NBSP",
    "NONE",
    "NOT_KNOWN",
    "NOT_PRICED",
    "Verdict",
    "amount",
    "billions",
    "billions_range",
    "change",
    "count",
    "count_tick",
    "day",
    "decimals",
    "dollars",
    "effect",
    "figure",
    "gain",
    "listed",
    "nil_note",
    "percent",
    "percent_of_draws",
    "percent_range",
    "percents",
    "quantity",
    "quantity_range",
    "range_note",
    "rate",
    "significant",
    "span",
    "starting",
    "the",
    "the_country",
    "tick",
    "verdict",
    "with_ends",
    "with_sign",
]

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
ABOUT_NIL = "~0"

Verdict = Literal["gain", "loss", "unclear", "nil"]
NIL_MUSD = 50.0
"""An effect on a whole economy that rounds to 0.0 billion is too small for this model to call one."""
NIL_PART_MUSD = 0.5
"""An effect of a part, such as one issue of a deal or one product, is told to the million."""

LAWFUL = 6
"""Digits of duties."""
NONE = "none"
NOT_KNOWN = "not known"
NOT_PRICED = "not priced"
MILLION = 999_500
"""What rounds to a million is written as one."""
FINEST = 2
"""Decimals of ends at most, in billions and in percent."""
FINEST_OF_PARTS = 4
"""Decimals in billions of parts: two digits of a million."""
BESIDE = 1e-3
"""An end that rounds towards zero and is smaller than this beside the other is written as zero; a range that is
narrower than this is written as one figure."""


def tick(value: float) -> str:
    """A round number on an axis."""
    return (MINUS if value < 0 else "") + f"{abs(value):,g}"


def count_tick(value: float) -> str:
    """A round count on an axis."""
    return f"{value / 1e6:g}{NBSP}million" if abs(value) >= 1e6 else tick(value)


def significant(value: float, digits: int, decimals: int) -> str:
    """`value` with at most `digits` significant digits and `decimals` decimals, a true minus and commas."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else NOT_KNOWN
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
        return NOT_KNOWN
    rounded = round(value, places) + 0.0
    return _minus(f"{rounded:+,.{places}f}" if sign and rounded else f"{rounded:,.{places}f}")


def count(number: int) -> str:
    """How many there are, all digits.

    >>> count(271872)
    '271,872'
    """
    return f"{number:,}"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def with_sign(text: str, value: float) -> str:
    """The text of a number with a plus where it is a gain."""
    return f"+{text}" if value > 0 and text != ABOUT_NIL else text


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
        return NOT_KNOWN
    if abs(musd) < (NIL_PART_MUSD if part else NIL_MUSD):
        return ABOUT_NIL
    text = significant(musd / 1e3, 2, FINEST_OF_PARTS if part else FINEST)
    return with_sign(text, musd) if sign else text


def dollars(musd: float, *, sign: bool = False) -> str:
    """Money in a sentence: `2.9 billion` or `270 million` from million USD; `~0` below half a million."""
    if abs(musd) < NIL_PART_MUSD:
        return ABOUT_NIL
    large = abs(musd) >= 999.5
    text = (
        f"{significant(musd / 1e3 if large else musd, 2, 1 if large else 0)}{NBSP}{'b' if large else 'm'}illion"
    )
    return with_sign(text, musd) if sign else text


def amount(value: float | None, unit: str) -> str:
    """What is counted in a unit that its row says: `3.0 billion USD`, `300,000 tonnes`.

    >>> amount(2_980, "million USD").split(), amount(302_735, "tonnes"), amount(0, "tonnes")
    (['3.0', 'billion', 'USD'], '300,000 tonnes', 'none')
    """
    if value is None:
        return NOT_KNOWN
    if value == 0:
        return NONE
    if unit == "million USD":
        return f"{billions(value, part=True)}{NBSP}billion{NBSP}USD"
    return f"{quantity(value)} {unit}"


def percent(fraction: float | None, *, sign: bool = False, decimals: int = 2) -> str:
    """Percent from a fraction: two significant digits, at most `decimals` decimals."""
    if fraction is None or not math.isfinite(fraction):
        return NOT_KNOWN
    if abs(fraction) * 100 < 0.5 * 10**-decimals:
        return ABOUT_NIL
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
        return NOT_KNOWN
    if abs(units) >= MILLION:
        return f"{significant(units / 1e6, digits, 2)}{NBSP}million"
    return significant(units, 2, 0)


def day(value: date) -> str:
    """`29 June 2025`."""
    return f"{value.day}{NBSP}{value:%B %Y}"


def verdict(low: float, high: float) -> Verdict:
    """Which way a range of million USD points; `nil` if all of it rounds to nothing."""
    if max(abs(low), abs(high)) < NIL_MUSD:
        return "nil"
    if low >= 0:
        return "gain"
    if high <= 0:
        return "loss"
    return "unclear"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(parts[:-1]), parts[-1]) if len(parts) > 1 else parts)


def the(name: str) -> str:
    """A country's name within a sentence."""
    return f"the {name}" if name.startswith(("United ", "European ", "Netherlands", "Philippines")) else name


def the_country(code: str, *, starts: bool = False) -> str:
    """An economy within a sentence or at its start, by its code.

    >>> the_country("USA"), the_country("JPN"), the_country("USA", starts=True)
    ('the United States', 'Japan', 'The United States')
    """
    name = the(country_name(code))
    return starting(name) if starts else name


def starting(text: str) -> str:
    """Words as they begin a sentence: only their first letter is changed.

    >>> starting("steel and China RoHS")
    'Steel and China RoHS'
    """
    return text[:1].upper() + text[1:]


def range_note(over: str) -> str:
    """What every range beside a figure means, said once where they stand.

    >>> range_note("the ranges of the measures")
    'x (lo to hi): the central figure, then the lowest and the highest over the ranges of the measures.'
    """
    return f"x (lo to hi): the central figure, then the lowest and the highest over {over}."


def span(low: float, high: float, *, part: bool = False) -> str:
    """A signed range of million USD in billions, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) < (NIL_PART_MUSD if part else NIL_MUSD):
        return ABOUT_NIL
    return _signed_range(low / 1e3, high / 1e3, FINEST_OF_PARTS if part else FINEST)


def percent_range(low: float, high: float) -> str:
    """A signed range of fractions in percent, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) * 100 < 0.5 * 10**-FINEST:
        return ABOUT_NIL
    return _signed_range(low * 100, high * 100)


def percents(low: float, high: float) -> str:
    """A range of positive fractions in percent, rounded outward."""
    return _range(low * 100, high * 100)


def with_ends(text: str, ends: str) -> str:
    """`text (ends)`, or the text alone where the ends say no more than it does."""
    return f"{text} ({ends})" if " to " in ends else text


def gain(musd: float | None, low: float, high: float, *, part: bool = False) -> str:
    """A signed figure of million USD in billions with its range.

    About nothing are both or neither: beside a range that is more, the figure is told as finely, so that it
    lies within.

    Args:
        musd: The central figure; None where it is not known.
        low: Lower end.
        high: Upper end.
        part: As in `billions`.

    >>> gain(2_912.3, 1_000, 4_000), gain(-43.0, -101.0, -31.0), gain(3.0, -4.0, 6.0)
    ('+2.9 (+1.0 to +4.0)', '−0.043 (−0.11 to −0.03)', '~0')
    """
    text, ends = billions(musd, sign=True, part=part), span(low, high, part=part)
    return _within(text, (musd or 0.0) / 1e3, ends, FINEST_OF_PARTS if part else FINEST)


def change(fraction: float | None, low: float, high: float) -> str:
    """A signed fraction in percent with its range; about nothing are both or neither.

    >>> change(-0.0019, -0.00196, -0.00172), change(0.00003, 0.00002, 0.0004), change(None, 0.0, 0.0)
    ('−0.19 (−0.20 to −0.17)', '+0.003 (+0.002 to +0.04)', 'not known')
    """
    text, ends = percent(fraction, sign=True), percent_range(low, high)
    return _within(text, (fraction or 0.0) * 100, ends, FINEST)


def _within(text: str, value: float, ends: str, decimals: int) -> str:
    if text == ABOUT_NIL and " to " in ends:
        fine = significant(value, 2, decimals + 1)
        text = fine if fine == "0" else with_sign(fine, value)
    return with_ends(text, ends)


def nil_note(texts: Iterable[str], *, percents: bool = False, part: bool = False) -> str:
    """What about nothing means in `billions`, where any of the texts says it; else nothing.

    Args:
        texts: Cells of a table.
        percents: Whether there are some in percent among them.
        part: As in `billions`.

    >>> nil_note(["+2.9", "~0"]), nil_note(["+2.9"])
    ('~0: below 50 million dollars.', '')
    """
    if not any(ABOUT_NIL in text for text in texts):
        return ""
    share = f", or {0.5 * 10**-FINEST:g}{NBSP}%" if percents else ""
    least = NIL_PART_MUSD if part else NIL_MUSD
    return f"{ABOUT_NIL}: below {least:g} million dollars{share}."


def billions_range(low: float, high: float, *, part: bool = False) -> str:
    """A range of positive million USD in billions for a table, rounded outward."""
    return _range(low / 1e3, high / 1e3, FINEST_OF_PARTS if part else FINEST)


def quantity_range(low: float, high: float) -> str:
    """A range of counts, rounded outward: `1.2 to 1.4 million`, `960,000 to 1.1 million`, `8,000 to 12,000`."""
    if high < MILLION:
        return _range(low, high, 0)
    if low >= MILLION or low < BESIDE * high:
        return f"{_range(low / 1e6, high / 1e6)}{NBSP}million"
    return f"{_plain(low, 0, up=False)} to {_plain(high / 1e6, FINEST, up=True)}{NBSP}million"


def effect(low: float, high: float, per: str = " dollars a year") -> str:
    """A range of million USD as a phrase with a verb: `loses 2.5 to 6 billion dollars a year`.

    Args:
        low: Lower end.
        high: Upper end.
        per: What follows `billion`; empty where a sentence has said it before.
    """
    match verdict(low, high):
        case "nil":
            return "is hardly touched"
        case "gain":
            return f"gains {_spoken(_range(low / 1e3, high / 1e3))} billion{per}"
        case "loss":
            return f"loses {_spoken(_range(-high / 1e3, -low / 1e3))} billion{per}"
        case _:
            worst, best = (_spoken(_plain(end / 1e3, FINEST, up=True)) for end in (-low, high))
            return f"may end anywhere between a loss of {worst} and a gain of {best} billion{per}"


def _spoken(text: str) -> str:
    """As one says it: `0.5 to 4`, where a table has `0.50 to 4.0`."""
    return re.sub(r"\.0(?!\d)|(?<=\.\d)0(?!\d)", "", text)


def _signed_range(low: float, high: float, decimals: int = FINEST) -> str:
    widest = max(abs(low), abs(high))
    if high - low <= BESIDE * widest:
        return _signed(low, _plain(abs(low), decimals)) if low else "0"
    ends = [
        "0" if abs(end) < BESIDE * widest and not away else _signed(end, _plain(abs(end), decimals, up=away))
        for end, away in ((low, low < 0), (high, high > 0))
    ]
    return " to ".join(dict.fromkeys(ends))


def _signed(value: float, text: str) -> str:
    return ("+" if value > 0 else MINUS) + text


def _range(low: float, high: float, decimals: int = FINEST) -> str:
    """A range of what cannot be negative."""
    if not high > 0:
        return NONE
    if high - low <= BESIDE * high:
        return f"about {_plain(high, decimals)}"
    most = _plain(high, decimals, up=True)
    return f"{_plain(low, decimals, up=False)} to {most}" if low >= BESIDE * high else f"up to {most}"


def _plain(value: float, decimals: int, *, up: bool | None = None) -> str:
    """A positive number to two significant digits, rounded up, down (never to nothing), or to the nearest."""
    first = -math.floor(math.log10(value))
    places = min(first + 1, decimals) if up else max(min(first + 1, decimals), first)
    steps = value * 10.0**places
    nearest = round(steps)
    if up is not None and abs(steps - nearest) > 1e-9 * steps:
        nearest = math.ceil(steps) if up else math.floor(steps)
    rounded = nearest / 10.0**places
    if places > 0 and rounded >= 10.0 ** (2 - places) * 0.9999999:
        places -= 1  # 9.96 has become 10, which needs one decimal less
    return f"{rounded:,.{max(places, 0)}f}"
