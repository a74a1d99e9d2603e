"""Finding who is named in sentences: states, bodies, people with posts or without, groups, pronouns."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache

from kosho.record.reading.dates import DateMention
from kosho.record.reading.masking import Mask
from kosho.record.reading.mentions import KINDS, OWN, Mention, Mentions, PersonMention, is_where, two_sides
from kosho.record.reading.names import aliases, plain, reported_from
from kosho.record.reading.people import (
    AS_NAME,
    BODY_TITLED,
    COUNTERPART,
    LED_BY,
    OF_PARTY,
    OFFICIALS,
    SPEAKS_AS,
    TITLED_BODY,
    TURN_POST,
    UPPER,
    is_name,
    is_weak,
    own_name,
    post_words,
    posts,
    trimmed,
)
from kosho.record.reading.quick import MOST_CLAUSES, Guarded
from kosho.record.reading.sides import fill_sides

__all__ = ["find_mentions"]


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
    by_span = _dates_by_span(spans, dates)
    masks = [_mask_of(text, start, end, by_span[start], home) for start, end in spans]
    fill_sides(masks, home, reported_from(text))
    people = {m.person for mask in masks for m in mask.found if m.person is not None}
    for mask in masks:
        _posts_alone(mask, people)
    known = _name_parts(people)
    parts_of_text: list[str] = []
    found: list[Mention] = []
    position = 0
    for (start, end), mask in zip(spans, masks, strict=True):
        _later(mask, known)
        parts_of_text += [text[position:start], mask.text]
        position = end
        found += [
            Mention(m.start + start, m.end + start, m.kind, m.codes, m.person, m.first, m.date)
            for m in sorted(mask.found, key=lambda m: m.start)
        ]
    parts_of_text.append(text[position:])
    acting = tuple(m for m in found if not is_where(text, m))
    sides, bilateral = two_sides(code for mention in acting for code in mention.codes)
    bilateral = bilateral and _together(spans, acting, sides) and _OF_MANY.search(text) is None
    return Mentions(text, tuple(found), "".join(parts_of_text), sides, bilateral)


_OF_MANY = re.compile(
    r"\b(?:[3-9]|[1-9]\d{1,2}|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"[- ](?:country|nation|economy)\b"
    r"|\bmember (?:countries|nations|economies)\b"
)
"""Words by which a text is about talks of more than two."""


def _dates_by_span(spans: list[tuple[int, int]], dates: list[DateMention]) -> dict[int, list[DateMention]]:
    starts = [start for start, _ in spans]
    grouped: dict[int, list[DateMention]] = {start: [] for start in starts}
    for date in dates:
        index = bisect_right(starts, date.start) - 1
        if index >= 0 and date.end <= spans[index][1]:
            grouped[starts[index]].append(date)
    return grouped


def _names(mask: Mask) -> None:
    names, known = aliases()
    for match in names.finditer(mask.original):
        kind, codes = known[plain(match["alias"])]
        if kind == "capital" and _is_place(mask.original, match.start()):
            continue
        if match["alias"] in _GIVEN_NAMES and _of_person(mask.original, match.start(), match.end()):
            continue
        mask.put(Mention(match.start(), match.end(), kind, codes))
    for match in list(_COMPOUND.finditer(mask.text)) if mask.found and _JOINS.search(mask.text) else ():
        mask.put(Mention(match.start(), match.end(), "adjective", mask.codes(*match.span())))


_GIVEN_NAMES = frozenset(
    ["Sofia", "Jordan", "Georgia", "Chad", "Israel", "India", "Paris", "London", "Santiago", "Lima"]
)
"""Names of states and capitals that people bear too."""
_TITLE_ENDS = re.compile(
    r"(?:\b(?:Mr|Ms|Mrs|Dr|Sir|Dame|[Mm]inister|[Pp]resident|[Pp]remier|[Ss]ecretary|[Cc]ommissioner|[Aa]mbassador"
    r"|[Rr]epresentative|[Nn]egotiator|[Ee]nvoy|[Dd]irector)\.?\s(?:[A-Z][\w’'-]+\s)?)$"
)


def _of_person(text: str, start: int, end: int) -> bool:
    """Whether a name of a place is that of somebody, whose post stands before it, beside another name."""
    posted = _TITLE_ENDS.search(text, 0, start)
    if posted is None:
        return False
    return " " in posted[0].strip() or re.match(r"\s[A-Z][\w’'-]+", text[end:]) is not None


def _is_place(text: str, start: int) -> bool:
    return _PLACED.search(text, 0, start) is not None


_PLACED = re.compile(r"\b(?:in|at|near|from|via|through|outside|for|visit|visited|left|of|downtown)\s$")


def _mask_of(text: str, start: int, end: int, dates: list[DateMention], home: str | None) -> Mask:
    """The sentence at `start:end` with those mentions that it gives by itself."""
    places = tuple([(date.start - start, date.end - start) for date in dates])
    masked, found = _by_itself(text[start:end], places, home)
    told = {date.start - start: date for date in dates}
    return Mask(
        text[start:end],
        masked,
        [replace(one, date=told[one.start]) if one.kind == "date" else one for one in found],
    )


@lru_cache(maxsize=MOST_CLAUSES)
def _by_itself(
    words: str, dates: tuple[tuple[int, int], ...], home: str | None
) -> tuple[str, tuple[Mention, ...]]:
    """A sentence with mentions written over, and these, as far as it gives them without any other."""
    mask = Mask(words, words.replace("\n", " ").replace("\r", " ").replace("\xa0", " "), ())
    for start, end in dates:
        mask.put(Mention(start, end, "date"))
    _names(mask)
    _people(mask)
    _groups(mask, home)
    return mask.text, tuple(mask.found)


def _people(mask: Mask) -> None:
    """People by the forms in which they are named; what is put later only takes the place of less."""
    posted = posts()[0].may_fit(mask.original)
    if posted:
        _posts_behind(mask)
    _without_posts(mask)
    if posted:
        _posts_before(mask)


def _put(mask: Mask, start: int, end: int, person: PersonMention) -> None:
    codes = (person.side,) if person.side else ()
    mask.put(Mention(start, end, "person", codes, person, first=True))


_IS_OF_NEXT = re.compile(rf"\s[{UPPER}][\w’'-]+\s[{UPPER}][\w’'-]+")
"""A name right behind a post: the post is of that one, not of who stands before the comma."""


_BODY_NAMED = re.compile(
    "[\ue000\ue001\ue004\ue007]|(?:Ministry|Department|Office|Bureau|Division|Embassy|Commission|Committee|Chamber|Council)"
)
_PLURAL_VERB = re.compile(
    r"\s(?:push|hold|meet|discuss|agree|sign|vow|seek|talk|review|urge|say|tell|launch|begin|start|resume|conclude|reach"
    r"|eye|warn|speak|exchange|pledge|explore|weigh|visit|want|call)\s"
)
_FOR_REGION = re.compile("\\b(?:for|of)\\s\ue001+\\sAffairs\\b")
"""A portfolio: who is in charge of European affairs is not of Europe."""


def _posts_behind(mask: Mask) -> None:
    """`X, the envoy of Y`."""
    text = mask.original
    for match in list(posts()[1].finditer(mask.text)):
        name = match["name"]
        plain_name = is_name(name) and name.replace(" ", "").replace(".", "").isprintable()
        weak = is_weak(match["role"]) and not match["org"] and not match["lead"].strip()
        named_behind = _IS_OF_NEXT.match(mask.text, match.end("role")) and not match["org"]
        joined = _PLURAL_VERB.match(mask.text, match.end())  # `X, EU trade chief push talks`: two people
        if not plain_name or weak or named_behind or joined or re.search("[\ue000-\ue007]", name):
            continue
        role = text[match.start("role") : match.end("role")]
        org_start, org_end = match.span("org") if match["org"] else (match.end("role"), match.end("role"))
        tail = re.match(r"\s?\([A-Z]{2,8}\)", text[org_end:])
        region = _FOR_REGION.search(mask.text, match.start("role"), org_end)
        whose = (match.start("lead"), match.start("role") if region else org_end)
        codes = _led(mask, match.start()) or mask.codes(*whose)
        codes = codes or (mask.codes(region.end(), org_end) if region else ())
        named = text[org_start:org_end].strip(" ,")
        if named.startswith("in ") and not _BODY_NAMED.search(mask.text[org_start:org_end]):
            org_end, named = match.end("role"), ""  # where, not of what
        org = re.sub(r"^(?:of|at|for|to|in)\s(?:the\s)?|^the\s", "", named) or None
        if tail and org:
            org = tail[0].strip(" ()")
        elif org and text[org_start:org_end].startswith(" for "):
            role, org = f"{role} for {org}", None
        side = _side(codes)
        stop = org_end + (len(tail[0]) if tail else 0)
        _put(mask, match.start(), stop, PersonMention(own_name(name), role, side, org, match["native"]))


def _without_posts(mask: Mask) -> None:
    """People with a body that is a post, as somebody's counterpart, or of a country."""
    text = mask.original
    titled = KINDS["body"] in mask.text
    for match in [*TITLED_BODY.finditer(mask.text), *BODY_TITLED.finditer(mask.text)] if titled else ():
        name = trimmed(match["name"])
        role = re.sub(r"^[Tt]he\s", "", text[match.start("body") : match.end("body")])
        if name and role.endswith(("Representative", "Commissioner")):
            codes = mask.codes(match.start("body"), match.end("body"))
            person = PersonMention(name, role, _side(codes), None, None)
            end = max(match.start("name") + len(name), match.end("body"))
            mask.put(Mention(match.start(), end, "person", codes, person, first=True))
    turn = TURN_POST.match(mask.original)
    if turn and post_words().search(turn["role"]):
        name = turn["name"].title() if turn["name"].isupper() else turn["name"]
        _put(mask, 0, turn.end(), PersonMention(own_name(name), turn["role"], None, None, None))
    speaks = SPEAKS_AS.match(mask.text)
    if speaks and post_words().search(speaks["role"]):
        person = PersonMention(speaks["name"], speaks["role"].strip(), None, None, None)
        _put(mask, 0, speaks.end(), person)
    for match in list(LED_BY.finditer(mask.text)) if mask.found else ():
        name = trimmed(match["name"])
        side = next(iter(mask.codes(*match.span("lead"))), None)
        if name and (match["what"] or match["side"]) and not post_words().search(name):
            person = PersonMention(name, "Head of Delegation", side, None, None)
            _put(mask, match.start("name"), match.start("name") + len(name), person)
    for words, role in ((COUNTERPART, "counterpart"), (OF_PARTY, "")) if mask.found else ():
        for match in list(words.finditer(mask.text)):
            name = trimmed(match["name"]) if role else match["name"] if is_name(match["name"]) else ""
            side = next(iter(mask.codes(*match.span("lead"))), None)
            if name:
                person = PersonMention(name, role, side, None, None)
                _put(mask, match.start(), match.start("name") + len(name), person)


