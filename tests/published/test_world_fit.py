"""The estimated block against published figures that it was not made from, and those it was pulled towards."""

from __future__ import annotations

import pytest

from kosho.world import load
from kosho.world.report import info


@pytest.fixture(scope="module")
def odds():
    return info(load(final_demand="odds"))


@pytest.fixture(scope="module")
def anchored():
    return info(load())


def test_odds_alone_give_the_figures_of_the_reference(odds):
    """Goods by pair correlate 0.935 with BACI 2023; US deficit 526 bn; 31.7 bn of vehicles from JPN to USA."""
    assert odds["fit"]["without_ports"]["correlation"] == pytest.approx(0.935, abs=5e-4)
    assert odds["balances"]["net_exports"]["USA"]["table"] == pytest.approx(-526e3, abs=1e3)
    flows = load(final_demand="odds").flows
    assert flows.sel(importer="USA", exporter="JPN", sector="C29").item() == pytest.approx(31.7e3, abs=50)


def test_anchors_improve_trade_that_they_do_not_use(odds, anchored):
    for which in ("all", "without_ports"):
        before, after = odds["fit"][which], anchored["fit"][which]
        assert after["correlation"] > before["correlation"] + 0.005
        assert after["median_absolute_log_gap"] < 0.9 * before["median_absolute_log_gap"]
        assert abs(after["correlation_of_logs"] - before["correlation_of_logs"]) < 0.005
        assert before["level"] < after["level"] < 1.0


def test_deficits_come_close_to_published_ones(odds, anchored):
    assert odds["balances"]["correlation"] == pytest.approx(0.849, abs=2e-3)
    assert anchored["balances"]["correlation"] > 0.99
    assert anchored["balances"]["root_mean_square_gap"] < 0.25 * odds["balances"]["root_mean_square_gap"]
    for code, relative in (("USA", 0.02), ("JPN", 0.1), ("CHN", 0.1)):
        balance = anchored["balances"]["net_exports"][code]
        assert balance["table"] == pytest.approx(balance["published"], rel=relative)


def test_single_cells_are_not_damaged():
    """A hard fit to pair totals made 0.9 of the 18.8 bn of machinery that Japan sells China for final use."""
    before, after = load(final_demand="odds").flows, load().flows
    cell = {"importer": "CHN", "exporter": "JPN", "sector": "C28"}
    assert after.sel(cell).item() == pytest.approx(before.sel(cell).item(), rel=0.1)
    goods = [code for code in load().sectors if code[0] in "ABC"]
    large = before.sel(sector=goods) > 5e3
    ratio = (after / before).sel(sector=goods).where(large)
    assert ratio.min() > 0.4
    assert ratio.max() < 2.5


def test_japanese_vehicles_in_the_united_states_are_near_customs_figures(anchored):
    (anchor,) = anchored["anchors"]
    assert anchor["table"] == pytest.approx(anchor["published"], rel=0.05)
