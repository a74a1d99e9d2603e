"""Kinds of wrong answers, each tried on more than the case it was met in: codes, days, partners, spellings."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError, KoshoError
from kosho.law import Query, quote
from kosho.law.importer_law import law_of
from kosho.law.schedules import parse_duty, parse_unit_value
from kosho.law.schedules.importing import read_files
from kosho.law.schedules.table import Reading


@pytest.mark.parametrize(
    ("text", "unit_value", "percent"),
    [
        ("0,5 %", None, 0.5),
        ("12½%", None, 12.5),
        ("6¼ %", None, 6.25),
        ("33 1/3 percent", None, 100 / 3),
        ("１０％", None, 10),
        ("12.50 per cent", None, 12.5),
        ("10% ad valorem", None, 10),
        ("10 % ad val.", None, 10),
        ("無税", None, 0),
        ("1.234,5 EUR/t", "1EUR/kg", 123.45),
        ("1'234 CHF/100 kg", "20CHF/kg", 61.7),
        ("$1.035/kg + 13.6%", "4USD/kg", 39.475),
        ("14.5¢/m<sup>2</sup>", "29USD/m2", 0.5),
        ("52.9¢/doz.", "5.29USD/doz", 10),
        ("5 % MIN 22 EUR/100 kg/net", "2EUR/kg", 11),
        ("11.2 % MIN 22 EUR / 100 kg MAX 56 EUR / 100 kg", "1EUR/kg", 22),
        ("18.4 % MIN 22.00 EUR/DTN MAX 24.00 EUR/DTN", "0.5EUR/kg", 44),
        ("the lesser of 10% and 5 USD/kg", "10USD/kg", 10),
        ("10% but not less than 2 USD/kg", "10USD/kg", 20),
        ("27% or 1,625 won/kg, whichever is the greater", "5000KRW/kg", 32.5),
        (
            "15% or 125 yen/l, whichever is the less, subject to a minimum customs duty of 67 yen/l",
            "1000JPY/l",
            12.5,
        ),
        (
            "15% or 125 yen/l, whichever is the less, subject to a minimum customs duty of 67 yen/l",
            "500JPY/l",
            15,
        ),
        ("300 KRW/kg or 20%, whichever is higher", "1000KRW/kg", 30),
        ("10.00% + 93.10 GBP / 100 kg", "9.31GBP/kg", 20),
    ],
)
def test_a_duty_is_the_number_that_it_says(text: str, unit_value: str | None, percent: float) -> None:
    value = None if unit_value is None else parse_unit_value(unit_value)
    assert 100 * parse_duty(text).ad_valorem_equivalent(value) == pytest.approx(percent)


@pytest.mark.parametrize(
    "text",
    [
        *("-", "–", "—", "−", "‐", "―", "ー", "--", "...", "*", ".", "?", "n/a", "none", "TBD"),
        *("-5%", "--5%", "5 5%", "12.8.5%", "5", "10‰", "Nil", "25% (see note)"),
        *("See 9823.08.01", "No change", "The duty provided in the applicable subheading + 25%"),
        *("9.00 % + EA MAX 18.70 % + ADSZ", "0.9 EUR/% vol/hl + 6.4 EUR/hl", "7.7¢/kg on drained weight"),
        "3.7¢/kg less 0.020668¢/kg for each degree under 100 degrees",
    ],
)
def test_what_says_no_number_has_none(text: str) -> None:
    with pytest.raises(KoshoError):
        parse_duty(text).ad_valorem_equivalent(parse_unit_value("1USD/kg"))


ROWS = [("87032319", "12,5 %"), ("22042109", "—"), ("22042110", "3,75 %")]


def _write(path: Path, rows: list[tuple[str, object]]) -> Path:
    """A table of codes and duties in the form of its name."""
    codes, duties = [code for code, _ in rows], [duty for _, duty in rows]
    if path.suffix == ".parquet":
        parquet.write_table(pa.table({"code": codes, "duty": duties}), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps([{"code": code, "duty": duty} for code, duty in rows]))
    elif path.suffix == ".xlsx":
        book = Workbook()
        for row in [("code", "duty"), *rows]:
            book.active.append(row)
        book.save(path)
    else:
        apart = "\t" if path.suffix == ".tsv" else ";"
        path.write_text("\n".join(apart.join(map(str, row)) for row in [("code", "duty"), *rows]))
    return path


FORMS = ("csv", "tsv", "json", "xlsx", "parquet")


@pytest.mark.parametrize("form", FORMS)
def test_one_rule_for_numbers_in_every_form(form: str, tmp_path: Path) -> None:
    draft = read_files([_write(tmp_path / f"t.{form}", list(ROWS))])
    duties = {code: line.general for code, line in draft.lines.items()}
    assert duties["87032319"].ad_valorem_equivalent() == pytest.approx(0.125)
    assert duties["22042110"].ad_valorem_equivalent() == pytest.approx(0.0375)
    assert duties["22042109"].unread


@pytest.mark.parametrize("form", FORMS)
def test_numbers_alone_are_refused_in_every_form(form: str, tmp_path: Path) -> None:
    path = _write(tmp_path / f"t.{form}", [("87032319", 10.5), ("22042109", 32.5)])
    with pytest.raises(InputError, match="percent, a fraction or money is not said"):
        read_files([path])
    told = read_files([path], Reading(rates="percent"))
    assert told.lines["87032319"].general.ad_valorem_equivalent() == pytest.approx(0.105)


def test_a_table_in_json_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"code": "87032319"}]')
    with pytest.raises(InputError, match="no column HTS Number"):
        read_files([path])
    path.write_text('[{"code": "87032319", "duty": "5%"}, {"code": "2071460", "duty": "5%"}]')
    with pytest.raises(InputError, match="'2071460' is not a line"):
        read_files([path])


@pytest.mark.parametrize(
    "hs", ["4902.90.20", "4907.00.00", "3705.00.00", "3706.10.30", "9701.21.00", "9706.10.00"]
)
@pytest.mark.parametrize("exporter", ["JPN", "BRA", "IND", "MEX", "DEU", "CHN"])
@pytest.mark.parametrize("on", ["2025-03-10", "2025-10-10", "2026-03-10"])
def test_informational_materials_pay_nothing_of_emergencies(hs: str, exporter: str, on: str) -> None:
    query = Query("USA", exporter, hs, date.fromisoformat(on), general=parse_duty("Free"))
    found = quote(law_of("USA"), query)
    section_301 = {"37": 0.25}.get(hs[:2], 0.075)  # as footnotes of the edition of December 2024 say
    assert found.rate == pytest.approx(section_301 if exporter == "CHN" else 0.0)


@pytest.mark.parametrize(
    ("exporter", "hs", "on", "low", "high"),
    [
        ("ESP", "4503.10.20", "2025-12-01", 2.0, 15.0),
        ("PRT", "4501.10.00", "2025-10-01", 2.0, 15.0),
        ("BRA", "7616.99", "2026-05-01", 27.0, 52.0),
    ],
)
def test_what_is_not_held_or_differs_inside_is_a_range(
    exporter: str, hs: str, on: str, low: float, high: float
) -> None:
    query = Query("USA", exporter, hs, date.fromisoformat(on), general=parse_duty("2%"))
    found = quote(law_of("USA"), query)
    assert found.rate is None
    assert (found.low, found.high) == pytest.approx((low / 100, high / 100))


def test_a_facts_other_answer_is_told() -> None:
    done = CliRunner().invoke(
        app, ["rate", "USA", "GBR", "8703.23.01", "--on", "2025-08-01", "--mfn", "2.5%", "--json"]
    )
    told = json.loads(done.stdout)
    assert told["rate"] == pytest.approx(27.5)
    assert any("with in_quota=yes the rate is 10 %" in warning for warning in told["warnings"])


EXPORT = [
    {
        "htsno": "1806.32.70", "indent": "0", "description": "cocoa", "units": ["kg"],
        "general": "37.2¢/kg + 6%", "other": "43.8¢/kg + 7%",
        "special": "Free (BH,KR) 3.7¢/kg + 0.6% (P) See 9822.04.25 (AU) See 9823.08.01-9823.08.38 (S+)",
    },
    {
        "htsno": "0402.21.90", "indent": "0", "description": "milk powder", "units": ["kg"],
        "general": "$1.556/kg", "other": "$1.831/kg", "special": "See 9823.03.02 (S+)",
    },
    {
        "htsno": "2204.21.50", "indent": "0", "description": "wine", "units": ["liters"],
        "general": "6.3¢/liter", "other": "33¢/liter", "special": "Free (A+,AU,BH) 2.5¢/liter (KR)",
    },
    {
        "htsno": "9102.11.10", "indent": "0", "description": "watches", "units": ["No."],
        "general": "44¢ each + 6% on the case and strap, band or bracelet", "other": "$1.70 each + 35%",
        "special": "Free (AU)",
    },
]  # fmt: skip


def test_an_export_and_japans_schedule_are_read_in_every_form_of_a_table(tmp_path: Path) -> None:
    plain, packed = tmp_path / "hts.json", tmp_path / "hts.parquet"
    notes = [{"columns": ["general"], "marker": "1", "value": "See 9903.88.03. ", "type": "endnote"}]
    rows = [{**row, "footnotes": notes} for row in EXPORT]
    plain.write_text(json.dumps(rows))
    parquet.write_table(pa.Table.from_pylist(rows), packed)
    lines = read_files([packed]).lines
    assert len(lines) == len(EXPORT)
    assert lines == read_files([plain]).lines
    japan = [
        ("stat_code", "sub", "desc", "unit", "基本", "WTO協定"),
        ("2204.21", "010", "wine", "L", "15%", "9%"),
    ]
    apart, comma = tmp_path / "jp.tsv", tmp_path / "jp.csv"
    apart.write_text("\n".join(map("\t".join, japan)))
    comma.write_text("\n".join(map(",".join, japan)))
    named = tmp_path / "jp.json"
    named.write_text(json.dumps([dict(zip(japan[0], japan[1], strict=True))]))
    assert read_files([apart]).lines == read_files([comma]).lines == read_files([named]).lines != {}


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    path = tmp_path / "hts.json"
    path.write_text(json.dumps(EXPORT))
    done = CliRunner().invoke(app, ["schedule", "import", str(path), "--importer", "USA", "--edition", "e"])
    assert done.exit_code == 0, done.exception


@pytest.mark.usefixtures("export")
@pytest.mark.parametrize(
    ("exporter", "hs", "unit_value", "preference", "expected"),
    [
        ("CAN", "1806.32.70", "3USD/kg", "usmca", (None, None, 18.4)),  # beyond the quota the general duty
        ("AUS", "1806.32.70", "3USD/kg", "ausfta", (None, None, 18.4)),
        ("KOR", "1806.32.70", "3USD/kg", "korus", (0, 0, 0)),
        ("GTM", "1806.32.70", "3USD/kg", "cafta-dr", (3.7 / 3 + 0.6, 3.7 / 3 + 0.6, 3.7 / 3 + 0.6)),
        ("MEX", "0402.21.90", None, "usmca", (None, None, None)),
        ("MEX", "0402.21.90", "3.112USD/kg", "usmca", (None, None, 50)),
        ("MEX", "0402.21.90", None, None, (None, None, None)),
        ("FRA", "2204.21.50", None, None, (None, None, None)),
        ("FRA", "2204.21.50", "6,3USD/l", None, (1, 1, 1)),
        ("CUB", "2204.21.50", "3.3USD/l", None, (10, 10, 10)),  # the second column
        ("CHE", "9102.11.10", "100USD/each", None, (None, 0.44, 6.44)),  # 6 % of a part of the value
    ],
)
def test_what_a_line_says_under_a_claim(
    exporter: str,
    hs: str,
    unit_value: str | None,
    preference: str | None,
    expected: tuple[float | None, float | None, float | None],
) -> None:
    more = ["--unit-value", unit_value] if unit_value else []
    more += ["--attribute", f"preference={preference}"] if preference else []
    done = CliRunner().invoke(app, ["rate", "USA", exporter, hs, "--on", "2024-06-01", *more, "--json"])
    assert done.exit_code == 0, done.exception
    told = json.loads(done.stdout)
    assert [told[name] for name in ("rate", "low", "high")] == [
        None if end is None else pytest.approx(end, abs=1e-6) for end in expected
    ]
