"""Continuous tariffs: closed forms, symmetry, fixed points, bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import CELL, build, random_world

from kosho.bargain.optimal_tariffs import (
    Objective,
    RateBounds,
    RateSet,
    Tariffs,
    cooperative,
    goods_sectors,
    nash,
    optimal,
)
from kosho.bargain.tariff_search import Look, Search
from kosho.cli.tariffs import contract, percent
from kosho.equilibrium import Closure, Payoff, Shock, gradient, rebase, solve
from kosho.errors import ConvergenceError, InputError
from kosho.world import World, labelled

WIDE = RateBounds(0.0, 20.0)


def gain(world: World, found: Tariffs, party: str, rates: np.ndarray) -> float:
    cells = dict(zip(zip(found.importer, found.exporter, found.sector, strict=True), rates, strict=True))
    return float(
        solve(world, Shock.tariffs(world, cells, insist=True), "zero", 1e-11).welfare.sel(country=party)
    )


def symmetric(theta: float = 4.0, *, tariff: float = 0.1) -> World:
    """Three countries and two sectors, the same seen from everywhere."""
    flows = np.full((3, 3, 2), 1.0)
    flows[range(3), range(3)] = [6.0, 4.0]
    return rebase(build(flows, tariff=tariff, theta=[theta, 1.5 * theta]), "zero")


@pytest.mark.parametrize("theta", [2.0, 5.0, 9.0])
def test_one_of_two_countries(theta: float) -> None:
    """t* = 1 / (theta pi_ff), the other's home share where it holds (Alvarez & Lucas 2007, Gros 1987)."""
    flows = np.array([[[90.0], [10.0]], [[10.0], [40.0]]])
    found = optimal(build(flows, theta=theta), "C00", bounds=WIDE)
    home = float(found.outcome.shares.sel(importer="C01", exporter="C01", sector="S00"))
    assert found.rate[0] == pytest.approx(1.0 / (theta * home), rel=1e-6)
    assert found.residual <= 1e-7


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 1000))
def test_no_small_move_of_an_optimal_tariff_gains(seed: int) -> None:
    world = rebase(random_world(seed, 4, 2, balanced=True, theta=(2.0, 8.0)), "zero")
    found = optimal(world, "C01", bounds=WIDE)
    best = gain(world, found, "C01", found.rate)
    assert best == pytest.approx(float(found.welfare.sel(country="C01")), abs=1e-10)
    assert best >= 0.0
    rng = np.random.default_rng(seed)
    for size in (0.2, 0.02):
        moved = np.maximum(found.rate + size * rng.standard_normal(len(found.rate)), 0.0)
        assert gain(world, found, "C01", moved) <= best + 1e-10


def test_nash_tariffs_are_a_fixed_point_of_best_responses() -> None:
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(2.0, 8.0)), "zero")
    parties = ["C00", "C02"]
    found = nash(world, parties, bounds=WIDE)
    rates = world.tariff.copy(deep=True)
    for importer, exporter, sector, rate in zip(
        found.importer, found.exporter, found.sector, found.rate, strict=True
    ):
        rates.loc[importer, exporter, sector] = rate
    at_nash = replace(found.outcome.base, flows=found.outcome.flows, tariff=rates)
    for party, other in (parties, parties[::-1]):
        reply = optimal(at_nash, party, [other], bounds=WIDE)
        mine = [rate for rate, importer in zip(found.rate, found.importer, strict=True) if importer == party]
        np.testing.assert_allclose(reply.rate, mine, atol=2e-6)


def test_symmetric_countries_bargain_symmetric_tariffs() -> None:
    world = symmetric()
    for search in (nash, cooperative):
        found = search(world, ["C00", "C01"])
        half = len(found.rate) // 2
        np.testing.assert_allclose(found.rate[:half], found.rate[half:], atol=1e-6)
        assert float(found.welfare[0]) == pytest.approx(float(found.welfare[1]), abs=1e-9)
    everybody = nash(world, world.countries)
    per_sector = everybody.rate.reshape(-1, 2)
    np.testing.assert_allclose(per_sector, np.broadcast_to(per_sector[0], per_sector.shape), atol=1e-6)


def test_a_bargain_gains_where_a_war_loses() -> None:
    world = symmetric()
    war, deal = nash(world, world.countries), cooperative(world, world.countries)
    assert float(war.welfare.max()) < 0 < float(deal.welfare.min())
    np.testing.assert_allclose(deal.welfare, deal.welfare[0], atol=1e-9)


