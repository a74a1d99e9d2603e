"""The shapes of machine-readable output that scripts rely on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from kosho.cli import app

CASE = "japan-us-2025"


def run(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def shape(value: Any) -> Any:
    """Types of a JSON value; of a list, those of its first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.fixture(scope="module")
def simulated() -> dict[str, Any]:
    return run(
        "simulate", CASE, "--scenario", "status-quo", "--as-of", "2025-06-29", "--world", "talks", "--json"
    )


@pytest.fixture(scope="module")
def bound() -> dict[str, Any]:
    return run("simulate", CASE, "--scenario", "deal-purchases", "--world", "talks", "--json")


INTERVAL = {"low": "float", "high": "float"}
PARAMETER = {
    **dict.fromkeys(("measure", "what", "unit"), "str"),
    **dict.fromkeys(("low", "value", "high"), "float"),
    **dict.fromkeys(("bound_only", "moves_results", "assumed"), "bool"),
    "sources": ["str"],
    "note": "NoneType",
}


def test_simulate(simulated: dict[str, Any]) -> None:
    effect = dict.fromkeys(
        ("welfare", "welfare_first_order", "real_wage", "ev_musd", "real_gdp", "consumer_prices"), "float"
    )
    effect |= {"employment": "NoneType", "profits": "NoneType"}  # held as given in the plain closure
    countries = simulated.pop("countries")
    assert shape(countries["JPN"]) == effect
    assert {"JPN", "USA", "CHN", "EU27", "ROW"} <= set(countries)
    assert shape(simulated) == {
        "schema_version": "int",
        "case": "str",
        "scenario": "str",
        "as_of": "str",
        "world": "str",
        "deficits": "str",
        "flows": [
            {
                "id": "str",
                "exporter": "str",
                "importer": "str",
                "sector": "str",
                "part": "str",
                "base_musd": "float",
                "new_musd": "float",
                "base_units": "float",
                "new_units": "float",
                "unit": "str",
            }
        ],
        "solver": {"iterations": "int", "residual": "float", "seconds": "float", "method": "str"},
        "detail": "str",
        "table": "str",
        "elasticities": "str",
        "against": "str",
        "horizon": "str",
        "closure": [],
        "assumptions": [],
        "flows_left_out": {},
        "makers": [],
        "titles": dict.fromkeys(simulated["titles"], "str"),
        "bounds": [],
        "diverted": [],
        "subsidies": [],
        "ranges": [PARAMETER],
        "left_out": dict.fromkeys(simulated["left_out"], "str"),
        "of_scenario": [],
        "ends": {
            "countries": {code: {"welfare": INTERVAL, "ev_musd": INTERVAL} for code in countries},
            "flows": [{"new_musd": INTERVAL, "new_units": INTERVAL}],
            "out_of_reach": {},
            "by_measure": {"shares": {"JPN": INTERVAL, "USA": INTERVAL}},
        },
    }
    simulated["countries"] = countries


def test_simulate_tells_bounds_and_ranges(bound: dict[str, Any]) -> None:
    figures = ("required", "reached", "wedge", "rent_musd", "fiscal_cost_musd")
    purchases = {one["measure"]: one for one in bound["bounds"]}
    assert set(purchases) >= {"case-corn", "case-lng", "case-rice", "case-rice-access"}
    assert shape(purchases["case-corn"]) == {
        **dict.fromkeys(("name", "measure", "title", "kind", "basis", "measured", "unit", "status"), "str"),
        "deflator": "str",
        "flows": [dict.fromkeys(("importer", "exporter", "sector", "part", "goods"), "str")],
        **dict.fromkeys(("base", "free", *figures), "float"),
        "binds": "bool",
        "prohibitive": "bool",
        "rent_holder": "NoneType",
        "ends": dict.fromkeys(figures, INTERVAL),
        "sources": ["str"],
        "note": "NoneType",
    }
    assert shape(bound["diverted"]) == [
        {
            **dict.fromkeys(("importer", "sector", "goods"), "str"),
            "measures": ["str"],
            "sales": [{"exporter": "str", "change_musd": "float", "ends": INTERVAL, "bound": "bool"}],
            "why": "str",
        }
    ]
    assert bound["subsidies"] == []
    assert purchases["case-rice-access"]["rent_holder"] == "importer"
    assert [one for one in bound["ranges"] if one["bound_only"]] == []
    assert {one["measure"] for one in bound["ranges"]} >= {"case-corn", "case-rice", "case-safety-tests"}
    assert set(bound["ends"]["by_measure"]) == {
        "case-corn",
        "case-lng",
        "case-rice",
        "case-safety-tests",
        "shares",
    }


