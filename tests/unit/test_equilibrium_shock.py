"""Making shocks, and what is said about impossible ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.worlds import build, random_world

import kosho
from kosho.equilibrium import (
    Counterfactual,
    Failure,
    Flow,
    Outcome,
    Part,
    Payoff,
    Purchase,
    Quota,
    Shock,
    gradient,
    rebase,
    solve,
)
from kosho.errors import ConvergenceError, InputError
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
    assert Shock.parts(world, [Part("C00", "C01", "S00", cost=1.1)]).share.tolist() == [1.0]


@pytest.mark.parametrize(("rows", "more"), [(6, 0), (7, 1)])
def test_a_shock_shows_six_rows_and_how_many_more_there_are(world: World, rows: int, more: int) -> None:
    shock = Shock.parts(
        world, [Part("C00", "C01", "S00", share=0.1, cost=1.1, part=str(k)) for k in range(rows)]
    )
    said = shock.card().text()
    assert said.count("C00") == 6
    assert ("more" in said) == (more > 0)
    assert f"{more} more" in said or not more


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


def renamed(array: xr.DataArray) -> xr.DataArray:
    return array.rename(sector="industry")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.astype(complex), "is an array of complex128, not of real numbers"),
        (lambda r: r.astype(str), "is an array of <U"),
        (lambda r: r.astype(object), "is an array of object"),
        (lambda r: r > 0, "is an array of bool"),
        (renamed, "has dimensions .*wanted importer, exporter, sector"),
        (lambda r: r.drop_vars("sector"), "dimension sector has no labels"),
        (lambda r: r.assign_coords(exporter=["C00", "C00", "C02"]), "exporter 'C00' is given twice"),
        (lambda r: r.to_numpy(), "is a ndarray"),
        (lambda _: "0.5", "is a str"),
        (lambda _: None, "is a NoneType"),
        (lambda _: {("C00", "C01"): 0.5}, "is not a cell"),
        (lambda _: {"C00": 0.5}, "is not a cell"),
        (
            lambda _: {("C00", "C01", "S00"): "0.5"},
            r"\[\('C00', 'C01', 'S00'\)\]: '0.5' is a str, not a real number",
        ),
        (lambda _: {("C00", "C01", "S00"): True}, "True is a bool, not a real number"),
        (lambda _: {("C00", "C01", "S00"): 1j}, "is a complex, not a real number"),
        (lambda _: {("C00", "C01", "S00"): None}, "is a NoneType, not a real number"),
    ],
)
def test_values_of_other_types_and_shapes_are_named(
    world: World, make: Callable[[xr.DataArray], Any], message: str
) -> None:
    for function, argument in ((Shock.tariffs, "new_rates"), (Shock.costs, "factors")):
        with pytest.raises(InputError, match=f"{argument}.*{message}"):
            function(world, make(world.tariff))


def test_parts_of_other_types_are_named(world: World) -> None:
    for wrong, message in (
        (Part("C00", "C01", "S00"), "parts: is a Part, not a sequence of Part"),
        (["C00"], r"parts\[0\]: is a str, not a Part"),
    ):
        with pytest.raises(InputError, match=message):
            Shock.parts(world, wrong)
    for field, value, message in (
        ("share", "half", "share: is a str, not a number"),
        ("tariff", 1j, "tariff: is a complex, not a number or None"),
        ("importer", 3, "importer: is a int, not a str"),
        ("holder", 0, "holder: is a int, not a str or None"),
    ):
        with pytest.raises(InputError, match=message):
            Part(**{"importer": "C00", "exporter": "C01", "sector": "S00", field: value})
    for make in (Shock.none, lambda w: Shock.tariffs(w, {}), lambda w: Shock.parts(w, [])):
        with pytest.raises(InputError, match="world: is a dict, not a World"):
            make({})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": [1.0]}, "cost: is a list, not an array"),
        ({"tariff": np.array(["0.1"])}, "tariff: is a <U3 array"),
        ({"tariff": np.array([0.1, 0.2])}, "tariff: has 2 rows, share has 1"),
        ({"rent": np.zeros((1, 1))}, r"rent: is a float64 array of shape \(1, 1\)"),
        ({"importer": np.array([0.0])}, "importer: is a float64 array .* of positions"),
        ({"importer": np.array([3])}, "importer: positions from 3 to 3, of 3 countries"),
        ({"sector": np.array([-1])}, "sector: positions from -1 to -1, of 2 sectors"),
        ({"part": ("a", "b")}, "part: has 2 names"),
        ({"part": [""]}, "part: is a list, not a tuple of names"),
    ],
)
def test_columns_of_other_types_and_shapes_are_named(
    world: World, change: dict[str, Any], message: str
) -> None:
    shock = Shock.tariffs(world, {("C00", "C01", "S01"): 0.5})
    with pytest.raises(InputError, match=message):
        replace(shock, **change)


def test_a_counterfactual_is_a_shock_with_constraints_and_nests_and_nothing_else(world: World) -> None:
    shock = Shock.tariffs(world, {("C00", "C01", "S01"): 0.5})
    quota = Quota(name="q", flows=(Flow("C00", "C01", "S00"),), amount=0.9, basis="share", holder="importer")
    assert kosho.Counterfactual is Counterfactual
    assert Counterfactual(shock, [quota]).constraints == (quota,)
    assert Counterfactual(shock).plain
    plain, wrapped = solve(world, shock), solve(world, Counterfactual(shock))
    np.testing.assert_array_equal(plain.welfare, wrapped.welfare)
    assert solve(world, Counterfactual(shock, (quota,))).constraints[0].binds
    for make, message in (
        (lambda: Counterfactual(world), "shock: is a World, not a Shock"),
        (lambda: Counterfactual(shock, quota), "constraints: is a Quota, not a tuple or list"),
        (lambda: Counterfactual(shock, (quota, "q")), r"constraints\[1\]: is a str, not a Constraint"),
        (lambda: Counterfactual(shock, nests=(quota,)), r"nests\[0\]: is a Quota, not a Nest"),
        (lambda: solve(world, quota), "counterfactual: is a Quota, not a Counterfactual or a Shock"),
        (lambda: solve(world, None), "counterfactual: is a NoneType"),
        (lambda: solve(shock, shock), "world: is a Shock, not a World"),
        (lambda: solve(world, shock, "both"), "deficits = 'both'"),
        (lambda: solve(world, shock, tol="1e-8"), "tol = '1e-8' is not a number"),
        (lambda: solve(world, shock, tol=2), "tol = 2 is not"),
        (lambda: rebase(shock), "world: is a Shock"),
    ):
        with pytest.raises(InputError, match=message):
            make()


def test_no_answer_is_a_value_where_asked(world: World) -> None:
    abroad = {(n, i, j): 1e6 for n in world.countries for i in world.countries for j in world.sectors if n != i}
    shock = Shock.costs(world, abroad)
    failure = solve(world, shock, throw=False)
    assert isinstance(failure, Failure)
    with pytest.raises(ConvergenceError) as raised:
        solve(world, shock)
    assert str(raised.value) == failure.reason == str(failure.error)
    assert raised.value.residual == failure.residual > 1e-8
    xr.testing.assert_identical(raised.value.best, failure.best)
    assert float(failure.best.gap.max()) == failure.residual
    assert failure.country in world.countries
    assert isinstance(solve(world, shock, "zero", throw=False), Outcome)
    flow = Flow("C00", "C01", "S00")
    promise = Purchase(name="a thousandfold", flows=(flow,), amount=1000, basis="share")
    unmet = solve(world, Counterfactual(Shock.none(world), (promise,)), throw=False)
    assert isinstance(unmet, Failure)
    assert "a thousandfold" in unmet.reason
    with pytest.raises(InputError, match="made for a world with other"):
        solve(random_world(1, countries=4, sectors=2), shock, throw=False)


def test_a_gradient_of_a_counterfactual_is_that_of_its_outcome(world: World) -> None:
    quota = Quota(name="q", flows=(Flow("C00", "C01", "S00"),), amount=0.9, basis="share", holder="importer")
    change = Counterfactual(Shock.tariffs(world, {("C00", "C02", "S01"): 0.5}), (quota,))
    first = gradient(solve(world, change, "zero"), "C00")
    second = gradient(world, "C00", counterfactual=change, deficits="zero")
    xr.testing.assert_identical(first.tariff, second.tariff)
    nothing = gradient(solve(world, Shock.none(world)), "C00")
    xr.testing.assert_identical(gradient(world, "C00").cost, nothing.cost)
    outcome = solve(world, change)
    for make, message in (
        (lambda: gradient(change, "C00"), "at: is a Counterfactual, not a Outcome or World"),
        (lambda: gradient(outcome, 3), "objective: is a int"),
        (lambda: gradient(outcome, "C00", "sharp"), "accuracy: is a str, not a number"),
        (lambda: gradient(outcome, Payoff("C00", {"S00": "1"})), r"weights\['S00'\]: is a str, not a number"),
        (lambda: gradient(outcome, "C00", counterfactual=change), "an outcome has its own counterfactual"),
    ):
        with pytest.raises(InputError, match=message):
            make()


def test_one_mistake_of_a_rate_is_one_problem(world: World) -> None:
    cell = (world.countries[0], world.countries[1], world.sectors[0])
    for rate in (float("nan"), -2.0):
        with pytest.raises(InputError) as caught:
            Shock.tariffs(world, {cell: rate}, insist=True)
        assert len(caught.value.problems) == 1, str(caught.value)
