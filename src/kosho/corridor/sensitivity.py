"""How much the results depend on what no source gives: each parameter at both ends of its range in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kosho.corridor.loading import parameters, under, with_values
from kosho.corridor.replication import SimulatedYear, replicate
from kosho.corridor.runs import Job, Runner
from kosho.corridor.schema import Corridor
from kosho.corridor.times import DAY
from kosho.display import Card, Shown, number
from kosho.errors import InputError
from kosho.provenance import Cited

__all__ = ["ParameterEnd", "Swing", "Tornado", "tornado"]

NOT_HOURS = ("trade_share", "value_of_time", "value")
"""Parameters that say what hours are worth."""
AFTER_PERMIT = ["stages", "exit"]


@dataclass(frozen=True)
class ParameterEnd(Shown):
    """A parameter at one end of its range; days are None where the corridor would not work there."""

    value: str
    days: float | None
    """Mean from arrival to permit, baseline."""
    days_saved: float | None
    """By the scenario."""
    why_not: str | None = None


@dataclass(frozen=True)
class Swing(Shown):
    """What a parameter does over its range."""

    parameter: str
    """Path in the file; `*` where all types are moved together."""
    status: str
    low: ParameterEnd
    high: ParameterEnd

    @property
    def width(self) -> float:
        """Difference of the days saved between both ends."""
        ends = [end.days_saved for end in (self.low, self.high) if end.days_saved is not None]
        return max(ends) - min(ends) if len(ends) == 2 else 0.0


@dataclass(frozen=True)
class Tornado(Shown):
    """All parameters with a range, those that matter most to the days saved first.

    >>> from kosho.corridor.sensitivity import ParameterEnd, Swing, Tornado
    >>> ends = ParameterEnd("1", days=2.9, days_saved=0.8), ParameterEnd("3", days=2.2, days_saved=0.3)
    >>> Tornado("advance-exchange", 2.4, 0.5, (Swing("stages.documents.servers", "assumption", *ends),), 1)
    Tornado of advance-exchange: 0.5 of 2.4 days saved
      stages.documents.servers   0.5 days between the ends of its range
    """

    scenario: str
    days: float
    days_saved: float
    swings: tuple[Swing, ...]
    replications: int

    def card(self) -> Card:
        """What is saved, and the parameters that move that most."""
        rows = [
            (one.parameter, f"{number(one.width, 3)} days between the ends of its range") for one in self.swings
        ]
        saved = f"{number(self.days_saved, 3)} of {number(self.days, 3)} days saved"
        return Card(f"Tornado of {self.scenario}: {saved}", rows)


def tornado(
    corridor: Corridor,
    scenario: str,
    *,
    replications: int = 1,
    seed: int = 1,
    run: Runner | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tornado:
    """Move one parameter at a time to the ends of its range, with the same random numbers.

    Other parameters stay where they are; those that were fitted are not fitted again.

    Args:
        corridor: The baseline.
        scenario: Whose days saved are looked at.
        replications: Each.
        seed: Of all random numbers.
        run: Who carries out simulations, see `runs.runner`.
        progress: Called with how many of how many replications are done.
    """
    run = run or partial(map, _carry_out)
    points = list(_points(corridor, scenario))
    pairs = [(corridor, under(corridor, scenario)), *(point.pair for point in points if point.pair)]
    wanted = dict.fromkeys(id(one) for pair in pairs for one in pair)
    distinct = {id(one): one for pair in pairs for one in pair}
    jobs = [(distinct[key], seed, number) for key in wanted for number in range(replications)]
    days = dict(zip(wanted, _means(run(jobs), len(jobs), replications, progress), strict=True))
    before, after = (days[id(one)] for one in pairs[0])
    swings: list[Swing] = []
    for low, high in zip(points[::2], points[1::2], strict=True):
        ends = [point.end(days) for point in (low, high)]
        swings.append(Swing(low.name, low.status, *ends))
    ordered = tuple(sorted(swings, key=lambda swing: -swing.width))
    return Tornado(scenario, before, before - after, ordered, replications)


@dataclass(frozen=True)
class _Point:
    """A parameter at an end: baseline and scenario there, or why they do not work."""

    name: str
    status: str
    text: str
    pair: tuple[Corridor, Corridor] | None
    why_not: str | None = None

    def end(self, days: dict[int, float]) -> ParameterEnd:
        """With the days by corridor."""
        if self.pair is None:
            return ParameterEnd(self.text, None, None, self.why_not)
        before, after = (days[id(one)] for one in self.pair)
        return ParameterEnd(self.text, before, before - after)


def _carry_out(job: Job) -> SimulatedYear:
    return replicate(*job)


def _means(
    runs: Iterable[SimulatedYear], total: int, replications: int, progress: Callable[[int, int], None] | None
) -> Iterator[float]:
    """Mean days of each simulation."""
    days: list[float] = []
    for done, one in enumerate(runs, 1):
        days.append(float(one.passage.hours.mean()) / DAY)
        if progress:
            progress(done, total)
        if len(days) == replications:
            yield sum(days) / replications
            days.clear()


def _points(corridor: Corridor, scenario: str) -> Iterator[_Point]:
    """The low and the high end of each range, one after the other."""
    for name, group in _groups(corridor).items():
        first = next(iter(group.values()))
        for end in ("low", "high"):
            values = {path: getattr(cited, end) for path, cited in group.items()}
            text = _words(list(values.values()), first.unit)
            try:
                moved = with_values(corridor, values)
                yield _Point(name, first.status, text, (moved, under(moved, scenario)))
            except InputError as error:
                yield _Point(name, first.status, text, None, error.problems[0].message)
    for position, change in enumerate(corridor.scenarios[scenario].changes):
        cited = change.to if isinstance(change.to, Cited) else change.times
        if cited is None or cited.low is None or cited.high is None:
            continue
        name = f"scenario: {change.parameter}"
        for value in (cited.low, cited.high):
            text = ("" if change.to is not None else "× ") + _words([value], cited.unit)
            try:
                pair = (corridor, under(corridor, scenario, {position: value}))
                yield _Point(name, cited.status, text, pair)
            except InputError as error:
                yield _Point(name, cited.status, text, None, error.problems[0].message)


def _groups(corridor: Corridor) -> dict[str, dict[str, Cited]]:
    """Parameters with a range, those of all types together."""
    groups: dict[str, dict[str, Cited]] = {}
    for path, cited in parameters(corridor).items():
        parts = path.split(".")
        if cited.low is None or cited.high is None or parts[-1] in NOT_HOURS or parts[:2] == AFTER_PERMIT:
            continue
        if parts[0] == "types":
            parts[1] = "*"
        groups.setdefault(".".join(parts), {})[path] = cited
    return groups


def _words(values: list[float], unit: str) -> str:
    ends = (min(values), max(values))
    number = f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g}-{ends[1]:g}"
    return number if unit in ("share", "ratio") else f"{number} {unit}"
