"""Fixtures every room uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that is not part of the product; tests that need it are skipped without it."""
    folder = os.environ.get("KOSHO_SHARED")
    if not folder or not Path(folder).is_dir():
        pytest.skip("reference data not at hand: set KOSHO_SHARED to the folder that holds it")
    return Path(folder)
