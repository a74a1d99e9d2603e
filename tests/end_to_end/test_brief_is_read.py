"""Whether the brief of the shipped case is one that is read: short, plain, and said once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.readability import (
    columns_by_table,
    first_page,
    grade,
    section,
    visible,
    words,
    words_of_open_signs,
)

from kosho.bargain import CONCEPTS
from kosho.brief.model import Brief

MOST_WORDS, HARDEST, WIDEST = 250, 11, 7


@pytest.fixture(scope="module")
def page(brief_folder: Path) -> str:
    return (brief_folder / "brief.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def content(brief_folder: Path) -> dict[str, Any]:
    return json.loads((brief_folder / "brief.json").read_text(encoding="utf-8"))


def test_first_page_is_short_and_plain(page: str) -> None:
    text = first_page(page)
    assert len(words(text)) <= MOST_WORDS
    assert grade(text) <= HARDEST


def test_first_page_names_no_concept_no_scenario_and_hedges_nothing(page: str, content: dict[str, Any]) -> None:
    assert list(content["first_page"]) == ["ask", "accept", "gains", "break", "due", "caveat"]
    assert all(content["first_page"].values())
    text = visible(section(page, "first-page"))
    for concept in CONCEPTS.values():
        assert concept.title not in text
    assert "depend" not in text.lower()
    assert not set('“”"') & set(text)
    assert "China" not in text


def test_first_page_says_what_the_numbers_are(content: dict[str, Any]) -> None:
    brief = Brief.model_validate(content)
    assert brief.outlook is not None
    ask, least = brief.outlook.prospect("ask"), brief.outlook.prospect("accept")
    assert ask is not None
    assert least is not None
    assert least.gains["JPN"] < ask.gains["JPN"]
    for one in (ask, least):
        for party in brief.codes:
            assert one.gains[party] > 0
            ends = one.range(party)
            assert ends.low <= one.gains[party] <= ends.high
    assert least.scenario is not None
    worth = brief.numbers.comparison("JPN", least.scenario, "no-deal")
    assert least.gains["JPN"] == worth.by_variant["fixed-central"]
    assert worth.central.low > 0
    (turn,) = ask.turns["USA"]
    assert f"below {turn:.2f}" in brief.first_page["break"]
    # The curve has the sign on either side of the turn that the sentence says.
    for scale, gain in zip(brief.outlook.scales, ask.curve["USA"], strict=True):
        assert gain is not None
        assert (gain > 0) == (scale > turn)


def test_page_two_is_plain_and_defines_what_it_names(page: str) -> None:
    deals = section(page, "deals")
    assert grade(visible(deals)) <= HARDEST
    main = page[page.index('<main id="main"') : page.index('<section id="annex"')]
    text = visible(main)
    for concept in CONCEPTS.values():
        assert text.index(f"{concept.title}: {concept.meaning}") == text.index(concept.title)
    for term in ("Shapley", "wedge", "equivalent variation", "frontier"):
        assert term not in text.lower()
    annex = visible(page[page.index('<section id="annex"') :])
    meant = annex[: annex.index("In short, over everything computed")].lower()
    for term in ("shapley", "wedge", "equivalent variation", "frontier", "zone of agreement", "elasticity"):
        assert term in meant


def test_no_table_is_wider_than_can_be_read(page: str) -> None:
    tables = columns_by_table(page)
    assert len(tables) > 20
    for table, columns in tables:
        assert columns <= WIDEST, table[:200]


def test_where_a_sign_is_open_the_cell_has_the_number_at_which_it_turns(page: str) -> None:
    assert not re.search(r">\s*depends\s*<", page, re.IGNORECASE)
    open_ = words_of_open_signs(page)
    assert open_
    for (word,) in open_:
        assert re.search(r"\d", word), word


def test_law_between_the_sides_has_its_imposer_and_comes_newest_first(
    content: dict[str, Any], page: str
) -> None:
    table = section(page, "law")
    rows = re.findall(r"<tr>.*?</tr>", table[table.index("<tbody>") :], re.DOTALL)
    assert len(rows) > 5
    days = [re.findall(r'data-sort="(\d{4}-\d\d-\d\d)"', row)[0] for row in rows]
    assert days == sorted(days, reverse=True)
    assert all(re.search(r"Japan|United States", row) for row in rows)
    assert not re.search(r"China|Canada", visible(table[: table.index("</table>")]))


def test_every_drawn_number_of_the_first_page_is_in_a_table(page: str) -> None:
    assert len(re.findall(r'<svg class="curve"[^>]*role="img" aria-label="[^"]+"', page)) == 2
    assert 'id="table-along-ask"' in page
    assert 'id="table-along-accept"' in page
