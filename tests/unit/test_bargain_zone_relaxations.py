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


def two_options(gains: np.ndarray, allowed: np.ndarray) -> Any:
    """A priced table of one issue with two options and another with as many as it takes."""
    others = len(gains) // 2
    choices = np.array([(k, j) for k in range(2) for j in range(others)])
    grid = SimpleNamespace(
        choices=choices,
        issues=("cars", "rest"),
        positions=lambda wanted: wanted[:, 0] * others + wanted[:, 1],
    )
    game = SimpleNamespace(gains=gains, allowed=allowed, red_lines=(), crossed=np.zeros((len(gains), 0), bool))
    option = SimpleNamespace(id="at-rate", at={"duty": 1.0})
    table = SimpleNamespace(
        grid=grid,
        option=lambda _issue, _choice: option,
        overlay=lambda _issue, _choice: SimpleNamespace(add=[SimpleNamespace(id="duty", kind="tariff")]),
    )
    return SimpleNamespace(game=game, table=table)


STEP: Any = SimpleNamespace(issue=0, start=0, end=1, terms=1, rates=(20.0, 10.0))


@pytest.mark.parametrize(
    ("here", "there", "share"),
    [
        ((-1.0, 3.0), (3.0, -1.0), (0.25 + 0.75) / 2),  # one begins to gain, the other ends
        ((2.0, -1.0), (1.0, 1.0), (0.5 + 1.0) / 2),  # one loses something of its gain, and gains all the way
        ((2.0, 2.0), (2.0, -2.0), (0.0 + 0.5) / 2),  # one gains the same all the way
        ((1.0, 2.0), (3.0, -2.0), (0.0 + 0.5) / 2),  # one gains ever more
        ((-2.0, -1.0), (2.0, 1.0), (0.5 + 1.0) / 2),  # both lose here and gain there
        ((-1.0, 3.0), (-0.5, -1.0), None),  # one always loses
        ((-1.0, 3.0), (-1.0, 3.0), None),  # and the same all the way
        ((0.0, 3.0), (0.0, 2.0), None),  # or neither loses nor gains
        ((-3.0, 1.0), (1.0, -3.0), None),  # one ends before the other begins
    ],
)
def test_a_rate_is_sought_in_the_middle_of_where_all_gain(
    here: tuple[float, ...], there: tuple[float, ...], share: float | None
) -> None:
    priced = two_options(np.array([here, there]), np.array([True, True]))
    found = list(zone_relaxations._candidates(priced, STEP))
    if share is None:
        assert found == []
        return
    (one,) = found
    assert (one.package, one.old, one.terms) == (0, 20.0, "on top")
    assert one.new == pytest.approx(20.0 - 10.0 * share)


def test_a_rate_is_sought_from_packages_that_the_red_lines_allow_alone() -> None:
    opening, closed = ((-1.0, 3.0), (3.0, -1.0)), ((-3.0, 1.0), (1.0, -3.0))
    gains = np.array([opening[0], opening[0], closed[0], opening[1], opening[1], closed[1]])
    allowed = np.array([False, True, True, True, True, True])
    assert [one.package for one in zone_relaxations._candidates(two_options(gains, allowed), STEP)] == [1]
