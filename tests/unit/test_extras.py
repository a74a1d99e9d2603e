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
