"""What `benchmarks.batch` times, in a process of its own: of this tree, or of an older one.

It names nothing but what both know. It reads names of cases, one a line, and answers each with a JSON object:
processor seconds, and what they were spent on.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from kosho.equilibrium import Flow, Purchase, Shock, gradient, solve, solve_batch
from kosho.world import World, load

sys.path.insert(0, str(Path(__file__).parent.parent))

TOLERANCE = 1e-8
TALKS, FEW, LARGE, PACKAGES, DRAWS, CERTIFIED = 3072, 1024, 384, 50, 20, 200
RATES_HERE, RATES_THERE = (0.0, 0.05, 0.1, 0.15, 0.24), (0.0, 0.02, 0.05)
NESTS = ("corn", "lng", "rice")
SERVICES_BEGIN = "D"
"""Of the ISIC sections that sort after manufacturing's."""


@cache
def talks() -> World:
    """The world of talks."""
    return load(regions="talks", sectors="talks")


def package_rates(world: World, count: int) -> list[dict[tuple[str, str, str], float]]:
    """Deals between the United States and Japan, everybody else's goods at ten percent in the United States."""
    rng = np.random.default_rng(2025)
    goods = [code for code in world.sectors if code < SERVICES_BEGIN]
    others = {("USA", code, sector): 0.1 for code in world.countries if code != "USA" for sector in goods}

    def rates() -> dict[tuple[str, str, str], float]:
        found = dict(others)
        for sector in goods:
            found["USA", "JPN", sector] = float(rng.choice(RATES_HERE))
            found["JPN", "USA", sector] = float(rng.choice(RATES_THERE))
        return found

    return [rates() for _ in range(count)]


@cache
def packages(whole: bool, count: int) -> list[Shock]:
    """These deals as shocks."""
    world = load() if whole else talks()
    return [Shock.tariffs(world, rates) for rates in package_rates(world, count)]


@cache
def promises(count: int) -> list[Any]:
    """The packages, in which Japan promises to buy American corn, gas and rice, or some of them."""
    try:
        rules, made = importlib.import_module("kosho.impact.product_nests"), "Counterfactual"
    except ModuleNotFoundError:
        rules, made = importlib.import_module("kosho.policy.niches"), "Bounded"
    change = getattr(importlib.import_module("kosho.equilibrium"), made)
    nests = tuple(rules.nest(talks(), rules.niche(name)) for name in NESTS)
    bounds = [
        Purchase(
            name=one.product, flows=(Flow("JPN", "USA", one.sector, one.product),), amount=1.3, basis="share"
        )
        for one in nests
    ]
    chosen = [tuple(bound for c, bound in enumerate(bounds) if (k >> c) & 1) for k in range(8)]
    return [change(shock, chosen[k % 8], nests) for k, shock in enumerate(packages(False, count))]


@cache
def draws(count: int) -> tuple[list[Shock], list[Any]]:
    """Packages under draws of elasticities."""
    rng = np.random.default_rng(7)
    theta = talks().theta
    thetas = [theta * np.exp(rng.normal(0.0, 0.2, theta.shape)) for _ in range(count)]
    some = packages(False, TALKS)[:PACKAGES]
    return some * count, [one for one in thetas for _ in some]


@cache
def huge() -> tuple[World, Shock]:
    """200 x 150."""
    from benchmarks.worlds import world

    made = world(200, 150)
    return made, Shock.tariffs(made, {("E0", f"E{k}", f"S{j}"): 0.25 for k in range(1, 20) for j in range(10)})


def together(world: World, members: list[Any], thetas: list[Any] | None = None) -> float:
    """Per member."""
    started = time.process_time()
    # What the build of before did not tell is not asked for.
    less = {"volumes": False} if "volumes" in signature(solve_batch).parameters else {}
    found = solve_batch(world, members, tol=TOLERANCE, thetas=thetas, processes=1, **less)
    spent = time.process_time() - started
    if not float(found.residual.max()) <= TOLERANCE:
        raise SystemExit("a member was not solved")
    return spent / len(members)


def one_by_one() -> float:
    """A solve."""
    made, shock = huge()
    started = time.process_time()
    solve(made, shock, tol=TOLERANCE)
    return time.process_time() - started


def slope() -> float:
    """A gradient, the solve before it left out."""
    made, shock = huge()
    outcome = solve(made, shock, tol=TOLERANCE)
    started = time.process_time()
    gradient(outcome, "E0")
    return time.process_time() - started


CASES: dict[str, Callable[[], float]] = {
    "talks": lambda: together(talks(), packages(False, TALKS)),
    "promises": lambda: together(talks(), promises(TALKS)),
    "few promises": lambda: together(talks(), promises(FEW)),
    "80x50": lambda: together(load(), packages(True, LARGE)),
    "draws": lambda: together(talks(), *draws(DRAWS)),
    "certificate": lambda: together(talks(), *draws(CERTIFIED)),
    "200x150 solve": one_by_one,
    "200x150 gradient": slope,
}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(CASES[line.strip()]()), flush=True)
