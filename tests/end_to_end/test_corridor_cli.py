"""`kosho corridor` as people and scripts meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.corridors import shipped_text
from tests.surroundings import python
from tests.yaml_files import loaded

from kosho.extras import install
from kosho.law.nontariff_terms import CustomsDays

Run = Callable[..., CompletedProcess[str]]
QUICK = ("--no-tornado", "--processes", "1", "--replications", "2")


@pytest.fixture(scope="module")
def done(kosho: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """JSON of all scenarios, over two processes as it comes, on two weeks of traffic."""
    folder = tmp_path_factory.mktemp("corridor")
    text = shipped_text().replace("warm_up: 14, days: 28,", "warm_up: 7, days: 14,")
    (folder / "short.yaml").write_text(text, encoding="utf-8")
    result = kosho(
        *("corridor", "TWKHH", "JPUKB", "--file", folder / "short.yaml", "--no-tornado", "--json"),
        *("--figure", folder / "figure.svg"),
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout), folder


def test_contract(done: tuple[dict[str, Any], Path]) -> None:
    content, _ = done
    assert content["schema_version"] == 1
    assert len(content["world"]) >= 8
    days = content["baseline"]["days"]
    assert days["ci95"][0] < days["mean"] < days["ci95"][1]
    assert 0 < days["p50"] < days["p90"]
    assert len(content["baseline"]["stages"]) == 9
    assert {"advance-exchange", "joint-targeting", "longer-hours"} <= set(content["scenarios"])
    for one in content["scenarios"].values():
        saved, ave = one["days_saved"], one["ave_percent"]
        assert saved["ci95"][0] <= saved["mean"] <= saved["ci95"][1]
        assert [ave[end] for end in ("low", "mid", "high")] == pytest.approx(
            [tau * saved["mean"] for tau in (0.6, 1.35, 2.1)]
        )


def test_what_is_saved_is_worth_something_to_both_and_only_then(done: tuple[dict[str, Any], Path]) -> None:
    scenarios = done[0]["scenarios"]
    for name, one in scenarios.items():
        sign = -1 if name == "without-recognition" else 1
        assert sign * one["days_saved"]["mean"] > 0
        for ends in one["effect"].values():
            gains = [ends[end]["exports_musd"] * sign for end in ("low", "mid", "high")]
            assert 0 < gains[0] < gains[1] < gains[2]
            assert sum(ends["mid"]["ev_musd"].values()) * sign > 0
    # More than the time saved on all the goods that go this way cannot be had by much.
    best = scenarios["advance-exchange"]
    through = 0.02 * best["effect"]["fixed"]["high"]["exports_base_musd"]
    worth = 0.021 * best["days_saved_by_value"] * through
    assert sum(best["effect"]["fixed"]["high"]["ev_musd"].values()) == pytest.approx(worth, rel=0.5)


def test_figure(done: tuple[dict[str, Any], Path]) -> None:
    content, folder = done
    root = ElementTree.parse(folder / "figure.svg").getroot()  # noqa: S314 - our own file
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 1 + len(content["scenarios"])
    words = " ".join(root.itertext())
    assert "How long until the permit" in words
    assert "Where the time goes" in words


def test_one_scenario_as_a_measure(kosho: Run, tmp_path: Path) -> None:
    path = tmp_path / "measure.yaml"
    asked = ("corridor", "TWKHH", "JPUKB", "--scenario", "advance-exchange", "--measure", path, "--json")
    result = kosho(*asked, "--no-effect", *QUICK)
    assert result.returncode == 0, result.stderr
    content = json.loads(result.stdout)
    assert list(content["scenarios"]) == ["advance-exchange"]
    file = loaded(path.read_text(encoding="utf-8"))
    measure = file["measures"][0]
    assert (measure["kind"], measure["imposer"], measure["partners"]) == (
        "customs",
        "JPN",
        {"include": ["TWN"]},
    )
    terms = CustomsDays.model_validate(measure["terms"])
    assert terms.before.value == pytest.approx(content["baseline"]["days"]["mean"], abs=1e-4)
    saved = content["scenarios"]["advance-exchange"]["days_saved_by_value"]
    assert terms.before.value - terms.after.value == pytest.approx(0.02 * saved, abs=1e-4)
    assert terms.after.low is not None
    assert terms.after.low < terms.after.value < (terms.after.high or 0.0)
    assert measure["source"] == [file["sources"][0]["id"]]
    assert date.fromisoformat(measure["legal_from"])


def test_tables(kosho: Run) -> None:
    result = kosho("corridor", "twkhh", "jpukb", "--scenario", "joint-targeting", *QUICK)
    assert result.returncode == 0, result.stderr
    for words in ("days from arrival to permit", "Where the time goes", "Joint risk targeting", "Published"):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("TWKHX", "JPUKB"), "FROM: unknown port 'TWKHX' (did you mean TWKHH"),
        (("TWKHH", "JPUKB", "--scenario", "longer"), "--scenario: unknown scenario 'longer'"),
        (("TWKHH", "JPUKB", "--measure", "m.yaml"), "--measure: is made of one scenario"),
        (("TWKHH", "JPUKB", "--figure", "f.png"), "--figure: is drawn to a file that ends in .svg"),
    ],
)
def test_wrong_input(kosho: Run, arguments: tuple[str, ...], line: str, tmp_path: Path) -> None:
    result = kosho("corridor", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith(line)
    assert result.stdout == ""


def test_a_corridor_that_cannot_work_is_told_with_file_and_line(kosho: Run, tmp_path: Path) -> None:
    path = tmp_path / "busy.yaml"
    text = shipped_text().replace("{value: 8, low: 5, high: 16, unit: officers", "{value: 1, unit: officers")
    path.write_text(text, encoding="utf-8")
    result = kosho("corridor", "TWKHH", "JPUKB", "--file", path)
    line = text[: text.index("unit: officers")].count("\n") + 1
    assert result.returncode == 2
    assert result.stderr.startswith(f"{path}:{line}: stages.documents.servers: ")
    assert "of capacity would be needed" in result.stderr


def test_without_the_extra(tmp_path: Path) -> None:
    """What people see who have not installed simpy."""
    code = (
        "import sys, importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'simpy' else found(name, *rest)\n"
        "from kosho.cli import main\n"
        "sys.argv = ['kosho', 'corridor', 'TWKHH', 'JPUKB']\n"
        "main()\n"
    )
    result = python(code)
    assert result.returncode == 2
    assert result.stderr == f"simulation needs the extra 'corridor' ({install('corridor')})\n"
