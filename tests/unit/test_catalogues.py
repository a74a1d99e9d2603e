"""Catalogues are up to date and whole, and their messages have the fields of the English ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.catalogues import (
    ROOT,
    Message,
    bare,
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
from tests.catalogues.digits import astray

from kosho.language import SOURCE, known

LANGUAGES = [tag for tag in known() if tag != SOURCE]
QUOTED = {"We believe that a 25% tariff on automobiles is not something that Japan can accept."}
"""A note that is what somebody said."""
COUNTING = {
    "power of ten of the unit of money in tables, 9 for a billion",
    "powers of ten in which large numbers are told: billion, million",
    "powers of ten of money in a sentence: billion, million",
    "unit",
}
"""Messages that are powers of ten or units, and differ from language to language."""
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
    typed = re.compile(r"kosho |^[a-z]+,[a-z]+,|^scope: |=|^\w+\(|^\(|UTF-8")
    plain = [
        one.key[1]
        for one in messages()
        if len(re.findall(r"[a-z]{2,}", re.sub(r"\{[^}]*\}", "", one.key[1]))) > 2
        and not JAPANESE.search(str(catalogue.get(one.key[1], one.context).string))
        and not typed.search(one.key[1])
    ]
    assert plain == []


@pytest.mark.parametrize("folder", folders(), ids=lambda one: one.relative_to(ROOT).as_posix())
def test_every_text_of_shipped_data_is_translated(folder: Path) -> None:
    """Titles, descriptions, notes, names and topics of cases, registers, episodes and corridors."""
    assert folder.joinpath("translations", "ja.po").is_file()
    assert set(bare(folder, "ja")) - QUOTED == set()


@pytest.mark.parametrize("folder", folders(), ids=lambda one: one.relative_to(ROOT).as_posix())
def test_numbers_of_shipped_texts_are_those_of_the_source(folder: Path) -> None:
    held = [(str(one.id), str(one.string)) for one in texts(folder, "ja")[1] if one.id]
    assert held
    assert [(*pair, astray(*pair)) for pair in held if astray(*pair)] == []


def test_numbers_of_messages_are_those_of_the_source() -> None:
    """But for the powers of ten in which each language counts money."""
    catalogue = read(path_of("ja"), "ja")
    pairs: list[tuple[str, str]] = []
    for one in messages():
        if one.context not in COUNTING:
            held = catalogue.get(one.key[1], one.context).string
            text = one.text if isinstance(one.text, str) else one.text[1]
            pairs += [(text, told) for told in ([held] if isinstance(held, str) else held)]
    assert [(*pair, astray(*pair)) for pair in pairs if astray(*pair)] == []


@pytest.mark.parametrize(
    ("english", "told", "wrong"),
    [
        ("7.5 billion by July 2028", "2028年7月までに75億", set()),
        ("16,000 cars, half of 5.7 bn", "57億の半分、1万6,000台", set()),
        ("15 to 35 million", "1,500万～3,500万", set()),
        ("heading 9903.81.87", "9903.81.78項", {"9903.81.87", "9903.81.78"}),
        ("1.9 billion dollars", "190億ドル", {1.9, 19e9}),
        ("not before 2028-06-30", "2028年6月までは不可", {30.0}),
        ("no figure", "数値は3", {3.0}),
    ],
)
def test_numbers_that_differ_are_told(english: str, told: str, wrong: set[float | str]) -> None:
    assert astray(english, told) == wrong


def test_a_text_of_data_that_is_new_is_found_missing(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "translations").mkdir(parents=True)
    (folder / "case.yaml").write_text("title: Steel\nnote: BYD\nquote: As said\n", encoding="utf-8")
    assert bare(folder, "ja") == ["Steel"]
    (folder / "translations" / "ja.po").write_text('msgid "Steel"\nmsgstr "鉄鋼"\n', encoding="utf-8")
    assert bare(folder, "ja") == []
