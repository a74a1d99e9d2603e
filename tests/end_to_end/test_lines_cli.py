"""`kosho lines` on the shipped data and on files of one's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.faults.commands import TRADE
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import line_table, shipped_rates, shipped_trade

CASE = "japan-us-2025"


SOLVED = ("price", "request", "offer", "swap")
"""Commands that solve a world: here that of the talks, which does in a moment what the whole one does."""


def run(*words: object) -> dict[str, Any]:
    world = () if words[0] not in SOLVED or "--world" in words else ("--world", "talks")
    done = CliRunner().invoke(app, ["lines", *map(str, words), *world, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def trade(tmp_path: Path) -> Path:
    path = tmp_path / "trade.csv"
    path.write_text(TRADE, encoding="utf-8")
    return path


def test_a_package_has_a_partial_and_a_general_answer_and_adds_up(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n8703,JPN,0\n6110,JPN,-50%\n")
    found = run("price", package, "--importer", "USA")
    for name in ("creation", "revenue", "welfare"):
        assert sum(line[name] for line in found["lines"]) == pytest.approx(found["partial"][name], abs=1e-6)
    assert found["partial"]["revenue"] < 0 < found["partial"]["creation"]
    assert found["whole"]["welfare"]["JPN"] > 0
    less = run("price", package, "--importer", "USA", "--use", "0.5")
    assert 0 < less["partial"]["creation"] < found["partial"]["creation"]
    linear = run("price", package, "--importer", "USA", "--diversion", "linear")
    assert linear["partial"]["creation"] == pytest.approx(found["partial"]["creation"])
    assert linear["partial"]["diversion"] > found["partial"]["diversion"]


def test_wrong_packages_are_told_row_by_row(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n9999999,JPN,0\n8703,JAP,0\n8703,JPN,free\n8703,JPN,-120%\n")
    with pytest.raises(InputError) as told:
        run("price", package, "--importer", "USA")
    assert all(f"package.csv:{row}: " in str(told.value) for row in (2, 3, 4, 5))
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    with pytest.raises(InputError, match="--use"):
        run("price", package, "--importer", "USA", "--use", "1.5")


def test_requests_and_offers_are_the_two_sides_of_a_line(trade: Path) -> None:
    asked = run("request", CASE, "--trade", trade, "--confirm", "2", "--world", "icio-2022")
    assert (asked["giver"], asked["taker"]) == ("USA", "JPN")
    assert {line["code"] for line in asked["lines"]} == {"870323", "611030"}
    assert all(line["gain_solved"] == pytest.approx(line["gain"], rel=0.1, abs=0.1) for line in asked["lines"])
    assert asked["all_lines"]["gain_by_gradient"] == pytest.approx(asked["all_lines"]["gain_solved"], rel=0.01)
    offered = run("offer", CASE, "--trade", trade, "--confirm", "0")
    assert (offered["giver"], offered["taker"]) == ("JPN", "USA")
    assert [line["code"] for line in offered["lines"]] == ["020230"]
    mirrored = run("offer", CASE, "--party", "USA", "--to", "JPN", "--trade", trade, "--confirm", "0")
    assert [line["code"] for line in mirrored["lines"]] == [line["code"] for line in asked["lines"]]
    without = run("request", CASE, "--trade", trade, "--exclude", "6110", "--confirm", "0")
    assert [line["code"] for line in without["lines"]] == ["870323"]


def test_swaps_leave_neither_side_worse_off_and_say_how_far_from_the_bound(trade: Path, tmp_path: Path) -> None:
    out = tmp_path / "swap.csv"
    found = run("swap", CASE, "--trade", trade, "--out", out)
    assert found["packages"]
    for one in found["packages"]:
        assert min(one["gains_by_gradient"].values()) >= -1e-6
        assert min(one["gains_solved"].values()) > -1
        assert 0 <= one["gap"] <= 1
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert {row["hs"] for row in rows} <= {"870323", "611030", "020230"}
    assert {row["giver"] for row in rows} <= {"JPN", "USA"}


def test_swaps_are_solved_at_both_ends_of_what_could_comply(tmp_path: Path) -> None:
    trade = tmp_path / "both.csv"
    rows = [
        "importer,exporter,hs,value,duty",
        "USA,JPN,870323,24000000000,600000000",
        "USA,JPN,848210,300000000,20000000",
        "USA,KOR,870323,19000000000,0",
        "JPN,USA,020230,751000000,170000000",
        "JPN,AUS,020230,1630000000,350000000",
        "JPN,USA,220421,300000000,30000000",
    ]
    trade.write_text("\n".join(rows) + "\n")
    words = ("swap", CASE, "--trade", trade)
    (whole,) = run(*words)["packages"]
    assert whole["lines"] == 2
    assert "gains_least_use" not in whole
    assert run(*words)["use_of_cuts"]["JPN"] == {"by": "assumed", "share": 1.0}
    ranged = run(*words, "--origin", "60")
    assert {one["by"] for one in ranged["use_of_cuts"].values()} == {"origin"}
    assert ranged["use_of_cuts"]["USA"]["threshold"] == 0.6
    (package,) = ranged["packages"]
    # All of what an average maker above the threshold makes could comply, so that the most is all of it.
    assert package["gains_solved"] == pytest.approx(whole["gains_solved"])
    assert all(
        abs(package["gains_least_use"][side] - gain) > 10 for side, gain in whole["gains_solved"].items()
    )
    (none,) = run(*words, "--use", "0")["packages"]
    assert none["gains_solved"] == pytest.approx({"JPN": 0.0, "USA": 0.0}, abs=1e-3)
    (half,) = run(*words, "--use", "0.5")["packages"]
    assert half["gains_solved"] != pytest.approx(whole["gains_solved"], rel=0.05)
    with pytest.raises(InputError, match="a use that is given, and one by a rule of origin"):
        run(*words, "--use", "0.5", "--origin", "60")


def test_a_side_without_trade_by_line_is_told_how_to_give_it() -> None:
    with pytest.raises(InputError, match="no trade by line of 'JPN' ships with Kosho"):
        run("offer", CASE)
    with pytest.raises(InputError, match="--party"):
        run("request", CASE, "--party", "FRA")


def test_indicators_know_peaks_margins_and_who_is_eroded() -> None:
    found = run("indicators", "USA", "JPN", "--top", "50")
    cars = next(line for line in found["lines"] if line["code"] == "870323")
    assert cars["rate"] == pytest.approx(0.025, abs=1e-3)
    assert cars["margin"] < 0  # Japan pays 2.5 %, Korea, Mexico and Canada nothing
    assert found["peaks"] > 100
    assert found["erosion"]["MEX"] < 0


def test_what_is_missing_is_listed_and_written(trade: Path, tmp_path: Path) -> None:
    found = run("join", "USA", "--rates", "shipped")
    assert 0.5 < found["known_share"] < 1
    assert found["missing"][0]["why"] == "no rate that is a percentage of the value"
    out = tmp_path / "lines.csv"
    run("join", "JPN", "--trade", trade, "--out", out)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert rows[0]["how"] == "collected"
    assert {row["exporter"] for row in rows} == {"USA", "AUS"}
    with pytest.raises(InputError, match="no schedule of USA is called 'mine'"):
        run("join", "USA", "--rates", "mine")


def test_a_staging_is_priced_year_by_year(trade: Path, tmp_path: Path) -> None:
    annex = tmp_path / "annex.csv"
    annex.write_text("Tariff line,Base rate,Category\n020230,22%,equal 4\n1006,341 yen/kg,equal 2\n")
    found = run(
        "stage", annex, "--agreement", "cptpp-jpn", "--importer", "JPN", "--partner", "USA", "--trade", trade
    )
    revenue = [year["revenue"] for year in found["years"]]
    assert len(revenue) == 4
    assert revenue == sorted(revenue, reverse=True)
    assert revenue[-1] < 0
    assert [year["unknown"] for year in found["years"]] == [1, 1, 1, 1]
    with pytest.raises(InputError, match="one side is not named"):
        run("stage", annex, "--agreement", "cptpp-jpn", "--importer", "JPN")


def test_origin_is_asked_of_the_table_of_flows() -> None:
    found = run("origin", "MEX", "C29", "--threshold", "75")
    wider = run("origin", "MEX", "C29", "--threshold", "75", "--members", "USA,CAN")
    assert found["content"] < wider["content"] <= 1
    assert sum(found["value_added"].values()) == pytest.approx(1, abs=0.03)


def test_lines_that_are_a_part_of_their_sector_say_so(trade: Path, tmp_path: Path) -> None:
    found = run("request", CASE, "--trade", trade, "--confirm", "0")
    parts = {one["sector"]: one for one in found["part_of_trade"]}
    assert list(parts) == ["C13T15"]
    assert parts["C13T15"]["lines"] == 20
    assert parts["C13T15"]["world"] > 40
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n6110,JPN,0\n")
    priced = run("price", package, "--importer", "USA", "--trade", trade)
    assert priced["part_of_trade"] == found["part_of_trade"]
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    assert run("price", package, "--importer", "USA", "--trade", trade)["part_of_trade"] == []
    swapped = run("swap", CASE, "--trade", trade)
    assert {"C10T12", "C13T15"} == {one["sector"] for one in swapped["part_of_trade"]}


def test_options_that_are_none_are_told_and_not_taken() -> None:
    with pytest.raises(InputError) as told:
        run("request", CASE, "--budget", "nan", "--exclude", "8703,cars")
    assert "--budget: a budget of nan" in str(told.value)
    assert "--exclude: 'cars' begins no tariff code" in str(told.value)
    with pytest.raises(InputError, match="--budget: a budget of -5"):
        run("swap", CASE, "--budget", "-5")
    for words in (["request", CASE, "--confirm", "-1"], ["indicators", "USA", "JPN", "--top", "0"]):
        done = CliRunner().invoke(app, ["lines", *words])
        assert done.exit_code == 2, done.output


def test_an_elasticity_of_supply_is_above_zero(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    for supply in ("0", "-1", "nan"):
        with pytest.raises(InputError, match=f"--supply: an elasticity of export supply of {supply}"):
            run("price", package, "--importer", "USA", "--supply", supply)


def test_trade_without_a_rate_is_listed_before_rates_without_trade(trade: Path) -> None:
    with trade.open("a", encoding="utf-8") as file:
        file.write("JPN,USA,980100,5000000,\n")
    text = CliRunner().invoke(app, ["lines", "join", "JPN", "--trade", str(trade), "--rates", "shipped"]).stdout
    assert text.index("980100", text.index("Missing")) < text.index("not traded")


def test_an_empty_file_of_trade_is_empty(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(InputError, match=r"empty\.csv: is empty"):
        run("join", "USA", "--trade", empty)


def test_a_threshold_of_origin_is_a_percentage() -> None:
    for threshold in ("nan", "150", "-1"):
        with pytest.raises(InputError, match=f"--threshold: a value content of {threshold} %"):
            run("origin", "MEX", "C29", f"--threshold={threshold}")


def test_several_tables_are_refused_where_one_is_asked() -> None:
    with pytest.raises(InputError, match="--world: names 2 tables, and this is asked of one"):
        run("origin", "MEX", "C29", "--world", "talks,full")
    words = ["simulate", "--base", "--add", "USA JPN C29 25%", "--world", "talks,full"]
    with pytest.raises(InputError, match="--world: names 2 tables, and this is asked of one"):
        CliRunner().invoke(app, words, catch_exceptions=False)


CARS = (
    "--exclude",
    "0,1,2,3,4,5,6,70,71,72,73,74,75,76,78,79,80,81,82,83,84,85,86,88,89,9",
    "--world",
    "talks",
)


def test_talks_start_from_the_law_of_the_day_and_say_so(tmp_path: Path) -> None:
    out = tmp_path / "cars.csv"
    asked = run("request", CASE, "--confirm", "1", "--out", out, *CARS)
    assert (asked["rates"]["of"], asked["rates"]["on"]) == ("law", "2025-06-29")
    assert "Harmonized Tariff Schedule" in asked["rates"]["told"][0]
    cars = next(line for line in asked["lines"] if line["code"] == "870323")
    assert cars["rate"] == pytest.approx(0.275, abs=1e-3)
    assert cars["gain"] > 0
    collected = run("request", CASE, "--rates", "collected", "--confirm", "0", *CARS)
    before = next(line for line in collected["lines"] if line["code"] == "870323")
    assert (collected["rates"]["of"], collected["rates"]["on"]) == ("collected", None)
    assert before["rate"] == pytest.approx(0.025, abs=1e-3)
    assert before["gain"] < cars["gain"]
    later = run("request", CASE, "--on", "2025-11-01", "--confirm", "0", *CARS)
    assert next(line for line in later["lines"] if line["code"] == "870323")["rate"] == pytest.approx(0.15)
    # what a table of talks cuts is the ordinary duty: shares are of it, whatever the law lays on top
    written = [row for row in csv.DictReader(out.read_text().splitlines()) if row["sector"] == "C29"]
    rows = {row["hs"]: float(row["duty_share"]) for row in written}
    assert sum(rows.values()) <= 1 + 1e-9
    assert max(rows, key=lambda code: rows[code]) in ("870322", "870323", "870340")


def test_lines_without_one_rate_say_between_what(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    found = run("price", package, "--importer", "USA", "--on", "2025-11-01")
    assert found["assumed"]["rates"]["of"] == "law"
    assert 0.5 < found["assumed"]["rates"]["known_share"] < 1
    assert any("the rate is not one: " in one["why"] for one in found["left_out"])
    assert found["lines"][0]["code"] == "870323"
    assert found["partial"]["revenue"] < 0


def test_lines_of_a_package_that_are_not_priced_have_no_figure(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    found = run("price", package, "--importer", "USA", "--on", "2026-09-01")
    lost = {one["code"]: one for one in found["not_priced"]}
    assert lost["870360"]["why"].startswith("the rate is not one: ")
    assert lost["870360"]["imports"] > 1000
    assert not lost.keys() & {line["code"] for line in found["lines"]}
    # What such a line comes to is told at the least and the most of its duty, beside the sums.
    (ranged,) = [one for one in found["rate_ranges"]["lines"] if one["code"] == "870360"]
    assert 0 <= ranged["rate"]["low"] < ranged["rate"]["high"] < 1
    assert ranged["revenue"]["low"] < ranged["revenue"]["high"] <= 0
    assert found["partial"]["revenue"] > found["rate_ranges"]["partial"]["revenue"]["high"]
    package.write_text("hs,partner,rate\n870360,JPN,0\n")
    alone = run("price", package, "--importer", "USA", "--on", "2026-09-01")
    assert alone["lines"] == []
    assert alone["rate_ranges"]["lines"][0]["revenue"] == pytest.approx(ranged["revenue"])
    package.write_text("hs,partner,rate\n0201,AUS,0\n")  # a duty of money a unit of which nothing was collected
    with pytest.raises(InputError, match="is not priced: the rate is not known"):
        run("price", package, "--importer", "USA", "--rates", "law", "--on", "2026-09-01")


def test_lines_whose_duty_is_a_range_are_ranked_beside_the_others_at_both_ends() -> None:
    found = run("request", CASE, "--confirm", "0")
    ranges = {one["code"]: one for one in found["ranges"]}
    assert len(ranges) > 20
    assert not ranges.keys() & {one["code"] for one in found["lines"]}
    assert ranges.keys() <= {one["code"] for one in found["left_out"]}
    for one in ranges.values():
        assert 0 <= one["rate"]["low"] <= one["rate"]["high"] < 3
        assert one["gain"]["low"] <= one["gain"]["high"]
    told = [one["gain"]["high"] for one in found["ranges"]]
    assert told == sorted(told, reverse=True)


def test_a_rival_whose_rate_is_not_known_is_not_taken_as_free() -> None:
    lines = run("indicators", "USA", "JPN", "--top", "60", "--rates", "shipped")["lines"]
    table = line_table(shipped_trade("USA").of_year(), "USA", shipped_rates("USA"), digits=6)
    priced = dict(zip(table.codes, table.priced.tolist(), strict=True))
    told = {line["code"]: line["margin"] for line in lines}
    assert {code for code, margin in told.items() if margin is None} == {c for c in told if not priced[c]}
    assert 0 < sum(margin is None for margin in told.values()) < len(told)


def test_own_trade_keeps_the_duty_it_has_and_takes_the_law_where_asked(trade: Path) -> None:
    asked = run("request", CASE, "--trade", trade, "--confirm", "0")
    assert asked["rates"]["of"] == "collected"
    rows = trade.read_text().splitlines()
    dated = [f"{rows[0]},year", *(f"{row},2024" for row in rows[1:])]
    trade.write_text("\n".join([*dated, ""]))
    lawful = run("request", CASE, "--trade", trade, "--rates", "law", "--confirm", "0")
    assert {line["code"]: round(line["rate"], 3) for line in lawful["lines"]}["870323"] == 0.275
    with pytest.raises(InputError, match="holds the law of its own year"):
        run("request", CASE, "--trade", trade, "--rates", "collected", "--on", "2025-06-29")


def test_a_budget_passes_over_what_it_has_no_room_for() -> None:
    found = run("request", CASE, "--budget", "5", "--rates", "collected", "--confirm", "0", *CARS)
    inside = [line for line in found["lines"] if line["within_budget"]]
    assert inside
    assert -sum(line["partial"]["revenue"] for line in inside) <= 5
    assert all(line["within_budget"] for line in found["lines"][: len(inside)])


def test_a_rule_of_origin_makes_the_use_a_range_and_else_all_is_said_to_be_assumed(
    trade: Path, tmp_path: Path
) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs,partner,rate\n8703,JPN,0\n")
    words = ("price", package, "--importer", "USA", "--trade", trade)
    assert run(*words)["assumed"]["use_of_cuts"] == {"by": "assumed", "share": 1.0}
    found = run(*words, "--origin", "75")
    assert found["assumed"]["use_of_cuts"]["members"] == ["USA"]
    assert found["assumed"]["use_of_preferences"] is None
    least, most = found["range"]
    assert 0 < least["partial"]["creation"] < most["partial"]["creation"] == found["partial"]["creation"]
    assert 0 < least["welfare"]["JPN"] < most["welfare"]["JPN"]
    for wrong in (["--use", "0.5", "--origin", "75"], ["--members", "JPN"], ["--origin", "nan"]):
        with pytest.raises(InputError, match=wrong[0] if wrong[0] != "--use" else "--use and --origin"):
            run(*words, *wrong)
    asked = run("request", CASE, "--trade", trade, "--confirm", "0", "--origin", "75")
    low, high = next(line for line in asked["lines"] if line["code"] == "870323")["could_comply"]
    assert 0 < low < high == 1
    plain = CliRunner().invoke(app, ["lines", "request", CASE, "--trade", str(trade), "--confirm", "0"]).stdout
    assert "All goods are taken to claim a cut: assumed" in plain


def test_trade_of_another_edition_is_put_into_that_of_the_schedule(tmp_path: Path) -> None:
    trade = tmp_path / "hs17.csv"
    trade.write_text("importer,exporter,hs,value\nUSA,JPN,854140,6000000\nUSA,JPN,870323,1000000\n")
    table = tmp_path / "un.csv"  # the UN prints the later edition first
    table.write_text("HS 2022,HS 2017\n8541.41,8541.40\n8541.42,8541.40\n870323,870323\n")
    bare = run("join", "USA", "--trade", trade, "--rates", "shipped")
    assert {one["code"] for one in bare["missing"] if one["imports"]} == {"854140"}
    found = run("join", "USA", "--trade", trade, "--rates", "shipped", "--editions", table)
    assert found["known_share"] == 1
    assert found["imports"] == pytest.approx(7.0)
    assert "85.7 % of trade" in found["told"][0] or "86 % of trade" in found["told"][0]
    assert "split evenly" in found["told"][0]


def test_what_is_no_package_is_told_before_the_law_is_worked_out(tmp_path: Path) -> None:
    package = tmp_path / "package.csv"
    package.write_text("hs6,value\n870323,1\n")
    with pytest.raises(InputError, match=r"package\.csv:1: has no column hs, rate"):
        run("price", package, "--importer", "USA", "--trade", tmp_path / "absent.csv")
