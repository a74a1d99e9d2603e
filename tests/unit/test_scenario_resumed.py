"""What of broken off work is kept and taken up again, and what is asked anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from kosho.scenario import solving

RESULTS: dict[str, Any] = {
    "a": 1.0,
    "b": ("no equilibrium", None),
    "c": "no equilibrium",
    "d": (2.0, None),
    "e": None,
}
"""By job; a text is why there is none, None is what a worker could not do."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def shared_out(_run: Any, jobs: list[str], _processes: int) -> Any:
        found.extend(jobs)
        return [(job, RESULTS[job]) for job in jobs]

    monkeypatch.setattr(solving, "shared_out", shared_out)
    monkeypatch.setattr(solving, "job_name", lambda job: (job,))
    monkeypatch.setattr(solving, "run_job", lambda job: f"{job} here")
    return found


def solved(jobs: str, before: dict[Any, Any], *first: int) -> tuple[dict[str, Any], dict[Any, Any]]:
    kept: dict[Any, Any] = {}
    unfinished = SimpleNamespace(results=before, done=kept.__setitem__)
    found = solving._solved(cast("Any", list(jobs)), lambda *_told: None, cast("Any", unfinished), *first)
    return found, kept


def test_results_are_kept_by_place_and_name_reasons_are_not(asked: list[str]) -> None:
    found, kept = solved("abcde", {})
    assert found == RESULTS | {"e": "e here"}
    assert kept == {(0, "a"): 1.0, (3, "d"): (2.0, None)}  # another language has other words for a reason
    assert asked == list("abcde")


def test_what_was_solved_is_not_solved_again(asked: list[str]) -> None:
    found, kept = solved("abd", {(5, "a"): 7.0, (6, "d"): 8.0}, 5)  # d was solved in another place
    assert found == {"a": 7.0, "b": RESULTS["b"], "d": (2.0, None)}
    assert kept == {(7, "d"): (2.0, None)}
    assert asked == ["b", "d"]


def test_without_anything_to_keep_all_is_solved(asked: list[str]) -> None:
    assert solving._solved(cast("Any", ["a", "d"]), lambda *_told: None, None) == {"a": 1.0, "d": (2.0, None)}
    assert asked == ["a", "d"]
