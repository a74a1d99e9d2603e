"""`make.py` does what the Makefile does, where there is no make."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RULES = (ROOT / "Makefile").read_text(encoding="utf-8")


class Ran(list[list[str]]):
    """What was run in place of a process, in order."""

    def __call__(self, command: list[Any], **_: Any) -> Any:
        self.append([str(word) for word in command])
        return type("Done", (), {"returncode": 7})


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    return Ran()


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran) -> ModuleType:
    """The script, in a folder that looks like a checkout, with processes that are only noted."""
    spec = spec_from_file_location("make", ROOT / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    folder = tmp_path / ".venv"
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "FOLDER", folder)
    monkeypatch.setattr(module, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(module.subprocess, "run", ran)
    monkeypatch.setattr(module.venv, "create", lambda where, **_: where.mkdir(exist_ok=True))
    return module


def rule(stamp: str) -> str:
    """Extras that the Makefile installs for a stamp."""
    found = re.search(
        rf"^\$\(VENV\)/{re.escape(stamp)}:.*\n(?:\t.*\n)*?\t@?\$\(INSTALL\) '\.\[(.*)\]'", RULES, re.M
    )
    assert found is not None
    return found.group(1)


def test_both_install_the_same_and_run_the_same(make: ModuleType) -> None:
    assert {"brief": rule(".brief"), "serve": rule(".brief"), "test": rule(".dev")} == make.EXTRAS
    case, day = (re.search(rf"^{name} \?= (.*)$", RULES, re.M) for name in ("CASE", "AS_OF"))
    assert case is not None
    assert day is not None
    assert make.COMMANDS["brief"] == ["-m", "kosho", "brief", case.group(1), "--as-of", day.group(1)]
    assert "python -m pytest --numprocesses auto --dist worksteal" in RULES
    assert make.COMMANDS["test"] == ["-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"]


def test_it_sets_up_once_and_passes_on_what_follows(make: ModuleType, ran: Ran) -> None:
    assert make.main(["brief", "--world", "talks"]) == 7
    installed, run = ran
    assert installed[1:4] == ["-m", "pip", "install"]
    assert installed[-2:] == ["--editable", ".[brief,bargain,corridor,read,office,pdf,serve]"]
    assert run[1:4] == ["-m", "kosho", "brief"]
    assert run[-2:] == ["--world", "talks"]
    ran.clear()
    assert make.main(["brief"]) == 7
    assert len(ran) == 1


def test_it_sets_up_again_when_what_is_needed_has_changed(make: ModuleType, ran: Ran, tmp_path: Path) -> None:
    make.main(["test"])
    later = (tmp_path / ".venv" / ".dev").stat().st_mtime + 10
    os.utime(tmp_path / "constraints.txt", (later, later))
    ran.clear()
    make.main(["test"])
    assert [words[2] for words in ran] == ["pip", "pytest"]


@pytest.mark.parametrize("arguments", [[], ["bench"]])
def test_what_it_cannot_do_is_told(
    make: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert make.main(arguments) == 2
    assert "usage: python make.py brief|serve|test" in capsys.readouterr().err


def test_a_set_up_that_fails_is_told_and_tried_again(
    make: ModuleType, ran: Ran, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(command: list[str], **_: Any) -> None:
        raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(make.subprocess, "run", fails)
    assert make.main(["brief"]) == 1
    assert "could not be set up" in capsys.readouterr().err
    monkeypatch.setattr(make.subprocess, "run", ran)
    make.main(["brief"])
    assert [words[2] for words in ran] == ["pip", "kosho"]


def test_an_old_python_is_told(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make.sys, "version_info", (3, 10))
    assert make.main(["brief"]) == 2
    assert "3.11 or newer" in capsys.readouterr().err


def test_the_source_distribution_builds_the_image() -> None:
    """What the Dockerfile and its list of what to leave out need is among the files of the distribution."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = told["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    for name in (
        "Dockerfile",
        ".dockerignore",
        "Makefile",
        "make.py",
        "constraints.txt",
        "src",
        "tests",
        "docs",
    ):
        assert name in included
        assert (ROOT / name).exists()
