"""Episodes by hand: shifts that reconcile a replay with what was seen, ends, which shifts are told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.measures import figure

from kosho.impact.coercion import PRICE, Market, _at, _corners, compare

MARKET = Market({"home": 60.0, "korea": 10.0, "usa": 20.0, "china": 30.0}, 0.8, 0.5)
SHIFT = {"home": 1.2, "korea": 0.7, "usa": 0.7}
HALTED = {"china": 0.25}


@pytest.mark.parametrize("seen", [("home",), ("home", "korea"), ("home", "china"), ("korea", "home", "usa")])
def test_shifts_that_are_fitted_to_a_replay_are_those_it_was_made_with(seen: tuple[str, ...]) -> None:
    replay = MARKET.clear(HALTED, SHIFT)
    assert replay.quantities["china"] == pytest.approx(7.5)
    observed = {name: replay.quantities[name] for name in seen}
    found = MARKET.fitted_shift(replay.price, observed, HALTED)
    assert found == pytest.approx(SHIFT)
    more = MARKET.fitted_shift(replay.price, observed | {"china": 9.5}, HALTED)
    if "usa" not in seen:  # what a halted one took more than was allowed is not there for the others
        rest = [name for name in SHIFT if name not in seen]
        fall = replay.price**-0.8
        lost = 2.0 / (sum(MARKET.base[name] for name in rest) * fall)
        assert more["usa"] == pytest.approx(SHIFT["usa"] - lost)
    assert more["home"] == pytest.approx(SHIFT["home"])


def episode(**changes: Any) -> Any:
    about = {
        "base": {
            "home": figure(60.0, "tonnes"),
            "usa": figure(20.0, "tonnes"),
            "china": figure(30.0, "tonnes"),
        },
        "demand": figure(0.8, "elasticity"),
        "supply": figure(0.5, "elasticity"),
        "allowed": {"china": 0.25},
        "observed": {},
        "unit": "tonnes",
    }
    return SimpleNamespace(**about | changes)


PRICED, SOLD = {PRICE: figure(0.9, "ratio")}, {"home": figure(66.0, "tonnes")}
LEFT = {"china": figure(9.0, "tonnes")}


@pytest.mark.parametrize(
    ("observed", "shifted", "fitted"),
    [
        ({}, set(), None),
        (PRICED, {"home", "usa"}, "observed"),
        (SOLD, {"home"}, "halt alone"),
        (PRICED | SOLD, {"home", "usa"}, "observed"),
        (LEFT, set(), None),
        (LEFT | SOLD, {"home"}, "halt alone"),
    ],
)
def test_a_shift_is_told_where_a_price_or_the_quantity_was_seen(
    observed: dict[str, Any], shifted: set[str], fitted: str | None
) -> None:
    found = compare(episode(observed=observed))
    assert {one.what for one in found.figures if one.shift is not None} == shifted
    assert found.fitted_at == fitted
    replay = Market({"home": 60.0, "usa": 20.0, "china": 30.0}, 0.8, 0.5).clear({"china": 0.25})
    assert found.of(PRICE).predicted.value == pytest.approx(replay.price)
    assert found.of("home").predicted.value == pytest.approx(replay.quantities["home"])
    price = observed[PRICE].value if PRICE in observed else replay.price
    if "home" in observed:
        wanted = 66.0 / (60.0 * price**-0.8)
        shift = found.of("home").shift
        assert shift is not None
        assert (shift.value, shift.unit) == (pytest.approx(wanted), "demand over base at the old price")
    seen = found.of("home").observed
    assert (None if seen is None else seen.value) == (66.0 if "home" in observed else None)


def test_every_end_of_every_range_is_replayed_once_the_middle_first() -> None:
    ranged = episode(
        demand=figure(0.8, "elasticity", 0.4, 1.2),
        supply=figure(0.5, "elasticity", 0.5),
        base={"home": figure(60.0, "tonnes", None, 70.0), "china": figure(30.0, "tonnes")},
        observed=PRICED | SOLD,
    )
    found = list(_corners(ranged))
    told = [(market.base["home"], market.demand, market.supply) for market, _ in found]
    assert told[0] == (60.0, 0.8, 0.5)
    assert len(told) == len(set(told)) == 6
    assert set(told) == {(home, demand, 0.5) for home in (60.0, 70.0) for demand in (0.8, 0.4, 1.2)}
    assert all(seen == {"home": 66.0} for _, seen in found)
    prices = [market.clear({"china": 0.25}).price for market, _ in found]
    compared = compare(ranged).of(PRICE).predicted
    assert (compared.low, compared.value, compared.high) == (min(prices), prices[0], max(prices))


def test_an_end_that_is_not_given_is_the_middle() -> None:
    one = figure(2.0, "days", 0.0)
    assert [_at(one, end) for end in ("low", "value", "high")] == [0.0, 2.0, 2.0]
