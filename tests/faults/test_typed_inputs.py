"""What can be typed or fed wrongly, a kind a test: refused at once, in words that say what and where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.own_world import sales
from typer.testing import CliRunner

from kosho.cli import app
from kosho.equilibrium import Closure, Counterfactual, Flow, Purchase, Shock, solve, solve_batch
from kosho.errors import InputError, Problem
from kosho.language import use
from kosho.world import toy

Run = Callable[..., tuple[int, str, str]]
PANEL = "exporter,importer,year,trade,tariff\n"
ROWS = [f"{i},{n},2018,{5 + k},{0.1 * k:.1f}" for k, (i, n) in enumerate([("A", "B"), ("B", "A"), ("A", "C")])]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder: its status, what it printed, what it said."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object, typed: str | None = None) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, [str(word) for word in words], input=typed)
        if isinstance(done.exception, InputError):
            return done.exception.exit_status, done.stdout, str(done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    return call


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("read ''", "FILES"),
        ("cases ''", "CASE"),
        ("cases ' '", "CASE"),
        ("brief ''", "CASE"),
        ("simulate '' --scenario deal", "CASE"),
        ("bargain ''", "CASE"),
        ("record ''", "CASE"),
        ("lines swap ''", "CASE"),
        ("lines stage '' --agreement x", "FILE"),
        ("lines join JPN --trade ''", "--trade"),
        ("schedule import '' --importer USA --edition r5", "FILE"),
        ("register check ''", "FILES"),
        ("world estimate ''", "PANEL"),
        ("world build ''", "FILE"),
        ("schema --all ''", "--all"),
        ("corridor TWKHH JPUKB --file ''", "--file"),
        ("replicate cp2015 --data ''", "--data"),
        ("serve '' --openapi", "CASE"),
    ],
)
def test_an_empty_path_is_not_the_folder_one_is_in(run: Run, tmp_path: Path, words: str, name: str) -> None:
    (tmp_path / "measures.yaml").write_text("title: x\n", encoding="utf-8")
    given = [one.strip("'") for one in re.findall(r"'[^']*'|\S+", words)]
    status, printed, told = run(*given)
    assert (status, printed) == (2, "")
    assert told.startswith(f"{name}: '")
    assert "names no file or folder" in told
    assert [path.name for path in tmp_path.iterdir()] == ["measures.yaml"]


def test_mistakes_are_told_in_the_words_of_the_command_line(run: Run) -> None:
    """Not in the names of Python's arguments: `name_or_path`, `year`."""
    assert "NAME: unknown world 'nosuch'" in run("world", "info", "nosuch")[2]
    assert "FROM: unknown world" in run("world", "diff", "nosuch", "nosuch")[2].replace("ONE:", "FROM:")


def test_what_a_file_holds_neither_steers_the_terminal_nor_fills_it() -> None:
    told = str(Problem(f"unknown column \x1b[2J{'9' * 5000}", "one of a\x00b"))
    assert "\x1b" not in told
    assert "\x00" not in told
    assert len(told) < 200
    assert str(Problem("a" * 199)) == "a" * 199
    japanese = "長い文" * 200
    assert str(Problem(japanese)) == japanese


@pytest.mark.parametrize(
    ("rows", "more", "told"),
    [
        ([*ROWS, ROWS[0]], "", "line 2"),
        ([*ROWS, "C,A,2018,5"], "", "has 4 cells"),
        ([*ROWS, "C,A,2018,5,0.1,7"], "", "has 6 cells"),
        ([*ROWS, "C,A,2018,5,-0.5"], "", "-0.5"),
        (ROWS, "--tariffs-in percent", "look like fractions"),
        (ROWS, "--control tariff", "--control"),
        (ROWS, "--tariff-trade p.csv", "--tariff-trade"),
        (ROWS, "--out theta.txt", "theta.txt is no .csv"),
    ],
)
def test_a_panel_that_would_give_a_wrong_elasticity(
    run: Run, tmp_path: Path, rows: list[str], more: str, told: str
) -> None:
    (tmp_path / "p.csv").write_text(PANEL + "\n".join([*rows, ""]), encoding="utf-8")
    status, printed, said = run("world", "estimate", "p.csv", *more.split())
    assert (status, printed) == (2, "")
    assert told in said


