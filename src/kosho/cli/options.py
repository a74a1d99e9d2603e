"""Options that several commands have, said once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kosho.errors import InputError, Problem
from kosho.language import _

if TYPE_CHECKING:
    from datetime import date

    from kosho.case import Case
    from kosho.world import WorldChoice

__all__ = ["AllowIdle", "AsOf", "Deficits", "Json", "WorldNamed", "open_case", "permitted", "world_named"]

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="In force and known on that day; the case's own."),
]
AllowIdle = Annotated[
    bool,
    typer.Option("--allow-idle", help="Go on although measures or options reach nothing; they are named."),
]
Deficits = Annotated[str, typer.Option(metavar="fixed|zero", help="What happens to trade deficits.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")]
WorldNamed = Annotated[
    str | None,
    typer.Option(
        "--world",
        metavar="NAME|FILE[,...]",
        help="The table: icio-2022, talks, full, an imported one (`kosho world list`) or its file; :talks or "
        ":full behind it says how fine. simulate, bargain and brief take several, with commas between.",
    ),
]


def open_case(name: str, as_of: date | None) -> Case:
    """The case as known on the day of `--as-of`; on its own where that names none.

    Raises:
        InputError: there is none, it begins later, or its files are wrong.
    """
    from kosho.case import Case

    try:
        return Case.load(name, as_of)
    except InputError as error:
        told = (
            replace(one, key="--as-of") if one.key == "as_of" and one.file is None else one
            for one in error.problems
        )
        raise InputError(told) from None


def permitted(case: Case, *, allow_idle: bool) -> Case:
    """The case, with leave for what reaches nothing where `--allow-idle` gives it."""
    return case.allowing_idle() if allow_idle else case


def world_named(
    text: str | None, case: Case | None = None, default: str | None = None, *, key: str = "--world"
) -> WorldChoice:
    """The table that `--world` (or the argument `key`) names; without it that of the case, `default`, or the
    one that ships.

    Raises:
        InputError: there is no such table, or several are named.
    """
    from kosho.world import WorldChoice

    if text is None and case is not None:
        return case.world
    named = default if text is None else text
    names = [one for one in (named or "").split(",") if one.strip()]
    if len(names) > 1:
        told = _("names {number} tables, and this is asked of one", number=len(names))
        raise InputError(Problem(told, _("one of {names}", names=", ".join(names)), key=key))
    try:
        return WorldChoice() if named is None else WorldChoice.parse(named)
    except InputError as error:
        raise InputError([Problem(one.message, one.hint, key=key) for one in error.problems]) from None
