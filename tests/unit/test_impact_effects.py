"""Kinds of measures without a rate, from YAML fields to the economy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import cited, measure

from kosho.case import Case
from kosho.equilibrium import Counterfactual, Purchase, Quota, solve
from kosho.impact.effects import Effects, effects
from kosho.impact.quota_volumes import counted
from kosho.impact.reach import same_question
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay
from kosho.law.register import Register as Registered
from kosho.scenario.simulate import simulate
from kosho.world import World

ON = date(2025, 6, 29)


def rule(kind: str, scope: Mapping[str, Any], terms: Mapping[str, Any], **changes: object) -> Measure:
    fields = {"imposer": "JPN", "partners": {"include": ["USA"]}, "value": None, "id": f"jpn-{kind}"}
    return measure(**{**fields, "kind": kind, "scope": scope, "terms": terms, **changes})


def found(world: World, law: Registered, *measures: Measure, end: str = "value") -> Effects:
    overlay = Overlay(title="more", add=measures)
    return effects(world, law, ON, replace=overlay, end=end)


def test_a_purchase_of_a_small_product_becomes_a_constraint_with_its_nest(
    talks: World, law: Registered
) -> None:
    terms = {
        "amount": cited(1, "billion USD"),
        "basis": "increment",
        "measured": "value",
        "niches": ["corn"],
    }
    told = found(talks, law, rule("purchase", {"sectors": ["A01"]}, terms))
    (one,) = told.constraints
    assert isinstance(one, Purchase)
    assert [str(flow) for flow in one.flows] == ["JPN from USA, A01 (corn)"]
    assert [nest.product for nest in told.nests] == ["corn"]
    outcome = solve(talks, told.counterfactual)
    assert outcome.constraints[0].reached == pytest.approx(outcome.constraints[0].base + 1000, rel=1e-6)


def test_an_advisory_on_travel_is_a_quota_on_services(talks: World, law: Registered) -> None:
    terms = {"amount": cited(0.55, "share", 0.4, 0.7), "basis": "share", "shared": False}
    advisory = rule(
        "advisory",
        {"sectors": ["I", "H49", "H50", "H51", "H52", "H53"]},
        terms,
        imposer="CHN",
        partners={"include": ["JPN"]},
    )
    told = found(talks, law, advisory)
    assert len(told.constraints) == 2
    assert all(isinstance(one, Quota) and one.amount == 0.55 for one in told.constraints)
    assert {one.amount for one in found(talks, law, advisory, end="low").constraints} == {0.4}
    # Buyers keep away, sellers cannot ask more; under a quota they can.
    assert {one.holder for one in told.constraints} == {"importer"}
    quota = rule("quota", {"sectors": ["C29"]}, {"amount": cited(0.5), "basis": "share"})
    assert [one.holder for one in found(talks, law, quota).constraints] == ["exporter"]
    kept = rule("advisory", {"sectors": ["C29"]}, {"amount": cited(0.5), "basis": "share", "holder": "USA"})
    assert [one.holder for one in found(talks, law, kept).constraints] == ["USA"]


def test_ends_asked_one_after_another_are_those_asked_alone(talks: World, law: Registered) -> None:
    terms = {"amount": cited(0.55, "share", 0.4, 0.7), "basis": "share", "shared": False}
    days = {"before": cited(7, "days", 5, 9), "after": cited(2.5, "days")}
    advisory = rule("advisory", {"sectors": ["I"]}, terms, imposer="CHN", partners={"include": ["JPN"]})
    customs = rule("customs", {"goods": True}, days)
    one = law.with_overlay(Overlay(title="more", add=(advisory, customs)))
    for end in ("value", {customs.id: "low"}, {advisory.id: "high"}, "high", "value"):
        again = law.with_overlay(Overlay(title="more", add=(advisory, customs)))
        assert again is not one
        asked, alone = (effects(talks, register, ON, end=end) for register in (one, again))
        assert same_question(asked, alone)
        assert asked.left_out == alone.left_out
        np.testing.assert_array_equal(asked.shock.cost, alone.shock.cost)
    ends = [effects(talks, one, ON, end={customs.id: end}).shock.cost.min() for end in ("low", "value", "high")]
    assert ends == sorted(set(ends))


def test_standards_days_and_data_change_trade_cost_over_their_ranges(talks: World, law: Registered) -> None:
    barrier = {"ave": cited(25.5, "percent", 20, 30), "actionable": cited(0.5, "share", 0.4, 0.6)}
    bilateral = {"degree": cited(1.0), "extends_to": "bilateral", "top_down": barrier}
    ends = {}
    for end in ("low", "value", "high"):
        told = found(talks, law, rule("standard", {"sectors": ["C29"]}, bilateral), end=end)
        row = [r for r in range(len(told.shock)) if told.shock.cost[r] != 1.0]
        assert {told.shock.name(r).split(" (")[0] for r in row} == {"JPN from USA, C29"}
        (ends[end],) = set(told.shock.cost[row])
    assert ends["low"] < ends["value"] == pytest.approx(1.1275 / 1.255)
    assert ends["value"] < ends["high"] < 1
    every = {**bilateral, "extends_to": "all"}
    told = found(talks, law, rule("standard", {"sectors": ["C29"]}, every))
    touched = set(told.shock.exporter[told.shock.cost != 1.0])
    assert len(touched) == len(talks.countries) - 1
    days = {"before": cited(7, "days"), "after": cited(2.5, "days")}
    told = found(talks, law, rule("customs", {"goods": True}, days, partners={"include": ["TWN"]}))
    assert set(np.round(told.shock.cost[told.shock.cost != 1.0], 6)) == {0.944495}
    # Every goods sector whole: the cells' parts sum to one.
    n, i = talks.position("JPN"), talks.position("TWN")
    here = (told.shock.importer == n) & (told.shock.exporter == i)
    for j in set(told.shock.sector[here].tolist()):
        assert told.shock.share[here & (told.shock.sector == j)].sum() == pytest.approx(1.0)


def test_a_digital_bound_acts_at_its_end_only(talks: World, law: Registered) -> None:
    rules = rule("digital", {"sectors": ["J61", "J62_63", "M", "N", "J58T60"]}, {"restrictiveness": 0.05})
    middle, low = (found(talks, law, rules, end=end) for end in ("value", "low"))
    assert "only a bound" in middle.left_out["jpn-digital"]
    assert not (middle.shock.cost != 1.0).any()
    assert (low.shock.cost < 1.0).any()
    assert {one.range.value for one in low.ranges} == {None}


def test_what_is_only_declared_is_listed_with_its_range(talks: World, law: Registered) -> None:
    promise = rule(
        "investment",
        {"goods": True},
        {
            "worth": {
                "USA": cited(5000, "million USD", 0, 20000),
                "JPN": cited(-1000, "million USD", -5000, 2000),
            }
        },
    )
    told = found(talks, law, promise)
    assert "no model" in told.left_out["jpn-investment"]
    assert {(one.what, one.range.low, one.range.high) for one in told.ranges} == {
        ("declared worth to USA", 0, 20000),
        ("declared worth to JPN", -5000, 2000),
    }


def test_a_ban_of_a_whole_sector_leaves_nothing(talks: World, law: Registered) -> None:
    ban = measure(
        id="ban",
        kind="ban",
        value=None,
        imposer="JPN",
        partners={"include": ["CHN"]},
        scope={"sectors": ["C27"]},
    )
    told = found(talks, law, ban)
    outcome = solve(talks, Counterfactual(told.shock, told.constraints))
    assert float(outcome.flows.sel(importer="JPN", exporter="CHN", sector="C27")) == 0.0


def test_what_the_base_year_holds_and_what_cannot_be_told_apart_is_left_out(
    talks: World, law: Registered
) -> None:
    told = found(
        talks,
        law,
        rule(
            "advisory", {"goods": True}, {"amount": cited(0.5), "basis": "share"}, partners={"include": ["BRA"]}
        ),
    )
    assert "base year" in told.left_out["chn-twn-pineapples"]
    assert "does not tell" in told.left_out["jpn-advisory"]  # Brazil is part of a region


def test_terms_must_fit_their_kind() -> None:
    amount = {"amount": cited(1.0), "basis": "share"}
    days = {"before": cited(3, "days"), "after": cited(1, "days")}
    with pytest.raises(ValidationError, match=r"terms\.before\s+Extra inputs"):
        rule("quota", {"goods": True}, days)
    with pytest.raises(ValidationError, match="has its terms"):
        measure(kind="purchase", value=None)
    with pytest.raises(ValidationError, match="has no terms"):
        measure(terms=amount)
    with pytest.raises(ValidationError, match="without a range"):
        rule("transfer", {"goods": True}, {"worth": {"USA": cited(5000, "million USD")}})
    with pytest.raises(ValidationError, match="never both"):
        rule("standard", {"goods": True}, {"degree": cited(1.0), "extends_to": "all"})
    with pytest.raises(ValidationError, match="one of connectivity"):
        rule("digital", {"goods": True}, {"restrictiveness": 0.1, "connectivity_cost": cited(0.1)})
    with pytest.raises(ValidationError, match="unknown country"):
        rule("quota", {"goods": True}, {**amount, "holder": "XXX"})
    with pytest.raises(ValidationError, match="no rent that somebody holds"):
        rule("purchase", {"goods": True}, {**amount, "holder": "exporter"})


def test_rates_do_not_see_them(law: Registered) -> None:
    more = law.with_overlay(
        Overlay(
            title="x",
            add=(
                rule(
                    "customs",
                    {"goods": True},
                    {"before": cited(72, "hours"), "after": cited(1, "days")},
                ),
            ),
        )
    )
    assert "jpn-customs" in more.not_translated


def test_what_japan_offered_can_be_added_to_a_deal(talks: World) -> None:
    case = Case.load("japan-us-2025")
    deal = case.law("deal")
    register = deal.register
    for name in ("purchase-corn", "purchase-lng", "purchase-rice", "rice-access", "safety-tests"):
        register = register.with_overlay(case.overlays[name])
    told = effects(talks, register, deal.on, deal.known)
    outcome = solve(talks, told.counterfactual)
    by_name = {one.constraint.name: one for one in outcome.constraints}
    assert set(by_name) == {"case-corn", "case-lng", "case-rice", "case-rice-access"}
    for one in by_name.values():
        assert one.reached == pytest.approx(one.required, rel=1e-6)
    assert by_name["case-corn"].fiscal_cost > 0
    base, new = outcome.part_flow("JPN", "THA", "C10T12", "rice")
    assert new < base  # rice moves between origins
    ranges = {one.measure: one.range for one in told.ranges}
    assert (
        ranges["case-safety-tests"].low < ranges["case-safety-tests"].value < ranges["case-safety-tests"].high
    )
    said = "share of the promise on top of what would be bought anyway (additionality)"
    amounts = [one for one in told.ranges if one.what != said and one.measure != "case-rice-access"]
    assert all(one.range.low < one.range.high for one in amounts)
    on_top = {one.measure: one.range for one in told.ranges if one.what == said}
    assert set(on_top) == {"case-corn", "case-lng", "case-rice"}
    assert all(one.value == 1 and one.assumed for one in on_top.values())  # told, not silent


def test_a_scenario_is_simulated_with_everything_in_force(talks: World) -> None:
    case = Case.load("japan-us-2025")
    plain = simulate(case, "deal", world=talks)
    assert [one.constraint.name for one in plain.constraints] == ["us-232-autos-gbr"]
    law = case.law("deal")
    world = counted(talks, law.register)
    told = effects(world, law.register, law.on, law.known)
    alone = solve(world, told.counterfactual)
    np.testing.assert_array_equal(alone.welfare, plain.welfare)
