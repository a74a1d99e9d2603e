"""The table of a case and the record of its talks: what is cited is found, and never shown before its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.cases import NAME, change, copied

from kosho.bargain import Table
from kosho.bargain.schema import justified
from kosho.case import Case
from kosho.errors import InputError


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load(NAME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path, "mine")


def line_of(path: Path, part: str) -> int:
    text = path.read_text(encoding="utf-8")
    return 1 + text[: text.index(part)].count("\n")


def shown(table: Table) -> set[str]:
    return {said.id for _, item in justified(table.file) for said in table.said(item)}


def red_line(table: Table, name: str):
    return next(one for one in table.file.red_lines if one.id == name)


def test_the_shipped_table_rests_on_its_record(case: Case):
    table = case.table()
    (said,) = table.said(red_line(table, "no-25-on-cars"))
    assert said.kind == "red line"
    assert said.by == ("Ryosei Akazawa, Japan",)
    assert (said.date, said.source) == ("2025-06-26", "round7")
    assert "not something that Japan can accept" in said.quote
    cars = {option.id: table.said(option) for option in table.file.issues[0].options}
    assert [one.id for one in cars["add-25"]] == ["cars-25", "cars-order"]
    assert cars["add-25"][0].by == ("United States",)
    assert shown(table) <= {one.id for one in case.record.file.statements}


DAYS = [date(2025, 4, 26), date(2025, 4, 27), date(2025, 6, 28), date(2025, 6, 29), date(2025, 9, 4)]


def test_what_was_said_a_day_later_is_not_shown_a_day_early(case: Case):
    cars = case.table().file.issues[0].options[0]
    assert "no-plans-on-cars" not in {one.id for one in case.table(date(2025, 6, 29)).said(cars)}
    assert "no-plans-on-cars" in {one.id for one in case.table(date(2025, 6, 30)).said(cars)}


def test_a_measure_of_the_record_is_one_of_the_register(folder: Path):
    path = folder / "record.yaml"
    change(path, "register_ids: [us-ieepa-baseline-10]", "register_ids: [us-ieepa-baseline-11]")
    with pytest.raises(InputError) as caught:
        _ = Case.load(folder).record
    assert f"record.yaml:{line_of(path, 'register_ids: [us-ieepa-baseline-11]')}" in str(caught.value)
    assert "us-ieepa-baseline-10" in str(caught.value)


@pytest.mark.parametrize("day", DAYS)
def test_no_day_shows_what_was_recorded_later(case: Case, day: date):
    table = case.table(day)
    recorded = {one.id: one.recorded_at for one in case.record.file.statements}
    cited = {name for _, item in justified(table.file) for name in item.statements}
    known = {name for name in cited if recorded[name] <= day}
    assert shown(table) == {case.record.standing(day)[name].id for name in known}
    assert all(recorded[name] <= day for name in shown(table))


def test_a_statement_of_another_day_is_no_mistake_and_an_unknown_one_is(case: Case, folder: Path):
    assert not case.table(date(2025, 5, 1)).said(red_line(case.table(), "no-25-on-cars"))
    path = folder / "table.yaml"
    change(path, "statements: [red-line-cars]", "statements: [red-line-carz]")
    change(path, "statements: [rice-considered, ", "statements: [rice-considered, nobody-said, ")
    with pytest.raises(InputError) as caught:
        Case.load(folder).table()
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 2
    assert f"table.yaml:{line_of(path, '[red-line-carz]')}: red_lines.0.statements.0" in told[1]
    assert "unknown statement 'red-line-carz'" in told[1]
    assert "red-line-cars" in told[1].rsplit("(", 1)[1]
    assert f"table.yaml:{line_of(path, '[rice-considered, nobody')}" in told[0]


def test_without_a_record_nothing_can_be_cited(folder: Path):
    (folder / "record.yaml").unlink()
    mine = Case.load(folder)
    assert mine.record is None
    with pytest.raises(InputError, match="unknown statement 'red-line-cars'"):
        mine.table()


def test_mistakes_of_record_and_table_are_told_together(folder: Path):
    change(folder / "record.yaml", "speaker: ishiba", "speaker: ishibashi")
    change(folder / "table.yaml", "forbids: {cars: [none]}", "forbids: {cars: [nothing]}")
    mine = Case.load(folder)
    with pytest.raises(InputError) as caught:
        mine.table()
    told = str(caught.value)
    assert "unknown option 'nothing'" in told
    assert "record.yaml" in told
    assert "unknown person 'ishibashi'" in told
    with pytest.raises(InputError, match="ishibashi"):
        _ = mine.record


def test_a_source_of_the_record_may_not_be_another_document_of_the_case(folder: Path):
    path = folder / "record.yaml"
    change(path, "title: No agreement in the seventh round of Japan-US tariff talks", "title: Another report")
    with pytest.raises(InputError, match=r"record.yaml:\d+: sources.1.id: source 'round7' is another one"):
        Case.load(folder).table()


def test_what_was_superseded_is_shown_as_what_took_its_place_from_that_day_on(folder: Path):
    later = """
  - id: red-line-kept
    type: position
    kind: red_line
    by: [jpn]
    supersedes: red-line-cars
    source: round7
    quote: a 25% tariff on automobiles
    start: 2021
    end: 2048
    recorded_at: '2025-07-03'

conflicts:
"""
    change(folder / "record.yaml", "\nconflicts:\n", later)
    mine = Case.load(folder)
    for day, expected in ((date(2025, 7, 2), "red-line-cars"), (date(2025, 7, 3), "red-line-kept")):
        table = mine.table(day)
        assert [one.id for one in table.said(red_line(table, "no-25-on-cars"))] == [expected]


def test_sources_of_the_record_are_sources_of_the_table(folder: Path):
    change(
        folder / "record.yaml",
        "sources:\n",
        "sources:\n  - {id: wire, title: A wire, publisher: Nobody, kind: secondary, file: wire.txt}\n",
    )
    sources = Case.load(folder).table().sources
    assert sources["wire"].title == "A wire"
    assert type(sources["wire"]).__name__ == "Source"
