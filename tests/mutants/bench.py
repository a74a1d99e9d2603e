"""A copy of the sources in which one thing at a time is changed, and the tests that are run on it."""

from __future__ import annotations

import ast
import compileall
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import cache_from_source
from itertools import accumulate
from pathlib import Path

from tests.mutants import machine
from tests.mutants.apart import ROOT, STOPPED, Ended, pytest_apart
from tests.mutants.changes import Change
from tests.mutants.in_place import POSSIBLE, Asked, InPlace
from tests.mutants.running import Recorded, bound_at, lines_that_matter, recorded

__all__ = ["ROOT", "Bench"]

EXAMPLES = "tests/mutants/examples.py"
ANSWERS = "tests/unit/test_kept_answers.py"
KEPT = f"{ANSWERS}::test_a_room_answers_as_it_did[{{}}]"
PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "tests.mutants.lasting")
QUICK = 10.0
"""Seconds of tests that are tried together, before all others."""
UNSEEN = 6
"""Files of tests that are run where none was seen to run a line."""
PATIENCE, LEAST, LEAST_IN_PLACE, ENDLESS = 8.0, 120.0, 20.0, 3600.0
"""How many times as much work as without a change tests may do, and the least and most seconds of it."""


class Bench:
    """The copy, and the tests run on it; what tests were seen to run is kept in a folder."""

    def __init__(self, folder: Path, kept: Path, each: float, *, in_place: bool) -> None:
        self._folder, self._kept, self._each = folder, kept, each
        self._in_place = in_place and POSSIBLE
        self._place: InPlace | None = None
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source)
        compileall.compile_dir(self.source, quiet=2)
        (folder / "cache").mkdir()
        kept.mkdir(parents=True, exist_ok=True)
        self._machine_code = folder / "machine-code"
        machine.kept(self._machine_code, self.source, kept / "machine-code")
        self._alone: dict[str, bool] = {}
        """Whether a test passes without a change, by itself."""

    def read(self, files: Sequence[str]) -> None:
        """Have one process read the tests of a room, or answers that are kept, for changes made in it."""
        self._leave()
        if self._in_place:
            options = (*self._plain(), EXAMPLES, *(files or (ANSWERS,)))
            self._place = InPlace(self.source, options, self._environment(self._machine_code))

    def watched(self, room: str, files: Sequence[str]) -> Recorded:
        """Which lines the examples of a room and the tests of some files run."""
        depends = {EXAMPLES: room} | {one: _with_helpers(ROOT / one) for one in files}
        return recorded(depends, self.source, self._kept, self._watch)

    def close(self) -> None:
        """Keep machine code for the next sample."""
        self._leave()
        machine.keep(self._machine_code, self.source, self._kept / "machine-code")

    def _leave(self) -> None:
        if self._place is not None:
            self._place.close()
            self._place = None

    def compiles(self, path: Path, change: Change) -> bool:
        """Whether machine code has to be compiled anew for a change, which takes a minute."""
        return bool(machine.stale(self.source, path, change.line))

    def answered(self, path: Path, change: Change, rooms: Sequence[str]) -> bool:
        """Whether the examples of a module or the answers that are kept of some rooms notice a change."""
        tests = (self._examples(path), *(KEPT.format(room) for room in rooms))
        return self._fails(path, change, [tests], Recorded({}, {}))

    def noticed(self, path: Path, change: Change, seen: Recorded, files: Sequence[str]) -> bool:
        """Whether a test fails with a change, or takes many times as long; the quickest first."""
        return self._fails(path, change, self._steps(path, change, seen, files), seen)

    def _fails(self, path: Path, change: Change, steps: Sequence[tuple[str, ...]], seen: Recorded) -> bool:
        content = path.read_bytes()
        changed = change.made(content)
        own_name = path.relative_to(self.source).as_posix()
        places = lines_that_matter(self.source, path, change.line)
        lines = frozenset(line for file, line in places if file == own_name)
        compiled = Path(cache_from_source(str(path)))
        own = self._folder / "machine-code-of-a-change"
        machine_code = machine.without_stale(self._machine_code, own, self.source, path, change.line)
        for tests in steps:
            compiled.unlink(missing_ok=True)  # it tells sources apart by the second
            try:
                path.write_bytes(changed)
                asked = Asked(tests, self._seconds(tests, seen, LEAST_IN_PLACE), path, lines, content, changed)
                ended = self._ended(asked, apart=machine_code != self._machine_code) or self._run(
                    tests, seen, machine_code
                )
            finally:
                path.write_bytes(content)
                compiled.unlink(missing_ok=True)
            if not ended.passed and (not ended.failed or self._passes_alone(ended.failed, seen)):
                return True
        return False

    def _steps(self, path: Path, change: Change, seen: Recorded, files: Sequence[str]) -> list[tuple[str, ...]]:
        """What is run one after another: quick tests that run the line, the others, then all of their files.

        All of a file, as a test may look at what another one worked out; the last two for so many seconds at
        most (as they took while they were watched); of what a module binds once, files that say its name too.
        Where no test was seen to run the line, another process runs it (or a compiled loop), and the files that
        mention most of the module do.
        """
        examples = self._examples(path)
        tests = seen.of(lines_that_matter(self.source, path, change.line))
        tests.sort(key=lambda one: one != examples)  # what the module says of itself is tried first
        bound = bound_at(path, change.line)
        saying = [file for file in files if not bound.isdisjoint(_words(ROOT / file))]
        if not tests:
            names = defined(path)
            near = sorted(files, key=lambda one: (one not in saying, -nearness(ROOT / one, path.stem, names)))
            return [(one,) for one in near[:UNSEEN]]
        quick, more = (_within(tests, seen.seconds, seconds) for seconds in (QUICK, self._each))
        running = [one.partition("::")[0] for one in tests if not one.startswith(EXAMPLES)]
        whole = dict.fromkeys((*running, *saying))
        of_file = {file: [one for one in seen.seconds if one.partition("::")[0] == file] for file in whole}
        took = {file: sum(seen.seconds[one] for one in of_file[file]) for file in whole}
        left = [
            file
            for file in sorted(whole, key=lambda file: took[file])
            if not set(of_file[file]) <= set(tests[:more])
        ]
        last = left[: _within(left, took, self._each)]
        return [one for one in (tuple(tests[:quick]), tuple(tests[quick:more]), tuple(last)) if one]

    def _examples(self, path: Path) -> str:
        module = ".".join(path.relative_to(self.source).with_suffix("").parts).removesuffix(".__init__")
        return f"{EXAMPLES}::test_examples[{module}]"

    def _passes_alone(self, test: str, seen: Recorded) -> bool:
        """Whether a test passes without a change, tried once: else it is not counted, and named."""
        if test not in self._alone:
            asked = Asked((test,), self._seconds((test,), seen, LEAST_IN_PLACE))
            self._alone[test] = (self._ended(asked) or self._run((test,), seen, self._machine_code)).passed
            if not self._alone[test]:
                sys.stderr.write(f"{test}: fails without any change; not counted\n")
        return self._alone[test]

    def _watch(self, file: str, record: Path) -> None:
        """Run one file of tests without a change, and write down which lines its tests run."""
        own = {"MUTANTS_RECORD": str(record), "MUTANTS_SOURCE": str(self.source / "kosho")}
        options = ("-p", "tests.mutants.recording", file)
        ended = self._ended(Asked((file,), ENDLESS, watched=own)) or self._pytest(
            options, self._environment(self._machine_code) | own, ENDLESS
        )
        if ended.code == STOPPED:
            sys.stderr.write(f"{file}: could not be watched to its end\n")

    def _ended(self, asked: Asked, *, apart: bool = False) -> Ended | None:
        """How tests end in place; None where a process of its own has to tell."""
        return None if self._place is None or apart else self._place.ended(asked)

    def _run(self, tests: tuple[str, ...], seen: Recorded, machine_code: Path) -> Ended:
        """How tests end in a process of its own, in not too many times the work that they were seen to take."""
        seconds = self._seconds(tests, seen, LEAST)
        return self._pytest(("-x", *tests), self._environment(machine_code), seconds)

    @staticmethod
    def _seconds(tests: tuple[str, ...], seen: Recorded, least: float) -> float:
        took = sum(s for one, s in seen.seconds.items() if one in tests or one.partition("::")[0] in tests)
        return min(ENDLESS, max(least, PATIENCE * took))

    def _pytest(self, options: Sequence[str], environment: Mapping[str, str], seconds: float) -> Ended:
        return pytest_apart(self.source, (*self._plain(), *options), environment, seconds)

    def _plain(self) -> tuple[str, ...]:
        return (*PLAIN, "--basetemp", str(self._folder / "base"))

    def _environment(self, machine_code: Path) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": f"{self.source}{os.pathsep}{ROOT}",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "MUTANTS_CACHE": str(self._folder / "cache"),
            "NUMBA_CACHE_DIR": str(machine_code),
        }


def _with_helpers(test: Path) -> str:
    """The text of a test file and of all of `tests` that it imports."""
    texts: dict[Path, str] = {}
    waiting = [test]
    while waiting:
        path = waiting.pop()
        if path not in texts and path.exists():
            texts[path] = path.read_text(encoding="utf-8")
            names = re.findall(r"^\s*from (tests[\w.]*) import", texts[path], re.MULTILINE)
            waiting += [ROOT / f"{name.replace('.', '/')}.py" for name in names]
    return "\0".join(texts.values())


def _within(tests: Sequence[str], took: Mapping[str, float], seconds: float) -> int:
    """How many of the first tests take so many seconds together; one at least where there is one."""
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
