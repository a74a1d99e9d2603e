"""pytest in a process of its own that begins where all that is not Kosho's has been imported already.

A process that has imported pytest, NumPy, Numba and the rest is asked for copies of itself (where there is
`fork`; elsewhere each starts anew): to import these takes longer than most tests do. Work is limited, not time:
how long tests take depends on who else uses the machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

__all__ = ["CONTEXT", "ROOT", "STOPPED", "Ended", "First", "awaited", "limited", "prepared", "pytest_apart"]

ROOT = Path(__file__).parents[2]
IMPORTED = (
    *("pytest", "hypothesis.strategies", "hypothesis.extra.numpy", "coverage", "numpy", "numba.extending"),
    *("scipy.sparse.linalg", "scipy.optimize", "xarray", "pandas", "pydantic", "yaml", "typer.testing"),
    *("docx", "openpyxl", "lxml.etree", "PIL.Image", "jinja2", "babel.numbers", "httpx"),
)
CONTEXT = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
if hasattr(CONTEXT, "set_forkserver_preload"):
    CONTEXT.set_forkserver_preload(list(IMPORTED))
SLOW = 10.0
"""How many times as long as its work a process may last: others use the machine too."""
STOPPED = -1


@dataclass(frozen=True)
class Ended:
    """How pytest ended (0: all passed; `STOPPED`: it took too long) and the first test that failed."""

    code: int
    failed: str = ""

    @property
    def passed(self) -> bool:
        return self.code == 0


def pytest_apart(source: Path, options: Sequence[str], environment: Mapping[str, str], seconds: float) -> Ended:
    """Run pytest on some sources with an environment; no more than so many seconds of work.

    Args:
        source: Folder that holds Kosho.
        options: What pytest is told.
        environment: Variables that are set besides those of this process.
        seconds: Of work; a process that waits is ended as well, later.
    """
    return awaited(CONTEXT, _run, (source, list(options), dict(environment), seconds), seconds)


def awaited(
    context: BaseContext, target: Callable[..., None], given: tuple[object, ...], seconds: float
) -> Ended:
    """What a process sends of how it ended; it is given a pipe for that."""
    here, there = context.Pipe(duplex=False)
    process: Any = context.Process(target=target, args=(*given, there))  # type: ignore[attr-defined]
    process.start()
    there.close()
    try:
        ended = here.recv() if here.poll(SLOW * seconds) else Ended(STOPPED)
    except EOFError:  # it was ended for too much work, or took the interpreter down
        ended = Ended(STOPPED)
    process.join(0 if ended.code == STOPPED else None)
    if process.is_alive():
        process.kill()
        process.join()
    here.close()
    return ended


class First:
    """A pytest plugin that remembers which test failed first."""

    failed = ""

    def pytest_runtest_logreport(self, report: object) -> None:
        if getattr(report, "failed", False) and not self.failed:
            self.failed = str(getattr(report, "nodeid", ""))


def prepared(source: Path, environment: Mapping[str, str]) -> None:
    """Make of this process one that reads some sources, and says nothing."""
    os.environ.update(environment)
    sys.path[:0] = [str(source), str(ROOT)]
    sys.dont_write_bytecode = True
    os.chdir(ROOT)
    with open(os.devnull, "w") as nothing:  # noqa: PTH123 - descriptors
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    from numba.core import config  # noqa: PLC0415 - where there is no fork, by this process only

    config.reload_config()  # it has read its variables when it was imported


def limited(seconds: float) -> None:
    """Let this process do so many seconds of work and no more."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))


def _run(source: Path, options: list[str], environment: dict[str, str], seconds: float, there: Any) -> None:
    prepared(source, environment)
    limited(seconds)
    import pytest  # noqa: PLC0415 - where there is no fork, by this process only

    first = First()
    code = int(pytest.main(options, plugins=[first]))
    there.send(Ended(code, first.failed))
