"""Excel and zip are read wherever CSV is."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from kosho.errors import InputError
from kosho.law.schedules.reading import csv_rows, text_of
from kosho.tabular import content_of, kind_of, open_csv
from kosho.world.csv_input import rows_of
from kosho.world.readers import reader


def workbook(path: Path, rows: list[list[Any]], *others: str) -> Path:
    """A workbook with rows on its first sheet; those named are empty."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        shares = book.add_format({"num_format": "0.0%"})
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_number(number, place, cell[0], shares)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                else:
                    sheet.write(number, place, cell)
        for name in others:
            book.add_worksheet(name)
    return path


def zipped(path: Path, **contents: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in contents.items():
            packed.writestr(name.replace("_", "."), content)
    return path


def test_a_cell_is_what_a_spreadsheet_shows(tmp_path: Path):
    rows = [
        ["code", "duty", "from", "note"],
        ["0102.21", (0.15,), date(2025, 4, 9), 'a "b", c'],
        [8703, (0.025,), None, "two\nlines"],
        [],
        [1.5, 0.1 + 0.2, True, 12345678901234],
    ]
    path = workbook(tmp_path / "t.xlsx", rows, "Empty")
    found = list(csv.reader(io.StringIO(content_of(path).decode())))
    assert found == [
        ["code", "duty", "from", "note"],
        ["0102.21", "15%", "2025-04-09", 'a "b", c'],
        ["8703", "2.5%", "", "two lines"],
        [],
        ["1.5", "0.3", "TRUE", "12345678901234"],
    ]


@pytest.mark.parametrize("packing", ["xlsx", "zip", "zip of xlsx", "gz"])
def test_rows_have_their_lines_however_they_are_packed(tmp_path: Path, packing: str):
    rows = [["# of my own"], ["region", "economy"], [], ["here", "JPN"], ["there", "USA"]]
    text = "\n".join(",".join(row) for row in rows).encode()
    match packing:
        case "xlsx":
            path = workbook(tmp_path / "r.xlsx", rows)
        case "zip":
            path = zipped(tmp_path / "r.zip", r_csv=text, read_me=b"by hand")
        case "gz":
            path = tmp_path / "r.csv.gz"
            path.write_bytes(gzip.compress(text))
        case _:
            inside = workbook(tmp_path / "r.xlsx", rows).read_bytes()
            path = zipped(tmp_path / "r.zip", r_xlsx=inside)
    assert kind_of(path) == ".csv"
    assert rows_of(path, ("region", "economy")) == [
        (4, {"region": "here", "economy": "JPN"}),
        (5, {"region": "there", "economy": "USA"}),
    ]
    with open_csv(path) as lines:
        assert lines.read().splitlines()[3].rstrip(",") == "here,JPN"


def test_a_world_from_a_workbook_is_that_of_its_csv(tmp_path: Path):
    rows = [["exporter", "seller", "importer", "user", "value"]]
    rows += [
        [i, k, n, u, 10.5 if i == n else 2]
        for i in ("JPN", "USA")
        for k in ("C26", "C29")
        for n in ("JPN", "USA")
        for u in ("C26", "C29", "HFCE")
    ]
    text = "\n".join(",".join(map(str, row)) for row in rows) + "\n"
    plain = tmp_path / "s.csv"
    plain.write_text(text)
    packed = zipped(tmp_path / "s.zip", s_csv=text.encode())
    tables = [
        reader("long-csv").table([path], {}) for path in (plain, workbook(tmp_path / "s.xlsx", rows), packed)
    ]
    for other in tables[1:]:
        np.testing.assert_array_equal(tables[0].intermediate, other.intermediate)
        np.testing.assert_array_equal(tables[0].final_sales, other.final_sales)


def test_a_mistake_in_a_workbook_has_its_row(tmp_path: Path):
    rows = [["exporter", "seller", "importer", "user", "value"], ["JPN", "C26", "USA", "HFCE", "much"]]
    with pytest.raises(InputError, match=r"s\.xlsx:2: value 'much' is not a finite number"):
        reader("long-csv").table([workbook(tmp_path / "s.xlsx", rows)], {})


def test_a_schedule_in_a_workbook_has_its_rates(tmp_path: Path):
    path = workbook(tmp_path / "duties.xlsx", [["code", "duty"], ["8703.23", (0.025,)], ["0102.21", "Free"]])
    problems: Any = None
    cells = [dict(row.cells) for row in csv_rows(path, problems)]
    assert cells == [{"code": "8703.23", "duty": "2.5%"}, {"code": "0102.21", "duty": "Free"}]
    assert text_of(path).splitlines()[0] == "code,duty"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda at: zipped(at / "t.zip", a_csv=b"x", b_csv=b"y"), r"t\.zip: holds 2 tables \(a\.csv, b\.csv\)"),
        (lambda at: zipped(at / "t.zip", page_html=b"x"), r"t\.zip: holds 0 tables \(none\)"),
        (lambda at: at / "absent.xlsx", r"absent\.xlsx: cannot be read: No such file"),
        (lambda at: at / "absent.zip", r"absent\.zip: cannot be read: No such file"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, make: Any, message: str):
    path = make(tmp_path)
    with pytest.raises(InputError, match=message):
        content_of(path)
    with pytest.raises(InputError, match=message), open_csv(path):
        pass


@pytest.mark.parametrize("name", ["t.xlsx", "t.zip", "t.csv.gz"])
def test_what_is_something_else_is_told(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(b"PK no workbook")
    with pytest.raises(InputError, match=name):
        content_of(path)


def test_which_sheet_is_meant_is_not_guessed(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("One", "Two"):
            book.add_worksheet(name).write(0, 0, "x")
    with pytest.raises(InputError, match=r"has 2 sheets with something in them \(One, Two\)"):
        content_of(path)
