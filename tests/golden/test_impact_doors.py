"""Episodes of coercion and supply chains at the command line: contracts, and figures that must not drift."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.impact.coercion import compare, episode
from kosho.impact.value_chains import loss_without
from kosho.world import load

LEVELS = ("low", "value", "high")


def run(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pineapples() -> dict[str, Any]:
    (found,) = run("coercion", "pineapples-2021")["episodes"]
    return found


@pytest.fixture(scope="module")
def chain() -> dict[str, Any]:
    return run("supply", "JPN", "C29", "--without", "CHN", "--world", "talks")


def test_every_episode_is_told(pineapples: dict[str, Any]) -> None:
    found = run("coercion")
    assert set(found) == {"schema_version", "episodes"}
    assert {"pineapples-2021", "seafood-2023", "travel-2025"} <= {one["id"] for one in found["episodes"]}
    for one in found["episodes"]:
        assert set(one) == set(pineapples)
        assert one["economy"] is None
        assert {source["kind"] for source in one["sources"]} <= {"primary", "secondary", "own"}


def test_an_episode_holds_what_the_halt_would_do_beside_what_was_seen(pineapples: dict[str, Any]) -> None:
    assert {"exporter", "product", "unit", "closed_from", "allowed", "demand", "supply"} <= set(pineapples)
    assert pineapples["closed_from"] == "2021-03-01"
    told = {one["what"]: one for one in pineapples["figures"]}
    assert set(told) == {"home", "CHN", "JPN", "others", "price"}
    for one in told.values():
        assert set(one) == {"what", "before", "halt_alone", "observed", "shift", "put_in"}
        for found in (one["halt_alone"], one["observed"], one["shift"]):
            assert found is None or found["low"] <= found["value"] <= found["high"]
    # Without the ban's friends the price falls; it rose, and the shift says how far demand moved.
    assert told["price"]["halt_alone"]["high"] < 1 < told["price"]["observed"]["value"]
    assert told["JPN"]["shift"]["low"] > 9
    assert told["CHN"]["halt_alone"] == dict.fromkeys(LEVELS, 0.0)
    assert told["CHN"]["shift"] is None
    same = compare(episode("pineapples-2021")).of("JPN")
    assert told["JPN"]["halt_alone"]["value"] == same.predicted.value


def test_an_episode_in_the_whole_economy() -> None:
    (found,) = run("coercion", "travel-2025", "--economy")["episodes"]
    worth = found["economy"]["ev_musd"]
    # The wedge of an advisory is booked as the importer's income: its figure is not to be read.
    assert set(worth) == {"JPN"}
    assert set(found["economy"]["left_out"]) == {"CHN"}
    assert worth["JPN"]["high"] < 0
    assert all(one["low"] <= one["value"] <= one["high"] for one in worth.values())


def test_what_is_put_in_is_no_prediction_and_an_empty_column_is_explained() -> None:
    (travel,) = run("coercion", "travel-2025")["episodes"]
    told = {one["what"]: one for one in travel["figures"]}
    assert {name for name, one in told.items() if one["put_in"]} == {"CHN"}
    assert travel["fitted_at"] == "halt alone"
    assert {name for name, one in told.items() if one["shift"]} == {"KOR", "TWN", "USA"}
    korea = told["KOR"]
    # At the price of the halt alone demand differs as what was seen does from what the halt does.
    expected = korea["observed"]["value"] / korea["halt_alone"]["value"]
    assert korea["shift"]["value"] == pytest.approx(expected)
    text = " ".join(CliRunner().invoke(app, ["coercion", "travel-2025", "--economy"]).stdout.split())
    for words in ("385,000, put in", "694,500", "at the price of the halt alone", "China is left out: "):
        assert words in text
    (seafood,) = run("coercion", "seafood-2023")["episodes"]
    assert seafood["fitted_at"] is None
    assert not any(one["shift"] for one in seafood["figures"])
    text = CliRunner().invoke(app, ["coercion", "seafood-2023"]).stdout
    assert "replayed by quota only" in " ".join(text.split())
    assert "Fitted shift" not in text


def test_an_unknown_episode_is_refused() -> None:
    done = CliRunner().invoke(app, ["coercion", "pineaples-2021"])
    assert isinstance(done.exception, InputError)
    assert "did you mean pineapples-2021" in str(done.exception)


def test_a_chain_holds_shares_that_add_up(chain: dict[str, Any]) -> None:
    keys = {"value_added", "tariffs_along_the_chain", "inputs", "imports_musd", "origins", "concentration"}
    about = {"schema_version", "world", "assumptions", "country", "sector", "without", "vehicles"}
    assert about | keys == set(chain)
    assert chain["value_added"][0]["country"] == "JPN"
    assert 0.7 < chain["value_added"][0]["share"] < 0.85
    total = sum(one["share"] for one in chain["value_added"]) + chain["tariffs_along_the_chain"]
    assert 0.97 < total <= 1 + 1e-9  # the fifteen largest of twenty
    assert sum(one["share"] for one in chain["origins"]) == pytest.approx(1, abs=0.03)
    assert 0 < chain["concentration"]["imports"] < chain["concentration"]["with_home"] <= 1
    shares = [one["share"] for one in chain["inputs"]]
    assert shares == sorted(shares, reverse=True)
    assert set(chain["inputs"][0]) == {"exporter", "input", "share"}


def test_the_loss_of_an_origin_is_a_range_over_closures_and_elasticities(chain: dict[str, Any]) -> None:
    found = chain["without"]
    assert set(found) == {"origin", "base_musd", "variants"}
    assert {(one["deficits"], one["elasticities"]) for one in found["variants"]} == {
        (closure, response) for closure in ("fixed", "zero") for response in ("central", "low")
    }
    for one in found["variants"]:
        assert one["welfare"] < 0 < one["price"]
        assert one["ev_musd"] < 0
    central, low = found["variants"][:2]
    assert low["welfare"] < central["welfare"]
    world = load(regions="talks", sectors="talks")
    assert central["welfare"] == pytest.approx(loss_without(world, "JPN", "CHN", ["C29"]).welfare, rel=1e-6)


def test_vehicles_are_told_by_drive_and_maker(chain: dict[str, Any]) -> None:
    found = chain["vehicles"]
    assert set(found) == {"drives", "makers", "japanese_brands"}
    assert set(found["drives"]["hybrid"]) == {*LEVELS, "assumed", "sources"}
    (shipped,) = [one for one in found["makers"] if one["market"] == "USA"]
    assert sum(one["value"] for one in shipped["makers"].values()) == pytest.approx(1.37e6, rel=0.02)
    assert run("supply", "JPN", "C27", "--world", "talks")["vehicles"] is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["JPN", "C27", "--without", "JPN"], "the country itself"),
        (["JPN", "C27", "--without", "XXX", "--world", "talks"], "unknown country 'XXX'"),
        (["JAP", "C27"], "JAP"),
        (["JPN", "C72"], "C72"),
        (["JPN", "C27", "--world", "flat"], "unknown world 'flat'"),
    ],
)
def test_wrong_questions_about_chains_are_refused(arguments: list[str], expected: str) -> None:
    done = CliRunner().invoke(app, ["supply", *arguments])
    assert isinstance(done.exception, InputError)
    assert expected in str(done.exception)


def test_tables_are_for_people() -> None:
    shown = CliRunner().invoke(app, ["coercion", "pineapples-2021"]).stdout
    assert "Fitted shift of demand" in shown
    assert "18,000 (17,700 to 18,000)" in shown
    chain = CliRunner().invoke(app, ["supply", "JPN", "C29", "--without", "CHN", "--world", "talks"]).stdout
    assert "Toyota" in chain
    assert "without Motor vehicles and parts from China" in chain
