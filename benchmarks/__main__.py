"""`python -m benchmarks`: one table, ratios within one run. KOSHO_SHARED adds the published case.

`python -m benchmarks startup` times whole processes, `python -m benchmarks batch` packages against an older
tree, `python -m benchmarks games` tariff games, `python -m benchmarks closures` solves and batches under
closures, `python -m benchmarks screening` large tables, `python -m benchmarks cluster` sweeps by workers of
Dask, `python -m benchmarks worlds` imports and solves tables of the size of real ones, `python -m benchmarks
lines` many tariff lines at once, `python -m benchmarks ways` counts the steps to an answer, `python -m
benchmarks reading documents` reads many documents, `python -m benchmarks register` a register of ten thousand
measures, `python -m benchmarks brief` times whole briefs against another build, `python -m benchmarks
bargain` a whole table, in its parts or against another build.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import (
    bargain,
    batch,
    brief,
    closures,
    cluster,
    games,
    many,
    rates,
    reading,
    register,
    screening,
    startup,
    tariff_lines,
    ways,
    worlds,
)
from benchmarks.cases import CASES, Case
from benchmarks.corridors import CONSIGNMENTS, month_seconds, ratios
from kosho.bench import machine
from kosho.bench.plain_solver import solve_plain


def milliseconds(action: Callable[[], object], rounds: int) -> float:
    """Median wall time; the first run is not counted when there are several."""
    times: list[float] = []
    for _ in range(rounds + (rounds > 1)):
        started = time.perf_counter()
        action()
        times.append(1e3 * (time.perf_counter() - started))
    return median(times[1:] or times)


def add_case(table: Table, case: Case) -> None:
    rates = case.dense_rates
    outcome = case.prepared()
    prepared, cold = milliseconds(case.prepared, 15), milliseconds(case.cold, 15)
    loops = milliseconds(lambda: solve_plain(case.world, rates, dense=False), 5)
    dense = milliseconds(lambda: solve_plain(case.world, rates), 1)
    table.add_row(
        case.name,
        f"{outcome.solver.iterations}",
        f"{prepared:.1f}",
        f"{cold:.1f}",
        f"{dense:,.0f} ({dense / cold:,.0f} x)",
        f"{loops:.0f} ({loops / cold:.1f} x)",
    )


def import_time() -> float:
    command = [sys.executable, "-c", "import kosho"]
    bare = milliseconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 5)
    return milliseconds(lambda: subprocess.run(command, check=True), 5) - bare  # noqa: S603


def show_corridor(console: Console) -> None:
    by_events, by_visits, pace = ratios()
    console.print(
        f"corridor, a month of {CONSIGNMENTS:,} consignments: {pace.seconds:.1f} s a replication, "
        f"{month_seconds():.1f} s for five on all cores; {pace.events / pace.seconds:,.0f} events a second, "
        f"{by_events:.2f} of a bare simpy M/M/c; {by_visits:.1f} times its services a second"
    )


ALONE: Mapping[str, Callable[[list[str]], None]] = {
    "register": register.main,
    "startup": startup.main,
    "bargain": bargain.main,
    "batch": batch.main,
    "brief": brief.main,
    "closures": closures.main,
    "cluster": cluster.main,
    "games": games.main,
    "screening": screening.main,
    "worlds": worlds.main,
    "lines": tariff_lines.main,
    "reading": reading.report,
    "ways": lambda _: ways.report(Console(width=120)),
}


def main() -> None:
    alone = ALONE.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if alone is not None:
        alone(sys.argv[2:])
        return
    if sys.argv[1:]:
        asked = sys.argv[1] in ("-h", "--help")
        (sys.stdout if asked else sys.stderr).write(__doc__ or "")
        sys.exit(0 if asked else 2)
    console = Console(width=120)
    table = Table(title="Time of one counterfactual in milliseconds, tolerance 1e-8")
    for heading in ("", "iterations", "prepared", "cold", "plain, dense solve", "plain, loops"):
        table.add_column(heading, justify="right" if heading else "left")
    for make in CASES.values():
        case = make()
        if case is not None:
            add_case(table, case)
    console.print(table)
    console.print(
        "prepared: a world solved before; cold: its arrays, factors and the shock included; "
        "in brackets how many times longer than cold."
    )
    rates.report(console)
    many.report(console)
    console.print(f"import kosho: {import_time():.0f} ms")
    show_corridor(console)
    on = machine()
    console.print(f"{on['processor']}, {on['cores']} cores, Python {on['python']}, numpy {on['numpy']}")


if __name__ == "__main__":
    main()
