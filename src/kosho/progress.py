"""`Progress`: what a long computation calls with a line of text about what it is doing."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Progress", "Reached", "estimated", "silent"]

Progress = Callable[[str], None]
Reached = Callable[[int], None]
"""Called with how many things are done."""
TOLD = 1.0
"""Seconds; less is not worth an estimate."""


def estimated(
    progress: Progress, text: str, total: int, clock: Callable[[], float] = time.monotonic
) -> Reached:
    """What tells how many of some things are done, and about how long the rest will take at that pace.

    >>> from kosho.progress import estimated
    >>> reached = estimated(print, "Packages", 5184, clock=iter([0.0, 10.0, 40.0]).__next__)
    >>> reached(960)
    Packages, 960 of 5,184, about 44 s left
    >>> reached(1000)
    Packages, 1,000 of 5,184, about 3 min left
    """
    started = clock()

    def reached(done: int) -> None:
        left = (clock() - started) * (total - done) / max(done, 1)
        told = f", about {_told(left)} left" if done and left >= TOLD else ""
        progress(f"{text}, {done:,} of {total:,}{told}")

    return reached


def _told(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.0f} h"


def silent(text: str) -> None:
    """Report nothing."""
    del text
