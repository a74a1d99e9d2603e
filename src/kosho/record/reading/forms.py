"""Records and notifications in labelled lines: `Place: Geneva`, `11. Final date for comments: ...`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from kosho.record.reading.dates import find_dates, resolve_dates
from kosho.record.reading.draft import Draft
from kosho.record.reading.layout import Block
from kosho.record.reading.measures import gta_type
from kosho.record.reading.meetings import meeting_fields
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.names import aliases, plain
from kosho.record.reading.quantities import products_in
from kosho.record.reading.tables import table

__all__ = ["from_forms", "once_notified"]

_LINE = re.compile(
    r"[ \t]*(?:\d{1,2}(?:\.\d{1,2})*[.)]?[ \t]+"
    r"|[-–•*][ \t]+)?(?P<label>[A-Z][^:\n]{1,80}?)[ \t]?:(?:[ \t]+|$)(?P<value>.*)$"
)
_HEADING = re.compile(r"(?P<label>[A-Z][^:\n]{1,60})$")


class _Entry(NamedTuple):
    label: str
    start: int
    """Of the whole line."""
    value: tuple[int, int]
    items: tuple[tuple[int, int], ...]
    """Spans of the lines listed below it."""


def from_forms(doc: str, parts: list[Block], mentions: Mentions) -> list[Draft]:
    """Meetings, subjects, deadlines and notified measures that labelled lines tell of."""
    entries = list(_entries(mentions.text, parts))
    form = _Form(doc, mentions, entries)
    found = [*form.meeting(), *form.topics(), *form.next_meeting(), *form.deadlines(), *form.notified()]
    return [*found, *_listed_rates(doc, parts, mentions), *_signed(doc, parts, mentions)]


def _kind(label: str) -> str | None:
    plain = " ".join(label.split())
    return next((kind for kind, words in _labels() if words.fullmatch(plain)), None)


@cache
def _labels() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of lines of a form, with the patterns of their labels."""
    forms = {kind: words for kind, words in table("forms").items() if kind != "committees"}
    return tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in forms.items())


def _entries(text: str, parts: list[Block]) -> Iterator[_Entry]:
    for index, block in enumerate(parts):
        if block.role == "furniture":
            continue
        line = _LINE.match(text, block.start, block.end)
        if line is None or line.end() < block.end:
            continue
        kind = _kind(line["label"])
        if kind is None:
            continue
        below: list[tuple[int, int]] = []
        for item in parts[index + 1 :]:
            if not item.item or item.role == "furniture" or _LINE.match(text, item.start, item.end):
                break
            below.append((item.start, item.end))
        if line["value"].strip() or below:
            yield _Entry(kind, line.start("label"), _trimmed(text, *line.span("value")), tuple(below))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[end - 1] in " .\t\r":
        end -= 1
    return start, end


