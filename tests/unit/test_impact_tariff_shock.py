"""The law as a shock to the default world: what adds up, and what aggregation must not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.measures import measure
from tests.worlds import build

from kosho.codes import sectors
from kosho.equilibrium import Shock
from kosho.errors import InputError
from kosho.impact import shock
from kosho.impact.tariff_shock import _ShockRows
from kosho.law import Overlay, Register
from kosho.world import World, load

DAY = date(2025, 6, 29)


@pytest.fixture(scope="module")
def world() -> World:
    return load()


@pytest.fixture(scope="module")
def june(world: World, law: Register) -> Shock:
    return shock(world, law, DAY, DAY)


def rows(table: Shock, exporter: str, sector: str, part: str) -> np.ndarray:
    e, s = table.countries.index(exporter), table.sectors.index(sector)
    named = np.array([label == part for label in table.part])
    return np.flatnonzero((table.exporter == e) & (table.sector == s) & named)


def value(table: Shock, world: World, rate: np.ndarray) -> np.ndarray:
    """Duty paid at `rate` on base customs value, by row, million USD."""
    a = world.arrays
    gross = (a.flows * (1 + a.tariff))[table.importer, table.exporter, table.sector]
    return table.share * gross / (1 + table.base_tariff) * rate


def test_of_no_rows_every_column_is_empty():
    found = _ShockRows(("JPN", "USA"), ("C29",)).shock()
    assert len(found) == 0
    columns = (
        found.importer,
        found.exporter,
        found.sector,
        found.share,
        found.tariff,
        found.base_tariff,
        found.cost,
    )
    assert [len(column) for column in columns] == [0] * len(columns)


def test_parts_add_up_to_the_cell(june: Shock, world: World):
    cells, row = june.cells()
    total = np.bincount(row, june.share)
    assert total.max() <= 1 + 1e-9
    revenue = np.bincount(row, value(june, world, june.base_tariff))
    a = world.arrays
    whole = (a.flows * a.tariff).reshape(-1)[cells]
    # Where the parts are the whole cell their base revenue is the cell's; elsewhere the rest has what is left.
    full = total > 1 - 1e-9
    assert full.sum() > 1000
    np.testing.assert_allclose(revenue[full], whole[full], rtol=1e-9, atol=1e-12 * whole.max())


@pytest.mark.parametrize(
    ("exporter", "sector", "part", "percent"),
    [
        ("JPN", "C29", "vehicles-232", 27.5),
        ("JPN", "C29", "auto-parts", 27.5),
        ("JPN", "C24A", "steel", 50.0),
        ("GBR", "C24A", "steel", 25.0),
    ],
)
def test_rates_of_parts_are_those_of_the_law(june: Shock, exporter, sector, part, percent):
    (found,) = rows(june, exporter, sector, part)
    assert 100 * june.tariff[found] == pytest.approx(percent, abs=0.3)


def test_what_was_in_force_in_the_base_year_is_no_change(june: Shock):
    (cars,) = rows(june, "CHN", "C29", "vehicles-232")
    assert june.tariff[cars] - june.base_tariff[cars] == pytest.approx(0.45)  # 25 and 20; Section 301 in both


def test_the_rise_of_the_average_rate_agrees_with_others(june: Shock, world: World):
    # Statutory 15.8 % (The Budget Lab at Yale, 17 June 2025) and 13.1 % (Federal Reserve staff, July 2025)
    # against 2.3 % in 2024; theirs on trade of 2024, ours of 2022.
    goods = [code for code in world.sectors if code in sectors() and sectors()[code].goods]
    imports = world.flows.sel(importer="USA", sector=goods).drop_sel(exporter="USA").sum().item()
    into_usa = june.importer == june.countries.index("USA")
    rise = value(june, world, june.tariff - june.base_tariff)[into_usa].sum() / imports
    assert 0.108 < rise < 0.135


def test_usmca_goods_are_parts_of_their_own(june: Shock):
    cars = rows(june, "MEX", "C29", "vehicles-232")
    assert sorted(june.tariff[cars] - june.base_tariff[cars]) == pytest.approx([0.15, 0.25])
    parts = rows(june, "MEX", "C29", "auto-parts")
    assert sorted(june.tariff[parts] - june.base_tariff[parts]) == pytest.approx([0.0, 0.25])
    rest = rows(june, "CAN", "C13T15", "")
    assert june.tariff[rest] - june.base_tariff[rest] == pytest.approx([0.25])  # the free share is no part


def test_only_imposers_of_measures_are_touched(june: Shock):
    moved = np.abs(june.tariff - june.base_tariff) > 1e-12
    pairs = {
        (june.countries[june.importer[i]], june.countries[june.exporter[i]]) for i in np.flatnonzero(moved)
    }
    assert {importer for importer, _ in pairs} == {"USA", "CHN", "CAN"}
    # China and Canada answer the United States alone; Chinese electric cars are no part of their own.
    assert {pair for pair in pairs if pair[0] != "USA"} == {("CHN", "USA"), ("CAN", "USA")}
    assert "" in june.part
    assert (june.tariff >= june.base_tariff - 1e-12).all()


def test_nothing_changes_when_the_law_is_that_of_the_base_year(world: World, law: Register):
    quiet = shock(world, law, date(2024, 6, 30))
    moved = np.abs(quiet.tariff - quiet.base_tariff) > 1e-12
    # Steel of Japan, Britain and Ukraine and aluminium of Britain came inside quotas during 2022; Russian
    # aluminium has borne 200 percent since March 2023.
    places = {(quiet.countries[quiet.exporter[i]], quiet.part[i]) for i in np.flatnonzero(moved)}
    assert places == {
        ("JPN", "steel"),
        ("GBR", "steel"),
        ("UKR", "steel"),
        ("GBR", "aluminium"),
        ("RUS", "aluminium"),
        ("RUS", "aluminium-articles"),
    }


def test_the_same_duty_is_paid_in_the_aggregated_world(june: Shock, world: World, law: Register):
    talks = load(regions="talks", sectors="talks")
    small = shock(talks, law, DAY, DAY)
    change = value(june, world, june.tariff - june.base_tariff).sum()
    assert value(small, talks, small.tariff - small.base_tariff).sum() == pytest.approx(change, rel=1e-9)
    for region in ("EU27", "ROW"):
        members = talks.meta.regions[region]
        inside = np.isin(june.exporter, [world.position(code) for code in members])
        whole = value(june, world, june.tariff - june.base_tariff)[inside].sum()
        mine = small.exporter == talks.position(region)
        assert value(small, talks, small.tariff - small.base_tariff)[mine].sum() == pytest.approx(
            whole, rel=1e-9
        )


def test_a_floor_applies_to_each_line_before_averaging(world: World, law: Register):
    floor = measure(
        id="floor",
        kind="floor",
        value=15,
        partners={"include": ["JPN"]},
        excludes=["us-ieepa-baseline-10"],
        legal_from="2025-06-01",
    )
    changed = shock(world, law, DAY, DAY, Overlay(title="floor", add=(floor,)))
    flat = rows(changed, "JPN", "C28", "")
    assert changed.tariff[flat] == pytest.approx([0.15])
    # Clothes: lines above 15 keep their rate, so the average is above 15.
    clothes = rows(changed, "JPN", "C13T15", "")
    lines = law.products.lines("USA", "C13T15", float(changed.base_tariff[clothes][0]))
    assert max(rate for rate, _ in lines) > 0.15
    expected = sum(weight * max(rate, 0.15) for rate, weight in lines)
    assert changed.tariff[clothes] == pytest.approx([expected])
    assert expected > 0.151


def test_worlds_the_register_does_not_fit_are_refused(world: World, law: Register):
    with pytest.raises(InputError, match="the world has no base year"):
        shock(replace(world, meta=replace(world.meta, year=None)), law, DAY)
    with pytest.raises(InputError, match="USA on 2030-01-01 are not in the register"):
        shock(world, law, date(2030, 1, 1))
    odd = build(np.ones((2, 2, 1)), countries=("USA", "Mars"), sectors=("C29",))
    odd = replace(odd, meta=replace(odd.meta, year=2022))
    with pytest.raises(InputError, match="'Mars' of the world is neither a known code nor one of its regions"):
        shock(odd, law, DAY)
    pair = build(np.ones((2, 2, 1)), countries=("PER", "CHL"), sectors=("C29",))
    with pytest.raises(InputError, match="no economy of this world imposes a measure of the register"):
        shock(replace(pair, meta=replace(pair.meta, year=2022)), law, DAY)


def test_an_aggregate_of_another_table_is_refused(law: Register):
    talks = load(regions="talks")
    other = replace(talks, flows=2.0 * talks.flows)
    with pytest.raises(InputError, match="the trade of the world is no longer that of icio-2022"):
        shock(other, law, DAY)


@pytest.mark.parametrize("detail", [{"regions": "talks"}, {"sectors": "talks"}])
def test_either_side_may_be_aggregated_alone(detail, june: Shock, world: World, law: Register):
    partly = load(**detail)
    found = shock(partly, law, DAY, DAY)
    change = value(june, world, june.tariff - june.base_tariff).sum()
    assert value(found, partly, found.tariff - found.base_tariff).sum() == pytest.approx(change, rel=1e-9)


def test_a_small_world_of_ones_own_works(law: Register):
    pair = build(np.full((2, 2, 2), 100.0), tariff=0.025, countries=("USA", "JPN"), sectors=("C29", "G"))
    found = shock(replace(pair, meta=replace(pair.meta, year=2022)), law, DAY, DAY)
    cars = rows(found, "JPN", "C29", "vehicles-232")
    assert found.share[cars] == pytest.approx([0.78])
    assert found.tariff[cars] == pytest.approx([0.275])
    assert set(found.sector) == {0}


@pytest.mark.parametrize("ceiling", [0.15, 0.10, 0.02])
def test_a_floor_on_a_group_of_one_duty_tops_it_up_to_its_value(ceiling: float, law: Register):
    """Cars pay 2.5 percent: 15 in all is 15, and a floor below the duty adds nothing."""
    pair = build(np.full((2, 2, 2), 100.0), tariff=0.025, countries=("USA", "JPN"), sectors=("C29", "G"))
    floor = measure(
        id="cars",
        kind="floor",
        value=100 * ceiling,
        partners={"include": ["JPN"]},
        scope={"groups": ["vehicles-232"]},
        excludes=["us-232-autos-25", "us-ieepa-reciprocal", "us-232-metals"],
        legal_from="2025-06-01",
    )
    world = replace(pair, meta=replace(pair.meta, year=2022))
    found = shock(world, law, DAY, DAY, Overlay(title="floor", add=(floor,)))
    (cars,) = rows(found, "JPN", "C29", "vehicles-232")
    assert found.tariff[cars] == pytest.approx(max(0.025, ceiling), abs=1e-12)
