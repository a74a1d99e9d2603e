"""Packages solved by the workers of a cluster: the same bits, whoever solves them and whoever is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.clusters import machines
from typer.testing import CliRunner

from kosho.bargain import Effort, cluster
from kosho.bargain import sweep as seam
from kosho.bargain.cluster import Cluster
from kosho.bargain.pricing import price
from kosho.bargain.robustness import certify, closing_points
from kosho.bargain.sweep import LaidTable, SweepTask, in_process, sweep, sweep_tasks
from kosho.case import Case
from kosho.cli import app
from kosho.equilibrium import Failure
from kosho.errors import ConvergenceError, InputError
from kosho.progress import silent

pytestmark = pytest.mark.filterwarnings("default")  # of sockets that a killed process leaves open


@pytest.fixture(scope="module")
def loopback(tmp_path_factory):
    with machines(tmp_path_factory.mktemp("cluster"), 2) as found:
        yield found


@pytest.fixture(scope="module")
def laid(talks):
    table = Case.load("japan-us-2025").table()
    few = {"issues": table.file.issues[:3], "red_lines": (), "links": ()}
    table = replace(table, file=table.file.model_copy(update=few))
    return LaidTable(table, table.backgrounds[0], talks, "fixed")


@pytest.fixture
def ranges(monkeypatch):
    """Small ones, so that there are many."""
    monkeypatch.setattr(seam, "RANGE", 12)


@pytest.fixture
def alone(laid, ranges):
    return sweep(laid, sweep_tasks(np.arange(len(laid.table.grid)), compared=True))


def tasks_of(laid):
    return sweep_tasks(np.arange(len(laid.table.grid)), compared=True)


def test_two_workers_give_the_bits_of_one_process(loopback, laid, alone):
    reached: list[int] = []
    found = sweep(laid, tasks_of(laid), Cluster(loopback.address), reached.append)
    assert len(tasks_of(laid)) > 10
    assert found.columns.tobytes() == alone.columns.tobytes()
    assert len(found.columns) == len(laid.table.grid) + 2
    assert reached == sorted(reached)
    assert reached[-1] == len(found.columns)


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(tmp_path, laid, alone):
    with machines(tmp_path, 2) as pair:
        seen: list[int] = []

        def reached(done: int) -> None:
            if not seen:
                pair.workers[0].kill()
                pair.workers[0].wait()
            seen.append(done)

        found = sweep(laid, tasks_of(laid), Cluster(pair.address), reached)
        assert found.columns.tobytes() == alone.columns.tobytes()
        assert len(seen) == len(tasks_of(laid))
        assert pair.workers[1].poll() is None


def test_what_is_not_done_is_called_off_and_the_cluster_goes_on(loopback, laid, alone):
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    backend = Cluster(loopback.address)
    with pytest.raises(KeyboardInterrupt):
        sweep(laid, tasks_of(laid), backend, interrupted)
    assert sweep(laid, tasks_of(laid), backend).columns.tobytes() == alone.columns.tobytes()


def test_a_table_is_priced_the_same_whichever_way_it_is_swept(loopback, laid, ranges):
    given = (laid.table, laid.background, laid.world)
    for exact in (True, False):
        here = price(*given, exact=exact)
        there = price(*given, exact=exact, backend=Effort(cluster=loopback.address).backend)
        assert there.game.payoffs.tobytes() == here.game.payoffs.tobytes()
        assert there.solved.tolist() == here.solved.tolist()
        assert there.with_exact([3]).game.payoffs.tobytes() == here.with_exact([3]).game.payoffs.tobytes()


@pytest.fixture(scope="module")
def priced(laid):
    return price(laid.table, laid.background, laid.world)


DRAWS = 7
"""Uneven, so that ranges of draws are."""


def certified(priced, backend, progress=silent):
    packages = np.array([0, 3, 5, 11])
    return certify(replace(priced, backend=backend), packages, DRAWS, 1, progress)


def test_a_certificate_has_the_bits_of_one_process(loopback, priced, monkeypatch):
    monkeypatch.setattr(seam, "AT_ONCE", 2)
    told: list[str] = []
    there = certified(priced, Cluster(loopback.address), told.append)
    assert there == certified(priced, in_process)
    assert told[0].startswith("Draws, 0 of 7")
    assert told[-1].startswith("Draws, 7 of 7")
    packages = np.array([3, 5])
    far = replace(priced, backend=Cluster(loopback.address))
    assert closing_points(far, packages) == closing_points(priced, packages)


def test_a_certificate_survives_a_worker_that_is_killed(tmp_path, priced, monkeypatch):
    monkeypatch.setattr(seam, "AT_ONCE", 1)
    with machines(tmp_path, 2) as pair:
        told: list[str] = []

        def progress(text: str) -> None:
            told.append(text)
            if len(told) == 2:  # the first draw is in
                pair.workers[0].kill()
                pair.workers[0].wait()

        there = certified(priced, Cluster(pair.address), progress)
        assert pair.workers[0].poll() is not None
        assert pair.workers[1].poll() is None
    assert there == certified(priced, in_process)


def test_a_certificate_that_is_interrupted_is_called_off(loopback, priced, monkeypatch):
    monkeypatch.setattr(seam, "AT_ONCE", 1)
    told: list[str] = []

    def progress(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            raise KeyboardInterrupt

    backend = Cluster(loopback.address)
    with pytest.raises(KeyboardInterrupt):
        certified(priced, backend, progress)
    assert len(told) == 2
    assert certified(priced, backend) == certified(priced, in_process)


def test_the_command_line_asks_a_cluster_by_option_and_by_environment(loopback, monkeypatch):
    words = ["bargain", "japan-taiwan-2025", "--draws", "4", "--no-confirm", "--json"]
    here = CliRunner().invoke(app, words)
    there = CliRunner().invoke(app, [*words, "--cluster", loopback.address])
    assert here.exit_code == there.exit_code == 0, there.output
    assert json.loads(there.stdout) == json.loads(here.stdout)
    monkeypatch.setenv("KOSHO_CLUSTER", "nowhere")
    refused = CliRunner().invoke(app, words)
    assert isinstance(refused.exception, InputError)
    assert "'nowhere' is not the address of a scheduler" in str(refused.exception)


def test_a_range_without_an_equilibrium_is_named_as_in_one_process(loopback, laid, alone, monkeypatch):
    """Failures keep their number among all packages."""
    task = SweepTask(np.array([5, 6]))
    one = laid.payoffs(task)
    assert one.columns.shape == alone.columns[5:7].shape
    broken = replace(one, failures=(cluster_failure(1),))
    found = sweep(laid, [task, task], lambda *_: iter([(1, broken), (0, one)]))
    assert [failure.member for failure in found.failures] == [3]


def cluster_failure(member: int):
    return replace(Failure.of(ConvergenceError(0.1, "JPN", 3)), member=member)


# Errors for people.


def test_a_scheduler_that_is_not_there_is_told(laid, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    with pytest.raises(
        InputError, match=r"--cluster: no Dask scheduler answers at tcp://127.0.0.1:9 \(start one"
    ):
        sweep(laid, tasks_of(laid), Cluster("tcp://127.0.0.1:9"))


def test_a_worker_with_another_kosho_or_world_is_refused_by_name(loopback, laid, monkeypatch):
    other = {**cluster._facts(), "Kosho": "0.0.1", "the world that ships": "0123456789ab"}
    monkeypatch.setattr(cluster, "_facts", lambda: other)
    with pytest.raises(InputError) as refused:
        sweep(laid, tasks_of(laid), Cluster(loopback.address))
    told = [str(one) for one in refused.value.problems]
    assert len(told) == 2
    assert all("worker tcp://127.0.0.1:" in one and "Kosho is" in one and "0.0.1 here" in one for one in told)
    assert all("the world that ships is" in one and "0123456789ab here" in one for one in told)


def test_a_worker_that_has_machine_code_where_it_is_not_here_is_refused(loopback, laid, monkeypatch):
    pytest.importorskip("numba")
    monkeypatch.setattr(cluster, "find_spec", lambda _name: None)
    monkeypatch.setattr(cluster, "_facts", cluster._facts.__wrapped__)
    with pytest.raises(
        InputError, match=r"would not give the same answer: Numba is [\d.]+ there and none here"
    ):
        sweep(laid, tasks_of(laid), Cluster(loopback.address))


def test_no_worker_and_one_without_kosho_are_told(tmp_path, laid, monkeypatch):
    with machines(tmp_path, 0) as poor:
        monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 5)
        with pytest.raises(InputError, match=r"has no worker \(start some with: dask"):
            sweep(laid, tasks_of(laid), Cluster(poor.address))
        poor.add(kosho=False)
        with pytest.raises(InputError, match=r"worker tcp://127.0.0.1:\d+ cannot run Kosho"):
            sweep(laid, tasks_of(laid), Cluster(poor.address))


def test_tasks_do_not_depend_on_who_solves_them(laid, ranges):
    tasks = tasks_of(laid)
    assert np.concatenate([one.packages for one in tasks]).tolist() == list(range(len(laid.table.grid)))
    assert [one.compared for one in tasks] == [False] * (len(tasks) - 1) + [True]
    whole = dict(in_process(laid, tasks, None))
    last = dict(in_process(laid, tasks[-1:], None))
    assert last[0].columns.tobytes() == whole[len(tasks) - 1].columns.tobytes()
