"""Vehicles by drive and maker, and subsidies that ask for local content."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.equilibrium import Part, Shock, solve
from kosho.errors import InputError
from kosho.impact.value_chains import content
from kosho.impact.vehicles import (
    by_maker,
    drive_parts,
    drive_share,
    eligible,
    japanese_brands,
    purchase_subsidy,
    subsidy_cost,
    vehicle_data,
)
from kosho.world import World


def test_electric_and_hybrid_are_two_parts_with_their_ranges(talks: World) -> None:
    found = drive_parts("USA", "JPN", 0.78)
    assert found["hybrid"].value == pytest.approx(0.78 * 0.124)
    assert found["electric"].low < found["electric"].high
    assert found["hybrid"].assumed
    parts = [
        Part("USA", "JPN", "C29", share=share.value or 0.0, tariff=rate, part=drive)
        for (drive, share), rate in zip(found.items(), (0.15, 0.25), strict=True)
    ]
    outcome = solve(talks, Shock.parts(talks, parts, insist=True))
    hybrid, electric = (np.divide(*outcome.part_flow("USA", "JPN", "C29", drive)) for drive in found)
    assert 1 < hybrid < electric  # base over new: the higher duty cuts more
    with pytest.raises(InputError, match="not known"):
        drive_share("FRA", "hybrid")


def test_electric_shares_differ_by_origin_where_they_are_known() -> None:
    whole = drive_share("USA", "electric")
    assert (
        drive_share("USA", "electric", "DEU").value > drive_share("USA", "electric", "MEX").value > whole.value
    )
    assert drive_share("USA", "electric", "GBR") == whole
    assert drive_share("USA", "hybrid", "JPN") == drive_share("USA", "hybrid")
    known, taken = drive_parts("USA", "DEU", 0.72)["electric"], drive_parts("USA", "GBR", 0.85)["electric"]
    assert known.value == pytest.approx(0.72 * 0.234)
    assert known.note is None
    assert "taken for those from GBR" in (taken.note or "")
    with pytest.raises(InputError, match="drives of vehicles sold in MYS are not known"):
        drive_share("MYS", "hybrid")


def test_japanese_brands_in_south_east_asia() -> None:
    sold = japanese_brands("THA", 500_000, 2023)
    assert sold.value == pytest.approx(389_000)
    assert sold.low < sold.value <= sold.high
    assert "share of 2023" in (sold.note or "")
    assert japanese_brands("THA", 500_000).value == pytest.approx(346_500)  # 69.3 % in 2025
    for market in ("IDN", "MYS", "PHL", "VNM", "SGP"):
        found = japanese_brands(market, 1.0)
        assert 0 < found.low < found.high < 1
    with pytest.raises(InputError, match="did you mean THA"):
        japanese_brands("TAH", 1.0)


def test_makers_add_up_to_all_vehicles_shipped() -> None:
    (told,) = vehicle_data().makers
    total = sum(cited.value for cited in told.units.values())
    assert total == pytest.approx(1_370_000)
    found = by_maker("JPN", "USA", 1_370_000, 685_000)
    assert found["Toyota"].value == pytest.approx(270_000)
    assert found["Toyota"].low < found["Toyota"].value < found["Toyota"].high
    with pytest.raises(InputError, match="not known"):
        by_maker("KOR", "USA", 1.0, 1.0)


def test_a_subsidy_goes_to_those_with_local_content_and_the_treasury_pays(talks: World) -> None:
    origins = ["USA", "MEX", "CAN", "JPN", "KOR"]
    regional = eligible(talks, origins, 0.6, ["USA", "MEX", "CAN"])
    assert regional["USA"] == 1.0
    assert regional["JPN"] == regional["KOR"] == 0.0
    assert content(talks, "JPN", "C29", ["USA", "MEX", "CAN"]) < 0.1
    rate = 0.05
    shares = {origin: 0.3 * share for origin, share in regional.items()}
    parts = purchase_subsidy(talks, "USA", rate, shares)
    outcome = solve(talks, Shock.parts(talks, parts, insist=True), tol=1e-10)
    for one in parts:
        base, new = outcome.part_flow("USA", one.exporter, "C29", one.part)
        assert new > base
    japan = float(outcome.flows.sel(importer="USA", exporter="JPN", sector="C29"))
    assert japan < float(outcome.base.flows.sel(importer="USA", exporter="JPN", sector="C29"))
    # The treasury pays: revenue is what base duties bring on the new flows, less the subsidies.
    duties = float((outcome.base.tariff.sel(importer="USA") * outcome.flows.sel(importer="USA")).sum())
    cost = subsidy_cost(outcome, rate, parts)
    assert cost > 0
    assert float(outcome.tariff_revenue.sel(country="USA")) == pytest.approx(duties - cost, rel=1e-8)
    received = outcome.flows.sum() + outcome.tariff_revenue.sum()
    assert float(received) == pytest.approx(float(outcome.expenditure.sum()), rel=1e-9)


def test_a_subsidy_of_nothing_changes_nothing_and_one_of_all_is_refused(talks: World) -> None:
    none = purchase_subsidy(talks, "USA", 0.0, {"USA": 0.5, "JPN": 0.5})
    outcome = solve(talks, Shock.parts(talks, none, insist=True), tol=1e-10)
    np.testing.assert_allclose(outcome.welfare, 0.0, atol=1e-10)
    with pytest.raises(InputError, match="below one"):
        purchase_subsidy(talks, "USA", 1.0, {"USA": 0.5})
