"""Machine code of the copy that is changed: compiled once, but for what a change reaches.

Numba compiles a function again where its own file is another, and not where a function that it calls, or a
constant that it was compiled with, is in a file that is.
"""

from __future__ import annotations

import ast
import shutil
from functools import cache
from hashlib import sha1
from pathlib import Path

from tests.mutants.running import innermost

__all__ = ["keep", "kept", "stale", "without_stale"]


def kept(usual: Path, source: Path, store: Path) -> None:
    """Take machine code of an earlier sample from where it was kept.

    Numba names its folder after that of the sources, and looks at what these are: where they are others, it
    compiles them again.
    """
    for file in store.glob("*.nb?"):
        shutil.copy(file, _place(usual, source))


def keep(usual: Path, source: Path, store: Path) -> None:
    """Keep machine code for the next sample."""
    store.mkdir(parents=True, exist_ok=True)
    for file in _place(usual, source).glob("*.nb?"):
        shutil.copy(file, store)


def _place(usual: Path, source: Path) -> Path:
    folder = source / "kosho" / "equilibrium"
    found = usual / f"{folder.name}_{sha1(str(folder).encode(), usedforsecurity=False).hexdigest()}"
    found.mkdir(parents=True, exist_ok=True)
    return found


def without_stale(usual: Path, own: Path, source: Path, path: Path, line: int) -> Path:
    """The folder of machine code for a change of a line: the usual one, or its own without what is stale."""
    old = stale(source, path, line)
    if not old:
        return usual
    shutil.rmtree(own, ignore_errors=True)
    for file in usual.rglob("*.nb?"):
        if file.name.partition(".")[0] not in old:
            there = own / file.relative_to(usual)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, there)
    own.mkdir(exist_ok=True)
    return own


def stale(source: Path, path: Path, line: int) -> frozenset[str]:
    """Modules of machine code that a change of a line may change: those that import what it is in."""
    of_machine = _compiles(path)
    owner, _ = innermost(ast.parse(path.read_bytes()), line)
    if not of_machine and not isinstance(owner, ast.Module):
        return frozenset()
    reached, waiting = {path}, [path]
    files = [file for file in path.parent.glob("*.py") if _compiles(file) or not of_machine]
    while waiting:
        name = ".".join(waiting.pop().relative_to(source).with_suffix("").parts)
        more = [file for file in files if file not in reached and name in _from(file)]
        reached.update(more)
        waiting += more
    return frozenset(file.stem for file in reached if _compiles(file))


@cache
def _from(path: Path) -> frozenset[str]:
    """Modules that a file imports names from."""
    nodes = ast.walk(ast.parse(path.read_bytes()))
    return frozenset(one.module or "" for one in nodes if isinstance(one, ast.ImportFrom))


def _compiles(path: Path) -> bool:
    return bool({"numba.extending", "kosho.equilibrium.machine_code"} & _from(path))
