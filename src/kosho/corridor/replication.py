"""One replication: the consignments of `traffic` through the stages of a corridor, as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.collector import without_collector
from kosho.corridor.engine import Network, Station, Task
from kosho.corridor.schema import ALWAYS, STAGES, Corridor, StageName
from kosho.corridor.timetable import Timetable
from kosho.corridor.traffic import Batch, Traffic, draw
from kosho.display import Shown
from kosho.errors import KoshoError
from kosho.language import _
from kosho.provenance import Cited

__all__ = ["Passage", "SimulatedYear", "StageUse", "replicate"]

SLOT: dict[StageName, int] = {name: slot for slot, name in enumerate(STAGES)}
PATIENCE = 182
"""Days after the last arrival until which everything must have left."""


@dataclass(frozen=True, eq=False)
class Passage(Shown):
    """What happened to the consignments that count; arrays have their number as length."""

    type: Index
    """Position among the corridor's types."""
    trusted: Mask
    early: Mask
    arrival: Array
    """Of the ship, hours since the start."""
    ends: Array
    """End of each stage `[consignment, stage]`, hours since the start; NaN: not visited."""

    def __len__(self) -> int:
        return len(self.arrival)

    def where(self, which: Mask) -> Passage:
        """Some of them."""
        return Passage(
            self.type[which], self.trusted[which], self.early[which], self.arrival[which], self.ends[which]
        )

    @property
    def lodged(self) -> Array:
        """When the declaration was effective."""
        return self.ends[:, SLOT["lodgement"]]

    @property
    def released(self) -> Array:
        """When the permit was given."""
        return self.ends[:, SLOT["release"]]

    @property
    def hours(self) -> Array:
        """From arrival to permit."""
        return self.released - self.arrival

    @property
    def permit_hours(self) -> Array:
        """From declaration to permit."""
        return self.released - self.lodged

    @property
    def spent(self) -> Array:
        """Hours from arrival to exit by stage `[consignment, stage]`; they add up."""
        reached = np.fmax.accumulate(np.column_stack([self.arrival, self.ends]), axis=1)
        return np.diff(reached, axis=1)


@dataclass(frozen=True)
class StageUse(Shown):
    """A stage in the days that count."""

    utilisation: float | None
    """Busy over staffed server-hours; None: unlimited."""
    queue: float
    """Mean number that wait for a server."""
    present: float
    """Mean number that wait or are served."""
    visits: int


@dataclass(frozen=True, eq=False)
class SimulatedYear(Shown):
    """One replication."""

    passage: Passage
    stages: dict[StageName, StageUse]
    arrived: int
    """Of all consignments, those arrived at the end of the days that count."""
    left: int
    """Of these, those that had left."""
    inside: int
    """Of these, those that left later."""
    events: int


class _Meter(NamedTuple):
    """Of a station up to a moment: hours present, hours waiting, number of visits."""

    present: float
    waiting: float
    visits: int


class _Yard(NamedTuple):
    """Where tasks are put together."""

    network: Network
    stations: dict[StageName, Station]
    ships: list[list[Task]]
    """What waits for each ship."""
    notices: list[list[Task]]
    """What is examined before it arrives."""
    records: list[list[float]]
    """Ends of the stages, of each consignment."""


def replicate(corridor: Corridor, seed: int, replication: int) -> SimulatedYear:
    """Simulate one replication.

    Raises:
        KoshoError: something has not left half a year after the last arrival.
    """
    return run(corridor, draw(corridor, seed, replication))


def run(corridor: Corridor, traffic: Traffic) -> SimulatedYear:
    """Simulate given traffic."""
    with without_collector():  # which takes a quarter of the time and finds nothing before the end
        return _run(corridor, traffic)


def _run(corridor: Corridor, traffic: Traffic) -> SimulatedYear:
    network = Network()
    stations = _stations(corridor, network)
    calls = range(len(traffic.calls.arrival))
    yard = _Yard(network, stations, [[] for _other in calls], [[] for _other in calls], [])
    for batch in traffic.batches:
        _load(batch, yard)
    berths = _ships(traffic, yard, corridor.early.ahead.value)
    first = 24.0 * corridor.window.warm_up
    last = first + 24.0 * corridor.window.days
    _until(network, first)
    before = _meters(stations)
    _until(network, last)
    after = _meters(stations)
    ends_then = np.array([record[-1] for record in yard.records])
    network.env.run()
    if network.unfinished:
        raise KoshoError(
            _(
                "{unfinished} steps were not done {patience} days after the last arrival: the corridor is "
                "too busy, or too rarely open",
                unfinished=network.unfinished,
                patience=PATIENCE,
            )
        )
    passage, arrival = _passage(corridor, traffic, yard.records, berths)
    counted = (arrival >= first) & (arrival < last)
    if not counted.any():
        raise KoshoError(_("no consignment arrives in the days that count"))
    return SimulatedYear(
        passage=passage.where(counted),
        stages=_uses(corridor, before, after),
        arrived=int((arrival <= last).sum()),
        left=int(np.isfinite(ends_then).sum()),
        inside=int(((arrival <= last) & (passage.ends[:, -1] > last)).sum()),
        events=network.events,
    )


