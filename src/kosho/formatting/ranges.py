"""Two ends, rounded outward, alone or beside their figure; and which way they point."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal

from kosho.formatting.figures import (
    FINEST,
    MINUS,
    NBSP,
    NIL_MUSD,
    about_nil,
    billions,
    figure,
    least_told,
    percent,
    power_named,
    significant,
    unit_of_money,
    units_in_sentences,
    with_name,
    with_sign,
)
from kosho.language import _, pgettext

Verdict = Literal["gain", "loss", "unclear", "nil"]
BESIDE = 1e-3
"""An end that rounds towards zero and is smaller than this beside the other is written as zero; a range that is
narrower than this is written as one figure."""


def between(low: str, high: str) -> str:
    """Two ends of a range, as they are printed.

    >>> between("2", "8")
    '2 to 8'
    """
    return pgettext("range", "{low} to {high}", low=low, high=high)


def verdict(low: float, high: float) -> Verdict:
    """Which way a range of million USD points; `nil` if all of it rounds to nothing."""
    if max(abs(low), abs(high)) < NIL_MUSD:
        return "nil"
    if low >= 0:
        return "gain"
    if high <= 0:
        return "loss"
    return "unclear"


def range_note(over: str) -> str:
    """What every range beside a figure means, said once where they stand.

    >>> range_note("the ranges of the measures")
    'x (lo to hi): the central figure, then the lowest and the highest over the ranges of the measures.'
    """
    return _("x (lo to hi): the central figure, then the lowest and the highest over {over}.", over=over)


def span(low: float, high: float, *, part: bool = False) -> str:
    """A signed range of million USD in billions, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) < least_told(part=part):
        return about_nil()
    unit, places = unit_of_money(part=part)
    return _signed_range(low / unit, high / unit, places)


def percent_range(low: float, high: float) -> str:
    """A signed range of fractions in percent, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) * 100 < 0.5 * 10**-FINEST:
        return about_nil()
    return _signed_range(low * 100, high * 100)


def percents(low: float, high: float) -> str:
    """A range of positive fractions in percent, rounded outward."""
    return _range(low * 100, high * 100)


def with_ends(text: str, ends: str) -> str:
    """`text (ends)`, or the text alone where the ends say no more than it does."""
    return pgettext("range", "{figure} ({ends})", figure=text, ends=ends) if is_range(ends) else text


def is_range(text: str) -> bool:
    """Whether a text has two ends.

    >>> is_range("−5.7 to −3.4"), is_range("about 3")
    (True, False)
    """
    return between("", "") in text


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
    unit, places = unit_of_money(part=part)
    return _within(text, (musd or 0.0) / unit, ends, places)


def change(fraction: float | None, low: float, high: float) -> str:
    """A signed fraction in percent with its range; about nothing are both or neither.

    >>> change(-0.0019, -0.00196, -0.00172), change(0.00003, 0.00002, 0.0004), change(None, 0.0, 0.0)
    ('−0.19 (−0.20 to −0.17)', '+0.003 (+0.002 to +0.04)', 'not known')
    """
    text, ends = percent(fraction, sign=True), percent_range(low, high)
    return _within(text, (fraction or 0.0) * 100, ends, FINEST)


def _within(text: str, value: float, ends: str, decimals: int) -> str:
    if text == about_nil() and is_range(ends):
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
    if not any(about_nil() in text for text in texts):
        return ""
    least = figure(least_told(part=part) / units_in_sentences()[1], 2)
    nil = about_nil()
    money = pgettext("money", "{number}\N{NO-BREAK SPACE}million", number=least).replace(NBSP, " ")
    if not percents:
        return _("{nil}: below {money} dollars.", nil=nil, money=money)
    share = f"{0.5 * 10**-FINEST:g}"
    return _("{nil}: below {money} dollars, or {share}\N{NO-BREAK SPACE}%.", nil=nil, money=money, share=share)


def billions_range(low: float, high: float, *, part: bool = False) -> str:
    """A range of positive million USD in billions for a table, rounded outward."""
    unit, places = unit_of_money(part=part)
    return _range(low / unit, high / unit, places)


def quantity_range(low: float, high: float) -> str:
    """A range of counts, rounded outward: `1.2 to 1.4 million`, `960,000 to 1.1 million`, `8,000 to 12,000`."""
    below, scale = power_named(low), power_named(high)
    if scale == 1.0:
        return _range(low, high, 0)
    if below == scale or low < BESIDE * high:
        return with_name(_range(low / scale, high / scale), scale)
    least = with_name(_plain(low / below, FINEST if below > 1.0 else 0, up=False), below)
    return between(least, with_name(_plain(high / scale, FINEST, up=True), scale))


def effect(low: float, high: float, per: str | None = None) -> str:
    """A range of million USD as a phrase with a verb: `loses 2.5 to 6 billion dollars a year`.

    Args:
        low: Lower end.
        high: Upper end.
        per: What follows `billion`, dollars a year by default; empty where a sentence has said it before.
    """
    unit, places = unit_of_money()
    after = _(" dollars a year") if per is None else per
    match verdict(low, high):
        case "nil":
            return _("is hardly touched")
        case "gain":
            ends = _spoken(_range(low / unit, high / unit, places))
            return _("gains {ends} billion{per}", ends=ends, per=after)
        case "loss":
            ends = _spoken(_range(-high / unit, -low / unit, places))
            return _("loses {ends} billion{per}", ends=ends, per=after)
        case _:
            worst, best = (_spoken(_plain(end / unit, places, up=True)) for end in (-low, high))
            return _(
                "may end anywhere between a loss of {worst} and a gain of {best} billion{per}",
                worst=worst,
                best=best,
                per=after,
            )


def _spoken(text: str) -> str:
    """As one says it: `0.5 to 4`, where a table has `0.50 to 4.0`."""
    return re.sub(r"\.0(?!\d)|(?<=\.\d)0(?!\d)", "", text)


def _signed_range(low: float, high: float, decimals: int = FINEST) -> str:
    widest = max(abs(low), abs(high))
    if high - low <= BESIDE * widest:
        return _signed(low, _plain(abs(low), decimals))
    ends = [
        "0" if abs(end) < BESIDE * widest and not away else _signed(end, _plain(abs(end), decimals, up=away))
        for end, away in ((low, low < 0), (high, high > 0))
    ]
    return between(*ends)


def _signed(value: float, text: str) -> str:
    return ("+" if value > 0 else MINUS) + text


def _range(low: float, high: float, decimals: int = FINEST) -> str:
    """A range of what cannot be negative."""
    if not high > 0:
        return pgettext("figure", "none")
    if high - low <= BESIDE * high:
        return _("about {number}", number=_plain(high, decimals))
    most = _plain(high, decimals, up=True)
    if low >= BESIDE * high:
        return between(_plain(low, decimals, up=False), most)
    return pgettext("range", "up to {most}", most=most)


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
