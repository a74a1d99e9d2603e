"""Bargaining on finite sets: against brute force in integers, closed forms, and the axioms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosho.bargain import Game, Grid, alternating_offers, frontier, solutions
from kosho.bargain.attribution import cheapest_concession, shapley
from kosho.bargain.zone import critical_value, critical_weight, fewest_red_lines, smallest_transfer

# Brute force, in integers and fractions, straight from the definitions.


def dominates(x, y):
    return all(a >= b for a, b in zip(x, y, strict=True)) and any(a > b for a, b in zip(x, y, strict=True))


def brute_frontier(points):
    return [i for i, x in enumerate(points) if not any(dominates(y, x) for y in points)]


def brute_solutions(points, fallback):
    gains = [tuple(a - b for a, b in zip(x, fallback, strict=True)) for x in points]
    rational = [i for i, g in enumerate(gains) if min(g) >= 0]
    if not any(min(gains[i]) > 0 for i in rational):
        return {}
    ideal = [max(gains[i][k] for i in rational) for k in range(len(fallback))]
    values = {
        "nash": {i: (prod(gains[i]),) for i in rational if min(gains[i]) > 0},
        "kalai_smorodinsky": {
            i: tuple(sorted(Fraction(a, b) for a, b in zip(gains[i], ideal, strict=True))) for i in rational
        },
        "egalitarian": {i: tuple(sorted(gains[i])) for i in rational},
        "utilitarian": {i: (sum(gains[i]),) for i in rational},
    }
    found = {}
    for name, ranking in values.items():
        best = [i for i in ranking if ranking[i] == max(ranking.values())]
        found[name] = [i for i in best if not any(dominates(points[j], points[i]) for j in best)]
    return found


def random_game(seed):
    generator = np.random.default_rng(seed)
    parties = int(generator.integers(2, 5))
    count = int(generator.integers(1, 60))
    span = int(generator.choice([3, 6, 40, 1000]))  # few values make ties
    points = generator.integers(-span, span + 1, (count, parties))
    if seed % 3 == 0:
        points = np.concatenate([points, points[: count // 2]])
    return points, generator.integers(-span, span // 2 + 1, parties)


def game_of(points, fallback, **more):
    names = [f"party {k}" for k in range(np.shape(points)[1])]
    return Game.of(names, np.asarray(points, float), np.asarray(fallback, float), **more)


def listed(found):
    return {name: sorted(rows.tolist()) for name, rows in found.items()}


def test_brute_force_agrees_on_two_hundred_games_and_ties_are_among_them():
    tied, without_zone = 0, 0
    for seed in range(200):
        points, fallback = random_game(seed)
        rows = [tuple(map(int, row)) for row in points]
        game = game_of(points, fallback)
        assert sorted(game.frontier.tolist()) == brute_frontier(rows), seed
        expected = brute_solutions(rows, tuple(map(int, fallback)))
        assert listed(solutions(game)) == expected, seed
        assert game.zone == bool(expected)
        tied += any(len(ties) > 1 for ties in expected.values())
        without_zone += not expected
    assert tied > 20
    assert without_zone > 20


@pytest.mark.parametrize("parties", [1, 2, 3, 4, 5])
def test_the_frontier_keeps_ties_and_respects_what_is_allowed(parties):
    generator = np.random.default_rng(parties)
    points = generator.integers(0, 4, (80, parties))
    allowed = generator.random(80) < 0.7
    rows = np.flatnonzero(allowed)
    expected = [int(rows[i]) for i in brute_frontier([tuple(row) for row in points[rows]])]
    assert frontier(points.astype(float), allowed).tolist() == expected


games = st.integers(0, 10**6).map(random_game)
quick = settings(max_examples=60, deadline=None)


@quick
@given(games)
def test_every_solution_is_on_the_frontier_and_individually_rational(drawn):
    game = game_of(*drawn)
    for rows in solutions(game).values():
        assert len(rows) >= 1
        assert set(rows.tolist()) <= set(game.frontier.tolist())
        assert (game.gains[rows] >= 0).all()


@quick
@given(games, st.integers(0, 3), st.floats(1e-4, 1e4), st.floats(-1e3, 1e3))
def test_the_scale_and_origin_of_a_payoff_move_neither_nash_nor_kalai_smorodinsky(drawn, party, scale, origin):
    points, fallback = (values.astype(float) for values in drawn)
    party %= points.shape[1]
    before = listed(solutions(game_of(points, fallback)))
    # Shifting by a float would move equal gains apart by rounding; gains are what is scaled.
    points = points - fallback
    points[:, party] *= scale
    fallback = np.zeros_like(fallback)
    after = listed(solutions(game_of(points, fallback)))
    for concept in ("nash", "kalai_smorodinsky"):
        assert before.get(concept) == after.get(concept)
    shifted = listed(solutions(game_of(points + round(origin), fallback + round(origin))))
    assert set(shifted) == set(after)


@quick
@given(games, st.data())
def test_a_dominated_package_changes_nothing(drawn, data):
    points, fallback = drawn
    worse = points[data.draw(st.integers(0, len(points) - 1))] - data.draw(st.integers(1, 5))
    before = solutions(game_of(points, fallback))
    after = solutions(game_of(np.concatenate([points, [worse]]), fallback))
    assert listed(before) == listed(after)


@quick
@given(games, st.randoms())
def test_names_and_order_of_parties_and_packages_do_not_matter(drawn, random):
    points, fallback = drawn
    parties = list(range(points.shape[1]))
    packages = list(range(len(points)))
    random.shuffle(parties)
    random.shuffle(packages)
    before = solutions(game_of(points, fallback))
    after = solutions(game_of(points[packages][:, parties], fallback[parties]))
    back = {name: sorted(packages[row] for row in rows) for name, rows in after.items()}
    assert listed(before) == back


@quick
@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 10**6))
def test_shapley_values_add_up_and_equal_the_mean_over_orders(issues, parties, seed):
    worth = np.random.default_rng(seed).normal(size=(2**issues, parties))
    found = shapley(worth)
    assert np.allclose(found.sum(axis=0), worth[-1] - worth[0])
    if issues <= 4:
        orders = list(permutations(range(issues)))
        mean = np.zeros_like(found)
        for order in orders:
            there = 0
            for issue in order:
                mean[issue] += (worth[there | 1 << issue] - worth[there]) / len(orders)
                there |= 1 << issue
        assert np.allclose(found, mean)


# Closed forms.


def test_packages_that_differ_by_noise_alone_are_ties():
    """Noise as between copies of a law: without the merging, one copy beats the other by chance."""
    generator = np.random.default_rng(7)
    points = generator.uniform(-50, 100, (40, 2)).round(1)
    exact = Game.of(("a", "b"), np.concatenate([points, points]), np.zeros(2))
    twice = np.concatenate([points, points]) + generator.uniform(-1e-5, 1e-5, (80, 2))
    noisy = replace(Game.of(("a", "b"), twice, np.zeros(2)), resolution=1e-3)
    merged = replace(noisy, noise=1e-3)
    assert set(merged.frontier) == set(exact.frontier)
    assert set(noisy.frontier) != set(exact.frontier)
    for name, rows in solutions(merged).items():
        assert set(rows.tolist()) == set(solutions(exact)[name].tolist())
        assert len(rows) % 2 == 0
    np.testing.assert_allclose(merged.compared, twice, atol=1e-3)


def test_split_the_dollar():
    cents = np.arange(101)
    game = game_of(np.stack([cents, 100 - cents], axis=1), [0, 0])
    assert listed(solutions(game)) == {
        "nash": [50],
        "kalai_smorodinsky": [50],
        "egalitarian": [50],
        "utilitarian": list(range(101)),
    }
    # With 20 to fall back on the first party has 20 and half of the rest: 60.
    uneven = listed(solutions(game_of(game.payoffs, [20, 0])))
    assert uneven["nash"] == uneven["kalai_smorodinsky"] == uneven["egalitarian"] == [60]


def test_split_the_dollar_with_a_root_utility_for_one():
    # Gains sqrt(x) and 1 - x: Nash at x = 1/3; Kalai-Smorodinsky and egalitarian where sqrt(x) = 1 - x.
    x = np.linspace(0, 1, 100_001)
    game = game_of(np.stack([np.sqrt(x), 1 - x], axis=1), [0, 0])
    found = {name: x[rows[0]] for name, rows in solutions(game).items()}
    even = (3 - np.sqrt(5)) / 2
    assert found["nash"] == pytest.approx(1 / 3, abs=2e-5)
    assert found["kalai_smorodinsky"] == pytest.approx(even, abs=2e-5)
    assert found["egalitarian"] == pytest.approx(even, abs=2e-5)
    assert found["utilitarian"] == pytest.approx(1 / 4, abs=1e-4)  # ties: the sum is flat there


def test_two_issues_with_quadratic_losses():
    # u1 = 2 - x² - y², u2 = 2 - (1-x)² - (1-y)²: the contract curve is x = y, on a grid its neighbours as well.
    grid = Grid.of({"x": [str(k) for k in range(101)], "y": [str(k) for k in range(101)]})
    x, y = (grid.choices / 100).T
    first, second = 2 - x**2 - y**2, 2 - (1 - x) ** 2 - (1 - y) ** 2
    game = game_of(np.stack([first, second], axis=1), [0, 0])
    assert np.abs(x - y)[game.frontier].max() < 0.0101
    assert set(np.flatnonzero(x == y)) <= set(game.frontier.tolist())
    for name, rows in solutions(game).items():
        assert [grid.label(row) for row in rows] == [{"x": "50", "y": "50"}], name
    # Falling back on u1 = 1.5: with x = y = s gains are 0.5 - 2s² and 2 - 2(1-s)² = 4s - 2s².
    uneven = game_of(np.stack([first, second], axis=1), [1.5, 0])
    s = np.linspace(0, 0.5, 500_001)
    gain1, gain2 = 0.5 - 2 * s**2, 4 * s - 2 * s**2
    expected = {
        "nash": s[(gain1 * gain2).argmax()],
        "egalitarian": 1 / 8,
        "kalai_smorodinsky": s[np.minimum(gain1 / 0.5, gain2 / 1.5).argmax()],
    }
    found = solutions(uneven)
    for name, value in expected.items():
        assert x[found[name][0]] == pytest.approx(value, abs=0.0101), name
        assert y[found[name][0]] == pytest.approx(value, abs=0.0101), name


# The deadline.


def brute_offers(points, fallback, now, periods, discount):
    """All offers considered, package by package."""
    worth, path = list(map(float, fallback)), []
    for period in reversed(range(periods)):
        k = period % len(fallback)
        waiting = [(1 - discount) * a + discount * b for a, b in zip(now, worth, strict=True)]
        best = None
        for i, x in enumerate(points):
            fine = all(a >= w - 1e-9 * abs(w) for a, w in zip(x, waiting, strict=True))
            undominated = not any(dominates(y, x) for y in points)
            if fine and undominated and (best is None or (x[k], sum(x)) > (points[best][k], sum(points[best]))):
                best = i
        worth = waiting if best is None else list(map(float, points[best]))
        path.append((best, worth))
    return path[::-1]


@quick
@given(games, st.integers(1, 8), st.floats(0.5, 1.0))
def test_offers_follow_backward_induction(drawn, periods, discount):
    points, fallback = drawn
    now = fallback + np.arange(points.shape[1])
    game = game_of(points, fallback, status_quo=now)
    rows = [tuple(map(int, row)) for row in points]
    expected = brute_offers(rows, fallback, now, periods, discount)
    found = alternating_offers(game, periods, discount)
    assert [offer.package for offer in found.path] == [package for package, _ in expected]
    for offer, (_, worth) in zip(found.path, expected, strict=True):
        assert offer.worth == pytest.approx(worth)


def test_the_last_proposer_takes_all_and_patience_shares_it_as_in_rubinstein():
    cents = np.arange(10_001) / 10_000
    game = game_of(np.stack([cents, 1 - cents], axis=1), [0, 0])
    last = alternating_offers(game, 1, 0.9).agreed
    assert last is not None
    assert last.worth == (1.0, 0.0)
    long = alternating_offers(game, 201, 0.9).agreed
    assert long is not None
    assert long.worth[0] == pytest.approx(1 / 1.9, abs=2e-3)  # the finite set makes it approximate


def test_a_party_that_likes_today_better_than_any_deal_waits_for_the_deadline():
    game = game_of([[1, 2]], [0, 0], status_quo=[5, 0])
    found = alternating_offers(game, 3, 0.9)
    assert [offer.package for offer in found.path] == [None, None, 0]
    assert found.agreed == found.path[2]


# What opens and closes a zone.


def test_the_smallest_transfer_opens_a_zone_and_less_does_not():
    game = game_of([[-2, 5], [-1, 1.5], [-4, 1]], [0, 0])
    assert not game.zone
    found = smallest_transfer(game)
    assert found is not None
    assert (found.package, found.amount, found.pays) == (1, 1.0, (-1.0, 1.0))
    paid = game.payoffs - np.array(found.pays)
    cent = np.array([1e-6, -1e-6])
    assert game_of(paid + cent, [0, 0]).zone
    assert not game_of(paid - cent, [0, 0]).zone
    assert smallest_transfer(game_of([[-2, 1]], [0, 0])) is None


def test_the_fewest_red_lines():
    crossed = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]], bool)
    payoffs = [[9, 9], [1, 2], [3, 1], [-1, 9]]
    game = game_of(payoffs, [0, 0], red_lines=dict(zip("abc", crossed.T, strict=True)))
    assert not game.zone
    assert {(one.red_lines, one.package) for one in fewest_red_lines(game)} == {(("a",), 1), (("c",), 2)}
    hopeless = game_of([[-1, 9]], [0, 0], red_lines={"a": np.array([False])})
    assert fewest_red_lines(hopeless) == []


def test_critical_points():
    assert critical_weight(np.array([3.0, 4.0]), np.array([-2.0, 1.0])) == 1.5
    assert critical_weight(np.array([3.0, 4.0]), np.array([2.0, 1.0])) is None
    assert critical_weight(np.array([3.0, -4.0]), np.array([2.0, 1.0]), start=1.0) == 1.0
    assert critical_value(lambda x: x - 0.3, 1.0, 0.1) == pytest.approx(0.3, rel=2e-3)
    assert critical_value(lambda x: x, 1.0, 0.1) is None


def test_the_cheapest_concession_costs_the_others_least_whatever_it_changes():
    """One issue alone makes the loser whole at a cost of 5; both together do at a cost of 1."""
    grid = Grid.of({"a": ["no", "yes"], "b": ["no", "yes"]})
    found = cheapest_concession(game_of([[5, -1], [0, 2], [3, -2], [4, 0]], [0, 0]), grid, 0, "party 1")
    assert found is not None
    assert (found.package, found.changed, found.cost) == (3, ("a", "b"), (1.0, -1.0))
    # Costs that differ by noise are one, and then fewer changes are better.
    noisy = replace(game_of([[5, -1], [4, 2], [3, -2], [4.001, 0]], [0, 0]), noise=0.01)
    found = cheapest_concession(noisy, grid, 0, "party 1")
    assert found is not None
    assert found.changed == ("b",)


def test_the_cheapest_concession_of_few_issues():
    grid = Grid.of({"a": ["no", "yes"], "b": ["0", "1", "2"]})
    payoffs = [[0, 0], [2, -1], [4, -2], [-1, 3], [1.5, 1], [3, -1]]
    game = game_of(payoffs, [0, 0])
    found = cheapest_concession(game, grid, grid.find({"a": "no", "b": "2"}), "party 1")
    assert found is not None
    assert (found.package, found.changed, found.cost) == (4, ("a", "b"), (2.5, -3.0))
    found = cheapest_concession(game, grid, grid.find({"a": "yes", "b": "2"}), "party 1")
    assert found is not None
    assert (found.package, found.changed, found.cost) == (4, ("b",), (1.5, -2.0))
    assert cheapest_concession(game_of([[1, -1]] * 6, [0, 0]), grid, 0, "party 1") is None


@quick
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.data())
def test_mixtures_take_the_issues_that_their_bits_name(sizes, data):
    grid = Grid.of({f"i{k}": [str(n) for n in range(size)] for k, size in enumerate(sizes)})
    package, fallback = (data.draw(st.integers(0, len(grid) - 1)) for _ in range(2))
    mixtures = grid.mixtures(package, fallback)
    assert (mixtures[0], mixtures[-1]) == (fallback, package)
    for subset, mixed in enumerate(mixtures):
        for k in range(len(sizes)):
            source = package if subset >> k & 1 else fallback
            assert grid.choices[mixed][k] == grid.choices[source][k]
    assert grid.find(grid.label(package)) == package
