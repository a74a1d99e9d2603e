"""What is left of commands: help in Japanese whole, bounds said once, streams, editions, records."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.kept_help import HELPED, kept, told
from typer.testing import CliRunner

from kosho.brief.cells import Cell, CellTable
from kosho.cli import app, bounds, cases, corridor, read, record, register, schedule, simulate, streams
from kosho.errors import InputError, Problem


@pytest.mark.parametrize("words", HELPED)
def test_help_is_what_it_was(words: str) -> None:
    assert told(words) == kept()[words], (
        "look at the difference; if it is meant, run: python -m tests.kept_help"
    )


def table(*firsts: tuple[str, str]) -> CellTable:
    rows = tuple((Cell(text, note=note), Cell(str(k))) for k, (text, note) in enumerate(firsts))
    return CellTable("id", "Title", ("What", "How many"), rows, 1)


def test_what_repeats_from_row_to_row_is_said_once() -> None:
    given = table(("A", "n"), ("A", "n"), ("A", "n"), ("A", "m"), ("B", "m"), ("B", "m"), ("A", "n"))
    found = bounds._once(given)
    assert [(row[0].text, row[0].note) for row in found.rows] == [
        ("A", "n"), ("", ""), ("", ""), ("A", "m"), ("B", "m"), ("", ""), ("A", "n")
    ]  # fmt: skip
    assert [row[1].text for row in found.rows] == list("0123456")
    assert replace(found, rows=()) == replace(given, rows=())
    assert bounds._once(table()).rows == ()


def bound(title: str, *, binds: bool) -> Any:
    return SimpleNamespace(title=title, binds=binds, unit="million USD", reached=1234.0, required=2345.0)


@pytest.mark.parametrize("everything", [True, False])
def test_bounds_are_told_in_short_or_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, everything: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    asked: list[Any] = []
    monkeypatch.setattr(
        bounds, "_bound", lambda *_given, everything: asked.append(everything) or table(("a", ""))
    )
    monkeypatch.setattr("kosho.brief.commitment_tables.subsidy_table", lambda *_given: table())
    monkeypatch.setattr(
        "kosho.brief.commitment_tables.diverted_table",
        lambda _of, most=None: asked.append(most) or table(("b", ""), ("b", "")),
    )
    monkeypatch.setattr(bounds, "_show_rest", lambda *_given: bounds.say("the rest"))
    monkeypatch.setattr(bounds, "_more", lambda *_given: "more")
    ends = SimpleNamespace(out_of_reach={"m": "why", "n": "so"})
    some: Any = SimpleNamespace(
        bounds=(bound("Cars", binds=True), bound("Corn", binds=False), bound("Rice", binds=False)),
        ends=ends, titles={"m": "Measure"},
    )  # fmt: skip
    opened: Any = SimpleNamespace(scenarios={})
    bounds.show(opened, some, everything=everything)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    slack = "1.2 billion USD of 2.3 billion USD"
    assert f"Not reached: Corn ({slack}); Rice ({slack})." in lines
    assert asked == [everything, None if everything else 2]
    assert ("the rest" in lines, "more" in lines) == (everything, not everything)
    assert lines.count("Title") == 2
    assert "note: an end of Measure is left out: why" in lines
    assert "note: an end of n is left out: so" in lines
    some.bounds, some.ends = some.bounds[:1], None
    bounds.show(opened, some, everything=everything)
    told_then = capsys.readouterr().out
    assert "Not reached" not in told_then
    assert "an end of" not in told_then


def test_bounds_that_bind_have_who_pays_under_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    columns = (("What", ""), ("Who", ""), ("Base", ""), ("New", ""), ("Cost", ""))
    rows = ((Cell("Cars", note="a note"), Cell("Japan"), Cell("12"), Cell("15"), Cell("3")),)
    monkeypatch.setattr(
        "kosho.brief.commitment_tables.bound_table",
        lambda of, _scenarios: asked.append(of[0]) or CellTable("id", "Title", columns, rows, 4),
    )
    given: Any = SimpleNamespace(
        bounds=(bound("Cars", binds=True), bound("Corn", binds=False)), model_copy=lambda update: update
    )
    short = bounds._bound(given, {}, everything=False)
    whole = bounds._bound(given, {}, everything=True)
    assert [one["bounds"] for one in asked] == [(given.bounds[0],)] * 2
    assert (short.columns, short.numeric) == ((columns[0], *columns[3:]), 2)
    assert [(cell.text, cell.note) for cell in short.rows[0]] == [("Cars", "Japan"), ("15", ""), ("3", "")]
    assert whole.rows[0][0].note == "Japan\na note. Base: 12"


@pytest.mark.parametrize(
    ("editions", "told"),
    [
        ([("r5", 1, {"870323": 1}), ("r4", 0, {"870323": 1, "01": 1})], ("r5", ["870323"])),
        ([("r5", 1, {"01": 1}), ("r4", 0, {"870323": 1})], ("r4", ["870323"])),
        ([("r5", 1, {"01": 1})], None),
        ([("r5", 0, {"870323": 1}), ("r4", 0, {"870323": 2})], "rivals r5 r4"),
        ([("r5", 0, {"870323": 1}), ("r4", 0, {"01": 1})], ("r5", ["870323"])),
        ([], None),
    ],
)
def test_lines_are_of_the_latest_edition_that_has_them(
    editions: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lines(dict[str, Any]):
        def under(self, code: str) -> list[Any]:
            return [line for name, line in self.items() if name.startswith(code)]

    def edition(name: str, day: int, held: dict[str, int]) -> Any:
        lines = Lines({code: SimpleNamespace(code=code, duty=duty) for code, duty in held.items()})
        return SimpleNamespace(edition=name, valid_from=day, lines=lines, find=lambda _hs: None)

    def refuse(beside: Any) -> None:
        if len({line.duty for _edition, line in beside}) > 1:
            raise InputError(Problem("rivals " + " ".join(one.edition for one, _line in beside)))

    monkeypatch.setattr("kosho.law.schedules.ordinary.refuse_rivals", refuse)
    schedules = [edition(*one) for one in editions]
    if isinstance(told, str):
        with pytest.raises(InputError, match=told):
            schedule._lines(schedules, "8703.23")
        return
    found = schedule._lines(schedules, "8703.23")
    assert (None if found is None else (found[0].edition, [one.code for one in found[1]])) == told


def test_a_line_above_a_code_stands_for_it() -> None:
    line = SimpleNamespace(code="870323")
    one: Any = SimpleNamespace(
        lines=SimpleNamespace(under=lambda _code: []), valid_from=1, find=lambda hs: hs == "8703.23.01" and line
    )
    assert schedule._lines([one], "8703.23.01") == (one, [line])


def test_what_an_encoding_lacks_is_written_as_what_is_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\xff"), encoding="utf-8"))
    streams.take_any_text()
    sys.stdout.write("−1 ½ é 交 §2 €5 “x” θ")
    sys.stdout.flush()
    assert out.buffer.getvalue() == b'-1 1/2 e ? section 2 EUR5 "x" theta'  # type: ignore[attr-defined]
    assert sys.stdin.read() == "a\ufffd"
    assert sys.stderr.write("nowhere") == 7
    sys.stderr.close()
    with pytest.raises(UnicodeDecodeError):
        streams._nearest(UnicodeDecodeError("ascii", b"x", 0, 1, "why"))


def test_nothing_more_is_written_where_nothing_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out"
    with path.open("w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        sys.stdout.write("first")
        sys.stdout.flush()
        streams.give_up()
        sys.stdout.write("second")
        sys.stdout.flush()
    assert path.read_text(encoding="utf-8") == "first"
    monkeypatch.setattr(sys, "stdout", None)
    streams.give_up()


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ({"doc": "a.txt"}, "A"),
        ({"doc": "b.txt"}, "B"),
        ({}, "doc: fact 3 names no file that was given (one of a.txt, b.txt)"),
        ({"doc": "c.txt"}, "doc: fact 3 names no file that was given (one of a.txt, b.txt)"),
        ({"doc": 1}, "doc: fact 3 names no file that was given (one of a.txt, b.txt)"),
    ],
)
def test_a_fact_is_of_the_file_that_it_names(fact: dict[str, Any], told: str) -> None:
    texts: Any = {"a.txt": "A", "b.txt": "B"}
    if len(told) == 1:
        assert read._document_of(3, fact, texts) == told
        return
    with pytest.raises(InputError) as caught:
        read._document_of(3, fact, texts)
    assert str(caught.value) == told
    assert read._document_of(1, {}, {"a.txt": texts["a.txt"]}) == "A"
    with pytest.raises(InputError):
        read._document_of(1, {"doc": "c"}, {"a.txt": texts["a.txt"]})


BY_RULES = "drafts are those of the rules alone. Run it again to ask for"
KEPT = "what was answered is kept."


@pytest.mark.parametrize("unanswered", [0, 1, 2])
def test_proposals_stand_beside_what_rules_found_and_passages_without_an_answer_are_told(
    unanswered: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "note.txt").write_text("Japan asked.", encoding="utf-8")
    drafts = [SimpleNamespace(doc="b", start=1, end=2), SimpleNamespace(doc="a", start=5, end=6)]
    new = [SimpleNamespace(doc="a", start=5, end=5), SimpleNamespace(doc="a", start=1, end=9)]
    asked = SimpleNamespace(
        drafts=[1, 2, 3], passages=1 + unanswered, recalled=4, refused=[1] * 5,
        unanswered=[f"passage {k} was not answered" for k in range(unanswered)],
    )  # fmt: skip
    monkeypatch.setattr("kosho.record.grounding.propose", lambda *_given, **_more: asked)
    monkeypatch.setattr("kosho.record.grounding.beside", lambda *_given: new)
    monkeypatch.setattr(read, "_read", lambda _files: ({"note.txt": "text"}, drafts))
    shown: list[Any] = []
    monkeypatch.setattr(read, "as_tables", lambda found, _command, names: shown.append((found, names)))
    words = ("read", str(tmp_path / "note.txt"), "--propose", "http://127.0.0.1:1", "--model", "small")
    done = CliRunner().invoke(app, words)
    passages = f"{1 + unanswered} passage{'s' if unanswered else ''}"
    first = f"small: {passages}, 4 answered before, 3 facts kept, 5 refused, 2 not found by the rules"
    assert done.stderr.splitlines() == [first, *asked.unanswered]
    ((found, names),) = shown
    assert [(one.doc, one.start, one.end) for one in found] == [
        ("a", 1, 9),
        ("a", 5, 5),
        ("a", 5, 6),
        ("b", 1, 2),
    ]
    assert names == ["note.txt"]
    told_end = {
        0: None,
        1: f"1 passage was not answered: its {BY_RULES} it; {KEPT}",
        2: f"2 passages were not answered: their {BY_RULES} them; {KEPT}",
    }[unanswered]
    assert (None if done.exception is None else str(done.exception)) == told_end


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        (None, True),
        (date(2025, 5, 29), True),
        (date(2025, 5, 30), True),
        (date(2025, 5, 31), "--as-of: the record talks begins on 2025-05-31, after 2025-05-30"),
    ],
)
@pytest.mark.parametrize("json_", [True, False])
def test_a_record_speaks_from_the_day_on_which_it_begins(
    begins: date | None, told: bool | str, monkeypatch: pytest.MonkeyPatch, *, json_: bool
) -> None:
    asked: list[Any] = []
    one = SimpleNamespace(
        name="talks",
        begins=begins,
        as_of=lambda *given: asked.append(given) or "ledger",
        file=None,
        lines={},
        path="p",
    )
    monkeypatch.setattr("kosho.record.ledger.Record.load", lambda *given: asked.append(given) or one)
    monkeypatch.setattr("kosho.record.check.dangling", lambda *_given: [])
    monkeypatch.setattr(record, "_refuse_unknown", lambda *given: asked.append(given))
    monkeypatch.setattr(
        "kosho.record.contract.contract", lambda ledger, only_open: asked.append(only_open) or {"of": ledger}
    )
    monkeypatch.setattr(record, "show_json", lambda _content: asked.append("json"))
    monkeypatch.setattr(record, "_show", lambda *given: asked.append(given))
    day = date(2025, 5, 30)
    words = ["record", "talks", "--as-of", "2025-05-30", *(["--json"] if json_ else [])]
    if isinstance(told, str):
        with pytest.raises(InputError) as caught:
            CliRunner().invoke(app, words, catch_exceptions=False)
        assert str(caught.value) == f"{told} (ask about 2025-05-31 or later)"
        return
    CliRunner().invoke(app, words, catch_exceptions=False)
    assert asked == [
        ("talks", day),
        (day, None),
        False,
        "json" if json_ else ("ledger", {"of": "ledger"}, None),
    ]
    del asked[:]
    CliRunner().invoke(app, [*words, "--open", "--topic", "rice"], catch_exceptions=False)
    shown = "json" if json_ else ("ledger", {"of": "ledger"}, "rice")
    assert asked == [("talks", day), (day, "rice"), ("rice", one, day), True, shown]


@pytest.mark.parametrize("known", [20, 21])
def test_topics_are_named_unless_they_are_many(known: int) -> None:
    statements = [SimpleNamespace(topic=f"topic {k}") for k in range(known)]
    nothing = SimpleNamespace(statements=[], contentions=[])
    ledger: Any = SimpleNamespace(
        as_of=lambda _day, topic=None: (
            nothing if topic else SimpleNamespace(statements=statements, contentions=[])
        )
    )
    with pytest.raises(InputError) as caught:
        record._refuse_unknown("topic 1x", ledger, date(2025, 5, 30))
    hint = caught.value.problems[0].hint
    assert (
        hint.startswith("did you mean topic 1") if known > 20 else hint.startswith("topics: topic 0, topic 1, ")
    )


def test_corridors_of_a_case_are_between_its_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [("TWKHH", "JPUKB"), ("JPUKB", "USLAX"), ("TWKHH", "USLAX"), ("JPUKB", "JPTYO")]
    monkeypatch.setattr("kosho.corridor.shipped", lambda: ports)
    one: Any = SimpleNamespace(parties=[SimpleNamespace(economy=code) for code in ("JPN", "TWN")])
    assert cases._corridors(one) == [ports[0], ports[3]]


def test_a_case_is_told_with_the_days_of_its_record() -> None:
    statements = [SimpleNamespace(recorded_at=date(2025, 5, day)) for day in (3, 1, 2)]
    finding = SimpleNamespace(model_dump=lambda mode: {"of": mode})
    one: Any = SimpleNamespace(
        name="n", title="T", folder="f", as_of=date(2025, 6, 29), holds=("record",), findings=[finding],
        parties=[SimpleNamespace(economy="JPN")],
        record=SimpleNamespace(file=SimpleNamespace(statements=statements)),
        scenarios={"a": SimpleNamespace(id="a", title="A", role="deal")},
    )  # fmt: skip
    known = {
        "name": "n", "title": "T", "folder": "f", "as_of": "2025-06-29", "parties": ["JPN"],
        "holds": ["record"], "statements": 3, "recorded": ["2025-05-01", "2025-05-03"],
        "findings": [{"of": "json"}], "corridors": [], "scenarios": [{"id": "a", "title": "A", "role": "deal"}],
    }  # fmt: skip
    assert cases._contract(one) == known
    one.record.file.statements = []
    assert cases._contract(one) == known | {"statements": 0, "recorded": []}
    one.record = None
    assert cases._contract(one) == known | {"statements": 0, "recorded": []}


@pytest.mark.parametrize(
    ("mean", "low", "high", "found"),
    [(1.5, 1.25, float("inf"), (1.5, 1.25, None)), (float("nan"), float("nan"), 2.0, (None, None, 2.0))],
)
def test_what_is_not_finite_is_none_in_json(mean: float, low: float, high: float, found: Any) -> None:
    def within(hours: int, kind: str | None = None) -> float:
        return {24: 0.25}[hours] if kind is None else float("nan")

    one = SimpleNamespace(mean=mean, low=low, high=high)
    times: Any = SimpleNamespace(
        mean=SimpleNamespace(mean=3.0, low=2.5, high=3.5), quantile=lambda share: 10 * share, within=within,
        by_type=lambda: {"box": one}, stages={},
    )  # fmt: skip
    assert corridor._times(times) == {
        "days": {"mean": 3.0, "p50": 5.0, "p90": 9.0, "ci95": [2.5, 3.5]},
        "within_24h": 0.25,
        "types": {"box": {"days": {"mean": found[0], "ci95": [found[1], found[2]]}, "within_24h": None}},
        "stages": {},
    }
    expected = {"box": mean if found[0] is not None else 0.0}
    assert corridor._means({"box": one}) == expected  # type: ignore[dict-item]


def test_a_fit_is_told_or_written_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = SimpleNamespace(moment="m", value=SimpleNamespace(value=12.0))
    fit = SimpleNamespace(parameters={"p": 0.5}, moments=[(target, SimpleNamespace(mean=float("nan")))])
    asked: list[Any] = []
    monkeypatch.setattr(
        "kosho.corridor.calibration.calibrate", lambda *given, **more: asked.append((given, more)) or fit
    )
    corridor._calibrate("opened", 5, 3, "run", json=True)  # type: ignore[arg-type]
    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1,
        "parameters": {"p": 0.5},
        "moments": [{"moment": "m", "published_hours": 12.0, "simulated_hours": None}],
    }
    shown: list[Any] = []
    monkeypatch.setattr("kosho.cli.corridor_tables.show_fit", lambda *given: shown.append(given))
    corridor._calibrate("opened", 5, 3, "run", json=False)  # type: ignore[arg-type]
    assert shown == [("opened", {"p": 0.5}, [("m", 12.0, fit.moments[0][1])])]
    (given, more), _other = asked
    progress = more.pop("progress")
    assert callable(progress)
    assert (given, more) == (("opened",), {"replications": 5, "seed": 3, "run": "run"})


def test_measures_in_force_are_told_with_what_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    law: Any = SimpleNamespace(
        duties_covered=[SimpleNamespace(imposer=code) for code in ("USA", "JPN", "USA")],
        any_law_of=lambda code: f"any {code}",
    )
    monkeypatch.setattr(
        "kosho.law.line_rate.coverage",
        lambda _register, code, when, any_law: (
            asked.append((code, when, any_law)) or [f"{code} 1", f"{code} 2"]
        ),
    )
    day = date(2025, 9, 1)
    assert register._uncovered(law, day, None) == ["JPN 1", "JPN 2", "USA 1", "USA 2"]
    assert asked == [("JPN", day, "any JPN"), ("USA", day, "any USA")]
    assert register._uncovered(law, day, "KOR") == ["KOR 1", "KOR 2"]


@pytest.mark.parametrize("partner", [None, "JPN"])
def test_a_measure_in_json_has_the_value_on_the_partner(partner: str | None) -> None:
    one: Any = SimpleNamespace(
        id="m", value={"JPN": 15.0}, model_dump=lambda **_more: {"id": "m", "value": {"JPN": 15.0}},
        level_on=lambda _partner: 15.0,
    )  # fmt: skip
    law: Any = SimpleNamespace(not_translated={"m": "n"}, places={"m": "p:1"})
    assert register._contract(one, partner, law) == {
        "id": "m",
        "value": {"JPN": 15.0} if partner is None else 15.0,
        "not_translated": "n",
        "place": "p:1",
    }
    one.value = None
    assert register._contract(one, partner, law)["value"] == {"JPN": 15.0}


def test_ranges_of_economies_are_those_of_what_the_results_are() -> None:
    def dumped(**known: Any) -> Any:
        return SimpleNamespace(model_dump=lambda **_more: json.loads(json.dumps(known)))

    ends = {"JPN": dumped(low=1), "USA": dumped(low=2)}
    given: Any = dumped(ends={"countries": {"JPN": "of the base"}, "flows": []}, bounds=[])
    found = simulate._told(given, SimpleNamespace(ends=ends))  # type: ignore[arg-type]
    assert found == {"ends": {"countries": {"JPN": {"low": 1}, "USA": {"low": 2}}, "flows": []}, "bounds": []}
    assert simulate._told(given, SimpleNamespace(ends=None))["ends"]["countries"] == {"JPN": "of the base"}  # type: ignore[arg-type]
    assert simulate._told(dumped(ends=None), SimpleNamespace(ends=ends)) == {"ends": None}  # type: ignore[arg-type]
