"""Batches and gradients under every closure: as `solve` has it, and as differences of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.closures import EVERY, MIXED
from tests.worlds import random_world

from kosho.equilibrium import (
    Closure,
    Counterfactual,
    Flow,
    Part,
    Payoff,
    Purchase,
    Quota,
    Shock,
    gradient,
    solve,
    solve_batch,
)
from kosho.equilibrium.batch_iteration import BY_COUNTRY
from kosho.world import World

WORLD = random_world(5, 4, 3)
STEP = 1e-5


def parts(world: World, spread: float = 0.2) -> list[Part]:
    rate = float(world.tariff.sel(importer="C00", exporter="C01", sector="S00"))
    return [
        Part("C00", "C01", "S00", share=0.6, tariff=rate + spread, part="cars"),
        Part("C01", "C03", "S02", tariff=0.3),
        Part("C03", "C00", "S01", tariff=spread, cost=1.1),
        Part("C02", "C03", "S01", share=0.5, tariff=0.2),
    ]


def packages(kind: str) -> list[Shock | Counterfactual]:
    shocks = [Shock.parts(WORLD, parts(WORLD, 0.02 * k)) for k in range(14)]
    if kind == "plain":
        return list(shocks)
    bought = (Flow("C02", "C03", "S00"),)
    if kind == "purchase":
        bounds = [Purchase(name="more", flows=bought, amount=1.0 + 0.01 * k, basis="share") for k in range(14)]
    else:
        bounds = [
            Quota(name="less", flows=bought, amount=1.0 - 0.03 * k, basis="share", holder="exporter")
            for k in range(14)
        ]
    return [Counterfactual(shock, (bound,)) for shock, bound in zip(shocks, bounds, strict=True)]


@pytest.mark.parametrize("kind", ["plain", "purchase", "quota"])
@pytest.mark.parametrize("name", EVERY)
def test_a_batch_is_its_members_one_by_one(name: str, kind: str) -> None:
    closure, changes = EVERY[name], packages(kind)
    together = solve_batch(WORLD, changes, tol=1e-10, closure=closure, processes=1)
    assert not together.failures
    if kind == "plain" and not np.isfinite(closure.labour_mobility):
        assert together.report.alone == ()
    loose = 1e-10 if kind == "plain" else 3e-7  # bounds are met to 1e-7
    for member in (0, 5, 13):
        alone = solve(WORLD, changes[member], tol=1e-10, closure=closure)
        for figure in BY_COUNTRY:
            mine, one = getattr(together, figure), getattr(alone, figure)
            size = 1.0 if one.attrs["units"] == "fraction" else float(alone.base.arrays.income.max())
            np.testing.assert_allclose(mine[member], one, atol=loose * size, err_msg=figure)
            assert mine.attrs == one.attrs
        made = together.real_value_added[member] - alone.real_value_added
        assert np.abs(made).max() < loose * float(alone.base.arrays.output.sum())


def test_a_closure_travels_to_other_processes() -> None:
    closure = Closure(labour_supply=0.5, capital="accumulated", absorbed={"cars": 0.5})
    many = [Shock.parts(WORLD, parts(WORLD, 0.001 * k)) for k in range(400)]
    one, two = (solve_batch(WORLD, many, closure=closure, processes=n) for n in (1, 2))
    np.testing.assert_allclose(one.welfare, two.welfare, atol=1e-9)


def test_a_member_whose_maker_would_pay_twice_fails_by_itself() -> None:
    rented = Shock.parts(WORLD, [Part("C00", "C01", "S00", tariff=0.9, rent=0.1, holder="C00")])
    members = [*packages("plain"), rented]
    found = solve_batch(WORLD, members, closure=Closure(absorbed={"S00": 0.5}), processes=1)
    (failure,) = found.failures
    assert failure.member == len(members) - 1
    assert "pays a rent" in failure.reason
    assert found.solved.sum() == len(members) - 1


@pytest.mark.parametrize("payoff", [Payoff("C00"), Payoff("C01", {"S01": 0.5})], ids=["welfare", "sectors"])
@pytest.mark.parametrize("name", EVERY)
def test_gradients_are_differences(name: str, payoff: Payoff) -> None:
    closure, given = EVERY[name], parts(WORLD)
    given.append(Part("C02", "C00", "S02", share=0.5, rent=0.1, holder="C01"))
    if closure.absorbed:
        given.pop()  # no rents where makers bear duties
    found = gradient(WORLD, payoff, 1e-9, counterfactual=Shock.parts(WORLD, given), closure=closure)
    size = float(np.abs(found.tariff).max())

    def difference(row: int | None, name: str, cell: tuple[str, str, str] | None = None) -> float:
        ends: list[float] = []
        for step in (STEP, -STEP):
            changed = [
                _moved(part, name, step) if row == k or (cell is not None and cell == _cell(part)) else part
                for k, part in enumerate(given)
            ]
            if cell is not None:
                changed += _rest(cell, given, name, step)
            shock = Shock.parts(WORLD, changed, insist=True)
            ends.append(payoff.of(solve(WORLD, shock, tol=1e-12, closure=closure)))
        return (ends[0] - ends[1]) / (2 * STEP)

    for row in range(len(given)):
        assert found.part_tariff[row] == pytest.approx(difference(row, "tariff"), abs=2e-7 * size)
        assert found.part_cost[row] == pytest.approx(difference(row, "cost"), abs=2e-7 * size)
    for cell in (("C00", "C01", "S00"), ("C02", "C01", "S00"), ("C01", "C00", "S01"), ("C02", "C03", "S01")):
        place = dict(zip(("importer", "exporter", "sector"), cell, strict=True))
        for kind, slopes in (("tariff", found.tariff), ("cost", found.cost)):
            expected = difference(None, kind, cell)
            assert float(slopes.sel(place)) == pytest.approx(expected, abs=2e-7 * size), (cell, kind)


@pytest.mark.parametrize("name", MIXED)
def test_random_combinations_have_slopes_and_batches_too(name: str) -> None:
    closure, shocks = MIXED[name], [Shock.parts(WORLD, parts(WORLD, 0.02 * k)) for k in range(14)]
    together = solve_batch(WORLD, shocks, tol=1e-10, closure=closure, processes=1)
    alone = solve(WORLD, shocks[9], tol=1e-12, closure=closure)
    for figure in ("welfare", "employment", "consumer_prices", "capital"):
        np.testing.assert_allclose(getattr(together, figure)[9], getattr(alone, figure), atol=1e-9)
    cell = {"importer": "C02", "exporter": "C00", "sector": "S01"}
    rate = float(WORLD.tariff.sel(cell))
    ends = [
        solve(WORLD, Shock.tariffs(WORLD, {tuple(cell.values()): rate + step}), tol=1e-13, closure=closure)
        for step in (STEP, -STEP)
    ]
    expected = float((ends[0].welfare - ends[1].welfare).sel(country="C02")) / (2 * STEP)
    slopes = gradient(WORLD, "C02", 1e-9, closure=closure).tariff
    assert float(slopes.sel(cell)) == pytest.approx(expected, abs=1e-6 * float(np.abs(slopes).max()))


def _cell(part: Part) -> tuple[str, str, str]:
    return part.importer, part.exporter, part.sector


def _moved(part: Part, name: str, step: float) -> Part:
    if name == "cost":
        return replace(part, cost=part.cost * float(np.exp(step)))
    base = float(WORLD.tariff.sel(importer=part.importer, exporter=part.exporter, sector=part.sector))
    return replace(part, tariff=(base if part.tariff is None else part.tariff) + step)


def _rest(cell: tuple[str, str, str], given: list[Part], name: str, step: float) -> list[Part]:
    """What the parts leave of a cell, moved too; parts keep the cell's base rate here, and so does the rest."""
    left = 1.0 - sum(part.share for part in given if _cell(part) == cell)
    return [_moved(Part(*cell, share=left), name, step)] if left > 1e-9 else []
