# ruff: noqa: C901, D103, PLR0912 - functions of `batch_loops`, which says what they do, written out
"""What `batch_loops` does, compiled by Numba: the same functions with the same arguments.

Every inner loop runs over members, which lie next to each other, and writes one array, so that a compiler
makes vector instructions of it; rows are indexed and not taken out, which would count references. No constant
is a Python float where single precision would be widened by it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import config

from kosho.arrays import Array, Index, Mask, Single
from kosho.cache import folder
from kosho.equilibrium.batch_fold import Folded, Rows
from kosho.equilibrium.batch_loops import RIDGE, SPENDING_FLOOR, TINY, WAGE_CAP, Base, Cells, Point
from kosho.equilibrium.kernel import SMALL_CELL
from kosho.equilibrium.shock import ROUNDING

__all__ = ["accelerated", "cost", "differ", "fold", "gaps", "kept", "trade"]

Function = TypeVar("Function", bound=Callable[..., Any])


def kept() -> bool:
    """Whether machine code can be kept beside other caches: never in the source tree, where Numba puts it."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return True
    place = folder() / "machine-code"
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / str(os.getpid())).touch()
        (place / str(os.getpid())).unlink()
    except OSError:
        return False
    config.__dict__["CACHE_DIR"] = str(place)
    return True


KEPT = kept()


def _compiled(function: Function) -> Function:
    made: Any = numba.njit(cache=KEPT, fastmath={"contract"}, error_model="numpy", nogil=True)(function)
    return made


@_compiled
def fold(rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array) -> Folded:
    share, cost, base_tariff, tariff, rent = rows
    cells, members = len(net), len(length)
    factor, received = np.ones((cells, members)), np.empty((cells, members))
    for c in range(cells):
        for b in range(members):
            received[c, b] = net[c]
    weight = np.empty(len(cell))
    seen = np.full(cells, -1)
    parts = np.zeros((cells, 4))
    fits, start = True, 0
    for b in range(members):
        end, before = start + length[b], start - length[b]
        for k in range(start, end):
            c, j, m = cell[k], sector[k], before + k - start
            wedge, base = 1.0 + tariff[k] + rent[k], 1.0 + base_tariff[k]
            if (
                m >= 0
                and sector[m] == j
                and share[m] == share[k]
                and cost[m] == cost[k]
                and base_tariff[m] == base_tariff[k]
                and tariff[m] == tariff[k]
                and rent[m] == rent[k]
            ):  # as in the row of the member before: powers are dear
                weight[k] = weight[m]
            else:
                weight[k] = share[k] * (cost[k] * (wedge / base)) ** -theta[j, 0]
            if seen[c] != b:
                seen[c] = b
                parts[c] = 0.0
            parts[c, 0] += share[k]
            parts[c, 1] += share[k] / base
            parts[c, 2] += weight[k]
            parts[c, 3] += weight[k] / wedge
        for k in range(start, end):
            c = cell[k]
            if seen[c] != b:
                continue  # done with another part of it
            seen[c] = -1
            rest, rest_net = 1.0 - parts[c, 0], net[c] - parts[c, 1]
            rest = 0.0 if abs(rest) <= ROUNDING else rest
            rest_net = 0.0 if abs(rest_net) <= ROUNDING else rest_net
            if rest_net < 0.0 or (rest == 0.0) != (rest_net == 0.0):
                fits = False
            factor[c, b] = rest + parts[c, 2]
            received[c, b] = (rest_net + parts[c, 3]) / factor[c, b] if factor[c, b] > 0.0 else 1.0
        start = end
    return factor, received, weight, fits


@_compiled
def differ(matrix: Array) -> Mask:
    cells, members = matrix.shape
    found = np.zeros(cells, np.bool_)
    for c in range(cells):
        for b in range(members):
            if matrix[c, b] != matrix[c, 0]:
                found[c] = True
                break
    return found


@_compiled
def cost(inputs: Array, cost_labour: Array, log_wage: Array, minus_theta: Array) -> Array:
    found = np.empty_like(inputs)
    sectors, count, members = inputs.shape
    for j in range(sectors):
        for n in range(count):
            theta, labour = minus_theta[j, 0], cost_labour[j, n]
            for b in range(members):
                inputs[j, n, b] += labour * log_wage[n, b]
                found[j, n, b] = theta * inputs[j, n, b]
    return found


