"""The rows of many shocks folded into K and f of the cells they touch (formulas in `system.Cells`)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.batch_shocks import fold_rows, of_member

__all__ = ["ROWS", "Folded", "Rows", "fold"]

ROWS = ("share", "cost", "base_tariff", "tariff", "rent")
"""Of a stack of shocks, what is folded."""
Rows: TypeAlias = tuple[Array, Array, Array, Array, Array]
"""The columns of that name (m,)."""


class Folded(NamedTuple):
    """K over pi, and f, of cells."""

    differ: Mask  # where members differ (c,)
    alike: Array  # where they do not; K and f (2, c)
    factor: Array  # where they do, of each (d, b)
    net: Array
    weight: Array  # s kappa^-theta of the rows (m,), where any pays a rent
    fits: bool  # whether base tariffs of all parts fit their cells


def fold(rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array) -> Folded:
    """Fold rows, one member's after the other's.

    Args:
        rows: Of all members.
        sector: Of each row (m,).
        length: How many rows each member has (b,).
        cell: Which of the cells touched a row is of (m,).
        net: Base f of the cells (c,).
        theta: (S, 1), or (S, b)
    """
    members = len(length)
    member = np.repeat(np.arange(members), length)
    flat = member * len(net) + cell
    found = fold_rows(flat, rows, net[cell], of_member(theta, sector, member))
    member, cell = np.divmod(flat[found.order[found.starts]], max(len(net), 1))
    factor, received = np.ones((len(net), members)), np.repeat(net[:, None], members, axis=1)
    factor[cell, member], received[cell, member] = found.factor, found.net
    differ = np.asarray(((factor != factor[:, :1]) | (received != received[:, :1])).any(axis=1), bool)
    alike = np.stack([factor[:, 0], received[:, 0]])
    return Folded(differ, alike, factor[differ], received[differ], found.weight, found.fits)
