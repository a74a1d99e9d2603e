"""What jobs of scenarios are given and what they tell, where every number is another one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.impact.ranges import Range
from kosho.scenario import jobs, labour_market, runs, solving


def span(low: float, value: float, high: float) -> Range:
    return Range(low=low, high=high, value=value, unit="million USD", sources=("survey",))


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (span(60.0, 70.0, 95.0), (-20.0, -15.0)),  # from 80, 90, 110
        (span(40.0, 70.0, 105.0), (-40.0, -5.0)),
        (span(70.0, 70.0, 71.0), (-39.0, -10.0)),  # the high end falls more
    ],
)
def test_what_makers_sell_changes_between_the_ends_of_what_is_theirs(
    new: Range, change: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = SimpleNamespace(
        market="USA",
        year=2022,
        base=span(80.0, 90.0, 110.0),
        new=new,
        base_share=span(0.2, 0.3, 0.4),
        new_share=span(0.1, 0.25, 0.35),
        made_in_japan=(50.0, 40.0),
    )
    monkeypatch.setattr(jobs, "brand_sales", lambda _outcome, party: made if party == "USA" else None)
    outcome: Any = None
    (found,) = jobs.makers_of(outcome, ("JPN", "USA"))
    assert (found.low_musd, found.high_musd) == change
    assert (found.base_musd, found.new_musd) == (90.0, 70.0)
    assert (found.base_share, found.new_share) == (0.3, 0.25)
    assert (found.made_at_home_base_musd, found.made_at_home_musd) == (50.0, 40.0)


def test_jobs_are_given_the_world_its_low_elasticities_and_the_laws_of_each_scenario(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, coarse, idle_there = object(), object(), SimpleNamespace(name="idle there")
    laws = {name: SimpleNamespace(name=name, register="r", on="d", known="k") for name in ("now", "deal")}
    case: Any = SimpleNamespace(
        name="case",
        allowing_idle=lambda: idle_there,
        law=lambda name, _day: laws[name],
        within=lambda world: SimpleNamespace(flows=("a flow",) if world is whole else ()),
        parties=[SimpleNamespace(economy=code) for code in ("JPN", "USA")],
    )
    monkeypatch.setattr(runs, "scenario_effects", lambda one, name, _day, world: ((one, name, world), name))
    monkeypatch.setattr(runs, "posed", lambda one, name, _day, world: ((one, name, world), f"{name} there"))
    monkeypatch.setattr(runs, "low_elasticity", lambda world: ("low", world))
    monkeypatch.setattr(runs, "buyer_subsidies", lambda _world, law: (law.name,))
    monkeypatch.setattr(runs, "laid", lambda world, *_law: ("laid", world))
    scenarios: Any = [SimpleNamespace(id=name) for name in laws]
    worlds: Any = SimpleNamespace(whole=whole, coarse=coarse)
    day: Any = None
    found: Any = runs._inputs(case, scenarios, day, worlds)
    base = (case, "now", whole)
    assert found.worlds == {"central": base, "low": ("low", base)}
    assert found.talks == (idle_there, "now", coarse)
    assert found.effects == {"now": "now", "deal": "deal"}
    assert found.talks_effects == {"now": "now there", "deal": "deal there"}
    assert found.laws == laws
    assert found.subsidies == {"now": ("now",), "deal": ("deal",)}
    assert found.laid == {"now": ("laid", base), "deal": ("laid", base)}
    assert (found.flows, found.parties) == (("a flow",), ("JPN", "USA"))


@pytest.mark.parametrize(
    ("after", "before", "growth"), [(3.0, 2.0, 0.5), (1.0, 0.5, 1.0), (0.0, 2.0, -1.0), (1.0, 0.0, None)]
)
def test_a_sector_grows_from_what_it_sold(after: float, before: float, growth: float | None) -> None:
    assert jobs._growth(np.array([after]), np.array([before])) == [growth]


def test_jobs_of_deals_are_asked_under_the_first_background_against_no_deal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two backgrounds, and of two states that are compared with, the first."""

    def shocks(name: str) -> Any:
        return SimpleNamespace(
            world=f"world of {name}",
            comparison_counterfactuals=lambda: [f"no deal of {name}", f"today of {name}"],
            counterfactuals=lambda packages: [f"{package} of {name}" for package in packages],
        )

    priced = [
        SimpleNamespace(
            laid=SimpleNamespace(name=(name,)), shocks=shocks(name), background=name, world=f"world of {name}"
        )
        for name in ("first", "second")
    ]
    agreed = SimpleNamespace(table="struck", package=7)
    deal: Any = SimpleNamespace(
        priced=priced,
        deals={3: "Nash", 5: "Egalitarian"},
        deficits="fixed",
        table=SimpleNamespace(parties=("JPN", "USA"), struck=agreed),
    )
    asked: list[tuple[Any, ...]] = []

    def over(*question: Any) -> list[str | None]:
        asked.append(question)
        return ["found", None][: len(question[1])]

    monkeypatch.setattr(labour_market, "_over", over)
    monkeypatch.setattr(
        "kosho.bargain.sweep.background_shocks", lambda *of: shocks(" ".join(map(str, of)).replace(" ", "-"))
    )
    assert labour_market.of_deals(deal) == {3: "found"}
    assert labour_market.of_struck(deal) == "found"
    laid = "struck-first-world-of-first"
    assert asked == [
        ("world of first", ["3 of first", "5 of first"], "no deal of first", ("JPN", "USA"), "fixed"),
        (f"world of {laid}", [f"7 of {laid}"], f"no deal of {laid}", ("JPN", "USA"), "fixed"),
    ]
    deal.table.struck = None
    assert labour_market.of_struck(deal) is None
    deal.deals = {}
    assert labour_market.of_deals(deal) == {}
    assert len(asked) == 2


def test_jobs_of_one_variant_stand_together_central_ones_last() -> None:
    def job(deficits: str, elasticities: str) -> Any:
        return SimpleNamespace(variant=SimpleNamespace(deficits=deficits, elasticities=elasticities))

    told = [("fixed", "central"), ("zero", "low"), ("fixed", "low"), ("zero", "central")]
    found = sorted((job(*one) for one in told), key=solving._place)
    assert [(one.variant.deficits, one.variant.elasticities) for one in found] == [
        ("zero", "low"),
        ("zero", "central"),
        ("fixed", "low"),
        ("fixed", "central"),
    ]
