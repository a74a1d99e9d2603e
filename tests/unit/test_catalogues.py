"""Catalogues are up to date and whole, and their messages have the fields of the English ones."""

from __future__ import annotations

import re

import pytest
from tests.catalogues import (
    ROOT,
    Message,
    fields,
    folders,
    lacking,
    messages,
    path_of,
    read,
    refreshed,
    texts,
    unwrapped,
    written,
)

from kosho.language import SOURCE, known

LANGUAGES = [tag for tag in known() if tag != SOURCE]
WHOLE = "cases/japan-us-2025"
QUOTED = {"We believe that a 25% tariff on automobiles is not something that Japan can accept."}
"""A note that is what somebody said."""
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_catalogue_is_in_step_with_the_source(tag: str) -> None:
    assert written(refreshed(tag)) == path_of(tag).read_text(encoding="utf-8"), "run: make catalogues"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_left_to_translate(tag: str) -> None:
    assert [one.key for one in lacking(tag)] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_fields_and_lines_are_those_of_the_source(tag: str) -> None:
    catalogue = read(path_of(tag), tag)
    pairs: list[tuple[str, str]] = []
    for one in messages():
        text = one.text if isinstance(one.text, str) else one.text[1]
        held = catalogue.get(one.key[1], one.context).string
        pairs += [(text, told) for told in ([held] if isinstance(held, str) else held)]
    wrong = [
        (text, told)
        for text, told in pairs
        if fields(told) != fields(text) or told.count("\n") != text.count("\n")
    ]
    assert wrong == []


def test_words_for_people_go_through_a_catalogue() -> None:
    assert unwrapped() == []


def test_a_message_that_is_new_is_found_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    new = {**messages(), Message("no such message {yet}"): ["cli/read.py"]}
    monkeypatch.setattr("tests.catalogues.messages", lambda: new)
    assert [one.key for one in lacking("ja")] == [(None, "no such message {yet}")]
    assert written(refreshed("ja")) != path_of("ja").read_text(encoding="utf-8")


def test_japanese_messages_are_japanese() -> None:
    """All of more than two words, but for what a person types as it is."""
    catalogue = read(path_of("ja"), "ja")
    typed = re.compile(r"kosho |^scope: |=|^\w+\(|^\(|UTF-8")
    plain = [
        one.key[1]
        for one in messages()
        if len(re.findall(r"[a-z]{2,}", re.sub(r"\{[^}]*\}", "", one.key[1]))) > 2
        and not JAPANESE.search(str(catalogue.get(one.key[1], one.context).string))
        and not typed.search(one.key[1])
    ]
    assert plain == []


def test_the_case_of_japan_and_the_united_states_is_whole() -> None:
    left, _catalogue = texts(ROOT / WHOLE, "ja")
    assert set(left) == QUOTED


@pytest.mark.parametrize(
    "folder", [one for one in folders() if one.parent.name == "cases"], ids=lambda one: one.name
)
def test_titles_and_options_of_shipped_cases_are_translated(folder) -> None:
    left, catalogue = texts(folder, "ja")
    table = (folder / "table.yaml").read_text(encoding="utf-8")
    titles = re.findall(r"\btitle: ([^\n{}]+?)(?:, \w+:|\s*\}|\s*$)", table, re.MULTILINE)
    assert titles
    assert not [one for one in titles if one.strip("'\"") in left and not one.startswith("Assumption")]
    assert len(catalogue) > 50


def test_what_is_left_of_shipped_data_is_counted_and_does_not_grow() -> None:
    left = {one.relative_to(ROOT).as_posix(): len(texts(one, "ja")[0]) for one in folders()}
    most = {
        "cases/japan-asean-2023": 181, "cases/japan-china-2018": 60, "cases/japan-taiwan-2025": 66,
        "cases/japan-us-2025": 1, "law": 60, "law/measures": 330, "lines": 0,
    }  # fmt: skip
    assert {name: number for name, number in left.items() if number > most[name]} == {}
