"""How large work may be, known before it begins: the memory that is there, and how many things fit in it."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["GIB", "allowing", "memory", "refuse_beyond"]

GIB = 1 << 30
UNKNOWN = 4 * GIB
"""Where the system does not tell what it has."""
SHARE = 0.8
"""Of the memory of the machine; the rest is for others."""
FAR_MORE = 10**15
"""Things that nobody writes out."""
CGROUP = Path("/sys/fs/cgroup/memory.max")

_ALLOWED: ContextVar[int | None] = ContextVar("allowed memory", default=None)


def memory() -> int:
    """Bytes that a computation may take: what `allowing` says, else most of what the machine has.

    >>> from kosho.limits import GIB, allowing, memory
    >>> with allowing(2 * GIB):
    ...     memory() // GIB
    2
    """
    given = _ALLOWED.get()
    return int(SHARE * _installed()) if given is None else given


@contextmanager
def allowing(size: int) -> Generator[None, None, None]:
    """Let computations take so many bytes, whatever the machine tells of itself."""
    token = _ALLOWED.set(size)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def refuse_beyond(
    what: str, count: int, each: float, *, key: str | None = None, file: str | None = None
) -> None:
    """Refuse more of something than fits into memory, before any of it is made.

    Args:
        what: What is counted, in words (`packages`).
        count: How many are asked for.
        each: Bytes that one takes, about.
        key: The argument or option that asks for them.
        file: The file that does.

    Raises:
        InputError: they do not fit; it tells how many would.

    >>> from kosho.limits import GIB, allowing, refuse_beyond
    >>> with allowing(4 * GIB):
    ...     refuse_beyond("draws", 10**11, 1000, key="--draws")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: --draws: 100,000,000,000 draws need about 93,132 GiB of memory, and 4.0 GiB ...
    """
    room = memory()
    fits = int(room / each)
    if count <= fits:
        return
    need = _("about {gib}", gib=_gib(count * each)) if count < FAR_MORE else _("far more than there is")
    shown = f"{count:,}" if count < FAR_MORE else f"10^{len(str(count)) - 1}"
    told = _(
        "{shown} {what} need {need} of memory, and {gib} may be used",
        shown=shown,
        what=what,
        need=need,
        gib=_gib(room),
    )
    hint = _("at most {fits:,} fit; --memory allows more, where the machine has it", fits=fits)
    raise InputError(Problem(told, hint, file, key=key))


def _gib(size: float) -> str:
    found = size / GIB
    return f"{found:,.0f} GiB" if found >= 100 else f"{found:.1f} GiB"


def _installed() -> int:
    found = UNKNOWN
    with suppress(AttributeError, ValueError, OSError):
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # `max` where a container has no limit
        found = min(found, int(CGROUP.read_text(encoding="ascii")))
    return found if found > 0 else UNKNOWN
