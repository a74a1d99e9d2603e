"""Pieces of the first page: what there is room for, what is said once, and where a day or an amount counts."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from tests.briefs import brief
from tests.unit.test_brief_first_page import agreed, deal, plain, table

from kosho.brief import first_page
from kosho.brief.model import DateAhead, Outlook, Prospect
from kosho.brief.negotiation import DealTerm, ScaleMark, WeightLimit
from kosho.scenario.interval import Interval

TWO_AND_THREE = "A week’s delay costs Japan 2 and the United States 3 million dollars"


def term(issue: str, option: str = "one two") -> DealTerm:
    return DealTerm(issue=issue, option=option, changed=True)


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (6, "Cars: one two; Steel: one two."),
        (5, "Cars: one two; and 1 more on the next page."),
        (0, "Cars: one two; and 1 more on the next page."),
    ],
)
def test_terms_are_told_as_far_as_there_is_room_and_one_at_least(room: int, told: str) -> None:
    assert first_page._terms([term("Cars"), term("Steel")], room, set()) == told
    assert first_page._terms([], room, set()) == ""


def test_what_the_case_writes_small_is_small_but_at_the_start() -> None:
    terms = [term("Cars of all"), term("Cars and parts"), term("Rice from Japan")]
    told = first_page._terms(terms, 99, {"cars", "and"})
    assert told == "Cars of all: one two; cars and parts: one two; Rice from Japan: one two."


def test_words_are_small_where_the_case_its_table_or_an_option_writes_them_so() -> None:
    laid = table(deal(terms=(term("Steel", "Rice as Now"),))).model_copy(update={"summary": "They talk"})
    made = brief("").model_copy(update={"summary": "Summary of it", "negotiation": laid})
    assert first_page._common(made) == {"of", "it", "talk", "as"}
    assert first_page._common(made.model_copy(update={"negotiation": None})) == {"of", "it"}


def test_what_is_offered_has_the_room_that_is_left() -> None:
    mine, theirs = (
        DealTerm(issue="I", option=" ".join(["w"] * 30), by=(code,), changed=True) for code in ("JPN", "USA")
    )
    ask = outlook_of(terms=(theirs, mine, mine)).prospects[0]
    told = first_page._asked(brief(""), "JPN", ask)
    assert told.count("I: w") == 2  # of 62 words 31 are left
    assert told.endswith("and 1 more on the next page.")


def outlook_of(
    turns: dict[str, tuple[float, ...]] | None = None,
    estimates: tuple[ScaleMark, ...] = (),
    limits: tuple[WeightLimit, ...] = (),
    terms: tuple[DealTerm, ...] = (),
    concept: str | None = "Nash",
) -> Outlook:
    gains = {"JPN": 4_000.0, "USA": 3_000.0}
    ask = Prospect(role="ask", title="", terms=terms, concept=concept, gains=gains, curve={}, turns=turns or {})
    return Outlook(
        party="JPN", against="no deal", scales=(), estimates=estimates, prospects=(ask,), limits=limits
    )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.2, 0.4, True), (0.2, 0.41, False), (0.3, 0.6, False)],
)
def test_the_weakest_estimate_is_told_once_where_a_gain_has_turned_above_it(
    low: float, high: float, told: bool
) -> None:
    marks = (ScaleMark(title="a", low=low, high=high), ScaleMark(title="b", low=0.1, high=0.2))
    japan, states = first_page._turns(outlook_of({"JPN": (0.2, 0.3), "USA": (0.41,), "CHN": ()}, marks))
    assert japan == "Weak trade: below 0.30 of the central strength, Japan loses."
    more = f"; the weakest estimate is {low:.2f} to {high:.2f}" if told else ""
    assert states == f"Weak trade: below 0.41 of the central strength, the United States loses{more}."


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ((0.5, 0.3), ["The United States loses with rice at 1.30 times its worth."]),
        ((0.3, 0.5), ["Japan also loses with cars at 1.30 times its worth."]),
        ((1.0, 1.2), []),
        ((0.99, 1.2), ["Japan also loses with cars at 1.99 times its worth."]),
    ],
)
def test_the_least_weight_that_stops_a_deal_is_told_if_it_is_less_than_twice(
    weights: tuple[float, float], told: list[str]
) -> None:
    limits = tuple(
        WeightLimit(title=title, party=party, weight=weight)
        for title, party, weight in zip(("Cars", "Rice"), ("JPN", "USA"), weights, strict=True)
    )
    assert list(first_page._weights(outlook_of({"JPN": (0.3,)}, limits=limits))) == told


@pytest.mark.parametrize(
    ("share", "turns", "concept", "told"),
    [
        (0.93, {}, "Nash", True),
        (1.0, {}, "Nash", False),
        (0.93, {"USA": (0.4,)}, "Nash", False),
        (0.93, {}, None, False),
        (0.93, {}, "Other", False),
    ],
)
def test_draws_in_which_a_side_loses_are_told_where_nothing_else_makes_one_lose(
    share: float, turns: dict[str, tuple[float, ...]], concept: str | None, told: bool
) -> None:
    made: Any = SimpleNamespace(negotiation=SimpleNamespace(all_gain={"Nash": share}))
    assert bool(list(first_page._draws(made, outlook_of(turns, concept=concept)))) is told
    bare: Any = SimpleNamespace(negotiation=None)
    assert list(first_page._draws(bare, outlook_of(turns, concept=concept))) == []


@pytest.mark.parametrize(
    ("deadline", "dated", "passed", "waiting"),
    [
        (date(2025, 6, 28), False, True, False),
        (date(2025, 6, 29), True, False, True),
        (date(2025, 6, 30), True, False, True),
    ],
)
def test_a_deadline_is_ahead_on_its_own_day(deadline: date, dated: bool, passed: bool, waiting: bool) -> None:
    laid = table(deal()).model_copy(update={"deadline": deadline})
    made = brief("").model_copy(update={"negotiation": laid})
    assert (deadline in [day for day, _whole, _short in first_page._dates(made)]) is dated
    assert bool(list(first_page._passed(made))) is passed
    assert bool(list(first_page._waiting(made))) is waiting


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((1.0, 0.99), (0.0, 0.0), "A week’s delay costs Japan 1 million"),
        (
            (0.99, 0.0),
            (2.0, 3.0),
            "After that day a week’s delay costs Japan 2 and the United States 3 million",
        ),
        ((0.99, 0.0), (0.99, 0.0), None),
        (
            (2.0, 3.0),
            (2.0, 0.0),
            f"{TWO_AND_THREE}; after that day Japan 2 million",
        ),
        ((999.4, 3.0), (0.0, 0.0), "A week’s delay costs Japan 999 and the United States 3 million"),
        ((999.5, 3.0), (0.0, 0.0), "A week’s delay costs Japan 1.0 billion and the United States 3 million"),
    ],
)
def test_a_week_is_told_of_those_whom_it_costs_a_million(
    before: tuple[float, float], after: tuple[float, float], told: str | None
) -> None:
    week = {
        when: dict(zip(("JPN", "USA"), costs, strict=True))
        for when, costs in (("before", before), ("after", after))
    }
    laid = table(deal()).model_copy(update={"week": week})
    made = brief("").model_copy(update={"negotiation": laid})
    found = [plain(one).removesuffix(".").removesuffix(" dollars") for one in first_page._waiting(made)]
    assert found == ([] if told is None else [told])


@pytest.mark.parametrize(("words", "whole"), [(19, True), (20, False)])
def test_what_follows_from_later_dates_is_left_out_beyond_sixty_six_words(words: int, whole: bool) -> None:
    days = tuple(
        DateAhead(date=date(2025, 7, day), title=f"Step {day} is", consequence=" ".join(["w"] * words))
        for day in (4, 8, 15)
    )
    made = brief("").model_copy(update={"calendar": days})
    last = plain(first_page._due(made)).split("(16 days left): Step 15 is")[-1]
    assert last.startswith(": w") is whole


@pytest.mark.parametrize(
    ("more", "told"), [(0, ""), (1, " Not priced: Ships."), (3, " Not priced: Ships and 2 more.")]
)
def test_what_was_agreed_and_has_no_price_is_counted(more: int, told: str) -> None:
    one = agreed().struck
    assert one is not None
    ships = one.unpriced[0].model_copy(update={"title": "Ships"})
    text = first_page._agreed(one.model_copy(update={"unpriced": (ships,) * more}))
    assert text.partition("minimum access.")[2] == told


def test_a_scenario_is_told_by_what_it_says_first_of_itself() -> None:
    made = brief("")
    scenarios = tuple(
        one.model_copy(update={"description": f"What {one.id} is. And more; of it."}) for one in made.scenarios
    )
    found = outlook_of().prospects[0].model_copy(update={"title": "The deal", "scenario": "deal"})
    told = first_page._named(made.model_copy(update={"scenarios": scenarios}), found)
    assert told == "The deal: What deal is."
    none = found.model_copy(update={"scenario": "none"})
    assert first_page._named(made.model_copy(update={"scenarios": scenarios}), none) == "The deal."


def test_an_outlook_without_a_deal_to_ask_for_asks_for_none() -> None:
    only = outlook_of().prospects[0].model_copy(update={"role": "accept"})
    found = outlook_of().model_copy(update={"prospects": (only,)})
    told = first_page.first_page(brief("").model_copy(update={"outlook": found}))
    assert told["ask"] == "The record holds no demand and no offer by this day."


@pytest.mark.parametrize(("count", "told"), [(4, ""), (5, ""), (6, " and 1 more"), (8, " and 3 more")])
def test_five_subjects_of_the_record_are_named(count: int, told: str) -> None:
    issues = [SimpleNamespace(title=f"s{k}", demanded=True) for k in range(count)]
    made: Any = SimpleNamespace(
        record=SimpleNamespace(issues=[*issues, SimpleNamespace(title="x", demanded=False)])
    )
    names = ", ".join(f"s{k}" for k in range(min(count, 5)))
    assert first_page._on_the_table(made) == f"As said by the sides: {names}{told}. Page two has who said what."


def test_the_best_deal_is_the_one_with_the_largest_sum_over_the_first_way_of_no_deal() -> None:
    roles = {"deal": ("one", "two"), "no-deal": ("war", "quarrel"), "status-quo": ("now",)}
    worth = {
        ("one", "war"): (5.0, -1.0),
        ("two", "war"): (1.0, 2.0),
        ("one", "quarrel"): (-9.0, 0.0),
        ("two", "quarrel"): (9.0, 9.0),
        ("war", "now"): (0.0, 0.0),
    }
    comparisons = [
        SimpleNamespace(scenario=scenario, against=against, by_variant={"main": gain, "other": -gain})
        for (scenario, against), gains in worth.items()
        for gain in gains
    ]
    made: Any = SimpleNamespace(
        numbers=SimpleNamespace(
            by_role=lambda role: [SimpleNamespace(id=one, title=one) for one in roles[role]]
        ),
        comparisons=comparisons,
        variants=[SimpleNamespace(id="main"), SimpleNamespace(id="other")],
    )
    assert first_page._best(made) == [("one", "war", "one, over no deal")]


def test_where_nothing_makes_a_difference_that_is_said_of_failure_first() -> None:
    made = brief("")
    nothing = tuple(
        one.model_copy(
            update={
                "by_variant": dict.fromkeys(one.by_variant, 0.0),
                "central": Interval(low=0.0, high=0.0),
                "low": Interval(low=0.0, high=0.0),
            }
        )
        for one in made.comparisons
    )
    still = made.model_copy(update={"comparisons": nothing})
    assert first_page._costs(still) == "No deal, over today: no difference to any side."
    bare = still.model_copy(update={"scenarios": ()})
    assert first_page._costs(bare) == "No gain is computed."