class _Form:
    def __init__(self, doc: str, mentions: Mentions, entries: list[_Entry]) -> None:
        self._doc, self._mentions, self._entries = doc, mentions, entries

    def _of(self, kind: str) -> _Entry | None:
        return next((one for one in self._entries if one.label == kind), None)

    def _words(self, entry: _Entry | None) -> str:
        return self._mentions.text[slice(*entry.value)].strip() if entry else ""

    def _draft(self, kind: str, modality: Any, fields: dict[str, Any], entry: _Entry) -> Draft:
        start, end = entry.start, max(entry.value[1], entry.start + 1)
        return Draft(self._doc, kind, modality, fields, self._mentions.text[start:end], start, end)

    def _day(self, entry: _Entry | None) -> dict[str, Any]:
        if entry is None:
            return {}
        found = resolve_dates(
            list(find_dates(self._mentions.text, *entry.value)), self._mentions.published, lambda _: "future"
        )
        for mention in found:
            if mention.value and "/" in mention.value:
                first, last = mention.value.split("/")
                return {"start": first, "end": last, "date_precision": mention.precision}
            if mention.value:
                return {"date": mention.value, "date_precision": mention.precision}
        return {}

    def meeting(self) -> Iterator[Draft]:
        """The meeting that the form records: named, or with whom; its day and place from their own lines."""
        place, day = self._of("place"), self._of("date")
        for entry in [one for one in self._entries if one.label == "meeting"]:
            if not (place or day or entry.items):
                continue
            label = self._mentions.text[entry.start : entry.value[0]].rstrip(" :\t")
            fields = meeting_fields(self._mentions, entry.start, entry.value[1])
            fields.pop("parties", None)
            people = self._of("participants")
            spans = [entry.value, *entry.items, *((people.value, *people.items) if people else ())]
            parties = list(dict.fromkeys(code for span in spans for code in self._mentions.codes(*span)))
            fields |= {"parties": parties} if parties else {}
            fields |= self._day(day)
            if place:
                fields["place"] = self._words(place)
            if re.search(r"courtesy", label, re.IGNORECASE):
                fields["event_type"] = "courtesy call"
            yield self._draft("event", "asserted", fields, entry)

    def topics(self) -> Iterator[Draft]:
        """What was discussed, one draft a listed point."""
        known = {one.label for one in self._entries}
        for entry in self._entries:
            if entry.label != "topics" or not (
                entry.items or known & {"meeting", "date", "place", "participants", "next"}
            ):
                continue
            spans = [entry.value] if self._words(entry) else []
            for start, end in [*spans, *entry.items]:
                words = self._mentions.text[start:end].strip(" .;")
                if not words or words.lower() in ("none", "nil", "n/a"):
                    continue
                named = (
                    [part.strip() for part in re.split(r"[;,]\s(?:and\s)?", words)]
                    if start == entry.value[0]
                    else []
                )
                fields: dict[str, Any] = {"topics": named} if len(named) > 1 else {"topic": words}
                yield Draft(self._doc, "topic", "asserted", fields, self._mentions.text[start:end], start, end)

    def next_meeting(self) -> Iterator[Draft]:
        """When and where those concerned meet again."""
        for entry in [one for one in self._entries if one.label == "next"]:
            day, words = self._day(entry), self._words(entry)
            place = re.search(
                r"(?:^|\b(?:in|at)\s|,\s)(?P<place>[A-Z][a-z]\w*(?: [A-Z]\w+){0,2})(?=,|$|\s(?:in|on)\b)", words
            )
            if not day:
                continue
            fields = day | ({"place": place["place"]} if place and not re.search(r"\d", place[0]) else {})
            if len(self._mentions.sides) > 1 and self._mentions.bilateral:
                fields["parties"] = list(self._mentions.sides)
            yield self._draft("next_meeting", "planned", fields, entry)

    def deadlines(self) -> Iterator[Draft]:
        """Until when something must be done."""
        for entry in [one for one in self._entries if one.label == "deadline"]:
            day = self._day(entry)
            label = self._mentions.text[entry.start : entry.value[0]].rstrip(" :\t")
            what = re.search(r"\bfor (?:the )?(?P<what>.+)$|^(?P<due>\w+?)s? (?:due|by|close)", label)
            if "date" in day:
                fields = day | ({"what": next(filter(None, what.groups()))} if what else {"what": label})
                yield self._draft("deadline", "asserted", fields, entry)

    def notified(self) -> Iterator[Draft]:
        """The measure that a Member notifies, and the body that answers for it."""
        member, title = self._of("member"), self._of("title")
        codes = (self._mentions.codes(*member.value) or _in_capitals(self._words(member))) if member else ()
        if not codes:
            return
        agency = self._of("agency")
        if agency and self._words(agency):
            yield self._draft(
                "organisation",
                "asserted",
                {"org": self._words(agency), "acts_for": codes[0], "role": "agency responsible"},
                agency,
            )
        if title is None:
            return
        kind, chapter = self._committee()
        kind = next((name for name, words in _NAMED if re.search(words, self._words(title), re.I)), kind)
        goods, force = self._of("products"), self._day(self._of("force"))
        fields: dict[str, Any] = {
            "imposed_by": codes[0],
            "measure": self._words(title),
            "kind": kind,
            "mast_chapter": chapter,
        }
        adopted = re.search(r"\b(?:draft|proposed|proposal|bill)\b", self._words(title), re.IGNORECASE)
        begins = force.get("date")
        coming = bool(adopted) or self._coming(begins)
        fields["status"] = "draft" if adopted else "announced" if coming else "in force"
        others = [code for code in self._mentions.codes(*title.value) if code not in codes]
        fields |= {"on": others[0]} if len(others) == 1 else {}
        if goods:
            fields |= self._goods(goods)
        if begins:
            fields["start"] = begins
        yield self._draft(
            "measure", "planned" if coming else "asserted", {k: v for k, v in fields.items() if v}, title
        )

    def _coming(self, begins: str | None) -> bool:
        told: date | None = self._mentions.published
        return begins is None or told is None or begins > told.isoformat()

    def _goods(self, entry: _Entry) -> dict[str, Any]:
        words = self._words(entry)
        told = re.findall(r"\b(?:HS|ICS|heading|HTSUS)?\s?(\d{4}(?:\.?\d\d){0,3})\b", words)
        name = re.sub(r"\s?\([^()]*\d[^()]*\)", "", words)
        hints = [code.replace(".", "") for code in told] or products_in(words).get("hs_hint", [])
        return {"products": name} | ({"hs_hint": ",".join(hints)} if hints else {})

    def _committee(self) -> tuple[str, str | None]:
        symbol = re.search(r"\bG/(?P<of>[A-Z]{2,3})/", self._mentions.text)
        known = table("forms")["committees"]
        kind, chapter = known.get(symbol["of"], ("measure", None)) if symbol else ("measure", None)
        return kind, chapter


