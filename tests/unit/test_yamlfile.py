from __future__ import annotations

import os
from datetime import date
from pathlib import Path

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
