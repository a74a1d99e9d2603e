"""Reading documents into drafts: what was said, by whom, with the words it rests on.

Rules only, from the tables in `data/`; no model, nothing learnt, the same text gives the same drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

from kosho.arguments import path_of
from kosho.collector import without_collector
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.record.reading.around import before
from kosho.record.reading.decode import Document, decode, language_of
from kosho.record.reading.document import is_label
from kosho.record.reading.draft import Draft
from kosho.record.reading.facts import Place, Reader
from kosho.record.reading.forms import from_forms, once_notified
from kosho.record.reading.layout import Block
from kosho.record.reading.mentions import Mention, Mentions, PersonMention
from kosho.record.reading.outline import titled_meeting, with_heading_days
from kosho.record.reading.prepare import SPOKEN, prepared, sentences_of
from kosho.record.reading.voices import Voices

__all__ = ["Document", "Draft", "decode", "each", "read", "read_once", "read_text"]


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
    found: list[Draft] = []
    for one in each([path_of(file, "files") for file in files]):
        if isinstance(one, InputError):
            raise one
        found += one[1]
    return found


MANY = 24
"""Documents from which reading them on all cores is faster than on one."""
AT_ONCE = 8
"""Documents that a process reads before it answers."""
Reading = tuple[Document, list[Draft]]


def each(paths: Sequence[Path]) -> Iterator[Reading | InputError]:
    """Documents with their drafts, in the order of their files; many are read on all cores.

    A file that cannot be read gives the error in its place.

    >>> from pathlib import Path
    >>> size = Path("note.txt").write_text("Japan will lower its tariff on rice.", encoding="utf-8")
    >>> [one[0].name for one in each([Path("note.txt")])]
    ['note.txt']
    """
    if len(paths) < MANY:
        yield from map(_one, paths)
        return
    from kosho.parallel import cores, run_in_order  # noqa: PLC0415 - few documents need no other process

    groups = [tuple(paths[n : n + AT_ONCE]) for n in range(0, len(paths), AT_ONCE)]
    for group in run_in_order(_several, groups, cores()):
        yield from (InputError(one.problems) if isinstance(one, _Wrong) else one for one in group)


class _Wrong(NamedTuple):
    """What is wrong with a file, as it comes from another process."""

    problems: list[Problem]


def _one(path: Path) -> Reading | InputError:
    try:
        document = decode(path)
        return document, read_once(document)
    except InputError as error:
        return error


def _several(paths: tuple[Path, ...]) -> list[Reading | _Wrong]:
    with without_collector():
        read = [_one(path) for path in paths]
    return [_Wrong(list(one.problems)) if isinstance(one, InputError) else one for one in read]


SHORT = 20_000
"""Characters of texts that are kept when they have been read: stories are passed on under other names."""


def read_once(document: Document) -> list[Draft]:
    """What `read_text` gives; a short text is not read again, under whatever name it comes.

    >>> from kosho.record.reading import Document, read_once
    >>> [one.doc for name in ("a.txt", "b.txt") for one in read_once(Document(name, "We met Japan."))]
    ['a.txt', 'b.txt']
    """
    if len(document.text) > SHORT:
        return read_text(document)
    return [replace(draft, doc=document.name) for draft in _drafts_of(document.text)]


@lru_cache(maxsize=256)
def _drafts_of(text: str) -> tuple[Draft, ...]:
    return tuple(read_text(Document("", text)))


def read_text(document: Document) -> list[Draft]:
    """Drafts of one decoded document, in the order of their quotes.

    >>> from kosho.record.reading import Document, read_text
    >>> [draft.type for draft in read_text(Document("note.txt", "Japan will lower its tariff on rice."))]
    ['offer', 'document']
    """
    if language_of(document.text) == "Japanese":
        from kosho.record.reading.japanese import read_japanese  # noqa: PLC0415 - English needs none of it

        return read_japanese(document)
    known = prepared(document)
    text, parts, about_it, mentions = known.joined.text, known.joined.blocks, known.about, known.mentions
    kind = about_it.fields["doc_type"]
    turns = _turns(text, parts) if kind in SPOKEN else {}
    home = known.home if kind == "press conference" else None
    head = min(turns, default=known.body[0][1][0] if known.body else 0)
    voices = Voices(mentions, head, home)
    reader = Reader(document.name, mentions, voices, known.enacts, kind=kind)
    alone = "Answer" if kind in SPOKEN and not turns else None
    previous: Block | None = None
    for unit, (start, end) in known.body:
        turn = turns.get(unit.block.start)
        if turn is not None and turn.asks:
            continue
        ends = unit.lists and end == unit.block.end
        place = Place(
            unit.block.start, unit.block is not previous, ends, unit.intro.start if unit.intro else None
        )
        reader.sentence(max(start, turn.start) if turn else start, end, place, turn.name if turn else alone)
        previous = unit.block
    forms = from_forms(document.name, parts, mentions)
    drafts = [
        *with_heading_days(text, parts, about_it.published, [*once_notified(reader.drafts, forms), *forms]),
        *titled_meeting(mentions, document.name, kind, parts, [*reader.drafts, *forms]),
        *_people(document.name, mentions, [block for block in parts if _is_asked(turns, block)]),
        *_bodies(document.name, text, parts, mentions),
    ]
    if parts:
        place = (about_it.start, about_it.end)
        drafts.append(
            Draft(document.name, "document", "asserted", about_it.fields, text[slice(*place)], *place)
        )
    drafts = [known.joined.restored(draft, document.text) for draft in drafts]
    return _once_in_order(drafts)


class _Turn(NamedTuple):
    """Who speaks in a block of a transcript, and where the words begin."""

    name: str
    start: int
    asks: bool


_TURN = re.compile(
    r"(?:\d{1,3}\.\s)?(?:(?P<mark>[QA])(?:\.|\s?:)|(?P<name>[A-Z][\w.’'-]*(?:\s[\w.’'&-]+){0,6})\s?(?:\([^()]{2,90}\)\s?){0,2}:)\s"
)


_ASKERS = ("Q", "Question", "Reporter", "Moderator", "Journalist", "Media", "Press", "Interviewer")
_ASKS = re.compile(r"(?:What|How|Why|When|Which|Whether|If (?:he|she|they|the \w+) will)\b[^.?!]*[.?]")
"""Words that begin a question of a parliament, which ends in a full stop there."""


def _turns(text: str, parts: list[Block]) -> dict[int, _Turn]:
    """Turns of a transcript by the start of their block; questions are not facts."""
    found: dict[int, _Turn] = {}
    last: _Turn | None = None
    for block in parts:
        if block.role != "body":
            continue
        head = _TURN.match(text, block.start, block.end)
        if head and (head["mark"] or not is_label(head[0])):
            name = head["mark"] or head["name"]
            whole = text[block.start : block.end].rstrip()
            asks = name.title() in _ASKERS or whole.endswith("?") or bool(_ASKS.match(text, head.end()))
            last = _Turn(name, head.end(), asks or text.startswith("To ask ", head.end()))
        if last is not None:
            found[block.start] = last
    return found


def _is_asked(turns: dict[int, _Turn], block: Block) -> bool:
    """Whether a block of a transcript is a question: it tells nothing, not even whom."""
    turn = turns.get(block.start)
    return turn is not None and turn.asks


def _people(doc: str, mentions: Mentions, asked: list[Block]) -> list[Draft]:
    """Each person once, at the first mention with a post outside questions."""
    found: list[Draft] = []
    for mention in filter(None, (_outside(one, mentions, asked) for one in _fullest(mentions))):
        person = mention.person
        if person is None:
            continue
        fields = {
            "name": person.name,
            "role": person.role,
            "side": person.side,
            "org": person.org,
            "negotiation_role": _in_talks(mentions.text, mention, person.role),
            "name_native": person.native,
        }
        quote = mentions.text[mention.start : mention.end]
        kept = {key: value for key, value in fields.items() if value}
        found.append(Draft(doc, "person", "asserted", kept, quote, mention.start, mention.end))
    return found


def _fullest(mentions: Mentions) -> list[Mention]:
    """Each person once, where he or she is named most fully; of equal namings the first."""
    kept: list[Mention] = []
    for mention in mentions.all:
        if mention.person is None or not mention.first:
            continue
        words = set(mention.person.name.split())
        same = next(
            (n for n, old in enumerate(kept) if old.person and words & set(old.person.name.split())), None
        )
        if same is None:
            kept.append(mention)
        elif (old := kept[same].person) and len(words) > len(old.name.split()):
            kept[same] = mention
        elif old and _posted(old, mention):
            kept[same] = replace(kept[same], person=mention.person)
    return kept


def _posted(old: PersonMention, mention: Mention) -> bool:
    """Whether a later naming tells the same post more fully: `Minister`, `Coordinating Minister for Trade`."""
    new = mention.person
    if new is None or set(old.name.split()) != set(new.name.split()) or (old.side and new.side != old.side):
        return False
    small = {"of", "for", "the", "and"}
    return set(old.role.split()) - small < set(new.role.split()) - small


def _outside(mention: Mention, mentions: Mentions, asked: list[Block]) -> Mention | None:
    """A person where he or she is named outside questions; None where nowhere else."""
    person = mention.person
    if person is None or not _within(mention, asked):
        return mention
    words = set(person.name.split())
    told = (
        m for m in mentions.all if m.person and words & set(m.person.name.split()) and not _within(m, asked)
    )
    return next((replace(m, person=person) for m in told), None)


def _within(mention: Mention, asked: list[Block]) -> bool:
    return any(block.start <= mention.start < block.end for block in asked)


_LED_BY = re.compile(r"\b(?:led|headed)\sby\s(?:(?:Mr|Ms|Mrs|Dr|H\.E)\.?\s)*$", re.IGNORECASE)
_LEADS_TALKS = re.compile(
    r",?\s(?:who\s)?(?:is|was|has been|will)?\s?(?:lead|leading|heads|heading|leads|led|headed)\s(?:the|its"
    r"|their)\s[^,.;]{0,40}?(?:talks|negotiat\w+|delegation|team)"
)
_NEGOTIATES = re.compile(r"\b(?P<as>(?:(?:chief|lead|top|senior|deputy)\s)*negotiator)\b", re.IGNORECASE)
_NEGOTIATES_TOO = re.compile(rf"(?:,\s)?(?:the\s)?{_NEGOTIATES.pattern}", re.IGNORECASE)


def _in_talks(text: str, mention: Mention, role: str) -> str | None:
    """The part somebody has in the talks: leads them, or negotiates."""
    if _LED_BY.search(before(text, mention.start)) or _LEADS_TALKS.match(text, mention.end):
        return "lead"
    told = _NEGOTIATES.search(role) or _NEGOTIATES_TOO.match(text, mention.end)
    return told["as"].lower() if told else None


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
    for above, block in pairwise(parts):
        heading = text[above.start : above.end].strip(" :")
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
        for start, end in sentences_of(text, block):
            bodies = mentions.within(start, end, "body")
            if bodies and _ACTS_FOR.search(mentions.masked, start, end):
                fields = {
                    "orgs": [text[m.start : m.end] for m in bodies],
                    "acts_for": list(dict.fromkeys(code for m in bodies for code in m.codes)),
                }
                found.append(Draft(doc, "organisation", "asserted", fields, text[start:end], start, end))
    return found


def _once_in_order(drafts: list[Draft]) -> list[Draft]:
    """Drafts in the order of their places; the first of those that say the same of the same words."""
    seen: dict[tuple[int, int, str, str], Draft] = {}
    for draft in drafts:
        told = str(sorted(draft.fields.items(), key=str))
        seen.setdefault((draft.start, draft.end, draft.type, told), draft)
    return [seen[key] for key in sorted(seen)]
