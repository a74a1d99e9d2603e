"""The law that a table's year had: what every change is measured against.

A table holds the effect of the duties of its own year. The register says what they were where it covers the
year. Where it does not, changes are measured against the nearest day that it does cover, and that is said: what
the law changed between the table's year and that day is then missing from every result.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.register import Register
from kosho.world import World

__all__ = ["assumptions", "base_days", "base_end"]


def base_days(register: Register, world: World) -> list[tuple[float, date]]:
    """Days whose laws make up the base, each with its share: spans of the table's year, or one day near it.

    Raises:
        InputError: the world has no base year, or the register covers no day of all its imposers.
    """
    year = _year(world)
    stand_in = _stand_in(register, year)
    if stand_in is not None:
        return [(1.0, stand_in)]
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    starts = {day for measure in register.measures for day in measure.days_of_change}
    starts |= {m.legal_to + timedelta(days=1) for m in register.measures if m.legal_to is not None}
    days = [first, *sorted(day for day in starts if first < day < after), after]
    return [((end - start).days / (after - first).days, start) for start, end in pairwise(days)]


def base_end(register: Register, world: World) -> date | None:
    """The last day of the base; None where the world has no year."""
    if world.meta.year is None:
        return None
    return _stand_in(register, world.meta.year) or date(world.meta.year, 12, 31)


def assumptions(register: Register, world: World) -> tuple[str, ...]:
    """What results of law in a world rest on besides the law, in words; empty where nothing was assumed.

    Raises:
        InputError: as `base_days`, or as `World.law_cells`.
    """
    year = _year(world)
    day = _stand_in(register, year)
    if day is None:
        return world.assumed
    told = _(
        "the register does not cover {year}, the year of the table: the law is compared with that of "
        "{day}, as if it had held in {year}; what changed between is left out",
        year=year,
        day=day,
    )
    return (told, *world.assumed)


def _year(world: World) -> int:
    if world.meta.year is None:
        raise InputError(Problem(_("the world has no base year"), _("set meta.year")))
    return world.meta.year


def _stand_in(register: Register, year: int) -> date | None:
    """None where all of a year is covered; else the covered day nearest to it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if _covered(register, first) and _covered(register, last):
        return None
    ends = sorted({day for span in register.covers for day in (span.first, span.last)})
    fitting = [day for day in ends if _covered(register, day)]
    if not fitting:
        register.refuse_uncovered(first)
    return min(fitting, key=lambda day: max((first - day).days, (day - last).days, 0))


def _covered(register: Register, on: date) -> bool:
    try:
        register.refuse_uncovered(on)
    except InputError:
        return False
    return True
