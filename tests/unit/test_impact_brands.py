"""Who sells what is made where: Japanese brands, makers and drives, on figures that are made up and small."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import xarray as xr
from tests.measures import figure

from kosho.impact import vehicles
from kosho.impact.ranges import Range
from kosho.impact.vehicles import brand_sales, brands_known, by_maker, drive_parts, japanese_brands

CODES = ("JPN", "CHN", "THA", "KOR")


def brands(year: int, share: float, low: float | None = None, high: float | None = None) -> Any:
    return SimpleNamespace(market="THA", year=year, share=figure(share, low=low, high=high))


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    found = SimpleNamespace(
        brands=[brands(2018, 0.9), brands(2024, 0.7), brands(2020, 0.8), brands(2022, 0.75)],
        drives=[
            SimpleNamespace(
                market="USA", exporters=(), shares={"hybrid": figure(0.1), "electric": figure(0.08, low=0.06)}
            ),
            SimpleNamespace(
                market="USA", exporters=("DEU",), shares={"electric": figure(0.2, low=0.1, high=0.4)}
            ),
            SimpleNamespace(market="GBR", exporters=("DEU",), shares={"electric": figure(0.5)}),
        ],
        makers=[
            SimpleNamespace(exporter="JPN", market="GBR", unit="vehicles", units={"One": figure(5.0)}),
            SimpleNamespace(
                exporter="JPN",
                market="USA",
                unit="vehicles",
                units={
                    "One": figure(100.0, low=90.0, high=120.0),
                    "Two": figure(50.0),
                    "Three": figure(10.0, low=9.0),
                },
            ),
        ],
    )
    monkeypatch.setattr(vehicles, "vehicle_data", lambda: found)
    return found


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("year", "found"),
    [
        (None, 2024),
        (2030, 2024),
        (2023, 2024),
        (2021, 2022),
        (2019, 2020),
        (2018, 2018),
        (1990, 2018),
        (2022, 2022),
    ],
)
def test_the_nearest_year_is_taken_the_later_of_two_as_near(year: int | None, found: int) -> None:
    known = brands_known("THA", year)
    assert known is not None
    assert known.year == found
    assert brands_known("IDN", year) is None
    told = japanese_brands("THA", 1000.0, year)
    assert told.value == pytest.approx(1000.0 * known.share.value)
    assert f"share of {found}" in (told.note or "")


def levels(one: Range) -> tuple[float, float | None, float]:
    return one.low, one.value, one.high


@pytest.mark.usefixtures("data")
def test_makers_change_alike_with_their_ends() -> None:
    found = by_maker("JPN", "USA", base=200.0, new=150.0)
    assert {maker: levels(one) for maker, one in found.items()} == {
        "One": pytest.approx((67.5, 75.0, 90.0)),
        "Two": pytest.approx((37.5, 37.5, 37.5)),
        "Three": pytest.approx((6.75, 7.5, 7.5)),
    }


@pytest.mark.usefixtures("data")
def test_drives_are_shares_of_the_vehicles_of_a_cell() -> None:
    german, other = drive_parts("USA", "DEU", 0.5), drive_parts("USA", "KOR", 0.5)
    assert levels(german["electric"]) == pytest.approx((0.05, 0.1, 0.2))
    assert (german["electric"].note, german["hybrid"].assumed) == (None, True)
    assert levels(german["hybrid"]) == pytest.approx((0.05, 0.05, 0.05))
    assert levels(other["electric"]) == pytest.approx((0.03, 0.04, 0.04))
    assert "taken for those from KOR" in (other["electric"].note or "")


def outcome(before: dict[str, float], after: dict[str, float], year: int = 2024) -> Any:
    def flows(values: dict[str, float]) -> xr.DataArray:
        table = xr.DataArray(
            0.0,
            dims=("importer", "exporter", "sector"),
            coords={"importer": list(CODES), "exporter": list(CODES), "sector": ["C28", "C29"]},
        )
        for code, value in values.items():
            table.loc["THA", code, "C29"] = value
            table.loc["THA", code, "C28"] = 1000.0
            table.loc["KOR", code, "C29"] = 500.0
        return table

    base = SimpleNamespace(
        countries=CODES, sectors=("C28", "C29"), flows=flows(before), meta=SimpleNamespace(year=year)
    )
    return cast("Any", SimpleNamespace(base=base, flows=flows(after)))


@pytest.mark.usefixtures("data")
def test_brands_have_what_comes_from_home_and_the_rest_of_their_share_of_what_others_make() -> None:
    """70 of 100 in all, 10 of them from Japan: of the 75 that neither Japan nor China makes 60, four fifths."""
    told = brand_sales(
        outcome(
            {"JPN": 10.0, "CHN": 15.0, "THA": 70.0, "KOR": 5.0},
            {"JPN": 5.0, "CHN": 45.0, "THA": 40.0, "KOR": 10.0},
        ),
        "THA",
    )
    assert told is not None
    assert (told.market, told.year) == ("THA", 2024)
    assert told.base.value == pytest.approx(70.0)
    assert told.new.value == pytest.approx(5.0 + 0.8 * 50.0)
    assert told.base_share.value == pytest.approx(0.7)
    assert told.new_share.value == pytest.approx(0.45)
    assert told.made_in_japan == (10.0, 5.0)
    assert told.others_made == (75.0, 50.0)
    assert told.base.assumed
    assert told.new_share.assumed


@pytest.mark.parametrize(
    ("before", "share", "part"),
    [
        ({"JPN": 80.0, "CHN": 10.0, "KOR": 10.0}, 0.7, 0.0),  # more from Japan than their share: nothing else
        ({"JPN": 10.0, "CHN": 60.0, "KOR": 30.0}, 0.7, 1.0),  # more than all that is not Chinese
        ({"JPN": 50.0, "CHN": 50.0}, 0.7, 0.0),  # there is no rest
        ({"JPN": 20.0, "CHN": 30.0, "KOR": 50.0}, 0.45, 0.5),
    ],
)
def test_of_the_rest_they_have_between_nothing_and_all(
    data: SimpleNamespace, before: dict[str, float], share: float, part: float
) -> None:
    data.brands = [brands(2024, share)]
    told = brand_sales(outcome(before, before), "THA")
    assert told is not None
    assert told.base.value == pytest.approx(before["JPN"] + part * before.get("KOR", 0.0))
    assert told.new.value == pytest.approx(told.base.value)


def test_a_share_with_ends_gives_ends(data: SimpleNamespace) -> None:
    data.brands = [brands(2024, 0.45, 0.3, 0.6)]
    values = {"JPN": 20.0, "CHN": 30.0, "KOR": 50.0}
    told = brand_sales(outcome(values, values | {"KOR": 100.0, "CHN": 0.0}), "THA")
    assert told is not None
    assert levels(told.base) == pytest.approx((30.0, 45.0, 60.0))
    assert levels(told.new) == pytest.approx((40.0, 70.0, 100.0))
    assert levels(told.new_share) == pytest.approx((40 / 120, 70 / 120, 100 / 120))


@pytest.mark.usefixtures("data")
def test_where_nothing_is_known_nothing_is_told() -> None:
    values = {"JPN": 20.0, "CHN": 30.0, "KOR": 50.0}
    assert brand_sales(outcome(values, values), "KOR") is None
    gone = outcome(values, values)
    gone.base.countries = ("JPN", "CHN")
    assert brand_sales(gone, "THA") is None
    gone = outcome(values, values)
    gone.base.sectors = ("C28",)
    assert brand_sales(gone, "THA") is None
