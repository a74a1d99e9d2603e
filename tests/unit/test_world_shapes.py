"""Shapes, orders and sizes: matrices of a release, groups of labels, cards of larger worlds, odd values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.worlds import build

from kosho.errors import InputError
from kosho.world import World, labelled
from kosho.world.loading import _together
from kosho.world.readers import wiod

CELL = ("importer", "exporter", "sector")


@pytest.mark.parametrize(
    ("used", "bought", "output", "told"),
    [
        ((70, 70), (70, 10), (70,), None),
        ((70, 70), (70, 10), (70, 1), None),
        ((70, 70), (70, 10), None, None),
        ((70, 69), (70, 10), None, "matrix inter is of (70, 69) (of (70, 70))"),
        ((70, 70), (70, 9), None, "matrix final is of (70, 9) (of (70, 10))"),
        ((70, 70), (69, 10), None, "matrix final is of (69, 10) (of (70, 10))"),
        ((70, 70), (70,), None, "matrix final is of (70,) (of (70, 10))"),
        ((70, 70), (70, 10), (69,), "matrix output is of (69,) (of (70,))"),
    ],
)
def test_matrices_of_the_r_package_have_a_row_an_industry_and_a_column_a_final_demand(
    used: tuple[int, ...], bought: tuple[int, ...], output: tuple[int, ...] | None, told: str | None
) -> None:
    held = {
        "countries": ["JPN", "USA"],
        "industries": range(35),
        "inter": np.ones(used),
        "final": np.ones(bought),
    }
    held |= {} if output is None else {"output": np.full(output, 80.0)}
    if told is None:
        blocks, release, year = wiod._of_list(held, Path("t.rda"))
        assert (len(blocks.rows), len(blocks.finals), release.name, year) == (70, 10, "release of 2013", None)
        assert (blocks.output is None) is (output is None)
        assert blocks.sales("net").final.sum() == 700.0
        return
    with pytest.raises(InputError) as caught:
        wiod._of_list(held, Path("t.rda"))
    assert str(caught.value) == f"t.rda: {told}"


@pytest.mark.parametrize(
    ("members", "keep", "found"),
    [
        ({"X": ("b", "e"), "Y": ("c",), "Z": ("q",)}, (), {"G": ("X", "Y"), "Z": ("Z",)}),
        ({"Y": ("c",), "X": ("b", "e")}, (), {"G": ("X", "Y")}),
        ({"Y": ("c",), "X": ("b", "e")}, ("X",), {"Y": ("Y",), "X": ("X",)}),
        ({"Y": ("c", "q"), "X": ("b", "e")}, (), {"X": ("X",), "Y": ("Y",)}),
        ({"G": ("c", "q"), "X": ("b",)}, ("G",), {"G": ("X", "G")}),
    ],
)
def test_labels_go_together_in_the_order_in_which_their_members_stand(
    members: dict[str, tuple[str, ...]], keep: tuple[str, ...], found: dict[str, tuple[str, ...]]
) -> None:
    made = _together(members, {"G": ("a", "b", "c", "d", "e")}, frozenset(keep))
    assert list(made.items()) == list(found.items())


@pytest.mark.parametrize(("number", "listed"), [(8, "C00, C01, C02, C03, C04, C05, C06, C07"), (9, None)])
def test_a_card_lists_eight_countries_and_says_how_many_more(number: int, listed: str | None) -> None:
    card = str(build(np.ones((number, number, 1))))
    line = next(one for one in card.splitlines() if one.strip().startswith("countries"))
    told = line.split(maxsplit=1)[1]
    assert told == (listed or "C00, C01, C02, C03, C04, C05, C06, C07 … (9)")


@pytest.mark.parametrize(
    ("rate", "theta", "told"),
    [(0.5, 5.0, None), (3.5, 5.0, "tariff: they look like percent"), (0.5, 250.0, "theta[X] = 250")],
)
def test_odd_values_come_into_a_world_where_somebody_insists(
    rate: float, theta: float, told: str | None
) -> None:
    names = ("A", "B"), ("X",)
    arrays = {
        "tariff": labelled(np.array([[[0.0], [0.0]], [[rate], [0.0]]]), CELL, *names),
        "io_share": labelled(np.zeros((2, 1, 1)), ("country", "input", "sector"), *names),
        "theta": labelled(np.array([theta]), ("sector",), *names),
    }
    flows = labelled(np.array([[[9.0], [1.0]], [[1.0], [9.0]]]), CELL, *names)
    assert World.from_flows(flows, **arrays, insist=True).arrays.theta.tolist() == [theta]
    if told is None:
        made = World.from_flows(flows, **arrays)
        assert made.arrays.tariff[1, 0, 0] == rate
        assert made.with_theta(250.0, insist=True).arrays.theta.tolist() == [250.0]
        with pytest.raises(InputError, match="250 is outside"):
            made.with_theta(250.0)
        return
    with pytest.raises(InputError) as caught:
        World.from_flows(flows, **arrays)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("names", "tables", "wanted", "found"),
    [
        (["only"], [], None, "only"),
        (["only"], [], "2014", "only"),
        (["t2013", "t2014"], ["t2013", "t2014"], "2014", "t2014"),
        (["notes", "t2014"], ["t2014"], None, "t2014"),
        (["notes", "more"], [], None, "notes"),
        (["notes 2014", "t2014", "t2013"], ["t2014", "t2013"], "2014", "t2014"),
        (["t2013", "t2014"], ["t2013", "t2014"], None, "holds several tables: t2013, t2014"),
        (["t2013", "t2014"], ["t2013", "t2014"], "2015", "holds no table of 2015: t2013, t2014"),
        (["a2014", "b2014", "c"], ["a2014", "b2014", "c"], "2014", "holds several tables: a2014, b2014"),
    ],
)
def test_the_sheet_of_a_table_is_the_one_of_the_year_or_the_only_one(
    names: list[str], tables: list[str], wanted: str | None, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiod, "sheet_names", lambda _path: names)
    monkeypatch.setattr(wiod, "sheet_rows", lambda _path, name: [[name]])
    monkeypatch.setattr(wiod, "_is_table", lambda head, _releases: head[0][0] in tables)
    if found in names:
        assert wiod._sheet(Path("t.xlsx"), (), wanted) == found
        return
    with pytest.raises(InputError) as caught:
        wiod._sheet(Path("t.xlsx"), (), wanted)
    assert caught.value.problems[0].message == found
