"""What results show of themselves, and how one of them is found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.scenario import runs, several
from kosho.scenario.draws import Draws
from kosho.scenario.interval import Interval
from kosho.scenario.results import (
    Comparison,
    CountryEffect,
    FlowRange,
    Quantiles,
    ScenarioResults,
    VariantResult,
)
from kosho.scenario.several import OnTable


def interval(low: float, high: float) -> Interval:
    return Interval(low=low, high=high)


def comparison(party: str, scenario: str, against: str) -> Comparison:
    return Comparison(
        party=party,
        scenario=scenario,
        against=against,
        by_variant={"main": 4440.0, "low": -0.5},
        draws=Quantiles(p5=1.0, p50=2.0, p95=3.0),
        central=interval(-1200.0, 50.0),
        low=interval(-3.0, 60.0),
    )


def results(**more: Any) -> ScenarioResults:
    names = [f"s{k}" for k in range(13)]
    found = [
        VariantResult(scenario=name, variant=variant, countries={}, sectors={}, flows=())
        for name in names
        for variant in ("main", "low")
    ]
    ranges = tuple(
        FlowRange(scenario="s1", flow=k, central=interval(-0.1 * k, 0.2), low=interval(0.0, 0.1))
        for k in range(2)
    )
    compared = (comparison("JPN", "s1", "base"), comparison("USA", "s1", "s0"))
    return ScenarioResults(
        *(("JPN", "USA"), 2022, (), (), tuple(found)),
        comparisons=compared,
        flow_ranges=ranges,
        flow_ids=("cars", "rice"),
        **more,
    )


def test_twelve_scenarios_are_named_and_the_rest_counted() -> None:
    assert str(results()).splitlines() == [
        "ScenarioResults of 13 scenarios against the 2022 base",
        "  scenarios         s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 … (13)",
        "  variants          main, low",
        "  comparisons       2",
        "  ranges of flows   2",
    ]
    none = ScenarioResults((), None, (), (), (), comparisons=(), flow_ranges=())
    assert none.card().title == "ScenarioResults of 0 scenarios against the base"


def test_a_comparison_shows_its_variants_and_both_ranges() -> None:
    one = comparison("JPN", "s1", "base")
    assert str(one).splitlines() == [
        "Comparison: s1 against base, for JPN",
        "  main                   +4,440 million USD",
        "  low                    -0.5 million USD",
        "  central elasticities   -1,200 million USD to +50 million USD",
        "  low elasticities       -3 million USD to +60 million USD",
    ]
    assert (one.whole, one.measures) == (interval(-1200.0, 60.0), interval(0.0, 0.0))


def test_a_result_is_found_by_all_of_its_names() -> None:
    found = results()
    assert found.result("s3", "low").variant == "low"
    assert found.comparison("JPN", "s1") is found.comparisons[0]
    assert found.comparison("USA", "s1", "s0") is found.comparisons[1]
    assert found.flow_range("s1", "rice") is found.flow_range("s1", 1) is found.flow_ranges[1]
    assert found.flow_range("s1", 0) is found.flow_range("s1", "cars") is found.flow_ranges[0]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda found: found.result("s3", "lo"), "no result for 'lo' (did you mean low?)"),
        (lambda found: found.result("x", "low"), "no result for 'x'"),
        (lambda found: found.comparison("JPN", "s1", "s0"), "no result for 'JPN', 's1', 's0' together"),
        (lambda found: found.comparison("KOR", "s1"), "no result for 'KOR' (one of JPN, USA)"),
        (lambda found: found.flow_range("s1", 2), "no result for '2' (one of 0, 1)"),
        (lambda found: found.flow_range("s1", "ric"), "no result for 'ric' (did you mean rice?)"),
        (lambda found: found.commitments("s1"), "no result for 's1'"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(asked: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        asked(results())
    assert str(caught.value) == told


def told(name: str, problem: str = "") -> OnTable:
    return OnTable(facts=None, name=name, problem=problem)


def test_a_question_is_refused_where_no_table_answers_with_the_reason_of_each() -> None:
    several._refuse_silent([told("a", "no party"), told("b")])
    with pytest.raises(InputError) as caught:
        several._refuse_silent([told("a", "no party"), told("b", "no car")])
    assert [str(one) for one in caught.value.problems] == ["--world: a: no party", "--world: b: no car"]


def test_all_tables_that_are_none_are_told() -> None:
    assert [name for name, _choice in several._chosen(["talks", "full"])] == ["talks", "full"]
    with pytest.raises(InputError) as caught:
        several._chosen(["tulks", "talks", "fll"])
    assert [one.key for one in caught.value.problems] == ["--world", "--world"]
    assert "tulks" in str(caught.value)
    assert "fll" in str(caught.value)


def test_figures_on_a_table_are_those_of_a_scenario_or_over_another(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {
        "deal": {"JPN": {"welfare": 0.21, "ev_musd": 5.0, "real_gdp": 1.0}},
        "none": {"JPN": {"welfare": 0.1, "ev_musd": -2.0, "real_gdp": None}},
        "bare": {"JPN": {"welfare": None, "ev_musd": None, "real_gdp": None}},
    }
    monkeypatch.setattr(several, "simulate", lambda _case, name, *_asked: name)
    monkeypatch.setattr(several, "figures_of", figures.__getitem__)
    case: Any = None

    def of(scenario: str, against: str) -> dict[str, dict[str, float]]:
        return several._figures(case, (scenario, against), None, case, "fixed")

    assert of("deal", "base") == {"JPN": {"welfare": 0.21, "ev_musd": 5.0}}
    assert of("deal", "none") == {"JPN": {"welfare": pytest.approx(0.1), "ev_musd": 7.0}}
    assert of("bare", "base") == {"JPN": {"welfare": 0.0, "ev_musd": 0.0}}


def test_a_comparison_is_a_difference_of_worth_in_every_variant_and_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [one.id for one in runs.VARIANTS]
    assert ids == ["fixed-central", "zero-central", "fixed-low", "zero-low"]
    worth = {"deal": (10.0, 12.0, 4.0, 5.0), "none": (-1.0, 1.0, -2.0, -4.0)}
    effects = {
        (name, variant): {
            party: CountryEffect(welfare=0.0, ev_musd=by * value, real_wage=0.0)
            for party, by in (("JPN", 1.0), ("USA", -1.0))
        }
        for name, values in worth.items()
        for variant, value in zip(ids, values, strict=True)
    }
    found = [
        VariantResult(scenario=name, variant=variant, countries=countries, sectors={}, flows=())
        for (name, variant), countries in effects.items()
    ]
    draws = np.arange(101.0)[:, None]
    drawn = Draws({"deal": draws * np.array([0.2, 0.0]), "none": draws * np.array([0.1, -0.3])}, {}, {})
    world = SimpleNamespace(countries=("KOR", "USA", "JPN"), position=("KOR", "USA", "JPN").index)
    inputs: Any = SimpleNamespace(worlds={"central": world}, parties=("JPN", "USA"))
    ends: Any = SimpleNamespace(
        apart=lambda _scenario, against: [("m", np.array([9.0, -2.0, 0.5 if against == "base" else 3.0]))]
    )
    monkeypatch.setattr(runs, "compared_pairs", lambda _scenarios: [("deal", "base"), ("deal", "none")])
    made = runs._comparisons(inputs, [], found, drawn, ends)
    assert [(one.party, one.scenario, one.against) for one in made] == [
        ("JPN", "deal", "base"),
        ("USA", "deal", "base"),
        ("JPN", "deal", "none"),
        ("USA", "deal", "none"),
    ]
    assert [tuple(one.by_variant.values()) for one in made] == [
        (10.0, 12.0, 4.0, 5.0),
        (-10.0, -12.0, -4.0, -5.0),
        (11.0, 11.0, 6.0, 9.0),
        (-11.0, -11.0, -6.0, -9.0),
    ]
    assert [one.draws for one in made] == [
        Quantiles(p5=1.0, p50=10.0, p95=19.0),
        Quantiles(p5=0.0, p50=0.0, p95=0.0),
        Quantiles(p5=0.5, p50=5.0, p95=9.5),
        Quantiles(p5=1.5, p50=15.0, p95=28.5),
    ]
    assert [one.measures for one in made] == [
        interval(0.0, 0.5),
        interval(-2.0, 0.0),
        interval(0.0, 3.0),
        interval(-2.0, 0.0),
    ]
    assert [one.central for one in made] == [
        interval(1.0, 19.5),
        interval(-14.0, 0.0),
        interval(0.5, 14.0),
        interval(-13.0, 28.5),
    ]
    assert [one.low for one in made] == [
        interval(4.0, 5.5),
        interval(-7.0, -4.0),
        interval(6.0, 12.0),
        interval(-11.0, -6.0),
    ]
