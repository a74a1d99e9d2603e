"""`python -m benchmarks bargain`: the frontier against plain NumPy, and a whole table in its parts.

With `--base TREE` (a checkout of another build) it is `kosho bargain japan-us-2025` from an empty cache, as its
default has it, in turn with that of the base: ratios within each round, of the processor's time (all processes
of a run) and by the clock. On a machine that does other work the former is the one to read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as Shown

from benchmarks.startup import add_base, kosho
from kosho.arrays import Array
from kosho.bargain import frontier, solutions
from kosho.bargain.deal import Effort
from kosho.bargain.pricing import price
from kosho.bargain.robustness import certify, closing_points, leading_packages
from kosho.case import Case
from kosho.world import load

PACKAGES = 1_000_000
TABLE = "japan-us-2025"
MOST = 0.4
"""Of the base's time."""
HERE = Path(__file__).parents[1]


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


def whole(tree: Path) -> tuple[float, float]:
    """Seconds of the table's command of the build in a checkout, of the processor and by the clock."""
    with tempfile.TemporaryDirectory() as folder:
        return kosho(tree, Path(folder), ("bargain", TABLE)).seconds()


def compared(base: Path, rounds: int) -> dict[str, object]:
    """The command against that of another build, medians over rounds in each of which both run once."""
    found = [(whole(base), whole(HERE)) for _round in range(rounds)]
    return {
        "what": f"kosho bargain {TABLE}",
        "cpu_ratio": round(median(new[0] / old[0] for old, new in found), 3),
        "ratio": round(median(new[1] / old[1] for old, new in found), 3),
        "cpu_seconds": round(median(new[0] for _old, new in found), 1),
        "seconds": round(median(new[1] for _old, new in found), 1),
        "most": MOST,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks bargain", description=__doc__)
    add_base(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="With --base: a JSON object.")
    asked = parser.parse_args(arguments)
    if asked.base is None:
        parts(Console(width=110))
        return
    row = compared(asked.base, asked.rounds)
    took = f"{row['cpu_seconds']} s and {row['seconds']} s"
    ratios = f"{row['cpu_ratio']} of the processor, {row['ratio']} by the clock ({took}); at most {row['most']}"
    print(json.dumps(row) if asked.json else f"{row['what']} against the base: {ratios}")


def parts(console: Console) -> None:
    """The frontier, and the table's parts."""
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
    table = Case.load(TABLE).table()
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
