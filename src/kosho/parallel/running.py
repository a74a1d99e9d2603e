"""Many tasks by this process and others, which are kept for the next ones."""

from __future__ import annotations

import atexit
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from kosho.parallel.processors import cores
from kosho.parallel.workers import GONE, Worker

__all__ = ["borrowed", "given_back", "loaded", "ready", "run", "run_in_order", "start"]

Task = TypeVar("Task")
Result = TypeVar("Result")

_HELPERS: list[Worker] = []
_IN_USE = threading.Lock()


@atexit.register
def _dismiss() -> None:
    while _HELPERS:
        _HELPERS.pop().end()


def start(processes: int, function: Callable[..., Any] | None = None) -> None:
    """Start other processes now, so that they are ready when `run` has work for them.

    Args:
        processes: As of `run`.
        function: One of a module that they will need, which takes them longer than to start.
    """
    if _IN_USE.acquire(blocking=False):
        try:
            new = _enlist(processes)
        finally:
            _IN_USE.release()
        for helper in new if function is not None else ():
            threading.Thread(target=_load, args=(helper, function), daemon=True).start()


def ready() -> int:
    """How many processes could share work without another one being started, this one included.

    >>> from kosho.parallel import at_most, ready
    >>> with at_most(1):
    ...     ready()
    1
    """
    return min(cores(), 1 + sum(helper.alive for helper in list(_HELPERS)))


def _enlist(processes: int) -> list[Worker]:
    """Those that had to be started."""
    for helper in [helper for helper in _HELPERS if not helper.alive]:
        _HELPERS.remove(helper)
        helper.end()
    new = [Worker() for _other in range(processes - 1 - len(_HELPERS))]
    _HELPERS.extend(new)
    return new


def _load(helper: Worker, function: Callable[..., Any]) -> None:
    with suppress(*GONE):  # it has ended: whoever has work for it finds that out
        helper.ask(loaded, function)


def run(
    function: Callable[[Task], Result], tasks: Sequence[Task], processes: int
) -> Iterator[tuple[Task, Result]]:
    """`function` of every task, in no particular order, by this process and `processes - 1` others.

    Args:
        function: A module-level function.
        tasks: Each taken by whoever is free; a process that is killed leaves its task to the others.
        processes: At least one.

    Raises:
        Exception: what `function` raised, here or in another process.
    """
    waiting = deque(tasks)
    if processes <= 1 or len(waiting) <= 1 or not _IN_USE.acquire(blocking=False):
        for task in tasks:
            yield task, function(task)
        return
    try:
        _enlist(processes)
        finished: queue.SimpleQueue[tuple[Task, Result] | BaseException] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=_feed, args=(helper, function, waiting, finished), daemon=True)
            for helper in _HELPERS[: processes - 1]
        ]
        for thread in threads:
            thread.start()
        yield from _work(function, waiting, finished, threads, len(tasks))
    finally:
        waiting.clear()
        _IN_USE.release()


def run_in_order(function: Callable[[Task], Result], tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """`function` of every task, in the order of the tasks; otherwise as `run`."""
    early: dict[int, Result] = {}
    following = 0
    for (number, _), result in run(partial(_numbered, function), list(enumerate(tasks)), processes):
        early[number] = result
        while following in early:
            yield early.pop(following)
            following += 1


def _numbered(function: Callable[[Task], Result], numbered: tuple[int, Task]) -> Result:
    return function(numbered[1])


def _work(
    function: Callable[[Task], Result],
    waiting: deque[Task],
    finished: queue.SimpleQueue[tuple[Task, Result] | BaseException],
    threads: Sequence[threading.Thread],
    count: int,
) -> Iterator[tuple[Task, Result]]:
    done = 0
    while done < count:
        try:
            task = waiting.popleft()
        except IndexError:
            if not any(thread.is_alive() for thread in threads) and finished.empty() and not waiting:
                raise RuntimeError("the other processes ended without an answer") from None
            try:
                found = finished.get(timeout=0.5)
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                raise found from None
            yield found
        else:
            yield task, function(task)
        done += 1


def _feed(
    helper: Worker,
    function: Callable[[Any], Any],
    waiting: deque[Any],
    finished: queue.SimpleQueue[Any],
) -> None:
    """Hand tasks to a helper, one after the other, from when it has started."""
    try:
        helper.ask(loaded, function)
        while True:
            try:
                task = waiting.pop()
            except IndexError:
                return
            try:
                result, error = helper.ask(function, task)
            except GONE:  # it was killed: somebody else does its task
                waiting.append(task)
                return
            finished.put((task, result) if error is None else error)
            if error is not None:
                return
    except GONE:
        return
    except Exception as error:  # noqa: BLE001  (raised by whoever waits for the results)
        finished.put(error)


def borrowed() -> Worker:
    """Another process that nobody else asks."""
    if _IN_USE.acquire(blocking=False):
        try:
            while _HELPERS:
                if (helper := _HELPERS.pop()).alive:
                    return helper
                helper.end()
        finally:
            _IN_USE.release()
    return Worker()


def given_back(helper: Worker) -> None:
    """Keep a process that was borrowed for what comes; one that has ended is let go."""
    if helper.alive:
        _HELPERS.append(helper)
    else:
        helper.end()


def loaded(_: Callable[..., Any]) -> None:
    """What a helper is asked first: it answers once it has imported the module of the function it was sent."""
