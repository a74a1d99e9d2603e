"""From a draft that a person accepted to a measure of a register file, checked whole before it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law import MeasureFile, Products
from kosho.law.references import cross_checks
from kosho.law.register import shipped_files
from kosho.law.scope import ALL
from kosho.law.yaml_cache import read
from kosho.outputs import save
from kosho.provenance import LONGEST_ID
from kosho.record.proposing.legal_text import LONGEST, missing
from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft
from kosho.record.yaml_insert import Addition, keyed, spliced
from kosho.turns import in_turn
from kosho.yamlfile import validate

__all__ = ["RegisterBook"]


@dataclass
class RegisterBook(Shown):
    """A register file being written to."""

    path: Path
    recorded_at: date
    about: Mapping[str, Mapping[str, str]]
    """By document: title, publisher, day, address."""
    edition: str | None = None
    """Of the schedule that lists are of; that of the year in which a draft became known if left out."""

    def held_as(self, draft: Draft, name: str) -> str | None:
        """The id of the measure that the draft has become already; None where there is none."""
        file = self._file()
        if draft.type != "measure" or file is None:
            return None
        return next((one.id for one in file.measures if one.id in (draft.fields.get("id"), name)), None)

    def like(self, draft: Draft) -> list[str]:
        """Nothing: a measure of a list has its own id, and `held_as` tells whether it is there."""
        del draft
        return []

    def enter(self, draft: Draft, name: str, document: Document | None, about: Mapping[str, Any]) -> str:
        """Write a draft as a measure; its id.

        Args:
            draft: What a person accepted.
            name: What tells the draft from others; not used, since a measure has its own id.
            document: The text it was read from, to hold the quote against; None where it is not at hand.
            about: Not used: what a document says of itself is known from its frame.

        Raises:
            InputError: something is not known, the quote is not there, or the file would not hold together.

        `hs: all` stands for all goods.
        """
        del name, about
        if draft.type != "measure":
            place = draft.fields.get("place") or "its file"
            raise InputError(
                Problem(
                    _("a list is changed by hand"),
                    _("at {place}: see `add` and `remove`, then reject", place=place),
                )
            )
        if document is not None and document.text[draft.start : draft.end] != draft.quote:
            raise InputError(
                Problem(
                    _("the quote is not at {start}", start=draft.start),
                    _("read the file again"),
                    file=draft.doc,
                )
            )
        unknown = missing(draft.fields)
        if unknown:
            raise InputError(
                [
                    Problem(
                        _("{field} is not known", field=field),
                        _("edit it: {field}=...", field=field),
                        key=field,
                    )
                    for field in unknown
                ]
            )
        with in_turn(self.path):
            return self._entered(draft)

    def _entered(self, draft: Draft) -> str:
        file = self._file()
        source, additions = self._source(file, draft)
        text = self.path.read_bytes().decode() if file is not None else "title: Proposed measures\n"
        text = spliced(text, additions)
        codes = _listed(draft.fields["hs"])
        if codes != [ALL]:
            text = self._with_list(text, draft, codes, source)
        text = spliced(text, [(("measures",), _entry(draft, source))])
        written, lines = validate(text, MeasureFile, str(self.path))
        others = [path for path in shipped_files() if path.resolve() != self.path.resolve()]
        documents = [(path, *read(path, MeasureFile)) for path in others]
        found = cross_checks([*documents, (self.path, written, lines)], Products.load())
        if found:
            raise InputError(found)
        save({self.path: text})
        return str(draft.fields["id"])

    def _with_list(self, text: str, draft: Draft, codes: list[str], source: str) -> str:
        """The text with the headings of a measure as a list of its own, named like it."""
        title = f"Goods of {draft.fields['id']}"
        edition = self.edition or f"HTSUS {str(draft.fields['known_from'])[:4]}"
        entry = {"title": title, "edition": edition, "prefixes": codes, "source": [source]}
        try:
            return keyed(text, "lists", str(draft.fields["id"]), entry)
        except KeyError:
            hint = _("write it one entry below another")
            raise InputError(Problem(_("`lists` has no place for another"), hint, str(self.path))) from None

    def _file(self) -> MeasureFile | None:
        return read(self.path, MeasureFile)[0] if self.path.exists() else None

    def _source(self, file: MeasureFile | None, draft: Draft) -> tuple[str, list[Addition]]:
        name = re.sub(r"[^a-z0-9]+", "-", draft.doc.rsplit(".", 1)[0].lower()).strip("-")[:LONGEST_ID]
        if file is not None and any(one.id == name for one in file.sources):
            return name, []
        told = self.about.get(draft.doc, {})
        entry = {
            "id": name,
            "title": told.get("title") or draft.doc,
            "publisher": told.get("publisher") or "not told",
            "date": told.get("published"),
            "url": told.get("url"),
            "kind": "primary",
        }
        return name, [(("sources",), {key: value for key, value in entry.items() if value})]


def _entry(draft: Draft, source: str) -> dict[str, Any]:
    fields = draft.fields
    partners = {"include": _listed(fields["partners"]), "exclude": _listed(fields.get("except"))}
    whole = _listed(fields["hs"]) == [ALL]
    scope = {"goods": True} if whole else {"lists": [str(fields["id"])]}
    entry = {
        "id": str(fields["id"]),
        "title": str(fields["title"]),
        "imposer": str(fields["imposer"]),
        "authority": str(fields["authority"]),
        "partners": {key: value for key, value in partners.items() if value},
        "scope": scope,
        "kind": str(fields["kind"]),
        "value": fields.get("value") if fields["kind"] != "exemption" else None,
        "excludes": _listed(fields.get("excludes")),
        "stage": str(fields.get("stage") or "in_force"),
        "legal_from": str(fields["legal_from"]),
        "legal_to": fields.get("legal_to"),
        "known_from": str(fields["known_from"]),
        "legal_basis": str(fields["legal_basis"]),
        "source": [source],
        "status": "fact",
        "quote": draft.quote[:LONGEST],
    }
    return {key: value for key, value in entry.items() if value not in (None, [], "")}


def _listed(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return (
        [str(one) for one in value]
        if isinstance(value, list | tuple)
        else [one.strip() for one in str(value).split(",")]
    )
