from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from kosho.equilibrium import Closure
from kosho.errors import InputError
from kosho.world.factors import investment_baskets
from kosho.world.loading import calibrated, load
from kosho.world.readers.oecd_csv import FINAL, build_from_oecd_csv
from kosho.world.report import info
from kosho.world.store import write

COUNTRIES = ("CHN", "JPN", "MEX", "ROW")
SECTORS = ("A01", "C29", "G")


class Official:
    """Figures of a small economy, and the same as rows of the official CSV."""

    def __init__(self, split: bool = False) -> None:
        rng = np.random.default_rng(11)
        self.parts = ("CN1", "CN2", "JPN", "MX1", "MX2", "ROW") if split else COUNTRIES
        n, s = len(self.parts), len(SECTORS)
        self.used = rng.random((n, s, n, s))
        self.final = rng.random((n, s, len(COUNTRIES), len(FINAL))) * 6.0

    def rows(self) -> list[list[str]]:
        industries = [f"{c}_{s}" for c in self.parts for s in SECTORS]
        finals = [f"{c}_{f}" for c in COUNTRIES for f in FINAL]
        size = len(industries)
        used, final = self.used.reshape(size, size), self.final.reshape(size, -1)
        output = used.sum(axis=1) + final.sum(axis=1)
        added = output - used.sum(axis=0)
        rows = [["V1", *industries, *finals, "OUT"]]
        for place, name in enumerate(industries):
            rows.append(
                [name, *map(repr, [*used[place].tolist(), *final[place].tolist(), float(output[place])])]
            )
        for name, values in (("TLS", 0.0 * added), ("VA", added), ("OUT", output)):
            rows.append([name, *map(repr, values.tolist()), *(["0"] * len(finals)), ""])
        return rows

    def write(self, path: Path) -> Path:
        return write_rows(path, self.rows())


