"""Words, figures and sources carry the day from which they are known, and are filtered by it at every door."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho import Case
from kosho.cli import app
from kosho.errors import InputError
from kosho.known import as_known, changes, later_sources, version
from kosho.law import Register
from kosho.law.importer_law import law_of
from kosho.provenance import Cited, Frozen, Source
from kosho.record import Record
from kosho.yamlfile import Written, validate

NAME = "japan-us-2025"


class Note(Frozen):
    text: str | None = None
    source: tuple[str, ...] = ()


class Paper(Frozen):
    title: str
    notes: tuple[Note, ...] = ()
    figure: Cited | None = None
    sources: tuple[Source, ...] = ()


TEXT = """\
title: {2025-01-01: first, 2025-03-01: second}
notes:
  - {known: 2025-02-01, text: from February}
  - {known: 2025-01-01/2025-01-31, text: in January}
  - text:
      2025-01-01: one
      2025-02-01: null
      2025-03-01: three
  - {text: of the order, source: [order]}
  - {text: of both, source: [order, press]}
sources:
  - {id: order, title: Order, publisher: P, date: 2025-02-15, kind: primary}
  - {id: press, title: Press, publisher: P, date: 2025-01-01, kind: primary}
"""


def read(day: date, text: str = TEXT) -> Paper:
    order = frozenset({"order"}) if day < date(2025, 2, 15) else frozenset[str]()
    return Written.parsed(text, "paper.yaml").read(Paper, day, order)[0]


@pytest.mark.parametrize(
    ("day", "title", "notes"),
    [
        (date(2025, 1, 1), "first", ["in January", "one", "of both"]),
        (date(2025, 1, 31), "first", ["in January", "one", "of both"]),
        (date(2025, 2, 1), "first", ["from February", None, "of both"]),
        (date(2025, 2, 15), "first", ["from February", None, "of the order", "of both"]),
        (date(2025, 3, 1), "second", ["from February", "three", "of the order", "of both"]),
    ],
)
def test_a_file_says_what_was_known_on_the_day(day: date, title: str, notes: list[str | None]):
    paper = read(day)
    assert paper.title == title
    assert [note.text for note in paper.notes] == notes
    later = day < date(2025, 2, 15)
    assert [one.id for one in paper.sources] == (["press"] if later else ["order", "press"])
    assert paper.notes[-1].source == (("press",) if later else ("order", "press"))


def test_the_latest_is_read_where_no_day_is_asked():
    assert validate(TEXT, Paper, "paper.yaml")[0].title == "second"


def test_a_figure_that_rests_on_a_later_source_is_told_with_its_line():
    text = TEXT + "figure:\n  {value: 1, unit: share, status: fact, source: order}\n"
    with pytest.raises(
        InputError, match=r"paper.yaml:15: figure.source: rests on order, .* later than 2025-02-01"
    ):
        read(date(2025, 2, 1), text)
    before = text.replace(
        "figure:\n  {",
        "figure:\n  2025-01-01: {value: 2, unit: share, status: fact, source: press}\n  2025-02-15: {",
    )
    assert [read(day, before).figure.value for day in (date(2025, 2, 1), date(2025, 2, 15))] == [2, 1]  # type: ignore[union-attr]


def test_a_mistake_of_any_day_is_found_on_every_day():
    text = TEXT.replace("2025-03-01: second", "2025-03-01: [second]")
    with pytest.raises(InputError, match=r"paper.yaml:1: title: as known on 2025-03-01: "):
        read(date(2025, 1, 1), text)


def test_lines_are_those_of_the_file_whatever_is_left_out():
    _, lines = Written.parsed(TEXT, "paper.yaml").read(Paper, date(2025, 2, 1), frozenset({"order"}))
    assert [lines["notes", n, "text"] for n in range(3)] == [3, 5, 10]
    assert lines["sources", 0, "id"] == 13


def test_an_item_with_a_clock_of_its_own_stays_with_its_first_words():
    written = {"known_from": "2025-07-07", "title": {"2025-07-07": "25 %", "2025-07-23": "25 %; 15 came"}}
    for day, title in (
        (date(2025, 1, 1), "25 %"),
        (date(2025, 7, 8), "25 %"),
        (date(2026, 1, 1), "25 %; 15 came"),
    ):
        assert as_known(written, day).tree["title"] == title


def test_what_keys_a_copy_changes_when_the_words_do():
    days = [*changes({"a": [{"known": "2025-01-01/2025-01-31"}], "b": {"2025-03-01": 1}})]
    assert days == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    content = TEXT.encode()
    found = [version(content, date(2025, month, 1)) for month in (1, 2, 3, 4)]
    assert len(set(found)) == 3
    assert found[2] == found[3]
    assert version(b"title: of 2025-01-01, plain", date(2026, 1, 1)) == b""


def test_a_source_that_says_since_when_it_is_known_overrides_its_date():
    listed = [
        {"id": "a", "date": "2025-09-04", "known": "2025-07-22"},
        {"id": "b", "date": "2025-09-04"},
        {"id": "own"},
    ]
    assert later_sources([{"sources": listed}], date(2025, 8, 1)) == {"b"}


# --- The register


def test_a_measure_has_the_words_and_sources_of_the_day():
    early, late = (
        Register.load(known=day).measure("us-announced-jpn-25") for day in (date(2025, 7, 8), date(2026, 1, 1))
    )
    assert (early.title, late.title) == ("25 % on Japan by letter", "25 % on Japan by letter; 15 came")
    cars = [
        Register.load(known=day).measure("us-232-autos-25").source
        for day in (date(2025, 4, 27), date(2025, 5, 1))
    ]
    assert cars == [("proc10908",), ("proc10908", "eo14289")]


def test_an_end_that_came_later_is_not_known_before():
    assert Register.load(known=date(2025, 6, 29)).measure("can-us-25-general").legal_to is None
    assert Register.load().measure("can-us-25-general").legal_to == date(2025, 8, 31)


def test_the_register_can_be_asked_as_known_on_any_day():
    for day in (date(1999, 12, 31), date(2018, 3, 1), date(2031, 1, 1)):
        assert len(Register.load(known=day).measures) == len(Register.load().measures)


def test_nothing_was_verified_beyond_the_day():
    assert Register.load(known=date(2025, 6, 29)).verified_to("USA") == date(2025, 6, 29)
    assert law_of("USA", date(2025, 6, 29)).verified_to("USA") == date(2025, 6, 29)


def test_law_of_an_importer_is_kept_apart_for_every_day():
    assert law_of("USA", date(2025, 7, 8)).measure("us-announced-jpn-25").title == "25 % on Japan by letter"
    assert law_of("USA").measure("us-announced-jpn-25").title == "25 % on Japan by letter; 15 came"


# --- The case


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "mine"
    shutil.copytree(Path(str(files("kosho").joinpath("cases", NAME))), copy)
    return copy


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["brief", NAME], f"case {NAME} begins on 2025-04-09"),
        (["simulate", NAME, "--scenario", "deal"], f"case {NAME} begins on 2025-04-09"),
        (["bargain", NAME], f"case {NAME} begins on 2025-04-09"),
        (["record", NAME], f"the record {NAME} begins on 2025-04-02"),
    ],
)
def test_a_case_asked_before_it_begins_says_so(command: list[str], told: str):
    done = CliRunner().invoke(app, [*command, "--as-of", "2025-01-01"])
    assert isinstance(done.exception, InputError)  # exit status 2
    assert str(done.exception).startswith(f"--as-of: {told}, after 2025-01-01")


def test_one_case_has_other_scenarios_on_other_days():
    asked = {day: Case.load(NAME, day) for day in (date(2025, 6, 29), date(2025, 7, 10), date(2025, 9, 16))}
    june, july, september = asked.values()
    assert (june.scenario("no-deal").title, july.scenario("no-deal").title) == (
        "No deal, Japan alone reverts to 24 %",
        "No deal, Japan alone pays 25 %",
    )
    assert list(september.scenarios) == ["status-quo", "without"]
    assert june.as_known_on(date(2025, 7, 10)).summary == july.summary
    assert june.law("no-deal", date(2025, 7, 10)).on == date(2025, 8, 1)


def test_a_view_keeps_what_was_asked_of_the_case():
    view = Case.load(NAME).allowing_idle().as_known_on(date(2025, 5, 20))
    assert view.allow_idle
    assert view.as_of == date(2025, 5, 20)


def test_once_the_talks_are_over_the_table_is_that_of_the_day_before():
    table = Case.load(NAME, date(2026, 3, 1)).table()
    assert table.as_of == date(2025, 7, 22)
    assert table.file.deadline.date == date(2025, 8, 1)
    assert Case.load(NAME).table().as_of == date(2025, 6, 29)


def test_the_record_tells_its_own_words_as_of_the_day():
    due = [
        next(
            one.due
            for one in Record.load(NAME, day).file.statements
            if one.id == "investment-550" and one.type == "commitment"
        )
        for day in (date(2025, 8, 1), date(2025, 10, 1))
    ]
    assert due == [None, "2029-01"]


def test_what_a_case_says_later_is_checked_on_the_first_day_too(folder: Path):
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "role: no-deal\n    description: >-\n      Cars and parts bear 25 % on top again, as",
            "role: no-dael\n    description: >-\n      Cars and parts bear 25 % on top again, as",
        ),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"case.yaml:\d+: scenarios.\d+.role: as known on 2026-02-20"):
        Case.load(folder, date(2025, 4, 27))


def test_a_case_that_begins_after_its_own_day_is_refused(folder: Path):
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("begins: 2025-04-09", "begins: 2025-07-01"), encoding="utf-8")
    with pytest.raises(InputError, match="begins on 2025-07-01, after 2025-06-29"):
        Case.load(folder)


def test_the_clocks_of_a_question_know_a_last_day_since_it_was_told() -> None:
    """Of the latest register too: nothing known later decides."""
    register = Register.load()
    one = register.measure("can-us-25-general")
    assert one.last_day() == date(2025, 8, 31)
    assert one.last_day(date(2025, 8, 28)) is None
    for known, acts in ((date(2025, 8, 28), True), (date(2025, 8, 29), False)):
        assert (one.id in {m.id for m in register.in_force(date(2025, 9, 10), known)}) is acts


@pytest.mark.parametrize("day", ["0000-01-01", "2025-02-30", "9999-12-31"])
def test_what_is_no_day_to_come_is_no_version(day: str) -> None:
    content = f"note: {{{day}: none}}\nitem: {{known: {day}/{day}}}\n".encode()
    assert version(content, date(2026, 1, 1)) == b""
    assert version(content, date.max) == b""


@pytest.mark.parametrize("junk", [{"a": 1}, ["order"], 3, None])
def test_what_is_no_id_of_a_source_is_left_to_who_reads_it(junk: object) -> None:
    tree = {"sources": [{"id": junk}], "items": [{"source": [junk, "notice"]}]}
    read = as_known(tree, date(2025, 6, 29), frozenset({"order"})).tree
    assert read == tree
