"""Many shocks at once, gradients and optimal tariffs: ratios within one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Console

from benchmarks.batch_worker import package_rates
from benchmarks.cases import TOLERANCE, Case, car_tariff
from kosho.bargain.optimal_tariffs import Tariffs, optimal
from kosho.bench.plain_solver import solve_plain
from kosho.equilibrium import BatchOutcome, Counterfactual, Flow, Purchase, Shock, gradient, solve, solve_batch
from kosho.impact.product_nests import nest, niche
from kosho.parallel import cores, one_thread
from kosho.world import World, load

PACKAGES = 8192
PLAIN = 12
"""Packages that the plain reference solves, one after the other."""


def packages(world: World, count: int) -> list[Case]:
    """See `batch_worker.package_rates`."""
    return [Case("package", world, rates) for rates in package_rates(world, count)]


def promises(world: World, shocks: list[Shock]) -> list[Counterfactual]:
    """The same packages, in which Japan also promises to buy American corn, gas and rice, or some of them."""
    nests = tuple(nest(world, niche(name)) for name in ("corn", "lng", "rice"))
    bounds = [
        Purchase(
            name=one.product, flows=(Flow("JPN", "USA", one.sector, one.product),), amount=1.3, basis="share"
        )
        for one in nests
    ]
    chosen = [tuple(bound for c, bound in enumerate(bounds) if (k >> c) & 1) for k in range(len(shocks))]
    return [Counterfactual(shock, some, nests) for shock, some in zip(shocks, chosen, strict=True)]


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def batch(world: World, shocks: Sequence[Shock | Counterfactual], processes: int = 1) -> BatchOutcome:
    return solve_batch(world, shocks, tol=TOLERANCE, processes=processes)


def alone_with_bounds(world: World, one: Counterfactual) -> object:
    return solve(world, one, tol=TOLERANCE)


def unilateral(world: World) -> Tariffs:
    """Tariffs of the United States on all partners and goods sectors."""
    return optimal(world, "USA")


def gradient_ratio(rounds: int = 15) -> tuple[float, float]:
    """Milliseconds of a gradient at 80 x 50, and how many solves that is."""
    case = car_tariff()
    outcome = case.prepared()
    with one_thread():
        gradients = [seconds(lambda: gradient(outcome, "USA")) for _ in range(rounds)]
        solves = [seconds(case.prepared) for _ in range(rounds)]
    return 1e3 * median(gradients), median(gradients) / median(solves)


def report(console: Console) -> None:
    world = load(regions="talks", sectors="talks")
    cases = packages(world, PACKAGES)
    shocks = [Shock.tariffs(world, case.rates) for case in cases]
    with one_thread():
        plain = seconds(lambda: [solve_plain(world, case.dense_rates, dense=False) for case in cases[:PLAIN]])
        single = seconds(lambda: [solve(world, shock, tol=TOLERANCE) for shock in shocks[:PLAIN]])
    together = [seconds(lambda: batch(world, shocks)) for _ in range(3)]
    rate = PACKAGES / median(together)
    console.print(
        f"batch of {PACKAGES:,} packages, 20 x 28: {rate:,.0f} solves a second in one process, "
        f"{rate * plain / PLAIN:.0f} times the plain loops, {rate * single / PLAIN:.1f} times one by one"
    )
    several = [seconds(lambda: batch(world, shocks, cores())) for _ in range(3)]
    console.print(
        f"  in {cores()} processes: {PACKAGES / median(several[1:]):,.0f} a second, "
        f"{PACKAGES / several[0]:,.0f} the first time, when they have to be started"
    )
    bounded = promises(world, shocks)
    alone = seconds(lambda: [alone_with_bounds(world, one) for one in bounded[:PLAIN]])
    with_bounds = median(seconds(lambda: batch(world, bounded)) for _ in range(3))
    console.print(
        f"  with up to three promises to buy: {PACKAGES / with_bounds:,.0f} a second in one process, "
        f"{PACKAGES / with_bounds * alone / PLAIN:.0f} times one by one"
    )
    spent, ratio = gradient_ratio()
    console.print(f"gradient over all tariffs and costs, 80 x 50: {spent:.0f} ms, {ratio:.2f} solves")
    spent = seconds(lambda: unilateral(world))
    console.print(f"optimal US tariffs on all partners and goods, 20 x 28: {spent:.2f} s")
