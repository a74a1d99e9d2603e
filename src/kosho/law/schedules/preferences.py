"""Preferences: who grants them to whom, when, and what the schedules call them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from kosho.codes import blocs, expand_regions
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.formatting import the_country
from kosho.language import _
from kosho.translations import told

__all__ = ["DATA", "NONE", "Preference", "claim", "is_most_favoured", "preferences", "symbols", "territory"]

NONE = "none"
"""No claim."""
ANY = "all"
DATA = Path(__file__).parent / "data"
"""Tables of lines and agreements that ship."""


@dataclass(frozen=True, slots=True)
class Preference(Shown):
    """An agreement or a unilateral scheme under which goods pay a special duty."""

    id: str
    title: str
    """As the agreement calls itself in English."""
    importers: frozenset[str]
    exporters: frozenset[str]
    """Empty: any; who benefits is not held here."""
    valid_from: date | None
    valid_to: date | None
    symbols: tuple[str, ...]
    """In the special column of the US schedule."""
    status: str
    source: str

    @property
    def told(self) -> str:
        """The title in the language that is spoken."""
        return told(self.title, DATA)

    def grants(self, importer: str, exporter: str, on: date) -> bool:
        """Whether goods of `exporter` can claim it in `importer` on that day."""
        return (
            importer in self.importers
            and importer != exporter
            and (not self.exporters or exporter in self.exporters)
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


def _rows(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in io.StringIO(text, newline="") if not line.startswith("#")))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _members(codes: str) -> frozenset[str]:
    return frozenset([*codes.split(), *expand_regions(codes.split())])


@cache
def preferences() -> tuple[Preference, ...]:
    """All that are known; an id that grants one thing to some and another to others stands more than once."""
    return tuple(
        Preference(
            id=row["id"],
            title=row["title"],
            importers=_members(row["importers"]),
            exporters=frozenset() if row["exporters"] == ANY else _members(row["exporters"]),
            valid_from=_day(row["from"]),
            valid_to=_day(row["to"]),
            symbols=tuple(row["symbols"].split()),
            status=row["status"],
            source=row["source"],
        )
        for row in _rows("preferences.csv")
    )


@cache
def symbols() -> dict[str, str]:
    """Preference ids by symbol of the US special column."""
    return {symbol: one.id for one in preferences() for symbol in one.symbols}


def claim(preference: str, importer: str, exporter: str, on: date) -> Preference:
    """The preference that is claimed.

    Raises:
        InputError: it does not exist, or not for these goods on that day.
    """
    named = [one for one in preferences() if one.id == preference]
    if not named:
        ids = {one.id for one in preferences()} | {NONE}
        raise InputError(
            Problem(
                _("unknown preference {preference!r}", preference=preference),
                suggest(preference, ids),
                key="preference",
            )
        )
    for one in named:
        if one.grants(importer, exporter, on):
            return one
    possible = sorted({one.id for one in preferences() if one.grants(importer, exporter, on)})
    hint = (
        _("{importer} grants it {names}", importer=the_country(importer), names=", ".join(possible))
        if possible
        else _("it can claim none")
    )
    message = _(
        "{importer} does not grant {preference} to goods of {exporter} on {on}",
        importer=the_country(importer, starts=True),
        preference=preference,
        exporter=the_country(exporter),
        on=on,
    )
    raise InputError(Problem(message, hint, key="preference"))


@cache
def _excluded() -> tuple[tuple[str, str, date | None], ...]:
    return tuple((row["importer"], row["exporter"], _day(row["from"])) for row in _rows("no_mfn.csv"))


def is_most_favoured(importer: str, exporter: str, on: date) -> bool:
    """Whether goods of `exporter` pay the general duty and not the statutory one."""
    return not any(
        (importer, exporter) == (one, other) and (since is None or since <= on)
        for one, other, since in _excluded()
    )


def territory(importer: str) -> str:
    """The customs territory whose schedule applies: `EU27` for its members."""
    return "EU27" if importer in blocs()["EU27"].members else importer
