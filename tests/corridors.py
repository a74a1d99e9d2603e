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
from kosho.corridor.schema import Hours, Window
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
