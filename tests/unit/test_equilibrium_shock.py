"""Making shocks, and what is said about impossible ones."""

from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import build, random_world

from kosho.equilibrium import Part, Shock, solve
from kosho.errors import InputError
from kosho.world import World


@pytest.fixture
def world() -> World:
    return random_world(1, countries=3, sectors=2)


def test_a_shock_from_a_mapping_touches_what_it_names(world: World) -> None:
    shock = Shock.tariffs(world, {("C00", "C01", "S01"): 0.5})
    assert len(shock) == 1
    assert (shock.importer[0], shock.exporter[0], shock.sector[0]) == (0, 1, 1)
    assert shock.tariff[0] == 0.5
    assert shock.base_tariff[0] == world.arrays.tariff[0, 1, 1]


def test_nan_and_unchanged_rates_are_left_alone(world: World) -> None:
    rates = world.tariff.copy()
    rates[0, 1, 0] = np.nan
    rates[2, 1, 1] = 0.7
    assert len(Shock.tariffs(world, rates)) == 1
    assert len(Shock.none(world)) == 0


def test_an_array_may_name_a_few_labels_in_any_order(world: World) -> None:
    rates = world.tariff.sel(importer=["C02"], exporter=["C01", "C00"], sector=["S01"]) + 0.1
    shock = Shock.tariffs(world, rates.transpose("sector", "exporter", "importer"))
    assert sorted(zip(shock.exporter, shock.sector, strict=True)) == [(0, 1), (1, 1)]
    assert set(shock.importer) == {2}


def test_parts_keep_base_rates_unless_told(world: World) -> None:
    shock = Shock.parts(world, [Part("C00", "C01", "S00", share=0.4, cost=1.1, part="cars")])
    assert shock.tariff[0] == shock.base_tariff[0] == world.arrays.tariff[0, 1, 0]
    assert shock.holder[0] == -1


def test_every_unknown_label_is_named(world: World) -> None:
    with pytest.raises(InputError) as error:
        Shock.parts(world, [Part("C00", "C9", "S00"), Part("XX", "C01", "S77", rent=0.1, holder="C01")])
    text = str(error.value)
    assert "unknown importer 'XX'" in text
    assert "unknown exporter 'C9'" in text
    assert "unknown sector 'S77'" in text
    with pytest.raises(InputError, match="unknown holder 'ZZ'"):
        Shock.parts(world, [Part("C00", "C01", "S00", rent=0.1, holder="ZZ")])


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Part("C00", "C01", "S00", share=0.0), "share 0 is not between 0 and 1"),
        (Part("C00", "C01", "S00", share=1.5), "share 1.5 is not between 0 and 1"),
        (Part("C00", "C01", "S00", cost=0.0), "cost factor 0 is not positive"),
        (Part("C00", "C01", "S00", cost=float("nan")), "cost factor nan is not positive"),
        (Part("C00", "C01", "S00", tariff=-1.0), "tariff -1 is not above -1"),
        (Part("C00", "C01", "S00", tariff=float("inf")), "tariff inf is not above -1"),
        (Part("C00", "C01", "S00", base_tariff=-2.0), "base tariff -2 is not above -1"),
        (Part("C00", "C01", "S00", rent=0.1), "rent 0.1 has no holder"),
        (Part("C00", "C01", "S00", rent=-0.1, holder="C00"), "rent -0.1 is not zero or more"),
        (Part("C00", "C00", "S00", tariff=0.1), "domestic sales bear no tariff or rent"),
    ],
)
def test_impossible_parts_are_refused_by_name(world: World, part: Part, message: str) -> None:
    with pytest.raises(InputError, match=r"C00 from C0[01], S00") as error:
        Shock.parts(world, [part])
    assert message in str(error.value)


def test_several_mistakes_are_told_together(world: World) -> None:
    parts = [Part("C00", "C01", "S00", share=2.0, part="cars"), Part("C01", "C02", "S01", cost=-1.0)]
    with pytest.raises(InputError) as error:
        Shock.parts(world, parts)
    assert len(error.value.problems) >= 2
    assert "C00 from C01, S00 (cars)" in str(error.value)


def test_shares_of_a_cell_may_not_exceed_one(world: World) -> None:
    parts = [Part("C00", "C01", "S00", share=0.6, part=name) for name in ("a", "b")]
    with pytest.raises(InputError, match=r"C00 from C01, S00 \(a\): shares of the cell's parts sum to 1.2"):
        Shock.parts(world, parts)


def test_base_tariffs_of_parts_must_fit_the_cell() -> None:
    world = build(np.ones((2, 2, 1)), tariff=0.1)
    fits = Part("C00", "C01", "S00", share=0.5, base_tariff=0.2)
    assert len(Shock.parts(world, [fits])) == 1
    # Half of what is paid at no tariff, the other half would have to hand over more than it pays.
    too_low = Part("C00", "C01", "S00", share=0.95, base_tariff=0.0)
    with pytest.raises(InputError, match=r"base tariffs of the parts do not fit the cell's, 0\.1"):
        Shock.parts(world, [too_low])
    whole = Part("C00", "C01", "S00", share=1.0, base_tariff=0.05)
    with pytest.raises(InputError, match="do not fit"):
        Shock.parts(world, [whole])


def test_a_shock_belongs_to_a_world(world: World) -> None:
    other = random_world(1, countries=4, sectors=2)
    with pytest.raises(InputError, match="other countries or sectors"):
        solve(other, Shock.none(world))


def test_an_array_with_other_dimensions_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="wanted importer, exporter, sector"):
        Shock.tariffs(world, world.final_share)
