"""Which way a command takes: lines that are added, corridors with effects, estimates, documents of law."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from math import copysign
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.unit.test_cli_passed import passed, passing
from typer.testing import CliRunner

from kosho.brief.cells import Cell, CellTable
from kosho.cli import additions, app, corridor, lines_data, rate, table_options, tariffs, terminal
from kosho.cli.additions import Question
from kosho.cli.lines_data import LawDay, LineInputs
from kosho.errors import InputError

DAY = date(2025, 9, 1)
LAW: Any = LawDay("register", DAY, None)  # type: ignore[arg-type]
LINES = ("USA JPN C29 25%",)


def run(*words: str, typed: str = "") -> tuple[list[str], str]:
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "120"}, input=typed)
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("question", "against", "json", "called"),
    [
        (Question("talks", None, DAY, LINES, False), None, False, ("case", "quo", LINES, DAY, "of the case")),
        (
            Question("talks", "deal", None, LINES, False),
            "no-deal",
            True,
            ("case", "deal", LINES, None, "of the case"),
        ),
        (Question(None, None, DAY, LINES, False), None, False, ("law", LINES, DAY, "named")),
        (Question(None, None, DAY, LINES, False), "base", False, ("law", LINES, DAY, "named")),
        (Question(None, None, None, LINES, True), None, True, ("base", LINES, "named")),
        (Question(None, None, None, LINES, True), "base", False, ("base", LINES, "named")),
        (Question(None, None, None, LINES, False), "deal", False, None),
        (Question(None, None, DAY, LINES, False), "deal", False, None),
    ],
)
def test_lines_are_added_to_a_case_a_law_or_the_base(
    question: Question, against: str | None, called: Any, monkeypatch: pytest.MonkeyPatch, *, json: bool
) -> None:
    done: list[Any] = []
    scenarios = {"quo": SimpleNamespace(role="status-quo"), "deal": SimpleNamespace(role="deal")}
    opened = SimpleNamespace(name="Talks", scenarios=scenarios)
    monkeypatch.setattr(additions, "open_case", lambda *_given: opened)
    monkeypatch.setattr(additions, "permitted", lambda case, allow_idle: done.append(allow_idle) or case)
    monkeypatch.setattr(additions, "world_named", lambda _world, case=None: "of the case" if case else "named")
    monkeypatch.setattr("kosho.scenario.against.resolved", lambda _case, name: f"resolved {name}")
    for kind in ("case", "law", "base"):
        monkeypatch.setattr(
            f"kosho.scenario.additions.add_to_{kind}",
            lambda *given, kind=kind: done.append(
                (kind, *(one for one in given[:-1] if one is not opened), given[-1])
            ),
        )
    monkeypatch.setattr("kosho.scenario.added_contract.contract", lambda _found, names: {"names": names})
    monkeypatch.setattr(additions, "show_json", done.append)
    monkeypatch.setattr(additions, "_show", lambda _found: done.append("shown"))
    from kosho.scenario.additions import Way  # noqa: PLC0415 - after what it stands beside is replaced

    way = Way("fixed", "low", allow_idle=True, closure=None, against=against)
    if called is None:
        with pytest.raises(InputError) as caught:
            additions.answer(question, None, way, json=json)
        assert str(caught.value) == "--against: 'deal' is a scenario of no case (name the CASE)"
        assert done == []
        return
    additions.answer(question, None, way, json=json)
    allowed = done.pop(0) if called[0] == "case" else None
    assert allowed is (True if called[0] == "case" else None)
    (*given, asked), told = done
    assert tuple(given) == called
    of_case = called[0] == "case" and against is not None
    assert asked.against == (f"resolved {against}" if of_case else against)
    names = (
        {"case": "Talks", "scenario": called[1]} if called[0] == "case" else {"case": None, "scenario": None}
    )
    assert told == ({"names": names | {"elasticities": "low"}} if json else "shown")


@pytest.mark.parametrize(
    ("words", "saved", "told"),
    [
        ("", {}, ["tables", "assumed"]),
        ("--figure out.svg", {"out.svg": "drawn"}, ["tables", "assumed", "out.svg"]),
        ("--scenario one --measure m.yaml", {"m.yaml": "measure one"}, ["tables", "assumed", "m.yaml"]),
        (
            "--scenario one --measure m.yaml --figure f.svg --json",
            {"f.svg": "drawn", "m.yaml": "measure one"},
            ["json"],
        ),
        ("--no-effect", {}, ["tables", "assumed"]),
    ],
)
def test_a_corridor_is_told_and_written(
    words: str, saved: dict[str, str], told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    @contextmanager
    def runner(_number: int) -> Any:
        yield "run"

    done: list[Any] = []
    opened = SimpleNamespace(scenarios={"one": 1})
    found = SimpleNamespace(corridor=opened, assumptions=("a",), name="plain")
    monkeypatch.setattr("kosho.corridor.between", lambda *_given: opened)
    monkeypatch.setattr("kosho.corridor.runner", runner)
    monkeypatch.setattr(corridor, "refuse_apart", lambda *_given: None)
    world = SimpleNamespace(load=lambda: SimpleNamespace(whole="table"))
    monkeypatch.setattr(corridor, "world_named", lambda _world: world)
    monkeypatch.setattr(corridor, "_compute", lambda *_given, **_more: found)
    monkeypatch.setattr(corridor, "_with_effects", lambda one, table: done.append(table) or one)
    monkeypatch.setattr(corridor, "_drawn", lambda _found: "drawn")
    monkeypatch.setattr(corridor, "_measure", lambda _found, name: f"measure {name}")
    files: dict[str, str] = {}
    monkeypatch.setattr(
        corridor, "save", lambda given: files.update({str(path): text for path, text in given.items()})
    )
    monkeypatch.setattr(corridor, "contract", lambda _found: {})
    shown: list[str] = []
    monkeypatch.setattr("kosho.cli.corridor_tables.show", lambda *_given: shown.append("tables"))
    monkeypatch.setattr(corridor, "show_assumptions", lambda _texts: shown.append("assumed"))
    monkeypatch.setattr(corridor, "show_json", lambda _content: shown.append("json"))
    monkeypatch.setattr(corridor, "say_whole", shown.append)
    run("corridor", "TWKHH", "JPUKB", *words.split())
    assert (files, shown) == (saved, told)
    assert done == ([] if "--no-effect" in words else ["table"])


def test_a_scenario_of_a_corridor_is_told_in_days_and_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = SimpleNamespace(mean=0.5, low=0.25, high=0.75)
    monkeypatch.setattr("kosho.corridor.days_saved", lambda *_given: saved)
    monkeypatch.setattr(corridor, "_times", lambda _times: {"days": "days"})
    monkeypatch.setattr(
        corridor, "by_sector", lambda _corridor, by_type: {"C29": (0.25, 2.0), "C28": (0.75, by_type["box"])}
    )
    monkeypatch.setattr(corridor, "time_value", lambda _corridor: {"low": 0.5, "mid": 1.0, "high": 3.0})
    one = SimpleNamespace(exports=10.0, exports_base=20.0, welfare={"JPN": 1.0})
    opened = SimpleNamespace(scenarios={"ahead": SimpleNamespace(title="Ahead")}, types={"box": 1})
    found: Any = SimpleNamespace(
        corridor=opened,
        baseline="base",
        scenarios={"ahead": "times"},
        effects={"ahead": {"fixed": {"mid": one}}},
    )
    known = {
        "title": "Ahead", "days_saved": {"mean": 0.5, "ci95": [0.25, 0.75]}, "days": "days",
        "ave_percent": {"low": 0.25, "mid": 0.5, "high": 1.5}, "days_saved_by_value": 0.875,
        "days_saved_by_type": {"box": 0.5},
    }  # fmt: skip
    effect = {"fixed": {"mid": {"exports_musd": 10.0, "exports_base_musd": 20.0, "ev_musd": {"JPN": 1.0}}}}
    assert corridor._scenario(found, "ahead") == known | {"effect": effect}
    found.effects = {}
    assert corridor._scenario(found, "ahead") == known


def test_effects_of_a_corridor_are_solved_under_both_treatments_of_deficits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    baseline = SimpleNamespace(
        by_type=lambda: {"box": SimpleNamespace(mean=2.0), "bulk": SimpleNamespace(mean=float("nan"))}
    )
    opened = SimpleNamespace(types={"box": 1})
    found = corridor.Found(opened, baseline, {"one": "times"}, None, {}, None)  # type: ignore[arg-type]
    monkeypatch.setattr("kosho.corridor.days_saved", lambda _base, _times, _kind: SimpleNamespace(mean=0.5))
    monkeypatch.setattr(corridor, "effects", lambda *given: given)
    world: Any = SimpleNamespace(hash="h", assumed=("a",))
    told = corridor._with_effects(found, world)
    asked = {name: (world, opened, {"box": 2.0, "bulk": 0.0}, {"box": 0.5}, name) for name in ("fixed", "zero")}
    assert (told.effects, told.world, told.assumptions) == ({"one": asked}, "h", ("a",))


def usable(sector: str, *, fits: bool, notes: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(sector=sector, usable=fits, notes=notes, theta=4.0, log_sd=0.5)


@pytest.mark.parametrize(
    ("words", "panel", "net"),
    [
        ("", ("p.csv", {}, (), {"percent": False, "duties": None}), "net"),
        ("--values gross --tariffs-in percent", ("p.csv", {}, (), {"percent": True, "duties": None}), "gross"),
        (
            "--set trade=t --control c --control d",
            ("p.csv", {"trade": "t"}, ("c", "d"), {"percent": False, "duties": None}),
            "net",
        ),
        ("--tariffs t.csv", ("p.csv", {}, (), {"percent": False, "duties": "of the panel"}), "net"),
    ],
)
def test_elasticities_are_estimated_on_the_panel_that_is_told(
    words: str, panel: Any, net: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "kosho.cli.world_estimate.line_duties", lambda *_given: SimpleNamespace(of_panel="of the panel")
    )
    monkeypatch.setattr(
        "kosho.world.estimation.panel_of",
        lambda path, names, controls, **more: asked.append((str(path), names, controls, more)) or "held",
    )
    monkeypatch.setattr("kosho.world.estimation.estimate", passing)
    given, _more = passed("world", "estimate", "p.csv", *words.split())
    assert (asked, given) == ([panel], ("held", net))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([usable("C29", fits=True), usable("A01", fits=False)], "1 of 2 sectors"),
        ([usable("A01", fits=False, notes=("few", "small")), usable("A02", fits=False)], None),
    ],
)
def test_only_what_can_be_an_elasticity_is_written(
    found: Any, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kosho.world.estimation.panel_of", lambda *_given, **_more: "held")
    monkeypatch.setattr("kosho.world.estimation.estimate", lambda *_given: found)
    monkeypatch.setattr("kosho.cli.world_estimate._show", lambda _found: None)
    words = ("world", "estimate", "p.csv", "--out", "o.csv")
    if told is None:
        with pytest.raises(InputError) as caught:
            run(*words)
        assert [str(one) for one in caught.value.problems] == [
            "p.csv: A01: few; small (no elasticity can be written)",
            "p.csv: A02: not told (no elasticity can be written)"
        ]  # fmt: skip
        assert not (tmp_path / "o.csv").exists()
        return
    lines, _err = run(*words)
    assert lines == ["o.csv: 1 of 2 sectors. Use it with --elasticities o.csv."]
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == "sector,theta,log_sd\nC29,4,0.5\n"
    assert run(*words[:3]) == ([], "")


@pytest.mark.parametrize(
    ("words", "kept", "decided"),
    [
        ("", None, None),
        ("--out d.yaml", "d.yaml: {} new draft{}, 2 to decide on\n", None),
        ("--out d.yaml --accept --into m.yaml", "d.yaml: {} new draft{}, 2 to decide on\n", "m.yaml"),
        ("--out d.yaml --accept", "d.yaml: {} new draft{}, 2 to decide on\n", "my-measures.yaml"),
    ],
)
@pytest.mark.parametrize("new", [1, 2])
def test_measures_are_proposed_kept_and_decided_on(
    words: str, kept: str | None, decided: str | None, new: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done: list[Any] = []
    monkeypatch.setattr("kosho.law.Register.load", lambda: "register")
    monkeypatch.setattr("kosho.record.proposing.propose", lambda _files, _register: ("texts", ["draft"]))
    monkeypatch.setattr("kosho.record.proposing.law_text", lambda path: SimpleNamespace(about=f"about {path}"))
    pile = SimpleNamespace(
        path="d.yaml", add=lambda _drafts: new, save=lambda: done.append("saved"), open_keys=[1, 2]
    )
    monkeypatch.setattr("kosho.record.drafts.Pile.open", lambda *_given: pile)
    monkeypatch.setattr(
        "kosho.record.proposing.book.RegisterBook", lambda into, _day, about: (str(into), about)
    )
    monkeypatch.setattr(
        "kosho.cli.register_propose.decide", lambda _pile, book, texts: done.append((book, texts))
    )
    monkeypatch.setattr("kosho.cli.register_propose.as_tables", lambda *given: done.append(given))
    monkeypatch.setattr("kosho.cli.register_propose.as_lines", done.append)
    _out, err = run("register", "propose", "a.txt", *words.split())
    assert err == ("" if kept is None else kept.format(new, "s" if new > 1 else ""))
    command = "kosho register propose FILE --accept --out drafts.yaml"
    tables = [] if decided else [(["draft"], command, ["a.txt"])]
    book = [((decided, {"a.txt": "about a.txt"}), "texts")] if decided else []
    assert done == [*([] if kept is None else ["saved"]), *book, *tables]
    del done[:]
    run("register", "propose", "a.txt", *words.split(), "--json")
    assert done[-1] == ["draft"]


@pytest.mark.parametrize(
    ("given", "year", "found"),
    [
        (None, None, {}),
        (["a = b "], None, {"a": "b"}),
        (["year=2019"], 2020, {"year": "2019"}),
        ([], 2020, {"year": "2020"}),
    ],
)
def test_a_year_is_a_setting_where_the_format_asks_for_it(
    given: Any, year: int | None, found: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kosho.world.readers.reader", lambda _source: SimpleNamespace(settings={"year": "which"})
    )
    assert table_options.settings_of("wiod", given, year) == found
    monkeypatch.setattr("kosho.world.readers.reader", lambda _source: SimpleNamespace(settings={}))
    assert "year" not in table_options.settings_of("wiod", [], year)


def read_duties(files: Any, trade: Any, partners: Any, year: Any) -> Any:
    """As the room reads them: the last two by name."""
    return files, trade, partners, year


def test_duties_of_lines_are_read_with_what_weights_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kosho.lines.line_duties.read_line_duties", read_duties)
    path = tmp_path / "l.csv"
    path.write_text("importer,hs,rate\n", encoding="utf-8")
    trade, partners = [tmp_path / "t.csv"], tmp_path / "p.csv"
    assert table_options.tariffs_said([str(path)], trade, partners, 2020) == ([path], trade, partners, 2020)
    assert table_options.line_duties([path], None, None, None) == ([path], [], None, None)
    for one in ({"trade": trade}, {"partners": partners}, {"year": 2020}):
        asked = {"trade": None, "partners": None, "year": None} | one
        for said in (None, ["2022"]):
            with pytest.raises(InputError, match="goes with tariff lines"):
                table_options.tariffs_said(said, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (LineInputs(), [("shipped", "USA")]),
        (LineInputs(law=LAW), [("finest", "USA")]),
        (LineInputs(on=DAY), [("finest", "USA")]),
        (LineInputs(on=DAY, law=LAW), [("finest", "USA")]),
        (LineInputs([Path("a"), Path("b")], columns=Path("c"), law=LAW), [("a", Path("c")), ("b", Path("c"))]),
        (LineInputs([Path("a")]), [("a", None)]),
    ],
)
def test_trade_is_that_of_files_or_the_finest_that_ships(
    given: LineInputs, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []

    def file(*what: Any) -> Any:
        done.append(what)
        table = pl.DataFrame({"importer": ["USA"], "value": [1.0]})
        return SimpleNamespace(currency="USD", years=(), told=(f"told {what[0]}",), of_year=lambda _year: table)

    monkeypatch.setattr("kosho.lines.shipped.finest_trade", lambda importer: [file("finest", importer)])
    monkeypatch.setattr("kosho.lines.shipped.shipped_trade", lambda importer: file("shipped", importer))
    monkeypatch.setattr("kosho.lines.trade_files.read_trade", lambda path, columns: file(str(path), columns))
    monkeypatch.setattr(lines_data, "_refuse_repeated", lambda files: done.insert(0, len(files)))
    based = SimpleNamespace(
        table=SimpleNamespace(codes=("01",)), told=("basis",), rates="law", law=None, ordinary=None, bounds=None
    )
    monkeypatch.setattr(lines_data, "_based", lambda *_given: based)
    elasticities: list[Any] = []
    monkeypatch.setattr(
        import_module("kosho.lines.line_elasticities"),
        "line_elasticities",
        lambda *of, **more: elasticities.append((of, more)) or "elasticities",
    )
    found = lines_data.read_lines("USA", given)
    assert done == [*([2] if len(asked) > 1 else []), *asked]
    assert (found.elasticities, found.basis, found.rates) == ("elasticities", ("basis",), "law")
    assert found.told == tuple(f"told {one[0]}" for one in asked)
    assert found.trade.height == len(asked)
    lines_data.read_lines("USA", replace(given, elasticities="own.csv", demand=-2.0))
    assert elasticities == [
        ((("01",), "USA", "protee"), {"world": None, "own": None, "demand": -1.25}),
        ((("01",), "USA", "protee"), {"world": None, "own": Path("own.csv"), "demand": -2.0}),
    ]


def test_trade_of_two_currencies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_data, "_refuse_repeated", lambda _files: None)
    files = iter([SimpleNamespace(currency="USD"), SimpleNamespace(currency="EUR")])
    monkeypatch.setattr("kosho.lines.trade_files.read_trade", lambda *_given, **_more: next(files))
    with pytest.raises(InputError) as caught:
        lines_data.read_lines("USA", LineInputs([Path("a"), Path("b")]))
    assert str(caught.value) == "--trade: trade in EUR, USD (one currency)"


def test_a_rate_of_nothing_has_no_sign() -> None:
    assert [copysign(1.0, rate._tidy(one)) for one in (0.0, -0.0, -1e-15)] == [1.0, 1.0, 1.0]
    assert rate._tidy(0.07) == 7.0
    assert rate._tidy(0.0123456789123) == 1.234567891


@pytest.mark.parametrize(
    ("fraction", "told"),
    [
        (0.9e-8, "0"), (1e-8, "+0.0000010"), (-1e-8, "−0.0000010"), (1.2345e-5, "+0.0012"), (1e-4, "+0.010"),
        (0.0123456, "+1.23"), (0.5, "+50.00"),
    ],
)  # fmt: skip
def test_a_percentage_of_a_tariff_is_two_figures_of_what_is_small(fraction: float, told: str) -> None:
    assert tariffs.percent(fraction) == told


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("", "importers: all; partners: all"),
        ("--importer USA", "importers: United States; partners: all"),
        ("--partner JPN", "importers: all; partners: Japan"),
    ],
)
def test_that_no_measure_is_in_force_is_told_with_whom_it_was_asked_of(
    words: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = SimpleNamespace(in_force=lambda *given: asked.append(given) or [], duties_covered=())
    asked: list[Any] = []
    monkeypatch.setattr("kosho.law.Register.load", lambda: law)
    monkeypatch.setattr("kosho.cli.register._uncovered", lambda *_given: ["so"])
    lines, _err = run("register", "show", "--on", "2025-09-01", *words.split())
    assert " ".join(lines) == f"No measure of the register is in force on 1 September 2025 ({who}). note: so"
    assert asked == [(DAY, None)]
    run("register", "show", "--on", "2025-09-01", "--known", "2025-08-01", "--json")
    assert asked[1] == (DAY, date(2025, 8, 1))


def test_a_table_of_a_brief_has_its_notes_and_unclear_words_under_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    cells = (Cell("Japan", note="a note", tone="gain", word="gains"), Cell("1", tone="unclear", word="unclear"))
    terminal.show_made(CellTable("id", "Title", ("What", "How many"), (cells, (Cell("USA"), Cell("2"))), 1))
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "Title",
        "What    How many",
        "────────────────",
        "Japan          1",
        "a note   unclear",
        "USA            2",
        "",
    ]


def test_assistants_are_answered_of_the_cases_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from kosho.cli.answering import answer  # noqa: PLC0415 - as the command asks for it

    monkeypatch.setattr("kosho.serve.assistants.run", passing)
    monkeypatch.setattr("kosho.cli.serve.open_cases", lambda named: {"of": " ".join(named)})
    for words, named in (((), ""), (("--case", "a", "--case", "b"), "a b")):
        (settings,), _more = passed("mcp", *words)
        assert (settings.cases, settings.run, settings.first, settings.token) == (
            {"of": named},
            answer,
            None,
            None,
        )


def test_a_new_case_is_told_with_what_to_edit_next(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SimpleNamespace(
        folder=Path("out/probe"), files=("case.yaml", "record.yaml"), notes=("n",), guide=("g", "h")
    )
    asked: list[Any] = []
    monkeypatch.setattr("kosho.starter.new_case", lambda *given: asked.append(given[:-1]) or made)
    assert run("new", "probe")[0] == ["out/probe: case.yaml, record.yaml", "note: n", "", "g", "h"]
    run("new", "probe", "--parties", "JPN, ,GBR", "--from", "r.yaml", "--out", "o", "--as-of", "2025-09-01")
    assert asked == [
        ("probe", [], None, Path(), None),
        ("probe", ["JPN", "GBR"], Path("r.yaml"), Path("o"), DAY),
    ]