def test_an_elasticity_without_an_error_is_not_written(run: Run, tmp_path: Path) -> None:
    """Of two countries over two years as much is estimated as there is to explain: the error is infinite."""
    trade = {"AA": (500, 497), "AB": (300, 250), "BA": (280, 330), "BB": (450, 520)}
    duty = {"AB": (0.1, 0.3), "BA": (0.2, 0.05)}
    cells = [
        (pair, year, sold[year], duty.get(pair, (0, 0))[year])
        for pair, sold in trade.items()
        for year in (0, 1)
    ]
    rows = [f"{pair[0]},{pair[1]},{2018 + year},{sold},{rate}" for pair, year, sold, rate in cells]
    (tmp_path / "p.csv").write_text(PANEL + "\n".join([*rows, ""]), encoding="utf-8")
    status, printed, said = run("world", "estimate", "p.csv", "--out", "theta.csv")
    assert (status, printed) == (2, "")
    assert "standard error is not known" in said
    assert not (tmp_path / "theta.csv").exists()
    status, printed, said = run("world", "estimate", "p.csv")
    assert (status, said) == (0, "")
    assert "not known to" not in printed
    status, printed, _said = run("world", "estimate", "p.csv", "--json")
    (told,) = json.loads(printed)["sectors"]
    assert (told["standard_error"], told["log_sd"], told["usable"]) == (None, None, False)


@pytest.mark.parametrize("year", ["20x8", "2018.5", "", "18", "2018/19", "-2018"])
def test_a_year_that_is_none_is_told_with_its_line(run: Run, tmp_path: Path, year: str) -> None:
    (tmp_path / "p.csv").write_text(PANEL + "\n".join([*ROWS[:-1], f"A,C,{year},5,0.1", ""]), encoding="utf-8")
    status, printed, said = run("world", "estimate", "p.csv")
    assert (status, printed) == (2, "")
    assert f"p.csv:{len(ROWS) + 1}: year: '{year}' is no year" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f.csv:1: is empty (a header and rows)"),
        ("\n\n", "f.csv:1: is empty"),
        ("exporter;importer;year;trade;tariff\nA;B;2018;5;0,1\n", "f.csv:1: its columns are apart by ';'"),
        ("exporter\timporter\nA\tB\n", "f.csv:1: its columns are apart by '\\t'"),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        "world estimate f.csv",
        "world import long-csv f.csv --year 2019 --out mine",
        "world import gravity f.csv --year 2019 --out mine",
        "world build SALES --elasticities f.csv --out own.npz --insist",
    ],
)
def test_a_csv_file_of_another_kind_is_told_as_what_it_is(
    run: Run, tmp_path: Path, words: str, text: str, told: str
) -> None:
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    given = words.replace("SALES", " ".join(map(str, sales(tmp_path))))
    status, printed, said = run(*given.split())
    assert (status, printed) == (2, "")
    assert told in said


@pytest.mark.parametrize("figure", ["2_5", "\uff12\uff15", "\u0662"])
def test_digits_that_only_python_reads_are_no_figure(run: Run, tmp_path: Path, figure: str) -> None:
    (tmp_path / "f.csv").write_text(PANEL + "\n".join([*ROWS, f"A,C,2018,{figure},0.1", ""]), encoding="utf-8")
    status, printed, said = run("world", "estimate", "f.csv")
    assert (status, printed) == (2, "")
    assert f"trade '{figure}' is no figure" in said
    (tmp_path / "t.csv").write_text(f"importer,exporter,sector,percent\nUSA,CHN,*,{figure}\n", encoding="utf-8")
    status, printed, said = run(
        "world", "build", *map(str, sales(tmp_path)), "--tariffs", "t.csv", "--out", "own.npz"
    )
    assert (status, printed) == (2, "")
    assert f"percent '{figure}' is not a number" in said


