"""Tables: what is wrong with one is told with its line; what is right is laid on the law exactly."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from kosho.bargain.schema import RateRange, TableDeadline
from kosho.bargain.table import Table
from kosho.case import Case
from kosho.errors import InputError, Problems

CASE = "japan-us-2025"


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load(CASE)


def text_of(case: Case) -> str:
    return (case.folder / "table.yaml").read_text(encoding="utf-8")


def read(case: Case, folder: Path, text: str) -> Table:
    path = folder / "table.yaml"
    path.write_text(text, encoding="utf-8")
    return Table.load(path, case.register, {name: case.law(name) for name in case.scenarios}, case.overlays)


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
        ("at: {table-cars: 20, ", "at: {table-carz: 20, ", "unknown measure 'table-carz'", "table-cars"),
        ("[table-cars], at: {table-cars: 20, table-parts: 20}", "[table-x]", "overlay 'table-x'", ""),
        ("throughout: [rice-access]", "throughout: [rice-acess]", "overlay 'rice-acess'", "rice-access"),
        ("{case-lng: {value: 1500,", "{case-ing: {value: 1500,", "purchase 'case-ing'", "case-lng"),
        ("high: 2500, unit: million USD", "high: 2500, unit: tonnes", "'million USD', not 'tonnes'", ""),
        ("[us-232-autos-25, us", "[us-232-autos-52, us", "authority 'us-232-autos-52'", "us-232-autos-25"),
        ("scenario: no-deal\n", "scenario: no-deel\n", "unknown scenario 'no-deel'", "no-deal"),
        ("source: [round7]\n    note: ", "source: [round8]\n    note: ", "source 'round8'", "round7"),
        ("proposes_first: JPN", "proposes_first: KOR", "unknown party 'KOR'", "JPN"),
        ("at: {table-cars: 20, ", "at: {table-cars: -20, ", "-20 percent is below zero", "zero or more"),
        ("at: {table-cars: 20, ", "at: {table-cars: 0.2, ", "0.2 is less than one percent", "insist"),
        ("  date: {2025-04-09: 2025-07-09, 2025-07-07: 2025-08-01}\n  foll", "  date: 2025-06-01\n  foll",
         "is before the status quo", ""),
        ("[table-rest-in-all], at: {table-rest-in-all: 15}", "[table-cars], at: {table-cars: 15}",
         "'table-cars' is added by an option of issue 'cars' too", "another id"),
        ("[table-rest], at", "[table-rest, table-rest], at", "'table-rest' is added twice", "another id"),
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


def test_a_linkage_leaves_what_it_does_not_speak_of():
    """Of cars and rice as now or free: free cars ask for free rice, and rice is not freed alone."""
    held = {"cars": [False, False, True, True], "rice": [False, True, False, True]}
    held["rice alone"] = [False, True, False, False]
    table = SimpleNamespace(
        grid=range(4),
        has=lambda named: np.array(held[named]),
        file=SimpleNamespace(
            links=[SimpleNamespace(when="cars", requires="rice")],
            red_lines=[SimpleNamespace(forbids="rice alone")],
        ),
    )
    problems = Problems()
    Table.refuse_empty(table, problems, None)
    problems.raise_if_any()


def test_several_mistakes_are_told_at_once(case, tmp_path):
    text = text_of(case).replace("forbids: {cars: [add-25]}", "forbids: {cars: [add-52]}")
    text = text.replace("proposes_first: JPN", "proposes_first: KOR")
    with pytest.raises(InputError) as caught:
        read(case, tmp_path, text)
    assert len(caught.value.problems) == 2


def test_an_issue_has_one_fallback(case, tmp_path):
    (problem,) = refused(case, tmp_path, 'title: "25 % on top, as now", fallback: true', 'title: "25 % on top"')
    assert "one option of an issue is its fallback, not 0" in problem


def test_what_no_model_prices_is_worth_a_range(case, tmp_path):
    text = "JPN: {value: 0, low: -300, high: 0, unit: million USD"
    for wrong in (text.replace("low: -300, ", ""), text.replace("-300", "0")):
        (problem,) = refused(case, tmp_path, text, wrong)
        assert "worth a range (low and high)" in problem


def test_linked_issues_go_together(case, tmp_path):
    text = text_of(case).replace(
        "\nunpriced:",
        """
links:
  - {id: both, title: Gas with cars, when: {lng: [more-1500, more-3500]}, requires: {cars: [all-10, none]},
     status: assumption, source: [own-table]}

unpriced:""",
    )
    table = read(case, tmp_path, text)
    label = table.grid.label(table.fallback)
    package = table.grid.find({**label, "lng": "more-1500"})
    assert table.possible[table.fallback]
    assert not table.possible[package]
    assert table.possible[table.grid.find({**label, "lng": "more-1500", "cars": "none"})]


def test_what_holds_throughout_is_in_every_law_once(case, tmp_path):
    table = case.table()
    laws = [
        table.status_quo,
        *(one for background in table.backgrounds for one in (background.packages, background.disagreement)),
    ]
    for law in laws:
        assert [one.id for one in law.register.measures].count("case-rice-access") == 1
    twice = read(case, tmp_path, text_of(case).replace("[rice-access]", "[rice-access, rice-access]"))
    assert [one.id for one in twice.status_quo.register.measures].count("case-rice-access") == 1


def test_an_option_names_its_own_amounts(case):
    table = case.table()
    lng = table.grid.issues.index("lng")
    amounts = [[one.terms.amount.value for one in table.overlay(lng, choice).add] for choice in range(3)]
    assert amounts == [[], [1500], [3500]]


def test_a_case_without_a_table_says_so(case, tmp_path):
    for name in ("case.yaml", "measures.yaml"):
        (tmp_path / name).write_bytes((case.folder / name).read_bytes())
    with pytest.raises(InputError, match="has no table"):
        Case.load(tmp_path).table()


@pytest.mark.parametrize(
    ("figure", "wrong"),
    [
        ({}, None),
        ({"low": 2, "high": 4}, None),
        ({"value": -1}, "-1 is outside 0 to 100 percent a year"),
        ({"low": -1, "high": 4}, "-1 is outside 0 to 100 percent a year"),
    ],
)
def test_a_discount_rate_is_one_figure_or_a_range_from_nothing_on(figure, wrong) -> None:
    about = {"date": "2025-08-01", "follows": "x", "proposes_first": "JPN", "status": "fact", "source": ["s"]}
    discount = {"value": 3, "unit": "percent", "status": "assumption", "source": "s", **figure}
    if wrong is None:
        assert TableDeadline(**about, discount=discount).discount.value == 3
    else:
        with pytest.raises(ValidationError, match=wrong):
            TableDeadline(**about, discount=discount)


def test_a_range_of_rates_holds_both_of_its_ends() -> None:
    cars = RateRange.model_validate({"from": 10, "to": 25})
    assert [cars.holds(rate) for rate in (9.99, 10, 12.5, 25, 25.01)] == [False, True, True, True, False]
