"""Every command stopped at any moment, its workers killed, and run by two at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults.commands import EVERY, OUT, STEP_BY_STEP, words
from tests.faults.conftest import Told, child, forks
from tests.faults.driver import left, renewed

from kosho.record import Record
from kosho.record.drafts import Pile
from kosho.record.vocabulary import of_law

POSIX = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
PARALLEL = ("brief", "bargain", "corridor")
"""Commands that work in several processes."""
PROGRAM = """
import sys
from kosho.ending import end_quietly
end_quietly()
sys.stderr.write("started\\n")
sys.stderr.flush()
from kosho.__main__ import main
main()
"""
STOPS = [
    *((name, "SIGTERM" if number % 2 else "SIGINT") for number, name in enumerate(EVERY)),
    *((name, kind) for name in PARALLEL for kind in ("SIGTERM", "SIGINT", "SIGKILL")),
]


def started(name: str, folder: Path, cache: str = "cache") -> subprocess.Popen[str]:
    """A command as a process in a session of its own, from the moment on in which it may be stopped."""
    (folder / "tmp").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words(name, folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=folder,
        start_new_session=True,
        env=child(folder, KOSHO_CACHE=folder / cache, TMPDIR=folder / "tmp"),
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "started\n"
    return process


def of_session(leader: int) -> Iterator[int]:
    """Processes of a session that run, without its leader."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != leader:
            try:
                after = (entry / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(after[3]) == leader and after[0] != "Z":
                yield int(entry.name)


def gone(leader: int, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while list(of_session(leader)):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def nothing_half_written(name: str, folder: Path, usual: Told) -> None:
    whole = usual[name]["files"]
    for path, text in left(folder).items():
        assert path in whole, path
        if name in STEP_BY_STEP:
            if path == "drafts.yaml":
                Pile.open(folder / OUT / path, of_law() if name.startswith("register") else None)
        else:
            assert text == whole[path], path
    if name not in ("schema", *STEP_BY_STEP):  # files that stand alone
        assert set(left(folder)) in (set(), set(whole))
    assert not list((folder / "tmp").iterdir())


@POSIX
@pytest.mark.parametrize(("name", "kind"), dict.fromkeys(STOPS))
def test_a_command_that_is_stopped_at_any_moment(
    name: str, kind: str, inputs: Path, usual: tuple[Path, Told]
) -> None:
    renewed(inputs)
    process = started(name, inputs, "cold" if name in PARALLEL else "cache")
    moment = random.Random(f"{name} {kind}")  # noqa: S311 - chance, not secrets
    time.sleep(moment.uniform(0.0, 6.0 if name in PARALLEL else 1.2))
    before = list(of_session(process.pid))
    if kind == "SIGINT":  # as the terminal sends it
        for one in (process.pid, *before):
            os.kill(one, signal.SIGINT)
    else:
        process.send_signal(getattr(signal, kind))
    printed, told = process.communicate(EVERY[name].typed or None, timeout=120)
    assert "Traceback" not in told, told
    assert "Exception ignored" not in told, told
    if kind == "SIGKILL":
        assert process.returncode in (-signal.SIGKILL, EVERY[name].status)
    else:
        assert process.returncode in (128 + getattr(signal, kind), EVERY[name].status), told
    assert gone(process.pid)
    if kind != "SIGKILL":
        nothing_half_written(name, inputs, usual[1])
    del printed


@POSIX
@pytest.mark.parametrize("name", ["brief", "corridor"])
def test_workers_that_are_killed_are_no_loss(name: str, inputs: Path, usual: tuple[Path, Told]) -> None:
    renewed(inputs)
    process = started(name, inputs, "cold")
    killed = 0
    while process.poll() is None and killed < 1:
        for one in of_session(process.pid):
            time.sleep(1.0 if name == "brief" else 0.0)  # it is at work, or still starting
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
                killed += 1
        time.sleep(0.01)
    printed, told = process.communicate(timeout=300)
    assert killed
    assert process.returncode == EVERY[name].status, told
    assert "Traceback" not in told
    assert printed.replace(str(inputs), "HERE") == usual[1][name]["printed"]
    assert left(inputs) == usual[1][name]["files"]


TOGETHER = [name for name, one in EVERY.items() if one.writes or name in PARALLEL]
TOGETHER.remove("register propose --accept")  # two who decide by turns are tried with a record, below


@pytest.fixture(scope="module")
def together(usual: tuple[Path, Told], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    """Inputs, and what two said of each command at the same time."""
    folder = Path(shutil.copytree(usual[0], tmp_path_factory.mktemp("together") / "inputs"))
    (folder / "tmp").mkdir()
    told = forks("pairs", TOGETHER, folder, KOSHO_CACHE=folder / "cold", TMPDIR=folder / "tmp")
    assert not list((folder / "tmp").iterdir())
    return folder, told


@POSIX
@pytest.mark.parametrize("name", TOGETHER)
def test_two_at_once_with_one_cache_say_the_same(
    name: str, together: tuple[Path, Told], usual: tuple[Path, Told]
) -> None:
    expected, (folder, done) = usual[1][name], together
    assert len(done[name]["told"]) == 2
    for status, printed, said in done[name]["told"]:
        assert "Traceback" not in said
        assert status == expected["status"], said
        if name not in STEP_BY_STEP:  # the second finds the draft of the first decided on, or decides again
            assert printed.replace(str(folder), "HERE") == expected["printed"]
    assert done[name]["files"] == expected["files"]


def test_two_who_ask_everything_at_once_with_one_cache_are_told_the_same(
    inputs: Path, usual: tuple[Path, Told]
) -> None:
    """Of the commands that write no file, one after another in two processes."""
    names = [name for name, one in EVERY.items() if not one.writes and name not in PARALLEL]
    renewed(inputs)
    pair = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver", inputs / f"{who}.json", *names],
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=inputs,
            env=child(inputs, KOSHO_CACHE=inputs / "cold"),
        )
        for who in ("one", "two")
    ]
    for process, who in zip(pair, ("one", "two"), strict=True):
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
        found = json.loads((inputs / f"{who}.json").read_text(encoding="utf-8"))["commands"]
        for name in names:
            for key in {"status", "traceback", "printed", "told"} - {*EVERY[name].varies}:
                assert found[name][key] == usual[1][name][key], (name, key)


WRITER = """
import sys
from datetime import date
from pathlib import Path
from kosho.record.accept import Book, entry_id
from kosho.record.drafts import Pile
from kosho.record.vocabulary import of_law
from kosho.record.reading import read
book, pile = Book(Path("record.yaml"), date(2026, 1, 1)), Pile.open(Path("drafts.yaml"))
for k in range(12):
    path = Path(f"{sys.argv[1]}{k}.txt")
    path.write_text(f"Japan offered to buy corn on June {k + 1}, 2025.")
    for draft in read([path]):
        pile.add([draft])
        book.enter(draft, entry_id(draft), None, draft.fields)
        pile.decide(next(key for key, one in pile.drafts.items() if one == draft), "accepted")
"""


def test_two_who_write_into_one_record_lose_nothing(tmp_path: Path) -> None:
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=child(tmp_path),
        )
        for name in ("one", "two")
    ]
    for process in pair:
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
    names = {one.id for one in Record.load(tmp_path / "record.yaml").file.sources}
    assert names == {f"{who}{k}" for who in ("one", "two") for k in range(12)}
    pile = Pile.open(tmp_path / "drafts.yaml")
    assert {draft.doc for draft in pile.drafts.values()} == {f"{name}.txt" for name in names}
    assert pile.open_keys == []
    assert not list(tmp_path.glob(".*"))