def test_unequal_parties_gain_alike_on_their_frontier() -> None:
    world = rebase(random_world(3, 4, 2, balanced=True, theta=(2.0, 6.0)), "zero")
    found = cooperative(world, ["C00", "C01"], bounds=RateBounds(-0.5, 5.0))
    gains = [float(found.welfare.sel(country=code)) for code in found.parties]
    assert gains[0] == pytest.approx(gains[1], rel=1e-4)
    assert gains[0] > 0
    assert sum(found.weights.values()) == pytest.approx(1.0)

    def worth(rates: np.ndarray) -> float:
        return sum(weight * gain(world, found, code, rates) for code, weight in found.weights.items())

    best, rng = worth(found.rate), np.random.default_rng(0)
    for _ in range(3):
        moved = np.maximum(found.rate + 0.02 * rng.standard_normal(len(found.rate)), -0.5)
        assert worth(moved) <= best + 1e-10


def test_bounds_hold_and_bind() -> None:
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(2.0, 4.0)), "zero")
    free = optimal(world, "C00", bounds=WIDE)
    tight = optimal(world, "C00", bounds=RateBounds(0.0, float(np.median(free.rate))))
    assert tight.rate.max() == pytest.approx(np.median(free.rate))
    assert tight.residual <= 1e-7
    assert float(tight.welfare.sel(country="C00")) < float(free.welfare.sel(country="C00"))


def test_only_the_sectors_and_partners_named() -> None:
    world = random_world(7, 4, 3, balanced=True)
    found = optimal(world, "C00", ["C02"], ["S01"])
    assert (found.importer, found.exporter, found.sector) == (("C00",), ("C02",), ("S01",))
    assert found.evaluations >= 1


def test_goods_are_what_is_taxed_unless_said_otherwise() -> None:
    flows = np.full((2, 2, 3), 1.0)
    flows[range(2), range(2)] = 5.0
    assert goods_sectors(build(flows, sectors=["C29", "G", "A01"])) == ("C29", "A01")
    assert goods_sectors(build(flows, sectors=["x", "y", "z"])) == ("x", "y", "z")


def test_wrong_input_is_named() -> None:
    world = random_world(1, 3, 2)
    for call, told in (
        (lambda: optimal(world, "C0X"), "C0X"),
        (lambda: optimal(world, "C00", sectors=["S00", "S00"]), "twice"),
        (lambda: optimal(world, "C00", ["C00", "C01"]), "partner of its own"),
        (lambda: optimal(world, "C00", ["C01", "C01"]), "'C01' is given twice"),
        (lambda: nash(world, ["C00"]), "two parties"),
        (lambda: cooperative(world, ["C00", "C01", "C00"]), "named twice"),
        (lambda: RateBounds(1.0, 0.5), "bounds"),
        (lambda: RateBounds(-1.0, 0.5), "bounds"),
    ):
        with pytest.raises(InputError, match=told):
            call()
    nothing = random_world(1, 3, 2)
    flows = nothing.flows.to_numpy().copy()
    flows[0, 1] = 0.0
    empty = World.from_flows(
        labelled(flows, ("importer", "exporter", "sector"), nothing.countries, nothing.sectors),
        tariff=nothing.tariff,
        io_share=nothing.io_share,
        theta=nothing.theta,
    )
    with pytest.raises(InputError, match="nothing is traded"):
        optimal(empty, "C00", ["C01"])


def test_what_scripts_read_holds_every_economy_that_was_named() -> None:
    found = contract(optimal(random_world(1, 3, 2), "C00", ["C01"]), ["C00", "C01"])
    assert (found["parties"], found["decides"]) == (["C00", "C01"], ["C00"])
    assert list(found["welfare"]) == ["C00", "C01"]
    assert list(found["welfare_of_others"]) == ["C02"]
    told = {1.234e-2: "+1.23", -4.87e-5: "−0.0049", 4.1e-7: "+0.000041", 1e-12: "0"}
    assert {value: percent(value) for value in told} == told


