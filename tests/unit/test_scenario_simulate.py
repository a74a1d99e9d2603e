"""What the scenarios of the shipped case do; bounds, not figures: those move with the table."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kosho.case import Case
from kosho.equilibrium import Outcome
from kosho.errors import InputError
from kosho.scenario.runs import run
from kosho.scenario.simulate import simulate

CASE = Case.load("japan-us-2025")
SCENARIOS = ("status-quo", "extension", "no-deal", "no-deal-all", "deal", "deal-cars", "deal-removal")


@pytest.fixture(scope="module", params=["fixed", "zero"])
def outcomes(request: pytest.FixtureRequest) -> dict[str, Outcome]:
    return {name: simulate(CASE, name, deficits=request.param) for name in SCENARIOS}


def gain(outcomes: dict[str, Outcome], country: str, scenario: str, over: str) -> float:
    """Billion USD a year."""
    values = [outcomes[name].equivalent_variation.sel(country=country).item() for name in (scenario, over)]
    return (values[0] - values[1]) / 1000


def test_the_tariffs_of_june_cost_japan_billions_not_tens(outcomes):
    loss = outcomes["status-quo"].equivalent_variation.sel(country="JPN").item() / 1000
    assert -10 < loss < -1.5


def test_each_side_prefers_the_deal_to_none(outcomes):
    assert 0.5 < gain(outcomes, "JPN", "deal", "no-deal") < 6
    assert 0.5 < gain(outcomes, "USA", "deal", "no-deal") < 6


def test_japan_orders_the_scenarios_by_what_it_pays(outcomes):
    order = ["no-deal", "extension", "deal", "deal-cars", "deal-removal"]
    values = [outcomes[name].equivalent_variation.sel(country="JPN").item() for name in order]
    assert values == sorted(values)


def test_full_removal_costs_the_united_states_against_a_deal(outcomes):
    # Japanese goods alone are then cheaper than everybody else's: trade is diverted and revenue lost.
    assert gain(outcomes, "USA", "deal-removal", "deal") < 0


def test_reverting_alone_hurts_japan_as_much_as_the_rates_say(outcomes):
    # Fourteen points on what is neither car, metal nor exempt; a part of the duty falls on the seller.
    change = gain(outcomes, "JPN", "no-deal", "extension")
    assert -5 < change < -0.5
    assert gain(outcomes, "KOR", "no-deal", "extension") > 0
    assert gain(outcomes, "KOR", "no-deal-all", "no-deal") < 0


def test_cars_are_told_in_vehicles_and_dollars(outcomes):
    flows = {name: outcome.units[0] for name, outcome in outcomes.items()}
    assert flows["status-quo"].base == pytest.approx(1.37e6)
    assert 0.1 < flows["status-quo"].new / 1.37e6 < 0.5
    assert flows["status-quo"].new < flows["deal"].new < 1.37e6
    assert flows["no-deal"].new == pytest.approx(flows["extension"].new, rel=0.05)
    base, new = outcomes["status-quo"].part_flow("USA", "JPN", "C29", "vehicles-232")
    assert 25_000 < base < 45_000
    assert new / base == pytest.approx(flows["status-quo"].new / 1.37e6, rel=0.1)


def test_low_elasticities_move_less_trade():
    central = simulate(CASE, "status-quo", world="talks").units[0].new
    low = simulate(CASE, "status-quo", world="talks", elasticities="low").units[0].new
    assert low > 1.5 * central


@pytest.mark.parametrize("deficits", ["fixed", "zero"])
def test_the_talks_world_agrees_with_the_full_one(deficits):
    pair = [
        {name: simulate(CASE, name, world=world, deficits=deficits) for name in ("no-deal", "deal")}
        for world in ("full", "talks")
    ]
    for country in ("JPN", "USA"):
        full, talks = (gain(found, country, "deal", "no-deal") for found in pair)
        assert talks == pytest.approx(full, rel=0.1)


def test_given_elasticities_are_used():
    outcome = simulate(CASE, "status-quo", world="talks")
    theta = outcome.base.theta
    again = simulate(CASE, "status-quo", world="talks", elasticities=theta)
    np.testing.assert_allclose(again.welfare, outcome.welfare, atol=1e-9)


def test_a_day_the_register_does_not_cover_is_refused():
    with pytest.raises(InputError, match="on 2027-01-01 are not in the register"):
        simulate(CASE, "status-quo", as_of=date(2027, 1, 1), world="talks")


def test_the_state_of_another_day_is_another_state():
    agreed = simulate(CASE, "status-quo", as_of=date(2025, 9, 20), world="talks").units[0].new
    june = simulate(CASE, "status-quo", world="talks").units[0].new
    assert agreed > 1.5 * june  # 15 % on cars in place of 27.5


def test_no_scenario_is_no_question() -> None:
    with pytest.raises(InputError, match="no scenario is asked for"):
        run(CASE, (), CASE.as_of, lambda _: None)
