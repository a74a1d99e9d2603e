"""Every format of trade that is read, small, as it looks; what is left out is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import TradeFile, partner_codes, read_rates, read_trade
from kosho.lines.trade_formats import formats, recognised

FILES = {
    "baci": "t,i,j,k,v,q\n2023,392,842,870323,1000.5,1\n2023,490,842,10121,5,NA\n",
    "comtrade": (
        "typeCode,refYear,flowCode,reporterCode,partnerCode,partner2Code,cmdCode,customsCode,motCode,netWgt,primaryValue\n"
        "C,2024,M,842,392,0,870323,C00,0,5,2000000\n"
        "C,2024,M,842,392,0,870323,C00,2100,5,1500000\n"
        "C,2024,M,842,0,0,870323,C00,0,5,9000000\n"
        "C,2024,M,842,392,0,87,C00,0,5,7000000\n"
        "C,2024,M,842,392,0,TOTAL,C00,0,5,8000000\n"
        "C,2024,X,842,392,0,100590,C00,0,5,3000000\n"
        "C,2024,RX,842,392,0,100590,C00,0,5,10\n"
    ),
    "comtrade-old": (
        "Year,Trade Flow Code,Reporter Code,Partner Code,Commodity Code,Netweight (kg),Trade Value (US$)\n"
        "2020,1,842,251,220421,5,2000000\n"
    ),
    "wits": (
        "ReporterISO3,PartnerISO3,ProductCode,Year,TradeFlowName,TradeValue in 1000 USD\n"
        "JPN,USA,020130,2023,Import,1500\nJPN,WLD,020130,2023,Import,3000\n"
    ),
    "census": (
        "I_COMMODITY,CTY_CODE,YEAR,CON_VAL_YR,CAL_DUT_YR\n8703230190,5880,2024,1000000,25000\n"
        "8703230190,0003,2024,5000000,125000\n8703230190,-,2024,9000000,225000\n"
    ),
    "dataweb": (
        "Data Type,HTS Number,Country,Year 2023,Year 2024\n"
        'Customs Value,87032301,"Korea, South","1,000,000","2,000,000"\n'
        'Calculated Duties,87032301,"Korea, South",0,50000\n'
    ),
    "estat": (
        "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year\n"
        "2,2024,'020130010',304,  ,KG,0,500,1500\n1,2024,'870323915',304,  ,KG,0,5,2500\n"
        "2,2024,'020130010',999,  ,KG,0,5,7\n"
    ),
    "comext": (
        "REPORTER,PARTNER,PRODUCT_NC,FLOW,PERIOD,VALUE_EUR,QUANTITY_KG\n"
        "DE,JP,87032319,1,202401,1000,2\nDE,JP,87032319,1,202402,3000,2\nEL,GB,22042100,2,202401,500,1\n"
    ),
    "kosho": "importer,exporter,hs,value,duty\nUSA,JPN,870323,1000000,25000\n",
}  # fmt: skip


def _read(folder: Path, name: str) -> TradeFile:
    path = folder / f"{name}.csv"
    path.write_text(FILES[name], encoding="utf-8")
    return read_trade(path)


def _rows(read: TradeFile) -> list[tuple[object, ...]]:
    return read.of_year().select("importer", "exporter", "hs", "value").sort("hs", "exporter").rows()


@pytest.mark.parametrize("name", FILES)
def test_a_format_is_known_by_its_columns(name: str, tmp_path: Path) -> None:
    assert _read(tmp_path, name).format.id == name


def test_baci_gets_its_zeros_and_taiwan_back(tmp_path: Path) -> None:
    assert _rows(_read(tmp_path, "baci")) == [("USA", "TWN", "010121", 0.005), ("USA", "JPN", "870323", 1.0005)]


def test_comtrade_counts_nothing_twice_and_tells_what_it_left_out(tmp_path: Path) -> None:
    found = _read(tmp_path, "comtrade")
    assert _rows(found) == [("JPN", "USA", "100590", 3.0), ("USA", "JPN", "870323", 2.0)]
    text = " ".join(found.told)
    assert all(
        word in text for word in ("1 rows are parts", "1 rows of the world", "2 rows of headings", "re-exports")
    )


def test_comtrade_of_the_api_and_census_of_the_api_are_json(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    row = {"refYear": 2024, "flowCode": "M", "reporterCode": 392, "partnerCode": 842, "cmdCode": "100590"}
    path.write_text(json.dumps({"count": 1, "data": [{**row, "primaryValue": 5e6, "netWgt": None}]}))
    assert _rows(read_trade(path)) == [("JPN", "USA", "100590", 5.0)]
    heads = ["I_COMMODITY", "CTY_CODE", "YEAR", "CON_VAL_YR", "CAL_DUT_YR"]
    path.write_text(json.dumps([heads, ["870323", "5880", "2024", "1000000", "25000"]]))
    assert _rows(read_trade(path)) == [("USA", "JPN", "870323", 1.0)]


def test_census_leaves_groups_out_and_keeps_duties(tmp_path: Path) -> None:
    found = _read(tmp_path, "census")
    assert found.of_year().select("exporter", "hs", "value", "duty").rows() == [
        ("JPN", "8703230190", 1.0, pytest.approx(0.025))
    ]


def test_dataweb_has_a_column_a_year_and_a_row_a_figure(tmp_path: Path) -> None:
    found = _read(tmp_path, "dataweb")
    assert found.of_year(2024).select("exporter", "value", "duty").rows() == [("KOR", 2.0, pytest.approx(0.05))]
    assert found.of_year(2023)["value"].to_list() == [1.0]
    with pytest.raises(InputError, match="no trade of 2019"):
        found.of_year(2019)


def test_dataweb_without_a_column_of_a_year_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dataweb.csv"
    path.write_text(FILES["dataweb"].replace("Year 2023,Year 2024", "Year South,South 2024"), encoding="utf-8")
    with pytest.raises(InputError, match=r"dataweb\.csv: has no column of a year, nor a column 'Value'"):
        read_trade(path)


@pytest.mark.parametrize(
    ("heads", "first", "other"),
    [
        ("Year,Year 2024", "Year", "Year 2024"),
        ("2024,Year 2024", "Year 2024", "2024"),
        ("Value,Year 2024", "Value", "Year 2024"),
    ],
)
def test_a_year_that_dataweb_tells_twice_is_refused(tmp_path: Path, heads: str, first: str, other: str) -> None:
    path = tmp_path / "dataweb.csv"
    path.write_text(FILES["dataweb"].replace("Year 2023,Year 2024", heads), encoding="utf-8")
    with pytest.raises(InputError, match=rf"dataweb\.csv: has a column '{first}' beside '{other}', which says"):
        read_trade(path)


def test_a_duty_that_dataweb_tells_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dataweb.csv"
    with_duty = [
        f"{line},{end}" for line, end in zip(FILES["dataweb"].splitlines(), ("Duty", "1", "2"), strict=True)
    ]
    path.write_text("\n".join(with_duty), encoding="utf-8")
    with pytest.raises(InputError, match=r"has a column 'Duty' beside 'Data Type', which says the same"):
        read_trade(path)


def test_japan_s_file_is_in_yen_and_a_country_not_known_is_told(tmp_path: Path) -> None:
    found = _read(tmp_path, "estat")
    assert found.currency == "JPY"
    assert _rows(found) == [
        ("JPN", "USA", "020130010", 1.5), ("JPN", "999", "020130010", 0.007), ("USA", "JPN", "870323915", 2.5),
    ] or _rows(found)[0][2] == "020130010"  # fmt: skip
    assert "999" in " ".join(found.told)


def test_months_of_comext_are_summed_and_greece_is_el(tmp_path: Path) -> None:
    assert _rows(_read(tmp_path, "comext")) == [
        ("GBR", "GRC", "22042100", 0.0005),
        ("DEU", "JPN", "87032319", 0.004),
    ]


def test_packed_and_parquet_files_are_read_alike(tmp_path: Path) -> None:
    packed = tmp_path / "baci.csv.gz"
    packed.write_bytes(gzip.compress(FILES["baci"].encode()))
    table = tmp_path / "baci.parquet"
    pl.DataFrame(
        {"t": [2023], "i": [392], "j": [842], "k": ["870323"], "v": [1000.5], "q": [1.0]}
    ).write_parquet(table)
    assert _rows(read_trade(packed))[1] == _rows(read_trade(table))[0]


def test_columns_of_one_s_own_are_mapped(tmp_path: Path) -> None:
    path, own = tmp_path / "mine.csv", tmp_path / "columns.yaml"
    path.write_text("Käufer,Verkäufer,Ware,Tausend Euro\nDEU,JPN,87032319,12\n", encoding="utf-8")
    with pytest.raises(InputError, match="no format that is known"):
        read_trade(path)
    own.write_text(
        "title: ours\nformats:\n  - {id: ours, title: Ours, signs: [Ware], currency: EUR, scale: 1000, "
        "columns: {importer: [Käufer], exporter: [Verkäufer], hs: [Ware], value: [Tausend Euro]}}\n",
        encoding="utf-8",
    )
    assert _rows(read_trade(path, columns=own)) == [("DEU", "JPN", "87032319", 0.012)]
    own.write_text("title: ours\nformats:\n  - {id: ours, title: Ours, signs: [Ware], columns: {hs: [Ware]}}\n")
    with pytest.raises(InputError, match="columns need hs, and value or rate"):
        read_trade(path, columns=own)


def test_wrong_amounts_are_told_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("importer,exporter,hs,value\nUSA,JPN,870323,12x\nUSA,JPN,870324,-5\nUSA,JPN,870325,\n")
    with pytest.raises(InputError) as told:
        read_trade(path)
    assert "wrong.csv:2: value '12x'" in str(told.value)
    assert "wrong.csv:3: value '-5'" in str(told.value)
    with pytest.raises(InputError, match="No such file"):
        read_trade(tmp_path / "absent.csv")


@pytest.mark.parametrize(("many", "more"), [(5, None), (6, "1 more amounts"), (7, "2 more amounts")])
def test_of_many_wrong_amounts_five_are_told(many: int, more: str | None, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("importer,exporter,hs,value\n" + "USA,JPN,870323,x\n" * many, encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_trade(path)
    assert [problem.line for problem in told.value.problems if problem.line] == [2, 3, 4, 5, 6]
    assert ("more amounts" in str(told.value)) == (more is not None)
    assert (more or "") in str(told.value)


def test_an_unknown_format_and_a_file_that_is_no_table_are_told(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    path.write_text("importer,exporter,hs,value\nUSA,JPN,870323,1,2,3,4\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no table that can be read: found more fields than defined"):
        read_trade(path)
    path.write_text("importer,exporter,hs,value\nUSA,JPN,870323,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown format 'bacj' \(did you mean baci"):
        read_trade(path, format="bacj")


@pytest.mark.parametrize("amount", ["nan", "inf", "-inf", "1e400", "-0.5"])
def test_an_amount_is_finite_and_not_below_zero(amount: str, tmp_path: Path) -> None:
    text, numbers = tmp_path / "text.csv", tmp_path / "numbers.parquet"
    text.write_text(f"importer,exporter,hs,value,duty\nUSA,JPN,870323,1,0\nUSA,JPN,870324,2,{amount}\n")
    with pytest.raises(InputError, match=rf"text\.csv:3: duty '{amount}' is no amount"):
        read_trade(text)
    rows = {"importer": ["USA"], "exporter": ["JPN"], "hs": ["870323"], "value": [float(amount)]}
    pl.DataFrame(rows).write_parquet(numbers)
    if amount == "nan":  # as pandas writes what is missing
        assert read_trade(numbers).frame["value"].null_count() == 1
    else:
        with pytest.raises(InputError, match=r"value .* is no amount"):
            read_trade(numbers)


@pytest.mark.parametrize("broken", ["[{", "[" * 100_000, '[{"hs": ' + "9" * 5000 + "}]", b"\xff\xfe[\x00"])
def test_what_is_no_json_is_told(broken: str | bytes, tmp_path: Path) -> None:
    path = tmp_path / "trade.json"
    path.write_bytes(broken.encode() if isinstance(broken, str) else broken)
    with pytest.raises(InputError, match=r"trade\.json.*is not JSON"):
        read_trade(path)


def test_rates_of_trains_are_percent_and_of_every_partner(tmp_path: Path) -> None:
    path = tmp_path / "trains.csv"
    path.write_text(
        "Reporter_ISO_N,Year,ProductCode,Partner,SimpleAverage\n392,2024,020130,000,38.5\n392,2024,020130,036,21.6\n"
    )
    assert read_rates(path).frame.select("importer", "exporter", "rate").rows() == [
        ("JPN", "", 0.385), ("JPN", "AUS", pytest.approx(0.216)),
    ]  # fmt: skip


def test_trade_of_several_years_says_which_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "trade.csv"
    rows = [
        "importer,exporter,hs,year,value,duty",
        "USA,JPN,870323,2023,9000000,1",
        "USA,JPN,870323,2024,8000000,1",
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")

    def joined(*words: str) -> dict[str, Any]:
        command = ["lines", "join", "USA", "--trade", str(file), "--json", *words]
        found = CliRunner().invoke(app, command, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    last, first = joined(), joined("--year", "2023")
    assert (last["imports"], first["imports"]) == (8, 9)
    assert "the trade is of 2024, of 2023, 2024 that the files hold" in " ".join(last["told"])
    assert "the trade is of 2023" in " ".join(first["told"])


def test_subheadings_whose_lines_are_given_too_are_not_counted_twice(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    amounts = {"87032301": 60, "87032390": 40, "870323": 100, "870421": 10, "8703": 110, "87": 110, "all": 110}
    rows = "".join(f"USA,JPN,{code},{value},0\n" for code, value in amounts.items())
    path.write_text(f"importer,exporter,hs,value,duty\n{rows}", encoding="utf-8")
    read = read_trade(path)
    found = {hs: value for _, _, hs, value in _rows(read)}
    assert found == pytest.approx({"87032301": 60e-6, "87032390": 40e-6, "870421": 10e-6})  # million USD
    told = " ".join(read.told)
    assert "3 rows of headings, chapters or totals: left out" in told
    assert "1 rows of subheadings whose lines are given too: left out" in told


def test_only_names_stand_for_economies_beside_the_codes_of_a_system() -> None:
    assert partner_codes("name")["japan"] == "JPN"
    assert [system for system in ("m49", "census", "name") if "japan" in partner_codes(system)] == ["name"]


def test_of_formats_the_nearest_is_the_one_of_whose_columns_most_are_there() -> None:
    some = next(iter(formats().values()))
    known = {
        "short": some.model_copy(update={"signs": ("a", "x")}),
        "long": some.model_copy(update={"signs": ("a", "b", "c", "d", "y", "z")}),
    }
    with pytest.raises(InputError, match="nearest is long, which also has y, z"):
        recognised(["A", "b", " c ", "d"], known, "t.csv")
    assert recognised(["X", "a", "b"], known, "t.csv") is known["short"]
