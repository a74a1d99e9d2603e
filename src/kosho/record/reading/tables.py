"""Word lists and patterns of reading: data files beside this module, read once."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["one_of", "rows", "table"]


@cache
def table(name: str) -> dict[str, Any]:
    """A YAML table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader both ways


@cache
def one_of(name: str, key: str) -> re.Pattern[str]:
    """The patterns listed under `key` of a table, as one."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in table(name)[key]), re.IGNORECASE)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """A CSV table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
