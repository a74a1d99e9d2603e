"""Days at the border as an ad valorem cost (Hummels & Schaur 2013)."""

from __future__ import annotations

from kosho.impact.parameters import parameter
from kosho.impact.ranges import Range, spread
from kosho.language import _
from kosho.provenance import Cited

__all__ = ["ave_of_days", "cost_change"]


def ave_of_days(days: Cited | float, per_day: Cited | None = None) -> Range:
    """What days cost, as a fraction of the value: tau times days.

    Args:
        days: Of delay; hours are days over 24.
        per_day: tau, percent of the value a day; 0.6 to 2.1 by default.
    """
    return spread(_linear, _("fraction of value"), per_day=per_day or parameter("time.per_day"), days=days)


def cost_change(before: Cited | float, after: Cited | float, per_day: Cited | None = None) -> Range:
    """New over old trade cost, (1 + tau after) / (1 + tau before), when days at the border change.

    The same tau holds before and after, so its range does not make faster customs costlier.
    """
    tau = per_day or parameter("time.per_day")
    return spread(_ratio, "factor", per_day=tau, before=before, after=after)


def _linear(per_day: float, days: float) -> float:
    return per_day / 100 * days


def _ratio(per_day: float, before: float, after: float) -> float:
    return (1.0 + _linear(per_day, after)) / (1.0 + _linear(per_day, before))
