"""Continuous tariffs: closed forms, symmetry, fixed points, bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import build, random_world

from kosho.bargain import optimal_tariffs as tariffs
from kosho.bargain.optimal_tariffs import RateBounds, Tariffs, cooperative, goods_sectors, nash, optimal
from kosho.cli.tariffs import contract, percent
from kosho.equilibrium import Shock, rebase, solve
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
        (lambda: optimal(world, "C00", ["C00", "C01"]), "its own sales"),
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
    told = {1.234e-2: "+1.23", -4.87e-5: "-0.0049", 4.1e-7: "+0.000041", 1e-12: "0"}
    assert {value: percent(value) for value in told} == told


@pytest.mark.parametrize("parties", [["C00"], ["C00", "C02"]])
def test_the_patient_way_finds_the_same(monkeypatch: pytest.MonkeyPatch, parties: list[str]) -> None:
    """Quasi-Newton ascent, and best responses in turn, where first-order conditions do not settle at once."""
    world = rebase(random_world(7, 3, 2, balanced=True, theta=(2.0, 8.0)), "zero")

    def search() -> Tariffs:
        return optimal(world, "C00", bounds=WIDE) if len(parties) == 1 else nash(world, parties, bounds=WIDE)

    fast = search()
    settle, refused = tariffs._settle, []

    def reluctant(table: object, start: np.ndarray, weights: object) -> object:
        if not refused:
            refused.append(start)
            raise ConvergenceError(1.0, "C00", 0)
        climbed = np.abs(start - fast.rate).max()
        assert climbed < 0.01 * np.abs(refused[0] - fast.rate).max()
        return settle(table, start, weights)

    monkeypatch.setattr(tariffs, "_settle", reluctant)
    patient = search()
    np.testing.assert_allclose(patient.rate, fast.rate, atol=1e-6)
    assert patient.evaluations > fast.evaluations
