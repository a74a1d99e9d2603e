"""Where cases are: by path, among those that ship, or in the user's cases folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from kosho.arguments import path_of
from kosho.user_folders import data

__all__ = ["PARTS", "case_folder", "case_names", "own_cases", "shipped_cases"]

PARTS = ("record.yaml", "case.yaml")
"""A folder that holds one of them is a case."""


def shipped_cases() -> Path:
    """The folder of the cases that ship."""
    return Path(str(files("kosho").joinpath("cases")))


def own_cases() -> Path:
    """The user's cases folder: `cases` in the data folder; `KOSHO_CASES` names another."""
    given = os.environ.get("KOSHO_CASES")
    return Path(given).absolute() if given else data() / "cases"


def case_names(parts: Iterable[str] = PARTS) -> list[str]:
    """Names of the cases that ship and of the user's own, that hold one of some files.

    >>> from kosho.case_folders import case_names
    >>> "japan-us-2025" in case_names(["record.yaml"])
    True
    """
    found = {
        path.parent.name
        for folder in (shipped_cases(), own_cases())
        for part in parts
        for path in folder.glob(f"*/{part}")
    }
    return sorted(found)


def case_folder(name_or_path: str | Path) -> Path | None:
    """The folder that is meant: one at this path, one that ships, one of the user's own; None where none is."""
    path = path_of(name_or_path, "name_or_path")
    if path.is_dir() or path.name != str(name_or_path):
        return path if path.is_dir() else None
    places = (shipped_cases() / path.name, own_cases() / path.name)
    return next((place for place in places if place.is_dir()), None)
