"""`kosho world import` and `list`: tables under a name, asked for by it, and refused where they cannot be."""

from __future__ import annotations

import json
import os
import re
import struct
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests import published_tables as published
from tests.published_tables import economy
from typer.testing import CliRunner

from kosho.cli import app
from kosho.equilibrium import Shock, solve
from kosho.errors import InputError
from kosho.world import World, WorldChoice, labelled, load, toy
from kosho.world.door import refuse_other_unit
from kosho.world.exports import as_dataset
from kosho.world.har import HeaderArray, har_bytes, read_har
from kosho.world.readers import reader

SHARED = os.environ.get("KOSHO_SHARED", "")
runner = CliRunner()


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "worlds"


def run(*words: object) -> str:
    found = runner.invoke(app, list(map(str, words)), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def big(tmp_path: Path, name: str = "2022_SML.csv", factor: float = 2000.0) -> Path:
    """A table of which the economies are about as large as they are."""
    made = economy(("CHN", "JPN", "ROW", "USA"), ("A01", "C29", "G"), published.OECD_FINAL, 4)
    made.used[...] *= factor
    made.final[...] *= factor
    return published.oecd(tmp_path / name, made, "2025")


def scaled(world: World, factor: float) -> World:
    """The same economies in another unit of money."""
    return World.from_flows(
        factor * world.flows,
        tariff=world.tariff,
        io_share=world.io_share,
        theta=world.theta,
        final_share=world.final_share,
    )


def test_a_table_is_imported_under_a_name_and_asked_for_by_it(tmp_path: Path, shelf: Path):
    told = run("world", "import", "oecd-csv", big(tmp_path), "--out", "mine")
    assert "OECD ICIO, edition of 2025" in told
    assert "--world mine" in told
    assert (shelf / "mine.npz").is_file()
    assert WorldChoice.parse("mine").load().whole.countries == ("CHN", "JPN", "ROW", "USA")
    assert load("mine").hash == WorldChoice.parse("mine:full").load().whole.hash
    found = json.loads(run("world", "list", "--json"))["worlds"]
    assert [(one["name"], one["year"], one["economies"]) for one in found] == [
        ("icio-2022", 2022, 80),
        ("mine", 2022, 4),
    ]
    assert "mine" in run("world", "list")
    assert '"countries"' in run("simulate", "--base", "--add", "USA JPN C29 25%", "--world", "mine", "--json")


def test_names_that_ship_and_names_that_are_none_are_refused(tmp_path: Path):
    path = big(tmp_path)
    for out, told in (("talks", "is what ships"), ("a/b", "is no name of a table"), ("", "needs a name")):
        with pytest.raises(InputError, match=told):
            runner.invoke(app, ["world", "import", "oecd-csv", str(path), "--out", out], catch_exceptions=False)
    with pytest.raises(InputError, match=r"unknown world 'mime'.*kosho world list"):
        WorldChoice.parse("mime")


def brought(door: str, source: str, path: Path) -> list[str]:
    """The words that bring a file in as a table: under a name, or into a file."""
    if door == "import":
        return ["world", "import", source, str(path), "--out", "mine"]
    return ["world", "build", str(path), "--from", source, "--out", str(path.with_name("mine.npz"))]


DOORS = pytest.mark.parametrize("door", ["import", "build"])


@DOORS
def test_values_in_another_unit_of_money_are_refused(tmp_path: Path, door: str):
    path = big(tmp_path, factor=2e6)
    words = brought(door, "oecd-csv", path)
    with pytest.raises(InputError, match=r"values look like thousand US dollars.*scale=0.001"):
        runner.invoke(app, words, catch_exceptions=False)
    assert not (tmp_path / "mine.npz").exists()
    run(*words, "--insist")
    assert run("world", "info", "--world", "mine" if door == "import" else tmp_path / "mine.npz")


def test_what_is_done_to_a_table_is_told_while_it_is_built(tmp_path: Path):
    pairs = [(one, other) for one in ("JPN", "USA") for other in ("JPN", "USA")]
    rows = [f"{one},{sector},{other},final,900000" for one, other in pairs for sector in ("A01", "C29")]
    rows += ["JPN,A01,USA,C29,-5", "USA,A01,USA,C29,900000"]
    path = tmp_path / "sales-2021.csv"
    path.write_text("\n".join(["exporter,seller,importer,user,value", *rows, ""]), encoding="utf-8")
    told = run(*brought("build", "long-csv", path), "--year", "2019")
    assert (
        "adjusted: sales for intermediate use below zero: 1, -5 in all; the largest: JPN A01 to USA C29" in told
    )
    path = big(tmp_path)
    told = run(*brought("build", "oecd-csv", path), "--year", "2019")
    assert "adjusted: the files say that the table is of 2022; it is taken for one of 2019, as asked" in told


@pytest.mark.parametrize("factor", [2e-7, 1e11])
def test_values_that_no_unit_of_money_explains_are_refused(tmp_path: Path, factor: float):
    path = big(tmp_path, factor=factor)
    with pytest.raises(InputError, match=r"in no unit of US dollars: value added is .* times that of 2022"):
        runner.invoke(app, brought("import", "oecd-csv", path), catch_exceptions=False)


@DOORS
@pytest.mark.parametrize("more", [(), ("--insist",)])
def test_a_table_of_one_economy_is_refused(tmp_path: Path, shelf: Path, more: tuple[str, ...], door: str):
    path = tmp_path / "one.csv"
    rows = ["JPN,A01,JPN,C29,900000", "JPN,C29,JPN,A01,900000"]
    rows += [f"JPN,{sector},JPN,consumption,2000000" for sector in ("A01", "C29")]
    path.write_text("\n".join(["exporter,seller,importer,user,value", *rows, ""]), encoding="utf-8")
    words = [*brought(door, "long-csv", path), "--set", "final=consumption", "--year", "2019", "--name", "one"]
    with pytest.raises(InputError, match=r"one\.csv: has one economy, JPN: nothing is traded"):
        runner.invoke(app, [*words, *more], catch_exceptions=False)
    assert not shelf.exists() or not list(shelf.iterdir())
    assert not (tmp_path / "mine.npz").exists()


def test_a_table_of_final_sales_alone_says_what_that_assumes(tmp_path: Path):
    path = tmp_path / "final.csv"
    pairs = [(one, other) for one in ("JPN", "USA") for other in ("JPN", "USA")]
    rows = [f"{one},{sector},{other},final,900000" for one, other in pairs for sector in ("A01", "C29")]
    path.write_text("\n".join(["exporter,seller,importer,user,value", *rows, ""]), encoding="utf-8")
    run(*brought("import", "long-csv", path), "--set", "final=final", "--year", 2019, "--insist")
    assert "no inputs: all trade is final demand" in " ".join(run("world", "info", "--world", "mine").split())


@pytest.mark.parametrize("name", ["empty.zip", "Eora26_2015_bp.zip"])
def test_an_archive_that_holds_no_release_is_told_in_words_for_people(tmp_path: Path, name: str):
    pytest.importorskip("pymrio")
    with zipfile.ZipFile(tmp_path / name, "w"):
        pass
    words = ["world", "import", "eora26", str(tmp_path / name), "--out", "mine"]
    with pytest.raises(InputError, match=rf"{re.escape(name)}: is no EORA26: ") as caught:
        runner.invoke(app, words, catch_exceptions=False)
    assert "NoneType" not in str(caught.value)
    assert "attribute" not in str(caught.value)


def test_a_format_that_is_none_is_told_before_a_name_is_asked_for():
    with pytest.raises(InputError, match=r"^FORMAT: unknown format 'figro' \(did you mean figaro"):
        runner.invoke(app, ["world", "import", "figro", "t.csv"], catch_exceptions=False)


@pytest.mark.parametrize("name", ["exiobase3", "eora26", "pymrio", "figaro", "oecd-csv", "gravity"])
def test_what_is_no_archive_is_told_before_anything_is_asked_about_it(tmp_path: Path, name: str):
    pytest.importorskip("pymrio")
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK half of it")
    with pytest.raises(InputError, match=r"broken\.zip: cannot be read: File is not a zip file"):
        runner.invoke(app, ["world", "import", name, str(path), "--out", "mine"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(1e6, "single"), (1e3, "thousand"), (1e-3, "thousand million"), (20.0, None), (0.05, None)],
)
def test_money_is_compared_with_that_of_the_same_economies(factor: float, unit: str | None):
    world = load(regions="talks", sectors="talks")
    if unit is None:
        refuse_other_unit(scaled(world, factor))
    else:
        with pytest.raises(InputError, match=f"values look like {unit} US dollars"):
            refuse_other_unit(scaled(world, factor))


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (1e-9, "in no unit"),
        (3.1e-5, "in no unit"),
        (3.2e-5, "look like thousand million"),
        (0.0316, "look like thousand million"),
        (0.0317, None),
        (31.6, None),
        (31.7, "look like thousand"),
        (31.6e3, "look like thousand"),
        (31.7e3, "look like single"),
        (31.6e6, "look like single"),
        (31.7e6, "in no unit"),
    ],
)
def test_where_a_unit_of_money_begins_and_ends(factor: float, told: str | None):
    world = load(regions="talks", sectors="talks")
    if told is None:
        refuse_other_unit(scaled(world, factor))
    else:
        with pytest.raises(InputError, match=rf"^values (are )?{told} (of )?US dollars"):
            refuse_other_unit(scaled(world, factor))


