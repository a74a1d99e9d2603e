"""What stands around the sentences of a text: lists and what introduces them, headings, lines of a form.

A sentence keeps its own words; what is here says under which other words it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from kosho.record.reading.dates import find_dates, resolve_dates
from kosho.record.reading.document import is_label
from kosho.record.reading.draft import Draft
from kosho.record.reading.layout import Block, sentences
from kosho.record.reading.meetings import meeting_fields, ordinal
from kosho.record.reading.mentions import Mentions

__all__ = ["RECORDS", "Unit", "asides", "titled_meeting", "units", "with_heading_days"]


class Unit(NamedTuple):
    """A block to be read, and what it stands under."""

    block: Block
    intro: Block | None
    """What introduces the list it is an item of: `The Ministers agreed to:`."""
    lists: bool = False
    """Whether it introduces a list itself."""


_INTRODUCES = re.compile(r"[\w)”\"]\s?(?:[:—–]|:\s?-)$")
_TO_READ = ("body", "heading", "title")
_VERB = re.compile(r"\b(?:[a-z]{2,}ed|will|shall|urges?|asks?|calls?|includes?|are|is|were|was)\b")
LONGEST_INTRO = 400
"""Characters; a longer paragraph that ends in a colon governs no list by its grammar."""


def units(text: str, parts: list[Block]) -> list[Unit]:
    r"""Blocks to be read in order: sentences, and items under words that introduce them.

    >>> from kosho.record.reading.layout import blocks
    >>> text = "Japan and Peru agreed to:\n(a) set up a group\n(b) meet again"
    >>> [unit.intro is not None for unit in units(text, blocks(text))]
    [False, True, True]
    """
    found: list[Unit] = []
    intro: Block | None = None
    listed = False
    for index, block in enumerate(parts):
        line = text[block.start : block.end]
        opens = _introduces(line) and index + 1 < len(parts) and parts[index + 1].item
        if intro is not None and block.item and block.role in _TO_READ:
            found.append(Unit(block, intro))
            listed = True
            continue
        if listed or not block.item:
            intro, listed = None, False
        if block.role == "body" or (opens and block.role in _TO_READ):
            found += _within(text, block) or [Unit(block, None, opens)]
        if opens and block.role in _TO_READ:
            intro = block
    return found


_FIRST = re.compile(r"(?:[:—–]|\b(?:to|that|will|shall))\s\((?:a|i|1)\)\s")
_NEXT = re.compile(r"[;,]\s(?:(?:and|or)\s)?\((?P<mark>[a-z]{1,5}|\d{1,2})\)\s")
_MARKS = tuple(
    tuple(series.split())
    for series in (
        "a b c d e f g h i j k l m n o p",
        "i ii iii iv v vi vii viii ix x xi xii",
        "1 2 3 4 5 6 7 8 9 10 11 12",
    )
)


def _within(text: str, block: Block) -> list[Unit]:
    """A paragraph of which a sentence is a list, `agreed: (a) to cut duties; (b) to meet again`, in its parts.

    Empty where none is.
    """
    if not _FIRST.search(text, block.start, block.end):
        return []
    found: list[Unit] = []
    begun = block.start
    for start, end in sentences(text, block):
        cuts = _items_within(text, start, end)
        if not cuts or not _VERB.search(text, start, cuts[0][0]):
            continue
        intro = replace(block, start=begun, end=cuts[0][0])
        found.append(Unit(intro, None, lists=True))
        stops = [*(stop for stop, _ in cuts[1:]), end]
        found += [
            Unit(replace(block, start=item, end=stop, item=True), intro)
            for (_, item), stop in zip(cuts, stops, strict=True)
        ]
        begun = end
    if found and text[begun : block.end].strip():
        found.append(Unit(replace(block, start=begun), None))
    return found


def _items_within(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the words before each item of a sentence end, and where it begins; two at least, in order."""
    first = _FIRST.search(text, start, end)
    if first is None:
        return []
    cuts = [(text.rindex("(", start, first.end()) - 1, first.end())]
    marks = next(one for one in _MARKS if f"({one[0]})" in first[0])
    for match in _NEXT.finditer(text, first.end(), end):
        if len(cuts) < len(marks) and match["mark"] == marks[len(cuts)]:
            cuts.append((match.start(), match.end()))
    return cuts if len(cuts) > 1 else []


