"""Long work that was broken off goes on from what was done by then.

What is done so far is kept beside finished work (`kosho.cache`), under a hash of all that it depends on: every
few seconds, which outlasts even a process that is killed, and on the way out.
"""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from kosho.cache import keep, place, used

__all__ = ["Unfinished"]

EVERY = 5.0
"""Seconds of work that may be lost where nothing can be written on the way out."""
ARRAYS = {
    *(("numpy", "dtype"), ("numpy", "ndarray")),
    *(("numpy._core.numeric", "_frombuffer"), ("numpy.core.numeric", "_frombuffer")),
    *(("numpy._core.multiarray", "_reconstruct"), ("numpy.core.multiarray", "_reconstruct")),
    *(("numpy._core.multiarray", "scalar"), ("numpy.core.multiarray", "scalar")),
}
"""What NumPy makes arrays with."""


class Unfinished:
    """Results by name, there again when the same work is begun once more.

    Args:
        parts: All that the results depend on, as of `kosho.cache.place`.

    >>> from kosho.unfinished import Unfinished
    >>> with Unfinished(b"an example") as work:
    ...     work.done("one", 1.0)
    ...     raise SystemExit
    Traceback (most recent call last):
        ...
    SystemExit
    >>> again = Unfinished(b"an example")
    >>> again.results
    {'one': 1.0}
    >>> again.drop()
    """

    def __init__(self, *parts: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self._copy = place(b"unfinished", *parts)
        self._clock, self._written = clock, clock()
        self.results: dict[Hashable, Any] = _unpacked(used(self._copy))
        self._packed: dict[Hashable, bytes] = {}

    def done(self, name: Hashable, result: Any) -> None:
        """Note a result: numbers, text, arrays and frozen types of Kosho."""
        self.results[name] = result
        if self._clock() - self._written > EVERY:
            self._write()

    def drop(self) -> None:
        """All is done: what was made of the results is kept, or need not be."""
        self.results.clear()
        self._packed.clear()
        with suppress(OSError):
            self._copy.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self.results:
            self._write()

    def _write(self) -> None:
        for name, result in self.results.items():
            if name not in self._packed:
                self._packed[name] = pickle.dumps((name, result), pickle.HIGHEST_PROTOCOL)
        keep(self._copy, b"".join(self._packed.values()))
        self._written = self._clock()


class _Unpickler(pickle.Unpickler):
    """Makes arrays and types of Kosho, and nothing else that a file may ask for."""

    def find_class(self, module: str, name: str) -> Any:
        found = (
            super().find_class(module, name)
            if module.startswith("kosho.") or (module, name) in ARRAYS
            else None
        )
        if found is None or not (isinstance(found, type) or (module, name) in ARRAYS):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _unpacked(content: bytes | None) -> dict[Hashable, Any]:
    stream, found = io.BytesIO(content or b""), dict[Hashable, Any]()
    try:
        while stream.tell() < len(content or b""):
            name, result = _Unpickler(stream).load()
            found[name] = result
    except (pickle.UnpicklingError, ImportError, AttributeError, TypeError, ValueError, LookupError, EOFError):
        return {}  # written with another version of NumPy, say
    return found
