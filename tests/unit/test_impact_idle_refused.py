"""Which changes that do nothing are refused, and what is said of them."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest
from tests.measures import measure, register

from kosho.impact.measure_effects import UNSEEN
from kosho.impact.reach import IdleError, _Asked, _guesses, _traded, refuse_idle
from kosho.world import toy

LATER, UNTOLD = "it starts later", str(UNSEEN)


@pytest.mark.parametrize(
    ("found", "unpriced", "changes", "grave"),
    [
        ({}, (), 0, ""),
        ({}, ("a",), 1, ""),
        ({"a": LATER}, (), 1, "a"),
        ({"a": LATER}, (), 2, "a"),
        ({"a": LATER}, ("a",), 2, ""),  # something else acts
        ({"a": LATER}, ("a",), 1, "a"),
        ({"a": LATER, "b": LATER}, ("a",), 3, "b"),
        ({"a": LATER, "b": LATER}, ("a", "b"), 2, "ab"),
    ],
)
def test_what_is_not_priced_is_passed_over_where_something_else_acts(
    found: dict[str, str], unpriced: tuple[str, ...], changes: int, grave: str
) -> None:
    if not grave:
        refuse_idle("scenario x", found, unpriced, changes)
        return
    with pytest.raises(IdleError) as caught:
        refuse_idle("scenario x", found, unpriced, changes)
    assert caught.value.found == dict.fromkeys(grave, LATER)
    assert str(caught.value).startswith(f"scenario x: {grave[0]} changes nothing: {LATER}\n")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - written here


@pytest.mark.parametrize(
    ("whys", "finer"), [([UNTOLD], True), ([UNTOLD, UNTOLD], True), ([LATER], False), ([UNTOLD, LATER], False)]
)
def test_a_finer_table_is_named_where_it_would_help_with_all_of_them(whys: list[str], finer: bool) -> None:
    with pytest.raises(IdleError) as caught:
        refuse_idle("x", dict(zip("ab", whys, strict=False)), (), 2)
    assert caught.value.hint.startswith("a finer table") is finer


CARS: dict[str, Any] = {"imposer": "USA", "scope": {"sectors": ["C29"]}, "id": "x"}
LAST = "without it results are the same: other measures in force do as much, or take its place"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"value": 10}, LAST),
        ({"value": 0}, "it adds 0 %"),
        ({"value": {"JPN": 0, "CHN": 5}}, LAST),
        ({"kind": "floor", "value": 15}, "no ordinary duty that it is on is below its floor of 15 %"),
        (
            {"kind": "floor", "value": {"JPN": 15, "CHN": 10, "USA": 90}},
            "no ordinary duty that it is on is below its floor of 10 to 15 %",
        ),
        (
            {"kind": "cut", "value": 50},
            "there is no ordinary duty on what it is on, so nothing of it to take off",
        ),
        ({"kind": "bind", "value": 5}, "no ordinary duty that it is on is above 5 %"),
        (
            {"kind": "bind", "value": {"JPN": 5, "CHN": 8, "USA": 90}},
            "no ordinary duty that it is on is above 8 %",
        ),
        ({"scope": {"sectors": ["C27"]}, "value": 10}, "nothing that it is on is traded in this world"),
        ({"imposer": "KOR", "value": 10}, "nothing that it is on is traded in this world"),
    ],
)
def test_a_change_that_does_nothing_is_told_the_surest_reason(changes: dict[str, Any], why: str) -> None:
    one = measure(**CARS | changes)
    here = _Asked(toy(), register(one), date(2025, 7, 1), None)
    assert next(_guesses(one, here)) == why
    assert _traded(one, here) is not why.startswith("nothing that it is on")
