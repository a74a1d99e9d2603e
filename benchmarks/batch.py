"""Many packages a second, against an older tree: both in turn, in one run.

`python -m benchmarks batch --base TREE [--json] [case ...]`. Two processes live side by side, one of each tree,
and answer in turn with processor seconds, one BLAS thread each; the ratio is the median over rounds. Without
`--base` it is this tree alone, in seconds. `--check 10000` solves so many packages one by one, too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import batch_worker
from benchmarks.startup import add_base
from kosho.equilibrium import solve, solve_batch

ROOT = Path(__file__).parent.parent
ROUNDS = 5
BOUNDS = {
    "talks": "a package, at least 4 times faster",
    "promises": "a package with promises to buy, at least 2.5 times",
    "few promises": "a third as many of them, too few for machine code; no bound of its own",
    "80x50": "a package in the whole table, at least 10 times",
    "draws": "a package under a draw of elasticities, too few for machine code; at least 2.5 times",
    "certificate": "50 packages under 200 draws, at least 2.5 times",
    "200x150 solve": "at least 1.4 times",
    "200x150 gradient": "no bound of its own; at most 1.5 solves",
}


class Tree:
    """A process that answers with the code of a tree."""

    def __init__(self, folder: Path) -> None:
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-W", "ignore", str(ROOT / "benchmarks" / "batch_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **threads, "PYTHONPATH": str(folder / "src")},
        )

    def seconds(self, case: str) -> float:
        """Of a case, by its own processor clock."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(case + "\n")
        self._process.stdin.flush()
        return float(json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        """Let it finish."""
        self._process.communicate()


def measured(case: str, trees: list[Tree], rounds: int) -> dict[str, object]:
    """Seconds of a case in each tree, and how many times faster the first is; one round more warms up."""
    for tree in trees:
        tree.seconds(case)
    found = [[tree.seconds(case) for tree in trees] for _ in range(rounds)]
    row: dict[str, object] = {"name": case, "seconds": median(one[0] for one in found), "bound": BOUNDS[case]}
    if len(trees) > 1:
        row["base_seconds"] = median(one[1] for one in found)
        row["ratio"] = median(one[1] / one[0] for one in found)
    return row


def check(count: int) -> dict[str, object]:
    """Packages solved together against each by itself: the largest difference of any country's welfare."""
    world, shocks = batch_worker.talks(), batch_worker.packages(False, count)
    together = solve_batch(world, shocks, tol=batch_worker.TOLERANCE)
    apart = max(
        float(abs(solve(world, shock, tol=batch_worker.TOLERANCE).welfare - together.welfare[k]).max())
        for k, shock in enumerate(shocks)
    )
    return {"name": "check", "packages": count, "welfare": apart, "residual": float(together.residual.max())}


def main(words: list[str]) -> None:
    """Print the rows, as text or with `--json` one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks batch")
    add_base(parser)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", type=int, metavar="PACKAGES", help="solve so many by themselves too")
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(BOUNDS))
    chosen = parser.parse_args(words)
    if chosen.check:
        print(json.dumps(check(chosen.check)))
        return
    trees = [Tree(ROOT), *([Tree(chosen.base)] if chosen.base else [])]
    try:
        for case in chosen.cases or BOUNDS:
            row = measured(case, trees, chosen.rounds)
            ratio = f"{row['ratio']:6.2f} times" if "ratio" in row else ""
            text = f"{case:18} {ratio}   {1e3 * float(str(row['seconds'])):9.3f} ms; {row['bound']}"
            print(json.dumps(row) if chosen.json else text, flush=True)
    finally:
        for tree in trees:
            tree.end()
