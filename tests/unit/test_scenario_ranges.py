"""Ranges of results on small numbers: what widens them, what they never pass, what is compared with what."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests import briefs

from kosho.scenario import compared_pairs, jobs, labour_market, runs
from kosho.scenario.draws import Draws
from kosho.scenario.jobs import growth_of_units, growth_of_value
from kosho.scenario.results import FlowResult, Interval, Quantiles
from kosho.scenario.runs import NOTHING_LEFT, VARIANTS, _interval, _relative, _spread, _swayed, _widened
from kosho.scenario.sensitivity import changes, changes_apart, figure_ends, largest_moves
from kosho.scenario.several import Several, central_question
from kosho.scenario.year_one import ProductYear, year_three


def ends(one: Interval) -> tuple[float, float]:
    return one.low, one.high


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ((0.0, 0.0), (-0.5, 0.2)),
        ((-0.3, 0.1), (-0.8, 0.3)),
        ((-0.5, 0.0), (-1.0, 0.2)),
        ((-0.9, 0.0), (-1.0, 0.2)),  # all of it is gone, and no more
    ],
)
def test_a_flow_falls_by_all_of_itself_at_most(by: tuple[float, float], found: tuple[float, float]) -> None:
    wide = _widened(Interval(low=-0.5, high=0.2), Interval(low=by[0], high=by[1]), NOTHING_LEFT)
    assert ends(wide) == pytest.approx(found)


def test_goods_that_are_not_counted_have_no_units(monkeypatch: pytest.MonkeyPatch) -> None:
    flow: Any = SimpleNamespace(
        importer="USA", exporter="JPN", sector="C29", part=None, title="Cars", unit="cars", source="news"
    )
    outcome: Any = SimpleNamespace(part_flow=lambda *_: (3.0, 2.0))
    for counted, told in (
        (SimpleNamespace(base=9.0, new=6.0, flow=flow), (9.0, 6.0, "cars", "news")),
        (None, (None, None, None, None)),
    ):
        monkeypatch.setattr(jobs, "counted", lambda *_, counted=counted: counted)
        found = jobs._flow(outcome, flow)
        assert (found.base_musd, found.new_musd) == (3.0, 2.0)
        assert (found.base_units, found.new_units, found.unit, found.units_source) == told


def test_of_what_reaches_nothing_the_table_and_the_kind_excuse_some(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    simulate: Any = import_module("kosho.scenario.simulate")
    change = SimpleNamespace(
        add=[
            SimpleNamespace(id="listed", kind="unpriced", terms=None),
            SimpleNamespace(id="b", kind="", terms=None),
        ],
        end=[1],
        replace=[2, 3, 4],
    )
    found = {"listed": "no model", "unseen": simulate.UNSEEN, "b": "nothing is traded"}
    monkeypatch.setattr(simulate, "idle", lambda *_: found)
    monkeypatch.setattr(simulate, "refuse_idle", lambda *told: asked.append(told[1:]))
    case: Any = SimpleNamespace(
        allow_idle=False, register=None, scenario=lambda _: SimpleNamespace(overlay=change, allow_idle=False)
    )
    law: Any = SimpleNamespace(on=None, known=None)
    assert simulate.idle_changes(case, "deal", cast("Any", None), law) == found
    assert asked == [(found, {"listed", "unseen"}, 6)]


def test_what_changes_nothing_costs_no_job_and_no_price() -> None:
    same = {"JPN": {"employment": 0.1, "real_wage": 0.02}, "USA": {"employment": None, "real_wage": None}}
    found = labour_market._apart(same, same, ["JPN", "USA"])
    assert (found.jobs, found.prices) == ({"JPN": 0.0, "USA": 0.0}, {"JPN": 0.0, "USA": 0.0})


def test_what_may_fall_without_end_does() -> None:
    assert ends(_widened(Interval(low=-5.0, high=2.0), Interval(low=-9.0, high=1.0))) == (-14.0, 3.0)


def test_an_interval_holds_variants_and_the_middle_nine_tenths_of_draws() -> None:
    drawn = _spread(np.arange(101.0))
    assert (drawn.p5, drawn.p50, drawn.p95) == pytest.approx((5.0, 50.0, 95.0))
    assert ends(_interval([3.0, 1.0, 2.0])) == (1.0, 3.0)
    assert ends(_interval([3.0, 1.0], Quantiles(p5=2.0, p50=2.5, p95=2.9))) == (1.0, 3.0)
    assert ends(_interval([3.0, 1.0], Quantiles(p5=0.5, p50=2.5, p95=3.5))) == (0.5, 3.5)
    assert ends(_interval([2.0])) == (2.0, 2.0)


def test_moves_of_measures_add_up_those_of_one_do_not() -> None:
    """Of each measure the largest fall and rise over its corners; of several their sums."""
    moved = [("a", np.array([-1.0, 2.0])), ("a", np.array([-3.0, 1.0])), ("b", np.array([4.0, -5.0]))]
    fall, rise = _swayed(np.zeros(2), moved)
    assert (fall.tolist(), rise.tolist()) == ([-3.0, -5.0], [4.0, 2.0])
    none = _swayed(np.zeros(2), [])
    assert (none[0].tolist(), none[1].tolist()) == ([0.0, 0.0], [0.0, 0.0])
    assert ends(_relative((fall, rise), 1, 10.0)) == (-0.5, 0.2)
    assert ends(_relative((fall, rise), 1, 1.0)) == (-5.0, 2.0)
    assert ends(_relative((fall, rise), 1, 0.5)) == (-10.0, 4.0)
    assert ends(_relative((fall, rise), 1, 0.0)) == (0.0, 0.0)


def test_moves_are_from_the_middle_and_none_is_none() -> None:
    found = largest_moves(np.array([1.0, 1.0]), [("a", np.array([3.0, 1.0])), ("a", np.array([2.0, 0.5]))])
    assert {name: [part.tolist() for part in one] for name, one in found.items()} == {
        "a": [[0.0, -0.5], [2.0, 0.0]]
    }
    assert largest_moves(np.array([1.0]), []) == {}


def test_a_measure_of_both_scenarios_moves_both() -> None:
    def told(found: list[tuple[str, np.ndarray]]) -> list[tuple[str, list[float]]]:
        return [(name, one.tolist()) for name, one in found]

    here = {"both": [np.array([5.0]), np.array([-5.0])], "mine": [np.array([1.0])]}
    there = {"both": [np.array([3.0]), np.array([-4.0])], "other": [np.array([2.0])]}
    assert told(changes_apart(here, there)) == [
        ("both", [2.0]),
        ("both", [-1.0]),
        ("mine", [1.0]),
        ("other", [-2.0]),
    ]
    # Where one of them has an end without an equilibrium they cannot be put side by side.
    assert told(changes_apart({"both": [np.array([5.0])]}, {"both": there["both"]})) == [
        ("both", [5.0]),
        ("both", [-3.0]),
        ("both", [4.0]),
    ]
    middle, moved = (
        {"worth": np.array([1.0])},
        [("a", {"worth": np.array([4.0])}), ("a", {"worth": np.array([0.0])})],
    )
    assert {k: [x.tolist() for x in v] for k, v in changes(middle, moved, "worth").items()} == {
        "a": [[3.0], [-1.0]]
    }


def test_what_cannot_be_negative_stops_at_nothing_and_what_is_signed_does_not() -> None:
    middle = {"worth": np.array([1.0]), "rent": np.array([1.0]), "cost": np.array([-2.0])}
    moved = [
        ("a", {"worth": np.array([0.2]), "rent": np.array([0.2]), "cost": np.array([-3.0])}),
        ("b", {"worth": np.array([0.1]), "rent": np.array([0.1]), "cost": np.array([-1.0])}),
        ("b", {"worth": np.array([1.5]), "rent": np.array([1.5]), "cost": np.array([-2.0])}),
    ]
    found = figure_ends(middle, moved)
    assert {name: float(one[0]) for name, one in found.low.items()} == pytest.approx(
        {"worth": -0.7, "rent": 0.0, "cost": -2.0}
    )
    assert {name: float(one[0]) for name, one in found.high.items()} == pytest.approx(
        {"worth": 1.5, "rent": 1.5, "cost": -1.0}
    )


@pytest.mark.parametrize(
    ("base", "new", "growth"),
    [(100.0, 150.0, 0.5), (100.0, 0.0, -1.0), (0.5, 1.0, 1.0), (0.0, 0.0, 0.0)],
)
def test_growth_is_of_the_base_and_nothing_grows_from_nothing(base: float, new: float, growth: float) -> None:
    flow = cast("FlowResult", SimpleNamespace(base_musd=base, new_musd=new, base_units=base, new_units=new))
    assert growth_of_value(flow) == pytest.approx(growth)
    assert growth_of_units(flow) == pytest.approx(growth if base else np.nan, nan_ok=True)
    unknown: Any = SimpleNamespace(base_units=base, new_units=None)
    assert np.isnan(growth_of_units(unknown))


def role(name: str, what: str) -> Any:
    return SimpleNamespace(id=name, role=what)


def test_each_is_compared_with_the_base_and_today_and_a_deal_with_every_way_of_no_deal() -> None:
    scenarios = [
        role("now", "status-quo"),
        role("later", "status-quo"),
        role("war", "no-deal"),
        role("deal", "deal"),
        role("quarrel", "no-deal"),
    ]
    assert compared_pairs(scenarios) == [
        ("now", "base"),
        ("later", "base"),
        ("later", "now"),
        ("war", "base"),
        ("war", "now"),
        ("deal", "base"),
        ("deal", "now"),
        ("deal", "war"),
        ("deal", "quarrel"),
        ("quarrel", "base"),
        ("quarrel", "now"),
    ]
    assert compared_pairs([role("deal", "deal")]) == [("deal", "base")]
    assert compared_pairs([]) == []


@pytest.mark.parametrize(
    ("first", "tenth", "third"),
    [
        (-0.1, -0.5, 0.9 ** (7 / 9) * 0.5 ** (2 / 9) - 1),
        (0.2, 0.8, 1.2 ** (7 / 9) * 1.8 ** (2 / 9) - 1),
        (-0.3, -0.3, -0.3),
        (0.0, 0.0, 0.0),
        (-0.99, -0.9, 0.01 ** (7 / 9) * 0.1 ** (2 / 9) - 1),
        (-1.0, -0.5, None),
        (-0.5, -1.0, None),
        (-1.0, -1.0, None),
        (None, -0.5, None),
        (-0.5, None, None),
    ],
)
def test_year_three_is_two_ninths_of_the_way_in_logarithms_and_none_of_what_ends(
    first: float | None, tenth: float | None, third: float | None
) -> None:
    assert year_three(first, tenth) == (None if third is None else pytest.approx(third))


def corner(absorbed: float, number: float | None) -> Any:
    return SimpleNamespace(absorbed=absorbed, number=number)


def test_a_first_year_is_told_from_its_lowest_to_its_highest_of_what_makers_bear() -> None:
    corners = (corner(0.0, -0.1), corner(0.0, -0.4), corner(1.0, 0.0), corner(1.0, None), corner(0.5, None))
    made = ProductYear(cast("Any", SimpleNamespace(id="cars")), corners)
    assert made.bearing(0.0) == corners[:2]
    assert made.text("number", 0.0) == "-40.00 % to -10.00 %"
    assert made.text("number", 1.0) == "0 %"
    assert made.text("number", 0.5) == "not sold any more"


def test_flows_range_over_variants_draws_and_measures_and_in_units_where_these_are_counted() -> None:
    """Cars fall by half, at low elasticities by less; draws by 30 to 70 %; a measure moves them by a tenth."""
    results = [briefs.result("deal", one.id) for one in VARIANTS]
    fall = {one.id: 0.5 * briefs.FACTORS[one.id] for one in VARIANTS}
    drawn = np.linspace(-0.7, -0.3, 101)[:, None] * np.ones(2)
    draws = Draws({}, {"deal": drawn}, {"deal": drawn * 1.1})
    moved = {
        "value": [("tenth", np.array([-4_000.0, 0.0]))],
        "units": [("tenth", np.array([-137_000.0, np.nan]))],
    }
    ends_of: Any = SimpleNamespace(of_flow=lambda _scenario, what: moved[what])
    scenario: Any = SimpleNamespace(id="deal")
    cars, crops = runs._flow_ranges([scenario], results, draws, ends_of)
    central = [-fall[one.id] for one in VARIANTS if one.elasticities == "central"]
    low = [-fall[one.id] for one in VARIANTS if one.elasticities == "low"]
    assert ends(cars.central) == pytest.approx((min(*central, -0.68) - 0.1, max(*central, -0.32)))
    assert ends(cars.low) == pytest.approx((min(low) - 0.1, max(low)))
    assert cars.central_units is not None
    assert cars.low_units is not None
    assert ends(cars.central_units) == pytest.approx((min(*central, -0.748) - 0.1, max(*central, -0.352)))
    assert ends(cars.low_units) == pytest.approx((min(low) - 0.1, max(low)))
    assert (crops.flow, crops.central_units, crops.low_units) == (1, None, None)


def of(**roles: str) -> Any:
    return SimpleNamespace(
        scenarios={name: SimpleNamespace(id=name, role=role) for name, role in roles.items()}
    )


@pytest.mark.parametrize(
    ("case", "question"),
    [
        (of(today="status-quo", bad="no-deal", good="deal", better="deal"), ("good", "bad")),
        (of(past="history", today="status-quo", plan="other"), ("plan", "today")),
        (of(plan="other", more="other"), ("plan", "base")),
        (of(past="history", plan="other"), ("plan", "base")),
    ],
)
def test_the_question_of_a_case_is_its_first_deal_then_its_first_plan(
    case: Any, question: tuple[str, str]
) -> None:
    assert central_question(case) == question


@pytest.mark.parametrize("known", [None, {}, {"draws": "before"}])
def test_draws_are_kept_once_found_and_never_found_twice(
    known: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(runs, "solve_draws", lambda *_, **__: "found")
    inputs: Any = SimpleNamespace(talks=None, talks_effects={}, parties=(), flows=())
    unfinished: Any = None if known is None else SimpleNamespace(results=known, done=kept.__setitem__)
    found: Any = runs._drawn(inputs, lambda _text: None, unfinished)
    assert found == ("before" if known else "found")
    assert kept == ({"draws": "found"} if known == {} else {})


def test_tables_are_set_apart_where_two_or_more_speak_of_a_party() -> None:
    tables = [
        SimpleNamespace(countries={code: {"welfare": worth}})
        for code, worth in (("JPN", 0.3), ("USA", -0.1), ("JPN", 0.1))
    ]
    found: Any = SimpleNamespace(parties=("JPN", "USA", "KOR"), tables=tables)
    spread: Any = Several.spread
    assert spread.fget(found) == {"JPN": Interval(low=0.1, high=0.3)}
