"""What a scenario changes reaches every solve of it: duties, commitments, nests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kosho.case import Case
from kosho.equilibrium import Counterfactual, TariffQuota, solve
from kosho.scenario.simulate import posed, scenario_effects, simulate


def test_purchases_of_a_scenario_are_part_of_its_question() -> None:
    case = Case.load("japan-us-2025")
    deal = case.scenario("deal")
    bought = replace(
        deal,
        id="deal-bought",
        overlay=deal.overlay + case.overlays["purchase-corn"] + case.overlays["purchase-lng"],
    )
    wider = replace(case, scenarios={**case.scenarios, bought.id: bought})
    world, found = scenario_effects(wider, bought.id, world="talks")
    assert found.constraints
    assert found.nests
    assert ("JPN", "USA", "C29") in {(flow.exporter, flow.importer, flow.sector) for flow in world.units}
    outcome = simulate(wider, bought.id, world="talks")
    assert len(outcome.constraints) == len(found.constraints)
    for settled in outcome.constraints:
        assert settled.reached >= settled.required * (1 - 1e-6) or settled.wedge == pytest.approx(0.0)


def test_a_scenario_of_tariffs_alone_is_bound_by_the_tariff_quotas_in_force() -> None:
    case = Case.load("japan-us-2025")
    world, found = scenario_effects(case, "deal", world="talks")
    assert posed(case, "deal", world="talks")[0] is world  # nothing is laid twice
    assert posed(case, "no-deal", world="talks")[1] is not posed(case, "deal", world="talks")[1]
    (british,) = found.constraints
    assert isinstance(british, TariffQuota)
    assert british.amount == 100_000
    assert british.unit == "vehicles"
    (told,) = solve(world, Counterfactual(found.shock, found.constraints)).constraints
    assert told.wedge == 0.0  # Britain sells less than its quota
    assert not found.nests
    assert len(found.shock)
