"""The first page for any case: with a table, with scenarios only, with a record only, with nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.briefs import brief
from tests.unit.test_brief_page import Reader

from kosho.brief import page
from kosho.brief.first_page import first_page
from kosho.brief.model import Brief, DateAhead, Outlook, Prospect
from kosho.brief.negotiation import (
    DealTerm,
    LeftByParty,
    NamedDeal,
    Negotiation,
    PackagePoint,
    ScaleMark,
    StruckPart,
    StruckSummary,
    WeightLimit,
)
from kosho.brief.outlook import agreed as agreed_outlook
from kosho.brief.outlook import outlook
from kosho.brief.priced import PricedIssue, PricedPackages
from kosho.scenario.interval import Interval
from kosho.scenario.turning import Turning

PARTS = ["ask", "accept", "gains", "break", "due", "caveat"]
SCALES = (0.2, 0.5, 1.0)
TERMS = (
    DealTerm(issue="Cars", option="15 % in all", by=("USA",), changed=True),
    DealTerm(issue="Steel", option="as now", changed=False),
    DealTerm(issue="American rice", option="more", by=("JPN",), changed=True),
)


def deal(concept: str = "Nash", japan: float = 4_000.0, terms: tuple[DealTerm, ...] = TERMS) -> NamedDeal:
    return NamedDeal(
        background="Alone",
        concept=concept,
        changes=("Cars: 15 % in all",),
        over_no_deal={"JPN": japan, "USA": 3_000.0},
        over_today={"JPN": 100.0, "USA": 90.0},
        meaning="what it picks",
        terms=terms,
        curve={"JPN": (6_000.0, 5_000.0, japan), "USA": (-500.0, None, 3_000.0)},
        turns={"JPN": (), "USA": (0.41,)},
        limits=(WeightLimit(title="Value added of cars", party="USA", weight=0.74),),
    )


def table(*deals: NamedDeal, zone: bool = True, as_of: date | None = None) -> Negotiation:
    return Negotiation(
        title="t",
        summary="They could talk of cars.",
        as_of=as_of,
        parties=("JPN", "USA"),
        packages=4,
        allowed=3,
        better_for_all=2,
        zone=zone,
        red_lines=(),
        deals=deals,
        shares={},
        shares_of=None,
        certificates={},
        all_gain={},
        scales=SCALES,
        week={"before": {"JPN": 54.2, "USA": 50.2}, "after": {"JPN": 87.0, "USA": 68.4}},
        against="no-deal",
        lines_of={"JPN": ("Japan signs nothing at 25 %",)},
        deadline=date(2025, 7, 9),
        follows="The rate doubles.",
        opening=() if zone else ("Red lines: without “x”, then y.",),
        points=(),
        sources=(),
    )


def curves(made: Brief) -> list[Turning]:
    return [
        Turning(party=party, scenario="deal", against="no-deal", scales=SCALES, gains=gains, turns=turns)
        for party, gains, turns in (
            ("JPN", (9_000.0, 7_000.0, 6_000.0), ()),
            ("USA", (-1_000.0, 200.0, 1_000.0), (0.44,)),
        )
    ]


def told(negotiation: Negotiation | None, **changed: object) -> dict[str, str]:
    made = brief("").model_copy(update={"negotiation": negotiation} | changed)
    marks = (ScaleMark(title="A study", low=0.13, high=0.22),)
    found = outlook(made.numbers, curves(made), negotiation, marks, made.as_of)
    return first_page(made.model_copy(update={"outlook": found}))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_table_says_what_to_ask_for_and_what_to_offer() -> None:
    lines = told(table(deal()))
    assert list(lines) == PARTS
    assert lines["ask"] == "Cars: 15 % in all. Offer: American rice: more."
    assert "Steel" not in lines["ask"]  # nothing changes
    assert plain(lines["due"]).startswith("9 July 2025 (10 days left): The rate doubles. A week’s delay costs ")
    assert plain(lines["due"]).endswith(
        "Japan 54 and the United States 50 million dollars; after that day 87 and 68."
    )
    assert "below 0.41 of the central strength, the United States loses" in lines["break"]
    assert "value added of cars at 1.74" in lines["break"]
    assert "0.13 to 0.22" in lines["break"]


def test_the_least_to_accept_is_a_deal_of_the_case_that_firmly_beats_no_deal_for_all() -> None:
    lines = told(table(deal(japan=7_000.0)))
    assert lines["accept"] == "Deal . Red line: Japan signs nothing at 25 %."
    assert "Japan +7.0 (+5.0 to +7.0) and the United States +3.0 (−0.50 to +3.0)" in lines["gains"]
    assert "At the least: Japan +6.0 (+6.0 to +9.0)" in lines["gains"]
    assert "0.44 at the least" in lines["break"]


def test_without_such_a_deal_it_is_the_least_of_the_table_and_only_what_differs_is_said() -> None:
    lesser = (TERMS[0].model_copy(update={"option": "20 % in all"}), *TERMS[1:])
    lines = told(table(deal(), deal("Egalitarian", 3_500.0, lesser)))
    assert lines["accept"] == "As above, but Cars: 20 % in all. Red line: Japan signs nothing at 25 %."
    assert "No lesser deal priced here" in told(table(deal()))["accept"]


PRICED = PricedPackages(
    issues=(
        PricedIssue(title="Cars", options=("25 % as now", "20 % in all", "15 % in all"), fallback=0),
        PricedIssue(title="American rice", options=("as now", "more"), fallback=0),
    ),
    background="Alone",
    of=6,
    numbers=(0, 1, 2, 3, 4, 5),
    gains={
        "JPN": (0.0, -50.0, 1_500.0, 900.0, 4_500.0, 4_000.0),
        "USA": (0.0, 700.0, 600.0, 1_400.0, -200.0, 3_000.0),
    },
    today={"JPN": 3_900.0, "USA": 2_910.0},
    noise=1.0,
    crossing={"Japan signs nothing at 20 % for rice": (3,)},
)
"""Packages of which Japan's least that both may sign is the third: 20 % on cars, and rice as now."""


