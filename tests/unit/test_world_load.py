from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosho.codes import talks_sectors
from kosho.errors import InputError
from kosho.world import WorldChoice, load


@pytest.mark.parametrize(
    ("regions", "sectors", "shape"),
    [
        ("full", "full", (80, 80, 50)),
        ("talks", "full", (20, 20, 50)),
        ("full", "talks", (80, 80, 28)),
        ("talks", "talks", (20, 20, 28)),
    ],
)
@pytest.mark.parametrize("final_demand", ["anchored", "odds"])
def test_the_default_world_is_an_exact_equilibrium(regions, sectors, shape, final_demand):
    world = load(regions=regions, sectors=sectors, final_demand=final_demand)
    assert world.flows.shape == shape
    assert world.imbalance < 1e-12
    assert world.final_share.min() >= 0
    np.testing.assert_allclose(world.final_share.sum("sector"), 1.0, atol=1e-12)
    np.testing.assert_allclose(world.io_share.sum("input") + world.va_share, 1.0, atol=1e-12)
    assert (world.va_share >= 0).all()


def test_no_residual_final_demand_is_negative_or_clipped():
    for method in ("anchored", "odds"):
        assert not [note for note in load(final_demand=method).meta.adjustments if "negative" in note]


def test_what_was_adjusted_is_named():
    notes = load().meta.adjustments
    assert len(notes) == 2
    assert "CYP H51" in notes[0]
    assert "ISL C21" in notes[1]


def test_51_country_sectors_have_no_output():
    assert int((load().arrays.output <= 0).sum()) == 51


def test_worlds_are_made_once():
    assert load() is load("icio-2022", "full", "full")
    assert load().hash != load(final_demand="odds").hash


def test_the_talks_world_has_its_regions_in_order():
    world = load(regions="talks", sectors="talks")
    assert world.countries[:5] == ("JPN", "USA", "CHN", "TWN", "KOR")
    assert world.meta.regions["OIL"] == ("AGO", "ARE", "KAZ", "NGA", "NOR", "RUS", "SAU")
    assert world.sectors == tuple(talks_sectors())
    assert world.meta.sectors["C30"] == ("C301", "C302T309")
    assert sum(map(len, world.meta.regions.values())) == 80


def test_attribution_goes_with_the_table():
    meta = load().meta
    assert "OECD (2025)" in meta.attribution
    assert meta.licence == "CC BY 4.0"
    assert meta.estimated
    assert meta.year == 2022


def test_wrong_choices_are_told_together():
    with pytest.raises(InputError) as error:
        load(regions="talk", sectors="few", final_demand="exact")  # pyright: ignore[reportArgumentType]
    assert [problem.key for problem in error.value.problems] == ["regions", "sectors", "final_demand"]
    assert "did you mean talks?" in str(error.value)


def test_an_unknown_world_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"unknown world 'icio-2023' \(did you mean icio-2022"):
        load("icio-2023")
    wrong = tmp_path / "table.npz"
    wrong.write_bytes(b"no table")
    with pytest.raises(InputError, match="is not a Kosho world table"):
        load(str(wrong))


@pytest.mark.parametrize(
    ("text", "table", "detail", "written"),
    [
        ("talks", "icio-2022", "talks", "icio-2022:talks"),
        ("full", "icio-2022", "full", "icio-2022:full"),
        ("icio-2022", "icio-2022", None, "icio-2022"),
        ("icio-2022:talks", "icio-2022", "talks", "icio-2022:talks"),
        ("icio-2022:full", "icio-2022", "full", "icio-2022:full"),
    ],
)
def test_a_choice_is_read_as_it_is_written(text: str, table: str, detail: str | None, written: str):
    choice = WorldChoice.parse(text)
    assert (choice.table, choice.detail, str(choice)) == (table, detail, written)
    assert WorldChoice.parse(written) == choice
    assert choice.key == written.encode()


def test_a_file_is_chosen_beside_the_one_that_names_it(tmp_path: Path):
    (tmp_path / "mine.npz").write_bytes(b"a table")
    for text, detail in (("mine.npz", None), ("mine.npz:talks", "talks")):
        choice = WorldChoice.parse(text, tmp_path)
        assert (choice.table, choice.detail) == (str(tmp_path / "mine.npz"), detail)
    before = choice.key
    (tmp_path / "mine.npz").write_bytes(b"another")
    assert choice.key != before
    for wrong, told in (
        ("other.npz", "there is no table"),
        ("talks:full", "unknown world 'talks:full'"),
        ("icio-2022:few", "unknown world 'icio-2022:few'"),
        ("mine", "unknown world 'mine'"),
    ):
        with pytest.raises(InputError, match=told):
            WorldChoice.parse(wrong, tmp_path)


def test_a_choice_is_loaded_as_fine_as_it_says():
    shapes = {
        text: [len(one.countries) for one in (found.whole, found.coarse)]
        for text in ("icio-2022", "talks", "full")
        for found in (WorldChoice.parse(text).load(),)
    }
    assert shapes == {"icio-2022": [80, 20], "talks": [20, 20], "full": [80, 80]}
