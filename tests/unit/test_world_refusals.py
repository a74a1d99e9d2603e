"""What a world is made of is refused with its place where it cannot be, and mended where that is rounding."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kosho.errors import InputError, Problems
from kosho.world import World, WorldChoice, Worlds, toy
from kosho.world.build import weights_of
from kosho.world.csv_input import number, rows_of
from kosho.world.elasticities import LEAST_SCALE, MOST_SCALE
from kosho.world.elasticity_scale import SCALES
from kosho.world.har import _full, _sets, _sparse, read_har
from kosho.world.labels import position_of, sector_holding

Change = Callable[[xr.DataArray], xr.DataArray]


def made(**changes: Change) -> World:
    """The invented economy with some of its arrays changed."""
    one = toy()
    arrays = {name: getattr(one, name).copy() for name in ("flows", "tariff", "io_share", "theta")}
    arrays |= {name: change(arrays[name]) for name, change in changes.items()}
    return World.from_flows(arrays.pop("flows"), **arrays)


def put(value: float, **place: Any) -> Change:
    def change(array: xr.DataArray) -> xr.DataArray:
        array.loc[place] = value
        return array

    return change


def told(**changes: Change) -> list[str]:
    with pytest.raises(InputError) as caught:
        made(**changes)
    return [problem.message for problem in caught.value.problems]


CELL = {"importer": "USA", "exporter": "JPN", "sector": "C29"}
HOME = {"importer": "USA", "exporter": "USA", "sector": "C29"}
INPUT = {"country": "JPN", "input": "A01", "sector": "C29"}


@pytest.mark.parametrize(
    ("name", "value", "place", "words"),
    [
        ("flows", -1.0, CELL, "flows[USA, JPN, C29] = -1 is not from zero"),
        ("flows", 1.1e15, CELL, "flows[USA, JPN, C29] = 1.1e+15 is not from zero"),
        ("flows", np.nan, CELL, "flows[USA, JPN, C29] = nan is not a finite number"),
        ("flows", np.inf, CELL, "flows[USA, JPN, C29] = inf is not a finite number"),
        ("tariff", -1.0, CELL, "tariff[USA, JPN, C29] = -1 is at or below -100 %"),
        ("tariff", 0.1, HOME, "tariff[USA, USA, C29] is not zero"),
        ("io_share", -0.1, INPUT, "io_share[JPN, A01, C29] = -0.1 is outside 0 to 1"),
        ("io_share", 1.1, INPUT, "io_share[JPN, A01, C29] = 1.1 is outside 0 to 1"),
        ("theta", 0.0, {"sector": "A01"}, "theta[A01] = 0 is not positive"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_place(
    name: str, value: float, place: dict[str, str], words: str
) -> None:
    (message,) = told(**{name: put(value, **place)})
    assert message.startswith(words)


def test_of_many_values_that_cannot_be_ten_are_told() -> None:
    found = told(flows=lambda flows: -flows)
    assert len(found) == 11
    assert found[-1] == "flows: 8 more like these"
    values = toy().flows.to_numpy().copy()
    values.flat[:10] *= -1
    ten = told(flows=lambda flows: flows.copy(data=values))
    assert len(ten) == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flows": lambda one: one.drop_vars("sector")}, "dimension sector has no labels"),
        ({"flows": lambda one: one.isel(sector=[])}, "flows have no sector"),
        ({"flows": lambda one: one.isel(importer=[0, 1])}, "importers and exporters differ: CHN"),
        ({"flows": lambda one: one.isel(sector=[0, 0])}, "sector 'A01' is given twice"),
        ({"tariff": lambda one: one.isel(sector=[0])}, "tariff lacks C29 along 'sector'"),
        (
            {"theta": lambda one: one.assign_coords(sector=["A01", "C30"])},
            "theta has unknown C30 along 'sector'",
        ),
        ({"theta": lambda one: one.drop_vars("sector")}, "dimension sector has no labels"),
        ({"theta": lambda one: one.rename(sector="goods")}, "the array has dimensions ('goods',)"),
    ],
)
def test_labels_that_do_not_fit_are_told(changes: dict[str, Change], words: str) -> None:
    assert any(words in one for one in told(**changes))


def test_labels_in_another_order_are_put_in_that_of_the_flows() -> None:
    plain = made()
    turned = made(
        tariff=lambda one: one.isel(importer=[2, 0, 1], sector=[1, 0]).transpose(
            "sector", "importer", "exporter"
        ),
        theta=lambda one: one.isel(sector=[1, 0]),
        io_share=lambda one: one.isel(input=[1, 0], country=[1, 2, 0]),
    )
    assert turned.hash == plain.hash


def test_input_shares_just_above_one_are_scaled_and_said_and_others_refused() -> None:
    place = {"country": "JPN", "sector": "C29"}

    def summing(to: float) -> Change:
        def change(one: xr.DataArray) -> xr.DataArray:
            one.loc[place] = [to - 0.5, 0.5]
            return one

        return change

    assert told(io_share=summing(1.0011)) == ["input shares of JPN C29 sum to 1.0011"]
    assert made(io_share=summing(1.0009)).meta.adjustments
    mended = made(io_share=summing(1 + 1e-8))
    assert float(mended.io_share.sel(place).sum()) == pytest.approx(1.0, abs=1e-12)
    assert any("input shares of JPN C29 summed to 1.00000001" in note for note in mended.meta.adjustments)
    for whole in (1.0, 1 + 1e-14):
        assert not any("summed to" in note for note in made(io_share=summing(whole)).meta.adjustments)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("hs,rate\n01,2\n", [(2, {"hs": "01", "rate": "2"})]),
        ("# a note\n\nrate, hs ,note\n2, 01 ,x\n", [(4, {"hs": "01", "rate": "2"})]),
        ('hs,rate\n"0\n1",2\n02,3\n', [(2, {"hs": "0\n1", "rate": "2"}), (4, {"hs": "02", "rate": "3"})]),
        ("hs,rate,unit\n01,2,kg\n", [(2, {"hs": "01", "rate": "2", "unit": "kg"})]),
    ],
)
def test_rows_have_the_columns_asked_for_with_their_line(
    text: str, rows: list[tuple[int, dict[str, str]]], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert rows_of(path, ("hs", "rate"), ("unit",)) == rows


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("hs,rate\n", {1: "has no rows"}),
        ("hs\n01\n", {1: "has no column rate"}),
        ("x\n01\n", {1: "has no column hs, rate"}),
        ("hs,rate\n01\n02,3\n04,5,6\n", {2: "has 1 cell", 4: "has 3 cells"}),
    ],
)
def test_rows_and_columns_that_are_not_there_are_told(text: str, lines: dict[int, str], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        rows_of(path, ("hs", "rate"))
    assert {one.line: one.message for one in caught.value.problems} == lines


@pytest.mark.parametrize(
    ("text", "least", "found"),
    [
        ("2.5", 0.0, 2.5),
        ("0", 0.0, None),
        ("-1", -2.0, -1.0),
        ("-2", -2.0, None),
        ("inf", 0.0, None),
        ("x", 0.0, None),
    ],
)
def test_a_number_is_finite_and_above_the_least(text: str, least: float, found: float | None) -> None:
    problems = Problems("t.csv")
    assert number(text, "rate", 3, problems, least) == found
    assert [one.line for one in problems.found] == ([3] if found is None else [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x", "rate 'x' is not a number"),
        ("-150", "rate -150 is not above -100"),
        ("inf", "rate inf is not finite"),
        ("-inf", "rate -inf is not finite"),
        ("nan", "rate nan is not finite"),
    ],
)
def test_what_is_wrong_with_a_number_is_told(text: str, told: str) -> None:
    problems = Problems("t.csv")
    assert number(text, "rate", 3, problems, -100.0) is None
    assert [(one.message, one.line, one.key) for one in problems.found] == [(told, 3, "rate")]


def test_a_sector_is_found_by_its_label_or_what_it_stands_for_alone() -> None:
    members = {"CARS": ("C29",), "FARM": ("A01", "A02"), "A": ("B05",), "B": ("B05",), "REST": ("B06",)}
    labels = ("CARS", "FARM", "A", "B", "G")
    assert [sector_holding(code, labels, members) for code in ("G", "CARS", "C29")] == ["G", "CARS", "CARS"]
    for code, words in (
        ("A02", "in this world A02 is in FARM"),
        ("B05", "in this world B05 is spread over A, B"),
        ("B06", "unknown sector 'B06'"),
    ):
        with pytest.raises(InputError, match=words):
            sector_holding(code, labels, members)
    assert position_of(labels, "A", "sector") == 2
    for members_of, words in ((members, "A01 is in FARM in this world"), (None, "unknown sector 'A01'")):
        with pytest.raises(InputError, match=words):
            position_of(labels, "A01", "sector", members_of)


def test_what_is_sold_is_asked_of_economies_of_the_world() -> None:
    cells = toy().law_cells
    assert cells.sold("USA", "JPN", "C29") == 60_000
    assert cells.sold("USA", "JPN", "G") == 0
    for pair in (("USA", "KOR"), ("KOR", "USA")):
        with pytest.raises(InputError, match="unknown country 'KOR'"):
            cells.sold(*pair, "C29")


@pytest.mark.parametrize(
    ("parts", "fits"),
    [
        ({}, True),
        ({"regions": {"PAC": ("JPN", "USA"), "CHN": ("CHN",)}}, False),
        ({"sectors": {"ALL": ("A01", "C29")}}, False),
    ],
    ids=["whole", "regions", "sectors"],
)
def test_weights_are_of_a_table_that_holds_nothing_together(
    parts: dict[str, Any], *, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = toy().aggregate(**parts) if parts else toy()
    monkeypatch.setattr(WorldChoice, "load", lambda _self: Worlds(world, world))
    if fits:
        found = weights_of("icio-2022")
        assert (found.source, found.economies, found.sectors) == ("toy", toy().countries, toy().sectors)
        return
    with pytest.raises(InputError, match="gives no weights: it holds some together"):
        weights_of("icio-2022")


def test_points_of_the_common_scale_go_through_the_centre_from_the_least_to_the_most() -> None:
    assert SCALES[0] == LEAST_SCALE < min(SCALES[1:])
    assert SCALES[-1] == MOST_SCALE > max(SCALES[:-1])
    assert list(SCALES) == sorted(SCALES)
    assert 1.0 in SCALES


def record(content: bytes) -> bytes:
    return struct.pack("<i", len(content)) + content + struct.pack("<i", len(content))


@pytest.mark.parametrize(("kind", "number"), [("2I", "<i4"), ("2R", "<f4")])
@pytest.mark.parametrize("cuts", [(0, 3), (0, 1, 3), (0, 2, 3)])
def test_a_matrix_of_a_har_file_is_put_together_from_its_records(
    kind: str, number: str, cuts: tuple[int, ...], tmp_path: Path
) -> None:
    values = np.arange(1, 13).reshape(3, 4)
    about = b"    " + kind.encode() + b"FULL" + b"a matrix".ljust(70) + struct.pack("<3i", 2, 3, 4)
    blocks = [record(b"ABCD"), record(about)]
    spans = [(top, bottom, first, last) for top, bottom in pairwise(cuts) for first, last in ((0, 2), (2, 4))]
    for k, (top, bottom, first, last) in enumerate(spans):
        head = struct.pack("<7i", len(spans) - k, 3, 4, top + 1, bottom, first + 1, last)
        block = values[top:bottom, first:last].astype(number)
        blocks.append(record(b"    " + head + block.tobytes(order="F")))
    path = tmp_path / "m.har"
    path.write_bytes(b"".join(blocks))
    (found,) = read_har(path).values()
    assert (found.title, found.values.tolist()) == ("a matrix", values.tolist())


def test_axes_of_a_har_file_have_their_elements_once_or_the_one_they_stand_at() -> None:
    def words(*texts: str) -> bytes:
        return b"".join(one.ljust(12).encode() for one in texts)

    names, status = ("REG", "YEAR", "AGE", "REG", "ITEM"), b"kexke"
    about = b"    " + struct.pack("<3i", 1, 1, 5) + words("COEF") + struct.pack("<i", 1)
    about += words(*names) + status + struct.pack("<5i", *range(5)) + struct.pack("<i", 1) + words("2017")
    elements = b"    " + struct.pack("<3i", 1, 2, 2) + words("jpn", "usa")
    left = iter([about, elements, b"behind"])
    assert _sets(left, (2, 1, 3, 2, 1)) == (
        ("REG", ("jpn", "usa")),
        ("YEAR", ("2017",)),
        ("AGE", ("1", "2", "3")),
        ("REG", ("jpn", "usa")),
        ("ITEM", ("1",)),
    )
    assert next(left) == b"behind"
    with pytest.raises(ValueError, match="says that it has"):
        _sets(iter([about[:-1]]), (2, 1, 3, 2, 1))


@pytest.mark.parametrize("cuts", [(0, 3), (0, 1, 3), (0, 1, 2, 3)])
def test_numbers_of_a_har_file_stand_at_their_places_or_one_behind_the_other(cuts: tuple[int, ...]) -> None:
    places, values = np.array([5, 1, 3], "<i4"), np.array([2.0, 4.0, 8.0], "<f4")
    spans = list(pairwise(cuts))
    sparse, full = [b"how many"], [b"    " + struct.pack("<i", len(spans) + 1)]
    for k, (start, end) in enumerate(spans):
        head = b"    " + struct.pack("<3i", len(spans) - k, 3, end - start)
        sparse.append(head + places[start:end].tobytes() + values[start:end].tobytes())
        full += [b"where", b"    " + struct.pack("<i", len(spans) - k) + values[start:end].tobytes()]
    left = iter([*sparse, b"behind"])
    assert _sparse(left, 5).tolist() == [4.0, 0.0, 8.0, 0.0, 2.0]
    assert next(left) == b"behind"
    with pytest.raises(ValueError, match="of 4"):
        _sparse(iter(sparse), 4)
    assert _full(iter(full), 3).tolist() == [2.0, 4.0, 8.0]
    with pytest.raises(ValueError, match="3 numbers of 4"):
        _full(iter(full), 4)
