"""What is known of a document before its sentences are read: its parts, its day, who is named where."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from kosho.record.reading.dates import DateMention, find_dates, resolve_dates
from kosho.record.reading.decode import Document
from kosho.record.reading.direction import direction
from kosho.record.reading.document import About, about
from kosho.record.reading.layout import Block, blocks, sentences
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.names import aliases, issuer_of, plain
from kosho.record.reading.naming import find_mentions
from kosho.record.reading.outline import RECORDS, Unit, asides, units
from kosho.record.reading.unwrap import Unwrapped, unwrapped

__all__ = ["SPOKEN", "Prepared", "prepared", "sentences_of"]

LONGEST_SENTENCE = 2_000
"""Characters; what is longer is no sentence."""
SPOKEN = {"transcript", "press conference", "interview", "parliamentary answer"}
"""Kinds of documents whose lines begin with who speaks."""
HOME = {"news release", "parliamentary answer", "fact sheet"}
"""Kinds whose own government is meant where no other is named."""


class Prepared(NamedTuple):
    """A document ready to be read."""

    joined: Unwrapped
    about: About
    body: list[tuple[Unit, tuple[int, int]]]
    """Sentences in order, each with the block it stands in."""
    mentions: Mentions
    home: str | None = None
    """The country whose government issues it, where that is told."""
    enacts: str | None = None
    """The country whose acts it tells without naming it again: of a gazette, a notification, an entry."""


def prepared(document: Document) -> Prepared:
    """Cut a document into parts and sentences, and find who is named in them.

    >>> from kosho.record.reading import Document
    >>> prepared(Document("note.txt", "Japan met Peru in Lima on 3 May 2025.")).mentions.sides
    ('JPN', 'PER')
    """
    joined = unwrapped(document.text, blocks(document.text))
    text, parts = joined.text, joined.blocks
    known = about(text, parts)
    read = units(text, parts)
    body = [
        (unit, (max(start, known.begins), end))
        for unit in read
        for start, end in sentences_of(text, unit.block)
        if end > known.begins
    ]
    lines = [span for block in asides(text, parts, read) for span in sentences_of(text, block)]
    spans = sorted([*(span for _, span in body), *(span for span in lines if span[1] > known.begins)])
    kind = known.fields["doc_type"]
    head = text[: body[0][1][0]] if body else ""
    home = issuer_of(head, text) if kind in (*HOME, "press conference") else None
    if home is None and kind == "press conference":
        home = _named_in(head.split("\n")[0]) or _named_in(head) or _held_in(head)
    mentions = replace(
        find_mentions(text, spans, _dates(text, spans, known.published), home),
        published=known.published,
        together=kind not in SPOKEN,
        author=_author(text, parts) if kind not in (*SPOKEN, *RECORDS) else (),
    )
    return Prepared(
        joined,
        known,
        body,
        mentions,
        home,
        _enacts(text) or (home if kind == "press conference" else None),
    )


_SYMBOL = re.compile(r"\bG/[A-Z]{2,4}/N(?:/\d{1,2})?/(?P<who>[A-Z]{2,3})\b")
_ENTRY = re.compile(r"(?P<who>[A-Z][A-Za-z .'’-]{2,40}):\s")
_OFFICIAL = re.compile(
    r"^.{0,60}\b(?:gazette|official journal|white house|diario oficial)\b.{0,60}$", re.I | re.M
)


def _enacts(text: str) -> str | None:
    """The country that a gazette, a symbol or an entry's title names: `Brazil: Import quotas on`."""
    names, known = aliases()
    head = text[:HEAD]
    symbol = _SYMBOL.search(head)
    if symbol:
        code = {"EU": "EU27"}.get(symbol["who"], symbol["who"])
        return code if len(code) > 2 else None
    entry = _ENTRY.match(head)
    found = entry or _OFFICIAL.search(head)
    line = "" if found is None else entry["who"] if entry else found[0]
    codes = {code for match in names.finditer(line.title()) for code in known[plain(match["alias"])][1]}
    return codes.pop() if len(codes) == 1 else None


HEAD = 300
"""Characters in which a text says whose act it tells."""


def _named_in(title: str) -> str | None:
    """The country of the one body that a title names: `MOFCOM Spokesperson's Remarks on ...`."""
    names, known = aliases()
    found = [known[plain(match["alias"])] for match in names.finditer(title)]
    codes = {code for kind, of in found if kind == "body" for code in of}
    return codes.pop() if len(codes) == 1 else None


def _held_in(head: str) -> str | None:
    """The country in whose capital a press conference is held, by a line that begins with the town."""
    names, known = aliases()
    found: set[str] = set()
    for line in head.split("\n"):
        town = names.match(line)
        if town and known[plain(town["alias"])][0] == "capital" and re.match(r",|\s*$", line[town.end() :]):
            found.update(known[plain(town["alias"])][1])
    return found.pop() if len(found) == 1 else None


def _author(text: str, parts: list[Block]) -> tuple[str, ...]:
    """The country whose ministry signs the text by a line of its own."""
    lines = [text[block.start : block.end] for block in parts if block.role in ("title", "heading")]
    found = {code for line in lines if (code := issuer_of(line, text) or _of_account(line))}
    stated = _STATES.match(lines[0]) if lines else None
    if not found and stated:
        names, known = aliases()
        told = [known[plain(match["alias"])][1] for match in names.finditer(lines[0], stated.end())]
        found = {code for codes in told[:1] for code in codes}
    return tuple(found) if len(found) == 1 else ()


_STATES = re.compile(r"(?:Statement|Declaration|Remarks|Message|Letter|Comments?)\s(?:by|of|from)\s")
"""A title that says whose words follow: `Statement by the Minister of Trade of X on ...`."""


def _of_account(line: str) -> str | None:
    """The country in the name of an account: `@TradeCanada`."""
    account = re.match(r"@(?P<name>\w{3,30})$", line)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", account["name"]) if account else ""
    names, known = aliases()
    codes = {code for match in names.finditer(words) for code in known[plain(match["alias"])][1]}
    return codes.pop() if len(codes) == 1 else None


def sentences_of(text: str, block: Block) -> list[tuple[int, int]]:
    """Spans of the sentences of a block that are short enough to be one."""
    return [(start, end) for start, end in sentences(text, block) if end - start <= LONGEST_SENTENCE]


def _dates(text: str, spans: list[tuple[int, int]], published: date | None) -> list[DateMention]:
    found = [mention for start, end in spans for mention in find_dates(text, start, end)]
    return resolve_dates(found, published, lambda mention: direction(text, mention))
