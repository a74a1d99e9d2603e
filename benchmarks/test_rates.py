"""pytest benchmarks: times are reported, never asserted; that both ways agree is."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.rates import Schedule
from kosho.law import Register

CELLS = 500


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return Schedule(Register.load())


def test_bulk(benchmark: BenchmarkFixture, schedule: Schedule) -> None:
    found = benchmark.pedantic(schedule.bulk, rounds=2)
    cells = schedule.sample(CELLS)
    for cell, rate in zip(cells, schedule.plain(cells), strict=True):
        assert found[cell] == pytest.approx(rate, abs=1e-6, nan_ok=True)


def test_cell_by_cell(benchmark: BenchmarkFixture, schedule: Schedule) -> None:
    cells = schedule.sample(CELLS)
    assert len(benchmark.pedantic(schedule.plain, (cells,), rounds=2)) == CELLS
