"""pytest in a process of its own that begins where all that is not Kosho's has been imported already.

A process that has imported pytest, NumPy, Numba and the rest is asked for copies of itself (where there is
`fork`; elsewhere each starts anew): to import these takes longer than most tests do. Work is limited, not time:
how long tests take depends on who else uses the machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

__all__ = ["ROOT", "Ended", "pytest_apart"]

ROOT = Path(__file__).parents[2]
IMPORTED = (
    *("pytest", "hypothesis.strategies", "hypothesis.extra.numpy", "coverage", "numpy", "numba.extending"),
    *("scipy.sparse.linalg", "scipy.optimize", "xarray", "pandas", "pydantic", "yaml", "typer.testing"),
    *("docx", "openpyxl", "lxml.etree", "PIL.Image", "jinja2", "babel.numbers", "httpx"),
)
_CONTEXT = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
if hasattr(_CONTEXT, "set_forkserver_preload"):
    _CONTEXT.set_forkserver_preload(list(IMPORTED))
SLOW = 20.0
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
    here, there = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(source, list(options), dict(environment), seconds, there))
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


class _First:
    """A pytest plugin that remembers which test failed first."""

    failed = ""

    def pytest_runtest_logreport(self, report: object) -> None:
        if getattr(report, "failed", False) and not self.failed:
            self.failed = str(getattr(report, "nodeid", ""))


def _run(source: Path, options: list[str], environment: dict[str, str], seconds: float, there: object) -> None:
    os.environ.update(environment)
    sys.path[:0] = [str(source), str(ROOT)]
    sys.dont_write_bytecode = True
    os.chdir(ROOT)
    with open(os.devnull, "w") as nothing:  # noqa: PTH123 - descriptors
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    import pytest  # noqa: PLC0415 - where there is no fork, by this process only
    from numba.core import config  # noqa: PLC0415

    config.reload_config()  # it has read its variables when it was imported
    first = _First()
    code = int(pytest.main(options, plugins=[first]))
    there.send(Ended(code, first.failed))  # type: ignore[attr-defined]