def test_economies_without_value_added_say_nothing_of_the_unit_of_money():
    held = load()
    added = dict.fromkeys(held.countries[:9], 0.0)
    added |= {code: float(held.arrays.value_added[held.position(code)]) for code in held.countries[9:12]}
    values = np.array(list(added.values()))
    for factor in (1.0, 1e3):
        arrays = SimpleNamespace(value_added=factor * values)
        world: Any = SimpleNamespace(meta=held.meta, countries=tuple(added), arrays=arrays)
        if factor == 1.0:
            refuse_other_unit(world)
            continue
        with pytest.raises(InputError, match="values look like thousand US dollars"):
            refuse_other_unit(world)


def test_economies_that_the_table_that_ships_has_not_are_taken_as_they_are():
    names = ("NORTH", "SOUTH"), ("A01",)
    flows = labelled(np.full((2, 2, 1), 1e12), ("importer", "exporter", "sector"), *names)
    world = World.from_flows(
        flows,
        tariff=0.0 * flows,
        io_share=labelled(np.full((2, 1, 1), 0.2), ("country", "input", "sector"), *names),
        theta=labelled([5.0], ("sector",), *names),
    )
    refuse_other_unit(world)


def test_rates_in_percent_in_a_column_of_fractions_are_told(tmp_path: Path):
    rates = tmp_path / "rates.csv"
    rates.write_text("importer,exporter,sector,rate\n*,*,A01,1.025\n*,*,C29,1.15\n")
    with pytest.raises(InputError, match=r"its rates: they look like 1 \+ t"):
        runner.invoke(
            app,
            ["world", "import", "oecd-csv", str(big(tmp_path)), "--out", "x", "--tariffs", str(rates)],
            catch_exceptions=False,
        )


