"""The passes over large arrays that a batch makes between its matrix products, in NumPy.

`batch_compiled` has the same functions as machine code: what is read and written here a dozen times stays in
registers there. Arrays are (S, N, b), or (N, b) where they are by country; own cells are (c, b). Legend as
in the kernel: j sector, n importer, i exporter, b member. Elasticities are one column (S, 1), or here, but not
as machine code, one for each member (S, b).
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np

from kosho.arrays import Array, Index, Mask, Single
from kosho.equilibrium.batch_fold import Folded, Rows, differ, fold
from kosho.equilibrium.kernel import SMALL_CELL

__all__ = [
    "Base",
    "Cells",
    "Loops",
    "Point",
    "accelerated",
    "cost",
    "differ",
    "fold",
    "gaps",
    "trade",
]

Base: TypeAlias = tuple[Array, Array, Array]
"""alpha and the scale of expenditure (S, N), minus theta (S, 1), or (S, b)."""
Point: TypeAlias = tuple[Array, Array, Array, Array]
"""Expenditure over its scale and ln P (S, N, b), all expenditure and income (N, b)."""
Cells: TypeAlias = tuple[Index, Index, Index, Array, Array]
"""Cells in which members differ, by sector and importer: sector, importer, exporter (c,), K and f K (c, b)."""

WAGE_CAP, SPENDING_FLOOR = 0.3, 0.2
"""Largest step of log wages; expenditure falls at most to this share of its last value."""
RIDGE = 1e-14
TINY = np.finfo(float).tiny


class Loops(Protocol):
    """This module, or the compiled one."""

    @staticmethod
    def fold(rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array) -> Folded:
        """See `fold`."""
        ...

    @staticmethod
    def differ(matrix: Array) -> Mask:
        """See `differ`."""
        ...

    @staticmethod
    def cost(inputs: Array, cost_labour: Array, log_wage: Array, minus_theta: Array) -> Array:
        """See `cost`."""
        ...

    @staticmethod
    def trade(
        own: Cells, shared: tuple[Array, Array], power: Array, state: Array, base: tuple[Array, Array]
    ) -> tuple[Array, Array, Array]:
        """See `trade`."""
        ...

    @staticmethod
    def gaps(
        uses: Array,
        log_absorbed: Array,
        at: Point,
        base: Base,
        offset: Array,
        out: Any,
    ) -> Array:
        """See `gaps`."""
        ...

    @staticmethod
    def accelerated(
        state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
    ) -> Array:
        """See `accelerated`."""
        ...


def cost(inputs: Array, cost_labour: Array, log_wage: Array, minus_theta: Array) -> Array:
    """Make `inputs` log unit costs, in place; what is returned is their minus theta fold."""
    inputs += cost_labour[:, :, None] * log_wage
    return minus_theta[:, None] * inputs


def trade(
    own: Cells, shared: tuple[Array, Array], power: Array, state: Array, base: tuple[Array, Array]
) -> tuple[Array, Array, Array]:
    """What importers buy and producers sell.

    Args:
        own: Cells of members' own.
        shared: K and f K (S, N, N), zero in those cells.
        power: E = c^-theta.
        state: Expenditure over its scale.
        base: The scale and the share of receipts that labour earns (S, N).

    Returns:
        K E summed over exporters, one where nobody buys; what producers are paid; and by country (4, N, b) what
        importers pay to producers, what they spend, what labour earns, and all that producers are paid.
    """
    sector, importer, exporter, factor, net_factor = own
    scale, labour = base
    absorbed, received = (matrix @ power for matrix in shared)
    sold = power[sector, exporter]
    for matrix, sums in ((factor, absorbed), (net_factor, received)):
        _add(sums, sector, importer, matrix * sold)
    absorbed[absorbed <= 0] = 1.0
    spending = state * scale[:, :, None]
    unit = spending / absorbed
    received *= unit
    output = shared[1].transpose(0, 2, 1) @ unit
    _add(output, sector, exporter, net_factor * unit[sector, importer])
    output *= power
    earned = np.einsum("jn,jnb->nb", labour, output)
    return absorbed, output, np.stack([received.sum(axis=0), spending.sum(axis=0), earned, output.sum(axis=0)])


def _add(to: Array, sector: Index, country: Index, amounts: Array) -> None:
    """Add amounts by cell `(c, b)` to where they belong in `(S, N, b)`, in place."""
    where = sector * to.shape[1] + country
    order = np.argsort(where, kind="stable")
    places, starts = np.unique(where[order], return_index=True)
    if len(places):
        to.reshape(-1, to.shape[2])[places] += np.add.reduceat(amounts[order], starts)


def gaps(
    uses: Array,
    log_absorbed: Array,
    at: Point,
    base: Base,
    offset: Array,
    out: Any,
) -> Array:
    """The gaps of prices, and of expenditure over its scale, into `out` (2, S, N, b) in any precision.

    Args:
        uses: Of output as inputs; overwritten.
        log_absorbed: ln(sum K E); overwritten.
        at: The point.
        base: Of the family.
        offset: ln P at unchanged costs (S, N).
        out: For the gaps.

    Returns:
        The largest relative gap of either (b,).
    """
    alpha, scale, minus_theta = base
    state, log_price, total, income = at
    spending = state * scale[:, :, None]
    uses += alpha[:, :, None] * income
    uses -= spending
    relative = np.abs(uses / np.maximum(spending, SMALL_CELL * total))
    out[1] = uses / scale[:, :, None]
    log_absorbed /= minus_theta[:, None]
    log_absorbed += offset[:, :, None]
    log_absorbed -= log_price
    out[0] = log_absorbed
    worst = np.abs(log_absorbed).max(axis=(0, 1))
    return np.maximum(worst, relative.max(axis=(0, 1)))


def accelerated(
    state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
) -> Array:
    """Anderson acceleration with the last two differences, for each member on its own (Walker & Ni 2011).

    Args:
        state: Where the step was found (d, b): N log wages, log prices, expenditure over its scale.
        step: (d, b); a plain next state is `state + step`.
        last: State and step before, (d, b); overwritten by these.
        history: Two moves, then two changes of the step (4, d, b); the older one is overwritten.
        steps: Taken before.
        count: N

    Returns:
        The next state, with steps of wages and expenditure limited.
    """
    slot, held = steps % 2, min(steps, 2)
    following = state + step
    if held:
        np.subtract(step, last[1], out=history[2 + slot])
        np.add(state - last[0], history[2 + slot], out=history[slot], casting="same_kind")
        used = [slot, 1 - slot][:held]
        for k, weight in zip(used, _weights(history[2:][used], step), strict=True):
            following -= weight * history[k]
    last[0][:], last[1][:] = state, step
    wages, before = following[:count], state[:count]
    np.clip(wages, before - WAGE_CAP, before + WAGE_CAP, out=wages)
    half = count + (len(state) - count) // 2
    np.maximum(following[half:], SPENDING_FLOOR * state[half:], out=following[half:])
    return following


def _weights(changes: Single, step: Single) -> Single:
    """Of each difference in the combination whose step is smallest (k, b)."""
    gram = np.array([[np.einsum("db,db->b", one, other) for other in changes] for one in changes])
    gram = gram.transpose(2, 0, 1)
    target = np.array([np.einsum("db,db->b", change, step) for change in changes]).T
    ridge = RIDGE * np.trace(gram, axis1=1, axis2=2) + TINY
    system = gram + ridge[:, None, None] * np.eye(len(changes))
    return np.linalg.solve(system, target[:, :, None])[:, :, 0].T.astype(step.dtype)
