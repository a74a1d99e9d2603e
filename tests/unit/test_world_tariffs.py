from __future__ import annotations

import numpy as np
import pytest

from kosho.codes import blocs, sectors
from kosho.provenance import Source
from kosho.world import load
from kosho.world.datafiles import rows, sources
from kosho.world.law_cells import LawCells, Members, law_cells
from kosho.world.table_tariffs import averaged_tariffs
from kosho.world.tariffs import base_tariffs


def rate(importer: str, exporter: str, sector: str) -> float:
    return load().tariff.sel(importer=importer, exporter=exporter, sector=sector).item()


@pytest.mark.parametrize(
    ("importer", "exporter", "sector", "percent"),
    [
        ("USA", "DEU", "C29", 2.5),  # MFN
        ("USA", "JPN", "C28", 0.62),  # collected
        ("KOR", "CHN", "C29", 8.2),  # and so does that of Korea with China
        ("USA", "CAN", "C29", 0.0),  # USMCA
        ("USA", "CHN", "C29", 2.5 + 11.9),  # MFN and what was collected of section 301
        ("JPN", "USA", "C29", 0.0),
        ("JPN", "AUS", "B06", 0.0),  # liquefied natural gas is free
        ("DEU", "JPN", "C29", 0.6 * 5.0 + 0.15 * (0.1 * 16 + 0.3 * 4)),  # the EU's cut on cars, as of 2022
        ("CAN", "JPN", "C29", 0.08 * (0.1 * 6.1 + 0.3 * 6.0)),  # CPTPP: cars free from 2022
        ("DEU", "FRA", "C10T12", 0.0),  # one customs territory
    ],
)
def test_rates_of_2022(importer: str, exporter: str, sector: str, percent: float):
    assert rate(importer, exporter, sector) == pytest.approx(percent / 100.0, abs=1e-6)


def test_members_of_a_customs_union_are_known_to_pay_nothing_as_what_is_made_at_home():
    found = base_tariffs(("DEU", "FRA", "JPN", "BTN"), ("C29", "A01", "K"))
    places = [(0, 1), (1, 0), *((n, n) for n in range(4))]
    assert [found.rate[place].max() for place in places] == [0.0] * 6
    assert [found.unknown[place].any() for place in places] == [False] * 6
    assert found.rate[0, 2, 0] > 0
    assert not found.unknown[:, :, 2].any()  # services bear no duty
    assert not found.rate[found.unknown].any()


def test_steel_bears_section_232_unless_exempt_or_in_quota():
    mfn = rate("USA", "KOR", "C24A")
    assert rate("USA", "TWN", "C24A") - rate("USA", "DEU", "C24A") == pytest.approx(0.25 - 0.03)
    assert rate("USA", "CAN", "C24A") == 0.0
    assert mfn < 0.01
    assert rate("USA", "CHN", "C24A") > rate("USA", "TWN", "C24A") > 0.25  # 301 on top of 232


def test_duties_on_china_come_to_what_was_collected():
    world = load()
    cell = {"importer": "USA", "exporter": "CHN"}
    flows, rates = world.flows.sel(cell), world.tariff.sel(cell)
    goods = [code for code in world.sectors if sectors()[code].goods]
    average = (flows * rates).sel(sector=goods).sum() / flows.sel(sector=goods).sum()
    assert average.item() == pytest.approx(0.11, abs=0.003)


def test_services_and_domestic_sales_are_known_to_be_free():
    world = load()
    services = [code for code in world.sectors if not sectors()[code].goods]
    assert (world.tariff.sel(sector=services) == 0).all()
    unknown = world.unknown_tariff
    assert unknown is not None
    assert not unknown.sel(sector=services).any()
    assert not np.einsum("nns->ns", unknown.to_numpy()).any()
    assert unknown.dtype == bool


def test_what_is_no_sector_of_the_usual_table_may_be_goods():
    base = base_tariffs(("USA", "JPN"), ("C29", "toys", "K"))
    assert base.unknown[0, 1].tolist() == [False, True, False]
    assert base.rate[0, 1, 1:].tolist() == [0.0, 0.0]
    assert not base.unknown[[0, 1], [0, 1]].any()