def _posts_before(mask: Mask) -> None:
    """`Trade Minister X of Y`."""
    for match in _near_posts(mask.text):
        name, role = trimmed(match["name"]), match["role"]
        if not name or re.search("[\ue000-\ue007]", role) or name.startswith("OF "):
            continue
        if re.search(r",\s$", mask.text[: match.start("name")][-2:]) and " " not in name:
            continue
        if name.isupper() and len(name) > 3:  # as transcripts write who speaks
            role = role.title() if role.isupper() else role
        begin, codes = _nationality(mask, match.start())
        of = _OF_STATE.match(mask.text, match.start("name") + len(name))
        codes = codes or mask.codes(*match.span("state")) or (mask.codes(*of.span("who")) if of else ())
        codes = codes or _led(mask, match.start())
        if mask.text[begin] == KINDS["body"] and not re.search(
            "[\ue004]", role
        ):  # `European Commission President`
            owner = mask.original[begin : match.start("role")].strip()
            role = f"{re.sub('^[Tt]he ', '', owner)} {role}"
        shown = name.title() if name.isupper() and len(name) > 3 else own_name(name)
        person = PersonMention(shown, role[0].upper() + role[1:], _side(codes), None, match["native"])
        whole = match["native"] and name == match["name"]
        _put(mask, begin, match.end() if whole else match.start("name") + len(name), person)


