"""Batches of shocks with bounds and products told apart, against each solved by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import random_world, rates

from kosho.equilibrium import (
    Closure,
    Constraint,
    Counterfactual,
    Failure,
    Flow,
    Nest,
    Part,
    Purchase,
    Quota,
    Shock,
    TariffQuota,
    solve,
    solve_batch,
)
from kosho.equilibrium.batch import VOLUMES
from kosho.equilibrium.batch_iteration import BY_COUNTRY
from kosho.errors import KoshoError
from kosho.world import PhysicalFlow, World

TIGHT = 1e-10
MET = 2e-7
"""One by one, wedges and economy agree to 1e-7 only."""


def flow(world: World, importer: int = 0, exporter: int = 1, sector: int = 1, part: str = "") -> Flow:
    return Flow(world.countries[importer], world.countries[exporter], world.sectors[sector], part)


def bounds(world: World) -> list[Constraint]:
    """One of every kind, all of which can hold together."""
    room = 0.2 * min(float(world.flows[0, 1, 1]), float(world.flows[0, 2:, 1].sum()))
    return [
        Quota(
            name="quota", flows=(flow(world, 1, 2, 0),), amount=0.6, basis="share", holder=world.countries[3]
        ),
        Purchase(
            name="money",
            flows=(flow(world),),
            amount=room,
            basis="increment",
            measured="value",
            deflator=world.countries[0],
        ),
        Purchase(name="tonnes", flows=(flow(world, 2, 0, 2),), amount=1300.0, unit="tonnes"),
        Quota(
            name="access",
            flows=tuple(flow(world, 0, i) for i in range(1, 4)),
            amount=1.0,
            basis="share",
            holder="importer",
        ),
    ]


def counted(world: World) -> World:
    one = flow(world, 2, 0, 2)
    return world.with_units([PhysicalFlow(one.exporter, one.importer, one.sector, 1000.0, "tonnes")])


def changes(
    world: World, count: int, every: Sequence[Constraint], nests: Sequence[Nest] = ()
) -> list[Counterfactual]:
    """Other tariffs, other bounds and other amounts in each."""
    found: list[Counterfactual] = []
    bounded = {(one.importer, one.sector) for bound in every for one in bound.flows}
    bounded |= {(nest.importer, nest.sector) for nest in nests}
    for k in range(count):
        new = rates(world, k, share=0.3)
        for importer, sector in bounded:
            new.loc[{"importer": importer, "sector": sector}] = np.nan
        some = [one for c, one in enumerate(every) if (k >> c) & 1 or k % 3 == 0]
        scaled = [replace(one, amount=one.amount * (1.0 - 0.002 * k)) for one in some]
        found.append(Counterfactual(Shock.tariffs(world, new), tuple(scaled), tuple(nests)))
    return found


def agrees(
    world: World,
    some: Sequence[Counterfactual],
    deficits: str = "fixed",
    thetas: list[xr.DataArray] | None = None,
) -> None:
    batch = solve_batch(world, some, deficits, TIGHT, thetas)
    assert len(batch.report.alone) <= len(some) // 8  # some corners are left to the patient solver
    assert float(batch.residual.max()) <= TIGHT
    for k, one in enumerate(some):
        given = world if thetas is None else world.with_theta(thetas[k])
        alone = solve(given, one, deficits, TIGHT)
        size = float(given.arrays.income.max())
        for name in (*BY_COUNTRY, "real_value_added"):
            mine, theirs = getattr(batch, name)[k], getattr(alone, name)
            near = MET if theirs.attrs["units"] == "fraction" else MET * size
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=near, err_msg=name)


@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 1000), deficits=st.sampled_from(["fixed", "zero"]))
def test_bounds_in_a_batch_are_those_of_each_alone(seed: int, deficits: str) -> None:
    world = counted(random_world(seed))
    agrees(world, changes(world, 16, bounds(world)), deficits)


@settings(deadline=None, max_examples=3)
@given(seed=st.integers(0, 1000))
def test_products_told_apart_in_a_batch(seed: int) -> None:
    world = random_world(seed)
    a, b, c, _ = world.countries
    nest = Nest("corn", a, world.sectors[1], 12.0, 0.5, {a: 0.01, b: 0.2, c: 0.1})
    corn = flow(world, part="corn")
    least = Purchase(name="corn", flows=(corn,), amount=1.5, basis="share")
    agrees(world, changes(world, 14, [least], [nest]))


def test_tariff_quotas_in_a_batch_in_all_three_regimes() -> None:
    world = random_world(5)
    about = {"name": "tq", "flows": (flow(world),), "basis": "share", "holder": "exporter"}
    amounts = (0.01, 0.3, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.2, 1.5, 2.0, 3.0, 30.0)
    some = [
        Counterfactual(Shock.none(world), (TariffQuota(amount=amount, inside=0.02, outside=0.5, **about),))
        for amount in amounts
    ]
    agrees(world, some)
    welfare = solve_batch(world, some, tol=TIGHT).welfare.to_numpy()
    assert np.ptp(welfare[:, 0]) > 1e-5


def test_bans_rents_of_the_shock_and_plain_members_beside_bounds() -> None:
    world = random_world(8)
    a, b, c, d = world.countries
    ban = Quota(name="ban", flows=(flow(world, 1, 2),), amount=0.0, holder="importer")
    quota = Quota(name="quota", flows=(flow(world),), amount=0.7, basis="share", holder="exporter")
    paying = Shock.parts(
        world, [Part(a, c, "S01", share=0.5, tariff=0.2, rent=0.1, holder=d), Part(d, b, "S00", cost=1.1)]
    )
    some = [Counterfactual(paying, (replace(quota, amount=0.5 + 0.02 * k),)) for k in range(13)]
    some += [Counterfactual(paying, (ban, replace(quota, amount=0.9 - 0.02 * k))) for k in range(13)]
    agrees(world, some)
    mixed = [*some, *(one.shock for one in some)]
    batch = solve_batch(world, mixed, tol=TIGHT)
    plain = solve(world, paying, tol=TIGHT)
    np.testing.assert_allclose(batch.welfare[-1], plain.welfare, atol=1e-9)
    assert np.abs(batch.welfare[0] - batch.welfare[-1]).max() > 1e-6


def test_draws_of_elasticities_with_bounds_on_two_processes() -> None:
    world = counted(random_world(2))
    some = changes(world, 13, bounds(world))
    draws = [world.theta * factor for factor in (0.8, 1.3)]
    thetas = [draws[0]] * 13 + [draws[1]] * 13
    agrees(world, [*some, *some], "zero", thetas)
    one, two = (solve_batch(world, [*some, *some], "zero", TIGHT, thetas, processes=count) for count in (1, 2))
    xr.testing.assert_allclose(one.welfare, two.welfare, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("seed", "holes", "count"), [(1, 0.0, 14), (12, 0.15, 14), (7, 0.0, 1)])
def test_few_members_of_each_of_many_draws_are_solved_together_without_deficits(
    seed: int, holes: float, count: int
) -> None:
    world = random_world(seed, holes=holes)
    a, b, c, d = world.countries
    tonnes = [PhysicalFlow(one, a, "S01", 100.0 * k, "tonnes") for k, one in enumerate((b, c, d), start=1)]
    world = world.with_units(
        [one for one in tonnes if world.flows.sel(importer=a, exporter=one.exporter)[1] > 0]
    )
    access = tuple(Flow(a, one.exporter, "S01") for one in world.units)
    corn = Nest("corn", b, "S02", 12.0, 0.5, {b: 0.01, a: 0.2, c: 0.1})
    every = [
        Quota(name="access", flows=access, amount=0.8, basis="share", unit="tonnes", holder="importer"),
        Purchase(name="corn", flows=(Flow(b, a, "S02", "corn"),), amount=1.3, basis="share"),
        Purchase(
            name="money",
            flows=(Flow(c, a, "S00"),),
            amount=0.01,
            basis="increment",
            measured="value",
            deflator=c,
        ),
    ]
    some = changes(world, 4, every, [corn])
    some[1:2] = [some[1].shock]  # without any market of its own
    generator = np.random.default_rng(seed)
    draws = [world.theta * np.exp(generator.normal(0.0, 0.2, len(world.sectors))) for _other in range(count)]
    members, thetas = some * len(draws), [one for one in draws for _change in some]
    batch = solve_batch(world, members, "zero", TIGHT, thetas, volumes=False)
    assert len(batch.report.alone) <= len(members) // 4  # one without bounds is solved alone, and some corners
    again = solve_batch(world, members, "zero", TIGHT, thetas, processes=2, volumes=False)
    xr.testing.assert_identical(again.welfare, batch.welfare)
    for k, one in enumerate(members):
        alone = solve(world.with_theta(thetas[k]), one, "zero", TIGHT)
        size = float(world.arrays.income.max())
        for name in (*(name for name in BY_COUNTRY if name not in VOLUMES), "real_value_added"):
            mine, theirs = getattr(batch, name)[k], getattr(alone, name)
            near = MET if theirs.attrs["units"] == "fraction" else MET * size
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=near, err_msg=name)


def test_where_bases_are_not_found_together_each_member_is_solved_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = counted(random_world(2))
    some = changes(world, 5, bounds(world))
    thetas = [world.theta * factor for factor in (0.9, 1.0, 1.1) for _change in some]
    whole = solve_batch(world, some * 3, "zero", TIGHT, thetas, volumes=False)
    assert whole.report.alone == ()
    monkeypatch.setattr("kosho.equilibrium.batch_iteration.REBASE_TOLERANCE", -1.0)
    apart = solve_batch(world, some * 3, "zero", TIGHT, thetas, volumes=False)
    assert apart.report.alone == tuple(range(15))
    np.testing.assert_allclose(apart.welfare, whole.welfare, rtol=0, atol=MET)


def test_draws_of_all_elasticities_are_solved_together_with_flows_as_outcomes_tell_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = counted(random_world(2))
    a, b, c, _ = world.countries
    generator = np.random.default_rng(3)
    parts = [Part(a, b, "S01", share=0.4, cost=1.1, tariff=0.15, part="cars"), Part(c, a, "S00", tariff=0.2)]
    quota = Quota(name="quota", flows=(Flow(a, b, "S01", part="cars"),), amount=0.7, basis="share", holder=b)
    shock = Shock.parts(world, parts)
    thetas = [world.theta * np.exp(generator.normal(0.0, 0.3, len(world.sectors))) for _other in range(12)]
    plain = Counterfactual(Shock.parts(world, [replace(parts[0], tariff=0.3), parts[1]]))

    def told_apart(theta: float) -> Counterfactual:
        return Counterfactual(shock, (quota,), (Nest("cars", a, "S01", theta=theta, between=0.5),))

    changes = [change for k in range(len(thetas)) for change in (told_apart(3.0 + 0.3 * k), plain)]
    each = [theta for theta in thetas for _other in range(2)]
    flows = [(a, b, "S01", "cars"), (a, b, "S01", ""), (c, a, "S00", ""), (b, c, "S00", ""), (a, c, "S01", "")]
    batch = solve_batch(world, changes, tol=TIGHT, thetas=each, flows=flows)
    assert not batch.report.alone
    for k, (change, theta) in enumerate(zip(changes, each, strict=True)):
        alone = solve(world.with_theta(theta), change, tol=TIGHT)
        np.testing.assert_allclose(batch.welfare[k], alone.welfare, atol=MET)
        hats = np.array([alone.flow_hats(*flow) for flow in flows])
        np.testing.assert_allclose(batch.flow_values[k], hats[:, 0], rtol=1e-6)
        np.testing.assert_allclose(batch.flow_quantities[k], hats[:, 1], rtol=1e-6)
    assert not np.isclose(batch.flow_values[0, 0], batch.flow_values[2, 0])
    # Members that are left to be solved alone tell the same.
    monkeypatch.setattr("kosho.equilibrium.batch_iteration.ALL_AT_ONCE", 1)
    again = solve_batch(world, changes, tol=TIGHT, thetas=each, flows=flows)
    assert len(again.report.alone) == len(changes)
    np.testing.assert_allclose(again.flow_values, batch.flow_values, rtol=1e-6)


def test_few_members_and_bounds_of_other_markets() -> None:
    world = random_world(4)
    quota = Quota(name="quota", flows=(flow(world),), amount=0.7, basis="share", holder="exporter")
    other = Quota(name="quota", flows=(flow(world, 3, 2, 0),), amount=0.4, basis="share", holder="exporter")
    some = [Counterfactual(Shock.none(world), (one,)) for one in (quota, other, quota)]
    batch = solve_batch(world, some, tol=TIGHT)
    for k, one in enumerate(some):
        alone = solve(world, Counterfactual(one.shock, one.constraints), tol=TIGHT)
        np.testing.assert_allclose(batch.welfare[k], alone.welfare, atol=MET)


def test_members_with_impossible_bounds_fail_alone() -> None:
    world = random_world(3)
    one = flow(world)
    base = float(world.flows[0, 1, 1])
    fine = Counterfactual(
        Shock.none(world), (Quota(name="ceiling", flows=(one,), amount=0.4, basis="share", holder="exporter"),)
    )

    def among(*wrong: Constraint) -> list[Counterfactual]:
        return [*[fine] * 14, Counterfactual(Shock.none(world), (*fine.constraints, *wrong))]

    def fails(*wrong: Constraint) -> Failure:
        batch = solve_batch(world, among(*wrong))
        assert batch.solved[:14].all()
        (failure,) = batch.failures
        assert failure.member == 14
        with pytest.raises(KoshoError, match="shock 14"):
            batch.raise_if_failed()
        return failure

    reason = fails(Purchase(name="promise", flows=(one,), amount=0.9 * base)).reason
    assert re.search(r"ceiling.*promise.*cannot all hold", reason)
    assert (
        "two constraints are named 'ceiling'"
        in fails(Purchase(name="ceiling", flows=(one,), amount=1.0)).reason
    )
    lost = Purchase(name="lost", flows=(replace(one, importer="nowhere"),), amount=1.0)
    assert "unknown label 'nowhere'" in fails(lost).reason
    far = Purchase(name="a thousandfold", flows=(flow(world, 1, 2),), amount=1000, basis="share")
    assert "a thousandfold" in fails(far).reason


def test_tariffs_and_costs_of_bounded_markets_may_differ_in_a_batch() -> None:
    world = random_world(6)
    a, b, c, d = world.countries
    nest = Nest("corn", a, "S01", 9.0, 0.5, {b: 0.2, c: 0.1})
    least = Purchase(name="corn", flows=(flow(world, part="corn"),), amount=1.4, basis="share")
    most = Quota(name="cars", flows=(flow(world, 1, 2, 0),), amount=0.7, basis="share", holder="exporter")
    some: list[Counterfactual] = []
    for k in range(18):
        parts = [
            Part(b, c, "S00", share=0.4, tariff=0.02 * k, part="cars"),
            Part(b, c, "S00", share=0.3, tariff=0.3, cost=1.0 + 0.01 * k),
            Part(c, d, "S02", tariff=0.01 * k),
        ]
        if k % 2:
            parts += [Part(a, b, "S01", tariff=0.03 * k), Part(a, d, "S01", tariff=0.2, cost=0.95)]
        some.append(Counterfactual(Shock.parts(world, parts), (least, most)[: 1 + k % 2], (nest,)))
    agrees(world, some)


def test_machine_code_takes_bounds_and_rents(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    world = counted(random_world(5, 4, 3))
    agrees(world, changes(world, 21, bounds(world)))


def in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code from the centre to the equilibria, and nothing else."""

    def refused(*_: object) -> None:
        raise AssertionError("some members went through passes")

    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    monkeypatch.setattr("kosho.equilibrium.batch_iteration._roughly", refused)


