"""The rows of many shocks folded into K and f K of the markets they touch (formulas in `system.Cells`)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.batch_shocks import fold_rows, of_member

__all__ = ["ROWS", "Folded", "Rows", "differ", "fold"]

ROWS = ("importer", "exporter", "sector", "share", "cost", "base_tariff", "tariff", "rent")
"""Of a stack of shocks, what is folded."""
Rows: TypeAlias = tuple[Index, Index, Index, Array, Array, Array, Array, Array]
"""The columns of that name (m,)."""
Folded: TypeAlias = tuple[Array, Array, Array, Array, bool]
"""See `fold`."""


def fold(
    rows: Rows, length: Index, place: tuple[Index, Index], shares: tuple[Array, Array], net: Array, theta: Array
) -> Folded:
    """Fold rows, one member's after the other's.

    Args:
        rows: Of all members.
        length: How many each of them has (b,).
        place: Where among the markets touched a sector in an importer is (S, N); the sector of each (r,).
        shares: Base pi and f pi of these markets (r, N).
        net: Base f of them (r, N).
        theta: (S, 1), or (S, b)

    Returns:
        K and f K of the markets, not scaled (r, N, b); the sums of K (r, b); the weights s kappa^-theta of the
        rows (m,); whether base tariffs of all parts fit their cells.
    """
    importer, exporter, sector, *_ = rows
    members, count = len(length), net.shape[1]
    member = np.repeat(np.arange(members), length)
    flat = (member * len(net) + place[0][sector, importer]) * count + exporter
    before = net[place[0][sector, importer], exporter]
    found = fold_rows(flat, rows[3:], before, of_member(theta, sector, member))
    cell, exporter = np.divmod(flat[found.order[found.starts]], count)
    member, market = np.divmod(cell, len(net))
    own, own_net = (np.repeat(one[:, :, None], members, axis=2) for one in shares)
    where = market, exporter, member
    own[where] *= found.factor
    own_net[where] = own[where] * found.net
    return own, own_net, own.sum(axis=1), found.weight, found.fits


def differ(matrix: Array) -> Mask:
    """Whether members differ in a market `(r,)`, from `(r, N, b)`."""
    return np.asarray((matrix != matrix[:, :, :1]).any(axis=(1, 2)), bool)
