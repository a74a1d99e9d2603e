"""`python -m benchmarks lines`: many tariff lines at once, times a plain way of the same run.

`smart`: 5,600 lines x 80 partners against a loop over lines; `gsim`: 20 x 20 for all lines against one root by
scipy a line (a sample, scaled); `swap`: a package of 10,000 lines against one pricing of their table; `join`:
BACI-like rows in Parquet with two schedules against a merge by pandas, and the memory that it takes;
`schedule`: all lines of an imported schedule of 13,000 against the rows of its CSV file as the standard library
gives them. A ratio is how many times faster, for `swap` and `schedule` how many times longer.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.optimize import root

from kosho.law.schedules.importing import import_files
from kosho.law.schedules.store import imported
from kosho.lines import SwapLines, gsim, smart, swap_set

__all__ = ["main"]

LINES, PARTNERS, COUNTRIES = 5_600, 80, 20
SAMPLE = 40
ROWS = 10_000_000
SWAPS = 10_000
SCHEDULE = 13_000
HTS_HEADS = (
    "HTS Number",
    "Indent",
    "Description",
    "Unit of Quantity",
    "General Rate of Duty",
    "Special Rate of Duty",
    "Column 2 Rate of Duty",
)
NAMES = ("smart", "gsim", "swap", "join", "schedule")


def seconds(action: Callable[[], object], rounds: int = 3) -> float:
    times: list[float] = []
    for _ in range(rounds):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return median(times)


def imports(lines: int = LINES, partners: int = PARTNERS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    trade = rng.lognormal(0, 2, (lines, partners)) * (rng.random((lines, partners)) < 0.4)
    before = np.where(rng.random((lines, 1)) < 0.5, rng.uniform(0, 0.3, (lines, 1)), 0.0) * np.ones(
        (1, partners)
    )
    after = before.copy()
    after[:, 3] = 0.0
    return trade, before, after


def smart_line_by_line(
    trade: np.ndarray, before: np.ndarray, after: np.ndarray, eta: float, sigma: float
) -> dict[str, float]:
    """The plain reference: one line, one partner at a time, as a spreadsheet does it."""
    sums = dict.fromkeys(("creation", "diversion", "revenue", "consumer_surplus", "welfare"), 0.0)
    for line in range(len(trade)):
        change = {}
        for partner in range(trade.shape[1]):
            change[partner] = (after[line, partner] - before[line, partner]) / (1 + before[line, partner])
        sellers = [partner for partner in change if trade[line, partner] > 0]
        worst = max((1 + change[partner] for partner in sellers), default=1.0)
        weights = {k: trade[line, k] * (1 + sigma * (1 - (1 + change[k]) / worst)) for k in sellers}
        total, whole = sum(trade[line, k] for k in sellers), sum(weights.values())
        for partner in sellers:
            imports, old, new = trade[line, partner], before[line, partner], after[line, partner]
            diverted = weights[partner] * total / whole - imports
            created = max(imports * eta * change[partner], -(imports + diverted))
            later = imports + created + diverted
            revenue = new * later - old * imports
            surplus = (old - new) * (imports + later) / 2
            moved = abs(diverted) / 2
            for name, value in zip(sums, (created, moved, revenue, surplus, surplus + revenue), strict=True):
                sums[name] += value
    return sums


def smart_all_at_once(
    trade: np.ndarray, before: np.ndarray, after: np.ndarray, eta: float, sigma: float
) -> dict[str, float]:
    found = smart(trade, before, after, demand=eta, substitution=sigma)
    return {name: float(value) for name, value in found.totals._asdict().items()}


def smart_row() -> dict[str, Any]:
    given = (*imports(), -1.25, 5.0)
    mine = seconds(lambda: smart_all_at_once(*given), 9)
    started = time.process_time()
    plain = smart_line_by_line(*given)
    theirs = time.process_time() - started
    found = smart_all_at_once(*given)
    same = all(abs(found[name] - plain[name]) <= 1e-9 * max(abs(plain["revenue"]), 1) for name in plain)
    return {"name": "smart", "ratio": theirs / mine, "least": 200, "same": same}


def world_trade() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(9)
    trade = rng.lognormal(0, 2, (LINES, COUNTRIES, COUNTRIES))
    before = rng.uniform(0, 0.2, trade.shape)
    after = before.copy()
    after[:, 0, 1] = after[:, 1, 0] = 0.0
    return trade, before, after


def gsim_line(trade: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The plain reference: excess supply of one line, market by market, and scipy's root of it."""
    bought = trade * (1 + before)
    theta, phi = bought / bought.sum(axis=0), trade / trade.sum(axis=1, keepdims=True)
    power = (1 + after) / (1 + before) - 1
    em, ex, es = -1.25, 1.5, 5.0

    def excess(price: np.ndarray) -> list[float]:
        found = []
        for r in range(len(trade)):
            own = theta[r] * em - (1 - theta[r]) * es
            others = (theta * (price[:, None] + power)).sum(axis=0) - theta[r] * (price[r] + power[r])
            wanted = own * (price[r] + power[r]) + others * (em + es)
            found.append(ex * price[r] - (phi[r] * wanted).sum())
        return found

    return root(excess, np.zeros(len(trade))).x


