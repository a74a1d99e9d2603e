"""Parts of sectors, bans and rents against what explicit varieties would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import random_world, rates

from kosho.equilibrium import Part, Shock, solve
from kosho.equilibrium.part_flows import PartFlows
from kosho.world import World

seeds = st.integers(0, 10_000)
quick = settings(max_examples=20, deadline=None)


def random_parts(world: World, seed: int) -> list[Part]:
    """Two parts in each of several cells, with base tariffs of their own, new tariffs, costs and rents."""
    rng = np.random.default_rng(seed)
    parts: list[Part] = []
    for importer in world.countries[:2]:
        for exporter in world.countries[1:]:
            if importer == exporter:
                continue
            for sector in world.sectors:
                cell = float(world.tariff.sel(importer=importer, exporter=exporter, sector=sector))
                share = rng.uniform(0.1, 0.4, 2)
                # One part above the cell's base rate, one below, the rest takes up the difference.
                base = (cell * rng.uniform(1.0, 1.2), cell * rng.uniform(0.8, 1.0))
                parts.extend(
                    Part(
                        importer,
                        exporter,
                        sector,
                        share=share[number],
                        base_tariff=base[number],
                        tariff=rng.uniform(0.0, 0.8),
                        cost=rng.uniform(0.8, 1.3),
                        rent=rng.uniform(0.0, 0.3) if number else 0.0,
                        holder=rng.choice(world.countries) if number else None,
                        part=f"group {number}",
                    )
                    for number in range(2)
                )
    return parts


def varieties(world: World, parts: list[Part]) -> list[tuple[int, int, int, float, float, float, float, int]]:
    """Every cell as explicit varieties: n, i, j, share of spending, kappa, t', r', holder."""
    a = world.arrays
    listed: list[tuple[int, int, int, float, float, float, float, int]] = []
    by_cell: dict[tuple[int, int, int], list[Part]] = {}
    for part in parts:
        key = world.position(part.importer), world.position(part.exporter), world.sector_position(part.sector)
        by_cell.setdefault(key, []).append(part)
    for n, i, j in np.ndindex(*a.shares.shape):
        share, t0 = a.shares[n, i, j], a.tariff[n, i, j]
        left, left_net = 1.0, 1.0 / (1.0 + t0)
        for part in by_cell.get((n, i, j), []):
            kappa = part.cost * (1 + part.tariff + part.rent) / (1 + part.base_tariff)
            holder = world.position(part.holder) if part.holder else -1
            listed.append((n, i, j, share * part.share, kappa, part.tariff, part.rent, holder))
            left -= part.share
            left_net -= part.share / (1 + part.base_tariff)
        if left > 1e-12:
            listed.append((n, i, j, share * left, 1.0, left / left_net - 1.0, 0.0, -1))
    return listed


@quick
@given(seeds)
def test_parts_equal_explicit_varieties(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2)
    parts = random_parts(world, seed)
    outcome = solve(world, Shock.parts(world, parts), tol=1e-11)
    a = world.arrays
    wage, price, spending = (x.to_numpy() for x in (outcome.wage, outcome.price, outcome.expenditure))
    cost = wage[:, None] ** a.beta * np.exp(np.einsum("nkj,nk->nj", a.gamma, np.log(price)))
    inside, flows = np.zeros_like(price), np.zeros_like(a.flows)
    revenue, rents = np.zeros(3), np.zeros(3)
    listed = varieties(world, parts)
    for n, i, j, share, kappa, *_ in listed:
        inside[n, j] += share * (kappa * cost[i, j]) ** -a.theta[j]
    for n, i, j, share, kappa, tariff, rent, holder in listed:
        paid = spending[n, j] * share * (kappa * cost[i, j]) ** -a.theta[j] / inside[n, j]
        flows[n, i, j] += paid / (1 + tariff + rent)
        revenue[n] += paid * tariff / (1 + tariff + rent)
        if holder >= 0:
            rents[holder] += paid * rent / (1 + tariff + rent)
    np.testing.assert_allclose(inside ** (-1 / a.theta), price, rtol=1e-10)
    np.testing.assert_allclose(outcome.flows, flows, rtol=1e-10)
    np.testing.assert_allclose(outcome.tariff_revenue, revenue, rtol=1e-10)
    np.testing.assert_allclose(outcome.rents, rents, rtol=1e-10)
    # The world with explicit varieties is in equilibrium: budgets, goods and labour markets.
    income = wage * a.value_added + revenue + rents + a.deficits
    np.testing.assert_allclose(outcome.income, income, rtol=1e-10)
    uses = np.einsum("nkj,nj->nk", a.gamma, flows.sum(axis=0)) + a.alpha * income[:, None]
    np.testing.assert_allclose(uses, spending, rtol=1e-9)
    np.testing.assert_allclose((a.beta * flows.sum(axis=0)).sum(axis=1), wage * a.value_added, rtol=1e-9)


@quick
@given(seeds)
def test_part_flows_add_up_to_their_cell(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2)
    parts = random_parts(world, seed)
    rest = [
        Part(p.importer, p.exporter, p.sector, share=1 - p.share, part="other")
        for p in parts
        if p.part == "group 0"
    ]
    uniform = [Part(p.importer, p.exporter, p.sector, share=p.share, tariff=0.5, part="taxed") for p in parts]
    uniform = [p for p, q in zip(uniform, parts, strict=True) if q.part == "group 0"]
    outcome = solve(world, Shock.parts(world, [*uniform, *rest]))
    for p in uniform:
        cell = (p.importer, p.exporter, p.sector)
        whole = outcome.part_flow(*cell, "")
        pieces = np.array([outcome.part_flow(*cell, "taxed"), outcome.part_flow(*cell, "other")])
        np.testing.assert_allclose(pieces.sum(axis=0), whole, rtol=1e-10)
        n, i, j = world.position(p.importer), world.position(p.exporter), world.sector_position(p.sector)
        assert whole == pytest.approx((world.arrays.flows[n, i, j], outcome.flows.to_numpy()[n, i, j]))


@quick
@given(seeds)
def test_a_share_of_one_is_the_whole_cell(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2)
    change = rates(world, seed)
    labels = [(n, i, j) for n in world.countries for i in world.countries for j in world.sectors if n != i]
    parts = [
        Part(n, i, j, share=share, tariff=float(change.sel(importer=n, exporter=i, sector=j)), part=name)
        for n, i, j in labels
        for share, name in ((0.25, "a"), (0.75, "b"))
    ]
    whole = solve(world, Shock.tariffs(world, change), tol=1e-11)
    pieces = solve(world, Shock.parts(world, parts), tol=1e-11)
    np.testing.assert_allclose(pieces.welfare, whole.welfare, atol=1e-11)
    np.testing.assert_allclose(pieces.flows, whole.flows, rtol=1e-9)


@quick
@given(seeds)
def test_a_ban_leaves_exactly_nothing(seed: int) -> None:
    world = random_world(seed, countries=4, sectors=2)
    n, i, j = world.countries[0], world.countries[1], world.sectors[1]
    outcome = solve(world, Shock.costs(world, {(n, i, j): np.inf}))
    assert float(outcome.flows.sel(importer=n, exporter=i, sector=j)) == 0.0
    assert outcome.part_flow(n, i, j, "")[1] == 0.0
    part = solve(world, Shock.parts(world, [Part(n, i, j, share=0.3, cost=np.inf, part="banned")]))
    assert part.part_flow(n, i, j, "banned")[1] == 0.0
    assert float(part.flows.sel(importer=n, exporter=i, sector=j)) > 0.0


@quick
@given(seeds)
def test_a_rent_to_the_importer_is_a_tariff(seed: int) -> None:
    world = random_world(seed, countries=3, sectors=2, tariffs=False)
    n, i = world.countries[0], world.countries[1]
    taxed = [Part(n, i, j, tariff=0.3) for j in world.sectors]
    held = [Part(n, i, j, rent=0.3, holder=n) for j in world.sectors]
    first, second = (solve(world, Shock.parts(world, parts), tol=1e-11) for parts in (taxed, held))
    np.testing.assert_allclose(first.welfare, second.welfare, atol=1e-10)
    np.testing.assert_allclose(first.tariff_revenue, second.rents, rtol=1e-9, atol=1e-12)


def test_nothing_is_counted_of_a_cell_of_which_named_parts_leave_nothing() -> None:
    world = random_world(5)
    a, b, *_ = world.countries
    whole = solve(world, Shock.parts(world, [Part(a, b, "S00", share=1.0, tariff=0.9, part="trucks")]))
    half = solve(world, Shock.parts(world, [Part(a, b, "S00", share=0.5, tariff=0.9, part="trucks")]))
    values = [
        PartFlows(one.base, one.shock, one.answered, one.cells, one.solution.values).volume(a, b, "S00", "cars")
        for one in (whole, half)
    ]
    assert values[0] == 0.0
    assert values[1] > 1.0  # what pays no more than before is bought in place of what does
