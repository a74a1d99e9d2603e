"""`kosho tariffs` as a process."""

from __future__ import annotations

import json

import pytest
from tests.end_to_end.conftest import Run

from kosho.codes import sectors, talks_sectors


def test_optimal_tariffs_of_one_party_on_everybody(kosho: Run) -> None:
    done = kosho("tariffs", "optimal", "--parties", "USA", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["schema_version"] == 1
    assert {row["importer"] for row in told["tariffs"]} == {"USA"}
    assert len({row["exporter"] for row in told["tariffs"]}) == 19
    goods = {code for code, members in talks_sectors().items() if all(sectors()[one].goods for one in members)}
    assert {row["sector"] for row in told["tariffs"]} == goods
    assert all(0.0 < row["rate"] < 1.0 for row in told["tariffs"])
    assert list(told["welfare"]) == ["USA"]
    assert told["welfare"]["USA"] > 0
    assert told["residual"] <= 1e-6
    assert told["evaluations"] > 1
    assert told["world"]


@pytest.mark.parametrize("kind", ["nash", "cooperative"])
def test_two_parties_on_one_another(kosho: Run, kind: str) -> None:
    done = kosho("tariffs", kind, "--parties", "USA,JPN", "--sectors", "C29,C24A", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    cells = [(row["importer"], row["exporter"], row["sector"]) for row in told["tariffs"]]
    assert sorted(cells) == sorted(
        (n, i, j) for n, i in (("USA", "JPN"), ("JPN", "USA")) for j in ("C29", "C24A")
    )
    assert told["residual"] <= 1e-6
    gains = told["welfare"]
    if kind == "nash":
        assert gains["JPN"] < 0
    else:
        assert gains["USA"] == pytest.approx(gains["JPN"], abs=1e-9)
        assert gains["USA"] >= 0


def test_a_table_for_people(kosho: Run) -> None:
    done = kosho("tariffs", "optimal", "--parties", "JPN,USA", "--sectors", "C29", "--high", "5")
    assert done.returncode == 0, done.stderr
    assert "Motor vehicles" in done.stdout
    assert "First-order residual" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("optimum", "--parties", "USA"), "did you mean optimal?"),
        (("nash", "--parties", "USA"), "two parties"),
        (("nash", "--parties", "USA,JPM"), "did you mean JPN?"),
        (("optimal", "--parties", "USA", "--sectors", "C99"), "unknown sector 'C99'"),
        (("optimal", "--parties", "USA", "--low", "50", "--high", "10"), "bounds"),
        (("optimal", "--parties", ","), "--parties"),
        (("optimal", "--parties", "USA", "--world", "half"), "unknown world 'half'"),
    ],
)
def test_wrong_input_is_one_line_and_status_two(kosho: Run, arguments: tuple[str, ...], expected: str) -> None:
    done = kosho("tariffs", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert expected in done.stderr
