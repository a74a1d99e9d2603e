"""Worlds of regions and of other sectors: the law finds in them the trade it finds in the table behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import random_world

from kosho.impact import shock
from kosho.law import Register
from kosho.world import World, load
from kosho.world.economy import TradeWeights

DAY = date(2025, 6, 29)
ECONOMIES = ("JPN", "USA", "CHN", "DEU", "FRA", "GBR")
SECTORS = ("A01", "C24A", "C24B", "C29", "G")
few = settings(max_examples=12, deadline=None)


@cache
def register() -> Register:
    return Register.load()


def known(seed: int) -> World:
    """A random world of economies and ICIO sectors."""
    made = random_world(seed, len(ECONOMIES), len(SECTORS))
    names = {
        "importer": list(ECONOMIES), "exporter": list(ECONOMIES), "country": list(ECONOMIES),
        "sector": list(SECTORS), "input": list(SECTORS),
    }  # fmt: skip
    arrays = {
        name: (array := getattr(made, name)).assign_coords({dim: names[dim] for dim in array.dims})
        for name in ("flows", "tariff", "io_share", "va_share", "final_share", "theta")
    }
    return replace(made, **arrays, meta=replace(made.meta, year=2022))


def groups(labels: tuple[str, ...], data: st.DataObject, prefix: str) -> dict[str, tuple[str, ...]]:
    place = data.draw(st.lists(st.integers(0, 2), min_size=len(labels), max_size=len(labels)))
    found: dict[str, list[str]] = {}
    for label, group in zip(labels, place, strict=True):
        found.setdefault(f"{prefix}{group}", []).append(label)
    return {code: tuple(members) for code, members in found.items()}


@given(st.integers(0, 10_000), st.data())
@few
def test_detail_says_where_everything_went(seed: int, data: st.DataObject):
    world = known(seed)
    once = world.aggregate(regions=groups(world.countries, data, "R"), sectors=groups(world.sectors, data, "S"))
    twice = once.aggregate(regions=groups(once.countries, data, "Q"), sectors=groups(once.sectors, data, "T"))
    for coarse in (once, twice):
        assert coarse.detail is not None
        assert coarse.finest is world
        total = np.zeros(coarse.flows.shape)
        np.add.at(
            total,
            np.ix_(coarse.detail.country, coarse.detail.country, coarse.detail.sector),
            world.arrays.flows,
        )
        np.testing.assert_allclose(coarse.flows, total, rtol=1e-12)
        cells = coarse.law_cells
        assert cells.economies == ECONOMIES
        assert cells.notes == ()
        assert [coarse.countries[n] for n in cells.country] == [
            next(code for code, inside in coarse.meta.regions.items() if one in inside) for one in ECONOMIES
        ]


@given(st.integers(0, 10_000), st.data())
@few
def test_duties_of_an_aggregate_are_those_of_its_members(seed: int, data: st.DataObject):
    world = known(seed)
    regions = {"JPN": ("JPN",), "USA": ("USA",), **groups(ECONOMIES[2:], data, "R")}
    coarse = world.aggregate(regions=regions, sectors=groups(SECTORS, data, "S"))

    def taken(of: World) -> float:
        one = shock(of, register(), DAY)
        a = of.arrays
        paid = (a.flows * (1 + a.tariff))[one.importer, one.exporter, one.sector]
        change = one.share * paid * (one.tariff - one.base_tariff) / (1 + one.base_tariff)
        between = np.isin(one.importer, [of.countries.index("USA")]) & np.isin(
            one.exporter, [of.countries.index("JPN")]
        )
        return float(change[between].sum())

    assert taken(coarse) == pytest.approx(taken(world), rel=1e-9)


@given(st.integers(0, 10_000), st.data())
@few
def test_other_tariffs_of_an_aggregate_are_those_of_its_members_too(seed: int, data: st.DataObject):
    coarse = known(seed).aggregate(sectors=groups(SECTORS, data, "S"))
    changed = coarse.with_tariff({("USA", "JPN", coarse.sectors[0]): 0.31})
    cells = changed.law_cells
    here = cells.sector == 0
    usa, japan = cells.place["USA"], cells.place["JPN"]
    np.testing.assert_allclose(cells.tariff[usa, japan, here], 0.31)
    scaled = coarse.with_theta(coarse.theta * 0.5)
    np.testing.assert_allclose(scaled.finest.theta, 0.5 * coarse.finest.theta)


@given(st.integers(0, 10_000))
@few
def test_other_labels_for_the_same_sectors_change_nothing(seed: int):
    world = known(seed)
    labels = {code: f"own-{code}" for code in SECTORS}
    own = replace(
        world,
        flows=world.flows.assign_coords(sector=list(labels.values())),
        tariff=world.tariff.assign_coords(sector=list(labels.values())),
        meta=replace(world.meta, sectors={label: (code,) for code, label in labels.items()}),
    )
    first, second = (shock(one, register(), DAY) for one in (world, own))
    for name in ("importer", "exporter", "sector", "share", "tariff", "base_tariff"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    assert second.sectors == tuple(labels.values())
    assert own.sector_of("C29") == "own-C29"


@given(st.integers(0, 10_000))
@few
def test_weights_handed_over_give_back_what_was_put_together(seed: int):
    """A table without its detail, weighted by that detail, has the law cells of the detail."""
    world = known(seed)
    coarse = world.aggregate(
        regions={"JPN": ("JPN",), "USA": ("USA",), "CHN": ("CHN",), "EUR": ("DEU", "FRA", "GBR")},
        sectors={"A01": ("A01",), "metals": ("C24A", "C24B"), "C29": ("C29",), "G": ("G",)},
    )
    weights = TradeWeights("the detail", world.countries, world.sectors, world.arrays.flows)
    bare = replace(coarse, detail=None)
    alike, weighted = bare.law_cells, replace(bare, within=weights).law_cells
    n, i = ECONOMIES.index("USA"), ECONOMIES.index("DEU")
    order = [weighted.sectors.index(code) for code in SECTORS]
    np.testing.assert_allclose(weighted.flows[n, i, order], world.arrays.flows[n, i], rtol=1e-9)
    assert "weighted as in the detail" in " ".join(weighted.notes)
    assert "each member counts alike" in " ".join(alike.notes)
    europe = [one for one, place in alike.place.items() if bare.countries[place] == "EUR"]
    rows = [alike.economies.index(one) for one in europe]
    np.testing.assert_allclose(
        alike.flows[n, rows, :].sum(axis=0)[alike.sectors.index("A01")], coarse.flows[1, 3, 0]
    )
    for held in (alike, weighted):
        assert held.flows.sum() == pytest.approx(coarse.arrays.flows.sum(), rel=1e-9)


def test_the_shipped_aggregate_carries_the_shipped_table():
    talks = load(regions="talks", sectors="talks")
    assert talks.finest is load()
    assert talks.law_cells.flows is load().law_cells.flows
