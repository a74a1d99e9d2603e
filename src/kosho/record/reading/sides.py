"""For whom people and bodies act where their sentence does not tell it: what the rest of the text says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from kosho.record.reading.masking import Mask
from kosho.record.reading.mentions import Mention, PersonMention, two_sides
from kosho.record.reading.people import UPPER
from kosho.record.reading.tables import first_of

__all__ = ["fill_sides"]


def fill_sides(masks: list[Mask], home: str | None, dateline: str | None = None) -> None:
    """Give bodies named in short, and people, the party they act for, as far as the text tells it.

    Args:
        masks: Its sentences, with those named in each by itself.
        home: The country whose ministry signs it.
        dateline: The country from whose capital it is reported.
    """
    _abbreviated(masks)
    _fill_sides(masks, home)
    _fill_from_others(masks)
    _fill_from_story(masks, dateline)


def _by_post(person: PersonMention, named: set[str]) -> str | None:
    """The side that a post tells by itself, unless the text names two others and not this one."""
    side = first_of("posts", "sides", f"{person.role} {person.org or ''}".strip(), 0)
    return side if side in named or len(named) < 2 else None


_IN_SHORT = re.compile(
    r"(?P<who>[\ue000\ue004]+)\s\((?:(?:hereinafter|the)\s)?[“\"']?(?P<short>[A-Z][A-Za-z&-]{1,20})[”\"']?\)"
)


def _abbreviated(masks: list[Mask]) -> None:
    """Bodies by short names: those that the text gives, and `the Commission` where it names one."""
    known: dict[str, tuple[str, ...]] = {}
    for mask in masks:
        for match in _IN_SHORT.finditer(mask.text):
            codes = mask.codes(*match.span("who"))
            if codes:
                known.setdefault(match["short"], codes)
    blocs = {
        code for mask in masks for m in mask.found if m.kind != "adjective" for code in m.codes if code in BLOCS
    }
    if len(blocs) == 1:
        known |= dict.fromkeys(("The bloc", "the bloc"), tuple(blocs))
    for head, codes in _heads(masks).items():
        if len(codes) == 1:
            known.setdefault(f"The {head}", tuple(codes))
            known.setdefault(f"the {head}", tuple(codes))
    if not known:
        return
    names = "|".join(map(re.escape, known))
    short = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])(?!['’]?\s(?:[A-Z\ue000-\ue007]|of\b|and\s[A-Z]))")
    for mask in masks:
        for match in list(short.finditer(mask.text)):
            mask.put(Mention(match.start(), match.end(), "body", known[match[0]]))
        _owned_in_short(mask, re.compile(rf"(?P<whose>{names})['’]s?\s(?:\w+\s)?$"), known)


def _owned_in_short(mask: Mask, owner: re.Pattern[str], known: dict[str, tuple[str, ...]]) -> None:
    """Give people of a body named in short its side: `the bloc's chief negotiator`."""
    for index, mention in enumerate(mask.found):
        person = mention.person
        told = owner.search(mask.original, 0, mention.start) if person and person.side is None else None
        if person is not None and told is not None:
            codes = known[told["whose"]]
            mask.found[index] = replace(mention, codes=codes[:1], person=replace(person, side=codes[0]))


BLOCS = {"EU27", "ASEAN", "MERCOSUR", "EFTA", "GCC", "EAC", "CPTPP", "AU", "SACU", "EAEU", "CARICOM", "ECOWAS"}
"""Parties of several states: the only one that a text names is `the bloc`."""


def _heads(masks: list[Mask]) -> dict[str, set[str]]:
    """For whom the commissions, ministries and so on act that a text names in full."""
    found: dict[str, set[str]] = {}
    for mask in masks:
        for mention in mask.found:
            if mention.kind == "body" and mention.codes:
                for head in _HEAD.findall(mask.original[mention.start : mention.end]):
                    found.setdefault(head, set()).update(mention.codes)
    return found


_HEAD = re.compile(r"\b(Commission|Ministry|Department|Administration|Bureau|Agency|Secretariat)\b")


_AT_HOME = re.compile(r"\b(?:minister|secretary|commissioner|representative|negotiator)", re.IGNORECASE)


def _fill_sides(masks: list[Mask], home: str | None) -> None:
    """Give people without a country the one told of them elsewhere, or that of the ministry that signs."""
    told = _signed_for(masks)
    named = {code for mask in masks for mention in mask.found for code in mention.codes}
    _give(masks, lambda person: _by_post(person, named))
    for mask in masks:
        for mention in mask.found:
            person = mention.person
            if person is not None and person.side is not None:
                told.setdefault(person.name.split()[-1], person.side)
                told.setdefault(person.name.split()[0], person.side)  # family names stand first in East Asia

    def elsewhere(person: PersonMention) -> str | None:
        side = told.get(person.name.split()[-1])
        if side is None and "EU27" in named and _COMMISSIONER.search(person.role):
            side = "EU27"
        return side

    def at_home(person: PersonMention) -> str | None:
        plain = _AT_HOME.search(person.role) and not re.match(r"(?i)prime", person.role)
        return home if plain else None

    _give(masks, elsewhere)
    if home:
        sides, bilateral = two_sides(code for mask in masks for m in mask.found for code in m.codes)
        guests = {m.person.name.split()[-1] for mask in masks for m in mask.found if m.person and _met(mask, m)}
        other = next((code for code in sides if code != home), None) if bilateral and home in sides else None
        _give(masks, lambda person: other if person.name.split()[-1] in guests else at_home(person))


_COMMISSIONER = re.compile(r"^(?!Customs)(?:[A-Z]\w+\s)?Commissioner$")
_MET = re.compile(
    r"\b(?:met|meets?|meeting|with|by|hosted|hosts|received|welcomed|telephoned|called)\s"
    r"(?:(?:with|his|her|its|the|counterpart)\s)*$"
)


def _met(mask: Mask, mention: Mention) -> bool:
    """Whether somebody is told of as whom another one meets."""
    return _MET.search(mask.text, 0, mention.start) is not None


def _give(masks: list[Mask], side_of: Callable[[PersonMention], str | None]) -> None:
    """Give people without a side the one that `side_of` tells."""
    for mask in masks:
        for index, mention in enumerate(mask.found):
            person = mention.person
            side = side_of(person) if person is not None and person.side is None else None
            if person is not None and side is not None:
                mask.found[index] = replace(mention, codes=(side,), person=replace(person, side=side))


def _fill_from_others(masks: list[Mask]) -> None:
    """Give people what the other one of a sentence tells: a counterpart's post, and the second of two sides."""
    found, bilateral = two_sides(code for mask in masks for mention in mask.found for code in mention.codes)
    sides = found if bilateral and len(found) == 2 else ()
    told: dict[PersonMention | None, PersonMention] = {}
    for mask in masks:
        named = [m.person for m in mask.found if m.person is not None and m.first]
        if len(named) == 2:
            first, second = named
            met = _MEET.search(mask.text) is not None
            told |= {first: _beside(first, second, sides, met), second: _beside(second, first, sides, met)}
    for mask in masks:
        for index, mention in enumerate(mask.found):
            new = told.get(mention.person)
            if new is not None and new != mention.person:
                codes = (new.side,) if new.side else ()
                mask.found[index] = replace(mention, codes=codes, person=new)


