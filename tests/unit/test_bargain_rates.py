"""Rates within ranges: what a table may say, where the deals lie, and that no finer steps give a better one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.own_world import LOW_REST, RANGE, sales, with_ranges, write_case
from typer.testing import CliRunner

from kosho.bargain import Deal, Effort, negotiate
from kosho.bargain.pricing import price
from kosho.bargain.rate_aims import aims_of
from kosho.bargain.rate_cell import RateCell
from kosho.bargain.sweep import LaidTable
from kosho.bargain.table import Table
from kosho.case import Case
from kosho.cli import app
from kosho.equilibrium import solve
from kosho.errors import InputError
from kosho.world import World, load

REST = "      - {id: on-top, title: A rate on top, overlays: [table-rest], rate: {from: 0, to: 25}, status: assumption, source: [own]}\n"  # noqa: E501
PLAIN = Effort(draws=0, confirm=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("rates") / "korea-us"
    found.mkdir()
    words = ["world", "build", *map(str, sales(found.parent)), "--out", str(found / "mine.npz")]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    write_case(found, "mine.npz")
    table = found / "table.yaml"
    table.write_text(with_ranges(table.read_text("utf-8"), REST), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def case(folder: Path) -> Case:
    return Case.load(str(folder))


@pytest.fixture(scope="module")
def world(case: Case) -> World:
    return case.worlds().coarse


@pytest.fixture(scope="module")
def deal(case: Case, world: World) -> Deal:
    return negotiate(case.table(), world, effort=PLAIN)


@pytest.fixture(scope="module")
def one(case: Case, world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Deal]:
    """One range, and steps in the other issue."""
    path = tmp_path_factory.mktemp("one") / "table.yaml"
    table = read(case, path, lambda text: text.replace(REST, LOW_REST))
    return table, negotiate(table, world, effort=PLAIN)


def read(case: Case, path: Path, edit: Callable[[str], str]) -> Table:
    path.write_text(edit((case.folder / "table.yaml").read_text("utf-8")), encoding="utf-8")
    laws = {name: case.law(name) for name in case.scenarios}
    return Table.load(path, case.register, laws, case.overlays)


def test_a_range_is_laid_at_its_ends_and_its_middle(case):
    table = case.table()
    assert table.grid.options[0] == ("add-25", "in-all@2%", "in-all@13.5%", "in-all@25%")
    assert table.option_of("rest", "on-top@12.5%").at == {"table-rest": 12.5}
    assert table.option_of("rest", "on-top@12.5%").title == "A rate on top: 12.5 %"
    more = table.with_rates_of({"cars": "7.25%", "rest": "on-top@12.5%"})
    assert more.grid.options[0] == ("add-25", "in-all@2%", "in-all@7.25%", "in-all@13.5%", "in-all@25%")
    assert more.grid.options[1] == table.grid.options[1]
    assert table.with_rates_of({"rest": "12.5%"}) is table


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from: 2, to: 25", "from: 25, to: 2", "a range goes up: from 25 to 2 percent does not"),
        ("from: 2, to: 25", "from: 2, to: 2", "a range goes up"),
        ("from: 2, to: 25", "from: -2, to: 25", "-2 percent is below zero"),
        ("from: 2, to: 25", "from: 2, to: 2500", "2500 percent is above 1,000"),
        ("from: 2, to: 25", "from: 0, to: 0.25", "0.25 is less than one percent"),
        ("from: 2, to: 25", "from: 2, to: .nan", "rate.to"),
        ("from: 2, to: 25", "from: 2", "rate.to: is missing"),
        ("[table-cars], rate", "[table-cars], at: {table-cars: 5}, rate", "a range of rates for no measure"),
        ("overlays: [table-cars], rate", "rate", "a range of rates for no measure"),
        ("title: \"25 % on top, as now\"", "title: now, rate: {from: 0, to: 25}", "is one rate, no range"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_range_is_told_with_its_line(case, tmp_path, old, new, message):
    with pytest.raises(InputError) as caught:
        read(case, tmp_path / "table.yaml", lambda text: text.replace(old, new, 1))
    told = [str(one) for one in caught.value.problems if message in str(one)]
    assert len(told) == 1, caught.value.problems
    text = (tmp_path / "table.yaml").read_text("utf-8")
    issue = 1 + text[: text.index("- id: cars")].count("\n")
    line = int(re.search(r"table\.yaml:(\d+):", told[0]).group(1))
    assert issue <= line <= issue + 6


def test_more_than_all_of_a_duty_cannot_be_cut(case, tmp_path):
    def edit(text: str) -> str:
        return text.replace("kind: floor\n", "kind: cut\n").replace("to: 25}", "to: 125}", 1)

    with pytest.raises(InputError, match=r"125 percent off a duty is more than all of it \(at most 100\)"):
        read(case, tmp_path / "table.yaml", edit)


def test_a_rate_is_named_alone_where_one_range_holds_it(case, tmp_path):
    low = RANGE.replace("in-all", "low").replace("from: 2, to: 25", "from: 0, to: 2")
    table = read(case, tmp_path / "table.yaml", lambda text: text.replace(RANGE, RANGE + low))
    assert table.named({"cars": "1.5%", "rest": "add-25"}) == {"cars": "low@1.5%", "rest": "add-25"}
    with pytest.raises(InputError, match=r"one of in-all@2%, low@2%"):
        table.named({"cars": "2%"})
    with pytest.raises(InputError, match=r"no rate of 26 percent \(it has 2–25 %, 0–2 %\)"):
        table.named({"cars": "26%"})

    # A red line on a part of the rates is one on the range that is that part.
    def red(text: str) -> str:
        return text.replace(RANGE, RANGE + low).replace("{rest: [add-25], cars: [add-25]}", "{cars: [low]}")

    both = read(case, tmp_path / "table.yaml", red)
    forbidden = {both.grid.label(k)["cars"] for k in np.flatnonzero(both.crossed[:, 0])}
    assert forbidden == {"low@0%", "low@1%", "low@2%"}


def test_slopes_are_those_of_exact_solves(deal):
    priced = deal.priced[0]
    package = deal.table.grid.find({"cars": "in-all@13.5%", "rest": "on-top@12.5%"})
    cell, at, step = RateCell(priced, package), np.array([11.0, 7.0]), 0.05
    look = cell.look(at)
    assert not look.differences
    for k in range(2):
        move = np.eye(2)[k] * step
        low, high = cell.gains([at - move, at + move])
        assert look.slopes[:, k] == pytest.approx((high - low) / (2 * step), rel=2e-3, abs=2e-3)


def test_rates_of_deals_are_best_exact_and_told_to_true_digits(deal):
    priced, game = deal.priced[0], deal.game
    ideal = game.gains[game.candidates].max(axis=0)
    aims = aims_of(ideal)
    assert {one.concept for one in deal.rates} == set(deal.solutions)
    for one in deal.rates:
        package = int(deal.solutions[one.concept][0])
        assert deal.table.grid.label(package) == one.options
        cell = RateCell(priced, package)
        change = priced.shocks.counterfactuals([package])[0]
        fails = priced.shocks.comparison_counterfactuals()[0]
        alone = [solve(priced.world, each).equivalent_variation.to_numpy() for each in (change, fails)]
        places = [priced.world.position(code) for code in game.parties]
        assert game.gains[package] == pytest.approx((alone[0] - alone[1])[places], abs=0.01)
        here = float(aims[one.concept].values(game.gains[package]))
        for k, rate in enumerate(one.rates):
            for sign in (-1.0, 1.0):
                moved = cell.rates.copy()
                moved[k] += sign * (rate.step or 0.01)
                if (cell.ends[k, 0] <= moved[k] <= cell.ends[k, 1]) and rate.step is not None:
                    (gains,) = cell.gains([moved])
                    assert float(aims[one.concept].values(gains)) <= here + 0.01


def test_a_fine_grid_of_steps_gives_no_better_deal(one, case, world, tmp_path):
    table, found = one
    option = "      - {id: all-RATE, title: RATE % in all, overlays: [table-cars], at: {table-cars: RATE}, "
    option += "status: assumption, source: [own]}\n"
    steps = "".join(option.replace("RATE", f"{rate:g}") for rate in np.arange(2, 25, 0.25))
    fine = read(case, tmp_path / "table.yaml", lambda text: text.replace(RANGE, steps).replace(REST, LOW_REST))
    other = negotiate(fine, world, effort=PLAIN)
    assert len(other.game) == 2 * 93
    game = found.game
    ideal = game.gains[game.candidates].max(axis=0)
    assert (ideal >= other.game.gains[other.game.candidates].max(axis=0) - 0.05).all()
    for name, aim in aims_of(ideal).items():
        mine = float(aim.values(game.gains[int(found.solutions[name][0])]))
        theirs = aim.values(other.game.gains[other.game.allowed]).max()
        assert mine >= theirs - 0.05, name
    assert len(table.grid) == 2 * 4


def test_a_package_at_a_rate_of_its_own_is_what_it_is_on_a_table_of_its_own(case, world, deal):
    chosen = {"cars": "in-all@8.125%", "rest": "on-top@3.3%"}
    beside, package = deal.at(chosen)
    assert beside.table.grid.label(package) == chosen
    table = case.table().with_rates_of(chosen)
    fresh = price(table, table.backgrounds[0], world)
    there = table.grid.find(chosen)
    assert beside.game.gains[package] == pytest.approx(fresh.game.gains[there], abs=0.05)
    shares = beside.explain(package).issues
    assert sum(np.array(row) for row in shares.values()) == pytest.approx(fresh.game.gains[there], abs=0.1)
    assert deal.at({"cars": "add-25"})[0] is deal
    with pytest.raises(InputError, match="options: issue 'cars' has no rate of 1 percent"):
        deal.at({"cars": "1%"})


def test_a_zone_between_the_first_rates_is_found_and_required(folder, world, tmp_path):
    # The United States gains between some 6 and 25 % in all, and loses at 3, at 31.5 and at 60 %.
    folder = shutil.copytree(folder, tmp_path / "wide")
    path = folder / "table.yaml"
    text = path.read_text("utf-8").replace("from: 2, to: 25", "from: 3, to: 60").replace(REST, "")
    path.write_text(text, encoding="utf-8")
    unsought = negotiate(Case.load(str(folder)).table(), world, effort=replace(PLAIN, rates=False))
    assert not unsought.game.zone
    assert unsought.rates == ()
    # Where a zone is required, the rates are sought for a package of the reader's own as well.
    words = ["bargain", str(folder), "--explain", "cars=3%", "--require-zone", "--draws", "0", "--no-confirm"]
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["explained"]["options"]["cars"] == "in-all@3%"
    assert found["zone"]
    assert {one["concept"] for one in found["rates"]} == set(found["solutions"])
    assert all(5 < one["rates"][0]["percent"] < 25 for one in found["rates"])


def test_workers_lay_the_table_at_the_rates_found(deal):
    laid = deal.priced[0].laid
    function, arguments = laid.__reduce__()
    anew: LaidTable = function(*arguments)
    assert anew.like is None
    package = int(deal.solutions["nash"][0])
    (mine,), (theirs,) = (one.shocks.counterfactuals([package]) for one in (laid, anew))
    assert np.array_equal(np.sort(mine.shock.tariff), np.sort(theirs.shock.tariff))


def test_two_ranges_and_three_parties_equal_brute_force(case, world, tmp_path):
    china = "  - {economy: USA, title: United States, payoff: {}}\n"
    table = read(
        case,
        tmp_path / "table.yaml",
        lambda text: text.replace(china, china + "  - {economy: CHN, title: China, payoff: {}}\n"),
    )
    found = negotiate(table, world, effort=PLAIN)
    assert found.game.parties == ("KOR", "USA", "CHN")
    priced = found.priced[0]
    cell = RateCell(priced, found.table.grid.find({"cars": "in-all@13.5%", "rest": "on-top@12.5%"}))
    mesh = [np.array(one) for one in product(np.linspace(2, 25, 12), np.linspace(0, 25, 13))]
    gains = cell.gains(mesh)
    ones = np.ones(3)
    aims = aims_of(ones)
    name = "egalitarian" if not found.solutions else next(iter(found.solutions))
    aim = aims[name] if found.solutions else replace(aims[name], rational=False)
    values = aim.values(gains)
    start = mesh[int(values.argmax())]

    def lost(rates: np.ndarray) -> float:
        inside = np.clip(rates, *cell.ends.T)
        return -float(aim.values(cell.gains([inside]))[0]) + 1e3 * float(np.abs(rates - inside).sum())

    by_force = minimize(
        lost, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-4, "maxfev": 120}
    )
    game = found.game
    mine = float(aim.values(game.gains[game.allowed]).max())
    assert mine >= -by_force.fun - 0.05
    assert mine == pytest.approx(max(-by_force.fun, values.max()), abs=0.5)


def test_bargain_tells_the_rates(folder, tmp_path):
    run = CliRunner()
    folder = shutil.copytree(folder, tmp_path / "one")
    table = folder / "table.yaml"
    table.write_text(table.read_text("utf-8").replace(REST, LOW_REST), encoding="utf-8")
    words = ["bargain", str(folder), "--draws", "0", "--no-confirm"]
    whole = ["bargain", str(folder), "--draws", "2"]
    told = run.invoke(app, words, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    text = " ".join(told.stdout.split())
    assert "These rates were sought within their ranges by the equilibrium's own derivatives" in text
    found = json.loads(run.invoke(app, [*whole, "--json"], catch_exceptions=False).stdout)
    assert [(one["issue"], one["from"], one["to"]) for one in found["ranges"]] == [("cars", 2, 25)]
    by_concept = {sought["concept"]: sought for sought in found["rates"]}
    assert set(by_concept) == set(found["solutions"])
    for name, sought in by_concept.items():
        assert sought["confirmed"]
        assert sought["options"] == found["solutions"][name]["options"]
        assert sought["gains"] == found["solutions"][name]["gains"]
        assert found["certificate"][name]["draws"] == 2
        assert found["confirmed"][name]["gains"] == pytest.approx(sought["gains"], abs=1.0)  # one world
    explained = run.invoke(app, [*words, "--explain", "cars=12.5%,rest=add-10", "--json"])
    assert json.loads(explained.stdout)["explained"]["options"] == {"cars": "in-all@12.5%", "rest": "add-10"}
    plain = run.invoke(app, [*words, "--explain", "cars=12.5%"])
    assert "A rate in all: 12.5 %" in plain.stdout
    with pytest.raises(
        InputError, match=r"--explain: issue 'cars' has no rate of 30 percent \(it has 2–25 %\)"
    ):
        run.invoke(app, [*words, "--explain", "cars=30%"], catch_exceptions=False)


def us(name: str) -> str:
    """The shipped table with any rate on cars, and that rate in the deal that was struck."""
    text = (Path(name) / "table.yaml").read_text("utf-8")
    start, end = text.index("      - {id: all-20,"), text.index("  - id: metals\n")
    option = "      - {id: in-all, title: A rate in all, overlays: [table-cars], rate: {from: 10, to: 25}, "
    text = text[:start] + option + "status: assumption, source: [own-table]}\n" + text[end:]
    return text.replace("    forbids: {cars: [none]}", "    forbids: {rest: [none]}").replace(
        "cars: all-15", "cars: 15%"
    )


def test_a_struck_deal_names_a_rate_and_bounds_that_bind_make_slopes_differences(tmp_path):
    case, path = Case.load("japan-us-2025"), tmp_path / "table.yaml"
    path.write_text(us(case.folder), encoding="utf-8")
    laws = {name: case.law(name) for name in case.scenarios}
    table = Table.load(path, case.register, laws, case.overlays)
    later = Case.load("japan-us-2025", date(2025, 7, 24))
    struck = table.with_struck(path, later.register, later.overlays)
    assert "in-all@15%" in struck.grid.options[0]
    assert struck.struck.table.grid.label(struck.struck.package)["cars"] == "in-all@15%"
    path.write_text(us(case.folder).replace("cars: 15%", "cars: 35%"), encoding="utf-8")
    with pytest.raises(InputError, match=r"struck.options.cars: issue 'cars' has no rate of 35 percent"):
        table.with_struck(path, later.register, later.overlays)
    issues = tuple(issue for issue in table.file.issues if issue.id in ("cars", "corn"))
    less = table.file.model_copy(update={"issues": issues, "red_lines": (), "unpriced": ()})
    small = replace(table, file=less)
    priced = price(small, small.backgrounds[0], load(regions="talks", sectors="talks"))
    cell = RateCell(priced, small.grid.find({"cars": "in-all@17.5%", "corn": "more-1000"}))
    look = cell.look(np.array([16.0]))
    assert look.differences
    low, high = cell.gains([np.array([15.8]), np.array([16.2])])
    assert look.slopes[:, 0] == pytest.approx((high - low) / 0.4, rel=1e-2, abs=0.2)
