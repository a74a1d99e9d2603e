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
from collections.abc import Sequence
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutants.changes import Change

__all__ = ["ROOT", "Bench"]

ROOT = Path(__file__).parents[2]
EXAMPLES = "tests/mutants/examples.py"
FIRST = 2
"""Files that are run together with the examples, before all others."""
PATIENCE, LEAST, ENDLESS = 8.0, 120.0, 3600.0
"""How many times as long as without a change tests may take, and the least and most seconds that may be."""


class Bench:
    """The copy, and the tests run on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source)
        compileall.compile_dir(self.source, quiet=2)
        (folder / "cache").mkdir()
        self._usual: dict[tuple[str, ...], float] = {}
        """Seconds that tests take without a change; endless where they fail."""

    def noticed(self, path: Path, change: Change, files: Sequence[str], nearest: int | None) -> bool:
        """Whether a test fails with a change, or takes many times as long; the nearest first."""
        content, names = path.read_bytes(), defined(path)
        order = sorted(files, key=lambda one: -nearness(ROOT / one, path.stem, names))[:nearest]
        first = (f"{EXAMPLES}::test_examples[{self._module(path)}]", *order[:FIRST])
        for tests in (first, tuple(order[FIRST:])):
            compiled = Path(cache_from_source(str(path)))
            compiled.unlink(missing_ok=True)  # it tells sources apart by the second
            try:
                path.write_bytes(change.made(content))
                failed = bool(tests) and not self._run(tests, self._usual.get(tests))
            finally:
                path.write_bytes(content)
            if failed and self._pass_without(tests):
                return True
        return False

    def _pass_without(self, tests: tuple[str, ...]) -> bool:
        """Whether tests pass without a change, tried once: else they are left out, and named."""
        if tests not in self._usual:
            started = time.monotonic()
            passes = self._run(tests, None)
            self._usual[tests] = time.monotonic() - started if passes else float("inf")
            if not passes:
                sys.stderr.write(f"{' '.join(tests)}: fail without any change; left out\n")
        return self._usual[tests] < float("inf")

    def _module(self, path: Path) -> str:
        name = ".".join(path.relative_to(self.source).with_suffix("").parts)
        return name.removesuffix(".__init__")

    def _run(self, tests: tuple[str, ...], usual: float | None) -> bool:
        """Whether tests pass, in not too many times the seconds that they usually take."""
        seconds = ENDLESS if usual is None else min(ENDLESS, max(LEAST, PATIENCE * usual))
        plain = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.mutants.lasting"]
        own = {
            "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}",
            "MUTANTS_CACHE": str(self._folder / "cache"),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-m", "pytest", *tests, *plain, "--basetemp", self._folder / "base"],
                cwd=ROOT,
                capture_output=True,
                check=False,
                timeout=seconds,
                env={**os.environ, **own},
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


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
