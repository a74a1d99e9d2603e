"""Wedges that meet constraints at given costs and spending: complementarity conditions by Newton steps.

Legend: v a variety, r one that a constraint is about, c a constraint, z log wedges (zero or more), q what a
constraint measures, Q its bound; b a state of the economy with bounds of its own, solved beside the others.

    quota         0 <= z ⊥ ln Q - ln q >= 0
    tariff quota  the same, with z at most ln (1 + t_out)/(1 + t_in); q may pass Q where z is at that end
    purchase      0 <= z ⊥ ln q - ln Q >= 0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.constraints import Constraint, Purchase, Quota
from kosho.equilibrium.nests import Demand, Varieties, demand
from kosho.errors import KoshoError, Problem, Problems
from kosho.language import _

__all__ = [
    "TIGHT",
    "EconomyState",
    "Met",
    "WedgeBounds",
    "Wedges",
    "conflict",
    "earning",
    "gaps",
    "refuse_unmet",
    "settle",
    "wedges",
]


TIGHT = 1e-12
LIMIT = 200
FARTHEST = 20.0
"""A log wedge above this has run away: none meets the bound. As a subsidy it would be all of the price."""
LONGEST = 3.0
"""Largest change of a log wedge in one step."""
SHORTEST = 1e-3
"""Of a step, below which a line search gives up."""
RIDGE = 1e-13
"""Keeps steps finite where constraints on the same imports are equally tight."""


@dataclass(frozen=True, eq=False)
class WedgeBounds:
    """Constraints against the varieties they bound."""

    constraints: tuple[Constraint, ...]
    weight: Array  # (c, v) what a unit of deflated net flow counts; zero outside
    required: Array  # (c, b) Q; a purchase of nothing and a quota of infinity bind nobody
    cap: Array  # (c,)
    deflator: Index  # (c,) position of the country whose prices deflate a value, -1 for none
    own_weight: Array | None = None  # (c, v, b) weight, where states have bases of their own

    @cached_property
    def sign(self) -> Array:
        """+1 for what makes imports dearer, -1 for what makes them cheaper `(c,)`."""
        return np.array([constraint.sign for constraint in self.constraints])

    @cached_property
    def inside(self) -> Array:
        """Signed membership `(v, c)`: how ln wedges of varieties move with z."""
        return (self.weight > 0).T * self.sign

    @cached_property
    def rows(self) -> Index:
        """Varieties that a constraint is about `(r,)`."""
        return np.flatnonzero((self.weight > 0).any(axis=0))

    @cached_property
    def counted(self) -> Array:
        """`weight` of those `(c, r)`."""
        return self.weight[:, self.rows]

    @cached_property
    def counts(self) -> Array:
        """The same for each state `(c, r, b)`, or one column."""
        return self.counted[:, :, None] if self.own_weight is None else self.own_weight[:, self.rows]

    def take(self, states: Index) -> WedgeBounds:
        """On some of the states."""
        own = None if self.own_weight is None else np.take(self.own_weight, states, axis=-1)
        return replace(self, required=np.take(self.required, states, axis=-1), own_weight=own)

    @cached_property
    def by_quantity(self) -> Mask:
        """Whether quantities are bound, and not values `(c,)`."""
        return np.array([constraint.measured == "quantity" for constraint in self.constraints], bool)


@dataclass(frozen=True, eq=False)
class EconomyState:
    """What the rest of the economy tells the markets."""

    log_cost: Array  # (v, b) of each variety's exporter
    log_spending: Array  # (m, b)
    log_level: Array  # (c, b) by which values are deflated


@dataclass(frozen=True, eq=False)
class Met:
    """Wedges, and how far they are from meeting the bounds."""

    z: Array  # (c, b)
    demand: Demand
    measured: Array  # (c, b) q
    gap: Array  # (c, b) ln q - ln Q
    residual: Array  # (c, b), the natural residual z - mid(0, z - F, cap)
    parts: Array  # (c, r, b) of q

    @property
    def missed(self) -> Array:
        """Largest residual `(b,)`."""
        return np.abs(self.residual).max(axis=0, initial=0.0)


def gaps(of: Varieties, bounds: WedgeBounds, state: EconomyState, z: Array) -> Met:
    """How far the conditions are missed at some wedges."""
    added = bounds.inside @ z
    at, rows = demand(of, state.log_cost, added), bounds.rows
    log_level = np.where(
        bounds.by_quantity[:, None, None],
        state.log_cost[rows] + of.charges.log_cost[rows],
        state.log_level[:, None, :],
    )
    spent = np.exp(state.log_spending)[of.market[rows]] * at.share[rows]
    net = spent / (of.charges.wedge[rows] * np.exp(added[rows]))
    parts = bounds.counts * net * np.exp(-log_level)
    measured = parts.sum(axis=1)
    with np.errstate(divide="ignore"):
        gap = np.log(measured) - np.log(bounds.required)
    gap = np.nan_to_num(gap, nan=0.0, neginf=-50.0, posinf=50.0)
    free = z + bounds.sign[:, None] * gap
    residual = z - np.clip(free, 0.0, bounds.cap[:, None])
    return Met(z, at, measured, gap, residual, parts)


def settle(
    of: Varieties,
    bounds: WedgeBounds,
    state: EconomyState,
    start: Array,
    limit: int = LIMIT,
    tight: float = TIGHT,
) -> Met:
    """The log wedges that meet all bounds at each state; where there are none, what came nearest.

    Args:
        of: The varieties.
        bounds: On them.
        state: What the rest of the economy tells the markets.
        start: Log wedges to begin with `(c, b)`.
        limit: Newton steps at most.
        tight: The residual at which a state is done.
    """
    cap = bounds.cap[:, None]
    here = gaps(of, bounds, state, np.clip(start, 0.0, cap))
    stuck = np.zeros(start.shape[1], bool)
    for _other in range(limit):
        searching = ~stuck & (here.missed > tight) & (here.z.max(axis=0, initial=0.0) <= FARTHEST)
        if not searching.any():
            break
        step = np.where(searching, _newton(of, bounds, here), 0.0)
        step *= np.minimum(1.0, LONGEST / np.maximum(np.abs(step).max(axis=0), 1e-300))
        merit, length = np.linalg.norm(here.residual, axis=0), np.ones(len(stuck))
        while True:
            there = gaps(of, bounds, state, np.clip(here.z + length * step, 0.0, cap))
            shorter = searching & (length >= SHORTEST)
            shorter &= ~(np.linalg.norm(there.residual, axis=0) < merit * (1.0 - 1e-4 * length))
            if not shorter.any():
                break
            length = np.where(shorter, 0.5 * length, length)
        # As close as rounding lets it, or nowhere to go.
        stuck |= (there.z == here.z).all(axis=0) | ((length < SHORTEST) & (merit <= 1e3 * TIGHT))
        here = there
    return _at_ends(of, bounds, state, here)


def refuse_unmet(bounds: WedgeBounds, met: Met) -> None:
    """Raise where bounds are not met.

    Raises:
        KoshoError: there are no wedges that meet them; it names the constraints.
    """
    if not (met.missed <= 1e4 * TIGHT).all():
        wrong = ((np.abs(met.residual) > 1e-6) | (met.z > 0.5 * FARTHEST)).any(axis=1)
        names = _(" and ").join(repr(bounds.constraints[c].name) for c in np.flatnonzero(wrong))
        who = names or "the constraints"
        raise KoshoError(_("no wedge meets {who}: they cannot hold together in this economy", who=who))


def _at_ends(of: Varieties, bounds: WedgeBounds, state: EconomyState, here: Met) -> Met:
    """Wedges of bounds that do not bind are exactly zero, those at their cap exactly there."""
    cap = bounds.cap[:, None]
    free = here.z + bounds.sign[:, None] * here.gap
    z = np.where(free <= 0, 0.0, np.where(free >= cap, cap, here.z))
    return here if np.array_equal(z, here.z) else gaps(of, bounds, state, z)


def _newton(of: Varieties, bounds: WedgeBounds, here: Met) -> Array:
    """The step `(c, b)` that would close the residuals to first order."""
    change = here.demand.response(of, bounds.inside, bounds.rows) - bounds.inside[bounds.rows][:, :, None]
    share = here.parts / np.where(here.measured > 0, here.measured, 1.0)[:, None, :]
    slope = np.einsum("crb,rkb->bck", share, change)  # d gap / d z
    free = here.z + bounds.sign[:, None] * here.gap
    moving = ((free > 0) & (free < bounds.cap[:, None])).T[:, :, None]
    unit = np.eye(len(here.z))
    jacobian = np.where(moving, -bounds.sign[:, None] * slope, unit) + RIDGE * unit
    sane = np.isfinite(jacobian).all(axis=(1, 2), keepdims=True)
    step = np.linalg.solve(np.where(sane, jacobian, unit), -here.residual.T[:, :, None])
    return np.asarray(step[:, :, 0].T, np.float64)


def earning(bounds: WedgeBounds, met: Met) -> Array:
    """Share of imports that earn a constraint's rent `(c, b)`: below one beyond a tariff quota."""
    beyond = (met.z >= bounds.cap[:, None]) & (met.measured > bounds.required)
    return np.where(beyond, np.maximum(bounds.required, 0.0) / np.where(beyond, met.measured, 1.0), 1.0)


