"""Import, export and import again is the identity; aggregation commutes with import."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import published_tables as published
from tests.published_tables import Made

from kosho.world.exports import FORMATS, as_dataset, export
from kosho.world.loading import calibrated
from kosho.world.naming import named
from kosho.world.readers import reader
from kosho.world.table import World

COUNTRIES = ("CHN", "JPN", "KOR", "USA")
SECTORS = ("A01", "C26", "C29", "G")


def made(seed: int, countries: int, sectors: int, holes: float) -> Made:
    """An economy with holes in trade; everybody buys at home."""
    rng = np.random.default_rng(seed)
    n, s = countries, sectors
    used = rng.lognormal(0.0, 1.5, (n, s, n, s)) * (rng.random((n, s, n, s)) > holes)
    final = rng.lognormal(2.0, 1.5, (n, s, n, 6)) * (rng.random((n, s, n, 6)) > holes)
    for k in range(n):
        used[k, :, k] += 1.0
        final[k, :, k, 0] += 5.0 * s
    return Made(COUNTRIES[:n], SECTORS[:s], published.OECD_FINAL, used, final)


def world_of(table: Made, folder: Path) -> World:
    path = published.oecd(folder / "2019_SML.csv", table, "2025")
    return calibrated(named(reader("oecd-csv").table([path], {})))


def same(one: World, other: World, rtol: float, *, duties: bool = True) -> None:
    assert (one.countries, one.sectors) == (other.countries, other.sectors)
    for name in ("flows", "expenditure", "gamma", "alpha"):
        mine, theirs = getattr(one.arrays, name), getattr(other.arrays, name)
        np.testing.assert_allclose(theirs, mine, rtol=rtol, atol=rtol * float(mine.max()), err_msg=name)
    np.testing.assert_allclose(other.arrays.theta, one.arrays.theta, rtol=rtol)
    if duties:
        traded = one.arrays.flows > 1e-6 * one.arrays.flows.max()  # a duty on nothing is in no value
        np.testing.assert_allclose(other.arrays.tariff[traded], one.arrays.tariff[traded], rtol=1e-3)


TABLES = st.builds(
    made, st.integers(0, 2**31), st.integers(2, 4), st.integers(2, 4), st.sampled_from([0.0, 0.3, 0.7])
)
"""Economies, sectors and holes of all kinds."""
READ_BY: Mapping[str, tuple[str, str, float]] = {
    "csv": ("long-csv", "mine.csv", 1e-9),
    "parquet": ("long-csv", "mine.parquet", 1e-9),
    "netcdf": ("netcdf", "mine.nc", 1e-9),
    "har": ("gtap", "mine.har", 2e-6),
    "pymrio": ("pymrio", "mine", 1e-9),
}
"""Format that reads what is exported, the file, and how many digits it keeps."""


@pytest.mark.parametrize("form", READ_BY)
@given(table=TABLES)
@settings(max_examples=12, deadline=None)
def test_what_goes_out_comes_in_again(form: str, table: Made):
    if form == "pymrio":
        pytest.importorskip("pymrio")
    name, file, rtol = READ_BY[form]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        world = world_of(table, here)
        duties = form in ("har", "netcdf")
        if duties:  # the formats that keep them
            rates = world.tariff.copy(data=np.full(world.tariff.shape, 0.1))
            rates.values[np.arange(len(rates)), np.arange(len(rates))] = np.nan
            world = world.with_tariff(rates)
        export(world, here / file, form)
        again = reader(name).table([here / file], {"year": "2019"} if form in ("har", "pymrio") else {})
        second = calibrated(named(again))
        same(world, second, rtol, duties=duties)
        export(second, here / f"second-{file}", form)
        third = calibrated(named(reader(name).table([here / f"second-{file}"], {})))
        same(second, third, rtol, duties=duties)


@given(table=TABLES, cut=st.integers(1, 3))
@settings(max_examples=12, deadline=None)
def test_aggregation_commutes_with_import(table: Made, cut: int):
    """A table added up and imported is the imported table added up, but for elasticities that are means."""
    n, s = len(table.countries), len(table.sectors)
    regions = {"X": table.countries[: min(cut, n - 1)], **{c: (c,) for c in table.countries[min(cut, n - 1) :]}}
    groups = [list(table.countries).index(code) for code in table.countries]
    place = [0 if k < min(cut, n - 1) else 1 + k - min(cut, n - 1) for k in groups]
    size = max(place) + 1
    used, final = np.zeros((size, s, size, s)), np.zeros((size, s, size, 6))
    for i in range(n):
        for k in range(n):
            used[place[i], :, place[k]] += table.used[i, :, k]
            final[place[i], :, place[k]] += table.final[i, :, k]
    labels = (table.countries[0], *table.countries[min(cut, n - 1) :])
    added = Made(labels, table.sectors, table.categories, used, final)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        coarse = world_of(table, here).aggregate(regions=regions)
        direct = world_of(added, here)
        order = [
            direct.countries.index(table.countries[0] if code == "X" else code) for code in coarse.countries
        ]
        for name in ("flows", "gamma", "alpha"):
            mine = getattr(direct.arrays, name)
            mine = mine[np.ix_(order, order)] if name == "flows" else mine[order]
            np.testing.assert_allclose(getattr(coarse.arrays, name), mine, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_duty_that_nobody_knows_stays_unknown_in_a_har_file(tmp_path: Path):
    world = world_of(made(1, 3, 3, 0.0), tmp_path)
    assert world.unknown_tariff is not None
    assert world.unknown_tariff.any()
    export(world, tmp_path / "w.har")
    again = calibrated(named(reader("gtap").table([tmp_path / "w.har"], {})))
    assert again.unknown_tariff is not None
    np.testing.assert_array_equal(again.unknown_tariff.to_numpy(), world.unknown_tariff.to_numpy())


def test_netcdf_and_parquet_hold_the_world(tmp_path: Path):
    pytest.importorskip("h5netcdf")
    world = world_of(made(1, 3, 3, 0.3), tmp_path)
    export(world, tmp_path / "w.nc")
    found = xr.load_dataset(tmp_path / "w.nc", engine="h5netcdf")
    np.testing.assert_allclose(found["flows"].to_numpy(), world.flows.to_numpy())
    assert found.attrs["world"] == world.hash == as_dataset(world).attrs["world"]
    export(world, tmp_path / "w.parquet")
    table = pq.read_table(tmp_path / "w.parquet")
    assert sum(table.column("value").to_pylist()) == pytest.approx(float(world.arrays.flows.sum()), rel=1e-9)
    assert set(FORMATS) == {"netcdf", "parquet", "har", "csv", "pymrio"}
    assert io.BytesIO(table.schema.metadata[b"world"]).read().decode() == world.hash
