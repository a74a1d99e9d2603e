"""What is like a draft already: the same fact in the record or among drafts, or one that contradicts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from kosho.formatting import word
from kosho.language import _
from kosho.record.reading.draft import Draft
from kosho.record.reading.facts import MEETINGS
from kosho.record.schema import RecordFile

__all__ = ["TOLD", "like_in_drafts", "like_in_record", "plain"]

TOLD = ("role", "rate", "round", "date", "status", "due")
"""Fields by which two facts that are alike may differ."""
SHOWN = 3
"""Likenesses told of one draft at most."""


class _Gist(NamedTuple):
    """What makes two facts one: of a kind, by whom, on whom, about which words."""

    kind: str
    by: frozenset[str]
    on: frozenset[str]
    words: frozenset[str]
    tells: Mapping[str, Any]
    """Values that two such facts must share."""
    where: str


def like_in_drafts(draft: Draft, others: Iterable[Draft]) -> list[str]:
    """Drafts of other documents that say the same of the same, or something else of it.

    >>> told = {"imposed_by": "USA", "products": "cars"}
    >>> one = Draft("a.txt", "measure", "asserted", {**told, "rate": 25}, "q", 0, 1)
    >>> other = Draft("b.txt", "measure", "asserted", {**told, "rate": 15}, "q", 0, 1)
    >>> like_in_drafts(one, [one, other])
    ['differs from b.txt: rate 15, here 25']
    """
    own = _of_draft(draft)
    found = (_compared(own, _of_draft(one)) for one in others if one.doc != draft.doc)
    return [line for line in found if line][:SHOWN]


def like_in_record(draft: Draft, record: RecordFile) -> list[str]:
    """Entries of a record that say the same of the same, or something else of it."""
    own = _of_draft(draft)
    gists = [_of_entry(one.model_dump()) for one in record.statements]
    posts = [
        _Gist(
            "person",
            frozenset(),
            frozenset(),
            _named(one.name),
            {"role": post.title},
            _("{id} in the record", id=one.id),
        )
        for one in record.people
        for post in one.posts
    ]
    found = (_compared(own, other) for other in [*gists, *posts])
    return [line for line in found if line][:SHOWN]


def _compared(own: _Gist, other: _Gist) -> str | None:
    named = bool(own.by & other.by) and (own.on == other.on or not own.on or not other.on)
    if own.kind != other.kind or not (named or own.kind == "person"):
        return None
    shared, fewer = own.words & other.words, min(len(own.words), len(other.words))
    if fewer and 2 * len(shared) < fewer:
        return None
    if not fewer and not (own.tells and own.tells == other.tells):
        return None
    for name, value in own.tells.items():
        told = other.tells.get(name)
        if value is not None and told is not None and plain(value) != plain(told):
            return _(
                "differs from {where}: {name} {other}, here {here}",
                where=other.where,
                name=word(name),
                other=plain(told),
                here=plain(value),
            )
    return _("the same as {where}", where=other.where)


def _of_draft(draft: Draft) -> _Gist:
    fields, kind = draft.fields, draft.type
    if kind == "person":
        return _Gist(
            kind, frozenset(), frozenset(), _named(fields.get("name")), {"role": fields.get("role")}, draft.doc
        )
    if kind == "measure":
        words, tells = _words(fields.get("products")), {"rate": fields.get("rate")}
        return _Gist(kind, _codes(fields.get("imposed_by")), _codes(fields.get("on")), words, tells, draft.doc)
    if kind in MEETINGS:
        tells = {"round": fields.get("round"), "date": fields.get("date") or fields.get("start")}
        words = _words(fields.get("round"))
        return _Gist("meeting", _codes(fields.get("parties")), frozenset(), words, tells, draft.doc)
    to = _codes(fields.get("to") or fields.get("against"))
    words = _words(
        fields.get("content") or fields.get("deliverable") or fields.get("stance") or fields.get("topic")
    )
    if kind == "agreement":
        return _Gist(
            kind, _codes(fields.get("parties")), frozenset(), words, {"status": fields.get("status")}, draft.doc
        )
    return _Gist(kind, _codes(fields.get("by")), to, words, {"due": fields.get("due")}, draft.doc)


def _of_entry(entry: Mapping[str, Any]) -> _Gist:
    kind, where = entry["type"], _("{id} in the record", id=entry["id"])
    if kind == "measure":
        tells, words = {"rate": entry.get("rate")}, _words(entry.get("products"))
        return _Gist(kind, _codes(entry.get("by")), _codes(entry.get("on")), words, tells, where)
    if kind == "meeting":
        date = str(entry.get("date") or "").partition("/")[0] or None
        tells, words = {"round": entry.get("round"), "date": date}, _words(entry.get("round"))
        return _Gist(kind, _codes(entry.get("parties")), frozenset(), words, tells, where)
    words = _words(entry.get("content") or entry.get("deliverable") or entry.get("topic"))
    if kind == "instrument":
        tells = {"status": entry.get("status")}
        return _Gist("agreement", _codes(entry.get("parties")), frozenset(), words, tells, where)
    told = entry.get("kind") if kind == "position" else kind
    return _Gist(
        str(told), _codes(entry.get("by")), _codes(entry.get("to")), words, {"due": entry.get("due")}, where
    )


def plain(value: object) -> str:
    """A value in words by which it is the same as another: `25.0` is `25`.

    >>> plain(25.0), plain("cars")
    ('25', 'cars')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _codes(value: object) -> frozenset[str]:
    many = cast("Iterable[object]", value) if isinstance(value, list | tuple) else [value]
    return frozenset(str(one).upper() for one in many if one)


def _named(name: object) -> frozenset[str]:
    """Words of somebody's name; the whole of one that has short words only, as `Li Na`."""
    return _words(name) or frozenset({str(name).lower()})


def _words(value: object) -> frozenset[str]:
    many = cast("Iterable[object]", value) if isinstance(value, list | tuple) else [value]
    text = " ".join(str(one) for one in many if one is not None).lower()
    return frozenset(re.findall(r"[^\W_]{3,}|\d+", text))
