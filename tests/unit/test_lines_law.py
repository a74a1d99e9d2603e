"""Rates of lines by the law of a day: what the register says of each, and nothing where it says a range."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.measures import measure
from tests.measures import register as small_register

from kosho.equilibrium import Shock, solve, world_after
from kosho.errors import InputError
from kosho.law import Query, Register, quote
from kosho.law.schedules import parse_duty
from kosho.lines import LawRates, law_rates, line_table, shipped_rates, shipped_trade, world_under_law
from kosho.world import World, load, toy

DAY = date(2025, 11, 1)
LINES = ("87032301", "85171300", "72083930", "02013050", "61103030", "27090010", "84713001", "29339950")


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


@pytest.fixture(scope="module")
def trade() -> pl.DataFrame:
    eight = shipped_trade("USA", 8).of_year().filter(pl.col("hs").is_in(LINES))
    six = shipped_trade("USA", 6).of_year().filter(pl.col("hs").is_in([line[:6] for line in LINES]))
    return pl.concat([eight, six.filter(pl.col("exporter").is_in(["AUS", "BRA", "ROW"]))])


@pytest.fixture(scope="module")
def found(register: Register, trade: pl.DataFrame) -> LawRates:
    return law_rates(register, "USA", trade, DAY, year=2024)


def rows(found: LawRates, exporter: str) -> dict[str, tuple[float | None, float, float]]:
    some = found.frame.filter(exporter=exporter).select("hs", "rate", "low", "high")
    return {code: (rate, low, high) for code, rate, low, high in some.iter_rows()}


@pytest.mark.parametrize("exporter", ["JPN", "CHN", "GBR", "BRA", "VNM"])
def test_a_rate_is_what_a_question_about_the_line_answers(
    register: Register, found: LawRates, exporter: str
) -> None:
    printed = {
        (partner, code): duty
        for partner, code, duty in shipped_rates("USA").select("exporter", "hs", "duty").iter_rows()
    }
    asked = 0
    for code, (rate, low, high) in rows(found, exporter).items():
        duty = parse_duty(printed.get((exporter, code), printed["", code]))
        if code not in LINES or duty.standing() != "rate":
            continue
        answer = quote(register, Query("USA", exporter, code, DAY, general=duty))
        if answer.rate is None:
            assert rate is None
            assert low < high
        else:
            assert rate == pytest.approx(answer.rate, abs=1e-5), code
        asked += 1
    assert asked >= 4


def test_a_bloc_has_the_rate_of_its_members_and_only_where_they_agree(
    register: Register, found: LawRates
) -> None:
    bloc = rows(found, "EU27")
    cars = quote(register, Query("USA", "DEU", "87032301", DAY, general=parse_duty("2.5%")))
    assert bloc["87032301"][0] == pytest.approx(cars.rate, abs=1e-5)


def test_a_bloc_whose_members_pay_differently_lies_between_them(trade: pl.DataFrame) -> None:
    apart = small_register(measure(value={"DEU": 25, "EU27": 10}))
    cars = trade.filter(pl.col("exporter").is_in(["EU27", "JPN"]) & (pl.col("hs") == "87032301"))
    found = law_rates(apart, "USA", cars, DAY)
    assert rows(found, "EU27")["87032301"] == (None, pytest.approx(0.125), pytest.approx(0.275))
    assert rows(found, "JPN")["87032301"] == pytest.approx((0.025, 0.025, 0.025))


@pytest.mark.parametrize(("collected", "rate"), [(1.0, 0.01), (2.5, 0.025), (10.0, 0.025), (0.0, 0.0)])
def test_what_an_agreement_leaves_is_what_was_collected_and_no_more_than_all_pay(
    collected: float, rate: float
) -> None:
    trade = pl.DataFrame({"exporter": ["KOR"], "hs": ["87032301"], "value": [100.0], "duty": [collected]})
    duties = shipped_rates("USA").filter((pl.col("hs") == "87032301") & (pl.col("exporter") == ""))
    found = law_rates(small_register(), "USA", trade, DAY, (duties, "a schedule"), year=2024)
    assert rows(found, "KOR")["87032301"][0] == pytest.approx(rate)


def test_a_share_of_goods_claims_usmca_and_the_mean_lies_between(found: LawRates) -> None:
    rate, low, high = rows(found, "CAN")["61103030"]
    assert rate is not None
    assert low == 0 < rate < high
    assert high == pytest.approx(0.32 + 0.35, abs=1e-6)


def test_what_an_agreement_leaves_is_collected_or_not_known(
    register: Register, trade: pl.DataFrame, found: LawRates
) -> None:
    code = "61103030"
    paid = rows(found, "KOR")[code][0]
    assert paid is not None
    bare = law_rates(register, "USA", trade.with_columns(duty=pl.lit(None, dtype=pl.Float64)), DAY)
    rate, low, high = rows(bare, "KOR")[code]
    assert rate is None
    assert low - 1e-6 <= paid <= high + 1e-6
    assert low < high
    assert any("Korea" in one and "not known" in one for one in bare.told)
    assert bare.between(code)[1] == pytest.approx(0.32 + 0.25, abs=0.15)


def test_what_was_collected_tells_nothing_where_a_duty_began_within_the_year(register: Register) -> None:
    # Section 301 is on tungsten ores of China from 27 September 2024; the ordinary duty is money a kilogram.
    trade = pl.DataFrame({"exporter": ["CHN"], "hs": ["26110060"], "value": [1.0], "duty": [0.138]})
    of_2023 = rows(law_rates(register, "USA", trade, DAY, year=2023), "CHN")["26110060"]
    of_2024 = rows(law_rates(register, "USA", trade, DAY, year=2024), "CHN")["26110060"]
    assert of_2023[0] == pytest.approx(of_2024[1] + 0.138, abs=1e-5)
    assert of_2024[0] is None
    assert np.isinf(of_2024[2])


@pytest.mark.parametrize(("exporter", "hs"), [("ROW", "870323"), ("JPN", "999999"), ("ROW", "999999")])
def test_trade_without_a_partner_or_a_line_of_the_schedule_has_no_rates_by_law(
    register: Register, exporter: str, hs: str
) -> None:
    trade = pl.DataFrame({"exporter": [exporter], "hs": [hs], "value": [1.0], "duty": [0.1]})
    collected = {hs: (0.1, 0.1, 0.1)} if exporter == "ROW" else {}
    assert rows(law_rates(register, "USA", trade, DAY, year=2024), exporter) == collected


def test_the_rest_of_the_world_keeps_what_it_paid(found: LawRates, trade: pl.DataFrame) -> None:
    mine = trade.filter(exporter="ROW", hs="611030")
    share = (mine["duty"] / mine["value"]).to_list()
    assert [rows(found, "ROW")["611030"][0]] == pytest.approx(share)


def test_a_line_without_one_rate_is_not_priced_and_says_between_what(
    found: LawRates, trade: pl.DataFrame
) -> None:
    table = line_table(trade, "USA", found.frame, digits=6)
    unknown = found.frame.filter(pl.col("rate").is_null()).join(trade, on=["exporter", "hs"])
    open_lines = unknown["hs"].str.slice(0, 6).unique().to_list()
    assert open_lines
    for code in open_lines:
        assert not table.priced[table.codes.index(code)]
        low, high = found.between(code)
        assert 0 <= low < high


def test_an_importer_without_a_schedule_is_told_what_to_do(register: Register) -> None:
    trade = pl.DataFrame({"exporter": ["JPN"], "hs": ["870323"], "value": [1.0], "duty": [0.1]})
    with pytest.raises(InputError, match="no schedule of CHN in force on 2025-11-01 is at hand"):
        law_rates(register, "CHN", trade, DAY)


def test_a_change_after_a_change_is_both_at_once() -> None:
    world = toy()
    first = {("USA", "JPN", "C29"): 0.25, ("USA", "CHN", "C29"): 0.3}
    second = {**first, ("USA", "JPN", "C29"): 0.15}
    between = world_after(solve(world, Shock.tariffs(world, first)))
    assert between.imbalance < 1e-8
    later = solve(between, Shock.tariffs(between, {("USA", "JPN", "C29"): 0.15}))
    stepwise = (1 + solve(world, Shock.tariffs(world, first)).welfare) * (1 + later.welfare) - 1
    at_once = solve(world, Shock.tariffs(world, second)).welfare
    np.testing.assert_allclose(stepwise.to_numpy(), at_once.to_numpy(), atol=1e-8)


def test_the_economy_under_the_law_pays_its_duties(register: Register) -> None:
    world: World = load(regions="talks", sectors="talks")
    start = world_under_law(world, register, date(2025, 6, 29))
    cars = {"importer": "USA", "exporter": "JPN", "sector": "C29"}
    assert float(start.tariff.sel(cars)) > 0.25 > float(world.tariff.sel(cars))
    assert start.imbalance < 1e-6


@pytest.mark.parametrize(("year", "partners"), [(None, ["JPN"]), (2024, ["JPN", "ROW"])])
def test_goods_that_come_back_are_no_partners_and_what_was_collected_tells_nothing_without_a_year(
    register: Register, year: int | None, partners: list[str]
) -> None:
    trade = pl.DataFrame({"exporter": ["USA", "ROW", "JPN"], "hs": "87032301", "value": 1.0, "duty": 0.1})
    found = law_rates(register, "USA", trade, DAY, year=year).frame
    assert sorted(found["exporter"].unique().to_list()) == partners
