"""`solve_batch`: thousands of shocks, or draws of elasticities, to one world."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from kosho.arrays import Array, Index, Mask
from kosho.display import Card, Shown, plural, signed_percent
from kosho.equilibrium.adjoint import Adjoint
from kosho.equilibrium.batch_constraints import Frame, Given, framed
from kosho.equilibrium.batch_markets import Markets
from kosho.equilibrium.batch_system import BatchStack, Family, Look, picked
from kosho.equilibrium.counterfactual import Counterfactual, as_counterfactual
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.newton_chord import Chord
from kosho.equilibrium.preconditioners import factors_of
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve import Deficits, rebase, solve
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import ConvergenceError, InputError, KoshoError, Problems
from kosho.parallel import Shared, cores, one_thread, run
from kosho.world import World
from kosho.world.table import Arrays

__all__ = ["BatchOutcome", "BatchReport", "solve_batch"]


TOLERANCE = 1e-8
TOGETHER = 96
"""Members iterated at once: enough for matrix products to pay, few enough to stay in the cache."""
TASK = 2 * TOGETHER
"""Members handed to a process at once."""
FEWEST, FEWEST_BOUNDED = 12, 2
"""Members below which a Jacobian of their own does not pay: without bounds, and with them."""
LARGEST = 1500
"""Countries times sectors above which a dense Jacobian does not pay."""
WORTH_A_PROCESS = 4096
"""Members above which starting another process pays, where the caller leaves the choice."""
ALL_AT_ONCE = 40
"""Iterations after which a member is left to the patient solver."""
SAFETY = 0.2
"""Iteration stops at this share of the tolerance; the next step but one would be lost in rounding anyway."""
CENTRE_TOLERANCE = 1e-6
WAGE_CAP, SPENDING_FLOOR = 0.3, 0.2
"""Largest step of log wages; expenditure falls at most to this share of its last value."""
SAMPLE = 32
"""Members whose average is the centre of a family."""
ROUGH = 3e-3
"""Gap from which on half of the members need double precision after one more step."""
RIDGE = 1e-14
WORTH_DROPPING = 0.15
"""Share of members that must be done before the others go on without them."""
SHOWN = 5
"""Countries told by name where a batch shows itself."""


@dataclass(frozen=True, slots=True)
class BatchReport(Shown):
    """How a batch was solved."""

    seconds: float
    processes: int
    alone: tuple[int, ...]
    """Shocks that were solved one by one, because together they did not converge or were too few."""


@dataclass(frozen=True, eq=False)
class BatchOutcome(Shown):
    """What each shock does, as `Outcome` tells it; dim `shock` counts from zero in the order given."""

    welfare: xr.DataArray
    """`[shock, country]`, exact change of real income, a fraction."""
    equivalent_variation: xr.DataArray
    """`[shock, country]`, million USD a year: `welfare` times observed base income."""
    real_value_added: xr.DataArray
    """`[shock, country, sector]`, change of value added at base prices, million USD a year."""
    residual: xr.DataArray
    """`[shock]`, largest relative gap of any equation."""
    report: BatchReport

    def card(self) -> Card:
        """How many shocks, and over which range their effects lie."""
        lowest, highest = self.welfare.min("shock").to_numpy(), self.welfare.max("shock").to_numpy()
        codes = [str(code) for code in self.welfare.indexes["country"]]
        spans = {code: (low, high) for code, low, high in zip(codes, lowest, highest, strict=True)}
        most = sorted(codes, key=lambda code: spans[code][0] - spans[code][1])[:SHOWN]
        return Card(
            f"BatchOutcome of {plural(len(self), 'shock')}",
            [
                *(
                    (
                        f"welfare of {code}",
                        f"{signed_percent(spans[code][0])} to {signed_percent(spans[code][1])}",
                    )
                    for code in most
                ),
                ("residual", f"at most {float(self.residual.max()):.0e}"),
            ],
        )

    def __len__(self) -> int:
        return self.welfare.sizes["shock"]


def solve_batch(
    world: World,
    shocks: Sequence[Shock | Counterfactual],
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    thetas: Sequence[xr.DataArray] | None = None,
    processes: int | None = None,
) -> BatchOutcome:
    """The equilibrium after each of many shocks.

    Members are iterated together, with one Jacobian taken at the centre of all of them; those that do not
    converge so are solved one by one, as `solve` does.

    Args:
        world: The economy before the change.
        shocks: What changes, each made for this world, with bounds and products told apart where given.
        deficits: See `Deficits`.
        tol: Largest relative gap allowed in any equation.
        thetas: Elasticities `[sector]` for each shock, instead of the world's; shocks that share a draw are
            solved together, so pass the same object or equal numbers.
        processes: How many processes share the work, this one included; the others are started afresh, one
            BLAS thread each, and kept for the next batch. None takes one, and one a core for thousands of
            shocks.

    Raises:
        InputError: a shock does not fit the world; it is named by its number.
        ConvergenceError: no equilibrium was found for a shock; it is named by its number.
    """
    started = time.perf_counter()
    changes = [as_counterfactual(one) for one in shocks]
    _refuse(world, [one.shock for one in changes], tol, thetas)
    if processes is None:
        processes = cores() if len(shocks) >= WORTH_A_PROCESS else 1
    shared = Shared(world)
    if processes > 1:
        shared.pack()
    tasks: list[_Task] = []
    for frame, theta, members in _groups(changes, world, thetas):
        sample = _packed([changes[k] for k in members[:: -(-len(members) // SAMPLE)]], frame)
        plan = Shared(_Plan(shared, deficits, tol, theta, frame, sample.stack, len(members)))
        for first in range(0, len(members), TASK):
            some = members[first : first + TASK]
            tasks.append(_Task(plan, some, tuple(changes[k] for k in some)))
    found = _Member.empty(len(shocks), len(world.countries), len(world.sectors))
    with one_thread():
        for task, part in run(_solved, tasks, processes):
            found.put(task.members, part)
    for member in np.flatnonzero(np.isnan(found.residual)).tolist():
        theta = None if thetas is None else thetas[member]
        found.put([member], _insisted(world, changes[member], deficits, tol, theta, member))
    alone = tuple(int(member) for member in np.flatnonzero(found.alone))
    report = BatchReport(time.perf_counter() - started, processes, alone)
    return _told(world, found, report)


@dataclass(frozen=True, eq=False)
class _Member:
    """Results in bare arrays, a row a shock; residual NaN where there is none yet."""

    welfare: Array  # (b, N)
    real_value_added: Array  # (b, N, S)
    residual: Array  # (b,)
    alone: Mask  # (b,)

    @classmethod
    def empty(cls, members: int, count: int, sectors: int) -> _Member:
        """Room for results."""
        return cls(
            np.full((members, count), np.nan),
            np.full((members, count, sectors), np.nan),
            np.full(members, np.nan),
            np.zeros(members, bool),
        )

    def put(self, members: Sequence[int] | Index, part: _Member) -> None:
        """Fill in some members."""
        where = np.asarray(members, np.intp)
        self.welfare[where] = part.welfare
        self.real_value_added[where] = part.real_value_added
        self.residual[where] = part.residual
        self.alone[where] = part.alone


@dataclass(frozen=True, eq=False)
class _Plan:
    """What the shocks of one set of elasticities have in common."""

    shared: Shared[World]
    deficits: Deficits
    tol: float
    theta: xr.DataArray | None
    frame: Frame | None
    sample: BatchStack
    size: int

    def __reduce__(self) -> tuple[type[_Plan], tuple[Any, ...]]:
        """Only what it was made of; every process works out the rest for itself."""
        return _Plan, (
            self.shared,
            self.deficits,
            self.tol,
            self.theta,
            self.frame,
            self.sample,
            self.size,
        )

    @property
    def world(self) -> World:
        """The world given."""
        return self.shared.value

    @cached_property
    def given(self) -> World:
        """The world with the elasticities asked for."""
        return self.world if self.theta is None else self.world.with_theta(self.theta)

    @cached_property
    def base(self) -> World:
        """The equilibrium that effects are relative to."""
        return rebase(self.given, self.deficits)

    @cached_property
    def markets(self) -> Markets | None:
        """What the members bound, before their amounts.

        Raises:
            InputError: labels, parts or amounts do not fit the world.
        """
        return None if self.frame is None else Markets.of_frame(self.frame, self.base)

    @property
    def together(self) -> bool:
        """Whether a Jacobian of their own pays."""
        fewest = FEWEST if self.frame is None else FEWEST_BOUNDED
        return self.size >= fewest and len(self.world.countries) * len(self.world.sectors) <= LARGEST

    @cached_property
    def centre(self) -> _Centre:
        """The average shock, solved."""
        base = factors_of(self.base)
        try:
            family = Family.of(self.base, self.sample, base.spending.T)
            values = find(family.average(), self.world.countries, CENTRE_TOLERANCE).values
        except KoshoError:  # told for the shock it is about, when its turn comes
            nothing = Shock.none(self.base)
            system = system_of(self.base, nothing, cells_of(nothing, self.base))
            values = find(system, self.world.countries, CENTRE_TOLERANCE).values
        adjoint = Adjoint.at(values)
        point = values.point
        rows = [point.log_wage, point.log_price.T.ravel(), np.where(adjoint.spending > 0, 1.0, 0.0).ravel()]
        return _Centre(Chord.at(adjoint), np.concatenate(rows)[:, None], adjoint.scale)


@dataclass(frozen=True, eq=False)
class _Centre:
    chord: Chord
    state: Array  # log wages, log prices, expenditure over its scale (N + 2 SN, 1)
    scale: Array  # (S, N)


@dataclass(frozen=True, eq=False)
class _Packed:
    """Changes of one frame in columns; names of parts take long to copy to another process."""

    stack: BatchStack  # outside the frame's markets
    given: Given | None  # inside them

    def between(self, first: int, last: int) -> _Packed:
        """Some of them, `last` not included."""
        given = None if self.given is None else self.given.between(first, last)
        return _Packed(self.stack.between(first, last), given)


def _packed(changes: Sequence[Counterfactual], frame: Frame | None) -> _Packed:
    stack = BatchStack.of([change.shock for change in changes])
    return _Packed(stack, None) if frame is None else _Packed(stack.outside(frame.inside), frame.given(changes))


@dataclass(frozen=True, eq=False)
class _Task:
    plan: Shared[_Plan]
    members: Sequence[int]
    changes: Sequence[Counterfactual] | _Packed

    def __reduce__(
        self,
    ) -> tuple[type[_Task], tuple[Shared[_Plan], Sequence[int], Sequence[Counterfactual] | _Packed]]:
        """Packed, where that will do."""
        return _Task, (self.plan, self.members, self.packed if self.plan.value.together else self.changes)

    @property
    def packed(self) -> _Packed:
        """The changes in columns."""
        return (
            self.changes if isinstance(self.changes, _Packed) else _packed(self.changes, self.plan.value.frame)
        )


def _solved(task: _Task) -> _Member:
    """Solve the shocks of a task; residuals are NaN where that failed, for whatever reason.

    Whoever collects the results solves what is missing once more, and tells what is wrong with it.
    """
    plan, size = task.plan.value, len(task.members)
    found = _Member.empty(size, len(plan.world.countries), len(plan.world.sectors))
    if not plan.together and not isinstance(task.changes, _Packed):
        for k, change in enumerate(task.changes):
            with suppress(KoshoError):
                found.put([k], _alone(plan.given, change, plan.deficits, plan.tol))
        return found
    packed = task.packed
    for first in range(0, size, TOGETHER):
        last = min(first + TOGETHER, size)
        with suppress(KoshoError):
            found.put(range(first, last), _together(plan, packed.between(first, last)))
    return found


def _alone(world: World, change: Counterfactual, deficits: Deficits, tol: float) -> _Member:
    outcome = solve(world, change.shock, deficits, tol, constraints=change.constraints, nests=change.nests)
    return _Member(
        outcome.welfare.to_numpy()[None],
        outcome.real_value_added.to_numpy()[None],
        np.array([outcome.solver.residual]),
        np.ones(1, bool),
    )


def _insisted(
    world: World,
    change: Counterfactual,
    deficits: Deficits,
    tol: float,
    theta: xr.DataArray | None,
    member: int,
) -> _Member:
    """One shock by the patient solver; errors say which."""
    try:
        given = world if theta is None else world.with_theta(theta)
        return _alone(given, change, deficits, tol)
    except InputError as error:
        key = f"shock {member}"
        raise InputError(
            replace(problem, key=key if problem.key is None else f"{key}: {problem.key}")
            for problem in error.problems
        ) from error
    except ConvergenceError as error:
        hint = f"this is shock {member} of the batch"
        raise ConvergenceError(error.residual, error.country, error.iterations, hint) from error
    except KoshoError as error:
        raise KoshoError(f"shock {member}: {error}") from error


def _together(plan: _Plan, packed: _Packed) -> _Member:
    """Chord steps from the centre, accelerated, until each member has converged."""
    centre, arrays, size = plan.centre, plan.base.arrays, len(packed.stack.length)
    markets = plan.markets
    if markets is not None and packed.given is not None:
        markets = markets.bounded(packed.given)
    family = Family.of(plan.base, packed.stack, centre.scale, markets)
    found = _Member.empty(size, *arrays.beta.shape)
    state = np.repeat(centre.state, size, axis=1)
    active = np.arange(size)
    accelerate = _Pair()
    with np.errstate(all="ignore"):  # a member that runs out of bounds has failed; its gap says so
        start, wedges = _roughly(family.in_single(), centre, accelerate, state.astype(np.float32))
        state = start.astype(np.float64)
        for _ in range(ALL_AT_ONCE):
            look = family.look(state, wedges)
            wedges = look.wedges
            done = look.worst <= SAFETY * plan.tol
            leaving = done | ~np.isfinite(look.worst)
            gaps = look.gaps
            if leaving.mean() >= WORTH_DROPPING:
                found.put(active[done], _read(arrays, look, state, done))
                kept = np.flatnonzero(~leaving)
                if len(kept) == 0:
                    break
                active, family = active[kept], family.take(kept)
                state, gaps = picked(state, kept), picked(gaps, kept)
                wedges = None if wedges is None else picked(wedges, kept)
                accelerate.take(kept)
            step = centre.chord.step(gaps.astype(np.float32))
            state = _bounded(accelerate.next(state, step), state, len(arrays.beta))
    return found


def _roughly(family: Family, centre: _Centre, accelerate: _Pair, state: Any) -> tuple[Any, Array | None]:
    """The first steps, in single precision, until most members are near; and the wedges met last."""
    wedges: Array | None = None
    for _ in range(ALL_AT_ONCE):
        look = family.look(state, wedges)
        wedges = look.wedges
        step = centre.chord.step(look.gaps)
        state = _bounded(accelerate.next(state, step), state, len(family.base.beta))
        if not np.median(look.worst) > ROUGH:
            break
    return state, wedges


class _Pair:
    """Anderson acceleration with the last two differences, for each member on its own (Walker & Ni 2011)."""

    def __init__(self) -> None:
        self._last: tuple[Array, Array] | None = None
        self._moves: list[Array] = []
        self._changes: list[Array] = []

    def next(self, state: Array, step: Array) -> Array:
        """The next state; a plain one is `state + step`."""
        if self._last is not None:
            change = step - self._last[1]
            self._moves = [*self._moves[-1:], state - self._last[0] + change]
            self._changes = [*self._changes[-1:], change]
        self._last = (state, step)
        following = state + step
        if self._changes:
            for move, weight in zip(self._moves, self._weights(step), strict=True):
                following -= weight * move
        return following

    def take(self, members: Index) -> None:
        """Go on with some members."""
        if self._last is not None:
            self._last = (picked(self._last[0], members), picked(self._last[1], members))
        self._moves = [picked(move, members) for move in self._moves]
        self._changes = [picked(change, members) for change in self._changes]

    def _weights(self, step: Array) -> Array:
        gram = np.array([[_dot(one, other) for other in self._changes] for one in self._changes])
        gram = gram.transpose(2, 0, 1)
        target = np.array([_dot(change, step) for change in self._changes]).T
        ridge = RIDGE * np.trace(gram, axis1=1, axis2=2) + np.finfo(float).tiny
        held = len(self._changes)
        return np.linalg.solve(gram + ridge[:, None, None] * np.eye(held), target[:, :, None])[:, :, 0].T


def _dot(one: Array, other: Array) -> Array:
    return np.einsum("db,db->b", one, other)


def _bounded(following: Array, state: Array, count: int) -> Array:
    """Wages and expenditure kept within bounds of where they were, in place."""
    wages, before = following[:count], state[:count]
    np.clip(wages, before - WAGE_CAP, before + WAGE_CAP, out=wages)
    half = count + (len(state) - count) // 2
    np.maximum(following[half:], SPENDING_FLOOR * state[half:], out=following[half:])
    return following


def _read(base: Arrays, look: Look, state: Array, done: Mask) -> _Member:
    """What `Outcome` tells, for the members that are done."""
    count, sectors = base.beta.shape
    log_price = state[count : count + count * sectors].reshape(sectors, count, -1)[:, :, done]
    level = np.exp(np.einsum("nj,jnb->bn", base.alpha, log_price))
    output, log_cost = (values[:, :, done].transpose(2, 1, 0) for values in (look.output, look.log_cost))
    real = np.divide(output, np.exp(log_cost), out=np.zeros(output.shape), where=base.output > 0)
    return _Member(
        welfare=look.income[:, done].T / base.income / level - 1.0,
        real_value_added=base.beta * (real - base.output),
        residual=look.worst[done],
        alone=np.zeros(int(done.sum()), bool),
    )


def _groups(
    changes: Sequence[Counterfactual], world: World, thetas: Sequence[xr.DataArray] | None
) -> list[tuple[Frame | None, xr.DataArray | None, list[int]]]:
    """Members that share their frame and their elasticities."""
    found: list[tuple[Frame | None, xr.DataArray | None, list[int]]] = []
    for frame, members in framed(changes, world):
        if thetas is None:
            found.append((frame, None, members))
            continue
        groups: dict[bytes, list[int]] = {}
        for member in members:
            groups.setdefault(np.asarray(thetas[member], float).tobytes(), []).append(member)
        found += [(frame, thetas[some[0]], some) for some in groups.values()]
    return found


def _refuse(world: World, shocks: Sequence[Shock], tol: float, thetas: Sequence[xr.DataArray] | None) -> None:
    problems = Problems()
    if not 0 < tol < 1:
        problems.add(f"tol = {tol:g} is not between 0 and 1", "1e-8 is usual")
    if thetas is not None and len(thetas) != len(shocks):
        problems.add(f"{len(thetas)} sets of elasticities for {len(shocks)} shocks", "one for each")
    for member, shock in enumerate(shocks):
        if shock.countries != world.countries or shock.sectors != world.sectors:
            problems.add("made for a world with other countries or sectors", key=f"shock {member}")
    problems.raise_if_any()


def _told(world: World, found: _Member, report: BatchReport) -> BatchOutcome:
    coords = {
        "shock": np.arange(len(found.residual)),
        "country": list(world.countries),
        "sector": list(world.sectors),
    }

    def named(values: Array, *dims: str) -> xr.DataArray:
        return xr.DataArray(values, {dim: coords[dim] for dim in dims}, dims)

    welfare = named(found.welfare, "shock", "country")
    return BatchOutcome(
        welfare=welfare,
        equivalent_variation=welfare * world.arrays.income,
        real_value_added=named(found.real_value_added, "shock", "country", "sector"),
        residual=named(found.residual, "shock"),
        report=report,
    )