@dataclass(frozen=True, eq=False)
class Wedges:
    """Log wedges as ad valorem charges on the producer price of the varieties bound."""

    rents: Array  # (c, r, b)
    subsidies: Array  # (c, r, b)
    duties: Array  # (r, b) beyond tariff quotas


def wedges(of: Varieties, bounds: WedgeBounds, z: Array, earning: Array) -> Wedges:
    """What each constraint's log wedge is on each variety: rent that holders earn, duty, or subsidy."""
    own = of.charges.wedge[bounds.rows]
    log = (bounds.counted > 0)[:, :, None] * z[:, None, :]
    up, down = (log * (bounds.sign == sign)[:, None, None] for sign in (1.0, -1.0))
    raised, lowered = up.sum(axis=0), down.sum(axis=0)
    subsidy = own * -np.expm1(-lowered)
    rent = own * np.exp(-lowered) * np.expm1(raised)
    subsidies = down * (subsidy / np.where(lowered > 0, lowered, 1.0))
    shared = up * (rent / np.where(raised > 0, raised, 1.0))
    rents = shared * earning[:, None, :]
    return Wedges(rents, subsidies, (shared - rents).sum(axis=0))


def conflict(bounds: WedgeBounds, of: Varieties) -> None:
    """Refuse bounds of one state that contradict one another whatever the economy does.

    Raises:
        InputError: a smallest set of constraints that cannot all hold, each by name.
    """
    problems = Problems()
    open_ = np.isfinite(of.shock.cost[of.row])
    for c, constraint in enumerate(bounds.constraints):
        supplied = (bounds.weight[c][open_] * of.base[open_] > 0).any()
        if isinstance(constraint, Purchase) and bounds.required[c, 0] > 0 and not supplied:
            problems.add(
                _("{name!r} cannot be met: the imports are banned, or the base had none", name=constraint.name)
            )
    problems.raise_if_any()
    for key in dict.fromkeys(_key(constraint) for constraint in bounds.constraints):
        # A ban is one whatever else is counted in.
        alike = [
            c
            for c, constraint in enumerate(bounds.constraints)
            if isinstance(constraint, Quota | Purchase)
            and (_key(constraint) == key or (isinstance(constraint, Quota) and bounds.required[c, 0] <= 0))
        ]
        if _possible(bounds, alike, open_):
            continue
        for c in tuple(alike):
            fewer = [other for other in alike if other != c]
            if not _possible(bounds, fewer, open_):
                alike = fewer
        problems.found.append(_contradiction(bounds, alike))
    problems.raise_if_any()


