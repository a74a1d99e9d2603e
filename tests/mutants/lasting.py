"""A pytest plugin: copies of the register that last from one run of the tests to the next."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def copies_that_last(no_data_of_the_user: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOSHO_CACHE", os.environ["MUTANTS_CACHE"])
        yield
