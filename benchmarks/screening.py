"""`python -m benchmarks screening [PACKAGES ...] [--exact] [--base TREE]`: tables screened and confirmed.

Each is priced in a process of its own, so that its memory can be told, with one BLAS thread; `--exact`
solves every package as well (a minute and 1.4 GB for 144,000) and compares frontier and deals, `--base`
prices the table with an older tree.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib import import_module, util
from inspect import signature
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Shown

from benchmarks.refined import SIZES, refined
from kosho.bargain import solutions
from kosho.bargain.pricing import price
from kosho.case import Case
from kosho.world import load

ROOT = Path(__file__).parent.parent
MEASURED = (5_184, 21_600, 144_000)
LEADING = 50
"""Packages that a certificate is for."""


def priced(packages: int, *, exact: bool) -> dict[str, Any]:
    """One table under its first background: what it took, and what it comes to.

    An older tree solves every package, and has other names for some things.
    """
    table: Any = refined(Case.load("japan-us-2025").table(), SIZES[packages])
    world = load(regions="talks", sectors="talks")
    background = (table.backgrounds if hasattr(table, "backgrounds") else table.grounds)[0]
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    laid: Any = price
    wanted = {"exact": exact} if "exact" in signature(price).parameters else {}
    found = laid(table, background, world, **wanted)
    if util.find_spec("kosho.bargain.confirming"):
        found = import_module("kosho.bargain.confirming").confirmed(found, LEADING)
    game = found.game
    screening = getattr(found, "screening", None)
    return {
        "cpu": time.process_time() - started,
        "mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "solved": int(found.solved.sum()) if hasattr(found, "solved") else len(table.grid),
        "error": None if screening is None else screening.largest_error,
        "frontier": game.frontier.tolist(),
        "deals": {name: rows.tolist() for name, rows in solutions(game).items()},
        "better": int(game.better.sum()),
    }


def apart(packages: int, *, exact: bool, tree: Path = ROOT) -> dict[str, Any]:
    """The same in a process of its own, with the code of a tree."""
    command = [sys.executable, "-m", "benchmarks.screening", "--one", str(packages), *(["--exact"] * exact)]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    paths = os.pathsep.join([str(tree / "src"), str(ROOT)])
    done = subprocess.run(  # noqa: S603 - this very module
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **threads, "PYTHONPATH": paths},
    )
    return json.loads(done.stdout)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks screening")
    parser.add_argument("--base", type=Path, metavar="TREE", help="an older tree to compare with")
    parser.add_argument("--exact", action="store_true", help="solve every package as well")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("packages", nargs="*", type=int, default=MEASURED)
    told = parser.parse_args(arguments)
    if told.one:
        print(json.dumps(priced(told.packages[0], exact=told.exact)))
        return
    rows = Shown(title="Packages screened and confirmed")
    for heading in ("packages", "solved", "error", "CPU seconds", "MB", "against", "CPU", "memory", "the same"):
        rows.add_column(heading, justify="right")
    for packages in told.packages:
        few = apart(packages, exact=False)
        row = (
            f"{packages:,}",
            f"{few['solved']:,}",
            "" if few["error"] is None else f"{few['error']:.2g}",
            f"{few['cpu']:.1f}",
            f"{few['mb']:.0f}",
        )
        others = [("all solved", ROOT)] * told.exact + ([("the older tree", told.base)] if told.base else [])
        for name, tree in others or [("", None)]:
            whole = apart(packages, exact=True, tree=tree) if tree else few
            # An older tree has another law, so its deals may be others.
            same = (
                all(few[one] == whole[one] for one in ("frontier", "deals", "better")) if tree == ROOT else None
            )
            shares = (f"{few[one] / whole[one]:.3f}" if tree else "" for one in ("cpu", "mb"))
            rows.add_row(*row, name, *shares, {True: "yes", False: "NO", None: ""}[same])
    Console(width=110).print(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
