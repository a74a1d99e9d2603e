"""What is due, overdue, replaced and joined on a day, on the day before it and the day after."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kosho.record import Record
from kosho.record.ledger import first_day, last_day

HEAD = """
title: Talks
sources:
  - {id: a, title: A, publisher: P, kind: secondary, date: 2025-01-01, file: a.txt}
  - {id: b, title: B, publisher: Q, kind: primary, date: 2025-01-01, file: b.txt}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN}
  - {id: usa, name: United States, kind: state, code: USA}
  - {id: kor, name: Korea, kind: state, code: KOR}
people:
  - {id: sato, name: Ken Sato, party: jpn,
     posts: [{title: Minister, source: a, quote: Minister Sato, start: 0, end: 13, recorded_at: 2025-01-01}]}
  - {id: lee, name: Ann Lee, party: usa,
     posts: [{title: Minister, source: a, quote: Minister Lee, start: 0, end: 12, recorded_at: 2025-01-01}]}
statements:
"""


def said(text: str, source: str = "a", at: str = "2025-01-01") -> str:
    """A statement of the record: its id, type and what it says."""
    return f"  - {{source: {source}, recorded_at: {at}, quote: said, start: 0, end: 4, {text}}}\n"


def record(folder: Path, *statements: str) -> Record:
    path = folder / "record.yaml"
    lines = [one if one.startswith("  - ") else said(one) for one in statements]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return Record.load(path)


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2025-07-09", "2025-07-09", "2025-07-09"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-11", "2025-11-01", "2025-11-30"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-01", "2025-01-01", "2025-01-31"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-07-30/2025-08-02", "2025-07-30", "2025-08-02"),
        ("2025-11/2026-01", "2025-11-01", "2026-01-31"),
    ],
)
def test_the_first_and_last_day_that_are_meant(when: str, first: str, last: str) -> None:
    assert (first_day(when).isoformat(), last_day(when).isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("due", "day", "status"),
    [
        ("2025-01-08", "2025-01-07", "open"),
        ("2025-01-08", "2025-01-08", "open"),
        ("2025-01-08", "2025-01-09", "overdue"),
        ("2025-01", "2025-01-31", "open"),
        ("2025-01", "2025-02-01", "overdue"),
        ("2025", "2025-12-31", "open"),
        ("2025", "2026-01-01", "overdue"),
    ],
)
def test_a_promise_is_overdue_on_the_day_after_the_last(
    due: str, day: str, status: str, tmp_path: Path
) -> None:
    made = record(tmp_path, f"id: c, type: commitment, by: [jpn], deliverable: a list, due: '{due}'")
    (one,) = made.as_of(date.fromisoformat(day)).commitments
    assert (one.status, one.is_open) == (status, True)


@pytest.mark.parametrize(
    ("status", "later", "is_open"),
    [
        ("open", "overdue", True),
        ("ongoing", "overdue", True),
        ("carried", "overdue", True),
        ("met", "met", False),
        ("missed", "missed", False),
        ("dropped", "dropped", False),
        ("closed", "closed", False),
    ],
)
def test_what_is_done_with_is_never_overdue(status: str, later: str, is_open: bool, tmp_path: Path) -> None:
    made = record(
        tmp_path,
        "id: c, type: commitment, by: [jpn], deliverable: a list, due: 2025-01-08, "
        "history: [{status: ongoing, recorded_at: 2025-01-02}, "
        f"{{status: {status}, recorded_at: 2025-01-05}}]",
    )
    found = {day: made.as_of(date(2025, 1, day)).commitments[0] for day in (1, 2, 4, 5, 9)}
    assert [found[day].status for day in (1, 2, 4, 5, 9)] == ["open", "ongoing", "ongoing", status, later]
    assert found[9].is_open is is_open
    assert [len(found[day].history) for day in (1, 2, 4, 5, 9)] == [0, 1, 1, 2, 2]


def test_a_promise_without_a_day_is_never_overdue_and_stands_last(tmp_path: Path) -> None:
    made = record(
        tmp_path,
        "id: c1, type: commitment, by: [jpn], deliverable: a",
        "id: c2, type: commitment, by: [jpn], deliverable: b, due: '2025-03'",
        "id: c3, type: commitment, by: [jpn], deliverable: c, due: 2025-03-30",
        "id: c4, type: commitment, by: [jpn], deliverable: d, due: '2025'",
    )
    found = made.as_of(date(2030, 1, 1)).commitments
    assert [(one.item.id, one.status) for one in found] == [
        ("c3", "overdue"),
        ("c2", "overdue"),
        ("c4", "overdue"),
        ("c1", "open"),
    ]


def test_deadlines_stand_by_their_days_after_what_was_extended_by_then(tmp_path: Path) -> None:
    made = record(
        tmp_path,
        "id: d2, type: deadline, date: 2025-01-20, what: b, extensions: "
        "[{to: 2025-02-20, source: b, recorded_at: 2025-01-10}, "
        "{to: 2025-03-20, source: b, recorded_at: 2025-02-10}]",
        "id: d3, type: deadline, date: '2025-01', what: c",
        "id: d1, type: deadline, date: 2025-01-31, what: a",
    )

    def told(month: int, day: int) -> list[tuple[str, str, int]]:
        return [
            (one.deadline.id, one.on, one.days_left) for one in made.as_of(date(2025, month, day)).deadlines
        ]

    assert told(1, 9) == [("d2", "2025-01-20", 11), ("d1", "2025-01-31", 22), ("d3", "2025-01", 22)]
    assert told(1, 10) == [("d1", "2025-01-31", 21), ("d3", "2025-01", 21), ("d2", "2025-02-20", 41)]
    assert told(1, 31)[:2] == [("d1", "2025-01-31", 0), ("d3", "2025-01", 0)]
    assert told(2, 1)[0] == ("d1", "2025-01-31", -1)
    assert told(2, 9)[-1] == ("d2", "2025-02-20", 11)
    assert told(2, 10)[-1] == ("d2", "2025-03-20", 38)


def test_the_timeline_is_by_day_what_has_none_last(tmp_path: Path) -> None:
    made = record(
        tmp_path,
        "id: m9, type: meeting, parties: [jpn, usa]",
        "id: m3, type: meeting, date: 2025-03-02, parties: [jpn, usa]",
        "id: m2, type: meeting, date: 2025-03-02, parties: [jpn, kor]",
        "id: m1, type: meeting, date: '2025-03', parties: [usa, kor]",
        "id: i1, type: instrument, kind: pact, status: agreed, date: 2025-02-01, parties: [jpn, usa]",
        "id: p1, type: position, kind: offer, by: [jpn], topic: rice",
    )
    ledger = made.as_of(date(2025, 12, 31))
    assert [one.id for one in ledger.timeline] == ["i1", "m1", "m2", "m3", "m9"]
    assert [one.id for one in ledger.positions] == ["p1"]


@pytest.mark.parametrize(
    ("day", "standing"),
    [("2025-01-01", "p1"), ("2025-01-05", "p2"), ("2025-01-08", "p2"), ("2025-01-09", "p3")],
)
def test_what_takes_the_place_of_what_took_the_place_stands(day: str, standing: str, tmp_path: Path) -> None:
    made = record(
        tmp_path,
        "id: p1, type: position, kind: offer, by: [jpn], topic: rice",
        said("id: p2, type: position, kind: offer, by: [jpn], topic: rice, supersedes: p1", at="2025-01-05"),
        said("id: p3, type: position, kind: offer, by: [jpn], topic: rice, supersedes: p2", at="2025-01-09"),
    )
    on = date.fromisoformat(day)
    assert made.standing(on)["p1"].id == standing
    assert [one.id for one in made.as_of(on).positions] == [standing]


SAME = "type: meeting, date: 2025-03-02, kind: talks, parties: [jpn, usa]"


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        (SAME, True),
        (SAME.replace("[jpn, usa]", "[usa, jpn]"), True),
        (SAME.replace("[jpn, usa]", "[jpn, kor]"), False),
        (SAME.replace("[jpn, usa]", "[jpn, usa, kor]"), False),
        (f"{SAME}, round: 2", True),
        (f"{SAME}, round: 3", False),
        (f"{SAME}, time: '10:00'", True),
        (f"{SAME}, time: '11:00'", False),
        (f"{SAME}, status: changed", False),
        (SAME.replace("talks", "call"), True),
        (SAME.replace("talks", "call") + ", people: [sato]", True),
        (SAME.replace("talks", "call") + ", people: [lee]", False),
        (f"{SAME}, people: [lee]", True),
    ],
)
def test_reports_are_of_one_meeting_where_nothing_contradicts(other: str, joined: bool, tmp_path: Path) -> None:
    first = f"id: m1, {SAME}, round: 2, time: '10:00', people: [sato]"
    made = record(tmp_path, first, said(f"id: m2, {other}", "b"))
    found = made.as_of(date(2025, 12, 31)).same_events
    assert [tuple(one.id for one in pair.meetings) for pair in found] == ([("m1", "m2")] if joined else [])
    alone = record(tmp_path, first, f"id: m2, {other}")
    assert alone.as_of(date(2025, 12, 31)).same_events == []  # one source tells of two


def test_what_two_reports_say_otherwise_is_told_by_source_and_what_one_leaves_out_is_not(
    tmp_path: Path,
) -> None:
    made = record(
        tmp_path,
        f"id: m1, {SAME}, minutes: 60, place: Tokyo",
        said(f"id: m2, {SAME}, minutes: 65, mode: in person", "b"),
    )
    (pair,) = made.as_of(date(2025, 12, 31)).same_events
    assert pair.differences == {"minutes": {"a": "60", "b": "65"}}
