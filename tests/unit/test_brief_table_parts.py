"""Tables that are turned or cut in parts: every cell stays under its own head."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from kosho.brief.cells import Cell, CellTable, within_seven
from kosho.brief.linkage_words import transfer_words
from kosho.brief.tables import _upright
from kosho.codes import country_name

CODES = ("JPN", "USA", "CHN")
EACH = "the United States pays 54 million dollars a year, Indonesia and Thailand less than half a million each"


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(map(Cell, texts))


def test_a_table_by_party_is_turned_to_a_row_a_party() -> None:
    rows = tuple(_cells(name, *(f"{name}{code}{k}" for code in CODES for k in "ab")) for name in ("s", "t"))
    heads = ("Scenario", *("against base", "against today") * 3)
    made = CellTable("glance", "x", heads, rows, numeric=6, groups=("", *CODES))
    found = _upright(cast("Any", SimpleNamespace(codes=CODES)), made)
    assert found.columns[2:] == ("against base", "against today")
    told = [tuple(cell.text for cell in row) for row in found.rows]
    assert sorted(told) == sorted(
        (name, country_name(code), f"{name}{code}a", f"{name}{code}b") for name in ("s", "t") for code in CODES
    )


def test_a_table_by_yardstick_is_turned_too() -> None:
    rows = tuple(_cells(name, *(f"{name}{k}{code}" for k in "ab" for code in CODES)) for name in ("s", "t"))
    made = CellTable("other", "x", ("Scenario", *CODES * 2), rows, numeric=6, groups=("", "base", "today"))
    found = _upright(cast("Any", SimpleNamespace(codes=CODES)), made)
    assert found.columns[2:] == ("base", "today")
    told = [tuple(cell.text for cell in row) for row in found.rows]
    assert sorted(told) == sorted(
        (name, country_name(code), f"{name}a{code}", f"{name}b{code}") for name in ("s", "t") for code in CODES
    )


@pytest.mark.parametrize(("numeric", "width"), [(6, 1), (7, 1), (12, 1), (12, 2), (12, 3)])
def test_parts_of_a_wide_table_hold_all_of_it_once(numeric: int, width: int) -> None:
    heads = [f"c{k}" for k in range(numeric)]
    groups = ("", *(f"g{k}" for k in range(numeric // width))) if width > 1 else ()
    made = CellTable(
        "t", "Caption", ("Head", *heads), (_cells("row", *heads),), numeric, "a note", groups=groups
    )
    parts = within_seven(made)
    assert all(len(one.columns) <= 7 for one in parts)
    assert [head for one in parts for head in one.columns[1:]] == heads
    assert [group for one in parts for group in one.groups[1:]] == list(groups[1:])
    assert [tuple(cell.text for cell in one.rows[0]) for one in parts] == [
        ("row", *one.columns[1:]) for one in parts
    ]
    assert [one.id for one in parts] == ["t", *(f"t-{k}" for k in range(2, len(parts) + 1))]
    assert parts[0].caption == "Caption"
    assert [one.caption for one in parts[1:]] == [f"Caption, continued {k}" for k in range(1, len(parts))]
    assert [one.note for one in parts] == [*[""] * (len(parts) - 1), "a note"]


@pytest.mark.parametrize("numeric", [0, 3, 6])
def test_a_table_of_seven_columns_is_whole(numeric: int) -> None:
    heads = tuple(f"c{k}" for k in range(7))
    made = CellTable("t", "Caption", heads, (_cells(*heads),), numeric)
    assert within_seven(made) == [made]


@pytest.mark.parametrize(
    ("pays", "told"),
    [
        (
            {"JPN": -2_200.0, "THA": 2_200.0},
            "Japan receives 2.2 billion dollars and Thailand pays 2.2 billion dollars a year",
        ),
        (
            {"JPN": -2_200.0, "IDN": 0.2},
            "Japan receives 2.2 billion dollars a year, Indonesia less than half a million",
        ),
        (
            {"USA": 54.0, "IDN": 0.2, "THA": -0.1},
            EACH,
        ),
        ({"IDN": 0.2}, "Indonesia less than half a million dollars a year"),
        ({"IDN": 0.0, "THA": 0.0}, "Indonesia and Thailand less than half a million dollars each a year"),
    ],
)
def test_who_pays_whom(pays: dict[str, float], told: str) -> None:
    assert transfer_words(pays).replace("\N{NO-BREAK SPACE}", " ") == told
