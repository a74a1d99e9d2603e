"""What a solver that found nothing advises is true of the case at hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.fuzz.worlds import change, solvent, table

from kosho.equilibrium import solve
from kosho.errors import ConvergenceError


def test_balanced_trade_is_not_advised_where_trade_is_balanced_and_the_tolerance_that_is_told_is_met() -> None:
    draw = np.random.default_rng([20261129, 3033])  # of elasticities of 55 and 32, thin trade
    made = table(draw)
    while not solvent(made):
        made = table(draw)
    world = made.world(door=draw.random() < 0.1)
    assert draw.random() >= 0.7  # what was drawn for deficits
    shock = [change(draw, made) for _ in range(3)][-1].shock(world)
    with pytest.raises(ConvergenceError, match=r"tol=1e-07, which the best point found meets") as refused:
        solve(world, shock, "zero", 1e-10)
    assert "deficits" not in str(refused.value)
    assert solve(world, shock, "zero", 1e-7).solver.residual <= 1e-7