@pytest.mark.parametrize(
    ("rates", "more", "told"),
    [
        ("USA,CHN,*,2.5\nUSA,CHN,*,3.5\n", "", "t.csv:3: is given in line 2 already"),
        ("USA,CHN,*,1e308\n", "--insist", "at most"),
        ("USA,CHN,*,2.5\n", "--set scale=1e308 --insist", "at most"),
        ("USA,CHN,*,2.5\n", "--out own.txt", "own.txt is no .npz"),
    ],
)
def test_a_table_that_nobody_can_mean_is_not_written(
    run: Run, tmp_path: Path, rates: str, more: str, told: str
) -> None:
    (tmp_path / "t.csv").write_text("importer,exporter,sector,percent\n" + rates, encoding="utf-8")
    before = [*map(str, sales(tmp_path)), "--tariffs", "t.csv", "--out", "own.npz", "--insist"]
    status, printed, said = run("world", "build", *before, *more.split())
    assert (status, printed) == (2, "")
    assert told in said
    assert not list(tmp_path.glob("own.*"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("--elasticity inf", "elasticity = inf"),
        ("--elasticity 1e308", "elasticity = 1e+308"),
        ("--labour-supply inf", "labour_supply = inf"),
        ("--labour-supply -1", "labour_supply = -1.0"),
        ("--scale 2", "scale = 2.0"),
        ("--scale nan", "scale = nan"),
    ],
)
def test_a_run_of_a_study_that_cannot_be(run: Run, tmp_path: Path, more: str, told: str) -> None:
    status, _, said = run("replicate", "usa-tariffs-2025", "--data", tmp_path, *more.split())
    assert status == 2
    assert told in said


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("--record r.yaml", "--record: is for --accept"),
        ("--propose http://h:1 --model m --key-env=", "--key-env"),
    ],
)
def test_options_of_reading_that_would_be_passed_over(run: Run, tmp_path: Path, more: str, told: str) -> None:
    (tmp_path / "note.txt").write_text("Japan offered to buy corn.", encoding="utf-8")
    status, _, said = run("read", "note.txt", *more.split())
    assert status == 2
    assert told in said


def test_what_a_library_says_of_a_file_is_told_in_the_language_that_is_spoken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type")
    (tmp_path / "b.pdf").write_bytes(b"")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04" + b"junk" * 50)
    with use("ja"):
        for words in ("read a.pdf", "read b.pdf", "world estimate c.xlsx"):
            said = run(*words.split())[2]
            assert not re.search(r"[a-z]{3,} [a-z]{3,}", said), said


@pytest.mark.parametrize("tol", [0, -1, 1, 1e-300, 1e-16, float("nan"), True, "x", None])
def test_a_tolerance_that_no_number_can_meet_is_refused_before_any_work(tol: float) -> None:
    world = toy()
    shock = Shock.tariffs(world, {("USA", "JPN", "C29"): 0.25})
    for ask in (lambda: solve(world, shock, tol=tol), lambda: solve_batch(world, [shock], tol=tol)):
        with pytest.raises(InputError, match=r"tol = .*1e-8 is usual|tol: is a \w+, not a number"):
            ask()


