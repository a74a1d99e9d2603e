"""A pytest plugin: copies of the register that last from run to run, and what test comes by what line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_SECONDS: dict[str, float] = {}
_FAILED: set[str] = set()


@pytest.fixture(scope="session", autouse=True)
def copies_that_last(no_data_of_the_user: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOSHO_CACHE", os.environ["MUTANTS_CACHE"])
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lines from here on are the test's, its fixtures among them."""
    if (traced := coverage.Coverage.current()) is not None:
        traced.switch_context(item.nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _SECONDS[report.nodeid] = _SECONDS.get(report.nodeid, 0.0) + report.duration
    if report.failed:
        _FAILED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """What every test took, and which failed, to the file that is asked for."""
    if place := os.environ.get("MUTANTS_TOLD"):
        Path(place).write_text(json.dumps({"seconds": _SECONDS, "failed": sorted(_FAILED)}), encoding="utf-8")
