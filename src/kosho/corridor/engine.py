"""Queues on simpy: tasks that go through stations, in order, as far as capacity and opening hours allow.

A task is a route with service times fixed beforehand, so that nothing random depends on the order of events.
Visits are served first come, first served. When servers leave at the end of a shift, the work begun last is put
back to the head of the queue and goes on where it stopped; so at any moment those at work are the first to have
come, and more servers never make anybody at a station later.

One simpy event a visit keeps it fast: a station starts the next visit itself, no process is woken for it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Sequence
from typing import Any, cast

import simpy

from kosho.corridor.timetable import Timetable

__all__ = ["Network", "Station", "Task"]

ROUNDING = 1e-9
"""Hours; a few microseconds are no delay."""


class Task:
    """Something that goes along a route once it is released by those before it, and then releases others.

    Args:
        route: The stations it visits.
        hours: Of service, at each visit.
        record: The end of a visit is written here, at the station's `slot`.
        then: Tasks that wait for this one, among others.
    """

    __slots__ = ("blocked", "done", "hours", "left", "place", "record", "route", "then")

    def __init__(
        self,
        route: Sequence[Station],
        hours: Sequence[float],
        record: list[float],
        then: Sequence[Task] = (),
    ) -> None:
        self.route = route
        self.hours = hours
        self.record = record
        self.then = then
        self.blocked = 0
        self.place = 0
        self.left = 0.0  # hours of service that are left
        self.done: simpy.Event | None = None  # end of service
        for task in then:
            task.blocked += 1


class Station:
    """A place with servers.

    Args:
        network: What it belongs to.
        servers: How many; None is unlimited.
        timetable: When they work.
        slot: Where tasks note the end of their visits.
    """

    def __init__(self, network: Network, servers: int | None, timetable: Timetable, slot: int = 0) -> None:
        self.network = network
        self.env = network.env
        self.timetable = timetable
        self.unlimited = servers is None
        self.slot = slot
        self.free = math.inf
        self.queue: deque[Task] = deque()
        self.serving: dict[Task, float] | None = None
        """Task -> end of service, in order of coming; None where no work is ever interrupted."""
        self.present = 0
        self.visits = 0
        self.begun = 0
        # Sums of leaving times less entering times; with what is still there they make areas, see `meter`.
        self._present_sum = self._waiting_sum = 0.0
        self._callbacks = [self._served]
        network.stations.append(self)
        if servers is not None:
            steps = list(timetable.servers(servers))
            self.free = steps[0][1]
            if len(steps) > 1:
                self.serving = {}
                self.env.process(self._shifts(steps))

    def enter(self, task: Task, hours: float, now: float) -> None:
        """A task comes for `hours` of service."""
        self.present += 1
        self.visits += 1
        self._present_sum -= now
        task.left = hours
        if self.free > 0:
            self._start(task, now)
        else:
            self._waiting_sum -= now
            self.queue.append(task)

    def meter(self) -> tuple[float, float]:
        """Hours present and hours waiting of all tasks up to now."""
        now = self.env.now
        return self._present_sum + self.present * now, self._waiting_sum + len(self.queue) * now

    def _start(self, task: Task, now: float) -> None:
        hours = task.left
        if self.unlimited:
            hours = self.timetable.after(now, hours) - now
            if hours == math.inf:
                return  # the timetable ends before: it stays in the system
        else:
            self.free -= 1
            if self.serving is not None:
                self.serving[task] = now + hours
        done = task.done
        if done is None:
            task.done = done = simpy.Timeout(self.env, hours, task)
        else:  # the one of the visit before, which is over: cheaper than a new one
            self.env.schedule(done, delay=hours)
        done.callbacks = self._callbacks
        self.begun += 1

    def _served(self, done: simpy.Event) -> None:
        task = cast("Task", done.value)
        if task.done is not done:
            return  # was put back at the end of a shift
        now = self.env.now
        self.present -= 1
        self._present_sum += now
        if not self.unlimited:
            if self.serving is not None:
                del self.serving[task]
            self.free += 1
            if self.queue and self.free > 0:
                self._next(now)
        task.record[self.slot] = now
        task.place += 1
        self.network.proceed(task, now)

    def _next(self, now: float) -> None:
        self._waiting_sum += now
        self._start(self.queue.popleft(), now)

    def _shifts(self, steps: Sequence[tuple[float, int]]) -> Generator[Any, Any, None]:
        env = self.env
        staffed = steps[0][1]
        for edge, servers in steps[1:]:
            yield env.timeout(edge - env.now)
            if not self.network.unfinished:
                return
            self.free += servers - staffed
            staffed = servers
            self._put_back(env.now)
            while self.free > 0 and self.queue:
                self._next(env.now)

    def _put_back(self, now: float) -> None:
        """Interrupt the work begun last, where there are fewer servers than work; what ends just now ends."""
        if self.serving is None:
            return
        ending = sum(end <= now + ROUNDING for end in self.serving.values())
        latest = [(task, end) for task, end in self.serving.items() if end > now + ROUNDING]
        while self.free + ending < 0:
            task, end = latest.pop()
            del self.serving[task]
            task.left = end - now
            task.done = None
            self._waiting_sum -= now
            self.queue.appendleft(task)
            self.free += 1


class Network:
    """Stations and the tasks that go through them."""

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.stations: list[Station] = []
        self.unfinished = 0
        self.begun = 0

    @property
    def events(self) -> int:
        """Beginnings of tasks and ends of services so far."""
        return self.begun + sum(station.begun for station in self.stations)

    def add(self, task: Task, at: float | None = None) -> None:
        """A task that begins when those before it are done, and not before the hour `at`."""
        self.unfinished += 1
        if at is not None:
            task.blocked += 1
            begin = simpy.Timeout(self.env, at - self.env.now, task)
            begin.callbacks.append(self._begin)
            self.begun += 1

    def _begin(self, begin: simpy.Event) -> None:
        self.release(cast("Task", begin.value), self.env.now)

    def release(self, task: Task, now: float) -> None:
        """One thing less that the task waits for."""
        task.blocked -= 1
        if task.blocked == 0:
            self.proceed(task, now)

    def proceed(self, task: Task, now: float) -> None:
        """To the next visit, or on to the tasks that wait for this one."""
        route = task.route
        while task.place < len(route):
            station, hours = route[task.place], task.hours[task.place]
            if hours > 0.0 or not station.unlimited:
                station.enter(task, hours, now)
                return
            task.record[station.slot] = now  # takes no time and nobody waits: needs no event
            station.visits += 1
            task.place += 1
        self.unfinished -= 1
        for other in task.then:
            self.release(other, now)
