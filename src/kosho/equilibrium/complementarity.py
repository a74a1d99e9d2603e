"""Wedges that meet bounds at given costs and spending: a small complementarity problem, solved by Newton steps.

Legend: v a variety, c a constraint, z log wedges (zero or more), q what a constraint measures, Q its bound.

    quota         0 <= z ⊥ ln Q - ln q >= 0
    tariff quota  the same, with z at most ln (1 + t_out)/(1 + t_in); q may pass Q where z is at that end
    purchase      0 <= z ⊥ ln q - ln Q >= 0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.constraints import Constraint, Purchase, Quota
from kosho.equilibrium.nests import Demand, Varieties, demand
from kosho.errors import KoshoError, Problem, Problems

__all__ = ["Bounds", "State", "conflict", "gaps", "measured", "settle"]

Array = NDArray[np.float64]

TIGHT = 1e-12
LIMIT = 200
FARTHEST = 40.0
"""A log wedge above this has run away: there is no wedge that meets the bound."""
LONGEST = 3.0
"""Largest change of a log wedge in one step."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """Constraints against the varieties they bound."""

    constraints: tuple[Constraint, ...]
    weight: Array  # (c, v) what a unit of deflated net flow counts; zero outside
    required: Array  # (c,) Q
    cap: Array  # (c,)

    @property
    def sign(self) -> Array:
        """+1 for what makes imports dearer, -1 for what makes them cheaper `(c,)`."""
        return np.array([constraint.sign for constraint in self.constraints])

    @property
    def inside(self) -> Array:
        """Signed membership `(v, c)`: how ln wedges of varieties move with z."""
        return (self.weight > 0).T * self.sign


@dataclass(frozen=True, eq=False)
class State:
    """What the rest of the economy tells the markets."""

    log_cost: Array  # (v,) of each variety's exporter
    log_spending: Array  # (m,)
    log_deflator: Array  # (c, v)


@dataclass(frozen=True, eq=False)
class _Trial:
    z: Array
    demand: Demand
    gap: Array  # (c,) ln q - ln Q
    measured: Array  # (c, v)
    residual: Array


def gaps(of: Varieties, bounds: Bounds, state: State, z: Array) -> Array:
    """How far the conditions are missed: the natural residual z - mid(0, z - F, cap), `(c,)`."""
    return _try(of, bounds, state, z).residual


def measured(of: Varieties, bounds: Bounds, state: State, z: Array) -> Array:
    """What each constraint measures `(c,)`."""
    return _try(of, bounds, state, z).measured.sum(axis=1)


def settle(of: Varieties, bounds: Bounds, state: State, start: Array) -> Array:
    """The log wedges that meet all bounds at the state.

    Raises:
        KoshoError: there are none; it names the constraints.
    """
    here = _try(of, bounds, state, np.clip(start, 0.0, bounds.cap))
    for _ in range(LIMIT):
        if np.abs(here.residual).max(initial=0.0) <= TIGHT:
            return _at_ends(bounds, here)
        step = _newton(of, bounds, here)
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))
        merit, length = float(np.linalg.norm(here.residual)), 1.0
        while True:
            there = _try(of, bounds, state, np.clip(here.z + length * step, 0.0, bounds.cap))
            if float(np.linalg.norm(there.residual)) < merit * (1.0 - 1e-4 * length) or length < 1e-3:
                break
            length *= 0.5
        if np.array_equal(there.z, here.z) or (
            length < 1e-3 and merit <= 1e3 * TIGHT  # as close as rounding lets it
        ):
            break
        here = there
        if here.z.max() > FARTHEST:
            break
    if np.abs(here.residual).max() <= 1e4 * TIGHT:
        return _at_ends(bounds, here)
    raise _unmet(bounds, here)


def _at_ends(bounds: Bounds, here: _Trial) -> Array:
    """Wedges of bounds that do not bind are exactly zero, those at their cap exactly there."""
    free = here.z + bounds.sign * here.gap
    return np.where(free <= 0, 0.0, np.where(free >= bounds.cap, bounds.cap, here.z))


def _try(of: Varieties, bounds: Bounds, state: State, z: Array) -> _Trial:
    added = bounds.inside @ z
    at = demand(of, state.log_cost, added)
    net = np.exp(state.log_spending)[of.market] * at.share / (of.wedge * np.exp(added))
    counted = bounds.weight * net * np.exp(-state.log_deflator)
    with np.errstate(divide="ignore"):
        gap = np.log(counted.sum(axis=1)) - np.log(bounds.required)
    gap = np.nan_to_num(gap, nan=0.0, neginf=-50.0, posinf=50.0)
    free = z + bounds.sign * gap
    return _Trial(z, at, gap, counted, z - np.clip(free, 0.0, bounds.cap))


def _newton(of: Varieties, bounds: Bounds, here: _Trial) -> Array:
    change = here.demand.response(of, bounds.inside) - bounds.inside
    total = here.measured.sum(axis=1, keepdims=True)
    slope = (here.measured / np.where(total > 0, total, 1.0)) @ change  # d gap / d z (c, c)
    free = here.z + bounds.sign * here.gap
    moving = (free > 0) & (free < bounds.cap)
    jacobian = np.where(moving[:, None], -bounds.sign[:, None] * slope, np.eye(len(here.z)))
    # Constraints on the same imports can be equally tight: then the shortest step is taken.
    step = np.linalg.lstsq(jacobian, -here.residual, rcond=1e-12)[0]
    return np.asarray(step, np.float64)


def _unmet(bounds: Bounds, here: _Trial) -> KoshoError:
    wrong = (np.abs(here.residual) > 1e-6) | (here.z > 0.5 * FARTHEST)
    names = " and ".join(repr(bounds.constraints[c].name) for c in np.flatnonzero(wrong))
    return KoshoError(f"no wedge meets {names or 'the constraints'}: they cannot hold together in this economy")


def conflict(bounds: Bounds, of: Varieties) -> None:
    """Refuse bounds that contradict one another whatever the economy does.

    Raises:
        InputError: a smallest set of constraints that cannot all hold, each by name.
    """
    problems = Problems()
    open_ = np.isfinite(of.shock.cost[of.row])
    for c, constraint in enumerate(bounds.constraints):
        supplied = (bounds.weight[c][open_] * of.base[open_] > 0).any()
        if isinstance(constraint, Purchase) and bounds.required[c] > 0 and not supplied:
            problems.add(f"{constraint.name!r} cannot be met: the imports are banned, or the base had none")
    problems.raise_if_any()
    for key in {_key(constraint) for constraint in bounds.constraints}:
        alike = [
            c
            for c, constraint in enumerate(bounds.constraints)
            if _key(constraint) == key and isinstance(constraint, Quota | Purchase)
        ]
        if _possible(bounds, alike, open_):
            continue
        for c in tuple(alike):
            fewer = [other for other in alike if other != c]
            if not _possible(bounds, fewer, open_):
                alike = fewer
        problems.found.append(_contradiction(bounds, alike))
    problems.raise_if_any()


def _contradiction(bounds: Bounds, members: Sequence[int]) -> Problem:
    words = [
        f"{c.name!r} ({'at least' if isinstance(c, Purchase) else 'at most'} {bounds.required[k]:g})"
        for k, c in ((k, bounds.constraints[k]) for k in members)
    ]
    return Problem(" and ".join(words) + " cannot all hold", "change an amount or the flows it is about")


def _key(constraint: Constraint) -> tuple[str, str, str]:
    return constraint.measured, constraint.unit, constraint.deflator


def _possible(bounds: Bounds, members: Sequence[int], open_: NDArray[np.bool_]) -> bool:
    """Whether some non-negative flows meet these bounds."""
    if not any(bounds.sign[c] < 0 for c in members) or not any(bounds.sign[c] > 0 for c in members):
        return True
    from scipy.optimize import linprog  # noqa: PLC0415  (only where both kinds of bounds are given)

    sign = bounds.sign[list(members)]
    counted = bounds.weight[list(members)] * open_
    used = np.flatnonzero(counted.any(axis=0))
    required = bounds.required[list(members)]
    scale = np.where(required > 0, required, 1.0)
    slack = 1e-9 * (required > 0)
    found = linprog(
        np.zeros(len(used)),
        A_ub=(sign / scale)[:, None] * counted[:, used],
        b_ub=sign * required / scale + slack,
        bounds=(0, None),
        method="highs",
    )
    return bool(found.status != 2)
