"""Tests in a process that has read Kosho and them already; each change is tried in a copy of that process.

To read them takes longer than most tests do. In a copy, the code of a changed function is put in the place of
the old one, wherever that function is; what was cached is forgotten, and the changed source is on the disk as
well, for whatever reads it later. What cannot be done so is left to a process of its own (`apart`): what a
module or a class binds, decorators, defaults. So is what no test noticed though it had run when the tests were
read: what it made then may be held anywhere.
"""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from tests.mutants.apart import CONTEXT, Ended, First, awaited, limited, prepared

if TYPE_CHECKING:
    import coverage
    import pytest

__all__ = ["POSSIBLE", "Asked", "InPlace", "functions"]

POSSIBLE = "fork" in get_all_start_methods()
OWN = ("kosho", "tests")
"""Packages whose caches are emptied."""
CACHED = type(functools.cache(len))
UNSURE = Ended(-2)
"""A process of its own has to tell."""


@dataclass(frozen=True)
class Asked:
    """Tests (or files of them) to run, in so many seconds of work, with a change or while they are watched."""

    tests: tuple[str, ...]
    seconds: float
    path: Path | None = None
    lines: frozenset[int] = frozenset()
    was: bytes = b""
    now: bytes = b""
    watched: Mapping[str, str] = field(default_factory=dict)
    """What `tests.mutants.recording` asks for; empty where nothing is written down."""


class InPlace:
    """The process that has read some files of tests."""

    def __init__(self, source: Path, options: Sequence[str], environment: Mapping[str, str]) -> None:
        self._here, there = CONTEXT.Pipe()
        self._process: Any = CONTEXT.Process(  # type: ignore[attr-defined]
            target=_wait, args=(source, list(options), dict(environment), there)
        )
        self._process.start()
        there.close()
        with suppress(EOFError):
            self._here.recv()  # before a source is changed, it has read them all

    def ended(self, asked: Asked) -> Ended | None:
        """How tests end; None where a process of its own has to tell."""
        try:
            self._here.send(asked)
            said: Ended = self._here.recv()
        except (EOFError, OSError):  # it could not read the tests
            return None
        return None if said == UNSURE else said

    def close(self) -> None:
        with suppress(OSError):
            self._here.send(None)
        self._here.close()
        self._process.join()


def functions(was: CodeType, now: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Old and new code of outermost functions that differ.

    Raises:
        ValueError: what a module or a class does itself differs.
    """
    if _itself(was) != _itself(now):
        raise ValueError(was.co_qualname)
    for one, other in zip(_within(was), _within(now), strict=True):
        if not one.co_flags & inspect.CO_OPTIMIZED:  # a class
            yield from functions(one, other)
        elif one != other:
            yield one, other


def _itself(code: CodeType) -> tuple[object, ...]:
    plain = [repr(one) for one in code.co_consts if not isinstance(one, CodeType)]
    return code.co_code, code.co_names, plain


def _within(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def _wait(source: Path, options: list[str], environment: dict[str, str], there: Any) -> None:
    prepared(source, environment)
    import coverage  # noqa: PLC0415 - where there is no fork, by this process only
    import pytest  # noqa: PLC0415

    before = coverage.Coverage(
        data_file=None, source=[str(source / "kosho")], config_file=False, messages=False
    )
    before.start()
    first = First()
    pytest.main(options, plugins=[first, _Waiting(source, there, before, first)])


class _Waiting:
    """A pytest plugin that runs tests when it is asked to, each time in a copy of the process."""

    def __init__(self, source: Path, there: Any, before: coverage.Coverage, first: First) -> None:
        self._source, self._there, self._before, self._first = source, there, before, first
        self._live: dict[tuple[str, CodeType], list[FunctionType]] = defaultdict(list)
        self._caches: list[Any] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._before.stop()
        gc.collect()
        for one in gc.get_objects():
            if type(one) is FunctionType:
                self._live[one.__code__.co_filename, one.__code__].append(one)
            elif isinstance(one, CACHED) and _package(one) in OWN:
                self._caches.append(one)
        gc.freeze()
        self._there.send(None)
        while (asked := self._there.recv()) is not None:
            self._there.send(awaited(get_context("fork"), self._try, (session, asked), asked.seconds))
        return True

    def _try(self, session: pytest.Session, asked: Asked, there: Any) -> None:
        limited(asked.seconds)
        for cached in self._caches:
            cached.cache_clear()
        if asked.watched:
            os.environ.update(asked.watched)
            from tests.mutants import recording  # noqa: PLC0415 - it begins to watch

            session.config.pluginmanager.register(recording)
            self._run(session, asked.tests, to_the_end=True)
            recording.pytest_sessionfinish()
        elif asked.path is not None and not self._changed(asked.path, asked.was, asked.now):
            there.send(UNSURE)
            return
        else:
            self._run(session, asked.tests)
        failed = self._first.failed
        before = self._before.get_data().lines(str(asked.path)) or ()
        there.send(UNSURE if not failed and asked.lines & {*before} else Ended(int(bool(failed)), failed))

    def _run(self, session: pytest.Session, tests: tuple[str, ...], *, to_the_end: bool = False) -> None:
        of: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            for name in (item.nodeid, item.nodeid.partition("::")[0]):
                of[name].append(item)
        items = [item for name in tests for item in of[name]]
        for item, following in zip(items, (*items[1:], None), strict=True):
            if self._first.failed and not to_the_end:
                return
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _changed(self, path: Path, was: bytes, now: bytes) -> bool:
        """Put changed code in place, if it can be."""
        name = ".".join(path.relative_to(self._source).with_suffix("").parts).removesuffix(".__init__")
        if name not in sys.modules:  # whoever imports it later reads the changed source
            importlib.invalidate_caches()
            return True
        old, new = (compile(one, str(path), "exec", dont_inherit=True) for one in (was, now))
        try:
            pairs = list(functions(old, new))
            for one, other in pairs:
                self._replaced(str(path), one, other)
        except ValueError:  # other names of what a function is within
            return False
        return bool(pairs) and all(self._live.get((str(path), one)) for one, _ in pairs)

    def _replaced(self, path: str, old: CodeType, new: CodeType) -> None:
        for function in self._live.get((path, old), ()):
            function.__code__ = new
        inner = _within(old), _within(new)
        if len(inner[0]) == len(inner[1]):
            for one, other in zip(*inner, strict=True):
                self._replaced(path, one, other)


def _package(cached: Any) -> str:
    return str(getattr(cached, "__module__", "")).partition(".")[0]