def gsim_row() -> dict[str, Any]:
    trade, before, after = world_trade()
    mine = seconds(lambda: gsim(trade, before, after, demand=-1.25, supply=1.5, substitution=5.0), 5)
    started = time.process_time()
    found = [gsim_line(trade[k], before[k], after[k]) for k in range(SAMPLE)]
    theirs = (time.process_time() - started) * LINES / SAMPLE
    some = gsim(trade[:SAMPLE], before[:SAMPLE], after[:SAMPLE], demand=-1.25, supply=1.5, substitution=5.0)
    same = bool(np.allclose(some.world_price, found, atol=1e-7))
    return {"name": "gsim", "ratio": theirs / mine, "least": 30, "same": same}


def swap_row() -> dict[str, Any]:
    given = imports(SWAPS)
    one = seconds(lambda: smart_all_at_once(*given, -1.25, 5.0))
    rng = np.random.default_rng(10)
    giver = rng.integers(0, 2, SWAPS)
    trade = rng.lognormal(0, 2, SWAPS)
    cost = trade * rng.uniform(0.01, 0.2, SWAPS)
    gains = np.where(
        giver[:, None] == [0, 1], -rng.uniform(-0.1, 1, (SWAPS, 2)), rng.uniform(0, 1.2, (SWAPS, 2))
    )
    lines = SwapLines(("A", "B"), [f"{k:06d}" for k in range(SWAPS)], giver, gains * cost[:, None], trade, cost)
    found = swap_set(lines, 0.5, coverage=0.9)
    swapped = seconds(lambda: swap_set(lines, 0.5, coverage=0.9))
    return {"name": "swap", "ratio": swapped / one, "most": 100, "gap": found.gap, "same": found.gap < 0.01}


