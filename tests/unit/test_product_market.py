"""The first year of a duty for one product: closed forms, limits, and what cannot be asked."""

from __future__ import annotations

import pytest

from kosho import Case
from kosho.equilibrium import FirstYear, Part, Shock, first_year
from kosho.errors import InputError
from kosho.scenario import scenario_effects
from kosho.world import World, toy

CARS = ("USA", "JPN", "C29")


def japan_pays(rate: float = 0.275, **also: float) -> Shock:
    return Shock.tariffs(toy(), {CARS: rate} | {("USA", code, "C29"): value for code, value in also.items()})


def spending() -> dict[str, float]:
    flows = toy().flows.sel(importer="USA", sector="C29")
    tariff = toy().tariff.sel(importer="USA", sector="C29")
    paid = (flows * (1.0 + tariff)).to_series()
    return (paid / paid.sum()).to_dict()


@pytest.mark.parametrize("sigma", [0.76, 1.0, 2.5, 9.98])
@pytest.mark.parametrize("absorbed", [0.0, 0.4, 1.0])
def test_number_and_prices_follow_the_closed_form(sigma: float, absorbed: float) -> None:
    found = first_year(toy(), japan_pays(), CARS, sigma=sigma, absorbed=absorbed)
    rise = 1.275 / 1.025
    before, after = rise**-absorbed, rise ** (1.0 - absorbed)
    share = spending()["JPN"]
    number = after**-sigma / (share * after ** (1.0 - sigma) + 1.0 - share)
    assert found.number == pytest.approx(number - 1.0, abs=1e-12)
    assert found.price_before_duty == pytest.approx(before - 1.0, abs=1e-12)
    assert found.price_after_duty == pytest.approx(after - 1.0, abs=1e-12)
    assert found.base_value == pytest.approx(60_000.0)
    assert found.value == pytest.approx(number * before - 1.0, abs=1e-12)
    assert found.duty_paid == pytest.approx(60_000.0 * number * before * 0.275)
    assert found.makers_loss == pytest.approx(60_000.0 * number * (1.0 - before))


def test_a_duty_that_all_makers_bear_sells_as_many_as_before() -> None:
    found = first_year(toy(), japan_pays(CHN=0.5), CARS, sigma=3.0, absorbed=1.0)
    assert found.number == pytest.approx(0.0, abs=1e-12)
    assert found.price_after_duty == pytest.approx(0.0, abs=1e-12)


def test_who_absorbs_alone_gains_on_rivals_who_do_not() -> None:
    both = first_year(toy(), japan_pays(CHN=0.275), CARS, sigma=3.0, absorbed=1.0)
    alone = first_year(toy(), japan_pays(CHN=0.275), CARS, sigma=3.0, absorbed=1.0, alone=True)
    assert alone.number > both.number == pytest.approx(0.0, abs=1e-12)


def test_a_part_of_the_sector_competes_with_the_rest_of_it() -> None:
    cars = Part(*CARS, share=0.8, tariff=0.275, part="cars")
    shock = Shock.parts(toy(), [cars])
    found = first_year(toy(), shock, (*CARS, "cars"), sigma=2.0, absorbed=0.0)
    rise, share = 1.275 / 1.025, 0.8 * spending()["JPN"]
    assert found.number == pytest.approx(rise**-2 / (share / rise + 1.0 - share) - 1.0, abs=1e-12)
    assert found.base_value == pytest.approx(48_000.0)
    assert first_year(toy(), shock, CARS, sigma=2.0, absorbed=0.0).number > found.number


def test_a_banned_product_is_not_sold_and_has_no_price() -> None:
    banned = Shock.costs(toy(), {CARS: float("inf")})
    found = first_year(toy(), banned, CARS, sigma=2.0, absorbed=0.0)
    assert found.number == -1.0
    assert found.value == -1.0
    assert found.price_before_duty is None
    assert found.price_after_duty is None
    assert "nothing sold" in repr(found)


def test_a_market_in_which_nothing_may_be_sold_any_more_has_no_prices() -> None:
    flows = toy().flows.copy()
    flows.loc[{"importer": "USA", "exporter": ["USA", "CHN"], "sector": "C29"}] = 0.0
    world = World.from_flows(flows, tariff=toy().tariff, io_share=toy().io_share, theta=toy().theta)
    found = first_year(world, Shock.costs(world, {CARS: float("inf")}), CARS, sigma=2.0, absorbed=0.0)
    assert (found.number, found.price_after_duty) == (-1.0, None)


def test_nothing_changes_where_nothing_is_changed() -> None:
    found = first_year(toy(), Shock.none(toy()), CARS, sigma=0.76, absorbed=0.5)
    assert (found.number, found.value, found.makers_loss) == (0.0, 0.0, 0.0)
    assert found.duty_paid == pytest.approx(found.base_duty_paid)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sigma": 0.0}, "sigma: 0 cannot be; above zero"),
        ({"sigma": float("nan")}, "sigma: nan cannot be"),
        ({"absorbed": 1.2}, "absorbed: 1.2 cannot be; between 0 and 1"),
        ({"absorbed": "half"}, "absorbed: is a str, not a number"),
        ({"sigma": True}, "sigma: is a bool, not a number"),
    ],
)
def test_numbers_that_cannot_be_are_named(changed: dict[str, object], told: str) -> None:
    given = {"sigma": 2.0, "absorbed": 0.0} | changed
    with pytest.raises(InputError) as raised:
        first_year(toy(), japan_pays(), CARS, **given)  # pyright: ignore[reportArgumentType]
    assert told in str(raised.value).replace(" (", "; ")


def test_a_product_that_is_not_told_apart_is_named() -> None:
    shock = Shock.parts(toy(), [Part(*CARS, share=0.8, tariff=0.275, part="cars")])
    with pytest.raises(InputError, match=r"'car' of USA from JPN, C29 apart .*cars"):
        first_year(toy(), shock, (*CARS, "car"), sigma=2.0, absorbed=0.0)


# An independent prototype on the same world; the rows of its table, number sold in percent.
PROTOTYPE = {(0.76, 0.0): -17, (0.76, 0.5): -9, (0.76, 0.9): -1.8, (2.5, 0.0): -36, (9.98, 0.0): -83}


@pytest.mark.parametrize("asked", PROTOTYPE)
def test_japans_cars_in_the_state_of_june_are_as_an_independent_computation_has_them(
    asked: tuple[float, float],
) -> None:
    world, found = scenario_effects(Case.load("japan-us-2025"), "status-quo", world="talks")
    year: FirstYear = first_year(world, found.shock, CARS, sigma=asked[0], absorbed=asked[1])
    assert 100 * year.number == pytest.approx(PROTOTYPE[asked], abs=2.0)
