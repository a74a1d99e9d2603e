"""The one door by which numbers, ranges, money, shares, dates and names become text, on pages and in commands.

Effects of a trade model are good for two significant digits at best; each end of a range has two, rounded
outward, so that what is printed always contains what was computed, and no end changes its sign. A figure and
its range are `x (lo to hi)`: the central figure, then the lowest and the highest over what `range_note` says.
Money in tables is billion US dollars, said in the head of the column; what is not known is `not known`, never
nothing.

Everything is said in the language that is spoken (`kosho.language`), in the habit that its catalogue gives:
which power of ten has a name, how a range, a list and a day are written.

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
from typing import TYPE_CHECKING, Literal

from kosho.codes import country_name
from kosho.language import N_, SOURCE, _, current, pgettext

__all__ = [
    "ABOUT_NIL",
    "MINUS",
    "NBSP",
    "NONE",
    "NOT_KNOWN",
    "NOT_PRICED",
    "Verdict",
    "amount",
    "between",
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
    "finer_money",
    "gain",
    "is_range",
    "listed",
    "month",
    "nil_note",
    "of_money",
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
    "told_finer",
    "typeset",
    "unit_name",
    "verdict",
    "with_ends",
    "with_sign",
    "word",
]

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
Verdict = Literal["gain", "loss", "unclear", "nil"]
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
BESIDE = 1e-3
"""An end that rounds towards zero and is smaller than this beside the other is written as zero; a range that is
narrower than this is written as one figure."""
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)

if TYPE_CHECKING:
    ABOUT_NIL: str
    NONE: str
    NOT_KNOWN: str
    NOT_PRICED: str


def __getattr__(name: str) -> str:
    """Words for what is no figure, in the language that is spoken when they are asked for.

    Raises:
        AttributeError: there is nothing of that name.
    """
    match name:
        case "ABOUT_NIL":
            return _about_nil()
        case "NONE":
            return pgettext("figure", "none")
        case "NOT_KNOWN":
            return _("not known")
        case "NOT_PRICED":
            return _("not priced")
        case _:
            raise AttributeError(name)


def _money(*, part: bool = False) -> tuple[float, int]:
    """Million USD of what money in tables is counted in, a billion in English; and decimals of it at most."""
    power = int(pgettext("power of ten of the unit of money in tables, 9 for a billion", "9"))
    return 10.0 ** (power - 6), (FINEST_OF_PARTS if part else FINEST) - (9 - power)


def _nil(*, part: bool) -> float:
    """Million USD below which money is about nothing."""
    return NIL_PART_MUSD if part else NIL_MUSD


def _told_in() -> tuple[float, float]:
    """Million USD of the two units of money that a sentence uses, a billion and a million in English."""
    large, small = pgettext("powers of ten of money in a sentence: billion, million", "9 6").split()
    return 10.0 ** (int(large) - 6), 10.0 ** (int(small) - 6)


def finer_money() -> float:
    """How many of the smaller unit of money in a sentence make one of the unit of tables.

    >>> finer_money()
    1000.0
    """
    return _money()[0] / _told_in()[1]


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
    return musd / _money()[0]


def _scale(number: float, least: float = ROUNDS_UP) -> float:
    """The power of ten with a name that a count is told in, a million or a billion in English; else one."""
    powers = pgettext("powers of ten in which large numbers are told: billion, million", "9 6").split()
    return next((scale for scale in (10.0 ** int(one) for one in powers) if number >= least * scale), 1.0)


def _named(number: str, scale: float) -> str:
    """A number of so many of a power of ten, with its name."""
    if scale == 1.0:
        return number
    small = pgettext("powers of ten in which large numbers are told: billion, million", "9 6").split()[-1]
    if scale == 10.0 ** int(small):
        return _("{number}\N{NO-BREAK SPACE}million", number=number)
    return _("{number}\N{NO-BREAK SPACE}billion", number=number)


def between(low: str, high: str) -> str:
    """Two ends of a range, as they are printed.

    >>> between("2", "8")
    '2 to 8'
    """
    return pgettext("range", "{low} to {high}", low=low, high=high)


def tick(value: float) -> str:
    """A round number on an axis."""
    return figure(value, 6)


def count_tick(value: float) -> str:
    """A round count on an axis."""
    scale = _scale(abs(value), 1.0)
    return _named(tick(value / scale), scale)


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


def _about_nil() -> str:
    return pgettext("figure", "~0")


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def with_sign(text: str, value: float) -> str:
    """The text of a number with a plus where it is a gain."""
    return f"+{text}" if value > 0 and text != _about_nil() else text


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
    if abs(musd) < _nil(part=part):
        return _about_nil()
    unit, places = _money(part=part)
    text = significant(musd / unit, 2, places)
    return with_sign(text, musd) if sign else text


def dollars(musd: float, *, sign: bool = False) -> str:
    """Money in a sentence: `2.9 billion` or `270 million` from million USD; `~0` below half a million."""
    if abs(musd) < NIL_PART_MUSD:
        return _about_nil()
    large, small = _told_in()
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
        return _about_nil()
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
    scale = _scale(abs(units))
    if scale > 1.0:
        return _named(significant(units / scale, kept, 2), scale)
    return significant(units, kept, 0)


def day(value: date) -> str:
    """`29 June 2025`."""
    template = N_("{day}\N{NO-BREAK SPACE}{month} {year}")
    return _(template, day=value.day, month=_(MONTHS[value.month - 1]), year=value.year)


def month(value: date) -> str:
    """`June 2025`.

    >>> month(date(2025, 6, 29))
    'June 2025'
    """
    return _("{month} {year}", month=_(MONTHS[value.month - 1]), year=value.year)


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
    return _(" and ").join((_(", ").join(parts[:-1]), parts[-1]) if len(parts) > 1 else parts)


def unit_name(unit: str) -> str:
    """What something is counted in, as people say it.

    >>> unit_name("million USD")
    'million USD'
    """
    return pgettext("unit", unit)


def word(value: str) -> str:
    """A word of a schema as people say it: how something is known, what part a scenario plays, where it stands.

    >>> word("fact"), word("red line")
    ('fact', 'red line')
    """
    return pgettext("word", value)


def typeset(text: str) -> str:
    """A text as the language sets it: whether a space stands between sentences, and before a percent sign.

    >>> typeset("It rises. By 2 %."), typeset("上がる。 下がる。")
    ('It rises. By 2 %.', '上がる。下がる。')
    """
    text = re.sub(r"(?<=[。！？」]) +(?=\S)", "", text)
    if current() == SOURCE:
        return text
    sign = pgettext("percent", "{number} %", number=r"\1")
    return re.sub(r"(\d)[ \u00a0\u202f]%", sign, text)


def the(name: str) -> str:
    """A country's name within a sentence."""
    articled = current() == SOURCE and name.startswith(("United ", "European ", "Netherlands", "Philippines"))
    return f"the {name}" if articled else name


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
    return _("x (lo to hi): the central figure, then the lowest and the highest over {over}.", over=over)


