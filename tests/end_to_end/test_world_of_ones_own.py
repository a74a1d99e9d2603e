"""A made-up table of 5 regions and 7 sectors, ISIC rev. 4 and 2019, through every command that solves."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from tests.own_world import GOODS, SECTORS, rows, sales, write_case

from kosho.case import Case

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(kosho: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built table, and a case that names it."""
    here = tmp_path_factory.mktemp("own")
    case = here / "korea-us"
    case.mkdir()
    done = kosho("world", "build", *sales(here), "--out", case / "mine.npz")
    assert done.returncode == 0, done.stderr
    assert "5 economies, 7 sectors" in done.stdout
    japan = (here / "sales.csv").read_text().replace("kor,", "JPN,")
    (here / "japan.csv").write_text(japan)
    told = [word for word in sales(here)[1:] if word not in ("--name", "mine")]
    done = kosho("world", "build", here / "japan.csv", *told, "--out", here / "japan.npz")
    assert done.returncode == 0, done.stderr
    write_case(case, "mine.npz")
    return case


@pytest.fixture(scope="module")
def own(folder: Path) -> Path:
    """The same table with Japan in the place of Korea, which no case names."""
    return folder.parent / "japan.npz"


def copied(folder: Path, to: Path) -> Path:
    """A copy of the case, to be changed."""
    return Path(copytree(folder, to / "case"))


@pytest.fixture(scope="module")
def ask(kosho: Run) -> Callable[..., Any]:
    def asked(*arguments: object) -> Any:
        done = kosho(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return asked


def test_what_the_table_is_and_assumes_is_told(ask, folder: Path):
    told = ask("world", "info", folder / "mine.npz")
    assert list(told["countries"]) == ["KOR", "USA", "CHN", "EUROPE", "ROW"]
    assert told["classification"]["name"] == "ISIC rev. 4"
    assert told["classification"]["sectors"]["C24-C25"] == ["C24A", "C24B", "C25"]
    assert told["classification"]["share_of_goods_trade"]["in_several"] == pytest.approx(1.0)
    assert len(told["classification"]["regions"]["EUROPE"]) == 29
    # Duties of 2019 are not those of 2022, and nobody named any.
    assert told["tariffs"]["year"] is None
    assert told["tariffs"]["unknown_share_of_goods_trade"] == 1.0
    assert told["totals"]["tariff_revenue"] == 0.0
    assert told["balances"] is None
    assert told["fit"] is None
    assert told["anchors"] == []
    assumed = " ".join(told["assumptions"])
    assert "each member counts alike" in assumed
    assert "trade of the world in 2022" in assumed
    assert told["totals"]["output"] == pytest.approx(sum(row[-1] for row in rows()) / 1000, rel=1e-6)


def test_a_scenario_of_a_case_on_the_table(ask, kosho: Run, folder: Path):
    told = ask("simulate", folder, "--scenario", "no-deal")
    assert told["table"] == "mine"
    assert set(told["countries"]) == {"KOR", "USA", "CHN", "EUROPE", "ROW"}
    assert told["countries"]["KOR"]["welfare"] < -1e-4
    (flow,) = told["flows"]
    assert flow["sector"] == "C29-C30"
    assert 0 < flow["new_musd"] < flow["base_musd"]
    assert any("compared with that of 2022-01-01" in text for text in told["assumptions"])
    better = ask("simulate", folder, "--scenario", "deal")
    assert better["countries"]["KOR"]["welfare"] > told["countries"]["KOR"]["welfare"]
    shown = kosho("simulate", folder, "--scenario", "deal").stdout
    assert "Assumed: " in shown
    # Another table for the same case, and the same by its path.
    named = ask("simulate", folder, "--scenario", "deal", "--world", folder / "mine.npz")
    assert named["countries"] == better["countries"]


def test_the_table_of_a_case_is_bargained_over(ask, folder: Path):
    told = ask("bargain", folder, "--draws", "4")
    assert told["packages"] == 9
    assert told["zone"]
    assert told["confirmed"] is not None
    assert any("2019" in warning for warning in told["warnings"])
    nash = told["solutions"]["nash"]
    assert all(gain > 0 for gain in nash["gains"].values())


def test_a_brief_is_written(kosho: Run, folder: Path, tmp_path: Path):
    done = kosho("brief", folder, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    assert told["world"]["name"] == "mine"
    assert told["world"]["year"] == 2019
    assert told["world"]["sectors"] == 7
    assert told["negotiation"]["packages"] == 9
    limits = " ".join(one["text"] for one in told["method"]["limits"])
    assert "compared with that of 2022-01-01" in limits
    assert "each member counts alike" in limits
    assert "mine" in (tmp_path / "brief.html").read_text("utf-8")


def test_tariffs_and_supply_read_the_table(ask, folder: Path):
    world = folder / "mine.npz"
    told = ask("tariffs", "nash", "--parties", "USA,KOR", "--sectors", "C29-C30,C24-C25", "--world", world)
    assert {(one["importer"], one["sector"]) for one in told["tariffs"]} == {
        (importer, sector) for importer in ("USA", "KOR") for sector in ("C29-C30", "C24-C25")
    }
    goods = ask("tariffs", "optimal", "--parties", "USA", "--world", world)
    assert {one["sector"] for one in goods["tariffs"]} == set(SECTORS[:GOODS])
    chain = ask("supply", "KOR", "C26-C28", "--without", "CHN", "--world", world)
    assert chain["without"]["variants"][0]["welfare"] < 0
    assert chain["vehicles"] is None


def test_tariffs_of_another_year_are_put_in_when_asked_for(ask, kosho: Run, folder: Path, tmp_path: Path):
    shared = [folder.parent / "sales.csv", "--from", "long-csv", "--year", "2019", "--classification", "isic4"]
    shared += ["--regions", folder.parent / "regions.csv", "--set", "final=consumption", "--set", "scale=0.001"]
    names = ("exporter=from", "seller=industry", "importer=to", "user=buyer", "value=kUSD")
    shared += [word for name in names for word in ("--set", name)]
    assert kosho("world", "build", *shared, "--tariffs", "2022", "--out", tmp_path / "a.npz").returncode == 0
    told = ask("world", "info", tmp_path / "a.npz")
    assert told["tariffs"]["year"] == 2022
    assert "base tariffs of 2022 stand for those of 2019, as asked" in told["assumptions"]
    assert told["totals"]["tariff_revenue"] > 0
    own = tmp_path / "duties.csv"
    own.write_text("importer,exporter,sector,percent\nUSA,*,*,2\nUSA,KOR,C29-C30,0\n")
    weighted = ["--weights", "icio-2022", "--tariffs", own]
    assert kosho("world", "build", *shared, *weighted, "--out", tmp_path / "b.npz").returncode == 0
    told = ask("world", "info", tmp_path / "b.npz")
    assert told["tariffs"]["base"] == "those of duties.csv"
    assert "USA" not in {one["country"] for one in told["tariffs"]["unknown_importers"]}
    assert any("weighted as in icio-2022" in text for text in told["assumptions"])
    done = kosho("simulate", folder, "--scenario", "deal", "--world", tmp_path / "b.npz", "--json")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("none.npz", r"case\.yaml:3: world: there is no table"),
        ("mine", r"case\.yaml:3: world: unknown world 'mine'"),
    ],
)
def test_a_case_that_names_no_table_is_told_where(
    kosho: Run, folder: Path, tmp_path: Path, named: str, expected: str
):
    case = copied(folder, tmp_path)
    text = (case / "case.yaml").read_text().replace("world: mine.npz", f"world: {named}")
    (case / "case.yaml").write_text(text)
    done = kosho("simulate", case, "--scenario", "deal")
    assert done.returncode == 2
    assert re.search(expected, done.stderr), done.stderr


