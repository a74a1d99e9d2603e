"""Shocks of other importers than the United States, of lists, quotas and what sector tables cannot see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.measures import headings, measure

from kosho.equilibrium import Shock
from kosho.impact import shock
from kosho.law import Measure, Register
from kosho.law.scope import HsList
from kosho.world import World, load

DAY = date(2025, 6, 29)


@pytest.fixture(scope="module")
def world() -> World:
    return load()


def cars(table: Shock) -> float:
    """What cars from Japan to the United States bear above the base year."""
    place = table.importer == table.countries.index("USA")
    place &= (table.exporter == table.countries.index("JPN")) & (table.sector == table.sectors.index("C29"))
    (row,) = np.flatnonzero(place & (np.array(table.part) == "vehicles-232"))
    return table.tariff[row] - table.base_tariff[row]


def with_law(law: Register, *measures: Measure, **lists: HsList) -> Register:
    """The measures of the United States, with others."""
    own = tuple(item for item in law.measures if item.imposer == "USA")
    return replace(law, measures=(*own, *measures), lists={**law.lists, **lists})


RICE = {"scope": {"sectors": ["A01"]}, "legal_from": "2025-03-10", "partners": {"include": ["USA"]}}


def test_any_importer_of_the_register_is_translated(world: World, law: Register):
    china = measure(id="china", imposer="CHN", authority="x", value=15, **RICE)
    table = shock(world, with_law(law, china), DAY)
    chn, usa, crops = table.countries.index("CHN"), table.countries.index("USA"), table.sectors.index("A01")
    row = (table.importer == chn) & (table.exporter == usa) & (table.sector == crops)
    assert table.tariff[row] - table.base_tariff[row] == pytest.approx(0.15)
    changed = (table.importer == chn) & (table.tariff != table.base_tariff)
    assert set(table.exporter[changed]) == {usa}
    assert set(table.importer[table.tariff != table.base_tariff]) == {chn, usa}


def changing(table: Shock) -> set[str]:
    """Importers whose duties change; others may have parts told apart that stay as they are."""
    return {table.countries[k] for k in np.unique(table.importer[table.tariff != table.base_tariff])}


def test_a_customs_union_acts_for_each_member(world: World, law: Register):
    union = measure(id="eu", imposer="EU27", authority="x", value=10, **RICE)
    book = with_law(law, union)
    names = changing(shock(world, book, DAY))
    assert {"DEU", "FRA", "POL", "USA"} <= names
    assert not {"GBR", "CHN", "JPN"} & names
    talks = load(regions="talks", sectors="talks")
    assert changing(shock(talks, book, DAY)) == {"USA", "EU27"}


def test_a_list_acts_through_its_groups(world: World, law: Register):
    book = with_law(
        law,
        measure(id="list", authority="x", value=7, scope={"lists": ["cars"], "attributes": {"us_232": "yes"}}),
        cars=headings("8703", groups=["vehicles-232"]),
    )
    before, after = shock(world, with_law(law), DAY), shock(world, book, DAY)
    assert cars(after) - cars(before) == pytest.approx(0.07)


def test_a_quota_is_the_mean_of_its_rates(world: World, law: Register):
    share = {"value": 0.25, "unit": "share", "status": "estimate", "source": "s"}
    quota = measure(id="q", authority="x", kind="tariff_quota", value=2, value_out=10, quota_share=share)
    before, after = shock(world, with_law(law), DAY), shock(world, with_law(law, quota), DAY)
    assert cars(after) - cars(before) == pytest.approx(0.08)


def test_what_sector_tables_cannot_see_is_told(world: World, law: Register):
    book = with_law(
        law,
        measure(id="bare", authority="b", value=50, scope={"lists": ["l"]}),
        measure(id="money", authority="c", kind="specific", unit="USD/kg"),
        measure(id="ban", authority="d", kind="ban", value=None),
        measure(id="china", authority="e", imposer="CHN", scope={"groups": ["steel"]}),
        measure(
            id="both",
            authority="f",
            imposer="CHN",
            scope={"goods": True, "groups": ["steel"]},
            partners={"include": ["TUV"]},
        ),
        l=headings("8703"),
    )
    told = {name: why for name, why in book.not_translated.items() if name not in law.not_translated}
    assert told == {
        "bare": "no product group stands for its headings",
        "money": "a duty in USD/kg needs unit values",
        "ban": "a measure of kind ban has no rate",
        "china": "no share of imports of CHN is given for its product groups",
    }
    assert book.partly_translated["both"] == ("steel",)
    before, after = shock(world, with_law(law), DAY), shock(world, book, DAY)
    usa = after.importer == after.countries.index("USA")
    assert after.tariff[usa] == pytest.approx(before.tariff[before.importer == after.countries.index("USA")])
    assert after.tariff[~usa] == pytest.approx(after.base_tariff[~usa])
