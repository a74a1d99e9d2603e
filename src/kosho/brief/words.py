"""Numbers into words and table cells, with no more digits than are true.

Effects of a trade model are good for two significant digits at best; a range is rounded outward, so that
what is printed always contains what was computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

__all__ = [
    "Verdict",
    "billions",
    "billions_range",
    "count_tick",
    "day",
    "effect",
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
"""An effect on a whole economy that rounds to 0.0 billion is none that this model could tell."""


class Grain(NamedTuple):
    """How finely ranges are rounded."""

    steps: int
    """About so many steps from zero to the upper end."""
    finest: float
    """No step is smaller."""

    def unit(self, low: float, high: float) -> float:
        """1, 2 or 5 times a power of ten: finer for narrow ranges, but never beyond the second digit."""
        rough = max(high / 100, min(high / self.steps, (high - low) / 2), self.finest)
        power: float = 10.0 ** math.floor(math.log10(rough))
        return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)


MONEY = Grain(20, 0.1)
MILLIONS = Grain(20, 1.0)
PERCENT = Grain(50, 0.1)
COUNT = Grain(50, 0.01)
"""Of millions, or of ones."""


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


def billions(musd: float, *, sign: bool = False) -> str:
    """Billion USD from million USD: two significant digits, at most one decimal; `~0` below 0.05."""
    if abs(musd) < NIL_MUSD:
        return ABOUT_NIL
    text = significant(musd / 1e3, 2, 1)
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
    if abs(units) >= 999_500:
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
    """A signed range of million USD in billions, rounded outward; `~0` if there is nothing to tell."""
    return ABOUT_NIL if verdict(low, high) == "nil" else _signed_range(low / 1e3, high / 1e3, MONEY)


def percent_range(low: float, high: float, decimals: int = 1) -> str:
    """A signed range of fractions in percent, rounded outward, with at most `decimals` decimals."""
    return _signed_range(low * 100, high * 100, PERCENT._replace(finest=10.0**-decimals))


def percents(low: float, high: float) -> str:
    """A range of positive fractions in percent, rounded outward."""
    return _range(low * 100, high * 100, PERCENT)


def millions_range(low: float, high: float, *, sign: bool = False) -> str:
    """A range of million USD as `0.2 to 3.5 billion` or `33 to 230 million`, rounded outward."""
    scale, grain, word = (1e3, MONEY, "billion") if max(-low, high) >= 999.5 else (1.0, MILLIONS, "million")
    made = (_signed_range if sign else _range)(low / scale, high / scale, grain)
    return f"{made}{NBSP}{word}"


def with_ends(text: str, ends: str) -> str:
    """`text (ends)`, or the text alone where the ends say no more than it does."""
    return f"{text} ({ends})" if " to " in ends else text


def billions_range(low: float, high: float) -> str:
    """A range of positive million USD in billions for a table, rounded outward."""
    return _range(low / 1e3, high / 1e3, MONEY)


def quantity_range(low: float, high: float) -> str:
    """A range of counts as `0.4 to 0.55 million` or `8,000 to 12,000`, rounded outward."""
    if high >= 1e5:
        return f"{_range(low / 1e6, high / 1e6, COUNT)} million"
    return _range(low, high, COUNT)


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
            return f"gains {_range(low / 1e3, high / 1e3, MONEY)} billion{per}"
        case "loss":
            return f"loses {_range(-high / 1e3, -low / 1e3, MONEY)} billion{per}"
        case _:
            worst, best = _outward(-low / 1e3), _outward(high / 1e3)
            return f"may end anywhere between a loss of {worst} and a gain of {best} billion{per}"


def _signed_range(low: float, high: float, grain: Grain) -> str:
    unit = grain.unit(*sorted((abs(low), abs(high)))) if low * high > 0 else grain.unit(0.0, max(-low, high))
    floor, ceiling = math.floor(low / unit + 1e-9) * unit, math.ceil(high / unit - 1e-9) * unit
    if ceiling - floor < unit / 2:
        return _signed(floor, unit)
    return f"{_signed(floor, unit)} to {_signed(ceiling, unit)}"


def _signed(value: float, unit: float) -> str:
    if abs(value) < unit / 2:
        return "0"
    return ("+" if value > 0 else MINUS) + _plain(abs(value), unit)


def _outward(value: float) -> str:
    unit = MONEY.unit(0.0, value)
    return _plain(math.ceil(value / unit - 1e-9) * unit, unit)


def _range(low: float, high: float, grain: Grain) -> str:
    unit = grain.unit(low, high)
    floor = math.floor(low / unit + 1e-9) * unit
    ceiling = math.ceil(high / unit - 1e-9) * unit
    if ceiling - floor < unit / 2:
        return f"about {_plain(floor, unit)}"
    if floor < unit / 2:
        return f"up to {_plain(ceiling, unit)}"
    return f"{_plain(floor, unit)} to {_plain(ceiling, unit)}"


def _plain(value: float, unit: float) -> str:
    decimals = max(0, math.ceil(-math.log10(unit) - 1e-9))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
