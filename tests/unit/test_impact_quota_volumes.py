"""Tariff quotas that say how much they are; bounds of the base year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import cited, measure

from kosho.equilibrium import Counterfactual, Flow, Nest, TariffQuota, solve
from kosho.impact.effects import effects
from kosho.impact.measure_effects import _Seen
from kosho.impact.product_nests import niches
from kosho.impact.quota_volumes import counted, counts, gap, whole_rates
from kosho.impact.tariff_shock import shock as duties
from kosho.law import Measure, Register
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


CELL = Flow("USA", "JPN", "C24", "steel")
RATED = measure(
    id="quota", kind="tariff_quota", value=5, value_out=25, quota_share=cited(0.4), scope={"goods": True}
)


def rows(*rates: tuple[int, str, float]) -> Any:
    """Shock rows of the exporter at a place, with parts and rates."""
    return SimpleNamespace(
        importer=np.zeros(len(rates), int),
        exporter=np.array([i for i, _, _ in rates]),
        sector=np.zeros(len(rates), int),
        part=[part for _, part, _ in rates],
        tariff=np.array([rate for _, _, rate in rates]),
    )


PLACES: Any = SimpleNamespace(
    position=["USA", "JPN", "KOR"].index,
    sector_position=["C24"].index,
    countries=("USA", "JPN", "KOR"),
    meta=SimpleNamespace(regions={}),
    units=(),
)


@pytest.mark.parametrize(
    ("flow", "unit", "whether"),
    [
        (CELL, "tonnes", True),
        (CELL, "", True),
        (CELL, "vehicles", False),
        (replace(CELL, importer="KOR"), "tonnes", False),
        (replace(CELL, exporter="KOR"), "tonnes", False),
        (replace(CELL, sector="C25"), "tonnes", False),
        (replace(CELL, part=""), "tonnes", False),
    ],
)
def test_a_flow_is_counted_where_all_that_names_it_is_the_same(flow: Flow, unit: str, whether: bool) -> None:
    about = SimpleNamespace(importer="USA", exporter="JPN", sector="C24", part="steel", unit="tonnes")
    world: Any = SimpleNamespace(units=[about])
    assert counts(world, flow, unit) is whether


def test_all_goods_of_a_quota_pay_one_rate_inside_and_one_outside_or_none_is_told() -> None:
    assert gap(RATED, "JPN") == pytest.approx(0.2)
    assert gap(RATED, "USA") == 0.0  # nobody taxes itself
    alike = rows((1, "steel", 0.20), (1, "steel", 0.20), (1, "", 0.5), (2, "steel", 0.9))
    mean = 0.4 * 5 + 0.6 * 25
    inside = 0.20 + (5 - mean) / 100
    assert whole_rates(PLACES, alike, RATED, CELL) == pytest.approx((inside, inside + 0.2))
    apart = rows((1, "steel", 0.20), (1, "steel", 0.21))
    assert whole_rates(PLACES, apart, RATED, CELL) is None
    assert whole_rates(PLACES, rows((2, "steel", 0.2)), RATED, CELL) is None  # nothing of it is in the shock
    of_japan = RATED.model_copy(update={"value": {"JPN": 5.0}, "value_out": {"JPN": 25.0}})
    assert whole_rates(PLACES, alike, of_japan, CELL) is not None
    assert whole_rates(PLACES, alike, of_japan, replace(CELL, exporter="KOR")) is None


@pytest.mark.parametrize("known", [("JPN",), ("JPN", "KOR")])
def test_a_quota_that_a_world_counts_the_goods_of_some_origins_of_is_left_to_the_mean(
    known: tuple[str, ...],
) -> None:
    units = [
        SimpleNamespace(importer="USA", exporter=code, sector="C24", part="steel", unit="tonnes")
        for code in known
    ]
    world = SimpleNamespace(**vars(PLACES) | {"units": units})
    shock = rows((1, "steel", 0.2), (2, "steel", 0.2))
    flows = (CELL, replace(CELL, exporter="KOR"))
    amount = Amount.model_validate(
        {"amount": cited(100.0, "tonnes"), "counted": "tonnes", "holder": "importer"}
    )
    read: Any = SimpleNamespace(
        world=world,
        shock=shock,
        _bounded=lambda _measure, _terms: (None, flows),
        _member=lambda code: code,
        _about=lambda _terms, name, taxed: {"name": name, "flows": taxed, "amount": 100.0, "unit": "tonnes"},
    )
    found = _Seen._tariff_quota(read, RATED, amount)
    assert (found.left_out is None) == (len(known) == 2)
    assert len(found.constraints) == (len(known) == 2)


@pytest.mark.parametrize("known", [(), ("JPN",), ("JPN", "KOR")])
@pytest.mark.parametrize("based", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_an_amount_of_goods_that_a_world_does_not_count_all_of_is_a_share_of_its_base_or_does_nothing(
    known: tuple[str, ...], based: bool, shared: bool
) -> None:
    units = [
        SimpleNamespace(importer="USA", exporter=code, sector="C24", part="steel", unit="tonnes")
        for code in known
    ]
    flows = [CELL, replace(CELL, exporter="KOR")]
    base = {"base": cited(80.0, "tonnes")} if based else {}
    terms = Amount.model_validate(
        {"amount": cited(100.0, "tonnes", 60.0, 140.0), "counted": "tonnes", "shared": shared, **base}
    )
    one = measure(id="q", kind="quota", value=None, scope={"goods": True}, terms=terms.model_dump())
    world: Any = SimpleNamespace(units=units)
    nothing: Any = None

    class Bounding(_Seen):
        def _bounded(self, measure: Measure, terms: Amount) -> tuple[dict[str, Nest], list[Flow]]:
            del measure, terms
            return {}, flows

    found = Bounding(world, nothing, nothing, "high").effect(one)
    if not based and len(known) < 2:
        assert "does not count its goods in tonnes" in (found.left_out or "")
        assert found.constraints == ()
        return
    whole = [flows] if shared else [[flow] for flow in flows]
    names = ["q"] if shared else [f"q: {flow}" for flow in flows]
    counted_here = [all(flow.exporter in known for flow in group) for group in whole]
    assert found.left_out is None
    assert [list(one.flows) for one in found.constraints] == whole
    assert [one.name for one in found.constraints] == names
    share = (140.0 / 80.0, "share", "") if based else None
    assert [(one.amount, one.basis, one.unit) for one in found.constraints] == [
        (140.0, "level", "tonnes") if all_known else share for all_known in counted_here
    ]
