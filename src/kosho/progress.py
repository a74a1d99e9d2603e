"""`Progress`: what a long computation calls with a line of text about what it is doing."""

from __future__ import annotations

import time
from collections.abc import Callable

from kosho.language import _

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
    >>> estimated(print, "Packages", 9, clock=lambda: 0.0)(10)
    Packages, 9 of 9
    """
    started = clock()

    def reached(solved: int) -> None:
        done = min(solved, total)  # what they are compared with is solved along with them
        left = (clock() - started) * (total - done) / max(done, 1)
        told = _(", about {time} left", time=_told(left)) if done and left >= TOLD else ""
        progress(_("{text}, {done:,} of {total:,}{told}", text=text, done=done, total=total, told=told))

    return reached


def _told(seconds: float) -> str:
    if seconds < 100:
        return _("{seconds:.0f} s", seconds=seconds)
    minutes = seconds / 60
    return _("{minutes:.0f} min", minutes=minutes) if minutes < 100 else _("{hours:.0f} h", hours=minutes / 60)


def silent(text: str) -> None:
    """Report nothing."""
    del text
