"""What a table may say of weights, costs, discounts and money: in its unit, and where it can lie."""

from __future__ import annotations

import pytest

from kosho.bargain import schema
from kosho.provenance import Cited


def cited(value: float, unit: str, low: float | None = None, high: float | None = None) -> Cited:
    return Cited(value=value, low=low, high=high, unit=unit, status="assumption", source="own")


ALLOWED = {
    "_weight": [cited(0.0, "share"), cited(0.5, "share", 0.0, 10.0)],
    "_factor": [cited(0.9, "factor"), cited(0.9, "factor", 0.01, 1.2)],
    "_rate": [cited(0.0, "percent"), cited(5.0, "percent", 0.0, 100.0)],
    "_money": [cited(0.0, "million USD", -1.0, 1.0), cited(2.0, "million USD", 1.0, 2.0)],
}
SHARE = "a share of zero or more \\(unit: share\\)"
BETWEEN = "what no model prices is worth a range \\(low and high\\)"
REFUSED = [
    ("_weight", cited(0.5, "percent"), SHARE),
    ("_weight", cited(0.5, "share", -0.1, 1.0), "-0.1 is outside 0 to 10"),
    ("_weight", cited(-0.5, "share"), "-0.5 is outside 0 to 10"),
    ("_weight", cited(0.5, "share", 0.1, 10.5), "10.5 is outside 0 to 10"),
    ("_factor", cited(0.5, "share"), "above zero \\(unit: factor\\)"),
    ("_factor", cited(0.5, "factor", 0.0, 1.0), "0 is outside 0.01 to 100"),
    ("_factor", cited(-0.5, "factor"), "-0.5 is outside 0.01 to 100"),
    ("_rate", cited(5.0, "share"), "zero or more \\(unit: percent\\)"),
    ("_rate", cited(5.0, "percent", -1.0, 6.0), "-1 is outside 0 to 100 percent a year"),
    ("_rate", cited(5.0, "percent", 1.0, 101.0), "101 is outside 0 to 100 percent a year"),
    ("_money", cited(1.0, "share", 0.0, 2.0), "unit: million USD"),
    ("_money", cited(1.0, "million USD"), BETWEEN),
    ("_money", cited(1.0, "million USD", 0.0), BETWEEN),
    ("_money", cited(1.0, "million USD", None, 2.0), BETWEEN),
    ("_money", cited(1.0, "million USD", 1.0, 1.0), BETWEEN),
]


@pytest.mark.parametrize(("door", "figure"), [(door, one) for door, many in ALLOWED.items() for one in many])
def test_a_figure_in_its_unit_within_its_bounds_is_kept(door: str, figure: Cited) -> None:
    assert getattr(schema, door)(figure) is figure


@pytest.mark.parametrize(("door", "figure", "told"), REFUSED)
def test_a_figure_any_end_of_which_lies_where_it_cannot_is_refused(door: str, figure: Cited, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        getattr(schema, door)(figure)
