"""Command lines in forks of one process, which has read the modules and the world of the talks, once for all.

As a program it takes a list of command lines as JSON, and tells of each the status, what it printed and said.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = ["Fork", "started"]


@dataclass(frozen=True)
class Fork:
    """A command that runs."""

    number: int
    printed: IO[bytes]
    said: IO[bytes]

    def ended(self) -> tuple[int, str, str]:
        """Wait for it: the status it ends with, what it printed, and what it said."""
        _, status = os.waitpid(self.number, 0)
        told = (os.waitstatus_to_exitcode(status), _read(self.printed), _read(self.said))
        self.printed.close()
        self.said.close()
        return told


def started(words: Sequence[str], typed: str = "", printed: IO[bytes] | None = None) -> Fork:
    """Start a command; what it prints goes to a file of its own, or to `printed`."""
    from kosho.cli import main  # noqa: PLC0415 - warnings of its modules are errors where a program says so

    own, said = printed or _own(), _own()
    with _own() as asked:
        asked.write(typed.encode())
        asked.seek(0)
        child = os.fork()
        if child == 0:
            for number, file in enumerate((asked, own, said)):
                os.dup2(file.fileno(), number)
                file.close()
            sys.argv = ["kosho", *words]
            main()
            os._exit(os.EX_SOFTWARE)  # main has ended the process
    return Fork(child, own, said)


def _own() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _read(file: IO[bytes]) -> str:
    if not file.seekable() or not file.readable():
        return ""
    file.seek(0)
    return file.read().decode()


def main() -> None:
    """Each command in a folder of its own, under the one this is run in."""
    from kosho.world import load  # noqa: PLC0415

    load(regions="talks", sectors="talks")
    lines: list[list[str]] = json.loads(sys.stdin.read())
    told: list[dict[str, Any]] = []
    for k, words in enumerate(lines):
        folder = Path.cwd() / str(k)
        folder.mkdir()
        os.chdir(folder)
        status, printed, said = started(words).ended()
        os.chdir(folder.parent)
        told.append(
            {
                "status": status,
                "printed": printed,
                "said": said,
                "left": sorted(path.name for path in folder.iterdir()),
            }
        )
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
