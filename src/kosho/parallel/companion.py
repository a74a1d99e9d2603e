"""One task that another process does while this one goes on."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, TypeVar

from kosho.parallel.processors import at_most, cores
from kosho.parallel.running import borrowed, given_back
from kosho.parallel.workers import GONE, Worker

__all__ = ["Beside", "beside"]

Task = TypeVar("Task")
Result = TypeVar("Result")


class Beside(Generic[Result]):
    """A task that another process does while this one goes on. Make it with `beside`."""

    def __init__(self, function: Callable[[Task], Result], task: Task, helper: Worker | None) -> None:
        self._here = partial(function, task)
        self._helper = helper
        self._answers: list[Result] = []
        self._line = ""
        self._unsent: Exception | None = None
        self._thread = threading.Thread(target=self._ask, args=(function, task), daemon=True)
        if helper is not None:
            self._thread.start()

    def result(self, told: Callable[[str], None] | None = None) -> Result:
        """What the task comes to. Where the other process ended, or raised, it is done here.

        Args:
            told: Called with the last line that the task had to `tell`, while it is waited for.

        Raises:
            Exception: what the function raises.
            PicklingError, TypeError, AttributeError: the task cannot be sent to another process.
        """
        last = ""
        while self._thread.is_alive():
            self._thread.join(0.1)
            if told is not None and last != self._line:
                told(last := self._line)
        if self._unsent is not None:
            raise self._unsent
        return self._answers[0] if self._answers else self._here()

    def _ask(self, function: Callable[[Any], Any], task: Any) -> None:
        assert self._helper is not None  # noqa: S101
        try:
            result, error = self._helper.ask(function, task, self._hear)
        except GONE:  # done here
            return
        except (pickle.PicklingError, TypeError, AttributeError) as unsendable:
            self._unsent = unsendable
            return
        if error is None:
            self._answers.append(result)

    def _hear(self, line: str) -> None:
        self._line = line

    def leave(self) -> None:
        """Keep the other process for what comes, or let it go where nobody waits for its answer."""
        if self._helper is None:
            return
        if self._thread.is_alive():
            self._helper.kill()
            self._thread.join()
        given_back(self._helper)


@contextmanager
def beside(function: Callable[[Task], Result], task: Task) -> Generator[Beside[Result]]:
    """Let another process do a task while this one does what stands inside, each with half of the cores.

    Args:
        function: A module-level function. In the other process `cores` says how many it has for itself.
        task: What it is called with. On one core it is done by this process, when it is asked for.

    >>> from math import sqrt
    >>> from kosho.parallel import beside
    >>> with beside(sqrt, 9.0) as other:
    ...     here = sqrt(4.0)
    ...     here + other.result()
    5.0
    """
    mine = max(cores() - cores() // 2, 1)
    theirs = cores() - mine
    one = (
        Beside(function, task, None)
        if not theirs
        else Beside(partial(_within, theirs, function), task, borrowed())
    )
    try:
        with at_most(mine):
            yield one
    finally:
        one.leave()


def _within(processes: int, function: Callable[[Task], Result], task: Task) -> Result:
    with at_most(processes):
        return function(task)
