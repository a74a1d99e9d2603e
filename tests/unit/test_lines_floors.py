"""Duties that are staged down to a floor, and elasticities of one's own that cannot be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.lines.line_elasticities import line_elasticities
from kosho.lines.staging import Category, parse_category


def test_a_duty_falls_to_its_floor_and_one_below_it_stays() -> None:
    category = Category("to 5 in 4", left=tuple(Fraction(k, 4) for k in (3, 2, 1, 0)), floor=Fraction(5))
    assert [category.rate(Fraction(25), cut) for cut in range(6)] == [25, 20, 15, 10, 5, 5]
    for base in (Fraction(5), Fraction(3)):
        assert [category.rate(base, cut) for cut in range(6)] == [base] * 6
    whole = Category("equal 4", left=category.left)
    assert [whole.rate(Fraction(8), cut) for cut in range(6)] == [8, 6, 4, 2, 0, 0]


@pytest.mark.parametrize(
    ("text", "rates", "last", "free", "percent"),
    [
        ("immediate", [10, 0, 0], 1, True, False),
        ("keep", [10, 10, 10], 0, False, False),
        ("equal 2", [10, 5, 0, 0], 2, True, False),
        ("hold 1 equal 2", [10, 10, 5, 0, 0], 3, True, False),
        ("steps 50 30 20", [10, 5, 2, 0, 0], 3, True, False),
        ("steps 50 30", [10, 5, 2, 2], 2, False, False),
        ("to 4 in 2", [10, 7, 4, 4], 2, False, True),
        ("to 0 in 2", [10, 5, 0, 0], 2, False, True),
        ("via 2:8 4:2", [10, 9, 8, 5, 2, 2], 4, False, True),
        ("via 1:6 2:0", [10, 6, 0, 0], 2, True, True),
        ("minus 4", [10, 6, 2, 0, 0], 3, True, True),
        ("minus 5", [10, 5, 0, 0], 2, True, True),
        ("equal 2; quota 9 t grows 1%", [10, 5, 0, 0], 2, False, False),
    ],
)
def test_a_notation_gives_a_rate_after_each_cut(
    text: str, rates: list[int], last: int, *, free: bool, percent: bool
) -> None:
    category = parse_category(text)
    assert [category.rate(Fraction(10), cut) for cut in range(len(rates))] == rates
    assert (category.last(Fraction(10)), category.ends_free, category.percent_only) == (last, free, percent)


def test_points_off_take_a_fraction_of_a_percent_with_the_first_cut() -> None:
    rates = [parse_category("minus 2").rate(Fraction("6.8"), cut) for cut in range(4)]
    assert rates == [Fraction("6.8"), 4, 2, 0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("equal 0", "0 dates"),
        ("equal 101", "101 dates"),
        ("hold 0 equal 5", "0 dates"),
        ("steps 60 41", "more than all"),
        ("via 0:5", "dates from 1 on"),
        ("via 2:5 1:3", "dates from 1 on"),
        ("via 2:5 2:3", "dates from 1 on"),
        ("via 101:5", "dates from 1 on"),
        ("minus 0", "takes nothing off"),
        ("keep; quota 200 t", "no tariff quota after the sign"),
        ("B10", "the name of a category"),
        ("soon", "is no staging"),
    ],
)
def test_what_is_no_staging_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_category(text)


def test_the_longest_stagings_are_read_and_all_of_a_rate_may_be_taken_off() -> None:
    longest = [parse_category(text) for text in ("equal 100", "hold 1 equal 1", "via 100:5", "steps 60 40")]
    assert [one.cuts for one in longest] == [100, 2, 100, 2]


@pytest.mark.parametrize(
    ("text", "volumes"),
    [
        ("keep; quota 200 t grows 3%", [200, 206, Fraction("212.18"), Fraction("218.5454")]),
        ("keep; quota 200 t grows 3% for 2", [200, 206, Fraction("212.18"), Fraction("212.18")]),
        ("keep; quota 200 t grows 0% for 1", [200, 200, 200, 200]),
    ],
)
def test_a_quota_grows_by_a_share_of_itself_so_many_years(text: str, volumes: list[Fraction]) -> None:
    quota = parse_category(text).quota
    assert quota is not None
    assert [quota.volume(year) for year in (1, 2, 3, 4)] == volumes


@pytest.mark.parametrize(
    ("row", "told"),
    [("020230,0.5,3", "demand 0.5"), ("020230,-1,-3", "substitution -3")],
)
def test_demand_that_rises_and_substitution_below_zero_are_refused(tmp_path: Path, row: str, told: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"hs,demand,substitution\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        line_elasticities(["020230"], "JPN", own=path)
    path.write_text("hs,demand,substitution\n020230,0,0\n220421,-1,\n", encoding="utf-8")
    found = line_elasticities(["020230", "220421"], "JPN", own=path)
    assert (found.demand.tolist(), found.substitution[0]) == ([0.0, -1.0], 0.0)
