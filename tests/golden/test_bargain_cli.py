"""`kosho bargain`: what scripts rely on, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cases import two_issues, with_table
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError, KoshoError

CASE = "japan-us-2025"
QUICK = ("--draws", "0", "--no-confirm")
CONCEPTS = {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    """The case with two issues of its table, one of them settled, so that runs are short."""
    return with_table(tmp_path_factory.mktemp("case") / CASE, two_issues)


def test_the_contract(tiny):
    done = CliRunner().invoke(app, ["bargain", str(tiny), "--draws", "4", "--json"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["schema_version"] == 1
    assert content["horizon"] == "10"
    assert content["packages"] == 18
    assert content["parties"] == ["JPN", "USA"]
    assert set(content["disagreement"]) == {"JPN", "USA"}
    assert content["zone"] is True
    assert content["opens_zone"] is None
    assert set(content["solutions"]) == set(content["certificate"]) == CONCEPTS
    for one in content["frontier"]:
        assert set(one) == {"options", "payoffs", "individually_rational"}
        assert set(one["options"]) == {"cars", "lng"}
    for name in CONCEPTS:
        assert {"options", "payoffs", "ties", "gains", "over_status_quo"} <= set(content["solutions"][name])
        assert set(content["certificate"][name]["gains"]["JPN"]) == {"p5", "p50", "p95"}
        assert set(content["confirmed"][name]["gains"]) == {"JPN", "USA"}
        (bound,) = content["confirmed"][name]["bounds"]
        assert (bound["id"], bound["issue"], bound["kind"]) == ("case-lng", "lng", "purchase")
        assert (bound["unit"], bound["binds"], bound["rent"]) == ("million USD", True, 0.0)
        assert bound["reached"] == pytest.approx(bound["required"], rel=1e-6)
        assert bound["base"] + 3500 == pytest.approx(bound["required"])
        assert bound["fiscal_cost"] == pytest.approx(bound["wedge"] * bound["reached"], rel=1e-3)  # duty-free
        assert bound["diverted"]["JPN"]["AUS"] < 0
    assert content["confirmed"]["world"] != content["world"]


def test_for_people(tiny):
    done = CliRunner().invoke(app, ["bargain", str(tiny), "--draws", "0"])
    assert done.exit_code == 0, done.output
    for words in (
        "18 packages",
        "In every row: lng 3.5 bn more",
        "Subsidy",
        "Australia −2",
        "Nash",
        "Japan alone reverts",
        "All revert",
        "A week's delay of the Nash deal before",
        "Offers by turns until 9 July 2025",
        "Red line of Japan (fact): Japan signs nothing",
        "Not priced: Purchases of American semiconductors, worth Japan −0.30 to 0 billion USD",
        "No issue: the fallbacks, over no deal",
        "Frontier",
    ):
        assert words in done.output


def test_without_a_zone(tiny, tmp_path):
    folder = tmp_path / CASE
    folder.mkdir()
    for path in tiny.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "table.yaml":
            # The rate that is left is the one that holds anyway: nobody gains.
            text = text.replace("packages: extension", "packages: no-deal")
            text = text.replace(
                "forbids: {cars: [add-25]}", "forbids: {cars: [all-20, all-15, all-12.5, all-10, none]}"
            )
        (folder / path.name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["bargain", str(folder), *QUICK, "--json"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert (content["zone"], content["solutions"], content["certificate"]) == (False, {}, {})
    assert content["opens_zone"]["red_lines"]
    ways = {way for way in ("transfer", "red_lines", "rate") if not content["opens_zone"][way]}
    assert set(content["opens_zone"]["why_not"]) == ways
    done = CliRunner().invoke(app, ["bargain", str(folder), *QUICK, "--require-zone"])
    assert isinstance(done.exception, KoshoError)
    assert done.exception.exit_status == 1
    assert "What would open a zone" in done.output


def test_any_package_is_explained(tiny):
    command = ["bargain", str(tiny), *QUICK, "--explain", "cars=none"]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    one = json.loads(done.stdout)["explained"]
    assert one["options"] == {"cars": "none", "lng": "as-now"}
    (change,) = one["changes"]
    assert change["gives"] == ["USA"]
    assert change["gets"] == ["JPN"]
    assert (change["issue"], change["fallback"], change["option"]) == ("cars", "add-25", "none")
    for party, gain in one["gains"].items():
        pieces = [one["background"][party], *(values[party] for values in one["issues"].values())]
        assert sum(pieces) == pytest.approx(gain, abs=1e-9 * sum(map(abs, pieces)))
    assert set(one["concessions"]) == {party for party, gain in one["gains"].items() if gain < -1}
    assert one["crosses"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    for words in (
        "The United States gives: cars ordinary duty instead of 25 % on top, as now",
        "Japan gives: nothing",
        "red line",
    ):
        assert words in done.output
    done = CliRunner().invoke(app, ["bargain", str(tiny), "--explain", "lng=more-3500"])
    assert "Japan gives: lng 3.5 bn more instead of no promise" in done.output
    assert "The United States gets: lng 3.5 bn more" in done.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("car=none", "did you mean cars?"),
        ("cars=all15", "did you mean all-15"),
        ("cars", "names no option"),
        ("cars=none,cars=all-15", "given twice"),
    ],
)
def test_a_package_that_is_not_on_the_table_is_told(tiny, text, told):
    done = CliRunner().invoke(app, ["bargain", str(tiny), "--explain", text])
    assert isinstance(done.exception, InputError)
    assert "--explain" in str(done.exception)
    assert told in str(done.exception)