def test_an_input_that_is_used_and_never_bought_is_named():
    names = ("JPN", "USA"), ("A01", "C29")
    flows = np.array([[[90.0, 50.0], [10.0, 5.0]], [[10.0, 0.0], [190.0, 0.0]]])
    inputs = np.full((2, 2, 2), 0.2)
    world = World.from_flows(
        labelled(flows, ("importer", "exporter", "sector"), *names),
        tariff=labelled(0.0 * flows, ("importer", "exporter", "sector"), *names),
        io_share=labelled(inputs, ("country", "input", "sector"), *names),
        theta=labelled([5.0, 5.0], ("sector",), *names),
    )
    with pytest.raises(InputError, match=r"USA buys 0 of C29 and uses .* out of balance"):
        solve(world, Shock.none(world))


def test_dust_is_swept_and_said(tmp_path: Path):
    made = economy(("CHN", "JPN", "ROW", "USA"), ("A01", "C29", "G"), published.OECD_FINAL)
    made.used[0, 0, 1] = 0.0
    made.final[0, 0, 1] = 1e-8
    table = reader("oecd-csv").table([published.oecd(tmp_path / "2022_SML.csv", made, "2025")], {})
    assert any("1 flow of less than a dollar" in note for note in table.meta["adjustments"])
    assert table.final is not None
    assert table.final[1, 0, 0] == 0.0


