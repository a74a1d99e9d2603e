"""Anderson acceleration of a fixed-point iteration through the Gram matrix of residual differences."""

from __future__ import annotations

import numpy as np

from kosho.arrays import Array

__all__ = ["Anderson"]


class Anderson:
    """Turns points x and preconditioned residuals r (a plain step is x + r) into accelerated next points.

    Type II (Walker & Ni 2011): the combination of the last `memory` differences whose residual is smallest
    in least squares, solved through its Gram matrix with a relative ridge for when differences align.
    """

    def __init__(self, size: int, memory: int, ridge: float = 1e-14) -> None:
        self._moves = np.empty((memory, size))
        self._residuals = np.empty((memory, size))
        self._gram = np.empty((memory, memory))
        self._ridge = ridge
        self._memory = memory
        self._seen = 0
        self._last: tuple[Array, Array] | None = None

    def next(self, point: Array, residual: Array) -> Array:
        """The next point."""
        if self._last is not None:
            self._remember(point - self._last[0], residual - self._last[1])
        self._last = (point.copy(), residual.copy())
        held = min(self._seen, self._memory)
        if held == 0:
            return point + residual
        differences = self._residuals[:held]
        gram = self._gram[:held, :held]
        ridge = self._ridge * float(np.trace(gram)) + np.finfo(float).tiny
        weights = np.linalg.solve(gram + ridge * np.eye(held), differences @ residual)
        return point + residual - weights @ self._moves[:held]

    def _remember(self, step: Array, change: Array) -> None:
        slot = self._seen % self._memory
        np.add(step, change, out=self._moves[slot])
        self._residuals[slot] = change
        self._seen += 1
        held = min(self._seen, self._memory)
        products = self._residuals[:held] @ change
        self._gram[slot, :held] = products
        self._gram[:held, slot] = products
