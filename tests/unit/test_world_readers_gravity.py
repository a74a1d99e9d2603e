"""A gravity panel as a world without inputs: which rows count, what is sold at home, what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world.readers import reader
from kosho.world.store import IOTable

HEAD = "exporter,importer,year,sector,trade,output"


def table(folder: Path, head: str, *rows: str, **settings: str) -> IOTable:
    path = folder / "panel.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return reader("gravity").table([path], settings)


def problems(folder: Path, head: str, *rows: str, **settings: str) -> list[tuple[int | None, str]]:
    with pytest.raises(InputError) as caught:
        table(folder, head, *rows, **settings)
    return [(one.line, one.message) for one in caught.value.problems]


PAIRS = ("JPN,USA,2006,G,4,", "USA,JPN,2006,G,3,", "JPN,JPN,2006,G,10,", "USA,USA,2006,G,20,")
FLOWS = [[10.0, 3.0], [4.0, 20.0]]
"""`[importer, exporter]`."""


@pytest.mark.parametrize("scale", [None, "0.001", "1"])
def test_trade_and_domestic_sales_are_as_told_in_any_unit(scale: str | None, tmp_path: Path) -> None:
    made = table(tmp_path, HEAD, *PAIRS, **({} if scale is None else {"scale": scale}))
    times = float(scale or 1)
    assert (made.countries, len(made.sectors)) == (("JPN", "USA"), 1)
    assert made.final is not None
    np.testing.assert_allclose(made.final[:, :, 0], np.array(FLOWS) * times)
    np.testing.assert_allclose(made.final_sales[:, 0], np.array(FLOWS).sum(axis=0) * times)
    assert not made.intermediate.any()
    assert not made.inputs.any()
    assert made.theta is None
    assert (made.meta["name"], made.meta["year"]) == ("panel", 2006)
    assert made.meta["adjustments"] == (["values of the file times 0.001"] if scale == "0.001" else [])
    given = table(tmp_path, HEAD, *PAIRS, theta="5").theta
    assert given is not None
    assert given.tolist() == [5.0]


def test_sectors_are_added_up_or_told_apart(tmp_path: Path) -> None:
    rows = [row.replace(",G,", f",{sector},") for row in PAIRS for sector in ("Services", "Mining")]
    one = table(tmp_path, HEAD, *rows)
    assert one.final is not None
    np.testing.assert_array_equal(one.final[:, :, 0], 2 * np.array(FLOWS))
    broad = table(tmp_path, HEAD, *rows, sectors="broad")
    assert broad.sectors == ("Mining", "Services")
    assert broad.final is not None
    for k in (0, 1):
        np.testing.assert_array_equal(broad.final[:, :, k], FLOWS)
    with pytest.raises(InputError, match="unknown way"):
        table(tmp_path, HEAD, *rows, sectors="each")


@pytest.mark.parametrize("year", ["2006", None])
def test_rows_of_the_year_asked_for_count(year: str | None, tmp_path: Path) -> None:
    other = [row.replace("2006", "2005").replace(",4,", ",9,") for row in PAIRS]
    asked = {} if year is None else {"year": year}
    if year is None:
        assert problems(tmp_path, HEAD, *PAIRS, *other) == [(None, "holds 2 years: 2005, 2006")]
    else:
        made = table(tmp_path, HEAD, *other, *PAIRS, **asked)
        assert made.final is not None
        np.testing.assert_array_equal(made.final[:, :, 0], FLOWS)
        assert problems(tmp_path, HEAD, *PAIRS, year="2004") == [(None, "has no rows of 2004")]
    assert problems(tmp_path, HEAD) == [(None, "has no rows")]
    if year is None:
        many = [row.replace("2006", str(y)) for y in range(1998, 2007) for row in PAIRS]
        last = ", ".join(map(str, range(1999, 2007)))
        assert problems(tmp_path, HEAD, *many) == [(None, f"holds 9 years: {last}")]
        both = [PAIRS[0].replace("2006", "2006.0"), *PAIRS[1:]]
        assert table(tmp_path, HEAD, *both).meta["year"] == 2006
    with_point = [row.replace("2006", "2006.0") for row in PAIRS]
    assert table(tmp_path, HEAD, *with_point, **asked).meta["year"] == 2006
    without = table(
        tmp_path, "exporter,importer,trade", *(f"{a[:7]},{a.split(',')[4]}" for a in PAIRS), **asked
    )
    assert without.meta["year"] == (None if year is None else 2006)


@pytest.mark.parametrize(
    ("output", "home"),
    [("14", 10.0), ("4.5", 0.5), ("4", None), ("3", None), ("", None)],
)
def test_what_is_sold_at_home_is_output_less_exports_where_it_is_not_told(
    output: str, home: float | None, tmp_path: Path
) -> None:
    rows = [PAIRS[0] + output, PAIRS[1], PAIRS[3]]
    if home is not None:
        made = table(tmp_path, HEAD, *rows)
        assert made.final is not None
        assert made.final[0, 0, 0] == home
        return
    why = "no domestic sales of JPN"
    why += f": it exports 4 of an output of {output}" if output else ""
    assert problems(tmp_path, HEAD, *rows) == [(None, why)]
    assert problems(tmp_path, HEAD, *rows, *(row.replace(",G,", ",A,") for row in PAIRS), sectors="broad") == [
        (None, why.replace("JPN", "JPN, G", 1))
    ]


@pytest.mark.parametrize("missing", ["a value", "a row"])
def test_pairs_without_a_value_are_told_or_taken_as_no_trade(missing: str, tmp_path: Path) -> None:
    lacking = {"a value": ["USA,JPN,2006,G,NA,"], "a row": []}[missing]
    rows = [*lacking, PAIRS[0], *PAIRS[2:]]
    assert problems(tmp_path, HEAD, *rows) == [(None, "1 pair without a value: USA to JPN")]
    made = table(tmp_path, HEAD, *rows, missing="zero")
    assert made.final is not None
    assert made.final[:, :, 0].tolist() == [[10.0, 0.0], [4.0, 20.0]]
    assert made.meta["adjustments"] == ["1 pair without a value taken as no trade, as asked"]
    homes = [f"{code},{code},2006,G,5," for code in ("AUS", "BRA", "CAN")]
    five = "5 pairs without a value: AUS to BRA, AUS to CAN, BRA to AUS, BRA to CAN, CAN to AUS"
    assert problems(tmp_path, HEAD, *homes, "CAN,BRA,2006,G,1,") == [(None, five)]
    assert problems(tmp_path, HEAD, *homes) == [
        (
            None,
            "6 pairs without a value: AUS to BRA, AUS to CAN, BRA to AUS, BRA to CAN, CAN to AUS …",
        )
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("JPN,USA,2006,G,-1,", "trade -1 is below zero"),
        ("JPN,USA,2006,G,x,", "'x' is not a number"),
        ("JPN,USA,2006,G,1,x", "'1' is not a number"),
        ("JPN,USA,2006", "has 3 cells"),
    ],
)
def test_rows_that_cannot_be_are_told_with_their_line_and_others_go_on(
    row: str, told: str, tmp_path: Path
) -> None:
    assert problems(tmp_path, HEAD, row, *PAIRS[1:], "JPN,USA,2006") == [(2, told), (6, "has 3 cells")]


def test_a_pair_that_stands_twice_is_told_where_nothing_tells_its_rows_apart(tmp_path: Path) -> None:
    head, rows = "exporter,importer,trade", [f"{row[:7]},{row.split(',')[4]}" for row in PAIRS]
    assert problems(tmp_path, head, *rows, rows[0]) == [(6, "JPN to USA stands twice")]
    assert table(tmp_path, head, *rows).final_sales.sum() == 37.0


@pytest.mark.parametrize(
    ("head", "settings", "told"),
    [
        ("a,importer,trade", {"exporter": "a"}, None),
        ("exporter,importer,b", {}, "has no column for the trade; it has exporter, importer, b"),
        ("exporter,importer,b", {"trade": "c"}, "has no column for the trade; it has exporter, importer, b"),
        (
            "exporter,importer,trade",
            {"output": "c"},
            "has no column for the output; it has exporter, importer, trade",
        ),
        ("exporter,importer,trade", {"year": "2006"}, None),
        (
            "a,importer,trade" + ",c" * 10,
            {},
            "has no column for the exporter; it has a, importer, trade" + ", c" * 9,
        ),
        ("origin,destination,flow,note", {}, None),
    ],
)
def test_columns_are_found_by_name_or_as_said(
    head: str, settings: dict[str, str], told: str | None, tmp_path: Path
) -> None:
    rows = [f"{row[:7]},{row.split(',')[4]}" for row in PAIRS]
    if told is None:
        made = table(tmp_path, head, *rows, **settings)
        assert made.final is not None
        np.testing.assert_array_equal(made.final[:, :, 0], FLOWS)
    else:
        assert problems(tmp_path, head, *rows, **settings) == [(1, told)]
