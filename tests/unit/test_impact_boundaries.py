"""Where effects begin and end: duties that change nothing, products of which a part is here, ends of law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.measures import measure, register

from kosho.equilibrium import Shock
from kosho.errors import InputError
from kosho.impact import digital
from kosho.impact.applicable import _without_group, unknown_duties
from kosho.impact.coercion import Market
from kosho.impact.duty_parts import Laws
from kosho.impact.measure_effects import MeasureEffect
from kosho.impact.product_nests import counted, nest
from kosho.impact.reach import idle, same_duties
from kosho.law import Measure, Register
from kosho.law.narrow_products import Niche
from kosho.law.overlay import MeasureEnd, Overlay
from kosho.world import load, toy

CELL = ("USA", "JPN", "C29")


def test_rows_that_change_nothing_do_not_count() -> None:
    world = toy()
    held = float(world.tariff.sel(importer="JPN", exporter="USA", sector="A01"))
    assert held > 0
    alone = Shock.tariffs(world, {CELL: 0.25})
    two = Shock.tariffs(world, {CELL: 0.25, ("JPN", "USA", "A01"): held + 0.01})
    beside = two.remade(tariff=np.where(two.base_tariff == held, held, two.tariff))
    assert (len(alone), len(beside)) == (1, 2)
    assert same_duties(alone, beside)
    assert not same_duties(alone, Shock.tariffs(world, {CELL: 0.25, ("JPN", "USA", "A01"): held + 0.01}))
    assert not same_duties(alone, Shock.tariffs(world, {CELL: 0.24}))
    assert not same_duties(alone, Shock.none(world))


@pytest.mark.parametrize(("change", "theta"), [(-1.0, 4.0), (-1.5, 4.0), (0.1, 0.0), (0.1, -1.0)])
def test_trade_that_cannot_change_so_is_refused(change: float, theta: float) -> None:
    with pytest.raises(InputError, match="cannot change"):
        digital.cost_of_trade(change, theta)


@pytest.mark.parametrize(
    ("change", "theta", "cost"), [(-0.99, 1.0, 100.0), (3.0, 0.5, 0.0625), (0.0, 0.01, 1.0)]
)
def test_trade_that_can_change_so_has_a_cost(change: float, theta: float, cost: float) -> None:
    assert digital.cost_of_trade(change, theta) == pytest.approx(cost)


def _cited(value: float, unit: str) -> dict[str, object]:
    return {
        "value": value,
        "low": value / 2,
        "high": 2 * value,
        "unit": unit,
        "status": "assumption",
        "source": "own",
    }


def _niche(trade: dict[str, dict[str, object]], quantity: dict[str, dict[str, object]]) -> Niche:
    return Niche.model_validate(
        {
            "id": "corn",
            "title": "Corn",
            "name": "corn",
            "hs": ["1005"],
            "importer": "JPN",
            "sector": "A01",
            "theta": _cited(3.0, "elasticity"),
            "between": _cited(0.5, "elasticity"),
            "trade": trade,
            "quantity": quantity,
        }
    )


def test_a_product_is_what_its_sellers_that_are_here_sell() -> None:
    """One that the world has not, in the middle, ends nothing; shares are of the cell, quantities add up."""
    world = toy()
    sold = float(world.flows.sel(importer="JPN", exporter="USA", sector="A01"))
    trade = {
        "JPN": _cited(0.01, "share"),
        "KOR": _cited(5.0, "million USD"),
        "USA": _cited(sold / 4, "million USD"),
    }
    product = _niche(trade, {"KOR": _cited(7.0, "tonnes"), "USA": _cited(100.0, "tonnes")})
    found = nest(world, product)
    assert found.shares == pytest.approx({"JPN": 0.01, "USA": 0.25})
    assert (found.theta, found.between, found.sector) == (3.0, 0.5, "A01")
    assert [nest(world, product, end).theta for end in ("low", "high")] == [1.5, 6.0]
    assert [(one.exporter, one.importer, one.quantity) for one in counted(world, product)] == [
        ("USA", "JPN", 100.0)
    ]
    with pytest.raises(InputError, match="more than the table's cell"):
        nest(world, _niche({"USA": _cited(1.01 * sold, "million USD")}, {}))
    assert nest(world, _niche({"USA": _cited(sold, "million USD")}, {})).shares == pytest.approx({"USA": 1.0})


def test_an_end_is_one_where_the_measure_is_law_until_then() -> None:
    world, register, on = load(regions="talks", sectors="talks"), Register.load(), date(2025, 6, 29)
    law = next(one for one in register.in_force(on, on) if one.kind == "tariff" and one.imposer == "USA")
    offered = next(one for one in register.measures if one.stage not in ("in_force", "expired"))

    def why(measure: str, day: date) -> dict[str, str]:
        return idle(
            world, register, Overlay(title="x", end=(MeasureEnd(measure=measure, legal_from=day),)), on, on
        )

    assert why(law.id, on) == {}
    assert "after 2025-06-29" in why(law.id, date(2025, 6, 30))[law.id]
    assert "it is not law" in why(offered.id, on)[offered.id]


@pytest.mark.parametrize(
    "groups", [{"sectors": {"ALL": ("A01", "C29")}}, {"regions": {"JPN": ("JPN",), "XX": ("USA", "CHN")}}]
)
def test_a_share_of_a_sellers_trade_is_less_of_a_cell_that_holds_more(
    groups: dict[str, dict[str, tuple[str, ...]]],
) -> None:
    fine = toy()
    world = fine.aggregate(**groups)
    (sector,) = (world.sectors[j] for j in world.law_cells.holding("A01"))
    product = _niche({"JPN": _cited(0.05, "share"), "USA": _cited(0.1, "share")}, {})
    assert nest(fine, product).shares == pytest.approx({"JPN": 0.05, "USA": 0.1})
    found = nest(world, product).shares
    here = {code: world.countries[world.law_cells.place[code]] for code in ("JPN", "USA")}
    for code, share in (("JPN", 0.05), ("USA", 0.1)):
        sold = float(fine.flows.sel(importer="JPN", exporter=code, sector="A01"))
        cell = float(world.flows.sel(importer="JPN", exporter=here[code], sector=sector))
        assert found[here[code]] == pytest.approx(share * sold / cell)


@pytest.mark.parametrize(("changes", "missing"), [({"importer": "KOR"}, "KOR"), ({"sector": "C30"}, "C30")])
def test_a_product_is_refused_by_what_the_world_lacks(changes: dict[str, str], missing: str) -> None:
    with pytest.raises(InputError, match=f"corn: the world has no {missing}"):
        nest(toy(), _niche({"USA": _cited(0.1, "share")}, {}).model_copy(update=changes))


def cut(kind: str = "cut", sectors: tuple[str, ...] = ("A01", "C29"), partner: str = "USA") -> Measure:
    """Of Japan's ordinary duty on goods of one partner, or of all of them."""
    aimed = {"include": [partner]}
    return measure(id="x", kind=kind, imposer="JPN", partners=aimed, scope={"sectors": sectors}, value=50)


