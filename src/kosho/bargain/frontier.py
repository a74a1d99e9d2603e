"""Which packages no other package beats."""

from __future__ import annotations

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.extras import missing
from kosho.language import _

__all__ = ["beaten", "frontier"]


@as_declared
def frontier(payoffs: Array, allowed: Mask | None = None) -> Index:
    """Positions of the packages that no other one dominates; packages with equal payoffs are all kept.

    One dominates another if no party gets less from it and some party more. The sweep of Kung, Luccio &
    Preparata (1975) as implemented in moocore: O(n log n) up to three parties.

    Args:
        payoffs: `[package, party]`, more is better.
        allowed: `[package]`; others neither dominate nor are found. None allows all.

    Raises:
        InputError: shapes do not fit, or the `bargain` extra is not installed.

    >>> import numpy as np
    >>> from kosho.bargain import frontier
    >>> frontier(np.array([[4.0, 1.0], [2.0, 3.0], [1.0, 1.0]])).tolist()
    [0, 1]
    """
    if payoffs.ndim != 2 or (allowed is not None and allowed.shape != payoffs.shape[:1]):
        shapes = payoffs.shape, None if allowed is None else allowed.shape
        told = _("have shapes {one} and {other}", one=shapes[0], other=shapes[1])
        raise InputError(Problem(told, _("[package, party] and [package]"), key="payoffs, allowed"))
    rows = np.arange(len(payoffs)) if allowed is None else np.flatnonzero(allowed)
    if len(rows) == 0:
        return rows
    points = payoffs[rows]
    if points.shape[1] == 1:
        return rows[points[:, 0] == points[:, 0].max()]
    try:
        from moocore import is_nondominated  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("bargain", "bargaining") from None
    return rows[np.asarray(is_nondominated(points, maximise=True, keep_weakly=True), bool)]


def beaten(points: Array, by: Array, margin: float) -> Mask:
    """`[point]`, whether some other gives no party less and some party more by a margin.

    Args:
        points: `[point, party]`.
        by: Others `[other, party]`.
        margin: What a party must have more.

    >>> import numpy as np
    >>> from kosho.bargain.frontier import beaten
    >>> beaten(np.array([[1.0, 1.0], [1.95, 2.0], [2.0, 0.0]]), np.array([[2.0, 2.0]]), 0.1).tolist()
    [True, False, True]
    """
    found = np.ones(len(points), bool)
    left, here = np.arange(len(points)), points
    generator = np.random.default_rng(0)
    for other in by[generator.permutation(len(by))]:  # at random: the first few strike out nearly all
        strikes = (here <= other).all(axis=1) & (here < other - margin).any(axis=1)
        if strikes.any():
            left, here = left[~strikes], here[~strikes]
    found[left] = False
    return found
