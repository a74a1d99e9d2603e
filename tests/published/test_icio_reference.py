"""The default table against what an independent Caliendo-Parro solver found on it.

Settings of that check: trade elasticity 5 everywhere, no base tariffs, deficits fixed, final demand estimated
from the odds of buying at home alone, a 25 % US tariff on motor vehicles of all origins.
"""

from __future__ import annotations

import pytest

from kosho.equilibrium import Outcome, Shock, solve
from kosho.world import load

PERCENT = {"MEX": -0.281, "KOR": -0.079, "CAN": -0.060, "JPN": -0.047, "DEU": -0.047, "USA": -0.004}


@pytest.fixture(scope="module")
def car_tariff() -> Outcome:
    world = load(final_demand="odds").with_theta(5.0)
    world = world.with_tariff(world.tariff * 0.0)
    rates = {("USA", origin, "C29"): 0.25 for origin in world.countries if origin != "USA"}
    return solve(world, Shock.tariffs(world, rates), deficits="fixed")


def test_real_income(car_tariff: Outcome) -> None:
    found = {country: round(100 * float(car_tariff.welfare.sel(country=country)), 3) for country in PERCENT}
    assert found == PERCENT


def test_japanese_vehicle_sales(car_tariff: Outcome) -> None:
    base, new = car_tariff.part_flow("USA", "JPN", "C29", "")
    assert round(base / 1000, 1) == 31.7
    assert round(new / 1000, 1) == 11.4
