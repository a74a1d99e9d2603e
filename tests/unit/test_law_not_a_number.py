"""Duties of imported schedules that are no number: never 0, and no error where the question is in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kosho.cli import app

PREPARATION = [
    {
        "htsno": "1806.32.70",
        "indent": "0",
        "description": "preparation of cocoa beyond the quota",
        "units": ["kg"],
        "general": "37.2¢/kg + 6%",
        "special": "Free (BH,CL,KR) 3.7¢/kg + 0.6% (P) See 9822.04.25 (AU) See 9823.08.01-9823.08.38 (S+)",
        "other": "43.8¢/kg + 7%",
    }
]
DAY = ("--on", "2024-06-01")
VALUE = ("--unit-value", "3USD/kg")


def asked(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["rate", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    path = tmp_path / "hts.json"
    path.write_text(json.dumps(PREPARATION), encoding="utf-8")
    done = CliRunner().invoke(app, ["schedule", "import", str(path), "--importer", "USA", "--edition", "ref"])
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("schedule")
def test_a_preference_that_only_points_to_another_chapter_is_no_duty_of_nothing():
    plain = asked("USA", "CAN", "1806.32.70", *DAY, *VALUE)
    assert (plain["rate"], plain["low"], plain["high"]) == (18.4, 18.4, 18.4)
    for origin, preference in (("CAN", "usmca"), ("AUS", "ausfta")):
        told = asked("USA", origin, "1806.32.70", *DAY, *VALUE, "--attribute", f"preference={preference}")
        assert (told["rate"], told["low"], told["high"]) == (None, None, 18.4)
        assert any("See 98" in why for why in told["unknown"])
    free = asked("USA", "KOR", "1806.32.70", *DAY, *VALUE, "--attribute", "preference=korus")
    assert free["rate"] == 0


@pytest.mark.usefixtures("schedule")
def test_without_a_unit_value_the_percentage_is_what_is_known():
    found = asked("USA", "JPN", "1806.32.70", *DAY)
    assert (found["rate"], found["low"], found["high"]) == (None, 6.0, None)
    assert found["layers"][0]["value"] is None
    assert "needs the value of a unit" in found["unknown"][0]
    text = CliRunner().invoke(app, ["rate", "USA", "JPN", "1806.32.70", *DAY]).stdout
    assert "no total: ordinary duty: the duty 0.372 USD/kg needs the value of a unit" in text
    assert "at least 6 %" in text


@pytest.mark.usefixtures("schedule")
def test_a_preference_not_claimed_is_named_with_what_is_known_of_it():
    found = asked("USA", "CAN", "1806.32.70", *DAY, *VALUE)
    (usmca,) = [one for one in found["preferences"] if one["id"] == "usmca"]
    assert (usmca["rate"], usmca["high"]) == (None, 18.4)
