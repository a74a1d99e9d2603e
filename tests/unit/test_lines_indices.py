"""Indicators by hand, and what they say where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.lines import (
    CostSheet,
    LineTable,
    ValueRule,
    complementarity,
    export_similarity,
    grubel_lloyd,
    intra_industry,
    market_share,
    michaely_complementarity,
    origin_content,
    possible_use,
    preference_erosion,
    preference_margin,
    revealed_advantage,
    swiss_formula,
    tariff_peaks,
    trade_intensity,
    use_of_lines,
    value_content,
)
from kosho.world import toy


def test_revealed_advantage_is_one_where_a_country_sells_what_the_world_sells() -> None:
    assert revealed_advantage([10_000, 90_000], [500_000, 4_500_000]).tolist() == [1.0, 1.0]
    soy = revealed_advantage([11, 129], [42, 11_958])[0]
    assert f"{soy:.2g}" == "22"
    assert np.isnan(revealed_advantage([0, 1], [0, 1])[0])


def test_grubel_lloyd() -> None:
    assert grubel_lloyd([80, 100, 0], [60, 0, 0])[:2].round(3).tolist() == [0.857, 0.0]
    assert np.isnan(grubel_lloyd([0], [0])[0])
    assert intra_industry([80, 100], [60, 0]) == pytest.approx(1 - 120 / 240)


def test_similarity_says_nothing_where_few_lines_are_common() -> None:
    assert export_similarity([75, 25], [25, 75], least=2) == 50
    assert export_similarity([60, 40], [30, 20], least=2) == pytest.approx(100)
    assert np.isnan(export_similarity([60, 40], [30, 20]))


def test_complementarity_is_summed_from_lines_and_not_from_headings() -> None:
    totals = (1000, 1000, 1000)
    assert complementarity([50, 50], [50, 50], [100, 100], totals) == pytest.approx(0.05)
    assert complementarity([100, 0], [0, 100], [100, 100], totals) == 0
    assert complementarity([100], [100], [200], totals) == pytest.approx(0.05)  # the heading, which is wrong
    assert michaely_complementarity([0.6, 0.4, 0], [0.2, 0.3, 0.5]) == pytest.approx(50)
    with pytest.raises(InputError, match="world does not trade"):
        complementarity([1, 1], [1, 1], [0, 1])


def test_intensity_share_and_peaks() -> None:
    assert float(trade_intensity(30, 200, 400, 5000)) == pytest.approx(1.875)
    assert market_share([[100, 60, 40], [0, 0, 0]])[0].tolist() == [0.5, 0.3, 0.2]
    assert tariff_peaks([0.02, 0.15, 0.26]).tolist() == [False, False, True]


def test_a_margin_is_against_what_rivals_pay_and_falls_when_theirs_are_cut() -> None:
    imports = [[50, 60, 40]]
    assert preference_margin([[0, 5, 10]], imports)[0, 0] == pytest.approx(7)
    lost = preference_erosion([[0, 0.05, 0.10]], [[0, 0, 0.10]], imports)
    assert lost[0, 0] == pytest.approx((4 - 7) / 100 * 50)
    assert lost[0, 1] > 0
    assert lost[0, 2] < 0
    assert np.isnan(preference_margin([[0.0, 0.1]], [[5, 0]])[0, 0])


def test_swiss_formula() -> None:
    assert swiss_formula([50, 10], 25).round(1).tolist() == [16.7, 7.1]
    with pytest.raises(InputError, match="coefficient"):
        swiss_formula([50], 0)


def test_value_content_of_printed_cost_sheets() -> None:
    furniture = CostSheet(1000, originating=500, non_originating=500)
    assert value_content(furniture, "build-down") == value_content(furniture, "build-up") == 0.5
    iron = CostSheet(5.25, originating=2, non_originating=1, net_cost=4.5, labour_overhead_profit=2.25)
    found = [value_content(iron, method) for method in ("build-down", "build-up", "net-cost", "rcep-build-up")]
    assert [f"{100 * one:.2f}" for one in found] == ["80.95", "38.10", "77.78", "80.95"]
    with pytest.raises(InputError, match="net_cost"):
        value_content(furniture, "net-cost")


def test_content_of_a_sector_rises_with_the_area_and_build_up_counts_materials_alone() -> None:
    alone = origin_content(toy(), "JPN", "C29", ValueRule("build-down", 0.45, ("JPN",)))
    wider = origin_content(toy(), "JPN", "C29", ValueRule("build-down", 0.45, ("JPN", "USA", "CHN")))
    assert alone.content < wider.content == pytest.approx(1.0)
    up = origin_content(toy(), "JPN", "C29", ValueRule("build-up", 0.35, ("JPN",)))
    assert up.content < alone.content


def test_what_could_comply_holds_for_every_way_in_which_makers_may_differ() -> None:
    rng = np.random.default_rng(3)
    for threshold in (0.0, 0.3, 0.45, 0.75, 1.0):
        for shape in (0.3, 1.0, 4.0):
            content, weight = rng.beta(shape, 1.0, 200), rng.dirichlet(np.ones(200))
            found = possible_use(float(content @ weight), threshold)
            share = float(weight[content >= threshold].sum())
            assert found.low - 1e-12 <= share <= found.high + 1e-12
    # both ends are reached: by makers at 1 and just below the rule, by makers at the rule and at nothing
    assert possible_use(0.7, 0.5).low == pytest.approx(0.4)  # 40 % at 1, the rest just below 0.5
    assert possible_use(0.3, 0.5).high == pytest.approx(0.6)  # 60 % at 0.5, the rest at 0
    assert (possible_use(1.0, 1.0).low, possible_use(0.5, 0.0).low) == (1.0, 0.5)


def test_the_use_of_a_line_is_that_of_its_sector_and_wider_for_what_nobody_knows() -> None:
    table = LineTable(
        "USA", ("870323", "999999"), ("JPN", "ROW"), np.ones((2, 2)), np.full((2, 2), 0.1), ("line",) * 2, ()
    )
    world = toy()
    low, high = use_of_lines(world, table, ValueRule("build-down", 0.9, ("USA",)))
    content = origin_content(world, "JPN", "C29", ValueRule("build-down", 0.9, ("USA",))).content
    mine = possible_use(content, 0.9)
    assert (low[0, 0], high[0, 0]) == (mine.low, mine.high)
    assert (low[:, 1].tolist(), high[:, 1].tolist()) == ([0, 0], [1, 1])
    assert (low[1, 0], high[1, 0]) == (0, 1)
    stricter = use_of_lines(world, table, ValueRule("build-down", 0.99, ()))
    assert stricter[1][0, 0] <= high[0, 0]


def test_only_lines_that_both_trade_are_common_to_two_structures() -> None:
    one, other = [75.0, 25.0, 0.0], [25.0, 0.0, 75.0]
    assert export_similarity(one, other, least=1) == pytest.approx(25.0)
    assert np.isnan(export_similarity(one, other, least=2))


def test_a_line_that_only_one_side_trades_adds_nothing_to_complementarity() -> None:
    for sold, bought in (([1, 0], [1, 1]), ([1, 1], [1, 0])):
        assert complementarity(sold, bought, [1, 0]) == pytest.approx(0.5)
    with pytest.raises(InputError, match="trade in lines that the world does not trade"):
        complementarity([1, 1], [1, 1], [1, 0])
