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


def fill_sides(masks: list[Mask], home: str | None) -> None:
    """Give bodies named in short, and people, the party they act for, as far as the text tells it.

    Args:
        masks: Its sentences, with those named in each by itself.
        home: The country whose ministry signs it.
    """
    _abbreviated(masks)
    _fill_sides(masks, home)
    _fill_from_others(masks)


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
        if side is None and "EU27" in named and person.role == "Commissioner":
            side = "EU27"
        if side is None and _AT_HOME.search(person.role) and not re.match(r"(?i)prime", person.role):
            side = home
        return side

    _give(masks, elsewhere)


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
    told: dict[PersonMention, PersonMention] = {}
    for mask in masks:
        named = [m.person for m in mask.found if m.person is not None and m.first]
        if len(named) == 2:
            first, second = named
            told |= {first: _beside(first, second, sides), second: _beside(second, first, sides)}
    for mask in masks:
        for index, mention in enumerate(mask.found):
            new = told.get(mention.person) if mention.person else None
            if new is not None and new != mention.person:
                codes = (new.side,) if new.side else ()
                mask.found[index] = replace(mention, codes=codes, person=new)


def _beside(one: PersonMention, other: PersonMention, sides: tuple[str, ...]) -> PersonMention:
    """Somebody named beside another: who is a counterpart has the other's post and stands on the other side."""
    counterpart = COUNTERPART_ROLE in (one.role, other.role)
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
