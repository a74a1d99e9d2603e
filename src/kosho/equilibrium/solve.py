"""`solve` a counterfactual; `rebase` a table to an equilibrium."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from typing import Literal, overload
from weakref import WeakKeyDictionary

import numpy as np

from kosho.arguments import note_share_of_one, note_sort
from kosho.equilibrium.absorption import absorption_of
from kosho.equilibrium.additionality import in_full, without_promises
from kosho.equilibrium.arguments import Deficits, note_world
from kosho.equilibrium.closed_factors import closed_factors
from kosho.equilibrium.closure import Closure, agreed, refuse_other_world
from kosho.equilibrium.constraints import Settled, partial
from kosho.equilibrium.counterfactual import Counterfactual, as_counterfactual
from kosho.equilibrium.failure import Failure
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.kernel import Nearby
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.shock import Shock, refuse_other_labels
from kosho.equilibrium.solve_constrained import find_constrained
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import ConvergenceError, KoshoError, Problems
from kosho.parallel import one_thread
from kosho.world import World, labelled
from kosho.world.table_checks import refuse_gaps

__all__ = ["Deficits", "rebase", "solve", "solve_near"]

TOLERANCE = 1e-8
REBASE_TOLERANCE = 1e-11
BALANCED = 1e-9
"""A table whose expenditure misses its uses by less, relative to a country's total, is an equilibrium."""

_REBASED: WeakKeyDictionary[World, dict[tuple[bool, Hashable], World]] = WeakKeyDictionary()


@overload
def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    closure: Closure | None = None,
    throw: Literal[True] = True,
) -> Outcome: ...


@overload
def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    closure: Closure | None = None,
    throw: bool,
) -> Outcome | Failure: ...


def solve(
    world: World,
    counterfactual: Counterfactual | Shock,
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    *,
    closure: Closure | None = None,
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
        closure: What adjusts besides; the plain one if not given. Deficits may be said in it, or by `deficits`.
        throw: Whether to raise where there is no answer. If not, a `Failure` is returned with the reason and
            the best point reached. Arguments of wrong types or labels raise in any case.

    Raises:
        InputError: the shock or the closure does not fit the world; a market is left without supplier;
            constraints contradict one another.
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
    note_sort(problems, throw, bool, "throw")
    problems.raise_if_any()
    closure = agreed(closure, deficits)
    refuse_other_world(closure, world)
    change = as_counterfactual(counterfactual)
    refuse_other_labels(change.shock, world)
    try:
        with one_thread():  # sums of several threads differ in their last digits: answers would by machine
            return _solved(world, change, closure, tol)
    except KoshoError as error:
        if throw:
            raise
        return Failure.of(error)


def solve_near(
    world: World, change: Counterfactual, closure: Closure, tol: float, near: Outcome | Nearby | None
) -> Outcome:
    """As `solve`, from the equilibrium of a change that differs little, or of the same change elsewhere.

    Raises:
        InputError, KoshoError, ConvergenceError: as `solve`.
    """
    with one_thread():
        return _solved(world, change, closure, tol, near.nearby if isinstance(near, Outcome) else near)


def _solved(
    world: World, change: Counterfactual, closure: Closure, tol: float, near: Nearby | None = None
) -> Outcome:
    base = rebase(world, closure=closure)
    factors = closed_factors(base, closure)
    observed = labelled(world.arrays.income, ("country",), world.countries, world.sectors)
    absorption = absorption_of(closure, world)
    if absorption is not None:
        absorption.refuse_absent([change.shock])
    shock = change.shock if absorption is None else absorption.applied(change.shock, change.constraints)
    if not change.plain:
        bound = replace(change, shock=shock)
        if partial(change.constraints):
            bound = in_full(bound, bought_anyway(world, without_promises(change), closure, tol))
        found = find_constrained(base, factors, bound, tol, near)
        asked = found.shock if absorption is None else absorption.asked(found.shock, change.constraints)
        return Outcome(base, asked, closure, observed, found.solution, found.cells, found.shock, found)
    cells = cells_of(shock, base)
    system, solution = system_of(base, shock, cells, factors), None
    if near is not None:
        with suppress(ConvergenceError):  # it may be nearer from the base
            solution = find(system, world, tol, near.point)
    solution = solution or find(system, world, tol)
    return Outcome(base, change.shock, closure, observed, solution, cells, shock)


def bought_anyway(world: World, without: Counterfactual, closure: Closure, tol: float) -> dict[str, Settled]:
    """What is bought where nothing is promised, by name of the constraint.

    Args:
        world: The table.
        without: A change as `kosho.equilibrium.additionality.without_promises` leaves it.
        closure: What adjusts.
        tol: Largest relative gap in any equation.

    Raises:
        InputError, KoshoError, ConvergenceError: as `solve`.
    """
    base, absorption = rebase(world, closure=closure), absorption_of(closure, world)
    shock = without.shock if absorption is None else absorption.applied(without.shock, without.constraints)
    found = find_constrained(base, closed_factors(base, closure), replace(without, shock=shock), tol)
    return {one.constraint.name: one for one in found.settled}


def rebase(world: World, deficits: Deficits = "fixed", *, closure: Closure | None = None) -> World:
    """The table as an equilibrium: with its own deficits, or with none.

    Args:
        world: The table.
        deficits: See `Deficits`.
        closure: Whose profits makers earn while the table is re-solved. Labour and capital stay in place: the
            base is the economy as it is.

    Returns:
        `world` itself where it already is one.

    Raises:
        InputError: `world` is no world, or an empty one; `deficits` is neither word.
            A table that stays out of balance, as one that uses what it does not buy, is named by country and
            sector.
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
    closure = agreed(closure, deficits)
    balanced = closure.deficits == "zero"
    if world.imbalance <= BALANCED and (not balanced or _is_balanced(world)):
        return world
    known = _REBASED.setdefault(world, {})
    key = (balanced, closure.made)
    if key not in known:
        known[key] = _rebased(world, Closure(profits=closure.profits), balanced=balanced)
    return known[key]


def _is_balanced(world: World) -> bool:
    a = world.arrays
    return bool((np.abs(a.deficits) <= BALANCED * a.income).all())


def _rebased(world: World, closure: Closure, *, balanced: bool) -> World:
    nothing = Shock.none(world)
    system = system_of(world, nothing, cells_of(nothing, world), closed_factors(world, closure))
    if balanced:
        system = replace(system, deficits=np.zeros_like(system.deficits))
    with one_thread():
        flows = find(system, world, REBASE_TOLERANCE).values.net_flow.transpose(1, 2, 0)
    how = "without deficits" if balanced else "with its own deficits"
    meta = replace(world.meta, adjustments=(*world.meta.adjustments, f"re-solved as an equilibrium {how}"))
    made = replace(world, flows=world.flows.copy(data=np.ascontiguousarray(flows)), meta=meta)
    refuse_gaps(made.arrays, made.countries, made.sectors)
    return made
