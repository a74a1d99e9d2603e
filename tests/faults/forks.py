"""Commands in forks of one process, with standard output on a device that is full; as JSON what each said.

What starts all of them, Python and the modules, is done once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.faults.commands import EVERY, words
from tests.faults.driver import modules, renewed

from kosho.cli import main


def attempt(name: str, folder: Path) -> tuple[int, str]:
    """The status a command ends with, and what it says."""
    with (
        tempfile.TemporaryFile() as typed,
        tempfile.TemporaryFile() as said,
        Path("/dev/full").open("wb") as full,
    ):
        typed.write(EVERY[name].typed.encode())
        typed.seek(0)
        child = os.fork()
        if child == 0:
            for number, file in enumerate((typed, full, said)):
                os.dup2(file.fileno(), number)
            sys.argv = ["kosho", *words(name, folder)]
            main()
            os._exit(os.EX_SOFTWARE)  # main has ended the process
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode()


if __name__ == "__main__":
    modules()
    told = {}
    for one in sys.argv[1:]:
        renewed(Path.cwd())
        told[one] = attempt(one, Path.cwd())
    sys.stdout.write(json.dumps(told))
