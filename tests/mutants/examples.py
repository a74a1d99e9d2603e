"""The examples of a room's docstrings as tests, one a module: they are run with the tests of the room."""

from __future__ import annotations

import doctest
import importlib
import os
from pathlib import Path

import pytest
from tests.mutants.rooms import sources

import kosho

HOME = Path(kosho.__file__).parent
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def _modules(room: str) -> list[str]:
    paths = (path.relative_to(HOME).with_suffix("") for path in sources(HOME, room))
    names = (".".join(("kosho", *path.parts)) for path in paths if path.name != "__main__")
    return [name.removesuffix(".__init__") for name in names]


@pytest.mark.parametrize("name", _modules(os.environ["MUTANTS_ROOM"]))
def test_examples(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    done = doctest.testmod(module, optionflags=OPTIONS, extraglobs=_given(name))
    assert not done.failed, capsys.readouterr().out


def _given(name: str) -> dict[str, object]:
    if not name.startswith("kosho.brief"):
        return {}
    from tests.briefs import brief  # noqa: PLC0415 - it solves a case

    return {"brief": brief()}
