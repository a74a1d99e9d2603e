from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.worlds import build, random_world
from typer.testing import CliRunner

from kosho.cli import app
from kosho.codes import sectors
from kosho.errors import InputError
from kosho.world import World, load, toy
from kosho.world.datafiles import rows
from kosho.world.differences import differences
from kosho.world.report import balances, fit, info


@pytest.fixture(scope="module")
def report():
    return info(load())


def test_it_is_plain_json(report):
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_it_tells_what_the_table_is(report):
    assert report["schema_version"] == 1
    assert report["world"] == load().hash
    assert report["sizes"] == {
        "countries": 80,
        "sectors": 50,
        "flows": report["sizes"]["flows"],
        "country_sectors_without_output": 51,
    }
    assert "OECD (2025)" in report["attribution"]
    assert report["estimated"][0].startswith("final demand by destination")
    assert report["imbalance"] < 1e-12
    assert any("Qatar" in line for line in report["left_out"])


def test_it_lists_unknown_tariffs_by_importer(report):
    tariffs = report["tariffs"]
    listed = {entry["country"] for entry in tariffs["unknown_importers"]}
    unknown = load().unknown_tariff
    assert unknown is not None
    assert {"THA", "CAN", "GBR"} <= listed
    assert not {"JPN", "USA", "CHN", "DEU", "SGP"} & listed
    assert tariffs["unknown_cells"] == int(unknown.sum())
    assert 0 < tariffs["unknown_share_of_goods_trade"] < 0.3


def test_every_elasticity_has_a_source_that_is_listed(report):
    table = report["elasticities"]["sectors"]
    assert [row["sector"] for row in table] == list(load().sectors)
    assert {row["source"] for row in table} <= {source["id"] for source in report["sources"]}
    assert all(0 < row["theta_low"] < row["theta"] for row in table)


def test_a_source_says_what_is_known_of_it_and_no_more(report):
    told = {source["id"]: source for source in report["sources"]}
    assert told["fgo-2022"].keys() == {"id", "kind", "licence", "publisher", "title"}
    assert told["mof-usitc-2022"].keys() == {"id", "kind", "note", "publisher", "title"}


@pytest.mark.parametrize(
    ("name", "countries", "left"),
    [("icio-2020", ("JPN", "ROW"), 1), ("icio-2020", ("JPN", "USA"), None), ("mine", ("JPN", "USA"), 0)],
)
def test_what_a_table_of_the_oecd_does_not_hold_is_told(
    name: str, countries: tuple[str, ...], left: int | None, report: Any
):
    world = build([[[80.0], [20.0]], [[10.0], [90.0]]], sectors=("C29",), countries=countries)
    told = info(replace(world, meta=replace(world.meta, name=name)))["left_out"]
    wanted = report["left_out"]
    assert len(wanted) > 1
    assert told == (wanted[len(wanted) - left :] if left is not None else wanted)


def test_changed_elasticities_are_not_passed_off_as_published():
    rows = info(load().with_theta(4.0))["elasticities"]["sectors"]
    assert {row["source"] for row in rows} == {"own"}


def test_notes_of_elasticities_are_those_of_their_table_or_say_that_they_are_not(report):
    told = {row["sector"]: row for row in report["elasticities"]["sectors"]}
    table = {row["sector"]: row for row in rows("elasticities.csv")}
    notes = {code: table[code]["note"] or None for code in told}
    assert {code: row["note"] for code, row in told.items()} == notes
    assert len(set(notes.values())) > 1
    assert {row["status"] for row in told.values()} == {table[code]["status"] for code in told}
    changed = info(load().with_theta(2.5))["elasticities"]["sectors"]
    other = {row["note"] for row in changed if not np.isclose(2.5, float(table[row["sector"]]["theta"]))}
    assert other == {"weighted by trade, or set by the user"}


def test_a_world_of_ones_own_has_no_fit():
    report = info(random_world(2))
    assert report["fit"] is None
    assert report["balances"] is None
    assert report["anchors"] == []
    assert report["left_out"] == []
    assert report["tariffs"]["unknown_cells"] == 0


def test_the_talks_world_is_compared_where_its_regions_are_economies():
    report = info(load(regions="talks", sectors="talks"))
    assert report["fit"]["all"]["pairs"] >= 50
    assert report["sizes"]["countries"] == 20


def test_a_country_alone_trades_no_goods_and_says_so():
    alone = info(build([[[80.0, 20.0]]], sectors=("A01", "C29")))
    json.dumps(alone, allow_nan=False)
    assert alone["tariffs"]["unknown_share_of_goods_trade"] is None
    assert set(alone["classification"]["share_of_goods_trade"].values()) == {None}


def test_shares_of_unknown_rates_do_not_depend_on_the_unit_of_money():
    """Services are no goods, and a table in trillions is the same table."""
    flows = np.array([[[90.0, 40.0], [10.0, 5.0]], [[30.0, 5.0], [70.0, 60.0]]])
    for scale in (1.0, 1e-12):
        world = build(flows * scale, sectors=("C29", "K"), countries=("JPN", "USA"))
        unknown = world.tariff.copy(data=np.zeros(flows.shape, bool))
        unknown.loc["JPN", "USA"] = True
        told = info(replace(world, unknown_tariff=unknown))["tariffs"]
        assert told["unknown_share_of_goods_trade"] == pytest.approx(0.25)
        (only,) = told["unknown_importers"]
        assert only == {"country": "JPN", "share_of_goods_imports": pytest.approx(1.0)}


