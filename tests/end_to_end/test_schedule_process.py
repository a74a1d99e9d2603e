"""`kosho schedule` as people run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.surroundings import kosho as process

TABLE = """\
code,duty,description,unit
87032301,2.5%,Cars,No.
17011310,3¢/kg less 1¢ a degree,Sugar,kg
04021005,3.3¢/kg,Milk,kg
"""


def kosho(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return process("schedule", *arguments, KOSHO_DATA=data)


def test_a_schedule_is_imported_and_shown(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE, encoding="utf-8")
    data = tmp_path / "data"
    done = kosho("import", str(table), "--importer", "USA", "--edition", "HTS 2025 rev 5", "--json", data=data)
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["schema_version"] == 1
    assert content["lines"] == 3
    assert content["kinds"] == {"ad_valorem": 1, "specific": 1, "unread": 1}
    assert content["kept_as_text"] == [f"{table}:3: 17011310: general: 3¢/kg less 1¢ a degree"]
    assert Path(content["path"]).is_relative_to(data)
    shown = kosho("show", "USA", "0402.10.05", "--json", data=data)
    duty = json.loads(shown.stdout)["lines"][0]["duties"][0]
    assert (duty["duty"], duty["printed"], duty["kind"]) == ("0.033 USD/kg", "3.3¢/kg", "specific")
    assert duty["source"] == "HTS 2025 rev 5, table.csv"
    page = kosho("show", "USA", "8703.23.01.90", "--on", "2025-06-29", data=data)
    assert page.returncode == 0
    assert "2.5%" in page.stdout
    assert "HTS 2025 rev 5" in page.stdout


def test_what_ships_is_shown_with_its_standing(tmp_path: Path) -> None:
    done = kosho("show", "THA", "8703.80", "--on", "2025-06-29", "--json", data=tmp_path)
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["edition"] == "lines of the cases"
    duties = {one["column"]: one for one in content["lines"][0]["duties"]}
    assert duties["general"]["duty"] == "80%"
    assert duties["acfta"]["duty"] == "Free"
    assert duties["rcep/JPN"]["status"] == "assumption"
    assert all(one["source"] for one in duties.values())


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["import", "bad.csv", "--importer", "USA", "--edition", "x"], 2, ["bad.csv:2: ", "bad.csv:4: "]),
        (["import", "none.csv", "--importer", "USA", "--edition", "x"], 2, ["none.csv: cannot be read"]),
        (["import", "bad.csv", "--importer", "US", "--edition", "x"], 2, ["unknown importer 'US'"]),
        (["import", "bad.csv", "--importer", "USA", "--edition", "x", "--from", "2025"], 2, ["--from"]),
        (["show", "USA", "87x"], 2, ["'87x' is not a tariff code"]),
        (["show", "XXX", "8703"], 2, ["unknown importer 'XXX'"]),
        (["show", "USA", "2204.21"], 1, ["no schedule of USA at hand", "2204.21"]),
    ],
)
def test_mistakes_are_told_in_lines(
    arguments: list[str], status: int, words: list[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("code,duty\n8703,2.5%\n87032301,2.5%\n8703230,2%\n", encoding="utf-8")
    given = [str(tmp_path / one) if one.endswith(".csv") else one for one in arguments]
    done = kosho(*given, data=tmp_path / "data")
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words)
    assert not (tmp_path / "data").exists()
