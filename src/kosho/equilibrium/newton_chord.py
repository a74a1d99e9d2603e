"""Newton steps with one Jacobian for a whole family of shocks, taken where the family has its centre.

Prices do not answer to expenditure, so the Jacobian is block triangular but for wages; those, a country each,
are eliminated. Single precision is enough: the steps are corrected by the next look at the equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium.adjoint import Adjoint

__all__ = ["Chord"]

Single = NDArray[np.float32]

SMALLEST = 60
"""Rows up to which a matrix is inverted as it is."""


@dataclass(frozen=True, eq=False)
class Chord:
    """The inverse of a Jacobian in blocks: w wages, p prices, x expenditure."""

    price: Single  # (p p)^-1 (SN, SN)
    spending: Single  # (x x)^-1 (SN, SN)
    cross: Single  # (x p) (SN, SN)
    drift: Single  # how prices and expenditure move with wages, (2 SN, N)
    wage_row: Single  # how the labour market moves with prices and expenditure, (N, 2 SN)
    wage: Single  # the wages' Jacobian once prices and expenditure have followed, inverted (N, N)

    @classmethod
    def at(cls, adjoint: Adjoint) -> Chord:
        """From the equations' derivatives at a point."""
        jacobian: Single = adjoint.jacobian().astype(np.float32)
        count, size = len(adjoint.incomes.wage_bill), adjoint.output.size
        w, p, x = slice(0, count), slice(count, count + size), slice(count + size, None)
        price, spending = _inverse(jacobian[p, p]), _inverse(jacobian[x, x])
        cross = np.ascontiguousarray(jacobian[x, p])
        prices = price @ jacobian[p, w]
        drift: Single = np.concatenate([prices, spending @ (jacobian[x, w] - cross @ prices)])
        row = np.ascontiguousarray(jacobian[w, count:])
        return cls(price, spending, cross, drift, row, _inverse(jacobian[w, w] - row @ drift))

    def step(self, gaps: Any) -> Any:
        """The step that would close `gaps`, both `(N + 2 SN, b)` in single precision."""
        count, size = len(self.wage), len(self.price)
        follow = np.empty((2 * size, gaps.shape[1]), np.float32)
        np.matmul(self.price, gaps[count : count + size], out=follow[:size])
        np.matmul(self.spending, gaps[count + size :] - self.cross @ follow[:size], out=follow[size:])
        wages = self.wage @ (gaps[:count] - self.wage_row @ follow)
        follow -= self.drift @ wages
        step = np.concatenate([wages, follow])
        return np.negative(step, out=step)


def _inverse(matrix: Any) -> Any:
    """By halves, which is mostly matrix products; the blocks here are dominated by their diagonals."""
    half = len(matrix) // 2
    if half < SMALLEST:
        return np.linalg.inv(matrix)
    inverse = np.empty_like(matrix)
    first = _inverse(matrix[:half, :half])
    left, right = matrix[half:, :half] @ first, first @ matrix[:half, half:]
    second = _inverse(matrix[half:, half:] - left @ matrix[:half, half:])
    inverse[half:, half:] = second
    inverse[half:, :half] = -second @ left
    inverse[:half, half:] = -right @ second
    inverse[:half, :half] = first - inverse[:half, half:] @ left
    return inverse
