from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field
from typer.testing import CliRunner

from kosho import yamlfile
from kosho.cli import app
from kosho.errors import InputError
from kosho.provenance import Day, Frozen


class Duty(Frozen):
    rate: float
    since: Day


class Ban(Frozen):
    banned: bool


class Paper(Frozen):
    title: str
    duties: tuple[Duty | Ban, ...] = ()
    by_country: dict[str, Duty] = Field(default_factory=dict)


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        yamlfile.validate(text, Paper, "paper.yaml")
    return str(caught.value).splitlines()


def test_reads_and_knows_lines(tmp_path: Path) -> None:
    path = tmp_path / "paper.yaml"
    path.write_text("title: 交渉\nduties:\n  - rate: 2.5\n    since: 2025-04-03\n", encoding="utf-8")
    paper, lines = yamlfile.load(path, Paper)
    assert paper.title == "交渉"
    assert str(paper.duties[0].since) == "2025-04-03"  # pyright: ignore[reportAttributeAccessIssue]
    assert lines["duties", 0, "since"] == 4
    assert lines["duties", 0, "nothing"] == 3


def test_every_mistake_is_named_with_its_line() -> None:
    text = "titel: A\nby_country:\n  JPN:\n    rate: high\n    since: 2025-02-30\n    rtae: 1\n"
    assert problems(text) == [
        "paper.yaml:1: title: is missing",
        "paper.yaml:4: by_country.JPN.rate: must be a number, not 'high'",
        "paper.yaml:5: by_country.JPN.since: is not a date: '2025-02-30' (write YYYY-MM-DD)",
        "paper.yaml:6: by_country.JPN.rtae: unknown key (did you mean rate?)",
        "paper.yaml:1: titel: unknown key (did you mean title?)",
    ]


def test_a_key_given_twice_is_refused() -> None:
    assert problems("title: A\ntitle: B\n") == [
        "paper.yaml:2: title: key given twice, first on line 1 (keep one)"
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("title: a\nbody: [x\n\nend: y\n", "paper.yaml:2: a quotation mark or a bracket is left open"),
        ('title: a\nbody: "x\n\nend: y\n', "paper.yaml:2: a quotation mark or a bracket is left open"),
        ("title: a\n\tb: 1\n", "paper.yaml:2: a tab stands where spaces should"),
        ("title: a: b\n", "paper.yaml:1: a second colon stands in the line"),
        ("title: 10\nrate: %5\n", "paper.yaml:2: a word begins with a character"),
        ("- a\n- b\n", "paper.yaml:1: must be a mapping"),
        ("title: \x00", "paper.yaml: is not YAML"),
        ("", "paper.yaml:1: title: is missing"),
        ("? [a, b]\n: 1\n", "paper.yaml:1: "),
    ],
)
def test_what_is_no_document(text: str, start: str) -> None:
    assert problems(text)[0].startswith(start)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("9" * 5000, "int"), ("!!int x", "int"), ("!!float x", "float"), ("!!timestamp x", "timestamp")],
    ids=lambda value: value[:12],
)
def test_what_is_none_of_its_kind_is_told_with_its_line(value: str, kind: str) -> None:
    assert problems(f"title: a\nduties:\n  - since: 2025-04-03\n    rate: {value}\n") == [
        f"paper.yaml:4: cannot be read as {kind}"
    ]


@pytest.mark.parametrize("value", ["025", "-017", "1:25", "1:25.5", "2_5", "1_0.5", "0x19", "0b11"])
def test_a_number_that_others_read_otherwise_is_refused(value: str) -> None:
    """Of YAML 1.1: 025 would be a duty of 21 %, and 1:25 one of 85 %."""
    text = f"title: A\nby_country:\n  JPN:\n    rate: {value}\n    since: 2025-04-03\n"
    hint = "a number in plain decimal digits, such as 25; a code or a text in quotes, such as '025'"
    told = f"{value} is no number that is read alike everywhere ({hint})"
    assert problems(text) == [f"paper.yaml:4: by_country.JPN.rate: {told}"]
    assert problems(f"title: A\nby_country: {{{value}: {{banned: true}}}}\n") == [
        f"paper.yaml:2: by_country.{value}: {told}"
    ]


@pytest.mark.parametrize(("value", "read"), [("25", 25), ("0", 0), ("-0.5", -0.5), ("0.25", 0.25), (".5", 0.5)])
def test_a_number_in_plain_digits_is_what_it_is(value: str, read: float) -> None:
    paper, _lines = yamlfile.validate(
        f"title: '025'\nduties: [{{rate: {value}, since: 2025-04-03}}]\n", Paper, "p"
    )
    assert paper.title == "025"
    assert paper.duties == (Duty(rate=read, since=date(2025, 4, 3)),)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        yamlfile.load(tmp_path / "absent.yaml", Paper)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("title: é".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        yamlfile.load(latin, Paper)


def test_a_bomb_of_aliases_is_refused() -> None:
    text = "title: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"k{i}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
    )
    assert "an alias stands here (write out the value from line 1)" in problems(text)[0]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: " + "{a: " * 5000, "- " * 5000 + "a", "a: " + "[" * 400 + "]" * 400]
)
def test_lists_in_lists_without_end_are_refused(text: str, tmp_path: Path) -> None:
    """libyaml ended the process."""
    told = "more than 100 lists or mappings stand one in another"
    assert told in problems(text)[0]
    path = tmp_path / "deep.yaml"
    path.write_text(text, encoding="utf-8")
    assert yamlfile.ids(path, "scenarios") is None
    assert told in str(CliRunner().invoke(app, ["register", "check", str(path)]).exception)
    allowed = "title: " + "[" * 99 + "]" * 99
    assert "paper.yaml:1: title" in problems(allowed)[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
@pytest.mark.parametrize("words", [("record",), ("register", "check"), ("record", "check")])
def test_a_pipe_is_no_file_that_is_read_twice(words: tuple[str, ...], tmp_path: Path) -> None:
    """Whoever read it whole would wait for what never comes; a device may have no end."""
    (tmp_path / "case").mkdir()
    pipe = tmp_path / "case" / "record.yaml"
    os.mkfifo(pipe)
    (tmp_path / "case" / "case.yaml").write_text("title: A case\n", encoding="utf-8")
    place = str(pipe if words == ("register", "check") else pipe.parent)
    error = CliRunner().invoke(app, [*words, place]).exception
    assert isinstance(error, InputError)
    assert "record.yaml: is not a file that can be read twice" in str(error)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("items: [{id: a}, {id: 5}, {title: b}, c]", {"a", "5"}),
        ("items: []", set()),
        ("items: a", None),
        ("other: [{id: a}]", None),
        ("- id: a", None),
        ("items: [", None),
        ("", None),
    ],
)
def test_ids_are_known_whatever_else_is_wrong(tmp_path: Path, text: str, known: set[str] | None) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert yamlfile.ids(tmp_path / "a.yaml", "items") == known
    assert yamlfile.ids(tmp_path / "none.yaml", "items") is None


