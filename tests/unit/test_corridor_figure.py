"""Where days stand in the drawing of a corridor."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kosho.corridor.figure import LEFT, RIGHT, WIDTH, _scale


@pytest.mark.parametrize(("low", "high"), [(12.0, 17.5), (-3.0, 2.0), (0.0, 9.0), (4.0, 4.0)])
def test_an_axis_holds_all_days_between_its_margins_at_even_distances(low: float, high: float) -> None:
    scale = _scale(low, high)
    places = [scale(tick) for tick in scale.ticks]
    assert (places[0], places[-1]) == (pytest.approx(LEFT), pytest.approx(WIDTH - RIGHT))
    assert LEFT <= scale(low) <= scale(high) <= WIDTH - RIGHT
    steps = [after - before for before, after in pairwise(places)]
    assert steps == pytest.approx([steps[0]] * len(steps))
