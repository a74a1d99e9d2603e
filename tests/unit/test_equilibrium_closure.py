"""What a closure refuses, shows and says; two outcomes side by side; the status quo of June 2025."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest
import xarray as xr
from tests.closures import EVERY
from tests.worlds import build, random_world

from kosho import Case
from kosho.equilibrium import (
    Closure,
    Counterfactual,
    Failure,
    Flow,
    Outcome,
    Part,
    Quota,
    Shock,
    capped,
    gradient,
    rebase,
    solve,
    solve_batch,
)
from kosho.equilibrium.closed_factors import closed_factors
from kosho.errors import InputError
from kosho.scenario.simulate import scenario_effects
from kosho.world import World, labelled, load, toy

CELL = ("C00", "C01", "S00")


@pytest.fixture(scope="module")
def world() -> World:
    return random_world(3, 4, 3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"labour_supply": -0.5}, "labour_supply = -0.5"),
        ({"labour_supply": "much"}, "labour_supply: is a str, not a number"),
        ({"labour_tax": 1.2}, "labour_tax = 1.2"),
        ({"labour_tax": {"C00": 30}}, r"labour_tax\['C00'\] = 30"),
        ({"revenue": "burnt"}, "revenue: 'burnt' .one of"),
        ({"capital": "moving"}, "capital: 'moving' .one of"),
        ({"capital_share": 1.0}, "capital_share = 1.0"),
        ({"labour_mobility": 0.5}, "labour_mobility = 0.5"),
        ({"profits": "S00"}, "profits: is a str, not a Sequence of str or Mapping of str, number"),
        ({"profits": {"S00": 2.0}}, r"profits\['S00'\] = 2.0"),
        ({"absorbed": {"S00": 1.5}}, r"absorbed\['S00'\] = 1.5"),
        ({"absorbed": {("A", "B", "C"): 0.5}}, "absorbed"),
        ({"deficits": "some"}, "deficits: 'some' .one of"),
        ({"investment": 3.0}, "investment: is a float"),
        ({"sources": {"labour_suply": "a paper"}}, "no field 'labour_suply' .did you mean labour_supply"),
        ({"sources": "a paper"}, "sources: is a str"),
    ],
)
def test_what_cannot_be_is_refused_by_name(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Closure(**values)  # pyright: ignore[reportArgumentType]


def test_all_that_is_wrong_is_listed_at_once() -> None:
    with pytest.raises(InputError) as error:
        Closure(labour_supply=-1, labour_mobility=0.1, absorbed={"S00": 7.0})
    assert len(error.value.problems) == 3


@pytest.mark.parametrize(
    ("closure", "message"),
    [
        (Closure(labour_supply=0.5, labour_tax={"XXX": 0.3}), "labour_tax: unknown code 'XXX'"),
        (Closure(profits=["C29"]), "profits: unknown code 'C29'"),
        (Closure(absorbed={("JPN", "S00"): 0.5}), "absorbed: unknown code 'JPN'"),
        (Closure(capital="accumulated", capital_share={"S00": 0.3}), "capital_share: none for S01"),
        (Closure(labour_supply=0.5, scale=0.1), "scale = 0.1 in a world of 3 sectors"),
    ],
)
def test_what_a_world_has_not_is_refused(world: World, closure: Closure, message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve(world, Shock.none(world), closure=closure)


def test_too_elastic_labour_is_refused_where_little_is_consumed() -> None:
    flows = np.array([[[10.0], [10.0]], [[60.0], [90.0]]])  # the first consumes a third of what it makes
    world = build(flows)
    closure = Closure(labour_supply=2.0)
    with pytest.raises(InputError, match=r"labour_supply = 2 is too large for C00 \(with so large a surplus"):
        solve(world, Shock.none(world), closure=closure)
    assert isinstance(solve(world, Shock.none(world), closure=closure, throw=False), Failure)
    solve(world, Shock.none(world), "zero", closure=closure)


def test_what_is_absorbed_bears_no_rent_and_no_bound(world: World) -> None:
    closure = Closure(absorbed={"S00": 0.5})
    rented = Shock.parts(world, [Part(*CELL, tariff=0.9, rent=0.1, holder="C00")])
    with pytest.raises(InputError, match="C00 from C01, S00: pays a rent"):
        solve(world, rented, closure=closure)
    quota = Quota(name="cap", flows=(Flow(*CELL),), amount=0.5, basis="share", holder="importer")
    bounded = Counterfactual(Shock.tariffs(world, {CELL: 0.9}), (quota,))
    with pytest.raises(InputError, match="C00 from C01, S00: is bounded"):
        solve(world, bounded, closure=closure)


def test_bounds_elsewhere_are_met_and_duties_shown_as_levied(world: World) -> None:
    closure = Closure(absorbed={"S00": 0.5})
    quota = Quota(name="cap", flows=(Flow("C02", "C03", "S00"),), amount=0.5, basis="share", holder="exporter")
    bounded = Counterfactual(Shock.tariffs(world, {CELL: 0.9}), (quota,))
    outcome = solve(world, bounded, closure=closure)
    assert outcome.constraints[0].binds
    row = int(np.flatnonzero((outcome.shock.importer == 0) & (outcome.shock.tariff == 0.9))[0])
    assert outcome.shock.rent[row] == 0
    assert (outcome.shock.rent > 0).any()
    assert float(outcome.absorbed_duty.sel(country="C01")) > 0
    assert float(outcome.absorbed_duty.sel(country="C03")) == 0


def test_deficits_are_said_once(world: World) -> None:
    shock = Shock.tariffs(world, {CELL: 0.3})
    both = [
        solve(world, shock, "zero"),
        solve(world, shock, closure=Closure(deficits="zero")),
        solve(world, shock, "zero", closure=Closure(deficits="zero")),
    ]
    assert {float(one.welfare[0]) for one in both} == {float(both[0].welfare[0])}
    assert both[0].deficits == "zero"
    with pytest.raises(InputError, match="one of the two"):
        solve(world, shock, "zero", closure=Closure(deficits="proportional"))


def test_profits_are_capped_and_the_cells_named() -> None:
    world = build(np.full((2, 2, 2), 10.0), io_share=0.45, theta=4.0)  # value added 0.1, profits 0.2
    closure = Closure(profits=["S01"])
    assert capped(closure, world) == (("C00", "S01"), ("C01", "S01"))
    outcome = solve(world, Shock.none(world), closure=closure)
    np.testing.assert_allclose(outcome.profits, 0.09 * outcome.output.sel(sector="S01"), rtol=1e-12)
    assert "profits capped at 0.9 of value added: S01 of C00, S01 of C01" in outcome.assumed


def test_a_table_without_deficits_is_made_one_with_the_profits_asked_for(world: World) -> None:
    plain, fixed = rebase(world, "zero"), rebase(world, "zero", closure=Closure(profits=["S00"]))
    assert np.abs(plain.flows - fixed.flows).max() > 1e-3
    assert np.abs(fixed.arrays.deficits).max() < 1e-8
    assert rebase(world, "zero", closure=Closure(labour_supply=0.5)) is plain


def test_what_has_no_source_is_told() -> None:
    closure = Closure(labour_supply=0.5, labour_tax=0.3, capital="accumulated")
    assert [one.split(" ")[0] for one in closure.assumed] == [
        "labour_supply",
        "labour_tax",
        "capital_share",
        "investment:",
    ]
    sourced = Closure(
        labour_supply=0.5,
        labour_tax=0.3,
        capital="accumulated",
        sources={"labour_supply": "a paper", "labour_tax": "a table", "capital_share": "a book"},
    )
    assert sourced.assumed == ("investment: made of what is consumed",)
    assert "steady states" in str(sourced)


def test_a_basket_of_one_s_own_decides(world: World) -> None:
    only = labelled(np.eye(3)[[1, 1, 1, 1]], ("country", "sector"), world.countries, world.sectors)
    shock = Shock.tariffs(world, {("C00", "C01", "S01"): 0.9})
    made, consumed = (
        solve(world, shock, closure=Closure(capital="accumulated", investment=basket))
        for basket in (only, None)
    )
    assert float(made.capital[0]) < float(consumed.capital[0])
    with pytest.raises(InputError, match="shares of C00 sum to 2"):
        Closure(investment=2 * only)


@pytest.mark.parametrize("name", EVERY)
def test_closures_show_themselves_and_travel(name: str, world: World) -> None:
    closure = EVERY[name]
    assert str(closure).startswith("Closure")
    again = pickle.loads(pickle.dumps(closure))  # noqa: S301 - our own
    assert again.without_absorbed == closure.without_absorbed
    data = solve(world, Shock.none(world), closure=closure).to_dataset()
    assert all("units" in array.attrs for array in data.data_vars.values())
    assert data.attrs["deficits"] == closure.deficits


def test_an_outcome_keeps_its_own_closure(world: World) -> None:
    outcome = solve(world, Shock.none(world), closure=Closure(labour_supply=0.5))
    with pytest.raises(InputError, match="an outcome has its own"):
        gradient(outcome, "C00", closure=Closure())


def test_outcomes_are_compared_on_one_table(world: World) -> None:
    shock = Shock.tariffs(world, {CELL: 0.5})
    plain, none, moved = (
        solve(world, shock),
        solve(world, Shock.none(world)),
        solve(world, shock, closure=Closure(labour_supply=0.5)),
    )
    both = plain.compare(none)
    assert {"real_gdp", "real_wage", "welfare"} <= set(both)
    np.testing.assert_array_equal(both["welfare"].sel(outcome="difference"), plain.welfare - none.welfare)
    assert set(moved.compare(plain)) == {"welfare", "equivalent_variation"}
    assert both["equivalent_variation"].attrs["units"] == "million USD"
    with pytest.raises(InputError, match="same table"):
        plain.compare(solve(toy(), Shock.none(toy())))
    with pytest.raises(InputError, match=r"other: is an? int"):
        plain.compare(3)  # pyright: ignore[reportArgumentType]


def test_a_name_that_nothing_has_absorbs_nothing_and_is_refused(world: World) -> None:
    shock = Shock.parts(world, [Part(*CELL, share=0.4, tariff=0.5, part="cars")])
    assert solve(world, shock, closure=Closure(absorbed={"cars": 0.5})).absorbed_duty.any()
    for absorbed in ({"casr": 0.5}, {("C01", "casr"): 0.5}):
        closure = Closure(absorbed=absorbed)
        with pytest.raises(InputError, match=r"absorbed: 'casr' is no sector.*did you mean cars"):
            solve(world, shock, closure=closure)
        with pytest.raises(InputError, match="absorbed: 'casr' is no sector"):
            solve_batch(world, [shock, shock], closure=closure)
    other = Shock.tariffs(world, {CELL: 0.5})
    found = solve_batch(world, [other, shock], closure=Closure(absorbed={"cars": 0.5}))
    assert np.isfinite(found.welfare).all()


def test_where_no_tax_on_labour_is_given_is_told(world: World) -> None:
    closure = Closure(labour_supply=0.5, labour_tax={"C00": 0.3, "C02": 0.2}, sources={"labour_tax": "OECD"})
    told = solve(world, Shock.none(world), closure=closure).assumed
    assert any(one.startswith("labour_tax: none known, and none taken, in C01, C03: ") for one in told)
    everywhere = Closure(labour_supply=0.5, labour_tax=dict.fromkeys(world.countries, 0.3))
    assert not any("none known" in one for one in solve(world, Shock.none(world), closure=everywhere).assumed)


def test_neutral_outcomes_have_the_plain_results(world: World) -> None:
    outcome = solve(world, Shock.tariffs(world, {CELL: 0.5}))
    np.testing.assert_array_equal(outcome.welfare, outcome.real_income)
    assert not outcome.employment.any()
    assert not outcome.profits.any()
    assert not outcome.absorbed_duty.any()
    np.testing.assert_allclose(outcome.labour_income, outcome.wage * world.arrays.value_added, rtol=1e-15)


# Of an independent solver; percent, United States and Japan.
JUNE_2025 = {
    "labour": (Closure(labour_supply=0.5), {"welfare": (-0.198, -0.106), "employment": (-0.204, -0.073)}),
    "capital": (
        Closure(capital="accumulated", capital_share=0.33),
        {"welfare": (-0.390, -0.175), "real_gdp": (-0.607, -0.079)},
    ),
    "sectors": (Closure(labour_mobility=1.0), {"welfare": (-0.181, -0.122)}),
    "tax": (Closure(labour_supply=0.5, labour_tax=0.3), {"welfare": (-0.257, -0.127)}),
    "relief": (
        Closure(labour_supply=0.5, labour_tax=0.3, revenue="tax-relief"),
        {"welfare": (-0.193, -0.126), "employment": (0.016, -0.076)},
    ),
    "plain": (Closure(), {"welfare": (-0.196, -0.103), "real_gdp": (-0.407, -0.007)}),
}


@pytest.fixture(scope="module")
def june() -> tuple[World, Counterfactual]:
    base, found = scenario_effects(Case.load("japan-us-2025"), "status-quo", date(2025, 6, 29), "talks")
    return base, found.counterfactual


@pytest.mark.parametrize("name", JUNE_2025)
def test_the_status_quo_of_june_2025(june: tuple[World, Counterfactual], name: str) -> None:
    closure, expected = JUNE_2025[name]
    outcome: Outcome = solve(*june, closure=closure)
    for array, values in expected.items():
        found = 100 * getattr(outcome, array).sel(country=["USA", "JPN"]).to_numpy()
        np.testing.assert_allclose(found, values, atol=0.003, err_msg=array)


def test_profits_in_june_2025(june: tuple[World, Counterfactual]) -> None:
    goods = [code for code in june[0].sectors if code[0] in "ABC"]
    for sectors, expected in ((goods, (-0.049, -0.285)), (list(june[0].sectors), (-0.150, -0.235))):
        outcome = solve(*june, closure=Closure(profits=sectors))
        found = 100 * outcome.welfare.sel(country=["USA", "JPN"]).to_numpy()
        np.testing.assert_allclose(found, expected, atol=0.001)


def test_what_ships_of_taxes_shares_and_baskets_is_taken_with_its_source() -> None:
    talks = load(regions="talks", sectors="talks")
    closure = Closure(labour_supply=0.5, capital="accumulated").sourced(talks)
    assert set(closure.sources) == {"labour_tax", "capital_share", "investment"}
    assert closure.assumed == ("labour_supply 0.5",)
    taxes, shares, basket = closure.labour_tax, closure.capital_share, closure.investment
    assert isinstance(taxes, Mapping)
    assert isinstance(shares, Mapping)
    assert basket is not None
    assert taxes["USA"] == pytest.approx(0.305)
    assert taxes["JPN"] == pytest.approx(0.326)
    assert not {"TWN", "VNM", "ROW"} & set(taxes)  # unknown, not nothing and not like others
    assert shares["JPN"] == pytest.approx(0.438)
    assert "VNM" not in shares
    assert float(basket.sel(country="USA", sector="F")) == pytest.approx(0.417, abs=0.001)
    np.testing.assert_allclose(basket.sum("sector"), 1.0, atol=1e-12)
    told = solve(talks, Shock.none(talks), closure=closure).assumed
    assert any(one.startswith("labour_tax: none known, and none taken, in TWN, ") for one in told)
    assert any(one.startswith("capital_share: none known in VNM") for one in told)


def test_what_is_given_or_not_needed_is_not_replaced() -> None:
    mine = Closure(labour_supply=0.5, labour_tax=0.2, sources={"labour_supply": "a paper"})
    kept = mine.sourced(toy())
    assert (kept.labour_tax, kept.sources) == (0.2, mine.sources)
    assert Closure().sourced(toy()).plain
    zero = Closure(labour_supply=0.5, labour_tax=0.0).sourced(toy())
    assert zero.labour_tax == 0.0
    with pytest.raises(InputError, match="world: is a str"):
        zero.sourced("talks")  # pyright: ignore[reportArgumentType]


def test_a_table_that_no_source_speaks_of_gets_nothing_and_says_so(world: World) -> None:
    closure = Closure(labour_supply=0.5, capital="accumulated").sourced(world)
    assert (closure.labour_tax, closure.capital_share, closure.investment) == (None, None, None)
    assert any(one.startswith("labour_tax: none") for one in closure.assumed)
    assert {"capital_share 0.33", "investment: made of what is consumed"} <= set(closure.assumed)


def test_a_basket_of_ones_own_without_a_source_is_assumed(world: World) -> None:
    shares = np.full((len(world.countries), len(world.sectors)), 1 / len(world.sectors))
    basket = xr.DataArray(
        shares, {"country": list(world.countries), "sector": list(world.sectors)}, ("country", "sector")
    )
    assert Closure(capital="accumulated", investment=basket).assumed == ("capital_share 0.33", "investment")
    told = Closure(capital="accumulated", investment=basket, sources={"investment": "a table"}).assumed
    assert told == ("capital_share 0.33",)


def test_capital_shares_by_country_are_those_by_sector_where_all_are_alike(world: World) -> None:
    shock = Shock.tariffs(world, {("C00", "C01", "S00"): 0.3})
    shares = dict.fromkeys(world.countries, 0.4)
    one, other = (
        solve(world, shock, closure=Closure(capital="accumulated", capital_share=share))
        for share in (shares, 0.4)
    )
    np.testing.assert_allclose(one.welfare, other.welfare, atol=1e-12)
    some = solve(world, shock, closure=Closure(capital="accumulated", capital_share={"C01": 0.2}))
    assert "capital_share: none known in C00, C02, C03: 0.33 taken" in some.assumed
    with pytest.raises(InputError, match="capital_share: unknown code 'C01'"):
        solve(world, shock, closure=Closure(capital="accumulated", capital_share={"C01": 0.2, "S00": 0.3}))


@pytest.mark.parametrize(
    "closure",
    [
        Closure(),
        Closure(labour_supply=0.5),
        Closure(labour_supply=1.0),
        Closure(labour_supply=0.5, labour_tax=0.2, revenue="tax-relief"),
        Closure(labour_supply=0.5, capital="accumulated", capital_share=0.3),
    ],
)
def test_labour_income_is_taken_to_follow_the_wage_as_it_does_in_small(closure: Closure) -> None:
    """Prices at home follow the wage, and with them what labour is supplied; revenue stays."""
    world = random_world(5)
    factors = closed_factors(world, closure)
    if closure.labour_supply == 0:
        assert factors.swing.tolist() == [1.0] * len(world.countries)
        return
    assert factors.markets is not None
    markets, revenue = factors.markets, factors.markets.taken * factors.labour_income
    follow = (factors.alpha * factors.local.follow).sum(axis=1)

    def income(wage: float) -> np.ndarray:
        moved = np.full(len(world.countries), wage)
        found = markets.labour(moved, follow * wage, revenue, factors.labour_income * np.exp(wage))
        return np.log(found.bill)

    np.testing.assert_allclose(factors.swing, (income(1e-5) - income(-1e-5)) / 2e-5, rtol=1e-4)
    assert (np.abs(factors.swing - 1.0) > 0.01).all()
