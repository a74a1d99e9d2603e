"""Draws in the background: started, asked about, and stopped when a control moves."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from kosho.errors import KoshoError
from kosho.serve.desk import Desk

__all__ = ["Drawing", "Drawings"]

KEPT = 64
AT_ONCE = 2
"""Others wait: a machine has few cores."""


class _StoppedError(Exception):
    pass


@dataclass
class Drawing:
    """Draws of one package."""

    number: int
    text: str = "waiting"
    """How far it is."""
    result: dict[str, Any] | None = None
    failure: str | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def told(self) -> dict[str, Any]:
        """Its state: running, done, stopped or failed."""
        state = (
            "failed"
            if self.failure
            else "done"
            if self.result
            else "stopped"
            if self._stop.is_set()
            else "running"
        )
        return {
            "id": self.number,
            "state": state,
            "progress": self.text,
            "result": self.result,
            "detail": self.failure,
        }

    def stop(self) -> None:
        """Stop before the next draws."""
        self._stop.set()

    def _heard(self, text: str) -> None:
        self.text = text
        if self._stop.is_set():
            raise _StoppedError

    def run(self, desk: Desk, package: int, draws: int, turn: threading.Semaphore) -> None:
        """Draw, unless it is stopped before."""
        with turn:
            try:
                self._heard("drawing")
                self.result = desk.drawn(package, draws, self._heard)
            except _StoppedError:
                return
            except KoshoError as error:
                self.failure = str(error)


class Drawings:
    """All that were started; those of long ago are forgotten."""

    def __init__(self) -> None:
        self._turn = threading.Semaphore(AT_ONCE)
        self._numbers = itertools.count(1)
        self._found: OrderedDict[int, Drawing] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, desk: Desk, package: int, draws: int) -> Drawing:
        """Begin to draw."""
        one = Drawing(next(self._numbers))
        with self._lock:
            self._found[one.number] = one
            while len(self._found) > KEPT:
                self._found.popitem(last=False)[1].stop()
        threading.Thread(target=one.run, args=(desk, package, draws, self._turn), daemon=True).start()
        return one

    def get(self, number: int) -> Drawing | None:
        """One of them."""
        return self._found.get(number)

    def close(self) -> None:
        """Stop all."""
        for one in list(self._found.values()):
            one.stop()
