"""Long work that was broken off, or is done again to be told in another language, goes on from what was solved.

What is solved is kept beside finished work (`kosho.cache`), under a hash of all that it depends on: every few
seconds, which outlasts even a process that is killed, and on the way out. Numbers know no language; what is
said of them is not kept here.
"""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

from kosho.cache import keep, place, used

__all__ = ["Unfinished", "at_hand", "once"]

Result = TypeVar("Result")

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
    >>> Unfinished(b"an example").results
    {'one': 1.0}
    """

    def __init__(self, *parts: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self._copy = place(b"unfinished", *parts)
        self._clock, self._written = clock, clock()
        self._packed: dict[Hashable, bytes] = {}
        self._new = False

    @cached_property
    def results(self) -> dict[Hashable, Any]:
        """What was solved before and now, by name; not to be changed."""
        return _unpacked(used(self._copy))

    def done(self, name: Hashable, result: Any) -> None:
        """Note a result: numbers, names, arrays and frozen types of Kosho; nothing that another language has
        other words for.
        """
        self.results[name], self._new = result, True
        if self._clock() - self._written > EVERY:
            self._write()

    def __enter__(self) -> Self:
        self._before = _at_hand.get()
        _at_hand.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _at_hand.set(self._before)
        if self._new:
            self._write()

    def _write(self) -> None:
        for name, result in self.results.items():
            if name not in self._packed:
                self._packed[name] = pickle.dumps((name, result), pickle.HIGHEST_PROTOCOL)
        keep(self._copy, b"".join(self._packed.values()))
        self._written, self._new = self._clock(), False


_at_hand: ContextVar[Unfinished | None] = ContextVar("work at hand", default=None)


def at_hand() -> Unfinished | None:
    """The work inside whose `with` this is called.

    >>> from kosho.unfinished import Unfinished, at_hand
    >>> with Unfinished(b"an example") as work:
    ...     at_hand() is work
    True
    """
    return _at_hand.get()


def once(name: Hashable, make: Callable[[], Result], fit: Callable[[Result], bool] | None = None) -> Result:
    """What `make` makes, or what it came to when the work at hand was done before; without any it is made.

    Args:
        name: Of the result within the work: all that it depends on and the work as a whole does not.
        make: Solves it.
        fit: Whether a result may be kept: one that tells of an error, in words, may not. Any may if not given.

    >>> from kosho.unfinished import Unfinished, once
    >>> for _ in range(2):
    ...     with Unfinished(b"another example"):
    ...         once("two", lambda: print("solved") or 2.0)
    solved
    2.0
    2.0
    """
    work = at_hand()
    if work is None:
        return make()
    if name not in work.results:
        result = make()
        if fit is not None and not fit(result):
            return result
        work.done(name, result)
    return work.results[name]


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
