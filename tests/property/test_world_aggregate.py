"""Aggregation: on flows, nothing lost, equilibria stay equilibria."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import CELL, build, random_world

from kosho.errors import InputError
from kosho.world import PhysicalFlow, World, labelled

quick = settings(max_examples=25, deadline=None)


@st.composite
def worlds(draw: st.DrawFn, tariffs: bool = True) -> World:
    seed = draw(st.integers(0, 10_000))
    holes = draw(st.sampled_from([0.0, 0.3]))
    return random_world(seed, draw(st.integers(3, 6)), draw(st.integers(1, 4)), tariffs=tariffs, holes=holes)


def groups(codes: tuple[str, ...], data: st.DataObject, prefix: str) -> dict[str, tuple[str, ...]]:
    place = data.draw(st.lists(st.integers(0, 2), min_size=len(codes), max_size=len(codes)))
    found: dict[str, list[str]] = {}
    for code, group in zip(codes, place, strict=True):
        found.setdefault(f"{prefix}{group}", []).append(code)
    return {code: tuple(members) for code, members in found.items()}


def total(world: World) -> dict[str, float]:
    a = world.arrays
    return {
        "flows": a.flows.sum(),
        "expenditure": a.expenditure.sum(),
        "revenue": a.revenue.sum(),
        "value added": a.value_added.sum(),
        "income": a.income.sum(),
    }


def assert_same(first: World, second: World) -> None:
    for name in ("flows", "tariff", "io_share", "va_share", "final_share", "theta"):
        np.testing.assert_allclose(
            getattr(first, name), getattr(second, name), rtol=1e-11, atol=1e-13, err_msg=name
        )


@given(worlds())
@quick
def test_aggregating_to_itself_changes_nothing(world: World):
    same = world.aggregate(
        regions={code: (code,) for code in world.countries}, sectors={code: (code,) for code in world.sectors}
    )
    assert_same(same, world)
    assert same.countries == world.countries
    assert_same(world.aggregate(), world)


@given(worlds(), st.data())
@quick
def test_an_equilibrium_stays_one(world: World, data: st.DataObject):
    small = world.aggregate(
        regions=groups(world.countries, data, "R"), sectors=groups(world.sectors, data, "K")
    )
    assert small.imbalance < 1e-12
    np.testing.assert_allclose(small.final_share.sum("sector"), 1.0, rtol=1e-12)
    assert small.arrays.flows.sum() == pytest.approx(world.arrays.flows.sum())


@given(worlds(), st.data())
@quick
def test_without_trade_inside_regions_everything_adds_up(world: World, data: st.DataObject):
    small = world.aggregate(sectors=groups(world.sectors, data, "K"))
    assert total(small) == pytest.approx(total(world))
    np.testing.assert_allclose(small.arrays.revenue, world.arrays.revenue, rtol=1e-11)
    np.testing.assert_allclose(
        small.arrays.deficits, world.arrays.deficits, atol=1e-9 * world.arrays.flows.sum()
    )


@given(worlds(tariffs=False), st.data())
@quick
def test_without_duties_regions_add_up_too(world: World, data: st.DataObject):
    small = world.aggregate(regions=groups(world.countries, data, "R"))
    assert total(small) == pytest.approx(total(world))


@given(worlds(), st.data())
@quick
def test_duties_on_trade_inside_a_region_are_all_that_is_lost(world: World, data: st.DataObject):
    regions = groups(world.countries, data, "R")
    small = world.aggregate(regions=regions)
    home = {code: region for region, members in regions.items() for code in members}
    revenue = world.arrays.flows * world.arrays.tariff
    inside = sum(
        revenue[n, i].sum()
        for n, importer in enumerate(world.countries)
        for i, exporter in enumerate(world.countries)
        if home[importer] == home[exporter]
    )
    assert small.arrays.revenue.sum() == pytest.approx(world.arrays.revenue.sum() - inside)
    assert small.arrays.expenditure.sum() == pytest.approx(world.arrays.expenditure.sum() - inside)
    assert any("inside" in note for note in small.meta.adjustments) == (inside > 0)


@given(worlds(), st.data())
@quick
def test_the_order_of_aggregation_does_not_matter(world: World, data: st.DataObject):
    sectors = groups(world.sectors, data, "K")
    first, last = world.countries[:2], world.countries[2:]
    regions = {"R0": first, "R1": last}
    together = world.aggregate(regions=regions, sectors=sectors)
    apart = world.aggregate(regions=regions).aggregate(sectors=sectors)
    for name in ("flows", "tariff", "io_share", "final_share"):
        np.testing.assert_allclose(getattr(apart, name), getattr(together, name), rtol=1e-10, atol=1e-12)
    assert apart.meta.regions == together.meta.regions
    assert apart.meta.sectors == together.meta.sectors


@given(worlds(), st.integers(2, 3))
@quick
def test_identical_sectors_make_one_like_each(world: World, copies: int):
    """A sector cut into equal parts and joined again is the same sector."""
    a = world.arrays
    codes = [f"{code}_{copy}" for code in world.sectors for copy in range(copies)]
    flows = np.repeat(a.flows, copies, axis=2) / copies
    gamma = np.repeat(np.repeat(a.gamma, copies, axis=1) / copies, copies, axis=2)
    fine = build(
        flows,
        tariff=np.repeat(a.tariff, copies, axis=2),
        io_share=gamma,
        theta=np.repeat(a.theta, copies),
        countries=world.countries,
        sectors=codes,
    )
    members = {code: [f"{code}_{copy}" for copy in range(copies)] for code in world.sectors}
    assert_same(fine.aggregate(sectors=members), world)


@given(worlds())
@quick
def test_identical_countries_make_one_like_each(world: World):
    """A country cut into equal halves that trade like one market and joined again is the same country."""
    a = world.arrays
    codes = [*world.countries[:-1], "Z1", "Z2"]
    parent = [*range(len(world.countries) - 1), len(world.countries) - 1, len(world.countries) - 1]
    weight = np.array([1.0] * (len(world.countries) - 1) + [0.5, 0.5])
    flows = a.flows[np.ix_(parent, parent)] * weight[:, None, None] * weight[None, :, None]
    fine = build(
        flows,
        tariff=a.tariff[np.ix_(parent, parent)],
        io_share=a.gamma[parent],
        theta=a.theta,
        countries=codes,
        sectors=world.sectors,
    )
    regions = {code: (code,) for code in world.countries[:-1]} | {world.countries[-1]: ("Z1", "Z2")}
    assert_same(fine.aggregate(regions=regions), world)


@given(worlds(), st.data())
@quick
def test_elasticities_lie_between_those_of_their_members(world: World, data: st.DataObject):
    sectors = groups(world.sectors, data, "K")
    spread = world.theta.copy(data=np.linspace(0.1, 0.5, len(world.sectors)))
    small = replace(world, theta_spread=spread).aggregate(sectors=sectors)
    assert small.theta_spread is not None
    for code, members in sectors.items():
        for old, new in ((world.theta, small.theta), (spread, small.theta_spread)):
            inside = old.sel(sector=list(members)).to_numpy()
            assert inside.min() - 1e-12 <= new.sel(sector=code).item() <= inside.max() + 1e-12


def test_theta_is_weighted_by_trade_between_countries():
    flows = np.zeros((2, 2, 3))
    flows[0, 0], flows[1, 1] = 100.0, 50.0
    flows[0, 1, :2] = 30.0, 10.0
    world = build(flows, theta=[2.0, 6.0, 8.0])
    small = world.aggregate(sectors={"T": ("S00", "S01"), "N": ("S02",)})
    assert small.theta.to_numpy() == pytest.approx([3.0, 8.0])


def test_a_cell_is_unknown_where_most_of_its_trade_is():
    flows = np.ones((3, 3, 1)) * 10.0
    flows[0, 1] = 30.0
    world = build(flows)
    mask = np.zeros(flows.shape, bool)
    mask[0, 1] = True
    world = replace(world, unknown_tariff=world.tariff.copy(data=mask))
    small = world.aggregate(regions={"A": ("C00",), "B": ("C01", "C02")}).unknown_tariff
    assert small is not None
    assert small.to_numpy()[:, :, 0].tolist() == [[False, True], [False, False]]


def test_quantities_go_along_where_they_still_fit():
    flows = np.ones((4, 4, 2)) * 10.0
    world = build(flows).with_units(
        [
            PhysicalFlow("C00", "C01", "S00", 5.0, "vehicles", source="customs"),
            PhysicalFlow("C00", "C02", "S00", 7.0, "vehicles"),
            PhysicalFlow("C01", "C00", "S00", 9.0, "tonnes"),
            PhysicalFlow("C01", "C00", "S01", 1.0, "tonnes", part="corn"),
            PhysicalFlow("C01", "C02", "S01", 1.0, "tonnes"),
        ]
    )
    regions = {"A": ("C00",), "B": ("C01", "C02"), "D": ("C03",)}
    small = world.aggregate(regions=regions)
    assert small.units == (
        PhysicalFlow("A", "B", "S00", 12.0, "vehicles", source="customs"),
        PhysicalFlow("B", "A", "S01", 1.0, "tonnes", part="corn"),
    )
    left_out = [note for note in small.meta.adjustments if "quantity" in note]
    assert len(left_out) == 2
    assert world.aggregate().units == world.units


def test_wrong_groups_are_told_together():
    world = random_world(1)
    with pytest.raises(InputError) as error:
        world.aggregate(
            regions={"A": ("C00", "C01"), "B": ("C01", "C0X"), "E": ()},
            sectors={"K": ("S00",)},
        )
    text = str(error.value)
    for part in (
        "unknown country 'C0X' in B",
        "C01 is in two groups, A and B",
        "E has no members",
        "C02, C03 are in no group",
        "S01, S02 are in no group",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("regions", "told"),
    [
        ({"A": "C00", "B": 3, "C": {"C01"}}, ["'A'", "'B'", "'C'"]),
        ({1: ("C00",), None: ("C01",)}, ["1", "None"]),
        ({2: "C00"}, ["2"]),
        ({"A": ["C00", "C01", "C02"], "B": ("C03",)}, []),
    ],
)
def test_groups_are_lists_of_members_by_code(regions: Any, told: list[str]):
    world = random_world(1)
    if not told:
        assert world.aggregate(regions=regions).countries == ("A", "B")
        return
    with pytest.raises(InputError) as error:
        world.aggregate(regions=regions)
    assert [one.message for one in error.value.problems] == [f"{code} has no list of members" for code in told]


def test_a_world_that_is_no_equilibrium_keeps_its_gap():
    world = random_world(3)
    odd = World.from_flows(
        world.flows,
        tariff=world.tariff * 0.0,
        io_share=world.io_share,
        theta=world.theta,
        final_share=labelled(
            np.full(world.final_share.shape, 1 / 3), ("country", "sector"), world.countries, world.sectors
        ),
    )
    assert odd.imbalance > 1e-3
    assert odd.aggregate().imbalance == pytest.approx(odd.imbalance)
    assert tuple(odd.aggregate().flows.dims) == CELL
