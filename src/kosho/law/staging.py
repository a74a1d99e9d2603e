"""Concessions that come in steps over years: how much of one is reached on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from kosho.language import _
from kosho.provenance import Frozen

__all__ = ["Staged"]


class Staged(Frozen):
    """Equal yearly steps: the first on the day the measure begins, the last with all of the cut.

    Each step takes the same off the duty: of a cut by half in five steps, ten percent of the ordinary duty a
    year; of a bound, a fifth of the way from the ordinary duty to the bound.

    >>> from datetime import date
    >>> from kosho.law.staging import Staged
    >>> steps, start = Staged(steps=5, each="01-01"), date(2026, 7, 1)
    >>> [steps.share(start, date(year, 7, 1)) for year in (2025, 2026, 2027, 2030, 2040)]
    [0.0, 0.2, 0.4, 1.0, 1.0]
    >>> [str(day) for day in steps.days(start)][:2]
    ['2026-07-01', '2027-01-01']
    """

    steps: Annotated[int, Field(ge=2, le=50)]
    each: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|29|30|31)$")] | None = None
    """Day of the later steps, MM-DD (`01-01`); left out, the anniversaries of the first."""

    def days(self, start: date) -> Iterator[date]:
        """The day of each step, given that of the first."""
        yield start
        month, day = (start.month, start.day) if self.each is None else map(int, self.each.split("-"))
        year = start.year
        if _day(year, month, day) <= start:
            year += 1
        for later in range(self.steps - 1):
            yield _day(year + later, month, day)

    def share(self, start: date, on: date) -> float:
        """Share of the whole that is reached on a day."""
        return sum(day <= on for day in self.days(start)) / self.steps


def _day(year: int, month: int, day: int) -> date:
    """A day of a year; the last of the month where it is shorter."""
    for last in (day, 30, 29, 28):
        try:
            return date(year, month, min(day, last))
        except ValueError:
            continue
    raise ValueError(_("month {month} has no day {day}", month=month, day=day))
