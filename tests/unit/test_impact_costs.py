"""Standards, customs time and digital rules: worked numbers, ranges that reach the result."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import figure
from tests.worlds import random_world

from kosho.equilibrium import Shock, solve
from kosho.errors import InputError
from kosho.impact import customs_time, digital
from kosho.impact.parameters import parameter, parameters
from kosho.impact.ranges import Range, spread
from kosho.impact.standards import (
    Barrier,
    BottomUp,
    Recognition,
    TopDown,
    ave_bottom_up,
    cost_change,
    factor,
    factor_top_down,
    parts,
)
from kosho.law import Register
from kosho.law.nontariff_terms import Standard
from kosho.provenance import Cited
from kosho.world import World


def vehicles(ave: Cited | None = None) -> Barrier:
    top = TopDown(
        ave=ave or parameter("standards.vehicles.us_to_eu"), actionable=parameter("standards.actionable")
    )
    return Barrier(id="vehicles", title="Vehicle safety", importer="JPN", sector="C29", top_down=top)


def test_the_worked_number_of_vehicle_standards() -> None:
    # 25.5 % of which one half goes: 1.1275 / 1.255 = 0.898, a fall of 10.2 %.
    assert factor_top_down(0.255, 0.5, 1.0) == pytest.approx(0.898406, abs=1e-6)
    assert 1 - factor_top_down(0.255, 1.0, 0.5) == pytest.approx(0.102, abs=5e-4)
    assert factor_top_down(0.255, 0.5, 0.0) == 1.0
    full = cost_change(vehicles(), figure(1.0))
    assert full.value == pytest.approx(1.1275 / 1.255)
    # The most: 30 %, of which 60 % can go; the least: 20 % and 40 %.
    assert full.low == pytest.approx((1 + 0.30 * 0.4) / 1.30)
    assert full.high == pytest.approx((1 + 0.20 * 0.6) / 1.20)
    assert full.assumed
    assert "ecorys-2009" in full.sources


def test_bottom_up_adds_its_pieces_and_doubling_the_fixed_cost_doubles_its_part() -> None:
    pieces = {"units": 2_000.0, "price": 40_000.0, "unit_cost": 400.0, "per_day": 0.0135, "days": 10.0}
    once, twice = ave_bottom_up(4e6, **pieces), ave_bottom_up(8e6, **pieces)
    assert once == pytest.approx(4e6 / (2_000 * 40_000) + 400 / 40_000 + 0.135)
    assert twice - once == pytest.approx(4e6 / (2_000 * 40_000))
    assert ave_bottom_up(4e6, 2_000, 40_000) == pytest.approx(0.05)


def test_a_day_of_delay_is_a_percentage_of_the_value() -> None:
    terms = BottomUp(
        fixed_cost=figure(1, "million USD a model"),
        units=figure(100, "vehicles"),
        price=figure(10, "thousand USD"),
        per_day=figure(2, "% of the value"),
        days=figure(5, "days"),
    )
    found = factor(Standard(degree=figure(1.0), extends_to="all", bottom_up=terms)).value
    assert found == pytest.approx(1 / (1 + 1.0 + 0.02 * 5))


def test_a_barrier_is_priced_one_way_only() -> None:
    both = {
        "top_down": TopDown(ave=figure(20, "percent"), actionable=figure(0.5)),
        "bottom_up": BottomUp(
            fixed_cost=figure(1, "million USD a model"),
            units=figure(100, "vehicles"),
            price=figure(10, "thousand USD"),
        ),
    }
    about = {"id": "x", "title": "x", "importer": "JPN", "sector": "C29"}
    for given in (both, {}):
        with pytest.raises(ValidationError, match="never both"):
            Barrier(**about, **given)
    small = Barrier(**about, bottom_up=both["bottom_up"])
    assert cost_change(small, figure(1.0)).value == pytest.approx(1 / (1 + 1.0))


def economy(seed: int = 4) -> World:
    world = random_world(seed)
    names = dict(zip(world.countries, ("JPN", "USA", "CHN", "KOR"), strict=True))
    renamed = dict(zip(world.sectors, ("A01", "C29", "G"), strict=True))
    return world.aggregate(
        regions={new: [old] for old, new in names.items()}, sectors={new: [old] for old, new in renamed.items()}
    )


def test_recognition_of_all_is_the_sum_of_bilateral_ones_to_second_order() -> None:
    world = economy()
    gaps = []
    for ave in (4.0, 2.0):
        barrier = vehicles(figure(ave, "percent"))
        every = Recognition(degree=figure(1.0), partners=("USA",), extends_to="all")
        together = solve(world, Shock.parts(world, parts(barrier, every, world.countries)["value"]), tol=1e-12)
        alone = sum(
            solve(
                world,
                Shock.parts(
                    world,
                    parts(
                        barrier,
                        Recognition(degree=figure(1.0), partners=(one,), extends_to="bilateral"),
                        world.countries,
                    )["value"],
                ),
                tol=1e-12,
            ).welfare.to_numpy()
            for one in ("USA", "CHN", "KOR")
        )
        gaps.append(np.abs(together.welfare.to_numpy() - alone).max())
        assert gaps[-1] < 0.1 * np.abs(together.welfare).max()
    # Halving the change quarters the gap.
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.15)


def test_a_measure_has_the_worked_numbers_and_doubling_its_fixed_cost_doubles_that_part() -> None:
    top = {"ave": figure(25.5, "percent"), "actionable": figure(1.0)}
    half = Standard(degree=figure(0.5), extends_to="bilateral", top_down=TopDown(**top))
    assert factor(half).value == pytest.approx(1 - 0.102, abs=5e-4)

    def ave(fixed: float) -> float:
        pieces = {
            "units": figure(2000, "vehicles"),
            "price": figure(40_000, "USD"),
            "unit_cost": figure(400, "USD a car"),
        }
        terms = BottomUp(fixed_cost=figure(fixed, "USD a model"), **pieces)
        told = factor(Standard(degree=figure(1.0), extends_to="all", bottom_up=terms)).value
        assert told is not None
        return 1 / told - 1

    part = 4e6 / (2000 * 40_000)
    assert ave(4e6) == pytest.approx(part + 0.01)
    assert ave(8e6) - ave(4e6) == pytest.approx(part)


def test_standards_of_the_register_are_priced_over_their_ranges(law: Register) -> None:
    """Bottom-up costs are a few percent at most, whatever their ends; top-down ones may be far more."""
    found = {m.id: m.terms for m in law.measures if isinstance(m.terms, Standard)}
    assert {"jpn-us-cars-recognition", "chn-rohs-declaration", "chn-chaoji", "twn-us-cars-standards"} <= set(
        found
    )
    for name, terms in found.items():
        told = factor(terms)
        assert told.low < (told.value or 0) < told.high <= 1.0, name
        assert told.low > (0.9 if terms.bottom_up is not None else 0.8), name
    rohs = factor(found["chn-rohs-declaration"])
    # Proving conformity costs less than all of RoHS did.
    assert 1 / rohs.low - 1 <= parameter("standards.rohs.all").value / 100 + 1e-12
    for name in ("standards.rohs.model", "standards.charging.port", "standards.vehicles.japan_model"):
        assert parameter(name).low < parameter(name).value < parameter(name).high


def test_recognition_names_its_partners_in_the_world() -> None:
    bilateral = Recognition(degree=figure(1.0), partners=("USA",), extends_to="bilateral")
    found = parts(vehicles(), bilateral, ("JPN", "USA", "KOR"), shares={"USA": 0.8})
    assert set(found) == {"low", "value", "high"}
    assert [(one.exporter, one.share) for one in found["low"]] == [("USA", 0.8)]
    assert found["low"][0].cost < found["value"][0].cost < found["high"][0].cost < 1
    with pytest.raises(InputError, match="no USA"):
        parts(vehicles(), bilateral, ("JPN", "KOR"))


def test_a_day_at_the_border_costs_what_the_source_says() -> None:
    day = customs_time.ave_of_days(1.0)
    assert (day.low, day.high) == (pytest.approx(0.006), pytest.approx(0.021))
    assert day.value == pytest.approx(0.0135)
    # Japan's own hour at customs is worth a tenth of a percent at most.
    assert customs_time.ave_of_days(1 / 24).high < 0.001
    faster = customs_time.cost_change(7.0, 2.5)
    assert faster.low == pytest.approx((1 + 0.021 * 2.5) / (1 + 0.021 * 7))
    assert faster.high == pytest.approx((1 + 0.006 * 2.5) / (1 + 0.006 * 7))
    assert faster.low < faster.value < faster.high < 1
    assert customs_time.cost_change(3.0, 3.0).levels == {"low": 1.0, "value": 1.0, "high": 1.0}
    unsure = customs_time.ave_of_days(figure(3, "days", 2, 5))
    assert (unsure.low, unsure.high) == (pytest.approx(0.012), pytest.approx(0.105))


def test_digital_rules_have_ranges_and_bounds() -> None:
    ten = digital.connectivity(0.1, 5.0, "goods")
    assert ten.value == pytest.approx(1.1 ** (-0.2 / 5))
    assert ten.low < ten.high < 1
    cost = digital.connectivity_cost(0.1)
    assert cost.value == pytest.approx(1.1**-0.175)
    assert 0.98 < cost.low < cost.value < cost.high < 0.987
    bound = digital.restrictiveness(0.05, 5.0)
    assert bound.value is None
    assert bound.high == 1.0
    assert bound.low == pytest.approx(1.725 ** (-1 / 5))
    assert "upper bound" in (bound.note or "")
    cut = digital.restrictiveness(0.2, 5.0)
    assert cut.low == pytest.approx(1 - 0.175)
    assert "cut at" in (cut.note or "")
    assert "value" not in cut.levels
    beyond = digital.connectivity_cost(5.0)
    assert beyond.value is None
    with pytest.raises(InputError):
        digital.restrictiveness(-0.1, 5.0)
    with pytest.raises(InputError):
        digital.cost_of_trade(-1.0, 5.0)


def test_every_figure_has_a_source_and_unknown_ones_are_refused() -> None:
    known = {source.id for source in parameters().sources}
    assert {one.source for one in parameters().parameters.values()} <= known
    with pytest.raises(InputError, match=r"time\.per_day"):
        parameter("time.per_dya")
    assert parameter("time.per_day", value=1.0).value == 1.0


def test_a_spread_reaches_every_corner() -> None:
    found = spread(
        lambda x, y, z: x * y + z, "u", x=figure(1, "share", 0, 2), y=figure(-1, "share", -3, 5), z=1.0
    )
    assert (found.low, found.value, found.high) == (-5, 0, 11)
    point = Range.of(figure(3.0))
    assert point.levels == {"low": 3.0, "value": 3.0, "high": 3.0}
    assert point.bound_only("why").value is None
