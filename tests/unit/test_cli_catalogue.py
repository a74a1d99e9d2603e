"""`kosho cases`, `codes` and `tariffs` as a person in either language meets them."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError

RUN = CliRunner()


def told(*words: str) -> str:
    done = RUN.invoke(app, words, env={"COLUMNS": "100"})
    assert done.exit_code == 0, done.output
    return done.output


def test_cases_are_listed_in_japanese_whole() -> None:
    text = told("cases", "--lang", "ja")
    assert not re.search(r"\bto 20|\((?:fact|assumption|estimate)\)|\breference\b", text)
    assert not re.search(r"status-quo +status-quo", text)


@pytest.mark.parametrize(
    ("words", "code"), [("日本", "JPN"), ("台湾", "TWN"), ("自動車", "C29"), ("米国", "USA"), ("usa", "USA")]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_codes_are_found_by_their_name_in_any_language(words: str, code: str, language: str) -> None:
    assert code in told("codes", words, "--lang", language)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--weight", "USA:C29=-5"), "--weight USA: weight of C29 is -5"),
        (("--set", "A=USA:JPN"), "--set A: 'USA' sets no tariffs here"),
        (("--sectors", "c29"), "unknown sector 'c29' (did you mean C29?)"),
    ],
)
def test_tariffs_name_the_option_that_is_wrong(words: tuple[str, ...], message: str) -> None:
    done = RUN.invoke(app, ["tariffs", "optimal", "--parties", "JPN,USA", *words])
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)


def test_a_number_of_rates_is_told_in_the_language() -> None:
    text = told("tariffs", "optimal", "--parties", "JPN,USA", "--sectors", "C29", "--lang", "ja")
    assert " rate" not in text
