"""Duties as schedules of many countries print them, through the command line: the right number, or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kosho.cli import app
from kosho.errors import InputError
from kosho.law.schedules.importing import read_files
from kosho.law.schedules.table import Reading


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def bring_in(path: Path, text: str, importer: str, *more: str) -> dict[str, Any]:
    path.write_bytes(text.encode())
    done = invoke("schedule", "import", str(path), "--importer", importer, "--edition", "e", *more, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def refused(*arguments: str) -> list[str]:
    error = invoke(*arguments).exception
    assert isinstance(error, InputError), error
    return [str(problem) for problem in error.problems]


def mfn(*arguments: str) -> float | None:
    done = invoke("rate", *arguments, "--json")
    assert done.exit_code == 0, done.exception
    layers = json.loads(done.stdout)["layers"]
    return next(layer["value"] for layer in layers if layer["measure"] == "mfn")


def duties(importer: str, hs: str) -> dict[str, tuple[str, str]]:
    done = invoke("schedule", "show", importer, hs, "--json")
    assert done.exit_code == 0, done.exception
    (line,) = json.loads(done.stdout)["lines"]
    return {one["column"]: (one["duty"], one["kind"]) for one in line["duties"]}


EU = """\
code;description;duty
0207146000;legs;12,8 %
0406902100;cheese;167,10 EUR/100 kg
1006306100;rice;145,5 EUR/t
4202111090;bags;3,0 %
1006306700;more rice;1.145,5 EUR/t
"""


@pytest.mark.parametrize("apart", [";", ","])
@pytest.mark.parametrize(
    ("hs", "value", "rate"),
    [
        ("0207.14.60.00", "3EUR/kg", 12.8),
        ("0406.90.21.00", "3EUR/kg", 55.7),
        ("0406.90.21.00", "3,5EUR/kg", 1.671 / 3.5 * 100),
        ("1006.30.61.00", "3EUR/kg", 4.85),
        ("1006.30.67.00", "3EUR/kg", 1.1455 / 3 * 100),
        ("4202.11.10.90", "3EUR/kg", 3.0),
    ],
)
def test_a_decimal_comma(apart: str, hs: str, value: str, rate: float, tmp_path: Path) -> None:
    rows = [row.split(";") for row in EU.splitlines()]
    text = "\n".join(apart.join(f'"{cell}"' for cell in row) for row in rows) + "\n"
    bring_in(tmp_path / "eu.csv", text, "EU27")
    assert mfn("EU27", "USA", hs, "--on", "2026-06-01", "--unit-value", value) == pytest.approx(rate)


def test_a_number_that_may_be_either_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "eu.csv"
    path.write_text('code,duty\n0406902100,"1,234 EUR/t"\n', encoding="utf-8")
    command = ("schedule", "import", str(path), "--importer", "EU27", "--edition", "e")
    assert refused(*command) == [
        f"{path}:2: 0406902100: '1,234' is 1.234 or 1234 (say --decimal comma or --decimal point)"
    ]
    for mark, amount in (("comma", "1.234"), ("point", "1234")):
        assert invoke(*command, "--decimal", mark).exit_code == 0
        assert duties("EU27", "0406.90.21.00")["general"] == (f"{amount} EUR/t", "specific")


def test_both_marks_in_one_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('code,duty\n0406902100,"12,8 %"\n0406902200,12.8 %\n', encoding="utf-8")
    (told,) = refused("schedule", "import", str(path), "--importer", "EU27", "--edition", "e")
    assert "'12.8 %' has a decimal point, '12,8 %' a decimal comma" in told


@pytest.mark.parametrize(
    ("option", "rate"),
    [("12,5%", 12.5), ("12,5", 12.5), ("12.5", 12.5), ("12 1/2%", 12.5), ("1 EUR/kg", 1 / 3.5 * 100)],
)
def test_a_comma_on_the_command_line(option: str, rate: float) -> None:
    asked = ("EU27", "USA", "8712.00.30", "--on", "2026-06-01", "--mfn", option, "--unit-value", "3,5EUR/kg")
    assert mfn(*asked) == pytest.approx(rate)


@pytest.mark.parametrize("option", ["1,234", "1,234 EUR/kg", "-", "–", "nan", "1e3", "12,34,567%"])
def test_what_is_no_number_for_sure_is_refused(option: str) -> None:
    (told,) = refused("rate", "EU27", "USA", "8712.00.30", "--mfn", option, "--unit-value", "3EUR/kg")
    assert told.startswith("--mfn: ")


@pytest.mark.parametrize("sign", ["-", "–", "−", "—", "--", "+", "n/a", "…", "*"])
def test_a_sign_alone_is_not_free(sign: str, tmp_path: Path) -> None:
    found = bring_in(tmp_path / "t.csv", f"code,duty\n22083082,{sign}\n87032320,10%\n", "GBR")
    assert found["kinds"] == {"unread": 1, "ad_valorem": 1}
    assert len(found["kept_as_text"]) == 1
    assert duties("GBR", "2208.30.82")["general"][1] == "unread"


@pytest.mark.parametrize(
    ("heading", "more", "expected"),
    [
        ("rate", ("--rates", "percent"), ["10%", "32.5%", "Free"]),
        ("duty (%)", (), ["10%", "32.5%", "Free"]),
        ("rate_percent", (), ["10%", "32.5%", "Free"]),
        ("rate %", (), ["10%", "32.5%", "Free"]),
    ],
)
def test_numbers_alone_are_what_the_import_says(
    heading: str, more: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    bring_in(tmp_path / "wto.csv", f"hs8,{heading}\n87032319,10\n22042109,32.5\n84713000,0\n", "GBR", *more)
    assert [duties("GBR", hs)["general"][0] for hs in ("87032319", "22042109", "84713000")] == expected


def test_fractions_are_percent_a_hundredfold_and_no_percentages(tmp_path: Path) -> None:
    bring_in(tmp_path / "a.csv", "hs8,rate\n87032319,0.1\n22042109,0.325\n", "GBR", "--rates", "fraction")
    assert [duties("GBR", hs)["general"][0] for hs in ("87032319", "22042109")] == ["10%", "32.5%"]
    path = tmp_path / "b.csv"
    path.write_text("hs8,rate\n87032319,10\n22042109,32.5\n", encoding="utf-8")
    (told,) = refused(*f"schedule import {path} --importer GBR --edition e --rates fraction".split())
    assert told.startswith(f"{path}:3: 22042109: 3250 percent is above 1,000")


def test_numbers_alone_of_which_nothing_is_said_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wto.csv"
    path.write_text("hs8,rate\n87032319,10\n22042109,32.5\n84713000,0\n", encoding="utf-8")
    (told,) = refused("schedule", "import", str(path), "--importer", "GBR", "--edition", "e")
    assert told.startswith(f"{path}:2: '10' and others (3 in all): percent, a fraction or money is not said")
    assert not (tmp_path / "data").exists()


WINE = "{}% or {} yen/l, whichever is the less, subject to a minimum customs duty of 67 yen/l"


@pytest.mark.parametrize(
    ("words", "value", "rate"),
    [
        (WINE.format(15, 125), "200JPY/l", 33.5),
        (WINE.format(15, 125), "2000JPY/l", 6.25),
        (WINE.format(15, 125), "600JPY/l", 15.0),
        ("15% or 125 yen/l, whichever is the lower, with a minimum of 67 yen/l", "200JPY/l", 33.5),
        ("15% MIN 67 yen/l", "200JPY/l", 33.5),
        ("15% but not less than 67 yen/l", "200JPY/l", 33.5),
        ("the lesser of 15% or 125 yen/l, subject to a minimum of 67 yen/l", "200JPY/l", 33.5),
        (
            "15%又は125円/lのうちいずれか低い税率。ただし、その税率が67円/lを下回る場合は、67円/l",
            "200JPY/l",
            33.5,
        ),
        (
            "15%又は125円/lのうちいずれか低い税率 ただしその税率が67円/lを下回る場合は67円/lとする",
            "200JPY/l",
            33.5,
        ),
        ("15%又は125円/lのうちいずれか低い額(ただし、その税率が67円/lを下回る場合は67円/l)", "200JPY/l", 33.5),
        ("15%, provided that it is not less than 67 yen/l", "200JPY/l", 33.5),
        ("15% MIN 6700 JPY HLT", "200JPY/l", 33.5),
        ("60% or 4,800yen/l, whichever is the greater", "10000JPY/l", 60.0),
        ("30% or 4,300yen/l, whichever is the greater", "10000JPY/l", 43.0),
        ("16% MAX 24 yen/l", "200JPY/l", 12.0),
        ("16%, subject to a maximum duty of 24 yen/l", "200JPY/l", 12.0),
    ],
)
def test_limits_in_words(words: str, value: str, rate: float, tmp_path: Path) -> None:
    text = f'stat_code,sub,desc,unit,基本,暫定,WTO協定\n2204.21,010,wine,L,,,"{words}"\n'
    assert bring_in(tmp_path / "jp.csv", text, "JPN")["kept_as_text"] == []
    assert mfn("JPN", "USA", "2204.21.010", "--on", "2026-06-01", "--unit-value", value) == pytest.approx(rate)


def test_seasons_in_english(tmp_path: Path) -> None:
    text = (
        "stat_code,sub,desc,unit,基本,暫定,WTO協定\n"
        "0805.10,000,oranges > from 1 June to 30 November,KG,20%,,16%\n"
        "0805.10,000,oranges > from 1 December to 31 May,KG,40%,,32%\n"
    )
    bring_in(tmp_path / "jp.csv", text, "JPN")
    assert mfn("JPN", "USA", "0805.10.000", "--on", "2026-12-01") == 32
    assert mfn("JPN", "USA", "0805.10.000", "--on", "2026-07-01") == 16


HTS = [
    ("1806.32.70", "37.2¢/kg + 6%", "Free (BH,CL) 3.7¢/kg + 0.6% (P) See 9822.04.25 (AU) See 9823.08.01 (S+)"),
    ("1806.32.80", "52.8¢/kg + 6%", "Free (BH,CL) 5.2¢/kg + 0.6% (P) See 9915.04.30, 9915.04.47 (P+)"),
    ("6110.30.30", "32%", "Free (S+) 8% (S)"),
    ("4011.90.20", "4%", "Free (A*,AU,E IL,JO,KR) 1% (.OM)"),
    ("6801.00.00", "14.5¢/m<sup>2</sup>", "Free (KR)"),
    ("4202.29.20", "33 1/3%", "No change"),
    ("6802.00.00", "12 1/2%", "Free (A,A*) 2% (A+)"),
]


@pytest.fixture
def hts(tmp_path: Path) -> dict[str, Any]:
    rows = [
        {
            "htsno": code,
            "indent": "0",
            "description": "d",
            "units": ["kg"],
            "general": general,
            "special": special,
        }
        | {"other": "90%", "footnotes": [{"columns": ["general"], "value": "See 9903.88.03. "}]}
        | {"additionalDuties": None, "addiitionalDuties": "5¢/kg" if code.startswith("1806.32.7") else ""}
        for code, general, special in HTS
    ]
    return bring_in(tmp_path / "hts.json", json.dumps(rows), "USA")


def test_symbols_of_one_programme_are_kept_apart(hts: dict[str, Any]) -> None:
    cocoa = duties("USA", "1806.32.80")
    assert cocoa["cafta-dr [P]"][0] == "0.052 USD/kg + 0.6%"
    assert cocoa["cafta-dr [P+]"] == ("See 9915.04.30, 9915.04.47", "reference")
    pullovers = duties("USA", "6110.30.30")
    assert (pullovers["usmca [S]"][0], pullovers["usmca [S+]"][0]) == ("8%", "Free")
    stone = duties("USA", "6802.00.00")
    assert {column: duty for column, (duty, _) in stone.items() if column.startswith("gsp")} == {
        "gsp [A]": "Free", "gsp [A*]": "Free", "gsp [A+]": "2%"
    }  # fmt: skip
    assert any("cafta-dr [P+]: See 9915.04.30" in one for one in hts["kept_as_text"])


def test_a_symbol_for_some_countries_of_a_programme_keeps_its_mark(hts: dict[str, Any]) -> None:
    shown = invoke("schedule", "show", "USA", "4011.90.20", "--json")
    notes = {one["column"]: one["note"] for one in json.loads(shown.stdout)["lines"][0]["duties"]}
    assert (notes["gsp"], notes["korus"]) == ("symbol A*", "")
    assert hts["lines"] == len(HTS)


def test_an_edition_is_not_replaced_by_one_of_another_name(tmp_path: Path) -> None:
    path = tmp_path / "kr.csv"
    path.write_text("code,duty\n0101.21.00,5%\n", encoding="utf-8")

    def edition(name: str) -> Result:
        return invoke("schedule", "import", str(path), "--importer", "KOR", "--edition", name)

    assert edition("HTS 2025 rev 5").exit_code == 0
    assert edition("hts 2025  rev 5").exit_code == 0
    assert "would take the place of 'hts 2025  rev 5'" in str(edition("../HTS-2025 rev/5").exception)


def test_a_line_of_which_two_undated_editions_say_something_else_is_not_shown(tmp_path: Path) -> None:
    for name, duty in (("first", "5%"), ("second", "6%")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"code,duty\n0101.21.00,{duty}\n0101.29.00,7%\n", encoding="utf-8")
        done = invoke("schedule", "import", str(path), "--importer", "PER", "--edition", name)
        assert done.exit_code == 0, done.output
    refused = invoke("schedule", "show", "PER", "0101.21").exception
    assert "editions 'first' and 'second' of PER begin on the same day, or on none" in str(refused)
    assert duties("PER", "0101.29.00")["general"][0] == "7%"


def test_misprints_in_the_special_column_are_mended_and_told(hts: dict[str, Any]) -> None:
    tyres = duties("USA", "4011.90.20")
    assert {"gsp", "ausfta", "cbera", "usifta", "usjofta", "korus", "usofta"} <= set(tyres)
    assert tyres["usofta"][0] == "1%"
    assert [one.partition("40119020: ")[2] for one in hts["mended"]] == [
        "(A*,AU,E IL,JO,KR) is read as (A*, AU, E, IL, JO, KR); (.OM) is read as (OM)"
    ]


def test_what_real_exports_hold_is_read(hts: dict[str, Any]) -> None:
    assert duties("USA", "6801.00.00")["general"] == ("0.145 USD/m2", "specific")
    assert duties("USA", "4202.29.20")["general"][0] == "33.3333333333%"
    assert duties("USA", "4202.29.20")["special"] == ("No change", "reference")
    assert duties("USA", "6802.00.00")["general"][0] == "12.5%"
    assert duties("USA", "1806.32.70")["additional"][0] == "0.05 USD/kg"
    assert hts["references"] == len(HTS)


def test_a_reference_under_a_claim_is_told_as_one(hts: dict[str, Any]) -> None:
    cocoa = duties("USA", "1806.32.70")
    assert cocoa["usmca"] == ("See 9823.08.01", "reference")
    asked = ("USA", "CAN", "1806.32.70", "--on", "2024-06-01", "--unit-value", "3USD/kg")
    assert mfn(*asked) == pytest.approx(18.4)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_where_csv_ends_them(end: str, tmp_path: Path) -> None:
    rows = [
        "code,description,duty",
        '87032319,"cars \u2028 new",10%',
        "87032320,plain \x85 \x0b text,5%",
        "87032390,o,Free",
    ]
    found = bring_in(tmp_path / "t.csv", end.join(rows) + end, "GBR")
    assert (found["lines"], found["kinds"]) == (3, {"ad_valorem": 2, "free": 1})


@pytest.mark.parametrize("other", ["10 %", "10.0%", "10 percent", "10%  "])
def test_duties_are_compared_as_read(other: str, tmp_path: Path) -> None:
    assert bring_in(tmp_path / "d.csv", f"code,duty\n87032319,10%\n87032319,{other}\n", "GBR")["lines"] == 1


def test_a_file_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("code,duty\n87032319,abc\n87032320,-\n", encoding="utf-8")
    (told,) = refused("schedule", "import", str(path), "--importer", "GBR", "--edition", "e")
    assert "not one duty can be read: general: abc" in told


def test_a_code_that_a_whole_schedule_has_not_is_refused(tmp_path: Path) -> None:
    rows = [f"{chapter:02}012100,2.5%" for chapter in range(1, 98) if chapter != 77]
    bring_in(tmp_path / "t.csv", "\n".join(["code,duty", *rows, "87032301,2.5%"]) + "\n", "USA")
    assert refused("rate", "USA", "JPN", "8703.99.99", "--on", "2024-06-01") == [
        "87039999 is no code of USA, e (the nearest lines are 87032301)"
    ]
    assert refused("rate", "USA", "JPN", "7701.00", "--on", "2024-06-01") == [
        "770100 is no code of USA, e (it has no chapter 77)"
    ]
    assert mfn("USA", "JPN", "8703.23.01.99", "--on", "2024-06-01") == 2.5


def test_headings_tell_what_stands_between_the_cells_not_the_goods_below(tmp_path: Path) -> None:
    path = tmp_path / "many-commas.csv"
    path.write_text(
        "hs;description;general\n87032319;cars, vans, trucks, buses, sleighs;10 %\n", encoding="utf-8"
    )
    line = read_files([path], Reading(importer="GBR")).lines["87032319"]
    assert (line.description, line.general_text) == ("cars, vans, trucks, buses, sleighs", "10 %")
