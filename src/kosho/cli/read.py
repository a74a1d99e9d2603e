"""`kosho read`: documents into drafts, and drafts into the record, one decision at a time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.draft_talk import as_lines, as_tables, decide
from kosho.cli.terminal import show_progress
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from kosho.record.drafts import Pile
    from kosho.record.grounding import Verdict
    from kosho.record.reading import Document, Draft

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(  # noqa: PLR0913 - options of one command
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
    propose: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Ask your own model too: the address of a server that speaks as OpenAI's does."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="With --propose: the model's name.")] = None,
    key_env: Annotated[
        str | None,
        typer.Option("--key-env", metavar="VAR", help="With --propose: the variable that holds your key."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Hold facts on standard input, as JSON, against the file.")
    ] = False,
) -> None:
    """Read documents into drafts of facts, each with the words it rests on."""
    from kosho.errors import InputError, KoshoError, Problem
    from kosho.outputs import require_file

    _fitting(propose, model, key_env, check=check, accept=accept)
    if record is not None and not accept:
        raise InputError(Problem(_("is for --accept"), _("give --accept too"), key="--record"))
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
    if check:
        _check(texts, where)
        return
    unanswered = 0
    if propose is not None and model is not None:
        drafts, unanswered = _with_proposals(texts, drafts, propose, model, key_env)
    if where is not None:
        _keep(where, drafts, texts, book)
    if json:
        as_lines(drafts)
    elif not accept:
        as_tables(drafts, _("kosho read FILE --accept --out drafts.yaml"), [path.name for path in files or ()])
    if unanswered:
        raise KoshoError(
            ngettext(
                "{number} passage was not answered: its drafts are those of the rules alone. Run it again to "
                "ask for it; what was answered is kept.",
                "{number} passages were not answered: their drafts are those of the rules alone. Run it again "
                "to ask for them; what was answered is kept.",
                unanswered,
                number=unanswered,
            )
        )


def _fitting(propose: str | None, model: str | None, key_env: str | None, *, check: bool, accept: bool) -> None:
    """Refuse options that say nothing together.

    Raises:
        InputError: one stands without the other that it needs.
    """
    from kosho.errors import InputError, Problem

    found: list[Problem] = []
    if (propose is None) != (model is None):
        found.append(
            Problem(
                _("need each other"),
                _("--propose http://localhost:11434 --model llama3.1"),
                key="--propose, --model",
            )
        )
    if key_env is not None and propose is None:
        found.append(Problem(_("is for --propose"), _("give the server's address too"), key="--key-env"))
    if key_env is not None and not key_env.strip():
        found.append(Problem(_("names no variable"), _("such as --key-env MY_KEY"), key="--key-env"))
    if check and (accept or propose is not None):
        found.append(
            Problem(_("stands alone"), _("keep its drafts with --out, and decide later"), key="--check")
        )
    if found:
        raise InputError(found)


def _with_proposals(
    texts: dict[str, Document], drafts: list[Draft], url: str, name: str, key_env: str | None
) -> tuple[list[Draft], int]:
    """The drafts of the rules with those of the user's own model that say something else; passages left out."""
    from kosho.record.grounding import Model, beside, propose

    asked = propose(list(texts.values()), Model.at(url, name, key_env), say=_note)
    new = beside(drafts, asked.drafts)
    _note(
        _(
            "{name}: {passages}, {recalled} answered before, {kept} facts kept, {refused} "
            "refused, {new} not found by the rules",
            name=name,
            passages=ngettext("{number} passage", "{number} passages", asked.passages, number=asked.passages),
            recalled=asked.recalled,
            kept=len(asked.drafts),
            refused=len(asked.refused),
            new=len(new),
        )
    )
    for line in asked.unanswered:
        _note(line)
    found = sorted([*drafts, *new], key=lambda draft: (draft.doc, draft.start, draft.end))
    return found, len(asked.unanswered)


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _check(texts: dict[str, Document], where: Path | None) -> None:
    """Facts on standard input, each with what came of it, one JSON object a line."""
    import json

    from kosho.cli.terminal import say_whole
    from kosho.errors import InputError, Problem
    from kosho.record.drafts import Pile
    from kosho.record.grounding import LARGEST, check, facts_in

    words = sys.stdin.read(LARGEST + 1)
    if len(words) > LARGEST:
        raise InputError(
            Problem(
                _("more than {number:,} characters", number=LARGEST),
                _("give them in parts"),
                key=_("standard input"),
            )
        )
    facts = facts_in(words)
    if not facts:
        hint = '{"type": "ask", "fields": {"by": "JPN"}, "quote": "..."}'
        raise InputError(Problem(_("holds no fact with a quote"), hint, key=_("standard input")))
    about = [_document_of(number, fact, texts) for number, fact in enumerate(facts, 1)]
    verdicts: dict[int, Verdict] = {}
    for document in texts.values():
        own = [number for number, one in enumerate(about) if one is document]
        verdicts |= zip(
            own, check(document, [facts[number] for number in own], _("standard input")), strict=True
        )
    kept: list[Draft] = []
    for number in sorted(verdicts):
        verdict = verdicts[number]
        told = {
            "accepted": verdict.draft is not None,
            "refused": verdict.refused,
            "dropped": dict(verdict.dropped),
        }
        told |= {"lowered": verdict.lowered, "draft": verdict.draft.as_dict() if verdict.draft else None}
        say_whole(json.dumps(told))
        kept += [verdict.draft] if verdict.draft else []
    if where is not None:
        pile = Pile.open(where)
        new = pile.add(kept)
        pile.save()
        _note(_added(pile, new))


def _document_of(number: int, fact: dict[str, Any], texts: dict[str, Document]) -> Document:
    """The document that a fact is said to come from; the only one, where it names none.

    Raises:
        InputError: it names none of several, or another.
    """
    from kosho.errors import InputError, Problem

    name = fact.get("doc")
    if isinstance(name, str) and name in texts:
        return texts[name]
    if name is None and len(texts) == 1:
        return next(iter(texts.values()))
    raise InputError(
        Problem(
            _("fact {number} names no file that was given", number=number),
            _("one of {names}", names=", ".join(texts)),
            key="doc",
        )
    )


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
    from kosho.record.reading import each

    texts: dict[str, Document] = {}
    drafts: list[Draft] = []
    wrong: list[Problem] = []
    with show_progress(_("Reading")) as progress:
        for number, (path, one) in enumerate(zip(files, each(files), strict=True), 1):
            progress(
                _("Reading {name} ({number} of {number_2})", name=path.name, number=number, number_2=len(files))
            )
            if isinstance(one, InputError):
                wrong += one.problems
                continue
            document, found = one
            if document.name in texts:
                wrong.append(
                    Problem(_("another file of this name is being read too"), _("rename one"), file=str(path))
                )
                continue
            texts[document.name] = document
            drafts += found
    if wrong:
        raise InputError(wrong)
    return texts, drafts


def _keep(where: Path, drafts: list[Draft], texts: dict[str, Document], record: Path | None) -> None:
    from kosho.record.drafts import Pile

    pile = Pile.open(where)
    new = pile.add(drafts)
    pile.save()
    _note(_added(pile, new))
    if record is not None:
        _accept(pile, record, texts)


def _added(pile: Pile, new: int) -> str:
    """How many drafts a file has more, and how many wait in it."""
    return ngettext(
        "{where}: {new} new draft, {number} to decide on",
        "{where}: {new} new drafts, {number} to decide on",
        new,
        where=pile.path,
        new=new,
        number=len(pile.open_keys),
    )


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