@pytest.mark.parametrize("parties", [["C00"], ["C00", "C02"]])
def test_the_patient_way_finds_the_same(monkeypatch: pytest.MonkeyPatch, parties: list[str]) -> None:
    """Quasi-Newton ascent, and best responses in turn, where first-order conditions do not settle at once."""
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(2.0, 8.0)), "zero")

    def search() -> Tariffs:
        return optimal(world, "C00", bounds=WIDE) if len(parties) == 1 else nash(world, parties, bounds=WIDE)

    fast = search()
    settle, refused = Search._settle, []

    def reluctant(self: Search, start: np.ndarray, weights: Mapping[str, float] | None) -> Look:
        if not refused:
            refused.append(start)
            return self._look(start, weights)
        climbed = np.abs(start - fast.rate).max()
        assert climbed < 0.01 * np.abs(refused[0] - fast.rate).max()
        return settle(self, start, weights)

    monkeypatch.setattr(Search, "_settle", reluctant)
    patient = search()
    np.testing.assert_allclose(patient.rate, fast.rate, atol=1e-6)
    assert patient.evaluations > fast.evaluations


# Instruments


def test_tied_rates_are_one_and_the_best_that_one_can_be() -> None:
    world = rebase(random_world(7, 4, 3, balanced=True, theta=(2.0, 6.0)), "zero")
    cells = {"none": 9, "mfn": 3, "partner": 3, "uniform": 1}
    best = {}
    for tied, count in cells.items():
        found = optimal(world, "C01", bounds=WIDE, tied=tied)
        assert len(found.rate) == 9
        assert int(found.instrument.max()) + 1 == count
        assert all(np.ptp(found.rate[found.instrument == k]) == 0.0 for k in range(count))
        best[tied] = gain(world, found, "C01", found.rate)
        for k in range(count):
            for move in (0.01, -0.01):
                moved = found.rate + move * (found.instrument == k)
                assert gain(world, found, "C01", moved) < best[tied]
    assert best["none"] > max(best["mfn"], best["partner"])
    assert min(best["mfn"], best["partner"]) > best["uniform"] > 0


def test_ties_change_nothing_where_the_free_rates_agree() -> None:
    """Seen from everywhere the same: partners' rates are one in the free game already."""
    world = symmetric()
    for search in (nash, cooperative):
        free, tied = (search(world, world.countries, tied=tied) for tied in ("none", "mfn"))
        np.testing.assert_allclose(free.rate, tied.rate, atol=1e-6)
    flows = np.array([[[90.0], [10.0]], [[10.0], [40.0]]])
    found = optimal(build(flows), "C00", bounds=WIDE, tied="uniform")
    home = float(found.outcome.shares.sel(importer="C01", exporter="C01", sector="S00"))
    assert found.rate[0] == pytest.approx(1.0 / (5.0 * home), rel=1e-6)


def test_a_rate_for_everybody_is_for_those_who_decide_nothing_too() -> None:
    world = random_world(7, 4, 2, balanced=True)
    found = nash(world, ["C00", "C02"], tied="mfn")
    pairs = set(zip(found.importer, found.exporter, strict=True))
    assert pairs == {(n, i) for n in ("C00", "C02") for i in world.countries if i != n}
    with pytest.raises(InputError, match="everybody's goods"):
        optimal(world, "C00", ["C02"], tied="mfn")


def test_sets_of_flows_have_one_rate_and_all_others_stay() -> None:
    world = rebase(random_world(7, 4, 3, balanced=True, theta=(2.0, 6.0)), "zero")
    sets = [RateSet("cars", "C00", ("C01", "C02"), ("S00",)), RateSet("rest", "C00", sectors=("S01",))]
    found = optimal(world, "C00", bounds=WIDE, tied=sets)
    assert {found.sector[k] for k in np.flatnonzero(found.instrument == 0)} == {"S00"}
    assert sorted(np.bincount(found.instrument).tolist()) == [2, 3]
    touched = found.outcome.shock
    assert {
        (world.countries[n], world.sectors[j]) for n, j in zip(touched.importer, touched.sector, strict=True)
    } == {
        ("C00", "S00"),
        ("C00", "S01"),
    }
    for move in (0.01, -0.01):
        for k in (0, 1):
            moved = found.rate + move * (found.instrument == k)
            assert gain(world, found, "C00", moved) < gain(world, found, "C00", found.rate)


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ([], "no set is given"),
        ([RateSet("", "C00")], "a name of its own"),
        ([RateSet("a", "C00"), RateSet("a", "C02")], "a name of its own"),
        ([RateSet("a", "C01")], "'C01' sets no tariffs here"),
        ([RateSet("a", "C00", ("C01",))], "'C01' is not in this game"),
        ([RateSet("a", "C00", sectors=("S0x",))], "'S0x' is not in this game"),
        ([RateSet("a", "C00"), RateSet("b", "C00", sectors=("S00",))], "C00 from C02, S00 is in 'a' as well"),
        ("mnf", "did you mean mfn?"),
    ],
)
def test_ties_that_do_not_fit_are_named(sets: list[RateSet] | str, told: str) -> None:
    with pytest.raises(InputError, match=told.replace("?", r"\?")):
        nash(random_world(1, 3, 2), ["C00", "C02"], tied=sets)


