from __future__ import annotations

import pickle

import pytest

from kosho.errors import (
    ConvergenceError,
    InputError,
    KoshoError,
    Problem,
    Problems,
    nearest,
    suggest,
    system_says,
)


def test_a_problem_is_one_line_place_first() -> None:
    problem = Problem("unknown key", "did you mean value?", "us.yaml", 12, "measures.0.valeu")
    assert str(problem) == "us.yaml:12: measures.0.valeu: unknown key (did you mean value?)"
    assert str(Problem("is not YAML", line=3)) == "line 3: is not YAML"
    assert str(Problem("no such case")) == "no such case"


def test_a_message_is_one_line_without_signs_that_steer_a_terminal() -> None:
    assert str(Problem("is\x1b[31m no\n  day", "or\x07 a day")) == "is\\x1b[31m no day (or\\x07 a day)"
    digits = "9" * 150 + "1" * 50
    assert str(Problem(f"not {digits}")) == f"not {'9' * 60}…{'1' * 20}"
    assert str(Problem(f"not {digits[1:]}")) == f"not {digits[1:]}"


def test_what_did_not_converge_is_about_something_and_keeps_its_hint() -> None:
    bare = ConvergenceError(0.02, "ISL", 500).about("scenario a")
    told = "no convergence after 500 iterations: residual 2.00e-02, worst in ISL; this is scenario"
    assert str(bare) == f"{told} a"
    assert str(bare.about("case b")) == f"{told.removesuffix('scenario')}case b; this is scenario a"


def test_all_mistakes_are_reported_at_once() -> None:
    problems = Problems("case.yaml")
    problems.raise_if_any()
    problems.add("is missing", key="title", line=1)
    problems.add("is not a date", "write YYYY-MM-DD", key="on", line=4)
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert str(caught.value).splitlines() == [
        "case.yaml:1: title: is missing",
        "case.yaml:4: on: is not a date (write YYYY-MM-DD)",
    ]


def test_what_problems_are_about_stands_before_their_keys() -> None:
    told = InputError([Problem("a", key="k", line=3), Problem("b")]).about("mine")
    assert [(one.message, one.key, one.line) for one in told.problems] == [
        ("a", "mine: k", 3),
        ("b", "mine", None),
    ]


def test_exit_statuses() -> None:
    assert InputError("wrong").exit_status == 2
    assert ConvergenceError(1e-3, "JPN", 40).exit_status == 1
    assert issubclass(InputError, KoshoError)


def test_no_convergence_names_residual_and_country() -> None:
    text = str(ConvergenceError(1.5e-3, "JPN", 40, "try a smaller change"))
    assert text == "no convergence after 40 iterations: residual 1.50e-03, worst in JPN; try a smaller change"


def test_suggestions() -> None:
    assert suggest("JPM", ["JPN", "USA", "JAM"]) == "did you mean JPN or JAM?"
    assert suggest("care", ["cara", "carb", "carc", "card"]) == "did you mean card or carc or carb?", "three"
    assert suggest("zzz", ["JPN", "USA"]) == "one of JPN, USA"
    assert suggest("USA", ["USA", "AUS"]) == "did you mean AUS?", "a word is no hint to itself"
    assert suggest("zzz", [f"code{i}" for i in range(50)]) is None
    codes = [f"c{i:02}" for i in range(13)]
    assert suggest("zzz", codes) is None
    assert suggest("zzz", codes[:12]) == "one of c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11"
    assert (suggest("zzz", ["JPN"]), suggest("zzz", []), suggest("USA", ["USA"])) == ("one of JPN", None, None)


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("abcde", ["abcxy"], "did you mean abcxy?"),  # three letters of five
        ("abcdef", ["abcxyz"], None),
        ("jpn", ["jpm", "JPN"], "did you mean JPN?"),  # but for its case
        ("jpm", ["jpn", "JPN"], "did you mean JPN?"),  # two that differ by it are one
    ],
)
def test_what_is_near(word: str, known: list[str], told: str | None) -> None:
    assert nearest(word, known) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(5, "Input/output error", "a.yaml"), "Input/output error"),
        (OSError("no room"), "no room"),
        (OSError(), "OSError"),
        (ValueError(), "ValueError"),
        (ValueError("no archive"), "no archive"),
    ],
)
def test_what_a_system_says(error: Exception, told: str) -> None:
    assert system_says(error) == told


def test_what_did_not_converge_passes_between_processes_with_its_figures() -> None:
    error = ConvergenceError(1.5e-3, "JPN", 40, "try less", "C29", best=7)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    told = "no convergence after 40 iterations: residual 1.50e-03, worst in JPN, C29; try less"
    assert (str(error), str(again)) == (told, told)
    assert (again.residual, again.country, again.iterations) == (1.5e-3, "JPN", 40)
    assert (again.hint, again.sector, again.best) == ("try less", "C29", 7)
