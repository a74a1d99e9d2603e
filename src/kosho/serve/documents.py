"""A document that was dropped on the page: its drafts beside the record, and what was decided of them as files.

The same functions as `kosho read` read it and enter drafts. Nothing of the user's is written: files are made in
a folder that is gone afterwards, and given back.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from kosho.errors import InputError, Problem
from kosho.language import _, use
from kosho.record.accept import Book, entry_id
from kosho.record.drafts import DraftRow, Pile, key_of
from kosho.record.ledger import Record
from kosho.record.likeness import like_in_drafts, like_in_record
from kosho.record.reading import Document, decode, read_text
from kosho.record.reading.decode import LARGEST_FILE

__all__ = ["LARGEST_FILE", "Dropped", "Kept", "Made", "drafts_of", "made_of"]

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
            "drafts": [
                draft.as_dict()
                | {
                    "key": key_of(draft),
                    "like": [
                        *([] if file is None else like_in_record(draft, file)),
                        *like_in_drafts(draft, drafts),
                    ],
                    "recorded": book is not None and book.holds(draft, entry_id(draft)),
                }
                for draft in drafts
            ],
        }


@dataclass(frozen=True)
class Kept:
    """Drafts with decisions, the text they quote, and the record they may enter."""

    name: str
    text: str
    rows: tuple[DraftRow, ...]
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
        _refuse_misquoted(kept.rows, document)
        pile = Pile(Path(folder) / "drafts.yaml", {}, {})
        for row in kept.rows:
            pile.put(row)
        return pile.text() if made == "drafts" else _entered(pile, document, kept.record, Path(folder))


def _refuse_misquoted(rows: Sequence[DraftRow], document: Document) -> None:
    wrong = [
        Problem(_("the quote is not at {start}", start=row.start), _("read the file again"), key=f"drafts.{n}")
        for n, row in enumerate(rows)
        if row.doc != document.name or document.text[row.start : row.end] != row.quote
    ]
    if wrong:
        raise InputError(wrong)


def _entered(pile: Pile, document: Document, record: str | None, folder: Path) -> str:
    """The record with what was accepted."""
    path = folder / (Path(record).parent.name if record else "record") / "record.yaml"
    path.parent.mkdir()
    if record is not None:
        path.write_bytes(Path(record).read_bytes())
    about = next((one.fields for one in pile.drafts.values() if one.type == "document"), {})
    book, wrong = Book(path, datetime.now(UTC).astimezone().date()), list[Problem]()
    accepted = [key for key, decision in pile.decisions.items() if decision == "accepted"]
    if not accepted:
        raise InputError(Problem(_("no draft was accepted"), _("accept some of them first")))
    for key in accepted:
        draft = pile.drafts[key]
        try:
            book.enter(draft, entry_id(draft), document, about)
        except InputError as error:
            wrong += [
                Problem(f"{draft.type}, “{draft.quote[:60]}”: {one.message}", one.hint, key=key)
                for one in error.problems
            ]
    if wrong:
        raise InputError(wrong)
    return path.read_text(encoding="utf-8")


def safe(name: str) -> str:
    """A file's name without what leads elsewhere.

    >>> from kosho.serve.documents import safe
    >>> safe("../../etc/passwd"), safe("声明 1.html"), safe("..")
    ('passwd', '声明_1.html', 'document')
    """
    plain = NAME.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])[-80:]
    return plain if plain.strip("._") else "document"
