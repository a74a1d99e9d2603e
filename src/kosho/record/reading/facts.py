"""From clauses to drafts: what each clause says, with the fields its words give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from kosho.record.reading.clauses import Clause, split
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.factuality import Force, report_untrue
from kosho.record.reading.measures import find_measures, standing
from kosho.record.reading.meetings import MeetingMention, find_meetings, meeting_fields, ordinal
from kosho.record.reading.mentions import Mention, Mentions, PersonMention
from kosho.record.reading.phrases import free_words
from kosho.record.reading.quantities import (
    QuantityMention,
    find_quantities,
    flow_of,
    products_in,
    shown,
    trade_sides,
)
from kosho.record.reading.quick import Guarded
from kosho.record.reading.rules import Fit, Rule, first_rule, modality_of
from kosho.record.reading.statements import change_fields, first_date, statement_fields

__all__ = ["MEETINGS", "Place", "Reader"]

MEETINGS = {"event", "event_series", "next_meeting", "carried_over", "event_change", "event_not_held"}
SAYS_OF_THEM = {"ask", "offer", "red_line", "response"}
"""Types beside which a duty is only told where the clause names it as one that is there."""
NOT_YET = {"commitment", "agreement", "agreement_aim", "no_agreement", "deadline"}
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


class Place(NamedTuple):
    """Where a sentence stands."""

    block: int
    """First character of its block."""
    opens: bool
    """Whether it is the first of its block."""
    lists: bool = False
    """Whether it introduces a list: its verb then governs the items."""
    intro: int | None = None
    """First character of the block that introduces the list it is an item of."""


GOVERNS = {"ask", "offer", "commitment", "topic", "agreement", "position", "complaint"}
"""Types that a sentence which introduces a list gives its items, instead of being one itself."""


@dataclass
class Reader:
    """Reads the sentences of one document in order."""

    doc: str
    mentions: Mentions
    head: int = 0
    """Where the first turn of a transcript begins: what stands before says whose answers it holds."""
    home: str | None = None
    """Whose minister answers in a press conference, where that is told."""
    enacts: str | None = None
    """Whose acts the text tells where it names nobody."""
    opinion: bool = False
    """Whether it is a comment: what could or should be done is then its author's thought."""
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

    _theme: str | None = None
    """What a paragraph says that it is about: `Concerning the RoHS system,`."""
    _intro: tuple[int, Clause] | None = None
    """Where the last words that introduce a list begin, and what they say."""

    def sentence(self, start: int, end: int, place: Place, voice: str | None = None) -> None:
        """Read one sentence; `voice` is who speaks in a transcript."""
        words = self.mentions.text[start:end]
        theme = _THEME.match(words)
        if place.opens or theme:
            self._theme = theme["what"] if theme else None
        if report_untrue(words, self.mentions.text[slice(*self._span)]):
            while self.drafts and self.drafts[-1].start >= self._span[0]:
                self.drafts.pop()
        self._span, self._mark = (start, end), len(self.drafts)
        draft = self._is_draft(words, opens_block=place.opens)
        attributed = _attribution(words)
        intro = self._intro[1] if self._intro and self._intro[0] == place.intro else None
        clauses = split(self.mentions, start, end, self._before, self._speaker(voice), intro)
        if place.lists and clauses:
            self._intro = (place.block, clauses[-1])
        types: list[str | None] = []
        for clause in clauses:
            again = types[-1] if clause.item and types else None
            types.append(self._clause(clause, again, draft=draft, attributed=attributed))
        if "no_agreement" in types or any(d.type == "event" for d in self.drafts[self._mark :]):
            self._fold_topics()
        if place.lists:
            self.drafts[self._mark :] = [d for d in self.drafts[self._mark :] if d.type not in GOVERNS]
        self._drop_counted(start)
        self._merge_quoted()
        if clauses:
            self._before = clauses[-1]

    def _speaker(self, voice: str | None) -> tuple[Mention, ...]:
        if voice is None:
            return ()
        given = voice
        if given not in self._voices:
            if voice in ("A", "Answer"):
                return self._who_answers()
            voice = _HONOUR.sub("", voice)
            shown = voice.title() if voice.isupper() else voice
            home = (self.home,) if self.home else ()
            unknown = Mention(0, 0, "person", home, PersonMention(shown, "", self.home, None, None))
            words = set(voice.lower().split())
            named = (m for m in self.mentions.all if m.person and words & set(m.person.name.lower().split()))
            post = re.compile(rf"\b{re.escape(voice)}\b", re.IGNORECASE)
            posted = (m for m in self.mentions.all if m.person and m.first and post.search(m.person.role))
            self._voices[given] = (next(named, None) or next(posted, unknown),)
        return self._voices[given]

    def _who_answers(self) -> tuple[Mention, ...]:
        """Who answers: the one person whom the head names with a post, or a spokesman of its own."""
        head = self.mentions.within(0, self.head, "person")
        named = {m.person.name: m for m in head if m.person and m.first}
        if not named and self.home:
            return (Mention(0, 0, "party", (self.home,)),)
        return tuple(named.values()) if len(named) == 1 else ()

    def _is_draft(self, words: str, *, opens_block: bool) -> bool:
        named = _DRAFTED.search(words)
        if named:
            self._draft_of = named[1].split()[-1]
            self._in_draft = True
            return True
        if self._draft_of and re.match(
            rf"\W*(?:the|under the|in the)\s(?:[\w-]+\s){{0,2}}{self._draft_of}\b", words, re.I
        ):
            self._in_draft = True
            return True
        continues = self._in_draft and (
            _LISTS_ON.match(words) is not None or (not opens_block and "also" in words)
        )
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
        """Parts of one quotation that say what somebody thinks are one position."""
        told = [index for index, draft in enumerate(self.drafts) if draft.type == "position"]
        while len(told) > 1 and self.drafts[told[-1]].start >= self._span[0]:
            first, second = self.drafts[told[-2]], self.drafts[told.pop()]
            between = self.mentions.text[first.end : second.start]
            alike = "speaker" in first.fields and first.fields["speaker"] == second.fields.get("speaker")
            if (
                alike
                and second.start >= first.end
                and not (_JOINING if _QUOTES.search(first.quote) else _TURNING)
                .sub("", _TAG.sub("", between))
                .strip(' ."“,;')
            ):
                quote = self.mentions.text[first.start : second.end]
                self.drafts[told[-1]] = replace(first, quote=quote, end=second.end)
                self.drafts.remove(second)

    def _clause(self, clause: Clause, again: str | None, *, draft: bool, attributed: str | None) -> str | None:
        """Read one clause; the type found, `again` that of the item before it which the same words govern."""
        words = clause.words(self.mentions)
        if self.opinion and not clause.speaker and _OPINES.search(words):
            return None
        force = Force(self.mentions.masked, self._span, (clause.start, clause.end), clause.head)
        fit = self._rule(clause, force, draft=draft)
        rule = fit.rule if fit else None
        if (
            clause.item
            and not clause.whole
            and (
                rule is None
                or rule.who == "speaker"
                or not (rule.type in MEETINGS or rule.type == again in GOVERNS)
            )
        ):
            return again
        found = rule.type if rule else None
        meetings = [] if clause.head else find_meetings(self.mentions, clause, force)
        held = any(m.strong and m.type == "event" for m in meetings)
        if rule is not None and rule.type == "position" and rule.who == "speaker":
            held = held or bool(find_measures(self.mentions, clause, force))
        elif found != "topic":
            held = False
        if held:
            rule = None
        self._meetings(clause, rule, meetings, attributed)
        if (
            fit is not None
            and rule is not None
            and not (rule.type == "agreement" and self._repeats_meeting(words, bool(meetings)))
        ):
            modality = modality_of(fit, words, draft=draft)
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
                self._statement(clause, fit, modality, attributed)
        self._measures(clause, found, force)
        if found in (None, "position", "topic"):
            self._quantities(clause, force)
        return found

    def _meetings(
        self, clause: Clause, rule: Rule | None, meetings: list[MeetingMention], attributed: str | None
    ) -> None:
        """Meetings that a clause tells of, beside a statement that may stand with one."""
        if rule is not None and rule.type == "commitment":
            meetings = [one for one in meetings if not one.strong]  # named beside it: `after talks in Geneva`
        elif rule is not None and rule.type not in HOLDS_A_MEETING:
            return
        for one in meetings:
            if rule is None or not one.strong or rule.type != "topic":
                place = (one.type, one.start, one.end)
                self._meeting(clause, *place, planned=one.planned, attributed=attributed)

    def _rule(self, clause: Clause, force: Force, *, draft: bool) -> Fit | None:
        fit = first_rule(self.mentions, clause, force)
        if fit is None or draft:
            return fit
        changes = fit.rule.type == "offer" and self._sets_rate(clause, force)
        if fit.rule.type == "commitment":
            decides = _DECIDES.search(clause.words(self.mentions), fit.start)
            will = _WILL.match(clause.words(self.mentions), fit.start)
            told = find_measures(self.mentions, clause, force) if decides or will else []
            changes = bool(told) if decides else any("rate" in one.fields for one in told)
        return None if changes else fit

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
        fields = meeting_fields(
            self.mentions, aside.end() if aside else start, end, years=kind == "next_meeting"
        )
        if kind == "event" and self._lasted((start, end), fields):
            return
        if kind == "event":
            same = ("event", fields.get("round"), fields.get("date"), fields["event_type"])
            if same[1] is not None and same in self._known and clause.start != start:
                return
            self._known.add(same)
            if clause.start != start:
                self._drop_unnamed(fields["event_type"])
        fields |= self._of_series(kind, fields.get("round"), (start, end))
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
        if kind == "event":
            self._whose(clause, (start, end), fields)
        if attributed:
            fields["attributed_to"] = attributed
        modality: Modality = "negated" if kind == "event_not_held" else "planned" if planned else "asserted"
        self._add(kind, modality, fields, start, end)
        self._remember_loose(self.drafts[-1])

    def _lasted(self, span: tuple[int, int], fields: dict[str, Any]) -> bool:
        """Whether words only say how long the meeting just told of took: `The call lasted 15 minutes`."""
        last = self.drafts[-1] if self.drafts else None
        told = {"duration_min", "time"} & set(fields)
        if (
            last is None
            or last.type != "event"
            or not told
            or told & set(last.fields)
            or "date" in fields
            or _THE_SAME.match(self.mentions.text, *span) is None
            or span[0] - last.end > NEAR_BY
        ):
            return False
        self.drafts[-1] = replace(last, fields={**last.fields, **{key: fields[key] for key in sorted(told)}})
        return True

    def _whose(self, clause: Clause, span: tuple[int, int], fields: dict[str, Any]) -> None:
        """Parties of a meeting without those of others, and with whoever tells of it."""
        if span[0] != clause.start and self._of_others(span, clause, fields):
            fields.pop("parties", None)
        if "parties" in fields:
            fields["parties"] = self._with_speaker(clause, fields["parties"])

    def _of_others(self, span: tuple[int, int], clause: Clause, fields: dict[str, Any]) -> bool:
        """Whether a meeting that names nobody is told of in a clause about others than the two sides."""
        named = self.mentions.acting(clause.start, clause.end)
        return (
            not self.mentions.acting(*span)
            and bool(named)
            and any(code not in fields.get("parties", named) for code in named)
        )

    def _of_series(self, kind: str, number: int | None, span: tuple[int, int]) -> dict[str, Any]:
        """What is only told of a series of meetings, and of what goes to its next one."""
        if kind == "event_series":
            self._number_last(number)
            since = _BEGUN.search(self.mentions.text, *span)
            return {"inaugurated": since["year"]} if since else {}
        return {"status": "open"} if kind == "carried_over" else {}

    def _number_last(self, number: int | None) -> None:
        """`This is the second consultation` says of the meeting just told of which it is."""
        last = self.drafts[-1] if self.drafts else None
        if number and last and last.type == "event" and "round" not in last.fields:
            self.drafts[-1] = replace(last, fields={**last.fields, "round": number})

    def _with_speaker(self, clause: Clause, parties: list[str]) -> list[str]:
        """Parties of a meeting that somebody tells of as `I` or `we`: the speaker's own is one of them."""
        first = self.mentions.within(clause.start, clause.end, "pronoun")[:1]
        told = {self.mentions.text[m.start : m.end].lower() for m in first} & {"i", "we"}
        own = clause.speaker[0].codes[:1] if told and clause.speaker else ()
        if not own and self.mentions.author and len(parties) == 1:
            own = self.mentions.author
        return [*(code for code in own if code not in parties), *parties]

    def _remember_loose(self, draft: Draft) -> None:
        named = str(draft.fields.get("event_type"))
        if draft.type == "event" and "round" not in draft.fields and _is_a(named, draft.quote):
            self._loose.setdefault(named, []).append(draft)

    def _drop_unnamed(self, kind: str) -> None:
        """`An annual conference` that is named further on is the same one."""
        loose = self._loose.pop(kind, [])
        if loose:
            self.drafts = [d for d in self.drafts if not any(d is one for one in loose)]

    def _statement(self, clause: Clause, fit: Fit, modality: Modality, attributed: str | None) -> None:
        rule = fit.rule
        for number, (start, end) in enumerate(_items(self.mentions, clause, rule.type)):
            fields = statement_fields(self.mentions, clause, rule, start, end)
            told = [clause.start + place - len(clause.head) for place in (fit.start, fit.end)]
            verb = (max(told[0], clause.start), max(told[1], clause.start))
            free = free_words(rule.type, self.mentions.text, self.mentions.masked, verb, end)
            fields = free | fields if "topic" in free else fields | free
            if rule.owned:
                fields = fields | self._owned(clause, verb)
            if self._theme and rule.type in THEMED and "topic" not in fields:
                fields["topic"] = self._theme
            if clause.head and not number:
                fields |= self._of_first_item(rule.type)
            if rule.type == "no_agreement" and all(m.end <= self._span[0] for m in clause.subject):
                # nobody is named here: it is the document's sides, not those of the last sentence
                sides = {"parties": list(self.mentions.sides)} if self.mentions.sides else {}
                fields = {k: v for k, v in fields.items() if k != "parties"} | sides
            if number:
                kept = ("by", "to", "products", "hs_hint", "parties", "kind", "status", "signatories")
                fields = {k: v for k, v in fields.items() if k in kept}
                if rule.type == "topic":
                    fields["topic"] = re.sub(r"^the\s", "", self.mentions.text[start:end])
            if attributed and not clause.speaker:
                fields["attributed_to"] = attributed
            if (
                rule.type == "position"
                and not fields.keys() & {"by", "speaker", "attributed_to"}
                and clause.subject
            ):
                continue  # of somebody who is no party: `his members would oppose a quota`
            self._add(rule.type, modality, fields, start, end)

    def _owned(self, clause: Clause, words: tuple[int, int]) -> dict[str, Any]:
        """Whose a statement is that words name after its owner, and to whom: `Chile's request for`."""
        owner = self.mentions.codes(words[0], min(words[0] + 80, clause.end))[:1]
        if not owner:
            return {}
        sides = self.mentions.sides if self.mentions.bilateral else ()
        others = [code for code in sides if code not in owner]
        return {"by": owner[0]} | ({"to": others[0]} if others and owner[0] in sides else {})

    def _of_first_item(self, kind: str) -> dict[str, Any]:
        """By whom and to whom, as the item says that the same words govern."""
        first = next((d for d in reversed(self.drafts[self._mark :]) if d.type == kind), None)
        shared = ("by", "to", "against", "speaker", "parties", "attributed_to")
        return {key: first.fields[key] for key in shared if key in first.fields} if first else {}

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
        told = [] if found in SAYS_OF_THEM else find_measures(self.mentions, clause, force)
        if found in NOT_YET:
            told = [one for one in told if "rate_before" in one.fields]
        known = {d.fields.get("rate") for d in self.drafts if d.type == "measure"}
        known |= {one.fields.get("rate") for one in told} | {one.fields.get("rate_before") for one in told}
        told += [one for one in standing(self.mentions, clause, force) if one.fields.get("rate") not in known]
        for measure in told:
            fields = self._whose_act(self._of_those_told(found, measure.fields))
            same = (
                "measure",
                fields.get("rate"),
                fields.get("products"),
                fields.get("imposed_by"),
                fields["kind"],
            )
            repeated = same in self._known
            self._known.add(same)
            if repeated:
                continue
            if fields["status"] == "considered":
                modality: Modality = "considered"
            else:
                modality = "planned" if fields["status"] == "announced" else "asserted"
            self._add("measure", modality, fields, measure.start, measure.end)

    def _of_those_told(self, found: str | None, fields: dict[str, Any]) -> dict[str, Any]:
        """A duty that a statement is about: what is asked of Y to end is Y's, what X offers to end is X's."""
        last = self.drafts[-1] if self.drafts else None
        if found not in ("ask", "offer") or "imposed_by" in fields or last is None or last.type != found:
            return fields
        by, to = last.fields.get("by"), last.fields.get("to")
        owner, bearer = (to, by) if found == "ask" else (by, to)
        given = {"imposed_by": owner, "on": bearer} if isinstance(owner, str) else {}
        return {key: value for key, value in given.items() if isinstance(value, str)} | fields

    def _whose_act(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A measure of nobody named: that of the one before it in its sentence, or of whose acts are told."""
        if "imposed_by" in fields:
            return fields
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.type == "measure" and last.start >= self._span[0]:
            shared = {key: last.fields[key] for key in ("imposed_by", "on") if key in last.fields}
            if "on" not in fields or fields["on"] == shared.get("on"):
                return shared | fields
        if self.enacts and fields.get("on") != self.enacts:
            return {"imposed_by": self.enacts} | fields
        return fields

    def _is_quota(self, clause: Clause) -> bool:
        """Whether the clause has been read as setting a quota: its amount is part of that measure."""
        told = (d for d in reversed(self.drafts) if d.start >= clause.start)
        return any(d.type == "measure" and d.fields.get("kind") == "quota" for d in told)

    def _quantities(self, clause: Clause, force: Force) -> None:
        text = self.mentions.text
        for amount, start, end in _amounts(text, clause.start, clause.end):
            words = text[start:end]
            flow = flow_of(words)
            at = amount.start - clause.start
            if flow is None or force.withheld(at, at) or (flow == "quota" and self._is_quota(clause)):
                return
            fields: dict[str, Any] = {"value": shown(amount.value), "bound": amount.bound, "flow": flow}
            fields["unit"] = amount.unit + ("/year" if _EACH_YEAR.search(words) else "")
            subject = (
                clause.subject[0].codes if clause.subject and clause.subject[0].start >= self._span[0] else ()
            )
            fields |= trade_sides(self.mentions, clause.start, clause.end, subject)
            products = products_in(words)
            if products:
                fields["product"] = products["products"][0]
                fields["hs_hint"] = products["hs_hint"][0]
            self._add("quantity", "asserted", {k: v for k, v in fields.items() if v is not None}, start, end)


_THE_SAME = re.compile(
    r"\W*(?:The|Their|This)\s(?:[a-z-]+\s)?(?:call|meeting|talks|conversation|session|discussions?|videoconference|visit)\s"
    r"(?:lasted|took|ran|went on)\b"
)
NEAR_BY = 240
"""Characters within which `the call` is the one just told of."""
THEMED = {"ask", "offer", "response", "complaint", "position", "commitment", "agreement", "no_agreement"}
"""Types that are about what their paragraph is."""
_HONOUR = re.compile(
    r"^(?:the\s)?(?:(?:Rt\.?\s)?Hon|H\.?E|Mr|Ms|Mrs|Dr|Sir|Dame)\.?\s|^[Tt]he\s", re.IGNORECASE
)
_THEME = re.compile(
    r"\W{0,3}(?:(?:Concerning|Regarding|As (?:for|regards|to)|With (?:regard|respect) to"
    r"|Turning to|In the (?:field|area) of|On the (?:issue|question|subject|matter) of)"
    r"\s(?:the\s)?(?P<what>[^,;:]{3,60}),\s)"
)
_EACH_YEAR = re.compile(r"\b(?:annual(?:ly)?|a year|per year|per annum|each year|every year)\b")
_ANOTHER = re.compile(r",\s(?:and\s)?|\sand\s|;\s")


def _amounts(text: str, start: int, end: int) -> list[tuple[QuantityMention, int, int]]:
    """Amounts of a clause with their words: the first, and each behind it with a flow of its own."""
    found = find_quantities(text, start, end)
    kept: list[tuple[QuantityMention, int, int]] = []
    for number, amount in enumerate(found):
        if not number:
            kept.append((amount, start, end))
            continue
        begins = [cut.end() for cut in _ANOTHER.finditer(text, found[number - 1].end, amount.start)]
        if begins and flow_of(text[begins[-1] : amount.start]):
            last = kept[-1]
            kept[-1] = (last[0], last[1], begins[-1])
            kept.append((amount, begins[-1], end))
    return kept


_DRAFTED = Guarded(
    r"\bdraft\s((?:[a-z]+\s){0,2}(?:plan|agreement|statement|text|proposal|declaration"
    r"|communiqu[eé]|document|deal))\b"
)
_LISTS_ON = re.compile(r"\W*(?:specifically|in addition|also|moreover|it (?:will|would|also))\b", re.IGNORECASE)
_BEGUN = Guarded(
    r"since (?:its|their) (?:inauguration|launch|establishment|inception|beginning)"
    r" in (?P<year>(?:19|20)\d\d)\b"
)
_WILL = re.compile(r"(?:will|shall|would|is to|are to|(?:is|are) going to)\b", re.IGNORECASE)
_DECIDES = Guarded(
    r"\bdecid(?:ed|es) to (?:\w+ly )?(?:impose|introduce|extend|renew|prolong|raise|lower|cut|reduce"
    r"|increase|double|halve"
    r"|lift|suspend|remove|scrap|abolish|ban|restrict|tighten|maintain|keep|apply|set|reinstate)\b",
    re.IGNORECASE,
)
"""A government that decides on a measure of its own takes it, and promises nothing."""
_OPINES = Guarded(r"\b(?:could|should|might|ought to|would do well)\b", re.IGNORECASE)
_TAG = re.compile(
    r"^[”\",.\s]*(?:[\w\s.’'-]{2,40}\b)?(?:said|added|says|told reporters)\b[^.,“\"]{0,40}[.,]\s*[“\"]$"
)
"""Who speaks, between two parts of what is said: `,” he said. “`."""
_QUOTES = re.compile('[“"]')
_TURNING = re.compile(r"^\W*but\b")
_JOINING = re.compile(r"^\W*(?:but|and|so|because|while|which)\b")


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
_COUNTED = Guarded(
    r"\b(?:two|three|four|five|six|several|\d{1,2}) (?:\w+ ){0,3}?(?:deals|agreements|pacts"
    r"|memoranda|mous|documents|accords|treaties)\b",
    re.IGNORECASE,
)
_ATTRIBUTION = Guarded(
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
    cuts = {"topic": r",? and on (?=the |\w|[\ue000-\ue007])", "agreement": _TWO_PACTS}.get(kind)
    for cut in re.finditer(cuts, words, re.IGNORECASE) if cuts else ():
        yield clause.start + position, clause.start + cut.start()
        position = cut.end()
    yield clause.start + position, clause.end
