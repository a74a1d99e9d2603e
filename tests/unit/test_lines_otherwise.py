"""Lines at the ends of what is allowed: elasticities of zero, codes under codes, the first sector."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.worlds import build

from kosho.errors import InputError, Problems
from kosho.law.schedules.lines import Line, LineBook, Schedule
from kosho.lines import (
    LinearMarket,
    LineTable,
    ValueRule,
    gsim,
    join_rates,
    line_shock,
    linear_market,
    nested_ces,
    rules_of_origin,
    schedule_rates,
    smart,
)
from kosho.lines.line_offers import _rate
from kosho.lines.line_packages import _sellers, holding
from kosho.lines.rules_of_origin import UseRange, _of_partner
from kosho.lines.staging import Category
from kosho.lines.trade_columns import refuse_fractions
from kosho.lines.trade_files import _without_sums, paid_rates
from kosho.lines.trade_formats import TradeFormat

ONE: dict[str, Any] = {"id": "mine", "title": "t", "signs": ("hs",)}


def test_a_code_has_the_rate_of_the_longest_line_that_it_lies_under() -> None:
    trade = pl.DataFrame(
        {"importer": ["USA"] * 3, "exporter": ["JPN"] * 3, "hs": ["8703231000", "87032400", "870390"]}
    )
    rows = [
        ("USA", "", "870323", 0.2),
        ("USA", "", "8703", 0.1),
        ("USA", "", "87032310", 0.3),
        ("USA", "", "87", 0.9),
    ]
    rates = pl.DataFrame(rows, schema=["importer", "exporter", "hs", "rate"], orient="row")
    found = join_rates(trade.with_columns(value=pl.lit(1.0)).lazy(), rates.lazy()).collect()
    assert dict(zip(found["hs"].to_list(), found["rate"].to_list(), strict=True)) == {
        "8703231000": 0.3,
        "87032400": 0.1,
        "870390": 0.1,
    }


@pytest.mark.parametrize(
    ("market", "fits"),
    [
        (LinearMarket(10, 5, 3, 0, 0), True),
        (LinearMarket(10, 5, 3, -1, 1), True),
        (LinearMarket(10, 5, 3, 1e-9, 1), False),
        (LinearMarket(10, 5, 3, -1, -1e-9), False),
        (LinearMarket(10, 3, 3, -1, 1), False),
        (LinearMarket(10, 5, 3, -1, 1, 0.0), False),
        (LinearMarket(10, 5, 3, -1, 1, 1e-9), True),
    ],
)
def test_slopes_of_a_market_have_their_own_sign_or_none(market: LinearMarket, *, fits: bool) -> None:
    if fits:
        assert linear_market(market).imports == 2.0
        with pytest.raises(InputError, match="no market with imports"):
            linear_market(market, rate=-1.0)
        return
    with pytest.raises(InputError, match="no market with imports"):
        linear_market(market)


PLAIN: dict[str, Any] = {
    "lower": 3.0,
    "demand": -1.0,
    "supply": 1.5,
    "home": 4.0,
    "upper": 2.0,
    "home_supply": 1.0,
}


@pytest.mark.parametrize(
    ("name", "least", "itself"),
    [
        ("spending", 0.0, True),
        ("before", -1.0, False),
        ("after", -1.0, False),
        ("lower", 0.0, False),
        ("upper", 0.0, False),
        ("supply", 0.0, True),
        ("home", 0.0, True),
        ("home_supply", 0.0, True),
    ],
)
def test_what_goes_into_nested_ces_is_from_its_least_on(name: str, least: float, *, itself: bool) -> None:
    def solved(value: float) -> Any:
        given = {**PLAIN, "spending": [[2.0, 3.0]], "before": 0.1, "after": 0.2, name: value}
        given["spending"] = np.broadcast_to(given["spending"], (1, 2))
        return nested_ces(given.pop("spending"), given.pop("before"), given.pop("after"), **given)

    if itself:
        assert np.isfinite(solved(least).price).all()
    else:
        with pytest.raises(InputError, match=f"^{name}"):
            solved(least)
    with pytest.raises(InputError, match=f"^{name}"):
        solved(least - 1e-9)


@pytest.mark.parametrize(("demand", "fits"), [(0.0, True), (1e-9, False)])
def test_demand_may_stay_whatever_its_price_is(demand: float, *, fits: bool) -> None:
    trade = [[2.0, 3.0], [4.0, 1.0]]
    models: tuple[Any, ...] = (
        lambda: nested_ces(trade, 0.1, 0.2, lower=3.0, demand=demand),
        lambda: smart(trade, 0.1, 0.2, demand=demand, substitution=0.0),
        lambda: gsim(trade, 0.1, 0.2, demand=demand, supply=1.0, substitution=0.0),
    )
    for model in models:
        if fits:
            model()
            continue
        with pytest.raises(InputError, match="demand"):
            model()


@pytest.mark.parametrize(
    ("demand", "supply", "substitution", "price"),
    [
        (0.0, 0.0, 0.0, None),
        (0.0, 0.0, 3.0, None),
        ([[0.0, -1.0]], 0.0, 0.0, None),  # two prices, and one importer that minds them
        ([[0.0, -1.0]], 0.0, 3.0, 0.1 / 1.1),
        (-1.0, 0.0, 0.0, 0.1 / 1.1),
        (0.0, [[1.0, 0.0]], 3.0, 0.0),
        (0.0, np.inf, 0.0, 0.0),
    ],
)
def test_prices_that_nothing_sets_are_told_and_not_made_up(
    demand: Any, supply: Any, substitution: float, price: float | None
) -> None:
    """A duty of a tenth falls away; where supply is fixed and demand is not, sellers have all of it."""
    trade = [[[1.0, 2.0], [3.0, 1.0]]] * 2
    rate = np.full((2, 2, 2), 0.1)
    if price is None:
        with pytest.raises(InputError, match=r"^supply\[0\]: many prices clear the market"):
            gsim(trade, rate, 0.0, demand=demand, supply=supply, substitution=substitution)
        with pytest.raises(InputError, match=r"^supply\[1\]: many prices clear the market"):
            gsim(trade, rate, 0.0, demand=demand, supply=[[1.0, 1.0], [0.0, 0.0]], substitution=substitution)
        return
    found = gsim(trade, rate, 0.0, demand=demand, supply=supply, substitution=substitution).world_price
    np.testing.assert_allclose(found, price, atol=1e-12)


def test_points_off_end_with_the_cut_that_leaves_nothing() -> None:
    by_one = Category("minus 1", minus=1)  # type: ignore[arg-type]
    assert [by_one.last(base) for base in (0, 1, 2, 3)] == [1, 1, 2, 3]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("importer", "more", "fits"),
    [
        (True, {"exporter": ("o",), "value": ("v",)}, True),
        (True, {"value": ("v",)}, False),
        (True, {"rate": ("r",)}, False),
        (False, {"exporter": ("o",), "value": ("v",)}, False),
        (True, {"exporter": ("o",)}, False),
    ],
)
def test_a_format_of_trade_names_both_sides_and_what_is_traded(
    importer: bool, more: dict[str, Any], *, fits: bool
) -> None:
    columns = {"hs": ("hs",), **more} | ({"importer": ("i",)} if importer else {})
    if fits:
        assert TradeFormat(**ONE, columns=columns).kind == "trade"
        return
    with pytest.raises(ValueError, match="columns need"):
        TradeFormat(**ONE, columns=columns)
    if "rate" in more:  # rates of all partners need none
        assert TradeFormat(**ONE, columns=columns, kind="rates").kind == "rates"


@pytest.mark.parametrize(("highest", "told"), [(0.0, False), (0.02, True), (0.5, None), (3.0, False)])
def test_rates_that_look_like_fractions_are_refused_and_lines_that_are_all_free_are_not(
    highest: float, told: bool | None
) -> None:
    frame = pl.DataFrame({"hs": ["870323"], "rate": [str(highest)]})
    form = TradeFormat(**ONE, columns={"hs": ("hs",), "rate": ("rate",), "importer": ("i",)}, kind="rates")
    rates = pl.Series([highest])
    if told:
        with pytest.raises(InputError, match=r"no rate is above 0\.02"):
            refuse_fractions(frame, form, rates, "t.csv")
    elif told is False:
        refuse_fractions(frame, form, rates, "t.csv")


@pytest.mark.parametrize(
    ("codes", "kept"),
    [
        (["87", "8703", "87032"], ["87032"]),
        (["87", "8703"], ["8703"]),
        (["8703", "87"], ["8703"]),
        (["87"], ["87"]),
        (["870323", "87032"], ["870323"]),
    ],
)
def test_headings_are_sums_wherever_lines_are_finer(codes: list[str], kept: list[str]) -> None:
    made = pl.DataFrame({"importer": "USA", "exporter": "JPN", "hs": codes})
    form = TradeFormat(**ONE, columns={"hs": ("hs",), "value": ("v",), "importer": ("i",), "exporter": ("o",)})
    assert _without_sums(made, form, [])["hs"].to_list() == kept


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ([("JPN", 0.05, ""), ("JPN", 0.01, "AHS")], 0.01),
        ([("", 0.05, "MFN"), ("", 0.01, "")], 0.05),
        ([("", 0.05, ""), ("", 0.01, "AHS")], 0.05),
        ([("", 0.05, "AHS"), ("", 0.01, "PRF")], 0.05),
        ([("JPN", 0.05, ""), ("JPN", 0.01, "PRF")], 0.05),
        ([("JPN", 0.05, "MFN"), ("JPN", 0.01, "PRF"), ("JPN", 0.03, "PRF")], 0.01),
        ([("JPN", 0.05, "MFN"), ("JPN", 0.01, "odd")], 0.05),
        ([("JPN", 0.05, "MFN"), ("JPN", 0.08, "PRF")], 0.05),
        ([("JPN", 0.05, "odd"), ("JPN", 0.08, "PRF")], 0.08),
    ],
)
def test_of_several_kinds_of_rate_the_one_that_is_applied_counts(rows: list[Any], rate: float) -> None:
    frame = pl.DataFrame(rows, schema=["exporter", "rate", "duty_type"], orient="row")
    found = paid_rates(frame.with_columns(importer=pl.lit("USA"), hs=pl.lit("0101"), year=2020))
    assert found["rate"].to_list() == [rate]


@pytest.mark.parametrize(
    ("text", "paid", "told"),
    [
        ("-100%", 0.0, None),
        ("-50%", 0.1, None),
        ("-101%", None, "-101% takes off more than all"),
        ("0", 0.0, None),
        ("20%", 0.2, None),
        ("-5", None, "'-5' is no rate"),
        ("150%", 1.5, None),
    ],
)
def test_a_cut_takes_off_all_at_most(text: str, paid: float | None, told: str | None) -> None:
    problems = Problems("t.csv")
    found = _rate(text, np.array([0.2]), 4, problems)
    assert [one.message for one in problems.found] == ([] if told is None else [told])
    assert (None if found is None else found.tolist()) == (None if paid is None else [pytest.approx(paid)])


WORLD = build(np.ones((4, 4, 2)), sectors=("C29", "A01"), countries=("JPN", "DEU", "FRA", "USA"))


def test_a_bloc_is_its_members_and_the_rest_those_that_are_not_named() -> None:
    assert [holding(WORLD, code) for code in ("EU27", "DEU", "THA", "odd")] == [[1, 2], [1], [], []]
    region = WORLD.aggregate(regions={"EUR": ("DEU", "FRA"), "JPN": ("JPN",), "USA": ("USA",)})
    assert [holding(region, code) for code in ("EU27", "FRA")] == [[region.position("EUR")]] * 2
    for partners, sellers in (
        (("DEU", "ROW"), {0: [1], 1: [0, 2]}),
        (("EU27", "ROW"), {0: [1, 2], 1: [0]}),
        (("JPN", "DEU"), {0: [0], 1: [1]}),
    ):
        table: Any = SimpleNamespace(partners=partners, importer="USA")
        assert dict(_sellers(WORLD, table)) == sellers


def test_lines_of_the_first_sector_of_a_world_are_parts_of_it() -> None:
    rates = np.array([[0.0], [0.0]])
    table = LineTable(
        "USA", ("870323", "010121"), ("JPN",), np.array([[0.5], [0.25]]), rates, ("line",) * 2, ()
    )
    found = line_shock(WORLD, table, np.array([[0.15], [0.1]]))
    assert found.left_out == ()
    assert sorted(zip(found.shock.sector.tolist(), found.shock.tariff.tolist(), strict=True)) == [
        (0, pytest.approx(0.15)),
        (1, pytest.approx(0.1)),
    ]


def test_what_could_claim_a_cut_of_a_bloc_is_the_widest_of_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    ranges = {"DEU": UseRange(0.2, 0.5), "FRA": UseRange(0.1, 0.4)}
    monkeypatch.setattr(rules_of_origin, "_content", lambda _world, code, *_other: code)
    monkeypatch.setattr(rules_of_origin, "possible_use", lambda code, _threshold: ranges[code])
    rule = ValueRule("build-down", 0.45, ("USA",))
    assert _of_partner(WORLD, "EU27", "C29", rule) == UseRange(0.1, 0.5)
    assert _of_partner(WORLD, "FRA", "C29", rule) == UseRange(0.1, 0.4)
    assert [_of_partner(WORLD, code, "C29", rule) for code in ("ROW", "THA")] == [UseRange(0.0, 1.0)] * 2
    rest = build(np.ones((2, 2, 1)), sectors=("C29",), countries=("ROW", "USA"))
    assert _of_partner(rest, "ROW", "C29", rule) == UseRange(0.0, 1.0)


def line(code: str, general: str, **texts: str) -> Line:
    return Line(code, code, "kg", general, special_texts=texts)


def test_an_economy_has_a_column_of_its_own_where_one_agreement_alone_gives_it_a_duty() -> None:
    lines = [
        line("01", "5%", usjta="Free", korus="1%", usmca="Free", **{"auto-products": "3%"}),
        line("02", "6%", usjta="2.2¢/kg", **{"ustpa-peru": "Free", "cafta-dr/CRI": "4%"}),
        line("03", "7%", gsp="Free", **{"cafta-dr": "1%"}),
    ]
    found = schedule_rates(Schedule("USA", "mine", LineBook(lines)))
    assert sorted(found.select("exporter", "hs", "rate").rows()) == [
        ("", "01", 0.05),
        ("", "02", 0.06),
        ("", "03", 0.07),
        ("CRI", "02", 0.04),  # of a whole agreement where one economy pays something else
        ("CRI", "03", 0.01),
        ("JPN", "01", 0.0),
        ("JPN", "02", None),
        ("KOR", "01", 0.01),
    ]
    lines = [line("01", "5%", jaepa="0%", **{"usjta": "1%", "japan-uk": "2%", "rcep/CHN": "3%"})]
    found = schedule_rates(Schedule("JPN", "mine", LineBook(lines)))
    own = dict(zip(found["exporter"].to_list(), found["rate"].to_list(), strict=True))
    assert own == {"": 0.05, "USA": 0.01, "CHN": 0.03}  # Britain and Australia may claim under CPTPP too
