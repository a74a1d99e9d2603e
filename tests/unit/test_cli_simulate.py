"""What `kosho simulate` shows: the short of it on two screens, all of it where asked for."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.cli.terminal import say, show_table

LINES = 90
"""Two screens of a terminal that is turned to text."""
WIDE = 100


def shown(*options: str) -> list[str]:
    arguments = ["simulate", "japan-us-2025", "--scenario", "deal-purchases", "--world", "talks", *options]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": str(WIDE)}, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def short() -> list[str]:
    return shown()


@pytest.fixture(scope="module")
def long() -> list[str]:
    return shown("--all")


def test_the_short_of_it_fits_two_screens(short: list[str]) -> None:
    assert len(short) <= LINES
    assert max(map(len, short)) <= WIDE


def test_everything_fits_the_width(long: list[str]) -> None:
    assert max(map(len, long)) <= WIDE
    assert "In force, and without an effect in these results" in long


def test_the_short_of_it_holds_what_matters(short: list[str], long: list[str]) -> None:
    text = "\n".join(short)
    for title in ("Flows", "What is bound", "Whose sales it changes"):
        assert title in text
    assert "What the measures rest on" not in text
    assert "On top of the base" not in text
    (more,) = re.findall(r"With --all: [^.]*\.", text)
    assert "parameters in their ranges" in more
    assert "With --all" not in "\n".join(long)
    assert "on top of" in " ".join(" ".join(long).split())


def test_what_does_not_bind_is_one_sentence(short: list[str]) -> None:
    text = " ".join(short)
    assert text.count("British cars") == 1
    assert re.search(r"Not reached: .*British cars inside the quota .*of +100,000 +vehicles\)", text)


def test_ranges_of_amounts_stay_on_their_lines(short: list[str]) -> None:
    corn = next(n for n, line in enumerate(short) if line.startswith("More American corn"))
    assert re.search(r"Japan pays +\(3\.2 to [\d.]+\) +\([\d.]+ to \d+\) +\(", short[corn + 1])


def test_notes_are_wrapped_and_numbers_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    say("word " * 30)
    show_table("T", ("What", "Figure"), [("some words that need room " * 2, "1.0 to 2.0 billion")], numeric=1)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 40
    assert any("1.0 to 2.0 billion" in line for line in lines)


def test_what_is_too_wide_is_folded_and_never_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    show_table("T", ("What", "A", "B"), [("words", "one two three four five", "1 2 3 4 5 6 7 8 9")], numeric=2)
    text = capsys.readouterr().out
    assert all(word in text for word in ("one", "two", "three", "four", "five", "9"))
