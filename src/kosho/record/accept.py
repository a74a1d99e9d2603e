"""From a draft that a person accepted to an entry of `record.yaml`.

The file keeps every character it has: entries are put in at the end of their lists, the whole is checked as it
would be, and then written in one step. An id comes from the source and the place: accepting a draft twice adds
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from kosho.codes import blocs, countries
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.outputs import save
from kosho.record.check import dangling
from kosho.record.drafts import key_of
from kosho.record.ledger import Record
from kosho.record.likeness import like_in_record, plain
from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft
from kosho.record.reading.tables import rows
from kosho.record.schema import LONGEST_QUOTE, RecordFile
from kosho.record.yaml_insert import Addition, spliced
from kosho.turns import in_turn
from kosho.yamlfile import Key

__all__ = ["Book", "entry_id"]

STATUS = {
    "event_not_held": "not_held",
    "event_change": "changed",
    "next_meeting": "planned",
    "carried_over": "planned",
}
INSTRUMENT = {
    "being finalised": "draft",
    "scheduled for adoption": "planned",
    "initialled": "initialled",
    "signed": "signed",
    "adopted": "adopted",
}
FIRST_HAND = {
    "joint statement", "news release", "transcript", "press conference", "agreed minutes", "minutes",
    "communiqué", "fact sheet", "Federal Register notice", "WTO notification", "parliamentary answer",
    "press release",
}  # fmt: skip
"""Kinds of documents that those write who act."""
MODES = (("phone", r"phone|call"), ("video", r"video|virtual|online"), ("in person", r"face-to-face|in person"))


@dataclass
class Book(Shown):
    """A record being written to."""

    path: Path
    recorded_at: date

    def held_as(self, draft: Draft, name: str) -> str | None:
        """The id of the entry that says the same of the same words already; None where there is none."""
        return _held_as(Record.load(self.path).file, draft, name) if self.path.exists() else None

    def like(self, draft: Draft) -> list[str]:
        """Entries of the record that say the same as a draft, or contradict it."""
        return like_in_record(draft, Record.load(self.path).file) if self.path.exists() else []

    def enter(self, draft: Draft, name: str, document: Document | None, about: Mapping[str, Any]) -> str:
        """Write a draft into the record; the id of its entry.

        Args:
            draft: What a person accepted.
            name: Id for the entry, from the draft as it was read (`entry_id`).
            document: The text it was read from, to hold the quote against; None where it is not at hand.
            about: Fields of the document itself: title, publisher, published.

        Raises:
            InputError: the quote is not where the draft says, the record would not hold together, or it cannot
                be written.
        """
        if document is not None and document.text[draft.start : draft.end] != draft.quote:
            raise InputError(
                Problem(
                    _("the quote is not at {start}", start=draft.start),
                    _("read the file again"),
                    file=draft.doc,
                )
            )
        with in_turn(self.path):
            return self._entered(draft, name, about)

    def _entered(self, draft: Draft, name: str, about: Mapping[str, Any]) -> str:
        file = Record.load(self.path).file if self.path.exists() else None
        known = _held_as(file, draft, name) if file else None
        if known is not None:
            return known
        additions = _source(file, draft, about)
        if draft.type == "document":
            return self._written(file, additions, _source_id(draft.doc))
        if draft.type in ("person", "person_status"):
            additions += _person(file, draft, self.recorded_at)
        else:
            entry = _statement(draft, self.recorded_at, name)
            additions += _new_parties(file, _parties_of(entry))
            additions.append((("statements",), entry))
        return self._written(file, additions, name)

    def _written(self, before: RecordFile | None, additions: list[Addition], name: str) -> str:
        if before is None:
            text = yaml.safe_dump(
                {"title": _("Record of {value}", value=self.path.parent.name or "talks")}, allow_unicode=True
            )
        else:
            text = self.path.read_bytes().decode()
        text = spliced(text, additions)
        record = Record.of(text.encode(), self.path)
        problems = dangling(record.file, record.lines, str(self.path))
        if before is not None and not _extends(before, record.file, additions):
            hint = _("write its lists one entry below another")
            problems.append(Problem(_("the entry found no place in this file"), hint, str(self.path)))
        if problems:
            raise InputError(problems)
        save({self.path: text})
        return name


def _held_as(file: RecordFile, draft: Draft, name: str) -> str | None:
    """The entry of a record that a draft has become, also where one of them was edited since."""
    source = _source_id(draft.doc)
    if draft.type == "document":
        return next((one.id for one in file.sources if one.id == source), None)
    if draft.type in ("person", "person_status"):
        posts = ((one.id, post) for one in file.people for post in one.posts if post.source == source)
        return next((who for who, post in posts if _one_place(draft, post)), None)
    if any(one.id == name for one in file.statements):
        return name
    new = _statement(draft, date.min, name)
    near = (one for one in file.statements if one.source == source and _one_place(draft, one))
    return next((one.id for one in near if _one_fact(new, one.model_dump(mode="json"))), None)


class _Quoted(Protocol):
    """Whatever rests on a span of a document's text."""

    @property
    def start(self) -> int | None: ...
    @property
    def end(self) -> int | None: ...


