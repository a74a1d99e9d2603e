"""Products told apart from their sector, against nested demand written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.worlds import random_world

from kosho.equilibrium import Counterfactual, Flow, Nest, Outcome, Part, Purchase, Shock, solve
from kosho.equilibrium.system import cells_of
from kosho.errors import InputError
from kosho.world import World

seeds = st.integers(0, 10_000)
quick = settings(max_examples=15, deadline=None)


def corn(world: World, theta: float = 3.0, between: float = -0.5, sector: int = 1) -> Nest:
    """A product of the first country: small at every origin, at home too."""
    shares = dict(zip(world.countries, (0.01, 0.08, 0.002, 0.0), strict=True))
    return Nest("corn", world.countries[0], world.sectors[sector], theta, between, shares)


def nested_market(
    outcome: Outcome, nest: Nest, tariff: dict[str, float]
) -> tuple[dict[tuple[str, str], float], float]:
    """Spending by exporter and product, and the price index, with loops over explicit varieties."""
    base, n, j = outcome.base, nest.importer, nest.sector
    sector_theta = float(base.theta.sel(sector=j))
    spending = base.flows.sel(importer=n, sector=j) * (1 + base.tariff.sel(importer=n, sector=j))
    total = float(spending.sum())
    varieties = {}
    for i in base.countries:
        share = float(spending.sel(exporter=i)) / total
        part = nest.shares.get(i, 0.0)
        rate = float(base.tariff.sel(importer=n, exporter=i, sector=j))
        cost = float(outcome.cost.sel(country=i, sector=j))
        price = cost * (1 + tariff.get(i, rate)) / (1 + rate)
        varieties[i, "corn"] = (share * part, price)
        varieties[i, "rest"] = (share * (1 - part), cost)
    prices, held = {}, {}
    for product, theta in (("corn", nest.theta), ("rest", sector_theta)):
        held[product] = sum(a for (_, p), (a, _) in varieties.items() if p == product)
        inner = sum(a * price**-theta for (_, p), (a, price) in varieties.items() if p == product)
        prices[product] = (inner / held[product]) ** (-1 / theta)
    e = nest.between
    outer = sum(held[p] * prices[p] ** -e for p in held)
    x = float(outcome.expenditure.sel(country=n, sector=j))
    spent = {}
    for (i, p), (a, price) in varieties.items():
        theta = nest.theta if p == "corn" else sector_theta
        inside = a / held[p] * (price / prices[p]) ** -theta
        spent[i, p] = x * inside * held[p] * prices[p] ** -e / outer
    return spent, outer ** (-1 / e)


@quick
@given(seeds, st.floats(1.0, 12.0), st.sampled_from([-0.7, -0.3, 0.5, 4.0]))
def test_a_nest_is_demand_in_two_steps(seed: int, theta: float, between: float) -> None:
    world = random_world(seed)
    nest = corn(world, theta, between)
    n, i, j = world.countries[0], world.countries[1], world.sectors[1]
    share = nest.shares[i]
    taxed = Shock.parts(world, [Part(n, i, j, share=share, tariff=0.9, part="corn")])
    given = Nest("corn", n, j, theta, between, {k: s for k, s in nest.shares.items() if k != i})
    outcome = solve(world, Counterfactual(taxed, nests=(given,)), tol=1e-11)
    spent, price = nested_market(outcome, nest, {i: 0.9})
    assert float(outcome.price.sel(country=n, sector=j)) == pytest.approx(price, rel=1e-6)
    for exporter in world.countries:
        rate = float(world.tariff.sel(importer=n, exporter=exporter, sector=j))
        pieces = {"corn": 0.9 if exporter == i else rate, "rest": rate}
        net = sum(spent[exporter, p] / (1 + t) for p, t in pieces.items())
        found = float(outcome.flows.sel(importer=n, exporter=exporter, sector=j))
        assert found == pytest.approx(net, rel=1e-6)
        if nest.shares[exporter] > 0:
            part = outcome.part_flow(n, exporter, j, "corn")[1]
            assert part == pytest.approx(spent[exporter, "corn"] / (1 + pieces["corn"]), rel=1e-6)
    revenue = float(outcome.tariff_revenue.sum() + outcome.rents.sum() + outcome.flows.sum())
    assert revenue == pytest.approx(float(outcome.expenditure.sum()), rel=1e-10)


@quick
@given(seeds)
def test_a_nest_with_the_elasticity_of_its_sector_is_no_nest(seed: int) -> None:
    world = random_world(seed)
    theta = float(world.theta[1])
    nest = corn(world, theta, theta)
    n, i, j = world.countries[0], world.countries[1], world.sectors[1]
    taxed = Shock.parts(world, [Part(n, i, j, share=0.08, tariff=0.9, part="corn")])
    rest = Nest("corn", n, j, theta, theta, {k: s for k, s in nest.shares.items() if k != i})
    flat, nested = solve(world, taxed, tol=1e-12), solve(world, Counterfactual(taxed, nests=(rest,)), tol=1e-12)
    np.testing.assert_allclose(nested.flows, flat.flows, rtol=1e-9)
    np.testing.assert_allclose(nested.welfare, flat.welfare, atol=1e-11)


@quick
@given(seeds, st.floats(-0.9, 4.0))
@example(49, 5.960464477539063e-08)
def test_nests_change_nothing_where_nothing_changes(seed: int, between: float) -> None:
    world = random_world(seed)
    outcome = solve(world, Counterfactual(Shock.none(world), nests=(corn(world, 3.0, between),)), tol=1e-11)
    np.testing.assert_allclose(outcome.welfare, 0.0, atol=1e-11)
    np.testing.assert_allclose(outcome.flows, outcome.base.flows, rtol=1e-9)


@quick
@given(seeds)
def test_a_commitment_on_corn_moves_corn(seed: int) -> None:
    """What one origin gains other origins of the product lose; the rest of the sector moves less."""
    world = random_world(seed)
    nest = corn(world, 3.0, -0.7)
    n, i, other, j = world.countries[0], world.countries[1], world.countries[2], world.sectors[1]
    double = Purchase(name="corn", flows=(Flow(n, i, j, "corn"),), amount=2.0, basis="share")
    outcome = solve(world, Counterfactual(Shock.none(world), (double,), (nest,)))
    (told,) = outcome.constraints
    assert told.reached == pytest.approx(2 * told.base, rel=1e-6)
    base, new = outcome.part_flow(n, i, j, "corn")
    assert new / float(outcome.cost.sel(country=i, sector=j)) == pytest.approx(2 * base, rel=1e-6)
    base, new = outcome.part_flow(n, other, j, "corn")
    assert new < base
    # Within a nest of inelastic demand, most of what one origin gains its rivals in the product lose.
    cell, after = outcome.part_flow(n, other, j, "")
    assert abs(after / cell - 1) < abs(new / base - 1)


@quick
@given(seeds)
def test_cells_split_into_explicit_parts_keep_their_coefficients(seed: int) -> None:
    """K, f and h to 1e-12, with base tariffs and rents of the parts' own."""
    world = random_world(seed)
    rng = np.random.default_rng(seed)
    n, i, j = world.countries[0], world.countries[1], world.sectors[1]
    shares, t0 = np.array([0.2, 0.3]), float(world.tariff[0, 1, 1])
    parts = [
        Part(n, i, j, share=s, base_tariff=t0 * x, tariff=t, cost=d, rent=r, holder=i, part=f"p{k}")
        for k, (s, x, t, d, r) in enumerate(
            zip(shares, (1.1, 0.9), rng.uniform(0, 0.6, 2), rng.uniform(0.8, 1.2, 2), (0.1, 0.3), strict=True)
        )
    ]
    # Each part again as five equal ones.
    pieces = [
        Part(n, i, j, p.share / 5, p.tariff, p.base_tariff, p.cost, p.rent, p.holder, p.part)
        for p in parts
        for _ in range(5)
    ]
    once, often = (cells_of(Shock.parts(world, some), world) for some in (parts, pieces))
    np.testing.assert_allclose(often.factor, once.factor, rtol=1e-12)
    np.testing.assert_allclose(often.net, once.net, rtol=1e-12)
    whole, split = (solve(world, Shock.parts(world, some), tol=1e-13) for some in (parts, pieces))
    np.testing.assert_allclose(split.rents, whole.rents, rtol=1e-12)
    np.testing.assert_allclose(split.welfare, whole.welfare, atol=1e-12)


