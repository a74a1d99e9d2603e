"""What the effects of members are relative to, where that differs between them.

A table without its deficits (`rebase`) hangs on elasticities, so members with elasticities of their own have
bases of their own. Changes compose (Dekle, Eaton & Kortum 2008): what takes a table to such a base and on to a
counterfactual takes it there at once, by the same K and f and with D' = 0. So members of all elasticities are
equations of one table, that which was given; bases are members without a shock, and results are told from them.
Legend as in the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.closure import Closure
from kosho.world import World

__all__ = ["Bases", "compose"]


@dataclass(frozen=True, eq=False)
class Bases:
    """Where the bases of members (b of them, or one of all) stand, told from the table that was given."""

    log_wage: Array  # (N, b)
    log_price: Array  # (S, N, b)
    log_cost: Array  # (S, N, b)
    power: Array  # c^-theta (S, N, b)
    absorbed: Array  # by each market, S of the kernel (S, N, b)
    spending: Array  # X (S, N, b)
    output: Array  # Y (S, N, b)
    income: Array  # (N, b)

    @staticmethod
    def given(world: World) -> Bases:
        """The table itself, which is the base of all."""
        a = world.arrays
        spending, output = (values.T[:, :, None] for values in (a.expenditure, a.output))
        still, ones = np.zeros_like(output), np.ones_like(output)
        return Bases(still[0], still, still, ones, ones, spending, output, a.income[:, None])

    @staticmethod
    def unknown(world: World, members: int) -> Bases:
        """Room for so many, not a number until they are put there."""
        given = Bases.given(world).arrays
        return Bases(*(np.full((*one.shape[:-1], members), np.nan) for one in given))

    @property
    def arrays(self) -> list[Array]:
        """All of it, in the order of its fields."""
        return [getattr(self, field.name) for field in fields(self)]

    def take(self, members: Index) -> Bases:
        """Those of some members."""
        return Bases(*(np.take(one, members, axis=-1) for one in self.arrays))


def compose(closure: Closure) -> bool:
    """Whether members whose elasticities move the base are equations of one table all the same: where nothing
    but deficits is closed in another way than plainly.
    """
    return closure.plain and closure.revenue != "kept" and not any(closure.absorbed.values())
