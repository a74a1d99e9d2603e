"""Goods passing two ports: hours and days, nothing of the economy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosho.corridor.loading import between, parameters, read, shipped, under, with_values
from kosho.corridor.schema import Corridor
from kosho.extras import require

if TYPE_CHECKING:
    from kosho.corridor.runs import runner as runner
    from kosho.corridor.runs import simulate as simulate
    from kosho.corridor.times import ReleaseTimes as ReleaseTimes
    from kosho.corridor.times import days_saved as days_saved

__all__ = [
    "Corridor",
    "ReleaseTimes",
    "between",
    "days_saved",
    "parameters",
    "read",
    "require_extra",
    "runner",
    "shipped",
    "simulate",
    "under",
    "with_values",
]


def require_extra() -> None:
    """Raise `InputError` if the `corridor` extra is not installed.

    >>> from kosho.corridor import require_extra
    >>> require_extra()
    """
    require("corridor", "simpy", what="simulation")


def __getattr__(name: str) -> object:
    if name not in ("ReleaseTimes", "days_saved", "runner", "simulate"):
        raise AttributeError(f"module 'kosho.corridor' has no attribute {name!r}")
    require_extra()
    from kosho.corridor import runs, times

    return getattr(runs if name in ("runner", "simulate") else times, name)
