"""A copy of the sources in which one thing at a time is changed, and the tests that are run on it."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path

import coverage
from tests.mutants.changes import Change

__all__ = ["ROOT", "Bench", "Traced"]

ROOT = Path(__file__).parents[2]
EXAMPLES = "tests/mutants/examples.py"
FIRST = 20.0
"""Seconds of the tests that come by a line themselves, the quickest first; then all tests of the room."""
PATIENCE, LEAST = 8.0, 120.0
"""How many times as long as without a change tests may take, and the seconds they always may."""


@dataclass
class Traced:
    """The tests of a room that pass without any change: what each took, and the lines it came by."""

    seconds: dict[str, float]
    lines: dict[tuple[Path, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def _in_file(self) -> dict[Path, Counter[str]]:
        """How many lines of a file a test comes by."""
        found: dict[Path, Counter[str]] = defaultdict(Counter)
        for (path, _), tests in self.lines.items():
            found[path].update(tests)
        return found

    def by(self, path: Path, change: Change) -> set[str]:
        """Tests that come by the statement of a change; "" where it is run when its module is imported."""
        return set().union(*(self.lines.get((path, line), ()) for line in change.statement))

    def first(self, path: Path, change: Change) -> list[str]:
        """Tests that notice a change soonest: those that come by it, or else by most of its file."""
        own = {one for one in self.by(path, change) if one in self.seconds}
        near = self._in_file[path]
        order = (
            sorted(own, key=self.seconds.__getitem__)
            if own
            else sorted((one for one in near if one in self.seconds), key=lambda one: -near[one])
        )
        found, together = list[str](), 0.0
        for one in order:
            together += self.seconds[one]
            if found and together > FIRST:
                break
            found.append(one)
        return found


class Bench:
    """The copy, and the tests run on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source)
        compileall.compile_dir(self.source, quiet=2)
        (folder / "cache").mkdir()

    def traced(self, room: str, files: Iterable[str]) -> Traced:
        """Run test files and the room's examples without a change, once; what fails is left out, and named."""
        os.environ["MUTANTS_ROOM"] = room
        data, told = self._folder / "lines", self._folder / "told.json"
        measure = ["-m", "coverage", "run", f"--data-file={data}", f"--source={self.source}"]
        self._run([*measure, "-m", "pytest", *files, EXAMPLES], None, MUTANTS_TOLD=str(told))
        content = json.loads(told.read_text(encoding="utf-8"))
        for one in content["failed"]:
            sys.stderr.write(f"{one}: fails without any change; left out\n")
        failed = {*content["failed"]}
        found = Traced({one: took for one, took in content["seconds"].items() if one not in failed})
        lines = coverage.CoverageData(str(data))
        lines.read()
        for source in lines.measured_files():
            for line, tests in lines.contexts_by_lineno(source).items():
                found.lines[Path(source), line].update(tests)
        return found

    def noticed(self, path: Path, change: Change, tests: Traced) -> bool:
        """Whether a test fails with a change, or takes many times as long."""
        if not tests.by(path, change):
            return False
        content = path.read_bytes()
        Path(cache_from_source(str(path))).unlink(missing_ok=True)  # it tells sources apart by the second
        try:
            path.write_bytes(change.made(content))
            first = tests.first(path, change)
            rest = sorted(set(tests.seconds).difference(first), key=tests.seconds.__getitem__)
            return any(not self._passes(some, tests) for some in (first, rest) if some)
        finally:
            path.write_bytes(content)

    def _passes(self, some: list[str], tests: Traced) -> bool:
        names = self._folder / "tests.txt"
        names.write_text("\n".join(some), encoding="utf-8")
        most = max(LEAST, PATIENCE * sum(tests.seconds[one] for one in some))
        return self._run(["-m", "pytest", "-x", f"@{names}"], most)

    def _run(self, words: list[str], seconds: float | None, **more: str) -> bool:
        plain = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.mutants.lasting"]
        own = {
            "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}",
            "MUTANTS_CACHE": str(self._folder / "cache"),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-B", *words, *plain, "--basetemp", str(self._folder / "base")],
                cwd=ROOT,
                capture_output=True,
                check=False,
                timeout=seconds,
                env={**os.environ, **own, **more},
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0
