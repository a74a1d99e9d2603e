"""Meetings, calls, seminars: when, where, how long, which round, who."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from kosho.record.reading.clauses import Clause
from kosho.record.reading.factuality import Force
from kosho.record.reading.mentions import Mentions, pattern
from kosho.record.reading.quantities import NUMBER_WORDS
from kosho.record.reading.quick import MOST_CLAUSES, AnyOf, Guarded, holds
from kosho.record.reading.rules import bits_of, compiled, fit, maybe, verb_places
from kosho.record.reading.tables import first_of, table

__all__ = ["MeetingMention", "find_meetings", "meeting_fields", "minutes_in", "ordinal"]

_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
)
_TENS = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")
ORDINALS = {
    **{word: number for number, word in enumerate((*_UNITS, *_TEENS), 1)},
    **{f"{stem}ieth": 10 * tens for tens, stem in enumerate(_TENS, 2)},
    **{
        f"{stem}y-{unit}": 10 * tens + number
        for tens, stem in enumerate(_TENS, 2)
        for number, unit in enumerate(_UNITS, 1)
    },
    "inaugural": 1,
}
_BY_WORD = "|".join(sorted(ORDINALS, key=len, reverse=True))


class MeetingMention(NamedTuple):
    """A meeting as a clause words it."""

    type: str
    start: int
    end: int
    planned: bool
    strong: bool
    """Whether it is a fact of its own beside what else the clause says."""


class _Rule(NamedTuple):
    """How a clause words a meeting."""

    type: str
    acts: Guarded | None
    when: Guarded | None
    unless: Guarded | None
    bits: int


@cache
def _rules() -> tuple[_Rule, ...]:
    found: list[_Rule] = []
    for one in table("meetings")["rules"]:
        acts, when, unless = (maybe(one.get(key)) for key in ("acts", "when", "unless"))
        found.append(_Rule(one["type"], acts, when, unless, bits_of(acts, when)))
    return tuple(found)


def find_meetings(mentions: Mentions, clause: Clause, force: Force) -> list[MeetingMention]:
    """Meetings that a clause tells of: one, or two where it gives two times."""
    return [] if force.untold() else _told(mentions, clause, force)


def _told(mentions: Mentions, clause: Clause, force: Force) -> list[MeetingMention]:
    words = mentions.masked[clause.start : clause.end]
    for kind, start, end in _fitting(words):
        if not force.withheld(start, start):
            return _by_verb(mentions, clause, kind, (start, end))
    return _by_noun(clause, words, force)


@lru_cache(maxsize=MOST_CLAUSES)
def _fitting(words: str) -> tuple[tuple[str, int, int], ...]:
    """What a clause may tell of a meeting by its verb, in the order of the rules, and where."""
    held = holds(words)
    rules = [one for one in _rules() if one.bits & held]
    if not rules:
        return ()
    places = sorted({*verb_places(words), *(found.end() for found in _WHO_MET.finditer(words))})
    found: list[tuple[str, int, int]] = []
    for rule in rules:
        one = fit(words, places, rule.acts, rule.when)
        if one and not (rule.unless and rule.unless.search(words)):
            found.append((rule.type, *one.span()))
    return tuple(found)


_WHO_MET = Guarded(pattern(r"<actor>,\s(?:which|who)\s(?=met\b|spoke\b|held\b|talked\b)"))
"""What is told of somebody in a remark may be a meeting: `X, who met Y in Z, said`."""
_COMING = re.compile(
    r"\b(?:will|would|to be held|scheduled|set|due|expected) (?:to |for |hold|be )?"
    r"|\b(?:opens|begins|starts|resumes|reconvenes|kicks off|gets under way|takes place|concludes|convenes)$"
)


def _by_verb(mentions: Mentions, clause: Clause, kind: str, at: tuple[int, int]) -> list[MeetingMention]:
    """A meeting that a verb tells of, and another one with its own time behind it."""
    words = mentions.masked[clause.start : clause.end]
    planned = _COMING.search(words[: at[1]]) is not None
    main = MeetingMention(kind, clause.start, clause.end, planned, strong=True)
    again = compiled(table("meetings")["again"]).search(words)
    if again and again.start() > at[0] and re.search(r"\bfor\b|\bfrom\b", words[: again.start()]):
        cut = clause.start + again.start()
        return [
            main._replace(end=_rstrip(mentions.text, clause.start, cut)),
            MeetingMention("event", clause.start + again.start("again"), clause.end, planned, strong=True),
        ]
    return [main]


@cache
def _nouns() -> tuple[AnyOf, dict[Guarded, str]]:
    """Patterns of meetings that are only named, in the order in which they are tried, and their keys."""
    order = ("future", "relative", "owned", "nominal", "dated", "named")
    keys = {compiled(table("meetings")[key]): key for key in order}
    return AnyOf(tuple(keys)), keys


def _by_noun(clause: Clause, words: str, force: Force) -> list[MeetingMention]:
    """A meeting that is only named: to come, with its day, or as one of a series."""
    for key, noun in _named(words):
        guarded = key not in ("dated", "named")
        if guarded and force.withheld(noun.start(), noun.start()):
            continue
        if key in ("future", "dated"):
            return [MeetingMention("event", clause.start, clause.end, key == "future", strong=True)]
        first, last = (clause.start + place for place in noun.span("name"))
        coming = guarded and re.search(r"\bwill\b|\bto be\b", noun["name"]) is not None
        return [MeetingMention("event", first, last, coming, strong=False)]
    return []


@lru_cache(maxsize=MOST_CLAUSES)
def _named(words: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """Meetings that a clause names, by the keys of their patterns."""
    nouns, keys = _nouns()
    tried = ((keys[one], one.pattern.search(words)) for one in nouns.may_fit(words))
    return tuple([(key, noun) for key, noun in tried if noun is not None])


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


_ORDINAL = Guarded(
    rf"(?<![\w-])(?:(?P<word>{_BY_WORD})|(?P<number>\d{{1,3}})(?:st|nd|rd|th))\b(?!\s(?:half"
    rf"|quarter|floor|of\s|day|time\b|century))"
    r"(?=[^.;]{0,90}?\b(?:rounds?|meetings?|sessions?|consultations?|talks|negotiations?"
    r"|dialogues?|summits?|conferences?|seminars?|forums?|committee|discussions?|calls?|visits?|exchanges?)\b)",
    re.IGNORECASE,
)


def ordinal(words: str) -> int | None:
    """The number of a round: `seventh round`, `49th ... Conference`."""
    match = _ORDINAL.search(words)
    if not match:
        return None
    return ORDINALS[match["word"].lower()] if match["word"] else int(match["number"])


_NUMBER_WORDS = NUMBER_WORDS | {"an": 1, "a": 1, "half": 0.5}
_DURATION = Guarded(
    r"\b(?P<number>\d+(?:\.\d+)?|an|a|one|two|three|four|five|six|half)(?:[- ](?:and a half"
    r"|half))?(?:[- ]an)?[- ](?P<unit>minutes?|hours?)(?: and a half)?\b",
    re.IGNORECASE,
)
_TIME = Guarded(r"\b(?:from|at) (?P<hour>\d{1,2})(?::(?P<minute>\d\d))? ?(?P<half>[ap])\.?m\b", re.IGNORECASE)
_TIME_24 = Guarded(r"\b(?:from|at) (?P<hour>[012]?\d):(?P<minute>\d\d)\b")
_PLACE = re.compile(
    r"(?:\b(?<![Tt]rade )(?:in|at) |:\s(?=[A-Z][a-z]+,\s))(?P<place>(?:the )?[A-Z][\w.’'-]+(?:["
    r" -](?:[A-Z][\w.’'-]+|of|de|and(?= [A-Z])))*)"
)
_NO_PLACE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Q[1-4]|H[12]|FY)\b|FY ?\d)"
)


def meeting_fields(mentions: Mentions, start: int, end: int, *, years: bool = False) -> dict[str, Any]:
    """What the words at `start:end` say of a meeting; absent where they do not say."""
    later = _LATER.search(mentions.text, start, end)
    if later and _MEETS.search(mentions.text, start, later.start()):
        end = later.start()
    words = mentions.text[start:end]
    fields: dict[str, Any] = {"event_type": first_of("meetings", "kinds", words)}
    level = first_of("meetings", "levels", words)
    if level:
        fields["level"] = level
    number = ordinal(words)
    if number:
        fields["round"] = number
    fields |= _when(mentions, start, end, years=years)
    lasted = minutes_in(words)
    if lasted:
        fields["duration_min"] = lasted
    clock = _clock(words)
    if clock:
        fields["time"] = clock
    place = _place(words) or (_host(mentions, start, end) if years else None)
    if place:
        fields["place"] = place
    named = {"occasion": _BESIDE.search(words), "topic": _ON.search(words), "series": _SERIES.search(words)}
    fields |= {key: found["what"] for key, found in named.items() if found}
    parties = list(mentions.acting(start, end))
    unknown = any(not m.codes for m in mentions.within(start, end, "person"))
    if len(parties) < 2 and (mentions.bilateral or not (parties or unknown)):
        parties = list(mentions.both(start))
    if parties:
        fields["parties"] = parties
    return fields


_ON = Guarded(
    r"\b(?:Seminar|Workshop|Symposium|Forum|Conference|Dialogue|seminar|workshop|symposium) on "
    r"(?P<what>[A-Z][\w-]+(?: (?:and |of )?[A-Z][\w-]+){0,5})"
)
_SERIES = Guarded(
    rf"\b(?i:{_BY_WORD}|\d{{1,3}}(?:st|nd|rd|th))\s(?i:session|meeting|round|plenary)\sof\s(?:the\s)?"
    r"(?P<what>(?:[A-Z][\w’'&–-]+)(?: (?:[A-Z][\w’'&–-]+|of|on|and|for|the))*"
    r"(?<!\bof)(?<!\bon)(?<!\band)(?<!\bfor)(?<!\bthe))",
)
_LATER = Guarded(
    r"\b(?:before|ahead of|prior to|in preparation for) (?:an?|the|their|its|next)(?: [\w’'-]+){0,5}? "
    r"(?:summits?|meetings?|conferences?|rounds?|sessions?|talks|elections?|visits?)\b"
)
"""Another meeting, that the one told of precedes."""
_MEETS = re.compile(
    r"\b(?:met|meets?|meeting|talks|round|summit|session|conference|dialogue|spoke|call(?:ed)?)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"['’]s\s(?!\ue002|talks|meeting|round|summit)|\s(?:[\w-]+\s)?(?:deadline|cut-?off|expiry)\b"
)
"""A date that is a deadline's, or another thing's, is not the meeting's: `next week's vote`."""
_COUNTED = re.compile(
    rf"\b(?:{_BY_WORD}|\d{{1,3}}(?:st|nd|rd|th)|first|last|times)\b[^,;.]{{0,40}}\ssince\s(?:early\s|mid-|late\s)?$",
    re.IGNORECASE,
)
"""From the day before it meetings are counted: `the fourth since January`."""


_ONCE_PLANNED = re.compile(
    r"\b(?:originally|initially|first|previously|earlier)\s(?:planned|scheduled|set|due|slated|expected|meant)\s"
    r"(?:for|on|to\s\w+)\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
"""When it was to be before another day was chosen."""


def _when(mentions: Mentions, start: int, end: int, *, years: bool) -> dict[str, Any]:
    """The day told; the year alone only where `years`, of a meeting to come."""
    planned: dict[str, Any] = {}
    for mention in mentions.within(start, end, "date"):
        date = mention.date
        if date is None or date.value is None or (date.precision == "year" and not years):
            continue
        if _OF_ANOTHER.match(mentions.masked, mention.end, end):
            continue
        if _COUNTED.search(mentions.masked, start, mention.start):
            continue
        first, _to, last = date.value.partition("/")
        told = {"start": first, "end": last} if last else {"date": date.value}
        told["date_precision"] = date.precision
        if not _ONCE_PLANNED.search(mentions.masked, start, mention.start):
            return told
        planned = planned or told
    return planned


_BESIDE = Guarded(
    r"\bon the (?:sidelines|margins) of (?:the |an? )?(?P<what>[^,;.]{3,60}?)(?=,|;|\.|$| held | in | on | at )"
)
"""At what other meeting one was held."""


def minutes_in(words: str) -> int | None:
    """How long something lasted, in minutes.

    >>> minutes_in("for an hour and a half"), minutes_in("on Monday")
    (90, None)
    """
    found = _DURATION.search(words)
    return _minutes(found) if found else None


def _minutes(match: re.Match[str]) -> int:
    number = match["number"].lower()
    value = float(number) if number[0].isdigit() else float(_NUMBER_WORDS[number])
    if "half" in match[0].lower() and number != "half":
        value = value + 0.5 if "and a half" in match[0].lower() else value / 2
    return round(value * (60 if match["unit"].lower().startswith("hour") else 1))


def _clock(words: str) -> str | None:
    match = _TIME.search(words)
    if match:
        hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
        return f"{hour:02d}:{match['minute'] or '00'}"
    match = _TIME_24.search(words)
    return f"{int(match['hour']):02d}:{match['minute']}" if match and int(match["hour"]) < 24 else None


_HOSTED_BY = Guarded(pattern(r"\bhosted\sby\s(?:[Tt]he\s)?(?P<who><party>)"))


def _host(mentions: Mentions, start: int, end: int) -> str | None:
    """The state in which a meeting to come will be, where its host is told and no town."""
    found = _HOSTED_BY.search(mentions.masked, start, end)
    return next(iter(mentions.codes(*found.span("who"))), None) if found else None


def _place(words: str) -> str | None:
    for match in _PLACE.finditer(words):
        place = match["place"].removeprefix("the ").rstrip(".,")
        if not _NO_PLACE.match(place) and len(place) > 1:
            return re.sub(r"\son$|\sand$", "", place)
    return None
