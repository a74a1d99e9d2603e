"""What the words of a document say, for a span of it: who is named, which numbers and days, with what force."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from kosho.language import _
from kosho.numbers import decimal
from kosho.record.reading import Document, read_once
from kosho.record.reading.clauses import Clause, split
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.factuality import Force, report_untrue
from kosho.record.reading.meetings import meeting_fields
from kosho.record.reading.prepare import Prepared, prepared
from kosho.record.reading.quantities import NUMBER_WORDS, find_quantities
from kosho.record.reading.tables import table

__all__ = ["EnglishGrounds", "Grounds", "Span", "days_told", "numbers_told", "spread"]

Span = tuple[int, int]


class Grounds(Protocol):
    """A document whose words are held against a fact; places are those of its text."""

    @property
    def text(self) -> str:
        """The document."""
        ...

    @property
    def published(self) -> date | None:
        """Its own day."""
        ...

    @property
    def drafts(self) -> list[Draft]:
        """What Kosho itself reads in it."""
        ...

    def sentences(self, start: int, end: int) -> list[Span]:
        """Sentences of the body that a quote touches; none where it stands in a caption, a menu or a notice."""
        ...

    def codes(self, span: Span) -> set[str]:
        """Parties named in a span, or meant by its pronouns."""
        ...

    def numbers(self, span: Span) -> set[float]:
        """Numbers of a span: of amounts, rates, rounds, minutes."""
        ...

    def days(self, span: Span) -> set[str]:
        """Dates of a span, resolved; of a period also its ends."""
        ...

    def refused(self, quote: Span) -> str | None:
        """Why the words are no fact: a denial, a question, a supposition; None where they are one."""
        ...

    def at_most(self, quote: Span) -> Modality:
        """The most that the words allow a fact to claim."""
        ...

    def acting(self, quote: Span) -> tuple[set[str], set[str]]:
        """Who acts in a quote, and who is acted on, as far as its grammar tells."""
        ...


_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?:st|nd|rd|th)?")
_CONSIDERED = re.compile(
    r"\b(?:consider(?:s|ing|ed)?|mull\w*|weigh(?:s|ing|ed)?|explor(?:es|ing)|contemplat\w+|(?-i:may)"
    r"|might|could|possib\w+|under consideration"
    r"|looking (?:at|into)|floated|if|unless)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:will|shall|would|(?:is|are|was|were) (?:\w+ )?(?:set|scheduled|due|expected|slated"
    r"|about|poised) to|to be (?:\w+ly )?(?:held|convened|\w+ed|phased out)"
    r"|plans? (?:to|for)|planned|intends? to|upcoming|next (?:meeting|round|session|stop)"
    r"|scheduled|threat\w+|vow\w+|announced|proposed)\b",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"\b(?:in (?:my|our) (?:view|opinion)|(?:readers|we) should ask|one wonders|it (?:is"
    r"|would be) (?:time|better)|imagine|perhaps|arguably)\b",
    re.I,
)
_WANTED = re.compile(
    r"\b(?:should|ought to|must) (?:\w+ly )?(?:impose|raise|introduce|levy|ban|lower|cut|remove|lift|double)\b",
    re.I,
)


DAY = len("2025-03-19")


def spread(values: Iterable[str | None]) -> set[str]:
    """Dates with the ends of periods, and months and years of days.

    >>> sorted(spread(["2025-03-19/2025-03-21"]))
    ['2025-03', '2025-03-19', '2025-03-19/2025-03-21', '2025-03-20', '2025-03-21']
    """
    found: set[str] = set()
    for value in values:
        if not value:
            continue
        found.add(value)
        if "/" in value:
            first, last = value.split("/")
            found |= {first, last, first[:7], last[:7]}
            if len(first) < DAY or len(last) < DAY:
                continue
            begin, stop = date.fromisoformat(first), date.fromisoformat(last)
            if (stop - begin).days < 10:
                found |= {(begin + timedelta(days=n)).isoformat() for n in range((stop - begin).days + 1)}
    return found


def numbers_told(drafts: Iterable[Draft]) -> set[float]:
    """Numbers that drafts hold."""
    known = table("grounding")["numbers"]
    return {float(v) for d in drafts for k, v in d.fields.items() if k in known and isinstance(v, int | float)}


def days_told(drafts: Iterable[Draft]) -> set[str]:
    """Dates that drafts hold."""
    known = table("grounding")["dates"]
    return {str(v) for d in drafts for k, v in d.fields.items() if k in known}


class EnglishGrounds:
    """The grounds of an English document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self._known: Prepared = prepared(document)
        self.published = self._known.about.published
        self._spans = sorted(span for _, span in self._known.body)
        self._told = self._known.about

    @property
    def drafts(self) -> list[Draft]:
        """What Kosho itself reads in it, read when it is first asked for."""
        return self._drafts

    @cached_property
    def _drafts(self) -> list[Draft]:
        return read_once(self.document)

    def _inner(self, position: int) -> int:
        """A place of the text in the text without broken lines."""
        joined = self._known.joined
        return bisect_left(range(len(joined.text)), position, key=joined.back)

    def _own(self, span: Span) -> list[Draft]:
        return [d for d in self.drafts if self._inner(d.start) < span[1] and span[0] < self._inner(d.end)]

    def _touched(self, start: int, end: int) -> list[Span]:
        return [span for span in self._all if span[0] < end and start < span[1]]

    @cached_property
    def _all(self) -> list[Span]:
        blocks = self._known.joined.blocks
        starts = {a for a, _ in self._spans}
        others = [
            (b.start, b.end)
            for b in blocks
            if b.role in ("title", "heading", "date") and not any(b.start <= a < b.end for a in starts)
        ]
        return sorted({*self._spans, *others, (self._told.start, self._told.end)})

    def sentences(self, start: int, end: int) -> list[Span]:
        """Sentences, titles and lines of forms that a quote touches."""
        a, b = self._inner(start), self._inner(end)
        return self._touched(a, b)

    @cached_property
    def _clauses(self) -> dict[Span, list[Clause]]:
        found: dict[Span, list[Clause]] = {}
        before: Clause | None = None
        for span in self._spans:
            clauses = split(self._known.mentions, *span, before)
            before = clauses[-1] if clauses else before
            found[span] = clauses
        return found

    def codes(self, span: Span) -> set[str]:
        """Parties named in a sentence, or meant by its pronouns."""
        mentions = self._known.mentions
        named = set(mentions.codes(*span))
        for clause in self._clauses.get(span, ()):
            for mention in (*clause.subject, *clause.speaker):
                named |= set(mentions.stands_for(mention))
        if any(m.kind == "pronoun" for m in mentions.within(*span)) and mentions.bilateral:
            named |= set(mentions.both(span[0]))
        return named

    def numbers(self, span: Span) -> set[float]:
        """Numbers of a sentence, as written, as amounts and in words."""
        text = self._known.joined.text
        words = text[slice(*span)]
        found = {float(decimal(m[1], ".")) for m in _PERCENT.finditer(words)}
        found |= {one.value for one in find_quantities(text, *span)}
        found |= {
            float(number)
            for word, number in NUMBER_WORDS.items()
            if re.search(rf"\b{word}\b", words, re.IGNORECASE)
        }
        fields = meeting_fields(self._known.mentions, *span)
        found |= {float(fields[key]) for key in ("round", "duration_min") if key in fields}
        return found | numbers_told(self._own(span))

    def days(self, span: Span) -> set[str]:
        """Dates of a sentence, resolved against the day of publication."""
        told = [m.date for m in self._known.mentions.within(*span, "date") if m.date]
        values = spread(one.value for one in told) | {one.last_day for one in told if one.last_day}
        values |= {reading for one in told for reading in one.readings}
        return values | days_told(self._own(span))

    def _clause(self, quote: Span) -> tuple[Span, Clause] | None:
        a, b = self._inner(quote[0]), self._inner(quote[1])
        best: tuple[int, Span, Clause] | None = None
        for span in self._touched(a, b):
            for clause in self._clauses.get(span, ()):
                shared = min(clause.end, b) - max(clause.start, a)
                if shared > 0 and (best is None or shared > best[0]):
                    best = (shared, span, clause)
        return best[1:] if best else None

    def refused(self, quote: Span) -> str | None:
        """Why the words of a quote are no fact."""
        masked = self._known.mentions.masked
        a, b = self._inner(quote[0]), self._inner(quote[1])
        for span in self._touched(a, b):
            words = self._known.joined.text[slice(*span)]
            if words.rstrip("”\"’' ").endswith("?"):
                return _("it stands in a question")
            if _OPINION.search(words):
                return _("it is an opinion")
            index = bisect_right(self._spans, span)
            if index < len(self._spans) and report_untrue(
                self._known.joined.text[slice(*self._spans[index])], words
            ):
                return _("the next sentence says that it is not so")
        found = self._clause(quote)
        if found is None:
            return None
        span, clause = found
        force = Force(masked, span, (clause.start, clause.end), clause.head)
        at = len(clause.head) + max(a, clause.start) - clause.start
        ends = len(clause.head) + min(b, clause.end) - clause.start
        if force.untold():
            return _("it is supposed, asked or said to be untrue")
        return _("it is denied") if force.withheld(min(at + DENIED_AHEAD, ends), ends) else None

    def at_most(self, quote: Span) -> Modality:
        """The most that the words of a quote allow."""
        a, b = self._inner(quote[0]), self._inner(quote[1])
        found = self._clause(quote)
        words = (
            self._known.joined.text[a:b]
            if found is None
            else self._known.joined.text[found[1].start : found[1].end]
        )
        own = [
            d
            for d in self.drafts
            if d.type != "document"
            and min(quote[1], d.end) - max(quote[0], d.start) > 0.5 * (quote[1] - quote[0])
        ]
        if any(d.modality == "considered" for d in own) or _CONSIDERED.search(words) or _WANTED.search(words):
            return "considered"
        if re.search(r"\bdraft\b", words, re.IGNORECASE) or any(d.modality == "draft" for d in own):
            return "draft"
        return "planned" if _PLANNED.search(words) or any(d.modality == "planned" for d in own) else "asserted"

    def acting(self, quote: Span) -> tuple[set[str], set[str]]:
        """Parties of the clause's subject and speaker, and the others that it names."""
        found = self._clause(quote)
        if found is None:
            return set(), set()
        mentions, clause = self._known.mentions, found[1]
        who = {code for m in clause.subject for code in mentions.stands_for(m)}
        said = {code for m in clause.speaker for code in mentions.stands_for(m)}
        others = set(mentions.codes(clause.start, clause.end)) - who - said
        return who | said, others


DENIED_AHEAD = 24
"""Characters of a quote within which a denial takes away what follows."""
