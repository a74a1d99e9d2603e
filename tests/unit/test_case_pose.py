"""What a scenario changes reaches every solve of it: duties, commitments, nests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kosho.case import Case, pose, simulate


def test_purchases_of_a_scenario_are_part_of_its_question() -> None:
    case = Case.load("japan-us-2025")
    deal = case.scenario("deal")
    bought = replace(
        deal,
        id="deal-bought",
        overlay=deal.overlay + case.overlays["purchase-corn"] + case.overlays["purchase-lng"],
    )
    wider = replace(case, scenarios={**case.scenarios, bought.id: bought})
    world, found = pose(wider, bought.id, world="talks")
    assert found.constraints
    assert found.nests
    assert [flow.unit for flow in world.units] == ["vehicles"]
    outcome = simulate(wider, bought.id, world="talks")
    assert len(outcome.constraints) == len(found.constraints)
    for settled in outcome.constraints:
        assert settled.reached >= settled.required * (1 - 1e-6) or settled.wedge == pytest.approx(0.0)


def test_a_scenario_of_tariffs_alone_has_no_constraints() -> None:
    _, found = pose(Case.load("japan-us-2025"), "deal", world="talks")
    assert not found.constraints
    assert not found.nests
    assert len(found.shock)
