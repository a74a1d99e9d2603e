"""What is made of `lanes`: exp and log to the last digits of a precision, and products with a matrix.

Of exp: x = n ln 2 + r, |r| at most half of ln 2, and the series of e^r. Of log: x = 2^n m, and the series in
(m - 1)/(m + 1); in single precision a polynomial in m - 1 (Moshier's Cephes), without division.
ln 2 is in two parts, so that n times the larger is exact (Cody & Waite 1980).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from kosho.arrays import Array, Mask
from kosho.equilibrium.lanes import (
    LANES,
    every,
    halves,
    larger,
    load,
    multiply,
    power_of_two,
    smaller,
    store,
)
from kosho.equilibrium.machine_code import compiled

__all__ = ["ROWS", "TALL", "exp", "in_lines", "log", "panels", "times", "times_tall"]

ROWS, TALL = 8, 12
"""Of a matrix that are multiplied at once, sums of sixteen members each, which registers hold: of small and
of large ones.
"""
LINE = 64
"""Bytes in a line of the cache."""
LOG2_E = 1.4426950408889634
LN2_SINGLE = 0.693359375, -2.12194440e-4
LN2_DOUBLE = 6.93145751953125e-1, 1.42860682030941723212e-6
SHIFT_SINGLE, SHIFT_DOUBLE = 1.5 * 2.0**23, 1.5 * 2.0**52
FARTHEST_SINGLE, FARTHEST_DOUBLE = 87.0, 708.0
"""Beyond these exp is neither a normal number nor finite; it stops there."""


@compiled
def _exp_single(x: Any) -> Any:
    x = larger(smaller(x, every(x, FARTHEST_SINGLE)), every(x, -FARTHEST_SINGLE))
    shifted = x * LOG2_E + SHIFT_SINGLE
    n = shifted - SHIFT_SINGLE
    r = x - n * LN2_SINGLE[0]
    r = r - n * LN2_SINGLE[1]
    y = r * (1.0 / 5040.0) + 1.0 / 720.0
    y = y * r + 1.0 / 120.0
    y = y * r + 1.0 / 24.0
    y = y * r + 1.0 / 6.0
    y = y * r + 0.5
    y = y * r + 1.0
    y = y * r + 1.0
    return y * power_of_two(shifted)


@compiled
def _exp_double(x: Any) -> Any:
    x = larger(smaller(x, every(x, FARTHEST_DOUBLE)), every(x, -FARTHEST_DOUBLE))
    shifted = x * LOG2_E + SHIFT_DOUBLE
    n = shifted - SHIFT_DOUBLE
    r = x - n * LN2_DOUBLE[0]
    r = r - n * LN2_DOUBLE[1]
    y = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0
    y = y * r + 1.0 / 39916800.0
    y = y * r + 1.0 / 3628800.0
    y = y * r + 1.0 / 362880.0
    y = y * r + 1.0 / 40320.0
    y = y * r + 1.0 / 5040.0
    y = y * r + 1.0 / 720.0
    y = y * r + 1.0 / 120.0
    y = y * r + 1.0 / 24.0
    y = y * r + 1.0 / 6.0
    y = y * r + 0.5
    y = y * r + 1.0
    y = y * r + 1.0
    return y * power_of_two(shifted)


@compiled
def _log_single(x: Any) -> Any:
    n, m = halves(x)
    r = m - 1.0
    y = r * 7.0376836292e-2 - 1.1514610310e-1
    y = y * r + 1.1676998740e-1
    y = y * r - 1.2420140846e-1
    y = y * r + 1.4249322787e-1
    y = y * r - 1.6668057665e-1
    y = y * r + 2.0000714765e-1
    y = y * r - 2.4999993993e-1
    y = y * r + 3.3333331174e-1
    square = r * r
    return n * LN2_SINGLE[0] + (r + (n * LN2_SINGLE[1] + (square * r * y - square * 0.5)))


@compiled
def _log_double(x: Any) -> Any:
    n, m = halves(x)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    y = z * (1.0 / 21.0) + 1.0 / 19.0
    y = y * z + 1.0 / 17.0
    y = y * z + 1.0 / 15.0
    y = y * z + 1.0 / 13.0
    y = y * z + 1.0 / 11.0
    y = y * z + 1.0 / 9.0
    y = y * z + 1.0 / 7.0
    y = y * z + 1.0 / 5.0
    y = y * z + 1.0 / 3.0
    two = s + s
    return n * LN2_DOUBLE[0] + (n * LN2_DOUBLE[1] + (two * z * y + two))


def exp(x: Any) -> Any:
    """Of lanes."""
    raise NotImplementedError(x)


def log(x: Any) -> Any:
    """Of lanes that are positive."""
    raise NotImplementedError(x)


@overload(exp, strict=False)
def _exp(x: Any) -> Any:
    if x.dtype == types.float32:
        return lambda x: _exp_single(x)  # noqa: PLW0108 - Numba wants a function of Python
    return lambda x: _exp_double(x)  # noqa: PLW0108


@overload(log, strict=False)
def _log(x: Any) -> Any:
    if x.dtype == types.float32:
        return lambda x: _log_single(x)  # noqa: PLW0108
    return lambda x: _log_double(x)  # noqa: PLW0108


@compiled
def in_lines(rows: int, kind: Any) -> Array:
    """Room for rows of lanes, each in whole lines of the cache: what lies across two takes twice as long."""
    room = np.empty((rows + 1) * LANES, kind)
    skipped = -room.ctypes.data % LINE // room.itemsize
    return room[skipped : skipped + rows * LANES]


def panels(matrices: Any, rows: int = ROWS) -> Any:
    """Matrices `(k, height, depth)` as `times` reads them `(k, height / rows, depth, rows)`, zeros added."""
    count, height, depth = matrices.shape
    each = -(-height // rows)
    found = np.zeros((count, each * rows, depth), matrices.dtype)
    found[:, :height] = matrices
    return found.reshape(count, each, rows, depth).transpose(0, 1, 3, 2).copy()


@compiled
def times(  # noqa: PLR0913, PLR0917 - what is read, and where
    matrices: Array, which: int, columns: Array, first: int, step: int, near: Array, out: Array
) -> None:
    """One of the matrices times lanes of `columns`, a row each `step` from `first` on, both laid flat.

    The lanes are brought side by side into `near` first: rows that are far apart push one another out of the
    nearest cache. What comes out is in rows of lanes, as many as there are in whole panels.
    """
    each, depth = matrices.shape[1], matrices.shape[2]
    for row in range(depth):
        store(near, row * LANES, load(columns, first + row * step))
    at = which * each * depth * ROWS
    for panel in range(each):
        multiply(matrices, at, depth, near, 0, LANES, out, panel * ROWS * LANES, ROWS)
        at += depth * ROWS


@compiled
def times_tall(matrices: Array, columns: Array, out: Array, which: Mask) -> None:
    """A matrix in panels of `TALL` rows times lanes of columns, a row after the other, for some of those given
    `(g, depth, lanes)`; each panel for all of them, before the next one is read.
    """
    each, depth = matrices.shape[1], matrices.shape[2]
    for panel in range(each):
        at, to = panel * depth * TALL, panel * TALL * LANES
        for g in range(len(which)):
            if which[g]:
                multiply(matrices, at, depth, columns[g], 0, LANES, out[g], to, TALL)
