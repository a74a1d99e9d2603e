"""The same question on several tables: side by side, what differs, and the spread."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.briefs import brief
from tests.own_world import sales, write_case
from tests.yaml_files import dumped, loaded
from typer.testing import CliRunner

from kosho.bargain.payoffs import Weights
from kosho.brief import render
from kosho.brief.several_table import several_table
from kosho.case import Case
from kosho.cli import app
from kosho.errors import InputError
from kosho.scenario.several import OnTable, Several, TableFacts, deals_on_several, on_several, several
from kosho.world import WorldChoice

runner = CliRunner()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A case of its own, its table, and the same table with weaker elasticities."""
    folder = tmp_path_factory.mktemp("several")
    case = folder / "case"
    case.mkdir()
    weak = folder / "theta.csv"
    labels = ("A", "B", "C10-C23", "C24-C25", "C26-C28", "C29-C30", "D-T")
    weak.write_text("sector,theta,log_sd\n" + "".join(f"{label},2,0.3\n" for label in labels))
    build = ["world", "build", *map(str, sales(folder))]
    for out, more in ((case / "mine.npz", []), (folder / "weak.npz", ["--elasticities", str(weak)])):
        done = runner.invoke(app, [*build, *more, "--out", str(out)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    write_case(case, "mine.npz")
    return case, case / "mine.npz", folder / "weak.npz"


def test_names_of_tables():
    assert several("a, b.npz:talks") == ("a", "b.npz:talks")
    assert several("a") == several(None) == ()


def test_a_scenario_on_two_tables_has_a_spread_and_what_differs(asked: tuple[Path, Path, Path]):
    case, mine, weak = asked
    words = ["simulate", str(case), "--scenario", "deal", "--world", f"{mine},{weak}"]
    done = runner.invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    first, second = found["worlds"]
    assert (first["facts"]["year"], second["facts"]["year"]) == (2019, 2019)
    assert second["facts"]["theta"] == pytest.approx(2.0)
    assert first["facts"]["theta"] > 3.0
    told = [one["countries"]["KOR"]["welfare"] for one in (first, second)]
    assert found["spread"]["KOR"]["low"] == pytest.approx(min(told), rel=1e-5)
    assert found["spread"]["KOR"]["high"] == pytest.approx(max(told), rel=1e-5)
    assert told[0] != told[1]
    shown = runner.invoke(app, words, catch_exceptions=False, env={"COLUMNS": "200"}).output
    assert "Spread" in shown
    assert "differs: mean trade elasticity" in shown
    # Alone each says the same.
    alone = runner.invoke(app, [*words[:-1], str(mine), "--json"], catch_exceptions=False)
    assert json.loads(alone.output)["countries"]["KOR"]["welfare"] == pytest.approx(told[0], rel=1e-9)


def test_a_table_that_cannot_be_asked_is_named_and_the_others_answer(asked: tuple[Path, Path, Path]):
    case, mine, _ = asked
    parties = [one.economy for one in Case.load(case).parties]
    found = on_several(Case.load("japan-us-2025"), ("deal", "base"), [str(mine), "talks"])
    assert "party JPN is not in the world" in found.tables[0].problem
    assert found.tables[1].problem == ""
    silent = found.tables[0].facts
    assert silent is not None  # what the table is can be said all the same
    assert (silent.year, silent.economies) == (2019, 5)
    assert found.spread == {}  # of one table that answers there is none
    words = ["simulate", "japan-us-2025", "--scenario", "deal", "--world", f"{mine},talks"]
    shown = runner.invoke(app, words, catch_exceptions=False)
    assert shown.exit_code == 1  # what was asked is not answered whole
    assert "says nothing" in shown.output
    assert parties == ["KOR", "USA"]
    with pytest.raises(InputError, match="unknown world 'tulks'"):
        on_several(Case.load(case), ("deal", "base"), [str(mine), "tulks"])


def test_deals_on_two_tables(asked: tuple[Path, Path, Path]):
    case, mine, weak = asked
    found = deals_on_several(Case.load(case), [str(mine), str(weak)])
    assert all(one.zone is not None and one.facts for one in found)
    shown = runner.invoke(app, ["bargain", str(case), "--world", f"{mine},{weak}"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert "Some deal leaves all better off" in shown.output


def test_a_weight_on_a_part_of_a_sector_is_on_its_share_and_said(asked: tuple[Path, Path, Path]):
    case, mine, weak = asked
    table = case / "table.yaml"
    before = table.read_text()
    weight = {"value": 0.2, "low": 0, "high": 0.3, "unit": "share", "status": "assumption", "source": "own"}
    written = loaded(before)
    source = written["sources"][0]["id"]
    payoff = {
        "weights": [{"id": "cars", "title": "Cars", "sectors": ["C29"], "weight": weight | {"source": source}}]
    }
    written["parties"][0]["payoff"] = payoff
    try:
        table.write_text(dumped(written))
        found = deals_on_several(Case.load(case), [str(mine), str(weak)])
        world = WorldChoice.parse(str(mine)).load().coarse
        weights = Weights.of(Case.load(case).table(), world)
    finally:
        table.write_text(before)
    assert any("weight cars is on a part of sector C29-C30" in text for text in found[0].assumed)
    (row,) = weights.sectors
    assert sorted(row)[:-1] == [0.0] * (len(row) - 1)
    assert 0.5 < row.max() < 1.0  # cars are most of vehicles, not all


def test_a_brief_shows_the_spread():
    facts = {"table": "x", "sectors": 50, "unknown_duties": 0.5, "world": "0"}
    tables = tuple(
        OnTable(
            facts=TableFacts(name=name, year=year, economies=80, theta=5.0, **facts),
            name=name,
            countries={code: {"welfare": worth, "ev_musd": 1.0} for code in ("JPN", "USA")},
        )
        for name, year, worth in (("one", 2022, 0.001), ("two", 2014, 0.004))
    )
    made = brief()
    asked = Several(scenario=made.scenarios[0].id, against="base", parties=made.codes, tables=tables)
    assert "several" not in several_table(made)
    page = render(made.model_copy(update={"several": asked}))
    assert "Spread: model uncertainty" in page
    assert "+0.10 to +0.40" in page