BEFORE_POST, BEHIND_POST = 130, 150
"""Characters within which the portfolio of a post stands before its word, and the name behind it."""


def _near_posts(text: str) -> list[re.Match[str]]:
    """Posts before names, looked for only around words that are posts."""
    found: list[re.Match[str]] = []
    reached = 0
    for head in post_words().finditer(text):
        if head.start() < reached:
            continue
        begin = max(reached, head.start() - BEFORE_POST)
        match = posts()[0].pattern.search(text, begin, min(len(text), head.end() + BEHIND_POST))
        if match:
            found.append(match)
            reached = match.end()
    return found


_LED = re.compile(
    r"(?P<who>[\ue000\ue001\ue007]+)(?:(?:(?:['’]s)?\sside)?:\s|,\s|['’]s\sby\s|\s(?:\w+\s){0,3}(?:led|headed|represented"
    r"|co-chaired)?\s?by\s|\sside,\s[^.;\ue000-\ue007]{0,50}(?:led|headed)\sby\s)(?:the\s)?(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?$"
)


def _led(mask: Mask, start: int) -> tuple[str, ...]:
    """The party of whoever leads its delegation, or is named as its counterpart."""
    found = _LED.search(mask.text, 0, start)
    return mask.codes(found.start("who"), found.end("who")) if found else ()


