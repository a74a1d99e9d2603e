"""Annexes in and out, and what the command says of them."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import AnnexLine, agreements, annex_workbook, read_annex, stage_annex
from kosho.lines.rounding import Rounding, RoundingMode

ANNEX = """\
Schedule of Japan,,,,
,,,,
Tariff item,Description,Base rate,Category,Notes
Chapter 4,,,,
0406.20.200,Cheese,26.3%,B15,
2204.21.020,Wine,"15% or 125 yen/l, whichever is the less; not less than 67 yen/l",B7,
0201.30,Beef,38.5,via 1:27.5 10:20 16:9,
1006.30,Rice,341 yen/kg,keep; quota 50000 t grows 2% for 12,
0409.00,Honey,25.5%,equal 8; quota 200 t grows 3%,
"""


@pytest.fixture
def annex(tmp_path: Path) -> Path:
    path = tmp_path / "annex.csv"
    path.write_text(ANNEX, encoding="utf-8")
    return path


def _run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["lines", *map(str, words)], catch_exceptions=True)
    told = "" if done.exception is None else str(done.exception)
    return done.exit_code, done.output + told


def test_titles_and_chapters_are_no_lines(annex: Path) -> None:
    found = read_annex(annex)
    assert [one.code for one in found] == ["040620200", "220421020", "020130", "100630", "040900"]
    assert str(found[2].duty) == "38.5%"


def test_the_command_tells_rates_on_a_day(annex: Path) -> None:
    status, text = _run("stage", annex, "--agreement", "cptpp-jpn", "--on", "2026-03-31", "--json")
    assert status == 0, text
    lines = {one["code"]: one for one in json.loads(text)["lines"]}
    assert json.loads(text)["cuts_made"] == 8
    assert lines["040620200"]["duty"] == "13.1%"
    assert lines["220421020"]["duty"] == "Free"
    assert lines["020130"]["duty"] == "21.6%"
    assert lines["100630"]["duty"] == "341 JPY/kg"
    assert not lines["100630"]["free_in_the_end"]
    assert lines["100630"]["quota"]["volumes"][:2] == [50000, 51000]
    assert lines["040900"]["path"][1]["duty"] == "[in quota] 22.3% | [out of quota] 25.5%"


def test_what_is_written_to_excel_is_read_again(annex: Path, tmp_path: Path) -> None:
    out = tmp_path / "staged.xlsx"
    status, text = _run("stage", annex, "--agreement", "japan-eu-jpn", "--out", out)
    assert status == 0, text
    again = read_annex(out)
    assert [one.code for one in again] == [one.code for one in read_annex(annex)]
    assert [one.duty for one in again] == [one.duty for one in read_annex(annex)]
    rules = agreements()["japan-eu-jpn"]
    assert annex_workbook(stage_annex(again, rules), rules)
    (sheet,) = openpyxl.load_workbook(out).worksheets
    assert [(cell.font.bold, cell.alignment.wrap_text) for cell in sheet[1]] == [
        (True, True)
    ] * sheet.max_column
    codes, words = sheet["A2"], sheet["B2"]
    assert (codes.number_format, words.alignment.wrap_text, words.font.bold) == ("@", True, False)
    rates = [cell for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, float)]
    assert rates
    assert {cell.number_format for cell in rates} == {"0.###%"}


def test_csv_has_a_column_a_year(annex: Path, tmp_path: Path) -> None:
    out = tmp_path / "staged.csv"
    _run("stage", annex, "--agreement", "japan-eu-jpn", "--out", out)
    rows = list(csv.reader(io.StringIO(out.read_text())))
    assert rows[0][5:7] == ["Year 1 (from 2019-02-01)", "Year 2 (from 2019-04-01)"]
    assert len(rows[0]) == 5 + 16
    assert rows[1][5 + 7] == "13.2%"


def test_names_of_categories_are_refused_where_the_agreement_has_none(annex: Path) -> None:
    status, text = _run("stage", annex, "--agreement", "korus-usa")
    assert status == 1 or "B15" in text
    with pytest.raises(InputError, match=r"annex\.csv:5: line 040620200: 'B15' is the name of"):
        stage_annex(read_annex(annex), agreements()["korus-usa"], "annex.csv")


def test_every_wrong_row_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("Tariff line,Base rate,Category\n0101x,5%,A\n0102,,A\n0103,5%,\n0104,5%,A\n0104,6%,A\n")
    with pytest.raises(InputError) as told:
        read_annex(path)
    text = str(told.value)
    assert all(f"wrong.csv:{row}: " in text for row in (2, 3, 4, 6))
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no row names"):
        read_annex(path)


def test_money_has_no_points_and_unknown_money_no_rounding() -> None:
    with pytest.raises(InputError, match="money a unit"):
        stage_annex([AnnexLine("1006", "341 yen/kg", "to 9 in 5")], agreements()["cptpp-jpn"])
    with pytest.raises(InputError, match="no rounding for amounts in EUR"):
        stage_annex([AnnexLine("1006", "3 EUR/kg", "equal 5")], agreements()["cptpp-jpn"])


def test_rules_of_one_s_own_are_read_and_wrong_ones_told(annex: Path, tmp_path: Path) -> None:
    own = tmp_path / "rules.yaml"
    own.write_text(
        "title: ours\nagreements:\n  - {id: ours, title: Ours, importer: JPN, entry: 2027-01-01, "
        "later: 04-01, instalments: n, percent: {mode: down, places: 1}, "
        "money: {JPY: {mode: down, places: 2}}, basis: draft}\n"
    )
    status, text = _run("stage", annex, "--agreement", "ours", "--rules", own, "--json")
    assert status == 0, text
    assert json.loads(text)["lines"][0]["path"][2]["from"] == "2027-04-01"
    own.write_text(own.read_text().replace("04-01", "04-31"))
    with pytest.raises(InputError, match="MM-DD"):
        agreements(own)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x99\xff\x00abc", "annex.csv: is not UTF-8 text"),
        (b"Tariff line,Base rate,Category\n", "annex.csv:1: no line of the schedule is below its head"),
    ],
)
def test_an_annex_of_no_text_or_of_no_line_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "annex.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_annex(path)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("10121", "010121"),
        ("4062000", "04062000"),
        ("040620", "040620"),
        ("04062000", "04062000"),
        ("406202000", "406202000"),  # nine digits are Japan's own
        ("0406", "0406"),
    ],
)
def test_a_code_that_lost_its_zero_in_a_spreadsheet_has_it_back(given: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "annex.csv"
    path.write_text(f"Tariff line,Base rate,Category\n{given},5%,equal 5\n", encoding="utf-8")
    assert [one.code for one in read_annex(path)] == [code]


@pytest.mark.parametrize(("above", "found"), [(39, True), (40, False)])
def test_the_head_of_an_annex_stands_in_its_first_rows(above: int, found: bool, tmp_path: Path) -> None:
    path = tmp_path / "annex.csv"
    title = "A title,,\n" * above
    path.write_text(f"{title}Tariff line,Base rate,Category\n040620,5%,equal 5\n", encoding="utf-8")
    if found:
        assert [(one.code, one.row) for one in read_annex(path)] == [("040620", above + 2)]
        return
    with pytest.raises(InputError, match="no row names a tariff line"):
        read_annex(path)


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [  # nearest, down, nearest but a half down
        ("0", 1, ("0.0", "0.0", "0.0")),
        ("0.04", 1, ("0.0", "0.0", "0.0")),
        ("0.05", 1, ("0.1", "0.0", "0.0")),
        ("0.051", 1, ("0.1", "0.0", "0.1")),
        ("0.99", 1, ("1.0", "0.9", "1.0")),
        ("-0.05", 1, ("-0.1", "0.0", "0.0")),
        ("-13.16", 1, ("-13.2", "-13.1", "-13.2")),
        ("2.5", 0, ("3", "2", "2")),
        ("3.5", 0, ("4", "3", "3")),
        ("0.1234567895", 9, ("0.123456790", "0.123456789", "0.123456789")),
    ],
)
def test_a_rate_is_rounded_as_an_agreement_says(exact: str, places: int, rounded: tuple[str, ...]) -> None:
    found = [str(Rounding(mode, places).of(Fraction(exact))) for mode in get_args(RoundingMode)]
    assert found == list(rounded)


@pytest.mark.parametrize(
    ("mode", "places", "told"),
    [
        ("down", 0, None),
        ("down", 9, None),
        ("down", -1, "-1 places"),
        ("down", 10, "10 places"),
        ("up", 1, "unknown mode"),
    ],
)
def test_a_rounding_has_a_way_and_places(mode: Any, places: int, told: str | None) -> None:
    if told is None:
        assert Rounding(mode, places).places == places
        return
    with pytest.raises(InputError, match=told):
        Rounding(mode, places)
