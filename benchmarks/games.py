"""`python -m benchmarks games`: tariff games with flows next to nothing left in, over those with them dropped.

Every game is a process of its own, BLAS with one thread; with `--base TREE` (a checkout of another build) the
games with flows dropped by hand run in that build. The worlds are those of the replications, without inputs,
balanced before anything is timed; KOSHO_SHARED is the folder that has them under `reference/`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from kosho.equilibrium import rebase
from kosho.world import World, labelled

__all__ = ["main"]

LEAST = 1e-6
"""Share of imports below which a flow is dropped."""
CELL = ("importer", "exporter", "sector")
GAMES = {
    "nash 44x16": ("wiod2014", "nash"),
    "nash 7x33": ("ossa2014", "nash"),
    "cooperative 7x33": ("ossa2014", "cooperative"),
}
DROPPED = "flows dropped"


def world(folder: Path, *, drop: bool) -> World:
    """The world of a folder's data, balanced; its smallest flows between countries dropped first, or not."""
    data = np.load(folder / "data.npz")
    tariff = np.asarray(data["tariff"], float)
    flows = np.array(data["flows"] if "flows" in data else data["spending"] / (1.0 + tariff), float)
    count, _, size = flows.shape
    home = np.arange(count)
    if drop:
        abroad = flows.copy()
        abroad[home, home] = 0.0
        small = (abroad > 0) & (abroad < LEAST * abroad.sum(axis=(1, 2), keepdims=True))
        flows[small] = 0.0
    labels = [str(code) for code in data["countries"]], [f"S{number:02}" for number in range(size)]
    made = World.from_flows(
        labelled(flows, CELL, *labels),
        tariff=labelled(tariff, CELL, *labels),
        io_share=labelled(np.zeros((count, size, size)), ("country", "input", "sector"), *labels),
        theta=labelled(np.asarray(data["sigma"], float) - 1.0, ("sector",), *labels),
        **(
            {"insist": True} if "insist" in signature(World.from_flows).parameters else {}
        ),  # not in older builds
    )
    return rebase(made, "zero")


def play(game: str, *, drop: bool) -> dict[str, float]:
    """Seconds of the processor and by the clock of one game in this process, in whichever build it has."""
    study, kind = GAMES[game]
    table = world(Path(os.environ["KOSHO_SHARED"], "reference", study), drop=drop)
    name = "kosho.bargain.optimal_tariffs"
    room = import_module(name if find_spec(name) else "kosho.bargain.tariffs")  # its name of before
    bounds = getattr(room, "RateBounds", None) or room.Bounds
    before, started = time.process_time(), time.perf_counter()
    found: Any = getattr(room, kind)(table, table.countries, table.sectors, bounds(0.0, 10.0))
    cpu, wall = time.process_time() - before, time.perf_counter() - started
    return {"cpu": cpu, "wall": wall, "equilibria": found.evaluations, "residual": found.residual}


def _process(tree: Path, game: str, *, drop: bool) -> dict[str, float]:
    """The same in a process of another build."""
    command = [sys.executable, __file__, "--one", game, *(["--drop"] if drop else [])]
    told = {"PYTHONPATH": str(tree / "src"), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout)


def compared(rounds: int, base: Path | None, games: Sequence[str]) -> list[dict[str, object]]:
    """Rows of ratios: medians over rounds in each of which every process runs once."""
    here = Path(__file__).parents[1]
    against = f"{DROPPED}, {'this build' if base is None else 'the base'}"
    rows: list[dict[str, object]] = []
    for game in games:
        pairs = [
            (_process(here, game, drop=False), _process(base or here, game, drop=True)) for _ in range(rounds)
        ]
        rows.append(
            {
                "what": game,
                "against": against,
                "ratio": round(median(left["wall"] / dropped["wall"] for left, dropped in pairs), 3),
                "cpu_ratio": round(median(left["cpu"] / dropped["cpu"] for left, dropped in pairs), 3),
                "seconds": round(median(left["wall"] for left, _ in pairs), 2),
                "cpu_seconds": round(median(left["cpu"] for left, _ in pairs), 2),
                "equilibria": [int(pairs[0][0]["equilibria"]), int(pairs[0][1]["equilibria"])],
                "residual": max(left["residual"] for left, _ in pairs),
            }
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks games", description=__doc__)
    parser.add_argument("--base", type=Path, metavar="TREE", help="Checkout of a build to compare with.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=GAMES, action="append", help="One of the games; may be given again.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", choices=GAMES, help=argparse.SUPPRESS)
    parser.add_argument("--drop", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if "KOSHO_SHARED" not in os.environ:
        parser.error("KOSHO_SHARED names no folder: the data of these games do not ship")
    if asked.one:
        print(json.dumps(play(asked.one, drop=asked.drop)))
        return
    if asked.base is not None and not (asked.base / "src" / "kosho").is_dir():
        parser.error(f"{asked.base} is no checkout: it has no src/kosho")
    for row in compared(asked.rounds, asked.base, asked.only or list(GAMES)):
        if asked.json:
            print(json.dumps(row))
        else:
            ratios = f"{row['ratio']} by the clock, {row['cpu_ratio']} of the processor ({row['seconds']} s)"
            print(f"{row['what']:16} against {row['against']:26} {ratios}")


if __name__ == "__main__":
    main()
