"""How packages are sent to a cluster and come back: with a scheduler that answers at once, in this process.

`tests/end_to_end/test_cluster.py` has true ones.
"""

from __future__ import annotations

import pickle
import sys
import zlib
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from kosho.bargain import Effort, cluster
from kosho.bargain.cluster import Cluster
from kosho.bargain.sweep import SweepTask
from kosho.errors import InputError, KoshoError

ADDRESS = "tcp://127.0.0.1:8786"


class Laid:
    """What a table is to a cluster: something to be packed, and asked for payoffs."""

    made = 0

    def __init__(self, add=0):
        self.add = add
        self.shocks = SimpleNamespace(tight=None)

    def __setstate__(self, state):
        type(self).made += 1
        self.__dict__ |= state

    def payoffs(self, task):
        return (task.packages + self.add).tolist()


class Done:
    """What is done already."""

    status = "finished"

    def __init__(self, answer):
        self.answer = answer

    def result(self):
        return self.answer()


class Scheduler:
    """What Kosho asks of a connection to Dask."""

    made = 0

    def __init__(self, address, **_given):
        if address.endswith(":9"):
            raise OSError
        Scheduler.made += 1
        self.id, self.status, self.loop, self.sent = f"{self.made}", "running", None, 0
        self.workers = {"tcp://there:1": {}}
        self.facts = dict(cluster._told())
        self.off: list[Done] = []

    def wait_for_workers(self, _number, **_given):
        if not self.workers:
            raise TimeoutError

    def run(self, _asked, **_given):
        return dict.fromkeys(self.workers, self.facts)

    def scheduler_info(self):
        return {"workers": self.workers}

    def submit(self, function, held, **_given):
        self.sent += 1
        return function(held)

    def map(self, function, tasks, held, tag, **_given):
        return [Done(lambda one=one: function(one, held, tag)) for one in tasks]

    def cancel(self, futures):
        self.off += futures


class Completed:
    """Futures that come back two at a time, the last first."""

    def __init__(self, futures, **_given):
        self.left = list(futures)

    def has_ready(self):
        return bool(self.left)

    def next_batch(self, **_given):
        batch, self.left = self.left[:-3:-1], self.left[:-2]
        return batch


@pytest.fixture(autouse=True)
def dask(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "distributed", SimpleNamespace(Client=Scheduler, as_completed=Completed, __spec__=())
    )
    monkeypatch.setattr(cluster, "_CLIENTS", {})
    monkeypatch.setattr(cluster, "_keep_memory", lambda: None)
    monkeypatch.setattr(cluster._Held, "laid", {})
    monkeypatch.setattr(Scheduler, "made", 0)
    monkeypatch.setattr(Laid, "made", 0)


def solved(laid, reached=None):
    tasks = [SweepTask(np.arange(first, last)) for first, last in ((0, 2), (2, 5), (5, 6))]
    return list(Cluster(ADDRESS)(laid, tasks, reached))


def test_tasks_come_back_by_number_and_are_counted():
    reached: list[int] = []
    assert solved(Laid(10), reached.append) == [(2, [15]), (1, [12, 13, 14]), (0, [10, 11])]
    assert reached == [1, 4, 6]
    assert len(cluster._client(ADDRESS).off) == 3


def test_one_connection_and_one_table_are_held_while_they_last():
    laid = Laid()
    for _again in range(2):
        solved(laid)
    first = cluster._client(ADDRESS)
    assert (Scheduler.made, first.sent, Laid.made) == (1, 1, 1)
    first.status = "closed"
    solved(laid)
    assert (Scheduler.made, cluster._client(ADDRESS).sent, first.sent, Laid.made) == (2, 1, 1, 2)


def test_a_worker_holds_the_last_two_tables():
    helds = [cluster._Held(bytes([k]), zlib.compress(pickle.dumps(Laid(k))), cluster._told()) for k in range(3)]
    for k, made in ((0, 1), (1, 2), (0, 2), (2, 3), (1, 3), (2, 3), (0, 4)):
        assert cluster._payoffs(SweepTask(np.arange(1)), helds[k], "en") == [k]
        assert Laid.made == made, k


@pytest.mark.parametrize(
    ("address", "workers", "facts", "told"),
    [
        ("tcp://127.0.0.1:9", {}, {}, [r"no Dask scheduler answers at tcp://127.0.0.1:9 (start one there"]),
        (
            ADDRESS,
            {},
            {},
            [r"the scheduler at tcp://127.0.0.1:8786 has no worker (start some with: dask worker"],
        ),
        (
            ADDRESS,
            {"tcp://there:1": {}, "tcp://there:2": {}},
            {"Kosho": "0.0.1", "NumPy": "1.0"},
            [
                f"worker tcp://there:{k} would not give the same answer: Kosho is 0.0.1 there and "
                f"{cluster.__version__} here; NumPy is 1.0 there and {np.__version__} here (install Kosho"
                for k in (1, 2)
            ],
        ),
        (
            ADDRESS,
            {"tcp://there:1": {}},
            ImportError("no kosho"),
            ["worker tcp://there:1 cannot run Kosho: no kosho"],
        ),
    ],
)
def test_a_cluster_that_cannot_answer_is_refused(address, workers, facts, told):
    if workers or address == ADDRESS:
        client = cluster._client(address)
        client.workers = workers
        client.facts = facts if isinstance(facts, Exception) else client.facts | facts
    with pytest.raises(InputError) as refused:
        list(Cluster(address)(Laid(), [], None))
    said = [str(one) for one in refused.value.problems]
    assert len(said) == len(told)
    assert all(one.startswith(f"--cluster: {other}") for one, other in zip(said, told, strict=True)), said


