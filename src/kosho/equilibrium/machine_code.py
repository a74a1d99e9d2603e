"""Python compiled by Numba, and where the machine code is kept."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config

from kosho.cache import code_in, folder

__all__ = ["compiled", "edition", "kept", "make_room"]

EARLIER = 2
"""Editions kept besides that of the sources as they are: of other versions that somebody goes back to."""
A_DAY = 86_400
"""Seconds."""
Function = TypeVar("Function", bound=Callable[..., Any])


def edition(sources: Path) -> str:
    """A name of the sources in a folder, which changes with any of them.

    Numba looks whether the file of a function has changed, and not whether those of the functions that it calls
    have: their machine code is part of its own.
    """
    return code_in(sources, "*.py").hex()[:16]


def make_room(place: Path) -> None:
    """Make the folder of an edition. Where there was none, its sources are new: those used before it go, but
    for the latest few and for any that was used within a day, which another process may still read. One that
    finds a piece gone makes it again.

    Raises:
        OSError: it cannot be made.
    """
    with suppress(FileNotFoundError):
        os.utime(place)
        return
    place.mkdir(parents=True, exist_ok=True)
    last = {one: _last_used(one) for one in place.parent.iterdir() if one.is_dir() and one != place}
    for one in sorted(last, key=lambda one: -last[one])[EARLIER:]:
        if last[one] < time.time() - A_DAY:
            shutil.rmtree(one, ignore_errors=True)


def _last_used(place: Path) -> float:
    """When an edition was asked for last; long ago where another process has just dropped it."""
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def kept() -> bool:
    """Whether machine code can be kept beside other caches: never in the source tree, where Numba puts it."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return True
    place = folder() / "machine-code" / edition(Path(__file__).parent)
    try:
        make_room(place)
        (place / str(os.getpid())).touch()
        (place / str(os.getpid())).unlink()
    except OSError:
        return False
    config.__dict__["CACHE_DIR"] = str(place)
    return True


KEPT = kept()


def compiled(function: Function) -> Function:
    """Compiled when it is first called; rounding is that of the source but for fused products and sums."""
    made: Any = numba.njit(cache=KEPT, fastmath={"contract"}, error_model="numpy", nogil=True)(function)
    return made
