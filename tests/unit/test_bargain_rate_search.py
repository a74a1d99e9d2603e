"""The search for rates where gains are known curves: ends, digits that are true, kinks, what is barred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, cast

import numpy as np
import pytest

from kosho.bargain.rate_aims import Aim, aims_of, opening
from kosho.bargain.rate_cell import Look, RateCell
from kosho.bargain.rate_search import FoundRates, best_rates

Gains = Callable[[np.ndarray], list[float]]


class Curves:
    """A package whose gains are known functions of its rates; slopes are central differences."""

    def __init__(self, ends: list[tuple[float, float]], gains: Gains, *, differences: bool = False) -> None:
        self.ends = np.array(ends)
        self._gains, self._differences = gains, differences
        self.looks: dict[tuple[float, ...], Look] = {}
        self.worth: dict[tuple[float, ...], np.ndarray] = {}

    def gains(self, many: list[np.ndarray]) -> np.ndarray:
        for rates in many:
            self.worth[tuple(rates.round(4).tolist())] = np.array(self._gains(rates))
        return np.array([self.worth[tuple(rates.round(4).tolist())] for rates in many])

    def look(self, rates: np.ndarray) -> Look:
        key = tuple(rates.round(4).tolist())
        if key not in self.looks:
            steps = 1e-6 * np.eye(len(rates))
            up, down = (np.array([self._gains(rates + way * one) for one in steps]) for way in (1, -1))
            slopes = ((up - down) / 2e-6).T
            self.looks[key] = Look(np.array(self._gains(rates)), slopes, differences=self._differences)
        return self.looks[key]


def best(aim: Aim, ends: list[tuple[float, float]], gains: Gains, start: list[float]) -> FoundRates:
    return best_rates(cast("RateCell", cast("Any", Curves(ends, gains))), aim, np.array(start))


ALONE = Aim("sum", np.ones(1))


@pytest.mark.parametrize(("slope", "end"), [(3.0, 15.0), (-3.0, 10.0)])
@pytest.mark.parametrize("start", [10.0, 12.0, 15.0])
def test_a_gain_that_only_rises_or_falls_is_best_at_an_end(slope: float, end: float, start: float) -> None:
    found = best(ALONE, [(10.0, 15.0)], lambda rates: [100.0 + slope * rates[0]], [start])
    assert (found.rates.tolist(), found.steps.tolist()) == ([end], [0.0])
    assert found.value == pytest.approx(100.0 + slope * end)
    assert found.slope == pytest.approx(0.0, abs=1e-6)  # the end closes it
    assert not found.differences


@pytest.mark.parametrize(
    ("steep", "step", "told"),
    [
        (600.0, 0.001, 12.346),
        (20.0, 0.01, 12.35),
        (0.2, 0.1, 12.3),
        (0.002, 1.0, 12.0),
    ],
)
def test_digits_are_those_by_which_a_move_loses(steep: float, step: float, told: float) -> None:
    """A move by one step costs about `steep * step**2`, at least 0.0005."""
    found = best(ALONE, [(10.0, 15.0)], lambda rates: [100.0 - steep * (rates[0] - 12.3456) ** 2], [14.0])
    assert found.steps.tolist() == [step]
    assert found.rates.tolist() == pytest.approx([told], abs=1e-9)
    assert found.value == pytest.approx(100.0 - steep * (told - 12.3456) ** 2)
    assert found.gains.tolist() == [found.value]


@pytest.mark.parametrize(("off", "step"), [(0.0003, 0.0), (0.0008, 0.001), (0.0013, 0.001)])
@pytest.mark.parametrize(("end", "inwards"), [(10.0, 1.0), (15.0, -1.0)])
def test_what_rounds_to_an_end_is_at_it(end: float, inwards: float, off: float, step: float) -> None:
    top = end + inwards * off
    found = best(ALONE, [(10.0, 15.0)], lambda rates: [100.0 - 5e4 * (rates[0] - top) ** 2], [14.0])
    assert found.steps.tolist() == [step]
    assert found.rates.tolist() == pytest.approx([end + inwards * round(off, 3)], abs=1e-9)


def test_where_nothing_is_told_apart_there_is_no_digit() -> None:
    found = best(ALONE, [(10.0, 15.0)], lambda rates: [100.0 - 1e-6 * rates[0]], [12.4])
    assert np.isnan(found.steps[0])
    assert found.rates[0] in {10.0, 12.0}


def test_a_kink_is_found_where_slopes_mislead() -> None:
    """Gains rise by 2 a point up to 12.3 and fall by 50 beyond: no slope is nil anywhere."""
    found = best(
        ALONE, [(10.0, 15.0)], lambda rates: [min(2 * rates[0], 24.6 - 50 * (rates[0] - 12.3))], [14.0]
    )
    assert found.rates.tolist() == pytest.approx([12.3], abs=2e-3)
    assert found.value == pytest.approx(24.6, abs=5e-3)


def two(rates: np.ndarray) -> list[float]:
    """What one gains by a high first rate the other loses by it; a low second rate is good for both."""
    return [10.0 * rates[0] - rates[1] ** 2, 100.0 - 5.0 * rates[0] - rates[1] ** 2]


ENDS = [(0.0, 20.0), (0.0, 5.0)]


@pytest.mark.parametrize(
    ("concept", "ideal", "first"),
    [
        ("nash", [100.0, 100.0], 10.0),  # 10 x (100 - 5 x) is largest at 10
        ("egalitarian", [100.0, 100.0], 100 / 15),  # 10 x = 100 - 5 x
        ("kalai_smorodinsky", [200.0, 100.0], 10.0),  # 10 x / 200 = (100 - 5 x) / 100
        ("utilitarian", [100.0, 100.0], 20.0),  # all goes to whom a point is worth more
    ],
)
def test_each_concept_has_its_own_rates(concept: str, ideal: list[float], first: float) -> None:
    found = best(aims_of(np.array(ideal))[concept], ENDS, two, [3.0, 4.0])
    assert found.rates.tolist() == pytest.approx([first, 0.0], abs=2e-3)
    assert found.steps[1] == 0.0
    assert found.gains.tolist() == pytest.approx(two(found.rates))


def test_nobody_may_lose_but_where_a_zone_is_sought() -> None:
    def lossy(rates: np.ndarray) -> list[float]:
        return [10.0 * rates[0] - 30.0, 20.0 - 5.0 * rates[0]]

    most = best(Aim("sum", np.array([1.0, 0.0])), [(0.0, 20.0)], lossy, [3.5])
    assert most.rates.tolist() == pytest.approx([4.0], abs=2e-3)  # at 4 the other has nothing left
    assert most.gains.min() >= 0

    def hopeless(rates: np.ndarray) -> list[float]:
        return [10.0 * rates[0] - 70.0, 20.0 - 5.0 * rates[0]]

    least = best(opening(2), [(0.0, 20.0)], hopeless, [1.0])
    assert least.rates.tolist() == pytest.approx([6.0], abs=2e-3)
    assert least.value == pytest.approx(-10.0, abs=0.02)


def test_what_is_left_open_is_told_in_money_a_point() -> None:
    """At the last true digit, a whole point, of a flat top the slope is that of the curve there."""
    found = best(ALONE, [(10.0, 15.0)], lambda rates: [100.0 - 0.002 * (rates[0] - 12.3456) ** 2], [14.0])
    assert found.slope == pytest.approx(2 * 0.002 * 0.3456, rel=1e-3)


def test_how_many_were_solved_is_counted_and_differences_are_told() -> None:
    cell = Curves([(10.0, 15.0)], lambda rates: [100.0 - (rates[0] - 12.3456) ** 2], differences=True)
    first = best_rates(cast("RateCell", cast("Any", cell)), ALONE, np.array([14.0]))
    assert first.differences
    assert first.solved == len(cell.looks) + len(cell.worth) > 0
    again = best_rates(cast("RateCell", cast("Any", cell)), ALONE, np.array([14.0]))
    assert again.solved == 0


def hill(left: float, right: float, top: float) -> Gains:
    """Falls as the square of the distance from a top, on either side by a weight of its own."""

    def gains(rates: np.ndarray) -> list[float]:
        off = rates[0] - top
        return [100.0 - (left if off < 0 else right) * off**2]

    return gains


@pytest.mark.parametrize(
    ("left", "right", "step"),
    [
        (5.5, 5.5, 0.01),  # 0.00055 a hundredth of a point, of 0.0005 that are told apart
        (4.5, 4.5, 0.1),
        (50.0, 4.5, 0.1),
        (4.5, 50.0, 0.1),
        (550.0, 550.0, 0.001),
        (450.0, 450.0, 0.01),
        (0.055, 0.055, 0.1),
        (0.045, 5.0, 1.0),
        (5.0, 0.045, 1.0),
    ],
)
def test_a_digit_is_true_if_a_move_loses_on_both_sides(left: float, right: float, step: float) -> None:
    assert best(ALONE, [(10.0, 15.0)], hill(left, right, 12.35), [12.0]).steps.tolist() == [step]


@pytest.mark.parametrize(("top", "step"), [(14.9996, 0.0), (14.9985, 0.001), (10.0004, 0.0), (10.0015, 0.001)])
def test_as_near_to_an_end_as_half_the_last_digit_is_the_end(top: float, step: float) -> None:
    found = best(ALONE, [(10.0, 15.0)], hill(600.0, 600.0, top), [12.0])
    assert found.steps.tolist() == [step]
    assert found.rates[0] in ({10.0, 15.0} if step == 0 else {round(top - 0.0005, 3), round(top + 0.0005, 3)})


def test_a_range_narrower_than_any_step_has_its_best_rate() -> None:
    assert best(ALONE, [(10.0, 10.005)], lambda rates: [1e5 * (rates[0] - 10)], [10.0]).rates.tolist() == [
        10.005
    ]
    middle = best(ALONE, [(10.0, 10.005)], hill(1e6, 1e6, 10.0022), [10.0])
    assert (middle.rates.tolist(), middle.steps.tolist()) == ([10.002], [0.001])


class Misled(Curves):
    """Slopes that say nothing: only exact solves beside the rates tell where it goes up."""

    def look(self, rates: np.ndarray) -> Look:
        return Look(np.array(self._gains(rates)), np.zeros((1, len(rates))), differences=True)


@pytest.mark.parametrize(
    ("ends", "start", "top"),
    [
        ((10.0, 15.0), 12.0, 12.9),
        ((10.0, 15.0), 12.0, 11.1),
        ((10.0, 13.0), 12.0, 12.9),
        ((11.0, 15.0), 12.0, 11.1),
    ],
)
def test_where_slopes_say_nothing_the_rate_is_sought_on_the_line(
    ends: tuple[float, float], start: float, top: float
) -> None:
    cell = Misled([ends], hill(600.0, 600.0, top))
    found = best_rates(cast("RateCell", cast("Any", cell)), ALONE, np.array([start]))
    assert found.rates.tolist() == pytest.approx([top], abs=1.5e-3)


def test_what_is_left_open_of_a_product_is_money_too() -> None:
    """The geometric mean of both gains is largest at 10.2; a point is not told apart, so 10 is told."""

    def gains(rates: np.ndarray) -> list[float]:
        return [0.01 * (rates[0] - 0.4), 0.01 * (20.0 - rates[0])]

    found = best(aims_of(np.ones(2))["nash"], [(5.0, 15.0)], gains, [6.0])
    assert found.rates.tolist() == [10.0]
    rise = 0.01 * (np.sqrt(9.6001 * 9.9999) - np.sqrt(9.5999 * 10.0001)) / 0.0002
    assert found.slope == pytest.approx(rise, rel=1e-3)


def test_of_rates_that_leave_the_smallest_gain_alone_the_best_for_all_is_taken() -> None:
    def gains(rates: np.ndarray) -> list[float]:
        return [100.0 - (rates[0] - 5.0) ** 2, 200.0 + 300.0 * rates[1]]

    found = best(aims_of(np.array([100.0, 100.0]))["egalitarian"], [(0.0, 20.0), (0.0, 5.0)], gains, [3.0, 2.0])
    assert found.rates.tolist() == pytest.approx([5.0, 5.0], abs=2e-2)
    assert found.value == pytest.approx(100.0, abs=1e-3)


def test_a_rate_that_is_others_alone_is_best_for_them_between_its_ends_too() -> None:
    def gains(rates: np.ndarray) -> list[float]:
        return [100.0 - (rates[0] - 5.0) ** 2, 200.0 - 3.0 * (rates[1] - 3.2) ** 2]

    found = best(aims_of(np.array([100.0, 100.0]))["egalitarian"], [(0.0, 20.0), (0.0, 5.0)], gains, [3.0, 1.0])
    assert found.rates.tolist() == pytest.approx([5.0, 3.0], abs=2e-2)
    assert np.isnan(found.steps[1])  # the smallest gain does not tell it apart
    assert found.value == pytest.approx(100.0, abs=1e-3)


@pytest.mark.parametrize(
    ("form", "weights", "rational", "value"),
    [
        ("sum", [1.0, 2.0], True, [24.0, 4.0, -np.inf]),
        ("sum", [1.0, 2.0], False, [24.0, 4.0, 3.0]),
        ("smallest", [1.0, 2.0], True, [4.0, 0.0, -np.inf]),
        ("smallest", [1.0, 2.0], False, [4.0, 0.0, -1.0]),
        ("product", [1.0, 1.0], True, [40.0**0.5, 0.0, -np.inf]),
        ("product", [1.0, 1.0], False, [40.0**0.5, 0.0, -np.inf]),
    ],
)
def test_what_an_aim_is_worth_at_gains_at_nothing_and_at_a_loss(
    form: Literal["sum", "smallest", "product"], weights: list[float], rational: bool, value: list[float]
) -> None:
    gains = np.array([[4.0, 10.0], [4.0, 0.0], [-1.0, 2.0]])
    assert Aim(form, np.array(weights), rational).values(gains) == pytest.approx(value)