@_compiled
def trade(
    own: Cells, shared: tuple[Array, Array], power: Array, state: Array, base: tuple[Array, Array]
) -> tuple[Array, Array, Array]:
    sector, importer, exporter, factor, net_factor = own
    scale, labour = base
    gross, net = shared
    sectors, count, members = power.shape
    zero, one = power.dtype.type(0), power.dtype.type(1)
    absorbed, output = np.empty_like(power), np.empty_like(power)
    sums = np.zeros((4, count, members), power.dtype)
    received, unit = np.empty_like(power[0]), np.empty_like(power[0])
    first = 0
    for j in range(sectors):
        np.dot(gross[j], power[j], absorbed[j])
        np.dot(net[j], power[j], received)
        after = first
        while after < len(sector) and sector[after] == j:
            n, i = importer[after], exporter[after]
            for b in range(members):
                absorbed[j, n, b] += factor[after, b] * power[j, i, b]
            for b in range(members):
                received[n, b] += net_factor[after, b] * power[j, i, b]
            after += 1
        for n in range(count):
            size = scale[j, n]
            for b in range(members):
                absorbed[j, n, b] = one if absorbed[j, n, b] <= zero else absorbed[j, n, b]
            for b in range(members):
                unit[n, b] = state[j, n, b] * size / absorbed[j, n, b]
            for b in range(members):
                sums[0, n, b] += received[n, b] * unit[n, b]
            for b in range(members):
                sums[1, n, b] += state[j, n, b] * size
        np.dot(net[j].T, unit, output[j])
        for c in range(first, after):
            n, i = importer[c], exporter[c]
            for b in range(members):
                output[j, i, b] += net_factor[c, b] * unit[n, b]
        for n in range(count):
            share = labour[j, n]
            for b in range(members):
                output[j, n, b] *= power[j, n, b]
            for b in range(members):
                sums[2, n, b] += share * output[j, n, b]
            for b in range(members):
                sums[3, n, b] += output[j, n, b]
        first = after
    return absorbed, output, sums


@_compiled
def gaps(
    uses: Array,
    log_absorbed: Array,
    at: Point,
    base: Base,
    offset: Array,
    out: Any,
) -> Array:
    alpha, scale, minus_theta = base
    state, log_price, total, income = at
    sectors, count, members = uses.shape
    worst, wrong = np.zeros_like(uses[0, 0]), np.zeros_like(uses[0, 0])
    zero, one, small = uses.dtype.type(0), uses.dtype.type(1), uses.dtype.type(SMALL_CELL)
    for j in range(sectors):
        inverse = one / minus_theta[j, 0]
        for n in range(count):
            share, size = alpha[j, n], scale[j, n]
            unit, still = one / size, offset[j, n]
            for b in range(members):
                uses[j, n, b] += share * income[n, b] - size * state[j, n, b]
            for b in range(members):
                least = max(size * state[j, n, b], small * total[n, b])
                worst[b] = max(worst[b], abs(uses[j, n, b]) / least)
            for b in range(members):
                wrong[b] += zero * uses[j, n, b]
            for b in range(members):
                out[1, j, n, b] = uses[j, n, b] * unit
            for b in range(members):
                log_absorbed[j, n, b] = log_absorbed[j, n, b] * inverse + still - log_price[j, n, b]
            for b in range(members):
                out[0, j, n, b] = log_absorbed[j, n, b]
            for b in range(members):
                worst[b] = max(worst[b], abs(log_absorbed[j, n, b]))
            for b in range(members):
                wrong[b] += zero * log_absorbed[j, n, b]
    for b in range(members):  # not a number where any gap is none, which a maximum forgets
        worst[b] += wrong[b]
    return worst


@_compiled
def accelerated(
    state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
) -> Array:
    before, stepped = last
    rows, members = state.shape
    slot, held = steps % 2, min(steps, 2)
    moves, changes, older, old = history[slot], history[2 + slot], history[1 - slot], history[3 - slot]
    following = np.empty_like(state)
    weights = np.zeros((2, members), step.dtype)
    if held > 0:
        dots = np.zeros((5, members), step.dtype)
        for d in range(rows):
            for b in range(members):
                changes[d, b] = step[d, b] - stepped[d, b]
            for b in range(members):
                moves[d, b] = state[d, b] - before[d, b] + changes[d, b]
            for b in range(members):
                dots[0, b] += changes[d, b] * changes[d, b]
            for b in range(members):
                dots[3, b] += changes[d, b] * step[d, b]
            if held > 1:
                for b in range(members):
                    dots[1, b] += old[d, b] * old[d, b]
                for b in range(members):
                    dots[2, b] += changes[d, b] * old[d, b]
                for b in range(members):
                    dots[4, b] += old[d, b] * step[d, b]
        for b in range(members):
            ridge = RIDGE * (np.float64(dots[0, b]) + np.float64(dots[1, b])) + TINY
            first, second, mixed = dots[0, b] + ridge, dots[1, b] + ridge, np.float64(dots[2, b])
            if held == 1:
                weights[0, b] = dots[3, b] / first
            else:
                whole = first * second - mixed * mixed
                weights[0, b] = (second * dots[3, b] - mixed * dots[4, b]) / whole
                weights[1, b] = (first * dots[4, b] - mixed * dots[3, b]) / whole
    cap, floor = state.dtype.type(WAGE_CAP), state.dtype.type(SPENDING_FLOOR)
    half = count + (rows - count) // 2
    for d in range(rows):
        if held == 0:
            for b in range(members):
                following[d, b] = state[d, b] + step[d, b]
        elif held == 1:
            for b in range(members):
                following[d, b] = state[d, b] + (step[d, b] - weights[0, b] * moves[d, b])
        else:
            for b in range(members):
                following[d, b] = state[d, b] + (
                    step[d, b] - weights[0, b] * moves[d, b] - weights[1, b] * older[d, b]
                )
        if d < count:
            for b in range(members):
                following[d, b] = min(max(following[d, b], state[d, b] - cap), state[d, b] + cap)
        elif d >= half:
            for b in range(members):
                following[d, b] = max(following[d, b], floor * state[d, b])
        for b in range(members):
            before[d, b] = state[d, b]
        for b in range(members):
            stepped[d, b] = step[d, b]
    return following
