"""The record as of a day: nothing before it was recorded, nothing that was replaced."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.surroundings import within

from kosho.case_files import told_by
from kosho.errors import InputError
from kosho.language import use
from kosho.record import Record, records, verify
from kosho.record.ledger import label
from kosho.record.schema import Instrument, MeasureReference, Meeting

HEAD = """
title: Talks
sources:
  - {id: a, title: A, publisher: P, kind: secondary, date: 2025-01-01, file: a.txt}
  - {id: b, title: B, publisher: Q, kind: primary, date: 2025-01-05, file: b.txt}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN}
  - {id: usa, name: United States, kind: state, code: USA}
people:
  - {id: sato, name: Ken Sato, party: jpn,
     posts: [{title: Minister, source: a, quote: Minister Sato, start: 0, end: 13, recorded_at: 2025-01-01}]}
contentions:
  - {id: cars, title: Cars, parties: [jpn, usa], recorded_at: 2025-01-01,
     history: [{status: carried, recorded_at: 2025-01-05}]}
statements:
"""
MEETING = (
    "  - {{id: {id}, type: meeting, source: {source}, quote: met, start: 14, end: 17, recorded_at: {at},"
    " date: 2024-12-30, minutes: {minutes}, parties: [jpn, usa]}}\n"
)
ASKED = (
    "  - {{id: s-{by}, type: position, kind: ask, source: a, quote: met, start: 14, end: 17, by: [{by}],"
    " recorded_at: 2025-01-02, topic: rice}}\n"
)


def write(folder: Path, statements: str, extra: str = "") -> Record:
    path = folder / "record.yaml"
    path.write_text(HEAD + statements + extra, encoding="utf-8")
    return Record.load(path)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    statements = MEETING.format(id="m1", source="a", at="2025-01-01", minutes=60)
    statements += MEETING.format(id="m2", source="b", at="2025-01-05", minutes=65)
    statements += """
  - {id: d1, type: deadline, source: a, quote: July, start: 18, end: 22, recorded_at: 2025-01-01,
     date: 2025-01-20, what: pause ends,
     extensions: [{to: 2025-02-20, source: b, recorded_at: 2025-01-10}]}
  - {id: c1, type: commitment, source: a, quote: will, start: 23, end: 27, recorded_at: 2025-01-01, by: [jpn],
     deliverable: a list, due: 2025-01-08,
     history: [{status: met, recorded_at: 2025-01-12, source: b}]}
  - {id: p1, type: position, kind: offer, source: a, quote: rice, start: 28, end: 32, recorded_at: 2025-01-01,
     by: [jpn], to: [usa], topic: rice}
  - {id: p2, type: position, kind: offer, source: b, quote: corn, start: 0, end: 4, recorded_at: 2025-01-05,
     by: [jpn], to: [usa], topic: rice, supersedes: p1}
"""
    return write(tmp_path, statements)


def test_no_fact_is_shown_before_it_was_recorded(record: Record) -> None:
    day = date(2024, 12, 25)
    while day < date(2025, 2, 1):
        ledger = record.as_of(day)
        shown = [*ledger.statements, *(one.item for one in ledger.contentions)]
        assert all(one.recorded_at <= day for one in shown)
        for one in (*ledger.commitments, *ledger.contentions):
            assert all(entry.recorded_at <= day for entry in one.history)
        for due in ledger.deadlines:
            assert due.on == due.deadline.date or day >= date(2025, 1, 10)
        day += timedelta(days=1)


def test_what_was_replaced_is_shown_until_then(record: Record) -> None:
    assert [one.id for one in record.as_of(date(2025, 1, 4)).positions] == ["p1"]
    assert [one.id for one in record.as_of(date(2025, 1, 5)).positions] == ["p2"]


def test_status_and_days_left_follow_the_day(record: Record) -> None:
    def status(day: int) -> str:
        return record.as_of(date(2025, 1, day)).commitments[0].status

    assert (status(8), status(9), status(12)) == ("open", "overdue", "met")
    assert record.as_of(date(2025, 1, 9)).deadlines[0].days_left == 11
    assert record.as_of(date(2025, 1, 10)).deadlines[0].days_left == 41
    assert [one.status for one in record.as_of(date(2025, 1, 5)).contentions] == ["carried"]


def test_two_sources_on_one_event_stand_side_by_side(record: Record) -> None:
    assert record.as_of(date(2025, 1, 4)).same_events == []
    (same,) = record.as_of(date(2025, 1, 5)).same_events
    assert {one.id for one in same.meetings} == {"m1", "m2"}
    assert same.differences == {"minutes": {"a": "60", "b": "65"}}


def test_parties_are_named_in_the_language_that_is_spoken_unless_the_record_calls_them_otherwise(
    tmp_path: Path,
) -> None:
    more = """  - {id: ally, name: The Ally, kind: state, code: KOR}
  - {id: body, name: A Body, kind: body, acts_for: jpn}
