"""A matrix in CSV, read in parts: lines keep their number, labels go where they belong, mistakes are told."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError, Problems
from kosho.world.readers import matrix_csv
from kosho.world.readers.matrix_csv import Cell, Shape, What, columns_of, read_matrix, text_rows

MANY = tuple(f"E{k:02}" for k in range(12))


def what(text: str) -> What:
    if text in ("OUT", "LOST"):
        return {"OUT": matrix_csv.TOTAL, "LOST": matrix_csv.DROPPED}[text]
    country, _, label = text.partition("_")
    if label in ("HFCE", "INVNT", "GFCF"):
        return Cell(country, category=label)
    return Cell(country, label) if label in ("A", "B") else None


def row_of(text: str) -> What:
    return matrix_csv.BELOW if text == "VA" else what(text)


SHAPE = Shape(what, row_of, lambda text: f"not {text}", "wanted", frozenset({"INVNT"}), "GFCF")


def order(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


HEAD = "name,JPN_A,JPN_B,USA_A,USA_B,JPN_HFCE,JPN_GFCF,USA_HFCE,LOST,OUT"
ROWS = (
    "JPN_A,1,2,3,4,5,6,7,-2,26",
    "JPN_B,2,0,0,0,0,0,1,3,6",
    "USA_A,0,1,0,0,0,0,2,0,3",
    "VA,9,9,9,9,0,0,0,0,0",
    "USA_B,0,0,0,1,0,3,4,0,8",
    "OUT,26,6,3,8,0,0,0,0,0",
)


def read(*rows: str, head: str = HEAD) -> matrix_csv.Sales:
    text = "\n".join([head, *rows]) + "\n"
    return read_matrix(io.BytesIO(text.encode()), SHAPE, order, "net", Path("t.csv"))


@pytest.mark.parametrize("part", [1, 30, 1 << 20])
@pytest.mark.parametrize("quoted", [False, True])
def test_every_cell_goes_to_its_buyer(part: int, *, quoted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_csv, "PART", part)
    rows = [f'"{row[:5]}"{row[5:]}' if quoted and row.startswith("JPN") else row for row in ROWS]
    sales = read(*rows)
    assert (sales.countries, sales.sectors, sales.categories) == (("JPN", "USA"), ("A", "B"), ("HFCE", "GFCF"))
    assert sales.intermediate.tolist() == [[[3, 2], [1, 0]], [[7, 0], [0, 1]]]
    assert sales.final.tolist() == [[[11, 0], [0, 3]], [[7, 1], [2, 4]]]
    assert sales.formed.tolist() == [[6, 3], [0, 0]]
    assert sales.notes == ["column LOST, of no economy, left out (5 in absolute value)"]


@pytest.mark.parametrize("part", [1, 1 << 20])
@pytest.mark.parametrize(
    ("at", "row", "told"),
    [
        (1, "JPN_B,2,0,0,0,0,0,1,3,7", {3: "row JPN_B adds up to 6, its OUT is 7"}),
        (1, "JPN_B,2,0,0,0,0,0,1,3", {3: "row JPN_B has 9 cells"}),
        (1, "JPN_C,2,0,0,0,0,0,1,3,6", {3: "unknown row 'JPN_C'", None: "has no rows of JPN_B"}),
        (1, "KOR_A,2,0,0,0,0,0,1,3,6", {3: "unknown row 'KOR_A'", None: "has no rows of JPN_B"}),
        (
            1,
            "JPN_A,1,2,3,4,5,6,7,-2,26",
            {3: "row JPN_A stands twice, first on line 2", None: "has no rows of JPN_B"},
        ),
        (1, "JPN_B,2,0,x,0,0,0,1,3,6", {3: "row JPN_B, cell 4: 'x' is not a number"}),
        (1, "JPN_B,2,0,,0,0,0,1,3,6", {3: "row JPN_B, cell 4: is empty"}),
        (1, "JPN_B,2,0,0,inf,0,0,1,3,6", {3: "row JPN_B, cell 5: is not a finite number"}),
        (3, "VA,,,9,9,0,0,0,0,", {}),
        (3, "VA,9,9,y,9,0,0,0,0,0", {5: "row VA, cell 4: 'y' is not a number"}),
        (3, ",,,,,,,,,", {}),
        (3, "", {}),
        (5, "OUT,26,6,3,9,0,0,0,0,0", {7: "row OUT has 9 for USA_B, column OUT 8"}),
        (5, "OUT,26,6,3,8,,,,,", {}),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_line(
    at: int, row: str, told: dict[int | None, str], part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_csv, "PART", part)
    rows = [*ROWS[:at], row, *ROWS[at + 1 :]]
    if not told:
        assert read(*rows).final.sum() == 28.0
        return
    with pytest.raises(InputError) as caught:
        read(*rows)
    assert [(one.line, one.message) for one in caught.value.problems] == list(told.items())


@pytest.mark.parametrize("wrong", [1, 10, 11])
def test_ten_of_what_is_missing_are_named(wrong: int) -> None:
    header = ["name", *(f"{code}_A" for code in MANY), *(f"{code}_HFCE" for code in MANY[wrong:]), "OUT"]
    with pytest.raises(InputError) as caught:
        columns_of(header, SHAPE, order, Problems("t.csv"))
    (one,) = caught.value.problems
    assert one.message == f"no final demand columns of {', '.join(MANY[: min(wrong, 10)])}"
    assert one.hint == "wanted like E00_HFCE"
    head = ",".join(["name", *(f"{code}_A" for code in MANY), *(f"{code}_HFCE" for code in MANY), "OUT"])
    rows = [f"{code}_A," + "1," * 24 + "24" for code in MANY[wrong:]]
    with pytest.raises(InputError) as caught:
        read(*rows, "OUT," + "24," * 12 + "0," * 12 + "0", head=head)
    (one,) = caught.value.problems
    assert one.message == f"has no rows of {', '.join(f'{code}_A' for code in MANY[: min(wrong, 10)])}"
    assert one.hint == (f"{wrong} are missing" if wrong > 1 else "1 is missing")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("name,JPN_A,JPN_HFCE", ["has no column OUT"]),
        ("name,JPN_A,JPN_HFCE,OUT,what", ["unknown column 'what'"]),
        ("JPN_B,JPN_A,JPN_HFCE,OUT", []),  # the first is the name of the rows
        ("name,JPN_HFCE,OUT", ["has no columns like JPN_C29"]),
        ("name,JPN_A,OUT", ["no final demand columns of JPN"]),
    ],
)
def test_a_header_has_industries_final_demand_and_output(header: str, told: list[str]) -> None:
    problems = Problems("t.csv")
    if not told:
        found = columns_of(header.split(","), SHAPE, order, problems)
        assert (found.sectors, found.inputs.tolist(), found.total, found.width) == (("A",), [1], 3, 4)
        return
    with pytest.raises(InputError) as caught:
        columns_of(header.split(","), SHAPE, order, problems)
    assert [(one.line, one.message) for one in caught.value.problems] == [(1, text) for text in told]


@pytest.mark.parametrize("part", [1, 12, 1 << 20])
def test_lines_keep_their_numbers_in_whatever_parts_they_are_read(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_csv, "PART", part)
    text = b"a,1,2\nb,3,4\n\n c ,5,6\nd,x,8\ne,,9\nf,1,2\ng,,3"
    problems = Problems("t.csv")
    found = [
        (line, name, None if values is None else values.tolist())
        for line, name, values in text_rows(io.BytesIO(text), 3, problems, lambda name: name == "g")
    ]
    assert found == [
        (2, "a", [0, 1, 2]),
        (3, "b", [0, 3, 4]),
        (5, "c", [0, 5, 6]),
        (6, "d", None),
        (7, "e", None),
        (8, "f", [0, 1, 2]),
        (9, "g", [0, 0, 3]),
    ]
    assert [one.line for one in problems.found] == [6, 7]


def test_a_cell_too_many_does_not_fill_up_the_next_line() -> None:
    problems = Problems("t.csv")
    text = io.BytesIO(b"a,1,2,0\nb,3\nc,5,6\n")
    found = [(line, name) for line, name, values in text_rows(text, 3, problems, bool) if values is not None]
    assert found == [(4, "c")]
    assert [(one.line, one.message) for one in problems.found] == [
        (2, "row a has 4 cells"),
        (3, "row b has 2 cells"),
    ]


@pytest.mark.parametrize(
    ("columns", "places", "size", "slice_"),
    [
        ([1, 2, 3], [0, 1, 2], 3, slice(1, 4)),
        ([1, 2, 3], [0, 1, 2], 4, None),
        ([1, 3, 2], [0, 1, 2], 3, None),
        ([1, 2, 4], [0, 1, 2], 3, None),
        ([1, 2, 3], [1, 0, 2], 3, None),
        ([1, 2, 3], [0, 0, 1], 3, None),
        ([5], [0], 1, slice(5, 6)),
    ],
)
def test_columns_in_order_are_taken_as_one(
    columns: list[int], places: list[int], size: int, slice_: slice | None
) -> None:
    found = matrix_csv._run(np.array(columns), np.array(places), size)
    assert (found[1] is None) is (slice_ is not None)
    if slice_ is not None:
        assert found[0] == slice_
    values = np.arange(10.0)
    wanted = np.zeros(size)
    for column, place in zip(columns, places, strict=True):
        wanted[place] += column
    assert matrix_csv._sums(found, values, (1, size)).tolist() == [wanted.tolist()]
