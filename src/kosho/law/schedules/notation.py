"""Reads duties: US HTS, Japan's schedule, TARIC and Kosho's own notation are one grammar.

    duty  = case { "|" case } | rate                         case = "[" condition "]" rate
    rate  = sum { " or " sum } ", whichever is the lower" { "; not less than " sum | "; not more than " sum }
    sum   = "Free" | term { "+" term | " - " term }
    term  = "2.5%" [basis] | money "/" [number] unit [basis] | component
    basis = "on drained weight", "of total sugars", …        component = "EA(1)", "ADSZ", "ADFM", "entry price"

`MIN`, `subject to a minimum customs duty of` and the like are `not less than`; numbers are read as in
`kosho.numbers`. Japanese is translated into it first (`japanese.py`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.schedules.duty import CUSTOMS_VALUE, AdValorem, Component, ConditionalDuty, Duty, Specific, Term
from kosho.law.schedules.units import UnitValue, measured
from kosho.numbers import FRACTIONS, NUMBER, certain, decimal

__all__ = ["is_bare_number", "parse_duty", "parse_told_duty", "parse_unit_value"]

_SIGNS = "".join(FRACTIONS)
_AMOUNT = rf"(?:\d+\s+\d+\s*/\s*\d+|\d+\s?/\s?\d+|\d*\s?[{_SIGNS}]|{NUMBER})"
_BASIS = r"(?P<basis>(?:on|of|over|including)\s.+)"
_PERCENT = re.compile(
    rf"(?P<sign>-?)\s*(?P<percent>{_AMOUNT})\s*(?:%|％|percent|per cent|p\.c\.)"
    rf"(?:\s+ad\s+val(?:orem|\.)?)?(?:\s*,?\s+{_BASIS})?",
    re.IGNORECASE,
)
_PLAIN_PERCENT = re.compile(r"[0-9]+(?:\.[0-9]+)?%")
_WORDS = {"yen": "JPY", "won": "KRW"}
_SYMBOLS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_UNIT = (
    r"(?:clean |pf\. ?|line/ ?|lin\. ?|thou- ?|1,?000 |100 )?[A-Za-z][A-Za-z0-9.²³]*(?<![\s])"
    r"(?: prs?\b\.?)?(?:\s*/\s*net\b| net\b)?|%\s*vol\.?(?:\s*/\s*hl)?|ASV(?:\s*/\s*HLT)?|\d*\s*p/st"
)
_CODES = "(?:DTN|KGM|GRM|TNE|HLT|LTR|MTQ|MTK|MTR|NAR|NPR|CEN|MIL)"
"""Units that TARIC prints after a currency without a stroke."""
_MONEY = re.compile(
    rf"(?:(?P<symbol>(?:US)?\$|€|£|¥|[A-Z]{{3}}(?=[\s\d]))\s*)?(?P<amount>{_AMOUNT})"
    rf"\s*(?P<currency>¢|€|£|c(?=\s*/)|cents?\b|yen\b|won\b|euros?\b|[A-Z]{{3}}(?![A-Za-z]))?"
    rf"(?:\s*(?:/|\bper\b)\s*(?:(?P<per>{NUMBER})\s*)?|\s+(?=each\b|{_CODES}\b))"
    rf"(?P<unit>{_UNIT})?(?:\s*,?\s+{_BASIS})?"
)
_COMPONENT = re.compile(
    r"(?P<name>EAR?|AD\s?S/?ZR?|AD\s?F/?MR?|agricultural component|entry price)\s*(?P<table>\(\s*\d+\s*\))?",
    re.IGNORECASE,
)
_FOOTNOTES = re.compile(r"(?:\s+\d{0,2}/|\s*(?<!m)[¹²³⁰⁴-⁹])+$")
_POWER = re.compile(r"(?<=m)\s*<sup>\s*([23])\s*</sup>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,200}>")
_LOWER = r"less(?:er)?|lower|lowest|least|smaller"
_HIGHER = r"greater|greatest|higher|highest|larger|more"
_WHICHEVER = re.compile(
    rf"(.+?),?\s+(?:\bor\s+)?whichever\s+(?:\w+ )?is (?:the )?(?:(?P<lower>{_LOWER})|(?:{_HIGHER}))",
    re.IGNORECASE,
)
_EITHER = re.compile(rf"the (?:(?P<lower>{_LOWER})|(?:{_HIGHER})) of (.+)", re.IGNORECASE)
_OF = r"\.?(?: (?:customs )?(?:duty|rate|charge))?(?: of)?:?\s+"
_LIMIT = re.compile(
    r"\s*[;,]?\s*(?:provided (?:that )?(?:the (?:duty|rate) |it )?(?:is |be |shall (?:be )?)?)?"
    r"(?:(?:but )?(?:not|no) (?P<less>less|lower)(?: than)\s+"
    r"|(?:but )?not (?:more|higher|greater) than\s+|(?:but )?not exceeding\s+"
    rf"|(?:(?:subject to|with) an? )?(?P<minimum>min(?:imum)?\b){_OF}"
    rf"|(?:(?:subject to|with) an? )?max(?:imum)?\b{_OF})",
    re.IGNORECASE,
)
_CASE = re.compile(r"\[([^\[\]|]+)\]\s*([^\[\]|]+)")


@lru_cache(maxsize=32768)
def parse_duty(text: str) -> Duty:
    """Read the notation of the US HTS, of Japan's schedule (English or Japanese), of TARIC, or `str(duty)`.

    What is not understood is kept in `unread`, never dropped; a number without `%` or money is none.
    `1,234` groups threes here; where text may have a decimal comma, see `kosho.numbers`.

    Raises:
        InputError: the text is empty.

    >>> from kosho.law.schedules import parse_duty
    >>> parse_duty("8.5% or 38 yen/kg, whichever is the greater")
    Duty('8.5% or 38 JPY/kg, whichever is the higher')
    >>> parse_duty("12,8 % MIN 1,6 EUR / DTN")
    Duty('12.8%; not less than 1.6 EUR/100 kg')
    >>> parse_duty("as the minister sees fit").kind, parse_duty("-").kind, parse_duty("10").kind
    ('unread', 'unread', 'unread')
    """
    printed = text.strip()
    if _PLAIN_PERCENT.fullmatch(printed):
        return replace(Duty.percent(printed[:-1]), text=printed)
    kept = _cleaned(printed)
    if not kept:
        raise InputError(Problem(_("no duty is given")))
    # Spaces, lines and notes may have a meaning; what cannot be read with them is read as it will be shown.
    return replace(_read(printed) or _read(kept) or Duty(unread=kept), text=printed)


def parse_told_duty(text: str) -> Duty:
    """A duty that a person tells by itself: a bare number is percent, and no number may be either of two.

    Raises:
        InputError: it is no duty, or a number may be either of two.

    >>> from kosho.law.schedules.notation import parse_told_duty
    >>> parse_told_duty("2.5"), parse_told_duty("12,5"), parse_told_duty("1,5 EUR/kg")
    (Duty('2.5%'), Duty('12.5%'), Duty('1.5 EUR/kg'))
    """
    if text.strip():
        found = parse_duty(certain(f"{text}%" if is_bare_number(text) else text))
        if not found.unread:
            return found
    raise InputError(Problem(_("{text!r} is not a duty", text=text), _("write 2.5 or 0.50USD/kg")))


def is_bare_number(text: str) -> bool:
    """Whether a text is a number and nothing else: percent, a fraction or money, which it does not say.

    >>> from kosho.law.schedules.notation import is_bare_number
    >>> is_bare_number("12,5"), is_bare_number("12.5%")
    (True, False)
    """
    return re.fullmatch(_AMOUNT, text.strip()) is not None


def parse_unit_value(text: str) -> UnitValue:
    """Read `10USD/kg`, `$3.50 each`, `3,5 EUR/kg` or `350 yen/kg`.

    Raises:
        InputError: it is not money per quantity, or not above zero, or a number may be either of two.

    >>> from kosho.law.schedules import parse_unit_value
    >>> parse_unit_value("$3.50 each")
    UnitValue('3.5 USD/No.')
    """
    found = _money(certain(text))
    if found is None or found.basis:
        raise InputError(Problem(_("{text!r} is not a unit value", text=text), _("write 10USD/kg")))
    return UnitValue(found.amount / found.per, found.currency, found.unit)


def _read(text: str) -> Duty | None:
    cleaned = _cleaned(_english(text))
    return _cases(cleaned) or _rate(cleaned) or _seasons(cleaned)


def _english(printed: str) -> str:
    """A duty in Japan's own words in the grammar of this module; any other as it is."""
    if printed.startswith("[") or (printed.isascii() and not printed.startswith(("(", "*"))):
        return printed
    from kosho.law.schedules.japanese import english, is_japanese  # noqa: PLC0415 - few duties need it

    return english(printed) if is_japanese(printed) else printed


