"""A copy of the shipped case, for tests that change its files."""

from __future__ import annotations

import shutil
from pathlib import Path

from kosho.case import Case

NAME = "japan-us-2025"


def copied(to: Path, name: str = "case") -> Path:
    """A copy of the case in a folder of its own."""
    return Path(shutil.copytree(Case.load(NAME).folder, to / name))


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that must be in the file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
