"""What commands pass on to what computes: every option, and what holds where none is given."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.cli import app, corridor, lines_swap, tariffs
from kosho.cli.closures import closure_of
from kosho.equilibrium import Closure
from kosho.errors import InputError, KoshoError


class PassedError(Exception):
    """Raised in the place of what computes, with what it was given."""


def passing(*given: Any, **more: Any) -> Any:
    raise PassedError(given, more)


def passed(*words: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    with pytest.raises(PassedError) as caught:
        CliRunner().invoke(app, words, catch_exceptions=False)
    return caught.value.args  # type: ignore[return-value]


EFFORT = {"draws": 200, "certified": 1, "confirm": True, "rates": True, "exact": None, "cluster": None}


@pytest.fixture
def bargain(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A case with a table, in place of one that is read; what was asked of it."""
    asked: list[Any] = []
    table = SimpleNamespace(with_rates_of=lambda options, key: asked.append((options, key)))
    parties = [SimpleNamespace(economy=code) for code in ("JPN", "USA")]
    opened = SimpleNamespace(
        name="talks", as_of=date(2025, 6, 29), table=lambda _on: table, world="its own", parties=parties
    )
    monkeypatch.setattr("kosho.cli.bargain.open_case", lambda name, on: asked.append((name, on)) or opened)
    monkeypatch.setattr("kosho.cli.bargain.permitted", lambda one, allow_idle: asked.append(allow_idle) or one)
    monkeypatch.setattr("kosho.bargain.concessions.package_of_options", lambda *_given: "package")
    monkeypatch.setattr("kosho.scenario.negotiate_case", passing)
    monkeypatch.setattr("kosho.scenario.several.deals_on_several", passing)
    return asked


@pytest.mark.parametrize(
    ("words", "effort", "asked"),
    [
        ("", {}, {}),
        ("--draws 0", {"draws": 0}, {}),
        ("--draws 1 --no-confirm", {"draws": 1, "confirm": False}, {}),
        ("--exact", {"exact": True}, {}),
        ("--screen --cluster tcp://h:1", {"exact": False, "cluster": "tcp://h:1"}, {}),
        ("--require-zone --json", {}, {}),
        (
            "--explain cars=all,rest=add",
            {"draws": 0, "confirm": False, "rates": False},
            {"cars": "all", "rest": "add"},
        ),
        ("--explain cars=all --json", {}, {"cars": "all"}),
        ("--explain cars=all --require-zone", {"draws": 0, "confirm": False, "rates": True}, {"cars": "all"}),
        ("--explain cars=all --no-confirm --json", {"confirm": False}, {"cars": "all"}),
    ],
)
def test_a_table_is_priced_as_it_was_asked(
    words: str, effort: dict[str, Any], asked: dict[str, str], bargain: list[Any]
) -> None:
    given, more = passed("bargain", "talks", *words.split())
    assert (given[1:4], more) == ((None, "its own", "fixed"), {"asked": asked})
    assert {name: getattr(given[4], name) for name in EFFORT} == EFFORT | effort
    assert bargain == [("talks", None), False, (asked, "--explain")]


def test_a_table_is_priced_of_a_day_with_idle_options_and_balanced_trade(bargain: list[Any]) -> None:
    day = date(2025, 6, 1)
    words = ("bargain", "talks", "--as-of", "2025-06-01", "--deficits", "zero", "--allow-idle")
    given, _more = passed(*words)
    assert given[1:4] == (day, "its own", "zero")
    assert bargain[:2] == [("talks", day), True]
    found, more = passed(*words, "--world", "talks,full", "--draws", "5", "--exact")
    assert (found[1:4], more) == ((("talks", "full"), day, "zero"), {})
    assert {name: getattr(found[4], name) for name in EFFORT} == EFFORT | {
        "draws": 0, "confirm": False, "exact": True, "certified": found[4].certified
    }  # fmt: skip


