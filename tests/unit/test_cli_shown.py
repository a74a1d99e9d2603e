"""Commands show made-up contents as they did, whole; what changed on purpose is written anew."""

from __future__ import annotations

import pytest
from tests.kept_pieces import PIECES, kept, shown


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_shown_as_it_was(name: str) -> None:
    assert shown(name) == kept()[name], (
        "look at the difference; if it is meant, run: python -m tests.kept_pieces"
    )