"""
    record = Record.load(write(tmp_path, MEETING.format(id="m", source="a", at="2025-01-01", minutes=1)).path)
    (tmp_path / "more").mkdir()
    path = tmp_path / "more" / "record.yaml"
    path.write_text(
        record.path.read_text("utf-8").replace("people:\n", more + "people:\n", 1), encoding="utf-8"
    )
    called = Record.load(path)
    named = ("jpn", "ally", "body", "nobody")
    assert [called.party_name(one) for one in named] == ["Japan", "The Ally", "A Body", "nobody"]
    with use("ja"):
        assert [called.party_name(one) for one in named] == ["日本", "The Ally", "A Body", "nobody"]
    assert [called.side_of(one) for one in named] == ["jpn", "ally", "jpn", "nobody"]
    assert [called.person_name(one) for one in ("sato", "suzuki")] == ["Ken Sato", "suzuki"]


@pytest.mark.parametrize(
    ("told", "who"),
    [
        ("by: [jpn]", ("Japan",)),
        ("by: [jpn], people: [sato]", ("Japan",)),
        ("people: [sato]", ("Ken Sato, Japan",)),
        ("parties: [jpn, usa]", ("Japan", "United States")),
        ("parties: [jpn, usa], by: [usa]", ("United States",)),
        ("parties: [jpn, usa], speaker: sato, by: [usa]", ("Ken Sato, Japan",)),
        ("speaker: sato, people: [sato]", ("Ken Sato, Japan",)),
    ],
)
def test_who_is_told_of_a_meeting(told: str, who: tuple[str, ...], tmp_path: Path) -> None:
    meeting = MEETING.format(id="m", source="a", at="2025-01-01", minutes=1)
    record = write(tmp_path, meeting.replace("parties: [jpn, usa]", told))
    assert [record.reported(one).by for one in record.as_of(date(2025, 2, 1)).timeline] == [who]


def test_topic(record: Record) -> None:
    assert [one.id for one in record.as_of(date(2025, 2, 1), "Rice").statements] == ["p2"]


def test_quotes_are_verified_or_counted(record: Record, tmp_path: Path) -> None:
    assert verify(record, None).unverified == 7
    (tmp_path / "a.txt").write_text("Minister Sato met July will rice", encoding="utf-8")
    verdict = verify(record, tmp_path)
    assert (verdict.verified, verdict.unverified) == (5, 2)
    (missing,) = verdict.problems
    assert "'b.txt' is not in the folder" in str(missing)
    assert missing.line == 5
    (tmp_path / "b.txt").write_text("met, and then corn", encoding="utf-8")
    stands = [str(one).rpartition("it stands ")[2] for one in verify(record, tmp_path).problems]
    assert stands == ["at 0)", "at 14)"]
    (tmp_path / "b.txt").write_text("corn, and then they met", encoding="utf-8")
    (problem,) = verify(record, tmp_path).problems
    assert "the quote is not at 14" in str(problem)
    assert "it stands at 20" in str(problem)
    assert problem.line == HEAD.count("\n") + 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("source: zz", "unknown source 'zz'"),
        ("by: [xyz]", "unknown party 'xyz'"),
        ("speaker: suzuki", "unknown person 'suzuki'"),
        ("supersedes: p9", "unknown statement 'p9'"),
        ("contention: cats", "unknown contention 'cats' (did you mean cars?)"),
        ("supersedes: p1", "supersedes itself in a circle"),
    ],
)
def test_references_to_nothing_are_found(line: str, told: str, tmp_path: Path) -> None:
    base = {
        "id": "p1",
        "type": "position",
        "kind": "ask",
        "source": "a",
        "quote": "met",
        "start": "14",
        "end": "17",
        "recorded_at": "2025-01-01",
    }
    key, _, value = line.partition(": ")
    statement = ", ".join(f"{k}: {v}" for k, v in (base | {key: value}).items())
    record = write(tmp_path, f"  - {{{statement}}}\n")
    assert any(told in str(problem) for problem in verify(record, None).problems)


def test_offsets_may_be_left_out_where_no_text_is_at_hand(tmp_path: Path) -> None:
    told = MEETING.format(id="m", source="a", at="2025-01-01", minutes=1).replace(", start: 14, end: 17", "")
    assert "start" not in told
    record = write(tmp_path, told)
    assert any("start and end are missing" in str(problem) for problem in verify(record, None).problems)
    lone = tmp_path / "lone"
    lone.mkdir()
    head = HEAD.replace(", file: a.txt", "")
    assert head != HEAD
    (lone / "record.yaml").write_text(head + told, encoding="utf-8")
    verdict = verify(Record.load(lone), tmp_path)
    assert (verdict.unverified, verdict.problems) == (2, ())
    with pytest.raises(InputError, match="given together"):
        write(tmp_path, MEETING.format(id="m", source="a", at="2025-01-01", minutes=1).replace(", end: 17", ""))


def test_a_quote_longer_than_its_offsets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the quote has 3 characters"):
        write(
            tmp_path,
            MEETING.format(id="m", source="a", at="2025-01-01", minutes=1).replace("end: 17", "end: 19"),
        )


def test_shipped_records_hang_together() -> None:
    assert {"japan-us-2025", "japan-china-2018", "japan-asean-2023", "japan-taiwan-2025"} <= set(records())
    for name in records():
        record = Record.load(name)
        assert verify(record, None).problems == ()
        assert all(len(one.quote.split()) <= 45 for one in record.file.statements)


def test_shipped_quotes_stand_in_their_sources(shared: Path) -> None:
    for name in records():
        record = Record.load(name)
        verdict = verify(record, shared / "sources")
        without = [one for one in record.file.statements if one.start is None]
        posts = [post for person in record.file.people for post in person.posts if post.start is None]
        assert (verdict.unverified, verdict.problems) == (len(without) + len(posts), ())
        assert verdict.verified > 0
        linked = {one.id: one for one in record.file.sources}
        assert all(linked[one.source].url or linked[one.source].note or one.note for one in without)


def test_ten_thousand_statements_as_of_a_day_take_no_minute(tmp_path: Path) -> None:
    statements = "".join(
        f"  - {{id: s{n}, type: meeting, source: {'ab'[n % 2]}, quote: met, start: 14, end: 17,"
        f" recorded_at: {date(2020, 1, 1) + timedelta(days=n % 1500)},"
        f" date: {date(2019, 1, 1) + timedelta(days=n // 8)},"
        " parties: [jpn, usa]}\n"
        for n in range(10_000)
    )
    record = write(tmp_path, statements)
    with within(10):
        ledger = record.as_of(date(2022, 1, 1))
        assert ledger.timeline
        assert ledger.deadlines == []


MEETING_OF = (
    "  - {{id: {id}, type: meeting, source: {source}, quote: met, start: 14, end: 17, recorded_at: 2025-01-05,"
    " date: '{date}', minutes: {minutes}, parties: [jpn, usa]}}\n"
)


@pytest.mark.parametrize(
    ("dates", "joined"),
    [
        (("2025-03-04", "2025-06-05"), False),
        (("2025-06-05", "2025-03-04"), False),
        (("2025-03-04", "2025-03-05"), False),
        (("2025-03-04", "2025-03-04"), True),
        (("2025-03", "2025-03-31"), True),
        (("2025-03-01", "2025-03"), True),
        (("2025-03", "2025-04-01"), False),
        (("2025-03", "2025-02-28"), False),
        (("2025-03-01/2025-03-05", "2025-03-05/2025-03-09"), True),
        (("2025-03-01/2025-03-05", "2025-03-06/2025-03-09"), False),
        (("2025", "2025-03-04"), False),  # a year meets every day of it
        (("2025-03-04", "2025"), False),
    ],
)
def test_meetings_of_two_sources_are_one_only_where_their_days_meet(
    dates: tuple[str, str], joined: bool, tmp_path: Path
) -> None:
    statements = "".join(
        MEETING_OF.format(id=f"m{k}", source=source, date=day, minutes=60 + k)
        for k, (source, day) in enumerate(zip("ab", dates, strict=True))
    )
    same = write(tmp_path, statements).as_of(date(2025, 12, 31)).same_events
    assert [{one.id for one in pair.meetings} for pair in same] == ([{"m0", "m1"}] if joined else [])


LATER = """
conflicts:
  - {id: minutes, about: Minutes, statements: [m1, m2], recorded_at: 2025-02-01}
