"""Worked examples of the field, to the printed digit where a publisher printed it."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from kosho.law.schedules import Duty, parse_duty
from kosho.lines import (
    GsimOutcome,
    LinearMarket,
    agreements,
    gsim,
    linear_market,
    nested_ces,
    parse_category,
    smart,
    staged,
)

REGIONS = ["US", "JP", "EU", "RW"]
RULES = {
    "CPTPP": "cptpp-jpn",
    "EU-Japan EPA": "japan-eu-jpn",
    "UK-Japan CEPA": "japan-uk-jpn",
    "RCEP-China": "rcep-jpn",
    "RCEP-Korea": "rcep-jpn",
    "RCEP-ASEAN/AUS/NZL": "rcep-jpn",
    "Mongolia": "japan-mongolia-jpn",
    "Australia": "japan-australia-jpn",
    "Peru": "japan-peru-jpn",
    "India": "japan-india-jpn",
}
UNITS = {"頭": "No.", "kg": "kg", "l": "l"}


@pytest.fixture
def worked(shared: Path) -> Path:
    return shared / "worked" / "csv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def four_regions(worked: Path) -> GsimOutcome:
    trade, before, after = (np.zeros((4, 4)) for _ in range(3))
    for row in _rows(worked / "gsim_4x4_inputs.csv"):
        place = REGIONS.index(row["exporter"]), REGIONS.index(row["importer"])
        trade[place] = float(row["trade_at_world_prices"])
        before[place] = float(row["tariff_factor_initial"]) - 1
        after[place] = float(row["tariff_factor_us_eu_free"]) - 1
    return gsim(trade, before, after, demand=-1.25, supply=1.5, substitution=5)


def test_gsim_has_the_four_prices_of_the_workbook_to_four_decimals(
    four_regions: GsimOutcome, worked: Path
) -> None:
    printed = {
        row["region"]: row["value_printed"]
        for row in _rows(worked / "gsim_4x4_expected_us_eu.csv")
        if row["value_printed"]
    }
    assert len(printed) == 4
    for region, price in zip(REGIONS, four_regions.world_price[0], strict=True):
        assert f"{price:.4f}" == printed[region]


def test_gsim_has_every_recomputed_output(four_regions: GsimOutcome, worked: Path) -> None:
    by_region = {
        "world_price_change": four_regions.world_price,
        "output_change": four_regions.output,
        "composite_price_change": four_regions.composite_price,
        "producer_surplus_change": four_regions.producer_surplus,
        "consumer_surplus_change_as_published_code": four_regions.consumer_surplus_as_in_gsim4x4,
        "consumer_surplus_change_triangle_always_positive": four_regions.consumer_surplus,
        "tariff_revenue_change": four_regions.revenue,
    }
    seen = 0
    for row in _rows(worked / "gsim_4x4_expected_us_eu.csv"):
        if row["quantity"] == "trade_value_after_at_new_world_prices":
            place = tuple(REGIONS.index(one) for one in row["region"].split(">"))
            value = four_regions.trade_after[(0, *place)]
        elif row["quantity"] in by_region:
            value = by_region[row["quantity"]][0, REGIONS.index(row["region"])]
        else:
            continue
        assert value == pytest.approx(float(row["value_recomputed"]), abs=1e-6)
        seen += 1
    assert seen == 44


def test_gsim_s_workbook_overstates_a_loss_of_consumers_and_not_a_gain(four_regions: GsimOutcome) -> None:
    right, workbook = four_regions.consumer_surplus[0], four_regions.consumer_surplus_as_in_gsim4x4[0]
    rises = four_regions.composite_price[0] > 0
    assert rises.any()
    assert (~rises).any()
    assert (workbook[rises] < right[rises]).all()
    np.testing.assert_array_equal(workbook[~rises], right[~rises])


def test_smart_s_two_forms_of_diversion(worked: Path) -> None:
    seen = 0
    rows = _rows(worked / "smart_definition_cases.csv")
    for case, form in {(row["case"], row["diversion_variant"]): None for row in rows}:
        mine = [row for row in rows if (row["case"], row["diversion_variant"]) == (case, form)]
        partners = [row for row in mine if not row["partner"].startswith("TOTAL")]
        totals = {row["partner"][6:]: float(row["imports_or_value"]) for row in mine if row not in partners}
        imports, before, after = (
            [[float(row[key]) for row in partners]] for key in ("imports_or_value", "tariff0", "tariff1")
        )
        found = smart(
            imports,
            before,
            after,
            demand=float(partners[0]["import_demand_elasticity"]),
            substitution=float(partners[0]["substitution_elasticity"]),
            form="bounded" if form == "bounded" else "linear",
        )
        for place, row in enumerate(partners):
            assert found.creation[0, place] == pytest.approx(float(row["trade_creation"]), abs=1e-6)
            assert found.diversion[0, place] == pytest.approx(float(row["trade_diversion"]), abs=1e-6)
            assert found.imports_after[0, place] == pytest.approx(float(row["imports_after"]), abs=1e-6)
        assert found.revenue_before.sum() == pytest.approx(totals["revenue_before"], abs=1e-6)
        assert found.revenue_after.sum() == pytest.approx(totals["revenue_after"], abs=1e-6)
        assert found.welfare.sum() == pytest.approx(totals["welfare_trapezoid"], abs=1e-6)
        seen += 1
    assert seen == 4


def test_four_sources_in_constant_elasticities(worked: Path) -> None:
    found = nested_ces([[25.0] * 4], 0, [[0.2, 0.15, 0.1, 0]], lower=5, supply=[[10, 10, 10, 2]])
    outputs = {
        "producer_price_hat": found.producer_price,
        "consumer_price_hat": found.consumer_price,
        "quantity_hat": found.quantity,
        "value_at_consumer_prices": found.value_after,
    }
    for row in _rows(worked / "pe_ces_four_sources.csv"):
        if row["source"] == "industry":
            assert found.price[0] == pytest.approx(float(row["value"]), abs=1e-6)
        else:
            assert outputs[row["quantity"]][0, "ABCD".index(row["source"])] == pytest.approx(
                float(row["value"]), abs=1e-6
            )
    assert found.value_after.sum() == pytest.approx(100, abs=1e-10)


def test_one_linear_market(worked: Path) -> None:
    market = LinearMarket.of_elasticities(466, 3250, 2172, elasticities=(-0.2, 0.3, 10))
    found = linear_market(market, rate=0.5)
    own = {
        "border_price": found.border_price, "domestic_price": found.price, "supply": found.supply,
        "demand": found.demand, "imports": found.imports, "d_consumer_surplus": found.consumer_surplus,
        "d_producer_surplus": found.producer_surplus, "revenue": found.revenue, "net": found.welfare,
        "terms_of_trade_gain": found.terms_of_trade, "deadweight_loss": found.deadweight_loss,
    }  # fmt: skip
    for row in _rows(worked / "pe_linear_one_market.csv"):
        if row["quantity"] in own:
            assert own[row["quantity"]] == pytest.approx(float(row["value"]), abs=1e-6)
    assert found.welfare == pytest.approx(found.terms_of_trade - found.deadweight_loss, abs=1e-8)


def test_a_small_country_up_to_where_trade_stops() -> None:
    market = LinearMarket(350, 112.5, 75, -0.25, 0.5)
    assert linear_market(market, specific=25).imports == 18.75
    stopped = linear_market(market, specific=80)
    assert (stopped.imports, stopped.price, stopped.revenue) == (0.0, 400.0, 0.0)


def _percent(duty: Duty) -> Decimal:
    return Decimal(str(duty.ad_valorem_equivalent() * 100)).quantize(Decimal("0.0001"))


def test_sixty_rates_of_korus(worked: Path) -> None:
    rows = _rows(worked / "staging_korus_paths.csv")
    assert len(rows) == 60
    for row in rows:
        rules = agreements()["korus-usa" if row["importer"] == "United States" else "korus-kor"]
        text = f"{row['base_rate']}%" if row["unit"] == "pct" else f"{row['base_rate']}¢/kg"
        path = staged(parse_duty(text), parse_category(f"equal {row['stages']}"), rules)
        made = rules.cuts_made(date(int(row["year"]), 12, 31))
        assert made == int(row["stage"])
        published = row["rate_published"] + ("%" if row["unit"] == "pct" else "¢/kg")
        wanted = parse_duty(published) if float(row["rate_published"]) else parse_duty("Free")
        assert path[made].duty == wanted, row


def test_144_percent_rates_of_japan(worked: Path) -> None:
    rows = _rows(worked / "staging_japan_lines.csv")
    seen, odd = 0, []
    for row in rows:
        rules = agreements()[RULES[row["agreement"]]]
        if rules.percent.mode != row["rounding_that_fits"]:
            odd.append(row["japan_line"])
            rules = rules.rounding_percent(row["rounding_that_fits"])
        path = staged(parse_duty(f"{row['base_rate_pct']}%"), parse_category(f"equal {row['stages']}"), rules)
        for year, day in (("2025", date(2026, 3, 31)), ("2026", date(2026, 4, 1))):
            made = rules.cuts_made(day)
            assert made == int(row[f"cuts_made_fy{year}"])
            assert _percent(path[made].duty) == Decimal(row[f"published_fy{year}"]), row
            seen += 1
    assert seen == 144
    assert odd == ["200210000"]  # Peru: published 0.5 for 0.5625, where its other lines go to the nearest


def test_66_specific_rates_of_japan(worked: Path) -> None:
    rows = _rows(worked / "staging_japan_lines_specific.csv")
    seen = 0
    for row in rows:
        rules = agreements()[RULES[row["agreement"]]]
        unit = UNITS[row["unit"].partition("/")[2]]
        path = staged(
            parse_duty(f"{row['base_rate']} yen/{unit}"), parse_category(f"equal {row['stages']}"), rules
        )
        for year, day in (("2025", date(2026, 3, 31)), ("2026", date(2026, 4, 1))):
            term = path[rules.cuts_made(day)].duty.terms[0]
            assert term.amount == Decimal(row[f"published_fy{year}"]), row
            seen += 1
    assert seen == 66


def test_wine_is_staged_element_by_element(worked: Path) -> None:
    wine = parse_duty("15% or 125 yen/l, whichever is the less; not less than 67 yen/l")
    for name, rules, cuts, made in (("RCEP", "rcep-jpn", 16, 5), ("Mongolia", "japan-mongolia-jpn", 11, 10)):
        found = staged(wine, parse_category(f"equal {cuts}"), agreements()[rules])[made].duty
        published = [
            Decimal(row["published_fy2025"])
            for row in _rows(worked / "staging_wine_compound.csv")
            if row["japan_line"] == "2204.21.020" and row["agreement"].startswith(name)
        ]
        own = [getattr(term, "percent", None) or term.amount for term in found.terms]
        assert own == published


def test_beef_of_japan_falls_along_two_straight_lines(worked: Path) -> None:
    beef = parse_category("via 1:27.5 10:20 16:9")
    for rules, column in (("cptpp-jpn", "rounded_down"), ("japan-eu-jpn", "rounded_nearest")):
        path = staged(parse_duty("38.5%"), beef, agreements()[rules])
        for row in _rows(worked / "staging_beef_japan.csv"):
            assert _percent(path[int(row["stage_year"])].duty) == Decimal(row[column])
    assert not beef.ends_free


def test_anzcerta_takes_five_points_off_a_whole_number() -> None:
    path = staged(parse_duty("22.5%"), parse_category("minus 5"), agreements()["cusfta"])
    assert [str(one.duty) for one in path[1:]] == ["17%", "12%", "7%", "2%", "Free"]


def test_the_quota_of_korus_for_honey(worked: Path) -> None:
    quota = parse_category("keep; quota 200 t grows 3%").quota
    assert quota is not None
    for row in _rows(worked / "trq_growth.csv"):
        volume = float(quota.volume(int(row["year"]) - 2011))
        assert f"{volume:.3f}" == row["quantity_t_recomputed_3pct_compound"]
        if row["quantity_t_printed"]:
            assert f"{volume:.0f}" == row["quantity_t_printed"]
