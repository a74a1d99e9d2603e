"""Who is named where: states, blocs, bodies that act for them, people with posts, both sides together, dates.

Each mention is written over, in a copy of the text of the same length, with a character of its kind. Rules are
patterns on that copy: they see kinds instead of names, and what they find lies at the same offsets in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from kosho.record.reading.dates import DateMention
from kosho.record.reading.names import aliases, plain
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
    """Whether a text is about these two: no third is named half as often."""

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
        """The last person named before `start`."""
        for index in range(bisect_left(self.all, start, key=lambda m: m.start) - 1, -1, -1):
            mention = self.all[index]
            if mention.kind == "person" and mention.person and mention.end <= start:
                return mention
        return None

    def codes(self, start: int, end: int) -> tuple[str, ...]:
        """Parties named or spoken for inside a span, in order, each once."""
        found: dict[str, None] = {}
        for mention in self.within(start, end):
            codes = self.sides if mention.kind == "joint" else mention.codes
            found.update(dict.fromkeys(codes))
        return tuple(found)


_U = "A-ZÀ-ÖØ-ÞŠŽČĆĐŁŚŹŻİŞĞÖÜ"
_TOKEN = rf"[{_U}][\w’'-]*[\w’]"
_NAME = rf"{_TOKEN}(?:\s(?:(?:van|von|der|den|de|del|da|dos|bin|al|el)\s)*(?:[{_U}]\.|{_TOKEN})){{0,3}}"
_TITLED_BODY = re.compile(rf"(?P<body>[\ue004]+)\s(?P<name>{_NAME})")
_TITLES = r"(?:(?:Mr|Ms|Mrs|Dr|H\.\s?E|Hon|Senator|Lord|Baroness|Dame|Sir|Datuk)\.?\s)*"
_OF = rf"(?:\sof\s(?:[Tt]he\s)?(?:(?:[{_U}]\w+\s){{1,3}}of\s)?(?P<state>\ue000+))?"
_NATIVE = r"(?:\s?\((?P<native>[\u2e80-\u9fff\uac00-\ud7af]+)\))?"
_OFFICIALS = (
    r"(?i:(?:(?:trade|senior|top|chief|customs|industry|export|car|auto|steel|farm|foreign|economic"
    r"|business|central"
    r"|federal|national)\s){0,2}(?:governments?|side|officials?|authorities|delegation"
    r"|administration|cabinet|negotiators?|team"
    r"|representatives?|industry|automakers?|carmakers?|manufacturers|makers|companies|firms|producers|farmers"
    r"|exporters|importers|lawmakers|regulators|ministry(?!\sof\b)|embassy|ministers?|president"
    r"|prime\sminister|premier|leaders?"
    r"|businesses|leadership|counterparts?|trade\sministry|foreign\sministry|commerce\sministry)\b)"
)


@cache
def _posts() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    posts = table("posts")
    portfolio = "|".join(
        re.escape(w) for w in sorted({w.strip(",") for w in posts["portfolio"].split()}, key=len, reverse=True)
    )
    phrase = rf"(?:(?:{portfolio})\b(?:,?\s(?:and\s)?(?:the\s)?(?:{portfolio})\b){{0,7}})"
    heads = "|".join(f"(?i:{head})" for head in posts["heads"])
    plain = rf"(?:(?:{portfolio})\b(?:\sand)?\s){{1,4}}"
    role = (
        rf"(?<!\w)(?:{phrase}\s|(?i:{plain})|(?i:trade|commerce|finance|foreign|economy|agriculture|industry|farm"
        rf"|customs)\s)?\b(?:{heads})\b(?:\s(?:of"
        rf"|for)\s(?:the\s)?{phrase})?(?:\sin\scharge\sof\s[a-z ]+?(?=,))?"
    )
    before = re.compile(rf"(?:[Tt]he\s)?(?P<role>{role}){_OF}(?:,\s|\s){_TITLES}(?P<name>{_NAME}){_NATIVE}")
    after = re.compile(
        rf"{_TITLES}(?P<name>{_TOKEN}(?:\s(?:van|von|der|den|de|del|da|bin|al"
        rf"|el))*(?:\s(?:[{_U}]\.|{_TOKEN})){{1,3}}){_NATIVE}"
        rf"(?:,|\s\()\s?(?!and\s)(?:who\sis\s)?(?:the\s"
        rf"|an?\s)?(?P<lead>(?:[\ue000\ue001\ue004\ue007]+(?:['’]s?)?\s)?(?:(?!and\b|or\b|with\b)[a-z]+\s){{0,2}}?)"
        rf"(?P<role>{role})"
        rf"(?P<org>(?:,|\s(?:of|at|for|to"
        rf"|in))\s(?:the\s)?(?:[\ue000-\ue007{_U}][^\s,.;()]*)(?:(?!,?\sand\s(?:Mr|Ms|Mrs|Dr"
        rf"|H\.E)\b)[\s,](?:[\ue000-\ue007{_U}][^\s,.;()]*|of|and|for|the|,))*)?"
    )
    alone = re.compile(rf"(?P<lead>[\ue000\ue001\ue007]+(?:['’]s?)?\s)(?P<role>(?i:{role}))")
    return before, after, alone


def find_mentions(
    text: str, spans: list[tuple[int, int]], dates: list[DateMention], home: str | None = None
) -> Mentions:
    """Find who is mentioned in the sentences `spans` of `text`.

    Args:
        text: The document.
        spans: Its sentences.
        dates: Those found before.
        home: The country a story is filed from: its ministers are named without their country.
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
    sides, bilateral = _sides(tuple(found))
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


