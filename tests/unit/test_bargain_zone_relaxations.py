"""The smallest change of a rate that opens a zone, to a hundredth of a point."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.bargain import zone_relaxations
from kosho.bargain.zone_relaxations import RateChange, _smallest

RESOLUTION = 0.25
PRICED: Any = SimpleNamespace(game=SimpleNamespace(resolution=RESOLUTION))


def change(old: float, new: float) -> RateChange:
    return RateChange(3, "cars", "all-10", old, new, False, "in all", "none", (), ())


def gains(moved: float, opens: float, closes: float) -> np.ndarray:
    """Of two sides: one gains more the further a rate is moved, the other less."""
    return np.array([moved - opens, closes - moved]) + RESOLUTION


@pytest.mark.parametrize(
    ("old", "new", "opens", "closes", "expected"),
    [
        (25.0, 15.0, 3.105, 10.5, 3.11),  # down: from 3.11 points on both gain
        (10.0, 20.0, 3.105, 10.5, 3.11),  # up
        (10.0, 20.0, -1.0, 10.5, 0.01),  # at once
        (10.0, 20.0, 9.995, 10.5, 10.0),  # only at the very end
        (10.0, 20.0, 12.0, 30.0, None),  # the first never gains
        (10.0, 20.0, 3.105, 9.0, None),  # at the candidate the second has lost again
        (10.0, 10.0, -1.0, 10.0, None),  # no change at all
    ],
)
def test_the_smallest_change_leaves_every_side_gaining(
    old: float, new: float, opens: float, closes: float, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[float] = []

    def at(priced: Any, package: int, step: Any, rate: float) -> np.ndarray:
        assert package == 3
        tried.append(rate)
        return gains(abs(rate - old), opens, closes)

    monkeypatch.setattr(zone_relaxations, "_gains_at", at)
    found = _smallest(PRICED, None, change(old, new), None)  # type: ignore[arg-type]
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert abs(found.new - old) == pytest.approx(expected)
    assert (found.new - old) * (new - old) > 0
    assert min(found.gains) > RESOLUTION
    np.testing.assert_allclose(found.gains, gains(abs(found.new - old), opens, closes))
    nearer = abs(found.new - old) - 0.01
    assert nearer <= 0 or min(gains(nearer, opens, closes)) <= RESOLUTION + 1e-9
    assert all(rate == round(rate, 2) for rate in tried)


@pytest.mark.parametrize(("best", "expected"), [(5.0, 3.11), (3.12, 3.11), (3.11, None), (2.0, None)])
def test_only_a_smaller_change_takes_the_place_of_the_best(
    best: float, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_relaxations, "_gains_at", lambda *given: gains(abs(given[-1] - 10.0), 3.105, 10.5))
    found = _smallest(PRICED, None, change(10.0, 20.0), change(40.0, 40.0 + best))  # type: ignore[arg-type]
    assert (None if found is None else round(found.new - 10.0, 2)) == expected
