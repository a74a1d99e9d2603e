"""Command lines in forks of one process, which has read modules, law and the world of the talks, once for all.

As a program it takes command lines as JSON, one a line, and tells of each the status, what it printed and said.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from tests.surroundings import environment

__all__ = ["Fork", "Forks", "Run", "started"]

Run: TypeAlias = subprocess.CompletedProcess[str]
ROOT = Path(__file__).parents[1]
FORKING = ("-W", "ignore:This process:DeprecationWarning")  # of Python 3.12, where libraries hold threads


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


def started(
    words: Sequence[str],
    typed: str = "",
    printed: IO[bytes] | None = None,
    changes: Mapping[str, str] | None = None,
) -> Fork:
    """Start a command; what it prints goes to a file of its own, or to `printed`. Variables may be changed."""
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
            os.environ |= changes or {}
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
    """A command for each line of standard input, in a folder and with variables of its own."""
    from kosho.law import Register  # noqa: PLC0415
    from kosho.world import load  # noqa: PLC0415

    Register.load()
    load(regions="talks", sectors="talks")
    gc.freeze()  # pages that are looked through for garbage would be copied in every fork
    for line in _lines():
        asked = json.loads(line)
        os.chdir(asked["folder"])
        told = started(asked["words"], changes=asked["changes"]).ended()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _lines() -> Iterator[bytes]:
    """Of standard input, given one at a time. Its stream is not touched: commands read it."""
    line = b""
    while part := os.read(0, 65_536):
        line += part
        if line.endswith(b"\n"):
            yield line
            line = b""


class Forks:
    """The process, as its parent sees it."""

    def __init__(self) -> None:
        path = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", *FORKING, "-m", "tests.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(PYTHONPATH=path),
        )

    def told(self, *words: str | Path, cwd: Path | None = None, **changes: str | Path) -> Run:
        """Run a command line to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "words": [*map(str, words)],
            "folder": str(cwd or Path.cwd()),
            "changes": {name: str(value) for name, value in {**environment(), **changes}.items()},
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status, printed, said = json.loads(self._process.stdout.readline())
        return subprocess.CompletedProcess([*words], status, printed, said)

    def end(self) -> None:
        """Let it finish."""
        self._process.communicate()


if __name__ == "__main__":
    main()
