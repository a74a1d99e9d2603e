"""gegravity's closure on a made-up sample, against equations written out and solved by themselves."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import fsolve
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.replications import gegravity

CODES = ("AUS", "CAN", "JPN", "USA")
HEADING = "exporter,importer,year,trade,Y,E,pta,contiguity,common_language,lndist,international"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    output, spending = rng.uniform(50, 900, 4), rng.uniform(50, 900, 4)
    distance = rng.uniform(6.0, 9.0, (4, 4))
    rows = [HEADING]
    for i, n in product(range(4), repeat=2):
        near, abroad = int({i, n} == {1, 3}), int(i != n)
        cells = (CODES[i], CODES[n], 2006, 1, output[i], spending[n], near, near, 1 - abroad)
        rows.append(",".join(map(str, (*cells, distance[i, n], abroad))))
    (tmp_path / "sample_data_set.dlm").write_text("\n".join(rows))
    return tmp_path


def test_spending_is_a_share_of_output(folder: Path) -> None:
    """Anderson & van Wincoop in changes: sales are shares of spending, spending moves with output."""
    world = gegravity.read(folder)
    flows = world.arrays.flows[:, :, 0]
    spending, output, shares = flows.sum(axis=1), flows.sum(axis=0), world.arrays.shares[:, :, 0]
    costs = np.ones((4, 4))
    costs[1, 2] = costs[2, 1] = np.exp(gegravity.COEFFICIENTS["pta"])

    def prices(log_wage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = shares * costs * np.exp(-4.0 * log_wage)
        return weights / weights.sum(axis=1, keepdims=True), weights.sum(axis=1) ** (-0.25)

    def spent(log_wage: np.ndarray) -> np.ndarray:
        moved, made = spending * np.exp(log_wage), output * np.exp(log_wage)
        return moved - made * (moved.sum() / made.sum() - 1.0)

    def gap(log_wage: np.ndarray) -> np.ndarray:
        missed = spent(log_wage) @ prices(log_wage)[0] - output * np.exp(log_wage)
        missed[0] = (output * np.exp(log_wage)).sum() - output.sum()
        return missed

    log_wage = np.asarray(fsolve(gap, np.zeros(4), xtol=1e-13))
    expected = 100 * (spent(log_wage) / spending / prices(log_wage)[1] - 1.0)
    found = gegravity.replicate(folder).kosho["deficits in proportion to output"]
    assert isinstance(found, dict)
    np.testing.assert_allclose([found[code] for code in CODES], expected, atol=1e-7)


PRINTED = {
    "lndist": -0.3898623,
    "contiguity": 0.891577,
    "common_language": 0.0326249,
    "pta": 0.4711383,
    "international": -3.412584,
}
"""Coefficients as the package's documentation prints them."""


def test_flows_are_what_the_gravity_equation_makes_of_the_margins(folder: Path) -> None:
    flows = gegravity.read(folder).arrays.flows[:, :, 0]
    heads, *rows = (row.split(",") for row in (folder / "sample_data_set.dlm").read_text().splitlines())
    friction = np.zeros((4, 4))
    for row in rows:
        told = dict(zip(heads, row, strict=True))
        place = CODES.index(told["importer"]), CODES.index(told["exporter"])
        friction[place] = sum(slope * float(told[name]) for name, slope in PRINTED.items())

    def odds(values: np.ndarray, n: int, i: int) -> float:
        """What two countries sell to each other against what they sell at home, in logarithms."""
        return float(values[n, i] + values[i, n] - values[n, n] - values[i, i])

    for n, i in ((0, 1), (1, 3), (2, 3)):
        assert odds(np.log(flows), n, i) == pytest.approx(odds(friction, n, i), rel=1e-9)


def test_the_command_has_published_and_ours(folder: Path) -> None:
    result = CliRunner().invoke(app, ["replicate", "gegravity", "--data", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["published"]["deficits in proportion to output"] == {"JPN": 0.0538}
    assert set(document["kosho"]["deficits fixed"]) == set(CODES)
    assert document["largest_difference"] >= 0
    for closure in document["kosho"]:
        table, trade = document["tables"][closure], document["tables"][f"{closure}: trade"]
        assert set(table["exports"]) == set(trade) == set(CODES)
        spent, prices = table["spending"]["JPN"], table["consumer_prices"]["JPN"]
        real = 100 * ((1 + spent / 100) / (1 + prices / 100) - 1)
        assert real == pytest.approx(document["kosho"][closure]["JPN"], abs=1e-8)
        assert trade["CAN"]["JPN"] > 0 > trade["CAN"]["USA"]


def test_wrong_samples_are_named(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match=r"sample_data_set\.dlm: no such file"):
        gegravity.read(empty)
    text = (folder / "sample_data_set.dlm").read_text().splitlines()
    file = folder / "sample_data_set.dlm"
    file.write_text("\n".join([text[0].replace("lndist", "distance"), *text[1:]]))
    with pytest.raises(InputError, match="no column lndist"):
        gegravity.read(folder)
    file.write_text("\n".join([*text[:-1], text[-1].replace("USA,USA", "USA,XXX")]))
    with pytest.raises(InputError, match="importer 'XXX' exports nothing"):
        gegravity.read(folder)
    file.write_text("\n".join(text[:-1]))
    with pytest.raises(InputError, match="no row for USA from USA"):
        gegravity.read(folder)