# Objectives


def test_weights_of_one_are_real_income() -> None:
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(2.0, 6.0)), "zero")
    plain = optimal(world, "C00", bounds=WIDE)
    same = Objective(sectors={"S00": 1.0, "S01": 1.0}, others={"C01": 0.0})
    weighed = optimal(world, "C00", bounds=WIDE, objectives={"C00": same})
    np.testing.assert_allclose(weighed.rate, plain.rate, atol=1e-9)
    twice = optimal(
        world, "C00", bounds=WIDE, objectives={"C00": Objective(sectors=dict.fromkeys(world.sectors, 2.0))}
    )
    np.testing.assert_allclose(twice.rate, plain.rate, atol=1e-6)  # weights have no scale
    assert twice.gains["C00"] == pytest.approx(float(plain.welfare.sel(country="C00")), rel=1e-6)


def test_sector_incomes_add_up_and_their_slopes_are_those_of_small_moves() -> None:
    world = rebase(random_world(11, 3, 3, theta=(2.0, 6.0)), "zero")
    rates = {("C00", "C01", "S00"): 0.2, ("C01", "C02", "S02"): 0.3}
    at = solve(world, Shock.tariffs(world, rates), "zero", 1e-12)
    every = Payoff("C00", incomes=dict.fromkeys(world.sectors, 1.0))
    assert every.of(at) == pytest.approx(2 * Payoff("C00").of(at), rel=1e-9)
    assert every.base(world) == pytest.approx(2 * world.arrays.income[0])
    payoff = Payoff("C00", incomes={"S00": 0.7, "S02": -0.3})
    slopes = gradient(at, [(2.0, payoff), (0.5, "C01")], 1e-10).tariff

    def worth(cell: tuple[str, str, str], by: float) -> float:
        moved = rates | {
            cell: rates.get(cell, float(world.tariff.sel(dict(zip(CELL, cell, strict=True))))) + by
        }
        outcome = solve(world, Shock.tariffs(world, moved), "zero", 1e-13)
        return 2.0 * payoff.of(outcome) + 0.5 * float(outcome.welfare.sel(country="C01"))

    for cell in (("C00", "C01", "S00"), ("C00", "C02", "S02"), ("C02", "C00", "S01")):
        seen = (worth(cell, 1e-5) - worth(cell, -1e-5)) / 2e-5
        assert float(slopes.sel(dict(zip(CELL, cell, strict=True)))) == pytest.approx(
            seen, rel=1e-5, abs=1e-6 * float(np.abs(slopes).max())
        )


def test_a_sector_that_counts_more_is_protected_more() -> None:
    world = rebase(random_world(7, 3, 3, balanced=True, theta=(3.0, 6.0)), "zero")
    plain = optimal(world, "C00", bounds=WIDE, tied="mfn")
    counted = optimal(world, "C00", bounds=WIDE, tied="mfn", objectives={"C00": Objective({"S01": 1.3})})
    more = counted.rate - plain.rate
    assert more[np.array(plain.sector) == "S01"].min() > 0.01
    assert float(counted.welfare.sel(country="C00")) < float(plain.welfare.sel(country="C00"))
    assert counted.gains["C00"] > float(counted.welfare.sel(country="C00"))


def test_who_counts_everybody_alike_taxes_less_than_who_counts_itself_alone() -> None:
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(3.0, 6.0)), "zero")
    alone = optimal(world, "C00", bounds=RateBounds(-0.5, 5.0))
    all_of_them = Objective(others={"C01": 1.0, "C02": 1.0})
    kind = optimal(world, "C00", bounds=RateBounds(-0.5, 5.0), objectives={"C00": all_of_them})
    assert kind.rate.max() < alone.rate.min()
    worth = (kind.outcome.equivalent_variation - alone.outcome.equivalent_variation).sum()
    assert float(worth) > 0


