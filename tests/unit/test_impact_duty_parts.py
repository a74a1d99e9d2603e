"""How a cell of imports falls into parts, and what each bore in the base year."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.measures import figure, measure, register

from kosho.impact.duty_parts import Laws, _Cell
from kosho.law.product_groups import Product
from kosho.law.scope import Preference

PARTNERS = ["JPN", "CHN"]
CARS, REST = Product("C29", "cars"), Product("C29")


def cell(rate: list[float], products: Any = None) -> Any:
    laws = SimpleNamespace(register=SimpleNamespace(products=products))
    return _Cell(laws, "USA", "C29", PARTNERS, {}, np.ones(2), np.array(rate), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "own", "share", "parts"),
    [
        (0.1875, 0.125, 0.5, (0.125, 0.25)),
        (0.0625, 0.125, 0.5, (0.125, 0.0)),  # nothing is left for the rest
        (0.05, 0.125, 0.5, (0.05, 0.05)),  # less than nothing would be
        (0.5625, 0.125, 0.5, (0.125, 1.0)),
        (0.57, 0.125, 0.5, (0.57, 0.57)),  # the rest would bear more than all
        (0.1875, 0.125, 1.0, (0.1875, 0.1875)),  # there is no rest
        (0.1875, None, 0.5, (0.1875, 0.1875)),
    ],
)
def test_a_group_has_its_own_rate_and_the_rest_what_is_left_of_the_cells(
    rate: float, own: float | None, share: float, parts: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def own_rate(_self: _Cell, slot: Product, before: Any) -> Any:
        return None if own is None or slot.group is None else own + before

    monkeypatch.setattr(_Cell, "_own_rate", own_rate)
    shares = [np.full(2, share), np.full(2, 1.0 - share)]
    found = cell([rate, 0.16])._bases([CARS, REST], shares, [np.zeros(2), np.zeros(2)])
    assert [one[0] for one in found] == pytest.approx(list(parts))
    both = sum(of * one for of, one in zip(shares, found, strict=True))
    assert list(both) == pytest.approx([rate, 0.16])  # the revenue of the cell is what it was


@pytest.mark.parametrize(
    ("group", "given", "preference", "rate"),
    [
        (None, 2.5, "none", None),
        ("cars", None, "none", None),
        ("cars", 2.5, "none", 0.025 + 0.2),
        ("cars", 2.5, "usmca", 0.2),
    ],
)
def test_a_groups_own_rate_is_its_ordinary_duty_and_the_layers_of_the_base_year(
    group: str | None, given: float | None, preference: Preference, rate: float | None
) -> None:
    products = SimpleNamespace(
        mfn=lambda _group, _importer: None if given is None else figure(given, "percent")
    )
    found = cell([0.1, 0.1], products)._own_rate(Product("C29", group, preference), np.full(2, 0.2))
    assert (None if found is None else found.tolist()) == (
        None if rate is None else pytest.approx([rate, rate])
    )


def test_what_no_group_covers_is_the_rest_and_never_less_than_nothing() -> None:
    covered = {("cars", "JPN"): 0.7, ("parts", "JPN"): 0.2, ("cars", "CHN"): 0.8, ("parts", "CHN"): 0.6}

    def coverage(group: str, _importer: str, partner: str) -> Any:
        return None if (group, partner) == ("vans", "CHN") else figure(covered.get((group, partner), 0.05))

    slots = [(Product("C29", name), np.array([1.0, 0.5])) for name in ("cars", "parts", "vans")]
    slots.append((REST, np.ones(2)))
    found = cell([0.1, 0.1], SimpleNamespace(coverage=coverage))._shares(slots)
    assert [one.round(9).tolist() for one in found] == [[0.7, 0.4], [0.2, 0.3], [0.05, 0.0], [0.05, 0.0]]


def test_preferences_that_some_partners_claim_are_shares_of_their_trade() -> None:
    claims = {"JPN": {"none": 1.0}, "CHN": {"usmca": 0.25, "none": 0.75}}
    products = SimpleNamespace(claimed=lambda _importer, partner, _product: claims[partner])
    found = cell([0.1, 0.1], products)._claims(REST)
    assert {name: one.tolist() for name, one in found.items()} == {"none": [1.0, 0.75], "usmca": [0.0, 0.25]}


@pytest.mark.parametrize(
    ("scopes", "touched"),
    [
        ([], set()),
        ([{"sectors": ["C29"]}], {"C29"}),
        ([{"sectors": ["G"]}], set()),  # no goods
        ([{"sectors": ["C29"]}, {"sectors": ["A01"]}], {"C29", "A01"}),
    ],
)
def test_an_importers_sectors_are_touched_where_a_measure_acts_in_them(
    scopes: list[dict[str, Any]], touched: set[str]
) -> None:
    measures = [measure(id=f"m{k}", scope=scope) for k, scope in enumerate(scopes)]
    laws = Laws(register(*measures), measures[:1], [(1.0, measures[1:])])
    assert laws.touched("USA") == touched
    everything = measure(id="all", scope={"goods": True})
    found = Laws(laws.register, [*laws.new, everything], laws.base).touched("USA")
    assert {"C29", "A01", "C20"} <= found
    assert "G" not in found
    groups = {"g": SimpleNamespace(sector="C20", coverage=[SimpleNamespace(importer="USA")])}
    apart = SimpleNamespace(products=SimpleNamespace(groups=groups))
    grouped = Laws(apart, laws.new, laws.base)  # type: ignore[arg-type]
    assert (grouped.touched("USA"), grouped.touched("JPN")) == (touched | {"C20"}, touched)


def test_the_part_that_one_economy_imposes() -> None:
    mine, other = measure(id="mine"), measure(id="other", imposer="JPN")
    laws = Laws(register(mine, other), [other, mine], [(0.5, [mine]), (0.5, [other])])
    found = laws.of("USA")
    assert [one.id for one in found.new] == ["mine"]
    assert [(weight, [one.id for one in law]) for weight, law in found.base] == [(0.5, ["mine"]), (0.5, [])]
    assert [one.id for one in laws.measures()] == ["other", "mine", "mine", "other"]


def test_goods_that_are_otherwise_free_bear_a_whole_floor_and_every_duty_on_top() -> None:
    floor, duty = measure(id="floor", kind="floor", value=15), measure(id="duty", authority="b", value=10)
    laws = Laws(register(floor, duty), [floor, duty], [])
    aimed: dict[str, list[float | None]] = {"floor": [0.15, None], "duty": [0.1, 0.1]}
    one = _Cell(laws, "USA", "C29", PARTNERS, aimed, np.ones(2), np.zeros(2), {})
    alone, both = one._piled([floor]), one._piled([floor, duty])
    assert alone.above_nothing.tolist() == pytest.approx([0.15, 0.0])
    assert both.above_nothing.tolist() == pytest.approx([0.25, 0.1])
    assert both.rests_on_ordinary.tolist() == [True, False]
    assert one._piled([]).above_nothing.tolist() == [0.0, 0.0]
