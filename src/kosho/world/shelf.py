"""Tables that were imported under a name: where they are kept, and what they are."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kosho.display import Shown
from kosho.errors import InputError, Problem, system_says
from kosho.language import _
from kosho.packed import SPOILT
from kosho.user_folders import data

__all__ = ["RESERVED", "Kept", "kept", "path_of", "place_for", "shelf"]

RESERVED = ("icio-2022", "talks", "full")
"""Names that mean something already."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)


@dataclass(frozen=True)
class Kept(Shown):
    """A table that was imported.

    >>> from pathlib import Path
    >>> from kosho.world.shelf import Kept
    >>> Kept("mine", Path("mine.npz"), 2019, 5, 7, "long CSV")
    Kept(name='mine', file=mine.npz, year=2019, economies=5, sectors=7, edition='long CSV')
    """

    name: str
    file: Path
    year: int | None
    economies: int
    sectors: int
    edition: str
    problem: str = ""
    """Why the file is no table any more."""


def shelf() -> Path:
    """The folder of imported tables, in the user's data."""
    return data() / "worlds"


def path_of(name: str) -> Path | None:
    """The file of an imported table; None where there is none of that name."""
    if not NAME.fullmatch(name) or name in RESERVED:
        return None
    found = shelf() / f"{name}.npz"
    return found if found.is_file() else None


def place_for(text: str) -> Path:
    """Where a table goes that is written to a name or a file.

    Raises:
        InputError: the name is taken by what ships, or is none.
    """
    path = Path(text)
    if path.suffix == ".npz":
        return path
    if text in RESERVED:
        raise InputError(Problem(_("{text!r} is what ships", text=text), _("another name"), key="--out"))
    if not NAME.fullmatch(text):
        hint = _("letters, digits, dots and dashes; or a file that ends with .npz")
        raise InputError(Problem(_("{text!r} is no name of a table", text=text), hint, key="--out"))
    return shelf() / f"{text}.npz"


def kept() -> list[Kept]:
    """All tables that were imported under a name, in alphabetical order."""
    return [_read(path) for path in sorted(shelf().glob("*.npz"))]


def _read(path: Path) -> Kept:
    try:
        with zipfile.ZipFile(path) as archive:
            meta: dict[str, Any] = json.loads(archive.read("meta.json"))
        sizes = len(meta["countries"]), len(meta["sectors"])
    except OSError as error:
        return Kept(path.stem, path, None, 0, 0, "", _("cannot be read: {why}", why=system_says(error)))
    except SPOILT:
        return Kept(path.stem, path, None, 0, 0, "", _("is not a Kosho world table, or not all of one"))
    return Kept(path.stem, path, meta.get("year"), *sizes, meta.get("edition") or meta.get("source", ""))
