"""`make mutants`: changes one thing in a room at random, many times, and looks whether a test notices.

    python -m tests.mutants bargain record --count 25 --seconds 1800 --seed 1

Each change is made to a copy of the sources, and the test files that come by its line are run, the quickest
first, until one fails. Which these are is measured first, with coverage.py. Two libraries do such tests:
mutmut 3 runs all changes of all files, after the whole test suite, and wants `mutants/` in the checkout,
without a sample, a seed or an end by time; cosmic-ray changes the checkout itself and runs one command for
all. Neither selects tests by file, so a sample of this code would take a day.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import coverage
from tests.mutants.changes import Change, changes, noted

ROOT = Path(__file__).parents[2]
ROOMS = ("law", "equilibrium", "impact", "bargain", "scenario", "corridor", "world", "record", "formatting")
"""Where numbers, dates, shares and states are made: folders, or modules."""
TESTS = {"law": ("law", "schedules", "register"), "impact": ("impact",), "scenario": ("scenario", "case")}
"""What names of test files begin with, where that is not the room itself."""
KINDS = ("unit", "property", "golden")
SLOWEST = 240.0
"""Seconds; a change that makes tests endless is noticed."""


@dataclass
class Room:
    """A room, the tests that come by it, and what became of its changes."""

    name: str
    files: dict[str, float] = field(default_factory=dict)
    """Seconds of each test file."""
    lines: dict[tuple[Path, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Test files that come by a line of a source file."""
    killed: int = 0
    survived: list[str] = field(default_factory=list)


class Bench:
    """A copy of the sources to be changed, and the tests run on it."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source, ignore=shutil.ignore_patterns("__pycache__"))
        self._folder = folder

    def passes(self, *tests: str) -> bool:
        """Whether tests pass; those that take too long do not."""
        return self._run(["-m", "pytest", *tests], SLOWEST)

    def traced(self, test: str) -> coverage.CoverageData | None:
        """Lines that a test file comes by; None if it fails without any change."""
        data = self._folder / "lines"
        data.unlink(missing_ok=True)
        ran = self._run(
            ["-m", "coverage", "run", f"--data-file={data}", f"--source={self.source}", "-m", "pytest", test],
            None,
        )
        found = coverage.CoverageData(str(data))
        found.read()
        return found if ran else None

    def _run(self, words: list[str], seconds: float | None) -> bool:
        (self._folder / "cache").mkdir(exist_ok=True)
        plain = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.mutants.lasting"]
        try:
            done = subprocess.run(
                [sys.executable, "-B", *words, *plain, "--basetemp", str(self._folder / "base")],
                cwd=ROOT,
                capture_output=True,
                check=False,
                timeout=seconds,
                env={
                    **os.environ,
                    "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}",
                    "MUTANTS_CACHE": str(self._folder / "cache"),
                },
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def changed(self, path: Path, change: Change, tests: list[str]) -> bool:
        """Whether tests pass although a change is made."""
        content = path.read_bytes()
        try:
            path.write_bytes(change.made(content))
            return self.passes(*tests)
        finally:
            path.write_bytes(content)


def measured(bench: Bench, name: str) -> Room:
    """A room, with what comes by its lines."""
    room = Room(name)
    for path in files_of_tests(name):
        started = time.monotonic()
        found = bench.traced(path)
        if found is None:
            sys.stderr.write(f"{path}: fails, or cannot be run, without any change; left out\n")
            continue
        room.files[path] = time.monotonic() - started
        for source in found.measured_files():
            for line in found.lines(source) or ():
                room.lines[Path(source), line].add(path)
    return room


def unmeasured(bench: Bench, name: str, kinds: Sequence[str]) -> Room:
    """A room whose changes all its tests of some kinds are run on, the shortest files first."""
    room = Room(name)
    files = files_of_tests(name, kinds)
    room.files = {path: float((ROOT / path).stat().st_size) for path in files}
    if not bench.passes(*sorted(files, key=room.files.__getitem__)):
        raise SystemExit(f"{name}: its tests fail, or cannot be run, without any change")
    for source in sources(bench, name):
        for line in range(len(source.read_bytes().splitlines()) + 1):
            room.lines[source, line].update(files)
    return room


def files_of_tests(room: str, kinds: Sequence[str] = KINDS) -> list[str]:
    """Files of tests of a room, as pytest takes them."""
    begins = tuple(f"test_{one}" for one in TESTS.get(room, (room,)))
    return [
        path.relative_to(ROOT).as_posix()
        for kind in kinds
        for path in sorted((ROOT / "tests" / kind).glob("test_*.py"))
        if path.name.startswith(begins)
    ]


def sources(bench: Bench, room: str) -> list[Path]:
    """Source files of a room: of a folder, or one module."""
    place = bench.source / "kosho" / room
    return sorted(place.rglob("*.py")) or [place.with_suffix(".py")]


def candidates(bench: Bench, room: Room) -> list[tuple[Path, Change]]:
    """Changes of a room on lines that its tests come by."""
    found: list[tuple[Path, Change]] = []
    for path in sources(bench, room.name):
        lines = {line for source, line in room.lines if source == path}
        found += [(path, one) for one in noted(changes(path.read_bytes()), lines)]
    return found


def run(bench: Bench, room: Room, count: int, end: float, chance: random.Random) -> None:
    """Make changes of a room until there are enough, or the time is over."""
    all_of_them = candidates(bench, room)
    chosen = chance.sample(all_of_them, min(count, len(all_of_them)))
    sys.stdout.write(f"{room.name}: {len(all_of_them)} changes possible, {len(chosen)} drawn\n")
    for path, change in chosen:
        if time.monotonic() > end:
            sys.stdout.write(f"{room.name}: the time is over\n")
            return
        tests = sorted(room.lines[path, change.line], key=room.files.__getitem__)
        place = f"{path.relative_to(bench.source).as_posix()}:{change}"
        if bench.changed(path, change, tests):
            room.survived.append(place)
            sys.stdout.write(f"  alive   {place}\n")
        else:
            room.killed += 1
        sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("rooms", nargs="*", choices=[*ROOMS, []], help="all, where none is named")
    parser.add_argument("--count", type=int, default=25, help="changes a room")
    parser.add_argument("--seconds", type=float, default=1800.0, help="for all rooms together")
    parser.add_argument(
        "--unmeasured",
        nargs="+",
        choices=KINDS,
        metavar="KIND",
        help="do not look which tests come by a line, run all of these kinds: quicker for few changes",
    )
    parser.add_argument("--seed", type=int, default=None, help="the same changes again")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    end = time.monotonic() + asked.seconds
    rooms = asked.rooms or ROOMS
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        bench = Bench(Path(folder))
        for number, name in enumerate(rooms):
            share = time.monotonic() + (end - time.monotonic()) / (len(rooms) - number)
            room = unmeasured(bench, name, asked.unmeasured) if asked.unmeasured else measured(bench, name)
            chance = random.Random(f"{seed} {name}")  # noqa: S311 - chance, not secrets
            run(bench, room, asked.count, share, chance)
            sys.stdout.write(f"{name}: {room.killed} noticed, {len(room.survived)} alive\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
