"""`kosho register propose`: documents into drafts of measures, and drafts into a register file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kosho.cli.draft_talk import as_lines, as_tables, decide
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext

__all__ = ["propose"]


def propose(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="HTS export (CSV, JSON), Federal Register document (JSON, text, HTML), customs message."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DRAFTS.yaml", help="Write the drafts, added to those there.")
    ] = None,
    into: Annotated[
        Path, typer.Option(metavar="MEASURES.yaml", help="With --accept: the register file they enter.")
    ] = Path("my-measures.yaml"),
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Decide on each draft; nothing becomes a measure without you.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, on standard output.")] = False,
) -> None:
    """Propose measures from documents, each with its words; what is not found is asked for, never guessed."""
    from datetime import UTC, datetime

    from kosho.law import MeasureFile, Register
    from kosho.law.yaml_cache import read
    from kosho.outputs import require_file
    from kosho.record.drafts import Pile
    from kosho.record.proposing import law_text
    from kosho.record.proposing import propose as proposed
    from kosho.record.proposing.book import RegisterBook
    from kosho.record.vocabulary import of_law

    if any(path.suffix in (".yaml", ".yml") for path in files):
        raise InputError(Problem(_("give the documents; drafts of before are named by --out")))
    if accept and out is None:
        hint = _("--out drafts.yaml makes one, or adds to one that is there")
        raise InputError(
            Problem(_("needs a file that keeps the drafts and your decisions"), hint, key="--accept")
        )
    require_file(out, into if accept else None)
    if into.exists():
        read(into, MeasureFile)  # a file that is wrong is told before the first question
    texts, drafts = proposed(files, Register.load())
    if out is not None:
        pile = Pile.open(out, of_law())
        new = pile.add(drafts)
        pile.save()
        sys.stderr.write(
            ngettext(
                "{path}: {new} new draft, {number} to decide on\n",
                "{path}: {new} new drafts, {number} to decide on\n",
                new,
                path=pile.path,
                new=new,
                number=len(pile.open_keys),
            )
        )
        if accept:
            about = {path.name: law_text(path).about for path in files}
            decide(pile, RegisterBook(into, datetime.now(UTC).astimezone().date(), about), texts)
    if json:
        as_lines(drafts)
    elif not accept:
        as_tables(
            drafts, _("kosho register propose FILE --accept --out drafts.yaml"), [path.name for path in files]
        )
