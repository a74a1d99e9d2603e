"""Single stages and networks against queueing theory, within the simulation's own confidence interval.

Erlang (1917), Pollaczek & Khinchine (1930), Jackson (1957), Little (1961).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests.corridors import OPEN, Array, served
from tests.measures import figure

from kosho.corridor.engine import Network, Station, Task
from kosho.corridor.schema import Duration
from kosho.corridor.times import Estimate, estimate
from kosho.corridor.traffic import hours_of

CUSTOMERS, WARM_UP, REPLICATIONS = 8_000, 1_000, 12


def waits(services: Callable[[Array], Array], servers: int, rate: float, seed: int) -> Estimate:
    """Mean wait before service; Poisson arrivals."""
    means: list[float] = []
    for replication in range(REPLICATIONS):
        generator = np.random.default_rng([seed, replication])
        arrivals = np.cumsum(generator.exponential(1 / rate, CUSTOMERS))
        service = services(generator.random(CUSTOMERS))
        ends, *_ = served(arrivals.tolist(), service.tolist(), servers)
        means.append(float((ends - arrivals - service)[WARM_UP:].mean()))
    return estimate(means)


def erlang_c_wait(servers: int, rate: float, service: float) -> float:
    """Mean wait in M/M/c."""
    load = rate * service
    busy = load**servers / math.factorial(servers) / (1 - load / servers)
    delayed = busy / (busy + sum(load**k / math.factorial(k) for k in range(servers)))
    return delayed * service / (servers - load)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 0.8), (8, 0.85)])
def test_erlang_c(servers: int, load: float) -> None:
    rate = servers * load
    found = waits(lambda u: -np.log1p(-u), servers, rate, seed=99)
    assert found.low < erlang_c_wait(servers, rate, 1.0) < found.high
    assert found.half_width < 0.25 * found.mean


def duration(kind: str, mean: float, cv: float | None = None) -> Duration:
    spread = None if cv is None else figure(cv, "ratio")
    return Duration.model_validate({"distribution": kind, "mean": figure(mean, "hours"), "cv": spread})


@pytest.mark.parametrize(("kind", "cv"), [("fixed", 0.0), ("lognormal", 0.5), ("lognormal", 1.2)])
def test_pollaczek_khinchine(kind: str, cv: float) -> None:
    rate, mean = 0.7, 1.0
    found = waits(lambda u: hours_of(duration(kind, mean, cv or None), u), 1, rate, seed=2)
    expected = rate * mean**2 * (1 + cv**2) / (2 * (1 - rate * mean))
    assert found.low < expected < found.high


@pytest.mark.parametrize(("kind", "cv"), [("exponential", 1.0), ("lognormal", 0.5), ("lognormal", 2.0)])
def test_durations_have_their_mean_and_spread(kind: str, cv: float) -> None:
    drawn = hours_of(duration(kind, 3.0, cv), (np.arange(2_000_000) + 0.5) / 2_000_000)
    assert drawn.mean() == pytest.approx(3.0, rel=2e-3)
    assert drawn.std() == pytest.approx(3.0 * cv, rel=3e-2)


def test_jackson_network_with_feedback() -> None:
    """Two servers, then one, after which three in ten go back: each is as if alone with all its visits."""
    rate, again, first_mean, second_mean = 0.4, 0.3, 2.0, 1.0
    totals: list[float] = []
    for replication in range(REPLICATIONS):
        generator = np.random.default_rng([3, replication])
        arrivals = np.cumsum(generator.exponential(1 / rate, CUSTOMERS)).tolist()
        rounds = generator.geometric(1 - again, CUSTOMERS).tolist()
        network = Network()
        stations = [Station(network, 2, OPEN, 0), Station(network, 1, OPEN, 1)]
        records = [[0.0, 0.0] for _ in arrivals]
        for arrival, visits, record in zip(arrivals, rounds, records, strict=True):
            hours = generator.exponential((first_mean, second_mean) * visits).tolist()
            network.add(Task(stations * visits, hours, record), arrival)
        network.env.run()
        totals.append(float((np.array(records)[:, 1] - arrivals)[WARM_UP:].mean()))
    found = estimate(totals)
    visits = rate / (1 - again)
    present = visits * (erlang_c_wait(2, visits, first_mean) + first_mean)
    present += visits * (erlang_c_wait(1, visits, second_mean) + second_mean)
    assert found.low < present / rate < found.high


def test_little_in_the_long_run() -> None:
    """Mean number present, from areas, is the arrival rate times the mean time, from records."""
    generator = np.random.default_rng(4)
    arrivals = np.cumsum(generator.exponential(1 / 2.4, CUSTOMERS))
    ends, network, station = served(arrivals.tolist(), generator.exponential(1, CUSTOMERS).tolist(), 3)
    present = station.meter()[0] / network.env.now
    rate = CUSTOMERS / network.env.now
    assert present == pytest.approx(rate * (ends - arrivals).mean())
    alone = 2.4 * (erlang_c_wait(3, 2.4, 1.0) + 1.0)
    assert present == pytest.approx(alone, rel=0.1)
