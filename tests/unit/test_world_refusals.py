"""What a world is made of is refused with its place where it cannot be, and mended where that is rounding."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kosho.errors import InputError
from kosho.world import World, toy
from kosho.world.har import read_har

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


def record(content: bytes) -> bytes:
    return struct.pack("<i", len(content)) + content + struct.pack("<i", len(content))


@pytest.mark.parametrize(("kind", "number"), [("2I", "<i4"), ("2R", "<f4")])
@pytest.mark.parametrize("cuts", [(0, 3), (0, 1, 3), (0, 2, 3)])
def test_a_matrix_of_a_har_file_is_put_together_from_its_records(
    kind: str, number: str, cuts: tuple[int, ...], tmp_path: Any
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
