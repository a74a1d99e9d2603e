"""Volumes and money."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from kosho.numbers import decimal
from kosho.record.reading.mentions import Mentions, pattern
from kosho.record.reading.tables import rows, table

__all__ = [
    "NUMBER_WORDS",
    "QuantityMention",
    "find_quantities",
    "flow_of",
    "products_in",
    "shown",
    "trade_sides",
]


NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ],
        1,
    )
} | {"twenty": 20}
"""Small numbers written out."""


NUMBER = r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3},\d{1,2}(?![\d,])|\d+(?:\.\d+)?)"
"""A number in digits, whole: thousands by commas, or a decimal comma before one or two digits."""


class QuantityMention(NamedTuple):
    """An amount with its unit, and where it stands."""

    start: int
    end: int
    value: float
    unit: str
    bound: str | None


@cache
def _amount() -> re.Pattern[str]:
    units = table("units")
    names = "|".join(re.escape(name) for name in sorted(units["units"], key=len, reverse=True))
    signs = "|".join(re.escape(sign) for sign in sorted(units["currencies"], key=len, reverse=True))
    scales = "|".join(sorted(units["scales"], key=len, reverse=True))
    return re.compile(
        rf"(?P<bound>more than|over|above|exceeding|at least|about|around|approximately|roughly"
        rf"|some|nearly|almost|up to|less than|under|as much as)?"
        rf"\s?(?:(?<![\w$])(?P<sign>{signs})\s?|(?<![\w.]))(?P<number>{NUMBER})(?:[\s-]?(?P<scale>{scales})\b)?"
        rf"(?:\s(?:(?!(?:{names}|per|percent)\b)[a-z-]+\s){{0,2}}(?P<unit>{names})\b)?",
        re.IGNORECASE,
    )


def shown(number: Decimal | float) -> int | float:
    """A number as a draft holds it: a whole one without a decimal point.

    >>> shown(25.0), shown(Decimal("2.5"))
    (25, 2.5)
    """
    whole = number == number.to_integral_value() if isinstance(number, Decimal) else float(number).is_integer()
    return int(number) if whole else float(number)


_DIGIT = re.compile(r"\d")
WIDEST_BOUND = 30
"""Characters before a number in which its bound and its sign stand."""


@cache
def _codes_of_units() -> tuple[dict[str, str], dict[str, str]]:
    """Codes of units and of currencies by their names in small letters."""
    units = table("units")
    names = {name.lower(): code for name, code in units["units"].items()}
    return names, {sign.lower(): code for sign, code in units["currencies"].items()}


def find_quantities(text: str, start: int, end: int) -> list[QuantityMention]:
    """Amounts with a unit or a currency in `text[start:end]`."""
    first = _DIGIT.search(text, start, end)
    if first is None:
        return []
    start = max(start, first.start() - WIDEST_BOUND)
    units = table("units")
    names, signs = _codes_of_units()
    found: list[QuantityMention] = []
    for match in _amount().finditer(text, start, end):
        unit = signs.get(match["sign"].lower()) if match["sign"] else None
        unit = unit or (names[match["unit"].lower()] if match["unit"] else None)
        if unit is None:
            continue
        scale = Decimal(str(units["scales"].get((match["scale"] or "").lower(), 1)))
        if match["unit"] and not match["sign"]:
            scale *= Decimal(str(units["factors"].get(match["unit"].lower(), 1)))
        value = float(decimal(match["number"], ".") * scale)
        bound = match["bound"].lower() if match["bound"] else None
        if bound in ("some", "around", "roughly", "approximately"):
            bound = "about"
        found.append(QuantityMention(match.start("number"), match.end(), value, unit, bound))
    return found


_OWNED_FLOW = re.compile(
    pattern(
        r"(?P<by><party>|<adj>)(?:['’]s?)?\s(?:[\w-]+\s){0,3}?"
        r"(?:exports?|imports?|shipments?|sales|purchases|investments?)\b"
        r"(?:(?:[^.;]|\.(?=\d)){0,60}?\b(?:to|from|in|into)\s(?P<with><party>))?"
    )
)
_BETWEEN = re.compile(
    pattern(
        r"\b(?P<flow>exports?|imports?|shipments?|sales|investments?|trade)\b[^.;]{0,50}?"
        r"\b(?:from|by|between)\s(?P<by><party>)\s(?:to|into|in|and)\s(?P<with><party>)"
    ),
    re.IGNORECASE,
)
_TWO_WAY = re.compile(
    r"\b(?:bilateral|two-way|mutual)\b[^.;]{0,30}\b(?:trade|commerce|turnover)\b", re.IGNORECASE
)


def trade_sides(mentions: Mentions, start: int, end: int, subject: tuple[str, ...]) -> dict[str, str]:
    """Whose flow an amount at `start:end` is, `reporter`, and with whom, `partner`; absent where not told.

    Args:
        mentions: Of the document.
        start: First character of the clause.
        end: The one after its last.
        subject: Codes of the clause's subject, where it stands in the same sentence.
    """
    masked = mentions.masked
    for words in (_OWNED_FLOW, _BETWEEN):
        found = words.search(masked, start, end)
        if found is None:
            continue
        by = mentions.codes(*found.span("by"))
        other = mentions.codes(*found.span("with")) if found["with"] else ()
        if found.groupdict().get("flow", "").lower().startswith("import"):
            by, other = other, by  # imports from one into another
        named = [code for code in mentions.codes(start, end) if code not in by]
        if not other and len(set(named)) == 1:
            other = tuple(named[:1])
        return {key: codes[0] for key, codes in (("reporter", by), ("partner", other)) if codes}
    if _TWO_WAY.search(masked, start, end) and len(mentions.sides) == 2:
        return {"reporter": mentions.sides[0], "partner": mentions.sides[1]}
    others = [code for code in mentions.codes(start, end) if code not in subject]
    return {key: codes[0] for key, codes in (("reporter", subject), ("partner", others)) if codes}


_BALANCE = re.compile(r"\b(?:trade\s)?(?:(?P<surplus>surplus)|(?P<deficit>deficit))\b", re.IGNORECASE)
"""A balance of trade is not the trade itself."""


def flow_of(words: str) -> str | None:
    """Export, import, trade, surplus, deficit, investment or quota, by the first such word."""
    match = _BALANCE.search(words) or re.search(table("units")["flows"], words, re.IGNORECASE)
    return match.lastgroup if match else None


@cache
def _products() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {word: row["hs"] for row in rows("products") for word in row["words"].split("|")}
    by_letter: dict[str, list[str]] = {}
    for word in sorted(codes, key=len, reverse=True):
        by_letter.setdefault(word[0], []).append(re.escape(word))
    together = "|".join(rf"(?={letter})(?:{'|'.join(same)})" for letter, same in by_letter.items())
    return re.compile(rf"(?=[{''.join(by_letter)}])(?<![\w-])(?:{together})(?![\w-])", re.IGNORECASE), codes


def products_in(words: str) -> dict[str, Any]:
    """Fields `products` and `hs_hint` of the goods named in `words`; empty where none is."""
    finder, codes = _products()
    names = list(dict.fromkeys(match[0] for match in finder.finditer(words)))
    if not names:
        return {}
    hints = list(dict.fromkeys(codes[name.lower()] for name in names))
    return {"products": names, "hs_hint": hints}
