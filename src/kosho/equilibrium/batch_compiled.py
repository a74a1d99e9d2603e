# ruff: noqa: C901, D103, PLR0912 - functions of `batch_loops`, which says what they do, written out
"""What `batch_loops` does, compiled by Numba: the same functions with the same arguments.

Members are taken sixteen at a time through a whole pass (`lanes`), so that what is read and written in between
stays in registers or the nearest cache. Arrays are those of NumPy, members last; `place` is where a row begins
in one of them laid flat.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kosho.arrays import Array, Index, Mask, Single
from kosho.equilibrium.batch_fold import Folded, Rows
from kosho.equilibrium.batch_loops import RIDGE, SPENDING_FLOOR, TINY, WAGE_CAP, Base, Cells, Sales, Seller
from kosho.equilibrium.kernel import SMALL_CELL
from kosho.equilibrium.lanes import (
    LANES,
    absolute,
    every,
    larger,
    load,
    narrower,
    nothing,
    or_one,
    smaller,
    store,
    wider,
)
from kosho.equilibrium.lanes_functions import exp, in_lines, log, panels, times
from kosho.equilibrium.machine_code import compiled
from kosho.equilibrium.shock import ROUNDING

__all__ = [
    "WIDTH",
    "accelerate",
    "accelerated",
    "fold",
    "gaps",
    "gaps_of_some",
    "matrices",
    "room",
    "sell",
    "sell_some",
    "shares",
    "touched",
]

WIDTH: int = LANES


def touched(
    sector: Index, importer: Index, exporter: Index, shape: tuple[int, int, int]
) -> tuple[Index, Index]:
    return _touched(_read_only(sector), _read_only(importer), _read_only(exporter), shape)


@compiled
def _touched(
    sector: Index, importer: Index, exporter: Index, shape: tuple[int, int, int]
) -> tuple[Index, Index]:
    slot, cell = np.full(shape[0] * shape[1] * shape[2], -1), np.empty(len(sector), np.intp)
    for k in range(len(sector)):
        cell[k] = (sector[k] * shape[1] + importer[k]) * shape[2] + exporter[k]
        slot[cell[k]] = 0
    cells, count = np.empty(len(slot), np.intp), 0
    for place in range(len(slot)):
        if slot[place] == 0:
            slot[place] = count
            cells[count] = place
            count += 1
    for k in range(len(cell)):
        cell[k] = slot[cell[k]]
    return cells[:count].copy(), cell


def fold(rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array) -> Folded:
    share, cost, base_tariff, tariff, rent = map(_read_only, rows)  # some are: one type for a compiler
    found = _fold((share, cost, base_tariff, tariff, rent), _read_only(sector), length, cell, net, theta)
    return Folded(*found)


def _read_only(column: Any) -> Any:
    view = column.view()
    view.setflags(write=False)
    return view


@compiled
def _fold(
    rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array
) -> tuple[Mask, Array, Array, Array, Array, bool]:
    share, cost, base_tariff, tariff, rent = rows
    cells, members = len(net), len(length)
    differ, first, apart = _differ(rows, length, cell, cells, theta.shape[1] > 1)
    slot, count = np.full(cells, -1), 0
    for c in range(cells):
        if differ[c]:
            slot[c] = count
            count += 1
    factor, received = np.ones((count, members)), np.empty((count, members))
    for c in range(cells):
        if differ[c]:
            received[slot[c]] = net[c]
    alike = np.ones((2, cells))
    weight = np.empty(len(cell) if apart else 0)
    seen, parts, fits, start = np.full(cells, -1), np.zeros((cells, 4)), True, 0
    for b in range(members):
        end = start + length[b]
        for k in range(start, end):
            c, j = cell[k], sector[k]
            if not differ[c] and first[c] != k:
                continue
            wedge, base = 1.0 + tariff[k] + rent[k], 1.0 + base_tariff[k]
            heavy = share[k] * (cost[k] * (wedge / base)) ** -theta[j, b if theta.shape[1] > 1 else 0]
            if apart:
                weight[k] = heavy
            if seen[c] != b:
                seen[c] = b
                parts[c] = 0.0
            parts[c, 0] += share[k]
            parts[c, 1] += share[k] / base
            parts[c, 2] += heavy
            parts[c, 3] += heavy / wedge
        for k in range(start, end):
            c = cell[k]
            if seen[c] != b:
                continue  # of all members, or done with another part of it
            seen[c] = -1
            rest, rest_net = 1.0 - parts[c, 0], net[c] - parts[c, 1]
            rest = 0.0 if abs(rest) <= ROUNDING else rest
            rest_net = 0.0 if abs(rest_net) <= ROUNDING else rest_net
            if rest_net < 0.0 or (rest == 0.0) != (rest_net == 0.0):
                fits = False
            whole = rest + parts[c, 2]
            kept = (rest_net + parts[c, 3]) / whole if whole > 0.0 else 1.0
            if differ[c]:
                factor[slot[c], b], received[slot[c], b] = whole, kept
            else:
                alike[0, c], alike[1, c] = whole, kept
        start = end
    return differ, alike, factor, received, weight, fits


@compiled
def _differ(rows: Rows, length: Index, cell: Index, cells: int, own_theta: bool) -> tuple[Mask, Index, bool]:
    """Whether members differ in a cell `(c,)`, the first row of each, and whether any row pays a rent."""
    share, cost, base_tariff, tariff, rent = rows
    members, start, apart = len(length), 0, False
    differ, first = np.full(cells, own_theta), np.full(cells, -1)
    seen, count = np.full(cells, -1), np.zeros(cells, np.intp)
    for b in range(members):
        for k in range(start, start + length[b]):
            c = cell[k]
            m = first[c]
            if m < 0:
                first[c] = m = k
            if (
                seen[c] == b  # a cell in parts
                or share[m] != share[k]
                or cost[m] != cost[k]
                or base_tariff[m] != base_tariff[k]
                or tariff[m] != tariff[k]
                or rent[m] != rent[k]
            ):
                differ[c] = True
            apart |= rent[k] != 0.0
            seen[c] = b
            count[c] += 1
        start += length[b]
    for c in range(cells):
        differ[c] |= count[c] != members
    if apart:
        differ[:] = True
    return differ, first, apart


def matrices(stack: Array) -> Any:
    return panels(stack)


def shares(factor: Array, net_factor: Array) -> Any:
    return panels(np.concatenate([factor, net_factor], axis=1)), panels(net_factor.transpose(0, 2, 1))


@compiled
def sell(inputs: Any, own: Cells, shared: Any, state: Array, base: Seller) -> Sales:
    sectors, count = base[0].shape
    members = state.shape[1]
    shape = (sectors, count, members)
    log_cost, power = np.empty(shape, state.dtype), np.empty(shape, state.dtype)
    absorbed, output = np.empty(shape, state.dtype), np.empty(shape, state.dtype)
    sums = np.empty((4, count, members), state.dtype)
    arrays = state, log_cost, power, absorbed, output, sums
    sell_some(inputs, own, shared, base, arrays, 0, room(inputs, shared, state))
    return log_cost, power, absorbed, output, sums


@compiled
def room(inputs: Any, shared: Any, state: Array) -> tuple[Array, Array, Array]:
    """For what comes of a product with a matrix of a country or a sector, for what goes into it, and for
    expenditure over what a sector absorbs.
    """
    both, back = shared
    rows = max(inputs.shape[1], both.shape[1], back.shape[1]) * inputs.shape[3]
    depth, count = max(inputs.shape[2], both.shape[2]), both.shape[2]
    return in_lines(rows, state.dtype), in_lines(depth, state.dtype), in_lines(count, state.dtype)


@compiled
def sell_some(  # noqa: PLR0913, PLR0917 - a part of two functions
    inputs: Any,
    own: Cells,
    shared: Any,
    base: Seller,
    arrays: Any,
    first: int,
    spare: tuple[Array, Array, Array],
) -> None:
    """`sell` for the members that arrays have, the `first` of them among those of own cells and elasticities.

    All of them are multiplied by a matrix before the next one is read.
    """
    sector, importer, exporter, factor, net_factor = own
    both, back = shared
    scale, labour, cost_labour, minus_theta = base
    state, log_cost, power, absorbed, output, sums = arrays
    found, near, unit = spare
    sectors, count = scale.shape
    members, width, one_theta = factor.shape[1], state.shape[1], minus_theta.shape[1] == 1
    half, row, zero = (count + sectors * count) * width, count * width, nothing(state)
    for n in range(count):
        for b in range(0, width, LANES):
            times(inputs, n, state, (count + n) * width + b, row, near, found)
            wage = load(state, n * width + b)
            for j in range(sectors):
                place = (j * count + n) * width + b
                cost = load(found, j * LANES) + wage * cost_labour[j, n]
                store(log_cost, place, cost)
                theta = every(zero, minus_theta[j, 0])
                if not one_theta:
                    theta = load(minus_theta, j * members + first + b)
                store(power, place, exp(theta * cost))
    for place in range(0, 4 * row, LANES):
        store(sums, place, zero)
    start = 0
    for j in range(sectors):
        end = start
        while end < len(sector) and sector[end] == j:
            end += 1
        for b in range(0, width, LANES):
            times(both, j, power, j * row + b, width, near, found)
            for cell in range(start, end):
                sold = load(power, (j * count + exporter[cell]) * width + b)
                at, to = cell * members + first + b, importer[cell] * LANES
                store(found, to, load(found, to) + load(factor, at) * sold)
                to += count * LANES
                store(found, to, load(found, to) + load(net_factor, at) * sold)
            for n in range(count):
                to, place, total = n * LANES, (j * count + n) * width + b, n * width + b
                bought = or_one(load(found, to))
                store(absorbed, place, bought)
                spent = load(state, half + place) * scale[j, n]
                each = spent / bought
                store(unit, to, each)
                store(sums, total, load(sums, total) + load(found, to + count * LANES) * each)
                store(sums, row + total, load(sums, row + total) + spent)
            times(back, j, unit, 0, LANES, near, found)
            for cell in range(start, end):
                to = exporter[cell] * LANES
                each = load(net_factor, cell * members + first + b) * load(unit, importer[cell] * LANES)
                store(found, to, load(found, to) + each)
            for n in range(count):
                place, total = (j * count + n) * width + b, 2 * row + n * width + b
                made = load(found, n * LANES) * load(power, place)
                store(output, place, made)
                store(sums, total, load(sums, total) + made * labour[j, n])
                store(sums, row + total, load(sums, row + total) + made)
        start = end


@compiled
def gaps(uses: Any, sales: tuple[Array, Array], at: tuple[Array, Array, Array], base: Base, out: Any) -> Array:
    absorbed, output = sales
    state, total, income = at
    worst: Any = np.empty(state.shape[1], np.float32)
    found = np.empty(uses.shape[1] * uses.shape[3] * LANES, state.dtype)
    near = np.empty(uses.shape[2] * LANES, state.dtype)
    gaps_of_some(uses, (absorbed, output, state, total, income), base, 0, out, worst, (found, near))
    return worst


@compiled
def gaps_of_some(  # noqa: PLR0913, PLR0917 - a part of two functions
    uses: Any, arrays: Any, base: Base, first: int, out: Any, worst: Single, spare: tuple[Array, Array]
) -> None:
    """`gaps` for the members that arrays have, the `first` among those of elasticities; into `worst`."""
    absorbed, output, state, total, income = arrays
    found, near = spare
    alpha, scale, minus_theta, offset = base
    sectors, count = scale.shape
    width, members = state.shape[1], minus_theta.shape[1]
    half, row, zero = (count + sectors * count) * width, count * width, nothing(state)
    worst[:] = 0.0
    for n in range(count):
        for b in range(0, width, LANES):
            times(uses, n, output, n * width + b, row, near, found)
            earned, least = load(income, n * width + b), load(total, n * width + b) * SMALL_CELL
            most, wrong = load(worst, b), narrower(zero)
            for j in range(sectors):
                place, size = (j * count + n) * width + b, scale[j, n]
                spent = load(state, half + place) * size
                gap = load(found, j * LANES) + (earned * alpha[j, n] - spent)
                store(out, half + place, gap * (1.0 / size))
                relative = absolute(narrower(gap)) / narrower(larger(spent, least))
                inverse = every(zero, 1.0 / minus_theta[j, 0])
                if members > 1:
                    inverse = every(zero, 1.0) / load(minus_theta, j * members + first + b)
                here = load(state, row + place)
                price = log(load(absorbed, place)) * inverse + (every(zero, offset[j, n]) - here)
                store(out, row + place, price)
                apart = absolute(narrower(price))
                most = larger(larger(most, relative), apart)
                wrong = wrong + (relative + apart) * 0.0
            store(worst, b, most + wrong)  # not a number where any gap is none, which a maximum forgets


@compiled
def accelerated(
    state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
) -> Array:
    following = np.empty_like(state)
    accelerate(state, step, last, history, steps, count, following)
    return following


@compiled
def accelerate(  # noqa: PLR0913, PLR0917 - a part of two functions
    state: Array,
    step: Single,
    last: tuple[Array, Single],
    history: Single,
    steps: int,
    count: int,
    following: Array,
) -> None:
    """`accelerated` into an array that is there, which may be that of the state before."""
    before, stepped = last
    rows, members = state.shape
    slot, held = steps % 2, min(steps, 2)
    moves, changes, older, old = history[slot], history[2 + slot], history[1 - slot], history[3 - slot]
    weights, dots = np.zeros((2, LANES), step.dtype), np.zeros((5, LANES), step.dtype)
    half, double = count + (rows - count) // 2, nothing(state)
    for b in range(0, members, LANES):
        if held > 0:
            changed = met = past = both = gone = nothing(step)
            for d in range(rows):
                place = d * members + b
                now = load(step, place)
                change = now - load(stepped, place)
                store(changes, place, change)
                store(moves, place, load(state, place) - load(before, place) + wider(double, change))
                changed = changed + change * change
                met = met + change * now
                if held > 1:
                    was = load(old, place)
                    past = past + was * was
                    both = both + change * was
                    gone = gone + was * now
            store(dots, 0, changed)
            store(dots, LANES, met)
            store(dots, 2 * LANES, past)
            store(dots, 3 * LANES, both)
            store(dots, 4 * LANES, gone)
            _weigh(dots, held, weights)
        newer, second = load(weights, 0), load(weights, LANES)
        for d in range(rows):
            place = d * members + b
            here, move = load(state, place), load(step, place)
            if held > 0:
                move = move - newer * load(moves, place)
            if held > 1:
                move = move - second * load(older, place)
            there = here + wider(here, move)
            if d < count:
                there = smaller(larger(there, here - WAGE_CAP), here + WAGE_CAP)
            elif d >= half:
                there = larger(there, here * SPENDING_FLOOR)
            store(following, place, there)


@compiled
def _weigh(dots: Single, held: int, weights: Single) -> None:
    """Of both differences, from products of the last with itself and with the step; of the older with itself,
    of the two, and of the older with the step.
    """
    for b in range(dots.shape[1]):
        ridge = RIDGE * (np.float64(dots[0, b]) + np.float64(dots[2, b])) + TINY
        first, second, mixed = dots[0, b] + ridge, dots[2, b] + ridge, np.float64(dots[3, b])
        if held == 1:
            weights[0, b] = dots[1, b] / first
        else:
            whole = first * second - mixed * mixed
            weights[0, b] = (second * dots[1, b] - mixed * dots[4, b]) / whole
            weights[1, b] = (first * dots[4, b] - mixed * dots[1, b]) / whole
