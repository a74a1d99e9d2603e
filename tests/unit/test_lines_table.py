"""Trade and rates put together, lines as parts of a world, and what each line is worth."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kosho.equilibrium import Shock, solve
from kosho.errors import InputError
from kosho.law import Products
from kosho.lines import (
    LineTable,
    MissingJoin,
    concordance,
    converted,
    hs_sector,
    join_rates,
    line_elasticities,
    line_shock,
    line_table,
    rank_lines,
    read_concordance,
    shipped_rates,
    shipped_trade,
)
from kosho.lines.build_shipped import build
from kosho.world import World, load

RATES = pl.DataFrame(
    {
        "importer": ["USA"] * 5,
        "exporter": ["", "", "", "JPN", ""],
        "hs": ["87032301", "87032310", "010121", "87032301", "020130"],
        "rate": [0.025, 0.1, 0.0, 0.0, None],
    }
)
TRADE = pl.DataFrame(
    {
        "importer": ["USA"] * 6,
        "exporter": ["JPN", "KOR", "KOR", "KOR", "KOR", "KOR"],
        "hs": ["8703230190", "8703230190", "870323", "010121", "020130", "999999"],
        "value": [10.0, 5.0, 2.0, 3.0, 7.0, 1.0],
        "duty": [None] * 6,
    },
    schema_overrides={"duty": pl.Float64},
)


@pytest.fixture(scope="module")
def talks() -> World:
    return load(regions="talks", sectors="talks")


@pytest.fixture(scope="module")
def table() -> LineTable:
    return line_table(shipped_trade("USA").of_year(), "USA", digits=6)


def test_a_code_has_the_rate_of_its_line_or_the_mean_under_it_and_nothing_is_dropped() -> None:
    found = join_rates(TRADE.lazy(), RATES.lazy()).collect()
    assert found.height == TRADE.height
    rows = {(row["exporter"], row["hs"]): (row["rate"], row["how"]) for row in found.iter_rows(named=True)}
    assert rows["JPN", "8703230190"] == (0.0, "line")
    assert rows["KOR", "8703230190"] == (0.025, "line")
    assert rows["KOR", "870323"] == (pytest.approx(0.0625), "mean of lines")
    assert rows["KOR", "010121"] == (0.0, "line")
    assert rows["KOR", "020130"] == (None, "none")
    assert rows["KOR", "999999"] == (None, "none")


def test_what_is_missing_on_either_side_is_listed_and_never_zero() -> None:
    more = pl.concat(
        [RATES, pl.DataFrame({"importer": ["USA"], "exporter": [""], "hs": ["04062020"], "rate": [0.1]})]
    )
    found = line_table(TRADE, "USA", more)
    told = {one.code: (one.why, one.value) for one in found.missing}
    assert told["020130"] == ("no rate that is a percentage of the value", 7.0)
    assert told["999999"][1] == 1.0
    assert told["04062020"] == ("in the schedule, and not traded", 0.0)
    assert np.isnan(found.rate[found.codes.index("020130"), found.partner("KOR")])
    assert found.known_share == pytest.approx(20 / 28)
    priced = found.price(np.zeros_like(found.imports), line_elasticities(found.codes, "USA", "assumed"))
    assert priced.imports[found.codes.index("020130")].sum() == 0
    with pytest.raises(InputError, match="no rates for the imports"):
        line_table(TRADE, "USA")
    with pytest.raises(InputError, match="no imports of JPN"):
        line_table(TRADE, "JPN", RATES)


def test_shipped_trade_adds_up_to_what_the_census_says(table: LineTable) -> None:
    assert table.imports.sum() == pytest.approx(3_216_961, abs=1)
    japan = table.partner("JPN")
    assert table.imports[:, japan].sum() == pytest.approx(151_340.03, abs=0.01)
    assert (table.paid * table.imports)[:, japan].sum() == pytest.approx(2_282, abs=1)
    assert table.priced.all()


def test_shipped_schedules_say_what_pays_money_a_unit_and_do_not_call_it_free() -> None:
    rates = shipped_rates("USA").filter(hs="02011010", exporter="")
    assert rates["duty"].to_list() == ["4.4¢/kg"]
    assert rates["rate"].to_list() == [None]
    rice = shipped_rates("JPN").filter(hs="100630090", exporter="")
    assert rice["rate"].null_count() == rice.height == 1


def test_the_files_that_ship_are_what_the_builder_makes(shared: Path, tmp_path: Path) -> None:
    for path in build(shared / "data" / "lines", tmp_path):
        made, kept = (
            pl.read_parquet(path),
            pl.read_parquet(Path(build.__code__.co_filename).with_name("data") / path.name),
        )
        assert made.equals(kept), path.name


def test_the_builder_reads_the_folder_that_is_named_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    monkeypatch.setattr("sys.argv", ["build_shipped", str(first), str(second)])
    monkeypatch.delitem(sys.modules, build.__module__)  # it is run anew
    with pytest.raises(FileNotFoundError, match=r"first.us_imports_hs6_partner_2024"):
        runpy.run_module(build.__module__, run_name="__main__")


def test_sectors_of_codes_agree_with_the_product_groups_of_the_law() -> None:
    odd: list[tuple[str, str, str | None]] = []
    for group in Products.load().groups.values():
        if group.hs is not None and group.sector != "C25":  # groups of metal articles follow the metal
            odd += [
                (group.id, prefix, hs_sector(prefix))
                for prefix in group.hs.prefixes
                if len(prefix.replace(".", "")) >= 4 and hs_sector(prefix) != group.sector
            ]
    assert len(odd) < 25, odd


def test_every_line_that_is_traded_has_a_sector_but_special_chapters(table: LineTable) -> None:
    without = {code[:2] for code in table.codes if hs_sector(code) is None}
    assert without <= {"98", "99"}


def test_trade_goes_to_another_edition_without_loss_and_what_is_not_there_is_told(tmp_path: Path) -> None:
    trade = pl.DataFrame({"exporter": ["JPN"] * 2, "hs": ["854110", "999999"], "value": [3.0, 1.0]})
    found, missing = converted(trade, {"854110": ("854110", "854141")})
    assert found["value"].sum() == 4.0
    assert missing == ["999999"]
    assert concordance(2007)["870323"] == ("870323",)
    assert concordance(2022)["854142"] == ("854142",)  # of 2022 itself
    with pytest.raises(InputError, match="no table from HS 2022 to HS 2012 ships"):
        concordance(2012)
    path = tmp_path / "table.csv"
    path.write_text("HS 2022,HS 2017\n870322,8703.22\n8703x,870323\n")
    with pytest.raises(InputError, match=r"table\.csv:3"):
        read_concordance(path, ("HS 2022", "HS 2017"))


def _alike(world: World, rate: float | None) -> LineTable:
    """Lines of the US from Japan whose base rate is the world's in every cell, but for the rate given."""
    codes = ("870323", "870324", "870340")
    base = float(world.tariff.sel(importer="USA", exporter="JPN", sector="C29"))
    rates = np.full((3, 1), base if rate is None else rate)
    return LineTable("USA", codes, ("JPN",), np.array([[5.0], [3.0], [2.0]]), rates, ("line",) * 3, ())


