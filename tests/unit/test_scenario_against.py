"""A scenario against another, and the horizons of `kosho simulate`."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho import Case
from kosho.cli import app
from kosho.cli.closures import closure_of
from kosho.equilibrium import Closure
from kosho.errors import InputError
from kosho.scenario import Difference, against, compare, first_years, run, simulate, simulate_with_ranges
from kosho.scenario.against import resolved
from kosho.world import WorldChoice

CASE = Case.load("japan-us-2025")
ARGUMENTS = ["simulate", "japan-us-2025", "--scenario", "deal", "--world", "talks", "--json"]


def told(*also: str) -> dict[str, object]:
    found = CliRunner().invoke(app, [*ARGUMENTS, *also])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_a_difference_is_of_two_solves_and_lies_between_its_ends() -> None:
    deal, none = (simulate_with_ranges(CASE, name, world="talks") for name in ("deal", "no-deal"))
    found = compare(deal, none)
    gain = deal.outcome.equivalent_variation - none.outcome.equivalent_variation
    for code in ("JPN", "USA"):
        value = found.countries[code]["ev_musd"]
        assert value == pytest.approx(float(gain.sel(country=code)))
        assert found.ends is not None
        assert found.ends[code].ev_musd.low <= value <= found.ends[code].ev_musd.high
    alone = compare(deal, None)
    assert alone.against == "base"
    assert alone.countries["JPN"]["ev_musd"] == pytest.approx(
        float(deal.outcome.equivalent_variation.sel(country="JPN"))
    )


@pytest.mark.parametrize(("asked", "found"), [("no-deal", "b"), ("a", "a"), ("c", "c"), ("base", "base")])
def test_the_first_scenario_of_a_role_is_compared_with(asked: str, found: str) -> None:
    roles = {"a": "deal", "b": "no-deal", "c": "no-deal"}
    scenarios = {name: SimpleNamespace(id=name, role=role) for name, role in roles.items()}
    case: Any = SimpleNamespace(name="talks", scenarios=scenarios)
    assert resolved(case, asked) == found
    with pytest.raises(InputError, match="no scenario of the role status-quo"):
        resolved(case, "status-quo")


def test_percent_are_of_the_state_compared_with_everywhere() -> None:
    deal, none = (simulate_with_ranges(CASE, name, world="talks") for name in ("deal", "no-deal"))
    found, both = compare(deal, none), deal.outcome.compare(none.outcome)
    for name in ("welfare", "real_gdp", "real_wage", "consumer_prices"):
        for code in ("JPN", "USA"):
            mine, theirs = (float(getattr(one.outcome, name).sel(country=code)) for one in (deal, none))
            ratio = (1 + mine) / (1 + theirs) - 1
            assert found.countries[code][name] == pytest.approx(ratio, abs=1e-14)
            assert float(both[name].sel(country=code, outcome="difference")) == pytest.approx(ratio, abs=1e-14)
    assert found.ends is not None
    ends = found.ends["JPN"].welfare
    assert ends.low <= found.countries["JPN"]["welfare"] <= ends.high


def test_a_difference_of_a_scenario_from_itself_is_nothing_at_every_end() -> None:
    deal = simulate_with_ranges(CASE, "deal", world="talks")
    found = compare(deal, deal)
    assert found.ends is not None
    japan = found.ends["JPN"]
    assert (japan.ev_musd.low, japan.ev_musd.high) == (0.0, 0.0)
    assert found.countries["JPN"]["welfare"] == 0.0


def test_what_a_closure_holds_as_given_is_not_told_as_nothing() -> None:
    plain = compare(simulate_with_ranges(CASE, "deal", world="talks"), None)
    assert (plain.countries["USA"]["employment"], plain.countries["USA"]["profits"]) == (None, None)
    works = Closure(labour_supply=0.5)
    moving = simulate_with_ranges(CASE, "deal", world="talks", closure=works)
    assert compare(moving, None).countries["USA"]["employment"] < 0
    direct = simulate(CASE, "deal", world="talks", closure=works)
    assert float(direct.employment.sel(country="USA")) == pytest.approx(
        compare(moving, None).countries["USA"]["employment"]
    )


def test_against_names_a_scenario_a_role_or_the_base() -> None:
    assert [resolved(CASE, name) for name in ("base", "no-deal", "status-quo", "extension")] == [
        "base",
        "no-deal",
        "status-quo",
        "extension",
    ]
    with pytest.raises(InputError, match="did you mean no-deal"):
        resolved(CASE, "no-dael")


def test_the_command_tells_what_it_is_against_and_its_horizon() -> None:
    found = told("--against", "no-deal", "--closure", "labour_supply=0.5")
    assert (found["against"], found["horizon"]) == ("no-deal", "10")
    assert found["closure"][0] == "labour: elasticity of supply 0.5"
    assert found["closure"][1].startswith("labour tax: by code (OECD, Taxing Wages")
    assert any("labour_tax: none known, and none taken, in" in one for one in found["assumptions"])
    japan = found["countries"]["JPN"]
    assert set(japan) >= {"welfare", "ev_musd", "real_gdp", "employment", "consumer_prices", "profits"}
    ends = found["ends"]["countries"]["JPN"]["ev_musd"]
    assert ends["low"] <= japan["ev_musd"] <= ends["high"]


def test_year_one_has_products_and_no_country() -> None:
    found = told("--horizon", "1", "--against", "no-deal")
    assert "countries" not in found
    cars = found["products"][0]
    year = first_years(CASE, "deal", world="talks", against="no-deal")[0]
    assert [at["number"] for at in cars["corners"]] == [one.number for one in year.corners]
    assert found["held"] == ["wages", "exchange rates", "spending of the market on the sector"]
    both = told("--horizon", "all")
    assert {"countries", "products"} <= set(both)


@pytest.mark.parametrize("against", ["base", "no-deal"])
def test_year_three_of_a_flow_is_on_the_line_between_year_one_and_year_ten(against: str) -> None:
    found = told("--horizon", "all", "--against", against)
    cars = found["years"][0]
    deal = simulate(CASE, "deal", world="talks")
    before, after = deal.part_flow("USA", "JPN", "C29", "vehicles-232")
    if against == "no-deal":
        before = simulate(CASE, "no-deal", world="talks").part_flow("USA", "JPN", "C29", "vehicles-232")[1]
    assert cars["year_10"] == pytest.approx(after / before - 1)
    for first, third in zip(cars["year_1"], cars["year_3"], strict=True):
        line = np.log1p(first) + 2 / 9 * (np.log1p(cars["year_10"]) - np.log1p(first))
        assert third == pytest.approx(np.expm1(line))
    assert not any("year_3" in one for one in found["countries"].values())


def test_both_horizons_are_printed_within_the_width() -> None:
    asked = [*ARGUMENTS[:-1], "--horizon", "all"]
    found = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert found.exit_code == 0, found.output
    assert "Year three" in found.stdout
    assert max(map(len, found.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("labour_suply=0.5", "did you mean labour_supply"),
        ("labour_supply", "such as labour_supply=0.5"),
        ("labour_supply=half", "is no number"),
        ("absorbed=0.5", "such as absorbed.C29=0.5"),
        ("revenue=burnt", "--closure: revenue: 'burnt' .one of kept, lump-sum, tax-relief"),
        ("labour_supply=-1", "labour_supply"),
        ("labour_tax=0.3", "labour_tax changes nothing without labour_supply=0.5"),
        ("capital_share.JPN=0.3", "capital_share changes nothing without capital=accumulated"),
        ("revenue=tax-relief", "changes nothing where labour is given"),
    ],
)
def test_a_closure_that_cannot_be_is_told_by_its_key(given: str, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        closure_of([given])


def test_a_part_of_a_closure_is_said_once() -> None:
    with pytest.raises(InputError, match="--closure: labour_supply is said twice"):
        closure_of(["labour_supply=0.5", "labour_supply=0.6"])
    assert closure_of(["labour_supply=0.5", "labour_tax.JPN=0.2", "labour_tax.USA=0.3"]) is not None


def test_every_part_of_a_closure_can_be_said() -> None:
    found = closure_of(
        [
            "labour_tax.JPN=0.2",
            "labour_supply=0.5",
            "capital=accumulated",
            "absorbed.JPN:C29=0.9",
            "profits=C29+C30",
        ]
    )
    assert found is not None
    assert found.labour_tax == {"JPN": 0.2}
    assert found.absorbed == {("JPN", "C29"): 0.9}
    assert found.profits == ("C29", "C30")
    assert closure_of(None) is None


def test_runs_of_a_case_compare_as_one_scenario_does() -> None:
    deal, none = (simulate_with_ranges(CASE, name, world="talks") for name in ("deal", "no-deal"))
    found = compare(deal, none)
    assert found.ends is not None
    results = run(CASE, ["deal", "no-deal"], world=WorldChoice.parse("talks"))
    measures = results.comparison("JPN", "deal", "no-deal").measures
    middle = found.countries["JPN"]["ev_musd"]
    assert found.ends["JPN"].ev_musd.low - middle == pytest.approx(measures.low, abs=1.0)
    assert found.ends["JPN"].ev_musd.high - middle == pytest.approx(measures.high, abs=1.0)


def test_a_glance_at_a_difference_is_of_the_six_economies_that_it_moves_most() -> None:
    worth: dict[str, dict[str, float | None]] = {f"C{k}": {"ev_musd": (-1.0) ** k * k} for k in range(8)}
    worth["NIL"] = {"ev_musd": None}
    card = Difference("deal", "no-deal", worth, None).card()
    assert [row[0] for row in card.rows] == ["C7", "C6", "C5", "C4", "C3", "C2"]


def test_of_two_states_one_without_a_range_moves_nothing() -> None:
    """By corners of one alone the difference runs over that one's; of a measure of both, over both together."""

    def at(value: float, *moved: tuple[str, float]) -> Any:
        def figures(x: float) -> dict[str, np.ndarray]:
            return {"welfare": np.array([x / 100]), "worth": np.array([x])}

        middle = SimpleNamespace(countries=("JPN",), figures=figures(value))
        return SimpleNamespace(middle=middle, moved=[(name, figures(x)) for name, x in moved])

    assert against._ends(at(5.0), at(2.0)) is None
    for one, other, low, high in (
        (at(5.0, ("a", 4.0), ("a", 7.0)), at(2.0), 2.0, 5.0),
        (at(5.0), at(2.0, ("b", 1.0), ("b", 4.0)), 1.0, 4.0),
        (at(5.0, ("a", 4.0), ("a", 7.0)), at(2.0, ("a", 1.0), ("a", 6.0)), 1.0, 3.0),
        (at(5.0, ("a", 4.0)), at(2.0, ("b", 4.0)), 0.0, 3.0),
    ):
        found = against._ends(one, other)
        assert found is not None
        assert (found["JPN"].ev_musd.low, found["JPN"].ev_musd.high) == (low, high)
    found = against._ends(at(5.0, ("a", 4.0)), at(2.0))
    assert found is not None
    assert found["JPN"].welfare.low == pytest.approx(1.04 / 1.02 - 1.0, rel=1e-5)
    assert found["JPN"].welfare.high == pytest.approx(1.05 / 1.02 - 1.0, rel=1e-5)


@pytest.mark.parametrize("ends", [None, {"JPN": "its ends"}])
def test_against_the_base_ends_are_those_of_the_scenario(
    ends: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(against, "figures_of", lambda outcome: {"JPN": {"welfare": outcome}})
    told = None if ends is None else SimpleNamespace(countries=ends)
    one: Any = SimpleNamespace(outcome=0.1, commitments=SimpleNamespace(scenario="deal", ends=told))
    found = compare(one, None)
    assert (found.scenario, found.against, found.ends) == ("deal", "base", ends)
    assert found.countries == {"JPN": {"welfare": 0.1}}
