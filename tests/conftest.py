"""What every test runs in: an environment of its own, and the same examples every time."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kosho.law import Register
from kosho.world import World, load
from tests.measures import shipped
from tests.surroundings import REFERENCE, apart, not_run

# `make test` asks the same of every machine; `pytest --hypothesis-profile=random` asks something new each time.
# Examples also hold constants of the modules of Kosho that are loaded by then: a file run alone may draw others
# than with the rest of the suite. Hypothesis 6.170 has no setting against it but a `backend` of one's own,
# which it documents as experimental and unstable.
settings.register_profile("settled", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("random", derandomize=False, database=None, deadline=None, print_blob=True)
settings.load_profile("settled")

FIRST = ("faults", "end_to_end", "docs", "published")
"""Folders of tests whose preparations take long."""
_PATCH = pytest.MonkeyPatch()


def pytest_configure() -> None:
    """Before any test is read: what the user's shell says of terminals and folders must not change results."""
    for name in apart(os.environ):
        _PATCH.delenv(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Kinds of tests that prepare most go first, so that one worker does it for all; quick ones go last, where
    workers take them from one another, and end together.
    """
    here = Path(__file__).parent
    places = [here / kind for kind in FIRST]
    items.sort(
        key=lambda item: next((n for n, one in enumerate(places) if one in item.path.parents), len(FIRST))
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """What a file of tests leaves is not searched for circles again: laws and tables that are kept for others
    come to gigabytes, and searching them takes more time than all tests.
    """
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    _PATCH.undo()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """One line at the very end on what was not run for want of something outside the product."""
    yield
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    told = not_run(reasons)
    if told:
        terminalreporter.write_line(told)


@pytest.fixture(scope="session", autouse=True)
def no_data_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Folders of this run only: schedules, copies and settings of the user must not change what tests see."""
    own = tmp_path_factory.getbasetemp()
    together = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOSHO_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setenv("KOSHO_CACHE", str(together / "cache"))  # workers share what one of them has worked out
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data outside the product; tests that need it are skipped without it."""
    folder = os.environ.get("KOSHO_SHARED")
    if not folder or not Path(folder).is_dir():
        pytest.skip(f"reference data not at hand: {REFERENCE} names no folder that holds it")
    return Path(folder)


@pytest.fixture(scope="session")
def law() -> Register:
    """The register that ships."""
    return shipped()


@pytest.fixture(scope="session")
def talks() -> World:
    """The shipped table in the regions and sectors of the talks."""
    return load(regions="talks", sectors="talks")
