"""What a text is, when it was published and by whom; the people and bodies it introduces."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from kosho.record.reading.dates import DateMention, find_dates, resolve_dates
from kosho.record.reading.layout import Block
from kosho.record.reading.quick import Guarded
from kosho.record.reading.tables import first_of, table

__all__ = ["About", "about", "is_label"]

ZONES = {
    "JST": "+09:00", "KST": "+09:00", "SGT": "+08:00", "HKT": "+08:00", "IST": "+05:30", "GMT": "+00:00",
    "UTC": "+00:00", "BST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "EST": "-05:00", "EDT": "-04:00",
    "PST": "-08:00", "PDT": "-07:00", "AEST": "+10:00", "AEDT": "+11:00", "WIB": "+07:00", "ICT": "+07:00",
}  # fmt: skip
LONGEST_HEAD = 120
"""Characters of its title, or of its beginning, by which a document without a date is quoted."""

_DATELINE = re.compile(
    r"^(?:(?P<place>[A-Z][A-Za-z .,/’'-]{2,40}?),?\s(?:[A-Z]\w+\s?/\s?)?|(?=[A-Z][a-z]{2,8}\.?\s\d{1,2}\s\())"
    r"(?P<date>(?:[A-Z][a-z]{2,8}\.?\s[0-3]?\d|[0-3]?\d\s[A-Z][a-z]{2,8}\.?)(?:,?\s(?:19|20)\d\d)?)"
    r"\s?(?:\((?P<agency>[A-Za-z .]{2,30})\)\s?|(?=[-–—:]|\.\s[A-Z]))[-–—:.]{0,2}\s?"
)
_TELLS = re.compile(r"(?<![\w’'-])(?!(?:of|the|and|de|del|da|do|di|du|la|le|el|al|y)\b)[a-z]+(?![\w’'-])")
"""A word that is in no name of a place."""
_CLOCK = re.compile(
    r"\b(?P<hour>[012]?\d)[:.](?P<minute>[0-5]\d)(?::\d\d)?\s?(?P<half>[AaPp]\.?[Mm])?\.?\s?(?P<zone>[A-Z]{3,4})?\b"
)


_LABEL = re.compile(
    r"(?:[\w-]+ ){0,3}(?:place|venue|location|dated?|time|day|subject|title|topic|reference|ref|no|number|by"
    r"|author|source|contact|tags?|to|from|cc|re|agenda|participants|parties|attend(?:ees|ance)|present|members?|notifying|agency"
    r"|responsible|products?|covered|summary|action|background|purpose|objective|period|comments|entry|status|basis|link|website"
    r"|e-?mail|tel(?:ephone)?|phone|fax|note|notes|annex|type|document|docket|rin"
    r"|supplementary information"
    r"|further information|effective dates?|dates|addresses|languages?|form|country|countries|code|description)"
    r"(?:\s(?:of|for|in)\s[^:\n]{1,40})?\.?\s?:",
    re.IGNORECASE,
)
"""The head of a line that names a particular of the document: no title, and nobody who speaks."""


def is_label(head: str) -> bool:
    """Whether a line begins with the name of a field of a form, not with who speaks.

    >>> from kosho.record.reading.document import is_label
    >>> is_label("Products covered: cheese"), is_label("MR LEE: We object.")
    (True, False)
    """
    return _LABEL.match(head) is not None


_RELAYS = Guarded(
    r"^(?:\((?:via|source:)\s|via\s|source:\s|courtesy of\s)"
    r"(?P<whom>(?:The\s)?[A-Z][\w’'&.-]+(?:\s[A-Z][\w’'&.-]+){0,3})\)?\.?$",
    re.MULTILINE | re.IGNORECASE,
)
"""Whose story a page passes on."""


class About(NamedTuple):
    """The document itself."""

    published: date | None
    start: int
    end: int
    fields: dict[str, Any]
    begins: int
    """First character behind the dateline: its day is that of the story, not of what it tells."""


def about(text: str, blocks: list[Block]) -> About:
    """Find the document's own date, title and publisher."""
    dateline, begins = _dateline(text, blocks)
    published, start, end, stamp = _published(text, blocks, dateline)
    fields: dict[str, Any] = {"doc_type": _kind(text, blocks, agency=bool(dateline and dateline["agency"]))}
    if stamp:
        fields["published"] = stamp
    titles = (b for b in reversed(_titles(blocks)) if b.end - b.start > 15)
    title = next((b for b in titles if not is_label(text[b.start : b.end])), None)
    if title:
        fields["title"] = text[title.start : title.end].strip()
    publisher = _publisher(text, dateline) or _paper(text, blocks) or _issuer(text, blocks)
    if publisher:
        fields["publisher"] = publisher
    relayed = _RELAYS.search(text)
    if relayed:
        fields["relays"] = relayed["whom"]
    if start == end and dateline is not None:
        start, end = begins - len(dateline[0]), begins - len(dateline[0]) + len(dateline[0].rstrip(" -–—:"))
    if start == end and blocks:
        head = title or blocks[0]
        start, end = head.start, min(head.end, head.start + LONGEST_HEAD)
    return About(published, start, end, fields, begins)


