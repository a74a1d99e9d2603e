"""When slopes of a package are the equilibrium's own and when differences, and of which rates."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from kosho.bargain import rate_cell
from kosho.bargain.rate_cell import RateCell

ENDS = np.array([[0.0, 10.0], [5.0, 5.04]])
OWN = np.array([[1.0, 2.0]])


class Cell(RateCell):
    """A package between `ENDS` that is worth the first rate less ten times the second."""

    nests: tuple[str, ...] = ()
    own: Any = OWN

    @property
    def ends(self) -> np.ndarray:
        return ENDS

    def _shocks(self, rates: np.ndarray) -> Any:
        del rates
        change = SimpleNamespace(nests=self.nests, shock=None)
        return SimpleNamespace(counterfactuals=lambda packages: [change for _one in packages])

    def _gains(self, rates: Any) -> np.ndarray:
        return np.array([[one[0] - 10 * one[1]] for one in rates])

    def _by_gradient(self, rates: np.ndarray, shock: Any, outcome: Any) -> Any:
        del rates, shock, outcome
        return self.own

    @property
    def _name(self) -> tuple[Any, ...]:
        return ("a cell of a test", id(self))


def cell(kind: type[RateCell] = Cell) -> RateCell:
    game = SimpleNamespace(disagreement=np.array([40.0]))
    priced = SimpleNamespace(game=game, table=None, world=None, deficits="fixed", weights=None)
    return kind(cast("Any", priced), 0)


@pytest.mark.parametrize(
    ("nests", "binds", "own", "differences"),
    [
        ((), (), OWN, False),
        ((), (False, False), OWN, False),
        ((), (True, False), OWN, True),
        ((), (False, True), OWN, True),
        ((), (True, True), OWN, True),
        (("cars",), (), OWN, True),
        (("cars",), (False,), OWN, True),
        (("cars",), (True,), OWN, True),
        ((), (), None, True),  # another rate makes other rows of the shock
    ],
)
def test_slopes_are_the_equilibriums_own_where_nothing_binds_and_nothing_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
    nests: tuple[str, ...],
    binds: tuple[bool, ...],
    own: Any,
    differences: bool,
) -> None:
    outcome = SimpleNamespace(constraints=[SimpleNamespace(binds=one) for one in binds])
    monkeypatch.setattr(rate_cell, "solve", lambda *_asked: outcome)
    worth = SimpleNamespace(payoffs=lambda _weights: np.array([[47.0]]))
    monkeypatch.setattr(rate_cell, "payoffs_of_outcomes", lambda *_asked: worth)
    look = cell(type("One", (Cell,), {"nests": nests, "own": own})).look(np.array([4.0, 5.02]))
    assert look.differences is differences
    assert look.gains.tolist() == [7.0]
    expected = [[1.0, -10.0]] if differences else OWN.tolist()
    assert look.slopes.tolist() == [pytest.approx(expected[0])]


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [(4.0, 3.95, 4.05), (0.0, 0.0, 0.05), (0.03, 0.0, 0.08), (10.0, 9.95, 10.0), (9.97, 9.92, 10.0)],
)
def test_differences_are_taken_within_the_range(rate: float, low: float, high: float) -> None:
    (less, more, apart), (less2, more2, apart2) = cell()._sides(np.array([rate, 5.02]))
    assert (less.tolist(), more.tolist()) == (pytest.approx([low, 5.02]), pytest.approx([high, 5.02]))
    assert apart == pytest.approx(high - low)
    assert (less2.tolist(), more2.tolist()) == (pytest.approx([rate, 5.0]), pytest.approx([rate, 5.04]))
    assert apart2 == pytest.approx(0.04)
    assert cell()._by_differences(np.array([rate, 5.02])).tolist() == [pytest.approx([1.0, -10.0])]


def test_a_rate_is_looked_at_once_within_its_range_and_worth_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    one = cell()
    assert one.gains([np.array([1.0, 5.0]), np.array([2.0, 5.0]), np.array([1.0, 5.0])]).tolist() == [
        [-49.0],
        [-48.0],
        [-49.0],
    ]
    assert set(one.worth) == {(1.0, 5.0), (2.0, 5.0)}
    monkeypatch.setattr(type(one), "_gains", lambda *_asked: pytest.fail("solved again"))
    assert one.gains([np.array([2.0, 5.0])]).tolist() == [[-48.0]]
