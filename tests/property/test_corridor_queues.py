"""A station against the recursion of Kiefer & Wolfowitz, opening hours against a count of minutes."""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corridors import served, timetable

Week = list[dict[str, Any]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

customers = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 20)), min_size=1, max_size=25).map(sorted)


@st.composite
def shifts(draw: st.DrawFn) -> Week:
    """A day shift on some weekdays, perhaps an evening with fewer people."""
    opens, closes, night = sorted(draw(st.lists(st.integers(0, 23), min_size=3, max_size=3, unique=True)))
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True))
    found: Week = [{"days": days, "opens": f"{opens:02}:00", "closes": f"{closes:02}:00"}]
    if draw(st.booleans()):
        staff = draw(st.sampled_from([0.2, 0.5, 1.0]))
        found.append({"days": days, "opens": f"{closes:02}:00", "closes": f"{night:02}:00", "staff": staff})
    return found


def days_for(arriving: list[tuple[int, int]], week: Week) -> int:
    """Days in which one server does all the work that comes, at the hours of a week."""
    a_week = sum(len(shift["days"]) * (int(shift["closes"][:2]) - int(shift["opens"][:2])) for shift in week)
    work, last = sum(service for _, service in arriving), max(arrival for arrival, _ in arriving)
    return 7 * (math.ceil(work / a_week) + math.ceil(last / (7 * 24)) + 1)


@settings(max_examples=100, deadline=None)
@given(customers, st.integers(1, 4))
def test_kiefer_wolfowitz(arriving: list[tuple[int, int]], servers: int) -> None:
    free = [0.0] * servers
    expected: list[float] = []
    for arrival, service in arriving:
        end = max(arrival, heapq.heappop(free)) + service
        heapq.heappush(free, end)
        expected.append(end)
    ends, network, _ = served(*zip(*arriving, strict=True), servers)
    assert ends.tolist() == expected
    assert network.unfinished == 0


@settings(max_examples=60, deadline=None)
@given(customers, shifts(), st.integers(1, 3), st.integers(1, 3))
def test_more_servers_make_nobody_later(
    arriving: list[tuple[int, int]], week: Week, servers: int, more: int
) -> None:
    hours = timetable(*week, days=days_for(arriving, week))
    few, network, _ = served(*zip(*arriving, strict=True), servers, hours)
    many, *_ = served(*zip(*arriving, strict=True), servers + more, hours)
    assert network.unfinished == 0
    assert (many <= few + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(customers, shifts(), st.integers(1, 3))
def test_longer_hours_make_nobody_later(arriving: list[tuple[int, int]], week: Week, servers: int) -> None:
    longer = [*week, {"days": list(DAYS), "opens": "10:00", "closes": "14:00"}]
    days = days_for(arriving, week)
    short, network, _ = served(*zip(*arriving, strict=True), servers, timetable(*week, days=days))
    long, *_ = served(*zip(*arriving, strict=True), servers, timetable(*longer, days=days))
    assert network.unfinished == 0
    assert (long <= short + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(shifts(), st.integers(0, 400), st.integers(1, 60))
def test_opening_hours_against_a_count(week: Week, now: int, work: int) -> None:
    hours = timetable(*week, days=700)
    found = hours.after(float(now), float(work))
    open_at = np.zeros(700 * 24, bool)
    for edge, staff, after in zip(hours.edges, hours.staff, (*hours.edges[1:], 700 * 24.0), strict=True):
        open_at[int(edge) : int(after)] = staff > 0
    done = np.cumsum(open_at[now:])
    assert found == pytest.approx(now + int(np.searchsorted(done, work)) + 1)
