"""Where tables begin to be out of balance, what of ten mistakes is told, what stands where nothing is given."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kosho.errors import InputError, Problems
from kosho.world import labelled, toy
from kosho.world.exports import sales_by_user
from kosho.world.naming import regions_of, sectors_of
from kosho.world.own_duties import with_unknown_duties
from kosho.world.readers.by_pymrio import Database, of_system
from kosho.world.readers.gloria import _take
from kosho.world.readers.gtap import UNKNOWN, Base, _rates, _release, _theta, _unknown
from kosho.world.readers.gtap_files import Held
from kosho.world.readers.long_csv import read_long_csv
from kosho.world.readers.matrix_csv import _at_once, _check, stop_if_many
from kosho.world.readers.sales import Sales
from kosho.world.readers.wiod import _edition_of, _year_of
from kosho.world.table_checks import (
    final_shares,
    refuse_bad_final_shares,
    refuse_gaps,
    refuse_implausible,
    refuse_impossible,
)

WORLD = toy()


@pytest.mark.parametrize(
    ("output", "below", "fits"),
    [
        (0.5, 0.50009, True),
        (0.5, 0.49991, True),
        (0.5, 0.50011, False),
        (1.0, 1.00011, False),
        (100.0, 100.0099, True),
        (100.0, 99.9899, False),
    ],
)
def test_rows_and_columns_of_output_agree_to_a_ten_thousandth_of_it_or_of_one(
    output: float, below: float, fits: bool
) -> None:
    columns = SimpleNamespace(countries=("JPN",), sectors=("A01", "C29"), input_place=np.array([0, 1]))
    reading: Any = SimpleNamespace(
        columns=columns,
        problems=Problems("t.csv"),
        met={(0, 0), (0, 1)},
        below={"OUT": np.array([[5.0, below]])},
        output={(0, 0): 5.0, (0, 1): output},
        seen={"OUT": 9},
    )
    shape: Any = SimpleNamespace(totals=True)
    _check(reading, shape)
    assert [one.line for one in reading.problems.found] == ([] if fits else [9])
    reading.met.remove((0, 1))
    _check(reading, shape)
    assert "has no rows of JPN_C29" in reading.problems.found[-1].message
    none: Any = SimpleNamespace(**vars(reading) | {"below": {}, "problems": Problems("t.csv")})
    _check(none, SimpleNamespace(totals=False))  # type: ignore[arg-type]
    assert [one.message for one in none.problems.found] == ["has no rows of JPN_C29"]


def test_only_duties_that_a_table_does_not_know_are_filled() -> None:
    unknown = np.zeros(WORLD.flows.shape, bool)
    here, other = ("USA", "JPN", "C29"), ("USA", "CHN", "C29")
    at = WORLD.position(here[0]), WORLD.position(here[1]), WORLD.sector_position(here[2])
    unknown[at] = True
    world = replace(WORLD, unknown_tariff=WORLD.flows.astype(bool).copy(data=unknown))
    rates = {
        here: 0.5,
        other: 0.5,
        ("KOR", "JPN", "C29"): 0.5,
        ("USA", "KOR", "C29"): 0.5,
        ("USA", "JPN", "G"): 1.0,
    }
    made = with_unknown_duties(world, {**rates, ("USA", "USA", "C29"): 0.5})
    changed = np.argwhere(made.arrays.tariff != world.arrays.tariff)
    assert changed.tolist() == [list(at)]
    assert made.arrays.tariff[at] == 0.5
    assert made.meta.assumptions[-1].endswith("are given on 1 flows")
    assert with_unknown_duties(world, {other: 0.5}) is world
    assert with_unknown_duties(WORLD, rates) is WORLD


def test_inputs_are_bought_in_the_importers_mix_of_the_good() -> None:
    used, final = sales_by_user(WORLD)
    a, (n, s) = WORLD.arrays, (len(WORLD.countries), len(WORLD.sectors))
    assert (used.shape, final.shape) == ((n, s, n, s), (n, s, n))
    np.testing.assert_allclose(used.sum(axis=3) + final, a.flows.transpose(1, 2, 0), rtol=1e-9)
    for importer, good, user in np.ndindex(n, s, s):
        mix = a.flows[importer, :, good] / a.flows[importer, :, good].sum()
        np.testing.assert_allclose(used[:, good, importer, user], mix * WORLD.net_inputs[importer, good, user])


@pytest.mark.parametrize(("wrong", "told"), [(1, 1), (10, 10), (11, 11), (14, 11)])
@pytest.mark.parametrize("check", [refuse_implausible, refuse_impossible])
def test_of_many_mistakes_ten_are_told_and_how_many_more(check: Any, wrong: int, told: int) -> None:
    n, s = 3, 5
    values = np.zeros((n, n, s))
    off = np.argwhere(~np.eye(n, dtype=bool)[:, :, None] & np.ones(s, bool))[:wrong]
    bad = 90.0 if check is refuse_implausible else -2.0
    values[tuple(off.T)] = bad
    codes, goods = ("AAA", "BBB", "CCC"), tuple("PQRST")
    tariff = labelled(values, ("importer", "exporter", "sector"), codes, goods)
    with pytest.raises(InputError) as caught:
        check({"tariff": tariff})
    problems = caught.value.problems
    assert len(problems) == told
    assert problems[0].message.startswith("tariff[AAA, BBB, P] = ")
    if wrong > 10:
        assert problems[-1].message == f"tariff: {wrong - 10} more like these"


def test_final_shares_are_what_inputs_leave_and_what_is_below_nothing_is_said() -> None:
    a, notes = WORLD.arrays, []
    plain = final_shares(a, WORLD.countries, WORLD.sectors, notes)
    np.testing.assert_allclose(plain, a.alpha, atol=1e-9)
    assert notes == []
    gamma = a.gamma.copy()
    gamma[0, 0] *= 40.0
    clipped = final_shares(replace(a, gamma=gamma), WORLD.countries, WORLD.sectors, notes)
    assert clipped[0].tolist() == [0.0, 1.0]
    rest = a.expenditure - np.einsum("njk,nk->nj", gamma, a.output)
    share = f"{-rest[0, 0] / a.expenditure.sum():.2%}"
    first = f"{WORLD.countries[0]} {WORLD.sectors[0]}"
    assert notes == [
        f"1 cells of final demand were negative and set to zero ({share} of expenditure; largest {first})"
    ]
    few = a.gamma.copy()
    few[1] *= 90.0
    with pytest.raises(InputError, match=f"no final demand is left in {WORLD.countries[1]}"):
        final_shares(replace(a, gamma=few), WORLD.countries, WORLD.sectors, [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ([0.0, 0.0], []),
        ([5e-7, 0.0], []),
        ([2e-6, 0.0], ["sum to 1.000002"]),
        ([-2e-6, 0.0], ["sum to 0.999998"]),
        ([-2.0, 2.0], ["is not zero or more"]),
        ([np.nan, 0.0], ["is not zero or more", "sum to nan"]),
    ],
)
def test_final_shares_are_none_or_more_and_add_up_to_one(change: list[float], told: list[str]) -> None:
    shares = WORLD.final_share.copy(deep=True)
    shares[1] = shares[1] + change
    if not told:
        refuse_bad_final_shares(shares)
        return
    with pytest.raises(InputError) as caught:
        refuse_bad_final_shares(shares)
    assert [word in one.message for word, one in zip(told, caught.value.problems, strict=True)] == [True] * len(
        told
    )
    assert all(WORLD.countries[1] in one.message for one in caught.value.problems)


def test_what_is_bought_and_not_used_is_told_with_both_the_largest_gap_first() -> None:
    a = WORLD.arrays
    refuse_gaps(a, WORLD.countries, WORLD.sectors)
    alpha = a.alpha.copy()
    alpha[0] += [0.01, -0.01]
    alpha[2] += [0.03, -0.03]
    off = replace(a, alpha=alpha)
    with pytest.raises(InputError) as caught:
        refuse_gaps(off, WORLD.countries, WORLD.sectors)
    messages = [one.message for one in caught.value.problems]
    sizes = np.abs(off.gaps)
    order = sorted(np.argwhere(sizes > 1e-6).tolist(), key=lambda at: -sizes[tuple(at)])
    assert [text.split()[0] for text in messages] == [WORLD.countries[n] for n, _ in order]
    uses = np.einsum("njk,nk->nj", off.gamma, off.output) + off.alpha * off.income[:, None]
    for text, (n, j) in zip(messages, order, strict=True):
        assert f"buys {off.expenditure[n, j]:.6g} of {WORLD.sectors[j]} and uses {uses[n, j]:.6g}" in text


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["X,C29,", "Y,A01,2", "Y,A03,6"], {}),
        (["X,C29,", "Y,A01,", "Y,A03,"], {}),
        (["X,C29,", "Y,A01,2", "Y,A03,"], {None: "gives some weights of 'Y' and not all"}),
        (["X,C29,"], {None: "says nothing of sector 'Y'"}),
        (["X,C29,", "Y,A01,", "Y,A01,"], {4: "A01 is given twice in Y"}),
        (["X,C29,", "Y,A99,", "Z,A01,"], {3: "unknown ICIO sector 'A99'", 4: "the table has no sector 'Z'"}),
    ],
)
def test_a_file_of_sectors_has_one_row_of_each_part_and_all_weights_or_none(
    rows: list[str], told: dict[int | None, str], tmp_path: Path
) -> None:
    path = tmp_path / "sectors.csv"
    path.write_text("\n".join(["label,icio,weight", *rows]) + "\n", encoding="utf-8")
    if not told:
        found = sectors_of(("X", "Y"), file=path)
        assert found["icio_sectors"] == {"X": ("C29",), "Y": ("A01", "A03")}
        weights = found["sector_weights"]["Y"]
        assert set(found["sector_weights"]) == {"Y"}
        assert (weights == {"A01": 2.0, "A03": 6.0}) is ("2" in rows[1])
        assert found["weights_source"].startswith("sectors.csv") is ("2" in rows[1])
        return
    with pytest.raises(InputError) as caught:
        sectors_of(("X", "Y"), file=path)
    found_by_line = {one.line: one.message for one in caught.value.problems}
    assert told.items() <= found_by_line.items()


@pytest.mark.parametrize(("sold", "total", "fits"), [
    (0.50009, 0.5, True), (0.50011, 0.5, False), (-1.00011, -1.0, False), (100.0099, 100.0, True),
    (99.9899, 100.0, False), (-100.0099, -100.0, True),
])  # fmt: skip
def test_a_row_adds_up_to_a_ten_thousandth_of_its_total_or_of_one(
    sold: float, total: float, fits: bool
) -> None:
    problems = Problems("t.csv")
    Sales(("JPN",), ("A01",), ("HFCE",)).check("JPN_A01", sold, total, problems, 4)
    assert [one.line for one in problems.found] == ([] if fits else [4])


@pytest.mark.parametrize(
    ("rule", "kept", "said"), [("net", [-3.0, 2.0], 0.0), ("apart", [0.0, 2.0], 3.0), ("drop", [0.0, 0.0], 5.0)]
)
def test_changes_of_inventories_are_kept_or_not_by_their_rule(
    rule: str, kept: list[float], said: float
) -> None:
    bought = np.array([[4.0, -3.0], [5.0, 2.0]])
    sales = Sales(("JPN", "USA"), ("A01",), ("HFCE", "INVNT"), frozenset({"INVNT"}), rule, formation="HFCE")
    assert sales.take(1, 0, np.array([[1.0], [2.0]]), bought) == 11.0
    assert sales.final[:, 1, 0].tolist() == (np.array([4.0, 5.0]) + kept).tolist()
    assert sales.intermediate[:, 1, 0].tolist() == [1.0, 2.0]
    assert sales.formed[:, 0].tolist() == [4.0, 5.0]
    assert sales._stocked == said


def system(unit: Any = "Mill USD", version: str = "", description: str = "") -> Any:
    """Two economies and two industries, as pymrio has them."""
    rows = pd.MultiIndex.from_product([["JPN", "USA"], ["A01", "C29"]])
    finals = pd.MultiIndex.from_product([["JPN", "USA"], ["Households", "Changes in inventories"]])
    units = (
        None if unit is None else pd.DataFrame({"unit": [unit] * 4 if isinstance(unit, str) else unit}, rows)
    )
    return SimpleNamespace(
        Z=pd.DataFrame(np.arange(1.0, 17.0).reshape(4, 4), rows, rows),
        Y=pd.DataFrame(np.full((4, 4), 9.0), rows, finals),
        unit=units,
        meta=SimpleNamespace(version=version, description=description),
    )


ABOUT = Database("mine", None, {"edition": "MINE", "source": "file {file}"}, "icio")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "settings", "description", "year"),
    [
        ("table", {}, "", None),
        ("table-2015", {}, "of 2014", 2015),
        ("table-2015", {"year": "2016"}, "", 2016),
        ("table", {}, "for 2014 and 2013", 2014),
        ("table12015", {}, "", None),
    ],
)
def test_a_system_has_the_year_that_is_said_or_named_first(
    file: str, settings: dict[str, str], description: str, year: int | None
) -> None:
    found = of_system(system(description=description), Path(file), settings, ABOUT)
    assert found.meta.get("year") == year
    assert found.meta["name"] == (f"mine-{year}" if year else file)
    assert (found.meta["edition"], found.meta["source"]) == ("MINE", f"file {file}")
    assert found.intermediate[0, 1].tolist() == [19.0, 27.0]  # of Japan, what the United States sell


@pytest.mark.parametrize(
    ("unit", "scale"),
    [
        ("Mill USD", 1.0),
        ("000 US dollars", 1e-3),
        ("bill. USD", 1e3),
        (["M.EUR"] * 4, 1.5),
        ("tonnes", None),
        ("M.JPY", None),
        ("USD", None),
        (["M.EUR", "M.USD", "M.EUR", "M.USD"], None),
        (None, None),
    ],
)
def test_a_system_is_in_one_unit_of_money(unit: Any, scale: float | None) -> None:
    settings = {"usd-per-eur": "1.5"}
    if scale is None:
        with pytest.raises(InputError, match="unit"):
            of_system(system(unit), Path("t"), settings, ABOUT)
        return
    found = of_system(system(unit), Path("t"), settings, ABOUT)
    assert found.intermediate.sum() == pytest.approx(scale * 136.0)
    assert any("1.5 US dollars, as given" in text for text in found.meta["adjustments"]) is (scale == 1.5)
    own = replace(ABOUT, unit="000 USD")
    assert of_system(system(None), Path("t"), {}, own).intermediate.sum() == pytest.approx(0.136)


@pytest.mark.parametrize(
    ("version", "told"), [("3.8", "MINE, version 3.8"), ("", "MINE"), ("n/a", "MINE"), ("None", "MINE")]
)
def test_the_version_of_a_system_is_told_where_it_has_one(version: str, told: str) -> None:
    assert of_system(system(version=version), Path("t"), {}, ABOUT).meta["edition"] == told


def test_a_system_of_other_industries_in_rows_than_in_columns_is_refused() -> None:
    turned = system()
    turned.Z = turned.Z.iloc[:, [2, 3, 0, 1]]
    plain = of_system(system(), Path("t"), {}, ABOUT)
    np.testing.assert_array_equal(of_system(turned, Path("t"), {}, ABOUT).inputs, plain.inputs)
    for name, part in (("Z", turned.Z.iloc[:, [0, 1, 2, 2]]), ("Y", turned.Y.iloc[[1, 0, 2, 3]])):
        odd = SimpleNamespace(**vars(system()) | {name: part})
        with pytest.raises(InputError, match="different industries"):
            of_system(odd, Path("t"), {}, ABOUT)
    for name in ("Z", "Y"):
        with pytest.raises(InputError, match="has no transactions"):
            of_system(SimpleNamespace(**vars(system()) | {name: None}), Path("t"), {}, ABOUT)


@pytest.mark.parametrize(
    ("file", "title", "year"),
    [
        ("wiot95_row", "", 1995),
        ("wiot09_row", "", 2009),
        ("wiot50", "", 2050),
        ("wiot51", "", 1951),
        ("WIOT2014_Nov16", "of 2010", 2014),
        ("table", "Table of 2010", 2010),
        ("table", "", None),
        ("wiot12010", "", 2012),
    ],
)
def test_the_year_of_a_sheet_is_in_its_name_or_its_title(file: str, title: str, year: int | None) -> None:
    assert _year_of([["", title], [3, None]], Path(f"{file}.xlsx")) == year


def test_the_month_of_issue_stands_behind_the_year() -> None:
    assert _edition_of(Path("ADB-MRIO-2019_Mar2022-2.xlsx")) == "issue of Mar2022"
    assert _edition_of(Path("ADB MRIO 2019.xlsx")) == "issue not named in the file"


GOODS, REGIONS = ("wht", "mvh"), ("jpn", "usa", "row")


def gtap_base() -> Base:
    """Two goods and three regions that trade with each other and at home."""
    chance = np.random.default_rng(2)
    c, r = len(GOODS), len(REGIONS)
    return Base(
        REGIONS,
        GOODS,
        exports=chance.uniform(1.0, 5.0, (c, r, r)),
        domestic=np.zeros((c, c, r)),
        imported=chance.uniform(1.0, 5.0, (c, c, r)),
        own=np.zeros((c, r)),
        foreign=chance.uniform(1.0, 5.0, (c, r)),
        margins=np.zeros((c, c, r)),
        suppliers=np.zeros((c, r)),
        make=np.zeros((c, c, r)),
    )


@pytest.mark.parametrize(("inside", "below"), [(0.0, 0.0), (0.2, 0.0), (0.001, 0.0), (0.0, -0.1), (0.1, -0.1)])
def test_base_tariffs_of_gtap_are_market_over_border_values_abroad(inside: float, below: float) -> None:
    base, notes, axes = gtap_base(), [], (GOODS, REGIONS, REGIONS)
    base.exports[1, 2, 0] = 0.0  # nothing is sold there
    cif = 2.0 * base.exports
    rate = np.full(cif.shape, 0.25)
    rate[0, 1, 2], rate[1, 0, 1] = 5e-7, below or 0.25
    home = np.arange(3)
    rate[:, home, home] = inside
    held = {"VMSB": Held(cif * (1.0 + rate), axes), "VCIF": Held(cif, axes)}
    found = _rates(held, base, notes)
    assert found is not None
    wanted = rate.copy()
    wanted[0, 1, 2] = wanted[1, 2, 0] = 0.0
    wanted[:, home, home] = 0.0
    np.testing.assert_allclose(found, wanted.transpose(2, 1, 0), atol=1e-12)
    left = inside * float(base.exports[:, home, home].sum())
    assert notes == [f"duties of {left:.6g} on trade inside regions left out"] * bool(inside) + [
        "1 duty below zero (subsidies on imports) kept"
    ] * bool(below)
    for one, value in held.items():
        assert _rates({one: value}, base, notes) is None
        assert notes[-1].startswith("no VMSB and VCIF")


def test_theta_of_gtap_is_a_mean_over_importers_and_unknown_duties_are_by_importer_first() -> None:
    base = gtap_base()
    assert _theta({}, base) is None
    plain = _theta({"ESBM": Held(np.array([6.0, 3.0]), (("mvh", "wht"),))}, base)
    assert plain is not None
    assert plain.tolist() == [2.0, 5.0]
    values = np.array([[2.0, 4.0, 9.0], [3.0, 3.0, 3.0]])
    of_each = _theta({"ESBM": Held(values, (GOODS, REGIONS))}, base)
    weight = base.imported.sum(axis=1) + base.foreign
    np.testing.assert_allclose(of_each, (values * weight).sum(axis=1) / weight.sum(axis=1) - 1.0)
    assert _unknown({}, base).tolist() == np.zeros((3, 3, 2)).tolist()
    mask = np.zeros((2, 3, 3))
    mask[1, 0, 2] = 1.0
    assert np.argwhere(_unknown({UNKNOWN: Held(mask, (GOODS, REGIONS, REGIONS))}, base)).tolist() == [[2, 0, 1]]


OTHER = "the files say that the table is of {}; it is taken for one of 2011, as asked"


@pytest.mark.parametrize(
    ("words", "files", "given", "year", "notes"),
    [
        (("R11.0_2017", "May"), ("base.har",), None, 2017, []),
        ((), ("base-2014.har", "x.prm"), None, 2014, []),
        (("of 2017",), ("base-2014.har",), "2011", 2011, [OTHER.format(2014)]),
        (("of 2017",), ("base.har",), "2011", 2011, [OTHER.format(2017)]),
        (("of 2011",), ("base.har",), "2011", 2011, []),
        ((), ("base.har",), "2011", 2011, []),
        ((), ("base.har",), None, None, []),
        (("R10A July 2019",), ("base.har",), None, None, []),
        (("R9.2_2016.05.03",), ("base.har",), None, None, []),
        (("R5 Jun_2001 of 1997",), ("base.har",), None, 1997, []),
        (("R10A July 2019",), ("base-2014.har",), None, 2014, []),
        (("small 2019 by Kosho",), ("base.har",), None, 2019, []),
    ],
)
def test_the_year_of_gtap_is_the_one_it_is_of_and_not_when_it_came_out(
    words: tuple[str, ...], files: tuple[str, ...], given: str | None, year: int | None, notes: list[str]
) -> None:
    told: list[str] = []
    settings = {"year": given} if given else {}
    release = "GTAP data base, " + (" ".join(words) or "release not named in the files")
    assert _release({"DREL": words} if words else {}, [Path(one) for one in files], settings, told) == (
        release,
        year,
    )
    assert told == notes


@pytest.mark.parametrize("wrong", [19, 20, 25])
@pytest.mark.parametrize("kind", ["no number", "twice"])
def test_of_a_long_table_twenty_mistakes_are_told(kind: str, wrong: int, tmp_path: Path) -> None:
    rows = [f"JPN,S{k},JPN,FD,{'x' if kind == 'no number' else 1}" for k in range(wrong)]
    path = tmp_path / "long.csv"
    twice = rows if kind == "twice" else []
    path.write_text("\n".join(["exporter,seller,importer,user,value", *rows, *twice]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_long_csv([path], {})
    assert len(caught.value.problems) == min(wrong, 20)
    if kind == "twice":
        assert read_long_csv([path], {"repeats": "add"}).final_sales.sum() == 2.0 * wrong


def test_reading_stops_at_twenty_mistakes() -> None:
    problems = Problems("t.csv")
    for k in range(20):
        stop_if_many(problems)
        problems.add(f"mistake {k}")
    with pytest.raises(InputError):
        stop_if_many(problems)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["X,JPN", "Y,USA", "Y,CAN"], {}),
        (["X,JPN", "Y,XXX", "Z,USA", "Y,YYY"], {3: "unknown economy 'XXX'", 4: "no region 'Z'", 5: "'YYY'"}),
    ],
)
def test_a_file_of_regions_tells_all_its_mistakes(
    rows: list[str], told: dict[int | None, str], tmp_path: Path
) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("\n".join(["region,economy", *rows]) + "\n", encoding="utf-8")
    if not told:
        assert regions_of(("X", "Y", "FRA"), path) == {"X": ("JPN",), "Y": ("USA", "CAN"), "FRA": ("FRA",)}
        bloc = tmp_path / "bloc.csv"
        bloc.write_text("region,economy\nX,EU27\nX,GBR\nX,FRA\nY,*\n", encoding="utf-8")
        found = regions_of(("X", "Y"), bloc)
        assert {"DEU", "FRA", "GBR"} < set(found["X"])
        assert len(found["X"]) == 28
        assert not set(found["X"]) & set(found["Y"])
        return
    with pytest.raises(InputError) as caught:
        regions_of(("X", "Y"), path)
    assert [one.line for one in caught.value.problems] == list(told)
    assert all(word in one.message for one, word in zip(caught.value.problems, told.values(), strict=True))


@pytest.mark.parametrize(
    ("text", "names", "values"),
    [
        (b"A,1,2\nB,3,4\n", ["A", "B"], [[0, 1, 2], [0, 3, 4]]),
        (b"A,1,2\nBB ,3,4.5", ["A", "BB"], [[0, 1, 2], [0, 3, 4.5]]),
        (b"A,1,2\n,3,4\n", None, None),  # no name
        (b'A,1,2\n"B",3,4\n', None, None),
        (b"A,1,2\nB,3\n", None, None),
        (b"A,1,2,0\nB,3\n", None, None),  # as many cells as two lines have
        (b"A,1,2,0\nB,,4\n", None, None),
        (b"A,1,2\nB,3,x\n", None, None),
        (b"A,1,2\nB,3,inf\n", None, None),
        (b"A\n", None, None),
    ],
)
def test_plain_lines_are_parsed_at_once_and_others_left_as_they_are(
    text: bytes, names: Any, values: Any
) -> None:
    pytest.importorskip("pyarrow")
    part = bytearray(text)
    found = _at_once(part, 3)
    if names is None:
        assert (found, bytes(part)) == (None, text)
        return
    assert found is not None
    assert (found[0], found[1].tolist()) == (names, values)


@pytest.mark.parametrize(("rows", "more"), [(8, 0), (7, 0), (0, 0), (9, 0), (8, 1), (7, 1)])
def test_a_matrix_of_gloria_has_industries_and_products_of_every_region(rows: int, more: int) -> None:
    n, s, c = 2, 2, 1
    used = np.arange(float(rows * 2 * n * s)).reshape(rows, 2 * n * s)
    bought = np.full((rows + more, n * c), 0.5)
    texts = tuple(
        io.StringIO("".join(",".join(map(repr, row)) + "\n" for row in one.tolist())) for one in (used, bought)
    )
    sales = Sales(("AAA", "BBB"), ("X", "Y"), ("HFCE",))
    if rows != 8 or more:
        told = f"has {rows} rows; 2 regions of 2 industries and products are 8"
        told = told if rows != 8 else "Y has more rows than T: 8 are in T"
        with pytest.raises(InputError, match=told):
            _take(sales, texts, "t.csv")  # type: ignore[arg-type]
        return
    _take(sales, texts, "t.csv")  # type: ignore[arg-type]
    for exporter, row in ((0, 2), (1, 6)):  # products stand behind the industries of a region
        for k in (0, 1):
            sold = used[row + k].reshape(n, 2, s)[:, 0].sum(axis=1)
            assert sales.intermediate[:, exporter, k].tolist() == sold.tolist()
    assert (sales.final == 0.5).all()
