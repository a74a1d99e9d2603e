"""What a ledger says to programs: timeline, positions, contentions, commitments, deadlines and conflicts."""

from __future__ import annotations

from typing import Any

from kosho.language import _
from kosho.record.ledger import Due, Ledger, SameEvent, Standing
from kosho.record.schema import Statement

__all__ = ["contract"]


def contract(ledger: Ledger, *, only_open: bool = False) -> dict[str, Any]:
    """What `kosho record --json` prints; names are stable.

    >>> from datetime import date
    >>> from kosho.record import Record
    >>> from kosho.record.contract import contract
    >>> ledger = Record.load("japan-us-2025").as_of(date(2025, 5, 1))
    >>> len(contract(ledger)["timeline"]), contract(ledger, only_open=True)["timeline"]
    (8, [])
    """
    contentions = [_standing(one) for one in ledger.contentions if one.is_open or not only_open]
    commitments = [_standing(one) for one in ledger.commitments if one.is_open or not only_open]
    deadlines = [_deadline(one) for one in ledger.deadlines if one.days_left >= 0 or not only_open]
    declared = [
        {
            "id": one.id,
            "about": one.about,
            "statements": [_plain(s) for s in ledger.statements if s.id in one.statements],
            "note": one.note,
        }
        for one in ledger.declared
    ]
    return {
        "schema_version": 1,
        "case": ledger.record.name,
        "as_of": ledger.day.isoformat(),
        "timeline": [] if only_open else [_plain(one) for one in ledger.timeline],
        "positions": [_plain(one) for one in ledger.positions],
        "contentions": contentions,
        "commitments": commitments,
        "deadlines": deadlines,
        "conflicts": declared + [_same(one) for one in ledger.same_events],
    }


def _plain(statement: Statement) -> dict[str, Any]:
    place = {"start": statement.start, "end": statement.end}  # of a quote without a text, said to be nowhere
    return statement.model_dump(mode="json", exclude_none=True) | place


def _standing(one: Standing) -> dict[str, Any]:
    """A contention or a commitment, as it is known by the day."""
    return one.item.model_dump(mode="json", exclude_none=True, exclude={"history"}) | {
        "status": one.status,
        "history": [entry.model_dump(mode="json", exclude_none=True) for entry in one.history],
    }


def _deadline(one: Due) -> dict[str, Any]:
    content = one.deadline.model_dump(mode="json", exclude_none=True, exclude={"extensions"})
    return content | {"due": one.on, "days_left": one.days_left}


def _same(one: SameEvent) -> dict[str, Any]:
    return {
        "about": _("one event, told by ") + _(" and ").join(dict.fromkeys(m.source for m in one.meetings)),
        "statements": [_plain(m) for m in one.meetings],
        "differences": one.differences,
    }
