"""What every command does alike: say things, show tables, report progress, read options."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from kosho.bounds import out_of_days
from kosho.errors import InputError, Problem, suggest
from kosho.language import _, ngettext
from kosho.progress import Progress, silent

if TYPE_CHECKING:
    from kosho.brief.cells import CellTable

__all__ = [
    "chosen",
    "day",
    "say",
    "say_more_lines",
    "say_whole",
    "show_assumptions",
    "show_json",
    "show_made",
    "show_progress",
    "show_table",
    "terminal_width",
]

WIDTH = 160
"""Columns where nothing says how many there are."""
LEAST_WIDTH = 40
"""Columns below which nothing can be laid out."""

Choice = TypeVar("Choice", bound=str)


def say(text: str) -> None:
    """Lines on standard output, wrapped at their spaces to the width of the terminal."""
    from kosho.cli.layout import wrapped

    say_whole("\n".join(wrapped(text, terminal_width())))


def say_more_lines(left: int, *, out: bool = False) -> None:
    """That tariff lines are left out of a table, if any are, and what shows them: JSON, or `--out` as well."""
    from kosho import formatting

    if left <= 0:
        return
    number = formatting.count(left)
    say(
        ngettext(
            "{number} more line; --out writes all, --json lists all.",
            "{number} more lines; --out writes all, --json lists all.",
            left,
            number=number,
        )
        if out
        else ngettext(
            "{number} more line; --json lists all.",
            "{number} more lines; --json lists all.",
            left,
            number=number,
        )
    )


def say_whole(text: str) -> None:
    """What is not for the width of a terminal: JSON, drawings, names of files."""
    sys.stdout.write(f"{text}\n")


def show_assumptions(texts: Sequence[str]) -> None:
    """What a table of the world needed to answer, one sentence each."""
    for text in texts:
        say(_("Assumed: {text}.", text=text))


def terminal_width() -> int:
    """As wide as the terminal or `COLUMNS` says; wide enough for most tables where neither does."""
    given = os.environ.get("COLUMNS", "")
    known = sys.stdout.isatty() or given.isdigit()
    return max(shutil.get_terminal_size().columns, LEAST_WIDTH) if known else WIDTH


def show_json(content: Mapping[str, Any]) -> None:
    """JSON on standard output, and nothing else."""
    say_whole(json.dumps(content, indent=2, allow_nan=False))


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: int = 0) -> None:
    """A table on standard output; the last `numeric` columns are set flush right. Without a row it says so."""
    from kosho.cli.layout import grid, wrapped

    width = terminal_width()
    if not rows:
        say(_("{title}: nothing", title=title))
        return
    for line in wrapped(title, width):
        say_whole(_bold(line))
    say_whole("\n".join([*grid(columns, rows, width, numeric), ""]))


def _bold(line: str) -> str:
    """The line as a heading, where a person is looking at something that can show one."""
    if not sys.stdout.isatty():
        return line
    from rich.console import Console

    console = Console(width=len(line) + 1)
    with console.capture() as made:
        console.print(line, style="bold", markup=False, highlight=False, end="", soft_wrap=True)
    return made.get()


def show_made(table: CellTable) -> None:
    """A table of a brief, as its page has it; smaller lines stand under the words."""
    rows = [
        [
            "\n".join(filter(None, (cell.text, cell.note, cell.word if cell.tone == "unclear" else "")))
            for cell in row
        ]
        for row in table.rows
    ]
    show_table(table.caption, table.heads("\n"), rows, numeric=table.numeric)


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
        found = date.fromisoformat(text)
        if found.isoformat() != text:  # fromisoformat also reads 20250629 and 2025-W26-7
            raise ValueError(text)
    except ValueError:
        raise InputError(
            Problem(_("{text!r} is not a date", text=text), _("write YYYY-MM-DD"), key=option)
        ) from None
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
    raise InputError(Problem(_("unknown value {text!r}", text=text), suggest(text, choices), key=option))
