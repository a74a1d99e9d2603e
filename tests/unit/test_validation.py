"""The model beside what happened: every fact has a source and a figure, verdicts follow from numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.validation import Figure, Row, facts, markdown, validate
from kosho.validation.questions import QUESTIONS

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "validation.md"


def test_every_fact_is_asked_of_the_model_and_says_where_it_is_from() -> None:
    assert list(facts()) == list(QUESTIONS)
    for fact in facts().values():
        assert fact.status in ("fact", "estimate")
        assert fact.source
        assert fact.why
        low, high = fact.interval
        assert low <= high


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-2.0, -1.0, "inside"),
        (-1.7, -1.7, "inside"),
        (-1.0, 3.0, "misses: the model is above by 0.7"),
        (-9.0, -2.0, "misses: the model is below by 0.3"),
    ],
)
def test_a_verdict_follows_from_the_ranges(low: float, high: float, verdict: str) -> None:
    assert Row(facts()["cars-number"], Figure("1", "any", low, None, high)).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (-77.34, -27.29, "−77 to −27 %"),
        (-0.0823, 0.00092, "−0.08 to 0.00 %"),
        (16.12, 16.12, "16 %"),
        (1.41, 5.52, "1.4 to 5.5 %"),
        (95.31, 103.09, "95 to 103 %"),
        (0.0, 1e-12, "0 %"),
        (-1.7000000001, -1.7000000001, "−1.700000 %"),
    ],
)
def test_a_range_has_no_more_digits_than_are_true(low: float, high: float, told: str) -> None:
    assert Row(facts()["cars-number"], Figure("1", "any", low, None, high)).told == told


def test_a_range_has_the_digits_that_show_why_it_misses() -> None:
    row = Row(facts()["japan-steel-value"], Figure("1", "any", -27.21, None, -16.49))
    assert row.verdict.startswith("misses: the model is below")
    assert row.told == "−27.2 to −16.5 %"


def test_an_unknown_fact_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean cars-number"):
        validate("cars-numbers")
    with pytest.raises(InputError, match=r"--only: there is no fact 'x' .one of .*cars-number"):
        validate("x")


def test_year_one_is_the_arithmetic_of_the_duty_and_the_long_run_is_not() -> None:
    by_id = {row.fact.id: row for row in validate()}
    june = by_id["cars-price-june"].figure
    assert june.low == pytest.approx(100 * (1.025 / 1.275 - 1), abs=0.05)
    assert june.high == 0.0
    assert by_id["cars-number"].verdict == "inside"
    assert by_id["cars-number-long-run"].verdict.startswith("misses")
    assert by_id["slope-2018-long-run"].verdict.startswith("misses")
    losses = by_id["cars-makers-loss"].figure
    assert losses.low == pytest.approx(0.0, abs=1e-9)
    assert losses.high == pytest.approx((5.5 * 19.608 + 0.5 * 10.870) / 6, abs=0.01)
    assert by_id["cars-makers-reported"].verdict.startswith("misses: the model is below")
    for who in ("china", "canada", "mexico"):
        assert by_id[f"collected-rate-{who}"].figure.low < by_id[f"collected-rate-{who}"].figure.high
    borne = by_id["pass-through-2025"].figure
    assert 0 < borne.low < borne.high < 100  # partners' wages fall
    parts = by_id["japan-parts-value"].figure
    borne_whole = [100 * (1.025 / duty - 1) for duty in (1.275, 1.15)]
    assert parts.low < (4.4 * borne_whole[0] + 3.5 * borne_whole[1]) / 12 < parts.high
    for product in ("steel", "vehicles", "machinery", "electronics", "clothing"):
        fewer, rate = by_id[f"{product}-to-us"].figure, by_id[f"collected-rate-{product}"].figure
        assert fewer.low < fewer.high < 0 < rate.low < rate.high  # buyers turn to whom less is due
    steel, all_goods = (by_id[f"collected-rate{of}"].figure for of in ("-steel", ""))
    assert 40 < steel.low < steel.high < 50
    assert steel.low > 2 * all_goods.high
    gains = by_id["gains-from-trade"].figure
    assert 2.0 < gains.low < 8.0
    assert all(row.figure.low <= row.figure.high for row in by_id.values())
    told = by_id["statutory-rate"].contract()
    assert set(told) >= {"fact", "published", "source", "horizon", "kosho", "verdict"}
    assert set(told["kosho"]) == {"low", "central", "high"}
    assert markdown(list(by_id.values())) in PAGE.read_text(encoding="utf-8"), "kosho validate --page"
