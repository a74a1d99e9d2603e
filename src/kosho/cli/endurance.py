"""What every command that computes can be held to: a time, and memory."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _

__all__ = ["Stopped", "endurable", "within"]

LONGEST = 366 * 24 * 3600.0
AGAIN = 0.05
"""Seconds between one alarm and the next, once the time is over."""
LEAST, MOST = 0.1, 1024.0
"""GiB that `--memory` takes."""


class Stopped(BaseException):
    """The time is over. Nothing that looks for errors catches it on the way."""


@contextmanager
def within(seconds: float) -> Generator[None, None, None]:
    """Stop what is done inside once the time is over.

    Raises:
        KoshoError: it is; what was worked out until then is in the cache, where it is kept at all.
    """
    told = _(
        "stopped after {seconds:g} seconds; what was worked out and kept by then need not be computed again",
        seconds=seconds,
    )
    try:
        with _alarm(seconds):
            yield
    except Stopped:
        raise KoshoError(told) from None


@contextmanager
def _alarm(seconds: float) -> Generator[None, None, None]:
    """Raise `Stopped` in this thread when the time is over: again and again, until it is on its way here.

    Python lets no exception out of the end of an object or of a weak reference: there it is lost, and nothing
    is said of it.
    """
    over = False

    def stop(number: int, frame: object) -> None:
        del number, frame
        if not over and not _on_its_way(sys.exc_info()[1]):
            raise Stopped

    number: signal.Signals = getattr(signal, "SIGALRM", signal.SIGINT)
    told = sys.unraisablehook

    def lost(what: sys.UnraisableHookArgs) -> None:
        if not _on_its_way(what.exc_value):
            told(what)

    before = signal.signal(number, stop)
    sys.unraisablehook = lost
    end = _begun(seconds, number)
    try:
        try:
            yield
        finally:
            over = True
    finally:  # also where the time was over between the two
        end()
        sys.unraisablehook = told
        signal.signal(number, before)


def _on_its_way(error: BaseException | None) -> bool:
    """Whether what is being dealt with came of `Stopped`: what cleans up on the way is not stopped again."""
    while error is not None and not isinstance(error, Stopped):
        error = error.__context__
    return error is not None


def _begun(seconds: float, number: signal.Signals) -> Callable[[], object]:
    """Send a signal to the main thread after so long, and every moment from then on; how to end that."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        return lambda: signal.setitimer(signal.ITIMER_REAL, 0)
    ended = threading.Event()

    def send() -> None:
        wait = seconds
        while not ended.wait(wait):
            _thread.interrupt_main(number)
            wait = AGAIN

    threading.Thread(target=send, daemon=True).start()
    return ended.set


def endurable(command: Any) -> Any:
    """A command, or all commands of a group, with `--timeout` and `--memory`."""
    if isinstance(command, TyperGroup):
        for one in command.commands.values():
            endurable(one)
        return command
    command.params += [one for one in get_command(_options).params if one.name in ("timeout", "memory")]
    plain = command.invoke

    def invoke(context: typer.Context) -> Any:
        seconds = context.meta.get(__name__)
        if seconds is None:
            return plain(context)
        with within(seconds):
            return plain(context)

    command.invoke = invoke
    return command


def _read_timeout(context: typer.Context, value: float | None) -> None:
    if value is None:
        return
    if not 0 < value <= LONGEST:
        raise InputError(
            Problem(_("{value:g} seconds", value=value), _("more than none, at most a year"), key="--timeout")
        )
    context.meta[__name__] = value


def _read_memory(context: typer.Context, value: float | None) -> None:
    if value is None:
        return
    if not LEAST <= value <= MOST:
        raise InputError(
            Problem(
                _("{value:g} GiB", value=value), _("{low:g} to {high:g}", low=LEAST, high=MOST), key="--memory"
            )
        )
    from kosho.limits import GIB, allowing

    context.with_resource(allowing(int(value * GIB)))


_options = typer.Typer(add_completion=False)


@_options.command()
def _held(
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            expose_value=False,
            help="Stop after so long, with status 1; what was kept by then need not be computed again.",
            callback=_read_timeout,
        ),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(
            metavar="GIB",
            expose_value=False,
            is_eager=True,
            help="How much may be used; most of what the machine has.",
            callback=_read_memory,
        ),
    ] = None,
) -> None:
    """Nothing: the options are lent to other commands."""
    del timeout, memory
