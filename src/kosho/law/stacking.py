"""How measures on one product stack: exclusions first, then floors, then sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kosho.display import Card, Shown, percent
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.measure import CONCESSIONS, Measure

__all__ = ["MFN", "Applied", "Layer", "Rate", "Removed", "Stack", "precedence", "stack"]

MFN = "mfn"
"""Id of the layer of the ordinary duty."""


@dataclass(frozen=True, slots=True)
class Layer(Shown):
    """One part of a rate.

    >>> from kosho.law import Layer
    >>> Layer("us-232-autos-25", 0.25, "us-232-autos", "Proclamation 10908", ("proc10908",))
    Layer
      measure       'us-232-autos-25'
      value         0.25
      authority     'us-232-autos'
      legal_basis   'Proclamation 10908'
      source        ('proc10908',)
    """

    measure: str
    value: float | None
    """What it adds, as a fraction of the whole customs value; None where that is not known."""
    authority: str
    legal_basis: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removed(Shown):
    """A measure that would apply to the product and does not, or only to a share of its value.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> quote(Register.load(), Query("USA", "JPN", "8703.23.01", date(2025, 6, 1))).removed[0].by
    'us-232-autos-25'
    """

    measure: str
    by: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rate(Shown):
    """A rate and how it comes about; `rate` is the sum of the layers, None where one of them is not known.

    >>> from kosho.law import Layer, Rate
    >>> Rate(0.275, (Layer("mfn", 0.025, "mfn", "HTSUS", ()), Layer("autos", 0.25, "232", "10908", ())), ())
    Rate 27.5 %
      mfn     2.5 % (HTSUS)
      autos   25 % (10908)
    """

    rate: float | None
    layers: tuple[Layer, ...]
    removed: tuple[Removed, ...]

    def card(self) -> Card:
        """The rate, its layers, and what does not apply."""
        rows = [(layer.measure, f"{_shown(layer.value)} ({layer.legal_basis})") for layer in self.layers]
        rows += [(one.measure, f"removed by {one.by}") for one in self.removed]
        return Card(f"Rate {_shown(self.rate)}", rows)


def _shown(rate: float | None) -> str:
    return "not known" if rate is None else percent(rate)


@dataclass(frozen=True, slots=True)
class Applied(Shown):
    """A measure that is left on a product after exclusions."""

    measure: Measure
    level: float
    """Its rate for this origin, as a fraction."""
    weight: float
    """Share of the customs value it is taken on, after exclusions."""

    @property
    def concedes(self) -> bool:
        """Whether it lowers the ordinary duty, as a free trade agreement does."""
        return self.measure.kind in CONCESSIONS

    def leaves(self, ordinary: float) -> float:
        """What it leaves of an ordinary duty, which may be infinite: not bounded by anything else.

        A cut takes its percentage off, a bind what is above it; both on the share of the value that they are
        given for and, where they are staged, the share of their steps that is reached.
        """
        share = self.weight * self.measure.reached
        if self.measure.kind == "cut":
            return ordinary * kept if (kept := 1.0 - share * self.level) > 0 else 0.0
        if self.measure.kind == "bind" and ordinary > self.level:
            return self.level if share >= 1.0 else ordinary - share * (ordinary - self.level)
        return ordinary

    def adds(self, lines: Iterable[tuple[float, float]]) -> float:
        """What it adds, given the ordinary rates of the product's lines as (rate, weight); weights sum to one.

        A floor is a total: line by line it adds what the ordinary rate lacks, so it never lowers a higher one.
        What a cut or a bind adds is below zero.
        """
        if self.concedes:
            return sum(weight * (self.leaves(rate) - rate) for rate, weight in lines)
        if self.measure.kind != "floor":
            return self.weight * self.level
        return self.weight * sum(weight * max(0.0, self.level - rate) for rate, weight in lines)

    def layer(self, lines: Iterable[tuple[float, float]] | None) -> Layer:
        """It as a part of a rate. See `adds`; None where what it adds is not known."""
        one = self.measure
        value = None if lines is None else self.adds(lines)
        return Layer(one.id, value, one.authority, one.legal_basis, one.source)


@dataclass(frozen=True, slots=True)
class Stack(Shown):
    """What applies to one product of one origin on one day, free of its ordinary rate."""

    applied: tuple[Applied, ...]
    removed: tuple[Removed, ...]

    @property
    def rests_on_ordinary(self) -> bool:
        """Whether what it adds depends on the ordinary rate."""
        return any(item.measure.kind == "floor" or item.concedes for item in self.applied)

    @property
    def added(self) -> tuple[Applied, ...]:
        """What adds its level, whatever the ordinary duty is."""
        return tuple(item for item in self.applied if item.measure.kind != "floor" and not item.concedes)

    @property
    def floors(self) -> tuple[Applied, ...]:
        """What tops an ordinary duty up."""
        return tuple(item for item in self.applied if item.measure.kind == "floor")

    @property
    def concessions(self) -> tuple[Applied, ...]:
        """Cuts and binds: of several an importer claims the one that leaves least."""
        return tuple(item for item in self.applied if item.concedes)

    def leaves(self, ordinary: float) -> float:
        """What the best of the concessions leaves of an ordinary duty."""
        return min((item.leaves(ordinary) for item in self.concessions), default=ordinary)

    def adds(self, lines: Sequence[tuple[float, float]]) -> float:
        """Sum of all layers above the ordinary duty. See `Applied.adds`.

        Floors top up the ordinary duty, or what concessions leave of it where their `floor_base` is `claimed`.
        """
        concessions = self.concessions
        if not concessions:
            return sum(item.adds(lines) for item in self.applied)
        left = [(self.leaves(rate), weight) for rate, weight in lines]
        return sum(
            (after - rate) * weight for (after, weight), (rate, _other) in zip(left, lines, strict=True)
        ) + sum(
            item.adds(left if item.measure.floor_base == "claimed" else lines)
            for item in self.applied
            if not item.concedes
        )

    def layers(self, ordinary: float | None) -> list[Layer]:
        """Each measure as a part of the rate on goods of one ordinary duty; they sum to what it adds.

        Where the ordinary duty is not known, nor is what a floor or a concession adds.
        """
        if ordinary is None:
            return [
                item.layer(None if item.concedes or item.measure.kind == "floor" else [(0.0, 1.0)])
                for item in self.applied
            ]
        paid = self.leaves(ordinary)
        return [
            item.layer([(paid if item.measure.floor_base == "claimed" else ordinary, 1.0)])
            for item in self.at(ordinary).applied
        ]

    def at(self, ordinary: float) -> Stack:
        """What applies to goods of one ordinary duty: of several concessions, the one that leaves least."""
        if len(self.concessions) < 2:
            return self
        best = min(self.concessions, key=lambda item: item.leaves(ordinary))
        others = [item for item in self.concessions if item is not best]
        rule = _("an importer claims the concession that leaves least")
        removed = tuple(Removed(item.measure.id, best.measure.id, rule) for item in others)
        return Stack(tuple(item for item in self.applied if item not in others), (*self.removed, *removed))


def stack(
    measures: Sequence[tuple[Measure, float]],
    order: Mapping[str, int],
    taxed: Callable[[Measure], float] = Measure.taxed_share,
) -> Stack:
    """Apply exclusions among the measures that cover one product of one origin.

    A measure that excludes another (by id or by authority) removes it from the share of the value it is itself
    taken on. One that has been removed altogether removes nothing.

    Args:
        measures: The measures, with the rate each has for this origin, as a fraction.
        order: Place of each measure id, excluding ones first (`precedence`).
        taxed: Share of the customs value each is taken on; the average by default.
    """
    level = {measure.id: rate for measure, rate in measures}
    queue = sorted(
        (measure for measure, _other in measures), key=lambda measure: (order[measure.id], measure.id)
    )
    left = {measure.id: 1.0 for measure in queue}
    removed: list[Removed] = []
    for position, measure in enumerate(queue):
        share = taxed(measure) * left[measure.id]
        if share <= 0.0:
            continue
        for other in queue[position + 1 :]:
            if left[other.id] > 0.0 and (other.id in measure.excludes or other.authority in measure.excludes):
                left[other.id] = max(0.0, left[other.id] - share)
                removed.append(Removed(other.id, measure.id, _rule(measure, other, share)))
    applied = tuple(
        Applied(measure, level[measure.id], taxed(measure) * left[measure.id])
        for measure in queue
        if left[measure.id] > 0.0 and measure.kind != "exemption"
    )
    return Stack(applied, tuple(removed))


def _rule(measure: Measure, other: Measure, share: float) -> str:
    extent = "" if share >= 1.0 else _(" on {share:.0%} of the value", share=share)
    verb = _("exempts from") if measure.kind == "exemption" else _("takes the place of")
    return f"{measure.title} {verb} {other.title}{extent} ({measure.legal_basis})"


def precedence(measures: Sequence[Measure], lines: Mapping[str, str] | None = None) -> dict[str, int]:
    """A place for every measure id such that a measure comes before all those it excludes.

    Args:
        measures: All measures of a register.
        lines: File and line of each, for the error.

    Raises:
        InputError: measures exclude one another in a circle.
    """
    by_name: dict[str, list[Measure]] = {}
    for measure in measures:
        by_name.setdefault(measure.id, []).append(measure)
        by_name.setdefault(measure.authority, []).append(measure)
    places: dict[str, int] = {}
    open_: list[str] = []

    def depth(measure: Measure) -> int:
        if measure.id in places:
            return places[measure.id]
        if measure.id in open_:
            names = [*open_[open_.index(measure.id) :], measure.id]
            where = lines or {}
            file, _other, line = where.get(measure.id, "").rpartition(":")
            circle = " -> ".join(f"{name} ({where[name]})" if name in where else name for name in names)
            message = _("measures exclude one another in a circle: {circle}", circle=circle)
            raise InputError(Problem(message, None, file or None, int(line) if line else None, "excludes"))
        open_.append(measure.id)
        below = [
            depth(other)
            for name in measure.excludes
            for other in by_name.get(name, [])
            if other.id != measure.id
        ]
        open_.pop()
        places[measure.id] = 1 + max(below, default=0)
        return places[measure.id]

    for measure in measures:
        depth(measure)
    return {name: -place for name, place in places.items()}
