from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import CELL, random_world

from kosho.errors import InputError
from kosho.world import PhysicalFlow, World, WorldMeta, labelled
from kosho.world.calibrate import INPUT_CEILING, Economy

COUNTRIES, SECTORS = ("AAA", "BBB"), ("S1", "S2")


def economy(scale: float = 1.0) -> tuple[Economy, np.ndarray]:
    flows = np.array([[[60.0, 40.0], [10.0, 5.0]], [[8.0, 20.0], [50.0, 90.0]]])
    use = np.array([[[20.0, 10.0], [15.0, 5.0]], [[9.0, 30.0], [20.0, 22.0]]]) * scale
    tariff = np.zeros((2, 2, 2))
    tariff[0, 1] = 0.25, 0.1
    tariff[1, 0] = 0.0, 0.5
    return Economy(COUNTRIES, SECTORS, flows, use), tariff


def calibrated(scale: float = 1.0):
    held, tariff = economy(scale)
    theta = labelled([4.0, 6.0], ("sector",), COUNTRIES, SECTORS)
    return World.calibrated(held, tariff, theta, WorldMeta("test"), np.zeros(tariff.shape, bool))


def test_inputs_bear_the_average_duty_of_their_good():
    world = calibrated()
    rate = 0.25 * 10.0 / 70.0
    assert world.io_share.sel(country="AAA", input="S1", sector="S2").item() == pytest.approx(
        10.0 * (1 + rate) / 60.0
    )
    final = 70.0 * (1 + rate) - (20.0 + 10.0) * (1 + rate)
    other = 45.0 + 0.1 * 5.0
    final_other = other * (45.0 - 20.0) / 45.0
    assert world.final_share.sel(country="AAA", sector="S1").item() == pytest.approx(
        final / (final + final_other)
    )
    assert world.meta.adjustments == ()


def test_the_world_is_an_equilibrium():
    assert calibrated().imbalance < 1e-15


def test_inputs_that_cost_more_than_output_are_capped_and_named():
    held, tariff = economy()
    held.inputs[1, :, 0] = [9.0, 70.0]  # output of BBB S1 is 60
    theta = labelled([4.0, 6.0], ("sector",), COUNTRIES, SECTORS)
    world = World.calibrated(held, tariff, theta, WorldMeta("test"), np.zeros(tariff.shape, bool))
    assert world.va_share.sel(country="BBB", sector="S1").item() == pytest.approx(1 - INPUT_CEILING)
    (note,) = world.meta.adjustments
    assert "inputs of BBB S1" in note
    assert world.imbalance < 1e-15


def test_other_tariffs_keep_the_flows_and_the_use_of_inputs():
    world = calibrated()
    new = world.with_tariff({("AAA", "BBB", "S1"): 0.0, ("BBB", "AAA", "S1"): 0.3})
    np.testing.assert_array_equal(new.flows, world.flows)
    assert new.tariff.sel(importer="BBB", exporter="AAA", sector="S1").item() == 0.3
    assert new.tariff.sel(importer="BBB", exporter="AAA", sector="S2").item() == 0.5
    assert new.io_share.sel(country="AAA", input="S1", sector="S2").item() == pytest.approx(10.0 / 60.0)
    assert new.imbalance < 1e-15
    back = new.with_tariff(world.tariff)
    np.testing.assert_allclose(back.io_share, world.io_share, rtol=1e-14)
    np.testing.assert_allclose(back.final_share, world.final_share, rtol=1e-13)


def test_rates_may_be_given_in_part_and_count_as_known_then():
    held, tariff = economy()
    unknown = np.zeros(tariff.shape, bool)
    unknown[0, 1, :] = True
    theta = labelled([4.0, 6.0], ("sector",), COUNTRIES, SECTORS)
    world = World.calibrated(held, np.where(unknown, 0.0, tariff), theta, WorldMeta("test"), unknown)
    part = labelled([[[0.07]]], CELL, ("AAA",), ("S2",)).assign_coords(exporter=["BBB"])
    new = world.with_tariff(part)
    assert new.tariff.sel(importer="AAA", exporter="BBB", sector="S2").item() == 0.07
    assert new.unknown_tariff is not None
    assert new.unknown_tariff.to_numpy().sum() == 1
    assert new.unknown_tariff.sel(importer="AAA", exporter="BBB", sector="S1").item()


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ({("AAA", "BBX", "S1"): 0.1}, "unknown country 'BBX'"),
        ({("AAA", "BBB", "S3"): 0.1}, "unknown sector 'S3'"),
        ({("AAA", "BBB", "S1"): -1.5}, "at or below -100 %"),
        ({("AAA", "AAA", "S1"): 0.1}, "domestic sales bear none"),
        (labelled([[[0.1]]], CELL, ("XXX",), ("S2",)), "unknown importer 'XXX'"),
        (labelled([0.1], ("sector",), (), ("S2",)), "rates: the array has dimensions"),
    ],
)
def test_rates_that_cannot_be_are_refused(rates, message: str):
    with pytest.raises(InputError, match=message):
        calibrated().with_tariff(rates)


def test_quantities_of_flows_that_are_not_there_are_refused():
    wrong = [
        PhysicalFlow("AAA", "BBB", "S9", 1.0, "vehicles"),
        PhysicalFlow("XXX", "BBB", "S9", -1.0, "tonnes"),
    ]
    with pytest.raises(InputError) as caught:
        calibrated().with_units(wrong)
    told = [str(problem) for problem in caught.value.problems]
    assert sum("unknown sector 'S9'" in text for text in told) == 2
    assert any("units[1]" in text and "unknown country 'XXX'" in text for text in told)
    assert any("units[1]: a quantity of -1" in text for text in told)


@pytest.mark.parametrize("code", [3, None, ("AAA",)])
def test_a_label_that_is_no_text_is_an_unknown_one(code: object):
    with pytest.raises(InputError, match="unknown country"):
        calibrated().position(code)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown sector"):
        calibrated().sector_of(code)  # type: ignore[arg-type]


def test_a_world_from_anywhere_takes_other_tariffs():
    world = random_world(4)
    new = world.with_tariff(world.tariff * 0.5)
    assert new.imbalance < 1e-14
    assert new.unknown_tariff is None
    assert new.arrays.revenue.sum() == pytest.approx(world.arrays.revenue.sum() / 2)
