"""One writer after the other: a file that two read, change and write again would lose what one of them did."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from kosho.cache import folder
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["in_turn"]

PATIENCE = 30.0
"""Seconds; nobody writes for so long."""


@contextmanager
def in_turn(path: Path) -> Generator[None, None, None]:
    """Read, change and write a file while no other process of this user does.

    The lock lies in the cache folder: nothing is put beside the user's file. Where the cache cannot be written,
    there is no lock.

    Raises:
        InputError: another process does not come to an end with it.
    """
    name = sha256(str(path.resolve()).encode()).hexdigest()
    lock = FileLock(folder() / "locks" / name)
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise InputError(
            Problem(_("another process writes it"), _("try again when that is done"), file=str(path))
        ) from None
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()
