"""The passes over large arrays that a batch makes between its matrix products, in NumPy.

`batch_compiled` has the same functions as machine code: what is read and written here a dozen times stays in
registers there. Arrays are (S, N, b), or (N, b) where they are by country; own cells are (c, b). Legend as in
the kernel: j sector, n importer, i exporter, b member. Elasticities are one column (S, 1), or one for each
member (S, b).
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np

from kosho.arrays import Array, Index, Single
from kosho.equilibrium.batch_fold import Folded, Rows, fold
from kosho.equilibrium.kernel import SMALL_CELL

__all__ = [
    "WIDTH",
    "Base",
    "Cells",
    "Loops",
    "Sales",
    "Seller",
    "accelerated",
    "fold",
    "gaps",
    "matrices",
    "sell",
    "shares",
    "touched",
]

Seller: TypeAlias = tuple[Array, Array, Array, Array]
"""The scale of expenditure, the share of receipts that labour earns, how unit cost rises with the wage (S, N);
minus theta (S, 1), or (S, b)."""
Sales: TypeAlias = tuple[Array, Array, Array, Array, Array]
"""See `sell`."""
Base: TypeAlias = tuple[Array, Array, Array, Array]
"""alpha and the scale of expenditure (S, N), minus theta (S, 1), or (S, b), ln P at unchanged costs (S, N)."""
Cells: TypeAlias = tuple[Index, Index, Index, Array, Array]
"""Cells in which members differ, by sector and importer: sector, importer, exporter (c,), K and f K (c, b)."""
Touched: TypeAlias = tuple[Index, Index]
"""See `touched`."""

WIDTH: int = 1
"""Members come in multiples of this."""
WAGE_CAP, SPENDING_FLOOR = 0.3, 0.2
"""Largest step of log wages; expenditure falls at most to this share of its last value."""
RIDGE = 1e-14
TINY = np.finfo(float).tiny


class Loops(Protocol):
    """This module, or the compiled one."""

    WIDTH: int

    @staticmethod
    def touched(sector: Index, importer: Index, exporter: Index, shape: tuple[int, int, int]) -> Touched:
        """See `touched`."""
        ...

    @staticmethod
    def fold(rows: Rows, sector: Index, length: Index, cell: Index, net: Array, theta: Array) -> Folded:
        """See `fold`."""
        ...

    @staticmethod
    def matrices(stack: Array) -> Any:
        """See `matrices`."""
        ...

    @staticmethod
    def shares(factor: Array, net_factor: Array) -> Any:
        """See `shares`."""
        ...

    @staticmethod
    def sell(inputs: Any, own: Cells, shared: Any, state: Array, base: Seller) -> Sales:
        """See `sell`."""
        ...

    @staticmethod
    def gaps(
        uses: Any, sales: tuple[Array, Array], at: tuple[Array, Array, Array], base: Base, out: Any
    ) -> Array:
        """See `gaps`."""
        ...

    @staticmethod
    def accelerated(
        state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
    ) -> Array:
        """See `accelerated`."""
        ...


def touched(sector: Index, importer: Index, exporter: Index, shape: tuple[int, int, int]) -> Touched:
    """Cells that rows are of, ordered as in an array `(S, N, N)`: their places in one laid flat (c,), and which
    of them each row is of (m,).
    """
    key = (sector * shape[1] + importer) * shape[2] + exporter
    slot = np.full(shape[0] * shape[1] * shape[2], -1)
    slot[key] = 0
    cells = np.flatnonzero(slot == 0)
    slot[cells] = np.arange(len(cells))
    return cells, slot[key]


def matrices(stack: Array) -> Any:
    """Matrices `(k, rows, depth)` as `sell` and `gaps` multiply by them."""
    return stack


def shares(factor: Array, net_factor: Array) -> Any:
    """K and f K `(S, N, N)` as `sell` multiplies by them."""
    return factor, net_factor


def sell(inputs: Any, own: Cells, shared: Any, state: Array, base: Seller) -> Sales:
    """What producers charge, importers buy and producers sell.

    Args:
        inputs: How ln c moves with ln P in each country (N, S, S), as `matrices` has them.
        own: Cells of members' own.
        shared: K and f K, zero in those cells, as `shares` has them.
        state: Log wages, log prices, expenditure over its scale (N + 2 SN, b).
        base: Of the family.

    Returns:
        ln c; E = c^-theta; K E summed over exporters, one where nobody buys; what producers are paid, all
        (S, N, b); and by country (4, N, b) what importers pay to producers, what they spend, what labour earns,
        and all that producers are paid.
    """
    scale, labour, cost_labour, minus_theta = base
    sectors, count = scale.shape
    sector, importer, exporter, factor, net_factor = own
    log_price, over_scale = state[count:].reshape(2, sectors, count, -1)
    log_cost = np.empty_like(log_price)
    _by_country(inputs, log_price, log_cost)
    log_cost += cost_labour[:, :, None] * state[:count]
    power = minus_theta[:, None] * log_cost
    np.exp(power, out=power)
    absorbed, received = (matrix @ power for matrix in shared)
    sold = power[sector, exporter]
    for matrix, sums in ((factor, absorbed), (net_factor, received)):
        _add(sums, sector, importer, matrix * sold)
    absorbed[absorbed <= 0] = 1.0
    spending = over_scale * scale[:, :, None]
    unit = spending / absorbed
    received *= unit
    output = shared[1].transpose(0, 2, 1) @ unit
    _add(output, sector, exporter, net_factor * unit[sector, importer])
    output *= power
    earned = np.einsum("jn,jnb->nb", labour, output)
    by_country = np.stack([received.sum(axis=0), spending.sum(axis=0), earned, output.sum(axis=0)])
    return log_cost, power, absorbed, output, by_country


def _by_country(matrices: Array, columns: Array, out: Array) -> None:
    """Each country's matrix `(N, S, S)` times its columns of `(S, N, b)`, written to `out`, alike."""
    np.matmul(matrices, columns.transpose(1, 0, 2), out=out.transpose(1, 0, 2))