PREPARE = """
import sys, numpy as np, polars as pl
rows, folder = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(11)
codes = np.array([f"{k:06d}" for k in rng.choice(999_999, 5_600, replace=False)])
where = np.array([f"C{k:02d}" for k in range(90)])
pl.DataFrame({
    "importer": np.where(rng.random(rows) < 0.5, "AAA", "BBB"), "exporter": where[rng.integers(0, 90, rows)],
    "hs": codes[rng.integers(0, 5_600, rows)], "value": rng.lognormal(0, 2, rows),
}).write_parquet(f"{folder}/trade.parquet")
lines = np.array([f"{code}{tail}" for code in codes for tail in ("10", "90")])
pl.concat([
    pl.DataFrame({"importer": [name] * len(lines), "exporter": [""] * len(lines), "hs": lines,
                  "rate": rng.uniform(0, 0.2, len(lines))})
    for name in ("AAA", "BBB")
]).write_parquet(f"{folder}/rates.parquet")
"""
POLARS = """
import sys, time, resource, polars as pl
from kosho.lines import join_rates
folder = sys.argv[2]
started = time.perf_counter()
joined = join_rates(pl.scan_parquet(f"{folder}/trade.parquet"), pl.scan_parquet(f"{folder}/rates.parquet"))
told = joined.group_by("importer").agg(
    (pl.col("rate") * pl.col("value")).sum().alias("bill"), pl.len().alias("rows")
).sort("importer").collect(engine="streaming")
print(time.perf_counter() - started, resource.getrusage(0).ru_maxrss / 1e6, sum(told["bill"]))
"""
PANDAS = """
import sys, time, resource, pandas as pd
folder = sys.argv[2]
started = time.perf_counter()
trade = pd.read_parquet(f"{folder}/trade.parquet")
rates = pd.read_parquet(f"{folder}/rates.parquet")
rates["hs"] = rates["hs"].str[:6]
mean = rates.groupby(["importer", "hs"], as_index=False)["rate"].mean()
joined = trade.merge(mean, on=["importer", "hs"], how="left")
joined["bill"] = joined["rate"] * joined["value"]
told = joined.groupby("importer")["bill"].sum()
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, told.sum())
"""


def _timed(command: list[str]) -> tuple[float, float, float]:
    """Seconds, gigabytes and the result of a process."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    taken, memory, bill = map(float, done.stdout.split())
    return taken, memory, bill


def join_row(rows: int = ROWS) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-c"]
        subprocess.run([*run, PREPARE, str(rows), folder], check=True)  # noqa: S603
        found = [_timed([*run, code, str(rows), folder]) for code in (POLARS, PANDAS)]
    (mine, memory, bill), (theirs, _, plain) = found
    return {
        "name": "join", "ratio": theirs / mine, "least": 5, "rows": rows, "gigabytes": memory,
        "same": abs(bill / plain - 1) < 1e-9 and memory <= 2.0,
    }  # fmt: skip


def schedule_row(lines: int = SCHEDULE) -> dict[str, Any]:
    """Every line of a schedule that was imported, as objects with their duties."""
    duties = ("Free", "2.5%", "1.5¢/kg", "4¢/kg + 6.5%")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KOSHO_DATA"] = folder
        path = Path(folder, "schedule.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(HTS_HEADS)
            for k in range(lines):
                code = f"{1 + k // 400:02d}{1 + k // 20 % 20:02d}.{10 + k % 20}.00"
                rows.writerow([code, 0, f"Good {k}", "kg", duties[k % 4], "Free (AU,KR,SG)", "20%"])
        import_files([path], "USA", "made up", date(2025, 1, 1))
        mine = seconds(lambda: imported("USA")[0].lines.under(""), 5)
        found = imported("USA")[0].lines.under("")

        def plain() -> list[dict[str, str]]:
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        theirs = seconds(plain, 5)
        same = len(found) == lines == len(plain())
    return {"name": "schedule", "ratio": mine / theirs, "most": 6, "same": same}


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks lines", description=__doc__)
    parser.add_argument("--json", action="store_true", help="machine-readable, on standard output")
    parser.add_argument("--only", choices=NAMES, action="append", help="a row; may be given again")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the table that is joined")
    given = parser.parse_args(words)
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "smart": smart_row, "gsim": gsim_row, "swap": swap_row, "join": lambda: join_row(given.rows),
        "schedule": schedule_row,
    }  # fmt: skip
    found = [way() for name, way in ways.items() if name in (given.only or NAMES)]
    if given.json:
        print(json.dumps({"rows": found}, indent=2))
        return
    for one in found:
        print(
            ", ".join(
                f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                for key, value in one.items()
            )
        )