_MEET = re.compile(
    "\ue003[^\ue003;]{0,60}\\b(?:met|meets|meet|sp(?:oke|eak) (?:to|with)|talk(?:ed)? (?:to|with)"
    "|talks with|call"
    " with)\\b[^\ue003;]{0,30}\ue003"
)
"""Two people of whom one meets the other."""


def _beside(one: PersonMention, other: PersonMention, sides: tuple[str, ...], met: bool) -> PersonMention:
    """Somebody named beside another: a counterpart has the other's post; who meets stands on the other side."""
    counterpart = met or COUNTERPART_ROLE in (one.role, other.role)
    role = _OWNER.sub("", other.role) if one.role == COUNTERPART_ROLE and other.role else one.role
    alike = counterpart or _post_of(one.role) == _post_of(other.role)
    side = one.side
    if side is None and alike and other.side in sides:
        side = next(code for code in sides if code != other.side)
    return replace(one, role=role, side=side)


COUNTERPART_ROLE = "counterpart"
_OWNER = re.compile(r"^(?:the\s)?(?:[A-Z][\w.]*['’]s\s)")


def _post_of(role: str) -> str:
    """What of a post two people may share: its last word."""
    return role.lower().split(" of ")[0].split(" for ")[0].rsplit(" ", 1)[-1]


_OFFICE = re.compile(
    r"\b(?:minister|secretary|(?<!vice )(?<!vice-)president|premier|chancellor|commissioner|negotiator"
    r"|envoy|ambassador|policy chief|representative|governor|director-general|spokes(?:man|woman|person))\b",
    re.IGNORECASE,
)
"""Offices of a government."""
_NO_PRESIDENT = (
    "JPN",
    "GBR",
    "CAN",
    "AUS",
    "NZL",
    "NLD",
    "BEL",
    "SWE",
    "NOR",
    "DNK",
    "THA",
    "MYS",
    "KHM",
    "JOR",
    "MAR",
)
"""Monarchies, whose heads of state are none."""
_NOT_OF = dict.fromkeys(_NO_PRESIDENT, re.compile(r"^president$", re.IGNORECASE)) | {
    "USA": re.compile(r"\b(?:minister|premier|chancellor|commissioner)\b", re.IGNORECASE),
    "EU27": re.compile(r"\b(?:minister|premier|chancellor|secretary|president|governor)\b", re.IGNORECASE),
    "ASEAN": re.compile("."),
}
"""Offices that a government does not know."""
_OF_SOMEBODY = re.compile(r"['’]s\s(?:\w+\s){0,2}$")
_ITS = re.compile(r"\W*[Ii]ts\b")
_ITS_BEFORE = re.compile(r"\b[Ii]ts\s$")
_TELLS = re.compile(r"[\w’' ]{0,12}?\s(?:said|says|announced|told|added|confirmed|warned|stated)\b")
"""Whoever is named behind what is told: `Mexico will ask ..., Economy Minister X said`."""
AGREEING = 2
"""Signs that must agree where another sentence than that of the name tells whose office it is."""


