"""A month of 20,000 consignments through nine stages, and a bare M/M/c queue written as simpy's manual does."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from functools import cache

import simpy

from kosho.corridor import Corridor, between, parameters, runner, simulate, with_values
from kosho.corridor.replication import replicate

CONSIGNMENTS = 20_000
"""In the 28 days that count; warm-up and cool-down come on top."""


@cache
def month() -> Corridor:
    """The shipped corridor with more traffic, and capacity to match."""
    corridor = between("TWKHH", "JPUKB")
    known = parameters(corridor)
    weekly = sum(one.value for path, one in known.items() if path.endswith("per_week"))
    factor = CONSIGNMENTS / (4 * weekly)
    values: dict[str, float | str] = {}
    for path, one in known.items():
        if path.endswith("per_week"):
            values[path] = one.value * factor
        elif path.endswith("servers"):
            values[path] = float(round(one.value * factor))
    return with_values(corridor, values)


@dataclass(frozen=True)
class Pace:
    """How much a simulation did in how long."""

    events: int
    visits: int
    """Services completed."""
    seconds: float


def corridor(seed: int = 1) -> Pace:
    """One replication, drawing and sorting included."""
    started = time.perf_counter()
    done = replicate(month(), seed, 0)
    seconds = time.perf_counter() - started
    window = month().window
    share = window.days / (window.warm_up + window.days + window.cool_down)
    visits = sum(stage.visits for stage in done.stages.values())
    return Pace(done.events, round(visits / share), seconds)


def bare(events: int, servers: int = 5, seed: int = 1) -> Pace:
    """M/M/c at 80 % load with about so many simpy events, six a customer."""
    generator = random.Random(seed)  # noqa: S311 - a simulation
    environment = simpy.Environment()
    counter = simpy.Resource(environment, servers)
    customers = events // 6

    def customer():
        with counter.request() as turn:
            yield turn
            yield environment.timeout(generator.expovariate(1.0))

    def source():
        for _ in range(customers):
            yield environment.timeout(generator.expovariate(0.8 * servers))
            environment.process(customer())

    started = time.perf_counter()
    environment.process(source())
    environment.run()
    return Pace(6 * customers, customers, time.perf_counter() - started)


def ratios(rounds: int = 5) -> tuple[float, float, Pace]:
    """Events a second, and services a second, over those of the bare queue; medians of alternating rounds."""
    found: list[tuple[float, float, Pace]] = []
    for _ in range(rounds):
        ours = corridor()
        plain = bare(ours.events)
        by_events = (ours.events / ours.seconds) / (plain.events / plain.seconds)
        by_visits = (ours.visits / ours.seconds) / (plain.visits / plain.seconds)
        found.append((by_events, by_visits, ours))
    return sorted(found, key=lambda one: one[0])[rounds // 2]


def month_seconds(replications: int = 5) -> float:
    """Five replications over the cores, starting processes included."""
    started = time.perf_counter()
    with runner(os.cpu_count() or 1) as run:
        simulate(month(), replications=replications, run=run)
    return time.perf_counter() - started