def test_a_party_inside_a_region_is_refused_with_its_line(kosho: Run, folder: Path, tmp_path: Path):
    case = copied(folder, tmp_path)
    text = (
        (case / "case.yaml")
        .read_text()
        .replace("{economy: KOR, title: Korea}", "{economy: DEU, title: Germany}")
    )
    (case / "case.yaml").write_text(text.replace("sector: C29-C30", "sector: C29"))
    done = kosho("simulate", case, "--scenario", "deal")
    assert done.returncode == 2
    assert re.search(r"case\.yaml:\d+: .*the world has DEU only inside EUROPE", done.stderr), done.stderr
    assert re.search(r"case\.yaml:\d+: .*C29 is in C29-C30", done.stderr), done.stderr


def test_labels_that_nobody_knows_say_how_to_name_them(kosho: Run, folder: Path, tmp_path: Path):
    names = ("exporter=from", "seller=industry", "importer=to", "user=buyer", "value=kUSD", "final=consumption")
    shared = [folder.parent / "sales.csv", "--from", "long-csv", "--year", "2019", "--out", tmp_path / "c.npz"]
    shared += [word for name in names for word in ("--set", name)]
    done = kosho("world", "build", *shared)
    assert done.returncode == 2
    assert "unknown country 'EUROPE'" in done.stderr
    assert "--regions" in done.stderr
    done = kosho(
        "world", "build", *shared, "--regions", folder.parent / "regions.csv", "--classification", "gtap"
    )
    assert done.returncode == 2
    assert "'C29-C30' is no sector of GTAP" in done.stderr
    assert "--sectors" in done.stderr
    assert not (tmp_path / "c.npz").exists()


def test_a_shipped_case_is_asked_of_it_without_the_flows_it_does_not_tell_apart(
    kosho: Run, own: Path, tmp_path: Path
) -> None:
    asked = ("--world", own, "--allow-idle")
    done = kosho("simulate", "japan-us-2025", "--scenario", "deal", *asked, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["flows"] == []
    assert set(told["flows_left_out"]) == {flow.id for flow in Case.load("japan-us-2025").flows}
    assert "C29 is in C29-C30" in told["flows_left_out"]["cars"]
    shown = kosho("simulate", "japan-us-2025", "--scenario", "deal", *asked).stdout
    assert "Japanese steel to the United States is not shown: " in " ".join(shown.split())
    done = kosho("brief", "japan-us-2025", *asked, "--no-bargain", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    brief = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    untold = [one["text"] for one in brief["method"]["limits"] if one["text"].startswith("Not shown: ")]
    assert len(untold) == len(told["flows_left_out"])


def test_tariff_games_name_base_rates_that_nobody_knows(kosho: Run, own: Path) -> None:
    asked = ("tariffs", "nash", "--parties", "JPN,USA", "--sectors", "C29-C30", "--world", own)
    told = json.loads(kosho(*asked, "--json").stdout)
    assert [one["base"] for one in told["tariffs"]] == [None, None]
    assert told["assumptions"][-1] == "base rates of 2 of the 2 flows are not known and count as zero"
    shown = kosho(*asked).stdout
    rows = [line for line in shown.splitlines() if line.startswith(("Japan ", "United States "))]
    assert sum("not known" in line for line in rows) == 2
    assert "2 rates" in shown


def test_a_corridor_to_nowhere_is_refused_before_it_is_simulated(kosho: Run, own: Path) -> None:
    done = kosho("corridor", "TWKHH", "JPUKB", "--world", own, "--precision", "0.1")  # which would take hours
    assert done.returncode == 2
    assert "no economy TWN of its own, where TWKHH is" in done.stderr
    assert "--no-effect" in done.stderr
