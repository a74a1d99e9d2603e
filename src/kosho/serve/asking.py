"""A question answered: the command it stands for, run by a process that does nothing else meanwhile."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _, current
from kosho.serve.questions import Question, Read
from kosho.serve.rooms import Rooms
from kosho.serve.speaking import run_in
from kosho.serve.stamps import stamp

__all__ = ["Answer", "answered"]


class Answer(BaseModel):
    """What a command prints with `--json`, and what it rests on."""

    command: list[str]
    kosho: str
    law: str = Field(description="Hash of the law that ships.")
    world: str = Field(description="Hash of the tables that ship.")
    rerun: str = Field(description="The same question on the same law and world has the same.")
    answer: dict[str, Any]


def answered(rooms: Rooms, question: Question) -> Answer:
    """The answer to a question.

    Raises:
        HTTPException: no case of this name may be opened.
        InputError: the question is wrong.
        KoshoError: it has no answer.
    """
    case: str | None = getattr(question, "case", None)
    words = question.words()
    place = None if case is None else rooms.place(case)
    placed = question if place is None else question.model_copy(update={"case": place})
    with _typed(question, placed.words()) as told:
        status, text, problems = rooms.workers.ask(run_in, (rooms.settings.run, current(), told))
    if status == InputError.exit_status:
        raise InputError(replace(one, key=_field(question, one)) for one in problems)
    if status != 0 and not text:
        raise KoshoError("; ".join(map(str, problems)) or _("there is no answer"))
    return Answer(command=words, **stamp([*words, question.model_dump_json()]), answer=_content(question, text))


def _field(question: Question, problem: Problem) -> str | None:
    """What the question calls what the command has another name for: `mfn` for `--mfn`, `add` for `--add 2`."""
    if problem.file is not None or problem.key is None:
        return problem.key
    name = problem.key.removeprefix("--").partition(" ")[0].replace("-", "_").lower()
    return name if name in type(question).model_fields else problem.key


@contextmanager
def _typed(question: Question, words: list[str]) -> Generator[list[str], None, None]:
    """The command with the documents of a question in files, which are gone afterwards."""
    if not isinstance(question, Read):
        yield words
        return
    with tempfile.TemporaryDirectory(prefix="kosho-") as folder:
        path = Path(folder) / question.name
        path.write_text(question.document, encoding="utf-8", newline="")
        yield [str(path) if word == question.name else word for word in words]


def _content(question: Question, text: str) -> dict[str, Any]:
    """What was printed; of documents a list of drafts, one a line."""
    if isinstance(question, Read):
        return {"drafts": [json.loads(line) for line in text.splitlines() if line.strip()]}
    found: dict[str, Any] = json.loads(text)
    return found
