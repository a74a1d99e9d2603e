"""Batches against shocks solved one by one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import parts_with_rents, random_world, rates

from kosho.equilibrium import Part, Shock, solve, solve_batch
from kosho.equilibrium.batch_iteration import BY_COUNTRY
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.newton_chord import Chord
from kosho.errors import ConvergenceError, InputError
from kosho.parallel import run
from kosho.world import World

TIGHT = 1e-11


def packages(world: World, count: int, share: float = 0.2, high: float = 0.5) -> list[Shock]:
    return [Shock.tariffs(world, rates(world, seed, 0.0, high, share)) for seed in range(count)]


def agrees(world: World, shocks: list[Shock], deficits: str, thetas: list[xr.DataArray] | None = None) -> None:
    batch = solve_batch(world, shocks, deficits, TIGHT, thetas)
    assert len(batch) == len(shocks)
    assert float(batch.residual.max()) <= TIGHT
    for k, shock in enumerate(shocks):
        given = world if thetas is None else world.with_theta(thetas[k])
        alone = solve(given, shock, deficits, TIGHT)
        income = float(given.arrays.income.max())
        for name in (*BY_COUNTRY, "equivalent_variation", "real_value_added"):
            found, wanted = getattr(batch, name).isel(shock=k), getattr(alone, name)
            assert found.dims == wanted.dims
            assert found.attrs == wanted.attrs
            size = 1.0 if wanted.attrs["units"] == "fraction" else income
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9 * size)


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 1000), deficits=st.sampled_from(["fixed", "zero"]))
def test_batch_is_one_by_one(seed: int, deficits: str) -> None:
    world = random_world(seed, 4, 3, holes=0.1)
    agrees(world, packages(world, 16), deficits)


def test_shocks_alike_unlike_empty_and_few() -> None:
    world = random_world(8, 4, 3)
    same = Shock.tariffs(world, rates(world, 1))
    agrees(world, [same] * 14, "fixed")
    agrees(world, [Shock.none(world)] * 13, "fixed")
    agrees(world, [Shock.none(world), *packages(world, 14, share=1.0, high=1.0), same], "zero")
    agrees(world, packages(world, 3), "fixed")
    assert len(solve_batch(world, [])) == 0


def test_parts_costs_rents_and_bans() -> None:
    world = random_world(12, 4, 3)
    agrees(world, parts_with_rents(world, 15), "fixed")


def test_draws_of_elasticities() -> None:
    world = random_world(2, 3, 2, balanced=True)
    shocks = packages(world, 13)
    draws = [world.theta * factor for factor in (0.8, 1.3)]
    agrees(world, shocks + shocks, "zero", [draws[0]] * 13 + [draws[1]] * 13)
    agrees(world, shocks[:4], "fixed", [world.theta * (1 + 0.1 * k) for k in range(4)])


def test_draws_of_near_elasticities_share_a_jacobian_and_are_what_they_are_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = random_world(2, 3, 2)
    shocks = packages(world, 13)
    made: list[Values] = []

    def counted(values: Values, *how: object) -> Chord:
        made.append(values)
        return at(values, *how)

    at = Chord.at
    monkeypatch.setattr(Chord, "at", counted)
    for factors, jacobians in (((1.0, 1.1, 0.9, 1.3), 1), ((1.0, 3.0, 1.2, 3.3), 2)):
        made.clear()
        each = [world.theta * factor for factor in factors for _ in shocks]
        agrees(world, shocks * len(factors), "fixed", each)
        assert len(made) == jacobians
    # One that is too far off is tried, and members that it does not serve get their own.
    monkeypatch.setattr("kosho.equilibrium.batch.NEAR", np.inf)
    monkeypatch.setattr("kosho.equilibrium.batch_iteration.ALL_AT_ONCE", 9)
    made.clear()
    agrees(world, shocks + shocks, "fixed", [world.theta * 6.0] * 13 + [world.theta * 0.2] * 13)
    assert len(made) == 2


def test_machine_code_finds_what_numpy_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    world = random_world(8, 4, 3, holes=0.1)
    a, b, c, _ = world.countries
    shut = {(n, i, j): 1e6 for n in world.countries for i in world.countries for j in world.sectors if n != i}
    shocks = [
        *packages(world, 30),
        *(
            Shock.parts(world, [Part(a, b, "S00", share=0.5, tariff=0.1 + 0.01 * k, rent=0.02, holder=c)])
            for k in range(5)
        ),
        Shock.none(world),
        Shock.costs(world, shut),
    ]
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", np.inf)
    numpy = solve_batch(world, shocks, "zero")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    compiled = solve_batch(world, shocks, "zero")
    assert [one.member for one in numpy.failures] == [one.member for one in compiled.failures]
    assert numpy.report.alone == compiled.report.alone
    for name in ("welfare", "real_wage", "real_income", "employment"):
        xr.testing.assert_allclose(getattr(numpy, name), getattr(compiled, name), rtol=0, atol=1e-8)
    agrees(world, shocks[:-1], "zero")


@pytest.mark.parametrize("count", [16, 21, 100])
def test_machine_code_takes_any_number_of_members(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    pytest.importorskip("numba")
    world = random_world(9, 4, 3, holes=0.2)
    shocks = packages(world, count, share=0.4)
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    agrees(world, shocks, "zero")
    agrees(world, shocks[:12] + [shocks[3]] * 5, "fixed")
    assert solve_batch(world, shocks).report.alone == ()


def test_larger_worlds_take_every_pass_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    monkeypatch.setattr("kosho.equilibrium.batch_plan.NEAR_ENOUGH", 0)
    world = random_world(9, 4, 3, holes=0.2)
    agrees(world, packages(world, 21, share=0.4), "zero")


def test_one_that_does_not_converge_stops_no_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    world = random_world(8, 4, 3)
    shut = {(n, i, j): 1e6 for n in world.countries for i in world.countries for j in world.sectors if n != i}
    shocks = packages(world, 20)
    shocks[5] = Shock.costs(world, shut)
    for near in (2_000, 0):
        monkeypatch.setattr("kosho.equilibrium.batch_plan.NEAR_ENOUGH", near)
        batch = solve_batch(world, shocks, "zero")
        assert set(batch.report.alone) <= {5}
        others = np.arange(20) != 5
        alone = solve_batch(world, [one for k, one in enumerate(shocks) if k != 5], "zero")
        np.testing.assert_allclose(batch.welfare[others], alone.welfare, rtol=0, atol=1e-8)


def test_last_digits_do_not_depend_on_what_was_asked_before() -> None:
    pytest.importorskip("numba")
    world = random_world(8, 4, 3)
    shocks = packages(world, 30)
    code = "kosho.equilibrium.batch_compiled"
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, code, raising=False)
        before = solve_batch(world, shocks)
        importlib.import_module(code)
        after = solve_batch(world, shocks)
    assert before.welfare.to_numpy().tobytes() == after.welfare.to_numpy().tobytes()


def test_draws_and_named_flows_are_told_where_machine_code_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("kosho.equilibrium.batch.WORTH_COMPILED", 0)
    world = random_world(2, 3, 2)
    shocks = packages(world, 13) * 2
    draws = [world.theta * factor for factor in (1.0, 1.2) for _ in range(13)]
    agrees(world, shocks, "fixed", draws)
    flow = (*world.countries[:2], world.sectors[0], "")
    for thetas in (None, draws):
        batch = solve_batch(world, shocks, "fixed", TIGHT, thetas, flows=[flow])
        assert batch.report.alone == ()
        for k, shock in enumerate(shocks):
            given = world if thetas is None else world.with_theta(thetas[k])
            wanted = solve(given, shock, "fixed", TIGHT).flow_hats(*flow)
            found = batch.flow_values[k, 0], batch.flow_quantities[k, 0]
            np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_machine_code_is_kept_with_other_caches_or_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = pytest.importorskip("numba.core.config")
    machine_code = pytest.importorskip("kosho.equilibrium.machine_code")
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "caches"))
    assert machine_code.kept()
    assert Path(config.CACHE_DIR).parents[1] == tmp_path / "caches"  # in a folder of its sources
    (tmp_path / "file").touch()
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "file"))
    assert not machine_code.kept()


def test_large_worlds_are_solved_together() -> None:
    world = random_world(5, 32, 48)
    batch = solve_batch(world, packages(world, 12, share=0.02))
    assert batch.report.alone == ()
    assert float(batch.residual.max()) <= 1e-8


def test_members_that_do_not_converge_together_are_solved_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(21, 4, 3)
    shocks = packages(world, 20)
    shocks[5] = Shock.tariffs(world, rates(world, 5, 1e3, 1e4), insist=True)
    monkeypatch.setattr("kosho.equilibrium.batch_iteration.ALL_AT_ONCE", 1)
    agrees(world, shocks, "zero")
    assert solve_batch(world, shocks, "zero").report.alone == tuple(range(20))


def test_mistakes_of_the_caller_are_raised_and_name_the_member() -> None:
    world, other = random_world(3, 4, 3), random_world(3, 3, 3)
    shocks = packages(world, 20)
    with pytest.raises(InputError, match="shock 7: made for a world with other"):
        solve_batch(world, [*shocks[:7], Shock.none(other), *shocks[7:]])
    with pytest.raises(InputError, match=r"counterfactuals\[1\]: is a dict, not a Counterfactual or Shock"):
        solve_batch(world, [shocks[0], {}])
    for wrong in (2.0, np.nan):
        with pytest.raises(InputError, match=r"tol = .* is not a number between 0 and 1"):
            solve_batch(world, shocks, tol=wrong)
    for wrong in ("1e-8", True, 1e-8j):
        with pytest.raises(InputError, match=r"tol: is a .*, not a number"):
            solve_batch(world, shocks, tol=wrong)
    for wrong in (0, -1):
        with pytest.raises(InputError, match="processes = "):
            solve_batch(world, shocks, processes=wrong)
    for wrong in (1.5, "2", True):
        with pytest.raises(InputError, match=r"processes: is a .*, not a whole number or None"):
            solve_batch(world, shocks, processes=wrong)
    for wrong in (shocks[0], "shocks", None, 3):
        with pytest.raises(InputError, match=r"counterfactuals: is a .* not a Sequence of Counterfactual"):
            solve_batch(world, wrong)
    with pytest.raises(InputError, match="world: is a Shock, not a World"):
        solve_batch(shocks[0], shocks)
    with pytest.raises(InputError, match="deficits: 'none'"):
        solve_batch(world, shocks, "none")


def test_elasticities_that_do_not_fit_are_named() -> None:
    world = random_world(3, 4, 3)
    shocks, theta = packages(world, 2), world.theta
    for wrong, error in (
        ([theta] * 3, "3 sets of elasticities for 2 shocks"),
        ([theta, theta.astype(str)], r"thetas\[1\]: is an array of <U.*, not of real numbers"),
        ([theta, theta.astype(complex)], r"thetas\[1\]: is an array of complex128"),
        ([theta, 4.0], r"thetas\[1\]: is a float, not a DataArray"),
        ([theta.rename(sector="industry"), theta], r"thetas\[0\]: has dimensions \('industry',\)"),
        ([theta, theta.assign_coords(sector=["S00", "S01", "S9"])], r"thetas\[1\]: sectors differ .*S02, S9"),
        ([theta, -theta], r"thetas\[1\]: S00: -.* is not positive and finite"),
    ):
        with pytest.raises(InputError, match=error):
            solve_batch(world, shocks, thetas=wrong)


@pytest.mark.parametrize(("count", "processes"), [(3, 1), (20, 1), (450, 2)])
def test_members_that_fail_are_values_beside_those_that_do_not(count: int, processes: int) -> None:
    world = random_world(8, 4, 3)
    a = world.countries[0]
    closed = Shock.parts(world, [Part(a, i, "S00", cost=np.inf) for i in world.countries])
    abroad = {(n, i, j): 1e6 for n in world.countries for i in world.countries for j in world.sectors if n != i}
    shocks = packages(world, count)
    batch = solve_batch(world, [*shocks, closed, Shock.costs(world, abroad)], processes=processes)
    alone, starved = batch.failures
    assert (alone.member, starved.member) == (count, count + 1)
    assert "nobody can supply it any more" in alone.reason
    assert isinstance(alone.error, InputError)
    assert (alone.best, alone.country, alone.sector) == (None, None, None)
    assert isinstance(starved.error, ConvergenceError)
    assert "no convergence after" in starved.reason
    assert starved.best is not None
    assert starved.residual == float(starved.best.gap.max()) > 1e-8
    assert starved.best.gap.idxmax().item() == starved.country
    assert set(starved.best.price.dims) == {"country", "sector"}
    assert batch.solved.to_numpy().tolist() == [True] * count + [False] * 2
    for values in (batch.welfare, batch.equivalent_variation, batch.real_value_added, batch.residual):
        assert np.isnan(values[count:]).all()
        assert np.isfinite(values[:count]).all()
    np.testing.assert_allclose(batch.welfare[0], solve(world, shocks[0]).welfare, atol=1e-7)
    with pytest.raises(InputError, match=rf"shock {count}: .*nobody can supply"):
        batch.raise_if_failed()
    with pytest.raises(InputError, match="the last but one: "):
        batch.raise_if_failed([*map(str, range(count)), "the last but one", "the last"])
    solve_batch(world, shocks[:2]).raise_if_failed()


def test_several_processes_say_the_same() -> None:
    world = random_world(3, 4, 3)
    shocks = packages(world, 1200)
    shocks[700] = Shock.tariffs(world, rates(world, 5, 1e3, 1e4), insist=True)
    one, two = (solve_batch(world, shocks, "zero", processes=count) for count in (1, 2))
    xr.testing.assert_allclose(one.welfare, two.welfare, rtol=0, atol=1e-12)
    assert one.report.alone == two.report.alone
    assert two.report.processes == 2


def test_a_mistake_in_another_process_is_raised_here() -> None:
    with pytest.raises(Exception, match="invalid literal"):
        list(run(int, ["1", "x", "y", "z", *map(str, range(1000))], 2))
    assert sorted(result for _, result in run(int, [str(k) for k in range(50)], 2)) == list(range(50))


def test_volumes_that_are_not_asked_for_are_not_told() -> None:
    world = random_world(1, 4, 3)
    buyer, seller, good = world.countries[0], world.countries[1], world.sectors[0]
    shocks = [Shock.tariffs(world, {(buyer, seller, good): rate}) for rate in (0.025, 0.15, 0.25)]
    whole, less = solve_batch(world, shocks), solve_batch(world, shocks, volumes=False)
    assert less.real_gdp.isnull().all()
    assert less.absorbed_duty.isnull().all()
    assert whole.real_gdp.notnull().all()
    np.testing.assert_array_equal(less.welfare, whole.welfare)
    np.testing.assert_array_equal(less.real_value_added, whole.real_value_added)


def test_a_batch_ends_on_the_same_bits_wherever_its_elasticities_lie_in_memory() -> None:
    world = random_world(1, 4, 3, balanced=True)
    buyer, seller, good = world.countries[0], world.countries[1], world.sectors[0]
    shock = Shock.tariffs(world, {(buyer, seller, good): 0.25})
    scales = np.random.default_rng(5).uniform(0.97, 1.03, (40, len(world.sectors)))
    held: list[object] = []  # so that each time they lie elsewhere, and in another order

    def told(order: list[int]) -> np.ndarray:
        made = {k: world.theta * scales[k] for k in order}
        held.append(made)
        thetas = [made[k] for k in range(len(scales))]
        return solve_batch(world, [shock] * len(scales), tol=1e-6, thetas=thetas).welfare.to_numpy()

    first = told(list(range(len(scales))))
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(scales)).tolist()
        np.testing.assert_array_equal(told(order), first)
