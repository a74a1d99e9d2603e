"""What small economies answer, in full: every closure, bound, product told apart, slope and batch.

Each batch is solved by NumPy and by machine code, in one piece and in passes: they must find the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import xarray as xr

from kosho.equilibrium import (
    BatchOutcome,
    Closure,
    Constraint,
    Counterfactual,
    Flow,
    Nest,
    Outcome,
    Part,
    Payoff,
    Purchase,
    Quota,
    Shock,
    TariffQuota,
    first_year,
    gradient,
    solve,
    solve_batch,
    world_after,
)
from kosho.world import PhysicalFlow, World, toy
from tests.closures import EVERY, change
from tests.worlds import parts_with_rents, random_world, rates

TIGHT = 1e-10
A, B, C, D = "C00", "C01", "C02", "C03"
WAYS = {
    "numpy": {"batch.WORTH_COMPILED": np.inf},
    "in one piece": {"batch.WORTH_COMPILED": 0},
    "few at a time": {"batch.WORTH_COMPILED": np.inf, "batch.CACHED": 30},
    "in passes": {"batch.WORTH_COMPILED": 0, "batch_plan.NEAR_ENOUGH": 0},
}
"""How a batch is solved, and what decides it."""


def small() -> World:
    """Four countries, three sectors, cells without trade, one flow that is also counted in tonnes."""
    return random_world(5, holes=0.1).with_units([PhysicalFlow(A, C, "S02", 1000.0, "tonnes")])


def alone() -> dict[str, Any]:
    """Every closure, every kind of bound in every regime, products told apart, duties that makers bear."""
    world = small()
    shock = change(world, 5)
    found: dict[str, Any] = {name: told(solve(world, shock, closure=one)) for name, one in EVERY.items()}
    for name, (bounds, nests) in _bounded(world).items():
        given = Counterfactual(_free(world, bounds, nests), bounds, nests)
        found[name] = told(solve(world, given)) | {"nearly free": _settled(solve(world, _looser(given)))}
    one, other = solve(world, shock), solve(world, Shock.tariffs(world, rates(world, 6)))
    found["compared"] = {name: array.to_numpy() for name, array in one.compare(other).items()}
    found["after"] = world_after(one).arrays.income
    cars = (A, B, "S01")
    duty = Shock.parts(world, [Part(*cars, share=0.6, tariff=0.4, cost=1.1, rent=0.05, holder=C, part="cars")])
    for sigma, absorbed in ((0.76, 1.0), (3.0, 0.3), (1.0, 0.0)):
        found[f"first year {sigma:g}"] = first_year(world, duty, cars, sigma=sigma, absorbed=absorbed)
    return found


def slopes() -> dict[str, Any]:
    """Slopes of what each country wants, by every duty and cost, under closures that have them."""
    world = small()
    found: dict[str, Any] = {}
    for name in ("plain", "labour", "capital", "profits", "absorbed", "zero", "proportional", "kept", "relief"):
        closure = EVERY.get(name, Closure())
        outcome = solve(world, change(world, 5), closure=closure, tol=TIGHT)
        for payoff in (Payoff(A, {"S01": 0.3}), Payoff(B, incomes={"S00": 0.5})):
            slope = gradient(outcome, payoff)
            found[f"{name}, {payoff.country}"] = {
                "value": payoff.of(outcome),
                "base": payoff.base(outcome.base, closure),
                **{
                    part: np.asarray(getattr(slope, part))
                    for part in ("tariff", "cost", "part_tariff", "part_cost")
                },
            }
    return found


def together() -> dict[str, Any]:
    """Batches of an odd size: plain, of parts, with elasticities of each, bounds, promises, every closure."""
    world = small()
    rents = parts_with_rents(world, 18)
    plain = [Shock.tariffs(world, rates(world, seed, share=0.5)) for seed in range(19)]
    thetas = [world.theta * (0.8 + 0.03 * k) for k in range(18)]
    (bounds, nests) = _bounded(world)["together"]
    bounded = _members(world, bounds, nests)
    promised = [
        replace(one, constraints=tuple(_partly(bound, 0.3 + 0.02 * (k % 3)) for bound in one.constraints))
        for k, one in enumerate(bounded)
    ]
    kinds: dict[str, Any] = {
        "plain": (plain, {}),
        "zero": (plain, {"deficits": "zero"}),
        "parts": (rents, {}),
        "elasticities": (rents, {"thetas": thetas}),
        "bounds": (bounded, {}),
        "promises": ([plain[0], *promised], {}),
        "bounds, elasticities": (bounded, {"thetas": thetas[: len(bounded)]}),
        "one": (plain[:1], {}),
        **{
            f"closure {name}": (
                plain[:17] if "absorbed" in name else plain[:9] + rents[:8],
                {"closure": closure},
            )
            for name, closure in EVERY.items()
        },
    }
    return {name: _by_each_way(world, members, **how) for name, (members, how) in kinds.items()}


def _by_each_way(world: World, members: Sequence[Counterfactual | Shock], **how: Any) -> dict[str, Any]:
    flows = ((A, B, "S00", ""), (C, A, "S01", ""))
    found: dict[str, Any] = {}
    for way, settings in WAYS.items():
        with ExitStack() as stack:
            for name, value in settings.items():
                stack.enter_context(patch(f"kosho.equilibrium.{name}", value))
            many = solve_batch(world, members, tol=TIGHT, flows=flows, **how)
        mine = _all_of(many)
        if found:
            for name, array in mine.items():
                np.testing.assert_allclose(array, found[name], rtol=1e-6, atol=1e-6, err_msg=f"{way}: {name}")
        found = found or mine
    return found


def _all_of(many: BatchOutcome) -> dict[str, Any]:
    arrays = {name: one for name, one in vars(many).items() if isinstance(one, xr.DataArray)}
    return {name: one.to_numpy() for name, one in arrays.items() if name != "residual"}


def told(outcome: Outcome) -> dict[str, Any]:
    """All numbers of an outcome, and what it is said to assume."""
    return {
        **{name: one.to_numpy() for name, one in outcome.to_dataset().items()},
        **{f"part: {name}": one.to_numpy() for name, one in outcome.decomposition.items()},
        "more profits": outcome.more_profits.to_numpy(),
        "units": [(one.base, one.new) for one in outcome.units],
        "parts": [
            (outcome.part_flow(n, i, j, p), outcome.flow_hats(n, i, j, p))
            for n, i, j, p in _named(outcome.shock)
        ],
        "assumed": list(outcome.assumed),
        "bounds": _settled(outcome),
    }


def _named(shock: Shock) -> list[tuple[str, str, str, str]]:
    n, j = shock.countries, shock.sectors
    return [(n[a], n[b], j[c], part) for a, b, c, part in shock.places() if part]


def _settled(outcome: Outcome) -> list[dict[str, Any]]:
    numbers = ("base", "free", "required", "reached", "wedge", "rent", "fiscal_cost", "change")
    return [
        {"name": one.constraint.name, "diversion": one.diversion(A, 3), "sales": list(one.sales.values())}
        | {name: getattr(one, name) for name in numbers}
        for one in outcome.constraints
    ]


def _bounded(world: World) -> dict[str, tuple[tuple[Constraint, ...], tuple[Nest, ...]]]:
    corn, gas = (
        Nest("corn", A, "S01", 9.0, 0.5, {B: 0.2, C: 0.1, A: 0.05}),
        Nest("gas", B, "S02", 4.0, -0.4, {A: 0.3}),
    )
    quota = Quota(name="quota", flows=(Flow(B, C, "S00"),), amount=0.6, basis="share", holder=D)
    access = Quota(
        name="access",
        flows=tuple(Flow(A, i, "S01") for i in (B, C, D)),
        amount=1.0,
        basis="share",
        holder="importer",
    )
    money = Purchase(
        name="money",
        flows=(Flow(A, B, "S01"),),
        amount=0.2 * float(world.flows.sel(importer=A, exporter=B, sector="S01")),
        basis="increment",
        measured="value",
        deflator=A,
    )
    tonnes = Purchase(name="tonnes", flows=(Flow(C, A, "S02"),), amount=1300.0, unit="tonnes")
    least = Purchase(name="corn", flows=(Flow(A, B, "S01", "corn"),), amount=1.4, basis="share")
    about = {"name": "tq", "flows": (Flow(D, A, "S01"),), "basis": "share", "inside": 0.02, "outside": 0.5}
    ends = {
        f"tariff quota {amount:g} of {holder}": ((TariffQuota(amount=amount, holder=holder, **about),), ())
        for amount, holder in ((0.01, "exporter"), (0.9, "importer"), (0.95, C), (30.0, "exporter"))
    }
    return ends | {
        "quota": ((quota,), ()),
        "quota of exporters": ((replace(quota, holder="exporter", amount=0.3),), ()),
        "ban": ((replace(quota, amount=0.0),), ()),
        "value": ((replace(quota, measured="value", holder="importer"),), ()),
        "money": ((money,), ()),
        "tonnes": ((tonnes,), ()),
        "half on top": ((replace(tonnes, additional=0.5), replace(money, additional=0.25)), ()),
        "share, partly on top": ((replace(least, additional=0.4),), (corn,)),
        "products": ((), (corn, gas)),
        "all of a cell": ((), (Nest("corn", A, "S01", 9.0, 0.5, {B: 1.0, C: 0.2}),)),
        "together": ((quota, money, tonnes, access, least), (corn, gas)),
    }


def _free(world: World, bounds: Sequence[Constraint], nests: Sequence[Nest], seed: int = 5) -> Shock:
    """Tariffs on a third of the cells, and none in markets with bounds or products told apart."""
    new = rates(world, seed, share=0.3)
    for importer, sector in {(one.importer, one.sector) for bound in bounds for one in bound.flows} | {
        (nest.importer, nest.sector) for nest in nests
    }:
        new.loc[{"importer": importer, "sector": sector}] = np.nan
    return Shock.tariffs(world, new)


def _looser(given: Counterfactual) -> Counterfactual:
    """Where half as much is asked for, or half as much more is let in."""
    return replace(
        given,
        constraints=tuple(
            replace(one, amount=one.amount * (0.5 if isinstance(one, Purchase) else 1.5))
            for one in given.constraints
        ),
    )


def _members(world: World, bounds: Sequence[Constraint], nests: tuple[Nest, ...]) -> list[Counterfactual]:
    """Other tariffs, other bounds and other amounts in each."""
    return [
        Counterfactual(
            _free(world, bounds, nests, k),
            tuple(
                replace(one, amount=one.amount * (1.0 - 0.002 * k))
                for c, one in enumerate(bounds)
                if (k >> c) & 1 or k % 3 == 0
            ),
            nests,
        )
        for k in range(17)
    ]


def _partly(bound: Constraint, additional: float) -> Constraint:
    return replace(bound, additional=additional) if bound.name == "tonnes" else bound


def base() -> dict[str, Any]:
    """Of the smallest world: all numbers and slopes of one duty."""
    world = toy()
    central = solve(world, Shock.tariffs(world, {("USA", "JPN", "C29"): 0.25}))
    found: dict[str, Any] = {"toy": told(central)}
    for party in world.countries:
        slope = gradient(central, Payoff(party, {"C29": 0.3}))
        found[f"slopes of {party}"] = {"tariff": slope.part_tariff, "cost": slope.part_cost}
    return found
