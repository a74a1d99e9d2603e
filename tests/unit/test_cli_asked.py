"""What `kosho simulate` and `kosho read` make of what they are asked, and which of their ways they take."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.test_cli_passed import passed, passing
from typer.testing import CliRunner

from kosho.cli import app, read, simulate
from kosho.errors import InputError, KoshoError, Problem

DAY = date(2025, 6, 29)


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    scenarios = {name: SimpleNamespace(title=f"Title of {name}") for name in ("deal", "no-deal")}
    flows = [SimpleNamespace(id=name, title=f"Flow {name}") for name in ("f1", "f2")]
    found = SimpleNamespace(
        name="talks",
        scenarios=scenarios,
        as_of=DAY,
        scenario=scenarios.__getitem__,
        flows=flows,
        world="its own",
    )
    monkeypatch.setattr(simulate, "open_case", lambda name, on: found if (name, on) else None)
    monkeypatch.setattr(simulate, "permitted", lambda one, **_more: one)
    monkeypatch.setattr("kosho.scenario.against.resolved", lambda _case, name: name)
    return found


@pytest.mark.parametrize(
    ("words", "known", "everything"),
    [
        ("", (None, "base", "10", "fixed", "central"), False),
        ("--all", (None, "base", "10", "fixed", "central"), True),
        ("--against no-deal --horizon 1 --elasticities low", (None, "no-deal", "1", "fixed", "low"), False),
        (
            "--as-of 2025-07-01 --deficits zero --horizon all",
            (date(2025, 7, 1), "base", "all", "zero", "central"),
            False,
        ),
        ("--against deal --allow-idle", (None, "deal", "10", "fixed", "central"), False),
    ],
)
def test_a_scenario_is_asked_as_it_was_typed(
    words: str, known: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, *, everything: bool
) -> None:
    monkeypatch.setattr(simulate, "_tell", passing)
    (asked, world), more = passed("simulate", "talks", "--scenario", "deal", *words.split())
    assert (asked.on, asked.against, asked.horizon, asked.deficits, asked.elasticities) == known
    assert (asked.case, asked.scenario, asked.closure, world) == (opened, "deal", None, "its own")
    assert more == {"everything": everything, "json": False}


def test_several_tables_and_lines_go_other_ways(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "_on_several", passing)
    (asked, names), more = passed("simulate", "talks", "--scenario", "deal", "--world", "talks,full", "--json")
    assert (asked.case, tuple(names), more) == (opened, ("talks", "full"), {"json": True})
    monkeypatch.setattr("kosho.cli.additions.answer", passing)
    words = ("--add", "USA JPN C29 25%", "--add", "USA KOR C29 5%", "--deficits", "zero", "--world", "talks")
    (question, world, way), more = passed("simulate", *words, "--elasticities", "low", "--allow-idle")
    assert question.lines == ("USA JPN C29 25%", "USA KOR C29 5%")
    assert (question.case, question.scenario, question.on, question.base) == (None, None, None, False)
    assert (world, more) == ("talks", {"json": False})
    assert (way.deficits, way.elasticities, way.allow_idle, way.closure, way.against) == (
        "zero",
        "low",
        True,
        None,
        None,
    )


class Closure(SimpleNamespace):
    told = ("labour moves",)
    labour_supply = 0.5
    revenue = "kept"

    def sourced(self, table: str) -> Any:
        return Closure(of=table)


@pytest.mark.parametrize(
    ("horizon", "against", "closure", "elasticities", "json_"),
    [
        ("10", "base", None, "central", False),
        ("1", "no-deal", None, "low", False),
        ("1", "base", None, "central", True),
        ("all", "no-deal", Closure(), "central", False),
        ("all", "base", None, "central", True),
        ("10", "no-deal", None, "low", True),
    ],
)
def test_a_scenario_is_told_at_its_horizons(  # noqa: C901, PLR0915 - all ways of one function
    horizon: str,
    against: str,
    closure: Any,
    elasticities: str,
    json_: bool,
    opened: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[Any] = []
    opened.worlds = lambda _named: SimpleNamespace(
        whole=SimpleNamespace(hash="h", meta=SimpleNamespace(name="t"), low=False)
    )
    opened.within = lambda table: done.append(("within", table.low)) or opened
    low = SimpleNamespace(hash="l", meta=SimpleNamespace(name="t"), low=True)
    monkeypatch.setattr("kosho.world.low_elasticity", lambda _table: low)

    def years(_case: Any, scenario: str, on: Any, table: Any, other: str | None) -> Any:
        done.append(("years", scenario, on, table.low, other))
        return ["early"], {"f1": "no year one"}

    def solved(
        _case: Any, scenario: str, on: Any, table: Any, deficits: str, _progress: Any, closure: Any
    ) -> Any:
        done.append(("solved", scenario, table.low, deficits, None if closure is None else closure.of.hash))
        outcome = SimpleNamespace(assumed=["so"], name=scenario)
        return SimpleNamespace(
            outcome=outcome,
            assumptions=["a"],
            flows_left_out={"f2": "why"},
            commitments="bounds",
            name=scenario,
        )

    monkeypatch.setattr("kosho.scenario.year_one.told_years", years)
    monkeypatch.setattr("kosho.scenario.simulate_with_ranges", solved)

    def compare(one: Any, other: Any) -> Any:
        return SimpleNamespace(countries={"of": (one.name, other and other.name)})

    monkeypatch.setattr("kosho.scenario.compare", compare)
    monkeypatch.setattr(simulate, "contract", lambda _seen, outcome: {"flows": [outcome.name]})
    monkeypatch.setattr(simulate, "products", list)
    monkeypatch.setattr(simulate, "years", lambda early, flows, later: [early, flows, later])
    monkeypatch.setattr(simulate, "_told", lambda *_given: {"told": True})
    monkeypatch.setattr(simulate, "_show", lambda *_given, everything: done.append(("show", everything)))
    monkeypatch.setattr(simulate, "show_first_year", lambda *given: done.append(("first", *given)))
    monkeypatch.setattr(
        simulate, "show_years", lambda _early, told, compared: done.append(("all", told, compared))
    )
    said: list[str] = []
    monkeypatch.setattr(simulate, "say", said.append)
    shown: list[Any] = []
    monkeypatch.setattr(simulate, "show_json", shown.append)
    asked = simulate._Asked(opened, "deal", None, against, horizon, "fixed", elasticities, closure)  # type: ignore[arg-type]
    simulate._tell(asked, SimpleNamespace(detail="full"), everything=True, json=json_)  # type: ignore[arg-type]
    other = None if against == "base" else against
    is_low = elasticities == "low"
    expected: list[Any] = [("within", is_low)]
    if horizon != "10":
        expected.append(("years", "deal", None, is_low, other))
    if horizon != "1":
        hash_ = None if closure is None else "h"
        expected += [("solved", name, is_low, "fixed", hash_) for name in ("deal", other) if name]
    compared = "the base year" if other is None else "“Title of no-deal”"
    first = ("first", "Title of deal, as of 29\xa0June 2025", compared, ["early"])
    if not json_ and horizon == "1":
        expected.append(first)
    if not json_ and horizon != "1":
        expected.append(("show", True))
    if not json_ and horizon == "all":
        expected += [first, ("all", [["early"], ["deal"], None if other is None else ["no-deal"]], compared)]
    assert done == expected
    unshown = "note: Flow f1 has no year one here: no year one"
    left_out = "note: Flow f2 is not shown: why"
    assert [line for line in said if line] == {
        ("1", False): [unshown], ("10", False): [left_out], ("all", False): [unshown, left_out],
    }.get((horizon, json_), [])  # fmt: skip
    assert len(shown) == json_
    if json_:
        (content,) = shown
        assert content.get("held") == (None if horizon == "10" else simulate.HELD)
        assert content.get("products_left_out") == (None if horizon == "10" else {"f1": "no year one"})
        assert ("told" in content, "countries" in content) == (horizon != "1", horizon != "1")
        assert ("years" in content) is (horizon == "all")
        if horizon != "1":
            assert content["assumptions"] == ["a", "so"]
            assert content["countries"] == {"of": ("deal", other)}


def test_a_scenario_on_several_tables_is_asked_plainly(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr("kosho.scenario.several.on_several", lambda *of: given.append(of[:-1]) or "found")
    monkeypatch.setattr("kosho.cli.several.show_several", lambda *of, json: given.append((*of, json)))
    day = date(2025, 7, 1)
    for on in (None, day):
        asked = simulate._Asked(opened, "deal", on, "base", "10", "zero", "central", None)
        simulate._on_several(asked, ["talks", "full"], json=on is None)
    title = "Title of deal, as of {} 2025: long run, against the base year"
    assert given == [
        (opened, ("deal", "base"), ["talks", "full"], None, "zero"),
        ("found", title.format("29\xa0June"), {"case": "talks", "as_of": "2025-06-29"}, True),
        (opened, ("deal", "base"), ["talks", "full"], day, "zero"),
        ("found", title.format("1\xa0July"), {"case": "talks", "as_of": "2025-07-01"}, False),
    ]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Documents that are read in a moment, and what is done with their drafts."""
    done: list[Any] = []
    monkeypatch.setattr(read, "_read", lambda files: ({path.name: "text" for path in files}, ["draft"]))
    monkeypatch.setattr(read, "_check", lambda texts, where: done.append(("check", list(texts), where)))
    monkeypatch.setattr(
        read, "_keep", lambda where, drafts, _texts, book: done.append(("keep", where, drafts, book))
    )
    monkeypatch.setattr(read, "as_lines", lambda drafts: done.append(("lines", drafts)))
    monkeypatch.setattr(
        read, "as_tables", lambda drafts, how, names: done.append(("tables", drafts, how, names))
    )
    monkeypatch.setattr(
        read, "_with_proposals", lambda _texts, drafts, *more: ([*drafts, "new"], more.count("mute"))
    )
    return done


