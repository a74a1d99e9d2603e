"""What a table, a file or a mistake leaves unsaid, and what is told where it is said."""

from __future__ import annotations

import json
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.worlds import CELL, build

from kosho.errors import InputError, Problems
from kosho.world import PhysicalFlow, factors, labelled, together, toy
from kosho.world.build import Said
from kosho.world.concordances import _parts, recognised
from kosho.world.exports import as_dataset, as_har, export
from kosho.world.har import _sets
from kosho.world.labels import refuse_quantities
from kosho.world.naming import _given_regions
from kosho.world.readers import by_pymrio, reader, wiod
from kosho.world.readers.gtap_files import _word
from kosho.world.readers.long_csv import _rows, read_long_csv
from kosho.world.readers.matrix_csv import _take_names
from kosho.world.readers.reader import Reader
from kosho.world.table_checks import refuse_implausible

WORLD = toy()


@pytest.mark.parametrize("marked", [None, False, True])
def test_what_is_not_known_of_duties_comes_back_from_a_netcdf_file(
    tmp_path: Path, *, marked: bool | None
) -> None:
    pytest.importorskip("h5netcdf")
    unknown = np.zeros(WORLD.flows.shape, bool)
    unknown[0, 1, 1] = bool(marked)
    world = WORLD if marked is None else replace(WORLD, unknown_tariff=WORLD.tariff.copy(data=unknown))
    path = tmp_path / "w.nc"
    as_dataset(world).to_netcdf(path, engine="h5netcdf")
    found = reader("netcdf").table([path], {}).unknown
    assert found is not None
    np.testing.assert_array_equal(found, unknown)


@pytest.mark.parametrize(("long", "named"), [(1, 1), (5, 5), (6, 5)])
def test_five_labels_that_a_har_file_cannot_hold_are_named(long: int, named: int) -> None:
    labels = [f"thirteen-ch-{k}" for k in range(long)]
    world: Any = SimpleNamespace(countries=(*labels, "twelve-chars"), sectors=("A",))
    with pytest.raises(InputError) as caught:
        as_har(world)
    (one,) = caught.value.problems
    assert one.message.endswith(f"cannot be in a HAR file: {', '.join(labels[:named])}")


def test_rows_behind_an_odd_one_are_read_and_empty_ones_passed_over() -> None:
    problems = Problems("t.csv")
    lines = [[], ["a", "b"], ["JPN", "A", "USA", "A", "x"], ["", "A", "USA", "A", "1"], [*"JAUB", "2"]]
    found: list[Any] = []
    with pytest.raises(InputError):
        found.extend(_rows(iter(lines), range(5), 5, problems))
    assert [one.line for one in problems.found] == [3, 4, 5]
    (only,) = list(_rows(iter([[], [*"JAUB", "2"], []]), range(5), 5, Problems("t.csv")))
    assert (only.exporter, only.seller, only.importer, only.user, only.value) == (*"JAUB", 2.0)


@pytest.mark.parametrize("left_out", ["", "taxes are left out"])
def test_what_pymrio_leaves_out_is_told(left_out: str) -> None:
    rows = pd.MultiIndex.from_product([["JPN", "USA"], ["A01"]])
    finals = pd.MultiIndex.from_product([["JPN", "USA"], ["Households"]])
    system = SimpleNamespace(
        Z=pd.DataFrame(np.ones((2, 2)), rows, rows),
        Y=pd.DataFrame(np.ones((2, 2)), rows, finals),
        unit=pd.DataFrame({"unit": ["Mill USD"] * 2}, rows),
        meta=SimpleNamespace(version="", description=""),
    )
    about = by_pymrio.Database("mine", lambda *_other: None, {"edition": "MINE"}, left_out=left_out)
    made = by_pymrio.of_system(system, Path("t"), {}, about)
    assert made.meta["adjustments"] == ([left_out] if left_out else [])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_members_of_a_region_are_weighed_in_any_unit_of_money(scale: float) -> None:
    flows = np.zeros((2, 2, 1))
    flows[0, :, 0] = 0.6 * scale, 0.2 * scale
    finest: Any = SimpleNamespace(
        within=SimpleNamespace(economies=("DEU", "FRA"), flows=flows),
        meta=SimpleNamespace(regions={"EUR": ("DEU", "FRA")}),
        countries=("EUR",),
    )
    (found,) = factors._economies(finest)
    assert found == pytest.approx({"DEU": 0.75, "FRA": 0.25})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("tariff", -0.5, "-0.5 is below zero: a base rate is a duty, zero or more"),
        ("tariff", -1.0, None),  # what cannot be at all is told elsewhere
        ("tariff", 0.0, None),
        ("tariff", 3.0, None),
        ("theta", -0.5, None),
        ("theta", 0.0, None),
    ],
)
def test_values_that_could_be_and_are_odd_are_told(name: str, value: float, told: str | None) -> None:
    arrays = {
        "tariff": labelled(np.array([[[0.0], [value]], [[0.0], [0.0]]]), CELL, ("J", "U"), ("A",)),
        "theta": labelled(np.array([value]), ("sector",), (), ("A",)),
    }
    if told is None:
        refuse_implausible({name: arrays[name]})
        return
    with pytest.raises(InputError) as caught:
        refuse_implausible({name: arrays[name]}, "rates")
    assert [one.message for one in caught.value.problems] == [f"rates[J, U, A] = {told}"]


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("10T12", ["10", "11", "12"]),
        ("10", ["10"]),
        ("10T9", ["10T9"]),
        ("9T12", ["9T12"]),
        ("10T100", ["10T100"]),
        ("AT12", ["AT12"]),
        ("ATC", ["A", "B", "C"]),
        ("10T11,100", ["10", "11", "100"]),
        ("11&A", ["11", "A"]),
        ("12T", ["12T"]),
    ],
)
def test_a_range_is_between_codes_that_are_known_and_alike(code: str, parts: list[str]) -> None:
    assert list(_parts(code, ["10", "11", "12", "100", "A", "B", "AB", "C"])) == parts


