"""Opening hours on a line of hours since the first day's midnight."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kosho.corridor.schema import WEEKDAYS, Hours

__all__ = ["Timetable"]

ROUNDING = 1e-9


@dataclass(frozen=True)
class Timetable:
    """Staff over time: from `edges[i]` on it is the share `staff[i]` of the servers, until the next edge."""

    edges: tuple[float, ...]
    staff: tuple[float, ...]
    work: tuple[float, ...]
    """Open hours before each edge."""

    @staticmethod
    def of(hours: Hours | None, start: date, days: int) -> Timetable:
        """The `days` from `start` on; None is always open."""
        if hours is None:
            return Timetable((0.0,), (1.0,), (0.0,))
        changes: dict[float, float] = {0.0: 0.0}
        holidays = frozenset(hours.holidays)
        for number in range(days):
            day = start + timedelta(number)
            if day in holidays:
                continue
            for shift in hours.shifts:
                if WEEKDAYS[day.weekday()] in shift.days:
                    opens, closes = (24.0 * number + hour for hour in shift.span)
                    changes[opens] = changes.get(opens, 0.0) + shift.staff
                    changes[closes] = changes.get(closes, 0.0) - shift.staff
        return Timetable._accumulated(changes)

    @staticmethod
    def _accumulated(changes: dict[float, float]) -> Timetable:
        edges: list[float] = []
        staff: list[float] = []
        work: list[float] = []
        level = done = 0.0
        for edge in sorted(changes):
            if edges and staff[-1] > 0:
                done += edge - edges[-1]
            level += changes[edge]
            level = 0.0 if abs(level) < ROUNDING else level
            edges.append(edge)
            staff.append(level)
            work.append(done)
        return Timetable(tuple(edges), tuple(staff), tuple(work))

    @property
    def always(self) -> bool:
        """Whether it never closes and never changes."""
        return len(self.edges) == 1 and self.staff[0] == 1

    def after(self, now: float, work: float) -> float:
        """When `work` open hours that begin at `now` are done; `inf` if the timetable ends before."""
        if self.always:
            return now + work
        here = bisect_right(self.edges, now) - 1
        open_now = self.staff[here] > 0
        done = self.work[here] + (now - self.edges[here] if open_now else 0.0)
        if open_now and work <= ROUNDING:
            return now + work
        # The last edge with less work before it than is wanted: it opens the hours in which the work ends.
        there = bisect_left(self.work, done + max(work, 2 * ROUNDING) - ROUNDING) - 1
        if self.staff[there] <= 0:
            return math.inf
        return self.edges[there] + done + work - self.work[there]

    def servers(self, number: int) -> Iterator[tuple[float, int]]:
        """When the number of servers at work changes, and to what, of `number` at full staff."""
        before = -1
        for edge, staff in zip(self.edges, self.staff, strict=True):
            now = math.ceil(number * staff - ROUNDING)
            if now != before:
                yield edge, now
            before = now

    def server_hours(self, number: int, first: float, last: float) -> float:
        """Hours of work there between two moments, of `number` servers at full staff."""
        steps = list(self.servers(number))
        edges = [min(max(edge, first), last) for edge, _ in steps] + [last]
        return sum(servers * (b - a) for (_, servers), (a, b) in zip(steps, pairwise(edges), strict=True))