def test_where_all_deals_are_one_the_least_package_that_beats_no_deal_for_all_is_named() -> None:
    lines = told(table(deal()).model_copy(update={"priced": PRICED}))
    assert lines["accept"].startswith("As above, but Cars: 20 % in all; American rice: as now.")
    assert "At the least: Japan +1.5 and the United States +0.60." in lines["gains"]
    none = PRICED.model_copy(update={"gains": {**PRICED.gains, "USA": (0.0, 0.5, -600.0, 1.0, 0.0, 3_000.0)}})
    lines = told(table(deal()).model_copy(update={"priced": none}))
    assert "No lesser deal priced here" in lines["accept"]


def test_where_nothing_opens_a_zone_the_page_says_why_and_not_what_it_would_take() -> None:
    shut = table(zone=False).model_copy(
        update={"opening": (), "closed": {"Money": "there is nothing to share"}}
    )
    line = first_page(brief("").model_copy(update={"negotiation": shut, "outlook": None}))["accept"]
    assert line.endswith("no package leaves every side better off than no deal. There is nothing to share.")
    assert "It would take" not in line
    assert shut.not_opening == ("Money: none; there is nothing to share.",)


def test_a_week_that_costs_as_much_after_the_deadline_is_told_once() -> None:
    same = {"before": {"JPN": 54.2, "USA": 50.2}, "after": {"JPN": 54.3, "USA": 49.9}}
    due = plain(told(table(deal()).model_copy(update={"week": same}))["due"])
    assert due.endswith("costs Japan 54 and the United States 50 million dollars.")


