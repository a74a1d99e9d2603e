"""One package in SMART, CES and GSIM: each equals its kernel, and each says what it lacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.language import use
from kosho.lines import (
    LinearMarket,
    LineElasticities,
    LineTable,
    PartialSettings,
    gsim,
    line_elasticities,
    line_table,
    linear_market,
    nested_ces,
    partial_answer,
    smart,
    world_trade,
)

ROWS = [
    ("USA", "JPN", "870323", 40.0, 1.0),
    ("USA", "KOR", "870323", 30.0, 0.0),
    ("AUS", "JPN", "870323", 10.0, 0.5),
    ("AUS", "CHN", "870323", 5.0, None),
    ("KOR", "USA", "870323", 4.0, 0.32),
]


@cache
def all_trade() -> pl.DataFrame:
    """Made when it is asked for: threads of Polars do not outlive a fork."""
    return pl.DataFrame(ROWS, schema=["importer", "exporter", "hs", "value", "duty"], orient="row")


@cache
def of_usa() -> LineTable:
    return line_table(all_trade(), "USA")


@cache
def elasticities() -> LineElasticities:
    return line_elasticities(of_usa().codes, "USA")


FREE = np.zeros((1, 2))


def test_smart_and_ces_are_their_kernels() -> None:
    given = of_usa().imports, of_usa().paid, FREE
    eta, sigma = elasticities().demand, elasticities().substitution
    plain = smart(*given, demand=eta, substitution=sigma)
    told = partial_answer(of_usa(), FREE, elasticities())
    assert told.figures["welfare"].sum() == pytest.approx(plain.totals.welfare)
    assert told.figures["diversion"].sum() == pytest.approx(plain.totals.diversion)
    exact = nested_ces(
        of_usa().imports * (1 + of_usa().paid), of_usa().paid, FREE, lower=sigma, demand=eta, supply=3.0
    )
    told = partial_answer(of_usa(), FREE, elasticities(), PartialSettings("ces", supply=3.0))
    assert told.figures["welfare"] == pytest.approx(exact.welfare)
    assert told.figures["exporter_surplus"].sum() == pytest.approx(exact.producer_surplus.sum())
    assert told.sold[of_usa().partner("JPN")] > 0 > told.sold[of_usa().partner("KOR")]


def test_gsim_clears_what_all_importers_buy() -> None:
    everybody = world_trade(all_trade(), of_usa())
    assert everybody.exporters == ("JPN", "KOR", "CHN", "USA")
    assert everybody.importers == ("USA", "AUS", "KOR")
    assert everybody.assumed_free == ("AUS",)  # what it took from China is not known
    assert everybody.rate[0, 0, 1] == pytest.approx(0.05)
    told = partial_answer(of_usa(), FREE, elasticities(), PartialSettings("gsim", supply=1.5, trade=everybody))
    value, old = np.zeros((1, 4, 3)), np.zeros((1, 4, 3))
    value[0, :2, 0] = 40, 30
    value[0, 0, 1], value[0, 2, 1], value[0, 3, 2] = 10, 5, 4
    old[0, 0, 0], old[0, 0, 1], old[0, 3, 2] = 1 / 40, 0.05, 0.08
    new = old.copy()
    new[0, 0, 0] = 0.0
    by_hand = gsim(value, old, new, demand=-1.25, supply=1.5, substitution=elasticities().substitution[:, None])
    assert told.figures["revenue"].sum() == pytest.approx(by_hand.revenue[0, 0])
    assert told.figures["welfare"].sum() == pytest.approx(
        by_hand.revenue[0, 0] + by_hand.consumer_surplus[0, 0]
    )
    assert by_hand.world_price[0, 0] > 0  # Japan's price rises, and Australia's buyers pay it


def test_a_flow_that_two_report_is_counted_once() -> None:
    twice = pl.concat([
        all_trade().with_columns(basis=pl.lit("import")),
        all_trade().filter(pl.col("importer") != "USA").with_columns(pl.lit("export").alias("basis")),
    ])  # fmt: skip
    found = world_trade(twice, line_table(twice, "USA"))
    assert found.value.sum() == pytest.approx(sum(row[3] for row in ROWS))
    once = pl.concat([
        twice.filter(basis="import").filter((pl.col("importer") == "USA") | (pl.col("exporter") == "JPN")),
        twice.filter(pl.col("basis") == "export").with_columns(pl.col("value") * 2.0),
    ])  # fmt: skip
    found = world_trade(once, line_table(once, "USA"))
    told = sum(row[3] * (1.0 if row[0] == "USA" or row[1] == "JPN" else 2.0) for row in ROWS)
    assert found.value.sum() == pytest.approx(told)  # what no buyer counted, the seller did


def test_gsim_refuses_what_it_cannot_do() -> None:
    with pytest.raises(InputError, match="USA alone"):
        world_trade(all_trade().filter(pl.col("importer") == "USA"), of_usa())
    everybody = world_trade(all_trade(), of_usa())
    with pytest.raises(InputError, match=r"too large for GSIM.* line 870323 "):
        partial_answer(
            of_usa(), np.array([[5.0, 0.0]]), elasticities(), PartialSettings("gsim", trade=everybody)
        )


KERNELS = (
    lambda supply, after: smart([[4.0, 2.0]], 0.1, after, demand=-1, substitution=2, supply=supply),
    lambda supply, after: nested_ces([[4.0, 2.0]], 0.1, after, lower=2, supply=supply),
    lambda supply, after: gsim([[0, 4], [2, 0]], 0.1, after, demand=-1, substitution=2, supply=supply),
)


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_tell_what_they_are_given_wrong_alike(kernel: Callable[[Any, Any], object]) -> None:
    with pytest.raises(InputError) as found:
        kernel(2.0, [0.0] * 5)
    assert [(one.key, "does not fit" in one.message) for one in found.value.problems] == [("after", True)]
    with pytest.raises(InputError) as found:
        kernel(-1.0, -2.0)
    assert {(one.key or "").partition("[")[0] for one in found.value.problems} == {"after", "supply"}
    assert all("[0, 0" in (one.key or "") for one in found.value.problems[:1])
    with use("ja"), pytest.raises(InputError) as found:
        kernel(-1.0, 0.0)
    assert all(one.hint and "infinite" not in one.hint for one in found.value.problems)


@pytest.mark.parametrize("model", ["smart", "ces", "gsim"])
def test_the_command_says_which_model(model: str, tmp_path: Path) -> None:
    trade, package = tmp_path / "trade.csv", tmp_path / "package.csv"
    all_trade().with_columns(pl.col("value", "duty") * 1e6).write_csv(trade)
    package.write_text("hs,partner,rate\n8703,JPN,0\n", encoding="utf-8")
    words = f"lines price {package} --importer USA --trade {trade} --world talks --model {model} --supply 2"
    found = CliRunner().invoke(app, [*words.split(), "--json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["partial"]["model"] == model
    assert told["partial"]["exporters"]["JPN"] > 0
    assert told["assumed"]["free_elsewhere"] == (["AUS"] if model == "gsim" else [])
    assert told["partial"]["welfare"] == pytest.approx(sum(one["welfare"] for one in told["lines"]))


@pytest.mark.parametrize("foreign", [0.75, 3.0])
@pytest.mark.parametrize(("rate", "specific"), [(0.02, 0.0), (0.0, 10.0), (0.02, 10.0), (-0.05, 0.0)])
def test_a_linear_market_clears_with_the_rest_of_the_world(
    foreign: float, rate: float, specific: float
) -> None:
    market = LinearMarket(350.0, 112.5, 75.0, -0.25, 0.5, foreign)
    found = linear_market(market, rate=rate, specific=specific)
    rise = found.price - 350.0
    assert found.price == pytest.approx(found.border_price * (1 + rate) + specific)
    assert found.imports == pytest.approx(37.5 - 0.75 * rise)
    assert found.imports == pytest.approx(37.5 + foreign * (found.border_price - 350.0))
    assert found.revenue == pytest.approx((found.price - found.border_price) * found.imports)
    assert found.welfare == pytest.approx(found.terms_of_trade - found.deadweight_loss)


@pytest.mark.parametrize(("foreign", "border"), [(0.75, 300.0), (float("inf"), 350.0)])
def test_a_prohibitive_tariff_stops_trade_at_the_price_without_it(foreign: float, border: float) -> None:
    found = linear_market(LinearMarket(350.0, 112.5, 75.0, -0.25, 0.5, foreign), specific=1000.0)
    assert (found.price, found.border_price, found.imports, found.revenue) == (400.0, border, 0.0, 0.0)
    assert found.demand == found.supply == 100.0


@pytest.mark.parametrize(("exporters", "importers"), [(2, 3), (3, 2), (4, 1), (1, 4)])
def test_gsim_sells_what_is_supplied_and_buys_what_is_asked_for(exporters: int, importers: int) -> None:
    chance = np.random.default_rng(3)
    trade = chance.uniform(1.0, 9.0, (2, exporters, importers))
    before, after = chance.uniform(0.0, 0.3, (2, *trade.shape))
    supply = chance.uniform(0.5, 3.0, (2, exporters))
    supply[1, 0] = np.inf
    found = gsim(trade, before, after, demand=-1.2, supply=supply, substitution=4.0)
    sold = (trade * found.quantity).sum(axis=2) / trade.sum(axis=2)
    finite = np.isfinite(supply)
    np.testing.assert_allclose(sold[finite], supply[finite] * found.world_price[finite], atol=1e-12)
    np.testing.assert_allclose(found.output, sold, atol=1e-12)
    assert found.world_price[1, 0] == pytest.approx(0.0, abs=1e-15)
    assert (found.quantity[1, 0] != 0.0).all()
    at_home = trade * (1 + before)
    wanted = -1.2 * (at_home * (found.world_price[:, :, None] + (1 + after) / (1 + before) - 1)).sum(axis=1)
    bought = (at_home * found.quantity).sum(axis=1)
    np.testing.assert_allclose(bought / at_home.sum(axis=1), wanted / at_home.sum(axis=1), atol=1e-12)


@pytest.mark.parametrize("by", ["line and partner", "line", "partner"])
def test_smart_takes_an_elasticity_of_supply_by_line_and_by_partner(by: str) -> None:
    """Without substitution every flow is a market of its own."""
    imports = np.array([[4.0, 2.0, 1.0], [5.0, 0.0, 3.0], [7.0, 1.0, 2.0]])
    every = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, np.inf]])
    given = {"line and partner": every, "line": every[:, 0], "partner": every[:1]}[by]
    each = np.broadcast_to(given[:, None] if by == "line" else given, (3, 3))
    cut = {"demand": -1.5, "substitution": 0.0}
    found = smart(imports, 0.2, 0.1, **cut, supply=given)
    for k, p in np.ndindex(3, 3):
        alone = smart([[imports[k, p]]], 0.2, 0.1, **cut, supply=each[k, p])
        for name in ("imports_after", "revenue", "consumer_surplus", "exporter_gain"):
            assert getattr(found, name)[k, p] == pytest.approx(getattr(alone, name)[0, 0]), (name, k, p)


@pytest.mark.parametrize(
    ("name", "fits", "wrong"),
    [
        ("trade", (0.0, 0.5), -0.1),
        ("before", (-0.99, 0.0), -1.0),
        ("after", (-0.99, 0.0), -1.0),
        ("demand", (0.0, -0.5), 0.1),
        ("supply", (0.0, 0.5, float("inf")), -0.1),
        ("substitution", (0.0, 0.5), -0.1),
    ],
)
def test_figures_of_world_markets_are_of_the_sign_that_they_can_be(
    name: str, fits: tuple[float, ...], wrong: float
) -> None:
    usual: dict[str, Any] = {
        "trade": [[1.0, 5.0], [4.0, 1.0]],
        "before": 0.1,
        "after": 0.0,
        "demand": -1.0,
        "supply": 1.0,
        "substitution": 3.0,
    }
    for one in fits:
        given = [[1.0, one], [4.0, 1.0]] if name == "trade" else one
        assert np.isfinite(gsim(**usual | {name: given}).world_price).all()
    with pytest.raises(InputError) as caught:
        gsim(**usual | {name: [[1.0, wrong], [4.0, 1.0]] if name == "trade" else wrong})
    assert {str(one.key).partition("[")[0] for one in caught.value.problems} == {name}


def test_surpluses_of_world_markets_are_the_areas_under_straight_lines() -> None:
    trade, supply = np.array([[[2.0, 5.0], [4.0, 1.0]]]), np.array([[1.5, np.inf]])
    before, after = np.array([[[0.0, 0.2], [0.3, 0.0]]]), np.array([[[0.0, 0.1], [0.4, 0.0]]])
    found = gsim(trade, before, after, demand=-1.25, supply=supply, substitution=5.0)
    price, sold = found.world_price[0], trade[0].sum(axis=1)
    made = [sold[0] * price[0] * (1 + 0.5 * 1.5 * price[0]), sold[1] * price[1]]
    np.testing.assert_allclose(found.producer_surplus[0], made, rtol=1e-12)
    bought = trade[0] * (1 + before[0])
    dearer = (1 + price[:, None]) * (1 + after[0]) / (1 + before[0]) - 1
    mean = (bought * dearer).sum(axis=0) / bought.sum(axis=0)
    assert (mean < 0).any()
    assert (mean > 0).any()
    straight = bought.sum(axis=0) * (0.5 * 1.25 * mean**2 - mean)
    np.testing.assert_allclose(found.consumer_surplus[0], straight, rtol=1e-12)
    turned = bought.sum(axis=0) * (-0.5 * 1.25 * mean**2 * np.sign(mean) - mean)
    np.testing.assert_allclose(found.consumer_surplus_as_in_gsim4x4[0], turned, rtol=1e-12)
    paid = (found.trade_after[0] * after[0]).sum(axis=0) - (trade[0] * before[0]).sum(axis=0)
    np.testing.assert_allclose(found.revenue[0], paid, rtol=1e-12)
    np.testing.assert_allclose(found.welfare, found.producer_surplus + found.consumer_surplus + found.revenue)
    stopped = gsim(
        trade, before, np.array([[[0.0, 9.0], [0.4, 0.0]]]), demand=-1.25, supply=1.5, substitution=5.0
    )
    assert found.outside.tolist() == [False]
    assert stopped.outside.tolist() == [True]