def test_a_har_file_comes_back_as_it_was_written(tmp_path: Path):
    rng = np.random.default_rng(3)
    goods = tuple(f"c{k}" for k in range(65))
    big_one = HeaderArray(
        "BIG", rng.random((65, 65, 4)), (("COMM", goods), ("ACTS", goods), ("REG", tuple("abcd")))
    )
    written = {"BIG": big_one, "REG": HeaderArray("REG", ("a", "b", "c", "d"))}
    (tmp_path / "x.har").write_bytes(har_bytes(written))
    found = read_har(tmp_path / "x.har")
    np.testing.assert_allclose(np.asarray(found["BIG"].values), np.asarray(big_one.values), rtol=1e-7)
    assert found["BIG"].sets == big_one.sets
    assert found["REG"].values == ("a", "b", "c", "d")
    with pytest.raises(InputError, match="more than 12 letters"):
        har_bytes({"X": HeaderArray("X", np.ones(1), (("REG", ("sub-saharan africa",)),))})
    (tmp_path / "x.har").write_bytes((tmp_path / "x.har").read_bytes()[:-7])
    with pytest.raises(InputError, match="is no HAR file"):
        read_har(tmp_path / "x.har")


def sparse(size: int, *parts: dict[int, float]) -> bytes:
    """A HAR file with one array of so many numbers, those that are not zero by their place."""

    def record(content: bytes) -> bytes:
        content = b"    " + content
        return struct.pack("<i", len(content)) + content + struct.pack("<i", len(content))

    total = sum(map(len, parts))
    about = b"RLSPSE" + b"A few numbers".ljust(70) + struct.pack("<2i", 1, size)
    found = struct.pack("<i", 4) + b"FEW " + struct.pack("<i", 4) + record(about)
    found += record(struct.pack("<3i", total, 4, 4))
    for k, part in enumerate(parts):
        places = struct.pack(f"<{len(part)}i", *part)
        numbers = struct.pack(f"<{len(part)}f", *part.values())
        found += record(struct.pack("<3i", len(parts) - k, total, len(part)) + places + numbers)
    return found


def test_a_sparse_array_of_several_records_is_read_whole(tmp_path: Path):
    path = tmp_path / "few.har"
    path.write_bytes(sparse(6, {1: 2.5, 4: 3.0}, {6: 7.0}))
    assert np.asarray(read_har(path)["FEW"].values).tolist() == [2.5, 0.0, 0.0, 3.0, 0.0, 7.0]


@pytest.mark.parametrize(("size", "place"), [(6, 0), (6, 7), (2_000_000_000, 1), (-1, 1)])
def test_a_place_outside_an_array_and_an_array_that_cannot_be_are_told(size: int, place: int, tmp_path: Path):
    path = tmp_path / "few.har"
    path.write_bytes(sparse(size, {place: 2.5}))
    with pytest.raises(InputError, match=r"is no HAR file that is known: (a number at place|header FEW is of)"):
        read_har(path)


@pytest.mark.skipif(not (Path(SHARED) / "data" / "worlds").is_dir(), reason="KOSHO_SHARED has no data/worlds")
def test_wiod_2008_and_gtap_9_by_command_line_alone(tmp_path: Path):
    pytest.importorskip("rdata")
    pytest.importorskip("h5py")
    data = Path(SHARED) / "data" / "worlds"
    theta = tmp_path / "theta.csv"
    theta.write_text("sector,theta,log_sd\n" + "".join(f"c{k},5,0.3\n" for k in range(1, 36)))
    told = run("world", "import", "wiod", data / "wiod2008.RData", "--out", "wiod", "--elasticities", theta)
    assert "WIOD, release of 2013" in told
    assert "negative and set to zero" in told
    found = json.loads(run("simulate", "--base", "--add", "USA JPN c15 +25%", "--world", "wiod", "--json"))
    welfare = {code: 100 * found["countries"][code]["welfare"] for code in ("JPN", "USA")}
    # By 30 lines of glue around World.from_flows: -0.085 and -0.008.
    assert welfare["JPN"] == pytest.approx(-0.085, abs=0.001)
    assert welfare["USA"] == pytest.approx(-0.008, abs=0.001)
    told = run("world", "import", "gtap", data / "gtap9-sample.jld2", "--year", "2011", "--out", "gtap9")
    assert "those of GTAP (VMSB over VCIF)" in told
    found = json.loads(run("simulate", "--base", "--add", "eu asis manuf 25%", "--world", "gtap9", "--json"))
    assert found["countries"]["asis"]["welfare"] < 0
    world = load("gtap9")
    assert world.imbalance < 1e-12
    np.testing.assert_allclose(world.theta.to_numpy()[-1], 2.827, rtol=1e-3)