def test_lines_that_all_move_alike_are_a_change_of_the_sector(talks: World) -> None:
    table = _alike(talks, None)
    new = np.full((3, 1), 0.15)
    found = line_shock(talks, table, new)
    assert found.scaled.tolist() == [1.0]
    whole = solve(talks, Shock.tariffs(talks, {("USA", "JPN", "C29"): 0.15}), tol=1e-13)
    lines = solve(talks, found.shock, tol=1e-13)
    apart = solve(talks, line_shock(talks, table, new, apart=True).shock, tol=1e-13)
    np.testing.assert_allclose(lines.welfare, whole.welfare, atol=1e-10)
    np.testing.assert_allclose(apart.welfare, whole.welfare, atol=1e-10)


def test_lines_that_do_not_move_are_rows_only_where_a_gradient_is_asked_for(talks: World) -> None:
    table = _alike(talks, None)
    base = float(table.rate[0, 0])
    new = np.array([[0.5], [base], [base]])
    found = line_shock(talks, table, new)
    assert (found.shock.share.tolist(), found.shock.tariff.tolist()) == ([0.5], [pytest.approx(0.5)])
    assert found.line.tolist() == [-1]
    each = line_shock(talks, table, new, apart=True)
    assert each.line.tolist() == [0, 1, 2]
    assert each.shock.share == pytest.approx([0.5, 0.3, 0.2])
    assert each.shock.tariff == pytest.approx([0.5, base, base])
    assert each.shock.base_tariff == pytest.approx([base] * 3)


