"""What readers of tables make of labels, and how many of what nobody knows they name."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world.readers import figaro, gloria, oecd_csv
from kosho.world.readers.blocks import Blocks
from kosho.world.readers.long_csv import read_long_csv
from kosho.world.readers.matrix_csv import BELOW, DROPPED, TOTAL, Cell, What
from kosho.world.readers.sales import Sales

CODES = tuple(f"X{k:02}" for k in range(14))


def long(folder: Path, *rows: str) -> Any:
    path = folder / "long.csv"
    whole = ["JPN,A,JPN,A,1", "JPN,A,JPN,final,5"]
    path.write_text("\n".join(["exporter,seller,importer,user,value", *whole, *rows]) + "\n", encoding="utf-8")
    return read_long_csv([path], {})


def flat(folder: Path, *rows: str) -> Any:
    path = folder / "flat_2023.csv"
    whole = ["JP,A01,JP,A01,1", "JP,A01,JP,P3_S14,5"]
    path.write_text("\n".join([",".join(figaro.FLAT), *whole, *rows]) + "\n", encoding="utf-8")
    return figaro.read_figaro([path], {})


@pytest.mark.parametrize("wrong", [1, 10, 11])
@pytest.mark.parametrize(
    ("read", "row", "told"),
    [
        (long, "JPN,A,JPN,{},1", "users that are neither a selling sector nor final demand: {}"),
        (flat, "JP,A01,JP,{},1", "users that nobody knows: {}"),
        (flat, "JP,A01,{},A01,1", "economies that buy and sell nothing: {}"),
    ],
)
def test_ten_labels_that_nobody_knows_are_named(
    read: Callable[..., Any], row: str, told: str, wrong: int, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, *(row.format(code) for code in CODES[:wrong]))
    (one,) = caught.value.problems
    owner = "JP " if "users that nobody" in told else ""
    assert one.message == told.format(", ".join(f"{owner}{code}" for code in CODES[: min(wrong, 10)]))
    if read is long:
        names = ",".join(CODES[: min(wrong, 3)])
        assert one.hint == f"name the categories of final demand: --set final={names}"


@pytest.mark.parametrize("wrong", [1, 10, 11])
def test_final_demand_of_economies_without_industries_is_named(wrong: int) -> None:
    finals = [("JPN", "HFCE"), *((code, "HFCE") for code in CODES[:wrong])]
    one = Blocks([("JPN", "A")], finals, np.ones((1, 1)), np.ones((1, wrong + 1)))
    with pytest.raises(InputError) as caught:
        one.sales("net")
    names = ", ".join(CODES[: min(wrong, 10)])
    assert caught.value.problems[0].message == f"final demand of {names}, which has no industries"
    twice = Blocks([("JPN", "A"), ("JPN", "B"), ("JPN", "B")], finals[:1], np.ones((3, 3)), np.ones((3, 1)))
    with pytest.raises(InputError, match="industry JPN B stands twice"):
        twice.sales("net")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["JP,A01,JP,A01,2"], [(4, "JP A01 sells to JP A01 twice")]),
        (["ROW,A01,JP,P3_S14,2", "WRL_REST,A01,JP,P3_S14,2"], [(5, "WRL_REST A01 sells to JP P3_S14 twice")]),
        (["W2,D1,JP,A01,x", "JP,A01,JP,P3_S13,x"], [(5, "obsValue 'x' is not a number")]),
        (["JP,A01,JP,P3_S13,x"] * 30, [(line, "obsValue 'x' is not a number") for line in range(4, 24)]),
        (["W2,D1,JP,A01,1"], []),
    ],
)
def test_rows_of_a_flat_figaro_are_told_with_their_lines(
    rows: list[str], told: list[tuple[int, str]], tmp_path: Path
) -> None:
    if not told:
        found = flat(tmp_path, *rows)
        assert (found.countries, found.sectors) == (("JP",), ("A01",))
        assert found.final_sales[0, 0] / found.intermediate[0, 0, 0] == pytest.approx(5.0)
        return
    with pytest.raises(InputError) as caught:
        flat(tmp_path, *rows)
    assert [(one.line, one.message) for one in caught.value.problems] == told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DE_C29", Cell("DE", "C29")),
        ("DEU_CPA_C10T12", Cell("DEU", "C10T12")),
        ("FIGW1_A01", Cell("ROW", "A01")),
        ("WRL_REST_P3_S14", Cell("ROW", None, "P3_S14")),
        ("ROW_P51G", Cell("ROW", None, "P51G")),
        ("DE_X29", None),
        ("D_C29", None),
        ("DEUT_C29", None),
        ("DE", None),
    ],
)
def test_a_label_of_figaro_is_of_an_economy(text: str, found: Cell | None) -> None:
    assert figaro._cell(text) == found
    wanted = found if found is None or found.sector is not None else None
    assert figaro._row(text) == wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [("W2_D1", BELOW), ("D21X31", BELOW), ("W2_C29", None), ("OP_RES_X", BELOW), ("D9", None)],
)
def test_rows_below_a_figaro_table_are_value_added(text: str, found: What) -> None:
    assert figaro._row(text) == found


@pytest.mark.parametrize(
    ("text", "kept", "column", "row"),
    [
        ("JPN_C29", False, Cell("JPN", "C29"), Cell("JPN", "C29")),
        ("JPN_HFCE", False, Cell("JPN", None, "HFCE"), None),
        ("HC_JPN", False, Cell("JPN", None, "HC"), None),
        ("CN1_C29", True, Cell("CHN", "C29"), Cell("CHN", "C29")),
        ("CN2_C29", True, Cell("CHN", "C29.2"), Cell("CHN", "C29.2")),
        ("CN2_C29", False, Cell("CHN", "C29"), Cell("CHN", "C29")),
        ("MX3_C29", True, Cell("MEX", "C29.3"), Cell("MEX", "C29.3")),
        ("MX2_GFCF", True, Cell("MEX", None, "GFCF"), None),
        ("JPN_D29", False, Cell("JPN", "29"), Cell("JPN", "29")),
        ("JPN_D", False, Cell("JPN", "D"), Cell("JPN", "D")),
        ("JP_C29", False, None, None),
        ("OUT", False, TOTAL, TOTAL),
        ("TOTAL", False, TOTAL, None),
        ("DISC", False, DROPPED, None),
        ("VA", False, None, BELOW),
        ("JPN_TAXSUB", False, None, BELOW),
        ("TXS_IMP_FNL", False, None, BELOW),
        ("VALX", False, None, None),
    ],
)
def test_a_label_of_the_oecd_is_an_industry_final_demand_or_a_total(
    text: str, kept: bool, column: What, row: What
) -> None:
    shape = oecd_csv._shape(kept=kept)
    assert (shape.column(text), shape.row(text)) == (column, row)


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (("G", "C29", "A01"), ("A01", "C29", "G")),
        (("G", "C29", "A01.2", "A01"), ("G", "C29", "A01", "A01.2")),
        (("C29.2", "G.2", "G", "C29"), ("G", "C29", "C29.2", "G.2")),
        (("36T39", "01T03"), ("36T39", "01T03")),
    ],
)
def test_sectors_of_the_oecd_stand_as_those_of_kosho_where_they_are(
    codes: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert oecd_csv._order(iter(codes)) == found


def test_the_edition_is_the_newest_that_has_all_industries() -> None:
    path = Path("t.csv")
    assert oecd_csv._edition(("A01", "C29"), path) == ("2025", "icio")
    assert oecd_csv._edition(("C29", "G"), path) == ("2025", "icio")
    assert oecd_csv._edition(("A01_02", "G"), path) == ("2023", "isic4")
    assert oecd_csv._edition(("01T02", "29"), path) == ("2021", "isic4")
    assert oecd_csv._edition(("01T03", "29"), path) == ("2018", "isic4")
    assert oecd_csv._edition(("C34MTR",), path) == ("2016", "icio2016")
    with pytest.raises(InputError, match="nearest is 2016, without A01, 01T03"):
        oecd_csv._edition(("C34MTR", "C35TRQ", "A01", "01T03"), path)


@pytest.mark.parametrize(("stray", "note"), [(0.0, None), (0.5, None), (1.0, None), (1.5, 1.5), (-2.0, 2.0)])
@pytest.mark.parametrize("place", ["product of a product", "sale of an industry", "final sale of an industry"])
def test_figures_of_gloria_that_are_lost_are_told(place: str, stray: float, note: float | None) -> None:
    used, bought = np.zeros((4, 4)), np.ones((4, 1))  # one region, two industries and two products
    bought[:2] = 0.0
    used[0, 2] = used[1, 3] = 9.0  # each industry supplies its product
    used[2:, :2] = 3.0
    if place == "final sale of an industry":
        bought[1, 0] = stray
    else:
        used[(2, 3) if place == "product of a product" else (1, 2)] = stray
    texts = tuple(
        io.StringIO("".join(",".join(map(repr, row)) + "\n" for row in one.tolist())) for one in (used, bought)
    )
    sales = Sales(("AAA",), ("X", "Y"), ("HFCE",))
    gloria._take(sales, texts, "t.csv")  # type: ignore[arg-type]
    assert sales.intermediate.tolist() == [[[6.0, 6.0]]]
    told = "figures that are neither an industry's product nor a product's sale left out: "
    assert sales.notes == ([] if note is None else [f"{told}{note:g}"])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("1,2\n\n3,4\n", None),
        ("1,2\n3\n", (2, "has 1 cell, or some are no numbers")),
        ("1,2\n\n3,x\n", (3, "has 2 cells, or some are no numbers")),
    ],
)
def test_rows_of_gloria_are_numbers(lines: str, told: tuple[int, str] | None) -> None:
    if told is None:
        assert [row.tolist() for row in gloria._rows(io.StringIO(lines), 2, "t.csv")] == [[1, 2], [3, 4]]
        return
    with pytest.raises(InputError) as caught:
        list(gloria._rows(io.StringIO(lines), 2, "t.csv"))
    assert [(one.line, one.message) for one in caught.value.problems] == [told]


def test_regions_of_gloria_without_anything_are_taken_out_of_all() -> None:
    sales = Sales(("AAA", "BBB", "CCC"), ("X",), ("HFCE",), formation="HFCE")
    for k in (0, 2):
        sales.take(k, 0, np.array([[k + 1.0], [0.0], [5.0]]), np.array([[2.0], [0.0], [k + 3.0]]))
    made = gloria._without(sales, frozenset({"BBB"}))
    assert made.countries == ("AAA", "CCC")
    assert made.intermediate[..., 0].tolist() == [[1.0, 3.0], [5.0, 5.0]]
    assert made.final[..., 0].tolist() == [[2.0, 2.0], [3.0, 5.0]]
    assert made.by_input.tolist() == [[[4.0], [10.0]]]
    assert made.formed.tolist() == [[4.0], [8.0]]
    assert made.notes == ["regions that buy nothing left out: BBB"]
    assert gloria._without(made, frozenset()).notes == made.notes


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([["x"], ["a", " B "], [1, "p"], [2, None], [3, ""], [4], [5, "None"], [6, " q "]], ("p", "q")),
        ([["B", "x"], ["p", 1], ["B", 2]], ("p", "B")),
        ([["B"]], ()),
        ([["b"], ["x"]], None),
        ([], None),
    ],
)
def test_a_column_of_the_workbook_of_gloria_stands_below_its_head(
    lines: list[list[Any]], found: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gloria, "sheet_rows", lambda _book, _sheet: iter(lines))
    if found is not None:
        assert gloria._column(Path("b.xlsx"), "Sectors", "B") == found
        return
    with pytest.raises(InputError, match="its sheet 'Sectors' has no column 'B'"):
        gloria._column(Path("b.xlsx"), "Sectors", "B")


@pytest.mark.parametrize(
    ("names", "given"),
    [((), "no file"), (("a.csv", "b.csv"), "a.csv, b.csv"), (("ReadMe1", "README2"), "ReadMe1, README2")],
)
def test_the_workbook_of_gloria_is_the_one_file_called_so(names: tuple[str, ...], given: str) -> None:
    assert gloria._one([Path("x.csv"), Path("GLORIA_ReadMe_059.xlsx")], "readme", "it").suffix == ".xlsx"
    with pytest.raises(InputError, match=f"needs it; given: {given}$"):
        gloria._one([Path(name) for name in names], "readme", "it")
