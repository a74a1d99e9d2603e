"""Numbers into words: honest digits, outward ranges, verbs that fit the sign."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosho.brief import words


@pytest.mark.parametrize(
    ("musd", "text"),
    [
        (0.0, "~0"),
        (-49.0, "~0"),
        (51.0, "0.1"),
        (-2_912.3, "−2.9"),
        (-5_743.0, "−5.7"),
        (12_849.0, "13"),
        (-9_959.0, "−10"),
        (-126_400.0, "−130"),
        (1_234_567.0, "1,200"),
    ],
)
def test_billions_have_two_significant_digits_and_one_decimal(musd: float, text: str) -> None:
    assert words.billions(musd) == text


def test_gains_carry_a_plus_only_where_asked() -> None:
    assert words.billions(2_912.3, sign=True) == "+2.9"
    assert words.billions(2_912.3) == "2.9"
    assert words.percent(0.0131, sign=True) == "+1.3"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(-0.000731, "−0.07"), (0.00004, "~0"), (-0.6412, "−64"), (1.183, "120"), (None, "–"), (float("nan"), "–")],
)
def test_percent_rounds_to_what_is_known(fraction: float | None, text: str) -> None:
    assert words.percent(fraction) == text


@pytest.mark.parametrize(
    ("units", "text"),
    [(1_370_000, "1.37\N{NO-BREAK SPACE}million"), (444_321, "440,000"), (15_800, "16,000"), (0, "0")],
)
def test_quantities(units: float, text: str) -> None:
    assert words.quantity(units) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (2_900, 5_700, "2.5 to 6"),
        (100, 5_700, "up to 6"),
        (51, 80, "up to 0.1"),
        (15_300, 22_100, "14 to 24"),
        (41_000, 41_200, "41 to 41.5"),
        (3_000, 3_000, "about 3"),
    ],
)
def test_ranges_of_money_are_coarse_and_outward(low: float, high: float, text: str) -> None:
    assert words.effect(low, high) == f"gains {text} billion dollars a year"
    assert words.effect(-high, -low, "") == f"loses {text} billion"


def test_table_ranges_carry_signs() -> None:
    assert words.span(-5_700, -2_900) == "−6 to −2.5"
    assert words.span(-400, 1_400) == "−0.4 to +1.4"
    assert words.span(-20, 40) == "~0"
    assert words.percent_range(-0.731, -0.642) == "−74 to −64"
    assert words.billions_range(12_300, 13_900) == "12 to 14"
    assert words.quantity_range(440_000, 630_000) == "0.44 to 0.64 million"
    assert words.quantity_range(15_200, 15_900) == "15,000 to 16,000"


@given(
    low=st.floats(-2e6, 2e6, allow_nan=False),
    width=st.floats(0, 2e6, allow_nan=False),
)
@settings(deadline=None, max_examples=200)
def test_a_printed_range_always_holds_what_was_computed(low: float, width: float) -> None:
    high = low + width
    text = words.span(low, high)
    if text == "~0":
        assert max(abs(low), abs(high)) < words.NIL_MUSD
        return
    ends = [float(end.replace("−", "-").replace(",", "")) for end in text.split(" to ")]
    slack = 1e-6 * max(abs(low), abs(high))
    assert ends[0] * 1e3 <= low + slack
    assert ends[-1] * 1e3 >= high - slack


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-5_700, -2_900, "loss"), (400, 900, "gain"), (-400, 900, "unclear"), (-30, 40, "nil")],
)
def test_verdict_needs_the_whole_range(low: float, high: float, expected: str) -> None:
    assert words.verdict(low, high) == expected


def test_phrases_fit_the_sign() -> None:
    assert words.effect(-5_700, -2_900) == "loses 2.5 to 6 billion dollars a year"
    assert words.effect(400, 900) == "gains 0.4 to 0.9 billion dollars a year"
    assert words.effect(-20, 30) == "is hardly touched"
    assert words.effect(-400, 1_400).startswith(
        "may end anywhere between a loss of 0.4 and a gain of 1.4 billion dollars a year"
    )


def test_lists_dates_and_articles() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.day(date(2025, 7, 9)) == "9\N{NO-BREAK SPACE}July 2025"
    assert words.the("United States") == "the United States"
    assert words.the("Japan") == "Japan"


def test_ticks_are_plain() -> None:
    assert [words.tick(x) for x in (-30.0, -2.5, 0.0, 1500.0)] == ["−30", "−2.5", "0", "1,500"]


@pytest.mark.parametrize(
    ("musd", "said"),
    [
        (1097, "1.1 billion"),
        (176.8, "180 million"),
        (999.6, "1.0 billion"),
        (0.3, "~0"),
        (-402, "−400 million"),
    ],
)
def test_money_is_told_in_millions_or_billions(musd: float, said: str) -> None:
    assert words.millions(musd).replace(words.NBSP, " ") == said


@pytest.mark.parametrize(
    ("low", "high", "sign", "said"),
    [
        (200.8, 3416.8, False, "0.2 to 3.6 billion"),
        (33, 226.6, False, "20 to 240 million"),
        (-635, -146, True, "−650 to −100 million"),
        (-5.8, 23.8, True, "−6 to +24 million"),
    ],
)
def test_ranges_of_money_hold_both_ends(low: float, high: float, sign: bool, said: str) -> None:
    assert words.millions_range(low, high, sign=sign).replace(words.NBSP, " ") == said


def test_ends_stand_in_brackets_only_where_they_say_more() -> None:
    assert words.with_ends("27", words.percents(0.06, 0.67)) == "27 (6 to 68)"
    assert words.with_ends("27", words.percents(0.27, 0.27)) == "27"
    assert words.percent_range(-0.0013, -0.0008, 2) == "−0.13 to −0.08"
    assert words.percent_range(-0.0013, -0.0008) == "−0.2 to 0"
