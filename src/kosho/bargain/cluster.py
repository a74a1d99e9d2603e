"""The backend of many machines: packages are solved by the workers of a Dask cluster.

A worker lays the table once and is then asked for ranges of packages; its answers are payoffs and nothing else.
What it lays the table from is held by the scheduler until the table is done with, so that any worker can take
the place of one that is lost. Workers run the same Kosho, on the same law and tables, as who asks them.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import platform
import re
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import numpy as np
import scipy

from kosho import language
from kosho._version import __version__
from kosho.bargain.payoffs import PayoffParts
from kosho.bargain.sweep import LaidTable, SweepTask
from kosho.cache import code
from kosho.display import Shown
from kosho.errors import InputError, KoshoError, Problem, Problems
from kosho.extras import require
from kosho.language import _
from kosho.progress import Reached

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster"]

ADDRESS = r"(tcp|tls|ws|wss|ucx)://(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d+/?"
KEY = "--cluster"
ANSWERS_WITHIN = 10
"""Seconds in which a scheduler answers, and has a worker."""
WORKERS_WITHIN = 60.0
"""Seconds for which a cluster may be without a worker: as long as one takes to start again."""
PAUSE = 0.02
"""Seconds between looks at what has been done."""
LOOKED_AFTER = 2.0
"""Seconds between looks at whether workers are there."""
KEPT_BYTES = 1_000_000_000
"""Memory that a worker does not give back to the system between batches: it would ask for it again at once."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Of `mallopt` in glibc."""
LARGEST_MMAP_THRESHOLD = 32 << 20
"""What older editions of glibc take at most."""


@dataclass(frozen=True)
class Cluster(Shown):
    """A Dask cluster as the backend of a sweep (`kosho.bargain.sweep.Backend`).

    Raises:
        InputError: this is no address of a scheduler, or the extra `cluster` is not installed.

    >>> from kosho.bargain.cluster import Cluster
    >>> Cluster("localhost")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: --cluster: 'localhost' is not the address of a scheduler (such as tcp://...:8786)
    """

    address: str

    def __post_init__(self) -> None:
        require("cluster", "distributed", what=_("a cluster"))
        if not re.fullmatch(ADDRESS, self.address):
            told = _("{address!r} is not the address of a scheduler", address=self.address)
            raise InputError(Problem(told, _("such as tcp://192.0.2.1:8786"), key=KEY))

    def __call__(
        self, laid: LaidTable, tasks: Sequence[SweepTask], reached: Reached | None
    ) -> Iterator[tuple[int, PayoffParts]]:
        """Solve all tasks; what is not done when the caller stops is called off.

        Raises:
            InputError: no scheduler answers, or a worker has another Kosho.
            KoshoError: the cluster was lost, or a range ended every worker that took it.
        """
        client = _client(self.address)
        _refuse_others(client, self.address)
        with _quiet():
            held = _held(client, laid)
            futures = client.map(_payoffs, tasks, held=held, tag=language.current(), pure=False)
        numbers = {future: number for number, future in enumerate(futures)}
        done = 0
        try:
            for future in _finished(client, self.address, futures):
                yield numbers[future], _result(future, self.address)
                done += len(tasks[numbers[future]])
                if reached is not None:
                    reached(done)
        finally:
            with suppress(Exception):  # the cluster may be gone; the error that is on its way says so
                client.cancel(list(numbers))


_CLIENTS: dict[str, Client] = {}


def _client(address: str) -> Client:
    """The connection to a scheduler, one a process.

    Raises:
        InputError: none answers there.
    """
    from distributed import Client  # noqa: PLC0415 - an optional extra

    known = _CLIENTS.get(address)
    if known is not None and known.status == "running":
        return known
    try:
        with _quiet():
            _CLIENTS[address] = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        told = _("no Dask scheduler answers at {address}", address=address)
        raise InputError(Problem(told, _("start one there with: dask scheduler"), key=KEY)) from error
    return _CLIENTS[address]


def _quiet() -> Any:
    """Dask's settings for what is sent once to every worker."""
    from dask import config  # noqa: PLC0415 - an optional extra

    return config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})


@cache
def _facts() -> Mapping[str, str]:
    """What must be the same wherever packages are solved."""
    return {
        "Kosho": __version__,
        "Kosho's code": code("**/*.py").hex()[:12],
        "the law that ships": code("law/**/*").hex()[:12],
        "the world that ships": code("world/data/*").hex()[:12],
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
        "Numba": version("numba") if find_spec("numba") else "none",  # machine code ends on other last bits
    }


def _told() -> Mapping[str, str]:
    """`_facts`, as a worker is asked for them."""
    return _facts()


