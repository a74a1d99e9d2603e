"""Supply chains and small products."""

from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import random_world

from kosho.equilibrium import Counterfactual, Flow, Purchase, Quota, Shock, solve
from kosho.errors import InputError
from kosho.impact.product_nests import Niche, nest, niche, niches
from kosho.impact.value_chains import (
    concentration,
    content,
    inputs_by_origin,
    loss_without,
    value_added_by_origin,
)
from kosho.world import World, load


def leontief(world: World) -> np.ndarray:
    """(I - A)^-1 by one dense inverse, rows and columns country by country."""
    a = world.arrays
    count, sectors = a.beta.shape
    # A[(i, k), (n, j)]: what reaches producers of k in i of a unit made of j in n.
    chain = np.einsum("nik,nkj->iknj", a.shares / (1 + a.tariff), a.gamma).reshape(count * sectors, -1)
    return np.linalg.inv(np.eye(count * sectors) - chain)


def test_value_added_by_origin_is_the_leontief_inverse() -> None:
    world = random_world(7)
    inverse = leontief(world)
    for n, country in enumerate(world.countries):
        column = inverse[:, n * 3 + 1].reshape(4, 3)
        found = value_added_by_origin(world, country, world.sectors[1])
        np.testing.assert_allclose(found, world.arrays.beta * column, rtol=1e-10)


def test_value_added_and_tariffs_along_the_chain_make_up_the_whole() -> None:
    free = random_world(7, tariffs=False)
    assert float(value_added_by_origin(free, "C01", "S01").sum()) == pytest.approx(1.0, abs=1e-12)
    taxed = random_world(7)
    a = taxed.arrays
    column = leontief(taxed)[:, 1 * 3 + 1].reshape(4, 3)
    uses = np.einsum("nkj,nj->nk", a.gamma, column)
    duties = (a.shares * (a.tariff / (1 + a.tariff)) * uses[:, None, :]).sum()
    value = float(value_added_by_origin(taxed, "C01", "S01").sum())
    assert value + duties == pytest.approx(1.0, abs=1e-12)


def test_direct_inputs_add_up_to_the_input_shares() -> None:
    world = random_world(7)
    found = inputs_by_origin(world, "C02", "S00")
    np.testing.assert_allclose(
        found.sum("exporter"), world.io_share.sel(country="C02", sector="S00"), rtol=1e-12
    )


def test_concentration_runs_from_spread_to_one_origin() -> None:
    world = random_world(7)
    even = World.from_flows(
        world.flows.copy(data=np.ones_like(world.flows)),
        tariff=world.tariff * 0,
        io_share=world.io_share * 0,
        theta=world.theta,
    )
    assert concentration(even, "C00", "S00") == pytest.approx(1 / 3)
    assert concentration(even, "C00", "S00", home=True) == pytest.approx(1 / 4)
    assert 0 < concentration(world, "C00", "S00") < 1


def test_vehicles_of_japan_and_batteries_from_china(talks: World) -> None:
    found = value_added_by_origin(talks, "JPN", "C29")
    assert content(talks, "JPN", "C29", ["JPN"]) == pytest.approx(float(found.sel(country="JPN").sum()))
    assert 0.7 < content(talks, "JPN", "C29", ["JPN"]) < 0.85
    assert found.sum("sector").drop_sel(country="JPN").idxmax() == "CHN"
    loss = loss_without(talks, "JPN", "CHN", ["C27"])
    assert loss.price.to_numpy() == pytest.approx(loss.outcome.price.sel(country="JPN").to_numpy() - 1.0)
    assert 0.0 < float(loss.price.sel(sector="C27")) < 0.5
    assert float(loss.outcome.flows.sel(importer="JPN", exporter="CHN", sector="C27")) == 0.0
    assert loss.welfare < 0
    assert loss.equivalent_variation == pytest.approx(
        loss.welfare * float(loss.outcome.observed_income.sel(country="JPN"))
    )
    # Electrical equipment becomes dearer, and its makers at home do more.
    assert float(loss.price.sel(sector="C27")) == pytest.approx(float(loss.price.max()))
    assert float(loss.real_value_added.sel(sector="C27")) > 0
    with pytest.raises(InputError, match="XXX"):
        content(talks, "JPN", "C29", ["XXX"])


@pytest.mark.parametrize("name", sorted(niches()))
def test_small_products_fit_the_table_in_both_worlds(name: str, talks: World) -> None:
    told = niche(name)
    for world in (talks, load()):
        found = nest(world, told)
        assert found.shares
        assert all(0 < share < 1 for share in found.shares.values())
        low, high = nest(world, told, "low"), nest(world, told, "high")
        assert low.theta < found.theta < high.theta
        assert low.between < found.between < high.between


def test_a_commitment_on_corn_moves_corn_and_mostly_from_brazil(talks: World) -> None:
    nests = [nest(talks, niche(name)) for name in ("corn", "soybeans")]
    more = Purchase(
        name="corn",
        flows=(Flow("JPN", "USA", "A01", "corn"),),
        amount=1000,
        basis="increment",
        measured="value",
    )
    outcome = solve(talks, Counterfactual(Shock.none(talks), (more,), nests))
    (told,) = outcome.constraints
    assert told.reached == pytest.approx(told.base + 1000, rel=1e-6)
    assert told.fiscal_cost > 0
    assert told.diversion("JPN")["ROW"] < -100  # Brazil
    base, new = outcome.part_flow("JPN", "USA", "A01", "soybeans")
    assert new / base == pytest.approx(1.0, abs=0.05)


def test_more_american_rice_inside_the_minimum_access_comes_from_other_origins(talks: World) -> None:
    rice = nest(talks, niche("rice"))
    flows = {origin: Flow("JPN", origin, "C10T12", "rice") for origin in rice.shares}
    both = [
        Quota(name="minimum access", flows=tuple(flows.values()), amount=1.0, basis="share", holder="importer"),
        Purchase(name="75 % more from the US", flows=(flows["USA"],), amount=1.75, basis="share"),
    ]
    outcome = solve(talks, Counterfactual(Shock.none(talks), both, (rice,)))
    access, american = outcome.constraints
    assert access.reached == pytest.approx(access.base, rel=1e-6)
    assert american.reached == pytest.approx(1.75 * american.base, rel=1e-6)
    before, after = outcome.part_flow("JPN", "THA", "C10T12", "rice")
    assert after < 0.6 * before
    # Beyond what others sell it cannot rise: the two would contradict each other.
    too_much = [both[0], Purchase(name="threefold", flows=(flows["USA"],), amount=3.0, basis="share")]
    with pytest.raises(InputError, match=r"minimum access.*threefold"):
        solve(talks, Counterfactual(Shock.none(talks), too_much, (rice,)))


def test_products_that_do_not_fit_are_refused(talks: World) -> None:
    corn = niche("corn")
    huge = corn.trade["USA"].model_copy(update={"value": 1e6, "high": None})
    with pytest.raises(InputError, match="more than the table's cell"):
        nest(talks, Niche(**{**dict(corn), "trade": {"USA": huge}}))
    with pytest.raises(InputError, match="no small product"):
        niche("korn")
    with pytest.raises(InputError, match="4 labels of the world are neither a known country"):
        nest(random_world(1), corn)