KEPT = "keep", Path("d.yml"), ["draft"], Path("r.yaml")
HOW = "kosho read FILE --accept --out drafts.yaml"
TABLES = "tables", ["draft"], HOW, ["a.txt"]


@pytest.mark.parametrize(
    ("words", "does"),
    [
        ("a.txt b.txt", [("tables", ["draft"], HOW, ["a.txt", "b.txt"])]),
        ("a.txt --json", [("lines", ["draft"])]),
        ("a.txt --out d.yaml", [("keep", Path("d.yaml"), ["draft"], None), TABLES]),
        ("a.txt --check", [("check", ["a.txt"], None)]),
        ("a.txt --check --out d.yaml", [("check", ["a.txt"], Path("d.yaml"))]),
        ("a.txt --accept --out d.yaml --record r.yaml", [("keep", Path("d.yaml"), ["draft"], Path("r.yaml"))]),
        ("d.yaml --accept --record r.yaml", [("keep", Path("d.yaml"), ["draft"], Path("r.yaml"))]),
        ("d.yml a.txt --accept --record r.yaml --json", [KEPT, ("lines", ["draft"])]),
        ("a.txt --propose u --model m", [("tables", ["draft", "new"], HOW, ["a.txt"])]),
        ("d.yaml --record r.yaml --accept --out e.yaml", None),
        ("d.yaml", None),
        ("d.yaml e.yaml --accept", None),
        ("none.yaml --accept --record r.yaml", None),
    ],
)  # fmt: skip
def test_documents_are_read_into_what_was_asked(
    words: str, does: list[Any] | None, reading: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("d.yaml", "d.yml", "e.yaml"):
        if name in words:
            (tmp_path / name).touch()
    if does is None:
        with pytest.raises(InputError):
            run("read", *words.split())
        assert reading == []
        return
    run("read", *words.split())
    assert reading == does


def test_passages_that_a_model_left_out_end_with_an_error(
    reading: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KoshoError, match=r"^1 passage was not answered: "):
        run("read", "a.txt", "--propose", "mute", "--model", "m")
    assert reading[0][1] == ["draft", "new"]


@pytest.mark.parametrize("kind", ["file", "folder", "named", "nothing"])
def test_drafts_enter_the_record_that_is_meant(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where = Path("d.yaml")
    if kind == "named":
        assert read._targets(where, Path("new.yaml")) == Path("new.yaml")
    elif kind == "folder":
        (tmp_path / "case").mkdir()
        assert read._targets(where, Path("case")) == Path("case/record.yaml")
    elif kind == "file":
        (tmp_path / "record.yaml").touch()
        assert read._targets(where, None) == Path("record.yaml")
    else:
        with pytest.raises(InputError) as caught:
            read._targets(where, None)
        assert len(caught.value.problems) == 1
    if kind != "nothing":
        with pytest.raises(InputError) as caught:
            read._targets(None, Path("new.yaml"))
        assert [one.message for one in caught.value.problems] == [
            "needs a file that keeps the drafts and your decisions"
        ]


def test_files_that_are_wrong_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SimpleNamespace(name="a.txt")
    each = [
        (text, [1, 2]),
        InputError([Problem("x"), Problem("y")]),
        (text, [3]),
        (SimpleNamespace(name="b.txt"), [4]),
    ]
    monkeypatch.setattr("kosho.record.reading.each", lambda files: iter(each[: len(files)]))
    files = [Path(name) for name in ("a.txt", "w.txt", "x/a.txt", "b.txt")]
    with pytest.raises(InputError) as caught:
        read._read(files)
    assert [str(one) for one in caught.value.problems] == [
        "x", "y", "x/a.txt: another file of this name is being read too (rename one)"
    ]  # fmt: skip
    each[1:3] = []
    assert read._read([files[0], files[3]]) == ({"a.txt": text, "b.txt": each[1][0]}, [1, 2, 4])


def test_facts_are_told_in_the_order_they_came_and_kept_where_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verdict(name: str, *, kept: bool) -> Any:
        draft = SimpleNamespace(as_dict=lambda: {"draft": name}) if kept else None
        return SimpleNamespace(draft=draft, refused=f"refused {name}", dropped=(("a", name),), lowered=kept)

    texts: Any = {name: SimpleNamespace(name=name) for name in ("a", "b")}
    facts = [{"doc": "b", "k": 0}, {"doc": "a", "k": 1}, {"doc": "b", "k": 2}]
    monkeypatch.setattr("kosho.record.grounding.facts_in", lambda words: facts if words == "typed" else [])
    monkeypatch.setattr(
        "kosho.record.grounding.check",
        lambda document, own, _by: [verdict(f"{document.name}{one['k']}", kept=one["k"] != 1) for one in own],
    )
    monkeypatch.setattr(read.sys, "stdin", SimpleNamespace(read=lambda _most: "typed"))
    told: list[Any] = []
    monkeypatch.setattr("kosho.cli.terminal.say_whole", lambda text: told.append(json.loads(text)))
    kept: list[Any] = []
    pile = SimpleNamespace(
        add=lambda drafts: kept.extend(drafts) or len(drafts), save=lambda: kept.append("saved")
    )
    monkeypatch.setattr("kosho.record.drafts.Pile.open", lambda _path: pile)
    monkeypatch.setattr(read, "_added", lambda _pile, new: f"{new} new")
    notes: list[str] = []
    monkeypatch.setattr(read, "_note", notes.append)
    read._check(texts, None)
    assert told == [
        {
            "accepted": True,
            "refused": "refused b0",
            "dropped": {"a": "b0"},
            "lowered": True,
            "draft": {"draft": "b0"},
        },
        {"accepted": False, "refused": "refused a1", "dropped": {"a": "a1"}, "lowered": False, "draft": None},
        {
            "accepted": True,
            "refused": "refused b2",
            "dropped": {"a": "b2"},
            "lowered": True,
            "draft": {"draft": "b2"},
        },
    ]
    assert (kept, notes) == ([], [])
    read._check(texts, tmp_path / "d.yaml")
    assert ([one.as_dict()["draft"] for one in kept[:2]], kept[2], notes) == (["b0", "b2"], "saved", ["2 new"])
    monkeypatch.setattr(read.sys, "stdin", SimpleNamespace(read=lambda most: "x" * most))
    with pytest.raises(InputError, match=r"more than .* characters"):
        read._check(texts, None)
    monkeypatch.setattr(read.sys, "stdin", SimpleNamespace(read=lambda most: "x" * (most - 1)))
    with pytest.raises(InputError, match="holds no fact with a quote"):
        read._check(texts, None)
