from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world import WorldChoice
from kosho.world.build import Said, completed
from kosho.world.loading import calibrated, load
from kosho.world.readers import READERS, reader
from kosho.world.store import write

HEADER = "exporter,seller,importer,user,value\n"
ROWS = [
    f"{i},{k},{n},{u},{10 if i == n else 2}"
    for i in ("JPN", "USA")
    for k in ("C26", "C29")
    for n in ("JPN", "USA")
    for u in ("C26", "C29", "HFCE", "GGFC")
]


def file(folder: Path, rows: list[str], header: str = HEADER) -> Path:
    path = folder / "sales.csv"
    path.write_text(header + "\n".join(rows) + "\n")
    return path


def test_rows_add_up_to_a_table(tmp_path: Path):
    table = reader("long-csv").table([file(tmp_path, ROWS)], {})
    assert (table.countries, table.sectors) == (("JPN", "USA"), ("C26", "C29"))
    np.testing.assert_array_equal(table.intermediate[0, :, 0], [20.0, 4.0])
    np.testing.assert_array_equal(table.inputs[0], [[12.0, 12.0], [12.0, 12.0]])
    assert table.final is not None
    np.testing.assert_array_equal(table.final[1, :, 1], [4.0, 20.0])
    world = calibrated(completed(table, Said(year=2022)))
    assert world.imbalance < 1e-14
    np.testing.assert_allclose(world.arrays.output, 48.0)


def test_columns_categories_and_units_are_said(tmp_path: Path):
    rows = [row.replace("HFCE", "homes").replace("GGFC", "state") for row in ROWS]
    path = file(tmp_path, rows, "from,industry,to,buyer,kUSD\n")
    names = {"exporter": "from", "seller": "industry", "importer": "to", "user": "buyer", "value": "kUSD"}
    table = reader("long-csv").table([path], {**names, "final": "homes, state", "scale": "0.001"})
    assert table.final_sales[0, 0] == pytest.approx(0.024)
    assert table.meta["adjustments"] == ["values of the file times 0.001"]


