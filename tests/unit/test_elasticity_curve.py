"""Gains along the common scale of elasticities: exact everywhere, crossings found, the literature in place."""

from __future__ import annotations

import pytest

from kosho import Case
from kosho.errors import InputError
from kosho.scenario import elasticity_curve, simulate
from kosho.world import load, low_elasticity, toy
from kosho.world.datafiles import sources
from kosho.world.elasticity_scale import estimates, mean_theta

CASE = Case.load("japan-us-2025")


def test_every_point_is_what_simulate_gives() -> None:
    curve = elasticity_curve(CASE, "deal", "no-deal", scales=[0.3, 1.0])
    coarse = load("icio-2022", "talks", "talks")
    theta = coarse.theta * 0.3
    deal, none = (simulate(CASE, name, world=coarse, elasticities=theta) for name in ("deal", "no-deal"))
    gain = (deal.equivalent_variation - none.equivalent_variation).sel(country="USA")
    assert curve.gains["USA"][0] == pytest.approx(float(gain), abs=0.5)


def test_a_crossing_is_where_the_gain_is_nothing() -> None:
    curve = elasticity_curve(CASE, "deal", "no-deal", scales=[0.3, 1.0])
    (turn,) = curve.crossings["USA"]
    assert 0.3 < turn < 1.0
    at_turn = elasticity_curve(CASE, "deal", "no-deal", scales=[turn])
    assert abs(at_turn.gains["USA"][0]) < 10.0
    coarse = load("icio-2022", "talks", "talks")
    near = [
        simulate(CASE, "deal", world=coarse, elasticities=coarse.theta * scale).equivalent_variation
        - simulate(CASE, "no-deal", world=coarse, elasticities=coarse.theta * scale).equivalent_variation
        for scale in (0.995 * turn, 1.005 * turn)
    ]
    assert float(near[0].sel(country="USA")) < 0.0 < float(near[1].sel(country="USA"))
    assert curve.crossings["JPN"] == ()
    assert "turns at 0.4" in repr(curve)
    assert "does not turn" in repr(curve)


def test_scales_that_cannot_be_are_named_all_at_once() -> None:
    with pytest.raises(InputError) as raised:
        elasticity_curve(CASE, "deal", scales=[1.0, -1.0, float("nan")])
    assert [problem.key for problem in raised.value.problems] == ["scales[1]", "scales[2]"]
    with pytest.raises(InputError, match="no scale is given"):
        elasticity_curve(CASE, "deal", scales=[])


def test_an_unknown_scenario_to_compare_with_is_told() -> None:
    with pytest.raises(InputError, match="did you mean no-deal"):
        elasticity_curve(CASE, "deal", "no-dael", scales=[1.0])


def test_estimates_move_with_the_elasticities_they_are_held_against() -> None:
    known = estimates(toy())
    assert [one.low <= one.high for one in known] == [True] * len(known)
    assert all(one.source in sources() for one in known)
    halved = estimates(toy().with_theta(toy().theta / 2))
    assert [one.low for one in halved] == pytest.approx([2 * one.low for one in known])


def test_the_low_set_lies_within_the_long_run_estimate_that_it_was_made_from() -> None:
    world = load("icio-2022", "talks", "talks")
    (found,) = (one for one in estimates(world) if one.id == "boehm-long")
    low = mean_theta(low_elasticity(world)) / mean_theta(world)
    assert found.low < low < found.high
