"""Python compiled by Numba, and where the machine code is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config

from kosho.cache import code_in, folder

__all__ = ["compiled", "edition", "kept"]

Function = TypeVar("Function", bound=Callable[..., Any])


def edition(sources: Path) -> str:
    """A name of the sources in a folder, which changes with any of them.

    Numba looks whether the file of a function has changed, and not whether those of the functions that it calls
    have: their machine code is part of its own.
    """
    return code_in(sources, "*.py").hex()[:16]


def kept() -> bool:
    """Whether machine code can be kept beside other caches: never in the source tree, where Numba puts it."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return True
    place = folder() / "machine-code" / edition(Path(__file__).parent)
    try:
        place.mkdir(parents=True, exist_ok=True)
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
