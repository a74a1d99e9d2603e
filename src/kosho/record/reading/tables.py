"""Word lists and patterns of reading: data files beside this module, read once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from kosho.record.reading.quick import MOST_CLAUSES, AnyOf, Guarded

__all__ = ["by_letter", "first_of", "holds_one", "rows", "table"]


@cache
def table(name: str) -> dict[str, Any]:
    """A YAML table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader both ways


def by_letter(words: Iterable[str]) -> str:
    """A pattern of some words in their order; only those are tried that begin as the text does, in either case.

    >>> by_letter(["ban", "quota"])
    '(?=[bqBQ])(?:(?=[bB])(?:ban)|(?=[qQ])(?:quota))'
    """
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0].lower(), []).append(re.escape(word))
    each = (rf"(?=[{letter}{letter.upper()}])(?:{'|'.join(same)})" for letter, same in groups.items())
    letters = "".join(groups)
    return rf"(?=[{letters}{letters.upper()}])(?:{'|'.join(each)})"


@cache
def _each_of(name: str, key: str) -> AnyOf:
    return AnyOf(tuple(Guarded(pattern, re.IGNORECASE) for pattern in table(name)[key]))


def holds_one(name: str, key: str, line: str) -> bool:
    """Whether one of the patterns listed under `key` of a table fits somewhere in a line."""
    return _each_of(name, key).fits(line)


@cache
def _named(name: str, key: str, flags: int) -> tuple[AnyOf, dict[Guarded, str]]:
    names = {Guarded(pattern, flags): named for named, pattern in table(name)[key].items()}
    return AnyOf(tuple(names)), names


@lru_cache(maxsize=MOST_CLAUSES)
def first_of(name: str, key: str, words: str, flags: int = re.IGNORECASE) -> str | None:
    """The first name under `key` of a table whose pattern fits somewhere in the words."""
    patterns, names = _named(name, key, flags)
    return next((names[one] for one in patterns.may_fit(words) if one.pattern.search(words)), None)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """A CSV table of `data/`."""
    text = files("kosho.record.reading").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
