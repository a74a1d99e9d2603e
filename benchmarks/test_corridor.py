"""pytest benchmarks: times are reported, never asserted; that the work was done is."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.corridors import CONSIGNMENTS, bare, month
from kosho.corridor.replication import replicate


def test_month(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "corridor"
    done = benchmark.pedantic(replicate, (month(), 1, 0), rounds=3)
    assert abs(len(done.passage) - CONSIGNMENTS) < 0.05 * CONSIGNMENTS


def test_bare_queue(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "corridor"
    done = benchmark.pedantic(bare, (180_000,), rounds=3)
    assert done.visits == 30_000
