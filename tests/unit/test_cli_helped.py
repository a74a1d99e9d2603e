"""Help and mistakes in how a command is called, in Japanese: whole, in 80 columns, and gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from kosho.cli import app, command
from kosho.cli.helped import asked_language

RUN = CliRunner()
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
"""Two words in a row."""
TYPED = re.compile(r"--\S+(?: \S+)?|`[^`]*`|使い方：.*|'[^']*'|\[既定：[^\]]*\]")
"""What a person types as it is."""


def paths(of=None, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, as words of a command line."""
    here = command() if of is None else of
    yield before
    for name in getattr(here, "commands", {}):
        yield from paths(here.commands[name], (*before, name))


def told(*arguments: str, columns: str = "80") -> str:
    done = RUN.invoke(app, arguments, env={"COLUMNS": columns})
    return done.output


@pytest.mark.parametrize("path", list(paths()), ids=lambda path: " ".join(path) or "kosho")
def test_help_of_every_command_is_japanese_and_80_columns_wide(path: tuple[str, ...]) -> None:
    lines = told(*path, "--help", "--lang", "ja").rstrip().splitlines()
    assert any(line.startswith("使い方：kosho") for line in lines)
    assert "この説明を表示して終了。" in lines[-1] or "コマンド" in lines
    for line in lines:
        assert not ENGLISH.search(TYPED.sub("", line)), line
        assert cell_len(line) <= 80 or line.lstrip().startswith("--"), line


def test_help_asked_for_before_the_language_is_told_in_it() -> None:
    assert told("rate", "--help", "--lang", "ja") == told("rate", "--lang=ja", "--help")


def test_help_says_what_is_required_and_what_holds_if_nothing_is_said() -> None:
    text = told("lines", "price", "--help", "--lang", "ja", columns="120")
    assert re.search(r"--importer コード +関税を変更する国。\[必須\]", text)
    assert "[既定：bounded]" in text
    assert "{ファイル}" in text


def test_english_help_stays_as_it_is_after_japanese() -> None:
    before = told("rate", "--help")
    told("rate", "--help", "--lang", "ja")
    told("rate", "--nonsense", "--lang", "ja")
    assert told("rate", "--help") == before
    assert "Usage: kosho rate" in before or "rate [OPTIONS]" in before
    assert "No such option: --nonsense" in told("rate", "--nonsense")
    draws = told("bargain", "japan-us-2025", "--draws", "x")
    assert "wrong value for '--draws': must be a whole number, not 'x'" in draws


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rate", "--nonsense"), "オプション--nonsenseはない"),
        (("casess",), "コマンド'casess'はない（'cases'の誤りではないか）"),
        (("rate",), "の指定がない"),
        (("register",), "コマンドの指定がない"),
        (("rate", "USA", "JPN", "8703.23", "EU27"), "余分な引数：EU27"),
        (("bargain", "japan-us-2025", "--draws", "x"), "'--draws'の値の誤り：整数でなければならない"),
    ],
)
def test_mistakes_in_a_command_line_are_told_in_japanese(arguments: tuple[str, ...], words: str) -> None:
    done = RUN.invoke(app, (*arguments, "--lang", "ja"), env={"COLUMNS": "80"})
    output = re.sub(r"[│\s]+", "", done.output)
    assert re.sub(r"\s+", "", words) in output
    assert "使い方：kosho" in output
    assert "Usage" not in output
    assert "Error" not in output


def test_an_option_at_the_end_without_its_value_is_told_in_japanese() -> None:
    assert "オプション'--draws'には値が必要" in told("bargain", "japan-us-2025", "--lang", "ja", "--draws")


def test_the_environment_names_the_language_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_LANG", "ja")
    assert "エラー" in told("rate", "--nonsense")
    assert "オプション" in told("--help")


def test_a_language_that_is_asked_for_and_is_none_is_told_by_its_option() -> None:
    assert asked_language(["rate", "--lang", "xx"]) is None
    assert asked_language(["rate", "--", "--lang", "ja"]) is None
    assert asked_language(["--lang"]) == "en"
    assert RUN.invoke(app, ("cases", "--lang", "xx")).exit_code != 0
