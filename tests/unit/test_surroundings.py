"""What tests are kept apart from, and what is said where something outside the product is missing."""

from __future__ import annotations

import pytest
from hypothesis import settings
from tests.surroundings import BROWSER, REFERENCE, apart, environment, not_run, python


def test_what_the_shell_says_of_terminals_and_folders_is_taken_away() -> None:
    names = ["PATH", "COLUMNS", "FORCE_COLOR", "KOSHO_CACHE", "XDG_DATA_HOME", REFERENCE, "LANG"]
    assert apart(names) == ["COLUMNS", "FORCE_COLOR", "KOSHO_CACHE", "XDG_DATA_HOME"]


def test_a_child_process_knows_nothing_of_the_terminal_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not {"COLUMNS", "FORCE_COLOR"} & set(environment())
    told = python("import os; print(os.environ.get('COLUMNS'), os.environ['KOSHO_DATA'])", KOSHO_DATA="here")
    assert told.stdout.split() == ["None", "here"]


def test_what_was_not_run_is_one_line() -> None:
    assert not_run(["set KOSHO_WHEEL to build from it"]) == ""
    browser, data = f"no {BROWSER} at hand", f"{REFERENCE} names no folder"
    assert not_run([browser]) == "Not run: 1 test needs Chromium"
    assert not_run([data, browser, data]) == "Not run: 1 test needs Chromium, 2 tests need KOSHO_SHARED"


def test_examples_are_the_same_on_every_machine() -> None:
    known = settings.get_profile("settled")
    assert known.derandomize
    assert known.database is None
