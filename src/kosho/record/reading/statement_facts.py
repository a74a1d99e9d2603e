"""Statements as drafts: one an item, with the fields that its words and the words that govern it give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from kosho.record.reading.clauses import Clause, past_somebody
from kosho.record.reading.draft import Modality
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.passives import Passive, passive
from kosho.record.reading.phrases import free_words
from kosho.record.reading.rules import Fit
from kosho.record.reading.statements import first_date, statement_fields
from kosho.record.reading.told import Told

__all__ = ["tell_change_of_post", "tell_statement"]

Fields: TypeAlias = dict[str, Any]


def tell_statement(
    told: Told, clause: Clause, fit: Fit, modality: Modality, *, attributed: str | None, theme: str | None
) -> None:
    """Add a draft for each item that one verb governs: `views on A and on B`."""
    rule = fit.rule
    for number, (start, end) in enumerate(_items(told.mentions, clause, rule.type)):
        fields = statement_fields(told.mentions, clause, rule, start, end)
        verbs = [clause.start + place - len(clause.head) for place in (fit.start, fit.end)]
        verb = (max(verbs[0], clause.start), max(verbs[1], clause.start))
        free = free_words(rule.type, told.mentions.text, told.mentions.masked, verb, end)
        turned = passive(told.mentions, clause, rule.type)
        fields = _together(fields, free) if turned is None else _together(*_turned(turned, fields, free))
        if rule.owned:
            owned = _owned(told, clause, verb, rule.type)
            fields = {
                key: one for key, one in fields.items() if (key, one) != ("against", owned.get("by"))
            } | owned
        if theme and rule.type in THEMED and "topic" not in fields:
            fields["topic"] = theme
        if clause.head and not number:
            fields |= _of_first_item(told, rule.type)
        if rule.type == "no_agreement" and all(m.end <= told.span[0] for m in clause.subject):
            # nobody is named here: it is the document's sides, not those of the last sentence
            sides = {"parties": list(told.mentions.sides)} if told.mentions.sides else {}
            fields = {k: v for k, v in fields.items() if k != "parties"} | sides
        if number:
            kept = ("by", "to", "products", "hs_hint", "parties", "kind", "status", "signatories")
            fields = {k: v for k, v in fields.items() if k in kept}
            if rule.type == "topic":
                fields["topic"] = re.sub(r"^the\s", "", told.mentions.text[start:end])
        if attributed and not clause.speaker:
            fields["attributed_to"] = attributed
        if not _says_nothing(told, clause, rule.type, fields, end):
            told.add(rule.type, modality, fields, start, end)


def _says_nothing(told: Told, clause: Clause, kind: str, fields: Fields, end: int) -> bool:
    """Whether it is of no party, `his members would oppose it`, or commits to nothing, `They agreed to:`."""
    if kind == "position":
        unknown = past_somebody(told.mentions.masked, clause.start, clause.end) > clause.start
        return (bool(clause.subject) or unknown) and not fields.keys() & _OWNERS
    return kind == "commitment" and "deliverable" not in fields and told.mentions.text[:end].endswith(":")


_OWNERS = {"by", "speaker", "attributed_to"}
_WHOSE = ("by", "to", "against", "speaker")


def _turned(turned: Passive, fields: Fields, free: Fields) -> tuple[Fields, Fields]:
    """What is told of a statement in the passive: not of whoever stands as its subject."""
    kept = {key: one for key, one in fields.items() if key not in _WHOSE}
    return kept | turned.fields, {key: turned.without_agent(one) for key, one in free.items()}


def _together(fields: Fields, free: Fields) -> Fields:
    """The words that are told as they are give way where they are a topic."""
    return free | fields if "topic" in free else fields | free


def _owned(told: Told, clause: Clause, words: tuple[int, int], kind: str) -> dict[str, Any]:
    """Whose a statement is that words name after its owner, and to whom: `Chile's request for`.

    Of `criticism from Chile` the words do not tell at whom it is aimed.
    """
    owner = told.mentions.codes(words[0], clause.end)[:1]
    if not owner:
        return {}
    if kind == "complaint":
        return {"by": owner[0]}
    sides = told.mentions.sides if told.mentions.bilateral else ()
    others = [code for code in sides if code not in owner]
    return {"by": owner[0]} | ({"to": others[0]} if others and owner[0] in sides else {})


def _of_first_item(told: Told, kind: str) -> dict[str, Any]:
    """By whom and to whom, as the item says that the same words govern."""
    first = next((d for d in reversed(told.drafts[told.mark :]) if d.type == kind), None)
    shared = ("by", "to", "against", "speaker", "parties", "attributed_to")
    return {key: first.fields[key] for key in shared if key in first.fields} if first else {}


def tell_change_of_post(told: Told, clause: Clause) -> None:
    """Add who takes up a post or leaves one."""
    who = next((m for m in told.mentions.within(clause.start, clause.end, "person") if m.person), None)
    if who is None or who.person is None:
        return
    fields: dict[str, Any] = {"name": who.person.name, "side": who.person.side}
    role = re.search(
        r"\bas (?P<role>(?:the )?[\w’' -]{3,50}?)(?= (?:in|on|from|since|last|this)\b|[,.]|$)",
        told.mentions.text[clause.start : clause.end],
    )
    fields["role"] = role["role"] if role else who.person.role
    fields |= first_date(told.mentions, clause.start, clause.end, "since")
    told.add("person_status", "asserted", {k: v for k, v in fields.items() if v}, clause.start, clause.end)


THEMED = {"ask", "offer", "response", "complaint", "position", "commitment", "agreement", "no_agreement"}
"""Types that are about what their paragraph is."""


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
