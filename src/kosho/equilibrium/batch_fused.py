# ruff: noqa: C901, PLR0912 - loops written out, as machine code wants them
"""Sixteen members from the centre to their equilibria in one piece of machine code.

For members of the plain closure, with quotas, purchases and product nests: the equations of `sell` and `gaps`,
what such markets buy and countries earn between them, a chord step and its acceleration, all on arrays that
stay near. What else there is goes the way of `batch_iteration`, a pass for all members at a time.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.batch_compiled import accelerate, gaps_of_some, room, sell_some
from kosho.equilibrium.batch_loops import Base, Cells, Seller
from kosho.equilibrium.lanes import LANES, absolute, every, larger, load, narrower, nothing, store
from kosho.equilibrium.lanes_functions import ROWS, TALL, exp, in_lines, log, panels, times, times_tall
from kosho.equilibrium.lanes_markets import Buyers, buy, place_for
from kosho.equilibrium.machine_code import compiled
from kosho.equilibrium.newton_chord import Chord

__all__ = ["Equations", "Found", "Inverse", "Limits", "inverse", "together"]

LEAST = 1e-37
"""Nothing less is taken for what labour earns, in either precision."""

Equations: TypeAlias = tuple[Any, Any, Any, Cells, Seller, Base, tuple[Array, Array, Array]]
"""Of all members in one precision: inputs, uses and shares as `sell` and `gaps` multiply by them; members' own
cells; what these two read of the base; and by country labour income, deficits and value added (N,)."""
Inverse: TypeAlias = tuple[Any, Any, Any, Any]
"""A chord in panels: prices and expenditure of each country, reach, sight."""
Limits: TypeAlias = tuple[int, float, float, int, bool]
"""Looks in either precision; the gap from which on half of the members need double precision, and the one at
which a member is done; how many sixteens of members go side by side; whether states and cells are told."""
Found: TypeAlias = tuple[Array, Array, Array, Array, Array, Array]
"""See `together`."""


def inverse(chord: Chord) -> Inverse:
    """A chord as `together` multiplies by it."""
    half = chord.local.shape[1] // 2
    prices, spending = chord.local[:, :half, :half], chord.local[:, half:]
    return panels(prices), panels(spending), panels(chord.reach[None], TALL), panels(chord.sight[None], TALL)


@compiled
def together(  # noqa: PLR0913, PLR0917 - see below
    single: Equations,
    double: Equations,
    markets: Buyers,
    chord: Inverse,
    start: Array,
    worth: Array,
    limits: Limits,
) -> Found:
    """Iterate members until each has converged.

    Args:
        single: The equations in single precision.
        double: In double precision.
        markets: Those with bounds or product nests, in double precision.
        chord: The inverse Jacobian.
        start: Where all begin (N + 2 SN,).
        worth: Of output: that in the base, and value added of a unit of it (2, N, S).
        limits: See there.

    Returns:
        By sixteens of members change of value added at base prices (g, N, S, 16); wages, the price level of
        final demand, income and tariff revenue (g, 4, N, 16). Largest gaps (b,). If they are told, else of no
        members, states (N + 2 SN, b); ln c, E, sum K E and output (4, SN, b); and log wedges (c, b).
    """
    sectors, count = double[4][0].shape
    looks, rough, least, abreast, whole = limits
    size, members, bounds = len(start), double[3][3].shape[1], len(markets[2][4])
    groups = members // LANES
    added, of_countries = np.empty((groups, count, sectors, LANES)), np.empty((groups, 4, count, LANES))
    told = members if whole else 0
    states, wedges, worst = np.empty((size, told)), np.empty((bounds, told)), np.empty(members)
    of_cells = np.empty((4, sectors * count, told))
    # A pass is made for some before the next one, so that matrices stay near while members come by.
    most = min(abreast, groups)
    steps, gap, history, near, far = _turns(chord, most, size)
    spare = (
        in_lines(most * chord[3].shape[1] * TALL, np.float32).reshape(most, -1, LANES),
        in_lines(ROWS * chord[1].shape[1], np.float32),
        in_lines(2 * sectors, np.float32),
    )
    near_by, at = _room(single, near[0, 0], markets), _room(double, far[0, 0], markets)
    missed, charged = np.empty((most, LANES)), np.zeros((most, bounds, LANES))
    going = np.empty(most, np.bool_)
    for lead in range(0, groups, most):
        now, taken = min(most, groups - lead), 0
        for g in range(most):
            going[g] = g < now
        for g in range(now):
            for d in range(size):
                for b in range(LANES):
                    near[0, g, d, b] = start[d]
            for c in range(bounds):
                for b in range(LANES):
                    charged[g, c, b] = 0.0
        for _look in range(looks):
            left = 0
            for g in range(now):
                first, there = (lead + g) * LANES, near[taken % 2, g]
                store(missed[g], 0, _look_at(single, markets, first, there, charged[g], near_by, gap[g]))
                for b in range(LANES):
                    left += missed[g, b] > rough
            _go(chord, gap, (steps, near, history), spare, taken, count, going)
            taken += 1
            if 2 * left <= now * LANES:
                break
        for k in range(2):
            for g in range(now):
                for d in range(size):
                    place = d * LANES
                    store(far[k, g], place, load(near[k, g], place))
        for look in range(looks):
            still = False
            for g in range(now):
                if not going[g]:
                    continue
                first, there = (lead + g) * LANES, far[taken % 2, g]
                store(missed[g], 0, _look_at(double, markets, first, there, charged[g], at, gap[g]))
                going[g] = look < looks - 1
                if going[g]:
                    going[g] = False
                    for b in range(LANES):
                        going[g] |= missed[g, b] > least and missed[g, b] < np.inf
                still |= going[g]
                if not going[g]:
                    for b in range(LANES):
                        worst[first + b] = missed[g, b]
                    _sum_up(double[5][0], worth, there, at, (added[lead + g], of_countries[lead + g]))
                    if whole:
                        _put_down((states, of_cells, wedges), there, charged[g], at, first)
            if not still:
                break
            _go(chord, gap, (steps, far, history), spare, taken, count, going)
            taken += 1
    return added, of_countries, worst, states, of_cells, wedges


@compiled
def _turns(chord: Inverse, most: int, size: int) -> Any:
    """For so many sixteens of members: two steps, gaps, their history, and two states in either precision."""
    padded = chord[2].shape[1] * TALL
    return (
        in_lines(2 * most * padded, np.float32).reshape(2, most, padded, LANES),
        in_lines(most * size, np.float32).reshape(most, size, LANES),
        in_lines(4 * most * size, np.float32).reshape(most, 4, size, LANES),
        in_lines(2 * most * size, np.float32).reshape(2, most, size, LANES),
        in_lines(2 * most * size, np.float64).reshape(2, most, size, LANES),
    )


@compiled
def _sum_up(alpha: Array, worth: Array, state: Array, at: Any, found: tuple[Array, Array]) -> None:
    """What is told of all lanes of members."""
    added, of_countries = found
    sectors, count = alpha.shape
    zero = nothing(state)
    for n in range(count):
        level = zero
        for j in range(sectors):
            level = level + load(state, (count + j * count + n) * LANES) * alpha[j, n]
            place = (j * count + n) * LANES
            change = load(at[3], place) * exp(zero - load(at[0], place)) - worth[0, n, j]
            store(added, (n * sectors + j) * LANES, change * worth[1, n, j])
        store(of_countries, n * LANES, exp(load(state, n * LANES)))
        store(of_countries, (count + n) * LANES, exp(level))
        store(of_countries, (2 * count + n) * LANES, load(at[5], n * LANES))
        store(of_countries, (3 * count + n) * LANES, load(at[6], n * LANES))


@compiled
def _put_down(found: tuple[Array, Array, Array], state: Array, charged: Array, at: Any, first: int) -> None:
    """Where lanes of members ended, the `first` of all on."""
    states, of_cells, wedges = found
    members, cells = states.shape[1], of_cells.shape[1]
    for d in range(len(state)):
        store(states, d * members + first, load(state, d * LANES))
    for c in range(len(charged)):
        store(wedges, c * members + first, load(charged, c * LANES))
    for d in range(cells):
        place = d * LANES
        store(of_cells, d * members + first, load(at[0], place))
        store(of_cells, (cells + d) * members + first, load(at[1], place))
        store(of_cells, (2 * cells + d) * members + first, load(at[2], place))
        store(of_cells, (3 * cells + d) * members + first, load(at[3], place))


@compiled
def _go(  # noqa: PLR0913, PLR0917 - what is kept between steps
    chord: Inverse, gap: Any, kept: Any, spare: Any, taken: int, count: int, going: Any
) -> None:
    """A step of those who go on, accelerated: from the state of this turn to that of the next."""
    steps, states, history = kept
    size = gap.shape[1]
    now, before = steps[taken % 2], steps[(taken + 1) % 2]
    _steps(chord, gap, now, spare, count, going)
    here, last = states[taken % 2], states[(taken + 1) % 2]  # the next state takes the place of the last
    for g in range(len(gap)):
        past = last[g], before[g, :size]
        if going[g]:
            accelerate(here[g], now[g, :size], past, history[g], taken, count, last[g])


@compiled
def _room(equations: Equations, state: Array, markets: Buyers) -> Any:
    """For what `_look_at` writes: ln c, E, sum K E and output; sums by country, income, revenue; the rest."""
    sectors, count = equations[4][0].shape
    kind, size = state.dtype, sectors * count

    def rows(number: int) -> Array:
        return in_lines(number, kind).reshape(number, LANES)

    rents = rows(count), rows(count)
    rents[0][:] = rents[1][:] = 0.0
    return (
        rows(size),
        rows(size),
        rows(size),
        rows(size),
        rows(4 * count),
        rows(count),
        rows(count),
        in_lines(1, np.float32),
        room(equations[0], equations[2], state),
        rents,
        place_for(markets),
    )


@compiled
def _look_at(  # noqa: PLR0913, PLR0917 - a look
    equations: Equations, markets: Buyers, first: int, state: Array, charged: Array, at: Any, gap: Any
) -> Any:
    """The gaps at a state, for lanes of members from the `first` of all, and the largest."""
    inputs, uses, shared, own, seller, base, earners = equations
    log_cost, power, absorbed, output, sums, income, revenue, worst, spare, rents, counter = at
    sell_some(inputs, own, shared, seller, (state, log_cost, power, absorbed, output, sums), first, spare)
    here = every(load(worst, 0), 0.0)
    if len(markets[0][4]) > 0:
        bought = state, log_cost, absorbed, output, sums
        here = narrower(buy(markets, seller, first, bought, rents, charged, counter))
    earned = narrower(_earn(earners, state, sums, rents, income, revenue, gap))
    here = larger(here, earned) + (here + earned) * 0.0
    arrays = absorbed, output, state, sums[len(income) :], income
    gaps_of_some(uses, arrays, base, first, gap, worst, spare[:2])
    most = load(worst, 0)
    return larger(here, most) + (here + most) * 0.0  # not a number where either is none


@compiled
def _earn(  # noqa: PLR0913, PLR0917 - what is read and written by country
    earners: tuple[Array, Array, Array],
    state: Array,
    total: Array,
    rents: tuple[Array, Array],
    income: Array,
    revenue: Array,
    gap: Any,
) -> Any:
    """Income and tariff revenue of countries, and gaps of their labour markets; the largest by country."""
    labour_income, deficits, value_added = earners
    count, zero = len(labour_income), nothing(state)
    wages, base = zero, 0.0
    for n in range(count):
        wages = wages + exp(load(state, n * LANES)) * labour_income[n]
        base += value_added[n]
    numeraire = wages / every(zero, base)
    ratio, worst, wrong = log(numeraire), absolute(numeraire - 1.0), zero
    for n in range(count):
        paid, held = load(rents[0], n * LANES), load(rents[1], n * LANES)
        imports, spent = load(total, n * LANES) + paid, load(total, (count + n) * LANES)
        earned, made = load(total, (2 * count + n) * LANES), load(total, (3 * count + n) * LANES)
        bill = exp(load(state, n * LANES)) * labour_income[n]
        duties = spent - imports
        whole = bill + duties + held + every(zero, deficits[n])
        store(revenue, n * LANES, duties)
        store(income, n * LANES, whole)
        share = larger(earned, every(zero, LEAST)) / bill
        store(gap, n * LANES, log(share) - ratio)
        balance = (imports - deficits[n] - made - held) / whole
        worst = larger(larger(worst, absolute(share - 1.0)), absolute(balance))
        wrong = wrong + (share + balance) * 0.0
    return worst + wrong


@compiled
def _steps(chord: Inverse, gap: Any, steps: Any, spare: Any, count: int, going: Any) -> None:
    """The steps that would close the gaps of those who go on."""
    prices, spending, reach, sight = chord
    seen, found, near = spare
    sectors = (gap.shape[1] - count) // (2 * count)
    times_tall(sight, gap, seen, going)
    times_tall(reach, seen, steps, going)
    half, row = sectors * count * LANES, count * LANES
    for n in range(count):
        for g in range(len(gap)):
            if not going[g]:
                continue
            here, step, place = gap[g], steps[g], n * LANES
            store(step, place, load(step, place) + load(here, place))
            times(prices, n, here, (count + n) * LANES, row, near, found)
            for j in range(sectors):
                place = (count + j * count + n) * LANES
                store(step, place, load(step, place) + load(found, j * LANES))
            times(spending, n, here, (count + n) * LANES, row, near, found)
            for j in range(sectors):
                place = half + (count + j * count + n) * LANES
                store(step, place, load(step, place) + load(found, j * LANES))