def test_an_object_in_a_message_stands_in_one_line() -> None:
    world = toy()
    with pytest.raises(InputError) as caught:
        solve(world, Shock.none(world), Closure(labour_supply=0.5))  # type: ignore[arg-type]
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("size", [1, 17])
def test_a_member_that_fails_leaves_the_others_of_a_batch_as_they_are(size: int) -> None:
    """Of any size: those in front and behind, in one group of machine code and over several."""
    world = toy()
    shocks = [Shock.tariffs(world, {("USA", "JPN", "C29"): 0.01 * k}) for k in range(size)]
    much = Purchase(name="much", flows=(Flow("USA", "JPN", "C29"),), amount=1e12)
    members = [*shocks[: size // 2], Counterfactual(shocks[0], (much,)), *shocks[size // 2 :]]
    found, alone = solve_batch(world, members), solve_batch(world, shocks)
    values = found.equivalent_variation.to_numpy()
    assert np.isnan(values[size // 2]).all()
    np.testing.assert_allclose(
        np.delete(values, size // 2, axis=0), alone.equivalent_variation, rtol=1e-5, atol=1e-2
    )


TRADE_TEXT = "importer,exporter,hs,value,duty\nUSA,JPN,611030,20,4\nJPN,USA,020230,900,200\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("lines swap nosuch --use nan", "--use: a use of nan"),
        ("lines swap nosuch --use 60", "--use: a use of 60"),
        ("lines swap nosuch --coverage 90", "--coverage: 90 (0 to 1)"),
        ("lines swap nosuch --budget inf", "--budget: a budget of inf"),
        ("lines swap nosuch --origin 0.6", "percent: 60 for a share of 0.6"),
        ("lines request nosuch --origin 0.6", "percent: 60 for a share of 0.6"),
        ("lines offer nosuch --budget nan", "--budget: a budget of nan"),
        ("lines price nosuch.csv --importer USA --use nan", "--use: a use of nan"),
        ("lines origin JPN C29 --threshold 0.45", "percent: 45 for a share of 0.45"),
        ("lines swap nosuch --members CHN", "--members: members without a rule of origin"),
    ],
)
def test_shares_and_percentages_of_lines_are_told_apart_before_any_work(
    run: Run, words: str, told: str
) -> None:
    """`nosuch` is no case: what is wrong with an option is told before one is looked for."""
    status, printed, said = run(*words.split())
    assert (status, printed) == (2, "")
    assert told in said


def test_trade_that_is_given_twice_is_not_counted_twice(run: Run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TRADE_TEXT, encoding="utf-8")
    for second in ("a.csv", "b.csv"):
        status, _, said = run("lines", "join", "USA", "--trade", "a.csv", "--trade", second)
        assert status == 2
        assert f"--trade: {second} holds what a.csv does" in said


def test_codes_that_no_line_has_are_not_left_out_silently(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TRADE_TEXT, encoding="utf-8")
    words = ("--trade", "a.csv", "--rates", "collected", "--exclude", "61,99")
    for kind in ("request", "swap"):
        status, _, said = run("lines", kind, "japan-us-2025", *words)
        assert status == 2
        assert "--exclude: no line begins with " in said
        assert "99" in said


@pytest.mark.parametrize(
    "words",
    [
        "lines join USA --trade in.csv --out in.csv",
        "lines stage in.csv --agreement jpn-usa-2019 --out ./in.csv",
        "world estimate in.csv --out in.csv",
        "rate USA JPN 8703.23 --from 2025-01-01 --trade in.csv --figure in.csv",
        "read in.csv --out in.csv",
        "register propose in.csv --out link.csv",
    ],
)
def test_a_file_that_is_read_is_not_written_over(run: Run, tmp_path: Path, words: str) -> None:
    (tmp_path / "in.csv").write_text(TRADE_TEXT, encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("in.csv")
    status, printed, said = run(*words.split())
    assert (status, printed) == (2, "")
    assert "is read by the same command, and would be lost" in said
    assert (tmp_path / "in.csv").read_text(encoding="utf-8") == TRADE_TEXT


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("corridor TWKHH JPUKB --processes 100000", "processes = 100000 (at most "),
        ("corridor TWKHH JPUKB --calibrate --scenario together", "--scenario: is not for --calibrate"),
        ("corridor TWKHH JPUKB --calibrate --precision 5", "--precision: is not for --calibrate"),
        ("corridor TWKHH JPUKB --calibrate --figure a.svg", "--figure: is not for --calibrate"),
        ("corridor TWKHH JPUKB --precision 200", "--precision"),
        ("simulate japan-us-2025 --scenario deal --against deal", "--against: deal is the scenario itself"),
        (
            "simulate japan-us-2025 --scenario no-deal --against no-deal",
            "--against: no-deal is the scenario itself",
        ),
    ],
)
def test_what_changes_nothing_or_nobody_can_mean_is_told_first(run: Run, words: str, told: str) -> None:
    status, printed, said = run(*words.split())
    assert (status, printed) == (2, "")
    assert told in said


@pytest.mark.parametrize(
    ("code", "hint"), [("UK", "GBR (United Kingdom)"), ("Korea", "KOR (Korea)"), ("JAP", "JPN (Japan)")]
)
def test_a_code_of_no_economy_is_answered_with_the_one_that_is_meant(run: Run, code: str, hint: str) -> None:
    """As `kosho codes` and `simulate --add` do: `UK` was answered with Ukraine alone."""
    status, _, said = run("rate", "USA", code, "8703.23")
    assert status == 2
    assert hint in said
