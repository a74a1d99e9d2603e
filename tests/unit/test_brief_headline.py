"""Headlines: the sign decides the verb, and what is not firm is not said."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from tests.briefs import brief

from kosho.brief.headline import _bystanders, headline, lead
from kosho.scenario.interval import Interval
from kosho.scenario.results import Comparison, ScenarioResults


def material(**changed: tuple[float, float, float, float]) -> ScenarioResults:
    """The made-up brief, with central and low ranges of `party` in deal or no deal put in (million USD)."""
    made = brief("x")
    comparisons: list[Comparison] = []
    for one in made.comparisons:
        ends = changed.get(f"{one.party}_{one.scenario}_{one.against}".replace("-", "_"))
        if ends:
            low, high, weak_low, weak_high = ends
            one = one.model_copy(  # noqa: PLW2901 - the changed one takes its place
                update={"central": Interval(low=low, high=high), "low": Interval(low=weak_low, high=weak_high)}
            )
        comparisons.append(one)
    return replace(made.numbers, comparisons=tuple(comparisons))


def test_lead_compares_no_deal_with_today() -> None:
    text = lead(
        material(JPN_no_deal_status_quo=(-3e3, -1e3, -4e3, -2e3), USA_no_deal_status_quo=(5e2, 9e2, 5e2, 9e2))
    ).text
    assert text.startswith("If the talks fail (“No deal at 24 %”): Japan loses 1 to 4 billion dollars a year; ")
    assert "the United States gains 0.5 to 0.9 billion dollars a year." in text
    assert text.endswith("All in the long run, against what is in force today.")


def test_a_sign_that_turns_with_elasticities_is_told_for_each() -> None:
    text = lead(material(USA_no_deal_status_quo=(-1.5e3, -1e2, 1e3, 1.4e3))).text
    assert "the United States loses 0.1 to 1.5 billion dollars a year if trade responds as central" in text
    assert "but gains 1 to 1.4 billion if it responds weakly" in text


def test_a_sign_that_is_not_firm_at_all_is_not_given() -> None:
    text = lead(material(USA_no_deal_status_quo=(-1.5e3, 1e3, -1e3, 1.4e3))).text
    assert "the United States may end anywhere between a loss of 1.5 and a gain of 1 billion" in text


def test_a_deal_good_for_all_is_called_so_only_if_it_is_throughout() -> None:
    good = {"JPN_deal_no_deal": (1e3, 2e3, 1e3, 2e3), "USA_deal_no_deal": (1e3, 2e3, 1e3, 2e3)}
    texts = [one.text for one in headline(material(**good))]
    assert "“Deal x”, against no deal: every side is better off throughout." in texts
    mixed = good | {"USA_deal_no_deal": (1e3, 2e3, -2e3, -1e3)}
    texts = [one.text for one in headline(material(**mixed))]
    assert (
        "“Deal x”, against no deal: Japan is better off throughout; the United States is better "
        "off if trade responds as central estimates say, but is worse off if it responds weakly."
    ) in texts


def test_no_claim_says_more_than_estimate() -> None:
    made = material()
    assert {one.status for one in (lead(made), *headline(made))} == {"estimate"}


def test_flows_and_bystanders_are_told() -> None:
    texts = [one.text for one in headline(material())]
    assert any(
        text.startswith(
            "Cars, 1.37\N{NO-BREAK SPACE}million vehicles a year, would be 410,000 to 690,000 under"
        )
        for text in texts
    )
    assert any("China (−60 to −32)" in text for text in texts)


def test_bystanders_are_ordered_by_the_central_way_of_closing_the_model() -> None:
    runs = [{"CHN": -900.0, "KOR": -800.0}, {"CHN": -700.0, "KOR": -990.0}]
    results = [
        SimpleNamespace(scenario="now", countries={code: SimpleNamespace(ev_musd=x) for code, x in run.items()})
        for run in runs
    ]
    solved: Any = SimpleNamespace(
        by_role=lambda _: [SimpleNamespace(id="now")],
        results=results,
        parties=("JPN", "USA"),
        base_label="base",
    )
    text = " ".join(_bystanders(solved))
    assert 0 < text.index("China") < text.index("Korea")


def test_a_case_without_status_quo_says_so() -> None:
    made = material()
    bare = replace(made, scenarios=())
    assert "No scenario" in lead(bare).text
    assert headline(bare) == ()


def test_what_a_scenario_names_and_no_number_holds_stands_before_all_else() -> None:
    made = material()
    first, *others = made.all_commitments
    idle = first.model_copy(
        update={
            "of_scenario": ("later",),
            "titles": {**first.titles, "later": "A duty of next year"},
            "left_out": {**first.left_out, "later": "it starts on 2026-01-01"},
        }
    )
    told = headline(replace(made, all_commitments=(idle, *others)))[0].text
    assert "“A duty of next year”, which is not in its results: it starts on 2026-01-01." in told
    assert not any("not in its results" in one.text for one in headline(made))


def test_every_flow_is_told_with_its_own_range_in_every_scenario() -> None:
    """Ranges that all differ: by scenario, by flow, by the response of trade."""
    made = material()
    first, second = made.results[0].flows
    counted = (
        first.model_copy(update={"base_units": 1e6}),
        second.model_copy(update={"base_units": 1e7, "unit": "tonnes", "units_source": "news"}),
    )
    shown = [made.by_role(role)[0] for role in ("status-quo", "no-deal", "deal")]
    cuts = {one.id: 0.3 * position for position, one in enumerate(shown)}

    def range_of(scenario: str, flow: int) -> dict[str, Interval]:
        low = -0.2 - cuts[scenario] - 0.01 * flow
        return {
            "central_units": Interval(low=low - 0.1, high=low),
            "low_units": Interval(low=low + 0.05, high=low + 0.15),
        }

    ranges = tuple(one.model_copy(update=range_of(one.scenario, one.flow)) for one in made.flow_ranges)
    results = tuple(one.model_copy(update={"flows": counted}) for one in made.results)
    texts = [one.text for one in headline(replace(made, results=results, flow_ranges=ranges))]
    titles = [one.title for one in shown]
    cars = (
        ("700,000 to 800,000", "850,000 to 950,000"),
        ("400,000 to 500,000", "550,000 to 650,000"),
        ("100,000 to 200,000", "250,000 to 350,000"),
    )
    crops = (
        ("6.9 to 7.9\N{NO-BREAK SPACE}million", "8.4 to 9.4\N{NO-BREAK SPACE}million"),
        ("3.9 to 4.9\N{NO-BREAK SPACE}million", "5.4 to 6.4\N{NO-BREAK SPACE}million"),
        ("900,000 to 1.9\N{NO-BREAK SPACE}million", "2.4 to 3.4\N{NO-BREAK SPACE}million"),
    )
    counts = (
        ("Cars", "1.00\N{NO-BREAK SPACE}million vehicles", cars),
        ("Crops", "10.0\N{NO-BREAK SPACE}million tonnes", crops),
    )
    for flow, unit, told in counts:
        parts = [
            f"{central} under “{title}” ({weak} if trade responds weakly)"
            for title, (central, weak) in zip(titles, told, strict=True)
        ]
        assert f"{flow}, {unit} a year, would be {parts[0]}, {parts[1]} and {parts[2]}." in texts