def _is_name(name: str) -> bool:
    stop = set(table("posts")["not_names"].split()) | set(table("posts")["portfolio"].split())
    return not any(part.rstrip(".,’'") in stop for part in name.split())


def _people(mask: _Mask) -> None:  # noqa: C901 - two orders of name and post
    before, after, _ = _posts()
    text, start, end = mask.original, 0, len(mask.original)
    for match in list(after.finditer(mask.text, start, end)):
        name = match["name"]
        if not _is_name(name) or not name.replace(" ", "").replace(".", "").isprintable():
            continue
        if re.search("[\ue000-\ue007]", name):
            continue
        org_start, org_end = match.span("org") if match["org"] else (match.end("role"), match.end("role"))
        if _weak(match["role"]) and not match["org"] and not match["lead"].strip():
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
    for match in list(_TITLED_BODY.finditer(mask.text)):
        name = _trimmed(match["name"])
        role = re.sub(r"^[Tt]he\s", "", text[match.start("body") : match.end("body")])
        if name and role.endswith(("Representative", "Commissioner")):
            codes = mask.codes(match.start("body"), match.end("body"))
            person = PersonMention(name, role, _side(role, codes), None, None)
            mask.put(
                Mention(match.start(), match.start("name") + len(name), "person", codes, person, first=True)
            )
    for match in list(before.finditer(mask.text, start, end)):
        name = _trimmed(match["name"])
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


def _weak(role: str) -> bool:
    return re.match(table("posts")["weak"], role, re.IGNORECASE) is not None


def _trimmed(name: str) -> str:
    """The name up to the first word that is none."""
    stop = set(table("posts")["not_names"].split()) | set(table("posts")["portfolio"].split())
    kept: list[str] = []
    for part in name.split():
        if part in stop:
            break
        kept.append(part)
    plain = " ".join(kept)
    return re.sub(r"['’]s?$", "", plain)


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
_PRONOUN = re.compile(r"\b(?:[Tt]hey|[Ww]e|[Hh]e|[Ss]he)\b|\bI\b(?=\s[a-z])")


def _groups(mask: _Mask) -> None:
    """Governments, officials, posts without a name; ministries; both sides; pronouns."""
    start, end = 0, len(mask.original)
    for match in list(
        re.finditer(rf"(?:[Tt]he\s)?[\ue000\ue001\ue007]+(?:['’]s?)?\s{_OFFICIALS}", mask.text[start:end])
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
    for match in list(_posts()[2].finditer(mask.text, start, end)):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(match.start(), match.end())))
    for match in [*_JOINT.finditer(mask.text), *_BARE.finditer(mask.text)]:
        mask.put(Mention(match.start(), match.end(), "joint"))
    for match in list(_PRONOUN.finditer(mask.text, start, end)):
        mask.put(Mention(match.start(), match.end(), "pronoun"))


_AT_HOME = re.compile(r"\b(?:minister|secretary|commissioner|representative|negotiator)", re.IGNORECASE)


def _fill_sides(masks: list[_Mask], home: str | None) -> None:
    """Give people without a country the one told of them elsewhere, or that of the dateline."""
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
    rf"|Ambassador))\b(?!\s(?:of|for)\b)(?!\s[{_U}\ue000-\ue007])"
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
        rf"(?<![\w-])(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?(?P<part>{together})(?![\w-])(?!\s[A-Z][a-z])"
    ), parts


def _later(mask: _Mask, names: re.Pattern[str] | None, parts: dict[str, PersonMention]) -> None:
    """People named by one part of their name, after or before the post is told."""
    for match in list(names.finditer(mask.text)) if names else ():
        person = parts[match["part"]]
        codes = (person.side,) if person.side else ()
        mask.put(Mention(match.start(), match.end(), "person", codes, person))


def _sides(found: tuple[Mention, ...]) -> tuple[tuple[str, ...], bool]:
    count: Counter[str] = Counter()
    for mention in found:
        count.update(mention.codes)
    order = {code: index for index, code in reversed(list(enumerate(c for m in found for c in m.codes)))}
    ranked = sorted(count, key=lambda code: (-count[code], order[code]))
    bilateral = len(ranked) < 3 or 2 * count[ranked[2]] < count[ranked[1]]
    return tuple(sorted(ranked[:2], key=lambda code: order[code])), bilateral
