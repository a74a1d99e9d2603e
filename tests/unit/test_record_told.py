"""What is told of a record, whole: its card and that of a day, what a statement says, what a draft is like."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kosho.record import Record
from kosho.record.likeness import like_in_record
from kosho.record.reading import Draft

HEAD = """
title: Talks
sources:
  - {id: a, title: A, publisher: P, kind: secondary, date: 2025-01-01, file: a.txt}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN}
  - {id: usa, name: United States, kind: state, code: USA}
people:
  - {id: sato, name: Ken Sato, party: jpn,
     posts: [{title: Minister, source: a, quote: Minister Sato, recorded_at: 2025-01-01}]}
contentions:
  - {id: cars, title: Cars, parties: [jpn, usa], recorded_at: 2025-01-01,
     history: [{status: closed, recorded_at: 2025-01-05}]}
  - {id: rice, title: Rice, parties: [jpn, usa], recorded_at: 2025-01-04}
statements:
"""
STATEMENTS = """
  - {id: m1, type: meeting, source: a, quote: met, recorded_at: 2025-01-03, date: 2025-01-02/2025-01-04,
     round: 3, parties: [jpn, usa]}
  - {id: o1, type: position, kind: offer, source: a, quote: rice, recorded_at: 2025-01-02, by: [jpn], to: [usa],
     content: open the market for rice}
  - {id: o2, type: position, kind: red_line, source: a, quote: corn, recorded_at: 2025-01-02, by: [usa],
     topic: corn}
  - {id: t1, type: measure, source: a, quote: 25 %, recorded_at: 2025-01-05, by: [usa], on: [jpn], rate: 25.0,
     products: [passenger cars]}
  - {id: c1, type: commitment, source: a, quote: will, recorded_at: 2025-01-05, by: [jpn], speaker: sato,
     deliverable: publish the list, due: 2025-01-31}
  - {id: i1, type: instrument, kind: agreement, source: a, quote: signed, recorded_at: 2025-01-06,
     status: signed, topic: rice, parties: [jpn, usa]}
  - {id: d1, type: deadline, source: a, quote: July, recorded_at: 2025-01-06, date: 2025-01-10,
     what: pause ends}
  - {id: d2, type: deadline, source: a, quote: June, recorded_at: 2025-01-06, date: 2025-01-07,
     what: talks end}
"""


def record(folder: Path, statements: str = STATEMENTS) -> Record:
    path = folder / "record.yaml"
    path.write_text(HEAD + statements, encoding="utf-8")
    return Record.load(path)


def test_a_record_and_a_day_of_it_show_themselves(tmp_path: Path) -> None:
    whole = record(tmp_path)
    statements = "8: 2 position, 2 deadline, 1 meeting, 1 measure, 1 commitment … (6)"
    assert str(whole).splitlines()[1:] == [
        "  parties       Japan, United States",
        "  sources       1",
        f"  statements    {statements}",
        "  contentions   Cars, Rice",
        "  recorded      2025-01-02 to 2025-01-06",
    ]
    assert str(whole.as_of(date(2025, 1, 7))).splitlines()[1:] == [
        f"  statements         {statements}",
        "  open commitments   1",
        "  open contentions   rice",
        "  deadlines ahead    2025-01-07 (0 days left), 2025-01-10 (3 days left)",
        "  conflicts          none",
    ]
    assert str(record(tmp_path, "  []\n")).splitlines()[3:] == [
        "  statements    0: none",
        "  contentions   Cars, Rice",
        "  recorded      nothing yet",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "by"),
    [
        ("m1", "meeting", ("Japan", "United States")),
        ("o1", "offer", ("Japan",)),
        ("o2", "red line", ("United States",)),
        ("t1", "measure", ("United States",)),
        ("c1", "commitment", ("Ken Sato, Japan",)),
        ("i1", "instrument", ("Japan", "United States")),
        ("d1", "deadline", ()),
    ],
)
def test_a_statement_is_told_by_names(name: str, kind: str, by: tuple[str, ...], tmp_path: Path) -> None:
    whole = record(tmp_path)
    said = whole.reported(next(one for one in whole.file.statements if one.id == name))
    assert (said.kind, said.by, said.modality, said.source) == (kind, by, "asserted", "a")


MET = {"parties": ["JPN", "USA"], "round": 3, "date": "2025-01-02"}
RICE = {"by": "JPN", "to": "USA", "content": "open the market for rice"}
CARS = {"imposed_by": "USA", "on": "JPN", "products": "passenger cars", "rate": 25}
PACT = {"parties": ["JPN", "USA"], "topic": "rice", "status": "signed"}
LIST = {"by": "JPN", "deliverable": "publish the list", "due": "2025-01-31"}


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        ("event", MET, "the same as m1 in the record"),
        (
            "event",
            MET | {"date": "2025-01-04"},
            "differs from m1 in the record: date 2025-01-02, here 2025-01-04",
        ),
        ("event", MET | {"round": 4}, None),
        ("offer", RICE, "the same as o1 in the record"),
        ("ask", RICE, None),
        ("position", RICE, None),
        ("red_line", {"by": "USA", "topic": "corn"}, "the same as o2 in the record"),
        ("measure", CARS, "the same as t1 in the record"),
        ("measure", CARS | {"rate": 15}, "differs from t1 in the record: rate 25, here 15"),
        ("measure", CARS | {"on": "CHN"}, None),
        ("commitment", LIST, "the same as c1 in the record"),
        (
            "commitment",
            LIST | {"due": "2025-03"},
            "differs from c1 in the record: due 2025-01-31, here 2025-03",
        ),
        ("agreement", PACT, "the same as i1 in the record"),
        (
            "agreement",
            PACT | {"status": "draft"},
            "differs from i1 in the record: status signed, here draft",
        ),
        ("instrument", PACT, None),
        ("person", {"name": "Ken Sato", "role": "Minister"}, "the same as sato in the record"),
        (
            "person",
            {"name": "Ken Sato", "role": "Envoy"},
            "differs from sato in the record: role Minister, here Envoy",
        ),
        ("person", {"name": "Jo Kato", "role": "Minister"}, None),
    ],
)
def test_what_a_draft_is_like_in_a_record(
    kind: str, fields: dict[str, Any], told: str | None, tmp_path: Path
) -> None:
    draft = Draft("b.txt", kind, "asserted", fields, "q", 0, 1)
    assert like_in_record(draft, record(tmp_path).file) == ([told] if told else [])
