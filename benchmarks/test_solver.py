"""pytest benchmarks: times are reported, never asserted; that both solvers agree is."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.cases import CASES, Case
from kosho.bench.plain_solver import solve_plain


@pytest.fixture(scope="module", params=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    found = CASES[request.param]()
    if found is None:
        pytest.skip("reference data not at hand: set KOSHO_SHARED to the folder that holds it")
    request.node.name = found.name
    return found


def test_cold(benchmark: BenchmarkFixture, case: Case) -> None:
    benchmark.group = case.name
    outcome = benchmark(case.cold)
    assert outcome.solver.residual <= 1e-8


def test_prepared(benchmark: BenchmarkFixture, case: Case) -> None:
    benchmark.group = case.name
    outcome = benchmark(case.prepared)
    assert outcome.solver.residual <= 1e-8


def test_plain_loops(benchmark: BenchmarkFixture, case: Case) -> None:
    benchmark.group = case.name
    plain = benchmark.pedantic(solve_plain, (case.world, case.dense_rates), {"dense": False}, rounds=3)
    np.testing.assert_allclose(case.prepared().welfare, plain.welfare, atol=1e-7)


def test_plain_dense(benchmark: BenchmarkFixture, case: Case) -> None:
    benchmark.group = case.name
    plain = benchmark.pedantic(solve_plain, (case.world, case.dense_rates), rounds=1)
    np.testing.assert_allclose(case.prepared().welfare, plain.welfare, atol=1e-7)