def _refuse_others(client: Client, address: str) -> None:
    """Refuse a cluster without workers, and workers that are not the same as this process.

    Raises:
        InputError: every worker that differs, by its address and in what.
    """
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN)
    found = cast("dict[str, Any]", client.run(_told, on_error="return"))
    if not found:
        told = _("the scheduler at {address} has no worker", address=address)
        raise InputError(Problem(told, _("start some with: dask worker {address}", address=address), key=KEY))
    problems = Problems()
    for worker, facts in found.items():
        if isinstance(facts, BaseException):
            message = _("worker {worker} cannot run Kosho: {error}", worker=worker, error=facts)
            problems.add(message, _("install Kosho there as it is installed here"), key=KEY)
        else:
            problems.found += _differences(worker, facts, _facts())
    problems.raise_if_any()


def _differences(worker: str, there: Mapping[str, str], here: Mapping[str, str]) -> list[Problem]:
    """In what a worker differs from who asks it."""
    apart = [name for name, value in here.items() if there.get(name) != value]
    if not apart:
        return []
    told = "; ".join(
        _(
            "{name} is {there} there and {here} here",
            name=name,
            there=there.get(name, _("not known")),
            here=here[name],
        )
        for name in apart
    )
    message = _("worker {worker} would not give the same answer: {told}", worker=worker, told=told)
    return [Problem(message, _("install Kosho there as it is installed here"), key=KEY)]


class _Held:
    """A table as the cluster holds it: packed; a worker lays it when it is first asked."""

    laid: dict[bytes, LaidTable] = {}  # noqa: RUF012 - of the worker's process
    busy = threading.Lock()

    def __init__(self, name: bytes, packed: bytes, facts: Mapping[str, str]) -> None:
        self.name, self.packed, self.facts = name, packed, facts

    def table(self) -> LaidTable:
        """The table, laid once a process."""
        with self.busy:  # a worker may have several threads
            if self.name not in self.laid:
                while len(self.laid) >= 2:
                    self.laid.pop(next(iter(self.laid)))
                _keep_memory()
                self.laid[self.name] = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 - who asks sent it
                self.laid[self.name].shocks.tight  # noqa: B018 - worked out under the lock
            return self.laid[self.name]


_TABLES: WeakKeyDictionary[LaidTable, dict[str, Future[Any]]] = WeakKeyDictionary()


def _held(client: Client, laid: LaidTable) -> Future[Any]:
    """The table in the cluster; sent once, and dropped there when it is dropped here."""
    known = _TABLES.setdefault(laid, {})
    if client.id not in known:
        packed = zlib.compress(pickle.dumps(laid, pickle.HIGHEST_PROTOCOL), 1)
        held = _Held(os.urandom(16), packed, _facts())
        # A task that makes it and not data that is put there: the scheduler can do it again elsewhere.
        known[client.id] = client.submit(_same, held, pure=False)
    return known[client.id]


def _same(held: _Held) -> _Held:
    return held


def _payoffs(task: SweepTask, held: _Held, tag: str) -> PayoffParts:
    """Solve a task; run by a worker, which may have come after all others were looked at.

    Raises:
        InputError: it has another Kosho.
    """
    with language.use(tag):
        if held.facts != _facts():
            raise InputError(_differences(platform.node(), _facts(), held.facts))
        return held.table().payoffs(task)


def _keep_memory() -> None:
    """Let this process keep what it frees. Dask sets its workers to give it back at once: 2.2 times the CPU."""
    with suppress(OSError, AttributeError, TypeError):  # no glibc
        libc = ctypes.CDLL(None)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        if not libc.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES):
            libc.mallopt(M_MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD)


def _finished(client: Client, address: str, futures: Sequence[Future[Any]]) -> Iterator[Future[Any]]:
    """Futures as they are done.

    Raises:
        KoshoError: the cluster is gone.
    """
    from distributed import as_completed  # noqa: PLC0415 - an optional extra

    completed = as_completed(futures, loop=client.loop)
    seen = looked = time.monotonic()
    left = len(futures)
    while left:
        batch: list[Future[Any]] = completed.next_batch(block=False) if completed.has_ready() else []
        left -= len(batch)
        yield from batch
        now = time.monotonic()
        if batch or now - looked > LOOKED_AFTER:
            looked = now
            if client.status != "running":
                raise KoshoError(_("the connection to the cluster at {address} was lost", address=address))
            if batch or client.scheduler_info()["workers"]:
                seen = now
            elif now - seen > WORKERS_WITHIN:
                raise KoshoError(_("the cluster at {address} has lost all its workers", address=address))
        if not batch:
            time.sleep(PAUSE)


def _result(future: Future[Any], address: str) -> PayoffParts:
    """What a worker found.

    Raises:
        KoshoError: it raised one, or the cluster gave the task up.
    """
    if future.status == "finished":
        return future.result()
    error = cast("BaseException | None", future.exception()) if future.status == "error" else None
    if isinstance(error, KoshoError):
        raise error
    told = _("the cluster at {address} did not solve a range of packages", address=address)
    raise KoshoError(f"{told}: {type(error).__name__ if error else future.status}: {error or ''}") from error