def _fill_from_story(masks: list[Mask], dateline: str | None) -> None:
    """Give holders of an office without a country that of the story: a report names it once, then drops it.

    It is the one who acts in their own sentence before them: `Mexico will ask ..., Economy Minister X said`.
    Else two of these must agree: who acts in the last sentence that names a party, whom the text names first of
    its two sides, and where it is reported from.
    """
    sides, bilateral = two_sides(code for mask in masks for mention in mask.found for code in mention.codes)
    told: dict[str, str] = {}
    spoken = _spoken_for(masks)
    before: str | None = None
    for mask in masks:
        actors = [m for m in sorted(mask.found, key=lambda m: m.start) if m.codes and _acts(mask, m)]
        for mention in mask.found:
            person = mention.person
            if person is None or not mention.first or person.side or not _OFFICE.search(person.role):
                continue
            if _met(mask, mention) or _OF_SOMEBODY.search(mask.text, 0, mention.start):
                continue  # of another side than who acts, or of one that is named in words unknown
            tells = _TELLS.match(mask.text, mention.end) is not None
            acting = next((m.codes[0] for m in actors if m.end <= mention.start and m.person is None), None)
            named = acting if tells else None
            if _ITS_BEFORE.search(mask.text, 0, mention.start) or _ITS.match(mask.original, mention.start):
                named = acting or before
            last = person.name.split()[-1]
            signs = [code for code in (before, sides[0] if sides else None, dateline) if code]
            signs += spoken.get(last, [])
            own = [named] if named else signs
            may_be = [code for code in own if not _foreign(code, person.role)]
            alone = bilateral and len(sides) > 1 and [code for code in sides if not _foreign(code, person.role)]
            most = max(may_be, key=may_be.count, default=None)
            sure = most is not None and (most == dateline or most in spoken.get(last, []))
            if most and (named or (sure and may_be.count(most) >= AGREEING) or alone == [most]):
                told.setdefault(person.name, most)
        parties = [m for m in actors if m.person is None]
        before = parties[0].codes[0] if parties else before
    _give(masks, lambda person: told.get(person.name))


_SPEAKS_FOR = re.compile(
    rf"(?P<name>[{UPPER}][\w’'-]+|\ue003)\s(?:said|says|announced|confirmed|told\s\S+|replied|added|countered|insisted|stressed|warned|noted)\s(?:that\s)?"
    "(?P<who>[\ue000\ue007]+)\\s(?:will|would|can|could|has|had|wants?|is|was|needs?|hopes?|seeks?)\\b"
)


def _spoken_for(masks: list[Mask]) -> dict[str, list[str]]:
    """Of whom people tell what they do, by their last names: `X replied that Bogota would not`."""
    found: dict[str, list[str]] = {}
    for mask in masks:
        for match in _SPEAKS_FOR.finditer(mask.text):
            codes = mask.codes(*match.span("who"))
            name = mask.original[: match.end("name")].split()[-1]
            found.setdefault(name, []).extend(codes[:1])
    return found


def _acts(mask: Mask, mention: Mention) -> bool:
    """Whether a party is told of as one that does something, not as a place or as somebody's object."""
    return mention.kind in ("party", "capital", "body", "person") and not _GOVERNED.search(
        mask.text, 0, mention.start
    )


_GOVERNED = re.compile(
    r"\b(?:from|to|with|of|against|for|towards?|in|at|between|by|on|than|into|over|under|via|near)\s(?:[Tt]he\s)?$"
)


def _foreign(code: str, role: str) -> bool:
    known = _NOT_OF.get(code)
    return known is not None and known.search(role) is not None


_FOR_PARTY = re.compile(
    rf"For (?:the\s)?(?:Government\sof\s)?(?:the\s)?(?P<who>\ue000+):?\s(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?"
    rf"(?P<name>[{UPPER}][\w’'.-]+(?:\s[{UPPER}][\w’'.-]+){{1,3}})$"
)
"""`For Japan: X`, as those sign who conclude something."""


def _signed_for(masks: list[Mask]) -> dict[str, str]:
    """For whom those sign whom a text ends with, by the last word of their names."""
    return {
        match["name"].split()[-1]: codes[0]
        for mask in masks
        if (match := _FOR_PARTY.match(mask.text.rstrip())) and (codes := mask.codes(*match.span("who")))
    }
