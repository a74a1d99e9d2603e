"""Words of measures, rates, links and packages on small made-up content: each says which number is which."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from tests.briefs import brief, comparison
from tests.measures import cited, measure
from tests.unit.test_brief_first_page import PRICED, agreed, deal, table
from tests.whole_briefs import with_scenarios

from kosho.brief import headline, method, outlook, told
from kosho.brief.aide_tables import trade_at_stake
from kosho.brief.law import measure_summary
from kosho.brief.line_tables import SHOWN, lines_table
from kosho.brief.linkage_words import linkage_words
from kosho.brief.negotiation import TariffLineTold
from kosho.brief.page import safe_url
from kosho.brief.priced import priced_packages
from kosho.brief.rate_words import rate_words
from kosho.brief.recorded import Event, Recorded
from kosho.brief.tables import glance, tables
from kosho.law import Register
from kosho.provenance import Said
from kosho.scenario.interval import Interval

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("changes", "rate", "partners"),
    [
        ({"value": 10}, "+10 %", "all"),
        ({"kind": "floor", "value": 15}, "15 % in all", "all"),
        ({"value": {"JPN": 10, "all": 5}}, "+10 or 5 %", "all; Japan 10"),
        ({"value": {"all": 5}}, "+5 %", "all"),
        ({"value": {"JPN": 10, "KOR": 25, "THA": 5}}, "+5 to 25 %", "Japan 10, Korea 25, Thailand 5"),
        (
            {"value": dict(zip(("JPN", "KOR", "THA", "CHN", "VNM", "IDN"), range(5, 11), strict=True))},
            "+5 to 10 %",
            "Japan 5, Korea 6, Thailand 7, China 8, Viet Nam 9, Indonesia 10",
        ),
        (
            {"value": dict(zip(("JPN", "KOR", "THA", "CHN", "VNM", "IDN", "IND"), range(5, 12), strict=True))},
            "+5 to 11 %",
            "Japan, Korea, Thailand, China, Viet Nam, Indonesia, India",
        ),
        ({"partners": {"exclude": ["CAN"]}}, "+10 %", "all but Canada"),
        ({"partners": {"include": ["JPN", "KOR"]}}, "+10 %", "Japan, Korea"),
        ({"value_share": cited(0.85)}, "+10 % on 85 % of the value", "all"),
        ({"value_share": cited(1.0)}, "+10 %", "all"),
    ],
)
def test_a_measure_says_its_rates_and_whose_goods_they_are_on(
    changes: dict[str, Any], rate: str, partners: str, law: Register
) -> None:
    found = measure_summary(law, measure(**changes), ["JPN", "USA"])
    assert (found.rate.replace(NBSP, " "), found.partners) == (rate, partners)


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        ({"goods": True}, "all goods"),
        ({"sectors": ["C29"]}, "Motor vehicles and parts"),
        ({"hs": {"edition": "HS 2022", "prefixes": ["8703", "8704"]}}, "HS 2022 8703, 8704"),
    ],
)
def test_a_measure_says_what_it_covers(scope: dict[str, Any], covers: str, law: Register) -> None:
    assert measure_summary(law, measure(scope=scope), []).scope == covers


@pytest.mark.parametrize(("high", "told"), [(54.1, "within"), (54.0, "above all of"), (53.9, "above all of")])
def test_what_is_not_priced_must_be_worth_more_than_is_lost(high: float, told: str) -> None:
    one = {
        "better_for_all": {"low": 1, "value": 2, "high": 3},
        "needed": {"JPN": 54.0},
        "declared": {"JPN": {"low": 10.0, "high": high}},
    }
    first, most, needed = linkage_words(one, "all")
    assert "1, 2 and 3 packages" in first
    assert most == "Most in all is gained by: all."
    assert f"which is {told} the range declared" in needed


def _rates(*slopes_by: str, last_digit: float | None = 0.01, at_end: bool = False) -> dict[str, Any]:
    rate = {"issue": "i", "option": "o", "percent": 12.345, "last_digit": last_digit, "at_end": at_end}
    deals = [
        {"background": "b", "concept": "nash", "rates": [rate], "slope": 2.0 + k, "slopes_by": by}
        for k, by in enumerate(slopes_by)
    ]
    return {
        "issues": [{"id": "i", "title": "Cars"}],
        "ranges": [{"issue": "i", "option": "o", "from": 5, "to": 27.5}],
        "background": "b",
        "rates": [
            *deals,
            {"background": "other", "concept": "nash", "rates": [], "slope": 9.0, "slopes_by": "x"},
        ],
    }


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (("gradient",), "sought within their ranges by the equilibrium's own derivatives and"),
        (("differences",), "by differences of solves and"),
        (("gradient", "differences"), "by the equilibrium's own derivatives, or differences of solves where"),
    ],
)
def test_how_rates_were_sought_is_told(by: tuple[str, ...], told: str) -> None:
    *each, how = rate_words(_rates(*by))
    assert len(each) == len(by)
    assert told in how
    assert how.endswith(
        f"The largest slope left open is {1.0 + len(by):.1f} million USD a year a percentage point."
    )
    assert rate_words({**_rates(), "background": "none"}) == ()


@pytest.mark.parametrize(
    ("last_digit", "at_end", "told"),
    [
        (0.01, False, "Nash: Cars at 12.35 %, to the last digit, of 5 to 27.5 %."),
        (0.1, False, "Nash: Cars at 12.3 %, to the last digit, of 5 to 27.5 %."),
        (1.0, False, "Nash: Cars at 12 %, to the last digit, of 5 to 27.5 %."),
        (10.0, False, "Nash: Cars at 12 %, to the last digit, of 5 to 27.5 %."),
        (None, False, "Nash: Cars at 12.345 %, and as much a point above or below, of 5 to 27.5 %."),
        (None, True, "Nash: Cars at 12.345 %, an end of the range from 5 to 27.5 %."),
    ],
)
def test_a_rate_has_the_digits_that_are_known(last_digit: float | None, at_end: bool, told: str) -> None:
    assert rate_words(_rates("gradient", last_digit=last_digit, at_end=at_end))[0] == told


@pytest.mark.parametrize(("count", "more"), [(SHOWN, ""), (SHOWN + 1, " 1 more are in the workbook.")])
def test_twenty_lines_are_shown_and_the_others_counted(count: int, more: str) -> None:
    line = TariffLineTold(
        issue="i", option="o", importer="USA", partner="JPN", sector="C29", hs="1", duty_share=0.1, cut=5.0
    )
    made: Any = SimpleNamespace(tariff_lines=(line,) * count)
    found = lines_table(made)
    assert len(found.rows) == SHOWN
    assert found.note.partition("of the sector.")[2] == more


@pytest.mark.parametrize(
    ("gains", "below", "number"),
    [
        ({}, 4_000.0, 2),  # 1,500 at package 2; package 3 crosses a red line
        ({"USA": (0.0, 700.0, 1.0, 1_400.0, -200.0, 3_000.0)}, 4_000.0, None),  # no more than what is none
        ({"USA": (0.0, 700.0, 1.1, 1_400.0, -200.0, 3_000.0)}, 4_000.0, 2),
        ({}, 1_501.0, None),  # hardly less than what is asked for
        ({}, 1_501.1, 2),
        ({"JPN": (0.0, 900.0, 1_500.0, 900.0, 4_500.0, 900.0)}, 4_000.0, 1),
    ],
)
def test_the_least_package_is_one_that_all_may_sign_and_that_beats_no_deal(
    gains: dict[str, tuple[float, ...]], below: float, number: int | None
) -> None:
    priced = PRICED.model_copy(update={"gains": {**PRICED.gains, **gains}})
    found = list(outlook._least_package(priced, "JPN", below))
    if number is None:
        assert found == []
        return
    (one,) = found
    assert one.gains == {code: values[number] for code, values in priced.gains.items()}
    options = [issue.options[k] for issue, k in zip(priced.issues, priced.choices(number), strict=True)]
    assert [term.option for term in one.terms] == options
    fallbacks = [issue.options[issue.fallback] for issue in priced.issues]
    assert [term.changed for term in one.terms] == [a != b for a, b in zip(options, fallbacks, strict=True)]


@pytest.mark.parametrize(("low", "better"), [(0.1, True), (0.0, False), (-0.1, False)])
def test_a_deal_beats_no_deal_where_every_side_gains_over_all_of_it(low: float, better: bool) -> None:
    made = brief("")
    found = tuple(
        one.model_copy(update={"central": Interval(low=low if one.party == "USA" else 1.0, high=9.0)})
        for one in made.comparisons
    )
    solved = made.model_copy(update={"comparisons": found}).numbers
    deal = next(one for one in made.scenarios if one.role == "deal")
    assert outlook._beats(solved, deal, "no-deal") is better
    assert outlook._beats(solved, deal, "unknown") is False


def test_how_many_of_the_timeline_are_folded() -> None:
    said = Said(
        id="a",
        quote="q",
        kind="offer",
        modality="asserted",
        by=("J",),
        source="s",
        recorded_at=date(2025, 1, 1),
    )
    for count, folded in ((7, 0), (8, 0), (9, 1), (12, 4)):
        made = Recorded(
            sides=(), timeline=(Event(what="e", said=said),) * count, issues=(), contentions=(), commitments=(),
            deadlines=(), conflicts=(),
        )  # fmt: skip
        assert made.folded == folded


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        *(("https://a.b", True), ("http://a.b", True), ("javascript:x", False)),
        *(("ftp://a.b", False), (None, False), ("", False)),
    ],
)
def test_only_web_addresses_are_safe(url: str | None, safe: bool) -> None:
    assert safe_url(url) == (url if safe else None)


@pytest.mark.parametrize("still", [2, 3])
def test_three_sides_that_hardly_move_are_told_together(still: int) -> None:
    parties = ("JPN", "CHN", "KOR", "THA")[: still + 1]
    nothing = Interval(low=0.0, high=0.0)
    solved: Any = SimpleNamespace(
        parties=parties,
        comparison=lambda party, *_: (
            comparison("JPN", "deal", "no-deal")
            if party == "JPN"
            else comparison("JPN", "deal", "no-deal").model_copy(update={"central": nothing, "low": nothing})
        ),
    )
    text = headline._each(solved, "deal", "no-deal")
    assert text.startswith("Japan gains")
    assert text.count(" are hardly touched") == (still > 2)
    assert text.count(";") == (1 if still > 2 else still)


def test_only_the_first_of_what_holds_today_is_told_and_the_second_way_to_fail_on() -> None:
    made = brief("")
    today, failing, deal = made.scenarios
    twice = (today, today.model_copy(update={"id": "other"}), failing, failing, failing, deal)
    solved = made.model_copy(update={"scenarios": twice}).numbers
    assert len(list(headline._today(solved))) == 1
    assert len(list(headline._other_failures(solved))) == 2
    assert len(list(headline._bystanders(solved))) == 1
    alone = made.model_copy(update={"scenarios": (today, deal)}).numbers
    assert list(headline._deals(alone)) == []
    assert list(headline._other_failures(alone)) == []


def test_what_is_counted_is_told_wherever_it_stands() -> None:
    made = brief("")
    back = made.model_copy(
        update={
            "results": tuple(one.model_copy(update={"flows": one.flows[::-1]}) for one in made.results),
            "flow_ranges": tuple(one.model_copy(update={"flow": 1 - one.flow}) for one in made.flow_ranges),
        }
    )
    (told,) = headline._flows(made.numbers)
    assert list(headline._flows(back.numbers)) == [told]
    assert told.startswith(f"Cars, 1.37{NBSP}million vehicles a year, would be ")


@pytest.mark.parametrize(("count", "few"), [(method.FEW_OBSERVED, True), (method.FEW_OBSERVED + 1, False)])
def test_few_figures_of_the_market_stand_beside_the_method(count: int, few: bool) -> None:
    case: Any = SimpleNamespace(observations=("one",) * count)
    assert method.few_observed(case) is few


@pytest.mark.parametrize(("screened", "packages", "told"), [(False, 6, 6), (True, 6, 3)])
def test_of_a_large_table_the_frontier_and_the_deals_are_told(screened: bool, packages: int, told: int) -> None:
    import numpy as np  # noqa: PLC0415

    gains = np.arange(2.0 * packages).reshape(packages, 2)
    crossed = np.zeros((packages, 1), bool)
    crossed[1] = True

    class Game:
        parties = ("JPN", "USA")
        status_quo, disagreement = np.array([5.0, 7.0]), np.array([1.0, 4.0])
        frontier, possible, resolution = np.array([1]), np.arange(packages) != 2, 0.5

        def __len__(self) -> int:
            return packages

    game: Any = Game()
    game.gains, game.crossed = gains, crossed
    issue = SimpleNamespace(
        title="Cars", options=[SimpleNamespace(title=f"o{k}") for k in range(6)], fallback=2
    )
    deal: Any = SimpleNamespace(
        game=game,
        table=SimpleNamespace(
            fallback=0, file=SimpleNamespace(issues=[issue], red_lines=[SimpleNamespace(title="No")])
        ),
        screening="some" if screened else None,
        solutions={"nash": np.array([4])},
        priced=[SimpleNamespace(background=SimpleNamespace(title="first")), SimpleNamespace(background=None)],
    )
    found = priced_packages(deal)
    assert len(found.numbers) == told
    assert found.numbers == (tuple(range(6)) if not screened else (0, 1, 4))
    assert found.today == {"JPN": 4.0, "USA": 3.0}
    assert found.gains["USA"] == tuple(gains[list(found.numbers), 1])
    assert found.impossible == (() if screened else (2,))
    assert (found.crossing, found.background, found.of) == ({"No": (1,)}, "first", 6)


def test_three_sides_have_columns_of_their_own_and_four_have_rows() -> None:
    three, four = (glance(with_scenarios(*["JPN", "USA", "CHN", "MEX"][:count])) for count in (3, 4))
    assert (len(three.columns), len(three.groups), len(three.rows)) == (7, 4, 6)
    assert (len(four.columns), four.groups, len(four.rows)) == (4, (), 24)


def test_nothing_is_told_of_an_agreement_before_talks_are_over_or_without_one() -> None:
    day = date(2025, 6, 29)
    over = table(deal(), as_of=date(2025, 6, 20))
    assert outlook.agreed(None, (), day) is None
    assert outlook.agreed(over, (), day) is None
    assert outlook.agreed(agreed().model_copy(update={"as_of": None}), (), day) is None
    made = brief("")
    unnamed = table(deal()).model_copy(update={"against": None})
    found = outlook.outlook(made.numbers, (), unnamed, (), day)
    assert found is not None
    assert found.against == "No deal at 24 %"
    bare = made.model_copy(update={"scenarios": made.scenarios[:1]}).numbers
    assert outlook.outlook(bare, (), unnamed, (), day) is None


@pytest.mark.parametrize(("consequence", "then"), [("duties return", ", then duties return"), (None, "")])
def test_a_deadline_is_told_with_what_follows_where_that_is_known(consequence: str | None, then: str) -> None:
    due: Any = SimpleNamespace(
        days_left=0,
        consequence=consequence,
        on="2025-07",
        what="it ends",
        said=SimpleNamespace(source="s"),
        sources=(),
    )
    late: Any = SimpleNamespace(days_left=-1)
    (claim,) = told._due(SimpleNamespace(deadlines=[late, due, due]))  # type: ignore[arg-type]
    assert claim.text == f"Next deadline, July 2025 (today): it ends{then}."


def test_a_trade_that_the_base_does_not_know_has_no_change_and_takes_no_table_away() -> None:
    made = brief("")
    results = tuple(
        one.model_copy(
            update={
                "flows": (one.flows[0], one.flows[1].model_copy(update={"base_musd": 0.0, "new_musd": 0.0}))
            }
        )
        for one in made.results
    )
    none = made.model_copy(update={"results": results})
    (row,) = tables(none)["other-flows"].rows
    assert [cell.text for cell in row][:2] == ["Crops", "~0"]
    assert row[2].sort is None
    stake = trade_at_stake(none).rows[1]
    assert (stake[1].text, stake[-1].sort) == ("~0", None)
