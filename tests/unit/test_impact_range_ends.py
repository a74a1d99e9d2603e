"""A figure with its ends: what is taken where one is not given, what is assumed, how it shows itself."""

from __future__ import annotations

import pytest

from kosho.impact.ranges import Range
from kosho.provenance import Cited


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({"value": 2.0, "low": 1.5, "high": 3.0}, (1.5, 3.0)),
        ({"value": 2.0, "low": 1.5}, (1.5, 2.0)),
        ({"value": 2.0, "high": 3.0}, (2.0, 3.0)),
        ({"value": 2.0}, (2.0, 2.0)),
        ({"value": 0.0, "low": 0.0, "high": 0.0}, (0.0, 0.0)),
    ],
)
@pytest.mark.parametrize("status", ["fact", "estimate", "assumption"])
def test_a_figure_is_a_range_from_its_lower_to_its_upper_end(
    told: dict[str, float], ends: tuple[float, float], status: str
) -> None:
    cited = Cited.model_validate({**told, "unit": "days", "status": status, "source": "survey"})
    found = Range.of(cited)
    assert (found.low, found.high, found.value, found.unit) == (*ends, told["value"], "days")
    assert (found.sources, found.assumed) == (("survey",), status == "assumption")
    assert found.levels == {"low": ends[0], "value": told["value"], "high": ends[1]}
    bound = found.bound_only("a bound")
    assert bound.levels == {"low": ends[0], "high": ends[1]}
    assert (bound.assumed, bound.note, bound.value) == (status == "assumption", "a bound", None)
    assert not Range(1.0, 2.0, None, "days").assumed


def test_a_range_shows_what_it_has_and_nothing_else() -> None:
    plain = Range(1.0, 2.0, 1.5, "days").card()
    assert (plain.title, list(plain.rows)) == ("Range 1.5 (1 to 2) days", [])
    full = Range(1.0, 2.0, None, "days", ("survey",), assumed=True, note="as told").card()
    assert full.title == "Range no middle (1 to 2) days"
    assert [row[0] for row in full.rows] == ["sources", "assumed", "note"]
