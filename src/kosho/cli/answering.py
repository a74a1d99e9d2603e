"""A command run for another program in this process: what it would print, and what it says is wrong."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import typer

from kosho.errors import InputError, KoshoError, Problem

__all__ = ["answer"]

MISUSE: Any = next(one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException")
"""What a command line raises that is none: of click, or of the copy of it that Typer brings of late."""


def answer(words: Sequence[str]) -> tuple[int, str, tuple[Problem, ...]]:
    """Run a command: its status, what it prints on standard output, and what is wrong.

    It is for a process that does nothing else meanwhile: standard output is one for all threads.

    >>> from kosho.cli.answering import answer
    >>> answer(["rate", "USA", "ATLANTIS", "8703.23", "--json"])[0]
    2
    """
    from kosho.cli import command

    out, log = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(log):
        try:
            status = command().main(list(words), prog_name="kosho", standalone_mode=False)
        except MISUSE as error:
            return 2, "", (Problem(error.format_message()),)
        except InputError as error:
            return 2, "", error.problems
        except KoshoError as error:
            return error.exit_status, out.getvalue(), (Problem(str(error)),)
    return (status if isinstance(status, int) else 0), out.getvalue(), ()
