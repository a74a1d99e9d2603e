"""Dask clusters on this machine: a scheduler and workers, each a process that a test can end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client

PATIENCE = 120.0
"""Seconds for which a process may take to start on a busy machine."""
WITHOUT_KOSHO = "import sys; sys.modules['kosho'] = None; from distributed.cli.dask_worker import main; main()"


@dataclass
class Machines:
    """A scheduler and its workers."""

    address: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add(self, *, kosho: bool = True) -> None:
        """Start a worker, and wait until the scheduler knows it."""
        code = ["-m", "distributed.cli.dask_worker"] if kosho else ["-c", WITHOUT_KOSHO]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        self.workers.append(started([*code, self.address, *options], self.folder))
        known = len(self.workers)
        until(lambda: len(self.known()) >= known, "no worker came")

    def known(self) -> dict[str, object]:
        """Workers that the scheduler knows."""
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            return dict(client.scheduler_info(n_workers=-1)["workers"])


def until(true, otherwise: str) -> None:
    """Wait."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.1)


def started(words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """A process with the same Kosho as this one, whose words go to a file."""
    log = (folder / f"{time.monotonic_ns()}.log").open("wb")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
    with log:
        return subprocess.Popen([sys.executable, *words], stdout=log, stderr=log, cwd=folder, env=environment)


@contextmanager
def machines(folder: Path, workers: int) -> Iterator[Machines]:
    """A cluster on ports of loopback that are free."""
    told = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
    scheduler = started(["-m", "distributed.cli.dask_scheduler", *options], folder)
    cluster = None
    try:
        until(lambda: told.is_file() and told.read_text(encoding="utf-8").strip().endswith("}"), "no scheduler")
        cluster = Machines(json.loads(told.read_text(encoding="utf-8"))["address"], folder, [scheduler])
        for _ in range(workers):
            cluster.add()
        yield cluster
    finally:
        for process in [scheduler, *(cluster.workers if cluster else [])]:
            process.kill()
            process.wait()
