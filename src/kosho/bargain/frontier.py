"""Which packages no other package beats."""

from __future__ import annotations

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.extras import missing

__all__ = ["frontier"]


def frontier(payoffs: Array, allowed: Mask | None = None) -> Index:
    """Positions of the packages that no other one dominates; packages with equal payoffs are all kept.

    One dominates another if no party gets less from it and some party more. The sweep of Kung, Luccio &
    Preparata (1975) as implemented in moocore: O(n log n) up to three parties.

    Args:
        payoffs: `[package, party]`, more is better.
        allowed: `[package]`; others neither dominate nor are found. None allows all.

    Raises:
        InputError: the `bargain` extra is not installed.

    >>> import numpy as np
    >>> from kosho.bargain import frontier
    >>> frontier(np.array([[4.0, 1.0], [2.0, 3.0], [1.0, 1.0]])).tolist()
    [0, 1]
    """
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
