"""`python -m benchmarks closures`: solves and batches under closures, times plain ones of the same run.

A round times a plain answer and one under a closure, one after the other; what is told is the median ratio of
processor time, BLAS with one thread, worlds and closures prepared. `ratio` of a solve is how many times longer
it takes, at 80 x 50, a US car tariff of 25 %; that of a batch is its speed in packages a second, on `talks`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np

from kosho.equilibrium import Closure, Shock, solve, solve_batch
from kosho.parallel import one_thread
from kosho.world import World, load

__all__ = ["main"]

ROUNDS, BATCHES = 11, 5
PACKAGES = 768


def solves(world: World) -> Mapping[str, tuple[Closure, float]]:
    """Closures, each with the ratio it must not exceed."""
    goods = [code for code in world.sectors if code[0] in "ABC"]
    relief = {"labour_supply": 0.5, "labour_tax": 0.3, "revenue": "tax-relief"}
    every = {"capital": "accumulated", "labour_mobility": 1.5, "profits": goods, "absorbed": {"C29": 0.5}}
    return {
        "labour supply": (Closure(labour_supply=0.5), 1.1),
        "tax relief": (Closure(**relief), 1.1),  # pyright: ignore[reportArgumentType]
        "absorbed": (Closure(absorbed={"C29": 0.5}), 1.1),
        "profits": (Closure(profits=goods), 1.4),
        "capital": (Closure(capital="accumulated"), 1.4),
        "sectors, 1.5": (Closure(labour_mobility=1.5), 3.0),
        "sectors, 1": (Closure(labour_mobility=1.0), 3.0),
        "all": (Closure(**relief, **every), 3.2),  # pyright: ignore[reportArgumentType]
    }


BATCH = {
    "labour supply": Closure(labour_supply=0.5),
    "absorbed": Closure(absorbed={"C29": 0.5}),
    "capital": Closure(capital="accumulated"),
    "the three": Closure(labour_supply=0.5, capital="accumulated", absorbed={"C29": 0.5}),
}
SLOWEST = 0.7
"""Of a batch."""


def rows() -> list[dict[str, Any]]:
    """What is told, a row a closure."""
    world, talks = load(), load(regions="talks", sectors="talks")
    change = Shock.tariffs(world, {("USA", code, "C29"): 0.25 for code in world.countries if code != "USA"})
    some = packages(talks)
    found: list[dict[str, Any]] = []
    with one_thread():
        for name, (closure, most) in solves(world).items():
            ratio = _ratio(
                lambda: solve(world, change), lambda one=closure: solve(world, change, closure=one), ROUNDS
            )
            found.append({"name": f"solve 80x50, {name}", "ratio": ratio, "most": most})
        for name, closure in BATCH.items():
            ratio = _ratio(
                lambda one=closure: solve_batch(talks, some, closure=one, processes=1),
                lambda: solve_batch(talks, some, processes=1),
                BATCHES,
            )
            found.append({"name": f"batch 20x28, {name}", "ratio": ratio, "least": SLOWEST})
    return found


def packages(world: World) -> list[Shock]:
    """Packages of a table between two parties, at random."""
    rng = np.random.default_rng(1)
    cells = [("USA", "JPN", code) for code in ("C29", "C24A", "C28")]
    cells += [("JPN", "USA", code) for code in ("A01", "C10T12")]
    return [
        Shock.tariffs(world, dict(zip(cells, rng.uniform(0.0, 0.3, len(cells)).tolist(), strict=True)))
        for _ in range(PACKAGES)
    ]


def _ratio(below: Callable[[], object], above: Callable[[], object], rounds: int) -> float:
    """How many times longer the second takes than the first."""
    below()
    above()
    found: list[float] = []
    for _ in range(rounds):
        times: list[float] = []
        for action in (below, above):
            started = time.process_time()
            action()
            times.append(time.process_time() - started)
        found.append(times[1] / times[0])
    return round(median(found), 3)


def main(arguments: list[str]) -> None:
    """Print the rows, as text or with `--json` one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks closures")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    for row in rows():
        bound = f"at most {row['most']}" if "most" in row else f"at least {row['least']}"
        print(json.dumps(row) if chosen.json else f"{row['name']:32} {row['ratio']:6.2f}   {bound}")
