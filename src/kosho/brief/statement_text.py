"""A statement of the record in words: by whom, when, as what."""

from __future__ import annotations

from datetime import date

from kosho import formatting
from kosho.provenance import Said

__all__ = ["by", "day_or_month", "days", "kind", "when"]


def by(said: Said) -> str:
    """Who said or did it."""
    return " and ".join(said.by) or "nobody named"


def when(said: Said) -> str:
    """The date of a statement as precise as it is known; else the day it was recorded."""
    if said.date is None:
        return f"recorded {formatting.day(said.recorded_at)}"
    return day_or_month(said.date)


def day_or_month(text: str) -> str:
    """`2025-07-09`, `2025-07`, `2025` or two of them in words."""
    return " to ".join(_one(part) for part in text.split("/"))


def _one(text: str) -> str:
    if len(text) == 10:
        return formatting.day(date.fromisoformat(text))
    return f"{date.fromisoformat(text + '-01'):%B} {text[:4]}" if len(text) == 7 else text


def kind(said: Said) -> str:
    """Offer, ask, meeting ..., and how sure it is where it is not asserted."""
    return said.kind if said.modality == "asserted" else f"{said.kind}, {said.modality}"


def days(left: int) -> str:
    """Days left, in words."""
    return {0: "today", 1: "1 day left"}.get(left, f"{left} days left")