def test_releases_of_wiod_have_so_many_industries() -> None:
    assert {
        one.name: (one.codes[0], one.codes[-1], len(one.codes)) for one in (*wiod.RELEASES, wiod.ADB_RELEASE)
    } == {
        "release of 2013": ("c1", "c35", 35),
        "release of 2016": ("r1", "r56", 56),
        "ADB MRIO": ("c1", "c35", 35),
    }


@pytest.mark.parametrize(
    ("quantity", "fits"), [(0.0, True), (1e15, True), (-1e-9, False), (1.001e15, False), (0.5, True)]
)
def test_a_quantity_is_from_nothing_to_what_anything_counts(quantity: float, *, fits: bool) -> None:
    flow = PhysicalFlow("USA", "JPN", "C29", quantity, "vehicles")
    if fits:
        refuse_quantities([flow], WORLD.countries, WORLD.sectors)
        return
    with pytest.raises(InputError, match=r"from zero to 1e\+15"):
        refuse_quantities([flow], WORLD.countries, WORLD.sectors)


@pytest.mark.parametrize(("year", "told"), [(None, "toy"), (2019, "toy, year 2019")])
def test_a_system_of_pymrio_says_where_it_was_put_and_of_which_year_it_is(
    year: int | None, told: str, tmp_path: Path
) -> None:
    pytest.importorskip("pymrio")
    world = replace(WORLD, meta=replace(WORLD.meta, year=year))
    with chdir(tmp_path):
        assert export(world, Path("put"), "pymrio") == "pymrio"
    about = json.loads((tmp_path / "put" / "metadata.json").read_text(encoding="utf-8"))
    assert about["description"] == told
    assert next(line.partition("Saved ")[2] for line in about["history"]) == "toy to put"


def test_a_format_is_said_or_told_by_the_ending(tmp_path: Path) -> None:
    for to, path, told in (
        (None, "w.odd", r"w\.odd ends like none of the formats"),
        ("odd", "w.csv", "unknown format 'odd'"),
    ):
        with pytest.raises(InputError, match=told) as caught:
            export(WORLD, tmp_path / path, to)
        assert caught.value.problems[0].hint == "one of csv, har, netcdf, parquet, pymrio"
    assert export(WORLD, tmp_path / "w.csv") == "csv"


def test_nothing_is_insisted_on_that_nobody_says() -> None:
    assert not Said().insist


@pytest.mark.parametrize(
    ("key", "hint"), [("yeer", "did you mean year?"), ("zzzzzz", "one of rows, year"), ("year", None)]
)
def test_a_setting_that_is_none_is_told_with_those_there_are(key: str, hint: str | None) -> None:
    one = Reader("mine", "t", "one file", lambda files, _: files, settings={"year": "", "rows": ""})  # type: ignore[arg-type,return-value]
    if hint is None:
        assert one.table([Path("t")], {key: "1"}) == [Path("t")]
        return
    with pytest.raises(InputError) as caught:
        one.table([Path("t")], {key: "1"})
    assert caught.value.problems[0].hint == hint


def test_a_word_of_a_stored_object_is_text_or_bytes() -> None:
    assert [_word(one) for one in (b"jpn", "usa", 3)] == ["jpn", "usa", "3"]


def test_an_economy_of_no_name_has_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("region,economy\nX,JPM\nX,Q-Q-Q-Q\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        _given_regions(("X",), path)
    near, far = caught.value.problems
    assert str(near.hint).startswith("did you mean")
    assert far.hint == "ISO 3166 alpha-3, a bloc, or *"


@pytest.mark.parametrize(("sectors", "known"), [(("C29", "G"), True), (("C29", "cars"), False)])
def test_baskets_are_of_sectors_that_are_all_known(sectors: tuple[str, ...], *, known: bool) -> None:
    world = build(np.ones((2, 2, 2)), sectors=sectors, countries=("JPN", "USA"))
    assert (factors.investment_baskets(world) is not None) is known


def test_sectors_that_mean_the_same_for_some_labels_only_are_not_guessed() -> None:
    with pytest.raises(InputError, match="could be codes of isic4 or isic3 or nace1"):
        recognised(["01", "10"])
    assert recognised(["01", "02"]).name == "isic4"


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (b"A,1,2\nBC,3,4\n", [(0, b"A"), (6, b"BC")]),
        (b"A,1,2", [(0, b"A")]),
        (b",1,2\n", None),
        (b"A,1,2\n,3,4\n", None),
        (b'"A",1,2\n', None),
        (b"A,1\n", None),
        (b"A,1,2,3\n", None),
        (b"", []),
    ],
)
def test_names_are_taken_from_lines_of_one_width_that_all_have_one(
    part: bytes, found: list[tuple[int, bytes]] | None
) -> None:
    held = bytearray(part)
    assert _take_names(held, 3) == found
    assert held == (part if found is None else part.replace(b"A,", b"0,").replace(b"BC,", b"00,"))


