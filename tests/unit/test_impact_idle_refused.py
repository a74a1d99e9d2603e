"""Which changes that do nothing are refused, and what is said of them."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest
from tests.measures import cited, measure, register

from kosho.impact import applicable
from kosho.impact.applicable import besides, concerning
from kosho.impact.measure_effects import UNSEEN
from kosho.impact.reach import IdleError, _Asked, _guesses, _traded, refuse_idle
from kosho.law.overlay import Overlay
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


DAYS = {"before": cited(7, "days"), "after": cited(2.5, "days")}
HALF = {"amount": cited(0.5), "basis": "share"}
CUSTOMS: dict[str, Any] = {"kind": "customs", "value": None, "terms": DAYS, "partners": {"include": ["JPN"]}}
QUOTA: dict[str, Any] = {"kind": "quota", "value": None, "terms": HALF, "partners": {"include": ["JPN"]}}


@pytest.mark.parametrize(
    ("law", "added", "before", "acts", "left_out"),
    [
        ({**CUSTOMS}, None, False, True, None),
        ({**CUSTOMS}, None, True, False, "it was in force in the base year: the table holds its effect"),
        ({**QUOTA}, None, True, True, None),  # a bound goes on to bind
        ({}, None, False, False, None),  # a duty
        ({"kind": "ban", "value": None}, None, False, True, None),
        ({**QUOTA}, {**QUOTA}, False, False, "the scenario has another measure of a"),
        ({**QUOTA}, {**QUOTA, "kind": "advisory"}, False, False, "the scenario has another measure of a"),
        ({**QUOTA}, {**QUOTA, "authority": "b"}, False, True, None),
        ({**QUOTA}, {**CUSTOMS}, False, True, None),
        ({**QUOTA}, {**QUOTA, "partners": {"include": ["CHN"]}}, False, True, None),
        ({**QUOTA, "legal_from": "2026-01-01"}, None, False, False, None),
    ],
)
def test_besides_duties_acts_what_the_base_had_not_and_no_scenario_takes_the_place_of(
    law: dict[str, Any],
    added: dict[str, Any] | None,
    before: bool,
    acts: bool,
    left_out: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(applicable, "in_base", lambda _register, _world: {"x"} if before else set())
    known = register(measure(**{"id": "x", **law}))
    if added is not None:
        known = known.with_overlay(Overlay(title="t", add=(measure(**{"id": "mine", **added}),)))
    found, why = besides(toy(), known, date(2025, 7, 1))
    assert ("x" in {one.id for one in found}) is acts
    assert why == ({} if left_out is None else {"x": left_out})
    assert ("mine" in {one.id for one in found}) is (added is not None)


def test_of_what_is_left_out_that_of_the_scenario_comes_first_and_that_of_others_not_at_all() -> None:
    own, theirs, other = (
        measure(id=name, partners={"include": [code]})
        for name, code in (("own", "CHN"), ("on-japan", "JPN"), ("o", "KOR"))
    )
    home = measure(id="home", imposer="JPN", partners={"include": ["JPN", "CHN"]})
    known = register(theirs, other, home).with_overlay(Overlay(title="t", add=(own,)))
    left_out = {"on-japan": "a", "o": "b", "home": "c", "own": "d"}
    assert list(concerning(known, left_out, ["JPN", "USA"]).items()) == [("own", "d"), ("on-japan", "a")]
    assert list(concerning(known, left_out, ["CHN"])) == ["own", "home"]
    assert list(concerning(known, left_out, [])) == ["own"]