def _add(to: Array, sector: Index, country: Index, amounts: Array) -> None:
    """Add amounts by cell `(c, b)` to where they belong in `(S, N, b)`, in place."""
    where = sector * to.shape[1] + country
    order = np.argsort(where, kind="stable")
    places, starts = np.unique(where[order], return_index=True)
    if len(places):
        to.reshape(-1, to.shape[2])[places] += np.add.reduceat(amounts[order], starts)


def gaps(uses: Any, sales: tuple[Array, Array], at: tuple[Array, Array, Array], base: Base, out: Any) -> Array:
    """The gaps of prices, and of expenditure over its scale, into the last rows of `out` (N + 2 SN, b).

    Args:
        uses: Of output as inputs in each country (N, S, S), as `matrices` has them.
        sales: sum K E, and what producers are paid.
        at: The state; all expenditure, and income (N, b).
        base: Of the family.
        out: For the gaps, in any precision.

    Returns:
        The largest relative gap of either (b,).
    """
    absorbed, output = sales
    state, total, income = at
    alpha, scale, minus_theta, offset = base
    sectors, count = scale.shape
    log_price, over_scale = state[count:].reshape(2, sectors, count, -1)
    of_prices, of_spending = out[count:].reshape(2, sectors, count, -1)
    spending = over_scale * scale[:, :, None]
    found = np.empty_like(output)
    _by_country(uses, output, found)
    found += alpha[:, :, None] * income
    found -= spending
    relative = np.abs(found / np.maximum(spending, SMALL_CELL * total))
    of_spending[:] = found / scale[:, :, None]
    prices = np.log(absorbed)
    prices /= minus_theta[:, None]
    prices += offset[:, :, None]
    prices -= log_price
    of_prices[:] = prices
    return np.maximum(np.abs(prices).max(axis=(0, 1)), relative.max(axis=(0, 1)))


def accelerated(
    state: Array, step: Single, last: tuple[Array, Single], history: Single, steps: int, count: int
) -> Array:
    """Anderson acceleration with the last two differences, for each member on its own (Walker & Ni 2011).

    Args:
        state: Where the step was found (d, b): N log wages, log prices, expenditure over its scale.
        step: (d, b); a plain next state is `state + step`.
        last: State and step before, (d, b).
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
