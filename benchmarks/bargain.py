"""`python -m benchmarks.bargain`: the frontier against plain NumPy, and a whole table."""

from __future__ import annotations

import os
import platform
import time

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as Shown

from kosho.arrays import Array
from kosho.bargain import frontier, solutions
from kosho.bargain.deal import Effort
from kosho.bargain.pricing import price
from kosho.bargain.robustness import certify, closing_points, leading_packages
from kosho.case import Case
from kosho.world import load

PACKAGES = 1_000_000


def near_zero_sum(count: int = PACKAGES, parties: int = 3, seed: int = 1) -> Array:
    """Payoffs whose sums differ little: what one party gets another loses, and many are undominated."""
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(count, parties))
    points -= points.mean(axis=1, keepdims=True)
    return points + 0.05 * generator.normal(size=(count, 1))


def plain_frontier(payoffs: Array) -> NDArray[np.intp]:
    """Compare with one survivor after the other, largest sum first, and prune what it dominates."""
    left = np.argsort(-payoffs.sum(axis=1), kind="stable")
    points = payoffs[left]
    at = 0
    while at < len(points):
        one = points[at]
        dominated = (points <= one).all(axis=1) & (points < one).any(axis=1)
        left, points = left[~dominated], points[~dominated]
        at += 1
    return np.sort(left)


def seconds(action: object) -> tuple[float, object]:
    """Wall time of a call."""
    started = time.perf_counter()
    found = action()  # type: ignore[operator]
    return time.perf_counter() - started, found


def main() -> None:
    console = Console(width=110)
    rows = Shown(title="Frontier of near zero-sum payoffs, three parties")
    for heading in ("packages", "on the frontier", "seconds", "plain NumPy with pruning", "times"):
        rows.add_column(heading, justify="right")
    frontier(near_zero_sum(1000))  # loads the library
    for count in (100_000, PACKAGES):
        payoffs = near_zero_sum(count)
        fast, found = min((seconds(lambda p=payoffs: frontier(p)) for _ in range(3)), key=lambda one: one[0])
        slow, expected = seconds(lambda p=payoffs: plain_frontier(p))
        assert np.array_equal(found, expected)
        rows.add_row(f"{count:,}", f"{len(found):,}", f"{fast:.2f}", f"{slow:.1f}", f"{slow / fast:.0f}")
    console.print(rows)
    table_rows(console)
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")


def table_rows(console: Console) -> None:
    """The table of Japan and the United States, in its parts."""
    table = Case.load("japan-us-2025").table()
    world = load(regions="talks", sectors="talks")
    took, priced = seconds(lambda: price(table, table.backgrounds[0], world))
    solved, found = seconds(lambda: solutions(priced.game))
    console.print(f"{len(table.grid):,} packages priced in {took:.1f} s, solutions in {solved:.3f} s more")
    some = leading_packages(priced.game, Effort().certified)
    took, _ = seconds(lambda: certify(priced, some, Effort().draws, 1, lambda _: None))
    console.print(f"{len(some)} packages certified over {Effort().draws} draws in {took:.1f} s")
    deals = np.unique([rows[0] for rows in found.values()])
    took, _ = seconds(lambda: closing_points(priced, deals))
    console.print(f"critical weights and elasticities of {len(deals)} deals in {took:.1f} s")


if __name__ == "__main__":
    main()