@pytest.mark.parametrize("name", ["", " ", "nosuch"])
@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("world", "export", "{}", "out.csv"), "NAME"),
        (("world", "diff", "talks", "{}"), "OTHER"),
        (("world", "info", "{}"), "NAME"),
        (("supply", "JPN", "C29", "--world", "{}"), "--world"),
    ],
)
def test_a_table_that_is_none_is_told_by_the_argument_and_never_taken_as_the_usual_one(
    words: tuple[str, ...], key: str, name: str
) -> None:
    error = CliRunner().invoke(app, [one.format(name) for one in words]).exception
    assert isinstance(error, InputError)
    assert str(error).startswith(f"{key}: unknown world {name!r}")


def test_what_differs_between_two_tables_is_told_by_pair_economy_and_cell():
    one = toy()
    flows, tariff = one.flows.copy(), one.tariff.copy()
    cars = {"importer": "USA", "exporter": "JPN", "sector": "C29"}
    flows.loc[cars] = 120_000.0
    flows.loc[{"importer": "CHN", "exporter": "JPN"}] = 0.0
    tariff.loc[{"importer": "CHN", "exporter": "USA", "sector": "C29"}] = 0.05
    tariff.loc[cars] = 0.0250001
    other = World.from_flows(flows, tariff=tariff, io_share=one.io_share, theta=one.theta)
    found = differences(one, other)
    assert (found["economies"], found["sectors_only"]["shared"]) == (
        {"only_first": [], "only_second": [], "shared": 3},
        2,
    )
    by_code = {row["country"]: row for row in found["countries"]}
    assert by_code["USA"]["imports"] == [90_000, 150_000]
    assert by_code["JPN"]["exports"] == [85_000, 122_000]
    assert by_code["CHN"]["imports"] == [93_000, 70_000]
    pairs = found["pairs"]
    assert pairs["pairs"] == 5  # one trades nothing any more
    assert pairs["largest"][0] == {"importer": "USA", "exporter": "JPN", "trade": [62_000, 122_000]}
    assert len(pairs["largest"]) == 5
    assert pairs["median_ratio"] == pytest.approx(1.0)
    traded = np.log([[30, 20, 62, 28, 70], [30, 20, 122, 28, 70]])
    assert pairs["correlation_of_logs"] == pytest.approx(np.corrcoef(*traded)[0, 1])
    assert found["tariffs"] == {
        "cells": 18,
        "other": 1,
        "largest": {"importer": "CHN", "exporter": "USA", "sector": "C29", "rate": [0.15, 0.05]},
    }
    small = one.aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)})
    few = differences(one, small)
    assert (few["pairs"], few["tariffs"]) == (None, None)
    assert few["economies"] == {"only_first": ["JPN", "USA"], "only_second": ["PAC"], "shared": 1}


def test_the_invented_economy_is_the_one_that_examples_are_worked_out_on():
    one = toy()
    sums = [[110_000, 320_000], [210_000, 480_000], [343_000, 550_000]]
    assert one.flows.sum("exporter").to_numpy().tolist() == sums
    assert one.flows.sum("importer").sel(exporter="JPN").to_numpy().tolist() == [85_000, 380_000]
    assert one.flows.sum("importer").sel(exporter="USA").to_numpy().tolist() == [260_000, 440_000]
    assert one.io_share.to_numpy().tolist() == [[[0.2, 0.0], [0.1, 0.3]]] * 3
    assert one.theta_spread is not None
    assert (one.theta.to_numpy().tolist(), one.theta_spread.to_numpy().tolist()) == ([4.0, 7.0], [0.3, 0.3])
    assert [(flow.quantity, flow.unit, flow.sector) for flow in one.units] == [(1.5e6, "vehicles", "C29")]
    assert one.tariff.sum("exporter").to_numpy().round(6).tolist() == [[0.2, 0.0], [0.06, 0.05], [0.16, 0.3]]
    assert one.tariff.sum("importer").to_numpy().round(6).tolist() == [
        [0.11, 0.175],
        [0.18, 0.15],
        [0.13, 0.025],
    ]


def test_the_twenty_that_collect_most_are_listed_the_largest_first(report):
    world = load()
    collected = dict(zip(world.countries, world.arrays.revenue.tolist(), strict=True))
    largest = sorted((code for code in collected if collected[code] > 0), key=lambda code: -collected[code])
    assert len(largest) > 20
    assert list(report["tariffs"]["revenue"].items()) == [(code, collected[code]) for code in largest[:20]]
    few = info(toy())["tariffs"]["revenue"]
    assert all(value > 0 for value in few.values())


