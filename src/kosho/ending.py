"""How a command that is interrupted or terminated ends: quietly, with 130 or 143, from its very first moment.

It imports nothing but the standard library: what a command needs takes a moment to be read, and an interrupt
that comes then must not end in a traceback either.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import NoReturn

__all__ = ["as_interrupted", "end_at_once", "end_quietly"]

NUMBERS = (signal.SIGINT, signal.SIGTERM)
SOON = 0.01
"""Seconds; by then Python has left the place that lets nothing through."""


def end_quietly() -> None:
    """From now on an interrupt unwinds the program: files half-written are removed on the way out."""
    _on_signals(_unwind)
    sys.unraisablehook = _again
    _ignore_when_done()


@cache
def _ignore_when_done() -> None:
    """Only once: the first to be registered is the last to run."""
    atexit.register(_too_late)


def _too_late() -> None:
    """From now on an interrupt changes nothing: all is done, and the program ends by itself.

    As it ends, Python hands signals back to the system, to which an interrupt is a death of its own, without a
    status; what is ignored stays so.
    """
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)


def _again(lost: sys.UnraisableHookArgs) -> None:
    """An interrupt where Python lets nothing through (in the end of a weak reference, say) comes again."""
    code = lost.exc_value.code if isinstance(lost.exc_value, SystemExit) else None
    if code in {128 + number for number in NUMBERS}:
        timer = threading.Timer(SOON, _interrupt, (int(code) - 128,))
        timer.daemon = True
        timer.start()
    else:
        sys.__unraisablehook__(lost)


def _interrupt(number: int) -> None:
    """As from outside: it ends a wait as well, where the system can."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(signal.Signals(number))


def end_at_once() -> None:
    """From now on an interrupt ends the program where it stands; for when nothing is left to be done."""
    _on_signals(_leave)


def _on_signals(handler: Callable[[int, FrameType | None], NoReturn]) -> None:
    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)


_statuses: list[int] = []
"""Of interrupts that came."""


@contextmanager
def as_interrupted() -> Generator[None, None, None]:
    """An interrupt ends what stands inside with its own status, whatever a library has made of it.

    Where pydantic 2.14 builds a schema, an interrupt comes out as an error of that schema.
    """
    try:
        yield
    except Exception:
        if _statuses:
            raise SystemExit(_statuses[-1]) from None
        raise


def _unwind(number: int, _: FrameType | None) -> NoReturn:
    _statuses.append(128 + number)
    raise SystemExit(128 + number)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)
