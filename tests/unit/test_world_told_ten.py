"""Of what is wrong with arrays and sheets ten are named, each with its place and in the order it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kosho.errors import InputError
from kosho.world import World, labelled, toy
from kosho.world.economy import Arrays
from kosho.world.exports import as_dataset, as_har, export
from kosho.world.readers.wiod import (
    ADB_RELEASE,
    RELEASES,
    _aligned,
    _is_table,
    _numbers,
    _of_frame,
    _release,
    _spread,
)
from kosho.world.table_checks import (
    capped_inputs,
    final_shares,
    labels_of,
    ordered,
    refuse_bad_final_shares,
    refuse_gaps,
    refuse_impossible,
)

CODES = tuple(f"C{k:02}" for k in range(14))
FLOW = ("importer", "exporter", "sector")


def flows(importers: tuple[str, ...], exporters: tuple[str, ...]) -> xr.DataArray:
    values = np.ones((len(importers), len(exporters), 1))
    return xr.DataArray(
        values, dims=FLOW, coords=dict(zip(FLOW, map(list, (importers, exporters, ("A",))), strict=True))
    )


def shares(values: list[float]) -> xr.DataArray:
    return labelled(np.array(values)[:, None], ("country", "sector"), CODES, ("A",))


def inputs(values: list[float]) -> xr.DataArray:
    return labelled(np.array(values)[:, None, None], ("country", "input", "sector"), CODES, ("A",))


def gapped(wrong: int) -> Any:
    class Off:
        gaps = np.where(np.arange(14) < wrong, 0.5 - 0.01 * np.arange(14), 0.0)[:, None]
        expenditure = np.full((14, 1), 2.0)

    return Off()


@pytest.mark.parametrize("wrong", [1, 10, 11])
@pytest.mark.parametrize(
    ("check", "told"),
    [
        (lambda k: labels_of(flows(CODES, CODES[k:])), "importers and exporters differ: {names}"),
        (
            lambda k: ordered(flows(CODES, CODES[k:]), FLOW, CODES, ("A",), "x"),
            "x lacks {names} along 'exporter'",
        ),
        (
            lambda k: ordered(flows(CODES, CODES), FLOW, CODES[k:], ("A",), "x"),
            "x has unknown {names} along 'importer'",
        ),
    ],
)
def test_ten_labels_are_named(check: Callable[[int], object], told: str, wrong: int) -> None:
    with pytest.raises(InputError) as caught:
        check(wrong)
    assert caught.value.problems[0].message == told.format(names=", ".join(CODES[: min(wrong, 10)]))


@pytest.mark.parametrize("wrong", [0, 1, 10, 11])
@pytest.mark.parametrize(
    ("check", "told", "most"),
    [
        (
            lambda k: refuse_bad_final_shares(shares([0.5] * k + [1.0] * (14 - k))),
            "final shares of {} sum to",
            10,
        ),
        (lambda k: refuse_gaps(gapped(k), CODES, ("A",)), "{} buys 2 of A and uses", 10),
        (
            lambda k: refuse_impossible(
                {
                    "tariff": labelled(
                        np.where(np.arange(14) < k, 0.1, 0.0)[:, None, None] * np.eye(14)[:, :, None],
                        FLOW,
                        CODES,
                        ("A",),
                    )
                }
            ),
            "tariff[{0}, {0}, A] is not zero",
            10,
        ),
        (
            lambda k: capped_inputs(inputs([1.5] * k + [0.5] * (14 - k)), []),
            "input shares of {} A sum to 1.5",
            14,
        ),
    ],
)
def test_ten_places_are_told_in_order(check: Callable[[int], object], told: str, most: int, wrong: int) -> None:
    if not wrong:
        check(wrong)
        return
    with pytest.raises(InputError) as caught:
        check(wrong)
    found = [one.message for one in caught.value.problems]
    assert len(found) == min(wrong, most)
    assert all(one.startswith(told.format(code)) for one, code in zip(found, CODES, strict=False))


def test_of_shares_below_zero_ten_are_told() -> None:
    with pytest.raises(InputError) as caught:
        refuse_bad_final_shares(shares([-0.5] * 11 + [1.0] * 3))
    found = [one.message for one in caught.value.problems]
    assert found[9] == "final_share[C09, A] = -0.5 is not zero or more"
    assert [len([one for one in found if word in one]) for word in ("not zero", "sum to 0")] == [10, 0]
    assert found[10] == "final shares of C00 sum to -0.5"
    assert len(found) == 20


@pytest.mark.parametrize("wrong", [1, 10, 11])
def test_ten_industries_that_rows_or_columns_lack_are_named(wrong: int) -> None:
    every = [(code, "A") for code in CODES]
    assert _aligned(every, every[::-1], Path("t.xlsx")) == list(range(13, -1, -1))
    named = ", ".join(f"{code} A" for code in CODES[: min(wrong, 10)])
    for rows, columns in ((every, every[wrong:]), (every[wrong:], every)):
        with pytest.raises(InputError) as caught:
            _aligned(rows, columns, Path("t.xlsx"))
        assert caught.value.problems[0].message == f"rows and columns of industries differ: {named}"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["x", 1.5, "2.5", 3], [1.5, 2.5, 3.0]),
        (["x", None, " ", ""], [0.0, 0.0, 0.0]),
        (["x"], [0.0, 0.0, 0.0]),
        (["x", 1.0, True, 2.0], "cell C7: 'True' is not a number"),
        (["x", 1.0, 2.0, "n/a"], "cell D7: 'n/a' is not a number"),
        (["x", float("inf"), 1.0, 2.0], "cell B7: 'inf' is not a number"),
    ],
)
def test_a_cell_of_a_sheet_is_a_number_or_empty(row: list[Any], found: list[float] | str) -> None:
    if not isinstance(found, str):
        assert _numbers(row, [1, 2, 3], Path("t.xlsx"), 7) == found
        return
    with pytest.raises(InputError) as caught:
        _numbers(row, [1, 2, 3], Path("t.xlsx"), 7)
    assert [(one.line, one.message) for one in caught.value.problems] == [(7, found)]


def test_a_release_is_the_one_whose_final_columns_are_all_there() -> None:
    old, new = RELEASES
    assert [one.codes[-1] for one in (old, new, ADB_RELEASE)] == ["c35", "r56", "c35"]
    path = Path("t.xlsx")
    for wanted, codes in (
        (old, {*old.finals, "c1"}),
        (new, {*new.finals, "c1"}),
        (new, {*old.finals, *new.finals}),
    ):
        assert _release(codes, RELEASES, path) is wanted
        assert _release(codes, RELEASES[::-1], path) is wanted
    with pytest.raises(InputError) as caught:
        _release({*new.finals[1:], "C1", "x"}, RELEASES, path)
    assert caught.value.problems[0].message.startswith(f"has {len(new.finals)} industries or final columns")
    head = [["", "AUS", "AUS", *["AUS"] * len(new.finals)], ["", "c1", "c2", *new.finals]]
    assert _is_table(head, RELEASES)
    assert _is_table(head, (new,))
    assert not _is_table(head, (old,))
    assert not _is_table(head[:1], RELEASES)
    assert not _is_table([], RELEASES)
    assert _spread([None, "AUS", "", None, "JPN ", ""]) == ["", "AUS", "AUS", "AUS", "JPN", "JPN"]


def renamed(*labels: str) -> World:
    one = toy()
    codes = dict(zip(("JPN", "USA", "CHN"), labels, strict=False))
    return one.aggregate(regions={codes.get(code, code): (code,) for code in one.countries})


@pytest.mark.parametrize("letters", [12, 13])
def test_labels_of_a_har_file_have_twelve_letters_at_most(letters: int) -> None:
    world = renamed("J" * letters)
    if letters == 12:
        assert "J" * 12 in as_har(world)["REG"].values
        return
    with pytest.raises(InputError, match=f"more than 12 letters cannot be in a HAR file: {'J' * 13} .another"):
        as_har(world)
    goods = {code * 13: (code,) for code in ("A", "C")}
    names = dict(zip(("A01", "C29"), goods, strict=True))
    six = renamed("J" * 13, "U" * 13, "C" * 13).aggregate(sectors={names[one]: (one,) for one in toy().sectors})
    with pytest.raises(InputError) as caught:
        as_har(six)
    assert caught.value.problems[0].message.count(",") == 4


def test_what_is_not_known_of_a_world_goes_out_as_nothing(tmp_path: Path) -> None:
    one = toy()
    dated = replace(one, meta=replace(one.meta, year=2019, tariff_year=2018, adjustments=("a", "b")))
    undated = replace(one, meta=replace(one.meta, year=None, tariff_year=None))
    for world, year, duties in ((dated, 2019, 2018), (undated, 0, 0)):
        about = as_dataset(world).attrs
        assert (about["year"], about["tariff_year"], about["name"]) == (year, duties, one.meta.name)
        assert as_har(world)["DREL"].values == (f"{one.meta.name} {year or ''} by Kosho",)
    assert as_dataset(dated).attrs["adjustments"] == "a; b"
    grouped = one.aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)})
    assert json.loads(as_dataset(grouped).attrs["labels"])["regions"] == {
        "PAC": ["JPN", "USA"],
        "CHN": ["CHN"],
    }
    unknown = one.tariff.copy(data=np.zeros(one.tariff.shape, bool))
    assert "UNKN" not in as_har(replace(one, unknown_tariff=unknown))
    unknown[0, 1, 1] = True
    marked = replace(one, unknown_tariff=unknown)
    assert np.argwhere(np.asarray(as_har(marked)["UNKN"].values)).tolist() == [[1, 1, 0]]
    assert as_dataset(marked)["unknown_tariff"].dtype == np.int8
    assert "unknown_tariff" not in as_dataset(replace(one, unknown_tariff=None))
    for path, to, told in (
        ("t.xls", None, "t.xls ends like none of the formats"),
        ("t", None, "t ends like none of the formats"),
        ("t.csv", "cvs", "unknown format 'cvs'"),
    ):
        with pytest.raises(InputError) as caught:
            export(one, tmp_path / path, to)
        assert caught.value.problems[0].message == told
    assert export(one, tmp_path / "t.csv") == "csv"
    assert export(one, tmp_path / "t.dat", "csv") == "csv"
    assert (tmp_path / "t.csv").read_bytes() == (tmp_path / "t.dat").read_bytes()


@pytest.mark.parametrize("told", [True, False])
def test_a_frame_of_wiod_may_lack_its_year_and_its_output(told: bool) -> None:
    new, codes = RELEASES[1], ("AUS", "JPN")
    size, finals = new.industries, len(new.finals)
    columns = [f"{code}{k}" for code in codes for k in range(size + finals, 0, -1)]  # the last first
    values = np.arange(float(2 * size * len(columns))).reshape(2 * size, -1)
    frame = pd.DataFrame(values, columns=columns)
    frame["TOT"] = values.sum(axis=1)
    frame = pd.concat([frame, frame.iloc[:2]], ignore_index=True)
    frame.insert(0, "Country", [code for code in codes for _ in range(size)] + ["TOT", "JPN"])
    frame.insert(1, "RNr", [float(k) for _ in codes for k in range(1, size + 1)] + [1.0, size + 1.0])
    frame.insert(2, "Year", 2008.0)
    blocks, release, year = _of_frame(frame if told else frame.drop(columns=["TOT", "Year"]), Path("t.rda"))
    assert (release, year) == (new, 2008 if told else None)
    assert blocks.rows == [(code, name) for code in codes for name in new.codes]
    width = size + finals
    used = np.hstack([values[:, k * width + finals : (k + 1) * width][:, ::-1] for k in (0, 1)])
    np.testing.assert_array_equal(blocks.used, used)
    np.testing.assert_array_equal(
        blocks.bought, np.hstack([values[:, k * width : k * width + finals] for k in (0, 1)])
    )
    assert blocks.finals == [(code, name) for code in codes for name in new.finals[::-1]]
    assert (None if blocks.output is None else blocks.output.tolist()) == (
        values.sum(axis=1).tolist() if told else None
    )
    with pytest.raises(InputError, match=f"has {size - 1} industries or final columns"):
        _of_frame(frame.drop(columns=[f"{code}{width}" for code in codes]), Path("t.rda"))


@pytest.mark.parametrize(("inputs_of", "empty"), [((0.0, 0.9), None), ((1.0, 0.9), "X"), ((1.0, 1.0), "X, Y")])
def test_economies_that_use_up_all_that_they_buy_are_named(
    inputs_of: tuple[float, float], empty: str | None
) -> None:
    flows, none = np.eye(2)[:, :, None], np.zeros((2, 2, 1))
    gamma = np.array(inputs_of)[:, None, None]
    arrays = Arrays.of(
        flows, none, gamma=gamma, beta=1.0 - gamma[:, 0], alpha=np.ones((2, 1)), theta=np.ones(1)
    )
    if empty is None:
        assert final_shares(arrays, ("X", "Y"), ("A",), []).tolist() == [[1.0], [1.0]]
        return
    with pytest.raises(InputError) as caught:
        final_shares(arrays, ("X", "Y"), ("A",), [])
    assert caught.value.problems[0].message == f"no final demand is left in {empty}"
