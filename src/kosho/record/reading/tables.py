"""Word lists and patterns of reading: data files beside this module, read once."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from kosho.record.reading.quick import Guarded

__all__ = ["first_of", "holds_one", "rows", "table"]


@cache
def table(name: str) -> dict[str, Any]:
    """A YAML table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader both ways


@cache
def _each_of(name: str, key: str) -> tuple[Guarded, ...]:
    return tuple(Guarded(pattern, re.IGNORECASE) for pattern in table(name)[key])


def holds_one(name: str, key: str, line: str) -> bool:
    """Whether one of the patterns listed under `key` of a table fits somewhere in a line."""
    return any(one.search(line) for one in _each_of(name, key))


@cache
def _named(name: str, key: str, flags: int) -> tuple[tuple[str, Guarded], ...]:
    return tuple((named, Guarded(pattern, flags)) for named, pattern in table(name)[key].items())


def first_of(name: str, key: str, words: str, flags: int = re.IGNORECASE) -> str | None:
    """The first name under `key` of a table whose pattern fits somewhere in the words."""
    return next((named for named, one in _named(name, key, flags) if one.search(words)), None)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """A CSV table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
