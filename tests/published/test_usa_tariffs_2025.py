"""The American tariffs of 2025 in 194 countries: every published row, and a run by country."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.replications import usa_tariffs_2025 as study

FOLDER = Path("reference") / "usa-tariffs-2025"


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / FOLDER


@pytest.fixture(scope="module")
def found(folder: Path) -> study.Replication:
    return study.replicate(folder)


def test_every_row_to_its_last_digit(found: study.Replication) -> None:
    assert max(found.comparison.differences.values()) < 1e-4
    last = found.comparison.kosho["labour supply 0.5, tax relief, scale 0.1675"]
    assert isinstance(last, dict)
    assert round(last["USA"], 2) == 1.24


# Percent of income in the United States, by an independent solver.
VARIATION = {
    study.Run(0.5): 0.347,
    study.Run(0.5, "tax-relief"): 0.353,
    study.Run(0.5, "tax-relief", 0.1675): 0.419,
    study.Run(0.25, "tax-relief"): 0.354,
}


@pytest.mark.parametrize("run", VARIATION, ids=str)
def test_equivalent_variation_follows_from_the_utility(folder: Path, run: study.Run) -> None:
    world, tariff = study.read(folder)
    effects = study.effects(world, tariff, run)
    at_home = world.position("USA")
    assert effects.equivalent_variation[at_home] == pytest.approx(VARIATION[run], abs=0.0006)
    published = {0.25: 0.755}.get(run.labour_supply)
    assert published is None or effects.welfare[at_home] == pytest.approx(published, abs=0.0006)


def test_prices_change_by_nothing_in_the_world(folder: Path) -> None:
    world, tariff = study.read(folder)
    effects = study.effects(world, tariff, study.Run(0.5, retaliation=True))
    assert abs(effects.consumer_prices @ world.arrays.income) < 1e-9 * world.arrays.income.sum()
    assert effects.employment[world.position("USA")] < 0


def test_the_command_tells_a_run_by_country(folder: Path) -> None:
    options = ["--labour-supply", "0.5", "--revenue", "tax-relief", "--scale", "0.1675", "--json"]
    result = CliRunner().invoke(app, ["replicate", "usa-tariffs-2025", "--data", str(folder), *options])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["largest_difference"] < 1e-4
    assert document["welfare"]["USA"] == pytest.approx(1.2426, abs=1e-4)
    for name in ("welfare", "equivalent_variation", "employment", "consumer_prices"):
        assert len(document[name]) == 194
    assert document["run"] == {
        "labour_supply": 0.5,
        "revenue": "tax-relief",
        "scale": 0.1675,
        "retaliation": False,
    }


def test_options_of_this_study_are_refused_with_others(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["replicate", "cp2015", "--data", str(tmp_path), "--retaliation"])
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == "--retaliation: is for usa-tariffs-2025, not for cp2015"


def test_wrong_files_are_named_with_their_lines(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"country_labels\.csv: no such file"):
        study.read(tmp_path)
    for file in folder.glob("*.csv"):
        shutil.copy(file, tmp_path)
    tariffs = (tmp_path / "tariffs.csv").read_text().splitlines()
    (tmp_path / "tariffs.csv").chmod(0o644)
    (tmp_path / "tariffs.csv").write_text("\n".join([*tariffs[:3], "much", *tariffs[4:]]))
    with pytest.raises(InputError, match=r"tariffs\.csv:4: column 1: 'much' is no number"):
        study.read(tmp_path)
    (tmp_path / "tariffs.csv").write_text("\n".join(tariffs[:50]))
    with pytest.raises(InputError, match="has 49 rows below its heading"):
        study.read(tmp_path)