def test_such_a_package_stands_beside_what_is_asked_for_and_has_no_line_in_the_figure() -> None:
    from kosho.brief.aide_tables import aide_tables  # noqa: PLC0415
    from kosho.brief.gain_figure import panels  # noqa: PLC0415

    made = brief("")
    negotiation = table(deal()).model_copy(update={"priced": PRICED})
    made = made.model_copy(
        update={
            "negotiation": negotiation,
            "outlook": outlook(made.numbers, curves(made), negotiation, (), made.as_of),
        }
    )
    shown = aide_tables(made)["side-by-side"]
    assert shown.columns[-1] == "Accept down to"
    cells = {row[0].text: row[-1].text for row in shown.rows}
    assert cells["Cars"] == "20 % in all"
    assert cells["Japan over no deal"] == "+1.5"
    assert cells["Japan over today"] == "−2.4"
    assert cells["Others hit most"] == "not known"
    assert len(panels(made)) == 2
    assert all("least" not in panel and 'points=""' not in panel for panel in panels(made))


def test_scenarios_alone_are_asked_for_by_what_they_are() -> None:
    lines = told(None)
    assert lines["ask"] == "Deal : What  means."
    assert "No lesser deal priced here" in lines["accept"]
    assert "Japan +6.0 (+6.0 to +9.0)" in lines["gains"]
    assert plain(lines["due"]) == "9 July 2025 (10 days left): Suspension ends."


def test_a_deal_that_is_not_firmly_better_for_all_is_not_asked_for() -> None:
    made = brief("")
    worse = tuple(
        one.model_copy(update={"central": Interval(low=-10.0, high=2_000.0)})
        if (one.party, one.scenario, one.against) == ("USA", "deal", "no-deal")
        else one
        for one in made.comparisons
    )
    lines = told(None, comparisons=worse)
    assert lines["accept"].startswith("No deal named here leaves every side better off")
    assert lines["break"] == ""
    assert "Japan −4.0" in lines["gains"]  # what failure costs


def test_no_zone_is_said_with_what_would_open_one() -> None:
    made = brief("")
    no_deals = tuple(one for one in made.scenarios if one.role != "deal")
    lines = told(table(zone=False), scenarios=no_deals)
    assert "no package leaves every side better off" in lines["accept"]
    assert "It would take red lines: without" in lines["accept"]


def test_talks_that_are_over_ask_for_nothing() -> None:
    lines = told(table(deal(), as_of=date(2025, 6, 20)))
    assert "were over by this day" in lines["accept"]
    assert "delay" not in lines["due"]


def agreed(left: tuple[LeftByParty, ...] = ()) -> Negotiation:
    """A table whose talks were over before the brief's day, with what was agreed."""
    parts = tuple(
        StruckPart(title=title, settled=how, gains={"JPN": 1.0, "USA": 1.0}, sources=("law",))
        for title, how in (("Cars", "15 % in all"), ("American rice", "75 % more within the minimum access"))
    )
    unpriced = tuple(
        StruckPart(title=title, settled="no price", sources=("law",)) for title in ("Shipyards", "Chips")
    )
    struck = StruckSummary(
        title="The agreement of June",
        date=date(2025, 6, 22),
        over_no_deal={"JPN": 2_900.0, "USA": 1_800.0},
        over_today={"JPN": -1_200.0, "USA": 20.0},
        ends={"JPN": Interval(low=1_000.0, high=4_000.0), "USA": Interval(low=1_800.0, high=1_800.0)},
        parts=parts,
        unpriced=unpriced,
        left=left,
        statements=(),
        sources=("law",),
    )
    point = PackagePoint(kind="struck", gains=struck.over_no_deal, text=struck.title)
    laid = table(deal(), as_of=date(2025, 6, 20))
    return laid.model_copy(update={"struck": struck, "points": (point,)})


