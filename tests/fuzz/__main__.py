"""`make fuzz`: random economies and spoilt files, 10,000 of each kind, and how to see again what was found.

A case is known by the seed of the run and its number: `python -m tests.fuzz --seed 7 --only worlds:12`.
"""

from __future__ import annotations

import argparse
import math
import os
import secrets
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from tests.fuzz.broken import UnansweredError
from tests.fuzz.files import paper, trade, world_import
from tests.fuzz.served import request
from tests.fuzz.tables import table
from tests.fuzz.texts import document, register_file, schedule
from tests.fuzz.worlds import economy_holds

SLOWEST = 20.0
"""Seconds of work that one case may take."""
MEMORY = 3 * 2**30
"""Bytes of data that the process may take in all, where the system can limit it."""
UNANSWERED = 1e-3
"""Share of cases that may be without an answer; one may always."""
SHOWN = 5
"""Failures that are shown in full, for each kind."""

Case = Callable[[int, int, Path], int]


@dataclass
class Kind:
    """A kind of case, and what became of those tried."""

    name: str
    share: float
    """Of the time."""
    case: Case
    """From the seed of the run, the number of the case and a folder to what it counts for."""
    tried: int = 0
    counted: int = 0
    seconds: float = 0.0
    failed: list[tuple[int, str]] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)

    def run(self, seed: int, folder: Path) -> None:
        """Try the next one."""
        started, number = time.perf_counter(), self.tried
        self.tried += 1
        try:
            with in_time():
                self.counted += self.case(seed, number, folder)
        except UnansweredError:
            self.unanswered.append(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            self.failed.append((number, f"{type(error).__name__}: {error}"))
            if len(self.failed) <= SHOWN:
                traceback.print_exc()
                told = f"seed {seed}, {self.name} {number}; again: --seed {seed} --only {self.name}:{number}"
                sys.stderr.write(f"^ {told}\n\n")
        self.seconds += time.perf_counter() - started

    def __str__(self) -> str:
        rate = self.counted / self.seconds if self.seconds else 0.0
        told = f"{self.counted:9,} {self.name:10} {rate:8,.0f} a second  {len(self.failed)} failed"
        if self.unanswered:
            told += f", {len(self.unanswered)} without an answer: {', '.join(map(str, self.unanswered[:10]))}"
        return told

    @property
    def well(self) -> bool:
        """Whether nothing failed, and next to everything had an answer."""
        return not self.failed and len(self.unanswered) <= UNANSWERED * max(self.tried, 1 / UNANSWERED)


def _text(case: Callable[[Random, Path], None]) -> Case:
    def run(seed: int, number: int, folder: Path) -> int:
        case(Random(f"{seed}:{number}"), folder)  # noqa: S311 - chance, not secrets
        return 1

    return run


def kinds() -> tuple[Kind, ...]:
    """All kinds."""
    return (
        Kind("worlds", 0.60, lambda seed, number, _: economy_holds(np.random.default_rng([seed, number]))),
        Kind("registers", 0.07, _text(register_file)),
        Kind("documents", 0.07, _text(document)),
        Kind("schedules", 0.07, _text(schedule)),
        Kind("tables", 0.04, _text(table)),
        Kind("trade", 0.04, _text(trade)),
        Kind("imports", 0.04, _text(world_import)),
        Kind("papers", 0.04, _text(paper)),
        Kind("serve", 0.03, _text(request)),
    )


@contextmanager
def in_time() -> Generator[None, None, None]:
    """Raise `TimeoutError` where what is inside works for longer than `SLOWEST`; waiting does not count."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def over(*_: object) -> None:
        raise TimeoutError(f"more than {SLOWEST:g} s of work")

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def in_memory() -> None:
    """What would need more than `MEMORY` fails with `MemoryError`."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not everywhere

        # What is written to, not addresses: threads of libraries reserve gigabytes that nobody uses.
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def following(kinds: Sequence[Kind], count: int) -> Kind | None:
    """The kind that is behind: of those with fewer cases than are wanted, or by its share of the time."""
    if count:
        return min((one for one in kinds if one.tried < count), key=lambda one: one.tried, default=None)
    return min(kinds, key=lambda one: one.seconds / one.share)


def main() -> int:
    """Fuzz until all is tried or the time is over, or one case again; 1 where something failed."""
    ask = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    ask.add_argument(
        "--seconds", type=float, default=math.inf, help="of the whole run; none: as long as it takes"
    )
    ask.add_argument("--count", type=int, default=10_000, help="cases of each kind; 0: until the time is over")
    ask.add_argument("--seed", type=int, default=None, help="of a run before; a new one otherwise")
    ask.add_argument("--only", default="", help="a kind, or one case of it: worlds, worlds:12")
    told = ask.parse_args()
    seed = secrets.randbelow(2**31) if told.seed is None else told.seed
    name, _, number = told.only.partition(":")
    chosen = [one for one in kinds() if name in ("", one.name)]
    if not chosen or not (number or "0").isdigit():
        ask.error(f"--only {told.only}: write {', '.join(one.name for one in kinds())}, or one of these:12")
    warnings.simplefilter("error")
    in_memory()
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"KOSHO_DATA": folder, "KOSHO_CACHE": f"{folder}/cache"}
        if number:
            chosen[0].tried = int(number)
            chosen[0].run(seed, Path(folder))
        else:
            end = time.monotonic() + told.seconds
            while time.monotonic() < end and (one := following(chosen, told.count)):
                one.run(seed, Path(folder))
    for one in chosen:
        sys.stdout.write(f"{one}\n")
        alike = {what[:60]: (which, what) for which, what in reversed(one.failed)}
        for which, what in sorted(alike.values())[:20]:
            sys.stdout.write(f"    --seed {seed} --only {one.name}:{which}  {what[:200]}\n")
    return int(not all(one.well for one in chosen))


if __name__ == "__main__":
    sys.exit(main())
