"""Japan's trade by good: parts add up to no more than the whole, and duties are those of lines."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import japan_goods, shipped_rates


def test_of_goods_of_the_same_value_the_first_in_the_alphabet_comes_first() -> None:
    goods = [(-one.value, one.good) for one in japan_goods("TWN")]
    assert goods == sorted(goods)
    assert len({value for value, _ in goods}) < len(goods)


@pytest.mark.parametrize("partner", ["WORLD", "USA", "EU27", "CHN", "AUS"])
@pytest.mark.parametrize("flow", ["import", "export"])
def test_parts_of_a_good_are_no_more_than_it(partner: str, flow: str) -> None:
    found = {one.good: one for one in japan_goods(partner, flow)}  # pyright: ignore[reportArgumentType]
    parts: dict[str, float] = {}
    for one in found.values():
        assert one.value <= one.of_world + 1e-6
        parts[one.part_of] = parts.get(one.part_of, 0.0) + one.value
    assert parts["Grand Total"] == pytest.approx(found["Grand Total"].value, rel=1e-6)
    for good, value in parts.items():
        if good in found:
            assert value <= found[good].value * (1 + 1e-6), good


def test_a_good_has_the_range_of_its_lines_and_counts_what_is_no_percentage() -> None:
    meat = next(one for one in japan_goods("USA") if one.good == "Meat And Meat Preparation")
    rates = shipped_rates("JPN").filter(exporter="")
    mine = [rate for code, rate in rates.select("hs", "rate").iter_rows() if code.startswith(meat.headings)]
    assert meat.duty is not None
    assert (meat.duty.lines, meat.duty.other) == (len(mine), sum(rate is None for rate in mine))
    known = [rate for rate in mine if rate is not None]
    assert (meat.duty.low, meat.duty.high) == (min(known), max(known))
    assert meat.duty.other > 0  # pork pays a gate price
    assert next(one for one in japan_goods("AUS") if one.good == meat.good).preferred is None


def test_the_command_tells_goods_their_duties_and_whose_figures_they_are() -> None:
    done = CliRunner().invoke(app, ["lines", "goods", "USA", "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    total = told["goods"][0]
    assert (total["good"], total["part_of"], total["duty"]) == ("Grand Total", None, None)
    assert total["value"] == pytest.approx(12_910.2, abs=0.1)
    assert "Ministry of Finance" in told["source"]
    sold = CliRunner().invoke(app, ["lines", "goods", "EU27", "--flow", "export"], env={"COLUMNS": "80"})
    assert "Duty" not in sold.stdout
    assert max(map(len, sold.stdout.splitlines())) <= 80
    with pytest.raises(InputError, match="does not name FRX"):
        CliRunner().invoke(app, ["lines", "goods", "FRX"], catch_exceptions=False)
    with pytest.raises(InputError, match="kosho lines goods"):
        CliRunner().invoke(app, ["lines", "offer", "japan-us-2025", "--world", "talks"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("partner", "told"),
    [
        ("USA", "range of those lines alone that have a duty for the United States"),
        ("AUS", "what an agreement may grant Australia is not in them"),
        ("WORLD", ""),
    ],
)
def test_the_command_says_whose_duties_it_shows(partner: str, told: str) -> None:
    shown = " ".join(CliRunner().invoke(app, ["lines", "goods", partner]).stdout.split())
    assert told in shown
    assert ("any origin" in shown) == bool(told)