def _ships(traffic: Traffic, yard: _Yard, ahead: float) -> list[list[float]]:
    """Tasks of the ships, and of the papers sent ahead; ends of their stage."""
    arrivals = traffic.calls.arrival.tolist()
    calls = zip(arrivals, traffic.calls.handling.tolist(), yard.ships, yard.notices, strict=True)
    berths: list[list[float]] = []
    for arrival, handling, landings, examinations in calls:
        yard.network.add(Task((), (), [], examinations), max(0.0, arrival - ahead))
        berths.append([math.nan])
        ship = Task((yard.stations["arrival"],), (handling,), berths[-1], landings)
        yard.network.add(ship, arrival)
    return berths


def _until(network: Network, hour: float) -> None:
    if hour > network.env.now:
        network.env.run(until=hour)


def _timetable(corridor: Corridor, hours: str, days: int) -> Timetable:
    return Timetable.of(None if hours == ALWAYS else corridor.hours[hours], corridor.window.start, days)


def _stations(corridor: Corridor, network: Network) -> dict[StageName, Station]:
    window = corridor.window
    days = window.warm_up + window.days + window.cool_down + PATIENCE
    timetables = cache(lambda hours: _timetable(corridor, hours, days))
    return {
        name: Station(
            network,
            int(stage.servers.value) if isinstance(stage.servers, Cited) else None,
            timetables(stage.hours),
            SLOT[name],
        )
        for name, stage in corridor.stages.items()
    }


def _load(batch: Batch, yard: _Yard) -> None:
    """Tasks of a batch: goods and documents each on their way, then what needs both.

    Lodged early, documents go through channel and check before the ship is there, and the declaration becomes
    effective after unloading; else both follow unloading and lodgement.
    """
    goods = _routes(batch, ("unloading", "lodgement"), yard.stations)
    papers = _routes(batch, ("channel", "documents"), yard.stations)
    rest = _routes(batch, STAGES[5:], yard.stations)
    whole = _routes(batch, STAGES[1:], yard.stations)
    add = yard.network.add
    for number, (call, early) in enumerate(zip(batch.call.tolist(), batch.early.tolist(), strict=True)):
        record = [math.nan] * len(STAGES)
        yard.records.append(record)
        if early:
            clearance = Task(*rest[number], record)
            examination = Task(*papers[number], record, (clearance,))
            landing = Task(*goods[number], record, (clearance,))
            add(clearance)
            add(examination)
            yard.notices[call].append(examination)
        else:
            landing = Task(*whole[number], record)
        add(landing)
        yard.ships[call].append(landing)


class _Routes:
    """Stations and hours of service of each consignment, one after the other in two long lists."""

    def __init__(self, stations: list[Station], hours: list[float], ends: list[int]) -> None:
        self.stations, self.hours, self.ends = stations, hours, ends

    def __getitem__(self, number: int) -> tuple[list[Station], list[float]]:
        here = slice(self.ends[number], self.ends[number + 1])
        return self.stations[here], self.hours[here]


def _routes(batch: Batch, names: Sequence[StageName], stations: dict[StageName, Station]) -> _Routes:
    most = [batch.times[name].shape[1] for name in names]
    wanted = np.column_stack(
        [np.arange(width) < batch.visits[name][:, None] for name, width in zip(names, most, strict=True)]
    )
    hours = np.column_stack([batch.times[name] for name in names])[wanted].tolist()
    columns = [stations[name] for name, width in zip(names, most, strict=True) for _other in range(width)]
    visited = [columns[column] for column in np.nonzero(wanted)[1].tolist()]
    ends = [0, *np.cumsum(wanted.sum(axis=1)).tolist()]
    return _Routes(visited, hours, ends)


def _meters(stations: dict[StageName, Station]) -> dict[StageName, _Meter]:
    return {name: _Meter(*station.meter(), station.visits) for name, station in stations.items()}


def _uses(
    corridor: Corridor, before: dict[StageName, _Meter], after: dict[StageName, _Meter]
) -> dict[StageName, StageUse]:
    window = corridor.window
    first, last = 24.0 * window.warm_up, 24.0 * (window.warm_up + window.days)
    uses: dict[StageName, StageUse] = {}
    for name, stage in corridor.stages.items():
        present = after[name].present - before[name].present
        waiting = after[name].waiting - before[name].waiting
        utilisation = None
        if isinstance(stage.servers, Cited):
            timetable = _timetable(corridor, stage.hours, window.warm_up + window.days)
            staffed = timetable.server_hours(int(stage.servers.value), first, last)
            utilisation = (present - waiting) / staffed if staffed else 0.0
        uses[name] = StageUse(
            utilisation=utilisation,
            queue=waiting / (last - first),
            present=present / (last - first),
            visits=after[name].visits - before[name].visits,
        )
    return uses


def _passage(
    corridor: Corridor, traffic: Traffic, records: list[list[float]], berths: list[list[float]]
) -> tuple[Passage, Array]:
    batches = traffic.batches
    call = np.concatenate([batch.call for batch in batches])
    ends = np.array(records).reshape(-1, len(STAGES))
    ends[:, 0] = np.array(berths)[call, 0] if len(call) else 0.0
    names = list(corridor.types)
    arrival = traffic.calls.arrival[call]
    passage = Passage(
        type=np.concatenate([np.full(len(batch), names.index(batch.type)) for batch in batches]),
        trusted=np.concatenate([batch.trusted for batch in batches]),
        early=np.concatenate([batch.early for batch in batches]),
        arrival=arrival,
        ends=ends,
    )
    return passage, arrival
