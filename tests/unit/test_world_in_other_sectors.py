"""The shipped table put into the industries of WIOD and 40 economies: what it says must stay nearly the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kosho.case import Case
from kosho.scenario import simulate
from kosho.world import World, load
from kosho.world.build import Said, completed
from kosho.world.concordances import concordance
from kosho.world.loading import calibrated, estimated_final, exact, table
from kosho.world.store import IOTable, write

ECONOMIES = [
    "AUS",
    "AUT",
    "BEL",
    "BGR",
    "BRA",
    "CAN",
    "CHN",
    "CYP",
    "CZE",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GBR",
    "GRC",
    "HUN",
    "IDN",
    "IND",
    "IRL",
    "ITA",
    "JPN",
    "KOR",
    "LTU",
    "LUX",
    "LVA",
    "MEX",
    "MLT",
    "NLD",
    "POL",
    "PRT",
    "ROU",
    "RUS",
    "SVK",
    "SVN",
    "SWE",
    "TUR",
    "TWN",
    "USA",
]


@pytest.fixture(scope="module")
def raw() -> IOTable:
    """By industry of WIOD; an ICIO sector that is in several goes to the first."""
    full = exact(table())
    final = estimated_final(full, "anchored")
    held = concordance("wiod2013")
    first: dict[str, int] = {}
    for number in range(1, 36):
        for code in held.members(f"c{number}"):
            first.setdefault(code, number)
    numbers = sorted(set(first.values()))
    goods = np.array([[float(first[code] == number) for number in numbers] for code in full.sectors])
    labels = (*ECONOMIES, "RoW")
    place = [labels.index(code) if code in labels else len(ECONOMIES) for code in full.countries]
    lands = np.eye(len(labels))[place]

    def cells(values: np.ndarray) -> np.ndarray:
        return np.einsum("nis,na,ib,sk->abk", values, lands, lands, goods, optimize=True)

    return IOTable(
        labels,
        tuple(f"c{number}" for number in numbers),
        cells(full.intermediate),
        np.einsum("nij,na,ik,jl->akl", full.inputs, lands, goods, goods, optimize=True),
        cells(final).sum(axis=0),
        final=cells(final),
        meta={"name": "wiod-like", "year": 2022},
    )


def effects(world: World) -> np.ndarray:
    case = replace(Case.load("japan-us-2025"), flows=())
    welfare = simulate(case, "status-quo", world=world).welfare
    return np.array([float(welfare.sel(country=code)) for code in ("JPN", "USA", "CHN", "DEU")])


def test_weighted_by_the_table_it_came_from_it_says_nearly_what_that_says(raw: IOTable, tmp_path: Path):
    world = load(str(write(completed(raw, Said(weights="icio-2022")), tmp_path / "w.npz")))
    assert world.meta.classification == "WIOD, release of 2013"
    assert world.imbalance < 1e-12
    assert world.arrays.revenue.sum() == pytest.approx(load().arrays.revenue.sum(), rel=0.03)
    np.testing.assert_allclose(effects(world), effects(load()), rtol=0.05)


def test_without_weights_it_comes_close_and_says_what_it_assumed(raw: IOTable):
    world = calibrated(completed(raw, Said()))
    np.testing.assert_allclose(effects(world), effects(load()), rtol=0.15)
    told = " ".join(world.assumed)
    assert "within RoW each member counts alike" in told
    assert "weighted by trade of the world in 2022" in told
