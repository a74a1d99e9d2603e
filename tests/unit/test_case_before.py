"""A case may put back what halts of trade took from the table, and lay changes on the law of another day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.cases import change, copied

from kosho import Case
from kosho.errors import InputError
from kosho.impact.coercion import before, episode
from kosho.world import World, WorldChoice


def told_apart(world: World, importer: str, exporter: str, sector: str) -> float:
    """Trade of an ICIO sector as the law sees it, million USD."""
    cells = world.law_cells
    economies, sectors = list(cells.economies), list(cells.sectors)
    return float(cells.flows[economies.index(importer), economies.index(exporter), sectors.index(sector)])


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-taiwan-2025")


@pytest.mark.parametrize("detail", [None, "talks"])
def test_halted_trade_is_back_in_both_forms_of_the_table(case: Case, detail: str | None):
    found = case.worlds(None if detail is None else WorldChoice.parse(detail))
    for world in (found.whole, found.coarse):
        assert told_apart(world, "CHN", "JPN", "I") == pytest.approx(4710, abs=1)
        assert told_apart(world, "CHN", "JPN", "P") == pytest.approx(571, abs=1)
        assert told_apart(world, "CHN", "TWN", "A01") == pytest.approx(66.5, abs=0.5)
        assert world.imbalance < 1e-12


def test_other_trade_stays_what_it_was(case: Case):
    restored, plain = case.worlds().whole, case.world.load().whole
    moved = abs(restored.flows - plain.flows) > 1e-9 * plain.flows.max()
    assert int(moved.sum()) == 3  # pineapples, travel, study


def test_what_is_back_is_not_put_back_again(case: Case):
    worlds = case.worlds()
    assert before(worlds.whole, episode("travel-2025")) is worlds.whole
    assert case.worlds(worlds).coarse.hash == worlds.coarse.hash


def test_a_case_that_names_no_halt_has_the_table_as_it_is():
    case = Case.load("japan-china-2018")
    assert case.worlds().whole is case.world.load(case.apart).whole


def test_an_unknown_halt_is_told_with_its_line_and_the_nearest(tmp_path: Path):
    folder = copied(tmp_path)
    change(folder / "case.yaml", "as_of: 2025-06-29\n", "as_of: 2025-06-29\nbefore: [travel-2052]\n")
    with pytest.raises(InputError, match=r"no episode 'travel-2052'.*travel-2025") as caught:
        Case.load(folder)
    assert caught.value.problems[0].line is not None


def test_a_case_before_the_register_asks_of_a_day_of_its_own():
    case = Case.load("japan-china-2018")
    assert case.as_of == date(2018, 10, 12)
    for day in (None, date(2019, 11, 1), date(2026, 11, 29)):
        law = case.law("deal", day)
        assert law.on == law.known == date(2023, 1, 1)
        assert {"case-rohs", "case-connector-jpn"} <= {one.id for one in law.in_force()}


def test_a_day_of_its_own_must_be_one_that_the_register_holds(tmp_path: Path):
    folder = copied(tmp_path)
    change(folder / "case.yaml", "as_of: 2025-06-29\n", "as_of: 2025-06-29\nlaw_as_of: 2018-10-12\n")
    with pytest.raises(InputError, match="2018-10-12 are not in the register"):
        Case.load(folder)


def test_days_to_the_deadline_count_from_the_day_asked_about():
    table = Case.load("japan-china-2018").table()
    assert (table.file.deadline.date - table.today).days == 445
