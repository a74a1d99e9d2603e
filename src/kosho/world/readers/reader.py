"""`Reader`: what every format of a table offers; a new one is one module and one line of the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.display import plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _, ngettext
from kosho.world.notes import OTHER_YEAR
from kosho.world.store import IOTable

__all__ = ["YEARS", "Reader", "Settings", "as_numbers", "clipped", "formed_or_none", "other_year"]

Settings = Mapping[str, str]
"""What `--set KEY=VALUE` says, by key; only keys that the reader knows."""


def as_numbers(values: Any, file: str) -> Array:
    """Values of a file as an array of numbers, with those that are missing.

    Raises:
        InputError: one is no number.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (ValueError, TypeError):
        cell = next((one for one in np.asarray(values, dtype=object).flat if not _is_number(one)), None)
        told = _("holds what is no number: {cell}", cell=shorten(repr(cell), 100, placeholder=" …"))
        raise InputError(Problem(told, _("plain numbers, such as 1234.5"), file)) from None


def _is_number(cell: object) -> bool:
    try:
        float(cell)  # pyright: ignore[reportArgumentType] - whatever a file holds
    except (ValueError, TypeError):
        return False
    return True


def clipped(values: Array, what: str, notes: list[str]) -> Array:
    """Sales without what is negative in them, such as falls of inventories; that is noted in words."""
    negative = values < 0
    if not negative.any():
        return values
    count, total = int(negative.sum()), -values[negative].sum()
    were = "was" if count == 1 else "were"
    notes.append(f"{plural(count, 'cell')} of {what} {were} negative and set to zero ({total:.6g} in all)")
    return np.maximum(values, 0.0)


YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""As names of files and of data bases hold them."""


def other_year(given: str | None, told: Iterable[str]) -> list[str]:
    """A note where the files name one year, and another is given.

    >>> from kosho.world.readers.reader import other_year
    >>> other_year("2019", ["2023"]), other_year("2023", ["2023"]), other_year(None, ["2023"])
    (['the files say that the table is of 2023; it is taken for one of 2019, as asked'], [], [])
    """
    found = list(dict.fromkeys(told))
    if given is None or not found or given in found:
        return []
    return [OTHER_YEAR.format(told=found[-1], year=given)]


def formed_or_none(formed: Array) -> Array | None:
    """Capital formation `[country, sector]` without what is negative, if every country has some."""
    positive = np.maximum(formed, 0.0)
    return positive if (positive.sum(axis=1) > 0).all() else None


@dataclass(frozen=True)
class Reader:
    """One format of input-output tables."""

    name: str
    title: str
    files: str
    """How many files it takes, in words."""
    read: Callable[[Sequence[Path], Settings], IOTable]
    """Files and settings in, a table out.

    Raises InputError with file, line and label for what is wrong.
    """
    least: int = 1
    """Files needed."""
    most: int = 1
    """Files taken."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What each key of `--set` does, in words."""

    def table(self, files: Sequence[Path], settings: Settings) -> IOTable:
        """The table in some files.

        Raises:
            InputError: too few or too many files, unknown settings, or as `read`.
        """
        problems = Problems()
        if not self.least <= len(files) <= self.most:
            problems.add(
                ngettext(
                    "{name} takes {files}, and {number} was given",
                    "{name} takes {files}, and {number} were given",
                    len(files),
                    name=self.name,
                    files=self.files,
                    number=len(files),
                )
            )
        for key in settings:
            if key not in self.settings:
                known = ", ".join(self.settings) or "none"
                hint = suggest(key, self.settings) or _("it knows {known}", known=known)
                problems.add(_("{name} has no setting {key!r}", name=self.name, key=key), hint, key="--set")
        problems.raise_if_any()
        return self.read(files, settings)
