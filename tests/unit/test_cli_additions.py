"""A question in one line, and the codes it is asked in."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho.case import Case
from kosho.cli import app
from kosho.equilibrium import Closure
from kosho.errors import InputError, KoshoError
from kosho.impact.reach import IdleError
from kosho.law import Register
from kosho.law.catalogue import catalogue, found, nearest
from kosho.law.one_line import one_line
from kosho.scenario import simulate
from kosho.scenario.additions import Way, add_to_base, add_to_case, add_to_law
from kosho.scenario.against import FIGURES
from kosho.world import WorldChoice

TALKS = WorldChoice.parse("talks")
DAY = date(2025, 6, 29)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    if isinstance(done.exception, KoshoError):
        return done.exception.exit_status, str(done.exception)
    return done.exit_code, done.output


def read(text: str) -> list[tuple[str, object]]:
    return [(one.kind, one.value) for one in one_line(text, Register.load(), DAY).measures]


@pytest.mark.parametrize(
    ("rate", "measures"),
    [
        ("25%", [("floor", 25.0), ("bind", 25.0)]),
        ("+25%", [("tariff", 25.0)]),
        ("+2.5 %", [("tariff", 2.5)]),
        ("25% in all", [("floor", 25.0), ("bind", 25.0)]),
        ("+25% on top", [("tariff", 25.0)]),
        ("cut 50%", [("cut", 50.0)]),
        ("free", [("cut", 100.0)]),
        ("max 5%", [("bind", 5.0)]),
        ("max 0%", [("bind", 0.0)]),
        ("cut 100%", [("cut", 100.0)]),
        ("cut 0.5%", [("cut", 0.5)]),
        ("+1000%", [("tariff", 1000.0)]),
        ("ban", [("ban", None)]),
    ],
)
def test_rates_are_read(rate: str, measures: list[tuple[str, object]]) -> None:
    assert read(f"EU27 JPN C29 {rate}") == measures


def test_partners_and_goods_are_lists() -> None:
    line = one_line("usa all,-USMCA,-gbr vehicles-232,c28 +10%", Register.load(), DAY)
    (measure,) = line.measures
    assert (measure.imposer, measure.partners.include, measure.partners.exclude) == (
        "USA",
        ("all",),
        ("USMCA", "GBR"),
    )
    assert measure.scope is not None
    assert (measure.scope.sectors, measure.scope.groups) == (("C28",), ("vehicles-232",))
    assert line.covers == ("C28", "C29")
    assert one_line("USA CHN goods +10%", Register.load(), DAY).covers[-1] == "C31T33"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("EU72 JPN C29 25%", ["'>EU72< JPN C29 25%'", "EU27 (European Union)"]),
        ("EU27 JPN,CHI C29 25%", ["'EU27 JPN,>CHI< C29 25%'", "CHN"]),
        ("EU27 JPN C92 25%", ["'EU27 JPN >C92< 25%'", "C29 (Motor vehicles and parts)"]),
        ("EU27 JPN whisky 25%", [">whisky<", "C10T12"]),
        ("EU27 JPN 8703 25%", [">8703<", "vehicles-232"]),
        ("EU27 JPN C29 25", [">25<", "25% in all, +25% on top"]),
        ("EU27 JPN C29 cut 120%", [">cut 120%<", "at most 100"]),
        ("EU27 JPN C29 cut 0%", [">cut 0%<", "at most 100"]),
        ("EU27 JPN C29 2500%", [">2500%<", "kosho new"]),
        ("EU27 JPN C29 +1001%", [">+1001%<", "kosho new"]),
        ("EU27 JPN C29", ["3 words", "IMPORTER PARTNERS GOODS RATE"]),
        ("JPN JPN C29 25%", [">JPN<", "not from itself"]),
        ("EU27 EU27,JPN C29 25%", [">EU27<,JPN", "not from itself"]),
        ("FRA JPN C29 25%", [">FRA< JPN C29 25%", "FRA has no tariff but that of EU27", "write EU27"]),
        ("EU27 FRA C29 25%", ["EU27 >FRA< C29", "members of EU27 take no duty from one another"]),
        ("DEU JPN,EU27 C29 25%", ["JPN,>EU27< C29", "members of EU27"]),
        ("DEU FRA C29 +5%", [">FRA<", "members of EU27"]),
        ("USA JPN,KOR,JPN C29 25%", ["JPN is named twice"]),
        ("USA JPN,-JPN C29 25%", ["JPN is named and left out"]),
        ("USA JPN C29,c29 +5%", ["C29 is named twice"]),
        ("EU27 JPN C29 25% on top", [">25% on top<", "+25% on top"]),
        ("EU27 JPN C29 cut 5% in all", [">cut 5% in all<"]),
    ],
)
def test_the_word_that_is_wrong_is_pointed_at_with_the_nearest(text: str, told: list[str]) -> None:
    status, words = run("simulate", "--add", text)
    assert status == 2
    assert words.startswith("--add 1: ")
    assert [part for part in told if part not in words] == []


def test_all_mistakes_of_all_lines_are_told_at_once() -> None:
    _, words = run("simulate", "--base", "--add", "EU72 JPN C92 25%", "--add", "IND GBR C29 25")
    assert [line.split(":")[0] for line in words.splitlines()] == ["--add 1", "--add 1", "--add 2"]


def test_a_duty_in_all_is_what_it_says_whatever_it_was() -> None:
    up, down = (add_to_base([f"EU27 JPN C29 {rate}"], TALKS) for rate in ("25%", "0%"))
    assert up.countries["JPN"]["ev_musd"] < 0 < down.countries["JPN"]["ev_musd"]
    free = add_to_base(["EU27 JPN C29 free"], TALKS)
    assert free.countries["JPN"]["ev_musd"] == pytest.approx(down.countries["JPN"]["ev_musd"], rel=1e-6)
    sellers = {one.exporter: one for one in up.sellers(up.lines[0])}
    assert sellers["JPN"].after < 0.5 * sellers["JPN"].before
    assert sellers["EU27"].after > sellers["EU27"].before


def test_added_to_a_scenario_it_is_the_difference_of_two_equilibria() -> None:
    case = Case.load("japan-us-2025")
    found = add_to_case(case, "status-quo", ["USA JPN vehicles-232 15%"], world="talks")
    before = simulate(case, "status-quo", world="talks")
    apart = found.with_them.equivalent_variation - before.equivalent_variation
    assert found.countries["JPN"]["ev_musd"] == pytest.approx(float(apart.sel(country="JPN")), abs=0.1)
    assert found.countries["JPN"]["ev_musd"] > 0
    assert found.against == "scenario status-quo of japan-us-2025"


def test_added_to_the_law_of_a_day_other_duties_give_way_to_one_in_all() -> None:
    found = add_to_law(["USA JPN vehicles-232 27.5%"], DAY, TALKS, Way(allow_idle=True))
    assert found.countries["JPN"]["ev_musd"] == pytest.approx(0, abs=1)
    assert add_to_law(["USA JPN vehicles-232 2.5%"], DAY, TALKS).countries["JPN"]["ev_musd"] > 0


def test_a_duty_in_all_takes_the_place_of_its_importers_own_beside_lines_of_others() -> None:
    line = "USA CHN C29 25%"  # about what the duties of section 301 come to
    kept: list[float] = []
    for others in ([], ["EU27 JPN C29 25%"]):
        found = add_to_base([line, *others], TALKS)
        (china,) = (one for one in found.sellers(found.lines[0]) if one.exporter == "CHN")
        kept.append(china.after / china.before)
    assert 0.9 < kept[0] < 1.0
    assert kept[1] == pytest.approx(kept[0], rel=1e-3)


def test_what_changes_nothing_is_refused_or_shouted() -> None:
    with pytest.raises(IdleError, match="no ordinary duty on what it is on"):
        add_to_base(["JPN EU27 C29 cut 50%"], TALKS)
    status, words = run("simulate", "--add", "JPN EU27 C29 cut 50%", "--world", "talks")
    assert status == 1
    assert "--allow-idle" in words
    status, words = run("simulate", "--add", "JPN EU27 C29 cut 50%", "--world", "talks", "--allow-idle")
    assert status == 0
    assert words.startswith("IDLE: JPN EU27 C29 cut 50% changes nothing")
    with pytest.raises(IdleError) as caught:
        add_to_base(["EU27 JPN C29 25%", "JPN EU27 C29 cut 50%"], TALKS)
    assert list(caught.value.found) == ["JPN EU27 C29 cut 50%"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("USA JPN C29 25%", "USA JPN C29 10%"),
        ("USA JPN C29 25%", "USA all vehicles-232 10%"),
        ("USA JPN C29 ban", "USA JPN C29 free"),
        ("USA JPN,KOR goods cut 50%", "USA KOR C29 cut 50%"),
        ("USA JPN C29 +10%", "USA JPN C29 +10%"),
    ],
)
def test_two_lines_that_cannot_both_be_meant_are_refused(first: str, second: str) -> None:
    with pytest.raises(InputError, match=r"--add 2: .*\(--add 1\) are about the same goods"):
        add_to_base([first, second], TALKS)


def test_lines_on_other_goods_partners_or_of_another_kind_stand_together() -> None:
    lines = ["USA JPN C29 25%", "USA KOR C29 10%", "USA JPN C28 5%", "USA JPN C29 +1%"]
    assert len(add_to_base(lines, TALKS).lines) == 4


def test_a_duty_that_the_table_does_not_know_cannot_be_set_in_all() -> None:
    with pytest.raises(InputError, match=r"does not know the ordinary duty of GBR .*\+RATE%"):
        add_to_base(["GBR IND C28 5%"], TALKS)
    assert add_to_base(["GBR IND C28 +5%"], TALKS).countries["IND"]["ev_musd"] < 0


def test_an_economy_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(InputError, match="QAT is not in the table"):
        add_to_base(["EU27 QAT C19 25%"], TALKS)


def test_the_command_prints_json_and_fits_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = run("simulate", "--base", "--add", "EU27 JPN C29 25%", "--world", "talks", "--json")
    content = json.loads(text)
    assert status == 0
    assert content["case"] is None
    assert content["added"][0]["measures"] == ["added-1", "added-1-bound"]
    assert set(content["countries"]["JPN"]) == set(FIGURES)
    assert content["horizon"] == "10"
    monkeypatch.setenv("COLUMNS", "80")
    _, text = run("simulate", "--add", "EU27 JPN C29 25%", "--world", "talks")
    assert max(map(len, text.splitlines())) <= 80
    assert "European Union on Japan, C29: 25 % in all" in text
    assert "(home)" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "neither a case nor a measure to add"),
        (("--base",), "nothing is added to the base"),
        (("japan-us-2025", "--base", "--add", "EU27 JPN C29 25%"), "--base asks without a case"),
        (
            ("--base", "--as-of", "2025-06-29", "--add", "EU27 JPN C29 25%"),
            "--base is the law of the table's year",
        ),
        (("--scenario", "deal", "--add", "EU27 JPN C29 25%"), "a scenario is one of a case"),
        (("japan-us-2025",), "no scenario is named"),
    ],
)
def test_what_cannot_be_asked_together_is_told(words: tuple[str, ...], told: str) -> None:
    status, text = run("simulate", *words)
    assert (status, told in text) == (2, True), text


def test_a_record_alone_has_no_scenario_to_add_to(tmp_path: Path) -> None:
    shutil.copy(Case.load("japan-china-2018").folder / "record.yaml", tmp_path)
    status, text = run("simulate", str(tmp_path), "--add", "CHN JPN C29 25%")
    assert (status, "has no scenarios" in text) == (2, True), text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cars", "C29"),
        ("UK", "GBR"),
        ("8703", "vehicles-232"),
        ("whisky", "C10T12"),
        ("european union", "EU27"),
        ("steel", "steel"),
        ("jpn", "JPN"),
    ],
)
def test_codes_are_found_by_the_words_people_use(text: str, first: str) -> None:
    assert found(text, catalogue())[0].code == first
    status, printed = run("codes", *text.split(), "--json")
    assert status == 0
    assert json.loads(printed)["codes"][0]["code"] == first


def test_codes_are_listed_by_kind_and_told_whether_the_table_has_them() -> None:
    _, text = run("codes", "--kind", "economy", "--json")
    held = {one["code"]: one["in_table"] for one in json.loads(text)["codes"]}
    assert (held["JPN"], held["QAT"], sum(held.values())) == (True, False, 80)
    _, text = run("codes", "--kind", "bloc")
    assert "MERCOSUR" in text
    assert "ARG BRA PRY URY" in text


def test_a_code_that_is_not_there_is_told_with_the_nearest() -> None:
    assert nearest("C92", catalogue(), ["sector"]) is not None
    status, text = run("codes", "motorz")
    assert status == 1
    assert "no code for 'motorz'" in text
    assert "C29" in text


def test_a_line_is_asked_under_a_closure_and_against_another_state() -> None:
    case, line = Case.load("japan-us-2025"), ["USA JPN vehicles-232 15%"]
    moving = Closure(labour_supply=0.5)
    asked = add_to_case(case, "status-quo", line, world="talks", way=Way(closure=moving))
    assert asked.with_them.closure.labour_tax is not None  # what ships
    assert any("labour_tax: none known, and none taken, in" in one for one in asked.assumptions)
    assert asked.countries["USA"]["employment"] > 0
    base, other = (
        add_to_case(case, "status-quo", line, world="talks", way=Way(against=name))
        for name in ("base", "no-deal")
    )
    plain = add_to_case(case, "status-quo", line, world="talks")
    assert base.without.shock.tariff.size == 0
    for code in ("JPN", "USA"):
        gains = [float(one.with_them.equivalent_variation.sel(country=code)) for one in (plain, base, other)]
        assert gains == pytest.approx([gains[0]] * 3)
        before = plain.without.welfare.sel(country=code)
        over = (1 + base.countries[code]["welfare"]) / (1 + float(before)) - 1
        assert plain.countries[code]["welfare"] == pytest.approx(over, abs=1e-12)
    assert other.against == "scenario no-deal of japan-us-2025"


def test_a_line_has_no_year_one_and_no_scenario_without_a_case() -> None:
    line = ("simulate", "--add", "EU27 JPN C29 25%", "--world", "talks")
    status, text = run(*line, "--horizon", "1")
    assert status == 2
    assert "year one follows the trades that a scenario's case names" in text
    status, text = run(*line, "--against", "no-deal")
    assert status == 2
    assert "name the CASE" in text
