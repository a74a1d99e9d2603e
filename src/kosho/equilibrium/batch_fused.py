# ruff: noqa: C901 - loops written out, as machine code wants them
"""Sixteen members from the centre to their equilibria in one piece of machine code.

For members of the plain closure without rents, bounds and product nests: nothing but the equations of `sell`
and `gaps`, what countries earn between them, a chord step and its acceleration, all on arrays that stay in the
cache of a core. What else there is goes the way of `batch_iteration`, a pass for all members at a time.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.batch_compiled import accelerate, gaps_of_some, room, sell_some
from kosho.equilibrium.batch_loops import Base, Cells, Seller
from kosho.equilibrium.lanes import LANES, absolute, every, larger, load, narrower, nothing, store
from kosho.equilibrium.lanes_functions import ROWS, TALL, exp, log, panels, times, times_tall
from kosho.equilibrium.machine_code import compiled
from kosho.equilibrium.newton_chord import Chord

__all__ = ["Equations", "Inverse", "inverse", "together"]

ABREAST = 2
"""Sixteens of members that go side by side."""
LEAST = 1e-37
"""Nothing less is taken for what labour earns, in either precision."""

Equations: TypeAlias = tuple[Any, Any, Any, Cells, Seller, Base, tuple[Array, Array, Array]]
"""Of all members in one precision: inputs, uses and shares as `sell` and `gaps` multiply by them; members' own
cells; what these two read of the base; and by country labour income, deficits and value added (N,)."""
Inverse: TypeAlias = tuple[Any, Any, Any, Any]
"""A chord in panels: prices and expenditure of each country, reach, sight."""
Found: TypeAlias = tuple[Array, Array, Array, Array, Array, Array, Array, Array]
"""See `together`."""


def inverse(chord: Chord) -> Inverse:
    """A chord as `together` multiplies by it."""
    half = chord.local.shape[1] // 2
    prices, spending = chord.local[:, :half, :half], chord.local[:, half:]
    return panels(prices), panels(spending), panels(chord.reach[None], TALL), panels(chord.sight[None], TALL)


@compiled
def together(
    single: Equations, double: Equations, chord: Inverse, start: Array, limits: tuple[int, float, float]
) -> Found:
    """Iterate members until each has converged.

    Args:
        single: The equations in single precision.
        double: In double precision.
        chord: The inverse Jacobian.
        start: Where all begin (N + 2 SN,).
        limits: Looks in either precision; the gap from which on half of the members need double precision, and
            the one at which a member is done.

    Returns:
        States (N + 2 SN, b); ln c, E, sum K E and output (S, N, b); income and tariff revenue (N, b); largest
        gaps (b,).
    """
    sectors, count = double[4][0].shape
    looks, rough, least = limits
    size, members = len(start), double[3][3].shape[1]
    shape, groups = (sectors, count, members), members // LANES
    states, worst = np.empty((size, members)), np.empty(members)
    of_cells = np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape)
    of_countries = np.empty((count, members)), np.empty((count, members))
    # A pass is made for some before the next one, so that matrices stay near while members come by.
    padded, most = chord[2].shape[1] * TALL, min(ABREAST, groups)
    rows = max(chord[3].shape[1] * TALL, ROWS * chord[1].shape[1])
    steps, gap = np.empty((2, most, padded, LANES), np.float32), np.empty((most, size, LANES), np.float32)
    spare = np.empty(rows * LANES, np.float32), np.empty(2 * sectors * LANES, np.float32)
    history = np.empty((most, 4, size, LANES), np.float32)
    near, far = np.empty((3, most, size, LANES), np.float32), np.empty((3, most, size, LANES))
    near_by, at = _room(single, near[0, 0]), _room(double, far[0, 0])
    missed, going = np.empty((most, LANES)), np.empty(most, np.bool_)
    for lead in range(0, groups, most):
        abreast, taken = min(most, groups - lead), 0
        going[:] = np.arange(most) < abreast
        for g in range(abreast):
            for d in range(size):
                near[0, g, d] = start[d]
        for _look in range(looks):
            for g in range(abreast):
                worst_here = _look_at(single, (lead + g) * LANES, near[taken % 3, g], near_by, gap[g])
                store(missed[g], 0, worst_here)
            _go(chord, gap, (steps, near, history), spare, taken, count, going)
            taken += 1
            if 2 * (missed[:abreast] > rough).sum() <= abreast * LANES:
                break
        for k in (taken % 3, (taken + 2) % 3):
            far[k, :abreast] = near[k, :abreast]
        for look in range(looks):
            for g in range(abreast):
                if not going[g]:
                    continue
                b, there = (lead + g) * LANES, far[taken % 3, g]
                store(missed[g], 0, _look_at(double, b, there, at, gap[g]))
                if look == looks - 1 or ((missed[g] <= least) | ~np.isfinite(missed[g])).all():
                    going[g] = False
                    worst[b : b + LANES] = missed[g]
                    _put_down((states, of_cells, of_countries), there, at, b)
            if not going.any():
                break
            _go(chord, gap, (steps, far, history), spare, taken, count, going)
            taken += 1
    return states, *of_cells, *of_countries, worst


@compiled
def _put_down(found: tuple[Array, Any, Any], state: Array, at: Any, b: int) -> None:
    """What was found of lanes of members, the first of them the b-th of all."""
    states, (log_cost, power, absorbed, output), (income, revenue) = found
    members = states.shape[1]
    for d in range(len(state)):
        store(states, d * members + b, load(state, d * LANES))
    for d in range(len(at[0])):
        to, place = d * members + b, d * LANES
        store(log_cost, to, load(at[0], place))
        store(power, to, load(at[1], place))
        store(absorbed, to, load(at[2], place))
        store(output, to, load(at[3], place))
    for n in range(len(income)):
        store(income, n * members + b, load(at[5], n * LANES))
        store(revenue, n * members + b, load(at[6], n * LANES))


@compiled
def _go(  # noqa: PLR0913, PLR0917 - what is kept between steps
    chord: Inverse, gap: Any, kept: Any, spare: Any, taken: int, count: int, going: Any
) -> None:
    """A step of those who go on, accelerated: from the state of this turn to that of the next."""
    steps, states, history = kept
    size = gap.shape[1]
    now, before = steps[taken % 2], steps[(taken + 1) % 2]
    for g in range(len(gap)):
        if going[g]:
            _step(chord, gap[g], now[g], spare, count)
    here, last, following = states[taken % 3], states[(taken + 2) % 3], states[(taken + 1) % 3]
    for g in range(len(gap)):
        past = last[g], before[g, :size]
        if going[g]:
            accelerate(here[g], now[g, :size], past, history[g], taken, count, following[g])


@compiled
def _room(equations: Equations, state: Array) -> Any:
    """For what `_look_at` writes: ln c, E, sum K E and output; sums by country, income, revenue; the rest."""
    sectors, count = equations[4][0].shape
    kind, size = state.dtype, sectors * count
    shape, by_country = (size, LANES), (count, LANES)
    return (
        np.empty(shape, kind),
        np.empty(shape, kind),
        np.empty(shape, kind),
        np.empty(shape, kind),
        np.empty((4 * count, LANES), kind),
        np.empty(by_country, kind),
        np.empty(by_country, kind),
        np.empty(LANES, np.float32),
        room(equations[0], equations[2], state),
    )


@compiled
def _look_at(equations: Equations, first: int, state: Array, at: Any, gap: Any) -> Any:
    """The gaps at a state, for lanes of members from the `first` of all, and the largest."""
    inputs, uses, shared, own, seller, base, earners = equations
    log_cost, power, absorbed, output, sums, income, revenue, worst, spare = at
    sell_some(inputs, own, shared, seller, (state, log_cost, power, absorbed, output, sums), first, spare)
    here = narrower(_earn(earners, state, sums, income, revenue, gap))
    arrays = absorbed, output, state, sums[len(income) :], income
    gaps_of_some(uses, arrays, base, first, gap, worst, spare[:2])
    most = load(worst, 0)
    return larger(here, most) + (here + most) * 0.0  # not a number where either is none


@compiled
def _earn(
    earners: tuple[Array, Array, Array], state: Array, total: Array, income: Array, revenue: Array, gap: Any
) -> Any:
    """Income and tariff revenue of countries, and gaps of their labour markets; the largest by country."""
    labour_income, deficits, value_added = earners
    count, zero = len(labour_income), nothing(state)
    paid, base = zero, 0.0
    for n in range(count):
        paid = paid + exp(load(state, n * LANES)) * labour_income[n]
        base += value_added[n]
    numeraire = paid / every(zero, base)
    ratio, worst, wrong = log(numeraire), absolute(numeraire - 1.0), zero
    for n in range(count):
        imports, spent = load(total, n * LANES), load(total, (count + n) * LANES)
        earned, made = load(total, (2 * count + n) * LANES), load(total, (3 * count + n) * LANES)
        bill = exp(load(state, n * LANES)) * labour_income[n]
        duties = spent - imports
        whole = bill + duties + every(zero, deficits[n])
        store(revenue, n * LANES, duties)
        store(income, n * LANES, whole)
        share = larger(earned, every(zero, LEAST)) / bill
        store(gap, n * LANES, log(share) - ratio)
        balance = (imports - deficits[n] - made) / whole
        worst = larger(larger(worst, absolute(share - 1.0)), absolute(balance))
        wrong = wrong + (share + balance) * 0.0
    return worst + wrong


@compiled
def _step(chord: Inverse, gap: Any, step: Any, spare: Any, count: int) -> None:
    """The step that would close the gaps."""
    prices, spending, reach, sight = chord
    found, near = spare
    sectors = (len(gap) - count) // (2 * count)
    times_tall(sight, gap, found)
    times_tall(reach, found, step)
    half, row = sectors * count * LANES, count * LANES
    for n in range(count):
        place = n * LANES
        store(step, place, load(step, place) + load(gap, place))
        times(prices, n, gap, (count + n) * LANES, row, near, found)
        for j in range(sectors):
            place = (count + j * count + n) * LANES
            store(step, place, load(step, place) + load(found, j * LANES))
        times(spending, n, gap, (count + n) * LANES, row, near, found)
        for j in range(sectors):
            place = half + (count + j * count + n) * LANES
            store(step, place, load(step, place) + load(found, j * LANES))
