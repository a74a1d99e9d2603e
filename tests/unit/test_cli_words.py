"""Commands print what they printed, word for word; what changed on purpose is written anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from itertools import islice
from pathlib import Path

import pytest
from tests.kept_answers import CENT, differences, plain
from tests.kept_refusals import REFUSED, refused
from tests.kept_words import COMMANDS, SURROUNDINGS, kept, kept_refusals, prepare, said


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("words")
    with chdir(folder), pytest.MonkeyPatch.context() as patch:
        for name, value in SURROUNDINGS.items():
            patch.setenv(name, value)
        prepare(folder)
        yield folder


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_it_did(name: str, inputs: Path) -> None:
    del inputs
    was, now = plain(kept()[name]), plain(said(name))
    assert list(islice(differences(was, now, nil=CENT), 20)) == [], (
        "look at the difference; if it is meant, run: python -m tests.kept_words"
    )


@pytest.mark.parametrize("line", REFUSED)
def test_a_command_refuses_in_the_words_it_did(line: str, inputs: Path) -> None:
    del inputs
    assert refused(line) == kept_refusals()[line], (
        "look at the difference; if it is meant, run: python -m tests.kept_words"
    )