def _money(text: str) -> Specific | None:
    """Money per quantity, or None."""
    found = _MONEY.fullmatch(text.strip())
    if found is None or not (found["unit"] or found["per"]):
        return None
    return _specific(found)


def _cleaned(text: str) -> str:
    plain = text
    if "<" in plain:
        plain = _TAG.sub(" ", _POWER.sub(r"\1", plain))
    plain = plain.replace("\u2212", "-").replace("\u2013", "-").replace("\u2014", "-")
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


def _seasons(text: str) -> Duty | None:
    """`20% from 1 June to 30 November; 40% from 1 December to 31 May`: a case a season."""
    if not re.search(r"\bfrom\b", text, re.IGNORECASE):
        return None
    from kosho.law.schedules.seasons import without_season  # noqa: PLC0415 - few duties need it

    parts = [without_season(part) for part in re.split(r"\s*;\s*", text)]
    if not all(days for days, _other in parts):
        return None
    rates = [(days, rest.strip(" ,:()")) for days, rest in parts]
    duties = [_rate(rest) for _other, rest in rates]
    cases = [
        ConditionalDuty(days, replace(duty, text=rest))
        for (days, rest), duty in zip(rates, duties, strict=True)
        if duty is not None
    ]
    return Duty(cases=tuple(cases)) if len(cases) == len(parts) else None