def test_a_hundred_lists_may_stand_one_in_another() -> None:
    assert "must be text" in problems("title: " + "[" * 99 + "]" * 99)[0]
    assert problems("a: 1\ntitle: " + "[" * 100 + "]" * 100) == [
        "paper.yaml:2: more than 100 lists or mappings stand one in another"
    ]
    assert "must be text" in problems("title: [" + ", ".join(["[a]"] * 200) + "]")[0]  # beside one another


def test_whole_numbers_have_three_hundred_digits_at_most() -> None:
    duty = "title: a\nduties:\n  - since: 2025-04-03\n    rate: "
    assert problems(f"{duty}1{'0' * 300}\n") == ["paper.yaml:4: cannot be read as int"]
    assert problems(f"{duty}-1{'0' * 300}\n") == ["paper.yaml:4: cannot be read as int"]
    assert any("larger than anything that is counted" in one for one in problems(f"{duty}{'9' * 300}\n"))


@pytest.mark.parametrize("title", ["no", "NO", "yes", "on", "Off", "y", "2025-04-03", "2025-04-03 12:00:00"])
def test_what_other_readers_take_for_something_else_stays_text(title: str) -> None:
    paper, _lines = yamlfile.validate(f"title: {title}\n", Paper, "p")
    assert paper.title == title


@pytest.mark.parametrize(("word", "read"), [("true", True), ("True", True), ("false", False), ("FALSE", False)])
def test_true_and_false_are_no_text(word: str, read: bool) -> None:
    assert problems(f"title: {word}\n") == [f"paper.yaml:1: title: must be text, not {read}"]
    paper, _lines = yamlfile.validate(f"title: a\nduties: [{{banned: {word}}}]\n", Paper, "p")
    assert paper.duties == (Ban(banned=read),)


def test_mistakes_that_a_schema_could_not_see_stand_in_the_order_of_their_lines() -> None:
    text = "title: A\nby_country:\n  JPN:\n    rate: 025\n    rate: 1\n"
    text += "title: &x B\nduties: [*x]\nother: {1:25: a}\n"
    assert [one.split(" (")[0] for one in problems(text)] == [
        "paper.yaml:4: by_country.JPN.rate: 025 is no number that is read alike everywhere",
        "paper.yaml:5: by_country.JPN.rate: key given twice, first on line 4",
        "paper.yaml:6: title: key given twice, first on line 1",
        "paper.yaml:7: duties.0: an alias stands here",
        "paper.yaml:8: other.1:25: 1:25 is no number that is read alike everywhere",
    ]
    assert problems("a: {b: [&x [1]]}\nc: *x\nd: *x\n") == [
        "paper.yaml:2: c: an alias stands here (write out the value from line 1)",
        "paper.yaml:3: d: an alias stands here (write out the value from line 1)",
    ]


def test_a_folder_is_told_as_one_and_a_line_of_nothing_is_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        yamlfile.load(tmp_path, Paper)
    assert yamlfile.LineNumbers()["duties", 0, "rate"] == 1
    assert yamlfile.LineNumbers({("duties",): 7})["duties", 0, "rate"] == 7


class Many(Frozen):
    one: Duty | None = None
    either: Duty | int = 0
    named: dict[str, tuple[Duty, ...]] = Field(default_factory=dict)
    coded: dict[Annotated[str, Field(pattern="^[a-z]+$")], Duty] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("onee: 1", "onee: unknown key (did you mean one?)"),
        ("one: {rtae: 1, rate: 1, since: 2025-01-01}", "one.rtae: unknown key (did you mean rate?)"),
        ("named: {a: [{rate: 1, sinec: 2025-01-01}]}", "named.a.0.sinec: unknown key (did you mean since?)"),
        ("coded: {a: {rate: 1, sinec: 2025-01-01}}", "coded.a.sinec: unknown key (did you mean since?)"),
        ("named: {a: [{rate: 1}]}", "named.a.0.since: is missing"),
        ("one: {rate: 1}", "one.since: is missing"),
        ("either: a", "either: must be a mapping of keys to values or a whole number, not 'a'"),
    ],
)
def test_a_mistake_is_told_where_it_stands_with_what_is_near(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        yamlfile.validate(f"{text}\n", Many, "g.yaml")
    assert f"g.yaml:1: {told}" in str(caught.value).splitlines()
