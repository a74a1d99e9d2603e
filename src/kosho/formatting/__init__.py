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

from typing import TYPE_CHECKING

from kosho.formatting.figures import (
    MINUS,
    NBSP,
    NIL_MUSD,
    about_nil,
    amount,
    billions,
    count,
    count_tick,
    decimals,
    dollars,
    figure,
    finer_money,
    of_money,
    percent,
    percent_of_draws,
    quantity,
    rate,
    significant,
    tick,
    told_finer,
    with_sign,
)
from kosho.formatting.ranges import (
    Verdict,
    between,
    billions_range,
    change,
    effect,
    gain,
    is_range,
    nil_note,
    percent_range,
    percents,
    quantity_range,
    range_note,
    span,
    verdict,
    with_ends,
)
from kosho.formatting.words import (
    day,
    listed,
    month,
    starting,
    the,
    the_country,
    typeset,
    unit_name,
    word,
)
from kosho.language import _, pgettext

__all__ = [
    "ABOUT_NIL",
    "MINUS",
    "NBSP",
    "NIL_MUSD",
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
            return about_nil()
        case "NONE":
            return pgettext("figure", "none")
        case "NOT_KNOWN":
            return _("not known")
        case "NOT_PRICED":
            return _("not priced")
        case _:
            raise AttributeError(name)
