"""Lines where something begins, ends or is left out: members of unions, columns of tables, cuts."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest

from kosho.errors import InputError
from kosho.lines import (
    AnnexLine,
    CostSheet,
    LineTable,
    OriginContent,
    SwapLines,
    ValueRule,
    agreements,
    annex_workbook,
    line_elasticities,
    line_table,
    read_trade,
    stage_annex,
    staged_effects,
    value_content,
)
from kosho.lines.editions import _columns, towards
from kosho.lines.line_duties import _groups, _Lines, _memberships, _positions, _union
from kosho.lines.line_offers import PricedPackage, read_line_cuts
from kosho.lines.line_packages import LineShock, parts_of_trade
from kosho.lines.line_ranking import _within
from kosho.lines.staged_effects import _meeting
from kosho.lines.trade_files import _json
from kosho.world import toy


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


def test_an_annex_in_a_workbook_is_ready_to_be_printed() -> None:
    rules = agreements()["korus-usa"]
    lines = [AnnexLine("02012004", "10.5%", "equal 2"), AnnexLine("02012005", "3 cents/kg", "equal 2")]
    content = annex_workbook(stage_annex(lines, rules), rules)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(table[0]) == 7
    assert table[1] == ["02012004", "", 0.105, "equal 2", "", 0.052, "Free"]
    assert table[2][0] == "02012005"
    assert isinstance(table[2][2], str)
    formats = [[cell.number_format for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert formats[0] == ["@", "@", "0.###%", "@", "@", "0.###%", "@"]
    assert set(formats[1]) == {"@"}
    looks = {(cell.font.b, cell.alignment.wrap_text, cell.border.bottom.style) for cell in sheet[1]}
    assert looks == {(True, True, "thin")}
    assert {(cell.font.b, cell.alignment.wrap_text) for cell in sheet[3]} == {(False, True)}
    widths = {letter: round(one.width) for letter, one in sheet.column_dimensions.items()}
    assert (widths["A"], widths["B"], widths["C"]) == (13, 41, 15)
    last = sheet.column_dimensions["C"]
    assert (last.min, last.max) == (3, 7)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
    assert sheet.page_setup.orientation == "landscape"


@pytest.mark.parametrize(
    ("budget", "order", "fit"),
    [
        (None, "abcd", 4),
        (0.0, "cabd", 1),
        (3.0, "acbd", 2),
        (2.9, "bcad", 2),
        (6.0, "abcd", 4),
        (5.0, "abcd", 3),
    ],
)
def test_lines_are_taken_one_after_the_other_while_they_fit_a_budget(
    budget: float | None, order: str, fit: int
) -> None:
    ranked: Any = [
        SimpleNamespace(name=name, revenue=lost)
        for name, lost in zip("abcd", (-3.0, -2.0, 0.0, -1.0), strict=True)
    ]
    found, within = _within(ranked, budget)
    assert "".join(one.name for one in found) == order  # type: ignore[attr-defined]
    assert within == fit


@pytest.mark.parametrize(
    ("codes", "lines", "found"),
    [
        (["870323"], ["87032310", "8703", "870421", "870323"], [[0, 1, 3]]),
        (["8703", "870421"], ["870323", "87042100", "87"], [[0, 2], [1, 2]]),
        (["870323"], ["870323", "870323"], [[0, 1]]),
        (["870323"], [], [[]]),
        (["870323"], ["87032"], [[0]]),
    ],
)
def test_a_code_meets_the_lines_under_it_and_those_that_it_lies_under(
    codes: list[str], lines: list[str], found: list[list[int]]
) -> None:
    assert _meeting(codes, lines) == found


def test_years_of_a_staging_count_lines_that_have_a_rate_and_those_that_are_lost() -> None:
    table = LineTable(
        "JPN",
        ("040620", "040630", "020130"),
        ("EU27", "USA"),
        np.array([[100.0, 5.0], [50.0, 0.0], [9.0, 9.0]]),
        np.array([[0.2, 0.2], [0.4, 0.4], [0.1, 0.1]]),
        ("line",) * 3,
        (),
    )
    rules = agreements()["japan-eu-jpn"]
    lines = [
        ("040620100", "20%", "equal 2"),
        ("040620200", "40%", "equal 4"),
        ("040630", "40 yen/kg", "equal 2"),
    ]
    staged = stage_annex([AnnexLine(*one) for one in [*lines, ("170199", "10%", "equal 2")]], rules)
    years = staged_effects(table, staged, "EU27", line_elasticities(table.codes, "JPN", "assumed"))
    assert [one.cut for one in years] == [1, 2, 3, 4]
    assert [one.day for one in years] == [step.day for step in staged[1].path[1:]]
    assert [(one.lines, one.unknown) for one in years] == [(1, 2), (2, 1), (2, 1), (2, 1)]
    for one, rate in zip(years[:1], [(0.1 + 0.3) / 2], strict=True):
        after = table.paid.copy()
        after[0, 0] = rate
        priced = table.price(after, line_elasticities(table.codes, "JPN", "assumed"))
        assert one.revenue == pytest.approx(float(priced.revenue.sum()))
        assert one.welfare == pytest.approx(float(priced.welfare.sum()))


@pytest.mark.parametrize(
    ("method", "content"),
    [("build-down", 0.75), ("build-up", 0.25), ("net-cost", 0.6), ("rcep-build-up", 0.375)],
)
def test_value_content_by_each_method_and_what_it_needs(method: Any, content: float) -> None:
    sheet = CostSheet(8.0, originating=2.0, non_originating=2.0, net_cost=5.0, labour_overhead_profit=1.0)
    assert value_content(sheet, method) == pytest.approx(content)
    needs = {
        "build-down": ("non_originating",),
        "build-up": ("originating",),
        "net-cost": ("net_cost", "non_originating"),
        "rcep-build-up": ("labour_overhead_profit", "originating"),
    }[method]
    for name in needs:
        for wrong in (None, -0.01):
            with pytest.raises(InputError, match="the method needs it"):
                value_content(replace(sheet, **{name: wrong}), method)
    free = {name: 0.0 for name in needs if name != "net_cost"}
    assert value_content(replace(sheet, **free), method) == (1.0 if "non_originating" in needs else 0.0)
    base = "net_cost" if method == "net-cost" else "adjusted_value"
    with pytest.raises(InputError, match="no value to divide by"):
        value_content(replace(sheet, **{base: 0.0}), method)


def test_sectors_of_which_lines_bring_a_part_are_told_the_smallest_part_first() -> None:
    world = toy()
    sold = {code: float(world.flows.sel(importer="USA", exporter="JPN", sector=code)) for code in world.sectors}
    codes = ("010121", "870323", "870324")

    def parts(*imports: float, currency: str = "USD") -> list[tuple[str, float, float]]:
        table = LineTable(
            "USA", codes, ("JPN",), np.array(imports)[:, None], np.zeros((3, 1)), ("line",) * 3, ()
        )
        found = parts_of_trade(world, replace(table, currency=currency), "JPN")
        return [(one.sector, one.lines, one.world) for one in found]

    farm, cars = sold["A01"], sold["C29"]
    assert parts(0.1 * farm, 0.01 * cars, 0.02 * cars) == [
        ("C29", pytest.approx(0.03 * cars), cars),
        ("A01", pytest.approx(0.1 * farm), farm),
    ]
    assert [name for name, *_ in parts(0.01 * farm, 0.02 * cars, 0.0)] == ["A01", "C29"]
    assert [name for name, *_ in parts(0.0, 0.02 * cars, 0.0)] == ["C29"]
    assert parts(0.01 * farm, 2.0 * cars, 0.0)[0][0] == "A01"
    assert parts(0.01 * farm, 0.01 * cars, 0.0, currency="JPY") == []


def test_a_finer_code_without_a_line_of_its_own_has_no_mean_of_its_neighbours() -> None:
    trade = pl.DataFrame(
        [("USA", "JPN", code, 4.0, None) for code in ("87032310", "870421", "87042100", "870422")],
        schema=["importer", "exporter", "hs", "value", "duty"],
        schema_overrides={"duty": pl.Float64},
        orient="row",
    )
    rates = pl.DataFrame(
        [("USA", "", "870323", 0.1), ("USA", "", "87042190", 0.25), ("USA", "", "87042199", 0.15)],
        schema=["importer", "exporter", "hs", "rate"],
        orient="row",
    )
    table = line_table(trade, "USA", rates)
    told = {code: (rate, how) for code, rate, how in zip(table.codes, table.rate[:, 0], table.how, strict=True)}
    assert told["87032310"] == (0.1, "line")
    assert told["870421"] == (pytest.approx(0.2), "mean of lines")
    assert {one.code for one in table.missing} >= {"87042100", "870422"}
    assert np.isnan([told[code][0] for code in ("87042100", "870422") if code in told]).all()


def test_what_the_importer_counted_goes_before_what_the_exporter_did() -> None:
    rows = [("USA", "JPN", "870323", 4.0, 0.1, "import"), ("USA", "JPN", "870323", 5.0, 0.2, "export")]
    names = ["importer", "exporter", "hs", "value", "duty", "basis"]
    trade = pl.DataFrame(rows, schema=names, orient="row")
    assert line_table(trade, "USA").imports.tolist() == [[4.0]]
    alone = trade.filter(basis="export")
    assert line_table(alone, "USA").imports.tolist() == [[5.0]]


@pytest.mark.parametrize(
    ("giver", "trade", "chosen", "first", "second"),
    [
        ([0, 0, 1], [1.0, 3.0, 5.0], [True, False, True], (0.5, 0.25), (1.0, 1.0)),
        ([0, 0, 0], [1.0, 3.0, 4.0], [True, False, True], (2 / 3, 5 / 8), (1.0, 1.0)),  # it has nothing to free
        ([0, 0, 1], [0.0, 0.0, 5.0], [True, False, False], (0.5, 1.0), (0.0, 0.0)),
    ],
)
def test_a_side_covers_a_share_of_its_lines_and_of_their_trade(
    giver: list[int], trade: list[float], chosen: list[bool], first: Any, second: Any
) -> None:
    lines = SwapLines(("A", "B"), ["01", "02", "03"], giver, [[1.0, 1.0]] * 3, trade)
    assert [lines.covered(np.array(chosen), side) for side in (0, 1)] == [
        pytest.approx(first),
        pytest.approx(second),
    ]


@pytest.mark.parametrize(
    ("content", "slack", "meets"), [(0.5, 0.0, True), (0.75, 0.25, True), (0.25, -0.25, False)]
)
def test_a_rule_is_met_from_its_threshold_on(content: float, slack: float, meets: bool) -> None:
    found = OriginContent("JPN", "C29", ValueRule("build-down", 0.5, members=("JPN", "USA")), {}, content)
    assert (found.slack, found.complies) == (slack, meets)
