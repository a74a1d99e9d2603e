"""Reads duties: the words of the US HTS, of Japan's English schedule, and Kosho's own notation are one grammar.

    duty  = case { "|" case } | rate                         case = "[" condition "]" rate
    rate  = sum { " or " sum } ", whichever is the lower" { "; not less than " sum | "; not more than " sum }
    sum   = "Free" | term { "+" term | " - " term }
    term  = "2.5%" [basis] | money "/" [number] unit [basis]     basis = "on drained weight", "of total sugars"

Japanese is translated into it first (`japanese.py`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from kosho.errors import InputError, Problem
from kosho.law.schedules.duty import CUSTOMS_VALUE, AdValorem, ConditionalDuty, Duty, Specific, Term
from kosho.law.schedules.units import UnitValue, canonical_unit

__all__ = ["parse_duty", "parse_unit_value"]

_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_BASIS = r"(?P<basis>(?:on|of|over)\s.+)"
_PERCENT = re.compile(rf"(?P<sign>-?)\s*(?P<percent>{_NUMBER})\s*(?:%|percent)(?:\s+{_BASIS})?", re.IGNORECASE)
_MONEY = re.compile(
    rf"(?:(?P<dollars>(?:US)?\$)\s*)?(?P<amount>{_NUMBER})\s*(?P<currency>¢|c(?=\s*/)|cents?\b|yen\b|[A-Z]{{3}}(?![A-Za-z]))?"
    rf"(?:\s*/\s*(?:(?P<per>{_NUMBER})\s*)?|\s+(?=each\b))"
    rf"(?P<unit>(?:clean |pf\. ?|line/ ?)?[A-Za-z][A-Za-z0-9.²³]*(?<![\s])(?: prs?\b\.?)?)?(?:\s+{_BASIS})?"
)
_FOOTNOTES = re.compile(r"(?:\s+\d{1,2}/|\s*(?<!m)[¹²³⁰⁴-⁹])+$")
_TAG = re.compile(r"<[^>]{0,200}>")
_WHICHEVER = re.compile(
    r"(.+?),?\s+whichever (?:rate )?is (?:the )?(less|lesser|lower|higher|greater)", re.IGNORECASE
)
_LIMIT = re.compile(r"\s*[;,]?\s*(?:but )?not (less|more) than\s+", re.IGNORECASE)
_CASE = re.compile(r"\[([^\[\]|]+)\]\s*([^\[\]|]+)")


@lru_cache(maxsize=16384)
def parse_duty(text: str) -> Duty:
    """Read the notation of the US HTS, of Japan's schedule (English or Japanese), or `str(duty)`.

    What is not understood is kept in `unread`, never dropped.

    Raises:
        InputError: the text is empty.

    >>> from kosho.law.schedules import parse_duty
    >>> parse_duty("8.5% or 38 yen/kg, whichever is the greater")
    Duty('8.5% or 38 JPY/kg, whichever is the higher')
    >>> parse_duty("as the minister sees fit").kind
    'unread'
    """
    printed = text.strip()
    kept = _cleaned(printed)
    if not kept:
        raise InputError(Problem("no duty is given"))
    # Spaces, lines and notes may have a meaning; what cannot be read with them is read as it will be shown.
    return replace(_read(printed) or _read(kept) or Duty(unread=kept), text=printed)


def _read(text: str) -> Duty | None:
    cleaned = _cleaned(_english(text))
    return _cases(cleaned) or _rate(cleaned)


def _english(printed: str) -> str:
    """A duty in Japan's own words in the grammar of this module; any other as it is."""
    if printed.startswith("[") or (printed.isascii() and not printed.startswith(("(", "*"))):
        return printed
    from kosho.law.schedules.japanese import english, is_japanese  # noqa: PLC0415 - few duties need it

    return english(printed) if is_japanese(printed) else printed