@pytest.mark.parametrize("between", [2.0, -0.4])
def test_bounds_and_products_go_from_the_centre_to_equilibria_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, between: float
) -> None:
    in_one_piece(monkeypatch)
    world = counted(random_world(5, 4, 3))
    a, b, c, _ = world.countries
    nests = (
        Nest("corn", a, "S01", 9.0, between, {b: 0.2, c: 0.1}),
        Nest("gas", b, "S02", 4.0, between, {a: 0.3, b: 0.2}),
    )
    least = Purchase(name="corn", flows=(flow(world, part="corn"),), amount=1.4, basis="share")
    some = changes(world, 21, [*bounds(world), least], nests)
    agrees(world, some)
    agrees(world, some[:18], "fixed", [world.theta * (1.0 + 0.005 * k) for k in range(18)])


def test_rents_and_bans_in_markets_with_bounds_go_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    in_one_piece(monkeypatch)
    world = random_world(6)
    a, b, c, d = world.countries
    most = Quota(name="cars", flows=(flow(world, 1, 2, 0),), amount=0.7, basis="share", holder="exporter")
    some = [
        Counterfactual(
            Shock.parts(
                world,
                [
                    Part(b, c, "S00", share=0.4, tariff=0.02 * k, rent=0.05, holder=c, part="cars"),
                    Part(b, d, "S00", cost=np.inf if k % 3 == 0 else 1.1),
                    Part(a, d, "S02", tariff=0.01 * k),
                ],
            ),
            (replace(most, amount=0.7 - 0.01 * k if k % 2 else 30.0),),
        )
        for k in range(17)
    ]
    agrees(world, some)


