"""Shifts, weekends, interruptions and joins against examples computed by hand."""

from __future__ import annotations

from datetime import date

import pytest
from tests.corridors import OPEN, served, timetable

from kosho.corridor.engine import Network, Station, Task

WEEK = ["mon", "tue", "wed", "thu", "fri"]
OFFICE = {"days": WEEK, "opens": "09:00", "closes": "17:00"}


def test_first_come_first_served() -> None:
    ends, *_ = served([0, 1, 2, 3], [5, 1, 4, 1], 2)
    # One is busy until 5; the other serves 1-2, 2-6; the fourth takes the first that is free, at 5.
    assert ends.tolist() == [5, 2, 6, 6]


def test_work_stops_at_night_and_at_the_weekend() -> None:
    # Friday 16:00, three hours: one is done by 17:00, two on Monday from 9:00. Then the second begins.
    friday = 4 * 24.0
    ends, *_ = served([friday + 16, friday + 16.5], [3, 2], 1, timetable(OFFICE))
    assert ends.tolist() == pytest.approx([7 * 24 + 11, 7 * 24 + 13])


def test_who_comes_outside_opening_hours_waits() -> None:
    ends, *_ = served([5 * 24.0, 20.0], [1, 1], 1, timetable(OFFICE))
    assert ends.tolist() == [7 * 24 + 10, 24 + 10]  # Saturday 0:00 and Monday 20:00


def test_work_that_ends_at_closing_time_is_done() -> None:
    ends, *_ = served([15.0], [2.0], 1, timetable(OFFICE))
    assert ends.tolist() == [17.0]


def test_nobody_works_on_a_holiday() -> None:
    hours = timetable(OFFICE, holidays=[date(2026, 6, 2)])
    ends, *_ = served([16.0], [2.0], 1, hours)
    assert ends.tolist() == [2 * 24 + 10]


def test_a_smaller_night_shift_interrupts_what_was_begun_last() -> None:
    # Two servers until 17:00, one (a third of two, rounded up) until 22:00.
    night = {"days": WEEK, "opens": "17:00", "closes": "22:00", "staff": 0.34}
    ends, *_ = served([15.0, 16.0, 16.5], [3, 3, 1], 2, timetable(OFFICE, night))
    # First 15-18. Second 16-17, put back, 18-20. Third waits for it: 20-21.
    assert ends.tolist() == pytest.approx([18, 20, 21])


def test_unlimited_servers_keep_opening_hours() -> None:
    ends, _, station = served([16.0, 16.0, 16.0], [2, 2, 0.5], None, timetable(OFFICE))
    assert ends.tolist() == [24 + 10, 24 + 10, 16.5]
    assert not station.queue


def test_what_the_timetable_ends_before_stays_in_the_system() -> None:
    ends, network, _ = served([0.0], [100.0], 1, timetable(OFFICE, days=7))
    assert network.unfinished == 1
    assert ends[0] != ends[0]


def test_a_task_waits_for_all_before_it() -> None:
    network = Network()
    fast, slow = (Station(network, None, OPEN, slot) for slot in (0, 1))
    record = [0.0, 0.0]
    last = Task((fast,), (1.0,), record)
    network.add(last)
    network.add(Task((fast,), (2.0,), [0.0, 0.0], (last,)), 0.0)
    network.add(Task((slow,), (7.0,), record, (last,)), 1.0)
    network.env.run()
    assert record == [9.0, 8.0]
    assert network.unfinished == 0


def test_what_takes_no_time_needs_no_event() -> None:
    ends, network, station = served([3.0], [0.0], None)
    assert ends.tolist() == [3.0]
    assert (station.visits, network.events) == (1, 1)


def test_little_holds_exactly_from_empty_to_empty() -> None:
    arrivals, services = [0, 1, 1, 4, 15, 15.5], [3, 9, 2, 1, 4, 2]
    ends, _, station = served(arrivals, services, 1, timetable(OFFICE))
    present, waiting = station.meter()
    assert present == pytest.approx(sum(ends) - sum(arrivals))
    assert waiting == pytest.approx(sum(ends) - sum(arrivals) - sum(services))


def test_a_meter_counts_what_is_still_there() -> None:
    network = Network()
    station = Station(network, 1, OPEN)
    for arrival, service in ((0.0, 5.0), (1.0, 1.0), (6.5, 1.0)):
        network.add(Task((station,), (service,), [0.0]), arrival)
    told = []
    for hour in (3.0, 5.5, 7.0):
        network.env.run(until=hour)
        told.append(station.meter())
    # Until 5 one is served and one waits; the second is served to 6, the third from 6.5 on.
    assert told == [(5.0, 2.0), (9.5, 4.0), (10.5, 4.0)]
