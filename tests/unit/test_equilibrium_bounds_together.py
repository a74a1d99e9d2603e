"""Whether purchases and quotas over the same goods can be kept at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from kosho.equilibrium.complementarity import WedgeBounds, _possible

BUY, LIMIT = -1.0, 1.0


@pytest.mark.parametrize(
    ("signs", "goods", "required", "supplied", "possible"),
    [
        ((BUY, LIMIT, LIMIT), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [5, 1, 1], [1, 1, 1], True),
        ((BUY, LIMIT, LIMIT), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [5, 1, 1], [0, 1, 1], False),
        ((BUY, LIMIT), [[1, 0, 0], [1, 0, 0]], [5, 6], [1, 1, 1], True),
        ((BUY, LIMIT), [[1, 0, 0], [1, 0, 0]], [5, 4], [1, 1, 1], False),
        ((BUY, LIMIT), [[1, 1, 0], [1, 0, 0]], [5, 4], [1, 1, 1], True),
        ((BUY, LIMIT), [[1, 1, 0], [1, 0, 0]], [5, 4], [1, 0, 1], False),
        ((BUY, BUY, LIMIT), [[1, 0, 0], [0, 1, 0], [1, 1, 0]], [3, 2, 5], [1, 1, 1], True),
        ((BUY, BUY, LIMIT), [[1, 0, 0], [0, 1, 0], [1, 1, 0]], [3, 3, 5], [1, 1, 1], False),
        ((BUY, BUY), [[1, 0, 0], [0, 1, 0]], [5, 5], [0, 0, 0], True),
    ],
)
def test_bounds_of_both_kinds_are_possible_where_some_flows_meet_them(
    signs: tuple[float, ...], goods: list[list[int]], required: list[float], supplied: list[int], possible: bool
) -> None:
    """Bounds of one kind are asked elsewhere, and are always possible here."""
    count = len(signs)
    bounds = WedgeBounds(
        cast("Any", tuple(SimpleNamespace(sign=sign) for sign in signs)),
        np.asarray(goods, float),
        np.asarray(required, float)[:, None],
        np.full(count, 10.0),
        np.full(count, -1),
    )
    assert _possible(bounds, list(range(count)), np.asarray(supplied, bool)) is possible
