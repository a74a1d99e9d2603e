from __future__ import annotations

from pathlib import Path

import pytest

from kosho.codes import countries, sectors
from kosho.errors import InputError
from kosho.world.concordances import NAMES, concordance, recognised
from kosho.world.naming import WORLD_TRADE, _weighted, regions_of, sectors_of


@pytest.mark.parametrize("name", NAMES)
def test_every_code_stands_for_icio_sectors_and_all_of_them_are_reached(name: str):
    reached = {code for members in concordance(name).codes.values() for code in members}
    assert reached <= set(sectors())
    assert set(sectors()) - reached <= {"B09"}  # GTAP has no services to mining


@pytest.mark.parametrize(
    ("labels", "name", "members"),
    [
        (["A01", "C10T12", "C24A"], "icio", [("A01",), ("C10T12",), ("C24A",)]),
        (["AtB", "30t33", "34t35"], "wiod2013", [("A01", "A02", "A03"), ("C26", "C27", "C31T33"), None]),
        (["c15", "c20"], "wiod2013", [("C29", "C301", "C302T309"), ("G",)]),
        (["A01", "C10-C12", "R_S", "U"], "wiod2016", [("A01",), ("C10T12",), ("R", "S"), ("O",)]),
        (["pdr", "mvh", "otn"], "gtap", [("A01",), ("C29",), ("C301", "C302T309")]),
        (["D35", "C24-C25", "C26"], "isic4", [("D",), ("C24A", "C24B", "C25"), ("C26",)]),
        (["DA", "DM", "15-16"], "isic3", [("C10T12",), ("C29", "C301", "C302T309"), ("C10T12",)]),
    ],
)
def test_classifications_are_recognised(labels: list[str], name: str, members):
    held = recognised(labels)
    assert held.name == name
    for label, expected in zip(labels, members, strict=True):
        assert expected is None or held.members(label) == expected


def test_labels_of_several_classifications_are_not_guessed():
    with pytest.raises(InputError, match="could be codes of isic4 or isic3 or nace1, which do not agree"):
        recognised(["A", "B", "C", "D"])
    assert concordance("isic4").members("C") != concordance("isic3").members("C")


def test_labels_of_none_say_how_to_name_them():
    with pytest.raises(InputError, match=r"without widgets.*--sectors FILE.csv.*--elasticities"):
        recognised(["C26", "widgets"])
    with pytest.raises(InputError, match="unknown classification 'isic5'"):
        concordance("isic5")
    with pytest.raises(InputError, match=r"'widgets' is no sector of ISIC rev. 4"):
        sectors_of(("26", "widgets"), "isic4")


def test_weights_inside_a_sector_are_those_of_the_world_trade_and_named():
    about = sectors_of(("24", "29"), "isic4")
    weights = about["sector_weights"]
    assert set(weights) == {"24"}
    assert weights["24"]["C24A"] == pytest.approx(461700)
    assert "trade of the world in 2022" in about["weights_source"]


def test_a_mapping_of_ones_own(tmp_path: Path):
    file = tmp_path / "m.csv"
    file.write_text("label,icio,weight\nmetal,C24A,3\nmetal,C25,1\nrest,G,\n")
    about = sectors_of(("metal", "rest"), None, file)
    assert about["icio_sectors"] == {"metal": ("C24A", "C25"), "rest": ("G",)}
    assert about["sector_weights"] == {"metal": {"C24A": 3.0, "C25": 1.0}}
    assert about["weights_source"] == "m.csv"
    file.write_text("label,icio,weight\nmetal,C24A,3\nmetal,C25,\nmetall,G,\nmetal,C99,-1\n")
    with pytest.raises(InputError) as error:
        sectors_of(("metal", "rest"), None, file)
    told = str(error.value)
    assert "m.csv:4: label: the table has no sector 'metall' (did you mean metal?" in told
    assert "m.csv:5: icio: unknown ICIO sector 'C99'" in told
    assert "m.csv:5: weight: weight -1 is not above 0" in told
    assert "says nothing of sector 'rest'" in told
    assert "some weights of 'metal' and not all" in told


def test_regions_by_code_bloc_file_and_the_rest(tmp_path: Path):
    file = tmp_path / "r.csv"
    file.write_text("region,economy\nNORTH,NOR\nNORTH,ISL\n")
    found = regions_of(("jpn", "EU27", "NORTH", "RoW"), file)
    assert found["jpn"] == ("JPN",)
    assert len(found["EU27"]) == 27
    assert found["NORTH"] == ("NOR", "ISL")
    assert len(found["RoW"]) == len(countries()) - 30
    assert not {"JPN", "DEU", "NOR"} & set(found["RoW"])
    file.write_text("region,economy\nNORTH,NOR\nNORTH,FRA\nSOUTH,XYZ\n")
    with pytest.raises(InputError) as error:
        regions_of(("jpn", "EU27", "NORTH"), file)
    assert "r.csv:4: economy: unknown economy 'XYZ'" in str(error.value)
    file.write_text("region,economy\nNORTH,NOR\nNORTH,FRA\n")
    with pytest.raises(InputError, match="FRA is in two regions"):
        regions_of(("jpn", "EU27", "NORTH"), file)
    with pytest.raises(InputError, match=r"unknown country 'Mars'.*--regions"):
        regions_of(("Mars",))


@pytest.mark.parametrize(
    ("groups", "given", "sources"),
    [
        ({"A": ("A01",), "B": ("B05",)}, {}, None),
        ({"A": ("A01",), "B": ("B05",)}, {"A": {"A01": 1.0}}, None),
        ({"A": ("A01", "A02"), "B": ("B05",)}, {"A": {"A01": 3.0, "A02": 1.0}}, ["mine.csv"]),
        ({"A": ("A01", "A02"), "B": ("B05",)}, {}, [WORLD_TRADE]),
        (
            {"A": ("A01", "A02"), "B": ("B05", "B06")},
            {"A": {"A01": 3.0, "A02": 1.0}},
            ["mine.csv", WORLD_TRADE],
        ),
    ],
)
def test_only_sectors_that_hold_several_have_weights_and_it_is_said_whose(
    groups: dict[str, tuple[str, ...]], given: dict[str, dict[str, float]], sources: list[str] | None
) -> None:
    found = _weighted(groups, given, "mine.csv")
    if sources is None:
        assert found == {}
        return
    several = {label for label, inside in groups.items() if len(inside) > 1}
    assert set(found["sector_weights"]) == several
    assert {label: found["sector_weights"][label] for label in given} == given
    assert found["weights_source"] == " and ".join(sources)
