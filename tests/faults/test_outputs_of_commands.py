"""Every command that writes a file says before its work that it cannot, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError

WRITERS = {
    "brief": ["brief", "japan-us-2025", "--out", "{}"],
    "rate": ["rate", "USA", "JPN", "8703.23", "--from", "2025-01-01", "--figure", "{}.svg"],
    "register compare": ["register", "compare", "JPN", "KOR", "--importer", "USA", "--figure", "{}.svg"],
    "corridor figure": ["corridor", "TWKHH", "JPUKB", "--figure", "{}.svg"],
    "corridor measure": ["corridor", "TWKHH", "JPUKB", "--scenario", "together", "--measure", "{}.yaml"],
    "schema": ["schema", "--all", "{}"],
    "world": ["world", "build", "--out", "{}.npz"],
    "read": ["read", "note.txt", "--out", "{}.yaml"],
    "read accept": ["read", "note.txt", "--accept", "--out", "d.yaml", "--record", "{}.yaml"],
    "register propose": ["register", "propose", "note.txt", "--out", "{}.yaml"],
}


@pytest.mark.parametrize("place", ["absent/x", "file/x"])
@pytest.mark.parametrize("name", WRITERS)
def test_what_cannot_be_written_is_told_before_the_work(
    name: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "note.txt").write_text("Japan offered to buy corn on June 29, 2025.", encoding="utf-8")
    done = CliRunner().invoke(app, [one.format(place) for one in WRITERS[name]])
    assert isinstance(done.exception, InputError), done.output
    assert "cannot be written: " in str(done.exception)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "note.txt"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_accepting_makes_no_file_that_was_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("Japan offered to buy corn on June 29, 2025.", encoding="utf-8")
    done = CliRunner().invoke(app, ["read", "note.txt", "--accept"])
    assert isinstance(done.exception, InputError)
    assert "--out drafts.yaml makes one" in str(done.exception)
    assert "--record record.yaml makes one" in str(done.exception)
    assert [one.name for one in tmp_path.iterdir()] == ["note.txt"]
