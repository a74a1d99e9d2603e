"""What is noted of every kind of argument, in figures and words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosho import arguments
from kosho.arguments import path_of, refuse_sort
from kosho.errors import InputError, Problems

USUAL = "1e-08 is usual"


def noted(how: Callable[..., object], *given: Any) -> tuple[object, list[tuple[str, str | None, str | None]]]:
    """What it returns, and message, hint and key of all that it notes."""
    problems = Problems()
    returned = how(problems, *given)
    return returned, [(one.message, one.hint, one.key) for one in problems.found]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (0.5, None),
        (1e-15, None),
        (np.float32(0.1), None),
        (Fraction(1, 3), None),
        (0.9e-15, "tol = 9e-16 is finer than numbers are"),
        (0, "tol = 0 is not a number between 0 and 1"),
        (1, "tol = 1 is not a number between 0 and 1"),
        (0.0, "tol = 0 is not a number between 0 and 1"),
        (1.0, "tol = 1 is not a number between 0 and 1"),
        (-0.5, "tol = -0.5 is not a number between 0 and 1"),
        (float("nan"), "tol = nan is not a number between 0 and 1"),
        (True, "tol = True is not a number between 0 and 1"),
        ("0.5", "tol = '0.5' is not a number between 0 and 1"),
        (None, "tol = None is not a number between 0 and 1"),
    ],
)
def test_a_tolerance(given: object, told: str | None) -> None:
    _, found = noted(arguments.note_share_of_one, given, "tol", "1e-08")
    assert found == ([] if told is None else [(told, USUAL, None)])


@pytest.mark.parametrize(
    ("given", "cores", "hint"),
    [
        (None, 4, None),
        (1, 4, None),
        (64, 4, None),
        (np.int64(2), 4, None),
        (128, 128, None),
        (65, None, "at most 64: more than there are cores are no faster, and each takes memory"),
        (65, 4, "at most 64: more than there are cores are no faster, and each takes memory"),
        (129, 128, "at most 128: more than there are cores are no faster, and each takes memory"),
        (0, 4, "one or more, or None to leave it to Kosho"),
        (-1, 4, "one or more, or None to leave it to Kosho"),
        (True, 4, "one or more, or None to leave it to Kosho"),
        (2.0, 4, "one or more, or None to leave it to Kosho"),
        ("2", 4, "one or more, or None to leave it to Kosho"),
    ],
)
def test_processes(given: object, cores: int | None, hint: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosho.arguments.os.cpu_count", lambda: cores)
    _, found = noted(arguments.note_processes, given)
    assert found == ([] if hint is None else [(f"processes = {given!r}", hint, None)])


@pytest.mark.parametrize(
    ("given", "least", "fine"),
    [
        (0, 0, True),
        (-1, 0, False),
        (2, 2, True),
        (1, 2, False),
        (np.int8(3), 2, True),
        (True, 0, False),
        (1.0, 0, False),
        ("1", 0, False),
    ],
)
def test_a_count(given: object, least: int, fine: bool) -> None:
    _, found = noted(arguments.note_count, given, "draws", least)
    told = (f"draws = {given!r}", f"a whole number, {least} or more", None)
    assert found == ([] if fine else [told])
    _, found = noted(arguments.note_count, -1, "draws")
    assert found == [("draws = -1", "a whole number, 0 or more", None)]


def test_values_that_are_no_numbers_are_noted_by_name_ten_at_most() -> None:
    fine = [1, 2.5, np.float64(0.5), float("nan")]
    assert noted(arguments.note_numbers, fine, "abcd", "rates") == (None, [])
    _, found = noted(arguments.note_numbers, [1, "2", True, 2.5, 1j, None, Decimal(1)], "abcdefg", "rates")
    assert found == [
        ("'2' is a str, not a real number", None, "rates['b']"),
        ("True is a bool, not a real number", None, "rates['c']"),
        ("1j is a complex, not a real number", None, "rates['e']"),
        ("None is a NoneType, not a real number", None, "rates['f']"),
        ("Decimal('1') is a Decimal, not a real number", None, "rates['g']"),
    ]
    _, found = noted(arguments.note_numbers, ["x"] * 12, range(12), "rates")
    assert [key for _message, _hint, key in found] == [f"rates[{k}]" for k in range(10)]


def test_rates_are_over_cells() -> None:
    hint = "three codes: (importer, exporter, sector)"
    cell = ("USA", "JPN", "C29")
    assert noted(arguments.note_rates, {cell: 0.1}, "tariff") == (None, [])
    _, found = noted(arguments.note_rates, {cell: "x", cell[:2]: 1, (*cell[:2], 3): 1, "abc": 1}, "tariff")
    assert found == [
        ("('USA', 'JPN') is not a cell", hint, "tariff"),
        ("('USA', 'JPN', 3) is not a cell", hint, "tariff"),
        ("'abc' is not a cell", hint, "tariff"),
        ("'x' is a str, not a real number", None, f"tariff[{cell!r}]"),
    ]
    _, found = noted(arguments.note_rates, dict.fromkeys(range(12), 0.1), "tariff")
    assert [message for message, _hint, _key in found] == [f"{k} is not a cell" for k in range(10)]
    _, found = noted(arguments.note_rates, [0.1], "tariff")
    wanted = "a DataArray over importer, exporter, sector, or a mapping from such triples to numbers"
    assert found == [("is a list", wanted, "tariff")]


@pytest.mark.parametrize(
    ("given", "kinds", "told"),
    [
        (np.array([1.0, 2.0]), "iuf", None),
        (np.array([1, 2]), "iu", None),
        (
            np.array([1.0, 2.0]),
            "iu",
            ("is a float64 array of shape (2,), not an array (m,) of positions", None),
        ),
        (np.array(["a", "b"]), "iuf", ("is a <U1 array of shape (2,), not an array (m,) of numbers", None)),
        (np.ones((2, 2)), "iuf", ("is a float64 array of shape (2, 2), not an array (m,) of numbers", None)),
        ([1.0, 2.0], "iuf", ("is a list, not an array (m,) of numbers", None)),
        (np.ones(3), "iuf", ("has 3 rows, share has 2", "one row a part")),
        (np.ones(1), "iuf", ("has 1 rows, share has 2", "one row a part")),
    ],
)
def test_a_column(given: object, kinds: str, told: tuple[str, str | None] | None) -> None:
    assert noted(arguments.note_column, given, kinds, 2, "theta") == (
        told is None,
        [] if told is None else [(*told, "theta")],
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("a", "b"), None),
        (["a", "b"], ("is a list, not a tuple of names", None)),
        (("a", 2), ("is not a tuple of names", None)),
        (("a",), ("has 1 names, share has 2 rows", "one name a part")),
        (("a", "b", "c"), ("has 3 names, share has 2 rows", "one name a part")),
    ],
)
def test_names(given: object, told: tuple[str, str | None] | None) -> None:
    _, found = noted(arguments.note_names, given, 2, "names")
    assert found == ([] if told is None else [(*told, "names")])


def test_sorts_are_told_by_name() -> None:
    assert noted(arguments.note_sort, 1, int, "a") == (True, [])
    assert noted(arguments.note_sort, 1, (str, int), "a") == (True, [])
    assert noted(arguments.note_sort, 1, str, "a") == (False, [("is a int, not a str", None, "a")])
    with pytest.raises(InputError, match=r"^a: is a float, not a str or int$"):
        refuse_sort(1.5, (str, int), "a")


def test_a_path_names_something() -> None:
    assert path_of("a/b", "file") == path_of(Path("a/b"), "file") == Path("a/b")
    for text in ("", "  ", "a\0b"):
        with pytest.raises(InputError) as caught:
            path_of(text, "file")
        assert str(caught.value) == f"file: {text!r} names no file or folder"
    with pytest.raises(InputError, match=r"^file: is a int, not a str or Path$"):
        path_of(3, "file")
