"""Meetings as drafts: once each, with what is told of them further on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from kosho.record.reading.clauses import Clause
from kosho.record.reading.direction import direction
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.meetings import meeting_fields, ordinal
from kosho.record.reading.quick import Guarded
from kosho.record.reading.statements import change_fields
from kosho.record.reading.told import Told

__all__ = ["MeetingFacts"]


@dataclass
class MeetingFacts:
    """Meetings of one document."""

    _told: Told
    _loose: dict[str, list[Draft]] = field(default_factory=dict)
    """Events of each kind that no round is told of: `an annual conference`."""

    def tell(
        self, clause: Clause, kind: str, span: tuple[int, int], *, planned: bool, attributed: str | None
    ) -> None:
        """A meeting, or a change of one, that the words at `span` of a clause tell of."""
        start, end = span
        aside = _ASIDE.match(self._told.mentions.masked, start, end)
        fields = meeting_fields(
            self._told.mentions, aside.end() if aside else start, end, years=kind == "next_meeting"
        )
        if kind == "event" and self._lasted((start, end), fields):
            return
        if kind == "event":
            same = ("event", fields.get("round"), fields.get("date"), fields["event_type"])
            if same[1] is not None and same in self._told.known and clause.start != start:
                return
            self._told.known.add(same)
            if clause.start != start:
                self._drop_unnamed(fields["event_type"])
        fields |= self._of_series(kind, fields.get("round"), (start, end))
        if kind in ("carried_over", "next_meeting", "event_series"):
            fields.pop("round", None)
            fields |= _round(kind, self._told.mentions.text[start:end])
            planned = planned or "to_round" in fields
        if kind == "event_change":
            fields = change_fields(self._told.mentions, clause) | {
                k: v for k, v in fields.items() if k == "date"
            }
        if kind == "event_not_held":
            fields["certainty"] = (
                "appears"
                if re.search(r"\bappears?|apparently\b", self._told.mentions.text[max(0, start - 20) : end])
                else "stated"
            )
        if kind == "event":
            self._whose(clause, (start, end), fields)
            planned = planned or self._is_ahead((start, end), fields.get("date", ""))
        if attributed:
            fields["attributed_to"] = attributed
        modality: Modality = "negated" if kind == "event_not_held" else "planned" if planned else "asserted"
        self._told.add(kind, modality, fields, start, end)
        self._remember_loose(self._told.drafts[-1])

    def _is_ahead(self, span: tuple[int, int], day: str) -> bool:
        """Whether words that look back to nothing tell of a day to come: what is on it is only planned."""
        mentions = self._told.mentions
        dates = [m.date for m in mentions.within(*span, "date") if m.date and m.date.value == day]
        if mentions.published is None or len(day) < len(_A_DAY) or day <= mentions.published.isoformat():
            return False
        return all(direction(mentions.text, one) != "past" for one in dates)

    def _lasted(self, span: tuple[int, int], fields: dict[str, Any]) -> bool:
        """Whether words only say how long the meeting just told of took: `The call lasted 15 minutes`."""
        last = self._told.drafts[-1] if self._told.drafts else None
        told = {"duration_min", "time"} & set(fields)
        if (
            last is None
            or last.type != "event"
            or not told
            or told & set(last.fields)
            or "date" in fields
            or _THE_SAME.match(self._told.mentions.text, *span) is None
            or span[0] - last.end > NEAR_BY
        ):
            return False
        self._told.drafts[-1] = replace(
            last, fields={**last.fields, **{key: fields[key] for key in sorted(told)}}
        )
        return True

    def _whose(self, clause: Clause, span: tuple[int, int], fields: dict[str, Any]) -> None:
        """Parties of a meeting without those of others, and with whoever tells of it."""
        if span[0] != clause.start and self._of_others(span, clause, fields):
            fields.pop("parties", None)
        if "parties" in fields:
            fields["parties"] = self._with_speaker(clause, fields["parties"])

    def _of_others(self, span: tuple[int, int], clause: Clause, fields: dict[str, Any]) -> bool:
        """Whether a meeting that names nobody is told of in a clause about others than the two sides."""
        named = self._told.mentions.acting(clause.start, clause.end)
        return (
            not self._told.mentions.acting(*span)
            and bool(named)
            and any(code not in fields.get("parties", named) for code in named)
        )

    def _of_series(self, kind: str, number: int | None, span: tuple[int, int]) -> dict[str, Any]:
        """What is only told of a series of meetings, and of what goes to its next one."""
        if kind == "event_series":
            self._number_last(number)
            since = _BEGUN.search(self._told.mentions.text, *span)
            return {"inaugurated": since["year"]} if since else {}
        return {"status": "open"} if kind == "carried_over" else {}

    def _number_last(self, number: int | None) -> None:
        """`This is the second consultation` says of the meeting just told of which it is."""
        last = self._told.drafts[-1] if self._told.drafts else None
        if number and last and last.type == "event" and "round" not in last.fields:
            self._told.drafts[-1] = replace(last, fields={**last.fields, "round": number})

    def _with_speaker(self, clause: Clause, parties: list[str]) -> list[str]:
        """Parties of a meeting that somebody tells of as `I` or `we`: the speaker's own is one of them."""
        first = self._told.mentions.within(clause.start, clause.end, "pronoun")[:1]
        told = {self._told.mentions.text[m.start : m.end].lower() for m in first} & {"i", "we"}
        own = clause.speaker[0].codes[:1] if told and clause.speaker else ()
        if not own and self._told.mentions.author and len(parties) == 1:
            own = self._told.mentions.author
        return [*(code for code in own if code not in parties), *parties]

    def _remember_loose(self, draft: Draft) -> None:
        named = str(draft.fields.get("event_type"))
        if draft.type == "event" and "round" not in draft.fields and _is_a(named, draft.quote):
            self._loose.setdefault(named, []).append(draft)

    def _drop_unnamed(self, kind: str) -> None:
        """`An annual conference` that is named further on is the same one."""
        loose = self._loose.pop(kind, [])
        if loose:
            self._told.drafts[:] = [d for d in self._told.drafts if not any(d is one for one in loose)]


