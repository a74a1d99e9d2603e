"""What a brief says of the record: timeline, positions by issue, contentions, what is open, due, contradicted.

All of it as known on the day of the brief; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kosho.language import N_, _
from kosho.provenance import Frozen, Said
from kosho.record.ledger import Ledger, SameEvent, Standing, label
from kosho.record.schema import Commitment, Contention, Instrument, Meeting, Statement
from kosho.record.when import first_day

__all__ = [
    "Dispute",
    "DueDate",
    "Event",
    "IssuePositions",
    "Promise",
    "Recorded",
    "SourcePoint",
    "Stance",
    "recorded",
]

SHOWN = 8
"""Entries of the timeline that are not folded away: the last ones."""
DEMANDS = ("ask", "offer", "red line", "complaint")
"""Kinds of positions that make an issue one of the talks, in the order in which they are shown."""
NO_ISSUE = N_("no issue given")


class Event(Frozen):
    """A meeting, a text or a measure."""

    what: str
    said: Said


class Stance(Frozen):
    """What one side says on an issue: what it asks, offers, refuses, then the rest, each by date."""

    side: str
    said: tuple[Said, ...]


class IssuePositions(Frozen):
    """What each side asks, offers, refuses and thinks on one issue."""

    title: str
    demanded: bool
    """Whether anybody asks, offers, refuses or complains; else it is talk beside the matter."""
    stances: tuple[Stance, ...]

    def by(self, side: str) -> tuple[Said, ...]:
        """What a side says on it."""
        return next((one.said for one in self.stances if one.side == side), ())


class SourcePoint(Frozen):
    """A contention carried from round to round."""

    title: str
    parties: tuple[str, ...]
    raised_in: int | None
    carried_to: tuple[int, ...]
    status: str
    said: tuple[Said, ...]
    """The last words of each side on it."""
    sources: tuple[str, ...]
    """Of what became of it."""
    became: tuple[str, ...] = ()
    """What is noted on that."""


class Promise(Frozen):
    """A commitment."""

    what: str
    due: str | None
    status: str
    said: Said
    sources: tuple[str, ...]
    """Of what became of it."""
    became: tuple[str, ...] = ()
    """What is noted on that."""


class DueDate(Frozen):
    """A deadline that is still ahead."""

    what: str
    consequence: str | None
    on: str
    """After the extensions known on the day."""
    first: str | None
    """The date it had at first, where it was put off."""
    days_left: int
    said: Said
    sources: tuple[str, ...]
    """Of the extensions."""


class Dispute(Frozen):
    """Statements that cannot both be right, or accounts of one event that differ."""

    about: str
    note: str | None
    differences: dict[str, dict[str, str]]
    """Value by source, of each attribute on which accounts of one event differ."""
    said: tuple[Said, ...]


class Recorded(Frozen):
    """The record as known on the day of the brief."""

    sides: tuple[str, ...]
    """Who takes positions, by name."""
    timeline: tuple[Event, ...]
    """By date; what has none by the day it was recorded."""
    issues: tuple[IssuePositions, ...]
    contentions: tuple[SourcePoint, ...]
    commitments: tuple[Promise, ...]
    """Those that are open."""
    deadlines: tuple[DueDate, ...]
    conflicts: tuple[Dispute, ...]
    settled: tuple[Promise, ...] = ()
    """Commitments that are met, missed, dropped or closed."""

    @property
    def folded(self) -> int:
        """How many entries of the timeline are folded away."""
        return max(len(self.timeline) - SHOWN, 0)

    @property
    def empty(self) -> bool:
        """Whether nothing was known on the day."""
        content = (
            self.timeline,
            self.issues,
            self.contentions,
            self.commitments,
            self.settled,
            self.deadlines,
            self.conflicts,
        )
        return not any(content)

    @property
    def sources(self) -> Iterator[str]:
        """Ids of all sources, in the order in which the page mentions them."""
        for deadline in self.deadlines:
            yield from (deadline.said.source, *deadline.sources)
        for event in self.timeline:
            yield event.said.source
        for issue in self.issues:
            yield from (said.source for stance in issue.stances for said in stance.said)
        for one in (*self.contentions, *self.conflicts):
            yield from (said.source for said in one.said)
        for one in (*self.contentions, *self.commitments, *self.settled):
            yield from one.sources
        yield from (one.said.source for one in (*self.commitments, *self.settled))


def recorded(ledger: Ledger) -> Recorded:
    """What a brief says of a record as of a day."""
    reported = ledger.record.reported
    return Recorded(
        sides=tuple(dict.fromkeys(side for one in ledger.positions for side in _sides(ledger, one.by))),
        timeline=tuple(
            Event(what=label(one), said=reported(one)) for one in sorted(ledger.timeline, key=_happened)
        ),
        issues=tuple(_issues(ledger)),
        contentions=tuple(
            _point(ledger, one.item, one) for one in ledger.contentions if isinstance(one.item, Contention)
        ),
        commitments=tuple(_promises(ledger, is_open=True)),
        settled=tuple(_promises(ledger, is_open=False)),
        deadlines=tuple(_deadlines(ledger)),
        conflicts=tuple(_disputes(ledger)),
    )


def _happened(one: Statement) -> tuple[str, str, str]:
    day = first_day(one.date) if one.date else one.recorded_at
    hour = one.time if isinstance(one, Meeting) else None
    return day.isoformat(), hour or "", one.id


def _sides(ledger: Ledger, parties: Iterable[str]) -> list[str]:
    record = ledger.record
    return list(dict.fromkeys(record.party_name(record.side_of(party)) for party in parties))


def _issues(ledger: Ledger) -> Iterator[IssuePositions]:
    grouped: dict[str, dict[str, list[Said]]] = {}
    for one in sorted(ledger.positions, key=_happened):
        stances = grouped.setdefault(one.topic or _(NO_ISSUE), {})
        for side in _sides(ledger, one.by):
            stances.setdefault(side, []).append(ledger.record.reported(one))
    for title in sorted(grouped, key=lambda title: (title == _(NO_ISSUE), title)):
        stances = grouped[title]
        yield IssuePositions(
            title=title,
            demanded=any(said.kind in DEMANDS for found in stances.values() for said in found),
            stances=tuple(
                Stance(side=side, said=tuple(sorted(found, key=_rank))) for side, found in stances.items()
            ),
        )


def _rank(said: Said) -> int:
    return DEMANDS.index(said.kind) if said.kind in DEMANDS else len(DEMANDS)


def _point(ledger: Ledger, one: Contention, standing: Standing) -> SourcePoint:
    last: dict[tuple[str, ...], Statement] = {}
    for statement in sorted(ledger.statements, key=_happened):
        if statement.contention == one.id:
            parties = statement.parties if isinstance(statement, Meeting | Instrument) else statement.by
            last[tuple(_sides(ledger, parties))] = statement
    return SourcePoint(
        title=one.title,
        parties=tuple(map(ledger.record.party_name, one.parties)),
        raised_in=one.raised_in,
        carried_to=tuple(entry.to_round for entry in standing.history if entry.to_round is not None),
        status=standing.status,
        said=tuple(map(ledger.record.reported, last.values())),
        sources=_became(standing),
        became=_noted(standing),
    )


def _became(standing: Standing) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.source for entry in standing.history if entry.source is not None))


def _noted(standing: Standing) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.note for entry in standing.history if entry.note is not None))


def _promises(ledger: Ledger, *, is_open: bool) -> Iterator[Promise]:
    for standing in ledger.commitments:
        one = standing.item
        if standing.is_open == is_open and isinstance(one, Commitment):
            yield Promise(
                what=one.deliverable,
                due=one.due,
                status=standing.status,
                said=ledger.record.reported(one),
                sources=_became(standing),
                became=_noted(standing),
            )


def _deadlines(ledger: Ledger) -> Iterator[DueDate]:
    for due in ledger.deadlines:
        one = due.deadline
        if due.days_left >= 0:
            known = [entry.source for entry in one.extensions if entry.recorded_at <= ledger.day]
            yield DueDate(
                what=one.what,
                consequence=one.consequence,
                on=due.on,
                first=one.date if due.on != one.date else None,
                days_left=due.days_left,
                said=ledger.record.reported(one),
                sources=tuple(dict.fromkeys(known)),
            )


def _disputes(ledger: Ledger) -> Iterator[Dispute]:
    shown = {one.id: one for one in ledger.statements}
    for one in ledger.declared:
        yield Dispute(
            about=one.about,
            note=one.note,
            differences={},
            said=tuple(ledger.record.reported(shown[name]) for name in one.statements),
        )
    for same in ledger.same_events:
        if same.differences:
            yield _accounts(ledger, same)


def _accounts(ledger: Ledger, same: SameEvent) -> Dispute:
    return Dispute(
        about=_("Accounts of one event, the {label}", label=label(same.meetings[0])),
        note=None,
        differences=same.differences,
        said=tuple(map(ledger.record.reported, same.meetings)),
    )
