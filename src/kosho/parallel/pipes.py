"""Pickles through a pipe, each behind its length."""

from __future__ import annotations

import os
import pickle
import struct
from contextlib import suppress
from typing import Any

try:
    import fcntl
except ImportError:  # not on this system
    fcntl = None

__all__ = ["packed_of", "receive", "send", "widen"]

PIPE_BYTES = 1 << 20


def send(pipe: int, packed: bytes) -> None:
    """Write length and pickle in one go: a thread that comes back often waits for the interpreter each time."""
    rest = memoryview(struct.pack("<Q", len(packed)) + packed)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def receive(pipe: int) -> Any:
    """What was sent.

    Raises:
        OSError, EOFError, UnpicklingError: whoever sends has ended.
    """
    return pickle.loads(packed_of(pipe))  # noqa: S301  (from our own child process)


def packed_of(pipe: int) -> bytes:
    """The pickle that was sent.

    Raises:
        OSError, EOFError: whoever sends has ended.
    """
    (size,) = struct.unpack("<Q", _read(pipe, 8))
    return _read(pipe, size)


def _read(pipe: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = os.read(pipe, size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def widen(pipe: int) -> None:
    """Let a pipe hold whole answers, where the system can."""
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)
    if fcntl is not None and resize is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, resize, PIPE_BYTES)
