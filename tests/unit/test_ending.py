"""An interrupt ends a command wherever it comes."""

from __future__ import annotations

import signal

import pytest
from tests.surroundings import python

PROGRAM = """
import signal, sys, time, weakref
from kosho.ending import {ending}
{ending}()
class Thing: pass
def cb(_): signal.raise_signal(signal.{name})
thing = Thing()
kept = weakref.ref(thing, cb)
try:
    del thing
    time.sleep(20)
finally:
    print("put away", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(("ending", "printed"), [("end_quietly", "put away\n"), ("end_at_once", "")])
def test_an_interrupt_where_python_lets_nothing_through(name: str, ending: str, printed: str) -> None:
    done = python(PROGRAM.format(name=name, ending=ending))
    assert (done.returncode, done.stdout, done.stderr) == (128 + getattr(signal, name), printed, "")


def test_what_is_ignored_stays_so() -> None:
    program = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); from kosho.ending import end_quietly;"
        "end_quietly(); signal.raise_signal(signal.SIGTERM); print('goes on')"
    )
    done = python(program)
    assert (done.returncode, done.stdout) == (0, "goes on\n")


def test_what_else_goes_wrong_where_python_lets_nothing_through_is_told_as_ever() -> None:
    program = PROGRAM.format(name="SIGINT", ending="end_quietly").replace(
        "signal.raise_signal(signal.SIGINT)", "[][1]"
    )
    done = python(program.replace("time.sleep(20)", "pass"))
    assert (done.returncode, done.stdout) == (0, "put away\n")
    assert done.stderr.endswith("IndexError: list index out of range\n")


@pytest.mark.parametrize(
    ("interrupt", "status", "told"), [("signal.raise_signal(signal.SIGTERM)", 143, False), ("[][1]", 1, True)]
)
def test_an_interrupt_of_which_a_library_makes_another_error_ends_as_one(
    interrupt: str, status: int, told: bool
) -> None:
    program = f"""
import signal
from kosho.ending import as_interrupted, end_quietly
end_quietly()
with as_interrupted():
    try:
        {interrupt}
    except BaseException:
        raise ValueError("a schema")
"""
    done = python(program)
    assert (done.returncode, done.stdout) == (status, "")
    assert ("a schema" in done.stderr) is told


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_as_python_ends_comes_too_late(name: str) -> None:
    program = f"""
import atexit, signal
atexit.register(lambda: print(signal.getsignal(signal.{name}).name))
from kosho.ending import end_at_once, end_quietly
end_quietly()
atexit.register(lambda: print(signal.getsignal(signal.{name}).__name__))
end_quietly()
end_at_once()
print("done")
"""
    done = python(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n_leave\nSIG_IGN\n", "")