def test_nests_that_contradict_are_refused() -> None:
    world = random_world(5)
    n, i, j = world.countries[0], world.countries[1], world.sectors[1]
    with pytest.raises(InputError, match="not above -1"):
        Nest("corn", n, j, 3.0, -1.0, {i: 0.1})
    first, second = corn(world, 3.0, -0.5), Nest("rice", n, j, 3.0, 0.5, {i: 0.1})
    with pytest.raises(InputError, match=r"corn.*rice.*one for a market"):
        solve(world, Counterfactual(Shock.none(world), nests=(first, second)))
    parts = Shock.parts(world, [Part(n, i, j, share=0.95, tariff=0.1, part="other")])
    with pytest.raises(InputError, match="no room"):
        solve(world, Counterfactual(parts, nests=(first,)))
    banned = Shock.costs(world, {(n, k, j): np.inf for k in world.countries[1:3]})
    only = Nest("tea", n, j, 3.0, -0.5, {world.countries[1]: 0.1, world.countries[2]: 0.1})
    with pytest.raises(InputError, match="no origin can supply it"):
        solve(world, Counterfactual(banned, nests=(only,)))
    with pytest.raises(InputError, match="has no origin"):
        solve(world, Counterfactual(Shock.none(world), nests=(Nest("corn", n, j, 3.0, 0.5),)))


def test_a_product_that_is_all_of_a_cell_leaves_no_rest_of_it() -> None:
    world = random_world(5)
    a, b, c, _ = world.countries
    duties = Shock.tariffs(world, {(a, b, "S01"): 0.3, (a, c, "S01"): 0.1})
    corn = Nest("corn", a, "S01", 9.0, 0.5, {b: 1.0, c: 0.2})
    shock = solve(world, Counterfactual(duties, (), (corn,))).shock
    rows = zip(shock.places(), shock.share, shock.tariff, shock.rent, shock.holder, strict=True)
    found = {
        (i, part): (round(share, 9), tariff, rent, holder)
        for (_, i, _, part), share, tariff, rent, holder in rows
    }
    assert found[1, "corn"] == (1.0, 0.3, 0.0, -1)
    assert found[2, "corn"] == (0.2, 0.1, 0.0, -1)
    assert found[2, ""] == (0.8, 0.1, 0.0, -1)
    assert (1, "") not in found