@pytest.mark.parametrize("zone", [True, False])
@pytest.mark.parametrize(
    ("words", "shown"),
    [("", ("answer", date(2025, 6, 29))), ("--explain cars=all", ("explained",)), ("--json", ("json",))],
)
def test_an_answer_is_shown_and_no_zone_is_told_where_one_is_required(
    words: str, shown: tuple[Any, ...], bargain: list[Any], monkeypatch: pytest.MonkeyPatch, *, zone: bool
) -> None:
    del bargain
    deal = SimpleNamespace(table=None, game=SimpleNamespace(zone=zone))
    found: list[Any] = []
    monkeypatch.setattr("kosho.scenario.negotiate_case", lambda *_given, **_more: deal)
    monkeypatch.setattr("kosho.bargain.report.contract", lambda _deal, package: {"package": package})
    monkeypatch.setattr("kosho.cli.bargain.show_answer", lambda _deal, _told, on: found.append(("answer", on)))
    monkeypatch.setattr("kosho.cli.bargain.show_explained", lambda _deal, _told: found.append(("explained",)))
    monkeypatch.setattr("kosho.cli.bargain.show_json", lambda _told: found.append(("json",)))
    assert CliRunner().invoke(app, ("bargain", "talks", *words.split())).exit_code == 0
    required = ("bargain", "talks", "--require-zone", *words.split())
    if zone:
        assert CliRunner().invoke(app, required, catch_exceptions=False).exit_code == 0
    else:
        with pytest.raises(KoshoError, match=r"^no package on the table leaves every side better off$"):
            CliRunner().invoke(app, required, catch_exceptions=False)
    assert found == [shown, shown]


@pytest.mark.parametrize(
    ("words", "names", "settings", "tornado", "cores"),
    [
        ("", ["one", "two"], (5, None, 1), True, None),
        ("--no-tornado", ["one", "two"], (5, None, 1), False, None),
        ("--scenario two --seed 0 --processes 3", ["two"], (5, None, 0), True, 3),
        ("--scenario baseline --replications 2 --precision 5", [], (2, 0.05, 1), False, None),
    ],
)
def test_a_corridor_is_simulated_as_it_was_asked(
    words: str,
    names: list[str],
    settings: Any,
    cores: int | None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    tornado: bool,
) -> None:
    opened = SimpleNamespace(scenarios={"one": 1, "two": 2})
    started: list[Any] = []

    @contextmanager
    def runner(number: int) -> Any:
        started.append(number)
        yield "run"

    monkeypatch.setattr("kosho.corridor.between", lambda *given: started.append(given) or opened)
    monkeypatch.setattr("kosho.corridor.runner", runner)
    monkeypatch.setattr("kosho.cli.corridor.refuse_apart", lambda table, _opened: started.append(table))
    monkeypatch.setattr("kosho.cli.corridor.world_named", lambda _world: SimpleNamespace(load=load))
    monkeypatch.setattr("kosho.cli.corridor._compute", passing)

    def load() -> Any:
        return SimpleNamespace(whole="table")

    given, more = passed("corridor", "twkhh", "jpukb", *words.split())
    assert given == (opened, names, corridor.Settings(*settings), "run")
    assert more == {"tornado": tornado}
    solved = ["table"] if names else []  # nothing is solved where no scenario is
    assert started == [("TWKHH", "JPUKB", None), *solved, cores or os.cpu_count()]
    del started[:]
    passed("corridor", "twkhh", "jpukb", "--no-effect", *words.split())
    assert "table" not in started


BOTH = (["USA", "JPN"],)
WEIGHED = {"of": {("USA", "C29"): 1.5}}
TARIFFS = {
    "tied": "none",
    "objectives": {"of": {}},
    "deficits": None,
    "closure": None,
    "tol": 1e-7,
    "throw": False,
}


