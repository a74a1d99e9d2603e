"""Gains along the common scale for many pairs are those of one pair at a time, turns included."""

from __future__ import annotations

import numpy as np
import pytest

from kosho import Case
from kosho.scenario import elasticity_curve
from kosho.scenario.turning import Turning, _signs, turning
from kosho.world import World, load

SCALES = (0.2, 0.5, 1.0)


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-us-2025")


@pytest.fixture(scope="module")
def talks() -> World:
    return load(regions="talks", sectors="talks")


@pytest.fixture(scope="module")
def found(case: Case, talks: World) -> dict[tuple[str, str], Turning]:
    made = turning(case, [("deal", "no-deal"), ("deal", "base")], None, talks, SCALES)
    return {(one.party, one.against): one for one in made}


@pytest.mark.parametrize("against", ["no-deal", "base"])
def test_they_are_the_curve_of_one_pair(case: Case, talks: World, found, against: str) -> None:
    curve = elasticity_curve(case, "deal", against, world=talks, scales=SCALES)
    for party in ("JPN", "USA"):
        one = found[party, against]
        assert one.scales == SCALES
        assert np.allclose(one.gains, curve.gains[party], rtol=1e-4, atol=0.5)
        assert len(one.turns) == len(curve.crossings[party])
        assert np.allclose(one.turns, curve.crossings[party], rtol=5e-3)


def test_a_gain_of_one_sign_has_no_turn(found) -> None:
    assert found["JPN", "no-deal"].turns == ()
    assert min(found["JPN", "no-deal"].gains) > 0


@pytest.mark.parametrize(
    ("gains", "turns"),
    [
        ((-0.5, 0.5), 1),
        ((0.5, -0.5), 1),
        ((0.5, 2.0), 0),
        ((2.0, 0.5), 0),
        ((-2.0, -0.5), 0),
        ((0.0, 2.0), 1),
        ((1.0,), 0),
    ],
)
def test_a_gain_turns_where_it_passes_nothing(gains: tuple[float, ...], turns: int) -> None:
    assert len(list(_signs(SCALES[: len(gains)], gains))) == turns


def test_without_pairs_nothing_is_solved(case: Case, talks: World) -> None:
    assert turning(case, [], None, talks) == ()
