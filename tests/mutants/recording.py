"""A pytest plugin: notes which lines of Kosho each test runs, fixtures included, and how long it takes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

_SECONDS: dict[str, float] = {}
_WATCH = coverage.Coverage(
    data_file=None, source=[os.environ["MUTANTS_SOURCE"]], config_file=False, messages=False
)
_WATCH.start()  # before any test file, and with it Kosho, is imported


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    _WATCH.switch_context(item.nodeid)
    started = time.monotonic()
    try:
        return (yield)
    finally:
        _SECONDS[item.nodeid] = time.monotonic() - started
        _WATCH.switch_context("")


def pytest_sessionfinish() -> None:
    _WATCH.stop()
    data = _WATCH.get_data()
    lines = {
        file: {
            line: sorted(filter(None, tests))
            for line, tests in data.contexts_by_lineno(file).items()
            if any(tests)
        }
        for file in sorted(data.measured_files())
    }
    Path(os.environ["MUTANTS_RECORD"]).write_text(
        json.dumps({"seconds": _SECONDS, "lines": lines}), encoding="utf-8"
    )
