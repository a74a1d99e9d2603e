"""Free words of a fact: what is asked or offered, what will be done, how somebody stands to it."""

from __future__ import annotations

import re
from typing import Any

from kosho.record.reading.mentions import pattern

__all__ = ["free_words", "listed", "subject_of"]

LONGEST = 160
"""Characters of a phrase; what is behind is left to the quote."""

_KEY = {
    "ask": "content",
    "offer": "content",
    "commitment": "deliverable",
    "position": "stance",
    "response": "stance",
    "agreement": "topic",
    "red_line": "topic",
}
_MODAL = re.compile(
    r"(?:will|shall|would|may|could|(?:is|are|plans?|intends?) to)\s(?:(?:also|jointly|\w+ly)\s)?",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\s(?:would|will|shall)\s")
"""What stands behind it is what will be done: `said Peru would follow`."""
_ADDRESSEE = re.compile(
    pattern(
        r"\W*(?:(?:on|upon|to|with|from)\s)?(?:(?:[Tt]he\s)?<any>(?:['’]s?\s(?:[\w-]+\s){0,2})?|us|them|him|her|officials|negotiators|(?:their|our|its|his|her)\s[\w-]+)\s(?=(?:to|that|for|on)\b|not\sto\b)"
    )
)
_MARK = re.compile(
    r"\W*(?:(?:also|again|jointly|therefore|would|will|should|could)\s)*(?:to|for|that|on|of|about|regarding)\s"
)
_AGREED_TO = re.compile(r"[^,;]{0,20}?(?:,[^,;]{2,30},)?\s?\bto\s")
_TO_GO = re.compile(
    r"(?:tariff|dut|lev|ban|quota|barrier)[a-z]*\s(?:on|of|that|which)\s.*\b(?:go|end|stop)$", re.IGNORECASE
)
"""What is asked to go is named first: `duty on figs that must go`."""
_END = re.compile(
    r"[;“”\"]|,\s(?:which|who|while|although|but|adding|saying|according|a\s\w+\ssaid)\b|\s(?:although|while|because|after|but)\s"
)
_WHO_SAID_SO = re.compile(
    r",\s[^,;]*[A-Z][^,;]*\s(?:said|says|added|announced|told\s[^,;]{1,40})(?:\son\s\w+)?\W*$"
)
"""Who tells what stands before: `X will ask Y for a quota, Minister Z said`."""


def free_words(kind: str, text: str, masked: str, verb: tuple[int, int], end: int) -> dict[str, Any]:
    """The words that one of the open fields of `kind` holds; empty where the clause has none.

    Args:
        kind: Type of the fact.
        text: The document.
        masked: The document with names written over.
        verb: Where the words stand by which the fact was told.
        end: The clause's last character and one.
    """
    key = _KEY.get(kind)
    if key is None:
        return {}
    start, behind = verb
    while start < end and text[start] in ' “"':
        start += 1
    if key == "topic":
        mark = _AGREED_TO.match(masked, behind, end) if kind == "agreement" else None
        place = mark.end() if mark else behind
        return _phrase(key, text, place, end) if mark or kind == "red_line" else {}
    if kind in ("position", "response") or (kind == "ask" and _TO_GO.match(masked, start, behind)):
        return _phrase(key, text, start, end)
    modal = _MODAL.match(masked, start, behind)
    if modal:
        return _phrase(key, text, modal.end(), end)
    asked = _inner_verb(masked, start, behind)
    place = asked if asked is not None else behind
    addressee = _ADDRESSEE.match(masked, place, end)
    place = addressee.end() if addressee else place
    if re.fullmatch(r"[^\w:]*:\W*", masked[place:end]):
        return {}  # what is agreed on stands in the list that follows
    mark = _MARK.match(masked, place, end)
    told = _WOULD.search(masked, start, behind)
    whole = told.end() if told else start
    return _phrase(key, text, mark.end() if mark else place, end) or _phrase(key, text, whole, end)


def _inner_verb(masked: str, start: int, behind: int) -> int | None:
    """Where the content begins inside the words that fitted: behind their first `to`, `for` or `that`."""
    found = re.search(r"\b(?:to|for|that|of|on)\s", masked[start:behind])
    return start + found.end() if found else None


def _phrase(key: str, text: str, start: int, end: int) -> dict[str, Any]:
    stop = _END.search(text, start, end) or _WHO_SAID_SO.search(text, start, end)
    words = " ".join(text[start : stop.start() if stop else end].split()).strip(" ,.;:“”\"'")
    if len(words) > LONGEST:
        words = words[:LONGEST].rsplit(" ", 1)[0]
    return {key: words} if re.search(r"[^\W\d_]{3,}", words) else {}


_ITEM = re.compile(r",\s(?:and\s|as\swell\sas\s)?|\sand\s(?:on\s|about\s|the\s)?|\sas\swell\sas\s")
_LEADING = re.compile(
    r"^(?:(?:on|about|regarding|concerning|of|with|into|for|to)\s)?(?:(?:the|an?|its|their|various"
    r"|several|ways to)\s)?(?:(?:issues?|questions?|matters?|topics?)\s(?:of|such as|including"
    r"|like)\s)?",
    re.IGNORECASE,
)


_HOW = re.compile(
    r"\s(?:at\s(?:great\s|some\s)?length|in\s(?:great\s|more\s|some\s)?(?:detail|depth)|extensively|thoroughly|briefly)$"
)
"""How something was discussed is no part of what was."""


def listed(words: str) -> list[str]:
    """The subjects that a phrase lists.

    >>> listed("on trade expansion, non-tariff measures, and economic security")
    ['trade expansion', 'non-tariff measures', 'economic security']
    """
    parts = [_HOW.sub("", _LEADING.sub("", part.strip(" .,;"))) for part in _ITEM.split(words)]
    return [part for part in parts if len(part) > 2 or (len(part) == 2 and part.isupper())]


_PASSIVE = re.compile(
    r"(?P<what>[^,;]{4,120}?)\s(?:was|were|is|are|has been|have been)\s(?:also\s|then\s|\w+ly\s)?"
    r"(?:discussed|raised|taken up|touched upon|covered|addressed|reviewed|cited|listed|among)\b"
)


def subject_of(words: str) -> str | None:
    """What was discussed, where the words tell it as what was done: `The question of visas was discussed`."""
    found = _PASSIVE.match(words)
    if found is None:
        return None
    return (
        re.sub(
            r"^\W*(?:The\s|the\s)?(?:(?:question|issue|matter|topic|subject|status|state)s?\s(?:of\s(?:the\s)?))?",
            "",
            found["what"],
        )
        or None
    )
