"""`kosho read`: documents into drafts, and drafts into the record, one decision at a time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kosho.cli.draft_talk import as_lines, as_tables, decide
from kosho.cli.terminal import show_progress
from kosho.language import _

if TYPE_CHECKING:
    from kosho.record.drafts import Pile
    from kosho.record.reading import Document, Draft

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Text, HTML or PDF; with --accept also a file of drafts.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DRAFTS.yaml",
            help="Write the drafts, added to those there; keeps decisions of --accept too.",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD.yaml",
            help="With --accept: the record that accepted drafts enter, made if it is not there.",
            show_default="record.yaml, if it is there",
        ),
    ] = None,
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Decide on each draft; nothing enters the record without you.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, on standard output.")] = False,
) -> None:
    """Read documents into drafts of facts, each with the words it rests on."""
    from kosho.errors import InputError, Problem
    from kosho.outputs import require_file

    given = list(files or [])
    piles = [path for path in given if path.suffix in (".yaml", ".yml")]
    documents = [path for path in given if path not in piles]
    if len(piles) > 1 or (piles and (out or not accept)):
        raise InputError(Problem(_("give one file of drafts, with --accept and without --out")))
    where = piles[0] if piles else out
    if not documents and not (accept and where is not None and where.exists()):
        raise InputError(Problem(_("no file to read"), _("kosho read FILE...")))
    book = _targets(where, record) if accept else None
    require_file(where, book)
    texts, drafts = _read(documents)
    if where is not None:
        _keep(where, drafts, texts, book)
    if json:
        as_lines(drafts)
    elif not accept:
        as_tables(drafts, _("kosho read FILE --accept --out drafts.yaml"), [path.name for path in files or ()])


def _targets(where: Path | None, record: Path | None) -> Path:
    """The record that accepted drafts enter. A file that is not there is only made where it was named.

    Raises:
        InputError: no file of drafts was named, or no record.
    """
    from kosho.errors import InputError, Problem

    found: list[Problem] = []
    if where is None:
        hint = _("--out drafts.yaml makes one, or give one that is there")
        found.append(Problem(_("needs a file that keeps the drafts and your decisions"), hint, key="--accept"))
    path = record or Path("record.yaml")
    if path.is_dir():
        path /= "record.yaml"
    elif record is None and not path.exists():
        hint = _("--record record.yaml makes one, or name another")
        found.append(Problem(_("there is no record.yaml here for drafts to enter"), hint, key="--accept"))
    if found:
        raise InputError(found)
    return path


def _read(files: list[Path]) -> tuple[dict[str, Document], list[Draft]]:
    from kosho.errors import InputError, Problem
    from kosho.record.reading import decode, read_text

    texts: dict[str, Document] = {}
    drafts: list[Draft] = []
    wrong: list[Problem] = []
    with show_progress("Reading") as progress:
        for number, path in enumerate(files, 1):
            progress(
                _("Reading {name} ({number} of {number_2})", name=path.name, number=number, number_2=len(files))
            )
            try:
                document = decode(path)
            except InputError as error:
                wrong += error.problems
                continue
            if document.name in texts:
                wrong.append(
                    Problem(_("another file of this name is being read too"), _("rename one"), file=str(path))
                )
                continue
            texts[document.name] = document
            drafts += read_text(document)
    if wrong:
        raise InputError(wrong)
    return texts, drafts


def _keep(where: Path, drafts: list[Draft], texts: dict[str, Document], record: Path | None) -> None:
    from kosho.record.drafts import Pile

    pile = Pile.open(where)
    new = pile.add(drafts)
    pile.save()
    sys.stderr.write(
        _(
            "{where}: {new} new drafts, {number} to decide on\n",
            where=where,
            new=new,
            number=len(pile.open_keys),
        )
    )
    if record is not None:
        _accept(pile, record, texts)


def _accept(pile: Pile, path: Path, texts: dict[str, Document]) -> None:
    from datetime import UTC, datetime

    from kosho.errors import InputError
    from kosho.record.accept import Book
    from kosho.record.ledger import Record
    from kosho.record.reading import decode

    if path.exists():
        Record.load(path)  # a record that is wrong is refused before the first question
    for name in {draft.doc for draft in pile.drafts.values()} - set(texts):
        beside = pile.path.parent / name
        if beside.is_file():
            try:
                texts[name] = decode(beside)
            except InputError as error:
                sys.stderr.write(f"{error}\n")
    book = Book(path, datetime.now(UTC).astimezone().date())
    decide(pile, book, texts)
