"""Sums and means of tables where there is nothing to weigh by, and at the bounds of what counts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kosho.errors import InputError, Problems
from kosho.world.aggregate import grouped
from kosho.world.calibrate import Economy, input_shares
from kosho.world.concordances import recognised
from kosho.world.economy import PhysicalFlow, TradeWeights
from kosho.world.elasticities import trade_weights
from kosho.world.factors import _fits
from kosho.world.law_cells import LawCells
from kosho.world.loading import _meta, exact
from kosho.world.notes import below_zero
from kosho.world.readers.by_pymrio import EXIOBASE, Database, _unit, _variant
from kosho.world.readers.sales import Sales
from kosho.world.store import IOTable

NONE: Any = None


def test_inputs_are_scaled_to_what_is_bought_and_left_where_nothing_is_used() -> None:
    inter = np.zeros((2, 2, 2))
    inter[0, :, 0] = 3.0, 1.0
    inter[1, 0, 1] = 6.0
    inputs = np.array([[[1.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 3.0]]])
    made = exact(IOTable(("A", "B"), ("X", "Y"), inter, inputs, np.ones((2, 2))))
    assert made.inputs.tolist() == [[[2.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [1.5, 4.5]]]


def test_what_a_table_does_not_say_of_itself_is_what_is_usual() -> None:
    plain = _meta({}, ())
    assert (plain.name, plain.year, plain.unit, plain.classification) == ("", None, "million USD", "ICIO")
    said = {
        "unit": "x",
        "classification": "GTAP",
        "regions": {"R": ["A"]},
        "icio_sectors": {"S": ["B"]},
        "adjustments": ["a"],
    }
    told = _meta({**said, "assumptions": ["b"], "sector_weights": {"S": {"B": 1.0}}}, ("c",))
    assert (told.unit, told.classification, told.regions, told.sectors) == (
        "x",
        "GTAP",
        {"R": ("A",)},
        {"S": ("B",)},
    )
    assert (told.adjustments, told.assumptions, told.estimated) == (("a",), ("b",), ("c",))


@pytest.mark.parametrize(
    ("abroad", "home", "shares"),
    [
        ([3.0, 1.0], [0.0, 8.0], [0.75, 0.25]),
        ([0.0, 0.0], [2.0, 8.0], [0.2, 0.8]),
        ([0.0, 0.0], [0.0, 0.0], [0.5, 0.5]),
        ([0.0, 1.0], [9.0, 0.0], [0.0, 1.0]),
    ],
)
def test_a_sector_is_weighed_by_its_trade_else_its_sales_else_alike(
    abroad: list[float], home: list[float], shares: list[float]
) -> None:
    flows = np.zeros((3, 3, 3))
    flows[0, 2, :2], flows[0, 1, :2], flows[2, 2, 2] = abroad, home, 1.0  # the first two are one region
    cells = LawCells(
        ("A", "B", "C"), ("P", "Q", "R"), np.array([0, 0, 1]), np.array([0, 0, 1]), flows, 0.0 * flows
    )
    assert trade_weights(cells, 2).tolist() == [*shares, 1.0]


@pytest.mark.parametrize(
    ("trade", "home", "mean"),
    [([3.0, 1.0], [5.0, 5.0], 4.5), ([0.0, 0.0], [1.0, 3.0], 5.5), ([0.0, 0.0], [0.0, 0.0], 5.0)],
)
def test_a_mean_of_sectors_is_by_trade_else_by_sales_else_plain(
    trade: list[float], home: list[float], mean: float
) -> None:
    flows = np.zeros((2, 2, 3))
    flows[0, 1, :2], flows[1, 1, :2], flows[..., 2] = trade, home, 1.0
    of = grouped(None, {"T": ("A", "B"), "C": ("C",)}, ("N", "M"), ("A", "B", "C"))
    assert of.theta(flows, np.array([4.0, 6.0, 7.0])).tolist() == [mean, 7.0]


@pytest.mark.parametrize(
    ("value", "part", "kept"),
    [
        (99.0, None, True),
        (98.9, None, False),
        (1.0, "cars", True),
    ],
)
def test_a_quantity_stands_for_a_cell_that_it_covers(value: float, part: str | None, *, kept: bool) -> None:
    of = grouped({"N": ("A", "B"), "M": ("C",)}, None, ("A", "B", "C"), ("X",))
    flows, new = np.zeros((3, 3, 1)), np.zeros((2, 2, 1))
    flows[0, 2], flows[1, 2], new[0, 1] = value, 0.0, 100.0
    units = [
        (PhysicalFlow("C", "A", "X", 3.0, "t", part, "mine"), (0, 2, 0)),
        (PhysicalFlow("C", "B", "X", 4.0, "t", part), (1, 2, 0)),
    ]
    found, notes = of.units(units, flows, new)
    assert found == ((PhysicalFlow("M", "N", "X", 7.0, "t", part, "mine"),) if kept else ())
    assert len(notes) == (not kept)
    inside = (PhysicalFlow("A", "B", "X", 3.0, "t", part), (1, 0, 0))
    assert of.units([inside], flows, new)[0] == ()


@pytest.mark.parametrize(("lost", "unknown"), [(0.5, False), (0.51, True)])
def test_a_cell_is_not_known_of_which_most_is_not(lost: float, unknown: bool) -> None:
    of = grouped({"N": ("A", "B"), "M": ("C",)}, None, ("A", "B", "C"), ("X",))
    flows, mask = np.zeros((3, 3, 1)), np.zeros((3, 3, 1), bool)
    flows[0, 2], flows[1, 2] = lost, 1.0 - lost
    mask[0, 2] = mask[0, 1] = mask[1, 0] = True
    assert of.unknown(mask, flows).tolist() == [[[False], [unknown]], [[False], [False]]]


@pytest.mark.parametrize(
    ("economies", "sectors", "found"),
    [
        (("A", "B"), ("X", "Y"), [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
        (("B", "C", "A"), ("Y",), [[[7], [0], [5]], [[0], [0], [0]], [[3], [0], [1]]]),
        (("A",), ("Z", "X"), [[[0, 0]]]),
        (("C",), ("X",), [[[0]]]),
        (("A",), ("Z",), [[[0]]]),
    ],
)
def test_trade_of_others_is_by_label(economies: tuple[str, ...], sectors: tuple[str, ...], found: Any) -> None:
    weights = TradeWeights("mine", ("A", "B"), ("X", "Y"), np.arange(8.0).reshape(2, 2, 2))
    assert weights.among(economies, sectors).tolist() == found


@pytest.mark.parametrize(("share", "capped"), [(0.98, False), (0.981, True), (1.5, True)])
def test_inputs_take_so_much_of_output_and_no_more(share: float, capped: bool) -> None:
    flows = np.array([[[100.0], [0.0]], [[0.0], [50.0]]])
    gamma, notes = input_shares(
        Economy(("A", "B"), ("X",), flows, np.array([[[100.0 * share]], [[10.0]]])), 0.0 * flows
    )
    assert gamma[:, 0, 0].tolist() == pytest.approx([min(share, 0.98), 0.2])
    assert len(notes) == capped
    rates = np.zeros_like(flows)
    rates[1, 1] = 0.5  # as if what it buys bore one
    taxed, _ = input_shares(Economy(("A", "B"), ("X",), flows, np.array([[[10.0]], [[10.0]]])), rates)
    assert taxed[:, 0, 0].tolist() == pytest.approx([0.1, 0.3])


@pytest.mark.parametrize("number", [5, 6])
def test_five_sales_below_zero_are_named(number: int) -> None:
    told = below_zero([(-float(k), f"S{k}") for k in range(1, number + 1)], number, -99.0)
    assert told.endswith(", ".join(f"S{k} (-{k})" for k in range(number, number - 5, -1)))


@pytest.mark.parametrize("number", [8, 9])
def test_eight_sectors_that_the_nearest_classification_lacks_are_named(number: int) -> None:
    with pytest.raises(InputError) as caught:
        recognised(("C29", "C26", *(f"odd{k}" for k in range(number))))
    assert caught.value.problems[0].message.endswith(f"without {', '.join(f'odd{k}' for k in range(8))}")


@pytest.mark.parametrize("scale", [1.0, 0.001])
@pytest.mark.parametrize(("sold", "kept"), [(0.9e-6, False), (1.1e-6, True), (0.0, None)])
def test_a_flow_below_a_dollar_a_year_is_no_trade(sold: float, kept: bool | None, scale: float) -> None:
    sales = Sales(("A", "B"), ("X",), ("HFCE", "GFCF"), scale=scale, formation="GFCF")
    for k in (0, 1):
        bought = np.array([[3.0, 1.0], [3.0, 1.0]])
        if k:
            bought[0] = [sold / scale, 0.0]
        sales.take(k, 0, np.array([[k + 1.0], [2.0]]) * (1 - k), bought)
    table = sales.table({"adjustments": ["before"]})
    assert table.final is not None
    assert table.final[0, 1, 0] == pytest.approx(sold if kept else 0.0)
    dust = [note for note in table.meta["adjustments"] if "less than a dollar" in note]
    assert dust == (["1 flow of less than a dollar a year set to zero"] if kept is False else [])
    assert [note for note in table.meta["adjustments"] if "times" in note] == (
        [] if scale == 1.0 else ["values of the file times 0.001"]
    )
    assert table.meta["adjustments"][0] == "before"
    assert table.intermediate[..., 0].tolist() == [[1.0 * scale, 0.0], [2.0 * scale, 0.0]]
    assert table.inputs[..., 0].tolist() == [[1.0 * scale], [2.0 * scale]]
    assert (None if table.investment is None else table.investment.tolist()) == [[1.0 * scale], [2.0 * scale]]


def test_economies_that_sell_nothing_or_buy_nothing_are_all_told() -> None:
    sales = Sales(("A", "B", "C"), ("X",), ("HFCE",))
    sales.take(0, 0, np.zeros((3, 1)), np.array([[3.0], [2.0], [0.0]]))
    sales.take(2, 0, np.zeros((3, 1)), np.array([[3.0], [2.0], [0.0]]))
    with pytest.raises(InputError) as caught:
        sales.table({})
    assert [one.message for one in caught.value.problems] == ["B sells nothing", "C has no final demand"]
    problems = Problems()
    sales.check("r", 1.0, 1.0, problems)
    assert not problems.found


@pytest.mark.parametrize(
    ("number", "name"),
    [(163, "exiobase-ixi"), (169, "exiobase-ixi"), (170, "exiobase-pxp"), (200, "exiobase-pxp")],
)
def test_exiobase_is_by_products_where_it_has_many(number: int, name: str) -> None:
    assert _variant(EXIO, [str(k) for k in range(number)]) == name
    assert _variant(Database("e", NONE, {}, "eora26"), [str(k) for k in range(number)]) == "eora26"


EXIO = Database("exiobase3", NONE, {}, "exiobase", "M.EUR")


@pytest.mark.parametrize(
    ("unit", "own", "found"),
    [
        (["M.USD"], None, 1.0),
        (["thousand US dollars"], "M.USD", 1e-3),
        ([], "000 USD", 1e-3),
        (None, "bill USD", 1e3),
        (None, None, "is in 0 units: none"),
        (["M.USD", "tonnes"], None, "is in 2 units: M.USD, tonnes"),
        (["USD"], None, "its unit 'USD' is none that is known"),
        (["M.JPY"], None, "its unit 'M.JPY' is none that is known"),
    ],
)
def test_a_system_says_its_unit_or_its_database_does(
    unit: list[str] | None, own: str | None, found: float | str
) -> None:
    system = SimpleNamespace(unit=None if unit is None else pd.DataFrame({"unit": unit}))
    database = Database("mine", NONE, {}, unit=own)
    if not isinstance(found, str):
        assert _unit(system, database, 2019, {}, Path("t")) == (found, [])
        return
    with pytest.raises(InputError) as caught:
        _unit(system, database, 2019, {}, Path("t"))
    assert caught.value.problems[0].message == found


def test_an_industry_is_part_of_the_sectors_that_hold_its_codes() -> None:
    assert EXIOBASE.settings["usd-per-eur"]
    meta = SimpleNamespace(sector_weights={"M": {"C29": 3.0, "G": 1.0}})
    finest: Any = SimpleNamespace(sectors=("M", "C29", "P", "Q"), meta=meta)
    inside = [("C29", "G"), ("C29",), ("C301", "C302T309", "G", "K"), ("Q",)]
    cars, none = _fits(["c15", "c29"], finest, inside).tolist()
    assert cars == [3.0, 1.0, 0.5, 0.0]
    assert none == [1.0, 1.0, 1.0, 1.0]  # no sector of the table is of real estate
