"""Halts of trade: closed forms of the product market, episodes beside what happened."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.worlds import random_world

from kosho.cli.coercion import _replayed as replayed
from kosho.equilibrium import Counterfactual, Flow, Shock, solve
from kosho.errors import InputError
from kosho.impact.coercion import Episode, Market, before, compare, episode, episodes, halt, in_economy
from kosho.impact.effects import effects
from kosho.law import Register
from kosho.law.overlay import Overlay
from kosho.world import World, load, toy

elasticity = st.floats(0.1, 5.0)


@given(elasticity, elasticity, st.floats(0.05, 0.9), st.floats(0.5, 3.0))
def test_a_shut_destination_has_a_closed_form(demand: float, supply: float, share: float, shift: float) -> None:
    market = Market({"home": 1.0 - share, "away": share}, demand, supply)
    replay = market.clear({"away": 0.0}, {"home": shift})
    assert replay.price == pytest.approx(((1 - share) * shift) ** (1 / (demand + supply)), rel=1e-10)
    assert replay.quantities["away"] == 0.0
    assert sum(replay.quantities.values()) == pytest.approx(replay.price**supply, rel=1e-10)


@given(elasticity, elasticity, st.floats(0.1, 0.95))
def test_an_advisory_leaves_the_share_it_allows(demand: float, supply: float, allowed: float) -> None:
    replay = Market({"home": 60.0, "away": 40.0}, demand, supply).clear({"away": allowed})
    assert replay.quantities["away"] == pytest.approx(40 * allowed)
    assert replay.quantities["home"] == pytest.approx(60 * replay.price**-demand)
    assert sum(replay.quantities.values()) == pytest.approx(100 * replay.price**supply, rel=1e-9)
    assert replay.price < 1


def test_an_allowed_share_of_one_changes_nothing() -> None:
    replay = Market({"home": 60.0, "away": 40.0}, 0.8, 0.3).clear({"away": 1.0})
    assert replay.price == pytest.approx(1.0, abs=1e-12)
    assert replay.quantities == pytest.approx({"home": 60.0, "away": 40.0})


@given(elasticity, elasticity, st.floats(0.5, 2.0), st.floats(1.0, 30.0))
def test_fitted_shifts_reproduce_what_was_seen(demand: float, supply: float, price: float, seen: float) -> None:
    market = Market({"home": 60.0, "japan": 2.0, "china": 38.0}, demand, supply)
    closed = {"china": 0.0}
    if 100 * price**supply <= seen:
        return
    shift = market.fitted_shift(price, {"japan": seen}, closed)
    replay = market.clear(closed, shift)
    assert replay.price == pytest.approx(price, rel=1e-9)
    assert replay.quantities["japan"] == pytest.approx(seen, rel=1e-9)


def test_pineapples_demand_moved_and_the_shift_says_by_how_much() -> None:
    found = compare(episode("pineapples-2021"))
    price, japan = found.of("price"), found.of("JPN")
    # The ban alone would have lowered the price; it rose by 28 %.
    assert price.predicted.high < 1 < (price.observed.value or 0)
    assert japan.before == 2144
    assert japan.predicted.high < 2500
    assert japan.observed.value == 18000
    assert japan.shift is not None
    assert japan.shift.low > 8
    home = found.of("home")
    assert home.shift is not None
    assert 1.1 < home.shift.low < home.shift.value < home.shift.high
    assert found.of("CHN").predicted.levels == {"low": 0.0, "value": 0.0, "high": 0.0}
    assert found.of("CHN").shift is None


def test_seafood_and_scallops() -> None:
    seafood, scallops = compare(episode("seafood-2023")), compare(episode("scallops-2023"))
    assert seafood.of("CHN").predicted.value == 0.0
    assert seafood.of("CHN").observed.value / seafood.of("CHN").before < 0.0003  # -99.98 %
    # One product with half of its exports in China falls far more than all seafood; what was seen lies inside.
    price = scallops.of("price")
    assert price.predicted.high < seafood.of("price").predicted.value
    assert price.predicted.low < price.observed.value < price.predicted.high


def test_the_travel_advisory_leaves_what_it_was_seen_to_leave() -> None:
    found = compare(episode("travel-2025"))
    china = found.of("CHN")
    assert china.predicted.value == pytest.approx(0.393 * 980_520)
    assert china.observed.value == pytest.approx(china.predicted.value, rel=0.01)
    # Room for others lowers prices and brings more of them.
    assert found.of("KOR").predicted.low > found.of("KOR").before
    assert found.of("price").predicted.high < 1


def test_what_was_seen_does_not_enter_what_is_predicted() -> None:
    told = episode("pineapples-2021")
    seen = {
        name: cited.model_copy(update={"value": 0.5, "low": None, "high": None})
        for name, cited in told.observed.items()
    }
    other = Episode(**{**dict(told), "observed": seen})
    before, after = compare(told), compare(other)
    assert [one.predicted for one in before.figures] == [one.predicted for one in after.figures]
    assert before.of("home").shift != after.of("home").shift


def test_every_range_of_an_episode_reaches_its_price() -> None:
    for told in episodes().values():
        price = compare(told).of("price").predicted
        assert price.low < price.value < price.high


def test_mistakes_are_told() -> None:
    market = Market({"home": 1.0}, 1.0, 0.0)
    with pytest.raises(InputError, match="did you mean home"):
        market.clear({"hom": 0.0})
    with pytest.raises(InputError, match="nothing sets the price"):
        market.clear({"home": 0.5})
    with pytest.raises(InputError, match="elasticities"):
        Market({"home": 1.0}, 0.0, 1.0)
    with pytest.raises(InputError, match="not all zero"):
        Market({"home": 0.0}, 1.0, 1.0)
    with pytest.raises(InputError, match="no episode"):
        episode("bananas")


def test_a_travel_advisory_is_a_quota_on_services() -> None:
    world = random_world(2)
    flows = [Flow(world.countries[0], world.countries[1], sector) for sector in world.sectors[1:]]
    outcome = solve(world, Counterfactual(Shock.none(world), (halt("advisory", flows, 0.55),)))
    (told,) = outcome.constraints
    assert told.reached == pytest.approx(0.55 * told.base, rel=1e-6)
    # Sellers cannot ask more of those who still come: what is scarce is the buyers' own leave to go.
    assert outcome.rents.sel(country=world.countries[0]) == pytest.approx(told.rent)
    assert float(outcome.equivalent_variation.sel(country=world.countries[1])) < 0


SEAFOOD = (("C10T12", "scallops"), ("C10T12", "seafood"), ("A03", "seafood-fresh"))


def test_the_ban_of_seafood_leaves_exactly_nothing_of_it_and_the_rest_of_its_sectors(
    talks: World, law: Register
) -> None:
    for world in (talks, load()):
        told = effects(world, law, date(2023, 10, 1))
        assert "chn-jpn-seafood-2023" not in told.left_out
        open_ = solve(world, Counterfactual(told.shock, nests=told.nests))
        shut = solve(world, told.counterfactual)
        for sector, part in SEAFOOD:
            base, new = shut.part_flow("CHN", "JPN", sector, part)
            assert base > 0
            assert new == 0.0
        covered = sum(shut.part_flow("CHN", "JPN", *one)[0] for one in SEAFOOD)
        # 81 billion yen of 2022 at 131.5, of which 87.1 were all marine products.
        assert covered == pytest.approx(616, abs=5)
        cell = {"importer": "CHN", "exporter": "JPN", "sector": "C10T12"}
        rest = float(shut.flows.sel(cell))
        assert rest == pytest.approx(float(world.flows.sel(cell)) - 611, rel=0.01)
        gain = shut.equivalent_variation - open_.equivalent_variation
        assert float(gain.sel(country="JPN")) < 0
        assert float(gain.sel(country="CHN")) < 0


def test_what_is_banned_is_not_banned_before_or_between(talks: World, law: Register) -> None:
    for day in (date(2023, 8, 23), date(2025, 7, 15)):
        assert not any("seafood" in one.name for one in effects(talks, law, day).constraints)
    assert any("seafood" in one.name for one in effects(talks, law, date(2025, 12, 1)).constraints)


def test_episodes_in_the_economy_leave_what_they_leave(talks: World) -> None:
    for name, exporter, trade in (("pineapples-2021", "TWN", 50.8), ("seafood-2023", "JPN", 611.0)):
        base, halted = in_economy(talks, episode(name))
        outcome = solve(base, halted)
        assert sum(one.base for one in outcome.constraints) == pytest.approx(trade, rel=0.01)
        assert all(one.reached == 0.0 for one in outcome.constraints)
        assert float(outcome.equivalent_variation.sel(country=exporter)) < 0
    with pytest.raises(InputError, match="nothing of sectors"):
        in_economy(talks, episode("scallops-2023"))


def test_travel_is_put_back_before_it_is_advised_against(talks: World) -> None:
    cell = {"importer": "CHN", "exporter": "JPN", "sector": "I"}
    as_it_was = before(talks, episode("travel-2025"))
    # Borders were closed in the table's year.
    assert float(talks.flows.sel(cell)) < 20
    assert float(as_it_was.flows.sel(cell)) == pytest.approx(4710, abs=1)
    assert as_it_was.imbalance < 1e-12
    others = talks.flows.copy(deep=True)
    others.loc[cell] = as_it_was.flows.sel(cell)
    np.testing.assert_allclose(as_it_was.flows, others, rtol=1e-12)
    losses = []
    for end in ("low", "value", "high"):
        base, halted = in_economy(talks, episode("travel-2025"), end)
        outcome = solve(base, Counterfactual(halted.shock, halted.constraints))
        (told,) = outcome.constraints
        assert told.reached == pytest.approx({"low": 0.39, "value": 0.45, "high": 0.55}[end] * told.base)
        losses.append(float(outcome.equivalent_variation.sel(country="JPN")))
    assert all(-400 < loss < -150 for loss in losses)
    # In the table as it is the same advisory does next to nothing.
    quota = halt("advisory", [Flow("CHN", "JPN", "I")], 0.45)
    little = solve(talks, Counterfactual(Shock.none(talks), (quota,)))
    assert abs(float(little.equivalent_variation.sel(country="JPN"))) < 2
    assert before(talks, episode("seafood-2023")) is talks


def test_an_advisory_that_allows_all_changes_nothing(talks: World, law: Register) -> None:
    advisory = law.measure("chn-jpn-travel-2025")
    assert advisory.terms is not None
    amount = advisory.terms.amount.model_copy(update={"value": 1.0, "low": None, "high": None})
    all_of_it = advisory.model_copy(
        update={"id": "all", "terms": advisory.terms.model_copy(update={"amount": amount})}
    )
    told = effects(talks, law, date(2025, 12, 1), replace=Overlay(title="x", add=(all_of_it,)))
    (one,) = [one for one in told.constraints if one.name == "all"]
    assert one.amount == 1.0
    plain = solve(talks, Shock.none(talks), tol=1e-11)
    bound = solve(talks, Counterfactual(Shock.none(talks), (one,)), tol=1e-11)
    assert bound.constraints[0].wedge == 0.0
    np.testing.assert_allclose(bound.welfare, plain.welfare, atol=1e-11)


def test_what_a_table_does_not_tell_apart_is_refused_of_one_episode_and_told_of_many() -> None:
    study = episode("study-2025")
    assert replayed(None, study, alone=False) == (None, None)
    found, why = replayed(toy(), study, alone=False)
    assert found is None
    assert why is not None
    assert "'P'" in why
    with pytest.raises(InputError, match="'P'"):
        replayed(toy(), study, alone=True)
