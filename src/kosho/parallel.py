"""Worker processes: started afresh, one BLAS thread each, kept for the next batch, ended with their parent.

They are plain interpreters that read tasks from a pipe. Unlike those of `multiprocessing` they never import the
caller's script, so that scripts need no guard, and nothing is forked that holds a lock. They watch the pipe and
so end with their parent even where that is killed; one that is killed itself leaves its task to the others. The
parent works too, instead of waiting.

loky (BSD) was measured in its place: 2,000 packages of the `talks` world, two busy cores, in turns, medians of
seven: 2 workers of loky took 1.13 times as long as these (1.66 in a second run), one worker beside the parent
1.23 times; the first batch, with start-up, 1.53 times (1.43) and 1.16 times.
"""

from __future__ import annotations

import atexit
import copyreg
import io
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial
from typing import Any, ClassVar, Generic, TypeVar

from threadpoolctl import ThreadpoolController

from kosho import language

try:
    import fcntl
except ImportError:  # not on this system
    fcntl = None

__all__ = [
    "GONE",
    "Beside",
    "Shared",
    "Worker",
    "at_most",
    "beside",
    "cores",
    "one_thread",
    "ready",
    "run",
    "run_in_order",
    "serve",
    "start",
    "tell",
]

Task = TypeVar("Task")
Result = TypeVar("Result")
Value = TypeVar("Value")
Packed = TypeVar("Packed")

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
PIPE_BYTES = 1 << 20
APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"process_group": 0}
)
"""An interrupt at the terminal is for the parent alone, also while another process is still starting."""
GONE = (OSError, EOFError, ValueError, pickle.UnpicklingError)
"""What a pipe to a process that has ended raises."""
GROWS = 20
"""Times that what is pickled may grow meanwhile."""
REMEMBERED = 6
"""Shared objects that another process keeps."""


def cores() -> int:
    """Processor cores this process may use, or those that `at_most` leaves it."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = _most.get()
    return found if most is None else min(found, most)


_most: ContextVar[int | None] = ContextVar("most cores", default=None)


@contextmanager
def at_most(processes: int) -> Generator[None]:
    """Leave all but so many cores to others for a while.

    >>> from kosho.parallel import at_most, cores
    >>> with at_most(1):
    ...     cores()
    1
    """
    before = _most.set(processes)
    try:
        yield
    finally:
        _most.reset(before)


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Hold BLAS to one thread for a while: on small matrices more of them only wait for each other."""
    return _libraries().limit(limits=1, user_api="blas")


class Shared(Generic[Value]):
    """Something large that many tasks need: pickled once, and sent once to every process that needs it."""

    known: ClassVar[dict[bytes, Any]] = {}
    """What this process was sent."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.name = os.urandom(16)
        self._packed: bytes | None = None
        self._within: tuple[Shared[Any], ...] = ()

    def __reduce__(self) -> tuple[Callable[..., Shared[Any]], tuple[Any, ...]]:
        self.pack()
        return _unpacked, (self._within, self.name, self._packed)

    def pack(self) -> None:
        """Pickle the value, if that has not been done; while nobody changes what it caches.

        What is shared within it is named there, and pickled beside it.
        """
        if self._packed is None:
            self._within, self._packed = _steadily(self._pickled)

    def _pickled(self) -> tuple[tuple[Shared[Any], ...], bytes]:
        within: list[Shared[Any]] = []

        def named(one: Shared[Any]) -> tuple[Callable[[bytes], Shared[Any]], tuple[bytes]]:
            within.append(one)
            return _recalled, (one.name,)

        packed = _pickled(self.value, named)
        return tuple(within), packed


def _unpacked(_within: tuple[Shared[Any], ...], name: bytes, packed: bytes) -> Shared[Any]:
    if name not in Shared.known:
        Shared.known[name] = pickle.loads(packed)  # noqa: S301  (from our parent process)
    return _recalled(name)


def _recalled(name: bytes) -> Shared[Any]:
    found = Shared(Shared.known[name])
    found.name = name
    return found


def _pickled(content: Any, shared: Callable[[Shared[Any]], tuple[Any, ...]]) -> bytes:
    """A pickle in which what is shared is reduced by another function than its own."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, Shared: shared}
    pickler.dump(content)
    return buffer.getvalue()


def _steadily(packed: Callable[[], Packed]) -> Packed:
    """What is pickled, once more where a dictionary in it grew meanwhile: another thread worked out something
    that is kept in it. Such a dictionary grows by a few entries and no more.
    """
    for _again in range(GROWS):
        try:
            return packed()
        except RuntimeError as error:
            if "during iteration" not in str(error):
                raise
    return packed()


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
        _widen(self._to.fileno())
        _widen(self._from.fileno())

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
            question, holds = _steadily(partial(_question, kept, (function, task)))
            _send(self._to.fileno(), question)
            while isinstance(answer := _receive(self._from.fileno()), str):
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


def _question(kept: tuple[bytes, ...], content: Any) -> tuple[bytes, dict[bytes, None]]:
    """What a process is sent that holds what has the names `kept`, and the names of what it holds then."""
    holds = dict.fromkeys(kept)

    def named(one: Shared[Any]) -> tuple[Any, ...]:
        """By its name where the process holds it, else in full."""
        held = one.name in holds
        holds.pop(one.name, None)
        holds[one.name] = None
        return (_recalled, (one.name,)) if held else one.__reduce__()

    return pickle.dumps(kept) + _pickled(content, named), holds


def _send(pipe: int, packed: bytes) -> None:
    """Write length and pickle in one go: a thread that comes back often waits for the interpreter each time."""
    rest = memoryview(struct.pack("<Q", len(packed)) + packed)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _receive(pipe: int) -> Any:
    return pickle.loads(_packed(pipe))  # noqa: S301  (from our own child process)


def _packed(pipe: int) -> bytes:
    (size,) = struct.unpack("<Q", _read(pipe, 8))
    return _read(pipe, size)


def _read(pipe: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = os.read(pipe, size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _widen(pipe: int) -> None:
    """Let a pipe hold whole answers, where the system can."""
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)
    if fcntl is not None and resize is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, resize, PIPE_BYTES)


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
        helper.ask(_loaded, function)


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
        helper.ask(_loaded, function)
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
        if self._helper.alive:
            _HELPERS.append(self._helper)
        else:
            self._helper.end()


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
        else Beside(partial(_within, theirs, function), task, _free())
    )
    try:
        with at_most(mine):
            yield one
    finally:
        one.leave()


def _within(processes: int, function: Callable[[Task], Result], task: Task) -> Result:
    with at_most(processes):
        return function(task)


def _free() -> Worker:
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


def _loaded(_: Callable[..., Any]) -> None:
    """What a helper is asked first: it answers once it has imported the module of the function it was sent."""


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
            _send(sink, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))


_SINKS: list[int] = []
"""Of a process that answers another."""


def tell(line: str) -> None:
    """Say something to who asked, while the answer is worked out; to nobody where nobody did."""
    with suppress(BrokenPipeError):
        for sink in _SINKS:
            _send(sink, pickle.dumps(line))


def _watch(source: int, packed: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the parent sends; end the process when it is gone."""
    while True:
        try:
            packed.put(_packed(source))
        except (EOFError, OSError):
            os._exit(0)


def _portable(error: Exception) -> Exception:
    """The error, or one in its words where it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (our own)
    except Exception:  # noqa: BLE001  (whatever its own methods raise)
        return RuntimeError(f"in another process: {type(error).__name__}: {error}")
    return error
