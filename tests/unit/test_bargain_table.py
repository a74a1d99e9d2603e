"""Tables: what is wrong with one is told with its line; what is right is laid on the law exactly."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from kosho.bargain.lay import folded, joined, lay, taken, translated
from kosho.bargain.pricing import state_shock
from kosho.bargain.table import Table
from kosho.case import Case
from kosho.equilibrium import Part, Shock, solve
from kosho.errors import InputError
from kosho.world import load

CASE = "japan-us-2025"


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load(CASE)


@pytest.fixture(scope="module")
def talks():
    return load(regions="talks", sectors="talks")


def text_of(case: Case) -> str:
    return (case.folder / "table.yaml").read_text(encoding="utf-8")


def read(case: Case, folder: Path, text: str) -> Table:
    path = folder / "table.yaml"
    path.write_text(text, encoding="utf-8")
    return Table.load(path, case.register, case.scenarios, case.law, case.overlays)


def refused(case: Case, folder: Path, old: str, new: str) -> list[str]:
    """Mistakes after a replacement, and that the first names the line of what was put in."""
    text = text_of(case)
    assert text.count(old) >= 1, old
    changed = text.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        read(case, folder, changed)
    return [str(problem) for problem in caught.value.problems]


def line_of(text: str, part: str) -> int:
    return 1 + text[: text.index(part)].count("\n")


def test_the_table_of_the_case(case):
    table = case.table()
    assert table.parties == ("JPN", "USA")
    assert len(table.grid) >= 5000
    assert table.grid.label(table.fallback)["rest"] == "add-24"
    assert (table.possible & ~table.crossed.any(axis=1)).sum() > 100


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("forbids: {cars: [add-25]}", "forbids: {cars: [add-52]}", "unknown option 'add-52'", "add-25"),
        ("forbids: {cars: [none]}", "forbids: {car: [none]}", "unknown issue 'car'", "cars"),
        ("at: {table-cars: 20}", "at: {table-carz: 20}", "unknown measure 'table-carz'", "table-cars"),
        ("overlays: [table-cars], at: {table-cars: 20}", "overlays: [table-x]", "overlay 'table-x'", ""),
        ("[us-232-autos-25, us", "[us-232-autos-52, us", "authority 'us-232-autos-52'", "us-232-autos-25"),
        ("scenario: no-deal\n", "scenario: no-deel\n", "unknown scenario 'no-deel'", "no-deal"),
        ("source: [round7]\n    note: ", "source: [round8]\n    note: ", "source 'round8'", "round7"),
        ("proposes_first: JPN", "proposes_first: KOR", "unknown party 'KOR'", "JPN"),
        ("[vehicles-232]", "[vehicles-233]", "unknown product group 'vehicles-233'", "vehicles-232"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_with_its_line_and_what_would_be_right(case, tmp_path, old, new, message, hint):
    problems = refused(case, tmp_path, old, new)
    line = line_of(text_of(case).replace(old, new, 1), new)
    told = [one for one in problems if message in one]
    assert len(told) == 1
    where = int(re.search(r"table\.yaml:(\d+):", told[0]).group(1))
    assert line <= where <= line + new.count("\n")
    assert hint in told[0]


def test_a_party_without_payoff_is_told_with_its_line(case, tmp_path):
    text = text_of(case)
    start = text.index("    payoff:")
    end = text.index("  - economy: USA")
    (problem,) = refused(case, tmp_path, text[start:end], "")
    assert "parties.0.payoff: is missing" in problem
    assert f"table.yaml:{line_of(text, '  - economy: JPN')}:" in problem


def test_a_red_line_that_empties_the_table_is_told_with_its_line(case, tmp_path):
    new = "forbids: {cars: [all-20, all-15, all-12.5, all-10, none]}"
    old = "forbids: {cars: [none]}"
    (problem,) = refused(case, tmp_path, old, new)
    assert "'nothing-below-britain', together with those before it, leaves no package" in problem
    line = line_of(text_of(case), "- id: nothing-below-britain")
    assert f"table.yaml:{line}:" in problem


def test_several_mistakes_are_told_at_once(case, tmp_path):
    text = text_of(case).replace("forbids: {cars: [add-25]}", "forbids: {cars: [add-52]}")
    text = text.replace("proposes_first: JPN", "proposes_first: KOR")
    with pytest.raises(InputError) as caught:
        read(case, tmp_path, text)
    assert len(caught.value.problems) == 2


def test_an_issue_has_one_fallback(case, tmp_path):
    (problem,) = refused(case, tmp_path, 'title: "25 % on top, as now", fallback: true', 'title: "25 % on top"')
    assert "one option of an issue is its fallback, not 0" in problem


def test_a_case_without_a_table_says_so(case, tmp_path):
    for name in ("case.yaml", "measures.yaml"):
        (tmp_path / name).write_bytes((case.folder / name).read_bytes())
    with pytest.raises(InputError, match="has no table"):
        Case.load(tmp_path).table()


# Packages as shocks.


@pytest.mark.parametrize("ground", [0, 1])
def test_packages_put_together_are_what_they_are_when_translated_one_by_one(case, talks, ground):
    table = case.table()
    state = table.grounds[ground].packages
    some = np.random.default_rng(ground).integers(0, len(table.grid), 3)
    some = np.array([table.fallback, *some.tolist()])
    laid = lay(table, talks, state, some)
    tight = laid.folded()
    for package in some.tolist():
        expected = solve(talks, translated(talks, table, state, package)).welfare
        np.testing.assert_allclose(solve(talks, laid.shock(package)).welfare, expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(solve(talks, tight.shock(package)).welfare, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("ground", [0, 1])
def test_the_package_of_fallbacks_is_no_deal(case, talks, ground):
    table = case.table()
    one = table.grounds[ground]
    package = lay(table, talks, one.packages, np.array([table.fallback])).shock(table.fallback)
    nothing = state_shock(talks, one.disagreement)
    np.testing.assert_allclose(solve(talks, package).welfare, solve(talks, nothing).welfare, rtol=0, atol=1e-9)


def test_folding_changes_nothing_but_the_number_of_rows(talks):
    pieces = [
        Part("USA", "JPN", "C29", 0.5, tariff=0.25, part="a"),
        Part("USA", "JPN", "C29", 0.3, tariff=0.1, cost=0.9, base_tariff=0.0, part="b"),
        Part("USA", "KOR", "C29", 0.4, cost=np.inf, part="banned"),
        Part("JPN", "USA", "C29", 1.0, cost=0.9),
    ]
    shock = Shock.parts(talks, pieces)
    tight = folded(shock, talks)
    assert (len(shock), len(tight)) == (4, 3)
    np.testing.assert_allclose(solve(talks, tight).welfare, solve(talks, shock).welfare, rtol=0, atol=1e-12)
    apart = joined([taken(shock, np.array([0, 3])), taken(shock, np.array([1, 2]))])
    assert sorted(apart.part) == sorted(shock.part)


def test_other_trade_costs_reach_the_whole_cell(case, talks):
    table = case.table()
    state = table.grounds[0].packages
    package = table.grid.named({**table.grid.label(table.fallback), "certification": "accepted"})
    (change,) = table.costs(package)
    laid = lay(table, talks, state, np.array([package]))
    halved = laid.with_costs({change: 0.5}).shock(package)
    n, i, j = talks.position("JPN"), talks.position("USA"), talks.sector_position("C29")
    here = (halved.importer == n) & (halved.exporter == i) & (halved.sector == j)
    assert halved.share[here].sum() == pytest.approx(1.0)
    assert halved.cost[here].tolist() == pytest.approx([0.5] * here.sum())
    assert (laid.shock(package).cost[~here] == halved.cost[~here]).all()
