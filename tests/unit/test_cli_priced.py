"""How packages, indicators, supply chains and questions of one line are put together from what rooms answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from kosho.cli import additions, app, lines_price, several, supply
from kosho.cli.lines_data import LineInputs
from kosho.errors import InputError
from kosho.lines import WorldTrade


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    return done.stdout


def priced(paid: Any, *, changed: tuple[int, ...] = (0,), unpriced: tuple[int, ...] = ()) -> Any:
    """A package of lines, told by the duties that are paid after it."""
    welfare = pd.Series({"USA": 3.0, "JPN": -2.0, "XXX": 1.0})
    whole = SimpleNamespace(
        equivalent_variation=SimpleNamespace(to_series=lambda: welfare),
        tariff_revenue=SimpleNamespace(to_series=lambda: pd.Series({"USA": -7.0})),
    )
    table = SimpleNamespace(
        codes=["01", "02"], partners=("JPN", "KOR"), importer="USA", currency="EUR",
        imports=np.array([[10.0, 30.0], [5.0, 5.0]]), paid=np.array([[0.1, 0.2], [0.3, 0.3]]),
    )  # fmt: skip
    figures = {"revenue": np.array([1.5, 2.5]), "welfare": np.array([0.25, 0.5])}
    partial = SimpleNamespace(figures=figures, model="smart", sold=np.array([4.0, 8.0]))
    left = [
        SimpleNamespace(code="02", why="no rate", value=10.0),
        SimpleNamespace(code="99", why="x", value=1.0),
    ]
    return SimpleNamespace(
        paid=paid, changed=np.array(changed, int), unpriced=np.array(unpriced, int), whole=whole, table=table,
        partial=partial, lines=SimpleNamespace(left_out=left, shock=SimpleNamespace(countries=("USA", "JPN"))),
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `kosho lines price` asked for, by what it asked."""
    found: dict[str, Any] = {"prices": []}
    table = priced("p").table
    given = SimpleNamespace(
        table=table, elasticities=SimpleNamespace(source=["protee", "assumed", "protee"]), trade="all trade",
        start=lambda world: f"start of {world}",
    )  # fmt: skip
    used = SimpleNamespace(high=1.0, low=0.5, is_range=False, about={"by": "assumed", "share": 1.0}, told="t")
    found |= {"given": given, "used": used, "package": priced("p")}

    def price(*of: Any) -> Any:
        found["prices"].append(of)
        return found["package"]

    def world_named(world: str | None, default: str) -> Any:
        found["world"] = (world, default)
        return SimpleNamespace(load=lambda: SimpleNamespace(whole="world"))

    def read(importer: str, inputs: Any, world: str) -> Any:
        found["read"] = (importer, inputs, world)
        return given

    monkeypatch.setattr(lines_price, "world_named", world_named)
    monkeypatch.setattr(lines_price, "read_lines", read)
    monkeypatch.setattr(lines_price.LawDay, "of", staticmethod(lambda day: ("law", day)))
    monkeypatch.setattr(lines_price, "use_of_cuts", lambda *of: found.update(use=of[2:]) or used)
    monkeypatch.setattr(lines_price, "_parts", lambda *_of: [])
    monkeypatch.setattr(lines_price, "told_rates", lambda _given: {"of": "law"})
    monkeypatch.setattr(lines_price, "package_ends", lambda *_of: {"ends": "both"})
    monkeypatch.setattr("kosho.lines.line_offers.package_rows", lambda _file: None)
    monkeypatch.setattr("kosho.lines.line_offers.read_package", lambda _file, _table: "wanted")
    monkeypatch.setattr("kosho.lines.line_offers.utilised", lambda *of: of)
    monkeypatch.setattr("kosho.lines.line_offers.price_package", price)
    nothing = np.zeros((0, 0, 0))
    everybody = WorldTrade((), (), nothing, nothing, assumed_free=("JPN",))
    monkeypatch.setattr(
        "kosho.lines.partial_models.world_trade", lambda trade, _table: trade == "all trade" and everybody
    )
    return found


