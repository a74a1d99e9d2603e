"""Where a user's own things are: the home folder, and what Kosho keeps for good (schedules, cases)."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["data", "home"]


def home() -> Path:
    """The user's home; a place where nothing can be for a user the system does not know."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)


def data() -> Path:
    """The user's data folder; `KOSHO_DATA` names another."""
    given = os.environ.get("KOSHO_DATA")
    if given:
        return Path(given).absolute()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base).absolute() if base else home() / ".local" / "share") / "kosho"
