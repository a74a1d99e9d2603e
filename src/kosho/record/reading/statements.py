"""What a statement says: by whom, to whom, about what, until when; agreements, deadlines, changes of plan."""

from __future__ import annotations

import re
from typing import Any

from kosho.numbers import decimal
from kosho.record.reading.clauses import Clause, past_somebody
from kosho.record.reading.meetings import minutes_in
from kosho.record.reading.mentions import Mention, Mentions, pattern
from kosho.record.reading.phrases import listed, subject_of
from kosho.record.reading.quantities import NUMBER, QuantityMention, find_quantities, products_in, shown
from kosho.record.reading.quick import AnyOf, Guarded
from kosho.record.reading.rules import Rule
from kosho.record.reading.tables import first_of

__all__ = ["POSITIONS", "change_fields", "first_date", "statement_fields"]

POSITIONS = {"ask", "offer", "red_line", "complaint", "position", "response"}
"""Types that somebody says or thinks."""


def _codes(mentions: Mentions, who: tuple[Mention, ...]) -> list[str]:
    if len(who) > 1 and any(m.person and not m.codes for m in who) and mentions.bilateral:
        return list(mentions.sides)  # somebody of theirs is named without a side
    found: dict[str, None] = {}
    for mention in who:
        found.update(dict.fromkeys(mentions.stands_for(mention)))
    return list(found)


_AMONG = re.compile(pattern(r"\b(?:by|between|among)\s(?P<who><one>(?:(?:,|,?\sand)\s<one>)+)"))
_WITH = re.compile(pattern(r"\bwith\s(?P<who><one>(?:(?:,\s(?:and\s)?|\sand\s)<one>)*)"))


def _parties(mentions: Mentions, clause: Clause, kind: str) -> list[str]:
    """Those told of as parties, `signed by A and B`; else the subject and whom it acts with."""
    named = _AMONG.search(mentions.masked, clause.start, clause.end) if kind != "topic" else None
    among = list(mentions.codes(*named.span("who"))) if named else []
    if len(among) > 1:
        return among
    parties = _codes(mentions, clause.subject)
    other = _WITH.search(mentions.masked, clause.start, clause.end)
    if other and (len(parties) < 2 or _PACT.search(mentions.masked, clause.start, other.start())):
        parties += [code for code in mentions.codes(*other.span("who")) if code not in parties]
    return parties


_PACT = re.compile(r"\b(?:agreement|pact|deal|treaty|accord|arrangement|understanding|memorandum)\s?$")
"""What is signed with others is theirs too, however many sign it."""


def _demanded(rule: Rule) -> bool:
    """Whether what a speaker says is asked of the clause's subject."""
    return rule.type == "ask" and rule.who == "speaker"


def _by(mentions: Mentions, clause: Clause, rule: Rule, words: str) -> list[str]:
    """Whose statement it is: the subject's, or the speaker's where the subject is whom it is about."""
    speaker = _codes(mentions, clause.speaker)
    if rule.type == "position" and re.search(r"\b(?:their|joint) (?:efforts?|initiatives?)", words):
        return list(mentions.both(clause.start))
    if _demanded(rule) or (rule.type == "complaint" and rule.acts is None):
        return speaker
    subject = _codes(mentions, clause.subject)
    if _IMPERSONAL.match(words):
        return list(mentions.both(clause.start))
    if rule.type == "position" and clause.speaker:
        return speaker or ([] if clause.quoted and not rule.quoted else subject)
    return subject or speaker


_SHARED = Guarded(pattern(r"\b(?:expressed|raised|voiced|made|shared)\sby\s<any>(?:(?:,|,?\sand)\s<any>)*"))


_HARMED = Guarded(
    pattern(
        r"\b(?:damag|harm|hurt|injur|undermin|impair|infring|jeopardi|depriv)\w*\s"
        r"(?:(?:on|the|its|their|legitimate|lawful|domestic|economic|interests|rights|of)\s){0,6}<any>"
    ),
    re.IGNORECASE,
)
"""Whom a complaint says to be harmed: it is not against them."""


def _told_of(mentions: Mentions, kind: str, start: int, end: int) -> tuple[str, ...]:
    """Whom a statement is to or against; whose concern a complaint joins is not whom it is against."""
    if kind != "complaint":
        return mentions.acting(start, end)
    found: list[str] = []
    place = start
    for words in (_SHARED, _HARMED):
        aside = words.search(mentions.masked, place, end)
        if aside is not None:
            found += mentions.acting(place, aside.start())
            place = aside.end()
    return (*found, *mentions.acting(place, end))


