"""Where a user's own things are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.user_folders import data, home


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"KOSHO_DATA": "/own", "XDG_DATA_HOME": "/x"}, Path("/own")),
        ({"KOSHO_DATA": "own"}, Path.cwd() / "own"),
        ({"XDG_DATA_HOME": "/x"}, Path("/x/kosho")),
        ({"XDG_DATA_HOME": "x"}, Path.cwd() / "x" / "kosho"),
        ({"HOME": "/somebody"}, Path("/somebody/.local/share/kosho")),
    ],
)
def test_the_first_that_is_named(
    variables: dict[str, str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KOSHO_DATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert data() == place


def test_nothing_can_be_where_nobody_has_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", unknown)
    assert not home().is_dir()
