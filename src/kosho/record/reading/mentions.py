"""Who is named where: states, blocs, bodies that act for them, people with posts, both sides together, dates.

Each mention is written over, in a copy of the text of the same length, with a character of its kind. Rules are
patterns on that copy: they see kinds instead of names, and what they find lies at the same offsets in the text.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kosho.record.reading.dates import DateMention
from kosho.record.reading.names import aliases, plain
from kosho.record.reading.people import (
    AS_NAME,
    BODY_TITLED,
    OFFICIALS,
    TITLED_BODY,
    UPPER,
    is_name,
    is_weak,
    posts,
    trimmed,
)
from kosho.record.reading.tables import table

__all__ = ["KINDS", "Mention", "Mentions", "PersonMention", "find_mentions", "pattern"]

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

    def within(self, start: int, end: int, *kinds: Kind) -> list[Mention]:
        """Mentions inside a span, of some kinds or of any."""
        first = bisect_left(self.all, start, key=lambda m: m.start)
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
        for index in range(bisect_left(self.all, start, key=lambda m: m.start) - 1, -1, -1):
            mention = self.all[index]
            if mention.kind == "person" and mention.end <= start:
                return mention
        return None

    def acting(self, start: int, end: int) -> tuple[str, ...]:
        """The same without countries that are only where something is."""
        return self._codes_of(m for m in self.within(start, end) if not _is_where(self.text, m, start))

    def codes(self, start: int, end: int) -> tuple[str, ...]:
        """Parties named or spoken for inside a span, in order, each once."""
        return self._codes_of(self.within(start, end))

    def _codes_of(self, mentions: Iterable[Mention]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for mention in mentions:
            codes = self.sides if mention.kind == "joint" else mention.codes
            found.update(dict.fromkeys(codes))
        return tuple(found)


def find_mentions(
    text: str, spans: list[tuple[int, int]], dates: list[DateMention], home: str | None = None
) -> Mentions:
    """Find who is mentioned in the sentences `spans` of `text`.

    Args:
        text: The document.
        spans: Its sentences.
        dates: Those found before.
        home: The country whose ministry signs a release: its ministers are named without their country.
    """
    masks = [_Mask(text, start, end) for start, end in spans]
    by_span = _dates_by_span(spans, dates)
    for (start, _), mask in zip(spans, masks, strict=True):
        for date in by_span[start]:
            mask.put(Mention(date.start - start, date.end - start, "date", date=date))
        _names(mask)
        _people(mask)
        _groups(mask)
    _fill_sides(masks, home)
    people = {m.person for mask in masks for m in mask.found if m.person is not None}
    for mask in masks:
        _posts_alone(mask, people)
    parts = _name_parts(people)
    pieces: list[str] = []
    found: list[Mention] = []
    position = 0
    for (start, end), mask in zip(spans, masks, strict=True):
        _later(mask, *parts)
        pieces += [text[position:start], mask.text]
        position = end
        found += [
            replace(m, start=m.start + start, end=m.end + start)
            for m in sorted(mask.found, key=lambda m: m.start)
        ]
    pieces.append(text[position:])
    acting = tuple(m for m in found if not _is_where(text, m))
    sides, bilateral = _sides(acting)
    bilateral = bilateral and _together(spans, acting, sides)
    return Mentions(text, tuple(found), "".join(pieces), sides, bilateral)


def _dates_by_span(spans: list[tuple[int, int]], dates: list[DateMention]) -> dict[int, list[DateMention]]:
    starts = [start for start, _ in spans]
    grouped: dict[int, list[DateMention]] = {start: [] for start in starts}
    for date in dates:
        index = bisect_right(starts, date.start) - 1
        if index >= 0 and date.end <= spans[index][1]:
            grouped[starts[index]].append(date)
    return grouped


def _names(mask: _Mask) -> None:
    names, known = aliases()
    for match in names.finditer(mask.original):
        kind, codes = known[plain(match["alias"])]
        if kind == "capital" and _is_place(mask.original, match.start(), 0):
            continue
        mask.put(Mention(match.start(), match.end(), kind, codes))
    for match in list(_COMPOUND.finditer(mask.text)):
        mask.put(Mention(match.start(), match.end(), "adjective", mask.codes(*match.span())))


def _is_place(text: str, start: int, floor: int) -> bool:
    before = text[max(floor, start - 14) : start]
    return (
        re.search(r"\b(?:in|at|near|from|via|through|outside|for|visit|visited|left|of|downtown)\s$", before)
        is not None
    )


_WHERE = re.compile(r"\b(?:in|at|near)\s(?:the\s)?(?:(?:[A-Z][\w.’'-]+\s?){1,4},\s(?:the\s)?)?$")


def _is_where(text: str, mention: Mention, floor: int = 0) -> bool:
    """Whether a country is told of as a place."""
    return (
        mention.kind == "party"
        and _WHERE.search(text, max(floor, mention.start - 60), mention.start) is not None
    )


class _Mask:
    """The text with mentions written over; a later, longer mention takes the place of those inside it."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.original = text[start:end]
        self.text = self.original.replace("\n", " ").replace("\r", " ").replace("\xa0", " ")
        self.found: list[Mention] = []

    def put(self, mention: Mention) -> None:
        if any(
            m.start < mention.end and mention.start < m.end and m.end - m.start >= mention.end - mention.start
            for m in self.found
        ):
            return
        self.found = [m for m in self.found if m.end <= mention.start or m.start >= mention.end]
        self.found.append(mention)
        width = mention.end - mention.start
        self.text = self.text[: mention.start] + KINDS[mention.kind] * width + self.text[mention.end :]

    def codes(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for m in self.found if m.start >= start and m.end <= end for c in m.codes))


