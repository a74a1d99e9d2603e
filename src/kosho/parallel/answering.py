"""What runs in the other processes: they answer tasks until their parent is gone."""

from __future__ import annotations

import io
import os
import pickle
import queue
import signal
import sys
import threading
from contextlib import suppress

from kosho.parallel.pipes import packed_of, send
from kosho.parallel.sharing import Shared

__all__ = ["serve", "tell"]


def serve() -> None:
    """Answer tasks from standard input until it ends; run by the other processes.

    Standard input is watched by a thread of its own: when the parent goes, however it goes, this process ends
    in the middle of its work. Keyboard interrupts are left to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.dup(sys.stdout.fileno())
    _SINKS.append(sink)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not disturb the answers
    packed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_watch, args=(sys.stdin.fileno(), packed), daemon=True).start()
    while True:
        try:
            content = io.BytesIO(packed.get())
            kept = pickle.load(content)  # noqa: S301  (from our parent process, as what follows)
            for name in Shared.known.keys() - kept:
                del Shared.known[name]
            function, task = pickle.load(content)  # noqa: S301
            answer = (function(task), None)
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            answer = (None, _portable(error))
        with suppress(BrokenPipeError):  # the parent is gone; the watch ends this process
            send(sink, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))


_SINKS: list[int] = []
"""Of a process that answers another."""


def tell(line: str) -> None:
    """Say something to who asked, while the answer is worked out; to nobody where nobody did."""
    with suppress(BrokenPipeError):
        for sink in _SINKS:
            send(sink, pickle.dumps(line))


def _watch(source: int, packed: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the parent sends; end the process when it is gone."""
    while True:
        try:
            packed.put(packed_of(source))
        except (EOFError, OSError):
            os._exit(0)


def _portable(error: Exception) -> Exception:
    """The error, or one in its words where it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (our own)
    except Exception:  # noqa: BLE001  (whatever its own methods raise)
        return RuntimeError(f"in another process: {type(error).__name__}: {error}")
    return error
