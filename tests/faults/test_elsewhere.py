"""Kosho on a system that is not POSIX, in a folder of any name, on a closed network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.faults.commands import EVERY, leaves
from tests.faults.conftest import Drive, Told


def test_every_command_is_tried() -> None:
    assert set(leaves()) == {name.partition(" --")[0] for name in EVERY}


@pytest.mark.parametrize("name", EVERY)
def test_every_command_works_where_nothing_is_wrong(name: str, usual: tuple[Path, Told]) -> None:
    done = usual[1][name]
    assert done["traceback"] == ""
    assert done["status"] == EVERY[name].status, done["told"]
    assert EVERY[name].tells in done["printed"] + done["told"]
    assert set(EVERY[name].writes) <= set(done["files"])


def test_no_module_and_no_command_needs_posix_or_a_network(
    usual: tuple[Path, Told], drive: Drive, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(usual[0], tmp_path / "交渉 の 準備"))
    shutil.rmtree(folder / "cache")
    # The library of `mcp` imports fcntl wherever `sys.platform` is not Windows, which no test can change.
    quick = [name for name in EVERY if name not in ("brief", "mcp")]
    there = drive(folder, [*quick, "brief"], elsewhere=True)
    assert len(there[""]["modules"]) > 200
    assert "fcntl" in there[""]["loaded"]  # as what is not there
    for name, here in usual[1].items():
        if name in there and name:
            assert there[name]["traceback"] == ""
            assert there[name]["status"] == here["status"], there[name]["told"]
            for path in EVERY[name].writes:
                assert there[name]["files"][path] == here["files"][path], path
