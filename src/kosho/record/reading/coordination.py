"""What one verb governs more than once: `asked X to lift the ban and to open its market`.

The second item is read as if the words that govern it stood before it again.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from kosho.record.reading.mentions import pattern
from kosho.record.reading.quick import MOST_CLAUSES, Guarded
from kosho.record.reading.tables import table

__all__ = ["Item", "items"]


class Item(NamedTuple):
    """A span, and the words of its sentence that govern it."""

    start: int
    end: int
    head: str

    @property
    def whole(self) -> bool:
        """Whether it is a sentence of its own behind `that`."""
        return self.head.endswith(" that ")


@cache
def _verbs() -> tuple[frozenset[str], frozenset[str]]:
    """Verbs in their base form, and those of which a noun may be meant as well."""
    return frozenset(table("verbs")["base"].split()), frozenset(table("verbs")["noun_too"].split())


_ADVERBS = r"(?:(?:also|jointly|further|then|not|\w+ly)\s)?"
_JOINED = re.compile(
    r"(?:[,;](?:\s(?:and|or|as\swell\sas))?|\s(?:and|or|as\swell\sas))\s(?:also\s)?"
    rf"(?P<item>(?P<to>to\s)?{_ADVERBS}(?P<verb>[a-z][a-z-]*)\b)",
    re.IGNORECASE,
)
_GOVERNING = re.compile(
    pattern(rf"\b(?:to|will|shall|would|that\s<any>)\s(?={_ADVERBS}(?P<verb>[a-z][a-z-]*)\b)"), re.IGNORECASE
)
_NO_OBJECT = re.compile(r"\s(?:of|is|are|was|were|will)\b", re.IGNORECASE)
_OBJECT = re.compile(
    pattern(r"\s(?:(?:the|an?|its|their|his|her|our|your|all|any|more|new|further|each|every|both)\b|<any>)"),
    re.IGNORECASE,
)


def _governs(words: str, start: int) -> re.Match[str] | None:
    """The first word that governs a verb in its base form."""
    sure, unsure = _verbs()
    return next((m for m in _GOVERNING.finditer(words, start) if m["verb"].lower() in sure | unsure), None)


def _infinitives(words: str, start: int, stop: int) -> list[re.Match[str]]:
    """Second and later verbs in their base form: a word that may be a noun needs `to` or an object."""
    sure, unsure = _verbs()
    found: list[re.Match[str]] = []
    for match in _JOINED.finditer(words, start, stop):
        verb = match["verb"].lower()
        is_one = verb in sure and (match["to"] or not _NO_OBJECT.match(words, match.end()))
        if is_one or (verb in unsure and (match["to"] or _OBJECT.match(words, match.end()))):
            found.append(match)
    return found


_THAT = Guarded(r"\sthat\s")
_AND_THAT = Guarded(r"[,;]?\s(?:and|but)\s(?:also\s)?(?P<item>that\s)")
_GERUND = re.compile(
    r"\b(?:for|on|of|by|to|propos\w+|suggest\w+|recommend\w+|includ\w+|consider\w+)\s(?=[a-z]{2,}ing\b)"
)
_AND_GERUND = re.compile(
    r"(?:,|,?\sand|\sor)\s(?P<item>(?:[a-z]+ly\s)?(?!during\b)[a-z]{2,}ing\s(?:the|an?|its|their|all|more|new)\b)"
)


def items(masked: str, start: int, end: int) -> list[Item]:
    """The items of the clause at `start:end`: itself alone, or each that its verb governs.

    >>> [item.head for item in items("Chile asked us to lift the ban and to open its market", 0, 53)]
    ['', 'Chile asked us ']
    """
    return [Item(start + one.start, start + one.end, one.head) for one in _items_of(masked[start:end])]


@lru_cache(maxsize=MOST_CLAUSES)
def _items_of(words: str) -> tuple[Item, ...]:
    end = len(words)
    led_in = _LED_IN.match(words)
    begin = led_in.end() if led_in else 0
    for verb, again in ((None, None), (_THAT, _AND_THAT), (_GERUND, _AND_GERUND)):
        first = verb.search(words, begin) if verb else _governs(words, begin)
        if first is None:
            continue
        purpose = _PURPOSE.search(words, first.end(), end)  # what follows it says what for
        stop = purpose.start() if purpose else end
        told = again.finditer(words, first.end(), stop) if again else _infinitives(words, first.end(), stop)
        cuts = [m for m in told if not _inside(words, 0, m.start())]
        if cuts:
            return tuple(_parts(words, 0, end, first.end(), cuts))
    return (Item(0, end, ""),)


_LED_IN = re.compile(r"\W*(?:[Ii]n order )?[Tt]o\s[^,;]{3,80},\s(?=(?:[Tt]he\s)?[A-Z\ue000-\ue007])")
"""A purpose that a sentence begins with: `To win X over, ...`."""
_PURPOSE = Guarded(r"\b(?:in order|so as) to\b|,?\s(?:if|unless|provided)\s")
"""What follows is a purpose or a condition: its verbs are not governed by those before."""
SHORTEST = 9
"""Characters between the verbs of two items at least: fewer hold no object."""


def _parts(masked: str, start: int, end: int, governed: int, cuts: list[re.Match[str]]) -> list[Item]:
    head = masked[start:governed]
    begins = [governed, *(cut.start("item") for cut in cuts)]
    if any(cut.start() - begin < SHORTEST for begin, cut in zip(begins, cuts, strict=False)):
        return [Item(start, end, "")]  # two verbs with one object: `review and publish the rules`
    found = [Item(start, cuts[0].start(), "")]
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        stop = following.start() if following else end
        begin = cut.start("item")
        marker = re.match(r"(?:to|that)\s", masked[begin : begin + 6])
        governing = head[: -len(marker[0])] if marker and head.endswith(marker[0]) else head
        if marker and marker[0] == "that ":
            governing, begin = head, begin + len(marker[0])
        found.append(Item(begin, stop, governing))
    return found


def _inside(masked: str, start: int, position: int) -> bool:
    """Whether a place lies in brackets or in a remark between commas that has its own verb."""
    before = masked[start:position]
    return (
        before.count("(") > before.count(")")
        or re.search(r",\s(?:which|who|where)\s[^,]*$", before) is not None
    )