@pytest.mark.parametrize(
    ("one", "cells", "told"),
    [
        (cut(), (), ()),
        (cut(), (("JPN", "USA", "A01"),), ("JPN A01",)),
        (cut(), (("JPN", "USA", "C29"),), ("JPN C29",)),
        (cut("bind"), (("JPN", "USA", "C29"),), ("JPN C29",)),
        (cut("tariff"), (("JPN", "USA", "C29"),), ()),
        (cut(), (("JPN", "USA", "A01"), ("JPN", "USA", "C29")), ("JPN (all)",)),
        (cut(sectors=("A01",)), (("JPN", "USA", "A01"),), ("JPN (all)",)),
        (cut(sectors=("A01",)), (("JPN", "USA", "C29"),), ()),
        (cut(partner="CHN"), (("JPN", "USA", "A01"),), ()),
        (cut(partner="JPN"), (("JPN", "JPN", "A01"),), ()),
        (cut(partner="USA"), (("USA", "JPN", "A01"), ("CHN", "USA", "A01")), ()),
    ],
)
def test_of_a_cut_it_is_told_where_the_duty_that_it_cuts_is_not_known(
    one: Measure, cells: tuple[tuple[str, str, str], ...], told: tuple[str, ...]
) -> None:
    world = toy()
    assert unknown_duties(replace(world, unknown_tariff=None), register(one), one) == ()
    mask = np.zeros(world.flows.shape, bool)
    for importer, exporter, sector in cells:
        mask[world.position(importer), world.position(exporter), world.sector_position(sector)] = True
    unsure = replace(world, unknown_tariff=world.flows.astype(bool).copy(data=mask))
    assert unknown_duties(unsure, register(one), one) == told


@pytest.mark.parametrize(
    ("prefixes", "left"),
    [(["8703"], []), (["0101", "8703", "0102"], ["0101", "0102"]), (["0101"], ["0101"])],
)
def test_headings_that_no_product_group_touches_are_told(
    prefixes: list[str], left: list[str], law: Register
) -> None:
    one = measure(id="x", scope={"hs": {"edition": "HS 2022", "prefixes": prefixes}})
    assert _without_group(law.with_overlay(Overlay(title="x", add=(one,))), one) == left


def test_concessions_of_the_base_year_are_no_change_unless_they_go_on_in_steps() -> None:
    held, other = cut(), measure(id="other")
    laws = Laws(register(held, other), [held, other], [(0.25, [held]), (0.75, [other, held])])
    kept = laws.without_concessions_of_base()
    assert [one.id for one in kept.new] == ["other"]
    assert [(weight, [one.id for one in law]) for weight, law in kept.base] == [(0.25, []), (0.75, ["other"])]
    later = Laws(laws.register, laws.new, [(1.0, [other])])
    assert later.without_concessions_of_base() is later
    further = Laws(laws.register, [held, other], [(1.0, [held.as_reached(0.5)])])
    with pytest.raises(InputError, match="goes on in steps") as caught:
        further.without_concessions_of_base()
    assert len(caught.value.problems) == 1


def test_a_destination_that_bought_nothing_buys_nothing() -> None:
    replay = Market({"home": 60.0, "none": 0.0, "away": 40.0}, 0.8, 0.3).clear({"away": 0.5})
    assert replay.quantities["none"] == 0.0
    assert replay.quantities["away"] == pytest.approx(20.0)


def test_a_card_says_why_a_measure_is_left_out_only_where_it_is() -> None:
    one = measure()
    assert [row for row in MeasureEffect(one, left_out="why").card().rows if row[0] == "left out"]
    assert "left out" not in [row[0] for row in MeasureEffect(one).card().rows]