def write_rows(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_final_demand_is_taken_as_given_and_nothing_estimated(tmp_path: Path):
    official = Official()
    made = build_from_oecd_csv(official.write(tmp_path / "2022_SML.csv"))
    assert (made.countries, made.sectors) == (COUNTRIES, SECTORS)
    np.testing.assert_allclose(made.intermediate, official.used.sum(axis=3).transpose(2, 0, 1))
    np.testing.assert_allclose(made.inputs, official.used.sum(axis=0).transpose(1, 0, 2))
    assert made.final is not None
    np.testing.assert_allclose(made.final, official.final.sum(axis=3).transpose(2, 0, 1))
    np.testing.assert_allclose(made.final_sales, made.final.sum(axis=0))
    assert made.meta["year"] == 2022
    world = calibrated(made)
    assert world.meta.estimated == ()
    assert world.meta.adjustments == ()
    assert world.imbalance < 1e-14
    np.testing.assert_allclose(world.arrays.output, made.output)


def test_the_table_round_trips_through_its_file_and_load(tmp_path: Path):
    made = build_from_oecd_csv(Official().write(tmp_path / "2022_SML.csv"))
    path = write(made, tmp_path / "mine.npz")
    world = load(str(path))
    np.testing.assert_allclose(world.arrays.flows, calibrated(made).arrays.flows, rtol=1e-6)
    assert world.imbalance < 1e-14
    assert info(world)["estimated"] == []
    assert not any("rest of the world" in line for line in info(world)["left_out"])
    assert load(str(path), regions="talks", sectors="talks").countries == ("JPN", "CHN", "MEX", "ROW")


def test_the_split_of_china_and_mexico_is_joined(tmp_path: Path):
    official = Official(split=True)
    made = build_from_oecd_csv(official.write(tmp_path / "2020_SML.csv"))
    assert made.countries == COUNTRIES
    joined = np.zeros((6, 4))
    joined[[0, 1, 2, 3, 4, 5], [0, 0, 1, 2, 2, 3]] = 1.0
    used = np.einsum("isnk,ia,nb->asbk", official.used, joined, joined)
    np.testing.assert_allclose(made.intermediate, used.sum(axis=3).transpose(2, 0, 1))
    assert made.final is not None
    final = np.einsum("isdf,ia->das", official.final, joined)
    np.testing.assert_allclose(made.final, final)


def test_falling_inventories_are_set_to_zero_and_reported(tmp_path: Path):
    official = Official()
    official.final[1, 1, 0, :] = 0.0
    official.final[1, 1, 0, FINAL.index("INVNT")] = -0.25
    made = build_from_oecd_csv(official.write(tmp_path / "2022_SML.csv"))
    assert made.final is not None
    assert made.final[0, 1, 1] == 0.0
    (note,) = made.meta["adjustments"]
    assert "1 cell of final sales (inventories) was negative" in note
    assert "0.25" in note
    world = calibrated(made)
    assert world.imbalance < 1e-14
    assert note in world.meta.adjustments


def _replace(row: int, column: int, text: str):
    def change(rows: list[list[str]]) -> list[list[str]]:
        rows[row][column] = text
        return rows

    return change


def _drop(row: int):
    return lambda rows: rows[:row] + rows[row + 1 :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            _replace(0, 2, "CHN_C92"),
            r"t\.csv:1: unknown column 'CHN_C92' \(did you mean C29.*2016, 2018, 2021, 2023, 2025",
        ),
        (_replace(0, -1, "CHN_HFCE"), r"t\.csv:1: has no column OUT"),
        (_replace(3, 4, "n/a"), r"t\.csv:4: row CHN_G, cell 5: 'n/a' is not a number"),
        (_replace(3, 4, "2_5"), r"t\.csv:4: row CHN_G, cell 5: '2_5' is not a number"),
        (_replace(3, 4, "inf"), r"t\.csv:4: row CHN_G, cell 5: is not a finite number"),
        (_replace(3, 4, "77"), r"t\.csv:4: row CHN_G adds up to .*, its OUT is"),
        (_replace(3, 0, "CHN_A01"), r"t\.csv:4: row CHN_A01 stands twice, first on line 2"),
        (_replace(3, 0, "XYZ_G"), r"t\.csv:4: unknown row 'XYZ_G'"),
        (_replace(15, 2, "77"), r"t\.csv:16: row OUT has 77 for CHN_C29"),
        (_drop(2), r"t\.csv: has no rows of CHN_C29"),
        (_drop(15), r"t\.csv: has no row OUT"),
        (
            lambda rows: [row[:-1] if row[0] == "JPN_G" else row for row in rows],
            r"t\.csv:7: row JPN_G has 37 cells",
        ),
        (
            lambda rows: [[c for c in row if "_" not in c or "HFCE" in c] for row in rows],
            "no columns like JPN_C29",
        ),
        (lambda _: [], r"t\.csv:1: has no column OUT"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, change, message: str):
    path = write_rows(tmp_path / "t.csv", change(Official().rows()))
    with pytest.raises(InputError, match=message):
        build_from_oecd_csv(path)


def test_several_mistakes_are_told_together(tmp_path: Path):
    rows = Official().rows()
    rows[2][3], rows[5][7] = "x", "y"
    with pytest.raises(InputError) as error:
        build_from_oecd_csv(write_rows(tmp_path / "t.csv", rows))
    assert [problem.line for problem in error.value.problems] == [3, 6]


def test_reading_stops_after_many_mistakes(tmp_path: Path):
    rows = [
        [row[0], *("x" for _ in row[1:])] if number else row for number, row in enumerate(Official().rows() * 3)
    ]
    with pytest.raises(InputError) as error:
        build_from_oecd_csv(write_rows(tmp_path / "t.csv", rows))
    assert len(error.value.problems) <= 25


def test_files_that_cannot_be_read_are_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        build_from_oecd_csv(tmp_path / "none.csv")
    binary = tmp_path / "b.csv"
    binary.write_bytes(b"\xff\xfe\x00\x81" * 10)
    with pytest.raises(InputError, match=r"b\.csv: is not UTF-8 text"):
        build_from_oecd_csv(binary)


def test_capital_formation_is_kept_and_is_what_capital_is_made_of(tmp_path: Path):
    official = Official()
    made = build_from_oecd_csv(official.write(tmp_path / "2022_SML.csv"))
    formed = official.final[..., FINAL.index("GFCF")].sum(axis=0).T  # by destination
    np.testing.assert_allclose(made.investment, formed)
    world = load(str(write(made, tmp_path / "made.npz")))
    closure = Closure(capital="accumulated").sourced(world)
    assert closure.investment is not None
    shares = formed / formed.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(closure.investment, shares, rtol=1e-6)
    assert closure.sources["investment"].startswith("gross fixed capital formation of the table itself")
    together = world.aggregate(regions={"PAC": ("CHN", "JPN"), "MEX": ("MEX",), "ROW": ("ROW",)})
    basket = investment_baskets(together)
    assert basket is not None
    both = formed[:2].sum(axis=0)
    np.testing.assert_allclose(basket.sel(country="PAC"), both / both.sum(), rtol=1e-6)
    changed = world.with_tariff({("JPN", "CHN", "C29"): 0.1})
    np.testing.assert_allclose(investment_baskets(changed), shares, rtol=1e-6)
