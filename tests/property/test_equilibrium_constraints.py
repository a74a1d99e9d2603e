"""Quotas, tariff quotas and purchase commitments: met, paid for, and without effect where they do not bind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import random_world, rates

from kosho.equilibrium import Counterfactual, Flow, Outcome, Part, Purchase, Quota, Shock, TariffQuota, solve
from kosho.equilibrium.constraints import Measured
from kosho.errors import InputError, KoshoError
from kosho.world import PhysicalFlow, World

seeds = st.integers(0, 10_000)
quick = settings(max_examples=15, deadline=None)


def flow(world: World, importer: int = 0, exporter: int = 1, sector: int = 1, part: str = "") -> Flow:
    return Flow(world.countries[importer], world.countries[exporter], world.sectors[sector], part)


def adds_up(outcome: Outcome) -> None:
    """Spending is what producers, treasuries and holders receive; incomes are spent or used as inputs."""
    received = outcome.flows.sum() + outcome.tariff_revenue.sum() + outcome.rents.sum()
    assert float(received) == pytest.approx(float(outcome.expenditure.sum()), rel=1e-9)
    a = outcome.base.arrays
    income = outcome.wage.to_numpy() * a.value_added + outcome.tariff_revenue.to_numpy()
    np.testing.assert_allclose(outcome.income, income + outcome.rents.to_numpy() + a.deficits, rtol=1e-8)


@quick
@given(seeds, st.floats(0.05, 0.9))
def test_a_quota_is_met_and_its_rent_reaches_the_holder(seed: int, share: float) -> None:
    world = random_world(seed)
    holder = world.countries[seed % 4]
    quota = Quota(name="quota", flows=(flow(world),), amount=share, basis="share", holder=holder)
    outcome = solve(world, Counterfactual(Shock.none(world), (quota,)))
    (told,) = outcome.constraints
    assert told.reached == pytest.approx(share * told.base, rel=1e-6)
    assert told.binds
    assert told.rent == pytest.approx(float(outcome.rents.sel(country=holder)), rel=1e-9)
    assert told.rent == pytest.approx(float(outcome.rents.sum()), rel=1e-9)
    n, i, j = quota.flows[0].importer, quota.flows[0].exporter, quota.flows[0].sector
    price = 1 + float(world.tariff.sel(importer=n, exporter=i, sector=j))
    net = float(outcome.flows.sel(importer=n, exporter=i, sector=j))
    assert told.rent == pytest.approx(told.wedge * price * net, rel=1e-6)
    assert net / float(outcome.cost.sel(country=i, sector=j)) == pytest.approx(told.required, rel=1e-6)
    adds_up(outcome)


@quick
@given(seeds)
def test_a_quota_whose_rent_the_importer_holds_is_the_tariff_that_does_the_same(seed: int) -> None:
    world = random_world(seed, tariffs=False)
    quota = Quota(name="quota", flows=(flow(world),), amount=0.4, basis="share", holder="importer")
    held = solve(world, Counterfactual(Shock.none(world), (quota,)), tol=1e-10)
    one = quota.flows[0]
    rate = {(one.importer, one.exporter, one.sector): held.constraints[0].wedge}
    taxed = solve(world, Shock.tariffs(world, rate), tol=1e-10)
    np.testing.assert_allclose(held.welfare, taxed.welfare, atol=1e-8)
    np.testing.assert_allclose(held.flows, taxed.flows, rtol=1e-6)


@quick
@given(seeds, st.floats(0.05, 1.0))
def test_a_purchase_is_met_and_paid_by_the_importer(seed: int, more: float) -> None:
    world = random_world(seed)
    base = float(world.flows[0, 1, 1])
    bound = flow(world)
    purchase = Purchase(
        name="purchase",
        flows=(bound,),
        amount=more * base,
        basis="increment",
        measured="value",
        deflator=bound.importer,
    )
    outcome = solve(world, Counterfactual(Shock.none(world), (purchase,)))
    (told,) = outcome.constraints
    assert told.reached == pytest.approx((1 + more) * base, rel=1e-6)
    assert told.fiscal_cost > 0
    net = float(outcome.flows.sel(importer=bound.importer, exporter=bound.exporter, sector=bound.sector))
    price = 1 + float(world.tariff[0, 1, 1])
    assert told.fiscal_cost == pytest.approx(told.wedge * price * net, rel=1e-6)
    # The treasury pays it: revenue is what the tariff would bring, less the cost.
    duties = world.tariff.sel(importer=bound.importer) * outcome.flows.sel(importer=bound.importer)
    revenue = float(outcome.tariff_revenue.sel(country=bound.importer))
    assert revenue == pytest.approx(float(duties.sum()) - told.fiscal_cost, rel=1e-6)
    adds_up(outcome)


@quick
@given(seeds)
def test_bounds_that_do_not_bind_change_nothing(seed: int) -> None:
    world = random_world(seed)
    change = Shock.tariffs(world, rates(world, seed, share=0.4))
    plain = solve(world, change, tol=1e-10)
    loose = [
        Quota(name="loose quota", flows=(flow(world),), amount=50.0, basis="share", holder="exporter"),
        Purchase(name="easy purchase", flows=(flow(world, 0, 2),), amount=0.001, basis="share"),
        TariffQuota(
            name="wide tariff quota",
            flows=(flow(world, 1, 2, 0),),
            amount=50.0,
            basis="share",
            inside=float(dict(_new_rates(world, change)).get((1, 2, 0), world.tariff[1, 2, 0])),
            outside=5.0,
            holder="importer",
        ),
    ]
    outcome = solve(world, Counterfactual(change, loose), tol=1e-10)
    for told in outcome.constraints:
        assert told.wedge == 0.0
        assert told.rent == told.fiscal_cost == 0.0
        assert not told.binds
        assert np.abs(told.diverted).max() < 1e-6 * float(world.flows.max())
    np.testing.assert_allclose(outcome.welfare, plain.welfare, atol=1e-9)


def _new_rates(world: World, shock: Shock) -> list[tuple[tuple[int, int, int], float]]:
    keys = zip(shock.importer.tolist(), shock.exporter.tolist(), shock.sector.tolist(), strict=True)
    return list(zip(keys, shock.tariff.tolist(), strict=True))


@quick
@given(seeds)
def test_a_quota_of_all_that_is_traded_changes_nothing_and_one_of_nothing_is_a_ban(seed: int) -> None:
    world = random_world(seed)
    one = flow(world)
    quota = {"name": "quota", "flows": (one,), "basis": "share", "holder": "exporter"}
    all_of_it = solve(world, Counterfactual(Shock.none(world), (Quota(amount=1.0, **quota),)))
    assert all_of_it.constraints[0].wedge == 0.0
    np.testing.assert_allclose(all_of_it.welfare, 0.0, atol=1e-12)
    none_of_it = solve(world, Counterfactual(Shock.none(world), (Quota(amount=0.0, **quota),)))
    cell = (one.importer, one.exporter, one.sector)
    assert none_of_it.part_flow(*cell, "")[1] == 0.0
    assert none_of_it.constraints[0].reached == 0.0
    assert none_of_it.constraints[0].wedge == np.inf
    ban = solve(world, Shock.costs(world, {cell: np.inf}))
    np.testing.assert_allclose(none_of_it.welfare, ban.welfare, atol=1e-9)


@quick
@given(seeds)
def test_a_covered_share_of_one_is_the_whole_sector(seed: int) -> None:
    world = random_world(seed)
    one = flow(world)
    cell = (one.importer, one.exporter, one.sector)
    parts = Shock.parts(world, [Part(*cell, share=0.3, part="a"), Part(*cell, share=0.7, part="b")])
    named = (flow(world, part="a"), flow(world, part="b"))
    about = {"name": "quota", "amount": 0.5, "basis": "share", "holder": "exporter"}
    whole = solve(world, Counterfactual(Shock.none(world), (Quota(flows=(one,), **about),)), tol=1e-10)
    pieces = solve(world, Counterfactual(parts, (Quota(flows=named, **about),)), tol=1e-10)
    assert pieces.constraints[0].wedge == pytest.approx(whole.constraints[0].wedge, rel=1e-6)
    np.testing.assert_allclose(pieces.welfare, whole.welfare, atol=1e-9)
    for label in ("a", "b"):
        base, new = pieces.part_flow(*cell, label)
        assert new / base == pytest.approx(0.5 * float(pieces.cost.sel(country=cell[1], sector=cell[2])))


@quick
@given(seeds)
def test_a_tariff_quota_has_three_regimes(seed: int) -> None:
    world = random_world(seed)
    one = flow(world)
    cell = (one.importer, one.exporter, one.sector)
    inside, outside = 0.1, 0.6
    free, taxed = (solve(world, Shock.tariffs(world, {cell: rate}), tol=1e-10) for rate in (inside, outside))
    base, most = (
        x.part_flow(*cell, "")[1] / float(x.cost.sel(country=cell[1], sector=cell[2])) for x in (taxed, free)
    )

    def outcome(amount: float) -> Outcome:
        bound = TariffQuota(
            name="tq", flows=(one,), amount=amount, inside=inside, outside=outside, holder="exporter"
        )
        return solve(world, Counterfactual(Shock.none(world), (bound,)), tol=1e-10)

    never = outcome(1.01 * most)
    np.testing.assert_allclose(never.welfare, free.welfare, atol=1e-8)
    assert never.constraints[0].rent == 0.0
    between = outcome(0.5 * (base + most)).constraints[0]
    assert between.reached == pytest.approx(between.required, rel=1e-6)
    assert 0 < between.wedge < (outside - inside) / (1 + inside)
    beyond = outcome(0.5 * base)
    told = beyond.constraints[0]
    assert told.reached > told.required
    assert told.wedge == pytest.approx((outside - inside) / (1 + inside), rel=1e-9)
    net = beyond.part_flow(*cell, "")[1]
    # The rent is earned on the quota, the duty of `outside` paid on the rest.
    assert told.rent == pytest.approx((outside - inside) * net * told.required / told.reached, rel=1e-6)
    adds_up(beyond)


@quick
@given(seeds)
def test_a_minimum_access_moves_imports_between_origins_only(seed: int) -> None:
    """A quota over all origins with a purchase from one of them: what one gains the others lose."""
    world = random_world(seed)
    origins = tuple(flow(world, 0, i) for i in range(1, 4))
    base, others = float(world.flows[0, 1, 1]), float(world.flows[0, 2:, 1].sum())
    more = 0.3 * min(base, others)
    both = [
        Quota(name="minimum access", flows=origins, amount=1.0, basis="share", holder="importer"),
        Purchase(name="from one", flows=origins[:1], amount=more, basis="increment"),
    ]
    outcome = solve(world, Counterfactual(Shock.none(world), both))
    whole, one = outcome.constraints
    assert whole.reached == pytest.approx(whole.base, rel=1e-6)
    assert one.reached == pytest.approx(base + more, rel=1e-6)
    assert whole.wedge > 0
    assert one.fiscal_cost > 0
    assert whole.rent > 0
    adds_up(outcome)


@quick
@given(seeds)
def test_rents_of_two_quotas_on_the_same_imports_reach_both_holders(seed: int) -> None:
    world = random_world(seed)
    a, b = world.countries[:2]
    from_two = (flow(world, 0, 1), flow(world, 0, 2))
    both = [
        Quota(name="narrow", flows=from_two[:1], amount=0.4, basis="share", holder=a),
        Quota(name="wide", flows=from_two, amount=0.5, basis="share", holder=b),
    ]
    outcome = solve(world, Counterfactual(Shock.none(world), both))
    narrow, wide = outcome.constraints
    for told, holder in ((narrow, a), (wide, b)):
        assert told.reached <= told.required * (1 + 1e-6)
        assert told.rent == pytest.approx(float(outcome.rents.sel(country=holder)), rel=1e-9, abs=1e-12)
        assert told.wedge == 0.0 or told.reached == pytest.approx(told.required, rel=1e-6)
    adds_up(outcome)


@quick
@given(seeds)
def test_a_quota_counted_in_units(seed: int) -> None:
    world = random_world(seed)
    one = flow(world)
    counted = PhysicalFlow(one.exporter, one.importer, one.sector, 1_370_000.0, "vehicles")
    world = world.with_units([counted])
    quota = Quota(name="cars", flows=(one,), amount=1_000_000, unit="vehicles", holder="exporter")
    outcome = solve(world, Counterfactual(Shock.none(world), (quota,)))
    assert outcome.constraints[0].base == pytest.approx(1_370_000)
    assert outcome.units[0].new == pytest.approx(1_000_000, rel=1e-6)


def test_bounds_that_cannot_both_hold_are_named() -> None:
    world = random_world(3)
    one, other = flow(world), flow(world, 0, 2)
    most = Quota(name="ceiling of 40 %", flows=(one, other), amount=0.4, basis="share", holder="exporter")
    base = float(world.flows[0, 1, 1] + world.flows[0, 2, 1])
    least = Purchase(name="promise of 60 %", flows=(one,), amount=0.6 * base)
    unrelated = Quota(name="elsewhere", flows=(flow(world, 1, 2),), amount=1.0, holder="exporter")
    with pytest.raises(InputError, match=r"ceiling of 40 %.*promise of 60 %.*cannot all hold") as error:
        solve(world, Counterfactual(Shock.none(world), (unrelated, most, least)))
    assert "elsewhere" not in str(error.value)
    money = Purchase(name="promise in money", flows=(one,), amount=3 * base, measured="value")
    with pytest.raises(KoshoError, match=r"ceiling of 40 %.*promise in money"):
        solve(world, Counterfactual(Shock.none(world), (most, money)))


@pytest.mark.parametrize("measured", ["quantity", "value"])
def test_a_purchase_of_what_is_banned_is_refused_and_both_are_named(measured: Measured) -> None:
    world = random_world(3)
    one, other = flow(world), flow(world, 0, 2)
    ban = Quota(name="ban", flows=(one,), amount=0, holder="importer")
    promise = Purchase(name="promise", flows=(one,), amount=1.0, measured=measured)
    elsewhere = Quota(name="elsewhere", flows=(other,), amount=0, holder="importer")
    with pytest.raises(
        InputError, match=r"'ban' \(a ban\).*'promise' \(at least 1\).* cannot all hold"
    ) as error:
        solve(world, Counterfactual(Shock.none(world), (elsewhere, ban, promise)))
    assert "elsewhere" not in str(error.value)
    closed = Shock.costs(world, {(one.importer, one.exporter, one.sector): np.inf})
    with pytest.raises(InputError, match=r"'promise' cannot be met: the imports are banned"):
        solve(world, Counterfactual(closed, (promise,)))


def test_a_promise_beyond_the_means_of_an_economy_is_named() -> None:
    world = random_world(3)
    promise = Purchase(name="a thousandfold", flows=(flow(world),), amount=1000, basis="share")
    with pytest.raises(KoshoError, match="a thousandfold"):
        solve(world, Counterfactual(Shock.none(world), (promise,)))


def test_mistakes_are_told_together() -> None:
    world = random_world(3)
    one = flow(world)
    with pytest.raises(InputError, match="domestic"):
        Quota(name="q", flows=(flow(world, 1, 1),), amount=1, holder="exporter")
    with pytest.raises(InputError, match=r"inside.*outside"):
        TariffQuota(name="q", flows=(one,), amount=1, inside=0.3, outside=0.2, holder="exporter")
    for named, unit, error in (
        ("corn", "", "no part 'corn'"),
        ("", "tonnes", r"does not count .* in 'tonnes'"),
    ):
        promise = Purchase(name="p", flows=(flow(world, part=named),), amount=1, unit=unit)
        with pytest.raises(InputError, match=error):
            solve(world, Counterfactual(Shock.none(world), (promise,)))
    twice = [Purchase(name="p", flows=(one,), amount=1)] * 2
    with pytest.raises(InputError, match="two constraints are named 'p'"):
        solve(world, Counterfactual(Shock.none(world), twice))
    with pytest.raises(InputError) as error:
        Purchase(name="p", flows=(one, one), amount=-1)
    assert len(error.value.problems) == 2
