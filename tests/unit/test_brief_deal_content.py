"""Small pieces of how a priced table is worded: what is worth a mention, where deals stop, who is asked."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.briefs import brief

from kosho.brief import composing, deal_content
from kosho.scenario.interval import Interval
from kosho.scenario.labour_market import JobsAndPrices


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({"A": -1.0, "B": -0.99, "C": 5.0}, {"A": -1.0}),
        ({"A": -2.0, "B": -4.0, "C": -3.0, "D": -5.0}, {"D": -5.0, "B": -4.0, "C": -3.0}),
        ({}, {}),
    ],
)
def test_three_that_lose_most_are_named_where_they_lose_a_million(
    others: dict[str, float], told: dict[str, float]
) -> None:
    assert list(deal_content._worst(others).items()) == list(told.items())


@pytest.mark.parametrize(
    ("stops", "turns"),
    [
        (None, {"JPN": (), "USA": ()}),
        (0.7, {"JPN": (), "USA": (0.7,)}),  # at 0.5 the United States loses most
        (0.5, {"JPN": (0.5,), "USA": ()}),  # at 0.2 Japan does: a scale at which it stops is none below
        (0.1, {"JPN": (0.1,), "USA": ()}),
        (2.0, {"JPN": (2.0,), "USA": ()}),  # at 1.0, the last below, Japan loses most
    ],
)
def test_a_deal_stops_for_the_party_that_loses_most_just_below(
    stops: float | None, turns: dict[str, tuple[float, ...]]
) -> None:
    gains = np.array([[-9.0, 1.0], [3.0, -4.0], [1.0, 2.0]])
    gains[0, 1] = np.nan
    along: Any = SimpleNamespace(scales=(0.2, 0.5, 1.0), gains={7: gains})
    deal: Any = SimpleNamespace(game=SimpleNamespace(parties=("JPN", "USA")))
    curve, found = deal_content._curve(deal, along, 7, stops)
    assert curve == {"JPN": (-9.0, 3.0, 1.0), "USA": (None, -4.0, 2.0)}
    assert found == turns


@pytest.mark.parametrize(("worth", "told"), [(1.0, True), (-1.0, True), (0.99, False), (-0.99, False)])
def test_what_holds_before_any_issue_is_told_where_it_is_a_million_to_a_side(worth: float, told: bool) -> None:
    before = {"JPN": 0.0, "USA": worth}
    content = {"explanations": {"nash": {"background": before}}}
    assert deal_content._before(content, "nash") == (before if told else {})
    assert deal_content._before({"explanations": {}}, None) == {}


def test_what_a_week_costs_is_told_of_those_whom_it_costs_a_million() -> None:
    costs = {"before": {"JPN": 1.0, "USA": 0.99}, "after": {"JPN": 0.5, "USA": 0.0}}
    content = {"deadline": {"date": "2025-07-09"}, "solutions": {"nash": {"week_of_delay": costs}}}
    (told,) = deal_content._delay(content, "nash")
    assert told.replace("\N{NO-BREAK SPACE}", " ") == (
        "Each week that the Nash deal comes later before 9 July 2025 costs Japan 1 million dollars."
    )
    assert list(deal_content._delay(content, None)) == []


def test_only_what_binds_and_is_an_issue_is_a_commitment_of_a_deal() -> None:
    def bound(title: str, *, binds: bool = True, issue: str | None = "rice") -> dict[str, Any]:
        sellers = dict(zip("ABCDE", range(5), strict=True))
        return {
            "title": title,
            "binds": binds,
            "issue": issue,
            "unit": "million USD",
            "free": 1.0,
            "reached": 2.0,
            "wedge": 0.1,
            "fiscal_cost": 3.0,
            "rent": 4.0,
            "diverted": {"x": sellers},
        }

    every = [bound("one"), bound("slack", binds=False), bound("law", issue=None), bound("two")]
    found = list(deal_content._bounds({"nash": {"bounds": every}}))
    assert [one.title for one in found] == ["one", "two"]
    assert list(found[0].diverted) == ["A", "B", "C"]
    assert (found[0].free, found[0].reached, found[0].fiscal_cost, found[0].rent) == (1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(("first", "second"), [(1.0, 2.0), (2.0, 1.0)])
def test_ends_are_in_order(first: float, second: float) -> None:
    assert deal_content._interval(first, second) == Interval(low=1.0, high=2.0)


def test_years_range_over_what_is_known_and_are_nothing_where_nothing_is() -> None:
    assert composing._ends([0.3, None, 0.1, 0.2]) == Interval(low=0.1, high=0.3)
    assert composing._ends([None]) is None


@pytest.mark.parametrize(
    ("deals", "failing", "against", "asked"),
    [
        (("deal",), ("war", "quarrel"), None, "war"),
        (("deal",), ("war", "quarrel"), "quarrel", "quarrel"),
        (("deal",), ("war",), "unknown", "war"),
        ((), ("war",), None, None),
        (("deal",), (), None, None),
        (("deal",), (), "deal", "deal"),
    ],
)
def test_jobs_of_the_deals_of_a_case_are_over_what_its_table_calls_no_deal(
    deals: tuple[str, ...],
    failing: tuple[str, ...],
    against: str | None,
    asked: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roles = {"deal": deals, "no-deal": failing}
    solved: Any = SimpleNamespace(
        scenarios=[SimpleNamespace(id=name) for names in roles.values() for name in names],
        by_role=lambda role: [SimpleNamespace(id=name) for name in roles[role]],
    )
    found = {"deal": JobsAndPrices(jobs={}, prices={})}
    questions: list[tuple[Any, ...]] = []

    def of_scenarios(*question: Any) -> dict[str, JobsAndPrices]:
        questions.append(question)
        return found

    monkeypatch.setattr(composing, "of_scenarios", of_scenarios)
    case: Any = "case"
    world: Any = "world"
    day = date(2025, 6, 29)
    assert composing._labour(case, solved, against, day, world) == (found if asked else {})
    assert questions == ([("case", list(deals), asked, day, "world")] if asked else [])


def test_what_is_in_force_is_listed_with_what_hits_a_party_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def summary(_register: Any, measure: Any, parties: list[str]) -> Any:
        return SimpleNamespace(id=measure.id, hits=tuple(code for code in parties if code in measure.on))

    monkeypatch.setattr(composing, "measure_summary", summary)
    law = [
        SimpleNamespace(id=name, on=on, imposer=imposer)
        for name, on, imposer in (
            ("a", "", "USA"),
            ("b", "USA", "CHN"),
            ("c", "THA", "USA"),
            ("d", "JPN", "KOR"),
        )
    ]
    days = {"CHN": date(2025, 6, 30), "USA": date(2025, 6, 1), "KOR": None, "IND": date(2025, 1, 1)}
    case: Any = SimpleNamespace(
        parties=[SimpleNamespace(economy=code) for code in ("JPN", "USA")],
        register=SimpleNamespace(in_force=lambda on, known: law if on == known else [], verified_to=days.get),
    )
    day = date(2025, 6, 29)
    assert [one.id for one in composing._measures(case, day)] == ["b", "d", "a", "c"]
    assert composing._verified(case, day) == {"CHN": days["CHN"], "USA": days["USA"]}


def test_sources_of_what_is_counted_are_cited_before_those_of_the_method() -> None:
    made = brief("")
    flows = made.results[0].flows
    counted = (flows[0].model_copy(update={"units_source": "counts"}), *flows[1:])
    results = (made.results[0].model_copy(update={"flows": counted}), *made.results[1:])
    method = made.method.model_copy(
        update={"first_year": (made.lead.model_copy(update={"sources": ("year",)}),)}
    )
    cited = list(composing._cited(made.model_copy(update={"results": results, "method": method})))
    assert cited.index("counts") < cited.index("year")
    assert "counts" not in composing._cited(made.model_copy(update={"results": ()}))


@pytest.mark.parametrize("followed", [True, False])
def test_what_was_agreed_is_told_with_what_it_left_and_along_the_scale_where_it_was_followed(
    followed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_content, "of_struck", lambda _deal: None)
    monkeypatch.setattr(deal_content, "_changes", lambda _table, options: tuple(sorted(options.values())))
    gains = {"JPN": 5.0, "USA": 2.0}
    found = {"options": {"cars": "none"}, "gains": {"JPN": 7.0, "USA": 2.5}}
    content: dict[str, Any] = {
        "title": "June",
        "gains": gains,
        "over_status_quo": {"JPN": 1.0, "USA": -1.0},
        "ends": {"low": {"JPN": 6.0, "USA": 2.0}, "high": {"JPN": 4.0, "USA": 3.0}},
        "issues": {"cars": {"title": "Cars", "settled": "15 %", "gains": gains, "source": ("s",)}},
        "unpriced": [
            {"title": "Ships", "why": "no price", "worth": {"JPN": {"low": 1.0, "high": 9.0}}, "source": ()}
        ],
        "left": {"JPN": found, "USA": None},
        "nearest": found,
        "statements": ["said"],
        "source": ["law"],
    }
    grid = SimpleNamespace(label=lambda _package: {"cars": "as now", "rice": "as now too"})
    agreed = SimpleNamespace(
        package=7, table=SimpleNamespace(grid=grid, fallback=0), deal=SimpleNamespace(date=date(2025, 7, 22))
    )
    along = SimpleNamespace(scales=(0.2, 1.0), gains={7: np.array([[1.0, -1.0], [5.0, 2.0]])})
    deal: Any = SimpleNamespace(
        game=SimpleNamespace(parties=("JPN", "USA")),
        table=SimpleNamespace(struck=agreed),
        struck=SimpleNamespace(along=along if followed else None, stops=0.6, others={"CHN": -9.0, "KOR": -0.5}),
    )
    one = deal_content._struck(deal, content)
    assert one is not None
    assert one.ends == {"JPN": Interval(low=4.0, high=6.0), "USA": Interval(low=2.0, high=3.0)}
    assert [(left.party, left.changes, left.more) for left in one.left] == [
        (party, ("as now too", "none"), {"JPN": 2.0, "USA": 0.5}) for party in ("JPN", None)
    ]
    assert one.left[0].what == "Most for Japan, no other worse off"
    assert (one.curve, one.turns) == (
        ({"JPN": (1.0, 5.0), "USA": (-1.0, 2.0)}, {"JPN": (), "USA": (0.6,)}) if followed else ({}, {})
    )
    assert (one.others, one.jobs, one.unpriced[0].worth["JPN"].high) == ({"CHN": -9.0}, {}, 9.0)
    assert [left.party for left in deal_content._struck(deal, {**content, "nearest": None}).left] == ["JPN"]  # type: ignore[union-attr]
    assert deal_content._struck(deal, None) is None
    deal.struck = None
    assert deal_content._struck(deal, content) is None
