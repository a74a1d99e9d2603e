"""Every example in a docstring runs and prints what it says; every public function and type has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.briefs import brief

import kosho

ROOMS = (
    "kosho",
    "kosho.bargain",
    "kosho.bargain.optimal_tariffs",
    "kosho.brief",
    "kosho.case",
    "kosho.codes",
    "kosho.corridor",
    "kosho.display",
    "kosho.equilibrium",
    "kosho.errors",
    "kosho.impact",
    "kosho.law",
    "kosho.law.schedules",
    "kosho.lines",
    "kosho.provenance",
    "kosho.record",
    "kosho.replications",
    "kosho.scenario",
    "kosho.schemas",
    "kosho.world",
)
"""Doors: every function and type in their `__all__` has an example."""
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def _modules() -> list[str]:
    found = pkgutil.walk_packages(kosho.__path__, "kosho.")
    return ["kosho", *(one.name for one in found if not one.name.startswith("kosho.cli"))]


def _examples() -> Iterator[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in _modules():
        if not name.startswith("kosho.policy"):  # its names warn
            module = importlib.import_module(name)
            given = {"brief": brief()} if name.startswith("kosho.brief") else {}  # too long in the making
            yield from finder.find(module, extraglobs=given)


EXAMPLES = {one.name: one for one in _examples() if one.examples}


def _public() -> Iterator[tuple[str, object]]:
    for room in ROOMS:
        module = importlib.import_module(room)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isroutine(inspect.unwrap(value)):
                yield f"{room}.{name}", value


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_prints_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # examples may write files
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    failed = runner.run(EXAMPLES[name], clear_globs=False).failed
    assert not failed, capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"), list(_public()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_public_name_has_an_example(name: str, value: object) -> None:
    written = inspect.getdoc(value) if not inspect.isclass(value) else value.__doc__
    assert ">>>" in (written or ""), f"{name} has no example (`>>>`) in its docstring"
