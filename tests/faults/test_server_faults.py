"""`kosho serve` stopped, killed, without its workers, and on disks that take nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.faults.conftest import child
from tests.faults.test_process_faults import POSIX, PROGRAM, gone, of_session
from tests.served import korea

NAME = "korea"
TABLE = f"/api/v1/tables/{NAME}"
ASKED = f"{TABLE}/package?options=cars:all-15"
WORKED = "/api/v1/codes", b'{"words": ["cars"]}'
"""A question that a worker answers."""
PATIENCE = 120.0


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return korea(tmp_path_factory.mktemp("served") / NAME)


class Server:
    """A live table as a process in a session of its own."""

    def __init__(self, case: Path, folder: Path, told: int = subprocess.PIPE) -> None:
        for name in ("tmp", "cache", "data"):
            (folder / name).mkdir(exist_ok=True)
        program = ("-c", PROGRAM) if told == subprocess.PIPE else ("-m", "kosho")
        self.process = subprocess.Popen(
            [sys.executable, *program, "serve", str(case), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=told,
            encoding="utf-8",
            cwd=folder,
            start_new_session=True,
            env=child(folder, TMPDIR=folder / "tmp"),
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        (self.port,) = map(int, re.findall(r":(\d+)/", self.line))

    def get(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        kind = {"content-type": "application/json"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, kind)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as got:  # noqa: S310
                return got.status, got.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ended(self) -> str:
        """What it said to the end, once nobody of it is left and its port is free."""
        _printed, told = self.process.communicate(timeout=PATIENCE)
        assert gone(self.process.pid)
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", self.port))
            again.listen()
        return told or ""


@contextmanager
def serving(case: Path, folder: Path, told: int = subprocess.PIPE) -> Iterator[Server]:
    server = Server(case, folder, told)
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(PATIENCE)
        for stream in (server.process.stdout, server.process.stderr):
            if stream is not None:
                stream.close()


def quiet(told: str) -> None:
    assert "Traceback" not in told, told
    assert "Exception ignored" not in told, told


@POSIX
@pytest.mark.parametrize("kind", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("busy", [False, True])
def test_a_server_that_is_stopped_takes_everybody_with_it(
    kind: str, busy: bool, case: Path, tmp_path: Path
) -> None:
    with serving(case, tmp_path) as server:
        if busy:
            assert server.get(ASKED)[0] == 200
            assert server.get(*WORKED)[0] == 200
            assert list(of_session(server.process.pid))
        server.process.send_signal(getattr(signal, kind))
        quiet(server.ended())
        assert server.process.returncode == 128 + getattr(signal, kind)
        assert not list((tmp_path / "tmp").iterdir())


@POSIX
def test_a_server_that_is_killed_leaves_no_workers_and_a_free_port(case: Path, tmp_path: Path) -> None:
    with serving(case, tmp_path) as server:
        assert server.get(*WORKED)[0] == 200
        assert list(of_session(server.process.pid))
        server.process.kill()
        quiet(server.ended())


@POSIX
def test_workers_that_are_killed_are_replaced(case: Path, tmp_path: Path) -> None:
    with serving(case, tmp_path) as server:
        before = server.get(*WORKED)
        workers = list(of_session(server.process.pid))
        assert workers
        for one in workers:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        status, again = server.get(*WORKED)
        assert (status, json.loads(again)) == (200, json.loads(before[1]))
        server.process.terminate()
        quiet(server.ended())


@POSIX
@pytest.mark.parametrize("full", ["tmp", "cache", "data"])
def test_what_is_exported_on_a_full_disk_is_whole_or_refused(
    full: str, case: Path, tmp_path: Path, disk: Callable[..., None]
) -> None:
    (tmp_path / full).mkdir()
    disk(tmp_path / full, 4096)
    (tmp_path / full / "filler").write_bytes(bytes(4096 - 1))
    with serving(case, tmp_path) as server:
        for kind in ("json", "html", "xlsx", "docx"):
            status, content = server.get(f"{TABLE}/export/{kind}?options=cars:all-15")
            assert status == 200 or (status in (422, 507) and json.loads(content)), (
                kind,
                status,
                content[:300],
            )
            if status == 200:
                assert len(content) > 1000
        assert server.get(ASKED)[0] == 200
        server.process.terminate()
        quiet(server.ended())
        assert [path.name for path in (tmp_path / full).iterdir() if path.is_file()] == ["filler"]


@POSIX
def test_a_server_whose_words_nobody_can_take_goes_on(case: Path, tmp_path: Path) -> None:
    with (
        Path("/dev/full").open("w", encoding="utf-8") as nowhere,
        serving(case, tmp_path, nowhere.fileno()) as server,
    ):
        assert server.get("/api/v1/tables/nowhere")[0] == 404
        assert server.get(ASKED)[0] == 200
        server.process.terminate()
        server.ended()
        assert server.process.returncode == 128 + signal.SIGTERM
