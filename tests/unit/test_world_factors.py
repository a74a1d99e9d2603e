"""Labour taxes, capital shares and investment baskets: figures have sources, what is unknown stays so."""

from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import build

from kosho.codes import countries
from kosho.world import World, load, toy
from kosho.world.concordances import concordance
from kosho.world.datafiles import rows, sources
from kosho.world.factors import capital_shares, factor_sources, investment_baskets, labour_taxes


@pytest.mark.parametrize("file", ["labour_taxes.csv", "capital_shares.csv"])
def test_every_figure_is_a_share_with_a_year_a_standing_and_a_source(file: str) -> None:
    table = rows(file)
    assert len({row["economy"] for row in table}) == len(table)
    for row in table:
        assert row["economy"] in countries()
        assert 0.0 <= float(row["percent"]) < 90.0
        assert 2000 <= int(row["year"]) <= 2026
        assert row["status"] in ("fact", "estimate")
        assert row["source"] in sources()


def test_baskets_are_shares_of_known_industries() -> None:
    table = rows("investment_baskets.csv")
    assert "wiod-2013-gfcf" in sources()
    assert all(concordance("wiod2013").members(row["industry"]) for row in table)
    columns = [name for name in table[0] if name != "industry"]
    assert all(name in countries() for name in columns if name != "REST")
    for name in columns:
        assert sum(float(row[name]) for row in table) == pytest.approx(100.0, abs=0.2)


def test_a_region_is_known_where_those_known_make_most_of_its_output() -> None:
    full = load()
    known, output = labour_taxes(full), full.arrays.output.sum(axis=1)
    size = {code: output[n] for n, code in enumerate(full.countries)}
    assert "VNM" not in known
    rest = tuple(code for code in full.countries if code not in ("USA", "VNM", "THA"))
    mixed = full.aggregate(regions={"BIG": ("USA", "VNM"), "THA": ("THA",), "REST": rest})
    assert labour_taxes(mixed)["BIG"] == pytest.approx(known["USA"], abs=1e-4)  # Viet Nam is a sliver of it
    unequal = full.aggregate(regions={"TWO": ("VNM", "NZL"), "REST": tuple(size.keys() - {"VNM", "NZL"})})
    assert size["NZL"] < 0.8 * (size["NZL"] + size["VNM"])
    assert "TWO" not in labour_taxes(unequal)
    both = full.aggregate(regions={"TWO": ("JPN", "USA"), "REST": tuple(size.keys() - {"JPN", "USA"})})
    shares = capital_shares(full)
    mean = (shares["JPN"] * size["JPN"] + shares["USA"] * size["USA"]) / (size["JPN"] + size["USA"])
    assert capital_shares(both)["TWO"] == pytest.approx(mean, abs=1e-4)


def test_baskets_in_fewer_sectors_are_those_of_the_table_added_up() -> None:
    full, talks = load(), load(regions="talks", sectors="talks")
    fine, coarse = investment_baskets(full), investment_baskets(talks)
    assert fine is not None
    assert coarse is not None
    japan = fine.sel(country="JPN").to_numpy()
    assert talks.detail is not None
    added = np.zeros(len(talks.sectors))
    np.add.at(added, talks.detail.sector, japan)
    np.testing.assert_allclose(coarse.sel(country="JPN"), added, atol=1e-12)
    construction = (
        float(next(row["JPN"] for row in rows("investment_baskets.csv") if row["industry"] == "F")) / 100
    )
    assert float(fine.sel(country="JPN", sector="F")) == pytest.approx(construction, abs=1e-3)


def test_sources_are_those_of_the_economies_that_are_there() -> None:
    told = factor_sources("labour_tax", toy())  # Japan, the United States, China
    assert "2022" in told
    assert "Bulgaria" not in told
    assert "Bulgaria" in factor_sources("labour_tax", load())


def test_baskets_do_not_depend_on_the_unit_of_money() -> None:
    one = toy()
    small = World.from_flows(one.flows * 1e-9, tariff=one.tariff, io_share=one.io_share, theta=one.theta)
    wanted = investment_baskets(one)
    assert wanted is not None
    np.testing.assert_allclose(investment_baskets(small), wanted, rtol=1e-12)


def test_an_industry_of_several_sectors_is_divided_by_what_is_consumed_of_them() -> None:
    flows = np.array([[[90.0, 30.0], [10.0, 5.0]], [[30.0, 5.0], [20.0, 60.0]]])
    world = build(flows, sectors=("C24A", "C24B"), countries=("JPN", "USA"))
    found = investment_baskets(world)
    assert found is not None
    np.testing.assert_allclose(found, world.final_share, rtol=1e-12)  # both are basic metals
