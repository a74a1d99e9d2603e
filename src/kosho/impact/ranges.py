"""Ranges: a figure that sources bound is never handed on as a single number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

from kosho.display import Card, Shown, listing, number
from kosho.provenance import Cited

__all__ = ["Range", "spread"]


@dataclass(frozen=True, slots=True)
class Range(Shown):
    """A result with the range that its parameters span.

    >>> from kosho.impact.ranges import Range
    >>> from kosho.provenance import Cited
    >>> Range.of(Cited(value=2.0, low=1.5, high=3.0, unit="days", status="estimate", source="survey"))
    Range 2 (1.5 to 3) days
      sources   survey
    """

    low: float
    high: float
    value: float | None
    """None where only a bound can be given."""
    unit: str
    sources: tuple[str, ...] = ()
    assumed: bool = False
    """Whether some parameter is an assumption."""
    note: str | None = None

    def card(self) -> Card:
        """The middle, the ends, and what they rest on."""
        middle = "no middle" if self.value is None else number(self.value)
        rows = [("sources", listing(self.sources))] if self.sources else []
        rows += [("assumed", "some parameter is an assumption")] if self.assumed else []
        rows += [("note", self.note)] if self.note else []
        return Card(f"Range {middle} ({number(self.low)} to {number(self.high)}) {self.unit}", rows)

    @classmethod
    def of(cls, cited: Cited) -> Range:
        """A cited figure as a range; without `low` and `high` it is a point."""
        low = cited.value if cited.low is None else cited.low
        high = cited.value if cited.high is None else cited.high
        assumed = cited.status == "assumption"
        return cls(low, high, cited.value, cited.unit, (cited.source,), assumed, cited.note)

    def bound_only(self, note: str) -> Range:
        """The same range without a middle: its ends are bounds, nothing more is claimed."""
        return Range(self.low, self.high, None, self.unit, self.sources, self.assumed, note)

    @property
    def levels(self) -> dict[str, float]:
        """The ends, and the middle where there is one."""
        middle = {} if self.value is None else {"value": self.value}
        return {"low": self.low, **middle, "high": self.high}


def spread(function: Callable[..., float], unit: str, **parameters: Cited | float) -> Range:
    """A function of cited figures over all ends of their ranges.

    Args:
        function: Called with the parameters by name; monotone in each, so that its extremes lie at their ends.
        unit: Of the result.
        **parameters: Cited figures, or plain numbers that have no range.

    >>> from kosho.impact.ranges import spread
    >>> from kosho.provenance import Cited
    >>> days = Cited(value=2.0, low=1.5, high=3.0, unit="days", status="estimate", source="survey")
    >>> spread(lambda days, cost: days * cost, "percent", days=days, cost=0.6)
    Range 1.2 (0.9 to 1.8) percent
      sources   survey
    """
    cited: Mapping[str, Cited] = {key: one for key, one in parameters.items() if isinstance(one, Cited)}
    plain = {key: one for key, one in parameters.items() if not isinstance(one, Cited)}
    ends = [
        {one.value if one.low is None else one.low, one.value if one.high is None else one.high}
        for one in cited.values()
    ]
    corners = [function(**plain, **dict(zip(cited, corner, strict=True))) for corner in product(*ends)]
    middle = function(**plain, **{key: one.value for key, one in cited.items()})
    return Range(
        low=min(*corners, middle),
        high=max(*corners, middle),
        value=middle,
        unit=unit,
        sources=tuple(dict.fromkeys(one.source for one in cited.values())),
        assumed=any(one.status == "assumption" for one in cited.values()),
    )
