"""Terminals of any encoding, and streams that are closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.conftest import Told, child
from tests.faults.driver import left

MAIN = [sys.executable, "-m", "kosho"]


def run(folder: Path, *words: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*MAIN, *words],
        capture_output=True,
        check=False,
        cwd=folder,
        input=b"\xff\xfe q\na\n",
        env={**child(folder), "PYTHONUTF8": "0", **changes},
    )


SHOWN = ("simulate", "韓国 case", "--scenario", "deal")


@pytest.fixture(scope="module")
def whole(usual: tuple[Path, Told]) -> str:
    """What is shown where every sign can be."""
    done = run(usual[0], *SHOWN, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii", "utf-16"])
def test_every_encoding_shows_the_signs_of_numbers(encoding: str, inputs: Path, whole: str) -> None:
    done = run(inputs, *SHOWN, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    own = done.stdout.decode(encoding)
    own = own.replace("－", "−")  # one and the same in the code page of Japan
    assert own.replace("−", "-").count("-0.") == whole.replace("−", "-").count("-0.") > 0
    assert own.count("?") == whole.count("?")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_is_the_same_in_every_encoding(encoding: str, inputs: Path) -> None:
    (inputs / "note.txt").write_text("Japan offered to buy “corn” 交渉 on June 29, 2025.", encoding="utf-8")
    told = [run(inputs, "read", "note.txt", "--json", PYTHONIOENCODING=one) for one in (encoding, "utf-8")]
    assert [one.returncode for one in told] == [0, 0], told[0].stderr
    lines = [[json.loads(line) for line in one.stdout.decode("ascii").splitlines()] for one in told]
    assert lines[0] == lines[1]
    assert any("交渉" in one["quote"] for one in lines[0])


def test_what_is_typed_and_no_text_is_asked_again(inputs: Path) -> None:
    done = run(inputs, "read", "note.txt", "--accept", "--out", "out/d.yaml", "--record", "out/r.yaml")
    assert done.returncode == 0, done.stderr
    assert b"1 accepted" in done.stdout
    assert "r.yaml" in left(inputs)


@pytest.mark.skipif(os.name == "nt", reason="shells close streams elsewhere")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed_are_none(closed: str, inputs: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m kosho codes cars {closed}', sys.executable],
        capture_output=True,
        check=False,
        cwd=inputs,
        env=child(inputs),
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def test_a_schedule_is_the_same_in_the_plainest_locale(inputs: Path) -> None:
    text = "vehículos de Côte d’Ivoire 円"
    (inputs / "c.csv").write_text(f"hs,description,general\n8703.23.19,{text},50¢/kg\n", encoding="utf-8")
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": ""}
    stored = run(inputs, "schedule", "import", "c.csv", "--importer", "USA", "--edition", "c", **plain)
    assert stored.returncode == 0, stored.stderr
    shown = run(inputs, "schedule", "show", "USA", "8703.23.19", **plain).stdout.decode()
    assert text in shown
    assert "0.5 USD/kg" in shown