def _contradiction(bounds: WedgeBounds, members: Sequence[int]) -> Problem:
    words: list[str] = []
    for k in members:
        constraint, amount = bounds.constraints[k], float(bounds.required[k, 0])
        how = "at least" if isinstance(constraint, Purchase) else "at most"
        words.append(f"{constraint.name!r} ({f'{how} {amount:g}' if amount > 0 else 'a ban'})")
    return Problem(
        _(" and ").join(words) + _(" cannot all hold"), _("change an amount or the flows it is about")
    )


def _key(constraint: Constraint) -> tuple[str, str, str]:
    return constraint.measured, constraint.unit, constraint.deflator


def _possible(bounds: WedgeBounds, members: Sequence[int], open_: Mask) -> bool:
    """Whether some non-negative flows meet these bounds."""
    if not any(bounds.sign[c] < 0 for c in members) or not any(bounds.sign[c] > 0 for c in members):
        return True
    sign = bounds.sign[list(members)]
    counted = bounds.weight[list(members)] * open_
    required = bounds.required[list(members), 0]
    least, most = (counted[sign == side] > 0 for side in (-1.0, 1.0))
    if not (least.any(axis=0) & most.any(axis=0)).any() and least[required[sign < 0] > 0].any(axis=1).all():
        return True  # no goods are under bounds of both kinds, and those to be bought are supplied
    used = np.flatnonzero(counted.any(axis=0))
    scale = np.where(required > 0, required, 1.0)
    slack = 1e-9 * (required > 0)
    rows, limits = (sign / scale)[:, None] * counted[:, used], sign * required / scale + slack
    return _feasible(len(limits), rows.tobytes(), limits.tobytes())


@lru_cache(maxsize=64)
def _feasible(count: int, rows: bytes, limits: bytes) -> bool:
    """Whether some x >= 0 has rows x <= limits. Ends of ranges and draws ask it again and again."""
    from scipy.optimize import linprog  # noqa: PLC0415  (only where bounds of both kinds meet)

    most = np.frombuffer(limits)
    if not rows:
        return bool((most >= 0).all())
    left = np.frombuffer(rows).reshape(count, -1)
    found = linprog(np.zeros(left.shape[1]), A_ub=left, b_ub=most, bounds=(0, None), method="highs")
    return bool(found.status != 2)
