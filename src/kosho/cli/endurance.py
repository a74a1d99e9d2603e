"""What every command that computes can be held to: a time, and memory."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _

__all__ = ["Stopped", "endurable", "within"]

LONGEST = 366 * 24 * 3600.0
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
    """Raise `Stopped` in this thread when the time is over."""
    number = getattr(signal, "SIGALRM", signal.SIGINT)
    before = signal.signal(number, _stop)
    timer = threading.Timer(seconds, _thread.interrupt_main, (number,))
    timer.daemon = True
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
    else:
        timer.start()
    try:
        yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        timer.cancel()
        signal.signal(number, before)


def _stop(number: int, frame: object) -> None:
    del number, frame
    raise Stopped


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
        raise InputError(Problem(_("{value:g} GiB", value=value), f"{LEAST:g} to {MOST:g}", key="--memory"))
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