def _people(mask: _Mask) -> None:  # noqa: C901 - two orders of name and post
    before, after, _ = posts()
    text, start, end = mask.original, 0, len(mask.original)
    for match in list(after.finditer(mask.text, start, end)):
        name = match["name"]
        if not is_name(name) or not name.replace(" ", "").replace(".", "").isprintable():
            continue
        if re.search("[\ue000-\ue007]", name):
            continue
        org_start, org_end = match.span("org") if match["org"] else (match.end("role"), match.end("role"))
        if is_weak(match["role"]) and not match["org"] and not match["lead"].strip():
            continue
        tail = re.match(r"\s?\([A-Z]{2,8}\)", text[org_end:end])
        codes = mask.codes(match.start("lead"), org_end) or _led(mask, match.start())
        role = text[match.start("role") : match.end("role")]
        org = text[org_start:org_end].strip(" ,")
        org = re.sub(r"^(?:of|at|for|to|in)\s(?:the\s)?|^the\s", "", org) or None
        if tail and org:
            org = tail[0].strip(" ()")
        stop = org_end + (len(tail[0]) if tail else 0)
        person = PersonMention(name, role, _side(role + " " + (org or ""), codes), org, match["native"])
        mask.put(
            Mention(match.start(), stop, "person", (person.side,) if person.side else (), person, first=True)
        )
    for match in [*TITLED_BODY.finditer(mask.text), *BODY_TITLED.finditer(mask.text)]:
        name = trimmed(match["name"])
        role = re.sub(r"^[Tt]he\s", "", text[match.start("body") : match.end("body")])
        if name and role.endswith(("Representative", "Commissioner")):
            codes = mask.codes(match.start("body"), match.end("body"))
            person = PersonMention(name, role, _side(role, codes), None, None)
            mask.put(
                Mention(
                    match.start(),
                    max(match.start("name") + len(name), match.end("body")),
                    "person",
                    codes,
                    person,
                    first=True,
                )
            )
    for match in list(before.finditer(mask.text, start, end)):
        name = trimmed(match["name"])
        if not name or re.search("[\ue000-\ue007]", match["role"]):
            continue
        if re.search(r",\s$", mask.text[: match.start("name")][-2:]) and " " not in name:
            continue
        role = match["role"]
        begin, codes = _nationality(mask, match.start(), start)
        of = _OF_STATE.match(mask.text, match.start("name") + len(name))
        codes = codes or mask.codes(*match.span("state")) or (mask.codes(*of.span("who")) if of else ())
        person = PersonMention(name, role[0].upper() + role[1:], _side(role, codes), None, match["native"])
        stop = match.start("name") + len(name)
        if match["native"] and name == match["name"]:
            stop = match.end()
        mask.put(Mention(begin, stop, "person", (person.side,) if person.side else (), person, first=True))


_LED = re.compile(
    r"(?P<who>[\ue000\ue001\ue007]+)(?:,\s|\s(?:\w+\s){0,2}(?:led|headed|represented"
    r"|co-chaired)?\s?by\s)(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?$"
)


def _led(mask: _Mask, start: int) -> tuple[str, ...]:
    """The party of whoever leads its delegation, or is named as its counterpart."""
    found = _LED.search(mask.text, max(0, start - 60), start)
    return mask.codes(found.start("who"), found.end("who")) if found else ()


