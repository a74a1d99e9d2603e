"""Work without the search for circles of objects, which is in vain where many are made and none in a circle."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Generator[None]:
    """Switch Python's collector off for a while, and on again if it was.

    >>> import gc
    >>> with without_collector():
    ...     gc.isenabled()
    False
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
