"""From clauses to drafts: what each clause says, with the fields its words give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kosho.record.reading.clauses import Clause, split
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.factuality import Force, report_untrue
from kosho.record.reading.measures import find_measures
from kosho.record.reading.meetings import find_meetings, meeting_fields, ordinal
from kosho.record.reading.mentions import Mention, Mentions, PersonMention
from kosho.record.reading.quantities import find_quantities, flow_of, products_in, trade_sides
from kosho.record.reading.rules import Rule, first_rule, modality_of, verb_places
from kosho.record.reading.statements import change_fields, first_date, statement_fields

__all__ = ["Reader"]

MEETINGS = {"event", "event_series", "next_meeting", "carried_over", "event_change", "event_not_held"}
NOT_YET = {"commitment", "agreement", "no_agreement", "deadline"}
"""Types beside which a change of a rate is told as one to come; what is asked for is no measure at all."""
HOLDS_A_MEETING = {
    "deadline",
    "position",
    "topic",
    "response",
    "agreement",
    "complaint",
    "offer",
    "ask",
    "no_agreement",
}
"""Types beside which a clause may tell of a meeting too."""


@dataclass
class Reader:
    """Reads the sentences of one document in order."""

    doc: str
    mentions: Mentions
    drafts: list[Draft] = field(default_factory=list)
    _before: Clause | None = None
    _draft_of: str | None = None
    """What has been called a draft: `action plan`."""
    _mark: int = 0
    """How many drafts there were before the sentence being read."""
    _loose: dict[str, list[Draft]] = field(default_factory=dict)
    """Events of each kind that no round is told of: `an annual conference`."""
    _voices: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    _known: set[tuple[Any, ...]] = field(default_factory=set)
    _span: tuple[int, int] = (0, 0)
    """The sentence being read."""

    def sentence(self, start: int, end: int, *, opens_block: bool, voice: str | None = None) -> None:
        """Read one sentence; `voice` is who speaks in a transcript."""
        words = self.mentions.text[start:end]
        if report_untrue(words, self.mentions.text[slice(*self._span)]):
            while self.drafts and self.drafts[-1].start >= self._span[0]:
                self.drafts.pop()
        self._span, self._mark = (start, end), len(self.drafts)
        draft = self._is_draft(words, opens_block=opens_block)
        attributed = _attribution(words)
        clauses = split(self.mentions, start, end, self._before, self._speaker(voice))
        types = [self._clause(clause, draft=draft, attributed=attributed) for clause in clauses]
        if "no_agreement" in types or any(d.type == "event" for d in self.drafts[self._mark :]):
            self._fold_topics()
        self._drop_counted(start)
        self._merge_quoted()
        if clauses:
            self._before = clauses[-1]

    def _speaker(self, voice: str | None) -> tuple[Mention, ...]:
        if voice is None:
            return ()
        if voice not in self._voices:
            unknown = Mention(0, 0, "person", (), PersonMention(voice, "", None, None, None))
            words = set(voice.lower().split())
            named = (m for m in self.mentions.all if m.person and words & set(m.person.name.lower().split()))
            self._voices[voice] = (next(named, unknown),)
        return self._voices[voice]

    def _is_draft(self, words: str, *, opens_block: bool) -> bool:
        named = re.search(
            r"\bdraft\s((?:[a-z]+\s){0,2}(?:plan|agreement|statement|text|proposal|declaration"
            r"|communiqu[eé]|document|deal))\b",
            words,
        )
        if named:
            self._draft_of = named[1].split()[-1]
            self._in_draft = True
            return True
        if self._draft_of and re.match(
            rf"\W*(?:the|under the|in the)\s(?:[\w-]+\s){{0,2}}{self._draft_of}\b", words, re.I
        ):
            self._in_draft = True
            return True
        listing = re.match(
            r"\W*(?:specifically|in addition|also|moreover|it (?:will|would|also))\b", words, re.I
        )
        continues = self._in_draft and (bool(listing) or (not opens_block and "also" in words))
        self._in_draft = continues
        return continues

    _in_draft: bool = False

    def _fold_topics(self) -> None:
        """What was discussed at a meeting, or without result, is one fact with it, not a topic beside it."""
        here = self.drafts[self._mark :]
        topics = [d.fields["topic"] for d in here if d.type == "topic" and "topic" in d.fields]
        self.drafts[self._mark :] = [
            replace(d, fields={**d.fields, "topics": topics})
            if topics and d.type in ("event", "no_agreement")
            else d
            for d in here
            if d.type != "topic"
        ]

    def _drop_counted(self, start: int) -> None:
        """`Two deals` that are told one by one further on are not a third."""
        if not any(d.type == "agreement" for d in self.drafts[self._mark :]):
            return
        for index in range(self._mark - 1, -1, -1):
            draft = self.drafts[index]
            if start - draft.end >= 400:
                break
            if draft.type == "agreement" and draft.end <= start and _COUNTED.search(draft.quote):
                del self.drafts[index]

    def _merge_quoted(self) -> None:
        """Sentences of one quotation that say what somebody thinks are one position."""
        if len(self.drafts) < 2:
            return
        first, second = self.drafts[-2:]
        between = self.mentions.text[first.end : second.start]
        alike = first.type == second.type == "position" and first.fields.get("speaker") == second.fields.get(
            "speaker"
        )
        if alike and "speaker" in first.fields and second.start >= first.end and not between.strip(' ."“'):
            quote = self.mentions.text[first.start : second.end]
            self.drafts[-2:] = [replace(first, quote=quote, end=second.end)]

    def _clause(self, clause: Clause, *, draft: bool, attributed: str | None) -> str | None:
        words = self.mentions.masked[clause.start : clause.end]
        places = verb_places(words)
        force = Force(self.mentions.masked, self._span, (clause.start, clause.end))
        rule = self._rule(clause, places, force, draft=draft)
        found = rule.type if rule else None
        meetings = find_meetings(self.mentions, clause, places, force)
        if found == "topic" and any(m.strong and m.type == "event" for m in meetings):
            rule = None
        if rule is None or rule.type in HOLDS_A_MEETING:
            strong = rule is None
            for meeting in meetings:
                if strong or not meeting.strong or rule.type != "topic":
                    self._meeting(
                        clause,
                        meeting.type,
                        meeting.start,
                        meeting.end,
                        planned=meeting.planned,
                        attributed=attributed,
                    )
        if rule is not None and not (rule.type == "agreement" and self._repeats_meeting(words, bool(meetings))):
            modality = modality_of(rule, words, draft=draft)
            if rule.type == "person_status":
                self._status(clause)
            elif rule.type in MEETINGS:
                self._meeting(
                    clause,
                    rule.type,
                    clause.start,
                    clause.end,
                    planned=modality == "planned",
                    attributed=attributed,
                )
            else:
                self._statement(clause, rule, modality, attributed)
        if found not in ("red_line", "offer", "response"):
            self._measures(clause, found, force)
        if found in (None, "position", "topic"):
            self._quantities(clause, force)
        return found

    def _rule(self, clause: Clause, places: list[int], force: Force, *, draft: bool) -> Rule | None:
        rule = first_rule(self.mentions, clause, places, force)
        changes = rule is not None and rule.type == "offer" and not draft and self._sets_rate(clause, force)
        return None if changes else rule

    def _sets_rate(self, clause: Clause, force: Force) -> bool:
        """Whether a party says from what to what it will change a rate of its own: a measure, and no offer."""
        if not re.search(r"\bwill\b", self.mentions.masked[clause.start : clause.end]):
            return False
        own = clause.subject[0].codes[:1] if clause.subject else ()
        return bool(own) and any(
            "rate_before" in one.fields and (one.fields.get("imposed_by"),) == own
            for one in find_measures(self.mentions, clause, force)
        )

    @staticmethod
    def _repeats_meeting(words: str, has_meeting: bool) -> bool:
        return (
            has_meeting
            and re.match(r"\W{0,3}the (?:new )?\w+ (?:is|are) (?:set|scheduled|due)", words) is not None
        )

    def _add(self, kind: str, modality: Modality, fields: dict[str, Any], start: int, end: int) -> None:
        quote = self.mentions.text[start:end]
        self.drafts.append(Draft(self.doc, kind, modality, fields, quote, start, end))

    def _meeting(
        self, clause: Clause, kind: str, start: int, end: int, *, planned: bool, attributed: str | None
    ) -> None:
        aside = _ASIDE.match(self.mentions.masked, start, end)
        fields = meeting_fields(self.mentions, aside.end() if aside else start, end)
        if kind == "event":
            same = ("event", fields.get("round"), fields.get("date"), fields["event_type"])
            if same[1] is not None and same in self._known and clause.start != start:
                return
            self._known.add(same)
            if clause.start != start:
                self._drop_unnamed(fields["event_type"])
        if kind in ("carried_over", "next_meeting", "event_series"):
            fields.pop("round", None)
            fields |= _round(kind, self.mentions.text[start:end])
            planned = planned or "to_round" in fields
        if kind == "event_change":
            fields = change_fields(self.mentions, clause) | {k: v for k, v in fields.items() if k == "date"}
        if kind == "event_not_held":
            fields["certainty"] = (
                "appears"
                if re.search(r"\bappears?|apparently\b", self.mentions.text[max(0, start - 20) : end])
                else "stated"
            )
        if attributed:
            fields["attributed_to"] = attributed
        modality: Modality = "negated" if kind == "event_not_held" else "planned" if planned else "asserted"
        self._add(kind, modality, fields, start, end)
        self._remember_loose(self.drafts[-1])

    def _remember_loose(self, draft: Draft) -> None:
        named = str(draft.fields.get("event_type"))
        if draft.type == "event" and "round" not in draft.fields and _is_a(named, draft.quote):
            self._loose.setdefault(named, []).append(draft)

    def _drop_unnamed(self, kind: str) -> None:
        """`An annual conference` that is named further on is the same one."""
        loose = self._loose.pop(kind, [])
        if loose:
            self.drafts = [d for d in self.drafts if not any(d is one for one in loose)]

    def _statement(self, clause: Clause, rule: Rule, modality: Modality, attributed: str | None) -> None:
        for number, (start, end) in enumerate(_items(self.mentions, clause, rule.type)):
            fields = statement_fields(self.mentions, clause, rule, start, end)
            if rule.type == "no_agreement" and all(m.end <= self._span[0] for m in clause.subject):
                fields["parties"] = list(
                    self.mentions.sides
                )  # nobody named here: not those of the last sentence
            if number:
                kept = ("by", "to", "products", "hs_hint", "parties", "kind", "status", "signatories")
                fields = {k: v for k, v in fields.items() if k in kept}
                if rule.type == "topic":
                    fields["topic"] = re.sub(r"^the\s", "", self.mentions.text[start:end])
            if attributed and not clause.speaker:
                fields["attributed_to"] = attributed
            self._add(rule.type, modality, fields, start, end)

    def _status(self, clause: Clause) -> None:
        who = next((m for m in self.mentions.within(clause.start, clause.end, "person") if m.person), None)
        if who is None or who.person is None:
            return
        fields: dict[str, Any] = {"name": who.person.name, "side": who.person.side}
        role = re.search(
            r"\bas (?P<role>(?:the )?[\w’' -]{3,50}?)(?= (?:in|on|from|since|last|this)\b|[,.]|$)",
            self.mentions.text[clause.start : clause.end],
        )
        fields["role"] = role["role"] if role else who.person.role
        fields |= first_date(self.mentions, clause.start, clause.end, "since")
        self._add("person_status", "asserted", {k: v for k, v in fields.items() if v}, clause.start, clause.end)

    def _measures(self, clause: Clause, found: str | None, force: Force) -> None:
        for measure in find_measures(self.mentions, clause, force):
            fields = measure.fields
            same = (
                "measure",
                fields.get("rate"),
                fields.get("products"),
                fields.get("imposed_by"),
                fields["kind"],
            )
            repeated = same in self._known
            self._known.add(same)
            if found == "ask" and clause.subject and clause.subject[0].codes[:1] == (fields.get("imposed_by"),):
                others = [code for code in self.mentions.sides if code != fields["imposed_by"]]
                fields = fields | ({"on": fields["imposed_by"], "imposed_by": others[0]} if others else {})
            if repeated or found == "ask" or (found in NOT_YET and "rate_before" not in fields):
                continue
            if found in NOT_YET and fields["status"] == "in force":
                fields = fields | {"status": "announced"}
            if fields["status"] == "considered":
                modality: Modality = "considered"
            else:
                modality = "planned" if fields["status"] == "announced" else "asserted"
            self._add("measure", modality, fields, measure.start, measure.end)

    def _quantities(self, clause: Clause, force: Force) -> None:
        words = self.mentions.text[clause.start : clause.end]
        flow = flow_of(words)
        if flow is None:
            return
        for amount in find_quantities(self.mentions.text, clause.start, clause.end)[:1]:
            at = amount.start - clause.start
            if force.withheld(at, at):
                return
            value = int(amount.value) if amount.value.is_integer() else amount.value
            fields: dict[str, Any] = {"value": value, "bound": amount.bound, "flow": flow}
            fields["unit"] = amount.unit + (
                "/year"
                if re.search(r"\b(?:annual(?:ly)?|a year|per year|each year|every year)\b", words)
                else ""
            )
            subject = (
                clause.subject[0].codes if clause.subject and clause.subject[0].start >= self._span[0] else ()
            )
            fields |= trade_sides(self.mentions, clause.start, clause.end, subject)
            products = products_in(words)
            if products:
                fields["product"] = products["products"][0]
                fields["hs_hint"] = products["hs_hint"][0]
            self._add(
                "quantity",
                "asserted",
                {k: v for k, v in fields.items() if v is not None},
                clause.start,
                clause.end,
            )


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
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|several|\d{1,2}) (?:\w+ ){0,3}?(?:deals|agreements|pacts"
    r"|memoranda|mous|documents|accords|treaties)\b",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"(?:^|\b)(?:[Aa]ccording to|[Cc]iting) (?P<who>(?:the )?[^,;]{3,60}?)(?=,|\.|;| on | in "
    r"| that )|(?P<hearsay>\b[Ii]t (?:is|was) (?:said|reported|understood|believed))"
)


def _attribution(words: str) -> str | None:
    match = _ATTRIBUTION.search(words)
    if not match:
        return None
    return match["who"] or f"hearsay ({match['hearsay']})"


_TWO_PACTS = (
    r"(?<=\W)and (?=an? [^,;.]{0,60}?\b(?:agreement|memorandum|mou|pact|deal|protocol"
    r"|statement|arrangement|declaration)\b)"
)


def _items(mentions: Mentions, clause: Clause, kind: str) -> Iterator[tuple[int, int]]:
    """Items of a list that one verb governs: `views on A and on B`."""
    words = mentions.masked[clause.start : clause.end]
    position = 0
    cuts = {"topic": r",? and on (?=the |\w)", "agreement": _TWO_PACTS}.get(kind)
    for cut in re.finditer(cuts, words, re.IGNORECASE) if cuts else ():
        yield clause.start + position, clause.start + cut.start()
        position = cut.end()
    yield clause.start + position, clause.end
