"""Subsidies as a kind of measure: who pays, which cells, what part by drive."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import cited, measure, register

from kosho.equilibrium import Shock, solve
from kosho.impact.effects import effects
from kosho.impact.measure_effects import MeasureEffect, effect
from kosho.impact.subsidies import paid_out, subsidised, wedge_after
from kosho.impact.tariff_shock import shock as duties
from kosho.impact.value_chains import content
from kosho.law import Register
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import Subsidy
from kosho.law.overlay import Overlay, Replacement
from kosho.world import World

ON = date(2025, 6, 29)


def subsidy(terms: dict[str, Any], **changes: object) -> Measure:
    fields = {"id": "ev", "imposer": "THA", "kind": "subsidy", "value": None, "scope": {"sectors": ["C29"]}}
    return measure(**{**fields, "terms": terms, **changes})


def told(world: World, one: Measure, end: str = "value") -> tuple[MeasureEffect, Shock]:
    """A measure on top of nothing, and the shock with it alone."""
    none = Shock.none(world)
    found = effect(world, register(one), none, one, end)
    return found, none if found.subsidy is None else subsidised(none, world, found.subsidy, end)


def test_the_treasury_of_the_imposer_pays_and_only_it(talks: World) -> None:
    found, changed = told(talks, subsidy({"rate": cited(10, "percent"), "share": cited(30, "percent")}))
    assert found.subsidy is not None
    outcome = solve(talks, changed, tol=1e-11)
    duty = talks.tariff.sel(importer="THA")
    revenue = float((duty * outcome.flows.sel(importer="THA")).sum())
    paid = paid_out(outcome, found.subsidy)
    assert paid > 0
    assert float(outcome.tariff_revenue.sel(country="THA")) == pytest.approx(revenue - paid, rel=1e-8)
    others = {code for code in talks.countries if code != "THA"}
    for code in others:
        imports = outcome.flows.sel(importer=code)
        gap = float(
            outcome.tariff_revenue.sel(country=code) - (talks.tariff.sel(importer=code) * imports).sum()
        )
        assert abs(gap) <= 1e-9 * float(imports.sum())
    received = outcome.flows.sum() + outcome.tariff_revenue.sum() + outcome.rents.sum()
    assert float(received) == pytest.approx(float(outcome.expenditure.sum()), rel=1e-9)
    # Home and every origin are rows of their own, and buyers turn to them.
    rows = [k for k, name in enumerate(changed.part) if name == "ev"]
    assert {talks.countries[changed.exporter[k]] for k in rows} == set(talks.countries)
    assert set(changed.share[rows]) == {0.3}
    base, new = outcome.part_flow("THA", "THA", "C29", "ev")
    assert new > base


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_what_is_paid_on_product_groups_is_counted(talks: World, law: Register, share: float) -> None:
    one = subsidy(
        {"rate": cited(10, "percent"), "share": cited(share, "percent")},
        imposer="USA",
        partners={"include": ["JPN"]},
    )
    book = law.with_overlay(Overlay(title="x", add=(one,)))
    plain = duties(talks, book, ON)
    found = effect(talks, book, plain, one)
    assert found.subsidy is not None
    outcome = solve(talks, subsidised(plain, talks, found.subsidy), tol=1e-11)
    # Revenue of the cells at the rates without it, at the same quantities, less what there is.
    shock, expected = outcome.shock, 0.0
    places = dict.fromkeys(cell[:3] for cell in found.subsidy.cells)
    assert len(places) == 2  # from Japan and from home
    for n, i, j in places:
        here = np.flatnonzero((shock.importer == n) & (shock.exporter == i) & (shock.sector == j))
        before = np.flatnonzero((plain.importer == n) & (plain.exporter == i) & (plain.sector == j))
        rates = {plain.part[k]: float(plain.tariff[k]) for k in before.tolist()}
        rates.setdefault("", float(talks.arrays.tariff[n, i, j]))
        for k, net in zip(here.tolist(), outcome.received(here).tolist(), strict=True):
            name = "" if shock.part[k] == "ev" else shock.part[k]
            expected += net * (rates[name] - float(shock.tariff[k]))
        assert i == n or len(rates) > 3  # Japanese goods are told apart
    assert paid_out(outcome, found.subsidy) == pytest.approx(expected, rel=1e-9)


def test_a_covered_share_of_one_is_the_whole_sector_and_none_is_nothing(talks: World) -> None:
    _, whole = told(talks, subsidy({"rate": cited(10, "percent")}))
    n, j = talks.position("THA"), talks.sector_position("C29")
    rates = {
        ("THA", code, "C29"): wedge_after(float(talks.arrays.tariff[n, i, j]), 0.1)
        for i, code in enumerate(talks.countries)
        if code != "THA"
    }
    plain, _ = told(talks, subsidy({"rate": cited(10, "percent"), "home": False}))
    assert plain.subsidy is not None
    abroad = subsidised(Shock.none(talks), talks, plain.subsidy)
    first, second = (
        solve(talks, abroad, tol=1e-12),
        solve(talks, Shock.tariffs(talks, rates, insist=True), tol=1e-12),
    )
    np.testing.assert_allclose(first.flows, second.flows, rtol=1e-9)
    assert set(whole.part) == {"ev"}
    _, none = told(talks, subsidy({"rate": cited(10, "percent"), "share": cited(0.0, "percent")}))
    np.testing.assert_allclose(solve(talks, none, tol=1e-11).welfare, 0.0, atol=1e-11)


def test_parts_by_drive_have_the_share_of_their_origin_over_its_range(talks: World) -> None:
    terms = {
        "per_unit": cited(75, "thousand THB", 50, 100),
        "price": cited(900_000, "THB", 700_000, 1_400_000),
        "drive": "electric",
    }
    found, changed = told(talks, subsidy(terms))
    assert found.subsidy is not None
    share = {talks.countries[i]: one for i, one in found.subsidy.share.items()}
    assert share["CHN"].value == 0.25
    assert share["JPN"].high < share["THA"].high < share["CHN"].high
    assert found.subsidy.rate.levels == pytest.approx({"low": 50 / 1400, "value": 75 / 900, "high": 100 / 700})
    ends = {end: told(talks, subsidy(terms), end)[1] for end in ("low", "high")}
    paid = {}
    for end, one in {**ends, "value": changed}.items():
        paid[end] = paid_out(solve(talks, one), found.subsidy, end)
    assert paid["low"] < paid["value"] < paid["high"]
    assert {one.what.split(" of ")[0] for one in found.ranges} == {"subsidy to buyers", "eligible"}
    unknown, _ = told(talks, subsidy(terms, imposer="MEX"))
    assert unknown.subsidy is None
    assert "not known" in (unknown.left_out or "")


def test_local_content_decides_by_the_average_of_an_origin(talks: World) -> None:
    rule = {"threshold": cited(40, "percent"), "counted": ["IDN"]}
    found, changed = told(talks, subsidy({"rate": cited(9, "percent"), "content": rule}, imposer="IDN"))
    assert found.subsidy is not None
    assert {talks.countries[cell[1]] for cell in found.subsidy.cells} == {"IDN"}
    assert content(talks, "IDN", "C29", ["IDN"]) > 0.4 > content(talks, "JPN", "C29", ["IDN"])
    outcome = solve(talks, changed)
    cell = {"importer": "IDN", "exporter": "JPN", "sector": "C29"}
    assert float(outcome.flows.sel(cell)) < float(outcome.base.flows.sel(cell))
    strict = {"threshold": cited(99, "percent"), "counted": ["IDN"]}
    nobody, _ = told(talks, subsidy({"rate": cited(9, "percent"), "content": strict}, imposer="IDN"))
    assert nobody.left_out is not None


def test_a_subsidy_joins_duties_on_the_goods_of_a_product_group(talks: World, law: Register) -> None:
    one = subsidy({"rate": cited(5, "percent")}, imposer="USA", scope={"groups": ["vehicles-232"]})
    book = law.with_overlay(Overlay(title="x", add=(one,)))
    plain = duties(talks, book, ON)
    found = effects(talks, book, ON)
    (row,) = [
        k
        for k in range(len(found.shock))
        if found.shock.part[k] == "vehicles-232" and talks.countries[found.shock.exporter[k]] == "JPN"
    ]
    (before,) = [
        k
        for k in range(len(plain))
        if plain.part[k] == "vehicles-232" and talks.countries[plain.exporter[k]] == "JPN"
    ]
    assert found.shock.tariff[row] == pytest.approx((1 + plain.tariff[before]) * 0.95 - 1)
    assert found.shock.base_tariff[row] == plain.base_tariff[before]
    assert found.shock.share[row] == pytest.approx(plain.share[before])


def test_those_of_the_register_act_where_a_scenario_has_them(talks: World, law: Register) -> None:
    names = {"tha-ev35-2025", "idn-ev-vat"}
    alone = effects(talks, law, ON)
    assert names <= set(alone.left_out)
    assert not names & set(alone.shock.part)
    replaced = tuple(Replacement(measure=name, by=law.measure(name)) for name in sorted(names))
    asked = effects(talks, law, ON, replace=Overlay(title="subsidies", replace=replaced))
    assert names <= set(asked.shock.part)
    assert not names & set(asked.left_out)
    ranges = [one.range for one in asked.ranges if one.measure in names]
    assert all(one.low < one.high for one in ranges)
    made_at_home = {
        talks.countries[asked.shock.exporter[k]]
        for k, name in enumerate(asked.shock.part)
        if name == "idn-ev-vat"
    }
    assert made_at_home == {"IDN"}


def test_mistakes_are_told() -> None:
    baht = cited(5, "THB")
    for wrong, told in (
        ({"drive": "electric"}, "either rate"),
        ({"rate": cited(5, "percent"), "per_unit": baht}, "either rate"),
        ({"per_unit": baht}, "either rate"),
        ({"per_unit": baht, "price": cited(9, "USD")}, "one currency"),
        ({"per_unit": baht, "price": cited(9, "THB", 4, 20)}, "not 125% of it"),
        ({"rate": cited(50, "percent", 10, 100)}, "below all of the price"),
        ({"rate": cited(5, "percent"), "share": cited(1.2)}, "from 0 to 1 share"),
    ):
        with pytest.raises(ValidationError, match=told):
            Subsidy.model_validate(wrong)
    with pytest.raises(ValidationError, match="has its terms"):
        measure(kind="subsidy", value=None)
