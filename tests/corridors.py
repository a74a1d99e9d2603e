"""Small corridors and bare queues for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from kosho.arrays import Array
from kosho.corridor import Corridor, between
from kosho.corridor.engine import Network, Station, Task
from kosho.corridor.replication import Passage, SimulatedYear, StageUse
from kosho.corridor.schema import STAGES, Hours, Window
from kosho.corridor.timetable import Timetable

OPEN = Timetable.of(None, date(2026, 6, 1), 1)
MONDAY = date(2026, 6, 1)


def shipped_text() -> str:
    """The YAML of the shipped corridor."""
    return files("kosho.corridor").joinpath("data", "twkhh-jpukb.yaml").read_text(encoding="utf-8")


@cache
def small() -> Corridor:
    """The shipped corridor over two weeks."""
    window = Window(start=date(2026, 6, 15), warm_up=7, days=14, cool_down=3)
    return between("TWKHH", "JPUKB").model_copy(update={"window": window})


def timetable(*shifts: dict[str, object], days: int = 28, holidays: Sequence[date] = ()) -> Timetable:
    """From shifts as a file has them, from Monday 1 June 2026 on."""
    content = {"shifts": shifts, "holidays": holidays, "status": "assumption", "source": "own"}
    return Timetable.of(Hours.model_validate(content), MONDAY, days)


def served(
    arrivals: Sequence[float], services: Sequence[float], servers: int | None, hours: Timetable = OPEN
) -> tuple[Array, Network, Station]:
    """Ends of service of customers at one station."""
    network = Network()
    station = Station(network, servers, hours)
    records = [[np.nan] for _ in arrivals]
    for arrival, service, record in zip(arrivals, services, records, strict=True):
        network.add(Task((station,), (service,), record), arrival)
    network.env.run()
    return np.array(records)[:, 0], network, station


def of_hours(shift: float = 0.0, leaves: float = 6.0) -> SimulatedYear:
    """Eight consignments, two of each type, with hours from arrival and from declaration to permit."""
    hours = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 61.0, 70.0, 83.0]) + shift
    ends = np.full((8, len(STAGES)), np.nan)
    arrival = np.arange(8.0)
    ends[:, STAGES.index("release")] = arrival + hours
    ends[:, STAGES.index("lodgement")] = arrival + hours - np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    ends[:, -1] = arrival + hours + leaves
    passage = Passage(
        type=np.array([0, 0, 1, 1, 2, 2, 3, 3]),
        trusted=np.array([True, False, False, False, False, False, False, True]),
        early=np.array([False, True, False, True, False, True, False, True]),
        arrival=arrival,
        ends=ends,
    )
    use = StageUse(utilisation=0.5 + shift / 10, queue=1.0 + shift, present=2.0, visits=4)
    none = StageUse(utilisation=None, queue=0.0, present=2.0, visits=8)
    stages = {name: use if name == "documents" else none for name in STAGES}
    return SimulatedYear(passage, stages, arrived=8, left=8, inside=0, events=0)  # type: ignore[arg-type]
