"""Consignments of one replication and everything random about them.

Each number is drawn from a stream of its own, named by replication, type and purpose, and belongs to one
consignment by its position in the stream. So a scenario, a capacity or the fate of the others changes nothing
about what is drawn for a consignment: scenarios differ by what they do, not by luck.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, pdtrik

from kosho.arrays import Array, Index, Mask
from kosho.corridor.schema import Consignments, Corridor, Duration, Stage, StageName

__all__ = ["MOST_VISITS", "Arrivals", "Batch", "Traffic", "draw", "expected_visits", "hours_of"]

Flags = Mask

MOST_VISITS = 6
"""Visits to a stage end with the sixth."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Ships, in order of their slots."""

    arrival: Array
    """Hours since the start."""
    handling: Array
    """Hours from arrival to the start of unloading, waiting for a berth aside."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Consignments of one type; all arrays have their number as length."""

    type: str
    call: Index
    """Position of the ship."""
    trusted: Flags
    recognised: Flags
    early: Flags
    """Documents examined before arrival."""
    documents: Flags
    inspection: Flags
    times: dict[StageName, Array]
    """Hours of each visit `[consignment, visit]`."""
    visits: dict[StageName, Index]
    """How many visits; 0: the stage is not needed."""

    def __len__(self) -> int:
        return len(self.call)


@dataclass(frozen=True, eq=False)
class Traffic:
    """All of a replication."""

    calls: Arrivals
    batches: tuple[Batch, ...]


def hours_of(duration: Duration, uniform: Array) -> Array:
    """Lengths of time, by the inverse of their distribution function; they increase with the mean."""
    mean = duration.mean.value
    if duration.distribution == "fixed" or mean == 0:
        return np.full_like(uniform, mean)
    if duration.distribution == "exponential":
        return -mean * np.log1p(-uniform)
    spread = math.log1p((duration.cv.value if duration.cv else 1.0) ** 2)
    return mean * np.exp(math.sqrt(spread) * ndtri(uniform) - spread / 2)


def expected_visits(stage: Stage) -> float:
    """Mean number of visits of those that need the stage."""
    again = stage.repeat.value if stage.repeat else 0.0
    return float(sum(again**k for k in range(MOST_VISITS)))


def draw(corridor: Corridor, seed: int, replication: int) -> Traffic:
    """Everything random about replication number `replication`."""

    def uniform(name: str, count: int) -> Array:
        stream = np.random.default_rng([seed, replication, zlib.crc32(name.encode())])
        return stream.random(count)

    calls = _calls(corridor, uniform)
    batches = tuple(_batch(corridor, name, calls, uniform) for name in corridor.types)
    return Traffic(calls, batches)


Uniform = Callable[[str, int], Array]


def _calls(corridor: Corridor, uniform: Uniform) -> Arrivals:
    window = corridor.window
    days = window.warm_up + window.days + window.cool_down
    weeks = math.ceil(days / 7)
    slots = np.array([168.0 * week + hour for week in range(weeks) for hour in sorted(corridor.calls.hours)])
    slots = slots[slots < 24 * days]
    late = hours_of(corridor.calls.late, uniform("calls.late", len(slots)))
    handling = hours_of(corridor.stages.arrival.time, uniform("calls.arrival", len(slots)))
    return Arrivals(slots + late, handling)


def _batch(corridor: Corridor, name: str, calls: Arrivals, uniform: Uniform) -> Batch:
    kind = corridor.types[name]
    ships = len(calls.arrival)
    mean = kind.per_week.value * ships / len(corridor.calls.slots)
    start = float(uniform(f"{name}.number", 1)[0])
    count = max(0, math.ceil(float(pdtrik(start, mean)))) if mean > 0 else 0

    def of(purpose: str) -> Array:
        return uniform(f"{name}.{purpose}", count)

    trusted = of("trusted") < kind.trusted.value
    recognised = np.zeros(count, np.bool_)
    risk = np.where(trusted, corridor.trusted.examined.value, 1.0)
    if corridor.recognition is not None:
        recognised = of("recognised") < corridor.recognition.exporters.value
        risk = risk * np.where(recognised, corridor.recognition.examined.value, 1.0)
    # The lowest draws are inspected, the next ones have their documents checked: less risk, less of both.
    chance = of("channel")
    inspection = chance < kind.channels.inspection.value * risk
    documents = chance < (kind.channels.inspection.value + kind.channels.documents.value) * risk
    early = of("early") < np.where(trusted, corridor.trusted.lodged_early.value, kind.lodged_early.value)
    asked: dict[StageName, Flags] = {"documents": documents, "inspection": inspection}
    if corridor.trusted.pays_later:
        asked["payment"] = ~trusted
    times: dict[StageName, Array] = {}
    visits: dict[StageName, Index] = {}
    for stage_name, stage in corridor.stages.items():
        if stage_name == "arrival":
            continue
        wanted = asked.get(stage_name, np.ones(count, np.bool_))
        if stage.needed is not None:
            wanted = wanted & (of(f"{stage_name}.needed") < stage.needed.value)
        times[stage_name], visits[stage_name] = _visits(stage, stage_name, wanted, of)
    times["lodgement"] = _lodgement(corridor, kind, early, of)[:, None]
    return Batch(
        type=name,
        call=(of("call") * ships).astype(np.intp),
        trusted=trusted,
        recognised=recognised,
        early=early,
        documents=documents,
        inspection=inspection,
        times=times,
        visits=visits,
    )


def _visits(stage: Stage, name: StageName, wanted: Flags, of: Callable[[str], Array]) -> tuple[Array, Index]:
    number = np.ones(len(wanted), np.intp)
    if stage.repeat is not None and stage.repeat.value > 0:
        chance = np.maximum(of(f"{name}.repeat"), 1e-300)
        number += np.floor(np.log(chance) / math.log(stage.repeat.value)).astype(np.intp)
    number = np.where(wanted, np.minimum(number, MOST_VISITS), 0)
    most = int(number.max(initial=0))
    columns = [hours_of(stage.time, of(f"{name}.time.{visit}")) for visit in range(most)]
    return np.column_stack(columns) if columns else np.zeros((len(wanted), 0)), number


def _lodgement(corridor: Corridor, kind: Consignments, early: Flags, of: Callable[[str], Array]) -> Array:
    """Hours of work from unloading to the effective declaration."""
    chance = of("lodgement.time.0")
    hours = np.where(
        early,
        hours_of(corridor.early.activation, chance),
        hours_of(corridor.stages.lodgement.time, chance),
    )
    if kind.other_laws is not None:
        hours = hours - kind.other_laws.value * np.log1p(-of("other-laws"))
    return hours
