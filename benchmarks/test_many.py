"""Batches, gradients and optimal tariffs: times are reported, never asserted; that the answers agree is."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.cases import Case, car_tariff
from benchmarks.many import batch, packages, unilateral
from kosho.bench.plain_solver import solve_plain
from kosho.equilibrium import Shock, gradient
from kosho.world import load


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return packages(load(regions="talks", sectors="talks"), 1024)


def test_batch(benchmark: BenchmarkFixture, cases: list[Case]) -> None:
    world = cases[0].world
    found = benchmark(batch, world, [Shock.tariffs(world, case.rates) for case in cases])
    assert float(found.residual.max()) <= 1e-8
    for k in (0, 511, 1023):
        plain = solve_plain(world, cases[k].dense_rates, dense=False)
        np.testing.assert_allclose(found.welfare.isel(shock=k), plain.welfare, atol=1e-7)


def test_gradient(benchmark: BenchmarkFixture) -> None:
    outcome = car_tariff().prepared()
    assert benchmark(gradient, outcome, "USA").residual <= 1e-7


def test_optimal_tariffs(benchmark: BenchmarkFixture) -> None:
    found = benchmark.pedantic(unilateral, (load(regions="talks", sectors="talks"),), rounds=1)
    assert found.residual <= 1e-6
