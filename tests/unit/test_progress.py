"""A person who waits is told how much is done and about how long the rest takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from kosho.equilibrium import Shock, solve_batch
from kosho.progress import estimated
from kosho.world import toy


def _clock(*times: float) -> Callable[[], float]:
    ticks: Iterator[float] = iter(times)
    return lambda: next(ticks)


@pytest.mark.parametrize(
    ("spent", "done", "told"),
    [
        (0.0, 0, "Things, 0 of 1,000"),
        (0.5, 900, "Things, 900 of 1,000"),
        (10.0, 500, "Things, 500 of 1,000, about 10 s left"),
        (99.0, 250, "Things, 250 of 1,000, about 5 min left"),
        (100.0, 1, "Things, 1 of 1,000, about 28 h left"),
        (10.0, 1000, "Things, 1,000 of 1,000"),
    ],
)
def test_the_rest_is_told_at_the_pace_so_far(spent: float, done: int, told: str) -> None:
    seen: list[str] = []
    estimated(seen.append, "Things", 1000, clock=_clock(0.0, spent))(done)
    assert seen == [told]


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("briefs", ["japan-us-2025", "--as-of", "1900-01-01"]),
        ("bargain", ["japan-us-2025", "--as-of", "1900-01-01"]),
    ],
)
def test_the_first_line_comes_before_what_takes_a_while_to_come_up(module: str, arguments: list[str]) -> None:
    """Arrays, the solver and the page are imported after a person has been told that something is done."""
    script = f"""
import sys
from contextlib import contextmanager
from kosho.cli import {module}

@contextmanager
def told(text):
    heavy = [name for name in ("numpy", "scipy", "xarray", "jinja2") if name in sys.modules]
    print(text, heavy)
    yield print

{module}.show_progress = told
try:
    {module}.app({arguments!r}, standalone_mode=False)
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300
    )
    first, last = done.stdout.splitlines()
    assert first in ("Reading the case []", "Reading the table []")
    assert last == "InputError"


def test_a_batch_tells_how_many_members_are_solved() -> None:
    seen: list[int] = []
    shocks = [Shock.tariffs(toy(), {("USA", "JPN", "C29"): k / 1000}) for k in range(400)]
    solve_batch(toy(), shocks, reached=seen.append)
    assert seen[-1] == 400
    assert seen == sorted(seen)
    assert len(seen) > 1
