"""Work that was broken off goes on from what was done; nothing of it is taken for other work."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.own_world import sales, with_ranges, write_case
from typer.testing import CliRunner

from kosho import cache
from kosho.brief import composing
from kosho.case import Case
from kosho.cli import app
from kosho.equilibrium import batch, fallbacks
from kosho.language import use
from kosho.parallel import at_most
from kosho.scenario import ScenarioResults, jobs, run, runs, solving
from kosho.scenario.results import CountryEffect, VariantResult
from kosho.unfinished import EVERY, Unfinished, once

JAPAN = CountryEffect(welfare=0.0009, ev_musd=4440, real_wage=0.0011)
RESULT = VariantResult(scenario="deal", variant="fixed", countries={"JPN": JAPAN}, sectors={}, flows=())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def broken_off(error: BaseException, results: dict[Any, Any]) -> None:
    """Do some work and break off."""
    with Unfinished(b"a", b"b") as work:
        for name, result in results.items():
            work.done(name, result)
        raise error


@pytest.mark.parametrize("error", [SystemExit(143), KeyboardInterrupt(), ValueError("x")])
def test_what_was_done_is_there_again_whatever_broke_it_off(error: BaseException) -> None:
    values = np.array([0.1, np.nan, 1 / 3])
    with pytest.raises(type(error)):
        broken_off(error, {(1, "x"): {"worth": values, "n": 3}, (2, "y"): RESULT})
    again = Unfinished(b"a", b"b").results
    assert list(again) == [(1, "x"), (2, "y")]
    np.testing.assert_array_equal(again[1, "x"]["worth"], values)
    assert again[2, "y"] == RESULT
    assert Unfinished(b"a", b"c").results == {}


def test_it_is_written_every_few_seconds_for_a_process_that_is_killed() -> None:
    now = iter([0.0, 1.0, EVERY + 1.0, EVERY + 1.5, EVERY + 2.0, EVERY + 3.0])
    work = Unfinished(b"a", clock=lambda: next(now))
    work.done("one", 1)
    assert Unfinished(b"a").results == {}
    work.done("two", 2)
    assert Unfinished(b"a").results == {"one": 1, "two": 2}
    work.done("three", 3)
    assert Unfinished(b"a").results == {"one": 1, "two": 2}


def test_what_is_done_stays_for_who_asks_again() -> None:
    with Unfinished(b"a") as work:
        work.done("one", 1)
    assert Unfinished(b"a").results == {"one": 1}


def test_nothing_is_written_where_nothing_was_solved(folder: Path) -> None:
    with Unfinished(b"a"):
        pass
    assert not folder.exists()


def test_a_result_is_made_once_unless_it_does_not_fit() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    for _time in range(2):
        with Unfinished(b"a"):
            assert once("kept", lambda: make("kept")) == "kept"
            assert once("words", lambda: make("words"), lambda one: one != "words") == "words"
    assert made == ["kept", "words", "words"]
    assert once("kept", lambda: make("anew")) == "anew"  # no work is at hand


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (eval, ("1 / 0",))


@pytest.mark.parametrize(
    "content", [pickle.dumps({"x": Evil()}), pickle.dumps({"x": Path()}), b"", b"\x80", b"no"]
)
def test_a_file_makes_nothing_but_results(content: bytes) -> None:
    cache.keep(cache.place(b"unfinished", b"a"), content)
    assert Unfinished(b"a").results == {}


def plain_fields(results: ScenarioResults) -> dict[str, object]:
    return {one.name: getattr(results, one.name) for one in fields(results)}


def test_scenarios_go_on_from_what_was_solved_and_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    case.mkdir()
    build = ["world", "build", *map(str, sales(tmp_path)), "--out", str(case / "mine.npz")]
    assert CliRunner().invoke(app, build).exit_code == 0
    write_case(case, "mine.npz")
    opened = Case.load(case)
    monkeypatch.setattr(runs, "DRAWS", 3)
    for room in (runs, solving):
        monkeypatch.setattr(room, "cores", lambda: 1)
    whole = run(opened, ["status-quo", "deal"])
    solved: list[object] = []
    plain = jobs.run_job

    def counted(job: jobs.Job) -> jobs.JobResult:
        if len(solved) == 5:
            raise SystemExit(143)
        solved.append(job)
        return plain(job)

    monkeypatch.setattr(jobs, "run_job", counted)
    with pytest.raises(SystemExit), Unfinished(b"case") as work:
        run(opened, ["status-quo", "deal"], unfinished=work)
    kept = Unfinished(b"case")
    assert len(kept.results) == 5
    again: list[object] = []

    def counted_again(job: jobs.Job) -> jobs.JobResult:
        again.append(job)
        return plain(job)

    monkeypatch.setattr(jobs, "run_job", counted_again)
    found = run(opened, ["status-quo", "deal"], unfinished=kept)
    assert plain_fields(found) == plain_fields(whole)
    assert len(again) + 5 + 1 == len(kept.results)  # all draws are one batch, and no job
    again.clear()
    assert plain_fields(run(opened, ["status-quo", "deal"], unfinished=kept)) == plain_fields(whole)
    assert again == []


def test_a_second_language_solves_nothing_and_says_what_it_says_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    build = ["world", "build", *map(str, sales(tmp_path)), "--out", str(folder / "mine.npz")]
    assert CliRunner().invoke(app, build).exit_code == 0
    write_case(folder, "mine.npz")
    table = folder / "table.yaml"
    table.write_text(with_ranges(table.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr(runs, "DRAWS", 3)
    monkeypatch.setattr(composing, "DRAWS", 4)
    solved: list[object] = []

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def count(*given: Any) -> Any:
            solved.append(given)
            return function(*given)

        return count

    monkeypatch.setattr(fallbacks, "_ladder", counted(fallbacks._ladder))
    monkeypatch.setattr(batch, "iterate_together", counted(batch.iterate_together))

    def told(tag: str) -> composing.Brief:
        solved.clear()
        with use(tag), at_most(1):  # other processes do not count
            return composing.compose(Case.load(folder))

    english = told("en")
    assert len(solved) > 100
    japanese = told("ja")
    assert solved == []
    assert japanese.first_page != english.first_page
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "another"))
    assert told("ja") == japanese
    assert len(solved) > 100