def test_what_is_bound_is_met_and_ranges_hold_the_middle(bound: dict[str, Any]) -> None:
    told = {one["measure"]: one for one in bound["bounds"]}
    for one in bound["bounds"]:
        assert one["binds"] == (one["wedge"] > 0)
        if one["binds"]:
            assert one["reached"] == pytest.approx(one["required"], rel=1e-5)
        assert (one["fiscal_cost_musd"] > 0) == (one["binds"] and one["kind"] == "purchase")
        assert (one["rent_musd"] > 0) == (one["binds"] and one["kind"] != "purchase")
        for name, ends in one["ends"].items():
            assert 0 <= ends["low"] <= one[name] * (1 + 1e-5) + 1e-9
            assert one[name] <= ends["high"] * (1 + 1e-5) + 1e-9
    assert all(told[name]["binds"] for name in ("case-corn", "case-lng", "case-rice"))
    assert not any(told[name]["binds"] for name in ("case-rice-access", "us-232-autos-gbr"))
    corn = told["case-corn"]
    assert corn["ends"]["required"] == pytest.approx(
        {"low": corn["base"] + 250, "high": corn["base"] + 2000}, rel=1e-4
    )
    sold = {tuple(one["measures"]): one["sales"] for one in bound["diverted"]}
    assert set(sold) == {("case-corn",), ("case-lng",), ("case-rice",)}  # not what does not bind
    assert all(
        each["ends"]["low"] <= each["change_musd"] <= each["ends"]["high"]
        for some in sold.values()
        for each in some
    )
    changes = {each["exporter"]: each["change_musd"] for each in sold["case-lng",]}
    assert changes["AUS"] < -100 < 100 < changes["USA"]
    for code, effect in bound["countries"].items():
        ends = bound["ends"]["countries"][code]["ev_musd"]
        assert ends["low"] <= effect["ev_musd"] + 1e-4 * abs(effect["ev_musd"])
        assert ends["high"] >= effect["ev_musd"] - 1e-4 * abs(effect["ev_musd"])


def test_simulate_holds_fractions_and_what_was_asked(simulated: dict[str, Any]) -> None:
    assert simulated["as_of"] == "2025-06-29"
    assert (simulated["deficits"], simulated["elasticities"], simulated["detail"]) == (
        "fixed",
        "central",
        "talks",
    )
    japan = simulated["countries"]["JPN"]
    assert -0.01 < japan["welfare"] < 0
    assert japan["ev_musd"] < 0
    assert simulated["solver"]["residual"] <= 1e-8
    cars = simulated["flows"][0]
    assert cars["base_units"] == 1.37e6
    assert cars["new_units"] < cars["base_units"]


def test_cases() -> None:
    found = run("cases", CASE, "--json")
    assert shape(found) == {
        "schema_version": "int",
        "cases": [
            {
                **dict.fromkeys(("name", "title", "folder", "as_of"), "str"),
                **{key: ["str"] for key in ("parties", "holds", "recorded")},
                "statements": "int",
                "scenarios": [{"id": "str", "title": "str", "role": "str"}],
                "findings": [],
                "corridors": [],
            }
        ],
        "broken": [],
    }
    scenarios = {one["id"] for one in found["cases"][0]["scenarios"]}
    assert {"status-quo", "no-deal", "no-deal-all", "deal"} <= scenarios


def test_world_info() -> None:
    found = run("world", "info", "--json")
    assert found["schema_version"] == 1
    assert {"world", "sizes", "estimated", "fit", "balances", "tariffs", "licence"} <= set(found)