def test_objectives_that_do_not_fit_are_named_all_at_once() -> None:
    wrong = {
        "C01": Objective({"S00": 2.0}),
        "C00": Objective({"S0x": 1.0, "S01": -1.0}, {"C00": 1.0, "C0x": 1.0}),
    }
    with pytest.raises(InputError) as caught:
        optimal(random_world(1, 3, 2), "C00", objectives=wrong)
    told = str(caught.value)
    for part in (
        "['C01']: does not decide",
        "unknown sector 'S0x'",
        "S01 is -1",
        "itself (its own income counts one)",
        "'C0x' is no other",
    ):
        assert part in told
    with pytest.raises(InputError, match="nothing, or less"):
        optimal(random_world(1, 3, 2), "C00", objectives={"C00": Objective({"S00": 0.0, "S01": 0.0})})


# What stops a search, and what does not


def dusty(count: int = 5, seed: int = 3) -> World:
    """A flow in seven between countries is next to nothing, down to 1e-14 of what is imported."""
    flows = random_world(seed, count, 3, balanced=True, theta=(2.0, 14.0)).flows.to_numpy().copy()
    rng = np.random.default_rng(seed)
    dust = (rng.random(flows.shape) < 0.15) & (np.eye(count)[:, :, None] == 0)
    flows[dust] = flows.sum(axis=(1, 2))[np.nonzero(dust)[0]] * 10.0 ** rng.uniform(-14, -8, int(dust.sum()))
    return rebase(build(flows, tariff=0.05, theta=[2.0, 6.0, 14.0]), "zero")


@pytest.mark.parametrize(("search", "count"), [(nash, 5), (cooperative, 3)])
def test_dust_stops_nothing(search: Callable[..., Tariffs], count: int) -> None:
    world, lines = dusty(count), list[str]()
    found = search(world, world.countries, bounds=RateBounds(0.0, 10.0), progress=lines.append)
    assert found.residual <= 1e-7
    assert lines
    assert not any("nan" in line or "inf" in line for line in lines)
    share = world.flows / world.flows.sum(["exporter", "sector"])
    cells = list(zip(found.importer, found.exporter, found.sector, strict=True))
    large = np.array([float(share.sel(dict(zip(CELL, cell, strict=True)))) > 1e-7 for cell in cells])
    assert (~large).sum() >= 2
    swept = world.flows.where(share > 1e-7, 0.0)
    clean = search(rebase(replace(world, flows=swept), "zero"), world.countries, bounds=RateBounds(0.0, 10.0))
    np.testing.assert_allclose(found.rate[large], clean.rate, atol=1e-4)
    np.testing.assert_allclose(found.welfare, clean.welfare, atol=1e-6)


def test_rates_of_dust_are_about_as_good_as_others() -> None:
    """Their slopes weigh nothing, but they move with the rest, by steps that do not depend on size."""
    world = dusty()
    found = nash(world, world.countries, bounds=RateBounds(0.0, 10.0))
    slopes = gradient(found.outcome, found.parties[0], 1e-12).tariff.sel(importer="C00")
    flows = found.outcome.flows.sel(importer="C00")
    mine = [k for k, code in enumerate(found.importer) if code == "C00"]
    for k in mine:
        cell = {"exporter": found.exporter[k], "sector": found.sector[k]}
        slope = float(slopes.sel(cell) / flows.sel(cell)) * float(world.arrays.income[0])
        assert abs(slope) < 1e-3


def test_a_tolerance_is_met_and_no_more_is_done() -> None:
    world = rebase(random_world(7, 4, 3, balanced=True, theta=(2.0, 8.0)), "zero")
    rough, fine = (nash(world, world.countries, bounds=WIDE, tol=tol) for tol in (1e-3, 1e-9))
    assert 1e-9 < rough.residual <= 1e-3
    assert fine.residual <= 1e-9
    assert rough.evaluations < fine.evaluations
    np.testing.assert_allclose(rough.rate, fine.rate, atol=1e-2)
    for tol in (0.0, -1.0, 1.0, float("nan")):
        with pytest.raises(InputError, match="tol"):
            nash(world, world.countries, tol=tol)


