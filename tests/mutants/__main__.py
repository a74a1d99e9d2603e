"""`make mutants`: changes one thing in a room at random, many times, and looks whether a test notices.

    python -m tests.mutants bargain record --count 25 --seconds 1800 --seed 1

Each change is made to a copy of the sources, and the tests of the room that run the changed line are run, the
quickest first, until one fails; which do is looked at once, file by file, and kept in a folder (`--kept`).
Most changes are made in a process that has read the tests already (`in_place`): a second instead of ten. Two
libraries do such tests: mutmut 3 runs all changes of all files, after the whole test suite, and wants
`mutants/` in the checkout, without a sample, a seed or an end by time; cosmic-ray changes the checkout itself
and runs one command for all. So a sample of this code would take a day.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.bench import ROOT, Bench
from tests.mutants.changes import Change, changes
from tests.mutants.rooms import ANSWERS, KINDS, TESTS, sources


@dataclass
class Tally:
    """What became of the changes of a room."""

    killed: int = 0
    survived: list[str] = field(default_factory=list)


def files_of_tests(room: str, kinds: Sequence[str]) -> list[str]:
    """Files of tests of a room, as pytest takes them."""
    begins = tuple(f"test_{one}" for one in TESTS[room])
    return [
        path.relative_to(ROOT).as_posix()
        for kind in kinds
        for path in sorted((ROOT / "tests" / kind).glob("test_*.py"))
        if path.name.startswith(begins)
    ]


def run(
    bench: Bench,
    room: str,
    drawn: Sequence[tuple[Path, Change]],
    files: list[str],
    end: float,
) -> Tally:
    """Make changes of a room, until the time is over, and try tests; without files answers that are kept."""
    tally = Tally()
    bench.read(files)
    seen = bench.watched(room, files) if files else None
    for path, change in sorted(drawn, key=lambda one: bench.compiles(*one)):
        if time.monotonic() > end:
            tried = tally.killed + len(tally.survived)
            sys.stdout.write(f"{room}: the time is over, {tried} tried\n")
            break
        if (
            bench.answered(path, change, ANSWERS.get(room, (room,)))
            if seen is None
            else bench.noticed(path, change, seen, files)
        ):
            tally.killed += 1
        else:
            tally.survived.append(f"{path.relative_to(bench.source).as_posix()}:{change}")
            sys.stdout.write(f"  alive   {tally.survived[-1]}\n")
            sys.stdout.flush()
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("rooms", nargs="*", choices=[*TESTS, []], help="all, where none is named")
    parser.add_argument("--count", type=int, default=25, help="changes a room")
    parser.add_argument("--seconds", type=float, default=1800.0, help="for all rooms together")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS[:3], help="of tests")
    parser.add_argument("--answers", action="store_true", help="only by examples and answers that are kept")
    parser.add_argument("--apart", action="store_true", help="each change in a process of its own")
    parser.add_argument("--lines", nargs="+", default=(), metavar="FILE:LINE", help="all changes of these only")
    parser.add_argument(
        "--tests", nargs="+", default=("",), help="only files of tests whose path holds one of these"
    )
    parser.add_argument("--kept", type=Path, default=None, help="folder for which tests run which lines")
    parser.add_argument("--each", type=float, default=60.0, help="seconds of tests that are tried a change")
    parser.add_argument("--seed", type=int, default=None, help="the same changes again")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    end = time.monotonic() + asked.seconds
    rooms = asked.rooms or list(TESTS)
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        bench = Bench(Path(folder), asked.kept or Path(folder) / "kept", asked.each, in_place=not asked.apart)
        for number, room in enumerate(rooms):
            share = time.monotonic() + (end - time.monotonic()) / (len(rooms) - number)
            possible = [
                (path, one)
                for path in sources(bench.source / "kosho", room)
                for one in changes(path.read_bytes())
                if not asked.lines or f"{path.relative_to(bench.source / 'kosho')}:{one.line}" in asked.lines
            ]
            chance = random.Random(f"{seed} {room}")  # noqa: S311 - chance, not secrets
            drawn = chance.sample(possible, min(asked.count, len(possible)))
            sys.stdout.write(f"{room}: {len(possible)} changes possible, {len(drawn)} drawn\n")
            sys.stdout.flush()
            os.environ["MUTANTS_ROOM"] = room
            files = [] if asked.answers else files_of_tests(room, asked.kinds)
            files = [one for one in files if any(part in one for part in asked.tests)]
            found = run(bench, room, drawn, files, share)
            sys.stdout.write(f"{room}: {found.killed} noticed, {len(found.survived)} alive\n")
            sys.stdout.flush()
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
