"""The American tariffs of 2025 in 194 countries: every published row, and a run by country."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
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
        "elasticity": 4.0,
        "deficits": "fixed",
        "inputs": 0.0,
    }
    assert set(document["rows"]) == set(document["kosho"])
    last = document["rows"]["labour supply 0.5, tax relief, scale 0.1675"]
    assert last == {name: document[name] for name in last}
    assert json.dumps(document, allow_nan=False)


def test_every_measure_of_every_country_by_a_plain_loop_over_wages(folder: Path) -> None:
    """One factor, one sector, deficits fixed: trade by independent code, with inputs and without."""
    for inputs, deficits in ((0.0, "fixed"), (0.51, "fixed"), (0.0, "zero")):
        run = study.Run(inputs=inputs, deficits=deficits)
        world, tariff = study.read(folder, inputs=inputs)
        mine = study.effects(world, tariff, run)
        plain = _Plain(world.arrays.flows[:, :, 0], inputs, balanced=deficits == "zero")
        rates = np.zeros_like(plain.flows)
        rates[world.position("USA")] = tariff
        found = plain.told(rates)
        for name, values in found.items():
            np.testing.assert_allclose(getattr(mine, name), values, atol=2e-4, err_msg=name)


def test_more_elastic_trade_and_inputs_are_other_worlds(folder: Path) -> None:
    options = ["--elasticity", "8", "--inputs", "0.51", "--labour-supply", "0.5", "--json"]
    result = CliRunner().invoke(app, ["replicate", "usa-tariffs-2025", "--data", str(folder), *options])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["run"]["elasticity"] == 8.0
    assert document["welfare"]["GIN"] is None  # more work than it consumes is worth
    assert document["employment"]["GIN"] is not None
    for wrong in (["--inputs", "1"], ["--inputs", "0.5", "--scale", "0.1"], ["--elasticity", "0"]):
        result = CliRunner().invoke(app, ["replicate", "usa-tariffs-2025", "--data", str(folder), *wrong])
        assert isinstance(result.exception, InputError), wrong


class _Plain:
    """One sector and labour in given amount, tatonnement over wages; trade by importer and exporter."""

    def __init__(self, flows: np.ndarray, inputs: float, *, balanced: bool) -> None:
        self.flows, self.inputs = flows.copy(), inputs
        if balanced:
            share = flows / flows.sum(axis=1, keepdims=True)
            none = np.zeros(len(flows))
            self.flows = self._wages(share, np.zeros_like(flows), flows.sum(axis=0), none)[1]

    def told(self, rates: np.ndarray) -> dict[str, np.ndarray]:
        made, spent = self.flows.sum(axis=0), self.flows.sum(axis=1)
        share = self.flows / spent[:, None]
        deficit = spent - made
        wage, flows, level, revenue = self._wages(share, rates, made, deficit)
        value = (1.0 - self.inputs) * made
        income = wage * value + revenue + deficit
        real = income / (value + deficit) / level
        weight = value + deficit
        old, new = (one - np.diag(np.diag(one)) for one in (self.flows, flows))
        gap, left = (one.sum(axis=1) - one.sum(axis=0) for one in (old, new))
        none = np.abs(gap) < 1e-6 * old.sum(axis=1)
        found = {
            "welfare": real,
            "equivalent_variation": real,
            "employment": np.ones_like(real),
            "consumer_prices": level * weight.sum() / (level @ weight),
            "exports": new.sum(axis=0) / old.sum(axis=0) / wage,
            "imports": new.sum(axis=1) / old.sum(axis=1) / wage,
            "deficit": np.where(none, np.nan, 1.0 + (left - gap) / np.abs(np.where(none, 1.0, gap))),
            "tariff_revenue": 1.0 + revenue / spent,
        }
        return {name: 100.0 * (values - 1.0) for name, values in found.items()}

    def _wages(
        self, share: np.ndarray, rates: np.ndarray, made: np.ndarray, deficit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        wage, level = np.ones(len(made)), np.ones(len(made))
        value = (1.0 - self.inputs) * made
        for _ in range(20_000):
            for _inner in range(60):
                cost = wage ** (1.0 - self.inputs) * level**self.inputs
                weight = share * ((1.0 + rates) * cost[None]) ** -4.0
                moved = weight.sum(axis=1) ** -0.25
                done = np.abs(moved / level - 1.0).max() < 1e-14
                level = moved
                if done:
                    break
            bought = weight / weight.sum(axis=1, keepdims=True)
            net = bought / (1.0 + rates)
            charged = (bought - net).sum(axis=1)
            output = wage * made
            spent = (output + deficit) / (1.0 - charged)
            flows = net * spent[:, None]
            gap = flows.sum(axis=0) / output
            wage = wage * gap**0.15
            wage *= value.sum() / (wage @ value)
            if np.abs(gap - 1.0).max() < 1e-9:
                break
        return wage, flows, level, charged * spent


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