"""


@pytest.mark.parametrize(("day", "told"), [("2024-12-31", []), ("2025-01-01", ["cars"])])
def test_a_contention_is_told_from_the_day_it_was_recorded(day: str, told: list[str], tmp_path: Path) -> None:
    statements = MEETING.format(id="m1", source="a", at="2025-01-01", minutes=60)
    ledger = write(tmp_path, statements).as_of(date.fromisoformat(day))
    assert [one.item.id for one in ledger.contentions] == told


@pytest.mark.parametrize(("day", "told"), [("2025-01-31", []), ("2025-02-01", ["minutes"]), ("2025-01-04", [])])
def test_a_conflict_is_told_from_the_day_it_was_recorded(day: str, told: list[str], tmp_path: Path) -> None:
    statements = MEETING.format(id="m1", source="a", at="2025-01-01", minutes=60)
    statements += MEETING.format(id="m2", source="b", at="2025-01-05", minutes=65)
    ledger = write(tmp_path, statements, LATER).as_of(date.fromisoformat(day))
    assert [one.id for one in ledger.declared] == told


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (Meeting.model_construct(kind="call", status="held", round=None, place=None), "call: held"),
        (
            Meeting.model_construct(kind="consultation", status="not_held", round=2, place="Beijing"),
            "consultation, round 2, Beijing: not held",
        ),
        (Instrument.model_construct(kind="agreement", status="signed", title=None), "agreement: signed"),
        (Instrument.model_construct(kind="agreement", status="signed", title="A pact"), "A pact: signed"),
        (
            MeasureReference.model_construct(
                kind="tariff", status="in force", rate=7.5, products=("tea", "figs")
            ),
            "tariff 7.5 % on tea, figs: in force",
        ),
        (MeasureReference.model_construct(kind="ban", status="ended", rate=None, products=()), "ban: ended"),
        (
            MeasureReference.model_construct(kind="tariff", status="ended", rate=0.0, products=()),
            "tariff 0 %: ended",
        ),
    ],
)
def test_an_entry_of_the_timeline_is_told_in_a_few_words(
    one: Meeting | Instrument | MeasureReference, told: str
) -> None:
    assert label(one) == told


@pytest.mark.parametrize(
    ("statements", "processes", "parties", "day"),
    [
        ("", "", None, None),
        (MEETING.format(id="m", source="a", at="2025-01-03", minutes=1), "", ["JPN", "USA"], date(2025, 1, 3)),
        (ASKED.format(by="usa"), "", ["USA"], date(2025, 1, 2)),
        (ASKED.format(by="body") + ASKED.format(by="usa").replace("s-", "t-"), "", ["JPN", "USA"], None),
        (ASKED.format(by="usa"), "processes:\n  - {id: p, title: T, parties: [jpn]}\n", ["JPN"], None),
    ],
)
def test_a_record_without_a_case_says_who_talks_and_up_to_which_day(
    statements: str, processes: str, parties: list[str] | None, day: date | None, tmp_path: Path
) -> None:
    body = "  - {id: body, name: A Body, kind: body, acts_for: jpn}\n"
    text = HEAD.replace("people:\n", body + processes + "people:\n", 1) + (statements or "  []\n")
    path = tmp_path / "record.yaml"
    path.write_text(text, encoding="utf-8")
    if parties is None:
        with pytest.raises(InputError, match="nothing is recorded, so the case has no day"):
            told_by(Record.load(path))
        return
    case = told_by(Record.load(path))
    assert [one.economy for one in case.parties] == parties
    assert (case.title, case.as_of) == ("Talks", day or date(2025, 1, 2))