def test_a_package_is_priced_as_it_was_asked(asked: dict[str, Any]) -> None:
    told = json.loads(run("lines", "price", "p.csv", "--importer", "USA", "--json"))
    assert asked["world"] == (None, "talks")
    assert asked["read"] == ("USA", LineInputs(None, law=("law", None)), "world")  # type: ignore[arg-type]
    assert asked["use"] == (None, None, None)
    ((start, table, after, _elasticities, settings),) = asked["prices"]
    assert (start, table) == ("start of world", asked["given"].table)
    assert after[0] is table.paid
    assert after[1:] == ("wanted", 1.0)
    assert (settings.model, settings.supply, settings.form, settings.trade) == (
        "smart",
        float("inf"),
        "bounded",
        None,
    )
    assert told == {
        "schema_version": 1,
        "importer": "USA",
        "assumed": {
            "diversion": "bounded",
            "supply_elasticity": None,
            "use_of_preferences": 1.0,
            "use_of_cuts": {"by": "assumed", "share": 1.0},
            "rates": {"of": "law"},
            "elasticities": {"protee": 2, "assumed": 1},
            "free_elsewhere": [],
        },
        "partial": {
            "unit": "million EUR a year, of the year of the trade",
            "model": "smart",
            "lines_changed": 1,
            "revenue": 4.0,
            "welfare": 0.75,
            "exporters": {"JPN": 4.0, "KOR": 8.0},
        },
        "whole": {
            "unit": "million USD a year, of the year of the world",
            "welfare": {"USA": 3.0, "JPN": -2.0},
            "tariff_revenue": {"USA": -7.0},
        },
        "not_priced": [],
        "left_out": [
            {"code": "02", "why": "no rate", "imports": 10.0},
            {"code": "99", "why": "x", "imports": 1.0},
        ],
        "lines": [{"code": "01", "imports": 40.0, "rate": 0.175, "revenue": 1.5, "welfare": 0.25}],
        "part_of_trade": [],
        "rate_ranges": None,
    }


def test_a_package_is_priced_with_what_was_given(asked: dict[str, Any]) -> None:
    words = "--model gsim --supply 1.5 --diversion linear --on 2025-09-01 --year 2022 --demand -2"
    told = json.loads(
        run(
            "lines",
            "price",
            "p.csv",
            "--importer",
            "USA",
            *words.split(),
            "--elasticities",
            "own.csv",
            "--json",
        )
    )
    day = date(2025, 9, 1)
    law: Any = ("law", day)
    inputs = LineInputs(None, elasticities="own.csv", demand=-2.0, year=2022, on=day, law=law)
    assert asked["read"][1] == inputs
    settings = asked["prices"][0][-1]
    assert (settings.model, settings.supply, settings.form) == ("gsim", 1.5, "linear")
    assert settings.trade.assumed_free == ("JPN",)
    assert told["assumed"]["free_elsewhere"] == ["JPN"]
    assert told["assumed"]["supply_elasticity"] == 1.5


def test_a_package_is_priced_at_both_ends_of_its_use(asked: dict[str, Any]) -> None:
    asked["used"].is_range = True
    asked["used"].about = {"by": "origin"}
    asked["package"] = priced("p", unpriced=(1,))
    told = json.loads(run("lines", "price", "p.csv", "--importer", "USA", "--origin", "45", "--json"))
    assert [of[2][1:] for of in asked["prices"]] == [("wanted", 1.0), ("wanted", 0.5)]
    end = {"partial": {"revenue": 4.0, "welfare": 0.75}, "welfare": {"USA": 3.0, "JPN": -2.0, "XXX": 1.0}}
    assert told["range"] == [end, end]
    assert told["rate_ranges"] == {"ends": "both"}
    assert told["assumed"]["use_of_preferences"] is None
    assert told["not_priced"] == [{"code": "02", "why": "no rate", "imports": 10.0}]