def test_once_agreed_the_page_says_what_was_agreed_and_what_it_left() -> None:
    left = LeftByParty(
        what="Most for Japan, no other worse off",
        party="JPN",
        changes=("Cars: 10 % in all",),
        over_no_deal={"JPN": 3_700.0, "USA": 1_800.0},
        more={"JPN": 800.0, "USA": 0.0},
    )
    lines = told(agreed((left,)))
    assert plain(lines["ask"]) == (
        "On 22 June 2025: Cars: 15 % in all; American rice: 75 % more within the minimum access. "
        "Not priced: Shipyards and 1 more."
    )
    assert plain(lines["accept"]) == ("Japan 800 million dollars a year, each with no other side worse off.")
    assert plain(lines["gains"]).startswith(
        "Billion dollars a year over no deal: Japan +2.9 (+1.0 to +4.0) and the United States +1.8."
    )
    assert plain(lines["gains"]).endswith("Over what held before it: Japan −1.2 and the United States ~0.")
    assert "Nothing: no side could have had more" in told(agreed())["accept"]
    shown = brief("").model_copy(update={"negotiation": agreed((left,)), "first_page": lines})
    text = Reader(page.render(shown)).text
    for head in ("Agreed", "Left on the table", "What was agreed"):
        assert head in text
    main = text[: text.index("Every number behind the pages above")].lower()
    for term in ("shapley", "frontier", "wedge", "equivalent variation"):  # the annex explains them
        assert term not in main


def test_a_page_that_tells_what_was_agreed_is_as_short_as_any() -> None:
    laid = agreed()
    assert laid.struck is not None
    part = laid.struck.parts[1].model_copy(
        update={"title": "American farm goods, fertiliser and fuels of crops"}
    )
    lines = told(laid.model_copy(update={"struck": laid.struck.model_copy(update={"parts": (part,) * 9})}))
    assert "more on the next page" in lines["ask"]
    assert sum(len(line.split()) for line in lines.values()) < 230


def test_what_was_agreed_is_drawn_beside_what_could_have_been() -> None:
    laid = agreed()
    assert laid.struck is not None
    curve: dict[str, tuple[float | None, ...]] = {
        "JPN": (2_000.0, 2_500.0, 2_900.0),
        "USA": (-900.0, 400.0, 1_800.0),
    }
    struck = laid.struck.model_copy(update={"curve": curve, "turns": {"JPN": (), "USA": (0.37,)}})
    laid = laid.model_copy(update={"struck": struck})
    made = brief("")
    found = agreed_outlook(laid, (), made.as_of)
    assert found is not None
    assert [one.role for one in found.prospects] == ["agreed", "possible"]
    assert found.stops == {"USA": 0.37}
    shown = made.model_copy(update={"negotiation": laid, "agreed": found, "outlook": None})
    drawn = page.render(shown.model_copy(update={"first_page": first_page(shown)}))
    text = Reader(drawn).text
    assert "By what was agreed the United States gains only above 0.37 of the central strength" in plain(text)
    assert "Possible: the first deal of the table as it stood on 20 June 2025." in plain(text)
    assert 'class="line agreed"' in drawn
    assert 'class="line possible"' in drawn
    assert "What could have been agreed: gain over no deal" in plain(text)  # the numbers behind it
    # Before the talks were over, and where nothing was followed along the scale, there is nothing to draw.
    assert agreed_outlook(laid.model_copy(update={"as_of": made.as_of}), (), made.as_of) is None
    assert agreed_outlook(agreed(), (), made.as_of) is None


def test_three_dates_are_due_and_how_many_more() -> None:
    days = [
        DateAhead(date=date(2025, 7, day), title=f"Step {day}", consequence="duties rise", sources=())
        for day in (4, 8, 15, 20, 25)
    ]
    laid = agreed().model_copy(update={"deadline": None})
    due = plain(told(laid, calendar=tuple(days))["due"])
    assert due.startswith("4 July 2025 (5 days left): Step 4: duties rise. 8 July 2025 (9 days left): Step 8: ")
    assert due.count("days left") == 3
    assert due.endswith("And 2 more dates.")
    assert plain(told(laid, calendar=tuple(days[:4]))["due"]).endswith("And 1 more date.")
    long = tuple(one.model_copy(update={"consequence": "duties rise " * 12}) for one in days)
    due = plain(told(laid, calendar=long)["due"])
    assert due.startswith("4 July 2025 (5 days left): Step 4: duties rise")
    assert "15 July 2025 (16 days left): Step 15. And 2 more dates." in due


