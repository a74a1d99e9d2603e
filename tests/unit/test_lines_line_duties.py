"""Base tariffs of a table from files of rates by tariff line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import hs_sector, read_line_duties, read_rates
from kosho.world import load

MFN = "NomenCode,Reporter_ISO_N,Year,ProductCode,SimpleAverage,Nbr_NA_Lines"
PREFERENCES = "NomenCode,Reporter_ISO_N,Year,ProductCode,Partner,SimpleAverage"
CARS, TRUCKS, CHIPS, WHEAT = "870323", "870421", "854231", "100199"
GROUPS = {"A01": (0,), "C26": (1,), "C29": (2,), "K": (3,)}


def written(path: Path, head: str, *rows: str) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


@pytest.fixture
def mfn(tmp_path: Path) -> Path:
    return written(
        tmp_path / "mfn.csv",
        MFN,
        f"H3,840,2008,{CARS},2.5,0", f"H3,840,2008,{TRUCKS},25,0", f"H3,840,2008,{CHIPS},0,0",
        f"H3,392,2008,{CARS},0,0", f"H3,392,2008,{WHEAT},,1",
        f"H3,918,2008,{CARS},10,0", f"H3,918,2008,{CHIPS},0,0",
        f"H3,124,2007,{CARS},6.1,0",
    )  # fmt: skip


def rate(found: Any, economies: tuple[str, ...], importer: str, exporter: str, group: int) -> float:
    return float(found.rate[economies.index(importer), economies.index(exporter), group])


def test_lines_are_averaged_and_what_is_not_known_is_no_zero(mfn: Path):
    economies = ("USA", "JPN", "DEU", "GBR", "HRV", "CAN")
    found = read_line_duties([mfn]).averages(economies, GROUPS, 2008)
    assert rate(found, economies, "USA", "JPN", 2) == pytest.approx(0.1375)
    assert rate(found, economies, "USA", "JPN", 1) == 0.0
    assert np.isnan(rate(found, economies, "USA", "JPN", 0))  # no line of the sector
    assert np.isnan(rate(found, economies, "JPN", "USA", 0))  # a line without a percentage
    assert np.isnan(rate(found, economies, "CAN", "USA", 2))  # of another year
    # The union of 2008 has Britain and not Croatia; inside it there are no duties.
    assert rate(found, economies, "GBR", "USA", 2) == rate(found, economies, "DEU", "USA", 2) == 0.1
    assert rate(found, economies, "GBR", "DEU", 0) == 0.0
    assert np.isnan(rate(found, economies, "HRV", "USA", 2))
    assert rate(found, economies, "DEU", "HRV", 2) == 0.1
    assert rate(found, economies, "USA", "USA", 2) == 0.0
    assert rate(found, economies, "CAN", "USA", 3) == 0.0  # services bear none
    told = " ".join(found.notes)
    assert "tariffs of CAN are of other years alone" in told
    assert "no rates of single partners" in told
    assert "1 tariff line has no rate in percent" in told
    assert "simple averages" in told
    later = read_line_duties([mfn], year=2008).averages(economies, GROUPS, 2012)
    assert rate(later, economies, "USA", "JPN", 2) == pytest.approx(0.1375)
    with pytest.raises(InputError, match=r"holds no tariffs of 2009: it has 2007, 2008 .--tariff-year"):
        read_line_duties([mfn]).averages(economies, GROUPS, 2009)


def test_trade_weights_lines_and_says_how_much_of_it_is_covered(mfn: Path, tmp_path: Path):
    trade = written(
        tmp_path / "baci.csv",
        "t,i,j,k,v,q",
        f"2008,392,842,{CARS},90,1", f"2008,392,842,{TRUCKS},10,1",
        f"2008,276,842,{CARS},30,1", "2008,276,842,870899,70,1",  # parts have no rate in the file
    )  # fmt: skip
    economies = ("USA", "JPN", "DEU", "KOR")
    found = read_line_duties([mfn], [trade]).averages(economies, GROUPS, 2008)
    assert rate(found, economies, "USA", "JPN", 2) == pytest.approx(0.9 * 0.025 + 0.1 * 0.25)
    assert np.isnan(rate(found, economies, "USA", "DEU", 2))  # of 70 % of the trade nothing is known
    assert rate(found, economies, "USA", "KOR", 2) == pytest.approx(0.1375)  # no trade: simply
    assert found.covered == pytest.approx(130 / 200)
    assert any("weighted by the trade of baci.csv of 2008" in text and "65 %" in text for text in found.notes)


def test_preferences_of_groups_and_kinds_of_duty(mfn: Path, tmp_path: Path):
    preferences = written(
        tmp_path / "pref.csv", PREFERENCES, f"H3,840,2008,{CARS},R02,0", f"H3,840,2008,{TRUCKS},410,30"
    )
    members = written(tmp_path / "groups.csv", "code,economy", "R02,MEX", "R02,CAN")
    economies = ("USA", "MEX", "KOR", "JPN")
    found = read_line_duties([mfn, preferences], partners=members).averages(economies, GROUPS, 2008)
    assert rate(found, economies, "USA", "MEX", 2) == pytest.approx(0.125)  # cars free, trucks at 25 %
    assert rate(found, economies, "USA", "KOR", 2) == pytest.approx(0.1375)  # nobody claims 30 for 25 %
    assert not any("single partners" in text for text in found.notes)
    unnamed = read_line_duties([mfn, preferences])
    assert any("codes of partners are not known" in text for text in unnamed.told)
    kinds = written(
        tmp_path / "wits.csv",
        "Reporter,Product,Partner,Tariff Year,DutyType,Simple Average",
        f"392,{CARS},000,2008,BND,9",
        f"392,{CARS},000,2008,MFN,5",
        f"392,{CARS},036,2008,MFN,5",
        f"392,{CARS},036,2008,PRF,2",
        f"392,{TRUCKS},036,2008,AHS,1",
        f"392,{TRUCKS},036,2008,PRF,0",
    )
    read = read_rates(kinds)
    rows = {(row[1], row[2]): row[4] for row in read.frame.iter_rows()}
    assert rows == pytest.approx({("", CARS): 0.05, ("AUS", CARS): 0.02, ("AUS", TRUCKS): 0.01})
    assert "1 rows of bound rates" in read.told[0]


def test_random_lines_agree_with_sums_by_hand(tmp_path: Path):
    rng = np.random.default_rng(7)
    codes = ["870321", "870322", "870323", "870421", "854231", "854232", "854239", "100191", "100199"]
    numbers = {"USA": "842", "JPN": "392", "KOR": "410", "CHN": "156"}
    rates = {(n, code): round(float(rng.uniform(0, 30)), 2) for n in numbers for code in codes}
    values = {
        (n, i, code): float(rng.integers(0, 50)) for n in numbers for i in numbers if i != n for code in codes
    }
    rows = [f"{n},,{code},2015,{value}" for (n, code), value in rates.items()]
    file = written(tmp_path / "own.csv", "importer,exporter,hs,year,rate", *rows)
    trade = written(
        tmp_path / "baci.csv",
        "t,i,j,k,v,q",
        *(f"2015,{numbers[i]},{numbers[n]},{code},{value},1" for (n, i, code), value in values.items()),
    )
    economies = tuple(numbers)
    found = read_line_duties([file], [trade]).averages(economies, GROUPS, 2015)
    for n in economies:
        for i in economies:
            for j, sector in enumerate(("A01", "C26", "C29")):
                inside = [code for code in codes if hs_sector(code) == sector]
                bought = sum(values.get((n, i, code), 0.0) for code in inside)
                duty = sum(values.get((n, i, code), 0.0) * rates[n, code] for code in inside)
                if n != i and bought:
                    assert rate(found, economies, n, i, j) == pytest.approx(duty / bought / 100)
    assert found.covered == pytest.approx(1.0)


def sales(folder: Path) -> Path:
    rows = [
        f"{i},{k},{n},{j},{20 if i == n else 3}"
        for i in ("USA", "JPN", "DEU")
        for k in ("A01", "C29")
        for n in ("USA", "JPN", "DEU")
        for j in ("A01", "C29", "final")
    ]
    return written(folder / "sales.csv", "exporter,seller,importer,user,value", *rows)


def run(*words: object) -> str:
    done = CliRunner().invoke(
        app, [str(word) for word in words], catch_exceptions=False, env={"COLUMNS": "300"}
    )
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> str:
    with pytest.raises(InputError) as told:
        run(*words)
    return str(told.value)


def test_a_year_of_a_panel_that_is_none_is_told_unless_one_year_is_taken_for_all(mfn: Path):
    asked = (["USA"] * 3, ["JPN"] * 3, ["2008", "then", "now"], ["C29"] * 3)
    with pytest.raises(InputError, match=r"^year: 'now' is no year whose tariffs could be taken .four digits"):
        read_line_duties([mfn]).of_panel(*asked)
    assert read_line_duties([mfn], year=2008).of_panel(*asked) == pytest.approx([0.1375] * 3)


def test_a_table_is_imported_with_the_tariffs_of_its_year(mfn: Path, tmp_path: Path):
    table = tmp_path / "mine.npz"
    words = ["world", "import", "long-csv", sales(tmp_path), "--year", "2008", "--out", table, "--insist"]
    told = run(*words, "--tariffs", mfn)
    assert "mfn.csv, 2008, simple averages over lines" in told
    world = load(str(table))
    assert float(world.tariff.sel(importer="USA", exporter="JPN", sector="C29")) == pytest.approx(0.1375)
    assert bool(world.unknown_tariff.sel(importer="USA", exporter="JPN", sector="A01"))
    assert world.meta.tariff_year == 2008
    assert any("most-favoured-nation rates stand for all" in text for text in world.meta.assumptions)
    found = json.loads(run("world", "info", table, "--json"))
    assert 0 < found["tariffs"]["unknown_share_of_goods_trade"] < 1
    # What is not known stays as it is, and a change of what is known is priced.
    answer = json.loads(run("simulate", "--base", "--add", "USA JPN C29 +10%", "--world", table, "--json"))
    assert answer["countries"]["JPN"]["welfare"] < 0
    folder = tmp_path / "trains"
    folder.mkdir()
    mfn.rename(folder / "usa.csv")
    assert "trains, 2008" in run(*words, "--tariffs", folder)


def test_what_goes_with_lines_is_refused_without_them(mfn: Path, tmp_path: Path):
    words = ["world", "import", "long-csv", sales(tmp_path), "--year", "2009", "--out", tmp_path / "x.npz"]
    assert "goes with tariff lines" in refused(*words, "--tariff-year", "2008")
    assert "holds no tariffs of 2009" in refused(*words, "--tariffs", mfn)
    assert "no such file" in refused(*words, "--tariffs", tmp_path / "absent.csv")
    coarse = written(tmp_path / "coarse.csv", "importer,exporter,sector,percent", "USA,JPN,C29,2.5")
    assert "go alone" in refused(*words, "--tariffs", mfn, "--tariffs", coarse)
    told = run(*words, "--tariffs", mfn, "--tariff-year", "2008", "--insist")
    assert "base tariffs of 2008 stand for those of 2009, as asked" in told


def test_elasticities_are_estimated_on_tariffs_of_lines(tmp_path: Path):
    pytest.importorskip("pyfixest")
    rng = np.random.default_rng(3)
    names = ("USA", "JPN", "KOR", "CHN", "IND", "BRA", "MEX", "CAN")
    duty = {
        (n, i, y): round(float(rng.uniform(0, 30)), 3) for n in names for i in names for y in (2010, 2014, 2018)
    }
    rows = [f"{n},{i},{CARS},{y},{value}" for (n, i, y), value in duty.items() if n != i]
    lines = written(tmp_path / "rates.csv", "importer,exporter,hs,year,rate", *rows)
    own = {code: rng.lognormal(0, 0.3) for code in names}
    panel = [
        f"{i},{n},{y},C29,{own[i] * own[n] * (1 + value / 100) ** -6 * rng.lognormal(0, 0.05)},{value / 100}"
        for (n, i, y), value in duty.items()
        if n != i
    ]
    with_column = written(tmp_path / "a.csv", "exporter,importer,year,sector,trade,tariff", *panel)
    without = written(
        tmp_path / "b.csv", "exporter,importer,year,sector,trade", *(row.rpartition(",")[0] for row in panel),
        "USA,VNM,2010,C29,5",
    )  # fmt: skip
    (one,) = json.loads(run("world", "estimate", with_column, "--json"))["sectors"]
    (other,) = json.loads(run("world", "estimate", without, "--tariffs", lines, "--json"))["sectors"]
    assert one["theta"] == pytest.approx(5.0, abs=0.5)
    assert other["theta"] == pytest.approx(one["theta"], rel=1e-6)
    assert any("left out, their duty not being known: 1" in text for text in other["notes"])
