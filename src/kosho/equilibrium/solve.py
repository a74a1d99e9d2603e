"""The two verbs: `solve` a shock, `rebase` a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np

from kosho.equilibrium.constraints import Constraint
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.shock import Shock, refuse_other_labels
from kosho.equilibrium.solve_constrained import find_constrained
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import InputError, Problem, suggest
from kosho.world import World, labelled

__all__ = ["Deficits", "rebase", "solve"]

Deficits = Literal["fixed", "zero"]
"""`fixed`: deficits stay what they are as shares of world value added. `zero`: the base is first re-solved
without deficits, and trade stays balanced."""

TOLERANCE = 1e-8
REBASE_TOLERANCE = 1e-11
BALANCED = 1e-9
"""A table whose expenditure misses its uses by less, relative to a country's total, is an equilibrium."""

_REBASED: WeakKeyDictionary[World, dict[Deficits, World]] = WeakKeyDictionary()


def solve(
    world: World,
    shock: Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    constraints: Sequence[Constraint] = (),
    nests: Sequence[Nest] = (),
) -> Outcome:
    """The equilibrium after a shock (Caliendo & Parro 2015, in changes).

    A table that is not an equilibrium is first made one, as `rebase` does, once for each world.

    Args:
        world: The economy before the change.
        shock: What changes, made for this world.
        deficits: See `Deficits`.
        tol: Largest relative gap allowed in any equation.
        constraints: Quotas, tariff quotas and purchase commitments, met to 1e-7; `Outcome.constraints` tells
            their wedges, rents and costs.
        nests: Products that buyers tell apart from the rest of their sector.

    Raises:
        InputError: the shock does not fit the world, or leaves a market without supplier; constraints that
            contradict one another.
        KoshoError: nothing meets a constraint.
        ConvergenceError: no equilibrium was found; it names the residual and the worst country.
    """
    if not 0 < tol < 1:
        raise InputError(Problem(f"tol = {tol:g} is not between 0 and 1", "1e-8 is usual"))
    base = rebase(world, deficits)
    refuse_other_labels(shock, base)
    observed = labelled(world.arrays.income, ("country",), world.countries, world.sectors)
    if constraints or nests:
        found = find_constrained(base, shock, constraints, nests, tol)
        return Outcome(base, found.shock, deficits, observed, found.solution, found.cells, found)
    cells = cells_of(shock, base)
    solution = find(system_of(base, shock, cells), world.countries, tol)
    return Outcome(base, shock, deficits, observed, solution, cells)


def rebase(world: World, deficits: Deficits = "fixed") -> World:
    """The table as an equilibrium: with its own deficits, or with none.

    Returns:
        `world` itself where it already is one.

    Raises:
        InputError: `deficits` is neither word.
        ConvergenceError: no equilibrium was found.
    """
    if deficits not in get_args(Deficits):
        raise InputError(Problem(f"deficits = {deficits!r}", suggest(str(deficits), get_args(Deficits))))
    if world.imbalance <= BALANCED and (deficits == "fixed" or _is_balanced(world)):
        return world
    known = _REBASED.setdefault(world, {})
    if deficits not in known:
        known[deficits] = _rebased(world, deficits)
    return known[deficits]


def _is_balanced(world: World) -> bool:
    a = world.arrays
    return bool((np.abs(a.deficits) <= BALANCED * a.income).all())


def _rebased(world: World, deficits: Deficits) -> World:
    nothing = Shock.none(world)
    system = system_of(world, nothing, cells_of(nothing, world))
    if deficits == "zero":
        system = replace(system, deficits=np.zeros_like(system.deficits))
    flows = find(system, world.countries, REBASE_TOLERANCE).values.net_flow.transpose(1, 2, 0)
    how = "without deficits" if deficits == "zero" else "with its own deficits"
    meta = replace(world.meta, adjustments=(*world.meta.adjustments, f"re-solved as an equilibrium {how}"))
    return replace(world, flows=world.flows.copy(data=np.ascontiguousarray(flows)), meta=meta)
