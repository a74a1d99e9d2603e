"""A rate as words tell it: a number, a range, one with the one before it, one that a verb changes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from kosho.numbers import decimal
from kosho.record.reading.quantities import NUMBER_WORDS, shown
from kosho.record.reading.quick import Guarded

__all__ = ["group", "percent", "told_rates"]


def group(match: re.Match[str], name: str) -> str | None:
    """A named group of a match; None where its pattern has none of that name."""
    return match.groupdict().get(name)


_TENS = {"twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
_IN_WORDS = NUMBER_WORDS | {"zero": 0, "twelve": 12, "fifteen": 15} | _TENS


def percent(text: str) -> int | float:
    """A rate in figures or in words, without more digits than are told."""
    return shown(_number(text))


def _number(text: str) -> Decimal:
    """A rate in figures or in words: `five per cent`."""
    word = _IN_WORDS.get(text.lower())
    return decimal(text, ".") if word is None else Decimal(str(word))


def told_rates(masked: str, start: int, end: int, match: re.Match[str]) -> dict[str, Any]:
    """`rate`, and `rate_before` where the words give it; the two ends where they give a range."""
    low, rate = group(match, "low") or group(match, "least"), match["rate"]
    if low:
        return {"rate_low": percent(low), "rate_high": percent(rate)}
    if group(match, "from"):
        return {"rate": percent(rate), "rate_before": percent(match["from"])}
    old = _DOWN_FROM.match(masked, match.end("rate"), end)
    if old:
        return {"rate": percent(rate), "rate_before": percent(old["rate"])}
    told = max(match.end("rate"), match.end("duty") if group(match, "duty") else 0)
    change = _CHANGES.search(masked, start, match.start()) or _CHANGED.match(masked, told, end)
    if change is None:
        gone = _TAKES_AWAY.search(masked, start, match.start()) or _GOES.match(masked, told, end)
        return {"rate_before" if gone else "rate": percent(rate)}
    verb = next(word for word in change.groups() if word).lower()
    if rate.lower() == "zero":
        return {"rate": 0}
    after = _changed(_number(rate), verb, masked[told:end])
    return {"rate_before": percent(rate)} | ({} if after is None else {"rate": shown(after)})


_AMONG = r"(?:[^;%]{2,80}?,\s(?:including|such as|among them|especially|notably|like)\s)?"
"""What a verb has as its object, of which the rate is one: `eliminate its tariffs on fruit, including the`."""
_AWAY = r"(?:lift|remov|scrap|abolish|eliminat|withdraw|drop|waiv|end|repeal|revok)"
_TAKES_AWAY = Guarded(
    rf"\b(?:{_AWAY}(?:e|ed|es|s|ing|ped|ping)?|withdrew|withdrawn)\s{_AMONG}"
    r"(?:(?:its|the|their|an?|this|that|existing|current|all|[\ue000\ue001]+(?:['’]s?)?)\s)+$",
    re.IGNORECASE,
)
_GOES = Guarded(
    rf"[^;]{{0,100}}?\s(?:(?:be|been|being|is|are|was|were)\s(?:\w+ly\s)?(?:{_AWAY}(?:e?d|ped)"
    rf"|withdrawn|phased out)"
    r"|(?:will|would|is to|are to|due to)\s(?:go up|go down|rise|fall|drop|increase)(?!\sto\b))\b",
    re.IGNORECASE,
)
"""A rate that is taken away, or that will be another one which is not told, is the one before."""
_DOWN_FROM = Guarded(
    r"\s?(?:%|per ?cent)[^,;%]{0,60},?\s(?:up|down|raised|lowered|cut|compared with|instead of"
    r"|against)\s(?:from\s)?(?:an?\s|the\s)?(?:earlier\s|current\s|previous\s|initial\s"
    r"|present\s)?"
    "(?P<rate>\\d+(?:[.,]\\d{1,2})?)\\s?(?:%|per ?cent)(?!\\s(?:in|for)\\s[\ue000\ue007])",
    re.IGNORECASE,
)
"""What a rate was before: `39%, down from an earlier 31%`."""
_FACTORS = (("doubl", Decimal(2)), ("tripl", Decimal(3)), ("quadrupl", Decimal(4)), ("halv", Decimal("0.5")))
_RISES = ("rais", "increas", "hik", "rise", "rose")
_VERB = (
    r"(?:doubl|tripl|quadrupl|halv|rais|reduc|increas|hik)(?:e[sd]?|ing)|(?:lower|slash|trim)\w*|cut(?:s|ting)?"
)
_CHANGES = Guarded(
    rf"\b(?P<verb>{_VERB})\s{_AMONG}(?:(?:its|the|their|this|that|existing|current|present|[\ue000\ue001]+(?:['’]s?)?)\s)+$",
    re.IGNORECASE,
)
"""A verb of change whose object is a rate: the rate is the one before."""
_CHANGED = Guarded(
    rf"[^;]{{0,60}}?\s(?:(?:be|been|being|is|are|was|were)\s(?:\w+ly\s)?(?P<verb>{_VERB})"
    r"|(?:will|would|to)\s(?P<turns>double|triple|halve|quadruple)"
    r"|(?P<moves>rise|rose|fall|fell|drop|dropped|increase|increased)(?=\sby\b))\b",
    re.IGNORECASE,
)
"""The same where the rate is what changes."""
_NEW = re.compile(r"\bto\s(?:an?\s)?(?P<rate>\d+(?:[.,]\d+)*)\s?(?:%|per ?cent)", re.IGNORECASE)
_BY_POINTS = re.compile(
    r"\bby\s(?:an?\s(?:further|additional)\s)?(?P<points>\d+(?:[.,]\d+)?|[a-z]+)[\s-](?:percentage[\s-])?points?\b",
    re.IGNORECASE,
)
_BY_PART = re.compile(r"\bby\s(?:(?P<half>half)\b|(?:\d|an?\s|one\s|two\s|three\s))", re.IGNORECASE)


def _changed(before: Decimal, verb: str, behind: str) -> Decimal | None:
    """The rate that a change leads to: told, or as a sum of what is told; None where it cannot be told."""
    told = _NEW.search(behind)
    if told:
        return decimal(told["rate"], ".")
    points = _BY_POINTS.search(behind)
    if points:
        number = NUMBER_WORDS.get(points["points"].lower(), points["points"])
        if not str(number)[0].isdigit():
            return None
        by = decimal(str(number), ".")
        after = before + by if verb.startswith(_RISES) else before - by
        return after if after >= 0 else None
    part = _BY_PART.search(behind)
    if part:
        return before / 2 if part["half"] and not verb.startswith(_RISES) else None
    return next((before * factor for stem, factor in _FACTORS if verb.startswith(stem)), None)
