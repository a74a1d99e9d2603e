"""What a brief says of the record: as known on its day, with words, whose they are, and numbered sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.briefs import DAY, brief
from tests.surroundings import within
from tests.unit.test_brief_page import Reader

from kosho.brief import composing, page, statement_text
from kosho.brief.composing import _cited, _numbered
from kosho.brief.headline import lead
from kosho.brief.model import Brief
from kosho.brief.recorded import SHOWN, Recorded, recorded
from kosho.case import Case
from kosho.provenance import Source
from kosho.record import Record

RECORD = """
title: Talks
sources:
  - {id: wire, title: A wire, publisher: P, kind: secondary, date: 2025-01-01}
  - {id: paper, title: A <i>paper</i>, publisher: Q, kind: primary, date: 2025-01-05}
  - {id: later, title: Later, publisher: Q, kind: primary, date: 2025-02-01}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN}
  - {id: usa, name: United States, kind: state, code: USA}
  - {id: ustr, name: The trade office, kind: body, acts_for: usa}
people:
  - {id: sato, name: Ken Sato, party: jpn,
     posts: [{title: Minister, source: wire, quote: Minister Sato, recorded_at: 2025-01-01}]}
processes:
  - {id: talks, title: Talks, parties: [jpn, usa], rounds: [{number: 1}, {number: 2}]}
contentions:
  - {id: cars, title: Cars, parties: [jpn, usa], process: talks, recorded_at: 2025-01-01,
     history: [{status: carried, to_round: 2, recorded_at: 2025-01-05, source: paper}]}
statements:
  - {id: met-a, type: meeting, source: wire, quote: they met, recorded_at: 2025-01-01, date: 2024-12-30,
     minutes: 60, parties: [jpn, usa], people: [sato]}
  - {id: met-b, type: meeting, source: paper, quote: met for long, recorded_at: 2025-01-05, date: 2024-12-30,
     minutes: 65, parties: [jpn, usa], people: [sato]}
  - {id: rice, type: position, kind: offer, modality: considered, source: wire, quote: perhaps rice,
     recorded_at: 2025-01-01, by: [jpn], to: [usa], topic: rice}
  - {id: rice-more, type: position, kind: offer, source: later, quote: rice indeed, recorded_at: 2025-02-01,
     by: [jpn], to: [usa], topic: rice, supersedes: rice}
  - {id: never, type: position, kind: red_line, source: paper, quote: "never <b>25</b>",
     recorded_at: 2025-01-05, by: [jpn], speaker: sato, topic: cars, contention: cars}
  - {id: zero, type: position, kind: ask, source: paper, quote: zero please, recorded_at: 2025-01-05, by: [jpn],
     topic: cars, contention: cars}
  - {id: barriers, type: position, kind: complaint, source: wire, quote: barriers everywhere,
     recorded_at: 2025-01-01, by: [ustr], topic: cars, contention: cars, attributed_to: a report}
  - {id: slowly, type: position, kind: position, source: wire, quote: it takes time, recorded_at: 2025-01-01,
     by: [usa], topic: pace}
  - {id: pause, type: deadline, source: wire, quote: until 20 January, recorded_at: 2025-01-01,
     date: 2025-01-20, what: the pause ends, consequence: duties return,
     extensions: [{to: 2025-02-20, source: later, recorded_at: 2025-02-01}]}
  - {id: list, type: commitment, source: wire, quote: will send a list, recorded_at: 2025-01-01, by: [jpn],
     deliverable: a list, due: 2025-01-08, history: [{status: met, recorded_at: 2025-01-12, source: paper}]}
