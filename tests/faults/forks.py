"""Commands in forks of one process, with standard output that is full, or two of each at once; as JSON what
each said.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.faults.commands import EVERY, words
from tests.faults.driver import left, modules, renewed
from tests.forks import started

from kosho.law import Register
from kosho.world import load

COLD = ("brief --format", "bargain", "corridor", "rate")
"""Before these the cache is emptied: two of them fill it together. They go first, and read the law each."""


def with_full_output(name: str) -> tuple[int, str]:
    """The status a command ends with, and what it says, where nothing that it prints can be written."""
    with Path("/dev/full").open("wb") as full:
        status, _, said = started(words(name, Path.cwd()), EVERY[name].typed, full).ended()
    return status, said


def two_at_once(name: str) -> dict[str, Any]:
    """What two say of the same command at the same time, and the files that they leave together."""
    if name in COLD:
        shutil.rmtree(os.environ["KOSHO_CACHE"], ignore_errors=True)
    here = Path.cwd()
    pair = [started(words(name, here), EVERY[name].typed) for _ in range(2)]
    return {"told": [one.ended() for one in pair], "files": left(here)}


HOW: dict[str, Callable[[str], Any]] = {"full": with_full_output, "pairs": two_at_once}


def main(how: str, names: Sequence[str]) -> None:
    modules()
    first = [one for one in COLD if one in names and how == "pairs"]
    told = {}
    for one in (*first, *(name for name in names if name not in first)):
        if len(told) == len(first):  # once for all others
            Register.load()
            load(regions="talks", sectors="talks")
        renewed(Path.cwd())
        told[one] = HOW[how](one)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
