"""What all members of a batch share, as the passes over large arrays read it, in either precision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium import batch_loops
from kosho.equilibrium.batch_loops import Loops
from kosho.equilibrium.preconditioners import Factors

__all__ = ["Common"]

SINGLE = ("theta", "gamma", "alpha", "value_added", "deficits", "labour", "labour_income", "cost_labour")
"""Of the base, what is read in single precision."""


@dataclass(frozen=True, eq=False)
class Common:
    """The base of a world under a closure, worked out once for all members."""

    base: Factors
    scale: Array  # of expenditure (S, N)
    loops: Loops = batch_loops

    @cached_property
    def single(self) -> Common:
        """The same in single precision, half the memory to read."""
        markets = self.base.markets
        base = replace(
            self.base,
            **{name: getattr(self.base, name).astype(np.float32) for name in SINGLE},
            markets=None if markets is None else markets.in_single(),
        )
        scale: Any = self.scale.astype(np.float32)
        return Common(base, scale, self.loops)

    @cached_property
    def inputs(self) -> Any:
        """How ln c moves with ln P, as the loops multiply by it."""
        return self.loops.matrices(self.base.cost_gamma.transpose(0, 2, 1))

    @cached_property
    def uses(self) -> Any:
        """gamma, as the loops multiply by it."""
        return self.loops.matrices(self.base.gamma)

    @cached_property
    def alpha(self) -> Array:
        """Final shares (S, N)."""
        return self.base.alpha.T.copy()

    @cached_property
    def labour(self) -> Array:
        """Share of receipts that labour earns (S, N)."""
        return self.base.labour.T.copy()

    @cached_property
    def cost_labour(self) -> Array:
        """How unit cost rises with the wage (S, N)."""
        return self.base.cost_labour.T.copy()

    @cached_property
    def earners(self) -> tuple[Array, Array, Array]:
        """Labour income, deficits and value added (N,)."""
        return self.base.labour_income.copy(), self.base.deficits.copy(), self.base.value_added.copy()
