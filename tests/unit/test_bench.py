"""Speeds are measured in turn with plain ways that come to the same answers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.bench import Speed, speeds
from kosho.bench.plain_solver import solve_plain
from kosho.bench.speeds import KINDS, _Deals, _reading
from kosho.cli import app
from kosho.equilibrium import solve
from kosho.errors import InputError
from kosho.record import reading


def test_a_ratio_is_how_many_times_as_quick():
    assert Speed("a", "b", "c", seconds=0.5, plain_seconds=2.0).ratio == 4.0
    assert Speed("a", "b", "c", seconds=4.0, plain_seconds=2.0).ratio == 0.5


def test_the_plain_way_comes_to_the_same_answer():
    deals = _Deals.of()
    shock = deals.shocks[0]
    rates = deals.world.arrays.tariff.copy()
    rates[shock.importer, shock.exporter, shock.sector] = shock.tariff
    plain = solve_plain(deals.world, rates, dense=False)
    np.testing.assert_allclose(solve(deals.world, shock).welfare.to_numpy(), plain.welfare, atol=1e-7)


def test_times_are_of_one_each():
    calls: list[str] = []
    work = _reading()
    counted = type(work)(
        "a", "b", lambda: calls.append("own"), 10, lambda: calls.append("plain"), 1, rounds=3
    ).speed("x")
    assert calls == ["own", *["own", "plain"] * 3]  # once for what is kept, then in turn
    assert counted.seconds < counted.plain_seconds * 5


def test_texts_that_are_read_hold_statements():
    found = _reading().do()
    assert isinstance(found, list)
    assert len(found) == 10
    assert sum(map(len, found)) > 10


def test_every_text_that_is_timed_is_read(monkeypatch: pytest.MonkeyPatch):
    work, real, names = _reading(), reading.prepared, list[str]()
    monkeypatch.setattr(reading, "prepared", lambda document: names.append(document.name) or real(document))
    work.do()
    work.do()
    assert len(names) == 2 * work.count


def test_the_command_tells_kinds_and_machine():
    done = CliRunner().invoke(app, ["bench", "--only", "reading", "--json"])
    told = json.loads(done.stdout)
    assert told["schema_version"] == 1
    assert set(told["machine"]) == {"kosho", "processor", "cores", "system", "python", "numpy"}
    (one,) = told["speeds"]
    assert one["id"] == "reading"
    assert one["ratio"] == pytest.approx(one["plain_seconds"] / one["seconds"])
    assert one["seconds"] > 0
    plain = CliRunner().invoke(app, ["bench", "--only", "reading"], env={"COLUMNS": "80"})
    assert max(map(len, plain.stdout.splitlines())) <= 80
    assert one["title"].split()[1] in plain.stdout
    refused = CliRunner().invoke(app, ["bench", "--only", "readin"])
    assert isinstance(refused.exception, InputError)
    assert "--only: unknown value 'readin' (did you mean reading" in str(refused.exception)


def test_kinds_named_one_after_the_other_are_all_measured():
    done = CliRunner().invoke(app, ["bench", "--only", "reading", "--only", "solve", "--json"])
    assert [one["id"] for one in json.loads(done.stdout)["speeds"]] == ["solve", "reading"]


def test_every_kind_has_words():
    assert list(KINDS) == ["solve", "batch", "gradient", "screen", "rates", "reading"]
    assert [one.id for one in speeds(only=["solve", "reading"])] == ["solve", "reading"]
