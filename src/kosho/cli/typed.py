"""What a person typed: no path is empty, no file is both read and written, and what is wrong is told under the
name the command has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from typer.core import TyperGroup

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["as_typed"]

WRITTEN = frozenset({"out", "figure", "measure_to", "into", "record", "page"})
"""Parameters that name what a command writes; all other paths are read."""
DOOR = "name_or_path"
"""What doors of Python call the case or the record that they open: the first argument of a command."""


def as_typed(command: Any) -> Any:
    """A command, or all commands of a group, whose mistakes are told in the words of the command line.

    A key of a file keeps its name. An empty path stands for the folder one is in: a variable of a script that
    is not set, mostly.
    """
    if isinstance(command, TyperGroup):
        for one in command.commands.values():
            as_typed(one)
        return command
    names = {one.name: _typed(one) for one in command.params}
    arguments = [_typed(one) for one in command.params if one.param_type_name == "argument"]
    names |= {DOOR: arguments[0]} if arguments else {}
    for one in command.params:
        if Path in _kinds(one.type_descriptor.annotation):
            _refuse_empty(one, names[one.name])
    plain = command.invoke

    def invoke(context: Any) -> Any:
        _refuse_overwriting(context.params, names)
        try:
            return plain(context)
        except InputError as error:
            told = [
                one if one.file else replace(one, key=names.get(one.key or "", one.key))
                for one in error.problems
            ]
            raise InputError(told) from error

    command.invoke = invoke
    return command


def _refuse_overwriting(given: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """See to it that no file which a command reads is one that it writes.

    Raises:
        InputError: one is: what was read would be lost.
    """
    read = {name: _files(value) for name, value in given.items() if name not in WRITTEN}
    held = {path for paths in read.values() for path in paths}
    found = [
        Problem(
            _("{path} is read by the same command, and would be lost", path=path),
            _("another file"),
            key=names[name],
        )
        for name, value in given.items()
        if name in WRITTEN
        for path in _files(value)
        if any(_same(path, other) for other in held)
    ]
    if found:
        raise InputError(found)


def _files(value: Any) -> list[Path]:
    """The files that are there among what a parameter was given, which may name other things than files."""
    given = value if isinstance(value, list | tuple) else (value,)
    paths = [Path(one) for one in given if isinstance(one, Path | str) and one not in ("", "-")]
    return [path for path in paths if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # words too long for a name, or with a zero character
        return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _typed(parameter: Any) -> str:
    """How a parameter is typed: its longest option, or the word that stands for an argument."""
    if parameter.param_type_name == "option":
        return max(parameter.opts, key=len)
    return (parameter.metavar or parameter.name.upper()).strip("[]").split(".")[0]


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """A type and those that it is made of."""
    return (annotation, *(kind for one in get_args(annotation) for kind in _kinds(one)))


def _refuse_empty(parameter: Any, name: str) -> None:
    plain = parameter.process_value

    def read(context: Any, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and not one.strip():
                raise InputError(Problem(_("{text!r} names no file or folder", text=one), key=name))
        return plain(context, value)

    parameter.process_value = read
