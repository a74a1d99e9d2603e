"""The command line as a process, one real brief for all tests, and a browser where there is one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.surroundings import BROWSER, environment, kosho

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
FORKING = ("-W", "ignore:This process:DeprecationWarning")  # of Python 3.12, where libraries hold threads
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _binary() -> str:
    """Where a browser is; the test is skipped where there is none."""
    binary = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip(f"no {BROWSER} at hand: install one of {', '.join(BROWSERS)}")
    return binary


@pytest.fixture(scope="session", name="kosho")
def kosho_() -> Run:
    """Run `kosho` with arguments; the result has `stdout`, `stderr`, `returncode`."""
    return kosho


@dataclass(frozen=True)
class Told:
    """What a command did."""

    status: int
    printed: str
    said: str
    left: tuple[str, ...]
    """Files it has left in the folder that it ran in."""

    def is_one_line(self, expected: str) -> None:
        """A mistake, told in one line in which this stands; nothing printed, nothing left."""
        assert (self.status, self.printed, self.left) == (2, "", ())
        assert len(self.said.splitlines()) == 1
        assert expected in self.said


Forked = Callable[[Sequence[tuple[str, ...]]], dict[tuple[str, ...], Told]]


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Forked:
    """Run many command lines as processes, forks of one that has read the modules, warnings being errors."""

    def run(lines: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Told]:
        done = subprocess.run(
            [sys.executable, "-W", "error", *FORKING, "-m", "tests.forks"],
            input=json.dumps(lines),
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path_factory.mktemp("forked"),
            timeout=600,
            env=environment(PYTHONPATH=os.pathsep.join(map(str, (ROOT / "src", ROOT)))),
        )
        assert done.returncode == 0, done.stderr
        told = (Told(**{**one, "left": tuple(one["left"])}) for one in json.loads(done.stdout))
        return dict(zip(lines, told, strict=True))

    return run


@pytest.fixture(scope="session")
def brief_folder(kosho: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the brief of the shipped case was written."""
    folder = tmp_path_factory.mktemp("brief")
    done = kosho("brief", "japan-us-2025", "--as-of", "2025-06-29", "--out", folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder / "terminal.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A browser that Playwright drives."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=_binary(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def chromium() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a headless browser with flags and an address, in a profile of its own."""
    binary = _binary()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            return subprocess.run(
                [
                    binary,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--hide-scrollbars",
                    "--allow-file-access-from-files",
                    "--virtual-time-budget=20000",
                    f"--user-data-dir={profile}",
                    *arguments,
                ],
                capture_output=True,
                text=True,
                check=True,
                timeout=600,
                env=environment(HOME=profile),
            )

    return run
