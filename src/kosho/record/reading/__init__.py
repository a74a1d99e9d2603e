"""Reading documents into drafts: what was said, by whom, with the words it rests on.

Rules only, from the tables in `data/`; no model, nothing learnt, the same text gives the same drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

from kosho.arguments import path_of
from kosho.errors import InputError, Problem
from kosho.record.reading.dates import DateMention, Direction, find_dates, resolve_dates
from kosho.record.reading.decode import Document, decode
from kosho.record.reading.document import about
from kosho.record.reading.draft import Draft
from kosho.record.reading.facts import Reader
from kosho.record.reading.layout import Block, blocks, sentences
from kosho.record.reading.mentions import Mentions, find_mentions
from kosho.record.reading.names import capital_of, issuer_of

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
        told = f"is a {type(given).__name__}, not a list of paths"
        raise InputError(Problem(told, "read([path]) reads one", key="files"))
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
    spans = [span for _, span in body]
    dates = _dates(text, spans, known.published)
    home = capital_of(known.place) if known.place else None
    if home is None and known.fields["doc_type"] == "news release":
        home = issuer_of(text[: body[0][1][0]] if body else "")
    mentions = find_mentions(text, spans, dates, home)
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
        if head:
            asks = head["name"] in ("Q", "Question", "Reporter") or text[
                block.start : block.end
            ].rstrip().endswith("?")
            last = _Turn(head["name"], head.end(), asks)
        if last is not None:
            found[block.start] = last
    return found


def _sentences(text: str, block: Block) -> list[tuple[int, int]]:
    return [(start, end) for start, end in sentences(text, block) if end - start <= LONGEST_SENTENCE]


_INFINITIVE = (
    r"(?:\w+ly |also |both )?(?:meet|hold|resume|reconvene|visit|sign|begin|start|host|convene|launch|conclude"
    r"|return|travel|exchange|finali[sz]e|complete|implement|submit|send|come|go|talk|speak)"
)
_COMING = (
    r"will|would be|to be|(?:is|are) (?:set|due|scheduled|expected)|scheduled|plans?|planned (?:for|to)"
    r"|(?:set|due|slated) (?:for|to)|takes? effect"
    r"|(?:agreed|agree|decided|promised|pledged|vowed|hopes?|hoped|wants?|intends?|intended|planning|invited|asked|urged)"
    rf"\b[^,;]{{0,30}}\bto {_INFINITIVE}"
    r"|(?:extended|moved|postponed|prolonged|delayed|deferred|pushed back|put off)"
    r"\b[^,;]{0,60}\bto(?=\s(?:the\s)?$)"
    r"|(?:by|before|until|from)(?=\s(?:the\s|early\s|late\s|mid-?|end\sof\s)*$)"
)
"""Verbs and prepositions that look ahead."""
_VERB_AHEAD = re.compile(rf"\b(?:{_COMING})\b", re.IGNORECASE)
_AHEAD = re.compile(
    rf"\b(?:{_COMING}|planned|upcoming|next|deadline|in mind|expires?|effective|starting|beginning)\b",
    re.IGNORECASE,
)
_WAS_AHEAD = re.compile(
    r"\b(?:(?:originally|initially|previously|first|earlier) (?:\w+ )?|(?:was|were|had been) (?:\w+ly )?)"
    r"(?:scheduled|planned|due|set|slated|expected|meant|supposed)\b[^,;]{0,40}$",
    re.IGNORECASE,
)
"""What was to come may lie behind or ahead: the nearer day is meant."""
_NEVER_CAME = re.compile(
    r"[^,;]{0,30}?\b(?:did not|didn[’']t|never|failed to) (?:take|happen|go|materiali|come)\w*", re.I
)
_BACK = re.compile(
    r"(?<!\bbe )(?<!\bset )\b(?:was|were|had|has|have|did|since|after|told|said|met|held|signed"
    r"|spoke|took|(?!scheduled|expected|planned|slated)\w{3,}ed|earlier|ago|last|late)\b",
    re.IGNORECASE,
)


def _dates(text: str, spans: list[tuple[int, int]], published: date | None) -> list[DateMention]:
    found = [mention for start, end in spans for mention in find_dates(text, start, end)]

    def direction(mention: DateMention) -> Direction:
        before = text[max(0, mention.start - 90) : mention.start]
        before = re.split(r"[.!?]\s|\n", before)[-1]
        if re.search(r"\bsince\s$", before, re.IGNORECASE):
            return "since"
        after = re.split(r"[.!?]\s|\n", text[mention.end : mention.end + 60])[0]
        of_week = mention.form in ("weekday", "weekdays")
        if not of_week and _WAS_AHEAD.search(before):
            return "nearest"
        if _NEVER_CAME.match(after):
            return "past"
        looks = _VERB_AHEAD if of_week else _AHEAD
        ahead = max((m.end() for m in looks.finditer(before)), default=-1)
        back = max((m.end() for m in _BACK.finditer(before)), default=-1)
        if ahead > back:
            return "future"
        if back >= 0:
            return "past"
        nearby = [
            (m.start(), way)
            for way, found in (("future", _AHEAD.search(after)), ("past", _BACK.search(after)))
            if (m := found)
        ]
        return "future" if nearby and min(nearby)[1] == "future" else "past" if nearby else "nearest"

    return resolve_dates(found, published, direction)


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
