"""What a scenario changes in a register: measures added, ended, replaced."""

from __future__ import annotations

from typing import Any

from kosho.law.measure import Measure
from kosho.law.scope import Id
from kosho.provenance import Day, Frozen

__all__ = ["MeasureEnd", "Overlay", "Replacement"]


class MeasureEnd(Frozen):
    """A scenario's end of a measure."""

    measure: Id
    legal_from: Day
    """First day without it."""


class Replacement(Frozen):
    """A scenario's other version of a measure."""

    measure: Id
    by: Measure


class Overlay(Frozen):
    """What a scenario changes in a dated state.

    >>> from kosho import Case
    >>> change = Case.load("japan-us-2025").scenario("deal").overlay
    >>> [measure.id for measure in change.add], [one.measure for one in change.end]
    (['case-cars-15', 'case-parts-15', 'case-rest-15'], ['us-ieepa-annex1'])
    """

    title: str
    note: str | None = None
    add: tuple[Measure, ...] = ()
    end: tuple[MeasureEnd, ...] = ()
    replace: tuple[Replacement, ...] = ()

    def __add__(self, other: Overlay) -> Overlay:
        """Both changes together."""
        return Overlay(
            title=f"{self.title}; {other.title}" if self.title else other.title,
            add=self.add + other.add,
            end=self.end + other.end,
            replace=self.replace + other.replace,
        )

    def sources(self) -> set[str]:
        """Ids of the sources it refers to."""
        measures: list[Any] = [*self.add, *(item.by for item in self.replace)]
        return {source for measure in measures for source in measure.source}
