"""How much of what is freed claims the cut: a share that is given, a range by a rule of origin, or all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.errors import InputError, Problem
from kosho.language import _

if TYPE_CHECKING:
    from kosho.arrays import Array
    from kosho.lines.line_table import LineTable
    from kosho.world import World

__all__ = ["Cumulating", "Origin", "Use", "UseOfCuts", "refuse_use", "refuse_value_content", "use_of_cuts"]

Use = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Of imports that claim a cut; left out, all of them, which is assumed and no agreement reaches.",
    ),
]
Origin = Annotated[
    float | None,
    typer.Option(
        metavar="PERCENT",
        help="Value content (build-down) that a rule of origin asks for: use is then the range of what could "
        "comply, by the table of flows.",
    ),
]
Cumulating = Annotated[
    str | None,
    typer.Option(
        "--members",
        metavar="CODE,…",
        help="Whose materials count under --origin beside the exporter's; the importer's, if not given.",
    ),
]


@dataclass(frozen=True)
class UseOfCuts:
    """Shares of imports that claim a cut: least and most, of all or `[line, partner]`."""

    low: float | Array
    high: float | Array
    about: dict[str, Any]
    """For JSON."""
    told: str

    @property
    def is_range(self) -> bool:
        """Whether they were asked of the table of flows."""
        return self.about["by"] == "origin"


def refuse_value_content(percent: float, option: str) -> None:
    """Refuse a value content that no rule asks for.

    Raises:
        InputError: it is outside 0 to 100 percent, or a fraction where percent is meant.
    """
    if not 0 <= percent <= 100:
        told = _("a value content of {threshold:g} %", threshold=percent)
        raise InputError(Problem(told, _("0 to 100"), key=option))
    if 0 < percent <= 1:
        told = _("a value content of {threshold:g} %: no rule asks for so little", threshold=percent)
        raise InputError(
            Problem(
                told,
                _("percent: {percent:g} for a share of {share:g}", percent=100 * percent, share=percent),
                key=option,
            )
        )


def refuse_use(share: float | None, origin: float | None, members: str | None) -> None:
    """Refuse options of the use of cuts that cannot be, before anything is read.

    Raises:
        InputError: both a share and a rule, members without a rule, or figures that cannot be.
    """
    if share is not None and origin is not None:
        told = _("a use that is given, and one by a rule of origin")
        raise InputError(Problem(told, _("leave one of --use and --origin"), key="--use"))
    if share is not None and not 0 <= share <= 1:
        raise InputError(Problem(_("a use of {used:g}", used=share), _("a share, 0 to 1"), key="--use"))
    if members is not None and origin is None:
        raise InputError(Problem(_("members without a rule of origin"), _("give --origin"), key="--members"))
    if origin is not None:
        refuse_value_content(origin, "--origin")


def use_of_cuts(
    world: World, table: LineTable, share: float | None, origin: float | None, members: str | None
) -> UseOfCuts:
    """What options say of the use of cuts.

    Raises:
        InputError: as `refuse_use`; a member is none of the world's.
    """
    refuse_use(share, origin, members)
    if origin is None:
        used = 1.0 if share is None else share
        about = {"by": "assumed" if share is None else "given", "share": used}
        words = (
            _("All goods are taken to claim a cut: assumed; --origin asks the table of flows who could.")
            if share is None
            else _("{share} % of imports claim a cut, as given.", share=formatting.percent(used))
        )
        return UseOfCuts(used, used, about, words)
    from kosho.lines.rules_of_origin import ValueRule, use_of_lines

    given = table.importer if members is None else members
    named = [one.strip() for one in given.split(",") if one.strip()]
    if not named:
        raise InputError(Problem(_("no code given"), _("such as USA,JPN"), key="--members"))
    inside = tuple(economy for one in named for economy in _inside(world, one))
    low, high = use_of_lines(world, table, ValueRule("build-down", origin / 100.0, inside))
    about = {"by": "origin", "method": "build-down", "threshold": origin / 100.0, "members": named}
    words = _(
        "Use of a cut is the range of goods that could meet a value content of {origin} % (build-down, with "
        "materials of {members}), whoever their makers are: the table of flows knows the mean of a sector "
        "alone. All that could are taken to claim.",
        origin=formatting.rate(origin),
        members=formatting.listed([formatting.the_country(one) for one in named]),
    )
    return UseOfCuts(low, high, about, words)


def _inside(world: World, code: str) -> list[str]:
    """The economies of a world that a member is."""
    from kosho.lines.line_packages import members

    return [world.countries[place] for place in members(world, code)]
