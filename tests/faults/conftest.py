"""One folder of inputs, what every command says where nothing is wrong, and disks on which something is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.commands import EVERY, FACT, prepare
from tests.model_server import chat, server
from tests.surroundings import environment

Told = dict[str, dict[str, Any]]
Drive = Callable[..., Told]
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


def child(folder: Path, **changes: str | Path) -> dict[str, str]:
    """The environment of a process that runs this tree, with cache and data in a folder of inputs."""
    path = os.pathsep.join(map(str, (SOURCE, ROOT)))
    own = {"PYTHONPATH": path, "KOSHO_CACHE": folder / "cache", "KOSHO_DATA": folder / "data"}
    return environment(**{**own, **changes})


def _printed(program: str, words: Iterable[str | Path], folder: Path, **changes: str | Path) -> str:
    """What a program of these tests prints, run as a process in a folder of inputs."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{program}", *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        timeout=600,
        env=child(folder, **changes),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def drive() -> Drive:
    """Run commands in a process of its own, in a folder of inputs; what each did."""

    def run(folder: Path, names: Any, *, elsewhere: bool = False, **changes: str | Path) -> Told:
        report = folder / "report.json"
        path = [*([ROOT / "tests" / "faults" / "elsewhere"] if elsewhere else []), SOURCE, ROOT]
        own = {"PYTHONPATH": os.pathsep.join(map(str, path))}
        _printed("driver", [report, *names], folder, **{**own, **changes})
        content = json.loads(report.read_text(encoding="utf-8"))
        report.unlink()
        return {**content["commands"], "": content}

    return run


def forks(how: str, names: Iterable[str], folder: Path, **changes: str | Path) -> dict[str, Any]:
    """What commands say in forks of one process, in a folder of inputs; see `tests.faults.forks`."""
    return json.loads(_printed("forks", [how, *names], folder, **changes))


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory, drive: Drive) -> Iterator[tuple[Path, Told]]:
    """Inputs with a cache that every command has filled, and what each said and wrote."""
    with server(lambda _: (200, chat(json.dumps([FACT])))) as model:
        folder = prepare(tmp_path_factory.mktemp("usual"), model)
        yield folder, drive(folder, EVERY)


@pytest.fixture
def inputs(usual: tuple[Path, Told], tmp_path: Path) -> Path:
    """A copy of the inputs, with the cache and the schedule of the usual runs."""
    return Path(shutil.copytree(usual[0], tmp_path / "inputs"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Mount a disk of so many bytes at a folder, to be read only if asked; skips who may not."""
    mounted: list[Path] = []

    def mount(folder: Path, size: int, *, readonly: bool = False) -> None:
        mode = f"size={size}{',ro' if readonly else ''}"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", mode, "none", folder], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("disks are mounted by root alone; the same with a quota is tried by everybody")
        mounted.append(folder)

    if shutil.which("mount") is None:
        pytest.skip("no disk can be mounted on this system")
    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], check=False)
