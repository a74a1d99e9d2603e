"""The command line as a process: what it prints where, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Forked, Run, Told
from tests.surroundings import environment, kosho, python

from kosho import __version__

CASE = "japan-us-2025"


WRONG = (
    (("simulate",), "neither a case nor a measure to add"),
    (("simulate", CASE, "--scenario", "dael"), "did you mean deal?"),
    (("simulate", "japan-us", "--scenario", "deal"), f"did you mean {CASE}?"),
    (("simulate", CASE, "--scenario", "deal", "--as-of", "29.6.2025"), "write YYYY-MM-DD"),
    (("simulate", CASE, "--scenario", "deal", "--as-of", "20250629"), "write YYYY-MM-DD"),
    (("simulate", CASE, "--scenario", "deal", "--as-of", "2025-02-30"), "write YYYY-MM-DD"),
    (("simulate", CASE, "--scenario", "status-quo", "--as-of", "1999-01-01"), "begins on 2025-04-09"),
    (("simulate", CASE, "--scenario", "deal", "--deficits", "fxed"), "did you mean fixed?"),
    (("simulate", CASE, "--scenario", "deal", "--world", "flat"), "unknown world 'flat'"),
    (("brief", "nowhere-2025"), "no case 'nowhere-2025'"),
    (("brief", CASE, "--as-of", "yesterday"), "write YYYY-MM-DD"),
    (("world", "info", "icio-2023"), "did you mean icio-2022?"),
    (("world", "build", "no.whl"), "cannot be read"),
    (("world", "build", "--from", "wheels"), "unknown format 'wheels' (did you mean wheel?"),
    (("replicate", "cp2015", "--data", "nowhere"), "cp2015.npz"),
    (("replicate", "cp2051", "--data", "nowhere"), "did you mean cp2015?"),
)


@pytest.fixture(scope="module", name="kosho")
def kosho_() -> Run:
    """A process from its start, where all others are forks of one."""
    return kosho


def test_version_and_help(kosho: Run) -> None:
    assert kosho("--version").stdout == f"kosho {__version__}\n"
    helped = kosho("--help")
    assert helped.returncode == 0
    for command in ("cases", "brief", "simulate", "coercion", "supply", "world", "replicate"):
        assert command in helped.stdout


@pytest.fixture(scope="module")
def told_of(forked: Forked) -> dict[tuple[str, ...], Told]:
    return forked([arguments for arguments, _ in WRONG])


@pytest.mark.parametrize(("arguments", "expected"), WRONG)
def test_wrong_input_is_one_line_and_status_two(
    told_of: dict[tuple[str, ...], Told], arguments: tuple[str, ...], expected: str
) -> None:
    told_of[arguments].is_one_line(expected)


def test_every_mistake_of_a_case_is_told_with_file_and_line(kosho: Run, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("title: x\nsumary: y\nas_of: 2025-13-01\n", encoding="utf-8")
    done = kosho("brief", tmp_path)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert any("case.yaml:2: sumary: unknown key (did you mean summary?)" in line for line in lines)
    assert any("case.yaml:3: as_of" in line and "YYYY-MM-DD" in line for line in lines)
    assert any("measures.yaml" in line for line in lines)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["brief"], ["nothing"], ["world", "nothing"], ["cases", "--nothing"]])
def test_wrong_usage_ends_with_two_and_no_traceback(kosho: Run, arguments: list[str]) -> None:
    done = kosho(*arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_disaster() -> None:
    command = [sys.executable, "-c", "from kosho.cli import main; main()", "world", "info", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "Exception" not in told


def test_tables_are_for_people(kosho: Run) -> None:
    listed = kosho("cases")
    assert CASE in listed.stdout
    assert "no-deal-all" in listed.stdout
    shown = kosho("simulate", CASE, "--scenario", "deal", "--world", "talks")
    assert "United States" in shown.stdout
    assert "1.37 million" in shown.stdout
    described = kosho("world", "info")
    assert "80 economies, 50 sectors" in described.stdout
    assert (listed.returncode, shown.returncode, described.returncode) == (0, 0, 0)
    assert listed.stderr + shown.stderr + described.stderr == ""


def test_replication_is_shown_beside_what_was_published(kosho: Run, shared: Path) -> None:
    done = kosho("replicate", "cp2015", "--data", shared / "reference" / "cp2015")
    assert done.returncode == 0
    assert "1.3121" in done.stdout
    assert "published: zero: Caliendo" in done.stdout
    machine = kosho("replicate", "cp2015", "--data", shared / "reference" / "cp2015", "--json")
    assert json.loads(machine.stdout)["zero"]["welfare_first_order"]["Mexico"] == pytest.approx(
        1.3121, abs=5e-4
    )


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    heavy = ["numpy", "xarray", "pandas", "scipy", "plotly", "pydantic", "jinja2", "yaml"]
    code = (
        f"import sys; import kosho; first = [name for name in {heavy!r} if name in sys.modules];"
        f"import kosho.cli; then = [name for name in {heavy!r} if name in sys.modules]; print(first, then)"
    )
    assert python(code).stdout.strip() == "[] []"


def test_lazy_names_are_what_they_say() -> None:
    code = (
        "import kosho, kosho.world as w; assert kosho.World is w.World; assert kosho.equilibrium.solve is "
        "kosho.solve;assert kosho.Case.__module__ == 'kosho.case'; assert set(kosho.__all__) <= "
        "set(dir(kosho))\ntry:\n    kosho.nonsense\nexcept AttributeError as error:\n    print(error)"
    )
    assert "no attribute 'nonsense'" in python(code).stdout
