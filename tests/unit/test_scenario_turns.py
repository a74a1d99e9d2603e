"""Where gains turn along the scale, where they are known curves: what is solved, how near a turn is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.equilibrium import Counterfactual, Flow, Nest, Quota, Shock, solve_batch
from kosho.impact.effects import Effects
from kosho.scenario import turning
from kosho.scenario.results import BASE
from kosho.scenario.turning import MOST, SHARP, Along, Curve
from kosho.world import toy

Gain = Callable[[float], float]
SCALES = (0.2, 0.5, 1.0, 2.0)


class Known(Along):
    """Two parties whose gains under each scenario are functions of the scale."""

    def __init__(self, **gains: tuple[Gain, Gain]) -> None:
        world = toy()
        super().__init__({name: (world, Effects.nothing(world)) for name in gains}, world.countries[:2])
        self._of, self.asked = gains, list[list[tuple[str, float]]]()

    def _worth(self, asked: Sequence[tuple[str, float]]) -> np.ndarray:
        self.asked.append(list(asked))
        return np.array([[gain(scale) for gain in self._of[name]] for name, scale in asked])


def up(scale: float) -> float:
    """Turns at 0.7 only."""
    return 100.0 * np.log(scale / 0.7)


def twice(scale: float) -> float:
    """Turns at 0.3 and at 1.5."""
    return 50.0 * np.log(scale / 0.3) * np.log(scale / 1.5)


def flat(scale: float) -> float:
    return 7.0


def curves(known: Known, *pairs: tuple[str, str], looks: int = MOST) -> dict[tuple[str, str], Curve]:
    return {(one.pair[0], one.party): one for one in known.curves(list(pairs), SCALES, looks)}


def test_turns_are_where_gains_are_nothing_by_party_and_pair() -> None:
    known = Known(deal=(up, twice), other=(flat, up))
    first, second = toy().countries[:2]
    found = curves(known, ("deal", BASE), ("other", BASE))
    assert found["deal", first].turns == pytest.approx((0.7,), rel=2 * SHARP)
    assert found["deal", second].turns == pytest.approx((0.3, 1.5), rel=2 * SHARP)
    assert found["other", first].turns == ()
    assert found["other", second].turns == pytest.approx((0.7,), rel=2 * SHARP)
    assert found["deal", first].gains == pytest.approx([up(scale) for scale in SCALES])
    assert found["other", first].gains == (7.0,) * 4
    assert found["deal", first].scales == SCALES


def test_a_gain_is_that_over_the_other_of_the_pair() -> None:
    known = Known(deal=(up, flat), other=(lambda _scale: 100.0 * np.log(2.0), lambda _scale: 9.0))
    first, second = toy().countries[:2]
    found = curves(known, ("deal", "other"))
    assert found["deal", first].turns == pytest.approx((1.4,), rel=2 * SHARP)  # where log(s / 0.7) is log 2
    assert found["deal", second].gains == (-2.0,) * 4


def test_one_look_is_one_round_of_solves_near_every_turn() -> None:
    known = Known(deal=(up, twice))
    curves(known, ("deal", BASE), looks=1)
    grid, looks = known.asked
    assert grid == [("deal", scale) for scale in SCALES]
    assert len(looks) == 3


def test_what_has_been_found_is_not_solved_again() -> None:
    known = Known(deal=(up, twice))
    curves(known, ("deal", BASE))
    assert [len(one) for one in known.asked[1:]] == sorted((len(one) for one in known.asked[1:]), reverse=True)
    assert len(known.asked) < 2 + MOST
    still = Known(deal=(flat, flat))
    curves(still, ("deal", BASE))
    assert len(still.asked) == 1


def test_a_curve_that_is_bent_needs_more_than_one_look_and_gets_it() -> None:
    def bent(scale: float) -> float:
        return scale**6 - 1.4**6

    first = toy().countries[0]
    once = curves(Known(deal=(bent, flat)), ("deal", BASE), looks=1)["deal", first].turns
    often = curves(Known(deal=(bent, flat)), ("deal", BASE))["deal", first].turns
    assert often == pytest.approx((1.4,), rel=5 * SHARP)
    assert abs(once[0] - 1.4) > abs(often[0] - 1.4)
    unlooked = curves(Known(deal=(bent, flat)), ("deal", BASE), looks=0)["deal", first].turns
    assert abs(unlooked[0] - 1.4) > abs(once[0] - 1.4)


def test_scales_without_an_equilibrium_are_left_out_and_turns_go_between_those_that_have_one() -> None:
    def gone(scale: float) -> float:
        return np.nan if scale == 0.5 else up(scale)

    found = curves(Known(deal=(gone, flat)), ("deal", BASE))["deal", toy().countries[0]]
    assert found.scales == (0.2, 1.0, 2.0)
    assert found.gains == pytest.approx([up(scale) for scale in (0.2, 1.0, 2.0)])
    assert found.turns == pytest.approx((0.7,), rel=2 * SHARP)


def test_a_gain_that_is_nothing_at_a_scale_turns_there_once() -> None:
    def touching(scale: float) -> float:
        return 0.0 if scale == 0.5 else 100.0 * np.log(scale / 0.5)

    found = curves(Known(deal=(touching, lambda scale: -touching(scale))), ("deal", BASE))
    for party in toy().countries[:2]:
        assert found["deal", party].turns == pytest.approx((0.5,), rel=2 * SHARP)


def test_small_gains_turn_as_large_ones_do() -> None:
    def bent(scale: float) -> float:
        return 1e-3 * (scale**6 - 1.4**6)

    found = curves(Known(deal=(bent, lambda scale: -bent(scale))), ("deal", BASE))
    for party in toy().countries[:2]:
        assert found["deal", party].turns == pytest.approx((1.4,), rel=5 * SHARP)


def test_where_there_is_no_equilibrium_at_the_guess_the_guess_stays() -> None:
    def gone(scale: float) -> float:
        return np.nan if 0.6 < scale < 0.9 else up(scale)

    (turn,) = curves(Known(deal=(gone, flat)), ("deal", BASE))["deal", toy().countries[0]].turns
    assert turn == pytest.approx(0.7, rel=0.02)


def test_a_scale_is_that_of_every_elasticity_of_products_told_apart_too() -> None:
    world = toy()
    nest = Nest("cars", importer="USA", sector="C29", theta=4.0, between=0.5, shares={"JPN": 0.2, "USA": 0.3})
    taxed = Shock.tariffs(world, {("USA", "JPN", "C29"): 0.25})
    limit = Quota(
        name="half", flows=(Flow("USA", "JPN", "C29", part="cars"),), amount=0.5, basis="share", holder="JPN"
    )
    along = Along({"deal": (world, Effects(taxed, (limit,), (nest,)))}, world.countries)
    found = along.curves([("deal", BASE)], (0.5, 1.0))
    for scale, k in ((0.5, 0), (1.0, 1)):
        change = Counterfactual(taxed, (limit,), (replace(nest, theta=4.0 * scale),))
        (alone,) = solve_batch(world, [change], thetas=[world.theta * scale]).equivalent_variation.to_numpy()
        assert [one.gains[k] for one in found] == pytest.approx(alone.tolist(), rel=1e-6, abs=1e-6)
        assert not np.allclose([one.gains[1 - k] for one in found], alone, rtol=1e-3)


def test_what_has_no_equilibrium_is_told_at_its_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    world = toy()
    gone = SimpleNamespace(member=1)

    def solved(*asked: Any, **more: Any) -> SimpleNamespace:
        return SimpleNamespace(
            equivalent_variation=solve_batch(*asked, **more).equivalent_variation, failures=[gone]
        )

    monkeypatch.setattr(turning, "solve_batch", solved)
    taxed = Effects(Shock.tariffs(world, {("USA", "JPN", "C29"): 0.11}), (), ())
    along = Along({"deal": (world, taxed)}, world.countries)
    found = along.curves([("deal", BASE)], (0.5, 1.5, 2.0), 0)
    assert {one.scales for one in found} == {(0.5, 2.0)}
    assert along.failures == {1.5: gone}


def only(*there: float) -> Gain:
    """A curve that has an equilibrium at some scales alone."""
    return lambda scale: up(scale) if scale in there or scale not in SCALES else np.nan


@pytest.mark.parametrize(("there", "turns"), [((0.2, 2.0), 1), ((0.2, 0.5), 0), ((1.0,), 0), ((), 0)])
def test_few_scales_with_an_equilibrium_say_what_they_can(there: tuple[float, ...], turns: int) -> None:
    found = curves(Known(deal=(only(*there), flat)), ("deal", BASE))["deal", toy().countries[0]]
    assert found.scales == there
    assert len(found.turns) == turns
    assert found.turns == pytest.approx((0.7,) * turns, rel=2 * SHARP)
