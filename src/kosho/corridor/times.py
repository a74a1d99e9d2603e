"""What a simulation says: release times with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from kosho.arrays import Array, Mask
from kosho.corridor.replication import Passage, SimulatedYear
from kosho.corridor.schema import STAGES, Corridor, Moment, StageName
from kosho.declared import as_declared
from kosho.display import Card, Shown, columns, number, plural, thing

__all__ = ["DAY", "Estimate", "ReleaseTimes", "StageTimes", "days_saved", "estimate", "moment"]

DAY = 24.0


@dataclass(frozen=True)
class Estimate(Shown):
    """Mean over replications with its 95 % confidence interval (Student's t); infinite for one replication.

    >>> from kosho.corridor.times import Estimate
    >>> Estimate(mean=2.4, low=1.9, high=2.9)
    Estimate 2.4 (95 % interval 1.9 to 2.9)
    """

    mean: float
    low: float
    high: float

    def card(self) -> Card:
        """Mean and interval."""
        return Card(
            f"Estimate {number(self.mean, 3)} (95 % interval {number(self.low, 3)} to {number(self.high, 3)})"
        )

    @property
    def half_width(self) -> float:
        """Of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class StageTimes(Shown):
    """A stage, averaged over replications."""

    days: float
    """From arrival to exit, what a consignment spends because of it; the stages add up."""
    utilisation: float | None
    queue: float
    visits: float
    """A consignment."""


@dataclass(frozen=True, eq=False)
class ReleaseTimes(Shown):
    """Replications of a corridor; days are those from the ship's arrival to the permit.

    >>> from kosho.corridor import between, simulate
    >>> simulate(between("TWKHH", "JPUKB"), replications=2)
    ReleaseTimes TWKHH to JPUKB: 2 replications
      consignments               5,252
      mean days                  2.42 (95 % interval 1.21 to 3.62)
      half within, nine in ten   1.86, 4.92 days
      days by stage              lodgement 2.2, arrival 0.13, exit 0.11, unloading 0.069, documents 0.0…
    """

    corridor: Corridor
    runs: tuple[SimulatedYear, ...]

    def card(self) -> Card:
        """Days from arrival to permit, and the stages that take most."""
        days = {name: one.days for name, one in self.stages.items()}
        ports = f"{self.corridor.origin.code} to {self.corridor.destination.code}"
        return Card(
            f"ReleaseTimes {ports}: {plural(len(self.runs), 'replication')}",
            [
                ("consignments", f"{self.consignments:,}"),
                ("mean days", thing(self.mean).removeprefix("Estimate ")),
                (
                    "half within, nine in ten",
                    f"{number(self.quantile(0.5), 3)}, {number(self.quantile(0.9), 3)} days",
                ),
                ("days by stage", columns(tuple(days), days.values(), lambda x: number(x, 2))),
            ],
        )

    @property
    def consignments(self) -> int:
        """That count, over all replications."""
        return sum(len(run.passage) for run in self.runs)

    @property
    def mean(self) -> Estimate:
        """Mean days."""
        return self.statistic(lambda passage: _mean(passage.hours) / DAY)

    def statistic(self, of: Callable[[Passage], float]) -> Estimate:
        """Any number computed from each replication."""
        return estimate([float(of(run.passage)) for run in self.runs])

    def quantile(self, share: float) -> float:
        """Days within which that share of all consignments is released."""
        return float(np.quantile(self.days(), share))

    def days(self, kind: str | None = None) -> Array:
        """Days of every consignment, of one type or all."""
        return np.concatenate([_of(run.passage, self.corridor, kind).hours for run in self.runs]) / DAY

    def within(self, hours: float, kind: str | None = None) -> float:
        """Share released within so many hours of arrival."""
        days = self.days(kind)
        return float((days <= hours / DAY).mean()) if len(days) else math.nan

    def by_type(self) -> dict[str, Estimate]:
        """Mean days by type."""
        return {
            kind: self.statistic(
                lambda passage, kind=kind: _mean(_of(passage, self.corridor, kind).hours) / DAY
            )
            for kind in self.corridor.types
        }

    @property
    def stages(self) -> dict[StageName, StageTimes]:
        """Where the time goes."""
        spent = np.mean([run.passage.spent.mean(axis=0) for run in self.runs], axis=0) / DAY
        found: dict[StageName, StageTimes] = {}
        for position, name in enumerate(STAGES):
            uses = [run.stages[name] for run in self.runs]
            shares = [use.utilisation for use in uses if use.utilisation is not None]
            found[name] = StageTimes(
                days=float(spent[position]),
                utilisation=float(np.mean(shares)) if shares else None,
                queue=float(np.mean([use.queue for use in uses])),
                visits=sum(use.visits for use in uses) / max(self.consignments, 1),
            )
        return found


def _of(passage: Passage, corridor: Corridor, kind: str | None) -> Passage:
    return passage if kind is None else passage.where(passage.type == list(corridor.types).index(kind))


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else math.nan


def estimate(values: Sequence[float]) -> Estimate:
    """Of independent replications.

    >>> from kosho.corridor.times import estimate
    >>> estimate([2.0, 2.5, 3.0])
    Estimate 2.5 (95 % interval 1.26 to 3.74)
    """
    mean = float(np.mean(values))
    if len(values) < 2:
        return Estimate(mean, -math.inf, math.inf)
    half = float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values)))
    return Estimate(mean, mean - half, mean + half)


@as_declared
def days_saved(base: ReleaseTimes, other: ReleaseTimes, kind: str | None = None) -> Estimate:
    """Mean days by which `other` is quicker, replication by replication: they have their luck in common.

    >>> from kosho.corridor import between, days_saved, simulate, under
    >>> base = between("TWKHH", "JPUKB")
    >>> before, after = (simulate(one, replications=2) for one in (base, under(base, "advance-exchange")))
    >>> days_saved(before, after)
    Estimate 0.358 (95 % interval -0.0423 to 0.759)
    """
    return estimate(
        [
            (
                _mean(_of(a.passage, base.corridor, kind).hours)
                - _mean(_of(b.passage, other.corridor, kind).hours)
            )
            / DAY
            for a, b in zip(base.runs, other.runs, strict=False)
        ]
    )


def moment(times: ReleaseTimes, name: Moment) -> Estimate:
    """What surveys publish, in hours, as the simulation has it."""
    kinds = list(times.corridor.types.values())
    small = np.array([kind.small_lots for kind in kinds])
    regulated = np.array([kind.other_laws is not None for kind in kinds])

    def hours(which: Callable[[Passage], Mask], *, permit: bool = False) -> Callable[[Passage], float]:
        def mean(passage: Passage) -> float:
            values = passage.permit_hours if permit else passage.hours
            return _mean(values[which(passage)])

        return mean

    of: dict[Moment, Callable[[Passage], float]] = {
        "arrival-to-permit": hours(lambda p: ~p.trusted),
        "gain-of-early-lodgement": lambda p: (
            hours(lambda q: ~q.trusted & ~q.early)(p) - hours(lambda q: ~q.trusted & q.early)(p)
        ),
        "cost-of-other-laws": lambda p: (
            hours(lambda q: ~q.trusted & regulated[q.type])(p)
            - hours(lambda q: ~q.trusted & ~regulated[q.type])(p)
        ),
        "declaration-to-permit": hours(lambda p: ~p.trusted, permit=True),
        "declaration-to-permit-without-small-lots": hours(lambda p: ~p.trusted & ~small[p.type], permit=True),
        "declaration-to-permit-trusted": hours(lambda p: p.trusted, permit=True),
    }
    return times.statistic(of[name])
