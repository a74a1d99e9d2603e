"""Where days stand in the drawing of a corridor."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from tests.corridors import small

from kosho.corridor import simulate
from kosho.corridor.figure import INK, LEFT, RIGHT, WIDTH, _scale, svg
from kosho.corridor.sensitivity import ParameterEnd, Swing, Tornado


@pytest.mark.parametrize(("low", "high"), [(12.0, 17.5), (-3.0, 2.0), (0.0, 9.0), (4.0, 4.0)])
def test_an_axis_holds_all_days_between_its_margins_at_even_distances(low: float, high: float) -> None:
    scale = _scale(low, high)
    places = [scale(tick) for tick in scale.ticks]
    assert (places[0], places[-1]) == (pytest.approx(LEFT), pytest.approx(WIDTH - RIGHT))
    assert LEFT <= scale(low) <= scale(high) <= WIDTH - RIGHT
    steps = [after - before for before, after in pairwise(places)]
    assert steps == pytest.approx([steps[0]] * len(steps))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (4.0, 4.0, (3.4, 3.6, 3.8, 4.0, 4.2, 4.4, 4.6)),  # half a day on either side, in steps of a fifth
        (0.0, 9.0, (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)),
        (-3.0, 2.0, (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)),
        (0.0, 0.31, (0.0, 0.1, 0.2, 0.3, 0.4)),
        (0.0, 60.0, (0.0, 20.0, 40.0, 60.0)),
    ],
)
def test_an_axis_has_even_numbers(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert _scale(low, high).ticks == ticks


def test_bars_of_a_tornado_lie_between_the_ends_of_its_axis_and_are_as_long_as_days() -> None:
    swings = [
        Swing(
            name,
            "assumption",
            ParameterEnd("1", days=3.0, days_saved=0.5 - off),
            ParameterEnd("3", 2.0, 0.5 + off),
        )
        for name, off in (("a", 0.4), ("b", 0.2), ("c", 0.1))
    ]
    times = simulate(small(), replications=1)
    drawn = ET.fromstring(svg("T", {"Base": times}, Tornado("s", 2.5, 0.5, tuple(swings), 1)))  # noqa: S314 - own
    space = "{http://www.w3.org/2000/svg}"
    bars = [
        {key: float(one.get(key, "")) for key in ("x", "y", "width", "height")}
        for one in drawn.iter(f"{space}rect")
        if (one.findtext(f"{space}title") or "").startswith(("a = ", "b = ", "c = "))
    ]
    assert len(bars) == 6
    assert [one["width"] / bars[0]["width"] for one in bars] == pytest.approx(
        [1, 1, 0.5, 0.5, 0.25, 0.25], abs=0.01
    )
    centre = [one for one in drawn.iter(f"{space}line") if one.get("stroke") == INK][-1]
    top, bottom = float(centre.get("y1", "")), float(centre.get("y2", ""))
    assert all(top < one["y"] and one["y"] + one["height"] < bottom for one in bars)
    assert [one["y"] for one in bars] == sorted(one["y"] for one in bars)
    assert bars[0]["x"] + bars[0]["width"] == pytest.approx(float(centre.get("x1", "")), abs=0.2)
    assert bars[1]["x"] == pytest.approx(float(centre.get("x1", "")), abs=0.2)
