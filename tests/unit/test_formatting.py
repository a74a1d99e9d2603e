"""Numbers into words: honest digits, outward ranges, verbs that fit the sign."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosho import formatting
from kosho.language import use


@pytest.mark.parametrize(
    ("musd", "text"),
    [
        (0.0, "~0"),
        (-49.0, "~0"),
        (51.0, "0.05"),
        (-583.0, "−0.58"),
        (-2_912.3, "−2.9"),
        (-5_743.0, "−5.7"),
        (12_849.0, "13"),
        (-9_959.0, "−10"),
        (-126_400.0, "−130"),
        (1_234_567.0, "1,200"),
    ],
)
def test_billions_have_two_significant_digits(musd: float, text: str) -> None:
    assert formatting.billions(musd) == text


def test_gains_carry_a_plus_only_where_asked() -> None:
    assert formatting.billions(2_912.3, sign=True) == "+2.9"
    assert formatting.billions(2_912.3) == "2.9"
    assert formatting.percent(0.0131, sign=True) == "+1.3"
    told = [
        formatting.dollars(musd, sign=True).replace(formatting.NBSP, " ") for musd in (1_097.0, 5.0, -5.0, 0.1)
    ]
    assert told == ["+1.1 billion", "+5 million", "−5 million", "~0"]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (-0.000731, "−0.07"),
        (0.00004, "~0"),
        (-0.6412, "−64"),
        (1.183, "120"),
        (None, "not known"),
        (float("nan"), "not known"),
    ],
)
def test_percent_rounds_to_what_is_known(fraction: float | None, text: str) -> None:
    assert formatting.percent(fraction) == text


@pytest.mark.parametrize(
    ("units", "text"),
    [(1_370_000, "1.37\N{NO-BREAK SPACE}million"), (444_321, "440,000"), (15_800, "16,000"), (0, "0")],
)
def test_quantities(units: float, text: str) -> None:
    assert formatting.quantity(units) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (2_900, 5_700, "2.9 to 5.7"),
        (2_910, 5_610, "2.9 to 5.7"),
        (100, 5_700, "0.1 to 5.7"),
        (4, 5_700, "up to 5.7"),
        (51, 80, "0.05 to 0.08"),
        (15_300, 22_100, "15 to 23"),
        (41_000, 41_200, "41 to 42"),
        (9_960, 99_600, "9.9 to 100"),
        (3_000, 3_000, "about 3"),
    ],
)
def test_ends_of_money_have_two_digits_rounded_outward(low: float, high: float, text: str) -> None:
    assert formatting.effect(low, high) == f"gains {text} billion dollars a year"
    assert formatting.effect(-high, -low, "") == f"loses {text} billion"


def test_table_ranges_carry_signs() -> None:
    assert formatting.span(-5_700, -3_500) == "−5.7 to −3.5"
    assert formatting.span(-4_590, -500) == "−4.6 to −0.50"
    assert formatting.span(-400, 1_400) == "−0.40 to +1.4"
    assert formatting.span(-20, 40) == "~0"
    assert formatting.percent_range(-0.731, -0.642) == "−74 to −64"
    assert formatting.percents(0.059, 0.65) == "5.9 to 65"
    assert formatting.billions_range(12_300, 13_900) == "12 to 14"
    assert formatting.billions_range(0, 0) == "none"
    assert formatting.quantity_range(440_000, 630_000) == "440,000 to 630,000"
    assert formatting.quantity_range(952_000, 1_412_000) == f"950,000 to 1.5{formatting.NBSP}million"
    assert formatting.quantity_range(1_152_000, 1_312_000) == f"1.1 to 1.4{formatting.NBSP}million"
    assert formatting.quantity_range(0, 1_312_000) == f"up to 1.4{formatting.NBSP}million"
    assert formatting.quantity_range(0, 0) == "none"
    assert formatting.quantity_range(15_200, 15_900) == "15,000 to 16,000"


@given(
    low=st.floats(-2e6, 2e6, allow_nan=False),
    width=st.floats(0, 2e6, allow_nan=False),
)
@settings(deadline=None, max_examples=200)
def test_a_printed_range_always_holds_what_was_computed(low: float, width: float) -> None:
    high = low + width
    text = formatting.span(low, high)
    if text == "~0":
        assert max(abs(low), abs(high)) < formatting.NIL_MUSD
        return
    ends = [float(end.replace("−", "-").replace(",", "")) for end in text.split(" to ")]
    slack = 1e-6 * max(abs(low), abs(high))
    if width <= 1e-3 * max(abs(low), abs(high)):  # one figure, to the nearest
        assert len(ends) == 1
        assert abs(ends[0] * 1e3 - low) <= max(0.06 * abs(low), 5) + slack  # half of 0.01 billion
        return
    assert ends[0] * 1e3 <= low + slack
    assert ends[-1] * 1e3 >= high - slack
    for end, value in zip((ends[0], ends[-1]), (low, high), strict=True):
        assert end * value >= 0
        # Two digits: no end is told more than a tenth from where it is, as far as there is anything to tell.
        assert abs(end * 1e3 - value) <= max(0.1 * abs(value), 1e-3 * max(abs(low), abs(high)), 10)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-5_700, -2_900, "loss"),
        (400, 900, "gain"),
        (-400, 900, "unclear"),
        (-400, 0.5, "unclear"),
        (-0.5, 400, "unclear"),
        (-30, 40, "nil"),
    ],
)
def test_verdict_needs_the_whole_range(low: float, high: float, expected: str) -> None:
    assert formatting.verdict(low, high) == expected


def test_phrases_fit_the_sign() -> None:
    assert formatting.effect(-5_700, -2_900) == "loses 2.9 to 5.7 billion dollars a year"
    assert formatting.effect(400, 900) == "gains 0.4 to 0.9 billion dollars a year"
    assert formatting.effect(-20, 30) == "is hardly touched"
    assert formatting.effect(-391, 1_310) == (
        "may end anywhere between a loss of 0.4 and a gain of 1.4 billion dollars a year"
    )


def test_lists_dates_and_articles() -> None:
    assert formatting.listed(["a"]) == "a"
    assert formatting.listed(["a", "b", "c"]) == "a, b and c"
    assert formatting.day(date(2025, 7, 9)) == "9\N{NO-BREAK SPACE}July 2025"
    assert formatting.the("United States") == "the United States"
    assert formatting.the("Japan") == "Japan"


def test_ticks_are_plain() -> None:
    assert [formatting.tick(x) for x in (-30.0, -2.5, 0.0, 1500.0)] == ["−30", "−2.5", "0", "1,500"]


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
    assert formatting.dollars(musd).replace(formatting.NBSP, " ") == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (200.8, 3416.8, "0.20 to 3.5"),
        (163, 2540, "0.16 to 2.6"),
        (33, 226.6, "0.033 to 0.23"),
        (0, 0, "none"),
    ],
)
def test_ranges_of_parts_are_told_to_the_million(low: float, high: float, said: str) -> None:
    assert formatting.billions_range(low, high, part=True) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-635, -146, "−0.64 to −0.14"), (-5.8, 23.8, "−0.0058 to +0.024"), (-0.2, 0.3, "~0")],
)
def test_signed_ranges_of_parts_hold_both_ends(low: float, high: float, said: str) -> None:
    assert formatting.span(low, high, part=True) == said


def test_a_share_of_draws_is_all_only_if_it_is_all() -> None:
    told = {1.0: "100", 0.995: "99.5", 0.9999: "99.9", 0.5: "50", 0.004: "0.4", 0.0: "0"}
    assert {share: formatting.percent_of_draws(share) for share in told} == told


def test_ends_have_as_many_digits_as_what_they_stand_beside() -> None:
    shown = formatting.with_ends(
        formatting.percent(-0.0019, sign=True), formatting.percent_range(-0.0020, -0.00176)
    )
    assert shown == "−0.19 (−0.20 to −0.17)"


@given(value=st.floats(-1e7, 1e7, allow_nan=False), places=st.integers(0, 3))
@settings(deadline=None, max_examples=200)
def test_nothing_has_no_sign(value: float, places: int) -> None:
    text = formatting.decimals(value, places, sign=True)
    assert "-" not in text
    if not text.strip("+−0.,"):
        assert text[0] == "0"


def test_what_is_not_known_is_said() -> None:
    assert formatting.billions(None) == "not known"
    assert formatting.percent(None) == "not known"
    assert formatting.decimals(float("nan"), 1) == "not known"
    assert formatting.quantity(None) == "not known"
    assert formatting.amount(None, "tonnes") == "not known"


def test_ends_stand_in_brackets_only_where_they_say_more() -> None:
    assert formatting.with_ends("27", formatting.percents(0.06, 0.67)) == "27 (6.0 to 67)"
    assert formatting.with_ends("27", formatting.percents(0.27, 0.27)) == "27"
    assert formatting.percent_range(-0.0013, -0.0008) == "−0.13 to −0.08"
    assert formatting.percent_range(-0.00002, 0.00003) == "~0"


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(100_000, 6, "100,000"), (432_500, 6, "432,500"), (0.015, 6, "0.015"), (-0.76, 3, "−0.76"), (0, 3, "0")],
)
def test_figures_of_sources_stay_as_they_are(value: float, digits: int, said: str) -> None:
    assert formatting.figure(value, digits) == said


def test_a_number_is_told_and_none_is_not() -> None:
    assert (formatting.decimals(2.5, 1), formatting.decimals(None, 1)) == ("2.5", "not known")


def test_small_ends_that_differ_are_a_range() -> None:
    assert formatting.billions_range(1.0, 9.0) == "0.001 to 0.01"


def test_a_range_that_begins_at_nothing_is_a_gain_and_one_that_ends_there_a_loss() -> None:
    assert [formatting.verdict(*ends) for ends in ((0.0, 50.0), (-50.0, 0.0))] == ["gain", "loss"]


def test_an_economy_within_a_sentence_has_a_small_article() -> None:
    assert formatting.the_country("USA") == "the United States"
    assert formatting.the_country("USA", starts=True) == "The United States"


@pytest.mark.parametrize(
    ("teller", "given", "text"),
    [
        ("count_tick", (1e6,), "1\N{NO-BREAK SPACE}million"),
        ("count_tick", (999_999,), "999,999"),
        ("count_tick", (-2e6,), "−2\N{NO-BREAK SPACE}million"),
        ("count_tick", (2.5e9,), "2.5\N{NO-BREAK SPACE}billion"),
        ("tick", (1e6,), "1,000,000"),
        ("tick", (-0.25,), "−0.25"),
        (
            "percents",
            (
                0.1234,
                0.5,
            ),
            "12 to 50",
        ),
        (
            "percents",
            (
                0.995,
                0.9999,
            ),
            "99 to 100",
        ),
        ("billions", (50,), "0.05"),
        ("billions", (49.999,), "~0"),
        ("dollars", (999.5,), "1.0\N{NO-BREAK SPACE}billion"),
        ("dollars", (12_849,), "13\N{NO-BREAK SPACE}billion"),
        ("dollars", (5.3,), "5\N{NO-BREAK SPACE}million"),
        (
            "amount",
            (
                20,
                "million USD",
            ),
            "0.020\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD",
        ),
        ("percent", (0.0000496,), "~0"),
        ("percent", (0.00005,), "0.01"),
        ("percent", (0.0000504,), "0.01"),
        ("percent_of_draws", (0.01,), "1"),
        ("percent_of_draws", (0.99,), "99"),
        ("quantity", (999_500,), "1.00\N{NO-BREAK SPACE}million"),
        ("quantity", (1_000_000,), "1.00\N{NO-BREAK SPACE}million"),
        ("quantity", (12_345_678,), "12.3\N{NO-BREAK SPACE}million"),
        (
            "quantity",
            (
                1_234_567,
                4,
            ),
            "1.23\N{NO-BREAK SPACE}million",
        ),
        ("quantity", (1.37,), "1"),
        (
            "with_sign",
            (
                "0",
                0.0,
            ),
            "0",
        ),
        ("listed", (["a", "b"],), "a and b"),
        (
            "span",
            (
                -50.0,
                0.0,
            ),
            "\N{MINUS SIGN}0.05 to 0",
        ),
        (
            "span",
            (
                1.0,
                1_000.0,
            ),
            "+0.001 to +1.0",
        ),
        (
            "span",
            (
                0.0,
                1_000.0,
            ),
            "0 to +1.0",
        ),
        (
            "span",
            (
                -1_000.0,
                0.0,
            ),
            "\N{MINUS SIGN}1.0 to 0",
        ),
        (
            "percent_range",
            (
                0.0,
                0.0000496,
            ),
            "~0",
        ),
        (
            "percent_range",
            (
                -0.00005,
                0.0,
            ),
            "\N{MINUS SIGN}0.01 to 0",
        ),
        (
            "percent_range",
            (
                0.0,
                0.0000504,
            ),
            "0 to +0.01",
        ),
        (
            "percents",
            (
                0.1195,
                0.5,
            ),
            "11 to 50",
        ),
        (
            "percents",
            (
                0.00105,
                1.0,
            ),
            "0.10 to 100",
        ),
        (
            "billions_range",
            (
                1.0,
                1_000.0,
            ),
            "0.001 to 1.0",
        ),
        (
            "change",
            (
                0.0131,
                0.01,
                0.02,
            ),
            "+1.3 (+1.0 to +2.0)",
        ),
        (
            "change",
            (
                0.0,
                -0.0004,
                0.0004,
            ),
            "0 (\N{MINUS SIGN}0.04 to +0.04)",
        ),
        (
            "change",
            (
                0.0000347,
                0.00002,
                0.0004,
            ),
            "+0.003 (+0.002 to +0.04)",
        ),
        ("gain", (0.0, -60, 60), "0 (\N{MINUS SIGN}0.06 to +0.06)"),
        ("tick", (1_234_567,), "1,234,570"),
        (
            "gain",
            (
                0.3,
                -60,
                60,
            ),
            "0 (\N{MINUS SIGN}0.06 to +0.06)",
        ),
        (
            "quantity_range",
            (
                1.5,
                8.2,
            ),
            "1 to 9",
        ),
        (
            "quantity_range",
            (
                999,
                1_000,
            ),
            "about 1,000",
        ),
        (
            "quantity_range",
            (
                2_000,
                2e6,
            ),
            "2,000 to 2.0\N{NO-BREAK SPACE}million",
        ),
        (
            "quantity_range",
            (
                5e6,
                3e9,
            ),
            "5.0\N{NO-BREAK SPACE}million to 3.0\N{NO-BREAK SPACE}billion",
        ),
    ],
)
def test_where_a_way_to_tell_begins(teller: str, given: tuple[Any, ...], text: str) -> None:
    assert getattr(formatting, teller)(*given) == text


@pytest.mark.parametrize(("tag", "finer", "unit"), [("en", 1e3, 1e3), ("ja", 1e4, 1e2)])
def test_units_of_money_are_those_of_the_language(tag: str, finer: float, unit: float) -> None:
    with use(tag):
        assert formatting.finer_money() == pytest.approx(finer, rel=1e-12)
        assert formatting.of_money(2_500.0) == 2_500.0 / unit


def test_money_in_japanese_is_counted_in_a_hundred_million_and_told_in_ten_thousand() -> None:
    with use("ja"):
        told = [
            formatting.billions(51.0),
            formatting.dollars(0.5),
            formatting.dollars(176.8),
            formatting.dollars(999.6),
        ]
        nil = formatting.nil_note([formatting.ABOUT_NIL])
        assert told == ["0.5", "50万", "1.8億", "10億"]
        assert "5,000万" in nil
        assert formatting.typeset("2 % 上がる。 下がる。") == "2% 上がる。下がる。"


def test_whether_money_is_told_in_the_smaller_unit_ends_where_a_table_shows_it() -> None:
    assert [formatting.told_finer(gains) for gains in ([], [49.9], [50.0])] == [True, True, False]


def test_what_is_no_figure_is_not_known_and_nothing_is_nothing() -> None:
    assert [formatting.significant(one, 3, 2) for one in (0.0, -0.0, float("nan"), float("inf"))] == [
        "0",
        "0",
        "not known",
        "not known",
    ]


@pytest.mark.parametrize(
    ("value", "digits", "decimals", "text"),
    [
        (9.96, 2, 3, "10"),
        (9.94, 2, 3, "9.9"),
        (0.0996, 2, 3, "0.10"),
        (0.0996, 3, 4, "0.0996"),
        (0.0004, 2, 3, "0"),
        (-0.0006, 2, 3, "\N{MINUS SIGN}0.001"),
        (123456.0, 2, 3, "120,000"),
        (-1234.5, 6, 1, "\N{MINUS SIGN}1,234.5"),
    ],
)
def test_digits_and_decimals_bound_each_other(value: float, digits: int, decimals: int, text: str) -> None:
    assert formatting.significant(value, digits, decimals) == text


def test_ends_that_are_nothing_far_apart_or_round_up_to_ten() -> None:
    assert formatting.quantity_range(500.0, 2e6) == "up to 2.0\N{NO-BREAK SPACE}million"
    assert formatting.quantity_range(5_000.0, 2e6) == "5,000 to 2.0\N{NO-BREAK SPACE}million"
    assert formatting.billions_range(2_000.0, 9_960.0) == "2.0 to 10"
    assert formatting.billions_range(200.0, 996.0) == "0.20 to 1.0"
    assert formatting.billions_range(2_000.0, 9_800.0) == "2.0 to 9.8"


@pytest.mark.parametrize(("part", "least"), [(False, 50.0), (True, 0.5)])
def test_about_nothing_ends_where_a_figure_is_told(part: bool, least: float) -> None:
    assert formatting.billions(0.999 * least, part=part) == formatting.ABOUT_NIL
    assert formatting.billions(least, part=part) == formatting.significant(least / 1e3, 2, 4 if part else 2)