_IMPERSONAL = re.compile(
    r"\W*It (?:was|is|has been) (?:also |further |then )?(?:agreed|decided|confirmed|concluded|noted)\b"
)
"""What `was agreed` was agreed by both sides."""


def statement_fields(mentions: Mentions, clause: Clause, rule: Rule, start: int, end: int) -> dict[str, Any]:
    """By whom, to whom, about what: what the words at `start:end` of a clause say; absent where they do not."""
    kind, words = rule.type, mentions.text[start:end]
    fields: dict[str, Any] = {}
    by = _by(mentions, clause, rule, words)
    speaker_codes = _codes(mentions, clause.speaker)
    if kind in ("agreement", "agreement_aim", "no_agreement", "topic"):
        parties = _parties(mentions, clause, kind)
        parties = parties if len(parties) > 1 or not mentions.bilateral else list(mentions.sides)
        fields |= {"parties": parties} if parties else {}
    elif by:
        fields["by"] = by[0] if len(by) == 1 else by
    if kind in ("ask", "offer", "complaint", "response", "red_line") and len(by) < 2:
        named = (m.end for m in clause.subject if start <= m.start < end)
        behind = max([past_somebody(mentions.masked, start, end), *named])
        behind = start if _demanded(rule) else behind
        if kind == "complaint" and rule.acts is None:
            behind = start
        others = [c for c in _told_of(mentions, kind, behind, end) if c not in by]
        if not others and re.search(r"\bus\b", mentions.text[behind:end]):
            others = [c for c in speaker_codes if c not in by]
        if not others and by and mentions.bilateral:
            others = [c for c in mentions.sides if c not in by]
        if others:
            fields["against" if kind == "complaint" else "to"] = others[0]
    speaker = next((m for m in clause.speaker), None) or next((m for m in clause.subject if m.person), None)
    if speaker is not None and kind in POSITIONS | {"commitment"}:
        name = speaker.person.name if speaker.person else mentions.text[speaker.start : speaker.end]
        fields |= {"speaker": name} if name else {}
    fields |= _details(mentions, kind, words, start, end)
    return fields


_KIND_NAMES = {
    Guarded(words, re.IGNORECASE): name
    for name, words in (
        ("memorandum of cooperation", r"\bmemorand(?:um|a) of (?:co-?operation)\b|\bmocs?\b"),
        ("memorandum of understanding", r"\bmemorand(?:um|a) of understanding\b|\bmous?\b"),
        ("memorandum", r"\bmemorand(?:um|a)\b"),
        ("joint declaration", r"\bjoint declaration"),
        ("joint statement", r"\bjoint (?:statement|communiqu|vision|press)"),
        ("work plan", r"\bwork (?:plan|programme)s?\b"),
        ("action plan", r"\baction plans?\b"),
        ("treaty", r"\btreat(?:y|ies)\b"),
        ("protocol", r"\bprotocols?\b"),
        ("cooperation framework", r"\bco-?operation frameworks?\b"),
        ("framework", r"\bframeworks?\b"),
        ("agreement", r"\bagreements?\b|\bpacts?\b|\bdeals?\b|\baccords?\b|\barrangements?\b"),
        ("oral understanding", r"\bagreed?\b|\bunderstandings?\b|\bconcurred\b"),
    )
}
_KINDS = AnyOf(tuple(_KIND_NAMES))
_TOPIC = Guarded(
    r"\b(?:on|regarding|concerning|about|over|in the field of) (?!(?:the )?(?:sidelines|margins"
    r"|same day|basis|part of)\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z][a-z]{2,8}\.? \d"
    r"|\d{1,2}(?:st|nd|rd|th)? [A-Z])"
    r"(?P<topic>[^,;()“”\"]{4,90}?)(?=[,;()“”\"]|(?<![A-Z])\.\s|\sand\s(?:its|their|the)\s|\.?$|\s(?:which|that|with|by|from|as|is|was"
    r"|were|are|will|has|have|to|at|during|in (?:[A-Z]|an? |the )|[-–—]{1,2}"
    r"|ended|ends|failed|fails|remains?|remained|collapsed|stalled|resumed?|began|begins|concluded|broke|without)\s?)"
)
_DUE = re.compile(r"\b(?:by|before|until|no later than|within|in|during|at)\s(?:the\s)?$")


