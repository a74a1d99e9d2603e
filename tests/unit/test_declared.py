"""What a function declares is what it takes: every sort of hint, inside and out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.errors import InputError

if TYPE_CHECKING:
    from kosho.case import Case


@as_declared
def asked(
    names: Sequence[str] = (),
    rates: Mapping[tuple[str, str], float] | None = None,
    end: Literal["low", "high"] = "low",
    digits: Literal[6, 8] = 6,
    level: float | None = None,
    count: int = 0,
    codes: tuple[str, ...] = (),
    lines: Sequence[tuple[str, float]] = (),
    values: Array | None = None,
    places: Index | Sequence[int] = (),
    mask: Mask | None = None,
    day: date | None = None,
    told: Callable[[int], None] | None = None,
    *,
    flag: bool = False,
    once: Iterable[str] = (),
    known: frozenset[str] = frozenset(),
    case: Case | None = None,
    anything: Any = None,
) -> str:
    del (
        names,
        rates,
        end,
        digits,
        level,
        count,
        codes,
        lines,
        values,
        places,
        mask,
        day,
        told,
        flag,
        once,
        known,
    )
    del case, anything
    return "done"


@pytest.mark.parametrize(
    "given",
    [
        {"names": ["JPN"]},
        {"names": ("JPN",)},
        {"rates": {("JPN", "USA"): 1}},
        {"rates": {("JPN", "USA"): np.float32(0.5)}},
        {"end": "high"},
        {"digits": 8},
        {"level": 1},
        {"level": np.int64(1)},
        {"count": np.int64(1)},
        {"codes": ("JPN", "USA")},
        {"lines": [("8703", 0.025), ("8704", 1)]},
        {"values": np.ones(2, int)},
        {"values": np.ones(2)},
        {"places": np.arange(2)},
        {"places": [0, 1]},
        {"mask": np.ones(2, bool)},
        {"day": date(2025, 6, 29)},
        {"told": print},
        {"flag": True},
        {"flag": np.bool_(1)},
        {"once": iter("ab")},
        {"once": {"a"}},
        {"case": "a type checker knows, nobody else"},
        {"anything": 1j},
    ],
)
def test_what_is_declared_is_taken(given: dict[str, Any]) -> None:
    assert asked(**given) == "done"
    (value,) = given.values()
    if "names" in given:
        assert asked(value) == "done"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"names": "JPN"}, "names: is a str, not a Sequence of str"),
        ({"names": {"JPN"}}, "names: is a set, not a Sequence of str"),
        ({"names": ["JPN", 5, None]}, "names[1]: is a int, not a str\nnames[2]: is a NoneType, not a str"),
        ({"names": [5] * 20}, "\n".join(f"names[{k}]: is a int, not a str" for k in range(10))),
        ({"rates": [("JPN", "USA")]}, "rates: is a list, not a Mapping of tuple of str, str, number or None"),
        ({"rates": {("JPN", "USA"): True}}, "rates[('JPN', 'USA')]: is a bool, not a number"),
        ({"rates": {("JPN", 5): 0.1}}, "rates[('JPN', 5)][1]: is a int, not a str"),
        ({"rates": {("JPN",): 0.1}}, "rates[('JPN',)]: has length 1, not 2"),
        ({"end": "middle"}, "end: 'middle' (one of high, low)"),
        ({"end": 5}, "end: 5 (one of high, low)"),
        ({"digits": 6.0}, "digits: 6.0 (one of 6, 8)"),
        ({"digits": True}, "digits: True (one of 6, 8)"),
        ({"level": "1"}, "level: is a str, not a number or None"),
        ({"level": True}, "level: is a bool, not a number or None"),
        ({"level": 1j}, "level: is a complex, not a number or None"),
        ({"count": 1.5}, "count: is a float, not a whole number"),
        ({"count": True}, "count: is a bool, not a whole number"),
        ({"codes": {"JPN"}}, "codes: is a set, not a tuple of str"),
        ({"codes": ["JPN", 5]}, "codes: is a list, not a tuple of str"),
        ({"codes": ("JPN", 5)}, "codes[1]: is a int, not a str"),
        ({"lines": [("8703", "2.5")]}, "lines[0][1]: is a str, not a number"),
        ({"lines": [("8703", 0.025), ("8703",)]}, "lines[1]: has length 1, not 2"),
        ({"values": [1.0]}, "values: is a list, not a array of float64 or None"),
        ({"values": np.array(["1"])}, "values: is a <U1 array, not a array of float64 or None"),
        ({"values": np.ones(1, bool)}, "values: is a bool array, not a array of float64 or None"),
        (
            {"places": np.ones(1)},
            "places: is a float64 array, not a array of int64 or Sequence of whole number",
        ),
        ({"places": [0.5]}, "places[0]: is a float, not a whole number"),
        ({"mask": np.ones(1, int)}, "mask: is a int64 array, not a array of bool or None"),
        ({"day": "2025-06-29"}, "day: is a str, not a date or None"),
        ({"day": datetime(2025, 6, 29, 0, 0, 1)}, "day: is a datetime, not a date or None"),
        ({"told": 5}, "told: is a int, not a function or None"),
        ({"flag": 1}, "flag: is a int, not a bool"),
        ({"once": "ab"}, "once: is a str, not a Iterable of str"),
        ({"once": [5]}, "once[0]: is a int, not a str"),
        ({"known": {"JPN"}}, "known: is a set, not a frozenset of str"),
        ({"names": "JPN", "flag": 1}, "names: is a str, not a Sequence of str\nflag: is a int, not a bool"),
    ],
)
def test_what_is_not_declared_is_told_by_name(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as raised:
        asked(**given)
    assert str(raised.value) == told


@pytest.mark.parametrize(
    "column", [np.array(["JPN", "USA"]), pl.Series(["JPN", "USA"]), np.array([["JPN"]]), np.array("JPN")]
)
def test_a_column_passes_for_its_list(column: Any) -> None:
    @as_declared
    def first(names: Sequence[str], weights: Sequence[float] = (1.0,)) -> tuple[object, object]:
        return names, weights

    if getattr(column, "ndim", 1) == 1:
        assert first(column) == first(names=column) == (["JPN", "USA"], (1.0,))
        assert first(column, weights=np.array([2, 3])) == (["JPN", "USA"], [2, 3])
        with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 3"):
            first(column, (1.0,), 5)  # pyright: ignore[reportCallIssue]
    else:
        with pytest.raises(InputError, match="names: is a <U3 array, not a Sequence of str"):
            first(column)
    with pytest.raises(InputError, match="names: is a float64 array, not a Sequence of str"):
        first(np.array([0.5]))


def test_a_text_passes_for_a_path_where_one_is_declared() -> None:
    @as_declared
    def opened(file: Path, folder: Path | None = None) -> tuple[object, object]:
        return file, folder

    assert opened("a.csv") == (Path("a.csv"), None)
    assert opened(Path("a.csv"), folder="out") == (Path("a.csv"), Path("out"))
    for blank in ("", " "):
        with pytest.raises(InputError, match="folder: is a str, not a Path or None"):
            opened("a.csv", blank)
    with pytest.raises(InputError, match="file: is a bytes, not a Path"):
        opened(b"a.csv")


def test_a_list_passes_for_a_tuple_and_midnight_for_its_day() -> None:
    @as_declared
    def put(
        flow: tuple[str, str] | tuple[str, str, str],
        lines: Sequence[tuple[str, float]] = (),
        days: Sequence[date] = (),
        places: Index | Sequence[int] = (),
    ) -> tuple[object, ...]:
        return flow, lines, days, places

    midnight = datetime(2025, 6, 29)
    assert put(["JPN", "USA"]) == (("JPN", "USA"), (), (), ())
    assert put(["JPN", "USA", "C29"], [["8703", 1]])[:2] == (("JPN", "USA", "C29"), [("8703", 1)])
    assert put(("JPN", "USA"), days=[midnight, date(2025, 7, 1)])[2] == [date(2025, 6, 29), date(2025, 7, 1)]
    assert put(("JPN", "USA"), days=pd.date_range("2025-06-29", periods=1))[2] == [date(2025, 6, 29)]
    assert put(("JPN", "USA"), days=[], places=[0])[3] == [0]
    for wrong, told in (
        ({"flow": ["JPN"]}, "flow: is a list"),
        ({"flow": ["JPN", 5]}, "flow: is a list"),
        ({"flow": ("JPN", "USA"), "lines": [["8703"]]}, r"lines\[0\]: is a list"),
        ({"flow": ("JPN", "USA"), "days": [datetime(2025, 6, 29, tzinfo=UTC)]}, r"days\[0\]: is a datetime"),
        ({"flow": ("JPN", "USA"), "days": [datetime(2025, 6, 29, 12)]}, r"days\[0\]: is a datetime"),
    ):
        with pytest.raises(InputError, match=told):
            put(**wrong)


def test_arguments_by_place_are_told_by_their_names() -> None:
    with pytest.raises(InputError, match="rates: is a str"):
        asked((), "JPN")
    with pytest.raises(TypeError, match="unexpected keyword"):
        asked(nmaes=())


@as_declared
@dataclass(frozen=True, slots=True)
class Made:
    code: str
    weight: float = 1.0


def test_a_type_is_made_of_what_it_declares() -> None:
    assert Made("JPN", 2) == Made(code="JPN", weight=2.0)
    with pytest.raises(InputError, match="code: is a int, not a str\nweight: is a str, not a number"):
        Made(5, "2")