def _nationality(mask: Mask, start: int) -> tuple[int, tuple[str, ...]]:
    found = _OF_NATION.search(mask.text, 0, start)
    return (found.start(), mask.codes(*found.span())) if found else (start, ())


_OF_NATION = re.compile("[\ue000\ue001\ue004\ue007]+(?:['’]s?)?\\s(?:(?:chief|top|new|then)\\s)?$")


_OF_STATE = re.compile(
    r"(?:,\s(?:the\s)?(?:[a-z][\w-]+\s){1,4}|,?\s)(?:of|from)\s(?:[Tt]he\s)?(?P<who>\ue000+)"
)


def _side(codes: tuple[str, ...]) -> str | None:
    return codes[0] if codes else None


_JOINS = re.compile("[-–/]")
_COMPOUND = re.compile(
    r"[\ue000\ue001\ue004]+[-–/](?:[Tt]he\s)?[\ue000\ue001\ue004]+(?:[-–/][\ue000\ue001\ue004]+)*"
)
_BODY = Guarded(
    r"(?:[Tt]he\s)?(?:[\ue000\ue001]+(?:['’]s?)?\s)?(?:[A-Z][\w&-]+\s){0,4}"
    r"(?:Ministry|Department|Commission|Agency|Bureau|Authority|Secretariat|Directorate|Board"
    r"|Federation|Confederation|Chamber)\b"
    r"(?:\s(?:of|for)\s(?:the\s)?[A-Z][\w-]+(?:(?:,|\sand|,\sand)?\s[A-Z][\w-]+){0,6})?(?:\sof\s[\ue000]+)?"
)
_JOINT = Guarded(
    r"\b(?:[Tt]he\s|[Bb]oth\s|[Aa]ll\s)(?:of\s)?(?:the\s)?(?:two\s|three\s|both\s|four\s|\d{1,3}\s|eleven\s|twelve\s)?"
    r"(?i:sides|countries|governments|parties|ministers|leaders|nations|economies|delegations"
    r"|participants|organi[sz]ations"
    r"|teams|members|partners|negotiators|presidents|prime\sministers|neighbou?rs|allies|trade\sministers"
    r"|officials|agencies"
    r"|ministries|customs\s(?:administrations|authorities)|co-chairs|heads\sof\sstate"
    r"|administrations)\b(?!\s(?:of|from|in)\s[a-z])"
)
_BOTH = Guarded(
    r"\b[Tt]he\s(?:Joint\s|Sub-?)?(?:Meeting|Committee|Consultations?)(?=\s(?:also\s|further\s|then\s)?(?:\w+ed|took|agreed)\b)|"
    r"\b[Tt]he\s(?:two|pair|duo)(?=\s(?:also\s|then\s|\w+ly\s)?(?:\w+ed|have|had|will|would|were|are|met|held|spoke|shook|agree)\b)|"
    r"\b[Bb]oth\sof\s(?:us|them)\b|\bBoth(?=\s(?:also\s|then\s|have\s|had\s|will\s)?(?:\w+ed|agree|will|are|were|held|met)\b)"
)
_BARE = Guarded(
    r"(?:^|(?<=[,;:]\s)|(?<=\d\.\s))(?:Ministers|Leaders|Negotiators|Delegations|Delegates|Members|Envoys|Participants"
    r"|[A-Z]{2,6}\s(?:negotiators|members|ministers|delegates|envoys)|Trade [Mm]inisters)\b"
    r"(?:\s(?:of|from)\s(?:the\s)?(?:\w+\s|[A-Z][\w-]+\s){0,3}(?:countries|economies|nations|members))?"
    r"(?!\s(?:of|from|responsible)\b)"
    r"|(?<=,\s)(?:delegations|negotiators|delegates)\b(?!\s(?:of|from|said|say)\b)"
)
_UNNAMED = Guarded(
    r"\b(?:[Aa]n?|[Tt]he|[Oo]ne|[Aa]nother)\s(?:(?!of\b)[a-z-]+\s){0,2}?"
    r"(?:spokes(?:man|woman|person)|officials?|economist|analyst|diplomat|aide|advis[eo]r|lawmaker|expert|source|executive"
    r"|professor|researcher|lobbyist|farmer|trader)\b"
    r"(?:\s(?:for|of|at|from|with|in)\s(?:[Tt]he\s)?(?:[\ue000-\ue004\ue007]+(?:['’]s?)?|[A-Z][\w-]+|[a-z-]+)"
    r"(?:\s(?:embassy|ministry|government|delegation|mission|office|side|union|association|[A-Z][\w-]+))?)?"
)
"""Somebody with a post and without a name: who speaks, and whom `he` behind it means."""
_SPEAKS_FOR = Guarded(
    r"(?:[Tt]he\s)?(?:[Rr]epresentatives?|[Dd]elegations?|[Dd]elegates?|[Aa]mbassadors?|[Mm]inisters?|[Gg]overnments?|side)\s(?:of|from)\s(?:[Tt]he\s)?"
    r"\ue000+(?:(?:,\s|\sand\s|,\sand\s)(?:[Tt]he\s)?\ue000+)*"
)
"""`The representatives of Brazil and Colombia`."""
_POST_HELD = Guarded(
    r"\b[Tt]he\s(?:[A-Z][a-z]+\s){0,2}?(?:Secretary\sof\sState|(?:Vice[- ]|Deputy\s"
    r"|Prime\s)?Minister|(?:Secretary|Minister)\s(?:of|for)\s(?:[Tt]he\s)?[A-Z]\w+(?:(?:,|\sand|,\sand)?\s[A-Z]\w+){0,4}|Trade\sRepresentative|Commissioner"
    r"|Ambassador|President|Director-General|Under-?[Ss]ecretary)\b(?:\sfor\s[A-Z]\w+(?:(?:,|\sand|,\sand)?\s[A-Z]\w+){0,4})?(?!\s[A-Z\ue000-\ue007]|,\s(?:Mr|Ms|Mrs|Dr))"
)
"""A post in capitals that stands for whoever holds it."""
_PRONOUN = re.compile(
    r"[TtWwHhSsI](?:(?<=\b[Tt])hey|(?<=\b[Ww])e|(?<=\b[Hh])e(?!\s[A-Z][a-z]+\b)|(?<=\b[Ss])he|(?<=\bI)(?=\s[a-z]))\b"
    r"|\b[Ii]t(?=,?\s(?:(?:also|then|further|now|however|therefore|still|,\sin turn,)\s)?"
    r"(?:(?:is|was)\s(?:also\s|now\s)?(?:seeking|asking|calling|considering|ready|willing|prepared|demanding|urging|pressing"
    r"|offering|proposing|planning)|(?:has|had)\s(?:also\s)?(?:asked|offered|proposed|agreed|pledged|promised|rejected|urged"
    r"|requested|imposed|threatened|accused|called|signed|demanded|committed|undertaken|sought)"
    r"|asked|urged|offered|proposed|pledged|promised|rejected|requested|demanded|accused|called|wants|seeks|sought|undertook"
    r"|insisted|opposes|supports|welcomes|welcomed|expressed|reiterated|shall|will\s(?:convene|meet|be\sheld))\b)"
)
"""`It` only where it stands for somebody who acts."""


