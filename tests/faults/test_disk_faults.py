"""Every command that writes, on a disk that is full, fills up, is read-only, slow, or has a quota."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.faults.commands import EVERY, OUT, STEP_BY_STEP, Command
from tests.faults.conftest import Told, child, forks
from tests.faults.driver import attempt, left, renewed

from kosho import atomic_write, outputs

WRITERS = [name for name, command in EVERY.items() if command.writes]
PAGE = 4096


@pytest.fixture
def here(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(inputs)
    monkeypatch.setenv("KOSHO_CACHE", str(inputs / "cache"))
    monkeypatch.setenv("KOSHO_DATA", str(inputs / "data"))
    renewed(inputs)
    return inputs


@contextmanager
def quota(size: int) -> Iterator[None]:
    """No file may be larger; what a disk quota does, for users who may mount nothing."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def refused(done: dict[str, Any], folder: Path) -> None:
    assert done["traceback"] == ""
    assert done["status"] == 2, done["told"]
    assert "cannot be written" in done["told"]
    assert left(folder) == {}
    assert not [path for path in (folder / OUT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("readonly", [False, True])
def test_a_disk_that_takes_nothing_is_told(
    readonly: bool, name: str, here: Path, disk: Callable[..., None]
) -> None:
    disk(here / OUT, 16 * 1024, readonly=readonly)
    refused(attempt(name, here), here)


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in STEP_BY_STEP])
def test_a_disk_that_fills_up_on_the_way_keeps_all_or_nothing(
    name: str, here: Path, disk: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "ROOM", 0)  # it was empty when the work began
    disk(here / OUT, PAGE)
    done = attempt(name, here)
    sizes = [path.stat().st_size for path in (here / OUT).rglob("*") if path.is_file()]
    if done["status"] != EVERY[name].status:
        refused(done, here)
    assert sum(sizes) <= PAGE


def test_every_brief_is_half_written_nowhere(here: Path, disk: Callable[..., None]) -> None:
    """The page fits, and the numbers beside it do not."""
    kept = attempt("brief", here)["files"]
    html, numbers = (len(kept[name].encode()) for name in EVERY["brief"].writes)
    renewed(here)
    disk(here / OUT, max(html, numbers) + min(html, numbers) // 2)
    refused(attempt("brief", here), here)


@pytest.mark.parametrize("before", [False, True])
def test_a_folder_of_many_files_is_whole_or_as_it_was(
    before: bool, here: Path, disk: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another library writes it, file by file; one of them stands in a folder of its own."""
    pytest.importorskip("pymrio")
    monkeypatch.setattr(outputs, "ROOM", 0)
    command = "world export 韓国+case/mine.npz out/mine --to pymrio"
    monkeypatch.setitem(EVERY, "world export --to", Command(command))
    whole = attempt("world export --to", here)
    assert (whole["traceback"], whole["status"]) == ("", 0), whole["told"]
    assert {"mine/Z.txt", "mine/factor_inputs/F.txt"} <= set(whole["files"])
    assert "mine to out/mine" in whole["files"]["mine/metadata.json"]
    for size in (PAGE, 5 * PAGE, 8 * PAGE):
        renewed(here)
        disk(here / OUT, size)
        if before:
            (here / OUT / "mine").mkdir()
            (here / OUT / "mine" / "Z.txt").write_text("mine\n", encoding="utf-8")
        done = attempt("world export --to", here)
        assert (done["traceback"], done["status"]) == ("", 2), done
        assert "mine: cannot be written: No space left" in done["told"]
        assert done["files"] == ({"mine/Z.txt": "mine\n"} if before else {})
        assert [path.name for path in (here / OUT).rglob("*") if path.is_dir()] == ["mine"] * before


@pytest.mark.parametrize("name", WRITERS)
def test_a_quota_is_told(name: str, here: Path) -> None:
    with quota(100):
        done = attempt(name, here)
    refused(done, here)


@pytest.mark.parametrize("medium", ["full", "read-only", "quota"])
def test_schedules_are_stored_whole_or_not_at_all(
    medium: str, here: Path, disk: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = here / "store"
    store.mkdir()
    monkeypatch.setenv("KOSHO_DATA", str(store))
    if medium == "quota":
        with quota(2000):
            done = attempt("schedule import", here)
    else:
        disk(store, PAGE, readonly=medium == "read-only")
        done = attempt("schedule import", here)
    assert (done["traceback"], done["status"]) == ("", 2), done
    assert "cannot be written" in done["told"]
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_decisions_on_drafts_are_kept_as_far_as_the_disk_takes_them(
    here: Path, disk: Callable[..., None]
) -> None:
    """The drafts fit; the record that the accepted one enters does not."""
    disk(here / OUT, 24 * PAGE)
    (here / OUT / "filler").write_bytes(bytes(22 * PAGE))
    done = attempt("read", here)
    assert done["traceback"] == ""
    assert done["status"] == 2
    assert "cannot be written" in done["told"]
    (here / OUT / "filler").unlink()
    assert attempt("read", here)["status"] == 0
    assert "title: note.txt" in left(here)["record.yaml"]


def test_standard_output_that_cannot_be_written_is_told(here: Path) -> None:
    """Of every command, in a process of its own; all are forks of one, which has read the modules."""
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    told = forks("full", EVERY, here)
    assert list(told) == list(EVERY)
    for name, (status, said) in told.items():
        assert "Traceback" not in said, name
        assert "Exception ignored" not in said, name
        assert status == 1 or (status, said[:4]) == (EVERY[name].status, ""), (name, said)


# A file that is just being opened when the alarm comes is closed by Python, which warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", EVERY)
def test_a_time_that_is_over_leaves_nothing_half_written(
    name: str, here: Path, usual: tuple[Path, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk so slow that files are never on it in time."""
    sync = os.fsync

    def slowly(handle: int) -> None:
        threading.Event().wait(1.0)
        sync(handle)

    monkeypatch.setattr(atomic_write.os, "fsync", slowly)
    done = attempt(name, here, "--timeout", "0.3")
    assert done["traceback"] == ""
    assert done["status"] in (1, EVERY[name].status), done["told"]
    if "stopped after" in done["told"]:
        assert done["status"] == 1
    whole = usual[1][name]["files"]
    for path, text in done["files"].items():
        assert text == whole.get(path, text)
        assert not Path(path).name.startswith(".")


@pytest.mark.parametrize(
    "line", ["read {}", "register propose {}", "schedule import {} --importer USA --edition x"]
)
def test_a_file_that_never_comes_is_waited_for_as_long_as_asked(line: str, here: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with a name on this system")
    os.mkfifo(here / "late.csv")
    done = subprocess.run(
        [sys.executable, "-m", "kosho", *line.format("late.csv").split(), "--timeout", "1"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=here,
        timeout=60,
        env=child(here),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)
    assert "stopped after 1 second" in done.stderr or "not a file that can be read twice" in done.stderr
