"""What holds for every table of lines: revenue adds up, no cut hurts consumers, markets clear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kosho.errors import InputError
from kosho.lines import GsimOutcome, gsim, nested_ces, preference_erosion, preference_margin, smart

SHAPE = (4, 5)


def _numbers(low: float, high: float, shape: tuple[int, ...] = SHAPE) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, shape, elements=st.floats(low, high, allow_subnormal=False))


RATES = _numbers(0, 0.6)
SHARES = _numbers(0, 1)
FORMS = st.sampled_from(["bounded", "linear"])


@given(
    _numbers(0, 1e4),
    RATES,
    SHARES,
    st.floats(-3, 0),
    st.floats(0, 8),
    st.sampled_from([np.inf, 0.5, 4.0]),
    FORMS,
)
def test_no_cut_makes_consumer_surplus_fall_and_diversion_adds_up_to_nothing(
    trade: np.ndarray, before: np.ndarray, kept: np.ndarray, eta: float, sigma: float, supply: float, form: str
) -> None:
    found = smart(trade, before, before * kept, demand=eta, substitution=sigma, supply=supply, form=form)
    scale = trade.sum() + 1
    assert (found.consumer_surplus >= -1e-9 * scale).all()
    np.testing.assert_allclose(found.diversion.sum(axis=1), 0, atol=1e-9 * scale)
    assert (found.creation >= -1e-9 * scale).all()
    assert (found.imports_after >= -1e-9 * scale).all()
    np.testing.assert_allclose(
        found.revenue.sum(), (found.after * found.value_after).sum() - (before * trade).sum(), atol=1e-9 * scale
    )


@given(_numbers(1, 1e4), RATES, RATES, st.floats(-3, 0), st.floats(0, 8), FORMS)
def test_lines_that_move_alike_add_up_to_their_sum(
    trade: np.ndarray, before: np.ndarray, after: np.ndarray, eta: float, sigma: float, form: str
) -> None:
    weights = np.array([1.0, 2.0, 5.0])
    lines = trade[0] * weights[:, None]
    several = smart(lines, before[:1], after[:1], demand=eta, substitution=sigma, form=form)
    one = smart(lines.sum(axis=0)[None], before[:1], after[:1], demand=eta, substitution=sigma, form=form)
    for name in ("creation", "diversion", "revenue", "consumer_surplus", "welfare"):
        np.testing.assert_allclose(
            getattr(several, name).sum(axis=0), getattr(one, name)[0], rtol=1e-9, atol=1e-9 * lines.sum()
        )


def test_a_preference_for_a_small_partner_can_lose_welfare_and_is_not_clipped() -> None:
    found = smart([[1, 1000]], [[0.5, 0.5]], [[0, 0.5]], demand=-0.1, substitution=5)
    assert found.welfare.sum() < 0


def test_creation_with_finite_supply_is_that_of_one_market_that_clears() -> None:
    eta, supply = -2.0, 3.0
    found = smart([[100.0]], 0.2, 0.1, demand=eta, substitution=1.5, supply=supply)
    change = -0.1 / 1.2
    price = found.supply_price[0, 0]
    assert eta * (price + change) == pytest.approx(supply * price)
    assert found.creation[0, 0] == pytest.approx(100 * supply * price)
    endless = smart([[100.0]], 0.2, 0.1, demand=eta, substitution=1.5)
    assert endless.creation[0, 0] == pytest.approx(100 * eta * change)
    assert (endless.exporter_gain == 0).all()


def test_every_figure_of_one_cell_with_finite_supply_is_worked_out_by_hand() -> None:
    found = smart([[100.0, 0.0]], 0.2, 0.1, demand=-2.0, substitution=1.5, supply=3.0)
    price = 0.4 * 0.1 / 1.2  # demand over demand and supply, of what the tariff takes off
    later = 100.0 * (1 + 3 * price)
    expected = {
        "supply_price": price,
        "imports_after": later,
        "price_effect": 100 * price,
        "value_after": later * (1 + price),
        "revenue_before": 20.0,
        "revenue_after": 0.1 * later * (1 + price),
        "revenue": 0.1 * later * (1 + price) - 20.0,
        "consumer_surplus": 0.5 * (0.1 - 1.1 * price) * (later + 100),
        "exporter_gain": 0.5 * price * (later + 100),
    }
    assert {name: getattr(found, name)[0, 0] for name in expected} == pytest.approx(expected)
    assert not any(getattr(found, name)[0, 1] for name in expected)
    assert found.welfare[0, 0] == pytest.approx(expected["consumer_surplus"] + expected["revenue"])
    assert found.totals.welfare == pytest.approx(found.welfare.sum())


def test_a_rise_that_would_take_more_than_there_is_stops_trade() -> None:
    found = smart([[10.0, 5.0]], 0, [[3.0, 0]], demand=-2, substitution=1)
    assert found.imports_after[0, 0] == 0
    assert found.imports_after[0, 1] > 5


@given(_numbers(0, 1e4), RATES, RATES)
def test_erosion_is_never_positive_where_a_margin_falls(
    trade: np.ndarray, before: np.ndarray, after: np.ndarray
) -> None:
    lost = preference_erosion(before, after, trade)
    falls = preference_margin(after, trade) < preference_margin(before, trade)
    assert (lost[falls] <= 0).all()


@given(_numbers(0, 1e3, (2, 3, 3)), _numbers(0, 0.5, (2, 3, 3)), _numbers(0, 0.5, (2, 3, 3)))
def test_gsim_clears_every_market_and_does_not_mind_the_unit(
    trade: np.ndarray, before: np.ndarray, after: np.ndarray
) -> None:
    found = gsim(trade, before, after, demand=-1.25, supply=1.5, substitution=5)
    sold = trade.sum(axis=2)
    supplied = sold * 1.5 * found.world_price
    wanted = (trade * found.quantity).sum(axis=2)
    np.testing.assert_allclose(supplied, wanted, atol=1e-8 * (trade.sum() + 1))
    tenfold = gsim(10 * trade, before, after, demand=-1.25, supply=1.5, substitution=5)
    np.testing.assert_allclose(tenfold.world_price, found.world_price, atol=1e-9)
    nothing = gsim(trade, before, before, demand=-1.25, supply=1.5, substitution=5)
    assert not nothing.world_price.any()
    assert not nothing.quantity.any()


def test_gsim_of_twins_gives_twins_the_same() -> None:
    trade = np.array([[20.0, 30.0], [30.0, 20.0]])
    rates = np.array([[0, 0.2], [0.2, 0]])
    found = gsim(trade, rates, 0, demand=-1.25, supply=1.5, substitution=5)
    assert found.world_price[0, 0] == pytest.approx(found.world_price[0, 1])
    assert found.welfare[0, 0] == pytest.approx(found.welfare[0, 1])


@given(
    _numbers(0, 1e3),
    RATES,
    RATES,
    _numbers(0, 1e3, (4,)),
    st.floats(-3, 0),
    st.floats(0.2, 8),
    st.floats(0.2, 8),
)
def test_constant_elasticities_solve_their_equations(
    spending: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    home: np.ndarray,
    eta: float,
    lower: float,
    upper: float,
) -> None:
    found = nested_ces(
        spending, before, after, lower=lower, demand=eta, supply=3.0, home=home, upper=upper, home_supply=1.5
    )
    np.testing.assert_allclose(found.quantity, found.producer_price**3.0, rtol=1e-8)
    np.testing.assert_allclose(found.home_quantity, found.home_price**1.5, rtol=1e-8)
    relative = (found.consumer_price / found.import_price[:, None]) ** -lower
    level = (found.import_price / found.price) ** -upper * found.price**eta
    np.testing.assert_allclose(found.quantity, relative * level[:, None], rtol=1e-8)
    total = spending.sum(axis=1) + home
    spent = (spending * found.consumer_price * found.quantity).sum(
        axis=1
    ) + home * found.home_price * found.home_quantity
    np.testing.assert_allclose(spent, total * found.price ** (1 + eta), rtol=1e-7, atol=1e-9)


def test_wrong_input_is_told_all_at_once() -> None:
    with pytest.raises(InputError) as told:
        smart([[-1.0, 2.0]], 25, -2, demand=1, substitution=-1, supply=0)
    text = str(told.value)
    assert all(word in text for word in ("imports[0, 0]", "after[0, 0]", "demand", "substitution", "supply"))
    with pytest.raises(InputError, match="shape"):
        smart([[1.0, 2.0]], [[0.1, 0.2, 0.3]], 0, demand=-1, substitution=1)
    with pytest.raises(InputError, match="trade"):
        gsim([[1.0, -1.0], [0, 0]], 0, 0, demand=-1, supply=1, substitution=1)
    with pytest.raises(InputError, match="lower"):
        nested_ces([[1.0]], 0, 0, lower=-1)


def test_a_line_is_outside_where_one_flow_loses_more_than_there_is() -> None:
    trade = np.ones((3, 2, 2))
    trade[2, 0, 0] = 0.0
    quantity = np.zeros((3, 2, 2))
    quantity[1, 0, 1], quantity[2, 0, 0], quantity[0, 0, 0] = -1.2, -1.5, -1.0
    flat = np.ones((3, 2))
    found = GsimOutcome(trade, np.ones_like(trade), np.ones_like(trade), -flat, flat, 0 * flat, quantity)
    assert found.outside.tolist() == [False, True, False]
