"""Processes that answer questions one at a time; for one that is killed another takes over."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from kosho.parallel import GONE, Worker, cores

__all__ = ["BusyError", "Workers"]

Task = TypeVar("Task")
Result = TypeVar("Result")
TRIES = 3
"""How often a question is asked whose process was killed."""
WAITING = 1_000
"""Questions that may wait at once."""


class BusyError(Exception):
    """So many questions wait that another is refused."""


class Workers:
    """A few processes that are kept; each imports what it needs when it is first asked for it.

    Threads may ask at once: each waits for a process that is free.
    """

    def __init__(self, count: int | None = None) -> None:
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(count or cores()):
            self._free.put(None)  # started when it is needed
        self._slots = threading.BoundedSemaphore(WAITING)
        self._working: set[Worker | None] = set()
        self._ended = False

    def ask(self, function: Callable[[Task], Result], task: Task) -> Result:
        """`function(task)`, worked out by another process.

        Raises:
            BusyError: too many wait.
            KoshoError: as `function` does.
            RuntimeError: the process was killed each time.
        """
        if not self._slots.acquire(blocking=False):
            raise BusyError
        try:
            return self._asked(function, task)
        finally:
            self._slots.release()

    def _asked(self, function: Callable[[Task], Result], task: Task) -> Result:
        for _ in range(TRIES):
            worker = self._free.get()
            try:
                if worker is None or not worker.alive:
                    worker = None if self._ended else Worker()
                self._working.add(worker)
                # Looked at once it is at work: `end` sees the one or the other.
                if self._ended or worker is None:
                    self._retire(worker)
                    worker = None
                    raise BusyError
                result, error = worker.ask(function, task)
            except GONE:
                self._retire(worker)
                worker = None
                continue
            finally:
                self._working.discard(worker)
                self._free.put(worker)
            if error is not None:
                raise error
            return result
        raise RuntimeError("the process that works on this was ended each time")

    @staticmethod
    def _retire(worker: Worker | None) -> None:
        if worker is not None:
            with suppress(OSError):
                worker.end()

    def close(self) -> None:
        """End the processes that are free; those at work end with this process."""
        found: list[Any] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._free.get_nowait())
        for worker in found:
            self._retire(worker)
            self._free.put(None)

    def end(self) -> None:
        """End all of them, in the middle of their work too; who waits for one is refused."""
        self._ended = True
        for worker in list(self._working):
            if worker is not None:
                worker.kill()
        self.close()
