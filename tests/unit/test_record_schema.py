"""What a record refuses key by key: texts that say nothing, dates nobody can mean, figures that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.record import Record
from kosho.record.check import examine

RECORD = """title: Talks
sources:
  - {id: src, kind: primary, title: A note, publisher: Ministry, date: 2025-01-05, relays: Wire}
parties:
  - {id: jpn, name: Japan, kind: state, code: JPN, aliases: [Nippon]}
  - {id: usa, name: United States, kind: state, code: USA}
people:
  - id: ada
    name: Ada
    native: アダ
    party: jpn
    posts:
      - {title: Minister, since: 2024-01, until: 2025-12, source: src, quote: Minister, recorded_at: 2025-01-06}
processes:
  - {id: talks, title: Tariff talks, parties: [jpn, usa], rounds: [{number: 1, title: First}]}
contentions:
  - {id: cars, title: Cars, parties: [jpn, usa], recorded_at: 2025-01-06}
statements:
  - {id: m1, type: meeting, kind: round, minutes: 70, time: "10:00", place: Tokyo, topics: [vans],
     date: 2025-01-05, source: src, quote: They met, recorded_at: 2025-01-06, note: brief}
  - {id: p1, type: position, kind: ask, by: [jpn], content: lower, from_value: 25, unit: "%", condition: later,
     products: [kites], topic: kites, attributed_to: Post, source: src, quote: lower, recorded_at: 2025-01-06}
  - {id: r1, type: measure, kind: levy, by: [usa], rate: 26, rate_before: 2.5, source: src, quote: "26",
     recorded_at: 2025-01-06}
  - {id: d1, type: deadline, what: talks end, consequence: tariffs, date: 2025-08-01, source: src, quote: by,
     recorded_at: 2025-01-06, extensions: [{to: 2025-09-01, source: src, recorded_at: 2025-01-09}]}
  - {id: c1, type: commitment, deliverable: buy, due: 2026-01-01, by: [jpn], source: src, quote: buy,
     recorded_at: 2025-01-06}
  - {id: i1, type: instrument, kind: treaty, status: signed, aim: trade, source: src, quote: signed,
     recorded_at: 2025-01-06}
  - {id: q1, type: quantity, value: 5, unit: USD, bound: at least, flow: import, source: src, quote: "5",
     recorded_at: 2025-01-06}
  - {id: t1, type: topic, content: figs, source: src, quote: figs, recorded_at: 2025-01-06}
conflicts:
  - {id: x1, about: the rate, statements: [p1, r1], recorded_at: 2025-01-10}
