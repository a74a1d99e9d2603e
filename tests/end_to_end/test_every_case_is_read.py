"""Whether the briefs of the other shipped cases are read as that of the first is: short, narrow, with numbers.

In a coarse world: how things are said does not depend on it.
"""

from __future__ import annotations

import re

import pytest
from tests.end_to_end.test_brief_is_read import HARDEST, MOST_WORDS, WIDEST
from tests.readability import (
    columns_by_table,
    first_page,
    grade,
    section,
    visible,
    words,
    words_of_open_signs,
)

from kosho import Case
from kosho.brief import compose, render
from kosho.brief.model import Brief
from kosho.case import cases
from kosho.world import WorldChoice

NAMES = sorted(set(cases()) - {"japan-us-2025"})


@pytest.fixture(scope="module", params=NAMES)
def brief(request: pytest.FixtureRequest) -> Brief:
    case = Case.load(request.param).allowing_idle()  # the coarse world does not tell all of its goods apart
    return compose(case, world=WorldChoice.parse("icio-2022:talks"))


@pytest.fixture(scope="module")
def page(brief: Brief) -> str:
    return render(brief)


def test_first_page_is_short_and_plain(page: str) -> None:
    text = first_page(page)
    assert len(words(text)) <= MOST_WORDS
    assert grade(text) <= HARDEST


def test_first_page_says_something_of_everything(brief: Brief) -> None:
    assert all(text for part, text in brief.first_page.items() if part != "break")
    assert re.search(r"\d", brief.first_page["gains"])


def test_no_table_is_wider_than_can_be_read(page: str) -> None:
    tables = columns_by_table(page)
    assert len(tables) > 15
    for table, columns in tables:
        assert columns <= WIDEST, table[:200]


def test_cells_say_what_they_mean_and_where_it_turns(page: str) -> None:
    assert not re.search(r">\s*(depends|see above|as above|as below)\s*<", page, re.IGNORECASE)
    for (word,) in words_of_open_signs(page):
        assert re.search(r"\d", word), word


def test_every_deal_side_by_side_has_jobs_and_prices(page: str) -> None:
    deals = visible(section(page, "deals"))
    assert "Jobs, Japan, %" in deals
    assert "Consumer prices, Japan, %" in deals
    assert "with an elasticity of 0.5, an assumption" in deals
