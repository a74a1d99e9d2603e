#!/usr/bin/env python3
"""Commands of the Makefile for a machine without make: `python make.py brief`, `... serve`, `... test`.

Standard library only. It sets up `.venv` beside it, as the Makefile does, and either can be used in turn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BRIEF = "brief,bargain,corridor,read,office,pdf,serve"
EXTRAS = {"brief": BRIEF, "serve": BRIEF, "test": "brief,dev,docs"}
"""What each command installs; the Makefile has the same."""
COMMANDS = {
    "brief": ["-m", "kosho", "brief", "japan-us-2025", "--as-of", "2025-06-29"],
    "serve": ["-m", "kosho", "serve", "japan-us-2025"],
    "test": ["-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"],
}


def main(arguments: list[str]) -> int:
    """Set up what a command needs, once, and run it; what follows it is passed on."""
    if sys.version_info < (3, 11):  # noqa: UP036 - a checkout is run by any Python
        return _refused("Kosho needs Python 3.11 or newer")
    if not arguments or arguments[0] not in COMMANDS:
        return _refused(f"usage: python make.py {'|'.join(COMMANDS)}")
    command, *more = arguments
    stamp = FOLDER / (".dev" if command == "test" else ".brief")
    changed = [(HERE / name).stat().st_mtime for name in ("pyproject.toml", "constraints.txt")]
    if not stamp.exists() or stamp.stat().st_mtime < max(changed):
        try:
            _set_up(EXTRAS[command])
        except (OSError, subprocess.CalledProcessError):
            return _refused("the environment could not be set up; on Debian: apt install python3-venv", 1)
        stamp.touch()
    return subprocess.run([PYTHON, *COMMANDS[command], *more], cwd=HERE, check=False).returncode  # noqa: S603


def _set_up(extras: str) -> None:
    sys.stderr.write("Setting up (once) ...\n")
    if not PYTHON.exists():
        venv.create(FOLDER, with_pip=True)
    quiet = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--constraint",
        "constraints.txt",
    ]
    subprocess.run([PYTHON, *quiet, "--editable", f".[{extras}]"], cwd=HERE, check=True)  # noqa: S603


def _refused(why: str, status: int = 2) -> int:
    sys.stderr.write(f"{why}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
