"""What stands around a test: the environment, other programs, data outside the product."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

BROWSER, REFERENCE = "Chromium", "KOSHO_SHARED"
"""What some tests need and not every machine has; the reason for skipping one names it."""

_OF_THE_TERMINAL = {
    *("COLUMNS", "LINES", "TERM", "TERMINAL_WIDTH", "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "CLICOLOR_FORCE"),
    *(
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
        "GITHUB_ACTIONS",
        "PYTHONWARNINGS",
        "PYTHONUTF8",
        "PYTHONIOENCODING",
    ),
}
_OF_THE_RUN = {REFERENCE, "KOSHO_WHEEL"}
_PASSED_ON = {
    "PATH",
    "PYTHONPATH",
    "HOME",
    "KOSHO_DATA",
    "KOSHO_CACHE",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
}


def apart(names: Iterable[str]) -> list[str]:
    """Of these variables, those that tests are kept apart from."""
    return [
        name
        for name in names
        if name in _OF_THE_TERMINAL or (name.startswith(("KOSHO_", "XDG_")) and name not in _OF_THE_RUN)
    ]


def not_run(reasons: Sequence[str]) -> str:
    """What was not run, from the reasons tests were skipped for; empty where nothing of the kind is missing."""
    counts = {need: sum(need in reason for reason in reasons) for need in (BROWSER, REFERENCE)}
    told = [
        f"{count} {'test needs' if count == 1 else 'tests need'} {need}"
        for need, count in counts.items()
        if count
    ]
    return f"Not run: {', '.join(told)}" if told else ""


@contextmanager
def within(seconds: float) -> Generator[None, None, None]:
    """What stands inside is done in so many seconds of this process's own work, however busy the machine is."""
    started = time.process_time()
    yield
    took = time.process_time() - started
    assert took < seconds, f"{took:.1f} s of work, more than {seconds:g}"


def environment(**changes: str | Path) -> dict[str, str]:
    """All that a child process is told, the same on every machine.

    What it is not told it could take from the parent's terminal: `readline`, which pytest loads, sets `COLUMNS`
    where `os.environ` does not see it.
    """
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON or "BLAS" in name}
    own = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    return {**kept, **own, **{name: str(value) for name, value in changes.items()}}


def python(
    program: str,
    *arguments: str | Path,
    cwd: Path | None = None,
    flags: tuple[str, ...] = (),
    **changes: str | Path,
) -> subprocess.CompletedProcess[str]:
    """Run a program of Python as a process; the result has `stdout`, `stderr`, `returncode`."""
    return subprocess.run(
        [sys.executable, *flags, "-c", program, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        timeout=600,
        env=environment(**changes),
    )


def kosho(
    *arguments: str | Path, cwd: Path | None = None, **changes: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run `kosho` as a process, warnings being errors."""
    return python("from kosho.cli import main; main()", *arguments, cwd=cwd, flags=("-W", "error"), **changes)
