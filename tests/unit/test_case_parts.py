"""A case is what its folder holds: a record, scenarios, a table; and groups, lists and sources of its own."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho import brief
from kosho.case import Case, cases
from kosho.case_files import read_case
from kosho.cli import app
from kosho.errors import InputError
from kosho.world import WorldChoice

RECORD = """
title: Talks of two
sources:
  - {id: note, title: A note, publisher: Press, kind: secondary, date: 2025-06-01}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN}
  - {id: eu, name: European Union, kind: bloc, code: EU27}
  - {id: meti, name: METI, kind: body, acts_for: jpn}
processes:
  - {id: talks, title: Talks, parties: [meti, eu]}
statements:
  - {id: met, type: meeting, source: note, quote: they met, recorded_at: 2025-06-01,
     date: 2025-05-30, parties: [jpn, eu]}
  - {id: due, type: deadline, what: An answer, consequence: talks end, source: note, quote: by July,
     recorded_at: 2025-06-01, date: 2025-07-01}
"""


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return (2, str(done.exception)) if isinstance(done.exception, InputError) else (done.exit_code, done.output)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    folder = tmp_path / "told"
    folder.mkdir()
    (folder / "record.yaml").write_text(RECORD, encoding="utf-8")
    return folder


def test_a_record_alone_is_a_case_of_those_who_talk_and_of_its_last_day(told: Path) -> None:
    case = Case.load(told)
    assert case.title == "Talks of two"
    assert [one.economy for one in case.parties] == ["JPN", "EU27"]
    assert case.as_of == date(2025, 6, 1)
    assert case.holds == ("record",)


def test_the_last_day_of_a_record_is_that_of_a_case_without_another_file(told: Path) -> None:
    text = RECORD.replace("recorded_at: 2025-06-01,", "recorded_at: 2025-06-20,", 1)
    (told / "record.yaml").write_text(text, encoding="utf-8")
    assert Case.load(told).as_of == date(2025, 6, 20)
    files = read_case(told)
    assert (files.day, files.document.as_of) == (date(2025, 6, 20), date(2025, 6, 20))
    assert read_case(told, date(2025, 6, 2)).day == date(2025, 6, 2)


@pytest.mark.parametrize(
    ("talks", "statement", "found"),
    [
        ("[meti, eu]", "type: meeting, parties: [usa, eu]", ["JPN", "EU27"]),
        ("", "type: instrument, kind: text, status: signed, parties: [usa, eu]", ["USA", "EU27"]),
        ("", "type: position, kind: offer, by: [eu]", ["EU27"]),
        ("", "type: deadline, what: An answer, consequence: talks end", ["JPN", "EU27", "USA"]),
    ],
)
def test_those_who_talk_are_told_by_processes_or_else_by_statements(
    told: Path, talks: str, statement: str, found: list[str]
) -> None:
    text = RECORD.replace("processes:", "  - {id: usa, name: US, kind: state, code: USA}\nprocesses:")
    if not talks:
        text = text.replace("processes:\n  - {id: talks, title: Talks, parties: [meti, eu]}\n", "")
    text = text[: text.index("  - {id: met,")] + (
        f"  - {{id: a, {statement}, source: note, quote: so, recorded_at: 2025-06-01, date: 2025-07-01}}\n"
    )
    (told / "record.yaml").write_text(text, encoding="utf-8")
    assert [one.economy for one in Case.load(told).parties] == found


def test_a_case_that_says_no_day_has_not_that_of_its_record(told: Path) -> None:
    (told / "case.yaml").write_text(
        "title: Plain\nsummary: Two\nbegins: 2025-06-10\nparties: [{economy: JPN, title: Japan}]\n"
    )
    with pytest.raises(InputError) as caught:
        Case.load(told)
    assert str(caught.value.problems[0]) == f"{told / 'case.yaml'}:1: as_of: is missing"


def test_a_record_without_a_code_or_a_statement_says_what_it_lacks(told: Path) -> None:
    text = RECORD.replace("kind: state, code: JPN", "kind: body").replace(
        "kind: bloc, code: EU27", "kind: industry"
    )
    (told / "record.yaml").write_text(text[: text.index("statements:")], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Case.load(told)
    assert [problem.key for problem in caught.value.problems] == ["parties", "statements"]


def test_a_record_alone_gives_a_brief_that_computes_nothing(told: Path, tmp_path: Path) -> None:
    made = brief.compose(Case.load(told))
    assert not made.computed
    assert made.world is None
    assert made.record is not None
    assert "Nothing is computed" in made.lead.text
    assert any("30 days left" in point.text and "An answer" in point.text for point in made.headline)
    page = brief.render(made)
    assert "they met" in page
    assert 'id="record"' in page
    assert 'id="effects"' not in page
    assert "Scenarios in case.yaml add effects" in page
    status, text = run("brief", told, "--out", tmp_path / "out")
    assert status == 0
    assert "An answer" in text
    assert json.loads((tmp_path / "out" / "brief.json").read_text())["results"] == []


def test_law_of_a_day_that_is_not_held_is_unknown_and_not_nothing() -> None:
    made = brief.compose(Case.load("japan-china-2018"), bargain=False, world=WorldChoice.parse("talks"))
    assert made.law_held is False
    assert made.in_force == ()
    assert "What was in force is not known here" in brief.render(made)


@pytest.mark.parametrize("name", ["japan-asean-2023", "japan-china-2018", "japan-taiwan-2025"])
def test_every_shipped_record_gives_a_brief_alone(name: str, tmp_path: Path) -> None:
    alone = tmp_path / name
    alone.mkdir()
    shutil.copy(Case.load(name).folder / "record.yaml", alone)
    assert brief.compose(Case.load(alone)).record is not None


@pytest.mark.parametrize(
    ("command", "lacks", "adds"),
    [
        (("simulate", "--scenario", "deal"), "no scenarios", "add scenarios to case.yaml"),
        (("bargain",), "no table", "add table.yaml"),
        (("brief", "--bargain"), "no table", "add table.yaml"),
    ],
)
def test_a_part_that_is_missing_is_named_with_what_would_add_it(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], lacks: str, adds: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, text = run(command[0], told, *command[1:])
    assert status == 2
    assert lacks in text
    assert "it has record" in text
    assert adds in text


def test_a_case_of_neither_record_nor_scenarios_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "title: Plain\nsummary: Two\nas_of: 2025-06-29\nparties: [{economy: JPN, title: Japan}]\n"
    )
    made = brief.compose(Case.load(tmp_path))
    assert made.lead.text.startswith("The case has no record")
    assert made.in_force


def test_an_empty_folder_holds_no_case(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no case: neither case\.yaml nor record\.yaml .*kosho new"):
        Case.load(tmp_path)


def test_the_user_has_a_folder_of_cases(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_CASES", str(told.parent))
    assert "told" in cases()
    assert Case.load("told").title == "Talks of two"
    assert run("record", "told")[0] == 0


def test_cases_lists_what_each_holds(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_CASES", str(told.parent))
    (told.parent / "wrong").mkdir()
    (told.parent / "wrong" / "case.yaml").write_text("title: 5\n")
    status, text = run("cases", "--json")
    found = json.loads(text)
    by_name = {one["name"]: one for one in found["cases"]}
    assert status == 0
    assert by_name["japan-us-2025"]["holds"] == ["record", "scenarios", "table"]
    assert by_name["japan-taiwan-2025"]["corridors"] == [["JPUKB", "TWKHH"], ["TWKHH", "JPUKB"]]
    assert by_name["told"]["holds"] == ["record"]
    assert by_name["told"]["parties"] == ["JPN", "EU27"]
    assert by_name["told"]["recorded"] == ["2025-06-01", "2025-06-01"]
    assert [one["name"] for one in found["broken"]] == ["wrong"]
    assert "case.yaml" in found["broken"][0]["problems"][0]
    status, text = run("cases")
    assert status == 0
    assert "wrong cannot be read" in text
    assert "told" in text
    assert run("cases", "wrong")[0] == 2
