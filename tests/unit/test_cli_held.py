"""What commands are held to, where they listen, and what is told of studies, pages and editions."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.main import get_command

from kosho import limits
from kosho.brief import page
from kosho.brief.cells import Cell, CellTable
from kosho.cli import endurance, register_editions, replicate, serve, typed, world_page
from kosho.errors import InputError, KoshoError, Problem

LONG = 5.0
"""Seconds after which what should have been stopped ends by itself."""


def busy() -> None:
    end = monotonic() + LONG
    while monotonic() < end:
        pass


@pytest.mark.parametrize("timer", [True, False])
def test_what_is_stopped_once_is_stopped_again_and_leaves_all_as_it_was(
    monkeypatch: pytest.MonkeyPatch, *, timer: bool
) -> None:
    if not timer:  # as where there are no such alarms
        monkeypatch.delattr(signal, "setitimer")
    before, unraisable = signal.getsignal(signal.SIGALRM), sys.unraisablehook
    swallowed: list[endurance.Stopped] = []

    def stubborn() -> None:
        for _again in range(3):
            try:
                busy()
            except endurance.Stopped as error:
                swallowed.append(error)
        busy()

    with pytest.raises(KoshoError) as caught, endurance.within(0.02):
        stubborn()
    assert len(swallowed) == 3
    assert str(caught.value) == (
        "stopped after 0.02 seconds; what was worked out and kept by then need not be computed again"
    )
    assert (signal.getsignal(signal.SIGALRM), sys.unraisablehook) == (before, unraisable)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_ends_in_time_is_not_stopped() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with endurance.within(60.0):
        assert signal.getsignal(signal.SIGALRM) != before
        assert signal.getitimer(signal.ITIMER_REAL)[1] == 0.05
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_only_what_came_of_the_end_of_the_time_is_on_its_way() -> None:
    after, other = ValueError(), ValueError()
    after.__context__ = KeyError()
    after.__context__.__context__ = endurance.Stopped()
    other.__context__ = KeyError()
    asked = (None, other, endurance.Stopped(), after)
    assert [endurance._on_its_way(one) for one in asked] == [False, False, True, True]


@pytest.mark.parametrize(
    ("timeout", "memory", "told"),
    [
        (None, None, {}),
        (1e-9, 0.1, {"time": 1e-9, "memory": 107_374_182}),
        (31_622_400.0, 1024.0, {"time": 31_622_400.0, "memory": 1_099_511_627_776}),
        (0.0, None, "--timeout: 0 seconds (more than none, at most a year)"),
        (31_622_401.0, None, "--timeout: 3.16224e+07 seconds (more than none, at most a year)"),
        (None, 0.099, "--memory: 0.099 GiB (0.1 to 1024)"),
        (None, 1024.5, "--memory: 1024.5 GiB (0.1 to 1024)"),
    ],
)
def test_a_time_and_memory_are_held_to_what_can_be(
    timeout: float | None,
    memory: float | None,
    told: dict[str, float] | str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: dict[str, float] = {}
    monkeypatch.setattr(limits, "allowing", lambda size: nullcontext(held.update(memory=size)))
    context: Any = SimpleNamespace(meta={}, with_resource=lambda given: given.__enter__())

    def read() -> None:
        endurance._read_timeout(context, timeout)
        endurance._read_memory(context, memory)

    if isinstance(told, str):
        with pytest.raises(InputError) as caught:
            read()
        assert str(caught.value) == told
        return
    read()
    if context.meta:
        held["time"] = context.meta["kosho.cli.endurance"]
    assert held == told


def test_a_command_that_takes_too_long_is_stopped() -> None:
    app = typer.Typer(add_completion=False)
    app.command("slow")(busy)
    app.command("quick")(lambda: None)
    command = endurance.endurable(get_command(app))
    with pytest.raises(KoshoError, match=r"^stopped after 0\.02 seconds; "):
        command.main(["slow", "--timeout", "0.02"], standalone_mode=False)
    assert command.main(["quick", "--timeout", "60"], standalone_mode=False) is None


def test_only_a_key_of_no_file_is_told_as_it_is_typed() -> None:
    app = typer.Typer(add_completion=False)
    problems = [
        Problem("a", key="most", file="f.yaml"),
        Problem("b", key="most"),
        Problem("c", key="other"),
        Problem("d"),
    ]

    @app.command()
    def one(most: int = typer.Option(0, "-m", "--at-most")) -> None:
        del most
        raise InputError(problems)

    del one
    with pytest.raises(InputError) as caught:
        typed.as_typed(get_command(app)).main([], standalone_mode=False)
    assert [found.key for found in caught.value.problems] == ["most", "--at-most", "other", None]


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("::", False),
        ("example.org", False),
    ],
)
def test_only_this_machine_reaches_a_loopback(host: str, *, here: bool) -> None:
    assert serve._is_loopback(host) is here


def test_a_port_that_is_taken_is_told_as_the_port() -> None:
    with serve._bound("127.0.0.1", 0) as listening:
        where = listening.getsockname()
        assert where[0] == "127.0.0.1"
        with socket.create_connection(where, timeout=LONG), pytest.raises(InputError) as caught:
            serve._bound(*where)
    (problem,) = caught.value.problems
    assert (problem.key, problem.hint) == ("--port", "try --port 0")
    assert problem.message.startswith(f"cannot listen at 127.0.0.1, port {where[1]}: ")


def test_cases_of_a_server_have_a_name_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosho.case.cases", lambda: ["a", "b"])
    monkeypatch.setattr(
        "kosho.case_folders.case_folder", lambda one: None if one == "nowhere" else tmp_path / one
    )
    assert serve.open_cases(["b", "x/mine"]) == {"a": "a", "b": "b", "mine": "x/mine"}
    for given, told in (
        (["nowhere"], "no case 'nowhere' (there are a, b; or give a folder)"),
        (["x/mine", "y/mine"], "two cases are called 'mine' (rename a folder)"),
    ):
        with pytest.raises(InputError) as caught:
            serve.open_cases(given)
        assert str(caught.value) == told


@pytest.mark.parametrize(("case", "first"), [(None, None), ("x", None), (None, "x")])
def test_sides_are_of_a_case_and_of_a_party_each(
    case: str | None, first: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serve._sides(case, first, []) == []
    with pytest.raises(InputError) as caught:
        serve._sides(case, first, ["f"])
    assert str(caught.value) == "--side: the files of sides need a case (kosho serve CASE --side FILE)"
    held: list[Any] = []

    def side(path: Path) -> Any:
        return SimpleNamespace(file=SimpleNamespace(party=path.stem), check=held.append)

    monkeypatch.setattr("kosho.serve.sides.Side.read", side)
    monkeypatch.setattr("kosho.case.Case.load", lambda name: SimpleNamespace(table=lambda: name))
    assert [one.file.party for one in serve._sides("x", "x", ["JPN.yaml", "USA.yaml"])] == ["JPN", "USA"]
    assert held == ["x", "x"]
    with pytest.raises(InputError) as caught:
        serve._sides("x", "x", ["JPN.yaml", "USA.yaml", "a/USA.yaml"])
    assert str(caught.value) == "--side: two files are of USA (one a side)"


@pytest.mark.parametrize("unknown", [True, False])
def test_a_page_of_a_table_has_its_elasticities_and_the_duties_that_are_not_known(
    monkeypatch: pytest.MonkeyPatch, *, unknown: bool
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(page, "plain_page", lambda *given: made.append(given) or "page")
    sector = {"status": "fact", "source": "s", "note": "", "theta": 4.125, "log_sd": None}
    content = {
        "name": "mine",
        "sectors": {"C29": "Cars", "A01": "Crops"},
        "countries": {"JPN": "Japan"},
        "elasticities": {
            "sectors": [
                sector | {"sector": "C29"},
                sector | {"sector": "A01", "status": "assumption", "note": "n", "log_sd": 0.256},
            ]
        },
        "tariffs": {
            "unknown_importers": [{"country": "JPN", "share_of_goods_imports": 0.126}] if unknown else []
        },
    }
    assert world_page.world_page(content, [("Facts", ("What", "How many"), [("sectors", "2")], 1)]) == "page"

    def rows(*given: tuple[str, ...]) -> tuple[tuple[Cell, ...], ...]:
        return tuple(tuple(Cell(text) for text in row) for row in given)

    tables = [
        CellTable("world-0", "Facts", ("What", "How many"), rows(("sectors", "2")), 1),
        CellTable(
            "world-1",
            "Trade elasticities: imports before duty fall with elasticity -(theta + 1)",
            ("Sector", "Status", "Source", "Theta", "Spread of ln theta"),
            rows(
                ("C29 Cars", "fact", "s", "4.12", "not known"),
                ("A01 Crops", "assumption", "s: n", "4.12", "0.26"),
            ),
            2,
        ),
    ]
    if unknown:
        columns = ("Importer", "Share of its goods imports, %")
        tables.append(CellTable("world-2", "Base duties not known", columns, rows(("Japan", "13")), 1))
    assert made == [("World table mine", tables)]


def test_a_study_is_told_beside_what_was_published(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    many = {f"C{k:02d}": float(k) for k in range(9)}
    measures = ("welfare", "equivalent_variation", "employment", "consumer_prices")
    measures += ("exports", "imports", "deficit", "tariff_revenue")
    replicate._show(
        {
            "title": "A study",
            "kosho": {
                "real_wage": {"JPN": 1.0, "USA": -2.5},
                "welfare": {"JPN": 0.25, "USA": 0.5},
                "by_country": many,
            },
            "published": {"welfare": {"USA": 0.5125}, "by_country": {"C03": 3.25}},
            "run": {"labour_supply": 0.5, "retaliation": True},
            **{name: {"USA": float(k)} for k, name in enumerate(measures)},
            "largest_difference": 0.0123,
            "source": "A journal",
            "notes": ["One note", "Another"],
        }
    )
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines() if line] == [
        "A study",
        "               JPN     USA",
        "──────────────────────────",
        "real wage    1.000  −2.500",
        "welfare      0.250   0.500",
        "  published         0.5125",
        "               C03",
        "──────────────────",
        "by country   3.000",
        "  published   3.25",
        "This run: labour supply 0.5, retaliation yes; all countries with --json",
        "percent                 USA",
        "───────────────────────────",
        "welfare               0.000",
        "equivalent variation  1.000",
        "employment            2.000",
        "consumer prices       3.000",
        "exports               4.000",
        "imports               5.000",
        "deficit               6.000",
        "tariff revenue        7.000",
        "largest difference: 0.012 percentage points",
        "published: A journal",
        "One note",
        "Another",
    ]


def test_twenty_lines_that_differ_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    different = [
        SimpleNamespace(hs=f"{k:02d}", schedule=(10.0, 12.5), register=20.0, why="w", explained=False)
        for k in range(21)
    ]
    found: Any = SimpleNamespace(
        on=date(2025, 9, 1), exporter="JPN", headings=("9903", "9902"), lines=1200, equal=1100, explained=79
    )
    asked: list[Any] = []
    monkeypatch.setattr("kosho.law.Register.load", lambda: "register")
    monkeypatch.setattr("kosho.law.schedules.importing.read_files", lambda files: SimpleNamespace(lines=files))
    monkeypatch.setattr(
        "kosho.law.against_schedule.against_schedule", lambda *given: asked.append(given) or found
    )
    said: list[list[str]] = []
    for number in (21, 20, 0):
        found.different = different[:number]
        with pytest.raises(typer.Exit) if number else nullcontext():
            register_editions.against([Path("f")], "USA", "2025-09-01")
        said.append([line.rstrip() for line in capsys.readouterr().out.splitlines()])
    assert asked == [("register", [Path("f")], "USA", date(2025, 9, 1))] * 3
    head = [
        "1,200 lines, Japan, in force on 1 September 2025: 1,100 equal (91.67 %), 79 of the others explained",
        "headings compared: 9903, 9902",
    ]
    table = ["Different", "Line  Schedule    Register  Why", "───────────────────────────────"]
    table += [f"{k:02d}    10 or 12.5  20        w" for k in range(20)] + [""]
    assert said == [[*head, *table, "… 1 more; --json lists all"], [*head, *table], head]
