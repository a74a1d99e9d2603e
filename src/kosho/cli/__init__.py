"""The command line: one thin module a room. Exit status 0 done, 1 no answer, 2 wrong input."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from kosho._version import __version__
from kosho.cli import (
    bargain,
    briefs,
    cases,
    coercion,
    corridor,
    rate,
    read,
    record,
    register,
    replicate,
    schedule,
    simulate,
    supply,
    tariffs,
    world,
)
from kosho.errors import InputError, KoshoError

__all__ = ["app", "main"]

app = typer.Typer(
    name="kosho",
    help="Prepare trade talks: what is in force, what would happen, to whom, and how sure that is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("cases")(cases.show)
app.command("brief")(briefs.write)
app.command("bargain")(bargain.show)
app.command("simulate")(simulate.show)
app.command("rate")(rate.show)
app.command("replicate")(replicate.show)
app.command("tariffs")(tariffs.show)
app.command("record")(record.show)
app.command("read")(read.show)
app.command("corridor")(corridor.show)
app.command("coercion")(coercion.show)
app.command("supply")(supply.show)
app.add_typer(register.app, name="register")
app.add_typer(schedule.app, name="schedule")
app.add_typer(world.app, name="world")


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"kosho {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; mistakes of the user are told in lines, without a traceback.

    Interrupted or terminated it ends with 130 or 143, quietly: files half-written are removed on the way out,
    and other processes end with this one.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        app()
    except InputError as error:
        _end([str(problem) for problem in error.problems], error.exit_status)
    except KoshoError as error:
        _end([str(error)], error.exit_status)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _end(lines: list[str], status: int) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.exit(status)
