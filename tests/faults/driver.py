"""Commands one after another in one process, as a person would see them; as JSON to the file named first."""

from __future__ import annotations

import importlib
import json
import pkgutil
import shutil
import sys
import traceback
import zipfile
from datetime import date
from pathlib import Path

from tests.faults.commands import EVERY, OUT, words
from typer.testing import CliRunner

import kosho
from kosho.cli import app
from kosho.errors import KoshoError

PROPERTIES = "docProps/core.xml"
"""Of a document: the hour it was made, among others."""


def attempt(name: str, folder: Path, *more: str) -> dict[str, object]:
    """What a command does: its status, what it prints and says, the files it leaves."""
    done = CliRunner().invoke(app, [*words(name, folder), *more], input=EVERY[name].typed or None)
    status, told, trace = done.exit_code, done.stderr, ""
    if isinstance(done.exception, KoshoError):
        status, told = done.exception.exit_status, f"{told}{done.exception}"
    elif done.exception is not None and not isinstance(done.exception, SystemExit):
        trace = "".join(traceback.format_exception(done.exception))
    return {
        "status": status,
        "printed": done.stdout.replace(str(folder), "HERE"),
        "told": told.replace(str(folder), "HERE"),
        "traceback": trace,
        "files": left(folder),
    }


def renewed(folder: Path) -> None:
    """Nothing in `out`; it may be a disk of its own, and stays."""
    (folder / OUT).mkdir(exist_ok=True)
    for path in (folder / OUT).iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def left(folder: Path) -> dict[str, str]:
    """What stands in `out`, by name; of an archive what is in it, without the hour it was made."""
    out = folder / OUT
    return {
        path.relative_to(out).as_posix(): _content(path) for path in sorted(out.rglob("*")) if path.is_file()
    }


def _content(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8", errors="replace")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != PROPERTIES}
    return "".join(f"{name}\n{content.decode('utf-8', 'replace')}" for name, content in parts.items())


def modules() -> list[str]:
    """Import every module there is; their names.

    But for the one of `mcp` where fcntl is blocked: its library imports it wherever the system is not Windows.
    """
    found = [one.name for one in pkgutil.walk_packages(kosho.__path__, "kosho.")]
    if sys.modules.get("fcntl", sys) is None:
        found.remove("kosho.serve.assistants")
    for name in found:
        importlib.import_module(name)
    return found


def main(report: str, *names: str) -> None:
    folder = Path.cwd()
    found: dict[str, dict[str, object]] = {}
    for name in names:
        renewed(folder)
        found[name] = attempt(name, folder)
    content = {"commands": found, "today": date.today().isoformat()}
    if sys.modules.get("fcntl", sys) is None:
        content |= {"modules": modules(), "loaded": sorted(sys.modules)}
    Path(report).write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
