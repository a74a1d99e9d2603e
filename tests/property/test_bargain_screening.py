"""Tables of which few packages are solved have the frontier, the deals and the zone that all of them have."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from benchmarks.refined import SIZES, refined

from kosho.bargain import Effort, Grid, negotiate, solutions
from kosho.bargain.attribution import cheapest_concession, cheapest_packages
from kosho.bargain.confirming import confirmed
from kosho.bargain.deal import Deal
from kosho.bargain.payoffs import PayoffParts, Weights
from kosho.bargain.pricing import NOTICED, PricedTable, price
from kosho.bargain.report import contract
from kosho.bargain.robustness import closing_points, leading_packages
from kosho.bargain.screening import Screened, anchored_expansion, differing, fitted_terms, screen
from kosho.bargain.sweep import LaidTable
from kosho.bargain.zone_relaxations import relaxing_packages
from kosho.case import Case

LEADING = 20
SHAPES = [(6, 5, 7, 4, 3, 3), (12, 9, 8, 2, 2, 2, 2), (5, 5, 5, 5, 5, 2)]


class Formula(PricedTable):
    """A table whose payoffs are a formula, in place of an economy."""

    payoffs: Any

    def exact(self, packages):
        return self.payoffs[packages]


def random_table(seed: int) -> tuple[Any, np.ndarray]:
    """A grid, red lines and links at random, and payoffs of single issues, pairs and, a little, threes."""
    generator = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)]
    parties = 2 + seed % 3
    grid = Grid.of({str(k): [str(n) for n in range(count)] for k, count in enumerate(shape)})
    payoffs = generator.normal(0, 100, parties)[None] + np.zeros((len(grid), parties))
    for k, count in enumerate(shape):
        level = generator.uniform(0, 1, (count, 1)) * generator.normal(0, 900, (1, parties))
        payoffs += level[grid.choices[:, k]]
        for other in range(k):
            joint = generator.normal(0, 15, (count, shape[other], parties))
            payoffs += joint[grid.choices[:, k], grid.choices[:, other]]
            for third in range(other):
                joint = generator.normal(0, 0.01, (count, shape[other], shape[third], parties))
                payoffs += joint[grid.choices[:, k], grid.choices[:, other], grid.choices[:, third]]
    possible = generator.random(len(grid)) < 0.8
    crossed = generator.random((len(grid), 2)) < 0.2
    table = SimpleNamespace(
        parties=tuple("abcd"[:parties]),
        grid=grid,
        possible=possible,
        crossed=crossed,
        fallback=0,
        file=SimpleNamespace(red_lines=[SimpleNamespace(id="one"), SimpleNamespace(id="two")]),
    )
    return table, payoffs


def priced(table: Any, payoffs: np.ndarray, disagreement: np.ndarray, *, exact: bool) -> PricedTable:
    parties = payoffs.shape[1]
    if exact:
        screened = Screened(payoffs, np.ones(len(payoffs), bool), np.zeros(parties), None)
    else:
        screened = screen(table.grid, lambda rows: payoffs[rows], np.eye(parties), NOTICED)
    none = np.zeros(0)
    weights = Weights((), np.zeros(0, np.intp), np.zeros((0, 1)), none, none, none)
    no_deal = PayoffParts(disagreement[None], np.zeros((1, 0)))
    some = cast("Any", None)
    laid = LaidTable(table, some, some, "fixed")
    found = Formula(laid, weights, screened, no_deal, no_deal)
    object.__setattr__(found, "payoffs", payoffs)
    return found


@pytest.fixture(autouse=True)
def _formulas_stay(monkeypatch):
    """`replace` makes a new table; the formula goes with it."""
    plain = PricedTable.with_exact

    def with_exact(self, packages):
        found = plain(self, packages)
        if isinstance(self, Formula) and found is not self:
            object.__setattr__(found, "payoffs", self.payoffs)
        return found

    monkeypatch.setattr(Formula, "with_exact", with_exact, raising=False)


@pytest.mark.parametrize("seed", range(50))
def test_few_solves_find_what_all_find(seed):
    table, payoffs = random_table(seed)
    generator = np.random.default_rng(seed)
    share = generator.uniform(0.2, 0.999)  # some tables have a zone, others none
    disagreement = np.quantile(payoffs, share, axis=0)
    whole = priced(table, payoffs, disagreement, exact=True)
    few = confirmed(priced(table, payoffs, disagreement, exact=False), LEADING)
    assert few.solved.mean() < 0.9
    assert np.abs(few.game.payoffs - payoffs).max() < NOTICED
    np.testing.assert_array_equal(few.game.payoffs[few.solved], payoffs[few.solved])
    assert few.game.frontier.tolist() == whole.game.frontier.tolist()
    assert few.solved[few.game.frontier].all()
    for name, rows in solutions(whole.game).items():
        assert rows.tolist() == solutions(few.game)[name].tolist()
    for name in ("rational", "better", "allowed"):
        np.testing.assert_array_equal(getattr(few.game, name), getattr(whole.game, name))
    assert leading_packages(few.game, LEADING).tolist() == leading_packages(whole.game, LEADING).tolist()
    relaxing = few.settled(relaxing_packages)
    assert relaxing_packages(relaxing.game).tolist() == relaxing_packages(whole.game).tolist()
    assert relaxing.solved[relaxing_packages(whole.game)].all()
    worst = int(whole.game.gains[:, 0].argmin())
    settled = few.with_exact([worst]).settled(lambda game: cheapest_packages(game, worst, 0))
    assert cheapest_concession(settled.game, table.grid, worst, "a") == cheapest_concession(
        whole.game, table.grid, worst, "a"
    )


def test_an_expansion_of_every_order_is_exact_where_it_looked_and_at_last_everywhere():
    table, payoffs = random_table(0)
    grid = table.grid
    for order in (1, 2, 3):
        known = differing(grid, 7, order)
        hidden = np.full(payoffs.shape, np.nan)
        hidden[known] = payoffs[known]
        found = anchored_expansion(grid, 7, order, hidden)
        np.testing.assert_allclose(found[known], payoffs[known], atol=1e-9)
    assert np.abs(found - payoffs).max() < 1e-9  # nothing is added by more than three issues


def test_what_issues_multiply_to_is_fitted():
    grid = Grid.of({str(k): [str(n) for n in range(5)] for k in range(5)})
    x = grid.choices / 4
    payoffs = np.stack([100 * x.sum(axis=1) + 9 * x[:, 0] * x[:, 1] * x[:, 2], -50 * x.sum(axis=1)], axis=1)
    found = screen(grid, lambda rows: payoffs[rows], np.eye(2), 1e-2)
    assert found.screening is not None
    assert found.screening.fitted == 460
    assert np.abs(found.values - payoffs).max() < 0.05
    rows = np.random.default_rng(1).choice(len(grid), 460, replace=False)
    missed = payoffs[rows] - anchored_expansion(grid, 0, 2, payoffs)[rows]
    assert (
        np.abs(fitted_terms(grid, 0, 3, payoffs, (rows, missed))[:, 0] - 9 * x[:, :3].prod(axis=1)).max() < 0.3
    )


def test_quotas_that_hang_together_are_seen_and_all_is_solved():
    """One quota over all issues: what is bought beyond it is worth nothing, whatever it is."""
    grid = Grid.of({str(k): [str(n) for n in range(5)] for k in range(6)})
    bought = grid.choices.sum(axis=1).astype(float)
    payoffs = np.stack([1000 * np.minimum(bought, 11.0), -100 * bought], axis=1)
    asked: list[int] = []

    def solve(rows):
        asked.extend(rows.tolist())
        return payoffs[rows]

    found = screen(grid, solve, np.eye(2), NOTICED)
    assert found.screening is None
    assert found.solved.all()
    assert sorted(asked) == list(range(len(grid)))


def test_a_sharper_error_raises_the_order():
    table, payoffs = random_table(1)
    rough = screen(table.grid, lambda rows: payoffs[rows], np.eye(payoffs.shape[1]), NOTICED)
    assert rough.screening is not None
    assert rough.screening.order == 2
    exact = screen(table.grid, lambda rows: payoffs[rows], np.eye(payoffs.shape[1]), 1e-9)
    assert exact.screening is None or exact.screening.order > 2
    assert np.abs(exact.values - payoffs).max() < 1e-8


def test_an_error_that_was_not_seen_before_raises_the_bound():
    one = Screened(np.zeros((3, 2)), np.zeros(3, bool), np.array([1.0, 1.0]), None)
    more = one.with_exact(np.array([1]), np.array([[0.1, 4.0]]))
    assert more.bound.tolist() == [1.0, 6.0]
    assert more.solved.tolist() == [False, True, False]
    assert more.with_exact(np.array([1]), np.array([[9.0, 9.0]])).bound.tolist() == [1.0, 6.0]


# The economy.


@pytest.fixture(scope="module")
def shipped():
    return Case.load("japan-us-2025").table()


@pytest.mark.parametrize("packages", [5_184, 21_600])
def test_the_shipped_table_and_finer_ones_come_to_the_same(shipped, talks, packages):
    table = refined(shipped, SIZES[packages])
    assert len(table.grid) == packages
    whole = price(table, table.backgrounds[0], talks, exact=True)
    few = confirmed(price(table, table.backgrounds[0], talks, exact=False), LEADING)
    assert few.solved.mean() < 0.25
    assert few.screening is not None
    assert few.screening.largest_error < NOTICED
    assert few.game.frontier.tolist() == whole.game.frontier.tolist()
    for name, rows in solutions(whole.game).items():
        assert rows.tolist() == solutions(few.game)[name].tolist()
    for name in ("rational", "better"):
        np.testing.assert_array_equal(getattr(few.game, name), getattr(whole.game, name))
    income = talks.arrays.income[[talks.position(code) for code in table.parties]]
    error = np.abs(few.game.payoffs - whole.game.payoffs)
    assert (error[few.solved] / income).max() < 1e-8
    assert error.max() < 2 * few.screening.largest_error


@pytest.fixture(scope="module")
def screened(shipped, talks) -> Deal:
    return negotiate(shipped, talks, effort=Effort(draws=0, confirm=False, exact=False))


def test_every_payoff_that_is_told_was_solved(screened, talks):
    table, told = screened.table, contract(screened, 17)
    assert told["solved"] == int(screened.with_exact([17]).priced[0].solved.sum()) < len(table.grid) / 4
    assert "99 % confidence" in told["screening"]["guarantee"]
    one = screened.priced[0]
    named = [*told["frontier"], *told["solutions"].values(), told["explained"]]
    named += [tie for solution in told["solutions"].values() for tie in solution["ties"]]
    rows = np.array([table.grid.find(package["options"]) for package in named])
    income = talks.arrays.income[[talks.position(code) for code in table.parties]]
    exact = PayoffParts.of_columns(one.exact(rows), 2).payoffs(one.weights)
    for package, payoffs in zip(named, exact, strict=True):
        assert (np.abs(np.array(list(package["payoffs"].values())) - payoffs) / income).max() < 1e-8


def test_few_solves_tell_what_all_tell(screened, shipped, talks):
    whole = contract(negotiate(shipped, talks, effort=Effort(draws=0, confirm=False, exact=True)))
    few = contract(screened)
    assert whole["solved"] == whole["packages"]
    assert whole["screening"] is None

    def same(one, other, where):
        assert type(one) is type(other), where
        if isinstance(one, dict):
            assert one.keys() == other.keys(), where
            for key in one:
                same(one[key], other[key], f"{where}.{key}")
        elif isinstance(one, list):
            assert len(one) == len(other), where
            for k, (a, b) in enumerate(zip(one, other, strict=True)):
                same(a, b, f"{where}.{k}")
        elif isinstance(one, float):
            assert one == pytest.approx(other, abs=0.02), where
        else:
            assert one == other, where

    for name in ("solved", "screening"):
        del whole[name], few[name]
    same(few, whole, "deal")


def test_a_zone_that_closes_does_so_where_all_packages_say(shipped, talks):
    table = replace(shipped, file=shipped.file.model_copy(update={"red_lines": ()}))
    ends = [
        closing_points(confirmed(price(table, table.backgrounds[0], talks, exact=exact), 1), np.array([1000]))[
            1
        ]
        for exact in (True, False)
    ]
    assert ends[0].weights == pytest.approx(ends[1].weights, abs=1e-4)
    assert ends[0].theta_scale == ends[1].theta_scale