def parse_unit_value(text: str) -> UnitValue:
    """Read `10USD/kg`, `$3.50 each` or `350 yen/kg`.

    Raises:
        InputError: it is not money per quantity, or not above zero.

    >>> from kosho.law.schedules import parse_unit_value
    >>> parse_unit_value("$3.50 each")
    UnitValue('3.5 USD/No.')
    """
    found = _money(text)
    if found is None or found.basis:
        raise InputError(Problem(f"{text!r} is not a unit value", "write 10USD/kg"))
    return UnitValue(found.amount / found.per, found.currency, found.unit)


def _money(text: str) -> Specific | None:
    """Money per quantity, or None."""
    found = _MONEY.fullmatch(text.strip())
    if found is None or not (found["unit"] or found["per"]):
        return None
    return _specific(found)


def _cleaned(text: str) -> str:
    plain = _TAG.sub(" ", text).replace("\u2212", "-").replace("\u2013", "-")
    plain = re.sub(r"\s+", " ", plain).strip()
    return _FOOTNOTES.sub("", plain).strip()


def _cases(text: str) -> Duty | None:
    if not text.startswith("["):
        return None
    cases: list[ConditionalDuty] = []
    for part in text.split("|"):
        found = _CASE.fullmatch(part.strip())
        duty = found and _rate(found[2].strip())
        if not found or not found[1].strip() or not duty:
            return None
        cases.append(ConditionalDuty(found[1].strip(), replace(duty, text=found[2].strip())))
    return Duty(cases=tuple(cases))


def _rate(text: str) -> Duty | None:
    first, *limits = _LIMIT.split(text)
    sums, choice = _alternatives(first)
    bounds = {word.lower(): _sum(part) for word, part in zip(limits[::2], limits[1::2], strict=True)}
    if not sums or None in bounds.values() or len(bounds) < len(limits) / 2:
        return None
    return Duty(
        sums=sums,
        choice="higher" if choice in ("higher", "greater") else "lower",
        at_least=bounds.get("less") or (),
        at_most=bounds.get("more") or (),
    )


def _alternatives(text: str) -> tuple[tuple[tuple[Term, ...], ...], str]:
    whichever = _WHICHEVER.fullmatch(text.strip())
    if whichever is None:
        only = _sum(text)
        return (() if only is None else (only,)), ""
    sums = [_sum(part) for part in whichever[1].split(" or ")]
    read_ones = tuple(terms for terms in sums if terms is not None)
    return (read_ones if len(read_ones) == len(sums) > 1 else ()), whichever[2].lower()


def _sum(text: str) -> tuple[Term, ...] | None:
    text = text.strip()
    if text.lower() == "free":
        return ()
    if CUSTOMS_VALUE in text:
        from kosho.law.schedules.linear import money_less_value  # noqa: PLC0415 - few duties need it

        gap = money_less_value(text)
        if gap is not None:
            return gap
    sign, terms = 1, list[Term]()
    for part in re.split(r"\s*(\+)\s*|\s+(-)\s+", text):
        if part in ("+", "-"):
            sign = 1 if part == "+" else -1
        elif part is not None:
            term = _term(part.strip(), sign)
            if term is None:
                return None
            terms.append(term)
    if not terms:
        return None  # a sign alone
    nothing = len(terms) == 1 and isinstance(terms[0], AdValorem) and not terms[0].percent
    return () if nothing else tuple(terms)


def _term(text: str, sign: int) -> Term | None:
    percent = _PERCENT.fullmatch(text)
    if percent is not None:
        minus = -1 if percent["sign"] else 1
        return AdValorem(_decimal(percent["percent"]) * sign * minus, percent["basis"] or "")
    return _money(text) if sign > 0 else None


def _specific(found: re.Match[str]) -> Specific | None:
    amount, currency = _decimal(found["amount"]), found["currency"] or ""
    if found["dollars"]:
        if currency:
            return None
        currency = "USD"
    elif currency in ("¢", "c") or currency.startswith("cent"):
        amount, currency = amount / 100, "USD"
    elif currency == "yen":
        currency = "JPY"
    if not currency:
        return None
    per = _decimal(found["per"]) if found["per"] else Decimal(1)
    unit = canonical_unit(found["unit"] or "No.")
    return None if not per else Specific(amount, currency, unit, per, found["basis"] or "")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
