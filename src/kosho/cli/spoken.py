"""`--lang`: in which language a command tells what it found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from kosho import language
from kosho.errors import InputError, Problem, suggest
from kosho.language import _

__all__ = ["Lang", "require_known", "spoken"]


def require_known(tag: str, key: str) -> str:
    """The language that an option or a variable names; where it is none, that is told in the source's.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return language.normal(tag)
    except language.UnknownLanguageError:
        with language.use(language.SOURCE):
            hint = suggest(tag, language.known())
            raise InputError(Problem(_("unknown language {tag!r}", tag=tag), hint, key=key)) from None


def speak(context: typer.Context, value: str | None) -> None:
    """Speak the language that `--lang` names until the command ends."""
    if value is not None:
        context.with_resource(language.use(require_known(value, "--lang")))


Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="en|ja",
        expose_value=False,
        is_eager=True,
        callback=speak,
        help="Language of what is told; else what KOSHO_LANG says, or English.",
    ),
]


def spoken(command: Any) -> Any:
    """A command, or a group and all its commands, with `--lang`."""
    if isinstance(command, TyperGroup):
        for one in command.commands.values():
            spoken(one)
    command.params += _lent()
    return command


def _lent() -> Iterable[Any]:
    return [one for one in get_command(_options).params if one.name == "lang"]


_options = typer.Typer(add_completion=False)


@_options.command()
def _held(*, lang: Lang = None) -> None:
    """Nothing: the option is lent to other commands."""
    del lang
