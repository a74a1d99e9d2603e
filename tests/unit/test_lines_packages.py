"""What people write of lines: packages of rates, line cuts, categories of agreements, own elasticities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kosho.display import number
from kosho.errors import InputError
from kosho.law.schedules import parse_duty
from kosho.lines import LineTable, gsim, join_rates, nested_ces, parse_category, read_package
from kosho.lines.line_elasticities import line_elasticities
from kosho.lines.line_offers import read_line_cuts, utilised
from kosho.lines.staging_rules import agreements, staged
from kosho.world import World

CODES, PARTNERS = ("870322", "870323", "870421"), ("JPN", "DEU", "FRA")
TABLE = LineTable(
    "USA",
    CODES,
    PARTNERS,
    np.ones((3, 3)),
    np.array([[0.02, 0.04, 0.06], [0.1, np.nan, 0.1], [0.25, 0.25, 0.25]]),
    ("line",) * 3,
    (),
)


def changed(tmp_path: Path, *rows: str) -> dict[tuple[str, str], float]:
    path = tmp_path / "package.csv"
    path.write_text("\n".join(["hs,partner,rate", *rows]) + "\n", encoding="utf-8")
    after = read_package(path, TABLE)
    moved = ~np.isclose(after, TABLE.rate, equal_nan=True)
    return {(CODES[k], PARTNERS[p]): round(float(after[k, p]), 9) for k, p in np.argwhere(moved)}


@pytest.mark.parametrize(
    ("rows", "after"),
    [
        (["870323,JPN,5"], {("870323", "JPN"): 0.05}),
        (["8703.23,JPN DEU,0"], {("870323", "JPN"): 0, ("870323", "DEU"): 0}),
        (["870421,all,10"], {("870421", partner): 0.1 for partner in PARTNERS}),
        (["870421,EU27,10"], {("870421", partner): 0.1 for partner in ("DEU", "FRA")}),
        (["8703,FRA,-50%"], {("870322", "FRA"): 0.03, ("870323", "FRA"): 0.05}),
        (["8703,FRA,0", "870323,FRA,8"], {("870322", "FRA"): 0, ("870323", "FRA"): 0.08}),
        (["870323,FRA,8", "8703,FRA,0"], {("870322", "FRA"): 0, ("870323", "FRA"): 0.08}),
    ],
)
def test_a_package_sets_rates_and_what_is_said_of_a_line_goes_before_its_heading(
    rows: list[str], after: dict[tuple[str, str], float], tmp_path: Path
) -> None:
    assert changed(tmp_path, *rows) == after


def test_every_row_of_a_package_that_fits_nothing_is_told(tmp_path: Path) -> None:
    rows = ["87032310,JPN,0", "8702,JPN,0", "8,JPN,0", "870421,KOR,0", "870323,JPN,1", "870323,JPN,2"]
    rows += ["870322,DEU,0", "8703231011,JPN,0"]
    with pytest.raises(InputError) as caught:
        changed(tmp_path, *rows)
    assert {problem.line: problem.message for problem in caught.value.problems} == {
        2: "'87032310' is a part of 870323, and lines are no finer here",
        3: "'8702' fits no line of USA",
        4: "'8' fits no line of USA",
        5: "'KOR' sells USA nothing here",
        7: "870323 of JPN stands twice",
        9: "'8703231011' is a part of 870323, and lines are no finer here",
    }


@pytest.mark.parametrize(
    ("use", "paid"), [(0.0, [0.1, 0.2]), (1.0, [0.0, 0.2]), (0.25, [0.075, 0.2]), ([0.5, 0.5], [0.05, 0.2])]
)
def test_only_a_share_claims_a_cut_and_all_pay_a_rise(use: float | list[float], paid: list[float]) -> None:
    found = utilised(np.array([0.1, 0.1]), np.array([0.0, 0.2]), np.asarray(use))
    assert found == pytest.approx(paid)


@pytest.mark.parametrize("use", [-0.01, 1.01, float("nan")])
def test_a_use_is_a_share(use: float) -> None:
    with pytest.raises(InputError, match="a use of"):
        utilised(np.array([0.1]), np.array([0.0]), np.array([0.5, use])[1:])


def cuts(tmp_path: Path, *rows: str) -> list[tuple[float, float]]:
    path = tmp_path / "cuts.csv"
    path.write_text("\n".join(["importer,partner,sector,hs,duty_share,cut", *rows]) + "\n", encoding="utf-8")
    return [(one.duty_share, one.cut) for one in read_line_cuts(path)]


def test_cuts_of_lines_take_up_to_all_of_a_sector_s_duties(tmp_path: Path) -> None:
    rows = [
        "USA,JPN,C29,8703,0.6,100",
        "USA,JPN,C29,8704,0.4,0",
        "USA,JPN,C28,8457,1,50",
        "USA,EU27,C28,8457,0,1",
    ]
    assert cuts(tmp_path, *rows) == [(0.6, 100), (0.4, 0), (1, 50), (0, 1)]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("USA,JPN,C29,8704,0.41,0", "add up to 1.01"),
        ("USA,KOR,C29,8704,1.1,0", "a share of 1.1"),
        ("USA,KOR,C29,8704,-0.1,0", "a share of -0.1"),
        ("USA,KOR,C29,8704,0.1,101", "a cut of 101 %"),
        ("USA,KOR,C29,8704,0.1,-1", "a cut of -1 %"),
        ("USA,KRO,C29,8704,0.1,1", "unknown economy 'KRO'"),
        ("USA,KOR,C92,8704,0.1,1", "unknown sector 'C92'"),
    ],
)
def test_cuts_of_lines_that_cannot_be_are_told_with_their_row(row: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        cuts(tmp_path, "USA,JPN,C29,8703,0.6,100", row)
    assert all(problem.line == 3 for problem in caught.value.problems)
    assert told in str(caught.value).replace("\u00a0", " ")


RULES = agreements()["cptpp-jpn"].model_copy(
    update={"entry": date(2018, 12, 30), "later": "04-01", "instalments": "n", "names": {"JX": "equal 2"}}
)


@pytest.mark.parametrize(
    ("name", "instalments", "rates", "quota"),
    [
        ("A", "n", [10, 0, 0], None),
        ("A; quota 5 t grows 1%", "n", [10, 0, 0], 5),
        ("B2", "n", [10, 5, 0], None),
        ("B4", "n+1", [10, 8, 6, 4, 2, 0], None),
        ("B2; quota 6 t grows 1%", "n", [10, 5, 0], 6),
        ("JX", "none", [10, 5, 0], None),
        ("JX; quota 7 t grows 1%", "none", [10, 5, 0], 7),
        ("equal 4", "none", [10, 7.5, 5, 2.5, 0], None),
    ],
)
def test_a_name_of_a_category_is_that_of_its_agreement(
    name: str, instalments: str, rates: list[float], quota: float | None
) -> None:
    found = RULES.model_copy(update={"instalments": instalments}).category(name)
    assert [found.rate(10, cut) for cut in range(len(rates))] == rates
    assert (None if found.quota is None else found.quota.first) == quota
    assert found.text.partition(";")[0] in (name.partition(";")[0], "immediate")


@pytest.mark.parametrize(("name", "instalments"), [("B2", "none"), ("B0", "n"), ("C", "n")])
def test_a_category_that_an_agreement_has_not_is_refused(name: str, instalments: str) -> None:
    with pytest.raises(InputError, match="name of a category"):
        RULES.model_copy(update={"instalments": instalments}).category(name)


@pytest.mark.parametrize(
    ("entry", "days"),
    [
        ("2018-12-30", {"2018-12-29": 0, "2018-12-30": 1, "2019-03-31": 1, "2019-04-01": 2, "2020-04-01": 3}),
        ("2019-02-01", {"2019-01-31": 0, "2019-03-31": 1, "2019-04-01": 2, "2020-03-31": 2, "2020-04-01": 3}),
        ("2020-04-01", {"2020-03-31": 0, "2020-04-01": 1, "2021-03-31": 1, "2021-04-01": 2, "2022-04-01": 3}),
        ("2020-05-01", {"2020-05-01": 1, "2021-03-31": 1, "2021-04-01": 2}),
    ],
)
def test_cuts_are_counted_from_entry_and_then_from_one_day_of_the_year(
    entry: str, days: dict[str, int]
) -> None:
    rules = RULES.model_copy(update={"entry": date.fromisoformat(entry)})
    assert {day: rules.cuts_made(date.fromisoformat(day)) for day in days} == days
    for cut in (1, 2, 3):
        first = rules.day_of(cut)
        assert rules.cuts_made(first) == cut
        assert rules.cuts_made(date.fromordinal(first.toordinal() - 1)) == cut - 1


def test_beyond_a_quota_nothing_is_cut() -> None:
    inside = staged(parse_duty("[in quota] 10% | [out of quota] 20%"), parse_category("equal 2"), RULES)
    assert [str(one.duty) for one in inside] == [
        "[in quota] 10% | [out of quota] 20%",
        "[in quota] 5% | [out of quota] 20%",
        "[in quota] Free | [out of quota] 20%",
    ]
    category = replace(parse_category("equal 1"), quota=parse_category("keep; quota 5 t grows 1%").quota)
    assert [str(one.duty) for one in staged(parse_duty("10%"), category, RULES)] == [
        "10%",
        "[in quota] Free | [out of quota] 10%",
    ]
    with pytest.raises(InputError, match="has money a unit"):
        staged(parse_duty("10% + 5 JPY/kg"), parse_category("minus 5"), RULES)


def test_elasticities_of_a_world_are_those_between_its_origins_and_one_more(talks: World) -> None:
    found = line_elasticities(["870323", "999999"], "JPN", "world", world=talks)
    theta = dict(zip(talks.sectors, talks.arrays.theta.tolist(), strict=True))
    assert found.substitution[0] == pytest.approx(1 + theta["C29"])
    assert found.source == ("world", "assumed")
    with pytest.raises(InputError, match="need the world"):
        line_elasticities(["870323"], "JPN", "world")
    with pytest.raises(InputError, match=r"a demand elasticity of 0\.1"):
        line_elasticities(["870323"], "JPN", demand=0.1)
    assert line_elasticities(["870323"], "JPN", demand=0).demand.tolist() == [0]


def test_a_card_sums_what_makers_gain_abroad_and_at_home() -> None:
    rates = [[0.2, 0.15, 0.1, 0]]
    found = nested_ces(
        [[25.0] * 4], rates, 0, lower=5, supply=[[10, 10, 10, 2]], home=50.0, upper=3, home_supply=2
    )
    abroad, home = found.producer_surplus.sum(), found.home_surplus.sum()
    assert abs(home) > 0.1
    rows = dict(found.card().rows)
    assert rows["producer surplus"] == number(abroad + home)
    assert rows["consumer surplus"] == number(found.consumer_surplus.sum())
    assert rows["revenue"] == number(found.revenue.sum())
    trade, before = [[0, 50], [40, 0]], [[0, 0.2], [0.2, 0]]
    world = gsim(trade, before, 0, demand=-1.25, supply=1.5, substitution=5)
    parts = [world.producer_surplus.sum(), world.consumer_surplus.sum(), world.revenue.sum()]
    assert [text for _name, text in world.card().rows] == [number(one) for one in (*parts, sum(parts))]


def test_trade_with_partners_that_have_no_rates_of_their_own_has_those_of_all() -> None:
    trade = pl.LazyFrame({"importer": ["USA"], "exporter": ["JPN"], "hs": ["870323"]})
    rates = pl.LazyFrame(
        {
            "importer": ["USA", "USA"],
            "exporter": ["", "KOR"],
            "hs": ["87032301", "87032301"],
            "rate": [0.025, 0.0],
        }
    )
    found = join_rates(trade, rates).select("rate", "how").collect().rows()
    assert found == [(0.025, "mean of lines")]
    own = join_rates(trade.with_columns(exporter=pl.lit("KOR")), rates).select("rate", "how").collect().rows()
    assert own == [(0.0, "mean of lines")]
