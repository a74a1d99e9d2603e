"""Who is named where: states, blocs, bodies that act for them, people with posts, both sides together, dates.

Each mention is written over, in a copy of the text of the same length, with a character of its kind. Rules are
patterns on that copy: they see kinds instead of names, and what they find lies at the same offsets in the text.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from kosho.record.reading.around import before
from kosho.record.reading.dates import DateMention
from kosho.record.reading.quick import Guarded

__all__ = ["KINDS", "OWN", "Mention", "Mentions", "PersonMention", "is_where", "pattern", "two_sides"]

Kind = Literal["party", "adjective", "joint", "person", "body", "date", "pronoun", "capital"]
KINDS: dict[Kind, str] = {
    "party": "\ue000",
    "adjective": "\ue001",
    "joint": "\ue002",
    "person": "\ue003",
    "body": "\ue004",
    "date": "\ue005",
    "pronoun": "\ue006",
    "capital": "\ue007",
}
_CLASSES = {
    "party": "\ue000\ue007",
    "adj": "\ue001",
    "joint": "\ue002",
    "person": "\ue003",
    "body": "\ue004",
    "date": "\ue005",
    "pronoun": "\ue006",
    "one": "\ue000\ue003\ue004\ue007",
    "actor": "\ue000\ue002\ue003\ue004\ue006\ue007",
    "any": "\ue000-\ue007",
}


def pattern(source: str) -> str:
    """A rule's pattern with `<actor>`, `<date>` and the like replaced by the characters of those kinds."""
    return re.sub(
        r"<(\w+)>", lambda name: f"[{_CLASSES[name[1]]}]+" if name[1] in _CLASSES else name[0], source
    )


@dataclass(frozen=True, slots=True)
class PersonMention:
    """Someone with a post."""

    name: str
    role: str
    side: str | None
    org: str | None
    native: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, and what it stands for."""

    start: int
    end: int
    kind: Kind
    codes: tuple[str, ...] = ()
    """ISO 3166 alpha-3 codes or blocs it speaks for."""
    person: PersonMention | None = None
    first: bool = False
    """First mention of a person, with the post."""
    date: DateMention | None = None


NEAR = 600
"""Characters within which `both sides` of a text about many countries are named."""


@dataclass(frozen=True)
class Mentions:
    """All mentions of a text in order, and the text with them written over."""

    text: str
    all: tuple[Mention, ...]
    masked: str
    sides: tuple[str, ...]
    """The parties named most often: who `both sides` are."""
    bilateral: bool = True
    """Whether a text is about these two: named together somewhere, and no third half as often."""
    published: datetime.date | None = None
    """The document's own day."""
    together: bool = True
    """Whether `we` are both sides where nobody is known to speak: in what they issue together."""
    author: tuple[str, ...] = ()
    """Whose ministry says `we` in it, where one signs it."""

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention in self.all]

    def within(self, start: int, end: int, *kinds: Kind) -> list[Mention]:
        """Mentions inside a span, of some kinds or of any."""
        first = bisect_left(self._starts, start)
        found: list[Mention] = []
        for index in range(first, len(self.all)):
            mention = self.all[index]
            if mention.start >= end:
                break
            if mention.end <= end and (not kinds or mention.kind in kinds):
                found.append(mention)
        return found

    def person_before(self, start: int) -> Mention | None:
        """The last person told of before `start`, with a name or with a post alone."""
        for index in range(bisect_left(self._starts, start) - 1, -1, -1):
            mention = self.all[index]
            if mention.kind == "person" and mention.end <= start:
                return mention
        return None

    def acting(self, start: int, end: int) -> tuple[str, ...]:
        """The same without countries that are only where something is."""
        return self._codes_of(m for m in self.within(start, end) if not is_where(self.text, m, start))

    def codes(self, start: int, end: int) -> tuple[str, ...]:
        """Parties named or spoken for inside a span, in order, each once."""
        return self._codes_of(self.within(start, end))

    def _codes_of(self, mentions: Iterable[Mention]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for mention in mentions:
            found.update(dict.fromkeys(self.stands_for(mention)))
        return tuple(found)

    def stands_for(self, mention: Mention) -> tuple[str, ...]:
        """Parties that a mention speaks for; of `both sides`, those of the document, or the last two named."""
        if mention.kind != "joint":
            return mention.codes
        return mention.codes or self.both(mention.start)

    def both(self, at: int) -> tuple[str, ...]:
        """The two sides meant at `at`; none where too few are named near it in a text about many."""
        if self.bilateral:
            return self.sides
        found: dict[str, None] = {}
        first = 0
        for index in range(bisect_left(self._starts, at) - 1, -1, -1):
            mention = self.all[index]
            if at - mention.start > NEAR or len(found) > 1:
                break
            first = index
            owned = self.text[mention.end : mention.end + 2] in ("'s", "’s") or mention.kind == "adjective"
            if not owned and not is_where(self.text, mention):
                found.update(dict.fromkeys(mention.codes))
        return tuple(reversed(found)) if len(found) == 2 and not self._listed(first) else ()

    def _listed(self, index: int) -> bool:
        """Whether the mention at `index` is one of three or more in a list: no two of them are meant."""
        near = [one for one in self.all[max(0, index - 1) : index + 3] if one.kind != "date"]
        joined = [_JOINS.fullmatch(self.text, a.end, b.start) is not None for a, b in pairwise(near)]
        return any(a and b for a, b in pairwise(joined))


_JOINS = re.compile(r"(?:,|,?\sand)\s(?:[Tt]he\s)?")
_WHERE = re.compile(r"\b(?:in|at|near)\s(?:the\s)?(?:(?:[A-Z][\w.’'-]+\s?){1,4},\s(?:the\s)?)?$")


def is_where(text: str, mention: Mention, floor: int = 0) -> bool:
    """Whether a country is told of as a place."""
    return mention.kind == "party" and _WHERE.search(before(text, mention.start, floor)) is not None


def two_sides(codes: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """The two parties named most often, in the order of their first naming; whether no third is half as often.

    >>> two_sides(["PER", "JPN", "JPN", "JPN", "PER", "PER", "CHL"])
    (('PER', 'JPN'), True)
    """
    count = Counter(codes)
    order = list(count)
    ranked = sorted(count, key=lambda code: (-count[code], order.index(code)))
    bilateral = len(ranked) < 3 or 2 * count[ranked[2]] < count[ranked[1]]
    return tuple(sorted(ranked[:2], key=order.index)), bilateral


OWN = Guarded(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Ii]ts)\s(?:own\s)?(?:country|government|ministry|administration|side|delegation|nation|officials|negotiators|ministers|deputies|teams?|experts|counterparts|envoys|leaders|authorities|department|members)\b"
)
"""The side of whoever speaks."""
