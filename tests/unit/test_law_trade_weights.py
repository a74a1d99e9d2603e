from __future__ import annotations

from pathlib import Path

import pytest
from tests.measures import headings, measure, query, register
from typer.testing import CliRunner

from kosho.cli import app
from kosho.law import Register, quote
from kosho.law.trade_weights import shipped_trade

BOOK = register(measure(scope={"lists": ["l"]}), l=headings("8703.23", "8703.80"))
"""10 % on two lines of cars, on top of 2.5."""


def test_the_likely_rate_over_lines_is_weighed_with_trade() -> None:
    found = quote(BOOK, query("8703"), {"87032301": 30, "8703800000": 10, "87039001": 60, "0101": 1000})
    assert found.rate is None
    assert found.likely == pytest.approx(0.025 + 0.1 * 0.4)
    nothing = quote(BOOK, query("8703"), {"87039001": 0.0, "87032301": 5, "87032200": -3})
    assert nothing.likely == pytest.approx(0.125)


def test_one_rate_is_the_likely_one_whatever_is_traded() -> None:
    assert quote(BOOK, query("8703.23"), {}).likely == pytest.approx(0.125)
    others = measure(id="others", authority="b", scope={"goods": True, "not_lists": ["l"]})
    alike = register(measure(scope={"lists": ["l"]}), others, l=headings("8703.23"))
    assert quote(alike, query("8703"), {}).likely == pytest.approx(0.125)


@pytest.mark.parametrize("trade", [{}, {"0101": 5.0}, {"8703": 7.0}])
def test_trade_that_does_not_tell_the_lines_apart_gives_none(trade: dict[str, float]) -> None:
    assert quote(BOOK, query("8703"), trade).likely is None


def test_a_traded_part_without_a_rate_gives_none() -> None:
    book = register(measure(scope={"lists": ["l"]}), l=headings("2836.91"))
    assert quote(book, query("2836", mfn=None), {"28369100": 1.0}).likely is None


def test_imports_of_the_united_states_ship_for_some_partners() -> None:
    trade = shipped_trade("USA", "DEU", "8703")
    assert trade is not None
    assert sum(trade.values()) == pytest.approx(46_000, rel=0.3)  # million USD of cars from the Union
    found = quote(Register.load(), query("2836", on="2025-10-10", mfn="0%"))
    assert found.rate is None
    assert found.low is not None
    assert found.likely is not None
    assert found.high is not None
    assert found.low < found.likely < found.high


def test_a_table_of_ones_own_at_the_command(tmp_path: Path) -> None:
    table = tmp_path / "trade.csv"
    table.write_text(
        "hs8,partner,value\n87032301,JPN,30\n87039001,JPN,10\n87032301,KOR,999\n", encoding="utf-8"
    )
    asked = ["rate", "USA", "JPN", "2836", "--on", "2025-10-10", "--mfn", "0", "--trade", str(table)]
    assert "likely" not in CliRunner().invoke(app, asked).output
    table.write_text("hs8,value\n28369100,30\n28363000,10\n", encoding="utf-8")
    done = CliRunner().invoke(app, asked)
    assert "likely 3.8 %" in done.output, done.output
    wrong = CliRunner().invoke(app, [*asked[:4], "--from", "2025-01-01", "--trade", str(table)])
    assert wrong.exit_code != 0