_A_DAY = "YYYY-MM-DD"
_THE_SAME = re.compile(
    r"\W*(?:The|Their|This)\s(?:[a-z-]+\s)?(?:call|meeting|talks|conversation|session|discussions?|videoconference|visit)\s"
    r"(?:lasted|took|ran|went on)\b"
)

NEAR_BY = 240
"""Characters within which `the call` is the one just told of."""


def _round(kind: str, words: str) -> dict[str, int]:
    """The round that a meeting is, or that something was carried over from or to."""
    number = ordinal(words)
    if number is None:
        return {}
    if kind != "carried_over":
        return {"round": number}
    return {"from_round" if _CAME_FROM.search(words) else "to_round": number}


def _is_a(kind: str, quote: str) -> bool:
    return re.search(r"\ban? (?:\w+ ){0,3}" + kind, quote) is not None


_ASIDE = re.compile(r"\W?(?:with|after|ahead of|despite|following|amid|citing)\b[^,;]*,\s", re.IGNORECASE)
"""What a sentence begins with before its own meeting: another one, or a reason."""

_CAME_FROM = re.compile(
    r"\b(?:discussed|raised|left (?:open|over|unresolved)|tabled|unresolved|pending|begun|remaining|arising)"
    r"\s(?:\w+\s)?(?:at|in|from|during|since)\s(?:the|its|their)\s|\b(?:carried over|deferred) from\b"
)
"""What a matter was carried over from; without such words the meeting named is the one it goes to."""

_BEGUN = Guarded(
    r"[Ss]ince (?:its|their) (?:inauguration|launch|establishment|inception|beginning)"
    r" in (?P<year>(?:19|20)\d\d)\b"
)
