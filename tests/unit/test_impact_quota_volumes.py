"""Tariff quotas that say how much they are; bounds of the base year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import cited, measure

from kosho.equilibrium import Counterfactual, TariffQuota, solve
from kosho.impact.effects import effects
from kosho.impact.product_nests import niches
from kosho.impact.quota_volumes import counted
from kosho.impact.tariff_shock import shock as duties
from kosho.law import Register
from kosho.law.nontariff_terms import Amount
from kosho.law.overlay import Overlay
from kosho.law.references import cited_in
from kosho.provenance import Cited
from kosho.world import World

STEEL = date(2024, 6, 1)
"""Japan's steel is under its tariff quota."""
RICE = date(2025, 12, 1)


def test_a_tariff_quota_binds_where_the_world_counts_its_goods(talks: World, law: Register) -> None:
    world = counted(talks, law)
    told = effects(world, law, STEEL)
    by_name = {one.name: one for one in told.constraints}
    steel = by_name["us-232-steel-quota"]
    assert isinstance(steel, TariffQuota)
    assert (steel.amount, steel.unit, steel.inside, steel.outside) == (1_250_000, "tonnes", 0.0, 0.25)
    outcome = solve(world, told.counterfactual)
    found = {one.constraint.name: one for one in outcome.constraints}["us-232-steel-quota"]
    assert found.base == pytest.approx(1_143_000)
    assert found.free > found.required
    assert found.reached == pytest.approx(1_250_000, rel=1e-6)
    assert 0 < found.wedge < 0.25
    assert found.rent == pytest.approx(float(outcome.rents.sel(country="USA")), rel=0.05)
    # British steel does not fill its own.
    british = {one.constraint.name: one for one in outcome.constraints}["us-232-steel-quota-2"]
    assert british.wedge == 0.0
    assert british.reached < british.required


def test_elsewhere_the_mean_of_its_rates_acts_and_is_listed(talks: World, law: Register) -> None:
    told = effects(talks, law, STEEL)
    assert "does not count its goods in tonnes" in told.left_out["us-232-steel-quota"]
    assert not any(isinstance(one, TariffQuota) for one in told.constraints)
    np.testing.assert_array_equal(told.shock.tariff, duties(talks, law, STEEL).tariff)


def test_both_rates_are_whole_rates_whatever_mean_the_shock_has(talks: World, law: Register) -> None:
    steel = law.measure("us-232-steel-quota")
    half = steel.model_copy(update={"quota_share": Cited.model_validate(cited(0.5))})
    mixed = replace(law, measures=tuple(half if m.id == steel.id else m for m in law.measures))
    world = counted(talks, mixed)
    (bound,) = [one for one in effects(world, mixed, STEEL).constraints if one.name == "us-232-steel-quota"]
    assert isinstance(bound, TariffQuota)
    # The group pays the base year's layers on top of its own rate; the mean is taken out of both sides.
    assert bound.outside - bound.inside == pytest.approx(0.25)
    plain = duties(world, mixed, STEEL)
    (row,) = [
        k
        for k in range(len(plain))
        if plain.part[k] == "steel"
        and (world.countries[plain.importer[k]], world.countries[plain.exporter[k]]) == ("USA", "JPN")
    ]
    assert bound.inside == pytest.approx(float(plain.tariff[row]) - 0.125)


def test_british_cars_have_their_hundred_thousand(talks: World, law: Register) -> None:
    world = counted(talks, law)
    told = effects(world, law, date(2025, 9, 1))
    (cars,) = [one for one in told.constraints if isinstance(one, TariffQuota)]
    assert (cars.name, cars.amount, cars.unit) == ("us-232-autos-gbr", 100_000, "vehicles")
    assert (cars.inside, cars.outside) == (pytest.approx(0.1), pytest.approx(0.275))
    outcome = solve(world, told.counterfactual)
    (found,) = [one for one in outcome.constraints if one.constraint.name == cars.name]
    assert found.wedge == 0.0
    plain = solve(world, Counterfactual(told.shock, nests=told.nests))
    np.testing.assert_allclose(outcome.welfare, plain.welfare, atol=1e-8)


def test_counting_adds_nothing_twice_and_leaves_other_worlds_alone(talks: World, law: Register) -> None:
    world = counted(talks, law)
    assert counted(world, law).units == world.units
    coarse = talks.aggregate(regions={"JPN": ["JPN"], "X": [code for code in talks.countries if code != "JPN"]})
    # Britain is not told apart there; the rice of all origins is.
    assert [(flow.part, flow.quantity) for flow in counted(coarse, law).units] == [("rice", 770_000)]


def test_minimum_access_for_rice_binds_once_more_is_promised_inside_it(talks: World, law: Register) -> None:
    before = effects(talks, law, date(2025, 6, 29))
    assert "nothing else in force bounds its goods" in before.left_out["jpn-rice-access"]
    assert before.constraints == ()
    told = effects(talks, law, RICE)
    names = {one.name for one in told.constraints}
    assert {"jpn-us-rice", "jpn-rice-access"} <= names
    outcome = solve(talks, told.counterfactual)
    by_name = {one.constraint.name: one for one in outcome.constraints}
    access, american = by_name["jpn-rice-access"], by_name["jpn-us-rice"]
    # Counted in tonnes by the source, as a share of its base where the world does not count.
    assert access.constraint.basis == "share"
    assert access.reached == pytest.approx(access.base, rel=1e-6)
    assert american.reached == pytest.approx(1.75 * american.base, rel=1e-6)
    world = counted(talks, law)
    told = effects(world, law, RICE)
    outcome = solve(world, told.counterfactual)
    by_name = {one.constraint.name: one for one in outcome.constraints}
    assert by_name["jpn-us-rice"].reached == pytest.approx(605_500, rel=1e-6)
    assert by_name["jpn-rice-access"].reached <= 770_000 * (1 + 1e-6)


def test_of_one_authority_a_scenario_takes_the_place_of_what_is_in_force(talks: World, law: Register) -> None:
    other = measure(
        id="other-access",
        imposer="JPN",
        authority="jpn-rice-access",
        kind="quota",
        value=None,
        scope={"sectors": ["C10T12"]},
        terms={"amount": cited(1.2), "basis": "share", "niches": ["rice"], "holder": "importer"},
    )
    told = effects(talks, law, RICE, replace=Overlay(title="x", add=(other,)))
    names = {one.name for one in told.constraints}
    assert "other-access" in names
    assert "jpn-rice-access" not in names
    assert "another measure of jpn-rice-access" in told.left_out["jpn-rice-access"]


def test_everything_named_exists(law: Register) -> None:
    named = {name for item in law.lists.values() for name in item.niches}
    named |= {name for one in law.measures if isinstance(one.terms, Amount) for name in one.terms.niches}
    assert named <= set(niches())
    for one in law.measures:
        assert set(cited_in(one)) <= set(law.sources)


def test_mistakes_are_told() -> None:
    with pytest.raises(ValidationError, match="only a tariff quota"):
        measure(quota={"amount": cited(1, "tonnes"), "counted": "tonnes"})
    with pytest.raises(ValidationError, match="a level that is counted"):
        Amount.model_validate({"amount": cited(1), "base": cited(1, "tonnes"), "basis": "share"})
