"""Tables of the size of real ones: importing the OECD CSV against pymrio, and solving a GTAP-sized world.

`python -m benchmarks worlds [--json]`. Imports run in processes of their own, so that their memory can be told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from kosho.codes import countries, sectors
from kosho.equilibrium import Shock, solve
from kosho.world import World, labelled

ECONOMIES, OECD_SECTORS, FINAL = 81, 50, ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
SMALL, LARGE = (80, 50), (160, 65)
"""Economies and sectors of the table that ships, and of GTAP 11."""
TOLERANCE = 1e-8
ROUNDS = 3
"""Imports of each kind, in turn; the quickest counts."""
CELL = ("importer", "exporter", "sector")
KOSHO = (
    "import pyarrow.csv; from pathlib import Path; "
    "from kosho.world.readers.oecd_csv import build_from_oecd_csv as read"
)
PYMRIO = "import pymrio"
TIMED = (
    "import resource, time; {load}; started = time.perf_counter(), time.process_time(); {work}; "
    "print(time.perf_counter() - started[0], time.process_time() - started[1], "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)"
)


def oecd_csv(path: Path) -> Path:
    """A CSV of the layout and size of the edition of 2025, with made-up figures."""
    rng = np.random.default_rng(2025)
    codes = [*[code for code in countries() if code != "ROW"][: ECONOMIES - 1], "ROW"]
    industries = [f"{country}_{sector}" for country in codes for sector in sectors()]
    finals = [f"{country}_{name}" for country in codes for name in FINAL]
    size, home = len(industries), np.arange(len(industries)) // OECD_SECTORS
    column, output = np.zeros(size), np.zeros(size)
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(["V1", *industries, *finals, "OUT"]) + "\n")
        for row, name in enumerate(industries):
            used = (rng.lognormal(-3.0, 2.0, size) * np.where(home == home[row], 30.0, 1.0)).round(6)
            bought = rng.lognormal(1.0, 1.5, len(finals)).round(6)
            column += used
            output[row] = used.sum() + bought.sum()
            values = ",".join(f"{value:.6f}" for value in (*used, *bought, output[row]))
            file.write(f"{name},{values}\n")
        for name, values in (("TLS", 0 * output), ("VA", output - column), ("OUT", output)):
            tail = ",".join(["0"] * (len(finals) + 1))
            file.write(f"{name},{','.join(f'{value:.6f}' for value in values)},{tail}\n")
    return path


def measured(load: str, work: str) -> tuple[float, float, float]:
    """Seconds by the clock and of the processor, and GB, of work in a process of its own.

    What it loads first is not counted as time.
    """
    command = [sys.executable, "-W", "ignore", "-c", TIMED.format(load=load, work=work)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    clock, processor, memory = map(float, done.stdout.split()[-3:])
    return clock, processor, memory


def world(economies: int, goods: int) -> World:
    """A dense world with inputs, base duties and unequal economies."""
    rng = np.random.default_rng(economies)
    names = tuple(f"E{k}" for k in range(economies)), tuple(f"S{k}" for k in range(goods))
    size = rng.lognormal(0.0, 1.0, economies)
    flows = rng.lognormal(0.0, 1.0, (economies, economies, goods)) * (size[:, None] * size)[:, :, None]
    home = np.arange(economies)
    flows[home, home] *= 3.0 * economies
    tariff = rng.uniform(0.0, 0.2, flows.shape)
    tariff[home, home] = 0.0
    inputs = rng.dirichlet(np.ones(goods), (economies, goods)).transpose(0, 2, 1) * 0.4
    spending, output = (flows * (1.0 + tariff)).sum(axis=1), flows.sum(axis=0)
    inputs *= np.minimum(1.0, 0.7 * spending / np.einsum("nkj,nj->nk", inputs, output))[:, :, None]
    return World.from_flows(
        labelled(flows, CELL, *names),
        tariff=labelled(tariff, CELL, *names),
        io_share=labelled(inputs, ("country", "input", "sector"), *names),
        theta=labelled(rng.uniform(2.0, 9.0, goods), ("sector",), *names),
    )


def solve_seconds(sizes: tuple[int, int], rounds: int = 3) -> float:
    """Median time of one solve per million cells, the first left out."""
    made = world(*sizes)
    rates = {("E0", f"E{k}", f"S{j}"): 0.25 for k in range(1, 20) for j in range(10)}
    shock = Shock.tariffs(made, rates)
    times: list[float] = []
    for _ in range(rounds + 1):
        started = time.process_time()
        solve(made, shock, tol=TOLERANCE)
        times.append(time.process_time() - started)
    return median(times[1:]) / (sizes[0] ** 2 * sizes[1] / 1e6)


def solve_memory(sizes: tuple[int, int]) -> float:
    """GB that building and solving such a world takes in a process of its own."""
    return measured("from benchmarks.worlds import solve_seconds", f"solve_seconds({sizes!r}, 1)")[2]


def rows() -> list[dict[str, object]]:
    """What is measured, with bounds."""
    found: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = oecd_csv(Path(folder) / "ICIO2025_2022.csv")
        pairs = [
            (
                measured(KOSHO, f"read(Path({str(path)!r}))"),
                measured(PYMRIO, f"pymrio.parse_oecd({str(path)!r})"),
            )
            for _ in range(ROUNDS)
        ]
    mine, theirs = (min(pair[side][0] for pair in pairs) for side in (0, 1))
    found.append(
        {
            "name": "OECD CSV, times faster than pymrio",
            "ratio": theirs / mine,
            "processor_ratio": min(pair[1][1] for pair in pairs) / min(pair[0][1] for pair in pairs),
            "seconds": mine,
            "gb": max(pair[0][2] for pair in pairs),
            "pymrio_seconds": theirs,
            "bound": "at least 3, at most 1.5 GB",
        }
    )
    small, large = solve_seconds(SMALL), solve_seconds(LARGE)
    found.append(
        {
            "name": "160 x 65 over 80 x 50, time a cell",
            "ratio": large / small,
            "seconds": large * LARGE[0] ** 2 * LARGE[1] / 1e6,
            "gb": solve_memory(LARGE),
            "bound": "at most 1.5, at most 1 GB",
        }
    )
    return found


def main(words: list[str]) -> None:
    """Print the rows, as text or with `--json` one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks worlds")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(words)
    for row in rows():
        text = (
            f"{row['name']:38} {row['ratio']:6.2f}   {row['seconds']:.2f} s, {row['gb']:.2f} GB; {row['bound']}"
        )
        print(json.dumps(row) if chosen.json else text)
