"""Replications of corridors, on as many processes as are wanted, with the same luck for all of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from kosho.arguments import note_count, note_processes, note_share_of_one, note_sort
from kosho.corridor.replication import SimulatedYear, replicate
from kosho.corridor.schema import Corridor
from kosho.corridor.times import ReleaseTimes
from kosho.declared import as_declared
from kosho.errors import Problems
from kosho.limits import refuse_beyond
from kosho.parallel import run_in_order, start

__all__ = ["MOST", "Job", "Runner", "runner", "simulate"]

Job: TypeAlias = tuple[Corridor, int, int]
"""Corridor, seed, number of the replication."""
Runner: TypeAlias = Callable[[Iterable[Job]], Iterator[SimulatedYear]]
"""Carries out jobs; results come in the order of the jobs."""

MOST = 100
"""Replications; a precision that needs more is not reached."""

CONSIGNMENT_BYTES = 2_000
"""What a consignment takes while it is simulated: its times at every stage, and its events."""


def _carry_out(job: Job) -> SimulatedYear:
    return replicate(*job)


@contextmanager
def runner(processes: int = 1) -> Generator[Runner, None, None]:
    """Something that carries out jobs on so many processes, this one included (see `kosho.parallel`).

    >>> from kosho.corridor import between, runner, simulate
    >>> with runner(processes=1) as run:
    ...     times = simulate(between("TWKHH", "JPUKB"), replications=1, run=run)
    >>> times.consignments
    2578
    """
    problems = Problems()
    note_processes(problems, processes)
    problems.raise_if_any()
    if processes == 1:
        yield partial(map, _carry_out)
        return
    start(processes)
    yield lambda jobs: run_in_order(_carry_out, list(jobs), processes)


def _days(corridor: Corridor) -> int:
    """How many are simulated."""
    window = corridor.window
    return window.warm_up + window.days + window.cool_down


@as_declared
def simulate(
    corridor: Corridor,
    *,
    replications: int = 5,
    precision: float | None = None,
    seed: int = 1,
    run: Runner | None = None,
    progress: Callable[[], None] | None = None,
) -> ReleaseTimes:
    """Simulate a corridor.

    Args:
        corridor: What to simulate. Two corridors with the same seed have their random numbers in common.
        replications: At least so many.
        precision: Go on until half the 95 % interval of the mean days is at most this share of them.
        seed: Of all random numbers.
        run: Who carries it out, see `runner`; by default this process.
        progress: Called after each replication.

    Raises:
        InputError: an argument is of another type or cannot be, or more is asked for than fits into memory.
        KoshoError: something never leaves the corridor.

    >>> from kosho.corridor import between, simulate
    >>> times = simulate(between("TWKHH", "JPUKB"), replications=2)
    >>> round(times.mean.mean, 1), round(times.quantile(0.9), 1)
    (2.4, 4.9)
    """
    problems = Problems()
    note_sort(problems, corridor, Corridor, "corridor")
    note_count(problems, replications, "replications", 1)
    note_count(problems, seed, "seed")
    if precision is not None:
        note_share_of_one(problems, precision, "precision", "0.05")
    problems.raise_if_any()
    consignments = sum(one.per_week.value for one in corridor.types.values()) * _days(corridor) / 7
    refuse_beyond("replications", max(replications, 2), CONSIGNMENT_BYTES * consignments, key="replications")
    run = run or partial(map, _carry_out)
    done: list[SimulatedYear] = []
    wanted = replications if precision is None else max(replications, 2)
    while True:
        for one in run((corridor, seed, number) for number in range(len(done), wanted)):
            done.append(one)
            if progress:
                progress()
        times = ReleaseTimes(corridor, tuple(done))
        if precision is None or times.mean.half_width <= precision * times.mean.mean or wanted >= MOST:
            return times
        wanted = min(wanted + 2, MOST)