_RATE_LINE = re.compile(
    r"(?P<whom>[A-Z][^:\n]{1,90}?)(?:\s?[:|]\s?|\s?\.{2,}\s?|\t+\s?|\s{2,})"
    r"(?P<rate>\d{1,3}(?:\.\d{1,2})?)\s?(?:%|per ?cent)\.?$"
)
_MARGINS = re.compile(
    r"\b(?P<what>dumping|subsidy|countervailable|countervailing|duty|tariff)\b[^.]{0,60}\b(?:margins?|rates?|dut(?:y|ies))\b"
    r"[^.]{0,40}(?:\bexist|\bfollow|\bapply|\bas follows|:$)|\bfollowing\b[^.]{0,60}\b(?:margins?|rates?)\b",
    re.IGNORECASE,
)
"""Words that introduce a list of rates by producer."""


def _listed_rates(doc: str, parts: list[Block], mentions: Mentions) -> Iterator[Draft]:
    """Rates of producers, a line each, under words that introduce them."""
    text = mentions.text
    told: re.Match[str] | None = None
    for block in parts:
        ends = text[block.start : block.end].rstrip(".").endswith(("%", "cent"))
        line = _RATE_LINE.match(text, block.start, block.end) if ends else None
        if line is None or line.end() < block.end:
            told = _MARGINS.search(text, block.start, block.end) if block.role == "body" else None
            continue
        if told is None:
            continue
        head = text[: block.start]
        kind = _trade_remedy(told[0]) or _trade_remedy(head) or "tariff"
        rate = float(line["rate"])
        fields: dict[str, Any] = {
            "measure": f"{kind} duty" if kind != "tariff" else "tariff",
            "kind": kind,
            "rate": int(rate) if rate.is_integer() else rate,
            "unit": "%",
            "status": "in force",
        }
        fields |= gta_type(kind)
        codes = [code for one in parts if one.role == "title" for code in mentions.codes(one.start, one.end)]
        issuer = next((c for m in mentions.all if m.kind == "body" for c in m.codes), None)
        fields |= {"imposed_by": issuer} if issuer else {}
        others = [code for code in codes if code != issuer]
        fields |= {"on": others[0]} if others else {}
        yield Draft(doc, "measure", "asserted", fields, text[block.start : block.end], block.start, block.end)


def _trade_remedy(words: str) -> str | None:
    """The kind of duty that words introduce rates of producers of; dumping, where they tell of both."""
    if re.search(r"dumping|less than fair value", words, re.IGNORECASE):
        return "anti-dumping"
    return "countervailing" if re.search(r"countervail|subsid", words, re.IGNORECASE) else None


_SIGNS = re.compile(
    r"(?P<name>[A-Z][\w’'-]+(?:\s(?:[A-Z]\.|[A-Z][\w’'-]+)){1,3}),\s+(?P<role>(?:[A-Z][\w-]+\s)*"
    r"(?:Secretary|Minister|Director|Administrator|Commissioner|Representative|Chairman|Chair|Counsel|Officer|President)"
    r"(?:\s(?:for|of|to|on)\s[^.\n]{2,90})?|(?:Acting|Assistant|Deputy|Principal)\s[^.\n]{4,110})\.?$"
)


def _signed(doc: str, parts: list[Block], mentions: Mentions) -> Iterator[Draft]:
    """Who signs a notice: behind the line of its day, `Dated: ...`, or before that of its filing."""
    text = mentions.text
    dated = next((n for n, one in enumerate(parts) if _DATED.match(text, one.start, one.end)), None)
    filed = next((n for n, one in enumerate(parts) if text.startswith("[FR Doc", one.start)), None)
    near = (
        parts[dated + 1 : dated + 3] if dated is not None else parts[max(0, filed - 2) : filed] if filed else []
    )
    for block in near:
        signs = _SIGNS.match(" ".join(text[block.start : block.end].split()))
        if signs is None or any(m.person for m in mentions.within(block.start, block.end, "person")):
            continue
        fields: dict[str, Any] = {"name": signs["name"], "role": signs["role"]}
        issuer = next((c for m in mentions.all if m.kind == "body" for c in m.codes), None)
        fields |= {"side": issuer} if issuer else {}
        end = block.start + len(signs["name"])
        if text[block.start : end] == signs["name"]:
            yield Draft(doc, "person", "asserted", fields, signs["name"], block.start, end)


_DATED = re.compile(r"Dated:?\s", re.IGNORECASE)
_NAMED = (
    ("ban", r"\b(?:ban|prohibition|suspension)\b.{0,30}\b(?:import|sale|entry)"),
    ("quota", r"\bquotas?\b"),
    ("import licensing", r"\bimport licen\w+"),
)
"""Kinds of measures that a title names, whatever the committee."""


def once_notified(drafts: list[Draft], forms: list[Draft]) -> list[Draft]:
    """Drafts without the measures that the sentences of a notification tell again.

    >>> once_notified([], [])
    []
    """
    told = next((d for d in forms if d.type == "measure"), None)
    if told is None:
        return drafts
    return [
        d
        for d in drafts
        if d.type != "measure"
        or not (told.start <= d.start < told.end or d.fields.get("on") == told.fields.get("on"))
    ]


def _in_capitals(words: str) -> tuple[str, ...]:
    """The party that a form names in capitals: `KENYA`."""
    found = aliases()[1].get(plain(words.title()))
    return found[1] if found and words.isupper() else ()
