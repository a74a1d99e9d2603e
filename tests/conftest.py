"""Fixtures every room uses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_data_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Schedules the user imported and the width of the terminal must not change what tests see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)
        patch.setenv("KOSHO_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data outside the product; tests that need it are skipped without it."""
    folder = os.environ.get("KOSHO_SHARED")
    if not folder or not Path(folder).is_dir():
        pytest.skip("reference data not at hand: set KOSHO_SHARED to the folder that holds it")
    return Path(folder)