def test_a_table_with_other_rates_than_the_world_s_is_scaled_and_says_so(talks: World) -> None:
    table = _alike(talks, 0.2)
    found = line_shock(talks, table, np.full((3, 1), 0.0))
    base = float(talks.tariff.sel(importer="USA", exporter="JPN", sector="C29"))
    assert found.scaled[0] == pytest.approx((1 + base) / 1.2)
    np.testing.assert_allclose((1 + found.shock.tariff) / (1 + found.shock.base_tariff), 1 / 1.2)
    nothing = line_shock(talks, table, table.rate)
    assert len(nothing.shock) == 0


def test_each_line_left_out_says_why(talks: World) -> None:
    rates = np.array([[0.025], [0.0], [np.nan], [np.nan]])
    codes = ("870323", "980100", "870421", "870422")
    own = (MissingJoin("870422", "the rate is not one: 0 to 25 %", 1.0),)
    table = LineTable("USA", codes, ("JPN",), np.full((4, 1), 7.0), rates, ("line",) * 4, own)
    after = rates.copy()
    after[0, 0] = 0.0
    assert [(one.code, one.why, one.value) for one in line_shock(talks, table, after).left_out] == [
        ("980100", "no sector of this world makes it", 7.0),
        ("870421", "a rate is not known", 7.0),
        ("870422", "the rate is not one: 0 to 25 %", 7.0),
    ]


def test_a_package_of_real_lines_solves_and_lines_left_out_are_told(talks: World, table: LineTable) -> None:
    found = line_shock(talks, table, table.without_duty("JPN"))
    assert {found.shock.countries[k] for k in found.shock.exporter} == {"JPN"}
    assert sum(one.value for one in found.left_out) < 0.06 * table.imports.sum()
    welfare = solve(talks, found.shock).welfare
    assert float(welfare.sel(country="JPN")) > 0


def test_ranked_lines_add_up_to_what_was_solved_and_the_first_are_confirmed(
    talks: World, table: LineTable
) -> None:
    lines = [k for k, code in enumerate(table.codes) if code[:2] in ("87", "61", "85")]
    some = table.take(lines)
    found = rank_lines(talks, some, "JPN", line_elasticities(some.codes, "USA"), confirm=3)
    gain, cost = found.by_gradient
    assert gain == pytest.approx(found.all_gain, rel=0.02)
    assert cost == pytest.approx(found.all_cost, rel=0.1, abs=2)
    for one in found.lines[:3]:
        assert one.gain_solved == pytest.approx(one.gain, rel=0.15, abs=0.2)
    assert found.lines[3].gain_solved is None
    ratios = [one.ratio for one in found.lines if one.gain > 0]
    assert ratios == sorted(ratios, reverse=True)
    tight = rank_lines(talks, some, "JPN", line_elasticities(some.codes, "USA"), confirm=0, budget=10.0)
    assert sum(-one.revenue for one in tight.lines[: tight.within]) <= 10.0
    without = rank_lines(talks, some, "JPN", line_elasticities(some.codes, "USA"), confirm=0, exclude=["8703"])
    assert not any(one.code.startswith("8703") for one in without.lines)