@pytest.mark.parametrize(
    ("year", "fits", "balanced"),
    [(2021, False, False), (2022, True, True), (2023, True, False), (2024, True, False), (2025, False, False)],
)
def test_records_are_compared_with_tables_of_their_time(year, fits, balanced):
    world = load()
    dated = replace(world, meta=replace(world.meta, year=year))
    assert (fit(dated) is not None, balances(dated) is not None) == (fits, balanced)


def test_the_fit_is_of_goods_and_without_ports_of_all_that_do_not_pass_through(report):
    world, told = load(), report["fit"]
    goods = np.array([code in sectors() and sectors()[code].goods for code in world.sectors])
    pairs = [
        (world.arrays.flows[world.position(row["importer"]), world.position(row["exporter"])][goods].sum(), row)
        for row in rows("goods_pairs_2023.csv")
        if {row["importer"], row["exporter"]} <= set(world.countries)
    ]
    inland = [one for one in pairs if "HKG" not in (one[1]["importer"], one[1]["exporter"])]
    for name, kept in (("all", pairs), ("without_ports", inland)):
        here, there = np.array([one for one, _ in kept]), np.array([float(row["musd"]) for _, row in kept])
        assert told[name]["pairs"] == len(kept)
        assert told[name]["level"] == pytest.approx(here.sum() / there.sum())
        assert told[name]["median_absolute_log_gap"] == pytest.approx(np.median(np.abs(np.log(here / there))))
    assert len(inland) < len(pairs)


@pytest.mark.parametrize("known", [0, 9, 10])
def test_records_of_fewer_than_ten_are_not_compared(known: int, monkeypatch: pytest.MonkeyPatch):
    world = load()

    def few(file: str) -> Any:
        return [row for row in rows(file) if set(row.values()) & set(world.countries)][:known]

    monkeypatch.setattr("kosho.world.report.rows", few)
    fitted, balanced = fit(world), balances(world)
    assert (fitted is not None, balanced is not None) == (known >= 10, known >= 10)
    if fitted is not None and balanced is not None:
        assert fitted["all"]["pairs"] == len(balanced["net_exports"]) == 10


@pytest.mark.parametrize(
    ("classification", "members", "goods"),
    [
        ("ICIO", {}, [True, False, False]),
        ("its own", {}, [True, True, False]),
        ("isic4", {"A": ("G", "A01"), "X": ("G", "K"), "F": ("C29",)}, [True, False, True]),
        ("isic4", {"A": ("G", "nobody's"), "X": ("A01",), "F": ("G",)}, [True, True, False]),
    ],
)
def test_a_sector_is_goods_where_a_part_of_it_is_or_its_letter_says_so(
    classification: str, members: dict[str, tuple[str, ...]], goods: list[bool]
):
    flows = np.array([[[9.0, 8.0, 7.0], [1.0, 2.0, 4.0]], [[1.0, 2.0, 4.0], [9.0, 8.0, 7.0]]])
    world = build(flows, sectors=("A", "X", "F"), countries=("JPN", "USA"))
    meta = replace(world.meta, classification=classification, sectors=members)
    told = info(replace(world, meta=meta))["classification"]
    trade = np.array([2.0, 4.0, 8.0])
    parts = [members.get(code, (code,)) for code in ("A", "X", "F")]
    kinds = {
        "in_one_icio_sector": [len(one) == 1 and one[0] in sectors() for one in parts],
        "in_several": [len(one) > 1 for one in parts],
        "in_none": [len(one) == 1 and one[0] not in sectors() for one in parts],
    }
    total = trade[goods].sum()
    assert told["share_of_goods_trade"] == {
        name: pytest.approx(trade[np.array(goods) & np.array(those)].sum() / total)
        for name, those in kinds.items()
    }
    assert told["sectors"] == {code: list(inside) for code, inside in members.items() if inside != (code,)}


def test_importers_that_know_no_duties_are_listed_the_largest_first():
    one = toy()
    unknown = one.tariff.copy(data=np.zeros(one.tariff.shape, bool))
    unknown.loc["JPN", "USA", "C29"] = True
    unknown.loc["USA", "CHN"] = True  # services are no goods
    unknown.loc["CHN", "CHN"] = True
    told = info(replace(one, unknown_tariff=unknown))["tariffs"]
    goods = [code in sectors() and sectors()[code].goods for code in one.sectors]
    trade = one.flows.to_numpy()[:, :, goods].copy()
    trade[np.arange(3), np.arange(3)] = 0.0
    place = {code: one.countries.index(code) for code in one.countries}
    lost = {
        "USA": trade[place["USA"], place["CHN"]].sum(),
        "JPN": one.flows.sel(importer="JPN", exporter="USA", sector="C29").item(),
    }
    whole = {code: trade[place[code]].sum() for code in lost}
    assert told["unknown_importers"] == [
        {"country": code, "share_of_goods_imports": pytest.approx(lost[code] / whole[code])}
        for code in sorted(lost, key=lambda code: -lost[code])
    ]
    assert told["unknown_share_of_goods_trade"] == pytest.approx(sum(lost.values()) / trade.sum())
    assert told["unknown_cells"] == 1 + 2 * len(one.sectors)
