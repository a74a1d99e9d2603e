"""What of lines is not said, small or not there: empty annexes, lines without trade, other partners."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.worlds import build

from kosho.errors import InputError
from kosho.lines import (
    AnnexLine,
    LinearMarket,
    LineTable,
    agreements,
    converted,
    line_elasticities,
    line_shock,
    line_table,
    linear_market,
    partial_models,
    read_trade,
    smart,
    stage_annex,
)
from kosho.lines.annex import heads
from kosho.lines.line_duties import LineDuties, _Traded
from kosho.lines.line_packages import parts_of_trade
from kosho.lines.staging_rules import Agreement
from kosho.lines.swap_sets import SwapLines, _conditions, _in_whole_lines
from kosho.lines.trade_files import _codes
from kosho.lines.trade_formats import TradeFormat

WORLD = build(np.ones((3, 3, 2)), sectors=("C29", "A01"), countries=("JPN", "DEU", "USA"))


def table(*imports: float, partner: str = "JPN") -> LineTable:
    codes = ("870323", "870324", "010121")[: len(imports)]
    values = np.array(imports)[:, None]
    return LineTable("USA", codes, (partner,), values, np.zeros(values.shape), ("line",) * len(codes), ())


def test_heads_of_an_annex_have_a_day_where_the_agreement_has_begun() -> None:
    rules = next(one for one in agreements().values() if one.entry is not None)
    staged = stage_annex([AnnexLine("02012004", "10%", "equal 2")], rules)
    begun, unbegun = heads(staged, rules), heads(staged, rules.model_copy(update={"entry": None}))
    assert unbegun == [f"Year {k}" for k in range(1, len(begun) + 1)]
    assert begun[0] == f"Year 1 (from {rules.entry})"
    assert heads([], rules) == []


@pytest.mark.parametrize(
    ("imports", "told"),
    [
        ([[1.0, np.inf]], ["imports[0, 1]"]),
        ([[0.0, -1.0]], ["imports[0, 1]"]),
        ([[np.nan, 1.0]], ["imports[0, 0]"]),
        ([[-1.0] * 5], [f"imports[0, {k}]" for k in range(5)]),
        ([[-1.0] * 6], [*(f"imports[0, {k}]" for k in range(5)), "imports"]),
    ],
)
def test_figures_that_cannot_be_are_named_and_no_others(imports: list[list[float]], told: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        smart(imports, 0.1, 0.0, demand=-1.0, substitution=2.0)
    assert [one.key for one in caught.value.problems] == told


@pytest.mark.parametrize("outside", [[False, False], [True, False], [False, True], [True, True]])
def test_a_line_of_which_more_than_all_falls_away_is_named(
    outside: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = np.ones((2, 1))
    found = SimpleNamespace(
        outside=np.array(outside), revenue=one, consumer_surplus=2 * one, producer_surplus=4 * np.ones((2, 3)),
        quantity=0.5 * np.ones((2, 1, 1)),
    )  # fmt: skip
    monkeypatch.setattr(partial_models, "gsim", lambda *_other, **_more: found)
    trade: Any = SimpleNamespace(value=np.full((2, 1, 1), 8.0), rate=np.zeros((2, 1, 1)))
    elasticities: Any = SimpleNamespace(demand=-np.ones(2), substitution=np.ones(2))
    given = trade, np.zeros((2, 1)), elasticities, 1.5, ("870323", "870324")
    if any(outside):
        code = given[-1][outside.index(True)]
        with pytest.raises(InputError, match=f"a flow of line {code} falls by more than all of it"):
            partial_models._gsim(*given)
        return
    answer = partial_models._gsim(*given)
    assert {name: values.tolist() for name, values in answer.figures.items()} == {
        "revenue": [1.0, 1.0],
        "consumer_surplus": [2.0, 2.0],
        "exporter_surplus": [12.0, 12.0],
        "welfare": [3.0, 3.0],
    }
    assert answer.sold.tolist() == [8.0]


def test_lines_of_partners_that_the_world_has_not_are_no_parts() -> None:
    for after in (0.15, np.nan):
        found = line_shock(WORLD, table(5.0, partner="THA"), np.array([[after]]), apart=True)
        assert (len(found.shock), len(found.line), found.left_out) == (0, 0, ())


@pytest.mark.parametrize(
    ("imports", "told"),
    [
        ((0.4, 0.0, 0.0), ["C29"]),
        ((0.4, 0.05, 0.0), ["C29"]),
        ((0.25, 0.25, 0.0), []),  # half of it is enough
        ((0.0, 0.0, 0.49), ["A01"]),
        ((0.0, 0.0, 0.0), []),
        ((0.6, 0.0, 0.4), ["A01"]),
    ],
)
def test_less_than_half_of_a_sector_is_told_however_little_it_is(
    imports: tuple[float, ...], told: list[str]
) -> None:
    assert [one.sector for one in parts_of_trade(WORLD, table(*imports), "JPN")] == told


@pytest.mark.parametrize("source", ["protee", "broda-weinstein"])
def test_a_code_that_no_edition_has_has_the_assumed_elasticity(source: Any) -> None:
    found = line_elasticities(["999999", "870323"], "USA", source)
    assert (found.source[0], float(found.substitution[0])) == ("assumed", 5.0)
    assert found.source[1] == source


@pytest.mark.parametrize(
    ("rates", "codes", "missing"),
    [
        (["87032301", "870324"], ["870323", "870324"], []),
        (["870323"], ["87032301"], []),
        (["8703"], ["870323"], []),
        (["8703230110"], ["8703230110"], []),
        (["870323", "870325"], ["870323"], ["870325"]),
        (["870323011"], ["8703230"], []),
        (["870323019"], ["870323011"], ["870323019"]),
    ],
)
def test_lines_of_a_schedule_are_traded_where_a_code_is_them_or_lies_over_or_under(
    rates: list[str], codes: list[str], missing: list[str]
) -> None:
    trade = pl.DataFrame({"importer": "USA", "exporter": "JPN", "hs": codes, "value": 1.0})
    held = pl.DataFrame({"importer": "USA", "exporter": "", "hs": rates, "rate": 0.1})
    found = line_table(trade, "USA", held)
    assert [one.code for one in found.missing if "not traded" in one.why] == missing


def test_codes_have_the_zero_back_that_a_spreadsheet_left_out() -> None:
    given = ["1", "12", "101", "0101", "10121", "010121", "1012100", "8703.23.01", "10 121", "ABC"]
    form = TradeFormat(
        id="mine",
        title="t",
        signs=("hs",),
        columns={"hs": ("hs",), "rate": ("r",), "importer": ("i",)},
        kind="rates",
    )
    made = ["01", "12", "0101", "0101", "010121", "010121", "01012100", "87032301", "010121", "ABC"]
    assert _codes(pl.DataFrame({"hs": given}), form).to_list() == made
    eight = form.model_copy(update={"digits": 8})
    assert _codes(pl.DataFrame({"hs": ["1012100", "87032301"]}), eight).to_list() == ["01012100", "87032301"]


@pytest.mark.parametrize(("year", "told"), [(2022, 1), (2023, 2)])
def test_trade_of_another_year_than_the_tariffs_is_said(year: int, told: int) -> None:
    duties: Any = SimpleNamespace(traded=SimpleNamespace(source="mine"))
    found = LineDuties._means(duties, (pl.DataFrame(), 2022), 0.75, year)
    assert len(found) == told
    assert "weighted by the trade of mine of 2022 by line, 75 % of which" in found[0]
    assert found[1:] == ["trade of 2022 weights tariffs of 2023"][: told - 1]
    (plain,) = LineDuties._means(duties, None, None, year)
    assert plain.startswith("tariffs within a sector are simple averages")


@pytest.mark.parametrize("price", [7.3, 350.0, 0.1])
def test_a_prohibitive_duty_leaves_exactly_nothing(price: float) -> None:
    for demand, supply in ((112.7, 75.3), (0.3, 0.1), (1e6 / 3, 1e5 / 7)):
        found = linear_market(LinearMarket(price, demand, supply, -0.27, 0.53), specific=1e9)
        assert (found.imports, found.revenue) == (0.0, 0.0)


@pytest.mark.parametrize(("quota", "told"), [("", None), ("; quota 9 t grows 1%", "9")])
def test_a_category_of_an_agreement_may_have_a_quota(quota: str, told: str | None) -> None:
    rules = next(iter(agreements().values())).model_copy(update={"names": {"X": "equal 4"}, "instalments": "n"})
    for name, cuts in (("X", 4), ("B3", 3), ("A", 1)):
        found = rules.category(f"{name}{quota}")
        assert (found.text, found.cuts) == (f"{name}{quota}" if name != "A" else found.text, cuts)
        assert (None if found.quota is None else str(found.quota.first)) == told


def test_lines_that_are_all_fixed_are_a_package_where_they_fit() -> None:
    lines = SwapLines(("A", "B"), ["01", "02"], [0, 1], [[-1.0, 3.0], [4.0, -2.0]], [1.0, 1.0])
    programme = np.array([1.0, 1.0]), *_conditions(lines, 0.0, (None, None)), np.ones(2)
    for fixed, fits in (([1.0, 1.0], True), ([1.0, 0.0], False), ([0.0, 0.0], True)):
        found = _in_whole_lines(np.array(fixed), np.array(fixed), programme, 1e-6)
        assert (None if found is None else found.tolist()) == (fixed if fits else None)


def test_a_table_without_lines_is_one_of_none() -> None:
    assert replace(table(5.0), currency="JPY").known_share == 1.0
    assert isinstance(next(iter(agreements().values())), Agreement)


@pytest.mark.parametrize(
    ("years", "year", "taken"),
    [((2019, 2021, 2024), 2022, 2021), ((2019, 2021), 2020, 2019), ((2024,), 2022, 2024), ((), 2022, 2022)],
)
def test_trade_that_weighs_is_of_the_year_or_the_nearest_the_earlier_of_two(
    years: tuple[int, ...], year: int, taken: int
) -> None:
    rows = [(one, float(one)) for one in years] + [(None, 1.0)]
    frame = pl.DataFrame(rows, schema={"year": pl.Int32, "value": pl.Float64}, orient="row")
    held, found = _Traded(frame, "mine").of(year)
    assert found == taken
    assert held["value"].to_list() == [float(taken)] * (taken in years) + [1.0]


def test_of_a_flow_whose_duty_is_not_known_in_part_it_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    rows = ["870323,2020,5,1", "870323,2020,5,", "870324,2020,2,1", "870324,2020,2,3", "870325,2020,2,"]
    path.write_text("importer,exporter,hs,year,value,duty\n" + "".join(f"USA,JPN,{row}\n" for row in rows))
    found = read_trade(path).of_year().sort("hs")
    scale = found["value"].sum() / 16.0
    assert found["duty"].to_list() == [None, pytest.approx(4.0 * scale), None]
    moved, _ = converted(found.drop("basis"), dict.fromkeys(("870323", "870324"), ("870390",)))
    assert dict(moved.select("hs", "duty").iter_rows()) == {"870390": None, "870325": None}
    alone, _ = converted(found.filter(hs="870324").drop("basis"), {"870324": ("870390", "870391")})
    assert alone["duty"].to_list() == [pytest.approx(2.0 * scale)] * 2