def _one_place(draft: Draft, entry: _Quoted) -> bool:
    """Whether a draft and an entry rest on the same words: one quote holds half of the other at least."""
    if entry.start is None or entry.end is None:
        return False
    shared = min(draft.end, entry.end) - max(draft.start, entry.start)
    return 2 * shared >= min(draft.end - draft.start, entry.end - entry.start) > 0


_TELLING = (
    "type",
    "kind",
    "by",
    "products",
    "rate",
    "value",
    "round",
    "date",
    "content",
    "deliverable",
    "what",
)
"""Keys by which two entries on the same words are two facts, where both have them and they differ."""


def _one_fact(new: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Whether nothing tells an entry to be made from one that is there."""
    both = (
        key for key in _TELLING if new.get(key) not in (None, [], "") and held.get(key) not in (None, [], "")
    )
    return all(plain(new[key]) == plain(held[key]) for key in both)


def _extends(before: RecordFile, after: RecordFile, additions: list[Addition]) -> bool:
    """Whether `after` is `before` with the additions at the ends of their lists, and nothing else."""
    plain = after.model_dump()
    for path, _other in reversed(additions):
        listed: Any = plain
        for step in path:
            listed = listed[step]
        if isinstance(listed, tuple):  # lists of the schemas are tuples; only the last entry matters
            _put(plain, path, listed[:-1])
    return plain == before.model_dump()


def _put(plain: Any, path: Key, value: Any) -> None:
    for step in path[:-1]:
        plain = plain[step]
    plain[path[-1]] = value


def _source(file: RecordFile | None, draft: Draft, about: Mapping[str, Any]) -> list[Addition]:
    name = _source_id(draft.doc)
    if file is not None and any(one.id == name for one in file.sources):
        return []
    first_hand = about.get("doc_type") in FIRST_HAND
    entry = {
        "id": name,
        "title": str(about.get("title") or draft.doc),
        "publisher": str(about.get("publisher") or "unknown"),
        "date": str(about["published"])[:10] if about.get("published") else None,
        "kind": "primary" if first_hand else "secondary",
        "file": draft.doc,
    }
    return [(("sources",), {key: value for key, value in entry.items() if value is not None})]


def _person(file: RecordFile | None, draft: Draft, recorded_at: date) -> list[Addition]:
    fields = draft.fields
    party = fields.get("side")
    if not party:
        raise InputError(Problem(_("whose side is not told"), _("edit it: side=JPN"), key="side"))
    if not fields.get("name"):
        raise InputError(Problem(_("the name is not told"), _("edit it: name=..."), key="name"))
    additions = _new_parties(file, [_party_id(party)])
    who = _slug(str(fields["name"]))
    post = _evidence(draft, recorded_at) | {"title": str(fields.get("role") or _("not told"))}
    if fields.get("since"):
        post["since"] = str(fields["since"])
    for n, known in enumerate(file.people if file else ()):
        if known.id == who:
            return [*additions, (("people", n, "posts"), post)]
    entry: dict[str, Any] = {"id": who, "name": str(fields["name"])}
    if fields.get("name_native"):
        entry["native"] = str(fields["name_native"])
    return [*additions, (("people",), entry | {"party": _party_id(party), "posts": [post]})]


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "unnamed"


def _source_id(doc: str) -> str:
    return _slug(doc.rsplit(".", 1)[0])


def entry_id(draft: Draft, key: str | None = None) -> str:
    """Id of the entry a draft becomes; made from the draft as it was read, so that edits do not change it.

    Args:
        draft: As it is.
        key: What `key_of` gave of it as it was read, where it has been edited since.
    """
    return f"{_source_id(draft.doc)}.{draft.start}-{key or key_of(draft)}"


def _party_id(code: Any) -> str:
    return str(code).lower()


def _evidence(draft: Draft, recorded_at: date) -> dict[str, Any]:
    quote, end = draft.quote, draft.end
    if len(quote) > LONGEST_QUOTE:
        quote, end = quote[:LONGEST_QUOTE], draft.start + LONGEST_QUOTE
    return {
        "source": _source_id(draft.doc),
        "quote": quote,
        "start": draft.start,
        "end": end,
        "recorded_at": recorded_at.isoformat(),
    }


def _many(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _statement(draft: Draft, recorded_at: date, name: str) -> dict[str, Any]:
    fields = draft.fields
    entry: dict[str, Any] = {
        "id": name,
        "type": "",
        **_evidence(draft, recorded_at),
        "modality": draft.modality,
    }
    entry["by"] = [
        _party_id(code)
        for code in _many(fields.get("by") or fields.get("imposed_by") or fields.get("reporter"))
    ]
    if fields.get("speaker"):
        entry["attributed_to"] = str(fields["speaker"])
    elif fields.get("attributed_to"):
        entry["attributed_to"] = str(fields["attributed_to"])
    if fields.get("topic"):
        entry["topic"] = str(fields["topic"])
    if fields.get("start") and fields.get("end"):
        entry["date"] = f"{fields['start']}/{fields['end']}"
    elif fields.get("date") or fields.get("signed"):
        entry["date"] = str(fields.get("date") or fields["signed"])
    if fields.get("date_precision") in (
        "day",
        "week",
        "month",
        "quarter",
        "half",
        "year",
        "period",
        "inferred",
    ):
        entry["date_precision"] = fields["date_precision"]
    entry |= _particulars(draft)
    if draft.proposed_by:
        entry["note"] = "; ".join(filter(None, [entry.get("note"), f"proposed by {draft.proposed_by}"]))
    return {key: value for key, value in entry.items() if value not in (None, [], "")}


def _particulars(draft: Draft) -> dict[str, Any]:  # noqa: PLR0911 - one return a type
    kind, fields = draft.type, draft.fields
    goods = {
        "products": _many(fields.get("products") or fields.get("product")),
        "hs": _hs(fields.get("hs_hint")),
    }
    parties = [_party_id(code) for code in _many(fields.get("parties"))]
    if kind in ("event", "event_series", "event_change", "event_not_held", "next_meeting", "carried_over"):
        status = STATUS.get(kind) or ("planned" if draft.modality == "planned" else "held")
        words = draft.quote.lower()
        return {
            "type": "meeting",
            "status": status,
            "kind": str(fields.get("event_type") or kind.replace("_", " ")),
            "level": fields.get("level"),
            "mode": next((mode for mode, p in MODES if re.search(p, words)), None),
            "minutes": fields.get("duration_min"),
            "time": fields.get("time"),
            "place": fields.get("place"),
            "round": fields.get("to_round") if kind == "carried_over" else fields.get("round"),
            "parties": parties,
            "topics": _many(fields.get("topics")),
            "note": _carried(fields) if kind == "carried_over" else None,
        }
    if kind in ("agreement", "agreement_aim", "no_agreement"):
        status = (
            "no_agreement" if kind == "no_agreement" else INSTRUMENT.get(str(fields.get("status")), "agreed")
        )
        aim = draft.quote if kind == "agreement_aim" else None
        return {
            "type": "instrument",
            "kind": str(fields.get("kind") or "agreement"),
            "status": status,
            "parties": parties,
            "aim": aim,
        }
    if kind == "measure":
        status = str(fields.get("status", "in force")).replace(" ", "_")
        status = "announced" if status == "draft" else status
        on = [_party_id(code) for code in _many(fields.get("on"))]
        entry = {"type": "measure", "kind": str(fields.get("kind", "tariff")), "status": status, "on": on}
        return (
            entry
            | {
                "rate": fields.get("rate"),
                "rate_before": fields.get("rate_before"),
                "mast": fields.get("mast_chapter"),
            }
            | goods
        )
    if kind == "deadline":
        return {"type": "deadline", "what": str(fields.get("what") or draft.quote)}
    if kind == "commitment":
        return {
            "type": "commitment",
            "deliverable": str(fields.get("deliverable") or draft.quote),
            "due": fields.get("due"),
        }
    if kind == "quantity":
        partner = _party_id(fields["partner"]) if fields.get("partner") else None
        entry = {
            "type": "quantity",
            "value": fields.get("value"),
            "unit": fields.get("unit"),
            "bound": fields.get("bound"),
        }
        return entry | {"flow": fields.get("flow"), "partner": partner} | goods
    if kind in ("topic", "context", "organisation"):
        told = fields.get("topic") or ", ".join(_many(fields.get("topics"))) or fields.get("org")
        return {"type": kind, "content": str(told or draft.quote)}
    to = [_party_id(code) for code in _many(fields.get("to") or fields.get("against"))]
    entry = {
        "type": "position",
        "kind": kind,
        "to": to,
        "content": fields.get("content") or fields.get("stance"),
        "to_value": fields.get("threshold") or fields.get("value"),
    }
    return entry | {"unit": fields.get("unit"), "mast": fields.get("mast_chapter")} | goods


def _carried(fields: Mapping[str, Any]) -> str:
    """What a meeting to come takes up; the round it comes from is not its own."""
    came = fields.get("from_round")
    return _("takes up points of round {came}", came=came) if came else _("takes up points left open")


def _hs(value: Any) -> list[str]:
    return [code for one in _many(value) for code in one.split(",")]


def _parties_of(entry: Mapping[str, Any]) -> list[str]:
    found = [one for key in ("by", "to", "on", "parties") for one in entry.get(key, [])]
    return [*found, *([entry["partner"]] if "partner" in entry else [])]


@cache
def _groups() -> dict[str, str]:
    """Groups of states that reading knows and that have no code among blocs: `GCC`."""
    return {
        row["code"]: row["names"].split("|")[0] for row in rows("parties") if row["code"] not in countries()
    }


def _new_parties(file: RecordFile | None, parties: list[str]) -> list[Addition]:
    """Those that the record does not have yet."""
    known = {one.id for one in file.parties} if file else set[str]()
    found: list[Addition] = []
    for party in dict.fromkeys(parties):
        code = party.upper()
        if party in known:
            continue
        if code in blocs():
            entry = {"id": party, "name": blocs()[code].name, "kind": "bloc", "code": code}
        elif code in countries():
            entry = {"id": party, "name": countries()[code], "kind": "state", "code": code}
        elif code in _groups():
            entry = {"id": party, "name": _groups()[code], "kind": "body"}
        else:
            message = _("{code!r} is no code of a country or bloc", code=code)
            raise InputError(Problem(message, _("edit it, or add the party to the record")))
        found.append((("parties",), entry))
    return found
