from __future__ import annotations

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world import labelled
from kosho.world.final_demand import (
    anchored_totals,
    consistent_totals,
    home_odds,
    honour,
    sourcing_shares,
    split,
)
from kosho.world.loading import estimated_final, table
from kosho.world.table_checks import refuse_bad_final_shares


@pytest.fixture
def economy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    intermediate = rng.random((4, 4, 3))
    intermediate[np.arange(4), np.arange(4)] += 3.0
    return intermediate, rng.random((4, 3)) * 8.0, np.array([0.5, 1.0, 4.0])


def test_odds_of_buying_at_home_are_those_asked_for(economy):
    intermediate, _, odds = economy
    shares = sourcing_shares(intermediate, odds)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)

    def home(values):
        own = np.einsum("nns->ns", values)
        return own / (values.sum(axis=1) - own)

    np.testing.assert_allclose(home(shares) / home(intermediate), np.broadcast_to(odds, (4, 3)))


def test_final_demand_adds_up_to_every_origins_sales(economy):
    intermediate, sales, odds = economy
    shares = sourcing_shares(intermediate, odds)
    np.testing.assert_allclose(split(sales, sales, shares).sum(axis=0), sales, rtol=1e-14)


def test_the_truth_comes_back_where_final_buyers_source_as_assumed(economy):
    intermediate, totals, odds = economy
    shares = sourcing_shares(intermediate, odds)
    truth = shares * totals[:, None, :]
    sales = truth.sum(axis=0)
    found = split(consistent_totals(sales, shares, sweeps=3000), sales, shares)
    np.testing.assert_allclose(found, truth, rtol=1e-4)
    once = split(consistent_totals(sales, shares), sales, shares)
    never = split(sales, sales, shares)
    assert np.abs(once - truth).sum() < 0.7 * np.abs(never - truth).sum()


def test_what_nobody_is_known_to_buy_stays_at_home(economy):
    intermediate, sales, odds = economy
    intermediate[:, 2, 1] = 0.0
    intermediate[1, :, 0] = 0.0
    shares = sourcing_shares(intermediate, odds)
    assert shares[1, 1, 0] == 1.0
    final = split(sales, sales, shares)
    assert final[2, 2, 1] == pytest.approx(sales[2, 1])


def test_balances_are_pulled_towards_published_ones_within_bounds(economy):
    intermediate, sales, odds = economy
    shares = sourcing_shares(intermediate, odds)
    start = consistent_totals(sales, shares)

    def deficits(totals):
        flows = intermediate + split(totals, sales, shares)
        return flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))

    wanted = deficits(start) + np.array([1.0, -1.0, 0.5, -0.5])
    published = -wanted
    published[3] = np.nan
    totals = anchored_totals(intermediate, sales, shares, published)
    before, after = np.abs(deficits(start) - wanted), np.abs(deficits(totals) - wanted)
    assert (after[:3] < before[:3]).all()
    assert (totals / start <= 1.5 + 1e-12).all()
    assert (totals / start >= 1 / 1.5 - 1e-12).all()
    far = anchored_totals(intermediate, sales, shares, published * 1000.0)
    assert (far / start).max() == pytest.approx(1.5)


def test_published_balances_that_do_not_add_up_are_moved_alike(economy):
    intermediate, sales, odds = economy
    shares = sourcing_shares(intermediate, odds)

    def deficits(totals):
        flows = intermediate + split(totals, sales, shares)
        return flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))

    start = deficits(consistent_totals(sales, shares))
    apart = np.array([0.3, -0.3, 0.1, -0.1])
    totals = anchored_totals(intermediate, sales, shares, -(start + apart + 2.0))
    assert deficits(totals) - start == pytest.approx(0.8 * apart, abs=1e-6)


@pytest.mark.parametrize(("sign", "bound"), [(1.0, 1.0 / 1.5), (-1.0, 1.5)])
def test_spending_is_tilted_so_far_and_no_further(economy, sign: float, bound: float):
    intermediate, sales, odds = economy
    shares = sourcing_shares(intermediate, odds)
    published = np.full(len(sales), np.nan)
    published[0] = sign * 30 * sales.sum()  # no spending comes near it
    totals = anchored_totals(intermediate, sales, shares, published)
    np.testing.assert_allclose(totals[0] / consistent_totals(sales, shares)[0], bound, rtol=1e-12)


def test_totals_are_corrected_three_times_by_what_suppliers_sold_more(economy):
    intermediate, sales, odds = economy
    shares = sourcing_shares(intermediate, odds)
    totals = sales.copy()
    for _ in range(3):
        told = np.einsum("nis,ns->is", shares, totals)
        totals = totals * np.einsum("nis,is->ns", shares, sales / told)
    np.testing.assert_allclose(consistent_totals(sales, shares), totals, rtol=1e-12)


def test_a_published_flow_is_honoured_at_the_cost_of_other_destinations(economy):
    intermediate, sales, odds = economy
    final = split(sales, sales, sourcing_shares(intermediate, odds))
    new = honour(final, sales, [(0, 1, 2, 0.9 * final[0, 1, 2])])
    assert new[0, 1, 2] == pytest.approx(0.9 * final[0, 1, 2])
    np.testing.assert_allclose(new.sum(axis=0), sales)
    ratios = np.delete(new[:, 1, 2] / final[:, 1, 2], 0)
    np.testing.assert_allclose(ratios, ratios[0])
    untouched = np.ones(final.shape, bool)
    untouched[:, 1, 2] = False
    np.testing.assert_array_equal(new[untouched], final[untouched])


@pytest.mark.parametrize("method", ["odds", "anchored"])
def test_the_shipped_estimate_keeps_origin_totals(method):
    raw = table()
    final = estimated_final(raw, method)
    assert (final >= 0).all()
    np.testing.assert_allclose(
        final.sum(axis=0), raw.final_sales, rtol=1e-11, atol=1e-15 * raw.final_sales.max()
    )


def test_every_sector_has_odds():
    assert (home_odds(table().sectors) > 0).all()


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([[0.25, 0.75], [0.5, 0.5000005]], []),
        ([[0.25, 0.75], [0.5, 0.500002]], ["final shares of USA sum to 1.000002"]),
        ([[0.25, 0.749998], [0.5, 0.5]], ["final shares of JPN sum to 0.999998"]),
        ([[0.25, 0.75], [0.25, 0.5]], ["final shares of USA sum to 0.75"]),
        ([[-0.25, 1.25], [0.0, 1.0]], ["final_share[JPN, C26] = -0.25 is not zero or more"]),
        (
            [[np.nan, 1.0], [0.0, 1.0]],
            ["final_share[JPN, C26] = nan is not zero or more", "final shares of JPN sum to nan"],
        ),
    ],
)
def test_final_shares_are_zero_or_more_and_sum_to_one(shares: list[list[float]], told: list[str]):
    given = labelled(np.array(shares), ("country", "sector"), ("JPN", "USA"), ("C26", "C29"))
    if not told:
        refuse_bad_final_shares(given)
        return
    with pytest.raises(InputError) as caught:
        refuse_bad_final_shares(given)
    assert [one.message for one in caught.value.problems] == told
