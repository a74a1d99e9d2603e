"""Duties that are staged down to a floor, and elasticities of one's own that cannot be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.lines.line_elasticities import line_elasticities
from kosho.lines.staging import Category


def test_a_duty_falls_to_its_floor_and_one_below_it_stays() -> None:
    category = Category("to 5 in 4", left=tuple(Fraction(k, 4) for k in (3, 2, 1, 0)), floor=Fraction(5))
    assert [category.rate(Fraction(25), cut) for cut in range(6)] == [25, 20, 15, 10, 5, 5]
    for base in (Fraction(5), Fraction(3)):
        assert [category.rate(base, cut) for cut in range(6)] == [base] * 6
    whole = Category("equal 4", left=category.left)
    assert [whole.rate(Fraction(8), cut) for cut in range(6)] == [8, 6, 4, 2, 0, 0]


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