_THE_GOVERNMENT = re.compile(r"\b(?:The|[Tt]he)\sGovernment\b(?!['’]s\s\w+\sof|\s(?:of|in|and)\b)")
"""The government of the country whose ministry or parliament signs the text."""


_THE_ADMINISTRATION = Guarded(r"\b[Tt]he\s(?:[A-Z][a-z]+\s)?[Aa]dministration\b(?!\s(?:of|in|and)\b)")
"""What only the executive of the United States is called without a country."""
_STATE = Guarded(r"\b(?:[Tt]he\s)?(?:[Gg]overnment|[Pp]eople|[Rr]epublic)\sof\s[\ue000]+")
_OFFICIALS = re.compile(rf"[\ue000\ue001\ue007]+(?:['’]s?)?\s{OFFICIALS}")


def _groups(mask: Mask, home: str | None) -> None:
    """Governments, officials, posts without a name; ministries; both sides; pronouns."""
    states = [m.start for m in mask.found if m.kind in ("party", "adjective", "capital")]
    for first in states:
        match = _OFFICIALS.match(mask.text, first)
        if match is None:
            continue
        the = re.search(r"[Tt]he\s$", mask.text[:first])
        begin, stop = the.start() if the else first, match.end()
        mask.put(Mention(begin, stop, "party", mask.codes(begin, stop)))
    for match in mask.places(_STATE):
        mask.put(Mention(*match.span(), "party", mask.codes(*match.span())))
    _bodies(mask, home)
    for match in mask.places(_SPEAKS_FOR):
        one = re.match(r"(?:[Tt]he\s)?(?:[Rr]epresentative|[Dd]elegate|[Aa]mbassador|[Mm]inister)\s", match[0])
        mask.put(Mention(match.start(), match.end(), "person" if one else "party", mask.codes(*match.span())))
    for match in mask.places(posts()[2]):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(*match.span())))
    for match in [*mask.places(_JOINT), *mask.places(_BOTH), *mask.places(_BARE)]:
        mask.put(Mention(match.start(), match.end(), "joint"))
    for match in mask.places(_UNNAMED):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(*match.span())))
    for match in [*mask.places(OWN), *_PRONOUN.finditer(mask.text)]:
        mask.put(Mention(match.start(), match.end(), "pronoun"))


