"""One draft after another, decided by a person: accept, edit, reject, skip, take back, or stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast, get_args

import yaml

from kosho.atomic_write import write_whole
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.record.accept import entry_id
from kosho.record.drafts import Decision, Pile, key_of
from kosho.record.likeness import like_in_drafts
from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft, Modality
from kosho.record.vocabulary import Vocabulary, of_documents
from kosho.turns import in_turn

__all__ = ["MODALITIES", "Book", "Counts", "Talk", "changed", "walk"]

ASK = "[a]ccept [e]dit [r]eject [s]kip [u]ndo [q]uit? "
EDIT = "field=value, modality=..., type=..., field= to remove; empty line when done: "


class Book(Protocol):
    """Where accepted drafts go: a record, or a file of measures."""

    path: Path

    def like(self, draft: Draft) -> list[str]:
        """What is in it that says the same as a draft, or contradicts it."""
        ...

    def held_as(self, draft: Draft, name: str) -> str | None:
        """The id of the entry that says the same of the same words already; None where there is none."""
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
    place: Callable[[Draft, Document], None] = lambda _, __: None
    """Shows where the quote stands in its document."""


class _Step(NamedTuple):
    """A decision that can be taken back: of which draft, and the file of the book before and after."""

    number: int
    decision: Decision
    before: bytes | None
    after: bytes | None


def walk(pile: Pile, book: Book, texts: Mapping[str, Document], talk: Talk) -> Counts:
    """Go through the open drafts of a pile.

    Every decision is on disk before the next question. An accepted draft goes into the record first
    and is marked after: broken off between the two, the next walk finds it in the record and marks it.
    """
    counts = Counts()
    abouts = {draft.doc: draft.fields for draft in pile.drafts.values() if draft.type == "document"}
    pending = pile.open_keys
    steps: list[_Step] = []
    number = 0
    while number < len(pending):
        key = pending[number]
        draft = pile.drafts[key]
        known = book.held_as(draft, entry_id(draft))
        if known is not None:
            talk.say(_("{doc}:{start}: is in {path} already, as {known}.", **_told_of(draft, book, known)))
            pile.decide(key, "accepted")
            number += 1
            continue
        before = _content(book.path)
        heading = _("{number} of {number_2}", number=number + 1, number_2=len(pending))
        decision = _one(draft, heading, book, texts, abouts, _Asking(talk, pile, bool(steps)))
        if decision is None:
            break
        if decision == "undo":
            number = _taken_back(steps.pop(), pile, pending, book, counts, talk)
            continue
        pile.decide(key, decision)
        steps.append(_Step(number, decision, before, _content(book.path)))
        setattr(counts, decision, getattr(counts, decision) + 1)
        number += 1
    counts.left = len(pile.open_keys)
    return counts


def _told_of(draft: Draft, book: Book, known: str) -> dict[str, Any]:
    return {"doc": draft.doc, "start": draft.start, "path": book.path.name, "known": known}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _taken_back(step: _Step, pile: Pile, pending: list[str], book: Book, counts: Counts, talk: Talk) -> int:
    """Take a decision back, with what it wrote; where to go on. A file that others changed since stays."""
    if step.before != step.after:
        with in_turn(book.path):
            if _content(book.path) != step.after:
                talk.say(_("{path} has changed since: take the entry out of it by hand.", path=book.path))
                return step.number + 1
            if step.before is None:
                book.path.unlink()
            else:
                write_whole(book.path, step.before)
    pile.reopen(pending[step.number])
    setattr(counts, step.decision, getattr(counts, step.decision) - 1)
    talk.say(_("Taken back."))
    return step.number


class _Asking(NamedTuple):
    """How one draft is asked about."""

    talk: Talk
    pile: Pile
    can_undo: bool


def _shown(draft: Draft, heading: str, book: Book, texts: Mapping[str, Document], asking: _Asking) -> None:
    """A draft, its quote in place, and what is like it."""
    asking.talk.show(heading, draft)
    document = texts.get(draft.doc)
    if document is not None:
        asking.talk.place(draft, document)
    others = (one for one in asking.pile.drafts.values() if asking.pile.decisions[key_of(one)] != "rejected")
    for line in [*book.like(draft), *like_in_drafts(draft, others)]:
        asking.talk.say(f"  ! {line}")


def _one(
    draft: Draft,
    heading: str,
    book: Book,
    texts: Mapping[str, Document],
    abouts: Mapping[str, Mapping[str, Any]],
    asking: _Asking,
) -> Any:
    name, talk = entry_id(draft), asking.talk
    _shown(draft, heading, book, texts, asking)
    while True:
        answer = talk.ask(ASK)
        word = "q" if answer is None else answer.strip().lower()
        if word in _ANSWERS and not (word in _UNDO and not asking.can_undo):
            return _ANSWERS[word]
        if word in _UNDO:
            talk.say(_("Nothing was decided before it in this walk."))
        elif word in ("e", "edit"):
            draft = _edited(draft, talk, asking.pile.words)
            _shown(draft, heading, book, texts, asking)
        elif word not in ("a", "accept"):
            talk.say(_("Answer a, e, r, s, u or q."))
        elif _entered(draft, name, book, texts.get(draft.doc), abouts.get(draft.doc, {}), talk):
            return "accepted"


_UNDO = ("u", "undo")
_ANSWERS = {
    "q": None, "quit": None, "r": "rejected", "reject": "rejected", "s": "skipped", "skip": "skipped",
    "u": "undo", "undo": "undo",
}  # fmt: skip


def _entered(
    draft: Draft, name: str, book: Book, document: Document | None, about: Mapping[str, Any], talk: Talk
) -> bool:
    """Write a draft into the book; False where it does not fit, and the person was told why."""
    try:
        book.enter(draft, name, document, about)
    except InputError as error:
        for problem in error.problems:
            talk.say(str(problem))
        talk.say(_("Not accepted; edit it, or reject it."))
        return False
    talk.say(_("Recorded."))
    return True


def _edited(draft: Draft, talk: Talk, words: Vocabulary) -> Draft:
    """Changes to what a draft says; its quote and place stay as they were read."""
    while True:
        answer = talk.ask(EDIT)
        line = (answer or "").strip()
        if not line:
            return draft
        name, separator, value = (part.strip() for part in line.partition("="))
        if not separator or not name:
            talk.say(_("Write field=value."))
            continue
        try:
            draft = changed(draft, name, value, words)
        except InputError as error:
            talk.say(str(error.problems[0]))


MODALITIES = get_args(Modality)


def changed(draft: Draft, name: str, value: str, words: Vocabulary | None = None) -> Draft:
    """A draft with another type, modality or field, as words give it; a field without words is left out.

    Args:
        draft: As it is.
        name: `type`, `modality` or a field.
        value: What it becomes.
        words: The types and fields that a draft may have: by default those of `kosho read`.

    Raises:
        InputError: there is no such modality, type or field.

    >>> from kosho.record.reading import read_text, Document
    >>> from kosho.record.review import changed
    >>> offer = read_text(Document("a.txt", "Japan will lower its tariff on rice."))[0]
    >>> changed(offer, "products", "[rice, flour]").fields["products"]
    ['rice', 'flour']
    """
    if name == "modality":
        if value not in MODALITIES:
            told = _("The modality is asserted, planned, draft, considered or negated.")
            raise InputError(Problem(told, key="modality"))
        return replace(draft, modality=cast("Modality", value))
    known = words or of_documents()
    if name == "type":
        wrong = known.unknown(value, ())
    else:
        wrong = known.unknown(draft.type, [] if name in draft.fields else [name])
    if wrong:
        raise InputError(wrong)
    if name == "type":
        return replace(draft, type=value)
    kept = {key: one for key, one in draft.fields.items() if key != name or value != ""}
    return replace(draft, fields=kept | ({name: _value(value)} if value != "" else {}))


def _value(text: str) -> Any:
    """What a field's words stand for: a number, a list of plain values, or the words themselves."""
    try:
        value: Any = yaml.safe_load(text)
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ):  # no YAML, a number too long to be one, or no end of lists
        return text
    if isinstance(value, list):
        return value if all(map(_is_plain, cast("list[Any]", value))) else text
    return value if _is_plain(value) and not isinstance(value, str) else text


def _is_plain(value: Any) -> bool:
    """Whether a file of drafts can have a value as it is: words, or a number."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)
