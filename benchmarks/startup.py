"""`python -m benchmarks startup`: whole processes, in turn on this machine, as ratios.

`kosho --help` and `kosho rate` stand against a bare typer program; with `--base TREE` (a checkout of another
build) against the same command of that build too. Each has a cache of its own, filled before anything is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["KOSHO", "Command", "add_base", "kosho", "main"]

RATE = ("rate", "USA", "JPN", "8703.23", "--on", "2025-09-20", "--json")
HELP = ("--help",)
KOSHO = "from kosho.cli import main; main()"
BARE = """
import typer
app = typer.Typer(add_completion=False)
@app.command()
def hello(name: str) -> None:
    \"\"\"Say hello.\"\"\"
app()
"""


@dataclass(frozen=True)
class Command:
    """A process to be timed."""

    code: str
    arguments: Sequence[str]
    environment: Mapping[str, str]

    def seconds(self) -> tuple[float, float]:
        """Of the processor, and by the clock."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-c", self.code, *self.arguments],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def kosho(tree: Path, folder: Path, arguments: Sequence[str]) -> Command:
    """A command of the build in a checkout; it keeps its copies in `folder`."""
    return Command(KOSHO, arguments, {"PYTHONPATH": str(tree / "src"), "KOSHO_CACHE": str(folder)})


def add_base(parser: argparse.ArgumentParser) -> None:
    """Let `--base` name a checkout of another build."""
    parser.add_argument("--base", type=_checkout, metavar="TREE", help="Checkout of a build to compare with.")


def _checkout(text: str) -> Path:
    if not Path(text, "src", "kosho").is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no checkout: it has no src/kosho")
    return Path(text)


def compared(rounds: int, base: Path | None) -> list[dict[str, object]]:
    """Rows of ratios: medians over rounds in each of which every process runs once."""
    here = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        bare = Command(BARE, HELP, {})
        commands = {"bare": bare, "help": kosho(here, Path(folder, "new"), HELP)}
        commands["rate"] = kosho(here, Path(folder, "new"), RATE)
        pairs = [("kosho --help", "help", "a bare typer program", "bare")]
        pairs += [("kosho rate", "rate", "a bare typer program", "bare")]
        if base is not None:
            commands["base help"] = kosho(base, Path(folder, "base"), HELP)
            commands["base rate"] = kosho(base, Path(folder, "base"), RATE)
            pairs += [(f"kosho {name}", name, "the base", f"base {name}") for name in ("help", "rate")]
        for command in commands.values():
            command.seconds()
        found = [{name: command.seconds() for name, command in commands.items()} for _ in range(rounds)]
    return [
        {
            "what": what,
            "against": against,
            "ratio": round(median(one[name][1] / one[other][1] for one in found), 3),
            "cpu_ratio": round(median(one[name][0] / one[other][0] for one in found), 3),
            "milliseconds": round(1e3 * median(one[name][1] for one in found), 1),
            "cpu_milliseconds": round(1e3 * median(one[name][0] for one in found), 1),
        }
        for what, name, against, other in pairs
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks startup", description=__doc__)
    add_base(parser)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    for row in compared(asked.rounds, asked.base):
        if asked.json:
            print(json.dumps(row))
        else:
            took = f"{row['milliseconds']} ms, {row['cpu_milliseconds']} ms"
            ratios = f"{row['ratio']} by the clock, {row['cpu_ratio']} of the processor ({took})"
            print(f"{row['what']:13} against {row['against']:20} {ratios}")


if __name__ == "__main__":
    main()
