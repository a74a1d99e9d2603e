"""What an outcome tells: parts, physical units, income, and errors instead of silent answers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.worlds import build, random_world

from kosho.equilibrium import Outcome, Part, Shock, solve
from kosho.errors import ConvergenceError, InputError
from kosho.world import PhysicalFlow, World

CELL = ("C00", "C01", "S00")


def flow(part: str | None = None, sector: str = "S00") -> PhysicalFlow:
    return PhysicalFlow(
        exporter="C01", importer="C00", sector=sector, quantity=1000.0, unit="vehicles", part=part
    )


@pytest.fixture
def world() -> World:
    return random_world(3, countries=3, sectors=2).with_units(
        [flow(), flow("cars"), flow("parts"), flow(sector="S01")]
    )


def units(outcome: Outcome) -> list[float]:
    return [unit.new for unit in outcome.units]


def test_units_do_not_move_without_a_shock(world: World) -> None:
    assert units(solve(world, Shock.none(world))) == pytest.approx([1000.0] * 4)


def test_units_follow_value_over_cost(world: World) -> None:
    outcome = solve(world, Shock.tariffs(world, {CELL: 1.0}))
    base, new = outcome.part_flow(*CELL, "")
    cost = float(outcome.cost.sel(country="C01", sector="S00"))
    assert units(outcome)[:3] == pytest.approx([1000 * new / base / cost] * 3)
    assert units(outcome)[0] < 500 < units(outcome)[3]


def test_units_of_a_part_follow_that_part_and_the_others_the_rest(world: World) -> None:
    shock = Shock.parts(world, [Part(*CELL, share=0.6, tariff=1.0, part="cars")])
    outcome = solve(world, shock)
    cost = float(outcome.cost.sel(country="C01", sector="S00"))
    cell, cars, rest, _ = (unit.new for unit in outcome.units)
    whole, taxed = outcome.part_flow(*CELL, ""), outcome.part_flow(*CELL, "cars")
    assert cars == pytest.approx(1000 * taxed[1] / taxed[0] / cost)
    assert rest == pytest.approx(1000 * (whole[1] - taxed[1]) / (whole[0] - taxed[0]) / cost)
    assert cars < cell < rest


def test_real_trade_costs_use_up_what_is_shipped(world: World) -> None:
    # Twice the cost: receipts pay for goods that melt on the way.
    outcome = solve(world, Shock.costs(world, {CELL: 2.0}))
    base, new = outcome.part_flow(*CELL, "")
    cost = float(outcome.cost.sel(country="C01", sector="S00"))
    assert units(outcome)[:2] == pytest.approx([1000 * new / base / cost / 2.0] * 2)


def test_a_ban_ships_nothing(world: World) -> None:
    outcome = solve(world, Shock.parts(world, [Part(*CELL, share=0.6, cost=np.inf, part="cars")]))
    assert units(outcome)[1] == 0.0
    assert units(outcome)[2] > 1000.0
    assert units(solve(world, Shock.costs(world, {CELL: np.inf})))[0] == 0.0


def test_an_unknown_part_is_named(world: World) -> None:
    outcome = solve(world, Shock.parts(world, [Part(*CELL, share=0.6, tariff=0.5, part="cars")]))
    with pytest.raises(InputError, match=r"no part 'car' of C00 from C01, S00.*did you mean cars"):
        outcome.part_flow(*CELL, "car")
    with pytest.raises(InputError, match="unknown country"):
        outcome.part_flow("C00", "XXX", "S00", "cars")


def test_equivalent_variation_uses_observed_income_under_both_closures(world: World) -> None:
    observed = world.arrays.income
    for deficits in ("fixed", "zero"):
        outcome = solve(world, Shock.tariffs(world, {CELL: 0.5}), deficits)
        np.testing.assert_allclose(outcome.equivalent_variation, outcome.welfare.to_numpy() * observed)
        assert outcome.deficits == deficits
    assert outcome.base is not world


def test_real_value_added_moves_resources_between_sectors(world: World) -> None:
    outcome = solve(world, Shock.tariffs(world, {("C00", i, "S00"): 1.0 for i in ("C01", "C02")}))
    change = outcome.real_value_added.sel(country="C00")
    assert float(change.sel(sector="S00")) > 0 > float(change.sel(sector="S01"))


def test_an_outcome_is_frozen(world: World) -> None:
    outcome = solve(world, Shock.none(world))
    with pytest.raises(dataclasses.FrozenInstanceError):
        outcome.deficits = "zero"  # pyright: ignore[reportAttributeAccessIssue]


def test_the_report_of_the_solver(world: World) -> None:
    report = solve(world, Shock.tariffs(world, {CELL: 0.5}), tol=1e-9).solver
    assert 0 < report.residual <= 1e-9
    assert report.iterations > 3
    assert report.method == "joint"


def test_a_market_without_supplier_is_refused(world: World) -> None:
    nobody = {("C00", i, "S01"): np.inf for i in world.countries}
    with pytest.raises(InputError, match="C00 buys S01 but nobody can supply it"):
        solve(world, Shock.costs(world, nobody))


def test_a_question_without_answer_is_an_error_that_names_the_country() -> None:
    # C01 must keep a surplus of a third of its income but can no longer export.
    world = build([[[10.0], [5.0]], [[0.1], [10.0]]])
    shut = Shock.tariffs(world, {("C00", "C01", "S00"): 1e6}, insist=True)
    with pytest.raises(ConvergenceError, match=r"residual .* worst in C0[01].*deficits='zero'") as error:
        solve(world, shut)
    assert error.value.residual > 1e-8
    assert error.value.country in world.countries
    assert float(solve(world, shut, "zero").welfare.sel(country="C01")) < 0


@pytest.mark.parametrize("tol", [0.0, -1.0, 2.0, float("nan")])
def test_a_tolerance_must_make_sense(world: World, tol: float) -> None:
    with pytest.raises(InputError, match="is not a number between 0 and 1"):
        solve(world, Shock.none(world), tol=tol)


def test_an_unknown_closure_is_named(world: World) -> None:
    with pytest.raises(InputError, match=r"deficits = 'fixd' \(did you mean fixed\?\)"):
        solve(world, Shock.none(world), "fixd")  # pyright: ignore[reportArgumentType]


def test_a_country_that_produces_nothing_is_named() -> None:
    world = build([[[1.0], [0.0]], [[1.0], [0.0]]])
    with pytest.raises(InputError, match="no value added in C01"):
        solve(world, Shock.none(world))
