"""`Progress`: what a long computation calls with a line of text about what it is doing."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[str], None]


def silent(text: str) -> None:
    """Report nothing."""
    del text
