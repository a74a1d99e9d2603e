from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosho.codes import countries, sectors
from kosho.errors import InputError
from kosho.world.concordances import NAMES, concordance, recognised, regions
from kosho.world.naming import WORLD_TRADE, _weighted, named, regions_of, sectors_of
from kosho.world.store import IOTable


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


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("JPN", "usa", "US"), "USA is in two regions"),
        (("JP", "WA", "EU27"), None),
        (("JPN", "ROW", "rest_of_world"), "ROW, rest_of_world are both everything else"),
        (("ROTW", "EU27", "DEU"), "DEU is in two regions"),
        (("XX1", "Mars", "JPN"), "unknown country 'XX1'; unknown country 'Mars'"),
        (("Rest of the World", "JPN"), None),
    ],
)
def test_labels_are_economies_blocs_regions_or_the_rest(labels: tuple[str, ...], found: str | None) -> None:
    if found is not None:
        with pytest.raises(InputError) as error:
            regions_of(labels)
        assert "; ".join(one.message for one in error.value.problems) == found
        return
    places = regions_of(labels)
    assert tuple(places) == labels
    members = [code for inside in places.values() for code in inside]
    assert len(members) == len(set(members))
    if "JPN" in labels:
        assert set(places[labels[0]]) == set(countries()) - {"JPN"}
    else:
        assert (places["JP"], len(places["EU27"])) == (("JPN",), 27)


def test_a_published_region_holds_whom_no_label_names(tmp_path: Path) -> None:
    name, inside = next((code, members) for code, members in regions().items() if len(members) > 2)
    others = inside[2:]
    assert regions_of((name,)) == {name: inside}
    assert regions_of((name, *inside[:2])) == {name: others, inside[0]: inside[:1], inside[1]: inside[1:2]}
    with pytest.raises(InputError, match="is in two regions"):
        regions_of((name, *inside))  # nobody is left
    file = tmp_path / "r.csv"
    file.write_text(f"region,economy\n{name},{inside[0]}\n{name},*\n", encoding="utf-8")
    assert set(regions_of((name, inside[1]), file)[name]) == set(countries()) - {inside[1]}
    file.write_text(f"region,economy\n{name},{inside[0]}\n{name},{inside[1]}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"{inside[1]} is in two regions"):
        regions_of((name, inside[1]), file)  # what a file says is meant


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (
            ["m,C24A,3", "m,C25,1", "r,G,"],
            ({"m": ("C24A", "C25"), "r": ("G",)}, {"m": {"C24A": 3.0, "C25": 1.0}}),
        ),
        (["m,C25,2", "r,G,"], ({"m": ("C25",), "r": ("G",)}, None)),
        (["m,C25,", "m,C25,", "r,G,"], {3: "C25 is given twice in m"}),
        (["m,C25,", "r,C25,", "r,G,"], ({"m": ("C25",), "r": ("C25", "G")}, None)),
        (["m,C24A,3", "m,C25,", "r,G,"], {None: "gives some weights of 'm' and not all"}),
        (["m,C24A,0", "r,G,"], {2: "weight 0 is not above 0"}),
        (["m,C24A,"], {None: "says nothing of sector 'r'"}),
        (["x,C24A,", "m,C99,", "r,G,"], {2: "the table has no sector 'x'", 3: "unknown ICIO sector 'C99'"}),
    ],
)
def test_every_mistake_of_a_mapping_is_told_with_its_line(
    rows: list[str], found: dict[int | None, str] | tuple[dict[str, object], object], tmp_path: Path
) -> None:
    file = tmp_path / "m.csv"
    file.write_text("\n".join(["label,icio,weight", *rows]) + "\n", encoding="utf-8")
    if isinstance(found, tuple):
        about = sectors_of(("m", "r"), None, file)
        assert (about["classification"], about["icio_sectors"]) == ("the mapping m.csv", found[0])
        if found[1] is not None:
            assert about["sector_weights"] == found[1]
        return
    with pytest.raises(InputError) as error:
        sectors_of(("m", "r"), None, file)
    assert [(one.line, one.message) for one in error.value.problems] == list(found.items())


@pytest.mark.parametrize(
    ("said", "theta", "whose"),
    [
        ({}, False, None),
        ({}, True, "its own"),
        ({"classification": "isic4"}, True, "its own"),
        ({"icio_sectors": {"X": ("G",)}, "regions": {}}, False, "as it is"),
        ({"icio_sectors": {"X": ("G",)}}, False, None),
        ({"regions": {}}, False, None),
    ],
)
def test_a_table_of_labels_that_nobody_knows_needs_its_own_elasticities(
    said: dict[str, object], theta: bool, whose: str | None, tmp_path: Path
) -> None:
    some = np.ones((1, 1, 1))
    table = IOTable(("Mars",), ("X",), some, some, some[0], theta=np.array([4.0]) if theta else None, meta=said)
    if whose is None:
        with pytest.raises(InputError, match="unknown country 'Mars'"):
            named(table)
        return
    found = named(table)
    if whose == "as it is":
        assert found is table
        return
    assert found.meta == {**said, "classification": whose, "icio_sectors": {}, "regions": {}}
    file = tmp_path / "r.csv"
    file.write_text("region,economy\nVenus,JPN\n", encoding="utf-8")
    for given in ({"regions": file}, {"sectors": file}):
        with pytest.raises(InputError):
            named(table, **given)