@pytest.mark.parametrize(
    ("kind", "words", "parties", "sectors", "rates", "options"),
    [
        ("optimal", "--parties USA", ("USA", None), None, (0.0, 2.0), {}),
        ("optimal", "--parties USA,JPN,", ("USA", ["JPN"]), None, (0.0, 2.0), {}),
        ("nash", "--parties all --sectors all", (["USA", "JPN"],), ["C29", "A01"], (0.0, 2.0), {}),
        ("cooperative", "--parties JPN,USA --sectors C29", (["JPN", "USA"],), ["C29"], (0.0, 2.0), {}),
        ("nash", "--parties all --low -5 --high 50 --tol 0.5", BOTH, None, (-0.05, 0.5), {"tol": 0.5}),
        ("nash", "--parties all --deficits fixed", BOTH, None, (0.0, 2.0), {"deficits": "fixed"}),
        ("nash", "--parties all --tied mfn", BOTH, None, (0.0, 2.0), {"tied": "mfn"}),
        ("nash", "--parties all --weight USA:C29=1.5", BOTH, None, (0.0, 2.0), {"objectives": WEIGHED}),
    ],
)  # fmt: skip
def test_tariffs_are_sought_as_they_were_asked(
    kind: str, words: str, parties: Any, sectors: Any, rates: Any, options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = SimpleNamespace(countries=("USA", "JPN"), sectors=("C29", "A01"))
    named: list[Any] = []
    monkeypatch.setattr(
        "kosho.cli.tariffs.world_named",
        lambda world, default: (
            named.append((world, default)) or SimpleNamespace(load=lambda: SimpleNamespace(whole=table))
        ),
    )
    monkeypatch.setattr("kosho.bargain.objectives.objectives_of", lambda weights, _table: {"of": weights})
    for name in ("optimal", "nash", "cooperative"):
        monkeypatch.setattr(
            f"kosho.bargain.optimal_tariffs.{name}",
            lambda *given, name=name, **more: passing(name, *given, **more),
        )
    given, more = passed("tariffs", kind, *words.split())
    bounds, progress = given[-2:]
    assert given[:-2] == (kind, table, *parties, sectors)
    assert (bounds.low, bounds.high) == rates
    assert callable(progress)
    assert more == TARIFFS | options
    assert named == [(None, "talks")]


def test_what_adjusts_is_what_is_given_and_profits_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Closure, "sourced", lambda self, _world: self)
    world: Any = SimpleNamespace(sectors=("C29", "A01"))
    given = closure_of(["labour_supply=0.5"])
    assert tariffs._closure(None, None, world) is None
    assert tariffs._closure(given, None, world) == given
    both = tariffs._closure(given, "C29", world)
    assert both is not None
    assert (both.labour_supply, list(both.profits)) == (0.5, ["C29"])
    alone = tariffs._closure(None, "all", world)
    assert alone is not None
    assert (alone.labour_supply, list(alone.profits)) == (0.0, ["C29", "A01"])


@pytest.mark.parametrize(("coverage", "fits"), [("0", True), ("1", True), ("1.01", False), ("-0.01", False)])
def test_a_coverage_is_nothing_to_all(coverage: str, monkeypatch: pytest.MonkeyPatch, *, fits: bool) -> None:
    monkeypatch.setattr(lines_swap, "sides_of", passing)
    words = (
        "lines",
        "swap",
        "talks",
        "--party",
        "JPN",
        "--to",
        "USA",
        "--world",
        "full",
        "--coverage",
        coverage,
    )
    if fits:
        assert passed(*words) == (("talks", "JPN", "USA", "full"), {})
        return
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, words, catch_exceptions=False)
    assert str(caught.value) == f"--coverage: {coverage} (0 to 1)"


def sides(**more: Any) -> Any:
    return SimpleNamespace(party="JPN", other="USA", world="world", law=None, **more)


def worth(code: str, k: float) -> Any:
    return SimpleNamespace(code=code, sector=f"s{code}", imports=10.0 * k, gain=k, cost=k / 4, revenue=-k / 8)


