"""A statement of the record in words: by whom, when, as what."""

from __future__ import annotations

from datetime import date

from kosho import formatting
from kosho.language import _, ngettext
from kosho.provenance import Said

__all__ = ["by", "day_or_month", "days", "kind", "when"]


def by(said: Said) -> str:
    """Who said or did it."""
    return _(" and ").join(said.by) or _("nobody named")


def when(said: Said) -> str:
    """The date of a statement as precise as it is known; else the day it was recorded."""
    if said.date is None:
        return _("recorded {day}", day=formatting.day(said.recorded_at))
    return day_or_month(said.date)


def day_or_month(text: str) -> str:
    """`2025-07-09`, `2025-07`, `2025` or two of them in words."""
    return _(" to ").join(_one(part) for part in text.split("/"))


def _one(text: str) -> str:
    if len(text) == 10:
        return formatting.day(date.fromisoformat(text))
    return formatting.month(date.fromisoformat(f"{text}-01")) if len(text) == 7 else text


def kind(said: Said) -> str:
    """Offer, ask, meeting ..., and how sure it is where it is not asserted."""
    kind, modality = formatting.word(said.kind), formatting.word(said.modality)
    return kind if said.modality == "asserted" else _("{kind}, {modality}", kind=kind, modality=modality)


def days(left: int) -> str:
    """Days left, in words."""
    if left == 0:
        return _("today")
    return ngettext("{left} day left", "{left} days left", left, left=left)
