"""Rates that change: `fall from 145 to 30 percent`, `was halved to 9 percent`, `goes up to 11`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from kosho.numbers import decimal
from kosho.record.reading.tables import table

__all__ = ["Change", "find_changes", "tells_percent"]


class Change(NamedTuple):
    """A rate and the one before it, as far as the words give them, and where they do."""

    start: int
    """Of the duty or rate that changes."""
    end: int
    verb: int
    """Where the verb stands."""
    rate: Decimal
    before: Decimal | None
    products: tuple[int, int] | None
    name: str
    """What kind of duty the words name."""


_NUMBER = r"(?<![\d.,])\d+(?:[.,]\d{1,2}(?!\d))?"
_PERCENT = r"(?:\s?%|\s?per\s?cent(?:age\spoints?)?\b)"
_BEFORE = rf"(?P<before>{_NUMBER})"
_ZERO = r"(?P<zero>zero|nil|nothing)\b"
_AFTER = rf"(?:an?\s|about\s|around\s|only\s|just\s|as\s(?:much|high|low)\sas\s)?(?P<after>{_NUMBER})"
_TURNS = (
    r"(?:fall(?:s|en|ing)?|fell|drop(?:s|ped)?|declin(?:es?|ed)|decreas(?:es?|ed)|ris(?:es?|en|ing)|rose|climb(?:s|ed)?|jump(?:s|ed)?"
    r"|increas(?:es?|ed)|go(?:es)?(?:\s(?:up|down))?|went(?:\s(?:up|down))?|mov(?:es?|ed)|com(?:es?)\sdown|came\sdown|chang(?:es?|ed)"
    r"|doubl(?:es?|ed)|tripl(?:es?|ed)|quadrupl(?:es?|ed)|halv(?:es?|ed)|lower(?:ed|s)?|rais(?:es?|ed)|cut(?:s)?|reduc(?:es?|ed)|slash(?:es|ed)?"
    r"|hik(?:es?|ed)|lift(?:s|ed)?|trim(?:s|med)?|brought\s(?:up|down)|bring(?:s)?\s(?:up|down)|set|restor(?:es?|ed)|revert(?:s|ed)?|return(?:s|ed)?|eas(?:es?|ed))"
)
_DONE = (
    r"(?:lower(?:ed|s|ing)?|rais(?:es?|ed|ing)|cut(?:s|ting)?|reduc(?:es?|ed|ing)|slash(?:es|ed|ing)?|hik(?:es?|ed|ing)|increas(?:es?|ed|ing)"
    r"|doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing)|quadrupl(?:es?|ed|ing)|halv(?:es?|ed|ing)|trim(?:s|med|ming)?|br(?:ought|ing|ings|inging)\s(?:up|down)|substitut\w+(?:\sof)?|replac\w+|chang\w+)"
)
_NO_DUTY = "".join(
    rf"(?<!{word}\s)"
    for word in ("interest", "growth", "inflation", "exchange", "unemployment", "mortgage", "policy")
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(re.escape(name) for name in table("measures")["names"])
    duty = (
        rf"(?P<name>(?:(?:{names})[ -]){{0,3}})(?P<duty>tariffs?(?:\srates?)?|dut(?:y|ies)|lev(?:y"
        rf"|ies)|surcharges?|(?:export|import|border|carbon|excise)\stax(?:es)?"
        rf"|[“\"]?\w*[”\"]?\srates?{_NO_DUTY}"
        r"|(?<=[\ue000\ue001\ue007]\s)rates?|(?<=['’]s\s)rates?|(?<=the\s)rates?|(?<=the\s)ones?|those)(?:\sof\s(?:the\s)?(?:duty|tariff|customs\sduty))?\b"
    )
    goods = r"(?:\s(?:on|for|of)\s(?P<products>[^;:,%]{2,80}?))?"
    aside = r"(?:,\s[^;]{2,40}?,)?"
    helper = (
        r"(?:\s(?:will|would|shall|to|is|are|was|were|be|been|being|has|have|had|also|now|then|again"
        r"|further|already|\w+ly|set|due|could|may|might|must|should)){0,5}?"
    )
    passive = rf"\b{duty}{goods}{aside}{helper}\s(?P<verb>{_TURNS})\b(?P<tail>[^;]{{0,140}})"
    active = (
        rf"\b(?P<verb>{_DONE})\s(?:(?!rates?\b|tariffs?\b"
        rf"|dut)[\w\ue000-\ue007’'-]+\s){{0,3}}?{duty}{goods}(?P<tail>\s(?:from|to|by)\s[^;]{{0,120}})"
    )
    nominal = (
        rf"\b(?P<verb>reduction|increase|cut|rise|hike|drop|fall|lowering|raising)\s(?:of|in)\s(?:the\s|its\s|their\s)?"
        rf"(?:[\ue000\ue001\ue007]+(?:['’]s?)?\s)?{duty}{goods}(?P<tail>\s(?:from|to)\s[^;]{{0,120}})"
    )
    return tuple(re.compile(one, re.IGNORECASE) for one in (passive, active, nominal))


_FROM_TO = re.compile(rf"\bfrom\s{_BEFORE}{_PERCENT}?\sto\s(?:{_AFTER}{_PERCENT}|{_ZERO})", re.IGNORECASE)
_TO_FROM = re.compile(rf"\bto\s{_AFTER}{_PERCENT},?\s(?:up\s|down\s)?from\s{_BEFORE}{_PERCENT}?", re.IGNORECASE)
_TO = re.compile(rf"\b(?:to|at)\s(?:{_AFTER}{_PERCENT}|{_ZERO})", re.IGNORECASE)


_IN_WORDS = re.compile("per[ -]?cent|point|PER ?CENT|POINT|Per ?[Cc]ent|Point")


def tells_percent(masked: str, start: int, end: int) -> bool:
    """Whether `masked[start:end]` holds a sign of a percentage, without which it gives no rate.

    >>> tells_percent("from 18 to 12 Percent", 0, 21)
    True
    """
    return masked.find("%", start, end) >= 0 or _IN_WORDS.search(masked, start, end) is not None


MOST = 12
"""Changes of one clause that are read."""


def find_changes(masked: str, start: int, end: int) -> Iterator[Change]:
    """Changes of a rate in the clause at `start:end`, where both or the new one are told.

    >>> text = "the duty on juice will fall from 18 to 12 percent in July"
    >>> [(change.rate, change.before) for change in find_changes(text, 0, len(text))]
    [(Decimal('12'), Decimal('18'))]
    """
    if not tells_percent(masked, start, end) and masked.find("to zero", start, end) < 0:
        return
    for words in _patterns():
        position, told_of = start, 0
        while told_of < MOST and (match := words.search(masked, position, end)):
            told = _values(match["tail"])
            position = match.end("verb") if told is None else match.start("tail") + told[2]
            if told is None:
                continue
            told_of += 1
            rate, before, width = told
            goods = match.span("products") if match["products"] else None
            begin = match.start("name") if match["name"] else match.start("duty")
            yield Change(
                begin,
                match.start("tail") + width,
                match.start("verb"),
                rate,
                before,
                goods,
                match["name"].strip().lower(),
            )


def _values(tail: str) -> tuple[Decimal, Decimal | None, int] | None:
    for words in (_FROM_TO, _TO_FROM):
        found = words.search(tail)
        if found:
            none = found.groupdict().get("zero")
            after = Decimal(0) if none else decimal(found["after"], ".")
            return after, decimal(found["before"], "."), found.end()
    found = _TO.search(tail)
    if found is None:
        return None
    return Decimal(0) if found["zero"] else decimal(found["after"], "."), None, found.end()