def test_lines_of_both_sides_are_worth_what_claims_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    start = {"JPN": "the economy under the law of Japan", "USA": None}
    asked: list[Any] = []

    def given(giver: str, _inputs: Any, _world: Any) -> Any:
        codes = ("01", "02") if giver == "JPN" else ("03", "04")
        table = SimpleNamespace(codes=codes, imports=np.ones((2, 2)), partner=("KOR", "JPN", "USA")[1:].index)
        return SimpleNamespace(
            table=table, law=start[giver], start=lambda _world: start[giver], elasticities=giver
        )

    def ranked(begins: Any, table: Any, taker: str, elasticities: str, confirm: int) -> Any:
        asked.append((begins, taker, elasticities, confirm))
        lines = [worth(table.codes[1], 8.0)] if taker == "USA" else [worth(table.codes[0], 16.0)]
        return SimpleNamespace(lines=lines, partner=taker, left_out=["x"] * (2 if taker == "USA" else 3))

    uses = iter([np.array([[0.1, 0.2], [0.3, 0.5]]), np.array([[0.25, 0.6], [0.7, 0.8]])])
    monkeypatch.setattr(lines_swap, "read_lines", given)
    monkeypatch.setattr("kosho.lines.line_ranking.rank_lines", ranked)
    monkeypatch.setattr(lines_swap, "use_of_cuts", lambda *_given: SimpleNamespace(high=next(uses)))
    monkeypatch.setattr(lines_swap, "refuse_idle", lambda codes, tables: asked.append((codes, len(tables))))
    monkeypatch.setattr(lines_swap, "parts_of", lambda _world, _table, partner, ranked: [(partner, ranked)])
    monkeypatch.setattr(lines_swap, "told_parts", list)
    monkeypatch.setattr(lines_swap, "told_rates", lambda one: {"of": one.elasticities})
    found = lines_swap._swap_lines(sides(), None, (None, None, None), ["22"])  # type: ignore[arg-type]
    begins = start["JPN"]
    assert asked == [(["22"], 2), (begins, "USA", "JPN", 0), (begins, "JPN", "USA", 0)]
    lines: Any = found.lines
    # Japan frees 02 for the United States, of which a half claims it; they free 03, a quarter.
    assert (lines.sides, list(lines.codes)) == (("JPN", "USA"), ["02", "03"])
    assert np.asarray(lines.giver).tolist() == [0.0, 1.0]
    assert np.asarray(lines.gains).tolist() == [[-1.0, 4.0], [4.0, -1.0]]
    assert np.asarray(lines.trade).tolist() == [80.0, 160.0]
    assert np.asarray(lines.cost).tolist() == [0.5, 0.5]
    assert (found.start, found.missing) == (begins, {"JPN": 2, "USA": 3})
    assert found.rates == {"JPN": {"of": "JPN"}, "USA": {"of": "USA"}}
    assert found.parts == [("USA", {"s02"}), ("JPN", {"s03"})]
    start["JPN"] = None
    uses = iter([np.ones((2, 2))] * 2)
    assert lines_swap._swap_lines(sides(), None, (None, None, None), []).start == "world"  # type: ignore[arg-type]
    none = SimpleNamespace(lines=[], left_out=[], partner="x")
    monkeypatch.setattr("kosho.lines.line_ranking.rank_lines", lambda *_given, **_more: none)
    uses = iter([np.ones((2, 2))] * 2)
    with pytest.raises(KoshoError, match=r"^neither side levies a duty on the other$"):
        lines_swap._swap_lines(sides(), None, (None, None, None), [])  # type: ignore[arg-type]


@pytest.mark.parametrize(("least", "claimed"), [(False, (0.75, 0.5)), (True, (0.25, 0.125))])
def test_packages_are_solved_with_the_least_or_the_most_that_claims(
    claimed: tuple[float, float], monkeypatch: pytest.MonkeyPatch, *, least: bool
) -> None:
    def table(name: str, *codes: str) -> Any:
        return SimpleNamespace(codes=codes, paid=name, without_duty=lambda taker, at: (name, taker, tuple(at)))

    lines = SimpleNamespace(codes=["01", "03", "02"], giver=[0, 1, 0])
    front: Any = [SimpleNamespace(chosen=np.array(chosen), lines=lines) for chosen in ([1, 1, 0], [0, 0, 1])]
    uses = [SimpleNamespace(low=low, high=high) for low, high in ((0.25, 0.75), (0.125, 0.5))]
    swaps: Any = SimpleNamespace(tables=[table("a", "02", "01"), table("b", "03", "04")], uses=uses)
    worth_of = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])
    failed: list[Any] = []
    monkeypatch.setattr("kosho.lines.line_offers.utilised", lambda *given: given)
    monkeypatch.setattr(
        "kosho.lines.line_packages.line_shock", lambda _world, _table, after: SimpleNamespace(shock=after)
    )
    monkeypatch.setattr("kosho.bargain.collapse_rows.concatenate", tuple)
    monkeypatch.setattr(
        "kosho.lines.line_packages.members", lambda _world, code: [0, 1] if code == "JPN" else [2]
    )
    shocks: list[Any] = []

    def solved(_world: Any, all_of: Any, volumes: bool) -> Any:
        shocks.extend([*all_of, volumes])
        gains = SimpleNamespace(to_numpy=lambda: worth_of)
        return SimpleNamespace(raise_if_failed=failed.append, equivalent_variation=gains)

    monkeypatch.setattr("kosho.equilibrium.solve_batch", solved)
    assert lines_swap._solved(front, swaps, sides(), least=least) == [(3.0, 4.0), (24.0, 32.0)]
    mine, theirs = claimed
    assert shocks == [
        (("a", ("a", "USA", (1,)), mine), ("b", ("b", "JPN", (0,)), theirs)),
        (("a", ("a", "USA", (0,)), mine), ("b", ("b", "JPN", ()), theirs)),
        False,
    ]
    assert failed == [["package 1", "package 2"]]


