"""Excel and zip are read wherever CSV is."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from kosho import lined
from kosho.errors import InputError
from kosho.law.schedules.importing import read_files
from kosho.law.schedules.reading import csv_rows, text_of
from kosho.limits import allowing
from kosho.lines import LineTable, read_annex, read_package, read_trade
from kosho.tabular import (
    _column,
    _text,
    content_of,
    header_of,
    kind_of,
    members_of,
    open_bytes,
    open_csv,
    sheet_names,
    sheet_rows,
    size_of,
)
from kosho.world.csv_input import rows_of
from kosho.world.estimation import panel_of
from kosho.world.readers import reader
from kosho.world.readers.gravity import read_gravity
from kosho.world.readers.gtap_files import held_in
from kosho.world.readers.long_csv import read_long_csv


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
        [999999999999999, 2e15, -0.0, -3],
    ]
    path = workbook(tmp_path / "t.xlsx", rows, "Empty")
    found = list(csv.reader(io.StringIO(content_of(path).decode())))
    assert found == [
        ["code", "duty", "from", "note"],
        ["0102.21", "15%", "2025-04-09", 'a "b", c'],
        ["8703", "2.5%", "", "two lines"],
        [],
        ["1.5", "0.3", "TRUE", "12345678901234"],
        ["999999999999999", "2e+15", "0", "-3"],
    ]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("0%", "15%"),
        ("0.00%", "15%"),
        ("0.0 %", "15%"),
        ('0.0"%"', "0.15"),
        ("0.00", "0.15"),
        (r"0.0\%", "0.15"),
        (9, "15%"),
        (10, "15%"),
        (1, "0.15"),
        (11, "0.15"),  # by number: a whole one, and one with an exponent
    ],
)
def test_a_share_is_percent_where_its_format_says_so(tmp_path: Path, form: str | int, shown: str):
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        book.add_worksheet().write_number(0, 0, 0.15, book.add_format({"num_format": form}))
    assert content_of(tmp_path / "t.xlsx").decode().strip() == shown


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
    with open_bytes(path) as file:
        assert file.read().splitlines()[3].rstrip(b",") == b"here,JPN"


@pytest.mark.parametrize("packing", ["csv", "zip", "gz"])
def test_a_line_without_end_is_told_where_it_begins(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lined, "LINE", 100)
    text = b"a,b\n" * 50 + b"1," * 60
    path = tmp_path / "r.csv"
    match packing:
        case "zip":
            path = zipped(tmp_path / "r.zip", r_csv=text)
        case "gz":
            path = tmp_path / "r.csv.gz"
            path.write_bytes(gzip.compress(text))
        case _:
            path.write_bytes(text)
    told = r"r\.(csv|zip|csv\.gz):51: has a line of more than 100 bytes"
    with pytest.raises(InputError, match=told):
        content_of(path)
    with pytest.raises(InputError, match=told), open_csv(path) as lines:
        list(lines)
    with pytest.raises(InputError, match=told), open_bytes(path) as lines:
        list(lines)


def test_short_lines_are_no_long_one_wherever_parts_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lined, "LINE", 10)
    short, part = lined.Lines(io.BytesIO(b"aaaa\nbbbb\ncccc\n" * 5), Path("t.csv")), bytearray(13)
    while short.readinto(part):
        pass
    for beyond, line in ((b"aaaa\n" + b"b" * 11, 2), (b"a" * 11 + b"\n", None)):
        long = lined.Lines(io.BytesIO(beyond), Path("t.csv"))
        told = rf"^t\.csv:{line}: has a line of more than 10 bytes"
        with pytest.raises(InputError, match=told) if line else nullcontext():
            while long.readinto(part):
                pass
    for text in (b"aaaa\n" + b"b" * 10, b"a" * 10 + b"\n", b"a" * 10):
        exact = lined.Lines(io.BytesIO(text), Path("t.csv"))
        while exact.readinto(part):
            pass


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
        (
            lambda at: zipped(at / "t.zip", **{f"{name}_csv": b"x" for name in "abcdef"}),
            r"t\.zip: holds 6 tables \(a\.csv, b\.csv, c\.csv, d\.csv, e\.csv\)",
        ),
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


def test_rows_are_of_the_sheet_that_is_named_or_of_the_first_that_is_seen(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Hidden", "One 2020", "One", "Two 2021"):
            book.add_worksheet(name).write(0, 0, name)
        book.worksheets()[0].hide()
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
    for wanted, found in ((None, "One 2020"), ("One", "One"), ("2021", "Two 2021"), ("2023", "One 2020")):
        assert [list(row) for row in sheet_rows(path, wanted)] == [[found]]


def test_which_sheet_is_meant_is_not_guessed(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("One", "Two"):
            book.add_worksheet(name).write(0, 0, "x")
    with pytest.raises(InputError, match=r"has 2 sheets with something in them \(One, Two\)"):
        content_of(path)
    with xlsxwriter.Workbook(path) as book:
        for name in "ABCDEF":
            book.add_worksheet(name).write(0, 0, "x")
    with pytest.raises(InputError, match=r"has 6 sheets with something in them \(A, B, C, D, E\)"):
        content_of(path)
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("One")
    with pytest.raises(InputError, match=r"has 0 sheets with something in them \(none\)"):
        content_of(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hs,rate,rate\n870323,5,7\n", "package.csv:1: has the column 'rate' 2 times"),
        ('hs,rate\n870323,"5\n6"\n', r"package.csv:2: rate: '5\n6' is no rate"),
        ('hs,rate\n870323,5\n"8703,7\n8704,4\n', "package.csv:3: has 1 cell"),
        ("hs,rate\n870323,5\n870323,7\n", "package.csv:3: hs: 870323 of JPN stands twice (first on line 2)"),
        ("hs,rate\n87032310,5\n87032390,7\n", "'87032310' is a part of 870323, and lines are no finer here"),
    ],
)
def test_a_table_that_may_mean_two_things_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "package.csv"
    path.write_text(text, encoding="utf-8")
    one = np.ones((1, 1))
    table = LineTable("USA", ("870323",), ("JPN",), one, 0.1 * one, ("line",), ())
    with pytest.raises(InputError) as error:
        read_package(path, table)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("panel.csv", "exporter,importer,trade,trade,tariff\nJPN,USA,1,2,0\n", panel_of),
        ("trade.csv", "importer,exporter,hs,value,value\nUSA,JPN,870323,1,2\n", read_trade),
        ("gravity.csv", "exporter,importer,trade,trade\nJPN,JPN,1,2\n", lambda path: read_gravity([path], {})),
        (
            "sales.csv",
            "exporter,seller,importer,user,value,value\nJPN,A,JPN,A,1,2\n",
            lambda path: read_long_csv([path], {"final": "c"}),
        ),
        ("duties.csv", "code,duty,duty\n87032301,2.5%,3%\n", lambda path: read_files([path])),
    ],
)
def test_a_column_that_stands_twice_is_refused(
    name: str, text: str, read: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"{name}:1: has the column '\w+' 2 times"):
        read(path)


@pytest.mark.parametrize("name", ["panel.csv", "VXSB.csv", "annex.csv"])
def test_what_is_no_text_is_told_by_every_reader_of_lines(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"exporter,importer,trade,tariff\nJPN,\xff\xfe,1,0\n")
    read = {"panel.csv": panel_of, "VXSB.csv": lambda one: held_in([one]), "annex.csv": read_annex}[name]
    with pytest.raises(InputError, match=f"{name}: is not UTF-8 text"):
        read(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device without an end")
def test_a_device_without_an_end_is_refused_once_it_fills_what_may_be_used() -> None:
    with allowing(64 << 20), pytest.raises(InputError, match=r"bytes need about .* may be used"):
        content_of(Path("/dev/zero"))


def test_a_folder_is_told_as_one_where_trade_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read: Is a directory"):
        read_trade(tmp_path)


def test_cells_stay_where_they_are_whatever_is_empty_before_them(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(2, 1, "a")
        sheet.write_number(3, 27, 0.25, book.add_format({"num_format": "0.0%"}))
        sheet.write_number(3, 28, 0.25)
    lines = ["", "", ",a" + "," * 27, "," * 27 + "25%,0.25"]
    assert content_of(tmp_path / "t.xlsx").decode().splitlines() == lines
    with zipfile.ZipFile(tmp_path / "t.xlsx") as made, zipfile.ZipFile(tmp_path / "other.xlsx", "w") as other:
        for name in made.namelist():
            other.writestr(name, made.read(name).replace(b'<c r="AB4" s="1">', b'<c s="1" r="AB4">'))
    assert content_of(tmp_path / "other.xlsx").decode().splitlines() == lines
    assert content_of(tmp_path / "other.xlsx") == content_of(tmp_path / "t.xlsx")


def test_a_column_may_have_no_name_and_another_mark_in_it() -> None:
    assert header_of(iter([["a", "", "b;c"]]), "t.csv") == ["a", "", "b;c"]
    for header, mark in ((["a;b"], ";"), (["a\tb"], r"\\t"), (["a|b;c"], ";")):
        with pytest.raises(InputError, match=rf"^t\.csv:1: its columns are apart by '{mark}' "):
            header_of(iter([header]), "t.csv")
    for rows in ([], [["", " "]]):
        with pytest.raises(InputError, match=r"^t\.csv:1: is empty \(a header and rows\)"):
            header_of(iter(rows), "t.csv")


def test_columns_are_counted_from_none() -> None:
    assert [_column(one) for one in ("A", "Z", "AA", "AB", "BA", "ZZ", "AAA")] == [0, 25, 26, 27, 52, 701, 702]


@pytest.mark.parametrize(
    ("cell", "percent", "text"),
    [
        (True, True, "TRUE"),
        (3, False, "3"),
        (3, True, "300%"),
        (1 / 3, True, "33.33333333333%"),
        (1 / 3, False, "0.333333333333333"),
        (1e15, False, "1e+15"),
        (-999999999999999.0, False, "-999999999999999"),
        (datetime(2025, 4, 9), False, "2025-04-09"),
        (datetime(2025, 4, 9, 12, 30), False, "2025-04-09 12:30:00"),
        (date(2025, 4, 9), True, "2025-04-09"),
        (time(12, 30), False, "12:30:00"),
        (timedelta(hours=30), False, "1 day, 6:00:00"),
        ("two\r\nlines ", True, "two lines "),
        ("", False, ""),
    ],
)
def test_text_of_a_cell(cell: object, percent: bool, text: str) -> None:
    assert _text(cell, percent) == text


def test_what_a_packed_file_holds_is_known_by_name_and_size(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", a_csv=b"a,b\n", b_txt=b"1\n", c_html=b"x")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("__MACOSX/a.csv", b"of a system")
    assert members_of(path) == ("a.csv", "b.txt")
    with open_bytes(path, "b.txt") as file:
        assert file.read() == b"1\n"
    one = zipped(tmp_path / "one.zip", a_csv=b"a,b\n" * 100)
    plain = tmp_path / "a.csv"
    plain.write_bytes(b"a,b\n")
    assert (size_of(one), size_of(plain), members_of(plain)) == (400, 4, ())
    assert kind_of(tmp_path / "absent.zip") == ".zip"


def test_what_is_packed_with_a_password_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", a_csv=b"a,b\n")
    content = path.read_bytes()
    place = content.index(b"PK\1\2") + 8  # flags, in the list of what is packed
    path.write_bytes(content[:place] + bytes([content[place] | 2]) + content[place + 1 :])
    assert kind_of(path) == ".csv"  # how well it is packed
    path.write_bytes(content[:place] + bytes([content[place] | 1]) + content[place + 1 :])
    with pytest.raises(InputError, match=r"t\.zip: is protected by a password \(unpack it first\)"):
        kind_of(path)


def test_a_byte_of_a_table_takes_twelve_of_memory(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_bytes(b"x" * 100)
    packed.write_bytes(gzip.compress(b"x" * 100))
    book = workbook(tmp_path / "a.xlsx", [["x"]])
    for path, size in ((plain, 100), (packed, 100), (book, book.stat().st_size)):
        read = (lambda one: list(sheet_rows(one)), sheet_names) if path == book else (content_of,)
        for one in read:
            with allowing(12 * size):
                assert one(path)
            with allowing(12 * size - 1), pytest.raises(InputError, match=f"{size:,} bytes need about"):
                one(path)


def test_hidden_sheets_are_not_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        for name in ("One", "Two", "Three"):
            book.add_worksheet(name).write(0, 0, name)
        book.worksheets()[1].hide()
    assert sheet_names(tmp_path / "t.xlsx") == ("One", "Three")
