"""Duties of a file, units of money, members of regions and what differs between tables, at their bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.worlds import build

from kosho.codes import countries
from kosho.errors import InputError
from kosho.world import World, together, toy
from kosho.world.differences import differences
from kosho.world.door import _refuse_high_duties
from kosho.world.economy import TradeWeights
from kosho.world.law_cells import Members, law_cells
from kosho.world.readers.netcdf import _meta, _year
from kosho.world.table_tariffs import _given

LABELS = ("JPN", "USA", "CHN"), ("A01", "C29", "K")
GOODS = np.array([True, True, False])


@pytest.mark.parametrize(
    ("text", "told", "found"),
    [
        ("percent\nJPN,USA,C29,5", [], {("JPN", "USA", "C29"): 0.05}),
        ("rate\nJPN,USA,C29,0.05", [], {("JPN", "USA", "C29"): 0.05}),
        ("percent\nJPN,*,C29,5", [], {("JPN", "USA", "C29"): 0.05, ("JPN", "CHN", "C29"): 0.05}),
        (
            "percent\nJPN,USA,C29,1\nJPN,USA,*,5\n*,USA,*,7",
            [],
            {
                ("JPN", "USA", "A01"): 0.05,
                ("JPN", "USA", "C29"): 0.01,
                ("JPN", "USA", "K"): 0.05,
                ("CHN", "USA", "A01"): 0.07,
                ("CHN", "USA", "C29"): 0.07,
                ("CHN", "USA", "K"): 0.07,
            },
        ),
        ("percent\n*,*,K,0", [], {(a, b, "K"): 0.0 for a in LABELS[0] for b in LABELS[0] if a != b}),
        ("percent\nJPN,USA,C29,5\nJPN,USA,C29,5", [(3, None, "is given in line 2 already")], {}),
        ("percent\nKOR,USA,C29,5", [(2, "importer", "unknown importer 'KOR'")], {}),
        (
            "percent\nJPN,KOR,C30,5",
            [(2, "exporter", "unknown exporter 'KOR'"), (2, "sector", "unknown sector")],
            {},
        ),
        ("percent\nJPN,JPN,C29,5", [(2, "exporter", "domestic sales bear no tariff")], {}),
        ("percent\nJPN,USA,C29,-100", [(2, "percent", "percent -100 is not above -100")], {}),
        ("rate\nJPN,USA,C29,-1", [(2, "rate", "rate -1 is not above -1")], {}),
        ("percent\nJPN,USA,C29,301", [(2, "percent", "")], {}),
        ("rate\nJPN,USA,C29,3.01", [(2, "rate", "")], {}),
        ("percent\nJPN,USA,C29,300", [], {("JPN", "USA", "C29"): 3.0}),
        ("percent,rate\nJPN,USA,C29,5,0.05", [(1, None, "needs a column percent")], {}),
        ("note\nJPN,USA,C29,5", [(1, None, "needs a column percent")], {}),
    ],
)
def test_a_file_of_duties_says_which_cells_are_known(
    text: str,
    told: list[tuple[int, str | None, str]],
    found: Mapping[tuple[str, str, str], float],
    tmp_path: Path,
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"importer,exporter,sector,{text}\n", encoding="utf-8")
    if told:
        with pytest.raises(InputError) as caught:
            _given(path, LABELS, GOODS, insist=False)
        assert [(one.line, one.key) for one in caught.value.problems] == [(line, key) for line, key, _ in told]
        for one, (*_, begins) in zip(caught.value.problems, told, strict=True):
            assert one.message.startswith(begins)
        if "301" in text or "3.01" in text:
            made = _given(path, LABELS, GOODS, insist=True)
            assert made.rate[0, 1, 1] == pytest.approx(3.01)
        return
    made = _given(path, LABELS, GOODS, insist=False)
    assert made.words == "those of d.csv"
    countries, sectors = LABELS
    for n, i, s in np.ndindex(3, 3, 3):
        cell = countries[n], countries[i], sectors[s]
        assert made.rate[n, i, s] == pytest.approx(found.get(cell, 0.0))
        assert made.unknown[n, i, s] == (n != i and bool(GOODS[s]) and cell not in found)


@pytest.mark.parametrize("wrong", [0, 1, 10, 11])
def test_of_duties_that_no_good_bears_ten_are_told(wrong: int) -> None:
    codes = tuple(f"C{k}" for k in range(4))
    rates = np.where(np.eye(4, dtype=bool), 0.0, 10.0)
    rates[tuple(np.argwhere(~np.eye(4, dtype=bool))[:wrong].T)] *= 1.01
    of: Any = type("Of", (), {})()
    of.arrays, of.countries, of.sectors = type("Arrays", (), {"tariff": rates[:, :, None]}), codes, ("A",)
    if not wrong:
        _refuse_high_duties(of)
        return
    with pytest.raises(InputError) as caught:
        _refuse_high_duties(of)
    assert len(caught.value.problems) == min(wrong, 10)
    assert caught.value.problems[0].message.startswith("base duty on C1 A to C0: ")


@pytest.mark.parametrize("number", [1, 2, 9])
@pytest.mark.parametrize("what", ["country", "sector"])
def test_labels_that_stand_for_nothing_known_are_listed(what: str, number: int) -> None:
    strange = tuple(f"?{k}" for k in range(number))
    countries, sectors = (("JPN", *strange), ("C29",)) if what == "country" else (("JPN",), ("C29", *strange))
    flows = np.ones((len(countries), len(countries), len(sectors)))
    with pytest.raises(InputError) as caught:
        law_cells(Members(countries, sectors, {}, {}, {}), flows, flows)
    listed = ", ".join(repr(one) for one in strange[:8])
    assert caught.value.problems[0].message == (
        f"{what} '?0' of the world is neither a known code nor one of its regions"
        if number == 1
        else f"{number} labels of the world are neither a known {what} nor one of its regions: {listed}"
        + (" and 1 more" if number > 8 else "")
    )


@pytest.mark.parametrize("number", [1, 10, 11])
def test_economies_in_two_regions_are_named(number: int) -> None:
    codes = sorted(countries())[:number]
    of = Members(("X", "Y"), ("C29",), {"X": tuple(codes), "Y": tuple(codes)}, {}, {})
    with pytest.raises(InputError) as caught:
        law_cells(of, np.ones((2, 2, 1)), np.ones((2, 2, 1)))
    assert caught.value.problems[0].message == f"{', '.join(codes[:10])} in two regions of the world"


def test_trade_of_members_is_weighted_as_handed_over_or_as_said() -> None:
    groups, weights = {"M": ("C24A", "C25"), "T": ("C29", "C301")}, {"M": {"C24A": 3.0, "C25": 1.0}}
    flows = np.array([[[8.0, 4.0, 6.0], [16.0, 12.0, 2.0]], [[32.0, 20.0, 1.0], [64.0, 28.0, 3.0]]])
    of = Members(("JPN", "EUR"), ("M", "T", "G"), {"EUR": ("DEU", "FRA")}, groups, weights)
    found = law_cells(of, flows, np.zeros_like(flows))
    assert (found.economies, found.sectors) == (("JPN", "DEU", "FRA"), ("C24A", "C25", "C29", "C301", "G"))
    assert (found.country.tolist(), found.sector.tolist()) == ([0, 1, 1], [0, 0, 1, 1, 2])
    assert found.flows[0, 1].tolist() == [6.0, 2.0, 3.0, 3.0, 1.0]
    assert found.flows[1, 2].tolist() == [12.0, 4.0, 3.5, 3.5, 0.75]
    assert [
        note.partition(" trade")[0].partition(" ICIO")[0].partition(" each")[0] for note in found.notes
    ] == [
        "within M",
        "within EUR, T",
    ]
    trade = np.zeros((3, 3, 5))
    trade[0, 1], trade[0, 2] = [3.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 2.0, 0.0]
    given = TradeWeights("mine", found.economies, found.sectors, trade)
    weighted = law_cells(replace(of, within=given), flows, np.zeros_like(flows))
    assert weighted.flows[0, 1].tolist() == [12.0, 0.0, 3.0, 0.0, 1.0]
    assert weighted.flows[0, 2].tolist() == [0.0, 4.0, 3.0, 6.0, 1.0]
    np.testing.assert_array_equal(weighted.flows[1:], found.flows[1:])  # where nothing is handed over
    assert [note.partition(" trade")[0].partition(" ICIO")[0] for note in weighted.notes] == [
        "within EUR, M, T",
        "within M",
    ]
    assert found.holding("C25") == (0,)
    assert found.holding("K") == ()


@pytest.mark.parametrize("economies", [1, 2, 3, 4])
def test_pairs_are_compared_of_three_economies_and_duties_of_two(economies: int) -> None:
    codes = ("JPN", "USA", "CHN", "DEU")[:economies]
    chance = np.random.default_rng(4)
    flows = chance.uniform(1.0, 9.0, (economies, economies, 1))
    one, other = (build(values, sectors=("C29",), countries=codes) for values in (flows, flows * 2.0))
    found = differences(one, other)
    assert (found["pairs"] is None, found["tariffs"] is None) == (economies < 3, economies < 2)
    if economies == 4:
        assert (found["pairs"]["pairs"], len(found["pairs"]["largest"])) == (12, 10)
    elsewhere = build(flows, sectors=("G",), countries=codes)
    assert differences(one, elsewhere)["tariffs"] is None


@pytest.mark.parametrize("pairs", [0, 2, 3])
def test_of_tables_that_hardly_trade_nothing_is_told_that_is_no_number(pairs: int) -> None:
    flows = 9.0 * np.eye(3)[:, :, None]
    for n, i in ((0, 1), (1, 2), (2, 0))[:pairs]:
        flows[n, i] = 1.0 + n
    one = build(flows, sectors=("C29",), countries=("JPN", "USA", "CHN"))
    found = differences(one, build(flows * 2.0, sectors=("C29",), countries=("JPN", "USA", "CHN")))
    json.dumps(found, allow_nan=False)
    assert (found["pairs"] is None, found["worlds"][0]["mean_theta"] is None) == (pairs < 3, pairs == 0)
    services = build(flows, sectors=("K",), countries=("JPN", "USA", "CHN"))
    assert differences(services, services)["worlds"][0]["mean_theta"] is None


@pytest.mark.parametrize(("gap", "other"), [(0.0, 0), (0.9e-6, 0), (1.1e-6, 1), (0.1, 1)])
def test_duties_differ_that_are_a_ten_thousandth_of_a_percent_apart(gap: float, other: int) -> None:
    one = toy()
    tariff = one.tariff.copy(deep=True)
    tariff.loc[{"importer": "USA", "exporter": "JPN", "sector": "C29"}] += gap
    changed = World.from_flows(one.flows, tariff=tariff, io_share=one.io_share, theta=one.theta)
    assert differences(one, changed)["tariffs"]["other"] == other


@pytest.mark.parametrize(
    ("given", "year"),
    [
        (2019, 2019),
        ("2019", 2019),
        (0, None),
        (2019.0, 2019),
        (None, "None is no year"),
        ("x" * 90, "'" + "x" * 59),
    ],
)
def test_a_year_of_a_netcdf_file_is_a_number(given: Any, year: int | str | None) -> None:
    if not isinstance(year, str):
        assert _year({"year": given}, "year", Path("t.nc")) == year
        assert _year({}, "year", Path("t.nc")) is None
        return
    with pytest.raises(InputError) as caught:
        _year({"year": given}, "year", Path("t.nc"))
    (one,) = caught.value.problems
    assert (one.message, one.key) == (f"{year.removesuffix(' is no year')} is no year", "year")


def test_what_a_netcdf_file_says_of_its_labels_is_kept() -> None:
    said = {"labels": '{"regions": {"PAC": ["JPN"]}, "icio_sectors": {}}', "assumptions": "a; b", "unit": ""}
    found = _meta(said, Path("mine.nc"))
    assert (found["name"], found["regions"], found["assumptions"]) == ("mine", {"PAC": ["JPN"]}, ["a", "b"])
    assert not {"icio_sectors", "unit"} & set(found)
    with pytest.raises(InputError, match="says in a way that is not known"):
        _meta({"labels": "{"}, Path("mine.nc"))


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["EU27"], ("JPN", "THA", "EU27", "USA")),
        (["EU27", "ASEAN"], ("JPN", "ASEAN", "EU27", "USA")),
        (["RCEP"], ("RCEP", "DEU", "FRA", "USA")),
        (["MERCOSUR", "JPN"], None),
        ([], None),
        (["RCEP", "ASEAN"], "THA is in RCEP and ASEAN"),
        (["EU27", "ASEAN", "RCEP"], "THA is in ASEAN and RCEP"),
    ],
)
def test_members_of_a_bloc_are_one_economy_and_none_is_in_two(
    codes: list[str], found: tuple[str, ...] | str | None
) -> None:
    labels = ("JPN", "THA", "DEU", "FRA", "USA")
    world = build(np.ones((5, 5, 1)), sectors=("C29",), countries=labels)
    if isinstance(found, str):
        with pytest.raises(InputError) as caught:
            together(world, codes)
        assert caught.value.problems[0].message == found
        return
    made = together(world, codes)
    assert made.countries == (labels if found is None else found)
    assert (made is world) is (found is None)
