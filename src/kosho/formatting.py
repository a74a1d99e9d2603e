"""Numbers into words and table cells, with no more digits than are true.

Effects of a trade model are good for two significant digits at best; each end of a range has two, rounded
outward, so that what is printed always contains what was computed, and no end changes its sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

__all__ = [
    "Verdict",
    "billions",
    "billions_range",
    "count_tick",
    "day",
    "effect",
    "figure",
    "listed",
    "millions",
    "millions_range",
    "percent",
    "percent_range",
    "percents",
    "quantity",
    "quantity_range",
    "span",
    "the",
    "tick",
    "verdict",
    "with_ends",
]

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
ABOUT_NIL = "~0"

Verdict = Literal["gain", "loss", "unclear", "nil"]
NIL_MUSD = 50.0
"""An effect on a whole economy that rounds to 0.0 billion is too small for this model to call one."""


NONE = "none"
MILLION = 999_500
"""What rounds to a million is written as one."""
FINEST = 2
"""Decimals of ends at most, in billions and in percent."""
FINEST_OF_MILLIONS = 3
"""Decimals of ends in billions, where what is below ten million is shown."""
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
        return "0" if value == 0 else "n/a"
    places = min(decimals, digits - 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, places)
    if rounded:  # 9.96 has become 10, which needs one decimal less
        places = min(places, digits - 1 - math.floor(math.log10(abs(rounded))))
    text = f"{abs(rounded):,.{max(places, 0)}f}"
    return (MINUS if rounded < 0 else "") + text


def figure(value: float, digits: int) -> str:
    """A figure as a source gives it: at most `digits` significant digits, never with an exponent."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.12f}".rstrip("0").rstrip(".").replace("-", MINUS)


def billions(musd: float, *, sign: bool = False) -> str:
    """Billion USD from million USD: two significant digits; `~0` below 0.05."""
    if abs(musd) < NIL_MUSD:
        return ABOUT_NIL
    text = significant(musd / 1e3, 2, 2)
    if abs(musd) < 999.5:
        text = text.removesuffix("0")
    return f"+{text}" if sign and musd > 0 else text


def millions(musd: float, *, sign: bool = False) -> str:
    """`2.9 billion` or `270 million` from million USD: two significant digits; `~0` below half a million."""
    if abs(musd) < 0.5:
        return ABOUT_NIL
    large = abs(musd) >= 999.5
    text = (
        f"{significant(musd / 1e3 if large else musd, 2, 1 if large else 0)}{NBSP}{'b' if large else 'm'}illion"
    )
    return f"+{text}" if sign and musd > 0 else text


def percent(fraction: float | None, *, sign: bool = False, decimals: int = 2) -> str:
    """Percent from a fraction: two significant digits, at most `decimals` decimals; an en dash for None."""
    if fraction is None or not math.isfinite(fraction):
        return "\N{EN DASH}"
    if abs(fraction) * 100 < 0.5 * 10**-decimals:
        return ABOUT_NIL
    text = significant(fraction * 100, 2, decimals)
    return f"+{text}" if sign and fraction > 0 else text


def quantity(units: float) -> str:
    """A count to three significant digits, in millions from 1 million on."""
    if abs(units) >= MILLION:
        return f"{significant(units / 1e6, 3, 2)}{NBSP}million"
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


def span(low: float, high: float) -> str:
    """A signed range of million USD in billions, rounded outward; `~0` if it is about nothing."""
    return ABOUT_NIL if verdict(low, high) == "nil" else _signed_range(low / 1e3, high / 1e3)


def percent_range(low: float, high: float) -> str:
    """A signed range of fractions in percent, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) * 100 < 0.5 * 10**-FINEST:
        return ABOUT_NIL
    return _signed_range(low * 100, high * 100)


def percents(low: float, high: float) -> str:
    """A range of positive fractions in percent, rounded outward."""
    return _range(low * 100, high * 100)


def millions_range(low: float, high: float, *, sign: bool = False) -> str:
    """A range of million USD as `0.16 to 2.6 billion` or `33 to 230 million`, rounded outward."""
    large = max(-low, high) >= 999.5
    scale, decimals = (1e3, FINEST_OF_MILLIONS) if large else (1.0, 0)
    made = (_signed_range if sign else _range)(low / scale, high / scale, decimals)
    return made if made == NONE else f"{made}{NBSP}{'b' if large else 'm'}illion"


def with_ends(text: str, ends: str) -> str:
    """`text (ends)`, or the text alone where the ends say no more than it does."""
    return f"{text} ({ends})" if " to " in ends else text


def billions_range(low: float, high: float) -> str:
    """A range of positive million USD in billions for a table, rounded outward."""
    return _range(low / 1e3, high / 1e3)


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
    """As one says it: `1 to 4`, where a table has `1.0 to 4.0`."""
    return re.sub(r"\.0(?!\d)", "", text)


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
    text = f"{rounded:,.{max(places, 0)}f}"
    return text.removesuffix("0") if places > 1 else text