@pytest.mark.parametrize(("ranged", "asked"), [((False, False), [False]), ((False, True), [False, True])])
def test_a_swap_is_solved_at_both_ends_where_one_use_is_a_range(
    ranged: tuple[bool, bool], asked: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = [SimpleNamespace(is_range=one, about=f"use {k}", told=f"told {k}") for k, one in enumerate(ranged)]
    rates = {"JPN": {"told": ["law", "law"]}, "USA": {"told": ["other", "law"]}}
    swaps = SimpleNamespace(lines="lines", start="start", uses=uses, rates=rates, missing={"JPN": 2}, parts=[])
    solved: list[Any] = []
    lines = SimpleNamespace(covered=lambda _chosen, side: (0.25 + side, 0.5 + side))
    front = [
        SimpleNamespace(weight=0.5, gains=(1.0, 2.0), bound=3.0, gap=0.01234, lines=lines,
                        chosen=np.array([True, False])),
    ]  # fmt: skip
    given: list[Any] = []
    monkeypatch.setattr(lines_swap, "sides_of", lambda *_given: _Sides())
    monkeypatch.setattr(lines_swap, "_swap_lines", lambda *of: given.append(of[1:]) or swaps)
    monkeypatch.setattr(lines_swap, "replace", lambda one, **_more: one)
    monkeypatch.setattr(
        "kosho.lines.swap_sets.swap_frontier", lambda *of, **more: given.append((of, more)) or front
    )

    def of_front(_front: Any, _swaps: Any, _sides: Any, *, least: bool = False) -> Any:
        solved.append(least)
        return [(7.0, -8.0) if least else (5.0, 6.0)]

    monkeypatch.setattr(lines_swap, "_solved", of_front)
    monkeypatch.setattr(lines_swap, "_csv", lambda _front: "csv\n")
    out = tmp_path / "swap.csv"
    words = ["lines", "swap", "talks", "--coverage", "0.25", "--budget", "20", "--exclude", "22"]
    words += ["--out", str(out)]
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "200"})
    told = [line.rstrip() for line in done.stdout.splitlines()]
    gains = ("+7.0 – +5.0", "−8.0 – +6.0") if ranged[1] else ("+5.0", "+6.0")
    assert told[:4] == ["Rates: law.", "Rates: other.", "told 0", "told 1"]
    assert re.split(" {2,}", told[7]) == ["1", *gains, "50", "150", "1.2"]
    assert ("The first gain is with the least that could comply, the second with the most." in told) is ranged[
        1
    ]
    assert not any(line.startswith("The only package") for line in told)
    assert (solved, out.read_text(encoding="utf-8")) == (asked, "csv\n")
    (inputs, rule, excluded), (of, more) = given
    assert (inputs.elasticities, inputs.demand, inputs.year, inputs.on) == ("protee", -1.25, None, None)
    assert (rule, excluded, of) == ((None, None, None), ["22"], ("lines",))
    assert more == {"coverage": 0.25, "budget": (20.0, 20.0), "exclude": ["22"]}
    front[0].chosen[:] = False
    told = (
        CliRunner().invoke(app, words[:3], catch_exceptions=False, env={"COLUMNS": "200"}).stdout.splitlines()
    )
    assert given[-1][1] == {"coverage": 0.0, "budget": (None, None), "exclude": []}
    assert any(
        line.startswith("The only package that leaves neither side worse off is none at all") for line in told
    )


class _Sides(SimpleNamespace):
    party, other, world, law = "JPN", "USA", "world", None