def _nationality(mask: _Mask, start: int, floor: int) -> tuple[int, tuple[str, ...]]:
    match = re.search(
        r"([\ue000\ue001\ue007]+)(?:['’]s?)?\s(?:(?:chief|top|new|then)\s)?$",
        mask.text[max(floor, start - 60) : start],
    )
    if not match:
        return start, ()
    begin = start - (len(match[0]))
    return begin, mask.codes(begin, start)


_OF_STATE = re.compile(r",?\s(?:of|from)\s(?:[Tt]he\s)?(?P<who>\ue000+)")


def _side(role: str, codes: tuple[str, ...]) -> str | None:
    if codes:
        return codes[0]
    for code, words in table("posts")["sides"].items():
        if re.search(words, role):
            return code
    return None


_COMPOUND = re.compile(
    r"[\ue000\ue001\ue004]+[-–/](?:[Tt]he\s)?[\ue000\ue001\ue004]+(?:[-–/][\ue000\ue001\ue004]+)*"
)
_BODY = re.compile(
    r"(?:[Tt]he\s)?(?:[\ue000\ue001]+(?:['’]s?)?\s)?(?:[A-Z][\w&-]+\s){0,4}"
    r"(?:Ministry|Department|Commission|Agency|Bureau|Authority|Secretariat|Directorate|Board"
    r"|Federation|Confederation|Chamber)\b"
    r"(?:\s(?:of|for)\s(?:the\s)?[A-Z][\w-]+(?:(?:,|\sand|,\sand)?\s[A-Z][\w-]+){0,6})?(?:\sof\s[\ue000]+)?"
)
_JOINT = re.compile(
    r"\b(?:[Tt]he\s|[Bb]oth\s|[Aa]ll\s)(?:of\s)?(?:the\s)?(?:two\s|three\s|both\s|four\s)?"
    r"(?i:sides|countries|governments|parties|ministers|leaders|nations|economies|delegations"
    r"|participants|organi[sz]ations"
    r"|members|partners|negotiators|presidents|prime\sministers|neighbou?rs|allies|trade\sministers"
    r"|officials|agencies"
    r"|ministries|customs\s(?:administrations|authorities)|co-chairs|heads\sof\sstate"
    r"|administrations)\b(?!\s(?:of|from|in)\s[a-z])"
)
_BARE = re.compile(
    r"(?:^|(?<=[,;:]\s)|(?<=\d\.\s))(?:Ministers|Leaders|Negotiators|Delegations|Participants"
    r"|Trade [Mm]inisters)\b(?!\s(?:of|from|responsible)\b)"
)
_UNNAMED = re.compile(
    r"\b(?:[Aa]n?|[Tt]he|[Oo]ne|[Aa]nother)\s(?:(?!of\b)[a-z-]+\s){0,2}?"
    r"(?:spokes(?:man|woman|person)|officials?|economist|analyst|diplomat|aide|advis[eo]r|lawmaker|expert|source|executive"
    r"|professor|researcher|lobbyist|farmer|trader)\b"
    r"(?:\s(?:for|of|at|from|with|in)\s(?:[Tt]he\s)?(?:[\ue000-\ue004\ue007]+(?:['’]s?)?|[A-Z][\w-]+|[a-z-]+)"
    r"(?:\s(?:embassy|ministry|government|delegation|mission|office|side|union|association|[A-Z][\w-]+))?)?"
)
"""Somebody with a post and without a name: who speaks, and whom `he` behind it means."""
_PRONOUN = re.compile(r"\b(?:[Tt]hey|[Ww]e|[Hh]e|[Ss]he)\b|\bI\b(?=\s[a-z])")


def _groups(mask: _Mask) -> None:
    """Governments, officials, posts without a name; ministries; both sides; pronouns."""
    start, end = 0, len(mask.original)
    for match in list(
        re.finditer(rf"(?:[Tt]he\s)?[\ue000\ue001\ue007]+(?:['’]s?)?\s{OFFICIALS}", mask.text[start:end])
    ):
        begin, stop = start + match.start(), start + match.end()
        mask.put(Mention(begin, stop, "party", mask.codes(begin, stop)))
    for match in list(
        re.finditer(
            r"\b(?:[Tt]he\s)?(?:[Gg]overnment|[Pp]eople|[Rr]epublic)\sof\s[\ue000]+", mask.text[start:end]
        )
    ):
        begin, stop = start + match.start(), start + match.end()
        mask.put(Mention(begin, stop, "party", mask.codes(begin, stop)))
    for match in list(_BODY.finditer(mask.text)):
        mask.put(Mention(match.start(), match.end(), "body", mask.codes(*match.span())))
    for match in list(posts()[2].finditer(mask.text, start, end)):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(match.start(), match.end())))
    for match in [*_JOINT.finditer(mask.text), *_BARE.finditer(mask.text)]:
        mask.put(Mention(match.start(), match.end(), "joint"))
    for match in list(_UNNAMED.finditer(mask.text)):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(*match.span())))
    for match in list(_PRONOUN.finditer(mask.text, start, end)):
        mask.put(Mention(match.start(), match.end(), "pronoun"))


