"""A copy of the sources in which one thing at a time is changed, and the tests that are run on it."""

from __future__ import annotations

import ast
import compileall
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import cache_from_source
from itertools import accumulate
from pathlib import Path

from tests.mutants.changes import Change
from tests.mutants.running import Recorded, lines_that_matter, recorded

__all__ = ["ROOT", "Bench"]

ROOT = Path(__file__).parents[2]
EXAMPLES = "tests/mutants/examples.py"
PLAIN = ("-q", "-x", "-p", "no:cacheprovider", "-p", "tests.mutants.lasting")
QUICK = 10.0
"""Seconds of tests that are tried together, before all others."""
UNSEEN = 6
"""Files of tests that are run where none was seen to run a line."""
PATIENCE, LEAST, ENDLESS = 8.0, 120.0, 3600.0
"""How many times as long as without a change tests may take, and the least and most seconds that may be."""


class Bench:
    """The copy, and the tests run on it; what tests were seen to run is kept in a folder."""

    def __init__(self, folder: Path, kept: Path, each: float) -> None:
        self._folder, self._kept, self._each = folder, kept, each
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source)
        compileall.compile_dir(self.source, quiet=2)
        (folder / "cache").mkdir()
        kept.mkdir(parents=True, exist_ok=True)
        self._usual: dict[tuple[str, ...], float] = {}
        """Seconds that tests take without a change; endless where they fail."""

    def watched(self, room: str, files: Sequence[str]) -> Recorded:
        """Which lines the examples of a room and the tests of some files run."""
        depends = {EXAMPLES: room} | {one: (ROOT / one).read_text(encoding="utf-8") for one in files}
        return recorded(depends, self.source, self._kept, self._watch)

    def noticed(self, path: Path, change: Change, seen: Recorded, files: Sequence[str]) -> bool:
        """Whether a test fails with a change, or takes many times as long; the quickest first."""
        content = path.read_bytes()
        for tests in self._steps(path, change, seen, files):
            compiled = Path(cache_from_source(str(path)))
            compiled.unlink(missing_ok=True)  # it tells sources apart by the second
            try:
                path.write_bytes(change.made(content))
                failed = not self._run(tests, self._usual.get(tests))
            finally:
                path.write_bytes(content)
            if failed and self._pass_without(tests):
                return True
        return False

    def _steps(self, path: Path, change: Change, seen: Recorded, files: Sequence[str]) -> list[tuple[str, ...]]:
        """What is run one after another: quick tests that run the line, the others, then all of their files.

        All of a file, as a test may look at what another one worked out; the last two for so many seconds at
        most (as they took while they were watched). Where no test was seen to run the
        line, another process runs it (or a compiled loop), and the files that mention most of the module do.
        """
        module = ".".join(path.relative_to(self.source).with_suffix("").parts).removesuffix(".__init__")
        examples = f"{EXAMPLES}::test_examples[{module}]"
        tests = seen.of(lines_that_matter(self.source, path, change.line))
        tests.sort(key=lambda one: one != examples)  # what the module says of itself is tried first
        if not tests:
            names = defined(path)
            return [
                (one,)
                for one in sorted(files, key=lambda one: -nearness(ROOT / one, path.stem, names))[:UNSEEN]
            ]
        quick, more = (_within(tests, seen.seconds, seconds) for seconds in (QUICK, self._each))
        whole = dict.fromkeys(one.partition("::")[0] for one in tests if not one.startswith(EXAMPLES))
        took = {
            file: sum(s for one, s in seen.seconds.items() if one.partition("::")[0] == file) for file in whole
        }
        files_of = sorted(whole, key=lambda file: took[file])
        last = files_of[: _within(files_of, took, self._each)]
        return [one for one in (tuple(tests[:quick]), tuple(tests[quick:more]), tuple(last)) if one]

    def _pass_without(self, tests: tuple[str, ...]) -> bool:
        """Whether tests pass without a change, tried once: else they are left out, and named."""
        if tests not in self._usual:
            started = time.monotonic()
            passes = self._run(tests, None)
            self._usual[tests] = time.monotonic() - started if passes else float("inf")
            if not passes:
                sys.stderr.write(f"{' '.join(tests)}: fail without any change; left out\n")
        return self._usual[tests] < float("inf")

    def _watch(self, file: str, record: Path) -> None:
        """Run one file of tests without a change, and write down which lines its tests run."""
        self._run(
            (file,),
            None,
            {"MUTANTS_RECORD": str(record), "MUTANTS_SOURCE": str(self.source / "kosho")},
            "-p",
            "tests.mutants.recording",
        )

    def _run(
        self, tests: tuple[str, ...], usual: float | None, more: Mapping[str, str] | None = None, *options: str
    ) -> bool:
        """Whether tests pass, in not too many times the seconds that they usually take."""
        seconds = ENDLESS if usual is None else min(ENDLESS, max(LEAST, PATIENCE * usual))
        own = {
            "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "MUTANTS_CACHE": str(self._folder / "cache"),
        }
        try:
            done = subprocess.run(
                [
                    sys.executable,
                    "-B",
                    "-m",
                    "pytest",
                    *tests,
                    *PLAIN,
                    *options,
                    "--basetemp",
                    self._folder / "base",
                ],
                cwd=ROOT,
                capture_output=True,
                check=False,
                timeout=seconds,
                env={**os.environ, **own, **(more or {})},
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _within(tests: Sequence[str], took: Mapping[str, float], seconds: float) -> int:
    """How many of the first tests take so many seconds together; one at least."""
    return max(1, sum(spent <= seconds for spent in accumulate(took[one] for one in tests)))


def nearness(test: Path, stem: str, names: frozenset[str]) -> float:
    """How much a test file has to do with a module: words of its name, and what it mentions of its names."""
    own, other = set(stem.split("_")), set(test.stem.removeprefix("test_").split("_"))
    return len(own & other) / len(own) + len(names & _words(test)) / max(1, len(names))


@cache
def _words(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", path.read_text(encoding="utf-8")))


@cache
def defined(path: Path) -> frozenset[str]:
    """Public functions and types of a module, and what they hold."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = {one.name for one in ast.walk(ast.parse(path.read_bytes())) if isinstance(one, kinds)}
    return frozenset({path.stem, *(name for name in found if not name.startswith("_"))})