def _titles(blocks: list[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        if block.role == "body" and found:
            break
        if block.role == "title":
            found.append(block)
    return found


def _dateline(text: str, blocks: list[Block]) -> tuple[re.Match[str] | None, int]:
    """The dateline of a story, and where what follows it begins; None and 0 where there is none."""
    for block in [block for block in blocks if block.role == "body"][:2]:
        match = _DATELINE.match(text[block.start : block.end])
        told = match and _TELLS.search(match["place"] or "")  # `Ministers met on March 4.` begins the story
        if match and not told and any(find_dates(match["date"])):  # "Doyle 12:" is no day
            return match, block.start + match.end()
    return None, 0


def _published(
    text: str, blocks: list[Block], dateline: re.Match[str] | None
) -> tuple[date | None, int, int, str | None]:
    """The day of publication, where it stands, and as it is written down."""
    told = _of_issue(text) or _on_a_line(text, blocks, dateline)
    told = told or _in_prose(text, blocks, dateline) or _signed_off(text, blocks)
    if told is not None:
        return told
    day = _year_told(text, dateline) if dateline else None
    return (day, 0, 0, day.isoformat()) if day else (None, 0, 0, None)


Published = tuple[date | None, int, int, str | None]


def _of_issue(text: str) -> Published | None:
    """The day of the issue of the Federal Register in which a notice stands."""
    issue = _OF_ISSUE.match(text)
    found = resolve_dates(list(find_dates(text, 0, issue.end())), None, lambda _: "nearest") if issue else []
    days = [m.value for m in found if m.precision == "day" and m.value]
    return (date.fromisoformat(days[0]), 0, issue.end(), days[0]) if issue and days else None


def _on_a_line(text: str, blocks: list[Block], dateline: re.Match[str] | None) -> Published | None:
    """The day on a line of its own; one told as something else's day only where there is no other."""
    dated = (block for block in blocks if block.role == "date")
    lines = [block for block in dated if _TO_COME.match(text, block.start, block.end) is None]
    lines.sort(key=lambda block: _OTHER_DAY.search(text, block.start, block.end) is not None)
    for block in lines:
        for mention in _told_dates(text, block):
            value = mention.value
            if value is None and mention.readings:
                value = _settled(mention.readings, dateline)
            if value and len(value) == 10:
                stamp = _stamp(value, text[block.start : block.end])
                return date.fromisoformat(value), block.start, block.end, stamp
    if lines and any(m.readings for m in _told_dates(text, lines[0])):
        return None, lines[0].start, lines[0].end, None
    return None


_TO_COME = re.compile(r"\W*(?:deadline|closing|next|follow-up|comments?|due)\b", re.IGNORECASE)
"""A line whose day is never that of the text."""
_OTHER_DAY = re.compile(
    r"\b(?:updated|modified|accessed|retrieved|last|asked|tabled|meeting|session|applicable|effective|dates:)\b|^dates:",
    re.IGNORECASE,
)


def _in_prose(text: str, blocks: list[Block], dateline: re.Match[str] | None) -> Published | None:
    """The day in a title, or in the first words of a story that begins with where it was written."""
    for block in blocks:
        if block.role not in ("body", "title"):
            continue
        stop = min(block.end, block.start + (140 if block.role == "body" else 300))
        for mention in resolve_dates(list(find_dates(text, block.start, stop)), None, lambda _: "nearest"):
            short = mention.end >= block.end - 1 and block.end - block.start <= LONGEST_OPENING
            ends = short and text[block.start : mention.start].rstrip().endswith((".", ":", "|", "–", "—"))
            heads = dateline is not None and mention.start < block.start + dateline.end()
            if mention.precision == "day" and mention.value and (block.role == "title" or heads or ends):
                return date.fromisoformat(mention.value), mention.start, mention.end, mention.value
        if block.role == "body":
            break
    return None


_OF_ISSUE = re.compile(r"\s*\[Federal Register Volume[^\]]{5,120}\]")
"""The issue of the Federal Register in which a notice stands: its day is that of the notice."""
LONGEST_OPENING = 140
"""Characters of a line above a story that says whose it is and ends in its day."""
_IN_BRACKETS = re.compile(r"\((?P<day>[^()]{8,24})\)\s*$")


def _signed_off(text: str, blocks: list[Block]) -> Published | None:
    """The day in brackets that a story ends with: `... (8 November 2025)`."""
    for block in [block for block in blocks if block.role == "body"][-2:]:
        found = _IN_BRACKETS.search(text, block.start, block.end)
        for mention in (
            resolve_dates(list(find_dates(text, *found.span("day"))), None, lambda _: "nearest")
            if found
            else ()
        ):
            whole = text[mention.start : mention.end] == found["day"].strip() if found else False
            if whole and mention.precision == "day" and mention.value:
                return date.fromisoformat(mention.value), mention.start, mention.end, mention.value
    return None


def _year_told(text: str, dateline: re.Match[str]) -> date | None:
    """The day of a dateline without a year, where all full dates of the text are of one year."""
    told = resolve_dates(list(find_dates(text)), None, lambda _: "nearest")
    years = {int(m.value[:4]) for m in told if m.value and m.precision == "day"}
    if len(years) != 1:
        return None
    (day,) = resolve_dates(list(find_dates(dateline["date"])), date(years.pop(), 7, 2), lambda _: "nearest")[:1]
    return date.fromisoformat(day.value) if day.value and day.precision == "day" else None


def _told_dates(text: str, block: Block) -> list[DateMention]:
    """Dates of a block that need no other date to be told."""
    return resolve_dates(list(find_dates(text, block.start, block.end)), None, lambda _: "nearest")


def _settled(readings: tuple[str, ...], dateline: re.Match[str] | None) -> str | None:
    """One of several readings, where the dateline names the same day."""
    if dateline is None:
        return None
    for reading in readings:
        day = date.fromisoformat(reading)
        for mention in resolve_dates(list(find_dates(dateline["date"])), day, lambda _: "nearest"):
            if mention.value and abs((date.fromisoformat(mention.value) - day).days) <= 1:
                return reading
    return None


def _stamp(day: str, line: str) -> str:
    match = _CLOCK.search(line)
    if not match:
        return day
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    zone = ZONES.get(match["zone"] or "") or ""
    return f"{day}T{hour:02d}:{match['minute']}{zone}" if hour < 24 else day


def _kind(text: str, blocks: list[Block], *, agency: bool) -> str:
    """What a text is: an agency's story may tell of a joint statement, and is none."""
    head = text[:600]
    if agency:
        return "news"
    told = first_of("documents", "kinds", head)
    if told is not None:
        return told
    if _turns(text, blocks):
        return "interview" if re.search(r"\binterview\b", head, re.IGNORECASE) else "transcript"
    signed = _issuer(text, blocks) is not None and _BY_LINE.search(head) is None
    return "news release" if signed or _release().search(text) else "news"


_BY_LINE = re.compile(r"^By\s[A-Z]", re.MULTILINE)
"""Who wrote a story: no ministry did."""


@cache
def _release() -> re.Pattern[str]:
    """What only a release bears on a line of its own, or ends in."""
    return re.compile(table("documents")["release"], re.MULTILINE | re.IGNORECASE)


TURNS = 3
"""Lines at least that begin with who speaks, in a transcript."""
_MARK = re.compile(r"[QA](?:\.|\s?:)\s")
_SPEAKER = re.compile(r"(?P<name>[A-Z][\w.’'-]*(?:\s[\w.’'-]+){0,3})\s?(?:\([^()]{2,90}\)\s?){0,2}:\s")


def _turns(text: str, blocks: list[Block]) -> bool:
    """Whether lines begin with who speaks: with capitals or Q and A, or with names that come again."""
    heads = [_SPEAKER.match(text, b.start, b.end) for b in blocks]
    told = [head["name"] for head in heads if head and not is_label(head[0])]
    marks = sum(_MARK.match(text, b.start, b.end) is not None for b in blocks)
    marked = sum(name.isupper() or name in ("Question", "Answer", "Q", "A") for name in told)
    again = sum(number for number in Counter(told).values() if number > 1)
    return max(marks, marked, again) >= TURNS


def _paper(text: str, blocks: list[Block]) -> str | None:
    """The newspaper that a line beside the story names."""
    form = re.compile(table("documents")["paper"])
    for block in blocks:
        line = text[block.start : block.end]
        found = form.match(line) if block.role != "body" and len(line) <= 80 else None
        if found:
            return found["name"]
    return None


_ISSUER = re.compile(
    r"(?:AGENCY:\s)?(?P<name>(?:(?i:the\s)?(?i:office of the .{3,60}|white house)"
    r"|(?i:(?:federal |union )?(?:ministry|department) (?:of|for) (?:the )?)[A-Z][^.:;]{2,80}?))"
    r"(?:,\s[A-Z][a-z]+)?\.?"
)
"""A line, or a part of one beside the day, that is the name of the body which issues a text."""
_PART_OF_LINE = re.compile(r"\s[|–—-]\s|\s?\n\s?")
_BESIDE_NAME = re.compile(r"^Source:\s|,\s\d{1,2}\s[A-Z][a-z]+\s\d{4}$|,\s[A-Z][a-z]+\s\d{1,2},\s\d{4}$")


def _issuer(text: str, blocks: list[Block]) -> str | None:
    """The ministry or office that stands on a line of its own above the text."""
    head = takewhile(lambda one: one.role != "body", blocks)
    for part in (part for block in head for part in _PART_OF_LINE.split(text[block.start : block.end])):
        found = _ISSUER.fullmatch(_BESIDE_NAME.sub("", " ".join(part.split())))
        if found:
            name = found["name"]
            return (
                re.sub(r"\b(Of|The|And|For)\b", lambda word: word[0].lower(), name.title())
                if name.isupper()
                else name
            )
    return None


def _publisher(text: str, dateline: re.Match[str] | None) -> str | None:
    known = first_of("documents", "publishers", text, 0)
    return known or (dateline["agency"].strip() if dateline and dateline["agency"] else None)