def test_the_best_point_is_handed_out_where_there_is_no_answer_and_says_so() -> None:
    world = rebase(random_world(7, 3, 2, balanced=True), "zero")
    with pytest.raises(ConvergenceError, match="slope") as caught:
        nash(world, world.countries, tol=1e-17)
    best = caught.value.best
    assert isinstance(best, Tariffs)
    assert 1e-17 < best.residual == caught.value.residual < 1e-9
    assert not best.converged
    assert "1e-17" in best.failing
    assert "no answer" in best.card().text()
    asked = nash(world, world.countries, tol=1e-17, throw=False)
    np.testing.assert_allclose(asked.rate, best.rate, rtol=1e-9)
    assert asked.failing
    assert contract(asked, asked.parties)["converged"] is False


def test_equal_gains_that_cannot_be_are_told_with_the_nearest() -> None:
    """The only rate that may move must rise: one party gains, the other loses."""
    world = rebase(random_world(3, 3, 1, balanced=True, tariffs=False, theta=(4.0, 6.0)), "zero")
    asked = {"bounds": RateBounds(0.1, 0.2), "tied": [RateSet("only", "C00")]}
    with pytest.raises(ConvergenceError, match="same gain") as caught:
        cooperative(world, ["C00", "C01"], **asked)
    best = cooperative(world, ["C00", "C01"], **asked, throw=False)
    assert best.failing in str(caught.value)
    assert best.gains["C00"] > 0 > best.gains["C01"]
    assert best.rate == caught.value.best.rate


def test_deficits_may_stay() -> None:
    world = rebase(random_world(5, 3, 2, theta=(3.0, 6.0)), "fixed")
    found = optimal(world, "C00", bounds=WIDE, deficits="fixed")
    assert found.outcome.deficits == "fixed"
    assert np.abs(found.outcome.base.arrays.deficits).max() > 0

    def worth(rates: np.ndarray) -> float:
        cells = zip(found.importer, found.exporter, found.sector, strict=True)
        shock = Shock.tariffs(world, dict(zip(cells, rates, strict=True)), insist=True)
        return float(solve(world, shock, "fixed", 1e-11).welfare.sel(country="C00"))

    for move in (0.01, -0.01):
        assert worth(found.rate + move) < worth(found.rate)


# Closures


@pytest.mark.parametrize(
    "closure",
    [
        Closure(profits=["S00", "S01"]),
        Closure(labour_supply=0.5, labour_tax=0.3, revenue="tax-relief"),
        Closure(capital="accumulated", profits=["S01"]),
        Closure(labour_mobility=1.5),
        Closure(absorbed={"S00": 0.3}),
        Closure(deficits="proportional"),
    ],
    ids=["profits", "labour supply", "capital", "mobility", "absorbed", "proportional deficits"],
)
def test_no_small_move_of_an_optimal_tariff_gains_under_any_closure(closure: Closure) -> None:
    world = random_world(7, 3, 2, theta=(3.0, 6.0))
    weights = Objective(sectors={"S00": 1.2}, others={"C02": 0.1})
    for objectives in ({}, {"C00": weights}):
        found = optimal(world, "C00", bounds=WIDE, closure=closure, objectives=objectives, tol=1e-8)
        used, base = found.outcome.closure, found.outcome.base
        assert used.deficits == ("proportional" if closure.deficits == "proportional" else "zero")
        payoffs = [(1.0, Payoff("C00", incomes={"S00": 0.2})), (0.1, Payoff("C02"))]
        if not objectives:
            payoffs = [(1.0, Payoff("C00"))]

        def worth(rates: np.ndarray, of=payoffs, base=base, found=found, used=used) -> float:
            cells = zip(found.importer, found.exporter, found.sector, strict=True)
            shock = Shock.tariffs(base, dict(zip(cells, rates, strict=True)), insist=True)
            outcome = solve(base, shock, tol=1e-12, closure=used)
            return sum(weight * payoff.of(outcome) for weight, payoff in of)

        best = worth(found.rate)
        assert best / found.outcome.base.arrays.income[0] == pytest.approx(found.gains["C00"], rel=0.5)
        for k in range(len(found.rate)):
            for move in (0.02, -0.02):
                assert worth(found.rate + move * (np.arange(len(found.rate)) == k)) < best


def test_a_plain_closure_changes_nothing() -> None:
    world = random_world(7, 3, 2, theta=(3.0, 6.0))
    plain, closed = (nash(world, ["C00", "C01"], closure=one) for one in (None, Closure()))
    np.testing.assert_array_equal(plain.rate, closed.rate)
    with pytest.raises(InputError, match="closure"):
        nash(world, ["C00", "C01"], closure="profits")