def _details(mentions: Mentions, kind: str, words: str, start: int, end: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if kind == "agreement":
        fields |= _instrument(mentions, words, start, end)
    if kind == "agreement_aim":
        ports = re.findall(r"\b(?:Port of ([A-Z]\w+)|([A-Z]\w+) [Pp]ort)\b", words)
        fields |= {"ports": [a or b for a, b in ports]} if ports else {}
    if kind == "deadline":
        fields |= _deadline(mentions, start, end)
    if kind == "commitment":
        fields["status"] = "ongoing" if re.search(r"\bcontinu", words) else "open"
        fields |= _due(mentions, start, end)
    if kind in ("red_line", "no_agreement"):
        fields |= _threshold(words) if kind == "red_line" else _lasted(words)
    if kind in ("offer", "ask", "red_line", "response", "commitment", "complaint"):
        fields |= products_in(words)
    if kind in ("offer", "ask", "commitment"):
        fields |= {"value": a.value, "unit": a.unit} if (a := _first_amount(mentions, start, end)) else {}
    if kind == "response":
        refuses = re.search(r"\b(?:reject|negative|declin|rebuff|dismiss|turned down|cool)", words)
        fields["polarity"] = "negative" if refuses else "positive"
    if kind == "topic":
        return fields | _topics(mentions, words, start, end)
    topic = _topic(mentions, start, end) if kind != "deadline" else None
    fields |= {"topic": topic} if topic else {}
    return fields | (_chapter(words) if kind in ("ask", "offer", "complaint") else {})


def _instrument(mentions: Mentions, words: str, start: int, end: int) -> dict[str, Any]:
    """What was agreed on, how far it has come, when and by whom it was signed."""
    fields: dict[str, Any] = {"kind": _kind_of(words), "status": _agreement_status(words)}
    fields |= _title(mentions, start, end)
    fields |= first_date(mentions, start, end, "signed") if re.search(r"\bsigned\b", words) else {}
    names = [m.person.name for m in mentions.within(start, end, "person") if m.person]
    if names and re.search(r"\b(?:signed|inked|initial)", words):
        fields["signatories"] = list(dict.fromkeys(names))
    return fields


def _title(mentions: Mentions, start: int, end: int) -> dict[str, str]:
    """What the instrument is called, between the dates of a clause."""
    cuts = [start, *(place for m in mentions.within(start, end, "date") for place in (m.start, m.end)), end]
    for begin, stop in zip(cuts[::2], cuts[1::2], strict=True):
        found = _TITLE.search(mentions.text[begin:stop])
        if found:
            name = next(filter(None, found.groups()))
            return {"title": re.sub(r"(?:\s(?:on|in|of|for|and|the))+$", "", name)}
    return {}


_TITLE = Guarded(
    r"[“\"](?P<quoted>[^”\"]{3,80})[”\"](?=\s(?:statement|declaration|plan|agreement|framework|memorandum|document))"
    r"|\b(?P<name>(?:(?!The\b)[A-Z][\w–-]+\s(?:(?:and|of|for|on)\s)?){0,6}"
    r"(?:(?<!\w)(?:Agreement|Memorandum of (?:Understanding|Cooperation)|Protocol|Declaration|Arrangement"
    r"|Treaty|Convention|Partnership)"
    r"(?:\s(?:on|for|of|concerning)\s(?:[A-Z][\w-]+|and|the|on|of)(?:\s(?:[A-Z][\w-]+|and|the|on|of|for)(?=\s|$|[,.]))*)?))"
    r"(?=\s|[,.;(]|$)"
)
"""What an instrument is called: in quotation marks, or in capitals."""


def _lasted(words: str) -> dict[str, Any]:
    minutes = minutes_in(words)
    return {"duration_min": minutes} if minutes else {}


def _threshold(words: str) -> dict[str, Any]:
    rate = re.search(rf"({NUMBER})\s?(?:%|percent|per cent)", words)
    return {"threshold": shown(decimal(rate[1], ".")), "unit": "%"} if rate else {}


def _first_amount(mentions: Mentions, start: int, end: int) -> QuantityMention | None:
    return next(iter(find_quantities(mentions.text, start, end)), None)


def _topics(mentions: Mentions, words: str, start: int, end: int) -> dict[str, Any]:
    """What was discussed: the subject of a passive, or the object, one or a list."""
    passive = subject_of(words)
    if passive:
        return {"topic": passive} | _kind_of_topic(words)
    told = _OBJECT_OF_TALK.search(words)
    first = next(iter(mentions.within(start, end, "date")), None)
    stop = first.start - start if first and told and first.start - start > told.end() else len(words)
    named = listed(words[told.end() : stop]) if told else []
    if len(named) > 1:
        return {"topics": named}
    topic = _topic(mentions, start, end) or (named[0] if named else None)
    return ({"topic": topic} if topic else {}) | _kind_of_topic(words)


def _kind_of_topic(words: str) -> dict[str, str]:
    """Whether a subject is of trade at all, and whether views on it were only exchanged."""
    if _NOT_OF_TRADE.search(words):
        return {"kind": "non-trade linkage"}
    return {"kind": "exchange of views"} if re.search(r"\bexchang\w+ (?:\w+ )?views\b", words) else {}


_NOT_OF_TRADE = Guarded(
    r"\b(?:defen[cs]e|cyber-?security|military|joint training|maritime security|disaster|human rights"
    r"|space cooperation)\b",
    re.IGNORECASE,
)
"""Subjects of talks on trade that are not of trade."""
_OBJECT_OF_TALK = Guarded(
    r"\b(?:discuss(?:ed|es|ing)?|talk(?:ed|s)? about|exchang\w+ (?:\w+ )?(?:views|opinions"
    r"|information|notes|ideas)(?: with \S+)?"
    r"|(?:discussions?|exchanges?|talks|meeting|agenda|topics?|round)\s(?:\w+\s)?(?:on|about|covered|focus\w*|cent\w+|touched|included?)"
    r"|touched (?:up)?on|took up|tackled|addressed|review(?:ed|s)|went over|covered)\s",
    re.IGNORECASE,
)


def _chapter(words: str) -> dict[str, str]:
    """The UNCTAD MAST chapter of the measures that a statement is about."""
    found = first_of("measures", "mast_words", words)
    return {"mast_chapter": found} if found else {}


_NO_TOPIC = Guarded(
    r"(?:the\s)?(?:this|that|it|them|these|those|condition|behalf|track|board|time|hold|offer|paper|purpose|average|top|schedule|course|record"
    r"|a\sregular\sbasis|the\sone\shand|the\sother\shand|\d.*)$"
    r"|.*\b(?:would|will|could|should|can|may|must|has|have|had|is|are|was|were|did|does|do|said|told)\b",
    re.IGNORECASE,
)
"""What follows `on` or `about` and is no subject: a set phrase, an amount, or a clause."""


_TO_RATE = re.compile(
    r"\s(?:to|by)\s(?:\d|(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b).*|\s[–—]\s.*",
    re.IGNORECASE,
)
"""What a duty falls to, or stands behind a dash, is no part of what it is on."""


def _topic(mentions: Mentions, start: int, end: int) -> str | None:
    found = _TOPIC.search(mentions.text, start, end)
    if found is None:
        return None
    first = next(iter(mentions.within(*found.span("topic"), "date")), None)
    stop = first.start if first else found.end("topic")
    words = " ".join(mentions.text[found.start("topic") : stop].split()).rstrip(".")
    words = _TO_RATE.sub("", words)
    words = re.sub(r"^the\s|(?:\s(?:and|or|on|by|in|from|until|before|after|since|for))+$", "", words)
    return words if len(words) > 2 and not _NO_TOPIC.match(words) else None


def _kind_of(words: str) -> str:
    """What was agreed on: the first instrument named, or an understanding in words."""
    told = _KINDS.may_fit(words)
    named = [(found.start(), _KIND_NAMES[one]) for one in told if (found := one.pattern.search(words))]
    written = [one for one in named if one[1] != "oral understanding"]
    return min(written or named, key=lambda one: one[0], default=(0, "agreement"))[1]


def _agreement_status(words: str) -> str:
    for status, p in (
        ("signed", r"\bsigned|inked"),
        ("initialled", r"\binitiall?ed"),
        ("being finalised", r"\bfinali[sz]ing"),
        ("scheduled for adoption", r"\b(?:scheduled|set|expected|due|plan\w*) to"),
        ("adopted", r"\badopted|issued|endorsed|released"),
        ("concluded", r"\bconcluded|reached|struck|finali[sz]ed"),
    ):
        if re.search(p, words):
            return status
    return "agreed"


def first_date(mentions: Mentions, start: int, end: int, key: str) -> dict[str, Any]:
    """The first date inside a span, under `key`; empty where none is told."""
    for mention in mentions.within(start, end, "date"):
        if mention.date and mention.date.value:
            return {key: mention.date.value}
    return {}


def _due(mentions: Mentions, start: int, end: int) -> dict[str, Any]:
    """Until when something is to be done; what only lies in a time before the document's own is none."""
    for mention in mentions.within(start, end, "date"):
        told = _DUE.search(mentions.masked, start, mention.start)
        if mention.date and told:
            last, today = mention.date.last_day, mentions.published
            if not (told[0].startswith(("in", "during", "at")) and last and today and last < today.isoformat()):
                return {"due": last}
    return {}


_MOVED = re.compile(
    r"\b(?:extend|mov|postpon|push|prolong|delay|put|brought)\w*\b[^;]{0,80}?\b(?:to|until|till)\s(?:the\s)?(?=\ue005)"
)
_ENDING = re.compile(
    r"\b(?:deadlines?|expir\w+|laps\w+|runs? out|ends?|until|by|before|no later than|effect|force)\b"
)

_OWNED = re.compile(r"\ue005+(?:['’]s)?\s(?:[\w-]+\s){0,2}(?:deadline|cut-?off|expiry)\b")


def _last_day(mentions: Mentions, start: int, end: int) -> Mention | None:
    """The date of a deadline: the one it was moved to, or the first behind the word for it, or the first."""
    days = [m for m in mentions.within(start, end, "date") if m.date and (m.date.value or m.date.readings)]
    owned = _OWNED.search(mentions.masked, start, end)
    if owned:
        return next((m for m in days if m.start == owned.start()), None)
    for words in (_MOVED, _ENDING):
        found = words.search(mentions.masked, start, end)
        later = [m for m in days if found and m.start >= found.end()]
        if later:
            return later[0]
    return days[0] if days else None


def _deadline(mentions: Mentions, start: int, end: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    mention = _last_day(mentions, start, end)
    if mention is not None and mention.date:
        fields["date"] = mention.date.last_day or mention.date.value
        fields["date_precision"] = mention.date.precision
        bracket = re.match(r"\s?\((?P<what>[^()]{5,80})\)", mentions.text[mention.end : end])
        if bracket:
            fields["what"] = re.sub(r"^the\s", "", bracket["what"])
    if "what" not in fields:
        due = re.match(
            r"\W*(?P<what>[^,;]{3,60}?)\s(?:must|shall|should|may|are to|is to|can|need to) be\s",
            mentions.text[start:end],
        )
        if due:
            return fields | {"what": due["what"]}
        what = re.search(
            r"(?:deadline|expir\w+|end) (?:for|of|to) (?:the )?(?P<what>[^,.;()]{4,80})",
            mentions.text[start:end],
        )
        if what and not re.match("\ue005", mentions.masked[start + what.start("what") :]):
            fields["what"] = what["what"].strip()
    return fields


_SCHEDULED = Guarded(
    r"\b(?:was|were|had been)\s(?:\w+ly\s)?(?:scheduled|due|set|expected)\s[^,;]{3,50}?(?=\ue005)"
)


def change_fields(mentions: Mentions, clause: Clause) -> dict[str, Any]:
    """How a plan was changed, and whose."""
    words = mentions.text[clause.start : clause.end]
    change = re.search(
        r"\b(?:postpon|delay|put off|brought forward|reschedul|pushed back|cut short|moved|extend"
        r"|prolong)\w*(?:\s(?!in order\b|because\b|so\b)[\w’'-]+){0,4}",
        words,
    )
    fields: dict[str, Any] = {"change": change[0].strip() if change else "changed"}
    planned = _SCHEDULED.search(mentions.masked, clause.start, clause.end)
    if planned:
        fields |= first_date(mentions, planned.end() - 1, clause.end, "planned")
    who = next((m.person.name for m in clause.subject if m.person), None)
    if who:
        fields["person"] = who
    return fields
