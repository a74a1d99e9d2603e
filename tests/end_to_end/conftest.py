"""The command line as a process, one real brief for all tests, and a browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.forks import Forks
from tests.surroundings import BROWSER, environment

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _binary() -> str:
    """Where a browser is; the test is skipped where there is none."""
    binary = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip(f"no {BROWSER} at hand: install one of {', '.join(BROWSERS)}")
    return binary


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A process that has read all modules, and is forked for a command."""
    found = Forks()
    yield found
    found.end()


@pytest.fixture(scope="session", name="kosho")
def kosho_(forks: Forks) -> Run:
    """Run `kosho` with arguments; the result has `stdout`, `stderr`, `returncode`."""
    return forks.told


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
def forked(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Forked:
    """Run many command lines, each in a folder of its own."""

    def run(lines: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Told]:
        return {line: told(line, tmp_path_factory.mktemp("forked")) for line in lines}

    def told(line: tuple[str, ...], folder: Path) -> Told:
        done = forks.told(*line, cwd=folder)
        return Told(
            done.returncode, done.stdout, done.stderr, tuple(sorted(path.name for path in folder.iterdir()))
        )

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