def _rate(text: str) -> Duty | None:
    limits = list(_LIMIT.finditer(text))
    ends = [one.start() for one in limits] + [len(text)]
    sums, choice = _alternatives(text[: ends[0]])
    if not sums:
        return None
    bounds: dict[str, tuple[Term, ...]] = {}
    for one, end in zip(limits, ends[1:], strict=True):
        key = "at_least" if one["less"] or one["minimum"] else "at_most"
        bound = _sum(text[one.end() : end])
        if bound is None or key in bounds:
            return None
        bounds[key] = bound
    return Duty(
        sums=sums,
        choice="higher" if choice == "higher" else "lower",
        at_least=bounds.get("at_least") or (),
        at_most=bounds.get("at_most") or (),
    )


def _alternatives(text: str) -> tuple[tuple[tuple[Term, ...], ...], str]:
    text = text.strip()
    whichever, either = _WHICHEVER.fullmatch(text), _EITHER.fullmatch(text)
    if whichever is not None:
        found, parts = whichever, re.split(r",? or ", whichever[1])
    elif either is not None:
        found, parts = either, re.split(r",? (?:or|and) ", either[2])
    else:
        only = _sum(text)
        return (() if only is None else (only,)), ""
    sums = [_sum(part) for part in parts]
    read_ones = tuple(terms for terms in sums if terms is not None)
    choice = "lower" if found["lower"] else "higher"
    return (read_ones if len(read_ones) == len(sums) > 1 else ()), choice


def _sum(text: str) -> tuple[Term, ...] | None:
    text = text.strip()
    if text.lower() in ("free", "no additional duty"):
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
    if not terms or (len(terms) == 1 and isinstance(terms[0], AdValorem) and terms[0].percent < 0):
        return None  # a sign alone, or a duty below nothing
    nothing = len(terms) == 1 and isinstance(terms[0], AdValorem) and not terms[0].percent
    return () if nothing else tuple(terms)


def _term(text: str, sign: int) -> Term | None:
    percent = _PERCENT.fullmatch(text)
    if percent is not None:
        amount = _decimal(percent["percent"])
        minus = -1 if percent["sign"] else 1
        return None if amount is None else AdValorem(amount * sign * minus, percent["basis"] or "")
    if sign < 0:
        return None
    return _money(text) or _component(text)


def _component(text: str) -> Component | None:
    found = _COMPONENT.fullmatch(text)
    if found is None:
        return None
    name = found["name"]
    plain = name.lower() if len(name) > len("AD S/ZR") else re.sub(r"[\s/]", "", name).upper()
    return Component(plain + re.sub(r"\s", "", found["table"] or ""))


def _specific(found: re.Match[str]) -> Specific | None:
    amount, currency = _decimal(found["amount"]), found["currency"] or ""
    if amount is None or (found["symbol"] and currency):
        return None
    if found["symbol"]:
        currency = _SYMBOLS.get(found["symbol"], found["symbol"])
    elif currency in ("¢", "c") or currency.startswith("cent"):
        amount, currency = amount / 100, "USD"
    elif currency in _SYMBOLS:
        currency = _SYMBOLS[currency]
    elif currency in _WORDS or currency.startswith("euro"):
        currency = _WORDS.get(currency, "EUR")
    if not currency:
        return None
    per = _decimal(found["per"]) if found["per"] else Decimal(1)
    unit, times = measured(found["unit"] or "No.")
    return None if not per else Specific(amount, currency, unit, per * times, found["basis"] or "")


def _decimal(text: str) -> Decimal | None:
    try:
        return decimal(text, ".")
    except InputError:
        return None
