"""One draft after another, decided by a person: accept, edit, reject, skip, or stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import yaml

from kosho.errors import InputError
from kosho.language import _
from kosho.record.accept import entry_id
from kosho.record.drafts import Pile
from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft

__all__ = ["Book", "Counts", "Talk", "walk"]

ASK = "[a]ccept [e]dit [r]eject [s]kip [q]uit? "
EDIT = "field=value, modality=..., type=..., field= to remove; empty line when done: "


class Book(Protocol):
    """Where accepted drafts go: a record, or a file of measures."""

    def holds(self, draft: Draft, name: str) -> bool:
        """Whether the draft is in it already."""
        ...

    def enter(self, draft: Draft, name: str, document: Document | None, about: Mapping[str, Any]) -> str:
        """Write a draft into it; the id of its entry."""
        ...


@dataclass
class Counts:
    """What came of a walk."""

    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    left: int = 0


@dataclass(frozen=True)
class Talk:
    """How the walk speaks with the person."""

    ask: Callable[[str], str | None]
    """Puts a question, gives the answer; None when there will be none any more."""
    show: Callable[[str, Draft], None]
    """Shows a draft under a heading."""
    say: Callable[[str], None]


def walk(pile: Pile, book: Book, texts: Mapping[str, Document], talk: Talk) -> Counts:
    """Go through the open drafts of a pile.

    Every decision is on disk before the next question. An accepted draft goes into the record first
    and is marked after: broken off between the two, the next walk finds it in the record and marks it.
    """
    counts = Counts()
    abouts = {draft.doc: draft.fields for draft in pile.drafts.values() if draft.type == "document"}
    pending = pile.open_keys
    for number, key in enumerate(pending, 1):
        draft = pile.drafts[key]
        if book.holds(draft, entry_id(draft)):
            pile.decide(key, "accepted")
            continue
        decision = _one(
            draft, _("{number} of {number_2}", number=number, number_2=len(pending)), book, texts, abouts, talk
        )
        if decision is None:
            counts.left = len(pile.open_keys)
            return counts
        pile.decide(key, decision)
        setattr(counts, decision, getattr(counts, decision) + 1)
    counts.left = len(pile.open_keys)
    return counts


def _one(
    draft: Draft,
    heading: str,
    book: Book,
    texts: Mapping[str, Document],
    abouts: Mapping[str, Mapping[str, Any]],
    talk: Talk,
) -> Any:
    name = entry_id(draft)
    talk.show(heading, draft)
    while True:
        answer = talk.ask(ASK)
        word = (answer or "").strip().lower()
        if answer is None or word in ("q", "quit"):
            return None
        if word in ("r", "reject"):
            return "rejected"
        if word in ("s", "skip"):
            return "skipped"
        if word in ("e", "edit"):
            draft = _edited(draft, talk)
            talk.show(heading, draft)
        elif word in ("a", "accept"):
            try:
                book.enter(draft, name, texts.get(draft.doc), abouts.get(draft.doc, {}))
            except InputError as error:
                for problem in error.problems:
                    talk.say(str(problem))
                talk.say(_("Not accepted; edit it, or reject it."))
                continue
            talk.say(_("Recorded."))
            return "accepted"
        else:
            talk.say(_("Answer a, e, r, s or q."))


def _edited(draft: Draft, talk: Talk) -> Draft:
    """Changes to what a draft says; its quote and place stay as they were read."""
    fields = dict(draft.fields)
    while True:
        answer = talk.ask(EDIT)
        line = (answer or "").strip()
        if not line:
            return replace(draft, fields=fields)
        name, separator, value = (part.strip() for part in line.partition("="))
        if not separator or not name:
            talk.say(_("Write field=value."))
        elif name == "modality":
            if value in ("asserted", "planned", "draft", "considered", "negated"):
                draft = replace(draft, modality=value)
            else:
                talk.say(_("The modality is asserted, planned, draft, considered or negated."))
        elif name == "type":
            draft = replace(draft, type=value)
        elif value == "":
            fields.pop(name, None)
        else:
            fields[name] = _value(value)


def _value(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # no YAML, or a number too long to be one
        return text
    return value if isinstance(value, int | float | list) and not isinstance(value, bool) else text