def test_rates_of_what_a_cell_holds_are_averaged_over_the_trade_whose_rate_is_known():
    """USA and CAN as one; C26 and C27 as one, C29 by itself; exporters JPN."""
    flows = np.zeros((3, 3, 3))
    flows[:2, 2] = [[30.0, 10.0, 5.0], [10.0, 50.0, 5.0]]  # on USA and CAN
    rate, unknown = np.zeros((3, 3, 3)), np.zeros((3, 3, 3), bool)
    rate[:2, 2] = [[0.1, 0.2, 0.025], [0.3, 0.9, 0.06]]
    codes = ("C26", "C27", "C29")
    cells = LawCells(
        ("USA", "CAN", "JPN"), codes, np.array([0, 0, 1]), np.array([0, 0, 1]), flows, np.zeros((3, 3, 3))
    )
    labels = ("NA", "JPN"), ("electrical", "cars")
    found, lost = averaged_tariffs(labels, cells, rate, unknown)
    assert found[0, 1] == pytest.approx([(3 + 2 + 3 + 45) / 100, 0.0425])
    unknown[1, 2, 1] = True  # half of the trade: as good as known
    found, lost = averaged_tariffs(labels, cells, rate, unknown)
    assert found[0, 1] == pytest.approx([(3 + 2 + 3) / 50, 0.0425])
    assert not lost[0, 1].any()
    unknown[1, 2, :] = unknown[0, 2, 0] = True
    found, lost = averaged_tariffs(labels, cells, rate, unknown)
    assert (found[0, 1, 0], found[0, 1, 1]) == (0.0, pytest.approx(0.025))
    assert lost[0, 1].tolist() == [True, False]
    assert (found[[0, 1], [0, 1]].any(), lost[[0, 1], [0, 1]].any()) == (False, False)


def test_unknown_rates_are_zero_and_marked():
    world = load()
    unknown = world.unknown_tariff
    assert unknown is not None
    assert (world.tariff.to_numpy()[unknown.to_numpy()] == 0).all()
    assert unknown.sel(importer="THA", exporter="JPN", sector="C29").item()
    assert not unknown.sel(importer="JPN", sector="C29").any()


def test_what_an_agreement_frees_is_known_even_where_mfn_is_not():
    unknown = load().unknown_tariff
    assert unknown is not None
    assert not unknown.sel(importer="MEX", exporter="USA", sector="C28").item()
    assert unknown.sel(importer="MEX", exporter="USA", sector="A01").item()
    assert unknown.sel(importer="MEX", exporter="CHN", sector="C28").item()


def test_members_of_the_union_levy_the_same_on_others():
    world = load()
    members = list(blocs()["EU27"].members)
    levied = world.tariff.sel(importer=members, exporter="JPN").to_numpy()
    assert (levied == levied[0]).all()
    assert (world.tariff.sel(importer=members, exporter=members) == 0).all()


def test_a_table_in_other_order_gets_the_same_rates():
    made = base_tariffs(("USA", "JPN", "ROW"), ("G", "C29"))
    assert made.rate[0, 1, 1] == pytest.approx(rate("USA", "JPN", "C29"))
    assert made.unknown[2, 1].tolist() == [False, True]


@pytest.mark.parametrize(
    "name",
    ["base_tariffs.csv", "special_duties_2022.csv", "preferences_2022.csv", "vehicles.csv", "elasticities.csv",
     "balances.csv", "anchors.csv"],
)  # fmt: skip
def test_every_figure_has_a_status_and_a_listed_source(name: str):
    for row in rows(name):
        assert row["status"] in ("fact", "estimate", "assumption"), row
        assert row["source"] in sources(), row


def test_sources_are_well_formed():
    assert all(isinstance(source, Source) and source.id == key for key, source in sources().items())


@pytest.mark.parametrize(
    ("number", "listed"),
    [
        (1, "R0"),
        (8, "R0, R1, R2, R3, R4, R5, R6, R7"),
        (9, "R0, R1, R2, R3, R4, R5, R6, R7 and 1 more"),
        (11, "R0, R1, R2, R3, R4, R5, R6, R7 and 3 more"),
    ],
)
def test_regions_in_which_each_member_counts_alike_are_named_up_to_eight(number: int, listed: str):
    economies = [code for code in load().countries if code != "ROW"]
    regions = {f"R{k}": (economies[2 * k], economies[2 * k + 1]) for k in range(number)}
    of = Members(tuple(regions), ("C29",), regions, {}, {}, "", None)
    flows = np.ones((number, number, 1))
    found = law_cells(of, flows, 0.0 * flows)
    (note,) = found.notes
    assert note == (
        f"within {listed} each member counts alike, an assumption: the table tells them not apart and no "
        "weights were handed over (kosho world build --weights)"
    )
    assert found.flows.sum() == pytest.approx(flows.sum())
