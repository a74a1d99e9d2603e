"""What many tasks need is pickled once, and sent once to every process."""

from __future__ import annotations

import copyreg
import io
import os
import pickle
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

__all__ = ["Shared", "question", "steadily"]

Value = TypeVar("Value")
Packed = TypeVar("Packed")

GROWS = 20
"""Times that what is pickled may grow meanwhile."""


class Shared(Generic[Value]):
    """Something large that many tasks need: pickled once, and sent once to every process that needs it."""

    known: ClassVar[dict[bytes, Any]] = {}
    """What this process was sent."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.name = os.urandom(16)
        self._packed: bytes | None = None
        self._within: tuple[Shared[Any], ...] = ()

    def __reduce__(self) -> tuple[Callable[..., Shared[Any]], tuple[Any, ...]]:
        self.pack()
        return _unpacked, (self._within, self.name, self._packed)

    def pack(self) -> None:
        """Pickle the value, if that has not been done; while nobody changes what it caches.

        What is shared within it is named there, and pickled beside it.
        """
        if self._packed is None:
            self._within, self._packed = steadily(self._pickled)

    def _pickled(self) -> tuple[tuple[Shared[Any], ...], bytes]:
        within: list[Shared[Any]] = []

        def named(one: Shared[Any]) -> tuple[Callable[[bytes], Shared[Any]], tuple[bytes]]:
            within.append(one)
            return recalled, (one.name,)

        packed = pickled(self.value, named)
        return tuple(within), packed


def _unpacked(_within: tuple[Shared[Any], ...], name: bytes, packed: bytes) -> Shared[Any]:
    if name not in Shared.known:
        Shared.known[name] = pickle.loads(packed)  # noqa: S301  (from our parent process)
    return recalled(name)


def recalled(name: bytes) -> Shared[Any]:
    found = Shared(Shared.known[name])
    found.name = name
    return found


def pickled(content: Any, shared: Callable[[Shared[Any]], tuple[Any, ...]]) -> bytes:
    """A pickle in which what is shared is reduced by another function than its own."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, Shared: shared}
    pickler.dump(content)
    return buffer.getvalue()


def steadily(packed: Callable[[], Packed]) -> Packed:
    """What is pickled, once more where a dictionary in it grew meanwhile: another thread worked out something
    that is kept in it. Such a dictionary grows by a few entries and no more.
    """
    for _again in range(GROWS):
        try:
            return packed()
        except RuntimeError as error:
            if "during iteration" not in str(error):
                raise
    return packed()


def question(kept: tuple[bytes, ...], content: Any) -> tuple[bytes, dict[bytes, None]]:
    """What a process is sent that holds what has the names `kept`, and the names of what it holds then."""
    holds = dict.fromkeys(kept)

    def named(one: Shared[Any]) -> tuple[Any, ...]:
        """By its name where the process holds it, else in full."""
        held = one.name in holds
        holds.pop(one.name, None)
        holds[one.name] = None
        return (recalled, (one.name,)) if held else one.__reduce__()

    return pickle.dumps(kept) + pickled(content, named), holds
