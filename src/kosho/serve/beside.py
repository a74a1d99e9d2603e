"""What lies beside a table on its day: the record of the talks, and the duties between its parties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from kosho.bargain import Table
from kosho.case import Case
from kosho.codes import expand_regions
from kosho.formatting import word
from kosho.law.measure import DUTIES, Measure
from kosho.record.contract import contract
from kosho.record.ledger import label

if TYPE_CHECKING:
    from kosho.record import Record

__all__ = ["duties", "recorded"]

ONE_RATE = ("tariff", "floor", "specific", "bind")
"""Kinds whose value is a rate that goods bear, whatever their quantity."""


def recorded(case: Case, day: date) -> dict[str, Any] | None:
    """The record of a case by a day, as `kosho record --json` has it, with names, sources and words for labels.

    None where the case has no record.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.serve.beside import recorded
    >>> found = recorded(Case.load("japan-us-2025"), date(2025, 6, 29))
    >>> found["deadlines"][0]["days_left"], found["names"]["jpn"]
    (10, 'Japan')
    """
    record = case.record
    if record is None:
        return None
    ledger = record.as_of(day)
    told = contract(ledger)
    return {
        **told,
        "title": record.file.title,
        "labels": {one.id: label(one) for one in ledger.timeline},
        "kinds": {one.id: word(one.kind.replace("_", " ")) for one in ledger.positions},
        "statuses": _statuses(told),
        "names": _names(record),
        "sources": {
            one.id: {
                "title": one.title,
                "publisher": one.publisher,
                "date": str(one.date or ""),
                "url": one.url,
            }
            for one in record.file.sources
        },
        "days": sorted({one.recorded_at.isoformat() for one in ledger.statements}),
    }


def _names(record: Record) -> dict[str, str]:
    """Of parties and people, by id."""
    people = {one.id: one.name for one in record.file.people}
    return people | {one.id: one.name for one in record.file.parties}


def _statuses(told: dict[str, Any]) -> dict[str, str]:
    """Words for where something stands."""
    found = {one["status"] for part in ("contentions", "commitments") for one in told[part]}
    return {one: word(one.replace("_", " ")) for one in sorted(found)}


def duties(case: Case, table: Table, day: date) -> list[dict[str, Any]]:
    """Duties in force on a day that parties of a table bear at another's border, with their law.

    A rate is percent or money per quantity, as its law has it; None where the measure adds no rate of its own.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.serve.beside import duties
    >>> case = Case.load("japan-us-2025")
    >>> [one["rate"] for one in duties(case, case.table(), case.as_of) if one["id"] == "us-232-autos-25"]
    [25.0]
    """
    known = min(day, case.as_of)
    found = case.register.in_force(day, known)
    return [one for measure in found for one in _between(measure, table.parties)]


def _between(measure: Measure, parties: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """A duty, for each pair of parties that it lies between."""
    if measure.kind not in DUTIES:
        return
    for importer in parties:
        if not any(map(measure.imposed_by, expand_regions([importer]))):
            continue
        for exporter in parties:
            rates = {measure.level_on(code) for code in expand_regions([exporter])} - {None}
            if exporter == importer or not rates:
                continue
            rate = rates.pop() if len(rates) == 1 and measure.kind in ONE_RATE else None
            yield {
                "id": measure.id,
                "title": measure.title,
                "importer": importer,
                "exporter": exporter,
                "kind": word(measure.kind.replace("_", " ")),
                "rate": rate,
                "unit": measure.unit,
                "since": measure.first_day.isoformat(),
                "law": measure.legal_basis,
            }
