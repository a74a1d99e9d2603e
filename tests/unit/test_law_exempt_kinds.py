"""Kinds of goods that whole authorities do not reach: each authority, each of its days."""

from __future__ import annotations

from datetime import date

import pytest
from tests.measures import shipped

from kosho.law import Facts, Query, quote
from kosho.law.schedules import parse_duty

FREE = parse_duty("Free")
BOOKS = "4901.99.00"

# Who, when, what is paid on books and on T-shirts; percent on top of an ordinary duty of nothing.
DAYS = [
    ("JPN", "2025-06-10", 0, 10),
    ("JPN", "2025-10-10", 0, 15),
    ("JPN", "2026-03-10", 0, 10),
    ("JPN", "2026-08-01", 0, 12.5),
    ("CHN", "2025-02-10", 7.5, 17.5),
    ("CHN", "2025-06-10", 7.5, 37.5),
    ("CAN", "2025-03-05", 0, 25),
    ("MEX", "2025-06-10", 0, 25),
    ("BRA", "2025-08-10", 0, 50),
    ("BRA", "2026-08-10", 0, 37.5),
    ("IND", "2025-09-01", 0, 50),
]


def percent(exporter: str, hs: str, on: str, **answers: str) -> float | None:
    facts = Facts(answers=answers)  # pyright: ignore[reportArgumentType]
    rate = quote(shipped(), Query("USA", exporter, hs, date.fromisoformat(on), facts=facts, general=FREE)).rate
    return None if rate is None else round(100 * rate, 6)


@pytest.mark.parametrize(("exporter", "on", "books", "shirts"), DAYS)
def test_books_are_free_of_duties_under_ieepa_and_of_their_followers(
    exporter: str, on: str, books: float, shirts: float
):
    assert percent(exporter, BOOKS, on) == books
    assert percent(exporter, "6109.90.10", on) == shirts
    assert percent(exporter, "6109.90.10", on, donation="yes") == books


@pytest.mark.parametrize("hs", ["3706.10.30", "4902.10.00", "8523.80.10", "9701.21.00", "9703.90.00"])
def test_other_informational_materials(hs: str):
    assert percent("JPN", hs, "2025-10-10") == 0


@pytest.mark.parametrize("hs", ["3705.00.00", "4909.00.40", "8523.49.20", "9705.10.00", "9706.10.00"])
def test_goods_that_inform_unless_told_otherwise(hs: str):
    found = quote(shipped(), Query("USA", "JPN", hs, date(2025, 10, 10), general=FREE))
    assert (found.rate, found.low, found.high) == pytest.approx((0, 0, 0))
    assert any("with informational=no the rate is 15 %" in text for text in found.warnings)
    assert percent("JPN", hs, "2025-10-10", informational="no") == 15


def test_what_was_in_transit_on_the_first_day():
    assert percent("VNM", "6109.90.10", "2025-04-20", in_transit="yes") == 0
    assert percent("VNM", "6109.90.10", "2025-06-10", in_transit="yes") == 10
    assert percent("VNM", "6109.90.10", "2025-09-01", in_transit="yes") == 10  # the rate of before, not 20
    assert percent("JPN", "6109.90.10", "2026-02-25", in_transit="yes") == 0
    assert percent("JPN", "6109.90.10", "2026-03-01", in_transit="yes") == 10


def test_baggage_and_chapter_98():
    assert percent("CHN", "6109.90.10", "2025-06-10", baggage="yes") == 7.5
    assert percent("JPN", "6109.90.10", "2026-03-10", baggage="yes") == 0
    assert percent("JPN", "6109.90.10", "2025-06-10", chapter_98="yes") == 0


def test_section_232_does_not_spare_them():
    assert percent("JPN", "7318.15.20", "2025-10-10", donation="yes") == 50


def test_natural_resources_of_the_union_have_a_range_since_the_list_is_not_held():
    found = quote(shipped(), Query("USA", "PRT", "4501.10.00", date(2025, 10, 1), general=FREE))
    assert (found.rate, found.low, found.high) == (None, 0, pytest.approx(0.15))
    assert any("cork" in text for text in found.warnings)
    before = quote(shipped(), Query("USA", "PRT", "4501.10.00", date(2025, 8, 20), general=FREE))
    assert before.rate == pytest.approx(0.15)
