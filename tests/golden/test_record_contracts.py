"""What `kosho read` and `kosho record` print for scripts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.reading import GOLD
from typer.testing import CliRunner

from kosho.case import Case
from kosho.cli import app
from kosho.errors import InputError

LISTS = ("timeline", "positions", "contentions", "commitments", "deadlines", "conflicts")


def run(*arguments: str | Path, typed: str | None = None) -> str:
    done = CliRunner().invoke(app, list(map(str, arguments)), input=typed)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_read_prints_one_object_a_line() -> None:
    text = (GOLD / "03-wire-india-uk.txt").read_text(encoding="utf-8")
    lines = run("read", GOLD / "03-wire-india-uk.txt", "--json").splitlines()
    assert len(lines) > 10
    for line in lines:
        one = json.loads(line)
        assert set(one) == {"doc", "type", "modality", "fields", "quote", "start", "end"}
        assert one["doc"] == "03-wire-india-uk.txt"
        assert text[one["start"] : one["end"]] == one["quote"]


def test_record() -> None:
    content = json.loads(run("record", "japan-us-2025", "--as-of", "2025-06-29", "--json"))
    assert set(content) == {"schema_version", "case", "as_of", *LISTS}
    assert (content["case"], content["as_of"]) == ("japan-us-2025", "2025-06-29")
    assert all(content[key] for key in LISTS)
    (deadline,) = content["deadlines"]
    assert (deadline["due"], deadline["days_left"]) == ("2025-07-09", 10)
    for one in (*content["timeline"], *content["positions"]):
        assert {"id", "type", "source", "quote", "start", "end", "modality", "recorded_at"} <= set(one)
        assert one["end"] is None if one["start"] is None else one["end"] - one["start"] == len(one["quote"])


def test_record_of_a_day_before_it_begins_is_refused() -> None:
    for form in ([], ["--json"]):
        done = CliRunner().invoke(app, ["record", "japan-us-2025", "--as-of", "2025-04-01", *form])
        assert isinstance(done.exception, InputError)
        assert "the record japan-us-2025 begins on 2025-04-02, after 2025-04-01" in str(done.exception)


def test_a_topic_that_nothing_touches_is_refused_and_the_known_ones_are_named() -> None:
    arguments = ["record", "japan-us-2025", "--as-of", "2025-06-29", "--json", "--topic"]
    assert json.loads(run(*arguments, "car tariff"))["positions"]
    done = CliRunner().invoke(app, [*arguments, "nosuchtopic"])
    assert isinstance(done.exception, InputError)
    assert "nothing in the record touches 'nosuchtopic' (topics: " in str(done.exception)
    assert "car tariff, country rate" in str(done.exception)
    early = run("record", "japan-us-2025", "--as-of", "2025-04-27", "--topic", "semiconductor")
    assert "Nothing was recorded by that day on 'semiconductor'." in early


def test_only_what_is_open() -> None:
    content = json.loads(run("record", "japan-china-2018", "--as-of", "2019-01-02", "--open", "--json"))
    assert {one["status"] for one in content["commitments"]} == {"open", "ongoing", "overdue"}
    assert [one["id"] for one in content["contentions"]] == ["rohs", "business-environment", "television"]


def test_check_says_what_it_could_not_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOSHO_SOURCES", raising=False)
    written = (Case.load("japan-asean-2023").folder / "record.yaml").read_text(encoding="utf-8")
    count = written.count("quote:")
    told = run("record", "check", "japan-asean-2023")
    assert f"0 verified against their sources, {count} unverified" in told


def test_check_finds_what_the_table_cites_wrongly(tmp_path: Path) -> None:
    assert json.loads(run("record", "check", "japan-us-2025", "--json"))["cited_by_table"] > 20
    assert "red-line-cars" in run("record", "check", "japan-us-2025")
    bare = tmp_path / "bare"
    shutil.copytree(Case.load("japan-asean-2023").folder, bare)
    (bare / "table.yaml").unlink()
    assert "cited_by_table" not in run("record", "check", str(bare), "--json")
    folder = tmp_path / "mine"
    shutil.copytree(Case.load("japan-us-2025").folder, folder)
    table = folder / "table.yaml"
    table.write_text(
        table.read_text(encoding="utf-8").replace("[red-line-cars]", "[red-line]"), encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["record", "check", str(folder)])
    assert isinstance(done.exception, InputError)
    assert "unknown statement 'red-line'" in str(done.exception)


def test_tables_for_people() -> None:
    shown = run("record", "japan-taiwan-2025", "--as-of", "2025-12-04")
    for words in ("Timeline", "Positions", "memorandum of understanding: signed", "Su Jia-chyuan"):
        assert words in shown


def test_accept_reads_decisions_from_standard_input(tmp_path: Path) -> None:
    record, drafts = tmp_path / "record.yaml", tmp_path / "drafts.yaml"
    source = GOLD / "02-ministry-release-korea.txt"
    shown = run("read", source, "--out", drafts, "--accept", "--record", record, typed="a\nr\na\nq\n")
    assert "2 accepted, 1 rejected, 0 skipped" in shown
    assert record.exists()
    again = run("read", source, "--out", drafts, "--accept", "--record", record, typed="")
    assert "0 accepted" in again


def test_mistakes() -> None:
    for arguments in (["record", "nowhere"], ["record", "check"], ["read"], ["read", "no-such-file.txt"]):
        done = CliRunner().invoke(app, arguments)
        assert isinstance(done.exception, InputError), done.output
