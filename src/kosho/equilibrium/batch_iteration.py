"""Members of a batch iterated together: chord steps from a common centre, accelerated for each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from kosho.arrays import Array, Index, Mask, Single
from kosho.equilibrium.batch_bases import Bases
from kosho.equilibrium.batch_loops import Loops
from kosho.equilibrium.batch_plan import Centre, Packed, Plan
from kosho.equilibrium.batch_shocks import BatchStack
from kosho.equilibrium.batch_system import Family, Look, picked
from kosho.equilibrium.batch_volumes import Borders
from kosho.equilibrium.effects import (
    Volume,
    capital_growth,
    capital_volume,
    disutility,
    fisher,
    kept_back,
    labour_volume,
    profit_volume,
    profits,
)
from kosho.equilibrium.newton_chord import Chord
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve import REBASE_TOLERANCE

__all__ = ["BY_COUNTRY", "Results", "iterate_together", "with_bases"]

BY_COUNTRY = (
    "welfare",
    "real_income",
    "real_gdp",
    "consumer_prices",
    "employment",
    "labour_income",
    "real_wage",
    "tariff_revenue",
    "profits",
    "capital",
    "absorbed_duty",
)
"""What is read of each member, as `Outcome` names and defines it."""


ALL_AT_ONCE = 40
"""Iterations after which a member is left to be solved alone."""
SAFETY, SAFETY_FUSED = 0.2, 0.4
"""Iteration stops at this share of the tolerance; the next step but one would be lost in rounding anyway. In
one piece of machine code members go on until all of sixteen are there, so that most end far below."""
ROUGH, ROUGH_BOUNDED, ROUGH_FUSED = 3e-4, 3e-3, 3e-3
"""Gap from which on half of the members need double precision after one more step: alone; with bounds, whose
wedges cost as much in either precision; and in one piece of machine code. Fewer looks are worth more in the
last two."""
WORTH_DROPPING = 0.15
"""Share of members that must be done before the others go on without them."""


@dataclass(frozen=True, eq=False)
class Results:
    """Results in bare arrays, a row a shock; residual NaN where there is none yet."""

    by_country: Array  # of `BY_COUNTRY` (f, b, N)
    real_value_added: Array  # (b, N, S)
    residual: Array  # (b,)
    alone: Mask  # (b,)
    flows: Array  # value and quantity of named flows, new over old (f, 2, b)

    @classmethod
    def empty(cls, members: int, count: int, sectors: int, flows: int = 0) -> Results:
        """Room for results; what is there until they are is nothing: see `blank`."""
        return cls(
            np.empty((len(BY_COUNTRY), members, count)),
            np.empty((members, count, sectors)),
            np.full(members, np.nan),
            np.zeros(members, bool),
            np.empty((flows, 2, members)),
        )

    def blank(self) -> None:
        """Not a number where no result was put."""
        without = np.isnan(self.residual)
        if without.any():
            self.by_country[:, without] = self.real_value_added[without] = np.nan
            self.flows[:, :, without] = np.nan

    def between(self, first: int, last: int) -> Results:
        """Those of some members, `last` not included: what is put there is put here."""
        return self.of(slice(first, last))

    def of(self, each: slice | Index) -> Results:
        """Those of some members."""
        return Results(
            self.by_country[:, each],
            self.real_value_added[each],
            self.residual[each],
            self.alone[each],
            self.flows[:, :, each],
        )

    def put(self, members: Sequence[int] | Index, part: Results) -> None:
        """Fill in some members, each once."""
        where: Any = np.asarray(members, np.intp)
        if len(where) and where[-1] - where[0] == len(where) - 1 and (np.diff(where) == 1).all():
            where = slice(int(where[0]), int(where[-1]) + 1)  # which is quicker
        self.by_country[:, where] = part.by_country
        self.real_value_added[where] = part.real_value_added
        self.residual[where] = part.residual
        self.alone[where] = part.alone
        self.flows[:, :, where] = part.flows


def iterate_together(plan: Plan, packed: Packed, found: Results) -> None:
    """Chord steps from the centre, accelerated, until each member has converged; into `found`."""
    size = len(packed.stack.length)
    family = Family.of(plan.common, plan.base, packed.stack, packed.theta)
    markets = plan.markets
    if markets is not None:
        family = family.beside(
            markets if packed.given is None else markets.bounded(packed.given, packed.theta, packed.bases)
        )
    width = plan.common.loops.WIDTH
    active, real = _filled(np.arange(size), width), size
    if len(active) > size:
        family = family.take(active)
    reader = _Reader(plan, packed, Borders(plan.base, packed.stack, family.theta), found)
    with np.errstate(all="ignore"):  # a member that runs out of bounds has failed; its gap says so
        if plan.fused and family.rents is None and _in_lanes(family):
            whole = plan.volumes or packed.told is not None
            ended = _fused(plan, family, whole=whole)
            done = ended[2] <= SAFETY_FUSED * plan.tol
            done[real:] = False
            if whole:
                state, look = family.found(ended)
                reader.read(family, look, state, active, done)
            else:
                found.put(active[done], _summed_up(plan, ended, done))
            left = np.flatnonzero(~done[:real])
            if markets is None or len(left) == 0:
                return
            kept, real = _filled(left, width), len(left)  # what needs a line search for its wedges
            active, family = active[kept], family.take(kept)
        start = (
            plan.centre.state if packed.bases is None else _from_bases(plan.centre, packed.bases.take(active))
        )
        _iterate(plan.centre.chord, family, start, _Ending(active, real, SAFETY * plan.tol, reader))


def with_bases(plan: Plan, packed: Packed) -> Packed:
    """Members with their own bases, one for those of the same elasticities, solved as exactly as by `rebase`.

    Where a base was not found, it is not a number.
    """
    assert packed.theta is not None  # noqa: S101
    first: dict[bytes, int] = {}
    place = [first.setdefault(column.tobytes(), len(first)) for column in packed.theta.T]
    theta = packed.theta[:, np.unique(place, return_index=True)[1]]
    stack = BatchStack.of([Shock.none(plan.base)] * len(first))
    width, size = plan.common.loops.WIDTH, len(first)
    active = _filled(np.arange(size), width)
    family = Family.of(plan.common, plan.base, stack, theta)
    family = family.take(active) if len(active) > size else family
    reader = _BaseReader(Bases.unknown(plan.base, size))
    with np.errstate(all="ignore"):
        _iterate(plan.centre.chord, family, plan.centre.state, _Ending(active, size, REBASE_TOLERANCE, reader))
    return replace(packed, bases=reader.found.take(np.array(place)))


def _from_bases(centre: Centre, bases: Bases) -> Array:
    """Where members begin: as far from their own bases as the centre is from the middle of these."""
    state = np.concatenate([bases.log_wage, bases.log_price.reshape(-1, bases.log_price.shape[-1])])
    known = np.isfinite(state).all(axis=0)
    found = np.repeat(centre.state, state.shape[1], axis=1)
    if known.any():  # else nobody goes anywhere
        found[: len(state)] += state - state[:, known].mean(axis=1, keepdims=True)
    return found


class _Reads(Protocol):
    def read(self, family: Family, look: Look, state: Array, members: Index, done: Mask) -> None: ...


@dataclass(frozen=True, eq=False)
class _Ending:
    """Which members are iterated, when each is done, and who reads it then."""

    members: Index
    """Some of those packed; the last one again and again until there are whole widths of them."""
    real: int
    """How many are not there to fill up."""
    tight: float
    """Largest relative gap of one that is done."""
    reader: _Reads


def _iterate(chord: Chord, family: Family, start: Array, ending: _Ending) -> None:
    """Chord steps from a state `(N + 2 SN, 1)` of all members, or from one of each."""
    active, real, width = ending.members, ending.real, family.common.loops.WIDTH
    state, accelerate, wedges = _roughly(family.in_single(), chord, start, real)
    state = state.astype(np.float64)
    accelerate.in_double()
    for turn in range(ALL_AT_ONCE):
        look = family.look(state, wedges)
        wedges = look.wedges
        done = look.worst <= ending.tight
        done[real:] = False
        leaving = done[:real] | ~np.isfinite(look.worst[:real])
        gaps, kept = look.gaps, _filled(np.flatnonzero(~leaving), width)
        fewer = leaving.mean() >= WORTH_DROPPING and len(kept) < len(active)
        if fewer or turn == ALL_AT_ONCE - 1:
            ending.reader.read(family, look, state, active, done)
            if len(kept) == 0:
                break
            real = int(np.count_nonzero(~leaving))
            active, family = active[kept], family.take(kept)
            state, gaps = picked(state, kept), np.take(gaps, kept, axis=-1)
            wedges = None if wedges is None else picked(wedges, kept)
            accelerate.take(kept)
        state = accelerate.next(state, chord.step(gaps))


@dataclass(frozen=True, eq=False)
class _BaseReader:
    """Puts down members without a shock, once they are done, as bases of others."""

    found: Bases

    def read(self, family: Family, look: Look, state: Array, members: Index, done: Mask) -> None:
        """As `_Reader`."""
        some, log_price = np.flatnonzero(done), state[len(look.income) :].reshape(2, *look.output.shape)[0]
        each = (
            state[: len(look.income)],
            log_price,
            look.log_cost,
            look.power,
            look.absorbed,
            look.over_scale * family.scale[:, :, None],
            look.output,
            look.income,
        )
        for into, values in zip(self.found.arrays, each, strict=True):
            into[..., members[some]] = values[..., some]


@dataclass(frozen=True, eq=False)
class _Reader:
    """What is read of members that are done."""

    plan: Plan
    packed: Packed
    borders: Borders
    found: Results

    def read(self, family: Family, look: Look, state: Array, members: Index, done: Mask) -> None:
        """Put down results of those that are done; `members` are those of the family, among the packed ones."""
        at_borders = self.borders.read(family, look, members, done) if self.plan.volumes else None
        own = self.packed.bases
        before = Bases.given(self.plan.base) if own is None else own.take(members[done])
        read = _read(self.plan, look, state, done, (before, at_borders))
        if self.packed.told is not None:
            flows = self.packed.told.read(family, self.plan.base, look, members, done)
            read = replace(read, flows=flows)
        self.found.put(members[done], read)


def _in_lanes(family: Family) -> bool:
    """Whether machine code knows the markets with bounds or nests."""
    from kosho.equilibrium.lanes_markets import fits  # noqa: PLC0415  (as below)

    return family.markets is None or fits(family.markets)


def _fused(plan: Plan, family: Family, *, whole: bool) -> Any:
    """All steps in one piece of machine code: see `batch_fused.together`."""
    from kosho.equilibrium.batch_fused import together  # noqa: PLC0415  (what is loaded with Numba)
    from kosho.equilibrium.lanes_markets import buyers  # noqa: PLC0415

    base, limits = plan.base.arrays, (ALL_AT_ONCE, ROUGH_FUSED, SAFETY_FUSED * plan.tol, plan.abreast, whole)
    single, start = family.in_single().equations, plan.centre.state[:, 0].copy()
    worth = np.stack([base.output, np.where(base.output > 0, base.beta, 0.0)])
    markets = buyers(family.markets, family.members, *base.beta.shape)
    return together(single, family.equations, markets, plan.inverse, start, worth, limits)


def _summed_up(plan: Plan, ended: Any, done: Mask) -> Results:
    """Results of the members that are done, under the plain closure, from what is told of all."""
    base, (added, of_countries, worst, *_) = plan.base.arrays, ended
    wage, level, income, revenue = of_countries.transpose(1, 0, 3, 2).reshape(4, len(worst), -1)
    real_income = income / base.income / level - 1.0
    kept = kept_back(plan.base, revenue.T, level.T).T if plan.closure.revenue == "kept" else 0.0
    by_country = np.full((len(BY_COUNTRY), *wage.shape), np.nan)
    for name, values in {
        "welfare": real_income - kept,
        "real_income": real_income,
        "consumer_prices": level - 1.0,
        "labour_income": wage * plan.factors.labour_income,
        "real_wage": wage / level - 1.0,
        "tariff_revenue": revenue,
        **dict.fromkeys(("employment", "profits", "capital"), 0.0),
    }.items():
        by_country[BY_COUNTRY.index(name)] = values
    added = added.transpose(0, 3, 1, 2).reshape(len(worst), *base.output.shape)
    nothing, alone = np.empty((0, 2, len(worst))), np.zeros(len(worst), bool)
    found = Results(by_country, added, worst, alone, nothing)
    return found if done.all() else found.of(np.flatnonzero(done))


def _filled(members: Index, width: int) -> Index:
    """Members, the last one again and again until there are whole widths of them."""
    missing = -len(members) % width
    return np.append(members, np.repeat(members[-1:], missing)) if missing else members


def _roughly(family: Family, chord: Chord, start: Array, real: int) -> tuple[Any, _Accelerated, Array | None]:
    """The first steps, in single precision, until most members are near; and the wedges met last."""
    size = family.members
    state: Any = start.astype(np.float32)
    state = np.repeat(state, size, axis=1) if state.shape[1] < size else state
    accelerate = _Accelerated(family.common.loops, state, len(family.base.beta))
    wedges: Array | None = None
    rough = ROUGH if family.markets is None else ROUGH_BOUNDED
    for _ in range(ALL_AT_ONCE):
        look = family.look(state, wedges)
        wedges = look.wedges
        state = accelerate.next(state, chord.step(look.gaps))
        if 2 * np.count_nonzero(look.worst[:real] > rough) <= real:
            break
    return state, accelerate, wedges


class _Accelerated:
    """Steps of all members, each accelerated on its own; differences are kept in single precision."""

    def __init__(self, loops: Loops, state: Array, count: int) -> None:
        self._loops, self._count, self._steps = loops, count, 0
        self._state = np.empty_like(state)
        self._step: Single = np.empty(state.shape, np.float32)
        self._history: Single = np.empty((4, *state.shape), np.float32)

    def next(self, state: Array, step: Single) -> Array:
        """The next state; a plain one is `state + step`."""
        last = (self._state, self._step)
        found = self._loops.accelerated(state, step, last, self._history, self._steps, self._count)
        self._state, self._step = state, step
        self._steps += 1
        return found

    def take(self, members: Index) -> None:
        """Go on with some members."""
        self._state, self._step = picked(self._state, members), np.take(self._step, members, axis=-1)
        self._history = np.take(self._history, members, axis=-1)

    def in_double(self) -> None:
        """Go on with states in double precision."""
        self._state = self._state.astype(np.float64)


def _read(
    plan: Plan, look: Look, state: Array, done: Mask, against: tuple[Bases, tuple[Volume, Array] | None]
) -> Results:
    """Results, as `Outcome` defines them, of the members that are done, without flows; against their bases."""
    before, at_borders = against
    base, some = plan.base.arrays, slice(None) if done.all() else np.flatnonzero(done)
    count, sectors = base.beta.shape
    log_price = state[count : count + count * sectors].reshape(sectors, count, -1)[:, :, some]
    level = np.exp(np.einsum("nj,jnb->nb", base.alpha, log_price - before.log_price)).T
    produced, log_cost = look.output[:, :, some], look.log_cost[:, :, some]
    added = produced * np.exp(before.log_cost - log_cost)
    added[base.output.T <= 0] = 0.0
    added -= before.output
    added *= base.beta.T[:, :, None]
    output = produced.transpose(2, 1, 0)
    real_income = look.income[:, some].T / before.income.T / level - 1.0
    welfare, revenue, wage = real_income, look.revenue[:, some], np.exp(state[:count, some]).T
    employment, bill = np.zeros_like(wage), wage * plan.factors.labour_income
    if look.labour is not None:
        welfare = welfare - disutility(plan.factors, look.labour).T[some]
        employment, bill = np.expm1(look.labour.log.T[some]), look.labour.bill.T[some]
    if plan.closure.revenue == "kept":
        welfare = welfare - kept_back(plan.base, revenue, level.T).T
    of_makers = profits(plan.factors, output)
    made = base.output, output, log_price.transpose(2, 1, 0)
    real_gdp = borne = np.full_like(wage, np.nan)
    if at_borders is not None:
        taxes, borne = at_borders
        cost = np.exp(log_cost).transpose(2, 1, 0)
        factors = labour_volume(plan.factors.labour_income, bill, wage) + capital_volume(plan.factors, *made)
        real_gdp = fisher(factors, profit_volume(plan.factors, base.output, output, cost), taxes).total
    read = {
        "welfare": welfare,
        "real_income": real_income,
        "real_gdp": real_gdp,
        "consumer_prices": level - 1.0,
        "employment": employment,
        "labour_income": bill,
        "real_wage": wage / np.exp(before.log_wage).T / level - 1.0,
        "tariff_revenue": revenue.T,
        "profits": of_makers,
        "capital": capital_growth(plan.factors, *made),
        "absorbed_duty": borne,
    }
    return Results(
        by_country=np.array([read[name] for name in BY_COUNTRY]),
        real_value_added=added.transpose(2, 1, 0),
        residual=look.worst[done],
        alone=np.zeros(int(done.sum()), bool),
        flows=np.empty((0, 2, int(done.sum()))),
    )
