"""Lines where something begins, ends or is left out: members of unions, columns of tables, cuts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from kosho.errors import InputError
from kosho.lines import LineTable, read_trade
from kosho.lines.editions import _columns, towards
from kosho.lines.line_duties import _groups, _Lines, _memberships, _positions, _union
from kosho.lines.line_offers import PricedPackage, read_line_cuts
from kosho.lines.line_packages import LineShock
from kosho.lines.trade_files import _json


def test_an_economy_is_in_its_union_from_its_first_year_to_its_last() -> None:
    rows = _memberships()
    assert {economy for union, economy, first, _ in rows if union == "EU27" and first == 1958} >= {"DEU", "FRA"}
    for union, economy, first, last in rows:
        assert [_union(economy, year) for year in (first, last)] == [union, union]
        assert [_positions(union, ["XXX", economy], year) for year in (first, last)] == [[1], [1]]
        if sum(one == economy for _, one, _, _ in rows) == 1:
            assert [_union(economy, year) for year in (first - 1, last + 1)] == [None, None]


def test_a_partner_is_itself_or_the_members_of_a_union_or_a_bloc() -> None:
    economies = ["DEU", "JPN", "GBR", "FRA", "THA"]
    assert _positions("JPN", economies, 2022) == [1]
    assert _positions("EU27", economies, 2022) == [0, 3]
    assert _positions("EU27", economies, 2019) == [0, 2, 3]
    assert _positions("EU27", ["EU27", "DEU"], 2022) == [0]
    assert _positions("ASEAN", economies, 2022) == [4]
    assert _positions("nobody", economies, 2022) == []


def test_sectors_of_a_classification_hold_icio_sectors_and_an_empty_one_all_goods() -> None:
    goods = _groups([""])
    assert goods["C29"] == (0,)
    assert "G" not in goods
    both = _groups(["C29", "", "A01"])
    assert (both["C29"], both["A01"], both["C20"]) == ((0, 1), (1, 2), (1,))


@pytest.mark.parametrize(
    ("weights", "mean", "held", "traded"),
    [
        (None, [[0.2], [0.1]], 0.0, 0.0),
        ([[1, 3, 0, 0], [0, 0, 0, 0]], [[0.25], [0.1]], 4.0, 4.0),
        ([[1, 3, 6, 0], [0, 0, 5, 5]], [[np.nan], [0.1]], 9.0, 20.0),
        ([[1, 3, 4, 0], [0, 0, 0, 0]], [[0.25], [0.1]], 4.0, 8.0),  # half of it is enough
    ],
)
def test_a_mean_over_lines_is_of_those_that_are_traded_or_of_all_alike(
    weights: Any, mean: Any, held: float, traded: float
) -> None:
    lines = _Lines({}, np.ones((4, 1)), np.ones(1, bool), 6, {}, None)
    rate = np.array([[0.1, 0.3, np.nan, np.nan], [0.1, 0.1, np.nan, 0.1]])
    listed = np.array([True, True, False, False])
    found, with_rate, whole = lines.averaged(
        (rate, listed), None if weights is None else np.array(weights, float)
    )
    np.testing.assert_allclose(found, mean)
    assert (with_rate, whole) == (held, traded)


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("from,to", ("from", "to")),
        ("HS 2022,HS 2017", ("HS 2022", "HS 2017")),
        ("HS22, HS17 ,note", ("HS22", "HS17")),
        ("from,to,HS 2022,HS 2017", ("from", "to")),
        ("from,HS 2022,HS 2017", ("HS 2022", "HS 2017")),
        ("HS 2022,HS 2017,HS 2012", ("from", "to")),
        ("# HS 2022,HS 2017\n\nfrom,to", ("from", "to")),
        ("", ("from", "to")),
    ],
)
def test_a_table_of_editions_names_two_columns(head: str, columns: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "editions.csv"
    path.write_text(f"{head}\n010110,010111\n", encoding="utf-8")
    assert _columns(path) == columns


@pytest.mark.parametrize(
    ("codes", "turned"),
    [(["854141"], False), (["854140"], True), (["854141", "854140"], False), ([], False), (["85414000"], True)],
)
def test_a_table_of_editions_is_turned_where_more_codes_are_among_its_targets(
    codes: list[str], turned: bool
) -> None:
    table = {"854141": ("854140",), "854142": ("854140",)}
    assert towards(table, codes) == ({"854140": ("854141", "854142")} if turned else table)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ([{"a": 1, "b": None}, {"a": 2}], [("1", ""), ("2", "")]),
        ({"data": [{"a": 1, "b": 0}]}, [("1", "0")]),
        ({"dataset": [{"a": 1, "b": "x"}]}, [("1", "x")]),
        ([["a", "b"], [1, 2], [3, 4]], [("1", "2"), ("3", "4")]),
        ([], None),
        ({}, None),
        ({"data": "x"}, None),
        ([1, 2], None),
        ([{"a": 1}, 2], None),
        ([["a", "b"]], None),
    ],
)
def test_rows_of_json_stand_as_objects_or_under_heads(content: Any, rows: list[tuple[str, str]] | None) -> None:
    text = json.dumps(content).encode()
    if rows is None:
        with pytest.raises(InputError, match="holds no rows"):
            _json(text, Path("x.json"))
    else:
        assert _json(text, Path("x.json")).rows() == rows


@pytest.mark.parametrize(
    ("codes", "kept", "told"),
    [
        (["870323", "870324"], ["870323", "870324"], ""),
        (["8703", "870323"], ["870323"], "1 rows of headings, chapters or totals: left out"),
        (["870323", "87032301", "87032302"], ["87032301", "87032302"], "1 rows of subheadings whose lines are"),
        (["870324", "87032301"], ["870324", "87032301"], ""),
        (["TOTAL", "870323"], ["870323"], "1 rows of headings"),
        (["87", "8703"], ["8703"], "1 rows of headings"),
    ],
)
def test_sums_over_lines_are_left_out(codes: list[str], kept: list[str], told: str, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    path.write_text(
        "importer,exporter,hs,value\n" + "".join(f"USA,JPN,{code},5\n" for code in codes), encoding="utf-8"
    )
    found = read_trade(path)
    assert found.frame["hs"].to_list() == kept
    assert [text[: len(told)] for text in found.told if "left out" in text] == ([told] if told else [])


TABLE = LineTable(
    "USA",
    ("870322", "870323", "870421"),
    ("JPN", "DEU"),
    np.array([[5.0, 1.0], [9.0, 3.0], [2.0, 4.0]]),
    np.array([[0.02, 0.04], [0.1, np.nan], [0.25, 0.25]]),
    ("line",) * 3,
    (),
)


@pytest.mark.parametrize(
    ("after", "changed", "unpriced"),
    [
        ([[np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan]], [], []),
        ([[0.02, 0.04], [0.1, np.nan], [0.25, 0.25]], [], []),
        ([[0.0, np.nan], [np.nan, np.nan], [np.nan, 0.0]], [0, 2], []),
        ([[np.nan, 0.0], [np.nan, np.nan], [0.0, np.nan]], [2, 0], []),
        ([[np.nan, np.nan], [0.0, np.nan], [np.nan, np.nan]], [], [1]),
        ([[0.0, np.nan], [np.nan, 0.0], [np.nan, np.nan]], [0], [1]),
    ],
)
def test_a_package_changes_lines_by_the_imports_that_it_touches(
    after: Any, changed: list[int], unpriced: list[int]
) -> None:
    nothing: Any = None
    package = PricedPackage(TABLE, np.array(after, float), nothing, nothing, nothing)
    assert package.changed.tolist() == changed
    assert package.unpriced.tolist() == unpriced


@pytest.mark.parametrize(
    ("scaled", "told"),
    [([], "0 %"), ([1.0], "0 %"), ([1.1, 0.8], "-20 %"), ([1.3, 0.8], "30 %"), ([0.5], "-50 %")],
)
def test_a_card_tells_the_cell_that_is_rescaled_most(scaled: list[float], told: str) -> None:
    shock: Any = []
    one = LineShock(shock, np.zeros(0, int), np.zeros(0, int), np.array(scaled), ())
    assert dict(one.card().rows)["largest rescaling of a cell"].replace("\N{MINUS SIGN}", "-") == told


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (["USA,JPN,C29,870323,0.6,100", "USA,JPN,C29,870324,0.4,0"], {}),
        (["USA,JPN,C29,870323,0,50%"], {}),
        (["USA,JPN,C29,870323,1,50"], {}),
        (["USA,JPN,C29,870323,1.1,50"], {2: "1.1"}),
        (["USA,JPN,C29,870323,0.5,101"], {2: "a cut of 101 %"}),
        (["USA,JPN,C29,870323,0.5,-1"], {2: "a cut of -1 %"}),
        (
            ["USA,JPN,C29,870323,0.6,50", "USA,JPN,C29,870324,0.5,50"],
            {3: "duty shares of USA JPN C29 add up to 1.1"},
        ),
        (["USA,JPN,C29,870323,0.6,50", "USA,KOR,C29,870324,0.5,50"], {}),
        (["USA,JPN,C29,870323,x,50", "XXX,JPN,C29,1,0.1,50"], {2: "", 3: "unknown economy 'XXX'"}),
    ],
)
def test_lines_of_a_file_for_a_table_have_shares_and_cuts_that_can_be(
    rows: list[str], wrong: dict[int, str], tmp_path: Path
) -> None:
    path = tmp_path / "cuts.csv"
    path.write_text("\n".join(["importer,partner,sector,hs,duty_share,cut", *rows]) + "\n", encoding="utf-8")
    if not wrong:
        assert len(read_line_cuts(path)) == len(rows)
        return
    with pytest.raises(InputError) as caught:
        read_line_cuts(path)
    assert {one.line for one in caught.value.problems} == set(wrong)
    for one in caught.value.problems:
        assert wrong[one.line or 0] in one.message


def frame(value: str, *rows: tuple[str, str, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["exporter", "hs", value], orient="row")


ECONOMIES = ["USA", "DEU", "FRA", "JPN"]


def test_a_rate_of_ones_own_goes_before_that_of_a_group_and_that_before_what_all_pay() -> None:
    told = frame(
        "rate",
        ("DEU", "870323", 0.01),
        ("EU27", "870323", 0.02),
        ("", "870323", 0.1),
        ("EU27", "870324", None),
        ("", "870324", 0.2),
        ("JPN", "999999", 0.3),
        ("nobody", "870421", 0.4),
    )
    place = {"870323": 0, "870324": 1, "870421": 2, "870422": 3}
    lines = _Lines(place, np.eye(4), np.ones(4, bool), 6, {"USA": told}, None)
    rates, listed = lines.rates("USA", ECONOMIES, 2022)
    nan = np.nan
    np.testing.assert_array_equal(
        rates, [[0.1, 0.2, nan, nan], [0.01, nan, nan, nan], [0.02, nan, nan, nan], [0.1, 0.2, nan, nan]]
    )
    assert listed.tolist() == [True, True, True, False]


def test_trade_weights_are_of_an_importer_or_its_union_and_split_over_the_members_of_a_group() -> None:
    bought = frame(
        "value",
        ("JPN", "870323", 6.0),
        ("EU27", "870323", 4.0),
        ("USA", "870323", 9.0),
        ("JPN", "999999", 1.0),
        ("JPN", "870323", None),
        ("nobody", "870323", 5.0),
    )
    lines = _Lines({"870323": 0}, np.ones((1, 1)), np.ones(1, bool), 6, {}, {"USA": bought, "EU27": bought})
    mine = lines.weights("USA", None, ECONOMIES, 2022)
    assert mine is not None
    assert mine[:, 0].tolist() == [0.0, 2.0, 2.0, 6.0]
    union = lines.weights("DEU", "EU27", ECONOMIES, 2022)
    assert union is not None
    assert union[:, 0].tolist() == [9.0, 2.0, 2.0, 6.0]
    assert lines.weights("JPN", None, ECONOMIES, 2022) is None
    assert lines.weights("JPN", "", ECONOMIES, 2022) is None
    assert _Lines({}, np.ones((0, 1)), np.ones(1, bool), 6, {}, None).weights("USA", None, [], 2022) is None


def test_lines_are_cut_to_what_all_have_and_put_into_groups() -> None:
    rates = pl.DataFrame(
        [
            ("USA", "", "87032310", 0.1),
            ("USA", "", "87032390", 0.3),
            ("USA", "", "87042100", None),
            ("USA", "", "87042190", 0.2),
            ("USA", "", "8703", 0.9),
            ("JPN", "USA", "010121", 0.4),
        ],
        schema=["importer", "exporter", "hs", "rate"],
        orient="row",
    )
    trade = pl.DataFrame(
        [("USA", "JPN", "87032310", 2.0), ("USA", "JPN", "87032390", 3.0), ("USA", "JPN", "8703", 7.0)],
        schema=["importer", "exporter", "hs", "value"],
        orient="row",
    )
    lines = _Lines.of(rates, trade, {"C29": (0, 2), "G": (1,)})
    assert (lines.digits, lines.place) == (6, {"870323": 0, "870421": 1})
    assert lines.inside.tolist() == [[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]]
    assert lines.goods.tolist() == [True, False, True]
    found = {row[1]: row[2] for row in lines.of_importer["USA"].iter_rows()}
    assert found == {"870323": pytest.approx(0.2), "870421": None}
    assert lines.of_importer["JPN"].rows() == [("USA", "010121", 0.4)]
    assert lines.trade is not None
    assert lines.trade["USA"].rows() == [("JPN", "870323", 5.0)]
    assert _Lines.of(rates, None, {"C29": (0,)}).trade is None
