"""A document that was dropped on the page: its drafts beside the record, and what was decided of them as files.

The same functions as `kosho read` read it and enter drafts. Nothing of the user's is written: files are made in
a folder that is gone afterwards, and given back.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from kosho.errors import InputError, Problem
from kosho.formatting import word
from kosho.language import _, use
from kosho.record.accept import Book, entry_id
from kosho.record.drafts import DraftRow, Pile, key_of
from kosho.record.ledger import Record
from kosho.record.likeness import like_in_drafts, like_in_record
from kosho.record.reading import Document, decode, read_text
from kosho.record.reading.decode import LARGEST_FILE, LARGEST_TEXT
from kosho.record.reading.draft import Draft
from kosho.record.review import MODALITIES, changed
from kosho.record.vocabulary import of_documents

__all__ = [
    "LARGEST_FILE", "Dropped", "Edited", "Kept", "KeyedRow", "Made", "drafts_of", "edited_of", "made_of",
]  # fmt: skip

Made = Literal["drafts", "record"]
"""Files that decisions become."""
NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Dropped:
    """A document as it came, and the record it is held beside."""

    name: str
    content: bytes
    record: str | None
    """The file of the record; None where the case has none."""
    language: str


def drafts_of(dropped: Dropped) -> dict[str, Any]:
    """Text and drafts of a document, each with what in the record says the same, or something else.

    Raises:
        InputError: it cannot be read as text, HTML or PDF, or is over the limits of `kosho read`.

    >>> from kosho.serve.documents import Dropped, drafts_of
    >>> found = drafts_of(Dropped("note.txt", b"Japan will lower its tariff on rice.", None, "en"))
    >>> [one["type"] for one in found["drafts"]]
    ['offer', 'document']
    """
    with use(dropped.language), tempfile.TemporaryDirectory(prefix="kosho-") as folder:
        path = Path(folder) / safe(dropped.name)
        path.write_bytes(dropped.content)
        document = decode(path)
        drafts = read_text(document)
        record = None if dropped.record is None else Path(dropped.record)
        file = None if record is None else Record.load(record).file
        book = None if record is None else Book(record, datetime.now(UTC).astimezone().date())
        return {
            "name": document.name,
            "text": document.text,
            "modalities": {one: word(one) for one in MODALITIES},
            "drafts": [
                draft.as_dict()
                | _named(draft)
                | {
                    "key": key_of(draft),
                    "like": [
                        *([] if file is None else like_in_record(draft, file)),
                        *like_in_drafts(draft, drafts),
                    ],
                    "recorded": book is not None and book.held_as(draft, entry_id(draft)) is not None,
                }
                for draft in drafts
            ],
        }


def _named(draft: Draft) -> dict[str, str]:
    """What a draft is, in words."""
    return {"kind": draft.kind, "certainty": word(draft.modality)}


Words = Annotated[str, Field(max_length=LARGEST_TEXT)]
"""Text that a file can have: words with a length are looked at for signs that are none."""
Plain = Words | int | FiniteFloat | bool | None


class KeyedRow(DraftRow):
    """A draft that may have been edited since it was read, with its key as it was read."""

    fields: dict[Words, Plain | list[Plain]] = Field(default_factory=dict)
    proposed_by: Words | None = None
    key: str | None = Field(None, pattern="^[0-9a-f]{12}$")


@dataclass(frozen=True)
class Edited:
    """A draft with what somebody would change in it, the text it quotes, and the record it may enter."""

    name: str
    text: str
    row: KeyedRow
    changes: dict[str, str]
    """New words by field; `type` and `modality` too; no words take a field away."""
    record: str | None
    language: str


def edited_of(edited: Edited) -> dict[str, Any]:
    """A draft as it was changed, where it would fit into the record: the checks of `kosho read --accept`.

    Raises:
        InputError: it does not quote the text, or would not fit; all that is wrong.

    >>> from kosho.serve.documents import Edited, KeyedRow, edited_of
    >>> row = KeyedRow(doc="a.txt", type="ask", modality="asserted", quote="we ask", start=0, end=6)
    >>> edited_of(Edited("a.txt", "we ask", row, {"by": "JPN"}, None, "en"))["fields"]
    {'by': 'JPN'}
    """
    row, wrong = edited.row, list[Problem]()
    with use(edited.language), tempfile.TemporaryDirectory(prefix="kosho-") as folder:
        document = Document(safe(edited.name), edited.text)
        _refuse_misread([row], document)
        draft = row.draft
        for name, value in edited.changes.items():
            try:
                draft = changed(draft, name, value.strip())
            except InputError as error:
                wrong += error.problems
        if wrong:
            raise InputError(wrong)
        record = None if edited.record is None else Path(edited.record)
        path = _copied(edited.record, Path(folder))
        about = draft.fields if draft.type == "document" else {}
        Book(path, datetime.now(UTC).astimezone().date()).enter(
            draft, entry_id(draft, row.key), document, about
        )
        like = [] if record is None else like_in_record(draft, Record.load(record).file)
        return draft.as_dict() | _named(draft) | {"key": row.key or key_of(row.draft), "like": like}


@dataclass(frozen=True)
class Kept:
    """Drafts with decisions, the text they quote, and the record they may enter."""

    name: str
    text: str
    rows: tuple[KeyedRow, ...]
    record: str | None
    language: str


def made_of(task: tuple[Kept, Made]) -> str:
    """A file of drafts with the decisions, or the record with those in it that were accepted.

    Raises:
        InputError: a draft does not quote the text, or does not fit into the record; all are told.
    """
    kept, made = task
    with use(kept.language), tempfile.TemporaryDirectory(prefix="kosho-") as folder:
        document = Document(safe(kept.name), kept.text)
        _refuse_misread(kept.rows, document)
        pile = Pile(Path(folder) / "drafts.yaml", {}, {})
        for row in kept.rows:
            pile.put(row, row.key)
        return pile.text() if made == "drafts" else _entered(pile, document, kept.record, Path(folder))


def _refuse_misread(rows: Sequence[DraftRow], document: Document) -> None:
    """Refuse drafts that do not quote the text, or say what nothing reads."""
    wrong = [
        Problem(_("the quote is not at {start}", start=row.start), _("read the file again"), key=f"drafts.{n}")
        for n, row in enumerate(rows)
        if row.doc != document.name or document.text[row.start : row.end] != row.quote
    ]
    wrong += [
        replace(one, key=f"drafts.{n}.{one.key}")
        for n, row in enumerate(rows)
        for one in of_documents().unknown(row.type, row.fields)
    ]
    if wrong:
        raise InputError(wrong)


def _entered(pile: Pile, document: Document, record: str | None, folder: Path) -> str:
    """The record with what was accepted."""
    path = _copied(record, folder)
    about = next((one.fields for one in pile.drafts.values() if one.type == "document"), {})
    book, wrong = Book(path, datetime.now(UTC).astimezone().date()), list[Problem]()
    accepted = [key for key, decision in pile.decisions.items() if decision == "accepted"]
    if not accepted:
        raise InputError(Problem(_("no draft was accepted"), _("accept some of them first")))
    for key in accepted:
        draft = pile.drafts[key]
        try:
            book.enter(draft, entry_id(draft, key), document, about)
        except InputError as error:
            wrong += [
                Problem(f"{draft.type}, “{draft.quote[:60]}”: {one.message}", one.hint, key=key)
                for one in error.problems
            ]
    if wrong:
        raise InputError(wrong)
    return path.read_text(encoding="utf-8")


def _copied(record: str | None, folder: Path) -> Path:
    """Where a record may be written to, in a folder that is gone afterwards: it is as the case has it."""
    path = folder / (Path(record).parent.name if record else "record") / "record.yaml"
    path.parent.mkdir()
    if record is not None:
        path.write_bytes(Path(record).read_bytes())
    return path


def safe(name: str) -> str:
    """A file's name without what leads elsewhere.

    >>> from kosho.serve.documents import safe
    >>> safe("../../etc/passwd"), safe("声明 1.html"), safe("..")
    ('passwd', '声明_1.html', 'document')
    """
    plain = NAME.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])[-80:]
    return plain if plain.strip("._") else "document"
