"""Percent where a fraction stands and the other way round: told at the door, never taken for the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.lines import LineTable, read_annex, read_line_cuts, read_package, read_rates

RATE = ("rate", "USA", "JPN", "8703.23", "--on", "2025-06-29")


def refused(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert isinstance(done.exception, InputError), done.output
    assert done.stdout == ""
    return str(done.exception)


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mfn", "0.025"), "--mfn: 0.025 may be a fraction, and percent is meant here (write 2.5, or 0.025%"),
        (("--mfn", "0,25"), "--mfn: 0,25 may be a fraction"),
        (("--claimed", "0.5", "--attribute", "preference=usjta"), "--claimed: 0.5 may be a fraction"),
        (
            ("--attribute", "us_content=0.4"),
            "--attribute: 0.4 may be a fraction, and percent is meant here (write 40",
        ),
    ],
)
def test_a_fraction_is_not_taken_for_percent(words: tuple[str, ...], told: str) -> None:
    assert told in refused(*RATE, *words)


def test_a_highest_rate_that_is_a_fraction_is_refused() -> None:
    told = refused("tariffs", "optimal", "--parties", "USA", "--sectors", "C29", "--high", "0.5")
    assert "--high: 0.5 is less than one percent" in told


def _package(path: Path) -> object:
    rate = np.array([[0.1]])
    return read_package(path, LineTable("USA", ("870323",), ("JPN",), np.ones((1, 1)), rate, ("line",), ()))


RATES, PACKAGE = "importer,exporter,hs,rate\nUSA,,870323,", "hs,partner,rate\n8703,JPN,"
CUTS, ANNEX = (
    "importer,partner,sector,hs,duty_share,cut\nUSA,JPN,C29,8703,0.5,",
    "Line,Base rate,Category\n870323,",
)


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (_package, f"{PACKAGE}0.15", r"f\.csv:2: rate: 0.15 may be a fraction.*write 15, or 0.15%"),
        (_package, f"{PACKAGE}1500", r"f\.csv:2: rate: 1500 percent is above 1,000"),
        (read_line_cuts, f"{CUTS}0.5", r"f\.csv:2: cut: 0.5 may be a fraction"),
        (read_annex, f"{ANNEX}0.263,B5", r"f\.csv:2: 0.263 may be a fraction"),
        (read_rates, f"{RATES}0.025\nUSA,,870324,0.25", r"no rate is above 0.25: they may be.*head rate \(%\)"),
        (read_rates, f'{RATES}"2,500"', r"f\.csv:2: rate '2,500' is no amount"),
    ],
)
def test_a_file_is_not_taken_for_percent(
    read: Callable[[Path], object], text: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"{text}\n")
    with pytest.raises(InputError, match=told):
        read(path)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (_package, f"{PACKAGE}0.15%"),
        (_package, f"{PACKAGE}-0.5%"),
        (read_line_cuts, f"{CUTS}0.5%"),
        (read_annex, f"{ANNEX}0.5%,B5"),
        (read_rates, f"{RATES}0.5%"),
        (read_rates, f"{RATES.replace('rate', 'rate (%)')}0.5"),
        (read_rates, f"{RATES}0.5\nUSA,,870324,2.5"),
    ],
)
def test_a_file_says_that_so_little_is_meant(read: Callable[[Path], object], text: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"{text}\n")
    read(path)


@pytest.mark.parametrize("mfn", ["0.4%", "0", "1", "2.5", "0.50USD/kg"])
def test_what_says_its_unit_is_taken(mfn: str) -> None:
    done = CliRunner().invoke(app, [*RATE, "--mfn", mfn, "--unit-value", "10USD/kg", "--json"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("duty", "told"),
    [
        (
            "25000%",
            "s.csv:2: 87032300: 25000 percent is above 1,000: no duty on goods is that high (read '25000%'",
        ),
        ("99999999999%", "s.csv:2: 87032300: "),
        ("2.5% + 5000%", "s.csv:2: 87032300: 5000 percent is above 1,000"),
    ],
)
def test_a_schedule_holds_no_duty_that_none_is(tmp_path: Path, duty: str, told: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f"code,duty\n8703.23.00,{duty}\n8703.24.00,2.5%\n", encoding="utf-8")
    assert told in refused("schedule", "import", str(path), "--importer", "GBR", "--edition", "x")
    assert not (tmp_path / "data").exists()


def test_a_column_of_percent_that_holds_fractions_is_refused_unless_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    rows = "".join(f"8703.2{k}.00,{rate}\n" for k, rate in enumerate(("0.025", "0.1", "0", "0.25")))
    path.write_text("code,duty (%)\n" + rows, encoding="utf-8")
    words = ("schedule", "import", str(path), "--importer", "GBR", "--edition", "x")
    assert "s.csv:2: the heading says percent, and all 3 rates are below 1 (say --rates fraction" in refused(
        *words
    )
    for rates in ("fraction", "percent"):
        done = CliRunner().invoke(app, [*words, "--rates", rates, "--json"])
        assert done.exit_code == 0, done.output
    for few in ("8703.20.00,0.5\n8703.21.00,0.1\n8703.22.00,1\n", "8703.20.00,0.5\n8703.21.00,0.1\n"):
        path.write_text("code,duty (%)\n" + few, encoding="utf-8")
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == 0, done.output  # one of a percent, and too few to tell


@pytest.mark.parametrize("day", ["1800-01-01", "1899-12-31", "2199-12-31"])
def test_the_law_can_be_asked_as_known_on_every_day_that_is_a_day(day: str) -> None:
    done = CliRunner().invoke(
        app, ["rate", "USA", "JPN", "8703.23", "--known", day, "--on", "2025-06-29", "--json"]
    )
    assert done.exit_code == 0, done.exception
