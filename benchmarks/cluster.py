"""`python -m benchmarks cluster [PACKAGES]`: a sweep by two workers of Dask, and by Kosho's own processes.

Both in turn; by the clock, and by processor seconds of this process and all below it, which others on the
machine hardly move.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import numpy as np
import psutil
from distributed import LocalCluster
from rich.console import Console

from benchmarks.refined import SIZES, refined
from kosho.bargain.cluster import Cluster
from kosho.bargain.sweep import Backend, LaidTable, in_process, sweep, sweep_tasks
from kosho.case import Case
from kosho.world import load

PACKAGES = 10_800
ROUNDS = 3
WORKERS = 2


def processor_seconds() -> float:
    """Of this process and those below it."""
    family = psutil.Process()
    each = [one.cpu_times() for one in (family, *family.children(recursive=True))]
    return sum(one.user + one.system for one in each)


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else PACKAGES
    table = refined(Case.load("japan-us-2025").table(), SIZES[21_600])
    laid = LaidTable(table, table.backgrounds[0], load(regions="talks", sectors="talks"), "fixed")
    tasks = sweep_tasks(np.arange(count))

    def seconds(backend: Backend) -> tuple[float, float]:
        started = time.perf_counter(), processor_seconds()
        sweep(laid, tasks, backend)
        return time.perf_counter() - started[0], processor_seconds() - started[1]

    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as made:
        ways = {"own": in_process, "dask": Cluster(str(made.scheduler_address))}
        for backend in ways.values():  # the table is laid, and processes are started
            seconds(backend)
        took = [{name: seconds(backend) for name, backend in ways.items()} for _ in range(ROUNDS)]
    own, dask = (median(one[name][0] for one in took) for name in ("own", "dask"))
    less, more = (median(one[name][1] for one in took) for name in ("own", "dask"))
    Console(width=110).print(
        f"{count:,} packages in {len(tasks)} ranges: {count / own:,.0f} a second by Kosho's own processes, "
        f"{count / dask:,.0f} by {WORKERS} workers of Dask, {own / dask:.2f} of that; "
        f"{1e6 * (dask - own) / count:+.0f} ms per 1,000 packages; "
        f"in processor seconds {less:.2f} and {more:.2f}, {less / more:.2f} of that "
        f"and {1e6 * (more - less) / count:+.0f} ms per 1,000"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
