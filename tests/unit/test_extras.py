"""Advice on what is missing works in the installation that gives it."""

from __future__ import annotations

import json
import shlex
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from kosho import extras
from kosho.errors import InputError


class Installed:
    """A distribution as it was installed."""

    def __init__(self, told: dict[str, Any] | None) -> None:
        self._told = told

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self._told is None else json.dumps(self._told)


def installed(monkeypatch: pytest.MonkeyPatch, told: dict[str, Any] | None, *needed: str) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _: Installed(told))
    monkeypatch.setattr(metadata, "requires", lambda _: list(needed))


def test_a_checkout_installs_from_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "交渉 の準備"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    installed(monkeypatch, {"url": folder.as_uri(), "dir_info": {"editable": True}})
    words = shlex.split(extras.install("corridor"))
    assert words == [sys.executable, "-m", "pip", "install", "-e", f"{folder}[corridor]"]


NEEDED = ("numpy<3,>=1.26", 'simpy<5,>=4.1; extra == "corridor"', 'pypdf>=6.0; extra == "read"')


@pytest.mark.parametrize(
    "told", [None, {"url": "file:///gone", "dir_info": {"editable": True}}, {"url": "x"}, []]
)
def test_a_wheel_names_the_packages_themselves(monkeypatch: pytest.MonkeyPatch, told: Any) -> None:
    installed(monkeypatch, told, *NEEDED)
    words = shlex.split(extras.install("corridor"))
    assert words == [sys.executable, "-m", "pip", "install", "simpy>=4.1"]


def test_what_is_missing_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    extras.require("brief", "json", what="writing a brief")
    with pytest.raises(InputError, match="writing a brief needs the extra 'brief'") as caught:
        extras.require("brief", "json", "no_such_module", what="writing a brief")
    assert caught.value.problems[0].hint == extras.install("brief")


@pytest.mark.parametrize("extra", ["brief", "bargain", "corridor", "read", "schedules"])
def test_every_extra_that_advice_names_has_packages(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_checkout", lambda: None)
    packages = shlex.split(extras.install(extra))[4:]
    assert packages
    assert not any(one.startswith("kosho") for one in packages)


@pytest.mark.parametrize(
    ("python", "extra", "told"),
    [
        ("/usr/bin/python3", "corridor", '/usr/bin/python3 -m pip install "simpy>=4.1"'),
        (r"C:\My Files\python.exe", "plain", r'"C:\My Files\python.exe" -m pip install lxml'),
        ("", "both", 'pip install "pypdf>=6.0" lxml "rich>=1.2,>=1.3"'),
        (None, "none", 'pip install "kosho[none]"'),
    ],
)
def test_a_command_is_quoted_where_a_shell_would_not_take_it(
    python: str | None, extra: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    also = (
        *("lxml; extra == 'plain'", "pypdf<9,>=6.0; extra=='both'", 'lxml ;extra == "both"'),
        'rich <3,>=1.2,!=1.5,>=1.3; python_version > "3" and extra == "both"',
    )
    installed(monkeypatch, None, *NEEDED, *also)
    monkeypatch.setattr(sys, "executable", python)
    assert extras.install(extra) == told


@pytest.mark.parametrize("file", [None, Path("a/t.parquet")])
def test_what_an_extra_is_needed_for_is_told_with_its_file(
    file: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "install", lambda extra: f"pip install {extra}")
    (told,) = extras.missing("schedules", "reading Parquet", file).problems
    place = "" if file is None else f"{file}: "
    assert str(told) == f"{place}reading Parquet needs the extra 'schedules' (pip install schedules)"


def test_a_kosho_that_is_not_installed_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_name: str) -> Any:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "distribution", gone)
    monkeypatch.setattr(metadata, "requires", gone)
    monkeypatch.setattr(sys, "executable", "python")
    assert extras.install("read") == 'python -m pip install "kosho[read]"'
    monkeypatch.setattr(metadata, "requires", lambda _: None)
    assert extras.install("read") == 'python -m pip install "kosho[read]"'
