"""`kosho tariffs` as a process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Forked, Run, Told

from kosho.codes import sectors, talks_sectors

WRONG = (
    (("optimum", "--parties", "USA"), "did you mean optimal?"),
    (("nash", "--parties", "USA"), "two parties"),
    (("nash", "--parties", "USA,JPM"), "did you mean JPN?"),
    (("optimal", "--parties", "USA", "--sectors", "C99"), "unknown sector 'C99'"),
    (
        ("optimal", "--parties", "USA", "--low", "50", "--high", "10"),
        "--low: 50 % is not below --high 10 %",
    ),
    (("optimal", "--parties", "USA", "--high", "1e308"), "--high: 1e+308 %"),
    (("optimal", "--parties", "USA", "--low", "nan"), "--low: nan %"),
    (("optimal", "--parties", "USA", "--low", "-100"), "--low: -100 % (percent, above -100"),
    (("nash", "--parties", "USA,JPN", "--weight", "USA:C29=1e308"), "weight of C29 is 1e+308 (from zero"),
    (("nash", "--parties", "USA,JPN", "--weight", "USA:JPN=-2000"), "weight of JPN is -2000 (at most"),
    (("nash", "--parties", "USA,JPN", "--weight", "USA:USA=2"), "'USA' is the party itself"),
    (("optimal", "--parties", "FRA", "--sectors", "C29"), "FRA is in EU27 in this world"),
    (("optimal", "--parties", ","), "--parties"),
    (("optimal", "--parties", "USA", "--world", "half"), "unknown world 'half'"),
    (("optimal", "--parties", "USA", "--tied", "mfm"), "did you mean mfn?"),
    (("optimal", "--parties", "USA", "--set", "cars"), "such as cars=USA:JPN+DEU:C29"),
    (("optimal", "--parties", "USA", "--set", "cars=JPN"), "'JPN' sets no tariffs here"),
    (("optimal", "--parties", "USA", "--set", "all=USA", "--tied", "mfn"), "one of --set and --tied"),
    (("optimal", "--parties", "USA", "--weight", "USA:C29"), "such as USA:C29=1.5"),
    (("optimal", "--parties", "USA", "--weight", "USA:C99=1.5"), "'C99' is no sector or economy"),
    (("optimal", "--parties", "USA", "--weight", "JPN:C29=1.5"), "does not decide here"),
    (("optimal", "--parties", "USA", "--deficits", "some"), "--deficits"),
    (("optimal", "--parties", "USA", "--tol", "0"), "tol: is 0.0"),
)


def test_optimal_tariffs_of_one_party_on_everybody(kosho: Run) -> None:
    done = kosho("tariffs", "optimal", "--parties", "USA", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["schema_version"] == 1
    assert {row["importer"] for row in told["tariffs"]} == {"USA"}
    assert len({row["exporter"] for row in told["tariffs"]}) == 19
    goods = {code for code, members in talks_sectors().items() if all(sectors()[one].goods for one in members)}
    assert {row["sector"] for row in told["tariffs"]} == goods
    assert all(0.0 < row["rate"] < 1.0 for row in told["tariffs"])
    assert list(told["welfare"]) == ["USA"]
    assert told["welfare"]["USA"] > 0
    assert told["residual"] <= 1e-6
    assert told["evaluations"] > 1
    assert told["world"]


@pytest.mark.parametrize("kind", ["nash", "cooperative"])
def test_two_parties_on_one_another(kosho: Run, kind: str) -> None:
    done = kosho("tariffs", kind, "--parties", "USA,JPN", "--sectors", "C29,C24A", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    cells = [(row["importer"], row["exporter"], row["sector"]) for row in told["tariffs"]]
    assert sorted(cells) == sorted(
        (n, i, j) for n, i in (("USA", "JPN"), ("JPN", "USA")) for j in ("C29", "C24A")
    )
    assert told["residual"] <= 1e-6
    gains = told["welfare"]
    if kind == "nash":
        assert gains["JPN"] < 0
    else:
        assert gains["USA"] == pytest.approx(gains["JPN"], abs=1e-9)
        assert gains["USA"] >= 0


def test_a_table_for_people(kosho: Run) -> None:
    done = kosho("tariffs", "optimal", "--parties", "JPN,USA", "--sectors", "C29", "--high", "5")
    assert done.returncode == 0, done.stderr
    assert "Motor vehicles" in done.stdout
    assert "First-order residual" in done.stdout


def test_rates_that_are_one_and_sectors_that_count_more(kosho: Run) -> None:
    plain, counted = (
        json.loads(kosho("tariffs", "optimal", "--parties", "USA", "--tied", "mfn", *more, "--json").stdout)
        for more in ((), ("--weight", "USA:C29=1.3", "--weight", "USA:CAN=0.1", "--tol", "1e-6"))
    )
    rates = [{row["sector"]: row["rate"] for row in told["tariffs"]} for told in (plain, counted)]
    instruments = {row["instrument"] for row in counted["tariffs"]}
    assert len(instruments) == len(rates[0])
    assert rates[1]["C29"] > rates[0]["C29"] + 0.01
    assert counted["gains"]["USA"] > counted["welfare"]["USA"]
    assert plain["gains"] == pytest.approx(plain["welfare"])
    assert counted["converged"] is True
    assert counted["deficits"] == "zero"


def test_sets_in_a_table_of_eighty_columns(kosho: Run) -> None:
    sets = ("--set", "cars=USA:JPN:C29", "--set", "all=JPN")
    done = kosho("tariffs", "nash", "--parties", "USA,JPN", "--sectors", "C29,C28", *sets, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "Nash tariffs, 2 rates" in done.stdout
    assert "2 sectors" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_the_best_point_is_no_answer(kosho: Run) -> None:
    done = kosho("tariffs", "nash", "--parties", "USA,JPN", "--sectors", "C29", "--tol", "1e-16", "--json")
    assert done.returncode == 1
    assert done.stderr.startswith("no answer, but the best point found: a slope of")
    assert len(done.stderr.splitlines()) == 1
    told = json.loads(done.stdout)
    assert told["converged"] is False
    assert told["failing"] in done.stderr
    assert 1e-16 < told["residual"] < 1e-9


@pytest.fixture(scope="module")
def told_of(forked: Forked) -> dict[tuple[str, ...], Told]:
    return forked([("tariffs", *arguments) for arguments, _ in WRONG])


@pytest.mark.parametrize(("arguments", "expected"), WRONG)
def test_wrong_input_is_one_line_and_status_two(
    told_of: dict[tuple[str, ...], Told], arguments: tuple[str, ...], expected: str
) -> None:
    told_of["tariffs", *arguments].is_one_line(expected)


def test_two_weights_of_one_thing_are_refused(kosho: Run) -> None:
    done = kosho("tariffs", "nash", "--parties", "USA,JPN", "--weight", "USA:C29=1", "--weight", "USA:C29=5")
    assert done.returncode == 2
    assert "--weight: USA:C29 has two weights, 1 and 5 (one)" in done.stderr


def test_weights_come_from_a_file_as_from_the_command_line(kosho: Run, tmp_path: Path) -> None:
    file = tmp_path / "weights.csv"
    file.write_text("# my judgement\nparty,code,weight\nUSA,C29,1.3\nUSA,CAN,0.1\n", encoding="utf-8")
    asked = ("tariffs", "optimal", "--parties", "USA", "--tied", "mfn", "--tol", "1e-6", "--json")
    by_file = kosho(*asked, "--weights", str(file))
    by_hand = kosho(*asked, "--weight", "USA:C29=1.3", "--weight", "USA:CAN=0.1")
    assert by_file.returncode == 0, by_file.stderr
    assert json.loads(by_file.stdout) == json.loads(by_hand.stdout)
    both = kosho(*asked, "--weights", str(file), "--weight", "USA:C29=2")
    assert both.returncode == 2
    assert "--weight: USA:C29 has two weights, 1.3 and 2 (one)" in both.stderr


def test_mistakes_in_a_file_of_weights_are_told_together(kosho: Run, tmp_path: Path) -> None:
    file = tmp_path / "weights.csv"
    file.write_text("party,code,weight\nUSA,C29,high\nUSA,,1\nUSA,C28,2\nUSA,C28,3\n", encoding="utf-8")
    done = kosho("tariffs", "optimal", "--parties", "USA", "--weights", str(file))
    assert done.returncode == 2
    for told in (
        "weights.csv:2",
        "'high' is not a number",
        "weights.csv:3",
        "weights.csv:5",
        "has two weights",
    ):
        assert told in done.stderr


def test_any_closure_is_played_under(kosho: Run) -> None:
    asked = ("tariffs", "optimal", "--parties", "USA", "--tied", "uniform", "--tol", "1e-6", "--json")
    plain, moving, grown = (
        json.loads(done.stdout)
        for done in (
            kosho(*asked, *more)
            for more in (
                (),
                ("--closure", "labour_supply=0.5", "--closure", "revenue=tax-relief"),
                ("--closure", "capital=accumulated", "--closure", "deficits=proportional"),
            )
        )
    )
    rates = [found["tariffs"][0]["rate"] for found in (plain, moving, grown)]
    assert len({round(rate, 3) for rate in rates}) == 3
    assert all(found["converged"] for found in (plain, moving, grown))
    assert moving["closure"][0] == "labour: elasticity of supply 0.5; revenue as tax relief"
    assert any(one.startswith("labour_tax: none known, and none taken, in") for one in moving["assumptions"])
    assert (plain["deficits"], grown["deficits"]) == ("zero", "proportional")
    refused = kosho(*asked, "--closure", "profits=C29", "--profits", "C29")
    assert refused.returncode == 2
    assert "--profits: profits are in --closure as well" in refused.stderr
