"""The deals side by side: every cell says something of its own, and no table is wider than is read."""

from __future__ import annotations

from datetime import date

from tests.briefs import brief
from tests.unit.test_brief_first_page import TERMS, agreed, curves, deal, plain, table

from kosho.brief.aide_tables import aide_tables
from kosho.brief.cells import CellTable
from kosho.brief.model import Brief
from kosho.brief.negotiation import Negotiation
from kosho.brief.outlook import outlook
from kosho.scenario.labour_market import JobsAndPrices


def side_by_side(negotiation: Negotiation | None, **changed: object) -> CellTable:
    made: Brief = brief("").model_copy(update={"negotiation": negotiation} | changed)
    found = outlook(made.numbers, curves(made), negotiation, (), made.as_of)
    return aide_tables(made.model_copy(update={"outlook": found}))["side-by-side"]


def row(of: CellTable, head: str) -> list[str]:
    return next([cell.text for cell in cells[1:]] for cells in of.rows if cells[0].text == head)


def test_what_was_agreed_stands_first_beside_the_deals_that_could_have_been() -> None:
    laid = agreed()
    assert laid.struck is not None
    struck = laid.struck.model_copy(
        update={"jobs": {"JPN": 0.0005, "USA": 0.0001}, "prices": {"JPN": -0.001, "USA": 0.0}}
    )
    struck = struck.model_copy(update={"others": {"CHN": -230.0}})
    shown = side_by_side(laid.model_copy(update={"struck": struck}))
    assert shown.columns[1] == "The agreement of June"
    assert row(shown, "Cars") == ["15 % in all", "15 % in all"]
    assert row(shown, "Steel") == ["not part of it", "as now"]
    assert row(shown, "Japan over no deal")[0] == "+2.9"
    notes = {cells[0].text: cells[1].note for cells in shown.rows}
    assert notes["Japan over no deal"] == "+1.0 to +4.0 over the ranges of its promises to buy"
    assert notes["United States over no deal"] == ""
    assert row(shown, "Jobs, Japan, %") == ["+0.05", "not known"]
    assert row(shown, "Consumer prices, Japan, %")[0] == "−0.10"
    assert row(shown, "Others hit most")[0] == "China −0.23"
    assert "elasticity of 0.5, an assumption" in shown.note
    assert plain(shown.caption).endswith("today is 20 June 2025, before the talks were over")


def test_a_scenario_says_its_terms_in_words_and_leaves_issues_empty() -> None:
    labour = {"deal": JobsAndPrices(jobs={"JPN": 0.0004, "USA": 0.0}, prices={"JPN": 0.0, "USA": 0.0})}
    shown = side_by_side(table(deal(japan=7_000.0)), labour=labour)
    assert shown.columns[2].startswith("Accept down to")
    assert row(shown, "In words")[1]
    assert row(shown, "Cars") == ["15 % in all", ""]
    assert row(shown, "Jobs, Japan, %") == ["not known", "+0.04"]
    assert plain(shown.note).endswith("~0: below 0.5 million dollars, or 0.005 %.")
    assert not [cell for cells in shown.rows for cell in cells if "see above" in cell.text]


def test_a_party_of_which_no_deal_knows_a_gain_has_no_row() -> None:
    made = brief("")
    third = made.parties[0].model_copy(update={"code": "CHN", "title": "China"})
    shown = side_by_side(table(deal(), as_of=date(2025, 6, 20)), parties=(*made.parties, third))
    assert not [cells for cells in shown.rows if "China" in cells[0].text]


def test_no_more_than_six_deals_stand_beside_each_other() -> None:
    many = [
        deal(f"Way {k}", 4_000.0 - k, (TERMS[0].model_copy(update={"option": f"{k} %"}), *TERMS[1:]))
        for k in range(9)
    ]
    shown = side_by_side(table(*many, as_of=date(2025, 6, 20)))
    assert len(shown.columns) == 7
