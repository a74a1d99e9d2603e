"""One is told as one, many as many, and what there are too many of is counted."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world.aggregate import grouped
from kosho.world.law_cells import _listed
from kosho.world.readers.reader import clipped, formed_or_none


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1.0, 0.0, 4.0], []),
        ([1.0, -2.0, 4.0], ["1 cell of final sales was negative and set to zero (2 in all)"]),
        ([-0.5, -2.0, 4.0], ["2 cells of final sales were negative and set to zero (2.5 in all)"]),
    ],
)
def test_sales_below_zero_are_none_and_are_counted(values: list[float], told: list[str]) -> None:
    notes: list[str] = []
    found = clipped(np.array(values), "final sales", notes)
    assert found.tolist() == [max(one, 0.0) for one in values]
    assert notes == told


@pytest.mark.parametrize(
    ("formed", "kept"),
    [
        ([[1.0, -2.0], [3.0, 0.0]], [[1.0, 0.0], [3.0, 0.0]]),
        ([[1.0, -2.0], [0.0, -3.0]], None),
        ([[0.0, 0.0], [3.0, 1.0]], None),
    ],
)
def test_capital_is_formed_in_every_country_or_it_is_not_told(
    formed: list[list[float]], kept: list[list[float]] | None
) -> None:
    found = formed_or_none(np.array(formed))
    assert (None if found is None else found.tolist()) == kept


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (1, "C00 is in no group"),
        (2, "C00, C01 are in no group"),
        (11, f"{', '.join(f'C{k:02}' for k in range(10))} are in no group"),
    ],
)
def test_members_of_no_group_are_named(left: int, told: str) -> None:
    codes = tuple(f"C{k:02}" for k in range(12))
    with pytest.raises(InputError) as caught:
        grouped({"REST": codes[left:]}, None, codes, ("A01",))
    assert [(one.key, one.message) for one in caught.value.problems] == [("regions", told)]


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "L0"), (8, "L0, L1, L2, L3, L4, L5, L6, L7"), (10, "L0, L1, L2, L3, L4, L5, L6, L7 and 2 more")],
)
def test_eight_labels_are_listed_and_the_rest_counted(number: int, told: str) -> None:
    assert _listed([f"L{k}" for k in range(number)]) == told
