"""Whose lines talks are about: the options and checks that `request`, `offer` and `swap` share."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from kosho import formatting
from kosho.case_schema import not_apart
from kosho.cli.lines_data import LawDay
from kosho.cli.options import open_case, world_named
from kosho.codes import expand_regions
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _

if TYPE_CHECKING:
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_table import LineTable
    from kosho.world import World

__all__ = ["Budget", "CaseNamed", "Other", "Party", "Sides", "narrowed", "parts_of", "refuse_idle", "sides_of"]

CaseNamed = Annotated[str, typer.Argument(metavar="CASE", help="Whose parties talk.")]

Party = Annotated[
    str | None, typer.Option(metavar="CODE", help="Who asks or offers; the first party of the case.")
]

Other = Annotated[str | None, typer.Option("--to", metavar="CODE", help="The other side; the next party.")]

Budget = Annotated[
    float | None,
    typer.Option(metavar="MILLION", help="Revenue that the giver may lose, of the year of the trade."),
]


@dataclass(frozen=True)
class Sides:
    """Who asks or offers, the other side, and the economy and the law that both start from."""

    world: World
    party: str
    other: str
    law: LawDay
    """Of the case's day."""


def sides_of(case: str, party: str | None, other: str | None, world: str | None) -> Sides:
    """The sides that options name among the parties of a case.

    Raises:
        InputError: there is no such case, or a side is no party of it; both are one.
    """
    opened = open_case(case, None)
    table = opened.worlds(world_named(world, opened)).coarse
    known = [one.economy for one in opened.parties]
    mine = party or known[0]
    theirs = other or next((code for code in known if code != mine), known[0])
    for code, option in ((mine, "--party"), (theirs, "--to")):
        if code not in known:
            raise InputError(
                Problem(_("{code!r} is no party of this case", code=code), suggest(code, known), key=option)
            )
        if not set(expand_regions([code])) & set(table.countries) and code not in table.countries:
            why = f"{code}: {not_apart(code, table)}"
            raise InputError(Problem(why, _("a table that tells both sides apart"), key="--world"))
    if mine == theirs:
        raise InputError(
            Problem(_("both sides are one"), _("parties are {known}", known=", ".join(known)), key="--to")
        )
    on = opened.law_as_of or opened.as_of
    return Sides(table, mine, theirs, LawDay(opened.register, on, on))


def parts_of(world: World, table: LineTable, partner: str, ranked: Collection[str]) -> list[PartOfTrade]:
    """Where lines of sectors that are ranked stand for trade that the table of lines does not name."""
    from kosho.lines.line_packages import parts_of_trade

    return [one for one in parts_of_trade(world, table, partner) if one.sector in ranked]


def narrowed(budget: float | None, exclude: str | None) -> tuple[float | None, list[str]]:
    """The budget and the codes that are not to be freed.

    Raises:
        InputError: the budget is none, or a code is none of tariff lines; all of it.
    """
    problems = Problems()
    if budget is not None and not 0 <= budget < math.inf:
        problems.add(_("a budget of {budget:g}", budget=budget), _("zero or more million"), key="--budget")
    codes: list[str] = []
    for one in (exclude or "").split(","):
        code = one.strip().replace(".", "")
        if code and not re.fullmatch(r"[0-9]{1,10}", code):
            problems.add(_("{code!r} begins no tariff code", code=one.strip()), _("digits"), key="--exclude")
        codes += [code] if code else []
    problems.raise_if_any()
    return budget, codes


def refuse_idle(excluded: Sequence[str], tables: Iterable[LineTable]) -> None:
    """Refuse codes that are not to be freed and that no line has.

    Raises:
        InputError: there are some.
    """
    held = [code for table in tables for code in table.codes]
    idle = [one for one in excluded if not any(code.startswith(one) for code in held)]
    if idle:
        told = _("no line begins with {codes}", codes=formatting.listed(idle))
        raise InputError(Problem(told, _("leave it out, or mend it"), key="--exclude"))
