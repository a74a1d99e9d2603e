"""One other process, which is asked one thing after the other."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from kosho import language
from kosho.parallel.pipes import receive, send, widen
from kosho.parallel.sharing import question, steadily

__all__ = ["GONE", "Worker"]

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"process_group": 0}
)
"""An interrupt at the terminal is for the parent alone, also while another process is still starting."""
GONE = (OSError, EOFError, ValueError, pickle.UnpicklingError)
"""What a pipe to a process that has ended raises."""
REMEMBERED = 6
"""Shared objects that another process keeps."""


class Worker:
    """Another process; `ask` is blocking, one question at a time. It ends when this process does.

    >>> from math import sqrt
    >>> from kosho.parallel import Worker
    >>> worker = Worker()
    >>> worker.ask(sqrt, 4.0)
    (2.0, None)
    >>> worker.end()
    """

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._holds: dict[bytes, None] = {}  # names of what it was sent, those used last at the end
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from kosho.parallel import serve; serve()"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": path, language.VARIABLE: language.current()},
            **APART,
        )
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        self._to, self._from = self._process.stdin, self._process.stdout
        widen(self._to.fileno())
        widen(self._from.fileno())

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(
        self, function: Callable[[Any], Any], task: Any, told: Callable[[str], None] | None = None
    ) -> tuple[Any, BaseException | None]:
        """The result of `function(task)`, or the exception it raised there; `told` is called with each line
        that the function has to `tell`.

        Raises:
            OSError, EOFError, UnpicklingError, ValueError: the process has ended.
        """
        # A run that ended early may have left a thread that still waits for its answer.
        with self._busy:
            kept = tuple(self._holds)[-REMEMBERED:]
            self._holds = {}  # after an error all is sent anew
            asked, holds = steadily(partial(question, kept, (function, task)))
            send(self._to.fileno(), asked)
            while isinstance(answer := receive(self._from.fileno()), str):
                if told is not None:
                    told(answer)
            result, error = answer
            if error is None:
                self._holds = holds
            return result, error

    def kill(self) -> None:
        """End the process in the middle of its work."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Let the process finish."""
        self._to.close()
        self._from.close()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
