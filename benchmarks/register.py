"""A register of ten thousand measures: read for the first time, read again, and asked for rates.

`python -m benchmarks register [--measures 10000] [--base TREE] [--json]`. Each build runs in processes of its
own with a cache of its own, in turn; seconds are of the processor. A base may be so old that the package of the
law is called `kosho.policy` there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.startup import add_base

__all__ = ["main", "written"]

MEASURES, ROUNDS = 10_000, 3
IMPOSERS = ("USA", "CHN", "JPN", "CAN", "MEX", "KOR", "IND", "BRA", "GBR", "AUS")
PARTNERS = ("DEU", "FRA", "ITA", "ESP", "POL", "TUR", "VNM", "THA", "IDN", "ZAF")
SECTORS = ("A01", "C20", "C23", "C25", "C27", "C28", "C29")
STEPS = {
    "first": "read for the first time",
    "again": "read again",
    "rates": "a rate, of a hundred, the first aside",
}
HEAD = """title: Measures made for a measurement
sources:
  - {id: made, title: Made for a measurement, publisher: nobody, kind: own}
measures:
"""
WORKER = """
import json, resource, sys
from datetime import date
try:
    from kosho.law import Product, Register
except ModuleNotFoundError:
    from kosho.policy import Product, Register
def spent():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime + resource.getrusage(resource.RUSAGE_SELF).ru_stime
started = spent()
register = Register.load([sys.argv[1]])
loaded = spent()
asked = [(i, e, s) for i in IMPOSERS for e in PARTNERS for s in SECTORS[-1:]]
rate = lambda i, e, s: register.rate(i, e, Product(s), date(2025, 6, 1)).rate
rate(*asked[0])
begun = spent()
found = sum(rate(*one) for one in asked)
print(json.dumps({"load": loaded - started, "rates": (spent() - begun) / len(asked), "sum": found,
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def written(folder: Path, count: int) -> Path:
    """A file of so many valid measures: duties of ten countries on ten others, by sector, a day after a day."""
    path = folder / "register.yaml"
    path.write_text(HEAD + "".join(_measures(count)), encoding="utf-8")
    return path


def _measures(count: int) -> Iterator[str]:
    for k in range(count):
        imposer, partner = IMPOSERS[k % 10], PARTNERS[k // 10 % 10]
        sector, month = SECTORS[k // 100 % 7], 1 + k // 700 % 12
        yield (
            f"  - id: made-{k}\n"
            f"    title: Duty {k}\n"
            f"    imposer: {imposer}\n"
            f"    authority: made-{k // 100}\n"
            f"    partners: {{include: [{partner}]}}\n"
            f"    scope: {{sectors: [{sector}]}}\n"
            f"    kind: tariff\n"
            f"    value: {1 + k % 9}\n"
            f"    stage: in_force\n"
            f"    legal_from: 2024-{month:02}-01\n"
            f"    legal_to: {2024 + k % 3}-12-31\n"
            f"    known_from: 2024-{month:02}-01\n"
            f"    legal_basis: Order {k}\n"
            f"    source: [made]\n"
            f"    status: assumption\n"
        )


def _run(tree: Path, cache: Path, file: Path) -> dict[str, float]:
    names = f"IMPOSERS, PARTNERS, SECTORS = {IMPOSERS!r}, {PARTNERS!r}, {SECTORS!r}\n"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-W", "ignore", "-c", names + WORKER, str(file)],
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "KOSHO_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def compared(count: int, rounds: int, base: Path | None) -> list[dict[str, object]]:
    """Rows by step: medians of seconds, and how many times those the base takes.

    Raises:
        SystemExit: the two do not tell the same rates.
    """
    trees = [Path(__file__).parents[1], *([base] if base is not None else [])]
    found: list[list[dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), count)
        for turn in range(rounds):
            each: list[dict[str, float]] = []
            for number, tree in enumerate(trees):
                cache = Path(folder, f"{number}-{turn}")
                first, again = _run(tree, cache, file), _run(tree, cache, file)
                each.append({"first": first["load"], "again": again["load"], **_told(again)})
            if any(abs(one["sum"] - each[0]["sum"]) > 1e-9 for one in each):
                raise SystemExit(f"not the same rates: {[one['sum'] for one in each]}")
            found.append(each)
    rows: list[dict[str, object]] = []
    for step, what in STEPS.items():
        row: dict[str, object] = {"name": what, "seconds": median(each[0][step] for each in found)}
        if base is not None:
            row["base_seconds"] = median(each[1][step] for each in found)
            row["share"] = median(each[0][step] / each[1][step] for each in found)
        rows.append(row)
    rows.append({"name": "peak", "megabytes": [round(one["peak"]) for one in found[-1]]})
    return rows


def _told(run: dict[str, float]) -> dict[str, float]:
    return {name: run[name] for name in ("rates", "sum", "peak")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks register", description=__doc__)
    add_base(parser)
    parser.add_argument("--measures", type=int, default=MEASURES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    for row in compared(asked.measures, asked.rounds, asked.base):
        print(json.dumps(row) if asked.json else "  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
