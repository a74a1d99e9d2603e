"""Whether arrays handed over are in the unit that is meant, however small the economy is."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world import labelled
from kosho.world.table_checks import refuse_implausible

NAMES = ("JPN", "USA"), ("A01",)
CELL = ("importer", "exporter", "sector")


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize(
    ("duties", "told"),
    [
        ((1.1, 1.2), "they look like 1 + t: 100 % of them lie between 1 and 1.5"),
        ((0.9, 1.2), "they look like percent: their mean on trade is 112 %"),
        ((0.9, 0.2), None),
    ],
)
def test_rates_are_weighed_by_trade_between_countries_alone(
    duties: tuple[float, float], told: str | None, scale: float
) -> None:
    sold = np.array([[5.0, 1.0], [3.0, 7.0]]) * scale
    rates = np.array([[0.0, duties[0]], [duties[1], 0.0]])
    arrays = {
        "flows": labelled(sold[:, :, None], CELL, *NAMES),
        "tariff": labelled(rates[:, :, None], CELL, *NAMES),
    }
    if told is None:
        refuse_implausible(arrays)
        return
    with pytest.raises(InputError) as caught:
        refuse_implausible(arrays)
    (one,) = caught.value.problems
    assert (one.key, one.message) == ("tariff", told)
