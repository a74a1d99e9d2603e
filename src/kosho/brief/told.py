"""The sentences at the head of a brief of which nothing is computed: what its record holds, on the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.model import Claim, DateAhead
from kosho.brief.recorded import Recorded
from kosho.display import plural
from kosho.language import _

__all__ = ["lead", "points"]

NAMED = 4
"""Contentions and commitments that are named."""
OPEN = ("open", "ongoing", "carried", "overdue")


def lead(record: Recorded | None, on: date, has: Sequence[str]) -> Claim:
    """What the brief is of, and that nothing in it is computed."""
    if record is None:
        told = _("The case has no record of what was said.")
    elif record.empty:
        told = _("Nothing was recorded by {day}.", day=formatting.day(on))
    else:
        counts = [
            (len(record.timeline), "event", "events"),
            (len(record.issues), "subject", "subjects"),
            (len(record.contentions), _("point of contention"), _("points of contention")),
            (len(record.commitments), _("open commitment"), _("open commitments")),
            (len(record.conflicts), _("conflict between sources"), _("conflicts between sources")),
        ]
        parts = [plural(count, *words) for count, *words in counts if count]
        told = _(
            "The record of the talks, as known on {day}: {names}.",
            day=formatting.day(on),
            names=formatting.listed(parts),
        )
    lacks = _("no scenarios") if "table" in has else _("neither scenarios nor a table")
    return Claim(
        text=_("{told} Nothing is computed: the case has {lacks}.", told=told, lacks=lacks), status="fact"
    )


def points(record: Recorded | None, calendar: Sequence[DateAhead]) -> tuple[Claim, ...]:
    """The next dates, what the sides contend, what is open and what is contradicted."""
    found = (
        [] if record is None else [*_due(record), *_contended(record), *_open(record), *_contradicted(record)]
    )
    for one in calendar[:1]:
        then = f" {one.consequence}" if one.consequence else ""
        text = _(
            "Next in the calendar, {day}: {title}.{then}",
            day=formatting.day(one.date),
            title=one.title,
            then=then,
        )
        found.append(Claim(text=text, status="fact", sources=one.sources))
    return tuple(found)


def _due(record: Recorded) -> Iterable[Claim]:
    for one in [due for due in record.deadlines if due.days_left >= 0][:1]:
        then = _(", then {consequence}", consequence=one.consequence) if one.consequence else ""
        left = statement_text.days(one.days_left)
        text = _(
            "Next deadline, {day_or_month} ({left}): {what}{then}.",
            day_or_month=statement_text.day_or_month(one.on),
            left=left,
            what=one.what,
            then=then,
        )
        yield Claim(text=text, status="fact", sources=(one.said.source, *one.sources))


def _contended(record: Recorded) -> Iterable[Claim]:
    found = [one for one in record.contentions if one.status in OPEN]
    if found:
        sources = dict.fromkeys(said.source for one in found for said in one.said)
        yield Claim(
            text=_("Still contended: {some}.", some=_some(one.title for one in found)),
            status="fact",
            sources=(*sources,),
        )


def _open(record: Recorded) -> Iterable[Claim]:
    found = record.commitments
    if found:
        sources = dict.fromkeys(one.said.source for one in found)
        yield Claim(
            text=_("Promised and still open: {some}.", some=_some(one.what for one in found)),
            status="fact",
            sources=(*sources,),
        )


def _contradicted(record: Recorded) -> Iterable[Claim]:
    if record.conflicts:
        sources = dict.fromkeys(said.source for one in record.conflicts for said in one.said)
        text = _("Sources contradict each other on: {some}.", some=_some(one.about for one in record.conflicts))
        yield Claim(text=text, status="fact", sources=(*sources,))


def _some(texts: Iterable[str]) -> str:
    named = list(dict.fromkeys(texts))
    more = len(named) - NAMED
    return _("; ").join(named[:NAMED]) + (_("; and {more} more", more=more) if more > 0 else "")