_AT_HOME = re.compile(r"\b(?:minister|secretary|commissioner|representative|negotiator)", re.IGNORECASE)


def _fill_sides(masks: list[_Mask], home: str | None) -> None:
    """Give people without a country the one told of them elsewhere, or that of the ministry that signs."""
    told: dict[str, str] = {}
    for mask in masks:
        for mention in mask.found:
            person = mention.person
            if person is not None and person.side is not None:
                told.setdefault(person.name.split()[-1], person.side)
                told.setdefault(person.name.split()[0], person.side)  # family names stand first in East Asia
    for mask in masks:
        for index, mention in enumerate(mask.found):
            person = mention.person
            if person is None or person.side is not None:
                continue
            side = told.get(person.name.split()[-1])
            if side is None and _AT_HOME.search(person.role) and not re.match(r"(?i)prime", person.role):
                side = home
            if side is not None:
                mask.found[index] = replace(mention, codes=(side,), person=replace(person, side=side))


_POST_ALONE = re.compile(
    rf"\b[Tt]he\s(?P<post>(?:Prime\s|Vice\s|Deputy\s)?(?:Minister|Secretary|Commissioner|President|Premier|Chancellor"
    rf"|Ambassador))\b(?!\s(?:of|for)\b)(?!\s[{UPPER}\ue000-\ue007])"
)


def _posts_alone(mask: _Mask, people: set[PersonMention]) -> None:
    """`The Minister` is the one person of the document with such a post, if there is one."""
    for match in list(_POST_ALONE.finditer(mask.text)):
        held = {person for person in people if re.search(rf"\b{match['post']}\b", person.role)}
        fullest = max(
            held, key=lambda one: (len(one.name), one.side is not None, one.name, one.role), default=None
        )
        words = set(fullest.name.split()) if fullest else set[str]()
        if fullest and all(words & set(person.name.split()) for person in held):
            codes = (fullest.side,) if fullest.side else ()
            mask.put(Mention(match.start(), match.end(), "person", codes, fullest))


NameParts = tuple[re.Pattern[str] | None, dict[str, PersonMention]]


def _name_parts(people: set[PersonMention]) -> NameParts:
    parts: dict[str, PersonMention] = {}
    for person in sorted(people, key=lambda p: (p.name, p.role)):
        words = person.name.split()
        for word in (words[0], words[-1], person.name):
            if len(word) >= 2 and not word.endswith("."):
                parts[word] = person
    if not parts:
        return None, parts
    together = "|".join(re.escape(word) for word in sorted(parts, key=lambda w: (-len(w), w)))
    return re.compile(
        rf"(?<![\w-])(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?(?P<part>{together})(?![\w-])(?!\s[A-Z][a-z])(?:(?<!\bMay)(?<!\bWill)|{AS_NAME})"
    ), parts


def _later(mask: _Mask, names: re.Pattern[str] | None, parts: dict[str, PersonMention]) -> None:
    """People named by one part of their name, after or before the post is told."""
    for match in list(names.finditer(mask.text)) if names else ():
        person = parts[match["part"]]
        codes = (person.side,) if person.side else ()
        mask.put(Mention(match.start(), match.end(), "person", codes, person))


def _together(spans: list[tuple[int, int]], found: tuple[Mention, ...], sides: tuple[str, ...]) -> bool:
    """Whether a sentence names two sides together: else nothing says that they deal with each other."""
    starts = [start for start, _ in spans]
    named: dict[int, set[str]] = {}
    for mention in found:
        told = named.setdefault(bisect_right(starts, mention.start), set())
        told.update(sides if mention.kind == "joint" else mention.codes)
    return len(sides) > 1 and any(set(sides) <= told for told in named.values())


def _sides(found: tuple[Mention, ...]) -> tuple[tuple[str, ...], bool]:
    count: Counter[str] = Counter()
    for mention in found:
        count.update(mention.codes)
    order = {code: index for index, code in reversed(list(enumerate(c for m in found for c in m.codes)))}
    ranked = sorted(count, key=lambda code: (-count[code], order[code]))
    bilateral = len(ranked) < 3 or 2 * count[ranked[2]] < count[ranked[1]]
    return tuple(sorted(ranked[:2], key=lambda code: order[code])), bilateral