def _introduces(line: str) -> bool:
    plain = _INTRODUCES.search(line[-8:]) is not None and len(line) <= LONGEST_INTRO and len(line.split()) > 1
    return plain and (_VERB.search(line) is not None or not is_label(line))


def asides(text: str, parts: list[Block], read: list[Unit]) -> list[Block]:
    """Headings and lines of forms: who is named in them is named, but they tell nothing by themselves."""
    told = {unit.block.start for unit in read}
    return [
        block
        for block in parts
        if block.role in ("heading", "title", "date")
        and block.start not in told
        and not text[block.start : block.end].isupper()
    ]


RECORDS = {"agreed minutes", "minutes", "joint statement", "communiqué", "WTO notification"}
"""Kinds of documents whose title names the meeting that they record."""
_SUMMARY = re.compile(
    r"\b(?:meeting|session|round|consultations?)\s(?:of|held on|on)\s(?=\d|[A-Z])", re.IGNORECASE
)


def titled_meeting(
    mentions: Mentions, doc: str, kind: str, parts: list[Block], told: list[Draft]
) -> list[Draft]:
    """The meeting that the title of its record names, where the sentences do not tell of it."""
    if kind not in RECORDS:
        return []
    head = list(takewhile(lambda block: block.role != "body", parts))
    for index, block in enumerate(head):
        line = mentions.text[block.start : block.end]
        number = ordinal(line)
        if block.role == "furniture" or not (number or _SUMMARY.search(line)):
            continue
        after = head[index + 1].end if index + 1 < len(head) and head[index + 1].role == "date" else block.end
        fields = meeting_fields(mentions, block.start, after)
        known = (d.fields for d in told if d.type == "event")
        if any(number is not None and one.get("round") == number for one in known):
            return []
        if not number and any(d.type == "event" for d in told):
            return []
        place = _PLACED.match(mentions.text, head[index + 1].start, after) if after > block.end else None
        if place and "place" not in fields:
            fields["place"] = place["place"]
        parties = list(mentions.codes(block.start, block.end))
        if len(parties) > 1:
            fields["parties"] = parties
        return [Draft(doc, "event", "asserted", fields, line, block.start, block.end)]
    return []


_PLACED = re.compile(r"(?P<place>[A-Z][\w’'-]+(?:[ -][A-Z][\w’'-]+){0,2}),?\s(?=\d|[A-Z])")


def with_heading_days(
    text: str, parts: list[Block], published: date | None, drafts: list[Draft]
) -> list[Draft]:
    """Give meetings without a day that of the heading they stand under: `Monday, March 10`."""
    days = _heading_days(text, parts, published)
    if len(days) < HEADED_DAYS:
        return drafts
    starts = [start for start, _ in days]

    def dated(draft: Draft) -> Draft:
        index = bisect_left(starts, draft.start) - 1
        if (
            draft.type not in ("event", "agreement")
            or index < 0
            or {"date", "start", "signed"} & set(draft.fields)
        ):
            return draft
        return replace(draft, fields={**draft.fields, "date": days[index][1], "date_precision": "heading"})

    return [dated(draft) for draft in drafts]


HEADED_DAYS = 2
"""Headings that are days, at least: one alone is the day of the document."""


def _heading_days(text: str, parts: list[Block], published: date | None) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for block in parts:
        line = text[block.start : block.end]
        if block.role not in ("heading", "title", "date") or len(line) > LONGEST_DAY:
            continue
        for mention in resolve_dates(
            list(find_dates(text, block.start, block.end)), published, lambda _: "nearest"
        ):
            rest = line.replace(text[mention.start : mention.end], "").strip(" ,.:()")
            if mention.value and mention.precision == "day" and re.fullmatch(r"(?:[A-Z][a-z]{2,8}\.?)?", rest):
                found.append((block.start, mention.value))
    return found


LONGEST_DAY = 40
"""Characters of a heading that is a day."""
