"""What every command prints fits 80, 100 and 140 columns: whole words, whole numbers, nothing padded or cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.cases import two_issues, with_table
from typer.testing import CliRunner

from kosho.cli import app
from kosho.cli.terminal import say, show_table
from kosho.codes import countries

WIDTHS = (80, 100, 140)
UNLIMITED = 20_000
CASE = "japan-us-2025"
PROPOSING = Path(__file__).parents[1] / "golden" / "proposing"
READING = Path(__file__).parents[1] / "golden" / "reading"

COMMANDS: dict[str, tuple[str, ...]] = {
    "cases": ("cases",),
    "schema": ("schema",),
    "simulate --all": ("simulate", CASE, "--scenario", "deal-purchases", "--world", "talks", "--all"),
    "rate": ("rate", "USA", "JPN", "8703.23", "--on", "2025-09-20"),
    "rate, not known": ("rate", "JPN", "USA", "1006.30", "--on", "2025-09-20"),
    "rate, history": ("rate", "USA", "JPN", "8703.23", "--from", "2025-01-01", "--to", "2025-12-31"),
    "tariffs": ("tariffs", "optimal", "--parties", "USA,JPN", "--sectors", "C29,C24A"),
    "record": ("record", CASE, "--as-of", "2025-08-01"),
    "record, open": ("record", CASE, "--as-of", "2025-06-29", "--open"),
    "record check": ("record", "check", CASE),
    "read": ("read", str(READING / "01-joint-statement-eu-indonesia.txt")),
    "read, Japanese": ("read", str(READING.parent / "reading_open" / "ja-03-wire.txt")),
    "coercion": ("coercion",),
    "supply": ("supply", "JPN", "C29", "--without", "CHN", "--world", "talks"),
    "register show": ("register", "show", "--on", "2025-09-20"),
    "register show, one": ("register", "show", "--on", "2025-09-20", "--importer", "USA", "--partner", "JPN"),
    "register check": ("register", "check"),
    "register diff": ("register", "diff", "--known", "2025-07-01", "2025-09-30"),
    "register stale": ("register", "stale", "--on", "2026-01-01"),
    "register compare": ("register", "compare", "JPN", "KOR", "EU27", "GBR", "--on", "2025-11-20"),
    "register propose": ("register", "propose", str(PROPOSING / "fr-2025-17908.txt")),
    "schedule show": ("schedule", "show", "USA", "8703.23", "--on", "2025-09-20"),
    "lines agreements": ("lines", "agreements"),
    "lines formats": ("lines", "formats"),
    "lines indicators": ("lines", "indicators", "USA", "JPN"),
    "lines goods": ("lines", "goods", "USA", "--top", "60"),
    "lines origin": ("lines", "origin", "JPN", "C29", "--world", "talks"),
    "world formats": ("world", "formats"),
    "world info": ("world", "info", "talks"),
}
OF_ECONOMIES = (
    "simulate",
    "simulate --all",
    "tariffs",
    "coercion",
    "supply",
    "world info",
    "bargain",
    "corridor",
)
"""Commands whose tables speak of economies by name."""
NUMBER = re.compile(r"(?<![\w.-])-\d")
CODE = re.compile(rf"\b(?:{'|'.join(sorted({*countries(), 'EU27'}))})\b")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], str]:
    """What a command prints at a width; each is run once a width."""
    tiny = with_table(tmp_path_factory.mktemp("case") / CASE, two_issues)
    slow = {
        "bargain": ("bargain", str(tiny), "--draws", "4"),
        "bargain --explain": ("bargain", str(tiny), "--explain", "cars=all-15"),
    }

    @cache
    def run(name: str, width: int) -> str:
        done = CliRunner().invoke(
            app, (COMMANDS | slow)[name], env={"COLUMNS": str(width)}, catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


EVERY = (*COMMANDS, "bargain", "bargain --explain")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", EVERY)
def test_a_command_fits_its_terminal(name: str, width: int, told: Callable[[str, int], str]) -> None:
    lines = told(name, width).splitlines()
    long = [line for line in lines if cell_len(line) > width and " " in line.strip()]
    assert not long
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [name for name in EVERY if "Japanese" not in name])  # no spaces between words
def test_no_word_is_broken_and_none_is_lost(name: str, width: int, told: Callable[[str, int], str]) -> None:
    whole, folded = (_words(told(name, columns)) for columns in (UNLIMITED, width))
    assert sorted(whole - folded) == []
    assert sorted(folded - whole) == []


@pytest.mark.parametrize("name", EVERY)
def test_numbers_are_written_one_way(name: str, told: Callable[[str, int], str]) -> None:
    text = told(name, UNLIMITED)
    assert not NUMBER.search(text)  # a minus is a minus sign
    assert not re.search(r"−0(?:\.0*)?(?![\d.])", text)  # nothing has no sign
    assert not re.search(r"\b(?:nan|inf|None)\b", text)
    if "(lo to hi)" in text:
        assert text.count("(lo to hi)") == 1  # said once


@pytest.mark.parametrize("name", [name for name in EVERY if name in OF_ECONOMIES])
def test_economies_have_names(name: str, told: Callable[[str, int], str]) -> None:
    assert not CODE.search(told(name, UNLIMITED).split("Adjusted")[0])


def _words(text: str) -> set[str]:
    """All words; the head of a column that stands before its text has a colon, and rules are no words."""
    return {word.strip(":") for word in text.split() if set(word) - {"─"}} - {""}


@pytest.mark.parametrize(
    "name",
    [
        "cases",
        "rate",
        "rate, not known",
        "record",
        "register compare",
        "coercion",
        "supply",
        "lines agreements",
        "lines formats",
        "lines indicators",
        "lines goods",
        "lines origin",
    ],
)
def test_japanese_fits_its_terminal(name: str) -> None:
    """Full-width characters take two columns."""
    asked = (*COMMANDS[name], "--lang", "ja")
    done = CliRunner().invoke(app, asked, env={"COLUMNS": "80"}, catch_exceptions=False)
    assert done.exit_code == 0
    assert re.search("[ぁ-ん]", done.stdout)
    long = [line for line in done.stdout.splitlines() if cell_len(line) > 80 and " " in line.strip()]
    assert long == []
    assert not [line for line in done.stdout.splitlines() if line.lstrip()[:1] in tuple("、。）")]


def test_where_nothing_says_how_wide_output_is_stable(
    told: Callable[[str, int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    done = CliRunner().invoke(app, COMMANDS["register stale"], catch_exceptions=False)
    assert done.stdout == told("register stale", 160)


def test_ids_stand_on_one_line_at_every_width() -> None:
    given = COMMANDS["register diff"]
    for width in range(50, 161, 10):
        done = CliRunner().invoke(app, given, env={"COLUMNS": str(width)}, catch_exceptions=False)
        assert "us-announced-jpn-25" in done.stdout
        assert all(cell_len(line) <= width for line in done.stdout.splitlines())


def test_tables_have_seven_columns_at_most(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    heads = ("What", *(f"n{number}" for number in range(10)))
    show_table("Wide", heads, [("row", *(str(number) for number in range(10)))], numeric=10)
    lines = capsys.readouterr().out.splitlines()
    tables = [line for line, after in pairwise(lines) if set(after) == {"─"}]
    assert [line.split() for line in tables] == [list(heads[:7]), ["What", *heads[7:]]]


def test_full_width_characters_count_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    say("日本とアメリカの交渉は、六月二十九日に再び延期された。担当大臣は東京に戻った。")
    show_table(
        "表",
        ("国", "%"),
        [("日本国政府の発表による数値であるという説明がここに続く", "1.2"), ("米国", "−0.3")],
        numeric=1,
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 40
    assert not [line for line in lines if line.lstrip()[:1] in "、。" and line.strip()]
    ends = {cell_len(line) for line in lines if line.endswith(("1.2", "−0.3", "%"))}
    assert len(ends) == 1
