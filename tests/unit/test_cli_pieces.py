"""Pieces of commands: what goes into a table or a contract, whole, and what options refuse."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.worlds import build

from kosho import equilibrium
from kosho.cli import (
    lines_ranges,
    register_compare,
    register_editions,
    replicate,
)
from kosho.cli.closures import closure_of
from kosho.cli.corridor_effect import effects, refuse_apart
from kosho.cli.lines_data import _in_edition, _refuse_repeated
from kosho.cli.record import _refuse_unknown
from kosho.cli.table_options import _by_sector, line_duties, tariffs_said
from kosho.cli.typed import _files
from kosho.cli.world import _balances
from kosho.errors import InputError


def corridor(share: float, **mix: float) -> Any:
    """One type of consignments from Kaohsiung to Kobe."""
    kind = SimpleNamespace(per_week=SimpleNamespace(value=2.0), value=SimpleNamespace(value=3.0), mix=mix)
    return SimpleNamespace(
        origin=SimpleNamespace(code="TWKHH"),
        destination=SimpleNamespace(code="JPUKB"),
        types={"box": kind},
        trade_share=SimpleNamespace(value=share),
        value_of_time=SimpleNamespace(value=1.0, low=None, high=2.0),
    )


@pytest.mark.parametrize(
    ("share", "cars", "farm"),
    [(0.1, 0.1 * 0.75 * 50.0 / 40.0, 0.1 * 0.25 * 50.0 / 10.0), (0.9, 0.9 * 0.75 * 50.0 / 40.0, 1.0)],
)
def test_a_corridor_takes_a_part_of_each_sector_and_never_more_than_all(
    share: float, cars: float, farm: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = np.full((2, 2, 3), 100.0)
    flows[0, 1] = 40.0, 10.0, 7.0  # what Japan buys of Taiwan: cars, crops and services
    world = build(flows, sectors=("C29", "A01", "G"), countries=("JPN", "TWN"))
    asked: list[Any] = []
    plain = equilibrium.solve

    def solved(one: Any, shock: Any, deficits: str, **more: Any) -> Any:
        asked.append((shock, deficits))
        return plain(one, shock, deficits, **more)

    monkeypatch.setattr(equilibrium, "solve", solved)
    found = effects(world, corridor(share, C29=0.75, A01=0.25), {"box": 4.0}, {"box": 2.0}, "zero")
    assert list(found) == ["low", "mid", "high"]
    for (shock, deficits), tau in zip(asked, (0.01, 0.01, 0.02), strict=True):
        assert deficits == "zero"
        assert shock.share.tolist() == pytest.approx([cars, farm])
        assert shock.cost.tolist() == pytest.approx([1.0 - 2.0 * tau / (1.0 + 4.0 * tau)] * 2)
        assert [shock.countries[k] for k in (shock.importer[0], shock.exporter[0])] == ["JPN", "TWN"]
        assert set(shock.part) == {"corridor"}
    assert found["high"].exports > found["low"].exports > 0
    assert list(found["mid"].welfare) == ["TWN", "JPN"]
    assert min(found["mid"].welfare.values()) > 0


@pytest.mark.parametrize(
    ("countries", "lacking"),
    [
        (("JPN", "TWN"), []),
        (("JPN", "USA"), ["TWN"]),
        (("KOR", "TWN"), ["JPN"]),
        (("KOR", "USA"), ["TWN", "JPN"]),
    ],
)
def test_both_ends_of_a_corridor_stand_alone(countries: tuple[str, str], lacking: list[str]) -> None:
    world: Any = SimpleNamespace(countries=countries, meta=SimpleNamespace(name="w"))
    if not lacking:
        refuse_apart(world, corridor(0.1))
        return
    with pytest.raises(InputError) as caught:
        refuse_apart(world, corridor(0.1))
    assert [one.message.split()[4] for one in caught.value.problems] == lacking


def test_a_file_of_trade_counts_once(tmp_path: Path) -> None:
    one, other, twin = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    for path, text in ((one, "x"), (other, "y"), (twin, "x")):
        path.write_text(text, encoding="utf-8")
    _refuse_repeated([one, other, tmp_path / "none.csv", tmp_path / "none.csv"])
    for files in ([one, one], [one, other, twin]):
        with pytest.raises(InputError, match="would count twice"):
            _refuse_repeated(files)


@pytest.mark.parametrize(
    ("strange", "told"), [(0, None), (5, "5 codes are not in it"), (6, "6 codes are not in it")]
)
def test_trade_in_another_edition_says_what_is_split_and_what_stays(
    strange: int, told: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("from,to\n854110,854110\n854110,854141\n870323,870324\n", encoding="utf-8")
    codes = ["85411010", "870323", *(f"99000{k}" for k in range(strange))]
    frame = pl.DataFrame({"hs": codes, "value": [1.0, 3.0, *[0.0] * strange]})
    found, notes = _in_edition(frame, path)
    assert found["value"].sum() == 4.0
    assert "by table.csv; 25 % of trade is in codes with several targets" in notes[0]
    assert len(notes) == 1 + (told is not None)
    if told is not None:
        assert notes[1].startswith(told)
        assert notes[1].endswith(" …") is (strange > 5)


def test_a_share_of_little_trade_is_its_share(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("from,to\n854110,854110\n854110,854141\n870323,870324\n", encoding="utf-8")
    for values, share in (([0.25, 0.25], 50), ([0.0, 0.0], "~0")):
        _found, notes = _in_edition(pl.DataFrame({"hs": ["854110", "870323"], "value": values}), path)
        assert f"; {share} % of trade is in codes with several targets" in notes[0]


class Worth(SimpleNamespace):
    """A line and what it is worth."""


def test_lines_whose_duty_is_a_range_are_ranked_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = ("870321", "870322", "870323", "870324")
    low, high = (
        SimpleNamespace(priced=np.array([True, True, True, False]), paid=np.array(paid)[:, None], at=end)
        for end, paid in enumerate(([0.0, 0.1, 0.0, 0.2], [0.125, 0.1, 0.2, 0.2]))
    )
    table = SimpleNamespace(
        codes=codes, priced=np.array([False, True, False, False]), partner=("JPN",).index,
        imports=np.array([[5.0], [6.0], [7.0], [8.0]]),
    )  # fmt: skip
    given: Any = SimpleNamespace(ends=(low, high), table=table, elasticities=None)

    def ranked(_start: Any, of: Any, partner: str, *_other: Any, **more: Any) -> Any:
        assert (partner, more) == ("JPN", {"exclude": ["22"], "confirm": 0})
        lines = [Worth(code=code, sector="C29", imports=5.0, gain=gain, cost=cost) for code, gain, cost in (
            [("870323", 1.0, 4.0)],
            [("870321", 2.0, 1.0), ("870323", 3.0, 2.0), ("870322", 9.0, 9.0)],
        )[of.at]]  # fmt: skip
        return SimpleNamespace(lines=lines)

    monkeypatch.setattr("kosho.lines.line_ranking.rank_lines", ranked)
    asked: Any = (given, None, SimpleNamespace(partner="JPN"), ["22"])
    found = lines_ranges.ranked_ends(*asked)
    assert found == [
        {
            "code": "870323",
            "sector": "C29",
            "imports": 5.0,
            "rate": {"low": 0.0, "high": 0.2},
            "gain": {"low": 1.0, "high": 3.0},
            "cost": {"low": 2.0, "high": 4.0},
        },
        {
            "code": "870321",
            "sector": "C29",
            "imports": 5.0,
            "rate": {"low": 0.0, "high": 0.125},
            "gain": {"low": 0.0, "high": 2.0},
            "cost": {"low": 0.0, "high": 1.0},
        },
    ]
    shown: list[Any] = []
    monkeypatch.setattr(lines_ranges, "show_table", lambda *given, **more: shown.append((given, more)))
    monkeypatch.setattr(lines_ranges, "say_more_lines", shown.append)
    lines_ranges.show_ranked_ends([*found, *[found[0]] * 9], "USA", "JPN")
    (((_title, heads, rows), more), left) = shown
    assert (heads[4:], more, left) == (("Japan, million", "United States, million"), {"numeric": 4}, 1)
    assert rows[:2] == [
        ("870323", "C29", "5", "0 – 20", "+1.0 – +3.0", "−2.0 – −4.0"),
        ("870321", "C29", "5", "0 – 12.5", "0.0 – +2.0", "0.0 – −1.0"),
    ]
    assert len(rows) == 10
    table.imports[:] = 0.0
    assert lines_ranges.ranked_ends(*asked) == []
    given.ends = None
    assert lines_ranges.ranked_ends(*asked) == []
    lines_ranges.show_ranked_ends([], "USA", "JPN")
    assert len(shown) == 2


def test_a_comparison_of_deals_is_told_whole() -> None:
    cell = SimpleNamespace(
        rate=0.15, low=0.1234567891, high=None, text="15 %", since=date(2025, 8, 7), measures=("m",),
        legal_basis=("EO",), source=("fr", "none"), why="", notes=("n",), facts=(),
    )  # fmt: skip
    amount = SimpleNamespace(model_dump=lambda **_more: {"value": 550})
    known = date(2025, 7, 22)
    terms = [
        SimpleNamespace(
            measure="invest", text="t", amount=one, stage="agreed", since=known, until=until, known_from=known,
            legal_basis="b", source=("fr",), status="fact",
        )
        for one, until in ((amount, None), (None, date(2029, 1, 19)))
    ]  # fmt: skip
    found: Any = SimpleNamespace(
        importer="USA", partners=("JPN",), on=date(2025, 9, 1), known=None, verified_to=known, notes=(),
        rates=(SimpleNamespace(product="Cars", hs="8703", cells={"JPN": cell}),),
        terms=(SimpleNamespace(clause="Money", cells={"JPN": terms}),),
        dates={"JPN": SimpleNamespace(known=known, began=None, next=date(2026, 1, 1))},
    )  # fmt: skip
    source = SimpleNamespace(model_dump=lambda **_more: {"id": "fr"})
    told = register_compare._contract(found, SimpleNamespace(sources={"fr": source}))  # type: ignore[arg-type]
    assert (told["on"], told["known"], told["verified_to"]) == ("2025-09-01", "latest", "2025-07-22")
    (row,) = told["rates"]
    assert row["cells"]["JPN"] == {
        "rate": 15.0,
        "low": 12.345679,
        "high": None,
        "text": "15 %",
        "since": "2025-08-07",
        "measures": ["m"],
        "legal_basis": ["EO"],
        "source": ["fr", "none"],
        "why": "",
        "notes": ["n"],
        "facts": [],
    }
    first, second = told["clauses"][0]["cells"]["JPN"]
    assert (first["amount"], first["until"], first["since"]) == ({"value": 550}, None, "2025-07-22")
    assert (second["amount"], second["until"], second["known_from"]) == (None, "2029-01-19", "2025-07-22")
    assert told["dates"] == {"JPN": {"known": "2025-07-22", "began": None, "next": "2026-01-01"}}
    assert told["sources"] == {"fr": {"id": "fr"}}


def test_lines_that_differ_from_the_register_have_one_duty_or_several() -> None:
    rows = [
        SimpleNamespace(hs="01", schedule=(0.1,), register=0.2, why="w", explained=True),
        SimpleNamespace(hs="02", schedule=(0.1, 0.25), register=0.0, why="", explained=False),
    ]
    found: Any = SimpleNamespace(
        on=date(2025, 9, 1), exporter="JPN", headings=("9903",), lines=9, equal=7, explained=1, different=rows
    )
    told = register_editions._compared(found)
    assert [one["schedule"] for one in told["different"]] == [0.1, [0.1, 0.25]]
    assert register_editions._rates((10.0, 12.5)) == "10 or 12.5"


@pytest.mark.parametrize(
    ("partner", "found"),
    [(None, {"870323": 9.0, "01": 0.0}), ("JPN", {"870323": 5.0, "01": 0.0}), ("KOR", {"870323": 4.0})],
)
def test_trade_by_line_is_of_all_or_of_one(
    partner: str | None, found: dict[str, float], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("HS10 ,Partner,Value\n8703.23,JPN,5\n8703.23,KOR,4\n01,JPN,\n", encoding="utf-8")
    assert register_editions.trade_by_line(path, partner) == found
    with pytest.raises(InputError, match="holds no imports from THA"):
        register_editions.trade_by_line(path, "THA")


@pytest.mark.parametrize(
    ("study", "run", "told"),
    [
        ("usa-tariffs-2025", {}, None),
        ("usa-tariffs-2025", {"revenue": "tax-relief", "deficits": "fixed"}, "--revenue|^$"),
        ("usa-tariffs-2025", {"revenue": "odd"}, "--revenue"),
        ("usa-tariffs-2025", {"deficits": "odd"}, "--deficits"),
        ("cp2015", {}, None),
        (
            "cp2015",
            {"theta_all": 4.0, "revenue": "odd"},
            "--theta-all: is for usa-tariffs-2025, not for cp2015",
        ),
    ],
)
def test_options_of_one_study_are_refused_with_another(
    study: str, run: dict[str, Any], told: str | None
) -> None:
    if told is None or told.endswith("^$"):
        if run:
            run = {**run, "revenue": replicate.USES[0], "deficits": replicate.DEFICITS[0]}
        replicate._refuse_options(study, run)
        return
    with pytest.raises(InputError, match=told):
        replicate._refuse_options(study, run)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["labour_supply"], "'labour_supply' is no KEY=VALUE"),
        (["labour_supply="], "'labour_supply=' is no KEY=VALUE"),
        (["labour=1"], "'labour' is no part of a closure"),
        (["absorbed=0.5"], "'absorbed=0.5' names no product"),
        (["revenue.USA=tax-relief"], "names what it cannot"),
        (["labour_supply=x"], "'x' is no number"),
        (["labour_supply=0.5", "labour_supply=0.6"], "labour_supply is said twice"),
        (["revenue=tax-relief"], "revenue=tax-relief changes nothing where labour is given"),
        (["labour_tax.USA=0.3"], "labour_tax changes nothing without labour_supply=0.5"),
    ],
)
def test_a_closure_that_cannot_be_is_told(given: list[str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        closure_of(given)
    (one,) = caught.value.problems
    assert told in one.message
    assert one.key == "--closure"


def test_parts_of_a_closure_are_of_all_or_of_some() -> None:
    found = closure_of(["labour_supply=0.5", "revenue=tax-relief", "labour_tax.USA=0.3", "profits=C29+C30"])
    assert found is not None
    assert (found.labour_supply, found.revenue, found.labour_tax, found.profits) == (
        0.5,
        "tax-relief",
        {"USA": 0.3},
        ("C29", "C30"),
    )
    one = closure_of(["absorbed.C29=0.5", "absorbed.JPN:C30=0.25"])
    assert one is not None
    assert one.absorbed == {"C29": 0.5, ("JPN", "C30"): 0.25}
    assert closure_of(None) is None
    assert closure_of([]) is None


@pytest.mark.parametrize(("topics", "hint"), [(0, "the record names none by that day"), (2, "topics: t0, t1")])
def test_a_topic_that_nothing_touches_is_told_with_those_there_are(topics: int, hint: str) -> None:
    statements = [SimpleNamespace(topic=f"t{k}") for k in range(topics)] + [SimpleNamespace(topic="")]

    def as_of(day: date, topic: str | None = None) -> Any:
        some = statements if topic is None else [one for one in statements if one.topic == topic]
        return SimpleNamespace(statements=some, contentions=[])

    record: Any = SimpleNamespace(as_of=as_of)
    with pytest.raises(InputError) as caught:
        _refuse_unknown("rice", record, date(2025, 5, 30))
    assert (caught.value.problems[0].hint, caught.value.problems[0].key) == (hint, "--topic")
    if topics:
        _refuse_unknown("t1", record, date(2025, 5, 30))


def test_rates_are_by_sector_or_by_line(tmp_path: Path) -> None:
    heads = {
        "a.csv": ("# about\n\nimporter,exporter,Sector,percent\n", True),
        "b.csv": ("importer,hs,rate\n", False),
        "c.csv": ("importer,rate\n", True),
        "d.csv": ("", True),
        "e.json": ("[]", False),
    }
    for name, (text, coarse) in heads.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert _by_sector(path) is coarse
    assert not _by_sector(tmp_path / "none.csv")
    assert tariffs_said(None, None, None, None) is None
    assert tariffs_said(["2022"], None, None, None) == "2022"
    assert tariffs_said([str(tmp_path / "a.csv")], None, None, None) == str(tmp_path / "a.csv")
    with pytest.raises(InputError, match="there is no such file"):
        tariffs_said([str(tmp_path / "none.csv")], None, None, None)
    with pytest.raises(InputError, match="rates by sector go alone"):
        line_duties([tmp_path / "b.csv", tmp_path / "a.csv"], None, None, None)


@pytest.mark.parametrize("value", ["-", "", None, 3, "none.csv", "x" * 5000])
def test_files_of_a_parameter_are_those_that_are_there(value: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x", encoding="utf-8")
    assert _files(value) == []
    assert _files([value, path, str(path)]) == [path, path]


@pytest.mark.parametrize("number", [11, 12, 13])
def test_twelve_balances_are_shown_the_largest_first(number: int) -> None:
    codes = [f"C{k}" for k in range(number)]
    exports = {code: {"table": -1e3 * k, "published": (-1) ** k * 2e3 * k} for k, code in enumerate(codes)}
    content = {
        "countries": {code: f"Land {code}" for code in codes},
        "balances": {"net_exports": exports, "source": "s", "year": 2022},
    }
    ((title, heads, rows, numeric),) = _balances(content)
    assert (title, heads[1:], numeric) == (
        "Net exports, billion USD, against s (2022)",
        ("Table", "Published"),
        2,
    )
    last = number - 1
    assert rows[0] == (f"Land C{last}", f"−{last}", f"{'+' if last % 2 == 0 else '−'}{2 * last}")
    assert len(rows) == min(number, 12)
    assert _balances({"balances": None}) == []
