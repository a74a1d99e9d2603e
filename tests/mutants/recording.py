"""A pytest plugin: notes which lines of Kosho each test that passes runs, fixtures included, and its work."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

_SECONDS: dict[str, float] = {}
_FAILED: set[str] = set()
_WATCH = coverage.Coverage(
    data_file=None, source=[os.environ["MUTANTS_SOURCE"]], config_file=False, messages=False
)
_WATCH.start()  # before any test file, and with it Kosho, is imported


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    _WATCH.switch_context(item.nodeid)
    started = sum(os.times()[:4])
    try:
        return (yield)
    finally:
        _SECONDS[item.nodeid] = sum(os.times()[:4]) - started
        _WATCH.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _FAILED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    _WATCH.stop()
    passed = {test: seconds for test, seconds in _SECONDS.items() if test not in _FAILED}
    data = _WATCH.get_data()
    lines = {
        file: {
            line: sorted(passed.keys() & tests)
            for line, tests in data.contexts_by_lineno(file).items()
            if any(tests)
        }
        for file in sorted(data.measured_files())
    }
    Path(os.environ["MUTANTS_RECORD"]).write_text(
        json.dumps({"seconds": passed, "lines": lines}), encoding="utf-8"
    )