"""


def problems(folder: Path, old: str, new: str) -> list[str]:
    assert RECORD.count(old) == 1, old
    path = folder / "record.yaml"
    path.write_text(RECORD.replace(old, new), encoding="utf-8")
    _, verdict = examine(path, None)
    return [str(one).removeprefix(f"{path}:").partition(": ")[2] for one in verdict.problems]


def test_the_record_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(RECORD, encoding="utf-8")
    assert examine(path, None)[1].problems == ()
    assert len(Record.load(path).file.statements) == 8


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("sources.0.relays", "relays: Wire"),
        ("parties.0.name", "name: Japan"),
        ("people.0.name", "name: Ada"),
        ("people.0.native", "native: アダ"),
        ("people.0.posts.0.quote", "quote: Minister"),
        ("processes.0.rounds.0.title", "title: First"),
        ("contentions.0.title", "title: Cars"),
        ("statements.0.kind", "kind: round"),
        ("statements.0.place", "place: Tokyo"),
        ("statements.0.quote", "quote: They met"),
        ("statements.0.note", "note: brief"),
        ("statements.1.content", "content: lower"),
        ("statements.1.unit", 'unit: "%"'),
        ("statements.1.condition", "condition: later"),
        ("statements.1.topic", "topic: kites"),
        ("statements.1.attributed_to", "attributed_to: Post"),
        ("statements.2.kind", "kind: levy"),
        ("statements.3.what", "what: talks end"),
        ("statements.3.consequence", "consequence: tariffs"),
        ("statements.4.deliverable", "deliverable: buy"),
        ("statements.5.kind", "kind: treaty"),
        ("statements.5.aim", "aim: trade"),
        ("statements.6.unit", "unit: USD"),
        ("statements.6.bound", "bound: at least"),
        ("statements.6.flow", "flow: import"),
        ("statements.7.content", "content: figs"),
        ("conflicts.0.about", "about: the rate"),
    ],
)
def test_a_text_that_says_nothing_is_refused(tmp_path: Path, key: str, said: str) -> None:
    told = problems(tmp_path, said, f'{said.partition(":")[0]}: " "')
    assert [one for one in told if one.startswith(f"{key}: says nothing")] == [f"{key}: says nothing, not ' '"]


@pytest.mark.parametrize(
    ("key", "said"), [("parties.0.aliases", "aliases: [Nippon]"), ("statements.0.topics", "topics: [vans]")]
)
def test_a_list_of_texts_that_say_nothing_is_refused(tmp_path: Path, key: str, said: str) -> None:
    told = problems(tmp_path, said, f'{said.partition(":")[0]}: ["", x]')
    assert told == [f"{key}.0: says nothing, not ''"]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2025-13-01", "there is no such day"),
        ("2025-02-30", "there is no such day"),
        ("2025-02-31/2025-04", "there is no such day"),
        ("0000", "the year 0 is outside 1800 to 2199"),
        ("1799-12-31", "the year 1799 is outside 1800 to 2199"),
        ("2025/2200", "the year 2200 is outside 1800 to 2199"),
        ("2025-08-01/2025-07-31", "ends before it begins"),
        ("2025-08/2025-07", "ends before it begins"),
        ("2026/2025", "ends before it begins"),
        ("2025-8-1", "a date is written YYYY-MM-DD, YYYY-MM, YYYY, or two of them with / between"),
        ("２０２５-08-01", "a date is written YYYY-MM-DD, YYYY-MM, YYYY, or two of them with / between"),
    ],
)
def test_a_date_that_nobody_can_mean_is_refused(tmp_path: Path, when: str, told: str) -> None:
    assert problems(tmp_path, "due: 2026-01-01", f"due: '{when}'") == [
        f"statements.4.due: {told}, not '{when}'"
    ]


@pytest.mark.parametrize("when", ["1800", "2199-12", "2025-08-15/2025-08", "2025/2025-01-01", "2024-02-29"])
def test_a_date_that_somebody_can_mean_is_kept(tmp_path: Path, when: str) -> None:
    assert problems(tmp_path, "due: 2026-01-01", f"due: '{when}'") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 70", "minutes: 20161", "statements.0.minutes: must be at most 20160, not 20161"),
        ("minutes: 70", "minutes: 0", "statements.0.minutes: must be greater than 0"),
        (
            'time: "10:00"',
            'time: "24:00"',
            "statements.0.time: must be a time of day, HH:MM in quotes, not '24:00'",
        ),
        (
            'time: "10:00"',
            'time: "09:60"',
            "statements.0.time: must be a time of day, HH:MM in quotes, not '09:60'",
        ),
        ("rate: 26", "rate: 10001", "statements.2.rate: must be at most 10000, not 10001"),
        ("rate: 26", "rate: -1", "statements.2.rate: must be at least 0, not -1"),
        ("rate_before: 2.5", "rate_before: -1", "statements.2.rate_before: must be at least 0, not -1"),
        ("rate: 26", "rate: .nan", "statements.2.rate: nan is not a number"),
        ("value: 5", "value: .nan", "statements.6.value: nan is not a number"),
        ("from_value: 25", "from_value: .nan", "statements.1.from_value: nan is not a number"),
        ("until: 2025-12", "until: 2023-12", "people.0.posts.0: until is before since"),
        ("to: 2025-09-01", "to: 2025-07", "statements.3: is put off to 2025-07, which is before 2025-08-01"),
    ],
)
def test_a_figure_that_nobody_can_mean_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert [one for one in problems(tmp_path, old, new) if one.startswith(told)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("minutes: 70", "minutes: 20160"),
        ('time: "10:00"', 'time: "23:59"'),
        ("rate: 26", "rate: 10000"),
        ("rate: 26", "rate: 0"),
        ("until: 2025-12", "until: 2024-01"),
        ("to: 2025-09-01", "to: 2025-08"),
    ],
)
def test_a_figure_that_somebody_can_mean_is_kept(tmp_path: Path, old: str, new: str) -> None:
    assert problems(tmp_path, old, new) == []


@pytest.mark.parametrize("title", ["[]", "[a]", "{a: 1}", "''"])
def test_a_title_of_another_kind_is_told(tmp_path: Path, title: str) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(RECORD.replace("title: Talks", f"title: {title}", 1), encoding="utf-8")
    assert [one.key for one in examine(path, None)[1].problems] == ["title"]