def _bodies(mask: Mask, home: str | None) -> None:
    """Ministries and the like; `the Government` of the country that signs the text."""
    if home:
        for match in _THE_GOVERNMENT.finditer(mask.text):
            mask.put(Mention(*match.span(), "party", (home,)))
    for match in mask.places(_THE_ADMINISTRATION):
        mask.put(Mention(*match.span(), "party", ("USA",)))
    for match in mask.places(_BODY):
        mask.put(Mention(*match.span(), "body", mask.codes(*match.span())))


_POST_ALONE = Guarded(
    rf"\b[Tt]he\s(?P<post>(?:Prime\s|Vice\s|Deputy\s)?(?:Minister|Secretary|Commissioner|President|Premier|Chancellor"
    rf"|Ambassador))\b(?!\s(?:of|for)\b)(?!\s[{UPPER}\ue000-\ue007])"
)


def _posts_alone(mask: Mask, people: set[PersonMention]) -> None:
    """`The Minister` is the one person of the document with such a post, if there is one."""
    for match in mask.places(_POST_ALONE):
        held = {person for person in people if re.search(rf"\b{match['post']}\b", person.role)}
        fullest = max(
            held, key=lambda one: (len(one.name), one.side is not None, one.name, one.role), default=None
        )
        words = set(fullest.name.split()) if fullest else set[str]()
        if fullest and all(words & set(person.name.split()) for person in held):
            codes = (fullest.side,) if fullest.side else ()
            mask.put(Mention(match.start(), match.end(), "person", codes, fullest))
    for match in mask.places(_POST_HELD):
        mask.put(Mention(match.start(), match.end(), "person", mask.codes(*match.span())))


