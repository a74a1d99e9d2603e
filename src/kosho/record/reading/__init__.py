"""Reading documents into drafts: what was said, by whom, with the words it rests on.

Rules only, from the tables in `data/`; no model, nothing learnt, the same text gives the same drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

from kosho.arguments import path_of
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.record.reading.dates import DateMention, find_dates, resolve_dates
from kosho.record.reading.decode import Document, decode
from kosho.record.reading.direction import direction
from kosho.record.reading.document import about, is_label
from kosho.record.reading.draft import Draft
from kosho.record.reading.facts import Reader
from kosho.record.reading.layout import Block, blocks, sentences
from kosho.record.reading.mentions import Mentions, find_mentions
from kosho.record.reading.names import issuer_of

__all__ = ["Document", "Draft", "decode", "read", "read_text"]

LONGEST_SENTENCE = 2_000
"""Characters; what is longer is no sentence."""


def read(files: Iterable[str | Path]) -> list[Draft]:
    """Propose drafts from text, HTML and PDF files.

    Raises:
        InputError: a file cannot be read as any of these, or is over the limits of `decode`.

    >>> from pathlib import Path
    >>> from kosho.record import read
    >>> text = "Japan and China held the third round of talks in Beijing on 12 November 2018."
    >>> _ = Path("note.txt").write_text(text, encoding="utf-8")
    >>> [(draft.type, draft.modality, draft.fields.get("date")) for draft in read(["note.txt"])]
    [('event', 'asserted', '2018-11-12'), ('document', 'asserted', None)]
    """
    given = cast("object", files)
    if isinstance(given, str | Path) or not isinstance(given, Iterable):
        told = _("is a {name}, not a list of paths", name=type(given).__name__)
        raise InputError(Problem(told, _("read([path]) reads one"), key="files"))
    return [draft for file in files for draft in read_text(decode(path_of(file, "files")))]


def read_text(document: Document) -> list[Draft]:
    """Drafts of one decoded document, in the order of their quotes.

    >>> from kosho.record.reading import Document, read_text
    >>> [draft.type for draft in read_text(Document("note.txt", "Japan will lower its tariff on rice."))]
    ['offer', 'document']
    """
    text = document.text
    parts = blocks(text)
    known = about(text, parts)
    body = [
        (block, (max(start, known.begins), end))
        for block in parts
        if block.role == "body"
        for start, end in _sentences(text, block)
        if end > known.begins
    ]
    spans = [span for _other, span in body]
    dates = _dates(text, spans, known.published)
    release = known.fields["doc_type"] == "news release"
    home = issuer_of(text[: body[0][1][0]] if body else "") if release else None
    mentions = replace(find_mentions(text, spans, dates, home), published=known.published)
    reader = Reader(document.name, mentions)
    turns = _turns(text, parts) if known.fields["doc_type"] == "transcript" else {}
    previous: Block | None = None
    for block, (start, end) in body:
        turn = turns.get(block.start)
        if turn is not None and turn.asks:
            continue
        reader.sentence(
            max(start, turn.start) if turn else start,
            end,
            opens_block=block is not previous,
            voice=turn.name if turn else None,
        )
        previous = block
    drafts = [*reader.drafts, *_people(document.name, mentions), *_bodies(document.name, text, parts, mentions)]
    if parts:
        quote = text[known.start : known.end]
        drafts.append(Draft(document.name, "document", "asserted", known.fields, quote, known.start, known.end))
    return sorted(_once(drafts), key=lambda d: (d.start, d.end, d.type, str(sorted(d.fields.items(), key=str))))


class _Turn(NamedTuple):
    """Who speaks in a block of a transcript, and where the words begin."""

    name: str
    start: int
    asks: bool


_TURN = re.compile(r"(?P<name>(?:Q|A|[A-Z][\w.’'-]*(?:\s[\w.’'&-]+){0,6}))\s?:\s")


def _turns(text: str, parts: list[Block]) -> dict[int, _Turn]:
    """Turns of a transcript by the start of their block; questions are not facts."""
    found: dict[int, _Turn] = {}
    last: _Turn | None = None
    for block in parts:
        if block.role != "body":
            continue
        head = _TURN.match(text, block.start, block.end)
        if head and not is_label(head[0]):
            asks = head["name"] in ("Q", "Question", "Reporter") or text[
                block.start : block.end
            ].rstrip().endswith("?")
            last = _Turn(head["name"], head.end(), asks)
        if last is not None:
            found[block.start] = last
    return found


def _sentences(text: str, block: Block) -> list[tuple[int, int]]:
    return [(start, end) for start, end in sentences(text, block) if end - start <= LONGEST_SENTENCE]


def _dates(text: str, spans: list[tuple[int, int]], published: date | None) -> list[DateMention]:
    found = [mention for start, end in spans for mention in find_dates(text, start, end)]
    return resolve_dates(found, published, lambda mention: direction(text, mention))


def _people(doc: str, mentions: Mentions) -> list[Draft]:
    """Each person once, at the first mention with a post."""
    found: list[Draft] = []
    known: set[str] = set()
    for mention in mentions.all:
        person = mention.person
        if person is None or not mention.first:
            continue
        words = person.name.split()
        if any(word in known for word in words):
            continue
        known.update(words)
        fields = {
            "name": person.name,
            "role": person.role,
            "side": person.side,
            "org": person.org,
            "name_native": person.native,
        }
        quote = mentions.text[mention.start : mention.end]
        kept = {key: value for key, value in fields.items() if value}
        found.append(Draft(doc, "person", "asserted", kept, quote, mention.start, mention.end))
    return found


_ACTS_FOR = re.compile(
    r"\b(?:represents?|acts? (?:on behalf of|for)|handles? (?:ties|relations)"
    r"|act as)\b.{0,80}\b(?:interests|ties|relations|embass\w+|behalf|governments?|channel)\b"
)
_IN_CHARGE = re.compile(
    r"(?:division|office|department|bureau|section|unit|contact)s? in charge|contact (?:point|office)",
    re.IGNORECASE,
)


def _bodies(doc: str, text: str, parts: list[Block], mentions: Mentions) -> list[Draft]:
    """Bodies and whom they act for; the division that answers for a release."""
    found: list[Draft] = []
    for before, block in pairwise(parts):
        heading = text[before.start : before.end].strip(" :")
        if _IN_CHARGE.fullmatch(heading) and block.role != "body":
            quote = text[block.start : block.end]
            found.append(
                Draft(
                    doc,
                    "organisation",
                    "asserted",
                    {"org": quote, "role": heading.lower()},
                    quote,
                    block.start,
                    block.end,
                )
            )
    for block in parts:
        if block.role != "body":
            continue
        for start, end in _sentences(text, block):
            bodies = mentions.within(start, end, "body")
            if bodies and _ACTS_FOR.search(mentions.masked, start, end):
                fields = {
                    "orgs": [text[m.start : m.end] for m in bodies],
                    "acts_for": list(dict.fromkeys(code for m in bodies for code in m.codes)),
                }
                found.append(Draft(doc, "organisation", "asserted", fields, text[start:end], start, end))
    return found


def _once(drafts: list[Draft]) -> list[Draft]:
    seen: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        seen.setdefault((draft.type, draft.start, draft.end, str(sorted(draft.fields.items(), key=str))), draft)
    return list(seen.values())
