"""Official schedule files: inherited rates, columns of preferences, every malformed row told at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from tests.schedule_files import HTS, JAPANESE, PAGE, as_json
from tests.surroundings import within

from kosho.errors import InputError
from kosho.law.schedules.hts import citations, special_duties
from kosho.law.schedules.importing import import_files, read_files
from kosho.law.schedules.japan import _by_member
from kosho.law.schedules.ordinary import in_force, lookup
from kosho.law.schedules.seasons import season
from kosho.law.schedules.store import folder, imported


@pytest.fixture(params=["csv", "json"])
def export(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"hts.{request.param}"
    path.write_text(HTS if request.param == "csv" else as_json(HTS), encoding="utf-8-sig")
    return path


def test_statistical_lines_inherit_the_duties_of_their_line(export: Path) -> None:
    lines = read_files([export]).lines
    assert [(code, str(line.general), str(line.statutory)) for code, line in lines.items()] == [
        ("01012100", "Free", "Free"),
        ("0101210010", "Free", "Free"),
        ("0101210020", "Free", "Free"),
        ("01012900", "Free", "20%"),
        ("0101290010", "Free", "20%"),
        ("0101300000", "6.8%", "15%"),
        ("87032301", "2.5%", "10%"),
        ("8703230190", "2.5%", "10%"),
    ]
    asses, cars = lines["0101300000"], lines["8703230190"]
    assert str(asses.specials["usjta"]) == "3.4%"
    assert (
        str(asses.specials["korus"])
        == str(cars.specials["usmca"])
        == str(cars.specials["auto-products"])
        == "Free"
    )
    assert "usjta" not in cars.specials
    assert asses.unit == "No."
    assert cars.description == "Motor cars and other motor vehicles > Of a cylinder capacity over 1.5 l > Other"


def test_a_row_without_a_duty_has_that_of_the_nearest_above_it(tmp_path: Path) -> None:
    path = tmp_path / "hts.csv"
    rows = ("0101,0,Horses,,4%,,9%,,", "0101.21.00,1,Wild,,2%,,8%,,", "0101.21.00.10,2,Males,,,,,,")
    path.write_text("\n".join([HTS.splitlines()[0], *rows]) + "\n", encoding="utf-8")
    line = read_files([path]).lines["0101210010"]
    assert (str(line.general), str(line.statutory)) == ("2%", "8%")


def test_rows_after_one_that_is_no_csv_are_looked_at_too(tmp_path: Path) -> None:
    path = tmp_path / "hts.csv"
    rows = (
        "0101.21.00,0," + "x" * 200_000 + ",,2%,,8%,,",
        "0101.29.00,0,Wild,2%",
        "0101.30.00,x,Asses,,2%,,,,",
    )
    path.write_text("\n".join([HTS.splitlines()[0], *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_files([path])
    assert [problem.line for problem in caught.value.problems][:2] == [2, 3]


def test_lines_without_a_duty_are_left_out_and_told(export: Path) -> None:
    told = read_files([export]).without_duty
    assert [problem.key for problem in told] == ["87038000", "8703800010"]
    assert all(problem.file == str(export) and problem.line for problem in told)


def test_an_import_is_looked_up(export: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    done = import_files([export], "USA", "HTS 2025 rev 5", date(2025, 4, 1))
    assert done.schedule.complete
    assert done.draft.kinds() == {"free": 5, "ad_valorem": 3}
    found = lookup("USA", "KOR", "8703.23.01.90", date(2025, 5, 1), "korus")
    assert found is not None
    assert (str(found.duty), found.source) == ("Free", f"HTS 2025 rev 5, {export.name}")
    column_2 = lookup("USA", "CUB", "0101.30.00.00", date(2025, 5, 1))
    assert column_2 is not None
    assert (str(column_2.duty), column_2.column) == ("15%", "statutory")


BROKEN = """\
HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty
01O1.21.00,2,Typo,,Free,,Free
0101.29.00,two,Other,,Free,,20%
0101.30.00,2,Asses,,6.8%,Free (A+ KR,15%
0101.90.30,2,Mules,,Free,(KR),Free
0101.90.40,2,Other,,4.5%
0102.21.00,2,Cattle,,Free,,Free
0102.21.00,2,Cattle,,5%,,Free
"""


def test_a_row_stands_under_those_that_are_indented_less(tmp_path: Path) -> None:
    path = tmp_path / "hts.csv"
    path.write_text(
        BROKEN.splitlines()[0]
        + """
0101,0,Horses and asses:,,,,
,1,Horses:,,,,
0101.21.00,2,Purebred,,Free,,Free
0101.29.00,2,Other,,4.5%,,20%
0101.29.00.10,3,For slaughter,,,,
,1,<i>Asses</i>:,,,,
0101.30.00,2,,,6.8%,,15%
0102.21.00,0,Cattle,,Free,,Free
""",
        encoding="utf-8",
    )
    assert {code: line.description for code, line in read_files([path]).lines.items()} == {
        "01012100": "Horses and asses > Horses > Purebred",
        "01012900": "Horses and asses > Horses > Other",
        "0101290010": "Horses and asses > Horses > Other > For slaughter",
        "01013000": "Horses and asses > Asses",
        "01022100": "Cattle",
    }


def test_every_malformed_row_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    path = tmp_path / "hts.csv"
    path.write_text(BROKEN, encoding="utf-8")
    missing = tmp_path / "missing.json"
    with pytest.raises(InputError) as wrong:
        import_files([path, missing], "USA", "HTS")
    told = sorted(
        (problem.line or 0, problem.message) for problem in wrong.value.problems if problem.file == str(path)
    )
    assert [line for line, _ in told] == [2, 3, 4, 5, 6, 8]
    for (_, message), words in zip(
        told,
        (
            "not an HTS number",
            "indent 'two'",
            "brackets do not match",
            "symbols without a duty",
            "5 cells under 7",
            "given twice",
        ),
        strict=True,
    ):
        assert words in message
    assert any(problem.file == str(missing) for problem in wrong.value.problems)
    assert not folder().exists()
    assert imported() == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"' + "9" * 140_000 + '",x\n1,2\n', "hts.csv:1: is not CSV"),
        (
            BROKEN.splitlines()[0] + "\n0101.29.00," + "9" * 5000 + ",Horses,,5%,,Free\n",
            "hts.csv:2: 0101.29.00: indent '9{20}' is",
        ),
    ],
)
def test_cells_longer_than_anything_can_be_are_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "hts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_files([path])


def test_the_end_of_a_month_is_its_longest_day() -> None:
    days = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    for month, day in enumerate(days, 1):
        assert season(f"毎年1月1日から同年{month}月末日まで") == f"01-01 to {month:02}-{day}"
        assert season(f"毎年{month}月{day}日から同年12月31日まで") == f"{month:02}-{day} to 12-31"
        assert season(f"毎年{month}月{day + 1}日から同年12月31日まで") == ""
    names = "January February March April May June July August September October November December"
    for month, name in enumerate(names.split(), 1):
        assert season(f"from {name} 1 to December 2") == f"{month:02}-01 to 12-02"


@pytest.mark.parametrize(
    "text",
    [
        "from 0 June to 1 July",
        "毎年0月1日から同年12月1日まで",
        "毎年13月1日から同年12月1日まで",
        "from 1 Foo to 2 July",
    ],
)
def test_days_that_no_year_has_are_no_season(text: str) -> None:
    assert season(text) == ""


def test_a_day_of_many_digits_is_no_season() -> None:
    many = "1" * 5000
    for text in (
        f"毎年12月1日から翌年5月{many}日まで",
        f"from 1 June to {many} July",
        f"from June {many} to July 1",
    ):
        assert season(text) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is not a JSON array"),
        ('[{"htsno": "0101", "indent": "0"', "is not JSON"),
        ('[{"htsno": "0101"}]', "no column Indent"),
        ("[1, 2]", "is not a JSON object"),
        ("[", "ends before the array does"),
        ('[{"htsno": ' + "9" * 5000 + "}]", ":1: is not JSON that can be read"),
        ("[" * 200_000, ":1: is not JSON that can be read"),
        ("[]", "holds no tariff line"),
    ],
)
def test_json_that_is_no_export_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_files([path])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("Free (KR)", {"korus": "Free"}),
        (
            "Free (A+,AU, KR) 1.1¢/liter (JP)",
            {"gsp": "Free", "ausfta": "Free", "korus": "Free", "usjta": "1.1¢/liter"},
        ),
        ("Free (S) See 9823.01.01 (S+)", {"usmca [S]": "Free", "usmca [S+]": "See 9823.01.01"}),
        (
            "Free (BH,CL) See 9822.05.20 (P+) See 9822.06.10 (PE)",
            {"usbfta": "Free", "uscfta": "Free", "cafta-dr": "See 9822.05.20", "ustpa-peru": "See 9822.06.10"},
        ),
        ("Free 1/ (AU)", {"ausfta": "Free 1/"}),
        ("The rate (see note) (AU)", {"ausfta": "The rate (see note)"}),
        ("No change", {"special": "No change"}),
        ("Free (AU) No change for others", {"ausfta": "Free", "special": "No change for others"}),
        ("Free (AU,XX)", {"ausfta": "Free", "symbol XX": "Free"}),
        ("1/", {}),
    ],
)
def test_special_duties_by_symbol(text: str, expected: dict[str, str]) -> None:
    assert dict(special_duties(text).duties) == expected


def test_a_cell_that_holds_a_note_alone_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("code,duty\n87032301,2.5%\n01012100,²\n", encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_files([path])
    (told,) = wrong.value.problems
    assert (told.file, told.line, told.key, told.message) == (str(path), 3, "01012100", "no duty is given")
    path = tmp_path / "japan.csv"
    path.write_text(JAPANESE.replace("輸入されるもの,20%", "輸入されるもの,<b>"), encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_files([path])
    assert {(one.file, one.key) for one in wrong.value.problems} == {(str(path), "080510000")}


def test_a_plain_table(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("code,duty,description\n8703.23.01,2.5%,Cars\n01012100,Free,Horses\n", encoding="utf-8")
    lines = read_files([path]).lines
    assert {code: (str(line.general), line.description) for code, line in lines.items()} == {
        "87032301": ("2.5%", "Cars"),
        "01012100": ("Free", "Horses"),
    }
    path.write_text("code,duty\n8703,2.5%\n8703230,2%\n01012100,Free\n", encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_files([path])
    assert [problem.line for problem in wrong.value.problems] == [2, 3]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column code or duty"):
        read_files([path])


@pytest.mark.parametrize(
    ("notes", "cited"),
    [
        ([{"columns": ["special"], "value": "See 9903.88.15."}], {"special": ("9903.88.15",)}),
        (
            [{"columns": ["general", "other"], "value": "See 9903.88.15 and 9903.91.01."}],
            dict.fromkeys(("general", "statutory"), ("9903.88.15", "9903.91.01")),
        ),
        ([{"value": "See 9902.01.10 to 9902.01.12."}], {"general": ("9902.01.10-9902.01.12",)}),
        ([{"columns": ["desc"], "value": "See 9802.00.80"}], {"description": ("9802.00.80",)}),
        (
            [
                {"columns": ["general"], "value": "See 9903.88.15."},
                {"columns": ["general"], "value": "9903.88.16 covers certain goods of this rate line"},
            ],
            {"general": ("9903.88.15",), "part": ("9903.88.16",)},
        ),
        (
            [{"columns": ["special"], "value": "9903.88.16 covers certain goods of this rate line"}],
            {"general": ("9903.88.16",)},
        ),
        (["a note", {"columns": ["general"], "value": "in 1998"}, {"columns": ["general"], "value": None}], {}),
    ],
)
def test_footnotes_cite_headings_by_column(notes: list[object], cited: dict[str, tuple[str, ...]]) -> None:
    assert dict(citations(notes)) == cited


CANADA, CHILE_PERU, OTHERS = (
    f"（{who}に対する待遇）\u3000{duty}"
    for who, duty in (("カナダ", "3%"), ("チリ及びペルー", "2%"), ("他の締約国", "1%"))
)


@pytest.mark.parametrize(
    ("cell", "duties"),
    [
        (
            (CANADA, CHILE_PERU, OTHERS),
            {"cptpp/CAN": "3%", "cptpp/CHL": "2%", "cptpp/PER": "2%", "cptpp": "1%"},
        ),
        ((OTHERS,), {"cptpp": "1%"}),
        ((CANADA, "2%"), None),
        ((CANADA.replace("カナダ", "月"), OTHERS), None),
        ((CHILE_PERU.replace("ペルー", "月"),), None),
        (("3%",), None),
    ],
)
def test_a_cell_tells_members_apart_where_each_of_them_is_known(
    cell: tuple[str, ...], duties: dict[str, str] | None
) -> None:
    text = "\n".join(cell)
    assert dict(_by_member("cptpp", text)) == ({"cptpp": text} if duties is None else duties)


def test_japans_schedule(tmp_path: Path) -> None:
    path = tmp_path / "japan.csv"
    path.write_text(JAPANESE, encoding="utf-8")
    draft = read_files([path])
    lines = draft.lines
    applied = {code: (str(line.general), str(line.statutory)) for code, line in lines.items()}
    assert applied == {
        "020110000": ("38.5%", "38.5%"),  # temporary before general, bracketed WTO rate not lower
        "870380010": ("Free", "Free"),  # inherited from the subheading
        "870380090": ("Free", "Free"),
        "100630090": ("49 JPY/kg", "49 JPY/kg"),
        "030721290": ("7%", "10%"),  # the WTO rate is lower
        "080510000": (
            "[06-01 to 11-30] 16% | [12-01 to 05-31] 32%",
            "[06-01 to 11-30] 20% | [12-01 to 05-31] 40%",
        ),
        "160241011": ("基準輸入価格と課税価格との差額", "基準輸入価格と課税価格との差額"),
    }
    assert {key: str(duty) for key, duty in lines["030721290"].specials.items()} == {
        "cptpp/CAN": "3%",
        "cptpp/CHL": "3%",
        "cptpp": "1.2%",
    }
    assert str(lines["020110000"].specials["usjta"]) == "20.8%"
    assert str(lines["870380010"].specials["rcep/CHN"]) == "Free"
    assert str(lines["080510000"].specials["cptpp"]) == "Free"
    assert [problem.key for problem in draft.unread] == ["160241011", "160241011"]


MARKED = """\
stat_code,sub,desc,基本,暫定,WTO協定
0101.10,,馬,10%,,
0101.10,,馬 > 1 繁殖用,20%,,
0101.10,,馬 > 1 繁殖用 > (1) 純粋種,30%,,
0101.10,,馬 > 1 繁殖用 > (1) 純粋種 > A 競走用,40%,,
0101.10,,馬 > 1 繁殖用 > (1) 純粋種 > A 競走用 > (a) 雄,50%,,
0101.10,001,馬 > 1 繁殖用 > (1) 純粋種 > A 競走用 > (a) 雄 > 〔1〕 若い,,,
0101.10,002,馬 > 1 繁殖用 > (1) 純粋種 > A 競走用 > (b) 雌,,,
0101.10,003,馬 > 1 繁殖用 > (1) 純粋種 > B その他,,,
0101.10,004,馬 > 1 繁殖用 > (2) その他,,,
0101.10,,馬 > 1 繁殖用 > (3) 雑種,35%,,
0101.10,,馬 > 1 繁殖用 > (3) 雑種 > - 大型,36%,,
0101.10,005,馬 > 1 繁殖用 > (3) 雑種 > - 大型 > -- 老齢,,,
0101.10,006,馬 > 1 繁殖用 > (3) 雑種 > - 小型,,,
0101.10,007,馬 > 2 その他,,,
0101.10,008,馬 > 1 繁殖用 > 印なし,,,
0101.20,009,ろば,5%,,
"""


def test_a_duty_printed_above_holds_for_what_is_deeper(tmp_path: Path) -> None:
    path = tmp_path / "japan.csv"
    path.write_text(MARKED, encoding="utf-8")
    found = {code[6:]: str(line.general) for code, line in read_files([path]).lines.items()}
    assert found == {
        "001": "50%",
        "002": "40%",
        "003": "30%",
        "004": "20%",
        "005": "36%",
        "006": "35%",
        "007": "10%",
        "008": "10%",  # nothing but the subheading is above what has no mark after 2
        "009": "5%",
    }


def test_seasons_follow_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    path = tmp_path / "japan.csv"
    path.write_text(JAPANESE, encoding="utf-8")
    import_files([path], "JPN", "test")
    for day, duty in {(6, 1): "16%", (11, 30): "16%", (12, 1): "32%", (1, 15): "32%", (5, 31): "32%"}.items():
        found = lookup("JPN", "USA", "0805.10.000", date(2026, *day))
        assert found is not None
        assert str(found.duty) == duty


def test_a_page_of_japan_customs(tmp_path: Path) -> None:
    path = tmp_path / "e_87.htm"
    path.write_text(PAGE, encoding="utf-8")
    lines = read_files([path]).lines
    assert {code: str(line.general) for code, line in lines.items()} == {
        "870380010": "Free",
        "070310011": "10%",
    }
    onions = lines["070310011"]
    assert {key: str(duty) for key, duty in onions.specials.items()} == {
        "cptpp": "5% or 73.7 JPY/kg - 100%, whichever is the lower",
        "usjta": "Free",
    }
    assert set(lines["870380010"].specials) == {"vjepa", "cptpp"}


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        ("<table><tr><td>8703.80</td></tr></table>", 1, "has no table with the columns"),
        (
            PAGE.replace("<td>8703.80</td><td>010</td>", "<td>8703.8O</td><td>010</td>"),
            7,
            "not a statistical code",
        ),
        (PAGE.replace("<td>010</td>", "<td>01</td>"), 7, "not a statistical suffix"),
        (PAGE.replace("<td>011</td>", ""), 8, "8 cells under 9 headings"),
    ],
)
def test_a_page_that_is_wrong_is_told(page: str, line: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_files([path])
    assert any(problem.line == line and message in problem.message for problem in wrong.value.problems)


@pytest.mark.parametrize("span", ["99999999999", "9" * 5000, "²", "-1", "0"], ids=lambda span: span[:12])
def test_spans_of_cells_have_an_end(span: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    wide = PAGE.replace("<td>Free</td>", f'<td colspan="{span}" rowspan="{span}">Free</td>')
    path.write_text(wide, encoding="utf-8")
    with within(20), suppress(InputError):
        read_files([path])


def test_parquet(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "japan.parquet"
    cells = {
        "stat_code": ["8703.10"],
        "sub": ["000"],
        "desc": ["a"],
        "基本": ["無税"],
        "暫定": [None],
        "WTO協定": ["(無税)"],
    }
    parquet.write_table(arrow.table(cells), path)
    assert str(read_files([path]).lines["870310000"].general) == "Free"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match="is no Parquet file"):
        read_files([path])


@pytest.mark.parametrize(
    ("names", "importer", "first", "last", "message"),
    [
        (["there.pdf"], "USA", None, None, "unknown kind of file '.pdf'"),
        (["x.pdf"], "USA", None, None, "cannot be read"),
        (["x.parquet"], "JPN", None, None, "cannot be read"),
        (["x.csv"], "USA", None, None, "cannot be read"),
        (["x.csv"], "US", None, None, "unknown importer 'US'"),
        (["x.csv"], "USA", date(2025, 2, 1), date(2025, 1, 1), "2025-01-01 is before 2025-02-01"),
    ],
)
def test_what_cannot_be_imported(
    names: list[str], importer: str, first: date | None, last: date | None, message: str, tmp_path: Path
) -> None:
    (tmp_path / "there.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match=message):
        import_files([tmp_path / name for name in names], importer, "edition", first, last)


def test_no_encoding_is_guessed(tmp_path: Path) -> None:
    table = tmp_path / "s.csv"
    table.write_bytes("code,duty\n0101.21.00,6.8 %\n0101.29.00,5 \u00a3/kg\n".encode("cp1252"))
    with pytest.raises(InputError, match=r"s\.csv:3: is not UTF-8 text .*save it as UTF-8"):
        read_files([table])
    japanese = tmp_path / "j.csv"
    japanese.write_bytes(JAPANESE.encode("cp932", "replace"))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_files([japanese])


def test_a_page_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    page = tmp_path / "j.html"
    page.write_bytes(PAGE.replace("utf-8", "Shift_JIS").replace("Motor cars", "自動車").encode("cp932"))
    assert read_files([page]).lines
    page.write_bytes(PAGE.replace("Motor cars", "自動車").encode("cp932"))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_files([page])


def test_a_data_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOSHO_DATA", "mine")
    (tmp_path / "s.csv").write_text("code,duty\n0101.21.00,6.8%\n", encoding="utf-8")
    done = import_files([Path("s.csv")], "GBR", "e1")
    assert done.path.is_relative_to(tmp_path / "mine")
    assert str(in_force("GBR", date(2025, 6, 29))[0].lines["01012100"].general) == "6.8%"


def test_a_folder_of_pages_is_a_schedule_as_a_folder_of_tables_is(tmp_path: Path) -> None:
    (tmp_path / "a_02.htm").write_text(PAGE, encoding="utf-8")
    (tmp_path / "readme.md").write_text("of Japan Customs")
    assert len(read_files([tmp_path]).lines) == len(read_files([tmp_path / "a_02.htm"]).lines) > 0
    (tmp_path / "a_02.htm").unlink()
    with pytest.raises(InputError, match="holds no file of a schedule"):
        read_files([tmp_path])