def _name_parts(people: set[PersonMention]) -> dict[str, PersonMention]:
    """First, last and full names of people, the longest first."""
    parts: dict[str, PersonMention] = {}
    for person in sorted(people, key=lambda p: (p.name, p.role)):
        words = person.name.split()
        for word in (words[0], words[-1], person.name):
            if len(word) >= 2 and not word.endswith("."):
                parts[word] = person
    return {word: parts[word] for word in sorted(parts, key=lambda w: (-len(w), w))}


_TITLED = re.compile(r"(?<![\w-])(?:Mr|Ms|Mrs|Dr)\.?\s$")
_NAME_ENDS = re.compile(r"(?![\w-])(?!\s[A-Z][a-z])")
_SAID_OF = re.compile(AS_NAME)


def _later(mask: Mask, parts: dict[str, PersonMention]) -> None:
    """People named by one part of their name, after or before the post is told."""
    text = mask.text
    taken: list[tuple[int, int]] = []
    for part, person in parts.items():
        start = text.find(part)
        while start >= 0:
            end = start + len(part)
            apart = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "_-")
            clear = not any(a < end and start < b for a, b in taken)
            if apart and clear and _NAME_ENDS.match(text, end) and _is_said(part, text, end):
                taken.append((start, end))
                title = _TITLED.search(text, 0, start)
                codes = (person.side,) if person.side else ()
                mask.put(Mention(title.start() if title else start, end, "person", codes, person))
            start = text.find(part, end)


def _is_said(part: str, text: str, end: int) -> bool:
    """Whether a name that is a word as well is told of as somebody's."""
    return not part.endswith(("May", "Will")) or _SAID_OF.match(text, end) is not None


def _together(spans: list[tuple[int, int]], found: tuple[Mention, ...], sides: tuple[str, ...]) -> bool:
    """Whether a sentence names two sides together: else nothing says that they deal with each other."""
    starts = [start for start, _ in spans]
    named: dict[int, set[str]] = {}
    for mention in found:
        told = named.setdefault(bisect_right(starts, mention.start), set())
        told.update(sides if mention.kind == "joint" else mention.codes)
    return len(sides) > 1 and any(set(sides) <= told for told in named.values())
