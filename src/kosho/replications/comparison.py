"""`Comparison`: numbers of a publication beside the same numbers computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kosho.arrays import Array
from kosho.display import Card, Shown
from kosho.world import World

__all__ = ["Comparison", "Numbers", "Tables", "items_of", "percent_by_country"]

Numbers = Mapping[str, float | Mapping[str, float]]
"""By measure: a number, or one for each country."""
Tables = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By name of a table, row and column."""


def items_of(values: float | Mapping[str, float]) -> dict[str, float]:
    """Numbers by country; a number that is of none under an empty name."""
    return dict(values) if isinstance(values, Mapping) else {"": values}


def percent_by_country(world: World, fractions: Array) -> dict[str, float]:
    """Fractions `(N,)` in percent, by country."""
    return {code: 100.0 * float(one) for code, one in zip(world.countries, fractions, strict=True)}


@dataclass(frozen=True)
class Comparison(Shown):
    """What was published, and what comes out here; percent.

    >>> from kosho.replications.comparison import Comparison
    >>> Comparison("mine", "A study", {"gain": {"A": 1.0}}, {"gain": {"A": 1.04, "B": 2.0}}, source="someone")
    A study
      gain                 A 1.04 (published 1), B 2
      largest difference   0.04
    """

    name: str
    title: str
    published: Numbers
    kosho: Numbers
    """All that is published, and more."""
    source: str
    notes: tuple[str, ...] = ()
    """What to know before the two are compared."""
    tables: Tables = field(default_factory=dict[str, Mapping[str, Mapping[str, float]]])
    """More that comes out here."""

    @property
    def differences(self) -> dict[str, float]:
        """The largest difference of each measure, percentage points; printed digits and all."""
        found: dict[str, float] = {}
        for measure, values in self.published.items():
            ours = items_of(self.kosho[measure])
            found[measure] = max(abs(ours[item] - value) for item, value in items_of(values).items())
        return found

    def card(self) -> Card:
        """What is published beside ours."""
        rows = [(measure, self._told(measure)) for measure in self.published]
        largest = f"{max(self.differences.values()):.2g}"
        return Card(self.title, [*rows, ("largest difference", largest)])

    def _told(self, measure: str) -> str:
        published = items_of(self.published[measure])
        return ", ".join(
            f"{item} {value:.4g}".lstrip() + (f" (published {published[item]:g})" if item in published else "")
            for item, value in items_of(self.kosho[measure]).items()
        )

    def to_dict(self) -> dict[str, Any]:
        """The contract of `kosho replicate NAME --json`; percent."""
        return {
            "schema_version": 1,
            "replication": self.name,
            "title": self.title,
            "published": dict(self.published),
            "kosho": dict(self.kosho),
            "largest_difference": max(self.differences.values()),
            "differences": self.differences,
            "source": self.source,
            "notes": list(self.notes),
            "tables": dict(self.tables),
        }
