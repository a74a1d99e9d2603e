"""Corrections of the register of November 2026, each on both sides of the day or line it turns at."""

from __future__ import annotations

from datetime import date

import pytest
from tests.measures import shipped

from kosho.errors import InputError
from kosho.law import Facts, Query, RateQuote, quote
from kosho.law.schedules import FREE
from kosho.law.scope import Answer


def asked(importer: str, exporter: str, hs: str, day: str, **answers: Answer) -> RateQuote:
    query = Query(importer, exporter, hs, date.fromisoformat(day), facts=Facts(answers=answers))
    return quote(shipped().of(importer), query)


@pytest.mark.parametrize(
    ("hs", "day", "answers", "banned"),
    [
        ("2204.21.50", "2026-09-28", {}, False),
        ("2204.21.50", "2026-09-29", {}, True),
        ("2204.21.50", "2026-09-29", {"in_bulk": "yes"}, True),  # banned in any container
        ("2208.30.30", "2026-09-29", {}, True),
        ("2208.30.30", "2026-09-29", {"in_bulk": "yes"}, False),
        ("2204.29.61", "2026-09-29", {}, False),
        ("2204.29.61", "2026-09-29", {"packaged": "yes"}, True),
        ("2204.29", "2026-09-29", {}, False),
        ("0404.10.05", "2026-09-28", {}, False),
        ("0404.10.05", "2026-09-29", {}, True),
        ("0404.90.10", "2026-09-29", {}, False),  # of 0404 whey alone
        ("8711.50.00", "2026-09-29", {}, True),
    ],
)
def test_canadian_drinks_in_bulk_are_spared_by_the_ban(
    hs: str, day: str, answers: dict[str, Answer], *, banned: bool
):
    assert bool(asked("USA", "CAN", hs, day, **answers).prohibited) is banned


@pytest.mark.parametrize("hs", ["7616.99", "7325.10", "7326.20", "7326.90"])
@pytest.mark.parametrize("day", ["2026-05-01", "2026-06-08"])
@pytest.mark.parametrize("exporter", ["BRA", "JPN", "GBR"])
def test_annexes_of_metals_are_never_summed(hs: str, day: str, exporter: str):
    query = Query("USA", exporter, hs, date.fromisoformat(day), general=FREE)
    found = quote(shipped().of("USA"), query)
    assert found.rate is None  # lines of two annexes are under the heading
    assert found.low is not None
    assert found.low <= 0.25
    assert found.high == 0.5


@pytest.mark.parametrize(
    ("hs", "measure"),
    [
        ("7616.99.51.60", "us-232-annex-1a-50"),
        ("7616.99.51.30", "us-232-annex-1b-25"),
        ("7325.10.00.10", "us-232-annex-1a-50"),
        ("7325.10.00.35", "us-232-annex-1b-25"),
        ("8457.10.00", "us-232-annex-3-floor-15"),
    ],
)
def test_a_line_is_under_one_annex(hs: str, measure: str):
    found = asked("USA", "BRA", hs, "2026-05-01")
    assert [one.measure for one in found.layers if one.authority == "us-232-metals-annex"] == [measure]


@pytest.mark.parametrize(("hs", "taxed"), [("3004.90.92.10", False), ("3004.90.92.44", True)])
def test_one_number_of_medicines_is_under_the_duty_on_metals(hs: str, *, taxed: bool):
    found = asked("USA", "IND", hs, "2025-09-01")
    assert any(one.measure == "us-232-inclusions-50" for one in found.layers) is taxed


@pytest.mark.parametrize(("day", "told"), [("2025-12-31", False), ("2026-01-01", True)])
def test_the_mexican_reform_is_told_of_the_lines_it_may_touch(day: str, *, told: bool):
    found = asked("MEX", "CHN", "6110.20", day)
    assert any("Ordinary duty on clothing raised" in text for text in found.warnings) is told
    left_out = [
        one for one in shipped().not_covered if one.touches("MEX", "CHN", "611020", date.fromisoformat(day))
    ]
    assert bool(left_out) is told
    rate = quote(
        shipped().of("MEX"), Query("MEX", "CHN", "6110.20", date.fromisoformat(day), general=FREE)
    ).rate
    assert (rate is None) is told


def test_no_share_comes_from_data_that_may_not_be_used():
    law = shipped()
    assert not any("trade alert" in f"{one.title} {one.publisher}".lower() for one in law.sources.values())


@pytest.mark.parametrize(("day", "unconfirmed"), [(date(2026, 11, 9), False), (date(2026, 11, 10), True)])
@pytest.mark.parametrize(
    ("importer", "exporter", "hs", "measure"),
    [("USA", "CHN", "8426.19", "us-301-maritime"), ("CHN", "USA", "8703.23", "chn-us-10")],
)
def test_what_followed_the_truce_is_unknown_on_both_sides(
    importer: str, exporter: str, hs: str, measure: str, day: date, *, unconfirmed: bool
):
    since = shipped().measure(measure).unconfirmed_from
    assert since is not None
    assert (since <= day) is unconfirmed
    found = quote(shipped().of(importer), Query(importer, exporter, hs, day, general=FREE))
    in_doubt = hs == "8426.19"  # only cranes from ship to shore pay, which the code does not tell
    assert (found.rate is None) is (unconfirmed or in_doubt)
    assert any("does not hold" in text for text in found.unknown) is unconfirmed


def test_cranes_pay_from_what_they_pay_without_to_what_they_pay_with_the_duty():
    found = quote(shipped().of("USA"), Query("USA", "CHN", "8426.19", date(2026, 11, 10), general=FREE))
    before = quote(shipped().of("USA"), Query("USA", "CHN", "8426.19", date(2026, 11, 9), general=FREE))
    assert found.low == before.low
    assert found.high is not None
    assert before.high is not None
    assert found.high == pytest.approx(before.high + 1.0)


def test_a_heading_that_says_a_duty_is_no_code_of_goods() -> None:
    with pytest.raises(InputError, match="is a heading of duties"):
        asked("USA", "JPN", "9903.01.25", "2025-06-01")
