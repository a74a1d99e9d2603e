"""`python -m benchmarks screening [PACKAGES ...] [--exact]`: tables screened and confirmed, and solved whole.

Each is priced in a process of its own, so that its memory can be told; `--exact` solves every package as well
(a minute and 1.4 GB for 144,000) and compares frontier and deals.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any

from rich.console import Console
from rich.table import Table as Shown

from benchmarks.refined import SIZES, refined
from kosho.bargain import Effort, solutions
from kosho.bargain.confirming import confirmed
from kosho.bargain.pricing import price
from kosho.case import Case
from kosho.world import load

MEASURED = (5_184, 21_600, 144_000)


def priced(packages: int, *, exact: bool) -> dict[str, Any]:
    """One table under its first background: what it took, and what it comes to."""
    table = refined(Case.load("japan-us-2025").table(), SIZES[packages])
    world = load(regions="talks", sectors="talks")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = confirmed(price(table, table.backgrounds[0], world, exact=exact), Effort().certified)
    game = found.game
    return {
        "cpu": time.process_time() - started,
        "mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "solved": int(found.solved.sum()),
        "error": None if found.screening is None else found.screening.largest_error,
        "frontier": game.frontier.tolist(),
        "deals": {name: rows.tolist() for name, rows in solutions(game).items()},
        "better": int(game.better.sum()),
    }


def apart(packages: int, *, exact: bool) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "screening", "--one", str(packages), str(int(exact))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very module
    return json.loads(done.stdout)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        print(json.dumps(priced(int(arguments[1]), exact=arguments[2] == "1")))
        return
    compared = "--exact" in arguments
    rows = Shown(title="Packages screened and confirmed")
    for heading in ("packages", "solved", "error", "CPU seconds", "MB", "of solving all", "memory", "the same"):
        rows.add_column(heading, justify="right")
    for packages in [int(one) for one in arguments if one.isdigit()] or MEASURED:
        few = apart(packages, exact=False)
        whole = apart(packages, exact=True) if compared else {}
        same = [few[name] == whole[name] for name in ("frontier", "deals", "better")] if whole else []
        rows.add_row(
            f"{packages:,}",
            f"{few['solved']:,}",
            "" if few["error"] is None else f"{few['error']:.2g}",
            f"{few['cpu']:.1f}",
            f"{few['mb']:.0f}",
            *((f"{few[name] / whole[name]:.2f}" for name in ("cpu", "mb")) if whole else ("", "")),
            {True: "yes", False: "NO"}[all(same)] if whole else "",
        )
    Console(width=110).print(rows)
