"""How many of what nobody knows are named where trade and duties are read by line, and what rows become."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from kosho.errors import InputError
from kosho.lines import LineTable, line_elasticities, read_rates, read_trade, swiss_formula, tariff_peaks
from kosho.lines.line_duties import LineDuties, _inside, _members_of_groups, _read_groups, _traded
from kosho.lines.line_elasticities import _own
from kosho.lines.line_packages import members
from kosho.lines.trade_formats import formats, recognised

NAMES = tuple(f"N{k:02}" for k in range(70))


def trade(path: Path, *rows: str, head: str = "importer,exporter,hs,value") -> Any:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_trade(path)


@pytest.mark.parametrize("wrong", [1, 8, 9])
def test_eight_codes_that_are_not_known_are_told(wrong: int, tmp_path: Path) -> None:
    found = trade(tmp_path / "t.csv", *(f"USA,{code},870323,1" for code in NAMES[:wrong]))
    (told,) = [text for text in found.told if "not known" in text]
    listed = ", ".join(NAMES[: min(wrong, 8)]).lower() + (" …" if wrong > 8 else "")
    assert told.startswith(f"{wrong} codes of ")
    assert told.endswith(f"are not known and kept as they are: {listed}")
    assert found.frame["exporter"].to_list() == list(NAMES[:wrong])


@pytest.mark.parametrize("number", [7, 8, 9])
def test_eight_columns_of_no_format_are_told(number: int) -> None:
    with pytest.raises(InputError) as caught:
        recognised(NAMES[:number], formats(), "t.csv")
    columns = ", ".join(NAMES[: min(number, 8)])
    assert caught.value.problems[0].message == f"has columns of no format that is known: {columns}"


@pytest.mark.parametrize("number", [20, 21])
def test_twenty_economies_of_a_world_are_told(number: int) -> None:
    world: Any = SimpleNamespace(countries=NAMES[:number], meta=SimpleNamespace(regions={}))
    with pytest.raises(InputError) as caught:
        members(world, "XXX")
    assert caught.value.problems[0].hint == f"it has {', '.join(NAMES[:20])}"


@pytest.mark.parametrize("number", [60, 61])
def test_sixty_partners_of_a_table_are_told(number: int) -> None:
    one = np.ones((1, number))
    table = LineTable("USA", ("870323",), NAMES[:number], one, 0.0 * one, ("line",), ())
    assert table.partner("N03") == 3
    with pytest.raises(InputError) as caught:
        table.partner("XXX")
    assert caught.value.problems[0].hint == f"partners are {', '.join(NAMES[:60])}"


@pytest.mark.parametrize("number", [20, 21])
def test_twenty_years_of_tariffs_are_told(number: int) -> None:
    years = [1990 + k for k in range(number)]
    rows = [("USA", "", "870323", year, 0.1, "MFN") for year in years]
    frame = pl.DataFrame(rows, schema=["importer", "exporter", "hs", "year", "rate", "duty_type"], orient="row")
    duties = LineDuties(frame, "mine", (), None, None)
    with pytest.raises(InputError) as caught:
        duties._of_year(1980)
    listed = ", ".join(map(str, years[:20]))
    assert caught.value.problems[0].message == f"holds no tariffs of 1980: it has {listed}"


RATES = ["importer", "exporter", "hs", "year", "rate", "duty_type"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("USA", "", "870323", 2020, 0.1, "MFN")], ["the files hold no rates of single partners"]),
        ([("USA", "", "870323", None, 0.1, "MFN")], ["the files hold no rates of single partners"]),
        ([("USA", "JPN", "870323", 2020, 0.1, "MFN")], ["the files hold no rates of single partners"]),
        ([("USA", "JPN", "870323", 2020, 0.1, "AHS")], []),
        ([("USA", "", "870323", 2020, 0.1, "AHS")], ["the files hold no rates of single partners"]),
        (
            [("USA", "JPN", "870323", 2020, None, "AHS"), ("JPN", "", "870323", 2019, None, "MFN")],
            ["tariffs of JPN are of other years alone", "1 tariff line has no rate"],
        ),
        (
            [("USA", "JPN", "870323", 2020, None, "AHS"), ("USA", "", "870323", 2020, None, "MFN")],
            ["2 tariff lines have no rate"],
        ),
    ],
)
def test_what_is_to_be_said_of_the_rates_of_a_year_is(rows: list[tuple[Any, ...]], told: list[str]) -> None:
    frame = pl.DataFrame(rows, schema=RATES, orient="row", infer_schema_length=None).cast({"rate": pl.Float64})
    held, notes = LineDuties(frame, "mine", (), None, None)._of_year(2020)
    assert held.height == sum(row[3] in (2020, None) for row in rows)
    assert len(notes) == len(told)
    assert all(one.startswith(begin) for one, begin in zip(notes, told, strict=True))


def test_members_stand_in_place_of_a_group(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("code,economy\n012,jpn\n12,KOR\nx1,DEU\n", encoding="utf-8")
    groups = _read_groups(path)
    assert groups == {"12": ["JPN", "KOR"], "X1": ["DEU"]}
    rates = pl.DataFrame([("12", 0.1), ("USA", 0.2), ("X1", 0.3)], schema=["exporter", "rate"], orient="row")
    made = _members_of_groups(rates, groups)
    assert sorted(made.rows()) == [("DEU", 0.3), ("JPN", 0.1), ("KOR", 0.1), ("USA", 0.2)]
    assert _members_of_groups(rates, {}).rows() == rates.rows()


def test_files_of_a_folder_are_those_that_can_be_tables(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no files of rates"):
        _inside(tmp_path)
    for name in ("b.CSV", "a.csv", "notes.pdf"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [path.name for path in _inside(tmp_path)] == ["a.csv", "b.CSV"]
    assert _inside(tmp_path / "notes.pdf") == [tmp_path / "notes.pdf"]


def test_what_importers_say_of_trade_goes_before_what_exporters_say(tmp_path: Path) -> None:
    head = "Year,Trade Flow Code,Reporter Code,Partner Code,Commodity Code,Netweight (kg),Trade Value (US$)"
    rows = [
        "2020,1,842,392,870323,1,5000000",
        "2020,2,392,842,870324,1,7000000",
        "2019,2,392,842,870324,1,9000000",
    ]
    trade(tmp_path / "t.csv", *rows, head=head)
    found = _traded([tmp_path / "t.csv"])
    assert found is not None
    assert sorted(found.frame.select("importer", "exporter", "hs", "year", "value").rows()) == [
        ("USA", "JPN", "870323", 2020, 5.0),
        ("USA", "JPN", "870324", 2019, 9.0),
    ]
    assert (found.source, _traded([])) == ("t.csv", None)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("10121", "010121"),
        ("101", "0101"),
        ("8703.23", "870323"),
        (" 8703 23 ", "870323"),
        ("1234567", "01234567"),
    ],
)
def test_zeros_that_a_spreadsheet_left_out_are_put_back(code: str, found: str, tmp_path: Path) -> None:
    assert trade(tmp_path / "t.csv", f"USA,JPN,{code},1").frame["hs"].to_list() == [found]


@pytest.mark.parametrize("tabs", [2, 3])
def test_a_file_of_more_than_two_tabs_is_divided_by_them(tabs: int, tmp_path: Path) -> None:
    names = ("importer", "exporter", "hs", "value") if tabs == 3 else ("importer", "exporter", "hs")
    path = tmp_path / "t.csv"
    path.write_text(
        "\t".join(names) + "\n" + "\t".join(("USA", "JPN", "870323", "1")[: tabs + 1]) + "\n", encoding="utf-8"
    )
    if tabs == 3:
        assert read_trade(path).frame["hs"].to_list() == ["870323"]
        return
    with pytest.raises(InputError, match="columns of no format"):
        read_trade(path)


def test_rates_in_percent_become_fractions(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("importer,exporter,hs,rate (%)\nUSA,,870323,2.5\nUSA,JPN,870323,0\n", encoding="utf-8")
    rows = read_rates(path).frame.select("exporter", "rate").rows()
    assert rows == [("", 0.025), ("JPN", 0.0)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["87,-0.5,2", "8703,,3", "870323,-2,"], {0: (-2.0, None), 1: (None, 3.0), 2: (-0.5, 2.0)}),
        (["8,-0.5,2", "870421,0,0"], {2: (0.0, 0.0)}),
        (["8703.23,-1,4"], {0: (-1.0, 4.0)}),
        (["87032310,-1,4"], {}),
    ],
)
def test_the_longest_prefix_of_a_code_says_its_elasticities(
    rows: list[str], found: dict[int, tuple[float | None, float | None]], tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["hs,demand,substitution", *rows]) + "\n", encoding="utf-8")
    assert _own(["870323", "870324", "870421", "010121"], path) == found


@pytest.mark.parametrize(
    ("demand", "told"),
    [(0.0, None), (-3.0, None), (0.1, "a demand elasticity of 0.1"), (float("nan"), "--demand: nan")],
)
def test_demand_does_not_rise_with_its_price(demand: float, told: str | None) -> None:
    if told is None:
        assert line_elasticities(["870323"], "JPN", "assumed", demand=demand).demand.tolist() == [demand]
        return
    with pytest.raises(InputError, match=told):
        line_elasticities(["870323"], "JPN", "assumed", demand=demand)


@pytest.mark.parametrize(
    ("rates", "above", "peaks"),
    [
        ([0.0, 0.0, 0.0, 0.6], None, [False, False, False, True]),
        ([0.0, 0.0, 0.6], None, [False, False, False]),  # three times the mean, and not above
        ([0.0, np.nan, 0.0, 0.0, 0.6], None, [False, False, False, False, True]),
        ([0.1, 0.3], 0.1, [False, True]),
    ],
)
def test_a_peak_is_above_a_rate_or_three_times_the_mean(
    rates: list[float], above: float | None, peaks: list[bool]
) -> None:
    assert tariff_peaks(rates, above=above).tolist() == peaks


@pytest.mark.parametrize(
    ("rates", "coefficient", "told"),
    [([0.0, 50.0], 25.0, None), ([-1.0], 25.0, "rates: has -1"), ([1.0], -5.0, "coefficient: has -5")],
)
def test_the_swiss_formula_takes_rates_of_zero_and_more(
    rates: list[float], coefficient: float, told: str | None
) -> None:
    if told is None:
        assert swiss_formula(rates, coefficient).tolist() == pytest.approx([0.0, 1250 / 75])
        return
    with pytest.raises(InputError, match=told):
        swiss_formula(rates, coefficient)


@pytest.mark.parametrize(
    ("imports", "rates", "share"),
    [
        ([[5.0, 1.0], [2.0, 0.0]], [[0.1, 0.1], [0.1, np.nan]], 1.0),
        ([[5.0, 1.0], [2.0, 0.0]], [[0.1, np.nan], [0.1, 0.1]], 0.25),
        ([[5.0, 1.0], [2.0, 0.0]], [[np.nan, np.nan], [np.nan, 0.1]], 0.0),
        ([[0.0, 0.0], [0.0, 0.0]], [[0.1, 0.1], [0.1, 0.1]], np.nan),
    ],
)
def test_lines_are_priced_whose_rates_are_known_where_anything_is_bought(
    imports: Any, rates: Any, share: float
) -> None:
    table = LineTable(
        "USA", ("870323", "870421"), ("JPN", "KOR"), np.array(imports), np.array(rates), ("line",) * 2, ()
    )
    np.testing.assert_equal(table.known_share, share)


@pytest.mark.parametrize(("name", "known"), [("mine", "kosho"), ("baci", "baci")])
def test_a_format_of_ones_own_comes_first_and_in_place_of_one_that_ships(
    name: str, known: str, tmp_path: Path
) -> None:
    path = tmp_path / "formats.yaml"
    path.write_text(
        f"""\
title: Mine
formats:
  - id: {name}
    title: As we have them
    signs: [land, ware]
    columns: {{importer: [land], exporter: [from], hs: [ware], value: [money]}}
""",
        encoding="utf-8",
    )
    found = formats(path)
    assert list(found)[:2] == [name, "kosho"]
    assert set(found) == {name, *formats()}
    assert found[name].title == "As we have them"
    assert recognised(["Land", "Ware", "x"], found, "t.csv") is found[name]
    assert (found[known].title == "As we have them") is (name == known)
    assert found["wits"] is formats()["wits"]
