"""The command line: one thin module a room. Exit status 0 done, 1 no answer, 2 wrong input.

A command's module is imported when the command is asked for, or when all are listed.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import ExitStack
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from kosho import language
from kosho._version import __version__
from kosho.cli.endurance import endurable
from kosho.cli.helped import asked_language, helped, mistakes_told
from kosho.cli.spoken import Lang, require_known, spoken
from kosho.cli.streams import give_up, take_any_text
from kosho.cli.typed import as_typed
from kosho.ending import as_interrupted, end_at_once, end_quietly
from kosho.errors import InputError, KoshoError, system_says
from kosho.language import _

__all__ = ["app", "command", "main"]

COMMANDS = (
    "cases",
    "new",
    "codes",
    "brief",
    "bargain",
    "simulate",
    "rate",
    "replicate",
    "validate",
    "bench",
    "tariffs",
    "record",
    "read",
    "corridor",
    "coercion",
    "supply",
    "schema",
    "register",
    "schedule",
    "lines",
    "world",
    "serve",
    "mcp",
)
"""In the order in which they are listed."""

FEW = 50_000
"""Objects between two searches for circles; a command that takes seconds still makes many more."""


def _app_of(name: str) -> typer.Typer:  # noqa: C901, PLR0912 - a case a command
    """The app in the module of a command, which is imported by this."""
    match name:
        case "cases":
            from kosho.cli.cases import app as found
        case "new":
            from kosho.cli.new import app as found
        case "codes":
            from kosho.cli.codes import app as found
        case "brief":
            from kosho.cli.briefs import app as found
        case "bargain":
            from kosho.cli.bargain import app as found
        case "simulate":
            from kosho.cli.simulate import app as found
        case "rate":
            from kosho.cli.rate import app as found
        case "replicate":
            from kosho.cli.replicate import app as found
        case "validate":
            from kosho.cli.validate import app as found
        case "bench":
            from kosho.cli.bench import app as found
        case "tariffs":
            from kosho.cli.tariffs import app as found
        case "record":
            from kosho.cli.record import app as found
        case "read":
            from kosho.cli.read import app as found
        case "corridor":
            from kosho.cli.corridor import app as found
        case "coercion":
            from kosho.cli.coercion import app as found
        case "supply":
            from kosho.cli.supply import app as found
        case "schema":
            from kosho.cli.schema import app as found
        case "register":
            from kosho.cli.register import app as found
        case "schedule":
            from kosho.cli.schedule import app as found
        case "lines":
            from kosho.cli.lines import app as found
        case "world":
            from kosho.cli.world_estimate import app as found
        case "serve":
            from kosho.cli.serve import app as found
        case "mcp":
            from kosho.cli.mcp import app as found
        case _:
            raise KeyError(name)
    return found


class _Commands(MutableMapping[str, Any]):
    """The commands, each made when it is first looked up."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = dict.fromkeys(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        if self._made[name] is None:
            command = get_command(_app_of(name))
            command.name = name
            self._made[name] = helped(endurable(spoken(as_typed(command))))
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class _Group(TyperGroup):
    """`kosho` itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()
        self._told = ExitStack()
        helped(self)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Run a command line in the language it asks for, which mistakes in it are told in as well."""
        asked = asked_language(sys.argv[1:] if args is None else args)
        with language.use(asked or language.current()), self._told:
            return super().main(args, *rest, **settings)

    def make_context(self, *given: Any, **named: Any) -> Any:
        """A context, in which mistakes in the command line are told in the language that is spoken."""
        with mistakes_told(self._told):
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run a command, as `make_context`."""
        with mistakes_told(self._told):
            return super().invoke(ctx)


app = typer.Typer(
    name="kosho",
    cls=_Group,
    help="Prepare trade talks: what is in force, what would happen, to whom, and how sure that is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def command() -> Any:
    """The whole command line, for whoever runs a command in this process."""
    return get_command(app)


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
    lang: Lang = None,
) -> None:
    del version, lang  # their callbacks did what they ask for


def main() -> None:
    """Run the command line; mistakes of the user are told in lines, without a traceback.

    Interrupted or terminated it ends with 130 or 143, quietly: files half-written are removed on the way out,
    and other processes end with this one.
    """
    gc.set_threshold(FEW)  # modules and measures are many objects that stay
    end_quietly()
    take_any_text()
    try:
        require_known(os.environ.get(language.VARIABLE, ""), language.VARIABLE)
        _run()
    except InputError as error:
        _end([str(problem) for problem in error.problems], error.exit_status)
    except KoshoError as error:
        _end([str(error)], error.exit_status)
    except OSError as error:
        give_up()
        _end(_of_system(error), 1)
    except MemoryError:
        _end([_("the memory of this machine is not enough for this")], 1)
    finally:
        end_at_once()
        gc.freeze()  # the process ends: what it holds need not be searched once more


def _run() -> None:
    try:
        with as_interrupted():
            app()
    except SystemExit:
        sys.stdout.flush()  # a full disk is told here, and not by the interpreter as it ends
        raise


def _of_system(error: OSError) -> list[str]:
    """What the system refused; nothing where a reader has gone away, which is no mistake."""
    if error.errno == errno.EPIPE:
        return []
    what = _("standard output cannot be written") if error.filename is None else str(error.filename)
    return [f"{what}: {system_says(error)}"]


def _end(lines: list[str], status: int) -> NoReturn:
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.exit(status)
