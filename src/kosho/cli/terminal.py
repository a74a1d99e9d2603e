"""What every command does alike: say things, show tables, report progress, read options."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from kosho.bounds import out_of_days
from kosho.errors import InputError, Problem, suggest
from kosho.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console

    from kosho.brief.tables import CellTable

__all__ = [
    "chosen",
    "day",
    "note",
    "say",
    "show_assumptions",
    "show_json",
    "show_made",
    "show_progress",
    "show_table",
]

WIDTH = 160
"""Columns where nothing says how many there are."""
GAP = 3
LEAST = 16
"""Columns that words need."""

Choice = TypeVar("Choice", bound=str)


def say(text: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """A sentence or more on standard output, wrapped."""
    say(textwrap.fill(text, _console().width, break_long_words=False, break_on_hyphens=False))


def show_assumptions(texts: Sequence[str]) -> None:
    """What a table of the world needed to answer, one sentence each."""
    for text in texts:
        note(f"Assumed: {text}.")


def _console() -> Console:
    """As wide as the terminal or `COLUMNS` says; wide enough for most tables where neither does."""
    from rich.console import Console

    console = Console()
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console
    return Console(width=WIDTH)


def show_json(content: Mapping[str, Any]) -> None:
    """JSON on standard output, and nothing else."""
    say(json.dumps(content, indent=2, allow_nan=False))


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: int = 0) -> None:
    """A table on standard output; the last `numeric` columns are set flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    whole = _fits(columns, rows, numeric, console.width)
    for position, column in enumerate(columns):
        right = position >= len(columns) - numeric
        table.add_column(
            Text(column),
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=right and whole,  # numbers stay on a line while the words beside them can give way
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # A title of the table itself would be wrapped to its width.
    console.print(Text(title, style="table.title"))
    console.print(table)


def _fits(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: int, width: int) -> bool:
    """Whether numbers can stay on their lines and leave room for the words, none of which is broken."""
    needed = 0
    for position, column in enumerate(zip(columns, *rows, strict=True)):
        number = position >= len(columns) - numeric
        pieces = [piece for text in column for piece in (text.split("\n") if number else text.split())]
        needed += max((0 if number else LEAST, *map(len, pieces)))
    return needed + GAP * len(columns) <= width


def show_made(table: CellTable) -> None:
    """A table of a brief, as its page has it; smaller lines stand under the words."""
    columns = table.columns
    if table.groups:
        heads = ["", *(name for name in table.groups[1:] for _ in range(table.group_width))]
        columns = tuple(f"{head}\n{name}".lstrip() for head, name in zip(heads, columns, strict=True))
    rows = [["\n".join(filter(None, (cell.text, cell.note))) for cell in row] for row in table.rows]
    show_table(table.caption, columns, rows, numeric=table.numeric)


@contextmanager
def show_progress(text: str) -> Generator[Progress, None, None]:
    """A line on standard error that says what is being done, if a person is looking."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(text) as status:
        yield lambda text: status.update(Text(text))  # titles of cases are not markup


def day(text: str | None, option: str) -> date | None:
    """A calendar day from an option.

    Raises:
        InputError: it is not one.
    """
    if text is None:
        return None
    try:
        if len(text) != len("YYYY-MM-DD"):  # fromisoformat also reads 20250629 and 2025-W26
            raise ValueError(text)
        found = date.fromisoformat(text)
    except ValueError:
        raise InputError(Problem(f"{text!r} is not a date", "write YYYY-MM-DD", key=option)) from None
    if (wrong := out_of_days(found)) is not None:
        raise InputError(Problem(wrong, key=option))
    return found


def chosen(text: str, choices: Sequence[Choice], option: str) -> Choice:
    """One of `choices`.

    Raises:
        InputError: it is none of them.
    """
    for choice in choices:
        if text == choice:
            return choice
    raise InputError(Problem(f"unknown value {text!r}", suggest(text, choices), key=option))
