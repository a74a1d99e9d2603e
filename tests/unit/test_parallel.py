"""Worker processes: what they answer, and that none of them outlives its parent or is missed when it dies."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kosho import parallel
from kosho.errors import ConvergenceError, InputError, Problem
from kosho.parallel import Shared, at_most, beside, cores, run, run_in_order, running, tell, workers

POSIX = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")


def alive(process: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # it ended while it was read
        return False
    return state != "Z"


def children(process: int) -> list[int]:
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [one for one in found if alive(one) and _parent(one) == process]


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):  # it ended while it was read
        return -1


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_results_come_in_the_order_of_the_tasks() -> None:
    texts = [str(k) for k in range(200)]
    assert list(run_in_order(int, texts, 2)) == list(range(200))
    assert sorted(result for _, result in run(int, texts, 2)) == list(range(200))


def fails(task: int) -> int:
    """Fails for some, wherever that is carried out."""
    if task == 1:
        raise InputError([Problem("not this one", "any other", key="task"), Problem("nor that")])
    if task == 2:
        raise ConvergenceError(0.5, "JPN", 3, "a hint", "C29", {"wage": 1.0})
    return os.getpid()


@pytest.mark.parametrize(("bad", "kind"), [(1, InputError), (2, ConvergenceError)])
def test_an_error_in_a_worker_is_raised_here_as_what_it_is(bad: int, kind: type[Exception]) -> None:
    parallel.start(2)
    (helper,) = running._HELPERS[:1]
    _, error = helper.ask(fails, bad)
    assert type(error) is kind
    if isinstance(error, InputError):
        assert [one.key for one in error.problems] == ["task", None]
    if isinstance(error, ConvergenceError):
        assert (error.sector, error.best) == ("C29", {"wage": 1.0})
    with pytest.raises(kind):
        list(run(fails, [0, 0, bad, 0, *[0] * 50], 2))


def test_a_worker_that_is_killed_is_noticed_and_its_work_is_done() -> None:
    parallel.start(2)
    victim = running._HELPERS[0]._process
    threading.Timer(1.0, victim.kill).start()
    found = list(run_in_order(time.sleep, [0.2] * 20, 2))
    assert found == [None] * 20
    assert until(lambda: victim.poll() is not None)
    assert sorted(one for _, one in run(int, ["1", "2", "3"], 2)) == [1, 2, 3]  # by a new one


def where(lines: int) -> tuple[int, int]:
    """The process, and how many cores it may use, once it has told some lines."""
    for line in range(lines):
        tell(f"line {line}")
    return os.getpid(), cores()


def test_a_task_is_done_beside_with_the_cores_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(5), raising=False)
    heard: list[str] = []
    with beside(where, 3) as other:
        assert cores() == 3
        until(lambda: not other._thread.is_alive())
        process, theirs = other.result(heard.append)
    assert process != os.getpid()
    assert theirs <= 2  # never more than there are
    assert (heard, cores()) == ([], 5)  # nothing had to be waited for


def test_a_task_that_cannot_be_sent_is_never_quietly_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2), raising=False)
    with beside(len, [lambda: 0]) as other, pytest.raises((AttributeError, pickle.PicklingError)):
        other.result()


def slowly(seconds: float) -> int:
    tell("begun")
    time.sleep(seconds)
    return os.getpid()


def test_what_a_task_tells_is_heard_while_it_is_waited_for() -> None:
    heard: list[str] = []
    with beside(slowly, 1.0) as other:
        other.result(heard.append)
    assert heard in (["begun"], [])  # by itself where there is one core
    assert heard or cores() == 1


def test_on_one_core_a_task_is_done_when_it_is_asked_for() -> None:
    with at_most(1), beside(where, 0) as other:
        assert other.result() == (os.getpid(), 1)


@pytest.mark.parametrize(("bad", "kind"), [(1, InputError), (2, ConvergenceError)])
def test_an_error_beside_is_raised_here(bad: int, kind: type[Exception]) -> None:
    with beside(fails, bad) as other, pytest.raises(kind):
        other.result()


def test_a_task_whose_process_is_killed_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2), raising=False)
    with beside(slowly, 3.0) as other:
        assert other._helper is not None
        other._helper._process.kill()
        assert other.result() == os.getpid()


def test_a_task_that_nobody_waits_for_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2), raising=False)
    with pytest.raises(ZeroDivisionError), beside(time.sleep, 600.0) as other:
        raise ZeroDivisionError
    assert other._helper is not None
    assert not other._helper.alive


SCRIPT = """
import sys, time
from kosho.parallel import run
print("ready", flush=True)
list(run(time.sleep, [600.0] * 4, 3))
"""


@POSIX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent_in_the_middle_of_their_work(number: int) -> None:
    parent = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: len(children(parent.pid)) == 2)
        workers = children(parent.pid)
        time.sleep(2.0)  # they are at work
        parent.send_signal(number)
        parent.wait(timeout=30)
        assert until(lambda: not any(map(alive, workers)), 30)
    finally:
        parent.kill()
        parent.communicate()


@POSIX
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_command_that_is_stopped_ends_quietly_and_leaves_nobody(
    number: int, status: int, tmp_path: Path
) -> None:
    command = (
        *(sys.executable, "-c", "from kosho.cli import main; main()"),
        *("corridor", "TWKHH", "JPUKB", "--replications", "50", "--processes", "2", "--no-effect"),
    )
    parent = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True
    )
    try:
        assert until(lambda: len(children(parent.pid)) == 1)
        workers = children(parent.pid)
        time.sleep(4.0)
        os.killpg(parent.pid, number) if number == signal.SIGINT else parent.send_signal(number)
        _, complaints = parent.communicate(timeout=60)
        assert parent.returncode == status
        assert "Traceback" not in complaints
        assert until(lambda: not any(map(alive, workers)), 30)
        assert list(tmp_path.iterdir()) == []
    finally:
        parent.kill()
        parent.wait()


def told(task: tuple[Shared[list[int]], Shared[dict[str, Shared[list[int]]]]]) -> tuple[int, int, int, int]:
    """What another process makes of two things shared, one of them within the other, and how many it holds."""
    one, other = task
    return os.getpid(), sum(one.value), id(other.value["one"].value), len(Shared.known)


def test_what_is_shared_is_sent_once_and_what_is_used_no_more_is_forgotten() -> None:
    worker = parallel.Worker()
    sent: list[int] = []
    one = Shared(list(range(100_000)))
    other = Shared({"one": one})
    original = workers.send
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                workers, "send", lambda pipe, packed: (sent.append(len(packed)), original(pipe, packed))
            )
            answers = [worker.ask(told, (one, other)) for _ in range(3)]
        assert sent[0] > 100_000
        assert 1_000 > sent[1] == sent[2]
        assert {error for _, error in answers} == {None}
        assert {answer[1:] for answer, _ in answers} == {answers[0][0][1:]}  # the same objects again
        assert answers[0][0][3] == 2
        for k in range(20):
            answer, error = worker.ask(told, (Shared([k]), other))
            assert error is None
            assert answer[1] == k
            assert answer[3] <= workers.REMEMBERED + 2
        assert worker.ask(fails, 1)[1] is not None
        assert worker.ask(told, (one, other))[0][1] == sum(range(100_000))  # sent anew after an error
    finally:
        worker.end()


class Grows:
    """Something that another thread works out, and keeps, while it is pickled."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.begins = Entry(self)
        self.shared = Shared(7)
        self.rest = dict.fromkeys(range(5))

    def sum(self) -> int:
        return self.shared.value + len(self.rest)


class Entry:
    def __init__(self, of: Grows) -> None:
        self.of = of

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        if self.of.times:
            self.of.times -= 1
            self.of.__dict__[f"worked out {self.of.times}"] = 1
        return int, (0,)


@pytest.mark.parametrize("times", [1, 5])
def test_what_grows_while_it_is_sent_is_sent_once_more(times: int) -> None:
    worker = parallel.Worker()
    try:
        assert worker.ask(Grows.sum, Grows(times)) == (12, None)
        assert worker.ask(Grows.sum, Grows(0)) == (12, None)
        shared = Shared(Grows(times))
        shared.pack()
        assert worker.ask(_of_shared, shared) == (12, None)
        with pytest.raises(RuntimeError, match="during iteration"):
            worker.ask(Grows.sum, Grows(10**6))
        assert worker.ask(Grows.sum, Grows(times)) == (12, None)
    finally:
        worker.end()


def _of_shared(one: Shared[Grows]) -> int:
    return one.value.sum()