def test_before_the_day_that_talks_were_over_the_deal_to_ask_for_is_told() -> None:
    ahead = agreed().model_copy(update={"as_of": None})
    assert told(ahead)["ask"].startswith("Cars: 15 % in all. Offer:")


def test_a_deadline_that_has_passed_is_said_to_have_passed() -> None:
    lines = told(table(deal()).model_copy(update={"deadline": date(2025, 6, 20)}), calendar=())
    assert plain(lines["due"]) == "The deadline of 20 June 2025 has passed."


def test_where_no_strength_of_trade_turns_a_gain_the_share_of_draws_that_does_is_told() -> None:
    firm = deal().model_copy(update={"turns": {"JPN": (), "USA": ()}, "limits": ()})
    some = table(firm).model_copy(update={"all_gain": {"Nash": 0.93}})
    assert plain(told(some)["break"]) == "Some side loses in 7 % of the draws of all that is uncertain."
    assert told(table(firm).model_copy(update={"all_gain": {"Nash": 1.0}}))["break"].startswith("No strength")


def test_law_that_was_not_checked_up_to_the_day_is_said_on_the_first_page() -> None:
    lines = told(table(deal()), law_verified_to={"USA": date(2025, 6, 20), "JPN": date(2025, 7, 1)})
    assert plain(lines["caveat"]).endswith(
        "The law of the United States is checked up to 20 June 2025: later measures may be missing."
    )
    assert "checked" not in told(table(deal()))["caveat"]


def test_where_failure_changes_nothing_the_best_deal_is_told() -> None:
    made = brief("")
    still = tuple(
        one.model_copy(
            update={
                "by_variant": dict.fromkeys(one.by_variant, 0.0),
                "central": Interval(low=0.0, high=0.0),
                "low": Interval(low=0.0, high=0.0),
            }
        )
        if (one.scenario, one.against) == ("no-deal", "status-quo")
        else one.model_copy(update={"central": Interval(low=-1.0, high=9_000.0)})
        for one in made.comparisons
    )
    lines = told(None, comparisons=still)
    assert lines["gains"].startswith("Deal , over no deal, in billion dollars a year: Japan +6.0 (")


def test_where_a_range_holds_both_signs_the_turn_is_told() -> None:
    turn = curves(brief(""))[1].model_copy(update={"scenario": "no-deal", "against": "status-quo"})
    lines = told(
        None, scenarios=tuple(one for one in brief("").scenarios if one.role != "deal"), turning=(turn,)
    )
    assert lines["gains"].endswith("The sign turns for the United States where trade’s strength is 0.44.")


def test_dates_come_in_order_and_the_deadline_is_among_them() -> None:
    laid = table(deal()).model_copy(update={"week": {}, "deadline": date(2025, 12, 31)})
    due = plain(told(laid)["due"])
    assert due.startswith("9 July 2025 (10 days left): Suspension ends. 31 December 2025")


def test_small_gains_are_told_in_millions_and_nil_is_explained() -> None:
    small = deal().model_copy(
        update={
            "over_no_deal": {"JPN": 4.0, "USA": 3.0},
            "curve": {"JPN": (160.0, 5.0, 4.0), "USA": (1.0, 2.0, 3.0)},
            "turns": {"JPN": (), "USA": ()},
        }
    )
    assert told(table(small))["gains"].startswith(
        "Million dollars a year over no deal: Japan +4.0 (+4.0 to +160)"
    )
    mixed = small.model_copy(
        update={"over_no_deal": {"JPN": 4_000.0, "USA": 3.0}, "curve": {"JPN": (), "USA": ()}}
    )
    assert plain(told(table(mixed))["gains"]).endswith("~0: below 50 million dollars.")