@pytest.mark.parametrize(
    ("rows", "settings", "message"),
    [
        ([*ROWS, "JPN,C26,USA,gifts,1"], {}, "neither a selling sector nor final demand: gifts"),
        ([*ROWS, "JPN,C26,USA,C29,much"], {}, r"sales\.csv:34: value 'much' is not a finite number"),
        ([*ROWS, "JPN,C26,USA"], {}, r"sales\.csv:34: has 3 cells"),
        ([*ROWS, "JPN,,USA,C29,1"], {}, r"sales\.csv:34: a label is empty"),
        ([*ROWS, "CHN,C26,USA,C29,1"], {}, "CHN has no final demand"),
        ([], {}, "has no rows"),
        (ROWS, {"value": "worth"}, "no column 'worth' for the value"),
        (ROWS, {"scale": "-1"}, "is not a positive number"),
        (ROWS, {"colour": "red"}, "long-csv has no setting 'colour'"),
        (ROWS, {"investment": "GFCFX"}, "no row has the user 'GFCFX'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, rows: list[str], settings: dict[str, str], message: str):
    with pytest.raises(InputError, match=message):
        reader("long-csv").table([file(tmp_path, rows)], settings)


def test_negative_sales_are_set_to_zero_and_reported(tmp_path: Path):
    table = reader("long-csv").table([file(tmp_path, [*ROWS, "JPN,C26,USA,INVNT,-7"])], {})
    (note,) = table.meta["adjustments"]
    assert "1 cell of final sales was negative" in note
    table = reader("long-csv").table(
        [
            file(
                tmp_path,
                [*(row for row in ROWS if not row.startswith("USA,C29,JPN,C26,")), "USA,C29,JPN,C26,-7"],
            )
        ],
        {},
    )
    assert table.meta["adjustments"][0].endswith("-7 in all; the largest: USA C29 to JPN C26 (-7)")


def test_a_sale_that_stands_twice_is_refused_unless_told_to_add(tmp_path: Path):
    twice = file(tmp_path, [*ROWS, ROWS[0]])
    with pytest.raises(InputError, match=r"JPN C26 sells to JPN C26 twice .once; --set repeats=add"):
        reader("long-csv").table([twice], {})
    table = reader("long-csv").table([twice], {"repeats": "add"})
    assert table.inputs[0, 0, 0] == 22.0


def test_formats_are_a_registry():
    assert [*list(READERS)[:2], list(READERS)[-1]] == ["wheel", "oecd-csv", "long-csv"]
    assert all(one.title and one.files for one in READERS.values())
    with pytest.raises(InputError, match=r"unknown format 'long-cvs' .did you mean long-csv"):
        reader("long-cvs")
    with pytest.raises(
        InputError, match="oecd-csv takes one CSV file, or a ZIP of one or several years, and 2 were given"
    ):
        reader("oecd-csv").table([Path("a"), Path("b")], {})


def test_a_table_without_a_year_is_refused(tmp_path: Path):
    table = reader("long-csv").table([file(tmp_path, ROWS)], {})
    with pytest.raises(InputError, match=r"year of the table is not known .give --year"):
        completed(table, Said())


def test_a_year_that_nobody_can_mean_is_refused(tmp_path: Path):
    table = reader("long-csv").table([file(tmp_path, ROWS)], {})
    for year in (19, 20222, -1):
        with pytest.raises(InputError, match=rf"--year: the year {year} is outside 1800 to 2199"):
            completed(table, Said(year=year))


def test_elasticities_of_ones_own_stand_for_sectors_nobody_knows(tmp_path: Path):
    rows = [row.replace("C26", "gadgets").replace("C29", "rest") for row in ROWS]
    table = reader("long-csv").table([file(tmp_path, rows)], {})
    with pytest.raises(InputError, match="in no known classification"):
        completed(table, Said(year=2020))
    given = tmp_path / "e.csv"
    given.write_text("sector,theta,log_sd\ngadgets,4.5,0.3\nrest,6,0.2\n")
    made = completed(table, Said(year=2020, elasticities=given))
    world = load(str(write(made, tmp_path / "w.npz")))
    np.testing.assert_allclose(world.theta, [4.5, 6.0])
    assert world.unknown_tariff is not None
    assert int(world.unknown_tariff.sum()) == 4
    with pytest.raises(InputError, match="'gadgets', 'rest'"):
        _ = world.law_cells
    given.write_text("sector,theta\ngadget,4.5\nrest,0\n")
    with pytest.raises(InputError) as error:
        completed(table, Said(year=2020, elasticities=given))
    assert "e.csv:2: sector: the table has no sector 'gadget'" in str(error.value)
    assert "e.csv:3: theta: theta 0 is not above 0" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("importer,exporter,sector\nUSA,JPN,C29\n", "needs a column percent"),
        ("importer,exporter,sector,percent\nUSA,JPN,C30,3\n", r"d\.csv:2: sector: unknown sector 'C30'"),
        ("importer,exporter,sector,percent\nUSA,USA,C29,3\n", "domestic sales bear no tariff"),
        ("importer,exporter,sector,percent\nUSA,JPN,C29,-100\n", "percent -100 is not above -100"),
    ],
)
def test_files_of_tariffs_are_checked(tmp_path: Path, text: str, message: str):
    table = reader("long-csv").table([file(tmp_path, ROWS)], {})
    given = tmp_path / "d.csv"
    given.write_text(text)
    with pytest.raises(InputError, match=message):
        completed(table, Said(year=2020, tariffs=str(given)))


def test_single_rates_stand_over_those_for_all(tmp_path: Path):
    table = reader("long-csv").table([file(tmp_path, ROWS)], {})
    given = tmp_path / "d.csv"
    given.write_text("importer,exporter,sector,rate\nUSA,JPN,C29,0.25\nUSA,*,*,0.05\n")
    world = calibrated(completed(table, Said(year=2020, tariffs=str(given))))
    assert world.tariff.sel(importer="USA", exporter="JPN").values.tolist() == [0.05, 0.25]
    assert world.unknown_tariff is not None
    assert world.unknown_tariff.sel(importer="JPN", exporter="USA").all()
    assert not world.unknown_tariff.sel(importer="USA").any()


def test_a_table_that_was_built_again_is_read_again(tmp_path: Path):
    path = tmp_path / "w.npz"
    choice = WorldChoice(str(path))
    table = completed(reader("long-csv").table([file(tmp_path, ROWS)], {}), Said(year=2020))
    write(table, path)
    first = choice.load().whole
    assert choice.load().whole is first
    write(replace(table, meta={**table.meta, "name": "another"}), path)
    assert choice.load().whole.meta.name == "another"


def test_a_category_of_final_demand_is_capital_formation(tmp_path: Path):
    assert reader("long-csv").table([file(tmp_path, ROWS)], {}).investment is None
    formed = [*ROWS, *(f"JPN,C26,{n},GFCF,{3 if n == 'JPN' else 1}" for n in ("JPN", "USA"))]
    table = reader("long-csv").table([file(tmp_path, formed)], {})
    np.testing.assert_array_equal(table.investment, [[3.0, 0.0], [1.0, 0.0]])
    named = [row.replace("GFCF", "machines") for row in formed]
    said = {"final": "HFCE,GGFC,machines", "investment": "machines"}
    again = reader("long-csv").table([file(tmp_path, named)], said)
    np.testing.assert_array_equal(again.investment, table.investment)
    half = [row for row in formed if not row.endswith("GFCF,1")]  # one country has none: it is not known
    assert reader("long-csv").table([file(tmp_path, half)], {}).investment is None
