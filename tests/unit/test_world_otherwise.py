"""What stands where something is not said, and where it is: both sides of what a table says of itself."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.worlds import build

from kosho.errors import InputError
from kosho.world import differences, factors, labelled, loading, shelf, toy
from kosho.world.build import Said, completed
from kosho.world.datafiles import rows
from kosho.world.exports import as_har, as_pymrio
from kosho.world.final_demand import split
from kosho.world.har import _sets
from kosho.world.law_cells import LawCells, Members, law_cells
from kosho.world.loading import _elasticities, calibrated
from kosho.world.naming import OWN, regions_of
from kosho.world.readers import READERS, by_pymrio, oecd_csv, wheel, wiod
from kosho.world.readers.blocks import Blocks
from kosho.world.readers.gravity import _columns
from kosho.world.readers.wiod import _industry
from kosho.world.report import _is_goods, info
from kosho.world.store import IOTable
from kosho.world.table_checks import refuse_implausible, refuse_sorts
from kosho.world.table_tariffs import TableTariffs, averaged_tariffs, tariffs_of
from kosho.world.tariffs import _vehicle_rate

WORLD = toy()


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_final_demand_is_divided_alike_in_any_unit_of_money(scale: float) -> None:
    sourcing = np.array([[[0.75, 0.5], [0.25, 0.5]], [[0.5, 0.0], [0.5, 1.0]]])
    sales = np.array([[4.0, 0.9], [6.0, 0.6]]) * scale
    totals = np.array([[8.0, 0.0], [4.0, 0.3]]) * scale  # of the second good the first buys nothing
    found = split(totals, sales, sourcing) / scale
    np.testing.assert_allclose(found[:, :, 0], [[3.0, 3.0], [1.0, 3.0]], rtol=1e-9)
    np.testing.assert_allclose(found[:, :, 1], [[0.9, 0.0], [0.0, 0.6]], rtol=1e-9)


def test_a_record_of_axes_ends_with_its_last_name() -> None:
    numbers = b"".join(k.to_bytes(4, "little") for k in (0, 1, 1))
    record = b"    " + numbers + b"COEF".ljust(12) + (1).to_bytes(4, "little")
    record += b"YEAR".ljust(12) + b"e" + bytes(4) + (1).to_bytes(4, "little") + b"2017".ljust(12)
    assert _sets(iter([record]), (1,)) == (("YEAR", ("2017",)),)


@pytest.mark.parametrize(
    ("code", "classification", "goods"),
    [
        ("A99", "ICIO", True),
        ("C", "ICIO", True),
        ("D99", "ICIO", False),
        ("K", "ICIO", False),
        ("D99", OWN, True),
        ("K", OWN, False),
    ],
)
def test_a_label_that_nobody_knows_is_goods_by_its_letter_or_could_be(
    code: str, classification: str, *, goods: bool
) -> None:
    assert _is_goods(replace(WORLD, meta=replace(WORLD.meta, classification=classification)), code) is goods


def test_an_elasticity_that_is_not_published_is_an_estimate_of_ones_own() -> None:
    published = {row["sector"]: row for row in rows("elasticities.csv")}
    theta = float(published["C29"]["theta"])
    world = build(np.ones((2, 2, 2)), sectors=("C29", "C30"), theta=[theta, 99.0], countries=("JPN", "USA"))
    told, other = info(world)["elasticities"]["sectors"]
    assert (told["status"], told["source"]) == (published["C29"]["status"], published["C29"]["source"])
    assert (other["status"], other["source"], other["note"]) == (
        "estimate",
        "own",
        "weighted by trade, or set by the user",
    )


@pytest.mark.parametrize(("percent", "insist"), [("301", False), ("301", True), ("7", False)])
def test_duties_beyond_bounds_are_taken_where_somebody_insists(
    percent: str, *, insist: bool, tmp_path: Path
) -> None:
    path = tmp_path / "duties.csv"
    path.write_text(f"importer,exporter,sector,percent\nJPN,USA,C29,{percent}\n", encoding="utf-8")
    labels: Any = (("JPN", "USA"), ("C29",))
    cells: Any = SimpleNamespace(sectors=("C29",), sector=np.array([0]))
    more = {"insist": True} if insist else {}
    if percent == "301" and not insist:
        with pytest.raises(InputError, match=r"duties.csv:2: percent: 3.01 is 301 %, above 300 %"):
            tariffs_of(str(path), labels, cells)
        return
    assert tariffs_of(str(path), labels, cells, **more).rate[0, 1, 0] == float(percent) / 100


def test_duties_inside_regions_are_told_of_those_that_have_some() -> None:
    world = build(
        np.ones((3, 3, 1)), tariff=[[[0.0], [0.5], [0.0]], [[0.0]] * 3, [[0.0]] * 3], countries=("A", "B", "C")
    )
    made = world.aggregate(regions={"AB": ("A", "B"), "C": ("C",)})
    assert made.meta.adjustments == (*world.meta.adjustments, "duties of 0.5 on trade inside AB left out")
    apart = world.aggregate(regions={"A": ("A",), "BC": ("B", "C")})
    assert apart.meta.adjustments == world.meta.adjustments


def test_each_format_takes_so_many_files() -> None:
    assert {name: (one.least, one.most) for name, one in READERS.items()} == {
        "wheel": (0, 1),
        "oecd-csv": (1, 1),
        "wiod": (1, 1),
        "adb": (1, 1),
        "figaro": (1, 1),
        "exiobase3": (1, 1),
        "eora26": (1, 1),
        "gloria": (2, 3),
        "gtap": (1, 60),
        "gravity": (1, 1),
        "pymrio": (1, 1),
        "netcdf": (1, 1),
        "long-csv": (1, 1000),
    }


@pytest.mark.parametrize("name", ["investment", "labour_tax", "capital_share"])
def test_only_baskets_are_those_of_the_table_itself(name: str) -> None:
    formed = WORLD.final_share.copy()
    own = factors.factor_sources(name, replace(WORLD, investment=formed))
    told = "gross fixed capital formation of the table itself"
    assert own.startswith(told) is (name == "investment")
    assert not factors.factor_sources(name, WORLD).startswith(told)


@pytest.mark.parametrize(
    ("codes", "classification", "parts"),
    [
        (("A01", "C29"), None, None),
        (("A01", "C29", "C29.X"), "icio", {"C29.X": "C29"}),
        (("A01_02", "C29"), "isic4", None),
        (("A01_02", "C29", "C29.X"), "isic4", {"C29.X": "C29"}),
    ],
)
def test_a_table_of_the_oecd_says_what_its_industries_are(
    codes: tuple[str, ...],
    classification: str | None,
    parts: dict[str, str] | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    path = tmp_path / "2019.csv"
    path.write_text("", encoding="utf-8")
    sales = SimpleNamespace(sectors=codes, notes=[], table=lambda meta: SimpleNamespace(meta=meta))
    monkeypatch.setattr(oecd_csv, "read_matrix", lambda *_other: sales)
    meta = oecd_csv.build_from_oecd_csv(path).meta
    assert (meta.get("classification"), meta.get("parts")) == (classification, parts)
    assert (meta["name"], meta["year"]) == ("icio-2019", 2019)


def test_an_edition_may_be_there_whole() -> None:
    for edition, (classification, codes) in oecd_csv.EDITIONS.items():
        assert oecd_csv._edition(tuple(codes), Path("t.csv")) == (edition, classification)


FLOWS = np.array([[[50.0, 8.0], [2.0, 4.0]], [[3.0, 1.0], [60.0, 9.0]]])
TABLE = IOTable(
    ("JPN", "USA"), ("C29", "G"), FLOWS, np.zeros((2, 2, 2)), np.ones((2, 2)), meta={"year": 2019, "name": "t"}
)


@pytest.mark.parametrize("final", [None, 2.0 * FLOWS])
@pytest.mark.parametrize(("year", "told"), [(None, False), (2019, False), (2018, True)])
def test_what_tells_duties_is_handed_the_trade_of_the_table(
    final: Any, year: int | None, *, told: bool
) -> None:
    asked: list[Any] = []

    def source(labels: Any, cells: Any, of: int) -> TableTariffs:
        asked.append((labels, cells.flows.sum(axis=2), of))
        rate = np.zeros(FLOWS.shape)
        return TableTariffs(rate, rate > 0, "mine", year, ("noted",))

    made = completed(replace(TABLE, final=final), Said(tariffs=source))
    ((labels, traded, of),) = asked
    assert (labels, of) == ((TABLE.countries, TABLE.sectors), 2019)
    times = 1.0 if final is None else 3.0
    np.testing.assert_allclose(traded[0, 1], times * FLOWS[0, 1].sum())
    np.testing.assert_allclose(traded[1, 0], times * FLOWS[1, 0].sum())
    assert made.meta["base_tariffs"] == "mine"
    wanted = ["base tariffs of 2018 stand for those of 2019, as asked"] if told else []
    assert made.meta["assumptions"] == ["noted", *wanted]


def test_what_pymrio_does_not_find_is_told_as_no_release_of_it(tmp_path: Path) -> None:
    pytest.importorskip("pymrio")

    def parse(error: OSError) -> by_pymrio.Database:
        def fails(*_other: Any) -> Any:
            raise error

        return by_pymrio.Database("mine", fails, {"edition": "MINE"})

    for error, told in (
        (FileNotFoundError(2, "No such file", "Z.txt"), "is no MINE"),
        (NotADirectoryError(20, "Not a directory", "Z"), "is no MINE"),
        (PermissionError(13, "Permission denied", "Z.txt"), "Permission denied"),
        (OSError("odd"), "is no MINE"),
    ):
        with pytest.raises(InputError, match=told):
            by_pymrio._read(parse(error), [tmp_path], {})


def test_an_economy_that_stands_beside_its_code_alone_is_enough() -> None:
    assert _industry(["c1", "Farming", "AUS"], [""], {"c1": "A"}) is None
    assert _industry(["AUS", "c1"], [""], {"c1": "A"}) == ("AUS", "A")


@pytest.mark.parametrize("small", [0.25, 1.0])
def test_pairs_that_trade_little_are_compared_and_those_that_trade_nothing_are_not(small: float) -> None:
    flows = np.array([[90.0, 10.0, 20.0], [30.0, 80.0, small], [0.0, 40.0, 70.0]])[:, :, None]
    one, other = (
        build(values, sectors=("C29",), countries=("JPN", "USA", "CHN")) for values in (flows, flows * 4.0)
    )
    found = differences.differences(one, other)["pairs"]
    assert found["pairs"] == 5
    assert found["median_ratio"] == pytest.approx(4.0)
    assert found["correlation_of_logs"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("header", "settings", "place"),
    [
        (("exporter", "importer", "trade", "year", "jahr"), {"year": "jahr"}, {"year": 4}),
        (("exporter", "importer", "trade", "year"), {"year": "2006"}, {"year": 3}),
        (("exporter", "importer", "trade", "mine"), {"year": "2006", "trade": "mine"}, {"trade": 3}),
    ],
)
def test_a_year_is_of_a_column_or_a_column(
    header: tuple[str, ...], settings: dict[str, str], place: dict[str, int]
) -> None:
    assert place.items() <= _columns(header, settings, "t.csv").items()


@pytest.mark.parametrize(("more", "fits"), [({}, False), ({"rounded": True}, True)])
def test_rows_add_up_closely_unless_they_are_said_to_be_rounded(more: dict[str, bool], *, fits: bool) -> None:
    one = Blocks([("JPN", "A")], [("JPN", "HFCE")], np.ones((1, 1)), np.ones((1, 1)), np.array([2.9]), **more)
    if fits:
        assert one.sales("net").final.sum() == 1.0
        return
    with pytest.raises(InputError, match=r"2\.9"):
        one.sales("net")


def test_a_system_of_pymrio_has_the_sales_and_value_added_of_the_world() -> None:
    pytest.importorskip("pymrio")
    flows = np.array([[90.0, 10.0, 20.0], [30.0, 80.0, 5.0], [6.0, 40.0, 70.0]])[:, :, None]
    flows = np.concatenate([flows, 0.5 * flows.transpose(1, 0, 2)], axis=2)
    world = build(
        flows, sectors=("C29", "G"), countries=("JPN", "USA", "CHN"), io_share=[[0.2, 0.1], [0.0, 0.3]]
    )
    system = as_pymrio(world)
    a = world.arrays
    np.testing.assert_allclose(system.Z.sum(axis=1) + system.Y.sum(axis=1), a.output.ravel(), rtol=1e-9)
    np.testing.assert_allclose(
        system.factor_inputs.F.to_numpy()[0], (a.output * (1.0 - a.gamma.sum(axis=1))).ravel(), rtol=1e-9
    )
    titles = {name: one.title for name, one in as_har(world).items()}
    assert (titles["VXSB"], titles["ESBM"]) == ("VXSB, million USD", "ESBM")


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("ISL", "XEF"), {"ISL": ("ISL",), "XEF": ("LIE",)}),
        (("XEF", "JPN"), {"XEF": ("ISL", "LIE"), "JPN": ("JPN",)}),
        (("ISL", "LIE"), {"ISL": ("ISL",), "LIE": ("LIE",)}),
    ],
)
def test_a_published_region_is_what_of_it_does_not_stand_alone(
    labels: tuple[str, ...], found: dict[str, tuple[str, ...]]
) -> None:
    assert regions_of(labels) == found


def test_a_release_that_is_packed_alone_has_the_year_of_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "release of 2025.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("2021_SML.csv", "V1\n")
    with oecd_csv._opened(path, None) as (file, name):
        assert (file.read(), name) == (b"V1\n", "2021_SML.csv")
    plain = tmp_path / "2020.csv"
    plain.write_text("V1\n", encoding="utf-8")
    with oecd_csv._opened(plain, None) as (file, name):
        assert (file.read(), name) == (b"V1\n", "2020.csv")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("inter", "final", "countries", "industries"), True),
        (("inter", "final", "countries", "industries", "year"), True),
        (("inter", "final", "countries"), False),
    ],
)
def test_a_list_of_the_r_package_has_sales_and_their_labels(
    names: tuple[str, ...], *, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiod, "_r_objects", lambda _path: {"x": 1, "wiot": dict.fromkeys(names)})
    monkeypatch.setattr(wiod, "_of_list", lambda held, _path: tuple(held))
    if found:
        assert wiod._of_r(Path("t.rda")) == names
        return
    with pytest.raises(InputError, match="holds no table of WIOD: x, wiot"):
        wiod._of_r(Path("t.rda"))


@pytest.mark.parametrize(
    ("countries", "sectors", "year", "number"),
    [
        (("USA", "JPN"), ("A01", "C29"), 2022, 1),
        (("JPN", "USA", "CHN"), ("C29", "K"), 2022, 1),
        (("JPN", "CHN"), ("A01", "C29"), 2022, 0),
        (("USA", "JPN"), ("A01", "C30"), 2022, 0),
        (("USA", "JPN"), ("A01", "C29"), 2021, 0),
    ],
)
def test_flows_that_are_known_stand_beside_those_of_a_table_that_has_them(
    countries: tuple[str, ...], sectors: tuple[str, ...], year: int, number: int
) -> None:
    flows = np.arange(1.0, 1.0 + len(countries) ** 2 * 2).reshape(len(countries), len(countries), 2)
    world = build(flows, countries=countries, sectors=sectors)
    told = info(replace(world, meta=replace(world.meta, year=year)))["anchors"]
    assert len(told) == number
    for one in told:
        assert (one["importer"], one["exporter"], one["sector"]) == ("USA", "JPN", "C29")
        assert one["table"] == flows[countries.index("USA"), countries.index("JPN"), sectors.index("C29")]


@pytest.mark.parametrize("scale", [1e-9, 1.0])
def test_what_goods_are_sold_in_does_not_depend_on_the_unit_of_money(scale: float) -> None:
    world = build(np.ones((2, 2, 2)) * scale, sectors=("C29", "K"), countries=("JPN", "USA"))
    assert info(world)["classification"]["share_of_goods_trade"] == {
        "in_one_icio_sector": 1.0,
        "in_several": 0.0,
        "in_none": 0.0,
    }


def test_the_wheel_is_one_that_is_given_or_one_that_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "build_from_wheel", lambda path: path)
    assert wheel.READER.read((), {}) is None
    assert wheel.READER.read((Path("a.whl"),), {}) == Path("a.whl")


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"final_share": None}, None),
        ({"final_share": "much"}, "final_share"),
        ({"tariff": None}, "tariff"),
        ({"tariff": "high", "final_share": None}, "tariff"),
    ],
)
def test_only_final_shares_may_be_left_out(arrays: dict[str, Any], told: str | None) -> None:
    if told is None:
        refuse_sorts(**arrays)
        return
    with pytest.raises(InputError) as caught:
        refuse_sorts(**arrays)
    assert [one.key for one in caught.value.problems] == [told]


@pytest.mark.parametrize(("theta", "fits"), [(0.009, False), (0.01, True), (200.0, True), (200.1, False)])
def test_elasticities_that_nobody_found_are_refused(theta: float, *, fits: bool) -> None:
    arrays = {"theta": labelled(np.array([theta]), ("sector",), (), ("A",))}
    if fits:
        refuse_implausible(arrays)
        return
    with pytest.raises(InputError, match="no trade elasticity was found there"):
        refuse_implausible(arrays)


@pytest.mark.parametrize(
    ("importer", "cars", "industry", "rate"),
    [
        ("USA", 0.0, 1.0, (0.3 * 2.5) / 0.9),  # trucks are kept out altogether
        ("USA", 1.0, 0.0, (0.6 * 1.0) / 0.9),
        ("USA", 2.5, 0.0, 7.0),  # cars stay as they are, and so does the sector
        ("KOR", 0.0, 1.0, 0.1 * 10.0 + 0.3 * 8.0),
        ("KOR", 4.0, 0.5, 0.6 * 4.0 + 0.1 * 5.0 + 0.3 * 4.0),
        ("DEU", 0.0, 1.0, 0.1 * 16.0 + 0.3 * 4.0),
        ("VNM", 0.0, 1.0, 7.0),  # its schedule is not known
    ],
)
def test_vehicles_bear_what_cars_trucks_and_parts_do(
    importer: str, cars: float, industry: float, rate: float
) -> None:
    assert _vehicle_rate(importer, cars, industry, 0.07) == pytest.approx(rate / 100)


def test_a_region_of_one_economy_needs_no_weights() -> None:
    of = Members(("JPN", "EUR"), ("M", "G"), {"EUR": ("DEU",)}, {"M": ("C29", "C301")}, {})
    (note,) = law_cells(of, np.ones((2, 2, 2)), np.zeros((2, 2, 2))).notes
    assert note.startswith("within M each member counts alike")


@pytest.mark.parametrize(
    ("own", "mapped", "said"),
    [([4.0, 5.0], [4.0, 5.0], False), ([4.0, np.nan], [4.0, 9.0], True), ([np.nan, np.nan], [8.0, 9.0], True)],
)
def test_elasticities_that_a_table_has_not_are_those_of_its_icio_sectors(
    own: list[float], mapped: list[float], *, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "trade_weights", lambda *_other: None)
    monkeypatch.setattr(
        loading, "elasticities_of", lambda *_other: (np.array([8.0, 9.0]), np.array([0.3, 0.4]))
    )
    raw = replace(
        TABLE,
        theta=np.array(own),
        meta={"icio_sectors": {"C29": ["C29"]}, "classification": "gtap"},
    )
    cells: Any = SimpleNamespace(sectors=(), sector=np.zeros(0, int))
    theta, spread, notes = _elasticities(raw, cells)
    assert theta.to_numpy().tolist() == mapped
    assert spread is not None
    assert spread.to_numpy().tolist() == [0.3, 0.4]
    note = "elasticities are those of the ICIO sectors that gtap sectors stand for, by trade"
    assert notes == [note] * said
    assert _elasticities(replace(raw, meta={}), cells)[2] == []


@pytest.mark.parametrize("given", [True, False])
def test_a_mistake_in_regions_names_their_file_where_there_is_one(tmp_path: Path, *, given: bool) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("region,economy\nEUR,DEU\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        regions_of(("EUR", "Nowhere"), path if given else None)
    assert caught.value.problems[-1].message == "unknown country 'Nowhere'"
    assert caught.value.problems[-1].file == (str(path) if given else None)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_duties_of_members_are_averaged_in_any_unit_of_money(scale: float) -> None:
    flows = np.zeros((3, 3, 1))
    flows[1, 0, 0], flows[2, 0, 0], flows[0, 1, 0], flows[0, 2, 0] = 3.0, 1.0, 1.0, 4.0
    places = np.array([0, 1, 1]), np.array([0])
    cells = LawCells(("JPN", "DEU", "FRA"), ("C29",), *places, flows * scale, np.zeros((3, 3, 1)))
    rate, unknown = np.zeros((3, 3, 1)), np.zeros((3, 3, 1), bool)
    rate[1, 0, 0], rate[2, 0, 0], rate[0, 1, 0], unknown[0, 2, 0] = 0.1, 0.3, 0.2, True
    found, lost = averaged_tariffs((("JPN", "EUR"), ("C29",)), cells, rate, unknown)
    assert found[1, 0, 0] == pytest.approx(0.15, rel=1e-4)
    assert (found[0, 1, 0], lost[0, 1, 0], lost.sum()) == (0.0, True, 1)


def test_duties_that_somebody_insisted_on_stay_in_their_table() -> None:
    rate = np.zeros(FLOWS.shape)
    rate[0, 1, 0] = 3.5
    raw = replace(
        TABLE,
        final=FLOWS,
        final_sales=FLOWS.sum(axis=0),
        tariff=rate,
        unknown=np.zeros(FLOWS.shape),
        theta=np.array([4.0, 5.0]),
        meta={**TABLE.meta, "base_tariffs": "mine"},
    )
    assert calibrated(raw).arrays.tariff[0, 1, 0] == 3.5


def test_a_table_that_cannot_be_read_has_no_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.npz").write_bytes(b"no table")
    (tmp_path / "folder.npz").mkdir()
    monkeypatch.setattr(shelf, "shelf", lambda: tmp_path)
    folder, odd = shelf.kept()
    assert odd == shelf.Kept(
        "odd", tmp_path / "odd.npz", None, 0, 0, "", "is not a Kosho world table, or not all of one"
    )
    assert (folder.name, folder.year, folder.economies, folder.sectors) == ("folder", None, 0, 0)
    assert folder.problem.startswith("cannot be read")
