from __future__ import annotations

import contextlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosho.bounds import LARGEST
from kosho.errors import InputError
from kosho.world.store import IOTable, read, write


def small() -> IOTable:
    rng = np.random.default_rng(3)
    return IOTable(
        ("AAA", "BBB"),
        ("A01", "C29", "G"),
        intermediate=rng.random((2, 2, 3)),
        inputs=rng.random((2, 3, 3)),
        final_sales=rng.random((2, 3)),
        meta={"name": "small", "year": 2022, "adjustments": ["café"]},
    )


def test_a_table_comes_back_as_it_was_written(tmp_path: Path):
    table = replace(small(), final=np.ones((2, 2, 3)))
    with write(table, tmp_path / "t.npz").open("rb") as file:
        back = read(file, "t.npz")
    assert (back.countries, back.sectors, back.meta) == (table.countries, table.sectors, table.meta)
    assert back.totals is None
    for name in ("intermediate", "inputs", "final_sales", "final"):
        np.testing.assert_allclose(getattr(back, name), getattr(table, name), rtol=1e-7)
        assert getattr(back, name).dtype == np.float64
    np.testing.assert_allclose(back.output, table.intermediate.sum(axis=0) + table.final_sales, rtol=1e-6)


def test_the_same_table_gives_the_same_bytes_and_leaves_nothing_else(tmp_path: Path):
    first, second = write(small(), tmp_path / "a.npz"), write(small(), tmp_path / "b.npz")
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_a_file_that_is_no_table_is_named():
    with pytest.raises(InputError, match=r"notes\.npz: is not a Kosho world table"):
        read(io.BytesIO(b"not a zip"), "notes.npz")


def test_pickled_arrays_are_refused(tmp_path: Path):
    path = write(small(), tmp_path / "t.npz")
    evil = tmp_path / "evil.npz"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "inputs.npy":
                buffer = io.BytesIO()
                np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
                content = buffer.getvalue()
            new.writestr(name, content)
    with evil.open("rb") as file, pytest.raises(InputError, match="is not a Kosho world table"):
        read(file, "evil.npz")


@pytest.mark.parametrize(
    ("parts", "fits"),
    [
        ({}, True),
        ({"countries": ("AAA",)}, False),
        ({"intermediate": np.ones((1, 2, 3))}, False),
        ({"intermediate": np.ones((2, 2, 2))}, False),
        ({"inputs": np.ones((1, 3, 3))}, False),
        ({"inputs": np.ones((2, 3, 2))}, False),
    ],
)
def test_arrays_that_do_not_fit_the_labels_are_refused(parts: dict[str, Any], fits: bool, tmp_path: Path):
    path = write(replace(small(), **parts), tmp_path / "t.npz")
    with path.open("rb") as file, contextlib.nullcontext() if fits else pytest.raises(InputError) as caught:
        read(file, "t.npz")
    assert caught is None or "do not fit its labels" in str(caught.value)


def test_another_format_asks_to_build_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write(small(), tmp_path / "t.npz")
    monkeypatch.setattr("kosho.world.store.FORMATS", (3,))
    with path.open("rb") as file, pytest.raises(InputError, match="has format 1, not 3"):
        read(file, "t.npz")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        write(small(), tmp_path / "file" / "t.npz")


@pytest.mark.parametrize("name", ["intermediate", "inputs", "final_sales", "final"])
def test_no_figure_is_beyond_what_anything_counts(name: str, tmp_path: Path):
    table = replace(small(), final=np.ones((2, 2, 3)))
    for figure, told in ((LARGEST, None), (-LARGEST, None), (1.01 * LARGEST, name), (-1.01 * LARGEST, name)):
        values = getattr(table, name).copy()
        values.flat[1] = figure
        if told is None:
            write(replace(table, **{name: values}), tmp_path / "t.npz")
            continue
        with pytest.raises(InputError, match=f"{told} holds"):
            write(replace(table, **{name: values}), tmp_path / "t.npz")


@pytest.mark.parametrize(
    ("more", "number"), [({}, 1), ({"final": np.ones((2, 2, 3))}, 1), ({"theta": np.ones(3)}, 2)]
)
def test_a_file_says_in_which_format_it_is(more: dict[str, np.ndarray], number: int, tmp_path: Path):
    with zipfile.ZipFile(write(replace(small(), **more), tmp_path / "t.npz")) as archive:
        assert json.loads(archive.read("meta.json"))["format"] == number