def test_with_nothing_computed_the_page_says_so() -> None:
    made = brief("")
    nothing = {
        "scenarios": (),
        "variants": (),
        "results": (),
        "comparisons": (),
        "flow_ranges": (),
        "bounds": (),
    }
    lines = told(None, **nothing, world=None, talks_world=None, calendar=())
    assert lines["gains"] == "No gain is computed."
    assert lines["due"] == "No date ahead is known."
    assert "Nothing here is computed" in lines["caveat"]
    text = Reader(page.render(made.model_copy(update=nothing | {"first_page": lines}))).text
    assert "No gain is computed." in text


def test_a_table_of_many_issues_still_fits_on_the_page() -> None:
    many = tuple(
        DealTerm(issue=f"Issue {n} of the many", option="a rate of ten percent", by=("USA",), changed=True)
        for n in range(40)
    )
    lines = told(table(deal(terms=many)))
    assert sum(len(line.split()) for line in lines.values()) < 240
    assert "more on the next page" in lines["ask"]


@pytest.mark.parametrize("parties", [2, 3])
def test_the_figure_has_a_panel_a_party_and_words_for_those_who_do_not_see_it(parties: int) -> None:
    made = brief("")
    codes = ("JPN", "USA", "CHN")[:parties]
    ask = Prospect(
        role="ask",
        title="",
        terms=TERMS,
        gains=dict.fromkeys(codes, 1_000.0),
        curve=dict.fromkeys(codes, (-200.0, None, 1000.0)),
        turns=dict.fromkeys(codes, (0.41,)),
    )
    found = Outlook(party="JPN", against="no deal", scales=SCALES, estimates=(), prospects=(ask,))
    shown = tuple(one for one in made.parties) + tuple(
        made.parties[0].model_copy(update={"code": "CHN"}) for _ in range(parties - 2)
    )
    from kosho.brief.gain_figure import gain_title, panels  # noqa: PLC0415

    drawn = panels(made.model_copy(update={"outlook": found, "parties": shown}))
    assert len(drawn) == parties
    assert all("turning at 0.41" in one and 'class="turn"' in one for one in drawn)
    assert "0.41" in gain_title(found)
    assert all("nan" not in one.lower() for one in drawn)
    assert all("bn USD a year" in one for one in drawn)
    small = ask.model_copy(
        update={"gains": dict.fromkeys(codes, 4.0), "curve": dict.fromkeys(codes, (3.0, 3.5, 4.0))}
    )
    small = small.model_copy(update={"turns": {}})
    drawn = panels(
        made.model_copy(update={"outlook": found.model_copy(update={"prospects": (small,)}), "parties": shown})
    )
    assert all("million USD a year" in one and ">2</text>" in one for one in drawn)


@pytest.mark.parametrize("most", [0.7, 16.0, 160.0, 17_000.0, 3e6])
def test_the_axis_of_gains_has_ticks_whatever_its_reach(most: float) -> None:
    from kosho.brief.gain_figure import panels  # noqa: PLC0415

    made = brief("")
    ask = deal().model_copy(update={"curve": {"JPN": (most, 0.0, 0.0), "USA": (most, 0.0, 0.0)}})
    found = outlook(made.numbers, curves(made), table(ask), (), made.as_of)
    for one in panels(made.model_copy(update={"outlook": found})):
        assert 3 <= len(re.findall(r'text-anchor="end">[−\d]', one)) <= 8


def test_a_side_that_has_no_seat_at_the_table_has_no_panel() -> None:
    from kosho.brief.gain_figure import gain_table, panels  # noqa: PLC0415

    made = brief("")
    found = outlook(made.numbers, curves(made), table(deal()), (), made.as_of)
    watching = made.parties[0].model_copy(update={"code": "CHN"})
    three = made.model_copy(update={"outlook": found, "parties": (*made.parties, watching)})
    assert panels(three) == panels(made.model_copy(update={"outlook": found}))
    assert len(panels(three)) == 2
    assert gain_table(three)


def test_a_side_that_has_no_seat_at_the_table_does_not_ask() -> None:
    made = brief("")
    solved = replace(made.numbers, parties=("CHN", *made.codes), comparisons=())
    found = outlook(solved, (), table(deal()), (), made.as_of)
    assert found is not None
    assert found.party == "JPN"
