"""Small economies and small cases answer as they did; what changed on purpose is written anew."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from tests.kept_answers import CENT, NIL, ROOMS, answers, differences, kept, plain
from tests.kept_pages import BRIEFS

NILS = {"bargain": CENT, "scenario": CENT, "brief": CENT}
"""Rooms whose numbers are amounts, mostly."""
SAID = "look at the difference; if it is meant, run: python -m tests.kept_answers"


@pytest.mark.parametrize("room", [*ROOMS, *BRIEFS])
def test_a_room_answers_as_it_did(room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    was, now = kept(room), answers(room, tmp_path)
    assert list(islice(differences(was, now, nil=NILS.get(room, NIL)), 20)) == [], SAID
    assert was == now or room in ROOMS, (
        SAID
    )  # in made-up briefs nothing is solved: they are the same to a digit


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (1.0, 1.0 + 1e-9, 0),
        (1.0, 1.001, 1),
        (1.0, None, 1),
        (True, False, 1),
        (True, 1, 1),
        ("12.3 %", "12.4 %", 0),
        ("12.3 %", "12.5 %", 1),
        ("12 %", "13 %", 1),
        ("up 1", "down 1", 1),
        ({"a": 1}, {"b": 1}, 2),
        ([1, 2], [1], 1),
        (float("inf"), float("inf"), 0),
    ],
)
def test_what_differs_is_told(one: object, other: object, told: int) -> None:
    assert len(list(differences(plain(one), plain(other)))) == told
