"""How many processor cores work is shared by, and how many threads BLAS takes."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["at_most", "cores", "one_thread"]


def cores() -> int:
    """Processor cores this process may use, or those that `at_most` leaves it."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = _most.get()
    return found if most is None else min(found, most)


_most: ContextVar[int | None] = ContextVar("most cores", default=None)


@contextmanager
def at_most(processes: int) -> Generator[None]:
    """Leave all but so many cores to others for a while.

    >>> from kosho.parallel import at_most, cores
    >>> with at_most(1):
    ...     cores()
    1
    """
    before = _most.set(processes)
    try:
        yield
    finally:
        _most.reset(before)


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Hold BLAS to one thread for a while: on small matrices more of them only wait for each other."""
    return _libraries().limit(limits=1, user_api="blas")
