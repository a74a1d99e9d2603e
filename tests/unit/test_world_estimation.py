"""Elasticities estimated on a panel: what is true is found, and what a referee asks is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.world.estimation import Estimated, estimate, interval, panel_of

pytest.importorskip("pyfixest")
runner = CliRunner()
THETA = {"C26": 3.0, "C29": 6.0}
N, YEARS = 8, 3


def rows(unit: float = 1.0, dead: bool = False, mfn: bool = False) -> list[list[object]]:
    """A panel made by gravity with known elasticities; values net of duty."""
    rng = np.random.default_rng(11)
    found: list[list[object]] = [["exporter", "importer", "year", "sector", "trade", "tariff", "border"]]
    for sector, theta in THETA.items():
        source, market = rng.normal(0, 1, (2, N, YEARS))
        pair = rng.normal(0, 0.7, (N, N))
        for i in range(N):
            for n in range(N):
                for y in range(YEARS):
                    duty = 0.0 if i == n else (0.05 * y if mfn else float(rng.uniform(0.0, 0.4)))
                    mean = np.exp(5 + source[i, y] + market[n, y] + pair[i, n] - (theta + 1) * np.log1p(duty))
                    sold = 0.0 if dead and i == 1 and n == 2 else unit * float(rng.poisson(mean))
                    found.append([f"E{i}", f"E{n}", 2010 + y, sector, sold, duty, float(i == n)])
    return found


def write(path: Path, content: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(content)
    return path


def test_the_truth_is_within_two_standard_errors_and_the_unit_does_not_matter(tmp_path: Path):
    thousand = estimate(panel_of(write(tmp_path / "k.csv", rows(1e3))))
    single = estimate(panel_of(write(tmp_path / "s.csv", rows())))
    for one, other in zip(thousand, single, strict=True):
        assert one.theta is not None
        assert one.error is not None
        assert abs(one.theta - THETA[one.sector]) < 2.5 * one.error < 1.0
        assert other.theta == pytest.approx(one.theta, rel=1e-5)
        assert other.error == pytest.approx(one.error, rel=1e-4)
        assert one.clusters == N * N
        assert one.usable


def test_poisson_with_dummies_by_newton_gives_the_same(tmp_path: Path):
    """A second implementation: all effects as dummies, iterated weighted least squares."""
    content = [row for row in rows()[1:] if row[3] == "C29"]
    found = next(one for one in estimate(panel_of(write(tmp_path / "p.csv", rows()))) if one.sector == "C29")
    trade = np.array([float(str(row[4])) for row in content])
    price = np.log1p(np.array([float(str(row[5])) for row in content]))
    keys = [[f"i{r[0]}{r[2]}", f"n{r[1]}{r[2]}", f"p{r[0]}{r[1]}"] for r in content]
    names = sorted({key for row in keys for key in row})
    dummies = np.array([[float(name in row) for name in names] for row in keys])
    design = np.column_stack([price, dummies])
    eta = np.log(trade + 1.0)
    for _ in range(60):
        mean = np.exp(eta)
        target = eta + (trade - mean) / mean
        weight = np.sqrt(mean)
        beta = np.linalg.lstsq(design * weight[:, None], target * weight, rcond=None)[0]
        eta = design @ beta
    assert found.beta == pytest.approx(float(beta[0]), rel=1e-4)


def test_what_separates_and_what_is_dropped_is_told(tmp_path: Path):
    panel = panel_of(write(tmp_path / "p.csv", rows(dead=True)), controls=("border",))
    for one in estimate(panel):
        assert one.separated == YEARS
        assert one.dropped == ("border",)
        assert any("separate" in note for note in one.notes)
        assert any("border" in note for note in one.notes)
        assert one.usable


def test_a_duty_or_a_control_that_stands_where_nothing_is_traded_has_no_effect_that_is_known(tmp_path: Path):
    pact, walled = ([[*rows()[0], "pact"]] for _ in range(2))
    for row in rows()[1:]:
        shut = row[0] == "E1" and row[1] == "E2" and row[2] == 2012
        pact.append([*row[:4], 0.0 if shut else row[4], *row[5:], int(shut)])
        walled.append([*row[:4], 0.0 if shut else row[4], 1.0 if shut else 0.0, row[6], 0])
    for one in estimate(panel_of(write(tmp_path / "pact.csv", pact), controls=("pact",))):
        assert (one.separated, one.dropped, one.observations) == (1, ("pact",), N * N * YEARS - 1)
        assert one.theta is not None
        assert abs(one.theta - THETA[one.sector]) < 2.5 * (one.error or 0.0)
    for one in estimate(panel_of(write(tmp_path / "walled.csv", walled))):
        assert (one.theta, one.error, one.dropped) == (None, None, ("tariff",))
        assert "nothing is traded wherever there is a duty: no elasticity can be told" in one.notes


def test_what_is_alone_with_a_fixed_effect_counts_neither_as_observation_nor_as_pair(tmp_path: Path):
    content = rows()
    once = [row for row in content[1:] if not (row[0] == content[1][0] and row[2] != content[1][2])]
    for one in estimate(panel_of(write(tmp_path / "p.csv", [content[0], *once]))):
        # The first exporter is left with one year: each of its pairs is seen once.
        assert one.alone == N
        assert one.observations == YEARS * N * (N - 1)
        assert one.clusters == N * (N - 1)
        assert any("the only one" in note for note in one.notes)
        assert one.usable


@pytest.mark.parametrize("controls", [(), ("border",)])
def test_one_year_has_no_effects_of_pairs(tmp_path: Path, controls: tuple[str, ...]):
    content = rows(dead=True)
    once = [content[0], *[row for row in content[1:] if row[2] == 2010]]
    for one in estimate(panel_of(write(tmp_path / "p.csv", once), controls=controls)):
        assert one.theta is not None
        assert (one.observations, one.alone, one.separated) == (N * N, 0, 0)
        assert any("one year and no controls" in note for note in one.notes) is (not controls)


def test_of_two_years_effects_of_pairs_are_taken_out(tmp_path: Path):
    content = rows(dead=True)
    twice = [content[0], *[row for row in content[1:] if row[2] != 2012]]
    for one in estimate(panel_of(write(tmp_path / "p.csv", twice))):
        assert one.separated == 2  # a pair that never trades tells nothing beside its own effect
        assert one.observations == 2 * (N * N - 1)
        assert not any("one year" in note for note in one.notes)


def test_a_panel_that_leaves_nothing_to_ask_has_no_notes(tmp_path: Path):
    for one in estimate(panel_of(write(tmp_path / "p.csv", rows()))):
        assert (one.notes, one.dropped, one.separated, one.alone) == ((), (), 0, 0)
        assert one.theta is not None
        assert one.error is not None
        assert one.beta == pytest.approx(-one.theta - 1.0)
        assert interval(one) == pytest.approx((one.theta - 1.96 * one.error, one.theta + 1.96 * one.error))
        assert one.log_sd == pytest.approx(one.error / one.theta)


def test_with_duties_in_the_values_theta_is_the_elasticity_itself(tmp_path: Path):
    panel = panel_of(write(tmp_path / "p.csv", rows()))
    for net, gross in zip(estimate(panel), estimate(panel, "gross"), strict=True):
        assert net.theta is not None
        assert gross.theta == pytest.approx(net.theta + 1.0)


@pytest.mark.parametrize("pairs", [29, 30])
def test_few_pairs_are_told_with_their_number(tmp_path: Path, pairs: int):
    chosen = [(f"E{i}", f"E{n}") for i in range(5) for n in range(6)][:pairs]
    content = [rows()[0], *[row for row in rows()[1:] if (row[0], row[1]) in chosen]]
    told = "pairs: 29; clustered standard errors of so few are too small"
    for one in estimate(panel_of(write(tmp_path / "p.csv", content))):
        assert (one.clusters, one.notes) == (pairs, (told,) if pairs < 30 else ())


def test_observations_whose_duty_is_not_known_are_counted_by_sector(tmp_path: Path):
    content = rows()
    given = {(*map(str, (row[1], row[0], row[2], row[3])),): float(str(row[5])) for row in content[1:]}
    gone = {("E0", "E1", "2010", "C26"), ("E0", "E2", "2011", "C26"), ("E3", "E2", "2011", "C29")}

    def duties(*sides: Sequence[str]) -> np.ndarray:
        return np.array([np.nan if one in gone else given[one] for one in zip(*sides, strict=True)])

    panel = panel_of(write(tmp_path / "p.csv", content), duties=duties)
    assert len(panel) == len(content) - 1 - 3
    notes = {one.sector: one.notes for one in estimate(panel)}
    told = "observations left out, their duty not being known: {}"
    assert notes == {"C26": (told.format(2),), "C29": (told.format(1),)}


def test_a_panel_of_one_sector_counts_what_it_leaves_out_too(tmp_path: Path):
    content = [row[:3] + row[4:] for row in rows() if row[3] in ("sector", "C29")]

    def duties(*sides: Sequence[str]) -> np.ndarray:
        found = np.array([float(str(row[4])) for row in content[1:]])
        found[7] = np.nan
        return found

    (one,) = estimate(panel_of(write(tmp_path / "p.csv", content), duties=duties))
    assert (one.sector, one.notes) == ("all", ("observations left out, their duty not being known: 1",))


@pytest.mark.parametrize(
    ("theta", "error", "usable"),
    [(5.0, 0.5, True), (None, 0.5, False), (5.0, None, False), (5.0, 0.0, False), (-1.0, 0.5, False)],
)
def test_what_is_not_told_or_no_elasticity_is_not_written(
    theta: float | None, error: float | None, usable: bool
):
    found = Estimated("C29", theta, error, None, 9, 9, 0, 0, (), ())
    assert found.usable is usable
    assert (interval(found) is None) is (theta is None or error is None)


def test_rows_of_another_width_and_rows_told_twice_are_named_with_their_lines(tmp_path: Path):
    content = rows()[:4]
    content[2] = content[2][:5]  # no tariff
    wrong = [*content, [*content[3], "more"], [], content[1]]
    with pytest.raises(InputError) as told:
        panel_of(write(tmp_path / "p.csv", wrong))
    assert [(one.line, one.message) for one in told.value.problems] == [
        (3, "has 5 cells"),
        (5, "has 8 cells"),
        (7, "its pair, year and sector are those of line 2"),
    ]


def test_mistakes_of_a_panel_are_told_up_to_a_number(tmp_path: Path):
    content: list[list[object]] = [rows()[0], *(["E0"] for _ in range(40))]
    with pytest.raises(InputError) as told:
        panel_of(write(tmp_path / "p.csv", content))
    assert [one.line for one in told.value.problems] == list(range(2, 22))


def test_a_sector_with_one_observation_tells_nothing(tmp_path: Path):
    content = rows()
    lonely = [*content[1][:3], "C99", *content[1][4:]]
    found = {one.sector: one for one in estimate(panel_of(write(tmp_path / "p.csv", [*content, lonely])))}
    assert found["C99"].theta is None
    assert found["C99"].observations == 0
    assert any("nothing is left" in note for note in found["C99"].notes)
    assert found["C29"].usable


def test_duties_that_fixed_effects_tell_give_no_elasticity(tmp_path: Path):
    path = write(tmp_path / "p.csv", [rows()[0], *[r for r in rows(mfn=True)[1:] if r[0] != r[1]]])
    for one in estimate(panel_of(path)):
        assert one.theta is None
        assert not one.usable
        assert any("duties do not vary" in note or "was dropped" in note for note in one.notes)
    with pytest.raises(InputError, match="no elasticity can be written"):
        runner.invoke(
            app, ["world", "estimate", str(path), "--out", str(tmp_path / "t.csv")], catch_exceptions=False
        )
    assert not (tmp_path / "t.csv").exists()


def test_tariffs_in_percent_are_told_and_taken_when_said(tmp_path: Path):
    content = rows()
    percent = [content[0], *[[*r[:5], 100.0 * float(str(r[5])), r[6]] for r in content[1:]]]
    path = write(tmp_path / "p.csv", percent)
    with pytest.raises(InputError, match=r"its tariffs: they look like percent.*--tariffs-in percent"):
        panel_of(path)
    # A few duties far above all others on hardly any trade are fractions all the same: trade weighs them.
    high = [[*r[:4], 1e-6, 5.0, r[6]] if r[:2] == ["E1", "E2"] else [*r[:5], 0.01, r[6]] for r in content[1:]]
    assert max(panel_of(write(tmp_path / "h.csv", [content[0], *high])).tariff) == 5.0
    said = estimate(panel_of(path, percent=True))
    plain = estimate(panel_of(write(tmp_path / "f.csv", content)))
    assert [one.theta for one in said] == pytest.approx([one.theta for one in plain], rel=1e-9)


def test_one_command_from_panel_to_a_world_of_its_own_elasticities(tmp_path: Path):
    path = write(tmp_path / "p.csv", rows())
    out = tmp_path / "theta.csv"
    done = runner.invoke(app, ["world", "estimate", str(path), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "clustered by pair" in done.output
    table = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["sector"] for row in table] == ["C26", "C29"]
    assert float(table[1]["theta"]) == pytest.approx(6.0, abs=0.6)
    shown = runner.invoke(app, ["world", "estimate", str(path), "--json"], catch_exceptions=False)
    assert json.loads(shown.output)["sectors"][0]["clusters"] == N * N
    with pytest.raises(InputError, match="a panel has no tarif"):
        runner.invoke(app, ["world", "estimate", str(path), "--set", "tarif=x"], catch_exceptions=False)


PANEL = "exporter,importer,year,sector,trade,tariff,border"


@pytest.mark.parametrize(
    ("head", "row", "settings", "told"),
    [
        (PANEL, "A,B,2010,C,0,0,0", {}, []),
        (PANEL, "A,B,2010,C,-0.5,0,0", {}, [(2, "trade", "trade '-0.5' is no figure that it can be")]),
        (PANEL, "A,B,2010,C,1,-0.1,0", {}, [(2, "tariff", "tariff '-0.1' is no figure that it can be")]),
        (PANEL, "A,B,2010,C,inf,0,0", {}, [(2, "trade", "trade 'inf' is no figure that it can be")]),
        (PANEL, "A,B,2010,C,1,0,-3", {"controls": ("border",)}, []),
        (PANEL, "A,B,2010,C,1,0,x", {}, []),
        (
            PANEL,
            "A,B,2010,C,1,0,x",
            {"controls": ("border",)},
            [(2, "border", "border 'x' is no figure that it can be")],
        ),
        (PANEL, "A,B,210,C,1,0,0", {}, [(2, "year", "'210' is no year")]),
        (PANEL, "A,B,20100,C,1,0,0", {}, [(2, "year", "'20100' is no year")]),
        ("exporter,importer,trade,tariff", "A,B,1,0.1", {}, []),
        ("exporter,importer,trade,duty", "A,B,1,0.1", {"names": {"tariff": "duty"}}, []),
        (
            "exporter,importer,trade",
            "A,B,1",
            {"names": {"sector": "s"}},
            [(1, None, "has no column 'tariff' for the tariff"), (1, None, "has no column 's' for the sector")],
        ),
        (PANEL, "A,B,2010,C,1,0,0", {"controls": ("trade",)}, [(None, "--control", "the control 'trade' is")]),
        (PANEL, "A,B,2010,C,1,1,0", {"percent": True}, []),
        (PANEL, "A,B,2010,C,1,0,0", {"percent": True}, []),
        (
            PANEL,
            "A,B,2010,C,1,0.99,0",
            {"percent": True},
            [(None, None, "its tariffs: they look like fractions")],
        ),
        (PANEL, "", {}, [(None, None, "has no rows")]),
        (
            PANEL + ",border",
            "A,B,2010,C,1,0,0,0",
            {"controls": ("border",)},
            [(1, None, "has the column 'border' 2")],
        ),
        (PANEL + ",border", "A,B,2010,C,1,0,0,0", {}, []),
    ],
)
def test_every_row_and_column_of_a_panel_is_what_it_can_be(
    head: str,
    row: str,
    settings: dict[str, Any],
    told: list[tuple[int | None, str | None, str]],
    tmp_path: Path,
):
    path = tmp_path / "p.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    if not told:
        panel = panel_of(path, **settings)
        named = settings.get("names", {})
        cells = dict(zip(head.split(","), row.split(","), strict=True))
        assert panel.columns["year"] == [cells.get("year", "")]
        duty = float(cells[named.get("tariff", "tariff")]) / (100.0 if settings.get("percent") else 1.0)
        assert (panel.trade.tolist(), panel.tariff.tolist()) == ([float(cells["trade"])], [duty])
        assert {name: one.tolist() for name, one in panel.controls.items()} == {
            name: [float(cells[name])] for name in settings.get("controls", ())
        }
        return
    with pytest.raises(InputError) as caught:
        panel_of(path, **settings)
    found = [(one.line, one.key) for one in caught.value.problems]
    assert found == [(line, key) for line, key, _ in told]
    for one, (*_, begins) in zip(caught.value.problems, told, strict=True):
        assert one.message.startswith(begins)


def test_columns_are_listed_where_none_is_alike(tmp_path: Path):
    names = [f"quite{k}" for k in range(14)]
    with pytest.raises(InputError) as caught:
        panel_of(write(tmp_path / "p.csv", [["exporter", "importer", "trade", *names]]))
    (one,) = caught.value.problems
    columns = ", ".join(["exporter", "importer", "trade", *names][:12])
    assert one.hint == f"--set tariff=COLUMN; columns are {columns}"


@pytest.mark.parametrize("known", [0, 1])
def test_fractions_that_something_else_tells_are_never_taken_for_percent(known: int, tmp_path: Path):
    path = tmp_path / "p.csv"
    path.write_text("exporter,importer,trade\nA,B,1\nB,A,2\n", encoding="utf-8")

    def duties(*sides: Sequence[str]) -> np.ndarray:
        assert sides[:2] == (["B", "A"], ["A", "B"])
        return np.array([0.005, np.nan] if known else [np.nan, np.nan])

    if not known:
        with pytest.raises(InputError, match="no duty of any observation is known"):
            panel_of(path, duties=duties)
        return
    panel = panel_of(path, percent=True, duties=duties)
    assert (panel.tariff.tolist(), panel.columns["exporter"], panel.untold) == ([0.005], ["A"], {"": 1})