def netcdf(path: Path, held: xr.Dataset) -> Path:
    held.to_netcdf(path, engine="h5netcdf")
    return path


def test_a_netcdf_file_is_read_by_the_names_of_its_arrays_and_dimensions(tmp_path: Path):
    pytest.importorskip("h5netcdf")
    held = as_dataset(toy())
    sides = ("exporter", "sector", "importer")
    turned = held.assign({name: held[name].transpose(*sides) for name in ("flows", "tariff")})
    invested = xr.DataArray(np.arange(6.0).reshape(3, 2), dims=("country", "sector"))
    turned = turned.drop_vars("theta_spread").assign(investment=invested)
    table = reader("netcdf").table([netcdf(tmp_path / "w.nc", turned)], {})
    assert table.theta_spread is None
    np.testing.assert_array_equal(table.investment, invested.to_numpy())
    np.testing.assert_array_equal(table.tariff, held["tariff"].to_numpy())
    assert table.final is not None
    sold = table.intermediate + table.final
    np.testing.assert_allclose(sold, held["flows"].to_numpy(), rtol=1e-12)
    assert (held["inputs"].to_numpy() == 0).any()  # nothing used is a figure
    said = {
        "name": "mine",
        "year": 2019,
        "base_tariffs": "of my own",
        "tariff_year": 2018,
        "adjustments": "a; b",
    }
    told = reader("netcdf").table([netcdf(tmp_path / "said.nc", held.assign_attrs(said))], {}).meta
    assert {key: told[key] for key in said} == {**said, "adjustments": ["a", "b"]}
    nothing = held.assign_attrs(dict.fromkeys(said, ""), year=0, tariff_year=0)
    told = reader("netcdf").table([netcdf(tmp_path / "none.nc", nothing)], {}).meta
    assert [told[key] for key in said] == ["none", None, "those of the file", None, []]


def test_every_array_of_a_netcdf_file_that_cannot_be_is_named(tmp_path: Path):
    pytest.importorskip("h5netcdf")
    held = as_dataset(toy()).drop_vars("tariff").copy(deep=True)
    held["flows"][0, 1, 0] = -1.0
    held["theta"][1] = np.nan
    wrong = held.assign(inputs=held["inputs"].isel(input=0), theta_spread=-held["theta_spread"])
    with pytest.raises(InputError) as told:
        reader("netcdf").table([netcdf(tmp_path / "w.nc", wrong)], {})
    assert [one.message for one in told.value.problems] == [
        "array flows has figures below zero",
        "has no array tariff",
        "array inputs is by country, sector",
        "array theta has figures that are none",
    ]


def test_a_netcdf_file_of_others_is_refused_by_what_it_lacks(tmp_path: Path):
    pytest.importorskip("h5netcdf")
    path = tmp_path / "other.nc"
    xr.Dataset({"flows": ("time", [1.0])}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(InputError) as told:
        reader("netcdf").table([path], {})
    assert "array flows is by time (by importer, exporter, sector)" in str(told.value)
    assert "has no array theta" in str(told.value)
    path.write_bytes(b"no netCDF")
    with pytest.raises(
        InputError, match=r"is no netCDF file, or not all of one \(a file that `kosho world export"
    ):
        reader("netcdf").table([path], {})
    broken = tmp_path / "sales.parquet"
    broken.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="is no Parquet file"):
        reader("long-csv").table([broken], {})


def test_records_of_a_har_file_count_down_to_the_last() -> None:
    values = np.arange(9_000.0).reshape(90, 100)
    sets = (("A", tuple(f"a{k}" for k in range(90))), ("B", tuple(f"b{k}" for k in range(100))))
    content = har_bytes({"BIG": HeaderArray("Big", values, sets)})
    records: list[bytes] = []
    while content:
        size = int.from_bytes(content[:4], "little")
        records.append(content[4 : 4 + size])
        assert content[4 + size : 8 + size] == content[:4]
        content = content[8 + size :]
    left = [int.from_bytes(record[4:8], "little") for record in records[-5:]]
    assert left == [5, 4, 3, 2, 1]
    ends = [int.from_bytes(records[-4][8 + 4 * k : 12 + 4 * k], "little") for k in range(4)]
    assert ends == [1, 90, 1, 100]