@pytest.mark.parametrize(("worth", "notes"), [(1.0, 0), (-0.5, 2)])
def test_nothing_is_told_of_a_plain_table_in_which_nothing_is_below_zero(
    worth: float, notes: int, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    rows = ["exporter,seller,importer,user,value", "JPN,C29,JPN,C29,5", "JPN,C29,USA,final,6"]
    rows += ["USA,G,USA,G,7", "USA,G,JPN,final,8", f"JPN,C29,USA,G,{worth}", "JPN,C29,JPN,final,3"]
    path.write_text("\n".join([*rows, "USA,G,USA,final,4"]), encoding="utf-8")
    made = read_long_csv([path], {})
    assert len(made.meta["adjustments"]) == notes


@pytest.mark.parametrize(
    ("rate", "insist", "fits"),
    [(0.15, False, True), (3.01, False, False), (3.01, True, True), (-0.1, False, False), (-0.1, True, True)],
)
def test_odd_duties_are_put_in_where_somebody_insists_and_go_together(
    rate: float, *, insist: bool, fits: bool
) -> None:
    cell = {("USA", "JPN", "C29"): rate}
    if not fits:
        with pytest.raises(InputError, match=r"rates\[USA, JPN, C29\]"):
            WORLD.with_tariff(cell, insist=insist)
        return
    made = WORLD.with_tariff(cell, insist=insist)
    assert float(made.tariff.sel(importer="USA", exporter="JPN", sector="C29")) == pytest.approx(rate)
    together = made.with_theta(250.0, insist=True).aggregate(
        regions={"J": ("JPN",), "U": ("USA",), "C": ("CHN",)}
    )
    assert float(together.tariff.sel(importer="U", exporter="J", sector="C29")) == pytest.approx(rate)
    assert together.theta.to_numpy().tolist() == pytest.approx([250.0, 250.0])


def test_a_saved_system_is_what_is_in_its_folder_whatever_that_is_called() -> None:
    asked: Any = SimpleNamespace(load_all=lambda path: path)
    assert by_pymrio._saved(asked, Path("test_mrio"), {}) == Path("test_mrio")


def test_members_of_blocs_go_together_once() -> None:
    world = build(np.ones((3, 3, 1)), sectors=("C29",), countries=("DEU", "FRA", "JPN"))
    union = together(world, ["EU27", "JPN", "nowhere"])
    assert union.countries == ("EU27", "JPN")
    assert together(union, ["EU27", "JPN", "nowhere"]) is union
    assert together(WORLD, ["EU27"]) is WORLD


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_elasticities_go_together_by_trade_in_any_unit_of_money(scale: float) -> None:
    flows = np.array([[[9.0, 9.0, 3.0], [1.0, 0.2, 0.0]], [[2.0, 0.4, 0.0], [8.0, 8.0, 1.0]]]) * scale
    world = build(flows, sectors=("A", "B", "C"), countries=("JPN", "USA"), theta=[2.0, 8.0, 5.0])
    made = world.aggregate(sectors={"AB": ("A", "B"), "C": ("C",)})
    assert made.theta.to_numpy().tolist() == pytest.approx([(3.0 * 2.0 + 0.6 * 8.0) / 3.6, 5.0])
    home = world.aggregate(sectors={"A": ("A",), "B": ("B",), "C": ("C",)})
    assert home.theta.to_numpy().tolist() == pytest.approx([2.0, 8.0, 5.0])


def test_an_axis_that_stands_at_one_element_has_that_one() -> None:
    def ints(*numbers: int) -> bytes:
        return b"".join(one.to_bytes(4, "little") for one in numbers)

    record = b"    " + ints(2, 1, 2) + b"COEF".ljust(12) + ints(1) + b"YEAR".ljust(12) + b"SCEN".ljust(12)
    record += b"ee" + ints(0, 0, 2) + b"2017".ljust(12) + b"base".ljust(12)
    assert _sets(iter([record]), (1, 1)) == (("YEAR", ("2017",)), ("SCEN", ("base",)))
    plain = (
        b"    "
        + ints(7, 1, 7)
        + b"COEF".ljust(12)
        + ints(1)
        + b"S".ljust(12) * 7
        + b"e" * 7
        + bytes(28)
        + ints(0)
    )
    assert _sets(iter([plain]), (1,) * 7) == (("S", ("1",)),) * 7
