"""The rows of many shocks folded into K and f K of the markets they touch (formulas in `system.Cells`)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.shock import ROUNDING

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
        theta: (S,)

    Returns:
        K and f K of the markets, not scaled (r, N, b); the sums of K (r, b); the weights s kappa^-theta of the
        rows (m,); whether base tariffs of all parts fit their cells.
    """
    importer, exporter, sector, share, cost, base_tariff, tariff, rent = rows
    members, count = len(length), net.shape[1]
    member = np.repeat(np.arange(members), length)
    flat = (member * len(net) + place[0][sector, importer]) * count + exporter
    order = np.arange(len(flat)) if (np.diff(flat) >= 0).all() else np.argsort(flat, kind="stable")
    starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
    cell, exporter = np.divmod(flat[order[starts]], count)
    member, market = np.divmod(cell, len(net))

    def by_cell(values: Array) -> Array:
        return values[order] if len(starts) == len(flat) else np.add.reduceat(values[order], starts)

    wedge, before = 1.0 + tariff + rent, 1.0 + base_tariff
    with np.errstate(under="ignore"):
        weight = share * (cost * (wedge / before)) ** -theta[sector]
    rest, rest_net = 1.0 - by_cell(share), net[market, exporter] - by_cell(share / before)
    rest, rest_net = (np.where(np.abs(value) <= ROUNDING, 0.0, value) for value in (rest, rest_net))
    fits = not ((rest_net < 0) | ((rest == 0) != (rest_net == 0))).any()
    factor, received = rest + by_cell(weight), rest_net + by_cell(weight / wedge)
    own, own_net = (np.repeat(one[:, :, None], members, axis=2) for one in shares)
    where = market, exporter, member
    own[where] *= factor
    own_net[where] = own[where] * np.divide(received, factor, out=np.ones_like(factor), where=factor > 0)
    return own, own_net, own.sum(axis=1), weight, fits


def differ(matrix: Array) -> Mask:
    """Whether members differ in a market `(r,)`, from `(r, N, b)`."""
    return np.asarray((matrix != matrix[:, :, :1]).any(axis=(1, 2)), bool)
