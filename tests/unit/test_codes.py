from __future__ import annotations

import pytest

from kosho import codes
from kosho.errors import InputError


def test_every_icio_sector_is_in_one_talks_sector() -> None:
    grouped = [code for members in codes.talks_sectors().values() for code in members]
    assert sorted(grouped) == sorted(codes.sectors())
    assert len(codes.sectors()) == 50
    assert len(codes.talks_sectors()) == 28
    assert all(codes.talks_sectors().values())


def test_goods_are_the_primary_and_manufacturing_sectors() -> None:
    goods = [code for code, sector in codes.sectors().items() if sector.goods]
    assert (goods[0], goods[-1], len(goods)) == ("A01", "C31T33", 27)


def test_blocs_hold_known_economies_once() -> None:
    for bloc in codes.blocs().values():
        assert set(bloc.members) <= set(codes.countries()), bloc.code
        assert len(set(bloc.members)) == len(bloc.members)
    assert len(codes.blocs()["EU27"].members) == 27
    assert len(codes.blocs()["ASEAN"].members) == 10


def test_talks_regions_partition_the_economies() -> None:
    economies = ("AGO", "AUT", "BRA", "JPN", "USA", "ZAF")
    regions = codes.talks_regions(economies)
    assert regions == {
        "JPN": ("JPN",),
        "USA": ("USA",),
        "EU27": ("AUT",),
        "OIL": ("AGO",),
        "ROW": ("BRA", "ZAF"),
    }


def test_names() -> None:
    assert codes.country_name("JPN") == "Japan"
    assert codes.country_name("EU27") == "European Union"
    assert codes.country_name("XYZ") == "XYZ"
    assert codes.sector_name("C29") == "Motor vehicles and parts"
    assert codes.sector_name("C30") == "Other transport equipment"


def test_blocs_expand_in_order_without_repeats() -> None:
    assert codes.expand_regions(["MEX", "USMCA"]) == ("MEX", "CAN", "USA")
    with pytest.raises(InputError, match=r"unknown country or bloc 'JAP' .did you mean JPN or JAM"):
        codes.expand_regions(["JAP"])


@pytest.mark.parametrize("code", ["87", "8703", "8703.23", "8703.23.01", "6912.00.39.10"])
def test_hs_prefixes(code: str) -> None:
    assert codes.is_hs(code)


@pytest.mark.parametrize("code", ["8", "870", "cars", "8703.23.01.10.99", ""])
def test_not_hs(code: str) -> None:
    assert not codes.is_hs(code)


def test_locodes() -> None:
    assert codes.is_locode("TWKHH")
    assert codes.is_locode("JPUKB")
    assert not codes.is_locode("Kobe")
    assert not codes.is_locode("QQKHH")