"""


@pytest.fixture(scope="module")
def record() -> Record:
    return Record.of(RECORD.encode(), Path("record.yaml"))


def told(record: Record, *day: int) -> Recorded:
    return recorded(record.as_of(date(*day)))


def with_record(record: Record, one: Recorded) -> Brief:
    made = brief().model_copy(update={"record": one})
    known = {one.id: one.plain() for one in record.file.sources}
    for source in made.sources:
        known[source.id] = Source.model_validate(source.model_dump(exclude={"number", "hindsight"}))
    return made.model_copy(update={"sources": tuple(_numbered(_cited(made), known, made.as_of))})


@pytest.fixture(scope="module")
def reader(record: Record) -> Reader:
    return Reader(page.render(with_record(record, told(record, 2025, 1, 10))))


def test_nothing_is_told_before_it_was_recorded(record: Record) -> None:
    first, later = told(record, 2025, 1, 4), told(record, 2025, 2, 2)
    assert "paper" not in set(first.sources)
    assert [point.status for point in first.contentions] == ["open"]
    assert [point.carried_to for point in later.contentions] == [(2,)]
    assert [(due.on, due.days_left, due.first) for due in first.deadlines] == [("2025-01-20", 16, None)]
    assert [(due.on, due.first) for due in later.deadlines] == [("2025-02-20", "2025-01-20")]
    assert told(record, 2025, 1, 21).deadlines == ()
    assert [one.status for one in told(record, 2025, 1, 10).commitments] == ["overdue"]
    assert told(record, 2025, 1, 12).commitments == ()
    (rice,) = [issue for issue in later.issues if issue.title == "rice"]
    assert [said.quote for said in rice.by("Japan")] == ["rice indeed"]


def test_what_happened_on_one_day_is_told_by_the_hour() -> None:
    text = RECORD
    for name, hour in (("met-a", "15:00"), ("met-b", "09:30")):
        text = text.replace(f"id: {name}, type: meeting,", f"id: {name}, type: meeting, time: '{hour}',")
    later = told(Record.of(text.encode(), Path("record.yaml")), 2025, 1, 10)
    assert [one.said.quote for one in later.timeline if "met" in one.said.quote] == ["met for long", "they met"]


def test_a_brief_tells_both_tables_that_it_rests_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = brief()
    assert made.world is not None
    tables: Any = {
        name: SimpleNamespace(
            meta=made.world.model_copy(update={"name": name}), hash="0", countries="abc"[:n], sectors="ab"
        )
        for name, n in (("whole", 3), ("coarse", 2))
    }
    worlds: Any = SimpleNamespace(**tables)
    found, unsolved = composing._Computed(worlds, made.numbers), composing._Computed()
    unfinished = cast("Any", None)
    for name, stands_in in (
        *(("_Computed", lambda: found), ("_held", lambda *_: False), ("_labour", lambda *_: {})),
        *(("info", lambda world: world.meta), ("_numbered", lambda *_: ())),
    ):
        monkeypatch.setattr(composing, name, stands_in)
    monkeypatch.setattr(composing.method, "describe", lambda *_: made.method)
    case = "title: P\nsummary: S\nas_of: 2025-06-29\nparties: [{economy: JPN, title: Japan}]\n"
    (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
    plain = Case.load(tmp_path)
    told = composing._composed(plain, DAY, lambda _: None, plain.world, unfinished, bargain=False)
    assert told.world is not None
    assert told.talks_world is not None
    assert told.lead.text == lead(made.numbers).text
    found = unsolved
    bare = composing._composed(plain, DAY, lambda _: None, plain.world, unfinished, bargain=False)
    assert (bare.world, bare.talks_world) == (None, None)
    assert bare.lead.text.startswith("The case has no record")
    assert [(one.name, one.economies) for one in (told.world, told.talks_world)] == [
        ("whole", 3),
        ("coarse", 2),
    ]


def test_positions_stand_side_by_side(record: Record) -> None:
    one = told(record, 2025, 1, 10)
    assert set(one.sides) == {"Japan", "United States"}
    cars = next(issue for issue in one.issues if issue.title == "cars")
    assert [said.kind for said in cars.by("Japan")] == ["ask", "red line"]
    assert [said.by for said in cars.by("United States")] == [("The trade office",)]
    assert [issue.title for issue in one.issues if not issue.demanded] == ["pace"]


def test_a_contention_has_the_last_words_of_each_side(record: Record) -> None:
    (point,) = told(record, 2025, 1, 10).contentions
    assert {said.id for said in point.said} == {"zero", "barriers"}
    assert point.sources == ("paper",)


def test_accounts_that_differ_stand_side_by_side(record: Record) -> None:
    (dispute,) = told(record, 2025, 1, 10).conflicts
    assert dispute.differences == {"minutes": {"wire": "60", "paper": "65"}}
    assert [said.quote for said in dispute.said] == ["they met", "met for long"]


def test_every_row_has_words_who_when_and_source(reader: Reader) -> None:
    text = reader.text
    for words in (
        "20 January 2025",
        "10 days left",
        "duties return",
        "never <b>25</b>",
        "Ken Sato, Japan; recorded 5 January 2025",
        "perhaps rice",
        "considered",
        "after a report",
        "carried to round 2",
        "overdue",
        "minutes: 60",
        "What was said",
    ):
        assert words in text, words
    start = [dict(attrs).get("id") for _, attrs in reader.elements].index("record")
    stop = [dict(attrs).get("id") for _, attrs in reader.elements].index("scenarios")
    inside = reader.elements[start:stop]
    quotes = [n for n, (tag, _) in enumerate(inside) if tag == "q"]
    assert len(quotes) > 10
    for n in quotes:
        assert [tag for tag, _ in inside[n + 1 : n + 4]] == ["sup", "a", "small"]
        assert (inside[n + 2][1]["href"] or "").startswith("#source-")


def test_links_lead_somewhere_and_tables_have_captions(reader: Reader) -> None:
    ids = reader.attributes("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in reader.attributes("href") if href.startswith("#")} <= set(ids)
    tags = [tag for tag, _ in reader.elements]
    assert tags.count("caption") == tags.count("table")
    assert "A <i>paper</i>" in reader.text


def test_without_a_record_nothing_is_said_of_one() -> None:
    text = Reader(page.render(brief())).text
    assert "What was said" not in text
    assert "timeline" not in text


def test_before_anything_was_recorded_the_page_says_so(record: Record) -> None:
    one = told(record, 2024, 12, 31)
    assert one.empty
    assert not told(record, 2025, 1, 1).empty
    text = Reader(page.render(with_record(record, one))).text
    assert "Nothing was recorded by 29 June 2025." in text
    assert "exact words" not in text


def test_json_holds_the_same(record: Record) -> None:
    made = with_record(record, told(record, 2025, 1, 10))
    assert Brief.model_validate_json(made.model_dump_json()).record == made.record


def test_long_timelines_fold() -> None:
    case = Case.load("japan-us-2025")
    assert case.record is not None
    with within(5):
        one = recorded(case.record.as_of(date(2025, 6, 29)))
    assert one.folded == len(one.timeline) - SHOWN > 5
    days = [event.said.date or event.said.recorded_at.isoformat() for event in one.timeline]
    assert [day[:7] for day in days] == sorted(day[:7] for day in days)
    assert [(due.on, due.days_left) for due in one.deadlines] == [("2025-07-09", 10)]
    rendered = page.render(with_record(case.record, one))
    folded = rendered[rendered.index(f"<details><summary>{one.folded} earlier entries") :]
    assert 'id="table-timeline-earlier"' in folded[: folded.index("</details>")]


@pytest.mark.parametrize(("left", "told"), [(0, "today"), (1, "1 day left"), (12, "12 days left")])
def test_days_left(left: int, told: str) -> None:
    assert statement_text.days(left) == told


def test_what_became_of_commitments_is_told_open_or_settled():
    record = Case.load("japan-china-2018", date(2026, 11, 29)).record
    assert record is not None
    told_of = recorded(record.as_of(date(2026, 11, 29)))
    noted = {one.what: one.became for one in (*told_of.commitments, *told_of.settled)}
    assert noted["Second Japan-China Smart Manufacturing Seminar"] == (
        "nothing found that says whether it was held",
    )
    assert [one.status for one in told_of.settled] == ["closed", "met"]
    assert {"rohs-ca-2019-12", "chaoji-gbt"} <= set(told_of.sources)
    assert any("nothing found" in note for one in told_of.contentions for note in one.became)
    assert recorded(record.as_of(date(2018, 10, 12))).settled == ()