def test_what_a_worker_does_not_say_is_not_known():
    (problem,) = cluster._differences("tcp://there:1", {"Kosho": "1"}, {"Kosho": "1", "Numba": "0.60"})
    assert "the same answer: Numba is not known there and 0.60 here" in str(problem)


def test_a_worker_that_comes_late_with_another_kosho_is_refused():
    held = cluster._Held(b"1", b"", {**cluster._facts(), "NumPy": "1.0"})
    with pytest.raises(InputError, match=r"would not give the same answer: NumPy is .* there and 1.0 here"):
        cluster._payoffs(SweepTask(np.arange(2)), held, "en")


class Later(Completed):
    """Futures that come back one by one, each at its second; sleeping is what makes it later."""

    now, ready = 0.0, ()

    def has_ready(self):
        return bool(self.left) and self.now >= self.ready[-len(self.left)]

    def next_batch(self, **_given):
        return [self.left.pop(0)]


def waited(monkeypatch, ready, workers, until):
    """Wait for futures that are ready at some seconds, connected until a second; at which all was over."""
    client = cluster._client(ADDRESS)
    client.workers = workers
    monkeypatch.setattr(Later, "now", 0.0)
    monkeypatch.setattr(Later, "ready", ready)

    def sleep(seconds):
        assert 0 < seconds < 1
        Later.now += seconds
        client.status = "running" if Later.now < until else "closed"

    monkeypatch.setattr(cluster, "time", SimpleNamespace(monotonic=lambda: Later.now, sleep=sleep))
    monkeypatch.setattr(sys.modules["distributed"], "as_completed", Later)
    futures = [Done(None) for _ in ready]
    assert list(cluster._finished(client, ADDRESS, futures)) == futures
    return Later.now


@pytest.mark.parametrize(
    ("ready", "workers"), [(range(1, 9), {}), ((1, 1, 1, 50), {}), ((50, 100), {}), ((80,), {"one": {}})]
)
def test_a_cluster_is_waited_for_while_it_has_workers(monkeypatch, ready, workers):
    assert ready[-1] <= waited(monkeypatch, ready, workers, 999) < ready[-1] + 0.1


@pytest.mark.parametrize(
    ("ready", "workers", "until", "first", "last", "told"),
    [
        ((1, 999), {}, 999, 61, 65, "the cluster at tcp://127.0.0.1:8786 has lost all its workers"),
        ((9, 9, 999), {}, 999, 69, 73, "has lost all its workers"),
        ((999,), {"one": {}}, 20, 20, 23, "the connection to the cluster at tcp://127.0.0.1:8786 was lost"),
        ((999,), {}, 20, 20, 23, "was lost"),
    ],
)
def test_a_cluster_that_is_gone_is_told_soon(monkeypatch, ready, workers, until, first, last, told):
    with pytest.raises(KoshoError, match=told):
        waited(monkeypatch, ready, workers, until)
    assert first <= Later.now <= last


def failed(status, error=None):
    return SimpleNamespace(status=status, exception=lambda: error)


@pytest.mark.parametrize(
    ("future", "told"),
    [
        (failed("error", RuntimeError("four workers died")), "of packages: RuntimeError: four workers died"),
        (failed("cancelled"), "the cluster at tcp://there:1 did not solve a range of packages: cancelled: "),
        (failed("error", KoshoError("own words")), "own words"),
    ],
)
def test_a_range_that_is_given_up_is_an_error_and_not_a_loop(future, told):
    with pytest.raises(KoshoError) as refused:
        cluster._result(future, "tcp://there:1")
    assert str(refused.value).endswith(told)


@pytest.mark.parametrize(
    "address", ["localhost", "tcp://", "http://there:80", "tcp://there", "tcp://a b:1", "tcp://a:1/b"]
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(InputError, match="is not the address of a scheduler"):
        Effort(cluster=address)


@pytest.mark.parametrize(("takes", "asked"), [(True, 2), (False, 3)])
def test_a_worker_keeps_the_memory_that_it_frees(monkeypatch, takes, asked):
    monkeypatch.undo()
    said: list[tuple[int, int]] = []
    step = count()

    def mallopt(*given):
        said.append(given)
        return takes or next(step) != 1

    monkeypatch.setattr(cluster.ctypes, "CDLL", lambda _: SimpleNamespace(mallopt=mallopt))
    cluster._keep_memory()
    assert said == [(-1, 10**9), (-3, 10**9), (-3, 32 * 2**20)][:asked]
