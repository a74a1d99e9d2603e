"""Where effects begin and end: duties that change nothing, products of which a part is here, ends of law."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kosho.equilibrium import Shock
from kosho.errors import InputError
from kosho.impact import digital
from kosho.impact.product_nests import counted, nest
from kosho.impact.reach import idle, same_duties
from kosho.law import Register
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
