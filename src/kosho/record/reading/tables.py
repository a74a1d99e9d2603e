"""Word lists and patterns of reading: data files beside this module, read once."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from kosho.record.reading.quick import has_word, words_of

__all__ = ["holds_one", "rows", "table"]


@cache
def table(name: str) -> dict[str, Any]:
    """A YAML table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader both ways


@cache
def _each_of(name: str, key: str) -> tuple[tuple[tuple[str, ...] | None, re.Pattern[str]], ...]:
    return tuple((words_of(pattern), re.compile(pattern, re.IGNORECASE)) for pattern in table(name)[key])


def holds_one(name: str, key: str, line: str) -> bool:
    """Whether one of the patterns listed under `key` of a table fits somewhere in a line."""
    folded = line.casefold()
    return any(has_word(words, folded) and one.search(line) for words, one in _each_of(name, key))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """A CSV table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
