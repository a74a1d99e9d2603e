"""Objects show themselves: one glance, never arrays in full, the same in a notebook, escaped."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pydantic import BaseModel, Field

import kosho
from kosho import bargain, corridor, equilibrium, law, record, scenario, world
from kosho.bargain.robustness import Certificate, GainQuantiles
from kosho.case import Case
from kosho.display import (
    LINES,
    WIDTH,
    Card,
    Shown,
    columns,
    glance,
    listing,
    million,
    number,
    percent,
    plural,
    signed_percent,
    thing,
)
from kosho.impact.ranges import Range
from kosho.law.schedules import FREE, UnitValue
from kosho.provenance import Cited, Frozen, Source
from kosho.scenario.interval import Interval

CELL = ("USA", "JPN", "C29")


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-us-2025")


@dataclass(frozen=True)
class Everything(Shown):
    """One field of each sort."""

    array: np.ndarray
    named: xr.DataArray
    long: str = "x" * 5000
    many: tuple[int, ...] = tuple(range(5000))
    table: dict[str, int] = field(default_factory=dict)


def everything() -> Everything:
    return Everything(
        np.zeros((80, 50)), xr.DataArray(np.zeros((3, 2)), dims=("country", "sector")), table={"a": 1}
    )


def outcome() -> equilibrium.Outcome:
    economy = world.toy()
    bound = equilibrium.Quota(
        name="cars", flows=(equilibrium.Flow(*CELL),), amount=0.5, basis="share", holder="importer"
    )
    change = equilibrium.Shock.tariffs(economy, {CELL: 0.1})
    return equilibrium.solve(economy, equilibrium.Counterfactual(change, (bound,)))


def game() -> bargain.Game:
    return bargain.Game.of(("JPN", "USA"), np.array([[1.0, 2.0], [3.0, -1.0]]), np.zeros(2))


OF_CASE: dict[str, Callable[[Case], object]] = {
    "Case": lambda case: case,
    "Scenario": lambda case: case.scenario("deal"),
    "Law": lambda case: case.law("deal"),
    "Register": lambda case: case.register,
    "changed Register": lambda case: case.law("deal").register,
    "Products": lambda case: case.register.products,
    "ProductGroup": lambda case: next(iter(case.register.products.groups.values())),
    "Measure": lambda case: case.register.measures[0],
    "Record": lambda case: case.record,
    "RecordFile": lambda case: case.record and case.record.file,
    "Ledger": lambda case: case.record and case.record.as_of(case.as_of),
    "Table": lambda case: case.table(),
    "TableFile": lambda case: case.table().file,
}
PLAIN: dict[str, Callable[[], object]] = {
    "Everything": everything,
    "World": world.toy,
    "shipped World": world.load,
    "WorldMeta": lambda: world.load().meta,
    "Arrays": lambda: world.toy().arrays,
    "Shock": lambda: equilibrium.Shock.tariffs(world.toy(), {CELL: 0.25}),
    "no Shock": lambda: equilibrium.Shock.none(world.toy()),
    "Outcome": outcome,
    "Counterfactual": lambda: equilibrium.Counterfactual(equilibrium.Shock.none(world.toy())),
    "BatchOutcome": lambda: equilibrium.solve_batch(world.toy(), [equilibrium.Shock.none(world.toy())] * 3),
    "Gradient": lambda: equilibrium.gradient(outcome(), "JPN"),
    "Settled": lambda: outcome().constraints[0],
    "Constraint": lambda: outcome().constraints[0].constraint,
    "Nest": lambda: equilibrium.Nest("rice", "JPN", "A01", 4.0, 0.5, {"USA": 0.2}),
    "Query": lambda: law.Query("USA", "JPN", "8703.23", date(2025, 6, 1)),
    "Duty": lambda: FREE,
    "Range": lambda: Range(1.0, 2.0, None, "percent", ("source",), True, "<note>"),
    "Draft": lambda: record.Draft("a.txt", "meeting", "asserted", {"date": "2025-06-01"}, "met", 0, 3),
    "Game": game,
    "Grid": lambda: bargain.Grid.of({"cars": ("25", "15"), "rice": ("no", "yes")}),
    "DeadlineGame": lambda: bargain.alternating_offers(game(), 4, 0.99),
    "Certificate": lambda: Certificate(3, 200, 0.9, {"JPN": GainQuantiles(1.0, 2.0, 3.0)}, {}),
    "Corridor": lambda: corridor.between("TWKHH", "JPUKB"),
    "Comparison": lambda: scenario.Comparison(
        party="JPN",
        scenario="deal",
        against="no-deal",
        by_variant={"fixed-central": 1234.5},
        draws=scenario.results.Quantiles(p5=1, p50=2, p95=3),
        central=Interval(low=1, high=2),
        low=Interval(low=-1, high=2),
    ),
}


def shown_well(one: object) -> None:
    text = repr(one)
    lines = text.splitlines()
    assert 1 <= len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    assert " object at 0x" not in text
    assert str(one) == text or type(one).__str__ is not Shown.__str__
    page: Any = one
    html = page._repr_html_()
    assert html.startswith('<div class="kosho">')
    assert "<script" not in html
    colours = re.findall(r"(?:color|background):([^;\"]+)", html)
    assert set(colours) <= {"inherit", "transparent"}  # as the notebook has them, light or dark
    opened, closed = re.findall(r"<(\w+)", html), re.findall(r"</(\w+)", html)
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize("name", PLAIN)
def test_one_glance(name: str) -> None:
    shown_well(PLAIN[name]())


@pytest.mark.parametrize("name", OF_CASE)
def test_one_glance_at_what_a_case_holds(name: str, case: Case) -> None:
    shown_well(OF_CASE[name](case))


def public_types() -> list[type]:
    folder = Path(str(kosho.__file__)).parent
    packages = sorted({path.parent.name for path in folder.glob("*/__init__.py")} - {"cli", "parallel"})
    rooms = [
        f"kosho.{name}" for name in (*packages, "case", "errors", "law.schedules", "provenance", "schemas")
    ]
    found: dict[type, None] = {}
    for room in rooms:
        module = importlib.import_module(room)
        values = (getattr(module, name) for name in getattr(module, "__all__", ()))
        found.update(dict.fromkeys(one for one in values if inspect.isclass(one)))
    return [one for one in found if not issubclass(one, Exception)]


@pytest.mark.parametrize("kind", public_types(), ids=lambda kind: kind.__name__)
def test_every_public_type_shows_itself(kind: type) -> None:
    assert issubclass(kind, Shown)


def test_arrays_are_told_by_their_shape() -> None:
    text = repr(everything())
    assert "array[80, 50]" in text
    assert "array[country 3, sector 2]" in text


def test_fields_at_their_default_are_left_out() -> None:
    assert repr(Cited(value=0.5, unit="share", status="fact", source="x")) == (
        "Cited(value=0.5, unit='share', status='fact', source='x')"
    )
    assert repr(world.PhysicalFlow("JPN", "USA", "C29", 1e6, "vehicles")) == (
        "PhysicalFlow(exporter='JPN', importer='USA', sector='C29', quantity=1,000,000, unit='vehicles')"
    )


def test_a_type_of_its_own_keeps_its_notation() -> None:
    assert repr(UnitValue(Decimal(10), "USD", "kg")) == "UnitValue('10 USD/kg')"
    assert repr(FREE) == "Duty('Free')"


def test_html_is_escaped() -> None:
    html = Card("<b>&", [("<i>", "\"quoted\" <script>alert('x')</script>")]).html()
    assert "<script>" not in html
    assert "&lt;b&gt;&amp;" in html
    assert "&lt;i&gt;" in html
    source = Source(id="<a>", title="<script>alert(1)</script>", publisher="&", kind="own")
    assert "<script>" not in source._repr_html_()


def test_a_card_counts_what_does_not_fit() -> None:
    text = Card("many", [(f"row {n}", "x" * 500) for n in range(40)]).text()
    lines = text.splitlines()
    assert len(lines) == LINES
    assert lines[-1] == "  … and 32 more"
    assert max(map(len, lines)) == WIDTH


def test_what_defines_its_own_repr_keeps_it() -> None:
    class Mine(Frozen):
        a: int

        def __repr__(self) -> str:
            return "mine"

    assert repr(Mine(a=1)) == "mine"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "None"),
        (True, "True"),
        (1234567, "1234567"),
        (1234567.0, "1,234,567"),
        ("two\nlines", "'two lines'"),
        (date(2025, 6, 1), "2025-06-01"),
        (Path("a/b"), "a/b"),
        ((1,), "(1,)"),
        ([], "[]"),
        ([1], "[1]"),
        ((), "()"),
        ({1}, "{1}"),
        ({}, "{}"),
        ({"a": 1}, "{a: 1}"),
        ("x" * 72, f"'{'x' * 72}'"),
        ("x" * 73, f"'{'x' * 71}…'"),
        (np.zeros(3), "array[3]"),
        ({"a": (1, 2)}, "{a: (1, 2)}"),
        ({("a", 1): 2, 3: "b"}, "{('a', 1): 2, 3: 'b'}"),
        (np.float64(0.5), "0.5"),
        (np.array(3.0), "3"),
        (object(), "object"),
        (["a" * 32, "b" * 32], f"['{'a' * 32}', '{'b' * 32}']"),
        (["a" * 32, "b" * 33], f"['{'a' * 32}', … 2 in all]"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, 5]"),
        ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, … 6 in all]"),
    ],
)
def test_values_at_a_glance(value: object, told: str) -> None:
    assert glance(value) == told


def test_showing_never_changes_nor_costs_much(case: Case) -> None:
    assert len(repr(case)) < 1000
    assert len(case._repr_html_()) < 5000


@dataclass(frozen=True)
class Made(Shown):
    one: int
    other: int = 2
    many: list[int] = field(default_factory=list[int])
    none: str | None = None
    hidden: int = field(default=3, repr=False)


class Modelled(Shown, BaseModel):
    one: int
    other: int = 2
    many: list[int] = []
    none: str | None = None
    hidden: int = Field(3, repr=False)


@pytest.mark.parametrize("kind", [Made, Modelled])
def test_what_is_as_it_is_by_default_is_not_shown(kind: Any) -> None:
    assert repr(kind(one=1)) == f"{kind.__name__}(one=1)"
    assert repr(kind(one=1, none=None, other=2, many=[], hidden=4)) == f"{kind.__name__}(one=1)"
    told = "(one=2, other=3, many=[4], none='x')"
    assert repr(kind(one=2, other=3, many=[4], none="x")) == f"{kind.__name__}{told}"


@pytest.mark.parametrize(
    ("how", "given", "words"),
    [
        (number, (1e15,), "1e+15"),
        (number, (9.99e14,), "999,000,000,000,000"),
        (number, (1e-4,), "0.0001"),
        (number, (9.9e-5,), "9.9e-05"),
        (number, (-1234.5,), "-1,234"),
        (number, (1000.4,), "1,000"),
        (number, (999.5,), "999.5"),
        (number, (-3.0,), "-3"),
        (number, (12.4, 2), "12"),
        (number, (9.44, 2), "9.4"),
        (number, (float("nan"),), "nan"),
        (percent, (0.123456,), "12.35 %"),
        (percent, (-1e-6,), "0 %"),
        (percent, (12.5,), "1250 %"),
        (signed_percent, (0.001,), "+0.10 %"),
        (signed_percent, (-0.000995,), "-0.1 %"),
        (signed_percent, (1.001e-8,), "+1e-06 %"),
        (signed_percent, (-0.995e-8,), "0 %"),
        (million, (1000.0,), "+1,000 million USD"),
        (million, (999.6,), "+1,000 million USD"),
        (million, (-999.4,), "-999 million USD"),
        (million, (99.96,), "+100 million USD"),
        (million, (float("nan"),), "not known"),
        (million, (1.5, "tonnes"), "+1.5 tonnes"),
        (
            plural,
            (
                1,
                "party",
                "parties",
            ),
            "1 party",
        ),
        (
            plural,
            (
                1000,
                "party",
                "parties",
            ),
            "1,000 parties",
        ),
        (plural, (2, "bound"), "2 bounds"),
        (listing, ("ABCDE",), "A, B, C, D, E"),
        (listing, ("ABCDEF",), "A, B, C, D, E … (6)"),
        (
            columns,
            (
                "ABC",
                [1.0, -3.0, 2.0],
                number,
            ),
            "B -3, C 2, A 1",
        ),
        (thing, (2.5,), "2.5"),
    ],
)
def test_figures_and_names_in_words(how: Callable[..., str], given: tuple[Any, ...], words: str) -> None:
    assert how(*given) == words


@pytest.mark.parametrize(
    ("rows", "last"), [(0, "title"), (9, "  row 8   8"), (10, "  … and 2 more"), (11, "  … and 3 more")]
)
def test_ten_lines_are_shown_whole(rows: int, last: str) -> None:
    lines = Card("title", [(f"row {k}", str(k)) for k in range(rows)]).text().splitlines()
    assert (len(lines), lines[-1]) == (min(rows + 1, 10), last)


def test_values_stand_below_one_another_and_lines_have_a_hundred_characters() -> None:
    text = Card("t" * 101, [("long label", "v"), ("short", "w" * 85), ("", "w" * 86), ("none", "")]).text()
    assert text.splitlines() == [
        "t" * 99 + "…",
        "  long label   v",
        "  short        " + "w" * 85,
        "               " + "w" * 84 + "…",
        "  none",
    ]
    assert Card("t" * 100).text() == "t" * 100


@dataclass(frozen=True)
class Named(Shown):
    text: str
    other: str = ""


@dataclass(frozen=True)
class Numbered(Shown):
    size: int
    text: str = ""


class Bare(Shown):
    """No fields."""


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (Named("x" * 57), f"Named(text='{'x' * 57}')"),
        (Named("x" * 58), f"Named(text='{'x' * 58}')"),
        (Named("x" * 59), f"Named('{'x' * 59}', …)"),
        (Numbered(3, "x" * 70), "Numbered"),
        (Numbered(3), "Numbered(size=3)"),
        (Bare(), "Bare()"),
        (Range(1.0, 2.0, None, "percent", ("source",), True, "n"), None),
    ],
)
def test_what_shows_itself_inside_of_another(inside: Shown, told: str | None) -> None:
    assert glance([inside]) == f"[{told or inside.card().title}]"


def test_fields_stand_in_one_line_of_a_hundred_characters() -> None:
    fits, wide = Named("x" * 50, "y" * 26), Named("x" * 50, "y" * 27)
    line = f"Named(text='{'x' * 50}', other='{'y' * 26}')"
    assert (len(line), repr(fits)) == (100, line)
    assert repr(wide).splitlines() == ["Named", f"  text    '{'x' * 50}'", f"  other   '{'y' * 27}'"]
