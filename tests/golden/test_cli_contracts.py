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


def test_simulate(simulated: dict[str, Any]) -> None:
    effect = {"welfare": "float", "welfare_first_order": "float", "real_wage": "float", "ev_musd": "float"}
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
        "elasticities": "str",
    }
    simulated["countries"] = countries


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
    found = run("cases", "--json")
    assert shape(found) == {
        "schema_version": "int",
        "cases": [{"name": "str", "title": "str", "scenarios": [{"id": "str", "title": "str", "role": "str"}]}],
    }
    scenarios = {one["id"] for case in found["cases"] if case["name"] == CASE for one in case["scenarios"]}
    assert {"status-quo", "no-deal", "no-deal-all", "deal"} <= scenarios


def test_world_info() -> None:
    found = run("world", "info", "--json")
    assert found["schema_version"] == 1
    assert {"world", "sizes", "estimated", "fit", "balances", "tariffs", "licence"} <= set(found)
