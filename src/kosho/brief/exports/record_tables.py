"""What was said, as tables: who, when, the exact words and their source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.cells import Cell, CellTable
from kosho.brief.recorded import Recorded
from kosho.language import _
from kosho.provenance import Said

__all__ = ["record_tables"]


def record_tables(one: Recorded) -> Iterator[CellTable]:
    """Those that have rows: deadlines, positions, contentions, promises, contradictions, timeline."""
    made = (
        _deadlines(one),
        _positions(one),
        _contentions(one),
        _promises(one),
        _conflicts(one),
        _timeline(one),
    )
    return (table for table in made if table.rows)


def _words(said: Said) -> Cell:
    after = _("after {attributed_to}", attributed_to=said.attributed_to) if said.attributed_to else ""
    return Cell(f"“{said.quote}”", said.quote, sources=(said.source,), note=after)


def _table(name: str, caption: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> CellTable:
    return CellTable(name, caption, tuple(columns), tuple(rows))


def _told(said: Said) -> tuple[Cell, Cell, Cell]:
    """By whom, when, and the words."""
    when = said.date or said.recorded_at.isoformat()
    return Cell(statement_text.by(said)), Cell(statement_text.when(said), when), _words(said)


def _deadlines(one: Recorded) -> CellTable:
    rows = [
        (
            Cell(statement_text.day_or_month(due.on), due.on, note=statement_text.days(due.days_left)),
            Cell(
                due.what,
                sources=due.sources,
                note=_("; ").join(
                    filter(
                        None,
                        (
                            due.consequence,
                            _(
                                "put off from {day_or_month}",
                                day_or_month=statement_text.day_or_month(due.first),
                            )
                            if due.first
                            else None,
                        ),
                    )
                ),
            ),
            _words(due.said),
        )
        for due in one.deadlines
    ]
    return _table("deadlines", _("Next deadlines"), (_("Date"), _("What"), _("The words")), rows)


def _positions(one: Recorded) -> CellTable:
    rows = [
        (
            Cell(formatting.starting(issue.title)),
            Cell(stance.side),
            Cell(statement_text.kind(said)),
            *_told(said)[1:],
        )
        for issue in one.issues
        for stance in issue.stances
        for said in stance.said
    ]
    columns = (_("Issue"), _("Side"), _("As"), _("Date"), _("The words"))
    return _table("positions", _("What each side asks, offers and refuses"), columns, rows)


def _contentions(one: Recorded) -> CellTable:
    rows = [
        (
            Cell(point.title, note=_(" and ").join(point.parties), sources=point.sources),
            Cell(formatting.word(point.status)),
            *_told(said),
        )
        for point in one.contentions
        for said in point.said
    ]
    columns = (_("Point"), _("Standing"), _("By"), _("Date"), _("The last words on it"))
    return _table("contentions", _("Points of contention, carried from round to round"), columns, rows)


def _promises(one: Recorded) -> CellTable:
    rows = [
        (
            Cell(statement_text.day_or_month(each.due) if each.due else _("no date"), each.due),
            Cell(formatting.word(each.status), sources=each.sources),
            Cell(each.what),
            _words(each.said),
        )
        for each in one.commitments
    ]
    return _table("promises", _("Open commitments"), (_("Due"), _("Standing"), _("What"), _("The words")), rows)


def _conflicts(one: Recorded) -> CellTable:
    rows = [
        (Cell(dispute.about, note=dispute.note or ""), *_told(said))
        for dispute in one.conflicts
        for said in dispute.said
    ]
    columns = (_("About"), _("By"), _("Date"), _("The words"))
    return _table("conflicts", _("Where sources contradict each other"), columns, rows)


def _timeline(one: Recorded) -> CellTable:
    rows = [
        (_told(event.said)[1], Cell(event.what), Cell(statement_text.by(event.said)), _words(event.said))
        for event in one.timeline
    ]
    return _table("timeline", _("Timeline"), (_("Date"), _("What"), _("By"), _("The words")), rows)