@pytest.mark.parametrize(("changed", "ranges"), [((), None), ((0,), None), ((), {"ends": "both"})])
def test_a_package_of_which_nothing_is_priced_is_refused(
    changed: tuple[int, ...], ranges: Any, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked["package"] = priced("p", changed=changed, unpriced=(1,))
    monkeypatch.setattr(lines_price, "package_ends", lambda *_of: ranges)
    words = ("lines", "price", "p.csv", "--importer", "USA", "--json")
    if changed or ranges:
        assert json.loads(run(*words))["rate_ranges"] == ranges
        return
    with pytest.raises(InputError) as caught:
        run(*words)
    assert str(caught.value) == "p.csv: hs: 02 is not priced: no rate"


def test_indicators_are_of_the_lines_that_the_partner_sells(monkeypatch: pytest.MonkeyPatch) -> None:
    imports = np.array(
        [[30.0, 10.0, 60.0, 0.0], [50.0, 0.0, 0.0, 0.0], [0.0, 5.0, 5.0, 0.0], [20.0, 20.0, 0.0, 0.0]]
    )
    rate = np.array(
        [[0.16, 0.0, 0.2, 0.1], [np.nan, 0.1, 0.1, 0.1], [0.3, 0.1, 0.1, 0.1], [0.15, 0.05, 0.1, 0.1]]
    )
    free = rate.copy()
    free[:, 0] = 0.0
    table = SimpleNamespace(
        imports=imports, rate=rate, paid=np.nan_to_num(rate, nan=0.2), codes=("01", "02", "03", "04"),
        partners=("JPN", "KOR", "CHN", "DEU"), partner=("JPN", "KOR", "CHN", "DEU").index,
        without_duty=lambda _partner: free,
    )  # fmt: skip
    asked: list[Any] = []
    given = SimpleNamespace(table=table)
    monkeypatch.setattr(lines_price, "read_lines", lambda *of: asked.append(of) or given)
    monkeypatch.setattr(lines_price, "say_lines", lambda _given: None)
    words = ("lines", "indicators", "USA", "JPN")
    told = json.loads(run(*words, "--json"))
    assert (told["importer"], told["partner"], told["peaks"]) == ("USA", "JPN", 2)
    assert [one["code"] for one in told["lines"]] == ["02", "01", "04"]
    second = told["lines"][1]
    assert second == {
        "code": "01",
        "imports": 30.0,
        "rate": 0.16,
        "market_share": 0.3,
        "peak": True,
        "margin": second["margin"],
    }
    assert [one["peak"] for one in told["lines"]] == [True, True, False]
    assert [one["rate"] for one in told["lines"]] == [None, 0.16, 0.15]
    assert sorted(told["erosion"]) == ["CHN", "DEU", "KOR"]
    assert [one["code"] for one in json.loads(run(*words, "--top", "1", "--json"))["lines"]] == ["02"]
    lines = [line.rstrip() for line in run(*words, "--year", "2022", "--on", "2025-09-01").splitlines()]
    assert lines[0] == "Lines with a peak (above 15 %): 2"
    assert [line.split()[:4] for line in lines[4:7]] == [
        ["02", "50", "100", "not"], ["01", "30", "30", "16"], ["04", "20", "50", "15"]
    ]  # fmt: skip
    worst = lines[lines.index("Eroded if the partner paid nothing, million a year at base imports") :]
    assert told["erosion"]["DEU"] == 0.0
    assert [line.split()[0] for line in worst[3:] if line] == ["China", "Korea"]
    assert asked[0] == ("USA", LineInputs(None))
    assert asked[-1] == ("USA", LineInputs(None, year=2022, on=date(2025, 9, 1)))


class Array(SimpleNamespace):
    """Stands for an array with names."""

    def sum(self, *_names: str) -> Any:
        return self.total if not _names else self

    def __float__(self) -> float:
        return float(self.total)


def test_a_supply_chain_is_told_with_its_largest_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    countries = tuple(f"C{k:02d}" for k in range(17))
    shares = {code: 0.05 if k else 0.1 for k, code in enumerate(countries)}
    added = Array(total=0.9, sel=lambda country: shares[country])
    inputs = SimpleNamespace(values=np.arange(34.0).reshape(17, 2) / 1000)
    flows = np.zeros((17, 17, 2))
    flows[0, :, 1] = np.arange(17.0)
    table: Any = SimpleNamespace(
        countries=countries, sectors=("C27", "C29"), position=countries.index,
        sector_position=("C27", "C29").index, arrays=SimpleNamespace(flows=flows), hash="h",
        finest=SimpleNamespace(meta=SimpleNamespace(assumptions=("a",))),
        meta=SimpleNamespace(sectors={"C27": ("C27",)}),
    )  # fmt: skip
    monkeypatch.setattr("kosho.impact.value_chains.value_added_by_origin", lambda *_of: added)
    monkeypatch.setattr("kosho.impact.value_chains.inputs_by_origin", lambda *_of: inputs)
    monkeypatch.setattr(
        "kosho.impact.value_chains.concentration", lambda *_of, home=False: 0.75 if home else 0.25
    )
    monkeypatch.setattr(supply, "_vehicles", lambda country: f"vehicles of {country}")
    monkeypatch.setattr(supply, "_without", lambda *of: of[1:])
    found = supply.contract(table, "C00", "C29", None)
    assert [one["country"] for one in found["value_added"]] == list(countries[:15])
    assert found["value_added"][0]["share"] == 0.1
    assert found["tariffs_along_the_chain"] == pytest.approx(0.1)
    assert found["inputs"][0] == {"exporter": "C16", "input": "C29", "share": 0.033}
    assert len(found["inputs"]) == 15
    assert (found["imports_musd"], found["vehicles"], found["without"]) == (136.0, "vehicles of C00", None)
    assert found["origins"][0] == {"country": "C16", "share": 16 / 136}
    assert len(found["origins"]) == 15
    assert found["concentration"] == {"imports": 0.25, "with_home": 0.75}
    bare = supply.contract(table, "C01", "C27", "C00")
    assert (bare["origins"], bare["concentration"]["imports"], bare["vehicles"]) == ([], None, None)
    assert bare["without"] == ("C01", "C27", "C00")


def test_a_loss_is_told_under_both_closures_and_elasticities(monkeypatch: pytest.MonkeyPatch) -> None:
    def loss(world: str, country: str, origin: str, sectors: list[str], closure: str) -> Any:
        k = ["table", "low table"].index(world) + 10 * ["fixed", "zero"].index(closure)
        value = SimpleNamespace(sel=lambda sector: {"C29": 0.5 + k}[sector])
        assert (country, origin, sectors) == ("JPN", "CHN", ["C29"])
        return SimpleNamespace(
            welfare=-1.0 - k, equivalent_variation=-2.0 - k, price=value, real_value_added=value
        )

    class Table(str):
        countries = ("JPN", "CHN")
        flows = SimpleNamespace(
            sel=lambda **at: 12.5 if at == {"importer": "JPN", "exporter": "CHN", "sector": "C29"} else 0
        )

    monkeypatch.setattr("kosho.impact.value_chains.loss_without", loss)
    monkeypatch.setattr("kosho.world.low_elasticity", lambda _table: "low table")
    found = supply._without(Table("table"), "JPN", "C29", "CHN")  # type: ignore[arg-type]
    names = [(one["deficits"], one["elasticities"], one["welfare"]) for one in found["variants"]]
    assert names == [
        ("fixed", "central", -1.0), ("fixed", "low", -2.0), ("zero", "central", -11.0), ("zero", "low", -12.0)
    ]  # fmt: skip
    assert (found["origin"], found["base_musd"]) == ("CHN", 12.5)
    assert found["variants"][3] == {
        "deficits": "zero", "elasticities": "low", "welfare": -12.0, "ev_musd": -13.0, "price": 11.5,
        "real_value_added_musd": 11.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scenarios", "role", "told"),
    [
        ({"a": "deal", "b": "status-quo", "c": "status-quo"}, "status-quo", "b"),
        ({"a": "deal"}, "status-quo", "--scenario: no scenario is named (one of a)"),
        ({"a": "deal", "b": "x"}, None, "--scenario: no scenario is named (one of a, b)"),
        ({}, "deal", "holds no scenarios"),
    ],
)
def test_a_scenario_that_is_not_named_is_the_one_of_its_role(
    scenarios: dict[str, str], role: str | None, told: str
) -> None:
    case: Any = SimpleNamespace(
        scenarios={name: SimpleNamespace(role=one) for name, one in scenarios.items()},
        lacking=lambda what: InputError([f"holds no {what}"]),
    )
    if told in scenarios:
        assert additions._only(case, role) == told
        return
    with pytest.raises(InputError, match=told.replace("(", r"\(").replace(")", r"\)")):
        additions._only(case, role)


def test_what_differs_between_tables_is_a_contract(capsys: pytest.CaptureFixture[str]) -> None:
    def dumped(name: str, problem: str = "") -> Any:
        return SimpleNamespace(problem=problem, name=name, model_dump=lambda mode: {"name": name, "mode": mode})

    several.show_deals([dumped("a"), dumped("b")], ("JPN", "USA"), json=True, case="talks")
    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1,
        "case": "talks",
        "parties": ["JPN", "USA"],
        "worlds": [{"name": "a", "mode": "json"}, {"name": "b", "mode": "json"}],
    }


def test_a_page_of_a_table_is_written_where_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def named(*given: Any, **more: Any) -> Any:
        asked.append((given, more))
        return SimpleNamespace(load=lambda: SimpleNamespace(whole="world"))

    monkeypatch.setattr("kosho.cli.world.world_named", named)
    monkeypatch.setattr("kosho.world.report.info", lambda world: {"of": world})
    monkeypatch.setattr("kosho.cli.world.info_tables", lambda _content: [("Title", ("A",), [("b",)], 0)])
    monkeypatch.setattr(
        "kosho.cli.world.world_page", lambda content, tables: f"page of {content['of']} {len(tables)}"
    )
    path = tmp_path / "t.html"
    told = run("world", "info", "talks", "--html", str(path))
    assert path.read_text(encoding="utf-8") == "page of world 1"
    assert told.split() == ["Title", "A", "─────", "b", str(path)] or told.split()[-1] == str(path)
    assert json.loads(run("world", "info", "--world", "full", "--json")) == {"of": "world"}
    run("world", "info")
    assert asked == [
        ((None,), {"default": "talks", "key": "name"}),
        (("full",), {"default": None, "key": "--world"}),
        ((None,), {"default": None, "key": "name"}),
    ]
