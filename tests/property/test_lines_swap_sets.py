"""Swap sets: as good as trying all, better than ten thousand at random, within a hundredth of the bound."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosho.errors import InputError, KoshoError
from kosho.lines import SwapLines, swap_frontier, swap_set, swap_sets
from kosho.lines.swap_sets import _better, _conditions, _fits, _rounded, _settled


def _lines(count: int, seed: int) -> SwapLines:
    rng = np.random.default_rng(seed)
    giver = rng.integers(0, 2, count)
    trade = rng.lognormal(0, 2, count)
    size = trade * rng.uniform(0.01, 0.2, count)
    gains = np.where(
        giver[:, None] == [0, 1], -rng.uniform(-0.1, 1, (count, 2)), rng.uniform(0, 1.2, (count, 2))
    )
    return SwapLines(("A", "B"), [f"{k:06d}" for k in range(count)], giver, gains * size[:, None], trade, size)


def _fine(lines: SwapLines, chosen: np.ndarray, coverage: float) -> bool:
    gains = lines.gains[chosen].sum(axis=0)
    return bool((gains >= -1e-9).all()) and all(
        min(lines.covered(chosen, side)) >= coverage - 1e-9 for side in (0, 1)
    )


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 0.8]), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_it_is_the_best_of_all_packages_of_few_lines(seed: int, coverage: float, weight: float) -> None:
    lines = _lines(9, seed)
    every = [np.array(one, bool) for one in itertools.product([False, True], repeat=9)]
    values = [
        weight * g[0] + (1 - weight) * g[1]
        for one in every
        if _fine(lines, one, coverage)
        for g in [lines.gains[one].sum(axis=0)]
    ]
    if not values:
        with pytest.raises(KoshoError):
            swap_set(lines, weight, coverage=coverage)
        return
    found = swap_set(lines, weight, coverage=coverage)
    assert _fine(lines, found.chosen, coverage)
    assert found.value == pytest.approx(max(values), rel=1e-6, abs=1e-9)
    assert found.bound >= found.value - 1e-9


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1.0, 1e9])
def test_trade_in_any_unit_is_covered(unit: float) -> None:
    """The second line is worth having only for its trade."""
    gains = [[-1.0, 3.0], [-1.0, 0.5], [4.0, -2.0]]
    lines = SwapLines(("A", "B"), ["01", "02", "03"], [0, 0, 1], gains, np.array([0.1, 0.4, 1.0]) * unit)
    assert swap_set(lines, coverage=0.5).chosen.tolist() == [True, True, True]
    assert swap_set(lines, coverage=0.2).chosen.tolist() == [True, False, True]


def test_lines_without_trade_are_covered_by_their_number() -> None:
    gains = [[-1.0, 3.0], [-1.0, 0.5], [4.0, -2.0]]
    lines = SwapLines(("A", "B"), ["01", "02", "03"], [0, 0, 1], gains, [0.0, 0.0, 1.0])
    assert swap_set(lines, coverage=0.5).chosen.tolist() == [True, False, True]
    assert swap_set(lines, coverage=0.6).chosen.tolist() == [True, True, True]


def test_it_beats_ten_thousand_random_packages_and_is_near_the_bound() -> None:
    lines = _lines(2000, 7)
    found = swap_set(lines, 0.5, coverage=0.9)
    assert _fine(lines, found.chosen, 0.9)
    assert found.gap < 0.01
    rng = np.random.default_rng(1)
    best = -np.inf
    for share in rng.uniform(0.9, 1, 10_000):
        chosen = rng.random(2000) < share
        gains = lines.gains[chosen].sum(axis=0)
        if _fine(lines, chosen, 0.9):
            best = max(best, gains.mean())
    assert found.value > best


def test_the_frontier_trades_one_side_s_gain_for_the_other_s() -> None:
    front = swap_frontier(_lines(300, 3), coverage=0.5)
    gains = np.array([one.gains for one in front])
    assert len(front) > 2
    assert (np.diff(gains[:, 0]) > 0).all()
    assert (np.diff(gains[:, 1]) < 0).all()


@pytest.mark.parametrize(("gains", "best"), [([[1, 1], [0, 3]], (1.0, 4.0)), ([[1, 1], [3, 0]], (4.0, 1.0))])
def test_a_package_that_gives_one_side_more_and_the_other_as_much_leaves_no_other_on_the_frontier(
    gains: list[list[int]], best: tuple[float, float]
) -> None:
    lines = SwapLines(("USA", "JPN"), ["01", "02"], [0, 1], gains, [10, 20])
    alone = [swap_set(lines, weight).gains for weight in (0.0, 1.0)]
    assert (1.0, 1.0) in alone  # the best of what one side alone cares for
    assert [one.gains for one in swap_frontier(lines)] == [best]


def test_budgets_and_exclusions_hold() -> None:
    lines = _lines(200, 5)
    free = swap_set(lines, 0.5)
    spent = lines.cost[free.chosen & (lines.giver == 0)].sum()
    tight = swap_set(lines, 0.5, budget=(spent / 2, None))
    assert lines.cost[tight.chosen & (lines.giver == 0)].sum() <= spent / 2 + 1e-9
    assert tight.value <= free.value
    without = swap_set(lines, 0.5, exclude=["00001"])
    assert not without.chosen[10:20].any()


def test_what_cannot_be_is_refused() -> None:
    lines = SwapLines(("A", "B"), ["01"], [0], [[-1, -1]], [5])
    with pytest.raises(KoshoError, match="no package of lines meets"):
        swap_set(lines, 0.5, coverage=0.9)
    with pytest.raises(InputError, match="weight: 2"):
        swap_set(lines, 2)
    with pytest.raises(InputError, match="gains: has the shape"):
        SwapLines(("A", "B"), ["01"], [0], [[1, 2, 3]], [5])
    with pytest.raises(InputError, match="trade: has figures that are not known"):
        SwapLines(("A", "B"), ["01"], [0], [[1, 2]], [float("nan")])


@pytest.mark.parametrize(
    ("relaxed", "most", "row", "least", "package"),
    [
        ([0.4, 0.0, 0.0], [1, 1, 1], [1, 1, 1], 0.0, [0, 0, 0]),
        ([0.6, 0.0, 0.0], [1, 1, 1], [1, 1, 1], 1.0, [1, 0, 0]),
        ([0.4, 0.0, 0.0], [1, 1, 1], [1, 1, 1], 1.0, [1, 0, 0]),  # a broken line is taken whole
        ([0.4, 0.0, 0.0], [1, 1, 1], [1, 1, 1], 2.0, [1, 1, 0]),  # then the line that costs least
        ([0.4, 0.0, 0.0], [1, 0, 1], [1, 1, 1], 2.0, [1, 0, 1]),  # that may be freed
        ([0.4, 0.0, 0.0], [1, 0, 0], [1, 1, 1], 2.0, None),
        ([1.0, 1.0, 0.6], [1, 1, 1], [-1, -1, -1], -2.0, [1, 1, 0]),  # or a line is left
        ([1.0, 1.0, 1.0], [1, 1, 1], [-1, -1, -1], -1.0, [1, 0, 0]),
    ],
)
def test_a_package_near_a_broken_one_mends_what_is_short(
    relaxed: list[float], most: list[float], row: list[float], least: float, package: list[float] | None
) -> None:
    worth = np.array([3.0, -1.0, -2.0])
    told = _rounded(np.array(relaxed), worth, np.array([row], float), np.array([least]), np.array(most, float))
    assert (None if told is None else told.tolist()) == package


def test_of_two_packages_the_one_that_is_worth_more_is_taken_and_of_one_that_one() -> None:
    one, other, worth = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1.0, 2.0])
    assert _better(one, other, worth) is other
    assert _better(other, one, worth) is other
    assert _better(one, None, worth) is one
    assert _better(None, other, worth) is other
    assert _better(None, None, worth) is None


def test_a_package_reaches_coverage_and_keeps_to_budgets_of_each_side() -> None:
    gains = [[-1.0, 3.0], [-1.0, 0.5], [4.0, -2.0]]
    lines = SwapLines(("A", "B"), ["01", "02", "03"], [0, 0, 1], gains, np.array([1.0, 3.0, 5.0]), [2, 3, 7])
    plain, least = _conditions(lines, 0.0, (None, None))
    np.testing.assert_array_equal(plain, np.array(gains).T)
    assert least.tolist() == [0.0, 0.0]
    rows, least = _conditions(lines, 0.4, (6.0, None))
    np.testing.assert_allclose(rows[2:], [[0.5, 0.5, 0], [0.25, 0.75, 0], [-2, -3, 0], [0, 0, 1], [0, 0, 1]])
    assert least.tolist() == [0, 0, 0.4, 0.4, -6.0, 0.4, 0.4]
    assert [
        _fits(np.array([1.0, 0, 1]), rows, np.array([0, 0, share, 0, -2, 0, 0])) for share in (0.5, 0.51)
    ] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("lines", "bound", "gaps", "package"),
    [
        (100, 300.0, [1e-6], [0, 1]),  # of few lines the best is found, however near the bound is
        (101, 300.3, [1e-6], [1, 0]),  # near enough
        (101, 300.4, [1e-6, 1e-3], [0, 1]),
        (101, -300.0, [1e-6, 1e-3], [0, 1]),
    ],
)
def test_a_package_of_many_lines_that_is_a_thousandth_from_the_bound_is_kept(
    lines: int, bound: float, gaps: list[float], package: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    many = lines > 100
    start, other = np.zeros(lines), np.zeros(lines)
    start[0], other[1] = 1.0, 1.0
    worth = np.zeros(lines)
    worth[:2] = (300.0, 301.0) if bound > 0 else (-302.0, -301.0)

    def solved(_low: Any, _high: Any, _programme: Any, gap: float) -> Any:
        asked.append(gap)
        return start if many and len(asked) == 1 else other

    monkeypatch.setattr(swap_sets, "_in_whole_lines", solved)
    none = SimpleNamespace(marginals=np.zeros(lines))
    relaxed = SimpleNamespace(x=np.full(lines, 0.5), fun=-bound, lower=none, upper=none)
    rows = np.zeros((1, lines)), np.zeros(1)
    for begun in (start, None):
        asked.clear()
        found = _settled(relaxed, begun, (worth, *rows, np.ones(lines)))
        assert (asked, found[:2].tolist()) == (gaps, package)
