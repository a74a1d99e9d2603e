"""When two states of the law ask the same of the economy, and what acts once more is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.measures import measure

from kosho.equilibrium import Nest, Quota, Shock
from kosho.equilibrium.constraints import Flow
from kosho.impact import shock
from kosho.impact.effects import Effects
from kosho.impact.reach import idle, same_duties, same_question
from kosho.law import Overlay, Register
from kosho.world import World, load, toy

DAY, KNOWN = date(2025, 7, 9), date(2025, 6, 29)
CAR = ("USA", "JPN", "C29")


@pytest.fixture(scope="module")
def talks() -> World:
    return load(regions="talks", sectors="talks")


def rows(*told: dict[str, Any]) -> Shock:
    """A shock to the toy world, by row: the whole cell, taxed at 2.5 %, where nothing else is said."""
    world = toy()
    usual = {"share": 1.0, "cost": 1.0, "base_tariff": 0.025, "tariff": 0.025, "rent": 0.0}
    table = [usual | one for one in told]
    column = {name: np.array([one[name] for one in table], float) for name in usual}
    there = world.countries.index("JPN")
    return Shock(
        countries=world.countries,
        sectors=world.sectors,
        importer=np.full(len(table), world.countries.index("USA")),
        exporter=np.full(len(table), there),
        sector=np.array([one.get("sector", world.sectors.index("C29")) for one in table], int),
        holder=np.array([there if one.get("rent") else -1 for one in table], int),
        part=tuple(str(one.get("part", "")) for one in table),
        **column,
    )


NONE = rows()
"""Nothing at all."""


@pytest.mark.parametrize(
    "row",
    [
        {"tariff": 0.25},
        {"tariff": 0.0},
        {"cost": 1.1},
        {"cost": 0.9},
        {"rent": 0.1},
        {"tariff": 0.25, "cost": 1.1, "rent": 0.1},
    ],
)
def test_a_row_that_changes_a_duty_a_cost_or_a_rent_is_another_question(row: dict[str, float]) -> None:
    changed = rows(row)
    assert same_duties(changed, rows(row))
    assert not same_duties(changed, NONE)
    assert not same_duties(changed, rows({**row, "share": 0.5}))
    assert not same_duties(changed, rows({**row, "part": "cars"}))
    assert not same_duties(changed, rows({**row, "sector": 0 if toy().sectors[0] != "C29" else 1}))


def test_a_row_that_changes_nothing_does_not_count_nor_does_the_order() -> None:
    first, second = {"share": 0.3, "part": "cars", "tariff": 0.25}, {"share": 0.6, "tariff": 0.1}
    still = {"share": 0.1, "part": "buses"}
    assert same_duties(rows(first, second), rows(second, still, first))
    assert same_duties(rows(still), NONE)
    assert not same_duties(rows(first, second), rows({**first, "tariff": 0.1}, {**second, "tariff": 0.25}))


def quota(name: str, share: float) -> Quota:
    return Quota(name=name, flows=(Flow(*CAR),), amount=share, basis="share", holder="JPN")


def test_bounds_and_the_products_that_they_are_on_are_part_of_the_question() -> None:
    half = quota("half", 0.5)
    third = quota("third", 0.3)
    nest = Nest("cars", importer="USA", sector="C29", theta=4.0, between=0.5, shares={"JPN": 0.2, "USA": 0.3})
    free = Effects(NONE)
    assert same_question(free, Effects(NONE, nests=(nest,)))  # told apart, and nothing is on it
    assert same_question(Effects(NONE, (half, third)), Effects(NONE, (third, half)))
    assert not same_question(free, Effects(NONE, (half,)))
    assert not same_question(Effects(NONE, (half,)), Effects(NONE, (third,)))
    assert not same_question(Effects(NONE, (half,)), Effects(NONE, (half,), (nest,)))
    assert same_question(Effects(NONE, (half,), (nest,)), Effects(NONE, (half,), (nest,)))
    assert not same_question(Effects(rows({"tariff": 0.25}), (half,)), Effects(NONE, (half,)))


def test_what_adds_to_the_law_is_idle_as_it_was_known_though_it_acts_once_more_is_known(
    law: Register, talks: World
) -> None:
    """An exemption from it holds; that it has ended became known after the day of knowledge."""
    shield = measure(id="shield", kind="exemption", value=None, excludes=["mine"], authority="shield")
    over = measure(
        id="over",
        kind="termination",
        value=None,
        scope=None,
        terminates=["shield"],
        authority="over",
        legal_from="2025-07-01",
        known_from="2025-08-01",
    )
    register = replace(law, measures=(*law.measures, shield, over))
    asked = Overlay(title="Mine", add=(measure(id="mine", authority="mine", partners={"include": ["JPN"]}),))
    assert set(idle(talks, register, asked, DAY, KNOWN)) == {"mine"}
    assert idle(talks, register, asked, DAY, None) == {}


def test_what_takes_away_is_asked_again_with_all_that_is_known(law: Register, talks: World) -> None:
    later = measure(id="later", authority="later", value=30, legal_from="2025-07-01", known_from="2025-08-01")
    register = replace(law, measures=(*law.measures, later))
    free = measure(
        id="free",
        kind="exemption",
        value=None,
        excludes=["later"],
        authority="f",
        partners={"include": ["JPN"]},
    )
    assert idle(talks, register, Overlay(title="Mine", add=(free,)), DAY, KNOWN) == {}
    assert idle(
        talks,
        register,
        Overlay(title="Mine", add=(free.model_copy(update={"excludes": ("high",)}),)),
        DAY,
        KNOWN,
    )


def test_products_told_apart_are_parts_where_no_law_is_on_their_importer(law: Register, talks: World) -> None:
    others = replace(law, measures=tuple(one for one in law.measures if not one.imposed_by("JPN")))
    found = shock(talks, others, date(2025, 6, 29))
    japan = talks.countries.index("JPN")
    assert {found.part[row] for row in np.flatnonzero(found.importer == japan)} == {"electric-cars"}
    assert np.array_equal(found.tariff[found.importer == japan], found.base_tariff[found.importer == japan])
