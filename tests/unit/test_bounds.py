"""What figures can plausibly be: where each bound lies, and how what is outside is told."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from kosho import bounds
from kosho.bounds import Bound


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [
        (bounds.DUTY, 0.0, 3.0),
        (bounds.BASE_DUTY, 0.0, 3.0),
        (bounds.PERCENT_DUTY, 0.0, 1000.0),
        (bounds.THETA, 0.01, 200.0),
        (bounds.DISCOUNT, 0.0, 100.0),
        (bounds.WEIGHT, 0.0, 10.0),
        (bounds.COST, 0.01, 100.0),
        (bounds.DAYS, 0.0, 3650.0),
    ],
)
def test_both_ends_are_inside_and_nothing_beyond_them(bound: Bound, low: float, high: float) -> None:
    assert (bound.broken(low), bound.broken(high), bound.broken(float("nan"))) == (None, None, None)
    for beyond in (low - 0.001, high * 1.001):
        told = bound.broken(beyond)
        assert told is not None
        assert f"{beyond:g}" in told
    values = np.array([low - 0.001, low, high, high * 1.001, np.nan])
    assert bound.outside(values).tolist() == [True, False, False, True, False]


def test_what_is_below_is_told_in_words_of_its_own() -> None:
    assert bounds.DUTY.broken(-0.1) == "-0.1 is below zero: that pays buyers, a subsidy, no tariff"
    assert bounds.DUTY.broken(3.1) == "3.1 is 310 %, above 300 %: rates are fractions (0.25 for 25 %)"
    assert bounds.THETA.broken(0.0) == "0 is outside 0.01 to 200: no trade elasticity was found there"


@pytest.mark.parametrize(("percent", "wrong"), [(0.0, False), (0.01, True), (0.999, True), (1.0, False)])
def test_a_duty_below_one_percent_is_as_low_as_a_fraction(percent: float, wrong: bool) -> None:
    assert (bounds.like_a_fraction(percent) is not None) is wrong
    assert (bounds.no_sign(str(percent), Decimal(str(percent))) is not None) is wrong


@pytest.mark.parametrize(("year", "meant"), [(1799, False), (1800, True), (2199, True), (2200, False)])
def test_years_that_somebody_can_mean(year: int, meant: bool) -> None:
    assert (bounds.out_of_years(year) is None) is meant


@pytest.mark.parametrize(
    ("rates", "trade", "told"),
    [
        ([1.0, 1.5], [1.0, 1.0], "1 + t: 100 %"),
        ([1.2] * 19 + [0.0], [1.0] * 20, "1 + t: 95 %"),
        ([1.2] * 18 + [0.0] * 2, [1.0] * 20, "percent: their mean on trade is 108 %"),
        ([1.2] * 16 + [0.0] * 4, [1.0] * 20, None),
        ([2.0, 0.0], [1.0, 1.0], "percent: their mean on trade is 100 %"),
        ([2.0, 0.0], [1.0, 1.01], None),
        ([2.0, float("nan"), 9.0], [1.0, 1.0, 0.0], "percent: their mean on trade is 200 %"),
        ([9.0], [0.0], None),
    ],
)
def test_which_unit_rates_seem_to_be_in(rates: list[float], trade: list[float], told: str | None) -> None:
    found = bounds.unit_of_rates(np.array(rates), np.array(trade))
    assert found is None if told is None else found is not None and told in found
