"""Every importer on a file of the exact layout of its publisher, against the arrays it was written from."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from tests import published_tables as published
from tests.binary_workbook import write_xlsb
from tests.published_tables import Made, Page, economy

from kosho.errors import InputError, Problems
from kosho.tabular import sheet_rows
from kosho.world.build import Said, completed
from kosho.world.har import HeaderArray, har_bytes
from kosho.world.loading import calibrated
from kosho.world.naming import named
from kosho.world.readers import READERS, oecd_csv, reader
from kosho.world.readers.blocks import Blocks
from kosho.world.readers.oecd_csv import EDITIONS
from kosho.world.readers.sales import Sales
from kosho.world.readers.wiod import _most
from kosho.world.store import IOTable

COUNTRIES = ("CHN", "JPN", "ROW", "USA")


def same(table: IOTable, made: Made, scale: float = 1.0, rtol: float = 1e-9) -> None:
    """The table holds what was written; negative final demand is zero."""
    place = [made.countries.index(code) for code in made.countries]
    np.testing.assert_allclose(table.intermediate, scale * made.used.sum(axis=3).transpose(2, 0, 1), rtol=rtol)
    np.testing.assert_allclose(table.inputs, scale * made.used.sum(axis=0).transpose(1, 0, 2), rtol=rtol)
    final = np.maximum(made.final.sum(axis=3), 0.0).transpose(2, 0, 1)
    assert table.final is not None
    np.testing.assert_allclose(table.final, scale * final, rtol=rtol)
    assert len(place) == len(table.countries)


@pytest.mark.parametrize("edition", list(EDITIONS))
def test_every_edition_of_the_oecd_is_told_by_its_industries(edition: str, tmp_path: Path):
    codes = sorted(EDITIONS[edition][1])
    if edition == "2025":
        codes = list(EDITIONS["2025"][1] & {"A01", "C29", "G"})
        codes.sort()
    finals = published.OLD_FINAL if edition == "2016" else published.OECD_FINAL
    made = economy(COUNTRIES, codes[:6] if edition != "2025" else codes, finals, 4)
    name = {"2025": "2022_SML.csv", "2023": "ICIO2023_2020.csv"}.get(edition, f"ICIO{edition}_2011.csv")
    table = reader("oecd-csv").table([published.oecd(tmp_path / name, made, edition)], {})
    same(table, made)
    assert edition in table.meta["edition"]
    assert table.meta["year"] == {"2025": 2022, "2023": 2020}.get(edition, 2011)
    world = calibrated(named(table))
    assert world.imbalance < 1e-14
    assert all(len(world.meta.sectors.get(code) or (code,)) >= 1 for code in world.sectors)


def test_a_bundle_of_years_is_asked_for_one(tmp_path: Path):
    made = economy(COUNTRIES, ("A01", "C29", "G"), published.OECD_FINAL)
    bundle = tmp_path / "2016-2022_SML.zip"
    with zipfile.ZipFile(bundle, "w") as packed:
        for year in ("2021", "2022"):
            packed.write(published.oecd(tmp_path / f"{year}_SML.csv", made, "2025"), f"{year}_SML.csv")
    with pytest.raises(InputError, match=r"holds several tables: 2021, 2022 .--year"):
        reader("oecd-csv").table([bundle], {})
    with pytest.raises(InputError, match="holds no table of 2019: 2021, 2022"):
        reader("oecd-csv").table([bundle], {"year": "2019"})
    table = reader("oecd-csv").table([bundle], {"year": "2021"})
    assert table.meta["year"] == 2021
    same(table, made)


def test_parts_of_china_are_joined_or_kept_as_sectors_of_their_own(tmp_path: Path):
    whole = economy(("CN1", "CN2", "JPN"), ("A01", "C29", "G"), published.OECD_FINAL)
    final = np.concatenate([whole.final[:, :, :1] + whole.final[:, :, 1:2], whole.final[:, :, 2:]], axis=2)
    made = Made(whole.countries, whole.sectors, whole.categories, whole.used, final)
    finals = [f"{c}_{f}" for c in ("CHN", "JPN") for f in made.categories]
    path = published.oecd(tmp_path / "2022.csv", whole, "2025")
    text = path.read_text().splitlines()
    head = ["V1", *(f"{c}_{s}" for c, s in made.industries), *finals, "OUT"]
    used, bought = made.matrix
    output = used.sum(axis=1) + bought.sum(axis=1)
    rows = [[name, *used[k], *bought[k], output[k]] for k, name in enumerate(head[1:10])]
    rows += [["VA", *(output - used.sum(axis=0)), *[0] * 12, ""], ["OUT", *output, *[0] * 12, ""]]
    path = published.rows_of(tmp_path / "2022.csv", [head, *rows])
    assert len(text) > 9
    joined = reader("oecd-csv").table([path], {})
    kept = reader("oecd-csv").table([path], {"parts": "kept"})
    assert (joined.countries, joined.sectors) == (("CHN", "JPN"), ("A01", "C29", "G"))
    assert kept.sectors == ("A01", "C29", "G", "A01.2", "C29.2", "G.2")
    np.testing.assert_allclose(kept.output[0, :3] + kept.output[0, 3:], joined.output[0])
    np.testing.assert_allclose(kept.output[1, 3:], 0.0)
    world = calibrated(named(kept))
    assert world.meta.sectors["C29.2"] == ("C29",)
    assert "sector_weights" not in named(kept).meta  # each part is one ICIO sector
    assert world.imbalance < 1e-14


def test_an_edition_nobody_knows_is_refused_with_the_nearest(tmp_path: Path):
    made = economy(COUNTRIES, ("A01", "C29", "C30", "G"), published.OECD_FINAL)
    with pytest.raises(InputError, match=r"no edition that is known .*nearest is 20\d\d, without (A01|C30)"):
        reader("oecd-csv").table([published.oecd(tmp_path / "2022_SML.csv", made, "2025")], {})


@pytest.mark.parametrize(
    ("rule", "told"), [("net", "negative and set to zero"), ("apart", "rule 'apart'"), ("out", "rule 'out'")]
)
def test_falls_of_inventories_are_treated_by_the_rule_that_is_named(rule: str, told: str, tmp_path: Path):
    made = economy(COUNTRIES, ("A01", "C29", "G"), published.OECD_FINAL, 4)
    made.final[0, 0, 1] = [1.0, 0.0, 0.0, 0.0, -3.0, 0.0]
    made.final[0, 1, 1] = [5.0, 0.0, 0.0, 0.0, -3.0, 0.0]
    path = published.oecd(tmp_path / "2022_SML.csv", made, "2025")
    table = reader("oecd-csv").table([path], {"inventories": rule})
    wanted = {"net": (0.0, 2.0), "apart": (1.0, 5.0), "out": (1.0, 5.0)}[rule]
    assert table.final is not None
    assert tuple(table.final[1, 0, :2]) == wanted
    assert any(told in note for note in table.meta["adjustments"])
    with pytest.raises(InputError, match=r"unknown rule for inventories 'off' .one of apart, net, out"):
        reader("oecd-csv").table([path], {"inventories": "off"})


@pytest.mark.parametrize("release", ["2013", "2016"])
def test_wiod_workbooks(release: str, tmp_path: Path):
    size = 35 if release == "2013" else 56
    sectors = [f"{'c' if release == '2013' else 'r'}{k}" for k in range(1, size + 1)]
    finals = ("c37", "c38", "c39", "c41", "c42") if release == "2013" else ("c57", "c58", "c59", "c60", "c61")
    made = economy(("AUS", "JPN", "RoW"), sectors, finals, 4)
    name = "wiot08_row_apr12.xlsx" if release == "2013" else "WIOT2008_Nov16_ROW.xlsx"
    title = (
        "WIOT_2008" if release == "2013" else "2008",
        "Intercountry Input-Output Table",
        "",
        "",
        "(millions of US$)",
    )
    table = reader("wiod").table([published.sheet(tmp_path / name, made, sectors, finals, title)], {})
    same(table, made)
    assert (table.meta["edition"], table.meta["year"]) == (f"WIOD, release of {release}", 2008)
    assert table.sectors == tuple(sectors)
    assert calibrated(named(table)).countries == ("AUS", "JPN", "ROW")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["c1", "x", "x"], ["c1", "c2", "x"], ["x", "x", "x"]], 1),
        ([["c1", "c2", "x", "x"]], 0),
        ([["c1", "c2", "x", "x", "x"]], None),
        ([["x", "c1", "c2"], ["c1", "c2", "c3"]], 1),
        ([["x", "x"]], None),
    ],
)
def test_the_row_of_codes_is_the_one_with_most_of_them_if_they_are_half(
    rows: list[list[str]], place: int | None
):
    assert _most(rows, lambda text: text.startswith("c")) == place


@pytest.mark.parametrize("behind", [0, 1])
def test_a_row_of_wiod_that_is_not_its_total_is_refused(behind: int, tmp_path: Path):
    sectors, finals = [f"c{k}" for k in range(1, 36)], ("c37", "c38", "c39", "c41", "c42")
    made = economy(("AUS", "RoW"), sectors, finals, 4)
    path = published.sheet(tmp_path / "wiot08_row_apr12.xlsx", made, sectors, finals, ("WIOT_2008", "Table"))
    book = openpyxl.load_workbook(path)
    (page,) = book.worksheets
    page.cell(8, page.max_column).value *= 1.01
    for _other in range(behind):  # a publisher may have columns of its own behind the total
        page.cell(3, page.max_column + 1).value = "check"
    book.save(path)
    with pytest.raises(InputError, match="row AUS c2 adds up to"):
        reader("wiod").table([path], {})


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("wiot95_row_apr12.xlsx", "WIOT", 1995),
        ("wiot51.xlsx", "WIOT", 1951),
        ("wiot50.xlsx", "WIOT", 2050),
        ("wiot08_row_apr12.xlsx", "Table of 1999", 1999),  # what is written out is no short year
        ("WIOT2008_2016.xlsx", "Table of 1999", 2008),
        ("table.xlsx", "Table of 1999", 1999),
        ("table.xlsx", "Table 120081", None),
    ],
)
def test_the_year_of_a_wiod_workbook_is_told_by_its_name_or_its_title(
    name: str, title: str, year: int | None, tmp_path: Path
):
    sectors = [f"c{k}" for k in range(1, 36)]
    finals = ("c37", "c38", "c39", "c41", "c42")
    made = economy(("AUS", "JPN"), sectors, finals, 4)
    table = reader("wiod").table([published.sheet(tmp_path / name, made, sectors, finals, ("WIOT", title))], {})
    assert table.meta.get("year") == year
    assert table.meta["name"] == (f"wiod-{year}" if year else "table")


WIOD_2013 = [f"c{k}" for k in range(1, 36)], ("c37", "c38", "c39", "c41", "c42")


@pytest.mark.parametrize(
    ("pages", "year", "told"),
    [
        ([Page("WIOT_2011", merged=True)], None, None),
        ([Page("old", hidden=True, cells=((9, 7, 9e5),)), Page("WIOT_2011")], None, None),
        ([Page("About", notes=("c1", "AUS", "2011")), Page("WIOT")], "2011", None),
        ([Page("WIOT_2010", cells=((9, 7, 9e5),)), Page("WIOT_2011")], "2011", None),
        ([Page("WIOT_2010"), Page("WIOT_2011")], None, "holds several tables: WIOT_2010, WIOT_2011"),
        ([Page("WIOT_2010"), Page("WIOT_2011")], "2009", "holds no table of 2009: WIOT_2010, WIOT_2011"),
        ([Page("WIOT", cells=((9, 7, "1,234.5"),))], None, r":10: cell H10: '1,234\.5' is not a number"),
        ([Page("WIOT", cells=((9, 7, "nan"),))], None, ":10: cell H10: 'nan' is not a number"),
        ([Page("WIOT", cells=((9, 7, True),))], None, ":10: cell H10: 'True' is not a number"),
    ],
)
def test_the_sheet_that_is_meant_is_read_as_a_person_sees_it(
    pages: list[Page], year: str | None, told: str | None, tmp_path: Path
):
    made = economy(("AUS", "JPN"), WIOD_2013[0], WIOD_2013[1], 4)
    path = published.sheets(tmp_path / "wiot.xlsx", made, *WIOD_2013, pages)
    settings = {} if year is None else {"year": year}
    if told is None:
        same(reader("wiod").table([path], settings), made)
        return
    with pytest.raises(InputError, match=told):
        reader("wiod").table([path], settings)


@pytest.mark.parametrize(("year", "output"), [(None, True), (2011, False)])
def test_the_lists_of_wiod_2013_in_rdata(year: int | None, *, output: bool, tmp_path: Path):
    rdata = pytest.importorskip("rdata")
    sectors = [f"c{k}" for k in range(1, 36)]
    made = economy(("AUS", "JPN"), sectors, ("c37", "c38", "c39", "c41", "c42"), 4)
    used, final = made.matrix
    held = {
        "countries": np.array(made.countries, dtype="U3"),
        "industries": np.array([f"Industry {k}" for k in range(35)]),
        "inter": used,
        "final": final,
        **({"output": np.asarray(made.output, float)} if output else {}),
        **({} if year is None else {"year": np.array([float(year)])}),
    }
    rdata.write_rda(tmp_path / "wiot.rda", {"wiot": held})
    table = reader("wiod").table([tmp_path / "wiot.rda"], {})
    same(table, made)
    assert table.meta.get("year") == year


WIOD_2016 = [f"r{k}" for k in range(1, 57)], ("c57", "c58", "c59", "c60", "c61")


def test_the_binary_workbook_of_wiod_2016_is_read_as_the_other_is(tmp_path: Path):
    sectors, finals = WIOD_2016
    made = economy(("AUS", "JPN", "RoW"), sectors, finals, 4)
    title = ("2008", "Intercountry Input-Output Table", "", "", "(millions of US$)")
    plain = published.sheet(tmp_path / "WIOT2008_Nov16_ROW.xlsx", made, sectors, finals, title)
    path = write_xlsb(tmp_path / "WIOT2008_Nov16_ROW.xlsb", "2008", sheet_rows(plain))
    table = reader("wiod").table([path], {})
    same(table, made)
    assert (table.meta["edition"], table.meta["year"]) == ("WIOD, release of 2016", 2008)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="xlsb"):
        reader("wiod").table([path], {})


def test_the_data_frame_of_wiod_2016_in_rdata(tmp_path: Path):
    rdata = pytest.importorskip("rdata")
    sectors, finals = WIOD_2016
    made = economy(("AUS", "JPN", "RoW"), sectors, finals, 4)
    used, final = made.matrix
    codes = {code.upper() if code != "RoW" else "ROW": code for code in made.countries}
    owner = {theirs: ours for ours, theirs in codes.items()}
    number = {code: k for k, code in enumerate((*sectors, *finals), 1)}
    columns = [f"{owner[c]}{number[s]}" for c, s in (*made.industries, *made.finals)]
    frame = pd.DataFrame(np.hstack([used, final]), columns=columns)
    frame["TOT"] = made.output
    total = frame.sum()  # the release has rows of totals and value added below
    below = pd.DataFrame([total, total])
    frame = pd.concat([frame, below], ignore_index=True)
    count = len(made.industries)
    frame.insert(0, "IndustryCode", [s for _c, s in made.industries] + ["II_fob", "GO"])
    frame.insert(1, "IndustryDescription", [f"Industry {s}" for _c, s in made.industries] + ["Total", "Output"])
    frame.insert(2, "Country", [owner[c] for c, _s in made.industries] + ["TOT", "TOT"])
    frame.insert(3, "RNr", [float(number[s]) for _c, s in made.industries] + [65.0, 73.0])
    frame.insert(4, "Year", [2008.0] * (count + 2))
    frame.index = pd.RangeIndex(1, count + 3)
    texts = dict.fromkeys(("IndustryCode", "IndustryDescription", "Country"), pd.StringDtype("python"))
    frame = frame.astype(texts)  # which the writer knows
    path = tmp_path / "WIOT2008_October16_ROW.RData"
    rdata.write_rda(path, {"wiot": frame})
    table = reader("wiod").table([path], {})
    same(table, made)
    assert (table.meta["edition"], table.meta["year"]) == ("WIOD, release of 2016", 2008)


def test_tables_of_the_adb(tmp_path: Path):
    sectors = [f"c{k}" for k in range(1, 36)]
    made = economy(("PRC", "JPN", "TAP", "RoW"), sectors, ("F1", "F2", "F3", "F4", "F5"), 4)
    path = tmp_path / "ADB-MRIO-2021_Aug 2022.xlsx"
    title = ("ADB MRIO 2021", "Multiregional Input-Output Table, 2021")
    table = reader("adb").table([published.sheet(path, made, sectors, made.categories, title)], {})
    same(table, made)
    assert (table.meta["edition"], table.meta["year"]) == ("ADB MRIO, issue of Aug 2022", 2021)
    assert table.meta["name"] == "adb-2021"
    assert calibrated(named(table)).countries == ("CHN", "JPN", "TWN", "ROW")
    other = published.sheet(tmp_path / "asia.xlsx", made, sectors, made.categories, ("MRIO", "Table"))
    undated = reader("adb").table([other], {}).meta
    assert (undated["name"], undated["year"]) == ("asia", None)
    assert undated["edition"] == "ADB MRIO, issue not named in the file"


@pytest.mark.parametrize("flat", [False, True])
def test_figaro_in_euro(flat: bool, tmp_path: Path):
    made = economy(
        ("DE", "FIGW1", "GR", "JP"),
        ("A01", "C10T12", "C31_32", "L"),
        ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"),
    )
    name = "flatfile_eu-ic-io_ind-by-ind_25ed_2023.csv" if flat else "matrix_eu-ic-io_ind-by-ind_25ed_2023.csv"
    table = reader("figaro").table([published.figaro(tmp_path / name, made, flat=flat)], {})
    order = [made.countries.index(code if code != "ROW" else "FIGW1") for code in table.countries]
    np.testing.assert_allclose(
        table.intermediate, 1.0813 * made.used.sum(axis=3).transpose(2, 0, 1)[np.ix_(order, order)], rtol=1e-9
    )
    assert table.meta["edition"] == "FIGARO, edition of 2025"
    assert any("1.0813 US dollars" in note for note in table.meta["adjustments"])
    other = reader("figaro").table([tmp_path / name], {"year": "2019"})
    assert any(
        "say that the table is of 2023; it is taken for one of 2019" in x for x in other.meta["adjustments"]
    )
    world = calibrated(named(table))
    assert set(world.countries) == {"DEU", "ROW", "GRC", "JPN"}
    assert world.meta.sectors["C31_32"] == ("C31T33",)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("matrix_eu-ic-io_prod-by-prod_25ed_2023.csv", "rowLabels,A"),
        ("matrix_eu-ic-io_25ed_2023.csv", "rowPi,colPi,obsValue"),
    ],
)
def test_a_table_of_products_of_figaro_is_told_by_its_name_or_its_columns(
    name: str, first: str, tmp_path: Path
):
    path = tmp_path / name
    path.write_text(f"{first}\n", encoding="utf-8")
    with pytest.raises(InputError, match="is a table of products by products"):
        reader("figaro").table([path], {})


def test_figaro_of_a_year_without_a_dollar_rate_asks_for_one(tmp_path: Path):
    made = economy(("DE", "JP"), ("A01", "L"), ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"))
    path = published.figaro(tmp_path / "matrix_eu-ic-io_ind-by-ind_30ed_2028.csv", made)
    with pytest.raises(InputError, match=r"the dollar rate of 2028 is not known .--set usd-per-eur"):
        reader("figaro").table([path], {})
    table = reader("figaro").table([path], {"usd-per-eur": "1.2"})
    same(table, made, 1.2)
    assert table.meta["name"] == "figaro-2028"
    undated = published.figaro(tmp_path / "matrix_mine.csv", made)
    with pytest.raises(InputError, match=r"the dollar rate of its year is not known"):
        reader("figaro").table([undated], {})
    found = reader("figaro").table([undated], {"usd-per-eur": "1.2"}).meta
    assert (found["name"], found["year"]) == ("matrix_mine", None)
    assert found["edition"] == "FIGARO, edition not named in the file"


def test_gloria_from_its_matrices_and_its_workbook(tmp_path: Path):
    made = economy(
        ("CHN", "JPN", "XAS"),
        ("Growing wheat", "Motor vehicles, trailers and semi-trailers", "Education"),
        published.EORA_FINAL,
        4,
    )
    files = published.gloria(tmp_path, made)
    table = reader("gloria").table(files, {})
    same(table, made)
    about = [table.meta[key] for key in ("name", "edition", "year")]
    assert about == ["gloria-2022", "GLORIA, release 59", 2022]
    undated = [path.rename(path.with_name(path.name.replace("_2022_059_", "_"))) for path in files]
    found = reader("gloria").table(undated, {}).meta
    assert (found["edition"], found["year"]) == ("GLORIA, release not named in the file", None)
    assert found["name"] == next(path.stem for path in undated if "_T-" in path.name)
    files = undated
    world = calibrated(named(table))
    assert world.meta.sectors["Growing wheat"] == ("A01",)
    assert "TON" in world.meta.regions["XAS"]
    with pytest.raises(InputError, match="GLORIA_ReadMe"):
        reader("gloria").table(files[:2], {})


def test_a_region_of_gloria_that_is_no_more_is_left_out(tmp_path: Path):
    whole = economy(("CHN", "JPN"), ("Growing wheat", "Education"), published.EORA_FINAL, 4)
    used, final = np.zeros((3, 2, 3, 2)), np.zeros((3, 2, 3, len(published.EORA_FINAL)))
    used[:2, :, :2], final[:2, :, :2] = whole.used, whole.final
    made = published.Made(("CHN", "JPN", "YUG"), whole.sectors, whole.categories, used, final)
    table = reader("gloria").table(published.gloria(tmp_path, made), {})
    same(table, whole)
    assert any("YUG" in text for text in table.meta["adjustments"])


def test_eora26_by_way_of_pymrio(tmp_path: Path):
    pytest.importorskip("pymrio")
    made = economy(
        ("CHN", "JPN", "USA"),
        ("Agriculture", "Transport Equipment", "Education, Health and Other Services"),
        published.EORA_FINAL,
        4,
    )
    table = reader("eora26").table([published.eora(tmp_path / "Eora26_2015_bp.zip", made)], {})
    same(table, made)
    assert table.meta["year"] == 2015
    assert calibrated(named(table)).meta.sectors["Transport Equipment"] == ("C29", "C301", "C302T309")


def test_exiobase_by_way_of_pymrio(tmp_path: Path):
    pytest.importorskip("pymrio")
    made = economy(
        ("JP", "US", "WA"),
        (
            "Cultivation of wheat",
            "Education (80)",
            "Manufacture of motor vehicles, trailers and semi-trailers (34)",
        ),
        published.EXIOBASE_FINAL,
        4,
    )
    table = reader("exiobase3").table([published.exiobase(tmp_path / "IOT_2019_ixi.zip", made)], {})
    same(table, made, 1.1195)
    assert "3.8.2" in table.meta["edition"]
    world = calibrated(named(table))
    assert world.countries == ("JPN", "USA", "WA")
    assert world.meta.sectors["Education (80)"] == ("P",)


def test_a_system_that_pymrio_saved(tmp_path: Path):
    pymrio = pytest.importorskip("pymrio")
    system = pymrio.load_test()
    system.save_all(str(tmp_path / "saved"))
    table = reader("pymrio").table([tmp_path / "saved"], {"year": "2015"})
    np.testing.assert_allclose(table.intermediate.sum(), system.Z.to_numpy().sum(), rtol=1e-6)
    assert (len(table.countries), len(table.sectors)) == (6, 8)
    np.testing.assert_allclose(table.final_sales.sum(), system.Y.to_numpy().sum(), rtol=1e-6)
    for notes in (tmp_path / "saved").rglob("metadata.json"):
        kept = json.loads(notes.read_text(encoding="utf-8"))
        whole = {name: one for name, one in kept.items() if name not in ("description", "version")}
        notes.write_text(json.dumps(whole), encoding="utf-8")
    assert "description" not in whole
    again = reader("pymrio").table([tmp_path / "saved"], {"year": "2015"})
    np.testing.assert_array_equal(again.intermediate, table.intermediate)


def test_gtap_in_each_of_its_forms_is_the_same_table(tmp_path: Path):
    made = published.gtap()
    har = reader("gtap").table([published.gtap_har(tmp_path / "basedata.har", made)], {})
    files = published.gtap_csv(tmp_path, made)
    first, *others = files[0].read_text(encoding="utf-8").splitlines(keepends=True)
    files[0].write_text("".join((first, others[0], "\n", *others[1:])), encoding="utf-8")  # an empty line
    csv = reader("gtap").table(files, {"year": "2017"})
    for name in ("intermediate", "inputs", "final_sales", "final", "tariff", "theta"):
        np.testing.assert_allclose(getattr(har, name), getattr(csv, name), rtol=2e-6, atol=1e-6, err_msg=name)
    assert har.meta["edition"] == "GTAP data base, R11_2017 - January 2023"
    assert har.meta["year"] == csv.meta["year"] == 2017
    arrays = {name: one.values for name, one in made.arrays.items()}
    assert har.tariff is not None
    assert har.theta is not None
    assert any("theta is ESBM - 1" in one for one in har.meta["assumptions"])
    np.testing.assert_allclose(har.theta, [7.9, 4.6, 2.8], rtol=1e-6)
    rate = np.asarray(arrays["VMSB"]) / np.maximum(np.asarray(arrays["VCIF"]), 1e-9) - 1.0
    np.testing.assert_allclose(har.tariff[1, 0, 1], rate[1, 0, 1], rtol=1e-4)
    assert har.tariff[2, 2].max() == 0.0
    # What is made is sold, transport included: output is MAKB.
    np.testing.assert_allclose(har.output, np.asarray(arrays["MAKB"]).sum(axis=1).T, rtol=1e-5)
    world = calibrated(completed(har, Said()))
    assert world.countries == ("JPN", "USA", "xea")
    assert world.meta.sectors["wht"] == ("A01",)
    assert world.imbalance < 1e-12


def test_what_is_no_number_of_a_pymrio_table_is_told(tmp_path: Path):
    pytest.importorskip("pymrio")
    made = economy(("JP", "WA"), ("Cultivation of wheat", "Education (80)"), published.EXIOBASE_FINAL, 4)
    path = published.exiobase(tmp_path / "IOT_2019_ixi.zip", made)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    lines = parts["IOT_2019_ixi/Z.txt"].decode().splitlines()
    lines[-1] = "\t".join([*lines[-1].split("\t")[:-1], "many"])
    parts["IOT_2019_ixi/Z.txt"] = "\n".join(lines).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=r"IOT_2019_ixi\.zip: holds what is no number: .*'many'"):
        reader("exiobase3").table([path], {})
    for name, old, new, told in (
        ("Z.txt", "many", "", "what WA Education .80. sells to WA Education .80. is empty"),
        ("unit.txt", "M.EUR", "1000 EUR", "its unit '1000 EUR' is none"),
    ):
        changed = {
            k: v.replace(old.encode(), new.encode()) if k.endswith(name) else v for k, v in parts.items()
        }
        with zipfile.ZipFile(path, "w") as archive:
            for place, content in changed.items():
                archive.writestr(place, content)
        with pytest.raises(InputError, match=told):
            reader("exiobase3").table([path], {})
        parts["IOT_2019_ixi/Z.txt"] = parts["IOT_2019_ixi/Z.txt"].replace(b"many", b"1.0")


def test_a_buyer_that_sells_nothing_and_a_value_that_is_none_are_told(tmp_path: Path):
    made = economy(("DE", "JP"), ("A01", "L"), ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"))
    path = published.figaro(tmp_path / "flatfile_eu-ic-io_ind-by-ind_25ed_2023.csv", made, flat=True)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "DE_A01,XX_A01,DE,A01,XX,A01,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="economies that buy and sell nothing: XX"):
        reader("figaro").table([path], {})
    path.write_text(text + "DE_A01,JP_P9,DE,A01,JP,P9\n", encoding="utf-8")
    with pytest.raises(InputError, match="obsValue '' is not a number"):
        reader("figaro").table([path], {})
    path.write_text(text + "DE_A01,JP_P9,DE,A01,JP,P9,inf\n", encoding="utf-8")
    with pytest.raises(InputError, match="obsValue 'inf' is not a number"):
        reader("figaro").table([path], {})


def test_an_intermediate_sale_below_zero_is_named_though_others_make_up_for_it(tmp_path: Path):
    made = economy(("CHN", "JPN"), ("A01", "C29"), published.OECD_FINAL)
    made.used[0, 1, 1, 0] = -2.5
    (note,) = (
        reader("oecd-csv")
        .table([published.oecd(tmp_path / "2022_SML.csv", made, "2025")], {})
        .meta["adjustments"]
    )
    assert note == (
        "sales for intermediate use below zero: 1, -2.5 in all; the largest: CHN C29 to JPN A01 (-2.5)"
    )


@pytest.mark.parametrize(
    ("cells", "told"), [("1,,3", "row CHN_A01, cell 3: is empty"), ("1,2,3", "adds up to")]
)
def test_an_empty_cell_of_an_industry_is_no_zero(cells: str, told: str, tmp_path: Path):
    made = economy(("CHN", "JPN"), ("A01", "C29"), published.OECD_FINAL)
    path = published.oecd(tmp_path / "2022_SML.csv", made, "2025")
    lines = path.read_text(encoding="utf-8").splitlines()
    first, *rest = lines[1].split(",")
    lines[1] = ",".join([first, cells, *rest[3:]])
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        reader("oecd-csv").table([path], {})


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("VCIF", (0, 0, 1), "VCIF of wht from jpn to usa is 0, VXSB"),
        ("VMIB", None, "no array VMIB"),
        ("VDPB", "ind", "one of them has ind, others have not"),
    ],
)
def test_what_a_gtap_data_base_lacks_or_has_too_much_is_no_zero(
    name: str, change: tuple[int, ...] | str | None, told: str, tmp_path: Path
):
    arrays = dict(published.gtap().arrays)
    one = arrays.pop(name)
    values = np.array(one.values)
    if isinstance(change, str):
        sets = (one.sets[0], ("REG", (*one.sets[1][1], change)))
        arrays[name] = HeaderArray(name, np.column_stack([values, values[:, 0]]), sets, name)
    elif change is not None:
        values[change] = 0.0
        arrays[name] = replace(one, values=values)
    path = tmp_path / "basedata.har"
    path.write_bytes(har_bytes(arrays))
    with pytest.raises(InputError, match=told):
        reader("gtap").table([path], {})


@pytest.mark.parametrize(
    ("name", "axes", "told"),
    [
        ("VST", None, "no axis of VTWR is of the services in VST"),
        ("VDFB", (0, 2), "VDFB has 2 axes"),
        ("ESBM", (0, 1), "over other regions or commodities"),
    ],
)
def test_arrays_of_gtap_that_do_not_fit_together_are_told(
    name: str, axes: tuple[int, ...] | None, told: str, tmp_path: Path
):
    made = published.gtap()
    arrays = dict(made.arrays)
    one = arrays.pop(name)
    if axes is not None:
        sets = [one.sets[k] for k in axes]
        if len(axes) == len(one.sets):  # a commodity has another name
            sets[0] = ("COMM", ("wht", "mvh", "xxx"))
        arrays[name] = HeaderArray(name, np.ones([len(labels) for _, labels in sets]), tuple(sets), name)
    path = tmp_path / "basedata.har"
    path.write_bytes(har_bytes(arrays))
    with pytest.raises(InputError, match=told):
        reader("gtap").table([path], {})


@pytest.mark.parametrize("lacking", ["VMSB", "VCIF"])
def test_a_gtap_data_base_without_prices_at_the_border_has_no_duties_and_says_of_none_that_it_is_unknown(
    lacking: str, tmp_path: Path
):
    path = published.gtap_har(tmp_path / "basedata.har", published.gtap())
    whole = reader("gtap").table([path], {})
    arrays = {name: one for name, one in published.gtap().arrays.items() if name != lacking}
    path.write_bytes(har_bytes(arrays))
    table = reader("gtap").table([path], {})
    assert whole.unknown is not None
    assert whole.unknown.tolist() == np.zeros((3, 3, 3)).tolist()
    assert (table.tariff, table.unknown) == (None, None)
    said = {"base_tariffs": "those of GTAP (VMSB over VCIF)", "tariff_year": 2017}
    assert said.items() <= whole.meta.items()
    assert not said.keys() & table.meta.keys()
    assert [one for one in table.meta["adjustments"] if "VMSB" in one] == [
        "no VMSB and VCIF in the files: base tariffs are unknown and held as they are"
    ]


def test_gtap_of_before_version_7(tmp_path: Path):
    table = reader("gtap").table([published.gtap_har(tmp_path / "gsdf.har", published.gtap(older=True))], {})
    new = reader("gtap").table([published.gtap_har(tmp_path / "basedata.har", published.gtap())], {})
    np.testing.assert_allclose(table.output, new.output, rtol=1e-5)
    assert table.tariff is not None
    assert new.tariff is not None
    np.testing.assert_allclose(table.tariff, new.tariff, rtol=1e-5, atol=1e-6)


def test_gtap_says_what_is_missing_or_does_not_add_up(tmp_path: Path):
    made = published.gtap()
    files = published.gtap_csv(tmp_path, made)
    with pytest.raises(InputError, match="no array VXSB in"):
        reader("gtap").table([path for path in files if path.stem != "VXSB"], {})
    text = (tmp_path / "VDPB.csv").read_text().splitlines()
    label, _, _ = text[1].rpartition(",")
    (tmp_path / "VDPB.csv").write_text("\n".join([text[0], f"{label},9999", *text[2:]]) + "\n")
    with pytest.raises(InputError, match=r"jpn makes .* of wht and sells"):
        reader("gtap").table(files, {})


@pytest.mark.parametrize(("more", "fits"), [(0.9995, True), (1.0005, True), (1.002, False), (0.998, False)])
def test_what_gtap_makes_is_what_it_sells_to_a_thousandth(more: float, *, fits: bool, tmp_path: Path):
    made = published.gtap()
    one = made.arrays["MAKB"]
    made.arrays["MAKB"] = replace(one, values=one.values * more)
    files = published.gtap_csv(tmp_path, made)
    if fits:
        assert reader("gtap").table(files, {}).sectors == ("wht", "mvh", "otp")
        return
    with pytest.raises(InputError, match=r"jpn makes .* of wht and sells"):
        reader("gtap").table(files, {})


def test_every_format_is_listed_with_what_it_reads():
    assert {
        "oecd-csv",
        "wiod",
        "adb",
        "figaro",
        "exiobase3",
        "eora26",
        "gloria",
        "gtap",
        "gravity",
        "pymrio",
    } <= set(READERS)
    for one in READERS.values():
        assert one.title
        assert one.files


@pytest.mark.parametrize("style", ["gegravity", "itpd"])
def test_gravity_panels_of_one_sector(style: str, tmp_path: Path):
    trade = {("JPN", "JPN"): 900.0, ("JPN", "USA"): 60.0, ("USA", "JPN"): 80.0, ("USA", "USA"): 2000.0}
    if style == "gegravity":
        head = ["exporter", "importer", "year", "trade", "Y"]
        output = {"JPN": 960.0, "USA": 2080.0}
        rows = [[i, n, year, v, output[i]] for (i, n), v in trade.items() if i != n for year in (2005, 2006)]
    else:
        head = ["exporter_iso3", "importer_iso3", "year", "industry_id", "broad_sector", "trade"]
        rows = [
            [i, n, year, k, sector, v / 2.0]
            for (i, n), v in trade.items()
            for year in (2005, 2006)
            for k, sector in enumerate(("Manufacturing", "Services"))
        ]
    nothing = [["JPN", "USA", 2006, "NA", 960.0]]  # a row without a figure is none
    path = published.rows_of(tmp_path / "panel.csv", [head, *rows, *(nothing if style == "gegravity" else [])])
    with pytest.raises(InputError, match=r"holds 2 years: 2005, 2006 .--year"):
        reader("gravity").table([path], {})
    table = reader("gravity").table([path], {"year": "2006", "theta": "5"})
    assert (table.countries, table.sectors, table.meta["year"]) == (("JPN", "USA"), ("goods",), 2006)
    assert table.final is not None
    np.testing.assert_allclose(table.final[:, :, 0], [[900.0, 80.0], [60.0, 2000.0]])
    world = calibrated(completed(table, Said()))
    assert world.theta.item() == 5.0
    assert float(world.va_share.min()) == 1.0
    if style == "itpd":
        broad = reader("gravity").table([path], {"year": "2006", "sectors": "broad"})
        assert broad.sectors == ("Manufacturing", "Services")
        assert "C29" in calibrated(completed(broad, Said())).meta.sectors["Manufacturing"]


def test_a_gravity_panel_with_a_pair_missing_is_refused(tmp_path: Path):
    rows = [["exporter", "importer", "trade"], ["JPN", "JPN", 900], ["USA", "USA", 2000], ["USA", "JPN", 80]]
    path = published.rows_of(tmp_path / "panel.csv", rows)
    with pytest.raises(InputError, match=r"1 pair without a value: JPN to USA .*missing=zero"):
        reader("gravity").table([path], {"theta": "5"})
    table = reader("gravity").table([path], {"theta": "5", "missing": "zero"})
    assert any("as asked" in note for note in table.meta["adjustments"])
    rows = [["exporter", "importer", "trade"], ["JPN", "USA", 60], ["USA", "JPN", 80]]
    with pytest.raises(InputError, match="no domestic sales of JPN"):
        reader("gravity").table([published.rows_of(tmp_path / "panel.csv", rows)], {"theta": "5"})


@pytest.mark.parametrize(
    ("sold", "total", "told"),
    [
        (1000.09, 1000.0, ()),
        (1000.11, 1000.0, ("row JPN_C29 adds up to 1000.11, its OUT is 1000",)),
        (-1000.09, -1000.0, ()),
        (-1000.11, -1000.0, ("row JPN_C29 adds up to -1000.11, its OUT is -1000",)),
        (0.10009, 0.1, ()),
        (0.1002, 0.1, ("row JPN_C29 adds up to 0.1002, its OUT is 0.1",)),
    ],
)
def test_rows_add_up_to_a_ten_thousandth_or_to_a_hundred_dollars(sold: float, total: float, told: tuple[str]):
    problems = Problems()
    Sales(("JPN",), ("C29",), ("HFCE",)).check("JPN_C29", sold, total, problems, 7)
    assert [(one.message, one.line) for one in problems.found] == [(text, 7) for text in told]


@pytest.mark.parametrize("off", [0.0, 1.4, -1.4, 1.6, -1.6])
@pytest.mark.parametrize("rounded", [True, False])
def test_rows_of_whole_numbers_may_miss_their_output_by_half_a_cell(off: float, rounded: bool):
    rows = [("JPN", "C26"), ("USA", "C26")]
    used, bought = np.array([[40.0, 10.0], [5.0, 60.0]]), np.array([[50.0], [35.0]])
    output = np.array([100.0 + off, 100.0])
    blocks = Blocks(rows, [("JPN", "HFCE")], used, bought, output, rounded=rounded)
    if abs(off) > (1.5 if rounded else 0.0):  # three cells a row
        with pytest.raises(InputError, match=f"row JPN C26 adds up to 100, its OUT is {100 + off:g}"):
            blocks.sales("net")
    else:
        assert blocks.sales("net").final[0, :, 0].tolist() == [50.0, 35.0]


def test_the_year_of_a_name_is_read_in_one_way():
    assert [oecd_csv._year(name) for name in ("2022_SML.csv", "a/20192020.csv", "ICIO.csv")] == [
        "2022",
        "2020",
        None,
    ]
