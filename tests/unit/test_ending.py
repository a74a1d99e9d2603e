"""With which status an interrupt ends a command, and what passes for one."""

from __future__ import annotations

import signal
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from kosho import ending


@pytest.fixture(autouse=True)
def statuses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    came: list[int] = []
    monkeypatch.setattr(ending, "_statuses", came)
    return came


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_status_is_that_of_the_signal(
    number: int, status: int, statuses: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        ending._unwind(number, None)
    assert (ended.value.code, statuses) == (status, [status])
    monkeypatch.setattr("kosho.ending.os._exit", statuses.append)
    ending._leave(number, None)
    assert statuses == [status, status]


def test_an_error_that_an_interrupt_became_ends_with_the_last_status(statuses: list[int]) -> None:
    with pytest.raises(ValueError, match="mine"), ending.as_interrupted():
        raise ValueError("mine")
    statuses += [130, 143]
    with pytest.raises(SystemExit) as ended, ending.as_interrupted():
        raise ValueError("mine")
    assert ended.value.code == 143
    with ending.as_interrupted():
        pass


@pytest.mark.parametrize(
    ("lost", "again"),
    [
        (SystemExit(130), 2),
        (SystemExit(143), 15),
        (SystemExit(129), None),
        (SystemExit(1), None),
        (ValueError("x"), None),
        (None, None),
    ],
)
def test_an_interrupt_that_was_lost_comes_again(
    lost: BaseException | None, again: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, then: Any, given: tuple[int]) -> None:
            self.asked = (0 < seconds < 1, then, given)

        def start(self) -> None:
            asked.append((self.daemon, *self.asked))

    monkeypatch.setattr("kosho.ending.threading.Timer", Timer)
    monkeypatch.setattr(sys, "__unraisablehook__", lambda lost: asked.append(("told", lost)))
    given: Any = SimpleNamespace(exc_value=lost)
    ending._again(given)
    assert asked == ([("told", given)] if again is None else [(True, True, ending._interrupt, (again,))])


def test_an_interrupt_is_sent_to_the_main_thread_where_the_system_can(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("kosho.ending.signal.pthread_kill", lambda *given: sent.append(given), raising=False)
    monkeypatch.setattr("kosho.ending._thread.interrupt_main", lambda number: sent.append((number,)))
    ending._interrupt(15)
    monkeypatch.delattr("kosho.ending.signal.pthread_kill")
    ending._interrupt(15)
    assert sent == [(threading.main_thread().ident, 15), (signal.SIGTERM,)]


def test_signals_that_are_ignored_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    now: dict[int, Any] = {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_DFL}
    monkeypatch.setattr("kosho.ending.signal.getsignal", now.__getitem__)
    monkeypatch.setattr("kosho.ending.signal.signal", now.__setitem__)
    ending.end_at_once()
    assert now == {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: ending._leave}
    ending._too_late()
    assert now == {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_IGN}
