"""`solve` a counterfactual; `rebase` a table to an equilibrium."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, overload
from weakref import WeakKeyDictionary

import numpy as np

from kosho.arguments import note_share_of_one
from kosho.equilibrium.arguments import Deficits, note_world
from kosho.equilibrium.counterfactual import Counterfactual, as_counterfactual
from kosho.equilibrium.failure import Failure
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.shock import Shock, refuse_other_labels
from kosho.equilibrium.solve_constrained import find_constrained
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import KoshoError, Problems
from kosho.world import World, labelled

__all__ = ["Deficits", "rebase", "solve"]

TOLERANCE = 1e-8
REBASE_TOLERANCE = 1e-11
BALANCED = 1e-9
"""A table whose expenditure misses its uses by less, relative to a country's total, is an equilibrium."""

_REBASED: WeakKeyDictionary[World, dict[Deficits, World]] = WeakKeyDictionary()


@overload
def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    throw: Literal[True] = True,
) -> Outcome: ...


@overload
def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    throw: bool,
) -> Outcome | Failure: ...


def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    throw: bool = True,
) -> Outcome | Failure:
    """The equilibrium of a counterfactual (Caliendo & Parro 2015, in changes).

    A table that is not an equilibrium is first made one, as `rebase` does, once for each world.

    Args:
        world: The economy before the change.
        counterfactual: What changes, made for this world: a shock, alone or with quantity constraints (met to
            1e-7; `Outcome.constraints` gives their wedges, rents and costs) and product nests.
        deficits: See `Deficits`.
        tol: Largest relative gap allowed in any equation.
        throw: Whether to raise where there is no answer. If not, a `Failure` is returned with the reason and
            the best point reached. Arguments of wrong types or labels raise in any case.

    Raises:
        InputError: the shock does not fit the world, or leaves a market without supplier; constraints that
            contradict one another.
        KoshoError: nothing meets a constraint.
        ConvergenceError: no equilibrium was found; it names the residual and the worst country and sector,
            and holds the best point reached.

    >>> from kosho.equilibrium import Shock, solve
    >>> from kosho.world import toy
    >>> outcome = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15}))
    >>> outcome.equivalent_variation.round(-1).to_series().to_dict()
    {'JPN': -4440.0, 'USA': 2710.0, 'CHN': -20.0}
    """
    problems = Problems()
    note_world(problems, world, deficits)
    note_share_of_one(problems, tol, "tol", "1e-8")
    problems.raise_if_any()
    change = as_counterfactual(counterfactual)
    refuse_other_labels(change.shock, world)
    try:
        return _solved(world, change, deficits, tol)
    except KoshoError as error:
        if throw:
            raise
        return Failure.of(error)


def _solved(world: World, change: Counterfactual, deficits: Deficits, tol: float) -> Outcome:
    base = rebase(world, deficits)
    observed = labelled(world.arrays.income, ("country",), world.countries, world.sectors)
    if not change.plain:
        found = find_constrained(base, change.shock, change.constraints, change.nests, tol)
        return Outcome(base, found.shock, deficits, observed, found.solution, found.cells, found)
    cells = cells_of(change.shock, base)
    solution = find(system_of(base, change.shock, cells), world, tol)
    return Outcome(base, change.shock, deficits, observed, solution, cells)


def rebase(world: World, deficits: Deficits = "fixed") -> World:
    """The table as an equilibrium: with its own deficits, or with none.

    Returns:
        `world` itself where it already is one.

    Raises:
        InputError: `world` is no world, or an empty one; `deficits` is neither word.
        ConvergenceError: no equilibrium was found.

    >>> from kosho.equilibrium import rebase
    >>> from kosho.world import toy
    >>> rebase(toy()) is toy()  # an equilibrium already
    True
    >>> bool(abs(rebase(toy(), "zero").arrays.deficits).max() < 1e-3)
    True
    """
    problems = Problems()
    note_world(problems, world, deficits)
    problems.raise_if_any()
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
    flows = find(system, world, REBASE_TOLERANCE).values.net_flow.transpose(1, 2, 0)
    how = "without deficits" if deficits == "zero" else "with its own deficits"
    meta = replace(world.meta, adjustments=(*world.meta.adjustments, f"re-solved as an equilibrium {how}"))
    return replace(world, flows=world.flows.copy(data=np.ascontiguousarray(flows)), meta=meta)