def span(low: float, high: float, *, part: bool = False) -> str:
    """A signed range of million USD in billions, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) < _nil(part=part):
        return _about_nil()
    unit, places = _money(part=part)
    return _signed_range(low / unit, high / unit, places)


def percent_range(low: float, high: float) -> str:
    """A signed range of fractions in percent, rounded outward; `~0` if it is about nothing."""
    if max(abs(low), abs(high)) * 100 < 0.5 * 10**-FINEST:
        return _about_nil()
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
    unit, places = _money(part=part)
    return _within(text, (musd or 0.0) / unit, ends, places)


def change(fraction: float | None, low: float, high: float) -> str:
    """A signed fraction in percent with its range; about nothing are both or neither.

    >>> change(-0.0019, -0.00196, -0.00172), change(0.00003, 0.00002, 0.0004), change(None, 0.0, 0.0)
    ('−0.19 (−0.20 to −0.17)', '+0.003 (+0.002 to +0.04)', 'not known')
    """
    text, ends = percent(fraction, sign=True), percent_range(low, high)
    return _within(text, (fraction or 0.0) * 100, ends, FINEST)


def _within(text: str, value: float, ends: str, decimals: int) -> str:
    if text == _about_nil() and is_range(ends):
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
    if not any(_about_nil() in text for text in texts):
        return ""
    least = figure(_nil(part=part) / _told_in()[1], 2)
    nil = _about_nil()
    money = pgettext("money", "{number}\N{NO-BREAK SPACE}million", number=least).replace(NBSP, " ")
    if not percents:
        return _("{nil}: below {money} dollars.", nil=nil, money=money)
    share = f"{0.5 * 10**-FINEST:g}"
    return _("{nil}: below {money} dollars, or {share}\N{NO-BREAK SPACE}%.", nil=nil, money=money, share=share)


def billions_range(low: float, high: float, *, part: bool = False) -> str:
    """A range of positive million USD in billions for a table, rounded outward."""
    unit, places = _money(part=part)
    return _range(low / unit, high / unit, places)


def quantity_range(low: float, high: float) -> str:
    """A range of counts, rounded outward: `1.2 to 1.4 million`, `960,000 to 1.1 million`, `8,000 to 12,000`."""
    below, scale = _scale(low), _scale(high)
    if scale == 1.0:
        return _range(low, high, 0)
    if below == scale or low < BESIDE * high:
        return _named(_range(low / scale, high / scale), scale)
    least = _named(_plain(low / below, FINEST if below > 1.0 else 0, up=False), below)
    return between(least, _named(_plain(high / scale, FINEST, up=True), scale))


def effect(low: float, high: float, per: str | None = None) -> str:
    """A range of million USD as a phrase with a verb: `loses 2.5 to 6 billion dollars a year`.

    Args:
        low: Lower end.
        high: Upper end.
        per: What follows `billion`, dollars a year by default; empty where a sentence has said it before.
    """
    unit, places = _money()
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
        return _signed(low, _plain(abs(low), decimals)) if low else "0"
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