@pytest.mark.parametrize("revenue", ["households", "kept"])
def test_what_is_told_of_members_is_the_same_with_volumes_and_without(
    monkeypatch: pytest.MonkeyPatch, revenue: str
) -> None:
    in_one_piece(monkeypatch)
    world = counted(random_world(5, 4, 3))
    some = changes(world, 19, bounds(world))
    closure = Closure() if revenue == "households" else Closure(revenue="kept")
    more, less = (solve_batch(world, some, tol=TIGHT, closure=closure, volumes=told) for told in (True, False))
    assert more.report.alone == less.report.alone
    for name in (*BY_COUNTRY, "real_value_added"):
        if name in VOLUMES:
            assert np.isnan(getattr(less, name)).all()
            continue
        wanted, found = getattr(more, name), getattr(less, name)
        np.testing.assert_allclose(
            found, wanted, rtol=1e-12, atol=1e-13 * float(abs(wanted).max()), err_msg=name
        )


def test_what_machine_code_cannot_bound_goes_through_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    world = counted(random_world(5, 4, 3))
    rice = flow(world, 3, 0, 1)
    about = {"name": "rice", "flows": (rice,), "basis": "share", "holder": "importer"}
    two = TariffQuota(amount=0.9, inside=0.0, outside=0.5, **about)
    agrees(world, changes(world, 18, [*bounds(world), two]))
    far = Purchase(name="a thousandfold", flows=(flow(world, 1, 2),), amount=1000, basis="share")
    some = changes(world, 18, bounds(world))
    some[7] = replace(some[7], constraints=(*some[7].constraints, far))
    batch = solve_batch(world, some)
    assert [one.member for one in batch.failures] == [7]
