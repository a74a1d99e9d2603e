"""The case of Japan and ASEAN: its table with six parties, its makers, its figures as known on a day."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.bargain import Deal, Effort, negotiate
from kosho.bargain.linkage import linkage
from kosho.brief import deal_tables
from kosho.brief.deal_content import described
from kosho.brief.linkage_words import linkage_words
from kosho.case import Case
from kosho.cli import app
from kosho.errors import InputError
from kosho.impact.vehicles import brand_sales, brands_known
from kosho.scenario import simulate
from kosho.world import WorldChoice

CASE = "japan-asean-2023"
MEMBERS = ("THA", "IDN", "MYS", "VNM", "PHL")
FOLDER = Path(__file__).parents[2] / "src" / "kosho" / "cases" / CASE


@cache
def bargained() -> Deal:
    case = Case.load(CASE)
    return negotiate(case.table(), case.worlds().coarse, effort=Effort(draws=0, confirm=False))


def gains(**options: str) -> dict[str, float]:
    """Of the package with these options and the fallbacks, million USD a year."""
    deal = bargained()
    table, game = deal.table, deal.game
    choices = table.grid.choices[table.fallback].copy()
    for issue, option in options.items():
        k = table.grid.issues.index(issue)
        choices[k] = [one.id for one in table.file.issues[k].options].index(option)
    row = int(np.ravel_multi_index(tuple(choices), table.grid.shape))
    return dict(zip(game.parties, game.gains[row].tolist(), strict=True))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"cars": "half"}, {"JPN": 355, "THA": 1879, "IDN": -27, "MYS": -7, "VNM": 316, "PHL": 32}),
        ({"parts": "free"}, {"JPN": 188, "THA": -88, "IDN": -36, "MYS": -20, "VNM": -4, "PHL": 2}),
        ({"subsidies": "hybrids"}, {"JPN": -6, "THA": -4, "IDN": -3, "MYS": 0, "VNM": 0, "PHL": 0}),
        ({"ports": "open"}, {"JPN": -0.5, "THA": 2.2, "IDN": 0.2, "MYS": 0.1, "VNM": 0.1, "PHL": 0.1}),
    ],
)
def test_what_each_issue_is_worth(options: dict[str, str], expected: dict[str, float]) -> None:
    """Headline numbers of the smaller table: to 3 %, or a million; the solver leaves less than that open."""
    found = gains(**options)
    assert found == pytest.approx(expected, rel=0.03, abs=1.0)


def test_nobody_is_asked_to_sign_without_gain_and_the_fallbacks_are_no_deal() -> None:
    game = bargained().game
    assert not game.zone
    assert gains() == pytest.approx(dict.fromkeys(game.parties, 0.0), abs=0.01)
    assert len(game.parties) == 6
    assert {"cars": "half", "parts": "as-now"}.items() <= bargained().table.grid.label(best_in_all()).items()


def best_in_all() -> int:
    game = bargained().game
    rows = np.flatnonzero(game.allowed)
    return int(rows[game.gains[rows].sum(axis=1).argmax()])


def test_linked_things_without_a_price_open_a_zone_where_they_are_worth_enough() -> None:
    deal = bargained()
    one = linkage(deal.table, deal.game)
    assert one is not None
    assert one.better_for_all == {"low": 0, "value": 24, "high": 48}
    assert one.needed == pytest.approx({"IDN": 26.6, "MYS": 7.3}, abs=1.0)
    assert one.declared["IDN"].low == -100
    assert one.declared["IDN"].high == 550  # 300, 200 and 50 of the table


def test_without_a_linked_option_nothing_is_asked_of_what_has_no_price() -> None:
    case = Case.load("japan-us-2025")
    assert not any(one.linked for one in case.table().file.unpriced)


def test_words_of_linkage_say_whether_what_is_declared_is_enough() -> None:
    declared = {"IDN": {"low": 0.0, "value": 5.0, "high": 20.0}}
    one = {"better_for_all": {"low": 0, "value": 0, "high": 0}, "needed": {"IDN": 26.6}, "declared": declared}
    assert "above all of the range declared" in linkage_words(one, "half")[-1]
    declared["IDN"]["high"] = 30.0
    assert "within the range declared" in linkage_words(one, "half")[-1]


def test_of_six_parties_the_first_is_drawn_with_each_other() -> None:
    told = described(bargained())
    assert len(deal_tables.scatters(told)) == 5
    assert told.linkage


def test_the_terminal_shows_the_frontier_and_linkage_without_a_zone() -> None:
    done = CliRunner().invoke(app, ["bargain", CASE, "--draws", "0", "--no-confirm", "--world", "talks"])
    assert done.exit_code == 0
    assert "Frontier" in done.output
    assert "Indonesia loses 27 million dollars" in " ".join(done.output.replace("\xa0", " ").split())


def test_duties_of_the_case_stand_only_where_the_table_knows_none() -> None:
    shipped, own = (
        WorldChoice.parse("talks").load().whole,
        Case.load(CASE).worlds(WorldChoice.parse("talks")).whole,
    )
    japan = {"importer": "THA", "exporter": "JPN", "sector": "C29"}
    assert float(shipped.tariff.sel(japan)) == 0.0
    assert float(own.tariff.sel(japan)) == pytest.approx(0.093)
    known = {"importer": "USA", "exporter": "JPN", "sector": "C29"}
    assert float(own.tariff.sel(known)) == float(shipped.tariff.sel(known))
    filled = WorldChoice.parse("talks").load((), {("USA", "JPN", "C29"): 0.5}).whole
    assert float(filled.tariff.sel(known)) == float(shipped.tariff.sel(known))
    assert (own.flows == shipped.flows).all()
    assert own.imbalance < 1e-12


def test_a_duty_given_twice_or_without_its_source_is_told_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / CASE
    shutil.copytree(FOLDER, folder)
    products = folder / "products.yaml"
    products.write_text(
        products.read_text("utf-8") + "  - {importer: THA, exporters: [JPN], sector: C29, "
        "rate: {value: 9, unit: percent, status: assumption, source: nobody}}\n",
        "utf-8",
    )
    with pytest.raises(InputError) as told:
        Case.load(folder)
    assert [one.message for one in told.value.problems][:2] == [
        "unknown source 'nobody'",
        "the duty of THA on C29 from JPN is given twice",
    ]


def test_half_the_duty_moves_cars_of_japanese_makers_to_japan() -> None:
    """Thailand's Japanese brands sell about what they sold; more of it is made in Japan."""
    outcome = simulate(Case.load(CASE), "duties", world="talks")
    thailand = brand_sales(outcome, "THA")
    assert thailand is not None
    assert thailand.year == 2022
    assert thailand.base_share.levels["value"] == pytest.approx(0.854)
    before, after = (one.levels["value"] for one in (thailand.base, thailand.new))
    made_before, made_after = thailand.made_in_japan
    assert after / before == pytest.approx(1.0, abs=0.03)
    assert made_after / made_before == pytest.approx(1.74, rel=0.05)
    assert brand_sales(outcome, "USA") is None


@pytest.mark.parametrize("market", MEMBERS)
def test_brands_are_those_of_the_year_nearest_to_the_table(market: str) -> None:
    known = brands_known(market, 2022)
    assert known is not None
    assert abs(known.year - 2022) <= 3
    assert brands_known("THA").year == 2025


def test_a_subsidy_at_home_alone_is_not_idle() -> None:
    outcome = simulate(Case.load(CASE), "whole", world="talks")
    assert float(outcome.welfare.sel(country="THA")) > 0


def test_figures_of_the_market_are_those_of_the_day() -> None:
    first, later = (Case.load(CASE, day) for day in (date(2023, 12, 15), date(2026, 3, 1)))
    assert len(later.observations) == 120
    assert len(first.observations) < 15
    for one in first.observations:
        published = first.sources[one.figure.source].date
        assert published is not None
        assert published <= date(2023, 12, 15)
    assert {one.title.split(":")[0] for one in later.observations} >= {
        "Thailand",
        "Indonesia",
        "Malaysia",
        "Viet Nam",
        "Philippines",
    }


def test_every_finding_says_what_it_rests_on() -> None:
    for one in Case.load(CASE).findings:
        assert one.rests_on
        assert one.otherwise
