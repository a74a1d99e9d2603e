"""The economy under the law of a day: where talks about lines start from."""

from __future__ import annotations

from datetime import date

from kosho.declared import as_declared
from kosho.equilibrium import solve, world_after
from kosho.impact import shock
from kosho.law import Register
from kosho.world import World

__all__ = ["world_under_law"]


@as_declared
def world_under_law(world: World, register: Register, on: date, known: date | None = None) -> World:
    """A world's table after the duties that are in force on a day.

    Standards, ceilings and what else the register holds besides duties is not in it: lines are about duties.

    Args:
        world: Table of its own year.
        register: Dated measures.
        on: Day in force.
        known: Day of knowledge; the latest by default.

    Raises:
        InputError: as `kosho.impact.shock`.
        ConvergenceError: no equilibrium.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.lines import world_under_law
    >>> from kosho.world import load
    >>> found = world_under_law(load(regions="talks", sectors="talks"), Register.load(), date(2025, 7, 22))
    >>> float(found.tariff.sel(importer="USA", exporter="JPN", sector="C29")) > 0.25
    True
    """
    return world_after(solve(world, shock(world, register, on, known)))
