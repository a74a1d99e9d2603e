"""Scenarios over draws, solved together, against each draw solved by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosho import Case
from kosho.equilibrium import solve
from kosho.scenario import draws
from kosho.scenario.draws import SEED, solve_draws
from kosho.scenario.simulate import posed
from kosho.world import draw_elasticities

SCENARIOS = ("status-quo", "deal-purchases")
PARTIES = ("JPN", "USA")


def test_draws_together_are_what_each_is_alone() -> None:
    case = Case.load("japan-us-2025").allowing_idle()
    laid = {name: posed(case, name, world="talks") for name in SCENARIOS}
    world = laid["status-quo"][0]
    found = solve_draws(
        world, {name: one for name, (_other, one) in laid.items()}, PARTIES, case.flows, draws=7
    )
    for k, theta in enumerate(draw_elasticities(world, 7, SEED)[:3]):
        for name, (_other, effects) in laid.items():
            alone = solve(world.with_theta(theta), effects.counterfactual)
            worth = alone.equivalent_variation.sel(country=list(PARTIES))
            np.testing.assert_allclose(found.worth[name][k], worth, atol=0.1)
            for f, flow in enumerate(case.flows):
                before, after = alone.part_flow(flow.importer, flow.exporter, flow.sector, flow.part or "")
                np.testing.assert_allclose(found.value[name][k, f], after / before - 1, atol=1e-6)
            counted = [one for one in alone.units if one.flow.part == "vehicles-232"]
            (cars,) = [f for f, flow in enumerate(case.flows) if flow.part == "vehicles-232"]
            np.testing.assert_allclose(
                found.units[name][k, cars], counted[0].new / counted[0].base - 1, atol=1e-6
            )
            assert np.isnan(found.units[name][k]).any()


def test_states_that_ask_the_same_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "same_question", lambda one, other: one == other)
    effects: Any = {"a": 1, "b": 2, "c": 1, "d": 3, "e": 2}
    assert draws.once_each(effects) == (["a", "b", "d"], {"a": 0, "b": 1, "c": 0, "d": 2, "e": 1})
    assert draws.once_each({}) == ([], {})
