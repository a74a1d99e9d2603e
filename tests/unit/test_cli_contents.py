"""Contents that commands print as JSON or write to files, and ends of the command line that few runs reach."""

from __future__ import annotations

import errno
import json
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from kosho import cli
from kosho.cli import app, corridor, lines_data, register_editions, terminal, typed
from kosho.errors import InputError, KoshoError, Problem


def told(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_formats_and_agreements_are_listed_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    one = SimpleNamespace(model_dump=lambda mode: {"of": mode})
    monkeypatch.setattr("kosho.lines.trade_formats.formats", lambda: {"a": one, "b": one})
    monkeypatch.setattr(
        "kosho.lines.staging_rules.agreements", lambda rules: {"a": one} if rules is None else {}
    )
    assert told("lines", "formats") == {"schema_version": 1, "formats": [{"of": "json"}] * 2}
    assert told("lines", "agreements") == {"schema_version": 1, "agreements": [{"of": "json"}]}
    assert told("lines", "agreements", "--rules", "r.yaml") == {"schema_version": 1, "agreements": []}


def test_goods_and_facts_are_told_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosho.lines.goods_trade.japan_goods", lambda partner, way: [f"{partner} {way}"])
    monkeypatch.setattr("kosho.cli.lines_goods._content", lambda one: {"of": one})
    found = told("lines", "goods", "USA", "--flow", "export")
    assert (found["year"], found["unit"], found["goods"]) == (2025, "billion JPY", [{"of": "USA export"}])
    facts = [SimpleNamespace(contract=lambda: {"of": "x"})]
    monkeypatch.setattr("kosho.validation.validate", lambda only, _progress: facts if only == "x" else [])
    assert told("validate", "--only", "x") == {"schema_version": 1, "rows": [{"of": "x"}]}


@pytest.mark.parametrize(
    ("name", "kind"), [("a.csv", "csv"), ("a.CSV", "csv"), ("a.xlsx", "xlsx"), ("a.XLSX", "xlsx")]
)
def test_rates_by_year_are_written_as_the_file_is_called(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kosho.lines.annex.read_annex", lambda _file: "annex")
    monkeypatch.setattr("kosho.lines.annex.stage_annex", lambda *_given: [])
    monkeypatch.setattr("kosho.lines.annex.annex_csv", lambda *_given: "csv")
    monkeypatch.setattr("kosho.lines.annex.annex_workbook", lambda *_given: "xlsx")
    monkeypatch.setattr(
        "kosho.lines.staging_rules.agreement_of", lambda *_given: SimpleNamespace(title="T", id="t")
    )
    done = CliRunner().invoke(
        app, ["lines", "stage", "f.csv", "--agreement", "t", "--out", name], catch_exceptions=False
    )
    assert (tmp_path / name).read_text(encoding="utf-8") == kind
    assert [line for line in done.stdout.splitlines() if line] == [
        "0 lines under T; 0 free in the end.", "Duties: nothing", name
    ]  # fmt: skip


@pytest.mark.parametrize("known", [(), ("r5", "r6")])
def test_editions_that_were_imported_are_named(known: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    editions = [SimpleNamespace(edition=name) for name in known]
    monkeypatch.setattr("kosho.law.schedules.store.imported", lambda _importer: editions)
    monkeypatch.setattr("kosho.lines.shipped.schedule_rates", lambda one: f"rates of {one.edition}")
    monkeypatch.setattr("kosho.lines.shipped.shipped_rates", lambda importer: f"shipped {importer}")
    with pytest.raises(InputError) as caught:
        lines_data._rates("USA", "r9", None)
    more = ", or r5, r6" if known else "; `kosho schedule import` brings one in"
    assert caught.value.problems[0].hint == f"law, collected, shipped, a file{more}"
    if known:
        assert lines_data._rates("USA", "r6", None) == "rates of r6"
    assert lines_data._rates("USA", "shipped", None) == "shipped USA"


def test_a_comparison_with_a_schedule_is_told_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found: Any = SimpleNamespace(
        on=date(2025, 9, 1), exporter="JPN", headings=("9903",), lines=9, equal=9, explained=0, different=[]
    )
    monkeypatch.setattr("kosho.law.Register.load", lambda: "register")
    monkeypatch.setattr("kosho.law.schedules.importing.read_files", lambda files: SimpleNamespace(lines=files))
    monkeypatch.setattr("kosho.law.against_schedule.against_schedule", lambda *_given: found)
    register_editions.against([Path("f")], json=True)
    content = json.loads(capsys.readouterr().out)
    assert (content["lines"], content["different"], content["on"]) == (9, [], "2025-09-01")


def test_a_bar_says_where_it_is_where_a_person_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    with corridor._bar(4) as (advance, stage):
        advance()
        stage("nothing is shown")
    done: list[Any] = []

    class Bar:
        def __init__(self, *_columns: Any, **more: Any) -> None:
            done.append(("made", more["transient"]))

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_given: Any) -> None:
            done.append("ended")

        def add_task(self, text: str, total: int) -> str:
            done.append((text, total))
            return "task"

        def update(self, task: str, **what: Any) -> None:
            done.append((task, what))

        def advance(self, task: str) -> None:
            done.append(task)

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("rich.progress.Progress", Bar)
    with corridor._bar(4) as (advance, stage):
        stage("Baseline")
        advance()
        stage(None, (1, 3))
    assert done == [
        ("made", True), ("", 4), ("task", {"description": "Baseline"}), "task",
        ("task", {"completed": 1, "total": 3}), "ended",
    ]  # fmt: skip


def test_a_path_that_cannot_be_looked_at_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.touch()
    assert typed._same(path, path)
    assert not typed._same(path, tmp_path / "none")
    assert not typed._same(tmp_path / "none", path)
    assert terminal.day(None, "--on") is None


FULL = "No space left on device"


@pytest.mark.parametrize(
    ("error", "status", "lines"),
    [
        (InputError([Problem("a", "b", key="--x"), Problem("c")]), 2, ["--x: a (b)", "c"]),
        (KoshoError("no answer"), 1, ["no answer"]),
        (OSError(errno.ENOSPC, FULL), 1, [f"standard output cannot be written: {FULL}"]),
        (OSError(errno.ENOENT, "No such file or directory", "f.txt"), 1, ["f.txt: No such file or directory"]),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, []),
        (MemoryError(), 1, ["the memory of this machine is not enough for this"]),
        (None, 0, []),
        (SystemExit(3), 3, []),
    ],
)  # fmt: skip
def test_every_end_of_a_command_has_its_lines_and_its_status(
    error: BaseException | None, status: int, lines: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    done: list[str] = []
    for name in ("end_quietly", "take_any_text", "give_up", "end_at_once"):
        monkeypatch.setattr(cli, name, lambda name=name: done.append(name))
    frozen: list[Any] = []
    monkeypatch.setattr(cli.gc, "freeze", lambda: frozen.append("freeze"))
    monkeypatch.setattr(cli.gc, "set_threshold", frozen.append)
    monkeypatch.delenv("KOSHO_LANG", raising=False)

    def command() -> None:
        if error is not None:
            raise error
        raise SystemExit(0)

    monkeypatch.setattr(cli, "app", command)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == status
    assert capsys.readouterr().err.splitlines() == lines
    of_system = isinstance(error, OSError)
    assert done == ["end_quietly", "take_any_text", *(["give_up"] if of_system else []), "end_at_once"]
    assert frozen == [50_000, "freeze"]


def test_a_language_of_the_surroundings_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("end_quietly", "take_any_text", "end_at_once"):
        monkeypatch.setattr(cli, name, lambda: None)
    monkeypatch.setattr(cli.gc, "freeze", lambda: None)
    monkeypatch.setattr(cli.gc, "set_threshold", lambda _few: None)
    monkeypatch.setenv("KOSHO_LANG", "xx")
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err == "KOSHO_LANG: unknown language 'xx' (one of en, ja)\n"
