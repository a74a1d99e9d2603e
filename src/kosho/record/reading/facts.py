"""From clauses to drafts: what each clause says, with the fields its words give."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

from kosho.record.reading.clauses import Clause, split
from kosho.record.reading.draft import Draft
from kosho.record.reading.factuality import Force, report_untrue
from kosho.record.reading.measure_facts import MeasureFacts
from kosho.record.reading.measures import find_measures
from kosho.record.reading.meeting_facts import MeetingFacts
from kosho.record.reading.meetings import MeetingMention, find_meetings
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.quick import Guarded
from kosho.record.reading.rules import Fit, Rule, first_rule, modality_of
from kosho.record.reading.statement_facts import tell_change_of_post, tell_statement
from kosho.record.reading.told import Told
from kosho.record.reading.voices import Voices

__all__ = ["MEETINGS", "Place", "Reader"]

MEETINGS = {"event", "event_series", "next_meeting", "carried_over", "event_change", "event_not_held"}
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


AGREED = {"joint statement", "fact sheet", "agreed minutes", "communiqué"}
"""Kinds of documents that tell what has been agreed."""
GOVERNS = {"ask", "offer", "commitment", "topic", "agreement", "position", "complaint"}
"""Types that a sentence which introduces a list gives its items, instead of being one itself."""


class Reader:
    """Reads the sentences of one document in order.

    Args:
        doc: Its name.
        mentions: Who is named in it.
        voices: Who speaks in it, where it is a transcript.
        enacts: Whose acts it tells where it names nobody.
        kind: What it is: in a comment, what could or should be done is its author's thought; in what two
            sides issue together, what one of them will do is promised.
    """

    def __init__(
        self, doc: str, mentions: Mentions, voices: Voices, enacts: str | None = None, *, kind: str = ""
    ) -> None:
        self.mentions = mentions
        self._voices, self._opinion = voices, kind == "editorial"
        self._promises = kind in AGREED
        self._told = Told(doc, mentions)
        self._meetings_of = MeetingFacts(self._told)
        self._measures_of = MeasureFacts(self._told, enacts)
        self._before: Clause | None = None
        self._draft_of: str | None = None  # what has been called a draft: `action plan`
        self._in_draft = False
        self._theme: str | None = None  # what a paragraph says that it is about
        self._intro: tuple[int, Clause] | None = None  # where the last words that introduce a list begin

    @property
    def drafts(self) -> list[Draft]:
        """What has been told so far."""
        return self._told.drafts

    def sentence(self, start: int, end: int, place: Place, voice: str | None = None) -> None:
        """Read one sentence; `voice` is who speaks in a transcript."""
        words = self.mentions.text[start:end]
        theme = _THEME.match(words)
        if place.opens or theme:
            self._theme = theme["what"] if theme else None
        told = self._told
        if report_untrue(words, self.mentions.text[slice(*told.span)]):
            told.take_back()
        told.begin(start, end)
        draft = self._is_draft(words, opens_block=place.opens)
        attributed = _attribution(words)
        intro = self._intro[1] if self._intro and self._intro[0] == place.intro else None
        clauses = split(self.mentions, start, end, self._before, self._voices.speaker(voice), intro)
        if place.lists and clauses:
            self._intro = (place.block, clauses[-1])
        types: list[str | None] = []
        for clause in clauses:
            again = types[-1] if clause.item and types else None
            types.append(self._clause(clause, again, draft=draft, attributed=attributed))
        if "no_agreement" in types or any(d.type == "event" for d in told.here):
            told.fold_topics()
        if place.lists:
            told.here = [d for d in told.here if d.type not in GOVERNS]
        told.drop_counted(start)
        told.merge_quoted()
        if clauses:
            self._before = clauses[-1]

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

    def _clause(self, clause: Clause, again: str | None, *, draft: bool, attributed: str | None) -> str | None:
        """Read one clause; the type found, `again` that of the item before it which the same words govern."""
        words = clause.words(self.mentions)
        if self._opinion and not clause.speaker and _OPINES.search(words):
            return None
        force = Force(self.mentions.masked, self._told.span, (clause.start, clause.end), clause.head)
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
                tell_change_of_post(self._told, clause)
            elif rule.type in MEETINGS:
                planned = modality == "planned"
                span = (clause.start, clause.end)
                self._meetings_of.tell(clause, rule.type, span, planned=planned, attributed=attributed)
            else:
                tell_statement(self._told, clause, fit, modality, attributed=attributed, theme=self._theme)
        self._measures_of.tell_measures(clause, found, force)
        if found in (None, "position", "topic"):
            self._measures_of.tell_quantities(clause, force)
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
                span = (one.start, one.end)
                self._meetings_of.tell(clause, one.type, span, planned=one.planned, attributed=attributed)

    def _rule(self, clause: Clause, force: Force, *, draft: bool) -> Fit | None:
        fit = first_rule(self.mentions, clause, force)
        if fit is None or draft:
            return fit
        if self._promises and fit.rule.type == "offer" and _WILL.match(clause.words(self.mentions), fit.start):
            fit = fit._replace(rule=replace(fit.rule, type="commitment"))
        changes = fit.rule.type == "offer" and self._sets_rate(clause, force)
        if fit.rule.type == "commitment":
            decides = _DECIDES.search(clause.words(self.mentions), fit.start)
            will = _WILL.match(clause.words(self.mentions), fit.start)
            told = find_measures(self.mentions, clause, force) if decides or will else []
            changes = bool(told) if decides else any(self._tells_rate(one.fields, clause) for one in told)
        return None if changes else fit

    def _tells_rate(self, fields: dict[str, Any], clause: Clause) -> bool:
        """Whether a measure has a rate that stands in the clause; one that is only lifted has none."""
        given = {key: value for key, value in fields.items() if key.startswith("rate")}
        return bool(given) and (given != {"rate": 0} or _ZERO.search(clause.words(self.mentions)) is not None)

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


_THEME = re.compile(
    r"\W{0,3}(?:(?:Concerning|Regarding|As (?:for|regards|to)|With (?:regard|respect) to"
    r"|Turning to|In the (?:field|area) of|On the (?:issue|question|subject|matter) of)"
    r"\s(?:the\s)?(?P<what>[^,;:]{3,60}),\s)"
)


_DRAFTED = Guarded(
    r"\bdraft\s((?:[a-z]+\s){0,2}(?:plan|agreement|statement|text|proposal|declaration"
    r"|communiqu[eé]|document|deal))\b"
)
_LISTS_ON = re.compile(r"\W*(?:specifically|in addition|also|moreover|it (?:will|would|also))\b", re.IGNORECASE)
_WILL = re.compile(r"(?:will|shall|would|is to|are to|(?:is|are) going to)\b", re.IGNORECASE)
_ZERO = re.compile(r"\b(?:0|zero)[\s-]?(?:%|per)", re.IGNORECASE)
_DECIDES = Guarded(
    r"\bdecid(?:ed|es) to (?:\w+ly )?(?:impose|introduce|extend|renew|prolong|raise|lower|cut|reduce"
    r"|increase|double|halve"
    r"|lift|suspend|remove|scrap|abolish|ban|restrict|tighten|maintain|keep|apply|set|reinstate)\b",
    re.IGNORECASE,
)
"""A government that decides on a measure of its own takes it, and promises nothing."""
_OPINES = Guarded(r"\b(?:could|should|might|ought to|would do well)\b", re.IGNORECASE)


_ATTRIBUTION = Guarded(
    r"(?:^|\b)(?:[Aa]ccording to|[Cc]iting) (?P<who>(?:the )?[^,;]{3,60}?)(?=,|\.|;| on | in "
    r"| that )|(?P<hearsay>\b[Ii]t (?:is|was) (?:said|reported|understood|believed))"
)


def _attribution(words: str) -> str | None:
    match = _ATTRIBUTION.search(words)
    if not match:
        return None
    return match["who"] or f"hearsay ({match['hearsay']})"
