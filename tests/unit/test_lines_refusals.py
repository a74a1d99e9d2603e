"""What indices, one market and rules of origin refuse, and what they leave unknown, from Python."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest

from kosho import lines
from kosho.equilibrium import Flow, Quota
from kosho.errors import InputError
from kosho.impact.coercion import Market
from kosho.lines import LinearMarket, PartialSettings, SwapLines, ValueRule, linear_market

TWO: dict[str, tuple[str, str]] = {
    "revealed_advantage": ("exports", "world"),
    "grubel_lloyd": ("exports", "imports"),
    "intra_industry": ("exports", "imports"),
    "export_similarity": ("one", "other"),
    "michaely_complementarity": ("exports", "imports"),
    "preference_margin": ("rates", "imports"),
}
ROW = [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([1.0, -2.0, 3.0], "has -2"),
        ([1.0, inf, 3.0], "without an end"),
        (["1", "2", "3"], "real numbers"),
        ([True, False, True], "real numbers"),
        ([[1.0], [1.0, 2.0]], "real numbers"),
        ([1.0, 2.0], "shape"),
    ],
)
def test_an_index_of_amounts_that_are_none_is_refused_by_its_argument(name: str, given: Any, why: str) -> None:
    index: Callable[..., Any] = getattr(lines, name)
    for place, argument in enumerate(TWO[name]):
        both = [ROW, ROW]
        both[place] = given
        with pytest.raises(InputError, match=why) as told:
            index(*both)
        keys = [problem.key for problem in told.value.problems]
        assert keys == [TWO[name][1] if why == "shape" else argument]


@pytest.mark.parametrize("name", ["intra_industry", "export_similarity", "michaely_complementarity"])
@pytest.mark.parametrize("given", [([], []), ([1.0, nan, 3.0], ROW)])
def test_an_index_of_nothing_or_of_what_is_not_known_is_not_known(name: str, given: tuple[Any, Any]) -> None:
    assert isnan(getattr(lines, name)(*given))


def test_indices_of_three_and_four_arrays_name_the_one_that_is_wrong() -> None:
    assert isnan(lines.complementarity([], [], []))
    for place, name in enumerate(("exports", "imports", "world")):
        given = [ROW, ROW, ROW]
        given[place] = [1.0, 2.0, -3.0]
        with pytest.raises(InputError, match=f"{name}: has -3"):
            lines.complementarity(given[0], given[1], given[2])
    with pytest.raises(InputError, match="world: has -1"):
        lines.trade_intensity(1.0, 2.0, 3.0, -1.0)
    with pytest.raises(InputError, match="imports: has -1"):
        lines.market_share([[1.0, -1.0]])
    with pytest.raises(InputError, match="after: has -1"):
        lines.preference_erosion([[0.1, 0.1]], [[0.1, -1.0]], [[1.0, 1.0]])


@pytest.mark.parametrize("above", [nan, inf, "0.1", True])
def test_a_peak_is_above_a_number(above: Any) -> None:
    with pytest.raises(InputError, match="above"):
        lines.tariff_peaks([0.2], above=above)


@pytest.mark.parametrize(
    ("coefficient", "rates"),
    [(nan, [0.1]), (inf, [0.1]), ("a", [0.1]), (0.0, [0.1]), (25, [-1.0]), (25, ["x"])],
)
def test_the_swiss_formula_takes_numbers(coefficient: Any, rates: Any) -> None:
    with pytest.raises(InputError):
        lines.swiss_formula(rates, coefficient)


def test_rates_that_are_not_known_stay_so() -> None:
    assert np.isnan(lines.swiss_formula([nan], 25)).all()
    assert lines.tariff_peaks([nan, nan], above=None).tolist() == [False, False]


@pytest.mark.parametrize(("content", "threshold"), [(-0.1, 0.4), (0.5, 40.0), (0.5, -0.4), ("0.5", 0.4)])
def test_shares_of_content_are_fractions(content: Any, threshold: Any) -> None:
    with pytest.raises(InputError):
        lines.possible_use(content, threshold)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"price": -350.0}, "price"),
        ({"price": 0.0}, "price"),
        ({"price": inf}, "price"),
        ({"price": "350"}, "price"),
        ({"demand": inf}, "demand"),
        ({"supply": -1.0}, "supply"),
        ({"demand_slope": nan}, "demand_slope"),
        ({"supply_slope": inf}, "supply_slope"),
    ],
)
def test_a_linear_market_is_made_of_numbers(changes: dict[str, Any], key: str) -> None:
    held: dict[str, Any] = {
        "price": 350.0, "demand": 112.5, "supply": 75.0, "demand_slope": -0.25, "supply_slope": 0.5,
    }  # fmt: skip
    with pytest.raises(InputError) as told:
        LinearMarket(**{**held, **changes})
    assert key in [problem.key for problem in told.value.problems]


@pytest.mark.parametrize(
    ("tariff", "key"),
    [
        ({"specific": nan}, "specific"),
        ({"rate": inf}, "rate"),
        ({"rate": "a"}, "rate"),
        ({"specific": -351.0}, "specific"),
    ],
)
def test_a_tariff_is_a_number_and_leaves_a_price(tariff: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as told:
        linear_market(LinearMarket(350, 112.5, 75, -0.25, 0.5), **tariff)
    assert [problem.key for problem in told.value.problems] == [key]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"allowed": {"CHN": -1.0}}, "allowed: has -1"),
        ({"allowed": {"CHN": nan}}, "no price sells"),
        ({"shift": {"CHN": -1.0}}, "shift: has -1"),
        ({"shift": {"CHN": 0.0, "home": 0.0}}, "no price sells"),
    ],
)
def test_a_replay_without_a_price_is_none(asked: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        Market({"CHN": 50.0, "home": 50.0}, 1.5, 0.5).clear(**asked)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"supply": nan}, "supply"),
        ({"supply": -1.0}, "supply"),
        ({"supply": 0.0}, "supply"),
        ({"supply": "3"}, "supply"),
        ({"model": "smarter"}, "model"),
        ({"form": "straight"}, "form"),
    ],
)
def test_a_partial_model_is_one_that_there_is_and_supply_can_be(asked: dict[str, Any], key: str) -> None:
    assert (PartialSettings().supply, PartialSettings(supply=0.1).supply) == (inf, 0.1)
    with pytest.raises(InputError) as told:
        PartialSettings(**asked)
    assert [problem.key for problem in told.value.problems] == [key]


@pytest.mark.parametrize("code", [870323, "87", "8703.23", "", "87032x"])
def test_codes_of_lines_are_digits(code: Any) -> None:
    with pytest.raises(InputError, match=r"codes\[1\]: (.* \(six digits or more\)|is a int, not a str)"):
        lines.line_elasticities(["870323", code], "JPN")


def test_elasticities_of_no_lines_have_no_medians() -> None:
    assert repr(lines.line_elasticities([], "JPN")) == "Elasticities of 0 lines, medians"


@pytest.mark.parametrize("amount", ["5", True, 1j])
def test_an_amount_of_a_bound_is_a_number(amount: Any) -> None:
    with pytest.raises(InputError, match=r"amount: is a .*, not a number"):
        Quota(name="q", flows=(Flow("JPN", "USA", "C29"),), amount=amount, holder="importer")


def test_demand_that_hardly_moves_may_have_no_price() -> None:
    with pytest.raises(InputError, match="no price sells"):
        Market({"CHN": 50.0, "home": 50.0}, 0.001, 0.0).clear({"CHN": 0.0})


@pytest.mark.parametrize(
    ("base", "demand", "why"),
    [
        ({"home": nan}, 1.0, "not all zero"),
        ({"home": "x"}, 1.0, "base"),
        ({"home": 1.0}, inf, "demand"),
        ({}, 1.0, "zero"),
    ],
)
def test_a_market_of_what_is_no_number_is_refused(base: Any, demand: Any, why: str) -> None:
    with pytest.raises(InputError, match=why):
        Market(base, demand, 0.5)


SWAP: dict[str, Any] = {
    "sides": ("USA", "JPN"),
    "codes": ["01", "02"],
    "giver": [0, 1],
    "gains": [[-1, 3], [4, -2]],
    "trade": [10, 20],
}
RULE: dict[str, Any] = {"method": "build-down", "threshold": 0.4, "members": ("JPN",)}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"giver": [0, 2]}, "giver"),
        ({"giver": [-1, 0]}, "giver"),
        ({"giver": [0.5, 1]}, "giver"),
        ({"gains": [["a", 3], [4, -2]]}, "gains"),
        ({"gains": [[True, True], [True, False]]}, "gains"),
        ({"trade": [-1, 20]}, "trade"),
        ({"codes": ["01", 2]}, "codes[1]"),
        ({"codes": ["01", "01"], "giver": [0, 0]}, "codes"),
        ({"sides": ("USA", "USA")}, "sides"),
        ({"sides": ("USA",)}, "sides"),
    ],
)
def test_what_may_be_swapped_is_lines_of_two_sides(changes: dict[str, Any], key: str) -> None:
    alike: dict[str, Any] = {**SWAP, "codes": ["01", "01"]}
    assert SwapLines(**alike).codes == ["01", "01"]  # one of either side
    with pytest.raises(InputError) as told:
        SwapLines(**{**SWAP, **changes})
    assert [problem.key for problem in told.value.problems] == [key]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"weight": "x"}, "weight"),
        ({"coverage": nan}, "coverage"),
        ({"budget": (nan, None)}, "budget[0]"),
        ({"budget": (None, "1")}, "budget[1]"),
        ({"budget": (1.0,)}, "budget"),
        ({"exclude": "01"}, "exclude"),
    ],
)
def test_conditions_of_a_swap_are_numbers_and_lists(asked: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as told:
        lines.swap_set(SwapLines(**SWAP), **asked)
    assert [problem.key for problem in told.value.problems] == [key]


def test_no_lines_are_no_swap() -> None:
    nothing = SwapLines(("USA", "JPN"), [], [], np.zeros((0, 2)), [])
    with pytest.raises(InputError, match="lines: no lines"):
        lines.swap_set(nothing)


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"method": "build"}, "method"), ({"threshold": 40.0}, "threshold"), ({"threshold": nan}, "threshold")],
)
def test_a_rule_of_value_is_a_method_and_a_fraction(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as told:
        ValueRule(**{**RULE, **changes})
    assert [problem.key for problem in told.value.problems] == [key]
