"""Sixteen members as one value of compiled code, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from kosho.equilibrium.lanes import LANES, load, store
from kosho.equilibrium.lanes_functions import TALL, exp, log, panels, times, times_tall
from kosho.equilibrium.machine_code import compiled


@compiled
def each(values: Any, exps: Any, logs: Any) -> None:
    for place in range(0, values.size, LANES):
        store(exps, place, exp(load(values, place)))
        store(logs, place, log(exp(load(values, place))))


@pytest.mark.parametrize(("kind", "digits", "far"), [(np.float32, 3e-7, 80.0), (np.float64, 1e-15, 700.0)])
def test_exp_and_log_are_exact_to_the_last_digits(kind: Any, digits: float, far: float) -> None:
    values = np.concatenate([np.linspace(-far, far, 16 * 64), np.linspace(-0.5, 0.5, 16 * 64), np.zeros(16)])
    values = values.astype(kind)
    exps, logs = np.empty_like(values), np.empty_like(values)
    each(values, exps, logs)
    exact = np.exp(values.astype(np.float64))
    np.testing.assert_allclose(exps, exact, rtol=digits)
    np.testing.assert_allclose(logs, np.log(exps.astype(np.float64)), rtol=digits, atol=digits)


def test_what_is_not_a_number_stays_so_and_nothing_is_infinite() -> None:
    values = np.array([np.nan, 1e4, -1e4, 0.0] * 4)
    exps, logs = np.empty_like(values), np.empty_like(values)
    each(values, exps, logs)
    assert np.isnan(exps[0])
    assert np.isfinite(exps[1:4]).all()
    assert exps[1] > 1e300
    assert 0.0 < exps[2] < 1e-300
    assert exps[3] == 1.0


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "depth"), [(1, 1), (8, 5), (20, 28), (25, 3)])
def test_products_are_those_of_numpy_whatever_the_number_of_rows(kind: Any, rows: int, depth: int) -> None:
    rng = np.random.default_rng(rows)
    matrices = rng.standard_normal((3, rows, depth)).astype(kind)
    columns = rng.standard_normal((depth * 2, 2 * LANES)).astype(kind)
    out, near = np.empty(((rows + TALL) * 2, LANES), kind), np.empty(depth * LANES, kind)
    times(
        panels(matrices), 1, columns, 2 * LANES + LANES, 4 * LANES, near, out
    )  # each other row from the second
    wanted = matrices[1] @ columns[1::2, LANES:]
    np.testing.assert_allclose(out[:rows], wanted, rtol=1e-5, atol=1e-5)
    several = np.ascontiguousarray(columns[:depth].reshape(depth, 2, LANES).transpose(1, 0, 2))
    each_of = np.zeros((2, rows + TALL, LANES), kind)
    times_tall(panels(matrices[:1], TALL), several, each_of, np.array([False, True]))
    np.testing.assert_allclose(each_of[1, :rows], matrices[0] @ several[1], rtol=1e-5, atol=1e-5)
    assert not each_of[0].any()
