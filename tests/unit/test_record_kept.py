"""Law texts and proposed facts are read and held as they were; what changed on purpose is written anew."""

from __future__ import annotations

from typing import Any

import pytest
from tests.kept_record import ANSWERS, kept

SAID = "look at the difference; if it is meant, run: python -m tests.kept_record"


CASES = [(kind, case) for kind, cases in kept().items() for case in cases]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(CASES)])
def test_made_up_texts_are_read_as_they_were(kind: str, case: dict[str, Any]) -> None:
    if not case["text"].isascii():
        pytest.importorskip("sudachipy")
    assert ANSWERS[kind](case) == case, SAID


def test_of_every_kind_something_is_kept() -> None:
    assert {kind: len(cases) > 1 for kind, cases in kept().items()} == dict.fromkeys(ANSWERS, True)
