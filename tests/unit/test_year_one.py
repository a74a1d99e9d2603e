"""Year one of the trades a case names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kosho import Case
from kosho.equilibrium import Shock, first_year
from kosho.errors import InputError
from kosho.scenario import first_years
from kosho.scenario.year_one import told_years
from kosho.world import load, low_elasticity, toy

CASE = Case.load("japan-us-2025")


def test_a_duty_borne_whole_is_the_arithmetic_of_the_rates() -> None:
    cars = first_years(CASE, "status-quo", world="talks")[0]
    borne = cars.bearing(1.0)
    assert [one.price_before_duty for one in borne] == pytest.approx([1.025 / 1.275 - 1.0] * 2, abs=1e-3)
    assert [one.number for one in borne] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_number_falls_more_where_buyers_turn_away_more() -> None:
    weak, strong = first_years(CASE, "status-quo", world="talks")[0].bearing(0.0)
    assert weak.sigma < strong.sigma
    assert strong.number is not None
    assert weak.number is not None
    assert strong.number < weak.number < 0.0


def test_corners_are_of_the_first_year_and_of_the_weak_long_run_makers_bearing_nothing_first() -> None:
    cars = first_years(CASE, "status-quo", world="talks")[0]
    weak = 1.0 + float(low_elasticity(load(regions="talks", sectors="talks")).theta.sel(sector="C29"))
    assert [(one.absorbed, one.sigma) for one in cars.corners] == [
        (absorbed, pytest.approx(sigma)) for absorbed in (0.0, 1.0) for sigma in sorted((0.76, weak))
    ]
    assert cars.text("number", 0.0).count(" to ") == 1
    assert cars.card().rows[1][0] == "makers bear 100%"


def test_against_another_scenario_changes_are_on_top_of_it() -> None:
    alone = first_years(CASE, "deal", world="talks")[0].corners[1]
    none = first_years(CASE, "no-deal", world="talks")[0].corners[1]
    found = first_years(CASE, "deal", world="talks", against="no-deal")[0].corners[1]
    assert alone.number is not None
    assert none.number is not None
    assert found.number == pytest.approx((1 + alone.number) / (1 + none.number) - 1)
    assert found.duty_paid == alone.duty_paid
    assert found.base_duty_paid == none.duty_paid


def test_nothing_can_be_compared_with_what_was_banned() -> None:
    cars = ("USA", "JPN", "C29")
    banned = first_year(toy(), Shock.costs(toy(), {cars: float("inf")}), cars, sigma=2.0, absorbed=0.0)
    free = first_year(toy(), Shock.tariffs(toy(), {cars: 0.0}), cars, sigma=2.0, absorbed=0.0)
    assert (free.over(banned).number, free.over(banned).value) == (None, None)
    assert banned.over(free).number == -1.0


def test_a_trade_without_a_year_one_is_named_and_silences_no_other() -> None:
    cars = CASE.flows[0]
    others = (
        cars.model_copy(update={"id": "bicycles", "part": "bicycles"}),
        cars.model_copy(update={"id": "films", "sector": "J58T60", "part": None}),
    )
    asked = replace(CASE, flows=(*CASE.flows, *others))
    found, left_out = told_years(asked, "status-quo", world="talks")
    assert [one.flow.id for one in found] == [one.id for one in CASE.flows]
    assert left_out["films"] == "a service bears no duty"
    assert "does not tell 'bicycles'" in left_out["bicycles"]
    with pytest.raises(InputError) as raised:
        first_years(asked, "status-quo", world="talks")
    assert [one.key for one in raised.value.problems] == ["flows.bicycles", "flows.films"]


def test_a_case_that_names_no_trade_has_no_year_one() -> None:
    with pytest.raises(InputError, match="names no trade to follow"):
        told_years(replace(CASE, flows=()), "status-quo", world="talks")
