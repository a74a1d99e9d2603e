"""What commands ask of rooms, and what they make of the answer: lines, tables, studies, episodes, schedules."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.unit.test_cli_passed import passed, passing
from typer.testing import CliRunner

from kosho.cli import app, coercion, lines_data, lines_price, lines_staging, lines_talks, options, replicate
from kosho.cli.lines_data import LawDay, LineInputs
from kosho.errors import InputError, Problem

DAY = date(2025, 9, 1)
LINE_TABLE = import_module("kosho.lines.line_table")  # the room lends the function under the module's name
LAW: Any = LawDay("register", DAY, date(2025, 8, 1))  # type: ignore[arg-type]


def run(*words: str) -> list[str]:
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in done.stdout.splitlines()]


def frame(*duties: float | None) -> pl.DataFrame:
    rows = {"importer": ["USA"] * len(duties) + ["JPN"], "duty": [*duties, 5.0]}
    return pl.DataFrame(rows, schema={"importer": pl.String, "duty": pl.Float64})


@pytest.mark.parametrize(
    ("trade", "law", "duties", "ordinary", "rates"),
    [
        (None, None, (1.0,), None, "collected"),
        (None, None, (None,), "o", "collected"),
        (["f"], LAW, (1.0, None), "o", "collected"),
        (["f"], LAW, (None, None), "o", "law"),
        (None, LAW, (1.0,), "o", "law"),
        (None, LAW, (1.0,), None, "collected"),
        (None, LAW, (None,), None, "law"),
        (["f"], LAW, (None,), None, "law"),
    ],
)
def test_rates_that_are_meant_are_what_was_collected_or_the_law(
    trade: Any, law: Any, duties: Any, ordinary: Any, rates: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kosho.lines.rates_by_law.ordinary_rates", lambda *_given: ordinary)
    assert lines_data._expected("USA", LineInputs(trade, law=law), frame(*duties)) == rates


@pytest.mark.parametrize(
    ("held", "year", "on", "rates", "asked"),
    [
        ([(2024,)], None, None, None, (DAY, date(2025, 8, 1), 2024, "ordinary")),
        ([(2022, 2024)], None, None, None, (DAY, date(2025, 8, 1), 2024, "ordinary")),
        ([(2022, 2024)], 2022, None, None, (DAY, date(2025, 8, 1), 2022, "ordinary")),
        ([(2023,), (2024,)], None, None, None, (DAY, date(2025, 8, 1), None, "ordinary")),
        ([(), (2024,)], None, None, None, (DAY, date(2025, 8, 1), 2024, "ordinary")),
        ([()], None, date(2025, 1, 2), None, (date(2025, 1, 2), None, None, "ordinary")),
        ([(2024,)], None, None, "own.csv", (DAY, date(2025, 8, 1), 2024, "own.csv")),
        ([(2024,)], None, None, "none", (DAY, date(2025, 8, 1), 2024, None)),
    ],
)
def test_the_law_of_a_day_prices_lines_with_the_trade_of_their_year(
    held: Any, year: int | None, on: date | None, rates: str | None, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    ordinary = None if rates == "none" else ("duties that ship", "HTS")
    monkeypatch.setattr("kosho.lines.rates_by_law.ordinary_rates", lambda *_given: ordinary)
    monkeypatch.setattr(lines_data, "_rates", lambda _importer, text, _columns: f"duties {text}")

    def law_rates(register: str, importer: str, mine: pl.DataFrame, *day: Any, **more: Any) -> Any:
        told.append((register, importer, len(mine), day, more))
        between = {"01": (0.025, 0.1), "02": (0.1, float("inf")), "03": (0.0, 0.0)}
        return SimpleNamespace(frame="rates", told=("duties", "and a note"), between=between.__getitem__)

    missing = (
        lines_data_missing("01", 5.0),
        lines_data_missing("02", 1e-9),
        lines_data_missing("03", 0.0),
    )

    class Table(SimpleNamespace):
        """A table whose parts `replace` may change."""

    def line_table(_frame: Any, importer: str, duties: Any, digits: int) -> Any:
        told.append((importer, duties, digits))
        return Table(missing=missing, of=duties)

    monkeypatch.setattr("kosho.lines.rates_by_law.law_rates", law_rates)
    monkeypatch.setattr(LINE_TABLE, "line_table", line_table)
    monkeypatch.setattr(
        lines_data,
        "replace",
        lambda one, **more: type(one)(**{**vars(one), **more}),
    )
    files: Any = [SimpleNamespace(years=years) for years in held]
    given = LineInputs(year=year, on=on, law=LAW)
    named = rates if rates == "own.csv" else None
    found = lines_data._by_law("USA", given, files, frame(1.0, 2.0), named)
    (register, importer, count, days, more), first, *second = told
    day, known, of_year, ordinary_told = asked
    assert (register, importer, count, days[0], more) == (
        "register",
        "USA",
        2,
        day,
        {"known": known, "year": of_year},
    )
    whole = {"ordinary": ordinary, "own.csv": ("duties own.csv", "own.csv"), None: None}[ordinary_told]
    assert days[1] == whole
    assert first == ("USA", "rates", 6)
    assert second == [("USA", None if whole is None else whole[0], 6)]
    table: Any = found.table
    assert [one.why for one in table.missing] == [
        "the rate is not one: 2.5 to 10 %", "the rate is not known: 10 % or more", "w"
    ]  # fmt: skip
    assert found.rates == "law"
    assert found.told == (f"by the law of {day}, over duties", "and a note")


def lines_data_missing(code: str, value: float) -> Any:
    return SimpleNamespace(code=code, value=value, why="w")


@pytest.mark.parametrize(
    ("rates", "on", "told"),
    [
        ("shipped", None, ("shipped", ("those that ship",))),
        ("r5", None, ("r5", ("of r5",))),
        ("collected", None, ("collected", ("the duty collected; --rates law takes the law of a day",))),
        ("law", None, None),
        ("law", DAY, None),
        (None, DAY, None),
        ("r5", DAY, "r5"),
        (None, None, ("collected", ("the duty collected; --rates law takes the law of a day",))),
    ],
)
def test_rates_are_those_that_were_asked_for(
    rates: str | None, on: date | None, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_data, "_rates", lambda _importer, text, _columns: f"duties {text}")
    monkeypatch.setattr(LINE_TABLE, "line_table", lambda *given, **_more: given[2])
    monkeypatch.setattr(lines_data, "_by_law", lambda *given: given[-1])
    found = lines_data._based("USA", LineInputs(rates=rates, on=on), [], frame(1.0))
    if not isinstance(told, tuple):
        assert found == told
        return
    assert (found.rates, found.told) == told
    assert found.table == (None if told[0] == "collected" else f"duties {rates}")


@pytest.mark.parametrize(("days", "told"), [(None, None), (DAY, "2025-09-01")])
def test_a_year_of_a_staging_has_its_day_or_none(days: date | None, told: str | None) -> None:
    from kosho.lines.staged_effects import StagedYear  # noqa: PLC0415 - where it is tried

    names = StagedYear.__dataclass_fields__
    one = StagedYear(**{name: days if name == "day" else k for k, name in enumerate(names)})
    assert lines_staging._year(one) == {name: told if name == "day" else k for k, name in enumerate(names)}


def test_idle_things_are_left_where_that_was_allowed() -> None:
    opened: Any = SimpleNamespace(allowing_idle=lambda: "with leave")
    assert options.permitted(opened, allow_idle=True) == "with leave"
    assert options.permitted(opened, allow_idle=False) is opened


@pytest.mark.parametrize(
    ("economy", "words", "told"),
    [
        (False, (), [("one", None, None), ("two", None, None)]),
        (True, (), [("one", {"ev": "one"}, None), ("two", None, "the table joins them")]),
        (True, ("one",), [("one", {"ev": "one"}, None)]),
        (True, ("two",), "the table joins them"),
    ],
)
def test_episodes_are_replayed_in_the_economy_where_it_tells_them_apart(
    words: tuple[str, ...], told: Any, monkeypatch: pytest.MonkeyPatch, *, economy: bool
) -> None:
    episodes = {name: SimpleNamespace(name=name) for name in ("one", "two")}

    def in_economy(table: str, of: Any) -> Any:
        assert table == "table"
        if of.name == "two":
            raise InputError([Problem("the table joins them"), Problem("more")])
        return {"ev": of.name}

    monkeypatch.setattr("kosho.impact.coercion.episodes", lambda: episodes)
    monkeypatch.setattr("kosho.impact.coercion.episode", episodes.__getitem__)
    monkeypatch.setattr("kosho.impact.coercion.compare", lambda one: SimpleNamespace(episode=one))
    monkeypatch.setattr(
        coercion, "world_named", lambda _world: SimpleNamespace(load=lambda: SimpleNamespace(whole="table"))
    )
    monkeypatch.setattr(coercion, "_in_economy", in_economy)
    shown: list[Any] = []
    monkeypatch.setattr(coercion, "_show", lambda one: shown.append([one.episode.name, None, None]))

    def show_economy(_of: Any, whole: Any) -> None:
        shown[-1][1] = whole

    monkeypatch.setattr(coercion, "_show_economy", show_economy)
    monkeypatch.setattr(coercion, "contract", lambda one: {"id": one.episode.name})
    asked = ("coercion", *words, *(["--economy"] if economy else []))
    if isinstance(told, str):
        with pytest.raises(InputError, match=told):
            run(*asked)
        return
    lines = run(*asked)
    assert [tuple(one) for one in shown] == [(name, whole, None) for name, whole, _why in told]
    whys = [f"Not replayed in the whole economy: {why}." for _name, _whole, why in told if why]
    assert [line for line in lines if line.startswith("Not replayed")] == whys
    assert " ".join(lines[-2:]).endswith("the ranges of the elasticities and of what was seen.")
    json = "".join(run(*asked, "--json"))
    assert json.count('"economy_why": null') == len([one for one in told if one[2] is None])
    assert json.count('"economy": null') == len([one for one in told if one[1] is None])


def test_a_halt_in_the_economy_is_solved_at_every_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def flow(importer: str, exporter: str, allowed: float) -> Any:
        return SimpleNamespace(importer=importer, exporter=exporter, allowed=SimpleNamespace(value=allowed))

    worth = {
        "low": {"TWN": -3.0, "JPN": 1.0},
        "value": {"TWN": -1.0, "JPN": 3.0},
        "high": {"TWN": -2.0, "JPN": 2.0},
    }
    monkeypatch.setattr("kosho.impact.coercion.in_economy", lambda _table, _of, end: ("base", end))

    def solved(base: str, end: str) -> Any:
        assert base == "base"
        return SimpleNamespace(equivalent_variation=SimpleNamespace(sel=lambda country: worth[end][country]))

    monkeypatch.setattr("kosho.equilibrium.solve", solved)
    of: Any = SimpleNamespace(economy=[flow("CHN", "TWN", 0.25), flow("JPN", "TWN", 0.0)])
    found = coercion._in_economy(None, of)  # type: ignore[arg-type]
    assert found == {
        "ev_musd": {
            "TWN": {"low": -3.0, "value": -1.0, "high": -1.0},
            "JPN": {"low": 1.0, "value": 3.0, "high": 3.0},
        },
        "left_out": {
            "CHN": "what those who keep away would have paid beyond the price is booked as its income"
        },
    }
    of.economy = []
    assert coercion._in_economy(None, of) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "run_of"),
    [
        ("", {}),
        ("--retaliation --labour-supply 0.5", {"retaliation": True, "labour_supply": 0.5}),
        (
            "--revenue tax-relief --scale 0 --elasticity 4",
            {"revenue": "tax-relief", "scale": 0.0, "elasticity": 4.0},
        ),
        ("--deficits zero --inputs 0.5", {"deficits": "zero", "inputs": 0.5}),
    ],
)
def test_a_study_is_replicated_with_the_options_that_were_given(
    words: str, run_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "_replicate", passing)
    (study, data, progress, given), _more = passed(
        "replicate", "usa-tariffs-2025", "--data", "d", *words.split()
    )
    assert (study, data, given) == ("usa-tariffs-2025", Path("d"), run_of)
    assert callable(progress)


@pytest.mark.parametrize("study", replicate.STUDIES)
def test_every_study_is_replicated_by_its_own_room_and_told(
    study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    for name in replicate.STUDIES:
        room = name.replace("-", "_")
        monkeypatch.setattr(
            f"kosho.replications.{room}.replicate", lambda *given, name=name: asked.append((name, given))
        )
    progress: Any = object()
    replicate._replicate(study, Path("d"), progress, {})
    ((name, given),) = asked
    assert (name, given[0]) == (study, Path("d"))
    if study == "usa-tariffs-2025":
        assert given[2] is progress
    else:
        assert given[1:] == (() if study == "cp2015" else (progress,))
    shown: list[Any] = []
    monkeypatch.setattr(replicate, "_replicate", lambda *_given: SimpleNamespace(to_dict=dict))
    for how in ("_show", "_show_cp2015", "show_json"):
        monkeypatch.setattr(replicate, how, lambda _content, how=how: shown.append(how))
    run("replicate", study, "--data", "d")
    run("replicate", study, "--data", "d", "--json")
    assert shown == ["_show_cp2015" if study == "cp2015" else "_show", "show_json"]


SAID = {
    "name": None, "year": None, "classification": None, "regions": None, "sectors": None, "elasticities": None,
    "tariffs": None, "weights": None, "insist": False,
}  # fmt: skip


@pytest.mark.parametrize("command", ["build --from long-csv", "import long-csv"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", {}),
        ("--insist --name n --year 2019", {"insist": True, "name": "n", "year": 2019}),
        (
            "--classification c --weights w --tariffs 2022",
            {"classification": "c", "weights": "w", "tariffs": "2022"},
        ),
    ],
)
def test_a_table_is_brought_in_as_it_is_said(
    command: str, words: str, said: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kosho.world.door.imported", passing)
    out = ("--out", str(tmp_path / "t.npz"))
    (source, files, settings, given), _more = passed(
        "world", *command.split(), "a.csv", *words.split(), *out, "--set", "a=b"
    )
    assert (source, [str(one) for one in files]) == ("long-csv", ["a.csv"])
    assert settings == {"a": "b"}
    assert {name: getattr(given, name) for name in SAID} == SAID | said


def test_a_table_that_is_built_is_told_with_what_was_adjusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "icio-2022.npz"
    table = SimpleNamespace(countries=range(2), sectors=range(1200))
    told = SimpleNamespace(meta=SimpleNamespace(adjustments=()))
    monkeypatch.setattr("kosho.world.door.imported", lambda *_given: (table, told))

    def write(_table: Any, target: Path) -> Path:
        target.write_bytes(b"x" * 1_260_000)
        return target

    monkeypatch.setattr("kosho.world.store.write", write)
    monkeypatch.setattr("kosho.cli.world.retold", lambda text: f"retold {text}")
    assert run("world", "build") == [f"{path.name}: 2 economies, 1,200 sectors, 1.3 MB"]
    with pytest.raises(InputError) as caught:
        run("world", "build")
    assert str(caught.value) == "icio-2022.npz: is there already (--out says where to write)"
    path.unlink()
    for number in (12, 13):
        told.meta.adjustments = tuple(f"a{k}" for k in range(number))
        lines = run("world", "build", "--out", "b.npz")
        assert lines[1:13] == [f"adjusted: retold a{k}" for k in range(12)]
        assert lines[13:] == (["… and 1 more; `kosho world info b.npz` lists all"] if number > 12 else [])


@pytest.mark.parametrize(("out", "named"), [("mine", "mine"), ("t.npz", "t.npz")])
def test_a_table_that_is_brought_in_is_told_with_its_name(
    out: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made: list[Any] = []
    target = tmp_path / "shelf" / "mine.npz" if out == "mine" else Path("t.npz")
    monkeypatch.setattr("kosho.world.shelf.place_for", lambda _out: target)
    monkeypatch.setattr("kosho.world.door.imported", lambda *_given: ("table", SimpleNamespace(imbalance=0.25)))
    monkeypatch.setattr("kosho.world.store.write", lambda table, path: made.append((table, path)) or path)
    monkeypatch.setattr("kosho.world.report.info", lambda _world: {"name": "n"})
    monkeypatch.setattr("kosho.cli.world_shelf.show_info", made.append)
    told = run("world", "import", "long-csv", "a.csv", "--out", out)
    assert " ".join(told) == f"Written to {target}. Ask of it with --world {named}."
    assert made == [("table", target), {"name": "n"}]
    assert (tmp_path / "shelf").is_dir() is (out == "mine")
    text = "\n".join(run("world", "import", "long-csv", "a.csv", "--out", out, "--json"))
    assert text == f'{{\n  "name": "n",\n  "file": "{target}",\n  "imbalance": 0.25\n}}'


@pytest.mark.parametrize(
    ("command", "words", "ways", "limits", "rule"),
    [
        ("request", "", ("USA", "JPN"), (None, None, 10, None), (None, None)),
        ("offer", "", ("JPN", "USA"), (None, None, 10, None), (None, None)),
        ("request", "--confirm 0 --budget 0 --exclude 22", ("USA", "JPN"), (0.0, "22", 0, None), (None, None)),
        ("offer", "--origin 45 --members CAN", ("JPN", "USA"), (None, None, 10, None), (45.0, "CAN")),
    ],
)
def test_lines_to_ask_for_and_to_offer_are_of_the_other_side_and_of_ones_own(
    command: str, words: str, ways: Any, limits: Any, rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = SimpleNamespace(party="JPN", other="USA", law="law", world="world")
    monkeypatch.setattr(lines_talks, "sides_of", lambda *given: given[0] == "talks" and both)
    monkeypatch.setattr(lines_talks, "_rank", passing)
    given, more = passed("lines", command, "talks", *words.split())
    kind, sides, asked, inputs, wanted, by = given
    assert (kind, sides, asked, wanted, by, more) == (command, both, ways, limits, rule, {"json": False})
    assert inputs == LineInputs(None, law="law")  # type: ignore[arg-type]
    given, more = passed(
        "lines", command, "talks", "--json", "--demand", "-2", "--year", "2022", "--on", "2025-09-01"
    )
    assert (given[3], more) == (LineInputs(None, demand=-2.0, year=2022, on=DAY, law="law"), {"json": True})  # type: ignore[arg-type]


def test_lines_that_were_ranked_have_their_use_and_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [SimpleNamespace(sector="C29"), SimpleNamespace(sector="C28")]
    found = SimpleNamespace(partner="JPN", giver="USA", lines=lines)
    given = SimpleNamespace(table="table", start=lambda _world: "start", elasticities="e", ends=("low", "high"))
    asked: list[Any] = []
    used = SimpleNamespace(told="use")
    monkeypatch.setattr(lines_talks, "read_lines", lambda *of: asked.append(of) or given)
    monkeypatch.setattr(lines_talks, "refuse_idle", lambda *of: asked.append(of))
    monkeypatch.setattr(lines_talks, "use_of_cuts", lambda *of: asked.append(of[2:]) or used)
    monkeypatch.setattr(
        "kosho.lines.line_ranking.rank_lines", lambda *of, **more: asked.append((of, more)) or found
    )
    monkeypatch.setattr(lines_talks, "_ranking", lambda kind, *_of: {"kind": kind})
    monkeypatch.setattr(lines_talks, "told_parts", list)
    monkeypatch.setattr(
        lines_talks,
        "parts_of",
        lambda _world, table, _partner, ranked: [SimpleNamespace(sector="C28", of=(table, sorted(ranked)))],
    )
    told: list[Any] = []
    monkeypatch.setattr(lines_talks, "show_json", told.append)
    for name in ("say_lines", "_show_ranking", "show_ranked_ends", "say_parts", "say"):
        monkeypatch.setattr(lines_talks, name, lambda *of, name=name: told.append((name, of)))
    monkeypatch.setattr(lines_talks, "_use_by_line", lambda *_of: "by line")
    sides: Any = SimpleNamespace(world="world")
    limits: Any = (20.0, "22", 3, None)
    for ranges in ([], [{"sector": "C28"}, {"sector": "C30"}]):
        monkeypatch.setattr(lines_talks, "ranked_ends", lambda *_of, ranges=ranges: ranges)
        lines_talks._rank("request", sides, ("USA", "JPN"), "inputs", limits, (45.0, "CAN"), json=True)  # type: ignore[arg-type]
    assert asked[:4] == [
        ("USA", "inputs", "world"),
        (["22"], ["table"]),
        (None, 45.0, "CAN"),
        (("start", "table", "JPN", "e"), {"budget": 20.0, "exclude": ["22"], "confirm": 3}),
    ]
    first, second = told
    assert [one.of for one in first["part_of_trade"]] == [("table", ["C28", "C29"])]
    assert [one.of for one in second["part_of_trade"]] == [("table", ["C28", "C29"]), ("high", ["C30"])]
    assert [len(one["ranges"]) for one in told] == [0, 2]
    given.ends = None  # type: ignore[assignment]
    del told[:]
    lines_talks._rank("offer", sides, ("USA", "JPN"), "inputs", limits, (None, None), json=False)  # type: ignore[arg-type]
    assert [name for name, _of in told] == [
        "say_lines",
        "say",
        "_show_ranking",
        "show_ranked_ends",
        "say_parts",
    ]
    assert told[2][1] == ("offer", found, "by line")
    assert told[3][1][1:] == ("USA", "JPN")
    assert len(told[4][1][0]) == 1


def test_parts_of_trade_are_those_of_lines_whose_duty_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    paid = np.array([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])
    after = np.array([[0.0, 0.1], [0.2, 0.2], [0.3, 0.0]])
    table: Any = SimpleNamespace(
        paid=paid,
        imports=np.array([[5.0, 5.0], [5.0, 5.0], [5.0, 0.0]]),
        partners=("JPN", "KOR"),
        codes=("01", "02", "03"),
    )
    asked: list[Any] = []
    monkeypatch.setattr("kosho.lines.sectors.sectors_of", lambda codes, _world: [f"s{code}" for code in codes])
    monkeypatch.setattr(
        "kosho.lines.line_packages.parts_of_trade",
        lambda _world, _table, partner: (
            asked.append(partner)
            or [SimpleNamespace(partner=partner, sector=sector) for sector in ("s01", "s03")]
        ),
    )
    found: Any = SimpleNamespace(table=table, changed=np.array([0, 2]), after=after)
    parts = lines_price._parts(None, found)  # type: ignore[arg-type]
    assert [(one.partner, one.sector) for one in parts] == [("JPN", "s01")]
    assert asked == ["JPN"]
